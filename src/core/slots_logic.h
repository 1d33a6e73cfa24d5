/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of slots.h mean: capacities, where an instance's arrays are, what a node of the tree says, and which
 * ranges are free. Comments only, for the compiler, and a macro for a long list of locations.
 *
 * Predicates come in pairs. node_is, node_fits and node_tells take the node's span as numbers, so the lemmas about free runs
 * never see the geometry; slots_node, slots_bound and slots_tells put the node's own span in, so that facts under a quantifier
 * have a term the solvers can match on.
 */
#pragma once

/* for assigns: all that a step may change of the slots */
#define GNT_SLOTS(s) s.owner[0 .. s.capacity-1], s.prefix[1 .. 2*s.capacity-1], s.suffix[1 .. 2*s.capacity-1], \
	s.run[1 .. 2*s.capacity-1]

/*@ // ---- geometry: powers of two; depth of node k; number of slots and first slot of its span in a tree of n slots
    predicate power(integer n) = n == 1 || (n > 1 && n % 2 == 0 && power(n / 2));
    predicate slots_capacity(integer n) = power(n) && 2 <= n <= GNT_SLOTS_MAX;
    logic integer depth(integer k) = k <= 1 ? 0 : 1 + depth(k / 2);
    logic integer span(integer n, integer k) = (k <= 0 || k >= n) ? 1 : 2 * span(n, 2*k);
    logic integer low(integer n, integer k) = (k <= 0 || k >= n) ? k - n : low(n, 2*k);

    // ---- memory: three trees and the owners, each an allocation of its own
    predicate slots_mem{L}(struct gnt_slots s) = slots_capacity(s.capacity)
      && \valid(s.owner + (0 .. s.capacity-1))
      && \valid(s.prefix + (0 .. 2*s.capacity-1)) && \valid(s.suffix + (0 .. 2*s.capacity-1))
      && \valid(s.run + (0 .. 2*s.capacity-1))
      && \base_addr(s.owner) != \base_addr(s.prefix) && \base_addr(s.owner) != \base_addr(s.suffix)
      && \base_addr(s.owner) != \base_addr(s.run) && \base_addr(s.prefix) != \base_addr(s.suffix)
      && \base_addr(s.prefix) != \base_addr(s.run) && \base_addr(s.suffix) != \base_addr(s.run);
    predicate slots_foreign{L}(struct gnt_slots s, u32 *p) =
         \base_addr(p) != \base_addr(s.owner) && \base_addr(p) != \base_addr(s.prefix)
      && \base_addr(p) != \base_addr(s.suffix) && \base_addr(p) != \base_addr(s.run);
    predicate slots_apart{L}(struct gnt_slots s, struct gnt_slots t) =
         slots_foreign(s, t.owner) && slots_foreign(s, t.prefix) && slots_foreign(s, t.suffix) && slots_foreign(s, t.run);

    // ---- a node and its children; z, h: slots in the span of the node, of a child
    logic integer larger(integer a, integer b) = a < b ? b : a;
    predicate node_fits{L}(struct gnt_slots s, integer k, integer z) =
      0 <= s.prefix[k] <= z && 0 <= s.suffix[k] <= z && 0 <= s.run[k] <= z;
    predicate node_is{L}(struct gnt_slots s, integer k, integer h) =
         s.prefix[k] == (s.prefix[2*k] == h ? s.prefix[2*k] + s.prefix[2*k+1] : s.prefix[2*k])
      && s.suffix[k] == (s.suffix[2*k+1] == h ? s.suffix[2*k+1] + s.suffix[2*k] : s.suffix[2*k+1])
      && s.run[k] == larger(larger(s.run[2*k], s.run[2*k+1]), s.suffix[2*k] + s.prefix[2*k+1]);
    predicate slots_leaf{L}(struct gnt_slots s, integer q) =
         (s.owner[q] == 0 ==> s.prefix[s.capacity+q] == 1 && s.suffix[s.capacity+q] == 1 && s.run[s.capacity+q] == 1)
      && (s.owner[q] != 0 ==> s.prefix[s.capacity+q] == 0 && s.suffix[s.capacity+q] == 0 && s.run[s.capacity+q] == 0);
    predicate slots_kept{A,B}(struct gnt_slots s, integer k) =
         \at(s.prefix[k], A) == \at(s.prefix[k], B) && \at(s.suffix[k], A) == \at(s.suffix[k], B)
      && \at(s.run[k], A) == \at(s.run[k], B);
    predicate slots_bound{L}(struct gnt_slots s, integer k) = node_fits(s, k, span(s.capacity, k));
    predicate slots_node{L}(struct gnt_slots s, integer k) = node_is(s, k, span(s.capacity, 2*k));

    // ---- I1, the summary is exact: leaves say what the owners say, each inner node what its children say
    predicate slots_bounds{L}(struct gnt_slots s) = \forall integer k; 1 <= k < s.capacity ==> slots_bound(s, k);
    predicate slots_leaves{L}(struct gnt_slots s) = \forall integer q; 0 <= q < s.capacity ==> slots_leaf(s, q);
    predicate slots_nodes{L}(struct gnt_slots s) = \forall integer k; 1 <= k < s.capacity ==> slots_node(s, k);
    predicate slots_inv{L}(struct gnt_slots s) = slots_bounds(s) && slots_leaves(s) && slots_nodes(s);

    // ---- free ranges [i, j), and c slots in a row from i on
    predicate slots_free{L}(struct gnt_slots s, integer i, integer j) = \forall integer q; i <= q < j ==> s.owner[q] == 0;
    predicate slots_fit{L}(struct gnt_slots s, integer i, integer c) =
      0 <= i && i + c <= s.capacity && slots_free(s, i, i + c);
    predicate slots_full{L}(struct gnt_slots s, integer c) = \forall integer i; !slots_fit(s, i, c);
    predicate slots_tail{L}(struct gnt_slots s, integer i) = 0 <= i <= s.capacity && slots_free(s, i, s.capacity);

    // ---- owners
    predicate slots_owned{L}(struct gnt_slots s, integer i, integer j, integer v) =
      \forall integer q; i <= q < j ==> s.owner[q] == v;
    predicate slots_same{A,B}(struct gnt_slots s, integer i, integer j) =
      \forall integer q; i <= q < j ==> \at(s.owner[q], A) == \at(s.owner[q], B);
*/
