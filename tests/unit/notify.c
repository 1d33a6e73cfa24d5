// SPDX-License-Identifier: MIT
/*
 * Unit tests of unmap notifications (src/core/notify.h; I7). The reference is one record a page, searched from end to end: in
 * the linux profile a new notification wipes all of them, in the header profile that of its page. After every step each page is
 * compared, and the references on ports that went in and came out are counted against the events that are armed.
 */
#include "ktap.h"
#include "notify.h"

#define PAGES 16u
#define PORTS 8u
#define LINUX GNT_PROFILE_LINUX
#define HEADER GNT_PROFILE_HEADER

/* the actions */
#define C GNT_NOTIFY_CLEAR_BYTE
#define E GNT_NOTIFY_SEND_EVENT

enum what {
	END,
	SET,
	BYTE,
	EVENT,
};

struct step {
	enum what what;
	u32 page, action, offset, port;
	s64 want; /* SET: the port of the event replaced, or NO; BYTE: 1 + offset, or 0; EVENT: the port, or NO */
};

#define NO (-1ll)
#define ARM(page, action, offset, port, replaced) { SET, page, action, offset, port, replaced }
#define TAKE_BYTE(page, want) { BYTE, page, 0, 0, 0, want }
#define TAKE_EVENT(page, want) { EVENT, page, 0, 0, 0, want }

static const struct row {
	const char *name;
	u32 profile;
	struct step steps[12];
} rows[] = {
	{ "nothing_armed", LINUX, { TAKE_BYTE(0, 0), TAKE_EVENT(0, NO), TAKE_BYTE(15, 0), TAKE_EVENT(15, NO) } },
	/* both actions, each once (GNT-NOTIFY-020) */
	{ "once", LINUX, { ARM(3, C + E, 4095, 7, NO), TAKE_BYTE(3, 4096), TAKE_BYTE(3, 0), TAKE_EVENT(3, 7),
			   TAKE_EVENT(3, NO), TAKE_BYTE(3, 0) } },
	{ "once_header", HEADER, { ARM(3, C + E, 4095, 7, NO), TAKE_EVENT(3, 7), TAKE_EVENT(3, NO), TAKE_BYTE(3, 4096),
				   TAKE_BYTE(3, 0), TAKE_EVENT(3, NO) } },
	/* byte 0 is a byte, port 0 a port, page 0 a page */
	{ "zeros", LINUX, { ARM(0, C + E, 0, 0, NO), TAKE_BYTE(0, 1), ARM(4, C, 1, 5, 0), TAKE_EVENT(0, NO), TAKE_BYTE(4, 2) } },
	/* one action does not arm the other; without SEND_EVENT any port is ignored (GNT-NOTIFY-011) */
	{ "byte_alone", LINUX, { ARM(1, C, 8, 0xffffffff, NO), TAKE_EVENT(1, NO), TAKE_BYTE(1, 9) } },
	{ "event_alone", LINUX, { ARM(1, E, 8, 131071, NO), TAKE_BYTE(1, 0), TAKE_EVENT(1, 131071) } },
	/* linux: one a map, on whichever page (GNT-NOTIFY-008) */
	{ "replace_elsewhere", LINUX, { ARM(2, C + E, 5, 3, NO), ARM(9, C + E, 6, 4, 3), TAKE_BYTE(2, 0), TAKE_EVENT(2, NO),
					TAKE_BYTE(9, 7), ARM(15, C, 1, 0, 4), TAKE_EVENT(9, NO), TAKE_BYTE(15, 2) } },
	/* header: one a page (GNT-NOTIFY-009) */
	{ "one_a_page", HEADER, { ARM(2, C + E, 5, 3, NO), ARM(9, C + E, 6, 4, NO), ARM(2, E, 0, 6, 3), TAKE_BYTE(2, 0),
				  TAKE_EVENT(2, 6), TAKE_BYTE(9, 7), TAKE_EVENT(9, 4) } },
	/* the same port again: the old reference comes back, the new one stays (GNT-NOTIFY-013) */
	{ "same_port", LINUX, { ARM(2, E, 0, 3, NO), ARM(2, E, 0, 3, 3), ARM(4, E, 0, 3, 3), TAKE_EVENT(4, 3),
				TAKE_EVENT(4, NO) } },
	/* action 0 disarms: in linux the map's, named by any page; in header that of the page (GNT-NOTIFY-010, GNT-NOTIFY-022) */
	{ "disarm", LINUX, { ARM(2, C + E, 5, 3, NO), ARM(7, 0, 0, 0xffffffff, 3), TAKE_BYTE(2, 0), TAKE_EVENT(2, NO),
			     TAKE_BYTE(7, 0), TAKE_EVENT(7, NO), ARM(7, 0, 0, 0, NO) } },
	{ "disarm_header", HEADER, { ARM(2, C + E, 5, 3, NO), ARM(7, 0, 0, 0xffffffff, NO), TAKE_BYTE(2, 6), TAKE_EVENT(2, 3),
				     ARM(2, E, 5, 3, NO), ARM(2, 0, 5, 3, 3), TAKE_EVENT(2, NO) } },
	/* what was taken out is not replaced a second time */
	{ "taken_then_replaced", LINUX, { ARM(2, C + E, 5, 3, NO), TAKE_EVENT(2, 3), ARM(2, E, 0, 4, NO), TAKE_BYTE(2, 0),
					  ARM(3, C, 0, 0, 4), ARM(2, 0, 0, 0, NO), TAKE_BYTE(3, 0) } },
};

/* ---- a map's notifications, and what they must be ---- */

struct want {
	u32 byte, event, port;
};

struct bench {
	struct gnt_pages p;
	struct gnt_life life;
	u32 domid[PAGES], ref[PAGES], state[PAGES], user[PAGES], kernel[PAGES], byte[PAGES], event[PAGES], port[PAGES];
	struct want want[PAGES];
	u64 given, taken; /* references on ports */
};

#define FOREIGN 0xa5a5a5a5u

static void check(const struct bench *b, const char *after)
{
	u64 armed = 0;

	for (u32 i = 0; i < PAGES; i++) {
		EXPECT(b->byte[i] == b->want[i].byte && b->event[i] == b->want[i].event, "%s, page %u: byte %u, event %u", after,
		       i, b->byte[i], b->event[i]);
		EXPECT(!b->event[i] || b->port[i] == b->want[i].port, "%s, page %u: port %u", after, i, b->port[i]);
		EXPECT(b->port[i] < GNT_PORTS_MAX, "%s, page %u: port %u", after, i, b->port[i]);
		EXPECT(b->domid[i] == FOREIGN && b->ref[i] == FOREIGN && b->state[i] == FOREIGN && b->user[i] == FOREIGN
		       && b->kernel[i] == FOREIGN, "%s, page %u: changed what is not a notification", after, i);
		armed += b->event[i];
	}
	EXPECT(b->given == b->taken + armed, "%s: %llu references in, %llu out, %llu events armed", after, b->given, b->taken,
	       armed);
}

static void start(struct bench *b, u32 profile)
{
	memset(b, 0xa5, sizeof(*b));
	b->p = (struct gnt_pages){ PAGES, b->domid, b->ref, b->state, b->user, b->kernel, b->byte, b->event, b->port, &b->life };
	b->life.header = profile;
	memset(b->want, 0, sizeof(b->want));
	b->given = b->taken = 0;
	gnt_notify_init(b->p);
	EXPECT(b->life.header == profile, "the profile became %u", b->life.header);
	check(b, "init");
}

static s64 set(struct bench *b, u32 page, u32 action, u32 offset, u32 port)
{
	struct gnt_replaced old = gnt_notify_set(b->p, page, action, offset, port);
	s64 want = NO;

	for (u32 i = 0; i < PAGES; i++) {
		if (b->life.header == HEADER && i != page)
			continue;
		if (b->want[i].event)
			want = b->want[i].port;
		memset(&b->want[i], 0, sizeof(b->want[i]));
	}
	if (action & C)
		b->want[page].byte = 1 + offset;
	if (action & E) {
		b->want[page].event = 1;
		b->want[page].port = port;
		b->given++;
	}
	b->taken += old.event;
	EXPECT(old.event == (want != NO), "page %u replaced %u events", page, old.event);
	EXPECT(want == NO || old.port == want, "page %u replaced port %u, not %lld", page, old.port, want);
	check(b, "set");
	return old.event ? old.port : NO;
}

static s64 take_byte(struct bench *b, u32 page)
{
	u32 byte = gnt_notify_take_byte(b->p, page);

	EXPECT(byte == b->want[page].byte, "page %u: took byte %u", page, byte);
	b->want[page].byte = 0;
	check(b, "take_byte");
	return byte;
}

static s64 take_event(struct bench *b, u32 page)
{
	u32 event = gnt_notify_take_event(b->p, page);

	EXPECT(event == b->want[page].event, "page %u: took event %u", page, event);
	b->want[page].event = 0;
	b->taken += event;
	check(b, "take_event");
	return event ? b->port[page] : NO;
}

/* Nothing is left when all has been taken out. */
static void finish(struct bench *b)
{
	for (u32 i = 0; i < PAGES; i++) {
		take_byte(b, i);
		take_event(b, i);
	}
	EXPECT(b->given == b->taken, "%llu references in, %llu out", b->given, b->taken);
}

static void run_row(const void *one)
{
	const struct row *row = one;
	struct bench b;

	start(&b, row->profile);
	for (const struct step *s = row->steps; s->what != END; s++) {
		s64 got = s->what == SET ? set(&b, s->page, s->action, s->offset, s->port)
			: s->what == BYTE ? take_byte(&b, s->page) : take_event(&b, s->page);

		EXPECT(got == s->want, "step %u: expected %lld, got %lld", (u32)(s - row->steps) + 1, s->want, got);
	}
	finish(&b);
}

static void run_random(u32 profile)
{
	u64 seed = test_seed;
	struct bench b;

	start(&b, profile);
	for (u32 i = 0; i < 200000 && !test_has_failed(); i++) {
		u64 r = next_random(&seed);
		u32 page = (u32)(r >> 8) % PAGES;

		if (r % 4 == 0)
			take_byte(&b, page);
		else if (r % 4 == 1)
			take_event(&b, page);
		else
			set(&b, page, (u32)(r >> 16) % 4, (u32)(r >> 24) % GNT_PAGE_SIZE, (u32)(r >> 40) % PORTS);
	}
	finish(&b);
}

static void run_random_linux(void)
{
	run_random(LINUX);
}

static void run_random_header(void)
{
	run_random(HEADER);
}

static const struct test more[] = {
	{ "random_linux_200000", run_random_linux },
	{ "random_header_200000", run_random_header },
	{ NULL, NULL },
};

const struct suite notify_suite = { .name = "notify", .table = { TABLE(rows, run_row) }, .test = more };
