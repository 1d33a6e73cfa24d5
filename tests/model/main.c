// SPDX-License-Identifier: MIT
/*
 * Runs the tests of the model: model-test [SUITE ...]. KTAP on standard output; the exit status is 0 only if no test
 * failed.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

static const struct suite *const suites[] = {
	&memory_suite, &vma_suite, &fork_suite, &xen_suite, &page_suite, &port_suite, &call_suite, &fault_suite,
	&random_suite,
};
#define SUITES (sizeof(suites) / sizeof(suites[0]))

static unsigned int failures; /* of the running test */

void failed(const char *file, int line, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	va_list args;

	failures++;
	printf("  # %s:%d: ", slash ? slash + 1 : file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* The message of the child is the second half of "model: breach: RULE..." */
int breaks(void (*run)(void), const char *rule)
{
	static const char prefix[] = "model: breach: ";
	char message[256] = "";
	int ends[2], status = 0;
	size_t got = 0;
	ssize_t n;
	pid_t child;

	fflush(stdout);
	if (pipe(ends) || (child = fork()) < 0) {
		printf("Bail out! no process\n");
		exit(2);
	}
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(STDOUT_FILENO);
		run();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], message + got, sizeof(message) - 1 - got)) > 0)
		got += (size_t)n;
	close(ends[0]);
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !strncmp(message, prefix, strlen(prefix))
	    && !strncmp(message + strlen(prefix), rule, strlen(rule)))
		return 1;
	printf("  # not \"%s\", but status %#x: %s\n", rule, status, message);
	return 0;
}

static unsigned int run_suite(const struct suite *s)
{
	unsigned int bad = 0, n = 0;

	while (s->test[n].name)
		n++;
	printf("  KTAP version 1\n  # Subtest: %s\n  1..%u\n", s->name, n);
	for (unsigned int i = 0; i < n; i++) {
		failures = 0;
		s->test[i].run();
		printf("  %s %u %s\n", failures ? "not ok" : "ok", i + 1, s->test[i].name);
		fflush(stdout);
		bad += failures != 0;
	}
	return bad;
}

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

int main(int argc, char **argv)
{
	unsigned int n = 0, planned = 0, bad = 0;

	(void)argc;
	for (unsigned int i = 0; i < SUITES; i++)
		planned += (unsigned int)chosen(suites[i]->name, argv + 1);
	if (!planned) {
		fprintf(stderr, "usage: model-test [SUITE ...]\n");
		return 2;
	}
	printf("KTAP version 1\n1..%u\n", planned);
	for (unsigned int i = 0; i < SUITES; i++) {
		unsigned int failing;

		if (!chosen(suites[i]->name, argv + 1))
			continue;
		failing = run_suite(suites[i]);
		printf("%s %u %s\n", failing ? "not ok" : "ok", ++n, suites[i]->name);
		bad += failing;
	}
	printf("model: %u of %u suites ran, %u tests failed\n", planned, (unsigned int)SUITES, bad);
	return bad != 0;
}
