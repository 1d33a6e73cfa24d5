#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first process of the guest: loads the modules, says so on its console, and does what dom0 asks of it
# through xenstore (clients.c) until it is destroyed. dom0 judges. /rig.conf sets NONCE, GNTDEV and GUEST.

. /early.sh

echo "rig: modules" > /dev/kmsg
for m in xen-evtchn $module xen-gntalloc xen-blkfront; do
	insmod /modules/$m.ko || echo "# guest: no $m"
done
echo "# guest: up $NONCE"
clients serve
echo "# guest: no commands any more"
poweroff -f
