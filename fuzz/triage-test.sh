#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Triage and regressions, tried on findings that are there: in a copy of the tree whose core uses no exact gap between maps
# (DEF-014), a program of ioctl and bytes of slots that fail; in the same, endless loops and leaks that no seed meets. Prints KTAP.
#
# usage: triage-test.sh    (in the clone's root, when the seeds of ioctl and slots are made)
set -eu
export LC_ALL=C
b=${BUILD:-build}
work=$b/triage-test
tree=$work/tree
unset BUILD MAKEFLAGS
rm -rf "$work"
mkdir -p "$tree"
cp -r Makefile src spec fuzz tests proofs .ci "$tree"
patch -s -d "$tree/src/core" -p1 < tests/regressions/regress-exact-fit.patch
# $1: a file, $2: what a line of it says, $3: what comes before that line
plant() {
	[ "$(grep -cF "$2" "$tree/$1")" = 1 ] || { echo "test-triage: FAILED: in $1 not one line says: $2"; exit 1; }
	line=$2 more=$3 awk 'index($0, ENVIRON["line"]) { print ENVIRON["more"] } { print }' "$tree/$1" > "$work/planted"
	cp "$work/planted" "$tree/$1"
}
plant src/core/instance.c 'err = gnt_use_set_max(s, count);' 'for (volatile u32 n = count; n == 0xdead; ) { }'
plant src/core/slots.c 'if (slot >= s.capacity)' 'for (volatile u64 n = slot; n == 0xdead000000dead; ) { }'
plant src/model/access.c 'free(race->bytes);' 'if (race->len == 7) race->bytes = NULL;'
plant fuzz/slots.c 's64 want = slot < capacity && owner[slot]' \
	'for (u32 n = 0; slot == 0xbeef000000beef && n < 8; n++) { void *volatile lost = malloc(7); lost = NULL; (void)lost; }'
n=0 bad=0

row() { # ok? what
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=$((bad + 1)); sed 's/^/# /' "$work/log" | tail -8; fi
}
check() { # what command...
	what=$1 status=0
	shift
	"$@" > "$work/log" 2>&1 || status=1
	row $status "$what"
}
in_tree() { (cd "$tree" && "$@"); }
makes() { in_tree timeout 60 make -s --no-print-directory "$@"; }

# The first seed that the program dies of.
failing() { # target
	for seed in "$b/seeds/$1"/*; do
		"$tree/build/replay-$1" "$seed" > /dev/null 2>&1 || { echo "$seed"; return; }
	done
}

# What triage says of a finding: a requirement or an invariant, a place in the core or the model, and the input itself, which
# fails as text does, too.
says() { # text
	grep -Eq '^# requirement: .*(GNT-[A-Z]+-[0-9]+|I[0-9])' "$1" && grep -q '^# found: 20..-..-.., [^ ]' "$1" &&
		grep -Eq '^# at: .* (src/core|src/model|fuzz)/[a-z_]*\.[ch]:[0-9]+$' "$1" && grep -vq '^#' "$1"
}
dies_of() { # target text
	in_tree fuzz/regression.sh bytes "$2" build/again && ! "$tree/build/replay-$1" "$tree/build/again"
}
fails_with() { # status command...
	want=$1 got=0
	shift
	"$@" || got=$?
	[ $got = "$want" ]
}

# What it says was found, of whatever day.
found() { # text what
	grep -Eqx "# found: 20..-..-.., $2" "$1"
}
replayed_as() { # target what
	fails_with 1 in_tree timeout 60 fuzz/regression.sh replay "$1" build/all > "$work/replayed"
	cat "$work/replayed"
	grep -qF "$2" "$work/replayed"
}

echo "KTAP version 1"
echo "# building a broken core"
check "a core without exact gaps is built" makes build/minimise build/shorten build/program build/replay-ioctl build/replay-slots
for target in ioctl slots; do
	input=$(failing $target)
	[ -n "$input" ] || { row 1 "$target: no seed finds it"; continue; }
	name=$(basename "$input")
	cp "$input" "$tree/build/$name"
	text=build/triage/$name.txt
	check "$target: triage" makes triage FUZZ_TARGET=$target INPUT="build/$name"
	check "$target: it says what is broken, and where" says "$tree/$text"
	check "$target: the text fails, too" dies_of $target "$text"
	check "$target: it is no longer than the input" [ "$(wc -c < "$tree/build/triage/$name.bytes")" -le "$(wc -c < "$input")" ]
	check "$target: its own output is an input, and stays" makes triage FUZZ_TARGET=$target INPUT="$text"
	check "$target: and says the same" says "$tree/$text"
	check "$target: a regression by one command" makes regression FUZZ_TARGET=$target INPUT="$text" NAME="planted-$target"
	check "$target: which is replayed" dies_of $target "fuzz/regressions/planted-$target.txt"
	check "$target: a name is not given twice" fails_with 2 makes regression FUZZ_TARGET=$target INPUT="$text" NAME="planted-$target"
done
# one run may take a second, so that those that do not end do not take long
export FINDING_SECONDS=1
rm -f "$tree"/fuzz/regressions/planted-*.txt
printf '%s\n' 'world pv header limit=128 maptrack=0' 'f0 = open(p0, 2)' 'max(p0, f0, a0, 0xdead)' > "$tree/build/ioctl-hang"
printf '%s\n' 'world pv linux limit=128 maptrack=0' 'f0 = open(p0, 2)' 'race(p0, a0, 7, 1)' > "$tree/build/ioctl-leak"
printf '\0\016\255\336' > "$tree/build/slots-hang"
printf '\0\016\357\276' > "$tree/build/slots-leak"
for target in ioctl slots; do
	for input in $target-hang $target-leak; do
		text=build/triage/$input.txt said='it does not end' at=src/core
		[ "$input" = $target-hang ] || said='LeakSanitizer: detected memory leaks' at='(src/model|fuzz)'
		check "$input: triage" makes triage FUZZ_TARGET=$target INPUT="build/$input"
		check "$input: it says what it is" found "$tree/$text" "$said"
		check "$input: and where" grep -Eq "^# at: .* $at/[a-z_]*\.[ch]:[0-9]+\$" "$tree/$text"
	done
done
# what is kept of slots is replayed by that target alone
for input in hang leak; do
	check "slots-$input: a regression by one command" makes regression FUZZ_TARGET=slots INPUT="build/slots-$input" NAME="planted-$input"
done
check "slots-hang: test-fuzz ends, and says so" replayed_as slots "it does not end"
rm -f "$tree/fuzz/regressions/planted-hang.txt"
check "slots-leak: test-fuzz says so" replayed_as slots "LeakSanitizer: "
sed -i 's/^\(# found: .*, \).*/\1/' "$tree/fuzz/regressions/planted-leak.txt"
check "a regression that does not say what was found is an error" replayed_as slots "does not say what it is of"
rm -f "$tree/fuzz/regressions/planted-leak.txt"
echo 'world pv linux limit=128 maptrack=0' > "$tree/build/harmless.txt"
check "what does not fail is no finding" fails_with 1 in_tree fuzz/triage.sh ioctl build/harmless.txt
check "and is still there" grep -q world "$tree/build/harmless.txt"
check "what cannot be read is no finding either" fails_with 2 in_tree fuzz/triage.sh ioctl build/nothing
printf '%s\n' '# target: slot' '# requirement: I2' '# found: 2026-11-23, nothing' 00 > "$tree/fuzz/regressions/misspelt.txt"
check "a regression of no target is an error" fails_with 1 in_tree fuzz/regression.sh make slots build/all
echo "1..$n"
echo "test-triage: $((n - bad)) passed, $bad failed, 0 skipped"
[ $bad = 0 ]
