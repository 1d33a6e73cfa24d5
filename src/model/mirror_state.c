/* SPDX-License-Identifier: MIT */
/*
 * What an instance's critical sections may do (I5, I10): each record that one has changed is compared with what it was,
 * and with what the running call has in its hands. "Theirs" in env_lock.h is here what the record has more than that.
 */
#include <stdlib.h>
#include <string.h>
#include "gntdev.h"

#define SOME 16u /* records that are compared at a time; a capacity is a multiple of it */

static struct mirror_record record_of(const struct gnt_state *s, u32 k)
{
	return (struct mirror_record){
		.map = s->table.map[k], .block = s->block[k], .vmas = s->vmas[k], .calls = s->calls[k],
		.count = s->table.count[k], .tried = s->tried[k],
	};
}

/* What is not the same of record @k, gathered in one number. */
static u64 difference(const struct mirror_state *was, const struct gnt_state *s, u32 k)
{
	return (was->map[k] ^ s->table.map[k]) | (was->block[k] ^ s->block[k]) | (was->vmas[k] ^ s->vmas[k])
	       | (was->calls[k] ^ s->calls[k]) | (was->count[k] ^ s->table.count[k]) | (was->tried[k] ^ s->tried[k]);
}

/* The first records, SOME from @k on, of which one is another one than it was; the capacity: none is. */
static u32 differ(const struct mirror_state *was, const struct gnt_state *s, u32 k)
{
	for (; k < was->capacity; k += SOME) {
		u64 any = 0;

		for (u32 i = 0; i < SOME; i++)
			any |= difference(was, s, k + i);
		if (any)
			break;
	}
	return k;
}

static struct mirror_record recorded(const struct mirror_state *was, u32 k)
{
	return (struct mirror_record){
		.map = was->map[k], .block = was->block[k], .vmas = was->vmas[k], .calls = was->calls[k],
		.count = was->count[k], .tried = was->tried[k], .hidden = was->hidden[k],
	};
}

static void record(struct mirror_state *was, u32 k, const struct mirror_record *now)
{
	was->map[k] = now->map;
	was->block[k] = now->block;
	was->vmas[k] = now->vmas;
	was->calls[k] = now->calls;
	was->count[k] = now->count;
	was->tried[k] = now->tried;
	was->hidden[k] = now->hidden;
}

/* ---- uses */

/* The running call's uses of the record at @first become @vmas and @calls more. */
static void use_more(struct gnt_file *file, u32 first, u64 block, u64 vmas, u64 calls, const struct mirror_record *now)
{
	struct mirror *call = mirror_call();
	u32 at = MIRROR_USES;

	for (u32 i = MIRROR_USES; i-- > 0; ) {
		if (!call->use[i].file)
			at = i;
	}
	for (u32 i = 0; i < MIRROR_USES; i++) {
		if (call->use[i].file == file && call->use[i].first == first)
			at = i;
	}
	ensure(at < MIRROR_USES, "a call uses too many maps at a time");
	if (!call->use[at].file) {
		call->use[at].file = file;
		call->use[at].first = first;
		call->use[at].map = gntdev_block(block);
		call->use[at].vmas = call->use[at].calls = 0;
	}
	call->use[at].vmas += (u32)vmas;
	call->use[at].calls += (u32)calls;
	/* below 0 it is a large number */
	ensure(call->use[at].vmas <= now->vmas && call->use[at].calls <= now->calls,
	       "I5: a call ends a use of a map that is not its own");
	if (!call->use[at].vmas && !call->use[at].calls)
		call->use[at].file = NULL;
}

/* ---- one record */

/* I2, by looking at every slot below: no lower range of @count slots was free. Those just taken count as free. */
static void lowest(const struct gnt_slots *s, u32 first, u32 count)
{
	u32 run = 0;

	for (u32 q = 0; q < first; q++) {
		run = s->owner[q] == 0 ? run + 1 : 0;
		ensure(run < count, "I2: a lower range of slots was free");
	}
	ensure(run == 0, "I2: a range that begins one slot lower was free");
}

/* The map that the call makes gets its slots: the share is the record's from now on. */
static void reserved(struct gnt_file *file, u32 k, struct mirror_record *now)
{
	struct mirror *call = mirror_call();

	ensure(call->own && gntdev_cookie(call->own) == now->block && call->share == call->own,
	       "I5: slots are taken for a map that is not the call's own");
	ensure(now->count == call->own->pages.count, "I1: a map has more slots than pages, or fewer");
	ensure(now->map == 0 && now->vmas == 0 && now->calls == 1, "GNT-MAP-009: a map can be found that is not listed");
	lowest(&file->state.table.slots, k, now->count);
	check_map_inv(call->own);
	call->own = call->share = NULL;
	now->hidden = call;
}

/* The record's last use is gone: the share is the call's. */
static void withdrawn(const struct mirror_record *was)
{
	struct mirror *call = mirror_call();

	ensure(!call->share, "I5: a call has two maps to drop");
	call->share = gntdev_block(was->block);
}

static void changed(struct gnt_file *file, u32 k, const struct mirror_record *was, struct mirror_record *now)
{
	struct mirror *call = mirror_call();

	ensure(!was->hidden || was->hidden == call, "GNT-MAP-009: a map is touched that another call makes");
	now->hidden = was->hidden;
	if (was->count == 0) {
		reserved(file, k, now);
	} else if (now->count == 0) {
		withdrawn(was);
		now->hidden = NULL;
	} else {
		ensure(was->count == now->count && was->block == now->block, "I5: a map in use becomes another one");
	}
	if (was->map == 0 && now->map != 0) {
		ensure(was->hidden == call, "GNT-MAP-001: a map is listed a second time, or by another call");
		now->hidden = NULL;
		call->list++;
		call->listed = k;
		call->listed_count = now->count;
	}
	if (was->map != 0 && now->map == 0) {
		call->unlist++;
		call->unlisted = k;
		call->unlisted_count = was->count;
	}
	call->untried += was->tried != 0 && now->tried == 0;
	call->attempt += was->tried == 0 && now->tried != 0;
	use_more(file, k, was->block ? was->block : now->block, now->vmas - was->vmas, now->calls - was->calls, now);
}

/* ---- critical sections */

/* A reservation was tried, and failed: is there no room, or is the maximum reached? GNT-SLOT-003, GNT-MAP-019 */
static void check_full(const struct gnt_file *file, u32 count)
{
	const struct gnt_limits *limits = file->state.limits;
	const struct gnt_slots *s = &file->state.table.slots;
	u32 run = 0;

	if (file->profile == GNT_PROFILE_HEADER && (u64)limits->owned + count > limits->max)
		return;
	for (u32 q = 0; q < s->capacity; q++) {
		run = s->owner[q] == 0 ? run + 1 : 0;
		ensure(run < count, "I2: a range of slots was free, and was not found");
	}
}

/* Room for @capacity records, of which those that were there stay; in one piece of memory. */
static void make_room(struct mirror_state *mirror, u32 capacity)
{
	const struct mirror_state was = *mirror;
	u64 *memory = own_alloc(capacity * (5 * sizeof(u64) + 2 * sizeof(u32)));

	mirror->map = memory;
	mirror->block = memory + capacity;
	mirror->vmas = memory + 2ul * capacity;
	mirror->calls = memory + 3ul * capacity;
	mirror->hidden = (const struct mirror **)(memory + 4ul * capacity);
	mirror->count = (u32 *)(memory + 5ul * capacity);
	mirror->tried = mirror->count + capacity;
	mirror->capacity = capacity;
	for (u32 k = 0; k < was.capacity; k++) {
		const struct mirror_record now = recorded(&was, k);

		record(mirror, k, &now);
	}
	free(was.map);
}

/* The state has more slots than before; those that are new are free. False: too many to look at. */
static bool grown(struct gnt_file *file)
{
	struct mirror_state *mirror = &file->mirror;
	u32 capacity = file->state.table.slots.capacity;

	ensure(capacity >= mirror->capacity, "I3: a state has shrunk");
	if (capacity == mirror->capacity)
		return true;
	if (capacity > MIRROR_MAX) {
		free(mirror->map);
		mirror->map = NULL;
		return false;
	}
	make_room(mirror, capacity);
	return true;
}

void mirror_opened(struct gnt_file *file)
{
	make_room(&file->mirror, file->state.table.slots.capacity);
	file->mirror.limits = *file->state.limits;
}

void mirror_locked(struct gnt_file *file)
{
	if (!file->mirror.map) {
		mirror_call()->blind = true;
		return;
	}
	ensure(differ(&file->mirror, &file->state, 0) == file->mirror.capacity,
	       "I10: the state was changed without its lock");
	ensure(!memcmp(&file->mirror.limits, file->state.limits, sizeof(file->mirror.limits)),
	       "I10: the limits were changed without the lock");
}

/* The records that the section has changed, one by one: was there any? */
static bool changes(struct gnt_file *file)
{
	struct mirror_state *mirror = &file->mirror;
	bool any = false;

	for (u32 some = differ(mirror, &file->state, 0); some < mirror->capacity; some = differ(mirror, &file->state, some)) {
		for (u32 k = some; k < some + SOME; k++) {
			struct mirror_record was, now;

			if (!difference(mirror, &file->state, k))
				continue;
			was = recorded(mirror, k);
			now = record_of(&file->state, k);
			changed(file, k, &was, &now);
			record(mirror, k, &now);
		}
		any = true;
	}
	return any;
}

static bool limits_change(struct gnt_file *file)
{
	const struct gnt_limits *was = &file->mirror.limits, *now = file->state.limits;
	struct mirror *call = mirror_call();

	ensure(now->profile == file->profile, "GNT-GEN-001: an instance changes its profile");
	call->max += now->max != was->max;
	call->performed += now->performed != was->performed;
	return memcmp(was, now, sizeof(*was)) != 0;
}

void mirror_unlocking(struct gnt_file *file)
{
	struct mirror *call = mirror_call();
	bool any;

	if (!file->mirror.map || !grown(file)) {
		call->blind = true;
		return;
	}
	any = limits_change(file);
	any |= changes(file);
	if (any || file->old.table.slots.capacity)
		check_state(&file->state);
	file->mirror.limits = *file->state.limits;
	if (call->own)
		check_full(file, call->own->pages.count);
	file->mirror.checked = file->lock.taken;
}

void mirror_closed(struct gnt_file *file)
{
	const struct gnt_state *s = &file->state;

	check_state(s);
	ensure(s->limits->owned == 0, "GNT-SLOT-008: slots are owned after the last descriptor and mapping");
	free(file->mirror.map);
}
