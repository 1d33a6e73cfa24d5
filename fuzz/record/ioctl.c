/* SPDX-License-Identifier: MIT */
/*
 * Ioctls as calls of a program: an argument is taken apart into its fields, and those are said. What is not one of the device's
 * is said by its number. It must not know what comes of a call.
 */
#include <string.h>
#include "abi.h"
#include "ioctl.h"

#define COMPAT_COPY 0x00084708u
#define MODEL_DOMAINS 2u /* ids of those that a program has */
#define CUT_PAGE 7u /* of the arena: what must end, ends where it begins */
#define STATUS_ON_ENTRY 0x5a5a /* of the conformance rows: one that was not written */

typedef struct gntdev_grant_copy_segment segment;

static struct value process_value(uint8_t process)
{
	return (struct value){ .kind = PROCESS, .which = process };
}

/* ---- where an argument is */

/* A page that nobody can access follows what is @readable. */
static struct value cut(uint8_t process, size_t readable)
{
	struct call *c;

	if (!recording.cut[process]) {
		c = record_call(MUNMAP);
		record_arg(c, 0, process_value(process));
		record_arg(c, 1, names_page(CUT_PAGE, 0));
		record_arg(c, 2, plain(PAGE));
		record_end(c, 0, process, 0);
		recording.cut[process] = c != NULL;
	}
	return names_page(CUT_PAGE, -(int64_t)readable);
}

/* A program puts an argument where it says; into a mapping that is read-only, its owner must. */
static void put_by_owner(const struct placed *placed, const struct thing *view)
{
	const struct thing *grant = view->first_grant;
	uint64_t word;

	for (size_t at = 0; grant && at < placed->len; at += sizeof(word)) {
		size_t n = placed->len - at < sizeof(word) ? placed->len - at : sizeof(word);
		struct call *c = record_call(OWNER_STORE);

		word = 0;
		memcpy(&word, (const char *)placed->bytes + at, n);
		record_arg(c, 0, (struct value){ .kind = DOMAIN, .which = grant->which });
		record_arg(c, 1, (struct value){ .kind = GRANT, .which = grant->which });
		record_arg(c, 2, plain(placed->addr - view->at + at));
		record_arg(c, 3, plain(n));
		record_arg(c, 4, plain(word));
		record_end(c, 0, 0, 0);
	}
}

/* @wanted bytes are asked for. */
static struct value place(uint8_t process, const struct placed *placed, size_t wanted, unsigned int page)
{
	const struct thing *view;

	if (placed->free_choice && placed->readable < wanted)
		return cut(process, placed->readable);
	if (placed->free_choice)
		return names_page(page, 0);
	view = names_find(ADDRESS, process, placed->addr);
	if (placed->readable && view && !view->writable && view->kind == ADDRESS)
		put_by_owner(placed, view);
	return names_value(MEMORY, process, placed->addr);
}

/* ---- what an argument says */

static struct value grant_value(uint32_t domid, uint32_t ref, struct value *domain)
{
	const struct thing *t = domid <= MODEL_DOMAINS ? names_find(GRANT, (uint8_t)domid, ref) : NULL;

	*domain = plain(domid);
	if (!t)
		return plain(ref);
	*domain = (struct value){ .kind = DOMAIN, .which = t->which };
	return (struct value){ .kind = GRANT, .which = t->which, .number = ref - t->at };
}

/* The least number of things of @size bytes that, taken in turn, are all @n. */
static uint32_t period(const void *things, uint32_t n, size_t size)
{
	const char *at = things;
	uint32_t k = 1;

	for (uint32_t i = 1; i < n; i++) {
		if (memcmp(at + i * size, at + i % k * size, size)) {
			k++;
			i = 0;
		}
	}
	return n < k ? n : k;
}

static void say_map(struct asked *a, const struct ioctl_gntdev_map_grant_ref *map, size_t len)
{
	struct call *c = a->call;
	const size_t before = offsetof(struct ioctl_gntdev_map_grant_ref, refs);
	const struct ioctl_gntdev_grant_ref *ref = (const void *)((const char *)map + before);
	uint32_t n = (uint32_t)((len - before) / sizeof(*ref));

	record_arg(c, 3, plain(map->count));
	a->first_ref = n ? ref[0].ref : 0;
	a->first_domid = n ? (uint8_t)ref[0].domid : 0;
	n = map->count < n ? map->count : n;
	n = period(ref, n, sizeof(*ref));
	if (c && n > operations[MAP].items)
		record_why_not("it maps more different grants than a program can say");
	for (uint32_t i = 0; c && i < n && i < operations[MAP].items; i++) {
		struct value domain, grant = grant_value(ref[i].domid, ref[i].ref, &domain);

		record_item(c, domain);
		record_item(c, grant);
		c->items++;
	}
}

static void say_side(struct call *c, uint8_t process, const segment *s, bool source)
{
	bool foreign = s->flags & (source ? GNTCOPY_source_gref : GNTCOPY_dest_gref);
	uint64_t virt = (uint64_t)(uintptr_t)(source ? s->source.virt : s->dest.virt);
	uint64_t low = c && c->compat ? (uint32_t)virt : virt;
	struct value domain, local;

	if (foreign) {
		record_item(c, grant_value(source ? s->source.foreign.domid : s->dest.foreign.domid,
					   source ? s->source.foreign.ref : s->dest.foreign.ref, &domain));
		record_item(c, plain(source ? s->source.foreign.offset : s->dest.foreign.offset));
		record_item(c, domain);
		return;
	}
	/* of an address of a 32-bit program, the upper half is what was there */
	local = names_value(MEMORY, process, low);
	local.number += virt - low;
	record_item(c, local);
	record_item(c, plain(0));
	record_item(c, plain(0));
}

static void say_copy(struct asked *a, uint32_t count, bool compat)
{
	const segment *s = a->segments->bytes;
	uint32_t n = (uint32_t)(a->segments->len / sizeof(*s));
	struct call *c = a->call;

	a->count = count;
	record_arg(c, 4, plain(count));
	n = period(s, count < n ? count : n, sizeof(*s));
	if (c && n > operations[COPY].items)
		record_why_not("it copies more different segments than a program can say");
	if (c)
		c->compat = compat;
	for (uint32_t i = 0; c && i < n && i < operations[COPY].items; i++) {
		record_item(c, plain(s[i].flags));
		record_item(c, plain(s[i].len));
		say_side(c, a->process, &s[i], true);
		say_side(c, a->process, &s[i], false);
		c->items++;
	}
}

static uint8_t operation_of(uint32_t command, bool compat)
{
	switch (command) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return MAP;
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return UNMAP;
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR:
		return GET_OFFSET;
	case IOCTL_GNTDEV_SET_MAX_GRANTS:
		return SET_MAX;
	case IOCTL_GNTDEV_SET_UNMAP_NOTIFY:
		return NOTIFY;
	case IOCTL_GNTDEV_GRANT_COPY:
		return compat ? IOCTL : COPY;
	default:
		return command == COMPAT_COPY && compat ? COPY : IOCTL;
	}
}

static void say(struct asked *a, bool compat)
{
	union {
		struct ioctl_gntdev_unmap_grant_ref unmap;
		struct ioctl_gntdev_get_offset_for_vaddr offset;
		struct ioctl_gntdev_set_max_grants max;
		struct ioctl_gntdev_unmap_notify notify;
		struct ioctl_gntdev_grant_copy copy;
	} u = { 0 };
	struct call *c = a->call;

	memcpy(&u, a->header->bytes, a->header->len < sizeof(u) ? a->header->len : sizeof(u));
	switch (a->op) {
	case MAP:
		say_map(a, a->header->bytes, a->header->len);
		break;
	case UNMAP:
		record_arg(c, 3, names_value(OFFSET, a->process, u.unmap.index));
		record_arg(c, 4, names_of_map(PAGES, u.unmap.index, u.unmap.count));
		break;
	case GET_OFFSET:
		record_arg(c, 3, names_value(MEMORY, a->process, u.offset.vaddr));
		break;
	case SET_MAX:
		record_arg(c, 3, plain(u.max.count));
		break;
	case NOTIFY:
		record_arg(c, 3, names_value(OFFSET, a->process, u.notify.index));
		record_arg(c, 4, plain(u.notify.action));
		record_arg(c, 5, names_value(PORT, a->process, u.notify.event_channel_port));
		break;
	default:
		say_copy(a, u.copy.count, compat);
	}
}

void ioctl_begin(struct asked *a, uint8_t process, uint64_t fd, uint32_t command, bool compat, uint64_t addr,
		 const struct placed *header, const struct placed *segments)
{
	struct value at, list = plain(0);

	*a = (struct asked){ .process = process, .op = operation_of(command, compat), .header = header, .segments = segments };
	if (recording_off || recording.why_not)
		return;
	at = header ? place(process, header, header->len, 0) : names_value(MEMORY, process, addr);
	if (a->op == COPY && header && segments)
		list = place(process, segments, *(const uint32_t *)header->bytes * sizeof(segment), 1);
	if (!header || (a->op == COPY && !segments))
		a->op = IOCTL;
	a->call = record_call(a->op);
	record_arg(a->call, 0, process_value(process));
	record_arg(a->call, 1, names_value(DESCRIPTOR, process, fd));
	if (a->call)
		a->call->compat = compat;
	if (a->op == IOCTL) {
		record_arg(a->call, 2, plain(command));
		record_arg(a->call, 3, at);
		return;
	}
	record_arg(a->call, 2, at);
	if (a->op == COPY)
		record_arg(a->call, 3, list);
	say(a, compat);
}

/* ---- what came of it */

static unsigned int statuses(const struct asked *a, int (*load)(uint64_t addr, void *to, uint64_t len), int64_t *words)
{
	uint32_t count;
	unsigned int n = 0;
	int16_t status;

	if (load(a->header->addr, &count, sizeof(count)))
		return 0;
	for (; n < answer_statuses(a->call, a->count); n++) {
		if (load(a->segments->addr + n * sizeof(segment) + offsetof(segment, status), &status, sizeof(status)))
			break;
		words[n] = status == STATUS_ON_ENTRY ? -1 : status;
	}
	return n;
}

void ioctl_end(struct asked *a, int64_t result, int (*load)(uint64_t addr, void *to, uint64_t len))
{
	struct ioctl_gntdev_get_offset_for_vaddr offset = { 0 };
	int64_t words[ANSWER_STATUSES];
	struct thing *t;
	uint64_t index;

	if (!a->call)
		return;
	record_end(a->call, result, a->process, 0);
	if (a->op == MAP && result == 0
	    && !load(a->header->addr + offsetof(struct ioctl_gntdev_map_grant_ref, index), &index, sizeof(index))) {
		words[0] = (int64_t)index;
		record_answer(a->call, result, words, 1);
		memcpy(&a->count, a->header->bytes, sizeof(a->count));
		t = names_add(OFFSET, a->call->to, a->process, index, (uint64_t)a->count * PAGE);
		if (t)
			t->pages = a->count;
		if (t && a->call->items)
			t->first_grant = names_find(GRANT, a->first_domid, a->first_ref);
	} else if (a->op == GET_OFFSET && result == 0 && !load(a->header->addr, &offset, sizeof(offset))) {
		words[0] = (int64_t)offset.offset;
		words[1] = offset.count;
		record_answer(a->call, result, words, 2);
	} else if (a->op == COPY) {
		record_answer(a->call, result, words, statuses(a, load, words));
	}
}
