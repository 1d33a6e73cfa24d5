// SPDX-License-Identifier: MIT
/*
 * The memory of a twin's processes, in the model: arguments are put there and looked at afterwards. The reference has none.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include "differ.h"

/* ---- user memory, page by page */

static bool read_only(u64 addr)
{
	u64 page = (addr - SCRATCH) / PAGE;

	return page == 2 || page == 8;
}

static void user_chunk(struct twin *t, u32 p, u64 addr, u8 *to, const u8 *from, u32 n)
{
	u64 page = addr - addr % PAGE;

	if (!from) {
		model_load(t->m, t->pid[p], addr, to, n);
	} else if (read_only(addr)) {
		model_mprotect(t->m, t->pid[p], page, PAGE, PROT_READ | PROT_WRITE);
		model_store(t->m, t->pid[p], addr, from, n);
		model_mprotect(t->m, t->pid[p], page, PAGE, PROT_READ);
	} else {
		model_store(t->m, t->pid[p], addr, from, n);
	}
}

static void user(struct twin *t, u32 p, u64 addr, u8 *to, const u8 *from, u32 len)
{
	for (u32 done = 0, n; done < len; done += n) {
		u32 room = (u32)(PAGE - (addr + done) % PAGE);

		n = len - done < room ? len - done : room;
		user_chunk(t, p, addr + done, to ? to + done : NULL, from ? from + done : NULL, n);
	}
}

void user_put(struct twin *t, u32 p, u64 addr, const void *bytes, u32 len)
{
	user(t, p, addr, NULL, bytes, len);
}

void user_get(struct twin *t, u32 p, u64 addr, void *bytes, u32 len)
{
	user(t, p, addr, bytes, NULL, len);
}

/* The kinds of places: most are good, others end before the argument does, cannot be written, or are no addresses. */
u64 place(u32 where, u32 len, u32 seed)
{
	u32 cut = 4 * (1 + seed % (len / 4 + 1));

	switch (where) {
	case 1:
		return SCRATCH + 3 * PAGE + 0x100;
	case 2:
		return SCRATCH + 2 * PAGE + 0x100;
	case 3:
		return SCRATCH + 2 * PAGE - cut; /* into the read-only page */
	case 4:
		return SCRATCH + 3 * PAGE - cut; /* from the read-only page into a hole */
	case 5:
		return SCRATCH + 5 * PAGE - cut; /* into a hole */
	case 6:
		return 0 - (u64)cut;
	case 7:
		return 0x7ffffffff000ull - cut + seed % 3 * PAGE;
	case 8:
		return 0;
	default:
		return SCRATCH + 8 * (1 + seed % 64);
	}
}

void expect_argument(struct twin *t, const struct step *c, u64 addr, const u8 *bytes, u32 len, const struct out *out, u32 outs,
		     bool raced)
{
	u8 want[4096], got[4096];

	for (u32 i = 0; i < len; i++)
		want[i] = raced && i < 24 ? (u8)~bytes[i] : bytes[i];
	for (u32 i = 0; i < outs; i++) {
		if (out[i].value)
			memcpy(want + out[i].at, out[i].value, out[i].len);
	}
	memcpy(got, want, len);
	user_get(t, c->p, addr, got, len);
	if (len && plant(CANARY_MEMORY))
		got[len - 1] ^= 1;
	for (u32 i = 0; i < outs; i++) {
		if (!out[i].value)
			memcpy(got + out[i].at, want + out[i].at, out[i].len);
	}
	for (u32 i = 0; i < len; i++) {
		if (got[i] != want[i]) {
			disagree("byte %u of the argument is %#x and must be %#x", i, got[i], want[i]);
			return;
		}
	}
}
