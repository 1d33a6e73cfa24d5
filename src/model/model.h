/* SPDX-License-Identifier: MIT */
/*
 * The model: as much of Linux and Xen, in user space, as /dev/xen/gntdev can see and a client can tell, around the very
 * core that the kernel module is made of. A world (struct model) holds one hypervisor, the domain that runs the driver,
 * the domains that grant, and the processes that open the device. All of it is deterministic and single threaded.
 *
 * A process has an address space of its own: addresses are numbers (u64) that only this model understands, and a load
 * or store goes through model_load() and model_store(). Frames are memory that is really shared: what a grant's owner
 * writes is what the mapper reads, with no copy in between.
 *
 * System calls return what the kernel would return: a value that is not negative, or -errno (the numbers of <errno.h>).
 */
#pragma once
#include <stdint.h>

struct model;

/*
 * How the driver's own domain has its memory: it changes the hypercalls that the driver needs (one or two handles a
 * page).
 */
enum model_mode {
	MODEL_PV, /* user PTEs are mapped by the hypervisor: two handles a page */
};

struct model_options {
	enum model_mode mode;
	uint32_t limit; /* the driver's limit parameter, in grants a call; 0: the default, 65536 */
	uint32_t maptrack; /* handles the hypervisor can give; 0: Xen's default, 262144 */
};

/* What is alive in a world, by kind. All of it is zero again when every file is closed and every mapping is gone. */
struct model_live {
	uint64_t files; /* open files of the device */
	uint64_t vmas; /* mappings of the device */
	uint64_t maps; /* maps the driver holds, listed or not */
	uint64_t memory; /* blocks the driver has allocated */
	uint64_t pages; /* placeholder pages the driver holds */
	uint64_t handles; /* grant handles the hypervisor has given and not got back */
	uint64_t pins; /* user pages pinned by the driver */
};

/* The driver's own domain: dom0 on the real machine. */
#define MODEL_DOM0 0u

/* ---- the world. model_new(): NULL if there is no memory. model_free() takes a world apart whatever is left in it. */
struct model *model_new(const struct model_options *options);
void model_free(struct model *m);
void model_live(const struct model *m, struct model_live *live);

/* A number that changes whenever the abstract state of any open file changes: what is listed where, what is mapped. */
uint64_t model_digest(const struct model *m);

/* The hash of the proven core this model is made of: what the kernel module has in its modinfo. */
const char *model_core_hash(void);

/* Every check of the core's and of the driver's invariants, now; a breach ends the program with a message. */
void model_check(const struct model *m);

/* ---- the granting side. A domain grants its frames; MODEL_DOM0 may grant to itself, as gntalloc does on a PV dom0. */
uint32_t model_domain(struct model *m); /* a new domain: its domid */
/*
 * Grants a fresh frame (zeroed) of @owner to @to: the grant reference; -ENOSPC: the table is full; -EINVAL: no such
 * domain.
 */
int64_t model_grant(struct model *m, uint32_t owner, uint32_t to, int readonly);
/*
 * The reference grants nothing any more, and its frame is gone. -EBUSY while it is mapped; -ENOENT: it grants nothing.
 */
int model_revoke(struct model *m, uint32_t owner, uint32_t ref);
/* The owner's own access to the frame behind @ref. -EINVAL: @ref grants nothing, or the bytes leave the frame. */
int model_owner_load(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, void *buf, uint32_t len);
int model_owner_store(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, const void *buf, uint32_t len);

/*
 * ---- processes and their memory. -EFAULT where the program would get SIGSEGV or SIGBUS; what came before the fault is
 * done.
 */
uint32_t model_process(struct model *m);
void model_exit(struct model *m, uint32_t pid); /* closes its files, drops its mappings */
int model_load(struct model *m, uint32_t pid, uint64_t addr, void *buf, uint64_t len);
int model_store(struct model *m, uint32_t pid, uint64_t addr, const void *buf, uint64_t len);

/*
 * ---- system calls. -ESRCH: there is no process @pid. model_mmap() takes MAP_ANONYMOUS memory too, which is how a
 * program gets any. @prot, @flags: PROT_* and MAP_* of <sys/mman.h>; open's @flags: O_* of <fcntl.h>.
 */
int model_open(struct model *m, uint32_t pid, int flags);
int model_close(struct model *m, uint32_t pid, int fd);
int64_t model_ioctl(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg);
int64_t model_mmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot, int flags, int fd,
		   uint64_t offset);
int model_munmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len);

/* ---- faults on demand. The @nth call (1 = the next) of the kind fails, once; 0 disarms. */
enum model_fault {
	MODEL_FAULT_ALLOC, /* an allocation of the driver: memory or placeholder pages */
	MODEL_FAULT_COPYIN, /* a copy from user memory */
	MODEL_FAULT_COPYOUT, /* a copy to user memory */
	MODEL_FAULT_PIN, /* pinning a user page */
	MODEL_FAULT_MAP, /* one op of a map hypercall: GNTST_general_error */
	MODEL_FAULT_COPY, /* one op of a copy hypercall: GNTST_general_error */
	MODEL_FAULTS
};
void model_fail(struct model *m, enum model_fault kind, uint64_t nth);
