#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The judge judged: verdict.awk accepts one good console log, and rejects it after each of these
# changes. Needs neither Xen nor QEMU.
# Prints KTAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

printf '%s\r\n' '(XEN) Xen version 4.17.5 (Debian)' '# rig: begin boot 12e4' 'KTAP version 1' '1..2' 'ok 1 - a' 'ok 2 - b # SKIP c' \
	'# rig: end boot 12e4 0' 'noise' 'ok 9 - outside' '# rig: begin suite 12e4' 'KTAP version 1' '1..2' \
	'  KTAP version 1' '  1..2' '  ok 1 - x' '  # note' '  ok 2 - y' 'ok 1 - xy' 'ok 2 - z' '# rig: end suite 12e4 0' \
	'# rig: verdict 12e4' > "$tmp/good"

n=0
failures=0
judge() { awk -v name=test-xen -v nonce=12e4 -v parts="${parts:-boot suite}" -v elapsed=6 -f "$here/verdict.awk" "$tmp/log"; }
result() { # ok? name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failures=$((failures + 1)); fi
}
rejects() { # name sed-script
	sed "$2" "$tmp/good" > "$tmp/log"
	bad=0
	! cmp -s "$tmp/good" "$tmp/log" || bad=1
	! judge > "$tmp/out" || bad=1
	tail -n 1 "$tmp/out" | grep -q '^test-xen: .*, 0 failed' && bad=1
	result $bad "rejects $1"
}

echo "KTAP version 1"
echo "1..24"
cp "$tmp/good" "$tmp/log"
good=0
[ "$(judge)" = "test-xen: 4 passed, 0 failed, 1 skipped in 6 s" ] || good=1
result $good "accepts a good log, and counts its rows"
rejects "a failed row" 's/^ok 1 - a/not ok 1 - a/'
rejects "a failed row of a subtest" 's/^  ok 2/  not ok 2/'
rejects "a missing row" '/^ok 2 - z/d'
rejects "a missing row of a subtest" '/^  ok 2/d'
rejects "a row too many" 's/^ok 2 - z/&\nok 3 - more/'
rejects "a row twice" 's/^ok 1 - a/&\n&/'
rejects "a torn row" 's/^ok 1 - a/o[ 4.2] text\nk 1 - a/'
rejects "no plan" '/^1\.\.2/d'
rejects "no rows and no plan" '/^1\.\.2/d; /^ok/d; /^  /d'
rejects "a program that failed" 's/end suite 12e4 0/end suite 12e4 139/'
rejects "a part that does not end" '/end suite/d'
rejects "a part that did not run" '/begin suite/,/end suite/d'
rejects "a part that nobody asked for" 's/\(begin\|end\) suite/\1 another/'
rejects "no verdict" '/verdict/d'
rejects "the verdict of another boot" 's/verdict 12e4/verdict 120000/'
rejects "a log cut off half-way" '15,$d'
rejects "an empty log" 'd'
rejects "no Xen" '/^(XEN)/d'
rejects "a panic" 's/^noise/[ 1.0] Kernel panic - not syncing/'
rejects "a warning" 's/^noise/[ 1.0] WARNING: CPU: 0 PID: 1 at mm/'
rejects "a bug" 's/^noise/[ 1.0] BUG: Bad page map in process/'
rejects "a program that bails out" 's/^ok 1 - xy/&\nBail out! no/'
rejects "a plan of nothing" '/begin suite/,/end suite/{s/^1\.\.2/1..0/; /^ok/d; /^  /d}'
exit $((failures != 0))
