// SPDX-License-Identifier: MIT
/*
 * What Xen answers, and what the environment lacks: statuses of either sign, GNTST_eagain, maptrack, memory, signals; and
 * what the domain on the other side sees.
 */
#include "row.h"

#define OKAY 0
#define BAD_PAGE (-9)

static const struct segment one[] = { { G(0, 0), M(0, 4000), 200, OKAY, 0 }, { M(0, 0), G(1, 0), 10, OKAY, 0 } };
static const struct segment paged_out[] = { { G(0, 0), M(0, 0), 200, BAD_PAGE, 0 }, { G(1, 0), M(0, 300), 10, OKAY, 0 } };
static const struct segment paged_out_alone[] = { { G(0, 0), M(0, 0), 200, BAD_PAGE, 0 } };
static const struct segment two_ops[] = { { G(0, 0), M(0, 4000), 200, OKAY, 0 } };

#define S4 { G(0, 0), M(0, 0), 1, OKAY, 0 }, { G(0, 1), M(0, 1), 1, OKAY, 0 }, { G(0, 2), M(0, 2), 1, OKAY, 0 }, \
	{ G(0, 3), M(0, 3), 1, OKAY, 0 }
#define S16 S4, S4, S4, S4
static const struct segment sixty_five[] = { S16, S16, S16, S16, { G(0, 9), M(0, 9), 9, OKAY, 0 } };

static const struct row rows[] = {
	/* each page, each side, a status that is no error of any client: all undone */
	{ "mmap_positive_status", "GNT-GEN-016 GNT-MMAP-008 GNT-MMAP-009", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) },
		{ MMAP(0, 0, 0, 2), FAULT(DUT_MAP, 1), STATUS(1), FAILS(EINVAL), SPENDS }, { HOLDS(0) }, { REVOKE(0) },
		{ GRANT(0, 1) },
		{ MAP(0, 1, 0, 2), AT(2) }, { MMAP(0, 0, 1, 2), FAULT(DUT_MAP, 2), STATUS(32767), FAILS(EINVAL), SPENDS },
		{ HOLDS(0) },
	} },
	{ "mmap_positive_status_of_user", "GNT-GEN-016 GNT-MMAP-008 GNT-MMAP-009", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) },
		{ MMAP(0, 0, 0, 2), FAULT(DUT_MAP, 4), STATUS(1), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
	} },
	/* no handle is left: GNTST_no_device_space */
	{ "mmap_no_handles", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 3), STATUS(-7), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ MMAP(0, 0, 0, 3), FAILS(EINVAL) },
		{ UNMAP(0, 0, 3) },
	} },
	{ "mmap_hypercall_refused", "GNT-MMAP-008 GNT-MMAP-009", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_HYPERCALL, 1), FAILS(EINVAL), SPENDS }, { HOLDS(0) }, { UNMAP(0, 0, 3) },
	} },
	{ "mmap_hypercall_refused_user", "GNT-MMAP-008 GNT-MMAP-009", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_HYPERCALL, 2), FAILS(EINVAL), SPENDS }, { HOLDS(0) }, { UNMAP(0, 0, 3) },
	} },
	/* auto-translated: what was mapped before the failure does not stay until UNMAP or close */
	{ "mmap_failed_keeps_nothing", "GNT-MMAP-009 GNT-MMAP-015", .stock = "DEF-017", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) }, { REVOKE(3) },
		{ MMAP(0, 0, 0, 4), FAILS(EINVAL), SPENDS },
		{ HOLDS(0) }, { REVOKE(0) }, { REVOKE(1) }, { REVOKE(2) }, { UNMAP(0, 0, 4) },
	} },
	/* the frame is paged out and comes back */
	{ "mmap_retried", "GNT-MMAP-016 GNT-MMAP-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { PAGE_OUT(1, 3) }, { MMAP(0, 0, 0, 2) }, { SLEPT(3) },
		{ STORE(0, 0, 2 * PAGE) },
	} },
	/* and never comes back */
	{ "mmap_retried_in_vain", "GNT-MMAP-016 GNT-MMAP-009", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { PAGE_OUT(1, 1000000) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL), SPENDS },
		{ SLEPT(30000) }, { HOLDS(0) },
	} },
	{ "copy_retried", "GNT-COPY-020 GNT-COPY-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 2) }, { PAGE_OUT(0, 4) }, { COPY(0, one) }, { SLEPT(2) },
	} },
	{ "copy_retried_in_vain", "GNT-COPY-020 GNT-COPY-027 GNT-COPY-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 2) }, { PAGE_OUT(0, 1000000) }, { COPY(0, paged_out) }, { SLEPT(30000) },
	} },
	/* killed while it waits */
	{ "copy_retry_killed", "GNT-COPY-028 GNT-COPY-025", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 2) }, { PAGE_OUT(0, 1000000) },
		{ COPY(0, paged_out_alone), FAULT(DUT_PAUSE, 3), STOPS_AT(1), FAILS(EINTR) },
	} },
	/* a positive status is the segment's, like a negative one */
	{ "copy_positive_status", "GNT-COPY-019 GNT-COPY-018 GNT-GEN-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 2) }, { COPY(0, two_ops), FAULT(DUT_COPY, 1), STATUS(2) },
		{ COPY(0, two_ops), FAULT(DUT_COPY, 2), STATUS(32767) },
	} },
	/* between two batches: what was executed has its statuses, the rest is not done; and before the first one */
	{ "copy_killed_between_batches", "GNT-COPY-028 GNT-COPY-016 GNT-COPY-017 GNT-COPY-025", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 1) },
		{ COPY(0, sixty_five), FAULT(DUT_PAUSE, 2), STOPS_LATE_AT(64), FAILS(EINTR) },
		{ COPY(0, sixty_five), FAULT(DUT_PAUSE, 1), STOPS_AT(64), FAILS(EINTR) },
	} },
	{ "copy_killed_by_signal", "GNT-COPY-028", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 1) }, { SIGNAL(1) }, { COPY(0, sixty_five), STOPS_AT(64), FAILS(EINTR) },
	} },

	/* ---- what an mmap lacks */

	{ "mmap_no_memory", "GNT-MMAP-013 GNT-GEN-019", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_TABLES, 1), FAILS(ENOMEM), SPENDS },
		{ HOLDS(0) }, { UNMAP(0, 0, 3) },
	} },
	{ "mmap_no_notifier", "GNT-MMAP-013 GNT-GEN-019", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_NOTIFIER, 1), FAILS(ENOMEM), SPENDS },
		{ HOLDS(0) }, { UNMAP(0, 0, 3) },
	} },
	/* what was inserted is in use until the kernel takes the VMA apart, which is after the driver has failed */
	{ "mmap_cannot_insert", "GNT-MMAP-013 GNT-MMAP-009 GNT-MMAP-015 GNT-MUNMAP-005", .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_INSERT, 2), FAILS(ENOMEM), SPENDS, LOSES },
		{ DEFERRED(1) }, { HOLDS(0) }, { REVOKE(0) }, { UNMAP(0, 0, 3) },
	} },
	/* a signal is pending when the mmap begins: it is restarted, and was no attempt */
	{ "mmap_restarted", "GNT-MMAP-023 GNT-MMAP-006", .stock = "DEF-020", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { SIGNAL(0) }, { MMAP(0, 0, 0, 3) },
		{ STORE(0, 0, 3 * PAGE) },
	} },

	/* ---- the module's limit changes */

	{ "limit_changes", "GNT-MOD-005 GNT-MAP-004 GNT-MOD-011", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) }, { SET_LIMIT(3) }, { MAP(0, 1, 0, 4), FAILS(EINVAL) },
		{ MAP(0, 1, 0, 3), AT(4) }, { SET_LIMIT(0) }, { MAP(0, 2, 0, 1), FAILS(EINVAL) }, { MMAP(0, 0, 0, 4) },
		{ SET_LIMIT(4) },
		{ MAP(0, 2, 0, 4), AT(7) },
	} },

	/* ---- what the domain that grants is told */

	/* the good ones are given back at once, not with the map: seen by the domain that grants */
	{ "mmap_failed_gives_back", "GNT-MMAP-009", .needs = DUT_TELLS, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(1) }, { MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS },
		{ REVOKE(0) }, { REVOKE(2) },
	} },
	{ "mmap_failed_gives_back_auto", "GNT-MMAP-009", .stock = "DEF-017", .needs = DUT_TELLS, .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(1) }, { MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS },
		{ REVOKE(0) }, { REVOKE(2) },
	} },
	/* mapped, it cannot be revoked; on auto-translated domains munmap alone does not change that */
	{ "mmap_holds_grant", "GNT-MMAP-001 GNT-MUNMAP-001", .needs = DUT_TELLS, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { REVOKE(1) }, { GRANT(1, 1) }, { MAP(0, 1, 0, 2), AT(2) },
		{ MMAP(0, 0, 1, 2) }, { REVOKE(0), FAILS(EBUSY) }, { STORE(0, 0, 2 * PAGE) }, { MUNMAP(0, 0, 2) }, { REVOKE(0) },
		{ REVOKE(1) },
	} },
	{ "mmap_holds_grant_auto", "GNT-MMAP-001 GNT-MUNMAP-002", .needs = DUT_TELLS, .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { REVOKE(0), FAILS(EBUSY) },
		{ MUNMAP(0, 0, 2) }, { REVOKE(0), FAILS(EBUSY) }, { UNMAP(0, 0, 2) }, { REVOKE(0) }, { REVOKE(1) },
	} },
};

const struct table xen_table = { rows, ARRAY_SIZE(rows) };
