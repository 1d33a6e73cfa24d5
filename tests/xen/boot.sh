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
#	TIMEOUT, SMP ...	see run_qemu in lib.sh
#	BUILD, KVER	as for fetch.sh: KVER=backports boots that kernel, in $BUILD/xen-backports
set -eu

# modinfo is no program for everybody's path
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/xen${KVER:+-$KVER}
root=$dir/root
gntdev=${GNTDEV:-ours}
module=${MODULE:-$BUILD/module${KVER:+-$KVER}/grantproof.ko}
conformance=${CONFORMANCE:-$BUILD/conformance-static}
log=${LOG:-$dir/console-$gntdev.log}

name=test-xen
. "$here/lib.sh"

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
	pack_root "$root" "$dir/initramfs-$gntdev"
	rm -rf "$root"
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
nonce=$(make_nonce)
compile
fill_root

boot "$dir/initramfs-$gntdev" "$log" "$nonce" "boot $suites unload log exclusive"
