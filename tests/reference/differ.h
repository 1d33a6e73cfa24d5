/* SPDX-License-Identifier: MIT */
/*
 * The differ's parts as they see each other. A twin is two worlds in the same state: the model's, in which the proven core
 * runs, and the reference's. Each call is made in both; what the environment answered the core (record.c) is what the
 * reference is told; then everything is compared that a client, another domain or the kernel can tell (compare.c).
 */
#pragma once
#include "reference.h"
#include "world.h"
#include "gntdev.h"

#define PAGE ((u64)GNT_PAGE_SIZE)
#define DOMAINS 3u /* 0 is the driver's own */
#define GRANTS 12u
#define PORTS 4u /* 1 to 4 */
#define DESCRIPTORS 3u /* a process, in the differ's own numbering */
#define BLOCKS (REF_MAPS + 4u)
#define SEGMENTS 140u
#define EVENTS 1024u
#define CALLS 64u /* in a sequence, at most */

/* where a process has what */
#define AREA 0x10000000ull /* mappings of the device */
#define AREA_PAGES 20u
#define BIG 0x18000000ull /* those of many pages */
#define SCRATCH 0x20000000ull /* pages 0, 1, 4, 6, 7: memory; 2, 8: read-only memory; 3, 5, 9: nothing */
#define BUFFER (SCRATCH + 6 * PAGE) /* of copies: two pages and a read-only one */
#define BUFFER_PAGES 3u

enum op {
	OPEN, CLOSE, DUP, SEND, PROCESS, FORK, EXIT,
	MAP, UNMAP, OFFSET, MAX, NOTIFY, COPY, OTHER,
	MMAP, MUNMAP, MPROTECT, MREMAP, MADVISE, INVALIDATE, REAP,
	IO_BEGIN, IO_END, DEFERRED, STORE,
	REVOKE, DIE, PAGE_OUT, PORT_CLOSE, PEER_CLOSE, LIMIT, SIGNAL,
	OPS
};

struct fault {
	u8 kind; /* enum model_fault + 1; 0: none */
	u16 nth;
	s16 status;
};

/* One call with all there is to it, so that a sequence can be made again without some of its calls. */
struct step {
	u8 op, p, d; /* by process p on its descriptor d */
	u8 q, e; /* another process, another descriptor */
	u8 place, segments; /* where the argument is, and of COPY the segments */
	u8 compat, race; /* a 32-bit caller; another thread overwrites the argument once it was fetched */
	u8 flag; /* write, or shared, or may block, ... */
	u8 inside; /* it is made in the middle of the call before it: see twin_middle() */
	u32 n, seed;
	u64 x, y;
	struct fault fault[2];
	bool made; /* else there was nothing to make it with, such as a descriptor */
	s64 got, want; /* what model and reference answered when it was last made */
};

/* A map's memory, as the environment knows it. */
struct block {
	u64 block; /* 0: this entry is free */
	u32 name, count, put; /* in the reference; pages; placeholder pages given back */
	bool freed;
	bool cancelled; /* its one mmap failed before Xen was asked */
	struct ref_grant grant[REF_PAGES];
	u8 kernel[REF_PAGES], user[REF_PAGES]; /* handles: NONE_YET, HELD, REFUSED */
	u8 zapped[REF_PAGES]; /* auto-translated: a set of the processes whose entries Linux has taken away */
};
enum { NONE_YET, HELD, REFUSED };

struct event {
	u32 what, map, value; /* enum ref_what; index of a block + 1, or 0 */
	u32 page;
};

struct unmapped {
	struct block *block;
	u32 page;
	bool user, okay;
};

/* What became of a segment of GRANT_COPY. */
struct seen_segment {
	u8 ahead, final; /* the stores of its status: 0: none, 1: done, 2: refused */
	u8 ops, dirty; /* ops executed; a set */
	u32 batch;
	s16 answer[2];
	struct gnt_copy_op op[2];
	u32 source_ref, source_domid, dest_ref, dest_domid;
};

/* What the environment was asked for in one call, and what it answered. */
struct record {
	u32 fetches, stores;
	bool fetch_fails, store_fails, pin_fails;
	u64 fetch_failed; /* the address */
	bool no_memory, no_port;
	u32 again, cancelled, aborted, inserted;
	u64 pin_failed, segments; /* addresses; the latter is the harness's */
	bool killed, killed_in_batch, batch_open;
	u32 batches;
	struct block *made, *locked, *busy[BLOCKS];
	u32 nbusy, mapped, nevents, nunmapped, ndone;
	s16 kernel[REF_PAGES], user[REF_PAGES];
	struct event event[EVENTS];
	struct unmapped unmapped[EVENTS];
	u16 done[2 * SEGMENTS]; /* 2 * segment + op, of the ops that were done, in the order in which Xen answered */
	struct seen_segment seen[SEGMENTS];
};

struct io {
	bool on;
	u32 pid, name, page;
	u64 addr;
};

struct twin {
	struct model *m;
	struct ref_world *w;
	enum ref_profile profile;
	bool pv;
	u32 pid[REF_PROCESSES]; /* 0: not there */
	struct {
		int fd; /* 0: not open */
		u32 instance;
		int flags;
	} file[REF_PROCESSES][DESCRIPTORS];
	struct gnt_file *instance[REF_INSTANCES]; /* the driver's */
	struct {
		u32 domid, ref;
		bool gone;
		u8 bytes[GNT_PAGE_SIZE]; /* what must be in its frame */
	} grant[GRANTS];
	struct {
		bool peer_gone;
		u64 events;
	} port[PORTS + 1];
	bool dead[DOMAINS];
	struct block block[BLOCKS];
	struct io io[8];
	u64 lost;
	struct record rec;
	struct step *outer, *inner; /* the call that is made, and the one to be made in its middle; NULL: none, or it was made */
	u32 began; /* the map of the outer call, if the reference has made the first half of that */
	u32 canary; /* which wrong answer is planted */
	bool planted;
	u64 calls; /* made */
	char why[256]; /* the disagreement; empty: none */
};

extern struct twin *twin; /* the one at hand */

/* Wrong answers, each of which must be noticed. */
enum canary {
	CANARY_NONE, CANARY_RESULT, CANARY_INDEX, CANARY_COUNT, CANARY_STATUS, CANARY_MEMORY, CANARY_EVENT, CANARY_BYTE,
	CANARY_HANDLE, CANARY_SLOT, CANARY_PAGE, CANARY_LOST, CANARY_OP, CANARIES
};
bool plant(enum canary canary); /* is it time to plant this one? */

__attribute__((format(printf, 1, 2))) void disagree(const char *format, ...);
bool agree(s64 got, s64 want, const char *what);

/* random numbers: of a state that belongs to the caller */
u32 below(u64 *seed, u32 n);

/* twin.c */
struct twin *twin_new(bool pv, enum ref_profile profile);
void twin_free(struct twin *t);
void twin_apply(struct twin *t, struct step *c);
/* The same, with @inner (or NULL) in its middle: false: it had no middle. */
bool twin_step(struct twin *t, struct step *c, struct step *inner);
/*
 * The middle of a MAP_GRANT_REF, whose map has slots and is not listed, and of an mmap that is about to ask Xen: another
 * process's call is made there, if there is one to be made.
 */
void twin_middle(enum op op);
void twin_end(struct twin *t); /* everything goes, and nothing may be left */
void twin_process(struct twin *t, u32 p);

/* memory.c */
void user_put(struct twin *t, u32 p, u64 addr, const void *bytes, u32 len);
void user_get(struct twin *t, u32 p, u64 addr, void *bytes, u32 len); /* what is not accessible is left alone */
u64 place(u32 where, u32 len, u32 seed);
void arm(struct twin *t, struct step *c); /* the call is about to be made: with the faults that it demands */
u32 struck(const struct step *c, enum model_fault kind); /* did this fault, demanded by the call, come? */

/* record.c */
void record_start(void);
struct block *block_of(u32 name);

/* the calls: each makes one in both worlds (calls.c, ioctls.c, copies.c, mappings.c) */
void do_files(struct twin *t, struct step *c);
void do_events(struct twin *t, struct step *c);
void do_ioctl(struct twin *t, struct step *c);
void do_copy(struct twin *t, struct step *c);
void do_mapping(struct twin *t, struct step *c);
/* The first half of a MAP_GRANT_REF, and of an mmap, in the reference. */
void begin_map(struct twin *t, struct step *c);
void begin_mmap(struct twin *t, struct step *c);
/* Is a page in use by a device? And: the reference is told which unmaps Xen refused in the call that was just made. */
bool busy(const struct twin *t, u32 name, u32 page);
void refusals(struct twin *t);
void do_deferred(struct twin *t, struct step *c);
u32 grant_index(const struct twin *t, u32 domid, u32 ref); /* GRANTS: none */
/* The argument at @addr was @bytes; after the call it must be that, but for what the call hands out. */
struct out {
	u32 at, len;
	const void *value; /* NULL: anything */
};
void expect_argument(struct twin *t, const struct step *c, u64 addr, const u8 *bytes, u32 len, const struct out *out, u32 outs,
		     bool raced);

/* compare.c */
void compare(struct twin *t);

/* generate.c */
void generate(struct twin *t, struct step *c, u64 *seed);
/* A call of another process in the middle of @outer; false: there shall be none. */
bool generate_inner(struct twin *t, const struct step *outer, struct step *c, u64 *seed);

/* trace.c */
void trace_call(FILE *to, const struct step *c);

/* sequence.c: a sequence of calls, in one kind of world */
struct sequence {
	bool pv;
	enum ref_profile profile;
	u32 calls;
	struct step call[CALLS];
};

/*
 * Makes the calls of a sequence, which @seed makes up if it is not null: how many until there was a disagreement, that one
 * included, with the reason in @why; 0: there was none. @canary: the wrong answer to be planted.
 */
u32 sequence_run(struct sequence *s, u64 *seed, u32 canary, char *why, size_t room);
/* Which calls can go, so that there still is a disagreement? */
void sequence_minimise(struct sequence *s, char *why, size_t room);
void sequence_print(FILE *to, const struct sequence *s, const char *why);
