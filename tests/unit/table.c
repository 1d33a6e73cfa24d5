// SPDX-License-Identifier: MIT
/*
 * Unit tests of the map table (src/core/table.h; I1, I2, I3). The reference is the picture itself: one letter a
 * slot, '.' is free, a run of one letter is one map, CAPITAL letters are published and small ones only reserved, so
 * invisible. After every step each look-up, at each slot and at the far ones, is compared with what the picture
 * shows.
 */
#include "ktap.h"
#include "table.h"

/* a picture's longest */
#define SLOTS_MAX 256u

enum action {
	END,
	RESERVE, /* a pages */
	PUBLISH, /* at a, map b */
	HIDE, /* at a */
	WITHDRAW, /* at a */
	GROW, /* to capacity a */
	WANT, /* gnt_table_want(a) */
};

struct step {
	enum action action;
	u32 a, b;
	s64 want;
	const char *after; /* the picture after the step; NULL: as before it */
};

#define TAKE(count, at, picture) { RESERVE, count, 0, at, picture }
#define TAKE_FAILS(count, error) { RESERVE, count, 0, -(error), NULL }
#define LIST(first, map, picture) { PUBLISH, first, map, 0, picture }
#define UNLIST(first, map, picture) { HIDE, first, 0, map, picture }
#define DROP(first, map, picture) { WITHDRAW, first, 0, map, picture }
#define WIDEN(capacity) { GROW, capacity, 0, 0, NULL }
#define WANTS(count, capacity) { WANT, count, 0, capacity, NULL }

static const struct row {
	const char *name;
	u32 capacity;
	struct step steps[16];
} rows[] = {
	/* ........ -> aa...... -> AA...... -> ........ */
	{ "life", 8, { TAKE(2, 0, "aa"), LIST(0, 7, "AA"), DROP(0, 7, "") } },
	/* ........ -> aa...... -> ........: the MAP whose copy-out failed; nothing was ever published */
	{ "withdraw_reserved", 8, { TAKE(2, 0, "aa"), DROP(0, 0, ""), TAKE(2, 0, "aa") } },
	/* AAbbbC..: a reserved map between two published ones is seen by none of the look-ups */
	{ "reserved_is_invisible", 8, { TAKE(2, 0, "aa"), LIST(0, 1, "AA"), TAKE(3, 2, "AAbbb"), TAKE(1, 5, "AAbbbc"),
					LIST(5, 3, "AAbbbC"), LIST(2, 2, "AABBBC") } },
	/* AABBBC.. -> AA...C.. -> AAdddC.. -> AADDDC..: the exact fit */
	{ "exact_fit", 8, { TAKE(2, 0, "aa"), LIST(0, 1, "AA"), TAKE(3, 2, "AAbbb"), LIST(2, 2, "AABBB"), TAKE(1, 5, "AABBBc"),
			    LIST(5, 3, "AABBBC"), DROP(2, 2, "AA...C"), TAKE(3, 2, "AAdddC"), LIST(2, 4, "AADDDC") } },
	/* ABCDEFGH: as many maps as slots, each found at its own and nowhere else */
	{ "one_slot_each", 8, { TAKE(1, 0, "a"), LIST(0, 9, "A"), TAKE(1, 1, "Ab"), LIST(1, 8, "AB"), TAKE(1, 2, "ABc"),
				LIST(2, 7, "ABC"), TAKE(1, 3, "ABCd"), LIST(3, 6, "ABCD"), TAKE(4, 4, "ABCDeeee"),
				LIST(4, 5, "ABCDEEEE"), TAKE_FAILS(1, GNT_ENOSPC), DROP(1, 8, "A.CDEEEE"),
				DROP(3, 6, "A.C.EEEE"), TAKE_FAILS(2, GNT_ENOSPC) } },
	/* AAAAAAAA: one map owns all there is */
	{ "whole", 8, { TAKE(8, 0, "aaaaaaaa"), LIST(0, 1, "AAAAAAAA"), TAKE_FAILS(1, GNT_ENOSPC), DROP(0, 1, "") } },
	/* refusals: nothing changes */
	{ "refused", 8, { TAKE_FAILS(0, GNT_EINVAL), TAKE_FAILS(9, GNT_ENOSPC), TAKE_FAILS(0xffffffffu, GNT_ENOSPC),
			  TAKE(4, 0, "aaaa"), TAKE_FAILS(0, GNT_EINVAL), TAKE_FAILS(5, GNT_ENOSPC) } },
	/*
	 * AABB -> aaBB -> aaBBCCC. -> ..BBCCC. -> DDBBCCC.: hidden, a map is invisible and keeps its slots until it
	 * is withdrawn
	 */
	{ "hide", 8, { TAKE(2, 0, "aa"), LIST(0, 7, "AA"), TAKE(2, 2, "AAbb"), LIST(2, 8, "AABB"), UNLIST(0, 7, "aaBB"),
		       TAKE(3, 4, "aaBBccc"), LIST(4, 9, "aaBBCCC"), UNLIST(2, 8, "aabbCCC"), DROP(0, 0, "..bbCCC"),
		       TAKE(2, 0, "ddbbCCC"), LIST(0, 5, "DDbbCCC"), UNLIST(4, 9, "DDbbccc"), LIST(4, 6, "DDbbCCC"),
		       WIDEN(16), DROP(4, 6, "DDbb") } },
	/* the same map number twice: the table does not look at it */
	{ "numbers_are_opaque", 8, { TAKE(1, 0, "a"), LIST(0, 0xffffffffu, "A"), TAKE(1, 1, "Ab"), LIST(1, 0xffffffffu, "AB"),
				     DROP(0, 0xffffffffu, ".B") } },
	/* AAb. -> grow -> AAb.....: published stays published, reserved stays reserved */
	{ "grow", 4, { TAKE(2, 0, "aa"), LIST(0, 1, "AA"), TAKE(1, 2, "AAb"), TAKE_FAILS(2, GNT_ENOSPC), WANTS(2, 64),
		       WIDEN(8), TAKE(2, 3, "AAbcc"), LIST(2, 2, "AABcc"), LIST(3, 3, "AABCC"), WIDEN(64), DROP(0, 1, "..BCC"),
		       TAKE(3, 5, "..BCCddd") } },
	/* A... (64): what is still free at the end counts towards the capacity wanted, gaps before it do not */
	{ "want", 64, { WANTS(1, 64), WANTS(64, 64), WANTS(65, 128), TAKE(2, 0, "aa"), WANTS(62, 64), WANTS(63, 128),
			WANTS(126, 128), WANTS(127, 256), DROP(0, 0, ""), WANTS(64, 64), WANTS(1048576, 1048576),
			WANTS(1048577, 0), WANTS(0x80000000u, 0), WANTS(0xffffffffu, 0) } },
};

/* ---- a table and its picture ---- */

struct bench {
	struct gnt_table t;
	char picture[SLOTS_MAX + 1]; /* what it must look like */
	u64 map[SLOTS_MAX]; /* the number published at a first slot */
};

static struct gnt_table table_new(u32 capacity)
{
	void *array[GNT_TABLE_ARRAYS];
	struct gnt_table t;

	for (u32 i = 0; i < GNT_TABLE_ARRAYS; i++)
		array[i] = garbage(gnt_table_array_bytes(i, capacity));
	t.slots.capacity = capacity;
	t.slots.owner = array[0];
	t.slots.prefix = array[1];
	t.slots.suffix = array[2];
	t.slots.run = array[3];
	t.count = array[4];
	t.map = array[5];
	return t;
}

static void table_delete(struct gnt_table t)
{
	free(t.slots.owner);
	free(t.slots.prefix);
	free(t.slots.suffix);
	free(t.slots.run);
	free(t.count);
	free(t.map);
}

static struct bench bench_new(u32 capacity)
{
	struct bench b = { .t = table_new(capacity) };

	gnt_table_init(b.t);
	memset(b.picture, '.', capacity);
	return b;
}

/* The pages of the map that begins at @f in the picture, 0 if none does. */
static u32 pages_at(const struct bench *b, u64 f)
{
	u32 end;

	if (f >= b->t.slots.capacity || b->picture[f] == '.' || (f > 0 && b->picture[f - 1] == b->picture[f]))
		return 0;
	for (end = (u32)f; end < b->t.slots.capacity && b->picture[end] == b->picture[f]; end++)
		;
	return end - (u32)f;
}

static int listed_at(const struct bench *b, u64 f)
{
	return pages_at(b, f) && b->picture[f] >= 'A' && b->picture[f] <= 'Z';
}

static s32 naive_containing(const struct bench *b, u64 slot)
{
	for (u32 f = 0; f < b->t.slots.capacity; f++) {
		if (listed_at(b, f) && f <= slot && slot < f + pages_at(b, f))
			return (s32)f;
	}
	return -GNT_ENOENT;
}

static s32 naive_next(const struct bench *b, u64 from)
{
	for (u64 f = from; f < b->t.slots.capacity; f++) {
		if (listed_at(b, f))
			return (s32)f;
	}
	return -GNT_ENOENT;
}

static s32 naive_exact(const struct bench *b, u64 slot, u64 count)
{
	return listed_at(b, slot) && (count == GNT_ANY_COUNT || count == pages_at(b, slot)) ? (s32)slot : -GNT_ENOENT;
}

/*
 * The end of what is taken, and the answer that makes gnt_table_want() useful: the smallest capacity with room
 * behind it.
 */
static u32 naive_want(const struct bench *b, u32 count)
{
	u64 end = b->t.slots.capacity, least = b->t.slots.capacity;

	while (end > 0 && b->picture[end - 1] == '.')
		end--;
	if (end + count > GNT_SLOTS_MAX)
		return 0;
	if (least < GNT_SLOTS_MIN)
		least = GNT_SLOTS_MIN;
	while (least < end + count)
		least *= 2;
	return (u32)least;
}

/* The exact look-up at @slot with every count that may tell a sloppy comparison from a right one. */
static void check_exact(const struct bench *b, u64 slot, const char *when)
{
	u64 pages = pages_at(b, slot);
	u64 counts[] = { 0, 1, 2, 3, pages, pages + 1, pages - 1, pages | 1ull << 32, pages | 1ull << 63, 1ull << 32, ~0ull };

	for (u32 i = 0; i < ARRAY_SIZE(counts); i++) {
		s32 want = naive_exact(b, slot, counts[i]), got = gnt_table_exact(b->t, slot, counts[i]);

		EXPECT(got == want, "%s: exact(%llu, %llu): expected %d, got %d", when, slot, counts[i], want, got);
	}
}

/* Both look-ups at @slot + everything that a truncation to 12, 20, 31, 32, 44 or 52 bits would drop. */
static void check_far(const struct bench *b, u64 slot, const char *when)
{
	static const u64 far[] = {
		1ull << 20, 1ull << 31, 1ull << 32, 1ull << 44, 1ull << 52, 1ull << 63, 0ull - (1ull << 20),
	};

	for (u32 i = 0; i < ARRAY_SIZE(far); i++) {
		EXPECT(gnt_table_exact(b->t, far[i] + slot, pages_at(b, slot)) == -GNT_ENOENT, "%s: exact(%llx) hits", when,
		       far[i] + slot);
		EXPECT(gnt_table_exact(b->t, far[i] + slot, GNT_ANY_COUNT) == -GNT_ENOENT, "%s: exact(%llx, any) hits", when,
		       far[i] + slot);
		EXPECT(gnt_table_containing(b->t, far[i] + slot) == -GNT_ENOENT, "%s: containing(%llx) hits", when,
		       far[i] + slot);
	}
	EXPECT(gnt_table_containing(b->t, ~0ull - slot) == -GNT_ENOENT, "%s: containing(%llx) hits", when, ~0ull - slot);
	EXPECT(gnt_table_exact(b->t, ~0ull - slot, GNT_ANY_COUNT) == -GNT_ENOENT, "%s: exact(%llx) hits", when, ~0ull - slot);
}

/* Everything that can be asked of the table, against the picture. */
static void check_picture(const struct bench *b, const char *when)
{
	u32 capacity = b->t.slots.capacity;

	for (u32 q = 0; q <= capacity + 2; q++) {
		s32 containing = gnt_table_containing(b->t, q), next = gnt_table_next(b->t, q);

		EXPECT(containing == naive_containing(b, q), "%s: containing(%u): expected %d, got %d", when, q,
		       naive_containing(b, q), containing);
		EXPECT(next == naive_next(b, q), "%s: next(%u): expected %d, got %d", when, q, naive_next(b, q), next);
		check_exact(b, q, when);
		check_far(b, q, when);
		if (pages_at(b, q))
			EXPECT(gnt_table_count(b->t, q) == pages_at(b, q), "%s: count(%u): expected %u, got %u", when, q,
			       pages_at(b, q), gnt_table_count(b->t, q));
		if (listed_at(b, q))
			EXPECT(b->t.map[q] == b->map[q], "%s: map(%u): expected %llu, got %llu", when, q, b->map[q], b->t.map[q]);
		if (q < capacity)
			EXPECT((b->picture[q] == '.') == (b->t.slots.owner[q] == 0), "%s: owner of slot %u: %u", when, q,
			       b->t.slots.owner[q]);
	}
	EXPECT(gnt_table_next(b->t, ~0u) == -GNT_ENOENT, "%s: next(2^32 - 1) hits", when);
}

/* Puts a table of @capacity in the place of the old one, as the owner of a table does. */
static void bench_grow(struct bench *b, u32 capacity)
{
	struct gnt_table larger = table_new(capacity);

	gnt_table_grow(b->t, larger);
	memset(b->picture + b->t.slots.capacity, '.', capacity - b->t.slots.capacity);
	table_delete(b->t);
	b->t = larger;
}

static void run_step(struct bench *b, const struct step *step, u32 number)
{
	s64 got = 0;

	switch (step->action) {
	case RESERVE:
		got = gnt_table_reserve(b->t, step->a);
		break;
	case PUBLISH:
		gnt_table_publish(b->t, step->a, step->b);
		b->map[step->a] = step->b;
		break;
	case HIDE:
		got = (s64)gnt_table_hide(b->t, step->a);
		break;
	case WITHDRAW:
		got = (s64)gnt_table_withdraw(b->t, step->a);
		break;
	case WANT:
		got = gnt_table_want(b->t, step->a);
		break;
	default:
		bench_grow(b, step->a);
		break;
	}
	EXPECT(got == step->want, "step %u: expected %lld, got %lld", number, step->want, got);
	if (step->after) {
		memset(b->picture, '.', b->t.slots.capacity);
		memcpy(b->picture, step->after, strlen(step->after));
	}
}

static void run_row(const void *one)
{
	const struct row *row = one;
	struct bench b = bench_new(row->capacity);
	char when[64];

	check_picture(&b, "init");
	for (u32 i = 0; i < ARRAY_SIZE(row->steps) && row->steps[i].action != END; i++) {
		run_step(&b, &row->steps[i], i + 1);
		snprintf(when, sizeof(when), "step %u", i + 1);
		check_picture(&b, when);
	}
	table_delete(b.t);
}

/* ---- sizes and offsets ---- */

static void run_array_bytes(void)
{
	static const u32 capacities[] = { 0, 1, 2, 64, 65536, 1048576 };
	static const u32 beyond[] = { 1048577, 0x40000000, 0x80000000, 0xffffffff };
	static const u64 bytes_a_slot[] = { 4, 8, 8, 8, 4, 8 }; /* owner, prefix, suffix, run, count, map */

	for (u32 array = 0; array < GNT_TABLE_ARRAYS + 3; array++) {
		for (u32 i = 0; i < ARRAY_SIZE(capacities); i++) {
			u64 want = array < GNT_TABLE_ARRAYS ? bytes_a_slot[array] * capacities[i] : 0;

			EXPECT(gnt_table_array_bytes(array, capacities[i]) == want, "array %u of %u slots", array,
			       capacities[i]);
		}
		for (u32 i = 0; i < ARRAY_SIZE(beyond); i++)
			EXPECT(gnt_table_array_bytes(array, beyond[i]) == 0, "array %u of %u slots", array, beyond[i]);
	}
	EXPECT(gnt_table_array_bytes(0xffffffff, 64) == 0, "array 2^32 - 1");
}

/* slot * 4096 in 64 bits, and back with the low 12 bits dropped */
static void run_offsets(void)
{
	static const struct {
		u64 offset, slot;
	} back[] = {
		{ 0, 0 }, { 1, 0 }, { 4095, 0 }, { 4096, 1 }, { 4097, 1 }, { 0x7ffff000, 0x7ffff },
		{ 0x80000000, 0x80000 },
		{ 0x80001000, 0x80001 }, { 0xfffff000, 0xfffff }, { 0xffffffff, 0xfffff },
		{ 0x100000000, 0x100000 },
		{ 1ull << 44, 1ull << 32 }, { (1ull << 44) + 4096, (1ull << 32) + 1 }, { 1ull << 63, 1ull << 51 },
		{ ~0ull, 0xfffffffffffff }, { ~0xfffull, 0xfffffffffffff }, { 0xffffffff80001000, 0xffffffff80001 },
	};
	static const struct {
		u32 slot;
		u64 offset;
	} forth[] = {
		{ 0, 0 }, { 1, 4096 }, { 0x7ffff, 0x7ffff000 }, { 0x80000, 0x80000000 }, { 0x80001, 0x80001000 },
		{ 0xfffff, 0xfffff000 }, { 0x100000, 0x100000000 }, { 0x7fffffff, 0x7fffffff000 },
		{ 0xffffffff, 0xffffffff000 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(back); i++)
		EXPECT(gnt_offset_slot(back[i].offset) == back[i].slot, "offset %llx: expected slot %llx, got %llx",
		       back[i].offset, back[i].slot, gnt_offset_slot(back[i].offset));
	for (u32 i = 0; i < ARRAY_SIZE(forth); i++)
		EXPECT(gnt_slot_offset(forth[i].slot) == forth[i].offset, "slot %x: expected offset %llx, got %llx",
		       forth[i].slot, forth[i].offset, gnt_slot_offset(forth[i].slot));
}

/* ---- the largest table ---- */

/*
 * 16 maps of 65536 pages own all 2^20 slots: the last is found by its own slots, nothing beyond, and want() has no
 * answer
 */
static void run_largest(void)
{
	struct gnt_table t = table_new(GNT_SLOTS_MAX);

	gnt_table_init(t);
	for (u32 i = 0; i < 16; i++) {
		EXPECT(gnt_table_want(t, 65536) == GNT_SLOTS_MAX, "want with %u maps", i);
		EXPECT(gnt_table_reserve(t, 65536) == (s32)(65536 * i), "map %u", i);
		gnt_table_publish(t, 65536 * i, 100 + i);
	}
	EXPECT(gnt_table_reserve(t, 1) == -GNT_ENOSPC, "one page in a full table");
	EXPECT(gnt_table_want(t, 1) == 0, "a larger table than the largest");
	EXPECT(gnt_table_exact(t, 15 * 65536, 65536) == 15 * 65536, "the last map");
	EXPECT(gnt_table_exact(t, 15 * 65536, 65536 + (1ull << 32)) == -GNT_ENOENT, "count truncated");
	EXPECT(gnt_table_containing(t, GNT_SLOTS_MAX - 1) == 15 * 65536, "the last slot");
	EXPECT(gnt_table_containing(t, GNT_SLOTS_MAX) == -GNT_ENOENT, "the slot after the last");
	EXPECT(gnt_table_containing(t, 8 * 65536 + (1ull << 20)) == -GNT_ENOENT, "a slot truncated to 20 bits");
	EXPECT(gnt_table_next(t, 15 * 65536 + 1) == -GNT_ENOENT, "next after the last map");
	EXPECT(gnt_table_withdraw(t, 8 * 65536) == 108, "withdraw in the middle");
	EXPECT(gnt_table_want(t, 65536) == 0, "want looks at the end alone");
	EXPECT(gnt_table_next(t, 7 * 65536 + 1) == 9 * 65536, "next over a gap");
	EXPECT(gnt_table_reserve(t, 65536) == 8 * 65536, "the exact fit");
	EXPECT(gnt_table_exact(t, 8 * 65536, 65536) == -GNT_ENOENT, "reserved, and visible");
	table_delete(t);
}

/* ---- random operations ---- */

#define RANDOM_OPERATIONS 210000u

/* The first slot of a map of @b, reserved or published, at or after a random one; capacity if there is none. */
static u32 random_map(const struct bench *b, u64 *seed)
{
	u32 f = (u32)(next_random(seed) % b->t.slots.capacity);

	while (f < b->t.slots.capacity && !pages_at(b, f))
		f++;
	return f;
}

/* The lowest gap of @count slots in the picture. */
static s32 naive_reserve(const struct bench *b, u32 count)
{
	u32 row = 0;

	if (count == 0)
		return -GNT_EINVAL;
	for (u32 q = 0; q < b->t.slots.capacity; q++) {
		row = b->picture[q] == '.' ? row + 1 : 0;
		if (row == count)
			return (s32)(q + 1 - count);
	}
	return -GNT_ENOSPC;
}

/* A letter that neither neighbour of [first, first + count) has. */
static char free_letter(const struct bench *b, u32 first, u32 count)
{
	char left = first ? b->picture[first - 1] | 0x20 : 0, right = b->picture[first + count] | 0x20, c = 'a';

	while (c == left || c == right)
		c++;
	return c;
}

static void random_reserve(struct bench *b, u64 *seed, u32 i)
{
	u32 count = (u32)(next_random(seed) % (next_random(seed) % 8 ? 5 : 40)), capacity = b->t.slots.capacity;
	s32 want = naive_reserve(b, count), got = gnt_table_reserve(b->t, count);

	EXPECT(got == want, "operation %u, reserve %u: expected %d, got %d", i, count, want, got);
	if (got != want)
		return;
	if (got == -GNT_ENOSPC) {
		u32 larger = gnt_table_want(b->t, count);

		EXPECT(larger == naive_want(b, count) && larger > capacity, "operation %u, want %u: got %u", i, count, larger);
		if (larger > capacity && larger <= SLOTS_MAX) {
			bench_grow(b, larger);
			EXPECT(gnt_table_reserve(b->t, count) == naive_reserve(b, count), "operation %u: no room after growth",
			       i);
			got = naive_reserve(b, count);
		}
	}
	if (got >= 0)
		memset(b->picture + got, free_letter(b, (u32)got, count), count);
}

static void random_change(struct bench *b, u64 *seed, u32 i)
{
	u32 f = random_map(b, seed), pages;
	u64 map, want;

	if (f == b->t.slots.capacity)
		return;
	pages = pages_at(b, f);
	if (!listed_at(b, f) && next_random(seed) % 4) {
		b->map[f] = next_random(seed) | 1;
		gnt_table_publish(b->t, f, b->map[f]);
		memset(b->picture + f, b->picture[f] & ~0x20, pages);
		return;
	}
	want = listed_at(b, f) ? b->map[f] : 0;
	if (want && next_random(seed) % 4 == 0) {
		map = gnt_table_hide(b->t, f);
		EXPECT(map == want, "operation %u, hide %u: expected %llx, got %llx", i, f, want, map);
		memset(b->picture + f, b->picture[f] | 0x20, pages);
		return;
	}
	map = gnt_table_withdraw(b->t, f);
	EXPECT(map == want, "operation %u, withdraw %u: expected %llx, got %llx", i, f, want, map);
	memset(b->picture + f, '.', pages);
}

/*
 * Reserve, publish, hide, withdraw, grow and look up at random, from capacity 64 up to 256 and back to 64 by
 * starting anew.
 */
static void run_random(void)
{
	u64 seed = test_seed;
	u32 done = 0;

	while (done < RANDOM_OPERATIONS && !test_has_failed()) {
		struct bench b = bench_new(64);

		for (u32 i = 0; i < 3000 && !test_has_failed(); i++, done++) {
			u64 slot = next_random(&seed) % (b.t.slots.capacity + 2);

			if (next_random(&seed) % 100 < (i / 500 % 2 ? 35 : 55))
				random_reserve(&b, &seed, done);
			else
				random_change(&b, &seed, done);
			check_exact(&b, slot, "random");
			check_far(&b, slot, "random");
			EXPECT(gnt_table_containing(b.t, slot) == naive_containing(&b, slot), "operation %u: containing(%llu)",
			       done, slot);
			EXPECT(gnt_table_next(b.t, slot) == naive_next(&b, slot), "operation %u: next(%llu)", done, slot);
			if (i % 200 == 0)
				check_picture(&b, "random");
		}
		table_delete(b.t);
	}
}

static const struct test more[] = {
	{ "array_bytes", run_array_bytes },
	{ "offsets", run_offsets },
	{ "largest", run_largest },
	{ "random_210000", run_random },
	{ NULL, NULL },
};

const struct suite table_suite = { .name = "table", .table = { TABLE(rows, run_row) }, .test = more };
