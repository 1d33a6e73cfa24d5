/* SPDX-License-Identifier: MIT */
/* The other half of the recording device: event channels, processes, devices, the kernel, Xen, other threads. See dut.c. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "../../tests/conformance/dut_model.h"
#include "dut.h"

static void (*hook)(void *cookie);
static void *hook_cookie;

/* ---- event channels */

int64_t rec_port(void)
{
	struct call *c = BEGIN(BIND, plain(1));
	int64_t port = dut_model.port();

	dut_end(c, port, 1);
	return port;
}

int rec_port_close(uint32_t port)
{
	struct call *c = BEGIN(PORT_CLOSE, names_value(PORT, 0, port));
	int result = dut_model.port_close(port);

	dut_end(c, result, 0);
	return result;
}

int rec_peer_close(uint32_t port)
{
	struct call *c = BEGIN(PEER_CLOSE, names_value(PORT, 0, port));
	int result = dut_model.peer_close(port);

	dut_end(c, result, 0);
	return result;
}

int64_t rec_events(uint32_t port)
{
	struct call *c = BEGIN(EVENTS, names_value(PORT, 0, port));
	int64_t events = dut_model.events(port);

	dut_end(c, events, 0);
	return events;
}

/* ---- processes, devices, the kernel, Xen */

static void rec_become(unsigned int process)
{
	dut_caller = (uint8_t)process;
	model_powers.become(process);
}

static int rec_fork(unsigned int child)
{
	struct call *c = BEGIN(FORK, dut_who());
	int result = model_powers.fork(child);

	dut_end(c, result, 0);
	if (c)
		c->to = (uint8_t)child;
	return result;
}

static int rec_send_fd(int fd, unsigned int to)
{
	struct call *c = BEGIN(SEND, dut_who(), names_value(DESCRIPTOR, dut_caller, (uint64_t)fd),
			       (struct value){ .kind = PROCESS, .which = (uint8_t)to });
	int result = model_powers.send_fd(fd, to);
	struct thing *t = dut_end(c, result, 1);

	if (t)
		t->process = (uint8_t)to;
	return result;
}

static void rec_exit(unsigned int process)
{
	struct call *c = BEGIN(EXIT, (struct value){ .kind = PROCESS, .which = (uint8_t)process });

	model_powers.exit(process);
	dut_end(c, 0, 0);
}

static int rec_io(uint64_t addr, bool start)
{
	struct call *c = BEGIN(start ? IO_BEGIN : IO_END, dut_who(), dut_address(addr));
	int result = model_powers.io(addr, start);

	dut_end(c, result, 0);
	return result;
}

static uint32_t rec_deferred(void)
{
	struct call *c = dut_begin(DEFERRED, 0, NULL);
	uint32_t n = model_powers.deferred();

	dut_end(c, n, 0);
	return n;
}

static int rec_page_out(uint32_t ref, uint32_t n)
{
	struct call *c = BEGIN(PAGE_OUT, dut_domain_of(ref), names_value(GRANT, 0, ref), plain(n));
	int result = model_powers.page_out(ref, n);

	dut_end(c, result, 0);
	return result;
}

static int rec_invalidate(uint64_t addr, uint64_t len, bool may_block)
{
	struct call *c = BEGIN(INVALIDATE, dut_who(), dut_address(addr), plain(len), plain(may_block));
	int result = model_powers.invalidate(addr, len, may_block);

	dut_end(c, result, 0);
	return result;
}

static int rec_reap(unsigned int process)
{
	struct call *c = BEGIN(REAP, (struct value){ .kind = PROCESS, .which = (uint8_t)process });
	int result = model_powers.reap(process);

	dut_end(c, result, 0);
	return result;
}

static void rec_signal(bool fatal)
{
	struct call *c = BEGIN(SIGNAL, dut_who(), plain(fatal));

	model_powers.signal(fatal);
	dut_end(c, 0, 0);
}

static void rec_set_limit(uint32_t limit)
{
	struct call *c = BEGIN(LIMIT, plain(limit));

	model_powers.set_limit(limit);
	dut_end(c, 0, 0);
}

/* GNTST_general_error is what no status means. */
static void rec_fail_with(enum dut_fault fault, uint64_t nth, int16_t status)
{
	struct call *c = BEGIN(FAULT, plain(powers_fault(fault)), plain(nth), plain((uint64_t)status));

	model_powers.fail_with(fault, nth, status);
	dut_end(c, 0, 0);
}

static void rec_racing(uint64_t addr, uint64_t len, const void *bytes)
{
	bool argument = rows_header.there && rows_header.free_choice;
	struct call *c = BEGIN(RACE, dut_who(), argument ? names_page(0, 0) : dut_address(addr), plain(len),
			       plain(dut_first_word(bytes, len)));

	model_powers.racing(addr, len, bytes);
	dut_end(c, 0, 0);
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

/* ---- all of them */

const struct dut_powers *dut_powers(void)
{
	static struct dut_powers powers;

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
	return &powers;
}

void rows_memory(uint64_t addr, uint32_t pages, int prot)
{
	struct value at;
	unsigned int page;
	struct call *c;

	if (!names_add_memory(dut_caller, addr, pages, &page)) {
		record_why_not("its memory is more than the arena");
		return;
	}
	if (prot & PROT_WRITE)
		return;
	at = names_page(page, 0);
	c = BEGIN(MPROTECT, dut_who(), at, plain((uint64_t)pages * PAGE), plain((uint32_t)prot));
	dut_end(c, 0, 0);
}
