// SPDX-License-Identifier: MIT
/*
 * Where the arguments of a call are in user memory. By default the last byte is followed by a page that cannot be
 * accessed, so that one byte read too many is an EFAULT, and every other byte of the pages is checked for having
 * been left alone.
 */
#include <string.h>
#include "run.h"

/* what the rest of an argument's pages is full of */
#define FILLER 0xee

/* where memory below 4 GiB is, one piece after the other: no negative numbers, and far from where a program has its heap */
#define LOW_START 0x90000000u

int64_t anonymous(struct run *r, uint32_t pages, int prot)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	uint64_t at = r->low ? LOW_START + r->low_pages * (uint64_t)PAGE : 0;
	int64_t region = r->dut->mmap(at, (pages + 2ull) * PAGE, PROT_NONE, flags, -1, 0);

	if (r->low)
		r->low_pages += pages + 2;
	if (region < 0)
		return region;
	return r->dut->mmap((uint64_t)region + PAGE, (uint64_t)pages * PAGE, prot, flags, -1, 0);
}

static bool store(struct run *r, uint64_t addr, const void *bytes, uint64_t len)
{
	if (!r->dut->store(addr, bytes, len))
		return true;
	run_fails(r, "the argument cannot be stored at %#llx", (unsigned long long)addr);
	return false;
}

/* @len bytes, of which the first @readable can be accessed. */
static bool place_guarded(struct run *r, const void *bytes, uint64_t len, uint64_t readable, struct argument *a)
{
	uint32_t pages = (uint32_t)((readable + PAGE - 1) / PAGE);
	static uint8_t filler[PAGE];
	int64_t addr;

	if (readable > len)
		readable = len;
	if (pages == 0)
		pages = 1;
	addr = anonymous(r, pages, PROT_READ | PROT_WRITE);
	if (addr < 0) {
		run_fails(r, "no memory for the argument: %s", result_name(addr));
		return false;
	}
	a->region = (uint64_t)addr - PAGE;
	a->pages = pages + 2;
	a->addr = (uint64_t)addr + (uint64_t)pages * PAGE - readable;
	a->readable = readable;
	memset(filler, FILLER, PAGE);
	return store(r, (uint64_t)addr, filler, a->addr % PAGE) && store(r, a->addr, bytes, readable);
}

/* In page 0 of view @v, from @at on, by the hand of the frame's owner: the view may be read-only. */
static bool place_in_view(struct run *r, uint8_t v, uint32_t at, const void *bytes, uint64_t len)
{
	struct grant *grant = map_grant(r, &r->map[r->view[v].map], 0);

	if (at + len > PAGE || r->dut->owner_store(grant->ref, at, bytes, (uint32_t)len)) {
		run_fails(r, "the argument cannot be stored in view %u", v);
		return false;
	}
	memcpy(grant->bytes + at, bytes, len);
	return true;
}

/* The first @n bytes at the end of memory @m, the others at the beginning of the view that follows it. */
static bool place_split(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a)
{
	struct memory *memory = &r->memory[s->memory];
	uint64_t size = (uint64_t)memory->pages * PAGE, n = s->readable;

	memcpy(memory->bytes + size - n, bytes, n);
	a->addr = memory->addr + size - n;
	a->readable = len;
	return store(r, a->addr, bytes, n) && place_in_view(r, s->view, 0, (const char *)bytes + n, len - n);
}

bool argument_place(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a)
{
	*a = (struct argument){ .addr = s->arg };
	if (s->has_arg)
		return true;
	if (s->in_view) {
		a->addr = r->view[s->view].addr;
		a->readable = len;
		return place_in_view(r, s->view, 0, bytes, len);
	}
	if (s->split)
		return place_split(r, s, bytes, len, a);
	return place_guarded(r, bytes, len, s->cut ? s->readable : len, a);
}

bool argument_place_segments(struct run *r, const struct step *s, const void *bytes, uint64_t len, struct argument *a)
{
	*a = (struct argument){ .addr = s->segments_arg };
	if (s->has_segments)
		return true;
	if (s->segments_in_view) {
		a->addr = r->view[s->view].addr;
		a->readable = len;
		return place_in_view(r, s->view, 0, bytes, len);
	}
	return place_guarded(r, bytes, len, s->cut_segments ? s->readable : len, a);
}

void argument_check(struct run *r, const struct argument *a, const void *bytes, uint64_t len, uint64_t out,
		    uint64_t out_len)
{
	const uint8_t *want = bytes;
	uint8_t page[PAGE];

	if (r->racing)
		return;
	for (uint64_t at = 0; at < a->readable && at < len; at += PAGE) {
		uint64_t n = a->readable - at < PAGE ? a->readable - at : PAGE;

		if (r->dut->load(a->addr + at, page, n)) {
			run_fails(r, "the argument is gone");
			return;
		}
		for (uint64_t i = 0; i < n; i++) {
			if (page[i] != want[at + i] && !(at + i >= out && at + i < out + out_len)) {
				run_fails(r, "byte %llu of the argument was written: %02x, now %02x",
					  (unsigned long long)(at + i), want[at + i], page[i]);
				return;
			}
		}
	}
	if (!a->region || a->addr % PAGE == 0)
		return;
	/* what is below it in its first page */
	if (r->dut->load(a->addr - a->addr % PAGE, page, a->addr % PAGE))
		run_fails(r, "the argument's page is gone");
	for (uint64_t i = 0; i < a->addr % PAGE && !r->failed; i++) {
		if (page[i] != FILLER)
			run_fails(r, "byte -%llu of the argument was written", (unsigned long long)(a->addr % PAGE - i));
	}
}

void argument_free(struct run *r, struct argument *a)
{
	if (a->region)
		r->dut->munmap(a->region, (uint64_t)a->pages * PAGE);
	a->region = 0;
}
