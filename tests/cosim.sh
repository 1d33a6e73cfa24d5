#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Co-simulation: the same programs, made anew and always the same, on the model and on the real device in a dom0 on real Xen:
# that of this module, whose answers must all be the model's, and that of Linux's own driver, of which each difference must be
# one that spec/profiles.md knows (tests/cosim.rules). A boot each, both at a time. Then a quarter as many in the header profile,
# which only this module has.
#
# usage: tests/cosim.sh CORPUS-PROGRAM PROGRAMS
# environment: JOBS=1: one boot at a time; and what tests/replay.sh knows
set -eu
[ $# = 2 ] || { echo "usage: cosim.sh CORPUS-PROGRAM PROGRAMS" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../build}
export BUILD TIMEOUT="${TIMEOUT:-1200}"
dir=$BUILD/cosim
all=$dir/programs
rules=$here/cosim.rules
KILLS=8 # of the other kernel, before we give up

headers=$dir/programs-header
quarter=$((($2 + 3) / 4))

rm -rf "$dir"
mkdir -p "$all" "$headers"
"$1" "$all" "$2" "$here"/../fuzz/seeds/*.txt "$here"/cosim/*.txt
"$1" --header "$headers" $quarter "$here"/../fuzz/seeds/*.txt
grep -hv '^#' "$rules" "$here/cosim.skip" | grep -o 'DEF-[0-9]*' | sort -u | while read -r entry; do
	grep -q "^| $entry |" "$here/../spec/profiles.md" || { echo "cosim: there is no $entry in spec/profiles.md"; exit 1; }
done

ours() {
	GNTDEV=ours "$here/replay.sh" "$all" > "$dir/ours.out" 2>&1 && echo 0 > "$dir/ours.status" || echo 1 > "$dir/ours.status"
}

# One boot after the other, until all programs have had their turn: after a program that killed the kernel comes the next.
stock() {
	left=$dir/stock-left
	cp -r "$all" "$left"
	: > "$dir/skipped"
	: > "$dir/killed"
	grep -v '^#' "$here/cosim.skip" | while read -r name entry; do
		[ ! -f "$left/$name" ] || { rm "$left/$name"; echo "$name $entry" >> "$dir/skipped"; }
	done
	: > "$dir/stock.log"
	while [ "$(wc -l < "$dir/killed")" -le $KILLS ]; do
		# that the kernel complains is of no account here
		GNTDEV=stock "$here/replay.sh" "$left" > "$dir/stock.out" 2>&1 || true
		cat "$BUILD/replay/stock.log" >> "$dir/stock.log"
		name=$(sed -n 's/^replay: CRASHED at //p' "$dir/stock.out")
		[ -n "$name" ] || break
		echo "$name" >> "$dir/killed"
		(cd "$left" && for f in *; do echo "$f"; done | LC_ALL=C sort | sed "/^$name\$/q" | xargs rm -f)
		[ -n "$(ls "$left")" ] || break
	done
}

progress() {
	for driver in ours stock; do
		printf ' %s %s' $driver "$(grep -ac ' - .* steps, ' "$BUILD/replay/$driver.log" 2>/dev/null || true)"
	done
}

rm -f "$BUILD/replay/ours.log" "$BUILD/replay/stock.log"
if [ "${JOBS:-2}" = 1 ]; then
	ours
	stock
else
	# what both need is fetched and compiled once
	if ! { "$here/xen/fetch.sh" && "$here/xen/compile.sh"; } > "$dir/fetch.out" 2>&1; then
		cat "$dir/fetch.out"
		exit 1
	fi
	ours &
	first=$!
	stock &
	second=$!
	while kill -0 $first 2>/dev/null || kill -0 $second 2>/dev/null; do
		sleep 10
		echo "# of $2 programs:$(progress)"
	done
	wait $first $second
fi

cp "$BUILD/replay/ours.log" "$dir/ours.log"
echo "# and $quarter programs in the header profile"
PROFILE=header GNTDEV=ours "$here/replay.sh" "$headers" > "$dir/header.out" 2>&1 && header=0 || header=1
cp "$BUILD/replay/ours.log" "$dir/header.log"

# ---- the verdict
judge() { awk -f "$here/cosim.awk" "$1" "$dir/stock.log"; } # rules
value() { sed -n "s/^$1 //p" "$dir/verdict"; }

status=0
wrong() { echo "# $*"; status=1; }
# what a boot said of all its programs
sum_of() { tail -n 1 "$1"; }
count_in() { echo "$1" | sed -n "s/^replay: \(.*[^0-9]\)\{0,1\}\([0-9][0-9]*\) $2.*/\2/p"; }
sum=$(sum_of "$dir/header.out")
header_programs=$(count_in "$sum" programs)
header_calls=$(count_in "$sum" steps)
[ $header = 0 ] && [ "$(count_in "$sum" differences)" = 0 ] ||
	{ grep -a DIFFERS "$dir/header.log" | head -n 20; wrong "ours, in the header profile: $sum"; }
[ "${header_programs:-0}" = $quarter ] || wrong "ours, in the header profile: ${header_programs:-0} programs of $quarter were run"
sum=$(sum_of "$dir/ours.out")
programs=$(count_in "$sum" programs)
calls=$(count_in "$sum" steps)
differences=$(count_in "$sum" differences)
judge "$rules" > "$dir/verdict"
sed -n 's/^\(not explained: \)/# \1/p; s/^never: /# a rule that never fitted: /p' "$dir/verdict"
[ "$(cat "$dir/ours.status")" = 0 ] || { grep -a DIFFERS "$dir/ours.log" | head -n 20; wrong "ours: $sum"; }
[ "${programs:-0}" = "$2" ] || wrong "ours: ${programs:-0} programs of $2 were run"
while read -r name; do wrong "$name kills the kernel of Linux's own driver, and is not in tests/cosim.skip"; done < "$dir/killed"
ran=$(($(value programs) + $(wc -l < "$dir/skipped") + $(wc -l < "$dir/killed")))
[ "$ran" = "$2" ] || wrong "stock: $ran programs of $2 were run"
[ "$(value unexplained)" = 0 ] || status=1
# the judge itself: without rules, nothing is explained
echo "# none" > "$dir/no-rules"
judge "$dir/no-rules" | grep -q '^unexplained [1-9]' || wrong "the judge explains without rules"
echo "# stock: $(value calls) calls, $(value left) of them not compared after a difference;" \
	"$(wc -l < "$dir/skipped") programs skipped"
echo "cosim: ${programs:-0} programs, ${calls:-0} calls, and in the header profile ${header_programs:-0}, ${header_calls:-0};" \
	"ours: ${differences:-unknown} differences;" \
	"stock: $(value explained | sed 's/ / differences explained /'), $(value unexplained) not"
exit $status
