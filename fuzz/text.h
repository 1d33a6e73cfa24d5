/* SPDX-License-Identifier: MIT */
/*
 * Programs as text, a call a line, as program.h shows them. After '#' a line is a comment.
 *
 *	world pv linux limit=0 maptrack=0       always first; or auto, or header
 *	compat unmap(p0, f0, a0, m0, 1)         of a 32-bit caller
 *	munmap(p0, v0, l0) @2                   in the middle of the call before it, at its second point without locks
 *
 * What text_print() writes, text_parse() reads as the same program.
 */
#pragma once
#include <stdio.h>
#include "program.h"

void text_print(FILE *to, const struct program *p);
void text_call(FILE *to, const struct program *p, const struct call *c); /* one, without the end of the line */
/* false: it is no program, and @why says why, with the line. */
bool text_parse(struct program *p, const char *text, char *why, size_t room);
