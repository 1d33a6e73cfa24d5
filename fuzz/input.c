/* SPDX-License-Identifier: MIT */
/*
 * How bytes become values: see input.h. The numbers 192, 160, ... are shares of 256: how likely each choice is. Here and
 * in targets, values are taken one an expression: which operand C evaluates first is not said, and an input must mean
 * the same whatever compiler it meets.
 */
#include <stdio.h>
#include <stdlib.h>
#include "input.h"

void expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

uint64_t take(struct target *t, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes-- && t->at < t->end)
		value = value << 8 | *t->at++;
	return value;
}

static const uint64_t edges[] = {
	0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 0xffff, 0x10000, 0x10001, 0xfffff, 0x100000, 1ull << 31, 0xffffffff,
	1ull << 32, 1ull << 44, 0x7ffffffff000, 1ull << 47, 1ull << 63, -(uint64_t)PAGE, -1ull, DOMID_SELF, 63, 64, 65,
};

uint64_t number(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);

	if (kind < 192)
		return kind % 16;
	if (kind < 240)
		return edges[kind % (sizeof(edges) / sizeof(edges[0]))];
	return take(t, kind < 246 ? 2 : kind < 250 ? 4 : 8);
}

uint64_t length(struct target *t)
{
	uint64_t n = number(t);

	return take(t, 1) % 8 ? n * PAGE : n;
}

uint32_t pid(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);

	return t->pid[kind < 192 ? 0 : kind % PROCESSES];
}

int fd(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);

	return FIRST_FD + (kind < 160 ? 0 : (int)(kind % FDS));
}

uint32_t known_map(const struct target *t, uint8_t back)
{
	return t->maps ? (t->maps - 1 - back % (t->maps < MEMORY ? t->maps : MEMORY)) % MEMORY : 0;
}

uint64_t address(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);

	if (kind < 64)
		return BUFFER + kind * 8u;
	if (kind < 112)
		return BUFFER + (kind % BUFFER_PAGES + 1) * PAGE - number(t);
	if (kind < 176)
		return t->mapping[kind % MEMORY] + kind / MEMORY % 4 * PAGE;
	if (kind < 208)
		return t->mapping[kind % MEMORY] + number(t) * PAGE;
	if (kind < 240)
		return t->mapping[kind % MEMORY] + number(t);
	return number(t);
}

uint64_t offset(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);
	uint64_t known = t->map[known_map(t, kind)].index;

	return kind < 200 ? known : kind < 232 ? known ^ number(t) << 12 : number(t);
}

void grant(struct target *t, uint32_t *domid, uint32_t *ref)
{
	uint8_t kind = (uint8_t)take(t, 1);

	*domid = t->grant[kind % MEMORY].domid;
	*ref = t->grant[kind % MEMORY].ref;
	if (kind >= 224)
		*domid = kind < 240 ? *domid + 0x10000 : (uint32_t)number(t);
	if (kind >= 240)
		*ref = (uint32_t)number(t);
}
