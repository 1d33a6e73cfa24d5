/* SPDX-License-Identifier: MIT */
/*
 * What the files of the lab's program share. It runs in a PV dom0 on a kernel full of checkers; what
 * these find is in the kernel's log, which init.sh looks through. gntalloc grants pages of dom0 to
 * dom0 itself, so one domain is both sides of a grant.
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

#define RW (PROT_READ | PROT_WRITE)

/* ---- device.c */
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

/* Pages of dom0 granted to dom0, and the owner's view of them. */
struct grants {
	int fd;
	uint32_t n;
	uint32_t ref[GRANTS_MAX];
	unsigned char *page;
};

void grants_new(struct grants *g, uint32_t n, bool writable);
void fill(unsigned char *p, size_t n, uint32_t seed);
bool filled(const unsigned char *p, size_t n, uint32_t seed);

int device_open(int flags);
int map_refs(int fd, uint32_t domid, const uint32_t *ref, uint32_t n, uint64_t *offset);
int unmap_refs(int fd, uint64_t offset, uint32_t n);
int copy(int fd, struct gntdev_grant_copy_segment *segment, unsigned int n);
/* MAP_GRANT_REF of all of @g, and mmap */
unsigned char *map_all(int fd, const struct grants *g, int prot, uint64_t *offset);
/* A number the driver shows in sysfs. */
long counter(const char *name);

/* what the driver holds */
struct held {
	long maps, pages, handles, lost;
};

struct held held_now(void);
/* No more than @before within ten seconds; prints what is more. */
bool held_settles(struct held before);

/* A port bound to another one of this domain: events can be sent to it. */
int port_new(void);
int notify(int fd, uint64_t offset, uint32_t action, uint32_t port);

/* ---- sweep.c, cases.c: one allocation or user copy after another fails, in each call */
int sweep(void);

/*
 * A call of a sweep, in an address space and with a descriptor of its own. @prepare makes what it
 * needs; @call is one system call, and returns as that does.
 */
struct world {
	int fd, other;
	struct grants *grants;
	uint64_t offset;
	unsigned char *page, *room;
	void *segments;
	long result;
};

struct call {
	const char *name;
	void (*prepare)(struct world *w);
	long (*call)(struct world *w);
	int errors[4]; /* those that a failure in it may make it return */
	bool once; /* it fails or not, there is no second try */
	bool unmaps; /* also if it fails, grants may have been unmapped */
	bool shows; /* it makes a mapping of three pages at @page */
};

/* all, and what another profile does differently */
extern const struct call linux_calls[], header_calls[];

/* ---- stress.c, actors*.c: many processes and threads at once */
int stress(unsigned int seconds, uint32_t seed);

struct actor {
	const char *name;
	/* does its thing once; @seed is another each time */
	void (*act)(uint32_t seed);
	/* once, in its process, before anything else */
	void (*begin)(void);
};

extern const struct actor map_actors[], use_actors[], kernel_actors[];

/* A number below @n; @seed changes. */
uint32_t pick(uint32_t *seed, uint32_t n);

/* ---- grants.c: what Xen says */
/* Grants of this domain that Xen has mapped for somebody, or -1. */
long grants_in_use(void);
