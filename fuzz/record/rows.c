// SPDX-License-Identifier: MIT
/*
 * build/record-rows: the conformance suite on the model, each row recorded as a program, into the directory that RECORD names:
 * one that was replayed, and each of whose calls was answered as the row saw it. Which rows are none, and why, is said; how many,
 * in the end. It is build/conformance, with its options, but for some functions that are wrapped: what the runner does for
 * itself is not recorded. It must not know what a program is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../tests/conformance/run.h"
#include "rows.h"
#include "wrapped.h"

#define ARGUMENT 65536u /* bytes that are remembered */

struct placed rows_header, rows_segments;
unsigned int rows_points;
bool rows_filling;

static unsigned int programs, rest;
static bool literal; /* the row's memory is mapped as the row does it, not in the arena */

/* ---- what the runner does for itself */

#define QUIET(call) do { \
		bool was_off = recording_off; \
\
		recording_off = true; \
		call; \
		recording_off = was_off; \
	} while (0)

void __real_run_check_contents(struct run *r);
void __wrap_run_check_contents(struct run *r);
void __wrap_run_check_contents(struct run *r)
{
	wrapped(__func__);
	QUIET(__real_run_check_contents(r));
}

void __real_run_check_unchanged(struct run *r, const struct dut_state *before, const struct step *s);
void __wrap_run_check_unchanged(struct run *r, const struct dut_state *before, const struct step *s);
void __wrap_run_check_unchanged(struct run *r, const struct dut_state *before, const struct step *s)
{
	wrapped(__func__);
	QUIET(__real_run_check_unchanged(r, before, s));
}

/* A program ends by itself. */
void __real_run_clean_up(struct run *r);
void __wrap_run_clean_up(struct run *r);
void __wrap_run_clean_up(struct run *r)
{
	wrapped(__func__);
	QUIET(__real_run_clean_up(r));
}

/* ---- arguments */

static void remember(struct placed *p, void *copy, const struct argument *a, const void *bytes, uint64_t len, bool fixed)
{
	*p = (struct placed){ .there = true, .free_choice = !fixed, .bytes = copy, .len = len < ARGUMENT ? len : ARGUMENT,
			      .readable = a->readable, .addr = a->addr };
	memcpy(copy, bytes, p->len);
}

bool __real_argument_place(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
bool __wrap_argument_place(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
bool __wrap_argument_place(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a)
{
	static uint64_t copy[ARGUMENT / 8];
	bool done;

	wrapped(__func__);
	QUIET(done = __real_argument_place(r, s, bytes, len, a));
	remember(&rows_header, copy, a, bytes, len, s->has_arg || s->in_view || s->split);
	return done;
}

bool __real_argument_place_segments(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
bool __wrap_argument_place_segments(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
bool __wrap_argument_place_segments(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a)
{
	static uint64_t copy[ARGUMENT / 8];
	bool done;

	wrapped(__func__);
	QUIET(done = __real_argument_place_segments(r, s, bytes, len, a));
	remember(&rows_segments, copy, a, bytes, len, s->has_segments || s->segments_in_view);
	return done;
}

void __real_argument_check(struct run *r, const struct argument *a, const void *bytes, uint64_t len, uint64_t out,
				uint64_t n);
void __wrap_argument_check(struct run *r, const struct argument *a, const void *bytes, uint64_t len, uint64_t out,
				uint64_t n);
void __wrap_argument_check(struct run *r, const struct argument *a, const void *bytes, uint64_t len, uint64_t out,
				uint64_t n)
{
	wrapped(__func__);
	QUIET(__real_argument_check(r, a, bytes, len, out, n));
}

void __real_argument_free(struct run *r, struct argument *a);
void __wrap_argument_free(struct run *r, struct argument *a);
void __wrap_argument_free(struct run *r, struct argument *a)
{
	wrapped(__func__);
	QUIET(__real_argument_free(r, a));
}

/* ---- memory and frames, and what they are full of, which is of no interest */

int64_t __real_anonymous(struct run *r, uint32_t pages, int prot);
int64_t __wrap_anonymous(struct run *r, uint32_t pages, int prot);
int64_t __wrap_anonymous(struct run *r, uint32_t pages, int prot)
{
	int64_t addr;

	wrapped(__func__);
	if (literal) {
		recording_off = false;
		addr = __real_anonymous(r, pages, prot);
		recording_off = true;
		return addr;
	}
	addr = __real_anonymous(r, pages, prot);
	recording_off = false;
	if (addr >= 0)
		rows_memory((uint64_t)addr, pages, prot);
	recording_off = true;
	return addr;
}

void __real_step_alloc(struct run *r, const struct step *s);
void __wrap_step_alloc(struct run *r, const struct step *s);
void __wrap_step_alloc(struct run *r, const struct step *s)
{
	wrapped(__func__);
	QUIET(__real_step_alloc(r, s));
}

void __real_step_grant(struct run *r, const struct step *s);
void __wrap_step_grant(struct run *r, const struct step *s);
void __wrap_step_grant(struct run *r, const struct step *s)
{
	wrapped(__func__);
	rows_filling = true;
	__real_step_grant(r, s);
	rows_filling = false;
}

/* ---- rows */

static void totals(void)
{
	printf("record-rows: %u rows are programs, %u are not\n", programs, rest);
	wraps_unused();
}

static void path_of(const struct row *row, const struct dut_config *config, char *path, size_t room)
{
	size_t n = (size_t)snprintf(path, room, "%s/conformance-%s%s%s.txt", getenv("RECORD"), row->name,
				    config->header ? "-header" : "", config->automatic ? "-auto" : "");

	for (char *c = strrchr(path, '/'); c < path + n && c < path + room; c++) {
		if (*c == '_')
			*c = '-';
	}
}

bool __real_run_row(const struct dut *dut, const struct dut_config *config, bool stock, const struct row *row);
bool __wrap_run_row(const struct dut *dut, const struct dut_config *config, bool stock, const struct row *row);
bool __wrap_run_row(const struct dut *dut, const struct dut_config *config, bool stock, const struct row *row)
{
	const char *why = NULL;
	char path[4096], head[400];
	bool passed = true;

	wrapped(__func__);
	(void)dut;
	if (!programs && !rest)
		atexit(totals);
	for (unsigned int attempt = 0; attempt < 2; attempt++) {
		literal = attempt;
		rows_header.there = rows_segments.there = false;
		record_begin(config->header, config->automatic, row->limit);
		passed = __real_run_row(rows_dut(), config, stock, row);
		why = record_check();
		if (!passed || !why)
			break;
	}
	if (why || !passed) {
		printf("# %s is no program: %s\n", row->name, passed ? why : "it fails");
		rest++;
		return passed;
	}
	programs++;
	path_of(row, config, path, sizeof(path));
	snprintf(head, sizeof(head), "conformance: %s [%s], %s profile, %s", row->name, row->ids,
		 config->header ? "header" : "linux", config->automatic ? "auto" : "pv");
	if (getenv("RECORD"))
		record_write(path, head);
	return passed;
}
