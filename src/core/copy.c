// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Grant copy: segments into ops, statuses of ops into the status of a segment (I8). No op may leave a page on either side, none may
 * be spared, and nothing here touches memory but the batch.
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

/* The ops that [at, at + len) needs for one side alone: the pages it touches. */
/*@ requires len:    len <= GNT_PAGE_SIZE;
    assigns  \nothing;
    ensures  result: \result == copy_pages(at, len);
    ensures  two:    \result <= GNT_COPY_SEGMENT_OPS;
*/
static u32 pages_of(u64 at, u32 len)
{
	if (len == 0)
		return 0;
	return in_page(at, len) < len ? 2 : 1;
}

/* Writes op @n of the batch. */
/*@ requires batch: \valid(b) && n < GNT_COPY_BATCH;
    requires good:  copy_paged(source, len) && copy_paged(dest, len);
    assigns  b->op[n];
    ensures  sides: b->op[n].source == source && b->op[n].dest == dest && b->op[n].len == len;
    ensures  name:  b->op[n].segment == segment && b->op[n].status == GNT_COPY_PENDING;
    ensures  paged: copy_op_paged(b->op[n]);
    ensures  kept:  \forall integer i; 0 <= i < GNT_COPY_BATCH && i != n ==> copy_kept{Pre,Post}(b, i);
    ensures  pages: \forall integer i; 0 <= i < GNT_COPY_BATCH && i != n && copy_op_paged(\old(b->op[i])) ==>
                      copy_op_paged(b->op[i]);
*/
static void put_op(struct gnt_copy_batch *b, u32 n, u64 source, u64 dest, u32 len, u32 segment)
{
	b->op[n].source = source;
	b->op[n].dest = dest;
	b->op[n].len = len;
	b->op[n].segment = segment;
	b->op[n].status = GNT_COPY_PENDING;
}

s32 gnt_copy_add(struct gnt_copy_batch *b, const struct gnt_copy_segment *seg, u32 segment)
{
	u32 n = b->n;
	u64 source = seg->source, dest = seg->dest;
	u32 len = seg->len;
	u32 from = pages_of(source, len), to = pages_of(dest, len);
	u32 need = from > to ? from : to;

	//@ assert need: need == copy_ops(seg);
	if (need > GNT_COPY_BATCH - n)
		return -GNT_ENOSPC;
	/*@ loop invariant src:   source + len == \at(seg->source + seg->len, Pre);
	    loop invariant dst:   dest + len == \at(seg->dest + seg->len, Pre);
	    loop invariant len:   len <= \at(seg->len, Pre);
	    loop invariant least: n + \max(copy_pages(source, len), copy_pages(dest, len)) == \at(b->n, Pre) + need;
	    loop invariant room:  \at(b->n, Pre) <= n <= \at(b->n, Pre) + need <= GNT_COPY_BATCH;
	    loop invariant tiles: copy_tiled(b, \at(b->n, Pre), n, \at(seg->source, Pre), \at(seg->dest, Pre),
	                                     \at(seg->len, Pre) - len);
	    loop invariant pages: \forall integer k; \at(b->n, Pre) <= k < n ==> copy_op_paged(b->op[k]);
	    loop invariant name:  \forall integer k; \at(b->n, Pre) <= k < n ==>
	                            b->op[k].segment == segment && b->op[k].status == GNT_COPY_PENDING;
	    loop invariant kept:  \forall integer k; 0 <= k < \at(b->n, Pre) ==> copy_kept{Pre,Here}(b, k);
	    loop assigns source, dest, len, n, b->op[0 .. GNT_COPY_BATCH-1];
	    loop variant len;
	*/
	while (len > 0) {
		u32 l = in_page(dest, in_page(source, len));

		put_op(b, n, source, dest, l, segment);
		n++;
		source += l;
		dest += l;
		len -= l;
	}
	//@ assert least: n == \at(b->n, Pre) + need;
	//@ assert tiles: copy_tiles(b, \at(b->n, Pre), n, seg);
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
