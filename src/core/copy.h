/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Grant copy: how a segment of GRANT_COPY becomes copy ops, each within one page on either side, and what the ops' statuses
 * mean for the segment (I8). It touches neither user memory nor the hypervisor: the caller checks a segment, adds it to
 * a batch, has the batch's ops executed when the batch is full, and asks for the segments' statuses.
 *
 *   local     |      a b c d | e f g           |        one page ends after d: two ops, and two is the least
 *   foreign   |   a b c d e f g                |        the frame's page is never left
 *                 \ op 0 /\ op 1/
 */
#pragma once
#include "types.h"

/* which side of a segment is a grant reference: GNTCOPY_source_gref and GNTCOPY_dest_gref; other bits mean nothing here */
#define GNT_COPY_SOURCE_GREF 1u
#define GNT_COPY_DEST_GREF 2u

/* ops in a batch, and the most that one segment needs */
#define GNT_COPY_BATCH 64u
#define GNT_COPY_SEGMENT_OPS 2u

/* the status of an op that went well: GNTST_okay. Any other number, negative or positive, is a failure. */
#define GNT_COPY_OKAY 0
/* the status of an op that was not executed: a failure too, and no number of the 16 bits that a status has */
#define GNT_COPY_PENDING 65536

/*
 * A segment. A local side is a user virtual address; a foreign side is the byte offset in the granted frame.
 */
struct gnt_copy_segment {
	u64 source;
	u64 dest;
	u32 len; /* bytes */
	u32 flags; /* GNT_COPY_* */
};

/*
 * An op: @len bytes from @source to @dest, sides as in the segment. @status is GNT_COPY_PENDING, until
 * the caller puts down what the hypervisor said.
 */
struct gnt_copy_op {
	u64 source;
	u64 dest;
	u32 len; /* bytes, 1 .. GNT_PAGE_SIZE */
	u32 segment; /* the caller's number for the segment this op is a part of */
	s32 status;
};

struct gnt_copy_batch {
	u32 n; /* ops in use */
	struct gnt_copy_op op[GNT_COPY_BATCH];
};

#include "copy_logic.h"

/*
 * May the segment be copied? 0, or -GNT_EINVAL: both sides are local, or a foreign side does not lie within one frame.
 * -GNT_EFAULT: a local side wraps around the end of the address space. GNT-COPY-005, GNT-COPY-006, GNT-COPY-013.
 */
/*@ requires mem:    \valid_read(seg);
    assigns  \nothing;
    behavior local:
      assumes !copy_foreign(seg->flags, GNT_COPY_SOURCE_GREF) && !copy_foreign(seg->flags, GNT_COPY_DEST_GREF);
      ensures result: \result == -GNT_EINVAL;
    behavior outside:
      assumes copy_foreign(seg->flags, GNT_COPY_SOURCE_GREF) || copy_foreign(seg->flags, GNT_COPY_DEST_GREF);
      assumes copy_outside(seg);
      ensures result: \result == -GNT_EINVAL;
    behavior wraps:
      assumes copy_foreign(seg->flags, GNT_COPY_SOURCE_GREF) || copy_foreign(seg->flags, GNT_COPY_DEST_GREF);
      assumes !copy_outside(seg) && copy_wraps(seg);
      ensures result: \result == -GNT_EFAULT;
    behavior good:
      assumes copy_good(seg);
      ensures result: \result == 0;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_copy_check(const struct gnt_copy_segment *seg);

/*
 * An empty batch.
 */
/*@ requires mem:   \valid(b);
    assigns  b->n;
    ensures  empty: b->n == 0;
*/
void gnt_copy_start(struct gnt_copy_batch *b);

/*
 * Appends the ops of @seg, which gnt_copy_check() has passed, to the batch under the number @segment: in order, without gap or
 * overlap, each within one page on both sides, as few as can be. 0, or -GNT_ENOSPC if they do not all fit: then the
 * batch is as it was, and the caller executes it and starts a new one, so that no segment is spread over two. A segment of
 * length 0 has no ops. GNT-COPY-009, GNT-COPY-010, GNT-COPY-011, GNT-COPY-014, GNT-COPY-031.
 */
/*@ requires seg:    \valid_read(seg) && copy_good(seg);
    requires batch:  \valid(b) && b->n <= GNT_COPY_BATCH;
    requires apart:  \separated(seg, b);
    assigns  b->n, b->op[0 .. GNT_COPY_BATCH-1];
    ensures  kept:   \forall integer i; 0 <= i < \old(b->n) ==> copy_kept{Pre,Post}(b, i);
    behavior full:
      assumes b->n + copy_ops(seg) > GNT_COPY_BATCH;
      ensures result: \result == -GNT_ENOSPC;
      ensures same:   b->n == \old(b->n);
    behavior fits:
      assumes b->n + copy_ops(seg) <= GNT_COPY_BATCH;
      ensures result: \result == 0;
      ensures least:  b->n == \old(b->n) + copy_ops(seg);
      ensures tiles:  copy_tiles(b, \old(b->n), b->n, seg, segment);
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_copy_add(struct gnt_copy_batch *b, const struct gnt_copy_segment *seg, u32 segment);

/*
 * The status of segment @segment after the batch was executed: that of its first op that failed, or GNT_COPY_OKAY.
 * GNT-COPY-018.
 */
/*@ requires batch:  \valid_read(b) && b->n <= GNT_COPY_BATCH;
    assigns  \nothing;
    behavior okay:
      assumes copy_okay(b, segment);
      ensures result: \result == GNT_COPY_OKAY;
    behavior failed:
      assumes !copy_okay(b, segment);
      ensures result: \exists integer i; copy_first_failure(b, segment, i) && \result == b->op[i].status;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_copy_status(const struct gnt_copy_batch *b, u32 segment);
