/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The environment, part three: the lock of an instance, the memory of its state, and the parameters it was made with. The
 * embedder (kernel/, src/model/) defines the functions; their contracts are assumed by the proof, and checked at run time by
 * the model.
 *
 * What others may do between two critical sections of this thread (I10). A thread *uses* a record by a VMA it acts for, or by a
 * call in progress; the ghost arrays split the uses of each record in mine and theirs:
 *
 *	vmas[k]  == gnt_my_vmas[k]  + gnt_their_vmas[k]		whoever uses a record keeps it: its map (count, block)
 *	calls[k] == gnt_my_calls[k] + gnt_their_calls[k]	stays the same one as long as the use lasts
 *	gnt_my_hidden[k]: the map is being made by me; nobody else can reach it, or list it
 *
 * Taking the lock makes the state anything that its invariants and this split allow (uses_ok). Releasing it demands the same,
 * for the same "theirs": the thread has kept what the others rely upon. The ghost variables called "their" are written by
 * nobody but gnt_env_lock(), and those called "my" only in uses.c, under the lock.
 *
 * gnt_limit_said is what gnt_env_limit() said last.
 */
#pragma once
#include "env_map.h"
#include "request.h"
#include "state.h"

/* What the embedder has for one open file; the core only hands it on. */
struct gnt_file;

/*@ ghost
   s64 gnt_my_vmas[GNT_SLOTS_MAX];
   s64 gnt_my_calls[GNT_SLOTS_MAX];
   u64 gnt_my_block[GNT_SLOTS_MAX];
   s64 gnt_my_count[GNT_SLOTS_MAX];
   s64 gnt_my_hidden[GNT_SLOTS_MAX];
   s64 gnt_their_vmas[GNT_SLOTS_MAX];
   s64 gnt_their_calls[GNT_SLOTS_MAX];
   u64 gnt_their_block[GNT_SLOTS_MAX];
   s64 gnt_their_count[GNT_SLOTS_MAX];
   s64 gnt_their_hidden[GNT_SLOTS_MAX];
   s64 gnt_profile;
   s64 gnt_spares;
   struct gnt_state gnt_spare;
   u64 gnt_limit_said;
*/

/*@ // ---- the uses of record k, and what its users rely upon
    predicate use_split{L}(struct gnt_state s, integer k) =
         0 <= gnt_my_vmas[k] && 0 <= gnt_my_calls[k] && 0 <= gnt_their_vmas[k] && 0 <= gnt_their_calls[k]
      && s.vmas[k] == gnt_my_vmas[k] + gnt_their_vmas[k] && s.calls[k] == gnt_my_calls[k] + gnt_their_calls[k];
    predicate use_mine{L}(struct gnt_state s, integer k) = gnt_my_vmas[k] + gnt_my_calls[k] > 0 ==>
      s.table.count[k] == gnt_my_count[k] && s.block[k] == gnt_my_block[k];
    predicate use_theirs{L}(struct gnt_state s, integer k) = gnt_their_vmas[k] + gnt_their_calls[k] > 0 ==>
      s.table.count[k] == gnt_their_count[k] && s.block[k] == gnt_their_block[k];
    predicate use_hidden{L}(struct gnt_state s, integer k) =
         (gnt_my_hidden[k] != 0 ==> s.table.map[k] == 0 && gnt_my_calls[k] == 1 && gnt_my_vmas[k] == 0
            && gnt_their_calls[k] == 0 && gnt_their_vmas[k] == 0)
      && (gnt_their_hidden[k] != 0 ==> s.table.map[k] == 0 && gnt_their_calls[k] == 1 && gnt_their_vmas[k] == 0
            && gnt_my_calls[k] == 0 && gnt_my_vmas[k] == 0);
    predicate use_ok{L}(struct gnt_state s, integer k) =
      use_split(s, k) && use_mine(s, k) && use_theirs(s, k) && use_hidden(s, k);
    predicate use_none{L}(integer k) = gnt_my_vmas[k] == 0 && gnt_my_calls[k] == 0 && gnt_my_hidden[k] == 0
      && gnt_their_vmas[k] == 0 && gnt_their_calls[k] == 0 && gnt_their_hidden[k] == 0;
    predicate uses_below{L}(struct gnt_state s) = \forall integer k; 0 <= k < s.table.slots.capacity ==> use_ok(s, k);
    predicate uses_above{L}(struct gnt_state s) = \forall integer k; s.table.slots.capacity <= k < GNT_SLOTS_MAX ==> use_none(k);
    predicate uses_ok{L}(struct gnt_state s) = uses_below(s) && uses_above(s);
    predicate use_room{L}(struct gnt_state s, integer k) = s.vmas[k] < GNT_USES_MAX && s.calls[k] < GNT_USES_MAX;
    predicate uses_room{L}(struct gnt_state s) = \forall integer k; 0 <= k < s.table.slots.capacity ==> use_room(s, k);
*/

/*
 * Takes the lock of the instance behind @file, a mutex, and returns its state: until gnt_env_unlock() nobody else reads or
 * writes it. The arrays are whatever they now are: another thread may have replaced them, and nothing known of them before is
 * known any more; the limits are where they were, and a spare state names them already. That a record has fewer than 2^40 uses
 * is a matter of memory: each is a VMA or a kernel stack.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  gnt_locked, gnt_their_vmas[0 .. GNT_SLOTS_MAX-1], gnt_their_calls[0 .. GNT_SLOTS_MAX-1],
             gnt_their_block[0 .. GNT_SLOTS_MAX-1], gnt_their_count[0 .. GNT_SLOTS_MAX-1],
             gnt_their_hidden[0 .. GNT_SLOTS_MAX-1], *gnt_spare.limits;
    ensures  held:  gnt_locked == 1;
    ensures  mem:   state_mem(\result);
    ensures  inv:   state_inv(\result);
    ensures  uses:  uses_ok(\result);
    ensures  room:  uses_room(\result);
    ensures  kind:  \result.limits->profile == gnt_profile;
    ensures  apart: gnt_spares == 1 ==> state_apart(\result, gnt_spare) && \result.limits == gnt_spare.limits;
*/
struct gnt_state gnt_env_lock(struct gnt_file *file);

/*
 * Releases the lock, with the state as @s has it, of which nothing is known from now on.
 */
/*@ requires held:  gnt_locked == 1 && gnt_map_locked == 0;
    requires inv:   state_inv(s);
    requires uses:  uses_ok(s);
    requires kind:  s.limits->profile == gnt_profile;
    assigns  gnt_locked, GNT_STATE(s);
    ensures  open:  gnt_locked == 0;
*/
void gnt_env_unlock(struct gnt_file *file, struct gnt_state s);

/*
 * Memory for a state of @capacity slots, in @s, whose limits are those of the instance behind @file: 0; -GNT_ENOMEM: there is
 * none. Nobody else knows it: it is for gnt_env_replace() or gnt_env_state_free(). A thread has one at a time.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires one:   gnt_spares == 0;
    requires legal: slots_capacity(capacity);
    requires mem:   \valid(s);
    assigns  *s, gnt_spares, gnt_spare;
    ensures  error: \result == 0 || \result == -GNT_ENOMEM;
    ensures  none:  \result != 0 ==> gnt_spares == 0;
    ensures  mem:   \result == 0 ==> state_mem(*s) && s->table.slots.capacity == capacity;
    ensures  spare: \result == 0 ==> gnt_spares == 1 && gnt_spare == *s;
*/
s32 gnt_env_state_new(struct gnt_file *file, u32 capacity, struct gnt_state *s);

/*
 * @s, which gnt_env_state_new() gave, is the instance's state from now on; the memory of the old one is freed, not before the
 * lock is released.
 */
/*@ requires held:  gnt_locked == 1 && gnt_map_locked == 0;
    requires mine:  gnt_spares == 1 && gnt_spare == s;
    assigns  gnt_spares;
    ensures  given: gnt_spares == 0;
*/
void gnt_env_replace(struct gnt_file *file, struct gnt_state s);

/* Frees what gnt_env_state_new() gave and nobody got. */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mine:  gnt_spares == 1 && gnt_spare == s;
    assigns  gnt_spares;
    ensures  gone:  gnt_spares == 0;
*/
void gnt_env_state_free(struct gnt_file *file, struct gnt_state s);

/* The module's limit parameter, in grants a call; it may change at any time. GNT-MOD-004, GNT-MOD-005. */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  gnt_limit_said;
    ensures  said:  \result == gnt_limit_said;
*/
u32 gnt_env_limit(void);

/* Does the domain the driver runs in take two mappings a page (1: PV), or one (0: auto-translated)? It never changes. */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  \nothing;
    ensures  range: \result <= 1;
*/
u32 gnt_env_is_pv(void);

/* The profile of the instance behind @file: GNT_PROFILE_*. It never changes. GNT-OPEN-005. */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  \nothing;
    ensures  range: \result <= 1 && \result == gnt_profile;
*/
u32 gnt_env_profile(struct gnt_file *file);

/* What the caller's address space has at an address. */
struct gnt_vma {
	u32 found; /* GNT_FOUND_* of request.h */
	u32 first; /* GNT_FOUND_OURS: the first slot of its map */
	u32 count; /* GNT_FOUND_OURS: the pages of its map */
	u64 start; /* GNT_FOUND_OURS: the address at which the map's first page is, or was, mapped */
};

/*@ ghost
   // what was found last, and at which address
   struct gnt_vma gnt_found;
   u64 gnt_found_at;
*/

/*
 * The VMA of the calling process that contains @address, looked up under mmap_lock. GNT-OFF-003, GNT-GEN-023.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  gnt_found, gnt_found_at;
    ensures  what:  gnt_found == \result && gnt_found_at == address;
    ensures  found: \result.found <= GNT_FOUND_OURS;
    ensures  first: \result.found == GNT_FOUND_OURS ==> \result.first < GNT_SLOTS_MAX;
*/
struct gnt_vma gnt_env_find_vma(struct gnt_file *file, u64 address);

/*
 * No VMA of map @block is left; it stays referenced until this returns. The embedder takes down what it has for all of them, and
 * may call gnt_map_invalidate() for it meanwhile.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires known: block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, GNT_XEN_ALL;
    ensures  open:  gnt_map_locked == 0 && gnt_my_own == 0;
*/
void gnt_env_unmapped(u64 block);
