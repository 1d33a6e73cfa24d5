// SPDX-License-Identifier: MIT
/*
 * Runs a row, step by step: makes the call, compares what it returns with what the row expects, and brings the
 * expected state up to date. After every step all contents are compared; after every error, that nothing has
 * changed. The first failure ends the row.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "error_name.h"
#include "run.h"

/* a sweep that has not come to an end by then never will */
#define SWEEP_MAX 200u

/* ---- diagnostics ---- */

const char *result_name(int64_t result)
{
	const char *name = error_name(result);
	static char texts[2][24];
	static unsigned int text;

	if (name)
		return name;
	text = !text;
	snprintf(texts[text], sizeof(texts[text]), "%" PRId64, result);
	return texts[text];
}

void run_fails(struct run *r, const char *format, ...)
{
	char text[80];
	va_list args;

	if (r->failed)
		return;
	r->failed = true;
	if (r->step) {
		run_describe(&r->row->steps[r->step - 1], text, sizeof(text));
		printf("# step %u: %s: ", r->step, text);
	} else {
		printf("# ");
	}
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* ---- calls ---- */

void run_become(struct run *r, unsigned int process)
{
	if (process != r->process)
		r->dut->powers->become(process);
	r->process = process;
}

void run_arm(struct run *r, const struct step *s)
{
	if (s->faulty && s->fault_status)
		r->dut->powers->fail_with(s->fault, s->nth, s->fault_status);
	else if (s->faulty)
		r->dut->fail(s->fault, s->nth);
}

void run_disarm(struct run *r, const struct step *s)
{
	if (s->faulty)
		r->dut->fail(s->fault, 0);
}

/* The process that makes the call: that of the file, or of the view. */
static unsigned int caller(const struct run *r, const struct step *s)
{
	switch (s->action) {
	case MUNMAP:
	case MPROTECT:
	case MREMAP:
	case MADVISE:
	case STORE:
	case LOAD:
	case IO_BEGIN:
	case IO_END:
	case INVALIDATE:
		return r->view[s->view].process;
	case CLOSE:
	case MAP:
	case UNMAP:
	case MMAP:
	case COPY:
	case IOCTL:
	case OFFSET:
	case SET_MAX:
	case NOTIFY:
	case DUP:
		return r->file[s->file].process;
	case OPEN:
	case ALLOC:
		return s->process;
	default:
		return 0;
	}
}

static int64_t make_call(struct run *r, const struct step *s)
{
	int64_t result;

	run_become(r, caller(r, s));
	r->racing = s->racing;
	result = actions[s->action].call(r, s);
	r->racing = false;
	if (result == 0 && s->clears) {
		uint8_t *byte = &r->grant[s->cleared].bytes[s->cleared_at];

		if (*byte == 0)
			run_fails(r, "the byte to be cleared was 0 before");
		*byte = 0;
	}
	return result;
}

/* ---- another thread ---- */

/* What the other thread does, when it is its turn: at the @meanwhile-th point of the call in progress. */
static void hook(void *cookie)
{
	struct run *r = cookie;
	const struct step *s = r->other;
	unsigned int process = r->process;
	int64_t result;

	if (!s || ++r->points != s->meanwhile)
		return;
	r->other = NULL;
	result = make_call(r, s);
	if (result != -s->error)
		run_fails(r, "the other thread: expected %s, got %s", result_name(-s->error), result_name(result));
	run_become(r, process);
}

/* ---- a step, a row ---- */

/* A call that must end as the step says, an error leaving everything as it was. */
static void expect_result(struct run *r, const struct step *s)
{
	struct dut_state before;
	int64_t result;

	if (s->error && r->dut->state)
		r->dut->state(&before);
	result = make_call(r, s);
	if (result != -s->error)
		run_fails(r, "expected %s, got %s", result_name(-s->error), result_name(result));
	else if (s->error && !r->points) /* unless another thread has changed something */
		run_check_unchanged(r, &before, s);
	r->points = 0;
}

/*
 * The environment fails at its 1st, 2nd, ... call: each time the step ends with its error, until the environment
 * holds.
 */
static void sweep(struct run *r, const struct step *s)
{
	struct step one = *s;

	for (one.nth = 1; one.nth <= SWEEP_MAX && !r->failed; one.nth++) {
		struct dut_state before;
		int64_t result;

		r->dut->state(&before);
		/* the call updates the expected state itself if it succeeds */
		one.error = 0;
		result = make_call(r, &one);
		if (result == 0) {
			if (one.nth == 1)
				run_fails(r, "no call of the environment can make it fail");
			return;
		}
		if (result != -s->error)
			run_fails(r, "failure %u: expected %s, got %s", one.nth, result_name(-s->error),
				  result_name(result));
		else
			run_check_unchanged(r, &before, s);
		run_check_contents(r);
	}
	if (!r->failed)
		run_fails(r, "still failing at failure %u", SWEEP_MAX);
}

static void run_step(struct run *r, const struct step *s)
{
	if (s->meanwhile) {
		r->other = s;
		r->points = 0;
		r->dut->powers->meanwhile(hook, r);
		return;
	}
	run_become(r, caller(r, s));
	if (actions[s->action].prepare)
		actions[s->action].prepare(r, s);
	else if (s->sweep)
		sweep(r, s);
	else
		expect_result(r, s);
	if (r->other) {
		run_fails(r, "the call has no point %u without locks", r->other->meanwhile);
		r->other = NULL;
	}
	if (!r->failed)
		run_check_contents(r);
}

bool run_row(const struct dut *dut, const struct dut_config *config, bool stock, const struct row *row)
{
	struct run *r = calloc(1, sizeof(*r));
	struct dut_config own = *config;
	const char *left;
	bool failed;
	int error;

	own.limit = row->limit;
	error = dut->begin(&own);
	*r = (struct run){ .dut = dut, .row = row, .stock = stock, .config = own, .seed = 1 };
	if (error) {
		run_fails(r, "the device under test cannot begin: %s", result_name(error));
		free(r);
		return false;
	}
	for (unsigned int i = 0; i < STEPS; i++) {
		r->low |= row->steps[i].compat || row->steps[i].low;
		/* a MAP that succeeds is what these are about */
		r->no_probe |= row->steps[i].action == SET_LIMIT || (own.header && row->steps[i].action == SET_MAX);
	}
	for (r->step = 1; r->step <= STEPS && row->steps[r->step - 1].action != END && !r->failed; r->step++)
		run_step(r, &row->steps[r->step - 1]);
	run_clean_up(r);
	left = dut->end();
	if (left)
		run_fails(r, "%s", left);
	failed = r->failed;
	free(r);
	return !failed;
}
