/* SPDX-License-Identifier: MIT */
/* Ioctls, of which the program form says the fields: see ioctl.c. */
#pragma once
#include <stddef.h>
#include "record.h"

/* An ioctl that is being made. */
struct asked {
	struct call *call;
	uint8_t op, process;
	const struct placed *header, *segments;
	uint32_t first_ref; /* of a map */
	uint8_t first_domid;
	uint32_t count;
};

/* @placed: they outlive the call, but for the next placed ones. */
void ioctl_begin(struct asked *asked, uint8_t process, uint64_t fd, uint32_t command, bool compat, uint64_t addr,
		 const struct placed *header, const struct placed *segments);
/* @load: what the caller has in its memory by now. */
void ioctl_end(struct asked *asked, int64_t result, int (*load)(uint64_t addr, void *to, uint64_t len));
