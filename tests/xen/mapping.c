// SPDX-License-Identifier: MIT
/*
 * What becomes of a mapping: it is cut, moved, inherited, protected, looked at, and let go of while
 * its pages are in use. On PV an entry is a grant mapping of its own, so this is where a driver gets
 * hurt. Whatever happens, the rest stays usable and nothing is leaked.
 */
#define _GNU_SOURCE
#include <sys/uio.h>
#include "dom0.h"

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
	struct grantor_frames g;
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
	struct grantor_frames g;
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
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, true);
	CHECK(map_refs(fd, OWN, g.ref, 2, &offset) == 0);
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
	struct grantor_frames g;
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
	struct grantor_frames g;
	uint64_t offset, second;
	int status, fd = device_open(O_RDWR);
	unsigned char *p;
	pid_t pid;

	grants_new(&g, 2, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(map_refs(fd, OWN, g.ref, 2, &second) == 0);
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
 * GNT-FORK-001, GNT-CLOSE-006: two ways to ask for a copy on fork; the child gets nothing, and nothing
 * is leaked, neither of ours nor of Xen's
 */
static void forked_against_advice(void)
{
	long pages = counter("live_pages");
	struct grantor_frames g;
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
			_exit(*(volatile unsigned char *)p || 1);
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
 * can have several such runs at once
 */
static void in_use(void)
{
	long pages = counter("live_pages");
	struct grantor_frames g;
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

/* GNT-MUNMAP-015: often, as what goes wrong is that the record of one run is begun anew for the other */
static void in_use_in_two_runs(void)
{
	long pages = counter("live_pages");
	static unsigned char got[2 * PAGE];
	struct grantor_frames g;
	int pipes[2], fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	CHECK(pipe(pipes) == 0);
	for (unsigned int i = 0; i < 60; i++) {
		uint64_t offset;
		unsigned char *p = map_all(fd, &g, RW, &offset);

		CHECK(vmsplice(pipes[1], &(struct iovec){ p, 2 * PAGE }, 1, 0) == 2 * PAGE);
		CHECK(munmap(p, PAGE) == 0);
		usleep(200 * (i % 50));
		CHECK(munmap(p + PAGE, PAGE) == 0 && unmap_refs(fd, offset, 2) == 0);
		usleep(12000);
		/* the stock driver has lost the page */
		if (read(pipes[0], got, sizeof(got)) == sizeof(got))
			CHECK(filled(got, sizeof(got), 1));
		else
			CHECK(pages < 0);
	}
	CHECK(settles("live_pages", pages));
}

/* or one after the other */
static void in_use_again(void)
{
	struct grantor_frames g;
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

/* more than the complaints about page-table entries */
#define DEADLY "Kernel panic|Oops: |kernel BUG at|unable to handle|general protection"

const struct test mapping_tests[] = {
	TEST("holes in a mapping", holes),
	TEST("entries change", entries_change),
	TEST("looked at from outside", watched),
	TEST("mremap", moved),
	TEST("fork", forked),
	TEST("fork against advice", forked_against_advice, .stock = "DEF-022", .kills = "Bad page map"),
	TEST("pages in use at munmap", in_use, .stock = "DEF-021", .kills = "Bad page map"),
	TEST("pages in use, in two runs at once", in_use_in_two_runs, .stock = "DEF-004", .kills = DEADLY),
	TEST("pages in use, run after run", in_use_again, .stock = "DEF-021", .kills = "Bad page map"),
	TEST(NULL, NULL),
};
