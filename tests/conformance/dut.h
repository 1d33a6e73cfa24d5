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

/*
 * The domain that grants, as the driver's domain knows it. It grants to itself: a PV dom0 needs no guest for that.
 */
#define DUT_DOMID 0u

/* what not every device can be asked for */
#define DUT_FAULTS 1u /* make an allocation, a copy, a pin or a hypercall fail on demand */
#define DUT_LARGE 2u /* hold maps that fill the offset space */
#define DUT_LIMIT 4u /* another limit of grants a call than 65536 */

/* the calls that can be made to fail */
enum dut_fault {
	DUT_ALLOC, /* the driver's memory and placeholder pages: none is left */
	DUT_COPYIN, /* fetching user memory: a fault */
	DUT_COPYOUT, /* writing user memory: a fault */
	DUT_PIN, /* pinning a user page: it is not there */
	DUT_MAP, /* one op of a map hypercall: GNTST_general_error */
	DUT_COPY, /* one op of a copy hypercall: GNTST_general_error */
};

/* Everything that a call which failed must leave as it was. */
struct dut_state {
	uint64_t digest; /* what is listed and mapped where */
	uint64_t files, mappings, maps, memory, pages, handles, pins; /* how many are alive */
};

struct dut {
	const char *name;
	unsigned int can; /* DUT_FAULTS | ... */

	/*
	 * A new world. @limit: grants a call, 0 for the default; only a device that can DUT_LIMIT is given another.
	 */
	int (*begin)(const char *device, uint32_t limit);
	/* Everything was closed, unmapped and revoked: the world goes. NULL, or what it still holds. */
	const char *(*end)(void);

	/*
	 * System calls. mmap() with @fd -1 is anonymous memory; @addr is 0, or where the mapping must be
	 * (MAP_FIXED).
	 */
	int (*open)(int flags);
	int (*close)(int fd);
	int64_t (*ioctl)(int fd, uint32_t command, uint64_t arg);
	int64_t (*mmap)(uint64_t addr, uint64_t len, int prot, int flags, int fd, uint64_t offset);
	int64_t (*munmap)(uint64_t addr, uint64_t len);

	/* What the program itself does to its memory: 0, or -EFAULT where it would have got SIGSEGV or SIGBUS. */
	int (*load)(uint64_t addr, void *to, uint64_t len);
	int (*store)(uint64_t addr, const void *from, uint64_t len);

	/* The other side: one frame a grant. The grant reference is the result of grant(). */
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
};

extern const struct dut dut_model, dut_real;
