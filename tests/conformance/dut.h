/* SPDX-License-Identifier: MIT */
/*
 * A device under test: what a row may do to /dev/xen/gntdev, to the memory of the program that has it open, and to
 * the grants of the domain on the other side. The model and a real device offer the same, so that the same rows run
 * on both.
 *
 * User addresses are numbers here. In the model they mean nothing to this program, on a real device they are its
 * own; either way nobody dereferences them, but load() and store() go there, and a fault is their result.
 *
 * What returns a number returns -errno when it fails. There is one world at a time, from begin() to end().
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PAGE 4096u

/* In place of a domain's number, or of the lower half of one: the domain that grants, dut->owner(). */
#define OWNER 0xfffeu

/* what not every device can be asked for */
#define DUT_FAULTS 1u /* make an allocation, a copy, a pin or a hypercall fail on demand */
#define DUT_LARGE 2u /* hold maps that fill the offset space */
#define DUT_LIMIT 4u /* another limit of grants a call than 65536 */
#define DUT_MODEL 8u /* what no program can bring about: a page in use by a device, a frame paged out, other threads in between */
#define DUT_PORTS 16u /* event channels whose other end is ours */
#define DUT_COMPAT 32u /* ioctls as those of a 32-bit program */
#define DUT_TELLS 64u /* a grant that is mapped cannot be revoked, and that is told */

/* the calls that can be made to fail */
enum dut_fault {
	DUT_ALLOC, /* the driver's memory and placeholder pages: none is left */
	DUT_COPYIN, /* fetching user memory: a fault */
	DUT_COPYOUT, /* writing user memory: a fault */
	DUT_PIN, /* pinning a user page: it is not there */
	DUT_MAP, /* one op of a map hypercall: GNTST_general_error */
	DUT_COPY, /* one op of a copy hypercall: GNTST_general_error */
	DUT_UNMAP, /* one op of an unmap hypercall is refused: GNTST_general_error */
	DUT_HYPERCALL, /* a whole hypercall: no op is executed */
	DUT_TABLES, /* making page tables */
	DUT_INSERT, /* inserting a placeholder page into a VMA */
	DUT_NOTIFIER, /* registering an interval notifier */
	DUT_PORT, /* taking a reference on a port */
	DUT_TRYLOCK, /* an attempt to take a lock: another thread has it */
	DUT_PAUSE, /* a pause: a fatal signal comes */
	DUT_VMA, /* an allocation of the kernel itself, when it splits or copies a mapping */
};

/* An event that has arrived: at which port, and what a byte of a frame was at that moment. */
struct dut_event {
	uint32_t port;
	uint8_t byte;
};

/* What only the model can do. */
struct dut_powers {
	/* of processes: the one that calls are of from now on, 0 at first; a child of it; its exit */
	void (*become)(unsigned int process);
	int (*fork)(unsigned int child);
	int (*send_fd)(int fd, unsigned int to);
	void (*exit)(unsigned int process);
	int (*io)(uint64_t addr, bool begin);
	uint32_t (*deferred)(void);
	int (*page_out)(uint32_t ref, uint32_t n);
	int (*invalidate)(uint64_t addr, uint64_t len, bool may_block);
	int (*reap)(unsigned int process);
	void (*signal)(bool fatal);
	void (*set_limit)(uint32_t limit);
	uint64_t (*lost)(void);
	uint64_t (*clock)(void);
	void (*fail_with)(enum dut_fault fault, uint64_t nth, int16_t status);
	void (*racing)(uint64_t addr, uint64_t len, const void *bytes);
	/* @hook at the @nth point without locks of the call that follows; NULL: none */
	void (*meanwhile)(void (*hook)(void *cookie), void *cookie);
	/* the byte of a frame that is remembered with each event; the @n-th event of all; false: there was none */
	void (*watch)(uint32_t ref, uint32_t offset);
	bool (*event)(unsigned int n, struct dut_event *event);
};

struct dut_config {
	const char *device;
	uint32_t limit; /* grants a call, 0 for the default */
	bool header; /* the header profile */
	bool automatic; /* an auto-translated domain */
	const char *domain; /* of a real device: the file about the domain that grants (grantor.h); NULL: dom0 itself */
};

/* Everything that a call which failed must leave as it was. */
struct dut_state {
	uint64_t digest; /* what is listed and mapped where */
	uint64_t files, mappings, maps, memory, pages, handles, pins, ports, notifiers; /* how many are alive */
};

struct dut {
	const char *name;
	unsigned int can; /* DUT_FAULTS | ... */

	/*
	 * A new world. Only a device that can DUT_LIMIT is given another limit than the default.
	 */
	int (*begin)(const struct dut_config *config);
	/* Everything was closed, unmapped and revoked: the world goes. NULL, or what it still holds. */
	const char *(*end)(void);

	/*
	 * System calls. mmap() with @fd -1 is anonymous memory; @addr is 0, or where the mapping must be
	 * (MAP_FIXED).
	 */
	int (*open)(int flags);
	int (*close)(int fd);
	int64_t (*ioctl)(int fd, uint32_t command, uint64_t arg);
	int64_t (*ioctl_compat)(int fd, uint32_t command, uint64_t arg);
	int64_t (*mmap)(uint64_t addr, uint64_t len, int prot, int flags, int fd, uint64_t offset);
	int64_t (*munmap)(uint64_t addr, uint64_t len);
	int (*dup)(int fd);
	int (*mprotect)(uint64_t addr, uint64_t len, int prot);
	int64_t (*mremap)(uint64_t addr, uint64_t old_len, uint64_t new_len, int flags, uint64_t to);
	int (*madvise)(uint64_t addr, uint64_t len, int advice);

	/* What the program itself does to its memory: 0, or -EFAULT where it would have got SIGSEGV or SIGBUS. */
	int (*load)(uint64_t addr, void *to, uint64_t len);
	int (*store)(uint64_t addr, const void *from, uint64_t len);

	/*
	 * The other side: the number of the domain that grants, one frame a grant. The grant reference is the result of
	 * grant(). revoke() is -EBUSY while it is mapped, where DUT_TELLS.
	 */
	uint32_t (*owner)(void);
	int64_t (*grant)(bool readonly);
	int (*revoke)(uint32_t ref);
	int (*owner_load)(uint32_t ref, uint32_t offset, void *to, uint32_t len);
	int (*owner_store)(uint32_t ref, uint32_t offset, const void *from, uint32_t len);

	/* The @nth call of the kind, 1 being the next, fails once; 0: none. Only where DUT_FAULTS. */
	void (*fail)(enum dut_fault fault, uint64_t nth);
	/*
	 * The state by which "unchanged" is judged, its invariants checked on the way. NULL: it can only be probed.
	 */
	void (*state)(struct dut_state *state);

	/* Event channels, where DUT_PORTS: a port; its closing, and that of the other end; events that arrived there. */
	int64_t (*port)(void);
	int (*port_close)(uint32_t port);
	int (*peer_close)(uint32_t port);
	int64_t (*events)(uint32_t port);

	const struct dut_powers *powers; /* NULL: none */
};

extern const struct dut dut_model, dut_real;
/* Another limit of grants a call, now: 0 or -errno. */
int dut_real_limit(uint32_t limit);
