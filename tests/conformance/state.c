// SPDX-License-Identifier: MIT
/*
 * The expected state of a run, and its comparison with the device. Offsets are predicted by looking at every map
 * there is, contents by having copied the same bytes; nothing here is clever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "run.h"

#define SLOTS 1048576u /* GNT-SLOT-005 */

uint8_t *run_pattern(struct run *r, uint8_t *to, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++) {
		r->seed = r->seed * 6364136223846793005ull + 1442695040888963407ull;
		to[i] = (uint8_t)(r->seed >> 56);
	}
	return to;
}

uint32_t run_domid(const struct run *r, uint32_t number)
{
	return (number & 0xffff) == OWNER ? (number & ~0xffffu) | r->dut->owner() : number;
}

struct grant *map_grant(struct run *r, const struct map *map, uint32_t page)
{
	return &r->grant[map->first_grant + page % map->grants];
}

/* ---- offsets ---- */

/* Does the map own its slots? GNT-SLOT-008: while listed or mapped. Linux: while listed (DEF-202). */
static bool owns(const struct run *r, const struct map *map, uint32_t instance)
{
	return map->used && map->instance == instance && (map->listed || (!r->stock && map->mapped));
}

/* The map of @instance that owns the lowest slot at or above @slot, or NULL. */
static const struct map *next_map(const struct run *r, uint32_t instance, uint32_t slot)
{
	const struct map *best = NULL;

	for (unsigned int x = 0; x < MAPS; x++) {
		const struct map *map = &r->map[x];

		if (owns(r, map, instance) && map->slot + map->pages > slot && (!best || map->slot < best->slot))
			best = map;
	}
	return best;
}

uint32_t run_lowest(const struct run *r, uint32_t instance, uint32_t pages)
{
	const struct map *map;
	uint32_t at = 0;

	while ((map = next_map(r, instance, at))) {
		/* DEF-014: Linux never uses an exact fit */
		if (r->stock ? at + pages < map->slot : at + pages <= map->slot)
			break;
		at = map->slot + map->pages;
	}
	return at + pages <= SLOTS ? at : SLOTS;
}

/* ---- contents ---- */

static void compare(struct run *r, const char *what, unsigned int reg, uint32_t page, const uint8_t *want,
		    const uint8_t *got)
{
	for (uint32_t i = 0; i < PAGE; i++) {
		if (want[i] != got[i]) {
			run_fails(r, "%s %u, page %u, byte %u: expected %02x, found %02x", what, reg, page, i, want[i],
				  got[i]);
			return;
		}
	}
}

static void check_memory(struct run *r, unsigned int m)
{
	const struct memory *memory = &r->memory[m];
	uint8_t page[PAGE];

	run_become(r, memory->addr ? memory->process : r->process);
	for (uint32_t i = 0; memory->addr && i < memory->pages && !r->failed; i++) {
		if (memory->forbidden[i])
			continue;
		if (r->dut->load(memory->addr + (uint64_t)i * PAGE, page, PAGE))
			run_fails(r, "memory %u, page %u cannot be read", m, i);
		else
			compare(r, "memory", m, i, memory->bytes + (size_t)i * PAGE, page);
	}
}

static void check_grant(struct run *r, unsigned int g)
{
	uint8_t page[PAGE];

	if (!r->grant[g].made || r->failed)
		return;
	if (r->dut->owner_load(r->grant[g].ref, 0, page, PAGE))
		run_fails(r, "the owner of grant %u cannot read it", g);
	else
		compare(r, "grant", g, 0, r->grant[g].bytes, page);
}

/* GNT-MMAP-001, GNT-MAP-016: page i of a view shows page i of the map, which is refs[i]. */
static void check_view(struct run *r, unsigned int v)
{
	const struct view *view = &r->view[v];
	uint8_t page[PAGE];

	run_become(r, view->addr ? view->process : r->process);
	for (uint32_t i = 0; view->addr && i < view->pages && !r->failed; i++) {
		const struct grant *grant = map_grant(r, &r->map[view->map], i);
		bool hidden = view->dead[i] || !(view->prot & PROT_READ);

		if (view->gone[i] || !grant->made)
			continue;
		if (hidden && r->dut->load(view->addr + (uint64_t)i * PAGE, page, 1) != -EFAULT)
			run_fails(r, "view %u, page %u can be read", v, i);
		else if (hidden)
			continue;
		else if (r->dut->load(view->addr + (uint64_t)i * PAGE, page, PAGE))
			run_fails(r, "view %u, page %u cannot be read", v, i);
		else
			compare(r, "view", v, i, grant->bytes, page);
	}
}

void run_check_contents(struct run *r)
{
	for (unsigned int m = 0; m < MEMORIES; m++)
		check_memory(r, m);
	for (unsigned int g = 0; g < GRANTS; g++)
		check_grant(r, g);
	for (unsigned int v = 0; v < VIEWS; v++)
		check_view(r, v);
}

/* ---- unchanged after an error ---- */

static void check_count(struct run *r, const char *what, uint64_t before, uint64_t after)
{
	if (before != after)
		run_fails(r, "%s: %llu before the error, %llu after", what, (unsigned long long)before,
			  (unsigned long long)after);
}

static void check_state(struct run *r, const struct dut_state *before, const struct step *s)
{
	struct dut_state after;

	if (!r->dut->state)
		return;
	r->dut->state(&after);
	if (!s->spends && before->digest != after.digest)
		run_fails(r, "the error has changed the state");
	check_count(r, "files", before->files, after.files);
	check_count(r, "mappings", before->mappings, after.mappings);
	check_count(r, "maps", before->maps, after.maps);
	check_count(r, "blocks of memory", before->memory, after.memory);
	check_count(r, "placeholder pages", before->pages, after.pages);
	if (!s->loses)
		check_count(r, "handles", before->handles, after.handles);
	check_count(r, "pins", before->pins, after.pins);
	check_count(r, "references on ports", before->ports, after.ports);
	check_count(r, "notifiers", before->notifiers, after.notifiers);
}

/*
 * Maps one page and unmaps it again: which slot it gets tells whether the failed call has left a map behind or lost
 * one.
 */
static void probe(struct run *r, const struct file *file)
{
	struct ioctl_gntdev_map_grant_ref map = { .count = 1, .refs = { { .domid = run_domid(r, OWNER), .ref = BAD_REF } } };
	struct ioctl_gntdev_unmap_grant_ref unmap = { .count = 1 };
	uint32_t slot = run_lowest(r, file->instance, 1);
	static const struct step plain = { .action = IOCTL };
	int64_t result, want = slot == SLOTS ? -ENOMEM : 0;
	struct argument a;

	run_become(r, file->process);
	if (!argument_place(r, &plain, &map, sizeof(map), &a))
		return;
	result = r->dut->ioctl(file->fd, IOCTL_GNTDEV_MAP_GRANT_REF, a.addr);
	r->dut->load(a.addr, &map, sizeof(map));
	argument_free(r, &a);
	if (result != want) {
		run_fails(r, "probe MAP: expected %s, got %s", result_name(want), result_name(result));
		return;
	}
	if (result)
		return;
	if (map.index != (uint64_t)slot * PAGE)
		run_fails(r, "probe MAP: expected index %#llx, got %#llx", (unsigned long long)slot * PAGE,
			  (unsigned long long)map.index);
	unmap.index = map.index;
	if (!argument_place(r, &plain, &unmap, sizeof(unmap), &a))
		return;
	result = r->dut->ioctl(file->fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, a.addr);
	argument_free(r, &a);
	if (result)
		run_fails(r, "probe UNMAP: got %s", result_name(result));
}

void run_check_unchanged(struct run *r, const struct dut_state *before, const struct step *s)
{
	check_state(r, before, s);
	for (unsigned int f = 0; f < FILES; f++) {
		if (r->file[f].open && !r->failed && !r->no_probe)
			probe(r, &r->file[f]);
	}
	if (!r->failed)
		check_state(r, before, s);
}

/* ---- the end ---- */

/* Everything is closed, and what was deferred is done, in as many rounds as there may be at most. */
void run_clean_up(struct run *r)
{
	r->step = 0;
	if (r->dut->powers)
		r->dut->powers->meanwhile(NULL, NULL);
	for (unsigned int v = 0; v < VIEWS; v++) {
		struct view *view = &r->view[v];

		run_become(r, view->addr ? view->process : r->process);
		if (view->addr)
			r->dut->munmap(view->addr, (uint64_t)view->pages * PAGE);
		free(view->gone);
		free(view->dead);
	}
	for (unsigned int f = 0; f < FILES; f++) {
		run_become(r, r->file[f].open ? r->file[f].process : r->process);
		if (r->file[f].open)
			r->dut->close(r->file[f].fd);
	}
	for (unsigned int m = 0; m < MEMORIES; m++) {
		struct memory *memory = &r->memory[m];

		run_become(r, memory->addr ? memory->process : r->process);
		if (memory->addr)
			r->dut->munmap(memory->addr - PAGE, (memory->pages + 2ull) * PAGE);
		free(memory->bytes);
		free(memory->forbidden);
	}
	run_become(r, 0);
	for (unsigned int p = 0; p < PORTS; p++) {
		if (r->bound[p])
			r->dut->port_close(r->port[p]);
	}
	for (unsigned int i = 0; i < 4 && r->dut->powers && r->dut->powers->deferred(); i++)
		;
	for (unsigned int g = 0; g < GRANTS; g++) {
		int error = r->grant[g].made ? r->dut->revoke(r->grant[g].ref) : 0;

		/* what Xen refused to unmap stays mapped */
		if (error && !(r->dut->powers && r->dut->powers->lost()))
			run_fails(r, "at the end grant %u cannot be revoked: %s", g, result_name(error));
	}
}
