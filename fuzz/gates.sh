#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What must hold of the fuzz targets themselves, whatever they find: they are fast, a run is the same each time, AFL++ fuzzes ioctl
# in one process and with the mutator of programs, their seeds take every branch of src/core, and without any seed they find most
# branches soon. The numbers are fuzz/floors. Prints KTAP.
#
# usage: gates.sh [speed|stable|afl|seeds|unseeded...]    (in the clone's root, when the programs are built; default: all)
# environment: GATE_SECONDS (60): of processor time, without seeds
set -eu
export LC_ALL=C
b=${BUILD:-build}
work=$b/gates
time=${GATE_SECONDS:-60}
targets=$(${MAKE:-make} -s --no-print-directory fuzz-targets)
rm -rf "$work"
mkdir -p "$work"
n=0 bad=0

# nothing: it is not there, or no number
floor() { awk -F '\t' -v name="$1" '$1 == name && $2 ~ /^[0-9]+([.][0-9]+)?$/ { print $2; exit }' fuzz/floors; }

row() { # ok? what
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=$((bad + 1)); fi
}

at_least() { # number floor's-name what
	status=0 least=$(floor "$2")
	awk -v have="$1" -v floor="$least" 'BEGIN { exit !(have != "" && floor != "" && have + 0 >= floor + 0) }' || status=1
	row $status "$3: ${1:-nothing}, the floor is ${least:-not in fuzz/floors: $2}"
}

# ---- the floors themselves, before any of them is asked

floors() {
	status=0
	{ printf '%s\n' seed-branches unseeded-branches afl-speed afl-mutator
		for target in $targets; do printf '%s\n' "speed-$target" "replay-$target"; done; } | sort > "$work/floors.asked"
	awk -F '\t' '!/^#/ { print $1 }' fuzz/floors | sort | diff "$work/floors.asked" - > "$work/floors.diff" || status=1
	sed -n 's/^</# is missing:/p; s/^>/# nothing asks for:/p' "$work/floors.diff"
	row $status "fuzz/floors: each floor that is asked for, once, and no other"
}

# ---- speed

# The seeds, as often as takes two seconds at the floor.
rate() { # program target
	program=$b/$1-$2 least=$(floor "$1-$2")
	set -- "$b/seeds/$2"/*
	"$program" -n "$(awk -v floor="$least" -v inputs=$# 'BEGIN { print int(2 * floor / inputs) + 1 }')" "$@" |
		sed -n 's/.*: \([0-9]*\) a second of a processor$/\1/p'
}

speed() {
	for target in $targets; do
		at_least "$(rate speed "$target")" "speed-$target" "$target: inputs a second of a processor"
		at_least "$(rate replay "$target")" "replay-$target" "$target: with ASan and UBSan"
	done
}

# ---- the same input, the same run

# Twice in each of two processes, in another order, with other bytes in all that is new: by the C library and by the compiler.
same_outcomes() {
	MALLOC_PERTURB_=85 "$b/stable-zero" "$b"/seeds/ioctl/* > "$work/first" 2> "$work/stable.log" &&
		ls -r "$b"/seeds/ioctl/* | MALLOC_PERTURB_=170 xargs "$b/stable-pattern" > "$work/second" 2>> "$work/stable.log" &&
		sort "$work/second" | diff "$work/first" - >> "$work/stable.log" && [ -s "$work/first" ]
}

# Edges as AFL++ counts them: each seed in a process that has run the seeds before it, then the other way round.
same_edges() { # target
	mkdir -p "$work/$1/in" "$work/$1/there" "$work/$1/back"
	i=0
	for seed in $(ls -r "$b/seeds/$1"); do
		i=$((i + 1))
		cp "$b/seeds/$1/$seed" "$(printf '%s/%s/in/%04d-%s' "$work" "$1" $i "$seed")"
	done
	AFL_QUIET=1 afl-showmap -q -m none -t 10000 -i "$b/seeds/$1" -o "$work/$1/there" -- "$b/afl-$1" > "$work/$1.log" 2>&1 || return 1
	AFL_QUIET=1 afl-showmap -q -m none -t 10000 -i "$work/$1/in" -o "$work/$1/back" -- "$b/afl-$1" >> "$work/$1.log" 2>&1 || return 1
	seen=0
	for map in "$work/$1"/back/*; do
		seed=${map##*/}
		cmp "$map" "$work/$1/there/${seed#*-}" >> "$work/$1.log" 2>&1 || return 1
		[ -s "$map" ] && seen=$((seen + 1))
	done
	[ $seen = $i ]
}

stable() {
	status=0
	same_outcomes || { status=1; sed 's/^/# /' "$work/stable.log" | head -5; }
	row $status "the same outcomes and digests in each run of a seed"
	for target in $targets; do
		status=0
		same_edges "$target" || { status=1; sed 's/^/# /' "$work/$target.log" | tail -5; }
		row $status "$target: the same edges in each run of a seed"
	done
}

# ---- AFL++ as make fuzz-afl and the fleet run it

# Of a run of afl-fuzz: what fuzzer_stats says.
stat() { sed -n "s/^$1 *: *//p" "$work/afl/default/fuzzer_stats" 2> /dev/null || :; }

afl() {
	mutator=$b/afl-mutator.so
	dict=
	! grep -qs '=' "$b/ioctl.dict" || dict=$b/ioctl.dict
	status=0
	# not quiet: what it loads is said
	(unset AFL_QUIET; export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
		AFL_CUSTOM_MUTATOR_LIBRARY=$mutator exec timeout 300 afl-fuzz -s 1 -V 20 -t 25000 ${dict:+-x "$dict"} -i "$b/seeds/ioctl" \
			-o "$work/afl" -- "$b/afl-ioctl") > "$work/afl.log" 2>&1 || status=$?
	[ $status = 0 ] || { echo "# status $status"; tail -5 "$work/afl.log" | sed 's/^/# /'; }
	row $status "afl-fuzz: 20 s of ioctl, from the seeds"

	status=0
	grep -aqF "Custom mutator '$mutator' installed successfully" "$work/afl.log" || status=1
	row $status "afl-fuzz: the mutator of programs is loaded"
	found=$(stat corpus_found)
	by_mutator=$(find "$work/afl/default/queue" -maxdepth 1 -name "*op:${mutator##*/},*" 2> /dev/null | wc -l)
	at_least "$(awk -v all="${found:-0}" -v some="$by_mutator" 'BEGIN { if (all > 0) printf "%.0f", 100 * some / all }')" afl-mutator \
		"afl-fuzz: percent of the new inputs that are by the mutator"

	mode=$(stat target_mode) status=0
	for want in persistent shmem_testcase; do
		case " $mode " in *" $want "*) ;; *) status=1 ;; esac
	done
	row $status "afl-fuzz: one process runs many inputs, from shared memory: ${mode:-nothing}"
	stability=$(stat stability) variable=$(stat corpus_variable) status=0
	[ "$stability $variable" = "100.00% 0" ] || status=1
	row $status "afl-fuzz: stability: ${stability:-nothing}, ${variable:-nothing} of the inputs kept are variable"
	crashes=$(stat saved_crashes) hangs=$(stat saved_hangs) status=0
	[ "$crashes $hangs" = "0 0" ] || { status=1; find "$work"/afl/default/crashes "$work"/afl/default/hangs -name 'id:*' 2> /dev/null | sed 's/^/# /'; }
	row $status "afl-fuzz: ${crashes:-nothing} crashes, ${hangs:-nothing} hangs saved"
	at_least "$(stat execs_per_sec)" afl-speed "afl-fuzz: inputs a second"
}

# ---- branches

# What is counted in build/cover since it was last cleared; sets $percent.
branches() { # name
	gcov --branch-counts --branch-probabilities --json-format --stdout "$b"/cover/*.gcda > "$work/$1.json" 2> "$work/$1.gcov"
	tests/coverage.py "$work/$1.json" tests/dead-branches > "$work/$1.txt" || :
	sed -n 's/^coverage: \(.*\) proven dead/# \1 out of reach/p' "$work/$1.txt"
	percent=$(sed -n 's/^coverage: \([0-9]*\) of \([0-9]*\) .*, \([0-9]*\) proven dead.*/\1 \2 \3/p' "$work/$1.txt" |
		awk '$2 > 0 { printf "%.2f", 100 * ($1 + $3) / $2 }')
}

seeds() {
	rm -f "$b"/cover/*.gcda
	for target in $targets; do
		"$b/cover-$target" "$b/seeds/$target"/* > "$work/cover-$target.log" 2>&1 || row 1 "$target: runs on its seeds"
	done
	branches seeds
	[ "$percent" = 100.00 ] || grep 'never taken' "$work/seeds.txt" | sed 's/^/# /' | head -40
	at_least "$percent" seed-branches "percent of the branches of src/core by the seeds"
}

unseeded() {
	mkdir -p "$work/corpus"
	echo "# fuzzing ioctl for $time s of processor time, from nothing"
	status=0
	{ (ulimit -S -t "$time"; exec timeout 1800 "$b/fuzz-ioctl" -seed=1 -timeout=60 -max_len=4096 -artifact_prefix="$work/" "$work/corpus") \
		> "$work/fuzz.log" 2>&1 || status=$?; } 2> /dev/null
	# out of processor time is how it must end: 128 and SIGXCPU
	[ $status = 152 ] && status=0 || { echo "# status $status"; tail -20 "$work/fuzz.log"; status=1; }
	row $status "nothing is found on the way"
	rm -f "$b"/cover/*.gcda
	find "$work/corpus" -type f | xargs "$b/cover-ioctl" > "$work/cover-unseeded.log" 2>&1 || :
	branches unseeded
	at_least "$percent" unseeded-branches "percent of the branches of src/core in $time s from nothing"
}

[ $# -gt 0 ] || set -- speed stable afl seeds unseeded
echo "KTAP version 1"
floors
for gate; do
	$gate
done
echo "1..$n"
echo "fuzz-gates: $((n - bad)) passed, $bad failed, 0 skipped"
[ $bad = 0 ]
