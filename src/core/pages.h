/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is known of the pages of one map: the grant each is to show, its life, the handles Xen gave for it, and its unmap
 * notification. The arrays belong to the map's block, which the embedder allocates in one piece or many, and hands out as this
 * struct, by value. They are the map's lock's to protect, but while a block is new and nobody else knows it.
 *
 * The life of a page (I4):
 *
 *	EMPTY ---> LIVE ---> RELEASING ---> EMPTY	RELEASING: out of user space; the kernel's mapping waits until
 *	               \----> LOST <---/		the page is no longer in use. LOST: Xen refused to unmap
 *
 * On PV a page takes two grant mappings: the kernel's, at the address of its placeholder page, and the user's, which is the
 * page-table entry itself. On auto-translated domains it takes the kernel's alone.
 */
#pragma once
#include "types.h"

#define GNT_PAGE_EMPTY 0u /* no handle */
#define GNT_PAGE_LIVE 1u /* handles for all its mappings */
#define GNT_PAGE_RELEASING 2u /* the kernel's handle alone, to be given back as soon as the page is not in use */
#define GNT_PAGE_LOST 3u /* Xen refused to unmap it: it may be foreign memory for ever */

/* the ways a map can have been attempted by mmap() (GNT-MMAP-006) */
#define GNT_MODE_NEVER 0u
#define GNT_MODE_READONLY 1u
#define GNT_MODE_WRITABLE 2u

/* an unmap notification's actions: UNMAP_NOTIFY_CLEAR_BYTE, UNMAP_NOTIFY_SEND_EVENT */
#define GNT_NOTIFY_CLEAR_BYTE 1u
#define GNT_NOTIFY_SEND_EVENT 2u

/* pages in a map, at most: GNT_SLOTS_MAX */
#define GNT_PAGES_MAX 1048576u

struct gnt_life {
	u32 users; /* I5: 1 while the map is listed or mapped, and 1 while its retry is scheduled */
	u32 deferred; /* 1: gnt_env_defer() was asked for a retry that has not come yet */
	u32 mode; /* GNT_MODE_* */
	u32 pv; /* 1: two mappings a page, 0: one. Never changes */
	u32 header; /* GNT_PROFILE_*. Never changes */
	u32 armed; /* linux profile: 1 + the page that has the map's one notification, or 0. header profile: 0 */
};

struct gnt_pages {
	u32 count; /* pages, 1 .. GNT_PAGES_MAX */
	u32 *domid; /* [count], as user space gave it: 32 bits */
	u32 *ref; /* [count]: grant reference */
	u32 *state; /* [count]: GNT_PAGE_* */
	u32 *user; /* [count]: handle of the user's mapping: LIVE on PV */
	u32 *kernel; /* [count]: handle of the kernel's mapping: LIVE, RELEASING */
	u32 *byte; /* [count]: 1 + the offset of the byte that is to be cleared, or 0 */
	u32 *event; /* [count]: 1: an event is to be sent, 0: none */
	u32 *port; /* [count]: to this event channel port, on which the map owns a reference */
	struct gnt_life *life;
};

/*@ predicate pages_foreign{L}(struct gnt_pages p, u32 *a) =
         \base_addr(a) != \base_addr(p.domid) && \base_addr(a) != \base_addr(p.ref) && \base_addr(a) != \base_addr(p.state)
      && \base_addr(a) != \base_addr(p.user) && \base_addr(a) != \base_addr(p.kernel) && \base_addr(a) != \base_addr(p.byte)
      && \base_addr(a) != \base_addr(p.event) && \base_addr(a) != \base_addr(p.port) && \base_addr(a) != \base_addr(p.life);

    predicate pages_apart{L}(struct gnt_pages p) =
         \base_addr(p.domid) != \base_addr(p.ref) && \base_addr(p.domid) != \base_addr(p.state)
      && \base_addr(p.domid) != \base_addr(p.user) && \base_addr(p.domid) != \base_addr(p.kernel)
      && \base_addr(p.domid) != \base_addr(p.byte) && \base_addr(p.domid) != \base_addr(p.event)
      && \base_addr(p.domid) != \base_addr(p.port) && \base_addr(p.domid) != \base_addr(p.life)
      && \base_addr(p.ref) != \base_addr(p.state) && \base_addr(p.ref) != \base_addr(p.user)
      && \base_addr(p.ref) != \base_addr(p.kernel) && \base_addr(p.ref) != \base_addr(p.byte)
      && \base_addr(p.ref) != \base_addr(p.event) && \base_addr(p.ref) != \base_addr(p.port)
      && \base_addr(p.ref) != \base_addr(p.life)
      && \base_addr(p.state) != \base_addr(p.user) && \base_addr(p.state) != \base_addr(p.kernel)
      && \base_addr(p.state) != \base_addr(p.byte) && \base_addr(p.state) != \base_addr(p.event)
      && \base_addr(p.state) != \base_addr(p.port) && \base_addr(p.state) != \base_addr(p.life)
      && \base_addr(p.user) != \base_addr(p.kernel) && \base_addr(p.user) != \base_addr(p.byte)
      && \base_addr(p.user) != \base_addr(p.event) && \base_addr(p.user) != \base_addr(p.port)
      && \base_addr(p.user) != \base_addr(p.life)
      && \base_addr(p.kernel) != \base_addr(p.byte) && \base_addr(p.kernel) != \base_addr(p.event)
      && \base_addr(p.kernel) != \base_addr(p.port) && \base_addr(p.kernel) != \base_addr(p.life)
      && \base_addr(p.byte) != \base_addr(p.event) && \base_addr(p.byte) != \base_addr(p.port)
      && \base_addr(p.byte) != \base_addr(p.life)
      && \base_addr(p.event) != \base_addr(p.port) && \base_addr(p.event) != \base_addr(p.life)
      && \base_addr(p.port) != \base_addr(p.life);

    // ---- where the arrays of a map are: apart from each other
    predicate pages_mem{L}(struct gnt_pages p) = 1 <= p.count <= GNT_PAGES_MAX
      && \valid(p.domid + (0 .. p.count-1)) && \valid(p.ref + (0 .. p.count-1)) && \valid(p.state + (0 .. p.count-1))
      && \valid(p.user + (0 .. p.count-1)) && \valid(p.kernel + (0 .. p.count-1)) && \valid(p.byte + (0 .. p.count-1))
      && \valid(p.event + (0 .. p.count-1)) && \valid(p.port + (0 .. p.count-1)) && \valid(p.life)
      && pages_apart(p);
*/
