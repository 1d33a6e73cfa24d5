#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tests tested: the module is broken on purpose, one way at a time, and each broken module must
# fail on real Xen. Half a minute each. Prints what mutate.sh prints.
#
# usage: tests/xen/mutants.sh [NAME...]		environment: as for boot.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=test-xen-mutants
dir=xen/mutant
. "$here/mutate.sh"

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
vma-not-counted	vma.c	s/^\tgnt_vma_open(.*;/\t;/
notifier-stays	vma.c	s/^\tmmu_interval_notifier_remove(&map->notifier);/\t;/
another-page-found	vma.c	s/return map->placeholder\[page\];/return map->placeholder[0];/
mprotect-to-write	vma.c	s/vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE/0/
signal-is-an-error	vma.c	s/-ERESTARTNOINTR/-EINTR/
signal-uses-up-the-attempt	vma.c	s/gnt_mmap_cancel(file, first, err == -EINTR);/gnt_mmap_cancel(file, first, 0);/
copied-on-fork	vma.c	s@VM_DONTCOPY | VM_WIPEONFORK : VM_MIXEDMAP@VM_DONTCOPY | VM_MIXEDMAP : VM_MIXEDMAP@
module-not-held	map.c	s/^\t__module_get(THIS_MODULE);/\t;/; s/^\tmodule_put(THIS_MODULE);/\t;/
module-held-for-good	map.c	s/^\tmodule_put(THIS_MODULE);/\t;/
arrays-not-replaced	file.c	s/^\tfile->state = s;/\t;/
copy-to-read-only	copy.c	s/write ? FOLL_WRITE : 0/0/
copy-status-lost	copy.c	s/t->batch.op\[i\].status = status;/t->batch.op[i].status = GNTST_okay;/
byte-of-another-page	pages.c	s/page_to_virt(map->placeholder\[page\]) + offset/page_to_virt(map->placeholder[0]) + offset/
event-not-sent	port.c	s/^\tnotify_remote_via_evtchn(port);/\t;/
port-not-put	port.c	s/^\t\tevtchn_put(r->port);/\t\t;/
any-profile	params.c	s/^\t\treturn -EINVAL;/\t\treturn 0;/
profile-ignored	params.c	s/^\tprofile = i;/\t;/
END
}

caught() {
	build_module || return 1
	if MODULE=$module LOG=$dir/$mutant.log TIMEOUT=${TIMEOUT:-120} SUITES="smoke mapping stress conformance header" \
		"$here/boot.sh" > "$dir/$mutant.out" 2>&1; then
		echo "# it survived"
		return 1
	fi
	grep -m 3 '^test-xen: ' "$dir/$mutant.out" | sed 's/^/# /'
	# a boot without a verdict says something about the rig
	grep -q '^test-xen: [0-9]* passed, [1-9]' "$dir/$mutant.out"
}

run_mutants "$@"
