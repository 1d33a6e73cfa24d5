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
#include <xen/interface/event_channel.h>
#include "instance.h"

static_assert(GNT_PAGE_SIZE == PAGE_SIZE && GNT_PAGE_SIZE == XEN_PAGE_SIZE);
/* addresses are 64 bits wide, so a caller of 32-bit words comes by the compatible entry */
static_assert(sizeof(long) == 8);

static_assert(GNT_ENOENT == ENOENT && GNT_EINTR == EINTR && GNT_EAGAIN == EAGAIN);
static_assert(GNT_ENOMEM == ENOMEM && GNT_EFAULT == EFAULT && GNT_EBUSY == EBUSY);
static_assert(GNT_EINVAL == EINVAL && GNT_ENOTTY == ENOTTY && GNT_ENOSPC == ENOSPC);

static_assert(GNT_COMMAND_MAP == IOCTL_GNTDEV_MAP_GRANT_REF);
static_assert(GNT_COMMAND_UNMAP == IOCTL_GNTDEV_UNMAP_GRANT_REF);
static_assert(GNT_COMMAND_OFFSET == IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR);
static_assert(GNT_COMMAND_MAX == IOCTL_GNTDEV_SET_MAX_GRANTS);
static_assert(GNT_COMMAND_NOTIFY == IOCTL_GNTDEV_SET_UNMAP_NOTIFY);
static_assert(GNT_COMMAND_COPY == IOCTL_GNTDEV_GRANT_COPY);

static_assert(GNT_NOTIFY_CLEAR_BYTE == UNMAP_NOTIFY_CLEAR_BYTE);
static_assert(GNT_NOTIFY_SEND_EVENT == UNMAP_NOTIFY_SEND_EVENT);
static_assert(GNT_PORTS_MAX >= EVTCHN_FIFO_NR_CHANNELS);

static_assert(GNT_COPY_SOURCE_GREF == GNTCOPY_source_gref);
static_assert(GNT_COPY_DEST_GREF == GNTCOPY_dest_gref);
static_assert(GNT_COPY_OKAY == GNTST_okay && GNT_STATUS_OKAY == GNTST_okay);
static_assert(GNT_COPY_GENERAL_ERROR == GNTST_general_error);
static_assert(GNT_COPY_BAD_PAGE == GNTST_bad_page && GNT_COPY_EAGAIN == GNTST_eagain);

static_assert(sizeof(struct ioctl_gntdev_grant_ref) == GNT_REF_BYTES);
static_assert(sizeof(struct ioctl_gntdev_map_grant_ref) == GNT_MAP_BYTES);
static_assert(offsetof(struct ioctl_gntdev_map_grant_ref, index) == GNT_MAP_INDEX);
static_assert(offsetof(struct ioctl_gntdev_map_grant_ref, refs) == 16);
static_assert(sizeof(struct ioctl_gntdev_unmap_grant_ref) == GNT_UNMAP_BYTES);
static_assert(sizeof(struct ioctl_gntdev_get_offset_for_vaddr) == 24);
static_assert(offsetof(struct ioctl_gntdev_get_offset_for_vaddr, offset) == GNT_OFFSET_OFFSET);
static_assert(offsetof(struct ioctl_gntdev_get_offset_for_vaddr, count) == GNT_OFFSET_COUNT);
static_assert(sizeof(struct ioctl_gntdev_set_max_grants) == GNT_MAX_BYTES);
static_assert(sizeof(struct ioctl_gntdev_unmap_notify) == GNT_NOTIFY_BYTES);
static_assert(sizeof(struct ioctl_gntdev_grant_copy) == GNT_COPY_BYTES);
static_assert(sizeof(struct gntdev_grant_copy_segment) == GNT_SEGMENT_BYTES);
static_assert(offsetof(struct gntdev_grant_copy_segment, len) == 16);
static_assert(offsetof(struct gntdev_grant_copy_segment, status) == GNT_SEGMENT_STATUS);
