/* SPDX-License-Identifier: MIT */
/*
 * The invariants between two calls, as code that ends the program if one is broken: those of each state and each map
 * (check_state.c, check_map.c), and that states, maps, VMAs, Xen, ports and memory agree. It must not change anything
 * but marks for counting.
 */
#include <stdlib.h>
#include "gntdev.h"

/* what the driver allocates for an open file, and for a map */
#define FILE_BLOCKS (GNT_STATE_ARRAYS + 2) /* and struct gnt_file, struct gnt_limits */
#define MAP_BLOCKS 11u /* struct gntdev_map, placeholder pages, eight arrays and struct gnt_life */

/* ---- what has been found of a map, by the order in m->maps */
struct seen {
	const struct gntdev_map *map;
	u64 vmas, shown, works;
	bool record;
};

struct survey {
	struct model *m;
	struct seen *seen; /* [maps] */
	u32 maps;
};

static struct seen *seen_of(const struct survey *s, const struct gntdev_map *map)
{
	for (u32 i = 0; i < s->maps; i++) {
		if (s->seen[i].map == map)
			return &s->seen[i];
	}
	breach("I5: something names a map that is not there");
}

/* ---- VMAs: what user space sees (GNT-MMAP-020, GNT-MUNMAP-001, GNT-MUNMAP-012) */

static void check_entry(const struct survey *s, struct seen *seen, const struct vma *vma, u64 addr, const struct pte *pte)
{
	const struct gntdev_map *map = vma->map;
	u64 i = (addr - vma->start) / GNT_PAGE_SIZE + vma->pgoff - map->first;
	u32 state;

	ensure(i < map->pages.count, "GNT-MMAP-001: a mapping shows more pages than its map has");
	state = map->pages.state[i];
	if (pte->flags & PTE_LOST) {
		ensure(state == GNT_PAGE_LOST, "GNT-MUNMAP-008: a page was refused, and is not lost");
		return;
	}
	ensure(state == GNT_PAGE_LIVE, "GNT-MMAP-020: user space sees a page that is not live");
	if (s->m->options.mode == MODEL_PV)
		ensure((pte->flags & PTE_GRANT) && vma->process == map->process && addr == map->start + i * GNT_PAGE_SIZE,
		       "GNT-MMAP-020: user space sees something else than its grant");
	else
		ensure((pte->flags & PTE_PAGE) && pte->mfn == map->page[i], "GNT-MMAP-020: user space sees another page");
	ensure(!(pte->flags & PTE_WRITE) || map->pages.life->mode == GNT_MODE_WRITABLE,
	       "GNT-MMAP-011: a grant is mapped too freely");
	seen->shown++;
}

static void check_vma(const struct survey *s, const struct vma *vma)
{
	struct seen *seen = seen_of(s, vma->map);
	struct pte *pte;

	seen->vmas++;
	ensure(vma->file->dev == vma->map->file, "I5: a mapping is of another instance than its map");
	for (u64 at = vma->start; (pte = pte_next(vma->process, &at, vma->end)); at += GNT_PAGE_SIZE) {
		if (pte->mfn != NONE)
			check_entry(s, seen, vma, at, pte);
	}
}

static void check_vmas(const struct survey *s)
{
	u64 vmas = 0;

	for (u32 i = 0; i < s->m->processes; i++) {
		const struct process *p = s->m->process[i];

		for (u32 v = 0; p && v < p->vmas; v++) {
			if (!gntdev_is_vma(p->vma[v]))
				continue;
			check_vma(s, p->vma[v]);
			vmas++;
		}
	}
	ensure(vmas == s->m->alive.vmas, "VMAs are alive that nobody finds");
}

/* ---- states: each record's uses are those there are (I5) */

static void check_file(const struct survey *s, struct gnt_file *file)
{
	const struct gnt_state *state = &file->state;

	ensure(!file->lock.held, "I10: a lock is held between two calls");
	if (file->mirror.checked != file->lock.taken)
		check_state(state);
	file->mirror.checked = file->lock.taken;
	for (u32 k = 0; k < state->table.slots.capacity; k++) {
		struct seen *seen;

		if (!state->block[k])
			continue;
		seen = seen_of(s, gntdev_block(state->block[k]));
		ensure(!seen->record, "I1: a map is in two places");
		seen->record = true;
		ensure(state->vmas[k] == seen->vmas, "I5: a map's VMAs are not those there are");
		ensure(state->calls[k] == 0, "I5: a call uses a map, and there is none");
		ensure(state->table.count[k] == seen->map->pages.count, "GNT-SLOT-008: a map has not its slots");
		ensure(seen->vmas == 0 || (seen->map->file == file && seen->map->first == k),
		       "I5: a mapped map is elsewhere");
	}
}

static void check_files(const struct survey *s)
{
	u64 files = 0;

	for (const struct file *file = s->m->files; file; file = file->next) {
		check_file(s, file->dev);
		files++;
	}
	ensure(files == s->m->alive.files, "files are alive that nobody finds");
}

/* ---- Xen: what the mirror says is what Xen has (I4) */

static bool check_handle(const struct gntdev_map *map, u32 i, u32 has, const struct pte *pte)
{
	const struct model *m = map->m;
	const struct maptrack *track;

	ensure(has - 1 < m->maptracks, "I4: a handle that Xen never gave");
	track = &m->maptrack[has - 1];
	ensure(track->flags != 0, "I4: a handle that Xen has back");
	ensure(track->dom == map->pages.domid[i] && track->ref == map->pages.ref[i],
	       "I4: a handle is not that of its grant");
	ensure(pte && pte->mfn == track->mfn, "GNT-MMAP-020: a page does not show its grant");
	ensure(m->domain[track->dom].entry[track->ref].frame == track->mfn, "a page does not show its owner's frame");
	return !track->lost;
}

static u64 check_page(const struct gntdev_map *map, u32 i)
{
	struct pte *pte = pte_of_kernel(map->m, KERNEL_BASE + (u64)map->page[i] * GNT_PAGE_SIZE);
	u64 handles = 0;

	ensure(pte != NULL, "I6: a map's placeholder page is not held");
	if (map->mirror.kernel[i])
		handles += check_handle(map, i, map->mirror.kernel[i], pte);
	else
		ensure(pte->mfn == NONE, "I4: a handle is lost");
	ensure(!map->mirror.kernel[i] || !(pte->flags & PTE_WRITE) == (map->pages.life->mode == GNT_MODE_READONLY),
	       "GNT-MMAP-011: a grant is mapped too freely");
	if (map->mirror.user[i] && map->pages.state[i] == GNT_PAGE_LIVE)
		handles += check_handle(map, i, map->mirror.user[i],
					pte_find(map->process, map->start + (u64)i * GNT_PAGE_SIZE));
	return handles;
}

/* What the granting domains see is what the handles say. */
static void check_grants(const struct model *m)
{
	u64 active = 0;

	for (u32 domid = 0; domid < m->domains; domid++) {
		const struct domain *d = &m->domain[domid];

		for (u32 ref = GNTTAB_NR_RESERVED_ENTRIES; ref < d->next; ref++) {
			u32 users = d->active[ref].readers + d->active[ref].writers;

			active += users;
			ensure(!(d->entry[ref].flags & GTF_reading) == !users, "I4: a grant's use is not shown");
		}
	}
	ensure(active == m->alive.handles + m->lost_handles, "I4: mappings of grants and handles differ in number");
}

/* ---- maps */

/* I5: users are the share, which is the record's between calls, and the promise, which a work keeps. */
static void check_users(const struct gntdev_map *map, const struct seen *seen)
{
	ensure(!map->lock.held, "I10: a map's lock is held between two calls");
	ensure(map->mirror.shares == seen->record, "I5: a map is neither listed nor mapped, and nobody dropped it");
	ensure(map->mirror.promises == seen->works, "I5: a promise without a work to keep it, or a work without a promise");
	ensure(map->pages.life->users == map->mirror.shares + map->mirror.promises, "I5: a map's users are counted wrong");
	ensure(map->pages.life->users != 0, "I5: a map is alive that nobody uses");
	ensure(map->notifier.registered == (seen->vmas && map->pages.life->pv),
	       "a map is told of changes and has no VMA, or has one and is not told");
}

/* The LIVE pages of a mapped map are those that its VMAs show, on PV; the others' are hidden. */
static void check_map(const struct gntdev_map *map, const struct seen *seen, u64 *handles, u64 *events)
{
	u64 live = 0;

	check_users(map, seen);
	check_map_inv(map);
	for (u32 i = 0; i < map->pages.count; i++) {
		*handles += check_page(map, i);
		*events += map->pages.event[i];
		live += map->pages.state[i] == GNT_PAGE_LIVE;
	}
	ensure(!map->pages.life->pv || seen->shown == live, "GNT-MUNMAP-001: other pages are mapped than the VMAs show");
}

/* I7: the driver's references on each port are those of the events that are armed. */
static void check_ports(const struct model *m, u64 events)
{
	u32 *refs = events ? own_alloc(m->ports * sizeof(u32)) : NULL;

	for (const struct gntdev_map *map = m->maps; refs && map; map = map->next) {
		for (u32 i = 0; i < map->pages.count; i++) {
			if (map->pages.event[i])
				refs[map->pages.port[i]]++;
		}
	}
	for (u32 port = 1; port < m->ports; port++)
		ensure(m->port[port].driver == (refs ? refs[port] : 0),
		       "I7: a port is referenced that no event is armed for");
	ensure(events == m->alive.ports, "I7: references on ports and armed events differ in number");
	free(refs);
}

static void check_maps(const struct survey *s)
{
	u64 pages = 0, handles = 0, events = 0;

	for (u32 i = 0; i < s->maps; i++) {
		check_map(s->seen[i].map, &s->seen[i], &handles, &events);
		pages += s->seen[i].map->pages.count;
	}
	ensure(handles == s->m->alive.handles, "I4: Xen has given handles that no map holds");
	ensure(pages == s->m->alive.pages, "I6: placeholder pages are held that no map has");
	check_ports(s->m, events);
}

/* ---- all of it */

static struct survey survey_new(struct model *m)
{
	struct survey s = { .m = m, .seen = own_alloc((m->alive.maps + 1) * sizeof(*s.seen)) };

	for (const struct gntdev_map *map = m->maps; map; map = map->next) {
		ensure(s.maps < m->alive.maps, "I5: more maps are alive than were made");
		s.seen[s.maps++].map = map;
	}
	ensure(s.maps == m->alive.maps, "I5: maps are alive that nobody finds");
	for (const struct work *work = m->works; work; work = work->next) {
		if (work->fn == gntdev_retry)
			seen_of(&s, work->cookie)->works++;
	}
	return s;
}

void model_check(const struct model *world)
{
	struct model *m = (struct model *)world; /* for look-ups that can change things, and marks */
	struct survey s = survey_new(m);

	ensure(m->locks == 0 && m->map_locks == 0, "I10: a lock is held between two calls");
	ensure(m->call == NULL, "a call of the driver has not ended");
	ensure(m->alive.pins == 0, "GNT-COPY-025: a page is pinned between two calls");
	check_vmas(&s);
	check_files(&s);
	check_maps(&s);
	check_grants(m);
	ensure(m->alive.memory == s.maps * MAP_BLOCKS + m->alive.files * FILE_BLOCKS,
	       "GNT-GEN-019: the driver has lost memory");
	free(s.seen);
}
