// SPDX-License-Identifier: MIT
/* open, and commands that are not offered. */
#include <stdint.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>
#include "row.h"

static const struct row rows[] = {
	{ "open_allocation_fails", "GNT-OPEN-002 GNT-GEN-019", .needs = DUT_FAULTS, .steps = {
		{ OPEN(0), SWEEP(DUT_ALLOC), FAILS(ENOMEM) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ OPEN(1), SWEEP(DUT_ALLOC), FAILS(ENOMEM) }, { MMAP(0, 0, 0, 1) },
	} },
	/* one profile from the beginning to the end, whoever asks */
	{ "profile_linux", "GNT-GEN-001 GNT-OPEN-005 GNT-MAX-001 GNT-UNMAP-005 GNT-UNMAP-007",
	  .stock = "DEF-009 DEF-202", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { SET_MAX(0, 1), FAILS(ENOTTY) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) },
		{ DUP(1, 0, 0) }, { OPEN(2) }, { MUNMAP(0, 1, 1) }, { OFFSET(1, 0, 2 * PAGE + 1) }, { UNMAP(1, 0, 0) },
		{ SET_MAX(2, 1), FAILS(ENOTTY) },
		{ STORE(0, 0, PAGE) }, { MAP(0, 1, 3, 1), AT(3) }, { UNMAP(0, 1, 0) },
	} },
	{ "profile_header", "GNT-GEN-001 GNT-OPEN-005 GNT-MAX-002 GNT-UNMAP-006 GNT-UNMAP-008", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { SET_MAX(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) },
		{ DUP(1, 0, 0) }, { OPEN(2) }, { MUNMAP(0, 1, 1), FAILS(EINVAL) }, { OFFSET(1, 0, 2 * PAGE), FAILS(EINVAL) },
		{ UNMAP(1, 0, 3), FAILS(EBUSY) },
		{ SET_MAX(2, 1) }, { STORE(0, 0, PAGE) }, { MAP(1, 1, 3, 1), FAILS(ENOMEM) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 0), FAILS(ENOENT) },
		{ UNMAP(1, 0, 3) },
	} },
	/* numbers of gntalloc, of extensions, and of nobody; what is there is not looked at */
	{ "ioctl_unknown_number", "GNT-GEN-011 GNT-GEN-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 4, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 5, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 6, 16)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 13, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 14, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 255, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 4, 24)), ARG(ADDR_NULL), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 4, 24)), ARG(ADDR_LAST), FAILS(ENOTTY) },
		{ IOCTL(0, 0), FAILS(ENOTTY) }, { IOCTL(0, 0xffffffff), FAILS(ENOTTY) },
	} },
	/* the number of a known command, and another size, direction or type */
	{ "ioctl_not_quite_known", "GNT-GEN-011", .steps = {
		{ OPEN(0) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 0, 0)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 0, 16)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 0, 32)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_WRITE, 'G', 0, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_READ | _IOC_WRITE, 'G', 0, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'H', 0, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 1, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'g', 1, 16)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_READ, 'G', 1, 16)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_NONE, 'G', 8, 24)), FAILS(ENOTTY) },
		{ IOCTL(0, _IOC(_IOC_WRITE, 'G', 8, 16)), FAILS(ENOTTY) },
	} },
	/* the command of a 32-bit caller, issued by a 64-bit one */
	{ "ioctl_copy_of_other_word_size", "GNT-COMPAT-006 GNT-GEN-011", .steps = {
		{ OPEN(0) }, { IOCTL(0, 0x00084708), FAILS(ENOTTY) },
	} },
	/* libxengnttab takes exactly this as success */
	{ "ioctl_set_max_grants", "GNT-MAX-001 GNT-GEN-013", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) },
		{ IOCTL(0, IOCTL_GNTDEV_SET_MAX_GRANTS), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_SET_MAX_GRANTS), ARG(ADDR_NULL), FAILS(ENOTTY) },
		{ GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ IOCTL(0, IOCTL_GNTDEV_SET_MAX_GRANTS), FAILS(ENOTTY) },
	} },
	{ "ioctl_dma_buf", "GNT-GEN-012 GNT-GEN-013", .steps = {
		{ OPEN(0) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_EXP_FROM_REFS), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_EXP_WAIT_RELEASED), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_IMP_TO_REFS), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_IMP_RELEASE), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_IMP_RELEASE), ARG(ADDR_NULL), FAILS(ENOTTY) },
	} },
};

const struct table other_table = { rows, ARRAY_SIZE(rows) };
