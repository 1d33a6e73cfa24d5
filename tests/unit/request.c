// SPDX-License-Identifier: MIT
/*
 * Unit tests of src/core/request.h. The checks: every value next to a bound. The decoding: bytes that all differ against the
 * numbers in them, written out, and random bytes against the compiler's view of the header's structures (little-endian).
 */
#include "ktap.h"
#include "request.h"

/*
 * count, limit -> result: 1 .. limit is good, nothing is when the limit is 0, and what no table can hold is short
 * of memory
 */
static const struct {
	u32 count, limit;
	s32 want;
} map_rows[] = {
	{ 0, 0, -GNT_EINVAL },
	{ 0, 65536, -GNT_EINVAL },
	{ 0, 0xffffffff, -GNT_EINVAL },
	{ 1, 0, -GNT_EINVAL },
	{ 0xffffffff, 0, -GNT_EINVAL },
	{ 1, 1, 0 },
	{ 2, 1, -GNT_EINVAL },
	{ 1, 65536, 0 },
	{ 65535, 65536, 0 },
	{ 65536, 65536, 0 },
	{ 65537, 65536, -GNT_EINVAL },
	{ 0x80000000, 65536, -GNT_EINVAL },
	{ 0xffffffff, 65536, -GNT_EINVAL },
	{ 1048575, 0xffffffff, 0 },
	{ 1048576, 1048576, 0 },
	{ 1048576, 0xffffffff, 0 },
	{ 1048577, 1048576, -GNT_EINVAL },
	{ 1048577, 1048577, -GNT_ENOMEM },
	{ 0x7fffffff, 0x80000000, -GNT_ENOMEM },
	{ 0x80000000, 0x80000000, -GNT_ENOMEM },
	{ 0x80000001, 0x80000000, -GNT_EINVAL },
	{ 0xffffffff, 0xffffffff, -GNT_ENOMEM },
	{ 0xffffffff, 0xfffffffe, -GNT_EINVAL },
};

/* writable, shared -> result: any number but 0 is "yes" */
static const struct {
	u32 writable, shared;
	s32 want;
} mmap_rows[] = {
	{ 0, 0, 0 },
	{ 0, 1, 0 },
	{ 1, 0, -GNT_EINVAL },
	{ 1, 1, 0 },
	{ 2, 0, -GNT_EINVAL },
	{ 0x80000000, 0, -GNT_EINVAL },
	{ 0xffffffff, 0, -GNT_EINVAL },
	{ 2, 8, 0 },
	{ 1, 0x80000000, 0 },
	{ 0xffffffff, 0xffffffff, 0 },
};

/* action -> result */
static const struct {
	u32 action;
	s32 want;
} notify_rows[] = {
	{ 0, 0 },
	{ 1, 0 },
	{ 2, 0 },
	{ 3, 0 },
	{ 4, -GNT_EINVAL },
	{ 5, -GNT_EINVAL },
	{ 7, -GNT_EINVAL },
	{ 0x10000, -GNT_EINVAL },
	{ 0x80000000, -GNT_EINVAL },
	{ 0x80000003, -GNT_EINVAL },
	{ 0xffffffff, -GNT_EINVAL },
};

#define LINUX GNT_PROFILE_LINUX
#define HEADER GNT_PROFILE_HEADER

/* what is found at vaddr, the map's start, profile -> result: the start matters to the header alone, and in all its bits */
static const struct {
	u32 found;
	u64 vaddr, start;
	u32 profile;
	s32 want;
} offset_rows[] = {
	{ GNT_FOUND_NONE, 0x1000, 0x1000, LINUX, -GNT_EINVAL },
	{ GNT_FOUND_NONE, 0x1000, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_FOREIGN, 0x1000, 0x1000, LINUX, -GNT_EINVAL },
	{ GNT_FOUND_FOREIGN, 0x1000, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OTHER, 0x1000, 0x1000, LINUX, -GNT_EINVAL },
	{ GNT_FOUND_OTHER, 0x1000, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OURS + 1, 0x1000, 0x1000, LINUX, -GNT_EINVAL },
	{ GNT_FOUND_OURS, 0x1000, 0x1000, LINUX, 0 },
	{ GNT_FOUND_OURS, 0x1001, 0x1000, LINUX, 0 },
	{ GNT_FOUND_OURS, 0x2000, 0x1000, LINUX, 0 },
	{ GNT_FOUND_OURS, 0x1000, 0x1000, HEADER, 0 },
	{ GNT_FOUND_OURS, 0x1001, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OURS, 0xfff, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OURS, 0x2000, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OURS, 0x100001000, 0x1000, HEADER, -GNT_EINVAL },
	{ GNT_FOUND_OURS, 0x7fffffffe000, 0x7fffffffe000, HEADER, 0 },
};

/* ---- commands ---- */

#define NONE GNT_CALL_NONE

/* command -> the call it is: linux and header profile, from a caller of the kernel's word size; the same from a 32-bit caller */
static const struct {
	u32 command, want[2][2];
} commands[] = {
	{ 0x00184700, { { 0, 0 }, { 0, 0 } } },
	{ 0x00104701, { { 1, 1 }, { 1, 1 } } },
	{ 0x00184702, { { 2, 2 }, { 2, 2 } } },
	{ 0x00044703, { { NONE, 3 }, { NONE, 3 } } },
	{ 0x00104707, { { 7, 7 }, { 7, 7 } } },
	{ 0x00104708, { { 8, 8 }, { NONE, NONE } } },
	{ 0x00084708, { { NONE, NONE }, { 8, 8 } } },
};

static u32 want_call(u32 command, u32 profile, u32 compat)
{
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].command == command)
			return commands[i].want[compat != 0][profile];
	}
	return NONE;
}

static void check_command(u32 command)
{
	static const u32 words[] = { 0, 1, 0x80000000 };

	for (u32 profile = LINUX; profile <= HEADER; profile++)
		for (u32 w = 0; w < ARRAY_SIZE(words); w++)
			EXPECT(gnt_decode_command(command, profile, words[w]) == want_call(command, profile, words[w]),
			       "command %08x, profile %u, compat %x: expected %u, got %u", command, profile, words[w],
			       want_call(command, profile, words[w]), gnt_decode_command(command, profile, words[w]));
}

/* The commands; those one or two bits away; all numbers and sizes with our letter; and random ones. */
static void run_commands(void)
{
	u64 seed = test_seed;

	for (u32 i = 0; i < ARRAY_SIZE(commands); i++) {
		check_command(commands[i].command);
		for (u32 a = 0; a < 32; a++)
			for (u32 b = a; b < 32; b++)
				check_command(commands[i].command ^ (1u << a) ^ (1u << b));
	}
	for (u32 size = 0; size < 64; size++)
		for (u32 number = 0; number < 256 && !test_has_failed(); number++)
			check_command(size << 16 | 'G' << 8 | number);
	for (u32 i = 0; i < 100000 && !test_has_failed(); i++)
		check_command((u32)next_random(&seed));
}

/* ---- decoding: numbers written out ---- */

/* each byte other than all the others, and in the second one with its highest bit set */
static const u8 low[24] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
			    0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 };
static const u8 high[24] = { 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8, 0xf7, 0xf6, 0xf5, 0xf4,
			     0xf3, 0xf2, 0xf1, 0xf0, 0xef, 0xee, 0xed, 0xec, 0xeb, 0xea, 0xe9, 0xe8 };

#define NUMBER(got, want) \
	EXPECT((u64)(got) == (want), #got ": expected %llx, got %llx", (u64)(want), (u64)(got))

static void run_decode(void)
{
	NUMBER(gnt_decode_map(low).count, 0x04030201);
	NUMBER(gnt_decode_map(low).domid, 0x14131211);
	NUMBER(gnt_decode_map(low).ref, 0x18171615);
	NUMBER(gnt_decode_map(high).count, 0xfcfdfeff);
	NUMBER(gnt_decode_map(high).domid, 0xecedeeef);
	NUMBER(gnt_decode_map(high).ref, 0xe8e9eaeb);
	NUMBER(gnt_decode_ref(low).domid, 0x04030201);
	NUMBER(gnt_decode_ref(low).ref, 0x08070605);
	NUMBER(gnt_decode_ref(high).domid, 0xfcfdfeff);
	NUMBER(gnt_decode_ref(high).ref, 0xf8f9fafb);
	NUMBER(gnt_decode_unmap(low).index, 0x0807060504030201);
	NUMBER(gnt_decode_unmap(low).count, 0x0c0b0a09);
	NUMBER(gnt_decode_unmap(high).index, 0xf8f9fafbfcfdfeff);
	NUMBER(gnt_decode_unmap(high).count, 0xf4f5f6f7);
	NUMBER(gnt_decode_offset(low), 0x0807060504030201);
	NUMBER(gnt_decode_offset(high), 0xf8f9fafbfcfdfeff);
	NUMBER(gnt_decode_max(low), 0x04030201);
	NUMBER(gnt_decode_max(high), 0xfcfdfeff);
	NUMBER(gnt_decode_notify(low).slot, 0x0807060504030);
	NUMBER(gnt_decode_notify(low).offset, 0x201);
	NUMBER(gnt_decode_notify(low).action, 0x0c0b0a09);
	NUMBER(gnt_decode_notify(low).port, 0x100f0e0d);
	NUMBER(gnt_decode_notify(high).slot, 0xf8f9fafbfcfdf);
	NUMBER(gnt_decode_notify(high).offset, 0xeff);
	NUMBER(gnt_decode_notify(high).action, 0xf4f5f6f7);
	NUMBER(gnt_decode_notify(high).port, 0xf0f1f2f3);
	NUMBER(gnt_decode_copy(low, 0).count, 0x04030201);
	NUMBER(gnt_decode_copy(low, 0).segments, 0x100f0e0d0c0b0a09);
	NUMBER(gnt_decode_copy(low, 1).count, 0x04030201);
	NUMBER(gnt_decode_copy(low, 1).segments, 0x08070605);
	NUMBER(gnt_decode_copy(high, 0).segments, 0xf0f1f2f3f4f5f6f7);
	NUMBER(gnt_decode_copy(high, 1).segments, 0xf8f9fafb);
}

/* the flags of a segment, which then means */
static const struct segment_row {
	const char *name;
	u8 flags[2]; /* bytes 18 and 19 */
	u32 compat;
	struct gnt_copy_segment want;
	struct gnt_segment_grants grants;
} segment_rows[] = {
	{ "neither", { 0, 0 }, 0, { 0x0807060504030201, 0x100f0e0d0c0b0a09, 0x1211, 0 }, { 0, 0, 0, 0 } },
	{ "source", { 1, 0 }, 0, { 0x0605, 0x100f0e0d0c0b0a09, 0x1211, 1 }, { 0x04030201, 0x0807, 0, 0 } },
	{ "dest", { 2, 0 }, 0, { 0x0807060504030201, 0x0e0d, 0x1211, 2 }, { 0, 0, 0x0c0b0a09, 0x100f } },
	{ "both", { 3, 0 }, 0, { 0x0605, 0x0e0d, 0x1211, 3 }, { 0x04030201, 0x0807, 0x0c0b0a09, 0x100f } },
	{ "compat_neither", { 0, 0 }, 1, { 0x04030201, 0x0c0b0a09, 0x1211, 0 }, { 0, 0, 0, 0 } },
	{ "compat_source", { 1, 0 }, 1, { 0x0605, 0x0c0b0a09, 0x1211, 1 }, { 0x04030201, 0x0807, 0, 0 } },
	{ "compat_dest", { 2, 0 }, 1, { 0x04030201, 0x0e0d, 0x1211, 2 }, { 0, 0, 0x0c0b0a09, 0x100f } },
	/* other bits mean nothing, GNTCOPY_can_fail (4) among them */
	{ "other_bits", { 0xfc, 0xff }, 0, { 0x0807060504030201, 0x100f0e0d0c0b0a09, 0x1211, 0 }, { 0, 0, 0, 0 } },
	{ "all_bits", { 0xff, 0xff }, 0, { 0x0605, 0x0e0d, 0x1211, 3 }, { 0x04030201, 0x0807, 0x0c0b0a09, 0x100f } },
	{ "high_byte", { 0, 3 }, 0, { 0x0807060504030201, 0x100f0e0d0c0b0a09, 0x1211, 0 }, { 0, 0, 0, 0 } },
};

static void check_segment(const char *name, const u8 *raw, u32 compat, const struct gnt_copy_segment *want,
			  const struct gnt_segment_grants *want_grants)
{
	struct gnt_copy_segment s = gnt_decode_segment(raw, compat);
	struct gnt_segment_grants g = gnt_decode_grants(raw);

	EXPECT(s.source == want->source && s.dest == want->dest && s.len == want->len && s.flags == want->flags,
	       "%s: got %llx -> %llx, %x bytes, flags %x", name, s.source, s.dest, s.len, s.flags);
	EXPECT(g.source_ref == want_grants->source_ref && g.source_domid == want_grants->source_domid
	       && g.dest_ref == want_grants->dest_ref && g.dest_domid == want_grants->dest_domid,
	       "%s: got grants %x of %x, %x of %x", name, g.source_ref, g.source_domid, g.dest_ref, g.dest_domid);
}

static void run_segments(void)
{
	u8 raw[24];

	for (u32 i = 0; i < ARRAY_SIZE(segment_rows); i++) {
		const struct segment_row *row = &segment_rows[i];

		memcpy(raw, low, sizeof(raw));
		memcpy(raw + 18, row->flags, sizeof(row->flags));
		check_segment(row->name, raw, row->compat, &row->want, &row->grants);
	}
}

/* ---- decoding: the header's structures, as the compiler lays them out ---- */

union argument {
	u8 raw[24];
	struct {
		u32 count, pad;
		u64 index;
		struct {
			u32 domid, ref;
		} refs[1];
	} map;
	struct {
		u32 domid, ref;
	} ref;
	struct {
		u64 index;
		u32 count, pad;
	} unmap;
	struct {
		u64 index;
		u32 action, port;
	} notify;
	struct {
		u32 count;
		u64 segments;
	} copy;
	struct {
		u32 count, segments;
	} compat;
	struct {
		union {
			u64 address;
			u32 address32;
			struct {
				u32 ref;
				u16 offset, domid;
			} foreign;
		} source, dest;
		u16 len, flags;
		s16 status;
	} segment;
};

_Static_assert(sizeof(union argument) == 24, "the header's layout");

static void check_random_segment(const union argument *a, u32 compat)
{
	u32 source = a->segment.flags & 1, dest = a->segment.flags & 2;
	struct gnt_copy_segment want = { compat ? a->segment.source.address32 : a->segment.source.address,
					 compat ? a->segment.dest.address32 : a->segment.dest.address, a->segment.len,
					 a->segment.flags & 3 };
	struct gnt_segment_grants grants = { 0, 0, 0, 0 };

	if (source) {
		want.source = a->segment.source.foreign.offset;
		grants.source_ref = a->segment.source.foreign.ref;
		grants.source_domid = a->segment.source.foreign.domid;
	}
	if (dest) {
		want.dest = a->segment.dest.foreign.offset;
		grants.dest_ref = a->segment.dest.foreign.ref;
		grants.dest_domid = a->segment.dest.foreign.domid;
	}
	check_segment("random", a->raw, compat, &want, &grants);
}

static void run_random(void)
{
	u64 seed = test_seed;

	for (u32 i = 0; i < 100000 && !test_has_failed(); i++) {
		union argument a;

		for (u32 b = 0; b < sizeof(a); b++)
			a.raw[b] = (u8)next_random(&seed);
		NUMBER(gnt_decode_map(a.raw).count, a.map.count);
		NUMBER(gnt_decode_map(a.raw).domid, a.map.refs[0].domid);
		NUMBER(gnt_decode_map(a.raw).ref, a.map.refs[0].ref);
		NUMBER(gnt_decode_ref(a.raw).domid, a.ref.domid);
		NUMBER(gnt_decode_ref(a.raw).ref, a.ref.ref);
		NUMBER(gnt_decode_unmap(a.raw).index, a.unmap.index);
		NUMBER(gnt_decode_unmap(a.raw).count, a.unmap.count);
		NUMBER(gnt_decode_offset(a.raw), a.unmap.index);
		NUMBER(gnt_decode_max(a.raw), a.map.count);
		NUMBER(gnt_decode_notify(a.raw).slot, a.notify.index >> 12);
		NUMBER(gnt_decode_notify(a.raw).offset, a.notify.index & 4095);
		NUMBER(gnt_decode_notify(a.raw).action, a.notify.action);
		NUMBER(gnt_decode_notify(a.raw).port, a.notify.port);
		NUMBER(gnt_decode_copy(a.raw, 0).count, a.copy.count);
		NUMBER(gnt_decode_copy(a.raw, 0).segments, a.copy.segments);
		NUMBER(gnt_decode_copy(a.raw, 1).count, a.compat.count);
		NUMBER(gnt_decode_copy(a.raw, 1).segments, a.compat.segments);
		check_random_segment(&a, 0);
		check_random_segment(&a, 1);
	}
}

/* ---- the checks ---- */

static void run_map_check(void)
{
	for (u32 r = 0; r < ARRAY_SIZE(map_rows); r++)
		EXPECT(gnt_map_check(map_rows[r].count, map_rows[r].limit) == map_rows[r].want,
		       "count %u, limit %u: expected %d", map_rows[r].count, map_rows[r].limit, map_rows[r].want);
}

static void run_mmap_check(void)
{
	for (u32 r = 0; r < ARRAY_SIZE(mmap_rows); r++)
		EXPECT(gnt_mmap_check(mmap_rows[r].writable, mmap_rows[r].shared) == mmap_rows[r].want,
		       "writable %x, shared %x: expected %d", mmap_rows[r].writable, mmap_rows[r].shared, mmap_rows[r].want);
}

static void run_notify_check(void)
{
	for (u32 r = 0; r < ARRAY_SIZE(notify_rows); r++)
		EXPECT(gnt_notify_check(notify_rows[r].action) == notify_rows[r].want, "action %x: expected %d",
		       notify_rows[r].action, notify_rows[r].want);
}

static void run_offset_check(void)
{
	for (u32 r = 0; r < ARRAY_SIZE(offset_rows); r++)
		EXPECT(gnt_offset_check(offset_rows[r].found, offset_rows[r].vaddr, offset_rows[r].start,
					offset_rows[r].profile) == offset_rows[r].want,
		       "found %u, %llx, start %llx, profile %u: expected %d", offset_rows[r].found, offset_rows[r].vaddr,
		       offset_rows[r].start, offset_rows[r].profile, offset_rows[r].want);
}

static const struct test tests[] = {
	{ "map_check", run_map_check },
	{ "mmap_check", run_mmap_check },
	{ "notify_check", run_notify_check },
	{ "offset_check", run_offset_check },
	{ "commands", run_commands },
	{ "decode", run_decode },
	{ "segments", run_segments },
	{ "random_100000", run_random },
	{ NULL, NULL },
};

const struct suite request_suite = { .name = "request", .test = tests };
