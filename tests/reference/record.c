// SPDX-License-Identifier: MIT
/*
 * What the environment answered the core in a call, and what the core had it do: the functions of the core's env_*.h, put
 * between the two by the linker (--wrap). It must not change an answer, nor know what a call means.
 */
#include <stdio.h>
#include "differ.h"

#define WRAP(type, name, ...) \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

static struct record *rec(void)
{
	return &twin->rec;
}

void record_start(void)
{
	struct record *r = rec();

	/* not the long arrays, which are as long as they say; of the rest, all */
	memset(r, 0, offsetof(struct record, kernel));
	for (u32 i = 0; i < REF_PAGES; i++)
		r->kernel[i] = r->user[i] = -1; /* what Xen was not asked for was not mapped */
	for (u32 i = 0; i < BLOCKS; i++) {
		if (twin->block[i].freed)
			twin->block[i].block = 0;
	}
}

struct block *block_of(u32 name)
{
	for (u32 i = 0; i < BLOCKS; i++) {
		if (twin->block[i].block && twin->block[i].name == name)
			return &twin->block[i];
	}
	return NULL;
}

static struct block *block_at(u64 block)
{
	for (u32 i = 0; i < BLOCKS; i++) {
		if (twin->block[i].block == block && !twin->block[i].freed)
			return &twin->block[i];
	}
	disagree("the core names a block that it has not, or has freed");
	return &twin->block[0];
}

static void event(u32 what, const struct block *b, u32 page, u32 value)
{
	struct record *r = rec();

	if (r->nevents == EVENTS)
		disagree("more than %u effects in a call", EVENTS);
	else
		r->event[r->nevents++] = (struct event){ what, b ? (u32)(b - twin->block) + 1 : 0, value, page };
}

/* ---- calls into the core */

WRAP(s32, gnt_mmap_commit, struct gnt_file *file, u32 first, u32 writable)
{
	twin_middle(MMAP);
	return __real_gnt_mmap_commit(file, first, writable);
}

WRAP(void, gnt_mmap_cancel, struct gnt_file *file, u32 first, u32 again)
{
	if (again)
		rec()->again++;
	else
		rec()->cancelled++;
	__real_gnt_mmap_cancel(file, first, again);
}

WRAP(void, gnt_mmap_abort, struct gnt_file *file, u32 first)
{
	rec()->aborted++;
	__real_gnt_mmap_abort(file, first);
}

/* not the core's, but whoever shows a page to the user makes it one in use */
WRAP(int, env_insert_page, struct model *m, struct vma *vma, u64 addr, u32 page)
{
	int error = __real_env_insert_page(m, vma, addr, page);

	rec()->inserted += error == 0;
	return error;
}

/* ---- user memory, memory */

WRAP(s32, gnt_env_fetch, u8 *to, u64 from, u32 bytes)
{
	s32 error = __real_gnt_env_fetch(to, from, bytes);

	rec()->fetches++;
	rec()->batch_open = false;
	if (error) {
		rec()->fetch_fails = true;
		rec()->fetch_failed = from;
	}
	return error;
}

static s32 stored(s32 error)
{
	rec()->stores++;
	rec()->batch_open = false;
	rec()->store_fails |= error != 0;
	return error;
}

WRAP(s32, gnt_env_store_u64, u64 to, u64 value)
{
	twin_middle(MAP);
	return stored(__real_gnt_env_store_u64(to, value));
}

WRAP(s32, gnt_env_store_u32, u64 to, u32 value)
{
	return stored(__real_gnt_env_store_u32(to, value));
}

WRAP(s32, gnt_env_store_s16, u64 to, s16 value)
{
	s32 error = stored(__real_gnt_env_store_s16(to, value));
	u64 at = to - rec()->segments - GNT_SEGMENT_STATUS;
	struct seen_segment *s = &rec()->seen[at / GNT_SEGMENT_BYTES % SEGMENTS];

	if (at % GNT_SEGMENT_BYTES || at / GNT_SEGMENT_BYTES >= SEGMENTS)
		disagree("a status is stored where none is");
	else if (!s->ahead)
		s->ahead = error ? 2 : 1;
	else if (!s->final)
		s->final = error ? 2 : 1;
	else
		disagree("a status is stored a third time");
	return error;
}

WRAP(u64, gnt_env_block_new, u32 count)
{
	u64 block = __real_gnt_env_block_new(count);

	rec()->no_memory |= !block;
	for (u32 i = 0; block && i < BLOCKS; i++) {
		if (twin->block[i].block)
			continue;
		memset(&twin->block[i], 0, sizeof(twin->block[i]));
		twin->block[i].block = block;
		twin->block[i].count = count;
		rec()->made = &twin->block[i];
		return block;
	}
	if (block)
		disagree("more blocks than the differ has room for");
	return block;
}

WRAP(s32, gnt_env_state_new, struct gnt_file *file, u32 capacity, struct gnt_state *s)
{
	s32 error = __real_gnt_env_state_new(file, capacity, s);

	rec()->no_memory |= error != 0;
	return error;
}

WRAP(void, gnt_env_block_free, u64 block)
{
	struct block *b = block_at(block);

	event(REF_MAP_FREED, b, 0, b->put);
	b->freed = true;
	__real_gnt_env_block_free(block);
}

WRAP(void, gnt_env_pages_put, u64 block, u32 from, u32 to)
{
	block_at(block)->put += to - from;
	__real_gnt_env_pages_put(block, from, to);
}

/* ---- maps: their locks, their pages */

WRAP(struct gnt_pages, gnt_env_map_lock, u64 block)
{
	rec()->locked = block_at(block);
	return __real_gnt_env_map_lock(block);
}

WRAP(struct gnt_pages, gnt_env_map_trylock, u64 block)
{
	struct gnt_pages p = __real_gnt_env_map_trylock(block);

	if (p.count)
		rec()->locked = block_at(block);
	else if (rec()->nbusy < BLOCKS)
		rec()->busy[rec()->nbusy++] = block_at(block);
	return p;
}

WRAP(void, gnt_env_map_unlock, u64 block, struct gnt_pages p)
{
	rec()->locked = NULL;
	__real_gnt_env_map_unlock(block, p);
}

static void mapped(u32 from, u32 to, const struct gnt_batch *b, s32 error, u8 *handle, s16 *answer)
{
	for (u32 q = from; q < to && q < REF_PAGES; q++) {
		if (!b->op[q - from])
			continue;
		answer[q] = error ? -1 : b->status[q - from];
		if (answer[q] == GNT_STATUS_OKAY) {
			handle[q] = HELD;
			rec()->mapped++;
		}
	}
}

WRAP(s32, gnt_env_map_kernel, u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	s32 error = __real_gnt_env_map_kernel(block, p, from, to, readonly, b);

	mapped(from, to, b, error, block_at(block)->kernel, rec()->kernel);
	return error;
}

WRAP(s32, gnt_env_map_user, u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	s32 error = __real_gnt_env_map_user(block, p, from, to, readonly, b);

	mapped(from, to, b, error, block_at(block)->user, rec()->user);
	return error;
}

static void unmapped(struct block *block, u32 from, u32 to, const struct gnt_batch *b, s32 error, bool user)
{
	for (u32 q = from; q < to && q < REF_PAGES; q++) {
		bool okay = error == 0 && b->status[q - from] == GNT_STATUS_OKAY;

		if (!b->op[q - from])
			continue;
		(user ? block->user : block->kernel)[q] = okay ? NONE_YET : REFUSED;
		if (rec()->nunmapped < EVENTS)
			rec()->unmapped[rec()->nunmapped++] = (struct unmapped){ block, q, user, okay };
	}
}

WRAP(s32, gnt_env_unmap_kernel, u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	s32 error = __real_gnt_env_unmap_kernel(block, p, from, to, b);

	unmapped(block_at(block), from, to, b, error, false);
	return error;
}

WRAP(s32, gnt_env_unmap_user, u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	s32 error = __real_gnt_env_unmap_user(block, p, from, to, b);

	unmapped(block_at(block), from, to, b, error, true);
	return error;
}

WRAP(void, gnt_env_clear_byte, u64 block, u32 page, u32 offset)
{
	event(REF_BYTE_CLEARED, block_at(block), page, offset);
	__real_gnt_env_clear_byte(block, page, offset);
}

/* ---- ports: of the map whose lock is held, or of none */

WRAP(s32, gnt_env_port_get, u32 port)
{
	s32 error = __real_gnt_env_port_get(port);

	rec()->no_port |= error != 0;
	if (!error)
		event(REF_PORT_TAKEN, NULL, 0, port);
	return error;
}

WRAP(void, gnt_env_port_put, u32 port)
{
	event(REF_PORT_PUT, rec()->locked, 0, port);
	__real_gnt_env_port_put(port);
}

WRAP(void, gnt_env_port_send, u32 port)
{
	event(REF_EVENT_SENT, rec()->locked, 0, port);
	__real_gnt_env_port_send(port);
}
