// SPDX-License-Identifier: MIT
/*
 * Rows that are wrong, one for each thing the runner looks at: a runner that passes one of them sees nothing
 * (--canary).
 */
#include "row.h"

static const struct segment fine[] = { { G(0, 0), M(0, 0), 10, -3, 0 } };
static const struct segment refused[] = { { G(0, 0), M(0, 0), 10, 0, 0 }, { M(0, 0), M(0, 9), 1, 0, 0 } };

static const struct row rows[] = {
	{ "canary_other_error", "GNT-MAP-003", .steps = { { OPEN(0) }, { GRANT(0, 1) },
	{ MAP(0, 0, 0, 1), COUNT(0), FAILS(EFAULT) } } },
	{ "canary_no_error", "GNT-MAP-001", .steps = { { OPEN(0) }, { GRANT(0, 1) },
	{ MAP(0, 0, 0, 1), FAILS(EINVAL) } } },
	{ "canary_unexpected_error", "GNT-UNMAP-003", .steps = { { OPEN(0) }, { UNMAP(0, 0, 1) } } },
	{ "canary_other_index", "GNT-SLOT-004", .steps = { { OPEN(0) }, { GRANT(0, 1) },
	{ MAP(0, 0, 0, 1), AT(1) } } },
	/*
	 * the row says nothing of the index, and the runner is led to believe that slot 1 was given back instead of
	 * slot 0
	 */
	{ "canary_not_the_lowest", "GNT-SLOT-002", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MAP(0, 1, 0, 1) },
		{ UNMAP(0, 1, 1), PLUS(0ull - PAGE) },
		{ MAP(0, 2, 0, 1) },
	} },
	{ "canary_other_status", "GNT-COPY-018", .steps = { { OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 1) },
	{ COPY(0, fine) } } },
	/* expected to stop one segment too early, so that the status written ahead is one too many */
	{ "canary_status_written", "GNT-COPY-017", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { ALLOC(0, 1) }, { COPY(0, refused), STOPS_AT(0), FAILS(EINVAL) },
	} },
	/* the view shows the frame that was in register 0 when it was mapped */
	{ "canary_other_contents", "GNT-MMAP-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { GRANT(0, 1) },
	} },
	/* the failed attempt, which counts, passed off as an error that changes nothing */
	{ "canary_error_changes_state", "GNT-GEN-003", .steps = {
		{ OPEN(0) }, { .action = MAP, .pages = 1, REF(BAD_REF) }, { MMAP(0, 0, 0, 1), FAILS(EINVAL) },
	} },
	/* what the runner takes for slot 0 is listed at slot 1: only the probe after the error tells */
	{ "canary_probe", "GNT-GEN-003", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MAP(0, 1, 0, 1) },
		{ UNMAP(0, 1, 1), PLUS(0ull - PAGE) },
		{ UNMAP(0, 0, 1), FAILS(ENOENT) },
	} },
	{ "canary_sweep_in_vain", "GNT-UNMAP-002", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) },
		{ UNMAP(0, 0, 1), SWEEP(DUT_PIN), FAILS(EFAULT) },
	} },
	/* ---- what the newer steps look at */
	{ "canary_offset", "GNT-OFF-009", .steps = {
		/* the view is believed to be of another map */
		{ OPEN(0) }, { OPEN(1) }, { GRANT(0, 2) }, { MAP(0, 1, 0, 1) }, { MAP(0, 0, 0, 2) }, { MMAP(0, 0, 0, 2) },
		{ MAP(1, 0, 0, 2) }, { OFFSET(0, 0, 0) },
	} },
	{ "canary_events", "GNT-NOTIFY-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { PORT(0) }, { MAP(0, 0, 0, 1) }, { NOTIFY(0, 0, 0, EVENT, 0) },
		{ UNMAP(0, 0, 1) }, { EVENTS(0, 0) },
	} },
	{ "canary_event_order", "GNT-NOTIFY-024", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { PORT(0) }, { PORT(1) }, { MAP(0, 0, 0, 1) }, { NOTIFY(0, 0, 0, EVENT, 0) },
		{ UNMAP(0, 0, 1) }, { NEXT_EVENT(1) },
	} },
	{ "canary_event_before_byte", "GNT-NOTIFY-019", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { PORT(0) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) },
		{ NOTIFY(0, 0, 7, CLEAR | EVENT, 0) }, { WATCH(0, 8) },
		{ MUNMAP(0, 0, 1), CLEARS(0, 7) }, { UNMAP(0, 0, 1) }, { NEXT_EVENT(0), SAW_0 },
	} },
	{ "canary_byte_cleared", "GNT-NOTIFY-022", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { NOTIFY(0, 0, 7, CLEAR, 0) },
		{ MUNMAP(0, 0, 1) },
	} },
	{ "canary_byte_not_cleared", "GNT-NOTIFY-015", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { MUNMAP(0, 0, 1), CLEARS(0, 7) },
	} },
	{ "canary_holds", "GNT-GEN-018", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { HOLDS(0) },
	} },
	{ "canary_lost", "GNT-MUNMAP-008", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { MUNMAP(0, 0, 1) },
		{ UNMAP(0, 0, 1) }, { LOST(1) },
	} },
	{ "canary_deferred", "GNT-MUNMAP-005", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { MUNMAP(0, 0, 1) }, { DEFERRED(1) },
	} },
	{ "canary_slept", "GNT-COPY-020", .steps = { { OPEN(0) }, { SLEPT(1) } } },
	{ "canary_dies", "GNT-MUNMAP-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { INVALIDATE(0, 0, 1, 1) },
	} },
	{ "canary_alive", "GNT-MUNMAP-013", .steps = {
		{ OPEN(0) }, { GRANT(0, 2) }, { MAP(0, 0, 0, 2) }, { MMAP(0, 0, 0, 2) },
		{ MADVISE(0, 0, 2, MADV_DONTFORK), DIES },
	} },
	{ "canary_child_sees", "GNT-FORK-001", .steps = {
		{ OPEN(0) }, { GRANT(0, 1) }, { MAP(0, 0, 0, 1) }, { MMAP(0, 0, 0, 1) }, { FORK(1) }, { INHERIT(1, 0, 0) },
	} },
	{ "canary_no_such_point", "GNT-GEN-009", .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 1) }, { MAP(1, 0, 0, 1), MEANWHILE(99) }, { MAP(0, 1, 0, 1) },
	} },
	{ "canary_other_thread", "GNT-GEN-009", .steps = {
		{ OPEN(0) }, { DUP(1, 0, 1) }, { GRANT(0, 1) }, { UNMAP(1, 9, 1), MEANWHILE(2) }, { MAP(0, 1, 0, 1) },
	} },
	/* the first file is forgotten, and still open at the end */
	{ "canary_left_open", "GNT-CLOSE-006", .steps = { { OPEN(0) }, { OPEN(0) } } },
};

const struct table canary_table = { rows, ARRAY_SIZE(rows) };
