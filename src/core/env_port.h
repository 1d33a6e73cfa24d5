/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The environment, part two: event channel ports. The embedder (kernel/, src/model/) defines the functions; their contracts are
 * assumed by the proof, and checked at run time by the model. Xen is not asked here who the other end of a port is: whoever
 * holds a reference may send.
 *
 * I7: gnt_port_refs says how many references on each port this thread has in its hands. The reference of an armed notification is
 * its record's and not counted: notify.c moves references between the hands and the records. A thread that has nothing in its
 * hands when a call begins and when it ends (port_none) has neither leaked a port nor dropped one twice.
 *
 * gnt_event_due is 1 + the port to which an event that was taken out of its record is to be sent, or 0: it is sent then, once,
 * before the map's lock is released.
 */
#pragma once
#include "env_user.h"

/* event channels of a domain, at most: those of the FIFO ABI */
#define GNT_PORTS_MAX 131072u

/* references on one port that a thread has in its hands, at most: the new one and the one it replaces */
#define GNT_HANDS_MAX 2

/*@ ghost
   int gnt_port_refs[GNT_PORTS_MAX];
   u64 gnt_event_due;
*/

/*@ // ---- nothing in hand; room for one more of each
    predicate port_none{L} = \forall integer i; 0 <= i < GNT_PORTS_MAX ==> gnt_port_refs[i] == 0;
    predicate port_room{L} = \forall integer i; 0 <= i < GNT_PORTS_MAX ==> gnt_port_refs[i] < GNT_HANDS_MAX;
*/

/*
 * Takes a reference on @port: 0. -GNT_EINVAL: none can be taken, @port being none that user space has open. GNT-NOTIFY-004.
 */
/*@ requires open:  gnt_locked == 0 && gnt_map_locked == 0;
    requires room:  port_room;
    assigns  gnt_port_refs[port];
    ensures  error: \result == 0 || \result == -GNT_EINVAL;
    ensures  range: \result == 0 ==> port < GNT_PORTS_MAX;
    ensures  taken: \result == 0 ==> gnt_port_refs[port] == \old(gnt_port_refs[port]) + 1;
    ensures  none:  \result != 0 && port < GNT_PORTS_MAX ==> gnt_port_refs[port] == \old(gnt_port_refs[port]);
*/
s32 gnt_env_port_get(u32 port);

/*
 * Drops a reference on @port. A map's lock may be held. GNT-NOTIFY-021.
 */
/*@ requires open:  gnt_locked == 0;
    requires mine:  port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    assigns  gnt_port_refs[port];
    ensures  gone:  gnt_port_refs[port] == \old(gnt_port_refs[port]) - 1;
*/
void gnt_env_port_put(u32 port);

/*
 * Sends an event to @port; if the other end is gone, nothing happens. A map's lock may be held. GNT-NOTIFY-018, GNT-NOTIFY-023.
 */
/*@ requires open:  gnt_locked == 0;
    requires mine:  port < GNT_PORTS_MAX && gnt_port_refs[port] >= 1;
    requires due:   gnt_event_due == port + 1;
    assigns  gnt_event_due;
    ensures  sent:  gnt_event_due == 0;
*/
void gnt_env_port_send(u32 port);
