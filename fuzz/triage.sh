#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What an input that a fuzzer found is about: makes it as short as it can be while it fails in the same way, says the message, the
# stack, and the requirements and invariants (GNT-..., I12) that are broken: those that the message names, or, if it names
# none, those cited where the function of the core is declared in which it happened. All of it goes to build/triage/NAME.txt, NAME
# being the input's; of ioctl the program is text, of other targets bytes in hex.
#
# usage: triage.sh TARGET INPUT    (in the clone's root, when the programs are built)
# environment: FINDING_SECONDS (10): a run that takes longer does not end
# Exit status: 0 with a finding, 1 if the input does not fail, 2 if that cannot be said.
set -eu
export LC_ALL=C
b=${BUILD:-build}
[ $# = 2 ] || { echo "usage: triage.sh TARGET INPUT" >&2; exit 2; }
target=$1 input=$2
[ -r "$input" ] || { echo "triage: there is no $input" >&2; exit 2; }
name=$(basename "$input" .txt)
out=$b/triage
mkdir -p "$out"
log=$out/$name.log how=$out/$name.how least=$out/$name.bytes text=$out/$name.txt

# ---- as short as it can be

shorten_program() {
	"$b/minimise" "$kept/input" "$out/$name.program" > "$how" || return $?
	"$b/program" bytes "$out/$name.program" "$least"
}

shorten_bytes() {
	fuzz/regression.sh bytes "$kept/input" "$out/$name.whole" || return 2
	"$b/shorten" "$b/replay-$target" "$out/$name.whole" "$least" > "$how" 2> "$log"
}

# ---- what it says

# Of the last run; if that did not name it, what the runs before it died of.
message() {
	said=$(named "$log")
	if [ -z "$said" ] && [ "$ended" = 124 ]; then
		said="it does not end"
	elif [ -z "$said" ]; then
		said=$(head -n 1 "$how")
	fi
	echo "${said:-exit status $ended}"
}

named() { # log
	sed -n -e '/^model: breach: /p' -e '/^fuzz: /p' -e '/runtime error: /p' \
		-e '/ERROR: AddressSanitizer: ABRT/d' -e 's/^==[0-9]*==ERROR: \(AddressSanitizer: [A-Za-z-]*\).*/\1/p' \
		-e 's/^==[0-9]*==ERROR: \(LeakSanitizer: .*\)/\1/p' "$1" | head -n 1
}

stack() { # as "function file:line", without the engine's and the sanitizers' own
	sed -n 's,^ *#[0-9]* 0x[0-9a-f]* in \([A-Za-z_0-9]*\) .*/\(\(src\|fuzz\|tests\|spec\)/[^ ]*\).*,\1 \2,p' "$log" |
		awk '$2 ~ /:[0-9]+:[0-9]+$/ { sub(/:[0-9]+$/, "", $2) } $1 == "main" || $1 == "replay" { exit } { print }' | head -20
}

ids() { grep -oE 'GNT-[A-Z]+-[0-9]+(, -[0-9]+)*|\bI([1-9]|1[0-2])\b' | awk '
	# "GNT-COPY-005, -006" is two
	/,/ { n = split($0, part, /, /); print part[1]; head = part[1]; sub(/[0-9]+$/, "", head)
		for (i = 2; i <= n; i++) print head substr(part[i], 2); next }
	{ print }' | sort -u; }

# What stands above a function of the core, where it is declared and where it is defined, and its body.
around() { # function
	cat src/core/*.h src/core/*.c | awk -v name="$1(" '
	!inside && /^$/ { block = "" }
	{ block = block $0 "\n" }
	/^[a-z]/ && index($0, name) { printf "%s", block; inside = !/;$/ }
	inside { print }
	/^}/ { inside = 0; block = "" }'
}

requirements() {
	said=$(message | ids)
	[ -n "$said" ] || said=$(stack | awk '$2 ~ /^src\/core\// { print $1 }' | while read -r function; do
		near=$(around "$function" | ids)
		[ -z "$near" ] || { echo "$near"; break; }
	done)
	[ -n "$said" ] || said="none is named"
	echo "$said" | tr '\n' ' ' | sed 's/ $//'
}

# what an earlier triage made goes, unless it is the input
kept=$(mktemp -d)
trap '[ -e "$input" ] || cp "$kept/input" "$input"; rm -rf "$kept"' EXIT
cp "$input" "$kept/input"
rm -f "$out/$name".*
: > "$log"
echo "# triage: $target: $input"
status=0
case $target in
ioctl) shorten_program ;;
*) shorten_bytes ;;
esac || status=$?
case $status in
0) ;;
1) echo "triage: $input does not fail"; exit 1 ;;
*) cat "$log" >&2; echo "triage: FAILED: $input could not be tried" >&2; exit 2 ;;
esac
# one that does not end is aborted, and so says where it is
ended=0
UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=handle_abort=1 timeout -k 5 -s ABRT "${FINDING_SECONDS:-10}" \
	"$b/replay-$target" "$least" > "$log" 2>&1 || ended=$?
[ $ended != 0 ] || { echo "triage: alone, what is left of $input does not fail: see $out"; exit 1; }

{
	echo "# SPDX-License-Identifier: MIT"
	[ "$target" = ioctl ] || echo "# target: $target"
	echo "# requirement: $(requirements)"
	echo "# found: $(date -u +%Y-%m-%d), $(message)"
	stack | sed 's/^/# at: /'
	# of differential, the calls that the input stands for, which that target has shortened itself
	grep -E '^ +[0-9]+ .* -> model |^=> ' "$log" | sed 's/^ */# call: /' || :
	if [ "$target" = ioctl ]; then cat "$out/$name.program"; else od -An -v -tx1 "$least"; fi
} > "$text"
sed -n '2,$p' "$text"
echo "triage: $(message | cut -c1-90): $(wc -c < "$least") bytes, see $text"
