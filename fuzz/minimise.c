/* SPDX-License-Identifier: MIT */
/*
 * Makes a program that fails on the model as short and as plain as it can be, so long as it fails in the same way:
 *
 *	minimise FILE TEXT      FILE is text or bytes; the program that is left goes to TEXT, its message to the output
 *
 * Calls go first, half of them at once, then fewer; then the world, what is in the middle of calls, the items of lists; then
 * values become 0, or the least that does. Each try is a process of its own, which may die.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "file.h"
#include "on_model.h"
#include "text.h"

#define SAID 512u
#define SECONDS 10u /* for one run */
#define LONGEST 120 /* seconds, for all */

static struct program best, next;
static char how[SAID]; /* it fails */
static unsigned int tries;
static time_t until;

/* ---- one run, and what it says of its end */

static void child(int to)
{
	static struct on_model o;

	alarm(SECONDS);
	dup2(to, STDERR_FILENO);
	on_model_begin(&o, &next, NULL);
	execute(&next, &o.machine, NULL, NULL);
	on_model_end(&o);
	_exit(0);
}

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
	static const char *const marks[] = { "model: breach: ", "fuzz: ", "runtime error: ", "ERROR: AddressSanitizer: " };

	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		for (unsigned int i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (!strstr(line, marks[i]))
				continue;
			if (i == 3)
				line = strstr(line, marks[i]) + 7;
			snprintf(what, SAID, "%s", line);
			if (i == 3)
				without_addresses(what);
			if (i == 2) /* where, not with which values */
				strstr(what, "runtime error: ")[0] = 0;
			return;
		}
	}
	if (WIFSIGNALED(status))
		snprintf(what, SAID, WTERMSIG(status) == SIGALRM ? "it does not end" : "signal %d", WTERMSIG(status));
	else
		snprintf(what, SAID, "exit status %d", WEXITSTATUS(status));
}

/* Runs @next; false: nothing is wrong with it. */
static bool fails(char *what)
{
	static char log[1u << 16];
	size_t have = 0;
	int pipes[2], status;
	ssize_t n;
	pid_t pid;

	tries++;
	if (pipe(pipes) || (pid = fork()) < 0) {
		perror("minimise");
		exit(2);
	}
	if (pid == 0) {
		close(pipes[0]);
		child(pipes[1]);
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

/* Does @next fail as the first one did? Then it is the best. */
static bool keeps(void)
{
	char what[SAID];

	if (time(NULL) > until || program_equal(&next, &best) || !fails(what) || strcmp(what, how))
		return false;
	best = next;
	return true;
}

/* ---- what is left out */

static bool drop_calls(void)
{
	bool some = false;

	for (unsigned int n = best.calls / 2 ? best.calls / 2 : 1; n; n /= 2) {
		for (unsigned int at = 0; at < best.calls; ) {
			unsigned int gone = n < best.calls - at ? n : best.calls - at;

			next = best;
			memmove(&next.call[at], &next.call[at + gone], (next.calls - at - gone) * sizeof(next.call[0]));
			next.calls = (uint16_t)(next.calls - gone);
			if (keeps())
				some = true;
			else
				at += n;
		}
	}
	return some;
}

static bool plain_world(void)
{
	bool some = false;

	for (unsigned int i = 0; i < 4; i++) {
		next = best;
		if (i == 0)
			next.automatic = false;
		else if (i == 1)
			next.header = false;
		else
			*(i == 2 ? &next.limit : &next.maptrack) = 0;
		some |= keeps();
	}
	return some;
}

static bool plain_call(unsigned int k)
{
	bool some = false;
	unsigned int width = program_width(&best.call[k]);

	next = best;
	next.call[k].inner = 0;
	some |= keeps();
	next = best;
	next.call[k].compat = 0;
	some |= keeps();
	for (unsigned int i = 0; i < best.call[k].items; ) {
		struct call *c = &next.call[k];

		next = best;
		memmove(&next.value[c->first + i * width], &next.value[c->first + (i + 1) * width],
			(c->items - i - 1) * width * sizeof(next.value[0]));
		c->items--;
		if (keeps())
			some = true;
		else
			i++;
	}
	return some;
}

/* A value of @next, which is the one of @best at the same place: 0, what it refers to and no more, the first of its kind, half of it, one less. */
static bool plain_value(struct value *in_next, const struct value *in_best)
{
	bool some = false;

	for (unsigned int way = 0; way < 5; ) {
		const struct value v = *in_best;

		next = best;
		if (way == 0)
			*in_next = (struct value){ .kind = NUMBER };
		else if (way == 1)
			in_next->number = 0;
		else if (way == 2)
			in_next->which = 0;
		else if (v.kind == NUMBER)
			in_next->number = way == 3 ? v.number / 2 : v.number - !!v.number;
		if (keeps())
			some = true;
		else
			way++;
	}
	return some;
}

static bool plain_values(unsigned int k)
{
	const char *args = operations[best.call[k].op].args;
	bool some = false;

	for (unsigned int i = 0; args[i]; i++)
		some |= plain_value(&next.call[k].arg[i], &best.call[k].arg[i]);
	for (unsigned int i = 0; i < best.call[k].items * program_width(&best.call[k]); i++)
		some |= plain_value(&next.value[best.call[k].first + i], &best.value[best.call[k].first + i]);
	return some;
}

static void minimise(void)
{
	bool some = true;

	while (some && time(NULL) <= until) {
		some = drop_calls();
		some |= plain_world();
		for (unsigned int k = 0; k < best.calls; k++) {
			some |= plain_call(k);
			some |= plain_values(k);
		}
		fprintf(stderr, "minimise: %u calls, %u tries\n", best.calls, tries);
	}
}

int main(int argc, char **argv)
{
	FILE *to;

	if (argc != 3) {
		fprintf(stderr, "usage: minimise FILE TEXT\n");
		return 2;
	}
	if (!file_program(argv[1], &next))
		return 2;
	until = time(NULL) + LONGEST;
	if (!fails(how)) {
		fprintf(stderr, "minimise: %s does not fail\n", argv[1]);
		return 1;
	}
	fprintf(stderr, "minimise: %u calls: %s\n", next.calls, how);
	best = next;
	minimise();
	to = fopen(argv[2], "w");
	if (!to) {
		perror(argv[2]);
		return 2;
	}
	text_print(to, &best);
	puts(how);
	return fclose(to) != 0;
}
