// SPDX-License-Identifier: MIT
/*
 * Notes once each, in the file named by CANARY, how many seconds after its start a program reached the broken line, and saw it
 * do wrong. The fuzzer learns nothing of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "canary.h"

static double started;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

__attribute__((constructor)) static void start(void)
{
	started = now();
}

static void note(const char *what)
{
	const char *path = getenv("CANARY");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %.2f\n", what, now() - started);
	fclose(file);
}

void gnt_canary(unsigned int triggered)
{
	static int reached, done;

	if (!reached)
		note("reached");
	reached = 1;
	if (triggered && !done) {
		note("triggered");
		done = 1;
	}
}
