#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that are missing, and says which. Nothing else on the machine is changed.
set -eu
packages="gcc libc6-dev make patch python3 binutils
frama-c-base why3 z3 cvc4 libgmp-dev
clang libclang-rt-14-dev llvm-14 afl++ zip
linux-libc-dev libxen-dev zlib1g-dev linux-headers-amd64 sparse
flex bison bc libelf-dev
qemu-system-x86 busybox-static cpio kmod xz-utils zstd util-linux"

missing=
for p in $packages; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || :)" = installed ] || missing="$missing $p"
done
# the rig downloads a kernel and a hypervisor (without installing them): apt must know of them
lists=$(apt-cache policy xen-hypervisor-4.17-amd64 2>/dev/null | sed -n 's/^  Candidate: //p')
if [ -z "$missing" ] && [ -n "$lists" ] && [ "$lists" != "(none)" ]; then
	echo "packages: all there"
	exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo "packages: neither root nor sudo; install as root:$missing" >&2; exit 1; }
	sudo=sudo
fi
echo "packages: updating apt's lists"
$sudo apt-get -qq update
if [ -n "$missing" ]; then
	echo "packages: installing$missing"
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null ||
		{ echo "packages: apt-get install failed" >&2; exit 1; }
fi
echo "packages: ready"
