/* SPDX-License-Identifier: MIT */
/*
 * Makes an input of any target as short and as plain as it can be, so long as it fails in the same way:
 *
 *	shorten REPLAY INPUT OUTPUT     REPLAY runs one file, and dies of it; its message goes to the output
 *
 * Bytes go first, half of them at once, then fewer; then they become 0. What they mean it must not know. (The engine's own
 * -minimize_crash takes any other failure for the same.)
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <time.h>
#include <unistd.h>
#include "finding.h"

#define INPUT (1u << 17)
#define LONGEST 60 /* seconds, for all */

struct input {
	size_t size;
	uint8_t bytes[INPUT];
};

static struct input best, next;
static char how[FINDING_BYTES]; /* it fails */
static const char *replay, *path;
static unsigned int tries;
static time_t until;

static void child(void)
{
	int to = open("/dev/null", O_WRONLY);

	dup2(to, STDOUT_FILENO);
	/* the code is at the same addresses each time, and nobody wants them as names */
	personality(ADDR_NO_RANDOMIZE);
	setenv("ASAN_OPTIONS", "symbolize=0", 1);
	setenv("UBSAN_OPTIONS", "symbolize=0", 1);
	execl(replay, replay, path, (char *)NULL);
	_exit(127);
}

static bool write_to(const char *name, const struct input *in)
{
	FILE *file = fopen(name, "wb");

	if (file && fwrite(in->bytes, 1, in->size, file) == in->size && !fclose(file))
		return true;
	perror(name);
	return false;
}

static bool fails(char *what)
{
	tries++;
	if (!write_to(path, &next))
		exit(2);
	return finding_of(child, what);
}

/* Does @next fail as the first one did? Then it is the best. */
static bool keeps(void)
{
	char what[FINDING_BYTES];

	if (time(NULL) > until || !fails(what) || strcmp(what, how))
		return false;
	best = next;
	return true;
}

static bool drop(void)
{
	bool some = false;

	for (size_t n = best.size / 2; n; n /= 2) {
		for (size_t end = best.size; end > 0; end = end > n ? end - n : 0) {
			size_t begin = end > n ? end - n : 0;

			if (end > best.size)
				continue;
			next.size = best.size - (end - begin);
			memcpy(next.bytes, best.bytes, begin);
			memcpy(next.bytes + begin, best.bytes + end, best.size - end);
			some |= keeps();
		}
	}
	return some;
}

static bool clear(void)
{
	bool some = false;

	for (size_t n = 16; n; n /= 4) {
		for (size_t at = 0; at + n <= best.size; at += n) {
			next = best;
			memset(next.bytes + at, 0, n);
			if (memcmp(next.bytes, best.bytes, best.size))
				some |= keeps();
		}
	}
	return some;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 4 ? fopen(argv[2], "rb") : NULL;

	if (!file) {
		fprintf(stderr, "usage: shorten REPLAY INPUT OUTPUT\n");
		return 2;
	}
	best.size = fread(best.bytes, 1, INPUT, file);
	fclose(file);
	replay = argv[1];
	path = argv[3];
	if (access(replay, X_OK)) {
		perror(replay);
		return 2;
	}
	next = best;
	until = time(NULL) + LONGEST;
	if (!fails(how)) {
		fprintf(stderr, "shorten: %s does not fail\n", argv[2]);
		return 1;
	}
	fprintf(stderr, "shorten: %zu bytes: %s\n", best.size, how);
	while ((drop() || clear()) && time(NULL) <= until)
		;
	fprintf(stderr, "shorten: %zu bytes, %u tries\n", best.size, tries);
	puts(how);
	return write_to(path, &best) ? 0 : 2;
}
