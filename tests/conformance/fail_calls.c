// SPDX-License-Identifier: MIT
/* The calls that the chains of fail_scenarios.c are made of. */
#include <stdlib.h>
#include <sys/mman.h>
#include "fail_nth.h"

/* MAP_GRANT_REF of @n pages over the grants in turn: the offset, or -errno. */
int64_t chain_map(struct chain *c, uint32_t n)
{
	size_t size = offsetof(struct ioctl_gntdev_map_grant_ref, refs) + n * sizeof(struct ioctl_gntdev_grant_ref);
	struct ioctl_gntdev_map_grant_ref *request = calloc(1, size);
	uint64_t at = c->memory + c->used + offsetof(struct ioctl_gntdev_map_grant_ref, index), index = 0;
	int64_t result;

	request->count = n;
	for (uint32_t i = 0; i < n; i++)
		request->refs[i].ref = c->ref[i % CHAIN_GRANTS];
	result = chain_ioctl(c, "map", IOCTL_GNTDEV_MAP_GRANT_REF, request, size);
	model_load(c->m, c->pid, at, &index, sizeof(index));
	free(request);
	return result < 0 ? result : (int64_t)index;
}

int64_t chain_unmap(struct chain *c, int64_t index, uint32_t n)
{
	struct ioctl_gntdev_unmap_grant_ref request = { .index = (uint64_t)index, .count = n };

	return chain_ioctl(c, "unmap", IOCTL_GNTDEV_UNMAP_GRANT_REF, &request, sizeof(request));
}

int64_t chain_mmap(struct chain *c, int64_t index, uint32_t n, int prot)
{
	return chain_result(c, "mmap", model_mmap(c->m, c->pid, 0, n * (uint64_t)PAGE, prot, MAP_SHARED, c->fd, (uint64_t)index));
}

int64_t chain_munmap(struct chain *c, int64_t at, uint32_t first, uint32_t n)
{
	return chain_result(c, "munmap", model_munmap(c->m, c->pid, (uint64_t)at + first * (uint64_t)PAGE, n * (uint64_t)PAGE));
}

int64_t chain_notify(struct chain *c, int64_t index, uint32_t action, uint32_t port)
{
	struct ioctl_gntdev_unmap_notify request = { .index = (uint64_t)index, .action = action, .event_channel_port = port };

	return chain_ioctl(c, "notify", IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &request, sizeof(request));
}

/* Segments of every kind: to and from memory, of one op and of two, between grants. */
uint64_t chain_segments(struct chain *c, uint32_t n)
{
	struct gntdev_grant_copy_segment *s = calloc(n, sizeof(*s));
	static const uint16_t kinds[] = { GNTCOPY_source_gref, GNTCOPY_dest_gref, GNTCOPY_source_gref | GNTCOPY_dest_gref };
	uint64_t at;

	for (uint32_t i = 0; i < n; i++) {
		void *local = (void *)(uintptr_t)(chain_buffer(c) + i * 130ull);

		s[i].len = 100;
		s[i].flags = kinds[i % 3];
		if (s[i].flags & GNTCOPY_source_gref)
			s[i].source.foreign.ref = c->ref[i % CHAIN_GRANTS];
		else
			s[i].source.virt = local;
		if (s[i].flags & GNTCOPY_dest_gref)
			s[i].dest.foreign.ref = c->ref[(i + 1) % CHAIN_GRANTS];
		else
			s[i].dest.virt = local;
	}
	at = chain_store(c, s, n * sizeof(*s));
	free(s);
	return at;
}

int64_t chain_copy(struct chain *c, uint32_t n)
{
	struct ioctl_gntdev_grant_copy request = { .count = n, .segments = (void *)(uintptr_t)chain_segments(c, n) };

	return chain_ioctl(c, "copy", IOCTL_GNTDEV_GRANT_COPY, &request, sizeof(request));
}
