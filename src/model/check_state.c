/* SPDX-License-Identifier: MIT */
/*
 * The invariants of an instance's state, I1, I3, I5 and I9, as code: state_inv of state_logic.h, with table_inv and
 * slots_inv. It reads the core's arrays, and changes nothing.
 */
#include "gntdev.h"

#define SOME 16u /* slots that are looked at together; a capacity is a multiple of it */

/* ---- I1: slots and table */

static u32 larger(u32 a, u32 b)
{
	return a < b ? b : a;
}

/*
 * The summary is exact: leaves say what the owners say, inner nodes what their children say. Wrong bits are gathered,
 * not tested one by one: this is done after every critical section.
 */
static u32 wrong_node(const struct gnt_slots *s, u32 k, u32 half)
{
	u32 left = 2 * k, right = 2 * k + 1;
	u32 prefix = s->prefix[left] + (s->prefix[left] == half ? s->prefix[right] : 0);
	u32 suffix = s->suffix[right] + (s->suffix[right] == half ? s->suffix[left] : 0);
	u32 run = larger(larger(s->run[left], s->run[right]), s->suffix[left] + s->prefix[right]);

	return (s->prefix[k] ^ prefix) | (s->suffix[k] ^ suffix) | (s->run[k] ^ run);
}

static void check_slots(const struct gnt_slots *s)
{
	u32 wrong = 0;

	ensure(s->capacity >= GNT_SLOTS_MIN && s->capacity <= GNT_SLOTS_MAX,
	       "I3: the capacity of a table is out of bounds");
	ensure(!(s->capacity & (s->capacity - 1)), "I3: the capacity of a table is no power of two");
	for (u32 q = 0; q < s->capacity; q++) {
		u32 leaf = s->capacity + q, free = s->owner[q] == 0;

		wrong |= (s->prefix[leaf] ^ free) | (s->suffix[leaf] ^ free) | (s->run[leaf] ^ free);
	}
	ensure(!wrong, "I1: a leaf of the slots' summary is wrong");
	for (u32 level = s->capacity / 2, half = 1; level; level /= 2, half *= 2) {
		for (u32 k = level; k < 2 * level; k++)
			wrong |= wrong_node(s, k, half);
	}
	ensure(!wrong, "I1: a node of the slots' summary is wrong");
}

/* ---- I5: a record is there exactly as long as its map is listed, mapped or used by a call */

static void check_record(const struct gnt_state *s, u32 k)
{
	bool used = s->table.map[k] || s->vmas[k] || s->calls[k];

	ensure(!s->table.count[k] == !s->block[k], "I5: a record without a map, or a map without a record");
	ensure(!s->table.count[k] == !used, "I5: a record that nobody uses, or a use without a record");
	ensure(!s->table.map[k] || s->table.map[k] == s->block[k], "I1: another map is listed than has the slots");
	ensure(s->vmas[k] <= GNT_USES_MAX && s->calls[k] <= GNT_USES_MAX, "I5: uses of a map are counted wrong");
	ensure(s->tried[k] <= 1 && (!s->vmas[k] || s->tried[k]), "GNT-MMAP-006: a map is mapped that was not attempted");
	ensure(s->table.count[k] || !s->tried[k], "GNT-MMAP-006: no map was attempted");
}

/* Nothing at all is said of SOME slots from @k on: most of the time, and then nothing is wrong with them. */
static bool nothing(const struct gnt_state *s, u32 k)
{
	u64 any = 0;
	u32 some = 0;

	for (u32 q = k; q < k + SOME; q++) {
		any |= s->table.map[q] | s->block[q] | s->vmas[q] | s->calls[q];
		some |= s->table.count[q] | s->tried[q] | s->table.slots.owner[q];
	}
	return any == 0 && some == 0;
}

/* ---- I9 */

static void check_limits(const struct gnt_state *s, u32 owned)
{
	const struct gnt_limits *limits = s->limits;

	ensure(limits->profile <= GNT_PROFILE_HEADER && limits->performed <= 1, "GNT-GEN-001: no such profile");
	ensure(limits->max >= 1 && limits->max <= GNT_SLOTS_MAX, "I9: a maximum out of bounds");
	ensure(limits->owned == owned, "I9: the number of slots owned is wrong");
	ensure(limits->profile != GNT_PROFILE_HEADER || owned <= limits->max,
	       "I9: more slots are owned than the maximum allows");
}

/* Each record owns exactly its slots, and each slot that is owned is of a record. */
void check_state(const struct gnt_state *s)
{
	const struct gnt_table *t = &s->table;
	u32 owned = 0;

	check_slots(&t->slots);
	for (u32 first = 0; first < t->slots.capacity; ) {
		u32 count = t->count[first], end = first + (count ? count : 1), owner = count ? first + 1 : 0;

		if (first % SOME == 0 && nothing(s, first)) {
			first += SOME;
			continue;
		}
		ensure(end > first && end <= t->slots.capacity, "I3: a map ends beyond the table");
		ensure(count != 0 || t->map[first] == 0, "I1: a map is listed that has no slots");
		for (u32 q = first; q < end; q++) {
			ensure(t->slots.owner[q] == owner, "I1: a slot has another owner than the table says");
			ensure(q == first || (t->count[q] == 0 && t->map[q] == 0), "I1: a map begins within a map");
			check_record(s, q);
		}
		owned += count;
		first = end;
	}
	check_limits(s, owned);
}
