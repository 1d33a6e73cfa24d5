#!/bin/sh
# SPDX-License-Identifier: MIT
# The goals of FUNCTIONS (with commas) of CORE/UNIT.c that are not proved in WP_TIMEOUT seconds by either prover, a line each.
# DIRECTORY has the metrics of proofs/scan.sh, and is given the reports. "no verdict": there is none to read.
# usage: unproved.sh CORE DIRECTORY UNIT FUNCTIONS
set -eu
core=$1 out=$2 unit=$3 functions=$4
here=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$core"
PWD=$(pwd -P)
"$here/proofs/wp.sh" second "$unit.c" "$functions" "$out/$unit.second.0"
cd "$here"
# no smoke tests are run here, so only an unproved goal counts
proofs/gate.py verdict "$out" proofs/ledger "$core" $(echo "$functions" | tr , ' ') >"$out/verdict" 2>&1 || :
if grep -q "no summary" "$out/verdict"; then
	echo "no verdict: see $out/verdict"
else
	sed -n 's/.*not proved: //p' "$out/verdict" | grep -v '^gate' | sort -u
fi
