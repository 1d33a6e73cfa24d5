/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The environment, part one: user memory of the calling process, and the ghost state of the locks. The embedder (kernel/,
 * src/model/) defines the functions; their contracts are assumed by the proof, and checked at run time by the model.
 *
 * I10: gnt_locked says whether this thread holds an instance's lock, gnt_map_locked the block whose lock it holds (0: none).
 * Whatever may fault or sleep requires both to be open; under a map's lock hypercalls are allowed, under an instance's nothing is.
 * I11: gnt_fetched is the address below which all of the argument at hand counts as fetched. A function that starts to read
 * another argument sets it to 0.
 * gnt_stored_*: the number of each width that was stored last, and its address. What user space is told is stated by them.
 */
#pragma once
#include "types.h"

/*@ ghost
   int gnt_locked;
   u64 gnt_map_locked;
   u64 gnt_fetched;
   u64 gnt_stored_u64;
   u64 gnt_stored_u64_at;
   u32 gnt_stored_u32;
   u64 gnt_stored_u32_at;
   s16 gnt_stored_s16;
   u64 gnt_stored_s16_at;
*/

/* for assigns */
#define GNT_STORED_U64 gnt_stored_u64, gnt_stored_u64_at
#define GNT_STORED_U32 gnt_stored_u32, gnt_stored_u32_at
#define GNT_STORED_S16 gnt_stored_s16, gnt_stored_s16_at

/*
 * Fetches @bytes bytes at user address @from. -GNT_EFAULT: they are not all accessible, or their range does not end below
 * 2^64; then @to holds anything. GNT-GEN-015, GNT-GEN-002.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires some:  bytes >= 1;
    requires mem:   \valid(to + (0 .. bytes-1));
    requires once:  from >= gnt_fetched;
    assigns  to[0 .. bytes-1], gnt_fetched;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  end:   \result == 0 ==> from + bytes <= 0xffffffffffffffff && gnt_fetched == from + bytes;
*/
s32 gnt_env_fetch(u8 *to, u64 from, u32 bytes);

/*
 * Stores one number, in the machine's byte order, at user address @to. -GNT_EFAULT: the bytes are not all accessible, or their
 * range does not end below 2^64. GNT-GEN-007, GNT-GEN-015.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  GNT_STORED_U64;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  end:   \result == 0 ==> to + 8 <= 0xffffffffffffffff;
    ensures  value: \result == 0 ==> gnt_stored_u64 == value && gnt_stored_u64_at == to;
*/
s32 gnt_env_store_u64(u64 to, u64 value);

/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  GNT_STORED_U32;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  end:   \result == 0 ==> to + 4 <= 0xffffffffffffffff;
    ensures  value: \result == 0 ==> gnt_stored_u32 == value && gnt_stored_u32_at == to;
*/
s32 gnt_env_store_u32(u64 to, u32 value);

/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    assigns  GNT_STORED_S16;
    ensures  error: \result == 0 || \result == -GNT_EFAULT;
    ensures  end:   \result == 0 ==> to + 2 <= 0xffffffffffffffff;
    ensures  value: \result == 0 ==> gnt_stored_s16 == value && gnt_stored_s16_at == to;
*/
s32 gnt_env_store_s16(u64 to, s16 value);
