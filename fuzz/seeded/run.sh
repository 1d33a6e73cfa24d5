#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Seeded bugs: each patch of tests/regressions is fuzzed for, RUNS times with the seeds 1, 2, ... of the fuzzer's dice, from an
# empty corpus and for LIMIT seconds at most. A canary in the broken line (the patch's head says where, and when it does wrong)
# notes when the line was reached, and when it was triggered; found is when the target died of it. Medians; a run that came to
# nothing counts as longer than LIMIT. Targets are tried in turn until one finds the bug in most of its runs.
#
# Two more make the rest believable: the core as it is, in which nothing may be found, and one that traps in its first call, which
# must be.
#
# usage: fuzz/seeded/run.sh [NAME...]
# environment: RUNS (10), LIMIT (60), JOBS (processors), VERDICTS: a file with what tests/regressions/run.sh said, to be shown too
set -eu
cd "$(dirname "$0")/../.."
PWD=$(pwd -P)
export LC_ALL=C
work=$PWD/build/seeded
runs=${RUNS:-10} limit=${LIMIT:-60} jobs=${JOBS:-$(nproc)}
targets="ioctl differential slots copy"
SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
rm -rf "$work/bugs"
mkdir -p "$work/bugs"

say() { ${MAKE:-make} -s --no-print-directory "fuzz-$1" FUZZ_TARGET="$2"; }
object() { echo "$work/$1/$(echo "$2" | tr / - | sed 's/c$/o/')"; }

# The objects of a target, of the core as it is.
prepare() { # target
	mkdir -p "$work/$1"
	flags=$(say flags "$1")
	for source in $(say sources "$1"); do
		case $source in
		*.c) echo "$source $(object "$1" "$source")" ;;
		esac
	done | xargs -P "$jobs" -n 2 sh -c 'clang '"$flags $SAN"' -DGNT_CORE_SHA256="\"seeded\"" -c -o "$1" "$0"'
}

# A core with the patch, and a canary before the line that it breaks. Says which files differ.
break_core() { # name
	patch=tests/regressions/$1.patch copy=$work/bugs/$1/core
	mkdir -p "$work/bugs/$1"
	cp -r src/core "$copy"
	case $1 in
	unbroken)	return ;;
	trap)	sed -i '/^s32 gnt_ioctl(/,/^{/s/^{/{\n\tgnt_canary(1);\n\t__builtin_trap();/' "$copy/instance.c" ;;
	*)
		patch -s -d "$copy" -p1 < "$patch" > "$work/bugs/$1/log" || return
		sed -n 's/^Canary: //p' "$patch" > "$work/bugs/$1/canary"
		awk -F '\t' -v core="$copy" '{
			n = 0
			file = core "/" $1
			while ((getline line < file) > 0) {
				if (!n && index(line, $2)) { print "gnt_canary(" $3 ");" > (file ".new"); n++ }
				print line > (file ".new")
			}
			close(file); close(file ".new")
			exit !n
		}' "$work/bugs/$1/canary" || return
		file=$(cut -f 1 "$work/bugs/$1/canary")
		mv "$copy/$file.new" "$copy/$file" ;;
	esac
	for file in "$copy"/*.c; do
		cmp -s "$file" "src/core/${file##*/}" || echo "${file##*/}"
	done
}

# The target with the broken core; nothing, if what is broken is no part of it.
build() { # name target files
	objects=$(ls "$work/$2"/*.o) parts=0
	for file in $3; do
		plain=$(object "$2" "src/core/$file") broken=$work/bugs/$1/$2-${file%.c}.o
		[ -f "$plain" ] || continue
		parts=$((parts + 1))
		clang $(say flags "$2" | sed "s,-Isrc/core,-I$work/bugs/$1/core,") $SAN -Wno-error -include fuzz/seeded/canary.h \
			-c -o "$broken" "$work/bugs/$1/core/$file"
		objects="$(echo "$objects" | grep -vxF "$plain") $broken"
	done
	[ $parts -gt 0 ] || [ "$1" = unbroken ] || return 1
	# shellcheck disable=SC2086
	clang -fsanitize=fuzzer,address,undefined $(say link "$2") -o "$work/bugs/$1/$2" $objects "$work/canary.o"
}

# One run; what came of it to RESULT: reached, triggered and found, in seconds, or nothing.
cat > "$work/once.sh" <<'ONCE'
program=$1 seed=$2 limit=$3
dir=$program.$seed
mkdir -p "$dir/corpus"
start=$(date +%s.%N)
status=0
CANARY=$dir/canary timeout -k 5 $((limit + 30)) "$program" -seed="$seed" -max_total_time="$limit" -timeout=10 -max_len=8192 \
	-artifact_prefix="$dir/" "$dir/corpus" > "$dir/log" 2>&1 || status=$?
case $status in
0) ;;
*) echo "found $(echo "$(date +%s.%N) $start" | awk '{ printf "%.2f", $1 - $2 }')" >> "$dir/canary" ;;
esac
rm -rf "$dir/corpus"
ONCE

# The median of what the runs say, or > limit.
median() { # program what
	seed=0
	while [ $((seed += 1)) -le "$runs" ]; do
		sed -n "s/^$2 //p" "$1.$seed/canary" 2>/dev/null | head -1 | grep . || echo 999999
	done | sort -g | awk -v n="$runs" -v limit="$limit" '{ v[NR] = $1 } END {
		m = n % 2 ? v[(n + 1) / 2] : v[n / 2 + 1]
		if (m > 900000) print "> " limit; else print m }'
}

# Fuzzes with one target; sets $finds.
fuzz() { # name target
	program=$work/bugs/$1/$2
	seq "$runs" | xargs -P "$jobs" -I SEED sh "$work/once.sh" "$program" SEED "$limit"
	finds=$(cat "$program".*/canary 2>/dev/null | grep -c ^found || true)
	printf '%-9s %-36s %-12s %9s %9s %9s  %2d of %d%s\n' "$bug" "$1" "$2" "$(median "$program" reached)" \
		"$(median "$program" triggered)" "$(median "$program" found)" "$finds" "$runs" "$verdicts"
}

command -v clang > /dev/null || { echo "seeded: no clang" >&2; exit 1; }
clang -O2 -c -o "$work/canary.o" fuzz/seeded/canary.c
for target in $targets; do
	echo "# building $target"
	prepare "$target"
done
[ $# -gt 0 ] || set -- $(cd tests/regressions && ls -- *.patch | sed 's/\.patch$//')
start=$(date +%s)
bad=0 good=0
printf '%-9s %-36s %-12s %9s %9s %9s  %s\n' bug name target "reached s" triggered "found" "runs; proof; test"
for name in trap unbroken "$@"; do
	bug=$(sed -n 's/^Bug: //p' "tests/regressions/$name.patch" 2>/dev/null || echo -)
	verdicts=
	[ -z "${VERDICTS:-}" ] || verdicts=$(sed -n "s/^[^ ]* *$name  */; /p" "$VERDICTS" | sed 's/rejected: [^;]*;/rejected;/; s/; rejected: .*/; rejected/')
	files=$(break_core "$name") || { echo "$name: the patch or its canary does not apply"; bad=$((bad + 1)); continue; }
	found=no
	for target in $targets; do
		build "$name" "$target" "$files" || continue
		fuzz "$name" "$target"
		if [ "$name" = unbroken ]; then
			[ "$finds" -eq 0 ] || { echo "seeded: something is found in the core as it is: see $work/bugs/unbroken"; exit 1; }
			# that is for make fuzz to do at length
			[ "$target" != differential ] || break
		elif [ $((2 * finds)) -gt "$runs" ]; then
			found=yes
			break
		fi
	done
	rm -f "$work/bugs/$name"/ioctl "$work/bugs/$name"/differential
	case $name.$found in
	unbroken.*) ;;
	trap.no)	echo "seeded: a core that traps is not found: nothing here can be believed"; exit 1 ;;
	trap.yes) ;;
	*.yes)	good=$((good + 1)) ;;
	*)	bad=$((bad + 1)) ;;
	esac
done
echo "seeded: $good bugs found by a fuzzer, $bad not, medians of $runs runs of at most $limit s each, in $(($(date +%s) - start)) s"
[ $bad -eq 0 ]
