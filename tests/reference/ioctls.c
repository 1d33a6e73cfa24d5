// SPDX-License-Identifier: MIT
/*
 * The ioctls but GRANT_COPY: the argument is put where the call says, and what became of it is compared with what the reference
 * hands out.
 */
#include <stdio.h>
#include "differ.h"

#define MAP_ARGUMENT 4096u /* bytes of it at most, the rest being not accessible or not looked at */

struct argument {
	u8 bytes[MAP_ARGUMENT];
	u32 len;
	u64 addr;
};

static void put32(struct argument *a, u32 at, u32 value)
{
	memcpy(a->bytes + at, &value, sizeof(value));
}

static void put64(struct argument *a, u32 at, u64 value)
{
	memcpy(a->bytes + at, &value, sizeof(value));
}

/* The argument is where it is to be, with pads and OUT fields that hold anything. */
static void begin(struct argument *a, const struct step *c, u32 len)
{
	u64 seed = c->seed;

	a->len = len;
	a->addr = place(c->place, len, c->seed);
	if (c->compat)
		a->addr = (u32)a->addr;
	for (u32 i = 0; i < len; i++)
		a->bytes[i] = i < 24 ? (u8)below(&seed, 256) : 0;
}

/*
 * The call is made in the model. @in: the bytes that it fetches first, which another thread may overwrite when it has.
 */
static bool make(struct twin *t, struct step *c, const struct argument *a, u32 command, u32 in)
{
	struct model *m = t->m;
	u32 pid = t->pid[c->p];
	u8 other[24];

	user_put(t, c->p, a->addr, a->bytes, a->len);
	for (u32 i = 0; i < in; i++)
		other[i] = (u8)~a->bytes[i];
	if (c->race)
		model_racing(m, pid, a->addr, in, other);
	arm(t, c);
	if (c->compat)
		c->got = model_ioctl_compat(m, pid, t->file[c->p][c->d].fd, command, a->addr);
	else
		c->got = model_ioctl(m, pid, t->file[c->p][c->d].fd, command, a->addr);
	if (!m->races)
		return c->race;
	races_end(m, process_find(m, pid));
	return false;
}

/* What user memory answered: the argument's first fetch is that at its address. */
static u32 answers(const struct twin *t, const struct argument *a)
{
	const struct record *r = &t->rec;
	u32 env = 0;

	if (r->fetch_fails)
		env |= r->fetch_failed == a->addr && r->fetches == 1 ? REF_ARG_FAULT : REF_REFS_FAULT;
	env |= r->store_fails ? REF_OUT_FAULT : 0;
	env |= r->no_memory ? REF_NO_MEMORY : 0;
	env |= r->no_port ? REF_NO_PORT : 0;
	return env;
}

static u64 seen_at(struct twin *t, const struct step *c, u64 addr, u32 len, enum canary canary)
{
	u64 value = 0;

	user_get(t, c->p, addr, &value, len);
	return plant(canary) ? value + PAGE : value;
}

/* ---- MAP_GRANT_REF */

static struct ref_grant reference(const struct twin *t, u64 *seed)
{
	static const struct ref_grant bad[] = { { 77, 9 }, { 1, 60000 }, { 1, 500 }, { 2, 3 }, { 0x10001, 8 }, { 0x7ff0, 8 } };
	u32 i = below(seed, 40);

	if (i < sizeof(bad) / sizeof(bad[0]))
		return (struct ref_grant){ bad[i].domid, i == 4 ? t->grant[0].ref : bad[i].ref };
	i = below(seed, GRANTS);
	if (i == 4 || i == 9)
		i = below(seed, GRANTS);
	return (struct ref_grant){ t->grant[i].domid, t->grant[i].ref };
}

static struct ref_grant refs[REF_PAGES]; /* of the MAP_GRANT_REF at hand */

static int reserve(struct twin *t, const struct step *c, u32 env)
{
	int map = ref_map_reserve(t->w, t->file[c->p][c->d].instance, c->n, refs, env);

	if (map >= 0 && t->rec.made) {
		t->rec.made->name = (u32)map;
		memcpy(t->rec.made->grant, refs, sizeof(t->rec.made->grant));
	}
	return map;
}

void begin_map(struct twin *t, struct step *c)
{
	int map = reserve(t, c, 0);

	if (map < 0)
		disagree("a map is reserved in the model, and not in the reference: %d", map);
	else
		t->began = (u32)map;
}

static void do_map(struct twin *t, struct step *c)
{
	u32 count = c->n, given = count < MAP_ARGUMENT / 8 - 2 ? count : MAP_ARGUMENT / 8 - 2;
	u64 seed = c->seed;
	uint64_t index = 0;
	struct argument a;
	struct out out = { 8, 8, NULL };
	bool raced;
	int map;

	begin(&a, c, 16 + 8 * (given ? given : 1));
	put32(&a, 0, count);
	for (u32 i = 0; i < given; i++) {
		struct ref_grant ref = reference(t, &seed);

		if (i < REF_PAGES)
			refs[i] = ref;
		put32(&a, 16 + 8 * i, ref.domid);
		put32(&a, 20 + 8 * i, ref.ref);
	}
	raced = make(t, c, &a, 0x00184700, 24);
	map = t->began ? (int)t->began : reserve(t, c, answers(t, &a));
	c->want = map < 0 ? map : ref_map_publish(t->w, (u32)map, answers(t, &a), &index);
	if (c->got == 0 && c->want == 0) {
		agree((s64)seen_at(t, c, a.addr + 8, 8, CANARY_INDEX), (s64)index, "index");
		out.value = &index;
	}
	expect_argument(t, c, a.addr, a.bytes, a.len, &out, 1, raced);
}

/* ---- the others */

static void do_unmap(struct twin *t, struct step *c)
{
	struct argument a;
	bool raced;

	begin(&a, c, 16);
	put64(&a, 0, c->x);
	put32(&a, 8, c->n);
	raced = make(t, c, &a, 0x00104701, 16);
	refusals(t);
	c->want = ref_unmap(t->w, t->file[c->p][c->d].instance, c->x, c->n, answers(t, &a));
	expect_argument(t, c, a.addr, a.bytes, a.len, NULL, 0, raced);
}

static void do_offset(struct twin *t, struct step *c)
{
	struct argument a;
	struct out out[2] = { { 8, 8, NULL }, { 16, 4, NULL } };
	uint64_t offset = 0;
	u32 count = 0;
	bool raced;

	begin(&a, c, 24);
	put64(&a, 0, c->x);
	raced = make(t, c, &a, 0x00184702, 8);
	c->want = ref_offset(t->w, t->file[c->p][c->d].instance, c->p, c->x, answers(t, &a), &offset, &count);
	if (c->got == 0 && c->want == 0) {
		agree((s64)seen_at(t, c, a.addr + 8, 8, CANARY_INDEX), (s64)offset, "offset");
		agree((s64)seen_at(t, c, a.addr + 16, 4, CANARY_COUNT), count, "count");
		out[0].value = &offset;
		out[1].value = &count;
	}
	if (raced) { /* of 8 bytes */
		for (u32 i = 8; i < a.len; i++)
			a.bytes[i] = (u8)~a.bytes[i];
	}
	expect_argument(t, c, a.addr, a.bytes, a.len, out, 2, raced);
}

static void do_max(struct twin *t, struct step *c)
{
	struct argument a;
	bool raced;

	begin(&a, c, 4);
	put32(&a, 0, c->n);
	raced = make(t, c, &a, 0x00044703, 4);
	c->want = ref_max(t->w, t->file[c->p][c->d].instance, c->n, answers(t, &a));
	if (c->want == -ENOTTY && t->rec.fetches + t->rec.stores)
		disagree("GNT-GEN-013: user memory was accessed");
	expect_argument(t, c, a.addr, a.bytes, a.len, NULL, 0, raced);
}

static void do_notify(struct twin *t, struct step *c)
{
	struct argument a;
	bool raced;

	begin(&a, c, 16);
	put64(&a, 0, c->x);
	put32(&a, 8, c->n);
	put32(&a, 12, (u32)c->y);
	raced = make(t, c, &a, 0x00104707, 16);
	refusals(t);
	c->want = ref_notify(t->w, t->file[c->p][c->d].instance, c->x, c->n, (u32)c->y, answers(t, &a));
	/* whose a reference was that was only taken and put back is no matter */
	for (u32 i = 0; c->want && i < t->w->effects; i++)
		t->w->log[i].map = 0;
	expect_argument(t, c, a.addr, a.bytes, a.len, NULL, 0, raced);
}

/* Commands that are not offered, in all their ways. */
static void do_other(struct twin *t, struct step *c)
{
	struct argument a;
	int call = ref_command((u32)c->x, c->compat);

	if (call >= 0 && (call != 3 || t->profile == REF_HEADER))
		return; /* it is offered */
	begin(&a, c, 24);
	make(t, c, &a, (u32)c->x, 24);
	c->want = -ENOTTY;
	if (t->rec.fetches + t->rec.stores)
		disagree("GNT-GEN-013: user memory was accessed");
	expect_argument(t, c, a.addr, a.bytes, a.len, NULL, 0, false);
}

void do_ioctl(struct twin *t, struct step *c)
{
	if (!t->file[c->p][c->d].fd)
		return;
	switch (c->op) {
	case MAP:
		do_map(t, c);
		break;
	case UNMAP:
		do_unmap(t, c);
		break;
	case OFFSET:
		do_offset(t, c);
		break;
	case MAX:
		do_max(t, c);
		break;
	case NOTIFY:
		do_notify(t, c);
		break;
	case OTHER:
		do_other(t, c);
		break;
	}
}
