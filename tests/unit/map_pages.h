/* SPDX-License-Identifier: MIT */
/*
 * A map's pages (src/core/map.h) in an environment made for them, for tests: one block, and a Xen that answers as the test
 * says, and checks at every call what env_map.h and env_port.h require. Beside it a reference, which goes page by page, knows no
 * windows, and is told what Xen answered: after every call it says which pages Xen must have been asked for, and how often.
 * What does not hold is said to test_failed().
 */
#pragma once
#include "ktap.h"
#include "map.h"

#define PAGES_MAX 200u
#define PORTS 8u
#define NEVER (~0u)
#define LOG_BYTES 8192u

#define LINUX GNT_PROFILE_LINUX
#define HEADER GNT_PROFILE_HEADER
#define READ GNT_MODE_READONLY
#define WRITE GNT_MODE_WRITABLE
#define C GNT_NOTIFY_CLEAR_BYTE
#define E GNT_NOTIFY_SEND_EVENT

enum { MAP_KERNEL, MAP_USER, UNMAP_KERNEL, UNMAP_USER, KINDS };

struct map_env {
	u64 block; /* the one there is, or 0; blocks: all there ever were */
	u64 blocks;
	struct gnt_pages p;
	u32 locked;
	u32 others; /* 1: another thread has the lock, and gives it up to whoever waits */
	u32 may_block; /* 0: the call at hand must not */
	u64 my_share, my_retry, my_own;
	u32 shares, promises;
	s64 user[PAGES_MAX], kernel[PAGES_MAX];
	u32 writable[PAGES_MAX], placed[PAGES_MAX], in_use[PAGES_MAX], lost[PAGES_MAX];
	u32 next_handle;
	u32 refs[PORTS]; /* references on each port, whoever has them */
	/* what Xen will answer for each page, and after how many hypercalls one fails as a whole */
	s16 status[KINDS][PAGES_MAX];
	u32 whole[KINDS];
	s32 error;
	/* the call at hand: what Xen was asked for, what it did; bytes cleared and events sent in their order */
	u32 asked[KINDS][PAGES_MAX], done[KINDS][PAGES_MAX];
	char log[LOG_BYTES];
};

struct map_want {
	u32 count, pv, profile, mode, shares, promises, freed;
	u32 state[PAGES_MAX], byte[PAGES_MAX], event[PAGES_MAX], port[PAGES_MAX], domid[PAGES_MAX];
	u32 asked[KINDS][PAGES_MAX]; /* in the call at hand */
	char log[LOG_BYTES];
};

extern struct map_env env;
extern struct map_want want;

/* ---- the environment (map_env.c) */

void complain(int good, const char *what);
__attribute__((format(printf, 2, 3))) void note(char *log, const char *format, ...);
/* page_told(), page_due(), notify_page() and notify_single() of page @q. */
int page_good(u32 q);

/* ---- calls of the core, each compared with the reference's (map_pages.c) */

/* A new map of @count pages, each of a domain of its own; the test has its share. */
void map_start(u32 pv, u32 profile, u32 count);
/* Before each call: nothing has been asked of Xen, no byte cleared, no event sent. */
void map_before_call(void);
s32 map_show(u32 mode);
s32 map_invalidate(u32 from, u32 to, u32 may_block);
void map_hide(void);
/* The test's share, and the promise of a deferred unmap: there must be one. */
void map_drop(void);
void map_retry(void);
s32 map_notify(u32 page, u32 action, u32 offset, u32 port);
/* Nothing is in use any more, the share is dropped and the promise kept: the map ends. */
void map_finish(void);
