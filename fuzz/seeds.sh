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
# Of copy, records are segments that can be copied: near the ends of pages, with flags that mean something.
for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	bytes=$(awk -v seed="$seed" -v target="$2" 'BEGIN {
		x = seed
		for (i = 0; i < 100 * seed; i++) {
			x = x * 16807 % 2147483647
			byte = int(x / 65536) % 256
			if (target == "copy" && i > 0) {
				at = (i - 1) % 28
				if (at == 1 || at == 9)
					byte = byte % 4 ? 15 : byte
				else if (at == 5 || at == 13)
					byte %= 16
				else if (at == 17 || at == 19 || at > 23)
					byte = byte % 8 ? 0 : byte
			}
			printf "\\0%o", byte
		}
	}')
	printf '%b' "$bytes" > "$3/$seed"
done
