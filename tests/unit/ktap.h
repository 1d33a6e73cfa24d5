/* SPDX-License-Identifier: MIT */
/*
 * The little that the unit tests need: a suite is a numbered list of tests, a test fails by EXPECT() and goes on.
 * The output is KTAP, one subtest block a suite. Nothing here knows what is tested.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "types.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct suite {
	const char *name;
	unsigned int tests;
	const char *(*test)(unsigned int i); /* the name of test i */
	void (*run)(unsigned int i);
};

extern const struct suite slots_suite, table_suite, copy_suite, request_suite, state_suite, notify_suite, transfer_suite, map_suite;

/* Marks the running test as failed; the first few failures of a test are printed as diagnostics. */
__attribute__((format(printf, 3, 4))) void test_failed(const char *file, int line, const char *format, ...);

/* Has the running test failed yet? A long loop asks, to stop at the first failure rather than at the last. */
int test_has_failed(void);

#define EXPECT(condition, ...) \
	do { \
		if (!(condition)) \
			test_failed(__FILE__, __LINE__, __VA_ARGS__); \
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
