/* SPDX-License-Identifier: MIT */
/*
 * The mutator as both engines want it: linked into a libFuzzer target, or as a shared object for AFL++
 * (AFL_CUSTOM_MUTATOR_LIBRARY). Bytes are a program, and a program is bytes again.
 */
#include <stdlib.h>
#include <string.h>
#include "mutator.h"

/* ---- libFuzzer */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
				 size_t max_out_size, unsigned int seed);

/* As long as the program is too long, half of its calls go. */
static size_t put(struct program *p, uint8_t *bytes, size_t room)
{
	size_t size;

	while ((size = program_encode(p, bytes, room)) == 0 && p->calls)
		p->calls /= 2;
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	static struct program p;
	struct dice d = { seed };

	/* what comparisons have shown the engine is in its own mutations */
	if (LLVMFuzzerMutate && roll(&d, 24) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	program_decode(&p, data, size);
	mutate(&p, &d);
	return put(&p, data, max_size);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
				 size_t max_out_size, unsigned int seed)
{
	static struct program p, with;
	struct dice d = { seed };

	program_decode(&p, data1, size1);
	program_decode(&with, data2, size2);
	if (roll(&d, 4) == 0) /* the engine joins as often as it changes: that is too often */
		splice(&p, &with, &d);
	else
		mutate(&p, &d);
	return put(&p, out, max_out_size);
}

/* ---- AFL++ */
struct afl_mutator {
	struct program p, with;
	struct dice dice;
	uint8_t bytes[PROGRAM_BYTES];
};

struct afl_mutator *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct afl_mutator *m, uint8_t *buf, size_t size, uint8_t **out, uint8_t *add, size_t add_size,
		       size_t max_size);
void afl_custom_deinit(struct afl_mutator *m);

struct afl_mutator *afl_custom_init(void *afl, unsigned int seed)
{
	struct afl_mutator *m = calloc(1, sizeof(*m));

	(void)afl;
	if (m)
		m->dice.state = seed;
	return m;
}

size_t afl_custom_fuzz(struct afl_mutator *m, uint8_t *buf, size_t size, uint8_t **out, uint8_t *add, size_t add_size,
		       size_t max_size)
{
	program_decode(&m->p, buf, size);
	if (add && add_size && roll(&m->dice, 4) == 0) {
		program_decode(&m->with, add, add_size);
		splice(&m->p, &m->with, &m->dice);
	} else {
		mutate(&m->p, &m->dice);
	}
	*out = m->bytes;
	return put(&m->p, m->bytes, max_size < sizeof(m->bytes) ? max_size : sizeof(m->bytes));
}

void afl_custom_deinit(struct afl_mutator *m)
{
	free(m);
}
