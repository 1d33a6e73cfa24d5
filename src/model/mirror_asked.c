/* SPDX-License-Identifier: MIT */
/*
 * What a call was asked for, against what came of it: the map that UNMAP takes away, the statuses of GRANT_COPY, and whether an
 * mmap was refused, or came to nothing, as it may. Here the answer is found anew, from the bytes that the driver fetched and from
 * the state as it is. It must not know how the core finds it.
 */
#include <string.h>
#include "armed_copy.h"
#include "env.h"
#include "gntdev.h"

/* ---- ioctls */

void mirror_fetched(const u8 *bytes, u32 len)
{
	struct mirror *call = mirror_call();
	u32 kept = len < GNT_SEGMENT_BYTES ? len : GNT_SEGMENT_BYTES;

	memcpy(call->fetched, bytes, kept);
	if (call->asked_bytes)
		return;
	call->asked_bytes = len;
	memcpy(call->asked, bytes, kept);
}

static u64 number(const u8 *raw, u32 at, u32 bytes)
{
	u64 value = 0;

	memcpy(&value, raw + at, bytes); /* the model's machines are little-endian, as Xen's is */
	return value;
}

/* GNT-UNMAP-003, GNT-UNMAP-005: the map whose offset it is; it has as many grants, or their number was not asked for. */
void mirror_unmapped(void)
{
	const struct mirror *call = mirror_call();
	u64 count = number(call->asked, 8, sizeof(u32));

	ensure(number(call->asked, 0, sizeof(u64)) / GNT_PAGE_SIZE == call->unlisted,
	       "GNT-UNMAP-003: another map is taken away than the one that has the offset");
	ensure(count == 0 || count == call->unlisted_count,
	       "GNT-UNMAP-005: a map is taken away that has another number of grants");
}

/* Is a side of a segment within its frame, if it is a grant's, or within all addresses? @at: where it begins in the segment */
static bool within(const u8 *segment, u32 at, bool grant, bool compat)
{
	u64 len = number(segment, 16, sizeof(u16));

	if (grant)
		return number(segment, at + 4, sizeof(u16)) + len <= GNT_PAGE_SIZE;
	return number(segment, at, compat ? sizeof(u32) : sizeof(u64)) <= ~0ull - len;
}

/* The segment that was fetched last gets a status, so it is one that can be copied. */
static void check_segment(const struct mirror *call, bool compat)
{
	u64 flags = number(call->fetched, 18, sizeof(u16));

	ensure(flags & 3, "GNT-COPY-005: a segment without a grant is taken");
	ensure(within(call->fetched, 0, flags & 1, compat) && within(call->fetched, 8, flags & 2, compat),
	       "GNT-COPY-006, GNT-COPY-013: a segment is taken that leaves a frame, or the last address");
}

/* It is segment @which of the call. GNT-COPY-009: an empty one has no ops. */
static void take(struct mirror *call, u64 which)
{
	struct mirror_taken *taken = &call->taken[call->next];

	if (!number(call->fetched, 16, sizeof(u16)))
		return;
	taken->number = which + 1;
	memcpy(taken->bytes, call->fetched, GNT_SEGMENT_BYTES);
	call->next = (call->next + 1) % MIRROR_TAKEN;
}

static const u8 *taken(const struct mirror *call, u32 which)
{
	for (u32 i = 0; i < MIRROR_TAKEN; i++) {
		if (call->taken[i].number == which + 1ull)
			return call->taken[i].bytes;
	}
	breach("I8: a segment is in the batch that was not fetched");
}

/* Is that the grant that a side of a segment names? GNT-COPY-011 */
static void check_grant(const u8 *segment, u32 at, bool grant, u32 ref, u32 domid)
{
	ensure(ref == (grant ? number(segment, at, sizeof(u32)) : 0), "I8: a batch has another grant than was asked for");
	ensure(domid == (grant ? number(segment, at + 6, sizeof(u16)) : 0), "I8: a batch has a grant of another domain than was asked for");
}

static u64 begin(const u8 *segment, u32 at, bool grant, bool compat)
{
	return grant ? number(segment, at + 4, sizeof(u16)) : number(segment, at, compat ? sizeof(u32) : sizeof(u64));
}

/* GNT-COPY-031: does the op copy a part of the segment to where that belongs? */
static void check_part(const struct gnt_copy_op *op, const u8 *segment, bool compat)
{
	u64 flags = number(segment, 18, sizeof(u16)), len = number(segment, 16, sizeof(u16));
	u64 from = op->source - begin(segment, 0, flags & 1, compat), to = op->dest - begin(segment, 8, flags & 2, compat);

	ensure(from == to && from < len && op->len <= len - from, "I8: an op is no part of its segment");
}

void mirror_copied(void)
{
	const struct mirror *call = mirror_call();
	const struct gnt_transfer *t = call->transfer;

	for (u32 k = 0; k < t->segments; k++) {
		const u8 *segment = taken(call, t->number[k]);
		u64 flags = number(segment, 18, sizeof(u16)) & 3;

		check_grant(segment, 0, flags & 1, t->source_ref[k], t->source_domid[k]);
		check_grant(segment, 8, flags & 2, t->dest_ref[k], t->dest_domid[k]);
		ensure(t->local[k] == (flags == 1 ? GNT_LOCAL_DEST : flags == 2 ? GNT_LOCAL_SOURCE : GNT_LOCAL_NONE),
		       "I8: another side of a segment is local than was asked for");
	}
	for (u32 i = 0; i < t->batch.n; i++)
		check_part(&t->batch.op[i], taken(call, t->number[t->batch.op[i].segment]),
			   call->asked_bytes == GNT_COPY_COMPAT_BYTES);
}

/* Have the ops of segment @k the statuses that Xen has given? GNT-COPY-019, GNT-COPY-020 */
static void check_ops(const struct mirror *call, const struct gnt_transfer *t, u32 k)
{
	for (u32 i = 0; i < t->batch.n; i++) {
		if (t->batch.op[i].segment != k)
			continue;
		ensure(t->batch.op[i].status == armed_final(call->xen_said[i]),
		       "GNT-COPY-019: an op has a status that Xen has not given");
		ensure(call->xen_said[i] != GNT_COPY_EAGAIN || call->slept >= GNT_COPY_PATIENCE_MS,
		       "GNT-COPY-020: an op is given up that is to be retried");
	}
}

void mirror_status(u64 to, s16 status)
{
	struct mirror *call = mirror_call();
	const struct gnt_transfer *t = call->transfer;
	bool compat = call->asked_bytes == GNT_COPY_COMPAT_BYTES;
	u64 segments = number(call->asked, compat ? 4 : 8, compat ? sizeof(u32) : sizeof(u64));

	if (!t)
		return;
	call->executed = false;
	for (u32 k = 0; k < t->segments; k++) {
		if (to != segments + (u64)GNT_SEGMENT_BYTES * t->number[k] + GNT_SEGMENT_STATUS)
			continue;
		check_ops(call, t, k);
		ensure(status == armed_status(&t->batch, k), "GNT-COPY-018: a segment's status is not that of its first op that failed");
		return;
	}
	check_segment(call, compat); /* it is not in the batch: this is its status ahead */
	take(call, (to - GNT_SEGMENT_STATUS - segments) / GNT_SEGMENT_BYTES);
}

/* ---- mmap; @taken: how often the lock had been taken before. If others took it meanwhile, nobody can say what is right. */

void mirror_refused(const struct gnt_file *file, u64 taken, const struct vma *vma)
{
	const struct gnt_state *s = &file->state;
	u64 pages = (vma->end - vma->start) / GNT_PAGE_SIZE, k = vma->pgoff;

	if (file->lock.taken != taken + 1 || ((vma->flags & VM_WRITE) && !(vma->flags & VM_SHARED)) || k >= s->table.slots.capacity)
		return;
	ensure(!s->table.map[k] || s->table.count[k] != pages || s->tried[k],
	       "GNT-MMAP-003: an mmap is refused of a map that is listed, of this size and was not attempted");
}

void mirror_cancelled(bool again)
{
	const struct mirror *call = mirror_call();

	ensure(call->blind || !again || call->untried == 1, "GNT-MMAP-023: an mmap that is restarted was attempted");
}

void mirror_undone(const struct model *m, const struct gntdev_map *of)
{
	for (const struct gntdev_map *map = m->maps; map; map = map->next) {
		for (u32 i = 0; map == of && i < map->pages.count; i++)
			ensure(map->pages.state[i] != GNT_PAGE_LIVE, "GNT-MMAP-009: an mmap fails and a grant stays mapped");
	}
}
