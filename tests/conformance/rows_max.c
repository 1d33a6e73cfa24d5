// SPDX-License-Identifier: MIT
/* SET_MAX_GRANTS. In the linux profile it is no ioctl at all. */
#include "row.h"

#define LIMIT 65536u

static const struct row rows[] = {
	/* libxengnttab takes exactly this as success; and nothing is read */
	{ "max_not_offered", "GNT-MAX-001 GNT-GEN-013 GNT-MAP-018", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ SET_MAX(0, 1), FAILS(ENOTTY) }, { SET_MAX(0, 0), FAILS(ENOTTY) },
		{ SET_MAX(0, 1), ARG(ADDR_NULL), FAILS(ENOTTY) },
		{ SET_MAX(0, 1), CUT(0), FAILS(ENOTTY) }, { MAP(0, 0, 0, 2), AT(0) }, { SET_MAX(0, 1), FAILS(ENOTTY) },
	} },
	/* 3: AAB, then nothing more fits, until one goes; a map of more than 3 never does */
	{ "max_bounds_slots", "GNT-MAX-002 GNT-MAP-019 GNT-MAX-010", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ SET_MAX(0, 3) }, { MAP(0, 0, 0, 4), FAILS(ENOMEM) }, { MAP(0, 0, 0, 2), AT(0) },
		{ MAP(0, 1, 0, 2), FAILS(ENOMEM) }, { MAP(0, 1, 2, 1), AT(2) }, { UNMAP(0, 0, 2) }, { MAP(0, 2, 0, 2), AT(0) },
		{ UNMAP(0, 1, 1) }, { UNMAP(0, 2, 2) }, { MAP(0, 3, 0, 3), AT(0) },
		{ MAP(0, 4, 0, 1), COUNT(LIMIT + 1), FAILS(EINVAL) },
	} },
	/* what counts are slots that are owned: a mapping that is left keeps them */
	{ "max_counts_mapped", "GNT-MAP-019 GNT-SLOT-008", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { SET_MAX(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) },
		{ UNMAP(0, 0, 2), FAILS(EBUSY) }, { MAP(0, 1, 0, 1), FAILS(ENOMEM) }, { MUNMAP(0, 0, 2) },
		{ MAP(0, 1, 0, 1), FAILS(ENOMEM) }, { UNMAP(0, 0, 2) }, { MAP(0, 1, 0, 1), AT(0) },
	} },
	/* again and again, the last one counting, as long as nothing else succeeded: errors do not count */
	{ "max_repeated", "GNT-MAX-007 GNT-MAX-005 GNT-MAX-002 GNT-GEN-003", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ SET_MAX(0, 1) }, { SET_MAX(0, 9) }, { MAP(0, 0, 0, 1), COUNT(0), FAILS(EINVAL) },
		{ UNMAP(0, 0, 1), FAILS(ENOENT) },
		{ SET_MAX(0, 0), FAILS(EINVAL) }, { SET_MAX(0, 2) }, { MAP(0, 0, 0, 3), FAILS(ENOMEM) }, { SET_MAX(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { SET_MAX(0, 4), FAILS(EINVAL) }, { UNMAP(0, 0, 3) },
		{ SET_MAX(0, 4), FAILS(EINVAL) },
		{ MAP(0, 1, 0, 3), AT(0) }, { MAP(0, 2, 0, 1), FAILS(ENOMEM) },
	} },
	/* any other ioctl that succeeded: a copy of nothing, an offset, a notification */
	{ "max_after_copy", "GNT-MAX-005", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { COPY_NOTHING(0), ARG(ADDR_NULL), FAILS(EFAULT) }, { SET_MAX(0, 5) }, { COPY_NOTHING(0) },
		{ SET_MAX(0, 5), FAILS(EINVAL) },
	} },
	/* a second instance knows nothing of it */
	{ "max_of_each_instance", "GNT-OPEN-003 GNT-MAX-008 GNT-MAX-002", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 2) }, { SET_MAX(0, 1) }, { MAP(0, 0, 0, 2), FAILS(ENOMEM) },
		{ MAP(1, 0, 0, 2), AT(0) }, { SET_MAX(0, 2) }, { SET_MAX(1, 2), FAILS(EINVAL) },
	} },
	{ "max_zero", "GNT-MAX-004 GNT-GEN-003", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { SET_MAX(0, 0), FAILS(EINVAL) }, { MAP(0, 0, 0, 1), AT(0) },
		{ SET_MAX(0, 0), FAILS(EINVAL) },
	} },
	/* EFAULT before EINVAL, be it of 0 or of the order */
	{ "max_argument_nowhere", "GNT-MAX-003 GNT-MAX-011 GNT-GEN-015", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { SET_MAX(0, 1), ARG(ADDR_NULL), FAILS(EFAULT) },
		{ SET_MAX(0, 1), ARG(ADDR_KERNEL), FAILS(EFAULT) }, { SET_MAX(0, 1), ARG(0ull - 4), FAILS(EFAULT) },
		{ SET_MAX(0, 0), CUT(3), FAILS(EFAULT) }, { MAP(0, 0, 0, 1), AT(0) }, { SET_MAX(0, 1), CUT(3), FAILS(EFAULT) },
		{ SET_MAX(0, 1), CUT(4), FAILS(EINVAL) },
	} },
	{ "max_fetch_fails", "GNT-MAX-003", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { SET_MAX(0, 1), SWEEP(DUT_COPYIN), FAILS(EFAULT) },
	} },
	/* 2^20 and more is 2^20; without any it is that too */
	{ "max_all_slots", "GNT-MAX-009 GNT-MAX-008 GNT-SLOT-005", .profile = ONLY_HEADER, .needs = DUT_LARGE, .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 1) }, { SET_MAX(0, 0x100000) }, { SET_MAX(0, 0x100001) },
		{ SET_MAX(0, 0xffffffff) },
		{ MAP_IN_TURN(0, 0, 0, 1, LIMIT), AT(0) }, { MAP_IN_TURN(0, 1, 0, 1, LIMIT), AT(65536) },
		{ MAP_IN_TURN(1, 2, 0, 1, LIMIT), AT(0) }, { MAP_IN_TURN(1, 3, 0, 1, LIMIT), AT(65536) },
	} },
	/* before another thread's MAP has reserved its slots it is in time; the MAP is then bounded by it */
	{ "max_before_reserved", "GNT-MAX-002 GNT-MAP-019 GNT-GEN-009", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 2) },
		{ SET_MAX(1, 1), MEANWHILE(1) }, { MAP(0, 0, 0, 2), COUNT(2), FAILS(ENOMEM) }, { MAP(0, 0, 0, 1), AT(0) },
	} },
	/* once they are reserved, until the MAP is done, and after it: EINVAL */
	{ "max_while_reserved", "GNT-MAX-006 GNT-MAP-008 GNT-GEN-009", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 2) },
		{ SET_MAX(1, 2), MEANWHILE(2), FAILS(EINVAL) }, { MAP(0, 0, 0, 2), AT(0) }, { SET_MAX(1, 2), FAILS(EINVAL) },
	} },
};

const struct table max_table = { rows, ARRAY_SIZE(rows) };
