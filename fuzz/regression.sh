#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Inputs that once failed, one a file of fuzz/regressions, replayed by make test-fuzz ever since: comments that say which
# requirement it broke, when and how it was found; then a program as text, or, after "# target: TARGET", bytes in hex.
#
# usage: regression.sh add TARGET INPUT NAME    adds what triage.sh makes of an input that fails. One that does not fail any more is
#                                               taken as it is, with what FOUND and REQUIREMENT in the environment say of it
#        regression.sh make TARGET DIRECTORY    writes the bytes of each regression of the target
#        regression.sh replay TARGET DIRECTORY  the same, and runs the target on each
#        regression.sh bytes FILE BYTES         writes the bytes of one file, whichever form it has
# environment: FINDING_SECONDS (10): a replay that takes longer does not end
set -eu
export LC_ALL=C
b=${BUILD:-build}
here=fuzz/regressions
usage() { echo "usage: regression.sh add TARGET INPUT NAME | make TARGET DIRECTORY | replay TARGET DIRECTORY | bytes FILE BYTES" >&2; exit 2; }

is_hex() { head -c 1 "$1" | grep -q '#' && grep -qa '^# target: ' "$1"; }
target_of() { is_hex "$1" && sed -n 's/^# target: //p' "$1" || echo ioctl; }

# Does it say what it is of: a requirement, a day and a message?
speaks() { grep -q '^# requirement: [^ ]' "$1" && grep -q '^# found: [^ ]*, [^ ]' "$1"; }

bytes() { # file bytes
	if is_hex "$1"; then
		printf '%b' "$(grep -v '^#' "$1" | tr -s ' ' '\n' | awk 'NF {
			n = index("123456789abcdef", substr($1, 1, 1)) * 16 + index("123456789abcdef", substr($1, 2, 1))
			printf "\\0%o", n }')" > "$2"
	elif head -c 5 "$1" | grep -qaE '^(#|world)'; then
		"$b/program" bytes "$1" "$2"
	else
		cp "$1" "$2"
	fi
}

add() { # target input name
	to=$here/$3.txt
	mkdir -p "$here" "$b/triage"
	case $3 in *[!a-z0-9-]*|"") echo "regression: NAME is small letters, digits and -" >&2; exit 2 ;; esac
	[ ! -e "$to" ] || { echo "regression: there is a $to" >&2; exit 1; }
	status=0
	fuzz/triage.sh "$1" "$2" || status=$?
	case $status in
	0)	grep -vE '^# (at|call): ' "$b/triage/$(basename "$2" .txt).txt" > "$to.new" ;;
	1)	[ -n "${FOUND:-}" ] || { echo "regression: $2 does not fail: FOUND='date, message' REQUIREMENT=... must say what it was"; exit 1; }
		{
			echo "# SPDX-License-Identifier: MIT"
			[ "$1" = ioctl ] || echo "# target: $1"
			echo "# requirement: ${REQUIREMENT:-none is named}"
			echo "# found: $FOUND"
			if [ "$1" = ioctl ]; then "$b/program" text "$2"; else bytes "$2" "$b/triage/as-it-is"; od -An -v -tx1 "$b/triage/as-it-is"; fi
		} > "$to.new" ;;
	*)	exit 2 ;;
	esac
	speaks "$to.new" || { rm "$to.new"; echo "regression: of $2 it is not known what was found, and when: 'date, message'" >&2; exit 1; }
	mv "$to.new" "$to"
	echo "regression: $to; make test-fuzz replays it"
}

make_all() { # target directory
	rm -rf "$2"
	mkdir -p "$2"
	for file in "$here"/*.txt; do
		[ -f "$file" ] || continue
		speaks "$file" || { echo "regression: $file does not say what it is of"; exit 1; }
		case " $(${MAKE:-make} -s --no-print-directory fuzz-targets) " in
		*" $(target_of "$file") "*) ;;
		*) echo "regression: $file is of a target that there is not: $(target_of "$file")"; exit 1 ;;
		esac
		[ "$(target_of "$file")" = "$1" ] || continue
		bytes "$file" "$2/$(basename "$file" .txt)"
	done
}

replay_all() { # target directory
	make_all "$1" "$2"
	for input in "$2"/*; do
		[ -f "$input" ] || continue
		for program in "replay-$1" $([ "$1" != ioctl ] || echo stable-zero); do
			status=0
			timeout -k 5 "${FINDING_SECONDS:-10}" "$b/$program" "$input" > "$2.log" 2>&1 || status=$?
			[ $status != 0 ] || continue
			[ $status != 124 ] || echo "$program: it does not end" >> "$2.log"
			grep -F 'ERROR: ' "$2.log" | head -n 1
			tail -n 5 "$2.log"
			echo "regression: FAILED: $here/${input##*/}.txt"
			exit 1
		done
	done
}

case ${1:-}.$# in
add.4) add "$2" "$3" "$4" ;;
make.3) make_all "$2" "$3" ;;
replay.3) replay_all "$2" "$3" ;;
bytes.3) bytes "$2" "$3" ;;
*) usage ;;
esac
