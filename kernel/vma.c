// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's side of a mapping: mmap, what becomes of its VMAs, and the notice that the kernel
 * gives before it changes page-table entries. On PV these are grant mappings themselves, written by
 * Xen; on auto-translated domains they are ordinary ones of the placeholder pages. No pointer to a
 * VMA is kept: they split, move and go. Honours GNT-MMAP-005, -012, -013, -018, -020, -022, -023;
 * GNT-MUNMAP-001, -003, -004, -011 .. 014; GNT-FORK-001 .. 003, GNT-MREMAP-003 .. 005; GNT-OFF-003
 * .. 005, GNT-GEN-010, GNT-GEN-023. Every VMA is told to the core, at its beginning and its end
 * (I5).
 */
#include <linux/fs.h>
#include "grantproof.h"
#include "linux.h"
#include "locks.h"

static struct gnt_file *file_of(const struct vm_area_struct *vma)
{
	return vma->vm_file->private_data;
}

static struct gp_map *map_of(const struct vm_area_struct *vma)
{
	return vma->vm_private_data;
}

/* Where the map's first page is, or would be, in @vma, which may have lost it. */
static unsigned long start_of(const struct vm_area_struct *vma)
{
	return vma->vm_start - ((vma->vm_pgoff - map_of(vma)->first) << PAGE_SHIFT);
}

/* ---- VMAs */

static void vma_open(struct vm_area_struct *vma)
{
	gnt_vma_open(file_of(vma), map_of(vma)->first);
}

static void vma_close(struct vm_area_struct *vma)
{
	gnt_vma_close(file_of(vma), map_of(vma)->first);
}

/* GNT-MUNMAP-004 */
static int vma_may_split(struct vm_area_struct *vma, unsigned long address)
{
	return gnt_may_split(file_of(vma)) ? 0 : -EINVAL;
}

/*
 * PV: the placeholder behind a special page-table entry, for who wants to use the page. Called with
 * the page table's lock; a page Xen would not unmap is shown to nobody.
 */
static struct page *find_special_page(struct vm_area_struct *vma, unsigned long address)
{
	struct gp_map *map = map_of(vma);
	unsigned long page = (address - start_of(vma)) >> PAGE_SHIFT;
	pte_t *entry;

	entry = READ_ONCE(map->entry[page]);
	if (!entry)
		return NULL;
	lockdep_assert_held(gp_pte_lock(vma->vm_mm, entry));
	return map->placeholder[page];
}

/* No fault handler: an access to a page that is no longer LIVE is SIGBUS (GNT-MUNMAP-013). */
static const struct vm_operations_struct pv_operations = {
	.open = vma_open,
	.close = vma_close,
	.may_split = vma_may_split,
	.find_special_page = find_special_page,
};

static const struct vm_operations_struct translated_operations = {
	.open = vma_open,
	.close = vma_close,
	.may_split = vma_may_split,
};

static const struct vm_operations_struct *operations(void)
{
	return gp_is_pv() ? &pv_operations : &translated_operations;
}

static struct gnt_vma describe(struct gnt_file *file, const struct vm_area_struct *vma)
{
	if (!vma)
		return (struct gnt_vma){ .found = GNT_FOUND_NONE };
	if (vma->vm_ops != operations())
		return (struct gnt_vma){ .found = GNT_FOUND_FOREIGN };
	if (file_of(vma) != file)
		return (struct gnt_vma){ .found = GNT_FOUND_OTHER };
	return (struct gnt_vma){
		.found = GNT_FOUND_OURS,
		.first = map_of(vma)->first,
		.count = map_of(vma)->pages.count,
		.start = start_of(vma),
	};
}

/* GNT-GEN-023 */
struct gnt_vma gnt_env_find_vma(struct gnt_file *file, u64 address)
{
	struct mm_struct *mm = current->mm;
	struct gnt_vma found;

	lockdep_assert_not_held(&file->lock);
	gp_assert_open();
	mmap_read_lock(mm);
	found = describe(file, vma_lookup(mm, address));
	mmap_read_unlock(mm);
	return found;
}

/* ---- invalidation: PV */

/*
 * GNT-MUNMAP-001, -012, -014: called for whatever is about to change entries of any VMA in the
 * range where the map was put, in contexts that may not be blocked. Pages that are unmapped
 * already, or belong to somebody else by now, mean nothing to the core.
 */
static bool invalidate(struct mmu_interval_notifier *notifier,
		       const struct mmu_notifier_range *range, unsigned long seq)
{
	struct gp_map *map = container_of(notifier, struct gp_map, notifier);
	unsigned long length = (unsigned long)map->pages.count << PAGE_SHIFT;
	unsigned long from = max(range->start, map->start);
	unsigned long to = min(range->end, map->start + length);

	if (from >= to)
		return true;
	return !gnt_map_invalidate((unsigned long)map, (from - map->start) >> PAGE_SHIFT,
				   (to - map->start + PAGE_SIZE - 1) >> PAGE_SHIFT,
				   mmu_notifier_range_blockable(range));
}

static const struct mmu_interval_notifier_ops notifier_operations = {
	.invalidate = invalidate,
};

/*
 * While the kernel changes any entries of the address space, for which it needs no lock that mmap
 * has, a new notifier is set aside, and not called. It is in place when mmu_interval_read_begin()
 * has waited for that; no grant may be mapped before (GNT-MUNMAP-012).
 */
static int watch(struct gp_map *map, struct vm_area_struct *vma)
{
	int err = mmu_interval_notifier_insert_locked(&map->notifier, vma->vm_mm, vma->vm_start,
						      vma->vm_end - vma->vm_start,
						      &notifier_operations);

	map->watched = !err;
	if (!err)
		mmu_interval_read_begin(&map->notifier);
	return err;
}

/*
 * The kernel may take back an mmap that succeeded; then it closes the VMA first, and clears its
 * entries unannounced afterwards. So what is LIVE without a VMA goes before the notifier does.
 */
void gnt_env_unmapped(u64 block)
{
	struct gp_map *map = gp_map_of(block);

	gp_assert_open();
	if (!map->watched)
		return;
	gnt_map_invalidate(block, 0, map->pages.count, true);
	mmu_interval_notifier_remove(&map->notifier);
	map->watched = false;
}

/* ---- mmap */

/*
 * GNT-MMAP-012, -018, GNT-FORK-001: read-only stays read-only; no growing, no dump. Neither VM_IO nor
 * VM_PFNMAP: the pages may be used for I/O. PV: no copy on fork, for an entry is a grant that no
 * child could inherit. Should madvise() undo VM_DONTCOPY and VM_WIPEONFORK, a child has a VMA, but
 * the kernel copies entries only of VM_PFNMAP, VM_MIXEDMAP or anonymous memory, which it never is.
 */
static void set_flags(struct vm_area_struct *vma)
{
	vm_flags_t set = VM_DONTEXPAND | VM_DONTDUMP;

	set |= gp_is_pv() ? VM_DONTCOPY | VM_WIPEONFORK : VM_MIXEDMAP;
	gp_vma_flags(vma, set, vma->vm_flags & VM_WRITE ? 0 : VM_MAYWRITE);
}

/*
 * The map that @vma is to show, once the core has found it and, on PV, its notifier is there. The
 * first notifier of an address space is refused while a signal is pending; nothing was attempted
 * then (GNT-MMAP-023).
 */
static struct gp_map *attempt(struct gnt_file *file, struct vm_area_struct *vma)
{
	s32 first = gnt_mmap_prepare(file, vma->vm_pgoff, vma_pages(vma),
				     !!(vma->vm_flags & VM_WRITE), !!(vma->vm_flags & VM_SHARED));
	struct gp_map *map;
	int err;

	lockdep_assert_held(&file->attempts);
	if (first < 0)
		return ERR_PTR(first);
	map = gp_file_map(file, first);
	map->first = first;
	map->start = vma->vm_start;
	err = gp_is_pv() ? watch(map, vma) : 0;
	if (!err)
		return map;
	gnt_mmap_cancel(file, first, err == -EINTR);
	return ERR_PTR(err == -EINTR ? -ERESTARTNOINTR : err);
}

static int note_entry(pte_t *pte, unsigned long address, void *data)
{
	struct gp_map *map = data;

	map->entry[(address - map->start) >> PAGE_SHIFT] = pte;
	return 0;
}

/* PV: page tables for @vma, whose entries Xen will write. */
static int make_entries(struct gp_map *map, struct vm_area_struct *vma)
{
	return apply_to_page_range(vma->vm_mm, vma->vm_start, vma->vm_end - vma->vm_start,
				   note_entry, map);
}

/* Shows the pages of @map in @vma, which nobody else knows yet. */
static int show(struct gnt_file *file, struct gp_map *map, struct vm_area_struct *vma)
{
	u32 first = map->first;
	int err;

	gp_may_alloc();
	err = gp_is_pv() ? make_entries(map, vma) : 0;
	if (err) {
		gnt_mmap_cancel(file, first, 0);
		return err;
	}
	err = gnt_mmap_commit(file, first, !!(vma->vm_flags & VM_WRITE));
	if (err || gp_is_pv())
		return err;
	err = vm_map_pages_zero(vma, map->placeholder, map->pages.count);
	/* the entries that were made go after this call: until then their pages count as in use */
	if (err)
		gnt_mmap_abort(file, first);
	return err;
}

int gp_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct gnt_file *file = filp->private_data;
	struct gp_map *map;
	int err;

	lockdep_assert_held_write(&vma->vm_mm->mmap_lock);
	mutex_lock(&file->attempts);
	map = attempt(file, vma);
	mutex_unlock(&file->attempts);
	if (IS_ERR(map))
		return PTR_ERR(map);
	set_flags(vma);
	err = show(file, map, vma);
	if (err)
		return err;
	vma->vm_private_data = map;
	vma->vm_ops = operations();
	return 0;
}
