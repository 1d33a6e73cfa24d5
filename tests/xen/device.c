// SPDX-License-Identifier: MIT
/* The device as test programs use it: see device.h. */
#include <stdarg.h>
#include "device.h"

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

void open_grantor(const char *path)
{
	int error = grantor_open(path);

	if (error)
		failed(__LINE__, "the domain that grants: error %d", error);
}

void grants_new(struct grantor_frames *g, uint32_t n, bool writable)
{
	int error = grantor_grant(g, n, !writable);

	if (error)
		failed(__LINE__, "grants: error %d", error);
	fill(g->view, n * PAGE, 1);
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
	_Alignas(8) unsigned char room[sizeof(struct ioctl_gntdev_map_grant_ref) + GRANTOR_MAX * 8];
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

unsigned char *map_all(int fd, const struct grantor_frames *g, int prot, uint64_t *offset)
{
	unsigned char *p;

	CHECK(map_refs(fd, OWN, g->ref, g->n, offset) == 0);
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
