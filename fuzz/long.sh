#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The long run before a release: two processors for as long as is said, one with libFuzzer (ASan and UBSan), one with AFL++, each
# over all targets: the first target has half of the time, the others share the rest. It ends at the first thing that is found.
# Says every five minutes where it is, and in the end how much processor there was: a busy machine has less than it seems.
#
# usage: long.sh SECONDS TARGET...    (in the clone's root, when the programs are built)
set -eu
b=${BUILD:-build}
[ $# -ge 2 ] || { echo "usage: long.sh SECONDS TARGET..." >&2; exit 2; }
time=$1
shift
engine=
case $1 in libfuzzer|afl) engine=$1; shift ;; esac # this script calls itself
first=$1 others=$(($# - 1))

share() { # target
	if [ "$others" = 0 ]; then echo "$time"; elif [ "$1" = "$first" ]; then echo $((time / 2)); else echo $((time / 2 / others)); fi
}
libfuzzer() {
	for target; do
		fuzz/run.sh "$(share "$target")" "$target" || return 1
	done
}
afl() {
	for target; do
		fuzz/afl.sh "$target" "$(share "$target")" || return 1
	done
}

[ -z "$engine" ] || { "$engine" "$@"; exit; }
log=$b/fuzz-long
mkdir -p "$log"
rm -f "$log"/*
start=$(date +%s)
# each engine is a group of processes, so that none of them outlives the run
setsid "$0" "$time" libfuzzer "$@" > "$log/libfuzzer" 2>&1 &
one=$!
setsid "$0" "$time" afl "$@" > "$log/afl" 2>&1 &
two=$!
trap 'kill -- -$one -$two 2>/dev/null || :' EXIT
trap 'exit 1' INT TERM
beat=0
while kill -0 $one 2>/dev/null && kill -0 $two 2>/dev/null; do
	sleep 1
	beat=$((beat + 1))
	[ $((beat % 300)) != 0 ] || for engine in libfuzzer afl; do
		echo "[$(($(date +%s) - start))s] $engine: $(grep '^fuzz' "$log/$engine" | tail -1 | grep . || echo "$first")"
	done
done
bad=0
# what ends early ends badly; what ends in time waits for the other, which is as good as there
for pid in $one $two; do
	if [ $(($(date +%s) - start)) -ge $((time - 60)) ] || ! kill -0 $pid 2>/dev/null; then
		wait $pid || bad=1
	fi
done
kill -- -$one -$two 2>/dev/null || :
trap - EXIT
times > "$log/times"
processor=$(tail -1 "$log/times" | sed "s/\.[0-9]*s/s/g")
cat "$log/libfuzzer" "$log/afl"
inputs=$(sed -n 's/^fuzz: \([0-9]*\) inputs.*/\1/p; s/^fuzz-afl: [a-z]*: \([0-9]*\) inputs.*/\1/p' "$log/libfuzzer" "$log/afl" | awk '{ n += $1 } END { print n + 0 }')
wall=$(($(date +%s) - start))
if [ $bad = 0 ]; then
	echo "fuzz-long: $inputs inputs in $wall s by two engines, $processor of processor (user, system), nothing found"
else
	echo "fuzz-long: FAILED: something was found after $wall s: see above what, and which make triage says more"
	exit 1
fi
