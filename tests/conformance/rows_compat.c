// SPDX-License-Identifier: MIT
/* Calls of 32-bit programs on a 64-bit kernel. Their memory is below 4 GiB; upper halves of addresses are garbage. */
#include <stdint.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>
#include "row.h"

#define OKAY 0

static const struct segment copies[] = {
	{ G(0, 0), M(0, 100), 4096, OKAY, 0 }, { M(0, 50), G(1, 0), 100, OKAY, 0 }, { G(0, 9), G(1, 300), 50, OKAY, 0 },
	{ G(0, 0), M(0, 9), 0, OKAY, 0 }, { G(0, 0), REFERENCE(OWNER, BAD_REF, 0), 1, -3, 0 },
};
/* the last bytes of all 32-bit addresses: nothing is there, and what follows is 2^32, not 0 */
static const struct segment last_bytes[] = { { G(0, 0), ADDRESS(0xfffffff8u), 8, OKAY, 0 } };
static const struct segment beyond_32_bits[] = { { G(0, 0), ADDRESS(0xfffffff8u), 100, OKAY, 0 } };
static const struct segment from_beyond[] = { { ADDRESS(0xffffffffu), G(0, 0), 2, OKAY, 0 } };
static const struct segment both_local[] = { { M(0, 0), M(0, 64), 8, OKAY, 0 } };

static const struct row rows[] = {
	/* the layout is that of a 64-bit program, for all commands but one */
	{ "compat_map_and_unmap", "GNT-COMPAT-001 GNT-COMPAT-002", .stock = "DEF-205", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), COMPAT, AT(0) }, { MMAP(0, 0, 0, 3) }, { STORE(0, 0, 3 * PAGE) },
		{ OFFSET(0, 0, 0), COMPAT }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 2), COMPAT, FAILS(ENOENT) },
		{ UNMAP(0, 0, 3), COMPAT },
	} },
	{ "compat_errors", "GNT-COMPAT-001 GNT-COMPAT-002", .stock = "DEF-205", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), COUNT(0), COMPAT, FAILS(EINVAL) },
		{ MAP(0, 0, 0, 2), CUT(23), COMPAT, FAILS(EFAULT) },
		{ MAP(0, 0, 0, 2), CUT(31), COMPAT, FAILS(EFAULT) }, { UNMAP(0, 0, 1), COMPAT, FAILS(ENOENT) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), COMPAT, FAILS(ENOENT) }, { NOTIFY(0, 0, 0, 4, 0), COMPAT, FAILS(EINVAL) },
		{ OFFSET(0, 0, 0), VADDR(0x1000), COMPAT, FAILS(EINVAL) }, { OFFSET(0, 0, 0), CUT(7), COMPAT, FAILS(EFAULT) },
	} },
	{ "compat_notify", "GNT-COMPAT-002 GNT-NOTIFY-015", .stock = "DEF-205", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { PORT(0) }, { MAP(0, 0, 0, 2), COMPAT, AT(0) }, { MMAP(0, 0, 0, 2) },
		{ NOTIFY(0, 0, PAGE + 8, CLEAR | EVENT, 0), COMPAT }, { MUNMAP(0, 0, 2), CLEARS(1, 8) },
		{ UNMAP(0, 0, 2), COMPAT }, { EVENTS(0, 1) },
	} },
	{ "compat_set_max", "GNT-COMPAT-002 GNT-MAX-001", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { SET_MAX(0, 3), COMPAT, FAILS(ENOTTY) },
	} },
	{ "compat_set_max_header", "GNT-COMPAT-002 GNT-MAX-002", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { SET_MAX(0, 3), COMPAT }, { MAP(0, 0, 0, 4), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 3), COMPAT, AT(0) },
		{ SET_MAX(0, 3), COMPAT, FAILS(EINVAL) },
	} },
	/* GRANT_COPY: 8 bytes of argument, addresses of 4 bytes in unions of 8 */
	{ "compat_copy", "GNT-COMPAT-003 GNT-COMPAT-004 GNT-COMPAT-005 GNT-COPY-001", .stock = "DEF-205", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 3) }, { COPY(0, copies), COMPAT }, { COPY_NOTHING(0), COMPAT },
	} },
	{ "compat_copy_argument", "GNT-COMPAT-003 GNT-COPY-002 GNT-COPY-004", .stock = "DEF-205", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 3) }, { COPY(0, copies), CUT(7), COMPAT, STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, copies), CUT(4), COMPAT, STOPS_AT(0), FAILS(EFAULT) }, { COPY(0, copies), CUT(8), COMPAT },
		{ COPY(0, copies), CUT_SEGMENTS(24), COMPAT, STOPS_AT(1), FAILS(EFAULT) },
		{ COPY(0, both_local), COMPAT, STOPS_AT(0), FAILS(EINVAL) },
	} },
	{ "compat_copy_at_the_end", "GNT-COMPAT-007 GNT-COPY-012 GNT-GEN-015", .stock = "DEF-205", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 1) }, { COPY(0, last_bytes), COMPAT, STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, beyond_32_bits), COMPAT, STOPS_LATE_AT(0), FAILS(EFAULT) },
		{ COPY(0, from_beyond), COMPAT, STOPS_LATE_AT(0), FAILS(EFAULT) },
	} },
	/* the one's command is none of the other's */
	{ "compat_other_command", "GNT-COMPAT-006 GNT-GEN-011 GNT-GEN-013", .steps = {
		{ OPEN(0) }, { IOCTL(0, IOCTL_GNTDEV_GRANT_COPY), COMPAT, FAILS(ENOTTY) },
		{ IOCTL(0, 0x00084708), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_GRANT_COPY), COMPAT, ARG(ADDR_NULL), FAILS(ENOTTY) },
		{ IOCTL(0, IOCTL_GNTDEV_DMABUF_IMP_RELEASE), COMPAT, FAILS(ENOTTY) },
	} },
};

const struct table compat_table = { rows, ARRAY_SIZE(rows) };
