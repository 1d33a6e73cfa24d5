/* SPDX-License-Identifier: MIT */
/* Dictionaries, made from the seeds and from the headers, so that they follow these: see dictionary.h. */
#include <string.h>
#include "abi.h"
#include "dictionary.h"
#include "file.h"
#include "on_model.h"
#include "request.h"

#define LONGEST 64u /* libFuzzer leaves out what is longer */
#define TOKENS 2048u
#define WORLD 5u /* bytes, before the first call */

struct token {
	uint8_t bytes[LONGEST];
	size_t size;
};

static struct token token[TOKENS];
static unsigned int tokens;

/* Prints what was not there yet. */
static void print(FILE *to, const char *name, const uint8_t *bytes, size_t size)
{
	struct token *t = &token[tokens];

	if (!size || size > LONGEST || tokens == TOKENS)
		return;
	for (unsigned int i = 0; i < tokens; i++) {
		if (token[i].size == size && !memcmp(token[i].bytes, bytes, size))
			return;
	}
	memcpy(t->bytes, bytes, size);
	t->size = size;
	fprintf(to, "%s_%u=\"", name, tokens++);
	for (size_t i = 0; i < size; i++)
		fprintf(to, "\\x%02X", bytes[i]);
	fputs("\"\n", to);
}

/* ---- ioctl */

/* A call alone, as the bytes of a program. */
static size_t encode(const struct program *p, const struct call *c, uint8_t *bytes)
{
	static struct program one;
	static uint8_t all[PROGRAM_BYTES];
	unsigned int n = c->items * program_width(c);
	size_t size;

	memset(&one, 0, sizeof(one));
	one.calls = 1;
	one.values = (uint16_t)n;
	one.call[0] = *c;
	one.call[0].first = 0;
	memcpy(one.value, &p->value[c->first], n * sizeof(one.value[0]));
	size = program_encode(&one, all, sizeof(all)) - WORLD;
	if (size <= LONGEST)
		memcpy(bytes, all + WORLD, size);
	return size;
}

/* The bytes of a number among the arguments: all that follows the operation of a call that has no other. */
static void number(FILE *to, uint64_t value)
{
	const struct call c = { .op = LIMIT, .arg[0] = { .kind = NUMBER, .number = value } };
	uint8_t bytes[LONGEST];
	size_t size = encode(&(struct program){ 0 }, &c, bytes);

	if (value > UINT8_MAX) /* others an engine finds by itself */
		print(to, "number", bytes + 3, size - 3);
}

/* The first call of each operation with each result, and the numbers of all. */
static void of_seed(FILE *to, const struct program *p)
{
	static bool seen[OPS][2][256];
	static struct outcome outcome[PROGRAM_CALLS];
	static struct on_model o;
	uint8_t bytes[LONGEST];

	on_model_begin(&o, p, NULL);
	execute(p, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (unsigned int i = 0; i < p->calls; i++) {
		const struct call *c = &p->call[i];
		bool *one = &seen[c->op][c->compat][outcome[i].result < 0 ? -outcome[i].result & 255 : 0];
		size_t size = *one ? 0 : encode(p, c, bytes);

		for (unsigned int k = 0; operations[c->op].args[k]; k++)
			number(to, c->arg[k].number);
		for (unsigned int k = 0; k < c->items * program_width(c); k++)
			number(to, p->value[c->first + k].number);
		*one |= size && size <= LONGEST;
		print(to, operations[c->op].name, bytes, size);
	}
}

/* The numbers of ioctls, whether a seed makes them by number or not. */
static void commands(FILE *to)
{
	static const uint32_t command[] = {
		IOCTL_GNTDEV_MAP_GRANT_REF, IOCTL_GNTDEV_UNMAP_GRANT_REF, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR,
		IOCTL_GNTDEV_SET_MAX_GRANTS, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, IOCTL_GNTDEV_GRANT_COPY,
	};

	for (unsigned int i = 0; i < sizeof(command) / sizeof(command[0]); i++)
		number(to, command[i]);
}

/* ---- copy: fields of raw segments, and statuses */

static void field(FILE *to, const char *name, uint64_t value, unsigned int bytes)
{
	uint8_t raw[8];

	for (unsigned int i = 0; i < bytes; i++)
		raw[i] = (uint8_t)(value >> 8 * i);
	print(to, name, raw, bytes);
}

static void of_copy(FILE *to)
{
	static const uint64_t lengths[] = { 1, GNT_PAGE_SIZE - 1, GNT_PAGE_SIZE, GNT_PAGE_SIZE + 1, UINT16_MAX };
	static const uint64_t addresses[] = { GNT_PAGE_SIZE, GNT_PAGE_SIZE - 1, UINT32_MAX, 1ull << 32, 0x7ffffffff000,
					      1ull << 63, -(uint64_t)GNT_PAGE_SIZE, -1ull };
	static const uint64_t flags[] = { 0, GNTCOPY_source_gref, GNTCOPY_dest_gref, GNTCOPY_source_gref | GNTCOPY_dest_gref };

	for (unsigned int i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		field(to, "length", lengths[i], 2);
	for (unsigned int i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		field(to, "flags", flags[i], 2);
	for (unsigned int i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		field(to, "address", addresses[i], 8);
	for (int status = GNTST_eagain; status <= 1; status++)
		field(to, "status", (uint64_t)status, 2);
}

bool dictionary_print(FILE *to, const char *target, char **seed, int seeds)
{
	static struct program p;

	fprintf(to, "# %s, made by build/program dictionary from the seeds and the headers\n", target);
	if (!strcmp(target, "copy"))
		of_copy(to);
	if (strcmp(target, "ioctl"))
		return true;
	commands(to);
	for (int i = 0; i < seeds; i++) {
		if (!file_program(seed[i], &p))
			return false;
		of_seed(to, &p);
	}
	return true;
}
