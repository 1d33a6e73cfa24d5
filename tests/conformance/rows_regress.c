// SPDX-License-Identifier: MIT
/*
 * Bugs that were: each defect of spec/profiles.md that the core excludes has a row that fails if it comes back. The patch of
 * the same name in tests/regressions brings it back.
 */
#define _GNU_SOURCE
#include "row.h"

#define RW (PROT_READ | PROT_WRITE)

static const struct segment wraps[] = { { G(0, 0), ADDRESS(0ull - 4096), 4096, 0, 0 } };
static const struct segment from_wraps[] = { { ADDRESS(0ull - 8), G(0, 0), 16, 0, 0 } };
static const struct segment both_ways[] = { { M(0, 100), G(0, 7), 300, 0, 0 }, { G(1, 0), M(0, 4096), 40, 0, 0 } };
static const struct segment two_ops[] = { { G(0, 0), M(0, 4000), 200, 0, 0 } };

static const struct row rows[] = {
	/* ---- defects of the in-tree driver today */

	/* DEF-001: offsets that are a known one in 32 bits, or as a page number in 32 bits */
	{ "regress-offset-32-bits", "GNT-SLOT-010 GNT-UNMAP-010 GNT-MMAP-005 GNT-NOTIFY-027", .stock = "DEF-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2), PLUS(1ull << 44), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 2), PLUS(1ull << 32), FAILS(EINVAL) }, { NOTIFY(0, 0, 1ull << 44, 0, 0), FAILS(ENOENT) },
		{ UNMAP(0, 0, 2), PLUS(1ull << 44), FAILS(ENOENT) }, { UNMAP(0, 0, 2), PLUS(1ull << 32), FAILS(ENOENT) },
		{ UNMAP(0, 0, 2) },
	} },
	/* DEF-002: the copy-out of the offset may fault, and take locks that mmap holds (the model looks at who holds what) */
	{ "regress-copy-out-under-lock", "GNT-GEN-008 GNT-MAP-008", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
	} },
	/* DEF-004: two runs of one map wait for pages in use */
	{ "regress-one-deferred-record", "GNT-MUNMAP-015", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { IO_BEGIN(0, 0) },
		{ IO_BEGIN(0, 2) },
		{ MUNMAP(0, 0, 1) }, { MUNMAP(0, 2, 1) }, { IO_END(0, 0) }, { IO_END(0, 2) }, { DEFERRED(1) }, { DEFERRED(0) },
		{ REVOKE(2) },
	} },
	/* DEF-005 */
	{ "regress-clear-byte-read-only", "GNT-NOTIFY-016 GNT-NOTIFY-017", .stock = "DEF-005",
	  .kills_stock = "CLEAR_BYTE on a read-only mapping: the kernel writes through it (DEF-005)", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { NOTIFY(0, 0, PAGE + 10, CLEAR, 0) },
		{ MMAP_READONLY(0, 0, 0, 2) },
		{ MUNMAP(0, 0, 2) }, { UNMAP(0, 0, 2) },
	} },
	/* DEF-006: the page with the byte could not be mapped, the other one could */
	{ "regress-clear-byte-placeholder", "GNT-NOTIFY-016 GNT-MMAP-009", .stock = "DEF-006",
	  .kills_stock = "CLEAR_BYTE for a page that could not be mapped: page fault in the kernel (DEF-006)", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { NOTIFY(0, 0, PAGE + 10, CLEAR, 0) }, { REVOKE(1) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL), SPENDS }, { UNMAP(0, 0, 2) },
	} },
	/* DEF-007: a page that was read and one that was written, in one batch (the model looks at what is marked dirty) */
	{ "regress-dirty-per-batch", "GNT-COPY-024 GNT-COPY-025", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { ALLOC(0, 2) }, { COPY(0, both_ways) },
	} },
	/* DEF-009 */
	{ "regress-slots-reused-while-mapped", "GNT-SLOT-008 GNT-OFF-012",
	  .stock = "DEF-009 DEF-202", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ MAP(0, 1, 2, 1), AT(2) },
		{ OFFSET(0, 0, 0) }, { MUNMAP(0, 0, 2) }, { MAP(0, 2, 0, 1), AT(0) },
	} },
	/* DEF-012: Xen refuses one page of four to be taken from user space */
	{ "regress-unmap-status-ignored", "GNT-MUNMAP-008 GNT-MUNMAP-009", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) }, { MMAP(0, 0, 0, 4) },
		{ MUNMAP(0, 0, 4), FAULT(DUT_UNMAP, 3) },
		{ UNMAP(0, 0, 4) }, { LOST(1) }, { REVOKE(2), FAILS(EBUSY) }, { REVOKE(3) },
	} },
	/* DEF-013: an address where nothing is; the look-up itself is the kernel's */
	{ "regress-offset-outside", "GNT-OFF-003 GNT-OFF-004", .stock = "DEF-013", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { MUNMAP(0, 1, 1) },
		{ OFFSET(0, 0, PAGE), FAILS(EINVAL) },
	} },
	/* DEF-014 */
	{ "regress-exact-fit", "GNT-SLOT-003", .stock = "DEF-014", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 0, 2), AT(1) },
		{ MAP(0, 2, 0, 1), AT(3) }, { UNMAP(0, 1, 2) },
		{ MAP(0, 3, 0, 2), AT(1) },
	} },
	/* DEF-015 */
	{ "regress-offset-other-instance", "GNT-OFF-005", .stock = "DEF-015", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(1, 1, 0, 1), AT(0) },
		{ MMAP(0, 0, 0, 1) },
		{ OFFSET(1, 0, 0), FAILS(EINVAL) },
	} },
	/* DEF-016: the domain's number but for bit 16 is that of a domain that grants the reference */
	{ "regress-domid-16-bits", "GNT-GEN-006 GNT-MMAP-010", .stock = "DEF-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), DOMID(0x10000 | OWNER), AT(0) },
		{ MMAP(0, 0, 0, 1), FAILS(EINVAL), SPENDS },
	} },
	/* DEF-017 */
	{ "regress-auto-failed-mmap-keeps", "GNT-MMAP-009", .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(1) },
		{ MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ REVOKE(0) },
	} },
	/* DEF-018: another thread changes refs[0] once it was fetched */
	{ "regress-first-ref-twice", "GNT-GEN-002 GNT-MAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), RACING(24), AT(0) }, { MMAP(0, 0, 0, 3) },
	} },
	/* DEF-019 */
	{ "regress-copy-last-page", "GNT-COPY-012 GNT-COPY-013", .stock = "DEF-019",
	  .kills_stock = "GRANT_COPY with a buffer in the last page of all addresses: NULL pointer dereference in the kernel",
	  .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { COPY(0, wraps), STOPS_AT(0), FAILS(EFAULT) },
		{ COPY(0, from_wraps), STOPS_AT(0), FAILS(EFAULT) },
	} },
	/* DEF-020 */
	{ "regress-mmap-interrupted", "GNT-MMAP-023", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { SIGNAL(0) }, { MMAP(0, 0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) },
	} },
	/* DEF-021: the entry of a page in use goes by hypercall, too, before the kernel clears it */
	{ "regress-entry-of-page-in-use", "GNT-MUNMAP-012 GNT-MUNMAP-005", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { IO_BEGIN(0, 1) },
		{ MUNMAP(0, 0, 2) },
		{ REVOKE(1), FAILS(EBUSY) }, { IO_END(0, 1) }, { DEFERRED(1) }, { REVOKE(1) },
	} },
	/* DEF-022: the flags are the kernel's */
	{ "regress-dofork", "GNT-FORK-001", .stock = "DEF-022",
	  .kills_stock = "MADV_DOFORK and fork: bad page map (DEF-022)", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP(0, 0, 0, 1) },
		{ MADVISE(0, 0, 1, MADV_DOFORK) }, { FORK(1) },
		{ INHERIT(1, 0, 1) }, { EXIT(1) }, { STORE(0, 0, PAGE) },
	} },

	/* ---- bugs that were fixed in Linux */

	/* DEF-101: announced, then unmapped, then dropped: each grant is unmapped once */
	{ "regress-2011-unmapped-twice", "GNT-MUNMAP-007 GNT-GEN-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { INVALIDATE(0, 0, 2, 1), DIES },
		{ INVALIDATE(0, 0, 3, 1), DIES }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { HOLDS(0) },
	} },
	/* DEF-102 */
	{ "regress-2011-second-mmap", "GNT-MMAP-006 GNT-MMAP-021", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) },
		{ MMAP(1, 0, 0, 2), FAILS(EINVAL) }, { HOLDS(2) },
		{ MUNMAP(0, 0, 2) }, { MMAP(1, 0, 0, 2), FAILS(EINVAL) },
	} },
	/* DEF-103: a part of the mapping goes, the map is unlisted, the other part is still used */
	{ "regress-2011-freed-while-mapped", "GNT-CLOSE-007 GNT-MUNMAP-011 GNT-UNMAP-011", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { UNMAP(0, 0, 3) },
		{ STORE(0, 0, 3 * PAGE) },
		{ CLOSE(0) }, { STORE(0, 0, 3 * PAGE) }, { MUNMAP(0, 0, 3) }, { REVOKE(0) },
	} },
	/* DEF-104: after the error the map can still be used (the model looks whether a lock is held at the end of a call) */
	{ "regress-2012-lock-kept", "GNT-GEN-008 GNT-NOTIFY-006", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), FAILS(EINVAL) },
		{ MUNMAP(0, 0, 1) }, { UNMAP(0, 0, 1) },
	} },
	/* DEF-106: the map is unlisted by another thread in the middle of its mmap */
	{ "regress-2013-unlisted-during-mmap", "GNT-MMAP-022 GNT-UNMAP-007 GNT-CLOSE-007", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { UNMAP(1, 0, 2), MEANWHILE(3) },
		{ MMAP(0, 0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) }, { MUNMAP(0, 0, 2) }, { HOLDS(0) },
	} },
	/* DEF-108: the frame is a device's until it is done: its owner cannot have it back before */
	{ "regress-2015-unmapped-in-io", "GNT-MUNMAP-005 GNT-MUNMAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { IO_BEGIN(0, 0) },
		{ MUNMAP(0, 0, 2) }, { UNMAP(0, 0, 2) },
		{ REVOKE(0), FAILS(EBUSY) }, { DEFERRED(1) }, { REVOKE(0), FAILS(EBUSY) }, { IO_END(0, 0) }, { DEFERRED(1) },
		{ REVOKE(0) },
	} },
	/* DEF-110: what was never mapped is not unmapped */
	{ "regress-2017-unmap-of-unmapped", "GNT-MMAP-009 GNT-MUNMAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) }, { REVOKE(0) }, { REVOKE(2) },
		{ MMAP(0, 0, 0, 4), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ LOST(0) }, { UNMAP(0, 0, 4) }, { LOST(0) }, { REVOKE(1) }, { REVOKE(3) },
	} },
	/* DEF-111: 100 pages, holes at both sides of where a hypercall's worth ends: no page is missed */
	{ "regress-2018-hole-off-by-one", "GNT-MUNMAP-001 GNT-MUNMAP-007", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 5) }, { MAP_IN_TURN(0, 0, 0, 5, 100), AT(0) }, { MMAP(0, 0, 0, 100) },
		{ INVALIDATE(0, 15, 3, 1), DIES },
		{ INVALIDATE(0, 31, 1, 1), DIES }, { INVALIDATE(0, 61, 3, 1), DIES }, { HOLDS(93) }, { MUNMAP(0, 0, 100) },
		{ HOLDS(0) },
	} },
	{ "regress-2018-hole-off-by-one-auto", "GNT-MUNMAP-002 GNT-MUNMAP-007", .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 5) }, { MAP_IN_TURN(0, 0, 0, 5, 100), AT(0) }, { MMAP(0, 0, 0, 100) },
		{ MUNMAP(0, 0, 100) }, { HOLDS(100) },
		{ UNMAP(0, 0, 100) }, { HOLDS(0) }, { REVOKE(0) }, { REVOKE(4) },
	} },
	/* DEF-112 */
	{ "regress-2018-failed-mmap-keeps", "GNT-MMAP-009", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(1) },
		{ MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ REVOKE(0) }, { REVOKE(2) },
	} },
	/* DEF-113: every map but the first */
	{ "regress-2019-offset-into-map", "GNT-MMAP-001 GNT-MMAP-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 2), AT(1) }, { MMAP(0, 0, 1, 2) },
		{ STORE(0, 0, 2 * PAGE) },
	} },
	/* DEF-114 */
	{ "regress-2019-huge-count", "GNT-MAP-005 GNT-GEN-017",
	  .stock = "DEF-201",
	  .needs = DUT_LIMIT, .limit = 0xffffffff, .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), COUNT(0x100001), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 1), COUNT(0x20000001), FAILS(ENOMEM) },
		{ MAP(0, 0, 0, 1), COUNT(0xffffffff), FAILS(ENOMEM) },
	} },
	/* DEF-115: one op of a batch fails */
	{ "regress-2021-xsa-361", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-014", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) },
		{ MMAP(0, 0, 0, 4), FAULT(DUT_MAP, 2), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ MAP(0, 1, 0, 4), AT(4) }, { MMAP(0, 0, 1, 4), FAULT(DUT_MAP, 4), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
	} },
	/* DEF-116: an mmap that is refused undoes nothing that it has not done */
	{ "regress-2021-undo-not-done", "GNT-MMAP-006 GNT-GEN-019", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) },
		{ MMAP(1, 0, 0, 2), FAILS(EINVAL) }, { UNMAP(0, 0, 2) },
		{ STORE(0, 0, 2 * PAGE) }, { MUNMAP(0, 0, 2) },
	} },
	/* DEF-117: the kernel's side, by status and as a whole */
	{ "regress-2021-kernel-unmap-ignored", "GNT-MUNMAP-008 GNT-MMAP-014", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) },
		{ MUNMAP(0, 0, 2), FAULT(DUT_HYPERCALL, 2) },
		{ UNMAP(0, 0, 2) }, { LOST(2) }, { REVOKE(0), FAILS(EBUSY) },
	} },
	/* DEF-119: Xen is not asked to unmap what it has refused to map (the model looks at each handle) */
	{ "regress-2022-invalid-handles", "GNT-GEN-004 GNT-MMAP-009", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(0) }, { REVOKE(2) },
		{ MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) }, { LOST(0) }, { HOLDS(0) },
	} },
	/* DEF-120: of the page's two handles Xen gave one */
	{ "regress-2022-half-mapped-page", "GNT-MMAP-009 GNT-MMAP-014 GNT-GEN-018", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) },
		{ MMAP(0, 0, 0, 2), FAULT(DUT_MAP, 3), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
		{ UNMAP(0, 0, 2) }, { REVOKE(0) }, { REVOKE(1) },
	} },
	/* DEF-121: every VMA that a split makes counts */
	{ "regress-2022-split", "GNT-MUNMAP-001 GNT-MUNMAP-011", .stock = "DEF-009 DEF-202", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { UNMAP(0, 0, 3) },
		{ MUNMAP(0, 1, 1) }, { MUNMAP(0, 0, 1) },
		{ STORE(0, 2 * PAGE, PAGE) }, { MAP(0, 1, 0, 1), AT(3) }, { MUNMAP(0, 2, 1) }, { MAP(0, 2, 0, 3), AT(0) },
	} },
	/* DEF-124 */
	{ "regress-2026-unnamed-map", "GNT-MAP-010 GNT-MAP-011", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 2) }, { MAP(1, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 1, 0, 1) },
		{ MAP(0, 1, 1, 1), IN_VIEW(0), FAILS(EFAULT) }, { MAP(0, 1, 1, 1), AT(0) },
	} },
	/* DEF-125: for maps and for copies */
	{ "regress-2020-positive-status", "GNT-GEN-016 GNT-MMAP-008", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) },
		{ MMAP(0, 0, 0, 2), FAULT(DUT_MAP, 2), STATUS(1), FAILS(EINVAL), SPENDS }, { HOLDS(0) },
	} },
	{ "regress-2020-positive-status-of-copy", "GNT-GEN-016 GNT-COPY-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 2) }, { COPY(0, two_ops), FAULT(DUT_COPY, 1), STATUS(1) },
	} },
};

const struct table regress_table = { rows, ARRAY_SIZE(rows) };
