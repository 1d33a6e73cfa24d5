// SPDX-License-Identifier: MIT
/*
 * The COPY step, and what must come of it: a naive GRANT_COPY over the expected contents, op by op and batch by
 * batch, so that the comparison of all contents after the step says whether the device did the same.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "run.h"

/* ops in a batch: GNT-COPY-014, and Linux (DEF-204) */
#define BATCH 64u
#define BATCH_LINUX 16u

/* a status that no call gives, so that one left alone is told from one written */
#define STATUS_ON_ENTRY 0x5a5a

typedef struct gntdev_grant_copy_segment user_segment;

static_assert(sizeof(user_segment) == 24, "GNT-GEN-021");

/* ---- the call ---- */

static uint64_t local_address(const struct run *r, const struct side *side)
{
	return side->kind == IN_MEMORY ? r->memory[side->reg].addr + side->at : side->at;
}

static bool is_foreign(const struct side *side)
{
	return side->kind == IN_GRANT || side->kind == AT_REFERENCE;
}

/* A 32-bit program writes four bytes, and leaves the other four of the union as they were (GNT-COMPAT-005). */
static void *encode_address(const struct run *r, const struct side *side, bool compat)
{
	uint64_t address = local_address(r, side);

	return (void *)(uintptr_t)(compat ? (uint32_t)address | 0xa5a5a5a500000000ull : address);
}

/* What the program writes into the segment; pad bytes, the status and the unused flags are garbage. */
static user_segment encode(const struct run *r, const struct segment *seg, bool compat)
{
	user_segment user;

	memset(&user, 0xa5, sizeof(user));
	user.len = seg->len;
	user.status = STATUS_ON_ENTRY;
	user.flags = seg->flags;
	if (is_foreign(&seg->from)) {
		user.flags |= GNTCOPY_source_gref;
		user.source.foreign.ref = seg->from.kind == IN_GRANT ? r->grant[seg->from.reg].ref : seg->from.reg;
		user.source.foreign.offset = (uint16_t)seg->from.at;
		user.source.foreign.domid = (domid_t)run_domid(r, seg->from.domid);
	} else {
		user.source.virt = encode_address(r, &seg->from, compat);
	}
	if (is_foreign(&seg->to)) {
		user.flags |= GNTCOPY_dest_gref;
		user.dest.foreign.ref = seg->to.kind == IN_GRANT ? r->grant[seg->to.reg].ref : seg->to.reg;
		user.dest.foreign.offset = (uint16_t)seg->to.at;
		user.dest.foreign.domid = (domid_t)run_domid(r, seg->to.domid);
	} else {
		user.dest.virt = encode_address(r, &seg->to, compat);
	}
	return user;
}

/* The argument of a 32-bit program (GNT-COMPAT-003), and its command. */
struct compat_copy {
	uint32_t count, segments;
};

static_assert(sizeof(struct compat_copy) == 8, "GNT-COMPAT-003");
#define COMPAT_COPY 0x00084708u

static int64_t make_call(struct run *r, const struct step *s, const struct argument *header)
{
	int64_t result;

	run_arm(r, s);
	if (s->compat)
		result = r->dut->ioctl_compat(r->file[s->file].fd, COMPAT_COPY, header->addr);
	else
		result = r->dut->ioctl(r->file[s->file].fd, IOCTL_GNTDEV_GRANT_COPY, header->addr);
	run_disarm(r, s);
	return result;
}

int64_t copy_call(struct run *r, const struct step *s, struct argument *header, struct argument *segments)
{
	uint32_t n = s->n_segments, count = s->has_count ? s->count : n;
	user_segment *user = calloc(n + 1, sizeof(*user));
	struct ioctl_gntdev_grant_copy copy;
	struct compat_copy compat;
	const void *bytes = s->compat ? (void *)&compat : &copy;
	size_t len = s->compat ? sizeof(compat) : sizeof(copy);
	static uint8_t garbage[sizeof(copy)];
	int64_t result = 0;

	for (uint32_t i = 0; i < n; i++)
		user[i] = encode(r, &s->segments[i], s->compat);
	memset(&copy, 0xa5, sizeof(copy));
	copy.count = count;
	if (argument_place_segments(r, s, user, n * sizeof(*user), segments)) {
		copy.segments = (void *)(uintptr_t)segments->addr;
		compat = (struct compat_copy){ count, (uint32_t)segments->addr };
		if (argument_place(r, s, bytes, len, header)) {
			if (s->racing)
				r->dut->powers->racing(header->addr, len, memset(garbage, 0xff, sizeof(garbage)));
			result = make_call(r, s, header);
			argument_check(r, header, bytes, len, 0, 0);
		}
	}
	free(user);
	return result;
}

/* ---- what must come of it ---- */

struct expected {
	struct run *r;
	const struct step *s;
	uint32_t op; /* executed so far */
	uint32_t first, ops; /* of the batch: its first segment, its ops */
	int16_t *status;
};

/* The byte at @i of a side, in the expected contents; NULL: not known here, so nothing is copied. */
static uint8_t *expected_byte(struct run *r, const struct side *side, uint32_t i)
{
	if (side->kind == IN_MEMORY)
		return r->memory[side->reg].bytes + side->at + i;
	return side->kind == IN_GRANT ? r->grant[side->reg].bytes + side->at + i : NULL;
}

/*
 * Is byte @i of the segment the first of an op? GNT-COPY-010, GNT-COPY-011: at page boundaries of a local buffer.
 */
static bool op_begins(const struct run *r, const struct segment *seg, uint32_t i)
{
	return i == 0 || (!is_foreign(&seg->from) && (local_address(r, &seg->from) + i) % PAGE == 0)
	       || (!is_foreign(&seg->to) && (local_address(r, &seg->to) + i) % PAGE == 0);
}

static uint32_t count_ops(const struct run *r, const struct segment *seg)
{
	uint32_t ops = 0;

	for (uint32_t i = 0; i < seg->len; i++)
		ops += op_begins(r, seg, i);
	return ops;
}

/* Copies the segment op by op, but for one that the environment makes fail; the status it ends with. */
static int16_t execute_segment(struct expected *e, const struct segment *seg)
{
	bool failing = e->s->faulty && e->s->fault == DUT_COPY, skip = false;
	int16_t status = failing ? 0 : seg->status;

	for (uint32_t i = 0; i < seg->len; i++) {
		uint8_t *from = expected_byte(e->r, &seg->from, i), *to = expected_byte(e->r, &seg->to, i);

		if (op_begins(e->r, seg, i)) {
			skip = failing && ++e->op == e->s->nth;
			if (skip && !status)
				status = e->s->fault_status ? e->s->fault_status : GNTST_general_error;
		}
		if (!skip && from && to && (failing || !seg->status))
			*to = *from;
	}
	return status;
}

/* The batch of the segments from e->first to @end - 1. */
static void execute(struct expected *e, uint32_t end)
{
	for (; e->first < end; e->first++)
		e->status[e->first] = execute_segment(e, &e->s->segments[e->first]);
	e->ops = 0;
}

/* GNT-COPY-014 to -017: what has taken effect, and the statuses, when the call is over. */
static void expect(struct expected *e, bool failed)
{
	const struct step *s = e->s;
	uint32_t room = BATCH;

	for (uint32_t i = 0; i < s->n_segments; i++) {
		uint32_t ops = count_ops(e->r, &s->segments[i]);

		if (failed && s->stops && i == s->stops_at && !s->stops_late)
			return;
		e->status[i] = GNTST_okay;
		if (e->ops + ops > room)
			execute(e, i);
		if (failed && s->stops && i == s->stops_at)
			return;
		e->ops += ops;
	}
	if (!failed || s->executed)
		execute(e, s->n_segments);
}

static void check_statuses(struct run *r, const struct step *s, const struct argument *a, const int16_t *status)
{
	uint32_t n = s->n_segments;
	user_segment *want = calloc(n + 1, sizeof(*want));

	for (uint32_t i = 0; i < n && !r->failed; i++) {
		uint64_t at = i * sizeof(*want) + offsetof(user_segment, status);
		int16_t got;

		want[i] = encode(r, &s->segments[i], s->compat);
		want[i].status = status[i];
		if (at + sizeof(got) > a->readable)
			break;
		if (r->dut->load(a->addr + at, &got, sizeof(got)))
			run_fails(r, "the status of segment %u cannot be read", i);
		else if (got != status[i])
			run_fails(r, "status of segment %u: expected %d, got %d", i, status[i], got);
	}
	if (!r->failed)
		argument_check(r, a, want, n * sizeof(*want), 0, 0);
	free(want);
}

void copy_accept(struct run *r, const struct step *s, const struct argument *segments, int64_t result)
{
	struct expected e = { .r = r, .s = s, .status = calloc(s->n_segments + 1, sizeof(int16_t)) };

	for (uint32_t i = 0; i < s->n_segments; i++)
		e.status[i] = STATUS_ON_ENTRY;
	r->racing = false; /* of the argument alone */
	if (result == 0 || s->stops)
		expect(&e, result != 0);
	/* Linux promises nothing about statuses when the call fails */
	if (segments->readable && (result == 0 || (s->stops && !r->stock)) && !s->segments_in_view)
		check_statuses(r, s, segments, e.status);
	free(e.status);
}
