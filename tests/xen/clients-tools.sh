#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Brings the programs of a Xen dom0 to $BUILD/clients/tools.cpio, the larger part of an initramfs: the toolstack,
# C xenstored, xenconsoled, QEMU and strace, each with the libraries it needs, out of Debian's own packages.
# Nothing is installed: apt itself says what they depend on, as if on a machine where nothing is installed,
# and downloads it below $BUILD/clients. A second run finds everything.
#
# usage: tests/xen/clients-tools.sh	environment: BUILD (default: build/ of this clone)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
dir=$(cd "$BUILD" && pwd)/clients
tmp=$dir/tmp.tools
packages="xen-utils-4.17 xenstore-utils qemu-system-xen strace"
xen=usr/lib/xen-4.17/bin
programs="$xen/xl $xen/xenstored $xen/xenconsoled $xen/xen-init-dom0 usr/bin/xenstore
usr/libexec/xen-qemu-system-i386 usr/bin/strace"
# the loader asks for it where no list of libraries does
loader=lib64/ld-linux-x86-64.so.2

die() { echo "clients-tools: $*" >&2; exit 1; }

# apt-get for a machine without a package, with the lists of this one
apt() {
	# apt's own user could not write to a clone below /root; apt would say so at length
	[ "$(id -u)" != 0 ] || set -- -o APT::Sandbox::User=root "$@"
	apt-get -qq -o "Dir::State::status=$dir/no-packages" -o "Dir::Cache=$dir/apt" -o "Dir::Cache::archives=$dir/debs" \
		-o Debug::NoLocking=1 --no-install-recommends "$@"
}

# The libraries that the ELF files named on standard input need, and those that these need.
libraries() {
	while read -r file; do
		objdump -p "$tmp/all/$file" | sed -n 's/^ *NEEDED *//p'
	done | sort -u | while read -r name; do
		path=$(cd "$tmp/all" && find lib usr/lib -name "$name" | head -n 1)
		[ -n "$path" ] || die "no package has $name"
		echo "$path"
	done
}

closure() {
	for p in $programs; do echo "$p"; done > "$tmp/closure"
	: > "$tmp/before"
	while ! cmp -s "$tmp/before" "$tmp/closure"; do
		cp "$tmp/closure" "$tmp/before"
		libraries < "$tmp/before" > "$tmp/more"
		sort -u "$tmp/before" "$tmp/more" > "$tmp/closure"
	done
	echo "$loader" >> "$tmp/closure"
	# QEMU does not start without one
	echo usr/share/qemu/keymaps/en-us >> "$tmp/closure"
}

# the paths on standard input, each after the folders it is in
with_folders() {
	awk -F / '{ p = $1; for (i = 2; i <= NF; i++) { if (!seen[p]++) print p; p = p "/" $i } print p }'
}

mkdir -p "$dir/debs/partial" "$dir/apt"
exec 8> "$dir/lock-tools"
flock 8
[ -f "$dir/no-packages" ] || : > "$dir/no-packages"
# the names of the package files
want=$(apt -s install $packages | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*\[\(.*\)\]).*/\1_\2_\3.deb/p' | sed 's/:/%3a/g' | sort)
[ -n "$want" ] || die "apt knows no $packages: try 'apt-get update'"
debs=$want
# what becomes of them is said in this file
want="$want $(cksum < "$0")"
if [ ! -f "$dir/tools.cpio" ] || [ "$(cat "$dir/tools.list" 2>/dev/null)" != "$want" ]; then
	echo "clients-tools: downloading $packages and what they need"
	rm -rf "$tmp" "$dir/tools.list"
	mkdir -p "$tmp/all"
	trap 'rm -rf "$tmp"' EXIT
	# those that are there already are not loaded again
	apt --download-only -y install $packages
	for deb in $debs; do
		dpkg-deb -x "$dir/debs/$deb" "$tmp/all"
	done
	closure
	with_folders < "$tmp/closure" > "$tmp/files"
	(cd "$tmp/all" && cpio -o -H newc -L --quiet -R 0:0 < "$tmp/files") > "$dir/tools.cpio.part"
	mv "$dir/tools.cpio.part" "$dir/tools.cpio"
	echo "$want" > "$dir/tools.list"
fi
echo "clients-tools: $(du -m "$dir/tools.cpio" | cut -f 1) MiB in $dir/tools.cpio"
