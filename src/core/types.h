/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The integers, page geometry and error numbers of the core. The core includes nothing from outside this directory; that
 * these values are the kernel's and the C library's is asserted where they meet (kernel/, src/model/).
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;
typedef long long s64;

/* bytes in a page and in a grant frame: XEN_PAGE_SIZE */
#define GNT_PAGE_SIZE 4096u

/* error numbers, as returned (negated) by the core */
#define GNT_ENOENT 2
#define GNT_EINTR 4
#define GNT_EAGAIN 11
#define GNT_ENOMEM 12
#define GNT_EFAULT 14
#define GNT_EBUSY 16
#define GNT_EINVAL 22
#define GNT_ENOTTY 25
#define GNT_ENOSPC 28

/* the two profiles (GNT-GEN-001): what existing clients rely on, and what the public header promises */
#define GNT_PROFILE_LINUX 0u
#define GNT_PROFILE_HEADER 1u
