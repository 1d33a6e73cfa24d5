# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# Programs that share pages with the guest, and what becomes of them without it: parts of clients-init.sh. To be sourced.

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
	plan 13 12
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
	plan 14 13
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

