// SPDX-License-Identifier: MIT
/*
 * What only shows when it is done often, or in several places at once: leaked handles, races
 * between munmap, exit and pages in use, the life of a mapping whose owner is killed. Iterations
 * are chosen so that all of it takes seconds without KVM.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>
#include <sys/uio.h>
#include "dom0.h"

/*
 * Xen is told to give dom0 32,768 handles (boot.sh), of which a page takes one, in a PV dom0 two: a leak of any of them ends
 * this early.
 */
#define ROUNDS 80

static void handles_come_back(void)
{
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 512, true);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t offset;
		unsigned char *p = map_all(fd, &g, RW, &offset);

		CHECK(p[511 * PAGE] == g.view[511 * PAGE]);
		CHECK(munmap(p, 512 * PAGE) == 0);
		CHECK(unmap_refs(fd, offset, 512) == 0);
	}
}

/* The same for mmaps that fail at their last grant. */
static void failures_come_back(void)
{
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 512, true);
	g.ref[511] = 0x00fffff0;
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t offset;

		CHECK(map_refs(fd, OWN, g.ref, 512, &offset) == 0);
		FAILS((long)mmap(NULL, 512 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
		CHECK(unmap_refs(fd, offset, 512) == 0);
	}
}

/* Runs a child that maps all of @g and then calls @end; it is killed if it waits to be. */
static void child_ends(const struct grantor_frames *g, void (*end)(unsigned char *p, int fd))
{
	uint64_t offset;
	int status, ready[2];
	char byte;
	pid_t pid;

	CHECK(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		int fd = device_open(O_RDWR);
		unsigned char *p = map_all(fd, g, RW, &offset);

		CHECK(filled(p, 1, 1)); /* the second byte is changed by end_closed() */
		CHECK(write(ready[1], "r", 1) == 1);
		end(p, fd);
		_exit(0);
	}
	CHECK(pid > 0 && close(ready[1]) == 0);
	CHECK(read(ready[0], &byte, 1) == 1);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(close(ready[0]) == 0);
}

static void end_waiting(unsigned char *p, int fd)
{
	(void)p;
	(void)fd;
	pause();
}

static void end_unmapping(unsigned char *p, int fd)
{
	(void)fd;
	for (unsigned int i = 0; i < 16; i += 2)
		munmap(p + i * PAGE, PAGE);
}

static void end_closed(unsigned char *p, int fd)
{
	close(fd);
	p[1] = 1;
}

/* GNT-CLOSE-004: however a process ends, its grants are unmapped */
static void processes_end(void)
{
	void (*const ends[])(unsigned char *, int) = { end_waiting, end_unmapping, end_closed };
	struct grantor_frames g;

	grants_new(&g, 16, true);
	for (int i = 0; i < 60; i++)
		child_ends(&g, ends[i % 3]);
	CHECK(settles("live_handles", 0) && settles("live_pages", 0));
}

struct worker {
	pthread_t thread;
	struct grantor_frames g;
	int fd;
	uint32_t seed;
	const char *wrong;
};

static void *map_worker(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 100 && !w->wrong; i++) {
		uint64_t offset;
		unsigned char *p;

		if (map_refs(w->fd, OWN, w->g.ref, w->g.n, &offset))
			w->wrong = "map";
		p = mmap(NULL, w->g.n * PAGE, RW, MAP_SHARED, w->fd, (off_t)offset);
		if (p == MAP_FAILED || memcmp(p, w->g.view, w->g.n * PAGE))
			w->wrong = "mmap";
		else if (madvise(p, PAGE, MADV_DONTNEED) || munmap(p, w->g.n * PAGE))
			w->wrong = "munmap";
		if (unmap_refs(w->fd, offset, w->g.n))
			w->wrong = "unmap";
	}
	return NULL;
}

static void *copy_worker(void *arg)
{
	struct gntdev_grant_copy_segment s = { .flags = COPY_SOURCE_GREF, .len = 4000 };
	struct worker *w = arg;
	unsigned char *buffer = malloc(2 * PAGE);

	for (int i = 0; i < 300 && !w->wrong; i++) {
		s.source.foreign.domid = (domid_t)grantor_domid();
		s.source.foreign.ref = w->g.ref[i % (int)w->g.n];
		s.source.foreign.offset = 50;
		s.dest.virt = buffer + i;
		if (copy(w->fd, &s, 1) || s.status ||
		    memcmp(buffer + i, w->g.view + i % (int)w->g.n * (int)PAGE + 50, 4000))
			w->wrong = "copy";
	}
	free(buffer);
	return NULL;
}

/* GNT-GEN-009: threads that map, unmap and copy on one descriptor and in one address space */
static void threads(void)
{
	static struct worker w[4];
	int fd = device_open(O_RDWR);

	for (unsigned int i = 0; i < 4; i++) {
		w[i].fd = fd;
		grants_new(&w[i].g, 5 + i, true);
		fill(w[i].g.view, w[i].g.n * PAGE, 100 * i);
	}
	for (unsigned int i = 0; i < 4; i++)
		CHECK(pthread_create(&w[i].thread, NULL, i < 3 ? map_worker : copy_worker, &w[i]) == 0);
	for (unsigned int i = 0; i < 4; i++) {
		pthread_join(w[i].thread, NULL);
		if (w[i].wrong)
			failed(__LINE__, "thread %u: %s", i, w[i].wrong);
	}
	CHECK(settles("live_handles", 0));
}

/* GNT-MUNMAP-015: many maps with pages in use, all let go at once */
static void many_in_use(void)
{
	static unsigned char got[2 * PAGE];
	long pages = counter("live_pages");
	int pipes[40][2];
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	for (int i = 0; i < 40; i++) {
		uint64_t offset;
		unsigned char *p = map_all(fd, &g, RW, &offset);

		CHECK(pipe(pipes[i]) == 0);
		CHECK(vmsplice(pipes[i][1], &(struct iovec){ p, 2 * PAGE }, 1, 0) == 2 * PAGE);
		CHECK(munmap(p, 2 * PAGE) == 0);
		CHECK(unmap_refs(fd, offset, 2) == 0);
	}
	for (int i = 0; i < 40; i++) {
		CHECK(read(pipes[i][0], got, sizeof(got)) == sizeof(got));
		CHECK(filled(got, sizeof(got), 1));
	}
	CHECK(settles("live_pages", pages) && settles("live_handles", 0));
}

struct user {
	pthread_t thread;
	unsigned char *page;
	volatile bool stop;
	const char *wrong;
};

/*
 * Puts the page into a pipe and takes it out again for as long as it is there: it is what it was,
 * or not there any more.
 */
static void *use_page(void *arg)
{
	unsigned char got[64];
	struct user *u = arg;
	int pipes[2];

	if (pipe(pipes))
		u->wrong = "pipe";
	while (!u->stop && !u->wrong) {
		if (vmsplice(pipes[1], &(struct iovec){ u->page, sizeof(got) }, 1, 0) != sizeof(got))
			u->stop = true;
		else if (read(pipes[0], got, sizeof(got)) != sizeof(got) || !filled(got, sizeof(got), 1))
			u->wrong = "another page";
	}
	close(pipes[0]);
	close(pipes[1]);
	return NULL;
}

/*
 * GNT-MUNMAP-005, GNT-MUNMAP-012: a page is put to use while its entry goes; it is found before
 * that, or not at all
 */
static void use_and_unmap(void)
{
	long pages = counter("live_pages");
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	for (int i = 0; i < 150; i++) {
		struct user u = { .stop = false };
		uint64_t offset;

		u.page = map_all(fd, &g, RW, &offset);
		CHECK(pthread_create(&u.thread, NULL, use_page, &u) == 0);
		usleep((useconds_t)(i % 10) * 30);
		if (i % 2)
			CHECK(madvise(u.page, 2 * PAGE, MADV_DONTNEED) == 0);
		CHECK(munmap(u.page, 2 * PAGE) == 0);
		u.stop = true;
		pthread_join(u.thread, NULL);
		if (u.wrong)
			failed(__LINE__, "round %d: %s", i, u.wrong);
		CHECK(unmap_refs(fd, offset, 2) == 0);
	}
	CHECK(settles("live_pages", pages) && settles("live_handles", 0));
}

static void on_alarm(int number)
{
	(void)number;
}

/*
 * GNT-GEN-020: a signal that comes in an mmap, the first of its address space, is no error of the
 * mmap
 */
static void signals(void)
{
	struct grantor_frames g;

	grants_new(&g, 1, true);
	for (int i = 0; i < 100; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			struct itimerval once = { { 0, 0 }, { 0, 10 + 5 * i } };
			struct sigaction action = { .sa_handler = on_alarm };
			uint64_t offset;
			int fd = device_open(O_RDWR);
			unsigned char *p;

			CHECK(map_refs(fd, OWN, g.ref, 1, &offset) == 0);
			sigaction(SIGALRM, &action, NULL);
			setitimer(ITIMER_REAL, &once, NULL);
			p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset);
			CHECK(p != MAP_FAILED);
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	}
}

const struct test stress_tests[] = {
	TEST("handles come back from munmap", handles_come_back),
	TEST("handles come back from mmaps that fail", failures_come_back),
	TEST("processes end with pages mapped", processes_end),
	TEST("threads on one descriptor", threads),
	TEST("many maps with pages in use", many_in_use, .stock = "DEF-021", .kills = "Bad page map"),
	TEST("pages are used while they are unmapped", use_and_unmap, .stock = "DEF-021", .kills = "Bad page map"),
	TEST("signals during mmap", signals, .stock = "DEF-020", .pv = true),
	TEST(NULL, NULL),
};
