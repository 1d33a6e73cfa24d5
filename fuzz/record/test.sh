#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Are the seeds of fuzz/seeds that nobody has written (conformance-*, clients-*) those that the conformance rows and the clients make
# today? They are recorded anew (seeds.sh), elsewhere, and compared byte by byte, each way. Those written by hand are not compared:
# what they reach decides which of the others are needed, and make test-fuzz checks their answers. Prints KTAP.
#
# usage: fuzz/record/test.sh    (in the clone's root, when the programs are built)
set -eu
export LC_ALL=C
b=${BUILD:-build}
here=fuzz/seeds
work=$b/test-seeds
again=$work/seeds log=$work/log
n=0 bad=0

row() { # ok? what
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=$((bad + 1)); fi
}
names() { find "$1" -name 'conformance-*.txt' -o -name 'clients-*.txt' | sed 's,.*/,,'; }

rm -rf "$work"
mkdir -p "$work"
echo "KTAP version 1"
status=0
fuzz/record/seeds.sh "$again" > "$log" 2>&1 || status=$?
row $status "rows and clients are recorded, and replayed"
if [ $status = 0 ]; then
	for seed in $({ names $here; names "$again"; } | sort -u); do
		if [ ! -e "$again/$seed" ]; then
			row 1 "$here/$seed: it is not made any more"
		elif [ ! -e "$here/$seed" ]; then
			row 1 "$here/$seed: it is made, and is not there"
		elif diff "$here/$seed" "$again/$seed" > "$work/diff"; then
			row 0 "$here/$seed"
		else
			row 1 "$here/$seed: another one is made (>)"
			sed 's/^/# /' "$work/diff" | head -n 20
		fi
	done
	[ $bad = 0 ] || echo "# make fuzz-seeds makes them anew; git diff says whether that is meant"
else
	sed 's/^#* */# /' "$log"
fi
echo "1..$n"
echo "test-seeds: $((n - bad)) passed, $bad failed, 0 skipped"
[ $bad = 0 ]
