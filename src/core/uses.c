// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Who uses which record: the ghost side of each step of state.h. There is no code here to speak of, and there must be none. */
#include "uses.h"

/*@ ghost
  void lemma_there(struct gnt_state s, u32 k) { }
  void lemma_mine(struct gnt_state s, u32 k)
  {
    /@ assert low: k >= s.table.slots.capacity ==> use_none(k); @/
    /@ assert ok: use_ok(s, k) && record_ok(s, k); @/
    /@ assert some: s.vmas[k] + s.calls[k] > 0; @/
    /@ assert used: state_used(s, k); @/
  }
  void lemma_borrow(u32 k) { gnt_my_share = gnt_my_block[k]; gnt_my_pages = (u32)gnt_my_count[k]; }
  void lemma_return(u32 k) { gnt_my_share = 0; }
*/

s32 gnt_use_reserve(struct gnt_state s, u32 count, u64 block)
{
	s32 first = gnt_state_reserve(s, count, block);

	if (first < 0) {
		//@ assert carry: uses_carry{Pre,Here}(s, -1);
		/*@ assert fit: \forall integer i; slots_fit(s.table.slots, i, count) && state_slots{Pre,Here}(s) ==>
		      slots_fit{Pre}(s.table.slots, i, count);
		*/
		/*@ assert room: \forall integer j; 0 <= j < s.table.slots.capacity && record_same{Pre,Here}(s, j)
		      && use_room{Pre}(s, j)
		      ==> use_room(s, j);
		*/
		//@ assert below: uses_below(s);
		//@ assert above: uses_above(s);
		return first;
	}
	//@ assert span: table_span{Pre}(s.table, first);
	//@ assert free: slots_free{Pre}(s.table.slots, first, first + count);
	//@ assert none: state_unused{Pre}(s, first);
	//@ assert was: record_ok{Pre}(s, first) && use_ok{Pre}(s, first);
	/*@ ghost gnt_my_calls[first] = 1;
	    gnt_my_block[first] = block;
	    gnt_my_count[first] = count;
	    gnt_my_hidden[first] = 1;
	    gnt_my_share = 0;
	*/
	//@ assert carry: uses_carry{Pre,Here}(s, first);
	//@ assert here: use_ok(s, first);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	return first;
}

void gnt_use_list(struct gnt_state s, u32 k)
{
	//@ ghost lemma_mine(s, k);
	//@ ghost u32 pages = s.table.count[k];
	gnt_state_list(s, k);
	/*@ ghost gnt_my_calls[k] = 0;
	    gnt_my_hidden[k] = 0;
	    gnt_changes++;
	    gnt_change = GNT_CHANGE_LIST;
	    gnt_change_first = k;
	    gnt_change_count = pages;
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
}

void gnt_use_begin(struct gnt_state s, u32 k)
{
	//@ ghost if (gnt_my_vmas[k] > 0 || gnt_my_calls[k] > 0) lemma_mine(s, k);
	//@ ghost lemma_there(s, k);
	gnt_state_begin_call(s, k);
	/*@ ghost gnt_my_calls[k]++;
	    gnt_my_block[k] = s.block[k];
	    gnt_my_count[k] = s.table.count[k];
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
}

u64 gnt_use_end(struct gnt_state s, u32 k)
{
	//@ ghost lemma_mine(s, k);
	//@ ghost u32 pages = s.table.count[k];
	u64 block = gnt_state_end_call(s, k);

	/*@ ghost gnt_my_calls[k]--;
	    gnt_my_hidden[k] = 0;
	    gnt_my_share = block;
	    gnt_my_pages = pages;
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	return block;
}

s32 gnt_use_next(struct gnt_state s, u32 from)
{
	s32 first = gnt_state_next(s, from);

	//@ ghost gnt_swept = first >= 0 ? first : GNT_SLOTS_MAX;
	return first;
}

u64 gnt_use_unlist(struct gnt_state s, u32 k)
{
	//@ ghost lemma_there(s, k);
	//@ ghost u32 pages = s.table.count[k];
	//@ ghost int mapped = s.vmas[k] != 0 ? 1 : 0;
	u64 block = gnt_state_unlist(s, k);

	/*@ ghost gnt_my_share = block;
	    gnt_my_pages = pages;
	    gnt_changes++;
	    gnt_change = GNT_CHANGE_UNLIST;
	    gnt_change_first = k;
	    gnt_change_count = pages;
	    gnt_change_mapped = mapped;
	    if (gnt_swept == k)
	      gnt_swept = k + pages;
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	return block;
}

s32 gnt_use_attempt(struct gnt_state s, u32 k)
{
	//@ ghost lemma_there(s, k);
	s32 err = gnt_state_attempt(s, k);

	if (err) {
		//@ assert carry: uses_carry{Pre,Here}(s, k);
		//@ assert here: use_ok(s, k);
		//@ assert below: uses_below(s);
		//@ assert above: uses_above(s);
		return err;
	}
	/*@ ghost gnt_my_vmas[k] = 1;
	    gnt_my_block[k] = s.block[k];
	    gnt_my_count[k] = s.table.count[k];
	    gnt_changes++;
	    gnt_change = GNT_CHANGE_ATTEMPT;
	    gnt_change_first = k;
	    gnt_change_count = s.table.count[k];
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	return 0;
}

void gnt_use_open(struct gnt_state s, u32 k)
{
	//@ ghost lemma_mine(s, k);
	gnt_state_vma_open(s, k);
	//@ ghost gnt_my_vmas[k]++;
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
}

u64 gnt_use_close(struct gnt_state s, u32 k, u32 again)
{
	//@ ghost lemma_mine(s, k);
	//@ ghost u32 pages = s.table.count[k];
	u64 block = gnt_state_vma_close(s, k, again);

	/*@ ghost gnt_my_vmas[k]--;
	    gnt_my_share = block;
	    gnt_my_pages = pages;
	*/
	//@ assert others: state_same{Pre,Here}(s, k);
	//@ assert carry: uses_carry{Pre,Here}(s, k);
	//@ assert here: use_ok(s, k);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	return block;
}

u32 gnt_use_mapped(struct gnt_state s, u32 k)
{
	//@ ghost lemma_mine(s, k);
	return s.vmas[k] != 0;
}

s32 gnt_use_set_max(struct gnt_state s, u32 count)
{
	s32 err = gnt_state_set_max(s, count);

	//@ assert carry: uses_carry{Pre,Here}(s, -1);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
	if (err)
		return err;
	/*@ ghost gnt_changes++;
	    gnt_change = GNT_CHANGE_MAX;
	    gnt_change_first = 0;
	    gnt_change_count = count;
	*/
	return 0;
}

void gnt_use_performed(struct gnt_state s)
{
	gnt_state_performed(s);
	//@ assert carry: uses_carry{Pre,Here}(s, -1);
	//@ assert below: uses_below(s);
	//@ assert above: uses_above(s);
}

void gnt_use_grow(struct gnt_state s, struct gnt_state to)
{
	//@ ghost u32 profile = to.limits->profile;
	//@ assert ours: profile == gnt_profile;
	//@ assert away: limits_away(to);
	gnt_state_grow(s, to);
	//@ assert stays: to.limits->profile == profile;
	//@ assert moved: \forall integer j; 0 <= j < s.table.slots.capacity ==> record_moved{Pre,Here}(s, to, j);
	/*@ assert low: \forall integer j; 0 <= j < s.table.slots.capacity && record_moved{Pre,Here}(s, to, j)
	      && use_ok{Pre}(s, j)
	      ==> use_ok(to, j);
	*/
	/*@ assert high: \forall integer j; s.table.slots.capacity <= j < to.table.slots.capacity && record_none(to, j)
	      && use_none{Pre}(j) ==> use_ok(to, j);
	*/
	//@ assert below: uses_below(to);
	//@ assert above: uses_above(to);
	/*@ assert roomy: \forall integer j; 0 <= j < s.table.slots.capacity && record_moved{Pre,Here}(s, to, j)
	      && use_room{Pre}(s, j)
	      ==> use_room(to, j);
	*/
	/*@ assert empty: \forall integer j; s.table.slots.capacity <= j < to.table.slots.capacity && record_none(to, j) ==>
	      use_room(to, j);
	*/
	//@ assert kind: to.limits->profile == gnt_profile;
}
