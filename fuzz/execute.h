/* SPDX-License-Identifier: MIT */
/*
 * Runs a program: makes numbers of its arguments, puts the ioctls' arguments into user memory, and keeps the results for the
 * calls to come. What a call does, a machine does: the model (on_model.h) or a real device (on_device.h), which then does the
 * same as the model was seen to do, as far as a device can be made to.
 */
#pragma once
#include "program.h"

#define PAGE 4096u
#define PROCESSES REGISTERS

/* What each process has from its beginning: pages it may write, and after them one it may only read. */
#define ARENA 0x10000000ull
#define ARENA_PAGES 8u
#define ARENA_END (ARENA + (ARENA_PAGES + 1) * PAGE)

#define TRANSFER 8192u /* bytes, the most that one call moves */
#define OUTCOME_BYTES 64u
#define PAGES_MAX 16384u /* of all maps that a program makes: more take their time and show nothing new */
#define DEVICE_PAGES 1024u /* on a device */

/* One call to a machine. MAP to COPY are IOCTL here, and what is read and written is the process's own memory. */
struct action {
	uint8_t op, process;
	bool compat;
	uint64_t a[6]; /* as in the program, but for the process, the bytes and their number */
	void *bytes;
	uint32_t len;
};

struct machine {
	/* A value that is not negative, or -errno. */
	int64_t (*perform)(struct machine *machine, const struct action *action);
	/* @hook is called in the middle of the calls that follow. NULL: this machine has no such thing. */
	void (*meanwhile)(struct machine *machine, void (*hook)(void *cookie), void *cookie);
	/* A call has ended, whatever was done in its middle. May be NULL. */
	void (*settled)(struct machine *machine);
	bool device; /* it is one, or is to do only what one can: all grants are of @owner's frames */
	bool stock; /* and that one is Linux's own driver: not what its kernel might not survive */
	uint32_t owner;
};

enum fate {
	NOT_MADE, /* the program was too large, or ended before */
	IMPOSSIBLE, /* on a device */
	MADE,
};

/* What came of a call, as far as it is the same on all machines. */
struct outcome {
	uint8_t fate;
	uint32_t len; /* of the bytes: what was read, or written back by an ioctl */
	int64_t result;
	uint8_t bytes[OUTCOME_BYTES]; /* if there are more, the last eight are a hash of all */
};

struct run {
	const struct program *p;
	struct machine *on;
	uint64_t reg[KINDS][REGISTERS];
	uint64_t pages; /* of maps made */
	uint32_t limit; /* grants a call, that is in force */
	unsigned int at, end; /* the outer call, and the end of those in its middle */
	unsigned int point; /* of the outer call, so far */
	uint32_t made; /* a set: of those in its middle */
	struct outcome *outcome; /* [calls], or NULL: nobody wants to know */
	const struct outcome *predicted; /* NULL, or what the model said */
};

/*
 * @outcome: [calls], or NULL. @predicted: what was left out there is left out here, and mappings go where they went there.
 */
void execute(const struct program *p, struct machine *on, struct outcome *outcome, const struct outcome *predicted);

/* ---- within: execute.c, execute_ioctl.c, possible.c */
static inline uint64_t evaluate(const struct run *r, const struct value *v)
{
	return r->reg[v->kind][v->which] + v->number;
}

int64_t perform(struct run *r, uint8_t op, uint8_t process, const uint64_t *a, unsigned int n, void *bytes, uint32_t len);
void remember(struct outcome *o, const void *bytes, uint32_t len);
/* An ioctl that is named by its number in the header: its argument is made, and what it hands out kept. */
int64_t execute_ioctl(struct run *r, const struct call *c, struct outcome *o);
bool possible(const struct run *r, const struct call *c);
