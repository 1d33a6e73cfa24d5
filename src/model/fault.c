/* SPDX-License-Identifier: MIT */
/*
 * Faults on demand: which call of the driver's environment fails. Each call that can fail asks here exactly once, so the
 * calls can be counted, and a test can make one after the other fail. It must not know what a call does.
 */
#include "world.h"

void model_fail_with(struct model *m, enum model_fault kind, uint64_t nth, int16_t status)
{
	ensure(kind < MODEL_FAULTS, "model_fail: no such kind of fault");
	ensure(status != GNTST_okay, "model_fail_with: a fault must be one");
	m->fault[kind] = nth;
	m->status[kind] = status;
}

void model_fail(struct model *m, enum model_fault kind, uint64_t nth)
{
	model_fail_with(m, kind, nth, GNTST_general_error);
}

void model_fail_nth(struct model *m, uint64_t nth)
{
	m->fault_any = nth;
}

uint64_t model_env_calls(const struct model *m)
{
	return m->env_calls;
}

static bool counts_down(u64 *calls)
{
	return *calls != 0 && --*calls == 0;
}

bool fault_strikes(struct model *m, enum model_fault kind)
{
	bool strikes = counts_down(&m->fault[kind]);

	if (kind == MODEL_FAULT_PAGES) /* is an allocation, too */
		strikes |= counts_down(&m->fault[MODEL_FAULT_ALLOC]);
	m->env_calls++;
	return counts_down(&m->fault_any) || strikes;
}

s16 fault_status(struct model *m, enum model_fault kind)
{
	bool demanded = m->fault[kind] == 1;

	if (!fault_strikes(m, kind))
		return GNTST_okay;
	return demanded ? m->status[kind] : GNTST_general_error;
}
