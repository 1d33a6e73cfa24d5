#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tests tested: the module is broken on purpose, one way at a time, and each broken module must
# fail on real Xen. Half a minute each.
# Prints KTAP; a mutant that survives is a failed row.
#
# usage: tests/xen/mutants.sh [NAME...]		environment: as for boot.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/xen/mutant

# name, file, sed script
mutants() { cat <<'END'
user-entry-stays	pages.c	s/HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, map->ops.unmap, n);/for (u32 i = 0; i < n; i++) map->ops.unmap[i].status = GNTST_okay;/
kernel-handle-leaks	pages.c	s/err = gnttab_unmap_refs(map->ops.unmap, NULL, map->batch, n);/err = 0; for (u32 i = 0; i < n; i++) map->ops.unmap[i].status = GNTST_okay;/
wrong-handle	pages.c	s/GNTMAP_host_map, p.kernel\[q\]);/GNTMAP_host_map, p.kernel[q] + 77);/
page-in-use-released	pages.c	s/page_count(map->placeholder\[page\]) > 1/page_count(map->placeholder[page]) < 1/
refused-grant-taken	pages.c	s/b->status\[q - from\] = op->status;/b->status[q - from] = GNTST_okay;/
writable-always	pages.c	s/(readonly ? GNTMAP_readonly : 0)/0/
never-tried-again	map.c	s/WARN_ON_ONCE(!queue_delayed_work([^;]*;/;/
too-many-pages-leave	vma.c	s/(from - map->start) >> PAGE_SHIFT,/0,/
vma-not-counted	vma.c	s/^	gnt_vma_open(.*;/	;/
notifier-stays	vma.c	s/^	mmu_interval_notifier_remove(&map->notifier);/	;/
another-page-found	vma.c	s/return map->placeholder\[page\];/return map->placeholder[0];/
mprotect-to-write	vma.c	s/vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE/0/
signal-is-an-error	vma.c	s/-ERESTARTNOINTR/-EINTR/
signal-uses-up-the-attempt	vma.c	s/gnt_mmap_cancel(file, first, err == -EINTR);/gnt_mmap_cancel(file, first, 0);/
copied-on-fork	vma.c	s@VM_DONTCOPY | VM_WIPEONFORK : VM_MIXEDMAP@VM_DONTCOPY | VM_MIXEDMAP : VM_MIXEDMAP@
module-not-held	map.c	s/^	__module_get(THIS_MODULE);/	;/; s/^	module_put(THIS_MODULE);/	;/
module-held-for-good	map.c	s/^	module_put(THIS_MODULE);/	;/
arrays-not-replaced	file.c	s/^	file->state = s;/	;/
copy-to-read-only	copy.c	s/write ? FOLL_WRITE : 0/0/
copy-status-lost	copy.c	s/t->batch.op\[i\].status = status;/t->batch.op[i].status = GNTST_okay;/
byte-of-another-page	pages.c	s/page_to_virt(map->placeholder\[page\]) + offset/page_to_virt(map->placeholder[0]) + offset/
event-not-sent	port.c	s/^	notify_remote_via_evtchn(port);/	;/
port-not-put	port.c	s/^		evtchn_put(r->port);/		;/
any-profile	params.c	s/^		return -EINVAL;/		return 0;/
profile-ignored	params.c	s/^	profile = i;/	;/
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
while IFS='	' read -r name file script; do
	n=$((n + 1))
	if ! build "$file" "$script"; then
		echo "not ok $n - $name # it could not be built"
		survivors=$((survivors + 1))
	elif MODULE=$dir/build/module/grantproof.ko LOG=$dir/$name.log TIMEOUT=${TIMEOUT:-120} SUITES="smoke mapping stress conformance header" \
		"$here/boot.sh" > "$dir/$name.out" 2>&1 < /dev/null; then
		echo "not ok $n - $name # it survived"
		survivors=$((survivors + 1))
	else
		grep -m 3 '^test-xen: ' "$dir/$name.out" | sed 's/^/# /'
		echo "ok $n - $name"
	fi
done < "$dir/list"
exit $((survivors != 0))
