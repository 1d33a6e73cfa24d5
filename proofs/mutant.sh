#!/bin/sh
# SPDX-License-Identifier: MIT
# mutant.sh DIRECTORY NAME: one mutant of DIRECTORY/list, in a copy of the core. Run by mutants.sh.
set -eu
work=$1 name=$2 here=$PWD
line=$(grep "^$name	" "$work/list")
field() { printf '%s\n' "$line" | cut -f "$1"; }
unit=$(field 2) functions=$(field 3)
copy=$work/$name
mkdir -p "$copy/runs"
cp -r src/core "$copy/core"
cp "$work"/*.metrics "$copy/runs/"
sed -i "$(field 4-)" "$copy/core/$unit.c"
if cmp -s "src/core/$unit.c" "$copy/core/$unit.c"; then
	echo "SURVIVED $name: the script changes nothing"
	exit 0
fi
cd "$copy/core"
PWD=$(pwd -P)
WP_TIMEOUT=3 "$here/proofs/wp.sh" second "$unit.c" "$functions" "$copy/runs/$unit.second.0"
cd "$here"
# no smoke tests are run here, so only an unproved goal counts
proofs/gate.py verdict "$copy/runs" proofs/ledger "$copy/core" $(echo "$functions" | tr , ' ') >"$copy/verdict" 2>&1 || :
if reason=$(grep -m 1 'not proved: ' "$copy/verdict"); then
	echo "killed $name: ${reason#*not proved: }"
else
	echo "SURVIVED $name: see $copy/verdict"
fi
