// SPDX-License-Identifier: MIT
/* The two kinds of domain that grant: see grantor.h. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/gntalloc.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
/* after those that define its types */
#include <xen/sys/privcmd.h>
#include "grantor.h"

#define PAGE 4096ul
#define ENTRIES (PAGE / sizeof(struct grant_entry_v1)) /* in a frame of the grant table */

static bool other; /* it is not this domain itself */
static int device = -1; /* gntalloc, or privcmd */
static struct grantor_domain domain;
static struct grant_entry_v1 *table; /* of the other domain */
static bool taken[2048]; /* references of the other domain that this program holds */

/* ---- this domain itself ---- */

static int own_grant(struct grantor_frames *g, uint32_t n, bool readonly)
{
	static _Alignas(8) unsigned char room[sizeof(struct ioctl_gntalloc_alloc_gref) + GRANTOR_MAX * sizeof(uint32_t)];
	struct ioctl_gntalloc_alloc_gref *request = (void *)room;

	*request = (struct ioctl_gntalloc_alloc_gref){ .flags = readonly ? 0 : GNTALLOC_FLAG_WRITABLE, .count = (uint16_t)n };
	if (ioctl(device, IOCTL_GNTALLOC_ALLOC_GREF, request))
		return -errno;
	g->view = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, (off_t)request->index);
	if (g->view == MAP_FAILED)
		return -errno;
	g->index = request->index;
	memcpy(g->ref, request->gref_ids, n * sizeof(uint32_t));
	return 0;
}

static int own_revoke(const struct grantor_frames *g)
{
	struct ioctl_gntalloc_dealloc_gref request = { .index = g->index, .count = g->n };

	return ioctl(device, IOCTL_GNTALLOC_DEALLOC_GREF, &request) ? -errno : 0;
}

/* ---- another domain ---- */

static void *room_for(uint32_t pages)
{
	void *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);

	return at == MAP_FAILED ? NULL : at;
}

static int map_table(void)
{
	struct privcmd_mmap_resource request = {
		.dom = (domid_t)domain.domid, .type = XENMEM_resource_grant_table, .num = domain.table_frames,
	};

	table = room_for(domain.table_frames);
	request.addr = (uintptr_t)table;
	return !table || ioctl(device, IOCTL_PRIVCMD_MMAP_RESOURCE, &request) ? -errno : 0;
}

/* Reference r is that of frame r - GNTTAB_NR_RESERVED_ENTRIES. */
static int map_frames(struct grantor_frames *g)
{
	xen_pfn_t frames[GRANTOR_MAX];
	int errors[GRANTOR_MAX];
	struct privcmd_mmapbatch_v2 request = { .num = g->n, .dom = (domid_t)domain.domid, .arr = frames, .err = errors };

	for (uint32_t i = 0; i < g->n; i++)
		frames[i] = domain.frame[g->ref[i] - GNTTAB_NR_RESERVED_ENTRIES];
	g->view = room_for(g->n);
	request.addr = (uintptr_t)g->view;
	return !g->view || ioctl(device, IOCTL_PRIVCMD_MMAPBATCH_V2, &request) ? -errno : 0;
}

static bool in_use(uint32_t ref)
{
	return __atomic_load_n(&table[ref].flags, __ATOMIC_SEQ_CST) & (GTF_reading | GTF_writing);
}

/*
 * What a kernel does: the entry is not valid any more, unless Xen says that it is in use. The references of a program
 * that ended without that are still valid, and free.
 */
static bool end_access(uint32_t ref)
{
	uint16_t flags = __atomic_load_n(&table[ref].flags, __ATOMIC_SEQ_CST);

	return !(flags & (GTF_reading | GTF_writing)) &&
	       __atomic_compare_exchange_n(&table[ref].flags, &flags, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static int other_grant(struct grantor_frames *g, uint32_t n, bool readonly)
{
	int error;

	for (uint32_t ref = GNTTAB_NR_RESERVED_ENTRIES; g->n < n; ref++) {
		if (ref - GNTTAB_NR_RESERVED_ENTRIES == domain.frames || ref == domain.table_frames * ENTRIES)
			return -ENOSPC;
		if (!taken[ref] && end_access(ref))
			g->ref[g->n++] = ref;
	}
	error = map_frames(g);
	if (error)
		return error;
	memset(g->view, 0, n * PAGE);
	for (uint32_t i = 0; i < n; i++) {
		struct grant_entry_v1 *entry = &table[g->ref[i]];

		taken[g->ref[i]] = true;
		entry->domid = 0;
		entry->frame = (uint32_t)domain.frame[g->ref[i] - GNTTAB_NR_RESERVED_ENTRIES];
		__atomic_store_n(&entry->flags, readonly ? GTF_permit_access | GTF_readonly : GTF_permit_access,
				 __ATOMIC_SEQ_CST);
	}
	return 0;
}

static int other_revoke(const struct grantor_frames *g, unsigned int ms)
{
	for (uint32_t i = 0; i < g->n; i++) {
		for (unsigned int waited = 0; in_use(g->ref[i]); waited++) {
			if (waited == ms)
				return -EBUSY;
			usleep(1000);
		}
	}
	for (uint32_t i = 0; i < g->n; i++) {
		if (!end_access(g->ref[i]))
			return -EBUSY;
		taken[g->ref[i]] = false;
	}
	return 0;
}

/* ---- either ---- */

static int read_domain(const char *path, struct grantor_domain *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, d, sizeof(*d));

	if (fd >= 0)
		close(fd);
	return got == sizeof(*d) ? 0 : -ENODEV;
}

static int open_device(const char *path)
{
	memset(taken, 0, sizeof(taken));
	device = open(path, O_RDWR | O_CLOEXEC);
	return device < 0 ? -errno : 0;
}

int grantor_open_domain(const struct grantor_domain *d)
{
	int error = open_device("/dev/xen/privcmd");

	domain = *d;
	other = true;
	return error ? error : map_table();
}

int grantor_open(const char *path)
{
	static struct grantor_domain d;
	int error = path ? read_domain(path, &d) : open_device("/dev/xen/gntalloc");

	other = false;
	return path && !error ? grantor_open_domain(&d) : error;
}

void grantor_close(void)
{
	if (table)
		munmap(table, domain.table_frames * PAGE);
	table = NULL;
	close(device);
	device = -1;
}

uint32_t grantor_domid(void)
{
	return other ? domain.domid : 0;
}

bool grantor_tells(void)
{
	return other;
}

int grantor_grant(struct grantor_frames *g, uint32_t n, bool readonly)
{
	int error;

	*g = (struct grantor_frames){ .n = 0 };
	if (n > GRANTOR_MAX)
		return -ENOSPC;
	error = other ? other_grant(g, n, readonly) : own_grant(g, n, readonly);
	g->n = n;
	if (error)
		g->view = NULL;
	return error;
}

void grantor_forget(struct grantor_frames *g)
{
	if (g->view)
		munmap(g->view, g->n * PAGE);
	g->view = NULL;
}

int grantor_revoke(struct grantor_frames *g, unsigned int ms)
{
	int error = other ? other_revoke(g, ms) : 0;

	if (error)
		return error;
	grantor_forget(g);
	return other ? 0 : own_revoke(g);
}
