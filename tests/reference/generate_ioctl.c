// SPDX-License-Identifier: MIT
/*
 * Random ioctls: arguments that are good, at the edge, and bad.
 */
#include <stdio.h>
#include "generate.h"

static void argument(struct step *c)
{
	descriptor(c);
	c->place = roll(8) ? 0 : (u8)(1 + roll(8));
	c->compat = roll(6) == 0;
	c->race = !c->place && roll(5) == 0;
	c->seed = roll(0x7fffffff);
}

static void ioctl_map(struct step *c)
{
	static const u32 counts[] = { 0, 65, 128, 130, 150, 199, 200, 201, (1u << 20) + 1, 0x80000000, 0xffffffff };

	argument(c);
	c->n = roll(25) ? 1 + roll(roll(3) ? 3 : 6) : counts[roll(sizeof(counts) / sizeof(counts[0]))];
	FAULT(c, 0, 10, 3, MODEL_FAULT_ALLOC, MODEL_FAULT_PAGES, MODEL_FAULT_COPYIN, MODEL_FAULT_COPYOUT);
}

static void ioctl_unmap(struct step *c)
{
	argument(c);
	c->x = slot() * PAGE + (roll(6) ? 0 : roll(4096));
	c->n = roll(6) ? pages_at(c->x / PAGE) : 0;
	FAULT(c, 0, 12, 4, MODEL_FAULT_UNMAP, MODEL_FAULT_HYPERCALL, MODEL_FAULT_COPYIN);
}

static void ioctl_offset(struct step *c)
{
	static const u64 odd[] = { 0, SCRATCH, SCRATCH + 3 * PAGE, 0x7fffffffffff, ~0ull, 0x8000000010000000 };

	argument(c);
	c->x = address(c) + (roll(3) ? 0 : roll(8192));
	if (roll(12) == 0)
		c->x = odd[roll(sizeof(odd) / sizeof(odd[0]))];
	FAULT(c, 0, 12, 2, MODEL_FAULT_COPYIN, MODEL_FAULT_COPYOUT);
}

static void ioctl_max(struct step *c)
{
	static const u32 counts[] = { 0, 1, 3, 8, 16, 1u << 20, (1u << 20) + 1, 0xffffffff };

	argument(c);
	c->n = counts[roll(sizeof(counts) / sizeof(counts[0]))];
	FAULT(c, 0, 20, 1, MODEL_FAULT_COPYIN);
}

static void ioctl_notify(struct step *c)
{
	static const u32 ports[] = { 0, PORTS + 1, 200000, 0xffffffff };
	const struct ref_map *m = some_map();
	u64 s = m && roll(12) ? m->first + roll(m->count) : slot();

	argument(c);
	c->x = s * PAGE + roll(4096);
	c->n = roll(12) ? roll(4) : roll(2) ? 4 + roll(8) : 1u << roll(32);
	c->y = roll(10) ? 1 + roll(PORTS) : ports[roll(4)];
	FAULT(c, 0, 20, 2, MODEL_FAULT_COPYIN, MODEL_FAULT_PORT);
}

static void ioctl_copy(struct step *c)
{
	argument(c);
	c->n = roll(3) ? roll(5) : roll(20) ? roll(16) : 50 + roll(SEGMENTS - 50);
	if (c->place)
		c->place = (u8)(roll(2) ? 1 + roll(2) : 5 + roll(4));
	else
		c->segments = roll(6) ? 0 : (u8)(1 + roll(7));
	c->race &= !c->place && !c->segments;
	if (!c->race)
		FAULT(c, 0, 8, 1 + (c->n ? c->n : 1), MODEL_FAULT_ALLOC, MODEL_FAULT_COPYIN, MODEL_FAULT_COPYOUT,
		      MODEL_FAULT_PIN);
	FAULT(c, 1, 8, 1 + 2 * c->n, MODEL_FAULT_COPY, MODEL_FAULT_COPY, MODEL_FAULT_HYPERCALL, MODEL_FAULT_PAUSE);
	if (c->fault[1].kind == MODEL_FAULT_HYPERCALL + 1 || c->fault[1].kind == MODEL_FAULT_PAUSE + 1)
		c->fault[1].nth = (u16)(1 + roll(3));
}

static void ioctl_other(struct step *c)
{
	static const u32 commands[] = { 0x00184700, 0x00104701, 0x00184702, 0x00044703, 0x00104707, 0x00104708, 0x00084708 };

	argument(c);
	c->race = 0;
	c->x = commands[roll(7)];
	if (roll(2))
		c->x ^= 1ull << roll(32);
	else if (roll(2))
		c->x = roll(4) << 30 | roll(64) << 16 | 0x4700 | roll(16);
	if ((u32)c->x == 0x5421 || (u32)c->x == 0x5450 || (u32)c->x == 0x5451)
		c->x = 0; /* commands that Linux answers by itself */
}

void generate_ioctl(struct step *c)
{
	static void (*const how[OPS])(struct step *c) = {
		[MAP] = ioctl_map, [UNMAP] = ioctl_unmap, [OFFSET] = ioctl_offset, [MAX] = ioctl_max, [NOTIFY] = ioctl_notify,
		[COPY] = ioctl_copy, [OTHER] = ioctl_other,
	};

	how[c->op](c);
}
