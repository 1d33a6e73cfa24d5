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

struct table {
	struct table *next; /* of all tables of the process */
	union {
		struct table *below[TABLE_ENTRIES];
		struct pte pte[TABLE_ENTRIES];
	};
};

static u32 table_index(u64 addr, int level)
{
	return (u32)(addr >> TABLE_SHIFT(level)) % TABLE_ENTRIES;
}

static struct table *table_new(struct process *p, int level)
{
	struct table *table = own_alloc(sizeof(*table));

	table->next = p->tables;
	p->tables = table;
	if (level == 0) {
		for (u32 i = 0; i < TABLE_ENTRIES; i++)
			table->pte[i].mfn = NONE;
	}
	return table;
}

struct pte *pte_make(struct process *p, u64 addr)
{
	struct table **table = &p->table;

	for (int level = TABLE_LEVELS - 1; ; level--) {
		if (!*table)
			*table = table_new(p, level);
		if (level == 0)
			return &(*table)->pte[table_index(addr, 0)];
		table = &(*table)->below[table_index(addr, level)];
	}
}

/* The lowest table there is for @addr, and its level; NULL: there is none at all. */
static struct table *table_of(const struct process *p, u64 addr, int *level)
{
	struct table *table = p->table;

	for (*level = TABLE_LEVELS - 1; table && *level > 0 && table->below[table_index(addr, *level)]; --*level)
		table = table->below[table_index(addr, *level)];
	return table;
}

struct pte *pte_next(struct process *p, u64 *addr, u64 end)
{
	while (*addr < end) {
		int level;
		struct table *table = table_of(p, *addr, &level);

		if (!table)
			return NULL;
		/* nothing is below the entry, which spans this much; or what is below it is what was looked for */
		do {
			u32 i = table_index(*addr, level);

			if (level == 0 && table->pte[i].mfn != NONE)
				return &table->pte[i];
			if (level > 0 && table->below[i])
				break;
			*addr = ((*addr >> TABLE_SHIFT(level)) + 1) << TABLE_SHIFT(level);
		} while (*addr < end && table_index(*addr, level) != 0);
	}
	return NULL;
}

struct pte *pte_find(struct process *p, u64 addr)
{
	int level;
	struct table *table = table_of(p, addr, &level);

	return table && level == 0 ? &table->pte[table_index(addr, 0)] : NULL;
}

void pte_free_all(struct process *p)
{
	while (p->tables) {
		struct table *table = p->tables;

		p->tables = table->next;
		free(table);
	}
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
