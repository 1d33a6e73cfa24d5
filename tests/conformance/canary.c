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
	/* the first file is forgotten, and still open at the end */
	{ "canary_left_open", "GNT-CLOSE-006", .steps = { { OPEN(0) }, { OPEN(0) } } },
};

const struct table canary_table = { rows, ARRAY_SIZE(rows) };
