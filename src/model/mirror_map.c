/* SPDX-License-Identifier: MIT */
/*
 * Who may name a block and who frees it (I5), and what becomes of armed events and placeholder pages (I6, I7). What Xen
 * has is noted by gntdev_xen.c.
 */
#include <stdlib.h>
#include "armed_map.h"
#include "gntdev.h"

void mirror_made(struct gntdev_map *map)
{
	struct mirror *call = mirror_call();
	u32 count = map->pages.count;

	ensure(!call->own && !call->share, "I5: a call makes a map, and has another one in hand");
	map->mirror = (struct mirror_map){
		.user = own_alloc(count * sizeof(u32)), .kernel = own_alloc(count * sizeof(u32)),
		.writable = own_alloc(count), .gone = own_alloc(count), .refused = own_alloc(count), .used = own_alloc(count),
		.shares = 1,
	};
	if (count <= MIRROR_MAX) {
		map->mirror.armed = own_alloc(count * sizeof(u32));
		map->mirror.byte = own_alloc(count * sizeof(u32));
		map->mirror.live = own_alloc(count);
	}
	call->own = call->share = map;
}

void mirror_freed(struct gntdev_map *map)
{
	struct mirror *call = mirror_call();

	ensure(call->own == map, "I5: a map is freed that others may know");
	for (u32 i = 0; i < map->pages.count; i++)
		ensure(map->mirror.gone[i] || map->mirror.kernel[i],
		       "I6: a placeholder page is lost that nothing is mapped at");
	free(map->mirror.user);
	free(map->mirror.kernel);
	free(map->mirror.writable);
	free(map->mirror.gone);
	free(map->mirror.refused);
	free(map->mirror.used);
	free(map->mirror.armed);
	free(map->mirror.byte);
	free(map->mirror.live);
	call->own = NULL;
}

void mirror_may_name(struct gntdev_map *map)
{
	struct mirror *call = mirror_call();
	bool uses = call->blind || call->share == map || call->lent == map || call->retry == map;

	for (u32 i = 0; i < MIRROR_USES; i++)
		uses |= call->use[i].file && call->use[i].map == map;
	ensure(uses, "I5: a map is named by a call that has neither a use, nor its share, nor its promise");
	if (call->own == map)
		call->own = NULL; /* what it needs to be found by others is done */
}

/* ---- the map's lock */

static void check_users(const struct gntdev_map *map)
{
	const struct gnt_life *life = map->pages.life;

	if (armed_users(map->pages, map->mirror.shares, map->mirror.promises))
		return;
	ensure(life->users == map->mirror.shares + map->mirror.promises,
	       "I5: a map's users are not its share and its promise");
	ensure(life->deferred == map->mirror.promises, "I5: a map counts on a promise that nobody gave");
	breach("I5: a map has two shares, or two promises");
}

void mirror_map_locked(struct gntdev_map *map)
{
	check_users(map);
}

/* The bytes of the pages that have left user space under the lock were cleared; others may have been replaced. */
static void settle_bytes(struct gntdev_map *map)
{
	const struct gnt_pages *p = &map->pages;
	struct mirror_map *mirror = &map->mirror;

	for (u32 i = 0; mirror->armed && i < p->count; i++) {
		bool live = p->state[i] == GNT_PAGE_LIVE;

		ensure(!mirror->byte[i] || p->byte[i] == mirror->byte[i] || !mirror->live[i] || live,
		       "GNT-NOTIFY-015: a byte is armed no more, and was not cleared");
		ensure(!p->byte[i] || !mirror->live[i] || live || !mirror->writable[i],
		       "GNT-NOTIFY-015: a page has left user space, and its byte was not cleared");
		mirror->byte[i] = p->byte[i];
		mirror->live[i] = live;
	}
}

void mirror_map_unlocking(struct gntdev_map *map, struct gnt_pages p)
{
	struct mirror *call = mirror_call();
	struct mirror_map *mirror = &map->mirror;

	ensure(p.count == map->pages.count && p.state == map->pages.state && p.life == map->pages.life,
	       "I10: a map's lock is released with another map's pages");
	if (call->retry == map && !p.life->deferred) {
		call->retry = NULL;
		mirror->promises = 0;
	}
	if (p.life->users + 1 == mirror->shares + mirror->promises && mirror->shares) {
		ensure(call->share == map || call->blind, "I5: a map is dropped by a call that has not its share");
		call->share = NULL;
		mirror->shares = 0;
	}
	check_users(map);
	mirror_settle(map);
	settle_bytes(map);
	ensure(!call->event_due, "GNT-NOTIFY-018: an event is armed no more, and was not sent");
	for (u32 i = 0; p.life->users == 0 && i < p.count; i++)
		ensure(!p.event[i], "GNT-NOTIFY-018: a map ends, and an event was not sent");
	if (p.life->users == 0)
		call->own = map;
	else if (mirror->armed)
		check_map_inv(map);
}

void mirror_deferred(struct gntdev_map *map)
{
	struct mirror *call = mirror_call();

	ensure(map->lock.held, "I10: a retry is promised without the map's lock");
	if (call->retry == map)
		call->retry = NULL; /* kept, and given again */
	else
		ensure(map->mirror.promises == 0, "GNT-MUNMAP-015: a retry is promised that is promised already");
	map->mirror.promises = 1;
}

/* ---- pages, events */

void mirror_put(struct gntdev_map *map, u32 from, u32 to)
{
	ensure(from <= to && to <= map->pages.count, "I6: placeholder pages are given back that the map has not");
	for (u32 i = from; i < to; i++) {
		ensure(!map->mirror.gone[i], "I6: a placeholder page is given back twice");
		ensure(!map->mirror.user[i] && !map->mirror.kernel[i],
		       "I6: a placeholder page is given back that is mapped");
		map->mirror.gone[i] = 1;
	}
}

void mirror_out(const struct gntdev_map *map, u32 from, u32 to)
{
	const struct mirror_map *m = &map->mirror;

	for (u32 i = from; i < to; i++)
		ensure(m->refused[i] || (!m->user[i] && (!m->kernel[i] || m->used[i])),
		       "GNT-MUNMAP-001: a page has not left user space, or was not in use and not given back");
}

void mirror_settle(struct gntdev_map *map)
{
	const struct gnt_pages *p = &map->pages;

	if (!map->mirror.armed) {
		mirror_call()->blind = true;
		return;
	}
	for (u32 i = 0; i < p->count; i++) {
		u32 armed = p->event[i] ? 1 + p->port[i] : 0, was = map->mirror.armed[i];

		if (armed == was)
			continue;
		if (was)
			mirror_hand(was - 1, 1);
		if (was && p->life->users == 0) {
			ensure(!mirror_call()->event_due, "GNT-NOTIFY-018: two events are taken out, and none was sent");
			mirror_call()->event_due = was;
		}
		if (armed)
			mirror_hand(armed - 1, -1);
		map->mirror.armed[i] = armed;
	}
}

void mirror_cleared(struct gntdev_map *map, u32 page, u32 offset)
{
	if (!map->mirror.byte)
		return;
	ensure(map->pages.byte[page] == 0 && map->mirror.byte[page] == offset + 1,
	       "GNT-NOTIFY-020: a byte is cleared that was not taken out");
	map->mirror.byte[page] = 0;
}

void mirror_sent(u32 port)
{
	struct mirror *call = mirror_call();

	ensure(call->blind || call->event_due == port + 1, "GNT-NOTIFY-020: an event is sent that is not due");
	call->event_due = 0;
}
