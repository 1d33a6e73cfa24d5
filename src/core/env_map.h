/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The environment, part four: the blocks of maps, their locks, and the hypercalls that map and unmap grants. The embedder
 * (kernel/, src/model/) defines the functions; their contracts are assumed by the proof, and checked at run time by the model.
 *
 * A block is a map's memory (pages.h) with its placeholder pages and its lock, named by a number that is not 0. The lock, a
 * mutex, is a resource: who has it owns the arrays and Xen's view of the map's pages, and nobody else touches either. Under it
 * hypercalls and event channel calls are allowed, user memory and allocation are not (I10). A thread has one map's lock at a
 * time, and no instance's.
 *
 * Who may name a block, and who frees it (I5). A block has at most one *share*, which stands for "listed or mapped" (its uses,
 * VMAs and calls in progress, are counted in the instance's state), and at most one *promise*, that of gnt_env_defer(). Ghost
 * state says so:
 *
 *	gnt_my_share	the block whose share this thread has: it took the share over, or a use of its own keeps it; 0: none
 *	gnt_my_pages	how many pages that block has
 *	gnt_my_retry	the block whose promise this thread is to keep: gnt_map_retry() was called for it; 0: none
 *	gnt_my_own	the block that only this thread knows, new or at its end; 0: none
 *	gnt_map_shares, gnt_map_promises	of the block whose lock is held: how many there are, 0 or 1; users is their sum
 *	gnt_map_pv	of the block whose lock was taken last: 1: its pages have two mappings, 0: one
 *
 * And of the pages of the block at hand, the one whose lock is held or that only this thread knows (I4, I6, I7):
 *
 *	gnt_xen_user[i], gnt_xen_kernel[i]	Xen's view: the handles of the user's and the kernel's mapping of page i, or -1
 *	gnt_xen_writable[i]	1: the kernel's mapping was made writable
 *	gnt_placed[i]	1: the map has a placeholder page there
 *	gnt_idle[i]	1: the environment was asked whether page i is in use, and said no; 0: it said yes
 *	gnt_refused[i]	1: the environment was asked to unmap page i, and Xen refused
 *
 * They are 64 bits wide, also so that no store to an array of 32 bits can concern them in the proof's memory model.
 */
#pragma once
#include "notify.h"

/* pages that one hypercall is asked for, at most */
#define GNT_BATCH 64u

/* GNTST_okay; any other number is a failure, positive ones too. GNT-GEN-016 */
#define GNT_STATUS_OKAY 0

#define GNT_UNMAPPED (-1)

/*
 * One hypercall, for some of up to GNT_BATCH pages of a map that follow each other. No member has the type of the arrays of
 * pages.h, so that no store to one can concern the other in the proof's memory model.
 */
struct gnt_batch {
	u64 handle[GNT_BATCH]; /* of a page that was mapped: the handle that Xen gave, of 32 bits */
	s16 status[GNT_BATCH]; /* of a page that was asked for: what Xen answered */
	u8 op[GNT_BATCH]; /* 1: the page is asked for, 0: it is not */
};

/*@ ghost
   u64 gnt_my_share;
   u64 gnt_my_retry;
   u64 gnt_my_own;
   u32 gnt_my_pages;
   s64 gnt_map_shares;
   s64 gnt_map_promises;
   s64 gnt_map_pv;
   s64 gnt_xen_user[GNT_PAGES_MAX];
   s64 gnt_xen_kernel[GNT_PAGES_MAX];
   s64 gnt_xen_writable[GNT_PAGES_MAX];
   s64 gnt_placed[GNT_PAGES_MAX];
   s64 gnt_idle[GNT_PAGES_MAX];
   s64 gnt_refused[GNT_PAGES_MAX];
*/

#include "map_logic.h"

/*
 * Memory and placeholder pages for a map of @count pages, none of which is mapped. The memory is not zeroed. 0: there is none.
 * GNT-MAP-006.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0;
    requires one:    gnt_my_own == 0 && gnt_my_share == 0;
    requires count:  1 <= count <= GNT_PAGES_MAX;
    assigns  gnt_my_own, gnt_my_pages, GNT_XEN, gnt_placed[0 .. GNT_PAGES_MAX-1];
    ensures  mine:   gnt_my_own == \result;
    ensures  pages:  \result != 0 ==> gnt_my_pages == count;
    ensures  none:   \result != 0 ==> \forall integer i; 0 <= i < count ==> page_unmapped(i);
    ensures  placed: \result != 0 ==> map_placed(count);
*/
u64 gnt_env_block_new(u32 count);

/*
 * The arrays of a block that only this thread knows. They are the same at every call.
 */
/*@ requires mine:   block != 0 && gnt_my_own == block;
    assigns  \nothing;
    ensures  mem:    pages_mem(\result);
    ensures  count:  \result.count == gnt_my_pages;
*/
struct gnt_pages gnt_env_pages(u64 block);

/*
 * Takes the lock of a map and returns its arrays, which until gnt_env_map_unlock() nobody else reads or writes.
 *
 * Nothing is known of them but the invariant, whatever this thread knew when it had the lock before: the arrays returned have
 * names of their own, of which no earlier fact speaks (in fact they are the old arrays, but no proof can say so, and no code
 * may use those that it got from an earlier section). Xen's view of the pages is made anything by `assigns`.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0;
    requires known:  block != 0 && (gnt_my_share == block || gnt_my_retry == block);
    assigns  gnt_map_locked, GNT_XEN_ALL;
    ensures  held:   gnt_map_locked == block;
    ensures  state:  map_held(\result, block);
    ensures  inv:    map_inv(\result);
    ensures  idle:   nothing_due;
*/
struct gnt_pages gnt_env_map_lock(u64 block);

/*
 * The same for a caller that must not block: if the lock is not free, it is not taken, and the count returned is 0.
 * GNT-MUNMAP-014.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0;
    requires known:  block != 0 && (gnt_my_share == block || gnt_my_retry == block);
    assigns  gnt_map_locked, GNT_XEN_ALL;
    ensures  busy:   \result.count == 0 ==> gnt_map_locked == 0;
    ensures  held:   \result.count != 0 ==> gnt_map_locked == block;
    ensures  state:  \result.count != 0 ==> map_held(\result, block);
    ensures  inv:    \result.count != 0 ==> map_inv(\result);
    ensures  idle:   nothing_due;
*/
struct gnt_pages gnt_env_map_trylock(u64 block);

/*
 * Releases the lock of a map whose arrays are @p. The users that others count on are there; if there are none, nobody else
 * knows the block any more, and no event is armed. Of the arrays nothing is known from now on. Whatever was taken out of a record
 * under the lock is carried out.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires one:    gnt_my_own == 0;
    requires state:  map_held(p, block);
    requires inv:    p.life->users > 0 ==> map_inv(p);
    requires sent:   p.life->users == 0 ==> \forall integer i; 0 <= i < p.count ==> p.event[i] == 0;
    requires done:   nothing_due;
    assigns  gnt_map_locked, gnt_my_own, GNT_PAGES(p);
    ensures  open:   gnt_map_locked == 0;
    ensures  mine:   gnt_my_own == (\old(p.life->users) == 0 ? block : 0);
*/
void gnt_env_map_unlock(u64 block, struct gnt_pages p);

/*
 * One hypercall: maps the grants (p.domid, p.ref) of those pages among @from .. @to-1 that @b asks for at their placeholder
 * pages, for reading only if @readonly. An error is that of the hypercall as a whole: then nothing was mapped, whatever the
 * statuses say. GNTST_eagain is retried in here (GNT-MMAP-016). GNT-MMAP-008, GNT-MMAP-011.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires batch:  pages_mem(p) && \valid(b) && batch_range(p, from, to);
    requires domain: \forall integer q; batch_asks(b, from, to, q) ==> p.domid[q] <= 0xffff;
    requires once:   \forall integer q; batch_asks(b, from, to, q) ==> page_unmapped(q);
    assigns  b->handle[0 .. GNT_BATCH-1], b->status[0 .. GNT_BATCH-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1],
             gnt_xen_writable[0 .. GNT_PAGES_MAX-1];
    ensures  given:  \forall integer q; batch_done(b, from, to, \result, q) ==>
                       gnt_xen_kernel[q] == b->handle[q - from] <= 0xffffffff && gnt_xen_writable[q] == (readonly == 0 ? 1 : 0);
    ensures  others: \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_done(b, from, to, \result, q) ==>
                       kernel_same{Pre,Post}(q);
*/
s32 gnt_env_map_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b);

/*
 * The same for the user's mappings, which are the page-table entries of the mmap in progress: PV.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires batch:  pages_mem(p) && \valid(b) && batch_range(p, from, to) && p.life->pv == 1;
    requires domain: \forall integer q; batch_asks(b, from, to, q) ==> p.domid[q] <= 0xffff;
    requires once:   \forall integer q; batch_asks(b, from, to, q) ==> gnt_xen_user[q] == GNT_UNMAPPED;
    assigns  b->handle[0 .. GNT_BATCH-1], b->status[0 .. GNT_BATCH-1], gnt_xen_user[0 .. GNT_PAGES_MAX-1];
    ensures  given:  \forall integer q; batch_done(b, from, to, \result, q) ==>
                       gnt_xen_user[q] == b->handle[q - from] <= 0xffffffff;
    ensures  others: \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_done(b, from, to, \result, q) ==> user_same{Pre,Post}(q);
*/
s32 gnt_env_map_user(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b);

/*
 * One hypercall: unmaps the kernel's mappings of those pages among @from .. @to-1 that @b asks for, by their handles in
 * p.kernel. An error is that of the hypercall as a whole: then nothing was unmapped. A page that is mapped no more, or under
 * another handle, must not be asked for. Allocates nothing (GNT-MUNMAP-006). GNT-MUNMAP-007, GNT-MUNMAP-008.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires batch:  pages_mem(p) && \valid(b) && batch_range(p, from, to);
    requires live:   \forall integer q; batch_asks(b, from, to, q) ==>
                       gnt_xen_kernel[q] == p.kernel[q] && gnt_xen_user[q] == GNT_UNMAPPED;
    requires idle:   \forall integer q; batch_asks(b, from, to, q) ==> gnt_idle[q] == 1;
    assigns  b->status[0 .. GNT_BATCH-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  gone:   \forall integer q; batch_done(b, from, to, \result, q) ==> gnt_xen_kernel[q] == GNT_UNMAPPED;
    ensures  failed: \forall integer q; batch_failed(b, from, to, \result, q) ==> gnt_refused[q] == 1;
    ensures  rest:   \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_failed(b, from, to, \result, q) ==>
                       refused_same{Pre,Post}(q);
    ensures  others: \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_done(b, from, to, \result, q) ==>
                       kernel_same{Pre,Post}(q);
*/
s32 gnt_env_unmap_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b);

/*
 * The same for the user's mappings, by their handles in p.user: PV.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires batch:  pages_mem(p) && \valid(b) && batch_range(p, from, to) && p.life->pv == 1;
    requires live:   \forall integer q; batch_asks(b, from, to, q) ==> gnt_xen_user[q] == p.user[q];
    assigns  b->status[0 .. GNT_BATCH-1], gnt_xen_user[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1];
    ensures  gone:   \forall integer q; batch_done(b, from, to, \result, q) ==> gnt_xen_user[q] == GNT_UNMAPPED;
    ensures  failed: \forall integer q; batch_failed(b, from, to, \result, q) ==> gnt_refused[q] == 1;
    ensures  rest:   \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_failed(b, from, to, \result, q) ==>
                       refused_same{Pre,Post}(q);
    ensures  others: \forall integer q; 0 <= q < GNT_PAGES_MAX && !batch_done(b, from, to, \result, q) ==> user_same{Pre,Post}(q);
*/
s32 gnt_env_unmap_user(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b);

/*
 * Sets the byte at @offset of page @page to 0, through the kernel's mapping. It works whatever became of the process that mapped
 * the page (GNT-NOTIFY-026). GNT-NOTIFY-016.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires page:   page < GNT_PAGES_MAX && offset < GNT_PAGE_SIZE;
    requires live:   gnt_xen_kernel[page] != GNT_UNMAPPED && gnt_xen_writable[page] == 1;
    requires due:    gnt_byte_due == offset + 1 && gnt_byte_page == page;
    assigns  gnt_byte_due;
    ensures  done:   gnt_byte_due == 0;
*/
void gnt_env_clear_byte(u64 block, u32 page, u32 offset);

/* Is page @page in use, such as in I/O? 0: no, and as its user mapping is gone it will not be again. GNT-MUNMAP-005. */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires page:   page < GNT_PAGES_MAX;
    assigns  gnt_idle[page];
    ensures  idle:   gnt_idle[page] == (\result == 0 ? 1 : 0);
*/
u32 gnt_env_page_in_use(u64 block, u32 page);

/*
 * Promises a call of gnt_map_retry() for the block, later and from a context of its own. It cannot fail, and does not allocate:
 * a block has what it takes for the one promise it may have at a time. GNT-MUNMAP-005, GNT-MUNMAP-015.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires one:    gnt_map_promises == 0;
    assigns  gnt_map_promises;
    ensures  there:  gnt_map_promises == 1;
*/
void gnt_env_defer(u64 block);

/*
 * The placeholder pages of pages @from .. @to-1 go back to the kernel. GNT-MUNMAP-009.
 */
/*@ requires held:   gnt_locked == 0 && block != 0 && gnt_map_locked == block;
    requires range:  from <= to <= GNT_PAGES_MAX;
    requires empty:  \forall integer i; from <= i < to ==> page_unmapped(i);
    requires placed: \forall integer i; from <= i < to ==> gnt_placed[i] == 1;
    assigns  gnt_placed[0 .. GNT_PAGES_MAX-1];
    ensures  gone:   \forall integer i; from <= i < to ==> gnt_placed[i] == 0;
    ensures  others: \forall integer i; 0 <= i < GNT_PAGES_MAX && !(from <= i < to) ==> gnt_placed[i] == \at(gnt_placed[i], Pre);
*/
void gnt_env_pages_put(u64 block, u32 from, u32 to);

/*
 * Frees the memory of a block that nobody else knows. The placeholder pages that it still has are mapped: they are lost.
 * GNT-CLOSE-006, GNT-CLOSE-007.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0;
    requires mine:   block != 0 && gnt_my_own == block;
    requires lost:   \forall integer i; 0 <= i < GNT_PAGES_MAX && gnt_placed[i] == 1 ==> gnt_xen_kernel[i] != GNT_UNMAPPED;
    assigns  gnt_my_own;
    ensures  gone:   gnt_my_own == 0;
*/
void gnt_env_block_free(u64 block);
