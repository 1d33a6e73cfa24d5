/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What the contracts of request.h mean: little-endian numbers in the bytes of an argument, and the sides of a copy segment.
 * Comments only, for the compiler.
 */
#pragma once

/*@ // ---- the number in bytes i, i + 1, ... of raw
    logic integer le16{L}(u8 *raw, integer i) = raw[i] + 0x100 * raw[i + 1];
    logic integer le32{L}(u8 *raw, integer i) = le16(raw, i) + 0x10000 * le16(raw, i + 2);
    logic integer le64{L}(u8 *raw, integer i) = le32(raw, i) + 0x100000000 * le32(raw, i + 4);

    // ---- the side of a segment whose union begins at byte i: a user address, of 32 bits from a 32-bit caller, or an offset
    logic integer segment_address{L}(u8 *raw, integer i, integer compat) = compat != 0 ? le32(raw, i) : le64(raw, i);
    predicate segment_foreign{L}(u8 *raw, integer side) = copy_foreign(le16(raw, 18), side);
*/
