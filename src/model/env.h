/* SPDX-License-Identifier: MIT */
/*
 * What Linux gives the driver: user memory, memory, placeholder pages, pins, locks. These are the calls that a proof of
 * the driver will assume contracts for; here their rules are checked at run time. Hypercalls are in xen.h. Each is
 * classified at its definition:
 *   stub    does nothing
 *   dup     the meaning of the kernel's own, copied
 *   custom  deliberately different: counts, checks, fails on demand
 *
 * No lock may be held over any of them but env_unlock() (I10).
 */
#pragma once
#include "world.h"

/*
 * User memory of the calling process. -EFAULT: some of it is not accessible, or its end is beyond user space
 * (GNT-GEN-015). Within one argument, fetches ascend and no byte is fetched twice (I11); env_argument() says that
 * another one begins.
 */
void env_argument(struct model *m, u64 from);
int env_copyin(struct model *m, void *to, u64 from, u64 len);
int env_copyout(struct model *m, u64 to, const void *from, u64 len);

/* Memory, not zeroed. NULL: there is none. */
void *env_alloc(struct model *m, u64 bytes);
void env_free(struct model *m, void *memory);

/*
 * @n placeholder pages, by number; all or none: -ENOMEM. They go back only when nothing is mapped at their addresses
 * (I6).
 */
int env_pages_alloc(struct model *m, u32 n, u32 *page);
void env_pages_free(struct model *m, u32 n, const u32 *page);
/* The kernel's address of a placeholder page. */
u64 env_page_address(u32 page);

/* The machine address of the page-table entry for @addr of @p; the page tables down to it are made. */
u64 env_pte_address(struct process *p, u64 addr);

/*
 * Pins the page of the calling process that holds @addr, for a device that reads it or, if @write, writes it: its
 * frame, to be unpinned with env_unpin(), which says whether the page was a destination. -EFAULT: no such page, or not
 * accessible so.
 */
int env_pin(struct model *m, u64 addr, bool write, u32 *mfn);
void env_unpin(struct model *m, u32 mfn, bool dirty);

/* A mutex. */
void env_lock(struct model *m, struct lock *lock);
void env_unlock(struct model *m, struct lock *lock);
