/* SPDX-License-Identifier: MIT */
/*
 * What the driver's GRANT_COPY needs: memory for a batch, pins, the copy hypercall, pauses; and ports. The pins of a
 * batch are those of the call that made it.
 */
#include <stdlib.h>
#include "armed_copy.h"
#include "env.h"
#include "gntdev.h"
#include "xen.h"

/* ---- memory of a batch; the segments are an argument of their own (I11) */

struct gnt_transfer *gnt_env_transfer_new(void)
{
	struct mirror *call = mirror_call();

	ensure(!call->transfer, "a call has memory for two batches");
	env_argument(env_world(), 0);
	call->transfer = env_alloc(env_world(), sizeof(*call->transfer));
	if (call->transfer)
		call->taken = own_alloc(MIRROR_TAKEN * sizeof(*call->taken));
	return call->transfer;
}

static struct mirror *holder(const struct gnt_transfer *t)
{
	struct mirror *call = mirror_call();

	ensure(t && call->transfer == t, "a batch is used by a call that has not its memory");
	return call;
}

void gnt_env_transfer_free(struct gnt_transfer *t)
{
	struct mirror *call = holder(t);

	for (u32 i = 0; i < GNT_COPY_BATCH; i++)
		ensure(call->pin[i] == GNT_PIN_NONE, "GNT-COPY-025: a batch goes with a page pinned");
	env_free(env_world(), t);
	call->transfer = NULL;
	free(call->taken);
	call->taken = NULL;
}

/* ---- pins */

s32 gnt_env_pin(struct gnt_transfer *t, u32 op, u64 address, u32 write)
{
	struct mirror *call = holder(t);

	ensure(op < GNT_COPY_BATCH && call->pin[op] == GNT_PIN_NONE, "an op gets a second pin");
	if (env_pin(env_world(), address, write, &call->mfn[op]))
		return -GNT_EFAULT;
	call->pin[op] = write ? GNT_PIN_WRITE : GNT_PIN_READ;
	call->pin_at[op] = address;
	return 0;
}

void gnt_env_unpin(struct gnt_transfer *t, u32 op, u32 dirty)
{
	struct mirror *call = holder(t);

	ensure(op < GNT_COPY_BATCH && call->pin[op] != GNT_PIN_NONE, "the pin of an op is released that it has not");
	ensure(!dirty == (call->pin[op] != GNT_PIN_WRITTEN),
	       "GNT-COPY-024: a page is marked dirty that is not, or not marked");
	env_unpin(env_world(), call->mfn[op], dirty);
	call->pin[op] = GNT_PIN_NONE;
}

/* ---- the hypercall */

/* Does op @i lie within its pages, has it its pin, and a status that can be? */
static void op_expect(const struct mirror *call, const struct gnt_transfer *t, u32 i)
{
	const struct gnt_copy_op *op = &t->batch.op[i];

	ensure(op->segment < t->segments, "I8: an op of no segment");
	ensure(armed_op(t, i), "I8: an op leaves a page");
	ensure(call->pin[i] == armed_pin(t->local[op->segment], call->executed), "I8: an op has not the pin that it needs");
	ensure(call->pin[i] == GNT_PIN_NONE || call->pin_at[i] == armed_local(t, i), "I8: an op has its pin elsewhere");
	if (op->status != GNT_COPY_PENDING)
		ensure(call->executed && op->status == armed_final(call->xen_said[i]),
		       "GNT-COPY-019: an op has a status that Xen has not given");
	else
		ensure(!call->executed || call->xen_said[i] == GNT_COPY_EAGAIN,
		       "GNT-COPY-020: an op is given to Xen again that is not to be retried");
}

static struct gnttab_copy_ptr side(u64 at, bool local, u32 mfn, u32 ref, u32 domid)
{
	struct gnttab_copy_ptr ptr = { .offset = (uint16_t)(at % GNT_PAGE_SIZE), .domid = DOMID_SELF };

	ensure(domid <= UINT16_MAX || local, "GNT-GEN-006: Xen is asked for a domain that it has no name for");
	if (local) {
		ptr.u.gmfn = mfn;
		return ptr;
	}
	ptr.u.ref = ref;
	ptr.domid = (domid_t)domid;
	return ptr;
}

static struct gnttab_copy fill(const struct gnt_transfer *t, u32 i, u32 mfn)
{
	const struct gnt_copy_op *op = &t->batch.op[i];
	u32 k = op->segment, local = t->local[k];

	return (struct gnttab_copy){
		.source = side(op->source, local == GNT_LOCAL_SOURCE, mfn, t->source_ref[k], t->source_domid[k]),
		.dest = side(op->dest, local == GNT_LOCAL_DEST, mfn, t->dest_ref[k], t->dest_domid[k]),
		.len = (uint16_t)op->len,
		.flags = (uint16_t)((local == GNT_LOCAL_SOURCE ? 0 : GNTCOPY_source_gref)
				    | (local == GNT_LOCAL_DEST ? 0 : GNTCOPY_dest_gref)),
		.status = GNTST_general_error,
	};
}

void gnt_env_copy(struct gnt_transfer *t)
{
	struct mirror *call = holder(t);
	struct gnttab_copy op[GNT_COPY_BATCH];
	u32 which[GNT_COPY_BATCH], n = 0;

	ensure(t->batch.n <= GNT_COPY_BATCH && t->segments <= GNT_COPY_BATCH, "GNT-COPY-014: a batch that is too large");
	for (u32 i = 0; i < GNT_COPY_BATCH; i++) {
		if (i >= t->batch.n)
			ensure(call->pin[i] == GNT_PIN_NONE, "GNT-COPY-025: a page is pinned for no op");
		else
			op_expect(call, t, i);
	}
	mirror_copied();
	if (!call->executed)
		call->slept = 0;
	call->executed = true;
	for (u32 i = 0; i < t->batch.n; i++) {
		if (call->pin[i] == GNT_PIN_WRITE)
			call->pin[i] = GNT_PIN_WRITTEN;
		if (t->batch.op[i].status != GNT_COPY_PENDING)
			continue;
		call->xen_said[i] = GNT_COPY_PENDING;
		which[n] = i;
		op[n++] = fill(t, i, call->mfn[i]);
	}
	if (n == 0 || xen_copy(env_world(), op, n))
		return;
	while (n-- > 0)
		t->batch.op[which[n]].status = call->xen_said[which[n]] = op[n].status;
}

s32 gnt_env_pause(u32 milliseconds)
{
	struct model *m = env_world();
	u64 until = m->clock + milliseconds;

	ensure_open(m, "I10: a pause under a lock");
	if (env_pause(m, milliseconds))
		return -GNT_EINTR;
	ensure(m->clock >= until, "GNT-COPY-020: a pause is shorter than it was to be");
	mirror_call()->slept += milliseconds;
	return 0;
}

/* ---- ports */

s32 gnt_env_port_get(u32 port)
{
	if (env_port_get(env_world(), port))
		return -GNT_EINVAL;
	ensure(port < GNT_PORTS_MAX, "I7: a port that cannot be");
	mirror_hand(port, 1);
	return 0;
}

/* The running call may have taken the reference out of a map whose lock it holds. */
static void settle(struct model *m)
{
	for (struct gntdev_map *map = m->maps; m->map_locks && map; map = map->next) {
		if (map->lock.held)
			mirror_settle(map);
	}
}

void gnt_env_port_put(u32 port)
{
	settle(env_world());
	mirror_in_hand(port);
	env_port_put(env_world(), port);
	mirror_hand(port, -1);
}

void gnt_env_port_send(u32 port)
{
	settle(env_world());
	mirror_in_hand(port);
	mirror_sent(port);
	env_port_send(env_world(), port);
}
