/* SPDX-License-Identifier: MIT */
/*
 * What a Linux guest and dom0 tell each other through the pages that the guest grants: page 0 begins with this. The rest of
 * each page, from GRANTER_DATA on, is filled with the byte 'A' + its number.
 */
#pragma once
#include <stdint.h>

#define GRANTER_PAGES 4u
#define GRANTER_DATA 64u
#define GRANTER_SAYS "granter: references" /* and their numbers, on the console */

struct granter {
	volatile uint32_t ticks; /* the guest counts */
	volatile uint32_t revoke; /* dom0 asks: this page */
	volatile uint32_t revoked; /* the guest has done so */
	volatile uint32_t question, answer; /* the guest answers with twice the number */
};
