/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdint.h>

/* For a reader: "EINVAL" for -EINVAL; NULL for what is not the negative of an error that calls of the model, or the device, return. */
const char *error_name(int64_t result);
