// SPDX-License-Identifier: MIT
/* What there is that a step can do, what it asks of the device under test, and how it is called in diagnostics. */
#include <inttypes.h>
#include <stdio.h>
#include "run.h"

const struct action_type actions[] = {
	[END] = { "END", NULL, NULL, 0 },
	[OPEN] = { "OPEN", NULL, step_open, 0 },
	[CLOSE] = { "CLOSE", NULL, step_close, 0 },
	[ALLOC] = { "ALLOC", step_alloc, NULL, 0 },
	[FORBID] = { "FORBID", step_forbid, NULL, 0 },
	[GRANT] = { "GRANT", step_grant, NULL, 0 },
	[REVOKE] = { "REVOKE", NULL, step_revoke, 0 },
	[OWNER_STORE] = { "OWNER_STORE", step_owner_store, NULL, 0 },
	[MAP] = { "MAP", NULL, step_map, 0 },
	[UNMAP] = { "UNMAP", NULL, step_unmap, 0 },
	[MMAP] = { "MMAP", NULL, step_mmap, 0 },
	[MUNMAP] = { "MUNMAP", NULL, step_munmap, 0 },
	[STORE] = { "STORE", NULL, step_store, 0 },
	[LOAD] = { "LOAD", NULL, step_load, 0 },
	[COPY] = { "COPY", NULL, step_copy, 0 },
	[IOCTL] = { "IOCTL", NULL, step_ioctl, 0 },
	[OFFSET] = { "OFFSET", NULL, step_offset, 0 },
	[SET_MAX] = { "SET_MAX", NULL, step_set_max, 0 },
	[NOTIFY] = { "NOTIFY", NULL, step_notify, 0 },
	[PORT] = { "PORT", NULL, step_port, DUT_PORTS },
	[PORT_CLOSE] = { "PORT_CLOSE", NULL, step_port_close, DUT_PORTS },
	[PEER_CLOSE] = { "PEER_CLOSE", NULL, step_peer_close, DUT_PORTS },
	[EVENTS] = { "EVENTS", NULL, step_events, DUT_PORTS },
	[NEXT_EVENT] = { "NEXT_EVENT", NULL, step_next_event, DUT_MODEL },
	[WATCH] = { "WATCH", NULL, step_watch, DUT_MODEL },
	[MPROTECT] = { "MPROTECT", NULL, step_mprotect, 0 },
	[MREMAP] = { "MREMAP", NULL, step_mremap, 0 },
	[MADVISE] = { "MADVISE", NULL, step_madvise, 0 },
	[DUP] = { "DUP", NULL, step_dup, 0 },
	[FORK] = { "FORK", NULL, step_fork, DUT_MODEL },
	[INHERIT] = { "INHERIT", NULL, step_inherit, DUT_MODEL },
	[EXIT] = { "EXIT", NULL, step_exit, DUT_MODEL },
	[IO_BEGIN] = { "IO_BEGIN", NULL, step_io_begin, DUT_MODEL },
	[IO_END] = { "IO_END", NULL, step_io_end, DUT_MODEL },
	[DEFERRED] = { "DEFERRED", NULL, step_deferred, DUT_MODEL },
	[PAGE_OUT] = { "PAGE_OUT", NULL, step_page_out, DUT_MODEL },
	[INVALIDATE] = { "INVALIDATE", NULL, step_invalidate, DUT_MODEL },
	[REAP] = { "REAP", NULL, step_reap, DUT_MODEL },
	[SIGNAL] = { "SIGNAL", NULL, step_signal, DUT_MODEL },
	[SET_LIMIT] = { "SET_LIMIT", NULL, step_set_limit, DUT_MODEL },
	[HOLDS] = { "HOLDS", NULL, step_holds, DUT_MODEL },
	[LOST] = { "LOST", NULL, step_lost, DUT_MODEL },
	[SLEPT] = { "SLEPT", NULL, step_slept, DUT_MODEL },
};

unsigned int row_needs(const struct row *row)
{
	unsigned int needs = row->needs;

	for (unsigned int i = 0; i < STEPS && row->steps[i].action != END; i++) {
		const struct step *s = &row->steps[i];

		needs |= actions[s->action].needs;
		needs |= s->faulty ? DUT_FAULTS : 0;
		needs |= s->compat ? DUT_COMPAT : 0;
		needs |= s->racing || s->meanwhile || s->process ? DUT_MODEL : 0;
		needs |= s->action == REVOKE && s->error ? DUT_TELLS : 0;
	}
	return needs;
}

void run_describe(const struct step *s, char *text, size_t room)
{
	int n = snprintf(text, room, "%s", actions[s->action].name);

	switch (s->action) {
	case MAP:
		snprintf(text + n, room - (size_t)n, " map=%u count=%u", s->reg, s->has_count ? s->count : s->pages);
		break;
	case UNMAP:
		snprintf(text + n, room - (size_t)n, " map=%u count=%u", s->reg, s->count);
		break;
	case MMAP:
		snprintf(text + n, room - (size_t)n, " map=%u bytes=%" PRIu64, s->reg, s->len);
		break;
	case MUNMAP:
	case MPROTECT:
	case MREMAP:
		snprintf(text + n, room - (size_t)n, " view=%u page=%u pages=%u", s->view, s->page, s->pages);
		break;
	case COPY:
		snprintf(text + n, room - (size_t)n, " segments=%u", s->n_segments);
		break;
	case IOCTL:
		snprintf(text + n, room - (size_t)n, " %#x", s->command);
		break;
	default:
		break;
	}
}
