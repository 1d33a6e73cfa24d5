/* SPDX-License-Identifier: MIT */
/*
 * Acts in which something goes wrong, or something else happens meanwhile: pages in use, faults before the calls that meet them,
 * signals, other threads, limits. See mutator_acts.h. It must not know what then is right.
 */
#include "mutator_acts.h"

/* A page is used by a device while it goes; what waits for it is looked at again, and there may be more than one reason to. */
void act_busy(struct scene *s)
{
	uint8_t view = need_view(s);
	uint64_t at = some_page(s, pages_of(s, view));
	struct call *c = scene_add(s, IO_BEGIN);

	c->arg[0].which = s->view[view].process;
	c->arg[1] = held(ADDRESS, view, at);
	for (unsigned int i = 1 + roll(s->d, 3); i; i--) {
		if (roll(s->d, 3))
			on_view(s, roll(s->d, 8) ? MUNMAP : INVALIDATE, view);
		else if (roll(s->d, 2))
			scene_add(s, DEFERRED);
		else
			on_map(s, UNMAP, s->view[view].map);
	}
	if (roll(s->d, 2) == 0)
		return;
	c = scene_add(s, IO_END);
	c->arg[0].which = s->view[view].process;
	c->arg[1] = held(ADDRESS, view, at);
	scene_add(s, DEFERRED);
}

/* ---- faults, and signals, before the calls that meet them */

void act_fault(struct scene *s)
{
	static const struct {
		uint8_t kinds[4], of; /* kinds of faults, of so many; they are 0 to 15 */
		void (*act)(struct scene *s);
		bool view; /* it needs a mapping that is there before the fault */
	} meets[] = {
		{ { 4, 7, 9, 10 }, 4, act_show, false }, { { 4, 4, 6, 7 }, 4, act_show, false }, { { 11, 12, 0, 8 }, 4, act_notify, false },
		{ { 6, 7, 6, 13 }, 4, act_cut, true }, { { 6, 7, 15, 13 }, 4, act_cut, true }, { { 15, 9, 10 }, 3, act_change, true },
		{ { 5, 7, 3, 14 }, 4, act_copy, false }, { { 5, 5, 1, 2 }, 4, act_copy, false }, { { 0, 1, 2, 8 }, 4, act_map, false },
		{ { 1, 2 }, 2, act_offset, true }, { { 6, 7, 13 }, 3, act_busy, true }, { { 15, 9 }, 2, act_fork, true },
	};
	unsigned int which = roll(s->d, sizeof(meets) / sizeof(meets[0]));
	struct call *c;

	if (meets[which].view)
		need_view(s);
	else if (meets[which].act == act_show)
		fresh_map(s, 0);
	else
		need_grant(s), need_file(s);
	if (roll(s->d, 8)) {
		c = scene_add(s, FAULT);
		c->arg[0] = number_of(meets[which].kinds[roll(s->d, meets[which].of)]);
		c->arg[1] = number_of(roll(s->d, 2) ? 1 : 1 + roll(s->d, 6));
		c->arg[2] = number_of(roll(s->d, 2) ? -(uint64_t)(1 + roll(s->d, 12)) : roll(s->d, 2) ? 1 : 1 + roll(s->d, 32767));
	} else {
		c = scene_add(s, FAIL_NTH);
		c->arg[0] = number_of(1 + roll(s->d, 24));
	}
	meets[which].act(s);
}

void act_signal(struct scene *s)
{
	uint8_t map = fresh_map(s, 0);
	struct call *c = scene_add(s, SIGNAL);

	c->arg[0].which = s->file[s->map[map].file].process;
	c->arg[1] = number_of(roll(s->d, 3) == 0);
	if (roll(s->d, 4))
		new_view(s, map, 3);
	else
		act_copy(s);
}

/* ---- other threads in the middle of a call about the same map */

void act_meanwhile(struct scene *s)
{
	static const uint8_t outer[] = { MUNMAP, UNMAP, MMAP, MAP, CLOSE, EXIT, NOTIFY, MREMAP };
	static const uint8_t within[] = { UNMAP, MUNMAP, CLOSE, EXIT, NOTIFY, MAP, MMAP, DEFERRED, FORK };
	uint8_t view = need_view(s), map = s->view[view].map, op = outer[roll(s->d, sizeof(outer))];
	struct call *c;

	if (op == MMAP || op == UNMAP)
		map = need_map(s);
	for (unsigned int i = 0, n = 2 + roll(s->d, 2); i < n; i++) {
		switch (op) {
		case MUNMAP:
		case MREMAP:
			on_view(s, (enum op)op, view);
			break;
		case UNMAP:
		case NOTIFY:
			c = on_map(s, (enum op)op, map);
			c->arg[4] = number_of(op == NOTIFY ? 1 : 0);
			break;
		case MMAP:
			new_view(s, map, 3);
			break;
		case MAP:
			new_map(s, 1 + roll(s->d, 3));
			break;
		default:
			c = scene_add(s, (enum op)op);
			c->arg[0].which = s->file[s->map[map].file].process;
			if (op == CLOSE)
				c->arg[1] = held(DESCRIPTOR, s->map[map].file, 0);
		}
		if (i && s->at)
			s->p->call[s->at - 1].inner = (uint8_t)(1 + roll(s->d, roll(s->d, 2) ? 3 : 8));
		op = within[roll(s->d, sizeof(within))];
	}
}

/* The limit is raised or lowered, and as many grants are asked for, or more. */
void act_limit(struct scene *s)
{
	static const uint64_t counts[] = { 0xffffffff, 0x80000000, 0x7fffffff, 0x100000, 0x100001, 0x40000000, 0x200001, 3, 0 };
	uint64_t count = counts[roll(s->d, sizeof(counts) / sizeof(counts[0]))];
	uint8_t file = need_file(s);
	struct call *c = scene_add(s, LIMIT);

	c->arg[0] = number_of(roll(s->d, 4) ? 0xffffffff : count);
	c = scene_add(s, roll(s->d, 4) ? MAP : SET_MAX);
	c->arg[0].which = s->file[file].process;
	c->arg[1] = held(DESCRIPTOR, file, 0);
	c->arg[2] = held(MEMORY, 0, 0);
	c->arg[3] = number_of(count + roll(s->d, 2));
}
