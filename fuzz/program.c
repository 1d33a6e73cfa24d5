/* SPDX-License-Identifier: MIT */
/*
 * Programs and their bytes.
 *
 *	program   world limit16 maptrack16 call*
 *	call      length body, the length being that of the body; 255: the body goes on after another length
 *	body      op how [register] value* [items value*]
 *	value     tag [register] number, the tag being the kind and how the number is written
 *
 * What is missing is zero, what is left over of a body means nothing: so a change in one call leaves the others alone. It must
 * not know what a call does.
 */
#include <string.h>
#include "program.h"

#define BODY 1280u /* the longest that is written is shorter */
#define MORE 255u

const char kind_letters[KINDS + 1] = "#pfmclvgdta";

const struct operation operations[OPS] = {
	[OPEN] = { "open", DESCRIPTOR, "PX", "", 0 },
	[CLOSE] = { "close", NUMBER, "PF", "", 0 },
	[DUP] = { "dup", DESCRIPTOR, "PF", "", 0 },
	[SEND] = { "send", DESCRIPTOR, "PFP", "", 0 },
	[FORK] = { "fork", PROCESS, "P", "", 0 },
	[EXIT] = { "exit", NUMBER, "P", "", 0 },
	[MAP] = { "map", OFFSET, "PFAN", "DG", 32 },
	[UNMAP] = { "unmap", NUMBER, "PFAON", "", 0 },
	[GET_OFFSET] = { "offset", NUMBER, "PFAV", "", 0 },
	[SET_MAX] = { "max", NUMBER, "PFAN", "", 0 },
	[NOTIFY] = { "notify", NUMBER, "PFAOXT", "", 0 },
	/* flags, length; of source and of destination: address or grant, offset, domain */
	[COPY] = { "copy", NUMBER, "PFAAN", "XNABDABD", 12 },
	[IOCTL] = { "ioctl", NUMBER, "PFCA", "", 0 },
	[MMAP] = { "mmap", ADDRESS, "PVLXXFO", "", 0 },
	[MUNMAP] = { "munmap", NUMBER, "PVL", "", 0 },
	[MPROTECT] = { "mprotect", NUMBER, "PVLX", "", 0 },
	[MREMAP] = { "mremap", ADDRESS, "PVLLXV", "", 0 },
	[MADVISE] = { "madvise", NUMBER, "PVLX", "", 0 },
	[STORE] = { "store", NUMBER, "PVNW", "", 0 },
	[LOAD] = { "load", NUMBER, "PVN", "", 0 },
	[RACE] = { "race", NUMBER, "PANW", "", 0 },
	[GRANT_FRAME] = { "grant", GRANT, "DDX", "", 0 },
	[REVOKE] = { "revoke", NUMBER, "DG", "", 0 },
	[OWNER_STORE] = { "owner_store", NUMBER, "DGBNW", "", 0 },
	[OWNER_LOAD] = { "owner_load", NUMBER, "DGBN", "", 0 },
	[PAGE_OUT] = { "page_out", NUMBER, "DGN", "", 0 },
	[DIE] = { "die", NUMBER, "D", "", 0 },
	[BIND] = { "port", PORT, "D", "", 0 },
	[PORT_CLOSE] = { "port_close", NUMBER, "T", "", 0 },
	[PEER_CLOSE] = { "peer_close", NUMBER, "T", "", 0 },
	[EVENTS] = { "events", NUMBER, "T", "", 0 },
	[SIGNAL] = { "signal", NUMBER, "PX", "", 0 },
	[INVALIDATE] = { "invalidate", NUMBER, "PVLX", "", 0 },
	[REAP] = { "reap", NUMBER, "P", "", 0 },
	[IO_BEGIN] = { "io_begin", NUMBER, "PV", "", 0 },
	[IO_END] = { "io_end", NUMBER, "PV", "", 0 },
	[DEFERRED] = { "deferred", NUMBER, "", "", 0 },
	[LIMIT] = { "limit", NUMBER, "N", "", 0 },
	[FAULT] = { "fault", NUMBER, "XNX", "", 0 },
	[FAIL_NTH] = { "fail_nth", NUMBER, "N", "", 0 },
};

/* ---- numbers: by how many bytes they take, or what is done to them */
enum written { NOTHING, ONE, TWO, FOUR, EIGHT, WHOLE_PAGES, NEGATIVE, EDGE, WAYS };

static const uint8_t bytes_of[WAYS] = { 0, 1, 2, 4, 8, 1, 1, 1 };

static const uint64_t edges[] = {
	0x1000, 0x1001, 0xfff, 0xffff, 0x10000, 0x10001, 0x100000, 0xfffff, 1ull << 31, 0xffffffff, 1ull << 32, 1ull << 44,
	0x7ffffffff000, 1ull << 47, 1ull << 63, -0x1000ull, -1ull, 0x7ff0, 63, 64, 65, 127, 128, 129,
};

#define EDGES (sizeof(edges) / sizeof(edges[0]))

/* ---- from bytes */

struct reader {
	const uint8_t *at, *end;
};

static uint64_t take(struct reader *r, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes && r->at < r->end; i++)
		value |= (uint64_t)*r->at++ << 8 * i;
	return value;
}

static void take_value(struct reader *r, struct value *v)
{
	uint8_t tag = (uint8_t)take(r, 1), how = tag >> 4 & 7;

	v->kind = (tag & 15) < KINDS ? tag & 15 : NUMBER;
	v->which = v->kind == NUMBER ? 0 : (uint8_t)take(r, 1) % REGISTERS;
	v->number = take(r, bytes_of[how]);
	if (how == WHOLE_PAGES)
		v->number *= 0x1000;
	else if (how == NEGATIVE)
		v->number = -v->number;
	else if (how == EDGE)
		v->number = edges[v->number % EDGES];
}

static void take_list(struct reader *r, struct program *p, struct call *c)
{
	const struct operation *o = &operations[c->op];
	unsigned int items = (unsigned int)take(r, 1) % (o->items + 1), n = items * (unsigned int)strlen(o->item);

	if (p->values + n > PROGRAM_VALUES)
		return;
	c->items = (uint8_t)items;
	c->first = items ? p->values : 0;
	for (unsigned int i = 0; i < n; i++)
		take_value(r, &p->value[p->values++]);
}

static void take_call(struct reader *r, struct program *p)
{
	struct call *c = &p->call[p->calls++];
	const struct operation *o;
	uint8_t how;

	c->op = (uint8_t)take(r, 1) % OPS;
	o = &operations[c->op];
	how = (uint8_t)take(r, 1);
	c->compat = how >> 7 && c->op >= MAP && c->op <= IOCTL;
	c->inner = how & POINTS;
	c->to = o->result ? (uint8_t)take(r, 1) % REGISTERS : 0;
	c->items = 0;
	c->first = 0;
	for (unsigned int i = 0; o->args[i]; i++)
		take_value(r, &c->arg[i]);
	if (o->items)
		take_list(r, p, c);
}

/* The body that begins at @r: where it lies, or, if it is of several parts, where they are put together. */
static struct reader take_body(struct reader *r, uint8_t *together)
{
	struct reader body = { together, together };
	size_t n, length = take(r, 1);
	bool more = length == MORE;

	if (!more) {
		n = length < (size_t)(r->end - r->at) ? length : (size_t)(r->end - r->at);
		body = (struct reader){ r->at, r->at + n };
		r->at += n;
		return body;
	}
	length = MORE - 1;
	for (;;) {
		size_t room = BODY - (size_t)(body.end - together);

		n = length < (size_t)(r->end - r->at) ? length : (size_t)(r->end - r->at);
		memcpy(together + (body.end - together), r->at, n < room ? n : room);
		body.end += n < room ? n : room;
		r->at += n;
		if (!more || r->at == r->end)
			return body;
		length = take(r, 1);
		more = length == MORE;
		length = more ? MORE - 1 : length;
	}
}

void program_decode(struct program *p, const uint8_t *bytes, size_t size)
{
	struct reader r = { bytes, size ? bytes + size : bytes };
	uint8_t world = (uint8_t)take(&r, 1), together[BODY];

	p->automatic = world & 1;
	p->header = world >> 1 & 1;
	p->limit = (uint16_t)take(&r, 2);
	p->maptrack = (uint16_t)take(&r, 2);
	p->calls = p->values = 0;
	while (r.at < r.end && p->calls < PROGRAM_CALLS) {
		struct reader body = take_body(&r, together);

		take_call(&body, p);
	}
}

/* ---- to bytes */

struct writer {
	uint8_t *at, *end;
	bool full;
};

static void put(struct writer *w, uint64_t value, unsigned int bytes)
{
	if ((size_t)(w->end - w->at) < bytes) {
		w->full = true;
		return;
	}
	for (unsigned int i = 0; i < bytes; i++)
		*w->at++ = (uint8_t)(value >> 8 * i);
}

static void put_value(struct writer *w, const struct value *v)
{
	enum written how = !v->number ? NOTHING : v->number < 1u << 8 ? ONE : v->number < 1u << 16 ? TWO
			   : v->number < 1ull << 32 ? FOUR : EIGHT;

	put(w, v->kind | (uint64_t)how << 4, 1);
	if (v->kind != NUMBER)
		put(w, v->which, 1);
	put(w, v->number, bytes_of[how]);
}

static void put_call(struct writer *w, const struct program *p, const struct call *c)
{
	const struct operation *o = &operations[c->op];
	uint8_t bytes[BODY];
	struct writer body = { bytes, bytes + BODY, false };
	size_t n;

	put(&body, c->op, 1);
	put(&body, (uint64_t)c->compat << 7 | c->inner, 1);
	if (o->result)
		put(&body, c->to, 1);
	for (unsigned int i = 0; o->args[i]; i++)
		put_value(&body, &c->arg[i]);
	if (o->items)
		put(&body, c->items, 1);
	for (unsigned int i = 0; i < c->items * program_width(c); i++)
		put_value(&body, &p->value[c->first + i]);
	for (const uint8_t *at = bytes; ; at += n) {
		bool more = body.at - at >= (ptrdiff_t)MORE;

		n = more ? MORE - 1 : (size_t)(body.at - at);
		put(w, more ? MORE : n, 1);
		if ((size_t)(w->end - w->at) < n) {
			w->full = true;
			return;
		}
		memcpy(w->at, at, n);
		w->at += n;
		if (!more)
			return;
	}
}

size_t program_encode(const struct program *p, uint8_t *bytes, size_t room)
{
	struct writer w = { bytes, bytes + room, false };

	put(&w, p->automatic | p->header << 1, 1);
	put(&w, p->limit, 2);
	put(&w, p->maptrack, 2);
	for (unsigned int i = 0; i < p->calls; i++)
		put_call(&w, p, &p->call[i]);
	return w.full ? 0 : (size_t)(w.at - bytes);
}

/* ---- the same program? */

static bool same_value(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && a->which == b->which && a->number == b->number;
}

static bool same_call(const struct program *p, const struct program *q, unsigned int i)
{
	const struct call *a = &p->call[i], *b = &q->call[i];

	if (a->op != b->op || a->to != b->to || a->compat != b->compat || a->inner != b->inner || a->items != b->items)
		return false;
	for (unsigned int k = 0; operations[a->op].args[k]; k++) {
		if (!same_value(&a->arg[k], &b->arg[k]))
			return false;
	}
	for (unsigned int k = 0; k < a->items * program_width(a); k++) {
		if (!same_value(&p->value[a->first + k], &q->value[b->first + k]))
			return false;
	}
	return true;
}

bool program_equal(const struct program *p, const struct program *q)
{
	if (p->automatic != q->automatic || p->header != q->header || p->limit != q->limit || p->maptrack != q->maptrack
	    || p->calls != q->calls)
		return false;
	for (unsigned int i = 0; i < p->calls; i++) {
		if (!same_call(p, q, i))
			return false;
	}
	return true;
}
