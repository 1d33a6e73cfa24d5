/* SPDX-License-Identifier: MIT */
/*
 * Xen: mapping and unmapping of grants, as the public headers describe them and as Xen 4.17 answers. It knows page-table
 * entries and frames, and nothing of Linux. (Copies: xen_copy.c.)
 */
#include <string.h>
#include "xen.h"

/* of one reference at a time, read-only and writable ones apart: Xen counts to here with its eight bits */
#define MAX_PINS 128u

/* ---- access to a grant: for a mapping, which holds it, or for a copy */

/*
 * A reference beyond the table is a bad one; an entry that grants nothing, or not to us, or not this access, is a
 * general error, as is one mapping too many; and only who may use a frame hears that it is paged out.
 */
s16 xen_grant_use(struct model *m, domid_t domid, grant_ref_t ref, bool write, u32 *mfn)
{
	const struct grant_entry_v1 *entry;
	struct active *active;

	if (domid >= m->domains || m->domain[domid].dead)
		return GNTST_bad_domain;
	if (ref >= m->domain[domid].entries)
		return GNTST_bad_gntref;
	entry = xen_granted(m, domid, ref);
	if (!entry || entry->domid != MODEL_DOM0)
		return GNTST_general_error;
	if (write && (entry->flags & GTF_readonly))
		return GNTST_general_error;
	active = &m->domain[domid].active[ref];
	if ((write ? active->writers : active->readers) >= MAX_PINS)
		return GNTST_general_error;
	if (active->eagain) {
		active->eagain--;
		return GNTST_eagain;
	}
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

/* What an auto-translated domain has in its page tables is no business of Xen's. */
static struct pte *host_pte(struct model *m, u64 host_addr, u32 flags)
{
	if (!(flags & GNTMAP_contains_pte))
		return pte_of_kernel(m, host_addr);
	return m->options.mode == MODEL_PV ? pte_of_machine(m, host_addr) : NULL;
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
	if (op->dom >= m->domains || m->domain[op->dom].dead)
		return GNTST_bad_domain;
	handle = handle_new(m);
	if (handle == NONE)
		return GNTST_no_device_space;
	pte = host_pte(m, op->host_addr, op->flags);
	status = xen_grant_use(m, op->dom, op->ref, write, &mfn);
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

/*
 * custom: fails on demand, one op or the call as a whole. Of an op that failed the handle is left as it was, as in Xen:
 * who uses it, uses garbage.
 */
int xen_map_grant_ref(struct model *m, struct gnttab_map_grant_ref *op, u32 n)
{
	ensure(m->locks == 0, "I10: a hypercall under the lock");
	if (fault_strikes(m, MODEL_FAULT_HYPERCALL))
		return -EFAULT;
	for (u32 i = 0; i < n; i++) {
		op[i].status = fault_status(m, MODEL_FAULT_MAP);
		if (op[i].status == GNTST_okay)
			op[i].status = map_one(m, &op[i]);
	}
	return 0;
}

/* ---- GNTTABOP_unmap_grant_ref */

/* What @handle maps stays mapped; nobody is to ask for it again (GNT-MUNMAP-008). */
static void refuse(struct model *m, grant_handle_t handle)
{
	struct maptrack *track = &m->maptrack[handle];
	struct pte *pte = host_pte(m, track->host_addr, track->flags);

	track->lost = true;
	if (pte)
		pte->flags |= PTE_LOST;
	m->refused++;
	m->lost_handles++;
	m->alive.handles--;
}

/*
 * custom: what Linux owes to others: the kernel's mapping of a page goes when nobody uses the page any more, and no
 * sooner
 */
static void unmap_expect(const struct model *m, const struct maptrack *track, const struct pte *pte)
{
	const struct page *page;

	ensure(!track->lost && !(pte->flags & PTE_LOST), "GNT-MUNMAP-008: a page that is lost is unmapped again");
	if (track->flags & GNTMAP_contains_pte)
		return;
	page = &m->page[(track->host_addr - KERNEL_BASE) / GNT_PAGE_SIZE];
	ensure(page->pins == 0, "GNT-MUNMAP-005: a page is unmapped that is in use");
	ensure(page->mapped == 0, "GNT-MUNMAP-002: a page is unmapped that user space sees");
}

static struct pte *mapped(struct model *m, const struct gnttab_unmap_grant_ref *op, s16 *status)
{
	struct maptrack *track;
	struct pte *pte;

	*status = GNTST_bad_handle;
	if (op->handle >= m->maptracks || m->maptrack[op->handle].flags == 0)
		return NULL;
	track = &m->maptrack[op->handle];
	pte = host_pte(m, op->host_addr, track->flags);
	*status = GNTST_general_error;
	if (!pte || pte->mfn != track->mfn || !(pte->flags & PTE_GRANT))
		return NULL;
	unmap_expect(m, track, pte);
	*status = GNTST_okay;
	return pte;
}

static s16 unmap_one(struct model *m, const struct gnttab_unmap_grant_ref *op, s16 demanded)
{
	struct maptrack *track;
	struct active *active;
	s16 status;
	struct pte *pte = mapped(m, op, &status);

	if (!pte)
		return status;
	if (demanded != GNTST_okay) {
		refuse(m, op->handle);
		return demanded;
	}
	track = &m->maptrack[op->handle];
	*pte = (struct pte){ .mfn = NONE };
	active = &m->domain[track->dom].active[track->ref];
	if (track->flags & GNTMAP_readonly)
		active->readers--;
	else
		active->writers--;
	grant_show(&m->domain[track->dom], track->ref);
	xen_grant_unused(m, track->dom, track->ref);
	handle_free(m, op->handle);
	m->alive.handles--;
	return GNTST_okay;
}

/* custom: refuses on demand, one op or the call as a whole */
int xen_unmap_grant_ref(struct model *m, struct gnttab_unmap_grant_ref *op, u32 n)
{
	bool whole = fault_strikes(m, MODEL_FAULT_HYPERCALL);

	ensure(m->locks == 0, "I10: a hypercall under the lock");
	for (u32 i = 0; i < n; i++) {
		s16 status = unmap_one(m, &op[i], whole ? GNTST_general_error : fault_status(m, MODEL_FAULT_UNMAP));

		if (!whole)
			op[i].status = status;
	}
	return whole ? -EFAULT : 0;
}
