// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The stateless decisions of request.h: nothing to prove but what each says, nothing to forget but a bound. */
#include "request.h"

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
