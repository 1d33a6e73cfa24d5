// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Does the reference say what requirements.md says? Expectations written by hand from the requirements, one by one; nothing
 * here knows of any implementation. Output: KTAP; exit status 1 if a test failed.
 */
#include <errno.h>
#include <stdio.h>
#include "reference.h"

#define ADDRESS 0x10000000ull
#define ANY 0xdeadbeefu

static struct ref_world w;
static bool failed;
static int instance;
static uint64_t index_out;

#define EXPECT(condition) \
	do { \
		if (!(condition)) { \
			failed = true; \
			printf("# %s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
		} \
	} while (0)

static const struct ref_grant grants[REF_PAGES]; /* domain 0, reference 0: duplicates are allowed */

static void start(bool pv, enum ref_profile profile)
{
	ref_init(&w, pv, 65536);
	instance = ref_open(&w, 0, profile, 0);
	EXPECT(instance == 0);
}

/* MAP_GRANT_REF that must succeed; gives the map's name */
static uint32_t map(uint32_t count)
{
	EXPECT(ref_map(&w, instance, count, grants, 0, &index_out) == 0);
	return w.names;
}

static int map_mmap(uint32_t slot, uint32_t count, bool writable, const struct ref_answer *answers)
{
	return ref_mmap(&w, instance, 0, ADDRESS, slot, count, writable, true, answers, 0);
}

static unsigned int happened(enum ref_what what)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w.effects; i++)
		n += w.log[i].what == what;
	return n;
}

static int position(enum ref_what what)
{
	for (unsigned int i = 0; i < w.effects; i++)
		if (w.log[i].what == what)
			return (int)i;
	return -1;
}

static enum ref_state state(uint32_t name, uint32_t page)
{
	return ref_page(&w, name, page)->state;
}

/* --- offsets ----------------------------------------------------------------------------------------------------- */

static void open_without_memory(void)
{
	ref_init(&w, true, 1);
	EXPECT(ref_open(&w, 0, REF_LINUX, REF_NO_MEMORY) == -ENOMEM && !w.instance[0].open);
}

static void first_offset_is_0(void)
{
	start(true, REF_LINUX);
	map(3);
	EXPECT(index_out == 0);
	map(1);
	EXPECT(index_out == 3 * 4096);
}

static void lowest_gap_and_exact_fit(void)
{
	start(true, REF_LINUX);
	map(2);
	map(1);
	map(3);
	map(1);
	EXPECT(ref_unmap(&w, instance, 2 * 4096, 1, 0) == 0);
	EXPECT(ref_unmap(&w, instance, 3 * 4096, 3, 0) == 0);
	map(5);
	EXPECT(index_out == 7 * 4096);
	map(4); /* the gap 2..5 */
	EXPECT(index_out == 2 * 4096);
}

static void offset_space_ends(void)
{
	start(true, REF_LINUX);
	w.limit = UINT32_MAX;
	map((1u << 20) - 1);
	EXPECT(ref_map(&w, instance, 2, grants, 0, &index_out) == -ENOMEM);
	map(1);
	EXPECT(index_out == 0xfffff000);
	EXPECT(ref_map(&w, instance, 1, grants, 0, &index_out) == -ENOMEM);
	EXPECT(ref_map(&w, instance, (1u << 20) + 1, grants, 0, &index_out) == -ENOMEM);
	EXPECT(ref_map(&w, instance, UINT32_MAX, grants, 0, &index_out) == -ENOMEM);
	start(true, REF_LINUX);
	w.limit = 1u << 20;
	map(1u << 20);
}

static void slots_stay_while_mapped(void)
{
	start(true, REF_LINUX);
	map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 2, 0) == 0);
	map(1);
	EXPECT(index_out == 2 * 4096);
	EXPECT(ref_munmap(&w, 0, ADDRESS, 2) == 0);
	map(1);
	EXPECT(index_out == 0);
}

static void unmap_in_flight_frees_slots(void)
{
	uint32_t first;

	start(true, REF_LINUX);
	first = map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	ref_page(&w, first, 0)->in_use = true;
	EXPECT(ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == 0);
	EXPECT(state(first, 0) == REF_RELEASING);
	map(1);
	EXPECT(index_out == 0);
}

/* --- MAP_GRANT_REF ----------------------------------------------------------------------------------------------- */

static void map_checks_in_order(void)
{
	unsigned int all = REF_ARG_FAULT | REF_REFS_FAULT | REF_NO_MEMORY | REF_OUT_FAULT;

	start(true, REF_HEADER);
	EXPECT(ref_max(&w, instance, 1, 0) == 0);
	EXPECT(ref_map(&w, instance, 0, grants, all, &index_out) == -EFAULT);
	all -= REF_ARG_FAULT;
	EXPECT(ref_map(&w, instance, 0, grants, all, &index_out) == -EINVAL);
	EXPECT(ref_map(&w, instance, 65537, grants, all, &index_out) == -EINVAL);
	EXPECT(ref_map(&w, instance, 2, grants, all, &index_out) == -ENOMEM);
	all -= REF_NO_MEMORY;
	EXPECT(ref_map(&w, instance, 2, grants, all, &index_out) == -EFAULT);
	all -= REF_REFS_FAULT;
	EXPECT(ref_map(&w, instance, 2, grants, all, &index_out) == -ENOMEM);
	EXPECT(ref_map(&w, instance, 1, grants, all, &index_out) == -EFAULT);
}

static void one_reference_has_no_array(void)
{
	start(true, REF_LINUX);
	EXPECT(ref_map(&w, instance, 1, grants, REF_REFS_FAULT, &index_out) == 0);
}

static void failed_copy_out_leaves_nothing(void)
{
	start(true, REF_LINUX);
	EXPECT(ref_map(&w, instance, 4, grants, REF_OUT_FAULT, &index_out) == -EFAULT);
	EXPECT(!ref_owner(&w, instance, 0));
	EXPECT(happened(REF_MAP_FREED) == 1 && w.log[0].value == 4);
	map(1);
	EXPECT(index_out == 0);
}

static void reserved_is_invisible(void)
{
	int name;

	start(true, REF_LINUX);
	name = ref_map_reserve(&w, instance, 1, grants, 0);
	EXPECT(name > 0 && ref_owner(&w, instance, 0) && !ref_listed(&w, instance, 0));
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == -ENOENT);
	EXPECT(ref_notify(&w, instance, 0, REF_CLEAR_BYTE, 0, 0) == -ENOENT);
	EXPECT(map_mmap(0, 1, true, NULL) == -EINVAL);
	EXPECT(ref_map_publish(&w, name, 0, &index_out) == 0);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
}

static void limit_0(void)
{
	start(true, REF_LINUX);
	w.limit = 0;
	EXPECT(ref_map(&w, instance, 1, grants, 0, &index_out) == -EINVAL);
}

/* --- UNMAP_GRANT_REF --------------------------------------------------------------------------------------------- */

static void unmap_count(void)
{
	start(true, REF_LINUX);
	map(2);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 0, 0, REF_ARG_FAULT) == -EFAULT);
	EXPECT(ref_unmap(&w, instance, 0, 0, 0) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 0, 0) == -ENOENT);
	start(true, REF_HEADER);
	map(2);
	EXPECT(ref_unmap(&w, instance, 0, 0, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 0, 2, 0) == 0);
}

static void unmap_index(void)
{
	start(true, REF_LINUX);
	map(2);
	EXPECT(ref_unmap(&w, instance, 4096, 2, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 1ull << 32, 2, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 1ull << 44, 2, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 4095, 2, 0) == 0);
}

static void unmap_while_mapped(void)
{
	struct ref_map *m;
	uint32_t page;

	start(true, REF_LINUX);
	map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == 0);
	m = ref_at(&w, 0, ADDRESS, &page);
	EXPECT(m && m->page[page].state == REF_LIVE);
	start(true, REF_HEADER);
	map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 2, 0) == -ENOENT);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == -EBUSY);
	EXPECT(ref_listed(&w, instance, 0));
}

static void releasing_is_not_busy(void)
{
	uint32_t name;

	start(true, REF_HEADER);
	name = map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	ref_page(&w, name, 0)->in_use = true;
	EXPECT(ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == 0);
	EXPECT(!happened(REF_MAP_FREED));
	ref_page(&w, name, 0)->in_use = false;
	ref_retry(&w);
	EXPECT(happened(REF_MAP_FREED) == 1 && happened(REF_GRANT_UNMAPPED) == 1);
}

/* --- GET_OFFSET_FOR_VADDR ---------------------------------------------------------------------------------------- */

static void offset_inside_a_mapping(void)
{
	uint64_t offset = ANY;
	uint32_t count = ANY;

	start(true, REF_LINUX);
	map(1);
	map(3);
	EXPECT(map_mmap(1, 3, true, NULL) == 0);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS - 1, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS + 3 * 4096, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 1, ADDRESS, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS - 1, REF_ARG_FAULT, &offset, &count) == -EFAULT);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS, REF_OUT_FAULT, &offset, &count) == -EFAULT);
	EXPECT(offset == ANY && count == ANY);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS + 3 * 4096 - 1, 0, &offset, &count) == 0);
	EXPECT(offset == 4096 && count == 3);
	EXPECT(ref_unmap(&w, instance, 4096, 0, 0) == 0 && ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS + 4096, 0, &offset, &count) == 0);
	EXPECT(offset == 4096 && count == 3);
}

static void offset_at_the_start_alone(void)
{
	uint64_t offset;
	uint32_t count;

	start(true, REF_HEADER);
	map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS + 1, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS + 4096, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_offset(&w, instance, 0, ADDRESS, 0, &offset, &count) == 0);
}

static void offset_of_another_instance(void)
{
	uint64_t offset;
	uint32_t count;
	int other;

	start(true, REF_LINUX);
	map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	other = ref_open(&w, 0, REF_LINUX, 0);
	EXPECT(other == 1);
	EXPECT(ref_offset(&w, other, 0, ADDRESS, 0, &offset, &count) == -EINVAL);
	EXPECT(ref_unmap(&w, other, 0, 0, 0) == -ENOENT);
}

/* --- SET_MAX_GRANTS ---------------------------------------------------------------------------------------------- */

static void max_is_unknown(void)
{
	start(true, REF_LINUX);
	EXPECT(ref_max(&w, instance, 1, REF_ARG_FAULT) == -ENOTTY);
}

static void max_bounds_slots(void)
{
	start(true, REF_HEADER);
	EXPECT(ref_max(&w, instance, 0, REF_ARG_FAULT) == -EFAULT);
	EXPECT(ref_max(&w, instance, 0, 0) == -EINVAL);
	EXPECT(ref_max(&w, instance, UINT32_MAX, 0) == 0 && w.instance[0].max == 1u << 20);
	EXPECT(ref_max(&w, instance, 3, 0) == 0);
	map(2);
	EXPECT(ref_map(&w, instance, 2, grants, 0, &index_out) == -ENOMEM);
	map(1);
	EXPECT(ref_max(&w, instance, 9, 0) == -EINVAL);
	EXPECT(ref_open(&w, 0, REF_HEADER, 0) == 1);
	EXPECT(ref_max(&w, 1, 2, 0) == 0 && ref_map(&w, 1, 2, grants, 0, &index_out) == 0 && index_out == 0);
}

static void max_comes_first(void)
{
	int name;

	start(true, REF_HEADER);
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == -ENOENT); /* failed, so not performed */
	EXPECT(ref_max(&w, instance, 5, 0) == 0);
	name = ref_map_reserve(&w, instance, 1, grants, 0);
	EXPECT(name > 0 && ref_max(&w, instance, 5, 0) == -EINVAL);
	EXPECT(ref_map_publish(&w, name, REF_OUT_FAULT, &index_out) == -EFAULT);
	EXPECT(ref_max(&w, instance, 5, 0) == 0);
	EXPECT(ref_copy(&w, instance, 0, NULL, 0, 0) == 0);
	EXPECT(ref_max(&w, instance, 5, 0) == -EINVAL);
}

/* --- SET_UNMAP_NOTIFY -------------------------------------------------------------------------------------------- */

static void notify_checks_in_order(void)
{
	start(true, REF_LINUX);
	EXPECT(ref_notify(&w, instance, 0, 4, 1, REF_ARG_FAULT) == -EFAULT);
	EXPECT(ref_notify(&w, instance, 0, 6, 1, REF_NO_PORT) == -EINVAL && !w.effects);
	EXPECT(ref_notify(&w, instance, 0, REF_SEND_EVENT, 1, REF_NO_PORT) == -EINVAL && !w.effects);
	EXPECT(ref_notify(&w, instance, 0, REF_SEND_EVENT, 1, 0) == -ENOENT);
	EXPECT(happened(REF_PORT_TAKEN) == happened(REF_PORT_PUT));
	map(2);
	EXPECT(ref_notify(&w, instance, 0, 4, 1, 0) == -EINVAL);
	EXPECT(map_mmap(0, 2, false, NULL) == 0);
	EXPECT(ref_notify(&w, instance, 0, REF_CLEAR_BYTE, 1, 0) == -EINVAL);
	EXPECT(ref_notify(&w, instance, 4096 + 7, REF_SEND_EVENT, 1, 0) == 0);
	EXPECT(ref_notify(&w, instance, 2 * 4096, REF_SEND_EVENT, 1, 0) == -ENOENT);
	EXPECT(ref_notify(&w, instance, 1ull << 32, 0, 1, 0) == -ENOENT);
}

static void notify_one_a_map_or_a_page(void)
{
	uint32_t name;

	start(true, REF_LINUX);
	name = map(2);
	EXPECT(ref_notify(&w, instance, 1, REF_SEND_EVENT, 5, 0) == 0);
	EXPECT(ref_notify(&w, instance, 4096, REF_SEND_EVENT, 6, 0) == 0);
	EXPECT(!ref_page(&w, name, 0)->action && ref_page(&w, name, 1)->action);
	EXPECT(position(REF_PORT_PUT) == 2 && w.log[2].value == 5 && !happened(REF_EVENT_SENT));
	EXPECT(ref_unmap(&w, instance, 0, 0, 0) == 0); /* never mapped: the event is sent all the same */
	EXPECT(happened(REF_EVENT_SENT) == 1 && happened(REF_PORT_PUT) == 2);
	start(true, REF_HEADER);
	map(3);
	EXPECT(ref_notify(&w, instance, 2 * 4096, REF_SEND_EVENT, 7, 0) == 0);
	EXPECT(ref_notify(&w, instance, 1, REF_SEND_EVENT, 5, 0) == 0);
	EXPECT(ref_notify(&w, instance, 4096, REF_SEND_EVENT, 6, 0) == 0);
	EXPECT(ref_notify(&w, instance, 4096, 0, 6, 0) == 0);
	w.effects = 0;
	EXPECT(ref_unmap(&w, instance, 0, 3, 0) == 0);
	EXPECT(happened(REF_EVENT_SENT) == 2 && w.log[0].value == 5 && w.log[2].value == 7);
}

static void byte_before_event(void)
{
	start(true, REF_LINUX);
	map(2);
	EXPECT(ref_notify(&w, instance, 4096 + 9, REF_CLEAR_BYTE | REF_SEND_EVENT, 5, 0) == 0);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_close(&w, instance, 0) == 0);
	EXPECT(ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(!happened(REF_BYTE_CLEARED));
	w.effects = 0;
	EXPECT(ref_munmap(&w, 0, ADDRESS + 4096, 1) == 0);
	EXPECT(position(REF_BYTE_CLEARED) == 0 && w.log[0].page == 1 && w.log[0].value == 9);
	EXPECT(position(REF_GRANT_UNMAPPED) == 1 && position(REF_EVENT_SENT) == 2 && position(REF_PORT_PUT) == 3);
	EXPECT(position(REF_MAP_FREED) == 4 && w.effects == 5 && !w.instance[0].open);
}

static void no_byte_through_read_only(void)
{
	start(false, REF_LINUX);
	map(1);
	EXPECT(ref_notify(&w, instance, 9, REF_CLEAR_BYTE, 0, 0) == 0);
	EXPECT(map_mmap(0, 1, false, NULL) == 0);
	ref_exit(&w, 0);
	EXPECT(!happened(REF_BYTE_CLEARED) && happened(REF_MAP_FREED) == 1);
}

/* --- mmap -------------------------------------------------------------------------------------------------------- */

static void mmap_refusals_and_attempts(void)
{
	start(true, REF_LINUX);
	map(2);
	EXPECT(ref_mmap(&w, instance, 0, ADDRESS, 0, 2, true, false, NULL, 0) == -EINVAL);
	EXPECT(map_mmap(1, 2, true, NULL) == -EINVAL);
	EXPECT(map_mmap(0, 1, true, NULL) == -EINVAL);
	EXPECT(ref_mmap(&w, instance, 0, ADDRESS, 1ull << 32, 2, true, true, NULL, 0) == -EINVAL);
	EXPECT(ref_mmap(&w, instance, 0, ADDRESS, 0, 2, true, true, NULL, REF_INTERRUPTED) == REF_RESTART);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_munmap(&w, 0, ADDRESS, 2) == 0);
	EXPECT(map_mmap(0, 2, true, NULL) == -EINVAL);
	map(1);
	EXPECT(ref_mmap(&w, instance, 0, ADDRESS, 2, 1, true, true, NULL, REF_NO_MEMORY) == -ENOMEM);
	EXPECT(map_mmap(2, 1, true, NULL) == -EINVAL && ref_listed(&w, instance, 2));
}

static void failed_mmap_unmaps_all(void)
{
	static const struct ref_answer answers[3] = { { 0, 0 }, { 0, 1 }, { -3, -3 } };
	uint32_t name, page;

	start(true, REF_LINUX);
	name = map(3);
	EXPECT(map_mmap(0, 3, true, answers) == -EINVAL);
	EXPECT(happened(REF_GRANT_MAPPED) == 2 && happened(REF_GRANT_UNMAPPED) == 2);
	EXPECT(state(name, 0) == REF_EMPTY && state(name, 1) == REF_EMPTY && state(name, 2) == REF_EMPTY);
	EXPECT(!ref_page(&w, name, 0)->handles && !ref_page(&w, name, 1)->handles);
	EXPECT(!ref_at(&w, 0, ADDRESS, &page) && ref_listed(&w, instance, 0));
	start(false, REF_LINUX);
	map(3);
	EXPECT(map_mmap(0, 3, true, answers) == -EINVAL);
	EXPECT(happened(REF_GRANT_MAPPED) == 2 && happened(REF_GRANT_UNMAPPED) == 2);
}

static void domain_is_not_truncated(void)
{
	static const struct ref_grant grant = { 0x10001, 7 }, last = { 0xffff, 7 };

	start(true, REF_LINUX);
	EXPECT(ref_map(&w, instance, 1, &grant, 0, &index_out) == 0);
	EXPECT(map_mmap(0, 1, true, NULL) == -EINVAL && !happened(REF_GRANT_MAPPED));
	EXPECT(ref_map(&w, instance, 1, &last, 0, &index_out) == 0);
	EXPECT(map_mmap(1, 1, true, NULL) == 0);
}

static void unknown_domain_asks_nothing(void)
{
	static const struct ref_grant pair[2] = { { 1, 7 }, { 0x10001, 7 } };

	start(true, REF_LINUX);
	EXPECT(ref_map(&w, instance, 2, pair, 0, &index_out) == 0);
	EXPECT(map_mmap(0, 2, true, NULL) == -EINVAL && !happened(REF_GRANT_MAPPED) && !happened(REF_GRANT_UNMAPPED));
}

static void failed_insertion_unmaps_all(void)
{
	uint32_t name;

	start(false, REF_LINUX);
	name = map(2);
	EXPECT(ref_mmap_begin(&w, instance, 0, 2, true, true) == (int)name);
	ref_page(&w, name, 0)->in_use = true; /* it was shown already */
	EXPECT(ref_mmap_end(&w, name, 0, ADDRESS, NULL, REF_NO_INSERT) == -ENOMEM);
	EXPECT(happened(REF_GRANT_MAPPED) == 2 && happened(REF_GRANT_UNMAPPED) == 1);
	EXPECT(state(name, 0) == REF_RELEASING && state(name, 1) == REF_EMPTY && !ref_mapped(ref_by_name(&w, name)));
	ref_page(&w, name, 0)->in_use = false;
	ref_retry(&w);
	EXPECT(state(name, 0) == REF_EMPTY && ref_listed(&w, instance, 0) && map_mmap(0, 2, true, NULL) == -EINVAL);
}

static void mmap_in_progress_is_mapped(void)
{
	int name;

	start(true, REF_HEADER);
	map(1);
	name = ref_mmap_begin(&w, instance, 0, 1, true, true);
	EXPECT(name == 1 && ref_unmap(&w, instance, 0, 1, 0) == -EBUSY);
	EXPECT(ref_mmap_end(&w, name, 0, ADDRESS, NULL, 0) == 0);
	start(true, REF_LINUX);
	map(1);
	name = ref_mmap_begin(&w, instance, 0, 1, true, true);
	EXPECT(name == 1 && ref_unmap(&w, instance, 0, 1, 0) == 0 && !happened(REF_MAP_FREED));
	EXPECT(ref_mmap_end(&w, name, 0, ADDRESS, NULL, REF_INTERRUPTED) == REF_RESTART);
	EXPECT(happened(REF_MAP_FREED) == 1);
}

/* --- munmap, fork, mremap, mprotect, close ----------------------------------------------------------------------- */

static void partial_munmap(void)
{
	uint32_t name, page;

	start(true, REF_LINUX);
	name = map(3);
	EXPECT(map_mmap(0, 3, true, NULL) == 0 && ref_munmap(&w, 0, ADDRESS + 4096, 1) == 0);
	EXPECT(state(name, 0) == REF_LIVE && state(name, 1) == REF_EMPTY && state(name, 2) == REF_LIVE);
	EXPECT(!ref_at(&w, 0, ADDRESS + 4096, &page) && ref_at(&w, 0, ADDRESS + 8192, &page) && page == 2);
	start(false, REF_LINUX);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0 && ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(state(name, 0) == REF_LIVE && ref_munmap(&w, 0, ADDRESS + 4096, 1) == 0);
	EXPECT(state(name, 0) == REF_LIVE && ref_unmap(&w, instance, 0, 0, 0) == 0);
	EXPECT(happened(REF_GRANT_UNMAPPED) == 2 && happened(REF_MAP_FREED) == 1);
	start(true, REF_HEADER);
	name = map(3);
	EXPECT(map_mmap(0, 3, true, NULL) == 0 && ref_munmap(&w, 0, ADDRESS + 4096, 1) == -EINVAL);
	EXPECT(ref_munmap(&w, 0, ADDRESS - 4096, 3) == -EINVAL && state(name, 0) == REF_LIVE);
	EXPECT(ref_munmap(&w, 0, ADDRESS - 4096, 9) == 0 && state(name, 0) == REF_EMPTY);
}

static void refused_unmap_is_lost(void)
{
	uint32_t name;

	start(true, REF_LINUX);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	ref_page(&w, name, 1)->refuse = true;
	EXPECT(ref_munmap(&w, 0, ADDRESS, 2) == 0 && state(name, 0) == REF_EMPTY && state(name, 1) == REF_LOST);
	EXPECT(ref_unmap(&w, instance, 0, 0, 0) == 0);
	EXPECT(w.log[w.effects - 1].what == REF_MAP_FREED && w.log[w.effects - 1].value == 1);
}

static void page_in_use_is_retried(void)
{
	uint32_t name;

	start(true, REF_LINUX);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	ref_page(&w, name, 0)->in_use = true;
	ref_exit(&w, 0);
	EXPECT(state(name, 0) == REF_RELEASING && state(name, 1) == REF_EMPTY && !w.instance[0].open);
	ref_retry(&w);
	EXPECT(state(name, 0) == REF_RELEASING);
	ref_page(&w, name, 0)->in_use = false;
	ref_retry(&w);
	EXPECT(happened(REF_GRANT_UNMAPPED) == 2 && happened(REF_MAP_FREED) == 1 && !ref_by_name(&w, name));
}

static void fork_shares_or_not(void)
{
	uint32_t name, page;

	start(true, REF_LINUX);
	map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	ref_fork(&w, 0, 1);
	EXPECT(!ref_at(&w, 1, ADDRESS, &page));
	EXPECT(ref_close(&w, instance, 0) == 0);
	ref_exit(&w, 0);
	EXPECT(w.instance[0].open && ref_listed(&w, instance, 0)); /* by the child's descriptor alone */
	start(true, REF_LINUX);
	map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	ref_fork(&w, 0, 1);
	ref_exit(&w, 1);
	EXPECT(ref_at(&w, 0, ADDRESS, &page) && w.instance[0].open);
	start(false, REF_LINUX);
	name = map(1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	ref_fork(&w, 0, 1);
	ref_exit(&w, 0);
	EXPECT(ref_at(&w, 1, ADDRESS, &page) && state(name, 0) == REF_LIVE && ref_listed(&w, instance, 0));
	EXPECT(ref_unmap(&w, instance, 0, 1, 0) == 0 && state(name, 0) == REF_LIVE);
	ref_exit(&w, 1);
	EXPECT(happened(REF_GRANT_UNMAPPED) == 1 && happened(REF_MAP_FREED) == 1);
}

static void mremap_moves(void)
{
	uint32_t name, page;

	start(true, REF_LINUX);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 2, ADDRESS, 3, 0) == -EFAULT);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 2, 2 * ADDRESS, 2, REF_DONTUNMAP) == -EINVAL);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 0, 2 * ADDRESS, 2, 0) == -EFAULT && state(name, 0) == REF_LIVE);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 2, 2 * ADDRESS, 2, 0) == 0 && state(name, 0) == REF_EMPTY);
	EXPECT(!ref_at(&w, 0, ADDRESS, &page) && ref_at(&w, 0, 2 * ADDRESS + 4096, &page) && page == 1);
	EXPECT(ref_mremap(&w, 0, 2 * ADDRESS, 2, 2 * ADDRESS, 1, 0) == 0 && !ref_at(&w, 0, 2 * ADDRESS + 4096, &page));
	start(false, REF_HEADER);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 2, ADDRESS, 1, 0) == -EINVAL);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 1, 2 * ADDRESS, 1, 0) == -EINVAL);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 2, 2 * ADDRESS, 2, 0) == 0 && state(name, 0) == REF_LIVE);
	EXPECT(ref_at(&w, 0, 2 * ADDRESS, &page) && ref_unmap(&w, instance, 0, 2, 0) == -EBUSY);
}

static void private_mremap_from_nothing(void)
{
	start(true, REF_LINUX);
	map(1);
	EXPECT(ref_mmap(&w, instance, 0, ADDRESS, 0, 1, false, false, NULL, 0) == 0);
	EXPECT(ref_mremap(&w, 0, ADDRESS, 0, 2 * ADDRESS, 1, 0) == -EINVAL);
}

static void mprotect_of_read_only(void)
{
	uint32_t name;

	start(true, REF_LINUX);
	name = map(2);
	EXPECT(map_mmap(0, 2, false, NULL) == 0);
	EXPECT(ref_mprotect(&w, 0, ADDRESS, 1, true) == -EACCES && state(name, 0) == REF_LIVE);
	EXPECT(ref_mprotect(&w, 0, ADDRESS, 1, false) == 0 && state(name, 0) == REF_EMPTY && state(name, 1) == REF_LIVE);
	start(false, REF_HEADER);
	name = map(2);
	EXPECT(map_mmap(0, 2, true, NULL) == 0);
	EXPECT(ref_mprotect(&w, 0, ADDRESS, 1, false) == -EINVAL);
	EXPECT(ref_mprotect(&w, 0, ADDRESS, 2, false) == 0 && state(name, 0) == REF_LIVE);
}

static void close_waits_for_the_last(void)
{
	start(true, REF_LINUX);
	map(1);
	map(2);
	ref_dup(&w, instance, 1);
	EXPECT(map_mmap(0, 1, true, NULL) == 0);
	EXPECT(ref_close(&w, instance, 0) == 0 && ref_listed(&w, instance, 1));
	EXPECT(ref_close(&w, instance, 1) == 0 && ref_listed(&w, instance, 0) && ref_listed(&w, instance, 1));
	EXPECT(ref_munmap(&w, 0, ADDRESS, 1) == 0);
	EXPECT(!w.instance[0].open && happened(REF_MAP_FREED) == 2);
	start(true, REF_LINUX);
	map(2);
	EXPECT(ref_close(&w, instance, 0) == 0 && !w.instance[0].open && happened(REF_MAP_FREED) == 1);
}

/* --- GRANT_COPY -------------------------------------------------------------------------------------------------- */

static struct ref_segment segments[130];

/* Segments that read one byte of a grant to a local buffer each */
static void copy_start(uint32_t count)
{
	start(true, REF_LINUX);
	memset(segments, 0, sizeof(segments));
	for (uint32_t i = 0; i < count; i++) {
		segments[i].flags = REF_SOURCE_GREF;
		segments[i].len = 1;
		segments[i].status = 99;
		segments[i].dest.virt = ADDRESS + 2 * 4096 * i;
	}
}

static void copy_argument(void)
{
	copy_start(1);
	EXPECT(ref_copy(&w, instance, 0, NULL, 0, REF_NO_MEMORY) == 0);
	EXPECT(ref_copy(&w, instance, 0, NULL, 0, REF_ARG_FAULT) == -EFAULT);
	segments[0].fetch_fault = true;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, REF_NO_MEMORY) == -ENOMEM);
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EFAULT && !segments[0].written);
	EXPECT(!w.effects);
}

static void copy_segment_checks(void)
{
	copy_start(1);
	segments[0].flags = 0xfffc;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EINVAL && !segments[0].written);
	segments[0].flags = 3;
	segments[0].dest.offset = 4095;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == 0 && segments[0].ops == 1);
	segments[0].len = 2;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EINVAL);
	segments[0].dest.offset = 0;
	segments[0].source.offset = 4095;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EINVAL);
	copy_start(1);
	segments[0].dest.virt = UINT64_MAX;
	segments[0].ahead_fault = true;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EFAULT && !segments[0].written);
	segments[0].ahead_fault = false;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EFAULT && !segments[0].written); /* the end is 2^64 */
	segments[0].dest.virt--;
	segments[0].pin_fault[0] = true;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == -EFAULT && segments[0].written && !segments[0].batch);
	segments[0].len = 0;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == 0 && segments[0].ops == 0 && segments[0].status == REF_OKAY);
}

static void copy_splits(void)
{
	copy_start(2);
	segments[0].len = 4096;
	segments[0].dest.virt = ADDRESS + 4000;
	segments[0].flags |= 0x80;
	segments[1].len = 4096;
	EXPECT(ref_copy(&w, instance, 2, segments, 0, 0) == 0 && segments[0].ops == 2 && segments[1].ops == 1);
	EXPECT(segments[0].op[0].len == 96 && segments[0].op[1].len == 4000 && segments[0].op[0].flags == 1);
	EXPECT(segments[0].op[1].dest.virt == ADDRESS + 4096 && segments[0].op[1].source.offset == 96);
	EXPECT(segments[0].op[0].dirty && segments[0].op[1].dirty);
	segments[0].flags = REF_DEST_GREF;
	EXPECT(ref_copy(&w, instance, 1, segments, 0, 0) == 0 && !segments[0].op[0].dirty);
}

static void copy_status(void)
{
	copy_start(3);
	segments[0].len = 2;
	segments[0].dest.virt = ADDRESS + 4095;
	segments[0].answer[1] = 1; /* positive is a failure, too */
	segments[1].answer[0] = REF_EAGAIN;
	EXPECT(ref_copy(&w, instance, 3, segments, 0, 0) == 0);
	EXPECT(segments[0].status == 1 && segments[1].status == REF_BAD_PAGE && segments[2].status == REF_OKAY);
	segments[0].answer[0] = -3;
	EXPECT(ref_copy(&w, instance, 3, segments, 0, 0) == 0 && segments[0].status == -3);
}

static void copy_batches(void)
{
	copy_start(130);
	segments[63].len = 2; /* its two ops do not fit after 63 */
	segments[63].dest.virt = ADDRESS + 4095;
	segments[0].answer[0] = -1;
	EXPECT(ref_copy(&w, instance, 65, segments, 0, 0) == 0);
	EXPECT(segments[62].batch == 1 && segments[63].batch == 2 && segments[64].batch == 2);
	copy_start(130);
	segments[0].answer[0] = -1;
	segments[65].answer[0] = -1;
	segments[129].fetch_fault = true; /* 128 was the first of batch 3 */
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == -EFAULT);
	EXPECT(segments[0].status == -1 && segments[65].status == -1 && segments[127].batch == 2);
	EXPECT(segments[128].written && segments[128].status == REF_OKAY && !segments[128].batch && !segments[129].written);
	copy_start(130);
	segments[64].pin_fault[0] = true; /* batch 1 has been executed by then */
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == -EFAULT && segments[63].batch == 1 && !segments[64].batch);
	copy_start(130);
	segments[64].ahead_fault = true; /* and here it has not */
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == -EFAULT && !segments[63].batch);
	copy_start(130);
	segments[3].answer[0] = -1;
	segments[3].status_fault = true;
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == -EFAULT && segments[63].batch == 1 && !segments[64].batch);
	copy_start(130);
	segments[3].status_fault = true; /* though it is okay, as it was before */
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == -EFAULT && segments[63].batch == 1 && !segments[64].batch);
	copy_start(130);
	segments[3].len = 0; /* no op, so nothing is stored after the batch */
	segments[3].status_fault = true;
	EXPECT(ref_copy(&w, instance, 130, segments, 0, 0) == 0);
	copy_start(130);
	EXPECT(ref_copy(&w, instance, 130, segments, 1, 0) == -EINTR && segments[63].batch == 1 && !segments[64].batch);
}

/* --- commands ---------------------------------------------------------------------------------------------------- */

static void commands(void)
{
	EXPECT(ref_command(0x00184700, false) == 0 && ref_command(0x00184700, true) == 0);
	EXPECT(ref_command(0x00044703, false) == 3 && ref_command(0x00104707, true) == 7);
	EXPECT(ref_command(0x00104708, false) == 8 && ref_command(0x00104708, true) == -ENOTTY);
	EXPECT(ref_command(0x00084708, false) == -ENOTTY && ref_command(0x00084708, true) == 8);
	EXPECT(ref_command(0x00104709, false) == -ENOTTY && ref_command(0xc0184700, false) == -ENOTTY);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
#define TEST(function, ids) { #function " " ids, function }
	TEST(open_without_memory, "GNT-OPEN-002"),
	TEST(first_offset_is_0, "GNT-SLOT-001 GNT-SLOT-004"),
	TEST(lowest_gap_and_exact_fit, "GNT-SLOT-002 GNT-SLOT-003"),
	TEST(offset_space_ends, "GNT-SLOT-005 GNT-SLOT-006 GNT-MAP-005 GNT-MAP-018"),
	TEST(slots_stay_while_mapped, "GNT-SLOT-008 GNT-UNMAP-007"),
	TEST(unmap_in_flight_frees_slots, "GNT-SLOT-009"),
	TEST(map_checks_in_order, "GNT-MAP-012"),
	TEST(one_reference_has_no_array, "GNT-MAP-007"),
	TEST(failed_copy_out_leaves_nothing, "GNT-MAP-011"),
	TEST(reserved_is_invisible, "GNT-MAP-008 GNT-MAP-009"),
	TEST(limit_0, "GNT-MOD-011"),
	TEST(unmap_count, "GNT-UNMAP-005 GNT-UNMAP-006 GNT-UNMAP-013"),
	TEST(unmap_index, "GNT-UNMAP-003 GNT-UNMAP-004 GNT-UNMAP-010"),
	TEST(unmap_while_mapped, "GNT-UNMAP-007 GNT-UNMAP-008 GNT-UNMAP-009"),
	TEST(releasing_is_not_busy, "GNT-UNMAP-011 GNT-UNMAP-012"),
	TEST(offset_inside_a_mapping, "GNT-OFF-003 GNT-OFF-006 GNT-OFF-009 GNT-OFF-010 GNT-OFF-011"),
	TEST(offset_at_the_start_alone, "GNT-OFF-007"),
	TEST(offset_of_another_instance, "GNT-OFF-005 GNT-OPEN-003"),
	TEST(max_is_unknown, "GNT-MAX-001"),
	TEST(max_bounds_slots, "GNT-MAX-002 GNT-MAX-009 GNT-MAP-019"),
	TEST(max_comes_first, "GNT-MAX-005 GNT-MAX-006 GNT-MAX-007"),
	TEST(notify_checks_in_order, "GNT-NOTIFY-007 GNT-NOTIFY-014 GNT-NOTIFY-027"),
	TEST(notify_one_a_map_or_a_page, "GNT-NOTIFY-008 GNT-NOTIFY-009 GNT-NOTIFY-018 GNT-NOTIFY-024"),
	TEST(byte_before_event, "GNT-NOTIFY-015 GNT-NOTIFY-019 GNT-NOTIFY-028 GNT-CLOSE-002"),
	TEST(no_byte_through_read_only, "GNT-NOTIFY-017"),
	TEST(mmap_refusals_and_attempts, "GNT-MMAP-002 GNT-MMAP-006 GNT-MMAP-007 GNT-MMAP-023"),
	TEST(failed_mmap_unmaps_all, "GNT-MMAP-008 GNT-MMAP-009 GNT-MMAP-014 GNT-GEN-016"),
	TEST(domain_is_not_truncated, "GNT-MMAP-010"),
	TEST(unknown_domain_asks_nothing, "GNT-MMAP-010"),
	TEST(failed_insertion_unmaps_all, "GNT-MMAP-009 GNT-MMAP-013 GNT-MUNMAP-005"),
	TEST(mmap_in_progress_is_mapped, "GNT-MMAP-022"),
	TEST(partial_munmap, "GNT-MUNMAP-001 GNT-MUNMAP-002 GNT-MUNMAP-003 GNT-MUNMAP-004"),
	TEST(refused_unmap_is_lost, "GNT-MUNMAP-008 GNT-MUNMAP-009"),
	TEST(page_in_use_is_retried, "GNT-MUNMAP-005 GNT-MUNMAP-006 GNT-CLOSE-004 GNT-CLOSE-005"),
	TEST(fork_shares_or_not, "GNT-FORK-001 GNT-FORK-002 GNT-FORK-003"),
	TEST(mremap_moves, "GNT-MREMAP-001 GNT-MREMAP-002 GNT-MREMAP-003 GNT-MREMAP-004 GNT-MREMAP-006"),
	TEST(private_mremap_from_nothing, "GNT-MREMAP-007"),
	TEST(mprotect_of_read_only, "GNT-MMAP-012 GNT-MUNMAP-012"),
	TEST(close_waits_for_the_last, "GNT-CLOSE-001 GNT-CLOSE-002 GNT-OPEN-004"),
	TEST(copy_argument, "GNT-COPY-002 GNT-COPY-003 GNT-COPY-029"),
	TEST(copy_segment_checks, "GNT-COPY-005 GNT-COPY-006 GNT-COPY-008 GNT-COPY-009 GNT-COPY-013"),
	TEST(copy_splits, "GNT-COPY-010 GNT-COPY-024 GNT-COPY-031"),
	TEST(copy_status, "GNT-COPY-018 GNT-COPY-019 GNT-COPY-020"),
	TEST(copy_batches, "GNT-COPY-014 GNT-COPY-015 GNT-COPY-016 GNT-COPY-017 GNT-COPY-021 GNT-COPY-028"),
	TEST(commands, "GNT-GEN-011 GNT-GEN-012 GNT-COMPAT-003 GNT-COMPAT-006"),
};

int main(void)
{
	unsigned int count = sizeof(tests) / sizeof(tests[0]), bad = 0;

	printf("KTAP version 1\n1..%u\n", count);
	for (unsigned int i = 0; i < count; i++) {
		failed = false;
		tests[i].run();
		if (w.gave_up) {
			failed = true;
			printf("# gave up: %s\n", w.gave_up);
		}
		printf("%sok %u %s\n", failed ? "not " : "", i + 1, tests[i].name);
		bad += failed;
	}
	return bad ? 1 : 0;
}
