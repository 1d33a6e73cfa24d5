#!/bin/sh
# SPDX-License-Identifier: MIT
# must-fail.sh DIRECTORY PATCH: applies the patch to a copy of the core and puts the function it names through the gate, which has to
# reject it for the reason the patch names. Its head has lines  Unit: ...  Function: ...  Runs: first smoke  Expect: REGEX
# and, to prove only some clauses,  Properties: ...
set -eu
directory=$1 patch=$PWD/$2
name=$(basename "$patch" .patch)
field() { sed -n "s/^$1: //p" "$patch"; }
unit=$(field Unit) function=$(field Function) expect=$(field Expect) properties=$(field Properties)
copy=$directory/$name
rm -rf "$copy"
mkdir -p "$copy/runs"
cp -r src/core "$copy/core"
if ! patch -s -d "$copy/core" -p1 <"$patch" >"$copy/patch.log" 2>&1; then
	echo "ACCEPTED $name: the patch no longer applies"
	exit 1
fi
here=$PWD
for source in "$copy"/core/*.c; do
	u=$(basename "$source" .c)
	frama-c -machdep gcc_x86_64 -metrics "$source" >"$copy/runs/$u.metrics" 2>&1 || :
done
cd "$copy/core"
PWD=$(pwd -P)
for kind in $(field Runs); do
	case $kind in
	smoke)	"$here/proofs/wp.sh" smoke "$unit.c" "$function" "$copy/runs/$unit.smoke.0" ;;
	*)	WP_TIMEOUT=3 "$here/proofs/wp.sh" "$kind" "$unit.c" "$function" "$copy/runs/$unit.$kind.0" "$properties" ;;
	esac
done
[ -z "$(field Lose)" ] || rm -f "$copy/runs/$(field Lose)"
cd "$here"
if proofs/gate.py verdict "$copy/runs" proofs/ledger "$copy/core" "$function" >"$copy/verdict" 2>&1; then
	echo "ACCEPTED $name: the gate did not see it"
	exit 1
fi
if ! grep -Eq "$expect" "$copy/verdict"; then
	echo "ACCEPTED $name: rejected for another reason than '$expect' (see $copy/verdict)"
	exit 1
fi
echo "rejected $name: $(grep -E -m 1 "$expect" "$copy/verdict" | sed 's/^ *//')"
