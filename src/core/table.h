/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The map table of one open file: which map is listed at which page slots (I1, I3), and which of them a look-up may see.
 * It knows nothing of grants, pages or VMAs; a map is an opaque number to it.
 *
 * A map's life here:       reserve             publish
 *              (free) ----------------> reserved -------> published
 *                 ^ ^--- withdraw ------/     ^--- hide ---/  |
 *                 \---------------- withdraw -----------------/
 *
 * A reserved map holds its slots and is invisible: no look-up returns it and no iteration meets it. So MAP can copy the
 * offset out to user memory without the lock, and only then publish (GNT-MAP-008, GNT-MAP-009); and a map that UNMAP takes off
 * the list while it is still mapped keeps its slots until it no longer is (GNT-SLOT-008).
 *
 * struct gnt_table says where the arrays are, and is passed by value like the slots in it. A new one has all arrays from the
 * caller (gnt_table_array_bytes() tells their sizes); a bigger one takes its place when the map asked for does not fit: allocate
 * without the lock, then gnt_table_grow() under it. The lock is held over every call but those that say that they need none.
 */
#pragma once
#include "slots.h"

struct gnt_table {
	struct gnt_slots slots;
	u32 *count; /* [capacity]: pages of the map whose first slot this is; 0 = no map begins here */
	u64 *map; /* [capacity]: the map published there; 0 = none, or still reserved */
};

/* the arrays of a table: owner, prefix, suffix, run, count, map, in this order */
#define GNT_TABLE_ARRAYS 6u

/* for gnt_table_exact(): a map of any number of pages */
#define GNT_ANY_COUNT 0u

#include "table_logic.h"

/*
 * The bytes that array @array (0 .. GNT_TABLE_ARRAYS-1) of a table of @capacity slots takes; 0 for another @array or a
 * capacity over GNT_SLOTS_MAX. Needs no lock.
 */
/*@ assigns \nothing;
    ensures owner:   array == 0 && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u32);
    ensures tree:    1 <= array <= 3 && capacity <= GNT_SLOTS_MAX ==> \result == 2 * capacity * sizeof(u32);
    ensures count:   array == 4 && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u32);
    ensures map:     array == 5 && capacity <= GNT_SLOTS_MAX ==> \result == capacity * sizeof(u64);
    ensures nothing: array >= GNT_TABLE_ARRAYS || capacity > GNT_SLOTS_MAX ==> \result == 0;
*/
u64 gnt_table_array_bytes(u32 array, u32 capacity);

/*
 * Makes a table with nothing in it of @t's arrays, whatever they held. O(capacity). Needs no lock: nobody else knows @t yet.
 */
/*@ requires mem:   table_mem(t);
    assigns  GNT_SLOTS(t.slots), t.count[0 .. t.slots.capacity-1], t.map[0 .. t.slots.capacity-1];
    ensures  inv:   table_inv(t);
    ensures  empty: slots_free(t.slots, 0, t.slots.capacity);
    ensures  none:  table_empty(t, 0, t.slots.capacity);
*/
void gnt_table_init(struct gnt_table t);

/*
 * Makes @to a copy of @from with room for more. Both sets of arrays stay the caller's: afterwards it uses @to and frees those of
 * @from. O(to.slots.capacity). GNT-SLOT-005.
 */
/*@ requires from:  table_mem(from) && table_inv(from);
    requires to:    table_mem(to) && from.slots.capacity <= to.slots.capacity;
    requires apart: table_apart(from, to);
    assigns  GNT_SLOTS(to.slots), to.count[0 .. to.slots.capacity-1], to.map[0 .. to.slots.capacity-1];
    ensures  inv:   table_inv(to);
    ensures  keep:  \forall integer f; 0 <= f < from.slots.capacity ==>
                      to.count[f] == \old(from.count[f]) && to.map[f] == \old(from.map[f])
                      && to.slots.owner[f] == \old(from.slots.owner[f]);
    ensures  none:  table_empty(to, from.slots.capacity, to.slots.capacity);
    ensures  free:  slots_free(to.slots, from.slots.capacity, to.slots.capacity);
*/
void gnt_table_grow(struct gnt_table from, struct gnt_table to);

/*
 * The capacity a table must be grown to before @count slots in a row are sure to be free: a legal one, larger than that of @t
 * if nothing fits now; 0 if not even GNT_SLOTS_MAX slots would do. GNT-SLOT-006.
 */
/*@ requires mem:    table_mem(t) && table_inv(t);
    requires count:  1 <= count;
    assigns  \nothing;
    ensures  legal:  \result != 0 ==> slots_capacity(\result) && t.slots.capacity <= \result;
    ensures  room:   \result != 0 ==> \exists integer i; slots_tail(t.slots, i) && i + count <= \result;
    ensures  none:   \result == 0 ==> \forall integer i; slots_tail(t.slots, i) ==> i + count > GNT_SLOTS_MAX;
    ensures  larger: \result != 0 && slots_full(t.slots, count) ==> t.slots.capacity < \result;
*/
u32 gnt_table_want(struct gnt_table t, u32 count);

/*
 * Reserves the lowest @count slots in a row that are free, for a map that no look-up sees yet, and returns the first of them.
 * The caller publishes or withdraws it. -GNT_EINVAL: @count is 0. -GNT_ENOSPC: nothing fits (then gnt_table_want() tells whether
 * a larger table would do). On an error the table is as it was (I12). O(log capacity + count). GNT-MAP-008,
 * GNT-SLOT-002, GNT-SLOT-003, GNT-SLOT-006.
 */
/*@ requires mem:   table_mem(t) && table_inv(t);
    assigns  GNT_SLOTS(t.slots), t.count[0 .. t.slots.capacity-1];
    ensures  inv:   table_inv(t);
    behavior zero:
      assumes count == 0;
      ensures result: \result == -GNT_EINVAL;
      ensures same:   table_same{Pre,Post}(t, -1) && slots_same{Pre,Post}(t.slots, 0, t.slots.capacity);
    behavior full:
      assumes count > 0 && slots_full(t.slots, count);
      ensures result: \result == -GNT_ENOSPC;
      ensures same:   table_same{Pre,Post}(t, -1) && slots_same{Pre,Post}(t.slots, 0, t.slots.capacity);
    behavior fits:
      assumes count > 0 && !slots_full(t.slots, count);
      ensures range:  0 <= \result && \result + count <= t.slots.capacity;
      ensures free:   slots_free{Pre}(t.slots, \result, \result + count);
      ensures lowest: \forall integer i; i < \result ==> !slots_fit{Pre}(t.slots, i, count);
      ensures new:    table_reserved(t, \result) && t.count[\result] == count;
      ensures others: table_same{Pre,Post}(t, \result);
      ensures below:  slots_same{Pre,Post}(t.slots, 0, \result);
      ensures above:  slots_same{Pre,Post}(t.slots, \result + count, t.slots.capacity);
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_table_reserve(struct gnt_table t, u32 count);

/*
 * Lists @map, which is not 0, at the reserved slots from @first on: from now on look-ups see it. GNT-MAP-008.
 */
/*@ requires mem:    table_mem(t) && table_inv(t);
    requires mine:   first < t.slots.capacity && table_reserved(t, first);
    requires map:    map != 0;
    assigns  t.map[first];
    ensures  inv:    table_inv(t);
    ensures  listed: table_published(t, first) && t.map[first] == map;
    ensures  others: table_same{Pre,Post}(t, first);
*/
void gnt_table_publish(struct gnt_table t, u32 first, u64 map);

/*
 * Takes the published map that begins at @first out of sight and leaves it its slots: it is reserved again. Returns the map: the
 * caller now holds the reference that the listing held. GNT-UNMAP-001, GNT-SLOT-008.
 */
/*@ requires mem:    table_mem(t) && table_inv(t);
    requires there:  first < t.slots.capacity && table_published(t, first);
    assigns  t.map[first];
    ensures  inv:    table_inv(t);
    ensures  result: \result == \old(t.map[first]) && \result != 0;
    ensures  hidden: table_reserved(t, first);
    ensures  others: table_same{Pre,Post}(t, first);
*/
u64 gnt_table_hide(struct gnt_table t, u32 first);

/*
 * Takes the map that begins at @first, reserved or published, off the table and frees its slots. Returns what was published
 * there: the caller now holds the reference that the listing held; 0 if it was only reserved. O(log capacity + count).
 * GNT-UNMAP-001, GNT-MAP-011, GNT-SLOT-008.
 */
/*@ requires mem:    table_mem(t) && table_inv(t);
    requires there:  first < t.slots.capacity && t.count[first] != 0;
    assigns  GNT_SLOTS(t.slots), t.count[first], t.map[first];
    ensures  inv:    table_inv(t);
    ensures  result: \result == \old(t.map[first]);
    ensures  gone:   table_empty(t, first, first + 1);
    ensures  free:   slots_free(t.slots, first, first + \old(t.count[first]));
    ensures  others: table_same{Pre,Post}(t, first);
    ensures  below:  slots_same{Pre,Post}(t.slots, 0, first);
    ensures  above:  slots_same{Pre,Post}(t.slots, first + \old(t.count[first]), t.slots.capacity);
*/
u64 gnt_table_withdraw(struct gnt_table t, u32 first);

/*
 * The exact look-up of mmap() and UNMAP: the published map that begins at @slot and has @count pages, or any number of pages if
 * @count is GNT_ANY_COUNT. Returns its first slot. -GNT_ENOENT: there is none. Any 64-bit numbers may be asked for, nothing
 * is truncated (I3). O(1). GNT-MMAP-003, GNT-MMAP-004, GNT-UNMAP-003, GNT-UNMAP-005.
 */
/*@ requires mem:   table_mem(t) && table_inv(t);
    assigns  \nothing;
    behavior hit:
      assumes table_match(t, slot, count);
      ensures result: \result == slot;
    behavior miss:
      assumes !table_match(t, slot, count);
      ensures result: \result == -GNT_ENOENT;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_table_exact(struct gnt_table t, u64 slot, u64 count);

/*
 * The containing look-up: the first slot of the published map that holds @slot. -GNT_ENOENT: there is none. Any 64-bit number
 * may be asked for. O(1). GNT-NOTIFY-005.
 */
/*@ requires mem:   table_mem(t) && table_inv(t);
    assigns  \nothing;
    ensures  hit:   \result >= 0 ==> table_covers(t, \result, slot);
    ensures  miss:  \result < 0 ==> \result == -GNT_ENOENT && \forall integer f; !table_covers(t, f, slot);
*/
s32 gnt_table_containing(struct gnt_table t, u64 slot);

/*
 * Iteration: the first slot of the lowest published map that begins at @from or above. -GNT_ENOENT: there is none. A
 * walk over the whole table (go on at the end of the map returned) takes O(capacity).
 */
/*@ requires mem:   table_mem(t) && table_inv(t);
    assigns  \nothing;
    ensures  hit:   \result >= 0 ==> from <= \result < t.slots.capacity && table_published(t, \result);
    ensures  next:  \result >= 0 ==> \forall integer f; from <= f < \result ==> !table_published(t, f);
    ensures  none:  \result < 0 ==> \result == -GNT_ENOENT
                    && \forall integer f; from <= f < t.slots.capacity ==> !table_published(t, f);
*/
s32 gnt_table_next(struct gnt_table t, u32 from);

/* The number of pages of the map at @first. */
/*@ requires mem:   table_mem(t) && table_inv(t);
    requires there: first < t.slots.capacity && t.count[first] != 0;
    assigns  \nothing;
    ensures  result: \result == t.count[first] && 1 <= \result && first + \result <= t.slots.capacity;
*/
u32 gnt_table_count(struct gnt_table t, u32 first);

/*
 * The slot that byte offset @offset falls in, and the byte offset of @slot: 64 bits both ways (I3). The 12 low bits of an offset
 * do not matter (GNT-UNMAP-004, GNT-SLOT-001). Needs no lock.
 */
/*@ assigns \nothing;
    ensures result: \result == offset / GNT_PAGE_SIZE;
    ensures bound:  \result <= 0xfffffffffffff;
*/
u64 gnt_offset_slot(u64 offset);

/*@ assigns \nothing;
    ensures result: \result == slot * GNT_PAGE_SIZE;
*/
u64 gnt_slot_offset(u32 slot);
