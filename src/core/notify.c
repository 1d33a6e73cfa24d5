// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Unmap notifications (I7): three arrays, and ghost steps where a reference changes hands. No byte is cleared, no event sent and
 * no reference dropped here.
 */
#include "notify.h"

void gnt_notify_init(struct gnt_pages p)
{
	p.life->armed = 0;
	/*@ loop invariant range:  0 <= i <= p.count;
	    loop invariant silent: \forall integer k; 0 <= k < i ==> notify_silent(p, k) && notify_page(p, k);
	    loop assigns i, p.byte[0 .. p.count-1], p.event[0 .. p.count-1], p.port[0 .. p.count-1];
	    loop variant p.count - i;
	*/
	for (u32 i = 0; i < p.count; i++) {
		p.byte[i] = 0;
		p.event[i] = 0;
		p.port[i] = 0;
	}
}

u32 gnt_notify_take_byte(struct gnt_pages p, u32 page)
{
	u32 byte = p.byte[page];

	p.byte[page] = 0;
	/*@ ghost
	    gnt_byte_due = byte;
	    gnt_byte_page = page;
	*/
	return byte;
}

u32 gnt_notify_take_event(struct gnt_pages p, u32 page)
{
	u32 event = p.event[page];

	/*@ ghost
	    if (event != 0) {
	      gnt_port_refs[p.port[page]] = gnt_port_refs[p.port[page]] + 1;
	      gnt_event_due = 1ull + p.port[page];
	    }
	*/
	p.event[page] = 0;
	return event;
}

/* Arms page @page, on which nothing is armed; of the other pages nothing is said: they stay. */
/*@ requires mem:    pages_mem(p) && notify_pages(p);
    requires page:   page < p.count && offset < GNT_PAGE_SIZE;
    requires action: action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT;
    requires mine:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    requires silent: notify_silent(p, page);
    assigns  p.byte[page], p.event[page], p.port[page], gnt_port_refs[port];
    ensures  pages:  notify_pages(p);
    ensures  byte:   p.byte[page] == (notify_asks(action, GNT_NOTIFY_CLEAR_BYTE) == 1 ? offset + 1 : 0);
    ensures  event:  p.event[page] == notify_asks(action, GNT_NOTIFY_SEND_EVENT);
    ensures  port:   notify_asks(action, GNT_NOTIFY_SEND_EVENT) == 1 ==> p.port[page] == port;
    ensures  given:  port < GNT_PORTS_MAX ==> gnt_port_refs[port] == \old(gnt_port_refs[port]) - p.event[page];
*/
static void arm(struct gnt_pages p, u32 page, u32 action, u32 offset, u32 port)
{
	if (action / GNT_NOTIFY_CLEAR_BYTE % 2 != 0)
		p.byte[page] = offset + 1;
	if (action / GNT_NOTIFY_SEND_EVENT % 2 != 0) {
		//@ ghost gnt_port_refs[port] = gnt_port_refs[port] - 1;
		p.event[page] = 1;
		p.port[page] = port;
	}
}

struct gnt_replaced gnt_notify_set(struct gnt_pages p, u32 page, u32 action, u32 offset, u32 port)
{
	struct gnt_replaced old;
	u32 victim = page;

	if (p.life->header == GNT_PROFILE_LINUX) {
		if (p.life->armed != 0)
			victim = p.life->armed - 1;
		p.life->armed = page + 1;
	}
	old.event = p.event[victim];
	old.port = p.port[victim];
	/*@ ghost
	    if (old.event != 0)
	      gnt_port_refs[old.port] = gnt_port_refs[old.port] + 1;
	*/
	p.byte[victim] = 0;
	p.event[victim] = 0;
	arm(p, page, action, offset, port);
	return old;
}
