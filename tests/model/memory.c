// SPDX-License-Identifier: MIT
/* Address spaces: what munmap, mmap over a mapping, mprotect, mremap and madvise do to memory. */
#include "test.h"

static u64 areas(void)
{
	struct model_live live;

	model_live(m, &live);
	return live.areas;
}

static void test_split_and_merge(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 4);
	put(pid, at + 3 * PAGE, 7);
	EXPECT_IS(areas(), 1);
	EXPECT_IS(model_munmap(m, pid, at + PAGE, PAGE), 0);
	EXPECT_IS(areas(), 2);
	EXPECT_IS(byte(pid, at + PAGE), -EFAULT);
	EXPECT_IS(byte(pid, at + 3 * PAGE), 7);
	EXPECT_IS(model_mmap(m, pid, at + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), at + PAGE);
	EXPECT_IS(areas(), 1);
	EXPECT(model_mmap(m, pid, at + 4 * PAGE, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) > 0);
	EXPECT_IS(model_mprotect(m, pid, at + 5 * PAGE, PAGE, PROT_READ), 0);
	EXPECT_IS(model_mprotect(m, pid, at + 5 * PAGE, PAGE, RW), 0);
	EXPECT_IS(areas(), 3);
	EXPECT_IS(model_munmap(m, pid, at + 1, PAGE), -EINVAL);
	EXPECT_IS(model_munmap(m, pid, at, 0), -EINVAL);
	end();
}

static void test_fixed_replaces(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 3);
	put(pid, at + PAGE, 9);
	EXPECT_IS(model_mmap(m, pid, at, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0), at);
	EXPECT_IS(byte(pid, at + PAGE), 0);
	EXPECT_IS(model_mmap(m, pid, at, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
	end();
}

static void test_mprotect_memory(void)
{
	u64 at;
	u8 value = 1;

	begin(MODEL_PV);
	at = memory(pid, 3);
	put(pid, at + PAGE, 5);
	EXPECT_IS(model_mprotect(m, pid, at + PAGE, PAGE, PROT_READ), 0);
	EXPECT_IS(areas(), 3);
	EXPECT_IS(byte(pid, at + PAGE), 5);
	EXPECT_IS(model_store(m, pid, at + PAGE, &value, 1), -EFAULT);
	EXPECT_IS(model_mprotect(m, pid, at + PAGE, PAGE, PROT_NONE), 0);
	EXPECT_IS(byte(pid, at + PAGE), -EFAULT);
	EXPECT_IS(model_mprotect(m, pid, at + PAGE, PAGE, RW), 0);
	EXPECT_IS(areas(), 1);
	EXPECT_IS(byte(pid, at + PAGE), 5);
	EXPECT_IS(model_mprotect(m, pid, at + 2 * PAGE, 2 * PAGE, PROT_READ), -ENOMEM);
	EXPECT_IS(model_mprotect(m, pid, at + 1, PAGE, PROT_READ), -EINVAL);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, 64), -EINVAL);
	EXPECT_IS(model_mprotect(m, pid, at, 0, PROT_READ), 0);
	end();
}

static void test_mremap_memory(void)
{
	u64 at, more;
	s64 moved;

	begin(MODEL_PV);
	at = memory(pid, 2);
	put(pid, at + PAGE, 3);
	EXPECT_IS(model_mremap(m, pid, at, 2 * PAGE, 3 * PAGE, 0, 0), at);
	EXPECT_IS(byte(pid, at + 2 * PAGE), 0);
	EXPECT_IS(model_mremap(m, pid, at, 3 * PAGE, 2 * PAGE, 0, 0), at);
	EXPECT_IS(byte(pid, at + 2 * PAGE), -EFAULT);
	more = (u64)model_mmap(m, pid, at + 2 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	EXPECT_IS(model_mremap(m, pid, at, 2 * PAGE, 3 * PAGE, 0, 0), -ENOMEM);
	moved = model_mremap(m, pid, at, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0);
	EXPECT(moved > 0 && (u64)moved != at);
	EXPECT_IS(byte(pid, (u64)moved + PAGE), 3);
	EXPECT_IS(byte(pid, at), -EFAULT);
	EXPECT_IS(model_mremap(m, pid, (u64)moved, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, more), -EINVAL);
	more += 64 * PAGE;
	EXPECT_IS(model_mremap(m, pid, (u64)moved, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, more), more);
	EXPECT_IS(byte(pid, more + PAGE), 3);
	EXPECT_IS(model_mremap(m, pid, at, PAGE, PAGE, 0, 0), -EFAULT);
	EXPECT_IS(model_mremap(m, pid, more, PAGE, 0, 0, 0), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, more, 0, PAGE, MREMAP_MAYMOVE, 0), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, more, PAGE, PAGE, MREMAP_FIXED, at), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, more, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, more), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, more, 9 * PAGE, 10 * PAGE, MREMAP_MAYMOVE, 0), -EFAULT);
	end();
}

static void test_madvise_memory(void)
{
	u64 at;

	begin(MODEL_PV);
	at = memory(pid, 2);
	put(pid, at, 4);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DONTNEED), 0);
	EXPECT_IS(byte(pid, at), 0);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DONTFORK), 0);
	EXPECT_IS(areas(), 2);
	EXPECT_IS(model_madvise(m, pid, at, 3 * PAGE, MADV_DOFORK), -ENOMEM);
	EXPECT_IS(areas(), 1);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, 12345), -EINVAL);
	end();
}

static const struct test tests[] = {
	{ "memory is split and merged", test_split_and_merge },
	{ "MAP_FIXED replaces", test_fixed_replaces },
	{ "mprotect of memory", test_mprotect_memory },
	{ "mremap of memory", test_mremap_memory },
	{ "madvise of memory", test_madvise_memory },
	{ NULL, NULL },
};

const struct suite memory_suite = { .name = "memory", .test = tests };
