/* SPDX-License-Identifier: MIT */
/*
 * A device under test that is the model's, and records what it is asked for as a program. What the runner does for itself, to
 * prepare an argument or to look at what came of a call, is not: see rows.c. It must not change what the row sees.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "../../tests/conformance/dut_model.h"
#include "dut.h"

uint8_t dut_caller;
static unsigned int depth; /* of calls: in the middle of one, another is of another thread */

struct value dut_who(void)
{
	return (struct value){ .kind = PROCESS, .which = dut_caller };
}

struct value dut_address(uint64_t addr)
{
	return names_value(MEMORY, dut_caller, addr);
}

/* A call of a process, and its first arguments. */
struct call *dut_begin(uint8_t op, unsigned int n, const struct value *v)
{
	struct call *c = record_call(op);

	for (unsigned int i = 0; i < n; i++)
		record_arg(c, i, v[i]);
	if (!depth++)
		rows_points = 0;
	return c;
}

struct thing *dut_end(struct call *c, int64_t result, uint64_t len)
{
	depth--;
	return record_end(c, result, dut_caller, len);
}

/* ---- descriptors */

static int rec_open(int flags)
{
	struct call *c = BEGIN(OPEN, dut_who(), plain((uint32_t)flags));
	int fd = dut_model.open(flags);

	dut_end(c, fd, 1);
	return fd;
}

static int rec_close(int fd)
{
	struct call *c = BEGIN(CLOSE, dut_who(), names_value(DESCRIPTOR, dut_caller, (uint64_t)fd));
	int result = dut_model.close(fd);

	dut_end(c, result, 0);
	if (c && !result)
		names_gone(DESCRIPTOR, dut_caller, (uint64_t)fd, 1);
	return result;
}

static int rec_dup(int fd)
{
	struct call *c = BEGIN(DUP, dut_who(), names_value(DESCRIPTOR, dut_caller, (uint64_t)fd));
	int result = dut_model.dup(fd);

	dut_end(c, result, 1);
	return result;
}

/* ---- ioctls */

static int64_t ask(int fd, uint32_t command, uint64_t arg, bool compat)
{
	int64_t (*call)(int fd, uint32_t command, uint64_t arg) = compat ? dut_model.ioctl_compat : dut_model.ioctl;
	struct placed header = rows_header, segments = rows_segments;
	struct asked a;
	int64_t result;

	ioctl_begin(&a, dut_caller, (uint64_t)fd, command, compat, arg, header.there ? &header : NULL,
		    segments.there ? &segments : NULL);
	if (!depth++)
		rows_points = 0;
	result = call(fd, command, arg);
	depth--;
	ioctl_end(&a, result, dut_model.load);
	return result;
}

static int64_t rec_ioctl(int fd, uint32_t command, uint64_t arg)
{
	return ask(fd, command, arg, false);
}

static int64_t rec_ioctl_compat(int fd, uint32_t command, uint64_t arg)
{
	return ask(fd, command, arg, true);
}

/* ---- mappings */

static int64_t rec_mmap(uint64_t addr, uint64_t len, int prot, int flags, int fd, uint64_t offset)
{
	struct value length = fd < 0 ? plain(len) : names_of_map(LENGTH, offset, len);
	const struct thing *map = fd < 0 ? NULL : names_find(OFFSET, dut_caller, offset);
	struct call *c = BEGIN(MMAP, dut_who(), addr ? dut_address(addr) : plain(0), length, plain((uint32_t)prot),
			       plain((uint32_t)flags | (addr ? MAP_FIXED : 0)),
			       fd < 0 ? plain((uint64_t)fd) : names_value(DESCRIPTOR, dut_caller, (uint64_t)fd),
			       fd < 0 ? plain(offset) : names_value(OFFSET, dut_caller, offset));
	int64_t result = dut_model.mmap(addr, len, prot, flags, fd, offset);
	struct thing *t = dut_end(c, result, len);

	if (t) {
		t->writable = prot & PROT_WRITE;
		t->first_grant = map ? map->first_grant : NULL;
	}
	return result;
}

static int64_t rec_munmap(uint64_t addr, uint64_t len)
{
	struct call *c = BEGIN(MUNMAP, dut_who(), dut_address(addr), plain(len));
	int64_t result = dut_model.munmap(addr, len);

	dut_end(c, result, 0);
	if (c && !result)
		names_gone(ADDRESS, dut_caller, addr, len);
	return result;
}

static int rec_mprotect(uint64_t addr, uint64_t len, int prot)
{
	struct call *c = BEGIN(MPROTECT, dut_who(), dut_address(addr), plain(len), plain((uint32_t)prot));
	int result = dut_model.mprotect(addr, len, prot);

	dut_end(c, result, 0);
	return result;
}

static int64_t rec_mremap(uint64_t addr, uint64_t old_len, uint64_t new_len, int flags, uint64_t to)
{
	struct call *c = BEGIN(MREMAP, dut_who(), dut_address(addr), plain(old_len), plain(new_len), plain((uint32_t)flags),
			       to ? dut_address(to) : plain(0));
	int64_t result = dut_model.mremap(addr, old_len, new_len, flags, to);

	dut_end(c, result, new_len);
	return result;
}

static int rec_madvise(uint64_t addr, uint64_t len, int advice)
{
	struct call *c = BEGIN(MADVISE, dut_who(), dut_address(addr), plain(len), plain((uint32_t)advice));
	int result = dut_model.madvise(addr, len, advice);

	dut_end(c, result, 0);
	return result;
}

/* ---- bytes */

/* What can be read is looked at by the runner, too; so one that cannot is said, and of several at once the first. */
static int rec_load(uint64_t addr, void *to, uint64_t len)
{
	const struct program *p = &recording.p;
	int result = dut_model.load(addr, to, len);

	if (result && !(p->calls && p->call[p->calls - 1].op == LOAD)) {
		struct call *c = BEGIN(LOAD, dut_who(), dut_address(addr), plain(len));

		dut_end(c, result, 0);
	}
	return result;
}

uint64_t dut_first_word(const void *from, uint64_t len)
{
	uint64_t word = 0;

	memcpy(&word, from, len < sizeof(word) ? len : sizeof(word));
	return word;
}

/* A program has other patterns: as many bytes, and those are the same that eight bytes can be. */
static int rec_store(uint64_t addr, const void *from, uint64_t len)
{
	struct call *c = BEGIN(STORE, dut_who(), dut_address(addr), plain(len), plain(dut_first_word(from, len)));
	int result = dut_model.store(addr, from, len);

	dut_end(c, result, 0);
	return result;
}

/* ---- the other side */

struct value dut_domain_of(uint32_t ref)
{
	const struct thing *t = names_find(GRANT, 0, ref);

	return t ? (struct value){ .kind = DOMAIN, .which = t->which } : plain(MODEL_DOM0);
}

static int64_t rec_grant(bool readonly)
{
	struct call *c = BEGIN(GRANT_FRAME, plain(MODEL_DOM0), plain(MODEL_DOM0), plain(readonly));
	int64_t ref = dut_model.grant(readonly);

	dut_end(c, ref, 1);
	return ref;
}

static int rec_revoke(uint32_t ref)
{
	struct call *c = BEGIN(REVOKE, dut_domain_of(ref), names_value(GRANT, 0, ref));
	int result = dut_model.revoke(ref);

	dut_end(c, result, 0);
	if (c && !result)
		names_gone(GRANT, dut_caller, ref, 1);
	return result;
}

static int rec_owner_store(uint32_t ref, uint32_t offset, const void *from, uint32_t len)
{
	struct call *c;
	int result;

	if (rows_filling)
		return dut_model.owner_store(ref, offset, from, len);
	c = BEGIN(OWNER_STORE, dut_domain_of(ref), names_value(GRANT, 0, ref), plain(offset), plain(len),
		  plain(dut_first_word(from, len)));
	result = dut_model.owner_store(ref, offset, from, len);
	dut_end(c, result, 0);
	return result;
}

static void rec_fail(enum dut_fault fault, uint64_t nth)
{
	struct call *c = BEGIN(FAULT, plain(powers_fault(fault)), plain(nth), plain(0));

	dut_model.fail(fault, nth);
	dut_end(c, 0, 0);
}

/* ---- the device */

const struct dut *rows_dut(void)
{
	static struct dut dut;

	dut_caller = 0;
	depth = 0;
	dut = dut_model;
	dut.powers = dut_powers();
	dut.open = rec_open;
	dut.close = rec_close;
	dut.dup = rec_dup;
	dut.ioctl = rec_ioctl;
	dut.ioctl_compat = rec_ioctl_compat;
	dut.mmap = rec_mmap;
	dut.munmap = rec_munmap;
	dut.mprotect = rec_mprotect;
	dut.mremap = rec_mremap;
	dut.madvise = rec_madvise;
	dut.load = rec_load;
	dut.store = rec_store;
	dut.grant = rec_grant;
	dut.revoke = rec_revoke;
	dut.owner_store = rec_owner_store;
	dut.fail = rec_fail;
	dut.port = rec_port;
	dut.port_close = rec_port_close;
	dut.peer_close = rec_peer_close;
	dut.events = rec_events;
	return &dut;
}
