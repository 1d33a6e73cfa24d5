#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The judges of a comparison judged: compare.py and crash.awk accept good logs, and reject them after each of these changes.
# Needs neither Xen nor QEMU. Prints KTAP.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
n=0
failures=0
result() { # ok? name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failures=$((failures + 1)); fi
}
# @2 is changed by a sed script, and the judge @1 must find that out.
rejects() { # judge file sed-script name
	cp "$2" saved
	sed -i "$3" "$2"
	bad=0
	! cmp -s saved "$2" || bad=1
	! "$1" > out 2>&1 || bad=1
	cp saved "$2"
	result $bad "rejects $4"
}

# ---- two drivers, three entries: DEF-001 shows in row b, DEF-002 kills in row c, DEF-003 cannot show

cat > ours <<'END'
# rig: begin boot 1 0
ok 1 - Xen 4 runs
# rig: end boot 1 0
# rig: begin conformance 1 0
1..3
ok 1 a [A-001]
ok 2 b [A-002]
ok 3 c [A-003]
# d [A-004] needs failures on demand: a row of the model
# rig: end conformance 1 0
# rig: begin smoke 1 0
ok 1 - an e
# rig: end smoke 1 0
END
sed 's/^ok 2 b .*/& # XFAIL DEF-001/; s/^ok 3 c \(.*\)/# c \1 needs a boot of its own/' ours > stock
printf 'ok %d %s [A-001]\n' 1 a 2 b 3 c 4 d > model
printf 'conformance:c\tyes\tDEF-002\n' > crashes
printf '%s\n' a b c d "an e" > names
printf '| %s |\n' 'DEF-001 | x | y' 'DEF-002 | x | y' 'DEF-003 | x | y' 'it cannot | DEF-003 | `an e`, `README.md`' > profiles
compare() {
	"$here/compare.py" --pair PV ours stock model --crashes crashes --rows names --profiles profiles
}
compare_rejects() { rejects compare "$@"; }

echo "KTAP version 1"
echo "1..29"
good=0
compare > out || good=1
[ "$(grep -c '^ok' out)" = 6 ] || good=1
result $good "accepts drivers that differ by their entries"
compare_rejects ours 's/^ok 1 a/not &/' "a row that this module fails"
compare_rejects ours '/^ok 1 a/d' "a row that this module was not given"
compare_rejects ours 's/^ok 1 a.*/& # SKIP no/' "a row that this module skips"
compare_rejects ours '/^ok/d' "no rows of this module"
compare_rejects model 's/^ok 1 a/not &/' "a row that the model fails"
compare_rejects model '/^ok 1/d' "a row that the model does not know"
compare_rejects model 's/^ok 4 d.*/&\nok 5 f [A-009]/' "a row that the model alone knows"
compare_rejects stock 's/^ok 1 a/not &/' "a difference by no entry"
compare_rejects stock 's/^ok 1 a.*/& # XFAIL DEF-009/' "a difference by an entry that there is not"
compare_rejects stock 's/^ok 1 a.*/& # XFAIL it is known/' "a difference by words"
compare_rejects stock 's/^ok 1 a.*/& # SKIP no/' "a row that the stock driver skips"
compare_rejects stock '/^ok 1 a/d' "a row that the stock driver was not given"
compare_rejects stock 's/ # XFAIL DEF-001//' "an entry that makes no difference"
compare_rejects stock 's/XFAIL DEF-001/XFAIL DEF-001 DEF-003/' "an entry that shows, and is said not to"
compare_rejects stock '/begin smoke/,$d' "a log cut off"
compare_rejects crashes 's/yes/no/' "a kernel that survives"
compare_rejects crashes 's/.*//' "a row whose own boot is missing"
compare_rejects crashes 's/:c/:cc/' "a row that kills and that this module was not given"
compare_rejects profiles '4d' "an entry of which nothing is said"
compare_rejects profiles 's/an e`/an f`/' "an entry that is covered by a test that there is not"
compare_rejects profiles 's/`//g' "an entry that is covered by nothing"
compare_rejects profiles '3d' "a reason for an entry that there is not"

# ---- a kernel that does not survive

printf '%s\r\n' '(XEN) Xen version 4.17.5 (Debian)' '# rig: begin boot 12e4' '1..1' 'ok 1 - a' '# rig: end boot 12e4 0' \
	'# rig: begin dare 12e4' '1..1' '[ 1.0] BUG: kernel NULL pointer dereference' > log
crash() { awk -v says="${says:-}" -v name=test-xen -v nonce=12e4 -v elapsed=6 -f "$here/crash.awk" log; }
crash_rejects() { rejects crash log "$@"; }
good=0
crash > out && grep -q '^test-xen: 1 passed, 0 failed, 0 skipped in 6 s' out || good=1
result $good "accepts a kernel that dies of the test"
crash_rejects '/BUG/d' "a kernel that survives the test"
crash_rejects 's/^\[ 1.0\] /# /' "a test that only says BUG"
crash_rejects 's/begin dare/begin darn/' "a kernel that dies before the test"
crash_rejects 's/^ok 1 - a/not &/' "a dom0 that did not come up"
says="general protection"
crash_rejects 's/kernel NULL/kernel null/' "a kernel that dies of something else"
exit $((failures != 0))
