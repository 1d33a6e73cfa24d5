# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# How the first process of an emulated machine begins; to be sourced. After it there are the kernel's file systems,
# busybox's commands, what /rig.conf sets, the rows of rows.sh, and what is asked of every dom0.

bb=/bin/busybox
$bb mkdir -p /proc /sys /dev /tmp /run /sbin
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
$bb mount -t devtmpfs dev /dev
$bb --install -s /bin
export PATH=/bin
. /rig.conf
. /rows.sh
[ "$GNTDEV" = ours ] && module=grantproof || module=xen-gntdev
params=/sys/module/grantproof/parameters

loaded() { [ -c /dev/xen/gntdev ]; }
unloaded() { ! loaded; }
hypervisor() { [ "$(cat /sys/hypervisor/type)" = xen ] && [ "$(cat /sys/hypervisor/version/major)" = 4 ]; }
control() { mount -t xenfs xenfs /proc/xen && grep -q control_d /proc/xen/capabilities; }
