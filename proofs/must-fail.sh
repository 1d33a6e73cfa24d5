#!/bin/sh
# SPDX-License-Identifier: MIT
# must-fail.sh WORK PATCH: applies the patch to a copy of the core, or of the armed*.c of the model if its unit is one, and puts the
# functions it names through the gate, which has to reject it for the reason the patch names. Its head has lines  Unit: ...
# Function: F[,G...]  Runs: first smoke  Expect: REGEX  and, to prove only some clauses,  Properties: ...
# With  Runs: calls  it looks at who calls whom instead, with  Runs: text  at what is read without a proof.
set -eu
work=$1 patch=$PWD/$2
name=$(basename "$patch" .patch)
field() { sed -n "s/^$1: //p" "$patch"; }
unit=$(field Unit) function=$(field Function) expect=$(field Expect) properties=$(field Properties)
copy=$work/must-fail/$name
rm -rf "$copy"
mkdir -p "$copy/runs"
cp -r src/core "$copy/core"
folder=$copy/core
case $unit in
armed_*) folder=$copy/model; mkdir "$folder"; cp src/model/armed* "$folder/" ;;
esac
if ! patch -s -d "$folder" -p1 <"$patch" >"$copy/patch.log" 2>&1; then
	echo "ACCEPTED $name: the patch no longer applies"
	exit 1
fi
here=$PWD runs=$(field Runs)
case $runs in
calls)	proofs/scan.sh --calls "$copy/runs" "$copy"/core/*.c ;;
*)	cp "$work"/runs/*.metrics "$work"/runs/*.printed "$copy/runs/" # of the core as it is: what is expected concerns one unit
	proofs/scan.sh "$copy/runs" "$folder/$unit.c" ;;
esac
cd "$folder"
PWD=$(pwd -P)
for kind in $runs; do
	case $kind in
	calls | text) ;;
	smoke)	"$here/proofs/wp.sh" smoke "$unit.c" "$function" "$copy/runs/$unit.smoke.0" ;;
	*)	WP_TIMEOUT=3 "$here/proofs/wp.sh" "$kind" "$unit.c" "$function" "$copy/runs/$unit.$kind.0" "$properties" ;;
	esac
done
[ -z "$(field Lose)" ] || rm -f "$copy/runs/$(field Lose)"
cd "$here"
accepted=yes
case $runs in
calls)	set -- units "$copy/runs" $(ls "$copy/core" | sed -n 's/\.c$//p') ;;
text)	set -- text "$copy/runs" "$folder" ;;
*)	set -- verdict "$copy/runs" proofs/ledger "$folder" $(echo "$function" | tr , ' ') ;;
esac
proofs/gate.py "$@" >"$copy/verdict" 2>&1 || accepted=
if [ -n "$accepted" ]; then
	echo "ACCEPTED $name: the gate did not see it"
	exit 1
fi
if ! grep -Eq "$expect" "$copy/verdict"; then
	echo "ACCEPTED $name: rejected for another reason than '$expect' (see $copy/verdict)"
	exit 1
fi
echo "rejected $name: $(grep -E -m 1 "$expect" "$copy/verdict" | sed 's/^ *//')"
