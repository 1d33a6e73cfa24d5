// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Grant copy: segments into ops, statuses of ops into the status of a segment (I8). No op may leave a page on either side, none
 * may be spared, and nothing here touches memory but the batch.
 */
#include "copy.h"

/*@ ghost
  // No tiling has fewer ops than copy_ops(): m pieces in order, each within one page, that together cover [cut[0], cut[m]) on one
  // side are at least as many as the pages of that side.
  /@ requires some:  1 <= m && \valid_read(cut + (0 .. m));
     requires cover: cut[0] < cut[m];
     requires paged: \forall integer i; 0 <= i < m ==> cut[i] < cut[i+1] && copy_paged(cut[i], cut[i+1] - cut[i]);
     assigns  \nothing;
     ensures  least: m >= copy_pages(cut[0], cut[m] - cut[0]);
  @/
  void lemma_fewest(const u64 *cut, u32 m)
  {
    /@ loop invariant at:   0 <= i <= m;
       loop invariant few:  i >= copy_pages(cut[0], cut[i] - cut[0]);
       loop invariant up:   cut[0] <= cut[i] && (i > 0 ==> cut[0] < cut[i]);
       loop assigns i;
       loop variant m - i;
    @/
    for (u32 i = 0; i < m; i++) { }
  }
*/

/* Does [at, at + len) leave the frame whose byte 0 is at 0? */
/*@ assigns \nothing;
    ensures result: \result != 0 <==> at + len > GNT_PAGE_SIZE;
*/
static u32 leaves_frame(u64 at, u32 len)
{
	return len > GNT_PAGE_SIZE || at > GNT_PAGE_SIZE - len;
}

s32 gnt_copy_check(const struct gnt_copy_segment *seg)
{
	u32 from_foreign = seg->flags / GNT_COPY_SOURCE_GREF % 2;
	u32 to_foreign = seg->flags / GNT_COPY_DEST_GREF % 2;

	if (!from_foreign && !to_foreign)
		return -GNT_EINVAL;
	if (from_foreign && leaves_frame(seg->source, seg->len))
		return -GNT_EINVAL;
	if (to_foreign && leaves_frame(seg->dest, seg->len))
		return -GNT_EINVAL;
	if (seg->source > ~0ull - seg->len || seg->dest > ~0ull - seg->len)
		return -GNT_EFAULT;
	return 0;
}

void gnt_copy_start(struct gnt_copy_batch *b)
{
	b->n = 0;
}

/* Bytes from @at to the end of its page, but no more than @len. */
/*@ assigns \nothing;
    ensures paged: len > 0 ==> copy_paged(at, \result);
    ensures some:  \result <= len && (len > 0 ==> \result > 0);
    ensures next:  \result < len ==> (at + \result) % GNT_PAGE_SIZE == 0;
*/
static u32 in_page(u64 at, u32 len)
{
	u32 room = GNT_PAGE_SIZE - (u32)(at % GNT_PAGE_SIZE);

	return len < room ? len : room;
}

/*
 * How much of the segment its first op copies: up to the end of a page on either side. The rest, if any, is in one page on
 * both.
 */
/*@ requires good:  \valid_read(seg) && copy_good(seg);
    assigns  \nothing;
    ensures  some:  \result <= seg->len && (seg->len > 0 ==> \result > 0);
    ensures  paged: seg->len > 0 ==> copy_paged(seg->source, \result) && copy_paged(seg->dest, \result);
    ensures  rest:  \result < seg->len ==> copy_paged(seg->source + \result, seg->len - \result)
                                          && copy_paged(seg->dest + \result, seg->len - \result);
    ensures  none:  seg->len == 0 ==> copy_ops(seg) == 0;
    ensures  one:   \result == seg->len && seg->len > 0 ==> copy_ops(seg) == 1;
    ensures  two:   \result < seg->len ==> copy_ops(seg) == 2;
*/
static u32 first_part(const struct gnt_copy_segment *seg)
{
	u32 from = in_page(seg->source, seg->len), to = in_page(seg->dest, seg->len);

	//@ assert side: from == seg->len || to == seg->len;
	/*@ assert source: seg->len > 0 ==> copy_pages(seg->source, seg->len) == (from < seg->len ? 2 : 1); */
	/*@ assert dest: seg->len > 0 ==> copy_pages(seg->dest, seg->len) == (to < seg->len ? 2 : 1); */
	return from < to ? from : to;
}

/* Writes op @n of the batch. */
/*@ requires batch: \valid(b) && n < GNT_COPY_BATCH;
    requires paged: copy_paged(source, len) && copy_paged(dest, len);
    assigns  b->op[n];
    ensures  part:  copy_part(b, n, source, dest, len, segment);
    ensures  kept:  \forall integer i; 0 <= i < n ==> copy_kept{Pre,Post}(b, i);
*/
static void put_op(struct gnt_copy_batch *b, u32 n, u64 source, u64 dest, u32 len, u32 segment)
{
	b->op[n].source = source;
	b->op[n].dest = dest;
	b->op[n].len = len;
	b->op[n].segment = segment;
	b->op[n].status = GNT_COPY_PENDING;
}

/* Writes op @n, which copies @first bytes, and if @rest is not 0 the op after it, which copies the rest. */
/*@ requires batch: \valid(b) && n < GNT_COPY_BATCH && (rest > 0 ==> n + 1 < GNT_COPY_BATCH);
    requires ends:  source + first + rest <= 0xffffffffffffffff && dest + first + rest <= 0xffffffffffffffff;
    requires paged: copy_paged(source, first) && copy_paged(dest, first);
    requires rest:  rest > 0 ==> copy_paged(source + first, rest) && copy_paged(dest + first, rest);
    assigns  b->op[n .. GNT_COPY_BATCH-1];
    ensures  first: copy_part(b, n, source, dest, first, segment);
    ensures  rest:  rest > 0 ==> copy_part(b, n + 1, source + first, dest + first, rest, segment);
    ensures  kept:  \forall integer i; 0 <= i < n ==> copy_kept{Pre,Post}(b, i);
*/
static void put_ops(struct gnt_copy_batch *b, u32 n, u64 source, u64 dest, u32 first, u32 rest, u32 segment)
{
	put_op(b, n, source, dest, first, segment);
	if (rest > 0) {
		//@ ghost First: ;
		put_op(b, n + 1, source + first, dest + first, rest, segment);
		//@ assert first: copy_kept{First,Here}(b, n);
	}
}

s32 gnt_copy_add(struct gnt_copy_batch *b, const struct gnt_copy_segment *seg, u32 segment)
{
	u32 n = b->n;
	u32 first = first_part(seg), rest = seg->len - first;

	if (first == 0)
		return 0;
	if (n == GNT_COPY_BATCH || (rest > 0 && n == GNT_COPY_BATCH - 1))
		return -GNT_ENOSPC;
	put_ops(b, n, seg->source, seg->dest, first, rest, segment);
	//@ assert first: copy_part(b, n, seg->source, seg->dest, first, segment);
	//@ assert rest: rest > 0 ==> copy_part(b, n + 1, seg->source + first, seg->dest + first, rest, segment);
	n += rest > 0 ? 2 : 1;
	//@ assert tiles: copy_tiles(b, \at(b->n, Pre), n, seg, segment);
	b->n = n;
	return 0;
}

s32 gnt_copy_status(const struct gnt_copy_batch *b, u32 segment)
{
	/*@ loop invariant at:   0 <= i <= b->n;
	    loop invariant okay: \forall integer k; 0 <= k < i && b->op[k].segment == segment ==>
	      b->op[k].status == GNT_COPY_OKAY;
	    loop assigns i;
	    loop variant b->n - i;
	*/
	for (u32 i = 0; i < b->n; i++) {
		if (b->op[i].segment == segment && b->op[i].status != GNT_COPY_OKAY)
			return b->op[i].status;
	}
	return GNT_COPY_OKAY;
}
