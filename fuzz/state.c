/* SPDX-License-Identifier: MIT */
/*
 * Target: the state of an instance (src/core/state.c with table.c and slots.c) against a list of maps (I1, I2, I5, I9): what its
 * functions answer, and what each record says afterwards. An input is bytes that are calls, of which only those are made whose
 * preconditions hold. So it is here that records are in states in which no embedder leaves them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "armed.h"
#include "state.h"

#define MAPS 64u
#define CAPACITY 512u /* at most */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct map {
	u32 first, count, vmas, calls, listed, tried;
	u64 block;
} map[MAPS];
static u32 maps, made;
static struct gnt_limits limits;
static struct gnt_state s;
static struct {
	u32 owner[CAPACITY], count[CAPACITY], tried[CAPACITY];
	u64 map[CAPACITY], block[CAPACITY], vmas[CAPACITY], calls[CAPACITY];
} expected; /* of each slot, after the last call */

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- arrays */

static u64 naive_bytes(u32 array, u32 capacity)
{
	static const u8 bytes[GNT_STATE_ARRAYS] = { 4, 8, 8, 8, 4, 8, 8, 8, 8, 4 };

	return array < GNT_STATE_ARRAYS && capacity <= GNT_SLOTS_MAX ? (u64)bytes[array] * capacity : 0;
}

static void *array_new(u32 array, u32 capacity)
{
	u64 bytes = gnt_state_array_bytes(array, capacity);
	void *memory = malloc(bytes);

	expect(memory && bytes == naive_bytes(array, capacity), "I3: an array of another size");
	return memory;
}

static struct gnt_state state_new(u32 capacity)
{
	return (struct gnt_state){
		.table = {
			.slots = { .capacity = capacity, .owner = array_new(0, capacity), .prefix = array_new(1, capacity),
				   .suffix = array_new(2, capacity), .run = array_new(3, capacity) },
			.count = array_new(4, capacity), .map = array_new(5, capacity),
		},
		.block = array_new(6, capacity), .vmas = array_new(7, capacity), .calls = array_new(8, capacity),
		.tried = array_new(9, capacity), .limits = &limits,
	};
}

static void state_delete(struct gnt_state old)
{
	void *const arrays[] = { old.table.slots.owner, old.table.slots.prefix, old.table.slots.suffix, old.table.slots.run,
				 old.table.count, old.table.map, old.block, old.vmas, old.calls, old.tried };

	for (u32 i = 0; i < GNT_STATE_ARRAYS; i++)
		free(arrays[i]);
}

/* ---- the list */

static struct map *naive_owner(u64 slot)
{
	for (u32 i = 0; i < maps; i++) {
		if (slot >= map[i].first && slot - map[i].first < map[i].count)
			return &map[i];
	}
	return NULL;
}

static s32 naive_place(u32 count)
{
	u32 run = 0;

	for (u32 q = 0; q < s.table.slots.capacity; q++) {
		run = expected.owner[q] ? 0 : run + 1;
		if (run == count)
			return (s32)(q + 1 - count);
	}
	return -GNT_ENOSPC;
}

static u32 naive_owned(void)
{
	u32 owned = 0;

	for (u32 i = 0; i < maps; i++)
		owned += map[i].count;
	return owned;
}

static u32 naive_want(u32 count)
{
	u32 want = 0, capacity = GNT_SLOTS_MIN;

	for (u32 i = 0; i < maps; i++)
		want = map[i].first + map[i].count > want ? map[i].first + map[i].count : want;
	if ((u64)want + count > GNT_SLOTS_MAX)
		return 0;
	want += count;
	while (capacity < want || capacity < s.table.slots.capacity)
		capacity *= 2;
	return capacity;
}

/* Nobody uses the map any more: it is gone, and the call said its cookie. */
static void settle(struct map *m, u64 said)
{
	if (m->listed || m->vmas || m->calls) {
		expect(said == 0, "I5: a map that is used has ended");
		return;
	}
	expect(said == m->block, "I5: the last use does not end the map");
	*m = map[--maps];
}

/* ---- calls */

static void reserve(u32 count)
{
	u64 block = ++made;
	s32 want = limits.profile == GNT_PROFILE_HEADER && naive_owned() + count > limits.max ? -GNT_ENOMEM : naive_place(count);

	if (maps == MAPS)
		return;
	expect(gnt_state_reserve(s, count, block) == want, "I2, I9: a map is reserved elsewhere");
	if (want >= 0)
		map[maps++] = (struct map){ .first = (u32)want, .count = count, .calls = 1, .block = block };
}

static void grow(u32 doublings)
{
	u32 want = s.table.slots.capacity << doublings % 3;
	struct gnt_state to;

	if (want > CAPACITY)
		return;
	to = state_new(want);
	gnt_state_grow(s, to);
	state_delete(s);
	s = to;
}

static void use(struct map *m, u32 how)
{
	switch (how) {
	case 0:
		if (m->listed || !m->calls)
			return;
		gnt_state_list(s, m->first);
		m->listed = limits.performed;
		m->calls--;
		return;
	case 1:
		gnt_state_begin_call(s, m->first);
		m->calls++;
		return;
	case 2:
		if (m->calls) {
			m->calls--;
			settle(m, gnt_state_end_call(s, m->first));
		}
		return;
	case 3:
		if (m->listed) {
			expect(gnt_state_may_unlist(s, m->first) == (limits.profile == GNT_PROFILE_HEADER && m->vmas ? -GNT_EBUSY : 0),
			       "GNT-UNMAP-008: may a map be unlisted?");
			m->listed = 0;
			settle(m, gnt_state_unlist(s, m->first));
		}
		return;
	case 4:
		if (!m->listed)
			return;
		expect(gnt_state_attempt(s, m->first) == (m->tried ? -GNT_EINVAL : 0), "GNT-MMAP-006: a second attempt");
		m->vmas += !m->tried;
		m->tried = 1;
		return;
	case 5:
		if (m->vmas) {
			gnt_state_vma_open(s, m->first);
			m->vmas++;
		}
		return;
	default:
		if (!m->vmas)
			return;
		m->vmas--;
		m->tried = how == 6 || m->vmas;
		settle(m, gnt_state_vma_close(s, m->first, how != 6));
	}
}

static void set_max(u32 count)
{
	s32 want = count == 0 || limits.performed || maps ? -GNT_EINVAL : 0;

	expect(gnt_state_set_max(s, count) == want, "GNT-MAX-011: may a maximum be set?");
	expect(want || limits.max == (count < GNT_SLOTS_MAX ? count : GNT_SLOTS_MAX), "GNT-MAX-011: another maximum");
}

/* ---- what is asked, and what is there */

static void ask(u32 n)
{
	u32 odd[2] = { 3 + n, 0 }; /* as no state has them, but the function is for any */
	struct gnt_slots none = { .capacity = 2, .owner = odd };
	u32 count = n % 3 ? 1 + n % 100 : n << 8, array = n % 12, capacity = n & 0x8000 ? GNT_SLOTS_MAX + 1 : n;
	struct map *m = naive_owner(n % CAPACITY), *next = NULL;

	for (u32 q = n % CAPACITY; q < s.table.slots.capacity && !next; q++) {
		next = naive_owner(q);
		next = next && next->first == q && next->listed ? next : NULL;
	}
	expect(gnt_state_next(s, n % CAPACITY) == (next ? (s32)next->first : -GNT_ENOENT), "GNT-CLOSE-001: another map is next");
	expect(gnt_state_find_page(s, n % CAPACITY) == (m && m->listed ? (s32)m->first : -GNT_ENOENT), "I1: a page of another map");
	expect(!count || gnt_state_want(s, count) == naive_want(count), "GNT-SLOT-006: another capacity is wanted");
	expect(gnt_state_array_bytes(array, capacity) == naive_bytes(array, capacity), "I3: an array of another size");
	expect(gnt_table_array_bytes(array, capacity) == (array < GNT_TABLE_ARRAYS ? naive_bytes(array, capacity) : 0),
	       "I3: an array of another size");
	expect(gnt_slots_first(none, 0) == -GNT_ENOENT, "GNT-SLOT-010: a slot has another owner");
	expect(gnt_slots_capacity(n % (GNT_SLOTS_MIN + 1)) == GNT_SLOTS_MIN, "GNT-SLOT-005: a capacity");
	expect((gnt_slots_capacity(n << 5) == 0) == (n << 5 > GNT_SLOTS_MAX), "GNT-SLOT-005: a capacity");
}

/* What the arrays are to be, from the list; compared whole, which costs the engine next to nothing. */
static void write_expected(void)
{
	u32 capacity = s.table.slots.capacity;

	memset(expected.owner, 0, capacity * 4);
	memset(expected.count, 0, capacity * 4);
	memset(expected.map, 0, capacity * 8);
	memset(expected.block, 0, capacity * 8);
	memset(expected.vmas, 0, capacity * 8);
	memset(expected.calls, 0, capacity * 8);
	memset(expected.tried, 0, capacity * 4);
	for (u32 i = 0; i < maps; i++) {
		const struct map *m = &map[i];

		for (u32 q = m->first; q < m->first + m->count; q++)
			expected.owner[q] = m->first + 1;
		expected.count[m->first] = m->count;
		expected.map[m->first] = m->listed ? m->block : 0;
		expected.block[m->first] = m->block;
		expected.vmas[m->first] = m->vmas;
		expected.calls[m->first] = m->calls;
		expected.tried[m->first] = m->tried;
	}
}

static void compare(void)
{
	u32 capacity = s.table.slots.capacity;

	write_expected();
	expect(memcmp(s.table.slots.owner, expected.owner, capacity * 4) == 0, "I1: a slot has another owner");
	expect(memcmp(s.table.count, expected.count, capacity * 4) == 0, "I5: another record: count");
	expect(memcmp(s.table.map, expected.map, capacity * 8) == 0, "I5: another record: map");
	expect(memcmp(s.block, expected.block, capacity * 8) == 0, "I5: another record: block");
	expect(memcmp(s.vmas, expected.vmas, capacity * 8) == 0, "I5: another record: vmas");
	expect(memcmp(s.calls, expected.calls, capacity * 8) == 0, "I5: another record: calls");
	expect(memcmp(s.tried, expected.tried, capacity * 4) == 0, "I5: another record: tried");
	expect(limits.owned == naive_owned(), "I9: another number of slots is owned");
	expect(armed_state(s), "I1: a node of the slots' summary is wrong, or a record is of no kind that there is");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (size == 0)
		return 0;
	maps = made = 0;
	s = state_new(GNT_SLOTS_MIN);
	gnt_state_init(s, data[0] & 1 ? GNT_PROFILE_HEADER : GNT_PROFILE_LINUX);
	compare();
	for (size_t i = 1; i + 2 < size; i += 3) {
		u32 n = data[i + 1] | (u32)data[i + 2] << 8;

		switch (data[i] % 16) {
		case 0 ... 2:
			reserve(1 + n % (data[i] & 16 ? 200 : 12));
			break;
		case 3:
			grow(n);
			break;
		case 4:
			set_max(n % 7 ? n % 300 : n << 16);
			break;
		case 5:
			ask(n);
			break;
		case 6:
			limits.performed = data[i] & 16 ? limits.performed : 0; /* which no call does: so that a maximum can be set */
			break;
		default:
			if (maps)
				use(&map[n % maps], data[i] % 16 % 8);
		}
		compare();
	}
	state_delete(s);
	return 0;
}
