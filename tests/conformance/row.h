/* SPDX-License-Identifier: MIT */
/*
 * Rows: the language the conformance tables are written in. A row is a name, the requirements it shows, and steps;
 * a step is one call with registers for what is only known when the row runs, and what must come of it. What must
 * come of every step is the runner's business (run.c): contents of all memory, unchanged state after an error,
 * offsets of maps.
 *
 *   registers    F open files   M user memory   G grants (one frame each)   X maps   V mappings ("views") of maps
 *                P event channel ports
 *
 * Files, memory and views belong to a process, 0 unless the row says otherwise; a step is a call of its file's or its
 * view's process.
 *
 * In a table, a call comes first, modifiers follow:
 *
 *   { MAP(0, 1, 2, 3), AT(8) }     { UNMAP(0, 1, 4), FAILS(ENOENT) }
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "step.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* registers of each kind */
#define FILES 4u
#define MEMORIES 6u
#define GRANTS 24u
#define MAPS 24u
#define VIEWS 8u
#define PORTS 6u
#define PROCESSES 4u

#define STEPS 40u

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

#define OFFSET(f, v, at) .action = OFFSET, .file = f, .reg = v, .offset = at
#define SET_MAX(f, n) .action = SET_MAX, .file = f, .count = n
/* CLEAR and EVENT: the actions' bits; a notification on byte @at of the map, with port @p */
#define CLEAR 1u
#define EVENT 2u
#define NOTIFY(f, x, at, bits, p) \
	.action = NOTIFY, .file = f, .reg = x, .offset = at, .action_bits = bits, .port = p
#define PORT(p) .action = PORT, .port = p
#define PORT_CLOSE(p) .action = PORT_CLOSE, .port = p
#define PEER_CLOSE(p) .action = PEER_CLOSE, .port = p
#define EVENTS(p, n) .action = EVENTS, .port = p, .count = n
#define NEXT_EVENT(p) .action = NEXT_EVENT, .port = p
#define SAW_0 .saw = true
#define WATCH(g, at) .action = WATCH, .first_grant = g, .offset = at
#define MPROTECT(v, first, n, access) .action = MPROTECT, .view = v, .page = first, .pages = n, .prot = access
/* @n pages from @first on become @new_n; with MREMAP_FIXED elsewhere, where there is room */
#define MREMAP(v, first, n, new_n, kind) \
	.action = MREMAP, .view = v, .page = first, .pages = n, .count = new_n, .flags = kind
#define MADVISE(v, first, n, advice) .action = MADVISE, .view = v, .page = first, .pages = n, .flags = advice
#define DUP(f2, f, p) .action = DUP, .reg = f2, .file = f, .process = p
#define FORK(p) .action = FORK, .process = p
#define INHERIT(v2, v, p) .action = INHERIT, .reg = v2, .view = v, .process = p
#define EXIT(p) .action = EXIT, .process = p
#define IO_BEGIN(v, n) .action = IO_BEGIN, .view = v, .page = n
#define IO_END(v, n) .action = IO_END, .view = v, .page = n
#define DEFERRED(n) .action = DEFERRED, .count = n
#define PAGE_OUT(g, n) .action = PAGE_OUT, .first_grant = g, .count = n
#define INVALIDATE(v, first, n, block) .action = INVALIDATE, .view = v, .page = first, .pages = n, .flags = block
#define REAP(p) .action = REAP, .process = p
#define SIGNAL(fatal) .action = SIGNAL, .flags = fatal
#define SET_LIMIT(n) .action = SET_LIMIT, .count = n
#define HOLDS(n) .action = HOLDS, .count = n
#define LOST(n) .action = LOST, .count = n
#define SLEPT(ms) .action = SLEPT, .count = ms

/* ---- what comes of it */
#define AT(first_slot) .has_slot = true, .slot = first_slot
#define FAILS(number) .error = number
#define SPENDS .spends = true
#define STOPS_AT(segment) .stops = true, .stops_at = segment
#define EXECUTED .stops = true, .stops_at = ~0u, .executed = true
#define STOPS_LATE_AT(segment) .stops = true, .stops_at = segment, .stops_late = true
#define CLEARS(g, at) .clears = true, .cleared = g, .cleared_at = at
#define DIES .dies = true
#define LOSES .loses = true

/* ---- numbers to put in place of those the registers give */
#define DOMID(number) .has_domid = true, .domid = number
#define REF(number) .has_ref = true, .ref = number
#define COUNT(number) .has_count = true, .count = number
#define ARG(address) .has_arg = true, .arg = address
#define SEGMENTS(address) .has_segments = true, .segments_arg = address
#define PLUS(bytes) .delta = bytes
#define VADDR(address) .has_vaddr = true, .vaddr = address
#define PORT_NUMBER(number) .has_port = true, .port_number = number

/* ---- who makes the call, and when */
#define BY(p) .process = p
#define COMPAT .compat = true
#define LOW .low = true
#define RACING(bytes) .racing = true, .race_bytes = bytes
#define MEANWHILE(n) .meanwhile = n

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
#define STATUS(number) .fault_status = number

struct row {
	const char *name;
	const char *ids; /* of spec/requirements.md */
	const char *stock; /* entries of spec/profiles.md by which Linux's own driver fails the row; NULL: it passes */
	const char *kills_stock; /* what the row does to a kernel with Linux's own driver, if that might not survive it */
	unsigned int needs; /* DUT_LARGE, DUT_LIMIT; what the steps need beyond, they say themselves */
	uint32_t limit; /* grants a call; 0: the default */
	enum { BOTH, ONLY_LINUX, ONLY_HEADER } profile; /* of which profile the row is one */
	enum { ANY, ONLY_PV, ONLY_AUTO } mode; /* and of which kind of domain */
	struct step steps[STEPS];
};

struct table {
	const struct row *rows;
	unsigned int n;
};

extern const struct table map_table, unmap_table, mmap_table, copy_table, other_table, canary_table;
extern const struct table offset_table, max_table, notify_table, munmap_table, fork_table, compat_table, xen_table;
extern const struct table thread_table, regress_table;

/* Everything that the row's steps ask of the device: DUT_FAULTS | ... */
unsigned int row_needs(const struct row *row);
