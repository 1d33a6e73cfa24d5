// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The state of state.h: records over the map table, and the limits. It is written through put(), set_record() and set_limits(),
 * for which it is proven once that the table, the other records and the number of taken slots stand. take() and give_back()
 * change the slots; their ghost loops count them.
 */
#include "state.h"

/*@ // what the table's functions write is elsewhere than @p
    predicate table_away{L}(struct gnt_table t, u32 *p) = \separated(p,
      t.slots.owner + (0 .. t.slots.capacity-1), t.slots.prefix + (1 .. 2*t.slots.capacity-1),
      t.slots.suffix + (1 .. 2*t.slots.capacity-1), t.slots.run + (1 .. 2*t.slots.capacity-1),
      t.count + (0 .. t.slots.capacity-1));
*/

/*@ ghost
  /@ requires free: slots_free(s, 0, s.capacity);
     assigns  \nothing;
     ensures  none: slots_taken(s, s.capacity) == 0;
  @/
  void lemma_none_taken(struct gnt_slots s)
  {
    /@ loop invariant range: 0 <= i <= s.capacity;
       loop invariant none:  slots_taken(s, i) == 0;
       loop assigns i;
       loop variant s.capacity - i;
    @/
    for (u32 i = 0; i < s.capacity; i++) {
      /@ assert here: s.owner[i] == 0; @/
    }
  }
*/

/* Writes @value at @p, which is no memory of the table: that stands, and so does the number of slots taken. */
/*@ requires mem:    table_mem(t) && \valid(p) && table_foreign(t, p);
    assigns  *p;
    ensures  set:    *p == value;
    ensures  owners: slots_same{Pre,Post}(t.slots, 0, t.slots.capacity);
    ensures  table:  table_inv{Pre}(t) ==> table_inv(t);
    ensures  taken:  slots_taken(t.slots, t.slots.capacity) == slots_taken{Pre}(t.slots, t.slots.capacity);
*/
static void put(struct gnt_table t, u32 *p, u32 value)
{
	(void)t; /* for the contract alone */
	*p = value;
	//@ assert owner: \forall integer q; 0 <= q < t.slots.capacity ==> t.slots.owner[q] == \at(t.slots.owner[q], Pre);
	//@ assert prefix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.prefix[k] == \at(t.slots.prefix[k], Pre);
	//@ assert suffix: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.suffix[k] == \at(t.slots.suffix[k], Pre);
	//@ assert run: \forall integer k; 0 <= k < 2*t.slots.capacity ==> t.slots.run[k] == \at(t.slots.run[k], Pre);
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
	//@ assert quiet: \forall integer f; 0 <= f < t.slots.capacity && table_quiet{Pre}(t, f) ==> table_quiet(t, f);
	//@ ghost u32 i = 0;
	/*@ ghost
	  /@ loop invariant range: 0 <= i <= t.slots.capacity;
	     loop invariant taken: slots_taken(t.slots, i) == slots_taken{Pre}(t.slots, i);
	     loop assigns i;
	     loop variant t.slots.capacity - i;
	  @/
	  while (i < t.slots.capacity) {
	    i++;
	  }
	*/
}

/*
 * Sets all of the record @k that is not the table's. The table, the other records, the limits and the number of slots
 * taken stand.
 */
/*@ requires mem:    state_mem(s) && k < s.table.slots.capacity;
    assigns  GNT_USES(s, k);
    ensures  set:    record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), block, vmas, calls, tried);
    ensures  others: state_same{Pre,Post}(s, k);
    ensures  owners: state_slots{Pre,Post}(s);
    ensures  table:  table_inv{Pre}(s.table) ==> table_inv(s.table);
    ensures  taken:  slots_taken(s.table.slots, s.table.slots.capacity)
                      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity);
    ensures  limits: limits_same{Pre,Post}(s);
    ensures  rest:   records_but{Pre}(s, k) ==> records_but(s, k);
*/
static void set_record(struct gnt_state s, u32 k, u64 block, u64 vmas, u64 calls, u32 tried)
{
	s.block[k] = block;
	s.vmas[k] = vmas;
	s.calls[k] = calls;
	//@ assert maps: \forall integer f; 0 <= f < s.table.slots.capacity ==> s.table.map[f] == \at(s.table.map[f], Pre);
	/*@ assert quiet: \forall integer f; 0 <= f < s.table.slots.capacity && table_quiet{Pre}(s.table, f) ==>
	      table_quiet(s.table, f);
	*/
	put(s.table, &s.tried[k], tried);
	//@ assert same: state_same{Pre,Here}(s, k);
	//@ assert ok: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_ok{Pre}(s, j) ==> record_ok(s, j);
}

/* Sets the limits but for the profile. The table and the records stand. */
/*@ requires mem:     state_mem(s);
    assigns  s.limits->max, s.limits->owned, s.limits->performed;
    ensures  set:     s.limits->max == max && s.limits->owned == owned && s.limits->performed == performed;
    ensures  profile: s.limits->profile == \old(s.limits->profile);
    ensures  same:    state_same{Pre,Post}(s, -1);
    ensures  owners:  state_slots{Pre,Post}(s);
    ensures  table:   table_inv{Pre}(s.table) ==> table_inv(s.table);
    ensures  taken:   slots_taken(s.table.slots, s.table.slots.capacity)
                      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity);
    ensures  rest:    records_ok{Pre}(s) ==> records_ok(s);
*/
static void set_limits(struct gnt_state s, u32 max, u32 owned, u32 performed)
{
	put(s.table, &s.limits->max, max);
	put(s.table, &s.limits->owned, owned);
	put(s.table, &s.limits->performed, performed);
	//@ assert same: state_same{Pre,Here}(s, -1);
	//@ assert ok: \forall integer k; 0 <= k < s.table.slots.capacity && record_ok{Pre}(s, k) ==> record_ok(s, k);
}

/*
 * Takes the lowest @count free slots in a row for a map that has no record yet; the first of them, or -GNT_ENOSPC. The other
 * records stand; nothing changes if nothing fits.
 */
/*@ requires mem:    state_mem(s) && table_inv(s.table) && records_ok(s);
    requires count:  1 <= count;
    assigns  GNT_SLOTS(s.table.slots), s.table.count[0 .. s.table.slots.capacity-1];
    ensures  table:  table_inv(s.table);
    ensures  others: state_same{Pre,Post}(s, \result);
    ensures  rest:   records_but(s, \result);
    ensures  limits: limits_same{Pre,Post}(s);
    behavior full:
      assumes slots_full(s.table.slots, count);
      ensures result: \result == -GNT_ENOSPC;
      ensures owners: state_slots{Pre,Post}(s);
      ensures taken:  slots_taken(s.table.slots, s.table.slots.capacity)
                      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity);
    behavior fits:
      assumes !slots_full(s.table.slots, count);
      ensures range:  0 <= \result && \result + count <= s.table.slots.capacity;
      ensures new:    s.table.count[\result] == count && s.table.map[\result] == 0;
      ensures lowest: \forall integer i; i < \result ==> !slots_fit{Pre}(s.table.slots, i, count);
      ensures slots:  state_taken{Pre,Post}(s, \result);
      ensures taken:  slots_taken(s.table.slots, s.table.slots.capacity)
                      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity) + count;
      ensures bound:  slots_taken(s.table.slots, s.table.slots.capacity) <= s.table.slots.capacity;
    complete behaviors;
    disjoint behaviors;
*/
static s32 take(struct gnt_state s, u32 count)
{
	s32 first;

	//@ assert limits: table_away(s.table, &s.limits->profile) && table_away(s.table, &s.limits->max);
	//@ assert owned: table_away(s.table, &s.limits->owned) && table_away(s.table, &s.limits->performed);
	//@ assert away: \forall integer k; 0 <= k < s.table.slots.capacity ==> table_away(s.table, &s.tried[k]);
	first = gnt_table_reserve(s.table, count);
	//@ assert profile: s.limits->profile == \at(s.limits->profile, Pre);
	//@ assert max: s.limits->max == \at(s.limits->max, Pre);
	//@ assert had: s.limits->owned == \at(s.limits->owned, Pre);
	//@ assert flag: s.limits->performed == \at(s.limits->performed, Pre);
	//@ assert tried: \forall integer k; 0 <= k < s.table.slots.capacity ==> s.tried[k] == \at(s.tried[k], Pre);
	//@ assert others: state_same{Pre,Here}(s, first);
	//@ ghost u32 i = 0;
	//@ ghost u32 from = 0;
	//@ ghost u32 end = 0;
	//@ ghost if (first >= 0) { from = (u32)first; end = (u32)first + count; }
	//@ assert span: first >= 0 ==> table_span(s.table, first);
	//@ assert now: \forall integer q; from <= q < end ==> s.table.slots.owner[q] != 0;
	//@ assert then: \forall integer q; from <= q < end ==> \at(s.table.slots.owner[q], Pre) == 0;
	/*@ assert same: \forall integer q; 0 <= q < s.table.slots.capacity && !(from <= q < end) ==>
	      s.table.slots.owner[q] == \at(s.table.slots.owner[q], Pre);
	*/
	/*@ ghost
	  /@ loop invariant range: 0 <= i <= s.table.slots.capacity;
	     loop invariant bound: 0 <= slots_taken(s.table.slots, i) <= i;
	     loop invariant taken: slots_taken(s.table.slots, i) == slots_taken{Pre}(s.table.slots, i)
	                           + (i <= from ? 0 : i <= end ? i - from : end - from);
	     loop assigns i;
	     loop variant s.table.slots.capacity - i;
	  @/
	  while (i < s.table.slots.capacity) {
	    /@ assert one: slots_taken(s.table.slots, i + 1) == slots_taken(s.table.slots, i)
	         + (s.table.slots.owner[i] != 0 ? 1 : 0); @/
	    /@ assert was: slots_taken{Pre}(s.table.slots, i + 1) == slots_taken{Pre}(s.table.slots, i)
	         + (from <= i < end ? 0 : s.table.slots.owner[i] != 0 ? 1 : 0); @/
	    i++;
	  }
	*/
	/*@ assert ok: \forall integer k; 0 <= k < s.table.slots.capacity && k != first && record_ok{Pre}(s, k) ==>
	      record_ok(s, k);
	*/
	return first;
}

/* Gives back the slots of the map at @k, of whose record only the table's part is left: the map is gone. */
/*@ requires mem:    state_mem(s) && table_inv(s.table) && limits_ok(s);
    requires rest:   records_but(s, k);
    requires map:    state_there(s, k) && record_is(s, k, s.table.count[k], s.table.map[k], 0, 0, 0, 0);
    assigns  GNT_SLOTS(s.table.slots), s.table.count[k], s.table.map[k], *s.limits;
    ensures  inv:    state_inv(s);
    ensures  none:   record_none(s, k);
    ensures  freed:  state_freed{Pre,Post}(s, k);
    ensures  limits: limits_more{Pre,Post}(s, -\old(s.table.count[k])) && s.limits->performed == \old(s.limits->performed);
    ensures  others: state_same{Pre,Post}(s, k);
*/
static void give_back(struct gnt_state s, u32 k)
{
	u32 count = s.table.count[k];

	//@ assert limits: table_away(s.table, &s.limits->profile) && table_away(s.table, &s.limits->max);
	//@ assert owned: table_away(s.table, &s.limits->owned) && table_away(s.table, &s.limits->performed);
	//@ assert away: \forall integer j; 0 <= j < s.table.slots.capacity ==> table_away(s.table, &s.tried[j]);
	//@ assert span: table_span(s.table, k);
	//@ assert then: \forall integer q; k <= q < k + count ==> s.table.slots.owner[q] != 0;
	gnt_table_withdraw(s.table, k);
	//@ assert profile: s.limits->profile == \at(s.limits->profile, Pre);
	//@ assert max: s.limits->max == \at(s.limits->max, Pre);
	//@ assert had: s.limits->owned == \at(s.limits->owned, Pre);
	//@ assert flag: s.limits->performed == \at(s.limits->performed, Pre);
	//@ assert tried: \forall integer j; 0 <= j < s.table.slots.capacity ==> s.tried[j] == \at(s.tried[j], Pre);
	//@ assert blocks: \forall integer j; 0 <= j < s.table.slots.capacity ==> s.block[j] == \at(s.block[j], Pre);
	//@ assert vmas: \forall integer j; 0 <= j < s.table.slots.capacity ==> s.vmas[j] == \at(s.vmas[j], Pre);
	//@ assert calls: \forall integer j; 0 <= j < s.table.slots.capacity ==> s.calls[j] == \at(s.calls[j], Pre);
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert now: \forall integer q; k <= q < k + count ==> s.table.slots.owner[q] == 0;
	/*@ assert same: \forall integer q; 0 <= q < s.table.slots.capacity && !(k <= q < k + count) ==>
	      s.table.slots.owner[q] == \at(s.table.slots.owner[q], Pre);
	*/
	//@ ghost u32 i = 0;
	/*@ ghost
	  /@ loop invariant range: 0 <= i <= s.table.slots.capacity;
	     loop invariant bound: 0 <= slots_taken(s.table.slots, i);
	     loop invariant taken: slots_taken{Pre}(s.table.slots, i) == slots_taken(s.table.slots, i)
	                           + (i <= k ? 0 : i <= k + count ? i - k : count);
	     loop assigns i;
	     loop variant s.table.slots.capacity - i;
	  @/
	  while (i < s.table.slots.capacity) {
	    /@ assert one: slots_taken(s.table.slots, i + 1) == slots_taken(s.table.slots, i)
	         + (s.table.slots.owner[i] != 0 ? 1 : 0); @/
	    /@ assert was: slots_taken{Pre}(s.table.slots, i + 1) == slots_taken{Pre}(s.table.slots, i)
	         + (k <= i < k + count || s.table.slots.owner[i] != 0 ? 1 : 0); @/
	    i++;
	  }
	*/
	//@ assert none: record_none(s, k);
	//@ assert ok: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_ok{Pre}(s, j) ==> record_ok(s, j);
	//@ assert here: record_ok(s, k);
	//@ ghost Withdrawn: ;
	set_limits(s, s.limits->max, s.limits->owned - count, s.limits->performed);
	//@ assert zero: record_same{Withdrawn,Here}(s, k);
	/*@ assert owners: \forall integer q; 0 <= q < s.table.slots.capacity ==>
	      s.table.slots.owner[q] == \at(s.table.slots.owner[q], Withdrawn);
	*/
	//@ assert free: slots_free(s.table.slots, k, k + count);
	//@ assert below: slots_same{Pre,Here}(s.table.slots, 0, k);
	//@ assert above: slots_same{Pre,Here}(s.table.slots, k + count, s.table.slots.capacity);
}

/* Other numbers for the map at @k, which is in use before and after. */
/*@ requires mem:    state_mem(s) && state_inv(s) && state_there(s, k);
    requires fits:   vmas <= GNT_USES_MAX && calls <= GNT_USES_MAX && tried <= 1 && (vmas != 0 ==> tried == 1);
    requires used:   s.table.map[k] != 0 || vmas != 0 || calls != 0;
    assigns  GNT_USES(s, k);
    ensures  inv:    state_inv(s);
    ensures  record: record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), vmas, calls, tried);
    ensures  stays:  state_stays{Pre,Post}(s, k);
    ensures  others: state_same{Pre,Post}(s, k);
*/
static void keep(struct gnt_state s, u32 k, u64 vmas, u64 calls, u32 tried)
{
	//@ assert was: record_ok(s, k);
	set_record(s, k, s.block[k], vmas, calls, tried);
	//@ assert new: record_ok(s, k);
	//@ assert all: records_ok(s);
}

/* Withdraws the map at @k, which nobody uses from now on, and returns its cookie, which is the caller's to end. */
/*@ requires mem:    state_mem(s) && state_inv(s) && state_there(s, k);
    assigns  GNT_SLOTS(s.table.slots), GNT_RECORD(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  result: \result == \old(s.block[k]) && \result != 0;
    ensures  gone:   state_gone{Pre,Post}(s, k);
    ensures  flag:   s.limits->performed == \old(s.limits->performed);
    ensures  others: state_same{Pre,Post}(s, k);
*/
static u64 end(struct gnt_state s, u32 k)
{
	u64 block = s.block[k];
	//@ ghost u32 count = s.table.count[k];

	//@ assert was: record_ok(s, k);
	set_record(s, k, 0, 0, 0, 0);
	//@ ghost Empty: ;
	/*@ assert owners: \forall integer q; 0 <= q < s.table.slots.capacity ==>
	      s.table.slots.owner[q] == \at(s.table.slots.owner[q], Pre);
	*/
	give_back(s, k);
	/*@ assert same: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{Pre,Empty}(s, j)
	      && record_same{Empty,Here}(s, j) ==> record_same{Pre,Here}(s, j);
	*/
	//@ assert free: slots_free(s.table.slots, k, k + count);
	//@ assert below: slots_same{Pre,Here}(s.table.slots, 0, k);
	//@ assert above: slots_same{Pre,Here}(s.table.slots, k + count, s.table.slots.capacity);
	return block;
}

/* Other numbers for the map at @k, which may not be in use any more: then it is withdrawn and its cookie returned; else 0. */
/*@ requires mem:    state_mem(s) && state_inv(s) && state_there(s, k);
    requires fits:   vmas <= GNT_USES_MAX && calls <= GNT_USES_MAX && tried <= 1 && (vmas != 0 ==> tried == 1);
    assigns  GNT_SLOTS(s.table.slots), GNT_RECORD(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  flag:   s.limits->performed == \old(s.limits->performed);
    ensures  others: state_same{Pre,Post}(s, k);
    behavior last:
      assumes s.table.map[k] == 0 && vmas == 0 && calls == 0;
      ensures result: \result == \old(s.block[k]) && \result != 0;
      ensures gone:   state_gone{Pre,Post}(s, k);
    behavior more:
      assumes s.table.map[k] != 0 || vmas != 0 || calls != 0;
      ensures result: \result == 0;
      ensures record: record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), vmas, calls, tried);
      ensures stays:  state_stays{Pre,Post}(s, k);
    complete behaviors;
    disjoint behaviors;
*/
static u64 change(struct gnt_state s, u32 k, u64 vmas, u64 calls, u32 tried)
{
	if (s.table.map[k] != 0 || vmas != 0 || calls != 0) {
		keep(s, k, vmas, calls, tried);
		return 0;
	}
	return end(s, k);
}

/* Makes the record of the map at @k, whose @count slots are taken and not counted yet. */
/*@ requires mem:    state_mem(s) && table_inv(s.table) && records_but(s, k);
    requires new:    state_there(s, k) && s.table.count[k] == count && s.table.map[k] == 0 && block != 0;
    requires limits: s.limits->profile <= 1 && s.limits->performed <= 1 && 1 <= s.limits->max <= GNT_SLOTS_MAX;
    requires owned:  s.limits->owned + count == slots_taken(s.table.slots, s.table.slots.capacity) <= GNT_SLOTS_MAX;
    requires max:    s.limits->profile == GNT_PROFILE_HEADER ==> s.limits->owned + count <= s.limits->max;
    assigns  GNT_USES(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  new:    record_is(s, k, count, 0, block, 0, 1, 0);
    ensures  others: state_same{Pre,Post}(s, k);
    ensures  owners: state_slots{Pre,Post}(s);
    ensures  limits: limits_more{Pre,Post}(s, count) && s.limits->performed == \old(s.limits->performed);
*/
static void start(struct gnt_state s, u32 k, u32 count, u64 block)
{
	set_record(s, k, block, 0, 1, 0);
	//@ assert new: record_ok(s, k);
	//@ assert all: records_ok(s);
	//@ ghost Made: ;
	set_limits(s, s.limits->max, s.limits->owned + count, s.limits->performed);
	//@ assert kept: record_same{Made,Here}(s, k);
	/*@ assert same: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{Pre,Made}(s, j)
	      && record_same{Made,Here}(s, j) ==> record_same{Pre,Here}(s, j);
	*/
}

u64 gnt_state_array_bytes(u32 array, u32 capacity)
{
	u64 n = capacity;

	if (array < GNT_TABLE_ARRAYS)
		return gnt_table_array_bytes(array, capacity);
	if (array >= GNT_STATE_ARRAYS || capacity > GNT_SLOTS_MAX)
		return 0;
	return n * (array == 9 ? sizeof(u32) : sizeof(u64));
}

/* Empties the records from @first on, where no map begins. */
/*@ requires mem:    state_mem(s) && table_inv(s.table) && first <= s.table.slots.capacity;
    requires empty:  table_empty(s.table, first, s.table.slots.capacity);
    assigns  GNT_USES(s, first .. s.table.slots.capacity-1);
    ensures  table:  table_inv(s.table);
    ensures  none:   \forall integer k; first <= k < s.table.slots.capacity ==> record_none(s, k);
    ensures  below:  \forall integer k; 0 <= k < first ==> record_same{Pre,Post}(s, k);
    ensures  owners: state_slots{Pre,Post}(s);
    ensures  taken:  slots_taken(s.table.slots, s.table.slots.capacity)
                      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity);
    ensures  limits: limits_same{Pre,Post}(s);
*/
static void clear_records(struct gnt_state s, u32 first)
{
	/*@ loop invariant range:  first <= k <= s.table.slots.capacity;
	    loop invariant none:   \forall integer j; first <= j < k ==> record_none(s, j);
	    loop invariant empty:  table_empty(s.table, first, s.table.slots.capacity);
	    loop invariant below:  \forall integer j; 0 <= j < first ==> record_same{Pre,Here}(s, j);
	    loop invariant table:  table_inv(s.table);
	    loop invariant owners: state_slots{Pre,Here}(s);
	    loop invariant limits: limits_same{Pre,Here}(s);
	    loop invariant taken:  slots_taken(s.table.slots, s.table.slots.capacity)
	      == slots_taken{Pre}(s.table.slots, s.table.slots.capacity);
	    loop assigns k, GNT_USES(s, first .. s.table.slots.capacity-1);
	    loop variant s.table.slots.capacity - k;
	*/
	for (u32 k = first; k < s.table.slots.capacity; k++) {
		//@ ghost Before: ;
		set_record(s, k, 0, 0, 0, 0);
		//@ assert old: \forall integer j; first <= j < k && record_same{Before,Here}(s, j) ==> record_none(s, j);
		/*@ assert rest: \forall integer j; 0 <= j < first && record_same{Pre,Before}(s, j)
		      && record_same{Before,Here}(s, j) ==> record_same{Pre,Here}(s, j);
		*/
	}
}

void gnt_state_init(struct gnt_state s, u32 profile)
{
	s.limits->profile = profile;
	//@ assert away: table_away(s.table, &s.limits->profile);
	gnt_table_init(s.table);
	//@ assert set: s.limits->profile == profile;
	clear_records(s, 0);
	//@ ghost lemma_none_taken(s.table.slots);
	//@ assert ok: \forall integer k; 0 <= k < s.table.slots.capacity && record_none(s, k) ==> record_ok(s, k);
	//@ ghost Empty: ;
	set_limits(s, GNT_SLOTS_MAX, 0, 0);
	/*@ assert kept: \forall integer k; 0 <= k < s.table.slots.capacity && record_same{Empty,Here}(s, k) ==>
	      record_none(s, k);
	*/
}

/* Copies the table, and counts: as many slots are taken in @to as in @from. The records and limits of @from stand. */
/*@ requires from:   state_mem(from) && table_inv(from.table);
    requires to:     state_mem(to) && from.table.slots.capacity <= to.table.slots.capacity;
    requires apart:  state_apart(from, to);
    requires limits: from.limits == to.limits;
    assigns  GNT_SLOTS(to.table.slots),
             to.table.count[0 .. to.table.slots.capacity-1], to.table.map[0 .. to.table.slots.capacity-1];
    ensures  inv:    table_inv(to.table);
    ensures  keep:   \forall integer k; 0 <= k < from.table.slots.capacity ==>
                       to.table.count[k] == \old(from.table.count[k]) && to.table.map[k] == \old(from.table.map[k])
                       && to.table.slots.owner[k] == \old(from.table.slots.owner[k]);
    ensures  none:   table_empty(to.table, from.table.slots.capacity, to.table.slots.capacity);
    ensures  free:   slots_free(to.table.slots, from.table.slots.capacity, to.table.slots.capacity);
    ensures  same:   \forall integer k; 0 <= k < from.table.slots.capacity ==>
                       from.block[k] == \old(from.block[k]) && from.vmas[k] == \old(from.vmas[k])
                       && from.calls[k] == \old(from.calls[k]) && from.tried[k] == \old(from.tried[k]);
    ensures  limits: limits_same{Pre,Post}(to);
    ensures  taken:  slots_taken(to.table.slots, to.table.slots.capacity)
                     == slots_taken{Pre}(from.table.slots, from.table.slots.capacity);
*/
static void grow_table(struct gnt_state from, struct gnt_state to)
{
	//@ assert limits: table_away(to.table, &to.limits->profile) && table_away(to.table, &to.limits->max);
	//@ assert owned: table_away(to.table, &to.limits->owned) && table_away(to.table, &to.limits->performed);
	//@ assert away: \forall integer k; 0 <= k < from.table.slots.capacity ==> table_away(to.table, &from.tried[k]);
	gnt_table_grow(from.table, to.table);
	//@ assert profile: to.limits->profile == \at(to.limits->profile, Pre);
	//@ assert max: to.limits->max == \at(to.limits->max, Pre);
	//@ assert had: to.limits->owned == \at(to.limits->owned, Pre);
	//@ assert flag: to.limits->performed == \at(to.limits->performed, Pre);
	//@ assert tried: \forall integer k; 0 <= k < from.table.slots.capacity ==> from.tried[k] == \at(from.tried[k], Pre);
	//@ assert block: \forall integer k; 0 <= k < from.table.slots.capacity ==> from.block[k] == \at(from.block[k], Pre);
	//@ assert vmas: \forall integer k; 0 <= k < from.table.slots.capacity ==> from.vmas[k] == \at(from.vmas[k], Pre);
	//@ assert calls: \forall integer k; 0 <= k < from.table.slots.capacity ==> from.calls[k] == \at(from.calls[k], Pre);
	/*@ assert owners: \forall integer q; 0 <= q < from.table.slots.capacity ==>
	      to.table.slots.owner[q] == \at(from.table.slots.owner[q], Pre);
	*/
	//@ ghost u32 i = 0;
	/*@ ghost
	  /@ loop invariant range: 0 <= i <= to.table.slots.capacity;
	     loop invariant copy:  i <= from.table.slots.capacity ==>
	       slots_taken(to.table.slots, i) == slots_taken{Pre}(from.table.slots, i);
	     loop invariant above: i >= from.table.slots.capacity ==>
	       slots_taken(to.table.slots, i) == slots_taken{Pre}(from.table.slots, from.table.slots.capacity);
	     loop assigns i;
	     loop variant to.table.slots.capacity - i;
	  @/
	  while (i < to.table.slots.capacity) {
	    /@ assert one: slots_taken(to.table.slots, i + 1) == slots_taken(to.table.slots, i)
	         + (to.table.slots.owner[i] != 0 ? 1 : 0); @/
	    /@ assert was: i < from.table.slots.capacity ==> slots_taken{Pre}(from.table.slots, i + 1)
	         == slots_taken{Pre}(from.table.slots, i) + (to.table.slots.owner[i] != 0 ? 1 : 0); @/
	    i++;
	  }
	*/
}

/* Copies the records; the table has been copied. */
/*@ requires mem:    state_mem(from) && state_mem(to) && table_inv(to.table);
    requires apart:  state_apart(from, to) && from.table.slots.capacity <= to.table.slots.capacity;
    assigns  GNT_USES(to, 0 .. from.table.slots.capacity-1);
    ensures  table:  table_inv(to.table);
    ensures  keep:   \forall integer k; 0 <= k < from.table.slots.capacity ==>
                       record_is(to, k, \old(to.table.count[k]), \old(to.table.map[k]), \old(from.block[k]),
                                 \old(from.vmas[k]), \old(from.calls[k]), \old(from.tried[k]));
    ensures  above:  \forall integer k; from.table.slots.capacity <= k < to.table.slots.capacity ==>
                       to.table.count[k] == \old(to.table.count[k]) && to.table.map[k] == \old(to.table.map[k]);
    ensures  owners: state_slots{Pre,Post}(to);
    ensures  taken:  slots_taken(to.table.slots, to.table.slots.capacity)
                     == slots_taken{Pre}(to.table.slots, to.table.slots.capacity);
    ensures  limits: limits_same{Pre,Post}(to);
*/
static void copy_records(struct gnt_state from, struct gnt_state to)
{
	/*@ loop invariant range:  0 <= k <= from.table.slots.capacity;
	    loop invariant source: \forall integer j; 0 <= j < from.table.slots.capacity ==>
	      from.block[j] == \at(from.block[j], Pre) && from.vmas[j] == \at(from.vmas[j], Pre)
	      && from.calls[j] == \at(from.calls[j], Pre) && from.tried[j] == \at(from.tried[j], Pre);
	    loop invariant counts: \forall integer j; 0 <= j < to.table.slots.capacity ==>
	      to.table.count[j] == \at(to.table.count[j], Pre) && to.table.map[j] == \at(to.table.map[j], Pre);
	    loop invariant keep:   \forall integer j; 0 <= j < k ==>
	      record_is(to, j, \at(to.table.count[j], Pre), \at(to.table.map[j], Pre), \at(from.block[j], Pre),
	                \at(from.vmas[j], Pre), \at(from.calls[j], Pre), \at(from.tried[j], Pre));
	    loop invariant table:  table_inv(to.table);
	    loop invariant owners: state_slots{Pre,Here}(to);
	    loop invariant limits: limits_same{Pre,Here}(to);
	    loop invariant taken:  slots_taken(to.table.slots, to.table.slots.capacity)
	      == slots_taken{Pre}(to.table.slots, to.table.slots.capacity);
	    loop assigns k, GNT_USES(to, 0 .. from.table.slots.capacity-1);
	    loop variant from.table.slots.capacity - k;
	*/
	for (u32 k = 0; k < from.table.slots.capacity; k++)
		set_record(to, k, from.block[k], from.vmas[k], from.calls[k], from.tried[k]);
}

void gnt_state_grow(struct gnt_state from, struct gnt_state to)
{
	grow_table(from, to);
	copy_records(from, to);
	//@ assert empty: table_empty(to.table, from.table.slots.capacity, to.table.slots.capacity);
	//@ ghost Copied: ;
	clear_records(to, from.table.slots.capacity);
	/*@ assert keep: \forall integer k; 0 <= k < from.table.slots.capacity && record_same{Copied,Here}(to, k) ==>
	      record_is(to, k, \at(from.table.count[k], Pre), \at(from.table.map[k], Pre), \at(from.block[k], Pre),
	                \at(from.vmas[k], Pre), \at(from.calls[k], Pre), \at(from.tried[k], Pre));
	*/
	/*@ assert old: \forall integer k; 0 <= k < from.table.slots.capacity && record_ok{Pre}(from, k) ==> record_ok(to, k); */
	/*@ assert new: \forall integer k; from.table.slots.capacity <= k < to.table.slots.capacity && record_none(to, k) ==>
	      record_ok(to, k);
	*/
	//@ assert limits: limits_ok(to);
}

u32 gnt_state_want(struct gnt_state s, u32 count)
{
	return gnt_table_want(s.table, count);
}

s32 gnt_state_reserve(struct gnt_state s, u32 count, u64 block)
{
	s32 first;

	if (s.limits->profile == GNT_PROFILE_HEADER && count > s.limits->max - s.limits->owned)
		return -GNT_ENOMEM;
	first = take(s, count);
	if (first < 0)
		return first;
	//@ ghost Taken: ;
	start(s, (u32)first, count, block);
	/*@ assert same: \forall integer j; 0 <= j < s.table.slots.capacity && j != first && record_same{Pre,Taken}(s, j)
	      && record_same{Taken,Here}(s, j) ==> record_same{Pre,Here}(s, j);
	*/
	//@ assert others: state_same{Pre,Here}(s, first);
	//@ assert below: slots_same{Pre,Here}(s.table.slots, 0, first);
	//@ assert above: slots_same{Pre,Here}(s.table.slots, first + count, s.table.slots.capacity);
	return first;
}

void gnt_state_performed(struct gnt_state s)
{
	set_limits(s, s.limits->max, s.limits->owned, 1);
}

void gnt_state_list(struct gnt_state s, u32 k)
{
	gnt_state_performed(s);
	//@ ghost Flagged: ;
	//@ assert was: record_ok(s, k);
	//@ assert same: record_same{Pre,Here}(s, k);
	gnt_table_publish(s.table, k, s.block[k]);
	//@ ghost Listed: ;
	/*@ assert record: record_is(s, k, \at(s.table.count[k], Pre), s.block[k], \at(s.block[k], Pre), s.vmas[k], s.calls[k],
	      s.tried[k]);
	*/
	//@ assert here: record_ok(s, k);
	/*@ assert rest: \forall integer j; 0 <= j < s.table.slots.capacity && record_ok{Flagged}(s, j) && j != k ==>
	      record_ok(s, j);
	*/
	//@ assert all: records_ok(s);
	keep(s, k, s.vmas[k], s.calls[k] - 1, s.tried[k]);
	/*@ assert others: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{Pre,Flagged}(s, j)
	      && record_same{Flagged,Listed}(s, j) && record_same{Listed,Here}(s, j) ==> record_same{Pre,Here}(s, j);
	*/
}

void gnt_state_begin_call(struct gnt_state s, u32 k)
{
	//@ assert ok: record_ok(s, k);
	keep(s, k, s.vmas[k], s.calls[k] + 1, s.tried[k]);
}

u64 gnt_state_end_call(struct gnt_state s, u32 k)
{
	//@ assert ok: record_ok(s, k);
	return change(s, k, s.vmas[k], s.calls[k] - 1, s.tried[k]);
}

s32 gnt_state_find(struct gnt_state s, u64 slot, u64 count)
{
	if (count == GNT_ANY_COUNT)
		return -GNT_ENOENT;
	return gnt_table_exact(s.table, slot, count);
}

s32 gnt_state_find_unmap(struct gnt_state s, u64 slot, u64 count)
{
	if (s.limits->profile == GNT_PROFILE_HEADER)
		return gnt_state_find(s, slot, count);
	return gnt_table_exact(s.table, slot, count);
}

s32 gnt_state_find_page(struct gnt_state s, u64 slot)
{
	/*@ assert same: \forall integer k; state_listed(s, k) && k <= slot < k + s.table.count[k] ==>
	      table_covers(s.table, k, slot);
	*/
	return gnt_table_containing(s.table, slot);
}

s32 gnt_state_next(struct gnt_state s, u32 from)
{
	//@ assert same: \forall integer k; state_listed(s, k) ==> table_published(s.table, k);
	return gnt_table_next(s.table, from);
}

s32 gnt_state_may_unlist(struct gnt_state s, u32 k)
{
	if (s.limits->profile == GNT_PROFILE_HEADER && s.vmas[k] != 0)
		return -GNT_EBUSY;
	return 0;
}

/* Hides the listed map at @k, which is in use and so keeps its slots. */
/*@ requires mem:    state_mem(s) && state_inv(s) && state_listed(s, k);
    requires used:   s.vmas[k] != 0 || s.calls[k] != 0;
    assigns  s.table.map[k];
    ensures  inv:    state_inv(s);
    ensures  record: record_is(s, k, \old(s.table.count[k]), 0, \old(s.block[k]), \old(s.vmas[k]), \old(s.calls[k]),
                               \old(s.tried[k]));
    ensures  others: state_same{Pre,Post}(s, k);
*/
static void hide(struct gnt_state s, u32 k)
{
	//@ assert was: record_ok(s, k);
	gnt_table_hide(s.table, k);
	//@ assert here: record_ok(s, k);
	//@ assert rest: \forall integer j; 0 <= j < s.table.slots.capacity && record_ok{Pre}(s, j) && j != k ==> record_ok(s, j);
}

u64 gnt_state_unlist(struct gnt_state s, u32 k)
{
	u64 block;
	//@ ghost u32 count = s.table.count[k];

	gnt_state_performed(s);
	//@ ghost Flagged: ;
	//@ assert same: record_same{Pre,Here}(s, k);
	/*@ assert owners: \forall integer q; 0 <= q < s.table.slots.capacity ==>
	      s.table.slots.owner[q] == \at(s.table.slots.owner[q], Pre);
	*/
	if (s.vmas[k] != 0 || s.calls[k] != 0) {
		hide(s, k);
		/*@ assert others: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{Pre,Flagged}(s, j)
		      && record_same{Flagged,Here}(s, j) ==> record_same{Pre,Here}(s, j);
		*/
		//@ assert stay: state_same{Pre,Here}(s, k);
		return 0;
	}
	block = end(s, k);
	/*@ assert others: \forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{Pre,Flagged}(s, j)
	      && record_same{Flagged,Here}(s, j) ==> record_same{Pre,Here}(s, j);
	*/
	//@ assert stay: state_same{Pre,Here}(s, k);
	//@ assert free: slots_free(s.table.slots, k, k + count);
	//@ assert below: slots_same{Pre,Here}(s.table.slots, 0, k);
	//@ assert above: slots_same{Pre,Here}(s.table.slots, k + count, s.table.slots.capacity);
	return block;
}

s32 gnt_state_attempt(struct gnt_state s, u32 k)
{
	//@ assert ok: record_ok(s, k);
	if (s.tried[k] != 0)
		return -GNT_EINVAL;
	keep(s, k, 1, s.calls[k], 1);
	return 0;
}

void gnt_state_vma_open(struct gnt_state s, u32 k)
{
	//@ assert ok: record_ok(s, k);
	keep(s, k, s.vmas[k] + 1, s.calls[k], 1);
}

u64 gnt_state_vma_close(struct gnt_state s, u32 k, u32 again)
{
	//@ assert ok: record_ok(s, k);
	return change(s, k, s.vmas[k] - 1, s.calls[k], again && s.vmas[k] == 1 ? 0 : 1);
}

s32 gnt_state_set_max(struct gnt_state s, u32 count)
{
	if (count == 0 || s.limits->performed != 0 || s.limits->owned != 0)
		return -GNT_EINVAL;
	set_limits(s, count < GNT_SLOTS_MAX ? count : GNT_SLOTS_MAX, 0, 0);
	return 0;
}

u64 gnt_state_block(struct gnt_state s, u32 k)
{
	return s.block[k];
}

u32 gnt_state_count(struct gnt_state s, u32 k)
{
	return gnt_table_count(s.table, k);
}
