#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the fuzz targets reach of src/core, line by line and branch by branch, as pages for a browser: over the seeds, the corpora
# that make fuzz has left, and the regressions.
#
# usage: coverage.sh TARGET...    (in the clone's root, when the programs are built)
set -eu
export LC_ALL=C
b=${BUILD:-build}
out=$b/fuzz-coverage
rm -rf "$out"
mkdir -p "$out"
tool() { command -v "llvm-$1-14" || command -v "llvm-$1"; }
count=0 objects=
for target; do
	fuzz/regression.sh make "$target" "$b/fuzz-regressions/$target"
	mkdir -p "$b/corpus/$target"
	find "$b/seeds/$target" "$b/corpus/$target" "$b/fuzz-regressions/$target" -type f ! -name '*.log' > "$out/$target.inputs"
	inputs=$(wc -l < "$out/$target.inputs")
	count=$((count + inputs)) objects="$objects -object $b/llvm-$target"
	echo "# fuzz-coverage: $target: $inputs inputs"
	LLVM_PROFILE_FILE="$out/$target-%p.profraw" xargs "$b/llvm-$target" < "$out/$target.inputs" > "$out/$target.log" 2>&1 ||
		{ tail -3 "$out/$target.log"; echo "fuzz-coverage: FAILED: $target dies of an input"; exit 1; }
done
"$(tool profdata)" merge -sparse -o "$out/all.profdata" "$out"/*.profraw
# shellcheck disable=SC2086
set -- -instr-profile="$out/all.profdata" ${objects# -object }
"$(tool cov)" show -format=html -show-branches=count -show-line-counts-or-regions -output-dir="$out" "$@" > /dev/null
"$(tool cov)" report -show-branch-summary "$@" > "$out/summary.txt"
rm -f "$out"/*.profraw
awk -v n="$count" -v page="$out/index.html" '$1 == "TOTAL" {
	printf "fuzz-coverage: %s of functions, %s of lines, %s of branches of src/core over %d inputs: %s\n", $7, $10, $13, n, page
	found = 1 } END { exit !found }' "$out/summary.txt"
