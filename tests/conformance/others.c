// SPDX-License-Identifier: MIT
/* What others do and see: event channels, devices that use pages, the kernel for itself, Xen; and what can be counted. */
#include <inttypes.h>
#include "run.h"

/* ---- event channels ---- */

int64_t step_port(struct run *r, const struct step *s)
{
	int64_t port = r->dut->port();

	if (port < 0)
		return port;
	r->port[s->port] = (uint32_t)port;
	r->bound[s->port] = true;
	return 0;
}

int64_t step_port_close(struct run *r, const struct step *s)
{
	r->bound[s->port] = false;
	return r->dut->port_close(r->port[s->port]);
}

int64_t step_peer_close(struct run *r, const struct step *s)
{
	return r->dut->peer_close(r->port[s->port]);
}

int64_t step_events(struct run *r, const struct step *s)
{
	int64_t events = r->dut->events(r->port[s->port]);

	if (events != s->count)
		run_fails(r, "expected %u events, got %" PRId64, s->count, events);
	return 0;
}

int64_t step_watch(struct run *r, const struct step *s)
{
	r->dut->powers->watch(r->grant[s->first_grant].ref, (uint32_t)s->offset);
	return 0;
}

int64_t step_next_event(struct run *r, const struct step *s)
{
	struct dut_event event;

	if (!r->dut->powers->event(r->events_seen++, &event))
		run_fails(r, "no event has arrived");
	else if (event.port != r->port[s->port])
		run_fails(r, "expected an event at port %u, got one at port %u", r->port[s->port], event.port);
	else if (s->saw && event.byte)
		run_fails(r, "the byte was not clear when the event arrived");
	return 0;
}

/* ---- the kernel, for itself and for others ---- */

static uint64_t page_address(const struct run *r, const struct step *s)
{
	return r->view[s->view].base + (uint64_t)s->page * PAGE;
}

int64_t step_io_begin(struct run *r, const struct step *s)
{
	return r->dut->powers->io(page_address(r, s), true);
}

int64_t step_io_end(struct run *r, const struct step *s)
{
	return r->dut->powers->io(page_address(r, s), false);
}

int64_t step_deferred(struct run *r, const struct step *s)
{
	uint32_t works;

	run_arm(r, s);
	works = r->dut->powers->deferred();
	run_disarm(r, s);
	if (works != s->count)
		run_fails(r, "expected %u deferred works, got %u", s->count, works);
	return 0;
}

/* The entries are those of another process's memory map, perhaps: on PV the pages are not LIVE any more. */
int64_t step_invalidate(struct run *r, const struct step *s)
{
	struct view *view = &r->view[s->view];
	int64_t result;

	run_arm(r, s);
	result = r->dut->powers->invalidate(page_address(r, s), (uint64_t)s->pages * PAGE, s->flags);
	run_disarm(r, s);
	for (uint32_t i = s->page; !result && s->dies && !r->config.automatic && i < s->page + s->pages; i++)
		view->dead[i] = true;
	return result;
}

int64_t step_reap(struct run *r, const struct step *s)
{
	int64_t result;

	run_arm(r, s);
	result = r->dut->powers->reap(s->process);
	run_disarm(r, s);
	for (unsigned int v = 0; v < VIEWS && !result; v++) {
		for (uint32_t i = 0; r->view[v].addr && r->view[v].process == s->process && i < r->view[v].pages; i++)
			r->view[v].dead[i] |= s->dies && !r->config.automatic;
	}
	return result;
}

int64_t step_signal(struct run *r, const struct step *s)
{
	r->dut->powers->signal(s->flags);
	return 0;
}

int64_t step_set_limit(struct run *r, const struct step *s)
{
	r->dut->powers->set_limit(s->count);
	return 0;
}

/* ---- Xen, and counts ---- */

int64_t step_page_out(struct run *r, const struct step *s)
{
	return r->dut->powers->page_out(r->grant[s->first_grant].ref, s->count);
}

static void expect_number(struct run *r, const char *what, uint64_t want, uint64_t got)
{
	if (want != got)
		run_fails(r, "expected %" PRIu64 " %s, got %" PRIu64, want, what, got);
}

/* The row says pages: on PV each has two handles. */
int64_t step_holds(struct run *r, const struct step *s)
{
	struct dut_state state;

	r->dut->state(&state);
	expect_number(r, "handles", s->count * (r->config.automatic ? 1ull : 2ull), state.handles);
	return 0;
}

int64_t step_lost(struct run *r, const struct step *s)
{
	expect_number(r, "lost pages", s->count, r->dut->powers->lost());
	return 0;
}

int64_t step_slept(struct run *r, const struct step *s)
{
	uint64_t now = r->dut->powers->clock();

	if (now - r->clock < s->count)
		run_fails(r, "expected %u ms at least, slept %" PRIu64, s->count, now - r->clock);
	r->clock = now;
	return 0;
}
