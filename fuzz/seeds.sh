#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the seed corpus of fuzz/ioctl.c into a directory: one short history of calls a file, so that a fuzzer need not
# find the first of each kind by chance. A seed is bytes as input.c takes them, in octal; a call has a name below.
#
# usage: seeds.sh DIRECTORY
set -eu
directory=${1:?usage: seeds.sh DIRECTORY}
mkdir -p "$directory"

HEAD='\177\0'		# limit 128, default maptrack
P='\0' F='\0'		# the first process, its first descriptor (open from the start)
Q='\301'		# the second process
BUF='\0' BUF2='\20'	# addresses: the start of the buffer; 128 bytes further
AT0='\160' AT0P1='\167' # the first mapping; its second page
CROSS='\100\5'		# 5 bytes below the end of the buffer's first page

seed() { # NAME BYTES...
	name=$1
	shift
	printf '%b' "$HEAD$(printf '%s' "$@")" > "$directory/$name"
}

# Grants 0, 2, 4, 6 are writable, 1, 3, 5 read-only; 0, 3, 6 are of our own domain, the others of two more.
map1="\\2$P$F$BUF\\0\\1\\0"			# MAP of one grant
map3="\\2$P$F$BUF\\2\\3\\2\\4\\6"		# of three
map_ro="\\2$P$F$BUF\\0\\1\\1"			# of one that is read-only
map_bad="\\2$P$F$BUF\\1\\2\\0\\340"		# of one that is good, and one with a domain id beyond 16 bits
map_many="\\2$P$F$BUF\\7\\360\\0\\144\\0\\2\\4\\6\\0\\2\\4\\6"	# of 100: the table grows
map_none="\\2$P$F$BUF\\0\\0"			# of none
map_over="\\2$P$F$BUF\\0\\360\\0\\310\\0"		# of 200: over the limit
map_short="\\2$P$F\\157\\20\\0\\3\\0"		# of three, of which memory ends after the first
mmap="\\5\\0$P$F"				# the map made last, to read and write
mmap_ro="\\5\\100$P$F"				# to read
mmap_of_first="\\5\\1$P$F"			# the map made before the last
mmap_short="\\5\\200$P$F\\0\\2\\1\\3\\1\\0\\1\\0"	# two pages of it
munmap1="\\7$P$AT0\\1\\1"			# one page of the first mapping
munmap_middle="\\7$P$AT0P1\\1\\1"
munmap3="\\7$P$AT0\\3\\1"
unmap="\\4$P$F$BUF\\0\\0"			# UNMAP of the map made last, count 0
unmap_wrong="\\4$P$F$BUF\\0\\11"		# count 9
store="\\13\\1$P\\4$AT0"'abcd'			# through the mapping
load="\\13\\0$P\\4$AT0"
owner_store="\\15\\4\\0\\1\\2"			# 4 bytes at offset 2 of grant 0
owner_load="\\15\\4\\0\\0\\2"
revoke="\\15\\0\\0"
open="\\0$P\\2"
close="\\1$P$F"
exit="\\17\\0"
fault() { printf '\\16\\%03o' $(($1 + 6 * $2)); } # KIND NTH, as in model.h

copy_to="\\10$P$F$BUF$BUF2\\0\\1\\2\\7\\0$CROSS\\2\\3"		# 7 bytes across a page of ours to a grant
copy_from="\\10$P$F$BUF$BUF2\\0\\1\\1\\7\\0\\2\\3$CROSS"		# and back
copy_grants="\\10$P$F$BUF$BUF2\\0\\1\\3\\7\\0\\1\\3\\2\\4"	# from grant to grant
copy_none="\\10$P$F$BUF$BUF2\\0\\0"				# the probe
copy_many="\\10$P$F$BUF$BUF2\\0\\360\\0\\144\\3\\1\\0\\1\\3\\2\\4"	# 100 segments: two batches
copy_split="\\10$P$F$BUF$BUF2\\0\\360\\0\\100\\2\\7\\0$CROSS\\2\\3"	# 64 segments of two ops
copy_outside="\\10$P$F$BUF$BUF2\\0\\1\\2\\7\\13$BUF\\2\\3"	# longer than a frame
copy_local="\\10$P$F$BUF$BUF2\\0\\1\\0\\7\\0$BUF$BUF2"		# no grant at all
copy_before="\\10$P$F$BUF$BUF2\\0\\1\\1\\7\\13\\2\\3$BUF"	# the same, from a frame
copy_wraps="\\10$P$F$BUF$BUF2\\0\\1\\2\\7\\0\\360\\323\\2\\3"	# from the last byte there is
copy_nowhere="\\10$P$F$BUF$BUF2\\0\\1\\2\\7\\0\\360\\1\\2\\3"	# from page 0, which is not there
copy_refused="\\10$P$F$BUF$BUF2\\2\\3\\2\\7\\0$BUF\\1\\3\\2\\7\\0$BUF\\377\\3\\0\\0\\2\\7\\0$BUF\\377\\0\\310\\0"
copy_dropped="\\10$P$F$BUF$BUF2\\1\\2\\3\\7\\0\\1\\3\\2\\4\\0\\7\\0$BUF$BUF2"	# a good segment, then a bad one
copy_dropped_pin="\\10$P$F$BUF$BUF2\\1\\2\\2\\7\\0$BUF\\2\\3\\0\\7\\0$BUF$BUF2"	# the same, with a page pinned
copy_edge="\\10$P$F$BUF$BUF2\\0\\1\\6\\7\\0\\100\\7\\2\\3"	# up to the end of a page; a flag that means nothing
copy_empty="\\10$P$F$BUF$BUF2\\0\\1\\2\\0\\0$BUF\\2\\3"		# no byte at all
copy_of_mapping="\\10$P$F$BUF$BUF2\\0\\1\\2\\7\\0$AT0\\4\\3"	# from a mapping of the device

seed map-load-store "$map1" "$mmap" "$mmap" "$store" "$load" "$owner_store" "$owner_load" "$munmap1" "$unmap" "$revoke"
seed unmap-while-mapped "$map1" "$mmap" "$unmap" "$unmap" "$map1" "$store" "$munmap1" "$map1" "$unmap"
seed map-read-only "$map3" "$mmap_short" "$mmap_ro" "$load" "$munmap3" "$map1" "$(fault 4 2)" "$mmap"
seed munmap-middle "$map3" "$mmap" "$munmap_middle" "$load" "$unmap_wrong" "$munmap3" "$unmap"
seed read-only "$map_ro" "$mmap" "$mmap_ro" "$unmap" "$map_ro" "$mmap_ro" "$load" "$store" "$close" "$exit"
seed mmap-fails "$map_bad" "$mmap" "$mmap" "$unmap" "$map3" "$(fault 4 2)" "$mmap" "$(fault 4 5)" "$mmap" "$unmap"
seed table-grows "$map1" "$map_many" "$map3" "$mmap_of_first" "$unmap" "$map1" "$exit"
seed gaps "$map1" "$map3" "$map1" "\\4$P$F$BUF\\1\\0" "$map_ro" "$map3" "$map1" "$close" "$open" "$map1"
seed close-first "$map3" "$mmap" "$close" "$store" "$munmap_middle" "$munmap1" "$exit"
seed map-fails "$map_none" "$map_over" "$map_short" "$map1" "$unmap_wrong" "$unmap" "$unmap"
seed no-memory "$(fault 0 1)" "$open" "$(fault 0 4)" "$open" "$(fault 0 5)" "$map_many" "$(fault 0 1)" \
	"$copy_to" "$map_many"
seed faults "$(fault 0 1)" "$map1" "$(fault 0 2)" "$map1" "$(fault 1 1)" "$map1" "$(fault 1 2)" "$map3" \
	"$(fault 2 1)" "$map3" "$map1"
seed copy "$copy_to" "$copy_from" "$copy_grants" "$copy_none" "$copy_empty" "$copy_local" "$copy_outside"
seed copy-fails "$copy_before" "$copy_wraps" "$copy_nowhere" "$copy_refused" "$(fault 2 2)" "$copy_to" \
	"$(fault 1 2)" "$copy_to"
seed copy-dropped "$copy_dropped" "$copy_dropped_pin" "$copy_edge"
seed copy-batches "$copy_many" "$copy_split" "$(fault 5 70)" "$copy_many" "$(fault 3 3)" "$copy_split"
seed copy-of-mapping "$map1" "$mmap" "$copy_of_mapping" "$munmap1" "$copy_of_mapping"
seed other-commands "\\12\\2$P$F$BUF" "\\12\\3$P$F$BUF" "\\12\\4$P$F$BUF" "\\12\\6$P$F$BUF" "\\12\\300$P$F\\5$BUF"
seed two-processes "\\2$Q$F$BUF\\0\\1\\0" "\\5\\0$Q$F" "$map1" "$mmap" "\\17\\1" "$revoke" "$load"
