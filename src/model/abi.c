/* SPDX-License-Identifier: MIT */
/*
 * Static assertions, and nothing else: sizes, offsets and numbers of the ABI of <xen/gntdev.h> on LP64 (GNT-GEN-021),
 * and the constants that the core repeats because it includes no header but its own.
 */
#include <assert.h>
#include <stddef.h>
#include "abi.h"
#include "instance.h"
#include "model.h"

#define ABI_SIZE(type, bytes) static_assert(sizeof(struct type) == (bytes), #type)
#define ABI_FIELD(type, field, at, bytes) \
	static_assert(offsetof(struct type, field) == (at), #type "." #field " is elsewhere"); \
	static_assert(sizeof(((struct type *)0)->field) == (bytes), #type "." #field " has another size")

/*
 * GNT-GEN-011: a command is compared as a whole, so type, number and size (the two high bits are _IOC_NONE) are spelt
 * out.
 */
#define ABI_COMMAND(command, number, size) static_assert((command) == ((size) << 16 | 'G' << 8 | (number)), #command)

ABI_SIZE(ioctl_gntdev_grant_ref, 8);
ABI_FIELD(ioctl_gntdev_grant_ref, domid, 0, 4);
ABI_FIELD(ioctl_gntdev_grant_ref, ref, 4, 4);

ABI_COMMAND(IOCTL_GNTDEV_MAP_GRANT_REF, 0, 24);
ABI_SIZE(ioctl_gntdev_map_grant_ref, 24);
ABI_FIELD(ioctl_gntdev_map_grant_ref, count, 0, 4);
ABI_FIELD(ioctl_gntdev_map_grant_ref, pad, 4, 4);
ABI_FIELD(ioctl_gntdev_map_grant_ref, index, 8, 8);
ABI_FIELD(ioctl_gntdev_map_grant_ref, refs, 16, 8);

ABI_COMMAND(IOCTL_GNTDEV_UNMAP_GRANT_REF, 1, 16);
ABI_SIZE(ioctl_gntdev_unmap_grant_ref, 16);
ABI_FIELD(ioctl_gntdev_unmap_grant_ref, index, 0, 8);
ABI_FIELD(ioctl_gntdev_unmap_grant_ref, count, 8, 4);
ABI_FIELD(ioctl_gntdev_unmap_grant_ref, pad, 12, 4);

ABI_COMMAND(IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, 2, 24);
ABI_SIZE(ioctl_gntdev_get_offset_for_vaddr, 24);
ABI_FIELD(ioctl_gntdev_get_offset_for_vaddr, vaddr, 0, 8);
ABI_FIELD(ioctl_gntdev_get_offset_for_vaddr, offset, 8, 8);
ABI_FIELD(ioctl_gntdev_get_offset_for_vaddr, count, 16, 4);
ABI_FIELD(ioctl_gntdev_get_offset_for_vaddr, pad, 20, 4);

ABI_COMMAND(IOCTL_GNTDEV_SET_MAX_GRANTS, 3, 4);
ABI_SIZE(ioctl_gntdev_set_max_grants, 4);
ABI_FIELD(ioctl_gntdev_set_max_grants, count, 0, 4);

ABI_COMMAND(IOCTL_GNTDEV_SET_UNMAP_NOTIFY, 7, 16);
ABI_SIZE(ioctl_gntdev_unmap_notify, 16);
ABI_FIELD(ioctl_gntdev_unmap_notify, index, 0, 8);
ABI_FIELD(ioctl_gntdev_unmap_notify, action, 8, 4);
ABI_FIELD(ioctl_gntdev_unmap_notify, event_channel_port, 12, 4);

ABI_COMMAND(IOCTL_GNTDEV_GRANT_COPY, 8, 16);
ABI_SIZE(ioctl_gntdev_grant_copy, 16);
ABI_FIELD(ioctl_gntdev_grant_copy, count, 0, 4);
ABI_FIELD(ioctl_gntdev_grant_copy, segments, 8, 8);

ABI_SIZE(gntdev_grant_copy_segment, 24);
ABI_FIELD(gntdev_grant_copy_segment, source.virt, 0, 8);
ABI_FIELD(gntdev_grant_copy_segment, source.foreign.ref, 0, 4);
ABI_FIELD(gntdev_grant_copy_segment, source.foreign.offset, 4, 2);
ABI_FIELD(gntdev_grant_copy_segment, source.foreign.domid, 6, 2);
ABI_FIELD(gntdev_grant_copy_segment, dest.virt, 8, 8);
ABI_FIELD(gntdev_grant_copy_segment, dest.foreign.ref, 8, 4);
ABI_FIELD(gntdev_grant_copy_segment, dest.foreign.offset, 12, 2);
ABI_FIELD(gntdev_grant_copy_segment, dest.foreign.domid, 14, 2);
ABI_FIELD(gntdev_grant_copy_segment, len, 16, 2);
ABI_FIELD(gntdev_grant_copy_segment, flags, 18, 2);
ABI_FIELD(gntdev_grant_copy_segment, status, 20, 2);

ABI_COMMAND(IOCTL_GNTDEV_DMABUF_EXP_FROM_REFS, 9, 20);
ABI_SIZE(ioctl_gntdev_dmabuf_exp_from_refs, 20);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_from_refs, flags, 0, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_from_refs, count, 4, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_from_refs, fd, 8, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_from_refs, domid, 12, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_from_refs, refs, 16, 4);

ABI_COMMAND(IOCTL_GNTDEV_DMABUF_EXP_WAIT_RELEASED, 10, 8);
ABI_SIZE(ioctl_gntdev_dmabuf_exp_wait_released, 8);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_wait_released, fd, 0, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_exp_wait_released, wait_to_ms, 4, 4);

ABI_COMMAND(IOCTL_GNTDEV_DMABUF_IMP_TO_REFS, 11, 20);
ABI_SIZE(ioctl_gntdev_dmabuf_imp_to_refs, 20);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_to_refs, fd, 0, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_to_refs, count, 4, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_to_refs, domid, 8, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_to_refs, reserved, 12, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_to_refs, refs, 16, 4);

ABI_COMMAND(IOCTL_GNTDEV_DMABUF_IMP_RELEASE, 12, 8);
ABI_SIZE(ioctl_gntdev_dmabuf_imp_release, 8);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_release, fd, 0, 4);
ABI_FIELD(ioctl_gntdev_dmabuf_imp_release, reserved, 4, 4);

static_assert(UNMAP_NOTIFY_CLEAR_BYTE == 1 && UNMAP_NOTIFY_SEND_EVENT == 2, "unmap notify actions");

/* The core's integers are as wide as their names say, and a cookie holds a pointer. */
static_assert(sizeof(u16) == 2 && sizeof(s16) == 2, "16-bit integers");
static_assert(sizeof(u32) == 4 && sizeof(s32) == 4, "32-bit integers");
static_assert(sizeof(u64) == 8, "64-bit integers");
static_assert(sizeof(u64) >= sizeof(void *), "a table's cookie holds a pointer");

/* What the core repeats. */
static_assert(GNT_PAGE_SIZE == 4096, "XEN_PAGE_SIZE");
static_assert(GNT_ENOENT == ENOENT && GNT_ENOMEM == ENOMEM && GNT_EFAULT == EFAULT, "error numbers");
static_assert(GNT_EINVAL == EINVAL && GNT_ENOSPC == ENOSPC && GNT_EINTR == EINTR, "error numbers");
static_assert(GNT_EAGAIN == EAGAIN && GNT_EBUSY == EBUSY && GNT_ENOTTY == ENOTTY, "error numbers");
static_assert(GNT_COMMAND_MAP == IOCTL_GNTDEV_MAP_GRANT_REF, "commands");
static_assert(GNT_COMMAND_UNMAP == IOCTL_GNTDEV_UNMAP_GRANT_REF, "commands");
static_assert(GNT_COMMAND_OFFSET == IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, "commands");
static_assert(GNT_COMMAND_MAX == IOCTL_GNTDEV_SET_MAX_GRANTS, "commands");
static_assert(GNT_COMMAND_NOTIFY == IOCTL_GNTDEV_SET_UNMAP_NOTIFY, "commands");
static_assert(GNT_COMMAND_COPY == IOCTL_GNTDEV_GRANT_COPY, "commands");
static_assert(GNT_NOTIFY_CLEAR_BYTE == UNMAP_NOTIFY_CLEAR_BYTE, "actions");
static_assert(GNT_NOTIFY_SEND_EVENT == UNMAP_NOTIFY_SEND_EVENT, "actions");
static_assert(GNT_STATUS_OKAY == GNTST_okay && GNT_COPY_BAD_PAGE == GNTST_bad_page, "GNTST_*");
static_assert(GNT_COPY_GENERAL_ERROR == GNTST_general_error && GNT_COPY_EAGAIN == GNTST_eagain, "GNTST_*");
static_assert(GNT_PROFILE_LINUX == (u32)MODEL_LINUX && GNT_PROFILE_HEADER == (u32)MODEL_HEADER, "profiles");
static_assert(GNT_COPY_SOURCE_GREF == GNTCOPY_source_gref && GNT_COPY_DEST_GREF == GNTCOPY_dest_gref, "GNTCOPY_*");
static_assert(GNT_COPY_OKAY == GNTST_okay, "GNTST_okay");
/* No status that Xen gives is that of an op not yet executed. */
static_assert(GNT_COPY_PENDING > 0 && GNTST_no_space < 0, "a pending op");

/* What Xen's headers say that the model relies on. */
static_assert(sizeof(domid_t) == 2 && sizeof(grant_ref_t) == 4 && sizeof(grant_handle_t) == 4, "Xen's integers");
static_assert(sizeof(struct grant_entry_v1) == 8, "a v1 grant entry");
static_assert(DOMID_FIRST_RESERVED > 0 && DOMID_INVALID > DOMID_FIRST_RESERVED, "reserved domains");
