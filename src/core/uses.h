/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Steps in a critical section of an instance: those of state.h, and with each what it means for the uses of a record: which are
 * this thread's, and what it owes for them (I5, I10). To the compiler these functions are those of state.h; the rest is
 * ghost. No other file may change a ghost variable called "my".
 *
 * The share of a map (env_map.h) is its record's as long as there is one. A thread has it that makes the map, until it is
 * reserved, and that takes the record's last use away, until it drops the map. Who uses a record may act in the share's
 * name meanwhile: lemma_borrow(), lemma_return().
 */
#pragma once
#include "env_lock.h"
#include "env_map.h"

#include "uses_logic.h"

/*
 * gnt_state_reserve(): on success the share is the record's, and the caller's call uses it. GNT-MAP-008.
 */
/*@ requires in:     inside(s) && uses_room(s);
    requires count:  1 <= count && block != 0 && gnt_my_share == block && gnt_my_pages == count;
    assigns  GNT_STATE(s), GNT_MINE(0 .. GNT_SLOTS_MAX-1), GNT_SHARE;
    ensures  in:     inside(s);
    ensures  mine:   \result >= 0 ==> \result < s.table.slots.capacity && mine_is(\result, 0, 1, 1)
                       && gnt_my_block[\result] == block && gnt_my_count[\result] == count && gnt_my_share == 0;
    ensures  was:    \result >= 0 ==> mine_is{Pre}(\result, 0, 0, 0);
    ensures  others: mine_same{Pre,Post}(\result);
    ensures  error:  \result < 0 ==> (\result == -GNT_ENOMEM || \result == -GNT_ENOSPC)
                       && gnt_my_share == block && gnt_my_pages == count;
    ensures  full:   \result == -GNT_ENOSPC ==> slots_full(s.table.slots, count) && slots_full{Pre}(s.table.slots, count);
    ensures  room:   \result == -GNT_ENOSPC ==> uses_room(s);
*/
s32 gnt_use_reserve(struct gnt_state s, u32 count, u64 block);

/*
 * gnt_state_list(): the call's use of the map it made ends. GNT-MAP-001.
 */
/*@ requires in:     inside(s) && change_room;
    requires mine:   k < GNT_SLOTS_MAX && mine_is(k, 0, 1, 1);
    assigns  GNT_STATE(s), GNT_MINE(k), GNT_CHANGE;
    ensures  in:     inside(s);
    ensures  mine:   mine_is(k, 0, 0, 0);
    ensures  listed: state_listed(s, k) && s.block[k] == \old(gnt_my_block[k]) && s.table.count[k] == \old(gnt_my_count[k]);
    ensures  change: change_is{Pre,Post}(GNT_CHANGE_LIST, k, \old(gnt_my_count[k]));
*/
void gnt_use_list(struct gnt_state s, u32 k);

/*
 * gnt_state_begin_call() for a map that a look-up has returned, or that the caller uses.
 */
/*@ requires in:     inside(s) && uses_room(s);
    requires there:  state_listed(s, k) || (mine_some(k) && gnt_my_hidden[k] == 0);
    assigns  GNT_STATE(s), GNT_MINE(k);
    ensures  in:     inside(s);
    ensures  mine:   mine_is(k, \old(gnt_my_vmas[k]), \old(gnt_my_calls[k]) + 1, 0);
    ensures  what:   gnt_my_block[k] == \old(s.block[k]) && gnt_my_block[k] != 0 && gnt_my_count[k] == \old(s.table.count[k]);
    ensures  sane:   gnt_my_vmas[k] >= 0 && gnt_my_calls[k] >= 1 && 1 <= gnt_my_count[k] <= GNT_SLOTS_MAX;
*/
void gnt_use_begin(struct gnt_state s, u32 k);

/*
 * gnt_state_end_call(): what it returns, the caller drops. GNT-MAP-011.
 */
/*@ requires in:     inside(s);
    requires mine:   k < GNT_SLOTS_MAX && gnt_my_calls[k] >= 1 && gnt_my_vmas[k] >= 0 && gnt_my_share == 0;
    assigns  GNT_STATE(s), GNT_MINE(k), GNT_SHARE;
    ensures  in:     inside(s);
    ensures  mine:   mine_is(k, \old(gnt_my_vmas[k]), \old(gnt_my_calls[k]) - 1, 0);
    ensures  kept:   gnt_my_block[k] == \old(gnt_my_block[k]) && gnt_my_count[k] == \old(gnt_my_count[k]);
    ensures  share:  gnt_my_share == \result && (\result == 0 || \result == gnt_my_block[k]);
    ensures  pages:  gnt_my_pages == gnt_my_count[k];
    ensures  hidden: \old(gnt_my_hidden[k]) != 0 ==> \result == gnt_my_block[k] && \result != 0;
*/
u64 gnt_use_end(struct gnt_state s, u32 k);

/*
 * gnt_state_unlist(): what it returns, the caller drops. GNT-UNMAP-001.
 */
/*@ requires in:     inside(s) && change_room;
    requires listed: state_listed(s, k) && gnt_my_share == 0;
    assigns  GNT_STATE(s), GNT_SHARE, GNT_CHANGE, gnt_swept;
    ensures  in:     inside(s);
    ensures  gone:   !state_listed(s, k);
    ensures  share:  gnt_my_share == \result;
    ensures  change: change_is{Pre,Post}(GNT_CHANGE_UNLIST, k, \old(s.table.count[k]))
                       && gnt_change_mapped == \old(s.vmas[k] != 0 ? 1 : 0);
    ensures  swept:  gnt_swept == (\old(gnt_swept) == k ? k + \old(s.table.count[k]) : \old(gnt_swept));
*/
u64 gnt_use_unlist(struct gnt_state s, u32 k);

/*
 * gnt_state_next(), for a call that looks at all maps and passes none over. GNT-CLOSE-005.
 */
/*@ requires in:     inside(s);
    requires from:   from <= gnt_swept;
    assigns  gnt_swept;
    ensures  hit:    \result >= 0 ==> from <= \result && state_listed(s, \result) && gnt_swept == \result;
    ensures  next:   \result >= 0 ==> \forall integer k; from <= k < \result ==> !state_listed(s, k);
    ensures  none:   \result < 0 ==> gnt_swept == GNT_SLOTS_MAX && \forall integer k; from <= k ==> !state_listed(s, k);
*/
s32 gnt_use_next(struct gnt_state s, u32 from);

/*
 * gnt_state_attempt(): on success the caller acts for the map's first VMA. GNT-MMAP-006, GNT-MMAP-022.
 */
/*@ requires in:     inside(s) && change_room;
    requires listed: state_listed(s, k);
    assigns  GNT_STATE(s), GNT_MINE(k), GNT_CHANGE;
    ensures  in:     inside(s);
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  same:   \result != 0 ==> mine_kept{Pre,Post}(k) && change_none{Pre,Post};
    ensures  mine:   \result == 0 ==> mine_is(k, 1, \old(gnt_my_calls[k]), 0) && \old(gnt_my_vmas[k]) == 0;
    ensures  what:   \result == 0 ==> gnt_my_block[k] == \old(s.block[k]) && gnt_my_block[k] != 0
                       && gnt_my_count[k] == \old(s.table.count[k]) && 1 <= gnt_my_count[k] <= GNT_SLOTS_MAX
                       && gnt_my_calls[k] >= 0;
    ensures  change: \result == 0 ==> change_is{Pre,Post}(GNT_CHANGE_ATTEMPT, k, \old(s.table.count[k]));
*/
s32 gnt_use_attempt(struct gnt_state s, u32 k);

/*
 * gnt_state_vma_open(): the caller acts for the new VMA too. GNT-MUNMAP-011.
 */
/*@ requires in:     inside(s) && uses_room(s);
    requires mine:   k < GNT_SLOTS_MAX && gnt_my_vmas[k] >= 1 && gnt_my_calls[k] >= 0;
    assigns  GNT_STATE(s), GNT_MINE(k);
    ensures  in:     inside(s);
    ensures  mine:   mine_is(k, \old(gnt_my_vmas[k]) + 1, \old(gnt_my_calls[k]), 0);
    ensures  kept:   gnt_my_block[k] == \old(gnt_my_block[k]) && gnt_my_count[k] == \old(gnt_my_count[k]);
*/
void gnt_use_open(struct gnt_state s, u32 k);

/*
 * gnt_state_vma_close(): a VMA that the caller acts for is gone. What it returns, the caller drops. GNT-SLOT-008, GNT-MMAP-023.
 */
/*@ requires in:     inside(s);
    requires mine:   k < GNT_SLOTS_MAX && gnt_my_vmas[k] >= 1 && gnt_my_calls[k] >= 0 && gnt_my_share == 0;
    assigns  GNT_STATE(s), GNT_MINE(k), GNT_SHARE;
    ensures  in:     inside(s);
    ensures  mine:   mine_is(k, \old(gnt_my_vmas[k]) - 1, \old(gnt_my_calls[k]), 0);
    ensures  kept:   gnt_my_block[k] == \old(gnt_my_block[k]) && gnt_my_count[k] == \old(gnt_my_count[k]);
    ensures  share:  gnt_my_share == \result;
    ensures  stays:  \old(gnt_my_calls[k]) > 0 ==> \result == 0;
*/
u64 gnt_use_close(struct gnt_state s, u32 k, u32 again);

/* Has the map at @k a VMA? */
/*@ requires in:     inside(s);
    requires mine:   mine_some(k);
    assigns  \nothing;
    ensures  result: \result == (s.vmas[k] != 0 ? 1 : 0);
*/
u32 gnt_use_mapped(struct gnt_state s, u32 k);

/*
 * gnt_state_set_max() and gnt_state_performed(): they concern no record.
 */
/*@ requires in:     inside(s) && change_room;
    assigns  *s.limits, GNT_CHANGE;
    ensures  in:     inside(s);
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  change: \result == 0 ==> change_is{Pre,Post}(GNT_CHANGE_MAX, 0, count);
    ensures  none:   \result != 0 ==> change_none{Pre,Post};
*/
s32 gnt_use_set_max(struct gnt_state s, u32 count);

/*@ requires in:     inside(s);
    assigns  *s.limits;
    ensures  in:     inside(s);
*/
void gnt_use_performed(struct gnt_state s);

/*
 * gnt_state_grow() into the caller's spare.
 */
/*@ requires in:     inside(s) && uses_room(s);
    requires to:     state_mem(to) && s.table.slots.capacity <= to.table.slots.capacity;
    requires apart:  state_apart(s, to) && s.limits == to.limits;
    assigns  GNT_STATE(to);
    ensures  in:     inside(to);
    ensures  room:   uses_room(to);
    ensures  owners: \forall integer q; 0 <= q < s.table.slots.capacity ==>
                       to.table.slots.owner[q] == \old(s.table.slots.owner[q]);
    ensures  free:   slots_free(to.table.slots, s.table.slots.capacity, to.table.slots.capacity);
*/
void gnt_use_grow(struct gnt_state s, struct gnt_state to);

/*@ ghost
  // a record that I use is there
  /@ requires in:     inside(s) && mine_some(k);
     assigns  \nothing;
     ensures  there:  state_there(s, k) && use_ok(s, k) && record_ok(s, k);
  @/
  void lemma_mine(struct gnt_state s, u32 k);

  // a record that is there
  /@ requires in:     inside(s) && state_there(s, k);
     assigns  \nothing;
     ensures  there:  use_ok(s, k) && record_ok(s, k);
  @/
  void lemma_there(struct gnt_state s, u32 k);

  // who uses a record may act in its share's name
  /@ requires mine:   mine_some(k) && gnt_my_share == 0 && 0 <= gnt_my_count[k] <= GNT_SLOTS_MAX;
     assigns  GNT_SHARE;
     ensures  share:  gnt_my_share == gnt_my_block[k] && gnt_my_pages == gnt_my_count[k];
  @/
  void lemma_borrow(u32 k);

  /@ requires mine:   mine_some(k) && gnt_my_share == gnt_my_block[k];
     assigns  GNT_SHARE;
     ensures  share:  gnt_my_share == 0;
  @/
  void lemma_return(u32 k);
*/
