/* SPDX-License-Identifier: MIT */
/*
 * Xen as the driver sees it: the grant-table hypercalls, with the structures and status codes of the public headers.
 * The caller is always MODEL_DOM0, a PV domain. Each op of a call has its own status; a call itself does not fail. No
 * lock may be held.
 */
#pragma once
#include "world.h"

void xen_map_grant_ref(struct model *m, struct gnttab_map_grant_ref *op, u32 n);
void xen_unmap_grant_ref(struct model *m, struct gnttab_unmap_grant_ref *op, u32 n);
void xen_copy(struct model *m, struct gnttab_copy *op, u32 n);

/* domain.c: the entry of @ref if it grants anything, or NULL; and the end of all domains. */
struct grant_entry_v1 *xen_granted(struct model *m, u32 domid, u32 ref);
void xen_free(struct model *m);
