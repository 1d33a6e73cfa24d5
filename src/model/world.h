/* SPDX-License-Identifier: MIT */
/*
 * The world from the inside: what the model's own files share and its users do not see. One struct model holds all
 * there is; no file keeps a variable of its own, so two worlds never touch. The driver (gntdev*.c) uses env.h and xen.h
 * and nothing of this but the objects that Linux hands to any driver: files and VMAs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "abi.h"
#include "model.h"
#include "types.h"

typedef unsigned char u8;
typedef long long s64;

#define PAGE_SHIFT 12
#define PAGE_MASK (~(u64)(GNT_PAGE_SIZE - 1))

/* x86-64 with four levels of page tables: one byte beyond the last that user space can have */
#define TASK_SIZE 0x7ffffffff000ull
/* where mappings go whose address the program leaves to the kernel */
#define MMAP_BASE 0x7f0000000000ull
/* the kernel's address of placeholder page 0 */
#define KERNEL_BASE 0xffff888000000000ull

/* the machine address of a page-table entry is: the process, and the user address that it maps */
#define MACHINE_PID_SHIFT 48

/* no frame, page, grant handle, grant reference */
#define NONE 0xffffffffu

/* ---- the machine: frames, and entries of page tables, which alone make a frame accessible */
struct frame {
	u8 *bytes; /* NULL: not touched yet, all zero */
	u32 owner; /* domid; NONE: the frame is free */
	u32 pins; /* held by the driver */
	u32 next; /* of the free list */
	bool writable; /* one of the pins is for writing */
	bool written; /* by a copy op, since the last unpinning that said so */
};

#define PTE_WRITE 1u
#define PTE_USER 2u
#define PTE_GRANT 4u /* put there by the hypervisor, and only the hypervisor may take it away */

struct pte {
	u32 mfn; /* NONE: not present */
	u32 flags;
};

/* ---- Xen (xen.c) */
struct active {
	u32 readers, writers; /* mappings of this reference */
};

struct domain {
	struct grant_entry_v1 *entry; /* [room]; of an entry that grants nothing, .frame is the next on the free list */
	struct active *active; /* [room] */
	u32 room;
	u32 entries; /* the grant table's size as Xen sees it */
	u32 free;
	u32 next; /* the lowest reference never given out */
};

struct maptrack {
	u64 host_addr;
	u32 flags; /* GNTMAP_*; 0: the handle is free */
	u32 ref;
	u32 mfn;
	u32 next; /* of the free list */
	domid_t dom;
};

struct lock {
	bool held;
	u64 taken; /* times ever */
};

/* ---- Linux: placeholder pages (world.c), address spaces (memory.c, vma.c), files (process.c) */
struct page {
	struct pte pte; /* the kernel's mapping of the page's address: present while a grant is mapped there */
	u32 next; /* of the free list */
	bool held; /* by the driver */
};

union table;
struct gntdev;
struct gntdev_map;

/* An open file of the device. */
struct file {
	struct model *m;
	struct gntdev *dev; /* the driver's own */
	struct file *next, **link; /* of all open files */
	u64 id; /* in the order of opening, never used twice */
	u32 refs; /* descriptors and VMAs */
	bool readable, writable;
};

#define VM_READ 1u
#define VM_WRITE 2u
#define VM_EXEC 4u
#define VM_SHARED 8u

struct vma {
	u64 start, end; /* page aligned, end is exclusive */
	u64 pgoff; /* page of the file that is shown at start */
	u32 flags; /* VM_* */
	struct file *file; /* NULL: anonymous memory */
	struct process *process;
	struct gntdev_map *map; /* the driver's own */
};

struct process {
	u32 pid;
	struct vma *vma; /* [vmas], sorted, apart from each other */
	u32 vmas, vma_room;
	union table *table; /* the root of its page tables */
	struct file **fd; /* [fd_room]; NULL: not open */
	u32 fd_room;
	u64 fetched; /* I11: of the argument being read, what is below this has been fetched */
};

struct model {
	struct model_options options;
	struct model_live alive;
	u64 fault[MODEL_FAULTS]; /* calls up to the one that fails; 0: none does */
	u32 locks; /* locks held */

	struct frame *frame;
	u32 frames, frame_room, frame_free;

	struct domain *domain; /* [domains], by domid */
	u32 domains, domain_room;
	struct maptrack *maptrack; /* by handle */
	u32 maptracks, maptrack_room, maptrack_free;

	struct page *page;
	u32 pages, page_room, page_free;

	struct process **process; /* [processes], by pid - 1; NULL: has exited */
	u32 processes, process_room;
	struct process *current; /* whose system call this is */
	struct file *files;
	u64 opened; /* files ever */
	struct gntdev_map *maps; /* of all the driver's instances, for check.c */
};

/* Ends the program: the model, or what it models, has broken a rule. @what begins with the rule: "I5: ..." */
_Noreturn void breach(const char *what);

static inline void ensure(bool holds, const char *what)
{
	if (!holds)
		breach(what);
}

/* The model's own memory, not the driver's: no accounting, no faults; running out ends the program. */
void *own_alloc(size_t bytes); /* zeroed */
void *own_grow(void *array, u32 *room, u32 want, size_t element);

/* Is the call of @kind that is being made the one to fail? */
bool fault_strikes(struct model *m, enum model_fault kind);

/* Frames. Their bytes appear when they are first asked for. */
u32 frame_new(struct model *m, u32 owner);
void frame_free(struct model *m, u32 mfn);
u8 *frame_bytes(struct model *m, u32 mfn);

/*
 * The page-table entry that a hypercall names: by its machine address, or by the kernel address it maps. NULL: there is
 * none.
 */
struct pte *pte_of_machine(struct model *m, u64 address);
struct pte *pte_of_kernel(struct model *m, u64 address);

/*
 * Address spaces: entries (memory.c). pte_next(): the first entry at or above @*addr, below @end, whose table exists.
 */
struct pte *pte_make(struct process *p, u64 addr);
struct pte *pte_next(struct process *p, u64 *addr, u64 end);
void pte_free_all(struct process *p);
/* The byte at @addr as the program reads or writes it, faulting it in; NULL where that is SIGSEGV or SIGBUS. */
u8 *user_byte(struct model *m, struct process *p, u64 addr, bool write);

/* Address spaces: VMAs (vma.c). vma_above(): the first that ends above @addr, or NULL. */
struct vma *vma_above(struct process *p, u64 addr);
s64 vma_mmap(struct model *m, struct process *p, u64 addr, u64 len, int prot, int flags, struct file *file, u64 pgoff);
s64 vma_munmap(struct model *m, struct process *p, u64 addr, u64 len);

/* Files (process.c). */
struct process *process_find(const struct model *m, u32 pid);
void file_put(struct file *file);
