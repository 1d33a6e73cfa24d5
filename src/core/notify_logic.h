/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of notify.h mean: what is armed on a page, which notification another one replaces, and how references on
 * ports move. Comments only, for the compiler.
 */
#pragma once

/*@ predicate notify_page{L}(struct gnt_pages p, integer i) =
      p.byte[i] <= GNT_PAGE_SIZE && p.event[i] <= 1 && p.port[i] < GNT_PORTS_MAX;
    predicate notify_silent{L}(struct gnt_pages p, integer i) = p.byte[i] == 0 && p.event[i] == 0;

    // ---- linux profile: one notification a map, on the page that armed says. header profile: one a page, armed is 0
    predicate notify_single{L}(struct gnt_pages p, integer i) =
      p.life->header == GNT_PROFILE_LINUX && i != p.life->armed - 1 ==> notify_silent(p, i);
    predicate notify_armed{L}(struct gnt_pages p) =
      p.life->armed <= p.count && (p.life->header != GNT_PROFILE_LINUX ==> p.life->armed == 0);

    predicate notify_pages{L}(struct gnt_pages p) = \forall integer i; 0 <= i < p.count ==> notify_page(p, i);
    predicate notify_singles{L}(struct gnt_pages p) = \forall integer i; 0 <= i < p.count ==> notify_single(p, i);
    predicate notify_inv{L}(struct gnt_pages p) = notify_armed(p) && notify_pages(p) && notify_singles(p);

    // ---- the page whose notification a new one for this page replaces
    logic integer notify_replaced{L}(struct gnt_pages p, integer page) =
      p.life->header == GNT_PROFILE_LINUX && p.life->armed != 0 ? p.life->armed - 1 : page;

    // ---- what is armed on page i is as it was
    predicate notify_kept{A,B}(struct gnt_pages p, integer i) =
         \at(p.byte[i], A) == \at(p.byte[i], B) && \at(p.event[i], A) == \at(p.event[i], B)
      && \at(p.port[i], A) == \at(p.port[i], B);

    // ---- the action as a sum: is this one in it? 1: yes
    logic integer notify_asks(integer action, integer what) = (action / what) % 2;

    // ---- references in hand on port i, given (0 or 1 on port a) and taken (0 or 1 on port b)
    predicate notify_moved{A,B}(integer i, integer given, integer a, integer taken, integer b) =
      \at(gnt_port_refs[i], B) == \at(gnt_port_refs[i], A) - (i == a ? given : 0) + (i == b ? taken : 0);
*/
