// SPDX-License-Identifier: MIT
/* Unit tests of the stateless checks of src/core/request.h: every value next to a bound. */
#include "ktap.h"
#include "request.h"

/*
 * count, limit -> result: 1 .. limit is good, nothing is when the limit is 0, and what no table can hold is short
 * of memory
 */
static const struct {
	u32 count, limit;
	s32 want;
} map_rows[] = {
	{ 0, 0, -GNT_EINVAL },
	{ 0, 65536, -GNT_EINVAL },
	{ 0, 0xffffffff, -GNT_EINVAL },
	{ 1, 0, -GNT_EINVAL },
	{ 0xffffffff, 0, -GNT_EINVAL },
	{ 1, 1, 0 },
	{ 2, 1, -GNT_EINVAL },
	{ 1, 65536, 0 },
	{ 65535, 65536, 0 },
	{ 65536, 65536, 0 },
	{ 65537, 65536, -GNT_EINVAL },
	{ 0x80000000, 65536, -GNT_EINVAL },
	{ 0xffffffff, 65536, -GNT_EINVAL },
	{ 1048575, 0xffffffff, 0 },
	{ 1048576, 1048576, 0 },
	{ 1048576, 0xffffffff, 0 },
	{ 1048577, 1048576, -GNT_EINVAL },
	{ 1048577, 1048577, -GNT_ENOMEM },
	{ 0x7fffffff, 0x80000000, -GNT_ENOMEM },
	{ 0x80000000, 0x80000000, -GNT_ENOMEM },
	{ 0x80000001, 0x80000000, -GNT_EINVAL },
	{ 0xffffffff, 0xffffffff, -GNT_ENOMEM },
	{ 0xffffffff, 0xfffffffe, -GNT_EINVAL },
};

/* writable, shared -> result: any number but 0 is "yes" */
static const struct {
	u32 writable, shared;
	s32 want;
} mmap_rows[] = {
	{ 0, 0, 0 },
	{ 0, 1, 0 },
	{ 1, 0, -GNT_EINVAL },
	{ 1, 1, 0 },
	{ 2, 0, -GNT_EINVAL },
	{ 0x80000000, 0, -GNT_EINVAL },
	{ 0xffffffff, 0, -GNT_EINVAL },
	{ 2, 8, 0 },
	{ 1, 0x80000000, 0 },
	{ 0xffffffff, 0xffffffff, 0 },
};

static const char *test_name(unsigned int i)
{
	return i == 0 ? "map_check" : "mmap_check";
}

static void run_test(unsigned int i)
{
	for (u32 r = 0; i == 0 && r < ARRAY_SIZE(map_rows); r++)
		EXPECT(gnt_map_check(map_rows[r].count, map_rows[r].limit) == map_rows[r].want,
		       "count %u, limit %u: expected %d", map_rows[r].count, map_rows[r].limit, map_rows[r].want);
	for (u32 r = 0; i == 1 && r < ARRAY_SIZE(mmap_rows); r++)
		EXPECT(gnt_mmap_check(mmap_rows[r].writable, mmap_rows[r].shared) == mmap_rows[r].want,
		       "writable %x, shared %x: expected %d", mmap_rows[r].writable, mmap_rows[r].shared, mmap_rows[r].want);
}

const struct suite request_suite = { "request", 2, test_name, run_test };
