// SPDX-License-Identifier: MIT
/* What Linux does to mappings for the program: fork, mprotect, mremap, madvise; and descriptors in several processes. */
#define _GNU_SOURCE
#include "row.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define RW (PROT_READ | PROT_WRITE)
#define BEGIN { OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }

static const struct row rows[] = {
	/* ---- fork ---- */

	/* PV: nothing there; auto-translated: the same mapping; either way the parent's stays when the child goes */
	{ "fork_and_exit", "GNT-FORK-001 GNT-FORK-002 GNT-FORK-003", .steps = {
		BEGIN, { FORK(1) }, { INHERIT(1, 0, 1) }, { STORE(0, 0, 3 * PAGE) }, { EXIT(1) }, { STORE(0, PAGE, 2 * PAGE) },
		{ HOLDS(3) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { HOLDS(0) },
	} },
	/* the child's mapping counts by itself: it is the last, so it ends the map */
	{ "fork_parent_unmaps_first", "GNT-FORK-002 GNT-FORK-003 GNT-MUNMAP-011 GNT-SLOT-008",
	  .profile = ONLY_LINUX, .mode = ONLY_AUTO, .steps = {
		BEGIN, { FORK(1) }, { INHERIT(1, 0, 1) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { HOLDS(3) },
		{ STORE(1, 0, PAGE) },
		{ OWNER_STORE(2, 0, PAGE) }, { MAP(0, 1, 0, 1), AT(3) }, { MUNMAP(1, 1, 1) }, { HOLDS(3) }, { EXIT(1) },
		{ HOLDS(0) },
		{ MAP(0, 2, 0, 3), AT(0) },
	} },
	{ "fork_header_busy", "GNT-FORK-002 GNT-UNMAP-008", .profile = ONLY_HEADER, .mode = ONLY_AUTO, .steps = {
		BEGIN, { FORK(1) }, { INHERIT(1, 0, 1) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3), FAILS(EBUSY) },
		{ STORE(1, 0, PAGE) },
		{ MUNMAP(1, 0, 1), FAILS(EINVAL) }, { EXIT(1) }, { UNMAP(0, 0, 3) }, { HOLDS(0) },
	} },
	/* on PV the child counts for nothing */
	{ "fork_header_pv", "GNT-FORK-001 GNT-UNMAP-008", .profile = ONLY_HEADER, .mode = ONLY_PV, .steps = {
		BEGIN, { FORK(1) }, { MUNMAP(0, 0, 3) }, { HOLDS(0) }, { UNMAP(0, 0, 3) },
	} },
	/* the exclusion from fork is undone by the program: what the child gets is empty */
	{ "fork_after_dofork", "GNT-FORK-001 GNT-FORK-003", .stock = "DEF-022",
	  .kills_stock = "MADV_DOFORK and fork: bad page map (DEF-022)", .mode = ONLY_PV, .steps = {
		BEGIN, { MADVISE(0, 0, 3, MADV_DOFORK) }, { FORK(1) }, { INHERIT(1, 0, 1) }, { STORE(0, 0, PAGE) }, { EXIT(1) },
		{ STORE(0, 0, 3 * PAGE) }, { HOLDS(3) },
	} },
	{ "fork_after_dofork_and_keeponfork", "GNT-FORK-001 GNT-FORK-003", .stock = "DEF-022",
	  .kills_stock = "MADV_DOFORK and fork: bad page map (DEF-022)", .mode = ONLY_PV, .steps = {
		BEGIN, { MADVISE(0, 0, 3, MADV_DOFORK) }, { MADVISE(0, 0, 3, MADV_KEEPONFORK) }, { FORK(1) }, { INHERIT(1, 0, 1) },
		{ STORE(0, 0, PAGE) }, { EXIT(1) }, { STORE(0, 0, 3 * PAGE) }, { HOLDS(3) },
	} },
	/* the descriptor, on the other hand, is the same instance */
	{ "fork_inherits_instance", "GNT-FORK-004 GNT-OPEN-004 GNT-GEN-010", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 1), AT(0) }, { DUP(1, 0, 1) }, { MAP(1, 1, 1, 1), AT(1) },
		{ MMAP(0, 1, 0, 1) }, { MMAP(1, 0, 1, 1) }, { STORE(0, 0, PAGE) }, { STORE(1, 0, PAGE) }, { EXIT(1) },
		{ STORE(1, 0, PAGE) }, { UNMAP(0, 0, 1) },
	} },
	{ "fork_fails", "GNT-FORK-003 GNT-GEN-019", .mode = ONLY_AUTO, .steps = {
		BEGIN, { MADVISE(0, 0, 3, MADV_DOFORK) }, { FORK(1), FAULT(DUT_VMA, 1), FAILS(ENOMEM) },
		{ STORE(0, 0, 3 * PAGE) },
	} },

	/* ---- mprotect ---- */

	/* made read-only, it stays so; made writable, read-only can be asked for: on PV the grants go first */
	{ "mprotect_to_write", "GNT-MMAP-012 GNT-MMAP-011", .stock = "DEF-206", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP_READONLY(0, 0, 0, 2) },
		{ MPROTECT(0, 0, 2, RW), FAILS(EACCES) }, { MPROTECT(0, 0, 2, PROT_WRITE), FAILS(EACCES) },
		{ OWNER_STORE(0, 0, PAGE) },
		{ STORE(0, 0, 1), FAILS(EFAULT) },
	} },
	{ "mprotect_part_to_write", "GNT-MMAP-012", .profile = ONLY_LINUX, .stock = "DEF-206", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP_READONLY(0, 0, 0, 2) },
		{ MPROTECT(0, 1, 1, RW), FAILS(EACCES) }, { OWNER_STORE(1, 0, PAGE) }, { OFFSET(0, 0, PAGE) },
	} },
	{ "mprotect_to_read", "GNT-MUNMAP-012 GNT-MUNMAP-013", .mode = ONLY_PV, .steps = {
		BEGIN, { MPROTECT(0, 0, 3, PROT_READ), DIES }, { STORE(0, 0, 1), FAILS(EFAULT) }, { OFFSET(0, 0, 0) },
		{ MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3) },
	} },
	{ "mprotect_part", "GNT-MUNMAP-012 GNT-MUNMAP-001 GNT-MUNMAP-011", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		BEGIN, { MPROTECT(0, 1, 1, PROT_READ), DIES }, { STORE(0, 0, PAGE) }, { STORE(0, 2 * PAGE, PAGE) }, { HOLDS(2) },
		{ UNMAP(0, 0, 3) }, { MUNMAP(0, 0, 1) }, { MUNMAP(0, 2, 1) }, { MAP(0, 1, 0, 1), AT(3) }, { MUNMAP(0, 1, 1) },
		{ MAP(0, 2, 0, 3), AT(0) },
	} },
	{ "mprotect_auto", "GNT-MUNMAP-002 GNT-MUNMAP-011", .profile = ONLY_LINUX, .mode = ONLY_AUTO, .steps = {
		BEGIN, { MPROTECT(0, 1, 1, PROT_READ) }, { STORE(0, PAGE, 1), FAILS(EFAULT) }, { STORE(0, 0, PAGE) },
		{ HOLDS(3) },
		{ MPROTECT(0, 1, 1, RW) }, { STORE(0, 0, 3 * PAGE) }, { MUNMAP(0, 0, 3) },
	} },
	/* the kernel has no memory to split: nothing has happened */
	{ "mprotect_split_fails", "GNT-MUNMAP-011 GNT-MMAP-019", .profile = ONLY_LINUX, .steps = {
		BEGIN, { MPROTECT(0, 1, 1, PROT_READ), FAULT(DUT_VMA, 1), FAILS(ENOMEM) }, { STORE(0, 0, 3 * PAGE) },
		{ MUNMAP(0, 1, 1), FAULT(DUT_VMA, 1), FAILS(ENOMEM) }, { STORE(0, 0, 3 * PAGE) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3) },
	} },

	/* ---- mremap ---- */

	{ "mremap_grow", "GNT-MREMAP-001 GNT-MMAP-018 GNT-GEN-003", .steps = {
		BEGIN, { MREMAP(0, 0, 3, 4, MREMAP_MAYMOVE), FAILS(EFAULT) }, { MREMAP(0, 0, 3, 4, 0), FAILS(EFAULT) },
		{ MREMAP(0, 0, 3, 9, MREMAP_MAYMOVE | MREMAP_FIXED), FAILS(EFAULT) }, { STORE(0, 0, 3 * PAGE) },
	} },
	{ "mremap_shrink", "GNT-MREMAP-002 GNT-MUNMAP-003", .profile = ONLY_LINUX, .steps = {
		BEGIN, { MREMAP(0, 0, 3, 1, 0) }, { STORE(0, 0, PAGE) }, { UNMAP(0, 0, 3) }, { MUNMAP(0, 0, 1) }, { HOLDS(0) },
	} },
	{ "mremap_shrink_header", "GNT-MREMAP-002 GNT-MUNMAP-004", .profile = ONLY_HEADER, .steps = {
		BEGIN, { MREMAP(0, 0, 3, 1, 0), FAILS(EINVAL) }, { STORE(0, 0, 3 * PAGE) },
	} },
	/* PV: no page is LIVE at either address; auto: all of them at the new one; one mapping of the same map */
	{ "mremap_move", "GNT-MREMAP-003 GNT-MREMAP-004 GNT-MREMAP-005", .steps = {
		BEGIN, { MREMAP(0, 0, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED), DIES }, { OFFSET(0, 0, 0) },
		{ MMAP(1, 0, 0, 3), FAILS(EINVAL) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { HOLDS(0) }, { MAP(0, 1, 0, 1), AT(0) },
	} },
	{ "mremap_move_auto", "GNT-MREMAP-004 GNT-MREMAP-005", .mode = ONLY_AUTO, .steps = {
		BEGIN, { MREMAP(0, 0, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED) }, { STORE(0, 0, 3 * PAGE) },
		{ OWNER_STORE(1, 0, PAGE) },
		{ MREMAP(0, 0, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED) }, { STORE(0, 0, 3 * PAGE) }, { HOLDS(3) },
	} },
	{ "mremap_move_header_busy", "GNT-MREMAP-005 GNT-UNMAP-008", .profile = ONLY_HEADER, .steps = {
		BEGIN, { MREMAP(0, 0, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED), DIES }, { UNMAP(0, 0, 3), FAILS(EBUSY) },
		{ MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3) },
	} },
	{ "mremap_dontunmap", "GNT-MREMAP-006 GNT-MMAP-018", .steps = {
		BEGIN, { MREMAP(0, 0, 3, 3, MREMAP_MAYMOVE | MREMAP_DONTUNMAP), FAILS(EINVAL) }, { STORE(0, 0, 3 * PAGE) },
	} },
	{ "mremap_from_length_0", "GNT-MREMAP-007", .steps = {
		BEGIN, { MREMAP(0, 0, 0, 3, MREMAP_MAYMOVE), FAILS(EFAULT) }, { STORE(0, 0, 3 * PAGE) },
		{ MAP(0, 1, 0, 1), AT(3) }, { MMAP_BYTES(1, 0, 1, PAGE, PROT_READ, MAP_PRIVATE) },
		{ MREMAP(1, 0, 0, 1, MREMAP_MAYMOVE), FAILS(EINVAL) },
	} },

	/* ---- madvise ---- */

	/* PV: the entries go, and the grants before them; what was there cannot be had again */
	{ "madvise_dontneed", "GNT-MUNMAP-012 GNT-MUNMAP-013 GNT-MMAP-020", .mode = ONLY_PV, .steps = {
		BEGIN, { MADVISE(0, 1, 1, MADV_DONTNEED), DIES }, { STORE(0, 0, PAGE) }, { STORE(0, 2 * PAGE, PAGE) },
		{ HOLDS(2) },
		{ REVOKE(1) }, { LOAD(0, PAGE, 1), FAILS(EFAULT) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) },
	} },
	/* dumping cannot be turned on again, so no core dump reads foreign memory */
	{ "madvise_dodump", "GNT-MMAP-018", .steps = {
		BEGIN, { MADVISE(0, 0, 3, MADV_DODUMP), FAILS(EINVAL) }, { STORE(0, 0, PAGE) },
	} },

	/* ---- several processes ---- */

	/* one maps the references, another one mmaps, the first unmaps */
	{ "passed_descriptor", "GNT-GEN-010 GNT-OPEN-004 GNT-CLOSE-002", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { DUP(1, 0, 1) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 1, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) },
		{ CLOSE(1) }, { STORE(0, 0, PAGE) }, { MUNMAP(0, 0, 2) }, { UNMAP(0, 0, 2) },
	} },
	/* a process that ends takes its mappings along, and nothing of others */
	{ "exit_ends_mappings", "GNT-CLOSE-004 GNT-CLOSE-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { DUP(1, 0, 1) }, { MAP(0, 0, 0, 2), AT(0) }, { MAP(1, 1, 2, 1), AT(2) },
		{ MMAP(0, 1, 0, 2) },
		{ MMAP(1, 0, 1, 1) }, { EXIT(1) }, { STORE(1, 0, PAGE) }, { UNMAP(0, 0, 2) }, { HOLDS(1) }, { REVOKE(0) },
		{ CLOSE(0) }, { STORE(1, 1, 1) },
	} },
};

const struct table fork_table = { rows, ARRAY_SIZE(rows) };
