#!/bin/sh
# SPDX-License-Identifier: MIT
#
# One seeded bug of run.sh, which prepares what is used here: builds each target with the broken core, and fuzzes with it. Says
# one line: that of the target that found the bug in most of its runs, with FOUND at its end, or of the one that came nearest.
#
# usage: one.sh NAME    (environment: see run.sh)
set -eu
name=$1
bug=$WORK/bugs/$name
patch=tests/regressions/$name.patch
mkdir -p "$bug"

# A core with the patch, and a canary before the line that it breaks. Says which files differ.
break_core() {
	cp -r src/core "$bug/core"
	case $name in
	unbroken)	return ;;
	trap)	sed -i '/^s32 gnt_ioctl(/,/^{/s/^{/{\n\tgnt_canary(1);\n\t__builtin_trap();/' "$bug/core/instance.c" ;;
	*)
		patch -s -d "$bug/core" -p1 < "$patch" >&2 || return
		sed -n 's/^Canary: //p' "$patch" > "$bug/canary"
		awk -F '\t' -v core="$bug/core" '{
			n = 0
			file = core "/" $1
			while ((getline line < file) > 0) {
				if (!n && index(line, $2)) { print "gnt_canary(" $3 ");" > (file ".new"); n++ }
				print line > (file ".new")
			}
			close(file); close(file ".new")
			exit !n
		}' "$bug/canary" || return
		file=$(cut -f 1 "$bug/canary")
		mv "$bug/core/$file.new" "$bug/core/$file" ;;
	esac
	for file in "$bug"/core/*.c; do
		cmp -s "$file" "src/core/${file##*/}" || echo "${file##*/}"
	done
}

# The target with the broken core; nothing, if what is broken is no part of it.
build() { # target
	objects=$(cut -d ' ' -f 2 "$WORK/$1/objects") parts=0
	for file in $files; do
		plain=$(sed -n "s,^src/core/$file ,,p" "$WORK/$1/objects") broken=$bug/$1-${file%.c}.o
		[ -n "$plain" ] || continue
		parts=$((parts + 1))
		# shellcheck disable=SC2046,SC2086
		clang $(sed "s,-Isrc/core,-I$bug/core," "$WORK/$1/flags") $SAN -Wno-error -include fuzz/seeded/canary.h \
			-c -o "$broken" "$bug/core/$file"
		objects="$(echo "$objects" | grep -vxF "$plain") $broken"
	done
	[ $parts -gt 0 ] || [ "$name" = unbroken ] || return 1
	# shellcheck disable=SC2046,SC2086
	clang -fsanitize=fuzzer,address,undefined $(cat "$WORK/$1/link") -o "$bug/$1" $objects "$WORK/canary.o"
}

# One run; what came of it to $bug/TARGET.SEED/canary: reached, triggered and found, in seconds, and the inputs it took.
run() { # target seed
	dir=$bug/$1.$2 status=0
	mkdir -p "$dir/corpus"
	case $1 in
	ioctl) longest=4096 ;;
	differential) longest=1537 ;;
	*) longest=600 ;;
	esac
	began=$(date +%s.%N)
	CANARY=$dir/canary timeout -k 5 $((LIMIT + 30)) "$bug/$1" -seed="$2" -max_total_time="$LIMIT" -timeout=10 -max_len=$longest \
		-len_control=0 -print_final_stats=1 -artifact_prefix="$dir/" "$dir/corpus" > "$dir/log" 2>&1 || status=$?
	# 124 and 137: it did not end by itself; that it took long, or much memory, is no finding here: others are on the machine
	case $status.$(ls "$dir") in
	0.*|124.*|137.*|*timeout-*|*oom-*|*slow-unit-*) ;;
	*)	echo "found $(echo "$(date +%s.%N) $began" | awk '{ printf "%.2f", $1 - $2 }')" >> "$dir/canary"
		sed -n 's/^stat::number_of_executed_units: */inputs /p' "$dir/log" >> "$dir/canary" ;;
	esac
	rm -rf "$dir/corpus"
}

# The median of what the runs say, or > limit.
median() { # target what
	seed=0
	while [ $((seed += 1)) -le "$runs" ]; do
		sed -n "s/^$2 //p" "$bug/$1.$seed/canary" 2>/dev/null | head -1 | grep . || echo 999999999
	done | sort -g | awk -v n="$runs" -v limit="$LIMIT" -v what="$2" '{ v[NR] = $1 } END {
		m = v[int(n / 2) + 1]
		if (m > 900000000) print what == "inputs" ? "-" : "> " limit; else print m }'
}

found() { cat "$bug/$1".*/canary 2>/dev/null | grep -c ^found || :; }

# Fuzzes with one target; sets $finds and $row.
fuzz() { # target
	runs=0 finds=0
	while [ $runs -lt "$most" ] && { [ $runs -lt "$FIRST" ] || [ "$finds" -gt 0 ]; }; do
		runs=$((runs + 1))
		run "$1" $runs
		finds=$(found "$1")
	done
	row=$(printf '%-9s %-36s %-12s %9s %9s %9s %9s  %2d of %d' "$(sed -n 's/^Bug: //p' "$patch" 2>/dev/null | grep . || echo -)" "$name" "$1" \
		"$(median "$1" reached)" "$(median "$1" triggered)" "$(median "$1" found)" "$(median "$1" inputs)" "$finds" $runs)
	# a canary that is silent is none
	for file in "$bug/$1".*/canary; do
		[ "$name" = unbroken ] || ! grep -q ^found "$file" || grep -q ^triggered "$file" || row="$row, the canary was silent"
	done
	rm -f "$bug/$1"
}

files=$(break_core) || { echo "$name: the patch or its canary does not apply"; exit 1; }
best= most=$RUNS nearest=-1
[ "$name" != unbroken ] || most=1
for target in $TARGETS; do
	build "$target" || continue
	fuzz "$target"
	if [ "$name" = unbroken ]; then
		[ "$finds" -eq 0 ] || { echo "$row"; exit 1; }
		best="-         unbroken: nothing found by a run of $LIMIT s of each target"
		continue
	fi
	if [ $((2 * finds)) -gt $runs ]; then
		case $row in
		*silent*) echo "$row"; exit 1 ;;
		esac
		echo "$row FOUND"
		exit
	fi
	[ "$finds" -le $nearest ] || best=$row nearest=$finds
done
echo "$best"
