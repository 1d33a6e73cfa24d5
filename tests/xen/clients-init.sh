#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first process of dom0 in the boot of clients.sh: loads the modules, starts the clients, each under strace,
# has them work (clients-toolstack.sh, clients-grants.sh), ends them, unloads the driver, and counts what they
# asked of /dev/xen/gntdev (clients-calls.sh).
# /rig.conf sets NONCE, GNTDEV (ours or stock), CORE (the hash the module must carry) and GUEST (pv or pvh).

# Runs a program so that what it asks of a device is written down. libxl sends signals to the process that it made, so it is that
# which becomes QEMU (-D); but then the program waits no longer than three seconds for its tracer, and is not the rule.
if [ "${1:-}" = traced ]; then # name program argument...
	trace=/run/trace/$2 detached=
	[ "$2" != qemu ] || detached=-D
	shift 2
	# other calls do not even stop (--seccomp-bpf): libxl waits ten seconds for QEMU, on a machine that is emulated
	# shellcheck disable=SC2086
	exec strace $detached -f --seccomp-bpf -y -qq -s 0 -e trace=ioctl -o "$trace" "$@"
fi

. /early.sh
tools=/usr/lib/xen-4.17/bin
PATH=$PATH:/usr/bin:$tools
. /clients-pages.sh
. /clients-toolstack.sh
. /clients-grants.sh
. /clients-calls.sh

load_all() {
	for m in xen-evtchn $module xen-gntalloc xen-privcmd xenfs; do
		insmod /modules/$m.ko || return 1
	done
}

# folders that an installation would have made
folders() {
	mkdir -p /dev/pts /run/lock /run/xen /run/xenstored /run/trace /var/lib/xen /var/lib/xenstored \
		/var/log/xen/console /etc/xen
	ln -s /run /var/run
	ln -s /run/lock /var/lock
	mount -t devpts devpts /dev/pts
	echo 'autoballoon="off"' > /etc/xen/xl.conf
}

bring_up() {
	plan 6 5
	row "Xen 4 runs" hypervisor
	row "dom0 is PV" is "$(cat /sys/hypervisor/guest_type)" PV
	row "load $module and the other modules" load_all
	row "control domain" control
	row "/dev/xen/gntdev is there" loaded
	ours "the module carries the hash of the proven core" is "$(cat $params/core_sha256)" "$CORE"
}

echo "rig: modules" > /dev/kmsg
folders
part boot bring_up
part toolstack toolstack
# without a guest that answers, all that follows would wait for it
if guest true; then
	part disk disk
	part vchan vchan
	part pages pages
	part destroy destroy
fi
show_console
part unload take_down
part calls count_calls
part log logs
echo "# rig: verdict $NONCE"
reboot -f
