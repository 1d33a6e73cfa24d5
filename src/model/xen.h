/* SPDX-License-Identifier: MIT */
/*
 * Xen as the driver sees it: the grant-table hypercalls, with the structures and status codes of the public headers.
 * The caller is always MODEL_DOM0. Each op of a call has its own status. A call that fails as a whole, with -errno, has
 * executed no op and set no status; what it was to unmap is then lost. No lock may be held but one that allows
 * hypercalls, and over a copy none at all.
 */
#pragma once
#include "world.h"

int xen_map_grant_ref(struct model *m, struct gnttab_map_grant_ref *op, u32 n);
int xen_unmap_grant_ref(struct model *m, struct gnttab_unmap_grant_ref *op, u32 n);
int xen_copy(struct model *m, struct gnttab_copy *op, u32 n);

/* ---- within Xen */

/* May MODEL_DOM0 use @ref of @domid so, for a mapping or a copy? GNTST_okay, and the frame. */
s16 xen_grant_use(struct model *m, domid_t domid, grant_ref_t ref, bool write, u32 *mfn);

/* domain.c: the entry of @ref if it grants anything, or NULL; a mapping of @ref is gone; and the end of all domains. */
struct grant_entry_v1 *xen_granted(struct model *m, u32 domid, u32 ref);
void xen_grant_unused(struct model *m, u32 domid, u32 ref);
void xen_free(struct model *m);

/* port.c: the other ends of a domain's event channels are closed. */
void xen_ports_close(struct model *m, u32 domid);
