// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory, for the core: see src/core/env_user.h. An address is 64 bits wide and never reduced;
 * what is no user address, or a range that wraps, is refused by access_ok(). Honours GNT-GEN-015,
 * and for each call of its functions GNT-GEN-002 and GNT-GEN-007: one access to the bytes it was
 * asked for, and to no other (I11). No lock is held (I10, GNT-GEN-008).
 */
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include "env_user.h"
#include "locks.h"

s32 gnt_env_fetch(u8 *to, u64 from, u32 bytes)
{
	gp_assert_open();
	return copy_from_user(to, u64_to_user_ptr(from), bytes) ? -EFAULT : 0;
}

s32 gnt_env_store_u64(u64 to, u64 value)
{
	gp_assert_open();
	return put_user(value, (u64 __user *)u64_to_user_ptr(to));
}

s32 gnt_env_store_u32(u64 to, u32 value)
{
	gp_assert_open();
	return put_user(value, (u32 __user *)u64_to_user_ptr(to));
}

s32 gnt_env_store_s16(u64 to, s16 value)
{
	gp_assert_open();
	return put_user(value, (s16 __user *)u64_to_user_ptr(to));
}
