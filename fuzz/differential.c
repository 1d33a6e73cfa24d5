/* SPDX-License-Identifier: MIT */
/*
 * Target: the proven core, in the model, against the executable reference (spec/reference.c), call by call: results, what is
 * written back, effects, and the abstract state (tests/reference). Calls are made up there, by dice that look at the state at
 * hand; here the input is the dice. A call has a record of so many bytes; if it needs more, they follow from these.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../tests/reference/differ.h"

#define RECORD 24u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
u32 __real_below(u64 *seed, u32 n);
u32 __wrap_below(u64 *seed, u32 n);
void __real_generate(struct twin *t, struct step *c, u64 *seed);
void __wrap_generate(struct twin *t, struct step *c, u64 *seed);

static const uint8_t *at, *end, *next; /* of the record; the next one */
static u64 dice;

/* Whoever rolls other dice gets what they show. */
u32 __wrap_below(u64 *seed, u32 n)
{
	u32 value = 0;

	if (seed != &dice || (n > 256 ? end - at < 4 : at == end))
		return __real_below(seed, n);
	for (u32 i = 0; i < (n > 256 ? 4 : 1); i++)
		value |= (u32)*at++ << 8 * i;
	return value % n;
}

void __wrap_generate(struct twin *t, struct step *c, u64 *seed)
{
	at = next;
	end = next = at + RECORD;
	for (u32 i = 0; i < RECORD; i++)
		dice = (dice ^ at[i]) * 0x100000001b3ull;
	__real_generate(t, c, seed);
}

/* From nothing an engine takes long to get to one call; dice can be rolled for as many as are wanted. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	u64 own = seed;
	size_t want = 1 + RECORD * (4 + (size_t)__real_below(&own, CALLS - 4));

	if (LLVMFuzzerMutate && size > RECORD && __real_below(&own, 4))
		return LLVMFuzzerMutate(data, size, max_size);
	want = want < max_size ? want : max_size;
	for (size_t i = 0; i < want; i++)
		data[i] = (uint8_t)__real_below(&own, 256);
	return want;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sequence s;
	char why[256];
	u32 bad;

	if (size < 1 + RECORD)
		return 0;
	s.pv = data[0] & 1;
	s.profile = data[0] >> 1 & 1 ? REF_HEADER : REF_LINUX;
	s.calls = (u32)((size - 1) / RECORD < CALLS ? (size - 1) / RECORD : CALLS);
	next = data + 1;
	dice = 0;
	memset(s.call, 0, s.calls * sizeof(s.call[0]));
	bad = sequence_run(&s, &dice, 0, why, sizeof(why));
	if (!bad)
		return 0;
	s.calls = bad;
	sequence_minimise(&s, why, sizeof(why));
	sequence_print(stderr, &s, why);
	fprintf(stderr, "fuzz: the core and the reference disagree: %s\n", why);
	abort();
}
