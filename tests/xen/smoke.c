// SPDX-License-Identifier: MIT
/*
 * Does the device do what a client needs, on real Xen? One or two tests a call, each citing the
 * requirements it stands for; the exhaustive ones are tests/conformance. Only what needs real
 * memory, processes or pages in use is dwelt upon here.
 */
#define _GNU_SOURCE
#include <sys/uio.h>
#include "dom0.h"

#define RW (PROT_READ | PROT_WRITE)

/* GNT-MAP-001, GNT-MMAP-001, GNT-UNMAP-001, GNT-UNMAP-003: both sides see one memory */
static void map_and_share(void)
{
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 3, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(offset == 0);
	CHECK(filled(p, 3 * PAGE, 1));
	fill(p, 3 * PAGE, 7);
	CHECK(filled(g.page, 3 * PAGE, 7));
	CHECK(munmap(p, 3 * PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 3) == 0);
	FAILS(unmap_refs(fd, offset, 3), ENOENT);
}

/* GNT-SLOT-002, GNT-SLOT-003, GNT-MMAP-004: offsets, the lowest first, exact fits included */
static void offsets(void)
{
	struct grants g;
	uint64_t a, b, c;
	int fd = device_open(O_RDWR);

	grants_new(&g, 3, true);
	CHECK(map_refs(fd, 0, g.ref, 3, &a) == 0 && a == 0);
	CHECK(map_refs(fd, 0, g.ref, 1, &b) == 0 && b == 3 * PAGE);
	CHECK(unmap_refs(fd, a, 3) == 0);
	CHECK(map_refs(fd, 0, g.ref, 3, &c) == 0 && c == 0);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)c), EINVAL);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)(b + (1ull << 44))), EINVAL);
	CHECK(filled(mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)b), PAGE, 1));
}

/*
 * GNT-SLOT-011: more maps than the first table holds, so it grows with maps in it. Xen lets a grant
 * be mapped 255 times, twice a page.
 */
static void many_maps(void)
{
	static uint64_t offset[3000];
	struct grants g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	for (unsigned int i = 0; i < 3000; i++)
		CHECK(map_refs(fd, 0, g.ref, 2, &offset[i]) == 0 && offset[i] == i * 2 * PAGE);
	for (unsigned int i = 0; i < 3000; i += 50)
		CHECK(filled(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)offset[i]), 2 * PAGE, 1));
	for (unsigned int i = 0; i < 3000; i += 2)
		CHECK(unmap_refs(fd, offset[i], 2) == 0);
}

/* GNT-MAP-003, GNT-MAP-007, GNT-MAP-010, GNT-MAP-011 */
static void map_errors(void)
{
	unsigned char *two = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ioctl_gntdev_map_grant_ref *arg = (void *)(two + PAGE - sizeof(*arg));
	uint32_t ref = 8;
	uint64_t offset;
	int fd = device_open(O_RDWR);

	CHECK(munmap(two + PAGE, PAGE) == 0);
	FAILS(map_refs(fd, 0, &ref, 0, &offset), EINVAL);
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, NULL), EFAULT);
	arg->count = 2;
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg), EFAULT);
	arg->count = 1;
	CHECK(mprotect(two, PAGE, PROT_READ) == 0);
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg), EFAULT);
	CHECK(map_refs(fd, 0, &ref, 1, &offset) == 0 && offset == 0);
	FAILS(ioctl(fd, _IOC(_IOC_NONE, 'G', 99, 4), &ref), ENOTTY);
}

/* GNT-MMAP-002, GNT-MMAP-006, GNT-MMAP-011, GNT-MMAP-012, GNT-MMAP-015 */
static void read_only(void)
{
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, false);
	CHECK(map_refs(fd, 0, g.ref, 2, &offset) == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, (off_t)offset), EINVAL);
	p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	CHECK(p != MAP_FAILED && filled(p, 2 * PAGE, 1));
	FAILS(mprotect(p, 2 * PAGE, RW), EACCES);
	CHECK(filled(p, 2 * PAGE, 1));
	CHECK(map_refs(fd, 0, g.ref, 2, &offset) == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	FAILS((long)mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(unmap_refs(fd, offset, 2) == 0);
}

/* GNT-MMAP-008, GNT-MMAP-009, GNT-MMAP-010: one grant fails, none stays mapped */
static void all_or_nothing(void)
{
	long handles = counter("live_handles");
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);

	grants_new(&g, 40, true);
	g.ref[17] = 0x00fffff0;
	CHECK(map_refs(fd, 0, g.ref, 40, &offset) == 0);
	FAILS((long)mmap(NULL, 40 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(counter("live_handles") == handles);
	CHECK(map_refs(fd, 0x10000, g.ref, 1, &offset) == 0);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(map_refs(fd, 0, g.ref, 1, &offset) == 0);
	CHECK(filled(mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset), PAGE, 1));
}

/*
 * GNT-UNMAP-007, GNT-SLOT-008, GNT-CLOSE-002: a mapping outlives its listing, and keeps its slots,
 * and it outlives the descriptor
 */
static void outlives(void)
{
	struct grants g;
	uint64_t offset, other;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 0) == 0);
	FAILS(unmap_refs(fd, offset, 0), ENOENT);
	CHECK(map_refs(fd, 0, g.ref, 1, &other) == 0 && other == 2 * PAGE);
	CHECK(filled(p, PAGE, 1) && munmap(p, PAGE) == 0);
	p = map_all(fd, &g, RW, &other);
	CHECK(other == offset);
	CHECK(unmap_refs(fd, other, 2) == 0);
	CHECK(close(fd) == 0);
	CHECK(filled(p, 2 * PAGE, 1));
	p[PAGE] = 99;
	CHECK(g.page[PAGE] == 99);
	CHECK(munmap(p, 2 * PAGE) == 0);
}

/*
 * Can the kernel read a byte there on our behalf? For a grant that takes the page behind the
 * special PTE.
 */
static bool readable(void *p)
{
	unsigned char byte;
	struct iovec to = { &byte, 1 }, from = { p, 1 };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1;
}

/*
 * GNT-MUNMAP-001, GNT-MUNMAP-003, GNT-MUNMAP-012, GNT-MUNMAP-013: holes in a mapping, and what is
 * left of it
 */
static void holes(void)
{
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 8, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK(madvise(p + 5 * PAGE, PAGE, MADV_DONTNEED) == 0);
	CHECK(filled(p, 2 * PAGE, 1));
	CHECK(filled(p + 3 * PAGE, 2 * PAGE, 1 + 3 * PAGE));
	CHECK(filled(p + 6 * PAGE, 2 * PAGE, 1 + 6 * PAGE));
	CHECK(readable(p + 4 * PAGE) && !readable(p + 5 * PAGE));
	CHECK(munmap(p, 8 * PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 8) == 0);
	CHECK(settles("live_handles", 0));
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/*
 * GNT-MUNMAP-012, GNT-MUNMAP-013: before the kernel changes entries, their grants are gone,
 * whatever it is that changes them
 */
static void entries_change(void)
{
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(mprotect(p, PAGE, PROT_READ) == 0);
	CHECK(!readable(p) && readable(p + PAGE));
	CHECK(mprotect(p, PAGE, RW) == 0 && !readable(p));
	p = map_all(fd, &g, RW, &offset);
	CHECK(mprotect(p, 2 * PAGE, PROT_NONE) == 0 && !readable(p));
	p = map_all(fd, &g, RW, &offset);
	write_file("/proc/self/clear_refs", "1");
	write_file("/proc/self/clear_refs", "4");
	CHECK(settles("live_handles", 0));
}

/*
 * Who looks at page tables finds nothing that disturbs: the placeholder behind a special entry is
 * no ordinary page.
 */
static void watched(void)
{
	static const char *const files[] = { "smaps", "numa_maps", "pagemap", "maps" };
	static char text[65536];
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, true);
	CHECK(map_refs(fd, 0, g.ref, 2, &offset) == 0);
	p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_POPULATE | MAP_LOCKED, fd, (off_t)offset);
	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[40];
		int file;

		snprintf(path, sizeof(path), "/proc/self/%s", files[i]);
		file = open(path, O_RDONLY);
		CHECK(file >= 0 || errno == ENOENT);
		if (i == 2)
			CHECK(pread(file, text, 16, (off_t)((uintptr_t)p / PAGE * 8)) == 16);
		else
			while (file >= 0 && read(file, text, sizeof(text)) > 0)
				;
		close(file);
	}
	madvise(p, 2 * PAGE, MADV_PAGEOUT);
	madvise(p, 2 * PAGE, MADV_COLD);
	madvise(p, 2 * PAGE, MADV_MERGEABLE);
	CHECK(munlock(p, 2 * PAGE) == 0);
	CHECK(filled(p, 2 * PAGE, 1));
}

/*
 * GNT-MREMAP-001, GNT-MREMAP-003, GNT-MREMAP-005: a mapping does not grow, and one that moved is
 * empty, and harmless
 */
static void moved(void)
{
	struct grants g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p, *q;

	grants_new(&g, 3, true);
	p = map_all(fd, &g, RW, &offset);
	FAILS((long)mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE), EFAULT);
	FAILS((long)mremap(p, 0, 3 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK(filled(p, 3 * PAGE, 1));
	q = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(mremap(p, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	CHECK(!readable(q) && !readable(p));
	CHECK(munmap(q, 3 * PAGE) == 0);
	CHECK(settles("live_handles", 0));
}

/*
 * GNT-FORK-001, GNT-FORK-003, GNT-GEN-010: a child sees nothing, and may map for itself on the
 * inherited descriptor
 */
static void forked(void)
{
	struct grants g;
	uint64_t offset, second;
	int status, fd = device_open(O_RDWR);
	unsigned char *p;
	pid_t pid;

	grants_new(&g, 2, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(map_refs(fd, 0, g.ref, 2, &second) == 0);
	pid = fork();
	if (pid == 0) {
		CHECK(!readable(p));
		CHECK(filled(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)second), 2 * PAGE, 1));
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(filled(p, 2 * PAGE, 1));
}

static void on_sigbus(int number)
{
	(void)number;
	_exit(0);
}

/*
 * GNT-FORK-001, GNT-CLOSE-006: two ways to ask for a copy on fork; whatever the child gets, nothing
 * is leaked, neither of ours nor of Xen's
 */
static void forked_against_advice(void)
{
	long pages = counter("live_pages");
	struct grants g;
	uint64_t offset;
	int status, fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	for (int keep = 0; keep < 2; keep++) {
		unsigned char *p = map_all(fd, &g, RW, &offset);
		pid_t pid;

		CHECK(madvise(p, 2 * PAGE, MADV_DOFORK) == 0);
		CHECK(!keep || madvise(p, 2 * PAGE, MADV_KEEPONFORK) == 0);
		pid = fork();
		if (pid == 0) {
			usleep(50000);
			signal(SIGBUS, on_sigbus);
			_exit(keep ? 0 : *(volatile unsigned char *)p || 1);
		}
		CHECK(filled(p, 2 * PAGE, 1));
		CHECK(munmap(p, 2 * PAGE) == 0 && unmap_refs(fd, offset, 2) == 0);
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
		CHECK(settles("live_pages", pages));
	}
}

/* Takes @n pages from the pipe that vmsplice() put there, and looks at them. */
static void read_pages(int pipe, unsigned int n, uint32_t seed)
{
	static unsigned char got[4 * PAGE];

	CHECK(read(pipe, got, n * PAGE) == (ssize_t)(n * PAGE));
	CHECK(filled(got, n * PAGE, seed));
}

/*
 * GNT-MUNMAP-005, -006, -015: pages in a pipe keep their grants, munmap does not wait, and one map
 * can have several such runs,
 */
static void in_use(void)
{
	long pages = counter("live_pages");
	struct grants g;
	uint64_t offset;
	int pipes[2], fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 4, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(pipe(pipes) == 0);
	CHECK(vmsplice(pipes[1], &(struct iovec){ p, 4 * PAGE }, 1, 0) == 4 * PAGE);
	CHECK(munmap(p, 2 * PAGE) == 0);
	CHECK(munmap(p + 2 * PAGE, 2 * PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 4) == 0);
	CHECK(close(fd) == 0);
	usleep(50000);
	CHECK(pages < 0 || counter("live_pages") == pages + 4);
	read_pages(pipes[0], 4, 1);
	CHECK(settles("live_pages", pages));
}

/* at once or one after the other */
static void in_use_again(void)
{
	struct grants g;
	uint64_t offset;
	int pipes[2], fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 4, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(pipe(pipes) == 0);
	for (unsigned int i = 0; i < 4; i++) {
		CHECK(vmsplice(pipes[1], &(struct iovec){ p + i * PAGE, PAGE }, 1, 0) == PAGE);
		CHECK(munmap(p + i * PAGE, PAGE) == 0);
		usleep(20000);
		read_pages(pipes[0], 1, (uint32_t)(1 + i * PAGE));
		CHECK(settles("live_handles", 2 * (3 - (long)i)));
	}
}

static struct gntdev_grant_copy_segment segment(int flags, void *local, uint32_t ref, size_t offset, size_t len)
{
	struct gntdev_grant_copy_segment s = { .flags = (uint16_t)flags, .len = (uint16_t)len, .status = 77 };
	int from = flags & COPY_SOURCE_GREF;

	s.source.foreign.ref = s.dest.foreign.ref = ref;
	s.source.foreign.offset = s.dest.foreign.offset = (uint16_t)offset;
	if (from)
		s.dest.virt = local;
	else
		s.source.virt = local;
	return s;
}

/*
 * GNT-COPY-001, GNT-COPY-010, GNT-COPY-031: an odd number of bytes, at odd addresses, over many
 * pages, and back
 */
static void copy_both_ways(void)
{
	enum { PAGES = 100, SIZE = PAGES * PAGE - 1009 };
	static struct gntdev_grant_copy_segment s[PAGES];
	static unsigned char buffer[SIZE + 8192];
	unsigned char *local = buffer + 13;
	struct grants g;
	int fd = device_open(O_RDONLY);

	grants_new(&g, PAGES, true);
	for (int to_grant = 0; to_grant < 2; to_grant++) {
		if (to_grant)
			fill(local, SIZE, 5);
		for (size_t i = 0, done = 0; i < PAGES; i++) {
			size_t offset = i ? 0 : 501, len = i + 1 < PAGES ? PAGE - offset : SIZE - done;

			s[i] = segment(to_grant ? COPY_DEST_GREF : COPY_SOURCE_GREF, local + done, g.ref[i],
				       offset, len);
			done += len;
		}
		CHECK(copy(fd, s, PAGES) == 0);
		for (size_t i = 0; i < PAGES; i++)
			CHECK(s[i].status == 0);
		CHECK(filled(to_grant ? g.page + 501 : local, SIZE, to_grant ? 5 : 1 + 501));
	}
	CHECK(filled(g.page, 501, 1));
	CHECK(filled(g.page + 501 + SIZE, PAGES * PAGE - SIZE - 501, 1 + 501 + SIZE));
	CHECK(buffer[12] == 0 && local[SIZE] == 0);
}

/*
 * GNT-COPY-003, -005, -006, -009, -012, -016, -018, -027: what goes wrong with one segment, and
 * what that is to the others
 */
static void copy_errors(void)
{
	unsigned char *two = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct gntdev_grant_copy_segment s[3];
	struct grants g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 1, true);
	CHECK(copy(fd, NULL, 0) == 0);
	FAILS(copy(fd, NULL, 1), EFAULT);
	s[0] = segment(COPY_SOURCE_GREF, two, 0x00fffff0, 0, 10);
	s[1] = segment(COPY_SOURCE_GREF, two, g.ref[0], 0, PAGE);
	s[2] = segment(COPY_SOURCE_GREF, NULL, 0x00fffff0, 3, 0);
	CHECK(copy(fd, s, 3) == 0 && s[0].status < 0 && s[1].status == 0 && s[2].status == 0);
	CHECK(filled(two, PAGE, 1));
	s[0] = segment(COPY_DEST_GREF, two + 1, g.ref[0], 0, 100);
	s[1] = segment(0, two, g.ref[0], 0, 1);
	FAILS(copy(fd, s, 2), EINVAL);
	s[1] = segment(COPY_DEST_GREF, two, g.ref[0], 4000, 97);
	FAILS(copy(fd, s, 2), EINVAL);
	CHECK(munmap(two + PAGE, PAGE) == 0);
	s[1] = segment(COPY_DEST_GREF, two + 1, g.ref[0], 0, PAGE);
	FAILS(copy(fd, s, 2), EFAULT);
	CHECK(filled(g.page, PAGE, 1));
	CHECK(mprotect(two, PAGE, PROT_READ) == 0);
	s[1] = segment(COPY_SOURCE_GREF, two, g.ref[0], 0, PAGE);
	FAILS(copy(fd, s, 2), EFAULT);
}

/* GNT-COPY-011: from grant to grant */
static void copy_grants(void)
{
	struct gntdev_grant_copy_segment s = { .flags = COPY_SOURCE_GREF | COPY_DEST_GREF, .len = 999 };
	struct grants g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	s.source.foreign.ref = g.ref[0];
	s.source.foreign.offset = 7;
	s.dest.foreign.ref = g.ref[1];
	s.dest.foreign.offset = 3001;
	CHECK(copy(fd, &s, 1) == 0 && s.status == 0);
	CHECK(filled(g.page + PAGE + 3001, 999, 1 + 7));
	CHECK(filled(g.page + PAGE, 3001, 1 + PAGE) && filled(g.page + PAGE + 4000, 96, 1 + PAGE + 4000));
}

const struct test smoke_tests[] = {
	{ "map, share, unmap", map_and_share },
	{ "offsets", offsets },
	{ "many maps on one descriptor", many_maps },
	{ "errors of map", map_errors },
	{ "read-only mapping", read_only },
	{ "mmap: all grants or none", all_or_nothing },
	{ "mapping outlives listing and descriptor", outlives },
	{ "holes in a mapping", holes },
	{ "entries change", entries_change },
	{ "looked at from outside", watched },
	{ "mremap", moved },
	{ "fork", forked },
	{ "fork against advice", forked_against_advice },
	{ "pages in use at munmap", in_use },
	{ "pages in use, run after run", in_use_again },
	{ "copy both ways", copy_both_ways },
	{ "errors of copy", copy_errors },
	{ "copy from grant to grant", copy_grants },
	{ NULL, NULL },
};
