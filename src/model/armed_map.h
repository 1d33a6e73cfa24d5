/* SPDX-License-Identifier: MIT */
/*
 * The predicates of src/core/map_logic.h and notify_logic.h as code, proven as those of armed.h are. What Xen has is ghost state to
 * the proof, and the model's own record here: armed_xen says how the one is written down as the other.
 */
#pragma once
#include "env_map.h"

/* Xen's view of a map's pages, as the model keeps it (struct mirror_map) */
struct armed_xen {
	const u32 *user, *kernel; /* [count]: 1 + the handle of the mapping, or 0 */
	const u8 *writable; /* [count]: 1: the kernel's mapping was made writable */
	const u8 *gone; /* [count]: 1: the placeholder page was given back */
	const u8 *refused; /* [count]: 1: Xen refused to unmap the page */
};

/*@ predicate armed_page{L}(struct armed_xen x, integer i) =
         gnt_xen_user[i] == x.user[i] - 1 && gnt_xen_kernel[i] == x.kernel[i] - 1
      && gnt_xen_writable[i] == x.writable[i] && gnt_placed[i] == 1 - x.gone[i]
      && gnt_refused[i] == x.refused[i];
    predicate armed_xen{L}(struct gnt_pages p, struct armed_xen x) =
         \valid_read(x.user + (0 .. p.count-1)) && \valid_read(x.kernel + (0 .. p.count-1))
      && \valid_read(x.writable + (0 .. p.count-1)) && \valid_read(x.gone + (0 .. p.count-1))
      && \valid_read(x.refused + (0 .. p.count-1))
      && (\forall integer i; 0 <= i < p.count ==> armed_page(x, i))
      && (\forall integer i; p.count <= i < GNT_PAGES_MAX ==> gnt_placed[i] == 0);
*/

/* ---- I7 */

/*@ requires mem:   pages_mem(p) && i < p.count;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> notify_page(p, i);
*/
u32 armed_notify_page(struct gnt_pages p, u32 i);

/*@ requires mem:   pages_mem(p);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> notify_inv(p);
*/
u32 armed_notify(struct gnt_pages p);

/* ---- I4, I5 */

/*@ requires mem:   pages_mem(p);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> map_kind(p);
*/
u32 armed_kind(struct gnt_pages p);

/*@ requires mem:   pages_mem(p) && armed_xen(p, x) && i < p.count;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> page_told(p, i);
*/
u32 armed_told(struct gnt_pages p, struct armed_xen x, u32 i);

/*@ requires mem:   pages_mem(p) && i < p.count;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> page_due(p, i);
*/
u32 armed_due(struct gnt_pages p, u32 i);

/* @shares, @promises: of the block, as the model keeps them */
/*@ requires mem:   pages_mem(p);
    requires kept:  gnt_map_shares == shares && gnt_map_promises == promises;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> map_users(p);
*/
u32 armed_users(struct gnt_pages p, u32 shares, u32 promises);

/* All that must hold of a map's pages when its lock is released. */
/*@ requires mem:   pages_mem(p) && armed_xen(p, x);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> map_inv(p);
*/
u32 armed_map(struct gnt_pages p, struct armed_xen x);
