#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds grantproof.ko in $BUILD/module out of a copy of kernel/ and src/core/: the source tree is
# not written to. The core is built only if it is, byte for byte, the one that proofs/proven.sha256
# says was proven; its hash is in the module (modinfo -F core_sha256), and so is the version of the
# specification it was proven against (modinfo -F spec_version).
#
# usage: [CHECK=1] [UNPROVEN=1] [KVER=release] kernel/build.sh
#	CHECK=1: sparse, and every warning of the kernel's W=1 is an error
#	UNPROVEN=1: takes any core, for experiments; the module then says "unproven"
#	KVER=backports: for the kernel that tests/xen/fetch.sh of the same KVER brought
# environment: BUILD (default: build/ of this clone), KVER (the kernel release, default: the newest
# with headers; a KVER that is set has a folder of its own, $BUILD/module-$KVER), KDIR (its
# headers), CORE_SHA256 (what the caller believes the hash to be), JOBS
set -eu

here=$(cd "$(dirname "$0")" && pwd)
core=$here/../src/core
proofs=$here/../proofs
mkdir -p "${BUILD:=$here/../build}"
BUILD=$(cd "$BUILD" && pwd)
dir=$BUILD/module${KVER:+-$KVER}

die() { echo "module: $*" >&2; exit 1; }

kver() {
	for d in /lib/modules/*/build; do
		[ ! -f "$d/Makefile" ] || (d=${d%/build}; echo "${d##*/}")
	done | sort -V | tail -n 1
}

# Copies what differs, so that make sees what changed, and removes what is no longer there.
copy() { # from to
	mkdir -p "$2"
	for f in "$1"/*.[ch]; do
		cmp -s "$f" "$2/${f##*/}" || cp "$f" "$2/"
	done
	for f in "$2"/*.[ch]; do
		case $f in
		*.mod.c) ;;
		*) [ -f "$1/${f##*/}" ] || rm "$f" ;;
		esac
	done
}

case $here$BUILD in
*[[:space:]:]*) die "the kernel's build system cannot work below a path with a space or a colon: $BUILD" ;;
esac
kver=${KVER:-$(kver)}
kdir=${KDIR:-/lib/modules/$kver/build}
# headers that are not installed, but were downloaded for the rig
[ -n "${KDIR:-}" ] || [ ! -f "$BUILD/xen-$kver/kdir/Makefile" ] || kdir=$BUILD/xen-$kver/kdir
[ -f "$kdir/Makefile" ] ||
	die "no kernel headers in $kdir: install linux-headers-amd64, set KDIR, or for backports run tests/xen/fetch.sh"
release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' "$kdir/include/generated/utsrelease.h")

rm -f "$dir/grantproof.ko"
copy "$here" "$dir/kernel"
copy "$core" "$dir/core"
for f in "$here/Kbuild" "$proofs/core-hash.sh"; do
	cmp -s "$f" "$dir/${f##*/}" || cp "$f" "$dir/"
done

# of the copy, which is what is built
hash=$("$proofs/core-hash.sh" "$dir/core")
spec=$(sed -n 's/^Version \([0-9.]*[0-9]\):.*/\1/p' "$here/../spec/requirements.md" 2>/dev/null || true)
if [ "${UNPROVEN:-0}" = 1 ]; then
	hash=unproven spec=unproven
elif [ -z "$spec" ]; then
	die "spec/requirements.md does not say its version"
elif [ "$hash" != "${CORE_SHA256:-$hash}" ]; then
	die "src/core is not the core of hash $CORE_SHA256"
elif [ "$hash" != "$(cat "$proofs/proven.sha256" 2>/dev/null)" ]; then
	die "src/core is not the core that was proven: run 'make prove', or build an experiment with UNPROVEN=1"
fi

# BTF needs the kernel's own image, which is not part of its headers
# a make that called us has jobs of its own to give away, which the kernel's would complain about
unset MAKEFLAGS MFLAGS
set -- -C "$kdir" "M=$dir" "CORE_SHA256=$hash" "SPEC_VERSION=$spec" CONFIG_DEBUG_INFO_BTF_MODULES= -j "${JOBS:-2}"
if [ "${CHECK:-0}" = 1 ]; then
	make "$@" clean > /dev/null
	make "$@" W=1 C=1 modules > "$dir/check.log" 2>&1 || { cat "$dir/check.log"; die "the build failed"; }
	! grep -E 'warning|error' "$dir/check.log" || die "warnings: see $dir/check.log"
else
	make -s "$@" modules
fi
if [ "$hash" != unproven ] && [ "$("$proofs/core-hash.sh" "$dir/core")" != "$hash" ]; then
	rm -f "$dir/grantproof.ko"
	die "the core changed during the build"
fi
echo "module: $dir/grantproof.ko for Linux $release, core $hash"
