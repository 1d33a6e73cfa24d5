/* SPDX-License-Identifier: MIT */
/* Changes to programs: see mutator.h. It must not know what an argument means, but by the letter of its operation. */
#include <string.h>
#include "mutator_scene.h"

#define LONG 48u /* calls: a program of more loses some with each change */
#define SPLICED 12u /* calls at a time */

/* ---- calls, by how often they are made up */
static const struct weight {
	uint8_t op, weight;
} weights[] = {
	{ OPEN, 5 }, { CLOSE, 3 }, { DUP, 1 }, { SEND, 2 }, { FORK, 2 }, { EXIT, 2 }, { MAP, 14 }, { UNMAP, 9 },
	{ GET_OFFSET, 4 }, { SET_MAX, 2 }, { NOTIFY, 8 }, { COPY, 8 }, { IOCTL, 2 }, { MMAP, 14 }, { MUNMAP, 8 },
	{ MPROTECT, 3 }, { MREMAP, 3 }, { MADVISE, 2 }, { STORE, 3 }, { LOAD, 2 }, { RACE, 2 }, { GRANT_FRAME, 6 },
	{ REVOKE, 1 }, { OWNER_STORE, 1 }, { OWNER_LOAD, 1 }, { PAGE_OUT, 2 }, { DIE, 1 }, { BIND, 3 }, { PORT_CLOSE, 1 },
	{ PEER_CLOSE, 1 }, { EVENTS, 1 }, { SIGNAL, 1 }, { INVALIDATE, 3 }, { REAP, 1 }, { IO_BEGIN, 4 }, { IO_END, 3 },
	{ DEFERRED, 4 }, { LIMIT, 1 }, { FAULT, 8 }, { FAIL_NTH, 4 },
};

uint8_t some_op(struct dice *d)
{
	uint32_t sum = 0, i = 0;

	for (uint32_t k = 0; k < sizeof(weights) / sizeof(weights[0]); k++)
		sum += weights[k].weight;
	for (sum = roll(d, sum); sum >= weights[i].weight; i++)
		sum -= weights[i].weight;
	return weights[i].op;
}

/* ---- lists */

static void set_items(struct program *p, struct call *c, unsigned int items, struct dice *d)
{
	const struct operation *o = &operations[c->op];
	unsigned int width = (unsigned int)strlen(o->item), first = p->values;

	items = items < o->items ? items : o->items;
	if (p->values + items * width > PROGRAM_VALUES)
		return;
	for (unsigned int i = 0; i < items; i++) {
		for (unsigned int k = 0; k < width; k++) {
			struct value *v = &p->value[p->values++];

			if (i < c->items)
				*v = p->value[c->first + i * width + k];
			else
				make_value(v, o->item[k], d);
		}
		/* both parts of a name are most often of one grant */
		if (i >= c->items && c->op == MAP && roll(d, 10))
			p->value[first + i * width] = (struct value){ DOMAIN, p->value[first + i * width + 1].which, 0 };
	}
	c->items = (uint8_t)items;
	c->first = (uint16_t)(items ? first : 0);
}

/* What is of use in a segment: a side is a grant if the flags say so. */
static void mend_segments(struct program *p, const struct call *c, struct dice *d)
{
	for (unsigned int i = 0; i < c->items; i++) {
		struct value *v = &p->value[c->first + i * 8];

		for (unsigned int side = 0; side < 2 && roll(d, 8); side++) {
			if (v[0].kind == NUMBER && v[0].number >> side & 1) {
				make_value(&v[2 + 3 * side], 'G', d);
				v[4 + 3 * side] = (struct value){ DOMAIN, v[2 + 3 * side].which, 0 };
			}
		}
	}
}

/* ---- calls */

void make_call(struct program *p, struct call *c, uint8_t op, struct dice *d)
{
	const struct operation *o = &operations[op];

	memset(c, 0, sizeof(*c));
	c->op = op;
	c->to = o->result ? (uint8_t)roll(d, roll(d, 3) ? 3 : REGISTERS) : 0;
	c->compat = op >= MAP && op <= IOCTL && roll(d, 16) == 0;
	c->inner = roll(d, 12) ? 0 : (uint8_t)(1 + roll(d, roll(d, 2) ? 5 : POINTS));
	for (unsigned int i = 0; o->args[i]; i++)
		make_value(&c->arg[i], o->args[i], d);
	if (o->items)
		set_items(p, c, roll(d, 4), d);
	if (op == COPY)
		mend_segments(p, c, d);
	if (op == MMAP && roll(d, 4)) { /* as a program does it */
		uint8_t which = c->arg[6].which;

		c->arg[1] = (struct value){ .kind = NUMBER };
		c->arg[2] = (struct value){ .kind = LENGTH, .which = which };
		c->arg[3] = (struct value){ .kind = NUMBER, .number = roll(d, 3) ? 3 : 1 };
		c->arg[4] = (struct value){ .kind = NUMBER, .number = 1 };
		c->arg[6] = (struct value){ .kind = OFFSET, .which = which };
	}
	if (op == FAULT)
		c->arg[0] = (struct value){ .kind = NUMBER, .number = roll(d, 16) };
}

/* Room for a call before the one at @at; NULL: the program is full. */
static struct call *insert(struct program *p, unsigned int at)
{
	if (p->calls == PROGRAM_CALLS)
		return NULL;
	memmove(&p->call[at + 1], &p->call[at], (p->calls - at) * sizeof(p->call[0]));
	p->calls++;
	return &p->call[at];
}

static void remove_calls(struct program *p, unsigned int at, unsigned int n)
{
	n = n < p->calls - at ? n : p->calls - at;
	memmove(&p->call[at], &p->call[at + n], (p->calls - at - n) * sizeof(p->call[0]));
	p->calls = (uint16_t)(p->calls - n);
}

static void move_call(struct program *p, struct dice *d)
{
	unsigned int from = roll(d, p->calls), to = roll(d, p->calls);
	struct call c = p->call[from];

	remove_calls(p, from, 1);
	*insert(p, to) = c;
}

static void repeat_call(struct program *p, struct dice *d)
{
	struct call c = p->call[roll(d, p->calls)], *new = insert(p, roll(d, p->calls + 1u));

	if (new)
		*new = c;
}

static void change_argument(struct program *p, struct dice *d)
{
	struct call *c = &p->call[roll(d, p->calls)];
	const struct operation *o = &operations[c->op];
	unsigned int args = (unsigned int)strlen(o->args), n = args + c->items * program_width(c), i = roll(d, n);

	if (n == 0)
		return;
	if (i < args)
		change_value(&c->arg[i], o->args[i], d);
	else
		change_value(&p->value[c->first + i - args], o->item[(i - args) % program_width(c)], d);
}

static void change_how(struct program *p, struct dice *d)
{
	struct call *c = &p->call[roll(d, p->calls)];

	switch (roll(d, 4)) {
	case 0:
		c->compat = c->op >= MAP && c->op <= IOCTL && !c->compat;
		break;
	case 1:
		c->to = operations[c->op].result ? (uint8_t)roll(d, REGISTERS) : 0;
		break;
	case 2:
		if (operations[c->op].items)
			set_items(p, c, roll(d, roll(d, 3) ? 4 : operations[c->op].items + 1), d);
		break;
	default:
		c->inner = c->inner ? 0 : (uint8_t)(1 + roll(d, POINTS));
	}
}

static void change_world(struct program *p, struct dice *d)
{
	switch (roll(d, 4)) {
	case 0:
		p->automatic = !p->automatic;
		break;
	case 1:
		p->header = !p->header;
		break;
	case 2:
		p->limit = (uint16_t)(roll(d, 3) ? 128 : roll(d, 300));
		break;
	default:
		p->maptrack = (uint16_t)(roll(d, 2) ? 0 : 1 + roll(d, 20));
	}
}

static void once(struct program *p, struct dice *d)
{
	uint32_t what = p->calls ? roll(d, 16) : 0;

	switch (what) {
	case 0 ... 4:
		act(p, roll(d, 3) ? p->calls : roll(d, p->calls + 1u), d);
		break;
	case 5:
	case 6:
		remove_calls(p, roll(d, p->calls), roll(d, 3) ? 1 : 1 + roll(d, 4));
		break;
	case 7:
		repeat_call(p, d);
		break;
	case 8:
		move_call(p, d);
		break;
	case 9:
		change_how(p, d);
		break;
	case 10:
		if (roll(d, 4) == 0)
			change_world(p, d);
		break;
	default:
		change_argument(p, d);
	}
}

void generate(struct program *p, struct dice *d)
{
	unsigned int want = 3 + roll(d, 18);

	p->automatic = roll(d, 3) == 0;
	p->header = roll(d, 4) == 0;
	p->limit = roll(d, 2) ? 128 : 0;
	p->maptrack = (uint16_t)(roll(d, 24) ? 0 : 1 + roll(d, 20));
	p->calls = p->values = 0;
	while (p->calls < want)
		act(p, p->calls, d);
}

void mutate(struct program *p, struct dice *d)
{
	uint32_t n = 1 + roll(d, roll(d, 3) ? 2 : 6);

	if (p->calls < 2 || roll(d, 3) == 0) {
		generate(p, d);
		return;
	}

	while (n--)
		once(p, d);
	if (p->calls > LONG)
		remove_calls(p, roll(d, p->calls), 1 + roll(d, SPLICED));
}

void splice(struct program *p, const struct program *with, struct dice *d)
{
	unsigned int from = roll(d, with->calls), n = with->calls ? 1 + roll(d, with->calls - from) : 0, at = roll(d, p->calls + 1u);

	n = n < SPLICED ? n : SPLICED;
	for (unsigned int i = 0; i < n; i++) {
		const struct call *c = &with->call[from + i];
		unsigned int values = c->items * program_width(c);
		struct call *new;

		if (p->values + values > PROGRAM_VALUES)
			return;
		new = insert(p, at + i);
		if (!new)
			return;
		*new = *c;
		memcpy(&p->value[p->values], &with->value[c->first], values * sizeof(struct value));
		new->first = (uint16_t)(values ? p->values : 0);
		p->values = (uint16_t)(p->values + values);
	}
}
