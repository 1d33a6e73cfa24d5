/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core includes nothing of the kernel's; that its numbers are the kernel's and Xen's, and that
 * the ABI is laid out as spec/ says, is asserted here. GNT-GEN-021, GNT-MOD-009.
 */
#pragma once
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>
#include <xen/page.h>
#include "copy.h"

static_assert(GNT_PAGE_SIZE == PAGE_SIZE && GNT_PAGE_SIZE == XEN_PAGE_SIZE);

static_assert(GNT_ENOENT == ENOENT && GNT_EFAULT == EFAULT && GNT_EINVAL == EINVAL && GNT_ENOSPC == ENOSPC);

static_assert(GNT_COPY_SOURCE_GREF == GNTCOPY_source_gref && GNT_COPY_DEST_GREF == GNTCOPY_dest_gref);
static_assert(GNT_COPY_OKAY == GNTST_okay);

static_assert(sizeof(struct ioctl_gntdev_grant_ref) == 8);
static_assert(sizeof(struct ioctl_gntdev_map_grant_ref) == 24);
static_assert(offsetof(struct ioctl_gntdev_map_grant_ref, index) == 8);
static_assert(offsetof(struct ioctl_gntdev_map_grant_ref, refs) == 16);
static_assert(sizeof(struct ioctl_gntdev_unmap_grant_ref) == 16);
static_assert(sizeof(struct ioctl_gntdev_get_offset_for_vaddr) == 24);
static_assert(sizeof(struct ioctl_gntdev_set_max_grants) == 4);
static_assert(sizeof(struct ioctl_gntdev_unmap_notify) == 16);
static_assert(sizeof(struct ioctl_gntdev_grant_copy) == 16);
static_assert(sizeof(struct gntdev_grant_copy_segment) == 24);
static_assert(offsetof(struct gntdev_grant_copy_segment, len) == 16);
static_assert(offsetof(struct gntdev_grant_copy_segment, status) == 20);
