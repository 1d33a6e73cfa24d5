#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the module say which core it is made of, what version it and its specification have, and what
# each of its parameters means? Does build.sh refuse to make one of another core than the proven?
# Run after build.sh. Prints KTAP and one line of counts.
# environment: BUILD, KVER	as for build.sh
set -eu

PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "$0")" && pwd)
top=$here/..
BUILD=${BUILD:-$top/build}
module=$BUILD/module${KVER:+-$KVER}/grantproof.ko
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# a tree with just what build.sh needs, to be spoilt
mkdir "$tmp/tree" "$tmp/tree/src" "$tmp/tree/proofs" "$tmp/tree/spec"
cp -R "$here" "$tmp/tree/kernel"
cp -R "$top/src/core" "$tmp/tree/src/core"
cp "$top/spec/requirements.md" "$tmp/tree/spec/"
cp "$top/proofs/core-hash.sh" "$top/proofs/proven.sha256" "$tmp/tree/proofs/"
build() {
	rm -rf "$tmp/build"
	env -u CORE_SHA256 -u KVER BUILD="$tmp/build" "$@" "$tmp/tree/kernel/build.sh" > "$tmp/out" 2>&1
}

n=0 failed=0
row() { # name command...
	name=$1; shift
	n=$((n + 1))
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; failed=$((failed + 1)); fi
}
refused() { ! build "$@" && grep -q "$why" "$tmp/out" && [ ! -e "$tmp/build/module/grantproof.ko" ]; }
field() { modinfo -F "$1" "$module" || true; }
# a version, and nothing that failed to become one
version() { echo "$1" | grep -qE '^[0-9]+(\.[0-9]+)+$' || { echo "# is '$1'"; false; }; }
# GNT-MOD-004, GNT-MOD-006: what modinfo shows of a parameter is "name:what it means", or "name:(type)"
documented() { # parameter...
	for p; do
		field parm | grep -qE "^$p:[A-Z0-9].{20}" || { echo "# $p is not documented"; return 1; }
	done
	is "$(field parm | wc -l)" $#
}
is() { [ "$1" = "$2" ] || { echo "# is '$1', expected '$2'"; false; }; }

echo "KTAP version 1"
echo "1..11"
carried=$(field core_sha256)
row "the module carries the hash of src/core" is "$carried" "$("$top/proofs/core-hash.sh" "$top/src/core")"
row "which is that of the proven core" is "$carried" "$(cat "$top/proofs/proven.sha256")"
row "whose tokens the kernel's compiler reads as the proof did" "$top/proofs/tokens.sh"
row "its version" version "$(field version)"
row "the version of the specification" eval 'version "$(field spec_version)" &&
	grep -q "^Version $(field spec_version): " "$top/spec/requirements.md"'
row "each parameter is documented" documented limit profile live_maps live_pages live_handles lost_pages core_sha256
why="not the core of hash"
row "a core of another hash than the caller's is refused" refused CORE_SHA256=0
why="does not say its version"
sed -i.whole '/^Version /d' "$tmp/tree/spec/requirements.md"
row "a specification without a version is refused" refused
mv "$tmp/tree/spec/requirements.md.whole" "$tmp/tree/spec/requirements.md"
why="not the core that was proven"
echo >> "$tmp/tree/src/core/slots.c"
row "a core with one byte more is refused" refused
row "an experiment with it says that it is one" eval 'build UNPROVEN=1 &&
	is "$(modinfo -F core_sha256 "$tmp/build/module/grantproof.ko")" unproven'
why="a path with a space"
row "a path with a space is refused in plain words" refused BUILD="$tmp/build x"
echo "test-module: $((n - failed)) passed, $failed failed, 0 skipped"
exit $((failed != 0))
