// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The decoding and the stateless decisions of request.h: nothing to prove but what each says, nothing to forget but a byte or a
 * bound. No pointer is cast and no byte order assumed: numbers are put together from bytes.
 */
#include "request.h"

/* The numbers in bytes @at and up of @raw. */
/*@ requires mem:    at + 2 <= GNT_SEGMENT_BYTES && \valid_read(raw + (at .. at + 1));
    assigns  \nothing;
    ensures  number: \result == le16(raw, at);
*/
static u32 get16(const u8 *raw, u32 at)
{
	return raw[at] + 0x100u * raw[at + 1];
}

/*@ requires mem:    at + 4 <= GNT_SEGMENT_BYTES && \valid_read(raw + (at .. at + 3));
    assigns  \nothing;
    ensures  number: \result == le32(raw, at);
*/
static u32 get32(const u8 *raw, u32 at)
{
	return get16(raw, at) + 0x10000u * get16(raw, at + 2);
}

/*@ requires mem:    at + 8 <= GNT_SEGMENT_BYTES && \valid_read(raw + (at .. at + 7));
    assigns  \nothing;
    ensures  number: \result == le64(raw, at);
*/
static u64 get64(const u8 *raw, u32 at)
{
	return get32(raw, at) + 0x100000000ull * get32(raw, at + 4);
}

u32 gnt_decode_command(u32 command, u32 profile, u32 compat)
{
	u32 call = GNT_CALL_NONE;

	if (command == GNT_COMMAND_MAP)
		call = GNT_CALL_MAP;
	else if (command == GNT_COMMAND_UNMAP)
		call = GNT_CALL_UNMAP;
	else if (command == GNT_COMMAND_OFFSET)
		call = GNT_CALL_OFFSET;
	else if (command == GNT_COMMAND_MAX && profile == GNT_PROFILE_HEADER)
		call = GNT_CALL_MAX;
	else if (command == GNT_COMMAND_NOTIFY)
		call = GNT_CALL_NOTIFY;
	else if (command == (compat != 0 ? GNT_COMMAND_COPY_COMPAT : GNT_COMMAND_COPY))
		call = GNT_CALL_COPY;
	return call;
}

struct gnt_map_request gnt_decode_map(const u8 *raw)
{
	struct gnt_map_request r;

	r.count = get32(raw, 0);
	r.domid = get32(raw, 16);
	r.ref = get32(raw, 20);
	return r;
}

struct gnt_ref_request gnt_decode_ref(const u8 *raw)
{
	struct gnt_ref_request r;

	r.domid = get32(raw, 0);
	r.ref = get32(raw, 4);
	return r;
}

struct gnt_unmap_request gnt_decode_unmap(const u8 *raw)
{
	struct gnt_unmap_request r;

	r.index = get64(raw, 0);
	r.count = get32(raw, 8);
	return r;
}

u64 gnt_decode_offset(const u8 *raw)
{
	return get64(raw, 0);
}

u32 gnt_decode_max(const u8 *raw)
{
	return get32(raw, 0);
}

struct gnt_notify_request gnt_decode_notify(const u8 *raw)
{
	struct gnt_notify_request r;
	u64 index = get64(raw, 0);

	r.slot = index / GNT_PAGE_SIZE;
	r.offset = (u32)(index % GNT_PAGE_SIZE);
	r.action = get32(raw, 8);
	r.port = get32(raw, 12);
	return r;
}

struct gnt_copy_request gnt_decode_copy(const u8 *raw, u32 compat)
{
	struct gnt_copy_request r;

	r.count = get32(raw, 0);
	r.segments = compat != 0 ? get32(raw, 4) : get64(raw, 8);
	return r;
}

/* The side whose union begins at byte @at: the offset in the frame if it is @foreign, the user address if it is not. */
/*@ requires mem:     at + 8 <= GNT_SEGMENT_BYTES && \valid_read(raw + (at .. at + 7));
    assigns  \nothing;
    ensures  foreign: foreign != 0 ==> \result == le16(raw, at + 4);
    ensures  local:   foreign == 0 ==> \result == segment_address(raw, at, compat);
*/
static u64 side(const u8 *raw, u32 at, u32 foreign, u32 compat)
{
	if (foreign != 0)
		return get16(raw, at + 4);
	return compat != 0 ? get32(raw, at) : get64(raw, at);
}

struct gnt_copy_segment gnt_decode_segment(const u8 *raw, u32 compat)
{
	struct gnt_copy_segment r;

	r.flags = get16(raw, 18) % (2 * GNT_COPY_DEST_GREF);
	r.len = get16(raw, 16);
	r.source = side(raw, 0, r.flags / GNT_COPY_SOURCE_GREF % 2, compat);
	r.dest = side(raw, 8, r.flags / GNT_COPY_DEST_GREF % 2, compat);
	return r;
}

struct gnt_segment_grants gnt_decode_grants(const u8 *raw)
{
	struct gnt_segment_grants r = { 0, 0, 0, 0 };
	u32 flags = get16(raw, 18);

	if (flags / GNT_COPY_SOURCE_GREF % 2 != 0) {
		r.source_ref = get32(raw, 0);
		r.source_domid = get16(raw, 6);
	}
	if (flags / GNT_COPY_DEST_GREF % 2 != 0) {
		r.dest_ref = get32(raw, 8);
		r.dest_domid = get16(raw, 14);
	}
	return r;
}

s32 gnt_map_check(u32 count, u32 limit)
{
	if (count == 0 || count > limit)
		return -GNT_EINVAL;
	return count > GNT_SLOTS_MAX ? -GNT_ENOMEM : 0;
}

s32 gnt_mmap_check(u32 writable, u32 shared)
{
	return writable != 0 && shared == 0 ? -GNT_EINVAL : 0;
}

s32 gnt_notify_check(u32 action)
{
	return action > GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT ? -GNT_EINVAL : 0;
}

s32 gnt_offset_check(u32 found, u64 vaddr, u64 start, u32 profile)
{
	if (found != GNT_FOUND_OURS)
		return -GNT_EINVAL;
	return profile == GNT_PROFILE_HEADER && vaddr != start ? -GNT_EINVAL : 0;
}
