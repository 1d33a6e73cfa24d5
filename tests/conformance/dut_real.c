// SPDX-License-Identifier: MIT
/*
 * A real device as a device under test, in a PV dom0: system calls, and /dev/xen/gntalloc for the granting side,
 * with domain 0 granting to itself. What gntalloc lets us mmap is the owner's view of a frame. A load or store that
 * faults ends in a signal handler, which jumps back to where the fault becomes a result.
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
#include <xen/gntalloc.h>
#include "dut_evtchn.h"

/* grants that a row may hold at once; gntalloc's own limit is 1024 pages */
#define GRANTS_MAX 256u

#define LIMIT_DEFAULT 65536u

static struct {
	uint32_t ref;
	uint64_t index; /* gntalloc's name of it */
	char *view; /* the owner's; NULL: the place is free */
} grants[GRANTS_MAX];

static const char *device_path;
static int gntalloc = -1;
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
static int set_limit(uint32_t limit)
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
	int error = config->limit ? set_limit(config->limit) : 0;

	if (error)
		return error;
	limited = config->limit != 0;
	device_path = config->device;
	catch_faults();
	memset(grants, 0, sizeof(grants));
	gntalloc = open("/dev/xen/gntalloc", O_RDWR | O_CLOEXEC);
	return gntalloc < 0 ? -errno : 0;
}

static const char *real_end(void)
{
	close(gntalloc);
	gntalloc = -1;
	evtchn_end();
	return limited && set_limit(LIMIT_DEFAULT) ? "the limit cannot be set back" : NULL;
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

	while (i < GRANTS_MAX && !(grants[i].view && grants[i].ref == ref))
		i++;
	return i;
}

static int64_t make_grant(bool readonly)
{
	struct ioctl_gntalloc_alloc_gref request = {
		.domid = DUT_DOMID,
		.flags = readonly ? 0 : GNTALLOC_FLAG_WRITABLE,
		.count = 1,
	};
	unsigned int i = 0;
	void *view;

	while (i < GRANTS_MAX && grants[i].view)
		i++;
	if (i == GRANTS_MAX)
		return -ENOSPC;
	if (ioctl(gntalloc, IOCTL_GNTALLOC_ALLOC_GREF, &request))
		return -errno;
	view = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, gntalloc, (off_t)request.index);
	if (view == MAP_FAILED)
		return -errno;
	grants[i].ref = request.gref_ids[0];
	grants[i].index = request.index;
	grants[i].view = view;
	return request.gref_ids[0];
}

static int revoke_grant(uint32_t ref)
{
	unsigned int i = find_grant(ref);
	struct ioctl_gntalloc_dealloc_gref request = { .count = 1 };

	if (i == GRANTS_MAX)
		return -EINVAL;
	request.index = grants[i].index;
	munmap(grants[i].view, PAGE);
	grants[i].view = NULL;
	return ioctl(gntalloc, IOCTL_GNTALLOC_DEALLOC_GREF, &request) ? -errno : 0;
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
	.can = DUT_LIMIT | DUT_PORTS,
	.begin = real_begin,
	.end = real_end,
	.open = open_device,
	.close = close_device,
	.ioctl = ioctl_device,
	.mmap = mmap_device,
	.munmap = munmap_device,
	.dup = dup_device,
	.mprotect = mprotect_device,
	.mremap = mremap_device,
	.madvise = madvise_device,
	.load = load,
	.store = store,
	.grant = make_grant,
	.revoke = revoke_grant,
	.owner_load = owner_load,
	.owner_store = owner_store,
	.port = evtchn_port,
	.port_close = evtchn_port_close,
	.peer_close = evtchn_peer_close,
	.events = evtchn_events,
};
