// SPDX-License-Identifier: GPL-2.0-only
/*
 * An open file: the memory of the instance's state, and its lock: see src/core/env_lock.h. Nothing
 * is allocated or freed under the lock (I10). Honours GNT-GEN-008, GNT-GEN-009; GNT-OPEN-001 ..
 * 003, GNT-OPEN-005; GNT-CLOSE-005, GNT-CLOSE-006.
 */
#include <linux/slab.h>
#include "grantproof.h"
#include "locks.h"

static void free_state(const struct gnt_state *s)
{
	kvfree(s->table.slots.owner);
	kvfree(s->table.slots.prefix);
	kvfree(s->table.slots.suffix);
	kvfree(s->table.slots.run);
	kvfree(s->table.count);
	kvfree(s->table.map);
	kvfree(s->block);
	kvfree(s->vmas);
	kvfree(s->calls);
	kvfree(s->tried);
}

static void *new_array(u32 array, u32 capacity)
{
	return kvmalloc(gnt_state_array_bytes(array, capacity), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

/* What the arrays hold is the core's to say; it is proven for allocations of their own. */
s32 gnt_env_state_new(struct gnt_file *file, u32 capacity, struct gnt_state *s)
{
	lockdep_assert_not_held(&file->lock);
	gp_may_alloc();
	s->limits = &file->limits;
	s->table.slots.capacity = capacity;
	s->table.slots.owner = new_array(0, capacity);
	s->table.slots.prefix = new_array(1, capacity);
	s->table.slots.suffix = new_array(2, capacity);
	s->table.slots.run = new_array(3, capacity);
	s->table.count = new_array(4, capacity);
	s->table.map = new_array(5, capacity);
	s->block = new_array(6, capacity);
	s->vmas = new_array(7, capacity);
	s->calls = new_array(8, capacity);
	s->tried = new_array(9, capacity);
	static_assert(GNT_STATE_ARRAYS == 10);
	if (s->table.slots.owner && s->table.slots.prefix && s->table.slots.suffix &&
	    s->table.slots.run && s->table.count && s->table.map && s->block && s->vmas &&
	    s->calls && s->tried)
		return 0;
	free_state(s);
	return -ENOMEM;
}

void gnt_env_state_free(struct gnt_file *file, struct gnt_state s)
{
	lockdep_assert_not_held(&file->lock);
	gp_assert_open();
	free_state(&s);
}

struct gnt_state gnt_env_lock(struct gnt_file *file)
{
	gp_mutex_lock(&file->lock);
	return file->state;
}

void gnt_env_unlock(struct gnt_file *file, struct gnt_state s)
{
	struct gnt_state old = file->replaced;

	lockdep_assert_held(&file->lock);
	file->replaced = (struct gnt_state){};
	mutex_unlock(&file->lock);
	free_state(&old);
}

void gnt_env_replace(struct gnt_file *file, struct gnt_state s)
{
	lockdep_assert_held(&file->lock);
	file->replaced = file->state;
	file->state = s;
}

u32 gnt_env_is_pv(void)
{
	return gp_is_pv();
}

u32 gnt_env_profile(struct gnt_file *file)
{
	return file->limits.profile;
}

/* GNT-OPEN-001, GNT-OPEN-002, GNT-OPEN-005; nobody else knows the file yet, so no lock is needed */
struct gnt_file *gp_file_new(void)
{
	struct gnt_file *file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);

	if (!file)
		return NULL;
	gp_mutex_init(&file->lock, "grantproof:instance");
	gp_mutex_init(&file->attempts, "grantproof:attempts");
	if (gnt_env_state_new(file, gnt_slots_capacity(1), &file->state)) {
		kfree(file);
		return NULL;
	}
	gnt_state_init(file->state, gp_profile());
	return file;
}

/* GNT-CLOSE-005: maps with pages in use go on without the file. */
void gp_file_release(struct gnt_file *file)
{
	gnt_release(file);
	free_state(&file->state);
	mutex_destroy(&file->attempts);
	mutex_destroy(&file->lock);
	kfree(file);
}

/* The map at slot @first, which the caller acts for a VMA of: so it is there, and stays. */
struct gp_map *gp_file_map(struct gnt_file *file, u32 first)
{
	struct gnt_state s = gnt_env_lock(file);
	u64 block = gnt_state_block(s, first);

	gnt_env_unlock(file, s);
	return gp_map_of(block);
}
