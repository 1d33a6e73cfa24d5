// SPDX-License-Identifier: MIT
/* The tests of the model. Usage and output are ktap.h's. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

extern const struct suite memory_suite, vma_suite, fork_suite, xen_suite, page_suite, port_suite, call_suite, fault_suite,
	random_suite;

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

int main(int argc, char **argv)
{
	static const struct suite *const suites[] = {
		&memory_suite, &vma_suite, &fork_suite, &xen_suite, &page_suite, &port_suite, &call_suite, &fault_suite,
		&random_suite, NULL,
	};

	return ktap_main("model", suites, argc, argv);
}
