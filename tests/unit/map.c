// SPDX-License-Identifier: MIT
/*
 * Unit tests of a map's pages (src/core/map.h; I4, I5, I6, I7) in an environment made for them: one block, and a Xen that
 * answers as the test says and checks at every call what env_map.h and env_port.h require. The reference goes page by page, knows
 * no windows, and is told what Xen answered: after every call it says which pages Xen must have been asked for, and how often.
 */
#include "ktap.h"
#include "map.h"

#define PAGES_MAX 200u
#define PORTS 8u
#define NEVER (~0u)
#define LOG_BYTES 8192u

#define LINUX GNT_PROFILE_LINUX
#define HEADER GNT_PROFILE_HEADER
#define READ GNT_MODE_READONLY
#define WRITE GNT_MODE_WRITABLE
#define C GNT_NOTIFY_CLEAR_BYTE
#define E GNT_NOTIFY_SEND_EVENT

enum { MAP_KERNEL, MAP_USER, UNMAP_KERNEL, UNMAP_USER, KINDS };

/* ---- the environment ---- */

static struct {
	u64 block; /* the one there is, or 0; blocks: all there ever were */
	u64 blocks;
	struct gnt_pages p;
	u32 locked;
	u32 others; /* 1: another thread has the lock, and gives it up to whoever waits */
	u32 may_block; /* 0: the call at hand must not */
	u64 my_share, my_retry, my_own;
	u32 shares, promises;
	s64 user[PAGES_MAX], kernel[PAGES_MAX];
	u32 writable[PAGES_MAX], placed[PAGES_MAX], in_use[PAGES_MAX], lost[PAGES_MAX];
	u32 next_handle;
	u32 refs[PORTS]; /* references on each port, whoever has them */
	/* what Xen will answer for each page, and after how many hypercalls one fails as a whole */
	s16 status[KINDS][PAGES_MAX];
	u32 whole[KINDS];
	s32 error;
	/* the call at hand: what Xen was asked for, what it did; bytes cleared and events sent in their order */
	u32 asked[KINDS][PAGES_MAX], done[KINDS][PAGES_MAX];
	char log[LOG_BYTES];
} env;

static void complain(int good, const char *what)
{
	EXPECT(good, "%s", what);
}

__attribute__((format(printf, 2, 3))) static void note(char *log, const char *format, ...)
{
	size_t used = strlen(log);
	__builtin_va_list args;

	__builtin_va_start(args, format);
	vsnprintf(log + used, LOG_BYTES - used, format, args);
	__builtin_va_end(args);
}

static u32 *array(u32 count)
{
	return garbage(count * sizeof(u32));
}

u64 gnt_env_block_new(u32 count)
{
	complain(!env.locked && !env.my_own && !env.my_share, "block_new: under a lock, or a second block");
	complain(count >= 1 && count <= PAGES_MAX, "block_new: no such count");
	env.p = (struct gnt_pages){ count, array(count), array(count), array(count), array(count), array(count), array(count),
				    array(count), array(count), garbage(sizeof(struct gnt_life)) };
	for (u32 q = 0; q < PAGES_MAX; q++) {
		env.user[q] = env.kernel[q] = GNT_UNMAPPED;
		env.placed[q] = q < count;
	}
	env.block = env.my_own = ++env.blocks;
	return env.block;
}

struct gnt_pages gnt_env_pages(u64 block)
{
	complain(block && env.my_own == block, "I5: the pages of a block that others know, without its lock");
	return env.p;
}

/* The lock is this thread's to take, if it is free. */
static void may_lock(u64 block)
{
	complain(!env.locked, "I10: a lock is taken under a lock");
	complain(block && block == env.block && (env.my_share == block || env.my_retry == block),
		 "I5: the lock of a block that this thread may not name");
}

struct gnt_pages gnt_env_map_lock(u64 block)
{
	may_lock(block);
	complain(env.may_block, "GNT-MUNMAP-014: a call waits that must not");
	env.others = 0;
	env.locked = 1;
	return env.p;
}

struct gnt_pages gnt_env_map_trylock(u64 block)
{
	may_lock(block);
	complain(!env.may_block, "a call does not wait that should");
	if (env.others)
		return (struct gnt_pages){ 0 };
	env.locked = 1;
	return env.p;
}

/* Is @p the block's, and this thread has the lock? */
static int held(u64 block, struct gnt_pages p)
{
	return env.locked && block && block == env.block && p.count == env.p.count && p.domid == env.p.domid && p.ref == env.p.ref
	       && p.state == env.p.state && p.user == env.p.user && p.kernel == env.p.kernel && p.byte == env.p.byte
	       && p.event == env.p.event && p.port == env.p.port && p.life == env.p.life;
}

/* page_told(), page_due(), notify_page() and notify_single() of page @q. */
static int page_good(u32 q)
{
	const struct gnt_pages p = env.p;
	s64 kernel = env.kernel[q], user = env.user[q];
	u32 silent = p.byte[q] == 0 && p.event[q] == 0;

	if (p.byte[q] > GNT_PAGE_SIZE || p.event[q] > 1 || p.port[q] >= PORTS || !env.placed[q]
	    || (p.life->header == LINUX && q != p.life->armed - 1 && !silent)
	    || (p.life->mode == GNT_MODE_NEVER && p.state[q] != GNT_PAGE_EMPTY))
		return 0;
	switch (p.state[q]) {
	case GNT_PAGE_EMPTY:
		return user == GNT_UNMAPPED && kernel == GNT_UNMAPPED;
	case GNT_PAGE_LIVE:
		return kernel == p.kernel[q] && user == (p.life->pv ? (s64)p.user[q] : GNT_UNMAPPED)
		       && (p.life->mode != WRITE || env.writable[q]) && p.life->users == p.life->deferred + 1;
	case GNT_PAGE_RELEASING:
		return kernel == p.kernel[q] && user == GNT_UNMAPPED && p.life->deferred == 1;
	case GNT_PAGE_LOST:
		return kernel != GNT_UNMAPPED && env.lost[q];
	default:
		return 0;
	}
}

void gnt_env_map_unlock(u64 block, struct gnt_pages p)
{
	const struct gnt_life *life = env.p.life;

	complain(held(block, p), "a lock is released that is not held, or with other arrays");
	env.locked = 0;
	complain(life->users == env.shares + env.promises && life->deferred == env.promises, "I5: wrong users");
	if (life->users == 0) {
		env.my_own = block;
		return;
	}
	complain(life->pv <= 1 && life->header <= HEADER && life->mode <= WRITE && life->armed <= p.count
		 && (life->header == LINUX || !life->armed), "map_kind");
	for (u32 q = 0; q < p.count; q++)
		EXPECT(page_good(q), "I4: page %u: state %u, user %lld, kernel %lld", q, p.state[q], env.user[q], env.kernel[q]);
}

/* May Xen be asked this of page @q? */
static int may_ask(u32 kind, u32 q)
{
	switch (kind) {
	case MAP_KERNEL:
		return env.p.domid[q] <= 0xffff && env.kernel[q] == GNT_UNMAPPED && env.user[q] == GNT_UNMAPPED && env.placed[q];
	case MAP_USER:
		return env.p.domid[q] <= 0xffff && env.user[q] == GNT_UNMAPPED;
	case UNMAP_KERNEL:
		return env.kernel[q] == env.p.kernel[q] && env.user[q] == GNT_UNMAPPED && !env.in_use[q];
	default:
		return env.user[q] == env.p.user[q];
	}
}

/* What Xen does not do leaves a trap: a status that looks good, and a handle that is none. */
static s32 hypercall(u32 kind, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	static const char *const names[KINDS] = { "map_kernel", "map_user", "unmap_kernel", "unmap_user" };
	s64 *view = kind == MAP_USER || kind == UNMAP_USER ? env.user : env.kernel;
	u32 map = kind == MAP_KERNEL || kind == MAP_USER;
	s32 error = env.whole[kind] == 0 ? env.error : 0;

	if (env.whole[kind] != NEVER)
		env.whole[kind]--;
	complain(held(env.block, p), "I10: a hypercall without the map's lock");
	complain(view == env.kernel || p.life->pv == 1, "a mapping of the user's on an auto-translated domain");
	complain(from <= to && to <= p.count && to - from <= GNT_BATCH, "a hypercall for pages that are none, or too many");
	for (u32 q = from; q < to; q++) {
		s16 status = error ? GNT_STATUS_OKAY : env.status[kind][q];

		if (map)
			b->handle[q - from] = 0xdeaddeaddeadull;
		b->status[q - from] = GNT_STATUS_OKAY;
		if (b->op[q - from] != 1) {
			EXPECT(b->op[q - from] == 0, "%s: page %u: op %u", names[kind], q, b->op[q - from]);
			continue;
		}
		env.asked[kind][q]++;
		EXPECT(may_ask(kind, q), "I4: %s: page %u: user %lld, kernel %lld", names[kind], q, env.user[q], env.kernel[q]);
		b->status[q - from] = status;
		if (error || status != GNT_STATUS_OKAY) {
			env.lost[q] |= !map;
			continue;
		}
		env.done[kind][q] = 1;
		view[q] = map ? (s64)env.next_handle : GNT_UNMAPPED;
		if (map)
			b->handle[q - from] = env.next_handle++;
	}
	return error;
}

s32 gnt_env_map_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	s32 error = hypercall(MAP_KERNEL, p, from, to, b);

	complain(block == env.block && !!readonly == (p.life->mode == READ), "GNT-MMAP-011: the kernel's mapping");
	for (u32 q = from; q < to; q++) {
		if (env.done[MAP_KERNEL][q])
			env.writable[q] = !readonly;
	}
	return error;
}

s32 gnt_env_map_user(u64 block, struct gnt_pages p, u32 from, u32 to, u32 readonly, struct gnt_batch *b)
{
	complain(block == env.block && !!readonly == (p.life->mode == READ), "GNT-MMAP-011: the user's mapping");
	return hypercall(MAP_USER, p, from, to, b);
}

s32 gnt_env_unmap_kernel(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	complain(block == env.block, "unmap_kernel: another block");
	return hypercall(UNMAP_KERNEL, p, from, to, b);
}

s32 gnt_env_unmap_user(u64 block, struct gnt_pages p, u32 from, u32 to, struct gnt_batch *b)
{
	complain(block == env.block, "unmap_user: another block");
	return hypercall(UNMAP_USER, p, from, to, b);
}

void gnt_env_clear_byte(u64 block, u32 page, u32 offset)
{
	complain(env.locked && block == env.block, "clear_byte: without the lock");
	complain(page < env.p.count && offset < GNT_PAGE_SIZE, "clear_byte: no such byte");
	complain(env.kernel[page] != GNT_UNMAPPED && env.writable[page], "GNT-NOTIFY-016: clear_byte: not writable");
	complain(!env.p.life->pv || env.user[page] != GNT_UNMAPPED, "GNT-NOTIFY-015: clear_byte: after the page has gone");
	note(env.log, "b%u:%u ", page, offset);
}

u32 gnt_env_page_in_use(u64 block, u32 page)
{
	complain(env.locked && block == env.block && page < env.p.count, "page_in_use: without the lock, or of no page");
	complain(env.user[page] == GNT_UNMAPPED, "page_in_use: the user has the page still");
	return env.in_use[page];
}

void gnt_env_defer(u64 block)
{
	complain(env.locked && block && block == env.block, "defer: without the lock");
	complain(env.promises == 0, "defer: a second promise");
	env.promises = 1;
}

void gnt_env_pages_put(u64 block, u32 from, u32 to)
{
	complain(env.locked && block == env.block, "pages_put: without the lock");
	complain(from <= to && to <= env.p.count, "pages_put: no such pages");
	for (u32 q = from; q < to; q++) {
		EXPECT(env.kernel[q] == GNT_UNMAPPED && env.user[q] == GNT_UNMAPPED, "I6: page %u is put while it is mapped", q);
		EXPECT(env.placed[q], "I6: page %u is put twice", q);
		env.placed[q] = 0;
	}
}

/* Everything was given back, but what was lost (GNT-CLOSE-006). */
void gnt_env_block_free(u64 block)
{
	complain(!env.locked, "block_free: under the lock");
	complain(block && env.my_own == block && env.block == block, "I5: a block is freed that others know, or twice");
	if (env.block != block)
		return;
	for (u32 q = 0; q < PAGES_MAX; q++) {
		EXPECT((env.kernel[q] != GNT_UNMAPPED) == env.lost[q], "I4: page %u: handle %lld at the end", q, env.kernel[q]);
		EXPECT(env.lost[q] || env.user[q] == GNT_UNMAPPED, "I4: page %u: the user's handle at the end", q);
		EXPECT(env.placed[q] == env.lost[q], "I6: page %u: placeholder page at the end", q);
	}
	for (u32 q = 0; q < env.p.count; q++)
		EXPECT(!env.p.event[q], "I7: page %u: an event is armed at the end", q);
	free(env.p.domid);
	free(env.p.ref);
	free(env.p.state);
	free(env.p.user);
	free(env.p.kernel);
	free(env.p.byte);
	free(env.p.event);
	free(env.p.port);
	free(env.p.life);
	memset(&env.p, 0, sizeof(env.p));
	env.block = env.my_own = 0;
}

/* References on @port that are not those of armed events. */
static u32 in_hand(u32 port)
{
	u32 armed = 0;

	if (port >= PORTS)
		return 0;
	for (u32 q = 0; env.block && q < env.p.count; q++)
		armed += env.p.event[q] && env.p.port[q] == port;
	return env.refs[port] > armed ? env.refs[port] - armed : 0;
}

s32 gnt_env_port_get(u32 port)
{
	complain(!env.locked, "port_get: under a lock");
	if (port >= PORTS)
		return -GNT_EINVAL;
	env.refs[port]++;
	return 0;
}

void gnt_env_port_put(u32 port)
{
	complain(in_hand(port), "I7: a reference is put that nobody has");
	if (port < PORTS)
		env.refs[port]--;
}

void gnt_env_port_send(u32 port)
{
	complain(in_hand(port), "I7: an event is sent without a reference");
	note(env.log, "e%u ", port);
}

/* ---- the reference ---- */

static struct {
	u32 count, pv, profile, mode, shares, promises, freed;
	u32 state[PAGES_MAX], byte[PAGES_MAX], event[PAGES_MAX], port[PAGES_MAX], domid[PAGES_MAX];
	u32 asked[KINDS][PAGES_MAX]; /* in the call at hand */
	char log[LOG_BYTES];
} want;

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

	EXPECT(life->mode == want.mode && life->pv == want.pv && life->header == want.profile, "%s: mode %u, pv %u, profile %u",
	       after, life->mode, life->pv, life->header);
	EXPECT(life->users == want.shares + want.promises && life->deferred == want.promises, "%s: %u users, deferred %u",
	       after, life->users, life->deferred);
	for (u32 q = 0; q < want.count; q++) {
		EXPECT(env.p.state[q] == want.state[q], "%s, page %u: expected state %u, got %u", after, q, want.state[q],
		       env.p.state[q]);
		EXPECT(env.p.byte[q] == want.byte[q] && env.p.event[q] == want.event[q]
		       && (!want.event[q] || env.p.port[q] == want.port[q]), "%s, page %u: byte %u, event %u to port %u", after,
		       q, env.p.byte[q], env.p.event[q], env.p.port[q]);
		EXPECT(env.p.domid[q] == want.domid[q] && env.p.ref[q] == ~q, "%s, page %u: grant changed", after, q);
	}
}

static void check(const char *after, s32 result, s32 want_result)
{
	EXPECT(result == want_result, "%s: expected %d, got %d", after, want_result, result);
	EXPECT(!env.locked, "%s: the lock is held still", after);
	EXPECT((env.block == 0) == want.freed, "%s: the block is %s", after, env.block ? "there still" : "gone");
	EXPECT(!strcmp(env.log, want.log), "%s: expected \"%s\", got \"%s\"", after, want.log, env.log);
	for (u32 kind = 0; kind < KINDS; kind++) {
		for (u32 q = 0; q < want.count; q++)
			EXPECT(env.asked[kind][q] == want.asked[kind][q], "%s, page %u: hypercall %u asked %u times, not %u",
			       after, q, kind, env.asked[kind][q], want.asked[kind][q]);
	}
	if (env.block && !want.freed)
		check_life(after);
	for (u32 port = 0; port < PORTS; port++) {
		u32 armed = 0;

		for (u32 q = 0; q < want.count; q++)
			armed += want.event[q] && want.port[q] == port;
		EXPECT(env.refs[port] == armed, "%s: %u references on port %u, not %u", after, env.refs[port], port, armed);
	}
}

static void before_call(void)
{
	memset(env.asked, 0, sizeof(env.asked));
	memset(env.done, 0, sizeof(env.done));
	memset(want.asked, 0, sizeof(want.asked));
	env.log[0] = want.log[0] = 0;
	env.may_block = 1;
}

static void start(u32 pv, u32 profile, u32 count)
{
	u64 blocks = env.blocks;
	struct gnt_pages p;

	memset(&env, 0, sizeof(env));
	memset(&want, 0, sizeof(want));
	env.blocks = blocks;
	env.next_handle = 0xfffffffe; /* the handles 0xffffffff and 0 are handles */
	env.error = -GNT_ENOMEM;
	memset(env.whole, 0xff, sizeof(env.whole));
	before_call();
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
	check("init", 0, 0);
}

static s32 show(u32 mode)
{
	s32 got = gnt_map_show(env.block, mode);

	check("show", got, want_show(mode));
	return got;
}

static s32 invalidate(u32 from, u32 to, u32 may_block)
{
	s32 got, busy = env.others && !may_block ? -GNT_EAGAIN : 0;

	env.may_block = may_block;
	got = gnt_map_invalidate(env.block, from, to, may_block);
	if (want.pv && !busy)
		want_gone(from, to);
	check("invalidate", got, busy);
	return got;
}

static void hide(void)
{
	gnt_map_hide(env.block);
	want_gone(0, want.count);
	check("hide", 0, 0);
}

static void drop(void)
{
	env.shares = want.shares = 0;
	gnt_map_drop(env.block);
	env.my_share = 0;
	want_gone(0, want.count);
	want_end();
	check("drop", 0, 0);
}

static void retry(void)
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
	check("retry", 0, 0);
}

static s32 notify(u32 page, u32 action, u32 offset, u32 port)
{
	s32 got;

	if (action & E)
		gnt_env_port_get(port);
	got = gnt_map_notify(env.block, page, action, offset, port);
	if (got && action & E)
		gnt_env_port_put(port);
	check("notify", got, want_notify(page, action, offset, port));
	return got;
}

/* Nothing is in use any more, and the promise is kept: the map ends. */
static void finish(void)
{
	memset(env.in_use, 0, sizeof(env.in_use));
	for (u32 i = 0; i < 2 && env.block && !test_has_failed(); i++) {
		before_call();
		if (want.promises)
			retry();
		else if (want.shares)
			drop();
	}
	EXPECT(!env.block, "the map does not end");
}

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
		return show(s->a);
	case DO_INVALIDATE:
		return invalidate(s->a, s->b, s->c);
	case DO_NOTIFY:
		return notify(s->a, s->b, s->c, s->d);
	case DO_HIDE:
		hide();
		return 0;
	case DO_DROP:
		drop();
		return 0;
	case DO_RETRY:
		retry();
		return 0;
	default:
		set_environment(s);
		return s->want;
	}
}

static void run_row(const void *one)
{
	const struct row *row = one;

	start(row->pv, row->profile, row->count);
	for (u32 i = 0; i < ARRAY_SIZE(row->steps) && row->steps[i].what != END && !test_has_failed(); i++) {
		const struct step *s = &row->steps[i];
		s32 got;

		before_call();
		got = run_step(s);
		EXPECT(got == s->want, "step %u: expected %d, got %d", i + 1, s->want, got);
		EXPECT(!strcmp(env.log, s->log), "step %u: expected \"%s\", got \"%s\"", i + 1, s->log, env.log);
		if (s->picture)
			check_picture(s->picture, i + 1);
	}
	finish();
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

	before_call();
	if (want.promises && (!want.shares || r % 8 == 0))
		retry();
	else if (r % 8 == 1)
		show(r >> 60 & 1 ? READ : WRITE);
	else if (r % 64 == 2)
		hide();
	else if (r % 64 == 10)
		drop();
	else if (r % 8 < 5)
		invalidate(from, to, r >> 60 & 3);
	else
		notify(page, (u32)(r >> 40) % 4, (u32)(r >> 44) % GNT_PAGE_SIZE, (u32)(r >> 56) % PORTS);
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

		start(row->pv, row->profile, 1 + (u32)(r >> 8) % (r % 8 ? 9 : PAGES_MAX));
		if ((r >> 40) % 32 == 0)
			env.p.domid[0] = want.domid[0] = 0x10000;
		for (u32 n = (u32)(r >> 48) % 24; n > 0 && env.block && !test_has_failed(); n--) {
			random_world(&seed);
			random_call(&seed);
		}
		random_world(&seed);
		finish();
	}
}

const struct suite map_suite = { .name = "map", .table = { TABLE(rows, run_row), TABLE(randoms, run_random) } };
