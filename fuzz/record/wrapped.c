/* SPDX-License-Identifier: MIT */
/*
 * A function that is called only where it is defined, or by another name (open64), is not wrapped, and the linker does not say so: see
 * wrapped.h. It must not know what is wrapped.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "wrapped.h"

#define MOST 32u

static const char *called[MOST];
static unsigned int calls;

void wrapped(const char *wrapper)
{
	for (unsigned int i = 0; i < calls; i++) {
		if (called[i] == wrapper)
			return;
	}
	if (calls < MOST)
		called[calls++] = wrapper;
}

static bool was_called(const char *name, size_t len)
{
	for (unsigned int i = 0; i < calls; i++) {
		const char *own = called[i] + strlen("__wrap_");

		if (strlen(own) == len && !memcmp(own, name, len))
			return true;
	}
	return false;
}

unsigned int wraps_unused(void)
{
	unsigned int unused = 0;
	size_t len;

	for (const char *name = WRAPS; *name; name += len + strspn(name + len, " ")) {
		len = strcspn(name, " ");
		if (was_called(name, len))
			continue;
		printf("# %.*s is wrapped, and nobody calls the wrapper\n", (int)len, name);
		unused++;
	}
	return unused;
}
