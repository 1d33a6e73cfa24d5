/* SPDX-License-Identifier: MIT */
/*
 * The driver's VMAs: what Linux tells of them, handed on to the core, and what the core asks about them. It must not
 * know what is mapped, nor whether anything is.
 */
#include "env.h"
#include "gntdev.h"

static const struct vma_ops vma_ops;

bool gntdev_is_vma(const struct vma *vma)
{
	return vma->ops == &vma_ops;
}

/* ---- what Linux tells */

static void vma_open(struct vma *vma)
{
	struct gntdev_map *map = vma->map;
	struct mirror call;

	mirror_begin(map->m, &call);
	mirror_take_vmas(map->file, map->first, map, 1);
	gnt_vma_open(map->file, map->first);
	mirror_give_vmas(map->file, map->first, 2);
	mirror_end(map->m, &call);
}

static void vma_close(struct vma *vma)
{
	struct gnt_file *file = vma->map->file;
	struct mirror call;

	mirror_begin(file->m, &call);
	mirror_take_vmas(file, vma->map->first, vma->map, 1);
	gnt_vma_close(file, vma->map->first);
	mirror_end(file->m, &call);
}

static int may_split(struct vma *vma, u64 addr)
{
	(void)addr;
	return gnt_may_split(vma->map->file) ? 0 : -EINVAL;
}

/* Which page of its map @vma shows at @addr. */
static u64 page_at(const struct vma *vma, u64 addr)
{
	return (addr - vma->start) / GNT_PAGE_SIZE + vma->pgoff - vma->map->first;
}

static u32 find_page(struct vma *vma, u64 addr)
{
	return vma->map->page[page_at(vma, addr)];
}

static const struct vma_ops vma_ops = {
	.open = vma_open, .close = vma_close, .may_split = may_split, .find_page = find_page,
};

/* The pages of the map that are within [start, end), in part or whole. A VMA is left, and keeps the map. */
static bool invalidate(struct notifier *notifier, u64 start, u64 end, bool may_block)
{
	struct gntdev_map *map = (struct gntdev_map *)((char *)notifier - offsetof(struct gntdev_map, notifier));
	u64 from = start > notifier->start ? start : notifier->start, to = end < notifier->end ? end : notifier->end;
	u32 first = (u32)((from - map->start) / GNT_PAGE_SIZE);
	u32 behind = (u32)((to - map->start + GNT_PAGE_SIZE - 1) / GNT_PAGE_SIZE);
	struct mirror call;
	s32 error;

	mirror_begin(map->m, &call);
	call.lent = map;
	error = gnt_map_invalidate(gntdev_cookie(map), first, behind, may_block);
	ensure(error == 0 || (error == -GNT_EAGAIN && !may_block), "GNT-MUNMAP-014: an invalidation fails");
	if (error == 0 && map->pages.life->pv)
		mirror_out(map, first, behind);
	call.lent = NULL;
	mirror_end(map->m, &call);
	return error == 0;
}

/* ---- what the core asks */

void gnt_env_unmapped(u64 block)
{
	struct gntdev_map *map = gntdev_block(block);

	ensure_open(map->m, "I10: an address space is left alone under a lock");
	ensure(!mirror_call()->own && !mirror_call()->retry, "I5: a map's last VMA goes in a call that ends another map");
	mirror_may_name(map);
	if (map->notifier.registered)
		env_notifier_remove(map->m, &map->notifier);
	map->process = NULL;
}

struct gnt_vma gnt_env_find_vma(struct gnt_file *file, u64 address)
{
	struct gnt_vma found = { .found = GNT_FOUND_NONE };
	const struct vma *vma;

	env_mm_lock(file->m);
	vma = env_find_vma(file->m, address);
	if (vma && !gntdev_is_vma(vma)) {
		found.found = GNT_FOUND_FOREIGN;
	} else if (vma && vma->map->file != file) {
		found.found = GNT_FOUND_OTHER;
	} else if (vma) {
		found.found = GNT_FOUND_OURS;
		found.first = vma->map->first;
		found.count = vma->map->pages.count;
		found.start = vma->start - page_at(vma, vma->start) * GNT_PAGE_SIZE;
	}
	env_mm_unlock(file->m);
	mirror_call()->found = found;
	return found;
}

/* ---- mmap */

/* The map at @first, which the caller acts for a VMA of. */
static struct gntdev_map *map_at(struct gnt_file *file, u32 first)
{
	struct gnt_state s = gnt_env_lock(file);
	u64 block = gnt_state_block(s, first);

	gnt_env_unlock(file, s);
	return gntdev_block(block);
}

/* What a VMA needs before grants are mapped in it: -ENOMEM; -EINTR: a signal is pending. */
static int make_ready(struct gntdev_map *map, const struct vma *vma)
{
	int error;

	map->start = vma->start;
	map->process = vma->process;
	if (!gnt_env_is_pv())
		return 0;
	map->notifier.invalidate = invalidate;
	error = env_notifier_insert(map->m, &map->notifier, vma->process, vma->start, vma->end);
	return error ? error : env_page_tables(map->m, vma->process, vma->start, vma->end);
}

/* Auto-translated: the VMA shows the placeholder pages, at which the grants are mapped by now. */
static int insert_pages(struct gntdev_map *map, struct vma *vma)
{
	int error = 0;

	if (gnt_env_is_pv())
		return 0;
	for (u32 i = 0; !error && i < map->pages.count; i++)
		error = env_insert_page(map->m, vma, vma->start + (u64)i * GNT_PAGE_SIZE, map->page[i]);
	ensure(error == 0 || error == -ENOMEM, "a page is inserted where something is, or nothing can be");
	return error;
}

static int map_vma(struct gnt_file *file, struct vma *vma)
{
	u32 writable = vma->flags & VM_WRITE;
	u64 taken = file->lock.taken;
	s32 first = gnt_mmap_prepare(file, vma->pgoff, (vma->end - vma->start) / GNT_PAGE_SIZE, writable,
				     vma->flags & VM_SHARED);
	struct gntdev_map *map;
	int error;

	ensure(first < 0 ? first == -GNT_EINVAL : (u64)first == vma->pgoff, "GNT-MMAP-003: an mmap of another map");
	if (first < 0) {
		mirror_refused(file, taken, vma);
		return first;
	}
	map = map_at(file, (u32)first);
	map->file = file;
	map->first = (u32)first;
	error = make_ready(map, vma);
	if (error) {
		gnt_mmap_cancel(file, (u32)first, error == -EINTR);
		mirror_cancelled(error == -EINTR);
		return error == -EINTR ? -ERESTARTNOINTR : error;
	}
	error = gnt_mmap_commit(file, (u32)first, writable);
	ensure(error == 0 || error == -GNT_EINVAL, "GNT-GEN-020: an mmap fails with an errno of its own");
	if (error) {
		mirror_undone(file->m, map);
		return error;
	}
	error = insert_pages(map, vma);
	if (error) {
		gnt_mmap_abort(file, (u32)first);
		return error;
	}
	vma->map = map;
	vma->ops = &vma_ops;
	mirror_give_vmas(file, (u32)first, 1);
	return 0;
}

int gntdev_mmap(struct file *file, struct vma *vma)
{
	struct mirror call;
	int error;

	mirror_begin(file->m, &call);
	error = map_vma(file->dev, vma);
	mirror_end(file->m, &call);
	if (error)
		return error;
	vma->flags |= VM_DONTEXPAND | VM_DONTDUMP; /* GNT-MMAP-018 */
	vma->flags |= gnt_env_is_pv() ? VM_DONTCOPY | VM_WIPEONFORK : VM_MIXEDMAP; /* GNT-FORK-001 */
	if (!(vma->flags & VM_WRITE))
		vma->flags &= ~VM_MAYWRITE; /* GNT-MMAP-012 */
	return 0;
}
