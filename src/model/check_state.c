/* SPDX-License-Identifier: MIT */
/*
 * The invariants of an instance's state, I1, I3, I5 and I9: state_inv of state_logic.h, with table_inv and slots_inv. Whether
 * they hold is said by functions that are proven to say so (armed.h); here is who asks them, and what a reader is told if one is
 * broken. It reads the core's arrays, and changes nothing.
 */
#include "armed.h"
#include "gntdev.h"

/* I5: a record is there exactly as long as its map is listed, mapped or used by a call */
static void explain_record(const struct gnt_state *s, u32 k)
{
	bool used = s->table.map[k] || s->vmas[k] || s->calls[k];

	ensure(!s->table.count[k] == !s->block[k], "I5: a record without a map, or a map without a record");
	ensure(!s->table.count[k] == !used, "I5: a record that nobody uses, or a use without a record");
	ensure(!s->table.map[k] || s->table.map[k] == s->block[k], "I1: another map is listed than has the slots");
	ensure(s->vmas[k] <= GNT_USES_MAX && s->calls[k] <= GNT_USES_MAX, "I5: uses of a map are counted wrong");
	ensure(s->tried[k] <= 1 && (!s->vmas[k] || s->tried[k]), "GNT-MMAP-006: a map is mapped that was not attempted");
	ensure(s->table.count[k] || !s->tried[k], "GNT-MMAP-006: no map was attempted");
	breach("I5: a record is not in order");
}

/* The state is not in order: what is wrong first? */
static void explain(const struct gnt_state *s)
{
	const struct gnt_table *t = &s->table;

	ensure(armed_leaves(t->slots), "I1: a leaf of the slots' summary is wrong");
	ensure(armed_slots(t->slots), "I1: a node of the slots' summary is wrong");
	for (u32 k = 0; k < t->slots.capacity; k++) {
		ensure(armed_span(*t, k), "I1: a map has not its slots");
		ensure(armed_owner(*t, k), "I1: a slot has another owner than the table says");
		ensure(t->count[k] || !t->map[k], "I1: a map is listed that has no slots");
		if (!armed_record(*s, k))
			explain_record(s, k);
	}
	ensure(s->limits->profile <= GNT_PROFILE_HEADER && s->limits->performed <= 1, "GNT-GEN-001: no such profile");
	ensure(armed_limits(*s), "I9: the number of slots owned is wrong, or beyond the maximum");
	breach("I1: a state is not in order");
}

void check_state(const struct gnt_state *s)
{
	u32 capacity = s->table.slots.capacity;

	ensure(capacity >= GNT_SLOTS_MIN && armed_capacity(capacity), "I3: the capacity of a table is out of bounds");
	if (!armed_state(*s))
		explain(s);
}
