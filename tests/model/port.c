// SPDX-License-Identifier: MIT
/* Event channels: references, delivery, ports that are closed at either end. */
#include "test.h"

static u64 ports(void)
{
	struct model_live live;

	model_live(m, &live);
	return live.ports;
}

static void test_references(void)
{
	u32 port;

	begin(MODEL_PV);
	EXPECT_IS(model_port(m, 99), -EINVAL);
	port = (u32)model_port(m, domain);
	EXPECT_IS(env_port_get(m, port + 1), -EINVAL);
	EXPECT_IS(env_port_get(m, 0), -EINVAL);
	EXPECT_IS(env_port_get(m, ~0u), -EINVAL);
	EXPECT_IS(env_port_get(m, port), 0);
	EXPECT_IS(env_port_get(m, port), 0);
	EXPECT_IS(ports(), 2);
	EXPECT_IS(model_port_close(m, port), 0);
	EXPECT_IS(model_port_close(m, port), -EINVAL);
	env_port_put(m, port);
	EXPECT_IS(env_port_get(m, port), 0); /* the driver's own keeps it open */
	env_port_put(m, port);
	env_port_put(m, port);
	EXPECT_IS(env_port_get(m, port), -EINVAL);
	EXPECT_IS(ports(), 0);
	EXPECT((u32)model_port(m, domain) != port);
	end();
}

static void count(struct model *world, uint32_t port, void *cookie)
{
	EXPECT(world == m);
	*(u32 *)cookie = *(u32 *)cookie * 10 + port;
}

static void test_delivery(void)
{
	u32 one, two, order = 0;

	begin(MODEL_PV);
	one = (u32)model_port(m, domain);
	two = (u32)model_port(m, domain);
	model_on_event(m, count, &order);
	EXPECT_IS(env_port_get(m, one) | env_port_get(m, two), 0);
	env_port_send(m, two);
	env_port_send(m, one);
	EXPECT_IS(order, two * 10 + one);
	EXPECT_IS(model_port_peer_close(m, two), 0);
	env_port_send(m, two);
	EXPECT_IS(model_port_events(m, one), 1);
	EXPECT_IS(model_port_events(m, two), 1);
	EXPECT_IS(model_port_events(m, 99), 0);
	env_port_put(m, one);
	env_port_put(m, two);
	EXPECT_IS(model_port_close(m, two), 0);
	EXPECT_IS(model_port_peer_close(m, two), -EINVAL);
	end();
}

static void test_fault(void)
{
	u32 port;

	begin(MODEL_PV);
	port = (u32)model_port(m, domain);
	model_fail(m, MODEL_FAULT_PORT, 1);
	EXPECT_IS(env_port_get(m, port), -EINVAL);
	EXPECT_IS(ports(), 0);
	EXPECT_IS(env_port_get(m, port), 0);
	env_port_put(m, port);
	end();
}

/* ---- what must not happen */

static void puts_twice(void)
{
	u32 port;

	begin(MODEL_PV);
	port = (u32)model_port(m, domain);
	env_port_get(m, port);
	env_port_put(m, port);
	env_port_put(m, port); /* the program has it open, the driver has not */
}

static void sends_without(void)
{
	begin(MODEL_PV);
	env_port_send(m, (u32)model_port(m, domain));
}

static void sends_under_lock(void)
{
	static struct lock lock;
	u32 port;

	begin(MODEL_PV);
	port = (u32)model_port(m, domain);
	env_port_get(m, port);
	env_lock(m, &lock);
	env_port_send(m, port);
}

static void test_breaches(void)
{
	BREACH(puts_twice, "I7");
	BREACH(sends_without, "I7");
	BREACH(sends_under_lock, "I10");
}

static const struct test tests[] = {
	{ "references", test_references },
	{ "delivery", test_delivery },
	{ "a reference that cannot be taken", test_fault },
	{ "breaches", test_breaches },
	{ NULL, NULL },
};

const struct suite port_suite = { .name = "port", .test = tests };
