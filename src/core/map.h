/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The life of one map's pages: mapped at mmap, taken out of user space, given back, and the end of the map. Each function but
 * gnt_map_init() takes the map's lock and leaves it released (I10). It must know nothing of instances, slots, or which maps are
 * listed.
 *
 * What happens under the lock is in map.c, in functions with exact contracts on the pages. A contract here cannot name their
 * records, which are anything when the lock is taken and again when it is released; what it promises of them is the invariant
 * (map_inv), which gnt_env_map_unlock() demands, and of Xen's view what became of it: shown (map_shown), or out (pages_out).
 *
 *	I4	the record of each page says what Xen has, so every handle is known until it is given back, and given back once
 *	I5	users is the number of those who know the block; who makes it 0 frees the block
 *	I6	a placeholder page goes back when Xen has no mapping of it
 *	I7	an armed event owns one reference on its port, and is sent at most once
 *
 * assigns: `{ *q | u32 *q; \true }` stands for the arrays, wherever they are; ghost state and variables are not among them. A
 * caller takes it to mean memory of u32, while the function itself is held to no type: it may not write through a pointer to
 * another.
 */
#pragma once
#include "env_map.h"

/*@ ghost
   // the block whose pages gnt_map_hide() took out last
   u64 gnt_hid;
*/

/*
 * Makes a map of a block that is new: nothing is mapped, armed, or attempted, and it has one user, its share, which is the
 * caller's. @pv: 1: two mappings a page, 0: one. The grants (domid, ref) are for the caller to write.
 */
/*@ requires mem:    pages_mem(p) && pv <= 1 && profile <= GNT_PROFILE_HEADER;
    requires mine:   gnt_my_own != 0 && gnt_my_share == 0 && p.count == gnt_my_pages;
    requires fresh:  map_placed(p.count) && \forall integer i; 0 <= i < p.count ==> page_unmapped(i);
    assigns  p.state[0 .. p.count-1], p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1],
             p.life->users, p.life->deferred, p.life->mode, p.life->pv, p.life->header, p.life->armed, gnt_my_own, gnt_my_share;
    ensures  share:  gnt_my_share == \old(gnt_my_own) && gnt_my_own == 0;
    ensures  empty:  \forall integer i; 0 <= i < p.count ==> p.state[i] == GNT_PAGE_EMPTY && notify_silent(p, i);
    ensures  life:   p.life->users == 1 && p.life->deferred == 0 && p.life->mode == GNT_MODE_NEVER;
    ensures  inv:    map_inv(p);
*/
void gnt_map_init(struct gnt_pages p, u32 pv, u32 profile);

/*
 * The hypercalls of an mmap, in the way @mode (GNT_MODE_READONLY or GNT_MODE_WRITABLE), which is the map's from now on. 0:
 * every page is LIVE. -GNT_EINVAL: a grant could not be mapped, and all that were are unmapped again, or wait for it if in use,
 * or are LOST; or the map was shown before, and nothing happened. GNT-MMAP-006, GNT-MMAP-008 to -011, -014, -017, -021.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires share:  block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    requires mode:   mode == GNT_MODE_READONLY || mode == GNT_MODE_WRITABLE;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, GNT_XEN_ALL;
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  live:   \result == 0 ==> map_shown(gnt_my_pages, mode == GNT_MODE_WRITABLE ? 1 : 0);
*/
s32 gnt_map_show(u64 block, u32 mode);

/*
 * User space is about to lose pages @from .. @to-1. PV: those of them that are LIVE leave it, their armed bytes being cleared
 * first, and those that are not in use are given back; the others are retried later. Auto-translated: nothing happens
 * (GNT-MUNMAP-002). 0; -GNT_EAGAIN: not @may_block, and the lock is not free: nothing happened. GNT-MUNMAP-001, -005 to -008,
 * -012, -014, GNT-NOTIFY-015, -016, -028.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires share:  block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    requires range:  from <= to <= gnt_my_pages;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, GNT_XEN_ALL;
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  error:  \result == 0 || (\result == -GNT_EAGAIN && may_block == 0);
    ensures  out:    \result == 0 && gnt_map_pv == 1 ==> pages_out(from, to);
*/
s32 gnt_map_invalidate(u64 block, u32 from, u32 to, u32 may_block);

/*
 * Every page leaves user space, on auto-translated domains too: an mmap whose hypercalls went well came to nothing all the
 * same. No entry of a page table may be left that shows a page, but those which make it count as in use. GNT-MMAP-009.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires share:  block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, GNT_XEN_ALL, gnt_hid;
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  out:    pages_out(0, gnt_my_pages) && gnt_hid == block;
*/
void gnt_map_hide(u64 block);

/*
 * The map is neither listed nor mapped any more: its share, the caller's, ends. What is LIVE leaves user space, as above; what
 * is not in use is given back; and if nothing is left to be retried, the map ends: its events are sent in ascending order of
 * their pages, its placeholder pages go back, the block is freed. GNT-MUNMAP-002, GNT-NOTIFY-015 to -021, -024, GNT-CLOSE-005
 * to -007.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires share:  block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    requires hands:  ports_room;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, gnt_my_share, GNT_XEN_ALL, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  share:  gnt_my_share == 0;
    ensures  out:    pages_out(0, gnt_my_pages);
    ensures  ports:  ports_same{Pre,Post};
*/
void gnt_map_drop(u64 block);

/*
 * What gnt_env_defer() promised: pages that were in use are tried again. If some still are, so is the promise, and otherwise
 * it ends, and with it the map if it has no share any more, as in gnt_map_drop(). GNT-MUNMAP-005, GNT-CLOSE-005.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires retry:  block != 0 && gnt_my_retry == block && gnt_my_share == 0;
    requires hands:  ports_room;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, gnt_my_retry, GNT_XEN_ALL, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  retry:  gnt_my_retry == 0;
    ensures  ports:  ports_same{Pre,Post};
*/
void gnt_map_retry(u64 block);

/*
 * SET_UNMAP_NOTIFY on page @page: see gnt_notify_set(). 0: the caller's reference on @port (SEND_EVENT) is the map's now, and
 * that of the event replaced is put. -GNT_EINVAL: CLEAR_BYTE on a map that is mapped read-only; nothing changed, and the caller
 * has its reference still. GNT-NOTIFY-006, -013, -014, -021.
 */
/*@ requires open:   gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0;
    requires share:  block != 0 && gnt_my_share == block && gnt_my_retry == 0;
    requires page:   page < gnt_my_pages && offset < GNT_PAGE_SIZE;
    requires action: action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT;
    requires mine:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    requires hands:  ports_room;
    assigns  { *q | u32 *q; \true }, gnt_map_locked, gnt_my_own, GNT_XEN_ALL, gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  open:   gnt_map_locked == 0 && gnt_my_own == 0;
    ensures  error:  \result == 0 || \result == -GNT_EINVAL;
    ensures  taken:  \result == 0 ==> \forall integer i; 0 <= i < GNT_PORTS_MAX ==>
                       gnt_port_refs[i] == \at(gnt_port_refs[i], Pre)
                         - (i == port && notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ? 1 : 0);
    ensures  kept:   \result != 0 ==> ports_same{Pre,Post};
*/
s32 gnt_map_notify(u64 block, u32 page, u32 action, u32 offset, u32 port);
