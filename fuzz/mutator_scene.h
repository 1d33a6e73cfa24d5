/* SPDX-License-Identifier: MIT */
/*
 * What there is where a call is put into a program: which registers hold something, of which process, file and map. What a call
 * needs and is not there is made before it. It is a guess: that a call before it fails is none of its business.
 */
#pragma once
#include "mutator.h"

#define NOWHERE REGISTERS /* no register */

struct scene {
	struct program *p;
	struct dice *d;
	unsigned int at; /* the next call is put before this one */
	unsigned int seen; /* calls that are known */
	struct {
		bool there;
		uint8_t process;
	} file[REGISTERS];
	struct {
		bool there, listed, tried; /* tried: there was an mmap of it */
		uint8_t file;
		uint16_t pages;
	} map[REGISTERS];
	struct {
		bool there;
		uint8_t process, map;
	} view[REGISTERS];
	bool grant[REGISTERS], port[REGISTERS];
	struct call spare; /* for who puts a call into a full program */
};

/* ---- mutator_scene.c */
void scene_begin(struct scene *s, struct program *p, unsigned int at, struct dice *d);
/* A new call at @s->at, which goes on; its arguments are to be set before anything else is asked of the scene. */
struct call *scene_add(struct scene *s, enum op op);

/* What there is now is in @s. */
void scene_look(struct scene *s);
/* @c is to be put at @s->at: what it refers to and is not there is made, or another one is taken. */
void ground(struct scene *s, struct call *c);

/* ---- mutator_need.c. A register of what there is, or, if there is none (and sometimes if there is), of what is made now. */
uint8_t need_file(struct scene *s);
uint8_t need_grant(struct scene *s);
uint8_t need_port(struct scene *s);
uint8_t need_map(struct scene *s);
uint8_t need_view(struct scene *s);
uint8_t new_file(struct scene *s, uint8_t process);
uint8_t new_map(struct scene *s, unsigned int pages);
uint8_t new_view(struct scene *s, uint8_t map, unsigned int prot);
uint8_t fresh_map(struct scene *s, unsigned int pages); /* one that was not mapped yet; of so many pages, if it is made now */

static inline struct value number_of(uint64_t number)
{
	return (struct value){ .kind = NUMBER, .number = number };
}

static inline struct value held(enum kind kind, uint8_t which, uint64_t number)
{
	return (struct value){ (uint8_t)kind, which, number };
}

/* ---- mutator_acts.c: a few calls that go together, at @at: where the calls after them begin */
unsigned int act(struct program *p, unsigned int at, struct dice *d);
