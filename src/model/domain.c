/* SPDX-License-Identifier: MIT */
/*
 * Domains, their grant tables (version 1), and what a granting domain itself does: grant, revoke, use its own frames,
 * page them out, die. It must not know who maps a grant, only that somebody does.
 */
#include <stdlib.h>
#include <string.h>
#include "xen.h"

/* entries in a frame of the grant table, and the most frames (Xen's default for gnttab_max_frames) */
#define GRANT_ENTRIES (GNT_PAGE_SIZE / (u32)sizeof(struct grant_entry_v1))
#define GRANT_FRAMES 64u

void xen_free(struct model *m)
{
	for (u32 domid = 0; domid < m->domains; domid++) {
		free(m->domain[domid].entry);
		free(m->domain[domid].active);
	}
	free(m->domain);
	free(m->maptrack);
	free(m->port);
}

uint32_t model_domain(struct model *m)
{
	ensure(m->domains < DOMID_FIRST_RESERVED, "model_domain: no more domain ids");
	m->domain = own_grow(m->domain, &m->domain_room, m->domains + 1, sizeof(*m->domain));
	m->domain[m->domains] = (struct domain){
		.entries = GRANT_ENTRIES, .free = NONE, .next = GNTTAB_NR_RESERVED_ENTRIES,
	};
	return m->domains++;
}

struct grant_entry_v1 *xen_granted(struct model *m, u32 domid, u32 ref)
{
	struct domain *d;

	if (domid >= m->domains)
		return NULL;
	d = &m->domain[domid];
	if (ref >= d->next || ref < GNTTAB_NR_RESERVED_ENTRIES)
		return NULL;
	return (d->entry[ref].flags & GTF_type_mask) == GTF_permit_access ? &d->entry[ref] : NULL;
}

static void domain_room(struct domain *d, u32 want)
{
	u32 room = d->room;

	d->entry = own_grow(d->entry, &room, want, sizeof(*d->entry));
	d->active = own_grow(d->active, &d->room, want, sizeof(*d->active));
	while (d->entries < want)
		d->entries += GRANT_ENTRIES;
}

static s64 grant(struct model *m, u32 owner, u32 to, int readonly, u32 ref)
{
	struct domain *d = &m->domain[owner];

	d->active[ref] = (struct active){ 0 };
	d->entry[ref] = (struct grant_entry_v1){
		.flags = (uint16_t)(GTF_permit_access | (readonly ? GTF_readonly : 0)),
		.domid = (domid_t)to,
		.frame = frame_new(m, owner),
	};
	return ref;
}

/* A reference that was never given out. */
static u32 fresh(struct domain *d)
{
	domain_room(d, d->next + 1);
	return d->next++;
}

int64_t model_grant(struct model *m, uint32_t owner, uint32_t to, int readonly)
{
	struct domain *d;
	u32 ref;

	if (owner >= m->domains || to >= m->domains || m->domain[owner].dead)
		return -EINVAL;
	d = &m->domain[owner];
	ref = d->free;
	if (ref != NONE)
		d->free = d->entry[ref].frame;
	else if (d->next == GRANT_FRAMES * GRANT_ENTRIES)
		return -ENOSPC;
	else
		ref = fresh(d);
	return grant(m, owner, to, readonly, ref);
}

int64_t model_grant_as(struct model *m, uint32_t owner, uint32_t to, int readonly, uint32_t ref)
{
	struct domain *d;
	u32 *link;

	if (owner >= m->domains || to >= m->domains || m->domain[owner].dead || ref < GNTTAB_NR_RESERVED_ENTRIES
	    || ref >= GRANT_FRAMES * GRANT_ENTRIES || xen_granted(m, owner, ref))
		return -EINVAL;
	d = &m->domain[owner];
	while (d->next <= ref) {
		u32 free = fresh(d);

		d->entry[free].frame = d->free;
		d->free = free;
	}
	for (link = &d->free; *link != ref; )
		link = &d->entry[*link].frame;
	*link = d->entry[ref].frame;
	return grant(m, owner, to, readonly, ref);
}

static void end_grant(struct model *m, u32 owner, u32 ref, struct grant_entry_v1 *entry)
{
	frame_put(m, entry->frame);
	entry->flags = GTF_invalid;
	entry->frame = m->domain[owner].free;
	m->domain[owner].free = ref;
}

int model_revoke(struct model *m, uint32_t owner, uint32_t ref)
{
	struct grant_entry_v1 *entry = xen_granted(m, owner, ref);

	if (!entry || m->domain[owner].dead)
		return -ENOENT;
	if (entry->flags & (GTF_reading | GTF_writing))
		return -EBUSY;
	end_grant(m, owner, ref, entry);
	return 0;
}

int model_page_out(struct model *m, uint32_t owner, uint32_t ref, uint32_t n)
{
	if (!xen_granted(m, owner, ref) || m->domain[owner].dead)
		return -ENOENT;
	m->domain[owner].active[ref].eagain = n;
	return 0;
}

/* ---- the end of a domain: as with Xen, its memory remains as long as somebody has it mapped */

void xen_grant_unused(struct model *m, u32 domid, u32 ref)
{
	struct grant_entry_v1 *entry = xen_granted(m, domid, ref);

	if (entry && m->domain[domid].dead && !(entry->flags & (GTF_reading | GTF_writing)))
		end_grant(m, domid, ref, entry);
}

int model_domain_die(struct model *m, uint32_t domid)
{
	if (domid >= m->domains || domid == MODEL_DOM0 || m->domain[domid].dead)
		return -EINVAL;
	m->domain[domid].dead = true;
	for (u32 ref = GNTTAB_NR_RESERVED_ENTRIES; ref < m->domain[domid].next; ref++)
		xen_grant_unused(m, domid, ref);
	xen_ports_close(m, domid);
	return 0;
}

/* ---- its own memory */

static u8 *owner_bytes(struct model *m, u32 owner, u32 ref, u32 offset, u32 len)
{
	struct grant_entry_v1 *entry = xen_granted(m, owner, ref);

	if (!entry || m->domain[owner].dead || len > GNT_PAGE_SIZE || offset > GNT_PAGE_SIZE - len)
		return NULL;
	return frame_bytes(m, entry->frame) + offset;
}

int model_owner_load(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, void *buf, uint32_t len)
{
	const u8 *bytes = owner_bytes(m, owner, ref, offset, len);

	if (!bytes)
		return -EINVAL;
	memcpy(buf, bytes, len);
	return 0;
}

int model_owner_store(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, const void *buf, uint32_t len)
{
	u8 *bytes = owner_bytes(m, owner, ref, offset, len);

	if (!bytes)
		return -EINVAL;
	memcpy(bytes, buf, len);
	return 0;
}
