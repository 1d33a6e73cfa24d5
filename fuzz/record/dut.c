/* SPDX-License-Identifier: MIT */
/*
 * A device under test that is the model's, and records what it is asked for as a program. What the runner does for itself, to
 * prepare an argument or to look at what came of a call, is not: see rows.c. It must not change what the row sees.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "../../tests/conformance/dut_model.h"
#include "ioctl.h"

static uint8_t caller; /* the row's process that makes the calls */
static unsigned int depth; /* of calls: in the middle of one, another is of another thread */
static void (*hook)(void *cookie);
static void *hook_cookie;

static struct value who(void)
{
	return (struct value){ .kind = PROCESS, .which = caller };
}

static struct value address(uint64_t addr)
{
	return names_value(MEMORY, caller, addr);
}

/* A call of a process, and its first arguments. */
static struct call *begin(uint8_t op, unsigned int n, const struct value *v)
{
	struct call *c = record_call(op);

	for (unsigned int i = 0; i < n; i++)
		record_arg(c, i, v[i]);
	if (!depth++)
		rows_points = 0;
	return c;
}

static struct thing *end(struct call *c, int64_t result, uint64_t len)
{
	depth--;
	return record_end(c, result, caller, len);
}

#define BEGIN(op, ...) begin(op, sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value), (struct value[]){ __VA_ARGS__ })

/* ---- descriptors */

static int rec_open(int flags)
{
	struct call *c = BEGIN(OPEN, who(), plain((uint32_t)flags));
	int fd = dut_model.open(flags);

	end(c, fd, 1);
	return fd;
}

static int rec_close(int fd)
{
	struct call *c = BEGIN(CLOSE, who(), names_value(DESCRIPTOR, caller, (uint64_t)fd));
	int result = dut_model.close(fd);

	end(c, result, 0);
	if (c && !result)
		names_gone(DESCRIPTOR, caller, (uint64_t)fd, 1);
	return result;
}

static int rec_dup(int fd)
{
	struct call *c = BEGIN(DUP, who(), names_value(DESCRIPTOR, caller, (uint64_t)fd));
	int result = dut_model.dup(fd);

	end(c, result, 1);
	return result;
}

/* ---- ioctls */

static int64_t ask(int fd, uint32_t command, uint64_t arg, bool compat)
{
	int64_t (*call)(int fd, uint32_t command, uint64_t arg) = compat ? dut_model.ioctl_compat : dut_model.ioctl;
	struct placed header = rows_header, segments = rows_segments;
	struct asked a;
	int64_t result;

	ioctl_begin(&a, caller, (uint64_t)fd, command, compat, arg, header.there ? &header : NULL,
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
	const struct thing *map = fd < 0 ? NULL : names_find(OFFSET, caller, offset);
	struct call *c = BEGIN(MMAP, who(), addr ? address(addr) : plain(0), length, plain((uint32_t)prot),
			       plain((uint32_t)flags | (addr ? MAP_FIXED : 0)),
			       fd < 0 ? plain((uint64_t)fd) : names_value(DESCRIPTOR, caller, (uint64_t)fd),
			       fd < 0 ? plain(offset) : names_value(OFFSET, caller, offset));
	int64_t result = dut_model.mmap(addr, len, prot, flags, fd, offset);
	struct thing *t = end(c, result, len);

	if (t) {
		t->writable = prot & PROT_WRITE;
		t->first_grant = map ? map->first_grant : NULL;
	}
	return result;
}

static int64_t rec_munmap(uint64_t addr, uint64_t len)
{
	struct call *c = BEGIN(MUNMAP, who(), address(addr), plain(len));
	int64_t result = dut_model.munmap(addr, len);

	end(c, result, 0);
	if (c && !result)
		names_gone(ADDRESS, caller, addr, len);
	return result;
}

static int rec_mprotect(uint64_t addr, uint64_t len, int prot)
{
	struct call *c = BEGIN(MPROTECT, who(), address(addr), plain(len), plain((uint32_t)prot));
	int result = dut_model.mprotect(addr, len, prot);

	end(c, result, 0);
	return result;
}

static int64_t rec_mremap(uint64_t addr, uint64_t old_len, uint64_t new_len, int flags, uint64_t to)
{
	struct call *c = BEGIN(MREMAP, who(), address(addr), plain(old_len), plain(new_len), plain((uint32_t)flags),
			       to ? address(to) : plain(0));
	int64_t result = dut_model.mremap(addr, old_len, new_len, flags, to);

	end(c, result, new_len);
	return result;
}

static int rec_madvise(uint64_t addr, uint64_t len, int advice)
{
	struct call *c = BEGIN(MADVISE, who(), address(addr), plain(len), plain((uint32_t)advice));
	int result = dut_model.madvise(addr, len, advice);

	end(c, result, 0);
	return result;
}

/* ---- bytes */

/* What can be read is looked at by the runner, too; so one that cannot is said, and of several at once the first. */
static int rec_load(uint64_t addr, void *to, uint64_t len)
{
	const struct program *p = &recording.p;
	int result = dut_model.load(addr, to, len);

	if (result && !(p->calls && p->call[p->calls - 1].op == LOAD)) {
		struct call *c = BEGIN(LOAD, who(), address(addr), plain(len));

		end(c, result, 0);
	}
	return result;
}

static uint64_t first_word(const void *from, uint64_t len)
{
	uint64_t word = 0;

	memcpy(&word, from, len < sizeof(word) ? len : sizeof(word));
	return word;
}

/* A program has other patterns: as many bytes, and those are the same that eight bytes can be. */
static int rec_store(uint64_t addr, const void *from, uint64_t len)
{
	struct call *c = BEGIN(STORE, who(), address(addr), plain(len), plain(first_word(from, len)));
	int result = dut_model.store(addr, from, len);

	end(c, result, 0);
	return result;
}

/* ---- the other side */

static struct value domain_of(uint32_t ref)
{
	const struct thing *t = names_find(GRANT, 0, ref);

	return t ? (struct value){ .kind = DOMAIN, .which = t->which } : plain(MODEL_DOM0);
}

static int64_t rec_grant(bool readonly)
{
	struct call *c = BEGIN(GRANT_FRAME, plain(MODEL_DOM0), plain(MODEL_DOM0), plain(readonly));
	int64_t ref = dut_model.grant(readonly);

	end(c, ref, 1);
	return ref;
}

static int rec_revoke(uint32_t ref)
{
	struct call *c = BEGIN(REVOKE, domain_of(ref), names_value(GRANT, 0, ref));
	int result = dut_model.revoke(ref);

	end(c, result, 0);
	if (c && !result)
		names_gone(GRANT, caller, ref, 1);
	return result;
}

static int rec_owner_store(uint32_t ref, uint32_t offset, const void *from, uint32_t len)
{
	struct call *c;
	int result;

	if (rows_filling)
		return dut_model.owner_store(ref, offset, from, len);
	c = BEGIN(OWNER_STORE, domain_of(ref), names_value(GRANT, 0, ref), plain(offset), plain(len), plain(first_word(from, len)));
	result = dut_model.owner_store(ref, offset, from, len);
	end(c, result, 0);
	return result;
}

static int64_t rec_port(void)
{
	struct call *c = BEGIN(BIND, plain(1));
	int64_t port = dut_model.port();

	end(c, port, 1);
	return port;
}

static int rec_port_close(uint32_t port)
{
	struct call *c = BEGIN(PORT_CLOSE, names_value(PORT, 0, port));
	int result = dut_model.port_close(port);

	end(c, result, 0);
	return result;
}

static int rec_peer_close(uint32_t port)
{
	struct call *c = BEGIN(PEER_CLOSE, names_value(PORT, 0, port));
	int result = dut_model.peer_close(port);

	end(c, result, 0);
	return result;
}

static int64_t rec_events(uint32_t port)
{
	struct call *c = BEGIN(EVENTS, names_value(PORT, 0, port));
	int64_t events = dut_model.events(port);

	end(c, events, 0);
	return events;
}

/* ---- processes, devices, the kernel, Xen */

static void rec_become(unsigned int process)
{
	caller = (uint8_t)process;
	model_powers.become(process);
}

static int rec_fork(unsigned int child)
{
	struct call *c = BEGIN(FORK, who());
	int result = model_powers.fork(child);

	end(c, result, 0);
	if (c)
		c->to = (uint8_t)child;
	return result;
}

static int rec_send_fd(int fd, unsigned int to)
{
	struct call *c = BEGIN(SEND, who(), names_value(DESCRIPTOR, caller, (uint64_t)fd),
			       (struct value){ .kind = PROCESS, .which = (uint8_t)to });
	int result = model_powers.send_fd(fd, to);
	struct thing *t = end(c, result, 1);

	if (t)
		t->process = (uint8_t)to;
	return result;
}

static void rec_exit(unsigned int process)
{
	struct call *c = BEGIN(EXIT, (struct value){ .kind = PROCESS, .which = (uint8_t)process });

	model_powers.exit(process);
	end(c, 0, 0);
}

static int rec_io(uint64_t addr, bool start)
{
	struct call *c = BEGIN(start ? IO_BEGIN : IO_END, who(), address(addr));
	int result = model_powers.io(addr, start);

	end(c, result, 0);
	return result;
}

static uint32_t rec_deferred(void)
{
	struct call *c = begin(DEFERRED, 0, NULL);
	uint32_t n = model_powers.deferred();

	end(c, n, 0);
	return n;
}

static int rec_page_out(uint32_t ref, uint32_t n)
{
	struct call *c = BEGIN(PAGE_OUT, domain_of(ref), names_value(GRANT, 0, ref), plain(n));
	int result = model_powers.page_out(ref, n);

	end(c, result, 0);
	return result;
}

static int rec_invalidate(uint64_t addr, uint64_t len, bool may_block)
{
	struct call *c = BEGIN(INVALIDATE, who(), address(addr), plain(len), plain(may_block));
	int result = model_powers.invalidate(addr, len, may_block);

	end(c, result, 0);
	return result;
}

static int rec_reap(unsigned int process)
{
	struct call *c = BEGIN(REAP, (struct value){ .kind = PROCESS, .which = (uint8_t)process });
	int result = model_powers.reap(process);

	end(c, result, 0);
	return result;
}

static void rec_signal(bool fatal)
{
	struct call *c = BEGIN(SIGNAL, who(), plain(fatal));

	model_powers.signal(fatal);
	end(c, 0, 0);
}

static void rec_set_limit(uint32_t limit)
{
	struct call *c = BEGIN(LIMIT, plain(limit));

	model_powers.set_limit(limit);
	end(c, 0, 0);
}

/* GNTST_general_error is what no status means. */
static void rec_fail_with(enum dut_fault fault, uint64_t nth, int16_t status)
{
	struct call *c = BEGIN(FAULT, plain(powers_fault(fault)), plain(nth), plain((uint64_t)status));

	model_powers.fail_with(fault, nth, status);
	end(c, 0, 0);
}

static void rec_fail(enum dut_fault fault, uint64_t nth)
{
	struct call *c = BEGIN(FAULT, plain(powers_fault(fault)), plain(nth), plain(0));

	dut_model.fail(fault, nth);
	end(c, 0, 0);
}

static void rec_racing(uint64_t addr, uint64_t len, const void *bytes)
{
	struct call *c = BEGIN(RACE, who(), rows_header.there && rows_header.free_choice ? names_page(0, 0) : address(addr), plain(len),
			       plain(first_word(bytes, len)));

	model_powers.racing(addr, len, bytes);
	end(c, 0, 0);
}

/* ---- in the middle of a call */

static void on_point(void *cookie)
{
	unsigned int before = recording_point;

	(void)cookie;
	recording_point = ++rows_points;
	hook(hook_cookie);
	recording_point = before;
}

static void rec_meanwhile(void (*to_call)(void *cookie), void *cookie)
{
	hook = to_call;
	hook_cookie = cookie;
	model_powers.meanwhile(to_call ? on_point : NULL, NULL);
}

/* ---- the device */

static struct dut_powers powers;
static struct dut dut;

const struct dut *rows_dut(void)
{
	caller = 0;
	depth = 0;
	powers = model_powers;
	powers.become = rec_become;
	powers.fork = rec_fork;
	powers.send_fd = rec_send_fd;
	powers.exit = rec_exit;
	powers.io = rec_io;
	powers.deferred = rec_deferred;
	powers.page_out = rec_page_out;
	powers.invalidate = rec_invalidate;
	powers.reap = rec_reap;
	powers.signal = rec_signal;
	powers.set_limit = rec_set_limit;
	powers.fail_with = rec_fail_with;
	powers.racing = rec_racing;
	powers.meanwhile = rec_meanwhile;
	dut = dut_model;
	dut.powers = &powers;
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

void rows_memory(uint64_t addr, uint32_t pages, int prot)
{
	struct value at;
	unsigned int page;
	struct call *c;

	if (!names_add_memory(caller, addr, pages, &page)) {
		record_why_not("its memory is more than the arena");
		return;
	}
	if (prot & PROT_WRITE)
		return;
	at = names_page(page, 0);
	c = BEGIN(MPROTECT, who(), at, plain((uint64_t)pages * PAGE), plain((uint32_t)prot));
	end(c, 0, 0);
}
