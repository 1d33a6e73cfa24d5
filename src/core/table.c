// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The map table of table.h: records by first slot, on top of the slots. A record's count says whether a map begins there, its
 * map whether look-ups see it; the two change in reserve, publish, hide and withdraw and nowhere else.
 */
#include "table.h"

/*@ ghost
  /@ requires inv:    t.slots.capacity <= GNT_SLOTS_MAX && table_spans(t) && table_quiets(t);
     assigns  \nothing;
     ensures  starts: table_starts(t);
  @/
  void lemma_starts(struct gnt_table t)
  {
    /@ loop invariant range:  0 <= f <= t.slots.capacity;
       loop invariant starts: \forall integer g; 0 <= g < f && t.slots.owner[g] == 0 ==> t.count[g] == 0 && t.map[g] == 0;
       loop assigns f;
       loop variant t.slots.capacity - f;
    @/
    for (u32 f = 0; f < t.slots.capacity; f++) {
      /@ assert span: table_span(t, f) && table_quiet(t, f); @/
      /@ assert first: t.count[f] != 0 ==> t.slots.owner[f] == f + 1; @/
    }
  }
*/

u64 gnt_table_array_bytes(u32 array, u32 capacity)
{
	u64 n = capacity;

	if (array >= GNT_TABLE_ARRAYS || capacity > GNT_SLOTS_MAX)
		return 0;
	if (array == 5)
		return n * sizeof(u64);
	return (array >= 1 && array <= 3 ? 2 * n : n) * sizeof(u32);
}

/* Sets the number of pages of record @first. The slots are other memory: their invariant stands. */
/*@ requires mem:    table_mem(t) && first < t.slots.capacity;
    assigns  t.count[first];
    ensures  set:    t.count[first] == count;
    ensures  map:    t.map[first] == \old(t.map[first]);
    ensures  others: table_same{Pre,Post}(t, first);
    ensures  owners: slots_same{Pre,Post}(t.slots, 0, t.slots.capacity);
    ensures  slots:  slots_inv{Pre}(t.slots) ==> slots_inv(t.slots);
*/
static void set_count(struct gnt_table t, u32 first, u32 count)
{
	t.count[first] = count;
	//@ assert owner: \forall integer q; 0 <= q < t.slots.capacity ==> t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	//@ assert prefix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.prefix[k] == \at(t.slots.prefix[k], Pre);
	//@ assert suffix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.suffix[k] == \at(t.slots.suffix[k], Pre);
	//@ assert run: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.run[k] == \at(t.slots.run[k], Pre);
	//@ assert untouched: slots_untouched{Pre,Here}(t.slots);
	/*@ assert bound: \forall integer k; 1 <= k < t.slots.capacity && slots_bound{Pre}(t.slots, k) ==>
	      slots_bound(t.slots, k);
	*/
	//@ assert leaf: \forall integer q; 0 <= q < t.slots.capacity && slots_leaf{Pre}(t.slots, q) ==> slots_leaf(t.slots, q);
	/*@ assert kept: \forall integer k; 1 <= k < t.slots.capacity ==> slots_kept{Pre,Here}(t.slots, k)
	      && slots_kept{Pre,Here}(t.slots, 2*k) && slots_kept{Pre,Here}(t.slots, 2*k+1);
	*/
	//@ assert node: \forall integer k; 1 <= k < t.slots.capacity && slots_node{Pre}(t.slots, k) ==> slots_node(t.slots, k);
}

/* Sets the map of record @first. The slots are other memory: their invariant stands. */
/*@ requires mem:    table_mem(t) && first < t.slots.capacity;
    assigns  t.map[first];
    ensures  set:    t.map[first] == map;
    ensures  count:  t.count[first] == \old(t.count[first]);
    ensures  others: table_same{Pre,Post}(t, first);
    ensures  owners: slots_same{Pre,Post}(t.slots, 0, t.slots.capacity);
    ensures  slots:  slots_inv{Pre}(t.slots) ==> slots_inv(t.slots);
    ensures  spans:  table_spans{Pre}(t) ==> table_spans(t);
    ensures  covers: table_owners{Pre}(t) ==> table_owners(t);
    ensures  quiets: table_quiets{Pre}(t) && (map == 0 || t.count[first] != 0) ==> table_quiets(t);
*/
static void set_map(struct gnt_table t, u32 first, u64 map)
{
	t.map[first] = map;
	//@ assert owner: \forall integer q; 0 <= q < t.slots.capacity ==> t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	//@ assert prefix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.prefix[k] == \at(t.slots.prefix[k], Pre);
	//@ assert suffix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.suffix[k] == \at(t.slots.suffix[k], Pre);
	//@ assert run: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.run[k] == \at(t.slots.run[k], Pre);
	//@ assert untouched: slots_untouched{Pre,Here}(t.slots);
	/*@ assert bound: \forall integer k; 1 <= k < t.slots.capacity && slots_bound{Pre}(t.slots, k) ==>
	      slots_bound(t.slots, k);
	*/
	//@ assert leaf: \forall integer q; 0 <= q < t.slots.capacity && slots_leaf{Pre}(t.slots, q) ==> slots_leaf(t.slots, q);
	/*@ assert kept: \forall integer k; 1 <= k < t.slots.capacity ==> slots_kept{Pre,Here}(t.slots, k)
	      && slots_kept{Pre,Here}(t.slots, 2*k) && slots_kept{Pre,Here}(t.slots, 2*k+1);
	*/
	//@ assert node: \forall integer k; 1 <= k < t.slots.capacity && slots_node{Pre}(t.slots, k) ==> slots_node(t.slots, k);
	//@ assert count: \forall integer f; 0 <= f < t.slots.capacity ==> t.count[f] == \at(t.count[f], Pre);
	//@ assert span: \forall integer f; 0 <= f < t.slots.capacity && table_span{Pre}(t, f) ==> table_span(t, f);
	//@ assert cover: \forall integer q; 0 <= q < t.slots.capacity && table_owner{Pre}(t, q) ==> table_owner(t, q);
	/*@ assert quiet: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_quiet{Pre}(t, f) ==>
	      table_quiet(t, f);
	*/
}

void gnt_table_init(struct gnt_table t)
{
	gnt_slots_init(t.slots);
	/*@ loop invariant range: 0 <= f <= t.slots.capacity;
	    loop invariant none:  table_empty(t, 0, f);
	    loop invariant free:  slots_free(t.slots, 0, t.slots.capacity);
	    loop invariant slots: slots_inv(t.slots);
	    loop assigns f, t.count[0 .. t.slots.capacity-1], t.map[0 .. t.slots.capacity-1];
	    loop variant t.slots.capacity - f;
	*/
	for (u32 f = 0; f < t.slots.capacity; f++) {
		set_count(t, f, 0);
		set_map(t, f, 0);
	}
}

void gnt_table_grow(struct gnt_table from, struct gnt_table to)
{
	gnt_slots_grow(from.slots, to.slots);
	/*@ loop invariant range:  0 <= f <= to.slots.capacity;
	    loop invariant source: \forall integer g; 0 <= g < from.slots.capacity ==>
	      from.count[g] == \at(from.count[g], Pre) && from.map[g] == \at(from.map[g], Pre);
	    loop invariant keep:   \forall integer g; 0 <= g < f && g < from.slots.capacity ==>
	      to.count[g] == \at(from.count[g], Pre) && to.map[g] == \at(from.map[g], Pre);
	    loop invariant none:   table_empty(to, from.slots.capacity, f);
	    loop invariant owners: \forall integer q; 0 <= q < from.slots.capacity ==>
	      to.slots.owner[q] == \at(from.slots.owner[q], Pre);
	    loop invariant free:   slots_free(to.slots, from.slots.capacity, to.slots.capacity);
	    loop invariant slots:  slots_inv(to.slots);
	    loop assigns f, to.count[0 .. to.slots.capacity-1], to.map[0 .. to.slots.capacity-1];
	    loop variant to.slots.capacity - f;
	*/
	for (u32 f = 0; f < to.slots.capacity; f++) {
		set_count(to, f, f < from.slots.capacity ? from.count[f] : 0);
		set_map(to, f, f < from.slots.capacity ? from.map[f] : 0);
	}
	//@ assert span: \forall integer f; 0 <= f < from.slots.capacity && table_span{Pre}(from, f) ==> table_span(to, f);
	/*@ assert in: \forall integer q, f; 0 <= f <= q < from.slots.capacity && table_in{Pre}(from, q, f) ==>
	      table_in(to, q, f);
	*/
	//@ assert owner: \forall integer q; 0 <= q < from.slots.capacity && table_owner{Pre}(from, q) ==> table_owner(to, q);
	//@ assert quiet: \forall integer f; 0 <= f < from.slots.capacity && table_quiet{Pre}(from, f) ==> table_quiet(to, f);
	/*@ assert above: \forall integer f; from.slots.capacity <= f < to.slots.capacity ==> table_span(to, f)
	      && table_owner(to, f);
	*/
}

u32 gnt_table_want(struct gnt_table t, u32 count)
{
	u32 want = gnt_slots_want(t.slots, count);

	if (want == 0)
		return 0;
	//@ assert tail: slots_tail(t.slots, want - count);
	//@ assert full: slots_full(t.slots, count) ==> !slots_fit(t.slots, want - count, count);
	if (want < t.slots.capacity)
		want = t.slots.capacity;
	return gnt_slots_capacity(want);
}

s32 gnt_table_reserve(struct gnt_table t, u32 count)
{
	s32 first;

	//@ ghost lemma_starts(t);
	first = gnt_slots_alloc(t.slots, count);
	//@ assert counts: \forall integer f; 0 <= f < t.slots.capacity ==> t.count[f] == \at(t.count[f], Pre);
	//@ assert maps: \forall integer f; 0 <= f < t.slots.capacity ==> t.map[f] == \at(t.map[f], Pre);
	/*@ assert owners: \forall integer q; 0 <= q < t.slots.capacity && \at(t.slots.owner[q], Pre) != 0 ==>
	      t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	*/
	//@ assert span: \forall integer f; 0 <= f < t.slots.capacity && table_span{Pre}(t, f) ==> table_span(t, f);
	//@ assert quiet: \forall integer f; 0 <= f < t.slots.capacity && table_quiet{Pre}(t, f) ==> table_quiet(t, f);
	if (first < 0) {
		/*@ assert in: \forall integer q, f; 0 <= f <= q < t.slots.capacity && table_in{Pre}(t, q, f) ==>
		      table_in(t, q, f);
		*/
		/*@ assert cover: \forall integer q; 0 <= q < t.slots.capacity && table_owner{Pre}(t, q) ==> table_owner(t, q); */
		return first;
	}
	//@ assert fresh: t.slots.owner[first] == first + 1 && t.count[first] == 0 && t.map[first] == 0;
	/*@ assert keep: \forall integer q; 0 <= q < t.slots.capacity && !(first <= q < first + count) ==>
	      t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	*/
	/*@ assert in: \forall integer q, f; 0 <= f <= q < t.slots.capacity && !(first <= q < first + count)
	      && table_in{Pre}(t, q, f) ==> table_in(t, q, f);
	*/
	/*@ assert cover: \forall integer q; 0 <= q < t.slots.capacity && !(first <= q < first + count)
	      && table_owner{Pre}(t, q) ==> table_owner(t, q);
	*/
	//@ ghost Taken: ;
	set_count(t, (u32)first, count);
	//@ assert mine: table_span(t, first) && table_quiet(t, first);
	/*@ assert spans: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_span{Taken}(t, f) ==>
	      table_span(t, f);
	*/
	/*@ assert quiets: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_quiet{Taken}(t, f) ==>
	      table_quiet(t, f);
	*/
	//@ assert new: \forall integer q; first <= q < first + count ==> table_owner(t, q);
	/*@ assert still: \forall integer q, f; 0 <= f <= q < t.slots.capacity && !(first <= q < first + count)
	      && table_in{Taken}(t, q, f) ==> table_in(t, q, f);
	*/
	/*@ assert others: \forall integer q; 0 <= q < t.slots.capacity && !(first <= q < first + count)
	      && table_owner{Taken}(t, q) ==> table_owner(t, q);
	*/
	//@ assert inv1: table_spans(t);
	//@ assert inv2: table_owners(t);
	//@ assert inv3: table_quiets(t);
	return first;
}

void gnt_table_publish(struct gnt_table t, u32 first, u64 map)
{
	set_map(t, first, map);
}

u64 gnt_table_hide(struct gnt_table t, u32 first)
{
	u64 map = t.map[first];

	set_map(t, first, 0);
	return map;
}

u64 gnt_table_withdraw(struct gnt_table t, u32 first)
{
	u64 map = t.map[first];
	u32 count = t.count[first];

	//@ assert mine: table_span(t, first);
	/*@ assert where: \forall integer q; 0 <= q < t.slots.capacity && t.slots.owner[q] == first + 1 ==>
	      table_in(t, q, first);
	*/
	gnt_slots_free(t.slots, first, count);
	//@ assert counts: \forall integer f; 0 <= f < t.slots.capacity ==> t.count[f] == \at(t.count[f], Pre);
	//@ assert maps: \forall integer f; 0 <= f < t.slots.capacity ==> t.map[f] == \at(t.map[f], Pre);
	/*@ assert keep: \forall integer q; 0 <= q < t.slots.capacity && \at(t.slots.owner[q], Pre) != first + 1 ==>
	      t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	*/
	//@ assert gone: \forall integer q; 0 <= q < t.slots.capacity ==> t.slots.owner[q] != first + 1;
	/*@ assert span: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_span{Pre}(t, f) ==>
	      table_span(t, f);
	*/
	/*@ assert cover: \forall integer q; 0 <= q < t.slots.capacity && table_owner{Pre}(t, q) ==> table_owner(t, q); */
	//@ assert quiet: \forall integer f; 0 <= f < t.slots.capacity && table_quiet{Pre}(t, f) ==> table_quiet(t, f);
	//@ ghost Freed: ;
	set_count(t, first, 0);
	/*@ assert spans: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_span{Freed}(t, f) ==>
	      table_span(t, f);
	*/
	//@ assert none: table_span(t, first);
	//@ assert covers: \forall integer q; 0 <= q < t.slots.capacity && table_owner{Freed}(t, q) ==> table_owner(t, q);
	/*@ assert quiets: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_quiet{Freed}(t, f) ==>
	      table_quiet(t, f);
	*/
	//@ ghost Counted: ;
	set_map(t, first, 0);
	/*@ assert rest: \forall integer f; 0 <= f < t.slots.capacity && f != first && table_quiet{Counted}(t, f) ==>
	      table_quiet(t, f);
	*/
	//@ assert inv1: table_spans(t);
	//@ assert inv2: table_owners(t);
	//@ assert inv3: table_quiets(t);
	//@ assert inv0: slots_inv(t.slots);
	return map;
}

s32 gnt_table_exact(struct gnt_table t, u64 slot, u64 count)
{
	if (slot >= t.slots.capacity || t.count[slot] == 0 || t.map[slot] == 0)
		return -GNT_ENOENT;
	if (count != GNT_ANY_COUNT && count != t.count[slot])
		return -GNT_ENOENT;
	return (s32)slot;
}

s32 gnt_table_containing(struct gnt_table t, u64 slot)
{
	s32 first = gnt_slots_first(t.slots, slot);

	if (first < 0 || t.map[first] == 0)
		return -GNT_ENOENT;
	return first;
}

s32 gnt_table_next(struct gnt_table t, u32 from)
{
	/*@ loop invariant range: from <= f;
	    loop invariant none:  \forall integer g; from <= g < f ==> !table_published(t, g);
	    loop invariant end:   f <= t.slots.capacity || f == from;
	    loop assigns f;
	    loop variant t.slots.capacity - f;
	*/
	for (u32 f = from; f < t.slots.capacity; f++) {
		if (t.count[f] != 0 && t.map[f] != 0)
			return (s32)f;
	}
	return -GNT_ENOENT;
}

u32 gnt_table_count(struct gnt_table t, u32 first)
{
	return t.count[first];
}

u64 gnt_offset_slot(u64 offset)
{
	return offset / GNT_PAGE_SIZE;
}

u64 gnt_slot_offset(u32 slot)
{
	return (u64)slot * GNT_PAGE_SIZE;
}
