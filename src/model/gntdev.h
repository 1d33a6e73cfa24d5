/* SPDX-License-Identifier: MIT */
/*
 * The driver: what kernel/ is to a real kernel, around the same core. Linux calls it through the entry points below; it
 * calls env.h and xen.h. Entry points are called without locks and leave none.
 *
 * A map is referenced by its listing and by each of its VMAs (I5), and freed when the last of these is gone. It owns
 * slots for the same time (GNT-SLOT-008): what UNMAP_GRANT_REF leaves mapped is hidden in the table, and withdrawn with
 * its last VMA.
 */
#pragma once
#include "table.h"
#include "world.h"

/* One instance: what is behind one open file. */
struct gntdev {
	struct model *m;
	struct lock lock; /* held over every use of the table (I10) */
	struct gnt_table table;
	u64 checked, records; /* check.c: when it last looked at the table, and the maps it saw there */
};

struct gntdev_map {
	struct gntdev_map *next, **link; /* of all maps there are, for check.c */
	struct model *m;
	struct gntdev *dev;
	u32 first; /* the slot of page 0, once it has one */
	struct process *process; /* the address space it was mapped in, from start on */
	u64 start;
	u32 count; /* pages */
	u32 users; /* 1 if listed, or about to be, + VMAs */
	u32 vmas; /* changes under the instance's lock */
	bool listed; /* likewise */
	u32 handles; /* that the arrays below record */
	struct {
		u32 vmas, pages;
		bool writable;
	} seen; /* what check.c has found of its VMAs */
	bool attempted; /* GNT-MMAP-006: one mmap, ever; likewise */
	u32 *page; /* placeholder page of each page */
	u32 *user; /* grant handle of the user page-table entry, or NONE */
	u32 *kernel; /* grant handle of the placeholder's address, or NONE */
	struct ioctl_gntdev_grant_ref ref[];
};

/* ---- entry points */
int gntdev_open(struct file *file); /* 0 or -ENOMEM (GNT-OPEN-002) */
void gntdev_release(struct file *file);
s64 gntdev_ioctl(struct file *file, u32 cmd, u64 arg);
int gntdev_mmap(struct file *file, struct vma *vma);
void gntdev_vma_open(struct vma *vma); /* a VMA was made of another one */
void gntdev_vma_close(struct vma *vma);
void gntdev_invalidate(struct vma *vma, u64 start, u64 end); /* these page-table entries are about to change */

/* ---- within the driver */
struct gnt_table gntdev_table(const struct gntdev *dev); /* the lock is held */
int gntdev_grow(struct gntdev *dev, u32 capacity); /* gives the instance a larger table; the lock is not held */
s64 gntdev_grant_copy(struct gntdev *dev, u64 arg);

/* A map of @count pages with one user, the listing to come; its references are not filled in. NULL: no memory. */
struct gntdev_map *gntdev_map_new(struct gntdev *dev, u32 count);
void gntdev_map_put(struct gntdev_map *map); /* one user less */

/* check.c, after a reservation, with the lock held: was @first, or that nothing fits (-ENOSPC), the right answer? */
void check_reservation(const struct gntdev *dev, s64 first, u32 count);

/* check.c, before the table is freed: nothing may own a slot. */
void check_empty(const struct gntdev *dev);
