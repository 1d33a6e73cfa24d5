// SPDX-License-Identifier: MIT
/*
 * SET_UNMAP_NOTIFY. The contents of all frames are compared after every step: a byte that is cleared where none should be,
 * or not cleared, is seen at once.
 */
#include "row.h"

/* one file, four grants, a map of three mapped, two ports */
#define BEGIN { OPEN(0) }, { GRANT(0, 4) }, { PORT(0) }, { PORT(1) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) }

static const struct row rows[] = {
	/* ---- CLEAR_BYTE ---- */

	/* when the page goes, once: the byte the program stores afterwards in the frame stays */
	{ "notify_clears_at_munmap", "GNT-NOTIFY-001 GNT-NOTIFY-015 GNT-NOTIFY-020 GNT-NOTIFY-027", .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, PAGE + 77, CLEAR, 0) }, { MUNMAP(0, 0, 3), CLEARS(1, 77) }, { OWNER_STORE(1, 70, 20) },
		{ UNMAP(0, 0, 3) }, { MAP(0, 1, 0, 3), AT(0) }, { MMAP(0, 0, 1, 3) }, { MUNMAP(0, 0, 3) },
	} },
	/* auto-translated: the grants go when the map is neither listed nor mapped, and the byte with them */
	{ "notify_clears_at_the_end", "GNT-NOTIFY-015 GNT-MUNMAP-002 GNT-NOTIFY-025", .mode = ONLY_AUTO, .steps = {
		BEGIN, { NOTIFY(0, 0, PAGE + 77, CLEAR, 0) }, { MUNMAP(0, 0, 3) }, { OWNER_STORE(1, 0, PAGE) },
		{ UNMAP(0, 0, 3), CLEARS(1, 77) }, { OWNER_STORE(1, 70, 20) },
	} },
	/* the first and the last byte of a map */
	{ "notify_clears_first_byte", "GNT-NOTIFY-027 GNT-NOTIFY-015", .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 0, CLEAR, 0) }, { MUNMAP(0, 0, 3), CLEARS(0, 0) },
	} },
	{ "notify_clears_last_byte", "GNT-NOTIFY-027 GNT-NOTIFY-015", .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 3 * PAGE - 1, CLEAR, 0) }, { MUNMAP(0, 0, 3), CLEARS(2, 4095) },
	} },
	/* other pages go first: nothing is cleared until the page itself goes */
	{ "notify_clears_with_its_page", "GNT-NOTIFY-028 GNT-NOTIFY-015", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, PAGE + 5, CLEAR, 0) }, { MUNMAP(0, 0, 1) }, { MUNMAP(0, 2, 1) },
		{ STORE(0, PAGE, PAGE) }, { MUNMAP(0, 1, 1), CLEARS(1, 5) },
	} },
	/* set before the mmap it holds just as well; after a failed one there is no page to clear */
	{ "notify_before_mmap", "GNT-NOTIFY-001 GNT-NOTIFY-015 GNT-NOTIFY-016", .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2), AT(0) }, { NOTIFY(0, 0, PAGE + 9, CLEAR, 0) },
		{ MMAP(0, 0, 0, 2) },
		{ MUNMAP(0, 0, 2), CLEARS(1, 9) }, { UNMAP(0, 0, 2) },
		{ MAP(0, 1, 0, 2), AT(0) }, { NOTIFY(0, 1, 3, CLEAR, 0) }, { UNMAP(0, 1, 2) },
	} },
	/* on a map that is mapped read-only it is refused; set before, the mapping stands and the byte stays */
	{ "notify_read_only", "GNT-NOTIFY-006 GNT-NOTIFY-017 GNT-NOTIFY-016", .stock = "DEF-005",
	  .kills_stock = "CLEAR_BYTE on a read-only mapping: the kernel writes through it (DEF-005)", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 1), AT(0) }, { NOTIFY(0, 0, 10, CLEAR, 0) },
		{ MMAP_READONLY(0, 0, 0, 1) },
		{ NOTIFY(0, 0, 11, CLEAR, 0), FAILS(EINVAL) }, { NOTIFY(0, 0, 11, 0, 0) },
		{ NOTIFY(0, 0, 10, CLEAR, 0), FAILS(EINVAL) },
		{ MUNMAP(0, 0, 1) }, { NOTIFY(0, 0, 10, CLEAR, 0), FAILS(EINVAL) }, { UNMAP(0, 0, 1) },
		{ MAP(0, 1, 1, 1), AT(0) }, { NOTIFY(0, 1, 10, CLEAR, 0) }, { MMAP_READONLY(0, 0, 1, 1) }, { MUNMAP(0, 0, 1) },
		{ UNMAP(0, 1, 1) },
	} },
	/* SEND_EVENT alone has no need of a page that can be written */
	{ "notify_read_only_event", "GNT-NOTIFY-006 GNT-NOTIFY-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { PORT(0) }, { MAP(0, 0, 0, 1), AT(0) }, { MMAP_READONLY(0, 0, 0, 1) },
		{ NOTIFY(0, 0, 10, EVENT, 0) }, { NOTIFY(0, 0, 10, CLEAR | EVENT, 0), FAILS(EINVAL) }, { MUNMAP(0, 0, 1) },
		{ EVENTS(0, 0) }, { UNMAP(0, 0, 1) }, { EVENTS(0, 1) },
	} },

	/* ---- SEND_EVENT ---- */

	/* neither munmap nor UNMAP alone frees the map; the later of the two does */
	{ "notify_event_at_the_end", "GNT-NOTIFY-018 GNT-NOTIFY-020 GNT-NOTIFY-025 GNT-UNMAP-011", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0) }, { MUNMAP(0, 0, 3) }, { EVENTS(0, 0) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 1) },
		{ MAP(0, 1, 0, 3), AT(0) }, { UNMAP(0, 1, 3) }, { EVENTS(0, 1) }, { EVENTS(1, 0) },
	} },
	{ "notify_event_of_unlisted", "GNT-NOTIFY-025 GNT-NOTIFY-018 GNT-UNMAP-007", .profile = ONLY_LINUX, .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) },
		{ NOTIFY(0, 0, 0, 0, 0), FAILS(ENOENT) }, { MUNMAP(0, 0, 3) }, { EVENTS(0, 1) },
	} },
	/* a map that was never mapped */
	{ "notify_event_never_mapped", "GNT-NOTIFY-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { PORT(0) }, { MAP(0, 0, 0, 2), AT(0) }, { NOTIFY(0, 0, PAGE, EVENT, 0) },
		{ UNMAP(0, 0, 2) }, { EVENTS(0, 1) },
	} },
	/* the program is gone: descriptors first, the mapping last */
	{ "notify_event_at_close", "GNT-CLOSE-002 GNT-NOTIFY-018 GNT-CLOSE-001", .steps = {
		BEGIN, { NOTIFY(0, 0, 5, EVENT, 0) }, { CLOSE(0) }, { EVENTS(0, 0) }, { STORE(0, 0, 10) }, { MUNMAP(0, 0, 3) },
		{ EVENTS(0, 1) },
	} },
	/* the byte is clear when the event arrives */
	{ "notify_clear_then_event", "GNT-NOTIFY-019 GNT-NOTIFY-015", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 2 * PAGE + 1, CLEAR | EVENT, 1) }, { WATCH(2, 1) }, { UNMAP(0, 0, 3) },
		{ MUNMAP(0, 0, 3), CLEARS(2, 1) }, { EVENTS(1, 1) }, { NEXT_EVENT(1), SAW_0 },
	} },
	{ "notify_clear_then_event_auto", "GNT-NOTIFY-019 GNT-NOTIFY-015", .mode = ONLY_AUTO, .steps = {
		BEGIN, { NOTIFY(0, 0, 2 * PAGE + 1, CLEAR | EVENT, 1) }, { WATCH(2, 1) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3), CLEARS(2, 1) }, { EVENTS(1, 1) }, { NEXT_EVENT(1), SAW_0 },
	} },
	/* the process dies: byte and event all the same (the child has no part in it) */
	{ "notify_at_exit", "GNT-NOTIFY-026 GNT-CLOSE-004 GNT-NOTIFY-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { PORT(0) }, { DUP(1, 0, 1) }, { CLOSE(0) }, { MAP(1, 0, 0, 2), AT(0) },
		{ MMAP(0, 1, 0, 2) }, { NOTIFY(1, 0, PAGE + 100, CLEAR | EVENT, 0) }, { WATCH(1, 100) },
		{ EXIT(1), CLEARS(1, 100) }, { EVENTS(0, 1) }, { NEXT_EVENT(0), SAW_0 },
	} },

	/* ---- references on ports ---- */

	/* the program's own reference goes: the notification still has one */
	{ "notify_owns_its_port", "GNT-NOTIFY-012 GNT-NOTIFY-021 GNT-NOTIFY-018", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0) }, { PORT_CLOSE(0) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 1) },
	} },
	/* the same port again and again: it is never without a reference */
	{ "notify_same_port_again", "GNT-NOTIFY-013 GNT-NOTIFY-021 GNT-NOTIFY-022", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0) }, { NOTIFY(0, 0, 0, EVENT, 0) }, { NOTIFY(0, 0, 7, EVENT | CLEAR, 0) },
		{ NOTIFY(0, 0, 0, EVENT, 0) }, { EVENTS(0, 0) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 1) },
	} },
	/* no port: 0, one beyond all, one that is closed; then without SEND_EVENT any number will do */
	{ "notify_bad_port", "GNT-NOTIFY-004 GNT-NOTIFY-011 GNT-NOTIFY-014 GNT-NOTIFY-007", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0), PORT_NUMBER(0xffffffff), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 0, EVENT, 0), PORT_NUMBER(131072), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 0, EVENT, 0), PORT_NUMBER(131071), FAILS(EINVAL) },
		{ PORT_CLOSE(1) }, { NOTIFY(0, 0, 0, EVENT, 1), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 0, 0, 0), PORT_NUMBER(0xffffffff) },
		/* and before an unknown offset */
		{ NOTIFY(0, 0, 3 * PAGE, EVENT, 0), PORT_NUMBER(0xffffffff), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 3 * PAGE, EVENT, 0), FAILS(ENOENT) },
	} },
	{ "notify_port_fails", "GNT-NOTIFY-004 GNT-NOTIFY-014", .steps = {
		BEGIN, { NOTIFY(0, 0, 4, EVENT, 1) }, { NOTIFY(0, 0, 0, EVENT, 0), FAULT(DUT_PORT, 1), FAILS(EINVAL) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) }, { EVENTS(1, 1) },
	} },
	/* the peer is gone: the event gets lost, and nobody hears of it */
	{ "notify_peer_gone", "GNT-NOTIFY-023", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0) }, { PEER_CLOSE(0) }, { MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) },
		{ MAP(0, 0, 0, 1), AT(0) },
	} },

	/* ---- one a map, one a page ---- */

	/* setting one for another page replaces it: byte and port of the first are nobody's any more */
	{ "notify_one_a_map", "GNT-NOTIFY-008 GNT-NOTIFY-021 GNT-NOTIFY-022", .profile = ONLY_LINUX, .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 1, CLEAR | EVENT, 0) }, { NOTIFY(0, 0, 2 * PAGE + 2, CLEAR | EVENT, 1) },
		{ MUNMAP(0, 0, 3), CLEARS(2, 2) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) }, { EVENTS(1, 1) },
	} },
	/* action 0 for any page disarms it */
	{ "notify_disarm_any_page", "GNT-NOTIFY-010 GNT-NOTIFY-022", .profile = ONLY_LINUX, .steps = {
		BEGIN, { NOTIFY(0, 0, 1, CLEAR | EVENT, 0) }, { NOTIFY(0, 0, 2 * PAGE, 0, 0) }, { EVENTS(0, 0) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) },
	} },
	/* one a page: each byte is cleared, each event sent, those of lower pages first */
	{ "notify_one_a_page", "GNT-NOTIFY-009 GNT-NOTIFY-015", .profile = ONLY_HEADER, .mode = ONLY_PV, .steps = {
		{ OPEN(0) }, { GRANT(0, 3) }, { PORT(0) }, { PORT(1) }, { MAP(0, 0, 0, 3), AT(0) }, { MMAP(0, 0, 0, 3) },
		{ NOTIFY(0, 0, 2 * PAGE + 2, EVENT, 0) }, { NOTIFY(0, 0, 8, CLEAR, 0) }, { NOTIFY(0, 0, PAGE, EVENT, 1) },
		{ MUNMAP(0, 0, 3), CLEARS(0, 8) }, { EVENTS(0, 0) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 1) }, { EVENTS(1, 1) },
	} },
	{ "notify_events_in_order", "GNT-NOTIFY-024 GNT-NOTIFY-009", .profile = ONLY_HEADER, .steps = {
		{ OPEN(0) }, { GRANT(0, 4) }, { PORT(0) }, { PORT(1) }, { PORT(2) }, { MAP(0, 0, 0, 4), AT(0) },
		{ MMAP(0, 0, 0, 4) },
		{ NOTIFY(0, 0, 3 * PAGE, EVENT, 0) }, { NOTIFY(0, 0, 0, EVENT, 2) }, { NOTIFY(0, 0, 2 * PAGE, EVENT, 1) },
		{ NOTIFY(0, 0, PAGE, EVENT, 0) }, { MUNMAP(0, 0, 4) }, { UNMAP(0, 0, 4) },
		{ NEXT_EVENT(2) }, { NEXT_EVENT(0) }, { NEXT_EVENT(1) }, { NEXT_EVENT(0) }, { EVENTS(0, 2) },
	} },
	/* replacing and disarming concern the page alone */
	{ "notify_replaces_its_page", "GNT-NOTIFY-009 GNT-NOTIFY-010 GNT-NOTIFY-022",
	  .profile = ONLY_HEADER, .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 1, CLEAR | EVENT, 0) }, { NOTIFY(0, 0, PAGE + 1, CLEAR | EVENT, 1) },
		{ NOTIFY(0, 0, 2, CLEAR, 0) },
		{ NOTIFY(0, 0, 2 * PAGE + 3, CLEAR, 0) }, { NOTIFY(0, 0, 2 * PAGE, 0, 0) }, { EVENTS(0, 0) },
		{ NOTIFY(0, 0, PAGE + 9, EVENT, 1) },
		{ MUNMAP(0, 0, 3), CLEARS(0, 2) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) }, { EVENTS(1, 1) },
	} },
	{ "notify_disarm", "GNT-NOTIFY-010 GNT-NOTIFY-020 GNT-NOTIFY-022", .steps = {
		BEGIN, { NOTIFY(0, 0, 1, CLEAR | EVENT, 0) }, { NOTIFY(0, 0, 1, 0, 0) }, { NOTIFY(0, 0, 1, 0, 0) },
		{ EVENTS(0, 0) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { EVENTS(0, 0) },
	} },

	/* ---- errors ---- */

	{ "notify_other_actions", "GNT-NOTIFY-003 GNT-NOTIFY-007 GNT-NOTIFY-014", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, 4, 0), FAILS(EINVAL) }, { NOTIFY(0, 0, 0, 7, 0), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 0, 0x80000000, 0), FAILS(EINVAL) }, { NOTIFY(0, 0, 0, 0x80000001, 0), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 0, 0x100, 0), FAILS(EINVAL) }, { NOTIFY(0, 0, 9 * PAGE, 8, 0), FAILS(EINVAL) },
	} },
	/* pages of no map: behind it, of a map that is gone, and those that are one when bits are dropped */
	{ "notify_unknown_offset", "GNT-NOTIFY-005 GNT-NOTIFY-027 GNT-SLOT-010 GNT-GEN-017", .steps = {
		BEGIN, { NOTIFY(0, 0, 3 * PAGE, CLEAR, 0), FAILS(ENOENT) }, { NOTIFY(0, 0, 3 * PAGE, 0, 0), FAILS(ENOENT) },
		{ NOTIFY(0, 0, 1ull << 32, CLEAR, 0), FAILS(ENOENT) }, { NOTIFY(0, 0, 1ull << 44, CLEAR, 0), FAILS(ENOENT) },
		{ NOTIFY(0, 0, 1ull << 63, CLEAR, 0), FAILS(ENOENT) }, { NOTIFY(0, 0, ~0ull, CLEAR, 0), FAILS(ENOENT) },
		{ NOTIFY(0, 0, (1ull << 52) + PAGE, CLEAR, 0), FAILS(ENOENT) },
		{ NOTIFY(0, 0, 1ull << 31, CLEAR, 0), FAILS(ENOENT) },
		{ MUNMAP(0, 0, 3) }, { UNMAP(0, 0, 3) }, { NOTIFY(0, 0, 0, 0, 0), FAILS(ENOENT) },
	} },
	{ "notify_argument_nowhere", "GNT-NOTIFY-002 GNT-NOTIFY-007 GNT-GEN-015", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, CLEAR, 0), ARG(ADDR_NULL), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, 9, 0), CUT(15), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), ARG(ADDR_LAST), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), CUT(8), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), ARG(0ull - 16), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, CLEAR, 0), CUT(12), FAILS(EFAULT) },
		{ NOTIFY(0, 0, 0, 0, 0), CUT(16) },
	} },
	{ "notify_fetch_fails", "GNT-NOTIFY-002 GNT-NOTIFY-014", .steps = {
		BEGIN, { NOTIFY(0, 0, 0, EVENT, 0), SWEEP(DUT_COPYIN), FAILS(EFAULT) }, { MUNMAP(0, 0, 3) },
		{ UNMAP(0, 0, 3) }, { EVENTS(0, 1) },
	} },
	/* what failed has neither replaced nor disarmed what was there */
	{ "notify_error_keeps_stored", "GNT-NOTIFY-014 GNT-GEN-003", .mode = ONLY_PV, .steps = {
		BEGIN, { NOTIFY(0, 0, 4, CLEAR | EVENT, 0) }, { NOTIFY(0, 0, 5, CLEAR | 4, 0), FAILS(EINVAL) },
		{ NOTIFY(0, 0, 6, EVENT, 0), PORT_NUMBER(0), FAILS(EINVAL) }, { NOTIFY(0, 0, 3 * PAGE, EVENT, 1), FAILS(ENOENT) },
		{ NOTIFY(0, 0, 0, 0, 0), CUT(15), FAILS(EFAULT) }, { MUNMAP(0, 0, 3), CLEARS(0, 4) }, { UNMAP(0, 0, 3) },
		{ EVENTS(0, 1) }, { EVENTS(1, 0) },
	} },
	{ "notify_other_instance", "GNT-OPEN-003 GNT-NOTIFY-005", .steps = {
		BEGIN, { OPEN(1) }, { NOTIFY(1, 0, 0, CLEAR, 0), FAILS(ENOENT) }, { NOTIFY(1, 0, 0, 0, 0), FAILS(ENOENT) },
	} },
};

const struct table notify_table = { rows, ARRAY_SIZE(rows) };
