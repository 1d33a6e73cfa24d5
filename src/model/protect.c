/* SPDX-License-Identifier: MIT */
/*
 * mprotect() and madvise(), as Linux 6.1 answers them. It must not know what the driver's VMAs show. All of it is dup,
 * but where it says custom; of madvise() there is what concerns a driver.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "world.h"

static u64 page_end(u64 addr, u64 len)
{
	return addr + ((len + GNT_PAGE_SIZE - 1) & PAGE_MASK);
}

static u64 least(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* The part of @vma in [start, end) becomes a VMA of its own, with these flags. */
static int set_flags(struct model *m, struct vma *vma, u64 start, u64 end, u32 flags)
{
	int error;

	if (vma->flags == flags)
		return 0;
	error = vma_isolate(m, vma->process, start, end);
	if (!error)
		vma_at(vma->process, start)->flags = flags;
	return error;
}

/* ---- mprotect */

/* The entries of a VMA whose permissions have changed; those that are not present will be made as they have to be. */
static void change_entries(struct model *m, struct process *p, u64 start, u64 end, u32 flags)
{
	struct pte *pte;

	notify(m, p, start, end, true);
	for (u64 at = start; (pte = pte_next(p, &at, end)); at += GNT_PAGE_SIZE) {
		if (pte->mfn == NONE)
			continue;
		pte_owned(pte);
		pte->flags &= ~(PTE_USER | PTE_WRITE);
		pte->flags |= (flags & VM_ACCESS ? PTE_USER : 0) | (flags & VM_WRITE ? PTE_WRITE : 0);
	}
}

static int protect(struct model *m, struct vma *vma, u64 start, u64 end, u32 prot)
{
	u32 flags = (vma->flags & ~VM_ACCESS) | prot;
	struct process *p = vma->process;
	int error;

	if (prot & ~(flags >> 4))
		return -EACCES;
	if (flags == vma->flags)
		return 0;
	error = set_flags(m, vma, start, end, flags);
	if (!error)
		change_entries(m, p, start, end, flags);
	return error;
}

s64 mm_mprotect(struct model *m, struct process *p, u64 addr, u64 len, int prot)
{
	u64 end = page_end(addr, len), at = addr;
	int error = 0;

	if (addr % GNT_PAGE_SIZE != 0)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (end <= addr)
		return -ENOMEM;
	if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	while (!error && at < end) {
		struct vma *vma = vma_at(p, at);
		u64 next = vma ? least(vma->end, end) : end;

		error = vma ? protect(m, vma, at, next,
				      (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0)
				      | (prot & PROT_EXEC ? VM_EXEC : 0))
			    : -ENOMEM;
		at = next;
	}
	vma_merge(m, p, addr, end);
	return error;
}

/* ---- madvise */

/* custom: of memory that is shared, the entries are all there is, so they stay */
static int dont_need(struct model *m, struct vma *vma, u64 start, u64 end)
{
	if (vma->file || !(vma->flags & VM_SHARED))
		vma_zap(m, vma->process, start, end);
	return 0;
}

static int advise(struct model *m, struct vma *vma, u64 start, u64 end, int advice)
{
	u32 flags = vma->flags;

	switch (advice) {
	case MADV_DONTNEED:
		return dont_need(m, vma, start, end);
	case MADV_DONTFORK:
		flags |= VM_DONTCOPY;
		break;
	case MADV_DOFORK:
		flags &= ~VM_DONTCOPY;
		break;
	case MADV_WIPEONFORK:
		if (vma->file || (flags & VM_SHARED))
			return -EINVAL;
		flags |= VM_WIPEONFORK;
		break;
	case MADV_KEEPONFORK:
		flags &= ~VM_WIPEONFORK;
		break;
	case MADV_DONTDUMP:
		flags |= VM_DONTDUMP;
		break;
	case MADV_DODUMP:
		if (flags & (VM_DONTEXPAND | VM_MIXEDMAP))
			return -EINVAL;
		flags &= ~VM_DONTDUMP;
		break;
	}
	return set_flags(m, vma, start, end, flags);
}

static bool known(int advice)
{
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
		return true;
	default:
		return false;
	}
}

/* A hole is an error, but what is around it is advised all the same. */
s64 mm_madvise(struct model *m, struct process *p, u64 addr, u64 len, int advice)
{
	u64 end = page_end(addr, len), at = addr;
	int hole = 0, error = 0;

	if (!known(advice) || addr % GNT_PAGE_SIZE != 0 || end < addr || (len && end == addr))
		return -EINVAL;
	while (!error && at < end) {
		struct vma *vma = vma_above(p, at);
		u64 next;

		if (!vma || vma->start > at)
			hole = -ENOMEM;
		if (!vma || vma->start >= end)
			break;
		at = vma->start > at ? vma->start : at;
		next = least(vma->end, end);
		error = advise(m, vma, at, next, advice);
		at = next;
	}
	vma_merge(m, p, addr, end);
	return error ? error : hole;
}
