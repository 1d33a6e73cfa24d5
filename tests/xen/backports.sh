#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The module on the newest kernel that Debian has for this release, that of its backports: built
# against its headers without a warning, and every test of boot.sh with it as dom0's. The kernel is
# downloaded to $BUILD/xen-backports, and nothing is installed. Two minutes, of which the boot is one.
# Prints what boot.sh prints; its last line is "test-backports: N passed, N failed, N skipped ...".
#
# usage: tests/xen/backports.sh		needs $BUILD/conformance-static
# environment: as for boot.sh, so TYPE=PVH is a PVH dom0
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
KVER=backports
# emulated, this kernel takes its time, and a PVH dom0 more
TIMEOUT=${TIMEOUT:-600}
export BUILD KVER TIMEOUT

if [ ! -f "${CONFORMANCE:-$BUILD/conformance-static}" ]; then
	echo "test-backports: no $BUILD/conformance-static: make it first" >&2
	exit 1
fi
"$here/fetch.sh"
CHECK=1 "$here/../../kernel/build.sh"
status=0
out=$BUILD/xen-backports/out
{ "$here/boot.sh" || echo "# failed: $?"; } | tee "$out" | grep -v '^test-xen: [0-9]* passed\|^# failed: '
grep -q '^test-xen: [0-9]* passed, 0 failed' "$out" && ! grep -q '^# failed: ' "$out" || status=1
sed -n 's/^test-xen: \([0-9]* passed\)/test-backports: \1/p' "$out" | grep . ||
	echo "test-backports: 0 passed, 1 failed, 0 skipped: the boot has no verdict"
exit $status
