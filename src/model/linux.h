/* SPDX-License-Identifier: MIT */
/*
 * Linux as its parts see each other: files, processes, address spaces, placeholder pages, notifiers, work. A driver sees
 * of it files and VMAs with their operations, notifiers and locks, and otherwise env.h. Nothing here knows what the
 * driver means by a map.
 */
#pragma once
#include "machine.h"

#define PAGE_SHIFT 12
#define PAGE_MASK (~(u64)(GNT_PAGE_SIZE - 1))

/* x86-64 with four levels of page tables: one byte beyond the last that user space can have */
#define TASK_SIZE 0x7ffffffff000ull
/* where mappings go whose address the program leaves to the kernel */
#define MMAP_BASE 0x7f0000000000ull
/* the kernel's address of placeholder page 0 */
#define KERNEL_BASE 0xffff888000000000ull
/* sysctl vm.max_map_count */
#define MAX_VMAS 65530u

/* the machine address of a page-table entry is: the process, and the user address that it maps */
#define MACHINE_PID_SHIFT 48

struct table;
struct file;
struct vma;
struct process;
struct gnt_file;
struct gntdev_map;

/* ---- locks (thread.c) */
struct lock {
	bool held;
	bool hypercalls; /* hypercalls and event channels are allowed under it, as under a map's; else nothing is */
	u64 taken; /* times ever */
};

/* ---- placeholder pages (page.c) */
struct page {
	struct pte pte; /* the kernel's mapping of the page's address: present while a grant is mapped there */
	u32 next; /* of the free list */
	u32 mapped; /* user entries that show it (PTE_PAGE) */
	u32 pins; /* by devices and by the driver: the page is in use */
	bool held; /* by the driver */
};

/* a page in use: of a device (model_page_io_begin()) or of the driver (env_pin()) */
struct use {
	u32 pid;
	u64 addr;
	u32 mfn; /* NONE: none */
	u32 page; /* placeholder; NONE: none */
};

/* ---- files (process.c) */
struct file_ops {
	int (*open)(struct file *file); /* 0 or -ENOMEM */
	void (*release)(struct file *file);
	s64 (*ioctl)(struct file *file, u32 cmd, u64 arg);
	s64 (*compat_ioctl)(struct file *file, u32 cmd, u64 arg); /* NULL: -ENOTTY */
	int (*mmap)(struct file *file, struct vma *vma);
};

/* An open file of the device. */
struct file {
	struct model *m;
	struct gnt_file *dev; /* the driver's own */
	struct file *next, **link; /* of all open files */
	u64 id; /* in the order of opening, never used twice */
	u32 refs; /* descriptors, VMAs, and calls in progress */
	bool readable, writable;
};

/* ---- address spaces (memory.c, vma.c, ...) */
#define VM_READ 1u
#define VM_WRITE 2u
#define VM_EXEC 4u
#define VM_SHARED 8u
#define VM_MAYREAD 0x10u /* mprotect() may make it so: VM_READ << 4 and so on */
#define VM_MAYWRITE 0x20u
#define VM_MAYEXEC 0x40u
#define VM_MAYSHARE 0x80u /* MAP_SHARED, whether the file is writable or not */
#define VM_DONTCOPY 0x100u
#define VM_DONTEXPAND 0x200u
#define VM_WIPEONFORK 0x400u
#define VM_MIXEDMAP 0x800u
#define VM_DONTDUMP 0x1000u
#define VM_ACCESS (VM_READ | VM_WRITE | VM_EXEC)

/* What Linux asks the driver about a VMA of its. Each may be NULL. */
struct vma_ops {
	void (*open)(struct vma *vma); /* it was made of another one */
	void (*close)(struct vma *vma);
	int (*may_split)(struct vma *vma, u64 addr); /* 0 or -errno */
	u32 (*find_page)(struct vma *vma, u64 addr); /* the placeholder behind an entry that Xen made, or NONE */
};

struct vma {
	u64 start, end; /* page aligned, end is exclusive */
	u64 pgoff; /* page of the file that is shown at start */
	u32 flags; /* VM_* */
	struct file *file; /* NULL: anonymous memory */
	struct process *process;
	const struct vma_ops *ops;
	struct gntdev_map *map; /* the driver's own */
};

/*
 * Told before entries in [start, end) of the address space change; the range that is told of may be any that meets it.
 * Where it must not block: false if it would, and then nothing has changed.
 */
struct notifier {
	bool (*invalidate)(struct notifier *notifier, u64 start, u64 end, bool may_block);
	u64 start, end;
	struct notifier *next, **link; /* of its address space */
	bool registered, running;
};

struct process {
	u32 pid;
	struct vma **vma; /* [vmas], sorted, apart from each other */
	u32 vmas, vma_room;
	struct table *table, *tables; /* the root of its page tables; all of them */
	struct file **fd; /* [fd_room]; NULL: not open */
	u32 fd_room;
	struct notifier *notifiers;
	bool notified; /* there was one, ever */
	bool mm_writer; /* mmap_lock: a call is changing the VMAs */
	u32 mm_readers;
	u32 calls; /* in progress */
	bool signal, fatal; /* pending */
	bool dying; /* exits at the end of its calls */
};

/* the deferred work of a driver */
struct work {
	void (*fn)(struct model *m, void *cookie);
	void *cookie;
	struct work *next;
};

/* a store of another thread, as soon as the driver has read there */
struct race {
	struct process *process;
	u64 addr, len;
	u8 *bytes;
	struct race *next;
};

/*
 * The page-table entry that a hypercall names: by its machine address, or by the kernel address it maps. NULL: there is
 * none.
 */
struct pte *pte_of_machine(struct model *m, u64 address);
struct pte *pte_of_kernel(struct model *m, u64 address);

/*
 * Address spaces: entries (memory.c). pte_next(): the first entry that is present at or above @*addr, below @end: its address.
 */
struct pte *pte_make(struct process *p, u64 addr);
struct pte *pte_find(struct process *p, u64 addr);
struct pte *pte_next(struct process *p, u64 *addr, u64 end);
void pte_free_all(struct process *p);
/* The frame that an entry shows. */
u32 pte_frame(struct model *m, const struct pte *pte);
/* Linux is about to change this entry, which is present: a grant must have been unmapped before (GNT-MUNMAP-012). */
void pte_owned(const struct pte *pte);
void pte_clear(struct model *m, struct pte *pte); /* takes the entry away, and its reference on what it shows */

/* What user space does and the driver does for it (access.c): NULL, -EFAULT: SIGSEGV, SIGBUS. */
struct pte *pte_access(struct model *m, struct process *p, u64 addr, bool write);
int user_copy(struct model *m, struct process *p, u64 addr, void *to, const void *from, u64 len);
/* The placeholder page that @pte of @vma shows, or NONE. */
u32 page_behind(struct vma *vma, u64 addr, const struct pte *pte);
void page_use(struct model *m, u32 page, u32 mfn, s32 change); /* a use more or less */
void races_end(struct model *m, struct process *p); /* the threads that would race are gone */

/* VMAs (vma.c). vma_above(): the first that ends above @addr, or NULL; vma_index(): its index, or their number. */
u32 vma_index(const struct process *p, u64 addr);
struct vma *vma_above(struct process *p, u64 addr);
struct vma *vma_at(struct process *p, u64 addr); /* the one that contains @addr, or NULL */
bool vma_free(struct process *p, u64 start, u64 len); /* is nothing mapped there, and may something be? */
u64 vma_find_area(struct process *p, u64 len); /* 0: there is none */
struct vma *vma_insert(struct model *m, const struct vma *vma);
void vma_merge(struct model *m, struct process *p, u64 start, u64 end); /* with those around, where Linux would */
int vma_split(struct model *m, struct process *p, u32 i, u64 addr);
int vma_isolate(struct model *m, struct process *p, u64 start, u64 end); /* so that none reaches across start or end */
void vma_zap(struct model *m, struct process *p, u64 start, u64 end); /* tells the notifiers, and empties the entries */
void vma_clear(struct model *m, struct process *p, u64 start, u64 end); /* they know already */
s64 vma_remove(struct model *m, struct process *p, u64 start, u64 end);
s64 vma_munmap(struct model *m, struct process *p, u64 addr, u64 len);

/* The system calls on address spaces, each in a file of its own (mmap.c, protect.c, mremap.c, fork.c). */
s64 mm_mmap(struct model *m, struct process *p, u64 addr, u64 len, int prot, int flags, struct file *file, u64 pgoff);
s64 mm_mprotect(struct model *m, struct process *p, u64 addr, u64 len, int prot);
s64 mm_madvise(struct model *m, struct process *p, u64 addr, u64 len, int advice);
s64 mm_mremap(struct model *m, struct process *p, u64 addr, u64 old, u64 new, u32 flags, u64 to);
int mm_copy(struct model *m, struct process *from, struct process *to);

/* Tells the notifiers of @p (notifier.c); false: one of them would have to block. notify_end(): never again. */
bool notify(struct model *m, struct process *p, u64 start, u64 end, bool may_block);
void notify_end(struct model *m, struct process *p);

/* Processes and files (process.c). */
struct process *process_find(const struct model *m, u32 pid);
struct process *process_new(struct model *m);
void process_exit(struct model *m, struct process *p);
void file_put(struct file *file);
struct file *file_of(const struct process *p, int fd); /* NULL: not open */
