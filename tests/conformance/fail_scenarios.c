// SPDX-License-Identifier: MIT
/* The chains of calls that fail_nth.c runs with one failure each. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "fail_nth.h"

#define RW (PROT_READ | PROT_WRITE)

/* ---- the chains */

static void run_map_unmap(struct chain *c)
{
	int64_t first = chain_map(c, 3), second = chain_map(c, 150);

	if (first >= 0)
		chain_unmap(c, first, 3);
	if (second >= 0)
		chain_unmap(c, second, 150);
}

/* more slots than the instance begins with, twice */
static void run_growth(struct chain *c)
{
	chain_map(c, 60);
	chain_map(c, 100);
	chain_map(c, 700);
}

static void run_mmap(struct chain *c)
{
	int64_t index = chain_map(c, 5), at;

	if (index < 0)
		return;
	at = chain_mmap(c, index, 5, RW);
	if (at >= 0)
		chain_munmap(c, at, 0, 5);
	chain_unmap(c, index, 5);
}

/* more than one hypercall's worth, unlisted while mapped where that is allowed */
static void run_mmap_many(struct chain *c)
{
	int64_t index = chain_map(c, 130), at;

	if (index < 0)
		return;
	at = chain_mmap(c, index, 130, RW);
	if (!c->header)
		chain_unmap(c, index, 130);
	if (at >= 0)
		chain_munmap(c, at, 0, 130);
}

static void run_read_only(struct chain *c)
{
	int64_t index = chain_map(c, 2), at = index < 0 ? -1 : chain_mmap(c, index, 2, PROT_READ);

	if (at < 0)
		return;
	model_mprotect(c->m, c->pid, (uint64_t)at, 2 * PAGE, RW);
	chain_result(c, "mprotect", model_mprotect(c->m, c->pid, (uint64_t)at, 2 * PAGE, PROT_NONE));
	chain_munmap(c, at, 0, 2);
}

/* holes are made into a mapping, where that is allowed, and then it goes */
static void run_split(struct chain *c)
{
	int64_t index = chain_map(c, 6), at = index < 0 ? -1 : chain_mmap(c, index, 6, RW);

	if (at < 0)
		return;
	if (!c->header) {
		chain_munmap(c, at, 1, 1);
		chain_munmap(c, at, 4, 1);
		chain_result(c, "mprotect", model_mprotect(c->m, c->pid, (uint64_t)at + 2 * PAGE, PAGE, PROT_READ));
	}
	chain_munmap(c, at, 0, 6);
	chain_unmap(c, index, 6);
}

static void run_fork(struct chain *c)
{
	int64_t index = chain_map(c, 3), at = index < 0 ? -1 : chain_mmap(c, index, 3, RW), child;

	if (at < 0)
		return;
	child = chain_result(c, "fork", model_fork(c->m, c->pid));
	if (child > 0)
		c->child = (uint32_t)child;
	chain_munmap(c, at, 0, 3);
	if (!c->child || !c->automatic || !c->header)
		chain_unmap(c, index, 3);
}

static void run_notify(struct chain *c)
{
	int64_t index = chain_map(c, 3), at;

	if (index < 0)
		return;
	chain_notify(c, index + 5, 3, c->port[0]);
	at = chain_mmap(c, index, 3, RW);
	chain_notify(c, index + 5, 3, c->port[0]);
	chain_notify(c, index + PAGE, 2, c->port[1]);
	chain_notify(c, index + 2 * PAGE + 9, 1, 0);
	if (at >= 0)
		chain_munmap(c, at, 0, 3);
	chain_unmap(c, index, 3);
}

static void run_notify_at_exit(struct chain *c)
{
	int64_t index = chain_map(c, 2);

	if (index < 0 || chain_notify(c, index + PAGE + 77, 3, c->port[0]) < 0)
		return;
	chain_mmap(c, index, 2, RW);
}

static void run_offset(struct chain *c)
{
	int64_t index = chain_map(c, 2), at = index < 0 ? -1 : chain_mmap(c, index, 2, RW);
	struct ioctl_gntdev_get_offset_for_vaddr request = { .vaddr = (uint64_t)at };

	if (at >= 0)
		chain_ioctl(c, "offset", IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &request, sizeof(request));
}

static void run_max(struct chain *c)
{
	struct ioctl_gntdev_set_max_grants request = { .count = 70 };
	int64_t index;

	if (c->header)
		chain_ioctl(c, "max", IOCTL_GNTDEV_SET_MAX_GRANTS, &request, sizeof(request));
	index = chain_map(c, 70);
	if (index >= 0)
		chain_unmap(c, index, 70);
}

static void run_copy(struct chain *c)
{
	chain_copy(c, 3);
	chain_copy(c, 200);
}

static void run_copy_paged_out(struct chain *c)
{
	model_page_out(c->m, MODEL_DOM0, c->ref[0], 5);
	model_page_out(c->m, MODEL_DOM0, c->ref[1], 2);
	chain_copy(c, 70);
}

static void run_mmap_paged_out(struct chain *c)
{
	int64_t index = chain_map(c, 4);

	model_page_out(c->m, MODEL_DOM0, c->ref[2], 4);
	if (index >= 0)
		chain_mmap(c, index, 4, RW);
}

/* pages that devices use while their mapping, and then the instance, goes */
static void run_in_use(struct chain *c)
{
	int64_t index = chain_map(c, 4), at = index < 0 ? -1 : chain_mmap(c, index, 4, RW);
	uint64_t one = (uint64_t)at + PAGE, two = (uint64_t)at + 3 * PAGE;

	if (at < 0)
		return;
	chain_notify(c, index + PAGE, 3, c->port[0]);
	model_page_io_begin(c->m, c->pid, one);
	model_page_io_begin(c->m, c->pid, two);
	chain_munmap(c, at, 0, 4);
	model_run_deferred(c->m);
	chain_unmap(c, index, 4);
	model_page_io_end(c->m, c->pid, two);
	model_run_deferred(c->m);
	chain_result(c, "close", model_close(c->m, c->pid, c->fd));
	model_run_deferred(c->m);
	model_page_io_end(c->m, c->pid, one);
	model_run_deferred(c->m);
}

static void run_move(struct chain *c)
{
	int64_t index = chain_map(c, 3), at = index < 0 ? -1 : chain_mmap(c, index, 3, RW), to;

	if (at < 0)
		return;
	to = chain_result(c, "mremap", model_mremap(c->m, c->pid, (uint64_t)at, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
						    0x20000000));
	chain_munmap(c, to < 0 ? at : to, 0, 3);
	chain_unmap(c, index, 3);
}

/* first without blocking, which may be refused, then for good */
static void run_invalidate(struct chain *c)
{
	int64_t index = chain_map(c, 3), at = index < 0 ? -1 : chain_mmap(c, index, 3, RW);

	if (at < 0)
		return;
	chain_result(c, "invalidate", model_invalidate(c->m, c->pid, (uint64_t)at, 2 * PAGE, 0));
	chain_result(c, "invalidate", model_invalidate(c->m, c->pid, (uint64_t)at + PAGE, 2 * PAGE, 1));
}

static void run_compat(struct chain *c)
{
	struct ioctl_gntdev_unmap_notify request = { .index = 0, .action = 2, .event_channel_port = c->port[0] };
	uint32_t compat[2] = { 3, 0 };

	chain_map(c, 2);
	chain_compat(c, "notify", IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &request, sizeof(request));
	compat[1] = (uint32_t)chain_segments(c, 3);
	chain_compat(c, "copy", 0x00084708, compat, sizeof(compat));
}

/* of everything something, left to the exit of the process */
static void run_exit(struct chain *c)
{
	int64_t listed = chain_map(c, 3), mapped = chain_map(c, 4), at = mapped < 0 ? -1 : chain_mmap(c, mapped, 4, RW);

	if (listed >= 0)
		chain_notify(c, listed, 2, c->port[1]);
	if (at >= 0 && !c->header)
		chain_unmap(c, mapped, 4);
	chain_copy(c, 2);
}

/* the number of points is lower for an auto-translated domain */
const struct scenario scenarios[] = {
	{ "map_unmap", "GNT-MAP-006 GNT-MAP-010 GNT-UNMAP-002 GNT-GEN-003", 10, run_map_unmap },
	{ "map_growth", "GNT-MAP-006 GNT-SLOT-006 GNT-GEN-019", 20, run_growth },
	{ "mmap_munmap", "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-013 GNT-MUNMAP-008", 15, run_mmap },
	{ "mmap_many_pages", "GNT-MMAP-009 GNT-MUNMAP-008 GNT-GEN-018", 200, run_mmap_many },
	{ "mmap_read_only", "GNT-MMAP-011 GNT-MMAP-012", 10, run_read_only },
	{ "split", "GNT-MUNMAP-011 GNT-MUNMAP-001", 15, run_split },
	{ "fork", "GNT-FORK-001 GNT-FORK-002 GNT-FORK-003", 10, run_fork },
	{ "notify", "GNT-NOTIFY-014 GNT-NOTIFY-021 GNT-NOTIFY-002 GNT-NOTIFY-004", 20, run_notify },
	{ "notify_at_exit", "GNT-NOTIFY-026 GNT-CLOSE-004", 10, run_notify_at_exit },
	{ "offset", "GNT-OFF-002 GNT-OFF-008", 10, run_offset },
	{ "max", "GNT-MAX-003 GNT-GEN-003", 10, run_max },
	{ "copy", "GNT-COPY-016 GNT-COPY-021 GNT-COPY-025 GNT-COPY-028 GNT-COPY-029", 500, run_copy },
	{ "copy_paged_out", "GNT-COPY-020 GNT-COPY-028 GNT-COPY-025", 200, run_copy_paged_out },
	{ "mmap_paged_out", "GNT-MMAP-016 GNT-MMAP-009", 10, run_mmap_paged_out },
	{ "pages_in_use", "GNT-MUNMAP-005 GNT-CLOSE-005 GNT-CLOSE-006", 15, run_in_use },
	{ "mremap", "GNT-MREMAP-003 GNT-MREMAP-005", 10, run_move },
	{ "invalidate", "GNT-MUNMAP-014 GNT-MUNMAP-012", 10, run_invalidate },
	{ "compat", "GNT-COMPAT-001 GNT-COMPAT-003", 10, run_compat },
	{ "exit", "GNT-CLOSE-004 GNT-CLOSE-006 GNT-GEN-019", 15, run_exit },
	{ NULL, NULL, 0, NULL },
};
