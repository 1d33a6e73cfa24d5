// SPDX-License-Identifier: MIT
/*
 * A twin: how it begins and ends, and what every call has in common. It must not know what a call does.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include "differ.h"

struct twin *twin;

void disagree(const char *format, ...)
{
	va_list args;

	if (twin->why[0])
		return;
	va_start(args, format);
	vsnprintf(twin->why, sizeof(twin->why), format, args);
	va_end(args);
}

bool agree(s64 got, s64 want, const char *what)
{
	if (got != want)
		disagree("%s: %lld in the model, %lld in the reference", what, got, want);
	return got == want;
}

bool plant(enum canary canary)
{
	if (twin->canary != canary || twin->planted)
		return false;
	twin->planted = true;
	return true;
}

u32 below(u64 *seed, u32 n)
{
	u64 z = (*seed += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (u32)(((z ^ (z >> 31)) >> 32) * n >> 32);
}

u32 grant_index(const struct twin *t, u32 domid, u32 ref)
{
	u32 i = 0;

	while (i < GRANTS && (t->grant[i].domid != domid || t->grant[i].ref != ref))
		i++;
	return i;
}

/* ---- the beginning: domains that grant, ports, one process */

static void grants(struct twin *t)
{
	for (u32 i = 0; i < GRANTS; i++) {
		u64 id = 0x1d00 + i;

		t->grant[i].domid = i < 6 ? 1 : i < 10 ? 2 : 0;
		t->grant[i].ref = (u32)model_grant(t->m, t->grant[i].domid, MODEL_DOM0, i == 4 || i == 9);
		memset(t->grant[i].bytes, 0xa5, PAGE);
		memcpy(t->grant[i].bytes + 8, &id, sizeof(id));
		model_owner_store(t->m, t->grant[i].domid, t->grant[i].ref, 0, t->grant[i].bytes, (u32)PAGE);
	}
}

struct twin *twin_new(bool pv, enum ref_profile profile)
{
	const struct model_options options = {
		.mode = pv ? MODEL_PV : MODEL_AUTO, .profile = profile == REF_HEADER ? MODEL_HEADER : MODEL_LINUX, .limit = 200,
	};
	static struct ref_world world;
	static struct twin one;
	struct twin *t = &one;

	memset(t, 0, sizeof(*t));
	twin = t;
	t->pv = pv;
	t->profile = profile;
	t->m = model_new(&options);
	t->w = &world;
	memset(world.instance, 0, sizeof(world.instance)); /* ref_init(), but that free entries hold what they held */
	for (u32 i = 0; i < REF_MAPS; i++)
		world.map[i].name = 0;
	world.pv = pv;
	world.limit = options.limit;
	world.names = 0;
	world.gave_up = NULL;
	for (u32 i = 1; i < DOMAINS; i++)
		model_domain(t->m);
	grants(t);
	for (u32 i = 1; i <= PORTS; i++)
		model_port(t->m, i % 2 + 1);
	twin_process(t, 0);
	return t;
}

void twin_free(struct twin *t)
{
	model_free(t->m);
	t->m = NULL;
}

void twin_process(struct twin *t, u32 p)
{
	struct model *m = t->m;
	u32 pid = t->pid[p] = model_process(m);

	model_mmap(m, pid, SCRATCH, 9 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	model_mprotect(m, pid, SCRATCH + 2 * PAGE, PAGE, PROT_READ);
	model_mprotect(m, pid, SCRATCH + 8 * PAGE, PAGE, PROT_READ);
	model_munmap(m, pid, SCRATCH + 3 * PAGE, PAGE);
	model_munmap(m, pid, SCRATCH + 5 * PAGE, PAGE);
}

/* ---- calls */

void arm(struct twin *t, struct step *c)
{
	c->made = true;
	for (u32 i = 0; i < 2; i++) {
		if (c->fault[i].kind)
			model_fail_with(t->m, c->fault[i].kind - 1u, c->fault[i].nth, c->fault[i].status);
	}
}

u32 struck(const struct step *c, enum model_fault kind)
{
	for (u32 i = 0; i < 2; i++) {
		if (c->fault[i].kind == kind + 1)
			return twin->m->fault[kind] == 0;
	}
	return 0;
}

void twin_apply(struct twin *t, struct step *c)
{
	twin = t;
	t->w->effects = 0;
	t->began = 0;
	record_start();
	c->got = c->want = 0;
	c->made = false;
	switch (c->op) {
	case MAP ... MAX:
	case NOTIFY:
	case OTHER:
		do_ioctl(t, c);
		break;
	case COPY:
		do_copy(t, c);
		break;
	case MMAP ... REAP:
		do_mapping(t, c);
		break;
	case OPEN ... EXIT:
		do_files(t, c);
		break;
	default:
		do_events(t, c);
	}
	for (u32 kind = 0; kind < MODEL_FAULTS; kind++)
		model_fail(t->m, kind, 0);
	if (plant(CANARY_RESULT))
		c->got ^= 1;
	if (t->w->gave_up)
		disagree("the differ asks too much of the reference: %s", t->w->gave_up);
	t->calls += c->made;
	agree(c->got, c->want, "result");
	if (!t->why[0])
		compare(t);
}

bool twin_step(struct twin *t, struct step *c, struct step *inner)
{
	t->outer = c;
	t->inner = inner;
	twin_apply(t, c);
	if (!t->why[0])
		model_check(t->m);
	return inner && !t->inner;
}

void twin_middle(enum op op)
{
	static struct record kept;
	struct twin *t = twin;
	struct step *inner = t->inner;
	u64 fault[MODEL_FAULTS];
	s16 status[MODEL_FAULTS];
	u32 began;

	if (!inner || t->outer->op != op)
		return;
	t->inner = NULL;
	if (op == MAP)
		begin_map(t, t->outer);
	else
		begin_mmap(t, t->outer);
	if (t->why[0])
		return;
	began = t->began;
	memcpy(fault, t->m->fault, sizeof(fault));
	memcpy(status, t->m->status, sizeof(status));
	for (u32 kind = 0; kind < MODEL_FAULTS; kind++)
		model_fail(t->m, kind, 0);
	kept = t->rec;
	twin_apply(t, inner);
	t->rec = kept;
	memcpy(t->m->fault, fault, sizeof(fault));
	memcpy(t->m->status, status, sizeof(status));
	t->w->effects = 0;
	t->began = began;
}

void twin_end(struct twin *t)
{
	struct step c = { .op = IO_END };
	struct model_live live;

	model_check(t->m);
	for (u32 i = 0; i < sizeof(t->io) / sizeof(t->io[0]) && !t->why[0]; i++) {
		c.n = i;
		twin_apply(t, &c);
	}
	c.op = EXIT;
	for (u32 p = 0; p < REF_PROCESSES && !t->why[0]; p++) {
		c.p = (u8)p;
		twin_apply(t, &c);
	}
	c.op = DEFERRED;
	if (!t->why[0])
		twin_apply(t, &c);
	for (u32 i = 0; i < REF_MAPS && !t->why[0]; i++) {
		if (t->w->map[i].name)
			disagree("map %u is left in the reference", t->w->map[i].name);
	}
	model_live(t->m, &live);
	if (!t->why[0] && (live.memory || live.files || live.vmas || live.works || live.notifiers || live.areas || live.handles
			   || live.pages || live.pins || live.ports || live.maps || live.processes))
		disagree("something is left in the model when all processes are gone");
}
