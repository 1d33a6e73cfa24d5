/* SPDX-License-Identifier: MIT */
/*
 * The system calls of libxengnttab and libxenvchan, which are linked with these in their place: each becomes the next call of a
 * program, which is run on the model from its beginning, and the last answer is the library's. What is mapped is ordinary memory
 * here: the libraries never learn what a frame holds, but for what client_finds() says. It must not know which client this is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "abi.h"
#include "clients.h"
#include "ioctl.h"
#include "wrapped.h"
#include "../on_model.h"

#define FOUND 4096u

static uint8_t found[FOUND];
static uint32_t found_len;
static struct outcome outcome[PROGRAM_CALLS];

static const struct value self = { .kind = PROCESS };

/* What the last call of the program is answered. */
static const struct outcome *answer(void)
{
	static struct on_model o;

	if (recording.why_not) {
		fprintf(stderr, "record-clients: %s\n", recording.why_not);
		exit(1);
	}
	on_model_begin(&o, &recording.p, NULL);
	execute(&recording.p, &o.machine, outcome, NULL);
	on_model_end(&o);
	return &outcome[recording.p.calls - 1];
}

static struct call *call(uint8_t op, unsigned int n, const struct value *v)
{
	struct call *c = record_call(op);

	for (unsigned int i = 0; i < n; i++)
		record_arg(c, i, v[i]);
	if (c && operations[op].result != NUMBER)
		c->to = names_next(operations[op].result);
	return c;
}

#define CALL(op, ...) call(op, sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value), (struct value[]){ __VA_ARGS__ })

/* -1 and errno, as the C library says it. */
static int64_t said(int64_t result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

static struct value address(const void *at)
{
	return names_value(MEMORY, 0, (uint64_t)(uintptr_t)at);
}

/* ---- what the libraries call */

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	struct call *c = CALL(OPEN, self, plain((unsigned int)flags & 3));
	int64_t result = answer()->result;

	wrapped(__func__);
	(void)path;
	record_end(c, result, 0, 1);
	return (int)said(result);
}

int __wrap_close(int fd);
int __wrap_close(int fd)
{
	struct call *c = CALL(CLOSE, self, names_value(DESCRIPTOR, 0, (uint64_t)fd));
	int64_t result = answer()->result;

	wrapped(__func__);
	record_end(c, result, 0, 0);
	return (int)said(result);
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	struct call *c = CALL(MMAP, self, plain(0), names_of_map(LENGTH, (uint64_t)offset, len), plain((unsigned int)prot),
			      plain((unsigned int)flags), names_value(DESCRIPTOR, 0, (uint64_t)fd),
			      names_value(OFFSET, 0, (uint64_t)offset));
	int64_t result = answer()->result;
	void *memory;

	wrapped(__func__);
	(void)at;
	if (result < 0) {
		record_end(c, result, 0, 0);
		return (void *)said(result);
	}
	memory = aligned_alloc(PAGE, len);
	memset(memory, 0, len);
	memcpy(memory, found, found_len);
	found_len = 0;
	record_end(c, (int64_t)(uintptr_t)memory, 0, len);
	return memory;
}

int __wrap_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len)
{
	struct call *c = CALL(MUNMAP, self, address(at), plain(len));
	int64_t result = answer()->result;

	wrapped(__func__);
	record_end(c, result, 0, 0);
	names_gone(ADDRESS, 0, (uint64_t)(uintptr_t)at, len);
	return (int)said(result);
}

/* ---- ioctls: what comes back is put where the library looks for it */

static int load(uint64_t addr, void *to, uint64_t len)
{
	memcpy(to, (const void *)(uintptr_t)addr, len);
	return 0;
}

static size_t size_of(unsigned long command, const void *argument)
{
	const struct ioctl_gntdev_map_grant_ref *map = argument;

	switch (command) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return offsetof(struct ioctl_gntdev_map_grant_ref, refs) + map->count * sizeof(map->refs[0]);
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return sizeof(struct ioctl_gntdev_unmap_grant_ref);
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR:
		return sizeof(struct ioctl_gntdev_get_offset_for_vaddr);
	case IOCTL_GNTDEV_SET_MAX_GRANTS:
		return sizeof(struct ioctl_gntdev_set_max_grants);
	case IOCTL_GNTDEV_SET_UNMAP_NOTIFY:
		return sizeof(struct ioctl_gntdev_unmap_notify);
	default:
		return sizeof(struct ioctl_gntdev_grant_copy);
	}
}

static void give_back(unsigned long command, void *argument, const struct outcome *o)
{
	struct ioctl_gntdev_map_grant_ref *map = argument;
	struct ioctl_gntdev_get_offset_for_vaddr *offset = argument;
	struct ioctl_gntdev_grant_copy *copy = argument;

	switch (command) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		memcpy(&map->index, o->bytes + offsetof(struct ioctl_gntdev_map_grant_ref, index), sizeof(map->index));
		break;
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR:
		memcpy(offset, o->bytes, sizeof(*offset));
		break;
	case IOCTL_GNTDEV_GRANT_COPY:
		for (uint32_t i = 0; i < copy->count && 4 + 2 * i + 2 <= o->len; i++)
			memcpy(&copy->segments[i].status, o->bytes + 4 + 2 * i, sizeof(int16_t));
		break;
	default:
		break;
	}
}

int __wrap_ioctl(int fd, unsigned long command, ...);
int __wrap_ioctl(int fd, unsigned long command, ...)
{
	struct placed header = { .there = true, .free_choice = true }, segments = { .there = true, .free_choice = true };
	const struct ioctl_gntdev_grant_copy *copy;
	const struct outcome *o;
	struct asked a;
	void *argument;
	va_list args;

	wrapped(__func__);
	va_start(args, command);
	argument = va_arg(args, void *);
	va_end(args);
	copy = argument;
	header.bytes = argument;
	header.addr = (uint64_t)(uintptr_t)argument;
	header.len = header.readable = size_of(command, argument);
	if (command == IOCTL_GNTDEV_GRANT_COPY) {
		segments.bytes = copy->segments;
		segments.addr = (uint64_t)(uintptr_t)copy->segments;
		segments.len = segments.readable = copy->count * sizeof(copy->segments[0]);
	}
	ioctl_begin(&a, 0, (uint64_t)fd, (uint32_t)command, false, header.addr, &header, &segments);
	o = answer();
	give_back(command, argument, o);
	ioctl_end(&a, o->result, load);
	return (int)said(o->result);
}

/* ---- the others */

static const struct thing *grant_of(uint32_t domid, uint32_t ref)
{
	const struct thing *t = names_find(GRANT, (uint8_t)domid, ref);

	if (!t)
		abort();
	return t;
}

static int64_t finish(struct call *c, uint64_t len)
{
	int64_t result = answer()->result;

	record_end(c, result, 0, len);
	return result;
}

uint32_t client_grant(uint32_t domid, bool readonly)
{
	return (uint32_t)finish(CALL(GRANT_FRAME, plain(domid), plain(0), plain(readonly)), 1);
}

uint32_t client_port(uint32_t domid)
{
	return (uint32_t)finish(CALL(BIND, plain(domid)), 1);
}

void client_revoke(uint32_t domid, uint32_t ref)
{
	const struct thing *t = grant_of(domid, ref);

	finish(CALL(REVOKE, (struct value){ .kind = DOMAIN, .which = t->which }, names_value(GRANT, (uint8_t)domid, ref)), 0);
}

void client_die(uint32_t domid)
{
	finish(CALL(DIE, plain(domid)), 0);
}

void client_exit(void)
{
	finish(CALL(EXIT, self), 0);
}

void client_events(uint32_t port)
{
	finish(CALL(EVENTS, names_value(PORT, 0, port)), 0);
}

void client_store(const void *at, uint32_t len)
{
	finish(CALL(STORE, self, address(at), plain(len), plain(0x1122334455667788)), 0);
}

void client_load(const void *at, uint32_t len)
{
	finish(CALL(LOAD, self, address(at), plain(len)), 0);
}

void client_memory(const void *at, uint32_t pages)
{
	unsigned int page;

	if (!names_add_memory(0, (uint64_t)(uintptr_t)at, pages, &page))
		record_why_not("its memory is more than the arena");
}

void client_finds(const void *bytes, uint32_t len)
{
	memcpy(found, bytes, len < FOUND ? len : FOUND);
	found_len = len < FOUND ? len : FOUND;
}

void client_begin(bool header, bool automatic)
{
	record_begin(header, automatic, 0);
	found_len = 0;
}

bool client_end(const char *name, const char *what)
{
	const char *why = record_check();
	char path[4096];

	if (why) {
		printf("# %s is no program: %s\n", name, why);
		return false;
	}
	snprintf(path, sizeof(path), "%s/clients-%s.txt", getenv("RECORD") ? getenv("RECORD") : ".", name);
	record_write(path, what);
	printf("# %s: %u calls\n", name, recording.p.calls);
	return true;
}
