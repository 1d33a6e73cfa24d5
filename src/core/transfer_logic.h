/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of env_copy.h and transfer.c mean: ops that Xen may be asked to execute, the pins behind them, statuses.
 * Comments only, for the compiler.
 */
#pragma once

/*@ // ---- what the bytes of a segment say: where it is from and to, and its grants. One of two numbers, as that side is a
    // grant or local
    logic integer transfer_either{L}(u8 *raw, integer side, integer grant, integer local) =
      (le16(raw, 18) / side) % 2 == 1 ? grant : local;
    predicate transfer_decoded{L}(u8 *raw, integer compat, struct gnt_copy_segment g) =
         g.source == transfer_either(raw, GNT_COPY_SOURCE_GREF, le16(raw, 4), segment_address(raw, 0, compat))
      && g.dest == transfer_either(raw, GNT_COPY_DEST_GREF, le16(raw, 12), segment_address(raw, 8, compat))
      && g.len == le16(raw, 16) && g.flags == le16(raw, 18) % 4;
    predicate transfer_named{L}(u8 *raw, integer i, integer side, integer ref, integer domid) =
      ref == transfer_either(raw, side, le32(raw, i), 0) && domid == transfer_either(raw, side, le16(raw, i + 6), 0);
    predicate transfer_decoded_grants{L}(u8 *raw, struct gnt_segment_grants g) =
         transfer_named(raw, 0, GNT_COPY_SOURCE_GREF, g.source_ref, g.source_domid)
      && transfer_named(raw, 8, GNT_COPY_DEST_GREF, g.dest_ref, g.dest_domid);

    // ---- g is segment k of the batch, and has its grants
    predicate transfer_is{L}(struct gnt_copy_segment g, integer k) =
         g.source == gnt_taken_segment[k].source && g.dest == gnt_taken_segment[k].dest
      && g.len == gnt_taken_segment[k].len && g.flags == gnt_taken_segment[k].flags;
    predicate transfer_has{L}(struct gnt_segment_grants g, integer k) =
         g.source_ref == gnt_taken_grants[k].source_ref && g.source_domid == gnt_taken_grants[k].source_domid
      && g.dest_ref == gnt_taken_grants[k].dest_ref && g.dest_domid == gnt_taken_grants[k].dest_domid;
    // ---- the grants of segment k of the batch are those that were asked for
    predicate transfer_granted{L}(struct gnt_transfer *t, integer k) =
         t->source_ref[k] == gnt_taken_grants[k].source_ref && t->source_domid[k] == gnt_taken_grants[k].source_domid
      && t->dest_ref[k] == gnt_taken_grants[k].dest_ref && t->dest_domid[k] == gnt_taken_grants[k].dest_domid;
    // ---- and so is what is local in it
    predicate transfer_sided(integer flags, integer local) =
         (local == GNT_LOCAL_SOURCE <==> !copy_foreign(flags, GNT_COPY_SOURCE_GREF))
      && (local == GNT_LOCAL_DEST <==> copy_foreign(flags, GNT_COPY_SOURCE_GREF) && !copy_foreign(flags, GNT_COPY_DEST_GREF));
    predicate transfer_grant{L}(struct gnt_transfer *t, integer k) =
      transfer_granted(t, k) && transfer_sided(gnt_taken_segment[k].flags, t->local[k]);
    predicate transfer_grants{L}(struct gnt_transfer *t, integer segments) =
      \forall integer k; 0 <= k < segments ==> transfer_grant(t, k);

    // ---- op i is of one of the first segments of the batch, and leaves no page
    predicate transfer_paged{L}(struct gnt_transfer *t, integer i, integer segments) =
         t->batch.op[i].segment < segments && copy_paged(t->batch.op[i].source, t->batch.op[i].len)
      && copy_paged(t->batch.op[i].dest, t->batch.op[i].len);
    // ---- it copies a part of segment k to where that belongs
    predicate transfer_part{L}(struct gnt_transfer *t, integer i, integer k) =
         t->batch.op[i].source - gnt_taken_segment[k].source == t->batch.op[i].dest - gnt_taken_segment[k].dest
      && gnt_taken_segment[k].source <= t->batch.op[i].source
      && t->batch.op[i].source + t->batch.op[i].len <= gnt_taken_segment[k].source + gnt_taken_segment[k].len;
    predicate transfer_op{L}(struct gnt_transfer *t, integer i, integer segments) =
      transfer_paged(t, i, segments) && transfer_part(t, i, t->batch.op[i].segment);
    predicate transfer_ops{L}(struct gnt_transfer *t, integer n, integer segments) =
      \forall integer i; 0 <= i < n ==> transfer_op(t, i, segments);

    // ---- op i was not executed
    predicate transfer_waits{L}(struct gnt_transfer *t, integer i) = t->batch.op[i].status == GNT_COPY_PENDING;
    predicate transfer_pending{L}(struct gnt_transfer *t, integer n) = \forall integer i; 0 <= i < n ==> transfer_waits(t, i);

    // ---- where the local side of op i is
    logic integer transfer_local{L}(struct gnt_transfer *t, integer i) =
      t->local[t->batch.op[i].segment] == GNT_LOCAL_DEST ? t->batch.op[i].dest : t->batch.op[i].source;
    // ---- the pin an op has whose segment is local so, before and after the op was handed to Xen; its
    // page is that of the local side
    logic integer transfer_pinned(integer local, integer executed) =
      local == GNT_LOCAL_DEST ? (executed == 0 ? GNT_PIN_WRITE : GNT_PIN_WRITTEN)
                              : (local == GNT_LOCAL_SOURCE ? GNT_PIN_READ : GNT_PIN_NONE);
    predicate transfer_pin{L}(struct gnt_transfer *t, integer i, integer executed) =
         gnt_pin[i] == transfer_pinned(t->local[t->batch.op[i].segment], executed)
      && (gnt_pin[i] != GNT_PIN_NONE ==> gnt_pin_at[i] == transfer_local(t, i));
    predicate transfer_free{L}(integer i) = gnt_pin[i] == GNT_PIN_NONE;
    predicate transfer_unpinned{L}(integer from, integer end) = \forall integer i; from <= i < end ==> transfer_free(i);

    // ---- ops 0 .. n-1 have their pins, the others none
    predicate transfer_pins{L}(struct gnt_transfer *t, integer n, integer executed) =
      (\forall integer i; 0 <= i < n ==> transfer_pin(t, i, executed)) && transfer_unpinned(n, GNT_COPY_BATCH);

    // ---- a status Xen can give; what becomes of what it said of an op that it is not asked to execute again: no answer is an
    // error, and so is "try again"
    predicate transfer_answer(integer status) = GNT_COPY_STATUS_MIN <= status <= GNT_COPY_STATUS_MAX;
    logic integer transfer_final(integer said) =
      said == GNT_COPY_PENDING ? GNT_COPY_GENERAL_ERROR : (said == GNT_COPY_EAGAIN ? GNT_COPY_BAD_PAGE : said);
    // ---- op i has its final status, and was retried for long enough; or none
    predicate transfer_said{L}(struct gnt_transfer *t, integer i) =
         transfer_answer(t->batch.op[i].status) && t->batch.op[i].status == transfer_final(gnt_xen_said[i])
      && (gnt_xen_said[i] == GNT_COPY_EAGAIN ==> gnt_slept >= GNT_COPY_PATIENCE_MS);
    predicate transfer_done{L}(struct gnt_transfer *t, integer n) = \forall integer i; 0 <= i < n ==> transfer_said(t, i);
    predicate transfer_known{L}(struct gnt_transfer *t, integer n) =
      \forall integer i; 0 <= i < n ==> transfer_waits(t, i) || transfer_said(t, i);
    // ---- op i was pending and has what Xen says of it, or is as it was
    predicate transfer_heard{L}(struct gnt_transfer *t, integer i) =
         t->batch.op[i].status == gnt_xen_said[i] && (transfer_waits(t, i) || transfer_answer(t->batch.op[i].status));
    predicate transfer_asked{A,B}(struct gnt_transfer *t, integer i) =
      transfer_waits{A}(t, i) ? transfer_heard{B}(t, i)
        : (\at(t->batch.op[i].status, B) == \at(t->batch.op[i].status, A) && \at(gnt_xen_said[i], B) == \at(gnt_xen_said[i], A));
    // ---- of the ops only those are pending that Xen said are to be retried
    predicate transfer_retried{L}(struct gnt_transfer *t, integer n) =
      \forall integer i; 0 <= i < n && transfer_waits(t, i) ==> gnt_xen_said[i] == GNT_COPY_EAGAIN;
    // ---- Xen is asked to execute the batch for the first time, or again
    predicate transfer_first{L}(struct gnt_transfer *t) =
      gnt_given == 0 && transfer_pins(t, t->batch.n, 0) && transfer_pending(t, t->batch.n);
    predicate transfer_later{L}(struct gnt_transfer *t) = transfer_pins(t, t->batch.n, 1) && transfer_retried(t, t->batch.n);

    // ---- after Xen was asked: no answer is an error, and "try again" is what is to become of it
    predicate transfer_settled{A,B}(struct gnt_transfer *t, integer i, integer later) =
      \at(t->batch.op[i].status, B) ==
        (\at(t->batch.op[i].status, A) == GNT_COPY_PENDING ? GNT_COPY_GENERAL_ERROR
         : (\at(t->batch.op[i].status, A) == GNT_COPY_EAGAIN ? later : \at(t->batch.op[i].status, A)));

    // ---- segment k of the batch is one of the first taken ones of the call; segments are in order
    predicate transfer_number{L}(struct gnt_transfer *t, integer k, integer taken) =
      t->number[k] < taken && (k > 0 ==> t->number[k - 1] < t->number[k]);
    predicate transfer_numbers{L}(struct gnt_transfer *t, integer segments, integer taken) =
      \forall integer k; 0 <= k < segments ==> transfer_number(t, k, taken);

    // ---- a batch that may be given up: its ops were not executed and have their pins
    predicate transfer_held{L}(struct gnt_transfer *t) =
         t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH && transfer_ops(t, t->batch.n, t->segments)
      && transfer_pins(t, t->batch.n, 0);
    // ---- a batch that may be executed: it has whole segments and nothing else
    predicate transfer_ready{L}(struct gnt_transfer *t) =
      transfer_held(t) && t->segments <= t->batch.n && transfer_pending(t, t->batch.n) && transfer_grants(t, t->segments);
    // ---- segment k, the next, has its ops in the batch, but for their pins
    predicate transfer_added{L}(struct gnt_transfer *t, integer k, integer first) =
         k <= first < t->batch.n <= GNT_COPY_BATCH && transfer_ops(t, first, k) && transfer_ops(t, t->batch.n, k + 1)
      && transfer_pins(t, first, 0) && transfer_pending(t, t->batch.n) && transfer_grants(t, k);
    // ---- the last status stored is that of segment number of the call at segments
    predicate transfer_told{L}(integer segments, integer number, integer status) =
         gnt_stored_s16 == status && gnt_stored_s16_at == segments + 24 * number + GNT_SEGMENT_STATUS;
    // ---- the user addresses of the first taken segments do not wrap
    predicate transfer_reach(integer segments, integer taken) = taken > 0 ==> segments + 24 * taken <= 0xffffffffffffffff;
*/
