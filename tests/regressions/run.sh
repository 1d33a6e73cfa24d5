#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Brings each bug of spec/profiles.md back that the core excludes, by a patch of this directory in a copy of the core, and
# shows that the proof of the function it is in fails, and that its test does. Without the patch the same proof run and the
# same test must pass.
#
# The head of a patch: Bug: the entry of spec/profiles.md; Unit: and Function: what to prove, as many of one as of the other;
# Test: rows of the conformance table; Canary: a file, a line of the broken core, and the condition under which that line does
# wrong, for fuzz/seeded/run.sh. Where a bug can come back in no patch of the core, others.list says why.
#
# What rejects everything says nothing: the patches of harmless/, which change how a line is written and not what it does, must
# be accepted, by proof and by test.
#
# usage: tests/regressions/run.sh [--tests | --proofs] [NAME...]
set -eu
cd "$(dirname "$0")/../.."
PWD=$(pwd -P)
export PWD LC_ALL=C
tests=yes proofs=yes
case ${1:-} in
--tests)	proofs= ; shift ;;
--proofs)	tests= ; shift ;;
esac
work=$PWD/build/regressions
rm -rf "$work"
mkdir -p "$work/obj" "$work/runs" build/cache/wp build/cache/reports
CFLAGS="-std=gnu11 -g -O1 -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all -Isrc/model"
configurations="linux,pv linux,auto header,pv header,auto"
export WP_TIMEOUT=5

# ---- proofs

if [ -n "$proofs" ]; then
	WPCACHE=$PWD/build/cache/wp REPORTS=$PWD/build/cache/reports WHY3CONFIG=$work/why3.conf
	TOOLS="$(frama-c -version) $(z3 --version) $(cvc4 --version | head -1) $(sha256sum proofs/wp.sh | cut -c1-64)"
	export WPCACHE REPORTS WHY3CONFIG TOOLS
	why3 config detect >/dev/null 2>&1
	proofs/scan.sh "$work/runs" src/core/*.c
fi

# The goals of a function that are not proved, in a core: prove CORE RUNS UNIT FUNCTION
prove() {
	mkdir -p "$2"
	cp "$work"/runs/*.metrics "$2/"
	proofs/unproved.sh "$1" "$2" "$3" "$4"
}

# What the proofs say of a patch: "rejected: goal", or why not.
prove_patch() { # copy units functions
	set -- "$1" "$2" $3
	copy=$1 units=$2
	shift 2
	for function; do
		unit=${units%% *}
		units=${units#* }
		# what takes longer than this without the patch says nothing of it, but has to be proved
		slow=$(prove "$PWD/src/core" "$copy/before-$function" "$unit" "$function")
		before=
		[ -z "$slow" ] || before=$(unset WP_TIMEOUT; prove "$PWD/src/core" "$copy/before-$function" "$unit" "$function")
		[ -z "$before" ] || { echo "not proved without the patch: $function: $before" | head -1; return; }
		after=$(prove "$copy/core" "$copy/after-$function" "$unit" "$function" | grep -vxF "${slow:-none}") || :
		[ -n "$after" ] || [ -z "$slow" ] || after=$(unset WP_TIMEOUT; prove "$copy/core" "$copy/after-$function" "$unit" "$function")
		case $after in
		"")	echo "ACCEPTED: $function"; return ;;
		"no verdict"*)	echo "$after"; return ;;
		esac
	done
	# what a contract says, if it is among them, rather than a step on the way
	echo "rejected: $({ echo "$after" | grep -E '_(requires|ensures)_' || echo "$after"; } | head -1)"
}

# ---- tests

compile() { # include source object
	gcc $CFLAGS "-I$1" -DGNT_CORE_SHA256='"broken"' -c -o "$3" "$2"
}

if [ -n "$tests" ]; then
	for source in tests/conformance/*.c src/model/*.c src/core/*.c; do
		echo "$source $work/obj/$(echo "$source" | tr / - | sed 's/c$/o/')"
	done | xargs -P "$(nproc)" -n 2 sh -c 'gcc '"$CFLAGS"' -Isrc/core -DGNT_CORE_SHA256="\"broken\"" -c -o "$1" "$0"'
	gcc -fsanitize=address,undefined -o "$work/conformance" "$work"/obj/*.o
fi

# In which configurations a row fails: failing PROGRAM ROW
failing() {
	ran=
	for configuration in $configurations; do
		status=0
		timeout 60 "$1" --profile "${configuration%,*}" --mode "${configuration#*,}" --filter "$2" >"$work/log" 2>&1 || status=$?
		[ $status -eq 2 ] && grep -q 'no row is called' "$work/log" && continue
		ran=yes
		[ $status -eq 0 ] || printf '%s ' "$configuration"
	done
	[ -n "$ran" ] || printf 'no such row'
}

test_patch() { # copy rows
	objects=$(ls "$work"/obj/*.o)
	for source in "$1"/core/*.c; do
		cmp -s "$source" "src/core/$(basename "$source")" && continue
		object=$(basename "$source" .c).o
		if ! compile "$1/core" "$source" "$1/$object" >"$1/build.log" 2>&1; then
			echo "does not compile: see $1/build.log"
			return
		fi
		objects=$(echo "$objects" | grep -v "/src-core-$object$")
		objects="$objects $1/$object"
	done
	# shellcheck disable=SC2086
	gcc -fsanitize=address,undefined -o "$1/conformance" $objects
	for row in $2; do
		before=$(failing "$work/conformance" "$row")
		[ -z "$before" ] || { echo "$row fails without the patch: $before"; return; }
		after=$(failing "$1/conformance" "$row")
		[ -n "$after" ] || { echo "ACCEPTED: $row"; return; }
	done
	echo "rejected: $2 (${after% })"
}

# ---- each patch

if [ $# -eq 0 ]; then
	set -- $(cd tests/regressions && ls -- *.patch harmless/*.patch | sed 's/\.patch$//')
fi
count=0 both=0 one=0 harmless=0 bad=0
printf '%-9s %-36s %s\n' bug name "proof; test"
for name; do
	patch=$PWD/tests/regressions/$name.patch copy=$work/$name
	field() { sed -n "s/^$1: //p" "$patch"; }
	mkdir -p "$copy"
	cp -r src/core "$copy/core"
	count=$((count + 1))
	if ! patch -s -d "$copy/core" -p1 <"$patch" >"$copy/patch.log" 2>&1; then
		printf '%-9s %-36s %s\n' "$(field Bug)" "$name" "the patch does not apply"
		bad=$((bad + 1))
		continue
	fi
	proof="not asked for" result="not asked for"
	[ -z "$proofs" ] || proof=$(prove_patch "$copy" "$(field Unit)" "$(field Function)")
	[ -z "$tests" ] || result=$(test_patch "$copy" "$(field Test)")
	want=rejected
	[ "${name%/*}" != harmless ] || want=ACCEPTED
	case "$proof; $result" in
	$want:*\;\ $want:*|not\ asked\ for\;\ $want:*|$want:*\;\ not\ asked\ for)
		case $want.$proof.$result in
		ACCEPTED*)	harmless=$((harmless + 1)) ;;
		*not\ asked*)	one=$((one + 1)) ;;
		*)	both=$((both + 1)) ;;
		esac ;;
	*)	bad=$((bad + 1)) proof="FAIL $proof" ;;
	esac
	printf '%-9s %-36s %s; %s\n' "$(field Bug | grep . || echo -)" "$name" "$proof" "$result"
done
echo "regressions: $both rejected by proof and test, $one by the one of them asked for, $harmless harmless ones accepted, $bad failed"
[ $bad -eq 0 ]
