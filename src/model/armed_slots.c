/* SPDX-License-Identifier: MIT */
/*
 * I1 as code: the summary over the slots is exact (slots_inv of slots_logic.h). Wrong numbers are counted and not looked at one by
 * one, so that a compiler can do many at a time: this runs after every critical section.
 */
#include "armed.h"

u32 armed_capacity(u32 n)
{
	u32 rest = n;

	if (n < 2 || n > GNT_SLOTS_MAX)
		return 0;
	/*@ loop invariant range: 1 <= rest <= n;
	    loop invariant same:  power(n) <==> power(rest);
	    loop assigns rest;
	    loop variant rest;
	*/
	while (rest > 1 && rest % 2 == 0)
		rest /= 2;
	return rest == 1;
}

/* ---- leaves: what the owners say */

/*@ requires mem:   slots_mem(s) && q < s.capacity;
    assigns  \nothing;
    ensures  few:   \result <= 3;
    ensures  exact: \result == 0 <==> slots_leaf(s, q);
*/
static u32 wrong_leaf(struct gnt_slots s, u32 q)
{
	u32 leaf = s.capacity + q, free = s.owner[q] == 0 ? 1 : 0;
	u32 prefix = s.prefix[leaf] != free, suffix = s.suffix[leaf] != free, run = s.run[leaf] != free;

	return prefix + suffix + run;
}

u32 armed_leaves(struct gnt_slots s)
{
	u32 wrong = 0;

	/*@ loop invariant range: 0 <= q <= s.capacity;
	    loop invariant few:   wrong <= 3 * q;
	    loop invariant exact: wrong == 0 <==> \forall integer i; 0 <= i < q ==> slots_leaf(s, i);
	    loop assigns q, wrong;
	    loop variant s.capacity - q;
	*/
	for (u32 q = 0; q < s.capacity; q++)
		wrong += wrong_leaf(s, q);
	return wrong == 0;
}

/* ---- inner nodes: what their children say. Those of a level are right before the level above is looked at. */

/*@ assigns \nothing;
    ensures larger: \result == larger(a, b);
*/
static u32 larger_of(u32 a, u32 b)
{
	return a < b ? b : a;
}

/*@ requires mem:   slots_mem(s) && 1 <= k < s.capacity && half <= GNT_SLOTS_MAX;
    requires span:  span(s.capacity, k) == 2*half && span(s.capacity, 2*k) == half;
    requires fit:   node_fits(s, 2*k, half) && node_fits(s, 2*k+1, half);
    assigns  \nothing;
    ensures  few:   \result <= 3;
    ensures  exact: \result == 0 <==> slots_node(s, k);
    ensures  bound: \result == 0 ==> slots_bound(s, k) && node_fits(s, k, 2*half);
*/
static u32 wrong_node(struct gnt_slots s, u32 k, u32 half)
{
	u32 left = 2*k, right = 2*k + 1;
	u32 prefix = s.prefix[left] + (s.prefix[left] == half ? s.prefix[right] : 0);
	u32 suffix = s.suffix[right] + (s.suffix[right] == half ? s.suffix[left] : 0);
	u32 run = larger_of(larger_of(s.run[left], s.run[right]), s.suffix[left] + s.prefix[right]);
	u32 a = s.prefix[k] != prefix, b = s.suffix[k] != suffix, c = s.run[k] != run;

	return a + b + c;
}

/* Nodes @level .. 2*@level-1, whose children have spans of @half slots. */
/*@ requires mem:   slots_mem(s) && 1 <= level && 2*level <= s.capacity && half <= GNT_SLOTS_MAX;
    requires span:  \forall integer j; level <= j < 2*level ==> span(s.capacity, j) == 2*half && span(s.capacity, 2*j) == half;
    requires fit:   \forall integer j; 2*level <= j < 4*level ==> node_fits(s, j, half);
    assigns  \nothing;
    ensures  exact: \result == 0 <==> \forall integer k; level <= k < 2*level ==> slots_node(s, k);
    ensures  bound: \result == 0 ==> \forall integer k; level <= k < 2*level ==> slots_bound(s, k);
    ensures  fit:   \result == 0 ==> \forall integer k; level <= k < 2*level ==> node_fits(s, k, 2*half);
*/
static u32 wrong_level(struct gnt_slots s, u32 level, u32 half)
{
	u32 wrong = 0;

	/*@ loop invariant range: level <= k <= 2*level;
	    loop invariant few:   wrong <= 3 * (k - level);
	    loop invariant exact: wrong == 0 <==> \forall integer j; level <= j < k ==> slots_node(s, j);
	    loop invariant bound: wrong == 0 ==> \forall integer j; level <= j < k ==> slots_bound(s, j);
	    loop invariant fit:   wrong == 0 ==> \forall integer j; level <= j < k ==> node_fits(s, j, 2*half);
	    loop assigns k, wrong;
	    loop variant 2*level - k;
	*/
	for (u32 k = level; k < 2*level; k++)
		wrong += wrong_node(s, k, half);
	return wrong;
}

/*@ requires mem:    slots_mem(s);
    requires leaves: slots_leaves(s);
    assigns  \nothing;
    ensures  exact:  \result != 0 <==> slots_nodes(s) && slots_bounds(s);
*/
static u32 nodes(struct gnt_slots s)
{
	u32 level = s.capacity / 2, half = 1;

	/*@ assert fits: \forall integer j; s.capacity <= j < 2*s.capacity ==>
	      slots_leaf(s, j - s.capacity) ==> node_fits(s, j, 1);
	*/
	/*@ loop invariant level: level == 0 || (power(level) && 2*level*half == s.capacity);
	    loop invariant range: 2*level <= s.capacity && 1 <= half <= s.capacity;
	    loop invariant span:  \forall integer j; 2*level <= j < 4*level ==> span(s.capacity, j) == half;
	    loop invariant fit:   \forall integer j; 2*level <= j < 4*level ==> node_fits(s, j, half);
	    loop invariant node:  \forall integer k; 1 <= k && 2*level <= k < s.capacity ==> slots_node(s, k);
	    loop invariant bound: \forall integer k; 1 <= k && 2*level <= k < s.capacity ==> slots_bound(s, k);
	    loop assigns level, half;
	    loop variant level;
	*/
	while (level > 0) {
		/*@ assert half: \forall integer k; level <= k < 2*level ==> span(s.capacity, 2*k) == half
		      && span(s.capacity, k) == 2*half;
		*/
		if (wrong_level(s, level, half)) {
			//@ assert not: !slots_nodes(s);
			return 0;
		}
		//@ assert even: level == 1 || level == 2 * (level / 2);
		level /= 2;
		half *= 2;
	}
	return 1;
}

u32 armed_slots(struct gnt_slots s)
{
	return armed_leaves(s) && nodes(s);
}
