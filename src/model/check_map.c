/* SPDX-License-Identifier: MIT */
/*
 * The invariants of a map's pages, I4 to I7: map_inv of map_logic.h, with notify_inv. "What Xen has" is the map's mirror.
 * Whether they hold is said by functions that are proven to say so (armed_map.h); here is who asks them, and what a reader is told
 * if one is broken. It reads the core's arrays, and changes nothing.
 */
#include "armed_map.h"
#include "gntdev.h"

static struct armed_xen xen_of(const struct gntdev_map *map)
{
	const struct mirror_map *m = &map->mirror;

	return (struct armed_xen){ .user = m->user, .kernel = m->kernel, .writable = m->writable, .gone = m->gone,
				   .refused = m->refused };
}

/* I4: what the record of a page says is what Xen has. */
static void explain_page(const struct gntdev_map *map, u32 i)
{
	const struct gnt_pages *p = &map->pages;
	u32 user = map->mirror.user[i], kernel = map->mirror.kernel[i];

	switch (p->state[i]) {
	case GNT_PAGE_EMPTY:
		ensure(!user && !kernel, "I4: a page is mapped that the core takes for empty");
		break;
	case GNT_PAGE_LIVE:
		ensure(kernel == 1 + p->kernel[i], "I4: the handle of a page is not that of its mapping");
		ensure(user == (p->life->pv ? 1 + p->user[i] : 0), "I4: the user's handle of a page is not that of its mapping");
		ensure(p->life->mode != GNT_MODE_WRITABLE || map->mirror.writable[i],
		       "GNT-MMAP-011: a page is not mapped writable");
		break;
	case GNT_PAGE_RELEASING:
		ensure(!user && kernel == 1 + p->kernel[i],
		       "I4: the handle of a page that waits is not that of its mapping");
		break;
	case GNT_PAGE_LOST:
		ensure(kernel && map->mirror.refused[i], "I4: a page is lost that can go back");
		break;
	default:
		breach("I4: a page is in no state");
	}
	ensure(p->life->mode != GNT_MODE_NEVER || p->state[i] == GNT_PAGE_EMPTY,
	       "I4: a page is not empty, and was never mapped");
	breach("I4: a page is not in order");
}

/* The map is not in order: what is wrong first? */
static void explain(const struct gntdev_map *map)
{
	const struct gnt_pages *p = &map->pages;

	ensure(armed_kind(*p), "a map is of no kind that there is");
	ensure(p->life->armed <= p->count, "I7: a notification on a page that the map has not");
	ensure(p->life->header == GNT_PROFILE_LINUX || p->life->armed == 0, "GNT-NOTIFY-009: one notification of a map");
	for (u32 i = 0; i < p->count; i++) {
		if (!armed_told(*p, xen_of(map), i))
			explain_page(map, i);
		ensure(p->state[i] != GNT_PAGE_RELEASING || armed_due(*p, i),
		       "GNT-MUNMAP-005: a page waits, and nobody will look at it again");
		ensure(armed_due(*p, i), "I5: a page is shown of a map that is neither listed nor mapped");
		ensure(!map->mirror.gone[i], "I6: a placeholder page was given back of a map that is used");
		ensure(armed_notify_page(*p, i), "I7: a notification that cannot be");
	}
	ensure(armed_notify(*p), "GNT-NOTIFY-008: a map has two notifications");
	breach("I4: a map is not in order");
}

void check_map_inv(const struct gntdev_map *map)
{
	if (!armed_map(map->pages, xen_of(map)))
		explain(map);
}
