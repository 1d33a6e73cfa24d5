#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compiles the test programs of dom0 to $BUILD/xen/dom0, and that of the Linux guest to $BUILD/xen/granter, both static,
# unless the first is newer than all they are made of.
# usage: BUILD=... tests/xen/compile.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
grantor=$here/../conformance/grantor
out=$BUILD/xen/dom0

mkdir -p "$BUILD/xen"
exec 9> "$out.lock"
flock 9
[ -z "$(find "$here" "$grantor.c" "$grantor.h" -newer "$out" \( -name '*.[ch]' -o -name compile.sh \) 2>&1)" ] ||
{
	flags="-std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread"
	# shellcheck disable=SC2086
	"${CC:-gcc}" $flags -o "$BUILD/xen/granter" "$here/granter.c"
	# shellcheck disable=SC2086
	"${CC:-gcc}" $flags -o "$out" "$here/dom0.c" "$here/device.c" "$here/smoke.c" "$here/mapping.c" "$here/stress.c" \
		"$here/guest.c" "$here/pvguest.c" "$here/linux.c" "$here/domain.c" "$grantor.c" \
		-Wl,-u,elf_loader,-u,xc_dom_translated -lxenguest -lz \
		-lxenctrl -lxenforeignmemory -lxendevicemodel -lxencall -lxengnttab -lxenevtchn -lxentoollog -lxentoolcore
}
