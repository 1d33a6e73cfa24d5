#!/bin/sh
# SPDX-License-Identifier: MIT
# How many programs the model runs a second on one processor, over the seeds: without and with the sanitizers, on which machine.
# Several rounds, for a virtual processor is not always as fast: what the middle one says is what to expect.
#
# usage: bench.sh    (in the clone's root)
# environment: TIMES (500): how often each seed is run in a round; ROUNDS (5)
set -eu
b=${BUILD:-build}
times=${TIMES:-500} rounds=${ROUNDS:-5}
echo "# $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(uname -sr)"
echo "# $(clang --version | head -1); time of the processor, so that others on the machine count little"
programs=$(ls "$b"/seeds/ioctl | wc -l)
calls=$("$b/program" text "$b"/seeds/ioctl/* | grep -vc '^world')
echo "# $programs programs, $calls calls; every invariant is checked after each call"

measure() { # what program times
	i=0
	while [ $i -lt "$rounds" ]; do
		"$2" -n "$3" "$b"/seeds/ioctl/* | sed -n 's/.*: \([0-9]*\) a second of a processor$/\1/p'
		i=$((i + 1))
	done | sort -n | awk -v what="$1" -v calls="$calls" -v programs="$programs" '
		{ rate[NR] = $1 }
		END {
			if (NR == 0)
				exit 1
			middle = rate[int((NR + 1) / 2)]
			printf "fuzz-bench: %s: %d programs a second of a processor (%d to %d in %d rounds), %d calls\n",
				what, middle, rate[1], rate[NR], NR, middle * calls / programs
		}'
}
measure "without sanitizers" "$b/speed-ioctl" "$times"
# in the fuzzers' builds the checks are not instrumented: they are proven (src/model/armed*.c) or only read arrays
measure "with ASan and UBSan in core and model" "$b/replay-ioctl" $((times / 4))
measure "with ASan and UBSan in the checks, too" "$b/replay-whole" $((times / 4))
