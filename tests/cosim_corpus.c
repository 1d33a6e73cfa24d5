/* SPDX-License-Identifier: MIT */
/*
 * build/cosim-corpus: programs for tests/cosim.sh, always the same ones: the seeds, and what the mutator makes of them and of
 * nothing with dice that are thrown alike each time; for the Linux profile, or with --header for that one. Calls that no device can be made to do are left out, and programs of which
 * little remains, or that never map anything or copy. A program is named by a hash of its bytes, so that it keeps its name when
 * others come and go.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "file.h"
#include "mutator.h"
#include "on_model.h"

#define SEEDS 200u
#define LEAST_CALLS 5u
#define LEAST_SUCCESSES 3u
#define CHANGES 4u /* at most, of a seed */
#define TRIES 100u /* dice to throw, for each program that is wanted */

static struct program seed[SEEDS];
static unsigned int seeds;
static bool header; /* the profile */

/* ---- what a device can do */

static void predict(const struct program *p, struct outcome *outcome)
{
	static const struct machine like = { .device = true };
	static struct on_model o;

	on_model_begin(&o, p, &like);
	execute(p, &o.machine, outcome, NULL);
	on_model_end(&o);
}

static bool faultless(const struct call *c)
{
	return c->op != FAULT && c->op != FAIL_NTH && !c->inner;
}

/* Removes the calls that cannot be made; others may then be so that could. */
static void strip(struct program *p, struct outcome *outcome)
{
	unsigned int n = 0, before;

	p->automatic = false;
	p->header = header;
	p->maptrack = 0;
	for (unsigned int i = 0; i < p->calls; i++) {
		if (faultless(&p->call[i]))
			p->call[n++] = p->call[i];
	}
	p->calls = (uint16_t)n;
	do {
		predict(p, outcome);
		before = p->calls;
		n = 0;
		for (unsigned int i = 0; i < p->calls; i++) {
			if (outcome[i].fate == MADE)
				p->call[n++] = p->call[i];
		}
		p->calls = (uint16_t)n;
	} while (n != before);
}

/* It must do something to the driver that succeeds. */
static bool worth_it(const struct program *p, const struct outcome *outcome)
{
	unsigned int successes = 0;
	bool uses = false;

	for (unsigned int i = 0; i < p->calls; i++) {
		uint8_t op = p->call[i].op;

		if (outcome[i].result < 0 || ((op < MAP || op > IOCTL) && op != MMAP))
			continue;
		successes++;
		uses |= op == MAP || op == COPY;
	}
	return p->calls >= LEAST_CALLS && successes >= LEAST_SUCCESSES && uses;
}

/* ---- programs in a folder */

static uint64_t hash(const uint8_t *bytes, size_t size)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < size; i++)
		h = (h ^ bytes[i]) * 0x100000001b3ull;
	return h;
}

/* 1: written; 0: it was there, or is worth nothing; -1: it cannot be written. */
static int keep(struct program *p, const char *folder)
{
	static struct outcome outcome[PROGRAM_CALLS];
	static uint8_t bytes[PROGRAM_BYTES];
	char path[4096];
	size_t size;
	FILE *to;

	strip(p, outcome);
	size = worth_it(p, outcome) ? program_encode(p, bytes, sizeof(bytes)) : 0;
	if (!size)
		return 0;
	snprintf(path, sizeof(path), "%s/%016llx", folder, (unsigned long long)hash(bytes, size));
	to = fopen(path, "wbx");
	if (!to)
		return errno == EEXIST ? 0 : -1;
	return fwrite(bytes, 1, size, to) == size && !fclose(to) ? 1 : -1;
}

/* Two of three programs come from a seed. */
static void make(struct program *p, unsigned int number)
{
	struct dice dice = { .state = 0x9e3779b97f4a7c15ull * (number + 1) };

	if (number % 3 == 0) {
		generate(p, &dice);
		return;
	}
	*p = seed[roll(&dice, seeds)];
	if (number % 3 == 1)
		splice(p, &seed[roll(&dice, seeds)], &dice);
	for (unsigned int n = 1 + roll(&dice, CHANGES); n; n--)
		mutate(p, &dice);
}

int main(int argc, char **argv)
{
	static struct program p;
	unsigned int want, made = 0, number = 0;

	header = argc > 1 && !strcmp(argv[1], "--header");
	argv += header;
	argc -= header;
	want = argc >= 4 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	if (!want) {
		fprintf(stderr, "usage: cosim-corpus [--header] FOLDER PROGRAMS SEED...\n");
		return 2;
	}
	for (int i = 3; i < argc && seeds < SEEDS; i++) {
		if (!file_program(argv[i], &seed[seeds]))
			return 1;
		p = seed[seeds++];
		made += keep(&p, argv[1]) == 1;
	}
	for (; made < want && number < want * TRIES; number++) {
		int kept;

		make(&p, number);
		kept = keep(&p, argv[1]);
		if (kept < 0) {
			perror(argv[1]);
			return 1;
		}
		made += (unsigned int)kept;
	}
	printf("corpus: %u programs of the %s profile, of %u seeds and %u throws\n", made, header ? "header" : "linux", seeds, number);
	return made < want;
}
