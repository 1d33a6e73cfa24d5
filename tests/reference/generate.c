// SPDX-License-Identifier: MIT
/*
 * Random calls. It looks at the reference's state to aim at what is there most of the time, at what is next to it some of the
 * time, and at nothing at all now and then. A call that comes out of here holds all there is to know to make it again.
 */
#include <stdio.h>
#include "generate.h"

static u64 *state;
static struct twin *at;

u32 roll(u32 n)
{
	return below(state, n);
}

/* A process that is there, most of the time; a descriptor that is open, if there is any. */
static u8 process(void)
{
	u32 p = roll(REF_PROCESSES);

	for (u32 i = 0; i < 4 && !at->pid[p]; i++)
		p = roll(REF_PROCESSES);
	return (u8)p;
}

void descriptor(struct step *c)
{
	for (u32 i = 0; i < 12; i++) {
		c->p = process();
		c->d = (u8)roll(DESCRIPTORS);
		if (at->file[c->p][c->d].fd)
			return;
	}
}

const struct ref_map *some_map(void)
{
	const struct ref_map *found = NULL;
	u32 n = 0;

	for (u32 i = 0; i < REF_MAPS; i++) {
		if (at->w->map[i].name && roll(++n) == 0)
			found = &at->w->map[i];
	}
	return found;
}

/* Where a map is mapped; or anywhere near. */
u64 address(const struct step *c)
{
	for (u32 i = 0; i < 4 && roll(10); i++) {
		const struct ref_map *m = some_map();
		u64 there = m ? m->page[roll(m->count < 4 ? m->count : 4)].at[c->p] : 0;

		if (there)
			return there;
	}
	if (roll(30) == 0)
		return BIG + roll(150) * PAGE;
	return AREA + roll(AREA_PAGES) * PAGE;
}

u64 slot(void)
{
	static const u64 far[] = { 1ull << 20, 1ull << 32, 1ull << 44, (1ull << 51) - 4096 };
	const struct ref_map *m = some_map();
	u64 s = m ? m->first : 0;

	if (!m || roll(12) == 0)
		s = roll(16);
	if (roll(15) == 0)
		s += roll(4);
	return roll(40) ? s : s + far[roll(4)];
}

/* The pages of the map at @slot; now and then others. */
u32 pages_at(u64 slot)
{
	const struct ref_map *m = NULL;

	for (u32 i = 0; i < REF_MAPS; i++) {
		if (at->w->map[i].name && at->w->map[i].first == slot && (!m || roll(2)))
			m = &at->w->map[i];
	}
	return m && roll(10) ? m->count : 1 + roll(4);
}

void fault(struct step *c, u32 i, const u8 *kinds, u32 n, u32 one_in, u32 nth)
{
	static const s16 statuses[] = { -1, -2, -3, -4, -6, -7, -8, -9, -10, -11, -13, 1, 2, 77, 32767, -32768 };

	if (roll(one_in))
		return;
	c->fault[i].kind = (u8)(kinds[roll(n)] + 1);
	c->fault[i].nth = (u16)(1 + roll(nth));
	c->fault[i].status = statuses[roll(sizeof(statuses) / sizeof(statuses[0]))];
}

/* ---- mappings */

static void map_memory(struct step *c)
{
	descriptor(c);
	for (u32 i = 0; i < 4; i++) { /* a map that was not attempted, rather than one that was */
		const struct ref_map *m;

		c->y = slot();
		m = ref_listed(at->w, at->file[c->p][c->d].instance, c->y);
		if (m && !m->attempted)
			break;
	}
	c->n = pages_at(c->y);
	c->x = c->n > 6 ? BIG + roll(150) * PAGE : AREA + roll(AREA_PAGES) * PAGE;
	c->flag = (u8)((roll(8) ? 1 : 0) | (roll(3) ? 2 : 0) | (roll(4) ? 0 : 4));
	FAULT(c, 0, 5, 1 + roll(2) * 2 * c->n, MODEL_FAULT_MAP, MODEL_FAULT_MAP, MODEL_FAULT_HYPERCALL, MODEL_FAULT_TABLES,
	      MODEL_FAULT_INSERT, MODEL_FAULT_NOTIFIER, MODEL_FAULT_ALLOC);
	FAULT(c, 1, 6, 3, MODEL_FAULT_UNMAP);
}

static void range(struct step *c)
{
	const struct ref_map *m = some_map();

	c->p = process();
	c->x = address(c);
	c->n = 1 + roll(4);
	if (m && m->page[0].at[c->p] && roll(2)) {
		c->x = m->page[0].at[c->p];
		c->n = m->count < 200 ? m->count : 1;
	}
	FAULT(c, 1, 10, 4, MODEL_FAULT_UNMAP, MODEL_FAULT_UNMAP, MODEL_FAULT_HYPERCALL);
}

static void remap(struct step *c)
{
	range(c);
	c->n = c->n > 6 ? 6 : roll(12) ? c->n : 0;
	c->e = (u8)(roll(2) && c->n ? c->n : 1 + roll(4));
	c->y = AREA + roll(AREA_PAGES) * PAGE;
	c->flag = (u8)(roll(8) ? roll(4) : 4);
	if (c->n == 0)
		c->flag &= 3;
	if (c->n == 0 && !(c->flag & 3))
		c->flag = 1;
}

/* ---- all calls, by how often they come */

static const struct weight {
	u8 op, weight;
} weights[] = {
	{ OPEN, 3 }, { CLOSE, 3 }, { DUP, 2 }, { SEND, 3 }, { PROCESS, 1 }, { FORK, 3 }, { EXIT, 1 },
	{ MAP, 18 }, { UNMAP, 12 }, { OFFSET, 5 }, { MAX, 3 }, { NOTIFY, 14 }, { COPY, 8 }, { OTHER, 2 },
	{ MMAP, 26 }, { MUNMAP, 9 }, { MPROTECT, 4 }, { MREMAP, 5 }, { MADVISE, 2 }, { INVALIDATE, 3 }, { REAP, 1 },
	{ IO_BEGIN, 9 }, { IO_END, 6 }, { DEFERRED, 5 }, { STORE, 4 },
	{ REVOKE, 1 }, { DIE, 1 }, { PAGE_OUT, 2 }, { PORT_CLOSE, 1 }, { PEER_CLOSE, 1 }, { LIMIT, 1 }, { SIGNAL, 1 },
};

static u8 some_op(void)
{
	u32 sum = 0, i = 0;

	for (u32 k = 0; k < sizeof(weights) / sizeof(weights[0]); k++)
		sum += weights[k].weight;
	for (sum = roll(sum); sum >= weights[i].weight; i++)
		sum -= weights[i].weight;
	return weights[i].op;
}

static void other_call(struct step *c)
{
	static const u32 limits[] = { 0, 2, 200, 200, 200, 0xffffffff };

	c->p = process();
	c->d = (u8)roll(DESCRIPTORS);
	c->q = (u8)roll(REF_PROCESSES);
	c->e = (u8)roll(DESCRIPTORS);
	c->x = address(c) + (c->op == STORE ? roll(4096) : 0);
	c->n = c->op == LIMIT ? limits[roll(6)] : roll(256);
	c->seed = roll(8) ? roll(4) : roll(2) * 1000; /* times paged out: few, or more than anybody tries */
	if (c->op == CLOSE || c->op == DUP || c->op == SEND)
		descriptor(c);
	if (c->op == OPEN)
		FAULT(c, 0, 15, 2, MODEL_FAULT_ALLOC);
	if (c->op == FORK)
		FAULT(c, 0, 8, 6, MODEL_FAULT_VMA);
	if (c->op == EXIT || c->op == DEFERRED || c->op == CLOSE)
		FAULT(c, 0, 8, 3, MODEL_FAULT_UNMAP, MODEL_FAULT_HYPERCALL);
}

void generate(struct twin *t, struct step *c, u64 *seed)
{
	static void (*const how[OPS])(struct step *c) = {
		[MAP ... OTHER] = generate_ioctl, [MMAP] = map_memory, [MUNMAP] = range, [MPROTECT] = range,
		[MREMAP] = remap, [MADVISE] = range, [INVALIDATE] = range, [REAP] = range,
	};
	u32 open = 0, maps = 0;

	at = t;
	state = seed;
	memset(c, 0, sizeof(*c));
	for (u32 i = 0; i < REF_INSTANCES; i++)
		open += t->w->instance[i].open;
	c->op = open ? some_op() : OPEN;
	if (c->op == OPEN && open + 1 >= REF_INSTANCES)
		c->op = DEFERRED;
	for (u32 i = 0; i < REF_MAPS; i++)
		maps += t->w->map[i].name != 0;
	if (c->op == MAP && maps + 1 >= REF_MAPS)
		c->op = UNMAP;
	(how[c->op] ? how[c->op] : other_call)(c);
	c->flag |= c->op == MPROTECT || c->op == INVALIDATE ? (u8)roll(2) : 0;
	if (c->op == MUNMAP)
		FAULT(c, 0, 20, 2, MODEL_FAULT_VMA);
	if (c->op == INVALIDATE || c->op == REAP)
		FAULT(c, 0, 3, 2, MODEL_FAULT_TRYLOCK);
}

/* Where the map of the outer call is, or will be if nothing is free below. */
static u64 outer_slot(const struct step *outer)
{
	u32 instance = at->file[outer->p][outer->d].instance;
	u64 end = 0;

	for (u32 i = 0; i < REF_MAPS; i++) {
		const struct ref_map *m = &at->w->map[i];

		if (m->name && m->instance == instance && (m->listed || ref_mapped(m)) && m->first + m->count > end)
			end = m->first + m->count;
	}
	return outer->op == MMAP ? outer->y : end;
}

/* Does the call ask the same instance, and for its maps? */
static bool meets(const struct step *outer, const struct step *c)
{
	return c->op >= UNMAP && c->op <= NOTIFY && at->file[c->p][c->d].fd
	       && at->file[c->p][c->d].instance == at->file[outer->p][outer->d].instance;
}

bool generate_inner(struct twin *t, const struct step *outer, struct step *c, u64 *seed)
{
	if ((outer->op != MAP && outer->op != MMAP) || below(seed, 8))
		return false;
	for (u32 i = 0; i < 20; i++) {
		generate(t, c, seed);
		if (c->p != outer->p && (meets(outer, c) || i >= 12))
			break;
	}
	if (c->p == outer->p)
		return false;
	c->inside = 1;
	if ((c->op == UNMAP || c->op == NOTIFY) && roll(2))
		c->x = outer_slot(outer) * PAGE;
	if (c->op == UNMAP && roll(2))
		c->n = outer->n;
	return true;
}
