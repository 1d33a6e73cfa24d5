/* SPDX-License-Identifier: MIT */
/*
 * mremap(), as Linux 6.1 answers it: shrinking, growing where that is allowed, moving. It must not know what the driver's
 * VMAs show. All of it is dup.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "world.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* May [addr, addr + old) become one of @new bytes, here or elsewhere? The VMA that it is in, or the error. */
static struct vma *to_resize(struct process *p, u64 addr, u64 old, u64 new, u32 flags, int *error)
{
	struct vma *vma = vma_at(p, addr);

	*error = -EFAULT;
	if (!vma)
		return NULL;
	*error = -EINVAL;
	if (old == 0 && !(vma->flags & (VM_SHARED | VM_MAYSHARE)))
		return NULL;
	if ((flags & MREMAP_DONTUNMAP) && (vma->flags & VM_DONTEXPAND))
		return NULL;
	*error = -EFAULT;
	if (old > vma->end - addr)
		return NULL;
	if (new != old && (vma->flags & VM_DONTEXPAND))
		return NULL;
	*error = 0;
	return vma;
}

/* dup: move_page_tables(): all entries of [from, from + len), after the notifiers were told */
static void move_entries(struct model *m, struct process *p, u64 from, u64 len, u64 to)
{
	struct pte *pte;

	notify(m, p, from, from + len, true);
	for (u64 at = from; (pte = pte_next(p, &at, from + len)); at += GNT_PAGE_SIZE) {
		if (pte->mfn == NONE)
			continue;
		pte_owned(pte);
		if (pte->flags & PTE_GRANT) /* Xen has refused to unmap it: it can only be dropped */
			pte_clear(m, pte);
		else
			*pte_make(p, to - from + at) = *pte;
		pte->mfn = NONE;
	}
}

/* dup: move_vma(). The new VMA is there before the old one goes (GNT-MREMAP-005). */
static s64 move(struct model *m, struct vma *vma, u64 addr, u64 old, u64 new, u64 to, u32 flags)
{
	struct process *p = vma->process;
	struct vma copy = *vma, *made;
	int error = 0;

	if (p->vmas >= MAX_VMAS - 3)
		return -ENOMEM;
	if (vma->ops && vma->ops->may_split) {
		if (vma->start != addr)
			error = vma->ops->may_split(vma, addr);
		if (!error && vma->end != addr + old)
			error = vma->ops->may_split(vma, addr + old);
		if (error)
			return error;
	}
	if (fault_strikes(m, MODEL_FAULT_VMA))
		return -ENOMEM;
	copy.start = to;
	copy.end = to + new;
	copy.pgoff += (addr - vma->start) / GNT_PAGE_SIZE;
	made = vma_insert(m, &copy);
	if (made->ops && made->ops->open)
		made->ops->open(made);
	move_entries(m, p, addr, old, to);
	if (!(flags & MREMAP_DONTUNMAP) && old)
		vma_remove(m, p, addr, addr + old); /* Linux cannot tell anybody either that this fails */
	vma_merge(m, p, to, to + new);
	return (s64)to;
}

/* dup: mremap_to() */
static s64 remap_to(struct model *m, struct process *p, u64 addr, u64 old, u64 new, u32 flags, u64 to)
{
	struct vma *vma;
	s64 error;
	int why;

	if (to % GNT_PAGE_SIZE != 0 || new > TASK_SIZE || to > TASK_SIZE - new)
		return -EINVAL;
	if (addr + old > to && to + new > addr)
		return -EINVAL;
	if (p->vmas + 2 >= MAX_VMAS - 3)
		return -ENOMEM;
	if (flags & MREMAP_FIXED) {
		error = vma_munmap(m, p, to, new);
		if (error)
			return error;
	}
	if (old > new) {
		error = vma_munmap(m, p, addr + new, old - new);
		if (error)
			return error;
		old = new;
	}
	vma = to_resize(p, addr, old, new, flags, &why);
	if (!vma)
		return why;
	if (flags & MREMAP_FIXED) /* 0 too is an address, of a program that may use it */
		return move(m, vma, addr, old, new, to, flags);
	if (!to || !vma_free(p, to, new))
		to = vma_find_area(p, new);
	return to ? move(m, vma, addr, old, new, to, flags) : -ENOMEM;
}

static s64 grow(struct model *m, struct process *p, u64 addr, u64 old, u64 new, u32 flags)
{
	struct vma *vma;
	int why;
	u64 to;

	vma = to_resize(p, addr, old, new, flags, &why);
	if (!vma)
		return why;
	if (old == vma->end - addr && vma_free(p, vma->end, new - old)) {
		vma->end += new - old;
		vma_merge(m, p, addr, addr + new);
		return (s64)addr;
	}
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	to = vma_find_area(p, new);
	return to ? move(m, vma, addr, old, new, to, flags) : -ENOMEM;
}

s64 mm_mremap(struct model *m, struct process *p, u64 addr, u64 old, u64 new, u32 flags, u64 to)
{
	s64 error;

	if (flags & ~(u32)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && old != new)
		return -EINVAL;
	if (addr % GNT_PAGE_SIZE != 0)
		return -EINVAL;
	old = (old + GNT_PAGE_SIZE - 1) & PAGE_MASK;
	new = (new + GNT_PAGE_SIZE - 1) & PAGE_MASK;
	if (new == 0)
		return -EINVAL;
	if (!vma_at(p, addr))
		return -EFAULT;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return remap_to(m, p, addr, old, new, flags, to);
	if (old < new)
		return grow(m, p, addr, old, new, flags);
	error = old == new ? 0 : vma_munmap(m, p, addr + new, old - new);
	return error ? error : (s64)addr;
}
