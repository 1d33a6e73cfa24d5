// SPDX-License-Identifier: MIT
/* The environment of map_pages.h: what env_map.h and env_port.h promise, and checks of what they require. */
#include "map_pages.h"

struct map_env env;

void complain(int good, const char *what)
{
	EXPECT(good, "%s", what);
}

void note(char *log, const char *format, ...)
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

int page_good(u32 q)
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
