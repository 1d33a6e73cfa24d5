#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first process of the guest: loads the modules, says so on its console, and does what dom0 asks of it
# through xenstore (clients.c) until it is destroyed. dom0 judges. /rig.conf sets NONCE, GNTDEV and GUEST.

bb=/bin/busybox
$bb mkdir -p /proc /sys /dev /tmp /run
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
$bb mount -t devtmpfs dev /dev
$bb --install -s /bin
export PATH=/bin
. /rig.conf
. /rows.sh
[ "$GNTDEV" = ours ] && module=grantproof || module=xen-gntdev

echo "rig: modules" > /dev/kmsg
for m in xen-evtchn $module xen-gntalloc xen-blkfront; do
	insmod /modules/$m.ko || echo "# guest: no $m"
done
echo "# guest: up $NONCE"
clients serve
echo "# guest: no commands any more"
poweroff -f
