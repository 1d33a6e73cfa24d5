# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# What the first process of an emulated dom0 prints: KTAP rows, in parts between two lines with the boot's
# nonce, which verdict.awk looks for. To be sourced; $NONCE and $GNTDEV (ours or stock) are set.

# rows of the part that is running
n=0
row() { # name command...
	name=$1; shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
}
ours() { # name command...: a row that says nothing about the stock driver, for which it is none
	[ "$GNTDEV" != ours ] || row "$@"
}
plan() { # rows, of them for the stock driver (default: as many)
	echo "KTAP version 1"
	if [ "$GNTDEV" = ours ]; then echo "1..$1"; else echo "1..${2:-$1}"; fi
}
part() { # name command...
	part=$1; shift
	n=0
	echo "# rig: begin $part $NONCE"
	"$@"
	echo "# rig: end $part $NONCE $?"
}

is() { [ "$1" = "$2" ] || { echo "# is '$1', expected '$2'"; false; }; }
at_least() { [ "${1:-0}" -ge "$2" ] || { echo "# is '$1', expected $2 or more"; false; }; }
fails() { ! "$@" 2>/dev/null; }

# what a kernel says when something is wrong with it; its own boot is not held against the driver
bad='BUG|WARNING|Oops|general protection|Call Trace|Bad page|Bad rss|suspicious|unable to handle'
bad="$bad|refcount|INFO: |multicall|grantproof|gntdev"
harmless='loading out-of-tree module|module verification failed'
log_is_clean() {
	dmesg > /run/log
	# if it had wrapped, our mark would be gone, and with it who knows what
	grep -q 'rig: modules' /run/log || return 1
	! sed '1,/rig: modules/d' /run/log | grep -E "$bad" | grep -vE "$harmless" | sed 's/^/# /' | grep .
}
