// SPDX-License-Identifier: MIT
/*
 * Unit tests of a map's pages (src/core/map.h; I4, I5, I6, I7), in the environment and beside the reference of map_pages.h: a
 * table of stories, and maps at random.
 */
#include "map_pages.h"

/* ---- rows ---- */

/*
 * A picture has one letter a page, or a number and a letter for so many: '.' EMPTY, 'L' LIVE, 'R' RELEASING, 'X' LOST; "" is a
 * map that has been freed. A log says which bytes were cleared ("b3:8 ": page 3, offset 8) and to which ports events were sent
 * ("e5 ").
 */
enum what { END, DO_SHOW, DO_INVALIDATE, DO_HIDE, DO_DROP, DO_RETRY, DO_NOTIFY, IN_USE, ANSWER, WHOLE, LOCKED, DOMAIN };

struct step {
	enum what what;
	u32 a, b, c, d;
	s32 want;
	const char *picture, *log;
};

#define SHOW(mode, want, picture, log) { DO_SHOW, mode, 0, 0, 0, want, picture, log }
#define INVALIDATE(from, to, may_block, want, picture, log) { DO_INVALIDATE, from, to, may_block, 0, want, picture, log }
#define HIDE(picture, log) { DO_HIDE, 0, 0, 0, 0, 0, picture, log }
#define DROP(picture, log) { DO_DROP, 0, 0, 0, 0, 0, picture, log }
#define RETRY(picture, log) { DO_RETRY, 0, 0, 0, 0, 0, picture, log }
#define NOTIFY(page, action, offset, port, want) { DO_NOTIFY, page, action, offset, port, want, NULL, "" }
/*
 * Of the environment: pages from .. to-1 are in use, or not; Xen's answer for a page, from now on; after how many hypercalls of
 * a kind one fails as a whole; another thread has the lock; which domain grants a page.
 */
#define USE(from, to) { IN_USE, from, to, 1, 0, 0, NULL, "" }
#define IDLE(from, to) { IN_USE, from, to, 0, 0, 0, NULL, "" }
#define XEN(kind, page, status) { ANSWER, kind, page, 0, 0, status, NULL, "" }
#define FAIL(kind, after, error) { WHOLE, kind, after, 0, 0, error, NULL, "" }
#define LOCK_TAKEN { LOCKED, 0, 0, 0, 0, 0, NULL, "" }
#define DOMID(page, domid) { DOMAIN, page, domid, 0, 0, 0, NULL, "" }

static const struct row {
	const char *name;
	u32 pv, profile, count;
	struct step steps[14];
} rows[] = {
	{ "pv", 1, LINUX, 4, { SHOW(WRITE, 0, "4L", ""), INVALIDATE(0, 4, 1, 0, "4.", ""), DROP("", "") } },
	{ "pv_dropped_live", 1, HEADER, 4, { SHOW(READ, 0, "4L", ""), DROP("", "") } },
	{ "auto", 0, LINUX, 4, { SHOW(WRITE, 0, "4L", ""), DROP("", "") } },
	{ "never_shown", 1, LINUX, 3, { INVALIDATE(0, 3, 1, 0, "3.", ""), NOTIFY(1, C + E, 0, 5, 0), DROP("", "e5 ") } },
	/* the grants of an auto-translated map wait for its end, also those not in use (GNT-MUNMAP-002) */
	{ "auto_invalidate", 0, HEADER, 4, { NOTIFY(2, C, 9, 0, 0), SHOW(WRITE, 0, "4L", ""), INVALIDATE(0, 4, 1, 0, "4L", ""),
					     INVALIDATE(1, 2, 0, 0, "4L", ""), LOCK_TAKEN,
					     INVALIDATE(0, 4, 0, -GNT_EAGAIN, "4L", ""), DROP("", "b2:9 ") } },
	/* what must not block does nothing; what may, waits (GNT-MUNMAP-014) */
	{ "lock_taken", 1, LINUX, 4, { NOTIFY(0, C, 1, 0, 0), SHOW(WRITE, 0, "4L", ""), LOCK_TAKEN,
				       INVALIDATE(0, 4, 0, -GNT_EAGAIN, "4L", ""), INVALIDATE(0, 2, 1, 0, "2.2L", "b0:1 "),
				       INVALIDATE(2, 4, 0, 0, "4.", "") } },
	{ "may_block_is_any_number", 1, LINUX, 2, { SHOW(READ, 0, "LL", ""), LOCK_TAKEN,
						    INVALIDATE(0, 1, 0x80000000, 0, ".L", "") } },
	/* once, in whichever mode, and whatever became of it (GNT-MMAP-006, GNT-MMAP-021) */
	{ "second_show", 1, LINUX, 3, { SHOW(READ, 0, "3L", ""), SHOW(READ, -GNT_EINVAL, "3L", ""),
					SHOW(WRITE, -GNT_EINVAL, "3L", ""), INVALIDATE(0, 3, 1, 0, "3.", ""),
					SHOW(READ, -GNT_EINVAL, "3.", "") } },
	{ "second_show_auto", 0, HEADER, 3, { SHOW(WRITE, 0, "3L", ""), SHOW(READ, -GNT_EINVAL, "3L", ""), HIDE("3.", ""),
					      SHOW(WRITE, -GNT_EINVAL, "3.", "") } },
	{ "show_after_a_failed_one", 1, LINUX, 2, { XEN(MAP_KERNEL, 1, -1), SHOW(WRITE, -GNT_EINVAL, "..", ""),
						    XEN(MAP_KERNEL, 1, 0), SHOW(WRITE, -GNT_EINVAL, "..", "") } },
	/* parts of a map, and nothing outside them (GNT-MUNMAP-001) */
	{ "ranges", 1, LINUX, 6, { SHOW(WRITE, 0, "6L", ""), INVALIDATE(3, 3, 1, 0, "6L", ""),
				   INVALIDATE(2, 4, 1, 0, "2L2.2L", ""), INVALIDATE(1, 5, 0, 0, "L4.L", ""),
				   INVALIDATE(5, 6, 1, 0, "L5.", ""), INVALIDATE(6, 6, 1, 0, "L5.", ""), DROP("", "") } },
	{ "one_page", 1, HEADER, 1, { SHOW(WRITE, 0, "L", ""), INVALIDATE(0, 1, 1, 0, ".", "") } },
	/* hypercalls of 64 pages: 64 are one, 65 two */
	{ "64_pages", 1, LINUX, 64, { FAIL(MAP_KERNEL, 1, -1), FAIL(MAP_USER, 1, -1), SHOW(WRITE, 0, "64L", ""), DROP("", "") } },
	{ "65_pages", 1, LINUX, 65, { FAIL(MAP_KERNEL, 1, -1), SHOW(WRITE, -GNT_EINVAL, "65.", "") } },
	{ "200_pages", 1, LINUX, 200, { SHOW(WRITE, 0, "200L", ""), INVALIDATE(63, 193, 1, 0, "63L130.7L", ""),
					HIDE("200.", "") } },
	{ "200_pages_auto", 0, LINUX, 200, { SHOW(READ, 0, "200L", ""), USE(64, 65), HIDE("64.R135.", ""), IDLE(64, 65),
					     DROP("200.", ""), RETRY("", "") } },
	/* any status but 0 is a refusal, and undoes the others (GNT-GEN-016, GNT-MMAP-009) */
	{ "refused_kernel", 1, LINUX, 4, { XEN(MAP_KERNEL, 2, -3), SHOW(WRITE, -GNT_EINVAL, "4.", ""), DROP("", "") } },
	{ "refused_user", 1, LINUX, 4, { XEN(MAP_USER, 2, -3), SHOW(WRITE, -GNT_EINVAL, "4.", ""), DROP("", "") } },
	{ "refused_auto", 0, LINUX, 4, { XEN(MAP_KERNEL, 3, -3), SHOW(WRITE, -GNT_EINVAL, "4.", ""), DROP("", "") } },
	{ "positive", 1, LINUX, 4, { XEN(MAP_KERNEL, 0, 1), SHOW(WRITE, -GNT_EINVAL, "4.", "") } },
	{ "positive_user", 1, LINUX, 4, { XEN(MAP_USER, 3, 32767), SHOW(WRITE, -GNT_EINVAL, "4.", "") } },
	{ "refused_in_the_second_window", 1, LINUX, 130, { XEN(MAP_USER, 64, -1), XEN(MAP_KERNEL, 129, -1),
		  SHOW(WRITE, -GNT_EINVAL, "130.", "") } },
	/* a hypercall that fails as a whole has done nothing, whatever the statuses say */
	{ "whole_kernel", 1, LINUX, 4, { FAIL(MAP_KERNEL, 0, -38), SHOW(WRITE, -GNT_EINVAL, "4.", "") } },
	{ "whole_kernel_positive", 0, LINUX, 4, { FAIL(MAP_KERNEL, 0, 1), SHOW(WRITE, -GNT_EINVAL, "4.", "") } },
	{ "whole_user", 1, LINUX, 130, { FAIL(MAP_USER, 1, -38), SHOW(WRITE, -GNT_EINVAL, "130.", "") } },
	{ "whole_unmap_user", 1, LINUX, 130, { SHOW(WRITE, 0, "130L", ""), FAIL(UNMAP_USER, 1, -38), HIDE("64.64X2.", "") } },
	{ "whole_unmap_kernel", 1, LINUX, 130, { SHOW(WRITE, 0, "130L", ""), FAIL(UNMAP_KERNEL, 2, 1), HIDE("128.2X", "") } },
	/* lost is lost: never asked for again, its placeholder page never put (GNT-MUNMAP-008, GNT-MUNMAP-009) */
	{ "lost", 1, LINUX, 5, { SHOW(WRITE, 0, "5L", ""), XEN(UNMAP_USER, 1, -1), XEN(UNMAP_KERNEL, 3, 1),
				 INVALIDATE(0, 5, 1, 0, ".X.X.", ""), XEN(UNMAP_USER, 1, 0), XEN(UNMAP_KERNEL, 3, 0),
				 INVALIDATE(0, 5, 1, 0, ".X.X.", ""), HIDE(".X.X.", ""), DROP("", "") } },
	{ "all_lost", 0, LINUX, 2, { SHOW(READ, 0, "LL", ""), FAIL(UNMAP_KERNEL, 0, -1), DROP("", "") } },
	{ "lost_at_both_ends", 0, HEADER, 4, { SHOW(READ, 0, "4L", ""), XEN(UNMAP_KERNEL, 0, -1), XEN(UNMAP_KERNEL, 3, -1),
					       DROP("", "") } },
	{ "lost_while_undone", 1, LINUX, 4, { XEN(MAP_USER, 0, -1), XEN(UNMAP_USER, 1, -1), XEN(UNMAP_KERNEL, 0, 1),
					      SHOW(WRITE, -GNT_EINVAL, "XX..", ""), DROP("", "") } },
	/* a page in use waits, the others do not (GNT-MUNMAP-005) */
	{ "in_use", 1, LINUX, 4, { SHOW(WRITE, 0, "4L", ""), USE(1, 3), INVALIDATE(0, 4, 1, 0, ".RR.", ""), RETRY(".RR.", ""),
				   IDLE(1, 2), RETRY("..R.", ""), IDLE(2, 3), RETRY("4.", ""), DROP("", "") } },
	{ "in_use_one_promise", 1, LINUX, 4, { SHOW(WRITE, 0, "4L", ""), USE(0, 4), INVALIDATE(0, 1, 1, 0, "R3L", ""),
					       INVALIDATE(2, 3, 1, 0, "RLRL", ""), HIDE("4R", ""), IDLE(0, 4), HIDE("4.", ""),
					       RETRY("4.", "") } },
	{ "in_use_while_undone", 1, LINUX, 3, { XEN(MAP_KERNEL, 2, -1), USE(0, 1), SHOW(WRITE, -GNT_EINVAL, "R..", ""),
						DROP("R..", ""), IDLE(0, 1), RETRY("", "") } },
	{ "in_use_then_lost", 0, LINUX, 3, { SHOW(WRITE, 0, "3L", ""), USE(0, 3), DROP("3R", ""), IDLE(0, 2),
					     XEN(UNMAP_KERNEL, 1, -1), RETRY(".XR", ""), IDLE(2, 3), RETRY("", "") } },
	{ "in_use_at_the_end", 1, LINUX, 3, { NOTIFY(1, C + E, 4, 3, 0), SHOW(WRITE, 0, "3L", ""), USE(2, 3),
					      DROP("..R", "b1:4 "), RETRY("..R", ""), IDLE(2, 3), RETRY("", "e3 ") } },
	{ "in_use_live_page_stays", 1, LINUX, 3, { SHOW(WRITE, 0, "3L", ""), USE(0, 3), INVALIDATE(0, 1, 1, 0, "RLL", ""),
						   IDLE(0, 3), RETRY(".LL", ""), DROP("", "") } },
	/* gnt_map_hide() takes the pages of both kinds of domain (GNT-MMAP-009) */
	{ "hide", 1, LINUX, 3, { HIDE("3.", ""), NOTIFY(0, C + E, 0, 0, 0), SHOW(WRITE, 0, "3L", ""), HIDE("3.", "b0:0 "),
				 HIDE("3.", ""), DROP("", "e0 ") } },
	{ "hide_auto", 0, LINUX, 3, { HIDE("3.", ""), NOTIFY(2, C + E, 4095, 7, 0), SHOW(WRITE, 0, "3L", ""),
				      HIDE("3.", "b2:4095 "), HIDE("3.", ""), DROP("", "e7 ") } },
	/* no hypercall for a domain of more than 16 bits, on whichever page (GNT-MMAP-010) */
	{ "domain", 1, LINUX, 3, { DOMID(2, 0x10000), SHOW(WRITE, -GNT_EINVAL, "3.", ""), SHOW(WRITE, -GNT_EINVAL, "3.", ""),
				   DROP("", "") } },
	{ "domain_auto", 0, HEADER, 3, { DOMID(0, 0xffff0001), SHOW(READ, -GNT_EINVAL, "3.", "") } },
	/* bytes: with their own page, once, if writable (GNT-NOTIFY-015 to -017, -020, -028) */
	{ "byte_of_its_page", 1, HEADER, 3, { SHOW(WRITE, 0, "3L", ""), NOTIFY(0, C, 5, 0, 0), NOTIFY(1, C, 6, 0, 0),
					      INVALIDATE(1, 3, 1, 0, "L..", "b1:6 "), INVALIDATE(0, 3, 1, 0, "3.", "b0:5 ") } },
	{ "byte_once", 1, LINUX, 2, { SHOW(WRITE, 0, "LL", ""), NOTIFY(0, C, 5, 0, 0), USE(0, 1),
				      INVALIDATE(0, 2, 1, 0, "R.", "b0:5 "), IDLE(0, 1), RETRY("..", ""), DROP("", "") } },
	{ "byte_of_a_page_gone", 1, LINUX, 2, { SHOW(WRITE, 0, "LL", ""), INVALIDATE(0, 1, 1, 0, ".L", ""), NOTIFY(0, C, 5, 0, 0),
						DROP("", "") } },
	{ "byte_while_undone", 1, HEADER, 3, { NOTIFY(0, C, 1, 0, 0), NOTIFY(1, C, 2, 0, 0), XEN(MAP_USER, 1, -1),
					       SHOW(WRITE, -GNT_EINVAL, "3.", "b0:1 ") } },
	{ "byte_of_the_second_window", 1, LINUX, 70, { SHOW(WRITE, 0, "70L", ""), NOTIFY(64, C, 8, 0, 0),
						       HIDE("70.", "b64:8 ") } },
	{ "read_only", 1, LINUX, 2, { NOTIFY(0, E, 0, 4, 0), SHOW(READ, 0, "LL", ""), NOTIFY(1, C, 0, 0, -GNT_EINVAL),
				      NOTIFY(1, C + E, 0, 5, -GNT_EINVAL), NOTIFY(1, E, 0, 6, 0), DROP("", "e6 ") } },
	{ "read_only_keeps_the_stored_one", 0, HEADER, 2, { SHOW(READ, 0, "LL", ""), NOTIFY(1, E, 0, 4, 0),
		  NOTIFY(1, C + E, 0, 5, -GNT_EINVAL), DROP("", "e4 ") } },
	{ "armed_before_read_only", 1, LINUX, 2, { NOTIFY(0, C + E, 7, 1, 0), SHOW(READ, 0, "LL", ""), HIDE("..", ""),
						   DROP("", "e1 ") } },
	{ "armed_before_read_only_auto", 0, LINUX, 2, { NOTIFY(0, C, 7, 0, 0), SHOW(READ, 0, "LL", ""), DROP("", "") } },
	/* events: one a map, or one a page in their order; replaced ones are not sent (GNT-NOTIFY-018, -021, -022, -024) */
	{ "events_linux", 1, LINUX, 3, { NOTIFY(2, E, 0, 1, 0), NOTIFY(0, E, 0, 1, 0), NOTIFY(1, E, 0, 2, 0), DROP("", "e2 ") } },
	{ "events_header", 0, HEADER, 4, { NOTIFY(3, E, 0, 1, 0), NOTIFY(0, C + E, 9, 6, 0), NOTIFY(2, E, 0, 6, 0),
					   NOTIFY(1, E, 0, 2, 0), NOTIFY(1, 0, 0, NEVER, 0), SHOW(WRITE, 0, "4L", ""),
					   DROP("", "b0:9 e6 e6 e1 ") } },
	{ "disarmed", 1, LINUX, 2, { NOTIFY(0, C + E, 0, 3, 0), NOTIFY(1, 0, 0, NEVER, 0), SHOW(WRITE, 0, "LL", ""),
				     DROP("", "") } },
};

static const char letters[] = ".LRX";

static void check_picture(const char *picture, u32 step)
{
	u32 q = 0;

	EXPECT((*picture != 0) == (env.block != 0), "step %u: the block is %s", step, env.block ? "there still" : "gone");
	while (*picture && env.block) {
		u32 n = *picture >= '0' && *picture <= '9' ? (u32)strtoul(picture, (char **)&picture, 10) : 1;
		char letter = *picture++;

		for (; n > 0; n--, q++) {
			if (q < env.p.count)
				EXPECT(letters[env.p.state[q] & 3] == letter, "step %u, page %u: expected %c, got %u", step, q,
				       letter, env.p.state[q]);
		}
	}
	EXPECT(!env.block || q == env.p.count, "step %u: a picture of %u pages", step, q);
}

static void set_environment(const struct step *s)
{
	switch (s->what) {
	case IN_USE:
		for (u32 q = s->a; q < s->b; q++)
			env.in_use[q] = s->c;
		break;
	case ANSWER:
		env.status[s->a][s->b] = (s16)s->want;
		break;
	case WHOLE:
		env.whole[s->a] = s->b;
		env.error = s->want;
		break;
	case LOCKED:
		env.others = 1;
		break;
	default:
		env.p.domid[s->a] = want.domid[s->a] = s->b;
		break;
	}
}

static s32 run_step(const struct step *s)
{
	switch (s->what) {
	case DO_SHOW:
		return map_show(s->a);
	case DO_INVALIDATE:
		return map_invalidate(s->a, s->b, s->c);
	case DO_NOTIFY:
		return map_notify(s->a, s->b, s->c, s->d);
	case DO_HIDE:
		map_hide();
		return 0;
	case DO_DROP:
		map_drop();
		return 0;
	case DO_RETRY:
		map_retry();
		return 0;
	default:
		set_environment(s);
		return s->want;
	}
}

static void run_row(const void *one)
{
	const struct row *row = one;

	map_start(row->pv, row->profile, row->count);
	for (u32 i = 0; i < ARRAY_SIZE(row->steps) && row->steps[i].what != END && !test_has_failed(); i++) {
		const struct step *s = &row->steps[i];
		s32 got;

		map_before_call();
		got = run_step(s);
		EXPECT(got == s->want, "step %u: expected %d, got %d", i + 1, s->want, got);
		EXPECT(!strcmp(env.log, s->log), "step %u: expected \"%s\", got \"%s\"", i + 1, s->log, env.log);
		if (s->picture)
			check_picture(s->picture, i + 1);
	}
	map_finish();
}

/* ---- random maps ---- */

#define MAPS 2500u

static s16 random_status(u64 r, u32 odds)
{
	static const s16 refusals[] = { -1, -2, -3, -9, -12, -32768, 1, 2, 12, 256, 32767 };

	return r % odds ? GNT_STATUS_OKAY : refusals[(r >> 32) % ARRAY_SIZE(refusals)];
}

/* What the next call meets: pages in use, refusals, hypercalls that fail; most calls meet little of it. */
static void random_world(u64 *seed)
{
	static const s32 errors[] = { -38, -14, 1, 0x7fffffff, -0x7fffffff - 1 };
	u32 odds = 1 + (u32)(next_random(seed) % 400), used = 1 + (u32)(next_random(seed) % 20);

	env.error = errors[next_random(seed) % ARRAY_SIZE(errors)];
	env.others = next_random(seed) % 8 == 0;
	for (u32 kind = 0; kind < KINDS; kind++) {
		u32 calm = next_random(seed) % 3 != 0;

		env.whole[kind] = next_random(seed) % 16 ? NEVER : (u32)(next_random(seed) % 3);
		for (u32 q = 0; q < want.count; q++)
			env.status[kind][q] = calm ? GNT_STATUS_OKAY : random_status(next_random(seed), odds);
	}
	for (u32 q = 0; q < want.count; q++)
		env.in_use[q] = next_random(seed) % used == 0;
}

/* One of the calls that the map's share and promise allow: without its share nothing is left but to keep the promise. */
static void random_call(u64 *seed)
{
	u64 r = next_random(seed);
	u32 from = (u32)(r >> 8) % (want.count + 1), to = from + (u32)(r >> 24) % (want.count - from + 1);
	u32 page = from % want.count;

	map_before_call();
	if (want.promises && (!want.shares || r % 8 == 0))
		map_retry();
	else if (r % 8 == 1)
		map_show(r >> 60 & 1 ? READ : WRITE);
	else if (r % 64 == 2)
		map_hide();
	else if (r % 64 == 10)
		map_drop();
	else if (r % 8 < 5)
		map_invalidate(from, to, r >> 60 & 3);
	else
		map_notify(page, (u32)(r >> 40) % 4, (u32)(r >> 44) % GNT_PAGE_SIZE, (u32)(r >> 56) % PORTS);
}

static const struct random_row {
	const char *name;
	u32 pv, profile;
} randoms[] = {
	{ "random_pv_linux_2500", 1, LINUX },
	{ "random_pv_header_2500", 1, HEADER },
	{ "random_auto_linux_2500", 0, LINUX },
	{ "random_auto_header_2500", 0, HEADER },
};

static void run_random(const void *one)
{
	const struct random_row *row = one;
	u64 seed = test_seed + 2 * row->pv + row->profile;

	for (u32 i = 0; i < MAPS && !test_has_failed(); i++) {
		u64 r = next_random(&seed);

		map_start(row->pv, row->profile, 1 + (u32)(r >> 8) % (r % 8 ? 9 : PAGES_MAX));
		if ((r >> 40) % 32 == 0)
			env.p.domid[0] = want.domid[0] = 0x10000;
		for (u32 n = (u32)(r >> 48) % 24; n > 0 && env.block && !test_has_failed(); n--) {
			random_world(&seed);
			random_call(&seed);
		}
		random_world(&seed);
		map_finish();
	}
}

const struct suite map_suite = { .name = "map", .table = { TABLE(rows, run_row), TABLE(randoms, run_random) } };
