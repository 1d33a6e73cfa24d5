// SPDX-License-Identifier: MIT
/* Address spaces: what munmap, mmap over a mapping, mprotect, mremap and madvise do to mappings of the device. */
#include "test.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static u64 areas(void)
{
	struct model_live live;

	model_live(m, &live);
	return live.areas;
}

static u64 handles(void)
{
	struct model_live live;

	model_live(m, &live);
	return live.handles;
}

static void test_partial_munmap_pv(void)
{
	const struct vma *upper;
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 4);
	EXPECT_IS(handles(), 8);
	EXPECT_IS(byte(pid, at + PAGE), 2);
	EXPECT_IS(model_munmap(m, pid, at + PAGE, PAGE), 0);
	EXPECT_IS(fake.splits, 2);
	EXPECT_IS(fake.opens, 2);
	EXPECT_IS(fake.closes, 1);
	EXPECT_IS(fake.told, 1);
	EXPECT_IS(fake.told_start, at + PAGE);
	EXPECT_IS(fake.told_end, at + 2 * PAGE);
	EXPECT_IS(handles(), 7);
	EXPECT_IS(byte(pid, at + PAGE), -EFAULT);
	EXPECT_IS(byte(pid, at + 2 * PAGE), 3);
	upper = vma_at(process_find(m, pid), at + 2 * PAGE);
	EXPECT_IS(upper->pgoff - vma_at(process_find(m, pid), at)->pgoff, 2);
	EXPECT_IS(model_munmap(m, pid, at, 4 * PAGE), 0);
	EXPECT_IS(fake.closes, 3);
	EXPECT_IS(handles(), 0);
	end();
}

static void test_split_refused(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 3);
	fake.split = -EINVAL;
	EXPECT_IS(model_munmap(m, pid, at, PAGE), -EINVAL);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, PROT_READ), -EINVAL);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DOFORK), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, at, 3 * PAGE, PAGE, 0, 0), -EINVAL);
	EXPECT_IS(model_mremap(m, pid, at, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 64 * PAGE), -EINVAL);
	EXPECT_IS(model_mmap(m, pid, at, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
	EXPECT_IS(fake.told, 0);
	EXPECT_IS(fake.opens, 0);
	EXPECT_IS(byte(pid, at), 1);
	EXPECT_IS(model_munmap(m, pid, at, 3 * PAGE), 0);
	end();
}

static void test_split_without_memory(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 3);
	model_fail(m, MODEL_FAULT_VMA, 1);
	EXPECT_IS(model_munmap(m, pid, at, PAGE), -ENOMEM);
	EXPECT_IS(byte(pid, at), 1);
	end();
}

static void test_mprotect_device(void)
{
	u64 at;
	s64 readonly;

	begin(MODEL_PV);
	at = show(pid, 2);
	EXPECT_IS(model_mprotect(m, pid, at, 2 * PAGE, RW), 0); /* no change */
	EXPECT_IS(fake.told, 0);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, PROT_READ), 0);
	EXPECT_IS(byte(pid, at), -EFAULT);
	EXPECT_IS(byte(pid, at + PAGE), 2);
	readonly = model_mmap(m, pid, 0, PAGE, PROT_READ, MAP_SHARED, fd, grants(1) * PAGE);
	EXPECT(readonly > 0);
	EXPECT_IS(model_mprotect(m, pid, (u64)readonly, PAGE, RW), -EACCES);
	EXPECT(fake.flags & VM_MAYWRITE);
	EXPECT_IS(model_mmap(m, pid, 0, PAGE, RW, MAP_SHARED, model_open(m, pid, O_RDONLY), 0), -EACCES);
	EXPECT(model_mmap(m, pid, 0, PAGE, PROT_READ, MAP_SHARED, fd + 1, grants(1) * PAGE) > 0);
	EXPECT(!(fake.flags & (VM_MAYWRITE | VM_SHARED)) && (fake.flags & VM_MAYSHARE));
	EXPECT_IS(byte(pid, (u64)readonly), 1);
	end();
}

static void test_mprotect_auto(void)
{
	u64 at;
	u8 value = 8;

	begin(MODEL_AUTO);
	at = show(pid, 1);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, PROT_READ), 0);
	EXPECT_IS(model_store(m, pid, at, &value, 1), -EFAULT);
	EXPECT_IS(model_mprotect(m, pid, at, PAGE, RW), 0);
	EXPECT_IS(model_store(m, pid, at, &value, 1), 0);
	end();
}

static void test_mremap_device(void)
{
	u64 at;
	s64 moved;

	begin(MODEL_PV);
	at = show(pid, 2);
	EXPECT_IS(model_mremap(m, pid, at, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0), -EFAULT);
	EXPECT_IS(model_mremap(m, pid, at, 0, 2 * PAGE, MREMAP_MAYMOVE, 0), -EFAULT);
	EXPECT_IS(model_mremap(m, pid, at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -EINVAL);
	EXPECT_IS(byte(pid, at), 1);
	moved = model_mremap(m, pid, at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 64 * PAGE);
	EXPECT_IS(moved, at + 64 * PAGE);
	EXPECT_IS(fake.opens, 1);
	EXPECT_IS(fake.closes, 1);
	EXPECT_IS(byte(pid, (u64)moved), -EFAULT);
	EXPECT_IS(handles(), 2); /* the kernel's */
	EXPECT_IS(model_munmap(m, pid, (u64)moved, 2 * PAGE), 0);
	EXPECT_IS(handles(), 0);
	end();
}

static void test_mremap_auto(void)
{
	u64 at;
	s64 moved;

	begin(MODEL_AUTO);
	at = show(pid, 2);
	EXPECT_IS(handles(), 2);
	moved = model_mremap(m, pid, at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 64 * PAGE);
	EXPECT_IS(moved, at + 64 * PAGE);
	EXPECT_IS(byte(pid, (u64)moved + PAGE), 2);
	EXPECT_IS(byte(pid, at), -EFAULT);
	EXPECT_IS(model_mremap(m, pid, (u64)moved, 2 * PAGE, PAGE, 0, 0), moved);
	EXPECT_IS(handles(), 2); /* until the last VMA goes */
	end();
}

static void test_dontneed_device(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 2);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DONTNEED), 0);
	EXPECT_IS(byte(pid, at), -EFAULT);
	EXPECT_IS(byte(pid, at + PAGE), 2);
	EXPECT_IS(fake.splits, 0);
	EXPECT_IS(model_madvise(m, pid, at, 2 * PAGE, MADV_WIPEONFORK), -EINVAL);
	EXPECT_IS(model_madvise(m, pid, at, 2 * PAGE, MADV_DODUMP), -EINVAL);
	end();
}

static void test_never_merged(void)
{
	u64 at;

	begin(MODEL_AUTO);
	at = show(pid, 2);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DONTFORK), 0);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DOFORK), 0);
	EXPECT_IS(areas(), 2);
	EXPECT_IS(byte(pid, at), 1);
	EXPECT_IS(byte(pid, at + PAGE), 2);
	at = (u64)model_mmap(m, pid, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, grants(2) * PAGE);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DONTFORK), 0);
	EXPECT_IS(model_madvise(m, pid, at, PAGE, MADV_DOFORK), 0);
	EXPECT_IS(areas(), 4);
	end();
}

static void test_find_vma(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	m->current = process_find(m, pid);
	env_mm_lock(m);
	EXPECT(env_find_vma(m, at - 1) == NULL);
	EXPECT(env_find_vma(m, at) && env_find_vma(m, at)->file);
	EXPECT(env_find_vma(m, at + PAGE - 1) == env_find_vma(m, at));
	EXPECT(env_find_vma(m, at + PAGE) == NULL);
	EXPECT(env_find_vma(m, ~0ull) == NULL);
	env_mm_unlock(m);
	m->current = NULL;
	end();
}

/* ---- what must not happen */

static void changes_a_grant(void)
{
	u64 at;

	begin(MODEL_PV);
	fake.deaf = true;
	at = show(pid, 1);
	model_munmap(m, pid, at, PAGE);
}

static void finds_without_lock(void)
{
	begin(MODEL_PV);
	m->current = process_find(m, pid);
	env_find_vma(m, 0);
}

static void test_breaches(void)
{
	BREACH(changes_a_grant, "GNT-MUNMAP-012");
	BREACH(finds_without_lock, "GNT-GEN-023");
}

static const struct test tests[] = {
	{ "a part of a mapping is unmapped", test_partial_munmap_pv },
	{ "a driver refuses splits", test_split_refused },
	{ "a split without memory", test_split_without_memory },
	{ "mprotect of grants", test_mprotect_device },
	{ "mprotect, auto-translated", test_mprotect_auto },
	{ "mremap of grants", test_mremap_device },
	{ "mremap, auto-translated", test_mremap_auto },
	{ "MADV_DONTNEED of grants", test_dontneed_device },
	{ "a driver's VMAs are never merged", test_never_merged },
	{ "a VMA is looked up", test_find_vma },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite vma_suite = { .name = "vma", .test = tests };
