/* SPDX-License-Identifier: MIT */
/*
 * The model: as much of Linux and Xen, in user space, as /dev/xen/gntdev can see and a client can tell, around the very
 * core that the kernel module is made of. A world (struct model) holds one hypervisor, the domain that runs the driver,
 * the domains that grant, and the processes that open the device. All of it is deterministic and single threaded; what
 * other threads do meanwhile is done by a hook (model_interleave()).
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
	MODEL_AUTO, /* auto-translated: user PTEs are ordinary, and show what a placeholder page shows: one handle a page */
};

/* The module's parameter of this name (GNT-MOD-006). */
enum model_profile {
	MODEL_LINUX,
	MODEL_HEADER,
};

struct model_options {
	enum model_mode mode;
	enum model_profile profile;
	uint32_t limit; /* the driver's limit parameter, in grants a call; 0: the default, 65536 */
	uint32_t maptrack; /* handles the hypervisor can give; 0: Xen's default, 262144 */
};

/* What is alive in a world, by kind. All of it is zero again when every process has exited and all work is done. */
struct model_live {
	uint64_t files; /* open files of the device */
	uint64_t vmas; /* mappings of the device */
	uint64_t maps; /* maps the driver holds, listed or not */
	uint64_t memory; /* blocks the driver has allocated */
	uint64_t pages; /* placeholder pages the driver holds, but for lost ones */
	uint64_t handles; /* grant handles the hypervisor has given and not got back, but for lost ones */
	uint64_t pins; /* user pages pinned by the driver */
	uint64_t ports; /* references on event channel ports that the driver holds */
	uint64_t works; /* deferred works that have not run yet */
	uint64_t notifiers; /* interval notifiers the driver has registered */
	uint64_t areas; /* mappings of any kind, memory included */
	uint64_t processes;
};

/* The driver's own domain: dom0 on the real machine. */
#define MODEL_DOM0 0u

/* ---- the world. model_new(): NULL if there is no memory. model_free() takes a world apart whatever is left in it. */
struct model *model_new(const struct model_options *options);
void model_free(struct model *m);
void model_set_limit(struct model *m, uint32_t limit); /* the parameter is changed; 0 is 0 (GNT-MOD-005, GNT-MOD-011) */
void model_live(const struct model *m, struct model_live *live);
/* Placeholder pages that Xen refused to unmap, and that can never be used again (GNT-MUNMAP-008). */
uint64_t model_lost(const struct model *m);

/* A number that changes whenever the abstract state of any open file changes: what is listed where, what is mapped. */
uint64_t model_digest(const struct model *m);

/* The hash of the proven core this model is made of: what the kernel module has in its modinfo. */
const char *model_core_hash(void);

/*
 * Every check of the core's and of the driver's invariants, now; a breach ends the program with a message. Not while a
 * system call is being made.
 */
void model_check(const struct model *m);

/* ---- the granting side. A domain grants its frames; MODEL_DOM0 may grant to itself, as gntalloc does on a PV dom0. */
uint32_t model_domain(struct model *m); /* a new domain: its domid */
/*
 * Grants a fresh frame (zeroed) of @owner to @to: the grant reference; -ENOSPC: the table is full; -EINVAL: no such
 * domain.
 */
int64_t model_grant(struct model *m, uint32_t owner, uint32_t to, int readonly);
/* The same with the reference that another machine has given. -EINVAL: it grants something, or no table has it. */
int64_t model_grant_as(struct model *m, uint32_t owner, uint32_t to, int readonly, uint32_t ref);
/*
 * The reference grants nothing any more, and its frame is gone. -EBUSY while it is mapped; -ENOENT: it grants nothing.
 */
int model_revoke(struct model *m, uint32_t owner, uint32_t ref);
/* The owner's own access to the frame behind @ref. -EINVAL: @ref grants nothing, or the bytes leave the frame. */
int model_owner_load(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, void *buf, uint32_t len);
int model_owner_store(struct model *m, uint32_t owner, uint32_t ref, uint32_t offset, const void *buf, uint32_t len);
/*
 * The frame behind @ref is paged out: the next @n attempts to map it or to copy are answered with GNTST_eagain. -ENOENT:
 * it grants nothing.
 */
int model_page_out(struct model *m, uint32_t owner, uint32_t ref, uint32_t n);
/*
 * The domain dies: its ends of event channels are closed, its grants go, those that are mapped when they are not any
 * more; whoever names it gets GNTST_bad_domain. -EINVAL: no such domain, or MODEL_DOM0.
 */
int model_domain_die(struct model *m, uint32_t domid);

/*
 * ---- event channels. model_port(): a port of the driver's domain, whose other end is @domid's, as a program binds it:
 * the port number, never used twice. The program has a reference on it until model_port_close(); the port goes with the
 * last reference. -EINVAL: no such domain, port.
 */
int64_t model_port(struct model *m, uint32_t domid);
int64_t model_port_as(struct model *m, uint32_t domid, uint32_t port); /* with a number that is not in use */
int model_port_close(struct model *m, uint32_t port);
/* The other end is closed: what is sent from now on gets lost. */
int model_port_peer_close(struct model *m, uint32_t port);
/* Events that were delivered to the other end of @port, ever. */
uint64_t model_port_events(const struct model *m, uint32_t port);
/* @hook is called when an event is delivered, as the receiving domain may then look at its memory. NULL: none. */
void model_on_event(struct model *m, void (*hook)(struct model *m, uint32_t port, void *cookie), void *cookie);

/*
 * ---- processes and their memory. -EFAULT where the program would get SIGSEGV or SIGBUS; what came before the fault is
 * done.
 */
uint32_t model_process(struct model *m);
/* Closes its files, drops its mappings. If it is in the middle of a system call, the process exits when that ends. */
void model_exit(struct model *m, uint32_t pid);
int model_load(struct model *m, uint32_t pid, uint64_t addr, void *buf, uint64_t len);
int model_store(struct model *m, uint32_t pid, uint64_t addr, const void *buf, uint64_t len);
/*
 * A signal is pending for @pid, until the next system call that it interrupts; if @fatal, the process is being killed:
 * its calls end soon, and model_exit() is to follow.
 */
void model_signal(struct model *m, uint32_t pid, int fatal);
/*
 * Another thread writes the @len bytes @bytes to @addr as soon as the driver has fetched any byte of that range. Once.
 */
void model_racing(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, const void *bytes);

/*
 * A page of @pid's memory is in use by a device, from begin to end, whatever becomes of the mapping. -EFAULT: there is
 * no page at @addr, or none that can be in use; -ENOENT: no use of @addr has begun.
 */
int model_page_io_begin(struct model *m, uint32_t pid, uint64_t addr);
int model_page_io_end(struct model *m, uint32_t pid, uint64_t addr);

/*
 * ---- system calls. -ESRCH: there is no process @pid. model_mmap() takes MAP_ANONYMOUS memory too, which is how a
 * program gets any. @prot, @flags, @advice: PROT_*, MAP_*, MREMAP_*, MADV_* of <sys/mman.h>; open's @flags: O_* of
 * <fcntl.h>. -EAGAIN of a call that changes mappings, only when a hook makes it: the thread would have to wait for the
 * call that the hook is in.
 */
int model_open(struct model *m, uint32_t pid, int flags);
int model_close(struct model *m, uint32_t pid, int fd);
int model_dup(struct model *m, uint32_t pid, int fd);
int model_send_fd(struct model *m, uint32_t pid, int fd, uint32_t to); /* SCM_RIGHTS: the descriptor that @to gets */
int64_t model_fork(struct model *m, uint32_t pid); /* the child's pid */
int64_t model_ioctl(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg);
int64_t model_ioctl_compat(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg); /* of a 32-bit program */
int64_t model_mmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot, int flags, int fd,
		   uint64_t offset);
int model_munmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len);
int model_mprotect(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot);
int64_t model_mremap(struct model *m, uint32_t pid, uint64_t addr, uint64_t old_len, uint64_t new_len, int flags,
		     uint64_t new_addr);
int model_madvise(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int advice);

/*
 * ---- Linux for itself. model_invalidate() announces a change of the page-table entries of a range, as balancing and
 * the like do: 0, or -EAGAIN if it must not block and the driver would. model_reap() is the out-of-memory reaper on the
 * memory of a process: -EAGAIN: it could not take everything.
 */
int model_invalidate(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int may_block);
int model_reap(struct model *m, uint32_t pid);
/* One round of the work that the driver deferred: each work once. How many there were. */
uint32_t model_run_deferred(struct model *m);
/* Milliseconds that the driver has slept, ever. */
uint64_t model_clock(const struct model *m);

/*
 * Other threads: @hook is called at each point within a call where the driver holds no lock: before it takes its first
 * lock, after it has released its last, and when it sleeps. The hook may make system calls for any process; it is not
 * called within itself. NULL: none.
 */
void model_interleave(struct model *m, void (*hook)(struct model *m, void *cookie), void *cookie);

/* ---- faults on demand. The @nth call (1 = the next) of the kind fails, once; 0 disarms. */
enum model_fault {
	MODEL_FAULT_ALLOC, /* an allocation of the driver: memory or placeholder pages */
	MODEL_FAULT_COPYIN, /* a copy from user memory */
	MODEL_FAULT_COPYOUT, /* a copy to user memory */
	MODEL_FAULT_PIN, /* pinning a user page */
	MODEL_FAULT_MAP, /* one op of a map hypercall: GNTST_general_error */
	MODEL_FAULT_COPY, /* one op of a copy hypercall: GNTST_general_error */
	MODEL_FAULT_UNMAP, /* one op of an unmap hypercall is refused: GNTST_general_error */
	MODEL_FAULT_HYPERCALL, /* a whole hypercall, of any of the three kinds: no op is executed, no status set */
	MODEL_FAULT_PAGES, /* an allocation of placeholder pages */
	MODEL_FAULT_TABLES, /* making page tables */
	MODEL_FAULT_INSERT, /* inserting a placeholder page into a VMA */
	MODEL_FAULT_NOTIFIER, /* registering an interval notifier */
	MODEL_FAULT_PORT, /* taking a reference on a port */
	MODEL_FAULT_TRYLOCK, /* an attempt to take a lock: another thread has it */
	MODEL_FAULT_PAUSE, /* a pause: a fatal signal comes */
	MODEL_FAULT_VMA, /* an allocation of Linux itself, when it splits or copies a VMA: -ENOMEM */
	MODEL_FAULTS
};
void model_fail(struct model *m, enum model_fault kind, uint64_t nth);
/* Likewise, for one op of a hypercall: its status is @status, positive or negative, but not GNTST_okay. */
void model_fail_with(struct model *m, enum model_fault kind, uint64_t nth, int16_t status);
/* The @nth call that can fail, whatever its kind, fails, once; 0 disarms. An op of a hypercall is a call. */
void model_fail_nth(struct model *m, uint64_t nth);
/* How many calls that can fail there were, ever. */
uint64_t model_env_calls(const struct model *m);
