/* SPDX-License-Identifier: MIT */
/* The segments of the rows of rows_copy.c: { from, to, bytes, status }, a side M(memory, offset) or G(grant, offset). */
#pragma once
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
	{ REFERENCE(OWNER, BAD_REF, 0), M(0, 200), 100, NO_GRANT, 0 },
	{ G(1, 50), M(0, 4090), 100, OKAY, 0 },
	{ REFERENCE(BAD_DOMID, 1, 0), M(0, 300), 100, NO_DOMAIN, 0 },
	{ M(0, 500), REFERENCE(OWNER, BAD_REF, 9), 100, NO_GRANT, 0 },
	{ M(0, 4090), REFERENCE(BAD_DOMID, 1, 0), 100, NO_DOMAIN, 0 },
	{ REFERENCE(OWNER, BAD_REF, 0), G(1, 0), 100, NO_GRANT, 0 },
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
