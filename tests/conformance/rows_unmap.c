// SPDX-License-Identifier: MIT
/* UNMAP_GRANT_REF. */
#include "row.h"

static const struct row rows[] = {
	/* A -> . : found once, then never again */
	{ "unmap_twice", "GNT-UNMAP-001 GNT-UNMAP-003 GNT-UNMAP-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { UNMAP(0, 0, 2) },
		{ UNMAP(0, 0, 2), FAILS(ENOENT) }, { UNMAP(0, 0, 0), FAILS(ENOENT) },
	} },
	/* count 0 stands for any count */
	{ "unmap_count_0", "GNT-UNMAP-005", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MAP(0, 1, 0, 1), AT(3) }, { UNMAP(0, 0, 0) }, { UNMAP(0, 1, 0) },
	} },
	/* AAAB: one less, one more, and numbers that are 3 when cut off */
	{ "unmap_wrong_count", "GNT-UNMAP-005 GNT-UNMAP-006 GNT-GEN-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MAP(0, 1, 0, 1), AT(3) }, { MMAP(0, 0, 0, 3) },
		{ UNMAP(0, 0, 2), FAILS(ENOENT) }, { UNMAP(0, 0, 4), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), FAILS(ENOENT) },
		{ UNMAP(0, 0, 0x80000003), FAILS(ENOENT) }, { UNMAP(0, 0, 0x10003), FAILS(ENOENT) },
		{ UNMAP(0, 0, 0xffffffff), FAILS(ENOENT) }, { STORE(0, 0, 64) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3) }, { UNMAP(0, 1, 1) },
	} },
	/* header: count 0 is a wrong count like any other */
	{ "unmap_count_0_header", "GNT-UNMAP-006 GNT-GEN-003", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MAP(0, 1, 0, 1), AT(3) },
		{ UNMAP(0, 0, 0), FAILS(ENOENT) },
		{ UNMAP(0, 1, 0), FAILS(ENOENT) }, { UNMAP(0, 0, 3) }, { UNMAP(0, 0, 0), FAILS(ENOENT) },
	} },
	/* nothing listed: every offset is unknown */
	{ "unmap_empty", "GNT-UNMAP-003 GNT-OPEN-001", .steps = {
		{ OPEN(0) },
		{ UNMAP(0, 0, 0), FAILS(ENOENT) }, { UNMAP(0, 0, 1), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(5 * PAGE), FAILS(ENOENT) },
	} },
	/* AAA: slots within the map, and the slot after it, begin no map */
	{ "unmap_not_at_the_first_slot", "GNT-UNMAP-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) },
		{ UNMAP(0, 0, 0), PLUS(1 * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 2), PLUS(1 * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(2 * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 0), PLUS(3 * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 3) },
	} },
	/* slots 2^20 and up, among them all that are a known slot when high bits are dropped */
	{ "unmap_far_offset", "GNT-UNMAP-010 GNT-SLOT-010 GNT-GEN-017", .stock = "DEF-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 0, 2), AT(1) },
		{ UNMAP(0, 1, 2), PLUS(1ull << 31), FAILS(ENOENT) },
		{ UNMAP(0, 1, 2), PLUS(1ull << 32), FAILS(ENOENT) },
		{ UNMAP(0, 1, 2), PLUS(1ull << 43), FAILS(ENOENT) },
		{ UNMAP(0, 1, 2), PLUS(1ull << 44), FAILS(ENOENT) },
		{ UNMAP(0, 1, 0), PLUS(1ull << 44), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(1ull << 52), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(1ull << 63), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(0ull - PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(~0ull), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(0x100000ull * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 1), PLUS(0xfffffull * PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 1, 2) }, { UNMAP(0, 0, 1) },
	} },
	/* the byte within the page does not matter */
	{ "unmap_low_bits", "GNT-UNMAP-004", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 0, 2), AT(1) }, { MAP(0, 2, 0, 3), AT(3) },
		{ UNMAP(0, 1, 2), PLUS(1) }, { UNMAP(0, 0, 1), PLUS(0xfff) }, { UNMAP(0, 2, 3), PLUS(0x800) },
	} },
	{ "unmap_argument_nowhere", "GNT-UNMAP-002 GNT-GEN-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ UNMAP(0, 0, 1), ARG(ADDR_NULL), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1), ARG(ADDR_ABOVE_USER - 8), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1), ARG(ADDR_KERNEL), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1), ARG(ADDR_LAST), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1) },
	} },
	/* |index|count pad|: all 16 bytes must be there, and EFAULT comes before ENOENT */
	{ "unmap_argument_cut", "GNT-UNMAP-002 GNT-UNMAP-009", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ UNMAP(0, 0, 1), CUT(8), FAILS(EFAULT) }, { UNMAP(0, 0, 1), CUT(12), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1), CUT(15), FAILS(EFAULT) }, { UNMAP(0, 0, 9), CUT(15), FAILS(EFAULT) },
		{ UNMAP(0, 0, 1), CUT(16) },
	} },
	{ "unmap_fetch_fails", "GNT-UNMAP-002", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ UNMAP(0, 0, 1), SWEEP(DUT_COPYIN), FAILS(EFAULT) },
	} },
	/* the offset of another instance's map names nothing here */
	{ "unmap_other_instance", "GNT-OPEN-003 GNT-UNMAP-003", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ UNMAP(1, 0, 1), FAILS(ENOENT) }, { UNMAP(0, 0, 1) },
	} },

	/* ---- while mapped ---- */

	/* header: EBUSY, but ENOENT and EFAULT before it, and everything stays; then in the order the header asks for */
	{ "unmap_while_mapped_header", "GNT-UNMAP-008 GNT-UNMAP-009 GNT-GEN-003", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { UNMAP(0, 0, 2), FAILS(EBUSY) },
		{ UNMAP(0, 0, 1), FAILS(ENOENT) }, { UNMAP(0, 0, 0), FAILS(ENOENT) },
		{ UNMAP(0, 0, 2), PLUS(PAGE), FAILS(ENOENT) },
		{ UNMAP(0, 0, 2), CUT(15), FAILS(EFAULT) }, { UNMAP(0, 0, 2), PLUS(77), FAILS(EBUSY) }, { STORE(0, 0, 2 * PAGE) },
		{ MUNMAP(0, 0, 2) }, { UNMAP(0, 0, 2) }, { UNMAP(0, 0, 2), FAILS(ENOENT) },
	} },
	/* header: a map whose mmap failed is not mapped */
	{ "unmap_after_failed_mmap", "GNT-UNMAP-008 GNT-UNMAP-011 GNT-MMAP-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), DOMID(BAD_DOMID), AT(0) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 2) }, { MAP(0, 1, 0, 1), AT(0) },
	} },

	/* the mapping outlives the listing, and both directions of it still work */
	{ "unmap_while_mapped", "GNT-UNMAP-007 GNT-UNMAP-001", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) }, { OWNER_STORE(1, 17, 99) }, { STORE(0, PAGE - 1, 2) },
		{ UNMAP(0, 0, 2), FAILS(ENOENT) }, { MUNMAP(0, 0, 2) },
	} },
	/* AAB -> aaB -> aaBC -> ..BC -> DDBC: an unlisted map owns its slots until it is no longer mapped */
	{ "unmap_while_mapped_keeps_slots", "GNT-SLOT-008 GNT-SLOT-009 GNT-SLOT-003",
	  .stock = "DEF-009 DEF-202", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(0, 1, 2, 1), AT(2) }, { MMAP(0, 0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ MAP(0, 2, 3, 1), AT(3) }, { STORE(0, 0, 2 * PAGE) }, { MUNMAP(0, 0, 2) },
		{ MAP(0, 3, 2, 2), AT(0) }, { MMAP(0, 0, 3, 2) }, { STORE(0, 5, 5000) },
	} },
	/* aa -> a.: as long as a page of it is left, all its slots stay owned */
	{ "unmap_then_munmap_in_parts", "GNT-SLOT-008 GNT-MUNMAP-003 GNT-MUNMAP-011", .stock = "DEF-009 DEF-202",
	  .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { UNMAP(0, 0, 3) },
		{ MUNMAP(0, 1, 1) }, { MAP(0, 1, 3, 1), AT(3) }, { MUNMAP(0, 0, 1) }, { MAP(0, 2, 3, 1), AT(4) },
		{ STORE(0, 2 * PAGE, PAGE) }, { MUNMAP(0, 2, 1) }, { MAP(0, 3, 0, 2), AT(0) },
		{ MAP(0, 4, 0, 1), AT(2) },
	} },
	/*
	 * A -> a: what is not listed cannot be mapped, and the probe after the error still counts its slot as owned
	 */
	{ "unmap_then_mmap", "GNT-UNMAP-001 GNT-MMAP-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), AT(0) }, { UNMAP(0, 0, 1) }, { MMAP(0, 0, 0, 1), FAILS(EINVAL) },
	} },
	/* munmap, then UNMAP, as libxengnttab does; munmap alone ends no listing */
	{ "unmap_after_munmap", "GNT-MUNMAP-010 GNT-UNMAP-011", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { STORE(0, 0, 10) }, { MUNMAP(0, 0, 2) },
		{ MAP(0, 1, 0, 1), AT(2) }, { UNMAP(0, 0, 2) }, { UNMAP(0, 0, 2), FAILS(ENOENT) },
		{ UNMAP(0, 1, 1) },
	} },
	/* A B C D E in a middling order, each found when its turn comes */
	{ "unmap_any_order", "GNT-UNMAP-001 GNT-SLOT-007", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1) }, { MAP(0, 1, 0, 3) }, { MAP(0, 2, 0, 2) }, { MAP(0, 3, 0, 3) },
		{ MAP(0, 4, 0, 1) },
		{ MMAP(0, 0, 3, 3) }, { UNMAP(0, 2, 2) }, { MMAP(1, 0, 4, 1) }, { UNMAP(0, 0, 1) },
		{ UNMAP(0, 4, 1) },
		{ STORE(0, 100, 100) }, { UNMAP(0, 1, 3) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 3, 3) },
		{ STORE(1, 5, 6) },
	} },
};

const struct table unmap_table = { rows, ARRAY_SIZE(rows) };
