// SPDX-License-Identifier: MIT
/*
 * Actors that map and let go, in every order: see stress.c. What an actor maps shows what was
 * granted, as long as it is there.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>
#include "lab.h"

#define PAGES 16u

static struct grantor_frames grants;

static void begin(void)
{
	grants_new(&grants, PAGES, true);
}

/* a grant's page i of a mapping that begins at page @from of the grants */
static bool shows(const unsigned char *p, uint32_t i, uint32_t from)
{
	return filled(p + i * PAGE, 64, (uint32_t)(1 + (from + i) * PAGE));
}

/* MAP_GRANT_REF of some of the grants, and mmap */
static unsigned char *map_some(int fd, uint32_t from, uint32_t n, int prot, uint64_t *offset)
{
	unsigned char *p;

	CHECK(map_refs(fd, OWN, grants.ref + from, n, offset) == 0);
	p = mmap(NULL, n * PAGE, prot, MAP_SHARED, fd, (off_t)*offset);
	CHECK(p != MAP_FAILED);
	return p;
}

/* What a program may do to a mapping that it has. */
static void disturb(unsigned char *p, uint32_t n, uint32_t *seed)
{
	uint32_t i = pick(seed, n);
	unsigned char *q;

	switch (pick(seed, 7)) {
	case 0: /* GNT-MUNMAP-003 */
		CHECK(munmap(p + i * PAGE, PAGE) == 0);
		break;
	case 1:
		CHECK(madvise(p + i * PAGE, PAGE, MADV_DONTNEED) == 0);
		break;
	case 2:
		CHECK(mprotect(p + i * PAGE, PAGE, PROT_READ) == 0);
		break;
	case 3: /* GNT-MREMAP-002 */
		CHECK(mremap(p, n * PAGE, (i + 1) * PAGE, 0) == p);
		break;
	case 4: /* GNT-MREMAP-003 */
		q = mmap(NULL, n * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(mremap(p, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
		CHECK(munmap(q, n * PAGE) == 0);
		break;
	case 5: /* another mapping on top of it */
		CHECK(mmap(p + i * PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p + i * PAGE);
		break;
	}
}

static void map_and_disturb(int fd, uint32_t *seed)
{
	uint32_t from = pick(seed, PAGES), n = 1 + pick(seed, PAGES - from);
	bool early = pick(seed, 2);
	uint64_t offset;
	unsigned char *p = map_some(fd, from, n, pick(seed, 4) ? RW : PROT_READ, &offset);

	if (!shows(p, 0, from) || !shows(p, n - 1, from))
		failed(__LINE__, "a mapping shows something else");
	/* GNT-UNMAP-007: while it is mapped */
	CHECK(!early || unmap_refs(fd, offset, n) == 0);
	disturb(p, n, seed);
	CHECK(munmap(p, n * PAGE) == 0);
	CHECK(early || unmap_refs(fd, offset, n) == 0);
}

static void one_alone(uint32_t seed)
{
	int fd = device_open(O_RDWR);

	for (int i = 0; i < 20; i++)
		map_and_disturb(fd, &seed);
	close(fd);
}

/* ---- GNT-GEN-009: threads on one descriptor */

struct thread {
	pthread_t thread;
	int fd;
	uint32_t seed;
};

static void *thread_maps(void *arg)
{
	struct thread *t = arg;

	/* not mremap: it takes an address that another thread's mmap may be given */
	for (int i = 0; i < 20; i++) {
		uint32_t from = pick(&t->seed, PAGES), n = 1 + pick(&t->seed, PAGES - from);
		uint64_t offset;
		unsigned char *p = map_some(t->fd, from, n, RW, &offset);

		if (!shows(p, n - 1, from))
			failed(__LINE__, "a mapping shows something else");
		CHECK(madvise(p, PAGE, MADV_DONTNEED) == 0 && munmap(p, n * PAGE) == 0);
		CHECK(unmap_refs(t->fd, offset, n) == 0);
	}
	return NULL;
}

static void threads(uint32_t seed)
{
	struct thread t[3];
	int fd = device_open(O_RDWR);

	for (unsigned int i = 0; i < 3; i++) {
		t[i] = (struct thread){ .fd = fd, .seed = seed + i * 1000 };
		CHECK(pthread_create(&t[i].thread, NULL, thread_maps, &t[i]) == 0);
	}
	for (unsigned int i = 0; i < 3; i++)
		pthread_join(t[i].thread, NULL);
	close(fd);
}

/* ---- GNT-CLOSE-004: killed in the middle of whatever it does */

static void killed(uint32_t seed)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		for (;;)
			one_alone(pick(&seed, 1u << 28) | 1);
	}
	CHECK(pid > 0);
	usleep(pick(&seed, 20000));
	CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	if (!WIFSIGNALED(status))
		failed(__LINE__, "the process to kill ended with status 0x%x", (unsigned int)status);
}

/* ---- GNT-FORK-001, -003, -004: a child of a process that maps and unmaps */

static void forks(uint32_t seed)
{
	int status, fd = device_open(O_RDWR);
	uint64_t offset, second;
	unsigned char *p = map_some(fd, 0, 4, RW, &offset);
	pid_t pid;

	CHECK(map_refs(fd, OWN, grants.ref, 4, &second) == 0);
	if (pick(&seed, 3) == 0)
		CHECK(madvise(p, 4 * PAGE, MADV_DOFORK) == 0 && madvise(p, 4 * PAGE, MADV_KEEPONFORK) == 0);
	pid = fork();
	if (pid == 0) {
		p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, fd, (off_t)second);
		if (p == MAP_FAILED || !shows(p, 3, 0))
			_exit(1);
		if (pick(&seed, 2))
			munmap(p, PAGE);
		_exit(0);
	}
	CHECK(pid > 0);
	if (pick(&seed, 2))
		CHECK(munmap(p, 2 * PAGE) == 0);
	else if (!shows(p, 2, 0))
		failed(__LINE__, "after a fork a mapping shows something else");
	close(fd);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	munmap(p, 4 * PAGE);
}

/* ---- GNT-CLOSE-002: a mapping without a descriptor, armed */

static void closed(uint32_t seed)
{
	static int port;
	int fd = device_open(O_RDWR);
	uint32_t byte = pick(&seed, PAGE * 2);
	uint64_t offset;
	unsigned char *p;

	if (!port)
		port = port_new();
	p = map_some(fd, 8, 2, RW, &offset);
	CHECK(notify(fd, offset + byte, 3, (uint32_t)port) == 0);
	close(fd);
	if (!shows(p, 1, 8) && byte / PAGE == 0)
		failed(__LINE__, "without its descriptor a mapping shows something else");
	p[byte] = 0xa5;
	CHECK(munmap(p, 2 * PAGE) == 0);
	/* GNT-NOTIFY-020 and on: the byte is cleared when the mapping goes */
	for (int i = 0; i < 1000 && grants.view[8 * PAGE + byte]; i++)
		usleep(1000);
	if (grants.view[8 * PAGE + byte])
		failed(__LINE__, "byte %u was not cleared", byte);
	fill(grants.view, PAGES * PAGE, 1);
}

/* ---- GNT-GEN-020, GNT-MMAP-023: signals all the time, and an address space that is new */

static void on_alarm(int number)
{
	(void)number;
}

static void signals(uint32_t seed)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct itimerval often = { { 0, 300 + pick(&seed, 3000) }, { 0, 50 + pick(&seed, 3000) } };
		struct sigaction action = { .sa_handler = on_alarm };

		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &often, NULL);
		one_alone(seed);
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

/*
 * ---- GNT-MUNMAP-012: a mapping is made while the kernel changes other entries of the address space,
 * which takes no lock that mmap has: what is watched from now on must be watched before it is LIVE
 */

#define CHANGERS 2

struct changer {
	pthread_t thread;
	volatile bool *stop;
};

static void *change_entries(void *arg)
{
	struct changer *c = arg;
	int fd = memfd_create("entries", MFD_CLOEXEC);
	unsigned char *p = mmap(NULL, 64 * PAGE, RW, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && p != MAP_FAILED);
	while (!*c->stop) {
		CHECK(ftruncate(fd, 64 * PAGE) == 0);
		for (unsigned int i = 0; i < 64; i++)
			p[i * PAGE] = 1;
		CHECK(ftruncate(fd, 0) == 0);
	}
	close(fd);
	return NULL;
}

static void entries_change(uint32_t seed)
{
	volatile bool stop = false;
	struct changer c[CHANGERS];
	int fd = device_open(O_RDWR);

	for (unsigned int i = 0; i < CHANGERS; i++) {
		c[i].stop = &stop;
		CHECK(pthread_create(&c[i].thread, NULL, change_entries, &c[i]) == 0);
	}
	for (int i = 0; i < 40; i++) {
		uint64_t first, second;
		unsigned char *p, *q;

		p = map_some(fd, 0, 4, RW, &first);
		q = map_some(fd, 4, 4, RW, &second);
		CHECK(madvise(q + pick(&seed, 4) * PAGE, PAGE, MADV_DONTNEED) == 0);
		CHECK(munmap(p, 4 * PAGE) == 0 && munmap(q, 4 * PAGE) == 0);
		CHECK(unmap_refs(fd, first, 4) == 0 && unmap_refs(fd, second, 4) == 0);
	}
	stop = true;
	for (unsigned int i = 0; i < CHANGERS; i++)
		pthread_join(c[i].thread, NULL);
	close(fd);
}

const struct actor map_actors[] = {
	{ "maps, disturbs, unmaps", one_alone, begin },
	{ "maps, disturbs, unmaps, twice", one_alone, begin },
	{ "threads on one descriptor", threads, begin },
	{ "killed at any time", killed, begin },
	{ "forks with a mapping", forks, begin },
	{ "closes what is mapped, and armed", closed, begin },
	{ "signals at any time", signals, begin },
	{ "maps while other entries change", entries_change, begin },
	{ NULL, NULL, NULL },
};
