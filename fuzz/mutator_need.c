/* SPDX-License-Identifier: MIT */
/* What a call needs is found in a program, or made before the call: see mutator_scene.h. */
#include <string.h>
#include "mutator_scene.h"

/* Any of those registers that are @there, which says of each; NOWHERE: none is, or it is time for a new one. */
static uint8_t any(struct scene *s, const bool *there, unsigned int reuse)
{
	uint8_t some[REGISTERS], n = 0;

	for (uint8_t i = 0; i < REGISTERS; i++) {
		if (there[i])
			some[n++] = i;
	}
	return n && roll(s->d, reuse) ? some[roll(s->d, n)] : NOWHERE;
}

/* One for something new: the first that is free, most often. */
static uint8_t room(struct scene *s, const bool *there)
{
	for (uint8_t i = 0; i < REGISTERS && roll(s->d, 32); i++) {
		if (!there[i])
			return i;
	}
	return (uint8_t)roll(s->d, REGISTERS);
}

#define THERE(s, what, and) \
	bool there[REGISTERS]; \
	scene_look(s); \
	for (unsigned int i_ = 0; i_ < REGISTERS; i_++) \
		there[i_] = (s)->what[i_].there && (and)

uint8_t need_file(struct scene *s)
{
	THERE(s, file, true);
	uint8_t which = any(s, there, 12);

	return which != NOWHERE ? which : new_file(s, roll(s->d, 6) ? 0 : 1);
}

uint8_t new_file(struct scene *s, uint8_t process)
{
	THERE(s, file, true);
	uint8_t which = room(s, there);
	struct call *c = scene_add(s, OPEN);

	c->to = which;
	c->arg[0].which = process;
	c->arg[1] = number_of(roll(s->d, 12) ? 2 : roll(s->d, 3));
	return which;
}

uint8_t need_grant(struct scene *s)
{
	uint8_t which = (scene_look(s), any(s, s->grant, 5));
	struct call *c;

	if (which != NOWHERE)
		return which;
	which = room(s, s->grant);
	c = scene_add(s, GRANT_FRAME);
	c->to = which;
	c->arg[0] = number_of(roll(s->d, 3));
	c->arg[1] = number_of(0);
	c->arg[2] = number_of(roll(s->d, 8) == 0);
	return which;
}

uint8_t need_port(struct scene *s)
{
	uint8_t which = (scene_look(s), any(s, s->port, 4));
	struct call *c;

	if (which != NOWHERE)
		return which;
	which = room(s, s->port);
	c = scene_add(s, BIND);
	c->to = which;
	c->arg[0] = number_of(roll(s->d, 3));
	return which;
}

/* The name of a grant of a map: most often one that there is. */
static void name_grant(struct scene *s, struct value *v)
{
	uint8_t grant = need_grant(s);

	v[0] = held(DOMAIN, grant, 0);
	v[1] = held(GRANT, grant, 0);
	switch (roll(s->d, 24)) {
	case 0: /* of no domain; most of them are one if only 16 bits are looked at */
		v[0].number = 0x10000ull << roll(s->d, 16);
		break;
	case 1: /* no grant */
		v[1].number = 1 + roll(s->d, 3);
		break;
	default:
		break;
	}
}

uint8_t new_map(struct scene *s, unsigned int pages)
{
	uint8_t file = need_file(s), which;
	struct value item[3][2];
	unsigned int items = 1 + (pages > 1 ? roll(s->d, 3) : 0), first;
	struct call *c;

	for (unsigned int i = 0; i < items; i++)
		name_grant(s, item[i]);
	{
		THERE(s, map, s->map[i_].listed);
		which = room(s, there);
	}
	c = scene_add(s, MAP);
	first = s->p->values;
	if (first + 2 * items > PROGRAM_VALUES)
		items = 0;
	memcpy(&s->p->value[first], item, 2 * items * sizeof(struct value));
	s->p->values = (uint16_t)(first + 2 * items);
	c->to = which;
	c->items = (uint8_t)items;
	c->first = (uint16_t)(items ? first : 0);
	c->arg[0].which = s->file[file].process;
	c->arg[1] = held(DESCRIPTOR, file, 0);
	make_value(&c->arg[2], 'A', s->d);
	c->arg[3] = number_of(pages);
	return which;
}

static unsigned int some_pages(struct scene *s)
{
	return roll(s->d, 16) ? 1 + roll(s->d, 4) : 1 + roll(s->d, roll(s->d, 2) ? 20 : 140);
}

uint8_t need_map(struct scene *s)
{
	THERE(s, map, s->map[i_].listed || roll(s->d, 4) == 0);
	uint8_t which = any(s, there, 10);

	return which != NOWHERE ? which : new_map(s, some_pages(s));
}

uint8_t fresh_map(struct scene *s, unsigned int pages)
{
	THERE(s, map, s->map[i_].listed && !s->map[i_].tried);
	uint8_t which = any(s, there, 10);

	return which != NOWHERE ? which : new_map(s, pages ? pages : some_pages(s));
}

uint8_t new_view(struct scene *s, uint8_t map, unsigned int prot)
{
	struct call *c;
	uint8_t which;

	{
		THERE(s, view, true);
		which = room(s, there);
	}
	c = scene_add(s, MMAP);
	c->to = which;
	c->arg[0].which = s->file[s->map[map].file].process;
	c->arg[2] = held(LENGTH, map, 0);
	c->arg[3] = number_of(prot);
	c->arg[4] = number_of(1);
	c->arg[5] = held(DESCRIPTOR, s->map[map].file, 0);
	c->arg[6] = held(OFFSET, map, 0);
	return which;
}

uint8_t need_view(struct scene *s)
{
	THERE(s, view, true);
	uint8_t which = any(s, there, 12);

	return which != NOWHERE ? which : new_view(s, fresh_map(s, 0), roll(s->d, 6) ? 3 : 1);
}
