/* SPDX-License-Identifier: MIT */
/* What there is in the middle of a program: see mutator_scene.h. It must not know why somebody needs something. */
#include <string.h>
#include "mutator_scene.h"

/* ---- what is there */

static void learn_map(struct scene *s, const struct call *c)
{
	s->map[c->to].there = s->map[c->to].listed = true;
	s->map[c->to].tried = false;
	s->map[c->to].file = c->arg[1].which;
	s->map[c->to].pages = (uint16_t)(c->arg[3].kind == NUMBER && c->arg[3].number < 1024 ? c->arg[3].number : 1);
}

static void learn_view(struct scene *s, const struct call *c)
{
	if (c->arg[6].kind != OFFSET)
		return;
	s->map[c->arg[6].which].tried = true;
	s->view[c->to].there = true;
	s->view[c->to].process = c->arg[0].which;
	s->view[c->to].map = c->arg[6].which;
}

static void learn_exit(struct scene *s, uint8_t process)
{
	for (unsigned int i = 0; i < REGISTERS; i++) {
		s->file[i].there &= s->file[i].process != process;
		s->view[i].there &= s->view[i].process != process;
	}
}

static void learn(struct scene *s, const struct call *c)
{
	switch (c->op) {
	case OPEN:
	case DUP:
		s->file[c->to].there = true;
		s->file[c->to].process = c->arg[0].which;
		break;
	case SEND:
		s->file[c->to].there = true;
		s->file[c->to].process = c->arg[2].which;
		break;
	case CLOSE:
		s->file[c->arg[1].which].there = false;
		break;
	case EXIT:
		learn_exit(s, c->arg[0].which);
		break;
	case GRANT_FRAME:
		s->grant[c->to] = true;
		break;
	case BIND:
		s->port[c->to] = true;
		break;
	case MAP:
		learn_map(s, c);
		break;
	case UNMAP:
		s->map[c->arg[3].which].listed &= c->arg[3].kind != OFFSET;
		break;
	case MMAP:
	case MREMAP:
		if (c->op == MMAP)
			learn_view(s, c);
		break;
	case MUNMAP: /* all of it */
		if (c->arg[2].kind == LENGTH && c->arg[1].number == 0)
			s->view[c->arg[1].which].there = false;
		break;
	default:
		break;
	}
}

void scene_look(struct scene *s)
{
	while (s->seen < s->at)
		learn(s, &s->p->call[s->seen++]);
}

void scene_begin(struct scene *s, struct program *p, unsigned int at, struct dice *d)
{
	memset(s, 0, sizeof(*s));
	s->p = p;
	s->d = d;
	s->at = at;
}

struct call *scene_add(struct scene *s, enum op op)
{
	struct program *p = s->p;
	struct call *c = &s->spare;

	scene_look(s);
	if (p->calls < PROGRAM_CALLS) {
		memmove(&p->call[s->at + 1], &p->call[s->at], (p->calls - s->at) * sizeof(p->call[0]));
		p->calls++;
		c = &p->call[s->at++];
	}
	memset(c, 0, sizeof(*c));
	c->op = (uint8_t)op;
	for (unsigned int i = 0; operations[op].args[i] == 'P'; i++)
		c->arg[i] = held(PROCESS, 0, 0);
	return c;
}

/* ---- any call, in what is there */

static void ground_value(struct scene *s, struct value *v)
{
	scene_look(s);
	switch (v->kind) {
	case DESCRIPTOR:
		v->which = s->file[v->which].there && roll(s->d, 3) ? v->which : need_file(s);
		break;
	case OFFSET:
	case PAGES:
	case LENGTH:
		v->which = s->map[v->which].there && roll(s->d, 3) ? v->which : need_map(s);
		break;
	case ADDRESS:
		v->which = s->view[v->which].there && roll(s->d, 3) ? v->which : need_view(s);
		break;
	case GRANT:
		v->which = s->grant[v->which] && roll(s->d, 3) ? v->which : need_grant(s);
		break;
	case PORT:
		v->which = s->port[v->which] ? v->which : need_port(s);
		break;
	default:
		break;
	}
}

/* The process, the descriptor and the length are those of the map or the mapping that the call is about. */
static void ground_rest(struct scene *s, struct call *c)
{
	const char *args = operations[c->op].args;
	uint8_t map = NOWHERE, process = NOWHERE;

	scene_look(s);
	for (unsigned int i = 0; args[i]; i++) {
		if (c->arg[i].kind == OFFSET) {
			map = c->arg[i].which;
			process = s->file[s->map[map].file].process;
		} else if (c->arg[i].kind == ADDRESS) {
			map = s->view[c->arg[i].which].map;
			process = s->view[c->arg[i].which].process;
		} else if (c->arg[i].kind == DESCRIPTOR && process == NOWHERE) {
			process = s->file[c->arg[i].which].process;
		}
	}
	for (unsigned int i = 0; args[i]; i++) {
		if (c->arg[i].kind == PROCESS && i == 0 && process != NOWHERE)
			c->arg[i].which = process;
		if (c->arg[i].kind == DESCRIPTOR && map != NOWHERE && c->op != GET_OFFSET)
			c->arg[i].which = s->map[map].file;
		if ((c->arg[i].kind == LENGTH || c->arg[i].kind == PAGES) && map != NOWHERE)
			c->arg[i].which = map;
	}
}

void ground(struct scene *s, struct call *c)
{
	unsigned int width = program_width(c);

	for (unsigned int i = 0; operations[c->op].args[i]; i++)
		ground_value(s, &c->arg[i]);
	for (unsigned int i = 0; i < c->items * width; i++)
		ground_value(s, &s->p->value[c->first + i]);
	for (unsigned int i = 0; c->op == MAP && i < c->items * width; i += width) {
		struct value *v = &s->p->value[c->first + i];

		if (v[0].kind == DOMAIN)
			v[0].which = v[1].which;
	}
	if (roll(s->d, 10))
		ground_rest(s, c);
}
