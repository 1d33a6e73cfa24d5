/* SPDX-License-Identifier: MIT */
/*
 * The processes of a program on a real device, each of which does what it is told through a page that all share. There is one
 * that has nothing but its program, from which the others are made (SPAWNER); and descriptors of ours are far above those that
 * a program counts with.
 */
#pragma once
#include <sys/types.h>
#include "execute.h"

#define SPAWNER PROCESSES

/* What a process is asked for, and its answer, in memory that all share. */
struct shared {
	struct action action;
	int64_t result;
	pid_t from; /* SEND: of whom */
	uint8_t bytes[TRANSFER];
};

struct device_process {
	int ask[2], answer[2]; /* pipes */
	pid_t pid; /* 0: there is none */
};

extern struct shared *shared;
extern struct device_process process[PROCESSES + 1];

/* The shared page and the pipes; false: there are none to be had. */
bool processes_start(void);
/* Process @number, until it is told to exit, or its parent is gone. */
_Noreturn void serve(unsigned int number);
