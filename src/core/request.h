/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Decisions on a request that need no state: may this many grants be mapped by one call, may a VMA of this kind show them. The
 * errors are those of the ABI.
 */
#pragma once
#include "slots.h"

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
