/* SPDX-License-Identifier: MIT */
/*
 * The predicates of src/core/copy_logic.h and transfer_logic.h that say something of a segment, an op or a batch, as code, proven as
 * those of armed.h are (I8).
 */
#pragma once
#include "request.h"
#include "env_copy.h"

/*@ assigns \nothing;
    ensures exact: \result != 0 <==> copy_paged(a, len);
*/
u32 armed_paged(u64 a, u32 len);

/*@ requires mem:   \valid_read(g);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> copy_good(g);
*/
u32 armed_good(const struct gnt_copy_segment *g);

/* The status that the ops of segment @segment say: it is the only one for which copy_says() holds. */
/*@ requires mem:   \valid_read(b) && b->n <= GNT_COPY_BATCH;
    assigns  \nothing;
    ensures  exact: \forall integer status; copy_says(b, segment, status) <==> status == \result;
*/
s32 armed_status(const struct gnt_copy_batch *b, u32 segment);

/*@ assigns \nothing;
    ensures exact: \result == transfer_pinned(local, executed);
*/
u32 armed_pin(u32 local, u32 executed);

/* What becomes of an op of which Xen said @said, if it is not asked again. */
/*@ assigns \nothing;
    ensures exact: \result == transfer_final(said);
*/
s32 armed_final(s32 said);

/*@ requires mem:   \valid_read(t) && i < GNT_COPY_BATCH;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> transfer_paged(t, i, t->segments);
*/
u32 armed_op(const struct gnt_transfer *t, u32 i);

/* Where the local side of op @i is. */
/*@ requires mem:   \valid_read(t) && i < GNT_COPY_BATCH && t->batch.op[i].segment < GNT_COPY_BATCH;
    assigns  \nothing;
    ensures  exact: \result == transfer_local(t, i);
*/
u64 armed_local(const struct gnt_transfer *t, u32 i);

/* Do ops @i .. @j-1 cover the segment in order? */
/*@ requires mem:   \valid_read(b) && \valid_read(g) && i <= GNT_COPY_BATCH && j <= GNT_COPY_BATCH;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> copy_tiles(b, i, j, g, segment);
*/
u32 armed_tiles(const struct gnt_copy_batch *b, u32 i, u32 j, const struct gnt_copy_segment *g, u32 segment);
