/* SPDX-License-Identifier: MIT */
/* Segments of GRANT_COPY, most of which can be copied, and all of which are near an edge: see mutator_acts.h. */
#include "mutator_acts.h"

/* Memory, so many bytes of it: anywhere, before or after the end of a page, in a mapping, at the end of all addresses. */
static void local(struct scene *s, struct value *v, uint32_t len)
{
	uint8_t which = (uint8_t)(1 + roll(s->d, REGISTERS - 2));
	uint32_t near = roll(s->d, 3) ? roll(s->d, len + 1) : roll(s->d, 0x1000);

	v[0] = held(MEMORY, which, roll(s->d, 3) ? 0x1000 - near : 0);
	v[1] = v[2] = number_of(0);
	switch (roll(s->d, 16)) {
	case 0:
		v[0] = number_of(-(uint64_t)roll(s->d, roll(s->d, 2) ? len + 2 : 0x1000));
		break;
	case 1: /* read-only, or nothing */
		v[0] = held(MEMORY, REGISTERS - 1, (1 + roll(s->d, 2)) * 0x1000 - near);
		break;
	case 2:
	case 3:
		v[0] = held(ADDRESS, need_view(s), roll(s->d, 2) ? 0 : near);
		break;
	default:
		break;
	}
}

static void foreign(struct scene *s, struct value *v, uint32_t len)
{
	uint8_t grant = need_grant(s);

	v[0] = held(GRANT, grant, roll(s->d, 24) ? 0 : 1 + roll(s->d, 3));
	v[1] = number_of(roll(s->d, 8) && len <= 0x1000 ? roll(s->d, 2) ? 0x1000 - len : 0 : roll(s->d, 0x1100));
	v[2] = held(DOMAIN, grant, roll(s->d, 24) ? 0 : 1);
}

/* Flags, length, source, destination. */
static void segment(struct scene *s, struct value *v)
{
	static const uint32_t lengths[] = { 0, 1, 8, 0x10, 0x200, 0xfff, 0x1000, 0x1001, 0x8000, 0xffff };
	uint32_t flags = roll(s->d, 12) ? 1 + roll(s->d, 3) : roll(s->d, 8);
	uint32_t len = lengths[roll(s->d, roll(s->d, 5) ? 7 : 10)];

	v[0] = number_of(flags);
	v[1] = number_of(len);
	if (flags & 1)
		foreign(s, v + 2, len);
	else
		local(s, v + 2, len);
	if (flags & 2)
		foreign(s, v + 5, len);
	else
		local(s, v + 5, len);
}

/* How many in all: those of the list in turn, so that there can be more than a batch has. */
static uint32_t how_many(struct scene *s, uint32_t items)
{
	switch (roll(s->d, 12)) {
	case 0:
		return 60 + roll(s->d, 8);
	case 1:
		return roll(s->d, 140);
	case 2:
		return items + roll(s->d, 3);
	default:
		return items;
	}
}

void act_copy(struct scene *s)
{
	struct value segments[4][8];
	uint32_t items = 1 + (roll(s->d, 2) ? 0 : roll(s->d, 4));
	uint8_t file = need_file(s);
	struct call *c;

	for (uint32_t i = 0; i < items; i++)
		segment(s, segments[i]);
	c = scene_add(s, COPY);
	if (s->p->values + 8 * items > PROGRAM_VALUES)
		items = 0;
	c->items = (uint8_t)items;
	c->first = items ? s->p->values : 0;
	for (uint32_t i = 0; i < 8 * items; i++)
		s->p->value[s->p->values++] = segments[i / 8][i % 8];
	c->arg[0].which = s->file[file].process;
	c->arg[1] = held(DESCRIPTOR, file, 0);
	c->arg[2] = held(MEMORY, 0, 0);
	c->arg[3] = held(MEMORY, 0, roll(s->d, 12) ? 0x100 : roll(s->d, 0x9000));
	c->arg[4] = number_of(how_many(s, items));
}
