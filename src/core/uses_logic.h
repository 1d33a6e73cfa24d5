/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of uses.h mean: a critical section, my uses of a record, and which change of the abstract state was made.
 * Comments only, for the compiler, and macros for long lists of locations.
 */
#pragma once

/* for assigns: my uses of the maps at k; my share; the change that was made */
#define GNT_MINE(k) gnt_my_vmas[k], gnt_my_calls[k], gnt_my_block[k], gnt_my_count[k], gnt_my_hidden[k]
#define GNT_SHARE gnt_my_share, gnt_my_pages
#define GNT_CHANGE gnt_changes, gnt_change, gnt_change_first, gnt_change_count, gnt_change_mapped

/*
 * gnt_change: a map was listed, unlisted, attempted; the maximum was set; a notification was. Of the map: its first slot, its
 * pages, and whether it had a VMA before.
 */
#define GNT_CHANGE_LIST 1
#define GNT_CHANGE_UNLIST 2
#define GNT_CHANGE_ATTEMPT 3
#define GNT_CHANGE_MAX 4
#define GNT_CHANGE_NOTIFY 5

/*@ ghost
   s64 gnt_changes;
   s64 gnt_change;
   s64 gnt_change_first;
   s64 gnt_change_count;
   s64 gnt_change_mapped;
   // how far a call has come that looks at all maps: of each slot below, it has seen that no map was listed there, or unlisted it
   s64 gnt_swept;
*/

/*@ // ---- in a critical section: the state is in order, and split between the threads as it should be
    predicate inside{L}(struct gnt_state s) = gnt_locked == 1 && gnt_map_locked == 0 && state_mem(s) && state_inv(s) && uses_ok(s)
      && s.limits->profile == gnt_profile;

    // ---- my uses of record k; whether it stays mine; my uses of all records but k as they were
    predicate mine_is{L}(integer k, integer vmas, integer calls, integer hidden) =
      gnt_my_vmas[k] == vmas && gnt_my_calls[k] == calls && gnt_my_hidden[k] == hidden;
    predicate mine_some{L}(integer k) =
      0 <= k < GNT_SLOTS_MAX && (gnt_my_vmas[k] > 0 || gnt_my_calls[k] > 0);
    predicate use_kept{A,B}(integer k) =
      \at(gnt_my_vmas[k], A) == \at(gnt_my_vmas[k], B) && \at(gnt_my_calls[k], A) == \at(gnt_my_calls[k], B);
    predicate use_more{A,B}(integer k) =
      \at(gnt_my_vmas[k], A) == \at(gnt_my_vmas[k], B) && \at(gnt_my_calls[k], A) + 1 == \at(gnt_my_calls[k], B);
    predicate mine_kept{A,B}(integer k) = use_kept{A,B}(k)
      && \at(gnt_my_hidden[k], A) == \at(gnt_my_hidden[k], B) && \at(gnt_my_block[k], A) == \at(gnt_my_block[k], B)
      && \at(gnt_my_count[k], A) == \at(gnt_my_count[k], B);
    predicate mine_same{A,B}(integer k) = \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != k ==> mine_kept{A,B}(j);

    // ---- slot k is free and has no record
    predicate state_unused{L}(struct gnt_state s, integer k) = s.table.slots.owner[k] == 0 && s.table.count[k] == 0;

    // ---- a step on the record at k alone carries the split of all others over
    predicate uses_carry{A,B}(struct gnt_state s, integer k) =
         (\forall integer j; 0 <= j < s.table.slots.capacity && j != k && record_same{A,B}(s, j) && use_ok{A}(s, j) ==>
            use_ok{B}(s, j))
      && (\forall integer j; s.table.slots.capacity <= j < GNT_SLOTS_MAX && use_none{A}(j) ==> use_none{B}(j));

    // ---- record k of s, as it was, is that of t
    predicate record_moved{A,B}(struct gnt_state s, struct gnt_state t, integer k) =
         \at(s.table.count[k], A) == \at(t.table.count[k], B) && \at(s.table.map[k], A) == \at(t.table.map[k], B)
      && \at(s.block[k], A) == \at(t.block[k], B) && \at(s.vmas[k], A) == \at(t.vmas[k], B)
      && \at(s.calls[k], A) == \at(t.calls[k], B);

    // ---- the arrays of a state are elsewhere than its profile
    predicate limits_away{L}(struct gnt_state s) = \separated(&s.limits->profile,
      s.table.slots.owner + (0 .. s.table.slots.capacity-1), s.table.slots.prefix + (1 .. 2*s.table.slots.capacity-1),
      s.table.slots.suffix + (1 .. 2*s.table.slots.capacity-1), s.table.slots.run + (1 .. 2*s.table.slots.capacity-1),
      s.table.count + (0 .. s.table.slots.capacity-1), s.tried + (0 .. s.table.slots.capacity-1));

    // ---- there is room to count a change; the change that was made, of the map at k; none was
    predicate change_room{L} = 0 <= gnt_changes < GNT_USES_MAX;
    predicate change_is{A,B}(integer kind, integer k, integer count) = \at(gnt_changes, B) == \at(gnt_changes, A) + 1
      && \at(gnt_change, B) == kind && \at(gnt_change_first, B) == k && \at(gnt_change_count, B) == count;
    predicate change_none{A,B} = \at(gnt_changes, B) == \at(gnt_changes, A);
*/
