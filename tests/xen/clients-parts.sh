# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# The parts of clients-init.sh in which clients work. To be sourced.

guest_log=/var/log/xen/console/guest-client.log
size=8388608

# The guest does it, prints, and ends as it ended there.
guest() { clients ask "$domid" "${seconds:-60}" ". /rig.conf; . /rows.sh; . /clients-pages.sh; $1"; }
# True within so many tenths of a second?
within() { # tenths command...
	left=$1; shift
	until "$@"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		usleep 100000
	done
}
sum() { sha256sum | cut -c 1-64; }

# ---- the toolstack, and a guest with a console

xenstored_up() {
	/init traced xenstored xenstored -N 2>&1 &
	within 100 test -S /run/xenstored/socket
}
xenconsoled_up() {
	/init traced xenconsoled xenconsoled -i --log=guest --log-dir=/var/log/xen/console &
	within 50 pidof xenconsoled > /dev/null
}

configuration() {
	cat <<-END
	name = "client"
	type = "$GUEST"
	memory = 192
	vcpus = 1
	kernel = "/guest/vmlinux"
	ramdisk = "/guest/initramfs"
	extra = "console=hvc0 loglevel=4 panic=-1 oops=panic"
	disk = [ "$disk" ]
	device_model_override = "/bin/traced-qemu"
	END
}
disk="format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=/run/disk"

create() {
	printf '#!/bin/sh\nexec /init traced qemu /usr/libexec/xen-qemu-system-i386 "$@"\n' > /bin/traced-qemu
	chmod 755 /bin/traced-qemu
	head -c $size /dev/urandom > /run/disk
	cp /run/disk /run/disk.before
	configuration > /run/guest.cfg
	xl create -e /run/guest.cfg > /run/create 2>&1 && domid=$(xl domid client) && return 0
	sed 's/^/# /' /run/create
	cat /var/log/xen/* 2>/dev/null | sed 's/^/# /'
	return 1
}

console_has() { grep -q "$1" $guest_log; }
# more than the console's ring holds
many_lines() {
	guest 'seq 1 600 | sed "s/.*/line & of the console/" > /dev/console' || return 1
	seq 1 600 | sed 's/.*/line & of the console/' > /run/want
	within 50 eval "tr -d '\r' < $guest_log | grep '^line ' | cmp -s - /run/want"
}
typed() {
	guest 'head -n 1 /dev/console > /run/typed & sleep 1' || return 1
	echo "typed $NONCE" > "$(xenstore read "/local/domain/$domid/console/tty")"
	is "$(guest 'usleep 300000; cat /run/typed' | tr -d '\r')" "typed $NONCE"
}
has_driver() { guest "[ -c /dev/xen/gntdev ] && [ -d /sys/module/$(echo $module | tr - _) ]"; }

# for who reads the log, and for the judge: the guest's kernel may have something to complain of
show_console() { tr -d '\r' < $guest_log | grep -v '^line ' | sed 's/^/# console: /'; }

toolstack() {
	plan 9
	row "C xenstored runs" xenstored_up
	row "dom0 is in xenstore" xen-init-dom0
	row "xenconsoled runs" xenconsoled_up
	row "xl create" create
	row "the guest's console comes through xenconsoled" within 400 console_has "guest: up $NONCE"
	row "the guest answers through xenstore: its kind" is "$(guest 'cat /sys/hypervisor/guest_type')" \
		"$(echo "$GUEST" | tr a-z A-Z)"
	row "the guest has the same driver" has_driver
	row "600 lines of its console are whole" many_lines
	row "it reads what is typed" typed
}

# ---- QEMU's disk

has_disk() { guest '[ -b /dev/xvda ]'; }
has_no_disk() { ! has_disk; }
# random data to 2 MiB of the disk, and back out of QEMU, not out of a cache; prints the sum
guest_writes() {
	guest 'dd if=/dev/urandom of=/run/data bs=64k count=32 2>/dev/null &&
		dd if=/run/data of=/dev/xvda bs=64k seek=48 conv=fsync 2>/dev/null &&
		echo 3 > /proc/sys/vm/drop_caches &&
		dd if=/dev/xvda bs=64k skip=48 count=32 2>/dev/null | cmp - /run/data && sha256sum < /run/data' | cut -c 1-64
}
# three sectors that are no whole page
guest_writes_sectors() {
	guest 'dd if=/run/data of=/dev/xvda bs=1536 count=1 seek=4001 oflag=direct 2>/dev/null &&
		echo 3 > /proc/sys/vm/drop_caches && dd if=/dev/xvda bs=1536 skip=4001 count=1 iflag=direct 2>/dev/null |
		sha256sum' | cut -c 1-64
}
of_file() { dd if=/run/disk bs="$1" skip="$2" count="$3" 2>/dev/null | sum; }
# all but those two places
others() {
	cp "$1" /run/others
	dd if=/dev/zero of=/run/others bs=65536 seek=48 count=32 conv=notrunc 2>/dev/null
	dd if=/dev/zero of=/run/others bs=1536 seek=4001 count=1 conv=notrunc 2>/dev/null
	sum < /run/others
}
detach() { xl block-detach "$domid" xvda && within 100 has_no_disk; }
attach() { xl block-attach "$domid" "$disk" && within 100 has_disk; }

disk() {
	plan 10
	row "the guest has a block device" within 100 has_disk
	row "of the file's size" is "$(guest 'blockdev --getsize64 /dev/xvda')" $size
	row "and reads what is in the file" is "$(guest 'sha256sum < /dev/xvda' | cut -c 1-64)" "$(sum < /run/disk)"
	written=$(guest_writes)
	row "it reads 2 MiB that it wrote" is ${#written} 64
	row "which are in the file" is "$(of_file 65536 48 32)" "$written"
	sectors=$(guest_writes_sectors)
	row "so are three sectors" is "$(of_file 1536 4001 1)" "$sectors"
	row "and nothing else changed" is "$(others /run/disk)" "$(others /run/disk.before)"
	row "detach" detach
	row "attach again" attach
	row "the guest reads the file as it is now" is "$(guest 'sha256sum < /dev/xvda' | cut -c 1-64)" "$(sum < /run/disk)"
}

# ---- libxenvchan

megabytes=16777216

# The guest starts a side of its own, whose end guest_side_ended tells.
guest_side() { # name side path bytes end
	guest "(clients vchan $2 0 $3 $4 $5 > /run/$1.out 2>&1; echo \$? > /run/$1.status) > /dev/null 2>&1 &"
}
guest_side_ended() { # name status
	guest "until [ -s /run/$1.status ]; do usleep 50000; done; cat /run/$1.out; [ \$(cat /run/$1.status) = $2 ]" |
		sed 's/^/# guest: /'
	guest "[ \$(cat /run/$1.status) = $2 ]"
}
dom0_client() { # name bytes end status
	/init traced "vchan-$1" /bin/clients vchan client "$domid" "/local/domain/$domid/data/$1" "$2" "$3"
	is $? "$4"
}
dom0_side_ended() { # status
	wait "$server"
	is $? "$1"
}

vchan() {
	seconds=100
	plan 13
	row "a server in the guest" guest_side a server data/a $megabytes close
	row "16 MiB both ways: dom0 maps" dom0_client a $megabytes close 0
	row "the guest got all, and that dom0 closed" guest_side_ended a 0
	guest_side b server data/b 100000 close
	# 128 + SIGKILL
	row "a client in dom0 dies" dom0_client b 100000 die 137
	row "the guest is told, by the driver" guest_side_ended b 0
	clients vchan server "$domid" /local/domain/0/data/c $megabytes close &
	server=$!
	row "a client in the guest" guest_side c client /local/domain/0/data/c $megabytes close
	row "16 MiB both ways: the guest maps" dom0_side_ended 0
	row "the guest got all" guest_side_ended c 0
	clients vchan server "$domid" /local/domain/0/data/d 100000 close &
	server=$!
	guest_side d client /local/domain/0/data/d 100000 die
	row "a client in the guest dies" guest_side_ended d 137
	row "dom0 is told, by the guest's driver" dom0_side_ended 0
	ours "the guest's driver has no maps any more" is "$(guest "cat $params/live_maps")" 0
	row "it is unloaded" guest "rmmod $module && ! [ -c /dev/xen/gntdev ]"
	row "and loaded" guest "insmod /modules/$module.ko"
	seconds=60
}

# ---- pages that the guest grants; tell speaks to a process of clients-pages.c, here and in the guest

share() { # access count: the references are in $refs
	refs=$(guest "tell 'share 0 $1 $2'")
	case $refs in
	ok\ *) refs=${refs#ok } ;;
	*) echo "# $refs"; false ;;
	esac
}
says() { # answer line: dom0's process
	is "$(tell "$2")" "$1"
}
guest_says() { is "$(guest "tell '$2'")" "$1"; }
refused() { # line: Xen refuses a copy
	case $(tell "$1") in
	status\ -*) ;;
	*) false ;;
	esac
}
both() { says "$1" "$2" && says "$1" "$3"; }

pages() {
	plan 17
	pages_start /init traced pages
	guest pages_start
	row "the guest grants six pages" share rw 6
	row "and fills them" guest_says ok "fill 3"
	row "dom0 maps them" says ok "map $domid rw $refs"
	row "and sees what the guest wrote" says ok "check 3"
	row "dom0 writes" says ok "fill 4"
	row "and the guest sees it" guest_says ok "check 4"
	row "GRANT_COPY out of them" says ok "get $domid 4 $refs"
	row "GRANT_COPY into them" says ok "put $domid 5 $refs"
	row "and both see it" eval 'guest_says ok "check 5" && says ok "check 5"'
	row "the guest revokes them: dom0 still has what it mapped" eval 'guest_says ok revoke && says ok "check 5"'
	row "dom0 unmaps" says ok unmap
	row "the guest grants two for reading" eval 'share ro 2 && guest_says ok "fill 6"'
	row "which are not mapped for writing" says "errno 22" "map $domid rw $refs"
	row "but for reading" eval 'says ok "map $domid ro $refs" && says ok "check 6" && says ok unmap'
	row "nor copied into" refused "put $domid 7 $refs"
	guest_says ok revoke
	row "revoked, they are not mapped" says "errno 22" "map $domid ro $refs"
	row "nor copied" refused "get $domid 6 $refs"
}

# ---- the guest goes while a page of it is mapped

listed() { xl list | awk -v d="$domid" '$2 == d { found = 1 } END { exit !found }'; }
unlisted() { ! listed; }
no_qemu() { ! pidof xen-qemu-system-i386 > /dev/null; }
no_node() { ! xenstore exists "/local/domain/$domid"; }

destroy() {
	plan 14
	row "the guest's kernel has nothing to complain of" guest log_is_clean
	# xenstored, xenconsoled and QEMU have a ring each
	ours "three clients hold maps" at_least "$(cat $params/live_maps)" 3
	row "rmmod is refused" fails rmmod $module
	row "dom0 maps a page of the guest" eval 'share rw 1 && guest_says ok "fill 8" && says ok "map $domid rw $refs"'
	row "xl destroy" xl destroy "$domid"
	row "the page is what it was" says ok "check 8"
	row "and usable" eval 'says ok "fill 9" && says ok "check 9"'
	row "the domain is still there" listed
	row "unmap" says ok unmap
	row "the domain is gone" within 50 unlisted
	row "from xenstore too" within 50 no_node
	row "and QEMU" within 50 no_qemu
	row "a map of its page is EINVAL" says "errno 22" "map $domid rw $refs"
	# GNTST_bad_domain
	row "a copy has status -2" says "status -2" "get $domid 9 $refs"
}

# ---- the clients end, and so does the driver

gone() { ! pidof "$1" > /dev/null; }
ends() { killall "$1" && within 50 gone "$1"; }

take_down() {
	plan 12
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
	row "$1: $2 gave $4, $3 times or more" at_least "$(count "$1" "IOCTL_GNTDEV_$2" "$4")" "$3"
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
