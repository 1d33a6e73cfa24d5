#!/bin/sh
# SPDX-License-Identifier: MIT
# How many programs the model runs a second on one processor, over the seeds: without and with the sanitizers, on which machine.
set -eu
b=${BUILD:-build}
times=${TIMES:-1000}
echo "# $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(uname -sr)"
echo "# $(clang --version | head -1); time of the processor, so that others on the machine count little"
calls=$("$b/program" text "$b"/seeds/ioctl/* | grep -vc '^world')
echo "# $(ls "$b"/seeds/ioctl | wc -l) programs, $calls calls; every invariant is checked after each call"
"$b/speed-ioctl" -n "$times" "$b"/seeds/ioctl/* | sed 's/^speed-ioctl/without sanitizers/'
"$b/replay-ioctl" -n $((times / 4)) "$b"/seeds/ioctl/* | sed 's/^replay-ioctl/with ASan and UBSan/'
