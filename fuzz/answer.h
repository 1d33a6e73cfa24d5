/* SPDX-License-Identifier: MIT */
/*
 * Answers: what a call of a program returned, as far as it does not depend on who else has names there, in a comment at the end
 * of its line:
 *
 *	unmap(p0, f0, a0, m0, 1)                # = -ENOENT
 *	m0 = map(p0, f0, a0, 1, [d0:g0])        # = 0 0x3000, the offset it was given
 *	copy(p0, f0, a0, a1, 2, [...])          # = 0 0 -3, the status of each segment
 *
 * A call that makes a descriptor, a grant, a port or an address is just "ok".
 */
#pragma once
#include "execute.h"

#define ANSWER_BYTES 160u
#define ANSWER_STATUSES 20u

/* Of a call that returned @result: @words, which it gave back, are @n. */
void answer_print(char *to, const struct call *c, int64_t result, const int64_t *words, unsigned int n);
/* Of one that was made with a machine. */
void answer_of(char *to, const struct call *c, const struct outcome *o);
/* How many of a list's statuses are said: @count is that of the argument. */
unsigned int answer_statuses(const struct call *c, uint32_t count);
/* The program of a file, and the answer that each call says, or ""; false: there is none, and why was said. */
bool answers_read(const char *path, struct program *p, char (*said)[ANSWER_BYTES]);
/* How many calls of a file's program the model answers in another way than is said; each is named. *@said: as many more say one. */
unsigned int answers_check(const char *path, unsigned int *said);
