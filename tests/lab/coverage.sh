#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Which lines of the module were executed: gcov's counters came with the console log, its notes are
# where the module was built. All contexts count: calls, deferred work, the kernel's reclaim. Prints a
# line a file, the lines that never were, and "lab: coverage of the module: NN % of lines"; fails below
# the floor, which is what all suites together are known to reach.
#
# usage: tests/lab/coverage.sh CONSOLE MODULE-DIR OUT-DIR SUITES
# environment: FLOOR (per cent; default: see below if all suites ran, else 0)
set -eu

all="sweep header-sweep smoke mapping stress conformance header long"
console=$1
module=$2
out=$3
[ "$4" = "$all" ] && floor=${FLOOR:-95} || floor=${FLOOR:-0}

die() { echo "lab: coverage: $*" >&2; exit 1; }

rm -rf "$out"
mkdir -p "$out/data" "$out/lines"
tr -d '\r' < "$console" | sed -n 's/^lab-gcov: //p' | base64 -d | gzip -dc | tar -x -C "$out/data" ||
	die "no counters in $console"
find "$module" -name '*.gcda' -delete
find "$out/data" -name '*.gcda' | while read -r f; do
	# its path in the machine is that of the object
	cp "$f" "$module/${f##*/module/}"
done
cd "$out/lines"
find "$module" -name '*.gcda' -exec gcov -p {} + > ../gcov.log 2>&1 || die "see $out/gcov.log"
# a file whose code nobody called has no counters at all: it would not be missed
for f in "$module"/kernel/*.c "$module"/core/*.c; do
	path=$(echo "$f" | tr / '#')
	[ -f "$path.gcov" ] || die "no counters of ${f#"$module"/}"
	echo "${f#"$module"/}	$path.gcov"
done > ../files
while read -r f gcov; do
	sed "s|^|$f:|" "$gcov"
done < ../files > ../all
awk -F: -v floor="$floor" '
	{ line = $0; sub(/^ */, "", $2); sub(/^ */, "", $3) }
	$2 == "-" { next }
	!($1 in lines) { order[++files] = $1 }
	{ lines[$1]++; all++ }
	$2 ~ /^[#=]/ {
		text[$1] = text[$1] "\n#   " $1 ":" $3 ":" substr(line, match(line, /:[ 0-9]+:/) + RLENGTH)
		next
	}
	{ done[$1]++; sum++ }
	END {
		for (i = 1; i <= files; i++) {
			f = order[i]
			printf "# %-20s %5.1f %% of %4d lines%s\n", f, 100 * done[f] / lines[f], lines[f], text[f]
		}
		if (!all) exit 1
		share = 100 * sum / all
		printf "lab: coverage of the module: %.1f %% of lines, %d of %d, floor %s %%\n", share, sum, all, floor
		exit share < floor
	}' ../all
