/* SPDX-License-Identifier: MIT */
/*
 * Target: the offset allocator (src/core/slots.c) against a search slot by slot (I1, I2, I3). An input is bytes that are calls of
 * it; what it says, and who owns which slot afterwards, must be what the search says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "armed.h"
#include "slots.h"

#define CAPACITY 1024u /* at most */
#define RANGES 256u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u32 owner[CAPACITY]; /* as in slots.h */
static u32 capacity;

static struct {
	u32 first, count;
} range[RANGES]; /* taken */
static u32 ranges;

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static struct gnt_slots slots_new(u32 want)
{
	struct gnt_slots s = {
		.capacity = want, .owner = malloc(want * sizeof(u32)), .prefix = malloc(2 * want * sizeof(u32)),
		.suffix = malloc(2 * want * sizeof(u32)), .run = malloc(2 * want * sizeof(u32)),
	};

	expect(s.owner && s.prefix && s.suffix && s.run, "no memory");
	return s;
}

static void slots_delete(struct gnt_slots s)
{
	free(s.owner);
	free(s.prefix);
	free(s.suffix);
	free(s.run);
}

/* ---- the search */

static s64 search(u32 count)
{
	u32 run = 0;

	for (u32 q = 0; q < capacity && count; q++) {
		run = owner[q] ? 0 : run + 1;
		if (run == count)
			return q + 1 - count;
	}
	return count ? -GNT_ENOSPC : -GNT_EINVAL;
}

static u32 search_want(u32 count)
{
	u32 tail = capacity;

	while (tail && !owner[tail - 1])
		tail--;
	return (u64)tail + count <= GNT_SLOTS_MAX ? tail + count : 0;
}

/* ---- calls */

static void take(struct gnt_slots s, u32 count)
{
	s64 want = search(count);

	expect(gnt_slots_alloc(s, count) == want, "I2: the range is not the lowest that is free");
	if (want < 0)
		return;
	for (u32 q = 0; q < count; q++)
		owner[want + q] = (u32)want + 1;
	if (ranges < RANGES) {
		range[ranges].first = (u32)want;
		range[ranges++].count = count;
	}
}

static void give(struct gnt_slots s, u32 i)
{
	if (ranges == 0)
		return;
	i %= ranges;
	gnt_slots_free(s, range[i].first, range[i].count);
	memset(&owner[range[i].first], 0, range[i].count * sizeof(u32));
	range[i] = range[--ranges];
}

static struct gnt_slots grow(struct gnt_slots s, u32 doublings)
{
	u32 want = capacity << doublings % 3;
	struct gnt_slots more;

	if (want > CAPACITY)
		return s;
	more = slots_new(want);
	gnt_slots_grow(s, more);
	slots_delete(s);
	capacity = want;
	return more;
}

static void look(struct gnt_slots s, u64 slot)
{
	s64 want = slot < capacity && owner[slot] ? (s64)owner[slot] - 1 : -GNT_ENOENT;

	expect(gnt_slots_first(s, slot) == want, "GNT-SLOT-010: a slot has another owner");
}

static void compare(struct gnt_slots s)
{
	expect(!memcmp(s.owner, owner, capacity * sizeof(u32)), "I1: slots have other owners");
	expect(armed_slots(s), "I1: a node of the slots' summary is wrong");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct gnt_slots s;

	if (size == 0)
		return 0;
	capacity = 2u << data[0] % 7;
	ranges = 0;
	memset(owner, 0, sizeof(owner));
	s = slots_new(capacity);
	gnt_slots_init(s);
	for (size_t i = 1; i + 2 < size; i += 3) {
		u32 n = data[i + 1] | (u32)data[i + 2] << 8;

		switch (data[i] % 8) {
		case 0 ... 2:
			take(s, data[i] & 8 ? n : n % 16);
			break;
		case 3 ... 4:
			give(s, n);
			break;
		case 5:
			s = grow(s, n);
			break;
		case 6:
			look(s, data[i] & 8 ? (u64)n << 40 | n : n % (2 * capacity));
			break;
		default:
			if (n)
				expect(gnt_slots_want(s, data[i] & 8 ? n << 16 : n) == search_want(data[i] & 8 ? n << 16 : n),
				       "GNT-SLOT-006: another capacity is wanted");
		}
		compare(s);
	}
	slots_delete(s);
	return 0;
}
