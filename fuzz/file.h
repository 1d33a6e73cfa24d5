/* SPDX-License-Identifier: MIT */
/* What the tools share: programs in files, and outcomes for people. */
#pragma once
#include <stdio.h>
#include "execute.h"

/* The program in a file, of text or bytes; false: there is none, and why was said. */
bool file_program(const char *path, struct program *p);
/* " = RESULT", and the bytes if there are any. */
void outcome_print(FILE *to, const struct outcome *o);
