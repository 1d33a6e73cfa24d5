/* SPDX-License-Identifier: GPL-2.0-only */
/* What other releases of Linux spell differently, and nothing else. Needs 6.1 or newer. */
#pragma once
#include <linux/mm.h>
#include <linux/version.h>

static inline void gp_vma_flags(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* The lock of the page table that @pte is in. */
static inline spinlock_t *gp_pte_lock(struct mm_struct *mm, pte_t *pte)
{
#if !USE_SPLIT_PTE_PTLOCKS
	return &mm->page_table_lock;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return ptlock_ptr(virt_to_ptdesc(pte));
#else
	return ptlock_ptr(virt_to_page(pte));
#endif
}
