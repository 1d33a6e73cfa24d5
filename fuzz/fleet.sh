#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A fleet of AFL++ fuzzers of one target, one a processor, at least two, which tell each other what they find:
#
#	main	-M; without sanitizers, with the mutator of programs (ioctl)
#	asan	-S; built with ASan and UBSan, which sees what the others only pass by
#	cmplog	-S; a CMPLOG build beside it, which solves comparisons with large numbers
#	more1.. -S; as main, with other schedules
#
# On two processors these are main and asan, and cmplog from the third on (FLEET=3 runs them all the same). Their folder is
# build/fleet/TARGET, a folder an instance, and they look into the others' once a minute. libFuzzer's corpus is read by main as if
# it were another fuzzer's (-F), and what the fleet has found is added to it in the end, for make fuzz and make fuzz-coverage.
#
# On several machines: give all of them one folder, by NFS or copied to and fro with rsync, as SHARED=/that/folder, and each
# machine a name of its own, HOST=name; main runs where MAIN=yes only. Each writes folders of its own names below it and reads all others':
#
#	one#    make fuzz-fleet FUZZ_TIME=86400 SHARED=/net/fleet HOST=one MAIN=yes
#	two#    make fuzz-fleet FUZZ_TIME=86400 SHARED=/net/fleet HOST=two MAIN=no
#
# rsync -a --exclude .cur_input one:/fleet/ /fleet/ from time to time, both ways, does as well as NFS, and is faster.
#
# usage: fleet.sh TARGET SECONDS    (in the clone's root, when the programs are built)
# environment: FLEET: instances (processors, at least 2); SHARED, HOST, MAIN as above
set -eu
export LC_ALL=C
b=${BUILD:-build}
[ $# = 2 ] || { echo "usage: fleet.sh TARGET SECONDS" >&2; exit 2; }
target=$1 time=$2
here=${HOST:-here}
case $here in *[!A-Za-z0-9]*) echo "fleet: HOST is letters and digits" >&2; exit 2 ;; esac
n=${FLEET:-$(nproc)}
[ "$n" -ge 2 ] || n=2
out=${SHARED:-$b/fleet}/$target
logs=$b/fleet-logs/$target
corpus=$b/corpus/$target
mkdir -p "$out" "$logs" "$corpus"
found() { find "$out/$here"-*/crashes "$out/$here"-*/hangs -type f ! -name README.txt 2>/dev/null || :; }
# what earlier runs reached is in the corpus, and what they found is kept; another machine's folders stay
if [ -n "$(found)" ]; then
	kept=$b/findings/$target-$(date -u +%Y%m%d-%H%M%S)
	mkdir -p "$kept"
	found | xargs cp -t "$kept"
	echo "# fleet: what the run before this one found is in $kept"
fi
rm -rf "$out/$here"-* "$logs"/*
export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_QUIET=1
export AFL_SYNC_TIME=1 AFL_IMPORT_FIRST=1 # minutes
[ "$target" != ioctl ] || export AFL_CUSTOM_MUTATOR_LIBRARY="$b/afl-mutator.so"

# a target whose inputs are dice has no dictionary
dict=
! grep -qs '=' "$b/$target.dict" || dict=$b/$target.dict

pids=
trap '[ -z "$pids" ] || kill $pids 2>/dev/null || :' EXIT
one() { # name program options...
	name=$here-$1 program=$2
	shift 2
	afl-fuzz -V "$time" -t 10000 ${dict:+-x "$dict"} -i "$b/seeds/$target" -o "$out" "$@" -- "$program" > "$logs/$name" 2>&1 &
	pids="$pids $!"
	echo "# fleet: $name: $*"
}

role=-S
[ "${MAIN:-yes}" != yes ] || role=-M
one main "$b/afl-$target" $role "$here-main" $([ "$role" = -S ] || echo -F "$corpus")
one asan "$b/afl-asan-$target" -S "$here-asan"
[ "$n" -lt 3 ] || one cmplog "$b/afl-$target" -S "$here-cmplog" -c "$b/afl-cmplog-$target"
i=3
while [ $i -lt "$n" ]; do
	one "more$i" "$b/afl-$target" -S "$here-more$i" -p "$(echo explore exploit coe rare | cut -d' ' -f$((i % 4 + 1)))"
	i=$((i + 1))
done
dead=0
for pid in $pids; do
	wait "$pid" || dead=$((dead + 1))
done
pids=

# ---- what came of it

all=0 crashes=0 synced=0
for dir in "$out/$here"-*; do
	name=${dir##*/}
	stat() { sed -n "s/^$1 *: *//p" "$dir/fuzzer_stats" 2>/dev/null; }
	done=$(stat execs_done) imported=$(stat corpus_imported)
	[ -n "$done" ] || { tail -5 "$logs/$name"; dead=$((dead + 1)); continue; }
	bad=$(find "$dir/crashes" "$dir/hangs" -type f ! -name README.txt | wc -l)
	echo "# fleet: $name: $done inputs, $(stat corpus_count) kept, $imported of the others, $(stat bitmap_cvg)," \
		"stability $(stat stability), $bad crashes or hangs"
	all=$((all + done)) crashes=$((crashes + bad)) synced=$((synced + imported))
done
# into libFuzzer's corpus, by content; AFL++'s hard links to the seeds are not new
before=$(ls "$corpus" | wc -l)
find "$out/$here"-*/queue -maxdepth 1 -type f | while read -r file; do
	to=$corpus/$(sha1sum < "$file" | cut -c1-40)
	[ -e "$to" ] || cp "$file" "$to"
done
new=$(($(ls "$corpus" | wc -l) - before))
echo "fuzz-fleet: $target: $all inputs in $time s by $n, $synced taken from each other, $new new for make fuzz, $crashes crashes or hangs"
[ "$dead" = 0 ] || echo "fuzz-fleet: FAILED: $dead instances ended early, see $logs"
[ "$crashes" = 0 ] || echo "fuzz-fleet: FOUND SOMETHING: make triage FUZZ_TARGET=$target INPUT='$(found | head -1)'"
# they look into each other's folders once a minute
if [ "$time" -ge 180 ] && [ "$synced" = 0 ]; then
	echo "fuzz-fleet: FAILED: in $time s nobody took anything from another"
	exit 1
fi
[ "$crashes" = 0 ] && [ "$dead" = 0 ]
