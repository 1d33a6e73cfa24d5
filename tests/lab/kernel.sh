#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds a debug kernel of Debian's linux-source-6.1 in $BUILD/lab/NAME from the options of the files
# CONFIG, of which a later one may overrule an earlier one. Nothing is installed. What is there is kept
# as long as the source's version, the options and the compiler are the same: a second run takes a
# second.
#
# usage: tests/lab/kernel.sh NAME CONFIG...
# environment: BUILD (default: build/ of this clone), JOBS (2), SOURCE_DEB (a linux-source-6.1 package
# on disk, instead of a download), KMAKE (more words for make)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}/lab"
BUILD=$(cd "$BUILD" && pwd)
dir=$BUILD/lab
package=linux-source-6.1
name=$1
out=$dir/$name
shift

die() { echo "lab: $*" >&2; exit 1; }

version() {
	if [ -n "${SOURCE_DEB:-}" ]; then
		dpkg-deb -f "$SOURCE_DEB" Version
	else
		apt-cache policy $package | sed -n 's/^  Candidate: //p'
	fi
}

# The source to $source, unpacked once for all kernels.
unpack() {
	tmp=$dir/tmp.$$
	mkdir -p "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	deb=${SOURCE_DEB:-}
	if [ -z "$deb" ]; then
		sandbox=
		# apt's own user could not write to a clone below /root
		[ "$(id -u)" != 0 ] || sandbox="-o APT::Sandbox::User=root"
		echo "lab: downloading $package $version, 140 MB"
		(cd "$tmp" && apt-get -qq $sandbox download "$package=$version") ||
			die "no $package to download: try 'apt-get update', or SOURCE_DEB=<package>"
		deb=$(ls "$tmp"/*.deb)
	fi
	echo "lab: unpacking it, 0.9 GB"
	# what the drivers of graphics and of other processors have is a third of it, and is not built
	dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/src/$package.tar.xz | xz -dc -T0 |
		tar -x -C "$tmp" --exclude='*/drivers/gpu/drm/*/*.[ch]' --exclude='*/arch/[!x]*/*.[chS]' --exclude='*.rst'
	rm -rf "$source"
	mv "$tmp/$package" "$source"
	rm -rf "$tmp"
}

kmake() {
	# shellcheck disable=SC2086
	nice make -C "$source" O="$out" ARCH=x86_64 KBUILD_BUILD_HOST=lab KBUILD_BUILD_USER=lab ${KMAKE:-} "$@"
}

configure() { # config...
	mkdir -p "$out"
	sed '/^#/d' "$@" > "$out/wanted"
	kmake -s KCONFIG_ALLCONFIG="$out/wanted" allnoconfig > "$out/configure.log" 2>&1 ||
		{ cat "$out/configure.log"; die "make allnoconfig failed"; }
	# of two lines about one option the last counts
	tac "$out/wanted" | awk -F= '/^CONFIG/ && !seen[$1]++' | while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%=n}=" "$out/.config" ;;
		*) grep -qxF "$line" "$out/.config" ;;
		esac || echo "$line"
	done > "$out/refused"
	[ ! -s "$out/refused" ] || die "options that did not take: $(tr '\n' ' ' < "$out/refused")"
}

# A line every half a minute: how far it is.
show_progress() { # log
	while sleep 30; do
		echo "lab: kernel $name: $(grep -c '^  [A-Z]' "$1") files built, $(($(date +%s) - start)) s"
	done
}

version=$(version)
case $version in
[0-9]*) ;;
*) die "apt knows no $package: try 'apt-get update'" ;;
esac
source=$dir/source-$version
hash=$({ cat "$@"; echo "$version ${KMAKE:-}"; gcc --version; } | sha256sum | cut -c1-16)
case $dir in
*[[:space:]:]*) die "the kernel's build system cannot work below a path with a space or a colon: $dir" ;;
esac
if [ "$(cat "$out/built" 2>/dev/null)" = "$hash" ]; then
	echo "lab: kernel $name $hash is there"
	exit 0
fi
start=$(date +%s)
rm -f "$out/built"
[ -d "$source" ] || unpack
configure "$@"
show_progress "$out/make.log" &
progress=$!
trap 'kill $progress 2>/dev/null; rm -rf "$dir/tmp.$$"' EXIT
kmake -j "${JOBS:-2}" vmlinux modules > "$out/make.log" 2>&1 ||
	{ tail -n 20 "$out/make.log"; die "the kernel did not build: $out/make.log"; }
echo "$hash" > "$out/built"
echo "lab: kernel $name $hash built in $(($(date +%s) - start)) s"
