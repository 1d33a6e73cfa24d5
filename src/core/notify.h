/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Unmap notifications of one map (I7): which byte is to be cleared when its page goes, which event is to be sent when the map
 * ends. Here they are armed, replaced and taken out; this file must neither clear, nor send, nor drop a reference: the caller
 * does, with what it is given, and as nothing is given twice, nothing is carried out twice (GNT-NOTIFY-020, GNT-NOTIFY-022).
 *
 * The map's lock is held over every call, but for a map that nobody else knows yet.
 */
#pragma once
#include "pages.h"
#include "env_port.h"

/* what gnt_notify_set() replaced: 1 and the port on which there is now a reference to put, or 0 */
struct gnt_replaced {
	u32 event;
	u32 port;
};

/*@ ghost
   // the byte that was taken out of its record and is to be cleared: 1 + its offset, or 0, and its page
   u64 gnt_byte_due;
   u64 gnt_byte_page;
*/

#include "notify_logic.h"

/*
 * Nothing is armed, whatever the arrays held. O(count). The profile (life->header) stays as it is.
 */
/*@ requires mem:    pages_mem(p);
    assigns  p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1], p.life->armed;
    ensures  inv:    notify_inv(p);
    ensures  silent: \forall integer i; 0 <= i < p.count ==> notify_silent(p, i);
*/
void gnt_notify_init(struct gnt_pages p);

/*
 * Arms page @page: the actions of @action (a sum of GNT_NOTIFY_*, 0 for none), the byte at @offset of the page, an event to
 * @port, on which the caller has a reference in its hands. It replaces the map's notification, on whichever page, in the linux
 * profile, and that of the same page alone in the header profile. The new reference becomes the record's, that of the event
 * replaced the caller's. GNT-NOTIFY-001, GNT-NOTIFY-008 to GNT-NOTIFY-013.
 */
/*@ requires mem:    pages_mem(p) && notify_inv(p);
    requires page:   page < p.count && offset < GNT_PAGE_SIZE;
    requires action: action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT;
    requires mine:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    requires room:   port_room;
    assigns  p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1], p.life->armed,
             gnt_port_refs[0 .. GNT_PORTS_MAX-1];
    ensures  inv:    notify_inv(p);
    ensures  byte:   p.byte[page] == (notify_asks(action, GNT_NOTIFY_CLEAR_BYTE) == 1 ? offset + 1 : 0);
    ensures  event:  p.event[page] == notify_asks(action, GNT_NOTIFY_SEND_EVENT);
    ensures  port:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> p.port[page] == port;
    ensures  others: \forall integer i; 0 <= i < p.count && i != page && i != \old(notify_replaced(p, page)) ==>
                       notify_kept{Pre,Post}(p, i);
    ensures  gone:   \old(notify_replaced(p, page)) != page ==> notify_silent(p, \old(notify_replaced(p, page)));
    ensures  old:    \result.event == \old(p.event[notify_replaced(p, page)]);
    ensures  where:  \result.event <= 1 && \result.port < GNT_PORTS_MAX
                     && \result.port == \old(p.port[notify_replaced(p, page)]);
    ensures  refs:   \forall integer i; 0 <= i < GNT_PORTS_MAX ==>
                       notify_moved{Pre,Post}(i, p.event[page], port, \result.event, \result.port);
*/
struct gnt_replaced gnt_notify_set(struct gnt_pages p, u32 page, u32 action, u32 offset, u32 port);

/*
 * Takes out the byte that is to be cleared on page @page: 1 + its offset, and it is armed no more. 0: there is none.
 * The caller clears it before it takes out another. GNT-NOTIFY-015, GNT-NOTIFY-020, GNT-NOTIFY-028.
 */
/*@ requires mem:    pages_mem(p) && notify_inv(p);
    requires page:   page < p.count;
    requires none:   gnt_map_locked != 0 && gnt_byte_due == 0;
    assigns  p.byte[page], gnt_byte_due, gnt_byte_page;
    ensures  inv:    notify_inv(p);
    ensures  result: \result == \old(p.byte[page]) && \result <= GNT_PAGE_SIZE;
    ensures  once:   p.byte[page] == 0;
    ensures  due:    gnt_byte_due == \result && gnt_byte_page == page;
*/
u32 gnt_notify_take_byte(struct gnt_pages p, u32 page);

/*
 * Takes out the event that is to be sent for page @page: 1, it is armed no more, and its reference on p.port[@page] is in the
 * caller's hands, who sends it before it takes out another. 0: there is none. GNT-NOTIFY-018, GNT-NOTIFY-020.
 */
/*@ requires mem:    pages_mem(p) && notify_inv(p);
    requires page:   page < p.count;
    requires room:   port_room;
    requires none:   gnt_map_locked != 0 && gnt_event_due == 0;
    assigns  p.event[page], gnt_port_refs[p.port[page]], gnt_event_due;
    ensures  inv:    notify_inv(p);
    ensures  result: \result == \old(p.event[page]) && \result <= 1;
    ensures  once:   p.event[page] == 0;
    ensures  port:   p.port[page] < GNT_PORTS_MAX && p.port[page] == \old(p.port[page]);
    ensures  hand:   gnt_port_refs[p.port[page]] == \old(gnt_port_refs[p.port[page]]) + \result;
    ensures  due:    gnt_event_due == (\result == 0 ? 0 : 1 + p.port[page]);
*/
u32 gnt_notify_take_event(struct gnt_pages p, u32 page);
