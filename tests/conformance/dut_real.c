// SPDX-License-Identifier: MIT
/*
 * A real device as a device under test, in dom0: system calls, and for the granting side dom0 itself or another domain
 * (grantor.h). A load or store that faults ends in a signal handler, which jumps back to where the fault becomes a result.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "dut_evtchn.h"
#include "grantor.h"

/* grants that a row may hold at once; gntalloc's own limit is 1024 pages */
#define GRANTS_MAX 256u

/* what is deferred must have happened by then */
#define UNMAP_MS 300u

#define LIMIT_DEFAULT 65536u

static struct grantor_frames grants[GRANTS_MAX];

static const char *device_path;
static bool limited; /* the module's limit is not the default */

/* ---- faults as results ---- */

static sigjmp_buf back;
static volatile sig_atomic_t guarded;

static void on_fault(int number)
{
	if (guarded)
		siglongjmp(back, 1);
	/* a bug of this program: let it crash */
	signal(number, SIG_DFL);
}

static void catch_faults(void)
{
	/* SA_NODEFER: the handler does not return, so the signal must not stay blocked */
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };

	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static int guarded_copy(void *to, const void *from, uint64_t len)
{
	if (sigsetjmp(back, 0)) {
		guarded = 0;
		return -EFAULT;
	}
	guarded = 1;
	memcpy(to, from, len);
	/* the compiler must not move the copy out from under the guard */
	__asm__ volatile("" ::: "memory");
	guarded = 0;
	return 0;
}

static int load(uint64_t addr, void *to, uint64_t len)
{
	return guarded_copy(to, (const void *)(uintptr_t)addr, len);
}

static int store(uint64_t addr, const void *from, uint64_t len)
{
	return guarded_copy((void *)(uintptr_t)addr, from, len);
}

/* ---- the device ---- */

/* The module's parameter, whichever module it is that offers the device (GNT-MOD-004). */
int dut_real_limit(uint32_t limit)
{
	static const char *const files[] = {
		"/sys/module/grantproof/parameters/limit",
		"/sys/module/xen_gntdev/parameters/limit",
	};
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", limit), error = -ENOENT;

	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		int fd = open(files[i], O_WRONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		error = write(fd, text, (size_t)length) == length ? 0 : -errno;
		close(fd);
	}
	return error;
}

static int real_begin(const struct dut_config *config)
{
	int error = config->limit ? dut_real_limit(config->limit) : 0;

	if (error)
		return error;
	limited = config->limit != 0;
	device_path = config->device;
	catch_faults();
	memset(grants, 0, sizeof(grants));
	return grantor_open(config->domain);
}

static const char *real_end(void)
{
	const char *held = evtchn_end();

	grantor_close();
	if (held)
		return held;
	return limited && dut_real_limit(LIMIT_DEFAULT) ? "the limit cannot be set back" : NULL;
}

static int open_device(int flags)
{
	int fd = open(device_path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int close_device(int fd)
{
	return close(fd) ? -errno : 0;
}

static int64_t ioctl_device(int fd, uint32_t command, uint64_t arg)
{
	int result = ioctl(fd, (unsigned long)command, (void *)(uintptr_t)arg);

	return result < 0 ? -errno : result;
}

/* The kernel's entry for 32-bit programs is open to 64-bit ones; it sees the lower halves of registers. */
static int64_t ioctl_device_compat(int fd, uint32_t command, uint64_t arg)
{
	int64_t result = 54; /* ioctl, by the numbers of i386 */

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"((int64_t)fd), "c"((uint64_t)command), "d"(arg)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int32_t)result;
}

static int64_t mmap_device(uint64_t addr, uint64_t len, int prot, int flags, int fd, uint64_t offset)
{
	void *at = mmap((void *)(uintptr_t)addr, len, prot, addr ? flags | MAP_FIXED : flags, fd, (off_t)offset);

	return at == MAP_FAILED ? -errno : (int64_t)(uintptr_t)at;
}

static int64_t munmap_device(uint64_t addr, uint64_t len)
{
	return munmap((void *)(uintptr_t)addr, len) ? -errno : 0;
}

static int dup_device(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

static int mprotect_device(uint64_t addr, uint64_t len, int prot)
{
	return mprotect((void *)(uintptr_t)addr, len, prot) ? -errno : 0;
}

static int64_t mremap_device(uint64_t addr, uint64_t old_len, uint64_t new_len, int flags, uint64_t to)
{
	void *at = mremap((void *)(uintptr_t)addr, old_len, new_len, flags, (void *)(uintptr_t)to);

	return at == MAP_FAILED ? -errno : (int64_t)(uintptr_t)at;
}

static int madvise_device(uint64_t addr, uint64_t len, int advice)
{
	return madvise((void *)(uintptr_t)addr, len, advice) ? -errno : 0;
}

/* ---- the granting side ---- */

static unsigned int find_grant(uint32_t ref)
{
	unsigned int i = 0;

	while (i < GRANTS_MAX && !(grants[i].view && grants[i].ref[0] == ref))
		i++;
	return i;
}

static int64_t make_grant(bool readonly)
{
	unsigned int i = 0;
	int error;

	while (i < GRANTS_MAX && grants[i].view)
		i++;
	if (i == GRANTS_MAX)
		return -ENOSPC;
	error = grantor_grant(&grants[i], 1, readonly);
	return error ? error : (int64_t)grants[i].ref[0];
}

static int revoke_grant(uint32_t ref)
{
	unsigned int i = find_grant(ref);

	return i == GRANTS_MAX ? -EINVAL : grantor_revoke(&grants[i], UNMAP_MS);
}

static int owner_load(uint32_t ref, uint32_t offset, void *to, uint32_t len)
{
	unsigned int i = find_grant(ref);

	return i == GRANTS_MAX ? -EINVAL : guarded_copy(to, grants[i].view + offset, len);
}

static int owner_store(uint32_t ref, uint32_t offset, const void *from, uint32_t len)
{
	unsigned int i = find_grant(ref);

	return i == GRANTS_MAX ? -EINVAL : guarded_copy(grants[i].view + offset, from, len);
}

const struct dut dut_real = {
	.name = "real",
	.can = DUT_LIMIT | DUT_PORTS | DUT_COMPAT,
	.begin = real_begin,
	.end = real_end,
	.open = open_device,
	.close = close_device,
	.ioctl = ioctl_device,
	.ioctl_compat = ioctl_device_compat,
	.mmap = mmap_device,
	.munmap = munmap_device,
	.dup = dup_device,
	.mprotect = mprotect_device,
	.mremap = mremap_device,
	.madvise = madvise_device,
	.load = load,
	.store = store,
	.owner = grantor_domid,
	.grant = make_grant,
	.revoke = revoke_grant,
	.owner_load = owner_load,
	.owner_store = owner_store,
	.port = evtchn_port,
	.port_close = evtchn_port_close,
	.peer_close = evtchn_peer_close,
	.events = evtchn_events,
};
