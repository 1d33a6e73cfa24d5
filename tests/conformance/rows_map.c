// SPDX-License-Identifier: MIT
/* MAP_GRANT_REF and the offset space. Pictures show page slots: '.' is free, a letter is a map. */
#include "row.h"

#define LIMIT 65536u /* the default: GNT-MOD-004 */

static const struct row rows[] = {
	/* ---- offsets ---- */

	/*
	 * . -> A: the first map is at 0; pad and index are garbage on entry, and no byte but the index is written
	 */
	{ "map_first_at_0", "GNT-MAP-001 GNT-SLOT-004 GNT-OPEN-001 GNT-GEN-005 GNT-GEN-007 GNT-MAP-017", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), AT(0) },
	} },
	/* A -> ABB -> ABBCCC: each at the end of the one before */
	{ "map_adjacent", "GNT-SLOT-001 GNT-SLOT-002 GNT-SLOT-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 0, 2), AT(1) }, { MAP(0, 2, 0, 3), AT(3) },
		{ UNMAP(0, 1, 2) }, { UNMAP(0, 0, 1) }, { UNMAP(0, 2, 3) },
	} },
	/* AABBBC -> AA...C -> AADDDC: a gap of exactly the size is used */
	{ "map_exact_fit", "GNT-SLOT-002 GNT-SLOT-003", .stock = "DEF-014", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(0, 1, 0, 3), AT(2) }, { MAP(0, 2, 0, 1), AT(5) },
		{ UNMAP(0, 1, 3) }, { MAP(0, 3, 0, 3), AT(2) },
		{ MMAP(0, 0, 3, 3) }, { STORE(0, 4000, 4200) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 2) }, { MAP(0, 4, 1, 2), AT(0) }, { MAP(0, 5, 0, 1), AT(6) },
	} },
	/* ABCDE -> .B.D. -> FB.D -> FBGD: gaps of one, lowest first */
	{ "map_exact_fit_of_one", "GNT-SLOT-002 GNT-SLOT-003", .stock = "DEF-014", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 0, 1), AT(1) }, { MAP(0, 2, 0, 1), AT(2) },
		{ MAP(0, 3, 0, 1), AT(3) },
		{ MAP(0, 4, 0, 1), AT(4) }, { UNMAP(0, 2, 1) }, { UNMAP(0, 0, 1) }, { UNMAP(0, 4, 1) },
		{ MAP(0, 5, 0, 1), AT(0) }, { MAP(0, 6, 0, 2), AT(4) }, { MAP(0, 7, 0, 1), AT(2) },
		{ MAP(0, 8, 0, 1), AT(6) },
	} },
	/*
	 * AABBBBCDDDDDDE -> AA....C......E -> AAFF..CGGG...E...: the lowest gap, not the best, and what is left of
	 * it stays free
	 */
	{ "map_lowest_gap", "GNT-SLOT-002", .steps = {
		{ OPEN(0) }, { GRANT(0, 6) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(0, 1, 0, 4), AT(2) }, { MAP(0, 2, 0, 1), AT(6) },
		{ MAP(0, 3, 0, 6), AT(7) },
		{ MAP(0, 4, 0, 1), AT(13) }, { UNMAP(0, 1, 4) }, { UNMAP(0, 3, 6) },
		{ MAP(0, 5, 0, 2), AT(2) }, { MAP(0, 6, 0, 3), AT(7) }, { MAP(0, 7, 0, 1), AT(4) },
		{ MAP(0, 8, 0, 5), AT(14) },
	} },
	/* A -> . -> A -> .: an emptied instance begins at 0 again */
	{ "map_again_at_0", "GNT-SLOT-002 GNT-UNMAP-011", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 1), AT(0) }, { UNMAP(0, 0, 1) }, { MAP(0, 1, 0, 2), AT(0) }, { UNMAP(0, 1, 2) },
		{ MAP(0, 2, 0, 1), AT(0) },
	} },
	/* A(40) B(40) C(100): more slots than an instance begins with */
	{ "map_beyond_64_slots", "GNT-SLOT-001 GNT-SLOT-002 GNT-MAP-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP_IN_TURN(0, 0, 0, 4, 40), AT(0) }, { MAP_IN_TURN(0, 1, 0, 4, 40), AT(40) },
		{ MAP_IN_TURN(0, 2, 0, 3, 100), AT(80) }, { MMAP(0, 0, 2, 100) }, { STORE(0, 99 * PAGE, PAGE) },
		{ MUNMAP(0, 0, 100) }, { UNMAP(0, 0, 40) }, { UNMAP(0, 2, 100) }, { UNMAP(0, 1, 40) },
	} },
	/* file 0: AAB   file 1: A..BB: instances know nothing of each other */
	{ "map_instances_apart", "GNT-OPEN-003 GNT-SLOT-004 GNT-OPEN-006", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(1, 1, 0, 1), AT(0) }, { MAP(0, 2, 2, 1), AT(2) },
		{ MAP(1, 3, 0, 2), AT(1) },
		{ UNMAP(1, 2, 1), FAILS(ENOENT) }, { UNMAP(0, 0, 2) }, { UNMAP(1, 3, 2) },
		{ MAP(1, 4, 0, 1), AT(1) },
		{ UNMAP(1, 1, 1) }, { UNMAP(0, 2, 1) },
	} },
	/* A A A: one reference, three pages of a map, all the same frame */
	{ "map_duplicate_references", "GNT-MAP-013 GNT-MAP-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP_IN_TURN(0, 0, 0, 1, 3), AT(0) }, { MMAP(0, 0, 0, 3) },
		{ STORE(0, 0, 100) }, { STORE(0, PAGE + 50, 100) }, { STORE(0, 3 * PAGE - 7, 7) },
		{ OWNER_STORE(0, 10, 200) },
	} },

	/* ---- far offsets: maps of 65536 pages up to slot 2^19 and 2^20 ---- */

	/* slots 2^19 and 2^19 + 1: offsets 0x80000000 and 0x80001000, which are no negative numbers */
	{ "map_beyond_31_bits", "GNT-SLOT-001 GNT-GEN-017 GNT-MMAP-005", .stock = "DEF-001", .needs = DUT_LARGE, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP_IN_TURN(0, 0, 0, 1, LIMIT), AT(0) }, { MAP_IN_TURN(0, 1, 0, 1, LIMIT), AT(65536) },
		{ MAP_IN_TURN(0, 2, 0, 1, LIMIT), AT(131072) }, { MAP_IN_TURN(0, 3, 0, 1, LIMIT), AT(196608) },
		{ MAP_IN_TURN(0, 4, 0, 1, LIMIT), AT(262144) }, { MAP_IN_TURN(0, 5, 0, 1, LIMIT), AT(327680) },
		{ MAP_IN_TURN(0, 6, 0, 1, LIMIT), AT(393216) }, { MAP_IN_TURN(0, 7, 0, 1, LIMIT), AT(458752) },
		{ MAP(0, 8, 0, 1), AT(524288) }, { MAP(0, 9, 1, 1), AT(524289) },
		{ MMAP(0, 0, 8, 1) }, { MMAP(1, 0, 9, 1) }, { STORE(0, 0, PAGE) }, { STORE(1, 0, PAGE) },
		{ UNMAP(0, 9, 1), PLUS(0xffffffff00000000), FAILS(ENOENT) },
		{ MUNMAP(1, 0, 1) }, { UNMAP(0, 9, 1) }, { UNMAP(0, 0, LIMIT) }, { UNMAP(0, 7, LIMIT) },
		{ MAP(0, 10, 1, 1), AT(0) }, { MAP_IN_TURN(0, 11, 0, 1, LIMIT), AT(458752) },
	} },
	/* 2^20 slots, the last of them at offset 0xfffff000: full is ENOMEM, and one UNMAP later it is not */
	{ "map_full", "GNT-SLOT-005 GNT-SLOT-006 GNT-SLOT-003 GNT-MAP-018", .stock = "DEF-201", .needs = DUT_LARGE, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP_IN_TURN(0, 0, 0, 1, LIMIT) }, { MAP_IN_TURN(0, 1, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 2, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 3, 0, 1, LIMIT) }, { MAP_IN_TURN(0, 4, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 5, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 6, 0, 1, LIMIT) }, { MAP_IN_TURN(0, 7, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 8, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 9, 0, 1, LIMIT) }, { MAP_IN_TURN(0, 10, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 11, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 12, 0, 1, LIMIT) }, { MAP_IN_TURN(0, 13, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 14, 0, 1, LIMIT) },
		{ MAP_IN_TURN(0, 15, 0, 1, LIMIT - 1), AT(983040) },
		{ MAP(0, 16, 0, 2), FAILS(ENOMEM) },
		{ MAP(0, 16, 1, 1), AT(1048575) },
		{ MAP(0, 17, 0, 1), FAILS(ENOMEM) },
		{ MMAP(0, 0, 16, 1) }, { STORE(0, 0, PAGE) },
		{ UNMAP(0, 3, LIMIT) },
		{ MAP_IN_TURN(0, 17, 0, 1, LIMIT), AT(196608) },
		{ MAP(0, 18, 0, 1), FAILS(ENOMEM) },
	} },

	/* ---- EINVAL ---- */

	{ "map_count_0", "GNT-MAP-003 GNT-GEN-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), COUNT(0), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 1), AT(0) },
		{ MAP(0, 1, 0, 1), COUNT(0), FAILS(EINVAL) },
	} },
	/* 65537 and up, the references not even being there: EINVAL comes before EFAULT */
	{ "map_count_over_limit", "GNT-MAP-004 GNT-MAP-012 GNT-MOD-004 GNT-GEN-017", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), COUNT(LIMIT + 1), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 1), COUNT(0x20000001), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 1), COUNT(0x80000000), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 1), COUNT(0xffffffff), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 1), AT(0) },
	} },
	/* the limit itself is allowed, up to the last page */
	{ "map_count_at_limit", "GNT-MAP-004 GNT-MOD-004", .needs = DUT_LARGE, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP_IN_TURN(0, 0, 0, 1, LIMIT), AT(0) }, { UNMAP(0, 0, LIMIT) },
		{ MAP_IN_TURN(0, 0, 0, 1, LIMIT + 1), FAILS(EINVAL) },
	} },
	/* limit 3: per call, not per instance */
	{ "map_limit_3", "GNT-MAP-004 GNT-MAP-018 GNT-MOD-004", .needs = DUT_LIMIT, .limit = 3, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 4), FAILS(EINVAL) }, { MAP(0, 0, 0, 3), AT(0) }, { MAP(0, 1, 0, 3), AT(3) },
		{ MAP(0, 2, 0, 4), FAILS(EINVAL) }, { MAP(0, 2, 0, 1), AT(6) },
	} },

	/* ---- ENOMEM ---- */

	/* limit 2^32 - 1: more than 2^20 pages cannot fit, and no memory is asked for */
	{ "map_count_over_2_20", "GNT-MAP-005 GNT-MAP-012",
	  .stock = "DEF-201",
	  .needs = DUT_LIMIT, .limit = 0xffffffff, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), COUNT(1048577), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 1), COUNT(0x80000000), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 1), COUNT(0xffffffff), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 1), COUNT(0), FAILS(EINVAL) },
	} },
	/* each allocation of MAP fails in turn, also those by which the instance grows */
	{ "map_allocation_fails", "GNT-MAP-006 GNT-GEN-019 GNT-GEN-003", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 1), SWEEP(DUT_ALLOC), FAILS(ENOMEM) },
		{ MMAP(0, 0, 0, 1) },
		{ MAP_IN_TURN(0, 1, 0, 4, 100), SWEEP(DUT_ALLOC), FAILS(ENOMEM) },
		{ MAP_IN_TURN(0, 2, 0, 4, 500), SWEEP(DUT_ALLOC), FAILS(ENOMEM) },
		{ UNMAP(0, 1, 100) },
	} },
	{ "map_enomem_before_references", "GNT-MAP-012", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), COUNT(2), FAULT(DUT_ALLOC, 1), FAILS(ENOMEM) },
	} },

	/* ---- EFAULT ---- */

	{ "map_header_nowhere", "GNT-MAP-002 GNT-GEN-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_NULL), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_LOW), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_ABOVE_USER - 8), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_ABOVE_USER), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_NOT_CANONICAL), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(ADDR_KERNEL), FAILS(EFAULT) },
		/* its last bytes would be at 0 and up */
		{ MAP(0, 0, 0, 1), ARG(ADDR_LAST), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), ARG(0ull - 24), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), AT(0) },
	} },
	/* |count pad|index|refs[0]|: none of it may be missing, whatever the count */
	{ "map_header_cut", "GNT-MAP-002 GNT-MAP-012", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 1), CUT(4), FAILS(EFAULT) }, { MAP(0, 0, 0, 1), CUT(8), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), CUT(16), FAILS(EFAULT) }, { MAP(0, 0, 0, 1), CUT(20), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), CUT(23), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), COUNT(0), CUT(16), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), COUNT(LIMIT + 1), CUT(23), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 1), CUT(24), AT(0) },
	} },
	/* refs[0] is there and refs[1], or only the last of 600, is not */
	{ "map_references_cut", "GNT-MAP-007 GNT-GEN-003 GNT-GEN-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), CUT(24), FAILS(EFAULT) }, { MAP(0, 0, 0, 2), CUT(31), FAILS(EFAULT) },
		{ MAP_IN_TURN(0, 0, 0, 2, 600), CUT(4096), FAILS(EFAULT) },
		{ MAP_IN_TURN(0, 0, 0, 2, 600), CUT(16 + 600 * 8 - 1), FAILS(EFAULT) },
		{ MAP(0, 0, 0, 2), AT(0) },
		{ MAP_IN_TURN(0, 1, 0, 2, 100), CUT(16 + 99 * 8), FAILS(EFAULT) },
		{ MMAP(0, 0, 0, 2) }, { STORE(0, PAGE - 3, 6) },
	} },
	{ "map_fetch_fails", "GNT-MAP-002 GNT-MAP-007 GNT-GEN-019", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 3), SWEEP(DUT_COPYIN), FAILS(EFAULT) },
		{ MAP_IN_TURN(0, 1, 0, 4, 90), SWEEP(DUT_COPYIN), FAILS(EFAULT) },
	} },
	/*
	 * The argument can be read and not written, being in a read-only view: nothing stays listed, no slot stays
	 * owned. The second instance shows it from the beginning: its first map is at 0 after all.
	 */
	{ "map_index_read_only", "GNT-MAP-010 GNT-MAP-011 GNT-GEN-003", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1) },
		{ MAP(0, 1, 1, 2), IN_VIEW(0), FAILS(EFAULT) },
		{ MAP(0, 1, 1, 2), AT(1) },
		{ MAP(1, 2, 1, 1), IN_VIEW(0), FAILS(EFAULT) },
		{ MAP(1, 2, 1, 2), AT(0) },
	} },
	{ "map_copy_out_fails", "GNT-MAP-010 GNT-MAP-011 GNT-MAP-008 GNT-GEN-019", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), SWEEP(DUT_COPYOUT), FAILS(EFAULT) }, { MMAP(0, 0, 0, 2) },
		{ MAP_IN_TURN(0, 1, 0, 2, 100), SWEEP(DUT_COPYOUT), FAILS(EFAULT) },
	} },
	/* |count pad index| writable ||refs[0] refs[1]| read-only: only the index is written, so this is good */
	{ "map_references_read_only", "GNT-GEN-007 GNT-MAP-001", .stock = "DEF-203", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { ALLOC(0, 1) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1), FIXED_AFTER(0) },
		{ MAP(0, 1, 1, 2), SPLIT(0, 0, 16), AT(1) },
		{ MMAP(1, 0, 1, 2) }, { STORE(1, 0, 2 * PAGE) },
	} },
	/* the argument in a view that can be written is memory like any other */
	{ "map_argument_in_view", "GNT-MAP-001 GNT-GEN-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ MAP(0, 1, 1, 2), IN_VIEW(0), AT(1) },
		{ UNMAP(0, 1, 2), IN_VIEW(0) },
	} },

	/* ---- what MAP does not look at ---- */

	{ "map_examines_no_reference", "GNT-MAP-014 GNT-MAP-015", .steps = {
		{ OPEN(0) },
		{ .action = MAP, .file = 0, .reg = 0, .pages = 1, REF(BAD_REF), AT(0) },
		{ .action = MAP, .file = 0, .reg = 1, .pages = 2, REF(0xffffffff), DOMID(0xffffffff), AT(1) },
		{ .action = MAP, .file = 0, .reg = 2, .pages = 1, REF(1), DOMID(BAD_DOMID), AT(3) },
		{ UNMAP(0, 1, 2) }, { UNMAP(0, 0, 1) }, { UNMAP(0, 2, 1) },
	} },
	/* whatever the descriptor was opened for */
	{ "map_any_open_mode", "GNT-GEN-014", .steps = {
		{ OPEN_AS(0, O_RDONLY) }, { OPEN_AS(1, O_WRONLY) }, { OPEN_AS(2, O_RDONLY | O_NONBLOCK) },
		{ GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(1, 1, 0, 2), AT(0) }, { MAP(2, 2, 0, 2), AT(0) },
		{ UNMAP(0, 0, 2) }, { UNMAP(1, 1, 2) }, { UNMAP(2, 2, 2) },
	} },
};

const struct table map_table = { rows, ARRAY_SIZE(rows) };
