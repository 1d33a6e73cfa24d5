/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of map.h and env_map.h mean: what the record of each page says of Xen's view of it (I4), the users of a
 * map (I5), and what one step makes of each page. Comments only, for the compiler, and macros for long lists of locations.
 */
#pragma once

/* for assigns: Xen's view of the pages of the map at hand; that, their placeholders, the map's users, and what is due; the byte */
#define GNT_XEN gnt_xen_user[0 .. GNT_PAGES_MAX-1], gnt_xen_kernel[0 .. GNT_PAGES_MAX-1], gnt_idle[0 .. GNT_PAGES_MAX-1], \
	gnt_xen_writable[0 .. GNT_PAGES_MAX-1], gnt_refused[0 .. GNT_PAGES_MAX-1]
#define GNT_XEN_ALL GNT_XEN, gnt_placed[0 .. GNT_PAGES_MAX-1], gnt_map_shares, gnt_map_promises, gnt_map_pv, GNT_BYTE_DUE, \
	gnt_event_due
#define GNT_BYTE_DUE gnt_byte_due, gnt_byte_page

/* for assigns: all arrays of a map */
#define GNT_PAGES(p) p.domid[0 .. p.count-1], p.ref[0 .. p.count-1], p.state[0 .. p.count-1], p.user[0 .. p.count-1], \
	p.kernel[0 .. p.count-1], p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1], \
	p.life->users, p.life->deferred, p.life->mode, p.life->pv, p.life->header, p.life->armed

/*@ // ---- Xen's view of one page
    predicate page_unmapped{L}(integer i) = gnt_xen_user[i] == GNT_UNMAPPED && gnt_xen_kernel[i] == GNT_UNMAPPED;
    predicate user_same{A,B}(integer i) = \at(gnt_xen_user[i], A) == \at(gnt_xen_user[i], B);
    predicate refused_same{A,B}(integer i) = \at(gnt_refused[i], A) == \at(gnt_refused[i], B);
    predicate kernel_same{A,B}(integer i) =
      \at(gnt_xen_kernel[i], A) == \at(gnt_xen_kernel[i], B) && \at(gnt_xen_writable[i], A) == \at(gnt_xen_writable[i], B);

    // ---- references in hand: room for one more of each port, and they are as they were
    predicate ports_room{L} = \forall integer i; 0 <= i < GNT_PORTS_MAX ==> 0 <= gnt_port_refs[i] < GNT_HANDS_MAX;
    predicate ports_same{A,B} = \forall integer i; 0 <= i < GNT_PORTS_MAX ==>
      \at(gnt_port_refs[i], A) == \at(gnt_port_refs[i], B);

    // ---- a batch for pages from .. to-1: whether it asks for page q, and whether Xen did what it was asked
    predicate batch_range(struct gnt_pages p, integer from, integer to) = from <= to <= p.count && to - from <= GNT_BATCH;
    predicate batch_asks{L}(struct gnt_batch *b, integer from, integer to, integer q) = from <= q < to && b->op[q - from] == 1;
    predicate batch_done{L}(struct gnt_batch *b, integer from, integer to, integer error, integer q) =
      batch_asks(b, from, to, q) && error == 0 && b->status[q - from] == GNT_STATUS_OKAY;
    predicate batch_failed{L}(struct gnt_batch *b, integer from, integer to, integer error, integer q) =
      batch_asks(b, from, to, q) && !batch_done(b, from, to, error, q);

    // ---- I4: what the record of page i says is what Xen has; of a LOST page only that it cannot go back, for Xen refused
    predicate page_told{L}(struct gnt_pages p, integer i) =
         p.state[i] <= GNT_PAGE_LOST
      && (p.state[i] == GNT_PAGE_EMPTY ==> page_unmapped(i))
      && (p.state[i] == GNT_PAGE_LIVE ==> gnt_xen_kernel[i] == p.kernel[i]
           && gnt_xen_user[i] == (p.life->pv == 1 ? p.user[i] : GNT_UNMAPPED)
           && (p.life->mode == GNT_MODE_WRITABLE ==> gnt_xen_writable[i] == 1))
      && (p.state[i] == GNT_PAGE_RELEASING ==> gnt_xen_kernel[i] == p.kernel[i] && gnt_xen_user[i] == GNT_UNMAPPED)
      && (p.state[i] == GNT_PAGE_LOST ==> gnt_xen_kernel[i] != GNT_UNMAPPED && gnt_refused[i] == 1)
      && (p.life->mode == GNT_MODE_NEVER ==> p.state[i] == GNT_PAGE_EMPTY);
    predicate map_told{L}(struct gnt_pages p) = \forall integer i; 0 <= i < p.count ==> page_told(p, i);

    // ---- a page of a map that is neither listed nor mapped is not LIVE; a page that waits has a retry to wait for
    predicate page_due{L}(struct gnt_pages p, integer i) =
         (p.state[i] == GNT_PAGE_LIVE ==> p.life->users == p.life->deferred + 1)
      && (p.state[i] == GNT_PAGE_RELEASING ==> p.life->deferred == 1);
    predicate map_due{L}(struct gnt_pages p) = \forall integer i; 0 <= i < p.count ==> page_due(p, i);

    // ---- what one step makes of page i
    predicate page_stays{A,B}(struct gnt_pages p, integer i) = \at(p.state[i], A) == \at(p.state[i], B);
    predicate page_taken{A,B}(struct gnt_pages p, integer i) = \at(p.state[i], A) == GNT_PAGE_LIVE
      ? \at(p.state[i], B) == GNT_PAGE_RELEASING || \at(p.state[i], B) == GNT_PAGE_LOST : page_stays{A,B}(p, i);
    predicate page_used{L}(struct gnt_pages p, integer i) = p.state[i] == GNT_PAGE_RELEASING && gnt_idle[i] == 0;
    predicate page_freed{A,B}(struct gnt_pages p, integer i) = \at(p.state[i], A) == GNT_PAGE_RELEASING
      ? \at(p.state[i], B) == GNT_PAGE_EMPTY || \at(p.state[i], B) == GNT_PAGE_LOST || page_used{B}(p, i)
      : page_stays{A,B}(p, i);
    predicate page_away{A,B}(struct gnt_pages p, integer i) = \at(p.state[i], B) != GNT_PAGE_LIVE
      && (\at(p.state[i], A) == GNT_PAGE_EMPTY || \at(p.state[i], A) == GNT_PAGE_LOST ==> page_stays{A,B}(p, i));
    predicate page_left{A,B}(struct gnt_pages p, integer i) = page_away{A,B}(p, i)
      && (\at(p.state[i], B) == GNT_PAGE_RELEASING ==> page_used{B}(p, i));

    // ---- to Xen, all pages of the map at hand are mapped; and may be written, if that was asked
    predicate map_shown{L}(integer count, integer writable) = \forall integer i; 0 <= i < count ==>
      gnt_xen_kernel[i] != GNT_UNMAPPED && (writable != 0 ==> gnt_xen_writable[i] == 1);

    // ---- page i has left user space and was given back, unless it is in use, or Xen refused
    predicate page_out{L}(integer i) =
      (gnt_xen_user[i] == GNT_UNMAPPED && (gnt_xen_kernel[i] == GNT_UNMAPPED || gnt_idle[i] == 0)) || gnt_refused[i] == 1;
    predicate pages_out{L}(integer from, integer to) = \forall integer i; from <= i < to ==> page_out(i);

    // ---- the placeholder pages are all there
    predicate map_placed{L}(integer count) =
      (\forall integer i; 0 <= i < count ==> gnt_placed[i] == 1)
      && (\forall integer i; count <= i < GNT_PAGES_MAX ==> gnt_placed[i] == 0);

    predicate map_kind{L}(struct gnt_pages p) =
      p.life->pv <= 1 && p.life->header <= GNT_PROFILE_HEADER && p.life->mode <= GNT_MODE_WRITABLE;

    // ---- no byte is to be cleared, no event to be sent, that was taken out of its record
    predicate nothing_due{L} = gnt_byte_due == 0 && gnt_event_due == 0;

    // ---- the lock is held, nothing is due, and all is as told; when and for whom the pages wait is open
    predicate map_work{L}(struct gnt_pages p) =
      gnt_locked == 0 && gnt_map_locked != 0 && nothing_due && pages_mem(p) && map_kind(p) && notify_inv(p)
      && map_told(p);

    predicate map_inv{L}(struct gnt_pages p) =
      map_kind(p) && notify_inv(p) && map_told(p) && map_due(p) && map_placed(p.count);

    // ---- I5: the users of the map whose lock is held are its share and its promise; what this thread has is among them
    predicate map_users{L}(struct gnt_pages p) =
         0 <= gnt_map_shares <= 1 && 0 <= gnt_map_promises <= 1
      && p.life->users == gnt_map_shares + gnt_map_promises && p.life->deferred == gnt_map_promises;
    predicate map_held{L}(struct gnt_pages p, u64 block) =
      pages_mem(p) && map_users(p) && p.life->pv == gnt_map_pv
      && (gnt_my_share == block ==> gnt_map_shares == 1 && p.count == gnt_my_pages)
      && (gnt_my_retry == block ==> gnt_map_promises == 1);
*/
