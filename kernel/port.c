// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event channel ports, for the core: see src/core/env_port.h. Honours GNT-NOTIFY-004, -018, -021,
 * -023 and GNT-GEN-019: a reference taken is put once (I7). evtchn_put() must wait until no lock
 * is held: it takes a lock under which the kernel allocates memory, and reclaim may call our
 * notifier, which takes a map's lock. So a reference is put by work; what that takes is allocated
 * with the reference, for putting it must not fail.
 */
#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <xen/events.h>
#include "grantproof.h"
#include "locks.h"

struct reference {
	struct reference *next; /* in @taken */
	struct llist_node node; /* in @given */
	evtchn_port_t port;
};

/* as many as there are references, whatever their ports */
static struct reference *taken;
static DEFINE_SPINLOCK(taken_lock);
/* those that are to be put */
static LLIST_HEAD(given);

static void put_all(struct work_struct *work)
{
	struct reference *r, *next;

	llist_for_each_entry_safe(r, next, llist_del_all(&given), node) {
		evtchn_put(r->port);
		kfree(r);
	}
}

static DECLARE_WORK(put_work, put_all);

/*
 * GNT-NOTIFY-004: evtchn_get() knows the ports that user space has open. It refuses one that has
 * too many references already, so those on their way back must not count.
 */
s32 gnt_env_port_get(u32 port)
{
	struct reference *r;

	gp_may_alloc();
	if (port >= GNT_PORTS_MAX)
		return -EINVAL;
	if (evtchn_get(port)) {
		flush_work(&put_work);
		if (evtchn_get(port))
			return -EINVAL;
	}
	r = kmalloc(sizeof(*r), GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
	spin_lock(&taken_lock);
	r->next = taken;
	taken = r;
	spin_unlock(&taken_lock);
	return 0;
}

void gnt_env_port_put(u32 port)
{
	struct reference *r;

	spin_lock(&taken_lock);
	r = taken;
	taken = r->next;
	spin_unlock(&taken_lock);
	r->port = port;
	if (llist_add(&r->node, &given))
		queue_work(gp_workqueue, &put_work);
}

/* GNT-NOTIFY-023: nobody is told whether there was anybody to be notified */
void gnt_env_port_send(u32 port)
{
	notify_remote_via_evtchn(port);
}
