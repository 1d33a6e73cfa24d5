// SPDX-License-Identifier: MIT
/*
 * Like record.c: what GRANT_COPY asks the environment for. Ops are put down under the number of their segment in the call, and
 * whether they are its first or its second.
 */
#include <stdio.h>
#include "differ.h"

#define WRAP(type, name, ...) \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

/* The segment of op @i, and which of its ops that is. */
static struct seen_segment *seen(const struct gnt_transfer *t, u32 i, u32 *which)
{
	u32 segment = t->batch.op[i].segment;

	*which = 0;
	for (u32 k = 0; k < i; k++)
		*which += t->batch.op[k].segment == segment;
	if (*which > 1 || t->number[segment] >= SEGMENTS) {
		disagree("op %u of segment %u", *which, t->number[segment]);
		*which = 0;
	}
	return &twin->rec.seen[t->number[segment] % SEGMENTS];
}

static void begin_batch(const struct gnt_transfer *t)
{
	twin->rec.batch_open = true;
	twin->rec.batches++;
	for (u32 i = 0; i < t->batch.n; i++) {
		u32 segment = t->batch.op[i].segment, which;
		struct seen_segment *s = seen(t, i, &which);

		if (s->batch && s->batch != twin->rec.batches)
			disagree("segment %u is in two batches", t->number[segment]);
		if (i && t->number[segment] < t->number[t->batch.op[i - 1].segment])
			disagree("GNT-COPY-014: the ops of a batch are not in the order of their segments");
		s->batch = twin->rec.batches;
		s->ops++;
		s->op[which] = t->batch.op[i];
		s->source_ref = t->source_ref[segment];
		s->source_domid = t->source_domid[segment];
		s->dest_ref = t->dest_ref[segment];
		s->dest_domid = t->dest_domid[segment];
	}
}

WRAP(struct gnt_transfer *, gnt_env_transfer_new, void)
{
	struct gnt_transfer *t = __real_gnt_env_transfer_new();

	twin->rec.no_memory |= !t;
	return t;
}

WRAP(void, gnt_env_copy, struct gnt_transfer *t)
{
	bool asked[GNT_COPY_BATCH];

	if (!twin->rec.batch_open)
		begin_batch(t);
	for (u32 i = 0; i < t->batch.n; i++)
		asked[i] = t->batch.op[i].status == GNT_COPY_PENDING;
	__real_gnt_env_copy(t);
	for (u32 i = 0; i < t->batch.n; i++) {
		u32 which;
		struct seen_segment *s = seen(t, i, &which);

		/* without an answer, the hypercall as a whole has failed */
		if (!asked[i])
			continue;
		s->answer[which] = t->batch.op[i].status == GNT_COPY_PENDING ? -1 : (s16)t->batch.op[i].status;
		if (s->answer[which] == REF_OKAY && twin->rec.ndone < 2 * SEGMENTS)
			twin->rec.done[twin->rec.ndone++] = (u16)(2 * (s - twin->rec.seen) + which);
	}
}

WRAP(s32, gnt_env_pin, struct gnt_transfer *t, u32 op, u64 address, u32 write)
{
	s32 error = __real_gnt_env_pin(t, op, address, write);

	if (error) {
		twin->rec.pin_fails = true;
		twin->rec.pin_failed = address;
	}
	return error;
}

WRAP(void, gnt_env_unpin, struct gnt_transfer *t, u32 op, u32 dirty)
{
	u32 which;
	struct seen_segment *s = seen(t, op, &which);

	twin->rec.batch_open = false;
	if (dirty)
		s->dirty |= (u8)(1u << which);
	__real_gnt_env_unpin(t, op, dirty);
}

WRAP(s32, gnt_env_pause, u32 milliseconds)
{
	s32 error = __real_gnt_env_pause(milliseconds);

	if (error) {
		twin->rec.killed = true;
		twin->rec.killed_in_batch = milliseconds != 0;
	}
	return error;
}
