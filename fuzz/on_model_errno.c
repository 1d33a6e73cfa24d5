/* SPDX-License-Identifier: MIT */
/*
 * The errnos of spec/requirements.md's table, and for calls that Linux answers before it asks the driver, those of Linux
 * (GNT-GEN-020). It must not know why a call failed.
 */
#include "abi.h"
#include "on_model.h"

#define COMPAT_COPY 0x00084708u

static bool ioctl_may(const struct on_model *o, const struct action *action, int64_t error)
{
	uint32_t command = (uint32_t)action->a[1];

	if (command == (action->compat ? COMPAT_COPY : (uint32_t)IOCTL_GNTDEV_GRANT_COPY))
		return error == -EFAULT || error == -EINVAL || error == -ENOMEM || error == -EINTR;
	switch (command) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return error == -EFAULT || error == -EINVAL || error == -ENOMEM;
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return error == -EFAULT || error == -ENOENT || (error == -EBUSY && o->header);
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR:
		return error == -EFAULT || error == -EINVAL;
	case IOCTL_GNTDEV_SET_MAX_GRANTS:
		return o->header ? error == -EFAULT || error == -EINVAL : error == -ENOTTY;
	case IOCTL_GNTDEV_SET_UNMAP_NOTIFY:
		return error == -EFAULT || error == -EINVAL || error == -ENOENT;
	default:
		return error == -ENOTTY;
	}
}

static bool mmap_may(int64_t error)
{
	return error == -EINVAL || error == -ENOMEM || error == -EACCES || error == -EBADF || error == -EEXIST
	       || error == -EOVERFLOW || error == -EINTR || error == -EOPNOTSUPP;
}

bool may_fail_so(const struct on_model *o, const struct action *action, int64_t error)
{
	if (error == -ESRCH) /* the process is being killed */
		return true;
	if (error == -EAGAIN && action->op >= MMAP && action->op <= MADVISE) /* another thread changes mappings: the model's own */
		return true;
	switch (action->op) {
	case OPEN:
		return error == -ENOMEM || error == -EMFILE;
	case CLOSE:
		return error == -EBADF;
	case DUP:
	case SEND:
		return error == -EBADF || error == -EMFILE;
	case IOCTL:
		return error == -EBADF || ioctl_may(o, action, error);
	case MMAP:
		return mmap_may(error);
	case MUNMAP:
		return error == -EINVAL || error == -ENOMEM;
	case MPROTECT:
		return error == -EINVAL || error == -ENOMEM || error == -EACCES;
	case MREMAP:
		return error == -EINVAL || error == -ENOMEM || error == -EFAULT;
	case MADVISE:
		return error == -EINVAL || error == -ENOMEM;
	default: /* not system calls, or none of the driver's business */
		return true;
	}
}
