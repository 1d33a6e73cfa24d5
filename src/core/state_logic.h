/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of state.h mean: where an instance's arrays are, when a record is in order, how many slots are taken,
 * and what has changed between two points. Comments only, for the compiler, and macros for long lists of locations.
 */
#pragma once

/* for assigns: who uses the maps at k (a slot or a range), all of their records, all records, the whole state */
#define GNT_USES(s, k) s.block[k], s.vmas[k], s.calls[k], s.tried[k]
#define GNT_RECORD(s, k) s.table.count[k], s.table.map[k], GNT_USES(s, k)
#define GNT_RECORDS(s) GNT_RECORD(s, 0 .. s.table.slots.capacity-1)
#define GNT_STATE(s) GNT_SLOTS(s.table.slots), GNT_RECORDS(s), *s.limits

/*@ // ---- memory: all arrays and the limits are allocations of their own
    predicate table_clear{L}(struct gnt_table t, u64 *p) =
         \base_addr(p) != \base_addr(t.slots.owner) && \base_addr(p) != \base_addr(t.slots.prefix)
      && \base_addr(p) != \base_addr(t.slots.suffix) && \base_addr(p) != \base_addr(t.slots.run)
      && \base_addr(p) != \base_addr(t.count) && \base_addr(p) != \base_addr(t.map);
    predicate state_mem{L}(struct gnt_state s) = table_mem(s.table)
      && \valid(s.block + (0 .. s.table.slots.capacity-1)) && \valid(s.vmas + (0 .. s.table.slots.capacity-1))
      && \valid(s.calls + (0 .. s.table.slots.capacity-1)) && \valid(s.tried + (0 .. s.table.slots.capacity-1))
      && \valid(s.limits)
      && table_clear(s.table, s.block) && table_clear(s.table, s.vmas) && table_clear(s.table, s.calls)
      && table_foreign(s.table, s.tried) && table_foreign(s.table, &s.limits->profile)
      && \base_addr(s.block) != \base_addr(s.vmas) && \base_addr(s.block) != \base_addr(s.calls)
      && \base_addr(s.block) != \base_addr(s.tried) && \base_addr(s.block) != \base_addr(s.limits)
      && \base_addr(s.vmas) != \base_addr(s.calls) && \base_addr(s.vmas) != \base_addr(s.tried)
      && \base_addr(s.vmas) != \base_addr(s.limits) && \base_addr(s.calls) != \base_addr(s.tried)
      && \base_addr(s.calls) != \base_addr(s.limits) && \base_addr(s.tried) != \base_addr(s.limits);
    predicate state_clear{L}(struct gnt_state s, u64 *p) = table_clear(s.table, p)
      && \base_addr(p) != \base_addr(s.block) && \base_addr(p) != \base_addr(s.vmas) && \base_addr(p) != \base_addr(s.calls)
      && \base_addr(p) != \base_addr(s.tried) && \base_addr(p) != \base_addr(s.limits);
    predicate state_foreign{L}(struct gnt_state s, u32 *p) = table_foreign(s.table, p)
      && \base_addr(p) != \base_addr(s.block) && \base_addr(p) != \base_addr(s.vmas) && \base_addr(p) != \base_addr(s.calls)
      && \base_addr(p) != \base_addr(s.tried) && \base_addr(p) != \base_addr(s.limits);
    // no array of t is one of s; the limits they share
    predicate state_apart{L}(struct gnt_state s, struct gnt_state t) =
         state_foreign(s, t.table.slots.owner) && state_foreign(s, t.table.slots.prefix)
      && state_foreign(s, t.table.slots.suffix) && state_foreign(s, t.table.slots.run) && state_foreign(s, t.table.count)
      && state_clear(s, t.table.map) && state_clear(s, t.block) && state_clear(s, t.vmas) && state_clear(s, t.calls)
      && state_foreign(s, t.tried);

    // ---- I5: a record is there exactly as long as its map is listed, mapped, or used by a call
    predicate state_used{L}(struct gnt_state s, integer k) = s.table.map[k] != 0 || s.vmas[k] != 0 || s.calls[k] != 0;
    predicate record_ok{L}(struct gnt_state s, integer k) =
         (s.table.count[k] != 0 <==> s.block[k] != 0) && (s.table.count[k] != 0 <==> state_used(s, k))
      && (s.table.map[k] != 0 ==> s.table.map[k] == s.block[k])
      && s.vmas[k] <= GNT_USES_MAX && s.calls[k] <= GNT_USES_MAX
      && s.tried[k] <= 1 && (s.vmas[k] != 0 ==> s.tried[k] == 1) && (s.table.count[k] == 0 ==> s.tried[k] == 0);
    predicate records_ok{L}(struct gnt_state s) =
      \forall integer k; 0 <= k < s.table.slots.capacity ==> record_ok(s, k);
    // all but the one at k
    predicate records_but{L}(struct gnt_state s, integer k) =
      \forall integer j; 0 <= j < s.table.slots.capacity && j != k ==> record_ok(s, j);

    // ---- I9: taken slots among the n lowest; the limits
    logic integer slots_taken{L}(struct gnt_slots s, integer n) =
      n <= 0 ? 0 : slots_taken(s, n - 1) + (s.owner[n-1] != 0 ? 1 : 0);
    predicate limits_ok{L}(struct gnt_state s) =
         s.limits->profile <= 1 && s.limits->performed <= 1 && 1 <= s.limits->max <= GNT_SLOTS_MAX
      && s.limits->owned == slots_taken(s.table.slots, s.table.slots.capacity)
      && (s.limits->profile == GNT_PROFILE_HEADER ==> s.limits->owned <= s.limits->max);

    predicate state_inv{L}(struct gnt_state s) = table_inv(s.table) && records_ok(s) && limits_ok(s);

    // ---- a map of c pages is at k: m is its cookie while it is listed, or 0
    predicate record_is{L}(struct gnt_state s, integer k, integer c, integer m, integer block, integer vmas, integer calls,
                           integer tried) =
         s.table.count[k] == c && s.table.map[k] == m && s.block[k] == block && s.vmas[k] == vmas && s.calls[k] == calls
      && s.tried[k] == tried;
    predicate record_none{L}(struct gnt_state s, integer k) = record_is(s, k, 0, 0, 0, 0, 0, 0);
    predicate state_there{L}(struct gnt_state s, integer k) = 0 <= k < s.table.slots.capacity && s.table.count[k] != 0;
    predicate state_listed{L}(struct gnt_state s, integer k) = state_there(s, k) && s.table.map[k] != 0;
    predicate state_match{L}(struct gnt_state s, integer k, integer c) = state_listed(s, k) && s.table.count[k] == c;

    // ---- records as they were: one; all but the one at k (all if k is -1)
    predicate record_same{A,B}(struct gnt_state s, integer k) =
         \at(s.table.count[k], A) == \at(s.table.count[k], B) && \at(s.table.map[k], A) == \at(s.table.map[k], B)
      && \at(s.block[k], A) == \at(s.block[k], B) && \at(s.vmas[k], A) == \at(s.vmas[k], B)
      && \at(s.calls[k], A) == \at(s.calls[k], B) && \at(s.tried[k], A) == \at(s.tried[k], B);
    predicate state_same{A,B}(struct gnt_state s, integer k) =
      \forall integer j; 0 <= j < s.table.slots.capacity && j != k ==> record_same{A,B}(s, j);

    // ---- slots as they were; those of the map at k given back, and no others; those of the new map at k taken, and no others
    predicate state_slots{A,B}(struct gnt_state s) = slots_same{A,B}(s.table.slots, 0, s.table.slots.capacity);
    predicate state_freed{A,B}(struct gnt_state s, integer k) =
         slots_free{B}(s.table.slots, k, k + \at(s.table.count[k], A)) && slots_same{A,B}(s.table.slots, 0, k)
      && slots_same{A,B}(s.table.slots, k + \at(s.table.count[k], A), s.table.slots.capacity);
    predicate state_taken{A,B}(struct gnt_state s, integer k) =
         slots_free{A}(s.table.slots, k, k + \at(s.table.count[k], B)) && slots_same{A,B}(s.table.slots, 0, k)
      && slots_same{A,B}(s.table.slots, k + \at(s.table.count[k], B), s.table.slots.capacity);

    // ---- limits as they were, but for the slots owned, which are n more, and for performed
    predicate limits_more{A,B}(struct gnt_state s, integer n) =
         \at(s.limits->profile, A) == \at(s.limits->profile, B) && \at(s.limits->max, A) == \at(s.limits->max, B)
      && \at(s.limits->owned, A) + n == \at(s.limits->owned, B);
    predicate limits_same{A,B}(struct gnt_state s) =
      limits_more{A,B}(s, 0) && \at(s.limits->performed, A) == \at(s.limits->performed, B);

    // ---- the map at k is gone, its slots are free; it is there, and so are its slots
    predicate state_gone{A,B}(struct gnt_state s, integer k) =
      record_none{B}(s, k) && state_freed{A,B}(s, k) && limits_more{A,B}(s, -\at(s.table.count[k], A));
    predicate state_stays{A,B}(struct gnt_state s, integer k) =
         \at(s.table.count[k], A) == \at(s.table.count[k], B) && \at(s.block[k], A) == \at(s.block[k], B)
      && state_slots{A,B}(s) && limits_more{A,B}(s, 0);
*/
