#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The clients that people have, over this driver, on real Xen in QEMU (no KVM): C xenstored and xenconsoled in a
# PV dom0, `xl create` with a PV Linux guest on a QEMU disk, libxenvchan and libxengnttab between the two.
# Prints dom0's rows as they come and ends with the line "test-xen-clients: N passed, 0 failed, K skipped in S s".
# All files are in $BUILD/clients.
#
# usage: tests/xen/clients.sh
# environment:
#	GNTDEV=stock	the kernel's own driver instead of ours, in dom0 and in the guest
#	GUEST=pvh	another kind of guest: pv (default) or pvh
#	MODULE, LOG	our module, where the console log goes
#	CORE_SHA256	the hash that the module must carry (default: what its modinfo says)
#	TIMEOUT, SMP ...	see run_qemu in lib.sh
#	BUILD, KVER	as for fetch.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=test-xen-clients
. "$here/lib.sh"
fetched=$BUILD/xen${KVER:+-$KVER}
dir=$BUILD/clients
root=$dir/root
gntdev=${GNTDEV:-ours}
guest=${GUEST:-pv}
module=${MODULE:-$BUILD/module${KVER:+-$KVER}/grantproof.ko}
log=${LOG:-$dir/console-$gntdev-$guest.log}

compile() {
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -static -pthread -o "$dir/clients" \
		"$here/clients.c" "$here/clients-vchan.c" "$here/clients-pages.c" \
		-lxenvchan -lxenstore -lxengnttab -lxenevtchn -lxentoollog -lxentoolcore
}

# What dom0 and the guest have both.
fill_both() { # root init
	mkdir -p "$1/bin" "$1/modules"
	cp "$(command -v busybox)" "$dir/clients" "$1/bin/"
	ln -s busybox "$1/bin/sh"
	for m in xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-blkfront; do
		cp "$fetched/modules/$m.ko" "$1/modules/"
	done
	[ "$gntdev" = stock ] || cp "$module" "$1/modules/grantproof.ko"
	cp "$here/early.sh" "$here/rows.sh" "$here/clients-pages.sh" "$1/"
	cp "$2" "$1/init"
	chmod 755 "$1/init"
	printf 'NONCE=%s\nGNTDEV=%s\nCORE=%s\nGUEST=%s\n' "$nonce" "$gntdev" "$core" "$guest" > "$1/rig.conf"
}

fill_roots() {
	rm -rf "$root" "$dir/guest"
	fill_both "$dir/guest" "$here/clients-guest.sh"
	fill_both "$root" "$here/clients-init.sh"
	cp "$here/clients-toolstack.sh" "$here/clients-grants.sh" "$here/clients-calls.sh" "$root/"
	mkdir "$root/guest"
	pack_root "$dir/guest" "$root/guest/initramfs"
	ln "$fetched/vmlinux" "$root/guest/vmlinux"
	pack_root "$root" "$dir/dom0.cpio"
	# the kernel unpacks one archive after the other
	cat "$dir/tools.cpio" "$dir/dom0.cpio" > "$dir/initramfs"
	rm -rf "$root" "$dir/guest" "$dir/dom0.cpio"
}

case $guest in
pv) ;;
# a processor that QEMU emulates well enough for guests of Xen's own: with AVX, their registers get lost
pvh) CPU=${CPU:-max,+svm,-rdtscp,-smap,-xsave} ;;
*) die "GUEST is pv or pvh" ;;
esac
prepare
"$here/clients-tools.sh"
compile
fill_roots

# six times what idle cores need
TIMEOUT=${TIMEOUT:-600}
MEMORY=${MEMORY:-2048}
XEN_ARGS=${XEN_ARGS:-dom0_mem=1024M,max:1024M}
boot "$dir/initramfs" "$log" "$nonce" "boot toolstack disk vchan pages destroy unload calls log"
