/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share: an open file, a map, and who calls whom.
 *
 *	main.c ---> file.c ---> map.c ---> pages.c		open, MAP, UNMAP, release
 *	   \-----> vma.c ---> file.c, pages.c			mmap, munmap, invalidation
 *	   \-----> copy.c					GRANT_COPY
 *
 * Only file.c calls the core's table, and nobody looks into the core's structures but where they
 * are made (new_table).
 */
#pragma once
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>
#include "table.h"

/*
 * An open file, the "instance" of spec/. @lock guards the table and, of each map in it, @attempted
 * and @vmas. Under it nothing touches user memory, allocates, sleeps or calls the
 * hypervisor (I10). It is taken under mmap_lock, never the other way round.
 */
struct gp_file {
	struct mutex lock;
	struct gnt_table table;
};

/*
 * The life of a page of a map (I4):
 *
 *	EMPTY ---> LIVE ---> RELEASING ---> EMPTY	a page with one of its two handles alone is RELEASING too
 *	                \--> LOST <--/			Xen refused to unmap it: it may be foreign memory for ever
 */
enum gp_state {
	GP_EMPTY,
	GP_LIVE,
	GP_RELEASING,
	GP_LOST,
};

/*
 * A page of a map. On PV it takes two grant mappings: the kernel's, at the address of the
 * placeholder page, and the user's, which is the page-table entry itself. No number is an invalid
 * handle, so whether they are held is said apart.
 */
struct gp_grant {
	pte_t *pte; /* of the user mapping; of no meaning without @user_held */
	grant_handle_t kernel;
	grant_handle_t user;
	bool kernel_held;
	bool user_held;
	/*
	 * enum gp_state. Written under the map's lock; a page also leaves LIVE under the lock of
	 * its page table, so that who has that and sees LIVE can rely on it.
	 */
	u8 state;
};

/*
 * What one MAP_GRANT_REF makes. @users: one for the table, which has it while it is listed or
 * mapped, and one for a release in flight (I5).
 */
struct gp_map {
	refcount_t users;
	u32 count; /* pages */
	u32 first; /* slot of page 0 */

	/* under the file's lock */
	bool attempted; /* mmap is for once */
	u32 vmas;

	/* set by mmap, before anybody else can see the mapping */
	unsigned long start; /* user address of page 0 */
	struct mmu_interval_notifier notifier;

	spinlock_t lock; /* handles and states; taken outside of a page table's lock */
	u32 releasing; /* pages that are RELEASING */
	bool release_queued;
	unsigned long release_delay; /* jiffies to the next try */
	struct delayed_work release;

	struct page **pages; /* [count]: the placeholders */
	struct ioctl_gntdev_grant_ref *refs; /* [count] */
	struct gp_grant grants[]; /* [count] */
};

/* ---- main.c: what is alive, shown in /sys/module/grantproof/parameters */
extern atomic_long_t gp_live_maps, gp_live_pages, gp_live_handles, gp_lost_pages;
extern struct workqueue_struct *gp_workqueue;
void gp_map_gone(void);

/* ---- file.c */
struct gp_file *gp_file_new(void);
void gp_file_release(struct gp_file *file);
long gp_file_map(struct gp_file *file, struct ioctl_gntdev_map_grant_ref __user *arg, u32 limit);
long gp_file_unmap(struct gp_file *file, const struct ioctl_gntdev_unmap_grant_ref __user *arg);
struct gp_map *gp_file_attempt(struct gp_file *file, u64 slot, u64 count);
void gp_file_vma_open(struct gp_file *file, struct gp_map *map);
bool gp_file_vma_is_last(struct gp_file *file, struct gp_map *map);
void gp_file_vma_gone(struct gp_file *file, struct gp_map *map, bool attempted);

/* ---- map.c */
struct gp_map *gp_map_new(u32 count);
void gp_map_put(struct gp_map *map);
void gp_map_defer(struct gp_map *map);

/* ---- pages.c */
int gp_pages_map(struct gp_map *map, struct vm_area_struct *vma);
void gp_pages_unmap(struct gp_map *map, u32 from, u32 to);
void gp_pages_release(struct gp_map *map, u32 from, u32 to);

/* ---- vma.c */
int gp_mmap(struct file *filp, struct vm_area_struct *vma);

/* ---- copy.c */
long gp_grant_copy(const struct ioctl_gntdev_grant_copy __user *arg);
