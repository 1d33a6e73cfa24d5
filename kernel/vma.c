// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's side of a mapping: mmap, what becomes of its VMAs, and the notice that the kernel
 * gives before it changes page-table entries. Honours I5, GNT-MMAP, GNT-MUNMAP, GNT-FORK and
 * GNT-MREMAP on PV. It keeps no pointer to a VMA: they split, move and go.
 */
#include <linux/fs.h>
#include "grantproof.h"
#include "linux.h"
#include "request.h"

static struct gp_file *file_of(const struct vm_area_struct *vma)
{
	return vma->vm_file->private_data;
}

static void vma_open(struct vm_area_struct *vma)
{
	gp_file_vma_open(file_of(vma), vma->vm_private_data);
}

/* No VMA can be made of the last one while it closes, and only they are under the notifier. */
static void vma_close(struct vm_area_struct *vma)
{
	struct gp_map *map = vma->vm_private_data;

	if (!gp_file_vma_is_last(file_of(vma), map))
		return;
	mmu_interval_notifier_remove(&map->notifier);
	gp_file_vma_gone(file_of(vma), map, true);
}

/*
 * The placeholder behind a special page-table entry, for who wants to use the page. Called with the
 * page table's lock; a page Xen would not unmap is shown to nobody. Nor is any page of a VMA that
 * may be copied on fork, which takes two calls of madvise() against set_flags(): a copied entry is
 * no grant mapping, and must not count as a user of the page.
 */
static struct page *find_special_page(struct vm_area_struct *vma, unsigned long address)
{
	struct gp_map *map = vma->vm_private_data;
	unsigned long page = ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff - map->first;

	if (!(vma->vm_flags & (VM_DONTCOPY | VM_WIPEONFORK)))
		return NULL;
	return READ_ONCE(map->grants[page].state) == GP_LIVE ? map->pages[page] : NULL;
}

/* No fault handler: an access to a page that is no longer LIVE is SIGBUS (GNT-MUNMAP-013). */
static const struct vm_operations_struct vma_operations = {
	.open = vma_open,
	.close = vma_close,
	.find_special_page = find_special_page,
};

/*
 * GNT-MUNMAP-001, -012, -014: called for whatever is about to change entries of any VMA in the
 * range where the map was put, in contexts that may not be blocked. Pages that are unmapped
 * already, or belong to somebody else by now, have no handle.
 */
static bool invalidate(struct mmu_interval_notifier *notifier,
		       const struct mmu_notifier_range *range, unsigned long seq)
{
	struct gp_map *map = container_of(notifier, struct gp_map, notifier);
	unsigned long from = max(range->start, map->start);
	unsigned long to = min(range->end, map->start + ((unsigned long)map->count << PAGE_SHIFT));

	if (from < to)
		gp_pages_unmap(map, (from - map->start) >> PAGE_SHIFT,
			       (to - map->start + PAGE_SIZE - 1) >> PAGE_SHIFT);
	return true;
}

static const struct mmu_interval_notifier_ops notifier_operations = {
	.invalidate = invalidate,
};

/*
 * GNT-MMAP-012, -018, GNT-FORK-001: read-only stays read-only; no growing, no dump, no copy on
 * fork, for an entry is a grant that no child could inherit. Should MADV_DOFORK undo VM_DONTCOPY, a
 * child has a VMA, but VM_WIPEONFORK keeps its entries empty. VM_MIXEDMAP, and neither VM_IO nor
 * VM_PFNMAP: the pages may be used for I/O.
 */
static void set_flags(struct vm_area_struct *vma)
{
	vm_flags_t set = VM_DONTCOPY | VM_WIPEONFORK | VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP;

	gp_vma_flags(vma, set, vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE);
}

static int show(struct gp_map *map, struct vm_area_struct *vma)
{
	int err;

	map->start = vma->vm_start;
	err = mmu_interval_notifier_insert_locked(&map->notifier, vma->vm_mm, vma->vm_start,
						  vma->vm_end - vma->vm_start,
						  &notifier_operations);
	if (err)
		return err;
	err = gp_pages_map(map, vma);
	if (err)
		mmu_interval_notifier_remove(&map->notifier);
	return err;
}

int gp_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct gp_file *file = filp->private_data;
	struct gp_map *map;
	int err;

	err = gnt_mmap_check(!!(vma->vm_flags & VM_WRITE), !!(vma->vm_flags & VM_SHARED));
	if (err)
		return err;
	map = gp_file_attempt(file, vma->vm_pgoff, vma_pages(vma));
	if (!map)
		return -EINVAL;
	set_flags(vma);
	err = show(map, vma);
	if (err) {
		gp_file_vma_gone(file, map, err != -EINTR);
		/*
		 * the first notifier of an address space is refused while a signal is pending;
		 * nothing was attempted yet
		 */
		return err == -EINTR ? -ERESTARTNOINTR : err;
	}
	vma->vm_private_data = map;
	vma->vm_ops = &vma_operations;
	return 0;
}
