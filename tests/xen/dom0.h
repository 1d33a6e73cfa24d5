/* SPDX-License-Identifier: MIT */
/*
 * What the tests share: they run in a PV dom0 on real Xen, where gntalloc grants
 * pages of dom0 to dom0 itself, so one domain is both sides of a grant. Nothing here knows which
 * driver is behind the device.
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef uint16_t domid_t;
typedef uint32_t grant_ref_t;
#include <xen/gntdev.h>

#define PAGE 4096ul
#define GRANTS_MAX 512u

/* GNTCOPY_* and GNTST_* of Xen's public grant_table.h */
#define COPY_SOURCE_GREF 1
#define COPY_DEST_GREF 2

struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test smoke_tests[], mapping_tests[], stress_tests[];
extern const char *device;

/* Fails the running test, which is a process of its own, with a reason. */
__attribute__((noreturn, format(printf, 2, 3))) void failed(int line, const char *format, ...);

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			failed(__LINE__, "%s (errno %d)", #condition, errno); \
	} while (0)

/* a call fails with one errno and no other */
#define FAILS(call, number) \
	do { \
		errno = 0; \
		if ((call) != -1 || errno != (number)) \
			failed(__LINE__, "%s: errno %d, expected %d", #call, errno, number); \
	} while (0)

/* Pages of dom0 granted to dom0, and the owner's view of them. */
struct grants {
	int fd;
	uint32_t n;
	uint32_t ref[GRANTS_MAX];
	unsigned char *page;
};

void grants_new(struct grants *g, uint32_t n, bool writable);
void grants_free(struct grants *g);
void fill(unsigned char *p, size_t n, uint32_t seed);
bool filled(const unsigned char *p, size_t n, uint32_t seed);

/* ---- the device */
int device_open(int flags);
int map_refs(int fd, uint32_t domid, const uint32_t *ref, uint32_t n, uint64_t *offset);
int unmap_refs(int fd, uint64_t offset, uint32_t n);
int copy(int fd, struct gntdev_grant_copy_segment *segment, unsigned int n);
/* MAP_GRANT_REF of all of @g, and mmap */
unsigned char *map_all(int fd, const struct grants *g, int prot, uint64_t *offset);
/* A number the driver under test shows in sysfs, or -1: the stock driver shows none. */
long counter(const char *name);
/* no more of it than @before within two seconds: deferred unmaps may take a while */
bool settles(const char *name, long before);
