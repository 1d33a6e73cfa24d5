/* SPDX-License-Identifier: MIT */
/* How a run ended that may have failed: what minimise.c and shorten.c compare. */
#pragma once
#include <stdbool.h>

#define FINDING_BYTES 512u
#define FINDING_SECONDS 10u /* for one run, if the environment's FINDING_SECONDS does not say another number */

/*
 * Runs @child in a process of its own, which may die, with its errors kept; false: nothing was wrong. @what: of what it said, the line
 * that names the finding, without numbers that differ from run to run.
 */
bool finding_of(void (*child)(void), char *what);
