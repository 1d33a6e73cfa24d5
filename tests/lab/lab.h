/* SPDX-License-Identifier: MIT */
/*
 * What the files of the lab's program share. It runs in a PV dom0 on a kernel full of checkers; what
 * these find is in the kernel's log, which init.sh looks through. gntalloc grants pages of dom0 to
 * dom0 itself, so one domain is both sides of a grant.
 */
#pragma once
#include "../xen/device.h"

/* ---- held.c */
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
	struct grantor_frames *grants;
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
