/* SPDX-License-Identifier: MIT */
/*
 * I8 as code: segments, ops, and what ops say of their segment (copy_logic.h, transfer_logic.h).
 */
#include "armed_copy.h"

u32 armed_paged(u64 a, u32 len)
{
	return len >= 1 && len <= GNT_PAGE_SIZE && a % GNT_PAGE_SIZE <= GNT_PAGE_SIZE - len;
}

/*@ assigns \nothing;
    ensures exact: \result != 0 <==> (side == GNT_COPY_SOURCE_GREF || side == GNT_COPY_DEST_GREF) && copy_foreign(flags, side);
*/
static u32 foreign(u32 flags, u32 side)
{
	if (side == GNT_COPY_SOURCE_GREF)
		return flags % 2 == 1;
	return side == GNT_COPY_DEST_GREF && flags / 2 % 2 == 1;
}

u32 armed_good(const struct gnt_copy_segment *g)
{
	u32 source = foreign(g->flags, GNT_COPY_SOURCE_GREF), dest = foreign(g->flags, GNT_COPY_DEST_GREF);

	if (!source && !dest)
		return 0;
	if (g->source > ~0ull - g->len || g->dest > ~0ull - g->len)
		return 0;
	return (!source || g->source + g->len <= GNT_PAGE_SIZE) && (!dest || g->dest + g->len <= GNT_PAGE_SIZE);
}

s32 armed_status(const struct gnt_copy_batch *b, u32 segment)
{
	/*@ loop invariant range: 0 <= i <= b->n;
	    loop invariant okay:  \forall integer k; 0 <= k < i && b->op[k].segment == segment ==> b->op[k].status == GNT_COPY_OKAY;
	    loop assigns i;
	    loop variant b->n - i;
	*/
	for (u32 i = 0; i < b->n; i++) {
		if (b->op[i].segment == segment && b->op[i].status != GNT_COPY_OKAY) {
			//@ assert first: copy_first_failure(b, segment, i);
			//@ assert only: \forall integer k; copy_first_failure(b, segment, k) ==> k == i;
			return b->op[i].status;
		}
	}
	return GNT_COPY_OKAY;
}

u32 armed_pin(u32 local, u32 executed)
{
	if (local == GNT_LOCAL_DEST)
		return executed == 0 ? GNT_PIN_WRITE : GNT_PIN_WRITTEN;
	return local == GNT_LOCAL_SOURCE ? GNT_PIN_READ : GNT_PIN_NONE;
}

s32 armed_final(s32 said)
{
	if (said == GNT_COPY_PENDING)
		return GNT_COPY_GENERAL_ERROR;
	return said == GNT_COPY_EAGAIN ? GNT_COPY_BAD_PAGE : said;
}

u32 armed_op(const struct gnt_transfer *t, u32 i)
{
	const struct gnt_copy_op *op = &t->batch.op[i];

	return op->segment < t->segments && armed_paged(op->source, op->len) && armed_paged(op->dest, op->len);
}

u64 armed_local(const struct gnt_transfer *t, u32 i)
{
	const struct gnt_copy_op *op = &t->batch.op[i];

	return t->local[op->segment] == GNT_LOCAL_DEST ? op->dest : op->source;
}

/*@ requires mem:   \valid_read(b) && i < GNT_COPY_BATCH;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> copy_part(b, i, source, dest, len, segment);
*/
static u32 part(const struct gnt_copy_batch *b, u32 i, u64 source, u64 dest, u32 len, u32 segment)
{
	const struct gnt_copy_op *op = &b->op[i];

	return op->source == source && op->dest == dest && op->len == len && op->segment == segment
	       && op->status == GNT_COPY_PENDING && armed_paged(source, len) && armed_paged(dest, len);
}

u32 armed_tiles(const struct gnt_copy_batch *b, u32 i, u32 j, const struct gnt_copy_segment *g, u32 segment)
{
	u32 len;

	if (j < i || j - i > GNT_COPY_SEGMENT_OPS)
		return 0;
	if (j == i)
		return g->len == 0;
	if (j == i + 1)
		return part(b, i, g->source, g->dest, g->len, segment);
	len = b->op[i].len;
	/* nothing wraps, or the second op would be none */
	if (len > g->len || g->source > ~0ull - len || g->dest > ~0ull - len)
		return 0;
	return part(b, i, g->source, g->dest, len, segment) && part(b, i + 1, g->source + len, g->dest + len, g->len - len, segment);
}
