// SPDX-License-Identifier: MIT
/* The ioctls but GRANT_COPY (copy.c): what the program puts into memory, and what must be there afterwards. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "run.h"

/* ---- ioctls ---- */

static int64_t call_ioctl(struct run *r, const struct step *s, uint32_t command, const void *bytes, uint64_t len,
			  struct argument *a)
{
	static uint8_t garbage[64];
	int64_t result;

	if (!argument_place(r, s, bytes, len, a))
		return 0;
	if (s->racing)
		r->dut->powers->racing(a->addr, s->race_bytes, memset(garbage, 0xff, sizeof(garbage)));
	run_arm(r, s);
	if (s->compat)
		result = r->dut->ioctl_compat(r->file[s->file].fd, command, a->addr);
	else
		result = r->dut->ioctl(r->file[s->file].fd, command, a->addr);
	run_disarm(r, s);
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
int64_t step_map(struct run *r, const struct step *s)
{
	uint32_t n = s->pages ? s->pages : 1;
	size_t size = offsetof(struct ioctl_gntdev_map_grant_ref, refs) + n * sizeof(struct ioctl_gntdev_grant_ref);
	struct ioctl_gntdev_map_grant_ref *request = malloc(size);
	struct argument a;
	int64_t result;

	memset(request, 0xa5, size);
	request->count = s->has_count ? s->count : s->pages;
	for (uint32_t i = 0; i < n; i++) {
		request->refs[i].domid = run_domid(r, s->has_domid ? s->domid : OWNER);
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

int64_t step_unmap(struct run *r, const struct step *s)
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

int64_t step_ioctl(struct run *r, const struct step *s)
{
	uint8_t bytes[64];
	struct argument a;
	int64_t result = call_ioctl(r, s, s->command, memset(bytes, 0, sizeof(bytes)), sizeof(bytes), &a);

	argument_check(r, &a, bytes, sizeof(bytes), 0, 0);
	argument_free(r, &a);
	return result;
}

int64_t step_copy(struct run *r, const struct step *s)
{
	struct argument header = { 0 }, segments = { 0 };
	int64_t result = copy_call(r, s, &header, &segments);

	if (!r->failed && result == -s->error)
		copy_accept(r, s, &segments, result);
	argument_free(r, &header);
	argument_free(r, &segments);
	return result;
}

/* The address, and what must come of it: the offset and count of the view's map. pad is garbage. */
int64_t step_offset(struct run *r, const struct step *s)
{
	const struct map *map = &r->map[r->view[s->reg].map];
	struct ioctl_gntdev_get_offset_for_vaddr request, got;
	struct argument a;
	int64_t result;

	memset(&request, 0xa5, sizeof(request));
	request.vaddr = s->has_vaddr ? s->vaddr : r->view[s->reg].base + s->offset;
	result = call_ioctl(r, s, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &request, sizeof(request), &a);
	/* only offset and count may be written: GNT-GEN-007 */
	argument_check(r, &a, &request, sizeof(request), offsetof(struct ioctl_gntdev_get_offset_for_vaddr, offset),
		       sizeof(request.offset) + sizeof(request.count));
	if (result == 0 && !s->error && !r->dut->load(a.addr, &got, sizeof(got))
	    && (got.offset != map->index || got.count != map->pages))
		run_fails(r, "expected offset %#" PRIx64 " count %u, got %#" PRIx64 " and %u", map->index, map->pages,
			  (uint64_t)got.offset, got.count);
	argument_free(r, &a);
	return result;
}

int64_t step_set_max(struct run *r, const struct step *s)
{
	struct ioctl_gntdev_set_max_grants request = { .count = s->count };
	struct argument a;
	int64_t result = call_ioctl(r, s, IOCTL_GNTDEV_SET_MAX_GRANTS, &request, sizeof(request), &a);

	argument_check(r, &a, &request, sizeof(request), 0, 0);
	argument_free(r, &a);
	return result;
}

/* Without SEND_EVENT the port is garbage: GNT-NOTIFY-011. */
int64_t step_notify(struct run *r, const struct step *s)
{
	struct ioctl_gntdev_unmap_notify request = {
		.index = r->map[s->reg].index + s->offset + s->delta,
		.action = s->action_bits,
		.event_channel_port = s->has_port ? s->port_number : s->action_bits & EVENT ? r->port[s->port] : 0xa5a5a5a5,
	};
	struct argument a;
	int64_t result = call_ioctl(r, s, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &request, sizeof(request), &a);

	argument_check(r, &a, &request, sizeof(request), 0, 0);
	argument_free(r, &a);
	return result;
}
