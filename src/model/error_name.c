/* SPDX-License-Identifier: MIT */
/* The names of errors, for whoever reads what a call returned. C libraries before glibc 2.32 do not tell them. */
#include <stddef.h>
#include "abi.h"
#include "error_name.h"

#define NAMED(error) { error, #error }

const char *error_name(int64_t result)
{
	static const struct {
		int64_t number;
		const char *name;
	} errors[] = {
		NAMED(EPERM), NAMED(ENOENT), NAMED(ESRCH), NAMED(EINTR), NAMED(EIO), NAMED(ENXIO), NAMED(E2BIG), NAMED(EBADF),
		NAMED(EAGAIN), NAMED(ENOMEM), NAMED(EACCES), NAMED(EFAULT), NAMED(EBUSY), NAMED(EEXIST), NAMED(ENODEV), NAMED(EINVAL),
		NAMED(ENFILE), NAMED(EMFILE), NAMED(ENOTTY), NAMED(ENOSPC), NAMED(ERANGE), NAMED(ENOSYS), NAMED(EOVERFLOW),
		NAMED(EOPNOTSUPP),
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (result == -errors[i].number)
			return errors[i].name;
	}
	return NULL;
}
