/* SPDX-License-Identifier: MIT */
/* What the rig's tests share, each of which is a process of its own: see dom0.c. */
#pragma once
#include "device.h"

struct test {
	const char *name;
	void (*run)(void);
	const char *stock; /* entries of spec/profiles.md by which Linux's own driver fails it; NULL: it passes */
	const char *kills; /* what a kernel with Linux's own driver says of it: so it has a boot of its own; NULL: nothing */
	bool pv; /* @stock is so in a PV dom0 alone */
};

#define TEST(title, function, ...) { .name = title, .run = function, __VA_ARGS__ }

extern const struct test smoke_tests[], mapping_tests[], stress_tests[], guest_tests[], pvguest_tests[];
/* no more of it than @before within two seconds: deferred unmaps may take a while */
bool settles(const char *name, long before);
