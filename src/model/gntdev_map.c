/* SPDX-License-Identifier: MIT */
/*
 * The driver's blocks: their memory, locks and placeholder pages, and work on them that comes later. It must not read
 * an array that it hands out.
 */
#include <stdlib.h>
#include "env.h"
#include "gntdev.h"

/* ---- memory: every array is an allocation of its own, so that the sanitizer knows its bounds */

static void pages_free(struct model *m, const struct gnt_pages *p)
{
	env_free(m, p->domid);
	env_free(m, p->ref);
	env_free(m, p->state);
	env_free(m, p->user);
	env_free(m, p->kernel);
	env_free(m, p->byte);
	env_free(m, p->event);
	env_free(m, p->port);
	env_free(m, p->life);
}

static u32 *array_new(struct model *m, u32 count)
{
	return env_alloc(m, count * sizeof(u32));
}

static struct gnt_pages pages_new(struct model *m, u32 count)
{
	return (struct gnt_pages){
		.count = count,
		.domid = array_new(m, count), .ref = array_new(m, count), .state = array_new(m, count),
		.user = array_new(m, count), .kernel = array_new(m, count), .byte = array_new(m, count),
		.event = array_new(m, count), .port = array_new(m, count),
		.life = env_alloc(m, sizeof(struct gnt_life)),
	};
}

static bool pages_there(const struct gnt_pages *p)
{
	return p->domid && p->ref && p->state && p->user && p->kernel && p->byte && p->event && p->port && p->life;
}

static void block_free(struct gntdev_map *map)
{
	struct model *m = map->m;

	pages_free(m, &map->pages);
	env_free(m, map->page);
	env_free(m, map);
}

u64 gnt_env_block_new(u32 count)
{
	struct model *m = env_world();
	struct gntdev_map *map = env_alloc(m, sizeof(*map));

	ensure(count >= 1 && count <= GNT_PAGES_MAX, "GNT-MAP-005: a map of more pages than there can be, or none");
	if (!map)
		return 0;
	*map = (struct gntdev_map){ .m = m, .lock.hypercalls = true, .page = array_new(m, count), .next = m->maps };
	map->pages = pages_new(m, count);
	if (!map->page || !pages_there(&map->pages) || env_pages_alloc(m, count, map->page)) {
		block_free(map);
		return 0;
	}
	map->id = ++m->blocks;
	map->link = &m->maps;
	if (map->next)
		map->next->link = &map->next;
	m->maps = map;
	m->alive.maps++;
	mirror_made(map);
	return gntdev_cookie(map);
}

struct gnt_pages gnt_env_pages(u64 block)
{
	ensure(mirror_call()->own == gntdev_block(block),
	       "I5: the pages of a map that others may know, without its lock");
	return gntdev_block(block)->pages;
}

/* A page that still has something mapped is lost (GNT-CLOSE-006). */
void gnt_env_block_free(u64 block)
{
	struct gntdev_map *map = gntdev_block(block);
	struct model *m = map->m;

	ensure_open(m, "I10: a map is freed under a lock");
	ensure(!map->notifier.registered, "a map is freed whose address space may still tell of changes");
	for (u32 i = 0; i < map->pages.count; i++) {
		if (!map->mirror.gone[i])
			env_page_lose(m, map->page[i]);
	}
	mirror_freed(map);
	*map->link = map->next;
	if (map->next)
		map->next->link = map->link;
	m->alive.maps--;
	block_free(map);
}

/* ---- the lock */

struct gnt_pages gnt_env_map_lock(u64 block)
{
	struct gntdev_map *map = gntdev_block(block);

	mirror_may_name(map);
	env_lock(map->m, &map->lock);
	mirror_map_locked(map);
	return map->pages;
}

struct gnt_pages gnt_env_map_trylock(u64 block)
{
	struct gntdev_map *map = gntdev_block(block);

	mirror_may_name(map);
	if (!env_trylock(map->m, &map->lock))
		return (struct gnt_pages){ 0 };
	mirror_map_locked(map);
	return map->pages;
}

void gnt_env_map_unlock(u64 block, struct gnt_pages p)
{
	struct gntdev_map *map = gntdev_block(block);

	mirror_map_unlocking(map, p);
	env_unlock(map->m, &map->lock);
}

/* ---- under the lock */

static struct gntdev_map *locked(u64 block)
{
	struct gntdev_map *map = gntdev_block(block);

	ensure(map->lock.held && map->m->locks == 0,
	       "I10: a map's pages are used without its lock, or under an instance's");
	return map;
}

void gnt_env_clear_byte(u64 block, u32 page, u32 offset)
{
	struct gntdev_map *map = locked(block);

	ensure(page < map->pages.count, "I7: a byte is cleared in a page that the map has not");
	ensure(map->mirror.kernel[page] && map->mirror.writable[page],
	       "GNT-NOTIFY-016: a byte is cleared in a page that is not mapped writable");
	mirror_cleared(map, page, offset);
	env_page_clear_byte(map->m, map->page[page], offset);
}

u32 gnt_env_page_in_use(u64 block, u32 page)
{
	struct gntdev_map *map = locked(block);

	ensure(page < map->pages.count, "a page is asked about that the map has not");
	map->mirror.used[page] = env_page_in_use(map->m, map->page[page]);
	return map->mirror.used[page];
}

void gnt_env_pages_put(u64 block, u32 from, u32 to)
{
	struct gntdev_map *map = locked(block);

	mirror_put(map, from, to);
	env_pages_free(map->m, to - from, &map->page[from]);
}

/* ---- later */

void gntdev_retry(struct model *m, void *block)
{
	struct mirror call;

	mirror_begin(m, &call);
	call.retry = block;
	gnt_map_retry(gntdev_cookie(block));
	mirror_end(m, &call);
}

void gnt_env_defer(u64 block)
{
	struct gntdev_map *map = locked(block);

	mirror_deferred(map);
	env_defer(map->m, gntdev_retry, map);
}
