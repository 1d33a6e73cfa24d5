/* SPDX-License-Identifier: MIT */
/*
 * Target: decoding and splitting of copy segments (src/core/request.c, copy.c; I8) against code that goes byte by byte, and against
 * what the core's predicates say (src/model/armed_copy.h). The input is raw segments, as user space would have written them, with the statuses that Xen answers; and their first bytes the
 * arguments of all other ioctls.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "armed_copy.h"
#include "request.h"

#define RECORD (GNT_SEGMENT_BYTES + 4u)
#define MASK (GNT_PAGE_SIZE - 1)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static u64 little(const u8 *raw, u32 at, u32 bytes)
{
	u64 value = 0;

	for (u32 i = bytes; i-- > 0; )
		value = value << 8 | raw[at + i];
	return value;
}

/* ---- arguments */

static void arguments(const u8 *raw)
{
	const struct gnt_map_request map = gnt_decode_map(raw);
	const struct gnt_ref_request ref = gnt_decode_ref(raw);
	const struct gnt_unmap_request unmap = gnt_decode_unmap(raw);
	const struct gnt_notify_request notify = gnt_decode_notify(raw);
	u32 action = notify.action;

	expect(map.count == little(raw, 0, 4) && map.domid == little(raw, 16, 4) && map.ref == little(raw, 20, 4), "MAP");
	expect(ref.domid == little(raw, 0, 4) && ref.ref == little(raw, 4, 4), "a reference");
	expect(unmap.index == little(raw, 0, 8) && unmap.count == little(raw, 8, 4), "UNMAP");
	expect(gnt_decode_offset(raw) == little(raw, 0, 8), "GET_OFFSET");
	expect(gnt_decode_max(raw) == little(raw, 0, 4), "SET_MAX");
	expect(notify.slot * GNT_PAGE_SIZE + notify.offset == little(raw, 0, 8) && notify.offset < GNT_PAGE_SIZE
	       && action == little(raw, 8, 4) && notify.port == little(raw, 12, 4), "NOTIFY");
	expect((gnt_notify_check(action) == 0) == (action < 4), "GNT-NOTIFY-003");
	for (u32 compat = 0; compat < 2; compat++) {
		const struct gnt_copy_request copy = gnt_decode_copy(raw, compat);

		expect(copy.count == little(raw, 0, 4) && copy.segments == (compat ? little(raw, 4, 4) : little(raw, 8, 8)), "COPY");
	}
}

/* ---- segments: may one be copied? */

static struct gnt_copy_segment decode(const u8 *raw, u32 compat)
{
	u32 flags = (u32)little(raw, 18, 2) & 3, pointer = compat ? 4 : 8;
	const struct gnt_segment_grants g = gnt_decode_grants(raw);
	const struct gnt_copy_segment s = gnt_decode_segment(raw, compat);

	expect(s.flags == flags && s.len == little(raw, 16, 2), "a segment");
	expect(s.source == (flags & 1 ? little(raw, 4, 2) : little(raw, 0, pointer)), "a segment's source");
	expect(s.dest == (flags & 2 ? little(raw, 12, 2) : little(raw, 8, pointer)), "a segment's destination");
	expect(g.source_ref == (flags & 1 ? little(raw, 0, 4) : 0) && g.source_domid == (flags & 1 ? little(raw, 6, 2) : 0),
	       "a source's grant");
	expect(g.dest_ref == (flags & 2 ? little(raw, 8, 4) : 0) && g.dest_domid == (flags & 2 ? little(raw, 14, 2) : 0),
	       "a destination's grant");
	return s;
}

static s32 naive_check(const struct gnt_copy_segment *s)
{
	if ((s->flags & 3) == 0)
		return -GNT_EINVAL;
	if (((s->flags & 1) && s->source + s->len > GNT_PAGE_SIZE) || ((s->flags & 2) && s->dest + s->len > GNT_PAGE_SIZE))
		return -GNT_EINVAL;
	if ((!(s->flags & 1) && s->source + s->len < s->source) || (!(s->flags & 2) && s->dest + s->len < s->dest))
		return -GNT_EFAULT;
	return 0;
}

/* ---- ops: each begins where a byte is the first of a page on either side */

static u32 naive_add(struct gnt_copy_op *op, const struct gnt_copy_segment *s)
{
	u32 n = 0;

	for (u32 i = 0; i < s->len; i++) {
		if (i == 0 || ((s->source + i) & MASK) == 0 || ((s->dest + i) & MASK) == 0) {
			expect(n < GNT_COPY_SEGMENT_OPS, "GNT-COPY-010: a segment of more than two ops");
			op[n++] = (struct gnt_copy_op){ .source = s->source + i, .dest = s->dest + i };
		}
		op[n - 1].len++;
	}
	return n;
}

static void add(struct gnt_copy_batch *b, const struct gnt_copy_segment *s, u32 number)
{
	static struct gnt_copy_batch before;
	struct gnt_copy_op op[GNT_COPY_SEGMENT_OPS];
	u32 n = naive_add(op, s);
	s32 got;

	before = *b;
	got = gnt_copy_add(b, s, number);
	expect(got == (before.n + n > GNT_COPY_BATCH ? -GNT_ENOSPC : 0), "GNT-COPY-014: is there room?");
	expect(!memcmp(b->op, before.op, before.n * sizeof(*op)), "I8: other ops have changed");
	expect(b->n == before.n + (got ? 0 : n), "I8: another number of ops");
	expect(got || armed_tiles(b, before.n, b->n, s, number), "I8: the ops are not the segment");
	for (u32 i = 0; i < n && !got; i++) {
		const struct gnt_copy_op *o = &b->op[before.n + i];

		expect(o->source == op[i].source && o->dest == op[i].dest && o->len == op[i].len && o->segment == number
		       && o->status == GNT_COPY_PENDING, "I8: an op is another one");
	}
}

static void statuses(const struct gnt_copy_batch *b, u32 segments)
{
	for (u32 k = 0; k < segments; k++) {
		s32 want = GNT_COPY_OKAY;

		for (u32 i = b->n; i-- > 0; ) {
			if (b->op[i].segment == k && b->op[i].status != GNT_COPY_OKAY)
				want = b->op[i].status;
		}
		expect(gnt_copy_status(b, k) == want && armed_status(b, k) == want, "GNT-COPY-018: a segment has another status");
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct gnt_copy_batch batch;
	u32 number = 0, compat;

	if (size < 1 + RECORD)
		return 0;
	compat = data[0] & 1;
	arguments(data + 1);
	gnt_copy_start(&batch);
	for (const u8 *at = data + 1; at + RECORD <= data + size; at += RECORD) {
		struct gnt_copy_segment s = decode(at, compat);
		u32 first = batch.n;

		expect(gnt_copy_check(&s) == naive_check(&s), "GNT-COPY-005, -006, -013: may it be copied?");
		expect((naive_check(&s) == 0) == (armed_good(&s) != 0), "I8: is what may be copied good?");
		if (naive_check(&s))
			continue;
		add(&batch, &s, number++);
		for (u32 i = first; i < batch.n; i++)
			batch.op[i].status = (s16)little(at, GNT_SEGMENT_BYTES + 2 * (i - first), 2);
		if (batch.n == GNT_COPY_BATCH || data[0] & 2)
			statuses(&batch, number);
	}
	statuses(&batch, number);
	return 0;
}
