/* SPDX-License-Identifier: MIT */
/*
 * Target: the pages of maps (src/core/map.c with notify.c; I4, I5, I6, I7), in the environment and beside the reference of the
 * unit tests (tests/unit/map_pages.h). An input is records: calls of the core, in any order that the map's share and promise
 * allow, and what Xen and other threads will do. So it is here that calls come which no Linux makes.
 */
#include "../tests/unit/map_pages.h"

#define RECORD 4u

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* ---- what the tests' environment wants of a test program */

void test_failed(const char *file, int line, const char *what, const char *format, ...)
{
	__builtin_va_list args;

	fprintf(stderr, "fuzz: %s:%d: %s:", file, line, what);
	__builtin_va_start(args, format);
	vfprintf(stderr, format, args);
	__builtin_va_end(args);
	fprintf(stderr, "\n");
	abort();
}

int test_has_failed(void)
{
	return 0;
}

void *garbage(size_t bytes)
{
	void *p = malloc(bytes);

	if (!p)
		abort();
	return memset(p, 0xa5, bytes);
}

/* ---- records */

static const s16 statuses[] = { -1, -2, -3, -9, -12, -32768, 1, 2, 12, 256, 32767 };
static const s32 errors[] = { -GNT_ENOMEM, -38, 1, 0x7fffffff, -0x7fffffff - 1 };

static void begin(const u8 *r)
{
	map_start(r[0] & 1, r[0] & 2 ? HEADER : LINUX, 1 + (r[1] % 8 ? r[2] % 8 : r[2] % PAGES_MAX));
}

/* From now on. Most pages answer as they should, or an input would not come far. */
static void trouble(const u8 *r, u32 page, u32 to)
{
	u32 kind = r[3] % KINDS;

	switch (r[0] >> 4 & 7) {
	case 0 ... 1:
		for (u32 q = page; q < to; q++)
			env.in_use[q] = 1;
		break;
	case 2:
		memset(env.in_use, 0, sizeof(env.in_use));
		break;
	case 3:
		env.status[kind][page] = statuses[r[2] % ARRAY_SIZE(statuses)];
		break;
	case 4:
		memset(env.status[kind], 0, sizeof(env.status[kind]));
		break;
	case 5:
		env.whole[kind] = r[1] % 4;
		env.error = errors[r[2] % ARRAY_SIZE(errors)];
		break;
	case 6:
		env.others = 1;
		break;
	default:
		if (want.mode == GNT_MODE_NEVER) /* afterwards nobody reads it */
			env.p.domid[page] = want.domid[page] = r[2] & 1 ? 0x10000 : 0xffff0000 | page;
	}
}

static void call(const u8 *r)
{
	u32 from = r[1] % (want.count + 1), to = from + r[2] % (want.count - from + 1), page = r[1] % want.count;

	map_before_call();
	if (want.promises && (!want.shares || r[0] % 16 == 0)) {
		map_retry();
		return;
	}
	switch (r[0] % 16) {
	case 1 ... 3:
		map_show(r[0] & 16 ? READ : WRITE);
		break;
	case 4 ... 6:
		map_invalidate(from, to, r[0] >> 4 & 3);
		break;
	case 7:
		map_hide();
		break;
	case 8 ... 10:
		map_notify(page, r[0] >> 4 & 3, (r[2] | (u32)r[3] << 8) % GNT_PAGE_SIZE, r[3] % PORTS);
		break;
	case 11:
		map_drop();
		break;
	default:
		trouble(r, page, to > page ? to : page + 1);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t i = 0;

	while (i + RECORD <= size) {
		begin(data + i);
		for (i += RECORD; i + RECORD <= size && env.block; i += RECORD)
			call(data + i);
		map_finish();
	}
	return 0;
}
