#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Boots real Xen with a PV dom0 in QEMU (no KVM), runs the test programs on /dev/xen/gntdev there,
# and judges the console log. Prints the guest's rows as they come and ends with the line
# "test-xen: N passed, 0 failed, K skipped in S s"; exits 0 only if nothing failed and nothing was
# missing, down to QEMU's own end. All files are in $BUILD/xen.
#
# usage: tests/xen/boot.sh
# environment:
#	GNTDEV=stock	the kernel's own driver instead of ours
#	SUITES		which of: smoke mapping stress conformance header (default: all that there is)
#	MODULE, CONFORMANCE, LOG	our module, the static program, where the console log goes
#	CORE_SHA256	the hash that the module must carry (default: what its modinfo says)
#	TIMEOUT, SMP	seconds (300), virtual processors (1)
#	BUILD, KVER	as for fetch.sh
set -eu

# modinfo is no program for everybody's path
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/xen
root=$dir/root
gntdev=${GNTDEV:-ours}
module=${MODULE:-$BUILD/module/grantproof.ko}
conformance=${CONFORMANCE:-$BUILD/conformance-static}
log=${LOG:-$dir/console-$gntdev.log}

die() { echo "test-xen: $*" >&2; exit 1; }

compile() {
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -static -pthread -o "$dir/dom0" \
		"$here/dom0.c" "$here/smoke.c" "$here/mapping.c" "$here/stress.c"
}

fill_root() {
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/modules"
	cp "$(command -v busybox)" "$dir/dom0" "$root/bin/"
	for m in xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs; do
		cp "$dir/modules/$m.ko" "$root/modules/"
	done
	[ "$gntdev" = stock ] || cp "$module" "$root/modules/grantproof.ko"
	case $suites in
	*conformance* | *header*) cp "$conformance" "$root/bin/conformance" ;;
	esac
	ln -s busybox "$root/bin/sh"
	cp "$here/init.sh" "$root/init"
	chmod 755 "$root/init"
	printf 'NONCE=%s\nGNTDEV=%s\nCORE=%s\nSUITES="%s"\n' "$nonce" "$gntdev" "$core" "$suites" > "$root/rig.conf"
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) > "$dir/initramfs-$gntdev"
	rm -rf "$root"
}

# Left with QEMU's exit status in $dir/status. A comma in dom0's command line would end it.
run_qemu() {
	status=0
	timeout --foreground -k 5 "${TIMEOUT:-300}" qemu-system-x86_64 -accel tcg,thread=multi -machine pc -cpu qemu64 \
		-smp "${SMP:-1}" -m 1024 -nodefaults -no-user-config -display none -serial stdio \
		-monitor none -no-reboot \
		-kernel "$dir/hypervisor" \
		-append "dom0_mem=512M,max:512M console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=warning" \
		-initrd "$dir/vmlinux console=hvc0 loglevel=4 panic=-1 oops=panic,$dir/initramfs-$gntdev" \
		< /dev/null 2> "$dir/qemu.err" || status=$?
	echo "$status" > "$dir/status"
}

mkdir -p "$dir"
case $dir in
*[,\ ]*) die "QEMU cannot take a path with a comma or a space in a module list: $dir" ;;
esac
"$here/selftest.sh" > "$dir/selftest" || die "the judge is not to be trusted: see $dir/selftest"
"$here/fetch.sh"
[ "$gntdev" = stock ] || [ -f "$module" ] || die "no module $module: build it first (kernel/build.sh)"
# one boot at a time in a build directory
exec 9> "$dir/lock"
flock 9
core=${CORE_SHA256:-$([ "$gntdev" = stock ] || modinfo -F core_sha256 "$module")}
# the stock driver panics in some of them; the conformance program knows what to spare it
tests="smoke mapping stress"
[ ! -f "$conformance" ] || tests="$tests conformance header"
[ "$gntdev" = ours ] || [ ! -f "$conformance" ] || tests=conformance
suites=${SUITES:-$tests}
nonce=$(od -A n -t x4 -N 8 /dev/urandom | tr -d ' ')
compile
fill_root

start=$(date +%s)
rm -f "$dir/status"
run_qemu | tee "$log" | grep --line-buffered -aE '^ *((not )?ok |# |1\.\.|KTAP)' |
	grep --line-buffered -v '^# rig: ' || true
elapsed=$(($(date +%s) - start))

status=$(cat "$dir/status" 2>/dev/null || echo missing)
verdict=0
awk -v nonce="$nonce" -v parts="boot $suites unload log exclusive" -v elapsed="$elapsed" \
	-f "$here/verdict.awk" "$log" > "$dir/verdict" || verdict=1
# a QEMU that was told to go ends with 0 like one that came to its end
if [ "$status" != 0 ] || grep -q 'terminating on signal' "$dir/qemu.err"; then
	verdict=1
	[ "$status" != 124 ] || status="124, timeout"
	echo "test-xen: QEMU did not end by itself: status $status $(cat "$dir/qemu.err")"
	sed -i 's/, 0 failed,/, 1 failed,/' "$dir/verdict"
fi
[ $verdict = 0 ] || echo "test-xen: the console log is $log"
cat "$dir/verdict"
exit $verdict
