/* SPDX-License-Identifier: MIT */
/*
 * What the proof's ghost state says, as variables: which blocks, uses, ports, pins and memory each call has in its
 * hands, and what Xen has of each page. The driver tells of all that happens, and what the contracts of
 * src/core/env_*.h demand or promise is looked up here; who breaks one ends the program (breach()). Nothing the driver
 * does depends on it.
 *
 * A call is what a thread is in the proof. Other calls run in the middle of it (model_interleave()), and have a struct
 * mirror of their own. Which records and which armed events a critical section has changed is found by comparing them
 * with what they were: only of states and maps up to MIRROR_MAX, so that a large one does not take the day.
 */
#pragma once
#include "instance.h"
#include "world.h"

#define MIRROR_MAX 2048u /* slots of a state, pages of a map */
#define MIRROR_USES 4u /* records that a call uses at a time */
#define MIRROR_TAKEN (GNT_COPY_BATCH + 1) /* segments: those of a batch, and the one that has no room in it */
#define MIRROR_HANDS 4u /* ports of which a call has references at a time */

struct mirror;

/*
 * An instance's records, as the last critical section left them: arrays as in the state, so that memory can be compared with
 * memory, where nothing has changed most of the time.
 */
struct mirror_state {
	u64 *map, *block, *vmas, *calls; /* [capacity]; NULL: the state is too large to be looked at each time */
	u32 *count, *tried; /* [capacity] */
	const struct mirror **hidden; /* [capacity]: the call that is making the map; NULL: none */
	u32 capacity;
	struct gnt_limits limits;
	u64 checked; /* check.c: when it last looked at the state */
};

struct mirror_record {
	u64 map, block, vmas, calls;
	u32 count, tried;
	const struct mirror *hidden;
};

/* Xen's view of a map's pages, who may name the block, and what was armed when the lock was last released. */
struct mirror_map {
	u32 *user, *kernel; /* [count]: 1 + the handle of the mapping, or 0 */
	u8 *writable; /* [count]: of the kernel's mapping */
	u8 *gone; /* [count]: the placeholder page was given back */
	u8 *refused; /* [count]: Xen refused to unmap the page */
	u8 *used; /* [count]: the page was in use when the core asked last */
	u32 *armed; /* [count]: 1 + the port to which an event is armed, or 0; NULL: the map is too large */
	u32 *byte; /* [count], like armed: 1 + the offset of the byte that is to be cleared, or 0 */
	u8 *live; /* [count], like armed: the page was LIVE */
	u32 shares, promises; /* I5: 0 or 1 each */
};

/* A segment of GRANT_COPY, as it was fetched. */
struct mirror_taken {
	u64 number; /* 1 + which of the call; 0: none */
	u8 bytes[GNT_SEGMENT_BYTES];
};

/* What a call has in its hands. */
struct mirror {
	struct mirror *outer; /* the call in whose middle this one runs */
	struct {
		struct gnt_file *file; /* NULL: not in use */
		u32 first;
		struct gntdev_map *map;
		u32 vmas, calls;
	} use[MIRROR_USES];
	struct gntdev_map *own, *share, *lent, *retry; /* gnt_my_own, gnt_my_share (lent: by a use), gnt_my_retry */
	bool blind; /* it was in a critical section that cannot be looked at */
	struct gnt_state spare; /* gnt_spare; no capacity: none */
	struct {
		u32 port;
		s32 refs; /* gnt_port_refs; below 0 while a replacement is looked at */
	} hand[MIRROR_HANDS];
	u32 event_due; /* gnt_event_due */
	struct gnt_transfer *transfer;
	struct mirror_taken *taken; /* [MIRROR_TAKEN]: the segments last taken that are not empty, in a ring; NULL: no transfer */
	u32 next; /* where the next is put */
	u32 pin[GNT_COPY_BATCH]; /* GNT_PIN_* */
	u64 pin_at[GNT_COPY_BATCH]; /* where it was asked for: gnt_pin_at */
	u32 mfn[GNT_COPY_BATCH]; /* what is pinned */
	bool executed; /* the batch was handed to Xen, and no status was stored since */
	s32 xen_said[GNT_COPY_BATCH]; /* gnt_xen_said */
	u64 slept; /* gnt_slept */
	u32 list, unlist, attempt, max, performed; /* changes made: gnt_changes; and limits->performed */
	u32 listed, listed_count; /* gnt_change_first and gnt_change_count of the map that was listed */
	u32 limit_said; /* gnt_limit_said */
	u32 unlisted, unlisted_count; /* and of the one that no longer is */
	u32 untried; /* records of which an attempt was taken back */
	u32 asked_bytes; /* the first bytes that were fetched: gnt_asked; 0: none yet */
	u8 asked[GNT_SEGMENT_BYTES], fetched[GNT_SEGMENT_BYTES]; /* those, and those of what was fetched last */
	struct gnt_vma found; /* gnt_found */
	struct mirror_number {
		u64 value, at;
	} stored_u64, stored_u32; /* gnt_stored_u64, gnt_stored_u32 */
};

/* ---- calls (mirror.c). At its end a call has nothing in hand but what it gave. */
void mirror_begin(struct model *m, struct mirror *call);
void mirror_end(struct model *m, struct mirror *call);
/* The running call acts for @n VMAs of the map at @first that Linux has; what it leaves behind, Linux has. */
void mirror_take_vmas(struct gnt_file *file, u32 first, struct gntdev_map *map, u32 n);
void mirror_give_vmas(struct gnt_file *file, u32 first, u32 n);
struct mirror *mirror_call(void); /* the running one */
/* The running call ends with @error: does that agree with what it has changed, and told user space at @arg? I12 */
void mirror_ioctl(u32 command, u64 arg, s32 error);

/* ---- what was asked for (mirror_asked.c) */
void mirror_fetched(const u8 *bytes, u32 len);
void mirror_unmapped(void); /* an UNMAP succeeded */
void mirror_status(u64 to, s16 status); /* of a segment, is stored */
void mirror_copied(void); /* the batch is to be */
void mirror_refused(const struct gnt_file *file, u64 taken, const struct vma *vma); /* an mmap */
void mirror_cancelled(bool again); /* so is one, before anything was mapped */
void mirror_undone(const struct model *m, const struct gntdev_map *of); /* and after that */

/* ---- an instance's critical sections (mirror_state.c) */
void mirror_opened(struct gnt_file *file);
void mirror_locked(struct gnt_file *file);
void mirror_unlocking(struct gnt_file *file);
void mirror_closed(struct gnt_file *file); /* nothing is listed, mapped or used */

/* ---- blocks (mirror_map.c) */
void mirror_made(struct gntdev_map *map); /* new, and the running call's */
void mirror_freed(struct gntdev_map *map);
void mirror_may_name(struct gntdev_map *map); /* may the running call take its lock? */
void mirror_map_locked(struct gntdev_map *map);
void mirror_map_unlocking(struct gntdev_map *map, struct gnt_pages p);
void mirror_deferred(struct gntdev_map *map);
void mirror_put(struct gntdev_map *map, u32 from, u32 to);
/* pages_out of map_logic.h: the pages have left user space and went back, unless they are in use, or Xen refused */
void mirror_out(const struct gntdev_map *map, u32 from, u32 to);
void mirror_cleared(struct gntdev_map *map, u32 page, u32 offset);
void mirror_sent(u32 port);
void mirror_settle(struct gntdev_map *map); /* what was armed and is not any more: the reference is in hand */

/* ---- references on ports in the running call's hands: one more, one less, is there one? (mirror.c) */
void mirror_hand(u32 port, s32 change);
void mirror_in_hand(u32 port);

/* ---- invariants, as code (check_state.c, check_map.c): state_inv and map_inv */
void check_state(const struct gnt_state *s);
void check_map_inv(const struct gntdev_map *map);
