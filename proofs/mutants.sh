#!/bin/sh
# SPDX-License-Identifier: MIT
# Breaks one line of the core at a time and proves the functions named: each mutant of proofs/mutants.list has to be caught.
# usage: mutants.sh [NAME...]
set -eu
cd "$(dirname "$0")/.."
PWD=$(pwd -P)
export PWD LC_ALL=C
work=$PWD/build/prove/mutants
rm -rf "$work"
mkdir -p "$work" build/cache/wp build/cache/reports

WPCACHE=$PWD/build/cache/wp REPORTS=$PWD/build/cache/reports WHY3CONFIG=$PWD/build/prove/why3.conf
TOOLS="$(frama-c -version) $(z3 --version) $(cvc4 --version | head -1) $(sha256sum proofs/wp.sh | cut -c1-64)"
export WPCACHE REPORTS WHY3CONFIG TOOLS
why3 config detect >/dev/null 2>&1

proofs/scan.sh "$work" src/core/*.c
grep -v '^#' proofs/mutants.list >"$work/list"
for name; do grep "^$name	" "$work/list"; done >"$work/some"
[ $# -eq 0 ] || mv "$work/some" "$work/list"
cut -f 1 "$work/list" | xargs -P "$(nproc)" -n 1 proofs/mutant.sh "$work" | tee "$work/log"
count=$(wc -l <"$work/list")
killed=$(grep -c '^killed ' "$work/log" || :)
echo "mutants: $killed passed, $((count - killed)) failed, 0 skipped"
[ "$killed" -eq "$count" ]
