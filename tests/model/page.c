// SPDX-License-Identifier: MIT
/* Placeholder pages: when they are in use, and what must not be done to them and to the grants they show. */
#include "test.h"

static struct model_live live(void)
{
	struct model_live l;

	model_live(m, &l);
	return l;
}

static s64 map_at(u32 ref, int prot)
{
	return model_mmap(m, pid, 0, PAGE, prot, MAP_SHARED, fd, ref * PAGE);
}

static void test_in_use(void)
{
	u64 at, plain;
	u32 page;

	for (u32 mode = MODEL_PV; mode <= MODEL_AUTO; mode++) {
		begin(mode);
		at = show(pid, 2);
		page = fake.last->page[1];
		EXPECT_IS(env_page_in_use(m, page), mode == MODEL_AUTO);
		EXPECT_IS(model_page_io_begin(m, pid, at + PAGE + 5), 0);
		EXPECT_IS(env_page_in_use(m, page), true);
		EXPECT_IS(model_page_io_begin(m, pid, at - 1), -EFAULT);
		EXPECT_IS(model_page_io_end(m, pid, at), -ENOENT);
		EXPECT_IS(model_munmap(m, pid, at, PAGE), 0);
		EXPECT_IS(model_page_io_end(m, pid, at + PAGE + 5), 0);
		EXPECT_IS(env_page_in_use(m, page), mode == MODEL_AUTO);
		plain = memory(pid, 1);
		EXPECT_IS(model_page_io_begin(m, pid, plain), 0);
		EXPECT_IS(model_munmap(m, pid, plain, PAGE), 0);
		EXPECT_IS(model_page_io_end(m, pid, plain), 0);
		end();
	}
}

/* GNT-MUNMAP-005, GNT-MUNMAP-006: munmap does not wait, and the work is done when the use ends. */
static void test_unmap_waits(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	EXPECT_IS(model_page_io_begin(m, pid, at), 0);
	EXPECT_IS(model_munmap(m, pid, at, PAGE), 0);
	EXPECT_IS(byte(pid, at), -EFAULT);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(live().handles, 1);
	model_exit(m, pid);
	EXPECT_IS(model_page_io_end(m, pid, at), 0);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(live().handles, 0);
	end();
}

static void test_pin_is_use(void)
{
	u64 at;
	u32 mfn;

	begin(MODEL_PV);
	at = show(pid, 1);
	m->current = process_find(m, pid);
	EXPECT_IS(env_pin(m, at, true, &mfn), 0);
	EXPECT_IS(env_page_in_use(m, fake.last->page[0]), true);
	EXPECT_IS(live().pins, 1);
	env_unpin(m, mfn, false);
	EXPECT_IS(env_page_in_use(m, fake.last->page[0]), false);
	m->current = NULL;
	end();
}

/* ---- what must not happen */

static void unmaps_in_use(void)
{
	struct gnttab_unmap_grant_ref op = { 0 };
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	model_page_io_begin(m, pid, at);
	op.handle = fake.last->kernel[0];
	op.host_addr = env_page_address(fake.last->page[0]);
	xen_unmap_grant_ref(m, &op, 1);
}

static void unmaps_what_is_seen(void)
{
	struct gnttab_unmap_grant_ref op = { 0 };

	begin(MODEL_AUTO);
	show(pid, 1);
	op.handle = fake.last->kernel[0];
	op.host_addr = env_page_address(fake.last->page[0]);
	xen_unmap_grant_ref(m, &op, 1);
}

static void unmaps_what_is_lost(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	model_fail(m, MODEL_FAULT_UNMAP, 1);
	model_invalidate(m, pid, at, PAGE, 1);
	fake.last->lost[0] = false;
	model_invalidate(m, pid, at, PAGE, 1);
}

static void gives_back_a_mapped_page(void)
{
	begin(MODEL_PV);
	show(pid, 1);
	env_pages_free(m, 1, &fake.last->page[0]);
}

static void loses_a_page_for_nothing(void)
{
	begin(MODEL_PV);
	show(pid, 1);
	env_page_lose(m, fake.last->page[0]);
}

static void clears_a_placeholder(void)
{
	u32 page;

	begin(MODEL_PV);
	env_pages_alloc(m, 1, &page);
	env_page_clear_byte(m, page, 0);
}

static void clears_read_only(void)
{
	begin(MODEL_PV);
	map_at(grants(1), PROT_READ);
	env_page_clear_byte(m, fake.last->page[0], 0);
}

static void inserts_a_placeholder(void)
{
	struct vma vma = { .start = 0x1000, .end = 0x2000 };
	u32 page;

	begin(MODEL_AUTO);
	vma.process = process_find(m, pid);
	env_pages_alloc(m, 1, &page);
	env_insert_page(m, &vma, 0x1000, page);
}

static void test_breaches(void)
{
	BREACH(unmaps_in_use, "GNT-MUNMAP-005");
	BREACH(unmaps_what_is_seen, "GNT-MUNMAP-002");
	BREACH(unmaps_what_is_lost, "GNT-MUNMAP-008");
	BREACH(gives_back_a_mapped_page, "I6");
	BREACH(loses_a_page_for_nothing, "I6");
	BREACH(clears_a_placeholder, "GNT-NOTIFY-016");
	BREACH(clears_read_only, "GNT-NOTIFY-016");
	BREACH(inserts_a_placeholder, "GNT-MMAP-020");
}

static const struct test tests[] = {
	{ "pages in use", test_in_use },
	{ "an unmap waits for a use to end", test_unmap_waits },
	{ "a pin is a use", test_pin_is_use },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite page_suite = { .name = "page", .test = tests };
