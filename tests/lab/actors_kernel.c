// SPDX-License-Identifier: MIT
/*
 * Actors that have the kernel do something to pages: a disk, reclaim, the killer of processes for
 * want of memory, and attempts to unload the module: see stress.c.
 */
#define _GNU_SOURCE
#include <linux/aio_abi.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "lab.h"

#define PAGES 8u
#define DISK "/dev/nullb0"
#define SLOW_DISK "/dev/nullb1" /* answers after seconds */
#define CGROUP "/sys/fs/cgroup/lab"

static struct grantor_frames grants;

/* ---- a disk that answers after some milliseconds (null_blk, see init.sh) */

static int disk;
static aio_context_t context;

static void begin_direct(void)
{
	grants_new(&grants, PAGES, true);
	disk = open(DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	CHECK(disk >= 0);
	CHECK(syscall(SYS_io_setup, PAGES, &context) == 0);
}

static void submit(unsigned int command, unsigned char *p)
{
	struct iocb block[PAGES], *list[PAGES];

	for (unsigned int i = 0; i < PAGES; i++) {
		block[i] = (struct iocb){ .aio_lio_opcode = (uint16_t)command, .aio_fildes = (uint32_t)disk,
			.aio_buf = (uintptr_t)(p + i * PAGE), .aio_nbytes = PAGE, .aio_offset = i * PAGE };
		list[i] = &block[i];
	}
	CHECK(syscall(SYS_io_submit, context, (long)PAGES, list) == PAGES);
}

static void complete(void)
{
	struct io_event event[PAGES];

	CHECK(syscall(SYS_io_getevents, context, (long)PAGES, (long)PAGES, event, NULL) == PAGES);
	for (unsigned int i = 0; i < PAGES; i++)
		CHECK(event[i].res == (int64_t)PAGE);
}

/* Maps, has the disk use the pages, and lets go of them before the disk is done. */
static void use_disk(unsigned int command, uint32_t *seed)
{
	int fd = device_open(O_RDWR);
	uint64_t offset;
	unsigned char *p = map_all(fd, &grants, RW, &offset);

	submit(command, p);
	if (pick(seed, 2))
		CHECK(munmap(p, PAGE) == 0);
	CHECK(munmap(p, PAGES * PAGE) == 0);
	if (pick(seed, 2))
		CHECK(unmap_refs(fd, offset, PAGES) == 0);
	close(fd);
	complete();
}

/* GNT-MUNMAP-005: what was granted goes to the disk, and comes back to who granted it */
static void direct(uint32_t seed)
{
	uint32_t content = pick(&seed, 1000);

	fill(grants.view, PAGES * PAGE, content);
	use_disk(IOCB_CMD_PWRITE, &seed);
	memset(grants.view, 0, PAGES * PAGE);
	use_disk(IOCB_CMD_PREAD, &seed);
	if (!filled(grants.view, PAGES * PAGE, content))
		failed(__LINE__, "what was written is not what is read");
}

/* ---- memory */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		failed(__LINE__, "%s: errno %d", path, errno);
	close(fd);
}

static size_t available(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[100];
	size_t kib = 0;

	CHECK(f);
	while (fgets(line, sizeof(line), f) && sscanf(line, "MemAvailable: %zu", &kib) != 1)
		;
	fclose(f);
	return kib * 1024;
}

static void pressure(uint32_t seed)
{
	size_t size = available() / 2;
	unsigned char *p;

	write_file("/proc/sys/vm/drop_caches", "3");
	if (pick(&seed, 4) == 0)
		write_file("/proc/sys/vm/compact_memory", "1");
	p = mmap(NULL, size, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED);
	for (size_t i = 0; i < size; i += 16 * PAGE)
		p[i] = 1;
	CHECK(munmap(p, size) == 0);
	usleep(50000);
}

/*
 * ---- GNT-MUNMAP-014: a process is killed for want of memory. If it cannot die soon, for it waits for
 * a disk, the reaper takes its private mappings, and must not be blocked.
 */

static void *wait_for_disk(void *arg)
{
	int fd = open(SLOW_DISK, O_RDONLY | O_DIRECT | O_CLOEXEC);

	CHECK(fd >= 0);
	pread(fd, arg, PAGE, 0);
	return NULL;
}

static void begin_out_of_memory(void)
{
	grants_new(&grants, PAGES, true);
	CHECK(mkdir(CGROUP, 0700) == 0 || errno == EEXIST);
	write_file(CGROUP "/memory.max", "8M");
}

static void out_of_memory(uint32_t seed)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		static _Alignas(4096) unsigned char room[PAGE];
		int fd = device_open(O_RDWR);
		pthread_t thread;
		uint64_t offset;

		write_file(CGROUP "/cgroup.procs", "0");
		for (uint32_t i = pick(&seed, 20) + 1; i > 0; i--) {
			map_all(fd, &grants, RW, &offset);
			CHECK(map_refs(fd, OWN, grants.ref, PAGES, &offset) == 0);
			CHECK(mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, (off_t)offset) != MAP_FAILED);
		}
		if (pick(&seed, 2))
			CHECK(pthread_create(&thread, NULL, wait_for_disk, room) == 0);
		for (;;) {
			unsigned char *p = mmap(NULL, 1 << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

			CHECK(p != MAP_FAILED);
			memset(p, 1, 1 << 20);
		}
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		failed(__LINE__, "the process was not killed: status 0x%x", (unsigned int)status);
	usleep(500000);
}

/* ---- GNT-MOD-008 */

static void begin_unloads(void)
{
	device_open(O_RDWR);
}

static void unloads(uint32_t seed)
{
	FAILS(syscall(SYS_delete_module, "grantproof", O_NONBLOCK), EAGAIN);
	usleep(pick(&seed, 20000));
}

const struct actor kernel_actors[] = {
	{ "a disk reads and writes pages that go", direct, begin_direct },
	{ "killed for want of memory", out_of_memory, begin_out_of_memory },
	{ "caches dropped, memory compacted and short", pressure, NULL },
	{ "unloading is refused", unloads, begin_unloads },
	{ NULL, NULL, NULL },
};
