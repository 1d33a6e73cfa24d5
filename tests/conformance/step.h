/* SPDX-License-Identifier: MIT */
/* A step of a row: what is called, with what, and what must come of it. Rows are written with the macros of row.h. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "dut.h"

enum action {
	END,
	OPEN,
	CLOSE,
	ALLOC, /* user memory of @pages, @prot, filled with a pattern if it can be written */
	FORBID, /* its @pages from @page on: nobody may access them any more */
	GRANT, /* @grants frames, filled with a pattern; @readonly */
	REVOKE,
	OWNER_STORE, /* a new pattern from @offset on, @len bytes */
	MAP,
	UNMAP,
	MMAP,
	MUNMAP, /* the view's @pages from @page on */
	STORE, /* a new pattern through a view */
	LOAD, /* through a view: only of interest where it fails; what can be loaded is looked at after every step */
	COPY,
	IOCTL, /* any command, with an argument of 64 bytes */
	OFFSET, /* GET_OFFSET_FOR_VADDR of an address in a view */
	SET_MAX,
	NOTIFY,
	PORT, /* a port is bound; the other end counts the events */
	PORT_CLOSE, /* the program's reference on it goes */
	PEER_CLOSE, /* the other end goes */
	EVENTS, /* so many have arrived, ever */
	NEXT_EVENT, /* the next one that arrived, in the order of all */
	WATCH, /* a byte of a frame: what it is when an event arrives is remembered */
	MPROTECT,
	MREMAP,
	MADVISE,
	DUP, /* file @reg is the description of file @file, in process @process */
	FORK, /* process @process is a child of process 0 */
	INHERIT, /* view @reg is what process @process, just forked, has where view @view is: on PV nothing */
	EXIT,
	/* ---- what only the model can do */
	IO_BEGIN, /* a device uses the page of the view */
	IO_END,
	DEFERRED, /* a round of deferred work: so many */
	PAGE_OUT, /* a frame: the next @count attempts to use it are GNTST_eagain */
	INVALIDATE, /* the kernel announces a change of page-table entries */
	REAP, /* the out-of-memory reaper on process @process */
	SIGNAL,
	SET_LIMIT, /* the module's parameter changes */
	HOLDS, /* grant handles that Xen has given and not got back */
	LOST, /* placeholder pages that are lost */
	SLEPT, /* so many milliseconds at least since the row began, or since the last SLEPT */
};

/* One side of a copy segment. */
struct side {
	enum { IN_MEMORY, IN_GRANT, AT_ADDRESS, AT_REFERENCE } kind;
	uint32_t reg; /* M or G; a reference, if AT_REFERENCE */
	uint64_t at; /* byte offset in it; the address, if AT_ADDRESS */
	uint16_t domid; /* of a grant */
};

#define M(reg, at) { IN_MEMORY, reg, at, 0 }
#define G(reg, at) { IN_GRANT, reg, at, OWNER }
#define ADDRESS(address) { AT_ADDRESS, 0, address, 0 }
#define REFERENCE(domid, ref, at) { AT_REFERENCE, ref, at, domid }

struct segment {
	struct side from, to;
	uint16_t len;
	int16_t status; /* expected */
	uint16_t flags; /* bits that are set beyond those that say which side is a grant */
};

struct step {
	enum action action;
	uint8_t file, reg, first_grant;
	uint32_t grants; /* G registers from first_grant on; a map of more pages takes them again from the first */
	uint32_t page, pages;
	uint64_t offset, len;
	int prot, flags;
	bool readonly, fixed_after; /* fixed_after: the mapping must begin where memory @memory ends */
	uint8_t memory;

	/* numbers that are not what the registers say */
	bool has_domid, has_ref, has_count, has_arg, has_segments;
	uint32_t domid, ref, count, command;
	uint64_t arg, segments_arg;
	uint64_t delta; /* added to the offset of the map */
	bool has_vaddr, has_port;
	uint64_t vaddr;
	uint32_t port_number;
	uint8_t port; /* register */
	uint32_t action_bits; /* of a notification */
	uint8_t process;
	bool compat; /* a call of a 32-bit program */
	bool low; /* memory below 4 GiB */
	bool racing; /* another thread overwrites the first @race_bytes bytes of the argument once any of them was fetched */
	uint32_t race_bytes;
	uint32_t meanwhile; /* the step is made by another thread, at the nth point without locks of the next step; 0: no */

	/*
	 * where the argument is: only its first @readable bytes can be accessed; or in view @view; or in memory
	 * @memory and on there
	 */
	bool cut, cut_segments, in_view, segments_in_view, split;
	uint32_t readable;
	uint8_t view;

	const struct segment *segments;
	uint32_t n_segments;

	/* what comes of it */
	int error; /* 0: success */
	bool has_slot;
	uint32_t slot; /* of a map: its first */
	bool spends; /* the error counts as the one attempt to mmap the map */
	bool stops; /* the copy fails at segment @stops_at, */
	bool stops_late; /* after its status was written and room was made for its ops */
	uint32_t stops_at;
	bool executed; /* the copy fails after its last batch */
	bool clears; /* the byte @cleared_at of grant @cleared is 0 afterwards */
	uint8_t cleared;
	uint32_t cleared_at;
	bool dies; /* the pages cannot be accessed any more, on PV if nothing else is said, though they are still mapped */
	bool loses; /* handles are left: of pages that Xen refused to unmap, or that are in use */
	bool saw; /* NEXT_EVENT: the byte watched was 0 */

	/* the environment fails: at call @nth of the kind; a sweep tries 1, 2, ... until the step succeeds */
	bool faulty, sweep;
	enum dut_fault fault;
	uint32_t nth;
	int16_t fault_status; /* 0: GNTST_general_error */
};
