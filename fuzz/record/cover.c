/* SPDX-License-Identifier: MIT */
/*
 * build/cover: of many programs, the fewest and shortest that reach what all of them do:
 *
 *	cover DIRECTORY KEPT... -- PROGRAM...
 *
 * Edges of src/core and src/model are counted by clang, and each operation's results in each kind of world besides. What the KEPT
 * ones reach is reached. Of the others, that one is next which reaches most that is new, then the shortest; in the end calls are
 * left out without which what it is there for is still reached, and what is left is answered as before. Each goes
 * to DIRECTORY, under its name, with the answers.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../on_model.h"
#include "record.h"
#include "../text.h"

#define FEATURES (1u << 16)
#define EDGES (FEATURES - RESULTS)
#define RESULTS 8192u /* of operations, by their hashes */
#define WORDS (FEATURES / 64)
#define PROGRAMS 4096u

struct candidate {
	const char *path;
	unsigned int calls;
	bool kept, chosen;
	uint64_t *reaches; /* [WORDS] */
};

static struct candidate candidate[PROGRAMS];
static unsigned int candidates;
static uint8_t *counters, *counters_end;

void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);
void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop)
{
	counters = start;
	counters_end = stop;
}

/* ---- what a program reaches */

static void mark(uint64_t *set, unsigned int bit)
{
	set[bit / 64] |= 1ull << bit % 64;
}

static unsigned int result_of(const struct program *p, const struct call *c, const struct outcome *o)
{
	uint64_t kind = o->result < 0 ? (uint64_t)-o->result : 0;

	kind = (kind * OPS + c->op) * 2 + c->compat;
	(void)p;
	return EDGES + (unsigned int)(kind * 0x9e3779b97f4a7c15ull >> 51);
}

/* false: an answer is not the one that is said. */
static bool run(const struct program *p, char (*said)[ANSWER_BYTES], uint64_t *set)
{
	static struct outcome outcome[PROGRAM_CALLS];
	static struct on_model o;
	char got[ANSWER_BYTES];

	memset(set, 0, WORDS * sizeof(*set));
	memset(counters, 0, (size_t)(counters_end - counters));
	on_model_begin(&o, p, NULL);
	execute(p, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (uint8_t *at = counters; at < counters_end; at++) {
		if (*at)
			mark(set, (unsigned int)(at - counters));
	}
	for (unsigned int i = 0; i < p->calls; i++) {
		mark(set, result_of(p, &p->call[i], &outcome[i]));
		answer_of(got, &p->call[i], &outcome[i]);
		if (said && said[i][0] && strcmp(got, said[i]))
			return false;
	}
	return true;
}

static unsigned int count_new(const uint64_t *set, const uint64_t *reached)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < WORDS; i++)
		n += (unsigned int)__builtin_popcountll(set[i] & ~reached[i]);
	return n;
}

static void add(uint64_t *to, const uint64_t *set)
{
	for (unsigned int i = 0; i < WORDS; i++)
		to[i] |= set[i];
}

/* ---- the fewest */

static bool load(const char *path, bool kept)
{
	static char said[PROGRAM_CALLS][ANSWER_BYTES];
	static struct program p;
	struct candidate *c = &candidate[candidates];

	if (candidates == PROGRAMS || !answers_read(path, &p, said))
		return false;
	*c = (struct candidate){ .path = path, .calls = p.calls, .kept = kept, .reaches = calloc(WORDS, 8) };
	if (!c->reaches || !run(&p, said, c->reaches)) {
		fprintf(stderr, "cover: %s is not answered as it says\n", path);
		return false;
	}
	candidates++;
	return true;
}

static struct candidate *next_one(const uint64_t *reached)
{
	struct candidate *best = NULL;
	unsigned int most = 0;

	for (unsigned int i = 0; i < candidates; i++) {
		struct candidate *c = &candidate[i];
		unsigned int n = c->kept || c->chosen ? 0 : count_new(c->reaches, reached);

		if (n > most || (n && n == most && c->calls < best->calls)) {
			best = c;
			most = n;
		}
	}
	return best;
}

/* ---- the shortest */

static struct program best, next;
static char answers[PROGRAM_CALLS][ANSWER_BYTES], fewer[PROGRAM_CALLS][ANSWER_BYTES];

static void without(unsigned int at)
{
	next = best;
	memcpy(fewer, answers, sizeof(fewer));
	memmove(&next.call[at], &next.call[at + 1], (next.calls - at - 1u) * sizeof(next.call[0]));
	memmove(fewer[at], fewer[at + 1], (next.calls - at - 1u) * sizeof(fewer[0]));
	next.calls--;
}

/* From the end, as what comes last is least often what others need; until nothing more can go. @wanted is still reached. */
static void shorten(const uint64_t *wanted)
{
	static uint64_t set[WORDS];
	bool some = true;

	while (some) {
		some = false;
		for (unsigned int at = best.calls; at--; ) {
			without(at);
			if (!run(&next, fewer, set) || count_new(wanted, set))
				continue;
			best = next;
			memcpy(answers, fewer, sizeof(answers));
			some = true;
		}
	}
}

/* What nobody else reaches that is there. */
static void only_of(const struct candidate *c, uint64_t *wanted)
{
	memcpy(wanted, c->reaches, WORDS * sizeof(*wanted));
	for (unsigned int i = 0; i < candidates; i++) {
		const struct candidate *other = &candidate[i];

		for (unsigned int k = 0; other != c && (other->kept || other->chosen) && k < WORDS; k++)
			wanted[k] &= ~other->reaches[k];
	}
}

/* The line of comment that says where it came from. */
static void head_of(const char *path, char *head, size_t room)
{
	FILE *file = fopen(path, "r");

	head[0] = 0;
	while (file && fgets(head, (int)room, file) && (head[0] != '#' || strstr(head, "SPDX")))
		;
	head[strcspn(head, "\n")] = 0;
	if (file)
		fclose(file);
}

static unsigned int write_out(struct candidate *c, const char *directory)
{
	static uint64_t wanted[WORDS];
	const char *name = strrchr(c->path, '/') ? strrchr(c->path, '/') + 1 : c->path;
	char path[4096], head[400];

	if (!answers_read(c->path, &best, answers))
		return 0;
	only_of(c, wanted);
	shorten(wanted);
	run(&best, answers, c->reaches);
	recording.p = best;
	memcpy(recording.answer, answers, sizeof(answers));
	head_of(c->path, head, sizeof(head));
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	record_write(path, head + 2);
	return best.calls;
}

int main(int argc, char **argv)
{
	static uint64_t reached[WORDS];
	unsigned int n = 0, calls = 0, kept = 0, least;
	struct candidate *c;
	bool others = false;

	if (argc < 3 || counters_end - counters > (long)EDGES) {
		fprintf(stderr, "usage: cover DIRECTORY KEPT... -- PROGRAM...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			others = true;
		else if (!load(argv[i], !others))
			return 1;
	}
	for (unsigned int i = 0; i < candidates; i++) {
		if (candidate[i].kept)
			add(reached, candidate[i].reaches);
		kept += candidate[i].kept;
	}
	least = count_new(reached, (uint64_t[WORDS]){ 0 });
	while ((c = next_one(reached))) {
		c->chosen = true;
		add(reached, c->reaches);
	}
	for (unsigned int i = 0; i < candidates; i++) {
		if (candidate[i].chosen) {
			calls += write_out(&candidate[i], argv[1]);
			n++;
		}
	}
	printf("cover: %u programs reach %u edges and results; %u of them by %u, the rest by %u more, of %u calls\n", candidates,
	       count_new(reached, (uint64_t[WORDS]){ 0 }), least, kept, n, calls);
	return 0;
}
