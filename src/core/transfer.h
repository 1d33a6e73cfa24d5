/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * GRANT_COPY: fetches segments, has them split into ops (copy.h), pins the ops' local pages, has Xen execute the ops batch by
 * batch, and hands out the segments' statuses (I8, I11). It keeps nothing after the call and knows nothing of instances and maps
 * (GNT-COPY-026).
 *
 *	fetch, check, status 0 ---> add ---> pin ---+---> the batch is full, or no segment is left:
 *	       ^                                    |     execute, retry, store statuses, unpin
 *	       \------------------------------------/
 */
#pragma once
#include "request.h"
#include "env_copy.h"

/*
 * Ghost: gnt_copied is the number of segments of the call that are done with: all their ops, if any, were executed, and their
 * status is stored. gnt_next is the first segment whose final status may still be stored: each is stored at most once, in order.
 */
/*@ ghost
   u64 gnt_copied;
   u64 gnt_next;
*/

/* for assigns: statuses that were stored; and all that tells how a call went */
#define GNT_STATUSES gnt_copied, gnt_next, GNT_STORED_S16
#define GNT_COPIED GNT_STATUSES, gnt_pin_at[0 .. GNT_COPY_BATCH-1], gnt_xen_said[0 .. GNT_COPY_BATCH-1], gnt_given, GNT_TAKEN

/*
 * GRANT_COPY of @count segments at user address @segments, for a caller of 32-bit words if @compat is not 0. 0: all ops of all
 * segments were executed and all statuses stored. -GNT_ENOMEM: nothing was fetched. -GNT_EFAULT, -GNT_EINVAL, -GNT_EINTR: the
 * batches that Xen was given before have taken effect, and it is given no other. GNT-COPY-001, GNT-COPY-003 .. GNT-COPY-032.
 */
/*@ requires open:    gnt_locked == 0 && gnt_map_locked == 0;
    requires idle:    gnt_transfers == 0 && transfer_unpinned(0, GNT_COPY_BATCH);
    assigns  gnt_fetched, GNT_COPIED, gnt_slept, gnt_transfers, gnt_pin[0 .. GNT_COPY_BATCH-1],
             *gnt_transfer_memory;
    ensures  balance: gnt_transfers == 0 && transfer_unpinned(0, GNT_COPY_BATCH);
    ensures  error:   \result == 0 || \result == -GNT_EFAULT || \result == -GNT_EINVAL || \result == -GNT_ENOMEM
                      || \result == -GNT_EINTR;
    ensures  all:     \result == 0 ==> gnt_copied == count;
    ensures  none:    count == 0 ==> \result == 0;
    ensures  early:   count == 0 || \result == -GNT_ENOMEM ==> gnt_fetched == 0;
*/
s32 gnt_grant_copy(u64 segments, u32 count, u32 compat);
