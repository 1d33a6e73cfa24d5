/* SPDX-License-Identifier: MIT */
/*
 * The world: making it and taking it apart, what is alive in it, faults on demand, and the parts of Linux that need no
 * address space: memory, placeholder pages, locks. It must not know what a grant or a map is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "env.h"
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

/* ---- faults on demand */

void model_fail(struct model *m, enum model_fault kind, uint64_t nth)
{
	ensure(kind < MODEL_FAULTS, "model_fail: no such kind of fault");
	m->fault[kind] = nth;
}

bool fault_strikes(struct model *m, enum model_fault kind)
{
	return m->fault[kind] != 0 && --m->fault[kind] == 0;
}

/* ---- the world */

struct model *model_new(const struct model_options *options)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	ensure(options->mode == MODEL_PV, "model_new: no such mode");
	m->options = *options;
	if (m->options.limit == 0)
		m->options.limit = DEFAULT_LIMIT;
	if (m->options.maptrack == 0)
		m->options.maptrack = DEFAULT_MAPTRACK;
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
	for (u32 pid = 1; pid <= m->processes; pid++)
		model_exit(m, pid);
	for (u32 mfn = 0; mfn < m->frames; mfn++)
		free(m->frame[mfn].bytes);
	xen_free(m);
	free(m->frame);
	free(m->page);
	free(m->process);
	free(m);
}

void model_live(const struct model *m, struct model_live *live)
{
	*live = m->alive;
}

const char *model_core_hash(void)
{
	return GNT_CORE_SHA256;
}

/* ---- frames */

u32 frame_new(struct model *m, u32 owner)
{
	u32 mfn = m->frame_free;
	struct frame *frame;

	if (mfn == NONE) {
		mfn = m->frames++;
		m->frame = own_grow(m->frame, &m->frame_room, m->frames, sizeof(*m->frame));
	} else {
		m->frame_free = m->frame[mfn].next;
	}
	frame = &m->frame[mfn];
	*frame = (struct frame){ .owner = owner, .next = NONE };
	return mfn;
}

void frame_free(struct model *m, u32 mfn)
{
	struct frame *frame = &m->frame[mfn];

	ensure(frame->owner != NONE, "a frame is freed twice");
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

	ensure(m->locks == 0, "I10: an allocation under the lock");
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
	ensure(m->locks == 0, "I10: memory is freed under the lock");
	m->alive.memory--;
	free(memory);
}

/* ---- placeholder pages */

static u32 page_new(struct model *m)
{
	u32 page = m->page_free;

	if (page == NONE) {
		page = m->pages++;
		m->page = own_grow(m->page, &m->page_room, m->pages, sizeof(*m->page));
	} else {
		m->page_free = m->page[page].next;
	}
	m->page[page] = (struct page){ .pte = { .mfn = NONE }, .next = NONE, .held = true };
	return page;
}

/*
 * custom: gnttab_alloc_pages(), counted, fails on demand. The pages have no content: only what is mapped at their
 * addresses has.
 */
int env_pages_alloc(struct model *m, u32 n, u32 *page)
{
	ensure(m->locks == 0, "I10: an allocation under the lock");
	if (fault_strikes(m, MODEL_FAULT_ALLOC))
		return -ENOMEM;
	for (u32 i = 0; i < n; i++)
		page[i] = page_new(m);
	m->alive.pages += n;
	return 0;
}

/* custom: gnttab_free_pages(), which here looks whether the next owner of a page would see foreign memory (I6) */
void env_pages_free(struct model *m, u32 n, const u32 *page)
{
	ensure(m->locks == 0, "I10: pages are freed under the lock");
	for (u32 i = 0; i < n; i++) {
		struct page *p = &m->page[page[i]];

		ensure(page[i] < m->pages && p->held, "I6: a placeholder page is given back twice");
		ensure(p->pte.mfn == NONE, "I6: a placeholder page is given back with a grant mapped");
		p->held = false;
		p->next = m->page_free;
		m->page_free = page[i];
	}
	m->alive.pages -= n;
}

/* dup: pfn_to_kaddr() */
u64 env_page_address(u32 page)
{
	return KERNEL_BASE + (u64)page * GNT_PAGE_SIZE;
}

struct pte *pte_of_kernel(struct model *m, u64 address)
{
	u64 page = (address - KERNEL_BASE) / GNT_PAGE_SIZE;

	if (address < KERNEL_BASE || address % GNT_PAGE_SIZE != 0 || page >= m->pages || !m->page[page].held)
		return NULL;
	return &m->page[page].pte;
}

/* ---- locks */

/* custom: mutex_lock() of a world with one thread, where a lock that is held already is a deadlock */
void env_lock(struct model *m, struct lock *lock)
{
	ensure(!lock->held, "I10: the lock is taken twice");
	lock->held = true;
	lock->taken++;
	m->locks++;
}

/* custom: mutex_unlock(), likewise */
void env_unlock(struct model *m, struct lock *lock)
{
	ensure(lock->held, "I10: the lock is released and was not held");
	lock->held = false;
	m->locks--;
}
