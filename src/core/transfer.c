// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * GRANT_COPY of transfer.h: one batch at a time is built, executed and handed out. An op must neither reach Xen without its pin,
 * nor twice but to be retried, and no path may leave a pin or the batch's memory behind.
 */
#include "transfer.h"

/* the longest pause, in milliseconds, before an op is retried: 1 + 2 + ... of them are GNT_COPY_PATIENCE_MS or more */
#define LONGEST_PAUSE_MS 255u

/* ---- execution */

/*
 * After Xen was asked: an op without answer has failed, and one to be retried gets the status @later, which is GNT_COPY_PENDING
 * as long as there is patience. Is there an op to be retried?
 */
/*@ requires batch: \valid(t) && t->batch.n <= GNT_COPY_BATCH;
    requires later: later == GNT_COPY_PENDING || (later == GNT_COPY_BAD_PAGE && gnt_slept >= GNT_COPY_PATIENCE_MS);
    requires heard: \forall integer i; 0 <= i < t->batch.n ==> transfer_heard(t, i) || transfer_said(t, i);
    assigns  t->batch.op[0 .. GNT_COPY_BATCH-1].status;
    ensures  set:   \forall integer i; 0 <= i < t->batch.n ==> transfer_settled{Pre,Post}(t, i, later);
    ensures  known: transfer_known(t, t->batch.n) && transfer_retried(t, t->batch.n);
    ensures  done:  \result == 0 || later != GNT_COPY_PENDING ==> transfer_done(t, t->batch.n);
*/
static u32 settle(struct gnt_transfer *t, s32 later)
{
	u32 again = 0;

	/*@ loop invariant at:    0 <= i <= t->batch.n;
	    loop invariant set:   \forall integer k; 0 <= k < i ==> transfer_settled{Pre,Here}(t, k, later);
	    loop invariant known: transfer_known(t, i) && transfer_retried(t, i);
	    loop invariant same:  \forall integer k; i <= k < t->batch.n ==>
	      t->batch.op[k].status == \at(t->batch.op[k].status, Pre);
	    loop invariant done:  again == 0 || later != GNT_COPY_PENDING ==> transfer_done(t, i);
	    loop assigns i, again, t->batch.op[0 .. GNT_COPY_BATCH-1].status;
	    loop variant t->batch.n - i;
	*/
	for (u32 i = 0; i < t->batch.n; i++) {
		//@ assert heard: transfer_heard(t, i) || transfer_said(t, i);
		//@ ghost Heard: ;
		if (t->batch.op[i].status == GNT_COPY_PENDING) {
			t->batch.op[i].status = GNT_COPY_GENERAL_ERROR;
		} else if (t->batch.op[i].status == GNT_COPY_EAGAIN) {
			t->batch.op[i].status = later;
			again = 1;
		}
		//@ assert said: transfer_said(t, i) || (transfer_waits(t, i) && gnt_xen_said[i] == GNT_COPY_EAGAIN && again == 1);
		//@ assert others: \forall integer k; 0 <= k < i && transfer_said{Heard}(t, k) ==> transfer_said(t, k);
		//@ assert waits: \forall integer k; 0 <= k < i ==> (transfer_waits{Heard}(t, k) <==> transfer_waits(t, k));
	}
	return again;
}

/*
 * Has Xen execute the ops of the batch, and those that it says are to be retried again and again, with growing pauses.
 * -GNT_EINTR: the caller is being killed, and ops may be left without status. GNT-COPY-014, GNT-COPY-020, GNT-COPY-028.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && transfer_ready(t);
    assigns  t->batch.op[0 .. GNT_COPY_BATCH-1].status, gnt_pin[0 .. GNT_COPY_BATCH-1], GNT_ASKED_XEN;
    ensures  error: \result == 0 || \result == -GNT_EINTR;
    ensures  ops:   transfer_ops(t, t->batch.n, t->segments);
    ensures  pins:  transfer_pins(t, t->batch.n, 1);
    ensures  done:  \result == 0 ==> transfer_done(t, t->batch.n);
*/
static s32 execute(struct gnt_transfer *t)
{
	s32 error;

	//@ ghost gnt_slept = 0;
	//@ ghost gnt_given = 0;
	/*@ loop invariant range: 1 <= ms <= LONGEST_PAUSE_MS + 1;
	    loop invariant slept: 2 * gnt_slept >= ms * (ms - 1) || gnt_slept >= GNT_COPY_PATIENCE_MS;
	    loop invariant ops:   transfer_ops(t, t->batch.n, t->segments) && transfer_grants(t, t->segments);
	    loop invariant known: transfer_known(t, t->batch.n);
	    loop invariant pins:  transfer_first(t) || transfer_later(t);
	    loop assigns ms, error, t->batch.op[0 .. GNT_COPY_BATCH-1].status, gnt_pin[0 .. GNT_COPY_BATCH-1], GNT_ASKED_XEN;
	    loop variant LONGEST_PAUSE_MS - ms;
	*/
	for (u32 ms = 1; ms <= LONGEST_PAUSE_MS; ms++) {
		//@ ghost Before: ;
		gnt_env_copy(t);
		/*@ assert heard: \forall integer i; transfer_asked{Before,Here}(t, i)
		      && (transfer_waits{Before}(t, i) || transfer_said{Before}(t, i)) ==> transfer_heard(t, i) || transfer_said(t, i);
		*/
		if (settle(t, GNT_COPY_PENDING) == 0)
			return 0;
		error = gnt_env_pause(ms);
		if (error != 0)
			return error;
	}
	//@ ghost Last: ;
	gnt_env_copy(t);
	/*@ assert heard: \forall integer i; transfer_asked{Last,Here}(t, i)
	      && (transfer_waits{Last}(t, i) || transfer_said{Last}(t, i)) ==> transfer_heard(t, i) || transfer_said(t, i);
	*/
	settle(t, GNT_COPY_BAD_PAGE);
	return 0;
}

/* ---- after a batch */

/*
 * Stores the final status of segment @number of the call at @segments.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires reach: transfer_reach(segments, number + 1);
    requires once:  gnt_next <= number && gnt_copied <= 0xffffffff;
    requires said:  transfer_answer(status);
    assigns  GNT_STATUSES;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  count: \result == 0 ==> gnt_copied == \old(gnt_copied) + 1;
    ensures  next:  gnt_next == number + 1;
    ensures  told:  \result == 0 ==> transfer_told(segments, number, status);
*/
static s32 put_status(u64 segments, u32 number, s32 status)
{
	s32 error = gnt_env_store_s16(segments + (u64)GNT_SEGMENT_BYTES * number + GNT_SEGMENT_STATUS, (s16)status);

	//@ ghost gnt_next = number + 1ull;
	//@ ghost if (error == 0) gnt_copied++;
	return error;
}

/*
 * Hands out the status of each segment of the batch, once, in order. GNT-COPY-018, GNT-COPY-019, GNT-COPY-021, GNT-COPY-027.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid_read(t) && t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH;
    requires done:  transfer_done(t, t->batch.n);
    requires order: transfer_numbers(t, t->segments, taken);
    requires next:  (t->segments > 0 ==> gnt_next <= t->number[0]) && gnt_next <= taken;
    requires reach: transfer_reach(segments, taken) && taken <= 0xffffffff;
    requires count: gnt_copied + t->segments <= 0xffffffff;
    assigns  GNT_STATUSES;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  count: \result == 0 ==> gnt_copied == \old(gnt_copied) + t->segments;
    ensures  next:  gnt_next <= taken;
*/
static s32 put_statuses(const struct gnt_transfer *t, u64 segments) /*@ ghost (u64 taken) */
{
	s32 error;

	/*@ loop invariant at:    0 <= k <= t->segments;
	    loop invariant next:  gnt_next <= taken && (k < t->segments ==> gnt_next <= t->number[k]);
	    loop invariant count: gnt_copied == \at(gnt_copied, Pre) + k;
	    loop assigns k, error, GNT_STATUSES;
	    loop variant t->segments - k;
	*/
	for (u32 k = 0; k < t->segments; k++) {
		//@ assert number: transfer_number(t, k, taken) && (k + 1 < t->segments ==> transfer_number(t, k + 1, taken));
		//@ assert done: \forall integer i; transfer_said(t, i) ==> transfer_answer(t->batch.op[i].status);
		//@ assert said: \forall integer i; 0 <= i < t->batch.n ==> transfer_answer(t->batch.op[i].status);
		error = put_status(segments, t->number[k], gnt_copy_status(&t->batch, k));
		//@ assert told: error == 0 ==> transfer_told(segments, t->number[k], gnt_stored_s16);
		//@ assert its: error == 0 ==> copy_says(&t->batch, k, gnt_stored_s16);
		if (error != 0)
			return error;
	}
	return 0;
}

/*
 * Empties the batch, and releases its pins: a page is dirty if it was the destination of an op that was @executed. GNT-COPY-024,
 * GNT-COPY-025.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH;
    requires ops:   transfer_ops(t, t->batch.n, t->segments);
    requires pins:  executed <= 1 && transfer_pins(t, t->batch.n, executed);
    assigns  t->batch.n, t->segments, gnt_pin[0 .. GNT_COPY_BATCH-1];
    ensures  empty: t->batch.n == 0 && t->segments == 0;
    ensures  pins:  transfer_unpinned(0, GNT_COPY_BATCH);
*/
static void drop(struct gnt_transfer *t, u32 executed)
{
	/*@ loop invariant at:   0 <= i <= t->batch.n;
	    loop invariant gone: transfer_unpinned(0, i);
	    loop invariant left: \forall integer k; i <= k < GNT_COPY_BATCH ==> gnt_pin[k] == \at(gnt_pin[k], Pre);
	    loop assigns i, gnt_pin[0 .. GNT_COPY_BATCH-1];
	    loop variant t->batch.n - i;
	*/
	for (u32 i = 0; i < t->batch.n; i++) {
		//@ assert op: transfer_op(t, i, t->segments) && transfer_pin(t, i, executed);
		u16 local = t->local[t->batch.op[i].segment];

		if (local == GNT_LOCAL_DEST)
			gnt_env_unpin(t, i, executed);
		else if (local == GNT_LOCAL_SOURCE)
			gnt_env_unpin(t, i, 0);
	}
	gnt_copy_start(&t->batch);
	t->segments = 0;
}

/*
 * Executes the batch, hands out the statuses of its segments, and empties it. @taken: as many segments of the call were looked
 * at.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && transfer_ready(t);
    requires order: transfer_numbers(t, t->segments, taken);
    requires next:  (t->segments > 0 ==> gnt_next <= t->number[0]) && gnt_next <= taken;
    requires reach: transfer_reach(segments, taken) && taken <= 0xffffffff;
    requires count: gnt_copied + t->segments == taken;
    assigns  t->batch.n, t->batch.op[0 .. GNT_COPY_BATCH-1].status, t->segments, gnt_pin[0 .. GNT_COPY_BATCH-1],
             GNT_ASKED_XEN, GNT_STATUSES;
    ensures  error: \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINTR;
    ensures  all:   \result == 0 ==> gnt_copied == taken;
    ensures  next:  gnt_next <= taken;
    ensures  empty: t->batch.n == 0 && t->segments == 0;
    ensures  pins:  transfer_unpinned(0, GNT_COPY_BATCH);
*/
static s32 flush(struct gnt_transfer *t, u64 segments) /*@ ghost (u64 taken) */
{
	s32 error;

	if (t->batch.n == 0)
		return 0;
	error = execute(t);
	if (error == 0)
		error = put_statuses(t, segments) /*@ ghost (taken) */;
	drop(t, 1);
	return error;
}

/* ---- a segment into the batch */

/* What is local in a segment with these flags, one of which says that a side is a grant. */
/*@ assigns \nothing;
    ensures side: transfer_sided(flags, \result);
*/
static u16 local_side(u32 flags)
{
	if (flags / GNT_COPY_SOURCE_GREF % 2 == 0)
		return GNT_LOCAL_SOURCE;
	return flags / GNT_COPY_DEST_GREF % 2 == 0 ? GNT_LOCAL_DEST : GNT_LOCAL_NONE;
}

/* Puts down the grants of segment @k of the batch, the next. */
/*@ requires batch: \valid(t) && k < GNT_COPY_BATCH && transfer_added(t, k, first) && transfer_numbers(t, k, taken);
    requires asked: transfer_has(grants, k);
    assigns  t->source_ref[k], t->source_domid[k], t->dest_ref[k], t->dest_domid[k];
    ensures  asked:  transfer_granted(t, k);
    ensures  batch:  transfer_added(t, k, first) && t->batch.n == \old(t->batch.n);
    ensures  order:  transfer_numbers(t, k, taken) && t->number[0] == \old(t->number[0]);
*/
static void put_grants(struct gnt_transfer *t, u32 k, struct gnt_segment_grants grants) /*@ ghost (u32 first, u64 taken) */
{
	t->source_ref[k] = grants.source_ref;
	t->source_domid[k] = grants.source_domid;
	t->dest_ref[k] = grants.dest_ref;
	t->dest_domid[k] = grants.dest_domid;
	//@ assert op: \forall integer i, s; 0 <= i < GNT_COPY_BATCH && transfer_op{Pre}(t, i, s) ==> transfer_op(t, i, s);
	/*@ assert pin: \forall integer i; 0 <= i < GNT_COPY_BATCH && transfer_op{Pre}(t, i, k + 1)
	      && transfer_pin{Pre}(t, i, 0) ==> transfer_pin(t, i, 0);
	*/
	//@ assert number: \forall integer i; 0 <= i < k && transfer_number{Pre}(t, i, taken) ==> transfer_number(t, i, taken);
	//@ assert others: \forall integer i; 0 <= i < k && transfer_grant{Pre}(t, i) ==> transfer_grant(t, i);
}

/* Puts down what else is known of segment @k, which makes it one of the batch. */
/*@ requires batch: \valid(t) && k < GNT_COPY_BATCH && transfer_added(t, k, first) && transfer_numbers(t, k, number);
    requires asked: transfer_granted(t, k);
    requires sided: transfer_sided(gnt_taken_segment[k].flags, local);
    assigns  t->number[k], t->local[k], t->segments;
    ensures  asked:  transfer_grants(t, k + 1);
    ensures  set:    t->number[k] == number && t->local[k] == local && t->segments == k + 1;
    ensures  batch:  transfer_added(t, k, first) && t->batch.n == \old(t->batch.n);
    ensures  order:  transfer_numbers(t, k + 1, number + 1) && (k > 0 ==> t->number[0] == \old(t->number[0]));
*/
static void put_segment(struct gnt_transfer *t, u32 k, u32 number, u16 local) /*@ ghost (u32 first) */
{
	t->number[k] = number;
	t->local[k] = local;
	t->segments = k + 1;
	//@ assert op: \forall integer i, s; 0 <= i < GNT_COPY_BATCH && transfer_op{Pre}(t, i, s) ==> transfer_op(t, i, s);
	/*@ assert pin: \forall integer i; 0 <= i < first && transfer_op{Pre}(t, i, k) && transfer_pin{Pre}(t, i, 0) ==>
	      transfer_pin(t, i, 0);
	*/
	/*@ assert number: \forall integer i; 0 <= i < k && transfer_number{Pre}(t, i, number) ==>
	      transfer_number(t, i, number + 1);
	*/
	//@ assert last: k > 0 ==> transfer_number(t, k - 1, number);
	//@ assert others: \forall integer i; 0 <= i < k && transfer_grant{Pre}(t, i) ==> transfer_grant(t, i);
	//@ assert its: transfer_grant(t, k);
}

/*@ ghost
  /@ requires part:  \valid_read(t) && i < GNT_COPY_BATCH && copy_part(&t->batch, i, source, dest, len, k) && k <= GNT_COPY_BATCH;
     requires its:   source - gnt_taken_segment[k].source == dest - gnt_taken_segment[k].dest;
     requires in:    gnt_taken_segment[k].source <= source && source + len <= gnt_taken_segment[k].source + gnt_taken_segment[k].len;
     assigns  \nothing;
     ensures  op:    transfer_op(t, i, k + 1) && transfer_waits(t, i);
  @/
  void lemma_part(const struct gnt_transfer *t, u32 i, u64 source, u64 dest, u32 len, u32 k)
  {
    /@ assert is: t->batch.op[i].source == source && t->batch.op[i].dest == dest && t->batch.op[i].len == len; @/
  }

  // Ops @n and after tile a segment that is not empty, and so are parts of it.
  /@ requires tiles: \valid_read(t) && \valid_read(seg) && seg->len > 0 && copy_tiles(&t->batch, n, t->batch.n, seg, k);
     requires good:  copy_good(seg) && n < t->batch.n <= GNT_COPY_BATCH && k <= GNT_COPY_BATCH && transfer_is(*seg, k);
     assigns  \nothing;
     ensures  op:    \forall integer i; n <= i < t->batch.n ==> transfer_op(t, i, k + 1);
     ensures  wait:  \forall integer i; n <= i < t->batch.n ==> transfer_waits(t, i);
  @/
  void lemma_parts(const struct gnt_transfer *t, const struct gnt_copy_segment *seg, u32 n, u32 k)
  {
    u32 len = t->batch.op[n].len;

    lemma_part(t, n, seg->source, seg->dest, len, k);
    if (t->batch.n == n + 2) {
      /@ assert rest: copy_part(&t->batch, n + 1, seg->source + len, seg->dest + len, seg->len - len, k); @/
      /@ assert less: 0 < seg->len - len; @/
      lemma_part(t, n + 1, seg->source + len, seg->dest + len, seg->len - len, k);
    }
  }
*/

/*@ ghost
  // The next segment of the batch is the one that has these bytes, and so these grants.
  /@ requires batch: \valid_read(t) && transfer_ready(t) && transfer_numbers(t, t->segments, taken);
     requires asked: transfer_decoded(raw, compat, seg);
     requires named: transfer_decoded_grants(raw, grants);
     assigns  gnt_taken_segment[t->segments], gnt_taken_grants[t->segments];
     ensures  batch: transfer_ready(t) && transfer_numbers(t, t->segments, taken);
     ensures  asked: transfer_decoded(raw, compat, gnt_taken_segment[t->segments])
                     && transfer_decoded_grants(raw, gnt_taken_grants[t->segments]);
     ensures  its:   transfer_is(seg, t->segments) && transfer_has(grants, t->segments);
  @/
  void taken_from(const struct gnt_transfer *t, struct gnt_copy_segment seg, struct gnt_segment_grants grants, u64 taken,
                  const u8 *raw, u32 compat)
  {
    gnt_taken_segment[t->segments] = seg;
    gnt_taken_grants[t->segments] = grants;
    /@ assert op: \forall integer i; 0 <= i < t->batch.n && transfer_op{Pre}(t, i, t->segments) ==> transfer_op(t, i, t->segments); @/
    /@ assert grants: \forall integer k; 0 <= k < t->segments && transfer_grant{Pre}(t, k) ==> transfer_grant(t, k); @/
  }
*/

/*
 * Adds the ops of the next segment, without pins. 0, or -GNT_ENOSPC if the batch has no room for all of them.
 */
/*@ requires batch: \valid(t) && transfer_ready(t);
    requires seg:   \valid_read(seg) && copy_good(seg) && seg->len > 0;
    requires apart: \separated(seg, t) && transfer_is(*seg, t->segments);
    requires order: transfer_numbers(t, t->segments, taken);
    assigns  t->batch.n, t->batch.op[0 .. GNT_COPY_BATCH-1];
    ensures  error: \result == 0 || \result == -GNT_ENOSPC;
    ensures  empty: \old(t->batch.n) == 0 ==> \result == 0;
    ensures  full:  \result != 0 ==> t->batch.n == \old(t->batch.n) && transfer_ready(t);
    ensures  fits:  \result == 0 ==> transfer_added(t, t->segments, \old(t->batch.n));
    ensures  tiles: \result == 0 ==> copy_tiles(&t->batch, \old(t->batch.n), t->batch.n, seg, t->segments);
    ensures  order: transfer_numbers(t, t->segments, taken) && t->number[0] == \old(t->number[0]);
    ensures  same:  t->segments == \old(t->segments);
*/
static s32 add_ops(struct gnt_transfer *t, const struct gnt_copy_segment *seg) /*@ ghost (u64 taken) */
{
	//@ ghost u32 n = t->batch.n, k = t->segments;
	s32 error = gnt_copy_add(&t->batch, seg, t->segments);

	//@ assert segments: t->segments == k;
	/*@ assert op: \forall integer i; 0 <= i < n && transfer_op{Pre}(t, i, k) && copy_kept{Pre,Here}(&t->batch, i) ==>
	      transfer_op(t, i, k) && transfer_op(t, i, k + 1);
	*/
	/*@ assert pin: \forall integer i; 0 <= i < n && transfer_op{Pre}(t, i, k) && transfer_pin{Pre}(t, i, 0)
	      && copy_kept{Pre,Here}(&t->batch, i) ==> transfer_pin(t, i, 0);
	*/
	/*@ assert wait: \forall integer i; 0 <= i < n && transfer_waits{Pre}(t, i) && copy_kept{Pre,Here}(&t->batch, i) ==>
	      transfer_waits(t, i);
	*/
	/*@ ghost if (error == 0) lemma_parts(t, seg, n, k); */
	//@ assert number: \forall integer i; 0 <= i < k && transfer_number{Pre}(t, i, taken) ==> transfer_number(t, i, taken);
	//@ assert grant: \forall integer i; 0 <= i < k && transfer_grant{Pre}(t, i) ==> transfer_grant(t, i);
	//@ assert ops: transfer_ops(t, n, k) && (error == 0 ==> transfer_ops(t, t->batch.n, k + 1));
	//@ assert pins: transfer_pins(t, n, 0);
	//@ assert pending: transfer_pending(t, n) && (error == 0 ==> transfer_pending(t, t->batch.n));
	return error;
}
/*
 * Pins the local page of op @i, if it has one.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && i < GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH;
    requires op:    transfer_op(t, i, t->segments) && transfer_pins(t, i, 0);
    assigns  gnt_pin[i], gnt_pin_at[i];
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  pin:   \result == 0 ==> transfer_pins(t, i + 1, 0);
    ensures  none:  \result != 0 ==> transfer_pins(t, i, 0);
*/
static s32 pin_op(struct gnt_transfer *t, u32 i)
{
	u16 local = t->local[t->batch.op[i].segment];
	s32 error = 0;

	//@ assert free: transfer_free(i);
	if (local == GNT_LOCAL_DEST)
		error = gnt_env_pin(t, i, t->batch.op[i].dest, 1);
	else if (local == GNT_LOCAL_SOURCE)
		error = gnt_env_pin(t, i, t->batch.op[i].source, 0);
	//@ assert pin: error == 0 ? transfer_pin(t, i, 0) : transfer_free(i);
	//@ assert others: \forall integer k; 0 <= k < i && transfer_pin{Pre}(t, k, 0) ==> transfer_pin(t, k, 0);
	//@ assert free: \forall integer k; i < k < GNT_COPY_BATCH && transfer_free{Pre}(k) ==> transfer_free(k);
	return error;
}

/* Takes op @n and all after it, which have no pins, out of the batch. */
/*@ requires batch: \valid(t) && n <= t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH;
    requires ops:   transfer_ops(t, t->batch.n, t->segments) && transfer_pins(t, n, 0);
    assigns  t->batch.n;
    ensures  held:  transfer_held(t);
*/
static void cut(struct gnt_transfer *t, u32 n)
{
	t->batch.n = n;
	//@ assert op: \forall integer i; 0 <= i < n && transfer_op{Pre}(t, i, t->segments) ==> transfer_op(t, i, t->segments);
	//@ assert pin: \forall integer i; 0 <= i < n && transfer_pin{Pre}(t, i, 0) ==> transfer_pin(t, i, 0);
}

/*
 * Pins the local pages of the ops from @first on. -GNT_EFAULT: the batch is cut short before the op whose page is not accessible,
 * and is only good to be dropped. GNT-COPY-012.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && first <= t->batch.n <= GNT_COPY_BATCH && t->segments <= t->batch.n;
    requires ops:   transfer_ops(t, t->batch.n, t->segments) && transfer_pins(t, first, 0);
    requires wait:  transfer_pending(t, t->batch.n) && transfer_grants(t, t->segments);
    requires order: transfer_numbers(t, t->segments, taken);
    assigns  t->batch.n, GNT_PINNED;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  held:  transfer_held(t);
    ensures  all:   \result == 0 ==> transfer_ready(t) && transfer_numbers(t, t->segments, taken)
                    && t->number[0] == \old(t->number[0]);
*/
static s32 pin_ops(struct gnt_transfer *t, u32 first) /*@ ghost (u64 taken) */
{
	s32 error;

	/*@ loop invariant at:   first <= i <= t->batch.n;
	    loop invariant pins: transfer_pins(t, i, 0);
	    loop assigns i, error, GNT_PINNED;
	    loop variant t->batch.n - i;
	*/
	for (u32 i = first; i < t->batch.n; i++) {
		error = pin_op(t, i);
		if (error != 0) {
			cut(t, i);
			return error;
		}
	}
	return 0;
}

/*
 * Puts a segment of the call, of length not 0, into the batch. If it does not fit, the batch is executed first, so that no
 * segment is spread over two. Any error: the batch is only good to be dropped. GNT-COPY-007, GNT-COPY-014, GNT-COPY-015,
 * GNT-COPY-028.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && transfer_ready(t);
    requires seg:   \valid_read(seg) && copy_good(seg) && seg->len > 0 && \separated(seg, t);
    requires raw:   \valid_read(raw + (0 .. GNT_SEGMENT_BYTES-1)) && \separated(raw + (0 .. GNT_SEGMENT_BYTES-1), t);
    requires asked: transfer_decoded(raw, compat, *seg) && transfer_decoded_grants(raw, grants);
    requires order: transfer_numbers(t, t->segments, number);
    requires next:  (t->segments > 0 ==> gnt_next <= t->number[0]) && gnt_next <= number;
    requires reach: transfer_reach(segments, number + 1) && number < 0xffffffff;
    requires count: gnt_copied + t->segments == number;
    requires ahead: transfer_told(segments, number, GNT_COPY_OKAY);
    assigns  *t, GNT_PINNED, GNT_ASKED_XEN, GNT_TAKEN, GNT_STATUSES;
    ensures  error: \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINTR;
    ensures  held:  transfer_held(t);
    ensures  ready: \result == 0 ==> transfer_ready(t) && gnt_copied + t->segments == number + 1;
    ensures  order: \result == 0 ==> transfer_numbers(t, t->segments, number + 1) && gnt_next <= number
                    && (t->segments > 0 ==> gnt_next <= t->number[0]);
*/
static s32 place(struct gnt_transfer *t, const struct gnt_copy_segment *seg, struct gnt_segment_grants grants, u64 segments,
		 u32 number) /*@ ghost (const u8 *raw, u32 compat) */
{
	u16 local = local_side(seg->flags);
	u32 first = t->batch.n, k;
	s32 error;

	//@ ghost taken_from(t, *seg, grants, number, raw, compat);
	//@ assert sided: transfer_sided(gnt_taken_segment[t->segments].flags, local);
	if (add_ops(t, seg) /*@ ghost (number) */ != 0) {
		error = flush(t, segments) /*@ ghost (number) */;
		if (error == 0)
			error = gnt_env_pause(0);
		if (error != 0)
			return error;
		first = 0;
		//@ assert same: seg->len == \at(seg->len, Pre) && seg->flags == \at(seg->flags, Pre);
		//@ ghost taken_from(t, *seg, grants, number, raw, compat);
		//@ assert sided: transfer_sided(gnt_taken_segment[t->segments].flags, local);
		add_ops(t, seg) /*@ ghost (number) */;
	}
	k = t->segments;
	put_grants(t, k, grants) /*@ ghost (first, number) */;
	//@ assert sided: transfer_sided(gnt_taken_segment[k].flags, local);
	//@ assert next: gnt_next <= number && (k > 0 ==> gnt_next <= t->number[0]);
	put_segment(t, k, number, local) /*@ ghost (first) */;
	//@ assert next: gnt_next <= t->number[0];
	return pin_ops(t, first) /*@ ghost (number + 1ull) */;
}

/* ---- a call */

/* Decodes a segment. The batch is other memory. */
/*@ requires mem:   \valid_read(raw + (0 .. GNT_SEGMENT_BYTES-1)) && \valid(seg) && \valid_read(t) && \separated(seg, t);
    requires apart: \separated(raw + (0 .. GNT_SEGMENT_BYTES-1), seg);
    requires batch: transfer_ready(t) && transfer_numbers(t, t->segments, taken);
    assigns  *seg;
    ensures  its:   transfer_decoded(raw, compat, *seg);
    ensures  batch: transfer_ready(t);
    ensures  order: transfer_numbers(t, t->segments, taken);
    ensures  same:  t->segments == \old(t->segments) && t->number[0] == \old(t->number[0]);
*/
static void decode(const u8 *raw, u32 compat, struct gnt_copy_segment *seg) /*@ ghost (struct gnt_transfer *t, u64 taken) */
{
	*seg = gnt_decode_segment(raw, compat);
	//@ assert n: t->batch.n == \at(t->batch.n, Pre) && t->segments == \at(t->segments, Pre);
	//@ assert op: \forall integer i, s; 0 <= i < GNT_COPY_BATCH && transfer_op{Pre}(t, i, s) ==> transfer_op(t, i, s);
	/*@ assert pin: \forall integer i; 0 <= i < GNT_COPY_BATCH && transfer_op{Pre}(t, i, \at(t->segments, Pre))
	      && transfer_pin{Pre}(t, i, 0) ==> transfer_pin(t, i, 0);
	*/
	//@ assert ops: transfer_ops(t, t->batch.n, t->segments);
	//@ assert pins: transfer_pins(t, t->batch.n, 0);
	/*@ assert number: \forall integer k; 0 <= k < GNT_COPY_BATCH && transfer_number{Pre}(t, k, taken) ==>
	      transfer_number(t, k, taken);
	*/
	//@ assert grant: \forall integer k; 0 <= k < GNT_COPY_BATCH && transfer_grant{Pre}(t, k) ==> transfer_grant(t, k);
}

/*
 * Fetches the bytes of the segment at user address @at, once, and decodes and checks it. GNT-COPY-004 .. GNT-COPY-006,
 * GNT-COPY-013.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires mem:   \valid(raw + (0 .. GNT_SEGMENT_BYTES-1)) && \valid(seg) && \separated(raw + (0 .. GNT_SEGMENT_BYTES-1), seg);
    requires apart: \valid_read(t) && \separated(seg, t);
    requires batch: transfer_ready(t) && transfer_numbers(t, t->segments, taken);
    requires once:  gnt_fetched <= at;
    assigns  raw[0 .. GNT_SEGMENT_BYTES-1], *seg, gnt_fetched;
    ensures  error: \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL;
    ensures  good:  \result == 0 ==> copy_good(seg) && transfer_decoded(raw, compat, *seg);
    ensures  reach: \result == 0 ==> gnt_fetched == at + GNT_SEGMENT_BYTES <= 0xffffffffffffffff;
    ensures  batch: transfer_ready(t) && transfer_numbers(t, t->segments, taken);
    ensures  same:  t->segments == \old(t->segments) && t->number[0] == \old(t->number[0]);
*/
static s32 fetch_segment(u64 at, u32 compat, u8 *raw, struct gnt_copy_segment *seg)
	/*@ ghost (struct gnt_transfer *t, u64 taken) */
{
	s32 error = gnt_env_fetch(raw, at, GNT_SEGMENT_BYTES);

	if (error != 0)
		return error;
	decode(raw, compat, seg) /*@ ghost (t, taken) */;
	return gnt_copy_check(seg);
}

/*@ ghost
  // A segment without op is none of the batch.
  /@ requires batch: \valid_read(t) && transfer_numbers(t, t->segments, taken);
     assigns  \nothing;
     ensures  order: transfer_numbers(t, t->segments, taken + 1);
  @/
  void lemma_more(const struct gnt_transfer *t, u32 taken)
  {
    /@ assert number: \forall integer k; transfer_number(t, k, taken) ==> transfer_number(t, k, taken + 1); @/
  }
*/

/*
 * Takes segment @number of the call: fetches and checks it, writes its status ahead, and puts its ops, if any, into the batch.
 * Any error: the batch is only good to be dropped. GNT-COPY-007, GNT-COPY-008, GNT-COPY-009.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && transfer_ready(t);
    requires order: transfer_numbers(t, t->segments, number);
    requires next:  (t->segments > 0 ==> gnt_next <= t->number[0]) && gnt_next <= number;
    requires reach: transfer_reach(segments, number) && number < 0xffffffff && gnt_fetched <= segments + 24 * number;
    requires count: gnt_copied + t->segments == number;
    assigns  *t, GNT_PINNED, GNT_ASKED_XEN, GNT_TAKEN, GNT_STATUSES, gnt_fetched;
    ensures  error: \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL || \result == -GNT_EINTR;
    ensures  held:  transfer_held(t);
    ensures  ready: \result == 0 ==> transfer_ready(t) && gnt_copied + t->segments == number + 1;
    ensures  order: \result == 0 ==> transfer_numbers(t, t->segments, number + 1);
    ensures  next:  \result == 0 ==> gnt_next <= number + 1 && (t->segments > 0 ==> gnt_next <= t->number[0]);
    ensures  reach: \result == 0 ==> transfer_reach(segments, number + 1) && gnt_fetched == segments + 24 * (number + 1);
*/
static s32 take(struct gnt_transfer *t, u64 segments, u32 number, u32 compat)
{
	u64 at = segments + (u64)GNT_SEGMENT_BYTES * number;
	u8 raw[GNT_SEGMENT_BYTES];
	struct gnt_copy_segment seg;
	s32 error = fetch_segment(at, compat, raw, &seg) /*@ ghost (t, number) */;

	if (error == 0)
		error = gnt_env_store_s16(at + GNT_SEGMENT_STATUS, GNT_COPY_OKAY);
	if (error != 0)
		return error;
	//@ assert ahead: transfer_told(segments, number, GNT_COPY_OKAY);
	if (seg.len != 0)
		return place(t, &seg, gnt_decode_grants(raw), segments, number) /*@ ghost (raw, compat) */;
	//@ ghost gnt_copied++;
	//@ ghost lemma_more(t, number);
	return 0;
}

/*
 * Takes all segments of the call, in order, and executes their ops. Any error: the batch is only good to be dropped, which is why
 * what was not executed by then will not be (GNT-COPY-016). Segments without op fill no batch, hence a pause every so many.
 * GNT-COPY-008, GNT-COPY-015, GNT-COPY-028, GNT-COPY-032.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires batch: \valid(t) && t->batch.n == 0 && t->segments == 0 && transfer_unpinned(0, GNT_COPY_BATCH);
    requires start: gnt_copied == 0 && gnt_next == 0 && gnt_fetched <= segments;
    assigns  *t, GNT_PINNED, GNT_ASKED_XEN, GNT_TAKEN, GNT_STATUSES, gnt_fetched;
    ensures  error: \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL || \result == -GNT_EINTR;
    ensures  held:  transfer_held(t);
    ensures  all:   \result == 0 ==> gnt_copied == count && t->batch.n == 0;
*/
static s32 take_all(struct gnt_transfer *t, u64 segments, u32 count, u32 compat)
{
	s32 error;

	/*@ loop invariant at:    0 <= i <= count;
	    loop invariant batch: transfer_ready(t) && gnt_copied + t->segments == i;
	    loop invariant order: transfer_numbers(t, t->segments, i);
	    loop invariant next:  gnt_next <= i && (t->segments > 0 ==> gnt_next <= t->number[0]);
	    loop invariant reach: transfer_reach(segments, i) && gnt_fetched <= segments + 24 * i;
	    loop assigns i, error, *t, GNT_PINNED, GNT_ASKED_XEN, GNT_TAKEN, GNT_STATUSES, gnt_fetched;
	    loop variant count - i;
	*/
	for (u32 i = 0; i < count; i++) {
		error = take(t, segments, i, compat);
		if (error == 0 && i % GNT_COPY_BATCH == GNT_COPY_BATCH - 1)
			error = gnt_env_pause(0);
		if (error != 0)
			return error;
	}
	return flush(t, segments) /*@ ghost (count) */;
}

s32 gnt_grant_copy(u64 segments, u32 count, u32 compat)
{
	struct gnt_transfer *t;
	s32 error;

	//@ ghost gnt_fetched = 0;
	//@ ghost gnt_copied = 0;
	//@ ghost gnt_next = 0;
	if (count == 0)
		return 0;
	t = gnt_env_transfer_new();
	if (!t)
		return -GNT_ENOMEM;
	gnt_copy_start(&t->batch);
	t->segments = 0;
	error = take_all(t, segments, count, compat);
	drop(t, 0);
	gnt_env_transfer_free(t);
	return error;
}
