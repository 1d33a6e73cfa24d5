// SPDX-License-Identifier: GPL-2.0-only
/*
 * GRANT_COPY: fetches segments, pins their local pages, has the core's ops executed by Xen, and
 * hands out statuses. Honours I8 and I11 and GNT-COPY-001 .. 032; it needs nothing of the file, so
 * calls on one file run in parallel.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <xen/page.h>
#include "copy.h"
#include "grantproof.h"

/*
 * A batch: op[i] is the core's batch.op[i] as Xen wants it, page[i] its pinned local page or NULL.
 * Segments without an op are done with when they were looked at, so a batch has no more segments
 * than ops.
 */
struct gp_copy {
	struct gnt_copy_batch batch;
	struct gnttab_copy op[GNT_COPY_BATCH];
	struct page *page[GNT_COPY_BATCH];
	u32 segments;
	__s16 __user *status[GNT_COPY_BATCH];
};

static bool to_local(const struct gnttab_copy *op)
{
	return !(op->flags & GNTCOPY_dest_gref);
}

static void start(struct gp_copy *copy)
{
	gnt_copy_start(&copy->batch);
	copy->segments = 0;
}

/*
 * GNT-COPY-024, GNT-COPY-025: releases the pins of the batch; a local destination is dirty if its
 * op was @executed
 */
static void unpin(struct gp_copy *copy, bool executed)
{
	for (u32 i = 0; i < copy->batch.n; i++) {
		if (copy->page[i])
			unpin_user_pages_dirty_lock(&copy->page[i], 1, executed && to_local(&copy->op[i]));
	}
}

/*
 * GNT-COPY-014, -018, -020, -021: executes the batch and hands out statuses; the batch is empty
 * afterwards
 */
static int flush(struct gp_copy *copy)
{
	int err = 0;

	if (!copy->batch.n)
		return 0;
	gnttab_batch_copy(copy->op, copy->batch.n);
	for (u32 i = 0; i < copy->batch.n; i++)
		copy->batch.op[i].status = copy->op[i].status;
	for (u32 i = 0; i < copy->segments && !err; i++)
		err = put_user((__s16)gnt_copy_status(&copy->batch, i), copy->status[i]);
	unpin(copy, true);
	start(copy);
	return err;
}

/*
 * GNT-COPY-028: a call may take as long as its caller likes, so it makes room for others, and ends
 * when its caller is killed
 */
static int pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/*
 * A segment as fetched, in the core's terms: a granted side is an offset in its frame, a local one
 * an address.
 */
static struct gnt_copy_segment decode(const struct gntdev_grant_copy_segment *seg)
{
	/* GNT-COPY-022: other flags mean nothing */
	u32 flags = seg->flags & (GNTCOPY_source_gref | GNTCOPY_dest_gref);

	return (struct gnt_copy_segment){
		.source = flags & GNTCOPY_source_gref ? seg->source.foreign.offset :
							(unsigned long)seg->source.virt,
		.dest = flags & GNTCOPY_dest_gref ? seg->dest.foreign.offset :
						    (unsigned long)seg->dest.virt,
		.len = seg->len,
		.flags = flags,
	};
}

/*
 * One side of an op: the granted frame that @domid and @ref name, or the local @page if there is
 * one.
 */
static struct gnttab_copy_ptr side(u64 at, struct page *page, domid_t domid, grant_ref_t ref)
{
	struct gnttab_copy_ptr p = { .offset = at % GNT_PAGE_SIZE };

	if (page) {
		p.domid = DOMID_SELF;
		p.u.gmfn = xen_page_to_gfn(page);
	} else {
		p.domid = domid;
		p.u.ref = ref;
	}
	return p;
}

/*
 * GNT-COPY-012: pins the local pages of the ops from @first on, which are one page each, in order.
 * On an error, those ops have the pins they got.
 */
static int pin(struct gp_copy *copy, u32 first, const struct gnt_copy_segment *g)
{
	int ops = copy->batch.n - first;
	unsigned long at;
	int pinned;

	memset(copy->page + first, 0, ops * sizeof(*copy->page));
	if (g->flags == (GNTCOPY_source_gref | GNTCOPY_dest_gref))
		return 0;
	at = g->flags & GNTCOPY_source_gref ? g->dest : g->source;
	pinned = pin_user_pages_fast(at & PAGE_MASK, ops,
				     g->flags & GNTCOPY_source_gref ? FOLL_WRITE : 0,
				     copy->page + first);
	return pinned == ops ? 0 : -EFAULT;
}

/* The ops from @first on as Xen wants them. */
static void translate(struct gp_copy *copy, u32 first, const struct gntdev_grant_copy_segment *seg,
		      u32 flags)
{
	for (u32 i = first; i < copy->batch.n; i++) {
		const struct gnt_copy_op *op = &copy->batch.op[i];
		struct page *from = flags & GNTCOPY_source_gref ? NULL : copy->page[i];
		struct page *to = flags & GNTCOPY_dest_gref ? NULL : copy->page[i];

		copy->op[i] = (struct gnttab_copy){
			.source = side(op->source, from, seg->source.foreign.domid,
				       seg->source.foreign.ref),
			.dest = side(op->dest, to, seg->dest.foreign.domid,
				     seg->dest.foreign.ref),
			.len = op->len,
			.flags = flags,
			.status = GNTST_general_error,
		};
	}
}

/*
 * GNT-COPY-015: the ops of a segment are in one batch, if need be the next. Returns the first of
 * them, or an errno.
 */
static int add(struct gp_copy *copy, const struct gnt_copy_segment *g)
{
	u32 first = copy->batch.n;
	int err = gnt_copy_add(&copy->batch, g, copy->segments);

	if (err == -GNT_ENOSPC) {
		first = 0;
		err = flush(copy) ?: pause() ?: gnt_copy_add(&copy->batch, g, copy->segments);
	}
	return err ?: first;
}

/* GNT-COPY-008 gives the order */
static int copy_segment(struct gp_copy *copy, struct gntdev_grant_copy_segment __user *user)
{
	struct gntdev_grant_copy_segment seg;
	struct gnt_copy_segment g;
	int err, first;

	if (copy_from_user(&seg, user, sizeof(seg)))
		return -EFAULT;
	g = decode(&seg);
	err = gnt_copy_check(&g);
	if (err)
		return err;
	if (put_user((__s16)GNTST_okay, &user->status))
		return -EFAULT;
	/* GNT-COPY-009 */
	if (!g.len)
		return 0;
	first = add(copy, &g);
	if (first < 0)
		return first;
	err = pin(copy, first, &g);
	if (err)
		return err;
	translate(copy, first, &seg, g.flags);
	copy->status[copy->segments++] = &user->status;
	return 0;
}

static int copy_segments(struct gp_copy *copy, struct gntdev_grant_copy_segment __user *user, u32 count)
{
	int err = 0;

	for (u32 i = 0; i < count && !err; i++) {
		err = copy_segment(copy, &user[i]);
		/* segments without an op fill no batch */
		if (!err && i % GNT_COPY_BATCH == GNT_COPY_BATCH - 1)
			err = pause();
	}
	return err ?: flush(copy);
}

long gp_grant_copy(const struct ioctl_gntdev_grant_copy __user *user)
{
	struct ioctl_gntdev_grant_copy arg;
	struct gp_copy *copy;
	long err;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	/* GNT-COPY-003: clients probe for the call with no segments at all */
	if (!arg.count)
		return 0;
	copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	start(copy);
	err = copy_segments(copy, (struct gntdev_grant_copy_segment __user __force *)arg.segments,
			    arg.count);
	/* GNT-COPY-016: what was not executed by now will not be */
	unpin(copy, false);
	kfree(copy);
	return err;
}
