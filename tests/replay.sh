#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs programs of the fuzzers on the real device in a dom0 on real Xen, next to the model's prediction. One program is shown
# step by step; of many, each answer that differs.
#
# usage: tests/replay.sh FILE|DIRECTORY...    text or bytes (fuzz/program.h)
# environment: GNTDEV=stock: Linux's own driver; PROFILE=header; and what tests/xen/boot.sh knows
set -eu
here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-$here/../build}
export BUILD
[ $# -gt 0 ] || { echo "usage: replay.sh FILE|DIRECTORY..." >&2; exit 2; }
gntdev=${GNTDEV:-ours}
PROGRAMS=$BUILD/replay/programs-$gntdev # two drivers may be replayed on at a time
rm -rf "$PROGRAMS"
mkdir -p "$PROGRAMS"
for from; do
	if [ -d "$from" ]; then cp "$from"/* "$PROGRAMS/"; else cp "$from" "$PROGRAMS/"; fi
done
n=$(find "$PROGRAMS" -type f | wc -l)
[ "$n" != 1 ] || REPLAY_ARGS="${REPLAY_ARGS:-} --steps"
export PROGRAMS REPLAY_ARGS="${REPLAY_ARGS:-}"
log=$BUILD/replay/$gntdev.log
status=0
suite=replay
[ "${PROFILE:-linux}" = linux ] || suite=replay-header
BOOT=replay-$gntdev LOG=$log SUITES=$suite "$here/xen/boot.sh" || status=1
sum=$(tr -d '\r' < "$log" | sed -n 's/^# \(replay: .*\)/\1/p')
if [ -z "$sum" ]; then
	last=$(tr -d '\r' < "$log" | sed -n 's/^\(not \)\{0,1\}ok [0-9]* - \([^:]*\): .* steps.*/\2/p' | tail -n 1)
	next=$(cd "$PROGRAMS" && for f in *; do echo "$f"; done | LC_ALL=C sort |
		awk -v last="$last" 'last == "" || seen { print; exit } $0 == last { seen = 1 }')
	echo "replay: CRASHED at $next"
	exit 1
fi
echo "$sum"
exit $status
