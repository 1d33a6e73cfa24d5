#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The lab tested: the module is broken on purpose, in ways that only a kernel full of checkers, or
# failures on demand, can show. Each broken module must fail, and for the reason that is given.
# Prints KTAP; a mutant that survives is a failed row. Two minutes each and more.
#
# usage: tests/lab/mutants.sh [NAME...]		environment: as for lab.sh
set -eu

lab=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$lab/../.." && pwd)
mkdir -p "${BUILD:=$top/build}/lab"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/lab/mutant

# name, suites, file, sed script, what the boot must then say
mutants() { cat <<'END'
notifier-not-awaited	long	vma.c	s/^\t\tmmu_interval_read_begin(.*/\t\t;/	Bad page map
arrays-leak	sweep	file.c	/s->tried)/,/-ENOMEM/s/^\tfree_state(s);/\t;/	not ok .* no leak
block-leaks	smoke	map.c	/^static void free_memory/,/^}/s/^\tkvfree(map);/\t;/	not ok .* no leak
freed-before-unlocked	smoke	map.c	/^struct gnt_pages gnt_env_map_lock/,/^}/s/^\tkref_get(.*/\t;/	refcount_t|ODEBUG|KFENCE|Poison|general protection
allocates-when-locked	smoke	map.c	s/^\tmap->may_block = true;/&kfree(kmalloc(8, GFP_KERNEL));/	circular locking dependency
sleeps-at-page-tables	smoke	pages.c	s/^\tspin_lock(table);/&cond_resched();/	sleeping function called
page-goes-in-use	long	pages.c	s/page_count(map->placeholder\[page\]) > 1/false/	not ok
END
}

build() { # file script
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/src"
	cp -R "$top/kernel" "$top/proofs" "$top/spec" "$dir/tree/"
	cp -R "$top/src/core" "$dir/tree/src/core"
	sed -i "$2" "$dir/tree/kernel/$1"
	# a mutant that changes nothing proves nothing
	! cmp -s "$top/kernel/$1" "$dir/tree/kernel/$1"
}

mkdir -p "$dir"
mutants > "$dir/list"
[ $# = 0 ] || for name; do grep "^$name	" "$dir/list"; done > "$dir/some"
[ $# = 0 ] || mv "$dir/some" "$dir/list"
echo "KTAP version 1"
echo "1..$(wc -l < "$dir/list")"
n=0
survivors=0
while IFS='	' read -r name suites file script expected; do
	n=$((n + 1))
	verdict=ok
	why=
	if ! build "$file" "$script"; then
		verdict="not ok" why=" # it changes nothing"
	elif SOURCE=$dir/tree SUITES=$suites LAB_SECONDS=20 ROUNDS=1 "$lab/lab.sh" ours > "$dir/$name.out" 2>&1 < /dev/null; then
		verdict="not ok" why=" # it survived"
	elif ! grep -qE "$expected" "$dir/$name.out"; then
		verdict="not ok" why=" # it failed, but not for '$expected'"
	else
		grep -m 1 -E "$expected" "$dir/$name.out" | sed 's/^/# /'
	fi
	[ "$verdict" = ok ] || survivors=$((survivors + 1))
	echo "$verdict $n - $name$why"
done < "$dir/list"
exit $((survivors != 0))
