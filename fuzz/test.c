/* SPDX-License-Identifier: MIT */
/*
 * Programs as bytes and as text: what is written is read as the same program, whatever bytes it began with; the mutator makes
 * programs, also by what the engines call; and what is no program is refused.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include "mutator.h"
#include "text.h"

#define TRIES 20000u
#define MARK 0x6d61726b6d61726bull

/* ---- mutator_glue.c */
struct afl_mutator;
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
				 size_t max_out_size, unsigned int seed);
struct afl_mutator *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct afl_mutator *m, uint8_t *buf, size_t size, uint8_t **out, uint8_t *add, size_t add_size,
		       size_t max_size);
void afl_custom_deinit(struct afl_mutator *m);

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

/* ---- what the engines call */

static unsigned int by_engine;

/* In the engine's place: it is no program that it gives back. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
	by_engine++;
	memset(data, 0xee, max_size);
	return size < max_size ? size + 1 : max_size;
}

static const size_t rooms[] = { 1u << 20, 4096, 300, 64, 17, 7, 6, 5, 4, 3, 2, 1, 0 };

struct glue {
	uint8_t *data, *out; /* as large as the room, which a sanitizer sees */
	uint8_t first[4096], second[4096];
	size_t size, size_second, room;
	bool good; /* all that was given back */
	unsigned int other, marked, times; /* of what has room: not what it was; with the mark of the second program */
	unsigned int narrow, some; /* programs for less room than most need: of these, those that have calls still */
};

/* The bytes of a program, at most @room of them: any are a program. @mark: the first argument of each call is MARK. */
static size_t some_program(uint8_t *bytes, size_t room, unsigned int seed, bool mark)
{
	static struct program p;
	static uint8_t all[PROGRAM_BYTES];
	struct dice d = { seed };
	size_t size;

	generate(&p, &d);
	for (unsigned int i = 0; mark && i < p.calls; i++)
		p.call[i].arg[0] = (struct value){ .kind = NUMBER, .number = MARK };
	size = program_encode(&p, all, sizeof(all));
	size = size < room ? size : room;
	if (size)
		memcpy(bytes, all, size);
	return size;
}

static bool has_mark(const struct program *p)
{
	for (unsigned int i = 0; i < p->calls; i++) {
		if (operations[p->call[i].op].args[0] && p->call[i].arg[0].number == MARK)
			return true;
	}
	return false;
}

/* What came out is the bytes of a program, within the room; nothing, if there is no room for the world that it begins with. */
static void came_out(struct glue *g, const uint8_t *out, size_t size)
{
	static struct program p, nothing;
	static uint8_t again[PROGRAM_BYTES];
	size_t least;

	program_decode(&nothing, NULL, 0);
	least = program_encode(&nothing, again, sizeof(again));
	if (size > g->room || (size == 0) != (g->room < least)) {
		printf("# %zu bytes in room for %zu\n", size, g->room);
		g->good = false;
		return;
	}
	program_decode(&p, out, size);
	g->good &= !size || (program_encode(&p, again, sizeof(again)) == size && !memcmp(out, again, size));
	if (g->room < 4096) {
		g->narrow += g->room == 64;
		g->some += g->room == 64 && p.calls;
		return;
	}
	g->times++;
	g->other += size != g->size || memcmp(out, g->first, size);
	g->marked += has_mark(&p);
}

/* @one is done as often with each room. */
static void with_rooms(struct glue *g, void (*one)(struct glue *g, unsigned int seed))
{
	*g = (struct glue){ .good = true };
	for (unsigned int i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		g->room = rooms[i];
		g->data = malloc(g->room ? g->room : 1);
		g->out = malloc(g->room ? g->room : 1);
		for (unsigned int seed = 0; seed < 500 && g->data && g->out; seed++) {
			g->size = some_program(g->first, g->room < sizeof(g->first) ? g->room : sizeof(g->first), seed, false);
			g->size_second = some_program(g->second, sizeof(g->second), seed + 1000, true);
			if (g->size)
				memcpy(g->data, g->first, g->size);
			one(g, seed * 0x9e3779b1u);
		}
		free(g->data);
		free(g->out);
	}
}

static void libfuzzer_one(struct glue *g, unsigned int seed)
{
	unsigned int before = by_engine;
	size_t size = LLVMFuzzerCustomMutator(g->data, g->size, g->room, seed), again;

	if (by_engine != before) {
		g->good &= size == (g->size < g->room ? g->size + 1 : g->room) && (!size || g->data[size - 1] == 0xee);
		return;
	}
	came_out(g, g->data, size);
	if (g->size)
		memcpy(g->out, g->first, g->size);
	again = LLVMFuzzerCustomMutator(g->out, g->size, g->room, seed);
	g->good &= again == size && (!size || !memcmp(g->data, g->out, size));
}

static void libfuzzer_two(struct glue *g, unsigned int seed)
{
	came_out(g, g->out, LLVMFuzzerCustomCrossOver(g->data, g->size, g->second, g->size_second, g->out, g->room, seed));
	g->good &= !g->size || !memcmp(g->data, g->first, g->size);
}

static struct afl_mutator *afl;

static void afl_of(struct glue *g, uint8_t *add, size_t add_size)
{
	uint8_t *out = NULL;
	size_t size = afl_custom_fuzz(afl, g->data, g->size, &out, add, add_size, g->room);

	if (out)
		came_out(g, out, size);
	g->good &= out && (!g->size || !memcmp(g->data, g->first, g->size));
}

static void afl_one(struct glue *g, unsigned int seed)
{
	afl_of(g, NULL, seed % 2); /* without another input its size says nothing */
}

static void afl_two(struct glue *g, unsigned int seed)
{
	(void)seed;
	afl_of(g, g->second, g->size_second);
}

static bool well(const struct glue *g)
{
	return g->good && g->other * 2 > g->times && g->some * 10 > g->narrow * 9;
}

/* In one of four, and then not all of the second program is taken over. */
static bool now_and_then(const struct glue *g)
{
	return g->marked * 20 > g->times && g->marked * 3 < g->times;
}

static void engines(void)
{
	static struct glue g;

	with_rooms(&g, libfuzzer_one);
	result("libFuzzer's mutator: a program, within what there is room for, the same of the same seed", well(&g) && !g.marked);
	result("now and then it is the engine's own", by_engine >= 100 && by_engine <= 600);
	by_engine = 0;
	with_rooms(&g, libfuzzer_two);
	result("its crossover: the same, now and then with calls of the second program",
	       well(&g) && now_and_then(&g) && !by_engine);
	afl = afl_custom_init(NULL, 3);
	result("AFL++'s mutator is there", afl != NULL);
	if (!afl)
		return;
	with_rooms(&g, afl_one);
	result("it gives a program, within what there is room for", well(&g) && !g.marked);
	with_rooms(&g, afl_two);
	result("the same, now and then with calls of another input", well(&g) && now_and_then(&g) && !by_engine);
	afl_custom_deinit(afl);
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
	printf("KTAP version 1\n1..17\n");
	random_programs();
	mutants();
	generated();
	engines();
	refused();
	printf("program-test: %u passed, %u failed, 0 skipped\n", tests - failed, failed);
	return failed != 0 || tests != 17;
}
