#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What an operator gets who installs the package: DKMS itself builds the module from what is in it,
# in folders of its own, and modprobe says what it would load. Nothing is installed; if DKMS is not
# there, its package is unpacked below $BUILD. Half a minute.
# Prints KTAP and one line of counts.
#
# usage: kernel/test-package.sh		makes the package first (package.sh)
# environment: BUILD, KVER, KDIR	as for build.sh
set -eu

PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
mkdir -p "${BUILD:=$top/build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/deb
test=$dir/test
arch=x86_64

die() { echo "test-deb: $*" >&2; exit 1; }

# the headers that build.sh would take
if [ -n "${KVER:-}" ] && [ -f "$BUILD/xen-$KVER/kdir/Makefile" ]; then
	kdir=${KDIR:-$BUILD/xen-$KVER/kdir}
else
	kdir=${KDIR:-/lib/modules/${KVER:-$("$top/tests/xen/fetch.sh" --kver)}/build}
fi
[ -f "$kdir/Makefile" ] || die "no kernel headers in $kdir"
release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$kdir/include/generated/utsrelease.h")

dkms=$(command -v dkms || true)
if [ -z "$dkms" ]; then
	dkms=$dir/dkms/usr/sbin/dkms
	if [ ! -x "$dkms" ]; then
		mkdir -p "$dir/dkms"
		sandbox=
		[ "$(id -u)" != 0 ] || sandbox="-o APT::Sandbox::User=root"
		(cd "$dir/dkms" && apt-get -qq $sandbox download dkms) || die "no dkms to download: try 'apt-get update'"
		dpkg-deb -x "$dir"/dkms/dkms_*.deb "$dir/dkms"
	fi
fi
# it would make a key for itself below /var
run_dkms() { # command argument...
	action=$1; shift
	sign_file=/nonexistent "$dkms" "$action" -m grantproof -v "$version" --dkmstree "$test/tree" \
		--sourcetree "$test/root/usr/src" --installtree "$test/modules" "$@" > "$test/dkms.log" 2>&1
}

n=0 failed=0
row() { # name command...
	name=$1; shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; failed=$((failed + 1)); fi
}
is() { [ "$1" = "$2" ] || { echo "# is '$1', expected '$2'"; false; }; }
field() { modinfo -F "$1" "$built" || true; }
log() { sed 's/^/# /' "$test/dkms.log" "$test"/tree/grantproof/*/build/make.log 2>/dev/null; false; }
builds() { run_dkms build -k "$release/$arch" --kernelsourcedir "$kdir" || log; }
refused() {
	echo >> "$test/root/usr/src/grantproof-$version/core/slots.c"
	run_dkms remove --all
	! builds > "$test/refused" && grep -q 'is not the core of hash' "$test/refused" && [ ! -e "$built" ]
}
same_again() {
	mv "$deb" "$test/first.deb"
	"$here/package.sh" > /dev/null && cmp "$deb" "$test/first.deb"
}
# of the two drivers, with the package's configuration and without it
would_load() { # module, word for the configuration
	m=$test/lib/modules/$release/updates
	mkdir -p "$m" "$test/empty"
	cp "$built" "$m/grantproof.ko"
	cp "$built" "$m/xen-gntdev.ko"
	depmod -b "$test" "$release" 2> /dev/null
	is "$(modprobe -C "$2" -d "$test" -S "$release" -n -v xen-gntdev | sed 's|.*/||; s/ *$//')" "$1"
}

"$here/package.sh"
version=$(sed -n 's/^version := //p' "$here/Kbuild")
deb=$BUILD/grantproof-dkms_${version}_all.deb
rm -rf "$test"
mkdir -p "$test/tree" "$test/modules"
dpkg-deb -x "$deb" "$test/root"
built=$test/tree/grantproof/$version/$release/$arch/module/grantproof.ko
proven=$(cat "$top/proofs/proven.sha256")

echo "KTAP version 1"
echo "1..9"
row "the package is the same when it is made again" same_again
row "its core is the proven one" is "$("$top/proofs/core-hash.sh" "$test/root/usr/src/grantproof-$version/core")" "$proven"
row "DKMS builds it for Linux $release" builds
[ ! -f "$built.xz" ] || xz -d "$built.xz"
row "the module carries the hash of the proven core" is "$(field core_sha256)" "$proven"
row "the version of the package" is "$(field version)" "$(dpkg-deb -f "$deb" Version)"
row "and that of the specification" grep -q "^Version $(field spec_version): " "$top/spec/requirements.md"
row "with the package, modprobe xen-gntdev loads it" would_load grantproof.ko "$test/root/usr/lib/modprobe.d"
row "without, the stock module" would_load xen-gntdev.ko "$test/empty"
row "a core with one byte more is refused" refused
echo "test-deb: $((n - failed)) passed, $failed failed, 0 skipped"
exit $((failed != 0))
