/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What other releases of Linux spell differently, and nothing else. Needs 6.1 or newer. Which of
 * the spellings this kernel has was asked of it: features.h is made by Kbuild, which has the
 * questions. No release is named here, for distributions carry later changes back.
 */
#pragma once
#include <linux/mm.h>
#include "features.h"

/* VMA flags are set by assignment, or by a call that also locks the VMA. */
static inline void gp_vma_flags(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
#ifdef GP_HAS_VM_FLAGS_MOD
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/* The lock of the page table that @pte is in; where there is no call for it, it is found here. */
static inline spinlock_t *gp_pte_lock(struct mm_struct *mm, pte_t *pte)
{
#ifdef GP_HAS_PTEP_LOCKPTR
	return ptep_lockptr(mm, pte);
#elif !defined(USE_SPLIT_PTE_PTLOCKS)
#error "this kernel keeps the locks of page tables in a way that is not known here"
#elif !USE_SPLIT_PTE_PTLOCKS
	return &mm->page_table_lock;
#elif defined(GP_HAS_PTDESC)
	return ptlock_ptr(virt_to_ptdesc(pte));
#else
	return ptlock_ptr(virt_to_page(pte));
#endif
}
