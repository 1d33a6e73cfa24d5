/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The instance: what each ioctl does, and each event that Linux tells of (mmap, VMAs that come and go, the release). Here calls
 * are put together from the parts: fetch, decode, act under the lock, carry out what follows without it. Whatever is decided,
 * is decided in the parts; whatever is done, is done by the environment (env_*.h).
 *
 * All of these are called without locks and leave none (I10). What other threads do meanwhile is in gnt_env_lock()'s contract.
 *
 *	MAP:   new block -> fetch refs -> [reserve] -> copy out -> [list]	 [ ] = one critical section
 *	                                       \--> on an error: [end the call] -> the block is dropped
 *	mmap:  [attempt] -> the embedder's VMA -> hypercalls			UNMAP: [look up, unlist] -> drop if unused
 */
#pragma once
#include "map.h"
#include "transfer.h"
#include "uses.h"

#include "instance_logic.h"

/*
 * An ioctl: @command with the argument at user address @arg, from a caller of 32-bit words if @compat is not 0. Returns 0 or a
 * negative error, those of the table in spec/requirements.md. An error leaves the abstract state as it was (I12); success
 * changes it once, or not at all for GET_OFFSET_FOR_VADDR and GRANT_COPY. GNT-GEN-003, GNT-GEN-011, GNT-GEN-013, GNT-GEN-020.
 */
/*@ requires idle:    fresh && transfer_idle;
    assigns  GNT_WORLD, GNT_TRANSFER_ALL;
    ensures  idle:    idle && transfer_idle;
    ensures  uses:    uses_back{Pre,Post};
    ensures  error:   \result == 0 || ioctl_error(\result);
    ensures  atomic:  \result != 0 ==> gnt_changes == 0;
    ensures  once:    \result == 0 ==> gnt_changes == call_changes(command_call(command, gnt_profile, compat));
    ensures  which:   \result == 0 ==> change_asked(command_call(command, gnt_profile, compat));
    ensures  limit:   \result == 0 && command_call(command, gnt_profile, compat) == GNT_CALL_MAP ==> change_limited;
    ensures  copied:  \result == 0 && command_call(command, gnt_profile, compat) == GNT_CALL_COPY ==>
      gnt_copied == gnt_asked_count;
    ensures  offset:  \result == 0 && command_call(command, gnt_profile, compat) == GNT_CALL_MAP ==> told_map(arg);
    ensures  vaddr:   \result == 0 && command_call(command, gnt_profile, compat) == GNT_CALL_OFFSET ==> told_offset(arg);
    ensures  none:    command_call(command, gnt_profile, compat) == GNT_CALL_NONE ==> \result == -GNT_ENOTTY;
*/
s32 gnt_ioctl(struct gnt_file *file, u32 command, u64 arg, u32 compat);

/*
 * mmap() of @pages pages at page offset @slot, the first half: returns the map's first slot, or -GNT_EINVAL. From now on the
 * map counts as attempted and mapped (GNT-MMAP-022), and the caller acts for its VMA: it makes ready what it needs for one, and
 * then calls gnt_mmap_commit() or gnt_mmap_cancel(). GNT-MMAP-002 to GNT-MMAP-007.
 */
/*@ requires idle:    fresh;
    assigns  GNT_WORLD;
    ensures  idle:    idle;
    ensures  error:   \result < 0 ==> \result == -GNT_EINVAL && gnt_changes == 0 && uses_back{Pre,Post};
    ensures  change:  \result >= 0 ==> gnt_changes == 1 && gnt_change == GNT_CHANGE_ATTEMPT && gnt_change_first == \result
                        && gnt_change_count == pages;
    ensures  mine:    \result >= 0 ==> \result == slot && mine_vma(\result) && \at(gnt_my_vmas[\result], Pre) == 0;
    ensures  others:  \result >= 0 ==> uses_but{Pre,Post}(\result);
    ensures  refused: writable != 0 && shared == 0 ==> \result < 0;
*/
s32 gnt_mmap_prepare(struct gnt_file *file, u64 slot, u64 pages, u32 writable, u32 shared);

/*
 * The second half: the hypercalls. 0: every page is LIVE, and the caller goes on to act for the VMA. -GNT_EINVAL: nothing is
 * mapped, and the VMA is gone, as in gnt_vma_close(). GNT-MMAP-008 to GNT-MMAP-011, GNT-MMAP-015, GNT-MMAP-021.
 */
/*@ requires idle:    fresh;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  error:   \result == 0 || \result == -GNT_EINVAL;
    ensures  mapped:  \result == 0 ==> uses_back{Pre,Post} && mine_vma(first);
    ensures  live:    \result == 0 ==> map_shown(gnt_my_count[first], writable);
    ensures  failed:  \result != 0 ==> uses_but{Pre,Post}(first) && gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1
                        && gnt_my_calls[first] == \old(gnt_my_calls[first]);
*/
s32 gnt_mmap_commit(struct gnt_file *file, u32 first, u32 writable);

/*
 * The mmap came to nothing before the second half. With @again nothing was attempted, and it may be tried again. GNT-MMAP-013,
 * GNT-MMAP-023.
 */
/*@ requires idle:    fresh;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  gone:    uses_but{Pre,Post}(first) && gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1
                        && gnt_my_calls[first] == \old(gnt_my_calls[first]);
*/
void gnt_mmap_cancel(struct gnt_file *file, u32 first, u32 again);

/*
 * The second half succeeded, and the mmap failed all the same, as it can where the embedder has to insert pages afterwards:
 * every page is taken back, and the VMA is gone. GNT-MMAP-009, GNT-MMAP-013.
 */
/*@ requires idle:    fresh;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD, gnt_hid;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  taken:   gnt_hid == \old(gnt_my_block[first]);
    ensures  gone:    uses_but{Pre,Post}(first) && gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1
                        && gnt_my_calls[first] == \old(gnt_my_calls[first]);
*/
void gnt_mmap_abort(struct gnt_file *file, u32 first);

/*
 * A VMA of the map at @first was made of another one, which the caller acts for: by fork, a split, a move. The caller acts for
 * both now. GNT-MUNMAP-011, GNT-FORK-002, GNT-MREMAP-005.
 */
/*@ requires idle:    fresh;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  more:    uses_but{Pre,Post}(first) && gnt_my_vmas[first] == \old(gnt_my_vmas[first]) + 1
                        && gnt_my_calls[first] == \old(gnt_my_calls[first]) && mine_vma(first);
*/
void gnt_vma_open(struct gnt_file *file, u32 first);

/*
 * A VMA of the map at @first, which the caller acts for, is gone. If it was the last one the environment hears of it
 * (gnt_env_unmapped()), and if the map is not listed either, it is dropped. GNT-MUNMAP-010, GNT-MUNMAP-011, GNT-SLOT-008.
 */
/*@ requires idle:    fresh;
    requires mine:    first < GNT_SLOTS_MAX && mine_vma(first);
    assigns  GNT_WORLD;
    ensures  idle:    idle && gnt_changes == 0;
    ensures  gone:    uses_but{Pre,Post}(first) && gnt_my_vmas[first] == \old(gnt_my_vmas[first]) - 1
                        && gnt_my_calls[first] == \old(gnt_my_calls[first]);
*/
void gnt_vma_close(struct gnt_file *file, u32 first);

/* May a mapping be split? 1: yes, 0: no, in the header profile. GNT-MUNMAP-003, GNT-MUNMAP-004. */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0;
    assigns  \nothing;
    ensures  result:  \result == (gnt_profile == GNT_PROFILE_LINUX ? 1 : 0);
*/
u32 gnt_may_split(struct gnt_file *file);

/*
 * The release of the instance: descriptors and mappings are gone, so the listing is the last that keeps a map. Every map is
 * unlisted; those that wait for a page in use go on without the instance. GNT-CLOSE-001, GNT-CLOSE-003, GNT-CLOSE-005.
 */
/*@ requires idle:    fresh && gnt_swept == 0;
    assigns  GNT_WORLD;
    ensures  idle:    idle;
    ensures  uses:    uses_back{Pre,Post};
    ensures  all:     gnt_swept == GNT_SLOTS_MAX;
*/
void gnt_release(struct gnt_file *file);
