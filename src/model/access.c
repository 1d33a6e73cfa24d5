/* SPDX-License-Identifier: MIT */
/*
 * Everything that goes through page tables: loads and stores of programs, faults, user copies and pins of the driver,
 * and the stores of other threads that race with them. It must not change a VMA (vma.c does), nor the frame behind an
 * entry that the hypervisor made.
 */
#include <stdlib.h>
#include <string.h>
#include "env.h"

/* ---- accesses */

/*
 * dup: the entry that lets the program access @addr so, after the page fault if there is one. NULL: SIGSEGV, or SIGBUS.
 */
struct pte *pte_access(struct model *m, struct process *p, u64 addr, bool write)
{
	struct pte *pte = addr < TASK_SIZE ? pte_find(p, addr) : NULL;

	if (!pte || pte->mfn == NONE) {
		const struct vma *vma = vma_at(p, addr);

		/* Only anonymous memory appears on demand: a grant that is not mapped is SIGBUS (GNT-MUNMAP-013). */
		if (!vma || vma->file || !(vma->flags & (VM_READ | VM_WRITE | VM_EXEC)))
			return NULL;
		pte = pte_make(p, addr);
		pte->mfn = frame_new(m, MODEL_DOM0);
		pte->flags = PTE_USER | (vma->flags & VM_WRITE ? PTE_WRITE : 0);
	}
	if (!(pte->flags & PTE_USER) || (write && !(pte->flags & PTE_WRITE)))
		return NULL;
	return pte;
}

/* Copies page by page, up to the first byte that is not accessible; 0 or -EFAULT. One of @to, @from is not NULL. */
int user_copy(struct model *m, struct process *p, u64 addr, void *to, const void *from, u64 len)
{
	u64 done = 0;

	while (done < len) {
		u64 room = GNT_PAGE_SIZE - (addr + done) % GNT_PAGE_SIZE;
		u64 n = len - done < room ? len - done : room;
		const struct pte *pte = pte_access(m, p, addr + done, from != NULL);
		u8 *user;

		if (!pte)
			return -EFAULT;
		user = frame_bytes(m, pte_frame(m, pte)) + (addr + done) % GNT_PAGE_SIZE;
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

/* ---- other threads' stores */

void model_racing(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, const void *bytes)
{
	struct process *p = process_find(m, pid);
	struct race *race;

	if (!p || len == 0)
		return;
	race = own_alloc(sizeof(*race));
	*race = (struct race){ .process = p, .addr = addr, .len = len, .bytes = own_alloc(len), .next = m->races };
	memcpy(race->bytes, bytes, len);
	m->races = race;
}

/* The races of @p that a fetch of [addr, addr + len) decides; if @lost, all of them, undecided. */
static void run_races(struct model *m, struct process *p, u64 addr, u64 len, bool lost)
{
	for (struct race **at = &m->races; *at; ) {
		struct race *race = *at;
		bool met = race->addr < addr + len && addr < race->addr + race->len;

		if (race->process != p || !(met || lost)) {
			at = &race->next;
			continue;
		}
		if (!lost)
			user_copy(m, p, race->addr, NULL, race->bytes, race->len);
		*at = race->next;
		free(race->bytes);
		free(race);
	}
}

void races_end(struct model *m, struct process *p)
{
	run_races(m, p, 0, 0, true);
}

/* ---- what the driver does with user memory */

static bool in_user_space(u64 addr, u64 len)
{
	return len <= TASK_SIZE && addr <= TASK_SIZE - len;
}

/* User copies and pins may fault, and a fault takes the mmap_lock. */
static void ensure_may_fault(const struct model *m, const char *what)
{
	ensure_open(m, what);
	ensure(m->current != NULL, "user memory is used where there is no caller");
	ensure(!m->reading, "I10: user memory is used under the mmap_lock");
}

/* custom: a ghost, no kernel has it: which fetches belong together */
void env_argument(struct model *m, u64 from)
{
	m->fetched = from;
}

/* custom: copy_from_user() that fails on demand, and does not let the driver fetch a byte twice */
int env_copyin(struct model *m, void *to, u64 from, u64 len)
{
	int error;

	ensure_may_fault(m, "I10: a user copy under the lock");
	ensure(len == 0 || from >= m->fetched, "I11: user memory is fetched twice");
	if (fault_strikes(m, MODEL_FAULT_COPYIN) || !in_user_space(from, len))
		return -EFAULT;
	m->fetched = from + len;
	error = user_copy(m, m->current, from, to, NULL, len);
	if (m->races)
		run_races(m, m->current, from, len, false);
	return error;
}

/*
 * custom: copy_to_user() that fails on demand; of a copy that fails by itself, the accessible beginning is written, as
 * by Linux
 */
int env_copyout(struct model *m, u64 to, const void *from, u64 len)
{
	ensure_may_fault(m, "I10: a user copy under the lock");
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
	struct vma *vma = vma_at(m->current, addr);
	struct use use = { .pid = m->current->pid, .addr = addr };
	const struct pte *pte;

	ensure_may_fault(m, "I10: pinning under the lock");
	if (fault_strikes(m, MODEL_FAULT_PIN))
		return -EFAULT;
	if (!vma || !(vma->flags & (write ? VM_WRITE : VM_READ)))
		return -EFAULT;
	pte = pte_access(m, m->current, addr, write);
	if (!pte)
		return -EFAULT;
	use.page = page_behind(vma, addr, pte);
	use.mfn = pte_frame(m, pte);
	page_use(m, use.page, use.mfn, 1);
	m->pin = own_grow(m->pin, &m->pin_room, m->pins + 1, sizeof(*m->pin));
	m->pin[m->pins++] = use;
	*mfn = use.mfn;
	m->frame[*mfn].pins++;
	m->frame[*mfn].writable |= write;
	m->alive.pins++;
	return 0;
}

/* The pin of @mfn that was made last: of two of one frame nobody can tell which is which. */
static struct use pin_take(struct model *m, u32 mfn)
{
	u32 i = m->pins;
	struct use use;

	do
		ensure(i != 0, "a page is unpinned that was not pinned");
	while (m->pin[--i].mfn != mfn);
	use = m->pin[i];
	m->pin[i] = m->pin[--m->pins];
	return use;
}

/* custom: unpin_user_pages_dirty_lock() of one page, which minds if a page that was written is not said to be */
void env_unpin(struct model *m, u32 mfn, bool dirty)
{
	const struct use use = pin_take(m, mfn);
	struct frame *frame = &m->frame[mfn];

	if (dirty)
		frame->written = false;
	if (--frame->pins == 0)
		frame->writable = false;
	m->alive.pins--;
	ensure(frame->pins != 0 || !frame->written, "GNT-COPY-024: a page was written and is not marked dirty");
	page_use(m, use.page, use.mfn, -1);
}

/* dup: vma_lookup() */
struct vma *env_find_vma(struct model *m, u64 addr)
{
	ensure(m->reading, "GNT-GEN-023: a VMA is looked up without the mmap_lock");
	return vma_at(m->current, addr);
}
