/* SPDX-License-Identifier: MIT */
/*
 * The arguments of the ioctls, as user memory, and what they hand out. They are put there as far as memory goes: that there is
 * none is the call's business.
 */
#include <stddef.h>
#include <string.h>
#include "abi.h"
#include "execute.h"

#define REFS 512u /* that are put into memory: a map of more has whatever is there */
#define SEGMENTS 170u
#define COMPAT_COPY 0x00084708u /* GRANT_COPY of a 32-bit caller */
#define STATUSES 20u /* that are remembered */

struct argument {
	uint8_t process;
	uint64_t fd, command, at, segments; /* addresses */
	uint32_t len, count;
	union {
		struct ioctl_gntdev_map_grant_ref map;
		struct ioctl_gntdev_unmap_grant_ref unmap;
		struct ioctl_gntdev_get_offset_for_vaddr offset;
		struct ioctl_gntdev_set_max_grants max;
		struct ioctl_gntdev_unmap_notify notify;
		struct ioctl_gntdev_grant_copy copy;
		uint32_t compat_copy[2];
		uint8_t bytes[offsetof(struct ioctl_gntdev_map_grant_ref, refs) + REFS * sizeof(struct ioctl_gntdev_grant_ref)];
	} u;
};

static uint64_t item(const struct run *r, const struct call *c, unsigned int i, unsigned int k)
{
	return evaluate(r, &r->p->value[c->first + i % c->items * program_width(c) + k]);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* GNT-MAP-013: the grants of the list, in turn. */
static void make_map(const struct run *r, const struct call *c, struct argument *arg)
{
	struct ioctl_gntdev_map_grant_ref *map = &arg->u.map;
	struct ioctl_gntdev_grant_ref *ref = (void *)(arg->u.bytes + offsetof(struct ioctl_gntdev_map_grant_ref, refs));
	uint32_t n = least(arg->count, REFS);

	*map = (struct ioctl_gntdev_map_grant_ref){ .count = arg->count, .pad = 0x5a5a5a5a, .index = ~0ull };
	for (uint32_t i = 0; i < n; i++) {
		ref[i].domid = c->items ? (uint32_t)item(r, c, i, 0) : 0;
		ref[i].ref = c->items ? (uint32_t)item(r, c, i, 1) : 0;
	}
	arg->command = IOCTL_GNTDEV_MAP_GRANT_REF;
	arg->len = (uint32_t)offsetof(struct ioctl_gntdev_map_grant_ref, refs) + (n ? n : 1) * (uint32_t)sizeof(*ref);
}

/* A side is an address, or a grant's reference, an offset and a domain. */
static void make_side(const struct run *r, const struct call *c, unsigned int i, unsigned int k, void *side)
{
	struct gntdev_grant_copy_segment both = { 0 };
	bool foreign = item(r, c, i, 0) & (k == 2 ? GNTCOPY_source_gref : GNTCOPY_dest_gref);

	if (foreign) {
		both.source.foreign.ref = (uint32_t)item(r, c, i, k);
		both.source.foreign.offset = (uint16_t)item(r, c, i, k + 1);
		both.source.foreign.domid = (uint16_t)item(r, c, i, k + 2);
	} else {
		both.source.virt = (void *)(uintptr_t)item(r, c, i, k);
	}
	memcpy(side, &both.source, sizeof(both.source));
}

static void make_copy(struct run *r, const struct call *c, struct argument *arg)
{
	struct gntdev_grant_copy_segment segment[SEGMENTS];
	uint32_t n = c->items ? least(arg->count, SEGMENTS) : 0;
	uint64_t to = arg->segments;

	/* what lies between the fields is the process's to read too */
	memset(segment, 0, n * sizeof(*segment));
	for (uint32_t i = 0; i < n; i++) {
		segment[i].status = -1;
		segment[i].flags = (uint16_t)item(r, c, i, 0);
		segment[i].len = (uint16_t)item(r, c, i, 1);
		make_side(r, c, i, 2, &segment[i].source);
		make_side(r, c, i, 5, &segment[i].dest);
	}
	if (n)
		perform(r, STORE, arg->process, &to, 1, segment, n * (uint32_t)sizeof(*segment));
	arg->command = c->compat ? COMPAT_COPY : IOCTL_GNTDEV_GRANT_COPY;
	if (c->compat) {
		arg->u.compat_copy[0] = arg->count;
		arg->u.compat_copy[1] = (uint32_t)arg->segments;
	} else {
		memset(&arg->u.copy, 0, sizeof(arg->u.copy));
		arg->u.copy.count = arg->count;
		arg->u.copy.segments = (void *)(uintptr_t)arg->segments;
	}
	arg->len = c->compat ? sizeof(arg->u.compat_copy) : sizeof(arg->u.copy);
}

static void make_argument(struct run *r, const struct call *c, const uint64_t *a, struct argument *arg)
{
	arg->process = (uint8_t)(a[0] % PROCESSES);
	arg->fd = a[1];
	arg->at = a[2];
	switch (c->op) {
	case MAP:
		arg->count = (uint32_t)a[3];
		make_map(r, c, arg);
		break;
	case UNMAP:
		arg->u.unmap = (struct ioctl_gntdev_unmap_grant_ref){ .index = a[3], .count = (uint32_t)a[4], .pad = 0x5a5a5a5a };
		arg->command = IOCTL_GNTDEV_UNMAP_GRANT_REF;
		arg->len = sizeof(arg->u.unmap);
		break;
	case GET_OFFSET:
		arg->u.offset = (struct ioctl_gntdev_get_offset_for_vaddr){
			.vaddr = a[3], .offset = ~0ull, .count = ~0u, .pad = 0x5a5a5a5a,
		};
		arg->command = IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR;
		arg->len = sizeof(arg->u.offset);
		break;
	case SET_MAX:
		arg->u.max.count = (uint32_t)a[3];
		arg->command = IOCTL_GNTDEV_SET_MAX_GRANTS;
		arg->len = sizeof(arg->u.max);
		break;
	case NOTIFY:
		memset(&arg->u.notify, 0, sizeof(arg->u.notify));
		arg->u.notify.index = a[3];
		arg->u.notify.action = (uint32_t)a[4];
		arg->u.notify.event_channel_port = (uint32_t)a[5];
		arg->command = IOCTL_GNTDEV_SET_UNMAP_NOTIFY;
		arg->len = sizeof(arg->u.notify);
		break;
	default:
		arg->segments = a[3];
		arg->count = (uint32_t)a[4];
		make_copy(r, c, arg);
	}
}

/*
 * What is in the argument after the call, but for names that are another machine's: a grant's reference, a port, an address that
 * was the program's own.
 */
static void look(struct run *r, const struct call *c, const struct argument *arg, struct outcome *o)
{
	uint8_t bytes[OUTCOME_BYTES] = { 0 };
	uint32_t len = c->op == MAP ? offsetof(struct ioctl_gntdev_map_grant_ref, refs) : c->op == NOTIFY ? 12 : arg->len;

	if (c->op == COPY)
		len = 4;
	if (perform(r, LOAD, arg->process, &arg->at, 1, bytes, len))
		return;
	for (uint32_t i = 0; c->op == COPY && c->items && i < least(arg->count, STATUSES); i++) {
		uint64_t at = arg->segments + i * sizeof(struct gntdev_grant_copy_segment)
			      + offsetof(struct gntdev_grant_copy_segment, status);

		if (perform(r, LOAD, arg->process, &at, 1, bytes + len, 2))
			break;
		len += 2;
	}
	remember(o, bytes, len);
}

/* A map that the driver would make, and that takes too long: see PAGES_MAX. */
static bool too_many(const struct run *r, uint32_t count)
{
	return count <= r->limit && count <= 1u << 20 && r->pages + count > PAGES_MAX;
}

int64_t execute_ioctl(struct run *r, const struct call *c, struct outcome *o)
{
	uint64_t a[PROGRAM_ARGS], at;
	struct argument arg;
	int64_t result;

	for (unsigned int i = 0; operations[c->op].args[i]; i++)
		a[i] = evaluate(r, &c->arg[i]);
	if (c->op == MAP && too_many(r, (uint32_t)a[3]))
		return -ENOMEM; /* the driver was not asked */
	arg.count = 0;
	make_argument(r, c, a, &arg);
	perform(r, STORE, arg.process, &arg.at, 1, &arg.u, arg.len);
	result = r->on->perform(r->on, &(struct action){
		.op = IOCTL, .process = arg.process, .compat = c->compat, .a = { arg.fd, arg.command, arg.at },
	});
	if (o)
		look(r, c, &arg, o);
	if (result || c->op != MAP)
		return result;
	at = arg.at + offsetof(struct ioctl_gntdev_map_grant_ref, index);
	perform(r, LOAD, arg.process, &at, 1, &r->reg[OFFSET][c->to], sizeof(uint64_t));
	r->reg[PAGES][c->to] = arg.count;
	r->reg[LENGTH][c->to] = (uint64_t)arg.count * PAGE;
	r->pages += arg.count;
	return 0;
}
