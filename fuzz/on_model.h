/* SPDX-License-Identifier: MIT */
/*
 * The model as a machine for programs, with what must hold whatever the program is: after each call every invariant
 * (model_check()), no errno that is not listed (GNT-GEN-020), an ioctl that failed has changed nothing (I12), and in the end
 * nothing is alive. Who breaks one of these ends the program.
 */
#pragma once
#include "execute.h"
#include "model.h"

#define IOS PROGRAM_CALLS

struct on_model {
	struct machine machine;
	struct model *m;
	bool header, automatic;
	uint32_t pid[PROCESSES]; /* 0: there is none */
	struct {
		uint32_t pid;
		uint64_t addr;
	} io[IOS]; /* uses of pages that have begun and not ended */
	uint32_t ios;
	uint64_t digest;
	bool digested; /* nothing has changed since the digest was taken */
	void (*hook)(void *cookie);
	void *cookie;
	bool hooked, inside; /* something was made, or is being made, in the middle of the call */
};

/* A new world for a program; NULL, or a real machine that it is to be like. */
void on_model_begin(struct on_model *o, const struct program *p, const struct machine *like);
/* Everything ends; nothing may be left. */
void on_model_end(struct on_model *o);
/* Ends the program if what must hold does not. */
void expect(bool holds, const char *what);
/* GNT-GEN-020: may a call fail so? on_model_errno.c */
bool may_fail_so(const struct on_model *o, const struct action *action, int64_t error);
