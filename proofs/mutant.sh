#!/bin/sh
# SPDX-License-Identifier: MIT
# mutant.sh DIRECTORY NAME: one mutant of DIRECTORY/list, in a copy of the core. Run by mutants.sh.
set -eu
work=$1 name=$2
line=$(grep "^$name	" "$work/list")
field() { printf '%s\n' "$line" | cut -f "$1"; }
unit=$(field 2) functions=$(field 3)
copy=$work/$name
mkdir -p "$copy/runs" "$copy/before"
cp -r src/core "$copy/core"
cp "$work"/*.metrics "$copy/runs/"
cp "$work"/*.metrics "$copy/before/"
sed -i "$(field 4-)" "$copy/core/$unit.c"
if cmp -s "src/core/$unit.c" "$copy/core/$unit.c"; then
	echo "SURVIVED $name: the script changes nothing"
	exit 0
fi
# what takes longer than this with the line as it is says nothing of the mutant, unless it takes longer than in the gate
export WP_TIMEOUT=3
slow=$(proofs/unproved.sh "$PWD/src/core" "$copy/before" "$unit" "$functions")
goals=$(proofs/unproved.sh "$copy/core" "$copy/runs" "$unit" "$functions" | grep -vxF "${slow:-none}") || :
if [ -z "$goals" ] && [ -n "$slow" ]; then
	unset WP_TIMEOUT
	goals=$(proofs/unproved.sh "$copy/core" "$copy/runs" "$unit" "$functions")
fi
case $goals in
""|"no verdict"*)	echo "SURVIVED $name: see $copy/runs/verdict" ;;
*)	echo "killed $name: $(echo "$goals" | head -1)" ;;
esac
