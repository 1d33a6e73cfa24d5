#!/bin/sh
# SPDX-License-Identifier: MIT
# The contracts armed: E-ACSL turns the annotations of src/core/copy.c and copy.h into code, which the seeds of the fuzz target copy and
# a table of edges then run through. That it bites is shown by cores that are broken: each must be stopped by a contract. What E-ACSL
# leaves out is counted; which units it cannot do at all, and why, is in spec/soundness.md: that it still cannot is tried here.
set -eu
cd "$(dirname "$0")/../.."
PWD=$(pwd -P)
export PWD LC_ALL=C
here=$PWD work=$PWD/build/armed
passed=0 failed=0
rm -rf "$work"
mkdir -p "$work"

row() { # ok|"not ok" TEXT
	case $1 in ok) passed=$((passed + 1)) ;; *) failed=$((failed + 1)) ;; esac
	echo "$1 $((passed + failed)) - $2"
}

eacsl() { # OUT INCLUDE SOURCE...: 10 s; a translation that takes a minute has no end
	out=$1 include=$2
	shift 2
	timeout 120 frama-c -machdep gcc_x86_64 -no-frama-c-stdlib -cpp-extra-args="$include" -e-acsl \
		-e-acsl-functions=@all,-lemma_fewest "$@" -then-last -print -ocode "$out.c" >"$out.log" 2>&1
}

# NAME CORE: the program $work/NAME, of a copy of the core in that folder. Of "there is an i in a range with A and B" E-ACSL 25 checks B
# alone: the one clause of that form is written as "not for all i in the range: not (A and B)".
build() {
	sed -i 's/: \\exists integer i; copy_first_failure(b, segment, i) && \(.*\);$/: !(\\forall integer i; 0 <= i < b->n ==> !(copy_first_failure(b, segment, i) \&\& \1));/' \
		"$2/copy.h"
	grep -q '!(copy_first_failure' "$2/copy.h" || { echo "# copy.h: the clause on the first failure is gone"; return 1; }
	{ awk -f tests/armed/macros.awk "$2/copy_logic.h"; cat tests/armed/override.h; } >"$work/$1.h"
	eacsl "$work/$1" "-I$2 -include $work/$1.h" tests/armed/copy.c "$2/copy.c" || { tail -5 "$work/$1.log"; return 1; }
	rtl=$(frama-c -print-share-path)/e-acsl
	gcc -std=gnu99 -w -O1 -fno-builtin -DE_ACSL_SEGMENT_MMODEL -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=600 -DE_ACSL_IDENTIFY -I"$rtl" \
		"$work/$1.c" "$rtl/e_acsl_rtl.c" "$(frama-c -print-lib-path)/e-acsl/libeacsl-dlmalloc.a" -lgmp -lm -lpthread -o "$work/$1"
}

count() { # NAME: the annotations that became code, and the kinds of those that did not
	sed -n 's/.*_data[_0-9]*\.\(kind\|file\|line\|fct\) = \(.*\);/\1 \2/p' "$work/$1.c" |
		awk '$1 == "kind" { k = $2 $3 } $1 == "file" { f = $2 } $1 == "line" && k != "\"RTE\"" && f ~ /copy\.[ch]"$/ { print k, f, $2 }' |
		sort -u | cut -d' ' -f1 | sort | uniq -c | awk '{ gsub(/"/, "", $2); printf "#   %s: %d\n", $2, $1 }'
	echo "# left out by E-ACSL: $(grep -c 'Ignoring annotation' "$work/$1.log") annotations, for:"
	grep -o 'construct .* is not yet supported\|invalid quantification' "$work/$1.log" | sort | uniq -c | sed 's/^/#  /'
}

echo "# translating src/core/copy.c"
cp -r src/core "$work/core"
build copy "$work/core"
echo "# translated, by kind (an annotation may become several checks):"
count copy

# NAME INPUT: no contract is broken, and there was something that it could break: segments that became ops
kept() {
	if "$work/copy" <"$2" >"$work/said" 2>&1 && [ "$(tail -n 1 "$work/said")" -gt 0 ]; then
		row ok "$1: $(tail -n 1 "$work/said") segments"
	else
		row "not ok" "$1: $(sed -n '1,5p' "$work/said" | tr '\n' ' ')"
	fi
}

kept edges /dev/null
for seed in build/seeds/copy/*; do
	kept "seed $(basename "$seed")" "$seed"
done

broken() { # PATCH: stopped by a contract, and not by something else
	name=$(basename "$1" .patch)
	rm -rf "$work/core"
	cp -r src/core "$work/core"
	patch -s -d "$work/core" -p1 <"$1"
	build broken "$work/core" || { row "not ok" "$name: not translated"; return; }
	if ! "$work/broken" </dev/null >"$work/said" 2>&1 && grep -Eq '(condition|Assertion|Invariant|invariant) failed' "$work/said"; then
		row ok "$name: $(head -1 "$work/said" | sed "s|.*core/||")"
	else
		row "not ok" "$name: no contract stops it"
	fi
}

for patch in proofs/must-fail/copy-off-by-one.patch proofs/must-fail/copy-positive-status.patch \
	$(grep -l '^Unit: copy$' tests/regressions/*.patch); do
	broken "$patch"
done

# why not the others: E-ACSL does not end on a recursive logic function, which slots_logic.h and state_logic.h have, and fails on two
cat >"$work/recursive.c" <<'END'
/*@ logic integer f(integer n) = n <= 0 ? 0 : 1 + f(n / 2); */
/*@ requires f(n) < 5; */
int g(int n) { return n; }
END
untranslated() { # STATUS WHAT FILE: E-ACSL ends with that status (124: not in 30 s) on the file, as spec/soundness.md says
	status=0
	timeout 30 frama-c -machdep gcc_x86_64 -no-frama-c-stdlib -cpp-extra-args=-Isrc/core -e-acsl "$3" >"$work/untranslated.log" 2>&1 || status=$?
	if [ $status = "$1" ]; then row ok "$2 is beyond E-ACSL, as spec/soundness.md says"; else
		row "not ok" "$2: status $status, $(tail -n 1 "$work/untranslated.log")"; fi
}
untranslated 124 "a recursive logic function" "$work/recursive.c"
for unit in notify map; do
	untranslated 4 "$unit.c (an internal error)" src/core/$unit.c
done
echo "armed: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
