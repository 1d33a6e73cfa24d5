/* SPDX-License-Identifier: MIT */
/*
 * A real device as a machine for programs, in dom0 (tests/conformance/dut.h: dut_real). The processes of a program are processes,
 * which do what they are told through a page that all share; grants and event channels are the parent's. A process that dies is
 * an answer: DIED.
 */
#pragma once
#include "execute.h"

#define DIED (-1000) /* and the number of the signal less */

struct on_device {
	struct machine machine;
	const char *path, *domain; /* the device; the file about the domain that grants, or NULL */
};

/* Once, before anything else is opened or mapped. */
bool on_device_start(struct on_device *o);
/* A program begins; 0, or -errno: the machine is not as it has to be. */
int on_device_begin(struct on_device *o, const struct program *p);
void on_device_end(struct on_device *o);
