// SPDX-License-Identifier: MIT
/*
 * clients serve: in a guest, runs the commands that dom0 leaves in xenstore, for ever.
 * clients ask DOMID SECONDS COMMAND: in dom0, has the guest run it, prints what it printed, and ends as it ended.
 * clients vchan ..., clients pages: see clients-vchan.c, clients-pages.c.
 *
 * A command is "ID TEXT" in data/command of the guest, its answer "ID STATUS OUTPUT" in data/answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xenstore.h>
#include "clients.h"

/* less than a message of xenstore holds */
#define OUTPUT_MAX 3000u

void pattern(unsigned char *p, size_t n, uint32_t seed, size_t at)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(((uint32_t)(at + i) * 2654435761u ^ seed * 2246822519u) >> 17);
}

bool is_pattern(const unsigned char *p, size_t n, uint32_t seed, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != (unsigned char)(((uint32_t)(at + i) * 2654435761u ^ seed * 2246822519u) >> 17))
			return false;
	}
	return true;
}

/*
 * The value at @path, once it is another than @old. A watch would be kinder, but the static libxenstore takes a
 * watch's event for the answer to the next request.
 */
static char *next_value(struct xs_handle *xs, const char *path, const char *old)
{
	unsigned int n;

	for (;;) {
		char *value = xs_read(xs, XBT_NULL, path, &n);

		if (value && (!old || strcmp(value, old)))
			return value;
		free(value);
		usleep(20000);
	}
}

static int run(const char *command, char *output)
{
	FILE *f = popen(command, "r");
	size_t n = 0, got;
	int status;

	if (!f)
		return 126;
	while ((got = fread(output + n, 1, OUTPUT_MAX - n, f)) > 0)
		n += got;
	output[n] = '\0';
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int fail(const char *what)
{
	perror(what);
	return 125;
}

static int serve(struct xs_handle *xs)
{
	static char output[OUTPUT_MAX + 1], answer[OUTPUT_MAX + 100];
	char *command = NULL;

	for (;;) {
		char *next = next_value(xs, "data/command", command), *text;
		unsigned long id = strtoul(next, &text, 10);
		int n = snprintf(answer, sizeof(answer), "%lu %d %s", id, run(text, output), output);

		if (!xs_write(xs, XBT_NULL, "data/answer", answer, (unsigned int)n))
			return fail("data/answer");
		free(command);
		command = next;
	}
}

static int ask(struct xs_handle *xs, const char *domid, unsigned int seconds, const char *text)
{
	char path[100], command[2000], *answer = NULL, *rest;
	unsigned long id = (unsigned long)getpid();
	int status, n = snprintf(command, sizeof(command), "%lu %s", id, text);

	alarm(seconds);
	snprintf(path, sizeof(path), "/local/domain/%s/data/command", domid);
	if (n >= (int)sizeof(command) || !xs_write(xs, XBT_NULL, path, command, (unsigned int)n))
		return fail(path);
	snprintf(path, sizeof(path), "/local/domain/%s/data/answer", domid);
	do {
		char *next = next_value(xs, path, answer);

		free(answer);
		answer = next;
	} while (strtoul(answer, &rest, 10) != id);
	status = (int)strtol(rest, &rest, 10);
	fputs(rest + (*rest == ' '), stdout);
	return status;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct xs_handle *xs;

	if (!strcmp(what, "vchan"))
		return vchan(argc - 2, argv + 2);
	if (!strcmp(what, "pages") && argc == 2)
		return pages();
	xs = xs_open(0);
	if (!xs)
		return fail("xenstore");
	if (!strcmp(what, "serve") && argc == 2)
		return serve(xs);
	if (!strcmp(what, "ask") && argc == 5)
		return ask(xs, argv[2], (unsigned int)atoi(argv[3]), argv[4]);
	return 2;
}
