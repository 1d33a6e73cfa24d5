/* SPDX-License-Identifier: MIT */
/*
 * I1, I5 and I9 as code: each map owns exactly its slots and each taken slot is a map's (table_inv of table_logic.h); the records and
 * the limits; and all of a state (state_inv of state_logic.h). It is one file so that a compiler sees the whole of armed_state().
 */
#include "armed.h"

#define SOME 8u /* slots of which, most of the time, there is nothing to say: they are looked at together */

/*@ // nothing at all is said of slot q
    predicate slot_blank{L}(struct gnt_state s, integer q) = s.table.slots.owner[q] == 0 && record_none(s, q);

    // all that concerns one of slots i .. j-1 alone
    predicate spans_in{L}(struct gnt_state s, integer i, integer j) = \forall integer q; i <= q < j ==> table_span(s.table, q);
    predicate owners_in{L}(struct gnt_state s, integer i, integer j) = \forall integer q; i <= q < j ==> table_owner(s.table, q);
    predicate quiets_in{L}(struct gnt_state s, integer i, integer j) = \forall integer q; i <= q < j ==> table_quiet(s.table, q);
    predicate records_in{L}(struct gnt_state s, integer i, integer j) = \forall integer q; i <= q < j ==> record_ok(s, q);
*/

/* ---- I1: the table */

u32 armed_span(struct gnt_table t, u32 f)
{
	u32 count = t.count[f];

	if (count > t.slots.capacity - f)
		return 0;
	/*@ loop invariant range: f <= q <= f + count;
	    loop invariant owned: slots_owned(t.slots, f, q, f + 1);
	    loop assigns q;
	    loop variant f + count - q;
	*/
	for (u32 q = f; q < f + count; q++) {
		if (t.slots.owner[q] != f + 1)
			return 0;
	}
	return 1;
}

u32 armed_owner(struct gnt_table t, u32 q)
{
	u32 owner = t.slots.owner[q];

	if (owner == 0)
		return 1;
	return owner - 1 <= q && q - (owner - 1) < t.count[owner - 1];
}

u32 armed_table(struct gnt_table t)
{
	if (!armed_slots(t.slots))
		return 0;
	/*@ loop invariant range:  0 <= q <= t.slots.capacity;
	    loop invariant spans:  \forall integer f; 0 <= f < q ==> table_span(t, f);
	    loop invariant owners: \forall integer i; 0 <= i < q ==> table_owner(t, i);
	    loop invariant quiets: \forall integer f; 0 <= f < q ==> table_quiet(t, f);
	    loop assigns q;
	    loop variant t.slots.capacity - q;
	*/
	for (u32 q = 0; q < t.slots.capacity; q++) {
		u32 quiet = t.count[q] != 0 || t.map[q] == 0;

		if (!quiet || !armed_owner(t, q) || !armed_span(t, q)) {
			//@ assert one: !table_quiet(t, q) || !table_owner(t, q) || !table_span(t, q);
			//@ assert not: !table_inv(t);
			return 0;
		}
	}
	return 1;
}

/* ---- I5 */

u32 armed_record(struct gnt_state s, u32 k)
{
	u32 used = s.table.map[k] != 0 || s.vmas[k] != 0 || s.calls[k] != 0, there = s.table.count[k] != 0;

	return there == (s.block[k] != 0) && there == used && (s.table.map[k] == 0 || s.table.map[k] == s.block[k])
	       && s.vmas[k] <= GNT_USES_MAX && s.calls[k] <= GNT_USES_MAX
	       && s.tried[k] <= 1 && (s.vmas[k] == 0 || s.tried[k] == 1) && (there || s.tried[k] == 0);
}

/* ---- I9 */

/*@ requires mem:   state_mem(s);
    requires owned: owned == slots_taken(s.table.slots, s.table.slots.capacity);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> limits_ok(s);
*/
static u32 limits(struct gnt_state s, u32 owned)
{
	return s.limits->profile <= 1 && s.limits->performed <= 1 && s.limits->max >= 1 && s.limits->max <= GNT_SLOTS_MAX
	       && s.limits->owned == owned && (s.limits->profile != GNT_PROFILE_HEADER || owned <= s.limits->max);
}

u32 armed_limits(struct gnt_state s)
{
	u32 owned = 0;

	/*@ loop invariant range: 0 <= q <= s.table.slots.capacity;
	    loop invariant few:   owned <= q;
	    loop invariant taken: owned == slots_taken(s.table.slots, q);
	    loop assigns q, owned;
	    loop variant s.table.slots.capacity - q;
	*/
	for (u32 q = 0; q < s.table.slots.capacity; q++)
		owned += s.table.slots.owner[q] != 0 ? 1 : 0;
	return limits(s, owned);
}

/* ---- all of it */

/*@ requires mem:   state_mem(s) && k <= s.table.slots.capacity - SOME;
    assigns  \nothing;
    ensures  blank: \result != 0 ==> \forall integer q; k <= q < k + SOME ==> slot_blank(s, q);
*/
static u32 blank(struct gnt_state s, u32 k)
{
	u64 any = 0;
	u32 some = 0;

	/*@ loop invariant range: k <= q <= k + SOME;
	    loop invariant none:  any == 0 && some == 0 ==> \forall integer i; k <= i < q ==> slot_blank(s, i);
	    loop assigns q, any, some;
	    loop variant k + SOME - q;
	*/
	for (u32 q = k; q < k + SOME; q++) {
		any |= s.table.map[q] | s.block[q] | s.vmas[q] | s.calls[q];
		some |= s.table.count[q] | s.tried[q] | s.table.slots.owner[q];
	}
	return any == 0 && some == 0;
}

/*@ requires mem:   state_mem(s) && q < s.table.slots.capacity;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> table_span(s.table, q) && table_owner(s.table, q) && table_quiet(s.table, q)
                      && record_ok(s, q);
*/
static u32 slot(struct gnt_state s, u32 q)
{
	/* table_quiet() is part of what armed_record() says */
	return armed_owner(s.table, q) && armed_record(s, q) && armed_span(s.table, q);
}

/*@ ghost
  /@ requires mem:   state_mem(s) && k <= s.table.slots.capacity - SOME;
     requires blank: \forall integer q; k <= q < k + SOME ==> slot_blank(s, q);
     assigns  \nothing;
     ensures  taken: slots_taken(s.table.slots, k + SOME) == slots_taken(s.table.slots, k);
     ensures  spans:   spans_in(s, k, k + SOME);
     ensures  owners:  owners_in(s, k, k + SOME);
     ensures  quiets:  quiets_in(s, k, k + SOME);
     ensures  uses:    records_in(s, k, k + SOME);
  @/
  void lemma_blank(struct gnt_state s, u32 k)
  {
    /@ loop invariant range: k <= i <= k + SOME;
       loop invariant taken: slots_taken(s.table.slots, i) == slots_taken(s.table.slots, k);
       loop invariant spans:   spans_in(s, k, i);
       loop invariant owners:  owners_in(s, k, i);
       loop invariant quiets:  quiets_in(s, k, i);
       loop invariant uses:    records_in(s, k, i);
       loop assigns i;
       loop variant k + SOME - i;
    @/
    for (u32 i = k; i < k + SOME; i++) {
      /@ assert here: slot_blank(s, i); @/
      /@ assert ok: table_span(s.table, i) && table_owner(s.table, i) && table_quiet(s.table, i) && record_ok(s, i); @/
      /@ assert one: slots_taken(s.table.slots, i + 1) == slots_taken(s.table.slots, i); @/
    }
  }
*/

u32 armed_state(struct gnt_state s)
{
	u32 capacity = s.table.slots.capacity, owned = 0, q = 0;

	if (!armed_slots(s.table.slots))
		return 0;
	/*@ loop invariant range: 0 <= q <= capacity;
	    loop invariant few:   owned <= q;
	    loop invariant taken: owned == slots_taken(s.table.slots, q);
	    loop invariant spans:   spans_in(s, 0, q);
	    loop invariant owners:  owners_in(s, 0, q);
	    loop invariant quiets:  quiets_in(s, 0, q);
	    loop invariant uses:    records_in(s, 0, q);
	    loop assigns q, owned;
	    loop variant capacity - q;
	*/
	while (q < capacity) {
		if (q % SOME == 0 && capacity - q >= SOME && blank(s, q)) {
			//@ ghost lemma_blank(s, q);
			//@ assert spans: spans_in(s, 0, q + SOME);
			//@ assert owners: owners_in(s, 0, q + SOME);
			//@ assert quiets: quiets_in(s, 0, q + SOME);
			//@ assert records: records_in(s, 0, q + SOME);
			q += SOME;
			continue;
		}
		if (!slot(s, q)) {
			//@ assert not: !state_inv(s);
			return 0;
		}
		//@ assert spans: spans_in(s, 0, q + 1);
		//@ assert owners: owners_in(s, 0, q + 1);
		//@ assert quiets: quiets_in(s, 0, q + 1);
		//@ assert records: records_in(s, 0, q + 1);
		/*@ assert one: slots_taken(s.table.slots, q + 1)
		      == slots_taken(s.table.slots, q) + (s.table.slots.owner[q] != 0 ? 1 : 0);
		*/
		owned += s.table.slots.owner[q] != 0 ? 1 : 0;
		q++;
	}
	//@ assert spans: table_spans(s.table);
	//@ assert owners: table_owners(s.table);
	//@ assert quiets: table_quiets(s.table);
	//@ assert records: records_ok(s);
	//@ assert taken: owned == slots_taken(s.table.slots, s.table.slots.capacity);
	return limits(s, owned);
}
