/* SPDX-License-Identifier: MIT */
/* Domains that never run: made to grant their frames (tests/conformance/grantor.h), and destroyed. */
#pragma once
#include "../conformance/grantor.h"

enum domain_state {
	DOMAIN_GONE,
	DOMAIN_ALIVE,
	DOMAIN_DYING, /* destroyed, and held by those who still map its frames */
};

/* A PV domain with @frames frames and room for as many grants; 0 or -errno. */
int domain_create(uint32_t frames, struct grantor_domain *d);
int domain_destroy(uint32_t domid);
enum domain_state domain_state(uint32_t domid);
/* The same, and a file about it for grantor_open(). */
int domain_create_file(uint32_t frames, const char *path);
