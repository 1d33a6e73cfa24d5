#!/bin/sh
# SPDX-License-Identifier: MIT
# The gate: proves every function of src/core, and of src/model/armed*.c that they say exactly what the predicates of the core say; and
# shows that it can fail.
#   prove.sh          unchanged units are replayed from the cache in build/
#   prove.sh --cold   the same from an empty cache
#   prove.sh --ledger the same as without, and writes proofs/ledger and proofs/contracts anew instead of comparing with them
#   prove.sh --must-fail  only the cases that must be rejected
# Exit status 0 only if all goals are proved, all smoke tests pass, nothing is admitted, the ledger holds and each case of
# proofs/must-fail is rejected. Then proofs/proven.sha256 names the core that was proven.
set -eu
# Frama-C resolves relative paths through $PWD: a stale one makes it do nothing, successfully
cd "$(dirname "$0")/.."
PWD=$(pwd -P)
export PWD LC_ALL=C
mode=${1:-}
work=$PWD/build/prove
units="slots table copy request notify map state uses transfer instance armed_slots armed_state armed_map armed_copy"
sources=$(echo src/core/*.c src/model/armed*.c)
proven=src/core,src/model/armed
export CPATH=../core:src/core # where a mirror finds the core it is compiled with
cores=$(nproc)
start=$(date +%s)

rm -rf "$work/runs" "$work/must-fail"
mkdir -p "$work/runs" "$work/must-fail"
if [ "$mode" = --cold ]; then
	rm -rf "$work/cold"
	WPCACHE=$work/cold/wp REPORTS=
else
	WPCACHE=$PWD/build/cache/wp REPORTS=$PWD/build/cache/reports
	mkdir -p "$REPORTS"
fi
mkdir -p "$WPCACHE"
WHY3CONFIG=$work/why3.conf
export WPCACHE REPORTS WHY3CONFIG
why3 config detect >"$work/why3.log" 2>&1 || { cat "$work/why3.log"; exit 1; }
TOOLS="$(frama-c -version) $(z3 --version) $(cvc4 --version | head -1) $(sha256sum proofs/wp.sh | cut -c1-64)"
export TOOLS

say() { printf '[%3ds] %s\n' $(($(date +%s) - start)) "$*"; }
core=$(proofs/core-hash.sh)
run_jobs() { # runs the jobs on standard input, one line each, on all cores
	# shellcheck disable=SC2016
	xargs -r -P "$cores" -L 1 sh -c 'case $2 in armed_*) cd src/model ;; *) cd src/core ;; esac; "$0" "$1" "$2.c" "$3" "$4"' "$PWD/proofs/wp.sh"
}

proved=0
if [ "$mode" != --must-fail ]; then
	for source in $sources; do
		case " $units " in *" $(basename "$source" .c) "*) ;; *) echo "gate: $source is not among the units"; exit 1 ;; esac
	done
	proofs/scan.sh --calls "$work/runs" $sources
	proofs/gate.py units "$work/runs" $units
	proofs/gate.py jobs "$work/runs" proofs/ledger "$cores" $units >"$work/jobs"
	say "proving: $(wc -l <"$work/jobs") runs on $cores cores"
	run_jobs <"$work/jobs"
	proofs/gate.py again "$work/runs" >"$work/again"
	say "second prover for $(wc -l <"$work/again") functions"
	run_jobs <"$work/again"
	if [ "$mode" = --ledger ]; then
		proofs/gate.py ledger "$work/runs" >"$work/ledger"
		proofs/gate.py contracts "$work/runs" >"$work/contracts"
		cp "$work/ledger" "$work/contracts" proofs/
	fi
	proofs/gate.py verdict "$work/runs" proofs/ledger $proven >"$work/verdict" || proved=1
	grep -v '^prove: ' "$work/verdict" || :
fi

say "must-fail cases"
[ "$mode" != --must-fail ] || proofs/scan.sh "$work/runs" $sources
rejected=0
ls proofs/must-fail/*.patch | xargs -P "$cores" -n 1 proofs/must-fail.sh "$work" >"$work/must-fail.log" || rejected=1
sort "$work/must-fail.log"
cases=$(ls proofs/must-fail/*.patch | wc -l)
count=$(grep -c '^rejected ' "$work/must-fail.log" || :)
[ "$count" -eq "$cases" ] || rejected=1

if [ "$mode" = --must-fail ]; then
	echo "$count passed, $((cases - count)) failed, 0 skipped"
	exit $rejected
fi
if [ $proved -eq 0 ] && [ $rejected -eq 0 ]; then
	[ "$(proofs/core-hash.sh)" = "$core" ] || { echo "gate: src/core changed during the proof"; exit 1; }
	echo "$core" >"$work/proven.sha256"
	if ! cmp -s "$work/proven.sha256" proofs/proven.sha256; then
		cp "$work/proven.sha256" proofs/proven.sha256
		say "proofs/proven.sha256 now names this core: commit it with the change"
	fi
fi
say "$count of $cases must-fail cases rejected"
grep '^prove: ' "$work/verdict"
[ $proved -eq 0 ] && [ $rejected -eq 0 ] || { echo "prove: FAILED"; exit 1; }
