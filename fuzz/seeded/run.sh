#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Seeded bugs: each patch of tests/regressions is fuzzed for, RUNS times with the seeds 1, 2, ... of the fuzzer's dice, from an
# empty corpus and for LIMIT seconds at most (one.sh). A canary in the broken line (the patch's head says where, and when it does
# wrong) notes when the line was reached, and when it was triggered; found is when the target died of it. Medians; a run that came
# to nothing counts as longer than LIMIT, and so does one that only took too long for an input; inputs are those until it was found.
# Where a broken line does wrong whenever it is reached, the two are one. Targets are tried in turn until one finds the bug in
# most of its runs; one that does not in the first FIRST runs is left.
#
# Two more make the rest believable: the core as it is, in which no target may find anything, and one that traps in its first call,
# which must be found.
#
# usage: fuzz/seeded/run.sh [NAME...]
# environment: RUNS (10), LIMIT (60), FIRST (3), JOBS (processors): bugs at a time; TARGETS (all): in the order in which they are
# tried; VERDICTS: a file with what tests/regressions/run.sh said, to be shown too
set -eu
cd "$(dirname "$0")/../.."
PWD=$(pwd -P)
export LC_ALL=C WORK="$PWD/build/seeded" RUNS="${RUNS:-10}" LIMIT="${LIMIT:-60}" FIRST="${FIRST:-3}"
export TARGETS="${TARGETS:-ioctl differential pages slots state copy}" SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
jobs=${JOBS:-$(nproc)}
start=$(date +%s)

say() { ${MAKE:-make} -s --no-print-directory "fuzz-$1" FUZZ_TARGET="$2"; }

# The objects of a target, of the core as it is, and how they are made: SOURCE in a list, OBJECT beside it.
prepare() { # target
	mkdir -p "$WORK/$1"
	echo "-g -O2 $(say flags "$1")" > "$WORK/$1/flags"
	say link "$1" > "$WORK/$1/link"
	for source in $(say sources "$1"); do
		case $source in
		*.c) echo "$source $WORK/$1/$(echo "$source" | tr / - | sed 's/c$/o/')" ;;
		esac
	done > "$WORK/$1/objects"
	xargs -P "$jobs" -n 2 sh -c 'clang '"$(cat "$WORK/$1/flags") $SAN"' -DGNT_CORE_SHA256="\"seeded\"" -c -o "$1" "$0"' < "$WORK/$1/objects"
}

command -v clang > /dev/null || { echo "seeded: no clang" >&2; exit 1; }
[ $# -gt 0 ] || set -- $(cd tests/regressions && ls -- *.patch | sed 's/\.patch$//')
rm -rf "$WORK/bugs"
mkdir -p "$WORK/bugs"
clang -O2 -c -o "$WORK/canary.o" fuzz/seeded/canary.c
for target in $TARGETS; do
	echo "# building $target"
	prepare "$target"
done
# who is tried is said when it is done; the table is in the order of names
printf '%s\n' trap unbroken "$@" | xargs -P "$jobs" -I NAME sh -c 'fuzz/seeded/one.sh NAME > "$WORK/bugs/NAME.row" 2> "$WORK/bugs/NAME.errors" || :
	sed "s/^/# /" "$WORK/bugs/NAME.row"'

printf '\n%-9s %-36s %-12s %9s %9s %9s %9s  %s\n' bug name target "reached s" triggered found inputs "runs; proof; test"
good=0 bad=0
for name in trap unbroken "$@"; do
	row=$(cat "$WORK/bugs/$name.row")
	verdicts=
	[ -z "${VERDICTS:-}" ] || verdicts=$(sed -n "s/^[^ ]* *$name  */; /p" "$VERDICTS" | sed 's/rejected: [^;]*;/rejected;/; s/; rejected: .*/; rejected/')
	echo "${row:-$name: failed: $(head -3 "$WORK/bugs/$name.errors")}$verdicts"
	case $name.$row in
	trap.*FOUND*|unbroken.*"nothing found"*)	;;
	trap.*)	echo "seeded: a core that traps is not found: nothing here can be believed"; exit 1 ;;
	unbroken.*)	echo "seeded: something is found in the core as it is: see $WORK/bugs/unbroken"; exit 1 ;;
	*FOUND*)	good=$((good + 1)) ;;
	*)	bad=$((bad + 1)) ;;
	esac
done
echo "seeded: $good bugs found by a fuzzer, $bad not, medians of $RUNS runs of at most $LIMIT s each, in $(($(date +%s) - start)) s"
[ $bad -eq 0 ]
