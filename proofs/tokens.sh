#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the kernel's compiler read the core as the proof did? Each unit is preprocessed with the command line that built the module in
# $BUILD/module, with the forced includes and the macros of the kernel's headers, and the tokens of the core's own lines are compared
# with those of src/core without any of that. A macro of the kernel that has the name of something in the core shows, and so does one
# that is planted here.
# usage: [BUILD=...] [KDIR=...] proofs/tokens.sh, after make module
set -eu
here=$(cd "$(dirname "$0")/.." && pwd -P)
dir=${BUILD:-$here/build}/module/core
kdir=${KDIR:-$(ls -d /lib/modules/*/build | sort -V | tail -n 1)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# of preprocessed text on standard input, the lines that are those of folder $1, a word a line
own() {
	awk -v own="\"$1/" '/^# [0-9]+ "/ { mine = index($3, own) == 1; next } mine' | tr -s '[:space:]' '\n' | sed '/^$/d'
}
# the tokens of unit $1 in the kernel, with an option $2
kernel() {
	command=$(sed -n 's/^\(saved\)\{0,1\}cmd_[^ ]* := \(.*\)/\2/p' "$dir/.$1.o.cmd" |
		sed "s/ ; .*//; s/-Wp,-MMD,[^ ]*//; s/ -c -o [^ ]*/ -E $2/")
	[ -n "$command" ] || { echo "tokens: no $dir/.$1.o.cmd: make module builds it" >&2; exit 1; }
	(cd "$kdir" && sh -c "$command") | own "$dir"
}

count=0
for source in "$here"/src/core/*.c; do
	unit=$(basename "$source" .c)
	gcc -E "$source" | own "$here/src/core" >"$work/proof"
	kernel "$unit" "" >"$work/kernel"
	kernel "$unit" -Du32=unsigned >"$work/planted"
	[ -s "$work/proof" ] || { echo "tokens: $unit: nothing to compare"; exit 1; }
	if ! cmp -s "$work/kernel" "$work/proof"; then
		diff "$work/kernel" "$work/proof" | head
		echo "tokens: the kernel reads $unit in another way"
		exit 1
	fi
	! cmp -s "$work/planted" "$work/proof" || { echo "tokens: $unit: a planted macro does not show"; exit 1; }
	count=$((count + 1))
done
echo "tokens: $count units, in the kernel as in the proof"
