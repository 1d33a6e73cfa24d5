// SPDX-License-Identifier: MIT
/*
 * Runs a row, step by step: makes the call, compares what it returns with what the row expects, and brings the
 * expected state up to date. After every step all contents are compared; after every error, that nothing has
 * changed. The first failure ends the row.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "run.h"

/* a sweep that has not come to an end by then never will */
#define SWEEP_MAX 200u

/* ---- diagnostics ---- */

const char *result_name(int64_t result)
{
	static const struct {
		int number;
		const char *name;
	} errors[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { EINTR, "EINTR" }, { EIO, "EIO" }, { ENXIO, "ENXIO" },
		{ E2BIG, "E2BIG" }, { EBADF, "EBADF" }, { EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" },
		{ EACCES, "EACCES" },
		{ EFAULT, "EFAULT" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { ENODEV, "ENODEV" },
		{ EINVAL, "EINVAL" },
		{ ENFILE, "ENFILE" }, { EMFILE, "EMFILE" }, { ENOTTY, "ENOTTY" }, { ENOSPC, "ENOSPC" },
		{ ERANGE, "ERANGE" },
		{ ENOSYS, "ENOSYS" }, { EOVERFLOW, "EOVERFLOW" },
	};
	static char texts[2][24];
	static unsigned int text;

	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++) {
		if (result == -errors[i].number)
			return errors[i].name;
	}
	text = !text;
	snprintf(texts[text], sizeof(texts[text]), "%" PRId64, result);
	return texts[text];
}

static void describe(const struct step *s, char *text, size_t room)
{
	static const char *const names[] = { "END", "OPEN", "CLOSE", "ALLOC", "FORBID", "GRANT", "REVOKE", "OWNER_STORE",
					     "MAP", "UNMAP", "MMAP", "MUNMAP", "STORE", "LOAD", "COPY", "IOCTL" };
	const char *name = names[s->action];

	switch (s->action) {
	case MAP:
		snprintf(text, room, "%s count=%u", name, s->has_count ? s->count : s->pages);
		break;
	case UNMAP:
		snprintf(text, room, "%s map=%u count=%u", name, s->reg, s->count);
		break;
	case MMAP:
		snprintf(text, room, "%s map=%u bytes=%" PRIu64, name, s->reg, s->len);
		break;
	case MUNMAP:
		snprintf(text, room, "%s view=%u page=%u pages=%u", name, s->view, s->page, s->pages);
		break;
	case COPY:
		snprintf(text, room, "%s segments=%u", name, s->n_segments);
		break;
	case IOCTL:
		snprintf(text, room, "%s %#x", name, s->command);
		break;
	default:
		snprintf(text, room, "%s", name);
		break;
	}
}

void run_fails(struct run *r, const char *format, ...)
{
	char text[80];
	va_list args;

	if (r->failed)
		return;
	r->failed = true;
	if (r->step) {
		describe(&r->row->steps[r->step - 1], text, sizeof(text));
		printf("# step %u: %s: ", r->step, text);
	} else {
		printf("# ");
	}
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* ---- steps that only prepare: the row is wrong, or the device under test is out of order, if they fail ---- */

static void step_alloc(struct run *r, const struct step *s)
{
	struct memory *memory = &r->memory[s->reg];
	int64_t addr = anonymous(r, s->pages, s->prot);
	size_t size = (size_t)s->pages * PAGE;

	if (addr < 0) {
		run_fails(r, "got %s", result_name(addr));
		return;
	}
	memory->addr = (uint64_t)addr;
	memory->pages = s->pages;
	memory->prot = s->prot;
	memory->bytes = calloc(1, size);
	memory->forbidden = calloc(s->pages, sizeof(*memory->forbidden));
	if ((s->prot & PROT_WRITE) && r->dut->store(memory->addr, run_pattern(r, memory->bytes, size), size))
		run_fails(r, "cannot be written");
}

static void step_forbid(struct run *r, const struct step *s)
{
	struct memory *memory = &r->memory[s->reg];
	uint64_t addr = memory->addr + (uint64_t)s->page * PAGE;
	int64_t got = r->dut->mmap(addr, (uint64_t)s->pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (got != (int64_t)addr)
		run_fails(r, "got %s", result_name(got));
	for (uint32_t i = 0; i < s->pages; i++)
		memory->forbidden[s->page + i] = true;
}

static void step_grant(struct run *r, const struct step *s)
{
	for (uint32_t i = 0; i < s->grants && !r->failed; i++) {
		struct grant *grant = &r->grant[s->first_grant + i];
		int64_t ref = r->dut->grant(s->readonly);

		if (ref < 0) {
			run_fails(r, "got %s", result_name(ref));
			return;
		}
		grant->made = true;
		grant->readonly = s->readonly;
		grant->ref = (uint32_t)ref;
		if (r->dut->owner_store(grant->ref, 0, run_pattern(r, grant->bytes, PAGE), PAGE))
			run_fails(r, "the owner cannot write");
	}
}

static void step_revoke(struct run *r, const struct step *s)
{
	int error = r->dut->revoke(r->grant[s->first_grant].ref);

	if (error)
		run_fails(r, "got %s", result_name(error));
	r->grant[s->first_grant].made = false;
}

static void step_owner_store(struct run *r, const struct step *s)
{
	struct grant *grant = &r->grant[s->first_grant];

	if (r->dut->owner_store(grant->ref, (uint32_t)s->offset, run_pattern(r, grant->bytes + s->offset, s->len),
				(uint32_t)s->len))
		run_fails(r, "the owner cannot write");
}

/* ---- the program's own accesses, through a view ---- */

static int64_t call_load(struct run *r, const struct step *s)
{
	uint8_t page[PAGE];

	return r->dut->load(r->view[s->view].addr + s->offset, page, s->len);
}

/* The pattern is put down in the expected contents of the frames only if it could be stored at all. */
static int64_t call_store(struct run *r, const struct step *s)
{
	const struct view *view = &r->view[s->view];
	uint8_t *bytes = run_pattern(r, calloc(1, s->len), s->len);
	int64_t result = r->dut->store(view->addr + s->offset, bytes, s->len);

	for (uint64_t i = 0; result == 0 && i < s->len; i++) {
		uint64_t at = s->offset + i;

		map_grant(r, &r->map[view->map], (uint32_t)(at / PAGE))->bytes[at % PAGE] = bytes[i];
	}
	free(bytes);
	return result;
}

/* ---- open, close ---- */

static int64_t call_open(struct run *r, const struct step *s)
{
	struct file *file = &r->file[s->file];
	int fd;

	if (s->faulty)
		r->dut->fail(s->fault, s->nth);
	fd = r->dut->open(s->flags);
	if (s->faulty)
		r->dut->fail(s->fault, 0);
	if (fd < 0)
		return fd;
	*file = (struct file){ .open = true, .fd = fd, .instance = ++r->instances };
	return 0;
}

/*
 * An instance is released with its last mapping: maps that are still mapped stay listed until then (GNT-CLOSE-001).
 */
static int64_t call_close(struct run *r, const struct step *s)
{
	int64_t result = r->dut->close(r->file[s->file].fd);

	r->file[s->file].open = false;
	return result;
}

/* ---- ioctls ---- */

static int64_t call_ioctl(struct run *r, const struct step *s, uint32_t command, const void *bytes, uint64_t len,
			  struct argument *a)
{
	int64_t result;

	if (!argument_place(r, s, bytes, len, a))
		return 0;
	if (s->faulty)
		r->dut->fail(s->fault, s->nth);
	result = r->dut->ioctl(r->file[s->file].fd, command, a->addr);
	if (s->faulty)
		r->dut->fail(s->fault, 0);
	return result;
}

/* The slot that @index names must be the one expected, by the row and by the state of the instance. */
static void check_index(struct run *r, const struct step *s, uint64_t index)
{
	uint64_t lowest = run_lowest(r, r->file[s->file].instance, s->pages);

	if (s->has_slot && index != (uint64_t)s->slot * PAGE)
		run_fails(r, "expected index %#" PRIx64 ", got %#" PRIx64, (uint64_t)s->slot * PAGE, index);
	else if (index != lowest * PAGE)
		run_fails(r, "the lowest range that fits is at %#" PRIx64 ", got %#" PRIx64, lowest * PAGE, index);
}

static void accept_map(struct run *r, const struct step *s, const struct argument *a)
{
	uint64_t index = 0, at = offsetof(struct ioctl_gntdev_map_grant_ref, index);
	struct map *map = &r->map[s->reg];

	if (r->dut->load(a->addr + at, &index, sizeof(index))) {
		run_fails(r, "the index cannot be read");
		return;
	}
	check_index(r, s, index);
	/* an OUT parameter within registers' contents is from now on expected there */
	if (s->split && s->readable >= at + sizeof(index))
		memcpy(r->memory[s->memory].bytes + (size_t)r->memory[s->memory].pages * PAGE - s->readable + at, &index,
		       sizeof(index));
	if (s->in_view)
		memcpy(map_grant(r, &r->map[r->view[s->view].map], 0)->bytes + at, &index, sizeof(index));
	*map = (struct map){ .used = true, .listed = true, .instance = r->file[s->file].instance, .index = index,
			     .slot = (uint32_t)(index / PAGE), .pages = s->pages, .first_grant = s->first_grant,
			     .grants = s->grants };
}

/* pad and index are garbage: GNT-GEN-005, GNT-MAP-017. Nothing but the index may be written: GNT-GEN-007. */
static int64_t step_map(struct run *r, const struct step *s)
{
	uint32_t n = s->pages ? s->pages : 1;
	size_t size = offsetof(struct ioctl_gntdev_map_grant_ref, refs) + n * sizeof(struct ioctl_gntdev_grant_ref);
	struct ioctl_gntdev_map_grant_ref *request = malloc(size);
	struct argument a;
	int64_t result;

	memset(request, 0xa5, size);
	request->count = s->has_count ? s->count : s->pages;
	for (uint32_t i = 0; i < n; i++) {
		request->refs[i].domid = s->has_domid ? s->domid : DUT_DOMID;
		request->refs[i].ref = s->has_ref || !s->grants ? s->ref : r->grant[s->first_grant + i % s->grants].ref;
	}
	result = call_ioctl(r, s, IOCTL_GNTDEV_MAP_GRANT_REF, request, size, &a);
	argument_check(r, &a, request, size, offsetof(struct ioctl_gntdev_map_grant_ref, index), sizeof(request->index));
	if (result == 0 && !s->error)
		accept_map(r, s, &a);
	argument_free(r, &a);
	free(request);
	return result;
}

static int64_t step_unmap(struct run *r, const struct step *s)
{
	struct map *map = &r->map[s->reg];
	struct ioctl_gntdev_unmap_grant_ref request = {
		.index = map->index + s->delta, .count = s->count, .pad = 0xa5a5a5a5,
	};
	struct argument a;
	int64_t result = call_ioctl(r, s, IOCTL_GNTDEV_UNMAP_GRANT_REF, &request, sizeof(request), &a);

	argument_check(r, &a, &request, sizeof(request), 0, 0);
	argument_free(r, &a);
	if (result == 0)
		map->listed = false;
	return result;
}

static int64_t step_ioctl(struct run *r, const struct step *s)
{
	uint8_t bytes[64];
	struct argument a;
	int64_t result = call_ioctl(r, s, s->command, memset(bytes, 0, sizeof(bytes)), sizeof(bytes), &a);

	argument_check(r, &a, bytes, sizeof(bytes), 0, 0);
	argument_free(r, &a);
	return result;
}

static int64_t step_copy(struct run *r, const struct step *s)
{
	struct argument header = { 0 }, segments = { 0 };
	int64_t result = copy_call(r, s, &header, &segments);

	if (!r->failed && result == -s->error)
		copy_accept(r, s, &segments, result);
	argument_free(r, &header);
	argument_free(r, &segments);
	return result;
}

/* ---- mmap, munmap ---- */

static int64_t step_mmap(struct run *r, const struct step *s)
{
	struct map *map = &r->map[s->reg];
	struct view *view = &r->view[s->view];
	const struct memory *before = &r->memory[s->memory];
	uint64_t addr = s->fixed_after ? before->addr + (uint64_t)before->pages * PAGE : 0;
	int64_t result;

	if (s->faulty)
		r->dut->fail(s->fault, s->nth);
	result = r->dut->mmap(addr, s->len, s->prot, s->flags, r->file[s->file].fd, map->index + s->delta);
	if (s->faulty)
		r->dut->fail(s->fault, 0);
	if (result < 0)
		return result;
	if (s->error) {
		r->dut->munmap((uint64_t)result, s->len);
		return 0;
	}
	free(view->gone);
	*view = (struct view){ .addr = (uint64_t)result, .pages = map->pages, .prot = s->prot, .map = s->reg,
			       .gone = calloc(map->pages, sizeof(bool)) };
	map->mapped += map->pages;
	return 0;
}

/* GNT-MUNMAP-013: nothing can be accessed there any more. */
static int64_t step_munmap(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	struct map *map = &r->map[view->map];
	int64_t result = r->dut->munmap(view->addr + (uint64_t)s->page * PAGE, (uint64_t)s->pages * PAGE);
	uint8_t byte;

	for (uint32_t i = s->page; result == 0 && i < s->page + s->pages; i++) {
		if (r->dut->load(view->addr + (uint64_t)i * PAGE, &byte, 1) != -EFAULT)
			run_fails(r, "page %u can still be read", i);
		map->mapped -= !view->gone[i];
		view->gone[i] = true;
	}
	if (map->mapped == 0)
		view->addr = 0;
	return result;
}

/* ---- a step, a row ---- */

static int64_t call(struct run *r, const struct step *s)
{
	switch (s->action) {
	case OPEN:
		return call_open(r, s);
	case CLOSE:
		return call_close(r, s);
	case MAP:
		return step_map(r, s);
	case UNMAP:
		return step_unmap(r, s);
	case MMAP:
		return step_mmap(r, s);
	case MUNMAP:
		return step_munmap(r, s);
	case STORE:
		return call_store(r, s);
	case LOAD:
		return call_load(r, s);
	case COPY:
		return step_copy(r, s);
	default:
		return step_ioctl(r, s);
	}
}

/* A call that must end as the step says, an error leaving everything as it was. */
static void expect_result(struct run *r, const struct step *s)
{
	struct dut_state before;
	int64_t result;

	if (s->error && r->dut->state)
		r->dut->state(&before);
	result = call(r, s);
	if (result != -s->error)
		run_fails(r, "expected %s, got %s", result_name(-s->error), result_name(result));
	else if (s->error)
		run_check_unchanged(r, &before, s->spends);
}

/*
 * The environment fails at its 1st, 2nd, ... call: each time the step ends with its error, until the environment
 * holds.
 */
static void sweep(struct run *r, const struct step *s)
{
	struct step one = *s;

	for (one.nth = 1; one.nth <= SWEEP_MAX && !r->failed; one.nth++) {
		struct dut_state before;
		int64_t result;

		r->dut->state(&before);
		/* the call updates the expected state itself if it succeeds */
		one.error = 0;
		result = call(r, &one);
		if (result == 0) {
			if (one.nth == 1)
				run_fails(r, "no call of the environment can make it fail");
			return;
		}
		if (result != -s->error)
			run_fails(r, "failure %u: expected %s, got %s", one.nth, result_name(-s->error),
				  result_name(result));
		else
			run_check_unchanged(r, &before, s->spends);
		run_check_contents(r);
	}
	if (!r->failed)
		run_fails(r, "still failing at failure %u", SWEEP_MAX);
}

static void run_step(struct run *r, const struct step *s)
{
	switch (s->action) {
	case ALLOC:
		step_alloc(r, s);
		break;
	case FORBID:
		step_forbid(r, s);
		break;
	case GRANT:
		step_grant(r, s);
		break;
	case REVOKE:
		step_revoke(r, s);
		break;
	case OWNER_STORE:
		step_owner_store(r, s);
		break;
	default:
		if (s->sweep)
			sweep(r, s);
		else
			expect_result(r, s);
		break;
	}
	if (!r->failed)
		run_check_contents(r);
}

bool run_row(const struct dut *dut, const char *device, bool stock, const struct row *row)
{
	struct run *r = calloc(1, sizeof(*r));
	int error = dut->begin(device, row->limit);
	const char *left;
	bool failed;

	*r = (struct run){ .dut = dut, .row = row, .stock = stock, .seed = 1 };
	if (error) {
		run_fails(r, "the device under test cannot begin: %s", result_name(error));
		free(r);
		return false;
	}
	for (r->step = 1; r->step <= STEPS && row->steps[r->step - 1].action != END && !r->failed; r->step++)
		run_step(r, &row->steps[r->step - 1]);
	run_clean_up(r);
	left = dut->end();
	if (left)
		run_fails(r, "%s", left);
	failed = r->failed;
	free(r);
	return !failed;
}
