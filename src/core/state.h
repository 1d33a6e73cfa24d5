/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The state of one instance that its lock protects: the map table, a record of each map, and the limits. It says who uses a map,
 * and so when the map ends (I5); it must not know of pages, handles, VMAs or user memory, and it never sleeps.
 *
 * The map whose first slot is k has its record at k. It is made by reserve, with one call in progress, and is gone as soon as
 * it is neither listed nor mapped nor used by a call:
 *
 *	             list (calls - 1)             unlist
 *	reserved -----------------------> listed --------> unlisted ------> gone: the slots are free again, and the
 *	    \------------------------------------------------/ last use ends      caller ends the map itself
 *
 * Whichever call takes the last use away withdraws the record and returns the map's cookie, all others return 0: so there is
 * exactly one caller who ends the map.
 *
 * struct gnt_state says where things are, and is passed by value. Its arrays come from the caller; when they have become too
 * small, larger ones take their place (gnt_state_grow()); the limits stay where they are. The lock is held over every call
 * but gnt_state_array_bytes() and gnt_state_init().
 */
#pragma once
#include "table.h"

struct gnt_limits {
	u32 profile; /* GNT_PROFILE_*. Never changes */
	u32 max; /* the slots that maps may own in the header profile: what SET_MAX_GRANTS set */
	u32 owned; /* slots owned by maps */
	u32 performed; /* 1: an ioctl other than SET_MAX_GRANTS has succeeded */
};

struct gnt_state {
	struct gnt_table table;
	u64 *block; /* [capacity]: the cookie of the map whose first slot this is, listed or not; 0 = no map */
	u64 *vmas; /* [capacity]: its VMAs; an mmap() in progress counts as one (GNT-MMAP-022) */
	u64 *calls; /* [capacity]: calls in progress that use it: the MAP_GRANT_REF that makes it, SET_UNMAP_NOTIFY */
	u32 *tried; /* [capacity]: 1: mmap() was attempted (GNT-MMAP-006) */
	struct gnt_limits *limits;
};

/* the arrays of a state: those of its table, then block, vmas, calls, tried, in this order */
#define GNT_STATE_ARRAYS 10u

/* the VMAs of one map, and the calls that use one map, at most */
#define GNT_USES_MAX 0x10000000000ull

#include "state_logic.h"

/*
 * The bytes that array @array (0 .. GNT_STATE_ARRAYS-1) of a state of @capacity slots takes; 0 for another @array or a capacity
 * over GNT_SLOTS_MAX. Needs no lock.
 */
/*@ assigns \nothing;
    ensures owner:   array == 0 && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u32);
    ensures tree:    1 <= array <= 3 && capacity <= GNT_SLOTS_MAX ==> \result == 2 * capacity * sizeof(u32);
    ensures small:   (array == 4 || array == 9) && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u32);
    ensures large:   5 <= array <= 8 && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u64);
    ensures nothing: array >= GNT_STATE_ARRAYS || capacity > GNT_SLOTS_MAX ==> \result == 0;
*/
u64 gnt_state_array_bytes(u32 array, u32 capacity);

/*
 * Makes a state without maps of @s's arrays and limits, whatever they held. O(capacity). Needs no lock: nobody else knows @s
 * yet. GNT-OPEN-005, GNT-MAX-008.
 */
/*@ requires mem:     state_mem(s);
    requires profile: profile <= 1;
    assigns  GNT_STATE(s);
    ensures  inv:     state_inv(s);
    ensures  none:    \forall integer k; 0 <= k < s.table.slots.capacity ==> record_none(s, k);
    ensures  free:    slots_free(s.table.slots, 0, s.table.slots.capacity);
    ensures  limits:  s.limits->profile == profile && s.limits->max == GNT_SLOTS_MAX && s.limits->owned == 0
                      && s.limits->performed == 0;
*/
void gnt_state_init(struct gnt_state s, u32 profile);

/*
 * Makes @to a copy of @from with room for more; the limits are those of both. Both sets of arrays stay the caller's:
 * afterwards it uses @to and frees those of @from. O(to.table.slots.capacity). GNT-SLOT-005.
 */
/*@ requires from:   state_mem(from) && state_inv(from);
    requires to:     state_mem(to) && from.table.slots.capacity <= to.table.slots.capacity;
    requires apart:  state_apart(from, to);
    requires limits: from.limits == to.limits;
    assigns  GNT_SLOTS(to.table.slots), GNT_RECORDS(to);
    ensures  inv:    state_inv(to);
    ensures  keep:   \forall integer k; 0 <= k < from.table.slots.capacity ==>
                       record_is(to, k, \old(from.table.count[k]), \old(from.table.map[k]), \old(from.block[k]),
                                 \old(from.vmas[k]), \old(from.calls[k]), \old(from.tried[k]));
    ensures  owners: \forall integer q; 0 <= q < from.table.slots.capacity ==>
                       to.table.slots.owner[q] == \old(from.table.slots.owner[q]);
    ensures  none:   \forall integer k; from.table.slots.capacity <= k < to.table.slots.capacity ==> record_none(to, k);
    ensures  free:   slots_free(to.table.slots, from.table.slots.capacity, to.table.slots.capacity);
*/
void gnt_state_grow(struct gnt_state from, struct gnt_state to);

/*
 * The capacity to grow to before @count slots in a row are sure to be free, larger than that of @s if nothing fits now; 0 if
 * not even GNT_SLOTS_MAX slots would do. GNT-SLOT-006.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires count:  1 <= count;
    assigns  \nothing;
    ensures  legal:  \result != 0 ==> slots_capacity(\result) && s.table.slots.capacity <= \result;
    ensures  room:   \result != 0 ==> \exists integer i; slots_tail(s.table.slots, i) && i + count <= \result;
    ensures  none:   \result == 0 ==> \forall integer i; slots_tail(s.table.slots, i) ==> i + count > GNT_SLOTS_MAX;
    ensures  larger: \result != 0 && slots_full(s.table.slots, count) ==> s.table.slots.capacity < \result;
*/
u32 gnt_state_want(struct gnt_state s, u32 count);

/*
 * Reserves the lowest @count slots in a row that are free for the map with cookie @block, and returns the first of them. No
 * look-up sees the map; the caller's call uses it, and lists it or ends the call. -GNT_ENOMEM: the maximum forbids it, in
 * the header profile. -GNT_ENOSPC: nothing fits (then gnt_state_want() tells whether growing helps). An error changes nothing
 * (I12). GNT-MAP-008, GNT-MAP-018, GNT-MAP-019, GNT-SLOT-002, GNT-SLOT-003, GNT-SLOT-006, I9.
 */
/*@ requires mem:   state_mem(s) && state_inv(s);
    requires count: 1 <= count;
    requires block: block != 0;
    assigns  GNT_SLOTS(s.table.slots),
             s.table.count[0 .. s.table.slots.capacity-1], GNT_USES(s, 0 .. s.table.slots.capacity-1), *s.limits;
    ensures  inv:   state_inv(s);
    ensures  flag:  s.limits->performed == \old(s.limits->performed);
    behavior maximum:
      assumes s.limits->profile == GNT_PROFILE_HEADER && s.limits->owned + count > s.limits->max;
      ensures result: \result == -GNT_ENOMEM;
      ensures same:   state_same{Pre,Post}(s, -1) && state_slots{Pre,Post}(s) && limits_same{Pre,Post}(s);
    behavior full:
      assumes !(s.limits->profile == GNT_PROFILE_HEADER && s.limits->owned + count > s.limits->max)
              && slots_full(s.table.slots, count);
      ensures result: \result == -GNT_ENOSPC;
      ensures same:   state_same{Pre,Post}(s, -1) && state_slots{Pre,Post}(s) && limits_same{Pre,Post}(s);
    behavior fits:
      assumes !(s.limits->profile == GNT_PROFILE_HEADER && s.limits->owned + count > s.limits->max)
              && !slots_full(s.table.slots, count);
      ensures range:  0 <= \result && \result + count <= s.table.slots.capacity;
      ensures new:    record_is(s, \result, count, 0, block, 0, 1, 0);
      ensures lowest: \forall integer i; i < \result ==> !slots_fit{Pre}(s.table.slots, i, count);
      ensures taken:  state_taken{Pre,Post}(s, \result);
      ensures owned:  limits_more{Pre,Post}(s, count);
      ensures others: state_same{Pre,Post}(s, \result);
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_reserve(struct gnt_state s, u32 count, u64 block);

/*
 * MAP_GRANT_REF has succeeded: lists the map at @k. The listing takes the place of the call. GNT-MAP-001, GNT-MAP-008,
 * GNT-MAX-005.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires mine:   state_there(s, k) && s.table.map[k] == 0 && s.calls[k] >= 1;
    assigns  s.table.map[k], GNT_USES(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  listed: record_is(s, k, \old(s.table.count[k]), \old(s.block[k]), \old(s.block[k]), \old(s.vmas[k]),
                               \old(s.calls[k]) - 1, \old(s.tried[k]));
    ensures  stays:  state_stays{Pre,Post}(s, k);
    ensures  flag:   s.limits->performed == 1;
    ensures  others: state_same{Pre,Post}(s, k);
*/
void gnt_state_list(struct gnt_state s, u32 k);

/*
 * A call begins, and a call ends, to use the map at @k. The end returns the map's cookie if nobody uses the map any more: then
 * its record is gone, its slots are free, and the caller ends the map; else 0. A MAP_GRANT_REF that fails after its
 * reservation ends its call too. GNT-MAP-011, I5.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires there:  state_there(s, k) && s.calls[k] < GNT_USES_MAX;
    assigns  GNT_USES(s, k);
    ensures  inv:    state_inv(s);
    ensures  more:   record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), \old(s.vmas[k]),
                               \old(s.calls[k]) + 1, \old(s.tried[k]));
    ensures  stays:  state_stays{Pre,Post}(s, k);
    ensures  others: state_same{Pre,Post}(s, k);
*/
void gnt_state_begin_call(struct gnt_state s, u32 k);

/*@ requires mem:    state_mem(s) && state_inv(s);
    requires there:  state_there(s, k) && s.calls[k] >= 1;
    assigns  GNT_SLOTS(s.table.slots), GNT_RECORD(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  flag:   s.limits->performed == \old(s.limits->performed);
    ensures  others: state_same{Pre,Post}(s, k);
    behavior last:
      assumes s.table.map[k] == 0 && s.vmas[k] == 0 && s.calls[k] == 1;
      ensures result: \result == \old(s.block[k]) && \result != 0;
      ensures gone:   state_gone{Pre,Post}(s, k);
    behavior more:
      assumes s.table.map[k] != 0 || s.vmas[k] != 0 || s.calls[k] != 1;
      ensures result: \result == 0;
      ensures less:   record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), \old(s.vmas[k]),
                                \old(s.calls[k]) - 1, \old(s.tried[k]));
      ensures stays:  state_stays{Pre,Post}(s, k);
    complete behaviors;
    disjoint behaviors;
*/
u64 gnt_state_end_call(struct gnt_state s, u32 k);

/*
 * The look-ups: the first slot of a listed map, or -GNT_ENOENT. Any 64-bit numbers may be asked for, nothing is truncated (I3).
 * gnt_state_find(), for mmap(): the map begins at @slot and has @count pages. GNT-MMAP-003, GNT-MMAP-004.
 * gnt_state_find_unmap(), for UNMAP_GRANT_REF: the same; in the linux profile a @count of 0 stands for any. GNT-UNMAP-003,
 * GNT-UNMAP-005, GNT-UNMAP-006.
 * gnt_state_find_page(), for SET_UNMAP_NOTIFY: the map has @slot among its own. GNT-NOTIFY-005.
 */
/*@ requires mem:   state_mem(s) && state_inv(s);
    assigns  \nothing;
    behavior hit:
      assumes state_match(s, slot, count);
      ensures result: \result == slot;
    behavior miss:
      assumes !state_match(s, slot, count);
      ensures result: \result == -GNT_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_find(struct gnt_state s, u64 slot, u64 count);

/*@ requires mem:   state_mem(s) && state_inv(s);
    assigns  \nothing;
    behavior hit:
      assumes state_match(s, slot, count)
              || (state_listed(s, slot) && count == 0 && s.limits->profile == GNT_PROFILE_LINUX);
      ensures result: \result == slot;
    behavior miss:
      assumes !(state_match(s, slot, count)
                || (state_listed(s, slot) && count == 0 && s.limits->profile == GNT_PROFILE_LINUX));
      ensures result: \result == -GNT_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_find_unmap(struct gnt_state s, u64 slot, u64 count);

/*@ requires mem:   state_mem(s) && state_inv(s);
    assigns  \nothing;
    ensures  hit:   \result >= 0 ==> state_listed(s, \result) && \result <= slot < \result + s.table.count[\result];
    ensures  miss:  \result < 0 ==> \result == -GNT_ENOENT
                    && \forall integer k; state_listed(s, k) ==> !(k <= slot < k + s.table.count[k]);
*/
s32 gnt_state_find_page(struct gnt_state s, u64 slot);

/*
 * Iteration, for the release of the instance: the first slot of the lowest listed map that begins at @from or above.
 * -GNT_ENOENT: there is none. GNT-CLOSE-005.
 */
/*@ requires mem:   state_mem(s) && state_inv(s);
    assigns  \nothing;
    ensures  hit:   \result >= 0 ==> from <= \result && state_listed(s, \result);
    ensures  next:  \result >= 0 ==> \forall integer k; from <= k < \result ==> !state_listed(s, k);
    ensures  none:  \result < 0 ==> \result == -GNT_ENOENT && \forall integer k; from <= k ==> !state_listed(s, k);
*/
s32 gnt_state_next(struct gnt_state s, u32 from);

/* May UNMAP_GRANT_REF unlist the map at @k? 0, or -GNT_EBUSY: not while it is mapped, in the header profile. GNT-UNMAP-008. */
/*@ requires mem:   state_mem(s) && state_inv(s);
    requires there: state_there(s, k);
    assigns  \nothing;
    behavior busy:
      assumes s.limits->profile == GNT_PROFILE_HEADER && s.vmas[k] != 0;
      ensures result: \result == -GNT_EBUSY;
    behavior free:
      assumes s.limits->profile != GNT_PROFILE_HEADER || s.vmas[k] == 0;
      ensures result: \result == 0;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_may_unlist(struct gnt_state s, u32 k);

/*
 * Ends the listing of the map at @k, for UNMAP_GRANT_REF and for the release of the instance. Returns its cookie if nobody
 * uses it any more: then its record is gone, its slots are free, and the caller ends the map; else 0, and it keeps its slots.
 * GNT-UNMAP-001, GNT-UNMAP-007, GNT-UNMAP-011, GNT-SLOT-008, GNT-MAX-005.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires listed: state_listed(s, k);
    assigns  GNT_SLOTS(s.table.slots), GNT_RECORD(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  flag:   s.limits->performed == 1;
    ensures  others: state_same{Pre,Post}(s, k);
    behavior last:
      assumes s.vmas[k] == 0 && s.calls[k] == 0;
      ensures result: \result == \old(s.block[k]) && \result != 0;
      ensures gone:   state_gone{Pre,Post}(s, k);
    behavior more:
      assumes s.vmas[k] != 0 || s.calls[k] != 0;
      ensures result: \result == 0;
      ensures hidden: record_is(s, k, \old(s.table.count[k]), 0, \old(s.block[k]), \old(s.vmas[k]), \old(s.calls[k]),
                                \old(s.tried[k]));
      ensures stays:  state_stays{Pre,Post}(s, k);
    complete behaviors;
    disjoint behaviors;
*/
u64 gnt_state_unlist(struct gnt_state s, u32 k);

/*
 * An mmap() of the listed map at @k begins: from now on the map counts as attempted and as mapped, until
 * gnt_state_vma_close() for the VMA, or for the mmap() that failed. -GNT_EINVAL: it was attempted before. GNT-MMAP-006,
 * GNT-MMAP-022.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires listed: state_listed(s, k);
    assigns  GNT_USES(s, k);
    ensures  inv:    state_inv(s);
    ensures  stays:  state_stays{Pre,Post}(s, k);
    ensures  others: state_same{Pre,Post}(s, k);
    behavior again:
      assumes s.tried[k] != 0;
      ensures result: \result == -GNT_EINVAL;
      ensures same:   record_same{Pre,Post}(s, k);
    behavior first:
      assumes s.tried[k] == 0;
      ensures result: \result == 0;
      ensures mapped: record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), 1, \old(s.calls[k]), 1);
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_attempt(struct gnt_state s, u32 k);

/*
 * The map at @k, which has a VMA, has another: by fork(), a split, a move. GNT-FORK-003.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires there:  state_there(s, k) && 1 <= s.vmas[k] < GNT_USES_MAX;
    assigns  GNT_USES(s, k);
    ensures  inv:    state_inv(s);
    ensures  more:   record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), \old(s.vmas[k]) + 1,
                               \old(s.calls[k]), 1);
    ensures  stays:  state_stays{Pre,Post}(s, k);
    ensures  others: state_same{Pre,Post}(s, k);
*/
void gnt_state_vma_open(struct gnt_state s, u32 k);

/*
 * The map at @k has a VMA less, or its mmap() has failed. With @again nothing was attempted, and it does not count if it was the
 * only VMA (GNT-MMAP-023). Returns the map's cookie if nobody uses it any more: then its record is gone, its slots are free, and
 * the caller ends the map; else 0. GNT-SLOT-008, I5.
 */
/*@ requires mem:    state_mem(s) && state_inv(s);
    requires there:  state_there(s, k) && s.vmas[k] >= 1;
    assigns  GNT_SLOTS(s.table.slots), GNT_RECORD(s, k), *s.limits;
    ensures  inv:    state_inv(s);
    ensures  flag:   s.limits->performed == \old(s.limits->performed);
    ensures  others: state_same{Pre,Post}(s, k);
    behavior last:
      assumes s.table.map[k] == 0 && s.vmas[k] == 1 && s.calls[k] == 0;
      ensures result: \result == \old(s.block[k]) && \result != 0;
      ensures gone:   state_gone{Pre,Post}(s, k);
    behavior more:
      assumes s.table.map[k] != 0 || s.vmas[k] != 1 || s.calls[k] != 0;
      ensures result: \result == 0;
      ensures less:   record_is(s, k, \old(s.table.count[k]), \old(s.table.map[k]), \old(s.block[k]), \old(s.vmas[k]) - 1,
                                \old(s.calls[k]), again != 0 && \old(s.vmas[k]) == 1 ? 0 : 1);
      ensures stays:  state_stays{Pre,Post}(s, k);
    complete behaviors;
    disjoint behaviors;
*/
u64 gnt_state_vma_close(struct gnt_state s, u32 k, u32 again);

/*
 * SET_MAX_GRANTS in the header profile: the maximum is @count from now on, at most GNT_SLOTS_MAX. -GNT_EINVAL: @count is 0,
 * another ioctl has succeeded, or slots are owned; nothing changes. GNT-MAX-002, GNT-MAX-004 to GNT-MAX-007, GNT-MAX-009.
 */
/*@ requires mem:   state_mem(s) && state_inv(s);
    assigns  *s.limits;
    ensures  inv:   state_inv(s);
    ensures  same:  state_same{Pre,Post}(s, -1) && state_slots{Pre,Post}(s);
    behavior refused:
      assumes count == 0 || s.limits->performed != 0 || s.limits->owned != 0;
      ensures result: \result == -GNT_EINVAL;
      ensures limits: limits_same{Pre,Post}(s);
    behavior done:
      assumes count != 0 && s.limits->performed == 0 && s.limits->owned == 0;
      ensures result: \result == 0;
      ensures max:    s.limits->max == \min(count, GNT_SLOTS_MAX);
      ensures rest:   s.limits->profile == \old(s.limits->profile) && s.limits->owned == 0 && s.limits->performed == 0;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_state_set_max(struct gnt_state s, u32 count);

/* An ioctl other than SET_MAX_GRANTS has succeeded, one that says so nowhere else. GNT-MAX-005. */
/*@ requires mem:    state_mem(s) && state_inv(s);
    assigns  *s.limits;
    ensures  inv:    state_inv(s);
    ensures  same:   state_same{Pre,Post}(s, -1) && state_slots{Pre,Post}(s);
    ensures  flag:   s.limits->performed == 1;
    ensures  limits: limits_more{Pre,Post}(s, 0);
*/
void gnt_state_performed(struct gnt_state s);

/* The cookie, and the number of pages, of the map at @k. */
/*@ requires mem:   state_mem(s) && state_inv(s);
    requires there: state_there(s, k);
    assigns  \nothing;
    ensures  result: \result == s.block[k] && \result != 0;
*/
u64 gnt_state_block(struct gnt_state s, u32 k);

/*@ requires mem:   state_mem(s) && state_inv(s);
    requires there: state_there(s, k);
    assigns  \nothing;
    ensures  result: \result == s.table.count[k] && 1 <= \result && k + \result <= s.table.slots.capacity;
*/
u32 gnt_state_count(struct gnt_state s, u32 k);
