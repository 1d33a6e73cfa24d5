// SPDX-License-Identifier: MIT
/*
 * mmap, munmap and close: what a mapping shows, when it is refused, how it ends. After every step each page of each
 * view is read.
 */
#include "row.h"

#define RW (PROT_READ | PROT_WRITE)

static const struct row rows[] = {
	/* ---- what a mapping shows ---- */

	/* owner <-> view, both ways, across pages: one frame, no copy in between */
	{ "mmap_aliases", "GNT-MMAP-001 GNT-MMAP-020 GNT-MAP-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) },
		{ STORE(0, 0, 1) }, { STORE(0, PAGE - 1, 2) }, { STORE(0, 0, 3 * PAGE) },
		{ OWNER_STORE(0, 0, PAGE) },
		{ OWNER_STORE(1, 1, 7) }, { OWNER_STORE(2, PAGE - 1, 1) }, { STORE(0, 3 * PAGE - 1, 1) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) },
	} },
	/* maps A B C mapped in the order C A B: each offset shows its own map */
	{ "mmap_several_maps", "GNT-MMAP-001 GNT-MMAP-003 GNT-SLOT-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 6) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 2), AT(1) }, { MAP(0, 2, 3, 3), AT(3) },
		{ MMAP(2, 0, 2, 3) }, { MMAP(0, 0, 0, 1) }, { MMAP(1, 0, 1, 2) },
		{ STORE(0, 0, PAGE) }, { STORE(1, 0, 2 * PAGE) }, { STORE(2, 0, 3 * PAGE) },
		{ MUNMAP(1, 0, 2) }, { STORE(0, 9, 9) }, { STORE(2, 9, 9000) }, { MUNMAP(0, 0, 1) },
		{ STORE(2, 1, 1) },
	} },
	/* one frame, two instances, two views */
	{ "mmap_in_two_instances", "GNT-OPEN-006 GNT-OPEN-003 GNT-MMAP-001", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(1, 1, 1, 1), AT(0) }, { MMAP(0, 0, 0, 2) }, { MMAP(1, 1, 1, 1) },
		{ STORE(0, 0, 2 * PAGE) }, { STORE(1, 100, 100) }, { CLOSE(0) }, { MUNMAP(0, 0, 2) },
		{ STORE(1, 0, PAGE) },
	} },
	/*
	 * 100 pages over 7 frames: more than one hypercall's worth, and no power of two that hides a page shown for
	 * another
	 */
	{ "mmap_100_pages", "GNT-MMAP-001 GNT-MAP-013 GNT-MAP-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 7) },
		{ MAP_IN_TURN(0, 0, 0, 7, 100), AT(0) }, { MMAP(0, 0, 0, 100) }, { STORE(0, 50 * PAGE - 100, 200) },
		{ STORE(0, 96 * PAGE, 4 * PAGE) }, { MUNMAP(0, 0, 100) }, { UNMAP(0, 0, 100) },
	} },
	/* a length that is not a multiple of the page is rounded up, as the kernel does */
	{ "mmap_length_rounded_up", "GNT-MMAP-004 GNT-MMAP-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP_BYTES(0, 0, 0, PAGE, RW, MAP_SHARED), FAILS(EINVAL) },
		{ MMAP_BYTES(0, 0, 0, PAGE + 1, RW, MAP_SHARED) }, { STORE(0, 0, 2 * PAGE) },
	} },

	/* ---- read-only ---- */

	/* granted read-only: mapped read-only it can be read, and a store is SIGSEGV */
	{ "mmap_readonly_grant", "GNT-MMAP-011", .steps = {
		{ OPEN(0) }, { GRANT_READONLY(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP_READONLY(0, 0, 0, 2) },
		{ STORE(0, 0, 1), FAILS(EFAULT) }, { STORE(0, 2 * PAGE - 1, 1), FAILS(EFAULT) },
		{ OWNER_STORE(1, 5, 500) },
	} },
	/* granted read-only, mapped writable: refused by Xen, and that was the one attempt */
	{ "mmap_readonly_grant_writable", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-006", .steps = {
		{ OPEN(0) }, { GRANT_READONLY(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2), FAILS(EINVAL), SPENDS },
		{ MMAP_READONLY(0, 0, 0, 2), FAILS(EINVAL) }, { UNMAP(0, 0, 2) },
	} },
	/* writable, read-only, writable: all undone, the frames that could be mapped included */
	{ "mmap_one_readonly_of_three", "GNT-MMAP-008 GNT-MMAP-009 GNT-GEN-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { GRANT_READONLY(1, 1) }, { GRANT(2, 1) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS },
		{ MAP(0, 1, 0, 3), AT(3) }, { MMAP_READONLY(0, 0, 1, 3) }, { OWNER_STORE(1, 0, 80) },
	} },
	/* granted writable, mapped read-only: a store is SIGSEGV */
	{ "mmap_readonly", "GNT-MMAP-011", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP_READONLY(0, 0, 0, 2) },
		{ STORE(0, 0, 1), FAILS(EFAULT) }, { OWNER_STORE(0, 0, PAGE) }, { MUNMAP(0, 0, 2) },
	} },
	/* private is good as long as nobody can write */
	{ "mmap_private_readonly", "GNT-MMAP-002 GNT-MMAP-011", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP_BYTES(0, 0, 0, 2 * PAGE, PROT_READ, MAP_PRIVATE) },
		{ OWNER_STORE(0, 11, 1111) }, { STORE(0, 0, 1), FAILS(EFAULT) },
	} },

	/* ---- refused, and no attempt ---- */

	{ "mmap_private_writable", "GNT-MMAP-002 GNT-MMAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP_BYTES(0, 0, 0, 2 * PAGE, RW, MAP_PRIVATE), FAILS(EINVAL) },
		{ MMAP_BYTES(0, 0, 0, 2 * PAGE, PROT_WRITE, MAP_PRIVATE), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 2) }, { STORE(0, 0, 2 * PAGE) },
	} },
	/* nothing listed; and AAA with a hole above: the middle of a map and the slot after it are no offsets */
	{ "mmap_unknown_offset", "GNT-MMAP-003 GNT-MMAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MMAP(0, 0, 0, 1), FAILS(EINVAL) },
		{ MAP(0, 0, 0, 3), AT(0) },
		{ MMAP(0, 0, 0, 2), PLUS(1 * PAGE), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(2 * PAGE), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(3 * PAGE), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 3), PLUS(64 * PAGE), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 3) }, { STORE(0, 0, 3 * PAGE) },
	} },
	/* offsets that are a known one when high bits are dropped */
	{ "mmap_far_offset", "GNT-MMAP-005 GNT-SLOT-010 GNT-GEN-017 GNT-MMAP-007", .stock = "DEF-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(0, 1, 1, 2), AT(1) },
		{ MMAP(0, 0, 0, 1), PLUS(1ull << 32), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), PLUS(1ull << 31), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), PLUS(1ull << 43), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(1ull << 44), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), PLUS(1ull << 44), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), PLUS(1ull << 52), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(1ull << 62), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), PLUS(1ull << 63), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1) }, { MMAP(1, 0, 1, 2) }, { STORE(0, 0, PAGE) }, { STORE(1, 0, 2 * PAGE) },
	} },
	/* AAAB: one page less, one more, and all of both maps */
	{ "mmap_wrong_count", "GNT-MMAP-004 GNT-MMAP-007", .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MAP(0, 1, 3, 1), AT(3) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL) }, { MMAP(0, 0, 0, 1), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 4), FAILS(EINVAL) },
		{ MMAP(0, 0, 1, 2), FAILS(EINVAL) }, { MMAP_READONLY(0, 0, 0, 64), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 3) }, { MMAP(1, 0, 1, 1) }, { STORE(0, 0, 3 * PAGE) },
	} },
	{ "mmap_other_instance", "GNT-OPEN-003 GNT-MMAP-003", .steps = {
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1), AT(0) },
		{ MMAP(0, 1, 0, 1), FAILS(EINVAL) }, { MMAP(0, 0, 0, 1) },
	} },
	/* errors that are the kernel's own; none of them is an attempt */
	{ "mmap_errors_of_the_kernel", "GNT-MMAP-019 GNT-MMAP-007", .steps = {
		{ OPEN(0) }, { OPEN_AS(1, O_RDONLY) }, { OPEN_AS(2, O_WRONLY) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) }, { MAP(1, 1, 1, 1), AT(0) }, { MAP(2, 2, 2, 1), AT(0) },
		{ MMAP_BYTES(0, 0, 0, 0, RW, MAP_SHARED), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(1), FAILS(EINVAL) },
		{ MMAP(0, 0, 0, 1), PLUS(0xfff), FAILS(EINVAL) },
		{ MMAP_BYTES(0, 0, 0, PAGE, RW, 0), FAILS(EINVAL) },
		{ MMAP(0, 1, 1, 1), FAILS(EACCES) }, { MMAP_READONLY(0, 2, 2, 1), FAILS(EACCES) },
		{ MMAP(0, 2, 2, 1), FAILS(EACCES) },
		{ MMAP(0, 0, 0, 1) }, { MMAP_READONLY(1, 1, 1, 1) }, { STORE(0, 0, PAGE) },
	} },

	/* ---- one attempt ---- */

	/* while the first mapping is there, and when it is gone */
	{ "mmap_twice", "GNT-MMAP-006 GNT-MMAP-021", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MMAP(0, 0, 0, 2) }, { MMAP(1, 0, 0, 2), FAILS(EINVAL) },
		{ MMAP_READONLY(1, 0, 0, 2), FAILS(EINVAL) }, { STORE(0, 0, 2 * PAGE) }, { MUNMAP(0, 0, 2) },
		{ MMAP(0, 0, 0, 2), FAILS(EINVAL) }, { UNMAP(0, 0, 2) },
		{ MAP(0, 1, 0, 2), AT(0) }, { MMAP(0, 0, 1, 2) }, { STORE(0, 0, 2 * PAGE) },
	} },
	/* a reference that is not there; the failed attempt was the one, and the map stays listed */
	{ "mmap_bad_reference", "GNT-MMAP-008 GNT-MMAP-006 GNT-MMAP-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ .action = MAP, .file = 0, .reg = 0, .pages = 1, REF(BAD_REF), AT(0) },
		{ MMAP(0, 0, 0, 1), FAILS(EINVAL), SPENDS }, { MMAP(0, 0, 0, 1), FAILS(EINVAL) },
		{ MAP(0, 1, 0, 1), AT(1) }, { MMAP(0, 0, 1, 1) }, { UNMAP(0, 0, 1) },
		{ UNMAP(0, 0, 1), FAILS(ENOENT) },
	} },
	/* good, revoked, good: all or nothing */
	{ "mmap_revoked_reference", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-015 GNT-GEN-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { REVOKE(1) },
		{ MMAP(0, 0, 0, 3), FAILS(EINVAL), SPENDS }, { MMAP_READONLY(0, 0, 0, 3), FAILS(EINVAL) },
		{ UNMAP(0, 0, 3) }, { REVOKE(0) }, { REVOKE(2) },
	} },
	{ "mmap_bad_domain", "GNT-MMAP-008 GNT-MMAP-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), DOMID(BAD_DOMID), AT(0) },
		{ MMAP(0, 0, 0, 1), FAILS(EINVAL), SPENDS }, { UNMAP(0, 0, 1) },
	} },
	/* 0x10000 and the like are not domain 0, though their low 16 bits are */
	{ "mmap_domain_of_17_bits", "GNT-MMAP-010 GNT-GEN-006", .stock = "DEF-016", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) },
		{ MAP(0, 0, 0, 1), DOMID(0x10000 | OWNER), AT(0) }, { MMAP(0, 0, 0, 1), FAILS(EINVAL), SPENDS },
		{ MAP(0, 1, 0, 1), DOMID(0x80000000 | OWNER), AT(1) },
		{ MMAP(0, 0, 1, 1), FAILS(EINVAL), SPENDS },
		{ MAP(0, 2, 0, 1), DOMID(0xffff0000 | OWNER), AT(2) },
		{ MMAP(0, 0, 2, 1), FAILS(EINVAL), SPENDS },
		{ MAP(0, 3, 0, 1), AT(3) }, { MMAP(0, 0, 3, 1) },
	} },
	/* three pages, on PV two handles each: the hypercall fails for each of the six in turn */
	{ "mmap_hypercall_fails", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-014 GNT-GEN-018 GNT-GEN-019", .mode = ONLY_PV,
	  .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 1), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 2), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 3), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 4), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 5), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 6), FAILS(EINVAL), SPENDS },
		{ UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { STORE(0, 0, 3 * PAGE) },
	} },
	/* auto-translated: one handle a page */
	{ "mmap_hypercall_fails_auto", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-014 GNT-GEN-018", .mode = ONLY_AUTO, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 1), FAILS(EINVAL), SPENDS }, { UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 2), FAILS(EINVAL), SPENDS }, { UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 3) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 3), FAILS(EINVAL), SPENDS }, { UNMAP(0, 0, 3) },
		{ MAP_IN_TURN(0, 1, 0, 3, 100) }, { MMAP(0, 0, 1, 100), FAULT(DUT_MAP, 100), FAILS(EINVAL), SPENDS },
		{ MAP(0, 0, 0, 3), AT(100) }, { MMAP(0, 0, 0, 3), FAULT(DUT_MAP, 4) }, { STORE(0, 0, 3 * PAGE) },
	} },
	/* the failure is late in a map of 100 pages */
	{ "mmap_hypercall_fails_late", "GNT-MMAP-009 GNT-GEN-018", .mode = ONLY_PV, .needs = DUT_FAULTS, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP_IN_TURN(0, 0, 0, 4, 100) },
		{ MMAP(0, 0, 0, 100), FAULT(DUT_MAP, 200), FAILS(EINVAL), SPENDS },
		{ MAP_IN_TURN(0, 1, 0, 4, 100) },
		{ MMAP(0, 0, 1, 100), FAULT(DUT_MAP, 101), FAILS(EINVAL), SPENDS },
		{ MAP_IN_TURN(0, 2, 0, 4, 100), AT(200) }, { MMAP(0, 0, 2, 100), FAULT(DUT_MAP, 201) },
	} },

	/* ---- munmap ---- */

	/* AAAAA -> AA.AA -> .A.AA -> .A.A. -> .A... -> .....: what is left can be used, what is gone cannot */
	{ "munmap_in_parts", "GNT-MUNMAP-001 GNT-MUNMAP-003 GNT-MUNMAP-011 GNT-MUNMAP-013", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 5) },
		{ MAP(0, 0, 0, 5), AT(0) }, { MMAP(0, 0, 0, 5) }, { STORE(0, 0, 5 * PAGE) },
		{ MUNMAP(0, 2, 1) }, { STORE(0, 0, 2 * PAGE) }, { STORE(0, 3 * PAGE, 2 * PAGE) },
		{ MUNMAP(0, 0, 1) }, { STORE(0, PAGE, 9) }, { MUNMAP(0, 4, 1) }, { STORE(0, 3 * PAGE, 9) },
		{ LOAD(0, 0, 1), FAILS(EFAULT) }, { MUNMAP(0, 3, 1) }, { OWNER_STORE(1, 0, PAGE) },
		{ MUNMAP(0, 1, 1) },
		{ MMAP(0, 0, 0, 5), FAILS(EINVAL) }, { UNMAP(0, 0, 5) }, { MAP(0, 1, 0, 5), AT(0) },
	} },
	/*
	 * the grants of the pages that are gone are given back at once: their owner can revoke them, and only them
	 */
	{ "munmap_in_parts_gives_back", "GNT-MUNMAP-001 GNT-GEN-018", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP(0, 0, 0, 4), AT(0) }, { MMAP(0, 0, 0, 4) }, { MUNMAP(0, 0, 2) }, { REVOKE(0) }, { REVOKE(1) },
		{ STORE(0, 2 * PAGE, 2 * PAGE) }, { UNMAP(0, 0, 4) }, { MUNMAP(0, 2, 1) }, { REVOKE(2) },
		{ STORE(0, 3 * PAGE, PAGE) }, { MUNMAP(0, 3, 1) }, { REVOKE(3) },
	} },
	/* an error while a mapping has a hole: the rest of it stays as it is */
	{ "munmap_in_parts_then_error", "GNT-MUNMAP-003 GNT-GEN-003", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }, { MUNMAP(0, 1, 1) },
		{ MMAP(1, 0, 0, 3), FAILS(EINVAL) }, { MMAP(1, 0, 0, 1), PLUS(PAGE), FAILS(EINVAL) },
		{ UNMAP(0, 0, 2), FAILS(ENOENT) }, { STORE(0, 2 * PAGE, PAGE) }, { UNMAP(0, 0, 3) },
		{ STORE(0, 0, PAGE) },
	} },

	/* ---- close ---- */

	/* the mapping holds the instance */
	{ "close_keeps_mapping", "GNT-CLOSE-002 GNT-CLOSE-001", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) },
		{ MAP(0, 0, 0, 2), AT(0) }, { MAP(0, 1, 2, 1), AT(2) }, { MMAP(0, 0, 0, 2) }, { CLOSE(0) },
		{ STORE(0, 0, 2 * PAGE) }, { OWNER_STORE(1, 3, 33) },
		{ OPEN(0) }, { MAP(0, 2, 2, 1), AT(0) }, { MMAP(1, 0, 2, 1) }, { STORE(0, 7, 4096) },
		{ MUNMAP(0, 0, 1) }, { STORE(0, PAGE, 1) }, { MUNMAP(0, 1, 1) }, { REVOKE(0) }, { REVOKE(1) },
	} },
	/* listed, mapped once, attempted in vain, unlisted but mapped: close and munmap end them all */
	{ "close_ends_everything", "GNT-CLOSE-001 GNT-CLOSE-006 GNT-GEN-018 GNT-GEN-019", .profile = ONLY_LINUX, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) },
		{ MAP_IN_TURN(0, 0, 0, 4, 70) }, { MAP(0, 1, 0, 1) }, { MMAP(0, 0, 1, 1) },
		{ MAP(0, 2, 0, 1), DOMID(BAD_DOMID) }, { MMAP(1, 0, 2, 1), FAILS(EINVAL), SPENDS },
		{ MAP(0, 3, 1, 2) }, { MMAP(1, 0, 3, 2) }, { UNMAP(0, 3, 2) },
		{ MAP(0, 4, 3, 1) }, { MMAP(2, 0, 4, 1) }, { MUNMAP(2, 0, 1) },
		{ CLOSE(0) }, { MUNMAP(0, 0, 1) }, { STORE(1, 0, 2 * PAGE) }, { MUNMAP(1, 0, 2) },
		{ REVOKE(0) }, { REVOKE(1) }, { REVOKE(2) }, { REVOKE(3) },
	} },
	/* the descriptor goes first, the mapping as a whole later: it holds the instance */
	{ "close_keeps_whole_mapping", "GNT-CLOSE-002 GNT-CLOSE-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { MAP(0, 0, 0, 2), AT(0) }, { MAP(0, 1, 2, 1), AT(2) }, { MMAP(0, 0, 0, 2) },
		{ CLOSE(0) },
		{ STORE(0, 0, 2 * PAGE) }, { OPEN(0) }, { MAP(0, 2, 2, 1), AT(0) }, { MMAP(1, 0, 2, 1) }, { MUNMAP(0, 0, 2) },
		{ STORE(1, 0, 9) },
		{ CLOSE(0) }, { STORE(1, 0, PAGE) },
	} },
	/* nothing was ever done with it */
	{ "close_unused", "GNT-CLOSE-001 GNT-OPEN-001", .steps = {
		{ OPEN(0) }, { CLOSE(0) }, { OPEN(0) }, { OPEN(1) }, { CLOSE(0) }, { CLOSE(1) },
	} },
};

const struct table mmap_table = { rows, ARRAY_SIZE(rows) };
