#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The lab tested: the module is broken on purpose, in ways that only a kernel full of checkers, or
# failures on demand, can show. Each broken module must fail, and for the reason that is given.
# Two minutes each and more. Prints what mutate.sh prints.
#
# usage: tests/lab/mutants.sh [NAME...]		environment: as for lab.sh
set -eu

lab=$(cd "$(dirname "$0")" && pwd)
name=lab-mutants
dir=lab/mutant
. "$lab/../xen/mutate.sh"

# name, file, sed script, suites, what the boot must then say
mutants() { cat <<'END'
notifier-not-awaited	vma.c	s/^\t\tmmu_interval_read_begin(.*/\t\t;/	long	Bad page map
arrays-leak	file.c	/s->tried)/,/-ENOMEM/s/^\tfree_state(s);/\t;/	sweep	not ok .* no leak
block-leaks	map.c	/^static void free_memory/,/^}/s/^\tkvfree(map);/\t;/	smoke	not ok .* no leak
freed-before-unlocked	map.c	/^struct gnt_pages gnt_env_map_lock/,/^}/s/^\tkref_get(.*/\t;/	smoke	refcount_t|ODEBUG|KFENCE|Poison|general protection
allocates-when-locked	map.c	s/^\tmap->may_block = true;/&kfree(kmalloc(8, GFP_KERNEL));/	smoke	circular locking dependency
sleeps-at-page-tables	pages.c	s/^\tspin_lock(table);/&cond_resched();/	smoke	sleeping function called
page-goes-in-use	pages.c	s/page_count(map->placeholder\[page\]) > 1/false/	long	not ok
END
}

caught() { # suites, what it says
	if SOURCE=$tree SUITES=$1 LAB_SECONDS=20 ROUNDS=1 "$lab/lab.sh" ours > "$dir/$mutant.out" 2>&1; then
		echo "# it survived"
		return 1
	fi
	grep -m 1 -E "$2" "$dir/$mutant.out" > "$dir/seen" || { echo "# it failed, but not for '$2'"; return 1; }
	sed 's/^/# /' "$dir/seen"
}

run_mutants "$@"
