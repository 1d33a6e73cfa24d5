/* SPDX-License-Identifier: MIT */
/*
 * Acts: a few calls that go together, as clients make them, and as they had better not. They are put into a program with all
 * that they need. It must not know what the right answer to a call is.
 */
#include "mutator_acts.h"

uint64_t some_page(struct scene *s, unsigned int pages)
{
	return (uint64_t)roll(s->d, pages ? pages : 1) * 0x1000;
}

unsigned int pages_of(struct scene *s, uint8_t view)
{
	return s->map[s->view[view].map].pages;
}

struct call *on_view(struct scene *s, enum op op, uint8_t view)
{
	unsigned int pages = pages_of(s, view), from = roll(s->d, pages ? pages : 1);
	struct call *c = scene_add(s, op);
	bool all = roll(s->d, 3) == 0;

	c->arg[0].which = s->view[view].process;
	c->arg[1] = held(ADDRESS, view, all ? 0 : from * 0x1000ull);
	if (operations[op].args[2] == 'L')
		c->arg[2] = all ? held(LENGTH, s->view[view].map, 0) : number_of(0x1000ull * (1 + (roll(s->d, 2) ? 0 : roll(s->d, 4))));
	return c;
}

struct call *on_map(struct scene *s, enum op op, uint8_t map)
{
	struct call *c = scene_add(s, op);

	c->arg[0].which = s->file[s->map[map].file].process;
	c->arg[1] = held(DESCRIPTOR, s->map[map].file, 0);
	make_value(&c->arg[2], 'A', s->d);
	c->arg[3] = held(OFFSET, map, 0);
	return c;
}

/* ---- a map is mapped: as it should be; again; in part; with an offset that is one if some of its bits are lost */

void act_show(struct scene *s)
{
	uint8_t map = fresh_map(s, 0);

	new_view(s, map, roll(s->d, 4) ? 3 : 1);
}

static void act_show_otherwise(struct scene *s)
{
	uint8_t map = roll(s->d, 2) ? need_map(s) : fresh_map(s, 0), view = new_view(s, map, roll(s->d, 2) ? 3 : roll(s->d, 8));
	struct call *c = s->at ? &s->p->call[s->at - 1] : &s->spare;

	(void)view;
	if (c->op != MMAP)
		return;
	switch (roll(s->d, 6)) {
	case 0:
		c->arg[6].number = 1ull << (32 + roll(s->d, 32));
		break;
	case 1:
		c->arg[6].number = some_page(s, 4);
		break;
	case 2:
		c->arg[2] = number_of(0x1000 + some_page(s, 4));
		break;
	case 3:
		c->arg[4] = number_of(roll(s->d, 4));
		break;
	default: /* as it should be, but perhaps it was mapped before */
		break;
	}
}

static void act_unmap(struct scene *s)
{
	uint8_t map = need_map(s);
	struct call *c = on_map(s, UNMAP, map);

	if (roll(s->d, 8) == 0)
		c->arg[3].number = roll(s->d, 2) ? 1ull << (32 + roll(s->d, 32)) : roll(s->d, 0x3000);
	c->arg[4] = roll(s->d, 2) ? number_of(roll(s->d, 4) ? 0 : roll(s->d, 4)) : held(PAGES, map, 0);
}

/* ---- a part of a mapping goes, or changes */

void act_cut(struct scene *s)
{
	uint8_t view = need_view(s);

	on_view(s, MUNMAP, view);
}

void act_change(struct scene *s)
{
	static const uint8_t ops[] = { MPROTECT, MREMAP, MADVISE, INVALIDATE, STORE, LOAD };
	uint8_t op = ops[roll(s->d, sizeof(ops))], view = need_view(s);
	struct call *c = on_view(s, (enum op)op, view);

	switch (op) {
	case MREMAP:
		c->arg[3] = roll(s->d, 2) ? c->arg[2] : number_of(0x1000 + some_page(s, 3));
		c->arg[4] = number_of(roll(s->d, 8));
		c->arg[5] = roll(s->d, 3) ? number_of(0x20000000 + some_page(s, 16)) : held(ADDRESS, view, some_page(s, 6));
		break;
	case MADVISE:
		c->arg[3] = number_of(roll(s->d, 4) ? 10 + roll(s->d, 2) : roll(s->d, 20));
		break;
	case MPROTECT:
		c->arg[3] = number_of(roll(s->d, 4));
		break;
	case INVALIDATE:
		c->arg[3] = number_of(roll(s->d, 2));
		break;
	default:
		c->arg[2] = number_of(1 + roll(s->d, 16));
		c->arg[3] = number_of(~0ull);
	}
}

void act_fork(struct scene *s)
{
	uint8_t view = need_view(s), child = (uint8_t)(1 + roll(s->d, 2));
	struct call *c = scene_add(s, FORK);

	c->arg[0].which = s->view[view].process;
	c->to = child;
	for (unsigned int i = roll(s->d, 4); i; i--)
		on_view(s, roll(s->d, 2) ? MUNMAP : STORE, view)->arg[0].which = roll(s->d, 2) ? child : s->view[view].process;
	if (roll(s->d, 2))
		scene_add(s, EXIT)->arg[0].which = roll(s->d, 2) ? child : s->view[view].process;
}

static void act_end(struct scene *s)
{
	uint8_t file = need_file(s);
	struct call *c = scene_add(s, roll(s->d, 2) ? CLOSE : EXIT);

	c->arg[0].which = s->file[file].process;
	if (c->op == CLOSE)
		c->arg[1] = held(DESCRIPTOR, file, 0);
}

/* ---- what is told: of addresses in, before and after a mapping, to its own file or to another one */

void act_offset(struct scene *s)
{
	static const uint64_t near[] = { 0, 0, 0x1000, 5, -1ull, -0x1000ull, -0x100000ull, 0x2000, 0x8000 };
	uint8_t view = need_view(s), file = s->map[s->view[view].map].file;
	struct call *c;

	if (roll(s->d, 3) == 0) {
		file = need_file(s);
		if (file == s->map[s->view[view].map].file || s->file[file].process != s->view[view].process)
			file = new_file(s, s->view[view].process);
	}
	c = scene_add(s, GET_OFFSET);
	c->arg[0].which = s->view[view].process;
	c->arg[1] = held(DESCRIPTOR, file, 0);
	make_value(&c->arg[2], 'A', s->d);
	c->arg[3] = held(ADDRESS, view, near[roll(s->d, sizeof(near) / sizeof(near[0]))]);
}

/* A notification, before the map is mapped or when it is; it is mapped now if it was not. */
void act_notify(struct scene *s)
{
	uint8_t map = roll(s->d, 2) ? fresh_map(s, 0) : need_map(s), port = need_port(s);
	struct call *c = on_map(s, NOTIFY, map);

	c->arg[3].number = some_page(s, s->map[map].pages) + roll(s->d, 0x1000);
	if (roll(s->d, 16) == 0)
		c->arg[3].number += 1ull << (32 + roll(s->d, 32));
	c->arg[4] = number_of(roll(s->d, 16) ? 1 + roll(s->d, 3) : roll(s->d, 6));
	c->arg[5] = held(PORT, port, 0);
	if (roll(s->d, 3) && !s->map[map].tried)
		on_view(s, MUNMAP, new_view(s, map, roll(s->d, 2) ? 3 : 1));
}

/* Maps of which one goes, and another one that fits into its place, or is a page larger or smaller. */
static void act_gap(struct scene *s)
{
	unsigned int pages = 1 + roll(s->d, 3), want = pages + roll(s->d, 4) / 2;
	uint8_t map[3];
	struct call *c;

	for (unsigned int i = 0; i < 3; i++)
		map[i] = new_map(s, i == 1 || roll(s->d, 2) ? pages : 1);
	c = on_map(s, UNMAP, map[roll(s->d, 3)]);
	c->arg[4] = number_of(0);
	new_map(s, want);
}

void act_map(struct scene *s)
{
	new_map(s, 1 + roll(s->d, roll(s->d, 4) ? 4 : 100));
}

/* ---- any call */

static void act_any(struct scene *s)
{
	struct call c;

	make_call(s->p, &c, some_op(s->d), s->d);
	ground(s, &c);
	*scene_add(s, (enum op)c.op) = c;
}

/* ---- by how often they are made up */

static const struct {
	void (*act)(struct scene *s);
	uint32_t weight;
} acts[] = {
	{ act_any, 14 }, { act_show, 6 }, { act_show_otherwise, 6 }, { act_unmap, 6 }, { act_cut, 10 }, { act_change, 6 },
	{ act_busy, 6 }, { act_fork, 3 }, { act_end, 3 }, { act_offset, 4 }, { act_notify, 6 }, { act_gap, 3 }, { act_limit, 1 },
	{ act_fault, 16 }, { act_signal, 2 }, { act_copy, 8 }, { act_meanwhile, 8 }, { act_map, 3 },
};

unsigned int act(struct program *p, unsigned int at, struct dice *d)
{
	struct scene s;
	uint32_t sum = 0, i = 0;

	for (uint32_t k = 0; k < sizeof(acts) / sizeof(acts[0]); k++)
		sum += acts[k].weight;
	for (sum = roll(d, sum); sum >= acts[i].weight; i++)
		sum -= acts[i].weight;
	scene_begin(&s, p, at, d);
	acts[i].act(&s);
	return s.at;
}
