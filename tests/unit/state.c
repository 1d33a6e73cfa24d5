// SPDX-License-Identifier: MIT
/*
 * Unit tests of an instance's state (src/core/state.h; I1, I2, I5, I9, I12). The reference is a plain list of maps, each with
 * its first slot, its pages and its users; what is free, where the lowest gap is and who is found is looked up in it by
 * linear search. After every step all results are compared, and every so often each record and each look-up.
 */
#include "ktap.h"
#include "state.h"

/* a reference's most slots */
#define SLOTS_MAX 256u

#define HEADER GNT_PROFILE_HEADER
#define LINUX GNT_PROFILE_LINUX

/* ---- the reference ---- */

struct naive_map {
	u32 first, pages;
	u64 block, vmas, calls;
	u32 listed, tried;
};

struct naive {
	u32 capacity, profile, max, performed, maps;
	struct naive_map map[SLOTS_MAX];
};

static struct naive_map *naive_at(struct naive *n, u64 first)
{
	for (u32 i = 0; i < n->maps; i++) {
		if (n->map[i].first == first)
			return &n->map[i];
	}
	return NULL;
}

/* The map that owns @slot, listed or not. */
static struct naive_map *naive_owner(struct naive *n, u64 slot)
{
	for (u32 i = 0; i < n->maps; i++) {
		if (n->map[i].first <= slot && slot < n->map[i].first + n->map[i].pages)
			return &n->map[i];
	}
	return NULL;
}

static u32 naive_owned(const struct naive *n)
{
	u32 owned = 0;

	for (u32 i = 0; i < n->maps; i++)
		owned += n->map[i].pages;
	return owned;
}

static s32 naive_reserve(struct naive *n, u32 count, u64 block)
{
	u32 row = 0;

	if (n->profile == HEADER && (u64)naive_owned(n) + count > n->max)
		return -GNT_ENOMEM;
	for (u32 q = 0; q < n->capacity; q++) {
		row = naive_owner(n, q) ? 0 : row + 1;
		if (row == count) {
			q = q + 1 - count;
			n->map[n->maps++] = (struct naive_map){ .first = q, .pages = count, .block = block, .calls = 1 };
			return (s32)q;
		}
	}
	return -GNT_ENOSPC;
}

/* Ends @m if nobody uses it any more: its cookie, or 0. */
static u64 naive_settle(struct naive *n, struct naive_map *m)
{
	u64 block = m->block;

	if (m->listed || m->vmas || m->calls)
		return 0;
	*m = n->map[--n->maps];
	return block;
}

static s32 naive_find(struct naive *n, u64 slot, u64 count, int any)
{
	struct naive_map *m = naive_at(n, slot);

	return m && m->listed && (m->pages == count || (any && count == 0)) ? (s32)slot : -GNT_ENOENT;
}

static s32 naive_find_page(struct naive *n, u64 slot)
{
	struct naive_map *m = naive_owner(n, slot);

	return m && m->listed ? (s32)m->first : -GNT_ENOENT;
}

static s32 naive_next(struct naive *n, u64 from)
{
	for (u64 f = from; f < n->capacity; f++) {
		struct naive_map *m = naive_at(n, f);

		if (m && m->listed)
			return (s32)f;
	}
	return -GNT_ENOENT;
}

/* ---- a state and its reference ---- */

struct bench {
	struct gnt_state s;
	struct naive n;
};

static struct gnt_state state_new(u32 capacity, struct gnt_limits *limits)
{
	void *array[GNT_STATE_ARRAYS];
	struct gnt_state s;

	for (u32 i = 0; i < GNT_STATE_ARRAYS; i++)
		array[i] = garbage(gnt_state_array_bytes(i, capacity));
	s.table.slots.capacity = capacity;
	s.table.slots.owner = array[0];
	s.table.slots.prefix = array[1];
	s.table.slots.suffix = array[2];
	s.table.slots.run = array[3];
	s.table.count = array[4];
	s.table.map = array[5];
	s.block = array[6];
	s.vmas = array[7];
	s.calls = array[8];
	s.tried = array[9];
	s.limits = limits;
	return s;
}

static void arrays_delete(struct gnt_state s)
{
	free(s.table.slots.owner);
	free(s.table.slots.prefix);
	free(s.table.slots.suffix);
	free(s.table.slots.run);
	free(s.table.count);
	free(s.table.map);
	free(s.block);
	free(s.vmas);
	free(s.calls);
	free(s.tried);
}

static struct bench *bench_new(u32 capacity, u32 profile)
{
	struct bench *b = garbage(sizeof(*b));

	b->s = state_new(capacity, garbage(sizeof(struct gnt_limits)));
	gnt_state_init(b->s, profile);
	memset(&b->n, 0, sizeof(b->n));
	b->n.capacity = capacity;
	b->n.profile = profile;
	b->n.max = GNT_SLOTS_MAX;
	return b;
}

static void bench_delete(struct bench *b)
{
	free(b->s.limits);
	arrays_delete(b->s);
	free(b);
}

static void bench_grow(struct bench *b, u32 capacity)
{
	struct gnt_state to = state_new(capacity, b->s.limits);

	gnt_state_grow(b->s, to);
	arrays_delete(b->s);
	b->s = to;
	b->n.capacity = capacity;
}

static void check_finds(struct bench *b, u64 slot, const char *when)
{
	struct naive_map *m = naive_at(&b->n, slot);
	u64 pages = m ? m->pages : 1;
	u64 counts[] = { 0, 1, 2, pages, pages + 1, pages - 1, pages | 1ull << 32, pages | 1ull << 63, 1ull << 32, ~0ull };
	s32 want, got;

	for (u32 i = 0; i < ARRAY_SIZE(counts); i++) {
		want = naive_find(&b->n, slot, counts[i], 0);
		got = gnt_state_find(b->s, slot, counts[i]);
		EXPECT(got == want, "%s: find(%llu, %llu): expected %d, got %d", when, slot, counts[i], want, got);
		want = naive_find(&b->n, slot, counts[i], b->n.profile == LINUX);
		got = gnt_state_find_unmap(b->s, slot, counts[i]);
		EXPECT(got == want, "%s: find_unmap(%llu, %llu): expected %d, got %d", when, slot, counts[i], want, got);
	}
	want = naive_find_page(&b->n, slot);
	got = gnt_state_find_page(b->s, slot);
	EXPECT(got == want, "%s: find_page(%llu): expected %d, got %d", when, slot, want, got);
}

static void check_limits(struct bench *b, const char *when)
{
	struct gnt_limits l = *b->s.limits;

	EXPECT(l.profile == b->n.profile && l.max == b->n.max && l.owned == naive_owned(&b->n) && l.performed == b->n.performed,
	       "%s: profile %u max %u owned %u performed %u, expected %u %u %u %u", when, l.profile, l.max, l.owned, l.performed,
	       b->n.profile, b->n.max, naive_owned(&b->n), b->n.performed);
}

static void check_record(struct bench *b, u32 k, const char *when)
{
	struct naive_map none = { 0 }, *m = naive_at(&b->n, k), *owner = naive_owner(&b->n, k);

	if (!m)
		m = &none;
	EXPECT(b->s.table.count[k] == m->pages && b->s.block[k] == m->block, "%s: slot %u: %u pages, cookie %llx", when, k,
	       b->s.table.count[k], b->s.block[k]);
	EXPECT(b->s.table.map[k] == (m->listed ? m->block : 0), "%s: slot %u: listed %llx", when, k, b->s.table.map[k]);
	EXPECT(b->s.vmas[k] == m->vmas && b->s.calls[k] == m->calls && b->s.tried[k] == m->tried,
	       "%s: slot %u: VMAs %llu, calls %llu, tried %u; expected %llu, %llu, %u", when, k, b->s.vmas[k], b->s.calls[k],
	       b->s.tried[k], m->vmas, m->calls, m->tried);
	EXPECT(b->s.table.slots.owner[k] == (owner ? owner->first + 1 : 0), "%s: slot %u: owner %u", when, k,
	       b->s.table.slots.owner[k]);
	if (m->pages)
		EXPECT(gnt_state_block(b->s, k) == m->block && gnt_state_count(b->s, k) == m->pages, "%s: map %u", when, k);
}

static void check_all(struct bench *b, const char *when)
{
	const u64 far[] = { 1ull << 20, 1ull << 32, 1ull << 44, 1ull << 52, 1ull << 63, ~0ull };

	check_limits(b, when);
	for (u32 k = 0; k < b->n.capacity; k++) {
		check_record(b, k, when);
		check_finds(b, k, when);
		EXPECT(gnt_state_next(b->s, k) == naive_next(&b->n, k), "%s: next(%u)", when, k);
	}
	for (u32 i = 0; i < ARRAY_SIZE(far); i++)
		check_finds(b, far[i], when);
	EXPECT(gnt_state_next(b->s, b->n.capacity) == -GNT_ENOENT, "%s: next after the end", when);
}

/* ---- steps on both: each compares the results ---- */

enum action {
	END,
	RESERVE, /* a pages, cookie b */
	LIST, /* the map at a; so are all that follow */
	BEGIN_CALL,
	END_CALL,
	UNLIST,
	ATTEMPT,
	UNATTEMPT,
	VMA_OPEN,
	VMA_CLOSE,
	SET_MAX, /* to a */
	PERFORMED,
	GROW, /* to capacity a */
};

struct step {
	enum action action;
	u32 a;
	u64 b;
	s64 want; /* result: an error, a slot, a cookie */
};

static s32 naive_set_max(struct naive *n, u32 count)
{
	if (count == 0 || n->performed || n->maps)
		return -GNT_EINVAL;
	n->max = count < GNT_SLOTS_MAX ? count : GNT_SLOTS_MAX;
	return 0;
}

static s64 naive_step(struct naive *n, enum action action, u32 a, u64 b)
{
	struct naive_map *m = naive_at(n, a);

	switch (action) {
	case RESERVE:
		return naive_reserve(n, a, b);
	case LIST:
		m->listed = n->performed = 1;
		m->calls--;
		return 0;
	case BEGIN_CALL:
		m->calls++;
		return 0;
	case END_CALL:
		m->calls--;
		return (s64)naive_settle(n, m);
	case UNLIST:
		n->performed = 1;
		m->listed = 0;
		return (s64)naive_settle(n, m);
	case ATTEMPT:
		if (m->tried)
			return -GNT_EINVAL;
		m->tried = 1;
		m->vmas = 1;
		return 0;
	case UNATTEMPT:
		m->vmas--;
		m->tried = m->vmas != 0;
		return (s64)naive_settle(n, m);
	case VMA_OPEN:
		m->vmas++;
		return 0;
	case VMA_CLOSE:
		m->vmas--;
		return (s64)naive_settle(n, m);
	case SET_MAX:
		return naive_set_max(n, a);
	default:
		n->performed = 1;
		return 0;
	}
}

static s64 state_step(struct gnt_state s, enum action action, u32 a, u64 b)
{
	switch (action) {
	case RESERVE:
		return gnt_state_reserve(s, a, b);
	case LIST:
		return gnt_state_list(s, a), 0;
	case BEGIN_CALL:
		return gnt_state_begin_call(s, a), 0;
	case END_CALL:
		return (s64)gnt_state_end_call(s, a);
	case UNLIST:
		return (s64)gnt_state_unlist(s, a);
	case ATTEMPT:
		return gnt_state_attempt(s, a);
	case UNATTEMPT:
		return (s64)gnt_state_vma_close(s, a, 1);
	case VMA_OPEN:
		return gnt_state_vma_open(s, a), 0;
	case VMA_CLOSE:
		return (s64)gnt_state_vma_close(s, a, 0);
	case SET_MAX:
		return gnt_state_set_max(s, a);
	default:
		return gnt_state_performed(s), 0;
	}
}

/* One step on both; the reference's result. */
static s64 both(struct bench *b, enum action action, u32 a, u64 cookie, const char *when)
{
	s64 want, got;

	if (action == UNLIST) {
		struct naive_map *m = naive_at(&b->n, a);
		s32 may = m->vmas && b->n.profile == HEADER ? -GNT_EBUSY : 0;

		EXPECT(gnt_state_may_unlist(b->s, a) == may, "%s: may_unlist(%u)", when, a);
	}
	want = naive_step(&b->n, action, a, cookie);
	got = state_step(b->s, action, a, cookie);
	EXPECT(got == want, "%s: action %d at %u: expected %lld, got %lld", when, action, a, want, got);
	check_limits(b, when);
	return want;
}

/* ---- hand-written lives ---- */

static const struct row {
	const char *name;
	u32 profile;
	struct step steps[24];
} rows[] = {
	/* MAP, mmap, munmap, UNMAP: the slots come back at the UNMAP */
	{ "life", HEADER, { { RESERVE, 2, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { VMA_CLOSE, 0, 0, 0 },
			    { ATTEMPT, 0, 0, -GNT_EINVAL }, { UNLIST, 0, 0, 7 }, { RESERVE, 3, 8, 0 } } },
	/* MAP, mmap, UNMAP, munmap: the slots come back at the munmap, to no earlier MAP */
	{ "unlisted_while_mapped", LINUX, { { RESERVE, 2, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { VMA_OPEN, 0, 0, 0 },
					    { UNLIST, 0, 0, 0 }, { RESERVE, 1, 8, 2 }, { VMA_CLOSE, 0, 0, 0 },
					    { VMA_CLOSE, 0, 0, 7 }, { RESERVE, 1, 9, 0 }, { RESERVE, 1, 10, 1 },
					    { RESERVE, 1, 11, 3 } } },
	/* a MAP whose copy-out failed */
	{ "never_listed", LINUX, { { RESERVE, 2, 7, 0 }, { END_CALL, 0, 0, 7 }, { RESERVE, 2, 8, 0 } } },
	/* a SET_UNMAP_NOTIFY outlives the UNMAP and the munmap */
	{ "last_is_a_call", LINUX, { { RESERVE, 1, 7, 0 }, { LIST, 0, 0, 0 }, { BEGIN_CALL, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 },
				     { UNLIST, 0, 0, 0 }, { VMA_CLOSE, 0, 0, 0 }, { BEGIN_CALL, 0, 0, 0 }, { END_CALL, 0, 0, 0 },
				     { END_CALL, 0, 0, 7 }, { RESERVE, 1, 8, 0 } } },
	/* an interrupted mmap does not count; one that failed does */
	{ "interrupted", LINUX, { { RESERVE, 1, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { UNATTEMPT, 0, 0, 0 },
				  { ATTEMPT, 0, 0, 0 }, { VMA_CLOSE, 0, 0, 0 }, { ATTEMPT, 0, 0, -GNT_EINVAL },
				  { UNLIST, 0, 0, 7 } } },
	/* unlisted while an mmap is in progress, which is then interrupted */
	{ "interrupted_and_unlisted", LINUX, { { RESERVE, 1, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { UNLIST, 0, 0, 0 },
					       { UNATTEMPT, 0, 0, 7 }, { RESERVE, 64, 8, 0 } } },
	/* undone while another VMA exists: it stays attempted */
	{ "undone_of_two", LINUX, { { RESERVE, 1, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { VMA_OPEN, 0, 0, 0 },
				    { UNATTEMPT, 0, 0, 0 }, { ATTEMPT, 0, 0, -GNT_EINVAL }, { VMA_CLOSE, 0, 0, 0 } } },
	/* the maximum: what is taken and what is asked for count, the last value before another ioctl holds */
	{ "maximum", HEADER, { { SET_MAX, 0, 0, -GNT_EINVAL }, { SET_MAX, 9, 0, 0 }, { SET_MAX, 4, 0, 0 },
			       { RESERVE, 5, 7, -GNT_ENOMEM }, { RESERVE, 3, 7, 0 }, { SET_MAX, 9, 0, -GNT_EINVAL },
			       { RESERVE, 2, 8, -GNT_ENOMEM }, { RESERVE, 1, 8, 3 }, { RESERVE, 1, 9, -GNT_ENOMEM },
			       { RESERVE, 0xffffffffu, 9, -GNT_ENOMEM }, { END_CALL, 0, 0, 7 }, { END_CALL, 3, 0, 8 },
			       { SET_MAX, 0xffffffffu, 0, 0 }, { SET_MAX, 5, 0, 0 }, { RESERVE, 5, 9, 0 }, { LIST, 0, 0, 0 },
			       { UNLIST, 0, 0, 9 }, { SET_MAX, 9, 0, -GNT_EINVAL }, { RESERVE, 6, 9, -GNT_ENOMEM } } },
	/* any other ioctl that succeeds ends the time for SET_MAX_GRANTS */
	{ "performed", HEADER, { { SET_MAX, 4, 0, 0 }, { PERFORMED, 0, 0, 0 }, { SET_MAX, 4, 0, -GNT_EINVAL } } },
	/* the linux profile has no maximum but the offset space */
	{ "no_maximum", LINUX, { { SET_MAX, 4, 0, 0 }, { RESERVE, 5, 7, 0 }, { RESERVE, 60, 8, -GNT_ENOSPC },
				 { RESERVE, 59, 9, 5 }, { RESERVE, 1, 10, -GNT_ENOSPC }, { GROW, 128, 0, 0 },
				 { RESERVE, 64, 11, 64 }, { RESERVE, 1, 12, -GNT_ENOSPC }, { END_CALL, 5, 0, 9 },
				 { RESERVE, 60, 13, -GNT_ENOSPC } } },
	/* growing keeps records as they are: listed, mapped, in a call */
	{ "grow", HEADER, { { RESERVE, 2, 7, 0 }, { LIST, 0, 0, 0 }, { ATTEMPT, 0, 0, 0 }, { RESERVE, 62, 8, 2 },
			    { RESERVE, 1, 9, -GNT_ENOSPC }, { GROW, 256, 0, 0 }, { RESERVE, 1, 9, 64 }, { LIST, 2, 0, 0 },
			    { VMA_CLOSE, 0, 0, 0 }, { UNLIST, 0, 0, 7 }, { UNLIST, 2, 0, 8 }, { RESERVE, 65, 10, 65 } } },
};

static void run_row(const void *one)
{
	const struct row *r = one;
	struct bench *b = bench_new(64, r->profile);

	for (u32 i = 0; i < ARRAY_SIZE(r->steps) && r->steps[i].action != END; i++) {
		const struct step *s = &r->steps[i];

		if (s->action == GROW) {
			bench_grow(b, s->a);
		} else {
			s64 got = both(b, s->action, s->a, s->b, r->name);

			EXPECT(got == s->want, "step %u: expected %lld, got %lld", i, s->want, got);
		}
		check_all(b, r->name);
	}
	bench_delete(b);
}

static void run_array_bytes(void)
{
	const u32 capacities[] = { 0, 2, 64, GNT_SLOTS_MAX };

	for (u32 i = 0; i < ARRAY_SIZE(capacities); i++) {
		u64 n = capacities[i];
		const u64 want[] = { 4 * n, 8 * n, 8 * n, 8 * n, 4 * n, 8 * n, 8 * n, 8 * n, 8 * n, 4 * n, 0, 0 };

		for (u32 a = 0; a < ARRAY_SIZE(want); a++)
			EXPECT(gnt_state_array_bytes(a, capacities[i]) == want[a], "array %u of %llu slots", a, n);
		EXPECT(gnt_state_array_bytes(0xffffffffu, capacities[i]) == 0, "array -1");
	}
	for (u32 a = 0; a < GNT_STATE_ARRAYS; a++) {
		EXPECT(gnt_state_array_bytes(a, GNT_SLOTS_MAX + 1) == 0, "array %u of too many slots", a);
		EXPECT(gnt_state_array_bytes(a, 0xffffffffu) == 0, "array %u of 2^32-1 slots", a);
	}
}

static void run_want(void)
{
	struct bench *b = bench_new(64, LINUX);

	EXPECT(gnt_state_want(b->s, 64) == 64 && gnt_state_want(b->s, 65) == 128, "empty");
	both(b, RESERVE, 60, 7, "want");
	EXPECT(gnt_state_want(b->s, 4) == 64 && gnt_state_want(b->s, 5) == 128, "60 of 64 taken");
	EXPECT(gnt_state_want(b->s, GNT_SLOTS_MAX - 60) == GNT_SLOTS_MAX, "all that is left");
	EXPECT(gnt_state_want(b->s, GNT_SLOTS_MAX - 59) == 0 && gnt_state_want(b->s, 0xffffffffu) == 0, "more than there is");
	bench_delete(b);
}

/* ---- random steps ---- */

#define RANDOM_STEPS 120000u

/* Is @action one that the callers of the state may take at @m? */
static int allowed(enum action action, const struct naive_map *m)
{
	switch (action) {
	case LIST:
		return !m->listed && m->calls;
	case UNLIST:
	case ATTEMPT:
		return m->listed;
	case END_CALL:
		return m->calls != 0;
	case UNATTEMPT:
	case VMA_OPEN:
	case VMA_CLOSE:
		return m->vmas != 0;
	default:
		return 1;
	}
}

static void random_reserve(struct bench *b, u64 *seed)
{
	u32 count = 1 + (u32)(next_random(seed) % (next_random(seed) % 8 ? 5 : 40)), larger;

	if (both(b, RESERVE, count, next_random(seed) | 1, "random") != -GNT_ENOSPC)
		return;
	larger = gnt_state_want(b->s, count);
	EXPECT(larger > b->n.capacity, "want %u: got %u", count, larger);
	if (larger > b->n.capacity && larger <= SLOTS_MAX) {
		bench_grow(b, larger);
		EXPECT(both(b, RESERVE, count, next_random(seed) | 1, "random") >= 0, "no room for %u after growth", count);
	}
}

static void random_step(struct bench *b, u64 *seed, u32 many)
{
	enum action action = (enum action)(RESERVE + next_random(seed) % (PERFORMED - RESERVE + 1));
	struct naive_map *m;

	if (next_random(seed) % 100 < many) {
		random_reserve(b, seed);
	} else if (action == SET_MAX) {
		both(b, SET_MAX, (u32)(next_random(seed) % 300), 0, "random");
	} else if (b->n.maps && action != RESERVE && action != PERFORMED) {
		m = &b->n.map[next_random(seed) % b->n.maps];
		if (allowed(action, m))
			both(b, action, m->first, 0, "random");
	}
}

static void run_random(void)
{
	u64 seed = test_seed;
	u32 done = 0;

	while (done < RANDOM_STEPS && !test_has_failed()) {
		struct bench *b = bench_new(64, (u32)(next_random(&seed) % 2));

		both(b, SET_MAX, (u32)(next_random(&seed) % 300), 0, "random");
		for (u32 i = 0; i < 2000 && !test_has_failed(); i++, done++) {
			random_step(b, &seed, i / 400 % 2 ? 4 : 20);
			check_finds(b, next_random(&seed) % (b->n.capacity + 2), "random");
			if (i % 50 == 0)
				check_all(b, "random");
		}
		bench_delete(b);
	}
}

static const struct test more[] = {
	{ "array_bytes", run_array_bytes },
	{ "want", run_want },
	{ "random_120000", run_random },
	{ NULL, NULL },
};

const struct suite state_suite = { .name = "state", .table = { TABLE(rows, run_row) }, .test = more };
