# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What every boot of an emulated machine shares; to be sourced. $BUILD is absolute then, or build/ of this clone. The caller has set
#	$here	tests/xen, where verdict.awk is
# and before it boots:
#	$dir	a folder below build/, where the files of the boot go
#	$name	what the lines of this boot begin with: test-xen, lab, ...
#	$judge	what judges the log, if it is not verdict.awk

# modinfo is no program for everybody's path
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD

die() { echo "$name: $*" >&2; exit 1; }

usable_dir() {
	mkdir -p "$dir"
	case $dir in
	*[,\ ]*) die "QEMU cannot take a path with a comma or a space in a module list: $dir" ;;
	esac
}

# What every boot of the rig needs: a judge that can be trusted, the hypervisor and a kernel in $fetched, our $module, if it is to
# have one ($gntdev); then no other boot in $dir. Left with the hash that the module must carry in $core, and $nonce.
prepare() {
	usable_dir
	"$here/selftest.sh" > "$dir/selftest" || die "the judge is not to be trusted: see $dir/selftest"
	"$here/fetch.sh"
	[ "$gntdev" = stock ] || [ -f "$module" ] || die "no module $module: build it first (kernel/build.sh)"
	exec 9> "$dir/lock"
	flock 9
	core=${CORE_SHA256:-$([ "$gntdev" = stock ] || modinfo -F core_sha256 "$module")}
	nonce=$(make_nonce)
	XEN_IMAGE=${XEN_IMAGE:-$fetched/hypervisor} DOM0_IMAGE=${DOM0_IMAGE:-$fetched/vmlinux}
}

make_nonce() { od -A n -t x4 -N 8 /dev/urandom | tr -d ' '; }

# A folder becomes an initramfs, owned by root.
pack_root() { # folder initramfs
	(cd "$1" && find . | cpio -o -H newc --quiet -R 0:0) > "$2"
}

# Runs QEMU on real Xen with dom0 and its initramfs, the serial console as standard output. Left
# with QEMU's exit status in $dir/status. A comma in dom0's command line would end it.
# environment: MACHINE ("pc"), CPU ("qemu64"), DEVICES (more of QEMU's options), MEMORY (MiB: 1024),
# XEN_ARGS ("dom0_mem=512M,max:512M": more of Xen's), DOM0_ARGS (more of dom0's), SMP (1),
# TIMEOUT (seconds: 300), XEN_IMAGE ($dir/hypervisor), DOM0_IMAGE ($dir/vmlinux)
run_qemu() { # initramfs
	status=0
	# DEVICES is a list of words
	# shellcheck disable=SC2086
	timeout --foreground -k 5 "${TIMEOUT:-300}" qemu-system-x86_64 -accel tcg,thread=multi \
		-machine "${MACHINE:-pc}" -cpu "${CPU:-qemu64}" ${DEVICES:-} \
		-smp "${SMP:-1}" -m "${MEMORY:-1024}" -nodefaults -no-user-config -display none -serial stdio \
		-monitor none -no-reboot \
		-kernel "${XEN_IMAGE:-$dir/hypervisor}" \
		-append "${XEN_ARGS:-dom0_mem=512M,max:512M} console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=warning" \
		-initrd "${DOM0_IMAGE:-$dir/vmlinux} console=hvc0 loglevel=4 panic=-1 oops=panic ${DOM0_ARGS:-},$1" \
		< /dev/null 2> "$dir/qemu.err" || status=$?
	echo "$status" > "$dir/status"
}

# Boots, shows the guest's rows as they come, judges the console log, and prints its verdict line last.
# 0 only if nothing failed and nothing was missing, down to QEMU's own end.
boot() { # initramfs log nonce parts
	start=$(date +%s)
	rm -f "$dir/status"
	run_qemu "$1" | tee "$2" | grep --line-buffered -aE '^ *((not )?ok |# |1\.\.|KTAP)' |
		grep --line-buffered -v '^# rig: ' || true
	elapsed=$(($(date +%s) - start))
	status=$(cat "$dir/status" 2>/dev/null || echo missing)
	verdict=0
	awk -v says="${SAYS:-}" -v name="$name" -v nonce="$3" -v parts="$4" -v elapsed="$elapsed" \
		-f "${judge:-$here/verdict.awk}" "$2" > "$dir/verdict" || verdict=1
	# a QEMU that was told to go ends with 0 like one that came to its end
	if [ "$status" != 0 ] || grep -q 'terminating on signal' "$dir/qemu.err"; then
		verdict=1
		[ "$status" != 124 ] || status="124, timeout"
		echo "$name: QEMU did not end by itself: status $status $(cat "$dir/qemu.err")"
		sed -i 's/, 0 failed,/, 1 failed,/' "$dir/verdict"
	fi
	[ $verdict = 0 ] || echo "$name: the console log is $2"
	cat "$dir/verdict"
	return $verdict
}
