/* SPDX-License-Identifier: MIT */
/*
 * Address spaces, from above: VMAs, and what mmap() and munmap() do before and after they ask the driver, with the
 * errors and in the order of Linux 6.1 (GNT-MMAP-019). It must not know what the driver's VMAs show, and touches an
 * entry of the page tables only to take it away. All of it is dup, but where it says custom; left out are merging,
 * mlock, huge pages, and limits of memory.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "gntdev.h"

/* sysctl vm.max_map_count */
#define MAX_VMAS 65530u

/* ---- finding */

static u32 index_above(const struct process *p, u64 addr)
{
	u32 low = 0, high = p->vmas;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (p->vma[middle].end > addr)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct vma *vma_above(struct process *p, u64 addr)
{
	u32 i = index_above(p, addr);

	return i < p->vmas ? &p->vma[i] : NULL;
}

static bool is_free(struct process *p, u64 start, u64 len)
{
	const struct vma *vma = vma_above(p, start);

	return len <= TASK_SIZE && start <= TASK_SIZE - len && (!vma || vma->start >= start + len);
}

/*
 * custom: above the highest mapping, or else in the lowest hole that is wide enough; Linux goes downwards and
 * randomises
 */
static u64 find_area(struct process *p, u64 len)
{
	u64 start = MMAP_BASE;

	if (p->vmas && p->vma[p->vmas - 1].end > start)
		start = p->vma[p->vmas - 1].end;
	if (is_free(p, start, len))
		return start;
	start = 0;
	for (u32 i = index_above(p, MMAP_BASE); i < p->vmas; i++) {
		start = i && p->vma[i - 1].end > MMAP_BASE ? p->vma[i - 1].end : MMAP_BASE;
		if (start < p->vma[i].start && len <= p->vma[i].start - start)
			return start;
	}
	return 0;
}

/* ---- making, splitting, removing */

static struct vma *insert(struct process *p, u32 at, const struct vma *vma)
{
	p->vma = own_grow(p->vma, &p->vma_room, p->vmas + 1, sizeof(*p->vma));
	memmove(&p->vma[at + 1], &p->vma[at], (p->vmas - at) * sizeof(*p->vma));
	p->vmas++;
	p->vma[at] = *vma;
	if (vma->file) {
		vma->file->refs++;
		vma->file->m->alive.vmas++;
	}
	return &p->vma[at];
}

/* Splits VMA @i at @addr: its upper part becomes VMA @i + 1. */
static void split(struct process *p, u32 i, u64 addr)
{
	struct vma upper = p->vma[i];
	struct vma *new;

	upper.start = addr;
	upper.pgoff += (addr - p->vma[i].start) / GNT_PAGE_SIZE;
	p->vma[i].end = addr;
	new = insert(p, i + 1, &upper);
	if (new->file)
		gntdev_vma_open(new);
}

/*
 * Empties the page tables below @vma, after the driver has taken back what the hypervisor put there (GNT-MUNMAP-012).
 */
static void zap(struct model *m, struct vma *vma)
{
	struct pte *pte;

	if (vma->file)
		gntdev_invalidate(vma, vma->start, vma->end);
	for (u64 at = vma->start; (pte = pte_next(vma->process, &at, vma->end)); at += GNT_PAGE_SIZE) {
		if (pte->mfn == NONE)
			continue;
		ensure(!(pte->flags & PTE_GRANT), "GNT-MUNMAP-012: Linux changes the entry of a grant that is mapped");
		frame_free(m, pte->mfn);
		pte->mfn = NONE;
	}
}

static void close_vma(struct model *m, struct vma *vma)
{
	if (!vma->file)
		return;
	m->alive.vmas--;
	gntdev_vma_close(vma);
	file_put(vma->file);
}

/*
 * Removes whatever is mapped in [start, end). -ENOMEM, and nothing has changed: a VMA would have to be split, and there
 * are too many.
 */
static s64 remove_range(struct model *m, struct process *p, u64 start, u64 end)
{
	u32 first = index_above(p, start), last;

	if (first == p->vmas || p->vma[first].start >= end)
		return 0;
	if (p->vma[first].start < start) {
		if (end < p->vma[first].end && p->vmas >= MAX_VMAS)
			return -ENOMEM;
		split(p, first, start);
		first++;
	}
	last = index_above(p, end);
	if (last < p->vmas && p->vma[last].start < end) {
		split(p, last, end);
		last++;
	}
	for (u32 i = first; i < last; i++)
		zap(m, &p->vma[i]);
	for (u32 i = first; i < last; i++)
		close_vma(m, &p->vma[i]);
	memmove(&p->vma[first], &p->vma[last], (p->vmas - last) * sizeof(*p->vma));
	p->vmas -= last - first;
	return 0;
}

s64 vma_munmap(struct model *m, struct process *p, u64 addr, u64 len)
{
	if (addr % GNT_PAGE_SIZE != 0 || addr > TASK_SIZE || len > TASK_SIZE - addr || len == 0)
		return -EINVAL;
	return remove_range(m, p, addr, (addr + len + GNT_PAGE_SIZE - 1) & PAGE_MASK);
}

/* ---- mmap */

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
		if ((flags & MAP_FIXED_NOREPLACE) && !is_free(p, addr, len))
			return -EEXIST;
		return (s64)addr;
	}
	if (addr <= hint && hint != 0 && is_free(p, hint, len))
		return (s64)hint;
	hint = find_area(p, len);
	return hint ? (s64)hint : -ENOMEM;
}

/* The VM_* of a mapping, or -errno: what the kind of mapping and the mode of the file do not allow. */
static s64 permissions(int prot, int flags, const struct file *file, u64 pgoff, u64 len)
{
	u32 type = (u32)flags & MAP_TYPE;
	s64 vm = 0;

	vm |= prot & PROT_READ ? VM_READ : 0;
	vm |= prot & PROT_WRITE ? VM_WRITE : 0;
	vm |= prot & PROT_EXEC ? VM_EXEC : 0;
	if (file && pgoff > (~0ull - len) / GNT_PAGE_SIZE)
		return -EOVERFLOW;
	if (type != MAP_PRIVATE && type != MAP_SHARED && !(file && type == MAP_SHARED_VALIDATE))
		return -EINVAL;
	if (!file)
		return type == MAP_PRIVATE ? vm : vm | VM_SHARED;
	if (type != MAP_PRIVATE && (prot & PROT_WRITE) && !file->writable)
		return -EACCES;
	if (!file->readable)
		return -EACCES;
	return type != MAP_PRIVATE && file->writable ? vm | VM_SHARED : vm;
}

s64 vma_mmap(struct model *m, struct process *p, u64 addr, u64 len, int prot, int flags, struct file *file, u64 pgoff)
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
	error = remove_range(m, p, vma.start, vma.end);
	if (!error && file)
		error = gntdev_mmap(file, &vma);
	if (error)
		return error;
	insert(p, index_above(p, vma.start), &vma);
	return start;
}
