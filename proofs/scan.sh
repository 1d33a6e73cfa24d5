#!/bin/sh
# SPDX-License-Identifier: MIT
# scan.sh [--calls] DIRECTORY SOURCE...: Frama-C's metrics of each unit, DIRECTORY/UNIT.metrics, which gate.py reads; with --calls
# its call graph too, DIRECTORY/UNIT.calls. What Frama-C refuses shows there.
set -eu
calls=
[ "$1" != --calls ] || { calls=yes; shift; }
directory=$1
shift
for source; do
	out=$directory/$(basename "$source" .c)
	frama-c -machdep gcc_x86_64 -metrics "$source" >"$out.metrics" 2>&1 || :
	[ -z "$calls" ] || frama-c -machdep gcc_x86_64 -cg "$out.calls" -cg-no-services "$source" >/dev/null 2>&1 || :
done
