// SPDX-License-Identifier: MIT
/* Xen and the granting domain: statuses of all kinds, refusals, lost pages, paging, death. */
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

/* One map op on a page of its own; what it has mapped is unmapped again. */
static s16 try_map(u32 dom, u32 ref, u32 flags)
{
	struct gnttab_map_grant_ref map = { .dom = (domid_t)dom, .ref = ref, .status = 99 };
	struct gnttab_unmap_grant_ref unmap = { .status = 99 };
	u32 page;

	EXPECT_IS(env_pages_alloc(m, 1, &page), 0);
	map.flags = flags;
	map.host_addr = unmap.host_addr = env_page_address(page);
	EXPECT_IS(xen_map_grant_ref(m, &map, 1), 0);
	if (map.status == GNTST_okay) {
		unmap.handle = map.handle;
		EXPECT_IS(xen_unmap_grant_ref(m, &unmap, 1), 0);
		EXPECT_IS(unmap.status, GNTST_okay);
	}
	env_pages_free(m, 1, &page);
	return map.status;
}

static s16 try_copy_from(u32 from, u32 dom, u32 ref, u32 to)
{
	struct gnttab_copy op = { .len = 1, .flags = GNTCOPY_source_gref | GNTCOPY_dest_gref, .status = 99 };

	op.source.domid = (domid_t)from;
	op.dest.domid = (domid_t)dom;
	op.source.u.ref = ref;
	op.dest.u.ref = to;
	EXPECT_IS(xen_copy(m, &op, 1), 0);
	return op.status;
}

static s16 try_copy(u32 dom, u32 ref, u32 to)
{
	return try_copy_from(dom, dom, ref, to);
}

static void test_statuses(void)
{
	u32 ref, readonly;

	begin(MODEL_PV);
	ref = grants(1);
	readonly = (u32)model_grant(m, domain, MODEL_DOM0, 1);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_okay);
	EXPECT_IS(try_map(domain, readonly, GNTMAP_host_map), GNTST_general_error);
	EXPECT_IS(try_map(domain, readonly, GNTMAP_host_map | GNTMAP_readonly), GNTST_okay);
	EXPECT_IS(try_map(domain + 1, ref, GNTMAP_host_map), GNTST_bad_domain);
	EXPECT_IS(try_map(domain, 100000, GNTMAP_host_map), GNTST_bad_gntref);
	EXPECT_IS(try_map(domain, ref + 7, GNTMAP_host_map), GNTST_general_error);
	EXPECT_IS(try_copy(domain, readonly, ref), GNTST_okay);
	EXPECT_IS(try_copy(domain, ref, readonly), GNTST_general_error);
	EXPECT_IS(model_revoke(m, domain, ref), 0);
	EXPECT_IS(model_revoke(m, domain, ref), -ENOENT);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_general_error);
	end();
}

static void test_on_demand(void)
{
	u32 ref;

	begin(MODEL_PV);
	ref = grants(2);
	model_fail(m, MODEL_FAULT_MAP, 2);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_okay);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_general_error);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_okay);
	model_fail_with(m, MODEL_FAULT_MAP, 1, 5);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), 5);
	model_fail_with(m, MODEL_FAULT_COPY, 1, GNTST_bad_page);
	EXPECT_IS(try_copy(domain, ref, ref + 1), GNTST_bad_page);
	EXPECT_IS(owner_byte(ref + 1), 2);
	EXPECT_IS(try_copy(domain, ref, ref + 1), GNTST_okay);
	EXPECT_IS(owner_byte(ref + 1), 1);
	model_fail_with(m, MODEL_FAULT_MAP, 1, 7);
	EXPECT_IS(map_at(ref, RW), -EINVAL);
	EXPECT_IS(live().handles, 0);
	EXPECT_IS(live().pages, 0);
	end();
}

static void test_whole_call(void)
{
	struct gnttab_map_grant_ref map = { .status = 99 };
	u32 ref;

	begin(MODEL_PV);
	ref = grants(1);
	model_fail(m, MODEL_FAULT_HYPERCALL, 1);
	map.dom = (domid_t)domain;
	map.ref = ref;
	map.flags = GNTMAP_host_map;
	EXPECT(xen_map_grant_ref(m, &map, 1) < 0);
	EXPECT_IS(map.status, 99);
	EXPECT_IS(live().handles, 0);
	model_fail(m, MODEL_FAULT_HYPERCALL, 2);
	EXPECT_IS(map_at(ref, RW), -EINVAL);
	EXPECT_IS(live().handles, 0);
	end();
}

static void test_paged_out(void)
{
	u32 ref;

	begin(MODEL_PV);
	ref = grants(1);
	EXPECT_IS(model_page_out(m, domain, ref, 2), 0);
	EXPECT_IS(model_page_out(m, domain, ref + 1, 2), -ENOENT);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_eagain);
	EXPECT_IS(try_copy(domain, ref, ref), GNTST_eagain);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map), GNTST_okay);
	end();
}

static void test_death(void)
{
	u32 ref, port;
	u64 at;

	begin(MODEL_PV);
	ref = grants(2);
	port = (u32)model_port(m, domain);
	at = (u64)map_at(ref, RW);
	EXPECT_IS(model_domain_die(m, domain), 0);
	EXPECT_IS(model_domain_die(m, domain), -EINVAL);
	EXPECT_IS(model_domain_die(m, MODEL_DOM0), -EINVAL);
	EXPECT_IS(byte(pid, at), 1);
	EXPECT_IS(map_at(ref + 1, RW), -EINVAL);
	EXPECT_IS(try_map(domain, ref + 1, GNTMAP_host_map), GNTST_bad_domain);
	EXPECT_IS(try_copy(domain, ref, ref), GNTST_bad_domain);
	EXPECT_IS(try_copy_from(MODEL_DOM0, domain, 100000, ref), GNTST_bad_domain);
	EXPECT_IS(try_copy(MODEL_DOM0, 100000, ref), GNTST_bad_gntref);
	EXPECT_IS(model_grant(m, domain, MODEL_DOM0, 0), -EINVAL);
	EXPECT_IS(model_revoke(m, domain, ref), -ENOENT);
	EXPECT_IS(model_port(m, domain), -EINVAL);
	EXPECT_IS(env_port_get(m, port), 0);
	env_port_send(m, port);
	env_port_put(m, port);
	EXPECT_IS(model_port_events(m, port), 0);
	EXPECT(xen_granted(m, domain, ref) != NULL);
	EXPECT(xen_granted(m, domain, ref + 1) == NULL);
	EXPECT_IS(model_munmap(m, pid, at, PAGE), 0);
	EXPECT(xen_granted(m, domain, ref) == NULL);
	end();
}

static void test_refused(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 3);
	model_fail_with(m, MODEL_FAULT_UNMAP, 2, 3); /* the entry of page 1 */
	EXPECT_IS(model_munmap(m, pid, at, 2 * PAGE), 0);
	EXPECT_IS(byte(pid, at + PAGE), -EFAULT);
	EXPECT_IS(byte(pid, at + 2 * PAGE), 3);
	EXPECT_IS(live().handles, 4); /* page 0: the kernel's; page 1: the kernel's; page 2: both */
	EXPECT_IS(model_lost(m), 0);
	model_fail(m, MODEL_FAULT_UNMAP, 2); /* page 2's entry goes, the kernel's mapping of page 0 does not */
	EXPECT_IS(model_munmap(m, pid, at + 2 * PAGE, PAGE), 0);
	EXPECT_IS(model_lost(m), 2);
	EXPECT_IS(live().pages, 0);
	EXPECT_IS(live().handles, 0);
	end();
}

static void test_whole_unmap(void)
{
	u64 at;

	begin(MODEL_PV);
	at = show(pid, 1);
	model_fail(m, MODEL_FAULT_HYPERCALL, 1);
	EXPECT_IS(model_invalidate(m, pid, at, PAGE, 1), 0);
	EXPECT_IS(live().handles, 1);
	EXPECT_IS(byte(pid, at), 1);
	EXPECT_IS(model_munmap(m, pid, at, PAGE), 0);
	EXPECT_IS(live().handles, 0);
	EXPECT_IS(model_lost(m), 1);
	end();
}

static void test_auto(void)
{
	u32 ref;

	begin(MODEL_AUTO);
	ref = grants(1);
	EXPECT_IS(try_map(domain, ref, GNTMAP_host_map | GNTMAP_contains_pte), GNTST_general_error);
	model_fail(m, MODEL_FAULT_INSERT, 1);
	EXPECT_IS(map_at(ref, RW), -ENOMEM);
	EXPECT_IS(live().handles, 0);
	grants(1);
	model_fail(m, MODEL_FAULT_INSERT, 2);
	EXPECT_IS(model_mmap(m, pid, 0, 2 * PAGE, RW, MAP_SHARED, fd, ref * PAGE), -ENOMEM);
	EXPECT_IS(live().works, 1);
	EXPECT_IS(model_run_deferred(m), 1);
	EXPECT_IS(live().works | live().handles | live().pages, 0);
	put(pid, (u64)map_at(ref, RW), 44);
	EXPECT_IS(owner_byte(ref), 44);
	EXPECT_IS(live().handles, 1);
	EXPECT_IS(env_page_in_use(m, fake.last->page[0]), true);
	env_page_clear_byte(m, fake.last->page[0], 0);
	EXPECT_IS(owner_byte(ref), 0);
	end();
}

static const struct test tests[] = {
	{ "statuses", test_statuses },
	{ "statuses on demand", test_on_demand },
	{ "a hypercall fails", test_whole_call },
	{ "a page is paged out", test_paged_out },
	{ "a domain dies", test_death },
	{ "an unmap is refused", test_refused },
	{ "a hypercall that unmaps fails", test_whole_unmap },
	{ "auto-translated", test_auto },
	{ NULL, NULL },
};

const struct suite xen_suite = { .name = "xen", .test = tests };
