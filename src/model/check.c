/* SPDX-License-Identifier: MIT */
/*
 * The invariants I1 to I6 and I10 (I2 when slots are reserved), as code that looks at the state between two calls and
 * ends the program if one is broken; and the digest of what a client can know. This file alone reads the core's arrays;
 * it must not change anything but marks for counting.
 */
#include <string.h>
#include "gntdev.h"

/* ---- I1: slots and table (slots_logic.h, table_logic.h) */

static u32 larger(u32 a, u32 b)
{
	return a < b ? b : a;
}

/*
 * The summary is exact: leaves say what the owners say, inner nodes what their children say. Wrong bits are gathered,
 * not tested one by one: a fuzzer does this after every call.
 */
static u32 wrong_node(const struct gnt_slots *s, u32 k, u32 half)
{
	u32 left = 2 * k, right = 2 * k + 1;
	u32 prefix = s->prefix[left] + (s->prefix[left] == half ? s->prefix[right] : 0);
	u32 suffix = s->suffix[right] + (s->suffix[right] == half ? s->suffix[left] : 0);
	u32 run = larger(larger(s->run[left], s->run[right]), s->suffix[left] + s->prefix[right]);

	return (s->prefix[k] ^ prefix) | (s->suffix[k] ^ suffix) | (s->run[k] ^ run);
}

static void check_slots(const struct gnt_slots *s)
{
	u32 wrong = 0;

	for (u32 q = 0; q < s->capacity; q++) {
		u32 leaf = s->capacity + q, free = s->owner[q] == 0;

		wrong |= (s->prefix[leaf] ^ free) | (s->suffix[leaf] ^ free) | (s->run[leaf] ^ free);
	}
	ensure(!wrong, "I1: a leaf of the slots' summary is wrong");
	for (u32 level = s->capacity / 2, half = 1; level; level /= 2, half *= 2) {
		for (u32 k = level; k < 2 * level; k++)
			wrong |= wrong_node(s, k, half);
	}
	ensure(!wrong, "I1: a node of the slots' summary is wrong");
}

/* Each record owns exactly its slots, and each slot is of a record. Returns the number of records. */
static u64 check_table(const struct gnt_table *t)
{
	const u32 capacity = t->slots.capacity;
	u64 records = 0;

	ensure(capacity >= GNT_SLOTS_MIN && capacity <= GNT_SLOTS_MAX, "I3: the capacity of a table is out of bounds");
	ensure(!(capacity & (capacity - 1)), "I3: the capacity of a table is no power of two");
	check_slots(&t->slots);
	for (u32 first = 0; first < capacity; ) {
		u32 count = t->count[first], end = first + (count ? count : 1), owner = count ? first + 1 : 0;

		ensure(end <= capacity, "I3: a map ends beyond the table");
		ensure(count != 0 || t->map[first] == 0, "I1: a map is listed that has no slots");
		records += count != 0;
		for (u32 q = first; q < end; q++) {
			ensure(t->slots.owner[q] == owner, "I1: a slot has another owner than the table says");
			ensure(q == first || (t->count[q] == 0 && t->map[q] == 0), "I1: a map begins within a map");
		}
		first = end;
	}
	return records;
}

/*
 * I2, by looking at every slot: no lower range of @count slots was free, nor was any if the answer is that none is. The
 * slots just reserved count as free, as they were.
 */
void check_reservation(const struct gntdev *dev, s64 first, u32 count)
{
	const struct gnt_slots *s = &dev->table.slots;
	u32 end = first < 0 ? s->capacity : (u32)first;
	u32 run = 0;

	for (u32 q = 0; q < end; q++) {
		run = s->owner[q] == 0 ? run + 1 : 0;
		ensure(run < count, "I2: a lower range of slots was free");
	}
	ensure(first < 0 || run == 0, "I2: a range that begins one slot lower was free");
}

/* All tables, but those whose lock nobody has taken since the last time: without it the driver cannot reach a table. */
static u64 check_tables(struct model *m, u64 *files)
{
	u64 records = 0;

	for (const struct file *file = m->files; file; file = file->next) {
		struct gntdev *dev = file->dev;

		if (dev->checked != dev->lock.taken)
			dev->records = check_table(&dev->table);
		dev->checked = dev->lock.taken;
		records += dev->records;
		(*files)++;
	}
	return records;
}

void check_empty(const struct gntdev *dev)
{
	ensure(check_table(&dev->table) == 0, "GNT-SLOT-008: slots are owned after the last descriptor and mapping");
}

/* GNT-SLOT-008: a map has its slots as long as it is listed or mapped, and is found there only if it is listed. */
static void check_slots_of(const struct gntdev_map *map)
{
	const struct gnt_table *t = &map->dev->table;

	ensure(map->first < t->slots.capacity, "I3: a map begins beyond the table");
	ensure(t->count[map->first] == map->count, "GNT-SLOT-008: a map has not its slots");
	ensure(t->map[map->first] == (map->listed ? (uintptr_t)map : 0), "I1: a map is not listed as it should be");
}

/* ---- I4: a page of a map holds both handles or none, and they are for this page */

static bool check_handle(const struct gntdev_map *map, u32 i, u32 handle, u64 host_addr, const struct pte *pte)
{
	const struct ioctl_gntdev_grant_ref *ref = &map->ref[i];
	const struct model *m = map->m;
	const struct maptrack *track;

	if (handle == NONE)
		return false;
	ensure(handle < m->maptracks, "I4: a handle that Xen never gave");
	track = &m->maptrack[handle];
	ensure(track->flags && track->host_addr == host_addr, "I4: a handle is not that of its page");
	ensure(track->dom == ref->domid && track->ref == ref->ref, "I4: a handle is not that of its grant");
	ensure(!(track->flags & GNTMAP_readonly) == map->seen.writable, "GNT-MMAP-011: a grant is mapped too freely");
	ensure(pte && pte->mfn == track->mfn, "GNT-MMAP-020: a page does not show its grant");
	ensure(m->domain[track->dom].entry[track->ref].frame == track->mfn, "a page does not show its owner's frame");
	return true;
}

static void check_map(struct model *m, const struct gntdev_map *map)
{
	u32 handles = 0;

	for (u32 i = 0; i < map->count; i++) {
		u64 addr = map->start + (u64)i * GNT_PAGE_SIZE;
		u64 kernel = KERNEL_BASE + (u64)map->page[i] * GNT_PAGE_SIZE;
		struct pte *pte = pte_of_kernel(m, kernel);

		ensure(pte != NULL, "I6: a map's placeholder page is not held");
		if (map->handles == 0) {
			ensure(map->user[i] == NONE && map->kernel[i] == NONE, "I4: the number of handles is wrong");
			ensure(pte->mfn == NONE, "I4: a handle is lost");
			continue;
		}
		if (!check_handle(map, i, map->user[i], (u64)map->process->pid << MACHINE_PID_SHIFT | addr,
				  pte_next(map->process, &(u64){ addr }, addr + 1))) {
			ensure(map->kernel[i] == NONE && pte->mfn == NONE, "I4: a page is mapped by half");
			continue;
		}
		ensure(check_handle(map, i, map->kernel[i], kernel, pte), "I4: a page is mapped by half");
		handles += 2;
	}
	ensure(handles == map->handles, "I4: the number of handles is wrong");
	ensure(handles == 2 * map->seen.pages, "GNT-MUNMAP-001: other pages are mapped than the VMAs show");
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
	ensure(active == m->alive.handles, "I4: mappings of grants and handles differ in number");
}

/* ---- I5: users of a map are its listing and its VMAs; and what is alive is what can be found */

static u64 count_vmas(const struct model *m)
{
	u64 vmas = 0;

	for (u32 i = 0; i < m->processes; i++) {
		const struct process *p = m->process[i];

		for (u32 v = 0; p && v < p->vmas; v++) {
			const struct vma *vma = &p->vma[v];

			if (!vma->file)
				continue;
			vma->map->seen.vmas++;
			vma->map->seen.pages += (u32)((vma->end - vma->start) / GNT_PAGE_SIZE);
			vma->map->seen.writable = vma->flags & VM_WRITE;
			vmas++;
		}
	}
	return vmas;
}

static u64 check_maps(struct model *m)
{
	u64 maps = 0, pages = 0, handles = 0;

	for (struct gntdev_map *map = m->maps; map; map = map->next) {
		ensure(map->vmas == map->seen.vmas, "I5: a map's VMAs are not those there are");
		ensure(map->users == map->listed + map->vmas, "I5: a map's users are not its listing and its VMAs");
		ensure(map->users != 0, "I5: a map is alive that nobody uses");
		check_slots_of(map);
		check_map(m, map);
		maps++;
		pages += map->count;
		handles += map->handles;
	}
	ensure(handles == m->alive.handles, "I4: Xen has given handles that no map holds");
	ensure(pages == m->alive.pages, "I6: placeholder pages are held that no map has");
	ensure(maps == m->alive.maps, "I5: maps are alive that nobody finds");
	return maps;
}

void model_check(const struct model *world)
{
	struct model *m = (struct model *)world; /* for look-ups that can change things, and marks */
	u64 files = 0, records, maps;

	ensure(m->locks == 0, "I10: a lock is held between two calls");
	ensure(m->alive.pins == 0, "GNT-COPY-025: a page is pinned between two calls");
	for (struct gntdev_map *map = m->maps; map; map = map->next)
		memset(&map->seen, 0, sizeof(map->seen));
	records = check_tables(m, &files);
	ensure(files == m->alive.files, "files are alive that nobody finds");
	ensure(count_vmas(m) == m->alive.vmas, "VMAs are alive that nobody finds");
	maps = check_maps(m);
	ensure(maps == records, "I1: slots are owned, and by no map");
	check_grants(m);
	ensure(m->alive.memory == maps + files * (GNT_TABLE_ARRAYS + 1), "GNT-GEN-019: the driver has lost memory");
}

/* ---- the digest */

static u64 mix(u64 digest, u64 value)
{
	digest = (digest ^ value) * 0x9e3779b97f4a7c15ull;
	return digest ^ digest >> 32;
}

static u64 digest_map(u64 digest, const struct gntdev_map *map)
{
	digest = mix(mix(mix(digest, map->count), map->attempted), map->handles);
	for (u32 i = 0; i < map->count; i++) {
		digest = mix(digest, (u64)map->ref[i].domid << 32 | map->ref[i].ref);
		digest = mix(digest, map->user[i] != NONE);
	}
	return digest;
}

static u64 digest_process(u64 digest, const struct process *p)
{
	for (u32 fd = 0; fd < p->fd_room; fd++) {
		if (p->fd[fd])
			digest = mix(mix(digest, fd), p->fd[fd]->id);
	}
	for (u32 i = 0; i < p->vmas; i++) {
		const struct vma *vma = &p->vma[i];

		if (vma->file)
			digest = digest_map(mix(mix(mix(digest, vma->start), vma->end), vma->file->id), vma->map);
	}
	return digest;
}

uint64_t model_digest(const struct model *m)
{
	u64 digest = 0;

	for (const struct file *file = m->files; file; file = file->next) {
		const struct gnt_table *t = &file->dev->table;

		digest = mix(digest, file->id);
		for (u32 q = 0; q < t->slots.capacity; q++) {
			if (t->count[q])
				digest = mix(mix(digest, q), t->count[q]); /* a hidden map is met again at its VMAs */
			if (t->map[q])
				digest = digest_map(digest, (const struct gntdev_map *)(uintptr_t)t->map[q]);
		}
	}
	for (u32 i = 0; i < m->processes; i++) {
		if (m->process[i])
			digest = digest_process(mix(digest, i), m->process[i]);
	}
	return digest;
}
