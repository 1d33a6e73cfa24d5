/* SPDX-License-Identifier: MIT */
/*
 * Rows of the conformance suite as programs: what who knows rows (rows.c) and who knows programs (the others) tell each other, as
 * both have names that the other one has, too.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dut;

/* What was put into memory for the ioctl to come: its argument, or the segments of a copy. */
struct placed {
	bool there;
	bool free_choice; /* it may be anywhere, as long as no more than @readable bytes can be accessed */
	const void *bytes; /* whether they could be stored or not */
	size_t len, readable;
	uint64_t addr;
};

extern struct placed rows_header, rows_segments;
extern unsigned int rows_points; /* of the call in progress, that have passed */
extern bool rows_filling; /* what the owner of a frame stores is just something */
extern bool recording_off; /* what is done now is nobody's call */

const struct dut *rows_dut(void); /* at the beginning of a row */
void rows_memory(uint64_t addr, uint32_t pages, int prot); /* that the row has allocated: it is a place in the arena */

void record_begin(bool header, bool automatic, uint32_t limit);
void record_why_not(const char *why);
/* The program and its answers, replayed: NULL, or why it is not what was recorded. */
const char *record_check(void);
/* To @path, with @head above it. */
void record_write(const char *path, const char *head);
