/* SPDX-License-Identifier: MIT */
/*
 * What a call of the driver has in its hands, from its beginning to its end. It must not know how a record or a page
 * changes hands: mirror_state.c and mirror_map.c do.
 */
#include "env.h"
#include "gntdev.h"

struct mirror *mirror_call(void)
{
	struct mirror *call = env_world()->call;

	ensure(call != NULL, "the core asks for something, and nobody has called it");
	return call;
}

void mirror_begin(struct model *m, struct mirror *call)
{
	ensure_open(m, "I10: the driver is called with a lock held");
	*call = (struct mirror){ .outer = m->call };
	m->call = call;
}

void mirror_end(struct model *m, struct mirror *call)
{
	ensure_open(m, "I10: a call of the driver leaves a lock held");
	ensure(m->call == call, "calls of the driver end in another order than they began");
	if (call->blind && call->own == call->share)
		call->own = call->share = NULL; /* it is in the table, or would be dropped */
	ensure(!call->own && !call->lent, "I5: a call leaves a block behind that nobody else knows");
	ensure(!call->share, "I5: a call leaves a map behind that it should have dropped");
	ensure(!call->retry, "I5: a promise was not kept");
	ensure(call->spare.table.slots.capacity == 0, "GNT-GEN-019: a call leaves a spare state behind");
	ensure(!call->transfer, "GNT-GEN-019: a call leaves the memory of a batch behind");
	for (u32 i = 0; i < GNT_COPY_BATCH; i++)
		ensure(call->pin[i] == GNT_PIN_NONE, "GNT-COPY-025: a call leaves a page pinned");
	for (u32 i = 0; i < MIRROR_HANDS && !call->blind; i++)
		ensure(call->hand[i].refs == 0, "I7: a call leaves with a reference on a port too many, or too few");
	for (u32 i = 0; i < MIRROR_USES && !call->blind; i++)
		ensure(!call->use[i].file, "I5: a call leaves a use of a map behind");
	m->call = call->outer;
}

static void listed(const struct mirror *call, u64 arg)
{
	ensure(call->stored_u64.value == (u64)call->listed * GNT_PAGE_SIZE && call->stored_u64.at == arg + GNT_MAP_INDEX,
	       "GNT-MAP-001: user space is told another offset than that of its map");
	ensure(call->listed_count <= call->limit_said, "GNT-MAP-004: a map is listed that is larger than the limit");
	ensure(env_world()->fetched == arg + GNT_MAP_BYTES + (call->listed_count - 1ull) * GNT_REF_BYTES,
	       "GNT-MAP-007: a map is listed, and not all of its references were fetched");
}

/* GNT-MAP-001, GNT-OFF-001: what a successful call told user space */
static void told(const struct mirror *call, u32 command, u64 arg)
{
	if (command == GNT_COMMAND_UNMAP)
		mirror_unmapped();
	if (command == GNT_COMMAND_MAP)
		listed(call, arg);
	if (command != GNT_COMMAND_OFFSET)
		return;
	ensure(call->found.found == GNT_FOUND_OURS, "GNT-OFF-003: user space is told of a mapping that there is not");
	ensure(call->stored_u64.value == (u64)call->found.first * GNT_PAGE_SIZE && call->stored_u64.at == arg + GNT_OFFSET_OFFSET,
	       "GNT-OFF-009: user space is told another offset than that of the map at its address");
	ensure(call->stored_u32.value == call->found.count && call->stored_u32.at == arg + GNT_OFFSET_COUNT,
	       "GNT-OFF-010: user space is told another count than that of the map at its address");
}

void mirror_ioctl(u32 command, u64 arg, s32 error)
{
	const struct mirror *call = mirror_call();
	bool map = command == GNT_COMMAND_MAP, unmap = command == GNT_COMMAND_UNMAP;

	switch (error) {
	case 0:
	case -GNT_EFAULT:
	case -GNT_EINVAL:
	case -GNT_ENOMEM:
	case -GNT_ENOENT:
	case -GNT_EBUSY:
	case -GNT_ENOTTY:
	case -GNT_EINTR:
		break;
	default:
		breach("GNT-GEN-020: an ioctl returns an errno of no ioctl");
	}
	if (call->blind)
		return;
	if (!error)
		told(call, command, arg);
	ensure(call->attempt == 0, "an ioctl attempts to map");
	if (error)
		ensure(call->list + call->unlist + call->max + call->performed == 0,
		       "I12: an ioctl fails and has changed something");
	else
		ensure(call->list == map && call->unlist == unmap && call->max <= (command == GNT_COMMAND_MAX),
		       "I12: an ioctl succeeds and has not made its one change");
}

/* ---- VMAs that the call acts for */

void mirror_take_vmas(struct gnt_file *file, u32 first, struct gntdev_map *map, u32 n)
{
	struct mirror *call = mirror_call();

	if (!file->mirror.map) {
		call->blind = true;
		return;
	}
	ensure(!call->use[0].file, "a call takes VMAs over when it begins");
	ensure(first < file->mirror.capacity && file->mirror.block[first] == gntdev_cookie(map),
	       "I5: a VMA is of another map than its slots are");
	call->use[0].file = file;
	call->use[0].first = first;
	call->use[0].map = map;
	call->use[0].vmas = n;
}

void mirror_give_vmas(struct gnt_file *file, u32 first, u32 n)
{
	struct mirror *call = mirror_call();

	call->blind |= !file->mirror.map;
	if (call->blind)
		return;
	for (u32 i = 0; i < MIRROR_USES; i++) {
		if (call->use[i].file != file || call->use[i].first != first)
			continue;
		ensure(call->use[i].vmas == n && call->use[i].calls == 0, "I5: a call acts for more VMAs, or fewer");
		call->use[i].file = NULL;
		return;
	}
	breach("I5: a call leaves a VMA behind that the state does not count");
}

/* ---- references on ports */

void mirror_hand(u32 port, s32 change)
{
	struct mirror *call = mirror_call();
	u32 at = MIRROR_HANDS;

	if (call->blind)
		return;
	for (u32 i = 0; i < MIRROR_HANDS; i++) {
		if (call->hand[i].refs != 0 && call->hand[i].port == port)
			at = i;
		else if (call->hand[i].refs == 0 && at == MIRROR_HANDS)
			at = i;
	}
	ensure(at < MIRROR_HANDS, "I7: a call has references on too many ports in hand");
	call->hand[at].port = port;
	call->hand[at].refs += change;
	ensure(call->hand[at].refs <= GNT_HANDS_MAX, "I7: a call takes too many references on a port");
}

void mirror_in_hand(u32 port)
{
	const struct mirror *call = mirror_call();

	if (call->blind)
		return;
	for (u32 i = 0; i < MIRROR_HANDS; i++) {
		if (call->hand[i].port == port && call->hand[i].refs >= 1)
			return;
	}
	breach("I7: a port is used without a reference in hand");
}
