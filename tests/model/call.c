// SPDX-License-Identifier: MIT
/* What goes on within a call: locks, other threads; and deferred work. */
#include "test.h"

static struct model_live live(void)
{
	struct model_live l;

	model_live(m, &l);
	return l;
}

/* ---- locks and threads */

static struct lock lock, map_lock = { .hypercalls = true };
static u32 hooked, taken;
static s64 nested;

static s64 take_locks(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)arg;
	env_lock(m, &lock);
	taken++;
	env_unlock(m, &lock);
	env_lock(m, &map_lock);
	if (cmd)
		xen_map_grant_ref(m, NULL, 0);
	env_unlock(m, &map_lock);
	return 0;
}

static void only_count(struct model *world, void *cookie)
{
	(void)world;
	(*(u32 *)cookie)++;
	if (fake.ioctl)
		nested = model_ioctl(m, pid, fd, 1, 0);
}

static void test_interleave(void)
{
	begin(MODEL_PV);
	hooked = taken = 0;
	nested = -1;
	fake.ioctl = take_locks;
	model_interleave(m, only_count, &hooked);
	EXPECT_IS(model_ioctl(m, pid, fd, 1, 0), 0);
	EXPECT_IS(hooked, 4); /* around two sections, and not within the second */
	EXPECT_IS(taken, 5);
	EXPECT_IS(nested, 0);
	model_interleave(m, NULL, NULL);
	EXPECT_IS(model_ioctl(m, pid, fd, 1, 0), 0);
	EXPECT_IS(hooked, 4);
	end();
}

static u32 other;
static u64 buffer;

static void close_and_exit(struct model *world, void *cookie)
{
	(void)cookie;
	model_store(world, other, buffer, "\1", 1);
	EXPECT_IS(m->current->pid, pid);
	EXPECT_IS(model_ioctl(world, other, 3, 0, buffer + 64), 0); /* fetches elsewhere */
	model_fork(world, other);
	model_close(world, pid, fd);
	model_exit(world, pid); /* when the call has ended */
	EXPECT(process_find(world, pid) != NULL);
	EXPECT_IS(fake.releases, 0);
}

static u8 first[4];

static s64 fetch_around(struct file *file, u32 cmd, u64 arg)
{
	struct process *caller = m->current;

	env_argument(m, 0);
	EXPECT_IS(env_copyin(m, first, arg, 4), 0);
	take_locks(file, cmd, arg);
	EXPECT(m->current == caller);
	EXPECT(env_world() == m);
	EXPECT_IS(m->fetched, arg + 4);
	EXPECT_IS(fake.releases, 0);
	return env_pause(m, 1);
}

static void test_others_in_a_call(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 1);
	other = model_process(m);
	buffer = memory(other, 1);
	EXPECT_IS(model_open(m, other, O_RDWR), 3);
	fake.ioctl = fetch_around;
	model_interleave(m, close_and_exit, NULL);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at), -EINTR);
	EXPECT(process_find(m, pid) == NULL);
	EXPECT_IS(fake.releases, 1);
	EXPECT_IS(byte(other, buffer), 1);
	model_interleave(m, NULL, NULL);
	end();
}

static void change_mappings(struct model *world, void *cookie)
{
	s64 *results = cookie;

	results[0] = model_munmap(world, pid, buffer, PAGE);
	results[1] = model_mmap(world, other, 0, PAGE, RW, ANON, -1, 0);
}

static s64 hold_mm(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)cmd;
	(void)arg;
	env_mm_lock(m);
	env_lock(m, &lock);
	env_unlock(m, &lock);
	env_mm_unlock(m);
	return 0;
}

static void test_mmap_lock(void)
{
	s64 results[2] = { 0, 0 };

	begin(MODEL_PV);
	buffer = memory(pid, 1);
	other = model_process(m);
	fake.ioctl = hold_mm;
	model_interleave(m, change_mappings, results);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, 0), 0);
	model_interleave(m, NULL, NULL);
	EXPECT_IS(results[0], 0); /* after the last unlock */
	EXPECT(results[1] > 0);
	buffer = memory(pid, 1);
	model_interleave(m, change_mappings, results);
	m->current = process_find(m, pid);
	m->reading = true;
	m->current->mm_readers++;
	interleave(m);
	EXPECT_IS(results[0], -EAGAIN);
	EXPECT(results[1] > 0);
	env_mm_unlock(m);
	EXPECT_IS(results[0], 0);
	model_interleave(m, NULL, NULL);
	m->current = NULL;
	end();
}

static void test_trylock(void)
{
	begin(MODEL_PV);
	model_fail(m, MODEL_FAULT_TRYLOCK, 1);
	EXPECT_IS(env_trylock(m, &lock), false);
	EXPECT_IS(env_trylock(m, &lock), true);
	env_unlock(m, &lock);
	end();
}

/* ---- deferred work */

static u32 rounds;

static void again(struct model *world, void *cookie)
{
	EXPECT(world->current == NULL);
	if (++*(u32 *)cookie < 3)
		env_defer(world, again, cookie);
}

static void test_deferred(void)
{
	begin(MODEL_PV);
	rounds = 0;
	EXPECT_IS(model_run_deferred(m), 0);
	env_defer(m, again, &rounds);
	EXPECT_IS(live().works, 1);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(rounds, 1);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(rounds, 3);
	EXPECT_IS(live().works, 0);
	model_fail(m, MODEL_FAULT_PAUSE, 2);
	env_lock(m, &map_lock);
	EXPECT_IS(env_pause(m, 5), 0);
	env_unlock(m, &map_lock);
	EXPECT_IS(env_pause(m, 5), -EINTR);
	EXPECT_IS(env_pause(m, 5), 0);
	EXPECT_IS(model_clock(m), 15);
	env_defer(m, again, &rounds);
	end();
}

/* ---- what must not happen */

static s64 forget_lock(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)arg;
	env_lock(m, cmd ? &lock : &map_lock);
	return 0;
}

static void keeps_a_lock(void)
{
	begin(MODEL_PV);
	fake.ioctl = forget_lock;
	model_ioctl(m, pid, fd, 0, 0);
}

static void takes_twice(void)
{
	begin(MODEL_PV);
	env_lock(m, &lock);
	env_lock(m, &lock);
}

static void takes_another(void)
{
	begin(MODEL_PV);
	env_lock(m, &map_lock);
	env_lock(m, &lock);
}

static void defers_twice(void)
{
	begin(MODEL_PV);
	env_defer(m, again, &rounds);
	env_defer(m, again, &rounds);
}

static void allocates_under(struct lock *held)
{
	begin(MODEL_PV);
	env_lock(m, held);
	env_alloc(m, 1);
}

static void allocates_under_lock(void)
{
	allocates_under(&lock);
}

static void allocates_under_map_lock(void)
{
	allocates_under(&map_lock);
}

static void hypercall_under_lock(void)
{
	begin(MODEL_PV);
	env_lock(m, &lock);
	xen_map_grant_ref(m, NULL, 0);
}

static void hypercall_under_map_lock(void) /* is allowed: the breach is another */
{
	begin(MODEL_PV);
	env_lock(m, &map_lock);
	xen_map_grant_ref(m, NULL, 0);
	env_copyin(m, NULL, 0, 0);
}

static void test_breaches(void)
{
	BREACH(keeps_a_lock, "I10: a lock is held at the end");
	BREACH(takes_twice, "I10: the lock is taken twice");
	BREACH(takes_another, "I10: a lock is taken under another");
	BREACH(defers_twice, "GNT-MUNMAP-015");
	BREACH(allocates_under_lock, "I10: an allocation");
	BREACH(allocates_under_map_lock, "I10: an allocation");
	BREACH(hypercall_under_lock, "I10: a hypercall");
	BREACH(hypercall_under_map_lock, "I10: a user copy");
}

static const struct test tests[] = {
	{ "another thread's calls", test_interleave },
	{ "a process exits in its call", test_others_in_a_call },
	{ "calls that have to wait", test_mmap_lock },
	{ "a lock that is taken", test_trylock },
	{ "deferred work", test_deferred },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite call_suite = { .name = "call", .test = tests };
