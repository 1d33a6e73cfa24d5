/* SPDX-License-Identifier: MIT */
/*
 * A run of one row: the registers, and with them the whole expected state of the device under test. What a frame, a
 * page of user memory or a view must contain, which slots are taken, what is listed: all of it is known here in the
 * simplest form there is, and compared with the device after every step.
 */
#pragma once
#include "row.h"
#include <xen/grant_table.h>
#include <xen/gntdev.h>

struct file {
	bool open;
	int fd;
	uint32_t instance; /* 1, 2, ... in the order of opening */
	unsigned int process;
};

/* A page that cannot be accessed is before and after it. */
struct memory {
	uint64_t addr; /* 0: not allocated */
	uint32_t pages;
	int prot;
	uint8_t *bytes; /* expected */
	bool *forbidden; /* [pages] */
	unsigned int process;
};

struct grant {
	bool made, readonly;
	uint32_t ref;
	uint8_t bytes[PAGE]; /* expected */
};

struct map {
	bool used; /* by this row */
	bool listed;
	uint32_t instance;
	uint64_t index; /* as the device gave it */
	uint32_t slot, pages;
	uint8_t first_grant;
	uint32_t grants;
	uint32_t mapped; /* pages that a view still shows */
};

struct view {
	uint64_t addr; /* 0: not mapped */
	uint64_t base; /* where it is, or was */
	uint32_t pages, left; /* of which so many are not gone */
	int prot;
	uint8_t map;
	unsigned int process;
	bool *gone; /* [pages]: unmapped */
	bool *dead; /* [pages]: there is a mapping, but the page is not LIVE any more */
};

struct run {
	const struct dut *dut;
	const struct row *row;
	bool stock; /* Linux's own driver: offsets follow its rules, not ours */
	struct dut_config config;
	bool failed;
	uint32_t step; /* the one that runs, from 1 on; 0: none */
	uint32_t instances;
	uint64_t seed; /* of the next pattern */
	struct file file[FILES];
	struct memory memory[MEMORIES];
	struct grant grant[GRANTS];
	struct map map[MAPS];
	struct view view[VIEWS];
	uint32_t port[PORTS];
	bool bound[PORTS];
	unsigned int process; /* that makes calls at present */
	unsigned int events_seen;
	uint64_t clock;
	bool no_probe; /* after an error, no MAP may be made to see what it did */
	bool racing; /* the argument of the call at hand is overwritten by another thread */
	bool low; /* the program has 32-bit addresses */
	uint32_t low_pages;
	const struct step *other; /* what another thread is to do, at point @other->meanwhile of the call */
	unsigned int points;
};

/* An argument in user memory, until argument_free(). */
struct argument {
	uint64_t addr;
	uint64_t region; /* 0: nothing to free */
	uint32_t pages; /* of the region, the guards included */
	uint64_t readable; /* bytes of it that can be accessed */
};

/* The step, or the row, has failed: one line of diagnostics. The run goes on to where it can be cleaned up. */
__attribute__((format(printf, 2, 3))) void run_fails(struct run *r, const char *format, ...);

/* "EINVAL" for -EINVAL; a number is itself. */
const char *result_name(int64_t result);

/* Runs @row: true if it passed. Prints diagnostics, not the result. */
bool run_row(const struct dut *dut, const struct dut_config *config, bool stock, const struct row *row);

/* The process that makes calls from now on; the failure that the step asks of the environment, before and after its call. */
void run_become(struct run *r, unsigned int process);
void run_arm(struct run *r, const struct step *s);
void run_disarm(struct run *r, const struct step *s);

/* ---- actions.c */
struct action_type {
	const char *name;
	void (*prepare)(struct run *r, const struct step *s); /* either this one, */
	int64_t (*call)(struct run *r, const struct step *s); /* or this one, which has a result */
	unsigned int needs;
};

extern const struct action_type actions[]; /* by enum action */
void run_describe(const struct step *s, char *text, size_t room);

/* ---- prepare.c, files.c, calls.c, memory.c, others.c: a step each; the results of calls */
void step_alloc(struct run *r, const struct step *s);
void step_forbid(struct run *r, const struct step *s);
void step_grant(struct run *r, const struct step *s);
void step_owner_store(struct run *r, const struct step *s);
#define STEP(name) int64_t step_##name(struct run *r, const struct step *s)
STEP(revoke); STEP(open); STEP(close); STEP(dup); STEP(load); STEP(store);
STEP(map); STEP(unmap); STEP(copy); STEP(ioctl); STEP(offset); STEP(set_max); STEP(notify);
STEP(mmap); STEP(munmap); STEP(mprotect); STEP(mremap); STEP(madvise); STEP(fork); STEP(inherit); STEP(exit);
STEP(port); STEP(port_close); STEP(peer_close); STEP(events); STEP(watch); STEP(next_event);
STEP(io_begin); STEP(io_end); STEP(deferred); STEP(invalidate); STEP(reap); STEP(signal); STEP(set_limit);
STEP(page_out); STEP(holds); STEP(lost); STEP(slept);
#undef STEP

/* ---- state.c */
uint8_t *run_pattern(struct run *r, uint8_t *to, uint64_t len); /* bytes never seen before */
uint32_t run_domid(const struct run *r, uint32_t number); /* OWNER in it replaced */
struct grant *map_grant(struct run *r, const struct map *map, uint32_t page);
/* The slot that a map of @pages must get; 2^20 if there is none. */
uint32_t run_lowest(const struct run *r, uint32_t instance, uint32_t pages);
void run_check_contents(struct run *r);
/* After an error: the state is as @before, as far as the device tells, and as a probe of each open file finds. */
void run_check_unchanged(struct run *r, const struct dut_state *before, const struct step *s);
void run_clean_up(struct run *r);

/* ---- argument.c */
int64_t anonymous(struct run *r, uint32_t pages, int prot); /* user memory between two guard pages */
bool argument_place(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
/* The array of segments, which the step's modifiers for segments place. */
bool argument_place_segments(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a);
/* GNT-GEN-007: @bytes are what was placed, and but for the @out_len bytes at @out each is still there. */
void argument_check(struct run *r, const struct argument *a, const void *bytes, uint64_t len, uint64_t out,
		    uint64_t out_len);
void argument_free(struct run *r, struct argument *a);

/* ---- copy.c */
int64_t copy_call(struct run *r, const struct step *s, struct argument *header, struct argument *segments);
void copy_accept(struct run *r, const struct step *s, const struct argument *segments, int64_t result);

/* ---- fail_nth.c: the sweep, on the model; the exit status */
int fail_nth(const struct dut_config *config, const char *filter);
