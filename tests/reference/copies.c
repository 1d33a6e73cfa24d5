// SPDX-License-Identifier: MIT
/*
 * GRANT_COPY: the segments of a call, what became of each, and the bytes, which are copied here a second time.
 */
#include <stdio.h>
#include "differ.h"

#define BYTES 24u /* of a segment */

static struct ref_segment segment[SEGMENTS];
static u8 buffer[BUFFER_PAGES][GNT_PAGE_SIZE];

/* ---- the segments of a call */

static u64 local(u64 *seed, u32 len)
{
	u32 at = below(seed, 8192);

	if (below(seed, 4) == 0)
		at = (u32)PAGE - below(seed, len + 1); /* across the end of a page */
	switch (below(seed, 160)) {
	case 0:
		return BUFFER + 2 * PAGE + below(seed, 4096);
	case 1:
		return BUFFER + 3 * PAGE - below(seed, len + 1);
	case 2:
		return 0 - (u64)below(seed, 3 * len + 1);
	case 3:
		return 0x7ffffffff000ull - below(seed, len + 1);
	case 4:
		return AREA + below(seed, AREA_PAGES * 4096);
	default:
		return BUFFER + at;
	}
}

static struct ref_side side(const struct twin *t, u64 *seed, bool foreign, u32 len, u32 compat)
{
	struct ref_side s = { 0 };
	u32 i = below(seed, GRANTS + 1);

	if (!foreign) {
		s.virt = local(seed, len);
		if (compat)
			s.virt = (u32)s.virt;
		return s;
	}
	s.domid = i < GRANTS ? (u16)t->grant[i].domid : 77;
	s.ref = i < GRANTS ? t->grant[i].ref : 5;
	if (s.domid == 0 && below(seed, 2))
		s.domid = 0x7ff0; /* DOMID_SELF */
	s.offset = (u16)below(seed, 4096);
	if (s.offset + len > 4096 && below(seed, 40))
		s.offset = (u16)(4096 - len);
	return s;
}

static void make_segments(const struct twin *t, const struct step *c)
{
	u64 seed = c->seed;

	memset(segment, 0, sizeof(segment));
	for (u32 k = 0; k < c->n; k++) {
		struct ref_segment *s = &segment[k];
		u32 kind = below(&seed, 100);

		s->flags = kind < 45 ? REF_SOURCE_GREF : kind < 88 ? REF_DEST_GREF : kind < 99 ? 3 : 0;
		if (c->n > 30 && !s->flags)
			s->flags = 3;
		s->len = (u16)(below(&seed, 12) ? below(&seed, 64) : below(&seed, 12) ? below(&seed, 4097) : 0);
		s->source = side(t, &seed, s->flags & REF_SOURCE_GREF, s->len, c->compat);
		s->dest = side(t, &seed, s->flags & REF_DEST_GREF, s->len, c->compat);
		s->flags |= below(&seed, 20) ? 0 : (u16)(below(&seed, 65536) & 0xfffc);
	}
}

/* As the header lays it out; what is not named holds anything. */
static void encode_side(u8 *raw, const struct ref_side *s, bool foreign, u32 compat)
{
	u32 low = (u32)s->virt;

	if (foreign) {
		memcpy(raw, &s->ref, 4);
		memcpy(raw + 4, &s->offset, 2);
		memcpy(raw + 6, &s->domid, 2);
	} else if (compat) {
		memcpy(raw, &low, 4);
	} else {
		memcpy(raw, &s->virt, 8);
	}
}

static void encode(u8 *raw, const struct step *c)
{
	u64 seed = c->seed + 1;

	for (u32 k = 0; k < c->n; k++, raw += BYTES) {
		for (u32 i = 0; i < BYTES; i++)
			raw[i] = (u8)below(&seed, 256);
		encode_side(raw, &segment[k].source, segment[k].flags & REF_SOURCE_GREF, c->compat);
		encode_side(raw + 8, &segment[k].dest, segment[k].flags & REF_DEST_GREF, c->compat);
		memcpy(raw + 16, &segment[k].len, 2);
		memcpy(raw + 18, &segment[k].flags, 2);
	}
}

/* ---- what the environment answered */

static u32 answers(struct twin *t, const struct step *c, u64 arg, u64 at)
{
	const struct record *r = &t->rec;
	u32 env = r->no_memory ? REF_NO_MEMORY : 0, last = SEGMENTS;

	if (r->fetch_fails && r->fetches == 1)
		return env | (r->fetch_failed == arg ? REF_ARG_FAULT : 0);
	for (u32 k = 0; k < c->n; k++) {
		segment[k].fetch_fault = r->fetch_fails && r->fetch_failed == at + k * BYTES;
		segment[k].ahead_fault = r->seen[k].ahead == 2;
		segment[k].status_fault = r->seen[k].final == 2;
		memcpy(segment[k].answer, r->seen[k].answer, sizeof(segment[k].answer));
		last = r->seen[k].ahead == 1 ? k : last;
	}
	if (r->pin_fails && last < SEGMENTS) {
		const struct ref_segment *s = &segment[last];
		u64 virt = s->flags & REF_SOURCE_GREF ? s->dest.virt : s->source.virt;

		segment[last].pin_fault[r->pin_failed / PAGE != virt / PAGE] = true;
	}
	return env;
}

/*
 * A caller that is killed between two hypercalls of a batch, or between two segments: which statuses it will not see no
 * requirement says.
 */
static bool killed_anywhere(const struct twin *t, const struct step *c)
{
	u32 last = 0;

	for (u32 k = 0; k < c->n; k++)
		last = t->rec.seen[k].ahead ? k : last;
	return t->rec.killed && (t->rec.killed_in_batch || last % 64 == 63);
}

/* ---- the bytes, once more */

static u8 *bytes_of(struct twin *t, const struct step *c, const struct ref_side *s, bool foreign)
{
	static u8 elsewhere[GNT_PAGE_SIZE];
	u32 page, i;
	const struct ref_map *m;

	if (foreign) {
		i = grant_index(t, s->domid == 0x7ff0 ? 0 : s->domid, s->ref);
		if (i < GRANTS)
			return t->grant[i].bytes + s->offset;
	} else if (s->virt - BUFFER < BUFFER_PAGES * PAGE) {
		return &buffer[0][0] + (s->virt - BUFFER);
	} else if ((m = ref_at(t->w, c->p, s->virt, &page))) {
		i = grant_index(t, m->page[page].grant.domid, m->page[page].grant.ref);
		if (i < GRANTS)
			return t->grant[i].bytes + s->virt % PAGE;
	}
	disagree("a copy succeeds, and the differ does not know where to");
	return elsewhere;
}

/* In the order in which Xen has done them: an op that was retried comes after its batch. */
static void copy_again(struct twin *t, const struct step *c)
{
	for (u32 k = 0; k < t->rec.ndone; k++) {
		const struct ref_op *op = &segment[t->rec.done[k] / 2].op[t->rec.done[k] % 2];

		memmove(bytes_of(t, c, &op->dest, op->flags & REF_DEST_GREF),
			bytes_of(t, c, &op->source, op->flags & REF_SOURCE_GREF), op->len);
	}
}

static void compare_bytes(struct twin *t, const struct step *c)
{
	static u8 got[BUFFER_PAGES * GNT_PAGE_SIZE];

	user_get(t, c->p, BUFFER, got, sizeof(got));
	if (memcmp(got, buffer, sizeof(got)))
		disagree("the local buffers are not what the ops make of them");
	for (u32 i = 0; i < GRANTS; i++) {
		if (!t->grant[i].gone && !model_owner_load(t->m, t->grant[i].domid, t->grant[i].ref, 0, got, (u32)PAGE)
		    && memcmp(got, t->grant[i].bytes, PAGE))
			disagree("grant %u of domain %u does not hold what the ops make of it", t->grant[i].ref,
				 t->grant[i].domid);
	}
}

/* ---- comparing */

static u64 where(const struct ref_side *s, bool foreign)
{
	return foreign ? s->offset : s->virt;
}

static void compare_op(const struct ref_segment *s, const struct seen_segment *seen, u32 i)
{
	const struct ref_op *op = &s->op[i];
	bool from = op->flags & REF_SOURCE_GREF, to = op->flags & REF_DEST_GREF;

	agree(plant(CANARY_OP) ? 0 : seen->op[i].len, op->len, "length of an op");
	agree((s64)seen->op[i].source, (s64)where(&op->source, from), "source of an op");
	agree((s64)seen->op[i].dest, (s64)where(&op->dest, to), "destination of an op");
	agree(seen->dirty >> i & 1, op->dirty, "page of an op is marked dirty");
	if (from && (seen->source_ref != op->source.ref || seen->source_domid != op->source.domid))
		disagree("another grant is the source of an op");
	if (to && (seen->dest_ref != op->dest.ref || seen->dest_domid != op->dest.domid))
		disagree("another grant is the destination of an op");
}

static void compare_segments(struct twin *t, const struct step *c, u64 at, u8 *raw)
{
	u32 fetched = t->rec.fetches ? t->rec.fetches - 1 : 0;

	for (u32 k = 0; k < c->n && !twin->why[0]; k++) {
		const struct seen_segment *seen = &t->rec.seen[k];
		struct ref_segment *s = &segment[k];

		agree(seen->batch, s->batch, "batch of a segment");
		agree(seen->ops, s->batch ? s->ops : 0, "ops of a segment");
		for (u32 i = 0; i < seen->ops && !twin->why[0]; i++)
			compare_op(s, seen, i);
		for (u32 i = 0; c->race && k < fetched && i < BYTES; i++)
			raw[k * BYTES + i] ^= 0xff;
		if (s->written)
			memcpy(raw + k * BYTES + 20, &s->status, 2);
		if (s->written && plant(CANARY_STATUS))
			raw[k * BYTES + 20] ^= 1;
	}
	expect_argument(t, c, at, raw, c->n * BYTES, NULL, 0, false);
}

/* ---- the call */

static void race(struct twin *t, const struct step *c, u64 at, const u8 *raw)
{
	u8 other[BYTES];

	for (u32 k = 0; c->race && k < c->n; k++) {
		for (u32 i = 0; i < BYTES; i++)
			other[i] = (u8)~raw[k * BYTES + i];
		model_racing(t->m, t->pid[c->p], at + k * BYTES, BYTES, other);
	}
}

static void reload(struct twin *t)
{
	for (u32 i = 0; i < GRANTS; i++)
		model_owner_load(t->m, t->grant[i].domid, t->grant[i].ref, 0, t->grant[i].bytes, (u32)PAGE);
}

void do_copy(struct twin *t, struct step *c)
{
	u64 arg = place(c->place, 16, c->seed), at = c->segments ? place(c->segments, c->n * BYTES, c->seed / 7)
								  : SCRATCH + PAGE + 8 * (c->seed % 32);
	u8 raw[SEGMENTS * BYTES], head[16] = { 0 };
	u32 fd = (u32)t->file[c->p][c->d].fd, pid = t->pid[c->p], kill, low = (u32)at;

	if (!fd)
		return;
	arg = c->compat ? (u32)arg : arg;
	at = c->compat ? (u32)at : at;
	memset(t->rec.seen, 0, sizeof(t->rec.seen));
	t->rec.segments = at;
	make_segments(t, c);
	encode(raw, c);
	memcpy(head, &c->n, 4);
	memcpy(head + (c->compat ? 4 : 8), c->compat ? (void *)&low : (void *)&at, c->compat ? 4 : 8);
	user_put(t, c->p, at, raw, c->n * BYTES);
	user_put(t, c->p, arg, head, sizeof(head));
	user_get(t, c->p, BUFFER, buffer, sizeof(buffer));
	race(t, c, at, raw);
	arm(t, c);
	if (c->compat)
		c->got = model_ioctl_compat(t->m, pid, (int)fd, 0x00084708, arg);
	else
		c->got = model_ioctl(t->m, pid, (int)fd, 0x00104708, arg);
	races_end(t->m, process_find(t->m, pid));
	kill = t->rec.killed ? t->rec.batches : 0;
	if (killed_anywhere(t, c)) {
		c->want = -EINTR;
		reload(t);
		return;
	}
	c->want = ref_copy(t->w, t->file[c->p][c->d].instance, c->n, segment, kill, answers(t, c, arg, at));
	compare_segments(t, c, at, raw);
	copy_again(t, c);
	compare_bytes(t, c);
	expect_argument(t, c, arg, head, c->compat ? 8 : 16, NULL, 0, false);
}
