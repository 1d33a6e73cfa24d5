/* SPDX-License-Identifier: MIT */
/*
 * Rows: the language the conformance tables are written in. A row is a name, the requirements it shows, and steps;
 * a step is one call with registers for what is only known when the row runs, and what must come of it. What must
 * come of every step is the runner's business (run.c): contents of all memory, unchanged state after an error,
 * offsets of maps.
 *
 *   registers    F open files   M user memory   G grants (one frame each)   X maps   V mappings ("views") of maps
 *
 * In a table, a call comes first, modifiers follow:
 *
 *   { MAP(0, 1, 2, 3), AT(8) }     { UNMAP(0, 1, 4), FAILS(ENOENT) }
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "dut.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* registers of each kind */
#define FILES 4u
#define MEMORIES 6u
#define GRANTS 24u
#define MAPS 24u
#define VIEWS 8u

#define STEPS 28u

/* frames that are not there: a reference beyond every grant table, and a domain that does not exist */
#define BAD_REF 0xfffffff0u
#define BAD_DOMID 0x7000u

/*
 * addresses that no program can read: page 0, the first byte above user space, kernel space, and the last 8 bytes
 * of all
 */
#define ADDR_NULL 0ull
#define ADDR_LOW 0x10ull
#define ADDR_ABOVE_USER 0x7ffffffff000ull
#define ADDR_NOT_CANONICAL 0x800000000000ull
#define ADDR_KERNEL 0xffff888000000000ull
#define ADDR_LAST (0ull - 8)

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
};

/* One side of a copy segment. */
struct side {
	enum { IN_MEMORY, IN_GRANT, AT_ADDRESS, AT_REFERENCE } kind;
	uint32_t reg; /* M or G; a reference, if AT_REFERENCE */
	uint64_t at; /* byte offset in it; the address, if AT_ADDRESS */
	uint16_t domid; /* of a grant */
};

#define M(reg, at) { IN_MEMORY, reg, at, 0 }
#define G(reg, at) { IN_GRANT, reg, at, DUT_DOMID }
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

	/* the environment fails: at call @nth of the kind; a sweep tries 1, 2, ... until the step succeeds */
	bool faulty, sweep;
	enum dut_fault fault;
	uint32_t nth;
};

/* ---- the calls; f, m, g, x, v are registers */
#define OPEN(f) .action = OPEN, .file = f, .flags = O_RDWR
#define OPEN_AS(f, mode) .action = OPEN, .file = f, .flags = mode
#define CLOSE(f) .action = CLOSE, .file = f
#define ALLOC(m, n) .action = ALLOC, .reg = m, .pages = n, .prot = PROT_READ | PROT_WRITE
#define ALLOC_READONLY(m, n) .action = ALLOC, .reg = m, .pages = n, .prot = PROT_READ
#define FORBID(m, first, n) .action = FORBID, .reg = m, .page = first, .pages = n
#define GRANT(g, n) .action = GRANT, .first_grant = g, .grants = n
#define GRANT_READONLY(g, n) .action = GRANT, .first_grant = g, .grants = n, .readonly = true
#define REVOKE(g) .action = REVOKE, .first_grant = g
#define OWNER_STORE(g, at, n) .action = OWNER_STORE, .first_grant = g, .offset = at, .len = n
#define MAP(f, x, g, n) .action = MAP, .file = f, .reg = x, .first_grant = g, .grants = n, .pages = n
/* a map of n pages over the k grants from g on, taken in turn */
#define MAP_IN_TURN(f, x, g, k, n) .action = MAP, .file = f, .reg = x, .first_grant = g, .grants = k, .pages = n
#define UNMAP(f, x, n) .action = UNMAP, .file = f, .reg = x, .count = n
#define MMAP_BYTES(v, f, x, n, access, kind) \
	.action = MMAP, .file = f, .reg = x, .view = v, .len = n, .prot = access, .flags = kind
#define MMAP(v, f, x, n) MMAP_BYTES(v, f, x, (n) * (uint64_t)PAGE, PROT_READ | PROT_WRITE, MAP_SHARED)
#define MMAP_READONLY(v, f, x, n) MMAP_BYTES(v, f, x, (n) * (uint64_t)PAGE, PROT_READ, MAP_SHARED)
#define MUNMAP(v, first, n) .action = MUNMAP, .view = v, .page = first, .pages = n
#define STORE(v, at, n) .action = STORE, .view = v, .offset = at, .len = n
#define LOAD(v, at, n) .action = LOAD, .view = v, .offset = at, .len = n
#define COPY(f, table) .action = COPY, .file = f, .segments = table, .n_segments = ARRAY_SIZE(table)
#define COPY_NOTHING(f) .action = COPY, .file = f
#define IOCTL(f, number) .action = IOCTL, .file = f, .command = number

/* ---- what comes of it */
#define AT(first_slot) .has_slot = true, .slot = first_slot
#define FAILS(number) .error = number
#define SPENDS .spends = true
#define STOPS_AT(segment) .stops = true, .stops_at = segment
#define EXECUTED .stops = true, .stops_at = ~0u, .executed = true
#define STOPS_LATE_AT(segment) .stops = true, .stops_at = segment, .stops_late = true

/* ---- numbers to put in place of those the registers give */
#define DOMID(number) .has_domid = true, .domid = number
#define REF(number) .has_ref = true, .ref = number
#define COUNT(number) .has_count = true, .count = number
#define ARG(address) .has_arg = true, .arg = address
#define SEGMENTS(address) .has_segments = true, .segments_arg = address
#define PLUS(bytes) .delta = bytes

/* ---- where things are: every argument is normally followed by a page that cannot be accessed */
#define CUT(bytes) .cut = true, .readable = bytes
#define CUT_SEGMENTS(bytes) .cut_segments = true, .readable = bytes
#define IN_VIEW(v) .in_view = true, .view = v
#define SEGMENTS_IN_VIEW(v) .segments_in_view = true, .view = v
/*
 * the first bytes of the argument are the last ones of memory m, the others the first ones of view v, which follows
 * it
 */
#define SPLIT(m, v, bytes) .split = true, .memory = m, .view = v, .readable = bytes
#define FIXED_AFTER(m) .fixed_after = true, .memory = m

/* ---- a failing environment */
#define FAULT(kind, n) .faulty = true, .fault = kind, .nth = n
#define SWEEP(kind) .faulty = true, .sweep = true, .fault = kind

struct row {
	const char *name;
	const char *ids; /* of spec/requirements.md */
	const char *stock; /* entries of spec/profiles.md by which Linux's own driver fails the row; NULL: it passes */
	const char *kills_stock; /* what the row does to a kernel with Linux's own driver, if that might not survive it */
	unsigned int needs; /* DUT_FAULTS | ... */
	uint32_t limit; /* grants a call; 0: the default */
	struct step steps[STEPS];
};

struct table {
	const struct row *rows;
	unsigned int n;
};

extern const struct table map_table, unmap_table, mmap_table, copy_table, other_table, canary_table;
