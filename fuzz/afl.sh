#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzzes a target with AFL++: one process that runs many inputs (persistent), which it gets through shared memory; for ioctl
# with the mutator of programs.
#
# usage: afl.sh TARGET SECONDS    (in the clone's root)
set -eu
b=${BUILD:-build}
target=${1:?usage: afl.sh TARGET SECONDS} time=${2:?usage: afl.sh TARGET SECONDS}
out=$b/afl/$target
found() { find "$out"/*/crashes "$out"/*/hangs -type f ! -name README.txt 2>/dev/null || :; }
# what an earlier run found may not have been looked at
if [ -n "$(found)" ]; then
	kept=$b/findings/$target-$(date -u +%Y%m%d-%H%M%S)
	mkdir -p "$kept"
	found | xargs cp -t "$kept"
	echo "# fuzz-afl: what the run before this one found is in $kept"
fi
rm -rf "$out"
mkdir -p "$out"
export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_QUIET=1
[ "$target" != ioctl ] || export AFL_CUSTOM_MUTATOR_LIBRARY="$b/afl-mutator.so"
# a target whose inputs are dice has no dictionary
dict=
! grep -qs '=' "$b/$target.dict" || dict=$b/$target.dict
afl-fuzz -V "$time" -t 25000 ${dict:+-x "$dict"} -i "$b/seeds/$target" -o "$out" -- "$b/afl-$target" > "$out.log" 2>&1 || { tail -30 "$out.log"; echo "fuzz-afl: FAILED"; exit 1; }
stat() { sed -n "s/^$1 *: *//p" "$out/default/fuzzer_stats"; }
crashes=$(found | wc -l)
echo "fuzz-afl: $target: $(stat execs_done) inputs in $time s, $(stat corpus_count) kept, $(stat bitmap_cvg) of the map, $crashes crashes or hangs"
[ "$crashes" = 0 ] || { echo "fuzz-afl: FOUND SOMETHING: make triage FUZZ_TARGET=$target INPUT='$(found | head -1)'"; exit 1; }
