/* SPDX-License-Identifier: MIT */
/*
 * Is a program's run the same each time? Each file is run twice in this process, and what came of each is said: a hash of every
 * outcome, and of the world's digest after each call. fuzz/gates.sh compares that with another process, whose memory and whose
 * variables begin with other bytes. It must not know what the right answer is.
 */
#include <stdlib.h>
#include <string.h>
#include "file.h"
#include "on_model.h"

static uint64_t hash;

static void mix(uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	hash ^= hash >> 32;
}

static void settled(struct machine *machine)
{
	struct model *m = ((struct on_model *)machine)->m;

	model_check(m);
	mix(model_digest(m));
}

static uint64_t run(const struct program *p)
{
	static struct outcome outcome[PROGRAM_CALLS];
	static struct on_model o;

	hash = 0;
	memset(outcome, 0, sizeof(outcome));
	on_model_begin(&o, p, NULL);
	o.machine.settled = settled;
	execute(p, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (unsigned int i = 0; i < p->calls; i++) {
		mix(outcome[i].fate);
		mix((uint64_t)outcome[i].result);
		for (uint32_t k = 0; k < outcome[i].len; k++)
			mix(outcome[i].bytes[k]);
	}
	return hash;
}

int main(int argc, char **argv)
{
	static struct program p;
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		uint64_t first, second;

		if (!file_program(argv[i], &p))
			return 2;
		first = run(&p);
		second = run(&p);
		printf("%s %016llx\n", argv[i], (unsigned long long)first);
		if (first == second)
			continue;
		fprintf(stderr, "stable: %s: the second run differs\n", argv[i]);
		failed = 1;
	}
	return failed;
}
