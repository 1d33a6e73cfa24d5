/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The environment, part copy: what GRANT_COPY needs besides user memory (env_user.h): memory for a batch of ops, pins of local
 * pages, the copy hypercall, and pauses. The embedder (kernel/, src/model/) defines the functions; their contracts are assumed by
 * the proof, and checked at run time by the model. None may be called with a lock held (I10).
 *
 * The ghost state says what a call of GRANT_COPY has in hand and what it did:
 * gnt_pin[i] is the pin of the local page of op i: GNT_PIN_*; gnt_pin_at[i] is the user address it was asked for.
 * gnt_xen_said[i] is what Xen said of op i when it was asked last: a status, or GNT_COPY_PENDING if it gave none.
 * gnt_taken_segment[k] and gnt_taken_grants[k] are segment k of the batch as it was fetched; the last is for one that has no room.
 * gnt_transfers is the number of batches' memory in hand, and gnt_transfer_memory where the next is.
 * gnt_slept is the sum, in milliseconds, of the pauses since the ops of the batch were first handed to Xen; it need not count
 * beyond GNT_COPY_PATIENCE_MS.
 * gnt_given is 1 if the ops of the batch were handed to Xen, from when on it may be asked only for those that it wants retried.
 */
#pragma once
#include "request.h"
#include "env_user.h"

/* what is local in a segment: a side that is not a grant reference */
#define GNT_LOCAL_NONE 0u /* nothing: from grant to grant */
#define GNT_LOCAL_SOURCE 1u
#define GNT_LOCAL_DEST 2u

/* more statuses of ops: GNTST_general_error, GNTST_bad_page, GNTST_eagain; and the range of the numbers Xen can give */
#define GNT_COPY_GENERAL_ERROR (-1)
#define GNT_COPY_BAD_PAGE (-9)
#define GNT_COPY_EAGAIN (-12)
#define GNT_COPY_STATUS_MIN (-32768)
#define GNT_COPY_STATUS_MAX 32767

/* life of a pin (ghost): none, for reading, for writing, for writing with the op handed to Xen */
#define GNT_PIN_NONE 0
#define GNT_PIN_READ 1
#define GNT_PIN_WRITE 2
#define GNT_PIN_WRITTEN 3

/* how long an op that Xen asks to retry is retried at least: GNT-COPY-020 */
#define GNT_COPY_PATIENCE_MS 30000

/*
 * A batch of ops and the segments it is made of, which have at least one op each. batch.op[i].segment is an index into the arrays
 * below. Only those sides have a meaning that are grant references: of op i, the source unless its segment's local is
 * GNT_LOCAL_SOURCE, the dest unless it is GNT_LOCAL_DEST. The page of a local side is the one pinned for op i.
 */
struct gnt_transfer {
	struct gnt_copy_batch batch;
	u32 segments; /* in use */
	u32 number[GNT_COPY_BATCH]; /* which segment of the call, from 0 */
	u16 local[GNT_COPY_BATCH]; /* GNT_LOCAL_* */
	u32 source_ref[GNT_COPY_BATCH]; /* the granted frames: references, and domain ids of 16 bits (GNT-GEN-006) */
	u32 source_domid[GNT_COPY_BATCH];
	u32 dest_ref[GNT_COPY_BATCH];
	u32 dest_domid[GNT_COPY_BATCH];
};

/*@ ghost
   int gnt_pin[GNT_COPY_BATCH];
   u64 gnt_pin_at[GNT_COPY_BATCH];
   s32 gnt_xen_said[GNT_COPY_BATCH];
   struct gnt_copy_segment gnt_taken_segment[GNT_COPY_BATCH + 1];
   struct gnt_segment_grants gnt_taken_grants[GNT_COPY_BATCH + 1];
   u32 gnt_transfers;
   struct gnt_transfer *gnt_transfer_memory;
   u64 gnt_slept;
   u32 gnt_given;
*/

/* for assigns: segments that were fetched, pins that were made, and what came of asking Xen */
#define GNT_TAKEN gnt_taken_segment[0 .. GNT_COPY_BATCH], gnt_taken_grants[0 .. GNT_COPY_BATCH]
#define GNT_PINNED gnt_pin[0 .. GNT_COPY_BATCH-1], gnt_pin_at[0 .. GNT_COPY_BATCH-1]
#define GNT_ASKED_XEN gnt_xen_said[0 .. GNT_COPY_BATCH-1], gnt_slept, gnt_given

#include "transfer_logic.h"

/*
 * Memory for a batch, to be given back with gnt_env_transfer_free(); what it holds is of no meaning. Null: there is none.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires few:   gnt_transfers == 0;
    assigns  \result \from gnt_transfer_memory;
    assigns  gnt_transfers;
    ensures  mem:   \result != \null ==> \result == gnt_transfer_memory && \valid(\result) && gnt_transfers == 1;
    ensures  none:  \result == \null ==> gnt_transfers == 0;
*/
struct gnt_transfer *gnt_env_transfer_new(void);

/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mem:   \valid(t) && gnt_transfers == 1;
    requires pins:  transfer_unpinned(0, GNT_COPY_BATCH);
    assigns  gnt_transfers;
    ensures  given: gnt_transfers == 0;
*/
void gnt_env_transfer_free(struct gnt_transfer *t);

/*
 * Pins the page of the caller's at user address @address, for writing if @write is not 0, as the local page of op @op.
 * -GNT_EFAULT: it is not accessible so. GNT-COPY-012, GNT-COPY-030.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mem:   \valid(t);
    requires op:    op < GNT_COPY_BATCH && gnt_pin[op] == GNT_PIN_NONE;
    assigns  gnt_pin[op], gnt_pin_at[op];
    ensures  pin:   \result == 0 ==> gnt_pin[op] == (write != 0 ? GNT_PIN_WRITE : GNT_PIN_READ) && gnt_pin_at[op] == address;
    ensures  none:  \result != 0 ==> \result == -GNT_EFAULT && gnt_pin[op] == GNT_PIN_NONE;
*/
s32 gnt_env_pin(struct gnt_transfer *t, u32 op, u64 address, u32 write);

/*
 * Releases the pin of op @op; the page is marked dirty if @dirty is not 0. GNT-COPY-024, GNT-COPY-025.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mem:   \valid(t);
    requires op:    op < GNT_COPY_BATCH && gnt_pin[op] != GNT_PIN_NONE;
    requires dirty: dirty != 0 <==> gnt_pin[op] == GNT_PIN_WRITTEN;
    assigns  gnt_pin[op];
    ensures  none:  gnt_pin[op] == GNT_PIN_NONE;
*/
void gnt_env_unpin(struct gnt_transfer *t, u32 op, u32 dirty);

/*
 * Has Xen execute, in order, the ops whose status is GNT_COPY_PENDING, and puts down the status of each, whatever number it is.
 * An op that has got no status, since the hypercall itself failed, stays GNT_COPY_PENDING.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mem:   \valid(t) && t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH;
    requires ops:   transfer_ops(t, t->batch.n, t->segments) && transfer_known(t, t->batch.n);
    requires asked: transfer_grants(t, t->segments);
    requires pins:  transfer_first(t) || transfer_later(t);
    assigns  t->batch.op[0 .. GNT_COPY_BATCH-1].status, gnt_pin[0 .. GNT_COPY_BATCH-1], gnt_xen_said[0 .. GNT_COPY_BATCH-1],
             gnt_given;
    ensures  given: gnt_given == 1;
    ensures  pins:  transfer_pins(t, t->batch.n, 1);
    ensures  said:  \forall integer i; 0 <= i < t->batch.n ==> transfer_asked{Pre,Post}(t, i);
*/
void gnt_env_copy(struct gnt_transfer *t);

/*
 * Lets other tasks run, and does not return before @milliseconds have passed. -GNT_EINTR, at any time: a fatal signal is pending.
 * GNT-COPY-028.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  gnt_slept;
    ensures  error: \result == 0 || \result == -GNT_EINTR;
    ensures  slept: \result == 0 ==> gnt_slept >= \old(gnt_slept) + milliseconds || gnt_slept >= GNT_COPY_PATIENCE_MS;
*/
s32 gnt_env_pause(u32 milliseconds);
