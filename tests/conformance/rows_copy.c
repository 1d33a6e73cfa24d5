// SPDX-License-Identifier: MIT
/*
 * GRANT_COPY. A segment is { from, to, bytes, status }, a side M(memory, offset) or G(grant, offset). After every
 * step all memories, frames and views are compared with what a naive copy of the same segments makes of them, so
 * neighbours are seen too. Pad bytes and the statuses on entry are garbage throughout.
 */
#include "row.h"

/* statuses that Xen gives: GNTST_okay, _general_error, _bad_domain, _bad_gntref */
#define OKAY 0
#define ERROR (-1)
#define NO_DOMAIN (-2)
#define NO_GRANT (-3)

/* ---- one segment ---- */

static const struct segment in[] = { { G(0, 0), M(0, 0), 4096, OKAY, 0 } };
static const struct segment out[] = { { M(0, 0), G(0, 0), 4096, OKAY, 0 } };
/* 1 byte, odd offsets, odd sizes; across the pages of memory, up to the last byte of frame and memory */
static const struct segment in_odd[] = {
	{ G(0, 17), M(0, 33), 1, OKAY, 0 }, { G(0, 4095), M(0, 4095), 1, OKAY, 0 }, { G(0, 1), M(0, 4095), 2, OKAY, 0 },
	{ G(0, 99), M(0, 8000), 777, OKAY, 0 }, { G(0, 3000), M(0, 11192), 1096, OKAY, 0 },
	{ G(0, 5), M(0, 4097), 255, OKAY, 0 },
};
static const struct segment out_odd[] = {
	{ M(0, 33), G(0, 17), 1, OKAY, 0 }, { M(0, 4095), G(0, 4095), 1, OKAY, 0 }, { M(0, 4095), G(0, 1), 2, OKAY, 0 },
	{ M(0, 8000), G(0, 99), 777, OKAY, 0 }, { M(0, 11192), G(0, 3000), 1096, OKAY, 0 },
	{ M(0, 4097), G(0, 5), 255, OKAY, 0 },
};
/* a page at an odd address: |....####|####....| */
static const struct segment in_unaligned[] = { { G(1, 0), M(0, 1), 4096, OKAY, 0 } };
static const struct segment out_unaligned[] = { { M(0, 8191), G(1, 0), 4096, OKAY, 0 } };
/* length 0: no op, nothing looked at, okay; the very end of a frame is within it */
static const struct segment nothing[] = {
	{ G(0, 0), M(0, 0), 0, OKAY, 0 }, { M(0, 0), G(0, 4096), 0, OKAY, 0 },
	{ G(0, 0), ADDRESS(ADDR_NULL), 0, OKAY, 0 },
	{ ADDRESS(ADDR_KERNEL), G(0, 0), 0, OKAY, 0 }, { REFERENCE(BAD_DOMID, BAD_REF, 0), M(0, 0), 0, OKAY, 0 },
	{ G(0, 7), M(0, 9), 3, OKAY, 0 },
};
/* bits of flags that mean nothing */
static const struct segment odd_flags[] = {
	{ G(0, 1), M(0, 2), 100, OKAY, 0xfffc }, { M(0, 3), G(0, 200), 100, OKAY, 0x8004 },
	{ G(0, 0), G(1, 0), 50, OKAY, 0x0010 },
};

/* ---- several segments ---- */

/* what one segment writes, the next one reads: G0 -> M -> G1 -> M */
static const struct segment chain[] = {
	{ G(0, 100), M(0, 4000), 200, OKAY, 0 }, { M(0, 4050), G(1, 7), 100, OKAY, 0 },
	{ G(1, 0), M(0, 5), 120, OKAY, 0 },
	{ M(0, 8), G(0, 3), 90, OKAY, 0 },
};
static const struct segment between[] = {
	{ G(0, 0), G(1, 0), 4096, OKAY, 0 }, { G(1, 1000), G(2, 3), 17, OKAY, 0 },
	{ G(2, 4095), G(0, 0), 1, OKAY, 0 },
	{ G(1, 0), G(1, 2048), 2048, OKAY, 0 },
};
/* the status of each by itself; the good ones are carried out */
static const struct segment some_fail[] = {
	{ G(0, 0), M(0, 0), 100, OKAY, 0 },
	{ REFERENCE(DUT_DOMID, BAD_REF, 0), M(0, 200), 100, NO_GRANT, 0 },
	{ G(1, 50), M(0, 4090), 100, OKAY, 0 },
	{ REFERENCE(BAD_DOMID, 1, 0), M(0, 300), 100, NO_DOMAIN, 0 },
	{ M(0, 500), REFERENCE(DUT_DOMID, BAD_REF, 9), 100, NO_GRANT, 0 },
	{ M(0, 4090), REFERENCE(BAD_DOMID, 1, 0), 100, NO_DOMAIN, 0 },
	{ REFERENCE(DUT_DOMID, BAD_REF, 0), G(1, 0), 100, NO_GRANT, 0 },
	{ G(0, 900), G(1, 900), 100, OKAY, 0 },
};
/* G2 is read-only: a source, but no destination */
static const struct segment read_only_grant[] = {
	{ G(2, 1), M(0, 4000), 1000, OKAY, 0 },
	{ M(0, 0), G(2, 0), 100, ERROR, 0 },  { G(0, 0), G(2, 0), 100, ERROR, 0 },
	{ M(0, 4090), G(2, 0), 100, ERROR, 0 }, { G(2, 0), G(0, 0), 4096, OKAY, 0 },
};
static const struct segment revoked[] = { { G(0, 0), M(0, 0), 10, ERROR, 0 }, { G(1, 0), M(0, 20), 10, OKAY, 0 } };

/* ---- more than a batch of 64 ops ---- */

#define ONE(i) { G(0, 7 * (i)), M(0, 3 + 25 * (i)), 9 + (i) % 14, OKAY, 0 }
#define FOUR(i) ONE(i), ONE((i) + 1), ONE((i) + 2), ONE((i) + 3)
#define SIXTEEN(i) FOUR(i), FOUR((i) + 4), FOUR((i) + 8), FOUR((i) + 12)
#define SIXTYFOUR(i) SIXTEEN(i), SIXTEEN((i) + 16), SIXTEEN((i) + 32), SIXTEEN((i) + 48)
/* two ops each: |...##|###...| */
#define PAIR(i) { M(0, 4096 * (1 + (i) % 3) - 1 - (i) % 5), G(1, 40 * (i)), 6 + (i) % 30, OKAY, 0 }
#define FOUR_PAIRS(i) PAIR(i), PAIR((i) + 1), PAIR((i) + 2), PAIR((i) + 3)
#define SIXTEEN_PAIRS(i) FOUR_PAIRS(i), FOUR_PAIRS((i) + 4), FOUR_PAIRS((i) + 8), FOUR_PAIRS((i) + 12)
#define BOTH_LOCAL { M(0, 0), M(0, 100), 10, OKAY, 0 }
#define NOWHERE { G(0, 0), ADDRESS(ADDR_LOW), 10, OKAY, 0 }

/* 64 is a full batch, 65 one more */
static const struct segment sixty_four[] = { SIXTYFOUR(0) };
static const struct segment sixty_five[] = { SIXTYFOUR(0), ONE(64) };
static const struct segment four_hundred[] = { SIXTYFOUR(0), SIXTYFOUR(64), SIXTYFOUR(128), SIXTYFOUR(192), SIXTYFOUR(256),
					       SIXTYFOUR(320), SIXTEEN(384) };
static const struct segment hundred_pairs[] = { SIXTEEN_PAIRS(0), SIXTEEN_PAIRS(16), SIXTEEN_PAIRS(32), SIXTEEN_PAIRS(48),
						SIXTEEN_PAIRS(64), SIXTEEN_PAIRS(80), FOUR_PAIRS(96) };
/* the pair does not fit the 64th place: the batch is executed with 63 */
static const struct segment odd_place[] = { SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), FOUR(48), FOUR(52), FOUR(56),
					    ONE(60), ONE(61), ONE(62), PAIR(3), FOUR(70) };
/* 64 are carried out, the four after them and the erroneous one are not */
static const struct segment error_after_a_batch[] = { SIXTYFOUR(0), FOUR(64), BOTH_LOCAL, ONE(69) };
static const struct segment error_in_a_batch[] = { SIXTEEN(0), FOUR(16), BOTH_LOCAL, ONE(21) };
/* a segment whose page is not there was still the one that had the full batch executed */
static const struct segment nowhere_after_a_batch[] = { SIXTYFOUR(0), NOWHERE, ONE(65) };
/* but not one that is not even checked to the end */
static const struct segment both_local_after_a_batch[] = { SIXTYFOUR(0), BOTH_LOCAL, ONE(65) };

/* ---- errors ---- */

static const struct segment both_local[] = {
	{ G(0, 0), M(0, 200), 10, OKAY, 0 }, BOTH_LOCAL, { G(0, 0), M(0, 300), 10, OKAY, 0 },
};
static const struct segment both_local_of_0[] = { { M(0, 0), M(0, 100), 0, OKAY, 0 } };
static const struct segment both_local_odd_flags[] = { { M(0, 0), M(0, 100), 10, OKAY, 0xfffc } };

/* |...##|# : over the end of the frame by one byte, as a source and as a destination, in all ways there are */
static const struct segment crossing_source[] = { { G(0, 0), M(0, 0), 10, OKAY, 0 }, { G(0, 4095), M(0, 0), 2, OKAY, 0 } };
static const struct segment crossing_source_1[] = { { G(0, 1), M(0, 0), 4096, OKAY, 0 } };
static const struct segment crossing_source_2[] = { { G(0, 0), M(0, 0), 4097, OKAY, 0 } };
static const struct segment crossing_source_3[] = { { G(0, 65535), M(0, 0), 1, OKAY, 0 } };
static const struct segment crossing_source_4[] = { { G(0, 1), M(0, 0), 65535, OKAY, 0 } };
static const struct segment crossing_source_5[] = { { G(0, 4097), M(0, 0), 0, OKAY, 0 } };
static const struct segment crossing_dest[] = { { M(0, 0), G(0, 0), 10, OKAY, 0 }, { M(0, 0), G(0, 4095), 2, OKAY, 0 } };
static const struct segment crossing_dest_1[] = { { M(0, 0), G(0, 1), 4096, OKAY, 0 } };
static const struct segment crossing_dest_2[] = { { M(0, 0), G(0, 0), 4097, OKAY, 0 } };
static const struct segment crossing_dest_3[] = { { M(0, 0), G(0, 65535), 1, OKAY, 0 } };
static const struct segment crossing_dest_4[] = { { M(0, 0), G(0, 1), 65535, OKAY, 0 } };
static const struct segment crossing_between[] = { { G(0, 0), G(1, 4000), 97, OKAY, 0 } };
static const struct segment crossing_between_1[] = { { G(0, 4000), G(1, 0), 97, OKAY, 0 } };
/* frame and address space both left: the frame is checked first */
static const struct segment crossing_and_wrapping[] = { { G(0, 4095), ADDRESS(ADDR_LAST), 20, OKAY, 0 } };

#define INTO(name, address, n) static const struct segment into_##name[] = { { G(0, 0), ADDRESS(address), n, OKAY, 0 } }
#define FROM(name, address, n) static const struct segment from_##name[] = { { ADDRESS(address), G(0, 0), n, OKAY, 0 } }
INTO(null, ADDR_NULL, 1);
INTO(kernel, ADDR_KERNEL, 16);
INTO(above, ADDR_ABOVE_USER - 8, 16);
INTO(not_canonical, ADDR_NOT_CANONICAL, 1);
INTO(last, ADDR_LAST, 4);
INTO(end, ADDR_LAST, 8);
INTO(wrapping, ADDR_LAST, 9);
INTO(before_last, 0ull - 4096 - 8, 16);
INTO(wrapping_page, ADDR_LAST, 4096);
FROM(null, ADDR_NULL, 1);
FROM(kernel, ADDR_KERNEL, 16);
FROM(above, ADDR_ABOVE_USER - 8, 16);
FROM(last, ADDR_LAST, 4);
FROM(end, ADDR_LAST, 8);
FROM(wrapping, ADDR_LAST, 9);
FROM(before_last, 0ull - 4096 - 8, 16);
FROM(wrapping_page, ADDR_LAST, 4096);

/* memory 1 is one page, then nothing; memory 2 three pages of which the middle one is gone */
static const struct segment to_the_end[] = { { G(0, 0), M(1, 4000), 96, OKAY, 0 }, { M(1, 0), G(1, 0), 4096, OKAY, 0 } };
static const struct segment over_the_end[] = { { G(0, 0), M(0, 0), 10, OKAY, 0 }, { G(0, 0), M(1, 4000), 97, OKAY, 0 } };
static const struct segment from_over_the_end[] = { { M(0, 0), G(0, 0), 10, OKAY, 0 }, { M(1, 4000), G(0, 0), 97, OKAY, 0 } };
static const struct segment before_the_start[] = { { G(0, 0), M(1, -1ull), 2, OKAY, 0 } };
static const struct segment into_hole[] = { { G(0, 0), M(2, 4095), 2, OKAY, 0 } };
static const struct segment from_hole[] = { { M(2, 8191), G(0, 0), 2, OKAY, 0 } };
static const struct segment around_hole[] = { { G(0, 0), M(2, 4000), 96, OKAY, 0 }, { M(2, 8192), G(1, 0), 4096, OKAY, 0 } };

/* memory 3 is read-only */
static const struct segment from_read_only[] = { { M(3, 100), G(0, 1), 4000, OKAY, 0 } };
static const struct segment into_read_only[] = { { G(0, 0), M(0, 0), 5, OKAY, 0 }, { G(0, 0), M(3, 0), 1, OKAY, 0 } };

static const struct segment three[] = {
	{ G(0, 0), M(0, 0), 100, OKAY, 0 }, { M(0, 50), G(1, 0), 100, OKAY, 0 },
	{ G(1, 9), M(0, 4090), 100, OKAY, 0 },
};
/* G0: one op, two ops, one op */
static const struct segment one_two_one[] = {
	{ G(0, 0), M(0, 0), 100, OKAY, 0 }, { G(0, 200), M(0, 4090), 100, ERROR, 0 },
	{ G(0, 400), M(0, 6000), 100, OKAY, 0 },
};
/* the second op fails, and of the next segment the first */
static const struct segment two_two[] = { { G(0, 0), M(0, 4000), 200, ERROR, 0 }, { G(0, 200), M(0, 8190), 100, OKAY, 0 } };

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
		{ COPY(0, in_unaligned) }, { UNMAP(0, 0, 2) }, { COPY(0, both_local), STOPS_AT(1), FAILS(EINVAL) },
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
	{ "copy_error_after_a_batch", "GNT-COPY-016 GNT-COPY-017 GNT-COPY-015", .stock = "DEF-204", .steps = {
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
	{ "copy_into_last_page", "GNT-COPY-012 GNT-COPY-013 GNT-GEN-015 GNT-GEN-017", .kills_stock = LAST_PAGE, .steps = {
		BEGIN, { COPY(0, into_last), FAILS(EFAULT) }, { COPY(0, into_end), FAILS(EFAULT) },
		{ COPY(0, into_wrapping), FAILS(EFAULT) }, { COPY(0, into_wrapping_page), FAILS(EFAULT) },
		{ COPY(0, into_before_last), FAILS(EFAULT) },
	} },
	{ "copy_from_last_page", "GNT-COPY-012 GNT-COPY-013 GNT-GEN-015 GNT-GEN-017", .kills_stock = LAST_PAGE, .steps = {
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
