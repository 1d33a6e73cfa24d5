/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of instance.h mean: a thread that has nothing in its hands, and what a call may touch. Comments only, for
 * the compiler, and macros for long lists of locations.
 */
#pragma once

/*
 * For assigns. `{ *q | u32 *q; \true }` stands for the arrays of states and maps, wherever they are: those of one call are not
 * there before it, or may be replaced in it. They are of u32 and u64.
 */
#define GNT_HEAP { *q | u32 *q; \true }, { *q | u64 *q; \true }, { *q | struct gnt_limits *q; \true }
#define GNT_MINE_ALL GNT_MINE(0 .. GNT_SLOTS_MAX-1)
#define GNT_THEIR_ALL gnt_their_vmas[0 .. GNT_SLOTS_MAX-1], gnt_their_calls[0 .. GNT_SLOTS_MAX-1], \
	gnt_their_block[0 .. GNT_SLOTS_MAX-1], gnt_their_count[0 .. GNT_SLOTS_MAX-1], gnt_their_hidden[0 .. GNT_SLOTS_MAX-1]
#define GNT_LIVES { *q | struct gnt_life *q; \true }
#define GNT_ASKED gnt_asked, gnt_asked_count
#define GNT_TOLD GNT_STORED_U64, GNT_STORED_U32, gnt_found, gnt_found_at
#define GNT_NAMED gnt_refs_at, gnt_noted, gnt_named_domid[0 .. GNT_PAGES_MAX-1], gnt_named_ref[0 .. GNT_PAGES_MAX-1]
#define GNT_WORLD GNT_HEAP, GNT_LIVES, GNT_ASKED, GNT_NAMED, GNT_TOLD, GNT_MINE_ALL, GNT_THEIR_ALL, GNT_XEN_ALL, GNT_CHANGE, \
	GNT_SHARE, gnt_swept, gnt_limit_said, gnt_locked, gnt_map_locked, gnt_my_own, gnt_fetched, gnt_spares, gnt_spare, \
	gnt_port_refs[0 .. GNT_PORTS_MAX-1]

#define GNT_TRANSFER_ALL GNT_COPIED, gnt_slept, gnt_transfers, gnt_pin[0 .. GNT_COPY_BATCH-1], *gnt_transfer_memory

/*@ ghost
   // what the request at hand names: the slot in which its offset lies, or its user address, and its count
   u64 gnt_asked;
   u32 gnt_asked_count;
   // the references of the map that is being made: the user address of the first, how many were noted, and what they name
   u64 gnt_refs_at;
   u64 gnt_noted;
   u64 gnt_named_domid[GNT_PAGES_MAX];
   u64 gnt_named_ref[GNT_PAGES_MAX];
*/

/*@ // ---- nothing in hand: no lock, no map, no port, no memory; no change counted yet
    predicate idle{L} = gnt_locked == 0 && gnt_map_locked == 0 && gnt_my_own == 0 && gnt_my_share == 0 && gnt_my_retry == 0
      && gnt_spares == 0 && port_none;
    predicate fresh{L} = idle && gnt_changes == 0;

    // ---- my uses of all records are the same ones as before: a use that lasts is of the same map
    predicate uses_back{A,B} = \forall integer j; 0 <= j < GNT_SLOTS_MAX ==> use_kept{A,B}(j);
    predicate uses_but{A,B}(integer k) = \forall integer j; 0 <= j < GNT_SLOTS_MAX && j != k ==> use_kept{A,B}(j);

    // ---- the grant of page done + i is the one that user space named in the i-th of the references in raw
    predicate ref_is{L}(struct gnt_pages p, integer done, u8 *raw, integer i) =
      p.domid[done + i] == le32(raw, i * GNT_REF_BYTES) && p.ref[done + i] == le32(raw, i * GNT_REF_BYTES + 4);
    predicate ref_named{L}(struct gnt_pages p, integer i) =
      p.domid[i] == gnt_named_domid[i] && p.ref[i] == gnt_named_ref[i];
    predicate ref_same{A,B}(struct gnt_pages p, integer i) =
      \at(p.domid[i], A) == \at(p.domid[i], B) && \at(p.ref[i], A) == \at(p.ref[i], B);
    predicate named_same{A,B}(integer i) = \at(gnt_named_domid[i], A) == \at(gnt_named_domid[i], B)
      && \at(gnt_named_ref[i], A) == \at(gnt_named_ref[i], B);

    // ---- I act for a VMA of the map at k
    predicate mine_vma{L}(integer k) = gnt_my_vmas[k] >= 1 && gnt_my_calls[k] >= 0
      && gnt_my_block[k] != 0 && 1 <= gnt_my_count[k] <= GNT_SLOTS_MAX;

    // ---- nothing in a transfer's hands
    predicate transfer_idle{L} = gnt_transfers == 0 && transfer_unpinned(0, GNT_COPY_BATCH);

    // ---- GNT-GEN-020: the errors of all ioctls
    predicate ioctl_error(integer e) = e == -GNT_EFAULT || e == -GNT_EINVAL || e == -GNT_ENOMEM || e == -GNT_ENOENT
      || e == -GNT_EBUSY || e == -GNT_ENOTTY || e == -GNT_EINTR;

    // ---- which call a command is
    logic integer command_call(integer command, integer profile, integer compat) =
        command == GNT_COMMAND_MAP ? GNT_CALL_MAP : command == GNT_COMMAND_UNMAP ? GNT_CALL_UNMAP
      : command == GNT_COMMAND_OFFSET ? GNT_CALL_OFFSET
      : command == GNT_COMMAND_MAX && profile == GNT_PROFILE_HEADER ? GNT_CALL_MAX
      : command == GNT_COMMAND_NOTIFY ? GNT_CALL_NOTIFY
      : command == (compat != 0 ? GNT_COMMAND_COPY_COMPAT : GNT_COMMAND_COPY) ? GNT_CALL_COPY : GNT_CALL_NONE;

    // ---- the change is the one that the request asked for
    predicate change_asked{L}(integer call) =
         (call == GNT_CALL_MAP ==> gnt_change == GNT_CHANGE_LIST && gnt_change_count == gnt_asked_count)
      && (call == GNT_CALL_UNMAP ==> gnt_change == GNT_CHANGE_UNLIST && gnt_change_first == gnt_asked
           && (gnt_change_count == gnt_asked_count || (gnt_asked_count == 0 && gnt_profile == GNT_PROFILE_LINUX))
           && (gnt_profile == GNT_PROFILE_HEADER ==> gnt_change_mapped == 0))
      && (call == GNT_CALL_MAX ==> gnt_change == GNT_CHANGE_MAX && gnt_change_count == gnt_asked_count)
      && (call == GNT_CALL_NOTIFY ==> gnt_change == GNT_CHANGE_NOTIFY
           && gnt_change_first <= gnt_asked < gnt_change_first + gnt_change_count);

    // ---- I9: the map that was listed is within the limit that was in force
    predicate change_limited{L} = gnt_change_count <= gnt_limit_said;

    // ---- what user space was told. GNT-MAP-001: the offset of the map that was listed. GNT-OFF-001: of the map whose VMA has
    // the address asked for, its offset and its count
    predicate told_map{L}(u64 arg) =
      gnt_stored_u64_at == arg + GNT_MAP_INDEX && gnt_stored_u64 == gnt_change_first * GNT_PAGE_SIZE;
    predicate told_offset{L}(u64 arg) =
         gnt_found_at == gnt_asked && gnt_found.found == GNT_FOUND_OURS
      && (gnt_profile == GNT_PROFILE_HEADER ==> gnt_asked == gnt_found.start)
      && gnt_stored_u64_at == arg + GNT_OFFSET_OFFSET && gnt_stored_u64 == gnt_found.first * GNT_PAGE_SIZE
      && gnt_stored_u32_at == arg + GNT_OFFSET_COUNT && gnt_stored_u32 == gnt_found.count;

    // ---- how many changes a call makes
    logic integer call_changes(integer call) =
      call == GNT_CALL_MAP || call == GNT_CALL_UNMAP || call == GNT_CALL_MAX || call == GNT_CALL_NOTIFY ? 1 : 0;
*/
