// SPDX-License-Identifier: MIT
/* The reference of map_pages.h, page by page, and each call of the core beside it. */
#include "map_pages.h"

struct map_want want;

/* Xen must be asked this of page @q. Did it do it? */
static u32 want_asked(u32 kind, u32 q)
{
	want.asked[kind][q] = 1;
	return env.done[kind][q];
}

static void want_released(u32 q)
{
	if (want.state[q] == GNT_PAGE_RELEASING && !env.in_use[q])
		want.state[q] = want_asked(UNMAP_KERNEL, q) ? GNT_PAGE_EMPTY : GNT_PAGE_LOST;
	if (want.state[q] == GNT_PAGE_RELEASING)
		want.promises = 1;
}

static void want_gone(u32 from, u32 to)
{
	for (u32 q = from; q < to; q++) {
		if (want.state[q] == GNT_PAGE_LIVE) {
			if (want.mode == WRITE && want.byte[q]) {
				note(want.log, "b%u:%u ", q, want.byte[q] - 1);
				want.byte[q] = 0;
			}
			want.state[q] = !want.pv || want_asked(UNMAP_USER, q) ? GNT_PAGE_RELEASING : GNT_PAGE_LOST;
		}
		want_released(q);
	}
}

static s32 want_show(u32 mode)
{
	u32 live = 0;

	if (want.mode != GNT_MODE_NEVER)
		return -GNT_EINVAL;
	want.mode = mode;
	for (u32 q = 0; q < want.count; q++) {
		if (want.domid[q] > 0xffff)
			return -GNT_EINVAL;
	}
	for (u32 q = 0; q < want.count; q++) {
		if (want_asked(MAP_KERNEL, q))
			want.state[q] = !want.pv || want_asked(MAP_USER, q) ? GNT_PAGE_LIVE : GNT_PAGE_RELEASING;
		live += want.state[q] == GNT_PAGE_LIVE;
	}
	if (live == want.count)
		return 0;
	want_gone(0, want.count);
	return -GNT_EINVAL;
}

/* The map ends if it has no users: events in the order of their pages. */
static void want_end(void)
{
	want.freed = !want.shares && !want.promises;
	for (u32 q = 0; q < want.count && want.freed; q++) {
		if (want.event[q])
			note(want.log, "e%u ", want.port[q]);
		want.event[q] = 0;
	}
}

static s32 want_notify(u32 page, u32 action, u32 offset, u32 port)
{
	if (action & C && want.mode == READ)
		return -GNT_EINVAL;
	for (u32 q = 0; q < want.count; q++) {
		if (want.profile == LINUX || q == page)
			want.byte[q] = want.event[q] = 0;
	}
	want.byte[page] = action & C ? offset + 1 : 0;
	want.event[page] = action & E ? 1 : 0;
	want.port[page] = port;
	return 0;
}

/* ---- one map, from its beginning ---- */

static void check_life(const char *after)
{
	const struct gnt_life *life = env.p.life;

	EXPECT(life->mode == want.mode && life->pv == want.pv && life->header == want.profile, "I4: %s: mode %u, pv %u, profile %u",
	       after, life->mode, life->pv, life->header);
	EXPECT(life->users == want.shares + want.promises && life->deferred == want.promises, "I5: %s: %u users, deferred %u",
	       after, life->users, life->deferred);
	for (u32 q = 0; q < want.count; q++) {
		EXPECT(env.p.state[q] == want.state[q], "I4: %s, page %u: expected state %u, got %u", after, q, want.state[q],
		       env.p.state[q]);
		EXPECT(env.p.byte[q] == want.byte[q] && env.p.event[q] == want.event[q]
		       && (!want.event[q] || env.p.port[q] == want.port[q]), "I7: %s, page %u: byte %u, event %u to port %u", after,
		       q, env.p.byte[q], env.p.event[q], env.p.port[q]);
		EXPECT(env.p.domid[q] == want.domid[q] && env.p.ref[q] == ~q, "I4: %s, page %u: grant changed", after, q);
	}
}

/* @id: of the requirement that says what the result is. */
static void check(const char *after, const char *id, s32 result, s32 want_result)
{
	EXPECT(result == want_result, "%s: %s: expected %d, got %d", id, after, want_result, result);
	EXPECT(!env.locked, "I10: %s: the lock is held still", after);
	EXPECT((env.block == 0) == want.freed, "I5: %s: the block is %s", after, env.block ? "there still" : "gone");
	EXPECT(!strcmp(env.log, want.log), "I7: %s: expected \"%s\", got \"%s\"", after, want.log, env.log);
	for (u32 kind = 0; kind < KINDS; kind++) {
		for (u32 q = 0; q < want.count; q++)
			EXPECT(env.asked[kind][q] == want.asked[kind][q], "I4: %s, page %u: hypercall %u asked %u times, not %u",
			       after, q, kind, env.asked[kind][q], want.asked[kind][q]);
	}
	if (env.block && !want.freed)
		check_life(after);
	for (u32 port = 0; port < PORTS; port++) {
		u32 armed = 0;

		for (u32 q = 0; q < want.count; q++)
			armed += want.event[q] && want.port[q] == port;
		EXPECT(env.refs[port] == armed, "I7: %s: %u references on port %u, not %u", after, env.refs[port], port, armed);
	}
}

void map_before_call(void)
{
	memset(env.asked, 0, sizeof(env.asked));
	memset(env.done, 0, sizeof(env.done));
	memset(want.asked, 0, sizeof(want.asked));
	env.log[0] = want.log[0] = 0;
	env.may_block = 1;
}

void map_start(u32 pv, u32 profile, u32 count)
{
	u64 blocks = env.blocks;
	struct gnt_pages p;

	memset(&env, 0, sizeof(env));
	memset(&want, 0, sizeof(want));
	env.blocks = blocks;
	env.next_handle = 0xfffffffe; /* the handles 0xffffffff and 0 are handles */
	env.error = -GNT_ENOMEM;
	memset(env.whole, 0xff, sizeof(env.whole));
	map_before_call();
	p = gnt_env_pages(gnt_env_block_new(count));
	for (u32 q = 0; q < count; q++) {
		p.domid[q] = want.domid[q] = q ? q : 0xffff;
		p.ref[q] = ~q;
	}
	gnt_map_init(p, pv, profile);
	env.my_share = env.my_own;
	env.my_own = 0;
	want.count = count;
	want.pv = pv;
	want.profile = profile;
	want.shares = env.shares = 1;
	EXPECT(p.life->armed == 0, "init: page %u is armed", p.life->armed - 1);
	for (u32 q = 0; q < count; q++)
		EXPECT(page_good(q), "init: page %u", q);
	check("init", "I5", 0, 0);
}

s32 map_show(u32 mode)
{
	s32 got = gnt_map_show(env.block, mode);

	check("show", "GNT-MMAP-009", got, want_show(mode));
	return got;
}

s32 map_invalidate(u32 from, u32 to, u32 may_block)
{
	s32 got, busy = env.others && !may_block ? -GNT_EAGAIN : 0;

	env.may_block = may_block;
	got = gnt_map_invalidate(env.block, from, to, may_block);
	if (want.pv && !busy)
		want_gone(from, to);
	check("invalidate", "GNT-MUNMAP-014", got, busy);
	return got;
}

void map_hide(void)
{
	gnt_map_hide(env.block);
	want_gone(0, want.count);
	check("hide", "I5", 0, 0);
}

void map_drop(void)
{
	env.shares = want.shares = 0;
	gnt_map_drop(env.block);
	env.my_share = 0;
	want_gone(0, want.count);
	want_end();
	check("drop", "I5", 0, 0);
}

void map_retry(void)
{
	u64 share = env.my_share;

	env.my_share = 0;
	env.my_retry = env.block;
	env.promises = want.promises = 0;
	gnt_map_retry(env.block);
	env.my_retry = 0;
	env.my_share = share;
	for (u32 q = 0; q < want.count; q++)
		want_released(q);
	want_end();
	check("retry", "I5", 0, 0);
}

s32 map_notify(u32 page, u32 action, u32 offset, u32 port)
{
	s32 got;

	if (action & E)
		gnt_env_port_get(port);
	got = gnt_map_notify(env.block, page, action, offset, port);
	if (got && action & E)
		gnt_env_port_put(port);
	check("notify", "GNT-NOTIFY-006", got, want_notify(page, action, offset, port));
	return got;
}

/* Nothing is in use any more, and the promise is kept: the map ends. */
void map_finish(void)
{
	memset(env.in_use, 0, sizeof(env.in_use));
	for (u32 i = 0; i < 2 && env.block && !test_has_failed(); i++) {
		map_before_call();
		if (want.promises)
			map_retry();
		else if (want.shares)
			map_drop();
	}
	EXPECT(!env.block, "I5: the map does not end");
}
