// SPDX-License-Identifier: MIT
/*
 * How mappings end: in parts, with pages that are in use, announced by the kernel, refused by Xen. REVOKE that fails with
 * EBUSY says that the grant is still mapped.
 */
#define _GNU_SOURCE
#include "row.h"

#define RW (PROT_READ | PROT_WRITE)
#define BEGIN { OPEN(0) }, { GRANT(0, 4) }, { MAP(0, 0, 0, 4), AT(0) }, { MMAP(0, 0, 0, 4) }

static const struct row rows[] = {
	/* ---- parts ---- */

	/* header: nothing that would split the mapping is done, and it stays as it was */
	{ "munmap_part_refused", "GNT-MUNMAP-004 GNT-GEN-003", .profile = ONLY_HEADER, .steps = {
		BEGIN, { MUNMAP(0, 0, 1), FAILS(EINVAL) }, { MUNMAP(0, 3, 1), FAILS(EINVAL) }, { MUNMAP(0, 1, 2), FAILS(EINVAL) },
		{ MPROTECT(0, 1, 1, PROT_READ), FAILS(EINVAL) }, { MREMAP(0, 0, 4, 2, MREMAP_MAYMOVE), FAILS(EINVAL) },
		{ MREMAP(0, 1, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED), FAILS(EINVAL) }, { STORE(0, 0, 4 * PAGE) },
		{ MUNMAP(0, 0, 4) },
	} },
	/* a mapping over a part would split it too; the errno is the kernel's: a munmap that fails within mmap is ENOMEM */
	{ "munmap_part_by_mmap_refused", "GNT-MUNMAP-004 GNT-MMAP-019", .needs = DUT_MODEL, .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { ALLOC(0, 1) }, { MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2), FIXED_AFTER(0) },
		{ MAP(0, 1, 2, 1), AT(2) }, { MMAP(1, 0, 1, 1), FIXED_AFTER(0), FAILS(ENOMEM) }, { STORE(0, 0, 2 * PAGE) },
	} },
	{ "munmap_whole", "GNT-MUNMAP-001 GNT-MUNMAP-013 GNT-MUNMAP-010", .mode = ONLY_PV, .steps = {
		BEGIN, { REVOKE(0), FAILS(EBUSY) }, { HOLDS(4) }, { MUNMAP(0, 0, 4) }, { HOLDS(0) }, { REVOKE(0) }, { REVOKE(3) },
		{ UNMAP(0, 0, 4) },
	} },
	/* auto-translated: munmap gives nothing back, the later of munmap and UNMAP does */
	{ "munmap_whole_auto", "GNT-MUNMAP-002 GNT-MUNMAP-010", .mode = ONLY_AUTO, .steps = {
		BEGIN, { HOLDS(4) }, { MUNMAP(0, 0, 4) }, { HOLDS(4) }, { REVOKE(0), FAILS(EBUSY) }, { UNMAP(0, 0, 4) },
		{ HOLDS(0) },
		{ REVOKE(0) },
	} },
	{ "munmap_parts_auto", "GNT-MUNMAP-002 GNT-MUNMAP-003 GNT-MUNMAP-011",
	  .profile = ONLY_LINUX, .mode = ONLY_AUTO, .steps = {
		BEGIN, { MUNMAP(0, 1, 1) }, { STORE(0, 0, PAGE) }, { STORE(0, 2 * PAGE, PAGE) }, { UNMAP(0, 0, 4) }, { HOLDS(4) },
		{ MUNMAP(0, 0, 1) }, { MUNMAP(0, 2, 1) }, { REVOKE(1), FAILS(EBUSY) }, { HOLDS(4) }, { MUNMAP(0, 3, 1) },
		{ HOLDS(0) },
	} },
	/* a store to what is left while the others are being given back; 4 VMAs of one map, in any order */
	{ "munmap_every_other_page", "GNT-MUNMAP-011 GNT-MUNMAP-003 GNT-MUNMAP-001 GNT-SLOT-008", .stock = "DEF-009 DEF-202",
	  .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 7) }, { MAP(0, 0, 0, 7), AT(0) }, { MMAP(0, 0, 0, 7) }, { MUNMAP(0, 1, 1) },
		{ MUNMAP(0, 3, 1) },
		{ MUNMAP(0, 5, 1) }, { UNMAP(0, 0, 7) }, { STORE(0, 0, PAGE) }, { STORE(0, 6 * PAGE, PAGE) }, { MUNMAP(0, 2, 1) },
		{ MUNMAP(0, 6, 1) }, { MUNMAP(0, 0, 1) }, { MAP(0, 1, 0, 1), AT(7) }, { STORE(0, 4 * PAGE, PAGE) },
		{ MUNMAP(0, 4, 1) },
		{ MAP(0, 2, 0, 7), AT(0) },
	} },

	/* ---- pages in use ---- */

	/* munmap returns; the page is out of user space, its grant stays until the device is done */
	{ "munmap_page_in_use", "GNT-MUNMAP-005 GNT-MUNMAP-006 GNT-MUNMAP-012 GNT-SLOT-009 GNT-UNMAP-011",
	  .mode = ONLY_PV, .steps = {
		BEGIN, { IO_BEGIN(0, 1) }, { MUNMAP(0, 0, 4) }, { REVOKE(0) }, { REVOKE(1), FAILS(EBUSY) }, { DEFERRED(1) },
		{ UNMAP(0, 0, 4) }, { MAP(0, 1, 2, 2), AT(0) }, { REVOKE(1), FAILS(EBUSY) }, { IO_END(0, 1) }, { DEFERRED(1) },
		{ REVOKE(1) },
		{ DEFERRED(0) },
	} },
	{ "munmap_page_in_use_auto", "GNT-MUNMAP-005 GNT-MUNMAP-006 GNT-MUNMAP-009 GNT-SLOT-009", .mode = ONLY_AUTO, .steps = {
		BEGIN, { IO_BEGIN(0, 1) }, { MUNMAP(0, 0, 4) }, { UNMAP(0, 0, 4) }, { MAP(0, 1, 2, 2), AT(0) }, { HOLDS(1) },
		{ REVOKE(0) }, { REVOKE(1), FAILS(EBUSY) }, { DEFERRED(1) }, { IO_END(0, 1) }, { DEFERRED(1) }, { HOLDS(0) },
		{ REVOKE(1) },
	} },
	/* header: the unmap in flight is none of UNMAP's business */
	{ "munmap_in_use_then_unmap", "GNT-UNMAP-012 GNT-UNMAP-008 GNT-UNMAP-011", .profile = ONLY_HEADER, .steps = {
		BEGIN, { IO_BEGIN(0, 2) }, { UNMAP(0, 0, 4), FAILS(EBUSY) }, { MUNMAP(0, 0, 4) }, { UNMAP(0, 0, 4) },
		{ UNMAP(0, 0, 4), FAILS(ENOENT) }, { MAP(0, 1, 0, 1), AT(0) }, { IO_END(0, 2) }, { DEFERRED(1) },
	} },
	/* two runs of one map, and two maps, wait at the same time */
	{ "munmap_in_use_in_two_runs", "GNT-MUNMAP-015 GNT-MUNMAP-005", .stock = "DEF-004",
	  .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 6) }, { MAP(0, 0, 0, 4), AT(0) }, { MMAP(0, 0, 0, 4) }, { MAP(0, 1, 4, 2), AT(4) },
		{ MMAP(1, 0, 1, 2) },
		{ IO_BEGIN(0, 0) }, { IO_BEGIN(0, 3) }, { IO_BEGIN(1, 1) }, { MUNMAP(0, 0, 1) }, { MUNMAP(0, 3, 1) },
		{ MUNMAP(1, 0, 2) },
		{ DEFERRED(2) }, { STORE(0, PAGE, 2 * PAGE) }, { IO_END(0, 3) }, { DEFERRED(2) }, { REVOKE(3) },
		{ REVOKE(0), FAILS(EBUSY) },
		{ IO_END(0, 0) }, { IO_END(1, 1) }, { DEFERRED(2) }, { DEFERRED(0) }, { REVOKE(0) }, { REVOKE(5) },
	} },
	/* the instance is released meanwhile: the page, its event and its memory go later */
	{ "close_with_page_in_use", "GNT-CLOSE-005 GNT-CLOSE-006 GNT-NOTIFY-018 GNT-CLOSE-003", .steps = {
		BEGIN, { PORT(0) }, { NOTIFY(0, 0, 0, EVENT, 0) }, { IO_BEGIN(0, 0) }, { MUNMAP(0, 0, 4) }, { CLOSE(0) },
		{ EVENTS(0, 0) },
		{ REVOKE(0), FAILS(EBUSY) }, { DEFERRED(1) }, { IO_END(0, 0) }, { DEFERRED(1) }, { EVENTS(0, 1) },
		{ REVOKE(0) }, { DEFERRED(0) },
	} },
	/* the byte is cleared when the page leaves user space, not when it is given back */
	{ "clear_with_page_in_use", "GNT-NOTIFY-015 GNT-MUNMAP-005", .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, PAGE, CLEAR, 0) }, { IO_BEGIN(0, 1) }, { MUNMAP(0, 0, 4), CLEARS(1, 0) },
		{ OWNER_STORE(1, 0, 1) },
		{ DEFERRED(1) }, { IO_END(0, 1) }, { DEFERRED(1) },
	} },
	{ "exit_with_page_in_use", "GNT-CLOSE-004 GNT-MUNMAP-006 GNT-CLOSE-005", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { DUP(1, 0, 1) }, { CLOSE(0) }, { MAP(1, 0, 0, 2), AT(0) }, { MMAP(0, 1, 0, 2) },
		{ IO_BEGIN(0, 1) },
		{ EXIT(1) }, { REVOKE(0) }, { REVOKE(1), FAILS(EBUSY) }, { IO_END(0, 1) }, { DEFERRED(1) }, { REVOKE(1) },
	} },

	/* ---- announced by the kernel ---- */

	/* the entries of some pages are to change: on PV those grants go first, the VMA stays */
	{ "invalidate_some", "GNT-MUNMAP-012 GNT-MUNMAP-013 GNT-MUNMAP-001 GNT-MMAP-020", .mode = ONLY_PV, .steps = {
		BEGIN, { INVALIDATE(0, 1, 2, 1), DIES }, { HOLDS(2) }, { LOAD(0, PAGE, 1), FAILS(EFAULT) },
		{ STORE(0, 3 * PAGE, PAGE) },
		{ INVALIDATE(0, 0, 4, 1), DIES }, { HOLDS(0) }, { INVALIDATE(0, 0, 4, 1) }, { MUNMAP(0, 0, 4) },
		{ UNMAP(0, 0, 4) },
	} },
	{ "invalidate_auto", "GNT-MUNMAP-002", .mode = ONLY_AUTO, .steps = {
		BEGIN, { INVALIDATE(0, 1, 2, 1) }, { HOLDS(4) }, { STORE(0, 0, 4 * PAGE) }, { INVALIDATE(0, 0, 4, 0) },
		{ HOLDS(4) },
	} },
	/* who must not block is told so, and nothing has happened */
	{ "invalidate_would_block", "GNT-MUNMAP-014", .mode = ONLY_PV, .steps = {
		BEGIN, { INVALIDATE(0, 0, 4, 0), FAULT(DUT_TRYLOCK, 1), FAILS(EAGAIN) }, { STORE(0, 0, 4 * PAGE) }, { HOLDS(4) },
		{ INVALIDATE(0, 0, 4, 0), DIES },
	} },
	{ "reaper", "GNT-MUNMAP-014 GNT-MUNMAP-006 GNT-CLOSE-004", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { DUP(1, 0, 1) }, { MAP(1, 0, 0, 2), AT(0) },
		{ MMAP_BYTES(0, 1, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE) },
		{ REAP(1), FAULT(DUT_TRYLOCK, 1), FAILS(EAGAIN) }, { HOLDS(2) }, { REAP(1), DIES }, { HOLDS(0) }, { EXIT(1) },
	} },

	/* ---- refused by Xen ---- */

	/* each op of munmap in turn, user and kernel side: the page is lost for ever, the others are not */
	{ "munmap_refused_user", "GNT-MUNMAP-008 GNT-MUNMAP-009 GNT-GEN-018 GNT-CLOSE-006", .mode = ONLY_PV, .steps = {
		BEGIN, { MUNMAP(0, 0, 4), FAULT(DUT_UNMAP, 2) }, { REVOKE(0) }, { REVOKE(1), FAILS(EBUSY) },
		{ DEFERRED(0) }, { UNMAP(0, 0, 4) }, { LOST(1) }, { REVOKE(2) }, { REVOKE(3) },
	} },
	{ "munmap_refused_kernel", "GNT-MUNMAP-008 GNT-MUNMAP-009 GNT-MUNMAP-007", .mode = ONLY_PV, .steps = {
		BEGIN, { MUNMAP(0, 0, 4), FAULT(DUT_UNMAP, 8) }, { REVOKE(2) }, { REVOKE(3), FAILS(EBUSY) }, { UNMAP(0, 0, 4) },
		{ DEFERRED(0) }, { CLOSE(0) }, { LOST(1) },
	} },
	{ "munmap_refused_auto", "GNT-MUNMAP-008 GNT-MUNMAP-009", .mode = ONLY_AUTO, .steps = {
		BEGIN, { MUNMAP(0, 0, 4) }, { UNMAP(0, 0, 4), FAULT(DUT_UNMAP, 3) }, { LOST(1) }, { REVOKE(0) }, { REVOKE(1) },
		{ REVOKE(2), FAILS(EBUSY) }, { REVOKE(3) },
	} },
	/* the hypercall as a whole */
	{ "munmap_hypercall_refused", "GNT-MUNMAP-008 GNT-MUNMAP-009 GNT-GEN-018", .mode = ONLY_PV, .steps = {
		BEGIN, { MUNMAP(0, 0, 4), FAULT(DUT_HYPERCALL, 2) }, { REVOKE(0), FAILS(EBUSY) }, { UNMAP(0, 0, 4) }, { LOST(4) },
	} },
	/* a positive status is a failure, too */
	{ "munmap_positive_status", "GNT-GEN-016 GNT-MUNMAP-008", .mode = ONLY_PV, .steps = {
		BEGIN, { MUNMAP(0, 0, 4), FAULT(DUT_UNMAP, 5), STATUS(1) }, { UNMAP(0, 0, 4) }, { LOST(1) },
		{ REVOKE(0), FAILS(EBUSY) },
	} },
	/* refused later, when the device is done with the page */
	{ "munmap_refused_later", "GNT-MUNMAP-008 GNT-MUNMAP-005", .steps = {
		BEGIN, { IO_BEGIN(0, 2) }, { MUNMAP(0, 0, 4) }, { UNMAP(0, 0, 4) }, { LOST(0) }, { IO_END(0, 2) },
		{ DEFERRED(1), FAULT(DUT_UNMAP, 1) }, { LOST(1) }, { DEFERRED(0) }, { REVOKE(1) }, { REVOKE(2), FAILS(EBUSY) },
	} },
	/* while an mmap is undone */
	{ "mmap_undo_refused", "GNT-MMAP-017 GNT-MMAP-009 GNT-MUNMAP-008", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 3), AT(0) }, { REVOKE(2) },
		{ MMAP(0, 0, 0, 3), FAULT(DUT_UNMAP, 1), FAILS(EINVAL), SPENDS, LOSES }, { REVOKE(0), FAILS(EBUSY) },
		{ REVOKE(1) },
		{ UNMAP(0, 0, 3) }, { LOST(1) },
	} },
	/* the event is sent all the same, the byte is not touched */
	{ "notify_with_lost_page", "GNT-NOTIFY-016 GNT-NOTIFY-018 GNT-MUNMAP-008", .mode = ONLY_PV, .steps = {
		BEGIN, { PORT(0) }, { NOTIFY(0, 0, PAGE + 3, CLEAR | EVENT, 0) },
		{ MUNMAP(0, 0, 4), FAULT(DUT_UNMAP, 2), CLEARS(1, 3) },
		{ OWNER_STORE(1, 0, PAGE) }, { UNMAP(0, 0, 4) }, { EVENTS(0, 1) }, { LOST(1) },
	} },
};

const struct table munmap_table = { rows, ARRAY_SIZE(rows) };
