#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Every boot of real Xen there is, two at a time: a PV and a PVH dom0, each with our module and with Linux's own driver,
# a machine large enough for maps that fill the offset space, and one boot for each test that the stock driver's kernel
# does not survive. Then what the two drivers and the model did is compared, row by row (compare.py).
# Ends with the line "test-xen: N passed, 0 failed, K skipped in S s", the sum of it all.
#
# usage: tests/xen/boots.sh [BOOT...]	some boots alone, and no comparison: pv-ours, pvh-stock, dare-3, ...
# environment: JOBS (2), and as for boot.sh; the rows of a boot are in $BUILD/xen/boot-NAME/out
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/xen
conformance=${CONFORMANCE:-$BUILD/conformance-static}

# The longest first.
boots="pvh-ours pvh-stock pv-ours pv-stock large-ours large-stock"

# The tests that kill, each with the kind of dom0, the entries of spec/profiles.md, and what the kernel says, if that has
# to be more than any complaint: SUITE:TEST<tab>PV<tab>DEF-005<tab>pattern
list_dares() {
	{
		"$conformance" --list --dare --stock --device /dev/xen/gntdev | sed 's/^/conformance:/; s/ stock: crashes$/ crashes: /'
		"$dir/dom0" list
	} | sed -n 's/^\([^[]*\) \[.*\] stock: \(.*\) crashes: \(.*\)/\1\tPV\t\2\t\3/p'
	# of unloading there is no program's test; init.sh has it
	printf 'unload:once the page has gone it unloads\tPVH\tDEF-008\tunable to handle|Kernel panic\n'
}

dare() { sed -n "$1p" "$dir/dares" | cut -f "$2"; }

# What boot.sh is told, by the name of the boot.
choose() { # name
	case $1 in
	pv-*) export TYPE=PV ;;
	pvh-*) export TYPE=PVH ;;
	large-*) export TYPE=PV SUITES=large MEMORY=3072 XEN_ARGS=dom0_mem=2560M,max:2560M ;;
	dare-*)
		DARE=$(dare "${1#dare-}" 1) TYPE=$(dare "${1#dare-}" 2) SAYS=$(dare "${1#dare-}" 4)
		export DARE TYPE SAYS ;;
	*) echo "boots: there is no boot $1" >&2; return 2 ;;
	esac
	case $1 in
	*-ours) export GNTDEV=ours ;;
	*) export GNTDEV=stock ;;
	esac
}

# What kills the stock driver's kernel is a race, which may be lost on a machine with other things to do.
again() { # name
	case $1 in
	dare-*) ;;
	*) return 0 ;;
	esac
	for attempt in 2 3; do
		echo "# $1: attempt $attempt"
		! BOOT=$1 "$here/boot.sh" > "$boot/out" 2>&1 < /dev/null || return 0
	done
}

# One boot: a line when it is over, and what was wrong with it.
one() { # name
	boot=$dir/boot-$1
	mkdir -p "$boot"
	rm -f "$boot/verdict"
	choose "$1" || return 2
	BOOT=$1 "$here/boot.sh" > "$boot/out" 2>&1 < /dev/null || again "$1"
	if ! tail -n 1 "$boot/verdict" 2>/dev/null | grep -q '^test-xen: '; then
		echo "test-xen: 0 passed, 1 failed, 0 skipped in 0 s" > "$boot/verdict"
		tail -n 5 "$boot/out"
	elif ! tail -n 1 "$boot/verdict" | grep -q ', 0 failed, '; then
		grep -aE -B 2 '^ *not ok|^test-xen: ' "$boot/out" | sed '$d'
	fi
	grep '^# ' "$boot/verdict" || true
	sed -n "\$s/^test-xen:/# $1${DARE:+ ($DARE)}:/p" "$boot/verdict"
}

if [ "${1:-}" = --one ]; then
	one "$2"
	exit
fi

start=$(date +%s)
mkdir -p "$dir"
"$here/selftest-compare.sh" > "$dir/selftest-compare" ||
	{ echo "boots: the judge is not to be trusted: see $dir/selftest-compare"; exit 1; }
"$here/compile.sh"
"$here/fetch.sh"
list_dares > "$dir/dares"
chosen="${*:-$boots $(awk '{ print "dare-" NR }' "$dir/dares")}"
# shellcheck disable=SC2086
printf '%s\n' $chosen | xargs -P "${JOBS:-2}" -n 1 "$0" --one

# Lines as compare.py wants them: which tests killed, and what tests there are.
crashes() {
	awk '{ print NR }' "$dir/dares" | while read -r i; do
		tail -n 1 "$dir/boot-dare-$i/verdict" | grep -q ', 0 failed,' && died=yes || died=no
		printf '%s\t%s\t%s\n' "$(dare "$i" 1)" "$died" "$(dare "$i" 3)"
	done
}
compare() {
	for mode in pv auto; do
		for profile in linux header; do
			"$conformance" --device model --mode $mode --profile $profile > "$dir/model-$mode-$profile"
		done
	done
	crashes > "$dir/crashes"
	{
		for mode in pv auto; do
			"$conformance" --list --device model --mode $mode | cut -d ' ' -f 1
		done
		"$dir/dom0" names
	} > "$dir/names"
	"$here/compare.py" --pair PV "$dir/boot-pv-ours/console.log" "$dir/boot-pv-stock/console.log" \
			"$dir/model-pv-linux" "$dir/model-pv-header" \
		--pair PVH "$dir/boot-pvh-ours/console.log" "$dir/boot-pvh-stock/console.log" \
			"$dir/model-auto-linux" "$dir/model-auto-header" \
		--pair large "$dir/boot-large-ours/console.log" "$dir/boot-large-stock/console.log" "$dir/model-pv-linux" \
		--crashes "$dir/crashes" --rows "$dir/names" > "$dir/compared" || true
	cat "$dir/compared"
	awk '/^ok/ { p++ } /^not ok/ { f++ } /^1\.\./ { n = substr($1, 4) }
		END { if (p + f != n || !n) f++; printf "test-xen: %d passed, %d failed, 0 skipped in 0 s\n", p, f }' "$dir/compared" \
		> "$dir/compared.verdict"
}
verdicts=
for boot in $chosen; do
	verdicts="$verdicts $dir/boot-$boot/verdict"
done
if [ $# = 0 ]; then
	compare
	verdicts="$verdicts $dir/compared.verdict"
fi
# shellcheck disable=SC2086
tail -q -n 1 $verdicts | awk -v elapsed=$(($(date +%s) - start)) -v want="$(echo "$verdicts" | wc -w)" '
	/^test-xen: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped in/ { p += $2; f += $4; s += $6; n++ }
	END {
		if (n != want) { f++; print "# " n + 0 " verdicts of " want }
		printf "test-xen: %d passed, %d failed, %d skipped in %d s\n", p, f, s, elapsed
		exit f != 0
	}'
