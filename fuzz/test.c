/* SPDX-License-Identifier: MIT */
/*
 * Programs as bytes and as text: what is written is read as the same program, whatever bytes it began with; the mutator makes
 * programs; and what is no program is refused.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include "mutator.h"
#include "text.h"

#define TRIES 20000u

static unsigned int failed, tests;

static void result(const char *name, bool good)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, name);
	failed += !good;
}

/* Bytes in which the beginnings of calls are likely. */
static size_t some_bytes(uint8_t *bytes, size_t room, struct dice *d)
{
	size_t size = roll(d, (uint32_t)room);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(roll(d, 3) ? roll(d, 48) : roll(d, 256));
	return size;
}

static bool through_bytes(const struct program *p)
{
	static uint8_t bytes[PROGRAM_BYTES], again[PROGRAM_BYTES];
	static struct program q;
	size_t size = program_encode(p, bytes, sizeof(bytes));

	program_decode(&q, bytes, size);
	return size && program_equal(p, &q) && program_encode(&q, again, sizeof(again)) == size && !memcmp(bytes, again, size);
}

static bool through_text(const struct program *p)
{
	static struct program q;
	char *text = NULL, *again = NULL, why[80];
	size_t size, size_again;
	FILE *to = open_memstream(&text, &size);
	bool good;

	text_print(to, p);
	fclose(to);
	good = text_parse(&q, text, why, sizeof(why)) && program_equal(p, &q);
	to = open_memstream(&again, &size_again);
	text_print(to, &q);
	fclose(to);
	good &= size == size_again && !memcmp(text, again, size);
	if (!good)
		printf("# %s\n%s", why, text);
	free(text);
	free(again);
	return good;
}

static void random_programs(void)
{
	static uint8_t bytes[1500];
	static struct program p;
	struct dice d = { 1 };
	bool in_bytes = true, in_text = true;
	uint64_t calls = 0;

	for (unsigned int i = 0; i < TRIES && in_bytes && in_text; i++) {
		program_decode(&p, bytes, some_bytes(bytes, sizeof(bytes), &d));
		calls += p.calls;
		in_bytes = through_bytes(&p);
		in_text = i % 8 || through_text(&p);
	}
	result("any bytes: the program they are is written and read as the same, in bytes", in_bytes && calls > TRIES);
	result("and in text", in_text);
}

static void mutants(void)
{
	static struct program p, q, before;
	struct dice d = { 2 };
	bool good = true;
	unsigned int changed = 0, used[OPS] = { 0 };

	program_decode(&p, NULL, 0);
	for (unsigned int i = 0; i < TRIES && good; i++) {
		static uint8_t bytes[PROGRAM_BYTES];
		size_t size;

		before = p;
		mutate(&p, &d);
		changed += !program_equal(&p, &before);
		if (i % 50 == 0)
			splice(&p, &q, &d);
		if (i % 77 == 0)
			q = p;
		good = through_bytes(&p) && (i % 16 || through_text(&p));
		size = program_encode(&p, bytes, sizeof(bytes));
		program_decode(&p, bytes, size); /* as the engines do */
		for (unsigned int k = 0; k < p.calls; k++)
			used[p.call[k].op]++;
		if (p.calls > 60)
			p.calls = 5;
	}
	result("mutants of programs are programs", good);
	result("most of them are other ones", changed > TRIES / 2);
	for (unsigned int op = 0; op < OPS; op++)
		good &= used[op] != 0;
	result("every operation comes up", good);
}

/* Does @v refer to a register of this kind that no call before has given anything? */
static bool empty(const struct value *v, const bool (*set)[REGISTERS])
{
	return (v->kind == DESCRIPTOR || v->kind == OFFSET || v->kind == ADDRESS || v->kind == GRANT) && !set[v->kind][v->which];
}

/* Of the references in a program: how many there are, and how many are to nothing. */
static void references(const struct program *p, unsigned int *all, unsigned int *none)
{
	bool set[KINDS][REGISTERS] = { { false } };

	for (unsigned int i = 0; i < p->calls; i++) {
		const struct call *c = &p->call[i];
		unsigned int args = (unsigned int)strlen(operations[c->op].args);

		for (unsigned int k = 0; k < args + c->items * program_width(c); k++) {
			const struct value *v = k < args ? &c->arg[k] : &p->value[c->first + k - args];

			*all += v->kind == DESCRIPTOR || v->kind == OFFSET || v->kind == ADDRESS || v->kind == GRANT;
			*none += empty(v, set);
		}
		set[operations[c->op].result][c->to] = true;
	}
}

static void generated(void)
{
	static struct program p, q;
	unsigned int all = 0, none = 0, calls = 0, same = 0;

	for (unsigned int i = 0; i < 1000; i++) {
		struct dice d = { i }, e = { i };

		generate(&p, &d);
		generate(&q, &e);
		same += program_equal(&p, &q);
		calls += p.calls;
		references(&p, &all, &none);
	}
	result("the same dice make the same program", same == 1000);
	result("new programs are short", calls >= 5 * 1000 && calls <= 25 * 1000);
	printf("# %u calls, %u references, %u to nothing\n", calls, all, none);
	result("what they refer to was made before, but for one in a hundred", all > calls && none * 100 <= all);
}

static void refused(void)
{
	static const char *const texts[] = {
		"", "# nothing\n", "open(p0, 2)\n", "world\n", "world pv linux limit=1\n", "world pv linux limit=65536 maptrack=0\n",
		"world pv linux limit=1 maptrack=0\nopen(p0, 2)\n", "world pv linux limit=1 maptrack=0\nm0 = open(p0, 2)\n",
		"world pv linux limit=1 maptrack=0\nf8 = open(p0, 2)\n", "world pv linux limit=1 maptrack=0\nf0 = open(p0)\n",
		"world pv linux limit=1 maptrack=0\nf0 = open(p0, 2, 3)\n", "world pv linux limit=1 maptrack=0\nf0 = open(p0, 2) @16\n",
		"world pv linux limit=1 maptrack=0\nf0 = compat open(p0, 2)\n", "world pv linux limit=1 maptrack=0\nopens(p0, 2)\n",
		"world pv linux limit=1 maptrack=0\nclose(p0, f0) more\n", "world pv linux limit=1 maptrack=0\nclose(p0, z0)\n",
		"world pv linux limit=1 maptrack=0\nm0 = map(p0, f0, a0, 1, [d0:g0:1])\n",
		"world pv linux limit=1 maptrack=0\nm0 = map(p0, f0, a0, 1, [d0])\n",
		"world pv linux limit=1 maptrack=0\nm0 = map(p0, f0, a0, 1, d0:g0)\n",
	};
	static struct program p;
	char why[80];
	bool good = true;

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!text_parse(&p, texts[i], why, sizeof(why)))
			continue;
		printf("# %u is taken for a program\n", i);
		good = false;
	}
	result("what is no program is refused", good);
	result("and where is said", !text_parse(&p, "world pv linux limit=1 maptrack=0\n\n  close(p0)\n", why, sizeof(why))
				    && !strcmp(why, "line 3: another argument is expected"));
	result("comments and spaces are none of a program",
	       text_parse(&p, "# a\n\n world auto header limit = 1 maptrack=2 # b\n  f3=open( p1 ,0x2)#c\n", why, sizeof(why))
		       && p.calls == 1 && p.automatic && p.header && p.limit == 1 && p.maptrack == 2 && p.call[0].to == 3);
}

int main(void)
{
	printf("KTAP version 1\n1..11\n");
	random_programs();
	mutants();
	generated();
	refused();
	printf("program-test: %u passed, %u failed, 0 skipped\n", tests - failed, failed);
	return failed != 0 || tests != 11;
}
