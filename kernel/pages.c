// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a map: what is asked of Xen, and what its answers make of a page. Honours I4 (every
 * handle is recorded, and given back at most once; every status but GNTST_okay is a failure) and
 * I6. The states change here and nowhere else.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <xen/features.h>
#include <xen/page.h>
#include <asm/xen/hypercall.h>
#include "grantproof.h"
#include "linux.h"

/* grants a hypercall; unmap ops are on the stack, for unmapping must not fail (GNT-MUNMAP-006) */
#define MAP_BATCH 64u
#define UNMAP_BATCH 32u
/* pages looked at while a spinlock is held */
#define SCAN_BATCH 256u

/* Under the map's lock. */
static void set_state(struct gp_map *map, struct gp_grant *grant, enum gp_state state)
{
	map->releasing += (state == GP_RELEASING) - (grant->state == GP_RELEASING);
	if (state == GP_LOST && grant->state != GP_LOST) {
		atomic_long_inc(&gp_lost_pages);
		pr_warn_once("grantproof: Xen refused to unmap a page; such pages are never used again\n");
	}
	WRITE_ONCE(grant->state, state);
}

/* ---- the kernel's mapping of a grant, at the address of its placeholder */

static phys_addr_t kernel_address(const struct gp_map *map, u32 page)
{
	return (phys_addr_t)(unsigned long)pfn_to_kaddr(page_to_pfn(map->pages[page]));
}

static void prepare(const struct gp_map *map, u32 page, struct gnttab_map_grant_ref *op,
		    phys_addr_t address, u32 flags)
{
	const struct ioctl_gntdev_grant_ref *ref = &map->refs[page];

	gnttab_set_map_op(op, address, flags, ref->ref, (domid_t)ref->domid);
}

/*
 * gnttab_map_refs() also enters the frames in the p2m, so that I/O to and from the placeholder
 * finds them.
 */
static int map_kernel(struct gp_map *map, u32 from, u32 n, struct gnttab_map_grant_ref *op,
		      u32 flags)
{
	int err = 0;

	for (u32 i = 0; i < n; i++)
		prepare(map, from + i, &op[i], kernel_address(map, from + i), flags);
	if (gnttab_map_refs(op, NULL, map->pages + from, n))
		err = -EINVAL;
	spin_lock(&map->lock);
	for (u32 i = 0; i < n; i++) {
		struct gp_grant *grant = &map->grants[from + i];

		if (op[i].status != GNTST_okay) {
			/* it may have been marked before the p2m refused it */
			ClearPageForeign(map->pages[from + i]);
			err = -EINVAL;
			continue;
		}
		grant->kernel = op[i].handle;
		grant->kernel_held = true;
		atomic_long_inc(&gp_live_handles);
		set_state(map, grant, GP_RELEASING);
	}
	spin_unlock(&map->lock);
	return err;
}

/* Under the map's lock: gives back the kernel's handles of @n pages, whose numbers are in @page. */
static void unmap_kernel(struct gp_map *map, const u32 *page, u32 n)
{
	struct gnttab_unmap_grant_ref op[UNMAP_BATCH];
	struct page *pages[UNMAP_BATCH];
	int err;

	for (u32 i = 0; i < n; i++) {
		pages[i] = map->pages[page[i]];
		gnttab_set_unmap_op(&op[i], kernel_address(map, page[i]), GNTMAP_host_map,
				    map->grants[page[i]].kernel);
		op[i].status = GNTST_general_error;
	}
	err = gnttab_unmap_refs(op, NULL, pages, n);
	for (u32 i = 0; i < n; i++) {
		struct gp_grant *grant = &map->grants[page[i]];

		grant->kernel_held = false;
		atomic_long_dec(&gp_live_handles);
		/*
		 * GNT-MUNMAP-008; a frame that was not where the p2m should have it is no less lost
		 */
		set_state(map, grant, err || op[i].status != GNTST_okay ? GP_LOST : GP_EMPTY);
	}
}

/*
 * GNT-MUNMAP-005, GNT-MUNMAP-007: a page that only we refer to is not in use, for nobody can find
 * it any more to make it so
 */
static bool releasable(const struct gp_map *map, u32 page)
{
	return map->grants[page].state == GP_RELEASING && page_count(map->pages[page]) == 1;
}

/* Releases what is RELEASING and not in use of pages [from, to). Does not sleep. */
void gp_pages_release(struct gp_map *map, u32 from, u32 to)
{
	u32 page[UNMAP_BATCH];

	while (from < to) {
		u32 n = 0, end = from + min(to - from, SCAN_BATCH);

		spin_lock(&map->lock);
		for (; from < end && n < UNMAP_BATCH; from++) {
			if (releasable(map, from))
				page[n++] = from;
		}
		if (n)
			unmap_kernel(map, page, n);
		spin_unlock(&map->lock);
	}
}

/* ---- the user's mapping of a grant: the page-table entry, written by Xen */

static int map_user(struct gp_map *map, u32 from, u32 n, struct gnttab_map_grant_ref *op, u32 flags)
{
	int err = 0;

	for (u32 i = 0; i < n; i++)
		prepare(map, from + i, &op[i],
			arbitrary_virt_to_machine(map->grants[from + i].pte).maddr, flags);
	gnttab_batch_map(op, n);
	spin_lock(&map->lock);
	for (u32 i = 0; i < n; i++) {
		struct gp_grant *grant = &map->grants[from + i];

		if (op[i].status != GNTST_okay) {
			err = -EINVAL;
			continue;
		}
		grant->user = op[i].handle;
		grant->user_held = true;
		atomic_long_inc(&gp_live_handles);
		set_state(map, grant, GP_LIVE);
	}
	spin_unlock(&map->lock);
	return err;
}

static int note_pte(pte_t *pte, unsigned long address, void *data)
{
	struct gp_map *map = data;

	map->grants[(address - map->start) >> PAGE_SHIFT].pte = pte;
	return 0;
}

/*
 * Under the map's lock: pages [from, to), no more than UNMAP_BATCH, whose entries are in one page
 * table. Its lock makes sure that whoever found a page through its entry, to use it, has also
 * counted it when gp_pages_release() looks.
 */
static void unmap_user(struct gp_map *map, u32 from, u32 to)
{
	struct gnttab_unmap_grant_ref op[UNMAP_BATCH];
	struct gp_grant *grant[UNMAP_BATCH];
	spinlock_t *table;
	u32 n = 0;

	for (; from < to; from++) {
		if (!map->grants[from].user_held)
			continue;
		grant[n] = &map->grants[from];
		gnttab_set_unmap_op(&op[n], arbitrary_virt_to_machine(grant[n]->pte).maddr,
				    GNTMAP_contains_pte, grant[n]->user);
		op[n++].status = GNTST_general_error;
	}
	if (!n)
		return;
	table = gp_pte_lock(map->notifier.mm, grant[0]->pte);
	spin_lock(table);
	/* were the call as a whole to fail, the statuses say so */
	HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, op, n);
	for (u32 i = 0; i < n; i++) {
		grant[i]->user_held = false;
		atomic_long_dec(&gp_live_handles);
		set_state(map, grant[i], op[i].status == GNTST_okay ? GP_RELEASING : GP_LOST);
	}
	spin_unlock(table);
}

/*
 * The end of what unmap_user() can do at once, of pages [from, to): their entries are to be in one
 * page table.
 */
static u32 same_table(const struct gp_map *map, u32 from, u32 to)
{
	unsigned long address = map->start + ((unsigned long)from << PAGE_SHIFT);
	unsigned long pages = (PMD_SIZE - (address & ~PMD_MASK)) >> PAGE_SHIFT;

	return from + min3(to - from, UNMAP_BATCH, (u32)pages);
}

/*
 * Takes pages [from, to) from user space, and releases those that are not in use; what is in use is
 * released later. Called before the kernel changes their page-table entries (GNT-MUNMAP-012),
 * possibly where sleeping and waiting are not allowed (GNT-MUNMAP-014).
 */
void gp_pages_unmap(struct gp_map *map, u32 from, u32 to)
{
	for (u32 i = from, end; i < to; i = end) {
		end = same_table(map, i, to);
		spin_lock(&map->lock);
		unmap_user(map, i, end);
		spin_unlock(&map->lock);
	}
	gp_pages_release(map, from, to);
	gp_map_defer(map);
}

/* ---- all of a map */

/* GNT-MMAP-010: Xen knows 16 bits of a domain; an id that has more names nobody */
static bool domains_exist(const struct gp_map *map)
{
	for (u32 i = 0; i < map->count; i++) {
		if (map->refs[i].domid > U16_MAX)
			return false;
	}
	return true;
}

static int map_all(struct gp_map *map, struct vm_area_struct *vma, struct gnttab_map_grant_ref *op)
{
	u32 kernel = GNTMAP_host_map | (vma->vm_flags & VM_WRITE ? 0 : GNTMAP_readonly);
	/*
	 * avail0 is the bit by which Linux knows a special entry, for which it asks
	 * find_special_page()
	 */
	u32 user = kernel | GNTMAP_application_map | GNTMAP_contains_pte | 1u << _GNTMAP_guest_avail0;
	int err;

	for (u32 i = 0; i < map->count; i += MAP_BATCH) {
		u32 n = min(MAP_BATCH, map->count - i);

		err = map_kernel(map, i, n, op, kernel) ?: map_user(map, i, n, op, user);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/*
 * Maps all grants of @map into @vma, which covers it exactly and nobody else knows yet, or none.
 * GNT-MMAP-001, GNT-MMAP-008 .. 011
 */
int gp_pages_map(struct gp_map *map, struct vm_area_struct *vma)
{
	struct gnttab_map_grant_ref *op;
	int err;

	mmap_assert_write_locked(vma->vm_mm);
	if (!domains_exist(map))
		return -EINVAL;
	op = kmalloc_array(MAP_BATCH, sizeof(*op), GFP_KERNEL);
	if (!op)
		return -ENOMEM;
	err = apply_to_page_range(vma->vm_mm, vma->vm_start, vma->vm_end - vma->vm_start, note_pte,
				  map);
	if (!err)
		err = map_all(map, vma, op);
	if (err)
		gp_pages_unmap(map, 0, map->count);
	kfree(op);
	return err;
}
