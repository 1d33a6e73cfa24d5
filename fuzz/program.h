/* SPDX-License-Identifier: MIT */
/*
 * Programs: what the fuzzers make, and what is replayed on a real device. A program is a kind of world and a sequence of
 * calls, whose arguments are numbers or refer to what calls before them returned. Here is its form in memory, and the
 * bytes it is made of and written to: every string of bytes is a program. (text.h: the form for people.)
 *
 * Results are kept in registers, eight of each kind; a call that fails leaves its register as it was:
 *
 *	f0 = open(p0, 2)                        a descriptor
 *	g0 = grant(0, 0, 0)                     a grant: its reference; d0 is the domain that it is of
 *	m0 = map(p0, f0, a0, 1, [d0:g0])        a map: its offset; c0 is the number of its pages, l0 that of their bytes
 *	v0 = mmap(p0, 0, l0, 3, 1, f0, m0)      an address
 *	t0 = port(0)                            an event channel
 *	p1 = fork(p0)                           a process; one that is named and not there is made
 *	munmap(p0, v0+0x1000, 0x1000)           a0 to a7 are pages of memory that each process has
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRAM_CALLS 128u
#define PROGRAM_VALUES 1024u /* of all lists together */
#define PROGRAM_ARGS 7u
#define PROGRAM_BYTES (1u << 17) /* no program is longer */
#define REGISTERS 8u
#define POINTS 15u /* of a call, in whose middle others can be made */

enum kind {
	NUMBER, /* which is 0 */
	PROCESS, DESCRIPTOR, OFFSET, PAGES, LENGTH, ADDRESS, GRANT, DOMAIN, PORT, MEMORY,
	KINDS
};

enum op {
	OPEN, CLOSE, DUP, SEND, FORK, EXIT,
	MAP, UNMAP, GET_OFFSET, SET_MAX, NOTIFY, COPY, IOCTL,
	MMAP, MUNMAP, MPROTECT, MREMAP, MADVISE, STORE, LOAD, RACE,
	GRANT_FRAME, REVOKE, OWNER_STORE, OWNER_LOAD, PAGE_OUT, DIE,
	BIND, PORT_CLOSE, PEER_CLOSE, EVENTS,
	SIGNAL, INVALIDATE, REAP, IO_BEGIN, IO_END, DEFERRED, LIMIT, FAULT, FAIL_NTH,
	OPS
};

/* What a register of @which holds, or 0 of a number, and @number more. */
struct value {
	uint8_t kind, which;
	uint64_t number;
};

struct call {
	uint8_t op;
	uint8_t to; /* the register of its result */
	uint8_t compat; /* 1: an ioctl of a 32-bit caller */
	uint8_t inner; /* not 0: it is made in the middle of the call before it, at this point where no lock is held */
	uint8_t items;
	uint16_t first; /* of the values of its list */
	struct value arg[PROGRAM_ARGS];
};

struct program {
	bool automatic, header; /* the world: an auto-translated domain; the header profile */
	uint16_t limit; /* grants a call; 0: the default */
	uint16_t maptrack; /* handles that Xen has; 0: the default */
	uint16_t calls, values;
	struct call call[PROGRAM_CALLS];
	struct value value[PROGRAM_VALUES];
};

/*
 * An operation: what its result is kept as (NUMBER: it has none); what its arguments are meant to be, a letter each, and those
 * of an item of its list. Any argument can be any number.
 *
 *	P process    F descriptor   O offset      A memory       V mapping    L length
 *	N count      G grant        D domain      T port         B offset in a page
 *	X flags      C command      W anything
 */
struct operation {
	const char *name;
	enum kind result;
	const char *args, *item;
	unsigned int items; /* at most */
};

extern const struct operation operations[OPS];
extern const char kind_letters[KINDS + 1];

/* Any @size bytes, as a program. */
void program_decode(struct program *p, const uint8_t *bytes, size_t size);
/* The bytes of which program_decode() makes the same program: how many; 0: more than @room. */
size_t program_encode(const struct program *p, uint8_t *bytes, size_t room);
bool program_equal(const struct program *p, const struct program *q);
/* Of a call: the values of an item of its list. */
static inline unsigned int program_width(const struct call *c)
{
	return c->items ? (unsigned int)__builtin_strlen(operations[c->op].item) : 0;
}
