/* SPDX-License-Identifier: MIT */
/* Chains of calls in which the environment fails once: what fail_nth.c offers to the scenarios of fail_scenarios.c. */
#pragma once
#include "model.h"
#include "run.h"

#define CHAIN_GRANTS 8u
#define CHAIN_PORTS 2u

struct chain {
	struct model *m;
	bool header, automatic;
	uint64_t nth; /* the point of failure; 0: none */
	unsigned int failures; /* calls that failed */
	uint32_t pid, child;
	int fd;
	uint64_t memory, used; /* where arguments are put */
	uint32_t ref[CHAIN_GRANTS];
	uint32_t port[CHAIN_PORTS];
};

struct scenario {
	const char *name; /* NULL: the end */
	const char *ids; /* of spec/requirements.md */
	unsigned int least; /* points, at least: fewer, and the chain has not done what it is for */
	void (*run)(struct chain *c); /* goes on as far as it can when a call has failed */
};

extern const struct scenario scenarios[];

/* The result of a call: it must be a success or an errno that is documented for it. */
int64_t chain_result(struct chain *c, const char *call, int64_t result);
uint64_t chain_store(struct chain *c, const void *bytes, uint64_t len); /* into user memory */
uint64_t chain_buffer(const struct chain *c); /* 32 pages that can be written */
/* An ioctl, which must not change the state if it fails. */
int64_t chain_ioctl(struct chain *c, const char *call, uint32_t command, const void *bytes, uint64_t len);
int64_t chain_compat(struct chain *c, const char *call, uint32_t command, const void *bytes, uint64_t len);

/* ---- fail_calls.c: what the calls return, or -errno */
int64_t chain_map(struct chain *c, uint32_t n); /* MAP_GRANT_REF of @n pages over the grants in turn: the offset */
int64_t chain_unmap(struct chain *c, int64_t index, uint32_t n);
int64_t chain_mmap(struct chain *c, int64_t index, uint32_t n, int prot);
int64_t chain_munmap(struct chain *c, int64_t at, uint32_t first, uint32_t n);
int64_t chain_notify(struct chain *c, int64_t index, uint32_t action, uint32_t port);
uint64_t chain_segments(struct chain *c, uint32_t n); /* of every kind, in user memory */
int64_t chain_copy(struct chain *c, uint32_t n);
