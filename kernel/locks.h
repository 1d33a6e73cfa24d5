/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I10 in lockdep's terms. The contracts of src/core/env_*.h say of most calls that they need all
 * locks of the core open; an instance's or a map's may be the caller's, and which is not known
 * here. So there is a lock that does not exist, gp_all_open: it is taken before each of those two,
 * and by whatever may fault, sleep or allocate. Who does that with one of them held takes the two
 * in the other order, which lockdep reports whether or not anything came of it. So does who takes
 * one of them while another is held.
 *
 * All of it is gone in a kernel without lockdep. mmap_assert_write_locked() is not for modules: on
 * a kernel with CONFIG_DEBUG_VM it needs a function that is not exported.
 */
#pragma once
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>

extern struct lockdep_map gp_all_open; /* main.c */

/* A lock that is known by its name in lockdep's reports, and in /proc/lock_stat. */
#define gp_mutex_init(lock, name)					\
do {									\
	static struct lock_class_key gp_key;				\
									\
	mutex_init(lock);						\
	lockdep_set_class_and_name(lock, &gp_key, name);		\
} while (0)

/* Takes an instance's lock, or a map's; neither may be held. */
static inline void gp_mutex_lock(struct mutex *lock)
{
	lock_map_acquire(&gp_all_open);
	mutex_lock(lock);
	lock_map_release(&gp_all_open);
}

/* The caller is about to touch user memory, to sleep, or to free what a lock might be part of. */
static inline void gp_assert_open(void)
{
	might_sleep();
	lock_map_acquire(&gp_all_open);
	lock_map_release(&gp_all_open);
}

/* The caller is about to allocate memory, for which the kernel may call our notifier. */
static inline void gp_may_alloc(void)
{
	gp_assert_open();
	might_alloc(GFP_KERNEL);
}
