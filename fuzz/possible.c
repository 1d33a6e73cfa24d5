/* SPDX-License-Identifier: MIT */
/*
 * What a program can do to a real device in a PV dom0 that grants to itself, so that the answer can be compared with the
 * model's: nothing that needs a fault or a schedule, and no name or address that means something there that it does not mean in
 * the model. What is left out there is left out in both.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "execute.h"

#define WINDOW 0x7f0000000000ull /* where the model puts mappings */
#define WINDOW_END (WINDOW + (1ull << 32))
#define USER_END 0x7ffffffff000ull
#define FIRST_PAGES 0x10000ull /* where no program has anything */
#define LENGTH_MAX (1ull << 26)
#define FDS 900u /* above are the replayer's own */
#define FDS_MAX 1024u
#define FIRST_FD 3u
#define NO_GRANT 0x10000000ull /* references from here on are beyond every table */
#define IOCTL_COPY 0x00104708u
#define NO_PORT 131072ull
#define NO_DOMAIN 1024u /* ids from here on are nobody's */

/* [address, address + len): the same memory, or none, in both. */
static bool place(uint64_t address, uint64_t len)
{
	uint64_t end = address + len;

	if (address < FIRST_PAGES)
		return end <= FIRST_PAGES && end >= address;
	if (address >= ARENA - PAGE && address < ARENA_END + FIRST_PAGES)
		return end >= address && end <= ARENA_END + FIRST_PAGES;
	if (address >= WINDOW && address < WINDOW_END)
		return end >= address && end <= WINDOW_END;
	return address >= USER_END;
}

/* A name that a register holds, or one that nobody has; what is near a name is another one's on the other machine. */
static bool name(const struct value *v, uint64_t number, enum kind kind, uint64_t nobody)
{
	bool here = v->kind == kind ? v->number == 0 : number == 0;

	return here || (uint32_t)number >= nobody;
}

static bool argument(const struct run *r, const struct call *c, unsigned int i, uint64_t number)
{
	const struct value *v = &c->arg[i];

	switch (operations[c->op].args[i]) {
	case 'D': /* of who grants and who is granted to, and of whose the event channel is, there is no choice */
		return c->op == GRANT_FRAME || c->op == BIND || number == r->on->owner;
	case 'F':
		return (int)number < 0 || ((int)number >= (int)FIRST_FD && (int)number < (int)FDS) || (int)number >= (int)FDS_MAX;
	case 'A':
	case 'V':
		return place(number, 1);
	case 'G':
		return name(v, number, GRANT, NO_GRANT);
	case 'T': /* a notification may name any; who counts its events, or closes it, must know it */
		return c->op == NOTIFY ? name(v, number, PORT, NO_PORT) : v->kind == PORT && !v->number && number;
	case 'L':
		return number <= LENGTH_MAX;
	default:
		return true;
	}
}

/* A side of a segment is an address or a grant, as the flags say; how much is copied matters at addresses. */
static bool segment(const struct run *r, const struct value *v)
{
	uint64_t flags = evaluate(r, &v[0]), len = evaluate(r, &v[1]) & 0xffff;

	for (unsigned int side = 0; side < 2; side++) {
		const struct value *at = &v[2 + 3 * side];
		uint64_t number = evaluate(r, at);

		if (flags >> side & 1 ? !name(at, (uint32_t)number, GRANT, NO_GRANT) : !place(number, len))
			return false;
		/* other domains may be there, or not */
		number = evaluate(r, &at[2]) & 0xffff;
		if (flags >> side & 1 && number != r->on->owner && number < NO_DOMAIN)
			return false;
	}
	return true;
}

static bool list(const struct run *r, const struct call *c)
{
	unsigned int width = program_width(c);

	for (unsigned int i = 0; i < c->items; i++) {
		const struct value *v = &r->p->value[c->first + i * width];

		if (c->op == COPY ? !segment(r, v) : !name(&v[1], evaluate(r, &v[1]), GRANT, NO_GRANT))
			return false;
	}
	return true;
}

static bool known_advice(uint64_t advice)
{
	return advice == MADV_DONTNEED || advice == MADV_DONTFORK || advice == MADV_DOFORK || advice == MADV_WIPEONFORK
	       || advice == MADV_KEEPONFORK || advice == MADV_DONTDUMP || advice == MADV_DODUMP;
}

/* Memory that is to be written and not read can be pinned for reading while it happens to be there: nobody can say when. */
static bool known_access(uint64_t prot)
{
	return !(prot & ~7ull) && (!(prot & PROT_WRITE) || (prot & PROT_READ));
}

/* The bits of which the model knows what they mean. */
static bool bits(const struct call *c, const uint64_t *a)
{
	const uint64_t map = MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	switch (c->op) {
	case OPEN:
		return (a[1] & ~3ull) == 0;
	case MMAP:
		return known_access(a[3]) && !(a[4] & ~map);
	case MPROTECT:
		return known_access(a[3]);
	case MADVISE:
		return known_advice(a[3]);
	case MREMAP:
		return !(a[4] & ~7ull);
	case IOCTL: /* of others Linux answers some by itself; and what is in memory may be names of the other machine */
		return (a[2] >> 8 & 0xff) == 'G' && (uint32_t)a[2] != IOCTL_COPY;
	default:
		return true;
	}
}

/* What a call touches from an address on. */
static bool range(const struct call *c, const uint64_t *a)
{
	switch (c->op) {
	case MMAP:
		return a[1] == 0 || place(a[1], a[2]);
	case MUNMAP:
	case MPROTECT:
	case MADVISE:
		return place(a[1], a[2]);
	case MREMAP:
		return place(a[1], a[2]) && place(a[1], a[3]) && place(a[5], a[3]);
	case STORE:
	case LOAD:
		return place(a[1], a[2] % (TRANSFER + 1));
	case OWNER_STORE:
	case OWNER_LOAD:
		return a[2] < PAGE && a[3] % (TRANSFER + 1) <= PAGE - a[2];
	case MAP: /* what there is of memory, and what is put there of the argument */
		return ((uint32_t)a[3] <= DEVICE_PAGES || (uint32_t)a[3] > 65536);
	case COPY:
		return place(a[3], (a[4] & 0xff) * 24);
	default:
		return true;
	}
}

/*
 * What a kernel with Linux's own driver may not survive (spec/profiles.md): DEF-005, DEF-006: a byte to be cleared; DEF-019: an
 * address in the last page; DEF-022: MADV_DOFORK; DEF-201: a map that takes all memory there is, and the replayer with it.
 */
static bool survives(const struct run *r, const struct call *c, const uint64_t *a)
{
	if (!r->on->stock)
		return true;
	for (unsigned int i = 0; c->op == COPY && i < c->items * program_width(c); i++) {
		if (evaluate(r, &r->p->value[c->first + i]) >= -(uint64_t)PAGE)
			return false;
	}
	if (c->op == MAP && (uint32_t)a[3] > DEVICE_PAGES && (uint32_t)a[3] <= r->limit)
		return false;
	return !(c->op == NOTIFY && a[4] & 1) && !(c->op == MADVISE && a[3] == MADV_DOFORK);
}

bool possible(const struct run *r, const struct call *c)
{
	uint64_t a[PROGRAM_ARGS] = { 0 };

	switch (c->op) {
	case RACE:
	case PAGE_OUT:
	case DIE:
	case SIGNAL ... DEFERRED:
	case FAULT:
	case FAIL_NTH:
		return false;
	default:
		if (c->inner)
			return false;
	}
	for (unsigned int i = 0; operations[c->op].args[i]; i++) {
		a[i] = evaluate(r, &c->arg[i]);
		if (!argument(r, c, i, a[i]))
			return false;
	}
	return bits(c, a) && range(c, a) && list(r, c) && survives(r, c, a);
}
