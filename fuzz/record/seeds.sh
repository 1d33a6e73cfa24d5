#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The seeds of ioctl that nobody has written, anew: of each conformance row, in both profiles and both kinds of domain, and of
# each client, a program is recorded (record-rows, record-clients), which is replayed. Those written by hand stay as they are, and
# the clients' of the default world as they were recorded; of the others, those few that reach more are kept, and shortened
# (cover-programs). All are replayed again in the end: each call must be answered as it was recorded.
#
# usage: fuzz/record/seeds.sh [DIRECTORY]    (in the clone's root, when the programs are built): those that nobody has written go to
#                                            DIRECTORY instead, which must not be there, and fuzz/seeds stays as it is
set -eu
export LC_ALL=C
b=${BUILD:-build}
here=fuzz/seeds
to=${1:-$here}
work=$b/recorded
rm -rf "$work"
mkdir -p "$work/all" "$work/least" "$work/clients"
rows=0 rest=0
for profile in linux header; do
	for mode in pv auto; do
		log=$work/rows-$profile-$mode.log
		RECORD=$work/all "$b/record-rows" --profile $profile --mode $mode > "$log" 2>&1 ||
			{ grep '^not ok' "$log" | tail -5; tail -5 "$log"; echo "fuzz-seeds: FAILED: see $log"; exit 1; }
		! grep ' nobody calls the wrapper$' "$log" || { echo "fuzz-seeds: FAILED: what rows do is recorded in part"; exit 1; }
		sed -n '/ is no program: /p' "$log" >> "$work/no-programs"
		n=$(sed -n 's/^record-rows: \([0-9]*\) .*/\1/p' "$log")
		none=$(sed -n 's/^record-rows: .*, \([0-9]*\) are not$/\1/p' "$log")
		echo "# fuzz-seeds: $profile profile, $mode: $n rows are programs, $none are not"
		rows=$((rows + n)) rest=$((rest + none))
	done
done
# those that are none are known by name, with the reason
sed 's/^# \([^ ]*\) is no program: .*/\1/' "$work/no-programs" | sort -u > "$work/none"
sed '/^#/d; s/ .*//' fuzz/record/no-programs | sort -u > "$work/known"
if ! diff "$work/known" "$work/none" > "$work/diff"; then
	sed -n 's/^[<>] \(.*\)/\1/p' "$work/diff" | while read -r row; do
		grep -h "^# $row is no program" "$work/no-programs" || echo "# $row is one"
	done | sort -u
	echo "fuzz-seeds: FAILED: fuzz/record/no-programs says something else of these rows"
	exit 1
fi
RECORD=$work/all "$b/record-clients" > "$work/clients.log" 2>&1 || { cat "$work/clients.log"; echo "fuzz-seeds: FAILED"; exit 1; }
tail -n 1 "$work/clients.log" | sed 's/^/# /'
for client in "$work"/all/clients-*.txt; do
	case $client in
	*-header.txt|*-auto.txt) ;;
	*) mv "$client" "$work/clients" ;;
	esac
done

hand=$(find $here -name '*.txt' ! -name 'conformance-*' ! -name 'clients-*' | sort)
# shellcheck disable=SC2086
"$b/cover-programs" "$work/least" $hand "$work"/clients/*.txt -- "$work"/all/*.txt | sed 's/^/# /'
[ -n "$(ls "$work/least")" ] || { echo "fuzz-seeds: FAILED: nothing is kept"; exit 1; }
if [ "$to" = $here ]; then rm -f $here/conformance-*.txt $here/clients-*.txt; else mkdir "$to"; fi
cp "$work"/clients/*.txt "$work"/least/*.txt "$to/"
"$b/program" check "$to"/*.txt
echo "fuzz-seeds: $rows of $((rows + rest)) rows are programs; $(ls "$to"/*.txt | wc -l) seeds of" \
	"$(cat "$to"/*.txt | grep -vc '^#\|^world') calls$([ "$to" != $here ] || echo ", $(echo "$hand" | wc -l) of them written by hand")"
