// SPDX-License-Identifier: MIT
/*
 * After a call: are the two worlds in the same state, and did the same effects happen in the same order?
 */
#include <stdio.h>
#include "differ.h"

/* ---- effects, those of each map in their order */

static void put_event(struct event *list, u32 *n, struct event e)
{
	u32 at = (*n)++;

	for (; at > 0 && list[at - 1].map > e.map; at--)
		list[at] = list[at - 1];
	list[at] = e;
}

static u32 of_model(struct twin *t, struct event *list)
{
	u32 n = 0;

	for (u32 i = 0; i < t->rec.nevents; i++) {
		struct event e = t->rec.event[i];
		const struct block *b = e.map ? &t->block[e.map - 1] : NULL;

		e.map = b ? b->name : 0;
		if ((e.what == REF_EVENT_SENT && plant(CANARY_EVENT)) || (e.what == REF_BYTE_CLEARED && plant(CANARY_BYTE)))
			continue;
		if (e.what == REF_MAP_FREED && !e.map) /* a MAP_GRANT_REF that failed before the map had slots */
			agree(e.value, b->count, "pages given back by a MAP_GRANT_REF that failed");
		else
			put_event(list, &n, e);
	}
	return n;
}

static u32 of_reference(struct twin *t, struct event *list)
{
	u32 n = 0;

	for (u32 i = 0; i < t->w->effects && n < EVENTS; i++) {
		const struct ref_effect *r = &t->w->log[i];
		struct event e = { r->what, r->map, r->value, r->what == REF_BYTE_CLEARED ? r->page : 0 };

		if (r->what == REF_PORT_TAKEN)
			e.map = 0;
		if (r->what != REF_GRANT_MAPPED && r->what != REF_GRANT_UNMAPPED && r->what != REF_PAGE_LOST)
			put_event(list, &n, e);
	}
	return n;
}

static const char *named(u32 what)
{
	static const char *const names[] = {
		[REF_BYTE_CLEARED] = "byte cleared", [REF_PORT_TAKEN] = "port taken", [REF_EVENT_SENT] = "event sent",
		[REF_PORT_PUT] = "port put", [REF_MAP_FREED] = "map freed",
	};

	return names[what];
}

static void compare_effects(struct twin *t)
{
	static struct event got[EVENTS], want[EVENTS];
	u32 ngot = of_model(t, got), nwant = of_reference(t, want);

	for (u32 i = 0; i < ngot && i < nwant; i++) {
		if (got[i].what != want[i].what || got[i].map != want[i].map || got[i].value != want[i].value
		    || got[i].page != want[i].page) {
			disagree("effect: %s(map %u, page %u, %u) in the model, %s(map %u, page %u, %u) in the reference",
				 named(got[i].what), got[i].map, got[i].page, got[i].value,
				 named(want[i].what), want[i].map, want[i].page, want[i].value);
			return;
		}
	}
	if (ngot > nwant)
		disagree("effect: %s(map %u, page %u, %u) in the model, none in the reference", named(got[nwant].what),
			 got[nwant].map, got[nwant].page, got[nwant].value);
	if (nwant > ngot)
		disagree("effect: none in the model, %s(map %u, page %u, %u) in the reference", named(want[ngot].what),
			 want[ngot].map, want[ngot].page, want[ngot].value);
}

/* What the reference's effects do to memory, events and pages that this side keeps account of. */
static void account(struct twin *t)
{
	for (u32 i = 0; i < t->w->effects; i++) {
		const struct ref_effect *e = &t->w->log[i];
		const struct block *b = block_of(e->map);
		u32 grant = GRANTS;

		if (e->what == REF_EVENT_SENT && e->value <= PORTS && !t->port[e->value].peer_gone)
			t->port[e->value].events++;
		if (e->what == REF_MAP_FREED && b)
			t->lost += b->count - e->value;
		if (e->what == REF_BYTE_CLEARED && b)
			grant = grant_index(t, b->grant[e->page].domid, b->grant[e->page].ref);
		if (grant < GRANTS)
			t->grant[grant].bytes[e->value] = 0;
	}
	for (u32 port = 1; port <= PORTS; port++)
		agree((s64)model_port_events(t->m, port), (s64)t->port[port].events, "events delivered");
}

/* ---- the state of maps: who owns which slots, what is listed, what is mapped */

static void compare_record(const struct ref_map *m, struct gnt_state s)
{
	const struct block *b = block_of(m->name);
	u32 first = m->first + plant(CANARY_SLOT);

	if (first >= s.table.slots.capacity || s.table.count[first] != m->count || s.block[first] != b->block) {
		disagree("map %u does not own the %u slots from %u in the model", m->name, m->count, m->first);
		return;
	}
	agree(s.table.map[first] != 0, m->listed, "listed");
	agree(s.vmas[first] != 0, ref_mapped(m), "mapped");
	agree(s.tried[first], m->attempted, "attempted");
}

static void compare_instance(struct twin *t, u32 i)
{
	const struct ref_instance *instance = &t->w->instance[i];
	struct gnt_state s = t->instance[i]->state;
	u32 owned = 0;

	for (u32 k = 0; k < REF_MAPS; k++) {
		const struct ref_map *m = &t->w->map[k];

		if (!m->name || m->instance != i || !(m->reserved || m->listed || ref_mapped(m)))
			continue;
		compare_record(m, s);
		owned += m->count;
	}
	agree(s.limits->owned, owned, "slots owned");
	if (t->profile == REF_HEADER) {
		agree(s.limits->max, instance->max, "maximum");
		agree(s.limits->performed, instance->performed, "an ioctl has succeeded");
	}
}

/* ---- pages: what Xen has of them, and what user space sees */

static bool handles(struct twin *t, const struct block *b, u32 p, enum ref_state state)
{
	u8 kernel = b->kernel[p], user = b->user[p];

	switch (state) {
	case REF_EMPTY:
		return kernel == NONE_YET && user == NONE_YET;
	case REF_LIVE:
		return kernel == HELD && user == (t->pv ? HELD : NONE_YET);
	case REF_RELEASING:
		return user == NONE_YET && (kernel == HELD || !busy(t, b->name, p)); /* see flight.c */
	default:
		return kernel == REFUSED || user == REFUSED;
	}
}

static void compare_sight(struct twin *t, const struct ref_map *m, const struct block *b, u32 p, u32 process)
{
	u64 got = 0, want = 0;
	u32 grant = grant_index(t, m->page[p].grant.domid, m->page[p].grant.ref);
	bool live = m->page[p].state == REF_LIVE && !(b->zapped[p] & (1u << process));
	int error = model_load(t->m, t->pid[process], m->page[p].at[process] + 8, &got, sizeof(got));

	if (grant < GRANTS)
		memcpy(&want, t->grant[grant].bytes + 8, sizeof(want));
	if (b->user[p] == REFUSED)
		return; /* it is still there until Linux takes the entry away, and nobody can help that */
	if ((error == 0) != live)
		disagree("page %u of map %u is %saccessible in process %u", p, m->name, error ? "not " : "", process);
	else if (live && got + plant(CANARY_PAGE) != want)
		disagree("page %u of map %u shows another page in process %u", p, m->name, process);
	if (!vma_at(process_find(t->m, t->pid[process]), m->page[p].at[process]))
		disagree("page %u of map %u is not mapped in process %u", p, m->name, process);
}

static void compare_pages(struct twin *t, const struct ref_map *m, u64 *held, u64 *ports)
{
	const struct block *b = block_of(m->name);

	if (!b || b->freed) {
		disagree("map %u has been freed in the model", m->name);
		return;
	}
	for (u32 p = 0; p < m->count && p < REF_PAGES && !t->why[0]; p++) {
		enum ref_state state = m->page[p].state;

		if (state != REF_EMPTY && plant(CANARY_HANDLE))
			state = REF_EMPTY;
		if (!handles(t, b, p, state))
			disagree("page %u of map %u is in state %d, and its handles are kernel %d, user %d", p, m->name, state,
				 b->kernel[p], b->user[p]);
		*held += (b->kernel[p] == HELD) + (b->user[p] == HELD);
		*ports += (m->page[p].action & REF_SEND_EVENT) != 0;
		for (u32 process = 0; process < REF_PROCESSES; process++) {
			if (m->page[p].at[process])
				compare_sight(t, m, b, p, process);
		}
	}
}

/* Nothing is mapped where the reference has nothing. */
static void compare_holes(struct twin *t)
{
	for (u32 process = 0; process < REF_PROCESSES; process++) {
		u64 mapped = 0, want = 0;
		const struct process *p = t->pid[process] ? process_find(t->m, t->pid[process]) : NULL;

		for (u32 i = 0; p && i < p->vmas; i++)
			mapped += p->vma[i]->file ? (p->vma[i]->end - p->vma[i]->start) / PAGE : 0;
		for (u32 k = 0; k < REF_MAPS; k++) {
			const struct ref_map *m = &t->w->map[k];

			for (u32 i = 0; m->name && i < m->count && i < REF_PAGES; i++)
				want += m->page[i].at[process] != 0;
		}
		agree((s64)mapped, (s64)want, "pages mapped in a process");
	}
}

/* ---- all of it */

static void compare_counts(struct twin *t, u64 maps, u64 pages, u64 held, u64 ports)
{
	struct model_live live;
	u64 files = 0;

	model_live(t->m, &live);
	for (u32 i = 0; i < REF_INSTANCES; i++)
		files += t->w->instance[i].open;
	agree((s64)live.files, (s64)files, "instances");
	agree((s64)live.maps, (s64)maps, "maps");
	agree((s64)live.pages, (s64)pages, "placeholder pages, but for lost ones");
	agree((s64)live.handles, (s64)held, "grant handles");
	agree((s64)live.ports, (s64)ports, "references on ports");
	agree((s64)live.pins, 0, "pins");
	agree((s64)model_lost(t->m) + plant(CANARY_LOST), (s64)t->lost, "lost pages");
}

void compare(struct twin *t)
{
	u64 maps = 0, pages = 0, held = 0, ports = 0;

	compare_effects(t);
	account(t);
	for (u32 i = 0; i < REF_MAPS && !t->why[0]; i++) {
		const struct ref_map *m = &t->w->map[i];

		if (!m->name)
			continue;
		maps++;
		pages += m->count;
		compare_pages(t, m, &held, &ports);
	}
	if (!t->why[0])
		compare_counts(t, maps, pages, held, ports);
	if (!t->why[0])
		compare_holes(t);
	for (u32 i = 0; i < REF_INSTANCES && !t->why[0]; i++) {
		if (t->w->instance[i].open)
			compare_instance(t, i);
	}
}
