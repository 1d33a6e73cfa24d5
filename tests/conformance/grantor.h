/* SPDX-License-Identifier: MIT */
/*
 * The domain on the other side of a grant, on real Xen. It is either the driver's own domain, which grants to itself
 * through /dev/xen/gntalloc: a PV dom0 can do that. Or it is another domain, which never runs: its grant table and its
 * frames are mapped through /dev/xen/privcmd, and what its kernel would write there is written here. That takes a
 * control domain, PV or PVH, and tests/xen/domain.c to make the other domain.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define GRANTOR_MAX 512u /* frames granted at once */

/* What is written about the other domain by its maker. A frame's number is what Xen calls its gfn. */
struct grantor_domain {
	uint32_t domid, frames, table_frames;
	uint64_t frame[2048];
};

struct grantor_frames {
	uint32_t n;
	uint32_t ref[GRANTOR_MAX];
	unsigned char *view; /* the owner's: @n pages; NULL: nothing is granted */
	uint64_t index; /* gntalloc's name of them */
};

/* @path: of the file with a struct grantor_domain; NULL: the own domain. 0 or -errno, like all that return int. */
int grantor_open(const char *path);
int grantor_open_domain(const struct grantor_domain *d);
void grantor_close(void);
uint32_t grantor_domid(void);
/* Is it told that a grant cannot be revoked, being mapped? The own domain's gntalloc takes it back later, and silently. */
bool grantor_tells(void);
/* @n frames of the domain, granted to domain 0. */
int grantor_grant(struct grantor_frames *g, uint32_t n, bool readonly);
/* -EBUSY if one is still mapped after @ms milliseconds: then all stay granted. */
int grantor_revoke(struct grantor_frames *g, unsigned int ms);
/* The owner's view goes, as it must if the domain is to end; its grants stay. */
void grantor_forget(struct grantor_frames *g);
