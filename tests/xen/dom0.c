// SPDX-License-Identifier: MIT
/*
 * dom0 smoke|mapping|stress DEVICE: the tests of the file of that name as KTAP, each in a process of
 * its own, so that a hang or a crash is one failed row. dom0 hold DEVICE: maps a page, says so, and
 * keeps it until killed; dom0 pipe DEVICE: lets go of all but a page in a pipe.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/uio.h>
#include <xen/gntalloc.h>
#include "dom0.h"

#define TEST_SECONDS 60

const char *device;

void failed(int line, const char *format, ...)
{
	va_list ap;

	printf("# line %d: ", line);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

void grants_new(struct grants *g, uint32_t n, bool writable)
{
	static _Alignas(8) unsigned char room[sizeof(struct ioctl_gntalloc_alloc_gref) + GRANTS_MAX * sizeof(uint32_t)];
	struct ioctl_gntalloc_alloc_gref *arg = (void *)room;

	*arg = (struct ioctl_gntalloc_alloc_gref){ .flags = writable ? GNTALLOC_FLAG_WRITABLE : 0, .count = n };
	g->n = n;
	g->fd = open("/dev/xen/gntalloc", O_RDWR | O_CLOEXEC);
	CHECK(g->fd >= 0);
	CHECK(ioctl(g->fd, IOCTL_GNTALLOC_ALLOC_GREF, arg) == 0);
	for (uint32_t i = 0; i < n; i++)
		g->ref[i] = arg->gref_ids[i];
	g->page = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, (off_t)arg->index);
	CHECK(g->page != MAP_FAILED);
	fill(g->page, n * PAGE, 1);
}

void grants_free(struct grants *g)
{
	munmap(g->page, g->n * PAGE);
	close(g->fd);
}

void fill(unsigned char *p, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)((i + seed) * 2654435761u >> 13);
}

bool filled(const unsigned char *p, size_t n, uint32_t seed)
{
	if (p == MAP_FAILED)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != (unsigned char)((i + seed) * 2654435761u >> 13))
			return false;
	}
	return true;
}

int device_open(int flags)
{
	int fd = open(device, flags | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

int map_refs(int fd, uint32_t domid, const uint32_t *ref, uint32_t n, uint64_t *offset)
{
	_Alignas(8) unsigned char room[sizeof(struct ioctl_gntdev_map_grant_ref) + GRANTS_MAX * 8];
	struct ioctl_gntdev_map_grant_ref *arg = (void *)room;
	int err;

	arg->count = n;
	arg->index = ~0ull;
	for (uint32_t i = 0; i < n; i++)
		arg->refs[i] = (struct ioctl_gntdev_grant_ref){ domid, ref[i] };
	err = ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg);
	*offset = arg->index;
	return err;
}

int unmap_refs(int fd, uint64_t offset, uint32_t n)
{
	struct ioctl_gntdev_unmap_grant_ref arg = { .index = offset, .count = n };

	return ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &arg);
}

int copy(int fd, struct gntdev_grant_copy_segment *segment, unsigned int n)
{
	struct ioctl_gntdev_grant_copy arg = { .count = n, .segments = segment };

	return ioctl(fd, IOCTL_GNTDEV_GRANT_COPY, &arg);
}

unsigned char *map_all(int fd, const struct grants *g, int prot, uint64_t *offset)
{
	unsigned char *p;

	CHECK(map_refs(fd, 0, g->ref, g->n, offset) == 0);
	p = mmap(NULL, g->n * PAGE, prot, MAP_SHARED, fd, (off_t)*offset);
	CHECK(p != MAP_FAILED);
	return p;
}

long counter(const char *name)
{
	char path[100];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/grantproof/parameters/%s", name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

bool settles(const char *name, long before)
{
	for (int i = 0; i < 200; i++) {
		if (counter(name) <= before)
			return true;
		usleep(10000);
	}
	return false;
}

static void run(unsigned int number, const struct test *test)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(TEST_SECONDS);
		test->run();
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		printf("not ok %u - %s # status 0x%x\n", number, test->name, (unsigned int)status);
	else
		printf("ok %u - %s\n", number, test->name);
	fflush(stdout);
}

static void run_all(const struct test *test)
{
	unsigned int n = 0;

	while (test[n].name)
		n++;
	printf("KTAP version 1\n1..%u\n", n);
	for (unsigned int i = 0; i < n; i++)
		run(i + 1, &test[i]);
}

static void hold(bool in_pipe)
{
	struct grants g;
	uint64_t offset;
	int pipes[2], fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 1, true);
	p = map_all(fd, &g, PROT_READ | PROT_WRITE, &offset);
	CHECK(filled(p, PAGE, 1));
	if (in_pipe) {
		CHECK(pipe(pipes) == 0);
		CHECK(vmsplice(pipes[1], &(struct iovec){ p, PAGE }, 1, 0) == PAGE);
		CHECK(munmap(p, PAGE) == 0 && close(fd) == 0);
	}
	puts("held");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	device = argv[2];
	if (!strcmp(argv[1], "smoke"))
		run_all(smoke_tests);
	else if (!strcmp(argv[1], "mapping"))
		run_all(mapping_tests);
	else if (!strcmp(argv[1], "stress"))
		run_all(stress_tests);
	else if (!strcmp(argv[1], "hold") || !strcmp(argv[1], "pipe"))
		hold(argv[1][0] == 'p');
	else
		return 2;
	return 0;
}
