#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds the targets by build.sh as OSS-Fuzz does, in a copy of the tree: with each sanitizer, with AFL++'s compiler, with an
# engine that is an archive, and for coverage; and tries each program on its own seeds: it must read them all, reach new code by
# them, and die of none. What project.yaml asks for is among these. The Dockerfiles need OSS-Fuzz's image: of them only what
# they install is looked at, and that build.sh is where they copy it from.
# Prints KTAP.
#
# usage: test.sh [address|undefined|memory|afl|archive|coverage...]    (default: all)
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$top/build/oss-fuzz
rm -rf "$work"
mkdir -p "$work/src/grantproof"
tar -C "$top" --exclude=./build --exclude=./.git -c . | tar -x -C "$work/src/grantproof"

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
	coverage)
		rm -f "$work"/profraw "$work"/profdata
		LLVM_PROFILE_FILE=$work/profraw "$out/$2" -runs=0 "$work/corpus" > "$work/$1-$2.log" 2>&1 &&
			"$(tool profdata)" merge -o "$work/profdata" "$work/profraw" &&
			"$(tool cov)" report -instr-profile="$work/profdata" "$out/$2" > "$work/$1-$2.report" 2>> "$work/$1-$2.log" &&
			# of each file of the core that it is built from, some lines ran
			awk '/src\/core\/.*\.c / { n++; bad += $10 == "0.00%" } END { exit !n || bad }' "$work/$1-$2.report" ;;
	*)	# what ClusterFuzz makes of the options
		dict=$(sed -n 's/^dict = //p' "$out/$2.options")
		"$out/$2" ${dict:+"-dict=$out/$dict"} -runs=2000 -seed=1 -max_len=8192 "$work/corpus" > "$work/$1-$2.log" 2>&1 &&
			{ [ -z "$dict" ] || grep -q '^Dictionary: [1-9][0-9]* entries' "$work/$1-$2.log"; } &&
			grep -q 'INITED cov' "$work/$1-$2.log" ;;
	esac
}

tool() { command -v "llvm-$1-14" || command -v "llvm-$1"; }

targets=$(make -s -C "$top" --no-print-directory fuzz-targets)
[ $# -gt 0 ] || set -- address undefined memory afl archive coverage
echo "KTAP version 1"
echo "1..$(($# * (1 + 2 * $(echo "$targets" | wc -w)) + 3))"

here=$top/fuzz/oss-fuzz
# libfuzzer is the engine of the sanitizers' flavours
status=0
for one in $(sed -n 's/^  - //p' "$here/project.yaml"); do
	case " $* libfuzzer " in
	*" $one "*) ;;
	*) status=1; echo "# nobody tries $one" ;;
	esac
done
case " $* " in *" address "*|*" undefined "*|*" memory "*) ;; *) status=1; echo "# nobody tries libfuzzer" ;; esac
row $status "project.yaml asks for nothing that is not tried here: $*"
# what build.sh calls, and whose headers the sources include; the compilers' own, and the C library's, come with the image
mkdir -p "$work/headers"
for target in $targets; do
	# shellcheck disable=SC2046
	(cd "$work/src/grantproof" && for source in $(make -s fuzz-sources FUZZ_TARGET="$target"); do
		clang $(make -s fuzz-flags FUZZ_TARGET="$target") -M "$source" || echo failed; done) > "$work/headers/$target"
done
packages=$(cat "$work/headers"/* | tr -s ' \\' '\n' | grep '^/usr/include/' | sort -u | xargs realpath | xargs dpkg -S | sed 's/[:,].*//' | sort -u | grep -vx libc6-dev)
status=0
case $packages in *libxen-dev*linux-libc-dev*) ;; *) status=1; echo "# the headers are of: $packages" ;; esac
! grep -qx failed "$work/headers"/* || status=1
for file in "$here/Dockerfile" "$top/.clusterfuzzlite/Dockerfile"; do
	for tool in make zip $packages; do grep -q "apt-get install.* $tool\b" "$file" || { status=1; echo "# $file: no $tool"; }; done
done
row $status "the Dockerfiles install what build.sh needs"
status=0
grep -q '^COPY fuzz/oss-fuzz/build.sh ' "$top/.clusterfuzzlite/Dockerfile" && grep -qx build "$top/.dockerignore" || status=1
row $status "ClusterFuzzLite takes the same build.sh, and nothing that was built here"

for flavour; do
	flags="-fsanitize=$flavour -fsanitize=fuzzer-no-link" cc=clang cxx=clang++ engine=-fsanitize=fuzzer
	case $flavour in
	undefined) flags="$flags -fno-sanitize-recover=undefined" ;;
	afl) cc=afl-clang-fast cxx=afl-clang-fast++ flags= ;;
	archive) flags="-fsanitize=address -fsanitize=fuzzer-no-link" engine=$(ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer-"$(uname -m)".a) ;;
	coverage) flags="-fprofile-instr-generate -fcoverage-mapping" ;;
	esac
	status=0
	AFL_QUIET=1 build "$flavour" $cc $cxx "$flags" "$engine" || status=1
	row $status "build.sh with $flavour"
	for target in $targets; do
		status=0
		[ -x "$work/$flavour/$target" ] && [ -s "$work/$flavour/$target.options" ] && [ -s "$work/$flavour/${target}_seed_corpus.zip" ] || status=1
		case $target in
		ioctl|copy) [ -s "$work/$flavour/$target.dict" ] && grep -qx "dict = $target.dict" "$work/$flavour/$target.options" || status=1 ;;
		esac
		row $status "$flavour: $target, its options, its dictionary and its seeds are there"
		status=0
		try "$flavour" "$target" || status=1
		row $status "$flavour: $target runs on its seeds"
	done
done
echo "oss-fuzz: $((n - bad)) passed, $bad failed, 0 skipped"
[ $bad = 0 ]
