#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Boots real Xen with a dom0 in QEMU (no KVM), runs the test programs on /dev/xen/gntdev there,
# and judges the console log. Prints the guest's rows as they come and ends with the line
# "test-xen: N passed, 0 failed, K skipped in S s"; exits 0 only if nothing failed and nothing was
# missing, down to QEMU's own end. All files are in $BUILD/xen. All the boots there are: boots.sh.
#
# usage: tests/xen/boot.sh
# environment:
#	GNTDEV=stock	the kernel's own driver instead of ours
#	TYPE=PVH	a PVH dom0, and another domain that grants, instead of a PV dom0 that grants to itself
#	SUITES		which of: smoke mapping stress guest pvguest conformance foreign header large (default: what makes sense there)
#	PROGRAMS	a folder of fuzz/'s programs, for the suite "replay"; REPLAY_ARGS: more of its arguments
#	DARE=SUITE:TEST	instead, that one test, which the stock driver's kernel may not survive: passed if it does not
#	SAYS		what the kernel has to say then, an extended regular expression (default: any complaint)
#	BOOT		the name of this boot, and of its folder in $BUILD/xen (default: ours or stock)
#	MODULE, CONFORMANCE, LOG	our module, the static program, where the console log goes
#	CORE_SHA256	the hash that the module must carry (default: what its modinfo says)
#	TIMEOUT, SMP ...	see run_qemu in lib.sh
#	BUILD, KVER	as for fetch.sh: KVER=backports boots that kernel, in $BUILD/xen-backports
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=test-xen
. "$here/lib.sh"
gntdev=${GNTDEV:-ours}
type=${TYPE:-PV}
fetched=$BUILD/xen${KVER:+-$KVER}
dir=$fetched/boot-${BOOT:-$gntdev}
root=$dir/root
module=${MODULE:-$BUILD/module${KVER:+-$KVER}/grantproof.ko}
conformance=${CONFORMANCE:-$BUILD/conformance-static}
log=${LOG:-$dir/console.log}

# What the Linux guest boots: dom0's own kernel, and one program.
fill_guest() {
	mkdir -p "$root/guest" "$dir/guest"
	ln -f "$fetched/vmlinux" "$root/guest/vmlinux"
	cp "$BUILD/xen/granter" "$dir/guest/init"
	cp "$fetched/modules/xen-gntalloc.ko" "$dir/guest/"
	pack_root "$dir/guest" "$root/guest/initramfs"
	rm -rf "$dir/guest"
}

fill_root() {
	rm -rf "$root"
	mkdir -p "$root/bin" "$root/modules"
	cp "$(command -v busybox)" "$BUILD/xen/dom0" "$root/bin/"
	for m in xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs; do
		cp "$fetched/modules/$m.ko" "$root/modules/"
	done
	[ "$gntdev" = stock ] || cp "$module" "$root/modules/grantproof.ko"
	[ ! -f "$conformance" ] || cp "$conformance" "$root/bin/conformance"
	if [ -n "${PROGRAMS:-}" ]; then
		cp "$BUILD/replay-static" "$root/bin/replay"
		cp -r "$PROGRAMS" "$root/programs"
	fi
	case " $parts " in
	*" pvguest "*) fill_guest ;;
	esac
	ln -s busybox "$root/bin/sh"
	cp "$here/early.sh" "$here/rows.sh" "$root/"
	cp "$here/init.sh" "$root/init"
	chmod 755 "$root/init"
	cat > "$root/rig.conf" <<-END
		NONCE=$nonce
		GNTDEV=$gntdev
		CORE=$core
		SUITES="$parts"
		TYPE=$type
		DARE="${DARE:-}"
		REPLAY_ARGS="${REPLAY_ARGS:-}"
	END
	pack_root "$root" "$dir/initramfs"
	rm -rf "$root"
}

# What is run where: the stock driver's kernel dies of some tests; they are each a boot of its own.
# What is in mapping.c is about page-table entries as grant mappings, which they are on PV alone.
choose_suites() {
	suites="smoke mapping stress guest pvguest"
	[ "$type" = PV ] || suites="smoke stress guest pvguest"
	[ ! -f "$conformance" ] || suites="$suites conformance"
	[ ! -f "$conformance" ] || [ "$type" != PV ] || suites="$suites foreign"
	[ ! -f "$conformance" ] || [ "$gntdev" = stock ] || suites="$suites header"
}

prepare
choose_suites
parts="${SUITES:-$suites} unload log exclusive"
[ -z "${DARE:-}" ] || parts=dare
# few handles, so that a leak of them is soon one too many (stress.c)
xen_args="dom0_mem=512M,max:512M gnttab_max_maptrack_frames=128"
if [ "$type" = PVH ]; then
	MACHINE=${MACHINE:-q35} CPU=${CPU:-qemu64,+svm,+npt} DEVICES=${DEVICES:--device intel-iommu}
	xen_args="$xen_args dom0=pvh iommu=on"
fi
XEN_ARGS=${XEN_ARGS:-$xen_args}
"$here/compile.sh"
fill_root

if [ -n "${DARE:-}" ]; then
	judge=$here/crash.awk
fi
boot "$dir/initramfs" "$log" "$nonce" "boot $parts"
