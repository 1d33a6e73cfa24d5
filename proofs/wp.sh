#!/bin/sh
# SPDX-License-Identifier: MIT
# One proof run: wp.sh KIND SOURCE FUNCTIONS OUT [PROPERTIES]. KIND is first (one prover, short), second (both provers), or
# smoke (contradictions and dead code only). Writes OUT.json and OUT.log; says nothing of success: gate.py reads those.
# An unchanged run (same preprocessed source, arguments and tools) is taken from $REPORTS, where that is set.
set -eu
kind=$1 source=$2 functions=$3 out=$4 properties=${5:-}

case $kind in
first)	set -- -wp-rte -wp-prover cvc4 -wp-timeout 4 ;;
# five seconds are enough on a machine that has nothing else to do; the rest is for one that has
second)	set -- -wp-rte -wp-prover z3,cvc4 -wp-timeout "${WP_TIMEOUT:-60}" ;;
smoke)	set -- -wp-smoke-tests -wp-smoke-timeout 2 -wp-steps 200000 -wp-prover z3 \
		-wp-prop=-@requires,-@assigns,-@ensures,-@exits,-@assert,-@invariant,-@variant,-@terminates ;;
*)	echo "wp.sh: unknown kind $kind" >&2; exit 2 ;;
esac
[ -z "$properties" ] || set -- "$@" "-wp-prop=$properties"
set -- -machdep gcc_x86_64 -wp -warn-unsigned-overflow -warn-unsigned-downcast -warn-signed-downcast -wp-par 2 \
	-wp-fct "$functions" "$@"

rm -f "$out.json" "$out.log"
key=
if [ -n "${REPORTS:-}" ]; then
	key=$REPORTS/$({ gcc -E -dD -P -C "$source"; echo "$TOOLS" "$@"; } | sha256sum | cut -c1-64)
	if [ -f "$key.json" ]; then
		cp "$key.json" "$out.json"
		cp "$key.log" "$out.log"
		exit 0
	fi
fi
if ! frama-c "$@" -wp-cache update -wp-cache-dir "$WPCACHE" -wp-report-json "$out.json" "$source" >"$out.log" 2>&1; then
	echo "frama-c: exit status not 0" >>"$out.log"
	exit 0
fi
if [ -n "$key" ] && [ -s "$out.json" ]; then
	cp "$out.log" "$key.log"
	cp "$out.json" "$key.json"
fi
