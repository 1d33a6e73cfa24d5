/* SPDX-License-Identifier: MIT */
/* How a run ended that may have failed: see finding.h. It must not know what was run. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "finding.h"

/* Addresses of data differ from run to run and from program to program; that of the code does not. */
static void without_addresses(char *line)
{
	char *code = strstr(line, "pc 0x"), *data = strstr(line, " on ");

	if (!data || !code)
		return;
	memmove(data + 1, code, strlen(code) + 1);
	data[1 + strcspn(data + 1, " )")] = 0;
	code = strstr(data, "pc 0x");
	if (code)
		code[5 + strspn(code + 5, "0123456789abcdef")] = 0;
}

/* Of the lines a sanitizer or a check has said, the one that names the finding. */
static void finding(char *log, int status, char *what)
{
	static const char *const marks[] = { "model: breach: ", "fuzz: ", "runtime error: ", "ERROR: AddressSanitizer: ",
		"ERROR: LeakSanitizer: " };

	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		for (unsigned int i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (!strstr(line, marks[i]))
				continue;
			if (i >= 3)
				line = strstr(line, marks[i]) + 7;
			snprintf(what, FINDING_BYTES, "%s", line);
			if (i == 3)
				without_addresses(what);
			if (i == 2) /* where, not with which values */
				strstr(what, "runtime error: ")[0] = 0;
			return;
		}
	}
	if (WIFSIGNALED(status))
		snprintf(what, FINDING_BYTES, WTERMSIG(status) == SIGALRM ? "it does not end" : "signal %d", WTERMSIG(status));
	else
		snprintf(what, FINDING_BYTES, "exit status %d", WEXITSTATUS(status));
}

static unsigned int seconds(void)
{
	const char *said = getenv("FINDING_SECONDS");
	unsigned long n = said ? strtoul(said, NULL, 10) : 0;

	return n ? (unsigned int)n : FINDING_SECONDS;
}

bool finding_of(void (*child)(void), char *what)
{
	static char log[1u << 16];
	size_t have = 0;
	int pipes[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(pipes) || (pid = fork()) < 0) {
		perror("finding");
		exit(2);
	}
	if (pid == 0) {
		close(pipes[0]);
		alarm(seconds());
		dup2(pipes[1], STDERR_FILENO);
		child();
		_exit(0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], log + have, sizeof(log) - 1 - have)) > 0 || (n < 0 && errno == EINTR))
		have += n > 0 ? (size_t)n : 0;
	close(pipes[0]);
	log[have] = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return false;
	finding(log, status, what);
	return true;
}
