// SPDX-License-Identifier: MIT
/*
 * Runs the unit tests of the core: unit [--seed N] [--list] [SUITE ...]. KTAP on standard output; the exit status
 * is 0 only if no test failed.
 */
#include <stdarg.h>
#include "ktap.h"

/* diagnostics of one test that are worth reading */
#define DIAGNOSTICS_MAX 8u

static const struct suite *const suites[] = {
	&slots_suite, &table_suite, &copy_suite, &request_suite, &state_suite, &notify_suite, &transfer_suite,
	&map_suite,
};

u64 test_seed = 20240601;
static unsigned int failures; /* of the running test */

void test_failed(const char *file, int line, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	va_list args;

	if (failures++ >= DIAGNOSTICS_MAX)
		return;
	printf("  # %s:%d: ", slash ? slash + 1 : file, line);
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

/* Runs suite @s as the subtest block it is: the number of its tests that failed. */
static unsigned int run_suite(const struct suite *s)
{
	unsigned int failed = 0;

	printf("  KTAP version 1\n  # Subtest: %s\n  1..%u\n", s->name, s->tests);
	for (unsigned int i = 0; i < s->tests; i++) {
		failures = 0;
		s->run(i);
		if (failures > DIAGNOSTICS_MAX)
			printf("  # and %u more\n", failures - DIAGNOSTICS_MAX);
		printf("  %s %u %s\n", failures ? "not ok" : "ok", i + 1, s->test(i));
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

static int usage(void)
{
	fprintf(stderr, "usage: unit [--seed N] [--list] [SUITE ...]\n");
	return 2;
}

int main(int argc, char **argv)
{
	unsigned int n = 0, planned = 0, tests = 0, failed = 0;
	int list = 0, arg = 1;

	for (; arg < argc && argv[arg][0] == '-'; arg++) {
		if (!strcmp(argv[arg], "--list"))
			list = 1;
		else if (!strcmp(argv[arg], "--seed") && arg + 1 < argc)
			test_seed = strtoull(argv[++arg], NULL, 0);
		else
			return usage();
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(suites); i++) {
		planned += chosen(suites[i]->name, argv + arg);
		for (unsigned int t = 0; list && t < suites[i]->tests; t++)
			printf("%s.%s\n", suites[i]->name, suites[i]->test(t));
	}
	if (list)
		return 0;
	if (!planned)
		return usage();
	printf("KTAP version 1\n# seed %llu\n1..%u\n", test_seed, planned);
	for (unsigned int i = 0; i < ARRAY_SIZE(suites); i++) {
		unsigned int bad;

		if (!chosen(suites[i]->name, argv + arg))
			continue;
		bad = run_suite(suites[i]);
		printf("%s %u %s\n", bad ? "not ok" : "ok", ++n, suites[i]->name);
		tests += suites[i]->tests;
		failed += bad;
	}
	printf("unit: %u passed, %u failed, 0 skipped\n", tests - failed, failed);
	return failed != 0;
}
