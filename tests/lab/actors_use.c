// SPDX-License-Identifier: MIT
/*
 * Actors that use pages while they are unmapped: pipes, a disk, GRANT_COPY, others who look at them,
 * and a kernel that is short of memory: see stress.c.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/uio.h>
#include "lab.h"

#define PAGES 16u

static struct grantor_frames grants;

/* to be written to */
static struct grantor_frames others;

static void begin(void)
{
	grants_new(&grants, PAGES, true);
	grants_new(&others, 2, true);
}

/* ---- GNT-MUNMAP-005, -006, -015: pages in pipes */

static void pipes(uint32_t seed)
{
	static unsigned char got[PAGES * PAGE];
	uint32_t n = 1 + pick(&seed, PAGES), cut = pick(&seed, n);
	int ends[2], fd = device_open(O_RDWR);
	uint64_t offset;
	unsigned char *p = map_all(fd, &grants, RW, &offset);

	CHECK(pipe(ends) == 0);
	CHECK(vmsplice(ends[1], &(struct iovec){ p, n * PAGE }, 1, 0) == (ssize_t)(n * PAGE));
	CHECK(cut == 0 || munmap(p, cut * PAGE) == 0);
	CHECK(munmap(p + cut * PAGE, (PAGES - cut) * PAGE) == 0);
	if (pick(&seed, 2))
		CHECK(unmap_refs(fd, offset, PAGES) == 0);
	close(fd);
	usleep(pick(&seed, 20000));
	CHECK(read(ends[0], got, n * PAGE) == (ssize_t)(n * PAGE));
	if (!filled(got, n * PAGE, 1))
		failed(__LINE__, "a pipe has something else");
	close(ends[0]);
	close(ends[1]);
}

/* ---- GNT-MUNMAP-012: a page is put to use while its entry goes; it is found before, or not at all */

/* a thread that goes on until it is told to stop, or its page is no more */
struct companion {
	pthread_t thread;
	unsigned char *page;
	volatile bool stop;
};

static void *use_page(void *arg)
{
	struct companion *u = arg;
	unsigned char got[64];
	int ends[2];

	CHECK(pipe(ends) == 0);
	while (!u->stop) {
		if (vmsplice(ends[1], &(struct iovec){ u->page, sizeof(got) }, 1, 0) != sizeof(got))
			break;
		CHECK(read(ends[0], got, sizeof(got)) == sizeof(got));
		if (!filled(got, sizeof(got), 1))
			failed(__LINE__, "another page was found");
	}
	close(ends[0]);
	close(ends[1]);
	return NULL;
}

static void found_while_going(uint32_t seed)
{
	struct companion u = { .stop = false };
	int fd = device_open(O_RDWR);
	uint64_t offset;

	u.page = map_all(fd, &grants, RW, &offset);
	CHECK(pthread_create(&u.thread, NULL, use_page, &u) == 0);
	usleep(pick(&seed, 2000));
	if (pick(&seed, 2))
		CHECK(madvise(u.page, 2 * PAGE, MADV_DONTNEED) == 0);
	CHECK(mprotect(u.page, PAGES * PAGE, PROT_NONE) == 0);
	u.stop = true;
	pthread_join(u.thread, NULL);
	CHECK(munmap(u.page, PAGES * PAGE) == 0);
	close(fd);
}

/* ---- GRANT_COPY from and to pages that come and go */

static void *churn(void *arg)
{
	struct companion *c = arg;

	while (!c->stop) {
		CHECK(mmap(c->page, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == c->page);
		CHECK(madvise(c->page, 2 * PAGE, MADV_DONTNEED) == 0);
		CHECK(munmap(c->page, PAGE) == 0);
	}
	return NULL;
}

/* to memory of our own, which nobody touches */
static void copy_and_look(int fd, uint32_t *seed)
{
	static unsigned char room[20 * PAGE];
	struct gntdev_grant_copy_segment s[PAGES];

	for (uint32_t i = 0; i < PAGES; i++)
		s[i] = (struct gntdev_grant_copy_segment){ .flags = COPY_SOURCE_GREF, .len = 4000, .status = 1,
			.source.foreign = { .ref = grants.ref[i], .offset = 96 }, .dest.virt = room + i * PAGE + pick(seed, 96) };
	CHECK(copy(fd, s, PAGES) == 0);
	for (uint32_t i = 0; i < PAGES; i++) {
		if (s[i].status || !filled(s[i].dest.virt, 4000, (uint32_t)(1 + i * PAGE + 96)))
			failed(__LINE__, "segment %u: status %d, or another content", i, s[i].status);
	}
}

/* GNT-COPY-012; also where a grant is mapped */
static void copies(uint32_t seed)
{
	struct companion c = { .stop = false };
	int fd = device_open(O_RDWR);
	uint64_t offset;
	struct gntdev_grant_copy_segment s = { .flags = COPY_SOURCE_GREF, .len = 4000,
		.source.foreign = { .ref = grants.ref[0] } };

	c.page = pick(&seed, 2) ? map_all(fd, &others, RW, &offset) :
				  mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(pthread_create(&c.thread, NULL, churn, &c) == 0);
	for (int i = 0; i < 10; i++) {
		s.dest.virt = c.page + pick(&seed, PAGE);
		CHECK(copy(fd, &s, 1) == 0 || errno == EFAULT);
		copy_and_look(fd, &seed);
	}
	c.stop = true;
	pthread_join(c.thread, NULL);
	munmap(c.page, 2 * PAGE);
	close(fd);
}

/* ---- others who look at a process that maps */

static void look(pid_t pid, unsigned char *page)
{
	static const char *const files[] = { "smaps", "maps", "clear_refs", "pagemap" };
	struct iovec from = { page, 64 };
	static char text[65536];
	unsigned char got[64];

	for (unsigned int i = 0; i < 4; i++) {
		char path[40];
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[i]);
		fd = open(path, i == 2 ? O_WRONLY : O_RDONLY);
		if (i == 2)
			CHECK(fd < 0 || write(fd, "1", 1) == 1 || errno == ESRCH);
		else if (i == 3)
			CHECK(fd < 0 || pread(fd, text, PAGE, (off_t)((uintptr_t)page / PAGE * 8)) >= 0);
		else
			while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
				;
		if (fd >= 0)
			close(fd);
		if (process_vm_readv(pid, &(struct iovec){ got, 64 }, 1, &from, 1, 0) == 64 && !filled(got, 64, 1))
			failed(__LINE__, "another process shows something else");
	}
}

static void looked_at(uint32_t seed)
{
	/* where nobody else maps anything */
	unsigned char *at = (unsigned char *)0x200000000;
	pid_t pid = fork();

	if (pid == 0) {
		for (;;) {
			int fd = device_open(O_RDWR);
			uint64_t offset;

			CHECK(map_refs(fd, OWN, grants.ref, PAGES, &offset) == 0);
			CHECK(mmap(at, PAGES * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, (off_t)offset) == at);
			usleep(pick(&seed, 1000));
			CHECK(munmap(at, PAGES * PAGE) == 0);
			close(fd);
		}
	}
	CHECK(pid > 0);
	for (int i = 0; i < 10; i++)
		look(pid, at);
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid);
}

const struct actor use_actors[] = {
	{ "pages in pipes", pipes, begin },
	{ "pages found while they go", found_while_going, begin },
	{ "copies to pages that come and go", copies, begin },
	{ "looked at by others", looked_at, begin },
	{ NULL, NULL, NULL },
};
