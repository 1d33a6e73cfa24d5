/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The integers, page geometry and error numbers of the core. The core includes nothing from outside this directory; that
 * these values are the kernel's and the C library's is asserted where they meet (kernel/, src/model/).
 */
#pragma once

typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;
typedef unsigned long long u64;

/* bytes in a page and in a grant frame: XEN_PAGE_SIZE */
#define GNT_PAGE_SIZE 4096u

/* error numbers, as returned (negated) by the core */
#define GNT_ENOENT 2
#define GNT_ENOMEM 12
#define GNT_EFAULT 14
#define GNT_EINVAL 22
#define GNT_ENOSPC 28
