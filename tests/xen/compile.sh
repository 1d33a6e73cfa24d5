#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Compiles the test programs of dom0 to $BUILD/xen/dom0, static, unless that is newer than all it is made of.
# usage: BUILD=... tests/xen/compile.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
grantor=$here/../conformance/grantor
out=$BUILD/xen/dom0

mkdir -p "$BUILD/xen"
exec 9> "$out.lock"
flock 9
[ -z "$(find "$here" "$grantor.c" "$grantor.h" -newer "$out" \( -name '*.[ch]' -o -name compile.sh \) 2>&1)" ] ||
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -o "$out" "$here/dom0.c" "$here/smoke.c" \
		"$here/mapping.c" "$here/stress.c" "$here/guest.c" "$here/domain.c" "$grantor.c" \
		-lxenctrl -lxenforeignmemory -lxendevicemodel -lxencall -lxengnttab -lxenevtchn -lxentoollog -lxentoolcore
