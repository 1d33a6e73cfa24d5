/* SPDX-License-Identifier: MIT */
/*
 * Xen: the three grant-table operations that the driver uses, as the public headers describe them and as Xen 4.17
 * answers. It knows page-table entries and frames, and nothing of Linux.
 */
#include <string.h>
#include "xen.h"

/* ---- access to a grant: for a mapping, which holds it, or for a copy */

/*
 * May MODEL_DOM0 use @ref of the domain @domid, which exists, so? GNTST_okay, and the frame. A reference beyond the
 * table is a bad one; an entry that grants nothing, or not to us, or not this access, is a general error.
 */
static s16 grant_use(struct model *m, domid_t domid, grant_ref_t ref, bool write, u32 *mfn)
{
	const struct grant_entry_v1 *entry;

	if (ref >= m->domain[domid].entries)
		return GNTST_bad_gntref;
	entry = xen_granted(m, domid, ref);
	if (!entry || entry->domid != MODEL_DOM0)
		return GNTST_general_error;
	if (write && (entry->flags & GTF_readonly))
		return GNTST_general_error;
	*mfn = entry->frame;
	return GNTST_okay;
}

/* What the granting domain sees of the mappings of @ref. */
static void grant_show(struct domain *d, grant_ref_t ref)
{
	const struct active *active = &d->active[ref];
	u32 flags = d->entry[ref].flags & ~(u32)(GTF_reading | GTF_writing);

	if (active->readers + active->writers)
		flags |= GTF_reading;
	if (active->writers)
		flags |= GTF_writing;
	d->entry[ref].flags = (uint16_t)flags;
}

/* ---- maptrack: a handle for each mapping */

static grant_handle_t handle_new(struct model *m)
{
	grant_handle_t handle = m->maptrack_free;

	if (handle != NONE) {
		m->maptrack_free = m->maptrack[handle].next;
		return handle;
	}
	if (m->maptracks == m->options.maptrack)
		return NONE;
	handle = m->maptracks++;
	m->maptrack = own_grow(m->maptrack, &m->maptrack_room, m->maptracks, sizeof(*m->maptrack));
	return handle;
}

static void handle_free(struct model *m, grant_handle_t handle)
{
	m->maptrack[handle] = (struct maptrack){ .next = m->maptrack_free };
	m->maptrack_free = handle;
}

/* ---- GNTTABOP_map_grant_ref */

static struct pte *host_pte(struct model *m, u64 host_addr, u32 flags)
{
	return flags & GNTMAP_contains_pte ? pte_of_machine(m, host_addr) : pte_of_kernel(m, host_addr);
}

static s16 map_one(struct model *m, struct gnttab_map_grant_ref *op)
{
	bool write = !(op->flags & GNTMAP_readonly);
	grant_handle_t handle;
	struct active *active;
	struct pte *pte;
	u32 mfn;
	s16 status;

	if (!(op->flags & GNTMAP_host_map))
		return GNTST_bad_gntref; /* the driver has no use for device mappings */
	if (op->dom >= m->domains)
		return GNTST_bad_domain;
	handle = handle_new(m);
	if (handle == NONE)
		return GNTST_no_device_space;
	pte = host_pte(m, op->host_addr, op->flags);
	status = grant_use(m, op->dom, op->ref, write, &mfn);
	if (status == GNTST_okay && !pte)
		status = GNTST_general_error;
	if (status != GNTST_okay) {
		handle_free(m, handle);
		return status;
	}
	ensure(pte->mfn == NONE, "I4: a grant is mapped where something is mapped already");
	pte->mfn = mfn;
	pte->flags = PTE_GRANT | (write ? PTE_WRITE : 0) | (op->flags & GNTMAP_application_map ? PTE_USER : 0);
	active = &m->domain[op->dom].active[op->ref];
	active->readers += !write;
	active->writers += write;
	grant_show(&m->domain[op->dom], op->ref);
	m->maptrack[handle] = (struct maptrack){
		.host_addr = op->host_addr, .flags = op->flags, .dom = op->dom, .ref = op->ref, .mfn = mfn,
	};
	m->alive.handles++;
	op->handle = handle;
	return GNTST_okay;
}

/* custom: fails on demand. Of an op that failed the handle is left as it was, as in Xen: who uses it, uses garbage. */
void xen_map_grant_ref(struct model *m, struct gnttab_map_grant_ref *op, u32 n)
{
	ensure(m->locks == 0, "I10: a hypercall under the lock");
	for (u32 i = 0; i < n; i++)
		op[i].status = fault_strikes(m, MODEL_FAULT_MAP) ? GNTST_general_error : map_one(m, &op[i]);
}

/* ---- GNTTABOP_unmap_grant_ref */

static s16 unmap_one(struct model *m, const struct gnttab_unmap_grant_ref *op)
{
	struct maptrack *track;
	struct active *active;
	struct pte *pte;

	if (op->handle >= m->maptracks || m->maptrack[op->handle].flags == 0)
		return GNTST_bad_handle;
	track = &m->maptrack[op->handle];
	pte = host_pte(m, op->host_addr, track->flags);
	if (!pte || pte->mfn != track->mfn || !(pte->flags & PTE_GRANT))
		return GNTST_general_error;
	*pte = (struct pte){ .mfn = NONE };
	active = &m->domain[track->dom].active[track->ref];
	if (track->flags & GNTMAP_readonly)
		active->readers--;
	else
		active->writers--;
	grant_show(&m->domain[track->dom], track->ref);
	handle_free(m, op->handle);
	m->alive.handles--;
	return GNTST_okay;
}

/* dup */
void xen_unmap_grant_ref(struct model *m, struct gnttab_unmap_grant_ref *op, u32 n)
{
	ensure(m->locks == 0, "I10: a hypercall under the lock");
	for (u32 i = 0; i < n; i++)
		op[i].status = unmap_one(m, &op[i]);
}

/* ---- GNTTABOP_copy */

/* Only DOMID_SELF may name a frame by its number. */
static s16 copy_domain(const struct model *m, const struct gnttab_copy_ptr *side, bool foreign)
{
	if (side->domid == DOMID_SELF)
		return GNTST_okay;
	if (!foreign)
		return GNTST_permission_denied;
	return side->domid < m->domains ? GNTST_okay : GNTST_bad_domain;
}

/* The frame of one side: what the grant gives access to, or a frame of our own. */
static s16 copy_frame(struct model *m, const struct gnttab_copy_ptr *side, bool foreign, bool write, u32 *mfn)
{
	if (foreign)
		return grant_use(m, side->domid == DOMID_SELF ? MODEL_DOM0 : side->domid, side->u.ref, write, mfn);
	if (side->u.gmfn >= m->frames || m->frame[side->u.gmfn].owner != MODEL_DOM0)
		return GNTST_bad_page;
	*mfn = (u32)side->u.gmfn;
	return GNTST_okay;
}

static s16 copy_one(struct model *m, const struct gnttab_copy *op)
{
	bool from_foreign = op->flags & GNTCOPY_source_gref, to_foreign = op->flags & GNTCOPY_dest_gref;
	u32 source = NONE, dest = NONE;
	s16 status;

	status = copy_domain(m, &op->source, from_foreign);
	if (status == GNTST_okay)
		status = copy_domain(m, &op->dest, to_foreign);
	if (status == GNTST_okay)
		status = copy_frame(m, &op->source, from_foreign, false, &source);
	if (status == GNTST_okay)
		status = copy_frame(m, &op->dest, to_foreign, true, &dest);
	if (status != GNTST_okay)
		return status;
	if (op->source.offset + op->len > (int)GNT_PAGE_SIZE || op->dest.offset + op->len > (int)GNT_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	memmove(frame_bytes(m, dest) + op->dest.offset, frame_bytes(m, source) + op->source.offset, op->len);
	if (!to_foreign)
		m->frame[dest].written = true;
	return GNTST_okay;
}

/* What Linux owes Xen for an op: flags it knows, and a local frame that a pin keeps. */
static void copy_expect(const struct model *m, const struct gnttab_copy *op)
{
	xen_pfn_t source = op->source.u.gmfn, dest = op->dest.u.gmfn;

	ensure(!(op->flags & ~(GNTCOPY_source_gref | GNTCOPY_dest_gref)), "GNT-COPY-022: a copy op with unknown flags");
	if (!(op->flags & GNTCOPY_source_gref))
		ensure(source < m->frames && m->frame[source].pins, "a copy reads a frame that is not pinned");
	if (!(op->flags & GNTCOPY_dest_gref))
		ensure(dest < m->frames && m->frame[dest].writable, "a copy writes a frame not pinned for that");
}

/* custom: fails on demand; an op that Linux should never have made ends the program */
void xen_copy(struct model *m, struct gnttab_copy *op, u32 n)
{
	ensure(m->locks == 0, "I10: a hypercall under the lock");
	for (u32 i = 0; i < n; i++) {
		copy_expect(m, &op[i]);
		op[i].status = fault_strikes(m, MODEL_FAULT_COPY) ? GNTST_general_error : copy_one(m, &op[i]);
		ensure(op[i].status != GNTST_bad_copy_arg, "I8: a copy op leaves a page");
	}
}
