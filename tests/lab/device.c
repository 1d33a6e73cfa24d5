// SPDX-License-Identifier: MIT
/*
 * The device as the lab's programs use it: what is in tests/xen/dom0.c too, but for one kind of
 * granting domain, dom0 itself, and for any number of processes at once.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <xen/gntalloc.h>
#include "lab.h"
/* after the types that lab.h gives it */
#include <xen/evtchn.h>

const char *device;

void failed(int line, const char *format, ...)
{
	va_list ap;

	printf("# line %d: ", line);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

void grants_new(struct grants *g, uint32_t n, bool writable)
{
	static _Alignas(8) unsigned char room[sizeof(struct ioctl_gntalloc_alloc_gref) + GRANTS_MAX * sizeof(uint32_t)];
	struct ioctl_gntalloc_alloc_gref *arg = (void *)room;

	*arg = (struct ioctl_gntalloc_alloc_gref){ .flags = writable ? GNTALLOC_FLAG_WRITABLE : 0, .count = n };
	g->n = n;
	g->fd = open("/dev/xen/gntalloc", O_RDWR | O_CLOEXEC);
	CHECK(g->fd >= 0);
	CHECK(ioctl(g->fd, IOCTL_GNTALLOC_ALLOC_GREF, arg) == 0);
	for (uint32_t i = 0; i < n; i++)
		g->ref[i] = arg->gref_ids[i];
	g->page = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, (off_t)arg->index);
	CHECK(g->page != MAP_FAILED);
	fill(g->page, n * PAGE, 1);
}

void fill(unsigned char *p, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)((i + seed) * 2654435761u >> 13);
}

bool filled(const unsigned char *p, size_t n, uint32_t seed)
{
	if (p == MAP_FAILED)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != (unsigned char)((i + seed) * 2654435761u >> 13))
			return false;
	}
	return true;
}

int device_open(int flags)
{
	int fd = open(device, flags | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

int map_refs(int fd, uint32_t domid, const uint32_t *ref, uint32_t n, uint64_t *offset)
{
	_Alignas(8) unsigned char room[sizeof(struct ioctl_gntdev_map_grant_ref) + GRANTS_MAX * 8];
	struct ioctl_gntdev_map_grant_ref *arg = (void *)room;
	int err;

	arg->count = n;
	arg->index = ~0ull;
	for (uint32_t i = 0; i < n; i++)
		arg->refs[i] = (struct ioctl_gntdev_grant_ref){ domid, ref[i] };
	err = ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg);
	*offset = arg->index;
	return err;
}

int unmap_refs(int fd, uint64_t offset, uint32_t n)
{
	struct ioctl_gntdev_unmap_grant_ref arg = { .index = offset, .count = n };

	return ioctl(fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &arg);
}

int copy(int fd, struct gntdev_grant_copy_segment *segment, unsigned int n)
{
	struct ioctl_gntdev_grant_copy arg = { .count = n, .segments = segment };

	return ioctl(fd, IOCTL_GNTDEV_GRANT_COPY, &arg);
}

unsigned char *map_all(int fd, const struct grants *g, int prot, uint64_t *offset)
{
	unsigned char *p;

	CHECK(map_refs(fd, 0, g->ref, g->n, offset) == 0);
	p = mmap(NULL, g->n * PAGE, prot, MAP_SHARED, fd, (off_t)*offset);
	CHECK(p != MAP_FAILED);
	return p;
}

long counter(const char *name)
{
	char path[100];
	long value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/grantproof/parameters/%s", name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

struct held held_now(void)
{
	return (struct held){ counter("live_maps"), counter("live_pages"), counter("live_handles"), counter("lost_pages") };
}

bool held_settles(struct held before)
{
	struct held now = held_now();

	for (int i = 0; i < 1000; i++) {
		if (now.maps <= before.maps && now.pages <= before.pages && now.handles <= before.handles &&
		    now.lost <= before.lost)
			return true;
		usleep(10000);
		now = held_now();
	}
	printf("# maps %ld, pages %ld, handles %ld, lost %ld; before: %ld, %ld, %ld, %ld\n", now.maps, now.pages, now.handles,
	       now.lost, before.maps, before.pages, before.handles, before.lost);
	return false;
}

int port_new(void)
{
	struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = 0 };
	struct ioctl_evtchn_bind_interdomain bind = { .remote_domain = 0 };
	static int fd = -1;
	int port;

	if (fd < 0)
		fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	port = ioctl(fd, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
	CHECK(port > 0);
	bind.remote_port = (unsigned int)port;
	port = ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
	CHECK(port > 0);
	return port;
}

int notify(int fd, uint64_t offset, uint32_t action, uint32_t port)
{
	struct ioctl_gntdev_unmap_notify arg = { .index = offset, .action = action, .event_channel_port = port };

	return ioctl(fd, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &arg);
}
