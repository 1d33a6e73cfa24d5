/* SPDX-License-Identifier: MIT */
/*
 * The device as test programs use it, in a dom0 on real Xen: the rig's (dom0.h) and the lab's (tests/lab/lab.h). The domain
 * that grants is that dom0 itself or another one (grantor.h). Nothing here knows which driver is behind the device.
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
#include "../conformance/grantor.h"

#define PAGE 4096ul
#define RW (PROT_READ | PROT_WRITE)

/* GNTCOPY_* and GNTST_* of Xen's public grant_table.h */
#define COPY_SOURCE_GREF 1
#define COPY_DEST_GREF 2
#define NO_DOMAIN (-2) /* GNTST_bad_domain */

extern const char *device;

/* Ends the process, which a row stands for, with a reason. */
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

/* Who grants: grantor_open(). Each process for itself: what privcmd maps is not inherited. */
void open_grantor(const char *path);
/* @n pages of the granting domain, filled with seed 1; its view of them is the process's, and no child's */
void grants_new(struct grantor_frames *g, uint32_t n, bool writable);
void fill(unsigned char *p, size_t n, uint32_t seed);
bool filled(const unsigned char *p, size_t n, uint32_t seed);

int device_open(int flags);
/* the granting domain, as @domid */
#define OWN grantor_domid()
int map_refs(int fd, uint32_t domid, const uint32_t *ref, uint32_t n, uint64_t *offset);
int unmap_refs(int fd, uint64_t offset, uint32_t n);
int copy(int fd, struct gntdev_grant_copy_segment *segment, unsigned int n);
/* MAP_GRANT_REF of all of @g, and mmap */
unsigned char *map_all(int fd, const struct grantor_frames *g, int prot, uint64_t *offset);
/* A number the driver under test shows in sysfs, or -1: the stock driver shows none. */
long counter(const char *name);
