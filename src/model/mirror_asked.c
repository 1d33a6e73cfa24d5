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
