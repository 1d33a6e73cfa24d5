/* SPDX-License-Identifier: MIT */
/*
 * The input of a fuzz target: a string of bytes, from which values are taken that are likely to mean something
 * together. Any string is an input, and the same string is always the same values.
 */
#pragma once
#include <stdint.h>
#include "abi.h"
#include "model.h"

#define PAGE 4096u
#define PROCESSES 2u
#define DOMAINS 3u /* MODEL_DOM0 and two more */
#define FIRST_FD 3
#define FDS 4u
#define MEMORY 7u /* offsets, addresses and grants that an input can name again */

/* What each process has: pages it may write, and after them one it may only read. */
#define BUFFER 0x100000ull
#define BUFFER_PAGES 8u
#define BUFFER_END (BUFFER + (BUFFER_PAGES + 1) * PAGE)

struct target {
	const uint8_t *at, *end; /* of the input */
	struct model *m;
	uint32_t pid[PROCESSES];
	struct {
		uint64_t index, count;
	} map[MEMORY]; /* what MAP returned */
	uint64_t mapping[MEMORY]; /* where mmap put them */
	struct {
		uint32_t domid, ref;
	} grant[MEMORY];
	uint32_t maps, mappings, grants; /* ever: the oldest is forgotten */
	uint64_t digest;
	int digested; /* nothing has changed since the digest was taken */
};

/* Ends the program if what must hold does not. */
void expect(int holds, const char *what);

/* @bytes bytes, as one number; when the input is used up, zeros. */
uint64_t take(struct target *t, unsigned int bytes);
/* Any number at all; most often a small one. */
uint64_t number(struct target *t);
/* A length in bytes, most often of whole pages. */
uint64_t length(struct target *t);
/* A process, a descriptor: most often the first, so that calls which belong together meet. */
uint32_t pid(struct target *t);
int fd(struct target *t);
/* What MAP returned, by its place in @t->map: for @back 0 the last, for 1 the one before, ... */
uint32_t known_map(const struct target *t, uint8_t back);
/* An address: in the buffer, in a mapping, or anywhere. */
uint64_t address(struct target *t);
/* An offset in the device's file: one that MAP returned, one that is wrong in a few bits, or any. */
uint64_t offset(struct target *t);
/* A grant: one that there was, perhaps with a wrong domain id, or any two numbers. */
void grant(struct target *t, uint32_t *domid, uint32_t *ref);
