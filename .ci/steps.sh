#!/bin/sh
# SPDX-License-Identifier: MIT
# steps.sh NAME TARGET...: makes each target in turn, goes on after a failure, and ends with a table of verdicts and a line of counts.
# A target that prints "N passed, N failed, N skipped" counts as its tests do, any other as one.
set -u
name=$1
shift
log=build/log
mkdir -p "$log"
table=$log/$name.table
: >"$table"
passed=0 failed=0 skipped=0
for target in "$@"; do
	echo "== $target"
	start=$(date +%s)
	{ ${MAKE:-make} --no-print-directory "$target" 2>&1; echo $? >"$log/$target.status"; } | tee "$log/$target.log"
	status=$(cat "$log/$target.status")
	seconds=$(($(date +%s) - start))
	counts=$(sed -nE 's/^([a-z-]+: )?([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped.*/\2 \3 \4/p' "$log/$target.log")
	if [ -n "$counts" ]; then
		while read -r p f s; do
			passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
			[ "$f" -eq 0 ] || status=1
		done <<-END
		$counts
		END
		if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
	elif [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
	[ "$status" -eq 0 ] && verdict=ok || verdict=FAIL
	printf '%-16s %-4s %4d s  %s\n' "$target" "$verdict" "$seconds" \
		"$(grep -vE '^make|^$' "$log/$target.log" | tail -n 1 | cut -c1-110)" >>"$table"
done
echo
echo "$name:"
cat "$table"
echo "$passed passed, $failed failed, $skipped skipped"
! grep -qE '^[^ ]+ +FAIL ' "$table"
