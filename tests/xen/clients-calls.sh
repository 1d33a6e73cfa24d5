# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# The clients end; what they asked of the driver is counted: parts of clients-init.sh. To be sourced.

# ---- the clients end, and so does the driver

gone() { ! pidof "$1" > /dev/null; }
ends() { killall "$1" && within 50 gone "$1"; }

take_down() {
	plan 12 8
	row "rmmod is refused while clients run" fails rmmod $module
	for client in xenconsoled xenstored clients; do
		row "$client ends" ends $client
	done
	for counter in live_maps live_pages live_handles lost_pages; do
		ours "no $counter" is "$(cat $params/$counter 2>/dev/null)" 0
	done
	row "rmmod" rmmod $module
	row "the device is gone" unloaded
	row "load again" insmod /modules/$module.ko
	row "rmmod again" rmmod $module
}

logs() {
	plan 1
	row "the kernel's log is clean" log_is_clean
}

# ---- what they asked of the driver

# How often @client made @call, and got @answer. The numbers are what strace calls them.
count() { # client call answer
	grep -E "/dev/xen/gntdev>, ([^,]* or )?$2( or [^,]*)?, " "/run/trace/$1" | grep -cE "= $3( |\$)"
}
row_of_calls() { # client call floor answer
	calls=$(count "$1" "IOCTL_GNTDEV_$2" "$4")
	echo "# $1: $calls x $2"
	row "$1: $2 gave $4, $3 times or more" at_least "$calls" "$3"
}
no_other_failure() { # client
	grep '/dev/xen/gntdev>' "/run/trace/$1" > /run/calls || return 1
	! grep -vE '= 0$|IOCTL_GNTDEV_SET_MAX_GRANTS.*= -1 ENOTTY' /run/calls | head -n 5 | sed 's/^/# /' | grep .
}

count_calls() {
	plan 25
	for client in xenstored xenconsoled qemu; do
		row_of_calls $client MAP_GRANT_REF 1 0
		row_of_calls $client GET_OFFSET_FOR_VADDR 1 0
		row_of_calls $client UNMAP_GRANT_REF 1 0
	done
	row_of_calls xenstored SET_MAX_GRANTS 1 "-1 ENOTTY"
	row_of_calls qemu GRANT_COPY 100 0
	for client in vchan-a vchan-b; do
		# the rings' page, and those of the two rings
		row_of_calls $client MAP_GRANT_REF 3 0
		row_of_calls $client SET_UNMAP_NOTIFY 1 0
	done
	row_of_calls pages MAP_GRANT_REF 5 0
	row_of_calls pages GRANT_COPY 2 0
	row_of_calls pages GET_OFFSET_FOR_VADDR 3 0
	row_of_calls pages UNMAP_GRANT_REF 3 0
	for client in xenstored xenconsoled qemu vchan-a vchan-b pages; do
		row "$client: no call failed otherwise" no_other_failure $client
	done
}
