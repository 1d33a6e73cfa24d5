// SPDX-License-Identifier: MIT
/* The runner of ktap.h. */
#include <stdarg.h>
#include "ktap.h"

/* diagnostics of one test that are worth reading */
#define DIAGNOSTICS_MAX 8u

u64 test_seed = 20240601;
static unsigned int failures; /* of the running test */

void test_failed(const char *file, int line, const char *what, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	va_list args;

	if (failures++ >= DIAGNOSTICS_MAX)
		return;
	printf("  # %s:%d: %s%s", slash ? slash + 1 : file, line, what, format[1] ? ":" : "\n");
	if (!format[1]) /* a blank, and no more */
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

int test_has_failed(void)
{
	return failures != 0;
}

void *garbage(size_t bytes)
{
	void *p = malloc(bytes);

	if (!p) {
		printf("Bail out! no memory\n");
		exit(2);
	}
	memset(p, 0xa5, bytes);
	return p;
}

/* Test @i of suite @s, of its tables first: its name, or NULL if there is none. Runs it if @run is not 0. */
static const char *test_of(const struct suite *s, unsigned int i, int run)
{
	for (unsigned int k = 0; k < TABLES_MAX; i -= s->table[k++].rows) {
		const struct test_table *t = &s->table[k];
		const char *row = (const char *)t->row + i * t->bytes;

		if (i >= t->rows)
			continue;
		if (run)
			t->run(row);
		return *(const char *const *)(const void *)row;
	}
	for (const struct test *test = s->test; test && test->name; test++) {
		if (i-- != 0)
			continue;
		if (run)
			test->run();
		return test->name;
	}
	return NULL;
}

static unsigned int tests_of(const struct suite *s)
{
	unsigned int n = 0;

	while (test_of(s, n, 0))
		n++;
	return n;
}

/* Runs suite @s as the subtest block it is: the number of its tests that failed. */
static unsigned int run_suite(const struct suite *s)
{
	unsigned int failed = 0, tests = tests_of(s);

	printf("  KTAP version 1\n  # Subtest: %s\n  1..%u\n", s->name, tests);
	for (unsigned int i = 0; i < tests; i++) {
		const char *name;

		failures = 0;
		name = test_of(s, i, 1);
		if (failures > DIAGNOSTICS_MAX)
			printf("  # and %u more\n", failures - DIAGNOSTICS_MAX);
		printf("  %s %u %s\n", failures ? "not ok" : "ok", i + 1, name);
		fflush(stdout);
		failed += failures != 0;
	}
	return failed;
}

/* Is @name among the suites asked for? All are if none is named. */
static int chosen(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++) {
		if (!strcmp(*names, name))
			return 1;
	}
	return 0;
}

/* How many suites were asked for; a name that is no suite's is an error: 0. */
static unsigned int plan(const struct suite *const *suite, char **names)
{
	unsigned int n = 0, named = 0;

	for (; suite[n]; n++)
		named += chosen(suite[n]->name, names);
	for (n = 0; names[n]; n++)
		;
	return n == 0 || n == named ? named : 0;
}

static int usage(const char *name)
{
	fprintf(stderr, "usage: %s [--seed N] [--list] [SUITE ...]\n", name);
	return 2;
}

static void list(const struct suite *const *suite)
{
	const char *name;

	for (; *suite; suite++) {
		for (unsigned int i = 0; (name = test_of(*suite, i, 0)); i++)
			printf("%s.%s\n", (*suite)->name, name);
	}
}

int ktap_main(const char *name, const struct suite *const *suite, int argc, char **argv)
{
	unsigned int n = 0, planned, tests = 0, failed = 0;
	int arg = 1;

	for (; arg < argc && argv[arg][0] == '-'; arg++) {
		if (!strcmp(argv[arg], "--list"))
			return list(suite), 0;
		if (strcmp(argv[arg], "--seed") || arg + 1 == argc)
			return usage(name);
		test_seed = strtoull(argv[++arg], NULL, 0);
	}
	planned = plan(suite, argv + arg);
	if (!planned)
		return usage(name);
	printf("KTAP version 1\n# seed %llu\n1..%u\n", test_seed, planned);
	for (; *suite; suite++) {
		unsigned int bad;

		if (!chosen((*suite)->name, argv + arg))
			continue;
		bad = run_suite(*suite);
		printf("%s %u %s\n", bad ? "not ok" : "ok", ++n, (*suite)->name);
		tests += tests_of(*suite);
		failed += bad;
	}
	printf("%s: %u passed, %u failed, 0 skipped\n", name, tests - failed, failed);
	return failed != 0;
}
