// SPDX-License-Identifier: MIT
/*
 * Unit tests of grant copy (src/core/copy.h; I8): what may be copied, how a segment is split, what its status is.
 * The reference of the splitter goes byte by byte and starts an op wherever a byte is the first of a page on either
 * side.
 */
#include "ktap.h"
#include "copy.h"

#define PAGE 4096u
#define S GNT_COPY_SOURCE_GREF
#define D GNT_COPY_DEST_GREF

/* ---- gnt_copy_check() ---- */

static const struct check_row {
	const char *name;
	u64 source, dest;
	u32 len, flags;
	s32 want;
} check_rows[] = {
	/* local -> local: nothing to ask Xen for, whatever else is wrong */
	{ "both_local", 0x1000, 0x2000, 1, 0, -GNT_EINVAL },
	{ "both_local_of_length_0", 0, 0, 0, 0, -GNT_EINVAL },
	{ "both_local_and_wraps", ~0ull, 0x2000, 4096, 0, -GNT_EINVAL },
	{ "only_unknown_flags", 0, 0, 1, 0xfffffffc, -GNT_EINVAL },
	/* |####| foreign source: up to the end of the frame and not a byte more */
	{ "source_whole_frame", 0, 0x1000, 4096, S, 0 },
	{ "source_last_byte", 4095, 0x1000, 1, S, 0 },
	{ "source_second_byte_on", 1, 0x1000, 4095, S, 0 },
	{ "source_leaves_by_1", 1, 0x1000, 4096, S, -GNT_EINVAL },
	{ "source_leaves_at_4095", 4095, 0x1000, 2, S, -GNT_EINVAL },
	{ "source_at_4096", 4096, 0x1000, 1, S, -GNT_EINVAL },
	{ "source_nothing_at_4096", 4096, 0x1000, 0, S, 0 },
	{ "source_nothing_at_4097", 4097, 0x1000, 0, S, -GNT_EINVAL },
	{ "source_longer_than_a_frame", 0, 0x1000, 4097, S, -GNT_EINVAL },
	{ "source_len_65535", 0, 0x1000, 65535, S, -GNT_EINVAL },
	{ "source_offset_65535", 65535, 0x1000, 1, S, -GNT_EINVAL },
	{ "source_sum_wraps_32_bits", 1, 0x1000, 0xffffffff, S, -GNT_EINVAL },
	{ "source_sum_wraps_64_bits", ~0ull, 0x1000, 1, S, -GNT_EINVAL },
	{ "source_offset_of_33_bits", 1ull << 32, 0x1000, 1, S, -GNT_EINVAL },
	/* |####| foreign destination */
	{ "dest_whole_frame", 0x1000, 0, 4096, D, 0 },
	{ "dest_last_byte", 0x1000, 4095, 1, D, 0 },
	{ "dest_leaves_by_1", 0x1000, 1, 4096, D, -GNT_EINVAL },
	{ "dest_leaves_at_4095", 0x1000, 4095, 2, D, -GNT_EINVAL },
	{ "dest_nothing_at_4096", 0x1000, 4096, 0, D, 0 },
	{ "dest_nothing_at_4097", 0x1000, 4097, 0, D, -GNT_EINVAL },
	{ "dest_longer_than_a_frame", 0x1000, 0, 4097, D, -GNT_EINVAL },
	{ "dest_sum_wraps_32_bits", 0x1000, 1, 0xffffffff, D, -GNT_EINVAL },
	{ "dest_sum_wraps_64_bits", 0x1000, ~0ull - 1, 2, D, -GNT_EINVAL },
	/* both foreign: both are checked */
	{ "both_foreign", 0, 0, 4096, S | D, 0 },
	{ "both_foreign_source_leaves", 1, 0, 4096, S | D, -GNT_EINVAL },
	{ "both_foreign_dest_leaves", 0, 1, 4096, S | D, -GNT_EINVAL },
	{ "both_foreign_and_unknown_flags", 0, 0, 4096, 0xffffffff, 0 },
	{ "source_and_unknown_flags", 0, 0x1000, 1, 0xfffffffd, 0 },
	/* a local side: crossing pages is fine, the end of the address space is the end */
	{ "local_dest_crosses", 0, 0x1fff, 4096, S, 0 },
	{ "local_source_crosses", 0x1fff, 0, 4096, D, 0 },
	{ "local_dest_ends_at_the_top", 0, ~0ull - 4096, 4096, S, 0 },
	{ "local_dest_wraps_to_1", 0, ~0ull - 4094, 4096, S, -GNT_EFAULT },
	{ "local_dest_last_byte_and_one", 0, ~0ull, 2, S, -GNT_EFAULT },
	{ "local_source_wraps_to_1", ~0ull - 4094, 0, 4096, D, -GNT_EFAULT },
	{ "local_source_wraps_far", ~0ull, 0, 4096, D, -GNT_EFAULT },
	{ "nothing_at_the_top", 0, ~0ull, 0, S, 0 },
	/* a foreign side that leaves its frame is reported before a local one that wraps: GNT-COPY-008 */
	{ "leaves_and_wraps", 1, ~0ull, 4096, S, -GNT_EINVAL },
};

static void run_check_row(const void *one)
{
	const struct check_row *row = one;
	struct gnt_copy_segment seg = { row->source, row->dest, row->len, row->flags };
	s32 got = gnt_copy_check(&seg);

	EXPECT(got == row->want, "expected %d, got %d", row->want, got);
}

/* ---- gnt_copy_add() ---- */

/* bytes of a batch that nobody must write: every op but those a call appends */
static struct gnt_copy_batch before, batch;

/* The ops of @seg by the byte, appended to @b. */
static u32 naive_add(struct gnt_copy_batch *b, const struct gnt_copy_segment *seg, u32 segment)
{
	u32 ops = 0;

	for (u32 i = 0; i < seg->len; i++) {
		if (i == 0 || (seg->source + i) % PAGE == 0 || (seg->dest + i) % PAGE == 0) {
			ops++;
			if (b->n + ops <= GNT_COPY_BATCH) {
				b->op[b->n + ops - 1].source = seg->source + i;
				b->op[b->n + ops - 1].dest = seg->dest + i;
				b->op[b->n + ops - 1].len = 0;
				b->op[b->n + ops - 1].segment = segment;
				b->op[b->n + ops - 1].status = GNT_COPY_PENDING;
			}
		}
		if (b->n + ops <= GNT_COPY_BATCH)
			b->op[b->n + ops - 1].len++;
	}
	b->n += ops;
	return ops;
}

/* Appends @seg to a batch that has @n ops and looks at every byte of the batch afterwards. */
static void check_add(const struct gnt_copy_segment *seg, u32 n, u32 segment)
{
	u32 ops;
	s32 got;

	memset(&batch, 0x5a, sizeof(batch));
	batch.n = n;
	before = batch;
	ops = naive_add(&before, seg, segment);
	if (n + ops > GNT_COPY_BATCH) {
		before = batch;
		got = gnt_copy_add(&batch, seg, segment);
		EXPECT(got == -GNT_ENOSPC, "%u + %u ops: expected ENOSPC, got %d", n, ops, got);
	} else {
		got = gnt_copy_add(&batch, seg, segment);
		EXPECT(got == 0, "%u + %u ops: got %d", n, ops, got);
	}
	EXPECT(batch.n == before.n, "%llx -> %llx, %u bytes: expected %u ops, got %u", seg->source, seg->dest, seg->len,
	       before.n - n, batch.n - n);
	EXPECT(!memcmp(&batch, &before, sizeof(batch)), "%llx -> %llx, %u bytes after %u ops: wrong batch", seg->source,
	       seg->dest, seg->len, n);
}

static const u32 offsets[] = { 0,    1,	   2,	 7,    8,    511,  512,	 1023, 2047, 2048, 2049,
			       3071, 3072, 4032, 4087, 4088, 4089, 4093, 4094, 4095, 4096 };
/*
 * pages of local addresses: the first ones, the last below the canonical hole, the last of all that is not the last
 * page
 */
static const u64 local_pages[] = { 0, 0x1000, 0x7fffffffe000, 0xffffffffffffd000 };

/*
 * Every interesting local offset x foreign offset x length, both directions; the lengths include those that end at
 * a page.
 */
static void run_every_boundary(void)
{
	for (u32 p = 0; p < ARRAY_SIZE(local_pages); p++)
		for (u32 l = 0; l < ARRAY_SIZE(offsets); l++)
			for (u32 f = 0; f < ARRAY_SIZE(offsets); f++)
				for (u32 i = 0; i < ARRAY_SIZE(offsets) + 3; i++) {
					u64 local = local_pages[p] + offsets[l];
					u32 len = i < ARRAY_SIZE(offsets) ? offsets[i]
									  : PAGE - offsets[l] + i - ARRAY_SIZE(offsets) - 1;
					struct gnt_copy_segment in = { offsets[f], local, len, S };
					struct gnt_copy_segment out = { local, offsets[f], len, D };

					if (gnt_copy_check(&in) || test_has_failed())
						continue;
					EXPECT(!gnt_copy_check(&out), "%llx, %u bytes: good in one direction only", local,
					       len);
					check_add(&in, 0, 1);
					check_add(&out, 3, 2);
				}
}

/* All 4096 local offsets against all lengths next to the end of the page. */
static void run_every_offset(void)
{
	for (u32 offset = 0; offset < PAGE && !test_has_failed(); offset++) {
		u32 room = PAGE - offset;
		u32 lens[] = { 0, 1, room - 1, room, room + 1, 4095, 4096 };

		for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
			struct gnt_copy_segment seg = { 0x10000 + offset, 0, lens[i], D };

			if (lens[i] <= PAGE)
				check_add(&seg, 0, 9);
		}
	}
}

/* Grant to grant: one op whatever the offsets (GNT-COPY-011). */
static void run_foreign_both(void)
{
	for (u32 a = 0; a < ARRAY_SIZE(offsets); a++)
		for (u32 b = 0; b < ARRAY_SIZE(offsets); b++)
			for (u32 i = 0; i < ARRAY_SIZE(offsets); i++) {
				struct gnt_copy_segment seg = { offsets[a], offsets[b], offsets[i], S | D };

				if (gnt_copy_check(&seg))
					continue;
				check_add(&seg, 0, 4);
				EXPECT(batch.n == (seg.len ? 1 : 0), "%u -> %u, %u bytes: %u ops", offsets[a], offsets[b],
				       seg.len, batch.n);
			}
}

/* 0, 1 and 2 ops into a batch with 0 .. 64: they fit to the last place, and one too many changes nothing */
static void run_full(void)
{
	static const struct gnt_copy_segment none = { 0x1800, 7, 0, D };
	static const struct gnt_copy_segment one = { 0x1800, 7, 100, D };
	static const struct gnt_copy_segment two = { 0x1fc0, 7, 100, D };

	gnt_copy_start(&batch);
	EXPECT(batch.n == 0, "a new batch has %u ops", batch.n);
	for (u32 n = 0; n <= GNT_COPY_BATCH; n++) {
		check_add(&none, n, 0xffffffff);
		EXPECT(batch.n == n, "%u and none make %u", n, batch.n);
		check_add(&one, n, 0xffffffff);
		EXPECT(batch.n == (n < 64 ? n + 1 : n), "%u and one make %u", n, batch.n);
		check_add(&two, n, 0xffffffff);
		EXPECT(batch.n == (n < 63 ? n + 2 : n), "%u and two make %u", n, batch.n);
	}
}

/* ---- the ops, executed ---- */

#define LOCAL_PAGES 4u
#define LOCAL_BYTES (LOCAL_PAGES * PAGE)
#define RANDOM_SEGMENTS 200000u

static unsigned char local[LOCAL_BYTES], local_want[LOCAL_BYTES], frame[PAGE], frame_want[PAGE];

/*
 * Executes a batch of ops that go from the frame to local memory if they have an odd segment number, and back if
 * not.
 */
static void execute(struct gnt_copy_batch *b)
{
	for (u32 i = 0; i < b->n; i++) {
		const struct gnt_copy_op *op = &b->op[i];

		if (op->segment % 2)
			memcpy(local + op->dest, frame + op->source, op->len);
		else
			memcpy(frame + op->dest, local + op->source, op->len);
	}
	gnt_copy_start(b);
}

/* Random segments through batches: memory ends up as if each had been copied by one memcpy, in order. */
static void run_random(void)
{
	u64 seed = test_seed;

	for (u32 i = 0; i < LOCAL_BYTES; i++)
		local[i] = local_want[i] = (unsigned char)next_random(&seed);
	memset(frame, 0, PAGE);
	memset(frame_want, 0, PAGE);
	gnt_copy_start(&batch);
	for (u32 i = 0; i < RANDOM_SEGMENTS && !test_has_failed(); i++) {
		u64 r = next_random(&seed);
		u32 len = r % 4 ? (u32)(r >> 8) % 200 : (u32)(r >> 8) % (PAGE + 1);
		u32 foreign = (u32)(r >> 24) % (PAGE - len + 1);
		u64 at = (r >> 40) % (LOCAL_BYTES - len + 1);
		struct gnt_copy_segment seg = { i % 2 ? foreign : at, i % 2 ? at : foreign, len, i % 2 ? S : D };

		EXPECT(!gnt_copy_check(&seg), "segment %u refused", i);
		if (gnt_copy_add(&batch, &seg, i) != 0) {
			EXPECT(batch.n >= GNT_COPY_BATCH - 1, "refused by a batch of %u", batch.n);
			execute(&batch);
			EXPECT(gnt_copy_add(&batch, &seg, i) == 0, "refused by an empty batch");
		}
		if (i % 2)
			memcpy(local_want + at, frame_want + foreign, len);
		else
			memcpy(frame_want + foreign, local_want + at, len);
		if (i % 1000 == 999) {
			execute(&batch);
			EXPECT(!memcmp(local, local_want, LOCAL_BYTES), "segment %u: local memory differs", i);
			EXPECT(!memcmp(frame, frame_want, PAGE), "segment %u: the frame differs", i);
		}
	}
}

/* ---- gnt_copy_status() ---- */

/* ops as segment:status, in order -> the statuses of segments 0 and 1 */
static const struct status_row {
	const char *name;
	u32 n;
	struct {
		u32 segment;
		s32 status;
	} op[4];
	s32 want[2];
} status_rows[] = {
	/* 0:ok 1:ok */
	{ "status_okay", 2, { { 0, 0 }, { 1, 0 } }, { 0, 0 } },
	/* 0:-3 1:ok */
	{ "status_of_its_own_ops", 2, { { 0, -3 }, { 1, 0 } }, { -3, 0 } },
	/* 0:-3 0:-9: the first failure wins, not the last */
	{ "status_first_failure", 2, { { 0, -3 }, { 0, -9 } }, { -3, 0 } },
	/* 0:ok 0:-9: success before it does not hide a failure */
	{ "status_second_op", 2, { { 0, 0 }, { 0, -9 } }, { -9, 0 } },
	/* 0:-3 0:ok: nor does success after it */
	{ "status_first_op", 2, { { 0, -3 }, { 0, 0 } }, { -3, 0 } },
	/* 0:2 0:-9: a positive status is a failure (XSA-316) */
	{ "status_positive", 2, { { 0, 2 }, { 0, -9 } }, { 2, 0 } },
	/* 0:pending: not executed is not okay */
	{ "status_pending", 1, { { 0, GNT_COPY_PENDING } }, { GNT_COPY_PENDING, 0 } },
	/* 0:-32768 1:32767: the ends of what Xen's 16 bits can say */
	{ "status_extremes", 2, { { 0, -32768 }, { 1, 32767 } }, { -32768, 32767 } },
	/* 1:ok 0:-2 1:-3 0:-4: ops of other segments are between */
	{ "status_mixed", 4, { { 1, 0 }, { 0, -2 }, { 1, -3 }, { 0, -4 } }, { -2, -3 } },
	/* nothing, and stale ops beyond n: a segment without ops is okay */
	{ "status_empty", 0, { { 0, -1 }, { 1, -1 } }, { 0, 0 } },
	{ "status_stale", 1, { { 0, 0 }, { 0, -1 }, { 1, -1 } }, { 0, 0 } },
};

static void run_status_row(const void *one)
{
	const struct status_row *row = one;

	batch.n = row->n;
	for (u32 i = 0; i < ARRAY_SIZE(row->op); i++) {
		batch.op[i].segment = row->op[i].segment;
		batch.op[i].status = row->op[i].status;
	}
	for (u32 segment = 0; segment < 2; segment++)
		EXPECT(gnt_copy_status(&batch, segment) == row->want[segment], "segment %u: expected %d, got %d", segment,
		       row->want[segment], gnt_copy_status(&batch, segment));
}

/*
 * All batches of 4 ops with segment 0 or 1 and status -1, 0 or 5, and a full batch with one failure at each place.
 */
static void run_status_exhaustive(void)
{
	static const s32 statuses[] = { -1, 0, 5 };

	for (u32 code = 0; code < 6 * 6 * 6 * 6; code++) {
		s32 want[2] = { 0, 0 };

		batch.n = 4;
		for (u32 i = 0, rest = code; i < 4; i++, rest /= 6) {
			batch.op[i].segment = rest % 2;
			batch.op[i].status = statuses[rest % 6 / 2];
			if (want[rest % 2] == 0)
				want[rest % 2] = batch.op[i].status;
		}
		for (u32 segment = 0; segment < 2; segment++)
			EXPECT(gnt_copy_status(&batch, segment) == want[segment], "code %u, segment %u: expected %d, got %d",
			       code, segment, want[segment], gnt_copy_status(&batch, segment));
	}
	for (u32 bad = 0; bad < GNT_COPY_BATCH; bad++) {
		batch.n = GNT_COPY_BATCH;
		for (u32 i = 0; i < GNT_COPY_BATCH; i++) {
			batch.op[i].segment = 0xfffffff0 + i / 2;
			batch.op[i].status = i == bad ? -7 : 0;
		}
		for (u32 i = 0; i < GNT_COPY_BATCH / 2; i++)
			EXPECT(gnt_copy_status(&batch, 0xfffffff0 + i) == (i == bad / 2 ? -7 : 0),
			       "failure at op %u, segment %u", bad, i);
	}
}

static const struct test more[] = {
	{ "split_at_every_boundary", run_every_boundary },
	{ "split_at_every_offset", run_every_offset },
	{ "grant_to_grant", run_foreign_both },
	{ "full", run_full },
	{ "random_200000", run_random },
	{ "status_exhaustive", run_status_exhaustive },
	{ NULL, NULL },
};

const struct suite copy_suite = {
	.name = "copy", .table = { TABLE(check_rows, run_check_row), TABLE(status_rows, run_status_row) }, .test = more
};
