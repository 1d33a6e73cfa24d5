#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The clients' boot tested: the module is broken on purpose, one way at a time, and for each broken module the
# very row must fail that is there for it. One to two minutes each.
# Prints KTAP; a mutant that survives is a failed row.
#
# usage: tests/xen/clients-mutants.sh [NAME...]		environment: as for clients.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/clients/mutant

# name, file, sed script, part of the log's line for the row that must fail
mutants() { cat <<'END'
copies-fail	copy.c	s/t->batch.op\[i\].status = status;/t->batch.op[i].status = -1;/	disk: not ok .* reads what is in the file
copies-elsewhere	copy.c	s/.domid = domid, .offset = offset/.domid = domid, .offset = offset ^ 512/	disk: not ok .* reads what is in the file
no-copies	main.c	s/return gnt_ioctl(filp->private_data, command, arg, 0);/return command == IOCTL_GNTDEV_GRANT_COPY ? -ENOTTY : gnt_ioctl(filp->private_data, command, arg, 0);/	calls: not ok .* qemu: GRANT_COPY
byte-stays	pages.c	s/WRITE_ONCE(\*byte, 0);/(void)byte;/	vchan: not ok .* the guest is told
event-not-sent	port.c	s/^	notify_remote_via_evtchn(port);/	;/	vchan: not ok .* the guest is told
kernel-handle-leaks	pages.c	s/err = gnttab_unmap_refs(map->ops.unmap, NULL, map->batch, n);/err = 0; for (u32 i = 0; i < n; i++) map->ops.unmap[i].status = GNTST_okay;/	destroy: not ok .* the domain is gone
no-offset	vma.c	s/if (vma->vm_ops != operations())/if (vma->vm_ops)/	calls: not ok .* xenstored: GET_OFFSET
writable-always	pages.c	s/(readonly ? GNTMAP_readonly : 0)/0/	pages: not ok .* but for reading
not-in-use	main.c	s/.owner = THIS_MODULE,/.owner = NULL,/	destroy: not ok .* rmmod is refused
END
}

build() { # file script
	rm -rf "$dir/kernel" "$dir/src" "$dir/proofs"
	mkdir -p "$dir/src" "$dir/proofs"
	cp "$top/proofs/core-hash.sh" "$dir/proofs/"
	cp -R "$top/kernel" "$dir/kernel"
	cp -R "$top/src/core" "$dir/src/core"
	sed -i "$2" "$dir/kernel/$1"
	# a mutant that changes nothing, or is no C, proves nothing
	! cmp -s "$top/kernel/$1" "$dir/kernel/$1" &&
		BUILD=$dir/build UNPROVEN=1 "$dir/kernel/build.sh" > "$dir/build.log" 2>&1
}

mkdir -p "$dir"
mutants > "$dir/list"
[ $# = 0 ] || for name; do grep "^$name	" "$dir/list"; done > "$dir/some"
[ $# = 0 ] || mv "$dir/some" "$dir/list"
echo "KTAP version 1"
echo "1..$(wc -l < "$dir/list")"
n=0
survivors=0
while IFS='	' read -r name file script row; do
	n=$((n + 1))
	if ! build "$file" "$script"; then
		echo "not ok $n - $name # it could not be built"
		survivors=$((survivors + 1))
	elif MODULE=$dir/build/module/grantproof.ko LOG=$dir/$name.log "$here/clients.sh" > "$dir/$name.out" 2>&1 < /dev/null ||
	     ! grep -q "^test-xen-clients: $row" "$dir/$name.out"; then
		echo "not ok $n - $name # it survived: see $dir/$name.out"
		survivors=$((survivors + 1))
	else
		grep -m 1 "^test-xen-clients: $row" "$dir/$name.out" | sed 's/^/# /'
		echo "ok $n - $name"
	fi
done < "$dir/list"
echo "clients-mutants: $((n - survivors)) passed, $survivors failed, 0 skipped"
exit $((survivors != 0))
