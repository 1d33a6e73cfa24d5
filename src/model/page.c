/* SPDX-License-Identifier: MIT */
/*
 * Placeholder pages: where they come from and go to, what their addresses show, and whether they are in use. A page has
 * no memory of its own: only what the hypervisor maps at its address has.
 */
#include "env.h"

static u32 page_new(struct model *m)
{
	u32 page = m->page_free;

	if (page == NONE) {
		page = m->pages++;
		m->page = own_grow(m->page, &m->page_room, m->pages, sizeof(*m->page));
	} else {
		m->page_free = m->page[page].next;
	}
	m->page[page] = (struct page){ .pte = { .mfn = NONE }, .next = NONE, .held = true };
	return page;
}

/* custom: gnttab_alloc_pages(), counted, fails on demand */
int env_pages_alloc(struct model *m, u32 n, u32 *page)
{
	ensure_open(m, "I10: an allocation under the lock");
	if (fault_strikes(m, MODEL_FAULT_PAGES))
		return -ENOMEM;
	for (u32 i = 0; i < n; i++)
		page[i] = page_new(m);
	m->alive.pages += n;
	return 0;
}

static struct page *held(struct model *m, u32 page)
{
	ensure(page < m->pages && m->page[page].held, "I6: a placeholder page is used that the driver has not");
	return &m->page[page];
}

/* custom: gnttab_free_pages(), which here looks whether the next owner of a page would see foreign memory (I6) */
void env_pages_free(struct model *m, u32 n, const u32 *page)
{
	ensure(m->locks == 0, "I10: pages are freed under the lock");
	for (u32 i = 0; i < n; i++) {
		struct page *p = held(m, page[i]);

		ensure(p->pte.mfn == NONE, "I6: a placeholder page is given back with a grant mapped");
		ensure(p->mapped == 0, "I6: a placeholder page is given back that user space sees");
		ensure(p->pins == 0, "I6: a placeholder page is given back that is in use");
		p->held = false;
		p->next = m->page_free;
		m->page_free = page[i];
	}
	m->alive.pages -= n;
}

/* custom: a kernel would just never use the page again; here it is counted, and there must be a reason */
void env_page_lose(struct model *m, u32 page)
{
	struct page *p = held(m, page);

	ensure(p->pte.mfn != NONE, "I6: a placeholder page is lost without a grant mapped");
	ensure(m->lost_pages < m->refused, "I6: more placeholder pages are lost than Xen has refused to unmap");
	if (!(p->pte.flags & PTE_LOST)) { /* it was the user's entry that Xen did not give up */
		p->pte.flags |= PTE_LOST;
		m->alive.handles--;
		m->lost_handles++;
	}
	m->lost_pages++;
	m->alive.pages--;
}

/* dup: pfn_to_kaddr() */
u64 env_page_address(u32 page)
{
	return KERNEL_BASE + (u64)page * GNT_PAGE_SIZE;
}

struct pte *pte_of_kernel(struct model *m, u64 address)
{
	u64 page = (address - KERNEL_BASE) / GNT_PAGE_SIZE;

	if (address < KERNEL_BASE || address % GNT_PAGE_SIZE != 0 || page >= m->pages || !m->page[page].held)
		return NULL;
	return &m->page[page].pte;
}

/* custom: a store to the placeholder's address; a placeholder with nothing mapped, or read-only, is a breach */
void env_page_clear_byte(struct model *m, u32 page, u32 offset)
{
	const struct pte *pte = &held(m, page)->pte;

	ensure(offset < GNT_PAGE_SIZE, "I7: a byte is cleared beyond its page");
	ensure(pte->mfn != NONE, "GNT-NOTIFY-016: a byte is cleared in a placeholder page");
	ensure(pte->flags & PTE_WRITE, "GNT-NOTIFY-016: a byte is cleared through a read-only mapping");
	frame_bytes(m, pte->mfn)[offset] = 0;
}

/* dup: page_count() of a placeholder, as far as it says that somebody but the driver refers to the page */
bool env_page_in_use(struct model *m, u32 page)
{
	const struct page *p = held(m, page);

	return p->mapped || p->pins;
}

/* ---- use: by a device, or by the driver itself that has pinned a page of its caller */

u32 page_behind(struct vma *vma, u64 addr, const struct pte *pte)
{
	if (pte->flags & PTE_PAGE)
		return pte->mfn;
	if (pte->flags & PTE_GRANT)
		return vma->ops && vma->ops->find_page ? vma->ops->find_page(vma, addr) : NONE;
	return NONE;
}

void page_use(struct model *m, u32 page, u32 mfn, s32 change)
{
	if (page != NONE)
		m->page[page].pins += (u32)change;
	if (change > 0)
		frame_get(m, mfn);
	else
		frame_put(m, mfn);
}

int model_page_io_begin(struct model *m, uint32_t pid, uint64_t addr)
{
	struct process *p = process_find(m, pid);
	struct vma *vma = p ? vma_at(p, addr) : NULL;
	struct use use = { .pid = pid, .addr = addr };
	const struct pte *pte;

	if (!p)
		return -ESRCH;
	pte = vma ? pte_access(m, p, addr, false) : NULL;
	if (!pte)
		return -EFAULT;
	use.page = page_behind(vma, addr, pte);
	if ((pte->flags & PTE_GRANT) && use.page == NONE)
		return -EFAULT;
	use.mfn = pte_frame(m, pte);
	page_use(m, use.page, use.mfn, 1);
	m->io = own_grow(m->io, &m->io_room, m->ios + 1, sizeof(*m->io));
	m->io[m->ios++] = use;
	return 0;
}

int model_page_io_end(struct model *m, uint32_t pid, uint64_t addr)
{
	for (u32 i = 0; i < m->ios; i++) {
		if (m->io[i].pid != pid || m->io[i].addr != addr)
			continue;
		page_use(m, m->io[i].page, m->io[i].mfn, -1);
		m->io[i] = m->io[--m->ios];
		return 0;
	}
	return -ENOENT;
}
