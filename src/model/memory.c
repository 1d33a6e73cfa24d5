/* SPDX-License-Identifier: MIT */
/*
 * Address spaces, from below: page tables and their entries. It must not know of VMAs, nor take away an entry that the
 * hypervisor made.
 */
#include <stdlib.h>
#include "env.h"

/* Page tables are trees of six levels with 64 entries: small to make, and wide enough for 47 bits of address. */
#define TABLE_BITS 6
#define TABLE_ENTRIES (1u << TABLE_BITS)
#define TABLE_LEVELS 6
#define TABLE_SHIFT(level) (PAGE_SHIFT + TABLE_BITS * (level)) /* level 0 holds entries for pages */

union table {
	union table *below[TABLE_ENTRIES];
	struct pte pte[TABLE_ENTRIES];
};

static u32 table_index(u64 addr, int level)
{
	return (u32)(addr >> TABLE_SHIFT(level)) % TABLE_ENTRIES;
}

static union table *table_new(int level)
{
	union table *table = own_alloc(sizeof(*table));

	if (level == 0) {
		for (u32 i = 0; i < TABLE_ENTRIES; i++)
			table->pte[i].mfn = NONE;
	}
	return table;
}

struct pte *pte_make(struct process *p, u64 addr)
{
	union table **table = &p->table;

	for (int level = TABLE_LEVELS - 1; ; level--) {
		if (!*table)
			*table = table_new(level);
		if (level == 0)
			return &(*table)->pte[table_index(addr, 0)];
		table = &(*table)->below[table_index(addr, level)];
	}
}

struct pte *pte_next(struct process *p, u64 *addr, u64 end)
{
	while (*addr < end) {
		union table *table = p->table;
		int level = TABLE_LEVELS - 1;

		while (table && level > 0) {
			table = table->below[table_index(*addr, level)];
			level--;
		}
		if (table)
			return &table->pte[table_index(*addr, 0)];
		/* nothing below the entry just followed, which spans this much */
		*addr = ((*addr >> TABLE_SHIFT(level + 1)) + 1) << TABLE_SHIFT(level + 1);
	}
	return NULL;
}

struct pte *pte_find(struct process *p, u64 addr)
{
	u64 at = addr;

	return pte_next(p, &at, addr + 1);
}

static void table_free(union table *table, int level)
{
	if (!table)
		return;
	for (u32 i = 0; level > 0 && i < TABLE_ENTRIES; i++)
		table_free(table->below[i], level - 1);
	free(table);
}

void pte_free_all(struct process *p)
{
	table_free(p->table, TABLE_LEVELS - 1);
	p->table = NULL;
}

struct pte *pte_of_machine(struct model *m, u64 address)
{
	u64 pid = address >> MACHINE_PID_SHIFT, addr = address % (1ull << MACHINE_PID_SHIFT);
	struct process *p = process_find(m, (u32)pid);

	return p && addr % GNT_PAGE_SIZE == 0 && addr < TASK_SIZE ? pte_find(p, addr) : NULL;
}

/* custom: apply_to_page_range() that makes the page tables of a range, and fails on demand */
int env_page_tables(struct model *m, struct process *p, u64 start, u64 end)
{
	ensure_open(m, "I10: page tables are made under the lock");
	if (fault_strikes(m, MODEL_FAULT_TABLES))
		return -ENOMEM;
	for (u64 addr = start; addr < end; addr += GNT_PAGE_SIZE)
		pte_make(p, addr);
	return 0;
}

/* dup: the machine address of an entry: arbitrary_virt_to_machine(); the tables are made where they are missing */
u64 env_pte_address(struct process *p, u64 addr)
{
	pte_make(p, addr);
	return (u64)p->pid << MACHINE_PID_SHIFT | addr;
}

/* ---- what an entry shows */

u32 pte_frame(struct model *m, const struct pte *pte)
{
	if (!(pte->flags & PTE_PAGE))
		return pte->mfn;
	ensure(m->page[pte->mfn].pte.mfn != NONE, "GNT-MMAP-020: user space sees a placeholder page");
	return m->page[pte->mfn].pte.mfn;
}

/*
 * custom: of an entry that Xen has refused to unmap, Linux may do what it likes; on a machine it gets a message in its
 * log for it
 */
void pte_owned(const struct pte *pte)
{
	ensure(!(pte->flags & PTE_GRANT) || (pte->flags & PTE_LOST),
	       "GNT-MUNMAP-012: Linux changes the entry of a grant that is mapped");
}

void pte_clear(struct model *m, struct pte *pte)
{
	pte_owned(pte);
	if (pte->flags & PTE_PAGE)
		m->page[pte->mfn].mapped--;
	else if (!(pte->flags & PTE_GRANT))
		frame_put(m, pte->mfn);
	*pte = (struct pte){ .mfn = NONE };
}

/* custom: vm_insert_page() of a placeholder page, which fails on demand; the entry shows what the page shows */
int env_insert_page(struct model *m, struct vma *vma, u64 addr, u32 page)
{
	struct pte *pte = pte_make(vma->process, addr);

	ensure_open(m, "I10: a page is inserted under the lock");
	ensure(m->options.mode == MODEL_AUTO, "a page is inserted where the entry must be a grant mapping");
	ensure(page < m->pages && m->page[page].held, "I6: a placeholder page is inserted that the driver has not");
	ensure(m->page[page].pte.mfn != NONE, "GNT-MMAP-020: a placeholder page is inserted without a grant");
	ensure(!(vma->flags & VM_WRITE) || (m->page[page].pte.flags & PTE_WRITE),
	       "GNT-MMAP-011: a page is inserted writable that is mapped read-only");
	if (fault_strikes(m, MODEL_FAULT_INSERT))
		return -ENOMEM;
	if (addr < vma->start || addr >= vma->end)
		return -EFAULT;
	if (pte->mfn != NONE)
		return -EBUSY;
	*pte = (struct pte){ .mfn = page, .flags = PTE_PAGE | PTE_USER | (vma->flags & VM_WRITE ? PTE_WRITE : 0) };
	m->page[page].mapped++;
	vma->flags |= VM_MIXEDMAP;
	return 0;
}
