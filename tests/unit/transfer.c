// SPDX-License-Identifier: MIT
/*
 * Unit tests of GRANT_COPY (src/core/transfer.h; I8, I11) in an environment made for them: a few pages of user memory, a few
 * granted frames, and an answer of Xen for each frame. The environment counts what it is asked for and complains about what must
 * not be.
 */
#include "ktap.h"
#include "request.h"
#include "transfer.h"

#define PAGE 4096u
#define S GNT_COPY_SOURCE_GREF
#define D GNT_COPY_DEST_GREF

/* ---- the environment ---- */

/* user memory: SEGMENTS, then pages of local buffers; nothing is below or above */
#define USER 0x10000u
#define TABLE_PAGES 4u
#define LOCAL_PAGES 8u
#define USER_BYTES ((TABLE_PAGES + LOCAL_PAGES) * PAGE)
#define LOCAL (USER + TABLE_PAGES * PAGE)
#define SEGMENTS_MAX (TABLE_PAGES * PAGE / 24)
#define FRAMES 8u
#define BATCHES_MAX 512u
#define PAUSES_MAX 1024u
#define NO_ANSWER 99999 /* of Xen: the op stays as it is */
#define UNTOUCHED 0x7a7a /* what a status is before the call */
#define NEVER (~0u)

static struct {
	unsigned char user[USER_BYTES], fetched[USER_BYTES], frame[FRAMES][PAGE];
	int unreadable[TABLE_PAGES + LOCAL_PAGES], unwritable[TABLE_PAGES + LOCAL_PAGES];
	struct {
		s32 status;
		u32 eagain; /* GNTST_eagain so many times before that */
	} answer[FRAMES]; /* by the foreign reference of an op, the source's if both are */
	u32 no_memory, kill_at_pause, fail_store; /* the number of the call that fails, from 0; or NEVER */
	struct gnt_transfer memory;
	u32 taken; /* 1: the memory is in use */
	struct {
		u32 held, write, handed;
		u64 page;
	} pin[GNT_COPY_BATCH];
	u32 pins, dirty, clean; /* pinned now; released so */
	u32 batches, batch[BATCHES_MAX]; /* calls of Xen, and how many ops each had */
	u32 pauses, pause[PAUSES_MAX];
	u32 stores, news;
	u64 last_store;
} env;

static void complain(int good, const char *what)
{
	EXPECT(good, "%s", what);
}

static int within(u64 from, u64 bytes, const int *bad)
{
	if (from < USER || from - USER > USER_BYTES || bytes > USER_BYTES - (from - USER))
		return 0;
	for (u64 page = (from - USER) / PAGE; page <= (from - USER + bytes - 1) / PAGE; page++) {
		if (bad[page])
			return 0;
	}
	return 1;
}

s32 gnt_env_fetch(u8 *to, u64 from, u32 bytes)
{
	if (!within(from, bytes, env.unreadable))
		return -GNT_EFAULT;
	for (u32 i = 0; i < bytes; i++) {
		complain(!env.fetched[from - USER + i], "I11: a byte is fetched twice");
		env.fetched[from - USER + i] = 1;
		to[i] = env.user[from - USER + i];
	}
	return 0;
}

s32 gnt_env_store_s16(u64 to, s16 value)
{
	if (env.stores++ == env.fail_store || !within(to, 2, env.unwritable))
		return -GNT_EFAULT;
	complain((to - USER) % 24 == 20, "GNT-GEN-007: a store beside a status");
	env.user[to - USER] = (u8)value;
	env.user[to - USER + 1] = (u8)((u16)value >> 8);
	env.last_store = to;
	return 0;
}

struct gnt_transfer *gnt_env_transfer_new(void)
{
	complain(!env.taken, "memory for a batch is allocated twice");
	if (env.news++ == env.no_memory)
		return NULL;
	env.taken = 1;
	memset(&env.memory, 0xa5, sizeof(env.memory));
	return &env.memory;
}

void gnt_env_transfer_free(struct gnt_transfer *t)
{
	complain(env.taken && t == &env.memory, "memory is freed that was not allocated");
	complain(!env.pins, "GNT-COPY-025: memory is freed, and pages are pinned");
	env.taken = 0;
}

s32 gnt_env_pin(struct gnt_transfer *t, u32 op, u64 address, u32 write)
{
	complain(t == &env.memory && op < GNT_COPY_BATCH && !env.pin[op].held, "an op is pinned twice");
	if (!within(address, 1, write ? env.unwritable : env.unreadable))
		return -GNT_EFAULT;
	env.pin[op].held = 1;
	env.pin[op].write = write != 0;
	env.pin[op].handed = 0;
	env.pin[op].page = address / PAGE;
	env.pins++;
	return 0;
}

void gnt_env_unpin(struct gnt_transfer *t, u32 op, u32 dirty)
{
	complain(t == &env.memory && op < GNT_COPY_BATCH && env.pin[op].held, "an op is unpinned that has no pin");
	complain(!!dirty == (env.pin[op].write && env.pin[op].handed), "GNT-COPY-024: dirty if and only if Xen may have written");
	env.pin[op].held = 0;
	env.pins--;
	dirty ? env.dirty++ : env.clean++;
}

/* One side of an op, or NULL: it is not what it should be. */
static unsigned char *side(u32 op, int foreign, u32 ref, u32 domid, u64 at, u32 len, u32 write)
{
	if (at % PAGE + len > PAGE || !len)
		return NULL;
	if (foreign)
		return ref < FRAMES && domid == 0x8000 + ref && at < PAGE ? env.frame[ref] + at : NULL;
	if (!env.pin[op].held || env.pin[op].write != write || env.pin[op].page != at / PAGE)
		return NULL;
	env.pin[op].handed = 1;
	return env.user + (at - USER);
}

static s32 answer(struct gnt_transfer *t, u32 i)
{
	const struct gnt_copy_op *op = &t->batch.op[i];
	u32 k = op->segment, local = t->local[k];
	u32 ref = local == GNT_LOCAL_SOURCE ? t->dest_ref[k] : t->source_ref[k];
	unsigned char *from = side(i, local != GNT_LOCAL_SOURCE, t->source_ref[k], t->source_domid[k], op->source, op->len, 0);
	unsigned char *to = side(i, local != GNT_LOCAL_DEST, t->dest_ref[k], t->dest_domid[k], op->dest, op->len, 1);

	complain(k < t->segments && from && to, "Xen is given an op that is none");
	if (!from || !to)
		return -1;
	if (env.answer[ref].eagain) {
		env.answer[ref].eagain--;
		return GNT_COPY_EAGAIN;
	}
	if (!env.answer[ref].status)
		memmove(to, from, op->len);
	return env.answer[ref].status;
}

void gnt_env_copy(struct gnt_transfer *t)
{
	u32 n = 0;

	complain(t == &env.memory && t->batch.n <= GNT_COPY_BATCH, "Xen is given no batch");
	for (u32 i = 0; i < t->batch.n; i++) {
		s32 status;

		if (t->batch.op[i].status != GNT_COPY_PENDING)
			continue;
		n++;
		status = answer(t, i);
		if (status != NO_ANSWER)
			t->batch.op[i].status = status;
	}
	complain(n, "Xen is asked for nothing");
	if (env.batches < BATCHES_MAX)
		env.batch[env.batches] = n;
	env.batches++;
}

s32 gnt_env_pause(u32 milliseconds)
{
	if (env.pauses < PAUSES_MAX)
		env.pause[env.pauses] = milliseconds;
	return env.pauses++ == env.kill_at_pause ? -GNT_EINTR : 0;
}

/* ---- a call ---- */

static void put(u32 at, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		env.user[at + i] = (u8)(value >> (8 * i));
}

static void reset(void)
{
	memset(&env, 0, sizeof(env));
	env.no_memory = env.kill_at_pause = env.fail_store = NEVER;
	for (u32 i = 0; i < USER_BYTES; i++)
		env.user[i] = (u8)(i * 7 + i / PAGE);
	for (u32 i = 0; i < FRAMES * PAGE; i++)
		env.frame[i / PAGE][i % PAGE] = (u8)(i * 11 + 3);
	for (u32 i = 0; i < SEGMENTS_MAX; i++)
		put(i * 24 + 20, UNTOUCHED, 2);
}

/* Segment @i: a foreign side is an offset in frame @frame, a local one an offset in the local buffers. */
static void segment(u32 i, u32 flags, u32 from, u32 to, u32 len, u32 frame)
{
	u64 grant = (u64)(0x8000 + frame) << 48 | frame;

	put(i * 24, flags & S ? grant | (u64)from << 32 : LOCAL + from, 8);
	put(i * 24 + 8, flags & D ? grant | (u64)to << 32 : LOCAL + to, 8);
	put(i * 24 + 16, len, 2);
	put(i * 24 + 18, flags, 2);
}

static s32 status(u32 i)
{
	return (s16)(env.user[i * 24 + 20] | env.user[i * 24 + 21] << 8);
}

/* GRANT_COPY of segments 0 .. @count-1, after which nothing may be left over. */
static void call(u32 count, s32 want)
{
	s32 got = gnt_grant_copy(USER, count, 0);

	EXPECT(got == want, "expected %d, got %d", want, got);
	EXPECT(!env.pins && !env.taken, "%u pins, %u batches left over", env.pins, env.taken);
}

static void expect_status(u32 first, u32 end, s32 want)
{
	for (u32 i = first; i < end; i++)
		EXPECT(status(i) == want, "segment %u: expected status %d, got %d", i, want, status(i));
}

static void expect_batches(u32 n, const u32 *ops)
{
	EXPECT(env.batches == n, "expected %u batches, got %u", n, env.batches);
	for (u32 i = 0; i < n && i < env.batches; i++)
		EXPECT(env.batch[i] == ops[i], "batch %u: expected %u ops, got %u", i, ops[i], env.batch[i]);
}

static void expect_pins(u32 dirty, u32 clean)
{
	EXPECT(env.dirty == dirty && env.clean == clean, "expected %u dirty and %u clean pins, got %u and %u", dirty, clean,
	       env.dirty, env.clean);
}

/* ---- tests ---- */

/* count 0: no memory, no fetch, whatever the address (GNT-COPY-003) */
static void run_none(void)
{
	reset();
	env.no_memory = 0;
	EXPECT(gnt_grant_copy(0, 0, 0) == 0 && gnt_grant_copy(~0ull, 0, 1) == 0, "no segments: not 0");
	EXPECT(!env.news && !env.batches && !env.pauses, "no segments: something was done");
}

/* no memory: before the first fetch (GNT-COPY-029) */
static void run_no_memory(void)
{
	reset();
	env.no_memory = 0;
	env.unreadable[0] = 1;
	call(1, -GNT_ENOMEM);
	EXPECT(!env.stores, "no memory: a status was stored");
}

/* local:  |....aaaa|aa......|   one segment in, one out, each over a page boundary; one from grant to grant */
static void run_data(void)
{
	unsigned char in[100], out[200], both[PAGE];

	reset();
	memcpy(in, env.frame[1] + 50, 100);
	memcpy(out, env.user + TABLE_PAGES * PAGE + 2 * PAGE - 150, 200);
	segment(0, S, 50, PAGE - 60, 100, 1);
	segment(1, D, 2 * PAGE - 150, 3000, 200, 2);
	segment(2, S | D | 0xfff0, 0, 0, PAGE, 3);
	put(2 * 24 + 8, (u64)0x8004 << 48 | 4, 8);
	memcpy(both, env.frame[3], PAGE);
	call(3, 0);
	EXPECT(!memcmp(env.user + TABLE_PAGES * PAGE + PAGE - 60, in, 100), "from grant to local: other bytes");
	EXPECT(!memcmp(env.frame[2] + 3000, out, 200), "from local to grant: other bytes");
	EXPECT(!memcmp(env.frame[4], both, PAGE), "from grant to grant: other bytes");
	expect_status(0, 3, 0);
	expect_status(3, 4, UNTOUCHED);
	expect_batches(1, (const u32[]){ 5 });
	expect_pins(2, 2);
}

/* length 0: no op, no pin, status okay, also with a local address that is nowhere (GNT-COPY-009) */
static void run_empty(void)
{
	reset();
	segment(0, S, 4096, 0, 0, 1);
	put(8, ~0ull, 8);
	segment(1, D, 0, 0, 8, 1);
	segment(2, S | D, 0, 0, 0, 1);
	call(3, 0);
	expect_status(0, 3, 0);
	expect_batches(1, (const u32[]){ 1 });
	EXPECT(env.stores == 4, "expected 3 statuses ahead and 1 after, got %u", env.stores);
	reset();
	segment(0, D, 0, 0, 0, 1);
	call(1, 0);
	expect_status(0, 1, 0);
	expect_batches(0, NULL);
}

/*
 * Segments 0 and 1 are good, in a batch not executed; segment 2 has one fault; segment 3 is never looked at. Nothing takes
 * effect; the statuses of what passed GNT-COPY-007 are okay (GNT-COPY-016, GNT-COPY-017), and all pins are clean.
 */
static const struct fault_row {
	const char *name;
	s32 want;
	u32 flags, from, to, len;
	u32 unreadable, unwritable; /* page of user memory + 1 */
	u32 fail_store;
	u32 ahead; /* segments with a status written ahead */
	u32 clean;
} fault_rows[] = {
	{ "fault_both_local", -GNT_EINVAL, 0, 0, 0, 8, 0, 0, NEVER, 2, 2 },
	{ "fault_source_leaves_frame", -GNT_EINVAL, S, 4090, 0, 8, 0, 0, NEVER, 2, 2 },
	{ "fault_dest_leaves_frame", -GNT_EINVAL, D, 0, 4090, 8, 0, 0, NEVER, 2, 2 },
	{ "fault_wraps", -GNT_EFAULT, D, (u32)-LOCAL - 4, 0, 8, 0, 0, NEVER, 2, 2 },
	{ "fault_status_ahead", -GNT_EFAULT, S, 0, 0, 8, 0, 0, 2, 2, 2 },
	{ "fault_pin_source", -GNT_EFAULT, D, 4 * PAGE, 0, 8, TABLE_PAGES + 5, 0, NEVER, 3, 2 },
	{ "fault_pin_dest", -GNT_EFAULT, S, 0, 4 * PAGE, 8, 0, TABLE_PAGES + 5, NEVER, 3, 2 },
	{ "fault_pin_second_page", -GNT_EFAULT, S, 0, 4 * PAGE - 4, 8, 0, TABLE_PAGES + 5, NEVER, 3, 3 },
	{ "fault_pin_first_page", -GNT_EFAULT, S, 0, 5 * PAGE - 4, 8, 0, TABLE_PAGES + 5, NEVER, 3, 2 },
};

static void run_fault(const void *one)
{
	const struct fault_row *row = one;
	unsigned char before[FRAMES][PAGE];

	reset();
	memcpy(before, env.frame, sizeof(before));
	segment(0, S, 0, 0, 8, 1);
	segment(1, D, 0, 0, 8, 2);
	segment(2, row->flags, row->from, row->to, row->len, 3);
	if (!strcmp(row->name, "fault_wraps"))
		put(2 * 24, ~0ull - 3, 8);
	segment(3, S, 0, 0, 8, 4);
	if (row->unreadable)
		env.unreadable[row->unreadable - 1] = 1;
	if (row->unwritable)
		env.unwritable[row->unwritable - 1] = 1;
	env.fail_store = row->fail_store;
	call(4, row->want);
	expect_status(0, row->ahead, 0);
	expect_status(row->ahead, 4, UNTOUCHED);
	expect_batches(0, NULL);
	expect_pins(0, row->clean);
	EXPECT(!memcmp(before, env.frame, sizeof(before)), "a frame was written");
}

/* the table of segments ends: at the end of user memory, and at the end of the address space */
static void run_fetch(void)
{
	reset();
	env.unreadable[1] = 1; /* segment 170 is in pages 0 and 1 */
	for (u32 i = 0; i < 171; i++)
		segment(i, S, 0, 0, 8, 1);
	call(171, -GNT_EFAULT);
	expect_status(0, 170, 0);
	expect_batches(2, (const u32[]){ 64, 64 });
	reset();
	EXPECT(gnt_grant_copy(~0ull - 30, 3, 0) == -GNT_EFAULT, "a table that wraps: not EFAULT");
	EXPECT(!env.taken, "a table that wraps: memory left over");
}

/* one = segments of one op, then two = segments of two, then one of one -> batches */
static const struct batch_row {
	const char *name;
	u32 one, two, batches, ops[4];
} batch_rows[] = {
	{ "batch_63", 63, 0, 1, { 64 } },
	{ "batch_64", 64, 0, 2, { 64, 1 } },
	{ "batch_128", 127, 0, 2, { 64, 64 } },
	{ "batch_two_fit", 62, 1, 2, { 64, 1 } },
	{ "batch_two_do_not_fit", 63, 1, 2, { 63, 3 } },
	{ "batch_all_two", 0, 32, 2, { 64, 1 } },
	{ "batch_all_two_twice", 1, 63, 3, { 63, 64, 1 } },
};

static void run_batch(const void *one)
{
	const struct batch_row *row = one;
	u32 n = row->one + row->two + 1;

	reset();
	for (u32 i = 0; i < n; i++)
		segment(i, D, i >= row->one && i < n - 1 ? PAGE - 4 : 0, 0, 8, i % FRAMES);
	call(n, 0);
	expect_status(0, n, 0);
	expect_batches(row->batches, row->ops);
	EXPECT(env.pauses >= row->batches - 1 && !env.pause[0], "GNT-COPY-028: no pause between batches");
	EXPECT(env.stores == 2 * n, "expected %u statuses, got %u", 2 * n, env.stores);
	EXPECT(env.last_store == USER + 24 * (n - 1) + 20, "the last status is not stored last");
}

/* the second batch fails to be built: the first has taken effect, with statuses (GNT-COPY-016) */
static void run_second_batch(void)
{
	reset();
	for (u32 i = 0; i < 80; i++)
		segment(i, S, 0, 0, 8, i < 64 ? 5 : 6);
	segment(70, 0, 0, 0, 8, 1);
	env.answer[5].status = -3;
	env.answer[6].status = -4;
	call(80, -GNT_EINVAL);
	expect_status(0, 64, -3);
	expect_status(64, 70, 0);
	expect_status(70, 80, UNTOUCHED);
	expect_batches(1, (const u32[]){ 64 });
	expect_pins(64, 6);
}

/* statuses as Xen gave them, positive or negative; a failure keeps no other segment from being copied (GNT-COPY-019, -027) */
static void run_statuses(void)
{
	static const s32 given[FRAMES] = { 0, -3, 2, -32768, 32767, NO_ANSWER, -1, 0 };
	static const s32 want[FRAMES] = { 0, -3, 2, -32768, 32767, -1, -1, 0 };

	reset();
	for (u32 i = 0; i < FRAMES; i++) {
		env.answer[i].status = given[i];
		segment(i, i % 2 ? D : S, 0, i % 2 ? 0 : i * PAGE, 8, i);
	}
	call(FRAMES, 0);
	for (u32 i = 0; i < FRAMES; i++)
		expect_status(i, i + 1, want[i]);
	expect_batches(1, (const u32[]){ FRAMES });
}

/* after execution the status of segment 1 of 2 finds no place: EFAULT, no further batch (GNT-COPY-021) */
static void run_status_lost(void)
{
	reset();
	for (u32 i = 0; i < 65; i++)
		segment(i, S, 0, 0, 8, 1);
	env.answer[1].status = -3;
	env.fail_store = 65 + 1;
	call(65, -GNT_EFAULT);
	expect_status(0, 1, -3);
	expect_status(1, 65, 0);
	expect_batches(1, (const u32[]){ 64 });
	EXPECT(env.stores == 67, "%u statuses stored", env.stores);
	expect_pins(64, 0);
}

/* GNTST_eagain three times: only those ops are asked for again, after pauses that grow (GNT-COPY-020) */
static void run_again(void)
{
	reset();
	segment(0, S, 0, 0, 8, 1);
	segment(1, S, 0, PAGE - 4, 8, 2);
	segment(2, D, 0, 0, 8, 3);
	env.answer[1].status = -3;
	env.answer[2].eagain = 5; /* of two ops: 2, 2, 1 */
	call(3, 0);
	expect_status(0, 1, -3);
	expect_status(1, 3, 0);
	expect_batches(4, (const u32[]){ 4, 2, 2, 1 });
	EXPECT(env.pauses == 3 && env.pause[0] >= 1 && env.pause[1] > env.pause[0] && env.pause[2] > env.pause[1],
	       "pauses do not grow: %u of them, %u %u %u", env.pauses, env.pause[0], env.pause[1], env.pause[2]);
	expect_pins(3, 1);
}

/* GNTST_eagain for ever: GNTST_bad_page after 30 s, and the call goes on */
static void run_patience(void)
{
	u32 sum = 0, n;

	reset();
	segment(0, S, 0, 0, 8, 1);
	segment(1, D, 0, 0, 8, 2);
	env.answer[1].eagain = NEVER;
	call(2, 0);
	expect_status(0, 1, GNT_COPY_BAD_PAGE);
	expect_status(1, 2, 0);
	n = env.pauses;
	EXPECT(n < PAUSES_MAX && env.batches == n + 1, "%u pauses, %u calls of Xen", n, env.batches);
	for (u32 i = 0; i < n && i < PAUSES_MAX; i++) {
		sum += env.pause[i];
		EXPECT(i == 0 || env.pause[i] >= env.pause[i - 1], "pause %u is shorter", i);
	}
	EXPECT(sum >= 30000 && sum < 60000, "the pauses add up to %u ms", sum);
}

/* a fatal signal: in the first pause of a retry, between two batches, and among segments without op (GNT-COPY-028) */
static void run_killed(void)
{
	reset();
	segment(0, S, 0, 0, 8, 1);
	env.answer[1].eagain = NEVER;
	env.kill_at_pause = 2;
	call(1, -GNT_EINTR);
	expect_status(0, 1, 0);
	expect_batches(3, (const u32[]){ 1, 1, 1 });
	expect_pins(1, 0);

	reset();
	for (u32 i = 0; i < 40; i++)
		segment(i, S, 0, PAGE - 4, 8, 1);
	env.answer[1].status = 7;
	env.kill_at_pause = 0;
	call(40, -GNT_EINTR);
	expect_status(0, 32, 7);
	expect_status(32, 33, 0);
	expect_status(33, 40, UNTOUCHED);
	expect_batches(1, (const u32[]){ 64 });

	reset();
	for (u32 i = 0; i < 100; i++)
		segment(i, S, 0, 0, 0, 1);
	env.kill_at_pause = 0;
	call(100, -GNT_EINTR);
	expect_status(0, 64, 0);
	expect_status(64, 100, UNTOUCHED);
}

/* a 32-bit caller: 4 bytes of the union are the address, the others anything (GNT-COMPAT-005) */
static void run_compat(void)
{
	s32 got;

	reset();
	segment(0, S, 0, 0, 8, 1);
	put(8 + 4, 0xdeadbeef, 4);
	got = gnt_grant_copy(USER, 1, 1);
	EXPECT(got == 0 && status(0) == 0, "got %d", got);
	EXPECT(!memcmp(env.user + TABLE_PAGES * PAGE, env.frame[1], 8), "other bytes");
	reset();
	segment(0, S, 0, 0, 8, 1);
	put(8 + 4, 0xdeadbeef, 4);
	call(1, -GNT_EFAULT);
}

/* Random segments, some refused by Xen: memory and statuses as if each had been one memcpy, in order. */
#define ROUNDS 200u

static unsigned char want_user[USER_BYTES], want_frame[FRAMES][PAGE];

static void run_random(void)
{
	u64 seed = test_seed;

	for (u32 round = 0; round < ROUNDS && !test_has_failed(); round++) {
		u32 n = 1 + next_random(&seed) % (SEGMENTS_MAX - 1);
		s32 want[SEGMENTS_MAX];

		reset();
		for (u32 f = 0; f < FRAMES; f++) {
			env.answer[f].status = next_random(&seed) % 4 ? 0 : (s16)next_random(&seed);
			env.answer[f].status = env.answer[f].status == GNT_COPY_EAGAIN ? 0 : env.answer[f].status;
		}
		memcpy(want_user, env.user, sizeof(want_user));
		memcpy(want_frame, env.frame, sizeof(want_frame));
		for (u32 i = 0; i < n; i++) {
			u64 r = next_random(&seed);
			u32 len = r % 8 ? (u32)(r >> 4) % 300 : (u32)(r >> 4) % (PAGE + 1);
			u32 at = (u32)(r >> 20) % (PAGE - len + 1), f = (u32)(r >> 36) % FRAMES;
			u32 local = (u32)(r >> 40) % (LOCAL_PAGES * PAGE - len);
			unsigned char *user = want_user + TABLE_PAGES * PAGE + local, *frame = want_frame[f] + at;

			segment(i, r >> 63 ? S : D, r >> 63 ? at : local, r >> 63 ? local : at, len, f);
			want[i] = len ? env.answer[f].status : 0;
			if (want[i] == 0)
				r >> 63 ? memcpy(user, frame, len) : memcpy(frame, user, len);
		}
		call(n, 0);
		for (u32 i = 0; i < n && !test_has_failed(); i++)
			expect_status(i, i + 1, want[i]);
		EXPECT(!memcmp(env.user + TABLE_PAGES * PAGE, want_user + TABLE_PAGES * PAGE, LOCAL_PAGES * PAGE),
		       "round %u: local memory differs", round);
		EXPECT(!memcmp(env.frame, want_frame, sizeof(want_frame)), "round %u: frames differ", round);
	}
}

static const struct test more[] = {
	{ "no_segments", run_none },
	{ "no_memory", run_no_memory },
	{ "data", run_data },
	{ "empty_segments", run_empty },
	{ "fetch", run_fetch },
	{ "second_batch", run_second_batch },
	{ "statuses", run_statuses },
	{ "status_lost", run_status_lost },
	{ "again", run_again },
	{ "patience", run_patience },
	{ "killed", run_killed },
	{ "compat", run_compat },
	{ "random_200_calls", run_random },
	{ NULL, NULL },
};

const struct suite transfer_suite = {
	.name = "transfer", .table = { TABLE(fault_rows, run_fault), TABLE(batch_rows, run_batch) }, .test = more
};
