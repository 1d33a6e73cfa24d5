/* SPDX-License-Identifier: MIT */
/*
 * Changes to programs that mean something: calls are inserted, removed, repeated, moved and joined, arguments get other
 * numbers, or refer to other results. Both fuzzing engines call it (mutator_glue.c).
 */
#pragma once
#include "program.h"

struct dice {
	uint64_t state;
};

uint32_t roll(struct dice *d, uint32_t n); /* 0 to n - 1; 0 if n is 0 */
/* A new program, of a few acts (mutator_scene.h). */
void generate(struct program *p, struct dice *d);
/* A program with one or a few changes; it may become any other. */
void mutate(struct program *p, struct dice *d);
/* Calls of @with, put into @p. */
void splice(struct program *p, const struct program *with, struct dice *d);

/* ---- within: mutator.c: a kind of call, by how often each comes up; and such a call */
uint8_t some_op(struct dice *d);
void make_call(struct program *p, struct call *c, uint8_t op, struct dice *d);

/* ---- mutator_value.c: an argument that is meant to be @meant (program.h), new, and another one */
void make_value(struct value *v, char meant, struct dice *d);
void change_value(struct value *v, char meant, struct dice *d);
