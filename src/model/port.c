/* SPDX-License-Identifier: MIT */
/*
 * Event channels of the driver's domain: ports, who has a reference on them, and what is delivered. It must not know why
 * an event is sent.
 */
#include "env.h"
#include "xen.h"

#define MAX_PORTS 131072u /* of a domain, with the FIFO ABI */

/* Port 0 is never a port. */
int64_t model_port(struct model *m, uint32_t domid)
{
	return model_port_as(m, domid, m->ports ? m->ports : 1);
}

int64_t model_port_as(struct model *m, uint32_t domid, uint32_t port)
{
	if (domid >= m->domains || m->domain[domid].dead || port == 0 || (port < m->ports && m->port[port].refs))
		return -EINVAL;
	ensure(port < MAX_PORTS, "model_port: no more ports");
	if (port >= m->ports)
		m->ports = port + 1;
	m->port = own_grow(m->port, &m->port_room, m->ports, sizeof(*m->port));
	m->port[port] = (struct port){ .peer = domid, .refs = 1, .bound = true };
	return port;
}

static struct port *open_port(struct model *m, u32 port)
{
	return port < m->ports && m->port[port].refs ? &m->port[port] : NULL;
}

int model_port_close(struct model *m, uint32_t port)
{
	struct port *p = open_port(m, port);

	if (!p || !p->bound)
		return -EINVAL;
	p->bound = false;
	p->refs--;
	return 0;
}

int model_port_peer_close(struct model *m, uint32_t port)
{
	struct port *p = open_port(m, port);

	if (!p)
		return -EINVAL;
	p->peer = NONE;
	return 0;
}

uint64_t model_port_events(const struct model *m, uint32_t port)
{
	return port < m->ports ? m->port[port].events : 0;
}

void model_on_event(struct model *m, void (*hook)(struct model *m, uint32_t port, void *cookie), void *cookie)
{
	m->on_event = hook;
	m->event_cookie = cookie;
}

void xen_ports_close(struct model *m, u32 domid)
{
	for (u32 port = 1; port < m->ports; port++) {
		if (m->port[port].peer == domid)
			m->port[port].peer = NONE;
	}
}

/* ---- what the driver does with ports */

/* custom: evtchn_get(), counted, fails on demand. -EINVAL: no such port, or nobody has it open any more */
int env_port_get(struct model *m, u32 port)
{
	struct port *p = open_port(m, port);

	ensure_open(m, "I10: a port is looked up under the lock");
	if (fault_strikes(m, MODEL_FAULT_PORT) || !p)
		return -EINVAL;
	p->refs++;
	p->driver++;
	m->alive.ports++;
	return 0;
}

static struct port *of_driver(struct model *m, u32 port)
{
	struct port *p = open_port(m, port);

	ensure(m->locks == 0, "I10: an event channel is used under the lock");
	ensure(p && p->driver, "I7: the driver has no reference on a port that it uses");
	return p;
}

/* custom: evtchn_put(), counted */
void env_port_put(struct model *m, u32 port)
{
	struct port *p = of_driver(m, port);

	p->refs--;
	p->driver--;
	m->alive.ports--;
}

/* dup: notify_remote_via_evtchn(), with a receiver that can look at once. Lost if the other end is closed */
void env_port_send(struct model *m, u32 port)
{
	struct port *p = of_driver(m, port);

	if (p->peer == NONE)
		return;
	p->events++;
	if (m->on_event)
		m->on_event(m, port, m->event_cookie);
}
