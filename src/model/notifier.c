/* SPDX-License-Identifier: MIT */
/*
 * Interval notifiers: how a driver learns that page-table entries of an address space are about to change. It must not
 * know why they change.
 */
#include "env.h"

static void push(struct notifier **list, struct notifier *notifier)
{
	notifier->next = *list;
	notifier->link = list;
	if (notifier->next)
		notifier->next->link = &notifier->next;
	*list = notifier;
}

static void pull(struct notifier *notifier)
{
	*notifier->link = notifier->next;
	if (notifier->next)
		notifier->next->link = notifier->link;
}

/*
 * custom: mmu_interval_notifier_insert_locked() that fails on demand; like Linux's, the first of an address
 * space fails with EINTR while a signal is pending
 */
int env_notifier_insert(struct model *m, struct notifier *notifier, struct process *p, u64 start, u64 end)
{
	ensure_open(m, "I10: a notifier is registered under the lock");
	ensure(p->mm_writer, "a notifier is registered without the mmap_lock");
	ensure(!notifier->registered, "a notifier is registered twice");
	if (fault_strikes(m, MODEL_FAULT_NOTIFIER))
		return -ENOMEM;
	if (!p->notified && p->signal)
		return -EINTR;
	p->notified = true;
	notifier->start = start;
	notifier->end = end;
	notifier->registered = true;
	notifier->running = false;
	push(&p->notifiers, notifier);
	m->alive.notifiers++;
	return 0;
}

/* custom: mmu_interval_notifier_remove(), which waits for the notifier to end: so here it must not be running */
void env_notifier_remove(struct model *m, struct notifier *notifier)
{
	ensure_open(m, "I10: a notifier is removed under a lock that it may need");
	ensure(notifier->registered, "a notifier is removed that was not registered");
	ensure(!notifier->running, "a notifier is removed while it runs");
	pull(notifier);
	notifier->registered = false;
	m->alive.notifiers--;
}

bool notify(struct model *m, struct process *p, u64 start, u64 end, bool may_block)
{
	bool done = true;

	for (struct notifier *n = p->notifiers; n; n = n->next) {
		if (start >= n->end || end <= n->start)
			continue;
		n->running = true;
		if (!n->invalidate(n, start, end, may_block)) {
			ensure(!may_block, "GNT-MUNMAP-014: an invalidation that may block does not do its work");
			done = false;
		}
		n->running = false;
	}
	ensure_open(m, "I10: a lock is held after an invalidation");
	return done;
}

/* A notifier may remain registered when its address space is gone, for it belongs to the driver; it is not told more. */
void notify_end(struct model *m, struct process *p)
{
	struct notifier *notifier;

	while ((notifier = p->notifiers)) {
		pull(notifier);
		push(&m->orphans, notifier);
	}
}

int model_invalidate(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int may_block)
{
	struct call outer;
	struct process *p;
	bool done;

	if (len == 0 || addr + len < addr)
		return -EINVAL;
	p = call_begin(m, pid, &outer);
	if (!p)
		return -ESRCH;
	if (p->mm_writer)
		return (int)call_end(m, &outer, -EAGAIN);
	p->mm_readers++;
	done = notify(m, p, addr, addr + len, may_block);
	p->mm_readers--;
	return (int)call_end(m, &outer, done ? 0 : -EAGAIN);
}

/* dup: __oom_reap_task_mm(): what is private in the memory of a process, if nobody changes its mappings */
int model_reap(struct model *m, uint32_t pid)
{
	struct call outer;
	struct process *p = call_begin(m, pid, &outer);
	bool done = true;

	if (!p)
		return -ESRCH;
	if (p->mm_writer)
		return (int)call_end(m, &outer, -EAGAIN);
	p->mm_readers++;
	for (u32 i = 0; i < p->vmas; i++) {
		const struct vma *vma = p->vma[i];

		if (vma->flags & VM_SHARED)
			continue;
		if (notify(m, p, vma->start, vma->end, false))
			vma_clear(m, p, vma->start, vma->end);
		else
			done = false;
	}
	p->mm_readers--;
	return (int)call_end(m, &outer, done ? 0 : -EAGAIN);
}
