/* SPDX-License-Identifier: MIT */
/*
 * What happens at the same time in a world with one thread: locks, other threads' calls in the middle of a call, work
 * that was deferred, time, signals. It must not know what a lock protects.
 */
#include <stdlib.h>
#include "env.h"

/* ---- the world at hand: the one variable that belongs to no world */

static struct model *at_hand;

/* custom: a kernel has one world, and need not ask */
struct model *env_world(void)
{
	ensure(at_hand != NULL, "the driver runs, and nobody has called it");
	return at_hand;
}

void world_enter(struct model *m)
{
	at_hand = m;
}

/* ---- calls within calls */

void model_interleave(struct model *m, void (*hook)(struct model *m, void *cookie), void *cookie)
{
	m->hook = hook;
	m->hook_cookie = cookie;
}

void interleave(struct model *m)
{
	if (!m->hook || m->hooked || m->locks + m->map_locks)
		return;
	m->hooked = true;
	m->hook(m, m->hook_cookie);
	m->hooked = false;
}

struct process *call_begin(struct model *m, u32 pid, struct call *outer)
{
	struct process *p = process_find(m, pid);

	if (!p || p->dying)
		return NULL;
	world_enter(m);
	*outer = (struct call){ m->current, m->fetched, m->reading };
	ensure_open(m, "I10: a system call with a lock held");
	m->current = p;
	m->reading = false;
	p->calls++;
	return p;
}

s64 call_end(struct model *m, const struct call *outer, s64 result)
{
	struct process *p = m->current;

	ensure_open(m, "I10: a lock is held at the end of a call");
	ensure(!m->reading, "I10: the mmap_lock is held at the end of a call");
	if (--p->calls == 0 && p->dying)
		process_exit(m, p);
	m->current = outer->process;
	m->fetched = outer->fetched;
	m->reading = outer->reading;
	return result;
}

bool mm_begin(struct process *p)
{
	if (p->mm_writer || p->mm_readers)
		return false;
	p->mm_writer = true;
	return true;
}

void mm_end(struct process *p)
{
	p->mm_writer = false;
}

/* ---- locks */

static void take(struct model *m, struct lock *lock)
{
	ensure(!lock->held, "I10: the lock is taken twice");
	ensure_open(m, "I10: a lock is taken under another");
	lock->held = true;
	lock->taken++;
	if (lock->hypercalls)
		m->map_locks++;
	else
		m->locks++;
}

/* custom: mutex_lock() of a world with one thread, where a lock that is held already is a deadlock */
void env_lock(struct model *m, struct lock *lock)
{
	interleave(m);
	take(m, lock);
}

/* custom: mutex_trylock(), which finds the lock taken on demand; for who must not block, so no other thread runs */
bool env_trylock(struct model *m, struct lock *lock)
{
	if (fault_strikes(m, MODEL_FAULT_TRYLOCK))
		return false;
	take(m, lock);
	return true;
}

/* custom: mutex_unlock(), likewise */
void env_unlock(struct model *m, struct lock *lock)
{
	ensure(lock->held, "I10: the lock is released and was not held");
	lock->held = false;
	if (lock->hypercalls)
		m->map_locks--;
	else
		m->locks--;
	interleave(m);
}

/*
 * custom: mmap_read_lock(): of the calling process. Changes by other threads have to wait for it (mm_begin()). A hook's
 * call that would itself have to wait does not, as it finds each VMA as it was before the change, or is after it.
 */
void env_mm_lock(struct model *m)
{
	interleave(m);
	ensure_open(m, "I10: the mmap_lock is taken under a lock");
	ensure(!m->reading && (m->hooked || !m->current->mm_writer), "the mmap_lock is taken twice");
	m->reading = true;
	m->current->mm_readers++;
}

/* custom: mmap_read_unlock() */
void env_mm_unlock(struct model *m)
{
	ensure(m->reading, "the mmap_lock is released and was not held");
	m->reading = false;
	m->current->mm_readers--;
	interleave(m);
}

/* ---- deferred work */

/* custom: queue_delayed_work(), in a queue that a test runs when it likes; to queue work that waits there is a breach */
void env_defer(struct model *m, void (*fn)(struct model *m, void *cookie), void *cookie)
{
	struct work *work;

	for (work = m->works; work; work = work->next)
		ensure(work->fn != fn || work->cookie != cookie, "GNT-MUNMAP-015: a work is deferred that waits already");
	work = own_alloc(sizeof(*work));
	*work = (struct work){ .fn = fn, .cookie = cookie };
	*m->work_end = work;
	m->work_end = &work->next;
	m->alive.works++;
}

uint32_t model_run_deferred(struct model *m)
{
	const struct call outer = { m->current, m->fetched, m->reading };
	u64 n = m->alive.works;

	ensure_open(m, "I10: a lock is held between two calls");
	world_enter(m);
	m->current = NULL;
	m->reading = false;
	for (u64 i = 0; i < n && m->works; i++) {
		struct work work = *m->works;

		free(m->works);
		m->works = work.next;
		if (!m->works)
			m->work_end = &m->works;
		m->alive.works--;
		work.fn(m, work.cookie);
		ensure_open(m, "I10: a lock is held at the end of a work");
	}
	m->current = outer.process;
	m->fetched = outer.fetched;
	m->reading = outer.reading;
	return (u32)n;
}

/* ---- time and signals */

void model_signal(struct model *m, uint32_t pid, int fatal)
{
	struct process *p = process_find(m, pid);

	if (!p)
		return;
	p->signal = true;
	p->fatal |= fatal != 0;
}

/* custom: cond_resched() or msleep(), of no time, and fatal_signal_pending(), which a signal comes for on demand */
int env_pause(struct model *m, u32 milliseconds)
{
	ensure(m->locks == 0, "I10: sleeping under a lock");
	m->clock += milliseconds;
	interleave(m);
	if (fault_strikes(m, MODEL_FAULT_PAUSE))
		return -EINTR;
	return m->current && (m->current->fatal || m->current->dying) ? -EINTR : 0;
}

uint64_t model_clock(const struct model *m)
{
	return m->clock;
}
