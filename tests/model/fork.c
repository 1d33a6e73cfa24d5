// SPDX-License-Identifier: MIT
/* Processes: fork, exit, descriptors of several, signals, the reaper. */
#include "test.h"

static u32 child_of(u32 parent)
{
	s64 child = model_fork(m, parent);

	EXPECT(child > 0);
	return (u32)child;
}

static u64 files(void)
{
	struct model_live live;

	model_live(m, &live);
	return live.files;
}

static void test_memory(void)
{
	u64 at;
	s64 shared;
	u32 child;

	begin(MODEL_PV);
	at = memory(pid, 3);
	shared = model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	EXPECT(shared > 0);
	put(pid, at, 1);
	put(pid, (u64)shared, 1);
	EXPECT_IS(model_madvise(m, pid, at + PAGE, PAGE, MADV_DONTFORK), 0);
	put(pid, at + 2 * PAGE, 3);
	EXPECT_IS(model_madvise(m, pid, at + 2 * PAGE, PAGE, MADV_WIPEONFORK), 0);
	child = child_of(pid);
	put(pid, at, 2);
	put(pid, (u64)shared, 2);
	EXPECT_IS(byte(child, at), 1);
	EXPECT_IS(byte(child, (u64)shared), 2);
	EXPECT_IS(byte(child, at + PAGE), -EFAULT);
	EXPECT_IS(byte(child, at + 2 * PAGE), 0);
	model_exit(m, pid);
	EXPECT_IS(byte(child, (u64)shared), 2);
	end();
}

static void test_grants_pv(void)
{
	u64 at;
	u32 child;

	begin(MODEL_PV);
	at = show(pid, 2);
	child = child_of(pid);
	EXPECT_IS(byte(child, at), -EFAULT);
	EXPECT_IS(byte(pid, at), 1);
	EXPECT_IS(fake.opens, 0);
	/* both exclusions undone: only then a child would get entries, and only of a page that is mapped */
	EXPECT_IS(model_madvise(m, pid, at, 2 * PAGE, MADV_DONTNEED), 0);
	EXPECT_IS(model_madvise(m, pid, at, 2 * PAGE, MADV_DOFORK), 0);
	child = child_of(pid);
	EXPECT_IS(fake.opens, 1);
	EXPECT_IS(byte(child, at), -EFAULT);
	end();
}

static void test_grants_auto(void)
{
	u64 at;
	u32 child;

	begin(MODEL_AUTO);
	at = show(pid, 2);
	child = child_of(pid);
	EXPECT_IS(fake.opens, 1);
	put(child, at + PAGE, 77);
	EXPECT_IS(byte(pid, at + PAGE), 77);
	EXPECT_IS(model_munmap(m, pid, at, 2 * PAGE), 0);
	EXPECT_IS(byte(child, at + PAGE), 77);
	EXPECT_IS(fake.closes, 1);
	model_exit(m, child);
	EXPECT_IS(fake.closes, 2);
	end();
}

static void test_without_memory(void)
{
	begin(MODEL_AUTO);
	memory(pid, 1);
	show(pid, 1);
	model_fail(m, MODEL_FAULT_VMA, 2);
	EXPECT_IS(model_fork(m, pid), -ENOMEM);
	EXPECT_IS(fake.opens, 0);
	EXPECT_IS(files(), 1);
	end();
}

static void test_descriptors(void)
{
	u32 child, other;
	int again, passed;
	u64 at;

	begin(MODEL_PV);
	again = model_dup(m, pid, fd);
	EXPECT_IS(again, fd + 1);
	EXPECT_IS(model_dup(m, pid, 99), -EBADF);
	child = child_of(pid);
	other = model_process(m);
	passed = model_send_fd(m, child, again, other);
	EXPECT_IS(passed, 3);
	EXPECT_IS(model_send_fd(m, child, 99, other), -EBADF);
	EXPECT_IS(model_send_fd(m, child, again, 99), -ESRCH);
	model_exit(m, pid);
	model_exit(m, child);
	EXPECT_IS(files(), 1);
	at = (u64)model_mmap(m, other, 0, PAGE, RW, MAP_SHARED, passed, grants(1) * PAGE);
	EXPECT_IS(model_close(m, other, passed), 0);
	EXPECT_IS(model_close(m, other, passed), -EBADF);
	EXPECT_IS(fake.releases, 0);
	EXPECT_IS(byte(other, at), 1);
	EXPECT_IS(model_munmap(m, other, at, PAGE), 0);
	EXPECT_IS(fake.releases, 1);
	EXPECT_IS(files(), 0);
	end();
}

static void test_exit(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	EXPECT_IS(model_close(m, pid, fd), 0);
	model_exit(m, pid);
	EXPECT_IS(fake.told_start, 0);
	EXPECT_IS(fake.told_end, TASK_SIZE); /* after everything at once, the mappings themselves */
	EXPECT_IS(fake.told, 2);
	EXPECT_IS(fake.releases, 1);
	EXPECT_IS(byte(pid, at), -ESRCH);
	EXPECT_IS(model_open(m, pid, O_RDWR), -ESRCH);
	end();
}

static void test_signal(void)
{
	u64 at, ref;

	begin(MODEL_PV);
	ref = grants(2);
	model_signal(m, pid, 0);
	at = (u64)model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, ref * PAGE); /* restarted */
	EXPECT_IS(byte(pid, at), 1);
	model_signal(m, pid, 1);
	EXPECT((s64)(at = (u64)model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, (ref + 1) * PAGE)) > 0); /* not the first */
	m->current = process_find(m, pid);
	EXPECT_IS(env_pause(m, 20), -EINTR);
	EXPECT_IS(model_clock(m), 20);
	m->current = NULL;
	end();
	begin(MODEL_PV);
	model_signal(m, pid, 1);
	EXPECT_IS(model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, grants(1) * PAGE), -EINTR);
	end();
}

static void test_reaper(void)
{
	u64 at, private;

	begin(MODEL_PV);
	at = memory(pid, 1);
	put(pid, at, 6);
	show(pid, 1);
	private = (u64)model_mmap(m, pid, 0, PAGE, PROT_READ, MAP_PRIVATE, fd, grants(1) * PAGE);
	fake.block = true;
	EXPECT_IS(model_reap(m, pid), -EAGAIN);
	EXPECT_IS(fake.told_not_to_block, 1);
	EXPECT_IS(byte(pid, private), 1);
	EXPECT_IS(byte(pid, at), 0);
	fake.block = false;
	EXPECT_IS(model_reap(m, pid), 0);
	EXPECT_IS(byte(pid, private), -EFAULT);
	EXPECT_IS(model_invalidate(m, pid, at, 0, 1), -EINVAL);
	EXPECT_IS(model_invalidate(m, pid, 0, TASK_SIZE, 1), 0);
	end();
}

/* ---- what must not happen */

static bool says_no(struct notifier *notifier, u64 start, u64 end, bool may_block)
{
	(void)notifier;
	(void)start;
	(void)end;
	(void)may_block;
	return false;
}

static void copies_a_grant(void)
{
	begin(MODEL_PV);
	fake.copy = true;
	show(pid, 1);
	model_fork(m, pid);
}

static void does_not_do_it(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	fake.last->notifier.invalidate = says_no;
	model_munmap(m, pid, at, PAGE);
}

static void registers_without_mmap_lock(void)
{
	static struct notifier notifier;

	begin(MODEL_PV);
	env_notifier_insert(m, &notifier, process_find(m, pid), 0x1000, 0x2000);
}

static void test_breaches(void)
{
	BREACH(copies_a_grant, "GNT-FORK-001");
	BREACH(does_not_do_it, "GNT-MUNMAP-014");
	BREACH(registers_without_mmap_lock, "a notifier is registered without");
}

static const struct test tests[] = {
	{ "memory", test_memory },
	{ "grants", test_grants_pv },
	{ "grants, auto-translated", test_grants_auto },
	{ "a fork without memory", test_without_memory },
	{ "descriptors go round", test_descriptors },
	{ "exit", test_exit },
	{ "signals", test_signal },
	{ "the reaper", test_reaper },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite fork_suite = { .name = "fork", .test = tests };
