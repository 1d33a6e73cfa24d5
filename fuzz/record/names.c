/* SPDX-License-Identifier: MIT */
/* Numbers, and the registers of a program that hold them: see record.h. It must not know what a call does. */
#include <string.h>
#include "record.h"

#define THINGS 1024u
#define GRANTS_NEAR 32u
#define FIRST_MEMORY 2u /* pages of the arena below are arguments */
#define LAST_MEMORY 7u /* and this one ends where one must end */

static struct thing thing[THINGS];
static unsigned int things;
static struct thing *holder[KINDS][REGISTERS]; /* NULL: nothing */
static unsigned int next_page[PROCESSES];

void names_begin(void)
{
	things = 0;
	memset(holder, 0, sizeof(holder));
	for (unsigned int i = 0; i < PROCESSES; i++)
		next_page[i] = FIRST_MEMORY;
}

struct value plain(uint64_t number)
{
	return (struct value){ .kind = NUMBER, .number = number };
}

uint8_t names_next(uint8_t kind)
{
	uint8_t oldest = 0;

	for (uint8_t i = 0; i < REGISTERS; i++) {
		if (!holder[kind][i])
			return i;
	}
	for (uint8_t i = 0; i < REGISTERS; i++) {
		if (holder[kind][i]->gone)
			return i;
		if (holder[kind][i] < holder[kind][oldest])
			oldest = i;
	}
	return oldest;
}

struct thing *names_add(uint8_t kind, uint8_t which, uint8_t process, uint64_t at, uint64_t len)
{
	struct thing *t = &thing[things];

	if (things == THINGS) {
		record_why_not("it has more names than there is room for");
		return NULL;
	}
	things++;
	*t = (struct thing){ .kind = kind, .which = which, .process = process, .at = at, .len = len, .writable = true };
	if (kind == MEMORY)
		return t;
	if (holder[kind][which])
		holder[kind][which]->lost = true;
	holder[kind][which] = t;
	return t;
}

bool names_add_memory(uint8_t process, uint64_t at, uint32_t pages, unsigned int *page)
{
	struct thing *t;

	*page = next_page[process % PROCESSES];
	if (*page + pages > LAST_MEMORY)
		return false;
	next_page[process % PROCESSES] += pages + 1; /* what lies between is nobody's */
	t = names_add(MEMORY, (uint8_t)*page, process, at, (uint64_t)pages * PAGE);
	return t != NULL;
}

static bool is_address(uint8_t kind)
{
	return kind == MEMORY || kind == ADDRESS;
}

static struct thing *search(uint8_t kind, int process, uint64_t number, uint64_t slack)
{
	for (unsigned int i = things; i--; ) {
		struct thing *t = &thing[i];

		if (t->kind != kind && !(is_address(kind) && is_address(t->kind)))
			continue;
		if (t->lost || (process >= 0 && t->process != process))
			continue;
		if (number - t->at < t->len || (slack && number - (t->at - slack) <= t->len + 2 * slack))
			return t;
	}
	return NULL;
}

/* Of the process itself; of another one, by which it was inherited; near by, where such numbers follow each other. */
struct thing *names_find(uint8_t kind, uint8_t process, uint64_t number)
{
	bool alone = kind == DESCRIPTOR || kind == GRANT || is_address(kind);
	struct thing *t = search(kind, alone ? process : -1, number, 0);

	if (!t && kind != GRANT)
		t = search(kind, -1, number, 0);
	if (!t && (kind == GRANT || is_address(kind)))
		t = search(kind, kind == GRANT ? process : -1, number, kind == GRANT ? GRANTS_NEAR : PAGE);
	return t;
}

void names_gone(uint8_t kind, uint8_t process, uint64_t at, uint64_t len)
{
	for (unsigned int i = 0; i < things; i++) {
		struct thing *t = &thing[i];

		if (t->kind == kind && t->process == process && t->at >= at && t->at + t->len <= at + len)
			t->gone = true;
	}
}

struct value names_value(uint8_t kind, uint8_t process, uint64_t number)
{
	const struct thing *t = names_find(kind, process, number);

	if (!t)
		return plain(number);
	if (t->kind == MEMORY)
		return names_page(t->which, (int64_t)(number - t->at));
	return (struct value){ .kind = t->kind, .which = t->which, .number = number - t->at };
}

struct value names_of_map(uint8_t kind, uint64_t index, uint64_t number)
{
	const struct thing *t = search(OFFSET, -1, index, 0);

	if (!t || t->at != index || t->pages * (kind == LENGTH ? (uint64_t)PAGE : 1) != number)
		return plain(number);
	return (struct value){ .kind = kind, .which = t->which };
}

struct value names_page(unsigned int page, int64_t plus)
{
	return (struct value){ .kind = MEMORY, .which = (uint8_t)page, .number = (uint64_t)plus };
}
