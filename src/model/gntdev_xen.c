/* SPDX-License-Identifier: MIT */
/*
 * The driver's hypercalls for the pages of a map: ops as Xen wants them, of what the core asks for. What Xen has is
 * noted in the map's mirror, by what it answered, and what the core says of it is compared with that (I4).
 */
#include <assert.h>
#include "env.h"
#include "gntdev.h"
#include "xen.h"

/* the longest pause before an op is tried again, in milliseconds: 1 + 2 + ... are 30 s or more (GNT-MMAP-016) */
#define LONGEST_PAUSE_MS 255u

static_assert(LONGEST_PAUSE_MS * (LONGEST_PAUSE_MS + 1) / 2 >= GNT_COPY_PATIENCE_MS, "GNT-COPY-020");

/* One of the two mappings that a page can have. */
struct side {
	struct gntdev_map *map;
	u32 *has; /* [count]: mirror_map's user or kernel */
	bool user;
};

static struct side side_of(u64 block, struct gnt_pages p, u32 from, u32 to, bool user)
{
	struct gntdev_map *map = gntdev_block(block);

	ensure(map->lock.held && map->m->locks == 0, "I10: a hypercall without the map's lock, or under an instance's");
	ensure(p.state == map->pages.state && p.count == map->pages.count, "a hypercall for the pages of another map");
	ensure(from <= to && to <= p.count && to - from <= GNT_BATCH, "a hypercall for more pages than a batch has");
	ensure(!user || p.life->pv == 1, "a hypercall for entries of user space that are not Xen's");
	return (struct side){ map, user ? map->mirror.user : map->mirror.kernel, user };
}

/* Where Xen is to put the mapping of page @q. */
static u64 address(const struct side *side, u32 q)
{
	const struct gntdev_map *map = side->map;

	ensure(!side->user || map->process, "a hypercall for an entry of user space, and the map has no VMA");
	return side->user ? env_pte_address(map->process, map->start + (u64)q * GNT_PAGE_SIZE)
			  : env_page_address(map->page[q]);
}

/* ---- mapping */

/* Tries the ops that are to be tried again, with growing pauses; who still is to be, has failed. */
static void try_again(struct model *m, struct gnttab_map_grant_ref *op, u32 n)
{
	for (u32 ms = 1; ms <= LONGEST_PAUSE_MS; ms++) {
		struct gnttab_map_grant_ref again[GNT_BATCH];
		u32 which[GNT_BATCH], k = 0;

		for (u32 i = 0; i < n; i++) {
			if (op[i].status != GNTST_eagain)
				continue;
			which[k] = i;
			again[k] = op[i];
			again[k++].status = GNTST_general_error;
		}
		if (k == 0)
			return;
		env_pause(m, ms); /* a map is all or nothing, even for who is being killed */
		xen_map_grant_ref(m, again, k);
		while (k-- > 0)
			op[which[k]] = again[k];
	}
	for (u32 i = 0; i < n; i++) {
		if (op[i].status == GNTST_eagain)
			op[i].status = GNTST_bad_page;
	}
}

static u32 fill_map(const struct side *side, struct gnt_pages p, u32 from, u32 to, u32 flags,
		    const struct gnt_batch *b, struct gnttab_map_grant_ref *op)
{
	u32 n = 0;

	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] != 1)
			continue;
		ensure(!side->has[q] && !side->map->mirror.user[q],
		       "GNT-MMAP-021: a page is mapped that is mapped already");
		ensure(p.domid[q] <= UINT16_MAX, "GNT-MMAP-010: Xen is asked for a domain that it has no name for");
		op[n++] = (struct gnttab_map_grant_ref){
			.flags = flags, .ref = p.ref[q], .dom = (domid_t)p.domid[q], .status = GNTST_general_error,
			.host_addr = address(side, q),
		};
	}
	return n;
}

static s32 map_pages(struct side side, struct gnt_pages p, u32 from, u32 to, u32 flags, struct gnt_batch *b)
{
	struct gnttab_map_grant_ref op[GNT_BATCH];
	u32 n = fill_map(&side, p, from, to, flags, b, op);
	s32 error = n ? xen_map_grant_ref(side.map->m, op, n) : 0;

	if (error)
		return error;
	try_again(side.map->m, op, n);
	n = 0;
	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] != 1)
			continue;
		b->handle[q - from] = op[n].handle;
		b->status[q - from] = op[n].status;
		ensure(op[n].status != GNTST_okay || op[n].handle != NONE, "Xen gives a handle that is none");
		if (op[n++].status == GNTST_okay)
			side.has[q] = 1 + (u32)b->handle[q - from];
		if (side.has[q] && !side.user)
			side.map->mirror.writable[q] = !(flags & GNTMAP_readonly);
	}
	return 0;
}

s32 gnt_env_map_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	return map_pages(side_of(block, p, from, to, false), p, from, to,
			 GNTMAP_host_map | (readonly ? GNTMAP_readonly : 0), b);
}

s32 gnt_env_map_user(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	u32 flags = GNTMAP_host_map | GNTMAP_application_map | GNTMAP_contains_pte;

	return map_pages(side_of(block, p, from, to, true), p, from, to, flags | (readonly ? GNTMAP_readonly : 0), b);
}

/* ---- unmapping */

/* @handle: what the core has recorded. */
static s32 unmap_pages(struct side side, const u32 *handle, u32 from, u32 to, struct gnt_batch *b)
{
	struct gnttab_unmap_grant_ref op[GNT_BATCH];
	u32 n = 0;
	s32 error;

	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] != 1)
			continue;
		ensure(side.has[q] == 1 + handle[q],
		       "I4: a page is unmapped that is not mapped, or by another's handle");
		ensure(side.user || !side.map->mirror.user[q], "I4: the kernel's mapping goes before the user's");
		op[n++] = (struct gnttab_unmap_grant_ref){
			.handle = handle[q], .host_addr = address(&side, q), .status = GNTST_general_error,
		};
	}
	error = n ? xen_unmap_grant_ref(side.map->m, op, n) : 0;
	n = 0;
	for (u32 q = from; q < to; q++) {
		if (b->op[q - from] != 1)
			continue;
		if (!error)
			b->status[q - from] = op[n++].status;
		if (!error && b->status[q - from] == GNTST_okay)
			side.has[q] = 0;
		else
			side.map->mirror.refused[q] = 1;
	}
	return error;
}

s32 gnt_env_unmap_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	return unmap_pages(side_of(block, p, from, to, false), p.kernel, from, to, b);
}

s32 gnt_env_unmap_user(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	return unmap_pages(side_of(block, p, from, to, true), p.user, from, to, b);
}
