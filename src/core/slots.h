/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Slots: which page slots of one open file are taken, and by which range (I1, I2, I3). A slot is one page of the offset space
 * that mmap() sees. This file must not know what a range is used for: that is the table's business (table.h).
 *
 * A segment tree over the slots: node k has the children 2k and 2k+1, node capacity+s is the leaf of slot s, and each node
 * holds the longest free prefix, suffix and run of its span. For capacity 4, slots 1 and 2 taken by one range:
 *
 *                    1: 1,1,1                       prefix, suffix, run
 *            2: 1,0,1        3: 0,1,1
 *          4: 1    5: 0    6: 0    7: 1
 *   slot     0       1       2       3
 *   owner    0       2       2       0              0 = free, else 1 + the first slot of the range
 *
 * struct gnt_slots says how large the instance is and where its arrays are. No call changes that, so it is passed by value; the
 * arrays belong to the caller, who allocates and frees them, and whose lock is held over every call. Nothing here sleeps,
 * allocates, or keeps a pointer.
 */
#pragma once
#include "types.h"

/* the smallest and the largest capacity, in slots; a capacity is a power of two */
#define GNT_SLOTS_MIN 64u
#define GNT_SLOTS_MAX 1048576u

struct gnt_slots {
	u32 capacity; /* slots */
	u32 *owner; /* [capacity]: 0 = free, else 1 + the first slot of the range */
	u32 *prefix; /* [2 * capacity]: longest free prefix of each node's span; [0] is unused */
	u32 *suffix; /* [2 * capacity]: longest free suffix */
	u32 *run; /* [2 * capacity]: longest free run */
};

#include "slots_logic.h"

/*
 * The capacity to give an instance that is to hold @want slots: the smallest power of two in GNT_SLOTS_MIN .. GNT_SLOTS_MAX
 * that is at least @want, or 0 if @want is more than GNT_SLOTS_MAX. GNT-SLOT-005.
 */
/*@ assigns \nothing;
    ensures none:   \result == 0 <==> want > GNT_SLOTS_MAX;
    ensures legal:  \result != 0 ==> slots_capacity(\result) && \result >= GNT_SLOTS_MIN;
    ensures enough: \result != 0 ==> \result >= want;
    ensures least:  \result / 2 < want || \result / 2 < GNT_SLOTS_MIN;
*/
u32 gnt_slots_capacity(u32 want);

/*
 * Makes all slots of @s free, whatever its arrays held. O(capacity).
 */
/*@ requires mem:   slots_mem(s);
    assigns  GNT_SLOTS(s);
    ensures  inv:   slots_inv(s);
    ensures  free:  slots_free(s, 0, s.capacity);
*/
void gnt_slots_init(struct gnt_slots s);

/*
 * Makes @to a copy of @from with free slots appended. Both sets of arrays stay the caller's: afterwards it uses @to and frees
 * those of @from. O(to.capacity). GNT-SLOT-005.
 */
/*@ requires from:  slots_mem(from) && slots_inv(from);
    requires to:    slots_mem(to) && from.capacity <= to.capacity;
    requires apart: slots_apart(from, to);
    assigns  GNT_SLOTS(to);
    ensures  inv:   slots_inv(to);
    ensures  keep:  \forall integer q; 0 <= q < from.capacity ==> to.owner[q] == \old(from.owner[q]);
    ensures  free:  slots_free(to, from.capacity, to.capacity);
*/
void gnt_slots_grow(struct gnt_slots from, struct gnt_slots to);

/*
 * Takes the lowest @count free slots in a row (I2: an exact-fit gap is a fit like any other) and returns the first of them.
 * -GNT_EINVAL: @count is 0. -GNT_ENOSPC: no @count slots in a row are free. On an error no owner has changed.
 * Visits at most log2(capacity) nodes to search, and at most count + 2 * log2(capacity) to record. GNT-SLOT-002, GNT-SLOT-003,
 * GNT-SLOT-006, GNT-SLOT-011.
 */
/*@ requires mem:   slots_mem(s) && slots_inv(s);
    assigns  GNT_SLOTS(s);
    ensures  inv:   slots_inv(s);
    behavior zero:
      assumes count == 0;
      ensures result: \result == -GNT_EINVAL;
      ensures same:   slots_same{Pre,Post}(s, 0, s.capacity);
    behavior full:
      assumes count > 0 && slots_full(s, count);
      ensures result: \result == -GNT_ENOSPC;
      ensures same:   slots_same{Pre,Post}(s, 0, s.capacity);
    behavior fits:
      assumes count > 0 && !slots_full(s, count);
      ensures range:  0 <= \result && \result + count <= s.capacity;
      ensures free:   slots_free{Pre}(s, \result, \result + count);
      ensures lowest: \forall integer i; i < \result ==> !slots_fit{Pre}(s, i, count);
      ensures set:    slots_owned(s, \result, \result + count, \result + 1);
      ensures below:  slots_same{Pre,Post}(s, 0, \result);
      ensures above:  slots_same{Pre,Post}(s, \result + count, s.capacity);
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_slots_alloc(struct gnt_slots s, u32 count);

/*
 * Makes the @count slots from @first on free. The caller knows the range: it is one that gnt_slots_alloc() gave out.
 * Visits at most count + 2 * log2(capacity) nodes. GNT-SLOT-007, GNT-SLOT-008.
 */
/*@ requires mem:   slots_mem(s) && slots_inv(s);
    requires range: 1 <= count && first + count <= s.capacity;
    assigns  s.owner[first .. first+count-1], s.prefix[1 .. 2*s.capacity-1], s.suffix[1 .. 2*s.capacity-1],
             s.run[1 .. 2*s.capacity-1];
    ensures  inv:   slots_inv(s);
    ensures  free:  slots_free(s, first, first + count);
    ensures  below: slots_same{Pre,Post}(s, 0, first);
    ensures  above: slots_same{Pre,Post}(s, first + count, s.capacity);
*/
void gnt_slots_free(struct gnt_slots s, u32 first, u32 count);

/*
 * The first slot of the range that holds @slot, in O(1). -GNT_ENOENT: @slot is free, or no slot of this instance at all; every
 * 64-bit number may be asked for (I3). GNT-SLOT-010.
 */
/*@ requires mem:   slots_mem(s);
    assigns  \nothing;
    behavior taken:
      assumes slot < s.capacity && 0 < s.owner[slot] <= s.capacity;
      ensures result: \result == s.owner[slot] - 1;
    behavior other:
      assumes slot >= s.capacity || s.owner[slot] == 0 || s.owner[slot] > s.capacity;
      ensures result: \result == -GNT_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_slots_first(struct gnt_slots s, u64 slot);

/*
 * How many slots the instance must have, at the least, for @count slots in a row to be free at its end; 0 if even
 * GNT_SLOTS_MAX are too few. GNT-SLOT-006.
 */
/*@ requires mem:   slots_mem(s) && slots_inv(s);
    requires count: 1 <= count;
    assigns  \nothing;
    ensures  bound: \result <= GNT_SLOTS_MAX;
    ensures  room:  \result != 0 ==> count <= \result && slots_tail(s, \result - count);
    ensures  least: \result != 0 ==> \forall integer i; slots_tail(s, i) ==> \result <= i + count;
    ensures  none:  \result == 0 ==> \forall integer i; slots_tail(s, i) ==> i + count > GNT_SLOTS_MAX;
*/
u32 gnt_slots_want(struct gnt_slots s, u32 count);
