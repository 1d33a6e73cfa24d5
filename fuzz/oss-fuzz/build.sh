#!/bin/bash -eu
# SPDX-License-Identifier: MIT
#
# Builds every target with whatever engine and sanitizer the caller has chosen, in the manner of OSS-Fuzz and ClusterFuzzLite:
# honours $CC, $CXX, $CFLAGS, $CXXFLAGS and $LIB_FUZZING_ENGINE, and puts programs, seed corpora, dictionaries and options to $OUT.
# The source is in $SRC/grantproof.

cd "$SRC/grantproof"
for target in $(make -s fuzz-targets); do
	objects=$(mktemp -d)
	# the compilers of years to come may warn of what ours does not
	# shellcheck disable=SC2046,SC2086
	for source in $(make -s fuzz-sources FUZZ_TARGET="$target"); do
		$CC $CFLAGS $(make -s fuzz-flags FUZZ_TARGET="$target") -Wno-error -DGNT_CORE_SHA256="\"$(proofs/core-hash.sh)\"" \
			-c -o "$objects/$(echo "$source" | tr / -).o" "$source"
	done
	# shellcheck disable=SC2046,SC2086
	$CXX $CXXFLAGS $(make -s fuzz-link FUZZ_TARGET="$target") -o "$OUT/$target" "$objects"/*.o $LIB_FUZZING_ENGINE
	rm -r "$objects"
	make -s "build/seeds/$target.made"
	zip -jqr "$OUT/${target}_seed_corpus.zip" "build/seeds/$target"
	printf '[libfuzzer]\nmax_len = 8192\ntimeout = 10\n' > "$OUT/$target.options"
	# a target whose inputs are dice has no dictionary
	if grep -q '=' "build/$target.dict"; then
		cp "build/$target.dict" "$OUT/"
		echo "dict = $target.dict" >> "$OUT/$target.options"
	fi
done
