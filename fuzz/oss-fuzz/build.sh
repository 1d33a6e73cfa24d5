#!/bin/bash -eu
# SPDX-License-Identifier: MIT
#
# Builds every target with whatever engine and sanitizer the caller has chosen, in the manner of OSS-Fuzz and ClusterFuzzLite:
# honours $CC, $CXX, $CFLAGS, $CXXFLAGS and $LIB_FUZZING_ENGINE, and puts programs, seed corpora, dictionaries and options to $OUT.
# The source is in $SRC/grantproof.

cd "$SRC/grantproof"
# our own programs make the seeds, in this build's engine's and sanitizer's stead; compilers of years to come may warn of what ours do not
ours="make -s WARN=-std=gnu11 SAN="
targets=$(make -s fuzz-targets)
[ -n "$targets" ]
for target in $targets; do
	objects=$(mktemp -d)
	# shellcheck disable=SC2046,SC2086
	sources=$(make -s fuzz-sources FUZZ_TARGET="$target")
	[ -n "$sources" ]
	for source in $sources; do
		$CC $(make -s fuzz-flags FUZZ_TARGET="$target") -DGNT_CORE_SHA256="\"$(proofs/core-hash.sh)\"" $CFLAGS \
			-c -o "$objects/$(echo "$source" | tr / -).o" "$source"
	done
	# shellcheck disable=SC2046,SC2086
	$CXX $CXXFLAGS $(make -s fuzz-link FUZZ_TARGET="$target") -o "$OUT/$target" "$objects"/*.o $LIB_FUZZING_ENGINE
	rm -r "$objects"
	$ours "build/seeds/$target.made"
	# what there is in its place when the seeds fail
	! grep -q '^nothing=' "build/$target.dict" || exit 1
	zip -jqr "$OUT/${target}_seed_corpus.zip" "build/seeds/$target"
	printf '[libfuzzer]\nmax_len = 8192\ntimeout = 10\n' > "$OUT/$target.options"
	# a target whose inputs are dice has no dictionary
	if grep -q '=' "build/$target.dict"; then
		cp "build/$target.dict" "$OUT/"
		echo "dict = $target.dict" >> "$OUT/$target.options"
	fi
done
