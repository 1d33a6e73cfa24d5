/* SPDX-License-Identifier: MIT */
/*
 * fork(): a child's address space and descriptors, made from its parent's. It must not know what the driver's VMAs show.
 * All of it is dup, but where it says custom.
 */
#include <string.h>
#include "world.h"

/*
 * custom: memory is copied at once, not when it is written; and of memory that is shared, parent and child share what
 * the parent has touched
 */
static void copy_memory(struct model *m, struct vma *to, const struct pte *from, u64 addr)
{
	struct pte *pte = pte_make(to->process, addr);

	*pte = *from;
	if (to->flags & VM_SHARED) {
		frame_get(m, from->mfn);
		return;
	}
	pte->mfn = frame_new(m, MODEL_DOM0);
	memcpy(frame_bytes(m, pte->mfn), frame_bytes(m, from->mfn), GNT_PAGE_SIZE);
}

/*
 * Entries of placeholders are shared. One that Xen made cannot be copied: the copy would be no grant mapping
 * (GNT-FORK-001).
 */
static void copy_entries(struct model *m, struct vma *from, struct vma *to)
{
	bool cow = (from->flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
	struct pte *pte;

	if (from->file && cow)
		notify(m, from->process, from->start, from->end, true);
	for (u64 at = from->start; (pte = pte_next(from->process, &at, from->end)); at += GNT_PAGE_SIZE) {
		if (pte->mfn == NONE)
			continue;
		ensure(!(pte->flags & PTE_GRANT), "GNT-FORK-001: a child gets a copy of the entry of a grant");
		if (!(pte->flags & PTE_PAGE)) {
			copy_memory(m, to, pte, at);
			continue;
		}
		*pte_make(to->process, at) = *pte;
		m->page[pte->mfn].mapped++;
	}
}

/* dup: vma_needs_copy(). A fault would fill in what is not copied, if there were a handler (GNT-FORK-001). */
static bool needs_copy(const struct vma *vma)
{
	if (vma->flags & VM_WIPEONFORK)
		return false;
	return !vma->file || vma->flags & VM_MIXEDMAP;
}

/* dup: dup_mmap(). -ENOMEM: some VMAs are copied, and go with the child. */
int mm_copy(struct model *m, struct process *from, struct process *to)
{
	for (u32 i = 0; i < from->vmas; i++) {
		struct vma copy = *from->vma[i], *made;

		if (copy.flags & VM_DONTCOPY)
			continue;
		if (fault_strikes(m, MODEL_FAULT_VMA))
			return -ENOMEM;
		copy.process = to;
		made = vma_insert(m, &copy);
		if (needs_copy(from->vma[i]))
			copy_entries(m, from->vma[i], made);
		if (made->ops && made->ops->open)
			made->ops->open(made);
	}
	return 0;
}

int64_t model_fork(struct model *m, uint32_t pid)
{
	struct call outer;
	struct process *p = call_begin(m, pid, &outer), *child;
	int error;

	if (!p)
		return -ESRCH;
	if (!mm_begin(p))
		return call_end(m, &outer, -EAGAIN);
	child = process_new(m);
	child->mm_writer = true;
	error = mm_copy(m, p, child);
	child->mm_writer = false;
	mm_end(p);
	child->fd = own_grow(NULL, &child->fd_room, p->fd_room ? p->fd_room : 1, sizeof(*p->fd));
	for (u32 fd = 0; !error && fd < p->fd_room; fd++) {
		child->fd[fd] = p->fd[fd];
		if (child->fd[fd])
			child->fd[fd]->refs++;
	}
	if (error)
		process_exit(m, child);
	return call_end(m, &outer, error ? error : (s64)child->pid);
}
