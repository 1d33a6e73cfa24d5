/* SPDX-License-Identifier: MIT */
/*
 * The driver's GRANT_COPY: segments from user memory, split by the core into ops, executed by Xen in batches. It must
 * neither look at the maps of the instance nor keep anything after the call (GNT-COPY-026, GNT-COPY-025).
 */
#include "copy.h"
#include "env.h"
#include "gntdev.h"
#include "xen.h"

#define FOREIGN_FLAGS (GNTCOPY_source_gref | GNTCOPY_dest_gref)

/* What a call needs, however many segments it has. */
struct copy {
	struct model *m;
	u64 segments; /* user address of segment 0 */
	u32 pins; /* ops, from the first on, whose local pages are pinned */
	struct gnt_copy_batch batch;
	struct gnttab_copy op[GNT_COPY_BATCH]; /* of the batch, for Xen */
};

static u64 status_address(const struct copy *c, u32 segment)
{
	return c->segments + (u64)segment * sizeof(struct gntdev_grant_copy_segment)
	       + offsetof(struct gntdev_grant_copy_segment, status);
}

static int put_status(const struct copy *c, u32 segment, s32 status)
{
	s16 value = (s16)status;

	return env_copyout(c->m, status_address(c, segment), &value, sizeof(value));
}

/* ---- one side of an op */

/* A grant, or else a page of the caller's, pinned: written to if it is the destination. */
static int fill_side(struct copy *c, struct gnttab_copy_ptr *side, const struct gntdev_grant_copy_segment *user, u64 at,
		     bool dest)
{
	u32 mfn;

	side->offset = (uint16_t)(at % GNT_PAGE_SIZE);
	if (user->flags & (dest ? GNTCOPY_dest_gref : GNTCOPY_source_gref)) {
		side->u.ref = dest ? user->dest.foreign.ref : user->source.foreign.ref;
		side->domid = dest ? user->dest.foreign.domid : user->source.foreign.domid;
		return 0;
	}
	if (env_pin(c->m, at, dest, &mfn))
		return -EFAULT;
	side->u.gmfn = mfn;
	side->domid = DOMID_SELF;
	return 0;
}

/*
 * An op between two grants has no pin, and no op has two. A destination is dirty if its op was @executed
 * (GNT-COPY-024).
 */
static void unpin(struct copy *c, bool executed)
{
	for (u32 i = 0; i < c->pins; i++) {
		const struct gnttab_copy *op = &c->op[i];

		if (!(op->flags & GNTCOPY_source_gref))
			env_unpin(c->m, (u32)op->source.u.gmfn, false);
		if (!(op->flags & GNTCOPY_dest_gref))
			env_unpin(c->m, (u32)op->dest.u.gmfn, executed);
	}
	c->pins = 0;
}

/* ---- batches */

/*
 * Executes the ops and copies out the statuses of their segments, each once, in order. -EFAULT: a status found no
 * place.
 */
static int execute(struct copy *c)
{
	struct gnt_copy_batch *b = &c->batch;
	int error = 0;

	xen_copy(c->m, c->op, b->n);
	for (u32 i = 0; i < b->n; i++)
		b->op[i].status = c->op[i].status;
	unpin(c, true);
	for (u32 i = 0; !error && i < b->n; i++) {
		if (i == 0 || b->op[i].segment != b->op[i - 1].segment)
			error = put_status(c, b->op[i].segment, gnt_copy_status(b, b->op[i].segment));
	}
	gnt_copy_start(b);
	return error;
}

/* Makes Xen's ops of those that the batch has in addition. */
static int fill(struct copy *c, const struct gntdev_grant_copy_segment *user)
{
	for (u32 i = c->pins; i < c->batch.n; i++) {
		const struct gnt_copy_op *part = &c->batch.op[i];
		struct gnttab_copy *op = &c->op[i];
		int error;

		*op = (struct gnttab_copy){ .len = (uint16_t)part->len, .flags = user->flags & FOREIGN_FLAGS };
		error = fill_side(c, &op->source, user, part->source, false);
		if (!error)
			error = fill_side(c, &op->dest, user, part->dest, true);
		if (error)
			return error;
		c->pins++;
	}
	return 0;
}

/* ---- segments */

static void decode(const struct gntdev_grant_copy_segment *user, struct gnt_copy_segment *seg)
{
	seg->flags = user->flags;
	seg->len = user->len;
	seg->source = user->flags & GNTCOPY_source_gref ? user->source.foreign.offset : (uintptr_t)user->source.virt;
	seg->dest = user->flags & GNTCOPY_dest_gref ? user->dest.foreign.offset : (uintptr_t)user->dest.virt;
}

/* GNT-COPY-008: fetched, checked, its status written ahead, split, pinned. */
static int add_segment(struct copy *c, u32 i)
{
	struct gntdev_grant_copy_segment user;
	struct gnt_copy_segment seg;
	int error;

	if (env_copyin(c->m, &user, c->segments + (u64)i * sizeof(user), sizeof(user)))
		return -EFAULT;
	decode(&user, &seg);
	error = gnt_copy_check(&seg);
	if (error)
		return error;
	if (put_status(c, i, GNTST_okay))
		return -EFAULT;
	error = gnt_copy_add(&c->batch, &seg, i);
	if (error == -ENOSPC) { /* GNT-COPY-015 */
		error = execute(c);
		if (error)
			return error;
		error = gnt_copy_add(&c->batch, &seg, i);
		ensure(!error, "I8: a segment does not fit an empty batch");
	}
	return fill(c, &user);
}

s64 gntdev_grant_copy(struct gntdev *dev, u64 arg)
{
	struct ioctl_gntdev_grant_copy copy;
	struct model *m = dev->m;
	struct copy *c;
	int error = 0;

	env_argument(m, arg);
	if (env_copyin(m, &copy, arg, sizeof(copy)))
		return -EFAULT;
	if (copy.count == 0) /* GNT-COPY-003 */
		return 0;
	c = env_alloc(m, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->m = m;
	c->segments = (uintptr_t)copy.segments;
	c->pins = 0;
	gnt_copy_start(&c->batch);
	env_argument(m, c->segments);
	for (u32 i = 0; !error && i < copy.count; i++)
		error = add_segment(c, i);
	if (!error)
		error = execute(c);
	unpin(c, false); /* of ops that an error kept from being executed: GNT-COPY-016 */
	env_free(m, c);
	return error;
}
