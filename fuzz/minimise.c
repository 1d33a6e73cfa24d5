/* SPDX-License-Identifier: MIT */
/*
 * Makes a program that fails on the model as short and as plain as it can be, so long as it fails in the same way:
 *
 *	minimise FILE TEXT      FILE is text or bytes; the program that is left goes to TEXT, its message to the output
 *
 * Calls go first, half of them at once, then fewer; then the world, what is in the middle of calls, the items of lists; then
 * values become 0, or the least that does. Each try is a process of its own, which may die.
 */
#include <sanitizer/lsan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "file.h"
#include "finding.h"
#include "on_model.h"
#include "text.h"

#define LONGEST 120 /* seconds, for all */

static struct program best, next;
static char how[FINDING_BYTES]; /* it fails */
static bool leaks; /* nothing else is wrong with it: to look for them takes its time */
static unsigned int tries;
static time_t until;

/* ---- one run */

static void child(void)
{
	static struct on_model o;

	on_model_begin(&o, &next, NULL);
	execute(&next, &o.machine, NULL, NULL);
	on_model_end(&o);
	_exit(leaks && __lsan_do_recoverable_leak_check());
}

/* Runs @next; false: nothing is wrong with it. */
static bool fails(char *what)
{
	tries++;
	return finding_of(child, what);
}

/* Does @next fail as the first one did? Then it is the best. */
static bool keeps(void)
{
	char what[FINDING_BYTES];

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
	leaks = !fails(how);
	if (leaks && !fails(how)) {
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
	return fclose(to) ? 2 : 0;
}
