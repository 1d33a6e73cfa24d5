// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Slots: the segment tree of slots.h. Each inner node is kept a function of its two children, bottom up and level by level;
 * the search goes down. Nothing here may depend on what a range is used for.
 */
#include "slots.h"
#include "slots_proof.h"

u32 gnt_slots_capacity(u32 want)
{
	u32 n = GNT_SLOTS_MAX;

	if (want > n)
		return 0;
	//@ ghost lemma_max();
	/*@ loop invariant legal:  slots_capacity(n);
	    loop invariant enough: n >= want && n >= GNT_SLOTS_MIN;
	    loop assigns n;
	    loop variant n;
	*/
	while (n / 2 >= want && n / 2 >= GNT_SLOTS_MIN) {
		//@ ghost lemma_half(n);
		n = n / 2;
	}
	return n;
}

/* Node @k from its children, whose spans have @h slots. */
/*@ requires mem:    slots_mem(s);
    requires range:  1 <= k < s.capacity && 1 <= h && 2*h <= s.capacity;
    requires fits:   node_fits(s, 2*k, h) && node_fits(s, 2*k+1, h);
    assigns  s.prefix[k], s.suffix[k], s.run[k];
    ensures  is:     node_is(s, k, h);
    ensures  fits:   node_fits(s, k, 2*h);
    ensures  kept:   \forall integer j; 0 <= j < 2*s.capacity && j != k ==> slots_kept{Pre,Post}(s, j);
    ensures  owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \old(s.owner[q]);
*/
static void aggregate(struct gnt_slots s, u32 k, u32 h)
{
	u32 left_prefix = s.prefix[2*k], right_prefix = s.prefix[2*k+1];
	u32 left_suffix = s.suffix[2*k], right_suffix = s.suffix[2*k+1];
	u32 left_run = s.run[2*k], right_run = s.run[2*k+1];
	u32 run = left_suffix + right_prefix;

	s.prefix[k] = left_prefix == h ? left_prefix + right_prefix : left_prefix;
	s.suffix[k] = right_suffix == h ? right_suffix + left_suffix : right_suffix;
	if (run < left_run)
		run = left_run;
	if (run < right_run)
		run = right_run;
	s.run[k] = run;
}

/* The same in terms of the whole tree; only the contract differs. */
/*@ requires mem:    slots_mem(s);
    requires range:  1 <= k < s.capacity && h == span(s.capacity, 2*k);
    requires geo:    geo(s.capacity, k) && geo_range(s.capacity, k);
    requires fits:   node_fits(s, 2*k, h) && node_fits(s, 2*k+1, h);
    assigns  s.prefix[k], s.suffix[k], s.run[k];
    ensures  node:   slots_node(s, k);
    ensures  bounds: slots_bounds{Pre}(s) ==> slots_bounds(s);
    ensures  leaves: slots_leaves{Pre}(s) ==> slots_leaves(s);
    ensures  nodes:  \forall integer j; 1 <= j < s.capacity && j != k && 2*j != k && 2*j+1 != k && slots_node{Pre}(s, j) ==>
                       slots_node(s, j);
    ensures  owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \old(s.owner[q]);
*/
static void refresh(struct gnt_slots s, u32 k, u32 h)
{
	aggregate(s, k, h);
	//@ assert bound: slots_bound(s, k);
	//@ assert bounds: \forall integer j; 1 <= j < s.capacity && j != k && slots_bound{Pre}(s, j) ==> slots_bound(s, j);
}

/* Owners first .. end-1 and their leaves; the inner nodes above are stale afterwards. */
/*@ requires mem:    slots_mem(s) && slots_leaves(s);
    requires range:  first < end <= s.capacity;
    assigns  s.owner[first .. end-1], s.prefix[s.capacity+first .. s.capacity+end-1],
             s.suffix[s.capacity+first .. s.capacity+end-1], s.run[s.capacity+first .. s.capacity+end-1];
    ensures  leaves: slots_leaves(s);
    ensures  set:    slots_owned(s, first, end, owner);
    ensures  keep:   \forall integer q; 0 <= q < s.capacity && !(first <= q < end) ==> s.owner[q] == \old(s.owner[q]);
    ensures  bounds: slots_bounds{Pre}(s) ==> slots_bounds(s);
    ensures  nodes:  \forall integer k; 1 <= k < s.capacity && (2*k+1 < s.capacity+first || 2*k >= s.capacity+end)
                       && slots_node{Pre}(s, k) ==> slots_node(s, k);
*/
static void set_leaves(struct gnt_slots s, u32 first, u32 end, u32 owner)
{
	u32 free = owner == 0 ? 1 : 0;

	/*@ loop invariant range:  first <= i <= end;
	    loop invariant leaves: slots_leaves(s);
	    loop invariant set:    \forall integer q; first <= q < i ==> s.owner[q] == owner;
	    loop invariant keep:   \forall integer q; 0 <= q < s.capacity && !(first <= q < end) ==>
	      s.owner[q] == \at(s.owner[q], Pre);
	    loop invariant kept:   \forall integer j; 0 <= j < 2*s.capacity && !(s.capacity+first <= j < s.capacity+end) ==>
	      slots_kept{Pre,Here}(s, j);
	    loop assigns i, s.owner[first .. end-1], s.prefix[s.capacity+first .. s.capacity+end-1],
	      s.suffix[s.capacity+first .. s.capacity+end-1], s.run[s.capacity+first .. s.capacity+end-1];
	    loop variant end - i;
	*/
	for (u32 i = first; i < end; i++) {
		s.owner[i] = owner;
		s.prefix[s.capacity+i] = free;
		s.suffix[s.capacity+i] = free;
		s.run[s.capacity+i] = free;
	}
	//@ assert bounds: \forall integer k; 1 <= k < s.capacity && slots_bound{Pre}(s, k) ==> slots_bound(s, k);
	/*@ assert kept: \forall integer k; 1 <= k < s.capacity && (2*k+1 < s.capacity+first || 2*k >= s.capacity+end) ==>
	      slots_kept{Pre,Here}(s, k) && slots_kept{Pre,Here}(s, 2*k) && slots_kept{Pre,Here}(s, 2*k+1);
	*/
}

/* Recomputes all nodes above the leaves first .. end-1, level by level; at most (end-first) + 2*log2(capacity) of them. */
/*@ requires mem:    slots_mem(s) && slots_bounds(s) && slots_leaves(s);
    requires range:  first < end <= s.capacity;
    requires nodes:  \forall integer k; 1 <= k < s.capacity && (2*k+1 < s.capacity+first || 2*k >= s.capacity+end) ==>
                       slots_node(s, k);
    assigns  s.prefix[1 .. s.capacity-1], s.suffix[1 .. s.capacity-1], s.run[1 .. s.capacity-1];
    ensures  inv:    slots_inv(s);
    ensures  owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \old(s.owner[q]);
*/
static void refresh_above(struct gnt_slots s, u32 first, u32 end)
{
	u32 l = (s.capacity + first) / 2, r = (s.capacity + end - 1) / 2, h = 1;

	//@ ghost u32 visits = 0;
	//@ ghost lemma_geometry_at(s.capacity, s.capacity + first);
	//@ ghost lemma_geometry_at(s.capacity, s.capacity + end - 1);
	//@ ghost lemma_geometry_at(s.capacity, l);
	//@ ghost lemma_geometry_at(s.capacity, r);
	//@ ghost lemma_cost_start(s.capacity, first, end, l, r);
	/*@ loop invariant range:  0 <= l <= r < s.capacity;
	    loop invariant top:    l == 0 <==> r == 0;
	    loop invariant level:  l >= 1 ==> span(s.capacity, l) == 2*h && span(s.capacity, r) == 2*h;
	    loop invariant height: 1 <= h <= s.capacity;
	    loop invariant bounds: slots_bounds(s);
	    loop invariant leaves: slots_leaves(s);
	    loop invariant nodes:  \forall integer k; 1 <= k < s.capacity && (k < l || k > r) ==> slots_node(s, k);
	    loop invariant owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \at(s.owner[q], Pre);
	    loop invariant cost:   l >= 1 ==>
	      visits + 2*(r-l+1) + 2*depth(l) <= (end-first) + 2*depth(s.capacity) && depth(l) >= 0;
	    loop invariant total:  l == 0 ==> visits <= (end-first) + 2*depth(s.capacity);
	    loop assigns l, r, h, visits, s.prefix[1 .. s.capacity-1], s.suffix[1 .. s.capacity-1], s.run[1 .. s.capacity-1];
	    loop variant l;
	*/
	while (l >= 1) {
		//@ ghost lemma_level(s.capacity, l, l, r);
		//@ ghost lemma_geometry_at(s.capacity, l);
		//@ assert half: 2 * h <= s.capacity;
		/*@ loop invariant range:  l - 1 <= i <= r;
		    loop invariant bounds: slots_bounds(s);
		    loop invariant leaves: slots_leaves(s);
		    loop invariant nodes:  \forall integer k; 1 <= k < s.capacity && !(l <= k <= i) && !(l/2 <= k <= r/2) ==>
		      slots_node(s, k);
		    loop invariant owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \at(s.owner[q], Pre);
		    loop invariant cost:   visits == \at(visits, LoopEntry) + (r - i);
		    loop assigns i, visits, s.prefix[1 .. s.capacity-1], s.suffix[1 .. s.capacity-1], s.run[1 .. s.capacity-1];
		    loop variant i;
		*/
		for (u32 i = r; i >= l; i--) {
			//@ ghost lemma_level(s.capacity, l, i, r);
			//@ ghost lemma_geometry_at(s.capacity, i);
			//@ ghost lemma_geometry_at(s.capacity, 2*i);
			//@ ghost lemma_geometry_at(s.capacity, 2*i+1);
			//@ ghost lemma_bound(s, 2*i);
			//@ ghost lemma_bound(s, 2*i+1);
			refresh(s, i, h);
			//@ ghost visits++;
			/*@ assert next: \forall integer k; 1 <= k < s.capacity && !(l <= k < i) && !(l/2 <= k <= r/2)
			      && k != i ==>
			      slots_node(s, k);
			*/
		}
		//@ ghost if (l >= 2) { lemma_parent(s.capacity, l); lemma_cost_step(l, r); }
		//@ ghost if (r >= 2) { lemma_parent(s.capacity, r); }
		l /= 2;
		r /= 2;
		h *= 2;
	}
	//@ assert nodes: slots_nodes(s);
	//@ assert cost: visits <= (end - first) + 2*depth(s.capacity);
}

/* Makes @owner the owner of first .. end-1, and the tree say so. */
/*@ requires mem:   slots_mem(s) && slots_inv(s);
    requires range: first < end <= s.capacity;
    assigns  s.owner[first .. end-1], s.prefix[1 .. 2*s.capacity-1], s.suffix[1 .. 2*s.capacity-1],
             s.run[1 .. 2*s.capacity-1];
    ensures  inv:   slots_inv(s);
    ensures  set:   slots_owned(s, first, end, owner);
    ensures  keep:  \forall integer q; 0 <= q < s.capacity && !(first <= q < end) ==> s.owner[q] == \old(s.owner[q]);
*/
static void set_range(struct gnt_slots s, u32 first, u32 end, u32 owner)
{
	set_leaves(s, first, end, owner);
	refresh_above(s, first, end);
}

/* The lowest start of @count free slots in a row, or -GNT_ENOSPC; visits at most log2(capacity) inner nodes. */
/*@ requires mem:    slots_mem(s) && slots_inv(s);
    requires count:  1 <= count;
    assigns  \nothing;
    ensures  range:  \result == -GNT_ENOSPC || 0 <= \result < s.capacity;
    ensures  none:   \result < 0 ==> slots_full(s, count);
    ensures  fits:   \result >= 0 ==> slots_fit(s, \result, count);
    ensures  lowest: \result >= 0 ==> \forall integer i; i < \result ==> !slots_fit(s, i, count);
*/
static s32 find_lowest(struct gnt_slots s, u32 count)
{
	u32 k = 1, h = s.capacity / 2, at = 0;

	//@ ghost lemma_root(s, count);
	if (s.run[1] < count)
		return -GNT_ENOSPC;
	//@ ghost u32 visits = 0;
	/*@ loop invariant node:   1 <= k < 2*s.capacity;
	    loop invariant half:   h == span(s.capacity, k) / 2;
	    loop invariant low:    at == low(s.capacity, k);
	    loop invariant enough: s.run[k] >= count;
	    loop invariant none:   \forall integer i; i < at ==> !slots_fit(s, i, count);
	    loop invariant cost:   visits == depth(k);
	    loop invariant few:    visits < k;
	    loop assigns k, h, at, visits;
	    loop variant 2*s.capacity - k;
	*/
	while (k < s.capacity) {
		u32 left = 2*k;
		u32 suffix = s.suffix[left];

		//@ ghost lemma_descend(s, k, at, h, count);
		//@ ghost visits++;
		//@ assert deep: visits == depth(2*k) && visits == depth(2*k+1);
		if (s.run[left] >= count) {
			k = left;
			//@ assert left: \forall integer i; i < at ==> !slots_fit(s, i, count);
		} else {
			at = at + h;
			if (suffix + s.prefix[left+1] >= count) {
				//@ assert fits: slots_fit(s, at - suffix, count);
				//@ assert lowest: \forall integer i; i < at - suffix ==> !slots_fit(s, i, count);
				return (s32)(at - suffix);
			}
			//@ assert right: \forall integer i; i < at ==> !slots_fit(s, i, count);
			//@ assert enough: s.run[left+1] >= count;
			k = left+1;
		}
		h = h / 2;
	}
	//@ ghost lemma_geometry_at(s.capacity, k);
	//@ ghost lemma_leaf(s, k, count);
	//@ ghost lemma_leaf_depth(s.capacity, k);
	//@ assert cost: visits == depth(s.capacity);
	return (s32)at;
}

s32 gnt_slots_alloc(struct gnt_slots s, u32 count)
{
	s32 first;

	if (count == 0)
		return -GNT_EINVAL;
	first = find_lowest(s, count);
	if (first >= 0)
		set_range(s, (u32)first, (u32)first + count, (u32)first + 1);
	return first;
}

void gnt_slots_free(struct gnt_slots s, u32 first, u32 count)
{
	set_range(s, first, first + count, 0);
}

s32 gnt_slots_first(struct gnt_slots s, u64 slot)
{
	u32 owner;

	if (slot >= s.capacity)
		return -GNT_ENOENT;
	owner = s.owner[slot];
	if (owner == 0 || owner > s.capacity)
		return -GNT_ENOENT;
	return (s32)(owner - 1);
}

u32 gnt_slots_want(struct gnt_slots s, u32 count)
{
	u32 taken;

	//@ ghost lemma_root(s, count);
	taken = s.capacity - s.suffix[1];
	//@ assert tail: slots_tail(s, taken);
	//@ assert least: \forall integer i; slots_tail(s, i) ==> taken <= i;
	if (count > GNT_SLOTS_MAX - taken)
		return 0;
	return taken + count;
}

/* The tree for whatever the owners are: serves a new instance as well as a grown one. */
/*@ requires mem:    slots_mem(s);
    assigns  s.prefix[1 .. 2*s.capacity-1], s.suffix[1 .. 2*s.capacity-1], s.run[1 .. 2*s.capacity-1];
    ensures  inv:    slots_inv(s);
    ensures  owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \old(s.owner[q]);
*/
static void build(struct gnt_slots s)
{
	/* all inner nodes zero: consistent with each other, whatever is below; then all leaves have changed */
	/*@ loop invariant range:  1 <= k <= s.capacity;
	    loop invariant zero:   \forall integer q; 1 <= q < k ==> s.prefix[q] == 0 && s.suffix[q] == 0 && s.run[q] == 0;
	    loop invariant owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \at(s.owner[q], Pre);
	    loop assigns k, s.prefix[1 .. s.capacity-1], s.suffix[1 .. s.capacity-1], s.run[1 .. s.capacity-1];
	    loop variant s.capacity - k;
	*/
	for (u32 k = 1; k < s.capacity; k++) {
		s.prefix[k] = 0;
		s.suffix[k] = 0;
		s.run[k] = 0;
	}
	/*@ loop invariant range:  0 <= i <= s.capacity;
	    loop invariant leaves: \forall integer q; 0 <= q < i ==> slots_leaf(s, q);
	    loop invariant zero:   \forall integer q; 1 <= q < s.capacity ==>
	      s.prefix[q] == 0 && s.suffix[q] == 0 && s.run[q] == 0;
	    loop invariant owners: \forall integer q; 0 <= q < s.capacity ==> s.owner[q] == \at(s.owner[q], Pre);
	    loop assigns i, s.prefix[s.capacity .. 2*s.capacity-1], s.suffix[s.capacity .. 2*s.capacity-1],
	      s.run[s.capacity .. 2*s.capacity-1];
	    loop variant s.capacity - i;
	*/
	for (u32 i = 0; i < s.capacity; i++) {
		u32 free = s.owner[i] == 0 ? 1 : 0;

		s.prefix[s.capacity+i] = free;
		s.suffix[s.capacity+i] = free;
		s.run[s.capacity+i] = free;
	}
	//@ ghost lemma_zero(s);
	refresh_above(s, 0, s.capacity);
}

void gnt_slots_init(struct gnt_slots s)
{
	/*@ loop invariant range: 0 <= i <= s.capacity;
	    loop invariant free:  slots_free(s, 0, i);
	    loop assigns i, s.owner[0 .. s.capacity-1];
	    loop variant s.capacity - i;
	*/
	for (u32 i = 0; i < s.capacity; i++)
		s.owner[i] = 0;
	build(s);
}

void gnt_slots_grow(struct gnt_slots from, struct gnt_slots to)
{
	/*@ loop invariant range:  0 <= i <= to.capacity;
	    loop invariant source: \forall integer q; 0 <= q < from.capacity ==> from.owner[q] == \at(from.owner[q], Pre);
	    loop invariant keep:   \forall integer q; 0 <= q < i && q < from.capacity ==> to.owner[q] == \at(from.owner[q], Pre);
	    loop invariant free:   \forall integer q; from.capacity <= q < i ==> to.owner[q] == 0;
	    loop assigns i, to.owner[0 .. to.capacity-1];
	    loop variant to.capacity - i;
	*/
	for (u32 i = 0; i < to.capacity; i++)
		to.owner[i] = i < from.capacity ? from.owner[i] : 0;
	build(to);
}
