// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The instance: ioctls and events, each a sequence of fetches, critical sections and effects. It must not touch an array of the
 * state or of a map's pages but those of a new block: what happens under a lock are calls of uses.h, state.h and map.h.
 */
#include "instance.h"

/* ---- MAP_GRANT_REF */

/* What a critical section says of a reservation: the first slot, or an error, and with it the capacity to grow to, if that helps. */
struct reserved {
	s32 first;
	u32 want; /* slots, or 0 */
};

/*@ predicate reserved_ok{L}(struct reserved r, integer have, u64 block, integer count) =
      (r.first >= 0 ==> r.first < GNT_SLOTS_MAX && mine_is(r.first, 0, 1, 1) && gnt_my_block[r.first] == block
         && gnt_my_count[r.first] == count && gnt_my_share == 0)
      && (r.first < 0 ==> gnt_my_share == block && gnt_my_pages == count)
      && (r.want != 0 ==> r.first < 0 && slots_capacity(r.want) && have < r.want <= GNT_SLOTS_MAX);
*/

/*@ requires in:      inside(s) && uses_room(s);
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    assigns  GNT_STATE(s), GNT_MINE_ALL, GNT_SHARE;
    ensures  in:      inside(s);
    ensures  result:  reserved_ok(\result, s.table.slots.capacity, block, count);
    ensures  others:  \result.first < 0 ? mine_same{Pre,Post}(-1) : mine_same{Pre,Post}(\result.first)
                        && mine_is{Pre}(\result.first, 0, 0, 0);
    ensures  room:    \result.want != 0 ==> uses_room(s) && \exists integer i; slots_tail(s.table.slots, i)
                        && i + count <= \result.want;
    ensures  fits:    \old(!slots_full(s.table.slots, count)) ==> \result.want == 0;
*/
static struct reserved reserve_here(struct gnt_state s, u32 count, u64 block)
{
	struct reserved r = { gnt_use_reserve(s, count, block), 0 };

	if (r.first == -GNT_ENOSPC)
		r.want = gnt_state_want(s, count);
	return r;
}

/*
 * The spare, which is large enough, takes the state's place, and there the map fits.
 */
/*@ requires in:      inside(s) && uses_room(s);
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    requires spare:   gnt_spares == 1 && gnt_spare == to && state_mem(to) && state_apart(s, to) && s.limits == to.limits;
    requires larger:  s.table.slots.capacity <= to.table.slots.capacity;
    requires tail:    \exists integer i; slots_tail(s.table.slots, i) && i + count <= to.table.slots.capacity;
    assigns  GNT_STATE(to), GNT_MINE_ALL, GNT_SHARE, gnt_spares;
    ensures  in:      inside(to);
    ensures  spare:   gnt_spares == 0;
    ensures  result:  reserved_ok(\result, to.table.slots.capacity, block, count) && \result.want == 0;
    ensures  others:  \result.first < 0 ? mine_same{Pre,Post}(-1) : mine_same{Pre,Post}(\result.first)
                        && mine_is{Pre}(\result.first, 0, 0, 0);
*/
static struct reserved reserve_grown(struct gnt_file *file, struct gnt_state s, struct gnt_state to, u32 count, u64 block)
{
	gnt_use_grow(s, to);
	/*@ assert fit: \forall integer i; slots_tail{Pre}(s.table.slots, i) && i + count <= to.table.slots.capacity ==>
	      slots_fit(to.table.slots, i, count);
	*/
	//@ assert room: !slots_full(to.table.slots, count);
	gnt_env_replace(file, to);
	return reserve_here(to, count, block);
}

/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0;
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, gnt_locked;
    ensures  open:    gnt_locked == 0;
    ensures  result:  reserved_ok(\result, 0, block, count);
    ensures  others:  \result.first < 0 ? mine_same{Pre,Post}(-1) : mine_same{Pre,Post}(\result.first)
                        && mine_is{Pre}(\result.first, 0, 0, 0);
*/
static struct reserved reserve_first(struct gnt_file *file, u32 count, u64 block)
{
	struct gnt_state s = gnt_env_lock(file);
	struct reserved r = reserve_here(s, count, block);

	gnt_env_unlock(file, s);
	return r;
}

/*
 * The same, with a spare of more slots than the state had when it was made. If the spare is still large enough for what is free
 * now, it takes the state's place; else it is freed, and the capacity wanted is larger than its own.
 */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0;
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    requires spare:   gnt_spares == 1 && gnt_spare == spare && state_mem(spare);
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, gnt_locked, gnt_spares;
    ensures  open:    gnt_locked == 0;
    ensures  spare:   gnt_spares == 0;
    ensures  result:  reserved_ok(\result, spare.table.slots.capacity, block, count);
    ensures  others:  \result.first < 0 ? mine_same{Pre,Post}(-1) : mine_same{Pre,Post}(\result.first)
                        && mine_is{Pre}(\result.first, 0, 0, 0);
*/
static struct reserved reserve_again(struct gnt_file *file, struct gnt_state spare, u32 count, u64 block)
{
	struct gnt_state s = gnt_env_lock(file);
	struct reserved r = reserve_here(s, count, block);

	if (r.want != 0 && r.want <= spare.table.slots.capacity) {
		//@ assert mine: mine_same{Pre,Here}(-1);
		//@ ghost Before: ;
		r = reserve_grown(file, s, spare, count, block);
		//@ assert since: r.first < 0 ? mine_same{Before,Here}(-1) : mine_same{Before,Here}(r.first);
		/*@ assert all: \forall integer j; 0 <= j < GNT_SLOTS_MAX && mine_kept{Pre,Before}(j) && mine_kept{Before,Here}(j)
		      ==> mine_kept{Pre,Here}(j);
		*/
		//@ assert first: r.first >= 0 ==> mine_kept{Pre,Before}(r.first);
		gnt_env_unlock(file, spare);
		return r;
	}
	gnt_env_unlock(file, s);
	gnt_env_state_free(file, spare);
	return r;
}

/*
 * GNT-SLOT-002 to GNT-SLOT-006: the lowest free slots; memory for more is allocated without the lock, and another thread may
 * have been faster. -GNT_ENOMEM: there is no room, or no memory, or the maximum is reached.
 */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_spares == 0;
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, gnt_locked, gnt_spares, gnt_spare;
    ensures  open:    gnt_locked == 0 && gnt_spares == 0;
    ensures  error:   \result < 0 ==> \result == -GNT_ENOMEM && gnt_my_share == block && gnt_my_pages == count
                        && mine_same{Pre,Post}(-1);
    ensures  mine:    \result >= 0 ==> \result < GNT_SLOTS_MAX && mine_is(\result, 0, 1, 1) && gnt_my_block[\result] == block
                        && gnt_my_count[\result] == count && gnt_my_share == 0;
    ensures  others:  \result >= 0 ==> mine_same{Pre,Post}(\result) && mine_is{Pre}(\result, 0, 0, 0);
*/
static s32 reserve(struct gnt_file *file, u32 count, u64 block)
{
	struct reserved r = reserve_first(file, count, block);
	struct gnt_state spare;
	//@ ghost u32 have = 0;

	/*@ loop invariant open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_spares == 0;
	    loop invariant result: reserved_ok(r, have, block, count) && have <= GNT_SLOTS_MAX;
	    loop invariant others: r.first < 0 ? mine_same{Pre,Here}(-1) : mine_same{Pre,Here}(r.first)
	                             && mine_is{Pre}(r.first, 0, 0, 0);
	    loop assigns r, spare, have, GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, gnt_locked, gnt_spares,
	                 gnt_spare;
	    loop variant GNT_SLOTS_MAX - have;
	*/
	while (r.want != 0) {
		if (gnt_env_state_new(file, r.want, &spare))
			return -GNT_ENOMEM;
		//@ ghost have = r.want;
		//@ ghost Before: ;
		r = reserve_again(file, spare, count, block);
		/*@ assert all: \forall integer j; 0 <= j < GNT_SLOTS_MAX && mine_kept{Pre,Before}(j) && mine_kept{Before,Here}(j)
		      ==> mine_kept{Pre,Here}(j);
		*/
		//@ assert first: r.first >= 0 ==> mine_kept{Pre,Before}(r.first);
	}
	return r.first < 0 ? -GNT_ENOMEM : r.first;
}

/*
 * Puts a map that nobody knows into the table: reserve, copy its offset out to @out, list; or withdraw it, and the caller has
 * its share again. GNT-MAP-008 to GNT-MAP-011.
 */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_spares == 0 && gnt_changes == 0;
    requires block:   1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    requires refs:    gnt_noted == count;
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, GNT_CHANGE, GNT_STORED_U64, gnt_locked, gnt_spares, gnt_spare;
    ensures  open:    gnt_locked == 0 && gnt_spares == 0;
    ensures  error:   \result == 0 || \result == -GNT_ENOMEM || \result == -GNT_EFAULT;
    ensures  failed:  \result != 0 ==> gnt_my_share == block && gnt_my_pages == count && gnt_changes == 0;
    ensures  done:    \result == 0 ==> gnt_my_share == 0 && gnt_changes == 1 && gnt_change == GNT_CHANGE_LIST
                        && gnt_change_count == count;
    ensures  told:    \result == 0 ==> gnt_stored_u64_at == out && gnt_stored_u64 == gnt_change_first * GNT_PAGE_SIZE;
    ensures  uses:    uses_back{Pre,Post};
*/
static s32 insert(struct gnt_file *file, u32 count, u64 block, u64 out)
{
	s32 first = reserve(file, count, block);
	struct gnt_state s;
	s32 err;

	if (first < 0) {
		//@ assert none: \forall integer j; 0 <= j < GNT_SLOTS_MAX ==> mine_kept{Pre,Here}(j) && use_kept{Pre,Here}(j);
		return first;
	}
	//@ ghost Reserved: ;
	err = gnt_env_store_u64(out, gnt_slot_offset((u32)first));
	s = gnt_env_lock(file);
	if (err)
		gnt_use_end(s, (u32)first);
	else
		gnt_use_list(s, (u32)first);
	gnt_env_unlock(file, s);
	/*@ assert others: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != first && mine_kept{Pre,Reserved}(j)
	      ==> mine_kept{Pre,Here}(j);
	*/
	//@ assert now: mine_is(first, 0, 0, 0);
	//@ assert was: mine_is{Pre}(first, 0, 0, 0);
	//@ assert kept: mine_same{Pre,Here}(first);
	/*@ assert but: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != first ==> mine_kept{Pre,Here}(j)
	      && use_kept{Pre,Here}(j);
	*/
	//@ assert same: use_kept{Pre,Here}(first);
	//@ assert back: uses_back{Pre,Here};
	return err;
}

/* References @done .. @done+@n-1 of a new map, from the bytes user space gave for them, just fetched. GNT-MAP-016. */
/*@ requires pages:   pages_mem(p) && n <= GNT_BATCH && done + n <= p.count;
    requires raw:     \valid_read(raw + (0 .. n * GNT_REF_BYTES - 1));
    requires next:    gnt_noted == done && gnt_fetched == gnt_refs_at + (done + n) * GNT_REF_BYTES;
    assigns  p.domid[done .. done+n-1], p.ref[done .. done+n-1], gnt_noted, gnt_named_domid[done .. done+n-1],
             gnt_named_ref[done .. done+n-1];
    ensures  refs:    \forall integer i; 0 <= i < n ==> ref_is(p, done, raw, i);
    ensures  named:   \forall integer i; done <= i < done + n ==> ref_named(p, i);
    ensures  noted:   gnt_noted == done + n;
*/
static void note_refs(struct gnt_pages p, u32 done, const u8 *raw, u32 n)
{
	/*@ loop invariant range: i <= n;
	    loop invariant refs:  \forall integer j; 0 <= j < i ==> ref_is(p, done, raw, j);
	    loop invariant named: \forall integer j; done <= j < done + i ==> ref_named(p, j);
	    loop assigns i, p.domid[done .. done+n-1], p.ref[done .. done+n-1], gnt_named_domid[done .. done+n-1],
	                 gnt_named_ref[done .. done+n-1];
	    loop variant n - i;
	*/
	for (u32 i = 0; i < n; i++) {
		struct gnt_ref_request r = gnt_decode_ref(raw + i * GNT_REF_BYTES);

		//@ ghost Before: ;
		p.domid[done + i] = r.domid;
		p.ref[done + i] = r.ref;
		/*@ ghost
		    gnt_named_domid[done + i] = r.domid;
		    gnt_named_ref[done + i] = r.ref;
		*/
		//@ assert here: ref_is(p, done, raw, i);
		//@ assert same: \forall integer j; 0 <= j < i ==> ref_same{Before,Here}(p, done + j);
		//@ assert kept: \forall integer j; 0 <= j < i && ref_is{Before}(p, done, raw, j) ==> ref_is(p, done, raw, j);
		//@ assert name: ref_named(p, done + i);
		//@ assert names: \forall integer j; done <= j < done + i ==> ref_same{Before,Here}(p, j) && named_same{Before,Here}(j);
		/*@ assert still: \forall integer j; done <= j < done + i && ref_named{Before}(p, j) && ref_same{Before,Here}(p, j)
		      && named_same{Before,Here}(j) ==> ref_named(p, j);
		*/
	}
	//@ ghost gnt_noted = done + n;
}

/*
 * Fetches the references of a new map but the first, which came with the header (I11), from user address @from. GNT-MAP-007.
 */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0;
    requires pages:   pages_mem(p);
    requires once:    gnt_fetched == from;
    requires first:   gnt_noted == 1 && from == gnt_refs_at + GNT_REF_BYTES;
    assigns  p.domid[1 .. p.count-1], p.ref[1 .. p.count-1], gnt_fetched, gnt_noted, gnt_named_domid[1 .. p.count-1],
             gnt_named_ref[1 .. p.count-1];
    ensures  error:   \result == 0 || \result == -GNT_EFAULT;
    ensures  refs:    \result == 0 ==> \forall integer i; 1 <= i < p.count ==> ref_named(p, i);
    ensures  all:     \result == 0 ==> gnt_noted == p.count;
*/
static s32 fetch_refs(struct gnt_pages p, u64 from)
{
	u8 raw[GNT_BATCH * GNT_REF_BYTES];
	u32 n;

	/*@ loop invariant range: 1 <= done <= p.count;
	    loop invariant once:  gnt_fetched == from;
	    loop invariant noted: gnt_noted == done && from == gnt_refs_at + done * GNT_REF_BYTES;
	    loop invariant refs:  \forall integer i; 1 <= i < done ==> ref_named(p, i);
	    loop assigns done, n, from, raw[0 .. GNT_BATCH * GNT_REF_BYTES - 1], p.domid[1 .. p.count-1], p.ref[1 .. p.count-1],
	                 gnt_fetched, gnt_noted, gnt_named_domid[1 .. p.count-1], gnt_named_ref[1 .. p.count-1];
	    loop variant p.count - done;
	*/
	for (u32 done = 1; done < p.count; done += n) {
		n = p.count - done < GNT_BATCH ? p.count - done : GNT_BATCH;
		if (gnt_env_fetch(raw, from, n * GNT_REF_BYTES))
			return -GNT_EFAULT;
		//@ ghost Before: ;
		note_refs(p, done, raw, n);
		/*@ assert kept: \forall integer i; 1 <= i < done && ref_named{Before}(p, i) && ref_same{Before,Here}(p, i)
		      && named_same{Before,Here}(i) ==> ref_named(p, i);
		*/
		from += n * GNT_REF_BYTES;
	}
	return 0;
}

/*
 * Makes a map of a new block, with its references: the first is in @r. On an error the caller has the map's share all the same.
 * GNT-MAP-006, GNT-MAP-007.
 */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_share == 0 && block != 0 && gnt_my_own == block;
    requires count:   r.count == gnt_my_pages && pv <= 1 && profile <= GNT_PROFILE_HEADER;
    requires new:     map_placed(r.count) && \forall integer i; 0 <= i < r.count ==> page_unmapped(i);
    requires once:    gnt_fetched == from;
    requires refs:    from == gnt_refs_at + GNT_REF_BYTES;
    assigns  { *q | u32 *q; \true }, { *q | struct gnt_life *q; \true }, gnt_my_own, gnt_my_share, gnt_fetched, gnt_noted,
             gnt_named_domid[0 .. GNT_PAGES_MAX-1], gnt_named_ref[0 .. GNT_PAGES_MAX-1];
    ensures  share:   gnt_my_share == block && gnt_my_own == 0;
    ensures  error:   \result == 0 || \result == -GNT_EFAULT;
    ensures  all:     \result == 0 ==> gnt_noted == r.count;
    ensures  first:   gnt_named_domid[0] == r.domid && gnt_named_ref[0] == r.ref;
*/
static s32 make_map(u64 block, struct gnt_map_request r, u64 from, u32 pv, u32 profile)
{
	struct gnt_pages p = gnt_env_pages(block);
	s32 err;

	gnt_map_init(p, pv, profile);
	p.domid[0] = r.domid;
	p.ref[0] = r.ref;
	/*@ ghost
	    gnt_named_domid[0] = r.domid;
	    gnt_named_ref[0] = r.ref;
	    gnt_noted = 1;
	*/
	err = fetch_refs(p, from);
	//@ assert refs: err == 0 ==> \forall integer i; 0 <= i < p.count ==> ref_named(p, i);
	return err;
}

/* GNT-MAP-012 gives the order of the checks. */
/*@ requires idle:    fresh;
    assigns  GNT_WORLD;
    ensures  idle:    idle;
    ensures  uses:    uses_back{Pre,Post};
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL || \result == -GNT_ENOMEM;
    ensures  atomic:  \result != 0 ==> gnt_changes == 0;
    ensures  done:    \result == 0 ==> gnt_changes == 1 && change_asked(GNT_CALL_MAP);
    ensures  limit:   \result == 0 ==> change_limited;
    ensures  told:    \result == 0 ==> told_map(arg);
*/
static s32 map_grant_ref(struct gnt_file *file, u64 arg)
{
	u8 raw[GNT_MAP_BYTES];
	struct gnt_map_request r;
	u64 block;
	s32 err;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, GNT_MAP_BYTES))
		return -GNT_EFAULT;
	r = gnt_decode_map(raw);
	/*@ ghost
	    gnt_asked_count = r.count;
	    gnt_refs_at = arg + GNT_MAP_BYTES - GNT_REF_BYTES;
	*/
	err = gnt_map_check(r.count, gnt_env_limit());
	if (err)
		return err;
	block = gnt_env_block_new(r.count);
	if (block == 0)
		return -GNT_ENOMEM;
	err = make_map(block, r, arg + GNT_MAP_BYTES, gnt_env_is_pv(), gnt_env_profile(file));
	if (!err)
		err = insert(file, r.count, block, arg + GNT_MAP_INDEX);
	if (err)
		gnt_map_drop(block);
	return err;
}

/* ---- UNMAP_GRANT_REF */

/* GNT-UNMAP-009 gives the order of the checks. */
/*@ requires idle:    fresh;
    assigns  GNT_WORLD;
    ensures  idle:    idle;
    ensures  uses:    uses_back{Pre,Post};
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_ENOENT || \result == -GNT_EBUSY;
    ensures  busy:    \result == -GNT_EBUSY ==> gnt_profile == GNT_PROFILE_HEADER;
    ensures  atomic:  \result != 0 ==> gnt_changes == 0;
    ensures  done:    \result == 0 ==> gnt_changes == 1 && change_asked(GNT_CALL_UNMAP);
*/
static s32 unmap_grant_ref(struct gnt_file *file, u64 arg)
{
	u8 raw[GNT_UNMAP_BYTES];
	struct gnt_unmap_request r;
	struct gnt_state s;
	u64 block = 0;
	s32 first, err;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, GNT_UNMAP_BYTES))
		return -GNT_EFAULT;
	r = gnt_decode_unmap(raw);
	//@ ghost gnt_asked = r.index / GNT_PAGE_SIZE;
	//@ ghost gnt_asked_count = r.count;
	s = gnt_env_lock(file);
	first = gnt_state_find_unmap(s, gnt_offset_slot(r.index), r.count);
	err = first < 0 ? first : gnt_state_may_unlist(s, (u32)first);
	if (!err)
		block = gnt_use_unlist(s, (u32)first);
	gnt_env_unlock(file, s);
	if (block)
		gnt_map_drop(block);
	return err;
}

/* ---- GET_OFFSET_FOR_VADDR, SET_MAX_GRANTS, GRANT_COPY */

/* An ioctl that no critical section knows of has succeeded. GNT-MAX-005. */
/*@ requires idle:    idle;
    assigns  GNT_HEAP, GNT_THEIR_ALL, gnt_locked;
    ensures  idle:    idle;
*/
static void performed(struct gnt_file *file)
{
	struct gnt_state s = gnt_env_lock(file);

	gnt_use_performed(s);
	gnt_env_unlock(file, s);
}

/* GNT-OFF-013 gives the order of the checks. */
/*@ requires idle:    fresh;
    assigns  GNT_HEAP, GNT_THEIR_ALL, GNT_ASKED, GNT_TOLD, gnt_locked, gnt_fetched;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL;
    ensures  told:    \result == 0 ==> told_offset(arg);
*/
static s32 get_offset_for_vaddr(struct gnt_file *file, u64 arg)
{
	u8 raw[GNT_OFFSET_BYTES];
	struct gnt_vma v;
	u64 address;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, GNT_OFFSET_BYTES))
		return -GNT_EFAULT;
	address = gnt_decode_offset(raw);
	//@ ghost gnt_asked = address;
	v = gnt_env_find_vma(file, address);
	if (gnt_offset_check(v.found, address, v.start, gnt_env_profile(file)))
		return -GNT_EINVAL;
	if (gnt_env_store_u64(arg + GNT_OFFSET_OFFSET, gnt_slot_offset(v.first))
	    || gnt_env_store_u32(arg + GNT_OFFSET_COUNT, v.count))
		return -GNT_EFAULT;
	performed(file);
	return 0;
}

/* GNT-MAX-011 gives the order of the checks. */
/*@ requires idle:    fresh;
    assigns  GNT_HEAP, GNT_THEIR_ALL, GNT_CHANGE, GNT_ASKED, gnt_locked, gnt_fetched;
    ensures  idle:    idle;
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL;
    ensures  atomic:  \result != 0 ==> gnt_changes == 0;
    ensures  done:    \result == 0 ==> gnt_changes == 1 && change_asked(GNT_CALL_MAX);
*/
static s32 set_max_grants(struct gnt_file *file, u64 arg)
{
	u8 raw[GNT_MAX_BYTES];
	struct gnt_state s;
	u32 count;
	s32 err;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, GNT_MAX_BYTES))
		return -GNT_EFAULT;
	count = gnt_decode_max(raw);
	//@ ghost gnt_asked_count = count;
	s = gnt_env_lock(file);
	err = gnt_use_set_max(s, count);
	gnt_env_unlock(file, s);
	return err;
}

/* GNT-COPY-002, GNT-COPY-026: the segments are transfer.c's. */
/*@ requires idle:    fresh && transfer_idle;
    assigns  GNT_HEAP, GNT_THEIR_ALL, GNT_TRANSFER_ALL, GNT_ASKED, gnt_locked, gnt_fetched;
    ensures  idle:    idle && transfer_idle && gnt_changes == 0;
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL || \result == -GNT_ENOMEM
                        || \result == -GNT_EINTR;
    ensures  all:     \result == 0 ==> gnt_copied == gnt_asked_count;
*/
static s32 grant_copy(struct gnt_file *file, u64 arg, u32 compat)
{
	u8 raw[GNT_COPY_BYTES];
	struct gnt_copy_request r;
	s32 err;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, compat ? GNT_COPY_COMPAT_BYTES : GNT_COPY_BYTES))
		return -GNT_EFAULT;
	r = gnt_decode_copy(raw, compat);
	//@ ghost gnt_asked_count = r.count;
	err = gnt_grant_copy(r.segments, r.count, compat);
	if (!err)
		performed(file);
	return err;
}

/* ---- SET_UNMAP_NOTIFY */

/* A map that a call uses. */
struct used {
	u32 first; /* slot; GNT_SLOTS_MAX: there is none */
	u64 block;
};

/* The map that has @slot, which a call begins to use. GNT-NOTIFY-005. */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_spares == 0;
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, gnt_locked;
    ensures  open:    gnt_locked == 0;
    ensures  none:    \result.first >= GNT_SLOTS_MAX ==> \result.first == GNT_SLOTS_MAX && mine_same{Pre,Post}(-1);
    ensures  mine:    \result.first < GNT_SLOTS_MAX ==> use_more{Pre,Post}(\result.first)
                        && gnt_my_calls[\result.first] >= 1 && gnt_my_vmas[\result.first] >= 0;
    ensures  what:    \result.first < GNT_SLOTS_MAX ==> \result.block == gnt_my_block[\result.first] && \result.block != 0
                        && 1 <= gnt_my_count[\result.first] <= GNT_SLOTS_MAX;
    ensures  covers:  \result.first < GNT_SLOTS_MAX ==> \result.first <= slot < \result.first + gnt_my_count[\result.first];
    ensures  others:  \result.first < GNT_SLOTS_MAX ==> mine_same{Pre,Post}(\result.first);
*/
static struct used use_page(struct gnt_file *file, u64 slot)
{
	struct used use = { GNT_SLOTS_MAX, 0 };
	struct gnt_state s = gnt_env_lock(file);
	s32 first = gnt_state_find_page(s, slot);

	if (first >= 0) {
		//@ assert span: table_span(s.table, first);
		use.first = (u32)first;
		use.block = gnt_state_block(s, use.first);
		gnt_use_begin(s, use.first);
	}
	gnt_env_unlock(file, s);
	return use;
}

/* The cookie of a map that this thread uses: it stays as it is meanwhile. */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_spares == 0;
    requires mine:    mine_some(first);
    assigns  GNT_HEAP, GNT_THEIR_ALL, gnt_locked;
    ensures  open:    gnt_locked == 0;
    ensures  result:  \result == gnt_my_block[first] && \result != 0;
*/
static u64 used_block(struct gnt_file *file, u32 first)
{
	struct gnt_state s = gnt_env_lock(file);
	//@ ghost lemma_mine(s, first);
	u64 block = gnt_state_block(s, first);

	gnt_env_unlock(file, s);
	return block;
}

/* A call's use of the map at @first ends; if it was the last, the map is dropped. */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0 && gnt_my_retry == 0
                        && gnt_spares == 0 && ports_room;
    requires mine:    first < GNT_SLOTS_MAX && gnt_my_calls[first] >= 1 && gnt_my_vmas[first] >= 0;
    assigns  GNT_HEAP, GNT_LIVES, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_XEN_ALL, GNT_SHARE, gnt_locked, gnt_map_locked,
             gnt_my_own, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0 && ports_same{Pre,Post};
    ensures  mine:    gnt_my_calls[first] == \old(gnt_my_calls[first]) - 1 && gnt_my_vmas[first] == \old(gnt_my_vmas[first]);
    ensures  others:  mine_same{Pre,Post}(first);
*/
static void unuse(struct gnt_file *file, u32 first)
{
	struct gnt_state s = gnt_env_lock(file);
	u64 block = gnt_use_end(s, first);

	gnt_env_unlock(file, s);
	if (block)
		gnt_map_drop(block);
}

/*
 * The second half of SET_UNMAP_NOTIFY: the reference on the port is in the caller's hands, and if this succeeds the map's. What
 * the map gives back for it, gnt_map_notify() puts (GNT-NOTIFY-013).
 */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0 && gnt_my_retry == 0
                        && gnt_spares == 0 && ports_room && gnt_changes == 0;
    requires action:  r.action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT && r.offset < GNT_PAGE_SIZE;
    requires port:    notify_asks(r.action, GNT_NOTIFY_SEND_EVENT) == 1 ==> r.port < GNT_PORTS_MAX && gnt_port_refs[r.port] >= 1;
    assigns  GNT_WORLD;
    ensures  open:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0 && gnt_spares == 0;
    ensures  uses:    uses_back{Pre,Post};
    ensures  asked:   gnt_asked == \old(gnt_asked);
    ensures  error:   \result == 0 || \result == -GNT_ENOENT || \result == -GNT_EINVAL;
    ensures  atomic:  \result != 0 ==> gnt_changes == 0 && ports_same{Pre,Post};
    ensures  done:    \result == 0 ==> gnt_changes == 1 && gnt_change == GNT_CHANGE_NOTIFY
                        && gnt_change_first <= r.slot < gnt_change_first + gnt_change_count;
    ensures  taken:   \result == 0 ==> \forall integer i; 0 <= i < GNT_PORTS_MAX ==> gnt_port_refs[i] ==
                        \at(gnt_port_refs[i], Pre) - (i == r.port && notify_asks(r.action, GNT_NOTIFY_SEND_EVENT) == 1 ? 1 : 0);
*/
static s32 notify_page(struct gnt_file *file, struct gnt_notify_request r)
{
	struct used use = use_page(file, r.slot);
	s32 err;

	if (use.first >= GNT_SLOTS_MAX) {
		//@ assert none: \forall integer j; 0 <= j < GNT_SLOTS_MAX ==> mine_kept{Pre,Here}(j) && use_kept{Pre,Here}(j);
		return -GNT_ENOENT;
	}
	//@ ghost Used: ;
	//@ ghost lemma_borrow(use.first);
	err = gnt_map_notify(use.block, (u32)(r.slot - use.first), r.action, r.offset, r.port);
	//@ ghost lemma_return(use.first);
	/*@ ghost if (err == 0) {
	      gnt_changes = 1;
	      gnt_change = GNT_CHANGE_NOTIFY;
	      gnt_change_first = use.first;
	      gnt_change_count = gnt_my_count[use.first];
	    }
	*/
	//@ ghost Notified: ;
	unuse(file, use.first);
	/*@ assert others: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != use.first && mine_kept{Pre,Used}(j)
	      && mine_kept{Notified,Here}(j) ==> mine_kept{Pre,Here}(j);
	*/
	//@ assert kept: mine_same{Pre,Here}(use.first);
	/*@ assert but: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != use.first ==> mine_kept{Pre,Here}(j)
	      && use_kept{Pre,Here}(j);
	*/
	//@ assert same: use_kept{Pre,Here}(use.first);
	return err;
}

/* GNT-NOTIFY-007 gives the order of the checks. */
/*@ requires idle:    fresh;
    assigns  GNT_WORLD;
    ensures  idle:    idle;
    ensures  uses:    uses_back{Pre,Post};
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_ENOENT || \result == -GNT_EINVAL;
    ensures  atomic:  \result != 0 ==> gnt_changes == 0;
    ensures  done:    \result == 0 ==> gnt_changes == 1 && change_asked(GNT_CALL_NOTIFY);
*/
static s32 set_unmap_notify(struct gnt_file *file, u64 arg)
{
	u8 raw[GNT_NOTIFY_BYTES];
	struct gnt_notify_request r;
	u32 event;
	s32 err;

	//@ ghost gnt_fetched = 0;
	if (gnt_env_fetch(raw, arg, GNT_NOTIFY_BYTES))
		return -GNT_EFAULT;
	r = gnt_decode_notify(raw);
	//@ ghost gnt_asked = r.slot;
	event = r.action / GNT_NOTIFY_SEND_EVENT % 2;
	if (gnt_notify_check(r.action) || (event && gnt_env_port_get(r.port)))
		return -GNT_EINVAL;
	err = notify_page(file, r);
	if (err && event)
		gnt_env_port_put(r.port);
	if (!err)
		performed(file);
	return err;
}

/* ---- all ioctls */

s32 gnt_ioctl(struct gnt_file *file, u32 command, u64 arg, u32 compat)
{
	switch (gnt_decode_command(command, gnt_env_profile(file), compat)) {
	case GNT_CALL_MAP:
		return map_grant_ref(file, arg);
	case GNT_CALL_UNMAP:
		return unmap_grant_ref(file, arg);
	case GNT_CALL_OFFSET:
		return get_offset_for_vaddr(file, arg);
	case GNT_CALL_MAX:
		return set_max_grants(file, arg);
	case GNT_CALL_NOTIFY:
		return set_unmap_notify(file, arg);
	case GNT_CALL_COPY:
		return grant_copy(file, arg, compat);
	default:
		return -GNT_ENOTTY;
	}
}

/* ---- mmap, VMAs */

s32 gnt_mmap_prepare(struct gnt_file *file, u64 slot, u64 pages, u32 writable, u32 shared)
{
	struct gnt_state s;
	s32 first;

	if (gnt_mmap_check(writable, shared))
		return -GNT_EINVAL;
	s = gnt_env_lock(file);
	first = gnt_state_find(s, slot, pages);
	if (first < 0 || gnt_use_attempt(s, (u32)first))
		first = -GNT_EINVAL;
	gnt_env_unlock(file, s);
	return first;
}

/*
 * Ends this thread's acting for a VMA of the map at @first, and begins a call's use of it. The map's cookie if no VMA is
 * left, or 0.
 */
/*@ requires idle:    gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_share == 0 && gnt_spares == 0;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_HEAP, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_SHARE, gnt_locked;
    ensures  open:    gnt_locked == 0 && gnt_my_share == 0;
    ensures  result:  \result == 0 || \result == gnt_my_block[first];
    ensures  less:    gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1 && gnt_my_calls[first] == \old(gnt_my_calls[first]) + 1;
    ensures  sane:    gnt_my_vmas[first] >= 0 && gnt_my_calls[first] >= 1 && 1 <= gnt_my_count[first] <= GNT_SLOTS_MAX;
    ensures  others:  mine_same{Pre,Post}(first);
*/
static u64 leave_vma(struct gnt_file *file, u32 first, u32 again)
{
	struct gnt_state s = gnt_env_lock(file);
	u64 block;

	//@ ghost lemma_mine(s, first);
	block = gnt_state_block(s, first);
	gnt_use_begin(s, first);
	gnt_use_close(s, first, again);
	if (gnt_use_mapped(s, first))
		block = 0;
	gnt_env_unlock(file, s);
	return block;
}

/* A VMA of the map at @first is gone: see gnt_vma_close() and, with @again, gnt_mmap_cancel(). */
/*@ requires idle:    idle;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD;
    ensures  idle:    idle && gnt_changes == \old(gnt_changes);
    ensures  gone:    gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1 && gnt_my_calls[first] == \old(gnt_my_calls[first]);
    ensures  others:  uses_but{Pre,Post}(first);
*/
static void close_vma(struct gnt_file *file, u32 first, u32 again)
{
	u64 block = leave_vma(file, first, again);

	//@ ghost Left: ;
	if (block) {
		//@ ghost lemma_borrow(first);
		gnt_env_unmapped(block);
		//@ ghost lemma_return(first);
	}
	unuse(file, first);
	/*@ assert all: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != first && mine_kept{Pre,Left}(j)
	      && mine_kept{Left,Here}(j) ==> mine_kept{Pre,Here}(j);
	*/
	//@ assert same: mine_same{Pre,Here}(first);
	/*@ assert but: \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != first ==> mine_kept{Pre,Here}(j)
	      && use_kept{Pre,Here}(j);
	*/
}

s32 gnt_mmap_commit(struct gnt_file *file, u32 first, u32 writable)
{
	u64 block = used_block(file, first);
	s32 err;

	//@ ghost lemma_borrow(first);
	err = gnt_map_show(block, writable ? GNT_MODE_WRITABLE : GNT_MODE_READONLY);
	//@ ghost lemma_return(first);
	//@ assert kept: \forall integer j; 0 <= j < GNT_SLOTS_MAX ==> use_kept{Pre,Here}(j);
	if (err)
		close_vma(file, first, 0);
	return err;
}

void gnt_mmap_cancel(struct gnt_file *file, u32 first, u32 again)
{
	close_vma(file, first, again);
}

void gnt_mmap_abort(struct gnt_file *file, u32 first)
{
	u64 block = used_block(file, first);

	//@ ghost lemma_borrow(first);
	gnt_map_hide(block);
	//@ ghost lemma_return(first);
	//@ assert kept: \forall integer j; 0 <= j < GNT_SLOTS_MAX ==> use_kept{Pre,Here}(j);
	close_vma(file, first, 0);
}

void gnt_vma_open(struct gnt_file *file, u32 first)
{
	struct gnt_state s = gnt_env_lock(file);

	gnt_use_open(s, first);
	gnt_env_unlock(file, s);
}

void gnt_vma_close(struct gnt_file *file, u32 first)
{
	close_vma(file, first, 0);
}

u32 gnt_may_split(struct gnt_file *file)
{
	return gnt_env_profile(file) == GNT_PROFILE_LINUX;
}

/* ---- the end */

void gnt_release(struct gnt_file *file)
{
	struct gnt_state s;
	u64 block;
	u32 from = 0;
	s32 first = 0;

	/*@ loop invariant open:  gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0
	      && gnt_my_retry == 0
	                            && gnt_spares == 0;
	    loop invariant ports: port_none;
	    loop invariant count: 0 <= gnt_changes <= from <= GNT_SLOTS_MAX;
	    loop invariant uses:  uses_back{Pre,Here};
	    loop invariant swept: gnt_swept == (first >= 0 ? from : GNT_SLOTS_MAX);
	    loop assigns first, from, s, block, GNT_WORLD;
	    loop variant GNT_SLOTS_MAX - from + (first >= 0 ? 1 : 0);
	*/
	while (first >= 0) {
		block = 0;
		s = gnt_env_lock(file);
		first = gnt_use_next(s, from);
		if (first >= 0) {
			from = (u32)first + gnt_state_count(s, (u32)first);
			block = gnt_use_unlist(s, (u32)first);
		}
		gnt_env_unlock(file, s);
		if (block)
			gnt_map_drop(block);
	}
}
