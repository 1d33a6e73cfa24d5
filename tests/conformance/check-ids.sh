#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The identifiers of the conformance rows and the tests: fails when one is cited that the specification does not define, when
# a row cites no requirement, when two rows have one name, or when a patch of tests/regressions names a row or a defect
# that there is not. With --missing, lists the requirements that no row cites. That every requirement has a test is
# tests/trace.py's to say.
#
# usage: tests/conformance/check-ids.sh [--missing] [SPEC-DIRECTORY]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
missing=
if [ "${1:-}" = --missing ]; then
	missing=yes
	shift
fi
spec=${1:-$here/../../spec}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

for file in requirements.md profiles.md; do
	[ -r "$spec/$file" ] || { echo "check-ids: no $spec/$file" >&2; exit 1; }
done

# an identifier is the first cell of exactly one line
defined() { # file prefix
	sed -n "s/^| \\($2-[A-Z0-9-]*\\) |.*/\\1/p" "$1"
}
complain() {
	echo "check-ids: $*" >&2
	bad=1
}

{
	defined "$spec/requirements.md" GNT
	defined "$spec/profiles.md" DEF
	defined "$spec/profiles.md" PRF
} | sort > "$tmp/defined"
[ "$(grep -c '^GNT-' "$tmp/defined")" -gt 100 ] || complain "no requirements found in $spec"
[ -z "$(uniq -d "$tmp/defined")" ] || complain "defined twice:" $(uniq -d "$tmp/defined")

# rows: name, requirements
sed -n 's/^	{ "\([a-z0-9_-]*\)", "\([^"]*\)".*/\1|\2/p' "$here"/rows*.c > "$tmp/rows"
[ -s "$tmp/rows" ] || complain "no rows found in $here"
[ "$(wc -l < "$tmp/rows")" = "$(cat "$here"/rows*.c | grep -c '\.steps = {')" ] ||
	complain "not every row has the form that this script reads"
grep -vE '^[a-z0-9_-]+\|GNT-[A-Z]+-[0-9]{3}( GNT-[A-Z]+-[0-9]{3})*$' "$tmp/rows" > "$tmp/odd" &&
	complain "no list of requirements:" "$(cat "$tmp/odd")"
cut -d '|' -f 1 "$tmp/rows" | sort | uniq -d > "$tmp/twice"
[ ! -s "$tmp/twice" ] || complain "rows of one name:" $(cat "$tmp/twice")

# every defect is brought back by a patch, or others.list says where it is
{
	sed -n 's/^Bug: //p' "$here"/../regressions/*.patch
	grep -v '^#' "$here/../regressions/others.list" | cut -f 1
} | sort -u > "$tmp/bugs"
grep '^DEF-[01]' "$tmp/defined" | comm -23 - "$tmp/bugs" > "$tmp/forgotten"
[ ! -s "$tmp/forgotten" ] || complain "no patch of tests/regressions, and not in its others.list:" $(cat "$tmp/forgotten")
for row in $(grep -v '^#' "$here/../regressions/others.list" | cut -f 3); do
	grep -q "^$row|" "$tmp/rows" || [ -d "$here/../../$row" ] || complain "others.list: no row is called $row"
done
for patch in "$here"/../regressions/*.patch; do
	for row in $(sed -n 's/^Test: //p' "$patch"); do
		grep -q "^$row|" "$tmp/rows" || complain "$(basename "$patch"): no row is called $row"
	done
	grep -qx "$(sed -n 's/^Bug: //p' "$patch")" "$tmp/defined" || complain "$(basename "$patch"): no such defect"
done

cat "$here"/*.[ch] "$here"/../unit/*.[ch] "$here"/../model/*.[ch] | grep -oE '(GNT-[A-Z]+-[0-9]+|(DEF|PRF)-[0-9]+)' | sort -u > "$tmp/cited"
comm -23 "$tmp/cited" "$tmp/defined" > "$tmp/undefined"
for id in $(cat "$tmp/undefined"); do
	complain "$id is cited and not defined:" $(cd "$here/.." && grep -lw "$id" conformance/*.[ch] unit/*.[ch] model/*.[ch])
done

if [ -n "$missing" ]; then
	cut -d '|' -f 2 "$tmp/rows" | tr ' ' '\n' | sort -u > "$tmp/tested"
	grep '^GNT-' "$tmp/defined" | comm -23 - "$tmp/tested"
fi
[ $bad = 0 ] || exit 1
cited=$(cut -d '|' -f 2 "$tmp/rows" | tr ' ' '\n' | sort -u | wc -l)
[ -n "$missing" ] || echo "check-ids: $(wc -l < "$tmp/rows") rows cite $cited requirements, all defined"
