#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the seeds of a target into a directory, anew: of ioctl the programs of fuzz/seeds; of the others, whose inputs mean
# little to the eye, bytes that are always the same.
#
# usage: seeds.sh PROGRAM TARGET DIRECTORY
set -eu
[ $# = 3 ] || { echo "usage: seeds.sh PROGRAM TARGET DIRECTORY" >&2; exit 2; }
here=$(dirname "$0")
mkdir -p "$3"
rm -f "$3"/*
if [ "$2" = ioctl ]; then
	exec "$1" seeds "$3" "$here"/seeds/*.txt
fi
for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	bytes=$(awk -v seed="$seed" 'BEGIN {
		x = seed
		for (i = 0; i < 100 * seed; i++) {
			x = x * 16807 % 2147483647
			printf "\\0%o", int(x / 65536) % 256
		}
	}')
	printf '%b' "$bytes" > "$3/$seed"
done
