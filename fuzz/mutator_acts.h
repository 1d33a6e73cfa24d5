/* SPDX-License-Identifier: MIT */
/*
 * Acts as they see each other: each puts a few calls into a program, at the place of its scene, with all that they need. act()
 * of mutator_scene.h chooses one.
 */
#pragma once
#include "mutator_scene.h"

/* mutator_acts.c: maps and mappings, as clients use them */
void act_map(struct scene *s);
void act_show(struct scene *s);
void act_cut(struct scene *s);
void act_change(struct scene *s);
void act_fork(struct scene *s);
void act_offset(struct scene *s);
void act_notify(struct scene *s);

uint64_t some_page(struct scene *s, unsigned int pages); /* of so many: where it begins */
unsigned int pages_of(struct scene *s, uint8_t view);
struct call *on_view(struct scene *s, enum op op, uint8_t view); /* a call on pages of a mapping: all, one, or some */
struct call *on_map(struct scene *s, enum op op, uint8_t map); /* an ioctl with the offset of a map */

/* mutator_copy.c */
void act_copy(struct scene *s);

/* mutator_trouble.c */
void act_busy(struct scene *s);
void act_fault(struct scene *s);
void act_signal(struct scene *s);
void act_meanwhile(struct scene *s);
void act_limit(struct scene *s);
