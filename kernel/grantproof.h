/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share: an open file, a map, and who calls whom.
 *
 *	main.c, vma.c, map.c ---> core ---> file.c, user.c, map.c, pages.c, port.c, vma.c, copy.c
 *
 * The core decides, these files carry out: Linux calls main.c (ioctl, release), vma.c (mmap, VMAs,
 * invalidation) and map.c (deferred work), they call the core, and it calls the gnt_env_*()
 * functions, whose contracts are in src/core/env_*.h. Nobody here looks into the core's structures
 * but where they are allocated, and where a batch is translated for Xen.
 *
 * Locks, outermost first: mmap_lock, gnt_file.attempts, then one of gnt_file.lock and gp_map.lock,
 * and within the latter a page table's. Nothing is allocated under the last three (I10): reclaim
 * may call our notifier, which takes a map's.
 */
#pragma once
#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include "instance.h"

/* An open file, the "instance" of spec/. */
struct gnt_file {
	struct mutex lock; /* the instance's lock: state, limits */
	struct gnt_state state;
	struct gnt_state replaced; /* what gnt_env_replace() left, until the lock is released */
	struct gnt_limits limits;
	/*
	 * Held while an mmap is attempted, and maybe called off: not before that is over may
	 * another process try the same map (GNT-MMAP-023).
	 */
	struct mutex attempts;
};

/* the ops of one hypercall */
union gp_ops {
	void *room;
	struct gnttab_map_grant_ref *map;
	struct gnttab_unmap_grant_ref *unmap;
};

/*
 * A map's block: what one MAP_GRANT_REF makes. One allocation, of which the arrays are parts; the
 * core knows it by its address, and says when it ends (I5). It does not need the file: pages that
 * are in use may outlive it.
 */
struct gp_map {
	struct mutex lock; /* the map's lock: what the arrays of @pages hold, @ops, @returned */
	/*
	 * The core's one reference, and one of each thread between gnt_env_map_lock() and the end
	 * of gnt_env_map_unlock(): the next to have the lock may free the block, while a mutex is
	 * looked at until mutex_unlock() returns.
	 */
	struct kref memory;
	bool may_block; /* whoever has the lock may sleep */
	struct delayed_work retry;
	unsigned long retry_delay; /* jiffies */

	struct gnt_life life;
	struct gnt_pages pages;
	struct page **placeholder; /* [count] */
	u32 returned; /* the first of them are to go back to the kernel */
	union gp_ops ops; /* [a batch] */
	struct page **batch; /* [a batch]: the placeholders of the ops */

	/* set by mmap, before anybody else can see the mapping */
	u32 first; /* slot of page 0 */
	unsigned long start; /* user address of page 0 */
	bool watched; /* the notifier is there: PV */
	struct mmu_interval_notifier notifier;
	/*
	 * [count], PV: the page-table entry of each page; NULL once it is no grant any more, which
	 * is noted under the page table's lock, so that who has that and finds an entry can rely
	 * on it.
	 */
	pte_t **entry;
};

static inline struct gp_map *gp_map_of(u64 block)
{
	return (struct gp_map *)(unsigned long)block;
}

/* PV: a page-table entry is a grant mapping itself. It never changes. */
static inline bool gp_is_pv(void)
{
	return !xen_feature(XENFEAT_auto_translated_physmap);
}

/* ---- params.c: parameters, and what is alive, shown in /sys/module/grantproof/parameters */
extern atomic_long_t gp_live_maps, gp_live_pages, gp_live_handles, gp_lost_pages;
u32 gp_profile(void);

/* ---- main.c */
extern struct workqueue_struct *gp_workqueue;

/* ---- file.c */
struct gnt_file *gp_file_new(void);
void gp_file_release(struct gnt_file *file);
struct gp_map *gp_file_map(struct gnt_file *file, u32 first);

/* ---- vma.c */
int gp_mmap(struct file *filp, struct vm_area_struct *vma);
