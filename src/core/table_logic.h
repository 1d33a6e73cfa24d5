/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of table.h mean: where a table's arrays are, when slots and records agree, and which maps are visible.
 * Comments only, for the compiler.
 */
#pragma once

/*@ predicate table_mem{L}(struct gnt_table t) = slots_mem(t.slots)
      && \valid(t.count + (0 .. t.slots.capacity-1)) && \valid(t.map + (0 .. t.slots.capacity-1))
      && slots_foreign(t.slots, t.count)
      && \base_addr(t.map) != \base_addr(t.slots.owner) && \base_addr(t.map) != \base_addr(t.slots.prefix)
      && \base_addr(t.map) != \base_addr(t.slots.suffix) && \base_addr(t.map) != \base_addr(t.slots.run)
      && \base_addr(t.map) != \base_addr(t.count);
    predicate table_foreign{L}(struct gnt_table t, u32 *p) =
      slots_foreign(t.slots, p) && \base_addr(p) != \base_addr(t.count) && \base_addr(p) != \base_addr(t.map);
    predicate table_apart{L}(struct gnt_table s, struct gnt_table t) =
         table_foreign(s, t.slots.owner) && table_foreign(s, t.slots.prefix) && table_foreign(s, t.slots.suffix)
      && table_foreign(s, t.slots.run) && table_foreign(s, t.count)
      && \base_addr(t.map) != \base_addr(s.slots.owner) && \base_addr(t.map) != \base_addr(s.slots.prefix)
      && \base_addr(t.map) != \base_addr(s.slots.suffix) && \base_addr(t.map) != \base_addr(s.slots.run)
      && \base_addr(t.map) != \base_addr(s.count) && \base_addr(t.map) != \base_addr(s.map);

    // ---- I1: the map that begins at f owns exactly [f, f + count), and every taken slot is some map's
    predicate table_span{L}(struct gnt_table t, integer f) = f + t.count[f] <= t.slots.capacity
      && slots_owned(t.slots, f, f + t.count[f], f + 1);
    predicate table_in{L}(struct gnt_table t, integer q, integer f) =
      t.slots.owner[q] == f + 1 && 0 <= f <= q < f + t.count[f];
    predicate table_owner{L}(struct gnt_table t, integer q) =
      t.slots.owner[q] != 0 ==> table_in(t, q, t.slots.owner[q] - 1);
    predicate table_quiet{L}(struct gnt_table t, integer f) = t.count[f] == 0 ==> t.map[f] == 0;
    predicate table_spans{L}(struct gnt_table t) = \forall integer f; 0 <= f < t.slots.capacity ==> table_span(t, f);
    predicate table_owners{L}(struct gnt_table t) = \forall integer q; 0 <= q < t.slots.capacity ==> table_owner(t, q);
    predicate table_quiets{L}(struct gnt_table t) = \forall integer f; 0 <= f < t.slots.capacity ==> table_quiet(t, f);
    predicate table_inv{L}(struct gnt_table t) =
      slots_inv(t.slots) && table_spans(t) && table_owners(t) && table_quiets(t);

    // ---- what is where
    predicate table_reserved{L}(struct gnt_table t, integer f) = t.count[f] != 0 && t.map[f] == 0;
    predicate table_published{L}(struct gnt_table t, integer f) = t.count[f] != 0 && t.map[f] != 0;
    predicate table_empty{L}(struct gnt_table t, integer i, integer j) =
      \forall integer f; i <= f < j ==> t.count[f] == 0 && t.map[f] == 0;
    predicate table_match{L}(struct gnt_table t, integer f, integer c) =
      0 <= f < t.slots.capacity && table_published(t, f) && (c == GNT_ANY_COUNT || c == t.count[f]);
    predicate table_covers{L}(struct gnt_table t, integer f, integer q) =
      0 <= f <= q && f < t.slots.capacity && table_published(t, f) && q < f + t.count[f];

    // ---- seen from the slots: where a map begins, the slot is its own first; so a free slot has an empty record
    predicate table_starts{L}(struct gnt_table t) =
      \forall integer f; 0 <= f < t.slots.capacity && t.slots.owner[f] == 0 ==> t.count[f] == 0 && t.map[f] == 0;

    // ---- the slots, tree and all, as they were
    predicate slots_untouched{A,B}(struct gnt_slots s) = slots_same{A,B}(s, 0, s.capacity)
      && (\forall integer k; 0 <= k < 2*s.capacity ==> slots_kept{A,B}(s, k));

    // ---- no record but the one at f (none at all if f is -1) has changed
    predicate table_same{A,B}(struct gnt_table t, integer f) = \forall integer g; 0 <= g < t.slots.capacity && g != f ==>
      \at(t.count[g], A) == \at(t.count[g], B) && \at(t.map[g], A) == \at(t.map[g], B);
*/
