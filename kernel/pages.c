// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is asked of Xen for the pages of a map: see src/core/env_map.h. A batch names pages; here it
 * becomes ops, and Xen's answers go back into it. What they make of a page is the core's to say
 * (I4). Nothing is allocated: unmapping must not fail (GNT-MUNMAP-006). Honours GNT-GEN-004, -016,
 * -018; GNT-MMAP-011, -014, -016, -021; GNT-MUNMAP-001, -007, -008, -012; GNT-NOTIFY-015, -026.
 *
 * Placeholders are those of map.c. What is relied on: the kernel's gnttab_map_refs() and
 * gnttab_unmap_refs() enter a grant's frame for one in the p2m and take it out, and nobody else
 * looks at a placeholder that was not found through a user's page-table entry.
 */
#include <linux/sched.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>
#include "grantproof.h"
#include "linux.h"

/* the pages among [from, to) that a batch which begins at page @base asks for */
#define for_each_asked(q, from, to, base, b)				\
	for (u32 q = (from); q < (to); q++)				\
		if ((b)->op[q - (base)])

/* Unless the caller of the core must not sleep: a map can have many batches. */
static void breathe(const struct gp_map *map)
{
	if (map->may_block)
		cond_resched();
}

static void note_lost(long pages)
{
	if (!pages)
		return;
	atomic_long_add(pages, &gp_lost_pages);
	pr_warn_once("grantproof: Xen refused to unmap a page; such pages are never used again\n");
}

/* ---- mapping */

static void prepare(struct gp_map *map, u32 n, phys_addr_t address, u32 flags,
		    const struct gnt_pages *p, u32 page)
{
	gnttab_set_map_op(&map->ops.map[n], address, flags, p->ref[page], (domid_t)p->domid[page]);
}

/*
 * Xen's answers, page by page; an op that got none has a status that is no success. Placeholders of
 * ops that failed may have been marked before the p2m refused them: @foreign.
 */
static void take_answers(struct gp_map *map, u32 from, u32 to, struct gnt_batch *b, bool foreign)
{
	long given = 0;
	u32 n = 0;

	for_each_asked(q, from, to, from, b) {
		const struct gnttab_map_grant_ref *op = &map->ops.map[n++];

		b->status[q - from] = op->status;
		b->handle[q - from] = op->handle;
		if (op->status == GNTST_okay)
			given++;
		else if (foreign)
			ClearPageForeign(map->placeholder[q]);
	}
	atomic_long_add(given, &gp_live_handles);
}

static phys_addr_t kernel_address(const struct gp_map *map, u32 page)
{
	return (phys_addr_t)(unsigned long)page_to_virt(map->placeholder[page]);
}

/*
 * gnttab_map_refs() retries what is to be retried, and on PV enters the frames in the p2m, so that
 * I/O to and from the placeholder finds them; that allocates nothing, for gnttab_alloc_pages() has
 * made room there. Its result says no more than the statuses do.
 */
s32 gnt_env_map_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly,
		       struct gnt_batch *b)
{
	struct gp_map *map = gp_map_of(block);
	u32 flags = GNTMAP_host_map | (readonly ? GNTMAP_readonly : 0);
	u32 n = 0;

	lockdep_assert_held(&map->lock);
	might_sleep();
	for_each_asked(q, from, to, from, b) {
		prepare(map, n, kernel_address(map, q), flags, &p, q);
		map->batch[n++] = map->placeholder[q];
	}
	if (!n)
		return 0;
	gnttab_map_refs(map->ops.map, NULL, map->batch, n);
	take_answers(map, from, to, b, true);
	cond_resched();
	return 0;
}

/*
 * PV: the entries of the mmap in progress, written by Xen. avail0 is the bit by which Linux knows a
 * special entry, for which it asks find_special_page().
 */
s32 gnt_env_map_user(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly,
		     struct gnt_batch *b)
{
	struct gp_map *map = gp_map_of(block);
	u32 flags = GNTMAP_host_map | GNTMAP_application_map | GNTMAP_contains_pte |
		    1u << _GNTMAP_guest_avail0 | (readonly ? GNTMAP_readonly : 0);
	u32 n = 0;

	lockdep_assert_held(&map->lock);
	lockdep_assert_held_write(&map->notifier.mm->mmap_lock);
	might_sleep();
	for_each_asked(q, from, to, from, b)
		prepare(map, n++, arbitrary_virt_to_machine(map->entry[q]).maddr, flags, &p, q);
	if (!n)
		return 0;
	gnttab_batch_map(map->ops.map, n);
	take_answers(map, from, to, b, false);
	cond_resched();
	return 0;
}

/* ---- unmapping */

/* An op that gets no answer was refused. */
static void prepare_unmap(struct gp_map *map, u32 n, phys_addr_t address, u32 flags, u32 handle)
{
	gnttab_set_unmap_op(&map->ops.unmap[n], address, flags, handle);
	map->ops.unmap[n].status = GNTST_general_error;
}

/*
 * gnttab_unmap_refs() also fails if a frame was not where the p2m should have it: nobody can say
 * where it is then, so the pages are no less lost than those of a call that failed as a whole.
 */
s32 gnt_env_unmap_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	struct gp_map *map = gp_map_of(block);
	long refused = 0;
	u32 n = 0;
	int err;

	lockdep_assert_held(&map->lock);
	for_each_asked(q, from, to, from, b) {
		prepare_unmap(map, n, kernel_address(map, q), GNTMAP_host_map, p.kernel[q]);
		map->batch[n++] = map->placeholder[q];
	}
	if (!n)
		return 0;
	err = gnttab_unmap_refs(map->ops.unmap, NULL, map->batch, n);
	atomic_long_sub(n, &gp_live_handles);
	n = 0;
	for_each_asked(q, from, to, from, b) {
		b->status[q - from] = map->ops.unmap[n++].status;
		refused += err || b->status[q - from] != GNTST_okay;
	}
	note_lost(refused);
	breathe(map);
	return err ? -EINVAL : 0;
}

/*
 * Pages [from, to) of a batch that begins at page @base, whose entries are in one page table. Its
 * lock makes sure that whoever found a page through its entry, to use it, has also counted it when
 * the core asks gnt_env_page_in_use().
 */
static void unmap_entries(struct gp_map *map, const u32 *handle, u32 from, u32 to, u32 base,
			  struct gnt_batch *b)
{
	spinlock_t *table = NULL;
	long refused = 0;
	u32 n = 0;

	for_each_asked(q, from, to, base, b) {
		table = gp_pte_lock(map->notifier.mm, map->entry[q]);
		prepare_unmap(map, n++, arbitrary_virt_to_machine(map->entry[q]).maddr,
			      GNTMAP_contains_pte, handle[q]);
	}
	if (!n)
		return;
	spin_lock(table);
	/* were the call as a whole to fail, the statuses say so */
	HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, map->ops.unmap, n);
	for_each_asked(q, from, to, base, b)
		WRITE_ONCE(map->entry[q], NULL);
	spin_unlock(table);
	atomic_long_sub(n, &gp_live_handles);
	n = 0;
	for_each_asked(q, from, to, base, b) {
		b->status[q - base] = map->ops.unmap[n++].status;
		refused += b->status[q - base] != GNTST_okay;
	}
	note_lost(refused);
}

/* The end of those of pages [from, to) whose entries are in one page table. */
static u32 same_table(const struct gp_map *map, u32 from, u32 to)
{
	unsigned long address = map->start + ((unsigned long)from << PAGE_SHIFT);
	unsigned long pages = (PMD_SIZE - (address & ~PMD_MASK)) >> PAGE_SHIFT;

	return from + min(to - from, (u32)pages);
}

/* PV. Called before the kernel changes the entries (GNT-MUNMAP-012). */
s32 gnt_env_unmap_user(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	struct gp_map *map = gp_map_of(block);

	lockdep_assert_held(&map->lock);
	for (u32 q = from, end; q < to; q = end) {
		end = same_table(map, q, to);
		unmap_entries(map, p.user, q, end, from, b);
	}
	breathe(map);
	return 0;
}

/* ---- a page */

/* GNT-NOTIFY-026: through the kernel's mapping, so it does not matter who is still there */
void gnt_env_clear_byte(u64 block, u32 page, u32 offset)
{
	struct gp_map *map = gp_map_of(block);
	u8 *byte = (u8 *)page_to_virt(map->placeholder[page]) + offset;

	lockdep_assert_held(&map->lock);
	WRITE_ONCE(*byte, 0);
}

/* Nobody finds a page any more that has left user space, so one that only we refer to is idle. */
u32 gnt_env_page_in_use(u64 block, u32 page)
{
	struct gp_map *map = gp_map_of(block);

	lockdep_assert_held(&map->lock);
	return page_count(map->placeholder[page]) > 1;
}
