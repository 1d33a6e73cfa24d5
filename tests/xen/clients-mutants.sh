#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The clients' boot tested: the module is broken on purpose, one way at a time, and for each broken module the
# very row must fail that is there for it. One to two minutes each. Prints what mutate.sh prints.
#
# usage: tests/xen/clients-mutants.sh [NAME...]		environment: as for clients.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
name=clients-mutants
dir=clients/mutant
. "$here/mutate.sh"

# name, file, sed script, part of the log's line for the row that must fail
mutants() { cat <<'END'
copies-fail	copy.c	s/t->batch.op\[i\].status = status;/t->batch.op[i].status = -1;/	disk: not ok .* reads what is in the file
copies-elsewhere	copy.c	s/.domid = domid, .offset = offset/.domid = domid, .offset = offset ^ 512/	disk: not ok .* reads what is in the file
no-copies	main.c	s/return gnt_ioctl(filp->private_data, command, arg, 0);/return command == IOCTL_GNTDEV_GRANT_COPY ? -ENOTTY : gnt_ioctl(filp->private_data, command, arg, 0);/	calls: not ok .* qemu: GRANT_COPY
byte-stays	pages.c	s/WRITE_ONCE(\*byte, 0);/(void)byte;/	vchan: not ok .* the guest is told
event-not-sent	port.c	s/^\tnotify_remote_via_evtchn(port);/\t;/	vchan: not ok .* the guest is told
kernel-handle-leaks	pages.c	s/err = gnttab_unmap_refs(map->ops.unmap, NULL, map->batch, n);/err = 0; for (u32 i = 0; i < n; i++) map->ops.unmap[i].status = GNTST_okay;/	destroy: not ok .* the domain is gone
no-offset	vma.c	s/if (vma->vm_ops != operations())/if (vma->vm_ops)/	calls: not ok .* xenstored: GET_OFFSET
writable-always	pages.c	s/(readonly ? GNTMAP_readonly : 0)/0/	pages: not ok .* but for reading
not-in-use	main.c	s/.owner = THIS_MODULE,/.owner = NULL,/	destroy: not ok .* rmmod is refused
END
}

caught() { # part of a line
	build_module || return 1
	if MODULE=$module LOG=$dir/$mutant.log TIMEOUT=${TIMEOUT:-300} "$here/clients.sh" > "$dir/$mutant.out" 2>&1 ||
	   ! grep -m 1 "^test-xen-clients: $1" "$dir/$mutant.out" > "$dir/seen"; then
		echo "# it survived: see $dir/$mutant.out"
		return 1
	fi
	sed 's/^/# /' "$dir/seen"
}

run_mutants "$@"
