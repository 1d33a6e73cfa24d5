// SPDX-License-Identifier: MIT
/*
 * mmap and what changes mappings. What Linux does by itself, around the driver, is said here in the reference's calls: what a
 * fixed mapping replaces, mappings that begin or end within a range, permissions of descriptors (GNT-MMAP-019).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include "differ.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static struct process *process(const struct twin *t, const struct step *c)
{
	return process_find(t->m, t->pid[c->p]);
}

/* How many pages of the range follow each other in one mapping that contains @addr. */
static u64 whole(const struct twin *t, const struct step *c, u64 addr)
{
	const struct vma *vma = vma_at(process(t, c), addr);

	return vma ? (vma->end - addr) / PAGE : 0;
}

/* ---- mmap */

/* What the kernel says before it asks the driver, or 0. */
static s64 refused(const struct twin *t, const struct step *c, bool shared, bool write)
{
	int mode = t->file[c->p][c->d].flags & O_ACCMODE;

	if ((c->flag & 4) && !vma_free(process(t, c), c->x, c->n * PAGE))
		return -EEXIST;
	if (mode == O_WRONLY || (shared && write && mode == O_RDONLY))
		return -EACCES;
	return 0;
}

/* The driver's first part. A signal makes Linux begin anew. */
static s64 prepared(struct twin *t, const struct step *c)
{
	u32 instance = t->file[c->p][c->d].instance;
	s64 map = ref_mmap_begin(t->w, instance, c->y, c->n, c->flag & 2, c->flag & 1);

	for (u32 i = 0; map >= 0 && i < t->rec.again; i++) {
		ref_mmap_end(t->w, (u32)map, c->p, c->x, NULL, REF_INTERRUPTED);
		map = ref_mmap_begin(t->w, instance, c->y, c->n, c->flag & 2, c->flag & 1);
	}
	t->rec.again = 0;
	return map;
}

/* The second part. */
static s64 shown(struct twin *t, const struct step *c, u32 map)
{
	static struct ref_answer answers[REF_PAGES];
	struct record *r = &t->rec;
	u32 env = r->aborted ? REF_NO_INSERT : r->cancelled ? REF_NO_MEMORY : 0;

	for (u32 i = 0; i < c->n && i < REF_PAGES; i++)
		answers[i] = (struct ref_answer){ r->kernel[i], r->user[i] };
	for (u32 i = 0; r->aborted && i < r->inserted; i++) /* Linux takes their entries away when the driver has returned */
		ref_page(t->w, map, i)->in_use = true;
	block_of(map)->cancelled = r->cancelled;
	return ref_mmap_end(t->w, map, c->p, c->x, answers, env);
}

/* What has happened up to here is compared; for the rest of the call the record begins anew. */
void begin_mmap(struct twin *t, struct step *c)
{
	s64 map;

	refusals(t);
	map = ref_munmap(t->w, c->p, c->x, c->n) ? -EINVAL : prepared(t, c);
	if (map < 0) {
		disagree("an mmap is prepared in the model, and not in the reference: %lld", map);
		return;
	}
	compare(t);
	t->rec.nevents = t->rec.nunmapped = 0;
	t->began = (u32)map;
}

static void do_mmap(struct twin *t, struct step *c)
{
	bool shared = c->flag & 1, write = c->flag & 2;
	int flags = (shared ? MAP_SHARED : MAP_PRIVATE) | (c->flag & 4 ? MAP_FIXED_NOREPLACE : MAP_FIXED);
	int prot = PROT_READ | (write ? PROT_WRITE : 0);
	u32 mapped = 0;
	s64 at, map;

	if (!t->file[c->p][c->d].fd)
		return;
	c->want = refused(t, c, shared, write);
	arm(t, c);
	at = model_mmap(t->m, t->pid[c->p], c->x, c->n * PAGE, prot, flags, t->file[c->p][c->d].fd, c->y * PAGE);
	c->got = at == (s64)c->x ? 0 : at;
	if (c->want)
		return;
	refusals(t);
	if (!t->began && ref_munmap(t->w, c->p, c->x, c->n)) {
		c->want = -ENOMEM;
		return;
	}
	map = t->began ? t->began : prepared(t, c);
	c->want = map < 0 ? map : shown(t, c, (u32)map);
	for (u32 i = 0; i < t->w->effects; i++)
		mapped += t->w->log[i].what == REF_GRANT_MAPPED ? t->w->log[i].value : 0;
	agree(t->rec.mapped, mapped, "grants mapped");
}

/* ---- munmap, mprotect, madvise */

static void do_munmap(struct twin *t, struct step *c)
{
	arm(t, c);
	c->got = model_munmap(t->m, t->pid[c->p], c->x, c->n * PAGE);
	refusals(t);
	c->want = struck(c, MODEL_FAULT_VMA) ? -ENOMEM : ref_munmap(t->w, c->p, c->x, c->n);
}

/* A mapping after the other, up to the first error. */
static void do_mprotect(struct twin *t, struct step *c)
{
	struct {
		u64 addr, pages;
		u32 flags;
	} piece[64];
	u32 pieces = 0, want = VM_READ | (c->flag & 1 ? VM_WRITE : 0);
	u64 pages = 0;

	for (u64 n; pages < c->n && pieces < 64 && (n = whole(t, c, c->x + pages * PAGE)); pages += n) {
		n = n < c->n - pages ? n : c->n - pages;
		piece[pieces].addr = c->x + pages * PAGE;
		piece[pieces].pages = n;
		piece[pieces++].flags = vma_at(process(t, c), c->x + pages * PAGE)->flags & VM_ACCESS;
	}
	arm(t, c);
	c->got = model_mprotect(t->m, t->pid[c->p], c->x, c->n * PAGE, PROT_READ | (c->flag & 1 ? PROT_WRITE : 0));
	refusals(t);
	for (u32 i = 0; !c->want && i < pieces; i++) {
		if (piece[i].flags != want)
			c->want = ref_mprotect(t->w, c->p, piece[i].addr, piece[i].pages, c->flag & 1);
	}
	if (!c->want && pages < c->n)
		c->want = -ENOMEM; /* a hole */
}

/* Auto-translated: entries that Linux has taken away do not come back, though the grants stay mapped. */
static void zap(struct twin *t, u32 p, u64 addr)
{
	u32 page;
	const struct ref_map *m = t->pv ? NULL : ref_at(t->w, p, addr, &page);

	if (m)
		block_of(m->name)->zapped[page] |= (u8)(1u << p);
}

static void do_madvise(struct twin *t, struct step *c)
{
	arm(t, c);
	c->got = model_madvise(t->m, t->pid[c->p], c->x, c->n * PAGE, MADV_DONTNEED);
	refusals(t);
	for (u32 i = 0; i < c->n; i++) {
		zap(t, c->p, c->x + i * PAGE);
		if (!vma_at(process(t, c), c->x + i * PAGE))
			c->want = -ENOMEM;
	}
	ref_invalidate(t->w, c->p, c->x, c->n);
}

/* ---- who changes entries without a call of the process */

/* Its map's lock was not free when Linux told of it; and it was not told of once more, for a neighbour, when it was. */
static bool would_block(const struct twin *t, u32 map, u32 page)
{
	bool busy = false;

	for (u32 i = 0; i < t->rec.nbusy; i++)
		busy |= t->rec.busy[i]->name == map;
	for (u32 i = 0; i < t->rec.nunmapped; i++)
		busy &= t->rec.unmapped[i].block->name != map || t->rec.unmapped[i].page != page || !t->rec.unmapped[i].user;
	return busy;
}

/* GNT-MUNMAP-014: of maps whose lock was not free, nothing changes. */
static void invalidate(struct twin *t, struct step *c, u64 addr, u64 pages, bool reap)
{
	for (u64 i = 0; i < pages; i++) {
		u32 page;
		const struct ref_map *m = ref_at(t->w, c->p, addr + i * PAGE, &page);

		if (m && would_block(t, m->name, page))
			continue;
		ref_invalidate(t->w, c->p, addr + i * PAGE, 1);
		if (reap)
			zap(t, c->p, addr + i * PAGE);
	}
	if (t->rec.nbusy)
		c->want = -EAGAIN;
}

static void do_invalidate(struct twin *t, struct step *c)
{
	arm(t, c);
	c->got = model_invalidate(t->m, t->pid[c->p], c->x, c->n * PAGE, c->flag & 1);
	refusals(t);
	invalidate(t, c, c->x, c->n, false);
}

static void do_reap(struct twin *t, struct step *c)
{
	arm(t, c);
	c->got = model_reap(t->m, t->pid[c->p]);
	refusals(t);
	for (u32 i = 0; i < process(t, c)->vmas; i++) {
		const struct vma *vma = process(t, c)->vma[i];

		if (vma->file && !(vma->flags & VM_SHARED))
			invalidate(t, c, vma->start, (vma->end - vma->start) / PAGE, true);
	}
}

/* ---- mremap */

/* As Linux does it: room is made, the tail goes, and what is left moves. */
static s64 moved(struct twin *t, const struct step *c, u64 old, u64 new, u64 have, bool fixed)
{
	u32 env = c->flag & 4 ? REF_DONTUNMAP : 0;

	if (have == 0)
		return -EFAULT;
	if (!fixed && !env) {
		if (new <= old)
			return ref_munmap(t->w, c->p, c->x + new * PAGE, old - new);
		return old > have ? -EFAULT : ref_mremap(t->w, c->p, c->x, old, c->x, new, 0);
	}
	if (c->x + old * PAGE > c->y && c->y + new * PAGE > c->x)
		return -EINVAL;
	if (fixed && ref_munmap(t->w, c->p, c->y, new))
		return -EINVAL;
	if (fixed && !old && c->x == c->y)
		return -EFAULT; /* it went itself */
	if (old > new && ref_munmap(t->w, c->p, c->x + new * PAGE, old - new))
		return -EINVAL;
	old = old > new ? new : old;
	if (!env && old && old > have)
		return -EFAULT;
	return ref_mremap(t->w, c->p, c->x, old, c->y, new, env);
}

static void do_mremap(struct twin *t, struct step *c)
{
	u64 old = c->n, new = c->e, have = whole(t, c, c->x);
	bool fixed = c->flag & 2;
	int flags = (c->flag & 1 ? MREMAP_MAYMOVE : 0) | (fixed ? MREMAP_MAYMOVE | MREMAP_FIXED : 0);
	s64 at;

	if (c->flag & 4) {
		flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
		fixed = false;
		new = old;
	}
	arm(t, c);
	at = model_mremap(t->m, t->pid[c->p], c->x, old * PAGE, new * PAGE, flags, c->y);
	c->got = at == (s64)(fixed ? c->y : c->x) ? 0 : at;
	refusals(t);
	c->want = moved(t, c, old, new, have, fixed);
}

void do_mapping(struct twin *t, struct step *c)
{
	static void (*const how[])(struct twin *t, struct step *c) = {
		do_mmap, do_munmap, do_mprotect, do_mremap, do_madvise, do_invalidate, do_reap,
	};

	if (t->pid[c->p])
		how[c->op - MMAP](t, c);
}
