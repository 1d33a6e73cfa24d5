// SPDX-License-Identifier: GPL-2.0-only
/*
 * A map from its birth to its end: memory, placeholder pages, references, and the work that
 * releases pages which were in use when their mapping went. Honours I5 (freed once, by its last
 * user) and I6 (a placeholder goes back only when EMPTY).
 */
#include <linux/overflow.h>
#include <linux/slab.h>
#include "grantproof.h"

#define RELEASE_DELAY_MIN msecs_to_jiffies(4)
#define RELEASE_DELAY_MAX msecs_to_jiffies(500)

/*
 * GNT-MUNMAP-005: again and again, ever less often, for nobody says when a page is no longer in use
 */
static void release_work(struct work_struct *work)
{
	struct gp_map *map = container_of(to_delayed_work(work), struct gp_map, release);
	bool again;

	gp_pages_release(map, 0, map->count);
	spin_lock(&map->lock);
	again = map->releasing != 0;
	map->release_queued = again;
	map->release_delay = min(2 * map->release_delay, RELEASE_DELAY_MAX);
	spin_unlock(&map->lock);
	if (again)
		queue_delayed_work(gp_workqueue, &map->release, map->release_delay);
	else
		gp_map_put(map);
}

/*
 * Has the pages of @map that are RELEASING released as soon as they are not in use. Does not sleep;
 * @map has a user.
 */
void gp_map_defer(struct gp_map *map)
{
	bool queue = false;

	spin_lock(&map->lock);
	if (map->releasing && !map->release_queued) {
		map->release_queued = true;
		map->release_delay = RELEASE_DELAY_MIN;
		refcount_inc(&map->users);
		queue = true;
	}
	spin_unlock(&map->lock);
	if (queue)
		queue_delayed_work(gp_workqueue, &map->release, RELEASE_DELAY_MIN);
}

/*
 * One allocation: the map with its grants, then the pages, then the references. Sizes saturate
 * (GNT-GEN-017).
 */
static struct gp_map *alloc_map(u32 count)
{
	struct gp_map *map;
	size_t pages = array_size(count, sizeof(*map->pages));
	size_t refs = array_size(count, sizeof(*map->refs));

	map = kvzalloc(size_add(struct_size(map, grants, count), size_add(pages, refs)),
		       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!map)
		return NULL;
	map->pages = (struct page **)&map->grants[count];
	map->refs = (struct ioctl_gntdev_grant_ref *)&map->pages[count];
	return map;
}

/* A map of @count pages, 1 .. GNT_SLOTS_MAX, with one user: the caller. */
struct gp_map *gp_map_new(u32 count)
{
	struct gp_map *map = alloc_map(count);

	if (!map)
		return NULL;
	if (gnttab_alloc_pages(count, map->pages)) {
		kvfree(map);
		return NULL;
	}
	refcount_set(&map->users, 1);
	map->count = count;
	spin_lock_init(&map->lock);
	INIT_DELAYED_WORK(&map->release, release_work);
	atomic_long_inc(&gp_live_maps);
	atomic_long_add(count, &gp_live_pages);
	return map;
}

/*
 * The placeholders that may go back to the kernel are moved to the front. GNT-MUNMAP-009: LOST ones
 * stay where nobody finds them.
 */
static u32 returnable_pages(struct gp_map *map)
{
	u32 n = 0;

	for (u32 i = 0; i < map->count; i++) {
		enum gp_state state = map->grants[i].state;

		WARN_ON_ONCE(state == GP_LIVE || state == GP_RELEASING);
		if (state == GP_EMPTY)
			map->pages[n++] = map->pages[i];
	}
	return n;
}

static void free_map(struct gp_map *map)
{
	gnttab_free_pages(returnable_pages(map), map->pages);
	atomic_long_sub(map->count, &gp_live_pages);
	kvfree(map);
	gp_map_gone();
}

/* Gives up a reference; may sleep. */
void gp_map_put(struct gp_map *map)
{
	might_sleep();
	if (refcount_dec_and_test(&map->users))
		free_map(map);
}
