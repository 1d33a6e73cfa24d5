# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# The toolstack, a guest with a console, and its disk: parts of clients-init.sh. To be sourced.

guest_log=/var/log/xen/console/guest-client.log
size=6291456

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
	device_model_version = "qemu-xen"
	device_model_override = "/bin/traced-qemu"
	END
}
disk="format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=/run/disk"

# Was a time up that a machine with other things to do may not keep? xl gives QEMU ten seconds to answer; strace has three
# to begin with QEMU (clients-init.sh), or else ends it before it has said anything.
time_was_up() {
	grep -q 'Post DM startup configs failed, rc=-9' /run/create ||
		{ grep -q 'device model: spawn failed' /run/create && ! [ -s /var/log/xen/qemu-dm-client.log ]; }
}
create() {
	printf '#!/bin/sh\nexec /init traced qemu /usr/libexec/xen-qemu-system-i386 "$@"\n' > /bin/traced-qemu
	chmod 755 /bin/traced-qemu
	head -c $size /dev/urandom > /run/disk
	cp /run/disk /run/disk.before
	configuration > /run/guest.cfg
	for attempt in 1 2 3 4 5; do
		xl create -e /run/guest.cfg > /run/create 2>&1 && domid=$(xl domid client) && return 0
		sed 's/^/# xl: /' /run/create
		time_was_up || break
		echo "# attempt $attempt: a time was up"
		# it still has the disk
		within 600 no_qemu
	done
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
	is "$(guest 'until [ -s /run/typed ]; do usleep 50000; done; cat /run/typed' | tr -d '\r')" "typed $NONCE"
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
	row "the guest's console comes through xenconsoled" within 1000 console_has "guest: up $NONCE"
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

