// SPDX-License-Identifier: MIT
/*
 * The calls that sweep.c sweeps: what each needs, the one system call that it is, and the errnos
 * that spec/requirements.md gives it when memory is short or a user copy fails, its own and those of
 * the kernel around it. Not here: close and madvise, which need no memory; and fork, for Linux 6.1
 * itself does not survive that a new address space of a PV domain gets none (xen_pgd_alloc()).
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/uio.h>
#include "lab.h"

#define COMPAT_COPY 0x00084708u

static void nothing(struct world *w)
{
	(void)w;
}

static void with_device(struct world *w)
{
	w->fd = device_open(O_RDWR);
}

static void listed(struct world *w, uint32_t n)
{
	with_device(w);
	CHECK(map_refs(w->fd, OWN, w->grants->ref, n, &w->offset) == 0);
}

static void with_map(struct world *w)
{
	listed(w, 3);
}

/* the first table is full: the next map takes a larger one */
static void with_full_table(struct world *w)
{
	uint64_t offset;

	with_device(w);
	for (unsigned int i = 0; i < 64; i++)
		CHECK(map_refs(w->fd, OWN, w->grants->ref, 1, &offset) == 0);
	with_map(w);
}

static void with_mapping(struct world *w)
{
	with_map(w);
	w->page = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, w->fd, (off_t)w->offset);
	CHECK(w->page != MAP_FAILED && filled(w->page, 3 * PAGE, 1));
}

static void with_mapping_in_use(struct world *w)
{
	int pipes[2];

	with_mapping(w);
	CHECK(pipe(pipes) == 0);
	CHECK(vmsplice(pipes[1], &(struct iovec){ w->page, 3 * PAGE }, 1, 0) == 3 * PAGE);
}

static void with_armed_mapping(struct world *w)
{
	with_map(w);
	CHECK(notify(w->fd, w->offset, 3, (uint32_t)port_new()) == 0);
	w->page = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, w->fd, (off_t)w->offset);
	CHECK(w->page != MAP_FAILED);
}

static void with_port(struct world *w)
{
	with_map(w);
	w->other = port_new();
}

/* where GRANT_COPY is to copy from or to: a fresh anonymous mapping, whose pages are not there yet */
static void with_segments(struct world *w, unsigned int n, uint16_t length)
{
	static struct gntdev_grant_copy_segment segment[40];

	with_device(w);
	w->room = mmap(NULL, (n + 1) * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	CHECK(w->room != MAP_FAILED);
	for (unsigned int i = 0; i < n; i++)
		segment[i] = (struct gntdev_grant_copy_segment){ .flags = COPY_SOURCE_GREF, .len = length,
			.source.foreign = { .ref = w->grants->ref[i], .offset = (__u16)(PAGE - length) },
			.dest.virt = w->room + i * PAGE + 100 };
	w->segments = segment;
	w->offset = n;
}

static void one_segment(struct world *w)
{
	with_segments(w, 1, 1000);
}

static void many_segments(struct world *w)
{
	with_segments(w, 40, 4080);
}

/* the segment, and the request, of a 32-bit caller: 24 bytes a segment on both */
static void compat_segment(struct world *w)
{
	uint32_t *request;

	with_segments(w, 1, 1000);
	request = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	CHECK(request != MAP_FAILED);
	memcpy(request + 16, w->segments, sizeof(struct gntdev_grant_copy_segment));
	request[0] = 1;
	request[1] = (uint32_t)(uintptr_t)(request + 16);
	w->segments = request;
}

/* ---- calls */

static long call_open(struct world *w)
{
	w->fd = open(device, O_RDWR);
	return w->fd;
}

static long call_map(struct world *w, uint32_t n)
{
	return map_refs(w->fd, OWN, w->grants->ref, n, &w->offset);
}

static long call_map_one(struct world *w)
{
	return call_map(w, 1);
}

static long call_map_many(struct world *w)
{
	return call_map(w, 300);
}

static long call_unmap(struct world *w)
{
	return unmap_refs(w->fd, w->offset, 3);
}

static long call_offset(struct world *w)
{
	struct ioctl_gntdev_get_offset_for_vaddr arg = { .vaddr = (uintptr_t)w->page };

	return ioctl(w->fd, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &arg);
}

static long call_max(struct world *w)
{
	struct ioctl_gntdev_set_max_grants arg = { .count = 100 };

	return ioctl(w->fd, IOCTL_GNTDEV_SET_MAX_GRANTS, &arg);
}

static long call_notify(struct world *w)
{
	return notify(w->fd, w->offset, 3, (uint32_t)w->other);
}

static long call_copy(struct world *w)
{
	return copy(w->fd, w->segments, (unsigned int)w->offset);
}

static long call_copy_compat(struct world *w)
{
	long result;

	/* ioctl of the 32-bit table, where it is 54 */
	__asm__ volatile("int $0x80" : "=a"(result)
			 : "a"(54l), "b"((long)w->fd), "c"((long)COMPAT_COPY), "d"(w->segments) : "memory", "r8", "r9", "r10", "r11");
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

/* where there is nothing near by: its pages need page tables of every level, and two of the lowest */
static long call_mmap_far(struct world *w, int prot)
{
	void *far = (void *)(0x500000200000 - PAGE);

	w->page = mmap(far, 3 * PAGE, prot, MAP_SHARED | MAP_FIXED, w->fd, (off_t)w->offset);
	return w->page == MAP_FAILED ? -1 : 0;
}

static long call_mmap(struct world *w)
{
	return call_mmap_far(w, RW);
}

static long call_mmap_readonly(struct world *w)
{
	return call_mmap_far(w, PROT_READ);
}

static long call_munmap(struct world *w)
{
	return munmap(w->page, 3 * PAGE);
}

static long call_munmap_middle(struct world *w)
{
	return munmap(w->page + PAGE, PAGE);
}

static long call_shrink(struct world *w)
{
	return mremap(w->page, 3 * PAGE, PAGE, 0) == MAP_FAILED ? -1 : 0;
}

static long call_move(struct world *w)
{
	return mremap(w->page, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, w->page + (1 << 28)) == MAP_FAILED ? -1 : 0;
}

static long call_protect(struct world *w)
{
	return mprotect(w->page, PAGE, PROT_READ);
}

static long call_vmsplice(struct world *w)
{
	int pipes[2];

	if (syscall(SYS_pipe2, pipes, 0))
		return -1;
	return vmsplice(pipes[1], &(struct iovec){ w->page, 3 * PAGE }, 1, 0);
}

const struct call linux_calls[] = {
	/* GNT-OPEN-002; EFAULT is the path's */
	{ .name = "open", .prepare = nothing, .call = call_open, .errors = { ENOMEM, EFAULT, ENFILE } },
	/* GNT-MAP-002, -005, -006, -007 */
	{ .name = "MAP_GRANT_REF of 1", .prepare = with_device, .call = call_map_one, .errors = { ENOMEM, EFAULT } },
	{ .name = "MAP_GRANT_REF of 300", .prepare = with_device, .call = call_map_many, .errors = { ENOMEM, EFAULT } },
	/* GNT-SLOT-006, GNT-SLOT-011 */
	{ .name = "MAP_GRANT_REF that takes a larger table", .prepare = with_full_table, .call = call_map_many,
	  .errors = { ENOMEM, EFAULT } },
	{ .name = "UNMAP_GRANT_REF", .prepare = with_map, .call = call_unmap, .errors = { EFAULT } },
	{ .name = "UNMAP_GRANT_REF while mapped", .prepare = with_mapping, .call = call_unmap, .errors = { EFAULT } },
	{ .name = "UNMAP_GRANT_REF while in use", .prepare = with_mapping_in_use, .call = call_unmap, .errors = { EFAULT } },
	/* GNT-OFF-002 */
	{ .name = "GET_OFFSET_FOR_VADDR", .prepare = with_mapping, .call = call_offset, .errors = { EFAULT } },
	/* GNT-NOTIFY-002; the reference to the port is not allowed to fail for want of memory */
	{ .name = "SET_UNMAP_NOTIFY", .prepare = with_port, .call = call_notify, .errors = { EFAULT } },
	/* GNT-COPY-002, -012, -029 */
	{ .name = "GRANT_COPY of 1 segment", .prepare = one_segment, .call = call_copy, .errors = { ENOMEM, EFAULT } },
	{ .name = "GRANT_COPY of 40 segments", .prepare = many_segments, .call = call_copy, .errors = { ENOMEM, EFAULT } },
	/* GNT-COMPAT-003 */
	{ .name = "GRANT_COPY of a 32-bit caller", .prepare = compat_segment, .call = call_copy_compat, .errors = { ENOMEM, EFAULT } },
	/* GNT-MMAP-013; GNT-MMAP-006: an attempt is an attempt */
	{ .name = "mmap", .prepare = with_map, .call = call_mmap, .errors = { ENOMEM }, .once = true, .shows = true },
	{ .name = "mmap, read only", .prepare = with_map, .call = call_mmap_readonly, .errors = { ENOMEM }, .once = true,
	  .shows = true },
	/* GNT-MUNMAP-001, -003; the split is the kernel's */
	{ .name = "munmap", .prepare = with_mapping, .call = call_munmap, .errors = { ENOMEM } },
	{ .name = "munmap of an armed mapping", .prepare = with_armed_mapping, .call = call_munmap, .errors = { ENOMEM } },
	{ .name = "munmap of a page in the middle", .prepare = with_mapping, .call = call_munmap_middle, .errors = { ENOMEM } },
	{ .name = "munmap while in use", .prepare = with_mapping_in_use, .call = call_munmap, .errors = { ENOMEM } },
	{ .name = "mremap to less", .prepare = with_mapping, .call = call_shrink, .errors = { ENOMEM, EFAULT } },
	/* GNT-MREMAP-003: the grants go before the entries move */
	{ .name = "mremap to elsewhere", .prepare = with_mapping, .call = call_move, .errors = { ENOMEM, EFAULT }, .once = true,
	  .unmaps = true },
	{ .name = "mprotect of a part", .prepare = with_mapping, .call = call_protect, .errors = { ENOMEM } },
	{ .name = "vmsplice", .prepare = with_mapping, .call = call_vmsplice, .errors = { ENOMEM, EFAULT, ENFILE } },
	{ .name = NULL },
};

const struct call header_calls[] = {
	/* GNT-MAX-003 */
	{ .name = "SET_MAX_GRANTS", .prepare = with_device, .call = call_max, .errors = { EFAULT } },
	{ .name = "MAP_GRANT_REF", .prepare = with_device, .call = call_map_many, .errors = { ENOMEM, EFAULT } },
	{ .name = "UNMAP_GRANT_REF", .prepare = with_map, .call = call_unmap, .errors = { EFAULT } },
	{ .name = "SET_UNMAP_NOTIFY", .prepare = with_port, .call = call_notify, .errors = { EFAULT } },
	{ .name = "mmap", .prepare = with_map, .call = call_mmap, .errors = { ENOMEM }, .once = true, .shows = true },
	{ .name = "munmap", .prepare = with_mapping, .call = call_munmap, .errors = { ENOMEM } },
	{ .name = NULL },
};
