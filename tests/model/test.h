/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the model share: a test is a function; it fails by EXPECT() and goes on (ktap.h). Each has a world of
 * its own (begin(), end()), in which the device is driven by a driver that does nothing but show grants (fake.c), so that
 * what is tested is Linux and Xen as the model has them. A breach is tested for in a child process (BREACH()).
 */
#pragma once
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include "../unit/ktap.h"
#include "env.h"
#include "xen.h"

#define PAGE ((u64)GNT_PAGE_SIZE)
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define FAKE_PAGES 16u

#define EXPECT_IS(expression, wanted) \
	do { \
		long long is_ = (long long)(expression), wanted_ = (long long)(wanted); \
		if (is_ != wanted_) \
			test_failed(__FILE__, __LINE__, #expression, " is %lld, not %lld", is_, wanted_); \
	} while (0)

/* Does @run end the program with a breach whose message begins with @rule? */
int breaks(void (*run)(void), const char *rule);
#define BREACH(run, rule) EXPECT(breaks(run, rule))

/* ---- the world of a test: a granting domain, a process, and the device open in it */
extern struct model *m;
extern u32 domain, pid;
extern int fd;

void begin(enum model_mode mode);
void end(void); /* everything goes, and nothing may be left */
u64 memory(u32 process, u64 pages); /* fresh memory, or the test fails */
int byte(u32 process, u64 addr); /* what is there, or -errno */
void put(u32 process, u64 addr, u8 value);

/* ---- the driver: @pages grants, fresh, one after the other from the reference that is the offset of the mapping */
struct fake_map {
	u32 pages, vmas;
	u32 page[FAKE_PAGES], user[FAKE_PAGES], kernel[FAKE_PAGES];
	bool lost[FAKE_PAGES]; /* an unmap was refused: the page is left as it is */
	u64 start;
	struct process *process;
	struct notifier notifier;
};

extern struct fake {
	/* what it does */
	int split; /* the answer to may_split() */
	bool deaf; /* it registers no notifier */
	bool block; /* it would have to block */
	bool copy; /* its VMAs are copied by fork() */
	s64 (*ioctl)(struct file *file, u32 cmd, u64 arg);
	/* what it has seen */
	u32 opens, closes, splits, releases, told, told_not_to_block, flags;
	u64 told_start, told_end;
	struct fake_map *last;
} fake;

u32 grants(u32 pages); /* the first reference */
u64 show(u32 process, u64 pages); /* a mapping of fresh grants, each with its number from 1 as first byte */
u8 owner_byte(u32 ref);
