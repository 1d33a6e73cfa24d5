// SPDX-License-Identifier: GPL-2.0-only
/*
 * What GRANT_COPY needs: memory for a batch, pins of local pages, the hypercall, pauses: see
 * src/core/env_copy.h. It needs nothing of the file, so calls on one file run in parallel
 * (GNT-COPY-026). Honours GNT-COPY-012, -019, -022, -024, -025, -028, -030 and GNT-GEN-006: pins
 * are of the caller's pages, and each is given back, dirty only if the core says so; ops go to Xen,
 * and statuses come back, unchanged and in order (I8). No lock is held (I10).
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>
#include "grantproof.h"
#include "locks.h"

/* a status that Xen never gives: the op has none yet */
#define NO_STATUS GNT_COPY_STATUS_MAX

/* The core's batch, and what becomes of it: page[i] is the local page pinned for op i. */
struct transfer {
	struct gnt_transfer core;
	struct page *page[GNT_COPY_BATCH];
	struct gnttab_copy op[GNT_COPY_BATCH]; /* those that are pending, in order */
};

static struct transfer *to_transfer(struct gnt_transfer *t)
{
	return container_of(t, struct transfer, core);
}

struct gnt_transfer *gnt_env_transfer_new(void)
{
	struct transfer *x;

	gp_may_alloc();
	x = kmalloc(sizeof(*x), GFP_KERNEL);
	return x ? &x->core : NULL;
}

void gnt_env_transfer_free(struct gnt_transfer *t)
{
	gp_assert_open();
	kfree(to_transfer(t));
}

/* GNT-COPY-012; the page that ends at 2^64 is no user page, and pins none */
s32 gnt_env_pin(struct gnt_transfer *t, u32 op, u64 address, u32 write)
{
	gp_assert_open();
	return pin_user_pages_fast(address & PAGE_MASK, 1, write ? FOLL_WRITE : 0,
				   &to_transfer(t)->page[op]) == 1 ? 0 : -EFAULT;
}

void gnt_env_unpin(struct gnt_transfer *t, u32 op, u32 dirty)
{
	gp_assert_open();
	unpin_user_pages_dirty_lock(&to_transfer(t)->page[op], 1, dirty);
}

static struct gnttab_copy_ptr local_side(u64 address, struct page *page)
{
	return (struct gnttab_copy_ptr){
		.u.gmfn = xen_page_to_gfn(page),
		.domid = DOMID_SELF,
		.offset = address % GNT_PAGE_SIZE,
	};
}

static struct gnttab_copy_ptr granted_side(u64 offset, u32 domid, u32 ref)
{
	return (struct gnttab_copy_ptr){ .u.ref = ref, .domid = domid, .offset = offset };
}

static struct gnttab_copy translate(const struct transfer *x, u32 i)
{
	const struct gnt_transfer *t = &x->core;
	const struct gnt_copy_op *op = &t->batch.op[i];
	struct gnttab_copy xen = { .len = op->len, .status = NO_STATUS };
	u32 s = op->segment;

	if (t->local[s] == GNT_LOCAL_SOURCE) {
		xen.source = local_side(op->source, x->page[i]);
	} else {
		xen.source = granted_side(op->source, t->source_domid[s], t->source_ref[s]);
		xen.flags |= GNTCOPY_source_gref;
	}
	if (t->local[s] == GNT_LOCAL_DEST) {
		xen.dest = local_side(op->dest, x->page[i]);
	} else {
		xen.dest = granted_side(op->dest, t->dest_domid[s], t->dest_ref[s]);
		xen.flags |= GNTCOPY_dest_gref;
	}
	return xen;
}

/* The ops that are pending are told by their status, also after the call: it changes then. */
void gnt_env_copy(struct gnt_transfer *t)
{
	struct transfer *x = to_transfer(t);
	u32 n = 0;

	gp_assert_open();
	for (u32 i = 0; i < t->batch.n; i++) {
		if (t->batch.op[i].status == GNT_COPY_PENDING)
			x->op[n++] = translate(x, i);
	}
	/* were the call as a whole to fail, the ops it left have no status */
	HYPERVISOR_grant_table_op(GNTTABOP_copy, x->op, n);
	n = 0;
	for (u32 i = 0; i < t->batch.n; i++) {
		s16 status;

		if (t->batch.op[i].status != GNT_COPY_PENDING)
			continue;
		status = x->op[n++].status;
		if (status != NO_STATUS)
			t->batch.op[i].status = status;
	}
}

/* GNT-COPY-028: only a signal that kills ends a pause early */
s32 gnt_env_pause(u32 milliseconds)
{
	/* the jiffy that has begun does not count */
	signed long left = milliseconds ? msecs_to_jiffies(milliseconds) + 1 : 0;

	gp_assert_open();
	cond_resched();
	while (left && !fatal_signal_pending(current))
		left = schedule_timeout_killable(left);
	return fatal_signal_pending(current) ? -EINTR : 0;
}
