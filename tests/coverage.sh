#!/bin/sh
# SPDX-License-Identifier: MIT
# Branch coverage of src/core by the tests: builds the core with gcov's counters, runs every test that runs in user space, and fails
# unless every branch was taken. The report is build/coverage/report.txt, the annotated sources build/coverage/*.gcov.
set -eu
cd "$(dirname "$0")/.."
root=$PWD work=$PWD/build/coverage
warn="-std=gnu11 -g -Wall -Wextra"
inc="-Isrc/core -Isrc/model -Ispec"
hash=-DGNT_CORE_SHA256="\"$(proofs/core-hash.sh)\""
rm -rf "$work"
mkdir -p "$work/core" "$work/other"

say() { printf 'coverage: %s\n' "$*"; }
say "building"
for source in src/core/*.c; do
	gcc $warn -O0 --coverage -Isrc/core -c -o "$work/core/$(basename "$source" .c).o" "$source"
done
for source in src/model/*.c spec/reference.c tests/conformance/*.c tests/model/*.c tests/unit/*.c tests/reference/*.c fuzz/*.c; do
	echo "$source"
done | xargs -P "$(nproc)" -I{} sh -c 'gcc '"$warn $inc"' -Ifuzz "$0" -O1 -c -o "$1/other/$(echo "$2" | tr / _).o" "$2"' "$hash" "$work" {}

objects() { # the objects of a directory's sources
	for source in "$1"/*.c; do echo "$work/other/$(echo "$source" | tr / _).o"; done
}
link() { out=$1; shift; gcc --coverage -o "$work/$out" "$@"; }
model=$(objects src/model)
# the unit tests stand in for the environment themselves, as far as they need one
unit_core=$(ls "$work"/core/*.o | grep -v /instance.o)
link unit $(objects tests/unit) $unit_core
link conformance $(objects tests/conformance) $model "$work"/core/*.o
fuzz() { for name; do echo "$work/other/fuzz_$name.c.o"; done; }
run_programs=$(fuzz program execute execute_ioctl possible on_model on_model_errno)
link replay $(fuzz replay ioctl) $run_programs $model "$work"/core/*.o
link program $(fuzz tool answer dictionary file text) $run_programs $model "$work"/core/*.o

run() { say "$(echo "$*" | cut -c1-100)"; "$work/$@" >"$work/$1.log" 2>&1 || { tail -20 "$work/$1.log"; say "FAILED: $*"; exit 1; }; }
run unit
for profile in linux header; do
	for mode in pv auto; do
		run conformance --device model --profile $profile --mode $mode
	done
done
for profile in linux header; do
	for mode in pv auto; do
		run conformance --fail-nth --profile $profile --mode $mode
	done
done
fuzz/seeds.sh "$work/program" ioctl "$work/seeds"
run replay "$work"/seeds/*

cd "$work"
gcov --branch-counts --branch-probabilities --json-format --stdout core/*.gcda >coverage.json 2>gcov.log
gcov --branch-counts --branch-probabilities core/*.gcda >/dev/null 2>&1 || :
"$root/tests/coverage.py" coverage.json "$root/tests/dead-branches" >report.txt || { tail -30 report.txt; say "FAILED, see $work/report.txt"; exit 1; }
say "report: $work/report.txt"
tail -1 report.txt
