/* SPDX-License-Identifier: MIT */
/*
 * I4 to I7 as code: what the record of each page says is what Xen has, and one notification a map, or one a page (map_inv of
 * map_logic.h, notify_inv of notify_logic.h).
 */
#include "armed_map.h"

/* ---- I7 */

u32 armed_notify_page(struct gnt_pages p, u32 i)
{
	return p.byte[i] <= GNT_PAGE_SIZE && p.event[i] <= 1 && p.port[i] < GNT_PORTS_MAX;
}

/*@ requires mem:   pages_mem(p) && i < p.count;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> notify_single(p, i);
*/
static u32 single(struct gnt_pages p, u32 i)
{
	return p.life->header != GNT_PROFILE_LINUX || (p.life->armed != 0 && i == p.life->armed - 1)
	       || (p.byte[i] == 0 && p.event[i] == 0);
}

/*@ requires mem:   pages_mem(p);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> notify_armed(p);
*/
static u32 armed(struct gnt_pages p)
{
	return p.life->armed <= p.count && (p.life->header == GNT_PROFILE_LINUX || p.life->armed == 0);
}

u32 armed_notify(struct gnt_pages p)
{
	if (!armed(p))
		return 0;
	/*@ loop invariant range:   0 <= i <= p.count;
	    loop invariant pages:   \forall integer j; 0 <= j < i ==> notify_page(p, j);
	    loop invariant singles: \forall integer j; 0 <= j < i ==> notify_single(p, j);
	    loop assigns i;
	    loop variant p.count - i;
	*/
	for (u32 i = 0; i < p.count; i++) {
		if (!armed_notify_page(p, i) || !single(p, i))
			return 0;
	}
	return 1;
}

/* ---- I4 */

u32 armed_kind(struct gnt_pages p)
{
	return p.life->pv <= 1 && p.life->header <= GNT_PROFILE_HEADER && p.life->mode <= GNT_MODE_WRITABLE;
}

/*@ assigns \nothing;
    ensures same: \result != 0 <==> mapped - 1 == handle;
*/
static u32 is_handle(u32 mapped, u32 handle)
{
	return mapped != 0 && mapped - 1 == handle;
}

u32 armed_told(struct gnt_pages p, struct armed_xen x, u32 i)
{
	u32 state = p.state[i], user = x.user[i], kernel = x.kernel[i];

	//@ assert page: armed_page(x, i);
	if (p.life->mode == GNT_MODE_NEVER && state != GNT_PAGE_EMPTY)
		return 0;
	if (state == GNT_PAGE_EMPTY)
		return user == 0 && kernel == 0;
	if (state == GNT_PAGE_LIVE)
		return is_handle(kernel, p.kernel[i]) && (p.life->pv == 1 ? is_handle(user, p.user[i]) : user == 0)
		       && (p.life->mode != GNT_MODE_WRITABLE || x.writable[i] == 1);
	if (state == GNT_PAGE_RELEASING)
		return is_handle(kernel, p.kernel[i]) && user == 0;
	return state == GNT_PAGE_LOST && kernel != 0 && x.refused[i] == 1;
}

/* ---- I5 */

u32 armed_due(struct gnt_pages p, u32 i)
{
	if (p.state[i] == GNT_PAGE_LIVE)
		return p.life->users != 0 && p.life->users - 1 == p.life->deferred;
	return p.state[i] != GNT_PAGE_RELEASING || p.life->deferred == 1;
}

u32 armed_users(struct gnt_pages p, u32 shares, u32 promises)
{
	return shares <= 1 && promises <= 1 && p.life->users == shares + promises && p.life->deferred == promises;
}

/* ---- all of it */

u32 armed_map(struct gnt_pages p, struct armed_xen x)
{
	if (!armed_kind(p) || !armed_notify(p))
		return 0;
	/*@ loop invariant range:  0 <= i <= p.count;
	    loop invariant told:   \forall integer j; 0 <= j < i ==> page_told(p, j);
	    loop invariant due:    \forall integer j; 0 <= j < i ==> page_due(p, j);
	    loop invariant placed: \forall integer j; 0 <= j < i ==> gnt_placed[j] == 1;
	    loop assigns i;
	    loop variant p.count - i;
	*/
	for (u32 i = 0; i < p.count; i++) {
		//@ assert page: armed_page(x, i);
		if (!armed_told(p, x, i) || !armed_due(p, i) || x.gone[i] != 0) {
			//@ assert one: !page_told(p, i) || !page_due(p, i) || gnt_placed[i] != 1;
			//@ assert not: !map_inv(p);
			return 0;
		}
	}
	//@ assert placed: map_placed(p.count);
	return 1;
}
