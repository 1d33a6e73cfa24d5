/* SPDX-License-Identifier: MIT */
/*
 * A real device as a machine for programs: see on_device.h. Here is what the parent does: it makes processes and asks them, and
 * has the grants and the event channels.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "on_device.h"
#include "on_device_process.h"
#include "../tests/conformance/dut.h"

#define GRANTS 256u
#define PATIENCE_MS 100 /* until it is asked whether a process is still there */
#define LIMIT_DEFAULT 65536u

static uint32_t granted[GRANTS];
static uint32_t grants;
static uint32_t ports[PROGRAM_CALLS];
static uint32_t nports;

/* ---- the processes, as their parent sees them */

/* The answer of a process, or DIED. */
static int64_t wait_for(unsigned int number)
{
	struct pollfd answer = { .fd = process[number].answer[0], .events = POLLIN };
	int status;
	char byte;

	for (;;) {
		if (poll(&answer, 1, PATIENCE_MS) == 1)
			return read(process[number].answer[0], &byte, 1) == 1 ? shared->result : DIED;
		if (waitpid(process[number].pid, &status, WNOHANG) == process[number].pid) {
			process[number].pid = 0;
			return DIED - (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
		}
	}
}

static int64_t ask(unsigned int number, const struct action *c)
{
	char byte = 0;

	shared->action = *c;
	if (write(process[number].ask[1], &byte, 1) != 1)
		return DIED;
	return wait_for(number);
}

static void end_process(unsigned int number)
{
	char byte = 0;

	if (!process[number].pid)
		return;
	shared->action = (struct action){ .op = EXIT };
	if (write(process[number].ask[1], &byte, 1) == 1)
		waitpid(process[number].pid, NULL, 0);
	process[number].pid = 0;
}

static int64_t fork_process(unsigned int from, unsigned int child)
{
	int64_t pid;

	if (from == child)
		return -EINVAL;
	end_process(child);
	pid = ask(from, &(struct action){ .op = FORK, .a = { child } });
	if (pid < 0)
		return pid;
	process[child].pid = (pid_t)pid;
	return 0;
}

static int64_t grant(const uint64_t *a)
{
	int64_t ref = dut_real.grant(a[2] & 1);

	if (ref >= 0 && grants < GRANTS)
		granted[grants++] = (uint32_t)ref;
	return ref;
}

static int64_t take_back(uint32_t ref)
{
	for (uint32_t i = 0; i < grants; i++) {
		if (granted[i] == ref) {
			granted[i] = granted[--grants];
			break;
		}
	}
	return dut_real.revoke(ref);
}

static int64_t bind(void)
{
	int64_t port = dut_real.port();

	if (port >= 0 && nports < PROGRAM_CALLS)
		ports[nports++] = (uint32_t)port;
	return port;
}

static bool of_parent(const struct action *c, int64_t *result)
{
	const uint64_t *a = c->a;

	switch (c->op) {
	case GRANT_FRAME:
		*result = grant(a);
		return true;
	case REVOKE:
		*result = take_back((uint32_t)a[1]);
		return true;
	case OWNER_STORE:
		*result = dut_real.owner_store((uint32_t)a[1], (uint32_t)a[2], c->bytes, c->len);
		return true;
	case OWNER_LOAD:
		*result = dut_real.owner_load((uint32_t)a[1], (uint32_t)a[2], c->bytes, c->len);
		return true;
	case BIND:
		*result = bind();
		return true;
	case PORT_CLOSE:
		*result = dut_real.port_close((uint32_t)a[0]);
		return true;
	case PEER_CLOSE:
		*result = dut_real.peer_close((uint32_t)a[0]);
		return true;
	case EVENTS:
		*result = dut_real.events((uint32_t)a[0]);
		return true;
	case LIMIT:
		*result = dut_real_limit((uint32_t)a[0]);
		return true;
	default:
		return false;
	}
}

static int64_t on_device_perform(struct machine *machine, const struct action *c)
{
	struct action action = *c;
	unsigned int number = c->process;
	int64_t result;

	(void)machine;
	if (of_parent(c, &result))
		return result;
	if (c->op == EXIT) {
		end_process(number);
		return 0;
	}
	if (!process[number].pid && fork_process(SPAWNER, number))
		return DIED;
	if (c->op == FORK)
		return fork_process(number, (unsigned int)c->a[0]);
	if (c->op == SEND) {
		shared->from = process[number].pid;
		number = (unsigned int)c->a[1];
		if (!process[number].pid && fork_process(SPAWNER, number))
			return DIED;
	}
	if (c->op == STORE)
		memcpy(shared->bytes, c->bytes, c->len);
	result = ask(number, &action);
	if (c->op == LOAD && result == 0)
		memcpy(c->bytes, shared->bytes, c->len);
	return result;
}

/* ---- beginning and end */

/* Signals that a process gets for what its program does are answers (dut_real.begin() sees to that, once in each). */
static bool spawner(const struct on_device *o)
{
	const struct dut_config config = { .device = o->path, .domain = o->domain };
	pid_t pid = fork();

	if (pid == 0) {
		if (dut_real.begin(&config))
			_exit(3);
		dut_real.end(); /* the grants are the parent's */
		serve(SPAWNER);
	}
	process[SPAWNER].pid = pid;
	return pid > 0;
}

bool on_device_start(struct on_device *o)
{
	if (!processes_start())
		return false;
	o->machine = (struct machine){ .perform = on_device_perform, .device = true, .stock = o->machine.stock };
	signal(SIGPIPE, SIG_IGN);
	return spawner(o);
}

int on_device_begin(struct on_device *o, const struct program *p)
{
	const struct dut_config config = { .device = o->path, .domain = o->domain, .limit = p->limit ? p->limit : LIMIT_DEFAULT };
	int error = dut_real.begin(&config);

	grants = nports = 0;
	o->machine.owner = error ? 0 : dut_real.owner();
	return error;
}

void on_device_end(struct on_device *o)
{
	(void)o;
	for (unsigned int i = 0; i < PROCESSES; i++)
		end_process(i);
	while (grants)
		dut_real.revoke(granted[--grants]);
	while (nports)
		dut_real.port_close(ports[--nports]);
	dut_real.end();
}
