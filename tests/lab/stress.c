// SPDX-License-Identifier: MIT
/*
 * Everything at once, for as long as it is told to: a process for each actor of actors_*.c, which
 * does its thing again and again with another seed. A row for each. What goes wrong shows as a row
 * that fails, a hang, something left in the driver, or a report in the kernel's log.
 */
#define _GNU_SOURCE
#include <time.h>
#include "lab.h"

#define ACTORS_MAX 32u
/* what an actor may take longer than it was given: the machine is slow, and all of them are busy */
#define PATIENCE 120

struct running {
	const struct actor *actor;
	pid_t pid;
	int rounds; /* a pipe: how many it had, when it has ended */
};

uint32_t pick(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return (*seed >> 3) % n;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void play(const struct actor *actor, unsigned int seconds, uint32_t seed, int rounds)
{
	double end = now() + seconds;
	long n = 0;

	alarm(seconds + PATIENCE);
	open_grantor(NULL);
	if (actor->begin)
		actor->begin();
	while (now() < end) {
		/* 0 would stay 0 */
		uint32_t s = pick(&seed, 1u << 28) | 1;

		actor->act(s);
		n++;
	}
	CHECK(write(rounds, &n, sizeof(n)) == sizeof(n));
	_exit(0);
}

static void start(struct running *r, const struct actor *actor, unsigned int seconds, uint32_t seed)
{
	int ends[2];

	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	r->actor = actor;
	r->rounds = ends[0];
	fflush(stdout);
	r->pid = fork();
	if (r->pid == 0)
		play(actor, seconds, seed, ends[1]);
	CHECK(r->pid > 0);
	close(ends[1]);
}

static void finish(const struct running *r, unsigned int number, uint32_t seed)
{
	long n = 0;
	int status;

	if (waitpid(r->pid, &status, 0) != r->pid || status != 0)
		printf("not ok %u - %s # status 0x%x, seed %u\n", number, r->actor->name, (unsigned int)status, seed);
	else if (read(r->rounds, &n, sizeof(n)) != sizeof(n) || n == 0)
		printf("not ok %u - %s # it did nothing, seed %u\n", number, r->actor->name, seed);
	else
		printf("ok %u - %s # %ld rounds\n", number, r->actor->name, n);
}

int stress(unsigned int seconds, uint32_t seed)
{
	const struct actor *const tables[] = { map_actors, use_actors, kernel_actors };
	struct held before = held_now();
	struct running running[ACTORS_MAX];
	unsigned int n = 0;

	for (unsigned int t = 0; t < 3; t++) {
		for (const struct actor *a = tables[t]; a->name; a++, n++)
			start(&running[n], a, seconds, seed * 100 + n);
	}
	printf("KTAP version 1\n1..%u\n", n + 1);
	for (unsigned int i = 0; i < n; i++)
		finish(&running[i], i + 1, seed);
	/* I5, GNT-CLOSE-006 */
	printf("%sok %u - the driver holds what it held before\n", held_settles(before) ? "" : "not ", n + 1);
	return 0;
}
