#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The first process of a dom0 with a debug kernel: see lab.sh. What it does is one of three PLANs:
#	planted	commits bugs, each of which must be reported, and be seen by the look at the log
#	stock	has Linux's own driver make its first mapping, at which lockdep must report it
#	ours	runs everything on our module, over which the checkers must be silent
# Every part is KTAP between two lines with the boot's nonce, as tests/xen/verdict.awk wants it.
# /rig.conf sets NONCE, PLAN, GNTDEV (ours), CORE, LAB_SECONDS, ROUNDS, SEED, SUITES.

. /early.sh
debug=/sys/kernel/debug
. /checkers.sh
gntdev=/dev/xen/gntdev
mount -t debugfs debug $debug

# ---- bring-up

pv() { hypervisor && [ "$(cat /sys/hypervisor/guest_type)" = PV ]; }
control_domain() { insmod /modules/xen-privcmd.ko && insmod /modules/xenfs.ko && control; }
# The watchers of hangs are told of a slow machine.
watchers() {
	echo 60 > /proc/sys/kernel/watchdog_thresh
	echo "$HUNG_SECONDS" > /proc/sys/kernel/hung_task_timeout_secs
	echo 200 > /sys/module/workqueue/parameters/watchdog_thresh
}
failures_on_demand() {
	for f in failslab fail_page_alloc; do
		echo N > $debug/$f/ignore-gfp-wait || return 1
	done
	echo N > $debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 > $debug/fail_page_alloc/min-order
	for f in failslab fail_page_alloc fail_usercopy; do
		echo 0 > $debug/$f/verbose || return 1
	done
	[ -w /proc/self/fail-nth ]
}
# Disks in memory that answer after three milliseconds, and after five seconds.
disk() { # name, delay in nanoseconds
	d=/sys/kernel/config/nullb/$1
	mkdir $d && cd $d || return 1
	echo 4 > size && echo 1 > memory_backed && echo 2 > irqmode && echo "$2" > completion_nsec && echo 1 > power
	cd /
	[ -b "/dev/$1" ]
}
disks() {
	insmod /modules/null_blk.ko nr_devices=0 && mount -t configfs configfs /sys/kernel/config || return 1
	disk nullb0 3000000 && disk nullb1 5000000000
}
no_disks() { rmdir /sys/kernel/config/nullb/nullb0 /sys/kernel/config/nullb/nullb1 && rmmod null_blk; }
control_groups() {
	mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory > /sys/fs/cgroup/cgroup.subtree_control
}
load() { insmod /modules/grantproof.ko; }
# GNT-MOD-008: refused while a page is in use, which is found out by looking again
unload() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		rmmod grantproof 2>/dev/null && return
		sleep 1
	done
	rmmod grantproof
}
reload() { unload && load; }
bring_up_base() {
	row "Xen runs, dom0 is PV" pv
	row "two processors" is "$(nproc)" 2
	row "load xen-evtchn, xen-gntalloc" sh -c 'insmod /modules/xen-evtchn.ko && insmod /modules/xen-gntalloc.ko limit=8192'
	row "control domain" control_domain
	row "lockdep watches" lockdep_watches
	row "hangs are watched for" watchers
}
clear_leaks() { no_leaks > /dev/null; echo clear > $debug/kmemleak; }
bring_up_ours() {
	plan 12
	bring_up_base
	row "failures on demand" failures_on_demand
	row "slow disks" disks
	row "control groups" control_groups
	row "leaks of the kernel's own are forgotten" clear_leaks
	row "load grantproof" load
	row "it carries the hash of the proven core" is "$(cat $params/core_sha256)" "$CORE"
}

# ---- planted

commit() { echo "$1" > /sys/module/planted/parameters/bug; }
# The bug is committed, its report is in the log, and the look at the log is not content.
bites() { # bug, what the log then has
	mark "bug $1"
	commit "$1" || return 1
	[ -z "${3:-}" ] || sleep "$3"
	dmesg | sed "1,/rig: bug $1\$/d" | grep -qE "$2" || { dmesg | tail -n 5 | sed 's/^/# /'; return 1; }
	! silent "bug $1" > /dev/null
}
leak_bites() {
	clear_leaks
	commit leak
	no_leaks > /run/found && return 1
	grep -q 'leak+0x\|set_bug' /run/found
}
planted() {
	echo 0 > /proc/sys/kernel/printk
	plan 17
	row "load planted bugs" insmod /modules/planted.ko
	mark nothing
	row "nothing was committed, and nothing is reported" silent nothing
	row "a lock order, and its reverse" bites lock-order 'possible circular locking dependency'
	row "and lockdep has stopped" fails lockdep_watches
	row "a leak" leak_bites
	row "sleeping while atomic" bites sleep-in-atomic 'sleeping function called from invalid context|scheduling while atomic'
	row "a read after free" bites use-after-free 'BUG: KFENCE: use-after-free'
	row "a read out of bounds" bites out-of-bounds 'BUG: KFENCE: out-of-bounds'
	row "a double free" bites double-free 'Object already free|KFENCE: invalid free'
	row "a write after free" bites write-after-free 'Poison overwritten|KFENCE: memory corruption'
	row "a write to a page that was freed" bites page-after-free 'pagealloc: '
	row "a shift too far" bites shift 'UBSAN: shift-out-of-bounds'
	row "an index out of bounds" bites bounds 'UBSAN: array-index-out-of-bounds'
	row "a list entry deleted twice" bites list 'list_del corruption'
	row "work freed while it waits" bites work-freed 'ODEBUG: free active'
	row "a reference counted below zero" bites reference 'refcount_t: '
	row "a task that hangs" bites hang 'blocked for more than' 15
}

# ---- stock

maps_a_page() {
	mkfifo /run/hold
	dom0 hold $gntdev > /run/hold &
	read -r held < /run/hold
	kill -9 $!
	is "$held" held
}
lockdep_reports_gntdev() {
	reports stock > /run/reports
	grep -q 'possible circular locking dependency' /run/reports &&
		dmesg | grep -A 40 'possible circular locking dependency' | grep -q gntdev
}
stock() {
	echo 0 > /proc/sys/kernel/printk
	plan 5
	mark stock
	row "load the stock driver" insmod /modules/xen-gntdev.ko
	row "lockdep is content so far" lockdep_watches
	row "it maps a page" maps_a_page
	row "lockdep reports the stock driver: its lock is held over a user copy" lockdep_reports_gntdev
	row "and stops" fails lockdep_watches
}

# ---- ours

in_header_profile() { # command...
	unload && insmod /modules/grantproof.ko profile=header || return 1
	"$@"
	status=$?
	reload || return 1
	return $status
}
free_kib() {
	echo 3 > /proc/sys/vm/drop_caches
	sleep 1
	sed -n 's/^MemFree: *\([0-9]*\).*/\1/p' /proc/meminfo
}
# The first run fills caches, the kernel's lists of pages and such.
free_as_before() { # KiB before
	now=$(free_kib)
	echo "# $1 KiB free before, $now after"
	[ $(($1 - now)) -lt 4096 ]
}
take_down() {
	plan 7
	row "the driver holds nothing" is "$(lab held)" "0 0 0 0"
	row "Xen has no grant mapped" is "$(lab grants)" 0
	row "unload" unload
	row "no leak" no_leaks
	row "lockdep watches still" lockdep_watches
	row "no report" silent ours
	row "the disks are unloaded: no more of them is in use" no_disks
}
good_round() { grep -q '^    1\.\.' /run/round && fails grep '^    not ok' /run/round; }
rounds() {
	plan $((4 * ROUNDS))
	seconds=$(((LAB_SECONDS + ROUNDS - 1) / ROUNDS))
	round=0
	while [ $((round += 1)) -le "$ROUNDS" ]; do
		lab long $gntdev $seconds $((SEED + round)) | sed 's/^/    /' > /run/round
		# a subtest, and the row that sums it up
		cat /run/round
		row "round $round, seed $((SEED + round))" good_round
		row "nothing is mapped: Xen says so too" is "$(lab grants)" 0
		row "unload and load" reload
		[ $round -gt 1 ] || before=$(free_kib)
		row "memory is free as before" free_as_before "$before"
	done
}
coverage() { # to the console: what gcov counted, which is lost with the machine
	cd $debug/gcov || return
	find . -name '*.gcda' | while read -r f; do
		mkdir -p "/run/gcov/${f%/*}"
		cat "$f" > "/run/gcov/$f"
	done
	cd /run/gcov && tar -c . | gzip | base64 | sed 's/^/lab-gcov: /'
}
run_ours() {
	mark ours
	for suite in $SUITES; do
		case $suite in
		conformance) part conformance /bin/conformance --device $gntdev ;;
		header) part header in_header_profile /bin/conformance --device $gntdev --profile header ;;
		header-sweep) part header-sweep in_header_profile lab sweep $gntdev ;;
		long) part long rounds ;;
		sweep) part sweep lab sweep $gntdev ;;
		*) part "$suite" dom0 "$suite" $gntdev ;;
		esac
	done
	part unload take_down
	coverage
}

bring_up() {
	plan 6
	bring_up_base
}
HUNG_SECONDS=100
case $PLAN in
planted)
	HUNG_SECONDS=5
	part boot bring_up
	part planted planted
	;;
stock)
	part boot bring_up
	part stock stock
	;;
ours)
	part boot bring_up_ours
	run_ours
	;;
esac
echo "# rig: verdict $NONCE"
reboot -f
