// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The pages of one map, see map.h. The work is done in windows of up to GNT_BATCH pages, one hypercall each; what Xen answered
 * is in the record of each page before anything else happens.
 */
#include "map.h"

/* Where a window that begins at @from ends, if there is work up to @to. */
/*@ requires range:  from < to;
    assigns  \nothing;
    ensures  range:  from < \result <= to && \result - from <= GNT_BATCH;
*/
static u32 window_end(u32 from, u32 to)
{
	return to - from > GNT_BATCH ? from + GNT_BATCH : to;
}

/* A batch that asks for the pages @from .. @to-1 that are in state @state. */
/*@ requires mem:    pages_mem(p) && \valid(b) && batch_range(p, from, to);
    assigns  b->op[0 .. GNT_BATCH-1];
    ensures  asks:   \forall integer q; batch_asks(b, from, to, q) <==> from <= q < to && p.state[q] == state;
*/
static void ask(struct gnt_pages p, struct gnt_batch *b, u32 from, u32 to, u32 state)
{
	/*@ loop invariant at:    from <= q <= to;
	    loop invariant asks:  \forall integer k; 0 <= k < q - from ==> b->op[k] == (p.state[from + k] == state ? 1 : 0);
	    loop assigns q, b->op[0 .. GNT_BATCH-1];
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++)
		b->op[q - from] = p.state[q] == state ? 1 : 0;
}

/* A batch that asks for the pages @from .. @to-1 that are RELEASING and not in use. 1: others are in use. GNT-MUNMAP-005. */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires mem:    pages_mem(p) && \valid(b) && batch_range(p, from, to);
    assigns  b->op[0 .. GNT_BATCH-1], gnt_idle[from .. to-1];
    ensures  asks:   \forall integer q; batch_asks(b, from, to, q) ==> p.state[q] == GNT_PAGE_RELEASING;
    ensures  unused: \forall integer q; batch_asks(b, from, to, q) ==> gnt_idle[q] == 1;
    ensures  idle:   \forall integer q; from <= q < to && p.state[q] == GNT_PAGE_RELEASING ==>
                       batch_asks(b, from, to, q) || (\result != 0 && gnt_idle[q] == 0);
*/
static u32 ask_idle(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	u32 busy = 0;

	ask(p, b, from, to, GNT_PAGE_RELEASING);
	/*@ loop invariant at:    from <= q <= to;
	    loop invariant asks:  \forall integer i; batch_asks(b, from, to, i) ==> p.state[i] == GNT_PAGE_RELEASING;
	    loop invariant unused: \forall integer i; i < q && batch_asks(b, from, to, i) ==> gnt_idle[i] == 1;
	    loop invariant idle:  \forall integer i; from <= i < to && p.state[i] == GNT_PAGE_RELEASING ==>
	      batch_asks(b, from, to, i) || (i < q && busy != 0 && gnt_idle[i] == 0);
	    loop assigns q, busy, b->op[0 .. GNT_BATCH-1], gnt_idle[from .. to-1];
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] == 1 && gnt_env_page_in_use(block, q) != 0) {
			b->op[q - from] = 0;
			busy = 1;
		}
	}
	return busy;
}

/* The pages that the batch asked for are in state @okay, or LOST: as Xen answered. GNT-MUNMAP-007, GNT-MUNMAP-008. */
/*@ requires mem:    pages_mem(p) && \valid(b) && batch_range(p, from, to);
    assigns  p.state[from .. to-1];
    ensures  okay:   \forall integer q; batch_done(b, from, to, error, q) ==> p.state[q] == okay;
    ensures  lost:   \forall integer q; batch_asks(b, from, to, q) && !batch_done(b, from, to, error, q) ==>
                       p.state[q] == GNT_PAGE_LOST;
    ensures  others: \forall integer q; 0 <= q < p.count && !batch_asks(b, from, to, q) ==> page_stays{Pre,Post}(p, q);
*/
static void settle(struct gnt_pages p, const struct gnt_batch *b, u32 from, u32 to, s32 error, u32 okay)
{
	/*@ loop invariant at:     from <= q <= to;
	    loop invariant okay:   \forall integer i; i < q && batch_done(b, from, to, error, i) ==> p.state[i] == okay;
	    loop invariant lost:   \forall integer i; i < q && batch_asks(b, from, to, i)
	      && !batch_done(b, from, to, error, i) ==> p.state[i] == GNT_PAGE_LOST;
	    loop invariant others: \forall integer i; 0 <= i < p.count && (i >= q || !batch_asks(b, from, to, i)) ==>
	      page_stays{Pre,Here}(p, i);
	    loop assigns q, p.state[from .. to-1];
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] == 1)
			p.state[q] = error == 0 && b->status[q - from] == GNT_STATUS_OKAY ? okay : GNT_PAGE_LOST;
	}
}

/*
 * Records the handles that Xen gave, in @handle; their pages are in state @okay now, and others stay as they are. 1: Xen refused
 * one or more. GNT-MMAP-014.
 */
/*@ requires mem:    pages_mem(p) && \valid(b) && batch_range(p, from, to);
    requires where:  handle == p.user || handle == p.kernel;
    requires fits:   \forall integer q; batch_done(b, from, to, error, q) ==> b->handle[q - from] <= 0xffffffff;
    assigns  p.state[from .. to-1], handle[from .. to-1];
    ensures  okay:   \forall integer q; batch_done(b, from, to, error, q) ==>
                       p.state[q] == okay && handle[q] == b->handle[q - from];
    ensures  others: \forall integer q; 0 <= q < p.count && !batch_done(b, from, to, error, q) ==>
                       page_stays{Pre,Post}(p, q) && handle[q] == \at(handle[q], Pre);
    ensures  all:    \result == 0 ==> \forall integer q; batch_asks(b, from, to, q) ==> batch_done(b, from, to, error, q);
    ensures  quiet:  notify_inv{Pre}(p) ==> notify_inv(p);
*/
static u32 record(struct gnt_pages p, u32 *handle, const struct gnt_batch *b, u32 from, u32 to, s32 error, u32 okay)
{
	u32 refused = 0;

	/*@ loop invariant at:     from <= q <= to;
	    loop invariant okay:   \forall integer i; i < q && batch_done(b, from, to, error, i) ==>
	      p.state[i] == okay && handle[i] == b->handle[i - from];
	    loop invariant others: \forall integer i; 0 <= i < p.count && (i >= q || !batch_done(b, from, to, error, i)) ==>
	      page_stays{Pre,Here}(p, i) && handle[i] == \at(handle[i], Pre);
	    loop invariant all:    refused == 0 ==> \forall integer i; i < q && batch_asks(b, from, to, i) ==>
	      batch_done(b, from, to, error, i);
	    loop assigns q, refused, p.state[from .. to-1], handle[from .. to-1];
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] != 1)
			continue;
		if (error == 0 && b->status[q - from] == GNT_STATUS_OKAY) {
			//@ assert done: batch_done(b, from, to, error, q);
			handle[q] = (u32)b->handle[q - from];
			p.state[q] = okay;
		} else {
			refused = 1;
		}
	}
	//@ assert page: \forall integer i; 0 <= i < p.count && notify_page{Pre}(p, i) ==> notify_page(p, i);
	//@ assert single: \forall integer i; 0 <= i < p.count && notify_single{Pre}(p, i) ==> notify_single(p, i);
	return refused;
}

/* PV: the LIVE pages among @from .. @to-1 leave user space. GNT-MUNMAP-001, GNT-MUNMAP-012. */
/*@ requires work:   map_work(p) && gnt_map_locked == block && p.life->pv == 1;
    requires batch:  \valid(b) && batch_range(p, from, to);
    assigns  *b, p.state[from .. to-1], gnt_xen_user[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  taken:  \forall integer q; from <= q < to ==> page_taken{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
*/
static void unmap_user(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	s32 error;

	ask(p, b, from, to, GNT_PAGE_LIVE);
	//@ assert live: \forall integer q; batch_asks(b, from, to, q) ==> page_told(p, q);
	error = gnt_env_unmap_user(block, p, from, to, b);
	settle(p, b, from, to, error, GNT_PAGE_RELEASING);
	//@ assert asked: \forall integer q; batch_asks(b, from, to, q) && page_told{Pre}(p, q) ==> page_told(p, q);
	/*@ assert rest: \forall integer q; 0 <= q < p.count && !batch_asks(b, from, to, q) && page_told{Pre}(p, q) ==>
	      page_told(p, q);
	*/
	//@ assert all: map_told(p);
}

/*
 * The RELEASING pages among @from .. @to-1 that are not in use are given back. 1: others are in use.
 * GNT-MUNMAP-005, GNT-MUNMAP-006.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block;
    requires batch:  \valid(b) && batch_range(p, from, to);
    assigns  *b, p.state[from .. to-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[from .. to-1],
             gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  freed:  \forall integer q; from <= q < to ==> page_freed{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
    ensures  all:    \result == 0 ==> \forall integer q; from <= q < to ==> p.state[q] != GNT_PAGE_RELEASING;
*/
static u32 unmap_kernel(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	s32 error;
	u32 busy = ask_idle(p, block, b, from, to);

	//@ assert idle: \forall integer q; batch_asks(b, from, to, q) ==> page_told(p, q);
	error = gnt_env_unmap_kernel(block, p, from, to, b);
	settle(p, b, from, to, error, GNT_PAGE_EMPTY);
	//@ assert asked: \forall integer q; batch_asks(b, from, to, q) && page_told{Pre}(p, q) ==> page_told(p, q);
	/*@ assert rest: \forall integer q; 0 <= q < p.count && !batch_asks(b, from, to, q) && page_told{Pre}(p, q) ==>
	      page_told(p, q);
	*/
	//@ assert all: map_told(p);
	return busy;
}

/*
 * The grants of pages @from .. @to-1, all EMPTY, are mapped: those for which Xen gives a handle are in state @okay. 1: for some
 * it did not. GNT-MMAP-008, -011, -014, -021.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block && p.life->mode != GNT_MODE_NEVER;
    requires batch:  \valid(b) && batch_range(p, from, to);
    requires empty:  \forall integer q; from <= q < to ==> p.state[q] == GNT_PAGE_EMPTY && p.domid[q] <= 0xffff;
    requires okay:   okay == (p.life->pv == 1 ? GNT_PAGE_RELEASING : GNT_PAGE_LIVE);
    assigns  *b, p.state[from .. to-1], p.kernel[from .. to-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1],
             gnt_idle[0 .. GNT_PAGES_MAX-1],
             gnt_xen_writable[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  fresh:  p.life->mode == GNT_MODE_WRITABLE ==> \forall integer q; from <= q < to && p.state[q] == okay ==>
                       gnt_xen_writable[q] == 1;
    ensures  all:    \result == 0 ==> \forall integer q; from <= q < to ==> p.state[q] == okay;
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
*/
static u32 map_kernel(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to, u32 okay)
{
	s32 error;
	u32 refused;

	ask(p, b, from, to, GNT_PAGE_EMPTY);
	//@ assert empty: \forall integer q; batch_asks(b, from, to, q) ==> page_told(p, q);
	error = gnt_env_map_kernel(block, p, from, to, p.life->mode == GNT_MODE_READONLY, b);
	refused = record(p, p.kernel, b, from, to, error, okay);
	//@ assert done: \forall integer q; batch_done(b, from, to, error, q) && page_told{Pre}(p, q) ==> page_told(p, q);
	/*@ assert rest: \forall integer q; 0 <= q < p.count && !batch_done(b, from, to, error, q) && page_told{Pre}(p, q) ==>
	      page_told(p, q);
	*/
	//@ assert all: map_told(p);
	return refused;
}

/*
 * PV: the RELEASING pages among @from .. @to-1 are mapped for the user too, and are LIVE. 1: for some Xen refused that.
 * GNT-MMAP-008, -011, -014, -021.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block && p.life->pv == 1;
    requires batch:  \valid(b) && batch_range(p, from, to);
    requires domain: \forall integer q; from <= q < to ==> p.domid[q] <= 0xffff;
    requires fresh:  p.life->mode == GNT_MODE_WRITABLE ==>
                       \forall integer q; from <= q < to && p.state[q] == GNT_PAGE_RELEASING ==> gnt_xen_writable[q] == 1;
    assigns  *b, p.state[from .. to-1], p.user[from .. to-1], gnt_xen_user[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  all:    \result == 0 ==> \forall integer q; from <= q < to && \at(p.state[q], Pre) == GNT_PAGE_RELEASING ==>
                       p.state[q] == GNT_PAGE_LIVE;
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
*/
static u32 map_user(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	s32 error;
	u32 refused;

	ask(p, b, from, to, GNT_PAGE_RELEASING);
	//@ assert idle: \forall integer q; batch_asks(b, from, to, q) ==> page_told(p, q);
	error = gnt_env_map_user(block, p, from, to, p.life->mode == GNT_MODE_READONLY, b);
	refused = record(p, p.user, b, from, to, error, GNT_PAGE_LIVE);
	//@ assert life: p.life->pv == \at(p.life->pv, Pre) && p.life->mode == \at(p.life->mode, Pre);
	//@ assert kernels: \forall integer q; 0 <= q < p.count ==> p.kernel[q] == \at(p.kernel[q], Pre);
	//@ assert done: \forall integer q; batch_done(b, from, to, error, q) && page_told{Pre}(p, q) ==> page_told(p, q);
	/*@ assert rest: \forall integer q; 0 <= q < p.count && !batch_done(b, from, to, error, q) && page_told{Pre}(p, q) ==>
	      page_told(p, q);
	*/
	//@ assert all: map_told(p);
	return refused;
}

/* Auto-translated: the LIVE pages among @from .. @to-1 have left user space: no VMA of the map is left. GNT-MUNMAP-002. */
/*@ requires work:   map_work(p) && p.life->pv == 0;
    requires range:  from <= to <= p.count;
    assigns  p.state[from .. to-1];
    ensures  work:   map_work(p);
    ensures  taken:  \forall integer q; from <= q < to ==> page_taken{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
*/
static void retire(struct gnt_pages p, u32 from, u32 to)
{
	/*@ loop invariant at:     from <= q <= to;
	    loop invariant work:   map_work(p);
	    loop invariant taken:  \forall integer i; from <= i < q ==> page_taken{Pre,Here}(p, i);
	    loop invariant others: \forall integer i; 0 <= i < p.count && !(from <= i < q) ==> page_stays{Pre,Here}(p, i);
	    loop assigns q, p.state[from .. to-1];
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++) {
		//@ assert told: page_told(p, q);
		//@ ghost Was: ;
		if (p.state[q] == GNT_PAGE_LIVE)
			p.state[q] = GNT_PAGE_RELEASING;
		//@ assert told: page_told(p, q);
		//@ assert here: page_stays{Pre,Was}(p, q) && page_taken{Pre,Here}(p, q);
		//@ assert taken: \forall integer i; from <= i < q && page_taken{Pre,Was}(p, i) ==> page_taken{Pre,Here}(p, i);
		/*@ assert others: \forall integer i; 0 <= i < p.count && i != q && page_stays{Pre,Was}(p, i) ==>
		      page_stays{Pre,Here}(p, i);
		*/
		//@ assert rest: \forall integer i; 0 <= i < p.count && i != q && page_told{Was}(p, i) ==> page_told(p, i);
		//@ assert quiet: notify_inv(p);
	}
}

/*
 * The bytes armed on the LIVE pages among @from .. @to-1 are cleared, if the map is writable, and disarmed. GNT-NOTIFY-015,
 * -016, -017, -020, -028.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block;
    requires range:  from <= to <= p.count;
    assigns  p.byte[from .. to-1], GNT_BYTE_DUE;
    ensures  work:   map_work(p);
    ensures  once:   p.life->mode == GNT_MODE_WRITABLE ==> \forall integer q; from <= q < to && p.state[q] == GNT_PAGE_LIVE ==>
                       p.byte[q] == 0;
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to && p.state[q] == GNT_PAGE_LIVE
                       && p.life->mode == GNT_MODE_WRITABLE) ==> p.byte[q] == \at(p.byte[q], Pre);
*/
static void clear_bytes(struct gnt_pages p, u64 block, u32 from, u32 to)
{
	if (p.life->mode != GNT_MODE_WRITABLE)
		return;
	/*@ loop invariant at:     from <= q <= to;
	    loop invariant work:   map_work(p);
	    loop invariant mode:   p.life->mode == GNT_MODE_WRITABLE;
	    loop invariant once:   \forall integer i; from <= i < q && p.state[i] == GNT_PAGE_LIVE ==> p.byte[i] == 0;
	    loop invariant others: \forall integer i; 0 <= i < p.count && !(from <= i < q && p.state[i] == GNT_PAGE_LIVE) ==>
	      p.byte[i] == \at(p.byte[i], Pre);
	    loop assigns q, p.byte[from .. to-1], GNT_BYTE_DUE;
	    loop variant to - q;
	*/
	for (u32 q = from; q < to; q++) {
		u32 byte;

		if (p.state[q] != GNT_PAGE_LIVE)
			continue;
		//@ assert live: page_told(p, q);
		//@ ghost Was: ;
		byte = gnt_notify_take_byte(p, q);
		if (byte != 0)
			gnt_env_clear_byte(block, q, byte - 1);
		//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Was}(p, i) ==> page_told(p, i);
	}
}

/*
 * The LIVE pages among @from .. @to-1 leave user space, their armed bytes being cleared just before: they are RELEASING now,
 * or LOST. GNT-NOTIFY-015.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block && \valid(b);
    requires range:  from <= to <= p.count;
    assigns  *b, p.state[from .. to-1], p.byte[from .. to-1], GNT_BYTE_DUE, gnt_xen_user[0 .. GNT_PAGES_MAX-1],
             gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  taken:  \forall integer q; from <= q < to ==> page_taken{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
    ensures  once:   p.life->mode == GNT_MODE_WRITABLE ==>
                       \forall integer q; from <= q < to && \at(p.state[q], Pre) == GNT_PAGE_LIVE ==> p.byte[q] == 0;
*/
static void take_out(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	u32 at = from;

	/*@ loop invariant at:     from <= at <= to;
	    loop invariant work:   map_work(p);
	    loop invariant taken:  \forall integer i; from <= i < at ==> page_taken{Pre,Here}(p, i);
	    loop invariant others: \forall integer i; 0 <= i < p.count && !(from <= i < at) ==> page_stays{Pre,Here}(p, i);
	    loop invariant once:   p.life->mode == GNT_MODE_WRITABLE ==>
	      \forall integer i; from <= i < at && \at(p.state[i], Pre) == GNT_PAGE_LIVE ==> p.byte[i] == 0;
	    loop assigns at, *b, p.state[from .. to-1], p.byte[from .. to-1], GNT_BYTE_DUE, gnt_xen_user[0 .. GNT_PAGES_MAX-1],
	      gnt_refused[0 .. GNT_PAGES_MAX-1];
	    loop variant to - at;
	*/
	while (at < to) {
		u32 end = window_end(at, to);

		//@ ghost Was: ;
		clear_bytes(p, block, at, end);
		//@ assert same: \forall integer i; 0 <= i < p.count && page_stays{Pre,Was}(p, i) ==> page_stays{Pre,Here}(p, i);
		//@ assert still: \forall integer i; from <= i < at && page_taken{Pre,Was}(p, i) ==> page_taken{Pre,Here}(p, i);
		/*@ assert before: p.life->mode == GNT_MODE_WRITABLE ==>
		      \forall integer i; from <= i < at && \at(p.state[i], Pre) == GNT_PAGE_LIVE ==> p.byte[i] == 0;
		*/
		/*@ assert now: p.life->mode == GNT_MODE_WRITABLE ==> \forall integer i; at <= i < end
		      && page_stays{Pre,Was}(p, i) && \at(p.state[i], Pre) == GNT_PAGE_LIVE ==> p.byte[i] == 0;
		*/
		//@ ghost Cleared: ;
		if (p.life->pv == 1)
			unmap_user(p, block, b, at, end);
		else
			retire(p, at, end);
		//@ assert here: \forall integer i; at <= i < end && page_stays{Pre,Cleared}(p, i) ==> page_taken{Pre,Here}(p, i);
		/*@ assert taken: \forall integer i; from <= i < at && page_taken{Pre,Cleared}(p, i) ==>
		      page_taken{Pre,Here}(p, i);
		*/
		/*@ assert others: \forall integer i; 0 <= i < p.count && !(at <= i < end) && page_stays{Pre,Cleared}(p, i) ==>
		      page_stays{Pre,Here}(p, i);
		*/
		at = end;
	}
}

/*
 * The RELEASING pages among @from .. @to-1 that are not in use are given back: they are EMPTY, or LOST. 1: others are in use,
 * and stay RELEASING. GNT-MUNMAP-005, GNT-MUNMAP-006.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block && \valid(b);
    requires range:  from <= to <= p.count;
    assigns  *b, p.state[from .. to-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[from .. to-1],
             gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p);
    ensures  freed:  \forall integer q; from <= q < to ==> page_freed{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
    ensures  all:    \result == 0 ==> \forall integer q; from <= q < to ==> p.state[q] != GNT_PAGE_RELEASING;
*/
static u32 release(struct gnt_pages p, u64 block, struct gnt_batch *b, u32 from, u32 to)
{
	u32 at = from, busy = 0;

	/*@ loop invariant at:     from <= at <= to;
	    loop invariant work:   map_work(p);
	    loop invariant freed:  \forall integer i; from <= i < at ==> page_freed{Pre,Here}(p, i);
	    loop invariant others: \forall integer i; 0 <= i < p.count && !(from <= i < at) ==> page_stays{Pre,Here}(p, i);
	    loop invariant all:    busy == 0 ==> \forall integer i; from <= i < at ==> p.state[i] != GNT_PAGE_RELEASING;
	    loop assigns at, busy, *b, p.state[from .. to-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[from .. to-1],
	      gnt_refused[0 .. GNT_PAGES_MAX-1];
	    loop variant to - at;
	*/
	while (at < to) {
		u32 end = window_end(at, to);

		//@ ghost Was: ;
		if (unmap_kernel(p, block, b, at, end) != 0)
			busy = 1;
		//@ assert before: \forall integer i; from <= i < at && page_freed{Pre,Was}(p, i) ==> page_freed{Pre,Here}(p, i);
		/*@ assert here: \forall integer i; at <= i < end && page_stays{Pre,Was}(p, i) && page_freed{Was,Here}(p, i) ==>
		      page_freed{Pre,Here}(p, i);
		*/
		at = end;
	}
	return busy;
}

/*
 * All pages, EMPTY before, are mapped: 0, and all are LIVE. 1: some could not be. GNT-MMAP-008, GNT-MMAP-014, GNT-MMAP-021.
 */
/*@ requires work:   map_work(p) && gnt_map_locked == block && p.life->mode != GNT_MODE_NEVER;
    requires empty:  \forall integer q; 0 <= q < p.count ==> p.state[q] == GNT_PAGE_EMPTY && p.domid[q] <= 0xffff;
    assigns  p.state[0 .. p.count-1], p.kernel[0 .. p.count-1], p.user[0 .. p.count-1], GNT_XEN;
    ensures  work:   map_work(p);
    ensures  live:   \result == 0 ==> \forall integer q; 0 <= q < p.count ==> p.state[q] == GNT_PAGE_LIVE;
*/
static u32 map_all(struct gnt_pages p, u64 block)
{
	struct gnt_batch b;
	u32 at = 0, refused = 0, pv = p.life->pv;

	/*@ loop invariant at:     0 <= at <= p.count;
	    loop invariant work:   map_work(p) && p.life->mode == \at(p.life->mode, Pre) && p.life->pv == pv;
	    loop invariant live:   refused == 0 ==> \forall integer q; 0 <= q < at ==> p.state[q] == GNT_PAGE_LIVE;
	    loop invariant empty:  \forall integer q; at <= q < p.count ==> p.state[q] == GNT_PAGE_EMPTY;
	    loop assigns at, refused, b, p.state[0 .. p.count-1], p.kernel[0 .. p.count-1], p.user[0 .. p.count-1], GNT_XEN;
	    loop variant p.count - at;
	*/
	while (at < p.count) {
		u32 end = window_end(at, p.count);

		if (map_kernel(p, block, &b, at, end, pv == 1 ? GNT_PAGE_RELEASING : GNT_PAGE_LIVE) != 0)
			refused = 1;
		if (pv == 1 && map_user(p, block, &b, at, end) != 0)
			refused = 1;
		at = end;
	}
	return refused;
}

/* The map has one user more, a promise to try its pages again, if it has not been made yet. GNT-MUNMAP-005. */
/*@ requires work:   map_work(p) && map_users(p) && gnt_map_locked == block;
    assigns  p.life->users, p.life->deferred, gnt_map_promises;
    ensures  work:   map_work(p) && map_users(p);
    ensures  one:    p.life->deferred == 1;
*/
static void defer(struct gnt_pages p, u64 block)
{
	if (p.life->deferred == 1)
		return;
	p.life->deferred = 1;
	p.life->users += 1;
	gnt_env_defer(block);
	//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Pre}(p, i) ==> page_told(p, i);
	//@ assert page: \forall integer i; 0 <= i < p.count && notify_page{Pre}(p, i) ==> notify_page(p, i);
	//@ assert single: \forall integer i; 0 <= i < p.count && notify_single{Pre}(p, i) ==> notify_single(p, i);
}

/*
 * Pages @from .. @to-1 leave user space, and those that are not in use are given back; for the others there is a promise.
 * GNT-MUNMAP-001, -005 to -008.
 */
/*@ requires work:   map_work(p) && map_users(p) && gnt_map_locked == block;
    requires range:  from <= to <= p.count;
    requires due:    \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_due(p, q);
    assigns  p.state[from .. to-1], p.byte[from .. to-1], GNT_BYTE_DUE, p.life->users, p.life->deferred, gnt_map_promises,
             gnt_xen_user[0 .. GNT_PAGES_MAX-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[from .. to-1],
             gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p) && map_users(p);
    ensures  due:    map_due(p);
    ensures  left:   \forall integer q; from <= q < to ==> page_left{Pre,Post}(p, q);
    ensures  others: \forall integer q; 0 <= q < p.count && !(from <= q < to) ==> page_stays{Pre,Post}(p, q);
    ensures  more:   gnt_map_promises >= \old(gnt_map_promises);
*/
static void leave(struct gnt_pages p, u64 block, u32 from, u32 to)
{
	struct gnt_batch b;
	u32 busy;

	take_out(p, block, &b, from, to);
	//@ assert out: \forall integer q; from <= q < to && page_taken{Pre,Here}(p, q) ==> page_away{Pre,Here}(p, q);
	//@ ghost Out: ;
	busy = release(p, block, &b, from, to);
	/*@ assert left: \forall integer q; from <= q < to && page_away{Pre,Out}(p, q) && page_freed{Out,Here}(p, q) ==>
	      page_left{Pre,Here}(p, q);
	*/
	/*@ assert others: \forall integer q; 0 <= q < p.count && !(from <= q < to) && page_stays{Pre,Out}(p, q) ==>
	      page_stays{Pre,Here}(p, q);
	*/
	//@ assert still: \forall integer q; 0 <= q < p.count && !(from <= q < to) && page_due{Pre}(p, q) ==> page_due(p, q);
	//@ ghost Back: ;
	if (busy != 0)
		defer(p, block);
	/*@ assert same: \forall integer q; from <= q < to && page_left{Pre,Back}(p, q) ==>
	      page_left{Pre,Here}(p, q) && page_due(p, q);
	*/
	/*@ assert rest: \forall integer q; 0 <= q < p.count && !(from <= q < to) && page_due{Back}(p, q) ==>
	      page_due(p, q) && page_stays{Back,Here}(p, q);
	*/
}

/* Do all references name a domain of 16 bits? 1: yes. GNT-MMAP-010. */
/*@ requires mem:    pages_mem(p);
    assigns  \nothing;
    ensures  known:  \result != 0 ==> \forall integer q; 0 <= q < p.count ==> p.domid[q] <= 0xffff;
    ensures  not:    \result == 0 ==> \exists integer q; 0 <= q < p.count && p.domid[q] > 0xffff;
*/
static u32 domains_known(struct gnt_pages p)
{
	/*@ loop invariant at:    0 <= q <= p.count;
	    loop invariant known: \forall integer i; 0 <= i < q ==> p.domid[i] <= 0xffff;
	    loop assigns q;
	    loop variant p.count - q;
	*/
	for (u32 q = 0; q < p.count; q++) {
		if (p.domid[q] > 0xffff)
			return 0;
	}
	return 1;
}

/*
 * What show() does for a map that is all EMPTY and whose mode was just set: 0, and every page is LIVE, or none is.
 * GNT-MMAP-009, -010, -017.
 */
/*@ requires work:   map_work(p) && map_users(p) && gnt_map_locked == block && p.life->mode != GNT_MODE_NEVER;
    requires share:  gnt_map_shares == 1;
    requires empty:  \forall integer q; 0 <= q < p.count ==> p.state[q] == GNT_PAGE_EMPTY;
    assigns  p.state[0 .. p.count-1], p.kernel[0 .. p.count-1], p.user[0 .. p.count-1], p.byte[0 .. p.count-1],
             p.life->users, p.life->deferred, gnt_map_promises, GNT_BYTE_DUE, GNT_XEN;
    ensures  work:   map_work(p) && map_users(p);
    ensures  due:    map_due(p);
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  live:   \result == 0 ==> \forall integer q; 0 <= q < p.count ==> p.state[q] == GNT_PAGE_LIVE;
    ensures  undone: \result != 0 ==> \forall integer q; 0 <= q < p.count ==> p.state[q] != GNT_PAGE_LIVE;
    ensures  more:   gnt_map_promises >= \old(gnt_map_promises);
*/
static s32 show_all(struct gnt_pages p, u64 block)
{
	if (domains_known(p) == 0)
		return -GNT_EINVAL;
	if (map_all(p, block) == 0)
		return 0;
	//@ ghost Some: ;
	leave(p, block, 0, p.count);
	//@ assert undone: \forall integer q; 0 <= q < p.count && page_left{Some,Here}(p, q) ==> p.state[q] != GNT_PAGE_LIVE;
	return -GNT_EINVAL;
}

/* gnt_map_show() under the lock. */
/*@ requires work:   map_work(p) && map_users(p) && map_due(p) && gnt_map_locked == block;
    requires share:  gnt_map_shares == 1 && (mode == GNT_MODE_READONLY || mode == GNT_MODE_WRITABLE);
    assigns  p.state[0 .. p.count-1], p.kernel[0 .. p.count-1], p.user[0 .. p.count-1], p.byte[0 .. p.count-1],
             p.life->users, p.life->deferred, p.life->mode, gnt_map_promises, GNT_BYTE_DUE, GNT_XEN;
    ensures  work:   map_work(p) && map_users(p);
    ensures  due:    map_due(p);
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  mode:   p.life->mode == (\old(p.life->mode) == GNT_MODE_NEVER ? mode : \old(p.life->mode));
    ensures  once:   \old(p.life->mode) != GNT_MODE_NEVER ==> \result != 0
                       && \forall integer q; 0 <= q < p.count ==> page_stays{Pre,Post}(p, q);
    ensures  live:   \result == 0 ==> \forall integer q; 0 <= q < p.count ==> p.state[q] == GNT_PAGE_LIVE;
    ensures  undone: \result != 0 && \old(p.life->mode) == GNT_MODE_NEVER ==>
                       \forall integer q; 0 <= q < p.count ==> p.state[q] != GNT_PAGE_LIVE;
*/
static s32 show(struct gnt_pages p, u64 block, u32 mode)
{
	if (p.life->mode != GNT_MODE_NEVER)
		return -GNT_EINVAL;
	p.life->mode = mode;
	/*@ assert empty: \forall integer q; 0 <= q < p.count && page_told{Pre}(p, q) ==>
	      page_told(p, q) && p.state[q] == GNT_PAGE_EMPTY;
	*/
	//@ assert page: \forall integer i; 0 <= i < p.count && notify_page{Pre}(p, i) ==> notify_page(p, i);
	//@ assert single: \forall integer i; 0 <= i < p.count && notify_single{Pre}(p, i) ==> notify_single(p, i);
	return show_all(p, block);
}

s32 gnt_map_show(u64 block, u32 mode)
{
	struct gnt_pages p = gnt_env_map_lock(block);
	s32 result = show(p, block, mode);

	//@ assert mode: result == 0 ==> p.life->mode == mode;
	/*@ assert live: result == 0 ==> \forall integer i; 0 <= i < p.count && page_told(p, i) ==>
	      gnt_xen_kernel[i] == p.kernel[i] >= 0 && (mode == GNT_MODE_WRITABLE ==> gnt_xen_writable[i] == 1);
	*/
	gnt_env_map_unlock(block, p);
	return result;
}

s32 gnt_map_invalidate(u64 block, u32 from, u32 to, u32 may_block)
{
	struct gnt_pages p;

	if (may_block != 0)
		p = gnt_env_map_lock(block);
	else
		p = gnt_env_map_trylock(block);
	if (p.count == 0)
		return -GNT_EAGAIN;
	//@ ghost Locked: ;
	if (p.life->pv == 1)
		leave(p, block, from, to);
	//@ assert out: \forall integer i; from <= i < to && page_left{Locked,Here}(p, i) && page_told(p, i) ==> page_out(i);
	gnt_env_map_unlock(block, p);
	return 0;
}

void gnt_map_hide(u64 block)
{
	struct gnt_pages p = gnt_env_map_lock(block);

	//@ ghost Locked: ;
	leave(p, block, 0, p.count);
	//@ ghost gnt_hid = block;
	//@ assert out: \forall integer i; 0 <= i < p.count && page_left{Locked,Here}(p, i) && page_told(p, i) ==> page_out(i);
	gnt_env_map_unlock(block, p);
}

/* The events that are armed are sent, each to its port, in ascending order of their pages. GNT-NOTIFY-018 to -021, -024. */
/*@ requires work:   map_work(p) && ports_room;
    assigns  p.event[0 .. p.count-1], gnt_event_due, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  work:   map_work(p);
    ensures  sent:   \forall integer i; 0 <= i < p.count ==> p.event[i] == 0;
    ensures  ports:  ports_same{Pre,Post};
*/
static void send_events(struct gnt_pages p)
{
	/*@ loop invariant at:    0 <= q <= p.count;
	    loop invariant quiet: notify_inv(p) && gnt_map_locked != 0 && nothing_due;
	    loop invariant sent:  \forall integer i; 0 <= i < q ==> p.event[i] == 0;
	    loop invariant ports: ports_same{Pre,Here};
	    loop assigns q, p.event[0 .. p.count-1], gnt_event_due, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
	    loop variant p.count - q;
	*/
	for (u32 q = 0; q < p.count; q++) {
		//@ assert room: ports_room;
		if (gnt_notify_take_event(p, q) == 1) {
			gnt_env_port_send(p.port[q]);
			gnt_env_port_put(p.port[q]);
		}
	}
	//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Pre}(p, i) ==> page_told(p, i);
}

/* The first page from @from on that is not EMPTY, or the count if there is none. */
/*@ requires mem:    pages_mem(p) && from <= p.count;
    assigns  \nothing;
    ensures  range:  from <= \result <= p.count;
    ensures  run:    \forall integer i; from <= i < \result ==> p.state[i] == GNT_PAGE_EMPTY;
    ensures  stop:   \result < p.count ==> p.state[\result] != GNT_PAGE_EMPTY;
*/
static u32 run_end(struct gnt_pages p, u32 from)
{
	u32 q = from;

	/*@ loop invariant at:  from <= q <= p.count;
	    loop invariant run: \forall integer i; from <= i < q ==> p.state[i] == GNT_PAGE_EMPTY;
	    loop assigns q;
	    loop variant p.count - q;
	*/
	while (q < p.count && p.state[q] == GNT_PAGE_EMPTY)
		q++;
	return q;
}

/* The placeholder pages of EMPTY pages go back, in runs; those of others do not. GNT-MUNMAP-009. */
/*@ requires work:   map_work(p) && gnt_map_locked == block && map_placed(p.count);
    assigns  gnt_placed[0 .. GNT_PAGES_MAX-1];
    ensures  gone:   \forall integer i; 0 <= i < p.count && p.state[i] == GNT_PAGE_EMPTY ==> gnt_placed[i] == 0;
    ensures  others: \forall integer i; 0 <= i < p.count && p.state[i] != GNT_PAGE_EMPTY ==> gnt_placed[i] == 1;
    ensures  above:  \forall integer i; p.count <= i < GNT_PAGES_MAX ==> gnt_placed[i] == 0;
*/
static void put_pages(struct gnt_pages p, u64 block)
{
	u32 q = 0;

	/*@ loop invariant at:     0 <= q <= p.count;
	    loop invariant gone:   \forall integer i; 0 <= i < q && p.state[i] == GNT_PAGE_EMPTY ==> gnt_placed[i] == 0;
	    loop invariant others: \forall integer i; 0 <= i < p.count && (i >= q || p.state[i] != GNT_PAGE_EMPTY) ==>
	      gnt_placed[i] == 1;
	    loop invariant above:  \forall integer i; p.count <= i < GNT_PAGES_MAX ==> gnt_placed[i] == 0;
	    loop assigns q, gnt_placed[0 .. GNT_PAGES_MAX-1];
	    loop variant p.count - q;
	*/
	while (q < p.count) {
		u32 end = run_end(p, q);

		//@ assert empty: \forall integer i; q <= i < end && page_told(p, i) ==> page_unmapped(i);
		if (end > q)
			gnt_env_pages_put(block, q, end);
		q = end < p.count ? end + 1 : end;
	}
}

/*
 * Releases the lock. Without users the map ends before: nobody can find it any more, its pages are EMPTY or LOST. I5, I6, I7.
 */
/*@ requires work:   map_work(p) && map_users(p) && map_due(p) && map_placed(p.count) && gnt_map_locked == block;
    requires kind:   p.life->pv == gnt_map_pv;
    requires hands:  ports_room && gnt_my_share == 0 && gnt_my_retry == 0 && gnt_my_own == 0;
    assigns  GNT_PAGES(p), gnt_event_due, gnt_map_locked, gnt_my_own, gnt_placed[0 .. GNT_PAGES_MAX-1],
             gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  ports:  ports_same{Pre,Post};
*/
static void finish(struct gnt_pages p, u64 block)
{
	u32 users = p.life->users;

	if (users == 0) {
		send_events(p);
		put_pages(p, block);
		/*@ assert lost: \forall integer i; 0 <= i < p.count && page_told(p, i) && page_due{Pre}(p, i)
		      && gnt_placed[i] == 1 ==> gnt_xen_kernel[i] != GNT_UNMAPPED;
		*/
	}
	gnt_env_map_unlock(block, p);
	if (users == 0)
		gnt_env_block_free(block);
}

/* gnt_map_drop() under the lock. */
/*@ requires work:   map_work(p) && map_users(p) && map_due(p) && gnt_map_locked == block;
    requires share:  gnt_map_shares == 1;
    assigns  p.state[0 .. p.count-1], p.byte[0 .. p.count-1], GNT_BYTE_DUE, p.life->users, p.life->deferred, gnt_map_shares,
             gnt_map_promises, gnt_my_share, gnt_xen_user[0 .. GNT_PAGES_MAX-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1],
             gnt_idle[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p) && map_users(p);
    ensures  due:    map_due(p);
    ensures  left:   \forall integer q; 0 <= q < p.count ==> page_left{Pre,Post}(p, q);
    ensures  gone:   gnt_map_shares == 0 && gnt_my_share == 0;
*/
static void drop(struct gnt_pages p, u64 block)
{
	leave(p, block, 0, p.count);
	//@ ghost Left: ;
	p.life->users -= 1;
	//@ ghost gnt_map_shares = 0;
	//@ ghost gnt_my_share = 0;
	/*@ assert due: \forall integer q; 0 <= q < p.count && page_due{Left}(p, q) && page_left{Pre,Left}(p, q) ==>
	      page_due(p, q);
	*/
	//@ assert left: \forall integer q; 0 <= q < p.count && page_left{Pre,Left}(p, q) ==> page_left{Pre,Here}(p, q);
	//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Left}(p, i) ==> page_told(p, i);
	//@ assert page: \forall integer i; 0 <= i < p.count && notify_page{Left}(p, i) ==> notify_page(p, i);
	//@ assert single: \forall integer i; 0 <= i < p.count && notify_single{Left}(p, i) ==> notify_single(p, i);
}

void gnt_map_drop(u64 block)
{
	struct gnt_pages p = gnt_env_map_lock(block);

	//@ ghost Locked: ;
	drop(p, block);
	//@ assert out: \forall integer i; 0 <= i < p.count && page_left{Locked,Here}(p, i) && page_told(p, i) ==> page_out(i);
	finish(p, block);
}

/* gnt_map_retry() under the lock: the promise is kept, and made again if it must be. */
/*@ requires work:   map_work(p) && map_users(p) && map_due(p) && gnt_map_locked == block;
    requires retry:  gnt_map_promises == 1;
    assigns  p.state[0 .. p.count-1], p.life->users, p.life->deferred, gnt_map_promises, gnt_my_retry,
             gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  work:   map_work(p) && map_users(p);
    ensures  due:    map_due(p);
    ensures  freed:  \forall integer q; 0 <= q < p.count ==> page_freed{Pre,Post}(p, q);
    ensures  gone:   gnt_my_retry == 0;
*/
static void retry(struct gnt_pages p, u64 block)
{
	struct gnt_batch b;
	u32 busy = release(p, block, &b, 0, p.count);

	/*@ assert still: \forall integer q; 0 <= q < p.count && page_due{Pre}(p, q) && page_freed{Pre,Here}(p, q) ==>
	      page_due(p, q);
	*/
	//@ ghost Back: ;
	//@ ghost gnt_map_promises = 0;
	//@ ghost gnt_my_retry = 0;
	if (busy != 0) {
		gnt_env_defer(block);
	} else {
		p.life->deferred = 0;
		p.life->users -= 1;
		//@ assert due: \forall integer q; 0 <= q < p.count && page_due{Back}(p, q) ==> page_due(p, q);
		/*@ assert freed: \forall integer q; 0 <= q < p.count && page_freed{Pre,Back}(p, q) ==>
		      page_freed{Pre,Here}(p, q);
		*/
		//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Back}(p, i) ==> page_told(p, i);
		//@ assert page: \forall integer i; 0 <= i < p.count && notify_page{Back}(p, i) ==> notify_page(p, i);
		//@ assert single: \forall integer i; 0 <= i < p.count && notify_single{Back}(p, i) ==> notify_single(p, i);
	}
}

void gnt_map_retry(u64 block)
{
	struct gnt_pages p = gnt_env_map_lock(block);

	retry(p, block);
	finish(p, block);
}

/* gnt_map_notify() under the lock. */
/*@ requires work:   map_work(p) && page < p.count && offset < GNT_PAGE_SIZE;
    requires action: action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT;
    requires mine:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    requires hands:  ports_room;
    assigns  p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1], p.life->armed,
             gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  work:   map_work(p);
    ensures  error:  \result == (notify_asks(action, GNT_NOTIFY_CLEAR_BYTE) == 1
                       && p.life->mode == GNT_MODE_READONLY ? -GNT_EINVAL : 0);
    ensures  set:    \result == 0 ==> p.byte[page] == (notify_asks(action, GNT_NOTIFY_CLEAR_BYTE) == 1 ? offset + 1 : 0)
                       && p.event[page] == notify_asks(action, GNT_NOTIFY_SEND_EVENT)
                       && (p.event[page] == 1 ==> p.port[page] == port);
    ensures  taken:  \result == 0 ==> \forall integer i; 0 <= i < GNT_PORTS_MAX ==>
                       gnt_port_refs[i] == \at(gnt_port_refs[i], Pre)
                         - (i == port && notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ? 1 : 0);
    ensures  kept:   \result != 0 ==> ports_same{Pre,Post} && \forall integer i; 0 <= i < p.count ==> notify_kept{Pre,Post}(p, i);
*/
static s32 set_notify(struct gnt_pages p, u32 page, u32 action, u32 offset, u32 port)
{
	struct gnt_replaced old;

	if (action % 2 == GNT_NOTIFY_CLEAR_BYTE && p.life->mode == GNT_MODE_READONLY)
		return -GNT_EINVAL;
	old = gnt_notify_set(p, page, action, offset, port);
	//@ assert hand: notify_moved{Pre,Here}(old.port, p.event[page], port, old.event, old.port);
	//@ assert states: \forall integer i; 0 <= i < p.count ==> page_stays{Pre,Here}(p, i);
	/*@ assert handles: \forall integer i; 0 <= i < p.count ==>
	      p.user[i] == \at(p.user[i], Pre) && p.kernel[i] == \at(p.kernel[i], Pre);
	*/
	//@ assert life: p.life->pv == \at(p.life->pv, Pre) && p.life->mode == \at(p.life->mode, Pre);
	//@ assert told: \forall integer i; 0 <= i < p.count && page_told{Pre}(p, i) ==> page_told(p, i);
	//@ ghost Set: ;
	if (old.event != 0)
		gnt_env_port_put(old.port);
	/*@ assert taken: \forall integer i; 0 <= i < GNT_PORTS_MAX
	      && notify_moved{Pre,Set}(i, p.event[page], port, old.event, old.port) ==>
	      gnt_port_refs[i] == \at(gnt_port_refs[i], Pre) - (i == port ? p.event[page] : 0);
	*/
	return 0;
}

s32 gnt_map_notify(u64 block, u32 page, u32 action, u32 offset, u32 port)
{
	struct gnt_pages p = gnt_env_map_lock(block);
	s32 result = set_notify(p, page, action, offset, port);

	//@ assert due: \forall integer i; 0 <= i < p.count ==> page_due(p, i);
	gnt_env_map_unlock(block, p);
	return result;
}

void gnt_map_init(struct gnt_pages p, u32 pv, u32 profile)
{
	p.life->header = profile;
	gnt_notify_init(p);
	//@ assert header: p.life->header == profile;
	p.life->users = 1;
	p.life->deferred = 0;
	p.life->mode = GNT_MODE_NEVER;
	p.life->pv = pv;
	//@ assert quiet: \forall integer i; 0 <= i < p.count ==> notify_page(p, i) && notify_silent(p, i);
	/*@ loop invariant at:    0 <= q <= p.count;
	    loop invariant empty: \forall integer i; 0 <= i < q ==> p.state[i] == GNT_PAGE_EMPTY;
	    loop assigns q, p.state[0 .. p.count-1];
	    loop variant p.count - q;
	*/
	for (u32 q = 0; q < p.count; q++)
		p.state[q] = GNT_PAGE_EMPTY;
	//@ assert silent: \forall integer i; 0 <= i < p.count ==> notify_page(p, i) && notify_silent(p, i);
	//@ assert armed: notify_armed(p);
	//@ assert single: \forall integer i; 0 <= i < p.count && notify_silent(p, i) ==> notify_single(p, i);
	//@ assert quiet: notify_inv(p);
	//@ assert told: \forall integer i; 0 <= i < p.count ==> page_told(p, i);
	//@ assert due: \forall integer i; 0 <= i < p.count ==> page_due(p, i);
	//@ assert life: p.life->header == profile && p.life->pv == pv && p.life->mode == GNT_MODE_NEVER;
	//@ ghost gnt_my_share = gnt_my_own;
	//@ ghost gnt_my_own = 0;
}
