/* SPDX-License-Identifier: MIT */
/*
 * VMAs: finding, making, splitting, merging and removing them, as Linux 6.1 does. It must not know what the driver's
 * VMAs show, and touches an entry of the page tables only to take it away. All of it is dup, but where it says custom;
 * left out are mlock, huge pages, and limits of memory.
 */
#include <stdlib.h>
#include <string.h>
#include "world.h"

/* ---- finding */

u32 vma_index(const struct process *p, u64 addr)
{
	u32 low = 0, high = p->vmas;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (p->vma[middle]->end > addr)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct vma *vma_above(struct process *p, u64 addr)
{
	u32 i = vma_index(p, addr);

	return i < p->vmas ? p->vma[i] : NULL;
}

struct vma *vma_at(struct process *p, u64 addr)
{
	struct vma *vma = vma_above(p, addr);

	return vma && vma->start <= addr ? vma : NULL;
}

bool vma_free(struct process *p, u64 start, u64 len)
{
	const struct vma *vma = vma_above(p, start);

	return len <= TASK_SIZE && start <= TASK_SIZE - len && (!vma || vma->start >= start + len);
}

/*
 * custom: above the highest mapping, or else in the lowest hole that is wide enough; Linux goes downwards and
 * randomises
 */
u64 vma_find_area(struct process *p, u64 len)
{
	u64 start = MMAP_BASE;

	if (p->vmas && p->vma[p->vmas - 1]->end > start)
		start = p->vma[p->vmas - 1]->end;
	if (vma_free(p, start, len))
		return start;
	for (u32 i = vma_index(p, MMAP_BASE); i < p->vmas; i++) {
		start = i && p->vma[i - 1]->end > MMAP_BASE ? p->vma[i - 1]->end : MMAP_BASE;
		if (start < p->vma[i]->start && len <= p->vma[i]->start - start)
			return start;
	}
	return 0;
}

/* ---- making and splitting */

struct vma *vma_insert(struct model *m, const struct vma *like)
{
	struct process *p = like->process;
	struct vma *vma = own_alloc(sizeof(*vma));
	u32 at = vma_index(p, like->start);

	*vma = *like;
	p->vma = own_grow(p->vma, &p->vma_room, p->vmas + 1, sizeof(struct vma *));
	memmove(&p->vma[at + 1], &p->vma[at], (p->vmas - at) * sizeof(struct vma *));
	p->vmas++;
	p->vma[at] = vma;
	m->alive.areas++;
	if (vma->file) {
		vma->file->refs++;
		m->alive.vmas++;
	}
	return vma;
}

/* VMA @i, which reaches across @addr, becomes two. */
int vma_split(struct model *m, struct process *p, u32 i, u64 addr)
{
	struct vma upper = *p->vma[i];
	struct vma *new;
	int error;

	if (upper.ops && upper.ops->may_split) {
		error = upper.ops->may_split(p->vma[i], addr);
		if (error)
			return error;
	}
	if (fault_strikes(m, MODEL_FAULT_VMA))
		return -ENOMEM;
	upper.start = addr;
	upper.pgoff += (addr - p->vma[i]->start) / GNT_PAGE_SIZE;
	p->vma[i]->end = addr;
	new = vma_insert(m, &upper);
	if (new->ops && new->ops->open)
		new->ops->open(new);
	return 0;
}

int vma_isolate(struct model *m, struct process *p, u64 start, u64 end)
{
	u32 first = vma_index(p, start), last;
	int error = 0;

	if (first == p->vmas || p->vma[first]->start >= end)
		return 0;
	if (p->vma[first]->start < start) {
		if (end < p->vma[first]->end && p->vmas >= MAX_VMAS)
			return -ENOMEM;
		error = vma_split(m, p, first, start);
	}
	last = vma_index(p, end);
	if (!error && last < p->vmas && p->vma[last]->start < end)
		error = vma_split(m, p, last, end);
	return error;
}

/* ---- removing */

void vma_clear(struct model *m, struct process *p, u64 start, u64 end)
{
	struct pte *pte;

	for (u64 at = start; (pte = pte_next(p, &at, end)); at += GNT_PAGE_SIZE) {
		if (pte->mfn != NONE)
			pte_clear(m, pte);
	}
}

void vma_zap(struct model *m, struct process *p, u64 start, u64 end)
{
	notify(m, p, start, end, true);
	vma_clear(m, p, start, end);
}

static void take_out(struct process *p, u32 first, u32 n)
{
	memmove(&p->vma[first], &p->vma[first + n], (p->vmas - first - n) * sizeof(struct vma *));
	p->vmas -= n;
}

static void close_vma(struct model *m, struct vma *vma)
{
	m->alive.areas--;
	if (vma->file)
		m->alive.vmas--;
	if (vma->ops && vma->ops->close)
		vma->ops->close(vma);
	if (vma->file)
		file_put(vma->file);
	free(vma);
}

/*
 * Removes whatever is mapped in [start, end). -ENOMEM, or what the driver says to a split: it is all still mapped.
 * As in Linux, the VMAs cannot be found any more when their entries go.
 */
s64 vma_remove(struct model *m, struct process *p, u64 start, u64 end)
{
	struct vma **gone;
	int error = vma_isolate(m, p, start, end);
	u32 first, n;

	if (error)
		return error;
	first = vma_index(p, start);
	for (n = 0; first + n < p->vmas && p->vma[first + n]->start < end; )
		n++;
	if (n == 0)
		return 0;
	gone = own_alloc(n * sizeof(struct vma *));
	memcpy(gone, &p->vma[first], n * sizeof(struct vma *));
	take_out(p, first, n);
	notify(m, p, start, end, true);
	for (u32 i = 0; i < n; i++) /* between them there is nothing */
		vma_clear(m, p, gone[i]->start, gone[i]->end);
	for (u32 i = 0; i < n; i++)
		close_vma(m, gone[i]);
	free(gone);
	return 0;
}

s64 vma_munmap(struct model *m, struct process *p, u64 addr, u64 len)
{
	if (addr % GNT_PAGE_SIZE != 0 || addr > TASK_SIZE || len > TASK_SIZE - addr || len == 0)
		return -EINVAL;
	return vma_remove(m, p, addr, (addr + len + GNT_PAGE_SIZE - 1) & PAGE_MASK);
}

/* ---- merging: never with a VMA of a driver that wants to know when it is closed. left out: of shared memory */

static bool alike(const struct vma *low, const struct vma *high)
{
	return low->end == high->start && low->flags == high->flags && !low->file && !high->file
	       && !(low->flags & VM_SHARED);
}

void vma_merge(struct model *m, struct process *p, u64 start, u64 end)
{
	u32 i = vma_index(p, start ? start - 1 : 0);

	while (i + 1 < p->vmas && p->vma[i]->start <= end) {
		struct vma *high = p->vma[i + 1];

		if (!alike(p->vma[i], high)) {
			i++;
			continue;
		}
		p->vma[i]->end = high->end;
		take_out(p, i + 1, 1);
		m->alive.areas--;
		free(high);
	}
}
