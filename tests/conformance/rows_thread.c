// SPDX-License-Identifier: MIT
/*
 * Other threads. A step with MEANWHILE(n) is made by another process, at the nth point of the next step at which the driver
 * holds no lock; RACING: the argument is overwritten as soon as any of it was fetched.
 */
#include "row.h"

#define OKAY 0
#define BEGIN { OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 4) }

static const struct segment copies[] = { { G(0, 0), M(0, 4000), 200, OKAY, 0 }, { M(0, 0), G(1, 0), 10, OKAY, 0 } };

static const struct row rows[] = {
	/* ---- fetched once */

	{ "fetch_map_once", "GNT-GEN-002 GNT-MAP-002 GNT-MAP-007", .steps = {
		BEGIN, { MAP(0, 0, 0, 3), RACING(24), AT(0) }, { MMAP(0, 0, 0, 3) }, { STORE(0, 0, 3 * PAGE) },
		{ MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3), RACING(16) }, { MAP(0, 1, 0, 1), RACING(24), AT(0) },
	} },
	{ "fetch_others_once", "GNT-GEN-002 GNT-COPY-023", .steps = {
		BEGIN, { ALLOC(0, 2) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { NOTIFY(0, 0, 0, 0, 0), RACING(16) },
		{ OFFSET(0, 0, 0), RACING(8) }, { COPY(0, copies), RACING(16) },
	} },

	/* ---- MAP in progress: points 2 and 3 lie between its reservation and its listing */

	{ "map_reserved_is_invisible", "GNT-MAP-009 GNT-MAP-008 GNT-GEN-009", .steps = {
		BEGIN, { UNMAP(1, 9, 1), MEANWHILE(2), FAILS(ENOENT) }, { MAP(0, 0, 0, 1), AT(0) },
		{ NOTIFY(1, 9, PAGE, CLEAR, 0), MEANWHILE(3), FAILS(ENOENT) }, { MAP(0, 1, 0, 2), AT(1) },
		{ MMAP(1, 1, 9, 1), PLUS(3 * PAGE), MEANWHILE(2), FAILS(EINVAL) }, { MAP(0, 2, 0, 1), AT(3) },
	} },
	/* and when it is listed it is there */
	{ "map_listed_is_visible", "GNT-MAP-001 GNT-GEN-009 GNT-MMAP-003", .steps = {
		BEGIN, { MAP(0, 0, 0, 1), AT(0) }, { NOTIFY(1, 9, PAGE, CLEAR, 0), MEANWHILE(4) }, { MAP(0, 1, 0, 2), AT(1) },
	} },
	/* two MAPs: both succeed, with slots of their own */
	{ "map_meanwhile_map", "GNT-SLOT-007 GNT-GEN-009 GNT-SLOT-002", .steps = {
		BEGIN, { MAP(1, 0, 0, 2), MEANWHILE(1), AT(0) }, { MAP(0, 1, 2, 2), AT(2) }, { MMAP(0, 1, 0, 2) },
		{ MMAP(1, 0, 1, 2) },
		{ STORE(0, 0, 2 * PAGE) }, { STORE(1, 0, 2 * PAGE) },
	} },
	/* another thread's MAP fills what the table's growth was for: it grows once more */
	{ "map_meanwhile_growth", "GNT-SLOT-002 GNT-GEN-009 GNT-SLOT-007", .steps = {
		BEGIN, { MAP_IN_TURN(0, 0, 0, 4, 60), AT(0) }, { MAP_IN_TURN(1, 1, 0, 4, 500), MEANWHILE(3), AT(60) },
		{ MAP_IN_TURN(0, 2, 0, 4, 60), AT(560) }, { MAP(0, 3, 0, 2), AT(620) },
	} },

	/* another thread's MAP takes what there is: the growth in hand is too small, and the table grows more */
	{ "map_meanwhile_fills", "GNT-SLOT-002 GNT-GEN-009 GNT-SLOT-006", .steps = {
		BEGIN, { MAP_IN_TURN(1, 0, 0, 4, 60), MEANWHILE(3), AT(0) }, { MAP_IN_TURN(0, 1, 0, 4, 70), AT(60) },
		{ MAP(0, 2, 0, 2), AT(130) },
	} },

	/* ---- UNMAP */

	/* two for one map: exactly one succeeds */
	{ "unmap_meanwhile_unmap", "GNT-UNMAP-013 GNT-GEN-009", .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(1) }, { UNMAP(0, 0, 2), FAILS(ENOENT) },
		{ MAP(0, 1, 0, 2), AT(0) }, { UNMAP(1, 1, 2), MEANWHILE(2), FAILS(ENOENT) }, { UNMAP(0, 1, 2) },
	} },
	/* during an mmap the map counts as mapped */
	{ "unmap_meanwhile_mmap", "GNT-MMAP-022 GNT-UNMAP-007 GNT-GEN-009", .profile = ONLY_LINUX, .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(3) }, { MMAP(0, 0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) },
		{ MAP(0, 1, 0, 1), AT(2) }, { MUNMAP(0, 0, 2) }, { MAP(0, 2, 0, 1), AT(0) },
	} },
	{ "unmap_meanwhile_mmap_fails", "GNT-MMAP-022 GNT-UNMAP-011 GNT-CLOSE-007", .profile = ONLY_LINUX, .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { REVOKE(1) }, { UNMAP(1, 0, 2), MEANWHILE(3) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL) },
		{ HOLDS(0) }, { MAP(0, 1, 0, 1), AT(0) },
	} },
	{ "unmap_meanwhile_mmap_header", "GNT-MMAP-022 GNT-UNMAP-008 GNT-GEN-009", .profile = ONLY_HEADER, .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(3), FAILS(EBUSY) }, { MMAP(0, 0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) },
		{ UNMAP(0, 0, 2), FAILS(EBUSY) },
	} },
	/* before the mmap looks for it, it is gone */
	{ "unmap_before_mmap", "GNT-MMAP-003 GNT-GEN-009", .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(1) }, { MMAP(0, 0, 0, 2), FAILS(EINVAL) },
	} },
	/* two mmaps: one attempt */
	{ "mmap_meanwhile_mmap", "GNT-MMAP-006 GNT-MMAP-021 GNT-GEN-009", .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(1, 1, 0, 2), MEANWHILE(2), FAILS(EINVAL) }, { MMAP(0, 0, 0, 2) },
		{ STORE(0, 0, PAGE) },
	} },
	/* a map with a notification in progress is not freed under it, and the notification is carried out */
	{ "unmap_meanwhile_notify", "GNT-NOTIFY-018 GNT-CLOSE-007 GNT-UNMAP-011", .steps = {
		BEGIN, { PORT(0) }, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(2) },
		{ NOTIFY(0, 0, 0, EVENT, 0) }, { EVENTS(0, 1) },
		{ MAP(0, 1, 0, 2), AT(0) }, { UNMAP(1, 1, 2), MEANWHILE(4) }, { NOTIFY(0, 1, PAGE, EVENT, 0) }, { EVENTS(0, 2) },
		{ MAP(0, 2, 0, 1), AT(0) },
	} },
	{ "unmap_before_notify", "GNT-NOTIFY-005 GNT-NOTIFY-014 GNT-GEN-009", .steps = {
		BEGIN, { PORT(0) }, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(1) },
		{ NOTIFY(0, 0, 0, EVENT, 0), FAILS(ENOENT) }, { EVENTS(0, 0) },
	} },
	/* two copies, and a copy and everything else */
	{ "copy_meanwhile", "GNT-COPY-026 GNT-GEN-009", .steps = {
		BEGIN, { ALLOC(0, 2) }, { MAP(0, 0, 2, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(1) }, { COPY(0, copies) },
		{ MAP(0, 1, 0, 1), AT(0) },
	} },
	/* the last descriptor is closed during a call: the call holds the instance */
	{ "close_meanwhile", "GNT-CLOSE-008 GNT-CLOSE-001", .steps = {
		BEGIN, { MAP(0, 0, 0, 2), AT(0) }, { CLOSE(1), MEANWHILE(2) }, { MAP(0, 1, 0, 2), AT(2) }, { CLOSE(0) },
	} },
};

const struct table thread_table = { rows, ARRAY_SIZE(rows) };
