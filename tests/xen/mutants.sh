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
user-entry-stays	pages.c	/^		unmap_user(map, i, end);/d
kernel-handle-leaks	pages.c	s/err = gnttab_unmap_refs(op, NULL, pages, n);/err = 0; for (u32 i = 0; i < n; i++) op[i].status = GNTST_okay;/
wrong-handle	pages.c	s/map->grants\[page\[i\]\].kernel);/map->grants[page[i]].kernel + 77);/
page-in-use-released	pages.c	s/page_count(map->pages\[page\]) == 1/page_count(map->pages[page]) >= 1/
failed-mmap-not-undone	pages.c	s/^		gp_pages_unmap(map, 0, map->count);/		;/
domain-truncated	pages.c	s/> U16_MAX/> U32_MAX/
writable-always	pages.c	s/vma->vm_flags \& VM_WRITE ? 0 : GNTMAP_readonly/0/
deferred-once	map.c	s/map->release_queued = again;/map->release_queued = true;/
one-page-too-many	vma.c	s/to - map->start + PAGE_SIZE - 1/to - map->start + 2 * PAGE_SIZE - 1/
vma-not-counted	file.c	s/^	map->vmas++;/	;/
reservation-stays	file.c	s/^		withdraw(file, err);/		;/
slots-of-a-mapping-freed	file.c	s/gnt_table_hide(file->table, map->first);/gone = to_map(gnt_table_withdraw(file->table, map->first));/
unmap-of-a-mapping-forgotten	file.c	/gnt_table_hide(file->table, map->first);/s/^.*$/;/
mmap-twice	file.c	s/if (map && map->attempted)/if (0)/
mprotect-to-write	vma.c	s/vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE/0/
signal-is-an-error	vma.c	s/-ERESTARTNOINTR/-EINTR/
copied-on-fork	vma.c	s/ | VM_WIPEONFORK//
no-wait-at-unload	main.c	s/wait_event_idle([^;]*/(void)gp_idle/
copy-to-read-only	copy.c	s/? FOLL_WRITE : 0/? 0 : 0/
copy-status-lost	copy.c	s/(__s16)gnt_copy_status(&copy->batch, i)/(__s16)0/
copy-last-batch-lost	copy.c	s/return err ?: flush(copy);/return err;/
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
	elif MODULE=$dir/build/module/grantproof.ko LOG=$dir/$name.log TIMEOUT=${TIMEOUT:-120} SUITES="smoke mapping stress" \
		"$here/boot.sh" > "$dir/$name.out" 2>&1 < /dev/null; then
		echo "not ok $n - $name # it survived"
		survivors=$((survivors + 1))
	else
		grep -m 3 '^test-xen: ' "$dir/$name.out" | sed 's/^/# /'
		echo "ok $n - $name"
	fi
done < "$dir/list"
exit $((survivors != 0))
