// SPDX-License-Identifier: MIT
/* Mappings, and what Linux does to them: mmap, munmap, mprotect, mremap, madvise, fork, exit. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include "run.h"

/* ---- mmap, munmap ---- */

int64_t step_mmap(struct run *r, const struct step *s)
{
	struct map *map = &r->map[s->reg];
	struct view *view = &r->view[s->view];
	const struct memory *before = &r->memory[s->memory];
	uint64_t addr = s->fixed_after ? before->addr + (uint64_t)before->pages * PAGE : 0;
	int64_t result;

	run_arm(r, s);
	result = r->dut->mmap(addr, s->len, s->prot, s->flags, r->file[s->file].fd, map->index + s->delta);
	run_disarm(r, s);
	if (result < 0)
		return result;
	if (s->error) {
		r->dut->munmap((uint64_t)result, s->len);
		return 0;
	}
	free(view->gone);
	free(view->dead);
	*view = (struct view){ .addr = (uint64_t)result, .base = (uint64_t)result, .pages = map->pages, .prot = s->prot,
			       .map = s->reg, .process = r->process, .gone = calloc(map->pages, sizeof(bool)),
			       .dead = calloc(map->pages, sizeof(bool)) };
	view->left = map->pages;
	map->mapped += map->pages;
	return 0;
}

/* Pages of the view have gone: nothing can be accessed there any more. */
static void pages_gone(struct run *r, struct view *view, uint32_t first, uint32_t n)
{
	uint8_t byte;

	for (uint32_t i = first; i < first + n; i++) {
		if (r->dut->load(view->base + (uint64_t)i * PAGE, &byte, 1) != -EFAULT)
			run_fails(r, "page %u can still be read", i);
		r->map[view->map].mapped -= !view->gone[i];
		view->left -= !view->gone[i];
		view->gone[i] = true;
	}
	if (view->left == 0)
		view->addr = 0;
}

/* On PV, pages of the view whose entries were to be changed are not LIVE any more (GNT-MUNMAP-012, GNT-MUNMAP-013). */
static void pages_die(struct run *r, const struct step *s, struct view *view)
{
	for (uint32_t i = s->page; s->dies && !r->config.automatic && i < s->page + s->pages; i++)
		view->dead[i] = true;
}

int64_t step_munmap(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	int64_t result;

	run_arm(r, s);
	result = r->dut->munmap(view->base + (uint64_t)s->page * PAGE, (uint64_t)s->pages * PAGE);
	run_disarm(r, s);
	if (result == 0 && !s->error)
		pages_gone(r, view, s->page, s->pages);
	return result;
}

int64_t step_mprotect(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	int64_t result;

	run_arm(r, s);
	result = r->dut->mprotect(view->base + (uint64_t)s->page * PAGE, (uint64_t)s->pages * PAGE, s->prot);
	run_disarm(r, s);
	if (result == 0)
		pages_die(r, s, view);
	return result;
}

int64_t step_madvise(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	int64_t result = r->dut->madvise(view->base + (uint64_t)s->page * PAGE, (uint64_t)s->pages * PAGE, s->flags);

	/* of either kind of domain: there is no page to be found for the address */
	for (uint32_t i = s->page; !result && s->dies && i < s->page + s->pages; i++)
		view->dead[i] = true;
	return result;
}

/* A whole view can move; of a part, the tail can be cut off. */
int64_t step_mremap(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	uint64_t from = view->base + (uint64_t)s->page * PAGE, old = (uint64_t)s->pages * PAGE, new = (uint64_t)s->count * PAGE;
	int64_t to = 0, result;
	uint8_t byte;

	if (s->flags & MREMAP_FIXED) {
		to = r->dut->mmap(0, new, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		r->dut->munmap((uint64_t)to, new);
	}
	run_arm(r, s);
	result = r->dut->mremap(from, old, new, s->flags, (uint64_t)to);
	run_disarm(r, s);
	if (result < 0 || s->error)
		return result < 0 ? result : 0;
	if (new < old)
		pages_gone(r, view, s->page + s->count, s->pages - s->count);
	if ((uint64_t)result != from) {
		if (r->dut->load(from, &byte, 1) != -EFAULT)
			run_fails(r, "what was moved can still be read at the old address");
		view->addr = view->base = (uint64_t)result;
	}
	pages_die(r, s, view);
	return 0;
}

/* ---- processes ---- */

int64_t step_fork(struct run *r, const struct step *s)
{
	int error;

	run_arm(r, s);
	error = r->dut->powers->fork(s->process);
	run_disarm(r, s);
	return error;
}

/* GNT-FORK-001, GNT-FORK-002 */
int64_t step_inherit(struct run *r, const struct step *s)
{
	const struct view *from = &r->view[s->view];
	struct view *view = &r->view[s->reg];
	uint8_t byte;

	if (!r->config.automatic) {
		run_become(r, s->process);
		for (uint32_t i = 0; i < from->pages; i++) {
			if (r->dut->load(from->base + (uint64_t)i * PAGE, &byte, 1) != -EFAULT)
				run_fails(r, "the child can read page %u", i);
		}
		return 0;
	}
	*view = *from;
	view->process = s->process;
	view->gone = memcpy(calloc(from->pages, sizeof(bool)), from->gone, from->pages * sizeof(bool));
	view->dead = memcpy(calloc(from->pages, sizeof(bool)), from->dead, from->pages * sizeof(bool));
	r->map[view->map].mapped += view->left;
	return 0;
}

int64_t step_exit(struct run *r, const struct step *s)
{
	for (unsigned int v = 0; v < VIEWS; v++) {
		struct view *view = &r->view[v];

		if (!view->addr || view->process != s->process)
			continue;
		r->map[view->map].mapped -= view->left;
		view->addr = 0;
	}
	for (unsigned int f = 0; f < FILES; f++)
		r->file[f].open &= r->file[f].process != s->process;
	for (unsigned int m = 0; m < MEMORIES; m++) {
		if (r->memory[m].process == s->process)
			r->memory[m].addr = 0;
	}
	run_become(r, s->process ? 0 : 1);
	r->dut->powers->exit(s->process);
	return 0;
}
