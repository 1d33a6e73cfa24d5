// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * The specification of /dev/xen/gntdev as an executable state machine; reference.h says what for and how to call it.
 * Rules stand next to the IDs of their requirements. Written from requirements.md alone: it must not be derived from, nor
 * share code with, what is compared with it. It has no user memory, locks or time, so nothing to say of how often a byte is
 * fetched, what runs under the lock, how long a call takes, what the kernel does around the driver, and loading.
 */
#include <errno.h>
#include "reference.h"

#define FAIL_IF(condition, error) do { if (condition) return -(error); } while (0)
#define for_each_map(w, m) for (struct ref_map *m = (w)->map; m < (w)->map + REF_MAPS; m++) if (m->name)
#define for_each_page(m, p) for (uint32_t p = 0; p < ((m)->count < REF_PAGES ? (m)->count : REF_PAGES); p++)

static int give_up(struct ref_world *w, const char *why)
{
	w->gave_up = why;
	return REF_GAVE_UP;
}

static void effect(struct ref_world *w, enum ref_what what, uint32_t map, uint32_t page, uint32_t value)
{
	if (w->effects == REF_LOG)
		give_up(w, "the log is full");
	else
		w->log[w->effects++] = (struct ref_effect){ what, map, page, value };
}

/* --- maps and their slots ---------------------------------------------------------------------------------------- */

static bool is_header(const struct ref_world *w, unsigned int instance)
{
	return w->instance[instance].profile == REF_HEADER;
}

struct ref_map *ref_by_name(struct ref_world *w, uint32_t map)
{
	for_each_map(w, m)
		if (m->name == map)
			return m;
	return NULL;
}

/* GNT-MUNMAP-011: as long as any page is mapped in any process; GNT-MMAP-022: and while an mmap is in progress */
bool ref_mapped(const struct ref_map *m)
{
	bool mapped = m->mmapping;

	for_each_page(m, p)
		for (unsigned int process = 0; process < REF_PROCESSES; process++)
			mapped |= m->page[p].at[process] != 0;
	return mapped;
}

/* GNT-SLOT-008: from the reservation until neither listed nor mapped; GNT-SLOT-009: an unmap in flight does not matter */
static bool owns_slots(const struct ref_map *m)
{
	return m->reserved || m->listed || ref_mapped(m);
}

/* GNT-SLOT-007: one at most; GNT-SLOT-010: all bits of @slot count; GNT-OPEN-003: maps of other instances do not matter */
struct ref_map *ref_owner(struct ref_world *w, unsigned int instance, uint64_t slot)
{
	for_each_map(w, m)
		if (owns_slots(m) && m->instance == instance && slot >= m->first && slot - m->first < m->count)
			return m;
	return NULL;
}

/* GNT-MAP-009: a reserved map is not found */
struct ref_map *ref_listed(struct ref_world *w, unsigned int instance, uint64_t slot)
{
	struct ref_map *m = ref_owner(w, instance, slot);

	return m && m->listed && m->first == slot ? m : NULL;
}

/* --- the life of pages and maps ---------------------------------------------------------------------------------- */

/* Xen answers. GNT-GEN-018: every handle of the page goes back, once. */
static void finish_release(struct ref_world *w, struct ref_map *m, uint32_t p)
{
	struct ref_page *page = &m->page[p];

	page->state = page->refuse ? REF_LOST : REF_EMPTY; /* GNT-MUNMAP-008, GNT-MMAP-017; GNT-GEN-016 */
	effect(w, page->refuse ? REF_PAGE_LOST : REF_GRANT_UNMAPPED, m->name, p, page->handles);
	page->handles = 0;
}

/* GNT-NOTIFY-015: the byte comes first; GNT-NOTIFY-026: on whose behalf, and if that process is alive, does not matter */
static void leave_live(struct ref_world *w, struct ref_map *m, uint32_t p)
{
	struct ref_page *page = &m->page[p];

	if (page->state != REF_LIVE)
		return; /* GNT-MUNMAP-007 */
	if ((page->action & REF_CLEAR_BYTE) && m->writable) { /* GNT-NOTIFY-016, GNT-NOTIFY-017, GNT-NOTIFY-028 */
		effect(w, REF_BYTE_CLEARED, m->name, p, page->byte);
		page->action &= ~REF_CLEAR_BYTE; /* GNT-NOTIFY-020 */
	}
	page->state = REF_RELEASING;
	if (!page->in_use) /* GNT-MUNMAP-005: else once it no longer is; GNT-MUNMAP-006: nobody waits for that */
		finish_release(w, m, p);
}

/* GNT-NOTIFY-021: its port is dropped; GNT-NOTIFY-022: and nothing else happens */
static void disarm(struct ref_world *w, struct ref_map *m, uint32_t p)
{
	if (m->page[p].action & REF_SEND_EVENT)
		effect(w, REF_PORT_PUT, m->name, p, m->page[p].port);
	m->page[p].action = 0;
}

/* GNT-CLOSE-007: once, for there is no such map afterwards. GNT-NOTIFY-018: if never mapped, too; GNT-NOTIFY-024: in order */
static void free_map(struct ref_world *w, struct ref_map *m)
{
	uint32_t given_back = m->count;

	for_each_page(m, p) {
		given_back -= m->page[p].state != REF_EMPTY; /* GNT-MUNMAP-009, GNT-CLOSE-006: LOST pages remain */
		if (m->page[p].action & REF_SEND_EVENT) /* GNT-NOTIFY-019; GNT-NOTIFY-023: delivered or not */
			effect(w, REF_EVENT_SENT, m->name, p, m->page[p].port);
		disarm(w, m, p);
	}
	effect(w, REF_MAP_FREED, m->name, 0, given_back);
	m->name = 0;
}

/* What follows of itself from what a call has done: instances that nothing holds are released, maps without users freed. */
static void settle(struct ref_world *w)
{
	for (unsigned int i = 0; i < REF_INSTANCES; i++) {
		bool held = false;

		for (unsigned int process = 0; process < REF_PROCESSES; process++)
			held |= w->instance[i].descriptors[process] != 0;
		for_each_map(w, m) /* GNT-CLOSE-002: by a mapping; GNT-CLOSE-008: by a call in progress */
			held |= m->instance == i && (m->reserved || ref_mapped(m));
		w->instance[i].open &= held;
	}
	for_each_map(w, m) {
		bool in_flight = false;

		m->listed &= w->instance[m->instance].open; /* GNT-CLOSE-001 */
		if (owns_slots(m))
			continue;
		for_each_page(m, p) {
			leave_live(w, m, p); /* GNT-MUNMAP-002; on PV no page is LIVE any more */
			in_flight |= m->page[p].state == REF_RELEASING;
		}
		if (!in_flight) /* GNT-UNMAP-011, GNT-CLOSE-005: else when the last of them ends; nobody waits for that */
			free_map(w, m);
	}
}

void ref_retry(struct ref_world *w)
{
	for_each_map(w, m) /* GNT-MUNMAP-015: any number of them */
		for_each_page(m, p)
			if (m->page[p].state == REF_RELEASING && !m->page[p].in_use)
				finish_release(w, m, p);
	settle(w);
}

/* --- ranges of addresses ----------------------------------------------------------------------------------------- */

static bool in_range(const struct ref_page *page, unsigned int process, uint64_t start, uint64_t pages)
{
	return page->at[process] && page->at[process] >= start && (page->at[process] - start) / REF_PAGE < pages;
}

/* GNT-MUNMAP-012: on PV the kernel is about to change these entries; GNT-MUNMAP-001: these and no others */
void ref_invalidate(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages)
{
	for_each_map(w, m)
		for_each_page(m, p)
			if (w->pv && in_range(&m->page[p], process, start, pages))
				leave_live(w, m, p);
}

/* The pages of the range, all of which are mapped at @start now, are so at @new_start, or nowhere if that is 0. */
static void move(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages, uint64_t new_start)
{
	ref_invalidate(w, process, start, pages);
	for_each_map(w, m)
		for_each_page(m, p)
			if (in_range(&m->page[p], process, start, pages))
				m->page[p].at[process] = new_start ? new_start + (m->page[p].at[process] - start) : 0;
}

/* GNT-MUNMAP-004: is a mapping of the header profile partly in the range and partly not? */
static bool splits(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages)
{
	for_each_map(w, m) {
		uint32_t inside = 0, mapped = 0;

		for_each_page(m, p) {
			inside += in_range(&m->page[p], process, start, pages);
			mapped += m->page[p].at[process] != 0;
		}
		if (is_header(w, m->instance) && inside && inside < mapped)
			return true;
	}
	return false;
}

/* GNT-OFF-014: all bits of @vaddr count. GNT-MMAP-020: the page is accessible only if LIVE; GNT-MUNMAP-013: else SIGBUS */
struct ref_map *ref_at(struct ref_world *w, unsigned int process, uint64_t vaddr, uint32_t *page)
{
	for_each_map(w, m)
		for_each_page(m, p)
			if (in_range(&m->page[p], process, vaddr - vaddr % REF_PAGE, 1)) {
				*page = p;
				return m;
			}
	return NULL;
}

int ref_munmap(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages)
{
	FAIL_IF(splits(w, process, start, pages), EINVAL);
	move(w, process, start, pages, 0); /* GNT-MUNMAP-003: the rest stays */
	settle(w); /* GNT-MUNMAP-010: what is listed stays so */
	return 0;
}

int ref_mremap(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages, uint64_t new_start,
	       uint64_t new_pages, unsigned int env)
{
	uint32_t page;
	const struct ref_map *m = ref_at(w, process, start, &page);

	if (!m)
		return give_up(w, "an mremap of no mapping");
	FAIL_IF(env & REF_DONTUNMAP, EINVAL); /* GNT-MREMAP-006 */
	FAIL_IF(!pages && !m->shared, EINVAL); /* GNT-MREMAP-007 */
	FAIL_IF(new_pages > pages, EFAULT); /* GNT-MREMAP-001, GNT-MREMAP-007 */
	if (new_pages < pages) /* GNT-MREMAP-002 */
		FAIL_IF(ref_munmap(w, process, start + new_pages * REF_PAGE, pages - new_pages), EINVAL);
	FAIL_IF(new_start != start && splits(w, process, start, new_pages), EINVAL);
	if (new_start != start)
		move(w, process, start, new_pages, new_start); /* GNT-MREMAP-003, GNT-MREMAP-004, GNT-MREMAP-005 */
	return 0;
}

int ref_mprotect(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages, bool write)
{
	uint32_t page;
	const struct ref_map *m = ref_at(w, process, start, &page);

	if (!m)
		return give_up(w, "an mprotect of no mapping");
	FAIL_IF(write && !m->writable, EACCES); /* GNT-MMAP-012 */
	FAIL_IF(splits(w, process, start, pages), EINVAL);
	ref_invalidate(w, process, start, pages);
	return 0;
}

/* --- descriptors and processes ----------------------------------------------------------------------------------- */

int ref_open(struct ref_world *w, unsigned int process, enum ref_profile profile, unsigned int env)
{
	FAIL_IF(env & REF_NO_MEMORY, ENOMEM); /* GNT-OPEN-002 */
	for (unsigned int i = 0; i < REF_INSTANCES; i++) { /* GNT-OPEN-006: the reference's own bound */
		if (w->instance[i].open)
			continue;
		w->instance[i] = (struct ref_instance){ .open = true, .max = REF_SLOTS }; /* GNT-OPEN-001, GNT-MAX-008 */
		w->instance[i].profile = profile; /* GNT-OPEN-005; GNT-GEN-001: never changed */
		w->instance[i].descriptors[process] = 1;
		return (int)i;
	}
	return give_up(w, "too many instances");
}

int ref_close(struct ref_world *w, unsigned int instance, unsigned int process)
{
	w->instance[instance].descriptors[process]--;
	settle(w);
	return 0; /* GNT-CLOSE-003 */
}

void ref_fork(struct ref_world *w, unsigned int parent, unsigned int child)
{
	for (unsigned int i = 0; i < REF_INSTANCES; i++) /* GNT-FORK-004 */
		w->instance[i].descriptors[child] = w->instance[i].descriptors[parent];
	for_each_map(w, m)
		for_each_page(m, p) /* GNT-FORK-001, GNT-FORK-002; GNT-FORK-003: from now on each counts by itself */
			m->page[p].at[child] = w->pv ? 0 : m->page[p].at[parent];
}

/* GNT-CLOSE-004 */
void ref_exit(struct ref_world *w, unsigned int process)
{
	move(w, process, 0, UINT64_MAX, 0);
	for (unsigned int i = 0; i < REF_INSTANCES; i++)
		w->instance[i].descriptors[process] = 0;
	settle(w);
}

/* --- ioctls: all checks come before any change (GNT-GEN-003) ----------------------------------------------------- */

/* GNT-GEN-021: with the sizes of the structures; GNT-COMPAT-001, GNT-COMPAT-002: for both word sizes, but for the last */
int ref_command(uint32_t command, bool caller_is_32_bit)
{
	static const uint32_t commands[] = { 0x00184700, 0x00104701, 0x00184702, 0x00044703, 0x00104707 };

	for (unsigned int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (command == commands[i])
			return command & 0xff;
	FAIL_IF(command != (caller_is_32_bit ? 0x00084708 : 0x00104708), ENOTTY); /* GNT-COMPAT-003, GNT-COMPAT-006 */
	return 8; /* GNT-GEN-011: and no other; GNT-GEN-012: 9 to 12 least of all */
}

/* The end of every ioctl but SET_MAX_GRANTS that succeeds, which GNT-MAX-005 is about. */
static int success(struct ref_world *w, unsigned int instance)
{
	w->instance[instance].performed = true;
	return 0;
}

/* GNT-SLOT-002, GNT-SLOT-003, GNT-SLOT-004: the lowest @count free slots */
static uint32_t lowest_fit(struct ref_world *w, unsigned int instance, uint32_t count)
{
	uint32_t slot = 0, before;

	do { /* as long as a map is in the way, no range that begins before its end is free */
		before = slot;
		for_each_map(w, m)
			if (owns_slots(m) && m->instance == instance && slot < m->first + m->count && m->first < slot + count)
				slot = m->first + m->count;
	} while (slot != before);
	return slot;
}

/* GNT-MAP-012: the order of the checks; GNT-MAP-015: Xen is not called */
int ref_map_reserve(struct ref_world *w, unsigned int instance, uint32_t count, const struct ref_grant *refs, unsigned int env)
{
	struct ref_map *m = w->map;
	uint32_t slot, owned = 0;

	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-MAP-002 */
	FAIL_IF(!count, EINVAL); /* GNT-MAP-003 */
	FAIL_IF(count > w->limit, EINVAL); /* GNT-MAP-004, GNT-MAX-010; GNT-MOD-005, GNT-MOD-011: the limit of now, maybe 0 */
	FAIL_IF(count > REF_SLOTS, ENOMEM); /* GNT-MAP-005 */
	FAIL_IF(env & REF_NO_MEMORY, ENOMEM); /* GNT-MAP-006 */
	FAIL_IF(count > 1 && (env & REF_REFS_FAULT), EFAULT); /* GNT-MAP-007 */
	for_each_map(w, other)
		owned += other->instance == instance && owns_slots(other) ? other->count : 0;
	FAIL_IF(is_header(w, instance) && owned + count > w->instance[instance].max, ENOMEM); /* GNT-MAP-018, GNT-MAP-019 */
	slot = lowest_fit(w, instance, count);
	FAIL_IF(slot + count > REF_SLOTS, ENOMEM); /* GNT-SLOT-005, GNT-SLOT-006 */
	while (m->name)
		if (++m == w->map + REF_MAPS)
			return give_up(w, "too many maps");
	memset(m, 0, sizeof(*m)); /* all pages EMPTY, not mapped, without notification */
	m->name = ++w->names;
	m->instance = instance;
	m->first = slot;
	m->count = count;
	m->reserved = true; /* GNT-MAP-008 */
	for_each_page(m, p)
		m->page[p].grant = refs[p]; /* GNT-MAP-016; GNT-MAP-013, GNT-MAP-014: whatever they are */
	return (int)m->name;
}

int ref_map_publish(struct ref_world *w, uint32_t map, unsigned int env, uint64_t *index)
{
	struct ref_map *m = ref_by_name(w, map);

	m->reserved = false;
	m->listed = !(env & REF_OUT_FAULT); /* GNT-MAP-001, GNT-MAP-008 */
	settle(w); /* GNT-MAP-011, GNT-GEN-019: else nothing remains */
	FAIL_IF(env & REF_OUT_FAULT, EFAULT); /* GNT-MAP-010 */
	*index = (uint64_t)m->first * REF_PAGE; /* GNT-SLOT-001; GNT-MAP-017: whatever it was */
	return success(w, m->instance);
}

/* GNT-UNMAP-009: the order of the checks */
int ref_unmap(struct ref_world *w, unsigned int instance, uint64_t index, uint32_t count, unsigned int env)
{
	struct ref_map *m = ref_listed(w, instance, index / REF_PAGE); /* GNT-UNMAP-004, GNT-UNMAP-010: all but 12 bits */

	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-UNMAP-002 */
	FAIL_IF(!m, ENOENT); /* GNT-UNMAP-003; GNT-UNMAP-013: also the second time */
	FAIL_IF(is_header(w, instance) && count != m->count, ENOENT); /* GNT-UNMAP-006 */
	FAIL_IF(count && count != m->count, ENOENT); /* GNT-UNMAP-005 */
	FAIL_IF(is_header(w, instance) && ref_mapped(m), EBUSY); /* GNT-UNMAP-008; GNT-UNMAP-012: RELEASING is not mapped */
	m->listed = false; /* GNT-UNMAP-001; GNT-UNMAP-007: mappings stay; GNT-NOTIFY-025: so do notifications */
	settle(w); /* GNT-UNMAP-011 */
	return success(w, instance);
}

/* GNT-OFF-013: the order of the checks; GNT-OFF-015: nothing changes */
int ref_offset(struct ref_world *w, unsigned int instance, unsigned int process, uint64_t vaddr, unsigned int env,
	       uint64_t *offset, uint32_t *count)
{
	uint32_t page;
	const struct ref_map *m = ref_at(w, process, vaddr, &page);

	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-OFF-002 */
	FAIL_IF(!m, EINVAL); /* GNT-OFF-003; GNT-OFF-004: the reference knows no other mappings */
	FAIL_IF(m->instance != instance, EINVAL); /* GNT-OFF-005 */
	FAIL_IF(is_header(w, instance) && vaddr != m->page[0].at[process], EINVAL); /* GNT-OFF-007; else GNT-OFF-006 */
	FAIL_IF(env & REF_OUT_FAULT, EFAULT); /* GNT-OFF-008 */
	*offset = (uint64_t)m->first * REF_PAGE; /* GNT-OFF-001, GNT-OFF-009; GNT-OFF-011, GNT-OFF-012: listed or not */
	*count = m->count; /* GNT-OFF-010 */
	return success(w, instance);
}

int ref_max(struct ref_world *w, unsigned int instance, uint32_t count, unsigned int env)
{
	FAIL_IF(!is_header(w, instance), ENOTTY); /* GNT-MAX-001; GNT-GEN-013: the argument is not looked at */
	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-MAX-003, GNT-MAX-011 */
	FAIL_IF(!count, EINVAL); /* GNT-MAX-004 */
	FAIL_IF(w->instance[instance].performed, EINVAL); /* GNT-MAX-005 */
	for_each_map(w, m)
		FAIL_IF(m->instance == instance && m->reserved, EINVAL); /* GNT-MAX-006 */
	w->instance[instance].max = count < REF_SLOTS ? count : REF_SLOTS; /* GNT-MAX-002, GNT-MAX-007, GNT-MAX-009 */
	return 0;
}

/* GNT-NOTIFY-007: the order of the checks */
int ref_notify(struct ref_world *w, unsigned int instance, uint64_t index, uint32_t action, uint32_t port, unsigned int env)
{
	struct ref_map *m = ref_owner(w, instance, index / REF_PAGE); /* GNT-NOTIFY-027 */
	uint32_t page = m ? (uint32_t)(index / REF_PAGE) - m->first : 0;
	bool found = m && m->listed, send = action & REF_SEND_EVENT; /* GNT-NOTIFY-011: else the port is ignored */
	bool read_only = found && m->read_only && (action & REF_CLEAR_BYTE);

	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-NOTIFY-002 */
	FAIL_IF(action & ~(REF_CLEAR_BYTE | REF_SEND_EVENT), EINVAL); /* GNT-NOTIFY-003 */
	FAIL_IF(send && (env & REF_NO_PORT), EINVAL); /* GNT-NOTIFY-004 */
	if (found && page >= REF_PAGES)
		return give_up(w, "a notification beyond REF_PAGES");
	if (send)
		effect(w, REF_PORT_TAKEN, found ? m->name : 0, page, port); /* GNT-NOTIFY-013: before the old one is put */
	if (send && (!found || read_only))
		effect(w, REF_PORT_PUT, found ? m->name : 0, page, port); /* GNT-NOTIFY-014 */
	FAIL_IF(!found, ENOENT); /* GNT-NOTIFY-005 */
	FAIL_IF(read_only, EINVAL); /* GNT-NOTIFY-006 */
	for_each_page(m, p) /* GNT-NOTIFY-008: in the whole map; GNT-NOTIFY-009: of the page alone */
		if (!is_header(w, instance) || p == page)
			disarm(w, m, p); /* GNT-NOTIFY-010 */
	m->page[page].action = action; /* GNT-NOTIFY-001, GNT-NOTIFY-012 */
	m->page[page].byte = index % REF_PAGE;
	m->page[page].port = port;
	return success(w, instance);
}

/* --- GRANT_COPY -------------------------------------------------------------------------------------------------- */

/* GNT-COPY-008: in this order; GNT-COMPAT-007: no bound of addresses but 2^64 */
static int check_segment(const struct ref_segment *s)
{
	bool from_grant = s->flags & REF_SOURCE_GREF, to_grant = s->flags & REF_DEST_GREF;
	uint64_t virt = from_grant ? s->dest.virt : s->source.virt;

	FAIL_IF(s->fetch_fault, EFAULT); /* GNT-COPY-004 */
	FAIL_IF(!from_grant && !to_grant, EINVAL); /* GNT-COPY-005 */
	FAIL_IF(from_grant && (uint32_t)s->source.offset + s->len > REF_PAGE, EINVAL); /* GNT-COPY-006 */
	FAIL_IF(to_grant && (uint32_t)s->dest.offset + s->len > REF_PAGE, EINVAL); /* GNT-COPY-006 */
	FAIL_IF(from_grant != to_grant && s->len && virt > UINT64_MAX - s->len, EFAULT); /* GNT-COPY-013, GNT-GEN-015 */
	FAIL_IF(s->ahead_fault, EFAULT); /* GNT-COPY-007 */
	return 0;
}

/* GNT-COPY-009: none for no bytes; GNT-COPY-010: two if a page of the local buffer ends in between; GNT-COPY-011 */
static void prepare_ops(struct ref_segment *s)
{
	uint16_t flags = s->flags & (REF_SOURCE_GREF | REF_DEST_GREF); /* GNT-COPY-022 */
	uint64_t virt = flags == REF_SOURCE_GREF ? s->dest.virt : flags == REF_DEST_GREF ? s->source.virt : 0;
	uint32_t room = REF_PAGE - (uint32_t)(virt % REF_PAGE); /* in the first page of the local buffer */
	uint16_t first = s->len < room ? s->len : (uint16_t)room;

	s->ops = (s->len > 0) + (s->len > first);
	s->op[0] = (struct ref_op){ s->source, s->dest, flags, first, false };
	s->op[1] = (struct ref_op){ s->source, s->dest, flags, (uint16_t)(s->len - first), false };
	s->op[1].source.virt += first; /* GNT-COPY-031; of virt and offset each side has one alone */
	s->op[1].source.offset += first;
	s->op[1].dest.virt += first;
	s->op[1].dest.offset += first;
}

/* Executes the ops of segments @from to @to - 1 as batch @batch. */
static int execute(struct ref_segment *segments, uint32_t from, uint32_t to, uint32_t batch)
{
	for (uint32_t i = from; i < to; i++)
		for (unsigned int op = 0; op < segments[i].ops; op++) {
			segments[i].batch = batch;
			segments[i].op[op].dirty = segments[i].op[op].flags == REF_SOURCE_GREF; /* GNT-COPY-024 */
		}
	for (uint32_t i = from; i < to; i++) { /* GNT-COPY-027: all, whatever their statuses */
		struct ref_segment *s = &segments[i];
		int16_t status = s->ops ? s->answer[0] : REF_OKAY;

		if (s->ops == 2 && status == REF_OKAY) /* GNT-GEN-016 */
			status = s->answer[1]; /* GNT-COPY-018 */
		FAIL_IF(s->ops && s->status_fault, EFAULT); /* GNT-COPY-021; without ops okay is there since GNT-COPY-007 */
		s->status = status == REF_EAGAIN ? REF_BAD_PAGE : status; /* GNT-COPY-020, GNT-COPY-019 */
	}
	return 0;
}

/* GNT-COPY-016: every return but the last leaves the ops of the present batch alone; GNT-COPY-026: no map is touched */
int ref_copy(struct ref_world *w, unsigned int instance, uint32_t count, struct ref_segment *segments, uint32_t kill_after,
	     unsigned int env)
{
	uint32_t from = 0, ops = 0, batch = 1; /* the present batch: its first segment, its ops, its number */

	FAIL_IF(env & REF_ARG_FAULT, EFAULT); /* GNT-COPY-002 */
	if (!count)
		return success(w, instance); /* GNT-COPY-003 */
	FAIL_IF(env & REF_NO_MEMORY, ENOMEM); /* GNT-COPY-029 */
	for (uint32_t k = 0; k < count; k++) { /* GNT-COPY-008, GNT-COPY-032 */
		struct ref_segment *s = &segments[k];
		int error = check_segment(s);

		if (error)
			return error;
		s->written = true; /* GNT-COPY-007; GNT-COPY-023: whatever it was; GNT-COPY-017: it stays if there is an error */
		s->status = REF_OKAY;
		prepare_ops(s);
		if (ops + s->ops > REF_BATCH) { /* GNT-COPY-014, GNT-COPY-015 */
			FAIL_IF(execute(segments, from, k, batch), EFAULT);
			FAIL_IF(batch == kill_after, EINTR); /* GNT-COPY-028 */
			from = k;
			ops = 0;
			batch++;
		}
		for (unsigned int op = 0; op < s->ops; op++) /* GNT-COPY-012; GNT-COPY-025: no pin outlives the call */
			FAIL_IF(s->op[op].flags != (REF_SOURCE_GREF | REF_DEST_GREF) && s->pin_fault[op], EFAULT);
		ops += s->ops;
	}
	FAIL_IF(execute(segments, from, count, batch), EFAULT);
	return success(w, instance); /* GNT-COPY-001 */
}

/* --- mmap -------------------------------------------------------------------------------------------------------- */

/* GNT-MMAP-007: what these checks refuse is no attempt */
int ref_mmap_begin(struct ref_world *w, unsigned int instance, uint64_t slot, uint64_t pages, bool writable, bool shared)
{
	struct ref_map *m = ref_listed(w, instance, slot); /* GNT-MMAP-005 */

	FAIL_IF(writable && !shared, EINVAL); /* GNT-MMAP-002 */
	FAIL_IF(!m, EINVAL); /* GNT-MMAP-003 */
	FAIL_IF(pages != m->count, EINVAL); /* GNT-MMAP-004 */
	FAIL_IF(m->attempted, EINVAL); /* GNT-MMAP-006 */
	if (m->count > REF_PAGES)
		return give_up(w, "an mmap of more than REF_PAGES");
	m->attempted = true;
	m->writable = writable;
	m->shared = shared;
	m->mmapping = true; /* GNT-MMAP-022 */
	return (int)m->name;
}

/* Maps the grant of one page; false if that failed. GNT-MMAP-011: read-only if not m->writable; GNT-MMAP-021: once */
static bool map_page(struct ref_world *w, struct ref_map *m, uint32_t p, struct ref_answer answer)
{
	struct ref_page *page = &m->page[p];

	/* GNT-MMAP-014: on PV both are recorded; GNT-GEN-016; GNT-MMAP-016: these are the answers after all retries */
	page->handles = (answer.kernel == REF_OKAY) + (w->pv && answer.user == REF_OKAY);
	if (page->handles)
		effect(w, REF_GRANT_MAPPED, m->name, p, page->handles);
	page->state = page->handles == (w->pv ? 2 : 1) ? REF_LIVE : REF_EMPTY;
	return page->state == REF_LIVE;
}

int ref_mmap_end(struct ref_world *w, uint32_t map, unsigned int process, uint64_t start, const struct ref_answer *answers,
		 unsigned int env)
{
	struct ref_map *m = ref_by_name(w, map);
	int result = env & REF_INTERRUPTED ? REF_RESTART : env & REF_NO_MEMORY ? -ENOMEM : 0; /* GNT-MMAP-013 */

	if (result == REF_RESTART)
		m->attempted = m->writable = m->shared = false; /* GNT-MMAP-023 */
	m->read_only = !result && !m->writable; /* GNT-NOTIFY-006: from here on */
	for_each_page(m, p)
		if (!result && m->page[p].grant.domid > 0xffff)
			result = -EINVAL; /* GNT-MMAP-010, GNT-GEN-006: Xen is not asked for any page */
	for (uint32_t p = 0, all = result ? 0 : m->count; p < all; p++)
		if (!map_page(w, m, p, answers ? answers[p] : (struct ref_answer){ REF_OKAY, REF_OKAY }))
			result = -EINVAL; /* GNT-MMAP-008 */
	if (!result && (env & REF_NO_INSERT))
		result = -ENOMEM; /* GNT-MMAP-013 */
	for_each_page(m, p) {
		if (!result)
			m->page[p].at[process] = start + (uint64_t)p * REF_PAGE; /* GNT-MMAP-001 */
		else if (m->page[p].state == REF_LIVE) /* GNT-MMAP-009: all are unmapped before it returns */
			leave_live(w, m, p);
		else if (m->page[p].handles) /* one handle of two: the page was never LIVE */
			finish_release(w, m, p);
	}
	m->mmapping = false;
	settle(w); /* GNT-MMAP-015: what is listed stays so */
	return result;
}
