/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Requests: from the bytes that user space passed to numbers, and the decisions that need no state: which call is it, may this
 * many grants be mapped by one call, may a VMA of this kind show them. The errors are those of the ABI. Nothing here may keep
 * state or touch memory but the bytes it is given.
 *
 * Arguments are little-endian, with the layout of the public header (GNT-GEN-021). Decoding is total: all bytes mean something,
 * and what means too much is refused by whoever knows the bound. No field is narrowed (I3), and bytes that are not named here,
 * pads and OUT fields, are not looked at (GNT-GEN-005, GNT-MAP-017, GNT-COPY-023). The layout of 32-bit callers differs in
 * GRANT_COPY alone (GNT-COMPAT-002); @compat is 0 for callers of the kernel's own word size.
 */
#pragma once
#include "slots.h"
#include "copy.h"
#include "pages.h"

/* the calls, by their numbers in the header; GNT_CALL_NONE: not offered */
#define GNT_CALL_MAP 0u
#define GNT_CALL_UNMAP 1u
#define GNT_CALL_OFFSET 2u
#define GNT_CALL_MAX 3u
#define GNT_CALL_NOTIFY 7u
#define GNT_CALL_COPY 8u
#define GNT_CALL_NONE 255u

/* the commands: size of the argument << 16 | 'G' << 8 | number */
#define GNT_COMMAND_MAP 0x00184700u
#define GNT_COMMAND_UNMAP 0x00104701u
#define GNT_COMMAND_OFFSET 0x00184702u
#define GNT_COMMAND_MAX 0x00044703u
#define GNT_COMMAND_NOTIFY 0x00104707u
#define GNT_COMMAND_COPY 0x00104708u
#define GNT_COMMAND_COPY_COMPAT 0x00084708u

/* bytes to fetch before decoding */
#define GNT_MAP_BYTES 24u /* IN of MAP_GRANT_REF, up to refs[0] */
#define GNT_REF_BYTES 8u /* each of the other references */
#define GNT_UNMAP_BYTES 16u
#define GNT_OFFSET_BYTES 8u /* IN of GET_OFFSET_FOR_VADDR */
#define GNT_MAX_BYTES 4u
#define GNT_NOTIFY_BYTES 16u
#define GNT_COPY_BYTES 16u
#define GNT_COPY_COMPAT_BYTES 8u
#define GNT_SEGMENT_BYTES 24u

/* where the OUT fields are */
#define GNT_MAP_INDEX 8u /* u64 */
#define GNT_OFFSET_OFFSET 8u /* u64 */
#define GNT_OFFSET_COUNT 16u /* u32 */
#define GNT_SEGMENT_STATUS 20u /* s16 */

/* what the embedder found at an address: no mapping, or not the caller's; another device's; another instance's; this one's */
#define GNT_FOUND_NONE 0u
#define GNT_FOUND_FOREIGN 1u
#define GNT_FOUND_OTHER 2u
#define GNT_FOUND_OURS 3u

/* a grant as user space names it: MAP_GRANT_REF's domain id has 32 bits (GNT-GEN-006) */
struct gnt_ref_request {
	u32 domid;
	u32 ref;
};

struct gnt_map_request {
	u32 count;
	u32 domid; /* of refs[0] */
	u32 ref;
};

struct gnt_unmap_request {
	u64 index;
	u32 count;
};

struct gnt_notify_request {
	u64 slot; /* of the page, 52 bits */
	u32 offset; /* of the byte in it, below GNT_PAGE_SIZE */
	u32 action;
	u32 port;
};

struct gnt_copy_request {
	u64 segments; /* user address */
	u32 count;
};

/* the grants of a segment; of a side that is none, both numbers are 0 */
struct gnt_segment_grants {
	u32 source_ref;
	u32 source_domid; /* 16 bits */
	u32 dest_ref;
	u32 dest_domid;
};

#include "request_logic.h"

/*
 * Which call @command is, compared as a whole, for an instance of this @profile: GNT_CALL_*. GNT-GEN-011, GNT-GEN-012,
 * GNT-MAX-001, GNT-COMPAT-003, GNT-COMPAT-006.
 */
/*@ assigns \nothing;
    ensures map:    \result == GNT_CALL_MAP <==> command == GNT_COMMAND_MAP;
    ensures unmap:  \result == GNT_CALL_UNMAP <==> command == GNT_COMMAND_UNMAP;
    ensures offset: \result == GNT_CALL_OFFSET <==> command == GNT_COMMAND_OFFSET;
    ensures max:    \result == GNT_CALL_MAX <==> command == GNT_COMMAND_MAX && profile == GNT_PROFILE_HEADER;
    ensures notify: \result == GNT_CALL_NOTIFY <==> command == GNT_COMMAND_NOTIFY;
    ensures copy:   \result == GNT_CALL_COPY <==> command == (compat != 0 ? GNT_COMMAND_COPY_COMPAT : GNT_COMMAND_COPY);
    ensures calls:  \result == GNT_CALL_MAP || \result == GNT_CALL_UNMAP || \result == GNT_CALL_OFFSET || \result == GNT_CALL_MAX
                    || \result == GNT_CALL_NOTIFY || \result == GNT_CALL_COPY || \result == GNT_CALL_NONE;
*/
u32 gnt_decode_command(u32 command, u32 profile, u32 compat);

/*
 * MAP_GRANT_REF up to refs[0], and each further reference. GNT-MAP-002, GNT-MAP-017, GNT-GEN-006.
 */
/*@ requires mem:   \valid_read(raw + (0 .. GNT_MAP_BYTES-1));
    assigns  \nothing;
    ensures  count: \result.count == le32(raw, 0);
    ensures  domid: \result.domid == le32(raw, 16);
    ensures  ref:   \result.ref == le32(raw, 20);
*/
struct gnt_map_request gnt_decode_map(const u8 *raw);

/*@ requires mem:   \valid_read(raw + (0 .. GNT_REF_BYTES-1));
    assigns  \nothing;
    ensures  domid: \result.domid == le32(raw, 0);
    ensures  ref:   \result.ref == le32(raw, 4);
*/
struct gnt_ref_request gnt_decode_ref(const u8 *raw);

/*
 * UNMAP_GRANT_REF. GNT-UNMAP-010.
 */
/*@ requires mem:   \valid_read(raw + (0 .. GNT_UNMAP_BYTES-1));
    assigns  \nothing;
    ensures  index: \result.index == le64(raw, 0);
    ensures  count: \result.count == le32(raw, 8);
*/
struct gnt_unmap_request gnt_decode_unmap(const u8 *raw);

/*
 * GET_OFFSET_FOR_VADDR: the address. GNT-OFF-014.
 */
/*@ requires mem:   \valid_read(raw + (0 .. GNT_OFFSET_BYTES-1));
    assigns  \nothing;
    ensures  vaddr: \result == le64(raw, 0);
*/
u64 gnt_decode_offset(const u8 *raw);

/*
 * SET_MAX_GRANTS: the maximum.
 */
/*@ requires mem:   \valid_read(raw + (0 .. GNT_MAX_BYTES-1));
    assigns  \nothing;
    ensures  count: \result == le32(raw, 0);
*/
u32 gnt_decode_max(const u8 *raw);

/*
 * SET_UNMAP_NOTIFY. GNT-NOTIFY-027.
 */
/*@ requires mem:    \valid_read(raw + (0 .. GNT_NOTIFY_BYTES-1));
    assigns  \nothing;
    ensures  slot:   \result.slot == le64(raw, 0) / GNT_PAGE_SIZE;
    ensures  offset: \result.offset == le64(raw, 0) % GNT_PAGE_SIZE;
    ensures  action: \result.action == le32(raw, 8);
    ensures  port:   \result.port == le32(raw, 12);
*/
struct gnt_notify_request gnt_decode_notify(const u8 *raw);

/*
 * GRANT_COPY: GNT_COPY_BYTES, or GNT_COPY_COMPAT_BYTES of a 32-bit caller. GNT-COMPAT-003.
 */
/*@ requires mem:      \valid_read(raw + (0 .. (compat != 0 ? GNT_COPY_COMPAT_BYTES : GNT_COPY_BYTES)-1));
    assigns  \nothing;
    ensures  count:    \result.count == le32(raw, 0);
    ensures  segments: \result.segments == (compat != 0 ? le32(raw, 4) : le64(raw, 8));
*/
struct gnt_copy_request gnt_decode_copy(const u8 *raw, u32 compat);

/*
 * A segment of GRANT_COPY, but for the names of its grants; of the flags only those that mean something. GNT-COPY-022,
 * GNT-COMPAT-004, GNT-COMPAT-005.
 */
/*@ requires mem:     \valid_read(raw + (0 .. GNT_SEGMENT_BYTES-1));
    assigns  \nothing;
    ensures  flags:   \result.flags == le16(raw, 18) % 4;
    ensures  len:     \result.len == le16(raw, 16);
    ensures  source:  segment_foreign(raw, GNT_COPY_SOURCE_GREF) ==> \result.source == le16(raw, 4);
    ensures  dest:    segment_foreign(raw, GNT_COPY_DEST_GREF) ==> \result.dest == le16(raw, 12);
    ensures  source_local: !segment_foreign(raw, GNT_COPY_SOURCE_GREF) ==> \result.source == segment_address(raw, 0, compat);
    ensures  dest_local:   !segment_foreign(raw, GNT_COPY_DEST_GREF) ==> \result.dest == segment_address(raw, 8, compat);
*/
struct gnt_copy_segment gnt_decode_segment(const u8 *raw, u32 compat);

/*
 * The grants of the same segment.
 */
/*@ requires mem:     \valid_read(raw + (0 .. GNT_SEGMENT_BYTES-1));
    assigns  \nothing;
    behavior source:
      assumes segment_foreign(raw, GNT_COPY_SOURCE_GREF);
      ensures source: \result.source_ref == le32(raw, 0) && \result.source_domid == le16(raw, 6);
    behavior source_local:
      assumes !segment_foreign(raw, GNT_COPY_SOURCE_GREF);
      ensures source: \result.source_ref == 0 && \result.source_domid == 0;
    behavior dest:
      assumes segment_foreign(raw, GNT_COPY_DEST_GREF);
      ensures dest:   \result.dest_ref == le32(raw, 8) && \result.dest_domid == le16(raw, 14);
    behavior dest_local:
      assumes !segment_foreign(raw, GNT_COPY_DEST_GREF);
      ensures dest:   \result.dest_ref == 0 && \result.dest_domid == 0;
*/
struct gnt_segment_grants gnt_decode_grants(const u8 *raw);

/*
 * MAP_GRANT_REF of @count grants where one call may map at most @limit (I9): 0; -GNT_EINVAL if @count is 0 or over the limit;
 * -GNT_ENOMEM if it is more than a table can ever hold. GNT-MAP-003, GNT-MAP-004, GNT-MAP-005.
 */
/*@ assigns \nothing;
    behavior good:
      assumes 1 <= count <= limit && count <= GNT_SLOTS_MAX;
      ensures result: \result == 0;
    behavior bad:
      assumes count == 0 || count > limit;
      ensures result: \result == -GNT_EINVAL;
    behavior huge:
      assumes GNT_SLOTS_MAX < count <= limit;
      ensures result: \result == -GNT_ENOMEM;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_map_check(u32 count, u32 limit);

/*
 * mmap() with a VMA that is @writable, @shared (0 = no): 0, or -GNT_EINVAL for a private writable one. GNT-MMAP-002.
 */
/*@ assigns \nothing;
    ensures good: writable == 0 || shared != 0 ==> \result == 0;
    ensures bad:  writable != 0 && shared == 0 ==> \result == -GNT_EINVAL;
*/
s32 gnt_mmap_check(u32 writable, u32 shared);

/*
 * SET_UNMAP_NOTIFY with @action: 0, or -GNT_EINVAL if it is no sum of GNT_NOTIFY_CLEAR_BYTE and GNT_NOTIFY_SEND_EVENT.
 * GNT-NOTIFY-003.
 */
/*@ assigns \nothing;
    ensures good: action <= GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT ==> \result == 0;
    ensures bad:  action > GNT_NOTIFY_CLEAR_BYTE + GNT_NOTIFY_SEND_EVENT ==> \result == -GNT_EINVAL;
*/
s32 gnt_notify_check(u32 action);

/*
 * GET_OFFSET_FOR_VADDR of @vaddr, where the embedder @found a mapping (GNT_FOUND_*) of a map whose first page is, or would be, at
 * @start: 0 or -GNT_EINVAL. @start is looked at for GNT_FOUND_OURS alone. GNT-OFF-003 to GNT-OFF-007.
 */
/*@ assigns \nothing;
    behavior good:
      assumes found == GNT_FOUND_OURS && (profile == GNT_PROFILE_HEADER ==> vaddr == start);
      ensures result: \result == 0;
    behavior bad:
      assumes found != GNT_FOUND_OURS || (profile == GNT_PROFILE_HEADER && vaddr != start);
      ensures result: \result == -GNT_EINVAL;
    complete behaviors;
    disjoint behaviors;
*/
s32 gnt_offset_check(u32 found, u64 vaddr, u64 start, u32 profile);
