#!/bin/sh
# SPDX-License-Identifier: MIT
# The hash of src/core (of the folder given, else of this tree): every file, its name and its bytes.
set -eu
cd "${1:-$(dirname "$0")/../src/core}"
LC_ALL=C
export LC_ALL
sha256sum -- *.c *.h | sha256sum | cut -c1-64
