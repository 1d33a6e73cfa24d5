/* SPDX-License-Identifier: MIT */
/*
 * What the files of the clients' program share. It runs in dom0 and in its guest, and reaches grants only by
 * the libraries that everybody uses: libxengnttab, libxenvchan.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* a pattern that tells pages, seeds and directions from each other, from byte @at of the whole */
void pattern(unsigned char *p, size_t n, uint32_t seed, size_t at);
bool is_pattern(const unsigned char *p, size_t n, uint32_t seed, size_t at);

int vchan(int argc, char **argv);
int pages(void);
