// SPDX-License-Identifier: MIT
/*
 * Unit tests of the offset allocator (src/core/slots.h; I1, I2, I3). The expected result is never computed with a
 * tree: a picture says it, or a search of the owners slot by slot.
 *
 * A picture has one letter a slot: '.' is free, a run of one letter is one range, what the picture leaves out is
 * free.
 */
#include "ktap.h"
#include "slots.h"

enum action {
	END,
	TAKE, /* gnt_slots_alloc(a) */
	FREE, /* gnt_slots_free(a, b) */
	GROW, /* gnt_slots_grow() to capacity a */
};

struct step {
	enum action action;
	u32 a, b;
	s32 want;
	const char *after; /* the picture after the step; NULL: as before it */
};

#define ALLOC(count, at, picture) { TAKE, count, 0, at, picture }
#define ALLOC_FAILS(count, error) { TAKE, count, 0, -(error), NULL }
#define GIVE(first, count, picture) { FREE, first, count, 0, picture }
#define WIDEN(capacity) { GROW, capacity, 0, 0, NULL }

static const struct row {
	const char *name;
	u32 capacity;
	struct step steps[16];
} rows[] = {
	/* ........ -> A....... */
	{ "first_at_0", 8, { ALLOC(1, 0, "A") } },
	/* ........ -> AAAAAAAA -> ........ */
	{ "whole", 8, { ALLOC(8, 0, "AAAAAAAA"), GIVE(0, 8, ""), ALLOC(8, 0, "AAAAAAAA") } },
	/* .. -> A. -> AB -> .B -> CB: the smallest capacity that the contract knows */
	{ "capacity_2", 2, { ALLOC(1, 0, "A"), ALLOC(1, 1, "AB"), GIVE(0, 1, ".B"), ALLOC(1, 0, "CB"),
			     ALLOC_FAILS(1, GNT_ENOSPC) } },
	/* AABBB... -> ..BBB... -> CCBBB...: a gap of exactly the size is a fit */
	{ "exact_fit", 8, { ALLOC(2, 0, "AA"), ALLOC(3, 2, "AABBB"), GIVE(0, 2, "..BBB"), ALLOC(2, 0, "CCBBB") } },
	/* A.B.C.D. -> AEB.C.D. ... -> AEBFCGDH: gaps of one, lowest first */
	{ "exact_fit_of_one", 8, { ALLOC(8, 0, "AAAAAAAA"), GIVE(0, 8, ""), ALLOC(1, 0, "A"), ALLOC(1, 1, "AB"),
				   ALLOC(1, 2, "ABC"), ALLOC(1, 3, "ABCD"), GIVE(0, 1, ".BCD"), GIVE(2, 1, ".B.D"),
				   ALLOC(2, 4, ".B.DEE"), ALLOC(1, 0, "FB.DEE"), ALLOC(1, 2, "FBGDEE"),
				   ALLOC(3, -GNT_ENOSPC, NULL), ALLOC(2, 6, "FBGDEEHH"),
				   ALLOC_FAILS(1, GNT_ENOSPC) } },
	/* AABBCC.. -> AA..CC..: 2 fit at 2, 3 fit nowhere, and the larger gap is not preferred */
	{ "lowest_not_best", 8, { ALLOC(2, 0, "AA"), ALLOC(3, 2, "AABBB"), ALLOC(1, 5, "AABBBC"), GIVE(2, 3, "AA...C"),
				  ALLOC(2, 2, "AADD.C"), ALLOC(2, 6, "AADD.CEE"), ALLOC_FAILS(2, GNT_ENOSPC),
				  ALLOC(1, 4, "AADDFCEE") } },
	/* A.....BB: the gap spans the root's middle: suffix of the left half + prefix of the right */
	{ "across_the_middle", 8, { ALLOC(1, 0, "A"), ALLOC(5, 1, "ABBBBB"), ALLOC(2, 6, "ABBBBBCC"), GIVE(1, 5, "A.....CC"),
				    ALLOC_FAILS(6, GNT_ENOSPC), ALLOC(5, 1, "ADDDDDCC") } },
	/* AAA..BBB -> AAACCBBB: two slots, one in each half */
	{ "two_across_the_middle", 8, { ALLOC(3, 0, "AAA"), ALLOC(2, 3, "AAABB"), ALLOC(3, 5, "AAABBCCC"),
					GIVE(3, 2, "AAA..CCC"), ALLOC(2, 3, "AAADDCCC") } },
	/* ABBC.... -> ....C... by freeing neighbours: gaps merge on both sides */
	{ "gaps_merge", 8, { ALLOC(1, 0, "A"), ALLOC(2, 1, "ABB"), ALLOC(1, 3, "ABBC"), ALLOC(4, 4, "ABBCDDDD"),
			     GIVE(0, 1, ".BBCDDDD"), GIVE(3, 1, ".BB.DDDD"), ALLOC_FAILS(2, GNT_ENOSPC),
			     GIVE(1, 2, "....DDDD"), ALLOC(4, 0, "EEEEDDDD") } },
	/* AAAA.... : none of 0, and none of more than there are; nothing changes */
	{ "refused", 8, { ALLOC(4, 0, "AAAA"), ALLOC_FAILS(0, GNT_EINVAL), ALLOC_FAILS(5, GNT_ENOSPC),
			  ALLOC_FAILS(8, GNT_ENOSPC), ALLOC_FAILS(9, GNT_ENOSPC), ALLOC_FAILS(0x80000000u, GNT_ENOSPC),
			  ALLOC_FAILS(0xffffffffu, GNT_ENOSPC), ALLOC(4, 4, "AAAABBBB"),
			  ALLOC_FAILS(0, GNT_EINVAL) } },
	/* ........: 0 slots are refused also where all is free */
	{ "zero_of_empty", 8, { ALLOC_FAILS(0, GNT_EINVAL), ALLOC_FAILS(9, GNT_ENOSPC) } },
	/* AAABBBCC -> grow -> AAABBBCC........: owners stay, what is new is free */
	{ "grow", 8, { ALLOC(3, 0, "AAA"), ALLOC(3, 3, "AAABBB"), ALLOC(2, 6, "AAABBBCC"), ALLOC_FAILS(1, GNT_ENOSPC),
		       WIDEN(16), ALLOC(8, 8, "AAABBBCCDDDDDDDD"), ALLOC_FAILS(1, GNT_ENOSPC), GIVE(3, 3, "AAA...CCDDDDDDDD"),
		       ALLOC(3, 3, "AAAEEECCDDDDDDDD") } },
	/* AAAAAA.. -> grow -> AAAAAA..........: the old tail and the new slots are one gap */
	{ "grow_joins_the_tail", 8, { ALLOC(6, 0, "AAAAAA"), ALLOC_FAILS(10, GNT_ENOSPC), WIDEN(16),
				      ALLOC(10, 6, "AAAAAABBBBBBBBBB") } },
	/* A... -> grow by three doublings at once */
	{ "grow_by_8", 4, { ALLOC(1, 0, "A"), WIDEN(32), ALLOC(31, 1, "ABBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB") } },
	/* AA.B -> grow to the same capacity: a copy */
	{ "grow_to_the_same", 4, { ALLOC(2, 0, "AA"), ALLOC(1, 2, "AAB"), ALLOC(1, 3, "AABC"), GIVE(2, 1, "AA.C"), WIDEN(4),
				   ALLOC(1, 2, "AADC") } },
	/* AAAA BB -> AA AA freed piece by piece: free works on any part of a range */
	{ "free_in_pieces", 8, { ALLOC(6, 0, "AAAAAA"), GIVE(4, 2, "AAAA"), GIVE(0, 1, NULL), GIVE(1, 1, NULL),
				 GIVE(3, 1, NULL), GIVE(2, 1, ""), ALLOC(8, 0, "AAAAAAAA") } },
};

/* ---- instances: each array an allocation of its own, so that the address sanitizer sees its ends ---- */

static struct gnt_slots slots_new(u32 capacity)
{
	struct gnt_slots s = {
		.capacity = capacity,
		.owner = garbage(capacity * sizeof(u32)),
		.prefix = garbage(2 * capacity * sizeof(u32)),
		.suffix = garbage(2 * capacity * sizeof(u32)),
		.run = garbage(2 * capacity * sizeof(u32)),
	};

	return s;
}

static void slots_delete(struct gnt_slots s)
{
	free(s.owner);
	free(s.prefix);
	free(s.suffix);
	free(s.run);
}

/* ---- the naive reference ---- */

/* The lowest @count free slots in a row, by looking at every slot. */
static s32 naive_alloc(const u32 *owner, u32 capacity, u32 count)
{
	u32 row = 0;

	if (count == 0)
		return -GNT_EINVAL;
	for (u32 q = 0; q < capacity; q++) {
		row = owner[q] ? 0 : row + 1;
		if (row == count)
			return (s32)(q + 1 - count);
	}
	return -GNT_ENOSPC;
}

/* What node @k must hold if the owners are right: its span, scanned. */
static void naive_node(struct gnt_slots s, u32 k, u32 *prefix, u32 *suffix, u32 *run)
{
	u32 low = k, high = k, row = 0, first = 1;

	while (low < s.capacity) {
		low = 2 * low;
		high = 2 * high + 1;
	}
	*prefix = *suffix = *run = 0;
	for (u32 q = low - s.capacity; q <= high - s.capacity; q++) {
		row = s.owner[q] ? 0 : row + 1;
		first = first && !s.owner[q];
		if (first)
			*prefix = row;
		if (row > *run)
			*run = row;
	}
	*suffix = row;
}

/* I1: the summary is exact in every node; and nobody has touched the unused element 0. */
static void check_tree(struct gnt_slots s, const char *when)
{
	EXPECT(s.prefix[0] == 0xa5a5a5a5 && s.suffix[0] == 0xa5a5a5a5 && s.run[0] == 0xa5a5a5a5, "%s: element 0 written",
	       when);
	for (u32 k = 1; k < 2 * s.capacity; k++) {
		u32 prefix, suffix, run;

		naive_node(s, k, &prefix, &suffix, &run);
		EXPECT(s.prefix[k] == prefix && s.suffix[k] == suffix && s.run[k] == run,
		       "%s: node %u: expected %u,%u,%u, got %u,%u,%u", when, k, prefix, suffix, run, s.prefix[k], s.suffix[k],
		       s.run[k]);
	}
}

/* Slots beyond every capacity, among them those that are small numbers to whoever drops the high bits (I3). */
static void check_far(struct gnt_slots s, const char *when)
{
	static const u64 bases[] = { 1ull << 20, 1ull << 31, 1ull << 32, 1ull << 44, 1ull << 52, 1ull << 63, 0ull - 64 };

	for (u32 i = 0; i < ARRAY_SIZE(bases); i++) {
		for (u64 k = 0; k < 64; k++) {
			if (bases[i] + k >= s.capacity)
				EXPECT(gnt_slots_first(s, bases[i] + k) == -GNT_ENOENT, "%s: slot %llu exists", when,
				       bases[i] + k);
		}
	}
}

/* gnt_slots_want(): what is taken to the last taken slot, and the count on top of it; gaps below do not count. */
static void check_want(struct gnt_slots s, const u32 *owner, const char *when)
{
	static const u32 counts[] = { 1, 2, 3, 64, 1048500, 1048575, 1048576, 1048577, 0x7fffffff, 0x80000000, 0xffffffff };
	u64 taken = s.capacity;

	while (taken > 0 && !owner[taken - 1])
		taken--;
	for (u32 i = 0; i < ARRAY_SIZE(counts); i++) {
		u64 want = taken + counts[i] <= GNT_SLOTS_MAX ? taken + counts[i] : 0;

		EXPECT(gnt_slots_want(s, counts[i]) == want, "%s: want(%u): expected %llu, got %u", when, counts[i], want,
		       gnt_slots_want(s, counts[i]));
	}
}

/* Every slot's owner and every look-up, against the @owner expected. */
static void check_owners(struct gnt_slots s, const u32 *owner, const char *when)
{
	for (u32 q = 0; q < s.capacity; q++) {
		s32 want = owner[q] ? (s32)owner[q] - 1 : -GNT_ENOENT, got = gnt_slots_first(s, q);

		EXPECT(s.owner[q] == owner[q], "%s: slot %u: expected owner %u, got %u", when, q, owner[q], s.owner[q]);
		EXPECT(got == want, "%s: look-up of slot %u: expected %d, got %d", when, q, want, got);
	}
	for (u64 q = s.capacity; q < 2 * (u64)s.capacity + 2; q++)
		EXPECT(gnt_slots_first(s, q) == -GNT_ENOENT, "%s: slot %llu exists", when, q);
	check_far(s, when);
	check_want(s, owner, when);
}

/* ---- the rows ---- */

/* The owners that @picture shows. */
static void picture_owners(const char *picture, u32 *owner, u32 capacity)
{
	u32 first = 0, end = (u32)strlen(picture);

	for (u32 q = 0; q < capacity; q++) {
		if (q >= end || picture[q] == '.') {
			owner[q] = 0;
			continue;
		}
		if (q == 0 || picture[q] != picture[q - 1])
			first = q;
		owner[q] = 1 + first;
	}
}

/* Carries out one step; @owner holds the owners expected before it, and after it. */
static struct gnt_slots run_step(struct gnt_slots s, const struct step *step, u32 *owner)
{
	struct gnt_slots larger;
	s32 got = 0;

	switch (step->action) {
	case TAKE:
		got = gnt_slots_alloc(s, step->a);
		break;
	case FREE:
		gnt_slots_free(s, step->a, step->b);
		memset(owner + step->a, 0, step->b * sizeof(*owner));
		break;
	default:
		larger = slots_new(step->a);
		gnt_slots_grow(s, larger);
		slots_delete(s);
		s = larger;
		break;
	}
	EXPECT(got == step->want, "alloc of %u: expected %d, got %d", step->a, step->want, got);
	if (step->after)
		picture_owners(step->after, owner, s.capacity);
	return s;
}

static void run_row(const void *one)
{
	const struct row *row = one;
	struct gnt_slots s = slots_new(row->capacity);
	u32 owner[64] = { 0 };
	char when[64];

	gnt_slots_init(s);
	check_tree(s, "init");
	check_owners(s, owner, "init");
	for (u32 i = 0; i < ARRAY_SIZE(row->steps) && row->steps[i].action != END; i++) {
		s = run_step(s, &row->steps[i], owner);
		snprintf(when, sizeof(when), "step %u", i + 1);
		check_tree(s, when);
		check_owners(s, owner, when);
	}
	slots_delete(s);
}

/* ---- capacities ---- */

/* want -> capacity: the smallest power of two from 64 to 2^20 that is enough, 0 if none is */
static void run_capacity(void)
{
	static const struct {
		u32 want, capacity;
	} cases[] = {
		{ 0, 64 }, { 1, 64 }, { 2, 64 }, { 63, 64 }, { 64, 64 }, { 65, 128 }, { 127, 128 }, { 128, 128 },
		{ 129, 256 },
		{ 65535, 65536 }, { 65536, 65536 }, { 65537, 131072 }, { 524288, 524288 }, { 524289, 1048576 },
		{ 1048575, 1048576 }, { 1048576, 1048576 }, { 1048577, 0 }, { 0x7fffffff, 0 }, { 0x80000000, 0 },
		{ 0xffffffff, 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT(gnt_slots_capacity(cases[i].want) == cases[i].capacity, "want %u: expected %u, got %u", cases[i].want,
		       cases[i].capacity, gnt_slots_capacity(cases[i].want));
	for (u32 want = 1; want <= 5000; want++) {
		u32 got = gnt_slots_capacity(want), least = 64;

		while (least < want)
			least *= 2;
		EXPECT(got == least, "want %u: expected %u, got %u", want, least, got);
	}
}

/* ---- every pattern of free slots: what fits where ---- */

/*
 * Gives the slots of @s the owners that @pattern says (bit q: slot q is taken), and a right tree, without the
 * allocator.
 */
static void set_pattern(struct gnt_slots s, u32 pattern)
{
	for (u32 q = 0; q < s.capacity; q++)
		s.owner[q] = pattern >> q & 1 ? 1 + q : 0;
	for (u32 k = 2 * s.capacity - 1; k >= 1; k--)
		naive_node(s, k, &s.prefix[k], &s.suffix[k], &s.run[k]);
}

/*
 * Capacity 2 to 16, every set of taken slots, every count: the answer is the linear search's, and free undoes
 * alloc.
 */
static void run_every_pattern(void)
{
	for (u32 capacity = 2; capacity <= 16; capacity *= 2) {
		struct gnt_slots s = slots_new(capacity);
		u32 before[16];

		for (u32 pattern = 0; pattern < 1u << capacity && !test_has_failed(); pattern++) {
			set_pattern(s, pattern);
			memcpy(before, s.owner, capacity * sizeof(u32));
			for (u32 count = 0; count <= capacity + 1; count++) {
				s32 want = naive_alloc(before, capacity, count), got = gnt_slots_alloc(s, count);

				EXPECT(got == want, "capacity %u, pattern %x, count %u: expected %d, got %d", capacity,
				       pattern, count, want, got);
				if (got < 0 || got != want)
					continue;
				for (u32 q = 0; q < capacity; q++) {
					u32 mine = q >= (u32)got && q < (u32)got + count;

					EXPECT(s.owner[q] == (mine ? (u32)got + 1 : before[q]),
					       "capacity %u, pattern %x, count %u: wrong owner of slot %u", capacity, pattern,
					       count, q);
				}
				gnt_slots_free(s, (u32)got, count);
			}
			EXPECT(!memcmp(before, s.owner, capacity * sizeof(u32)), "pattern %x: not restored", pattern);
			if (capacity < 16 || pattern % 64 == 0)
				check_tree(s, "after free");
		}
		slots_delete(s);
	}
}

/* ---- free in every order ---- */

#define RANGES 6u
static const u32 range_counts[RANGES] = { 1, 3, 2, 5, 1, 4 }; /* A BBB CC DDDDD E FFFF: 16 slots */

/*
 * A BBB CC DDDDD E FFFF freed in the order @order; after each one, every count is placed where the linear search
 * says.
 */
static void free_in_order(struct gnt_slots s, const u32 *order)
{
	u32 first[RANGES];

	gnt_slots_init(s);
	for (u32 i = 0; i < RANGES; i++)
		first[i] = (u32)gnt_slots_alloc(s, range_counts[i]);
	for (u32 i = 0; i < RANGES; i++) {
		gnt_slots_free(s, first[order[i]], range_counts[order[i]]);
		check_tree(s, "in order");
		for (u32 count = 1; count <= s.capacity; count++) {
			s32 want = naive_alloc(s.owner, s.capacity, count), got = gnt_slots_alloc(s, count);

			EXPECT(got == want, "order %u%u%u%u%u%u, %u freed, count %u: expected %d, got %d", order[0], order[1],
			       order[2], order[3], order[4], order[5], i + 1, count, want, got);
			if (got >= 0)
				gnt_slots_free(s, (u32)got, count);
		}
	}
	EXPECT(naive_alloc(s.owner, s.capacity, s.capacity) == 0, "not all free at the end");
}

/* All permutations of order[n ..], by swapping. */
static void permute(struct gnt_slots s, u32 *order, u32 n)
{
	if (n == RANGES)
		free_in_order(s, order);
	for (u32 i = n; i < RANGES && !test_has_failed(); i++) {
		u32 swap = order[n];

		order[n] = order[i];
		order[i] = swap;
		permute(s, order, n + 1);
		order[i] = order[n];
		order[n] = swap;
	}
}

static void run_every_order(void)
{
	struct gnt_slots s = slots_new(16);
	u32 order[RANGES] = { 0, 1, 2, 3, 4, 5 };

	permute(s, order, 0);
	slots_delete(s);
}

/* ---- arrays that are no instance's ---- */

/* A look-up needs no invariant: an owner above the capacity is none, whatever array it is found in. */
static void run_foreign_owner(void)
{
	struct gnt_slots s = slots_new(8);

	for (u32 q = 0; q < 8; q++)
		EXPECT(gnt_slots_first(s, q) == -GNT_ENOENT, "slot %u, owner %x", q, s.owner[q]);
	s.owner[3] = 8;
	EXPECT(gnt_slots_first(s, 3) == 7, "the greatest owner there is: got %d", gnt_slots_first(s, 3));
	s.owner[3] = 9;
	EXPECT(gnt_slots_first(s, 3) == -GNT_ENOENT, "one more: got %d", gnt_slots_first(s, 3));
	s.owner[3] = 0xffffffff;
	EXPECT(gnt_slots_first(s, 3) == -GNT_ENOENT, "the greatest number: got %d", gnt_slots_first(s, 3));
	slots_delete(s);
}

/* ---- the largest instance ---- */

/* 16 x 65536 fill 2^20 slots to the last; the gaps are then found again, the exact fit at the very end included. */
static void run_largest(void)
{
	struct gnt_slots s = slots_new(GNT_SLOTS_MAX);

	gnt_slots_init(s);
	EXPECT(gnt_slots_alloc(s, GNT_SLOTS_MAX + 1) == -GNT_ENOSPC, "one more than there are");
	for (u32 i = 0; i < 16; i++)
		EXPECT(gnt_slots_alloc(s, 65536) == (s32)(65536 * i), "block %u", i);
	EXPECT(gnt_slots_alloc(s, 1) == -GNT_ENOSPC, "one in a full instance");
	for (u64 q = 0; q < GNT_SLOTS_MAX; q += 4093)
		EXPECT(gnt_slots_first(s, q) == (s32)(q / 65536 * 65536), "look-up of slot %llu", q);
	EXPECT(gnt_slots_first(s, 524289) == 524288, "slot 2^19 + 1");
	EXPECT(gnt_slots_first(s, GNT_SLOTS_MAX - 1) == GNT_SLOTS_MAX - 65536, "the last slot");
	check_far(s, "full");
	gnt_slots_free(s, GNT_SLOTS_MAX - 65536, 65536);
	gnt_slots_free(s, 65536 * 7, 65536);
	gnt_slots_free(s, 65536 * 8, 65536);
	EXPECT(gnt_slots_alloc(s, 131073) == -GNT_ENOSPC, "one more than the largest gap");
	EXPECT(gnt_slots_alloc(s, 131072) == 65536 * 7, "the gap over the middle");
	EXPECT(gnt_slots_alloc(s, 65535) == GNT_SLOTS_MAX - 65536, "the gap at the end");
	EXPECT(gnt_slots_alloc(s, 2) == -GNT_ENOSPC, "two in a gap of one");
	EXPECT(gnt_slots_alloc(s, 1) == GNT_SLOTS_MAX - 1, "the last slot");
	EXPECT(gnt_slots_first(s, GNT_SLOTS_MAX - 1) == GNT_SLOTS_MAX - 1, "owner of the last slot");
	slots_delete(s);
}

/* ---- random operations ---- */

#define RANDOM_OPERATIONS 240000u
#define RANDOM_CAPACITY 512u

/* A count as clients have them: mostly small, seldom as much as there is. */
static u32 random_count(u64 *seed, u32 capacity)
{
	u64 r = next_random(seed);

	if (r % 16 == 0)
		return (u32)(r >> 8) % (capacity + 2);
	return 1 + (u32)(r >> 8) % (r % 4 == 0 ? 24 : 6);
}

/* Frees the range that holds the first taken slot from a random one on, if any. */
static void random_free(struct gnt_slots s, u32 *owner, u64 *seed)
{
	u32 q = (u32)(next_random(seed) % s.capacity), first, count = 0;

	while (q < s.capacity && !owner[q])
		q++;
	if (q == s.capacity)
		return;
	first = owner[q] - 1;
	while (first + count < s.capacity && owner[first + count] == first + 1)
		count++;
	gnt_slots_free(s, first, count);
	memset(owner + first, 0, count * sizeof(*owner));
}

/* As many allocations as frees in the long run, phases of filling and of emptying, growth from 64 to 512. */
static void run_random(void)
{
	struct gnt_slots s = slots_new(64);
	u32 owner[RANDOM_CAPACITY] = { 0 };
	u64 seed = test_seed;

	gnt_slots_init(s);
	for (u32 i = 0; i < RANDOM_OPERATIONS && !test_has_failed(); i++) {
		u32 filling = i / 2000 % 2 == 0, count = random_count(&seed, s.capacity);
		s32 want, got;

		if (next_random(&seed) % 100 < (filling ? 35 : 60)) {
			random_free(s, owner, &seed);
		} else {
			want = naive_alloc(owner, s.capacity, count);
			got = gnt_slots_alloc(s, count);
			EXPECT(got == want, "operation %u, count %u: expected %d, got %d", i, count, want, got);
			for (u32 q = 0; want >= 0 && q < count; q++)
				owner[(u32)want + q] = (u32)want + 1;
		}
		if (i % 256 == 0 || s.capacity == 64) {
			EXPECT(!memcmp(owner, s.owner, s.capacity * sizeof(u32)), "operation %u: wrong owners", i);
			if (i % 16 == 0)
				check_tree(s, "random");
		}
		if (i % (RANDOM_OPERATIONS / 4) == RANDOM_OPERATIONS / 4 - 1 && s.capacity < RANDOM_CAPACITY) {
			struct gnt_slots larger = slots_new(2 * s.capacity);

			gnt_slots_grow(s, larger);
			slots_delete(s);
			s = larger;
			check_tree(s, "grown");
		}
	}
	check_owners(s, owner, "end");
	slots_delete(s);
}

static const struct test more[] = {
	{ "capacity", run_capacity },
	{ "every_pattern_of_16", run_every_pattern },
	{ "free_in_every_order", run_every_order },
	{ "owner_above_the_capacity", run_foreign_owner },
	{ "largest", run_largest },
	{ "random_240000", run_random },
	{ NULL, NULL },
};

const struct suite slots_suite = { .name = "slots", .table = { TABLE(rows, run_row) }, .test = more };
