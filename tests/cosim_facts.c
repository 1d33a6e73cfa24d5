/* SPDX-License-Identifier: MIT */
/*
 * What is remarkable about a call of which a device's answer differs from the model's: see cosim_facts.h. It is taken from the
 * program and the model's answers alone, so that it says what was asked, whatever the device made of it. It must not know which
 * driver answers, nor what is known of it: that is in tests/cosim.rules.
 */
#include <string.h>
#include <sys/mman.h>
#include "cosim_facts.h"
#include "error_name.h"

#define HEADER 24u /* bytes of MAP_GRANT_REF's, with refs[0], and of GET_OFFSET_FOR_VADDR's */
#define OFFSETS (1ull << 44) /* from here on, an offset has bits that an int of pages has not */
#define BATCH 16u /* operations */
#define COMMAND_MAP 0x184700u

struct view {
	const struct program *p;
	const struct outcome *model;
	unsigned int at;
};

static bool succeeded(const struct view *v, unsigned int i, uint8_t op)
{
	return v->p->call[i].op == op && v->model[i].fate == MADE && v->model[i].result >= 0;
}

static uint64_t offset_of_map(const struct view *v, unsigned int map)
{
	uint64_t offset = 0;

	if (v->model[map].len >= 16)
		memcpy(&offset, v->model[map].bytes + 8, 8);
	return offset;
}

/* The last call before this one that left an offset, or an address, in a register; or this one. */
static unsigned int origin(const struct view *v, const struct value *value)
{
	for (unsigned int i = v->at; i--;) {
		bool sets = value->kind == OFFSET ? succeeded(v, i, MAP) : succeeded(v, i, MMAP) || succeeded(v, i, MREMAP);

		if (sets && v->p->call[i].to == value->which)
			return i;
	}
	return v->at;
}

static uint64_t number(const struct view *v, const struct value *value)
{
	unsigned int from;

	if (value->kind == MEMORY)
		return ARENA + value->which * PAGE + value->number;
	if (value->kind != OFFSET && value->kind != ADDRESS)
		return value->number;
	from = origin(v, value);
	if (from == v->at)
		return value->number;
	return (value->kind == OFFSET ? offset_of_map(v, from) : (uint64_t)v->model[from].result) + value->number;
}

/* ---- facts */

/* A map of that offset names a domain by more than 16 bits. */
static bool wide_domain(const struct view *v, uint64_t offset)
{
	for (unsigned int i = v->at; i--;) {
		const struct call *c = &v->p->call[i];

		if (!succeeded(v, i, MAP) || offset_of_map(v, i) != offset % OFFSETS)
			continue;
		for (unsigned int k = 0; k < c->items; k++) {
			if ((uint32_t)v->p->value[c->first + 2 * k].number > 0xffff)
				return true;
		}
	}
	return false;
}

/* A map was taken from the list after it had been mapped. */
static bool unlisted_mapped(const struct view *v)
{
	bool mapped = false;

	for (unsigned int i = 0; i < v->at; i++) {
		mapped |= succeeded(v, i, MMAP);
		if (mapped && succeeded(v, i, UNMAP))
			return true;
	}
	return false;
}

/*
 * A map of @count pages at @offset ends where another one begins; or where one may, that was made by a command's number: what it
 * was given is not looked at.
 */
static bool exact_gap(const struct view *v, uint64_t offset, uint32_t count)
{
	for (unsigned int i = 0; i < v->at; i++) {
		if (succeeded(v, i, IOCTL) && (uint32_t)number(v, &v->p->call[i].arg[2]) == COMMAND_MAP)
			return true;
		if (succeeded(v, i, MAP) && offset_of_map(v, i) == offset + (uint64_t)count * PAGE)
			return true;
	}
	return false;
}

/* Bytes of a mapping, or of what is unmapped or protected: the pages of a map, or a number. */
static uint64_t length(const struct view *v, const struct value *value)
{
	uint32_t count = 0;

	if (value->kind != LENGTH)
		return value->number;
	for (unsigned int i = v->at; i--;) {
		if (succeeded(v, i, MAP) && v->p->call[i].to == value->which) {
			memcpy(&count, v->model[i].bytes, sizeof(count));
			break;
		}
	}
	return (uint64_t)count * PAGE + value->number;
}

/* As a call before saw it. */
static struct view then(const struct view *v, unsigned int at)
{
	return (struct view){ .p = v->p, .model = v->model, .at = at };
}

/* A call of @op touched some of [address, address + len), and succeeded; which one was the last: number + 1, or 0. */
static unsigned int touched(const struct view *v, uint8_t op, uint64_t address, uint64_t len)
{
	for (unsigned int i = v->at; i--;) {
		const struct call *c = &v->p->call[i];
		struct view before = then(v, i);
		uint64_t from, size;

		if (!succeeded(v, i, op))
			continue;
		from = op == MMAP ? (uint64_t)v->model[i].result : number(&before, &c->arg[1]);
		size = length(&before, &c->arg[2]);
		size = (size + PAGE - 1) / PAGE * PAGE;
		if (address < from + size && address + len > from)
			return i + 1;
	}
	return 0;
}

/* Something of a mapping is there still. */
static bool inside_mapping(const struct view *v, uint64_t address)
{
	return touched(v, MMAP, address, 1) > touched(v, MUNMAP, address, 1);
}

static bool writable(const struct view *v, uint64_t address, uint64_t len)
{
	return address >= ARENA && address + len <= ARENA_END - PAGE && !touched(v, MPROTECT, address, len)
	       && !touched(v, MUNMAP, address, len);
}

/* Some of [address, address + len) was mapped for reading alone, or moved to where it is. */
static bool mapped_read_only(const struct view *v, uint64_t address, uint64_t len)
{
	for (unsigned int i = 0; i < v->at; i++) {
		const struct call *c = &v->p->call[i];
		struct view before = then(v, i);
		uint64_t from = (uint64_t)v->model[i].result;

		if (!(succeeded(v, i, MMAP) && !(number(&before, &c->arg[3]) & PROT_WRITE)) && !succeeded(v, i, MREMAP))
			continue;
		if (address < from + length(&before, &c->arg[c->op == MMAP ? 2 : 3]) && address + len > from)
			return true;
	}
	return false;
}

/* GRANT_COPY: the operations that its segments are, which are split where a page of the local side ends. */
static uint64_t copy_operations(const struct view *v, const struct call *c)
{
	uint64_t count = number(v, &c->arg[4]), sum = 0;

	if (!c->items)
		return 0;
	for (uint64_t i = 0; i < count && sum <= BATCH; i++) {
		const struct value *s = &v->p->value[c->first + i % c->items * 8];
		uint64_t flags = number(v, &s[0]) & 3, len = number(v, &s[1]) & 0xffff;
		uint64_t at = flags == 3 ? 0 : number(v, &s[flags & 1 ? 5 : 2]) % PAGE;

		sum += flags == 3 || len == 0 ? len != 0 : (at + len + PAGE - 1) / PAGE;
	}
	return sum;
}

/* A GRANT_COPY of more operations than one batch failed. */
static bool failed_batches(const struct view *v)
{
	for (unsigned int i = 0; i < v->at; i++) {
		const struct call *c = &v->p->call[i];
		struct view before = then(v, i);

		if (c->op == COPY && v->model[i].result < 0 && copy_operations(&before, c) > BATCH)
			return true;
	}
	return false;
}

static void map_facts(FILE *to, const struct view *v, const struct outcome *device)
{
	const struct outcome *model = &v->model[v->at];
	uint64_t at = number(v, &v->p->call[v->at].arg[2]), said, offset = offset_of_map(v, v->at);
	uint32_t count;

	if (!writable(v, at, HEADER))
		fputs("argument-read-only,", to);
	if (model->len < 16 || device->len < 16 || memcmp(model->bytes, device->bytes, 8))
		return;
	memcpy(&count, model->bytes, 4);
	memcpy(&said, device->bytes + 8, 8);
	if (said < offset)
		fputs(unlisted_mapped(v) ? "lower-offset,unlisted-mapped," : "lower-offset,", to);
	if (said > offset)
		fputs(exact_gap(v, offset, count) ? "higher-offset,exact-gap," : "higher-offset,", to);
}

static void offset_facts(FILE *to, const struct view *v, const struct value *value)
{
	uint64_t offset = number(v, value);

	if (offset >= OFFSETS)
		fputs("far-offset,", to);
	if (v->p->call[v->at].op == MMAP && wide_domain(v, offset))
		fputs("wide-domain,", to);
}

/* ---- all */

static void answer(FILE *to, const struct outcome *o)
{
	if (o->fate != MADE)
		fputs("none", to);
	else if (o->result >= 0)
		fputs("ok", to);
	else if (o->result <= -1000)
		fprintf(to, "died-%d", (int)(-1000 - o->result));
	else if (error_name(o->result))
		fprintf(to, "-%s", error_name(o->result));
	else
		fprintf(to, "%lld", (long long)o->result);
}

void cosim_facts(FILE *to, const struct program *p, unsigned int i, const struct outcome *model, const struct outcome *device)
{
	const struct view v = { .p = p, .model = model, .at = i };
	const struct call *c = &p->call[i];

	fprintf(to, " op=%s model=", operations[c->op].name);
	answer(to, &model[i]);
	fputs(" device=", to);
	answer(to, &device[i]);
	fputs(" facts=,", to);
	if (c->compat)
		fputs("compat,", to);
	switch (c->op) {
	case MAP:
		map_facts(to, &v, &device[i]);
		break;
	case UNMAP:
	case NOTIFY:
		offset_facts(to, &v, &c->arg[3]);
		break;
	case MMAP:
		offset_facts(to, &v, &c->arg[6]);
		break;
	case GET_OFFSET:
		fputs(inside_mapping(&v, number(&v, &c->arg[3])) ? "inside," : "outside,", to);
		if (!writable(&v, number(&v, &c->arg[2]), HEADER))
			fputs("argument-read-only,", to);
		break;
	case MPROTECT:
		if (mapped_read_only(&v, number(&v, &c->arg[1]), length(&v, &c->arg[2])))
			fputs("read-only-mapping,", to);
		break;
	case COPY:
		if (copy_operations(&v, c) > BATCH)
			fputs("more-than-16,", to);
		break;
	case LOAD:
	case OWNER_LOAD:
		if (failed_batches(&v))
			fputs("failed-more-than-16,", to);
		break;
	default:
		break;
	}
}
