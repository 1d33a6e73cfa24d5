#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Fuzzes targets one after the other with libFuzzer, from their corpora and seeds: the first for the whole time, each other one
# for a quarter of it. What was found is said, for people as far as it can be.
#
# usage: run.sh SECONDS TARGET...    (in the clone's root, when the programs are built)
set -eu
b=${BUILD:-build}
[ $# -ge 2 ] || { echo "usage: run.sh SECONDS TARGET..." >&2; exit 2; }
time=$1
shift
all=0 whole=0 said=

found() { # target log
	grep -E -m 3 '^model: breach|^fuzz: |ERROR: |runtime error: |^SUMMARY' "$2" || tail -20 "$2"
	echo "fuzz: the engine's log is $2"
	input=$(sed -n 's/.*Test unit written to //p' "$2" | tail -1)
	if [ -n "$input" ]; then
		echo "fuzz: the input is $input; to see it again: $b/replay-$1 $input"
		[ "$1" != ioctl ] || [ ! -x "$b/program" ] || { echo "fuzz: as a program:"; "$b/program" text "$input"; }
	fi
	echo "fuzz: FOUND SOMETHING: ${input:+make triage FUZZ_TARGET=$1 INPUT='$input'}"
	exit 1
}

# longer inputs take their time and show nothing that two short ones do not
longest() {
	case $1 in
	ioctl) echo 4096 ;;
	differential) echo 1537 ;; # all the calls that a sequence has
	*) echo 600 ;;
	esac
}

seconds=$time
for target; do
	log=$b/fuzz-$target.log
	mkdir -p "$b/corpus/$target"
	# a target whose inputs are dice has no dictionary
	dict=
	! grep -qs '=' "$b/$target.dict" || dict=-dict=$b/$target.dict
	"$b/fuzz-$target" ${dict:+"$dict"} -max_total_time="$seconds" -timeout=25 -max_len="$(longest "$target")" -print_final_stats=1 -artifact_prefix="$b/" \
		"$b/corpus/$target" "$b/seeds/$target" > "$log" 2>&1 || found "$target" "$log"
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	all=$((all + n)) whole=$((whole + seconds)) said="$said, $target $n"
	echo "# fuzz: $target: $n inputs in $seconds s, nothing found"
	seconds=$((time > 4 ? time / 4 : 1))
done
echo "fuzz: $all inputs in $whole s, nothing found (${said#, })"
