#!/bin/sh
# SPDX-License-Identifier: MIT
# scan.sh [--calls] DIRECTORY SOURCE...: Frama-C's metrics of each unit, DIRECTORY/UNIT.metrics, and the unit as Frama-C has understood
# it, DIRECTORY/UNIT.printed, which gate.py reads; with --calls its call graph too, DIRECTORY/UNIT.calls. What Frama-C refuses shows there.
set -eu
calls=
[ "$1" != --calls ] || { calls=yes; shift; }
directory=$1
shift
for source; do
	out=$directory/$(basename "$source" .c)
	rm -f "$out.printed"
	frama-c -machdep gcc_x86_64 -metrics -print -ocode "$out.printed" "$source" >"$out.metrics" 2>&1 || :
	[ -z "$calls" ] || frama-c -machdep gcc_x86_64 -cg "$out.calls" -cg-no-services "$source" >/dev/null 2>&1 || :
done
