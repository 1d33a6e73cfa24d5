// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blocks of maps: their memory, placeholder pages and locks, and the work by which the core
 * tries pages again that were in use: see src/core/env_map.h. A block is freed when the core says
 * so (I5), and so is a placeholder (I6). Honours GNT-MAP-006, GNT-GEN-017; GNT-MUNMAP-005, -006,
 * -009, -014, -015; GNT-CLOSE-005 .. 007; GNT-MOD-008.
 */
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "grantproof.h"
#include "locks.h"

#define RETRY_DELAY_MIN msecs_to_jiffies(4)
#define RETRY_DELAY_MAX msecs_to_jiffies(500)

/* the core's arrays of pages.h */
#define ARRAYS 8u

static void retry_work(struct work_struct *work)
{
	struct gp_map *map = container_of(to_delayed_work(work), struct gp_map, retry);

	gnt_map_retry((unsigned long)map);
	/* the map may be gone by now; unloading waits for this work to end, see main.c */
	module_put(THIS_MODULE);
}

/*
 * GNT-MUNMAP-005: again and again, ever less often, for nobody says when a page is no longer in
 * use. The work belongs to the block, and a block has one promise at a time. GNT-MOD-008: a promise
 * holds the module, which is held here already: by an open file, or by the work that asks again.
 */
void gnt_env_defer(u64 block)
{
	struct gp_map *map = gp_map_of(block);

	lockdep_assert_held(&map->lock);
	if (current_work() == &map->retry.work)
		map->retry_delay = min(2 * map->retry_delay, RETRY_DELAY_MAX);
	else
		map->retry_delay = RETRY_DELAY_MIN;
	__module_get(THIS_MODULE);
	WARN_ON_ONCE(!queue_delayed_work(gp_workqueue, &map->retry, map->retry_delay));
}

/* ---- memory */

/* Makes the arrays of @map out of what follows it: those of ops and pointers first. */
static void carve(struct gp_map *map, u32 count, u32 batch)
{
	u32 *array;

	map->ops.room = map + 1;
	map->batch = (struct page **)(map->ops.map + batch);
	map->placeholder = map->batch + batch;
	map->entry = (pte_t **)(map->placeholder + count);
	array = (u32 *)(map->entry + (gp_is_pv() ? count : 0));
	map->pages = (struct gnt_pages){
		.count = count,
		.domid = array,
		.ref = array + count,
		.state = array + 2 * (size_t)count,
		.user = array + 3 * (size_t)count,
		.kernel = array + 4 * (size_t)count,
		.byte = array + 5 * (size_t)count,
		.event = array + 6 * (size_t)count,
		.port = array + 7 * (size_t)count,
		.life = &map->life,
	};
}

/* Sizes saturate (GNT-GEN-017). The core writes its arrays before it reads them. */
static struct gp_map *alloc_map(u32 count)
{
	struct gp_map *map;
	u32 batch = min(count, GNT_BATCH);
	size_t an_op = sizeof(*map->ops.map) + sizeof(*map->batch);
	size_t an_entry = gp_is_pv() ? sizeof(*map->entry) : 0;
	size_t a_page = sizeof(*map->placeholder) + an_entry + ARRAYS * sizeof(u32);
	size_t arrays = size_add(array_size(batch, an_op), array_size(count, a_page));

	static_assert(sizeof(*map->ops.unmap) <= sizeof(*map->ops.map));
	map = kvmalloc(size_add(sizeof(*map), arrays), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!map)
		return NULL;
	memset(map, 0, sizeof(*map));
	carve(map, count, batch);
	return map;
}

/*
 * Placeholders come from the kernel, which has a store of them for all its drivers: pages with a
 * place in the p2m, so that mapping a grant there allocates nothing (GNT-MUNMAP-006), and none that
 * anybody else uses. It is asked for all of a map's at once, and keeps for the next to ask those
 * that come back, so a list of our own in front of it, such as gnttab_page_cache_get() is for who
 * needs one page at a time, would only keep them from others. Taking and giving back may sleep and
 * allocate: no lock is held (I10).
 */
u64 gnt_env_block_new(u32 count)
{
	struct gp_map *map;

	gp_may_alloc();
	map = alloc_map(count);
	if (!map)
		return 0;
	if (gnttab_alloc_pages(count, map->placeholder)) {
		kvfree(map);
		return 0;
	}
	gp_mutex_init(&map->lock, "grantproof:map");
	kref_init(&map->memory);
	INIT_DELAYED_WORK(&map->retry, retry_work);
	atomic_long_inc(&gp_live_maps);
	atomic_long_add(count, &gp_live_pages);
	return (unsigned long)map;
}

/*
 * The pages are not freed before the lock is released: that takes locks under which the kernel
 * allocates memory. They move to the front; LOST ones stay where nobody finds them.
 */
void gnt_env_pages_put(u64 block, u32 from, u32 to)
{
	struct gp_map *map = gp_map_of(block);

	lockdep_assert_held(&map->lock);
	/* the core goes up, so nothing is overwritten that was not moved before */
	if (WARN_ON_ONCE(from < map->returned))
		return;
	memmove(map->placeholder + map->returned, map->placeholder + from,
		array_size(to - from, sizeof(*map->placeholder)));
	map->returned += to - from;
}

static void free_memory(struct kref *memory)
{
	struct gp_map *map = container_of(memory, struct gp_map, memory);

	mutex_destroy(&map->lock);
	kvfree(map);
	atomic_long_dec(&gp_live_maps);
}

void gnt_env_block_free(u64 block)
{
	struct gp_map *map = gp_map_of(block);

	gp_assert_open();
	WARN_ON_ONCE(map->watched);
	gnttab_free_pages(map->returned, map->placeholder);
	atomic_long_sub(map->pages.count, &gp_live_pages);
	kref_put(&map->memory, free_memory);
}

struct gnt_pages gnt_env_pages(u64 block)
{
	return gp_map_of(block)->pages;
}

/* ---- the lock */

struct gnt_pages gnt_env_map_lock(u64 block)
{
	struct gp_map *map = gp_map_of(block);

	kref_get(&map->memory);
	gp_mutex_lock(&map->lock);
	map->may_block = true;
	return map->pages;
}

struct gnt_pages gnt_env_map_trylock(u64 block)
{
	struct gp_map *map = gp_map_of(block);

	if (!mutex_trylock(&map->lock))
		return (struct gnt_pages){};
	kref_get(&map->memory);
	map->may_block = false;
	return map->pages;
}

void gnt_env_map_unlock(u64 block, struct gnt_pages p)
{
	struct gp_map *map = gp_map_of(block);

	lockdep_assert_held(&map->lock);
	mutex_unlock(&map->lock);
	kref_put(&map->memory, free_memory);
}
