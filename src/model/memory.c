/* SPDX-License-Identifier: MIT */
/*
 * Address spaces, from below: page tables, and everything that goes through them: loads and stores of the program, user
 * copies and pins of the driver. It must not change a VMA (vma.c does), nor the frame behind an entry that the
 * hypervisor made.
 */
#include <stdlib.h>
#include <string.h>
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

static struct pte *pte_find(struct process *p, u64 addr)
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

/* dup: apply_to_page_range() to find the entry, and its machine address */
u64 env_pte_address(struct process *p, u64 addr)
{
	pte_make(p, addr);
	return (u64)p->pid << MACHINE_PID_SHIFT | addr;
}

/* ---- accesses */

/*
 * dup: the entry that lets the program access @addr so, after the page fault if there is one. NULL: SIGSEGV, or SIGBUS.
 */
static struct pte *pte_access(struct model *m, struct process *p, u64 addr, bool write)
{
	struct pte *pte = addr < TASK_SIZE ? pte_find(p, addr) : NULL;

	if (!pte || pte->mfn == NONE) {
		const struct vma *vma = addr < TASK_SIZE ? vma_above(p, addr) : NULL;

		/* Only anonymous memory appears on demand: a grant that is not mapped is SIGBUS (GNT-MUNMAP-013). */
		if (!vma || addr < vma->start || vma->file || !(vma->flags & (VM_READ | VM_WRITE | VM_EXEC)))
			return NULL;
		pte = pte_make(p, addr);
		pte->mfn = frame_new(m, MODEL_DOM0);
		pte->flags = PTE_USER | (vma->flags & VM_WRITE ? PTE_WRITE : 0);
	}
	if (!(pte->flags & PTE_USER) || (write && !(pte->flags & PTE_WRITE)))
		return NULL;
	return pte;
}

u8 *user_byte(struct model *m, struct process *p, u64 addr, bool write)
{
	const struct pte *pte = pte_access(m, p, addr, write);

	return pte ? frame_bytes(m, pte->mfn) + addr % GNT_PAGE_SIZE : NULL;
}

/* Copies page by page, up to the first byte that is not accessible; 0 or -EFAULT. One of @to, @from is not NULL. */
static int user_copy(struct model *m, struct process *p, u64 addr, void *to, const void *from, u64 len)
{
	u64 done = 0;

	while (done < len) {
		u64 room = GNT_PAGE_SIZE - (addr + done) % GNT_PAGE_SIZE;
		u64 n = len - done < room ? len - done : room;
		u8 *user = user_byte(m, p, addr + done, from != NULL);

		if (!user)
			return -EFAULT;
		if (from)
			memcpy(user, (const u8 *)from + done, n);
		else
			memcpy((u8 *)to + done, user, n);
		done += n;
	}
	return 0;
}

int model_load(struct model *m, uint32_t pid, uint64_t addr, void *buf, uint64_t len)
{
	struct process *p = process_find(m, pid);

	return p ? user_copy(m, p, addr, buf, NULL, len) : -ESRCH;
}

int model_store(struct model *m, uint32_t pid, uint64_t addr, const void *buf, uint64_t len)
{
	struct process *p = process_find(m, pid);

	return p ? user_copy(m, p, addr, NULL, buf, len) : -ESRCH;
}

/* ---- what the driver does with user memory */

static bool in_user_space(u64 addr, u64 len)
{
	return len <= TASK_SIZE && addr <= TASK_SIZE - len;
}

/* custom: a ghost, no kernel has it: which fetches belong together */
void env_argument(struct model *m, u64 from)
{
	m->current->fetched = from;
}

/* custom: copy_from_user() that fails on demand, and does not let the driver fetch a byte twice */
int env_copyin(struct model *m, void *to, u64 from, u64 len)
{
	ensure(m->locks == 0, "I10: a user copy under the lock");
	ensure(len == 0 || from >= m->current->fetched, "I11: user memory is fetched twice");
	if (fault_strikes(m, MODEL_FAULT_COPYIN) || !in_user_space(from, len))
		return -EFAULT;
	m->current->fetched = from + len;
	return user_copy(m, m->current, from, to, NULL, len);
}

/*
 * custom: copy_to_user() that fails on demand; of a copy that fails by itself, the accessible beginning is written, as
 * by Linux
 */
int env_copyout(struct model *m, u64 to, const void *from, u64 len)
{
	ensure(m->locks == 0, "I10: a user copy under the lock");
	if (fault_strikes(m, MODEL_FAULT_COPYOUT) || !in_user_space(to, len))
		return -EFAULT;
	return user_copy(m, m->current, to, NULL, from, len);
}

/*
 * custom: pin_user_pages_fast() of one page that fails on demand. Like Linux it looks at the VMA's permissions. A
 * mapping of this device can be pinned: its pages are known, though Xen will not copy to or from a frame of another
 * domain by its number.
 */
int env_pin(struct model *m, u64 addr, bool write, u32 *mfn)
{
	const struct vma *vma = addr < TASK_SIZE ? vma_above(m->current, addr) : NULL;
	const struct pte *pte;

	ensure(m->locks == 0, "I10: pinning under the lock");
	if (fault_strikes(m, MODEL_FAULT_PIN))
		return -EFAULT;
	if (!vma || addr < vma->start || !(vma->flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	pte = pte_access(m, m->current, addr, write);
	if (!pte)
		return -EFAULT;
	*mfn = pte->mfn;
	m->frame[*mfn].pins++;
	m->frame[*mfn].writable |= write;
	m->alive.pins++;
	return 0;
}

/* custom: unpin_user_pages_dirty_lock() of one page, which minds if a page that was written is not said to be */
void env_unpin(struct model *m, u32 mfn, bool dirty)
{
	struct frame *frame = &m->frame[mfn];

	ensure(frame->pins != 0, "a page is unpinned that was not pinned");
	if (dirty)
		frame->written = false;
	if (--frame->pins == 0)
		frame->writable = false;
	m->alive.pins--;
	ensure(frame->pins != 0 || !frame->written, "GNT-COPY-024: a page was written and is not marked dirty");
}
