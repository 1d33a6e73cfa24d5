// SPDX-License-Identifier: MIT
/*
 * GRANT_COPY. A segment is { from, to, bytes, status }, a side M(memory, offset) or G(grant, offset). After every
 * step all memories, frames and views are compared with what a naive copy of the same segments makes of them, so
 * neighbours are seen too. Pad bytes and the statuses on entry are garbage throughout.
 */
#include "rows_copy.h"

/* observed with the stock module of Debian 12 (6.1.192): it takes the page for pinned, though none is */
#define LAST_PAGE "GRANT_COPY with a buffer in the last page of all addresses: NULL pointer dereference in the kernel"

#define BEGIN { OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 4) }

static const struct row rows[] = {
	/* ---- what it does ---- */

	{ "copy_page_in", "GNT-COPY-001 GNT-COPY-031 GNT-COPY-023 GNT-COPY-030 GNT-GEN-005 GNT-GEN-007", .steps = {
		BEGIN, { COPY(0, in) }, { OWNER_STORE(0, 0, PAGE) }, { COPY(0, in) },
	} },
	{ "copy_page_out", "GNT-COPY-001 GNT-COPY-031 GNT-COPY-023 GNT-COPY-030 GNT-GEN-005 GNT-GEN-007", .steps = {
		BEGIN, { COPY(0, out) },
	} },
	{ "copy_in_odd", "GNT-COPY-001 GNT-COPY-010 GNT-COPY-031", .steps = { BEGIN, { COPY(0, in_odd) } } },
	{ "copy_out_odd", "GNT-COPY-001 GNT-COPY-010 GNT-COPY-031", .steps = { BEGIN, { COPY(0, out_odd) } } },
	{ "copy_unaligned_page", "GNT-COPY-010", .steps = { BEGIN, { COPY(0, in_unaligned) },
	{ COPY(0, out_unaligned) } } },
	{ "copy_length_0", "GNT-COPY-009 GNT-COPY-006", .steps = { BEGIN, { COPY(0, nothing) } } },
	{ "copy_flags_without_meaning", "GNT-COPY-022", .steps = { BEGIN, { COPY(0, odd_flags) } } },
	{ "copy_segments_in_order", "GNT-COPY-014 GNT-COPY-008", .steps = { BEGIN, { COPY(0, chain) } } },
	{ "copy_grant_to_grant", "GNT-COPY-011", .steps = { { OPEN(0) }, { GRANT(0, 3) }, { COPY(0, between) } } },
	/* up to the last byte before a page that is not there; memory that is only read may be read-only */
	{ "copy_to_the_edge", "GNT-COPY-012 GNT-COPY-010", .steps = {
		BEGIN, { ALLOC(1, 1) }, { ALLOC(2, 3) }, { FORBID(2, 1, 1) }, { COPY(0, to_the_end) },
		{ COPY(0, around_hole) },
	} },
	{ "copy_from_read_only_memory", "GNT-COPY-012", .steps = { BEGIN, { ALLOC_READONLY(3, 2) },
	{ COPY(0, from_read_only) } } },
	{ "copy_any_open_mode", "GNT-GEN-014", .steps = {
		{ OPEN_AS(0, O_RDONLY) }, { OPEN_AS(1, O_WRONLY) }, { OPEN_AS(2, O_NONBLOCK) }, { GRANT(0, 2) },
		{ ALLOC(0, 4) },
		{ COPY(0, chain) }, { COPY(1, in_odd) }, { COPY(2, out_odd) },
	} },
	/* frames that are mapped at the same time: copies show in the views, and maps do not change */
	{ "copy_with_maps", "GNT-COPY-026 GNT-MMAP-001", .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { COPY(0, out) }, { COPY(0, chain) },
		{ STORE(0, 0, PAGE) },
		{ COPY(0, in_unaligned) }, { MUNMAP(0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ COPY(0, both_local), STOPS_AT(1), FAILS(EINVAL) },
		{ COPY(0, out_odd) },
	} },
	/* the probe that clients make */
	{ "copy_count_0", "GNT-COPY-003 GNT-COPY-001", .steps = {
		{ OPEN(0) }, { COPY_NOTHING(0), SEGMENTS(ADDR_NULL) }, { COPY_NOTHING(0), SEGMENTS(ADDR_LAST) },
		{ COPY_NOTHING(0), SEGMENTS(ADDR_KERNEL) },
	} },

	/* ---- statuses ---- */

	{ "copy_status_of_each", "GNT-COPY-018 GNT-COPY-019 GNT-COPY-027 GNT-COPY-001", .steps = {
		BEGIN, { COPY(0, some_fail) },
	} },
	{ "copy_read_only_grant", "GNT-COPY-019 GNT-COPY-027", .steps = {
		BEGIN, { GRANT_READONLY(2, 1) }, { COPY(0, read_only_grant) },
	} },
	{ "copy_revoked_grant", "GNT-COPY-019 GNT-COPY-027", .steps = { BEGIN, { REVOKE(0) },
	{ COPY(0, revoked) } } },
	/* of the segment's two ops the first fails, then the second: the other one is carried out */
	{ "copy_first_op_fails", "GNT-COPY-018 GNT-COPY-016", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, one_two_one), FAULT(DUT_COPY, 2) },
	} },
	{ "copy_second_op_fails", "GNT-COPY-018", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, one_two_one), FAULT(DUT_COPY, 3) }, { COPY(0, two_two), FAULT(DUT_COPY, 2) },
	} },

	/* ---- batches ---- */

	{ "copy_64_segments", "GNT-COPY-014 GNT-COPY-015", .steps = { BEGIN, { COPY(0, sixty_four) } } },
	{ "copy_65_segments", "GNT-COPY-014 GNT-COPY-015", .steps = { BEGIN, { COPY(0, sixty_five) } } },
	{ "copy_400_segments", "GNT-COPY-014 GNT-COPY-032", .steps = { BEGIN, { COPY(0, four_hundred) } } },
	{ "copy_100_pairs_of_ops", "GNT-COPY-010 GNT-COPY-014", .steps = { BEGIN, { COPY(0, hundred_pairs) } } },
	{ "copy_pair_at_place_64", "GNT-COPY-014 GNT-COPY-015", .steps = { BEGIN, { COPY(0, odd_place) } } },
	{ "copy_error_in_a_batch", "GNT-COPY-016 GNT-COPY-017 GNT-COPY-014", .stock = "DEF-204", .steps = {
		BEGIN, { COPY(0, error_in_a_batch), STOPS_AT(20), FAILS(EINVAL) },
	} },
	{ "copy_error_after_a_batch", "GNT-COPY-016 GNT-COPY-017 GNT-COPY-015", .steps = {
		BEGIN, { COPY(0, error_after_a_batch), STOPS_AT(68), FAILS(EINVAL) },
	} },
	{ "copy_error_at_place_65", "GNT-COPY-015 GNT-COPY-016", .stock = "DEF-204", .steps = {
		BEGIN, { COPY(0, both_local_after_a_batch), STOPS_AT(64), FAILS(EINVAL) },
		{ COPY(0, nowhere_after_a_batch), STOPS_LATE_AT(64), FAILS(EFAULT) },
	} },

	/* ---- EINVAL ---- */

	{ "copy_both_local", "GNT-COPY-005 GNT-COPY-016 GNT-COPY-017 GNT-COPY-022", .steps = {
		BEGIN, { COPY(0, both_local), STOPS_AT(1), FAILS(EINVAL) },
		{ COPY(0, both_local_of_0), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, both_local_odd_flags), STOPS_AT(0), FAILS(EINVAL) },
	} },
	{ "copy_source_leaves_frame", "GNT-COPY-006 GNT-COPY-008 GNT-GEN-017", .steps = {
		BEGIN, { COPY(0, crossing_source), STOPS_AT(1), FAILS(EINVAL) },
		{ COPY(0, crossing_source_1), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_source_2), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_source_3), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_source_4), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_source_5), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_between_1), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_and_wrapping), STOPS_AT(0), FAILS(EINVAL) },
	} },
	{ "copy_dest_leaves_frame", "GNT-COPY-006 GNT-GEN-017", .steps = {
		BEGIN, { COPY(0, crossing_dest), STOPS_AT(1), FAILS(EINVAL) },
		{ COPY(0, crossing_dest_1), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_dest_2), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_dest_3), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_dest_4), STOPS_AT(0), FAILS(EINVAL) },
		{ COPY(0, crossing_between), STOPS_AT(0), FAILS(EINVAL) },
	} },

	/* ---- EFAULT ---- */

	{ "copy_argument_nowhere", "GNT-COPY-002 GNT-GEN-015", .steps = {
		BEGIN, { COPY(0, in), ARG(ADDR_NULL), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, in), ARG(ADDR_KERNEL), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, in), ARG(ADDR_LAST), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, in), ARG(ADDR_ABOVE_USER - 8), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY_NOTHING(0), ARG(ADDR_NULL), FAILS(EFAULT) },
	} },
	/* |count pad|segments|: all 16 bytes, also for count 0 */
	{ "copy_argument_cut", "GNT-COPY-002", .steps = {
		BEGIN, { COPY(0, in), CUT(4), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, in), CUT(8), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, in), CUT(15), STOPS_AT(0), FAILS(EFAULT) }, { COPY_NOTHING(0), CUT(15), FAILS(EFAULT) },
		{ COPY_NOTHING(0), CUT(16) },
	} },
	{ "copy_segments_nowhere", "GNT-COPY-004 GNT-GEN-015", .steps = {
		BEGIN, { COPY(0, in), SEGMENTS(ADDR_NULL), FAILS(EFAULT) },
		{ COPY(0, in), SEGMENTS(ADDR_KERNEL), FAILS(EFAULT) },
		{ COPY(0, in), SEGMENTS(ADDR_ABOVE_USER - 16), FAILS(EFAULT) },
		{ COPY(0, in), SEGMENTS(ADDR_LAST), FAILS(EFAULT) },
		{ COPY(0, in), SEGMENTS(0ull - 24), FAILS(EFAULT) },
		{ COPY_NOTHING(0), COUNT(1), SEGMENTS(ADDR_LOW), FAILS(EFAULT) },
	} },
	/* the second of three is not all there: the first is checked and not executed */
	{ "copy_segments_cut", "GNT-COPY-004 GNT-COPY-016 GNT-COPY-017", .steps = {
		BEGIN, { COPY(0, three), CUT_SEGMENTS(24), STOPS_AT(1), FAILS(EFAULT) },
		{ COPY(0, three), CUT_SEGMENTS(47), STOPS_AT(1), FAILS(EFAULT) },
		{ COPY(0, three), CUT_SEGMENTS(48), STOPS_AT(2), FAILS(EFAULT) },
		{ COPY(0, three), CUT_SEGMENTS(23), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, three), COUNT(4), STOPS_AT(3), FAILS(EFAULT) },
		{ COPY(0, three), COUNT(0xffffffff), STOPS_AT(3), FAILS(EFAULT) },
		{ COPY(0, three), CUT_SEGMENTS(72) },
	} },
	/* the segments can be read, but no status can be written: they are in a read-only view */
	{ "copy_status_read_only", "GNT-COPY-007 GNT-COPY-008", .steps = {
		BEGIN, { GRANT(2, 1) }, { MAP(0, 0, 2, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1) },
		{ COPY(0, three), SEGMENTS_IN_VIEW(0), STOPS_AT(0), FAILS(EFAULT) },
		/* EINVAL comes first; EFAULT of the buffer would come later */
		{ COPY(0, both_local_of_0), SEGMENTS_IN_VIEW(0), STOPS_AT(0), FAILS(EINVAL) },
	} },
	{ "copy_into_nowhere", "GNT-COPY-012 GNT-GEN-015", .steps = {
		BEGIN, { COPY(0, into_null), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, into_kernel), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, into_above), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, into_not_canonical), STOPS_LATE_AT(0), FAILS(EFAULT) },
	} },
	{ "copy_from_nowhere", "GNT-COPY-012 GNT-GEN-015", .steps = {
		BEGIN, { COPY(0, from_null), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, from_kernel), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, from_above), STOPS_LATE_AT(0), FAILS(EFAULT) },
	} },
	/* a buffer in the last page of all addresses: within it, up to its end, and over the end to 0 */
	{ "copy_into_last_page", "GNT-COPY-012 GNT-COPY-013 GNT-GEN-015 GNT-GEN-017",
	  .stock = "DEF-019", .kills_stock = LAST_PAGE, .steps = {
		BEGIN, { COPY(0, into_last), FAILS(EFAULT) }, { COPY(0, into_end), FAILS(EFAULT) },
		{ COPY(0, into_wrapping), FAILS(EFAULT) }, { COPY(0, into_wrapping_page), FAILS(EFAULT) },
		{ COPY(0, into_before_last), FAILS(EFAULT) },
	} },
	{ "copy_from_last_page", "GNT-COPY-012 GNT-COPY-013 GNT-GEN-015 GNT-GEN-017",
	  .stock = "DEF-019", .kills_stock = LAST_PAGE, .steps = {
		BEGIN, { COPY(0, from_last), FAILS(EFAULT) }, { COPY(0, from_end), FAILS(EFAULT) },
		{ COPY(0, from_wrapping), FAILS(EFAULT) }, { COPY(0, from_wrapping_page), FAILS(EFAULT) },
		{ COPY(0, from_before_last), FAILS(EFAULT) },
	} },
	/* the first page of the buffer is there and the second is not, and the other way round */
	{ "copy_second_page_missing", "GNT-COPY-012 GNT-COPY-016 GNT-COPY-017 GNT-COPY-025", .steps = {
		BEGIN, { ALLOC(1, 1) }, { ALLOC(2, 3) }, { FORBID(2, 1, 1) },
		{ COPY(0, over_the_end), STOPS_LATE_AT(1), FAILS(EFAULT) },
		{ COPY(0, from_over_the_end), STOPS_LATE_AT(1), FAILS(EFAULT) },
		{ COPY(0, before_the_start), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, into_hole), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, from_hole), STOPS_LATE_AT(0), FAILS(EFAULT) },
	} },
	{ "copy_into_read_only_memory", "GNT-COPY-012 GNT-COPY-016", .steps = {
		BEGIN, { ALLOC_READONLY(3, 1) }, { COPY(0, into_read_only), STOPS_LATE_AT(1), FAILS(EFAULT) },
	} },

	/* ---- the environment fails ---- */

	{ "copy_allocation_fails", "GNT-COPY-029 GNT-GEN-019", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, three), FAULT(DUT_ALLOC, 1), STOPS_AT(0), FAILS(ENOMEM) },
		{ COPY(0, three), FAULT(DUT_ALLOC, 1), SEGMENTS(ADDR_NULL), FAILS(ENOMEM) }, { COPY(0, three) },
	} },
	/* the argument, then one fetch a segment */
	{ "copy_fetch_fails", "GNT-COPY-002 GNT-COPY-004 GNT-COPY-016 GNT-COPY-025", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, three), FAULT(DUT_COPYIN, 1), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYIN, 2), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYIN, 3), STOPS_AT(1), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYIN, 4), STOPS_AT(2), FAILS(EFAULT) },
	} },
	/* a page a time, the third segment having two */
	{ "copy_pin_fails", "GNT-COPY-012 GNT-COPY-016 GNT-COPY-017 GNT-COPY-025 GNT-GEN-019", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, three), FAULT(DUT_PIN, 1), STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_PIN, 2), STOPS_LATE_AT(1), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_PIN, 3), STOPS_LATE_AT(2), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_PIN, 4), STOPS_LATE_AT(2), FAILS(EFAULT) },
		{ COPY(0, nowhere_after_a_batch), FAULT(DUT_PIN, 64), STOPS_LATE_AT(63), FAILS(EFAULT) },
	} },
	/* okay ahead for each of three, then the status of each: by then all of it is done */
	{ "copy_status_copy_out_fails", "GNT-COPY-007 GNT-COPY-021 GNT-COPY-025", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, three), FAULT(DUT_COPYOUT, 1), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYOUT, 2), STOPS_AT(1), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYOUT, 3), STOPS_AT(2), FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYOUT, 4), EXECUTED, FAILS(EFAULT) },
		{ COPY(0, three), FAULT(DUT_COPYOUT, 6), EXECUTED, FAILS(EFAULT) },
	} },
	/* and no further batch is executed */
	{ "copy_status_copy_out_fails_early", "GNT-COPY-021 GNT-COPY-015", .needs = DUT_FAULTS, .steps = {
		BEGIN, { COPY(0, sixty_five), FAULT(DUT_COPYOUT, 66), STOPS_LATE_AT(64), FAILS(EFAULT) },
	} },
};

const struct table copy_table = { rows, ARRAY_SIZE(rows) };
