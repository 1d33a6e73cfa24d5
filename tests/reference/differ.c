// SPDX-License-Identifier: MIT
/*
 * The proven core, in the model, against the executable reference: random sequences of calls, in both profiles, on PV and
 * auto-translated. Before that, wrong answers are planted, each of which must be noticed. A disagreement is printed as the
 * shortest sequence that was found to show it; the exit status is 0 only if there was none.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "differ.h"

#define MAX_JOBS 64u
#define CANARY_SEQUENCES 20000u

static struct {
	u64 first, sequences, seed;
	int profile, mode; /* -1: both */
	u32 jobs;
	FILE *trace;
} options = { 0, 100000, 1, -1, -1, 2, NULL };

/* Sequence @number of all: of which kind, and how its random numbers begin. */
static u64 begin(struct sequence *s, u64 number)
{
	u64 seed = options.seed * 0x100000001b3ull + number;

	s->pv = options.mode < 0 ? number % 2 == 0 : options.mode == 0;
	s->profile = options.profile < 0 ? number / 2 % 2 : (enum ref_profile)options.profile;
	s->calls = 8 + below(&seed, CALLS - 8);
	return seed;
}

/* ---- many */

static void report(struct sequence *s, u64 number, char *why, size_t room)
{
	char first[256];

	snprintf(first, sizeof(first), "%s", why);
	sequence_minimise(s, why, room);
	printf("reference: DISAGREEMENT (--seed %llu --first %llu --sequences 1): %s\n", options.seed, number, first);
	sequence_print(stdout, s, why);
	fflush(stdout);
}

struct sum {
	u64 calls;
	bool disagree;
};

/* Every @jobs-th sequence, from the @job-th on. */
static struct sum work(u32 job, u32 jobs)
{
	static struct sequence s;
	char why[256];
	struct sum sum = { 0 };

	for (u64 number = options.first + job; number < options.first + options.sequences; number += jobs) {
		u64 seed = begin(&s, number);
		u32 at = sequence_run(&s, &seed, 0, why, sizeof(why));

		if (options.trace)
			sequence_print(options.trace, &s, at ? why : "agreed");
		if (at) {
			s.calls = at;
			report(&s, number, why, sizeof(why));
			sum.disagree = true;
			return sum;
		}
		sum.calls += twin->calls;
		if (job == 0 && (number - options.first) / jobs % 20000 == 19999)
			fprintf(stderr, "reference: %llu of %llu sequences\n", number + 1 - options.first, options.sequences);
	}
	return sum;
}

/* Each wrong answer is planted where it is first possible: it must be noticed there. */
static int canaries(void)
{
	static struct sequence s;
	char why[256];
	u32 missed = 0;

	for (u32 canary = CANARY_NONE + 1; canary < CANARIES; canary++) {
		bool planted = false, noticed = false;

		for (u64 number = 0; number < CANARY_SEQUENCES && !planted; number++) {
			u64 seed = begin(&s, number);

			noticed = sequence_run(&s, &seed, canary, why, sizeof(why)) != 0;
			planted = twin->planted;
			noticed &= planted; /* else it was something else */
		}
		if (!noticed) {
			printf("reference: wrong answer %u was %s\n", canary, planted ? "not noticed" : "never planted");
			missed++;
		}
	}
	printf("reference: %u of %u wrong answers planted were noticed\n", CANARIES - 1 - missed, CANARIES - 1);
	fflush(stdout);
	return missed != 0;
}

static int all(void)
{
	int ends[MAX_JOBS];
	struct sum sum = { 0 }, some;
	u32 disagreements = 0;

	for (u32 job = 0; job < options.jobs; job++) {
		int pipes[2];

		if (pipe(pipes)) {
			perror("reference: pipe");
			return 2;
		}
		ends[job] = pipes[0];
		if (fork() == 0) {
			some = work(job, options.jobs);
			exit(write(pipes[1], &some, sizeof(some)) != sizeof(some));
		}
		close(pipes[1]);
	}
	for (u32 job = 0; job < options.jobs; job++) {
		if (read(ends[job], &some, sizeof(some)) != sizeof(some))
			some = (struct sum){ .disagree = printf("reference: job %u has died\n", job) };
		disagreements += some.disagree;
		sum.calls += some.calls;
	}
	while (wait(NULL) > 0)
		;
	printf("reference: %llu sequences, %llu calls, %u disagreements, seed %llu\n", options.sequences, sum.calls,
	       disagreements, options.seed);
	return disagreements != 0;
}

static int which(const char *name, const char *first, const char *second)
{
	if (strcmp(name, first) && strcmp(name, second)) {
		fprintf(stderr, "reference: neither %s nor %s: %s\n", first, second, name);
		exit(2);
	}
	return !strcmp(name, second);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "sequences", 1, NULL, 'n' }, { "seed", 1, NULL, 's' }, { "profile", 1, NULL, 'p' }, { "mode", 1, NULL, 'm' },
		{ "jobs", 1, NULL, 'j' }, { "first", 1, NULL, 'f' }, { "trace", 1, NULL, 't' }, { NULL, 0, NULL, 0 },
	};
	int option, missed;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 'n':
			options.sequences = strtoull(optarg, NULL, 0);
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'f':
			options.first = strtoull(optarg, NULL, 0);
			break;
		case 'p':
			options.profile = which(optarg, "linux", "header");
			break;
		case 'm':
			options.mode = which(optarg, "pv", "auto");
			break;
		case 'j':
			options.jobs = (u32)strtoul(optarg, NULL, 0) % (MAX_JOBS + 1);
			break;
		case 't':
			options.trace = fopen(optarg, "w");
			options.jobs = 1;
			break;
		default:
			fprintf(stderr, "usage: reference-test [--sequences N] [--first K] [--seed S] [--profile linux|header]"
					" [--mode pv|auto] [--jobs J] [--trace FILE]\n");
			return 2;
		}
	}
	options.jobs = options.jobs ? options.jobs : 1;
	printf("reference: seed %llu, %llu sequences\n", options.seed, options.sequences);
	fflush(stdout);
	missed = canaries();
	return all() || missed;
}
