/* SPDX-License-Identifier: MIT */
/*
 * mmap(): what Linux does before and after it asks the driver, with the errors and in the order of Linux 6.1
 * (GNT-MMAP-019). It must not know what the driver's VMAs show. All of it is dup.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include "world.h"

/* Where the mapping goes: a page-aligned address, or -errno. */
static s64 choose(struct process *p, u64 addr, u64 len, int flags)
{
	u64 hint = (addr + GNT_PAGE_SIZE - 1) & PAGE_MASK;

	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
		if (addr > TASK_SIZE - len)
			return -ENOMEM;
		if (addr % GNT_PAGE_SIZE != 0)
			return -EINVAL;
		if ((flags & MAP_FIXED_NOREPLACE) && !vma_free(p, addr, len))
			return -EEXIST;
		return (s64)addr;
	}
	if (addr <= hint && hint != 0 && vma_free(p, hint, len))
		return (s64)hint;
	hint = vma_find_area(p, len);
	return hint ? (s64)hint : -ENOMEM;
}

/* The VM_* of a mapping, or -errno: what the kind of mapping and the mode of the file do not allow. */
static s64 permissions(int prot, int flags, const struct file *file, u64 pgoff, u64 len)
{
	u32 type = (u32)flags & MAP_TYPE;
	s64 vm = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	vm |= prot & PROT_READ ? VM_READ : 0;
	vm |= prot & PROT_WRITE ? VM_WRITE : 0;
	vm |= prot & PROT_EXEC ? VM_EXEC : 0;
	if (file && pgoff > (~0ull - len) / GNT_PAGE_SIZE)
		return -EOVERFLOW;
	if (type != MAP_PRIVATE && type != MAP_SHARED && !(file && type == MAP_SHARED_VALIDATE))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && (flags & (MAP_FIXED_NOREPLACE | MAP_SYNC)))
		return -EOPNOTSUPP; /* what old kernels did not know, the driver would have to say that it knows */
	if (!file)
		return type == MAP_PRIVATE ? vm : vm | VM_SHARED | VM_MAYSHARE;
	if (type != MAP_PRIVATE && (prot & PROT_WRITE) && !file->writable)
		return -EACCES;
	if (!file->readable)
		return -EACCES;
	if (type == MAP_PRIVATE)
		return vm;
	return file->writable ? vm | VM_SHARED | VM_MAYSHARE : (vm & ~(s64)VM_MAYWRITE) | VM_MAYSHARE;
}

/* If the driver refuses, what it has put into the page tables is taken out again. */
s64 mm_mmap(struct model *m, struct process *p, u64 addr, u64 len, int prot, int flags, struct file *file, u64 pgoff)
{
	struct vma vma = { .pgoff = pgoff, .file = file, .process = p };
	s64 start, vm, error;

	if (len == 0)
		return -EINVAL;
	if (len > TASK_SIZE || p->vmas > MAX_VMAS)
		return -ENOMEM;
	len = (len + GNT_PAGE_SIZE - 1) & PAGE_MASK;
	start = choose(p, addr, len, flags);
	if (start < 0)
		return start;
	vm = permissions(prot, flags, file, pgoff, len);
	if (vm < 0)
		return vm;
	vma.start = (u64)start;
	vma.end = vma.start + len;
	vma.flags = (u32)vm;
	if (vma_remove(m, p, vma.start, vma.end))
		return -ENOMEM; /* also where the driver does not let a VMA be split */
	if (file) {
		error = m->driver->mmap(file, &vma);
		if (error) {
			vma_zap(m, p, vma.start, vma.end);
			return error;
		}
	}
	vma_insert(m, &vma);
	vma_merge(m, p, vma.start, vma.end);
	return start;
}
