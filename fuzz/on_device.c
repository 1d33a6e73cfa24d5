/* SPDX-License-Identifier: MIT */
/*
 * A real device as a machine for programs: see on_device.h. There is a process that has nothing but its program, from which
 * the others are made; and descriptors of ours are far above those that a program counts with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "on_device.h"
#include "../tests/conformance/dut.h"

#define FIRST_OF_OURS 900
#define SPAWNER PROCESSES /* the process that others are made from */
#define GRANTS 256u
#define PATIENCE_MS 100 /* until it is asked whether a process is still there */
#define LIMIT_DEFAULT 65536u

/* What a process is asked for, and its answer, in memory that all share. */
static struct shared {
	struct action action;
	int64_t result;
	pid_t from; /* SEND: of whom */
	uint8_t bytes[TRANSFER];
} *shared;

static struct {
	int ask[2], answer[2]; /* pipes */
	pid_t pid; /* 0: there is none */
} process[PROCESSES + 1];

static uint32_t granted[GRANTS];
static uint32_t grants;
static uint32_t ports[PROGRAM_CALLS];
static uint32_t nports;

/* ---- in a process */

static pid_t clone_process(void)
{
	/* a child of our parent, who hears if it dies */
	return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
}

static int64_t answer_of(int64_t result)
{
	return result < 0 ? -errno : result;
}

static int64_t receive(pid_t from, int fd)
{
	int low = (int)syscall(SYS_pidfd_open, from, 0), pidfd, got;

	if (low < 0)
		return -errno;
	pidfd = fcntl(low, F_DUPFD_CLOEXEC, FIRST_OF_OURS);
	close(low);
	got = (int)answer_of(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
	close(pidfd);
	return got;
}

static int64_t map_memory(const uint64_t *a)
{
	void *at = mmap((void *)(uintptr_t)a[0], a[1], (int)a[2], (int)a[3], (int)a[4], (off_t)a[5]);

	return at == MAP_FAILED ? -errno : (int64_t)(uintptr_t)at;
}

static int64_t move_memory(const uint64_t *a)
{
	void *at = mremap((void *)(uintptr_t)a[0], a[1], a[2], (int)a[3], (void *)(uintptr_t)a[4]);

	return at == MAP_FAILED ? -errno : (int64_t)(uintptr_t)at;
}

/* Page by page, so that what comes before a fault is done, whichever way memory is copied. */
static int64_t move(const struct action *c)
{
	uint32_t done = 0, n;
	int64_t error = 0;

	for (; !error && done < c->len; done += n) {
		uint64_t at = c->a[0] + done;

		n = PAGE - (uint32_t)(at % PAGE);
		n = n < c->len - done ? n : c->len - done;
		error = c->op == STORE ? dut_real.store(at, shared->bytes + done, n) : dut_real.load(at, shared->bytes + done, n);
	}
	return error;
}

static int64_t act(const struct action *c)
{
	const uint64_t *a = c->a;

	switch (c->op) {
	case OPEN:
		return dut_real.open((int)a[0]);
	case CLOSE:
		return dut_real.close((int)a[0]);
	case DUP:
		return answer_of(fcntl((int)a[0], F_DUPFD, 3));
	case SEND:
		return receive(shared->from, (int)a[0]);
	case IOCTL:
		return c->compat ? dut_real.ioctl_compat((int)a[0], (uint32_t)a[1], a[2])
				 : dut_real.ioctl((int)a[0], (uint32_t)a[1], a[2]);
	case MMAP:
		return map_memory(a);
	case MUNMAP:
		return dut_real.munmap(a[0], a[1]);
	case MPROTECT:
		return dut_real.mprotect(a[0], a[1], (int)a[2]);
	case MREMAP:
		return move_memory(a);
	case MADVISE:
		return dut_real.madvise(a[0], a[1], (int)a[2]);
	default:
		return move(c);
	}
}

/* The memory that every process has from its beginning. */
static void arena(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	if (mmap((void *)(uintptr_t)ARENA, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED
	    || mmap((void *)(uintptr_t)(ARENA_END - PAGE), PAGE, PROT_READ, flags, -1, 0) == MAP_FAILED)
		_exit(3);
}

/* Process @number, until it is told to exit, or its parent is gone. */
static void serve(unsigned int number)
{
	char byte;

	while (read(process[number].ask[0], &byte, 1) == 1) {
		struct action action = shared->action;

		if (action.op == EXIT)
			_exit(0);
		if (action.op == FORK) {
			pid_t pid = clone_process();

			if (pid == 0) { /* it is another process from here on, and has its memory or that of the spawner */
				if (number == SPAWNER)
					arena();
				number = (unsigned int)action.a[0];
				continue;
			}
			shared->result = answer_of(pid);
		} else {
			shared->result = act(&action);
		}
		if (write(process[number].answer[1], &byte, 1) != 1)
			break;
	}
	_exit(0);
}

/* ---- in the parent */

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

static bool pipe_of_ours(int ends[2])
{
	int low[2];

	if (pipe(low))
		return false;
	for (unsigned int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_OF_OURS);
		close(low[i]);
	}
	return ends[0] >= 0 && ends[1] >= 0;
}

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
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return false;
	for (unsigned int i = 0; i <= PROCESSES; i++) {
		if (!pipe_of_ours(process[i].ask) || !pipe_of_ours(process[i].answer))
			return false;
	}
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
