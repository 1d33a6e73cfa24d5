// SPDX-License-Identifier: MIT
/* User memory that changes between fetches, or is not there, and calls of the driver's environment that fail on demand. */
#include "test.h"

static struct model_live live(void)
{
	struct model_live l;

	model_live(m, &l);
	return l;
}

/* ---- user memory */

static u8 first[4], second[4];

static s64 fetch_twice(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)cmd;
	env_argument(m, 0);
	if (env_copyin(m, first, arg, 4))
		return -EFAULT;
	env_argument(m, 0);
	return env_copyin(m, second, arg, 4);
}

static void test_racing(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 1);
	put(pid, at + 2, 1);
	fake.ioctl = fetch_twice;
	model_racing(m, pid, at + 2, 2, "\5\6");
	model_racing(m, pid, at + 4, 1, "\7"); /* is not fetched */
	EXPECT_IS(byte(pid, at + 2), 1);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at), 0);
	EXPECT(!memcmp(first, "\0\0\1\0", 4));
	EXPECT(!memcmp(second, "\0\0\5\6", 4));
	EXPECT_IS(byte(pid, at + 4), 0);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at), 0);
	EXPECT_IS(byte(pid, at + 2), 5);
	end();
}

static void test_faulting(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 2);
	fake.ioctl = fetch_twice;
	EXPECT_IS(model_munmap(m, pid, at + PAGE, PAGE), 0);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at + PAGE - 4), 0);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at + PAGE - 3), -EFAULT);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, ~0ull - 1), -EFAULT);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, TASK_SIZE - 2), -EFAULT);
	model_fail(m, MODEL_FAULT_COPYIN, 2);
	EXPECT_IS(model_ioctl(m, pid, fd, 0, at), -EFAULT);
	EXPECT_IS(model_ioctl_compat(m, pid, fd, 0, at), -ENOTTY);
	EXPECT_IS(model_ioctl(m, pid, 77, 0, at), -EBADF);
	m->current = process_find(m, pid);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, PROT_READ), 0);
	m->current = process_find(m, pid);
	EXPECT_IS(env_copyout(m, at, "x", 1), -EFAULT);
	m->current = NULL;
	end();
}

/* ---- faults on demand */

static void test_each_kind(void)
{
	static const enum model_fault kinds[] = { MODEL_FAULT_ALLOC, MODEL_FAULT_MAP, MODEL_FAULT_HYPERCALL,
						  MODEL_FAULT_PAGES, MODEL_FAULT_TABLES, MODEL_FAULT_NOTIFIER };
	u32 ref;

	begin(MODEL_PV);
	ref = grants(1);
	for (u32 i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		model_fail(m, kinds[i], 1);
		EXPECT(model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, ref * PAGE) < 0);
		EXPECT_IS(live().memory | live().pages | live().handles | live().notifiers | live().areas, 0);
	}
	model_fail(m, MODEL_FAULT_ALLOC, 2); /* the pages */
	EXPECT_IS(model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, ref * PAGE), -ENOMEM);
	EXPECT(model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, fd, ref * PAGE) > 0);
	end();
}

static void test_sweep(void)
{
	u64 calls, n;
	u32 ref;
	s64 at = -1;

	begin(MODEL_PV);
	ref = grants(2);
	calls = model_env_calls(m);
	for (n = 1; at < 0 && n < 100; n++) {
		model_fail_nth(m, n);
		at = model_mmap(m, pid, 0, 2 * PAGE, RW, MAP_SHARED, fd, ref * PAGE);
		EXPECT(at >= 0 || !(live().memory | live().pages | live().handles | live().notifiers));
	}
	model_fail_nth(m, 0);
	EXPECT_IS(n - 2, 3 + 2 * 5); /* memory, pages, a notifier; a page: tables and two hypercalls of one op */
	EXPECT_IS(model_munmap(m, pid, (u64)at, 2 * PAGE), 0);
	calls = model_env_calls(m);
	at = model_mmap(m, pid, 0, 2 * PAGE, RW, MAP_SHARED, fd, ref * PAGE);
	EXPECT(at > 0);
	EXPECT_IS(model_env_calls(m) - calls, 13);
	end();
}

/* ---- what must not happen */

static s64 fetch_again(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)cmd;
	env_argument(m, 0);
	env_copyin(m, first, arg, 4);
	return env_copyin(m, second, arg + 3, 1);
}

static void fetches_twice(void)
{
	begin(MODEL_PV);
	fake.ioctl = fetch_again;
	model_ioctl(m, pid, fd, 0, memory(pid, 1));
}

static s64 fetch_under_mmap_lock(struct file *file, u32 cmd, u64 arg)
{
	(void)file;
	(void)cmd;
	env_mm_lock(m);
	return env_copyin(m, first, arg, 4);
}

static void fetches_under_mmap_lock(void)
{
	begin(MODEL_PV);
	fake.ioctl = fetch_under_mmap_lock;
	model_ioctl(m, pid, fd, 0, memory(pid, 1));
}

static void test_breaches(void)
{
	BREACH(fetches_twice, "I11");
	BREACH(fetches_under_mmap_lock, "I10: user memory");
}

static const struct test tests[] = {
	{ "memory changes between two fetches", test_racing },
	{ "memory that faults", test_faulting },
	{ "faults of each kind", test_each_kind },
	{ "every call fails once", test_sweep },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite fault_suite = { .name = "fault", .test = tests };
