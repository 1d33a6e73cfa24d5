#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Our module on a kernel full of checkers, under real Xen in QEMU. Three boots: the checkers bite (bugs
# planted on purpose), lockdep reports Linux's own driver, and ours, over which they are silent in the
# rig's tests, the conformance table, sweeps of failures, and a long stress. Then the lines of the
# module that all this executed. Ends with "lab: N passed, N failed, N skipped in S s".
#
# usage: tests/lab/lab.sh [planted] [stock] [ours]	(default: all three)
# environment:
#	LAB_SECONDS	of the long stress (60), in ROUNDS (2) with the module reloaded in between
#	SEED		of it (default: another each time; it is printed)
#	SUITES		of the third boot: sweep header-sweep smoke mapping stress conformance header long
#	SOURCE		the tree whose module is built (default: this clone), for experiments
#	UNPROVEN	as for kernel/build.sh
#	TIMEOUT		seconds for a boot
#	BUILD, CONFORMANCE, JOBS
set -eu

lab=$(cd "$(dirname "$0")" && pwd)
here=$lab/../xen
name=lab
. "$here/lib.sh"
dir=$BUILD/lab
kdir=$dir/debug
work=$dir/run
source=${SOURCE:-$lab/../..}
conformance=${CONFORMANCE:-$BUILD/conformance-static}
seconds=${LAB_SECONDS:-60}
seed=${SEED:-$(($(date +%s) % 100000))}

# ---- what is booted

programs() {
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -o "$dir/lab" "$lab"/main.c "$lab"/held.c \
		"$lab"/sweep.c "$lab"/cases.c "$lab"/grants.c "$lab"/stress.c "$lab"/actors_*.c \
		"$here/device.c" "$here/../conformance/grantor.c"
	"$here/compile.sh"
}

planted_module() {
	mkdir -p "$work/planted"
	cmp -s "$lab/planted.c" "$work/planted/planted.c" || cp "$lab/planted.c" "$work/planted/"
	echo "obj-m := planted.o" > "$work/planted/Kbuild"
	UBSAN_SANITIZE=y make -s -C "$kdir" M="$work/planted" modules > "$work/planted.log" 2>&1 ||
		{ cat "$work/planted.log"; die "planted.ko did not build"; }
}

# Our module with counters at each line, and with checks of shifts and of indexes.
our_module() {
	rm -rf "$work/ours"
	GCOV_PROFILE=y UBSAN_SANITIZE=y BUILD=$work/ours KDIR=$kdir KVER='' \
		"$source/kernel/build.sh" > "$work/ours.log" 2>&1 || { cat "$work/ours.log"; die "grantproof.ko did not build"; }
	module=$work/ours/module/grantproof.ko
	nm "$module" | grep -q __gcov_ || die "grantproof.ko is not instrumented: no coverage would be seen"
	nm "$module" | grep -q __ubsan_ || die "grantproof.ko is not instrumented: UBSAN would see nothing"
}

fill_root() { # plan
	root=$work/root
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/modules"
	cp "$(command -v busybox)" "$dir/lab" "$BUILD/xen/dom0" "$root/bin/"
	ln -s busybox "$root/bin/sh"
	for m in xen/xen-evtchn xen/xen-gntalloc xen/xen-privcmd xen/xenfs/xenfs block/null_blk/null_blk; do
		cp "$kdir/drivers/$m.ko" "$root/modules/"
	done
	case $1 in
	planted) cp "$work/planted/planted.ko" "$root/modules/" ;;
	stock) cp "$kdir/drivers/xen/xen-gntdev.ko" "$root/modules/" ;;
	ours) cp "$module" "$root/modules/"; cp "$conformance" "$root/bin/conformance" ;;
	esac
	cp "$lab/init.sh" "$root/init"
	cp "$here/early.sh" "$here/rows.sh" "$lab/checkers.sh" "$root/"
	chmod 755 "$root/init"
	cat > "$root/rig.conf" <<-END
		NONCE=$nonce PLAN=$1 GNTDEV=ours CORE=${core:-} LAB_SECONDS=$seconds ROUNDS=${ROUNDS:-2} SEED=$seed SUITES="$suites"
	END
	pack_root "$root" "$work/initramfs-$1"
	rm -rf "$root"
}

# ---- boots

run() { # plan parts
	nonce=$(make_nonce)
	fill_root "$1"
	echo "lab: $1"
	# the rig's line of counts would be counted twice
	{ boot "$work/initramfs-$1" "$work/console-$1.log" "$nonce" "$2" || echo "$1" >> "$work/failed"; } |
		sed -u "s/^lab: \([0-9]* passed\)/# $1: \1/"
	sed -nE 's/.* ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped.*/\1 \2 \3/p' "$dir/verdict" >> "$work/counts"
}

usable_dir
began=$(date +%s)
[ -f "$conformance" ] || die "no program $conformance: make build/conformance-static"
"$lab/kernel.sh" debug "$lab/debug.config"
"$here/fetch.sh" > "$dir/fetch.log" || { cat "$dir/fetch.log"; die "no hypervisor"; }
# one boot at a time in a build directory
exec 9> "$dir/lock"
flock 9
mkdir -p "$work"
: > "$work/counts"
rm -f "$work/failed"
programs
suites=${SUITES:-sweep header-sweep smoke mapping stress conformance header long}
export SMP=2 MEMORY="${MEMORY:-1536}" TIMEOUT="${TIMEOUT:-$((1800 + 2 * seconds))}"
export XEN_ARGS="dom0_mem=1024M,max:1024M dom0_max_vcpus=2" DOM0_ARGS="page_poison=1 kfence.skip_covered_thresh=100"
export XEN_IMAGE="$BUILD/xen/hypervisor" DOM0_IMAGE="$kdir/vmlinux"
echo "lab: seed $seed, $seconds s of stress"

for plan in ${*:-planted stock ours}; do
	case $plan in
	planted) planted_module; run planted "boot planted" ;;
	stock) run stock "boot stock" ;;
	ours)
		our_module
		core=$(modinfo -F core_sha256 "$module")
		run ours "boot $suites unload"
		"$lab/coverage.sh" "$work/console-ours.log" "$work/ours/module" "$work/gcov" "$suites" || echo coverage >> "$work/failed"
		;;
	*) die "no plan '$plan'" ;;
	esac
done
awk -v seconds=$(($(date +%s) - began)) -v broken="$(cat "$work/failed" 2>/dev/null | wc -l)" '
	{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (broken > failed)
			failed = broken
		printf "lab: %d passed, %d failed, %d skipped in %d s\n", passed, failed, skipped, seconds
		exit failed != 0
	}' "$work/counts"
