#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first process of dom0: loads the modules, runs the test programs, unloads the driver, looks
# through the kernel's log, and says in one line that it came to its end. Every part is KTAP between
# two lines with the boot's nonce; boot.sh believes nothing else. /rig.conf sets NONCE, GNTDEV (ours
# or stock), CORE (the hash the module must carry), SUITES, TYPE (of dom0: PV or PVH) and DARE,
# the one test that may kill the kernel.

. /early.sh

load() { insmod "/modules/$module.ko"; }
hash() { is "$(cat $params/core_sha256)" "$CORE" && fails sh -c "echo x > $params/core_sha256"; }

grantor() {
	dom0 domain /run/domain && [ -s /run/domain ]
}

bring_up() {
	plan 10 9
	row "Xen 4 runs" hypervisor
	row "dom0 is $TYPE" is "$(cat /sys/hypervisor/guest_type)" "$TYPE"
	row "load xen-evtchn" insmod /modules/xen-evtchn.ko
	row "load $module" load
	row "load xen-gntalloc" insmod /modules/xen-gntalloc.ko
	row "load xen-privcmd, xenfs: this is dom0" sh -c 'insmod /modules/xen-privcmd.ko && insmod /modules/xenfs.ko'
	row "control domain" control
	row "there is a domain that grants" grantor
	# GNT-MOD-001
	row "/dev/xen/gntdev has mode 0600" is "$(stat -c %a /dev/xen/gntdev)" 600
	ours "the module carries the hash of the proven core" hash
}

# Starts a process that holds on to a page; its id is in $holder.
hold() { # way
	mkfifo "/run/$1"
	dom0 "$1" /dev/xen/gntdev $domain > "/run/$1" &
	holder=$!
	read -r held < "/run/$1"
	is "$held" held
}
release() { kill -9 $holder; wait $holder 2>/dev/null; true; }
# within two seconds: a page that is no longer in use is found out by looking again
unloads() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		rmmod "$module" 2>/dev/null && return
		usleep 200000
	done
	rmmod "$module"
}
refused() { # as busy, and the module is still at work
	rmmod "$module" > /run/rmmod 2>&1 && return 1
	cat /run/rmmod | sed 's/^/# /'
	grep -qi 'temporarily unavailable' /run/rmmod && loaded
}

# GNT-MOD-008, GNT-CLOSE-006: nothing is left behind, and not before it may go
take_down() {
	plan 13 6
	for counter in live_maps live_pages live_handles lost_pages; do
		ours "no $counter" is "$(cat $params/$counter 2>/dev/null)" 0
	done
	row "a process holds a mapping" hold hold
	row "rmmod is refused" refused
	release
	row "rmmod" rmmod "$module"
	row "the device is gone" unloaded
	row "load again" load
	# DEF-008, DEF-021: the stock driver's kernel does not survive it
	if [ "$GNTDEV" = ours ]; then
		row "a process holds a page in use" hold pipe
		row "rmmod is refused" refused
		release
		row "once the page has gone it unloads" unloads
		load
	fi
	row "rmmod again" rmmod "$module"
}

logs() {
	plan 1 1
	row "the kernel's log is clean" log_is_clean
}

# GNT-MOD-007
invalid_profile() {
	rmmod grantproof || return 1
	insmod /modules/grantproof.ko profile=posix > /run/insmod 2>&1 && return 1
	cat /run/insmod | sed 's/^/# /'
	grep -qi 'invalid' /run/insmod
}

# A test program on the other profile (GNT-MOD-006), and back.
in_header_profile() { # command...
	unloads && insmod /modules/grantproof.ko profile=header || return 1
	[ "$(cat $params/profile)" = header ] || return 1
	"$@" --device /dev/xen/gntdev $mode $domain --profile header
	status=$?
	unloads && load || return 1
	return $status
}

# GNT-MOD-003, GNT-MOD-010. The kernel logs a stack for a device that is there twice, so this comes
# after the look at its log.
exclusive() {
	plan 9 2
	row "load the stock driver" insmod /modules/xen-gntdev.ko
	ours "ours is refused beside it" fails insmod /modules/grantproof.ko
	ours "and leaves nothing behind" [ ! -e /sys/module/grantproof ]
	row "unload the stock driver" rmmod xen-gntdev
	ours "ours loads again" insmod /modules/grantproof.ko
	# GNT-MOD-006, GNT-MOD-007
	ours "its profile is linux" is "$(cat $params/profile 2>/dev/null)" linux
	ours "and stays so" fails sh -c "echo header > $params/profile"
	ours "a third profile is EINVAL" invalid_profile
	ours "and leaves nothing behind" [ ! -e /sys/module/grantproof ]
}

# DEF-008: the stock driver is gone when it should unmap the page
unload_in_use() {
	plan 2 2
	row "a process holds a page in use" hold pipe
	row "rmmod" rmmod "$module"
	release
	sleep 2
}

# Of the stock driver's kernel it is expected that it does not survive, or complains.
dare() {
	case $DARE in
	unload:*) unload_in_use ;;
	conformance:*) /bin/conformance --device /dev/xen/gntdev $stock $mode $domain --dare --filter "${DARE#*:}" ;;
	*) dom0 "${DARE%%:*}" /dev/xen/gntdev $stock $domain --only "${DARE#*:}" ;;
	esac
}

[ "$GNTDEV" = ours ] && stock= || stock=--stock
[ "$TYPE" = PV ] && mode="--mode pv" || mode="--mode auto"
# in a PVH dom0, grants to oneself do not alias
[ "$TYPE" = PV ] && domain= || domain="--domain /run/domain"
echo "rig: modules" > /dev/kmsg
part boot bring_up
for suite in $SUITES; do
	case $suite in
	conformance) part conformance /bin/conformance --device /dev/xen/gntdev $stock $mode $domain ;;
	foreign) part foreign /bin/conformance --device /dev/xen/gntdev $stock $mode --domain /run/domain ;;
	large) part large /bin/conformance --device /dev/xen/gntdev $stock $mode $domain --large ;;
	header) part header in_header_profile /bin/conformance ;;
	replay-header) part replay-header in_header_profile /bin/replay $REPLAY_ARGS /programs ;;
	replay) part replay /bin/replay --device /dev/xen/gntdev $stock $mode $domain $REPLAY_ARGS /programs ;;
	dare) part dare dare ;;
	unload) part unload take_down ;;
	log) part log logs ;;
	exclusive) part exclusive exclusive ;;
	*) part "$suite" dom0 "$suite" /dev/xen/gntdev $stock $domain ;;
	esac
done
echo "# rig: verdict $NONCE"
reboot -f
