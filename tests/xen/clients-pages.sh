# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# A process that does with pages what it is told, line by line (clients-pages.c). To be sourced, in dom0 and in
# the guest; one such process in each.

pages_start() { # what to start it by
	mkfifo /run/in /run/out
	"$@" /bin/clients pages <> /run/in 1<> /run/out 2> /dev/null &
}
# prints its answer
tell() {
	echo "$1" > /run/in
	read -r answer < /run/out
	echo "$answer"
}
