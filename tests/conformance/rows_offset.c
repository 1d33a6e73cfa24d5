// SPDX-License-Identifier: MIT
/* GET_OFFSET_FOR_VADDR. Each success is compared with the offset and the count that the map was given. */
#include "row.h"

static const struct row rows[] = {
	/* A B: the first byte of each mapping; pad is garbage, and only offset and count are written */
	{ "offset_of_each_map", "GNT-OFF-001 GNT-OFF-009 GNT-GEN-007 GNT-GEN-005", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 2), AT(1) }, { MMAP(1, 0, 1, 2) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0) }, { OFFSET(0, 1, 0) }, { MUNMAP(0, 0, 1) }, { OFFSET(0, 1, 0) },
	} },
	/* anywhere inside, aligned or not: the offset is that of the map */
	{ "offset_inside", "GNT-OFF-006 GNT-OFF-009 GNT-OFF-010", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 3), AT(1) }, { MMAP(0, 0, 1, 3) },
		{ OFFSET(0, 0, 1) }, { OFFSET(0, 0, PAGE) }, { OFFSET(0, 0, PAGE + 77) }, { OFFSET(0, 0, 3 * PAGE - 1) },
		{ OFFSET(0, 0, 2 * PAGE - 8) },
	} },
	/* the first byte of the first page, and no other */
	{ "offset_start_only", "GNT-OFF-007 GNT-OFF-001", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { OFFSET(0, 0, 0) },
		{ OFFSET(0, 0, 1), FAILS(EINVAL) }, { OFFSET(0, 0, 8), FAILS(EINVAL) }, { OFFSET(0, 0, PAGE), FAILS(EINVAL) },
		{ OFFSET(0, 0, 2 * PAGE), FAILS(EINVAL) }, { OFFSET(0, 0, 3 * PAGE - 1), FAILS(EINVAL) }, { OFFSET(0, 0, 0) },
	} },
	/* what is left of a mapping still tells the whole map; AAA -> .A. */
	{ "offset_after_munmap_of_a_part", "GNT-OFF-010 GNT-OFF-009 GNT-OFF-003", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 3), AT(1) }, { MMAP(0, 0, 1, 3) },
		{ MUNMAP(0, 0, 1) }, { OFFSET(0, 0, PAGE) }, { OFFSET(0, 0, 0), FAILS(EINVAL) }, { MUNMAP(0, 2, 1) },
		{ OFFSET(0, 0, 2 * PAGE - 1) }, { OFFSET(0, 0, 2 * PAGE), FAILS(EINVAL) },
	} },
	/* the map is unlisted and mapped: its offset still names it, and no new map is given it */
	{ "offset_after_unmap", "GNT-OFF-011 GNT-OFF-012 GNT-SLOT-008", .stock = "DEF-009 DEF-202",
	  .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ OFFSET(0, 0, 0) }, { MAP(0, 1, 2, 1), AT(2) }, { OFFSET(0, 0, PAGE) }, { MUNMAP(0, 0, 2) },
		{ OFFSET(0, 0, 0), FAILS(EINVAL) },
	} },
	/* what the offset of an unlisted map names is that map, which is not listed, and not the newest one */
	{ "offset_names_no_other_map", "GNT-OFF-012 GNT-SLOT-008", .stock = "DEF-009", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) }, { UNMAP(0, 0, 1) },
		{ MAP(0, 1, 1, 1) }, { OFFSET(0, 0, 0) }, { UNMAP(0, 0, 1), FAILS(ENOENT) }, { UNMAP(0, 1, 1) },
	} },
	/* nothing there: below, above, and after munmap; and memory that is not this device's */
	{ "offset_elsewhere", "GNT-OFF-003 GNT-OFF-004 GNT-GEN-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { OFFSET(0, 0, 0), VADDR(ADDR_NULL), FAILS(EINVAL) },
		{ ALLOC(0, 1) }, { MMAP(0, 0, 0, 1), FIXED_AFTER(0) }, { OFFSET(0, 0, 0) },
		{ OFFSET(0, 0, 0ull - 1), FAILS(EINVAL) }, { OFFSET(0, 0, 0ull - PAGE), FAILS(EINVAL) },
		{ OFFSET(0, 0, PAGE), FAILS(EINVAL) }, { OFFSET(0, 0, 0), VADDR(PAGE), FAILS(EINVAL) }, { MUNMAP(0, 0, 1) },
		{ OFFSET(0, 0, 0), FAILS(EINVAL) },
	} },
	/* AAA -> A.A: no mapping contains the address, though one begins above it */
	{ "offset_in_the_hole_below", "GNT-OFF-003", .stock = "DEF-013", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { MUNMAP(0, 1, 1) },
		{ OFFSET(0, 0, PAGE), FAILS(EINVAL) }, { OFFSET(0, 0, 2 * PAGE - 1), FAILS(EINVAL) }, { OFFSET(0, 0, 2 * PAGE) },
	} },
	/* all 64 bits count, and no address is an error of its own */
	{ "offset_far_addresses", "GNT-OFF-014 GNT-GEN-017 GNT-OFF-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 1ull << 47), FAILS(EINVAL) }, { OFFSET(0, 0, 1ull << 63), FAILS(EINVAL) },
		{ OFFSET(0, 0, 1ull << 48), FAILS(EINVAL) }, { OFFSET(0, 0, 0), VADDR(ADDR_KERNEL), FAILS(EINVAL) },
		{ OFFSET(0, 0, 0), VADDR(ADDR_LAST), FAILS(EINVAL) }, { OFFSET(0, 0, 0), VADDR(~0ull), FAILS(EINVAL) },
		{ OFFSET(0, 0, 0), VADDR(ADDR_ABOVE_USER), FAILS(EINVAL) }, { OFFSET(0, 0, 0) },
	} },
	/* a mapping of another instance, with a map of the same offset here */
	{ "offset_of_other_instance", "GNT-OFF-005 GNT-OPEN-003", .stock = "DEF-015", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(1, 1, 0, 1), AT(0) },
		{ MMAP(0, 0, 0, 1) }, { MMAP(1, 1, 1, 1) }, { OFFSET(1, 0, 0), FAILS(EINVAL) },
		{ OFFSET(0, 1, 0), FAILS(EINVAL) },
		{ OFFSET(0, 0, 0) }, { OFFSET(1, 1, 0) },
	} },
	/* the caller's address space, not that of who mapped it */
	{ "offset_in_another_process", "GNT-OFF-003 GNT-OPEN-004 GNT-GEN-010", .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 1) }, { MAP(1, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0) }, { OFFSET(1, 0, 0), FAILS(EINVAL) },
	} },
	{ "offset_argument_nowhere", "GNT-OFF-002 GNT-GEN-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0), ARG(ADDR_NULL), FAILS(EFAULT) }, { OFFSET(0, 0, 0), ARG(ADDR_KERNEL), FAILS(EFAULT) },
		{ OFFSET(0, 0, 0), ARG(ADDR_LAST), FAILS(EFAULT) }, { OFFSET(0, 0, 0), ARG(0ull - 4), FAILS(EFAULT) },
		{ OFFSET(0, 0, 0), CUT(7), FAILS(EFAULT) }, { OFFSET(0, 0, 0), CUT(0), FAILS(EFAULT) }, { OFFSET(0, 0, 0) },
	} },
	/* |vaddr|offset|count pad|: vaddr can be read and the rest not written */
	{ "offset_results_cut", "GNT-OFF-008 GNT-OFF-013 GNT-OFF-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0), CUT(8), FAILS(EFAULT) }, { OFFSET(0, 0, 0), CUT(16), FAILS(EFAULT) },
		{ OFFSET(0, 0, 0), CUT(19), FAILS(EFAULT) }, { OFFSET(0, 0, 0), VADDR(PAGE), CUT(7), FAILS(EFAULT) },
		{ OFFSET(0, 0, 0) },
	} },
	/* of the argument vaddr alone is fetched (Linux wants all of it to be there) */
	{ "offset_fetches_vaddr_alone", "GNT-OFF-013 GNT-OFF-002", .stock = "DEF-208", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0), VADDR(PAGE), CUT(8), FAILS(EINVAL) }, { OFFSET(0, 0, 0), VADDR(PAGE), CUT(7), FAILS(EFAULT) },
	} },
	/* the argument in a view that cannot be written; EINVAL comes first */
	{ "offset_results_read_only", "GNT-OFF-008 GNT-OFF-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0), IN_VIEW(0), FAILS(EFAULT) }, { OFFSET(0, 0, 0), VADDR(PAGE), IN_VIEW(0), FAILS(EINVAL) },
		{ OFFSET(0, 0, 0) },
	} },
	{ "offset_copies_fail", "GNT-OFF-002 GNT-OFF-008 GNT-OFF-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0), SWEEP(DUT_COPYIN), FAILS(EFAULT) }, { OFFSET(0, 0, 0), SWEEP(DUT_COPYOUT), FAILS(EFAULT) },
	} },
	/* read-only mappings, mappings whose grants are gone: it is the mapping that counts */
	{ "offset_of_any_mapping", "GNT-OFF-001 GNT-OFF-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP_READONLY(0, 0, 0, 2) }, { OFFSET(0, 0, 0) },
		{ MADVISE(0, 0, 2, MADV_DONTNEED), DIES }, { OFFSET(0, 0, 0) },
	} },
	/* the descriptor is closed and passed on meanwhile: the instance is the same */
	{ "offset_by_duplicate", "GNT-OPEN-004 GNT-OFF-001 GNT-CLOSE-002", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { DUP(1, 0, 0) }, { MAP(1, 0, 0, 1), AT(0) }, { CLOSE(1) }, { MMAP(0, 0, 0, 1) },
		{ OFFSET(0, 0, 0) }, { UNMAP(0, 0, 2), FAILS(ENOENT) },
	} },
};

const struct table offset_table = { rows, ARRAY_SIZE(rows) };
