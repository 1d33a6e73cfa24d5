# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What dom0's first process asks the kernel's checkers: what they reported in the log, whether they
# still watch, what leaked. To be sourced, with $debug, where debugfs is.

bad='BUG|WARNING|Oops|general protection|Call Trace|Bad page|Bad rss|suspicious|unable to handle'
bad="$bad|refcount_t|INFO: |multicall|grantproof|gntdev|UBSAN|KFENCE|ODEBUG|corruption|Poison|oison"
bad="$bad|kmemleak: Cannot|kmemleak: .*disabled|kmemleak: [1-9][0-9]* new|possible .* detected|nmi_watchdog|stall"
harmless='loading out-of-tree module|module verification failed'
# A process killed for want of memory has a trace of its own; only that one is forgiven.
reports() { # since which mark: what the log has that it must not have
	dmesg | sed "1,/rig: $1\$/d" | grep -vE "$harmless" |
		awk -v bad="$bad" '/invoked oom-killer/ { killer = 1; next } killer && /Call Trace/ { killer = 0; next } $0 ~ bad'
}
mark() { echo "rig: $1" > /dev/kmsg; }
# if it had wrapped, the mark would be gone, and with it who knows what
silent() { # mark
	dmesg | grep -q "rig: $1\$" || { echo "# the mark is gone"; return 1; }
	reports "$1" > /run/reports
	[ -s /run/reports ] || return 0
	dmesg | sed "1,/rig: $1\$/d" | tail -n 400 | sed 's/^/# log: /'
	return 1
}
# Lockdep stops at its first report, and others when they run out of memory: are they there still?
lockdep_watches() { grep -q '^ debug_locks: *1$' /proc/lockdep_stats; }
# An object counts as lost after five seconds, and two scans.
leaks() { # what kmemleak found since it was cleared
	for i in 1 2; do
		sleep 6
		echo scan > $debug/kmemleak || return
	done
	cat $debug/kmemleak
}
no_leaks() {
	leaks > /run/leaks || return 1
	! head -n 100 /run/leaks | sed 's/^/# /' | grep .
}
