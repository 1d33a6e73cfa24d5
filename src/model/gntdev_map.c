/* SPDX-License-Identifier: MIT */
/*
 * The driver's maps: how they live and die, and what mmap(), munmap() and the splitting of a VMA do to them. On PV each
 * page of a mapped map is two mappings of its grant: the user's page-table entry, and the address of a placeholder page
 * in the kernel. Both handles are recorded as soon as Xen gives them, and given back once (I4).
 */
#include "env.h"
#include "gntdev.h"
#include "request.h"
#include "xen.h"

/* ops in one hypercall: bounds the stack, and nothing a client can see */
#define CHUNK 32u

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* ---- life */

struct gntdev_map *gntdev_map_new(struct gntdev *dev, u32 count)
{
	const u64 each = sizeof(struct ioctl_gntdev_grant_ref) + 3 * sizeof(u32);
	struct model *m = dev->m;
	struct gntdev_map *map = env_alloc(m, sizeof(*map) + count * each);

	if (!map)
		return NULL;
	*map = (struct gntdev_map){ .m = m, .dev = dev, .count = count, .users = 1 };
	map->page = (u32 *)&map->ref[count];
	map->user = map->page + count;
	map->kernel = map->user + count;
	if (env_pages_alloc(m, count, map->page)) {
		env_free(m, map);
		return NULL;
	}
	for (u32 i = 0; i < count; i++)
		map->user[i] = map->kernel[i] = NONE;
	map->next = m->maps;
	map->link = &m->maps;
	if (map->next)
		map->next->link = &map->next;
	m->maps = map;
	m->alive.maps++;
	return map;
}

static void unmap_pages(struct gntdev_map *map, u32 first, u32 n);

void gntdev_map_put(struct gntdev_map *map)
{
	struct model *m = map->m;

	ensure(map->users > 0, "I5: a map is put that nobody holds");
	if (--map->users)
		return;
	unmap_pages(map, 0, map->count);
	env_pages_free(m, map->count, map->page);
	*map->link = map->next;
	if (map->next)
		map->next->link = map->link;
	m->alive.maps--;
	env_free(m, map);
}

/* ---- grants of pages */

static u64 user_address(const struct gntdev_map *map, u32 i)
{
	return map->start + (u64)i * GNT_PAGE_SIZE;
}

/*
 * A domain id that Xen's 16 bits cannot hold names no domain; cut off, it would name another (GNT-GEN-006,
 * GNT-MMAP-010).
 */
static domid_t domain_of(const struct ioctl_gntdev_grant_ref *ref)
{
	return ref->domid <= UINT16_MAX ? (domid_t)ref->domid : (domid_t)DOMID_INVALID;
}

/* Records the handles of @n ops from page @first on. Any status but okay is a failure (GNT-GEN-016). */
static int record(struct gntdev_map *map, u32 *handle, const struct gnttab_map_grant_ref *op, u32 first, u32 n)
{
	int error = 0;

	for (u32 i = 0; i < n; i++) {
		if (op[i].status != GNTST_okay) {
			error = -EINVAL;
			continue;
		}
		handle[first + i] = op[i].handle;
		map->handles++;
	}
	return error;
}

/* Maps pages @first .. @first + @n - 1, twice each. -EINVAL: some are not; what is, is recorded. */
static int map_chunk(struct gntdev_map *map, u32 first, u32 n, u32 readonly)
{
	struct gnttab_map_grant_ref user[CHUNK], kernel[CHUNK];
	int error;

	for (u32 i = 0; i < n; i++) {
		const struct ioctl_gntdev_grant_ref *ref = &map->ref[first + i];

		user[i] = kernel[i] = (struct gnttab_map_grant_ref){ .ref = ref->ref, .dom = domain_of(ref) };
		user[i].flags = GNTMAP_host_map | GNTMAP_application_map | GNTMAP_contains_pte | readonly;
		user[i].host_addr = env_pte_address(map->process, user_address(map, first + i));
		kernel[i].flags = GNTMAP_host_map | readonly;
		kernel[i].host_addr = env_page_address(map->page[first + i]);
	}
	xen_map_grant_ref(map->m, user, n);
	error = record(map, map->user, user, first, n);
	xen_map_grant_ref(map->m, kernel, n);
	return record(map, map->kernel, kernel, first, n) ? -EINVAL : error;
}

/*
 * Gives back the handles of @n pages from @first on, of which @handle has those that @address tells the addresses of.
 */
static void unmap_chunk(struct gntdev_map *map, u32 *handle, u32 first, u32 n)
{
	struct gnttab_unmap_grant_ref op[CHUNK];
	u32 ops = 0;

	for (u32 i = first; i < first + n; i++) {
		if (handle[i] == NONE)
			continue;
		op[ops++] = (struct gnttab_unmap_grant_ref){
			.handle = handle[i],
			.host_addr = handle == map->user ? env_pte_address(map->process, user_address(map, i))
							 : env_page_address(map->page[i]),
		};
		handle[i] = NONE;
	}
	xen_unmap_grant_ref(map->m, op, ops);
	for (u32 i = 0; i < ops; i++) /* LOST pages are to come: this Xen has no reason to refuse */
		ensure(op[i].status == GNTST_okay, "I4: Xen refuses to unmap a grant");
	map->handles -= ops;
}

/* Pages without handles are skipped. */
static void unmap_pages(struct gntdev_map *map, u32 first, u32 n)
{
	for (u32 done = 0; map->handles && done < n; done += CHUNK) {
		unmap_chunk(map, map->user, first + done, least(n - done, CHUNK));
		unmap_chunk(map, map->kernel, first + done, least(n - done, CHUNK));
	}
}

/* All pages, or none (GNT-MMAP-009). */
static int map_pages(struct gntdev_map *map, u32 readonly)
{
	int error = 0;

	for (u32 done = 0; !error && done < map->count; done += CHUNK)
		error = map_chunk(map, done, least(map->count - done, CHUNK), readonly);
	if (error)
		unmap_pages(map, 0, map->count);
	return error;
}

/* ---- VMAs */

/* The map that an mmap() of @pages pages at @pgoff is the first ever to attempt, with a user more; or NULL. */
static struct gntdev_map *attempt(struct gntdev *dev, u64 pgoff, u64 pages)
{
	struct gntdev_map *map = NULL;
	s32 first;

	env_lock(dev->m, &dev->lock);
	first = gnt_table_exact(gntdev_table(dev), pgoff, pages);
	if (first >= 0)
		map = (struct gntdev_map *)(uintptr_t)gnt_table_map(gntdev_table(dev), (u32)first);
	if (map && map->attempted)
		map = NULL;
	if (map) {
		map->attempted = true;
		map->vmas = 1; /* GNT-MMAP-022 */
		map->users++;
	}
	env_unlock(dev->m, &dev->lock);
	return map;
}

/* A VMA of the map is gone. If nothing lists the map either, its slots go with the last one. */
static void detach(struct gntdev_map *map)
{
	struct gntdev *dev = map->dev;

	env_lock(map->m, &dev->lock);
	if (--map->vmas == 0 && !map->listed)
		gnt_table_withdraw(gntdev_table(dev), map->first);
	env_unlock(map->m, &dev->lock);
	gntdev_map_put(map);
}

int gntdev_mmap(struct file *file, struct vma *vma)
{
	u64 pages = (vma->end - vma->start) / GNT_PAGE_SIZE;
	struct gntdev_map *map;
	int error;

	error = gnt_mmap_check(vma->flags & VM_WRITE, vma->flags & VM_SHARED);
	if (error)
		return error;
	map = attempt(file->dev, vma->pgoff, pages);
	if (!map)
		return -EINVAL;
	map->process = vma->process;
	map->start = vma->start;
	error = map_pages(map, vma->flags & VM_WRITE ? 0 : GNTMAP_readonly);
	if (error) {
		detach(map);
		return error;
	}
	vma->map = map;
	return 0;
}

void gntdev_vma_open(struct vma *vma)
{
	struct gntdev *dev = vma->map->dev;

	env_lock(dev->m, &dev->lock);
	vma->map->vmas++;
	vma->map->users++;
	env_unlock(dev->m, &dev->lock);
}

void gntdev_vma_close(struct vma *vma)
{
	detach(vma->map);
}

/* GNT-MUNMAP-001: on PV the grants of the range go now, whoever else still uses the map. */
void gntdev_invalidate(struct vma *vma, u64 start, u64 end)
{
	struct gntdev_map *map = vma->map;

	unmap_pages(map, (u32)((start - map->start) / GNT_PAGE_SIZE), (u32)((end - start) / GNT_PAGE_SIZE));
}
