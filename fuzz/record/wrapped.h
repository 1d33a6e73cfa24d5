/* SPDX-License-Identifier: MIT */
/* Whether the functions that the linker was told to wrap (WRAPS, names with spaces between) were called by that name. */
#pragma once

void wrapped(const char *wrapper); /* it is called: its own name, __wrap_NAME */
/* How many of them never were; it says which. */
unsigned int wraps_unused(void);
