/* SPDX-License-Identifier: MIT */
/* Arguments: numbers that are interesting where they stand, and references. It must not know a program. */
#include <string.h>
#include "mutator.h"

uint32_t roll(struct dice *d, uint32_t n)
{
	uint64_t z = (d->state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (uint32_t)(((z ^ (z >> 31)) >> 32) * n >> 32);
}

#define PICK(d, array) ((array)[roll(d, sizeof(array) / sizeof((array)[0]))])

static const uint64_t anything[] = {
	0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 63, 64, 65, 127, 128, 129, 0xff, 0xfff, 0x1000, 0x1001, 0x2000, 0x3000, 0xfffe, 0xffff,
	0x10000, 0x10001, 0xfffff, 0x100000, 0x100001, 0x7fffffff, 1ull << 31, 0xfffffff0, 0xffffffff, 1ull << 32, 1ull << 44,
	0x7ffffffff000, 1ull << 47, 1ull << 63, -0x1000ull, -2ull, -1ull,
};

static const uint64_t commands[] = {
	0x00184700, 0x00104701, 0x00184702, 0x00044703, 0x00104707, 0x00104708, 0x00084708, 0x00144709, 0x0008470a, 0x0014470b,
	0x0008470c, 0x5421,
};

/* How far from what a register holds, most often nothing. */
static uint64_t distance(char meant, struct dice *d)
{
	static const uint64_t pages[] = { 0x1000, 0x1000, 0x2000, 0x3000, -0x1000ull, 0x100000, 0x100000000000 };

	switch (meant) {
	case 'V':
		return roll(d, 2) ? 0 : roll(d, 3) ? PICK(d, pages) : roll(d, 0x2000);
	case 'O':
		return roll(d, 3) ? roll(d, 3) ? 0 : roll(d, 0x3000) : PICK(d, pages);
	case 'A':
		return roll(d, 4) ? 0 : roll(d, 2) ? roll(d, 0x1000) : -(uint64_t)roll(d, 64);
	case 'D':
		return roll(d, 10) ? 0 : roll(d, 2) ? 0x10000 : 1;
	case 'G':
		return roll(d, 12) ? 0 : 1 + roll(d, 3);
	case 'L':
	case 'N':
		return roll(d, 5) ? 0 : roll(d, 2) ? 0x1000 : -1ull;
	default:
		return 0;
	}
}

/* What kind of register an argument refers to, if it refers to one: NUMBER: it does not. */
static enum kind refers(char meant, struct dice *d)
{
	switch (meant) {
	case 'P':
		return PROCESS;
	case 'F':
		return roll(d, 30) ? DESCRIPTOR : NUMBER;
	case 'O':
		return roll(d, 20) ? OFFSET : NUMBER;
	case 'A':
		return roll(d, 12) ? MEMORY : roll(d, 3) ? ADDRESS : NUMBER;
	case 'V':
		return roll(d, 10) ? ADDRESS : roll(d, 2) ? MEMORY : NUMBER;
	case 'L':
		return roll(d, 2) ? LENGTH : NUMBER;
	case 'N':
		return roll(d, 4) ? NUMBER : PAGES;
	case 'G':
		return roll(d, 20) ? GRANT : NUMBER;
	case 'D':
		return roll(d, 4) ? DOMAIN : NUMBER;
	case 'T':
		return roll(d, 10) ? PORT : NUMBER;
	default:
		return NUMBER;
	}
}

static uint64_t number(char meant, struct dice *d)
{
	if (roll(d, 12) == 0)
		return PICK(d, anything);
	switch (meant) {
	case 'N':
		return roll(d, 8) ? roll(d, 6) : roll(d, 200);
	case 'L':
		return (1 + (uint64_t)roll(d, 4)) * 0x1000;
	case 'D':
		return roll(d, 3);
	case 'X':
		return roll(d, 4) ? roll(d, 4) : roll(d, 32);
	case 'B':
		return roll(d, 3) ? roll(d, 16) : roll(d, 0x1000);
	case 'C':
		return PICK(d, commands);
	case 'W':
		return (uint64_t)roll(d, ~0u) << 32 | roll(d, ~0u);
	default:
		return PICK(d, anything);
	}
}

void make_value(struct value *v, char meant, struct dice *d)
{
	v->kind = (uint8_t)refers(meant, d);
	v->which = 0;
	if (v->kind == NUMBER) {
		v->number = number(meant, d);
		return;
	}
	/* few registers, so that what one call makes another one finds */
	v->which = (uint8_t)(meant == 'P' ? roll(d, 4) ? 0 : roll(d, 3) : roll(d, 3) ? roll(d, 2) : roll(d, REGISTERS));
	v->number = distance(meant, d);
	if (meant == 'A' && roll(d, 10) == 0) { /* the end of what can be written: memory that can be read; memory that is not there */
		v->kind = MEMORY;
		v->which = REGISTERS - 1;
		v->number = (1 + roll(d, 2)) * 0x1000 - (roll(d, 2) ? 0 : roll(d, 32));
	}
}

void change_value(struct value *v, char meant, struct dice *d)
{
	switch (roll(d, 8)) {
	case 0:
		v->number ^= 1ull << roll(d, roll(d, 2) ? 16 : 64);
		break;
	case 1:
		v->number += roll(d, 2) ? 1 : -1ull;
		break;
	case 2:
		v->number += roll(d, 2) ? 0x1000 : -0x1000ull;
		break;
	case 3:
		v->number = PICK(d, anything);
		break;
	case 4:
		if (v->kind != NUMBER)
			v->which = (uint8_t)roll(d, REGISTERS);
		break;
	default:
		make_value(v, meant, d);
	}
}
