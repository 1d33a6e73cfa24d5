// SPDX-License-Identifier: MIT
/*
 * One sequence of calls: made, made shorter, printed. A rule that the model finds broken ends the sequence, not the program.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include "differ.h"

static sigjmp_buf broken;

_Noreturn void __wrap_breach(const char *what);
_Noreturn void __wrap_breach(const char *what)
{
	disagree("the model: breach: %s", what);
	siglongjmp(broken, 1);
}

/* With the sanitizer, it is the one to say what happened, and the program ends. */
#ifndef __SANITIZE_ADDRESS__
static void on_signal(int number)
{
	disagree("signal %d", number);
	siglongjmp(broken, 1);
}

__attribute__((constructor)) static void catch_signals(void)
{
	signal(SIGSEGV, on_signal);
	signal(SIGABRT, on_signal);
	signal(SIGFPE, on_signal);
}
#endif

/* Makes the calls from @i on, and leaves there how many that were; makes them up with @seed, if it is not null. */
static void make(struct twin *t, struct sequence *s, u64 *seed, volatile u32 *i)
{
	bool there = false; /* the next call was made up with the one before it */

	for (; *i < s->calls && !twin->why[0]; ++*i) {
		struct step *c = &s->call[*i], *next = *i + 1 < s->calls ? c + 1 : NULL;

		if (seed && !there)
			generate(t, c, seed);
		there = seed && next && generate_inner(t, c, next, seed);
		if (twin_step(t, c, next && (seed ? there : next->inside) ? next : NULL)) {
			++*i;
			there = false;
		}
	}
}

/* A world in which a rule was broken is left behind. */
u32 sequence_run(struct sequence *s, u64 *seed, u32 canary, char *why, size_t room)
{
	volatile u32 i = 0;
	struct twin *t = twin_new(s->pv, s->profile);

	t->canary = canary;
	if (sigsetjmp(broken, 1) == 0) {
		make(t, s, seed, &i);
		if (!twin->why[0])
			twin_end(t);
		twin_free(t);
	} else if (i < s->calls) {
		i++;
		i += i < s->calls && s->call[i].inside;
	}
	if (!twin->why[0])
		return 0;
	snprintf(why, room, "%s", twin->why);
	return i;
}

void sequence_minimise(struct sequence *s, char *why, size_t room)
{
	bool less = true;
	u32 at = sequence_run(s, NULL, 0, why, room);

	s->calls = at ? at : s->calls;
	while (less) {
		less = false;
		for (u32 i = s->calls; i-- > 0; ) {
			struct sequence shorter = *s;
			char other[256];

			memmove(&shorter.call[i], &shorter.call[i + 1], (shorter.calls - i - 1) * sizeof(shorter.call[0]));
			shorter.calls--;
			at = sequence_run(&shorter, NULL, 0, other, sizeof(other));
			if (!at)
				continue;
			shorter.calls = at;
			*s = shorter;
			snprintf(why, room, "%s", other);
			less = true;
		}
	}
	sequence_run(s, NULL, 0, why, room); /* the answers are those of the last time */
}

void sequence_print(FILE *to, const struct sequence *s, const char *why)
{
	fprintf(to, "# %s profile, %s, %u calls\n", s->profile == REF_HEADER ? "header" : "linux",
		s->pv ? "PV" : "auto-translated", s->calls);
	for (u32 i = 0; i < s->calls; i++) {
		fprintf(to, "%3u ", i + 1);
		trace_call(to, &s->call[i]);
	}
	fprintf(to, "=> %s\n", why);
}
