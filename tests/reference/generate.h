/* SPDX-License-Identifier: MIT */
/*
 * What the makers of random calls share: dice, and what to aim at. All of it is of the twin and the random numbers that
 * generate() was called with.
 */
#pragma once
#include "differ.h"

u32 roll(u32 n);
void descriptor(struct step *c); /* of a process, one that is open if there is any */
const struct ref_map *some_map(void); /* NULL: there is none */
u64 address(const struct step *c);
u64 slot(void);
u32 pages_at(u64 slot);

/* Fault @i of the call: one of @kinds, at one of the next @nth times, in one of @one_in cases. */
void fault(struct step *c, u32 i, const u8 *kinds, u32 n, u32 one_in, u32 nth);

#define FAULT(c, i, one_in, nth, ...) do { \
		static const u8 kinds_[] = { __VA_ARGS__ }; \
		fault(c, i, kinds_, sizeof(kinds_), one_in, nth); \
	} while (0)

/* An ioctl (generate_ioctl.c), COPY included. */
void generate_ioctl(struct step *c);
