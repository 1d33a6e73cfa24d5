/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of copy.h mean: segments that may be copied, ranges within one page, and tilings. Comments only, for the
 * compiler.
 */
#pragma once

/*@ predicate copy_foreign(integer flags, integer side) = (flags / side) % 2 == 1;
    predicate copy_outside{L}(struct gnt_copy_segment *g) =
         (copy_foreign(g->flags, GNT_COPY_SOURCE_GREF) && g->source + g->len > GNT_PAGE_SIZE)
      || (copy_foreign(g->flags, GNT_COPY_DEST_GREF) && g->dest + g->len > GNT_PAGE_SIZE);
    predicate copy_wraps{L}(struct gnt_copy_segment *g) =
      g->source + g->len > 0xffffffffffffffff || g->dest + g->len > 0xffffffffffffffff;
    predicate copy_good{L}(struct gnt_copy_segment *g) =
         (copy_foreign(g->flags, GNT_COPY_SOURCE_GREF) || copy_foreign(g->flags, GNT_COPY_DEST_GREF))
      && !copy_outside(g) && !copy_wraps(g);

    // ---- pages: how many [a, a+len) touches; whether it is in one
    logic integer copy_pages(integer a, integer len) =
      len <= 0 ? 0 : (a + len - 1) / GNT_PAGE_SIZE - a / GNT_PAGE_SIZE + 1;
    predicate copy_paged(integer a, integer len) =
      1 <= len <= GNT_PAGE_SIZE && a / GNT_PAGE_SIZE == (a + len - 1) / GNT_PAGE_SIZE;

    // ---- the ops a segment needs: one a page of its local side. No tiling has fewer: lemma_fewest() in copy.c.
    logic integer copy_ops{L}(struct gnt_copy_segment *g) =
      \max(copy_pages(g->source, g->len), copy_pages(g->dest, g->len));

    // ---- op i copies len bytes from source to dest, for the segment of that number, and was not executed yet
    predicate copy_part{L}(struct gnt_copy_batch *b, integer i, integer source, integer dest, integer len, integer segment) =
         b->op[i].source == source && b->op[i].dest == dest && b->op[i].len == len
      && b->op[i].segment == segment && b->op[i].status == GNT_COPY_PENDING
      && copy_paged(source, len) && copy_paged(dest, len);

    // ---- ops i .. j-1 tile the segment, in order, without gap or overlap: none, one, or one and the rest
    predicate copy_tiles{L}(struct gnt_copy_batch *b, integer i, integer j, struct gnt_copy_segment *g, integer segment) =
         (j == i ==> g->len == 0)
      && (j == i + 1 ==> copy_part(b, i, g->source, g->dest, g->len, segment))
      && (j == i + 2 ==> copy_part(b, i, g->source, g->dest, b->op[i].len, segment)
           && copy_part(b, i + 1, g->source + b->op[i].len, g->dest + b->op[i].len, g->len - b->op[i].len, segment))
      && i <= j <= i + GNT_COPY_SEGMENT_OPS;

    // ---- an op as it was
    predicate copy_kept{A,B}(struct gnt_copy_batch *b, integer i) =
         \at(b->op[i].source, A) == \at(b->op[i].source, B) && \at(b->op[i].dest, A) == \at(b->op[i].dest, B)
      && \at(b->op[i].len, A) == \at(b->op[i].len, B) && \at(b->op[i].segment, A) == \at(b->op[i].segment, B)
      && \at(b->op[i].status, A) == \at(b->op[i].status, B);

    predicate copy_first_failure{L}(struct gnt_copy_batch *b, integer segment, integer i) =
         0 <= i < b->n && b->op[i].segment == segment && b->op[i].status != GNT_COPY_OKAY
      && \forall integer k; 0 <= k < i && b->op[k].segment == segment ==> b->op[k].status == GNT_COPY_OKAY;
    predicate copy_okay{L}(struct gnt_copy_batch *b, integer segment) =
      \forall integer i; 0 <= i < b->n && b->op[i].segment == segment ==> b->op[i].status == GNT_COPY_OKAY;

    // ---- what the ops of a segment say: that all went well, or the status of the first that did not
    predicate copy_says{L}(struct gnt_copy_batch *b, integer segment, integer status) =
         (status == GNT_COPY_OKAY && copy_okay(b, segment))
      || \exists integer i; copy_first_failure(b, segment, i) && status == b->op[i].status;
*/
