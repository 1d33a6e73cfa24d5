/* SPDX-License-Identifier: MIT */
/*
 * What Linux gives the driver: user memory, memory, placeholder pages, pins, locks, notifiers, ports, work. These are
 * the calls that a proof of the driver will assume contracts for; here their rules are checked at run time. Hypercalls
 * are in xen.h. Each is classified at its definition:
 *   stub    does nothing
 *   dup     the meaning of the kernel's own, copied
 *   custom  deliberately different: counts, checks, fails on demand
 *
 * No lock may be held over any of them but where it says so (I10): "under a map's lock" is one that allows hypercalls,
 * "under any lock" needs no more words.
 */
#pragma once
#include "world.h"

/* of the kernel's own: the system call is made again after the signal, whatever its handler is */
#define ERESTARTNOINTR 513

/* The world whose call, work or exit is running: what a kernel has one of. */
struct model *env_world(void);

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
void env_pages_free(struct model *m, u32 n, const u32 *page); /* under a map's lock, too */
/* A placeholder whose grant Xen has refused to unmap, on one side or both, is never given back. Under any lock. */
void env_page_lose(struct model *m, u32 page);
/* The kernel's address of a placeholder page. */
u64 env_page_address(u32 page);
/* Sets a byte to 0 through the kernel's mapping of a grant. Under any lock. */
void env_page_clear_byte(struct model *m, u32 page, u32 offset);
/* Does anybody but the driver refer to the page: a user's entry, a device? Under any lock. */
bool env_page_in_use(struct model *m, u32 page);

/*
 * Makes the page tables of a range: 0 or -ENOMEM. The machine address of the page-table entry for @addr of @p, with the
 * page tables down to it, is for a hypercall, under any lock.
 */
int env_page_tables(struct model *m, struct process *p, u64 start, u64 end);
u64 env_pte_address(struct process *p, u64 addr);

/*
 * MODEL_AUTO: the entry at @addr shows what is mapped at the address of a placeholder. -ENOMEM; -EFAULT: @addr is not in
 * @vma; -EBUSY: something is there.
 */
int env_insert_page(struct model *m, struct vma *vma, u64 addr, u32 page);

/*
 * The VMA of the caller that contains @addr, or NULL, as long as the caller's mmap_lock is held, over which user memory
 * is not accessed.
 */
struct vma *env_find_vma(struct model *m, u64 addr);
void env_mm_lock(struct model *m);
void env_mm_unlock(struct model *m);

/*
 * From now on @notifier->invalidate is called before entries of [start, end) change; only within mmap(). -ENOMEM; -EINTR:
 * a signal is pending, to be answered with -ERESTARTNOINTR.
 */
int env_notifier_insert(struct model *m, struct notifier *notifier, struct process *p, u64 start, u64 end);
void env_notifier_remove(struct model *m, struct notifier *notifier);

/*
 * Pins the page of the calling process that holds @addr, for a device that reads it or, if @write, writes it: its
 * frame, to be unpinned with env_unpin(), which says whether the page was a destination. -EFAULT: no such page, or not
 * accessible so.
 */
int env_pin(struct model *m, u64 addr, bool write, u32 *mfn);
void env_unpin(struct model *m, u32 mfn, bool dirty);

/*
 * Event channel ports: a reference, 0 or -EINVAL; under a map's lock, too: the end of a reference, and an event, of which
 * nobody hears whether it arrived.
 */
int env_port_get(struct model *m, u32 port);
void env_port_put(struct model *m, u32 port);
void env_port_send(struct model *m, u32 port);

/* Calls @fn(@cookie) later, from nobody's system call; once, and only then it may be asked for again. Under any lock. */
void env_defer(struct model *m, void (*fn)(struct model *m, void *cookie), void *cookie);

/* Lets others run, or sleeps. -EINTR: the caller is being killed. Under a map's lock, too. */
int env_pause(struct model *m, u32 milliseconds);

/* Mutexes, one at a time. env_trylock() is for who must not block: false: somebody has it. */
void env_lock(struct model *m, struct lock *lock);
bool env_trylock(struct model *m, struct lock *lock);
void env_unlock(struct model *m, struct lock *lock);
