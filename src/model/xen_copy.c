/* SPDX-License-Identifier: MIT */
/*
 * Xen: copies between grants and the caller's frames, as the public headers describe them and as Xen 4.17 answers. It
 * knows frames, and nothing of Linux but what Linux owes it for an op.
 */
#include <string.h>
#include "xen.h"

/* Only DOMID_SELF may name a frame by its number. */
static s16 copy_domain(const struct model *m, const struct gnttab_copy_ptr *side, bool foreign)
{
	if (side->domid == DOMID_SELF)
		return GNTST_okay;
	if (!foreign)
		return GNTST_permission_denied;
	return side->domid < m->domains && !m->domain[side->domid].dead ? GNTST_okay : GNTST_bad_domain;
}

/* The frame of one side: what the grant gives access to, or a frame of our own. */
static s16 copy_frame(struct model *m, const struct gnttab_copy_ptr *side, bool foreign, bool write, u32 *mfn)
{
	if (foreign)
		return xen_grant_use(m, side->domid == DOMID_SELF ? MODEL_DOM0 : side->domid, side->u.ref, write, mfn);
	if (side->u.gmfn >= m->frames || m->frame[side->u.gmfn].owner != MODEL_DOM0)
		return GNTST_bad_page;
	*mfn = (u32)side->u.gmfn;
	return GNTST_okay;
}

static s16 copy_one(struct model *m, const struct gnttab_copy *op)
{
	bool from_foreign = op->flags & GNTCOPY_source_gref, to_foreign = op->flags & GNTCOPY_dest_gref;
	u32 source = NONE, dest = NONE;
	s16 status;

	status = copy_domain(m, &op->source, from_foreign);
	if (status == GNTST_okay)
		status = copy_domain(m, &op->dest, to_foreign);
	if (status == GNTST_okay)
		status = copy_frame(m, &op->source, from_foreign, false, &source);
	if (status == GNTST_okay)
		status = copy_frame(m, &op->dest, to_foreign, true, &dest);
	if (status != GNTST_okay)
		return status;
	if (op->source.offset + op->len > (int)GNT_PAGE_SIZE || op->dest.offset + op->len > (int)GNT_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	memmove(frame_bytes(m, dest) + op->dest.offset, frame_bytes(m, source) + op->source.offset, op->len);
	if (!to_foreign)
		m->frame[dest].written = true;
	return GNTST_okay;
}

/* What Linux owes Xen for an op: flags it knows, and a local frame that a pin keeps. */
static void copy_expect(const struct model *m, const struct gnttab_copy *op)
{
	xen_pfn_t source = op->source.u.gmfn, dest = op->dest.u.gmfn;

	ensure(!(op->flags & ~(GNTCOPY_source_gref | GNTCOPY_dest_gref)), "GNT-COPY-022: a copy op with unknown flags");
	if (!(op->flags & GNTCOPY_source_gref))
		ensure(source < m->frames && m->frame[source].pins, "a copy reads a frame that is not pinned");
	if (!(op->flags & GNTCOPY_dest_gref))
		ensure(dest < m->frames && m->frame[dest].writable, "a copy writes a frame not pinned for that");
}

/* custom: fails on demand, one op or the call as a whole; an op that Linux should never have made ends the program */
int xen_copy(struct model *m, struct gnttab_copy *op, u32 n)
{
	ensure_open(m, "I10: a hypercall under the lock");
	for (u32 i = 0; i < n; i++)
		copy_expect(m, &op[i]);
	if (fault_strikes(m, MODEL_FAULT_HYPERCALL))
		return -EFAULT;
	for (u32 i = 0; i < n; i++) {
		op[i].status = fault_status(m, MODEL_FAULT_COPY);
		if (op[i].status != GNTST_okay)
			continue;
		op[i].status = copy_one(m, &op[i]);
		ensure(op[i].status != GNTST_bad_copy_arg, "I8: a copy op leaves a page");
	}
	return 0;
}
