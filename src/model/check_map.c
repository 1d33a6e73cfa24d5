/* SPDX-License-Identifier: MIT */
/*
 * The invariants of a map's pages, I4 to I7, as code: map_inv of map_logic.h, with notify_inv. "What Xen has" is the
 * map's mirror. It reads the core's arrays, and changes nothing.
 */
#include "gntdev.h"

/* I4: what the record of a page says is what Xen has. */
static void check_page(const struct gntdev_map *map, u32 i)
{
	const struct gnt_pages *p = &map->pages;
	u32 user = map->mirror.user[i], kernel = map->mirror.kernel[i];
	bool pv = p->life->pv;

	switch (p->state[i]) {
	case GNT_PAGE_EMPTY:
		ensure(!user && !kernel, "I4: a page is mapped that the core takes for empty");
		break;
	case GNT_PAGE_LIVE:
		ensure(kernel == 1 + p->kernel[i], "I4: the handle of a page is not that of its mapping");
		ensure(user == (pv ? 1 + p->user[i] : 0), "I4: the user's handle of a page is not that of its mapping");
		ensure(p->life->mode != GNT_MODE_WRITABLE || map->mirror.writable[i],
		       "GNT-MMAP-011: a page is not mapped writable");
		ensure(p->life->users == p->life->deferred + 1,
		       "I5: a page is shown of a map that is neither listed nor mapped");
		break;
	case GNT_PAGE_RELEASING:
		ensure(!user && kernel == 1 + p->kernel[i],
		       "I4: the handle of a page that waits is not that of its mapping");
		ensure(p->life->deferred == 1, "GNT-MUNMAP-005: a page waits, and nobody will look at it again");
		break;
	case GNT_PAGE_LOST:
		ensure(kernel, "I4: a page is lost that can go back");
		break;
	default:
		breach("I4: a page is in no state");
	}
	ensure(p->life->mode != GNT_MODE_NEVER || p->state[i] == GNT_PAGE_EMPTY,
	       "I4: a page is not empty, and was never mapped");
	ensure(!map->mirror.gone[i], "I6: a placeholder page was given back of a map that is used");
}

/* I7 */
static void check_notification(const struct gnt_pages *p, u32 i)
{
	ensure(p->byte[i] <= GNT_PAGE_SIZE && p->event[i] <= 1 && p->port[i] < GNT_PORTS_MAX,
	       "I7: a notification that cannot be");
	if (p->life->header == GNT_PROFILE_LINUX && p->life->armed != i + 1)
		ensure(!p->byte[i] && !p->event[i], "GNT-NOTIFY-008: a map has two notifications");
}

void check_map_inv(const struct gntdev_map *map)
{
	const struct gnt_pages *p = &map->pages;

	ensure(p->life->pv <= 1 && p->life->header <= GNT_PROFILE_HEADER && p->life->mode <= GNT_MODE_WRITABLE,
	       "a map is of no kind that there is");
	ensure(p->life->armed <= p->count, "I7: a notification on a page that the map has not");
	ensure(p->life->header == GNT_PROFILE_LINUX || p->life->armed == 0, "GNT-NOTIFY-009: one notification of a map");
	for (u32 i = 0; i < p->count; i++) {
		check_page(map, i);
		check_notification(p, i);
	}
}
