/* SPDX-License-Identifier: MIT */
/*
 * The driver: what kernel/ is to a real kernel, around the same core. Linux calls it through the entry points of
 * gntdev_file_ops; it hands each call on to the core, and defines the core's environment (src/core/env_*.h) by what
 * Linux and Xen offer (env.h, xen.h). It decides nothing.
 *
 * gntdev.c	open, release, ioctl, user memory; the lock and the memory of an instance's state
 * gntdev_vma.c	mmap, VMAs, notifiers
 * gntdev_map.c	blocks: memory, locks, placeholder pages, deferred work
 * gntdev_xen.c	the hypercalls of a map
 * gntdev_copy.c	what GRANT_COPY needs, and ports
 *
 * What the contracts of env_*.h demand and promise is checked on the way: by mirror.h.
 */
#pragma once
#include "instance.h"
#include "mirror.h"
#include "world.h"

/* One instance: what is behind one open file. */
struct gnt_file {
	struct model *m;
	struct lock lock; /* of the state (I10) */
	struct gnt_state state;
	struct gnt_state old; /* replaced in the running critical section: to be freed after it; no capacity: none */
	u32 profile; /* GNT-OPEN-005 */
	struct mirror_state mirror;
};

/* One block: the memory of a map (pages.h), its placeholder pages, and what its mapping needs. */
struct gntdev_map {
	struct gntdev_map *next, **link; /* of all blocks there are, for check.c */
	struct model *m;
	u64 id; /* in the order of making, never used twice */
	struct lock lock; /* of the pages (I10) */
	struct gnt_pages pages;
	u32 *page; /* [count]: placeholder page */
	struct mirror_map mirror;

	/* from its mmap on */
	struct gnt_file *file;
	u32 first; /* slot */
	u64 start; /* where page 0 was mapped */
	struct process *process; /* where that is; NULL: no VMA is left */
	struct notifier notifier; /* PV, as long as there is a VMA */
};

/* ---- entry points */
extern const struct file_ops gntdev_file_ops;
int gntdev_mmap(struct file *file, struct vma *vma);

/* ---- within the driver */
static inline struct gntdev_map *gntdev_block(u64 block)
{
	return (struct gntdev_map *)(uintptr_t)block;
}

static inline u64 gntdev_cookie(const struct gntdev_map *map)
{
	return (uintptr_t)map;
}

/* The work that gnt_env_defer() promises. */
void gntdev_retry(struct model *m, void *block);
/* Is it a VMA of this device? */
bool gntdev_is_vma(const struct vma *vma);
