/* SPDX-License-Identifier: MIT */
/*
 * The world: making it and taking it apart, what is alive in it, frames, and the driver's memory. It must not know what
 * a grant or a map is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "env.h"
#include "gntdev.h"
#include "xen.h"

#define DEFAULT_LIMIT 65536u /* GNT-MOD-004 */
#define DEFAULT_MAPTRACK 262144u /* 1024 frames of 256 entries */
#define FIRST_ROOM 8u /* elements in an array that grows */

_Noreturn void breach(const char *what)
{
	fprintf(stderr, "model: breach: %s\n", what);
	abort();
}

void *own_alloc(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (!memory)
		breach("the model itself is out of memory");
	return memory;
}

void *own_grow(void *array, u32 *room, u32 want, size_t element)
{
	u32 next = *room ? *room : FIRST_ROOM;

	if (want <= *room)
		return array;
	while (next < want)
		next *= 2;
	array = realloc(array, next * element);
	if (!array)
		breach("the model itself is out of memory");
	memset((char *)array + *room * element, 0, (next - *room) * element);
	*room = next;
	return array;
}

/* ---- the world */

struct model *model_new(const struct model_options *options)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	ensure(options->mode == MODEL_PV || options->mode == MODEL_AUTO, "model_new: no such mode");
	m->options = *options;
	if (m->options.limit == 0)
		m->options.limit = DEFAULT_LIMIT;
	if (m->options.maptrack == 0)
		m->options.maptrack = DEFAULT_MAPTRACK;
	m->driver = &gntdev_file_ops;
	m->work_end = &m->works;
	m->frame_free = NONE;
	m->page_free = NONE;
	m->maptrack_free = NONE;
	model_domain(m); /* MODEL_DOM0 */
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	m->hook = NULL;
	m->on_event = NULL;
	for (u32 pid = 1; pid <= m->processes; pid++)
		model_exit(m, pid);
	while (m->ios) /* devices have finished, so whoever waits for them can */
		model_page_io_end(m, m->io[0].pid, m->io[0].addr);
	model_run_deferred(m);
	while (m->works) {
		struct work *work = m->works;

		m->works = work->next;
		free(work);
	}
	for (u32 mfn = 0; mfn < m->frames; mfn++)
		free(m->frame[mfn].bytes);
	xen_free(m);
	free(m->frame);
	free(m->page);
	free(m->io);
	free(m->pin);
	free(m->process);
	free(m);
}

void model_set_limit(struct model *m, uint32_t limit)
{
	m->options.limit = limit;
}

void model_live(const struct model *m, struct model_live *live)
{
	*live = m->alive;
}

uint64_t model_lost(const struct model *m)
{
	return m->lost_pages;
}

const char *model_core_hash(void)
{
	return GNT_CORE_SHA256;
}

/* ---- frames */

u32 frame_new(struct model *m, u32 owner)
{
	u32 mfn = m->frame_free;

	if (mfn == NONE) {
		mfn = m->frames++;
		m->frame = own_grow(m->frame, &m->frame_room, m->frames, sizeof(*m->frame));
	} else {
		m->frame_free = m->frame[mfn].next;
	}
	m->frame[mfn] = (struct frame){ .owner = owner, .refs = 1, .next = NONE };
	return mfn;
}

void frame_get(struct model *m, u32 mfn)
{
	ensure(m->frame[mfn].refs != 0, "a frame is used that is free");
	m->frame[mfn].refs++;
}

void frame_put(struct model *m, u32 mfn)
{
	struct frame *frame = &m->frame[mfn];

	ensure(frame->refs != 0, "a frame is freed twice");
	if (--frame->refs)
		return;
	ensure(frame->pins == 0, "a frame is freed that the driver has pinned");
	free(frame->bytes);
	*frame = (struct frame){ .owner = NONE, .next = m->frame_free };
	m->frame_free = mfn;
}

u8 *frame_bytes(struct model *m, u32 mfn)
{
	struct frame *frame = &m->frame[mfn];

	ensure(frame->owner != NONE, "an access to a frame that is free");
	if (!frame->bytes)
		frame->bytes = own_alloc(GNT_PAGE_SIZE);
	return frame->bytes;
}

/* ---- memory of the driver */

/* custom: kvmalloc() that is counted, checks that no lock is held, and fails on demand */
void *env_alloc(struct model *m, u64 bytes)
{
	void *memory;

	ensure_open(m, "I10: an allocation under the lock");
	if (fault_strikes(m, MODEL_FAULT_ALLOC))
		return NULL;
	memory = malloc(bytes);
	if (memory)
		m->alive.memory++;
	return memory;
}

/* custom: kvfree(), counted */
void env_free(struct model *m, void *memory)
{
	if (!memory)
		return;
	ensure_open(m, "I10: memory is freed under the lock");
	m->alive.memory--;
	free(memory);
}
