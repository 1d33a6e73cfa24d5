/* SPDX-License-Identifier: MIT */
/*
 * Dictionaries for fuzzing engines, in the form that libFuzzer and AFL++ both read: of ioctl the calls that the seeds make, and
 * the numbers in them; of copy what fields of segments can be. The other targets' inputs are dice, in which no string means
 * anything: they have none.
 *
 * Measured from one byte in 20,000 inputs, with several dice: AFL++ alone reaches 730 edges of ioctl without and 860 with it; with
 * the mutator of programs (2,290 edges) it is all the same to both engines, as is that of copy.
 */
#pragma once
#include <stdbool.h>
#include <stdio.h>

/* false: a seed could not be read. */
bool dictionary_print(FILE *to, const char *target, char **seed, int seeds);
