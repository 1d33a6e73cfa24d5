#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the targets by build.sh as OSS-Fuzz does, in a copy of what is committed, with each sanitizer and with AFL++'s compiler,
# and tries each program on its own seeds: it must read them all, reach new code by them, and die of none.
# Prints KTAP.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$top/build/oss-fuzz
rm -rf "$work"
mkdir -p "$work/src"
git -C "$top" archive --prefix=grantproof/ HEAD | tar -x -C "$work/src"

n=0 bad=0
row() { # ok? name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=$((bad + 1)); fi
}

build() { # name CC CXX flags engine
	mkdir -p "$work/$1"
	SRC=$work/src OUT=$work/$1 CC=$2 CXX=$3 CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only $4" \
		CXXFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only $4" LIB_FUZZING_ENGINE=$5 \
		bash -eu "$top/fuzz/oss-fuzz/build.sh" > "$work/$1.log" 2>&1
}

try() { # name target
	out=$work/$1
	rm -rf "$work/corpus"
	mkdir "$work/corpus"
	python3 -m zipfile -e "$out/$2_seed_corpus.zip" "$work/corpus" || return 1
	case $1 in
	afl)	# what its driver does with files on its command line
		"$out/$2" "$work/corpus"/* > "$work/$1-$2.log" 2>&1 ;;
	*)	# what ClusterFuzz makes of the options
		dict=$(sed -n 's/^dict = //p' "$out/$2.options")
		"$out/$2" ${dict:+"-dict=$out/$dict"} -runs=2000 -seed=1 -max_len=8192 "$work/corpus" > "$work/$1-$2.log" 2>&1 &&
			{ [ -z "$dict" ] || grep -q '^Dictionary: [1-9][0-9]* entries' "$work/$1-$2.log"; } &&
			grep -q 'INITED cov' "$work/$1-$2.log" ;;
	esac
}

targets=$(make -s -C "$top" --no-print-directory fuzz-targets)
echo "KTAP version 1"
echo "1..$((4 * (1 + 2 * $(echo "$targets" | wc -w))))"
for flavour in address undefined memory afl; do
	flags="-fsanitize=$flavour -fsanitize=fuzzer-no-link" cc=clang cxx=clang++ engine=-fsanitize=fuzzer
	[ $flavour != undefined ] || flags="$flags -fno-sanitize-recover=undefined"
	[ $flavour != afl ] || { cc=afl-clang-fast cxx=afl-clang-fast++ flags=; }
	status=0
	AFL_QUIET=1 build $flavour $cc $cxx "$flags" "$engine" || status=1
	row $status "build.sh with $flavour"
	for target in $targets; do
		status=0
		[ -x "$work/$flavour/$target" ] && [ -s "$work/$flavour/$target.options" ] && [ -s "$work/$flavour/${target}_seed_corpus.zip" ] || status=1
		case $target in
		ioctl|copy) [ -s "$work/$flavour/$target.dict" ] && grep -qx "dict = $target.dict" "$work/$flavour/$target.options" || status=1 ;;
		esac
		row $status "$flavour: $target, its options, its dictionary and its seeds are there"
		status=0
		try $flavour "$target" || status=1
		row $status "$flavour: $target runs on its seeds"
	done
done
echo "oss-fuzz: $((n - bad)) passed, $bad failed, 0 skipped"
[ $bad = 0 ]
