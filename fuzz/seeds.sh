#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the seeds of a target into a directory, anew: those of ioctl are the programs of fuzz/seeds, those of the others are
# made of these.
#
# usage: seeds.sh PROGRAM TARGET DIRECTORY
set -eu
[ $# = 3 ] || { echo "usage: seeds.sh PROGRAM TARGET DIRECTORY" >&2; exit 2; }
here=$(dirname "$0")
mkdir -p "$3"
rm -f "$3"/*
"$1" seeds "$3" "$here"/seeds/*.txt
