/* SPDX-License-Identifier: MIT */
/*
 * The little that the tests of the core and of the model need: a suite is a table or two of rows and a list of plain tests; a
 * test fails by EXPECT() and goes on. The output is KTAP, one subtest block a suite. Nothing here knows what is tested.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "types.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct test {
	const char *name;
	void (*run)(void);
};

/* Rows of any kind; the first member of each is its name, a const char *. */
struct test_table {
	const void *row;
	unsigned int rows;
	size_t bytes; /* of one row */
	void (*run)(const void *row);
};

#define TABLE(array, function) { array, ARRAY_SIZE(array), sizeof((array)[0]), function }
#define TABLES_MAX 2u

struct suite {
	const char *name;
	struct test_table table[TABLES_MAX];
	const struct test *test; /* up to one without a name; NULL: none */
};

/*
 * The program @name: [--seed N] [--list] [SUITE ...] runs the suites asked for, or all of @suite, which ends with a NULL. What it
 * returns is the exit status: 0 only if no test failed.
 */
int ktap_main(const char *name, const struct suite *const *suite, int argc, char **argv);

/* Marks the running test as failed; the first few failures of a test are printed as diagnostics. */
__attribute__((format(printf, 4, 5))) void test_failed(const char *file, int line, const char *what, const char *format, ...);

/* Has the running test failed yet? A long loop asks, to stop at the first failure rather than at the last. */
int test_has_failed(void);

/* EXPECT(condition), or EXPECT(condition, format, ...) with a literal that says more. */
#define EXPECT(condition, ...) \
	do { \
		if (!(condition)) \
			test_failed(__FILE__, __LINE__, #condition, " " __VA_ARGS__); \
	} while (0)

/* Memory that is there, full of what nobody should rely on. */
void *garbage(size_t bytes);

/* Pseudo-random numbers (splitmix64): the same for the same seed, on every machine. */
extern u64 test_seed;

static inline u64 next_random(u64 *state)
{
	u64 z = (*state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}
