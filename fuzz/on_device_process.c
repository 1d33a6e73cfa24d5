/* SPDX-License-Identifier: MIT */
/* A process of a program on a real device: see on_device_process.h. It must not know what the program is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "on_device_process.h"
#include "../tests/conformance/dut.h"

#define FIRST_OF_OURS 900

struct shared *shared;
struct device_process process[PROCESSES + 1];

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

bool processes_start(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return false;
	for (unsigned int i = 0; i <= PROCESSES; i++) {
		if (!pipe_of_ours(process[i].ask) || !pipe_of_ours(process[i].answer))
			return false;
	}
	return true;
}

/* ---- calls */

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

void serve(unsigned int number)
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
