// SPDX-License-Identifier: MIT
/*
 * Xen's own account of the grants in use: the hypervisor's debug key 'g' writes it to its console,
 * which dom0 may read. A grant that is mapped or pinned is a line of two numbers in parentheses and
 * more; all others are left out.
 */
#define __XEN_TOOLS__ 1
#include "lab.h"
#include <xen/xen.h>
#include <xen/sysctl.h>
#include <xen/sys/privcmd.h>

static int sysctl(int fd, struct xen_sysctl *op)
{
	privcmd_hypercall_t call = { .op = __HYPERVISOR_sysctl, .arg = { (uintptr_t)op } };

	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call);
}

static int press(int fd, char *key)
{
	struct xen_sysctl op = { .cmd = XEN_SYSCTL_debug_keys };

	set_xen_guest_handle_raw(op.u.debug_keys.keys, key);
	op.u.debug_keys.nr_keys = 1;
	return sysctl(fd, &op);
}

/* All of Xen's console, and clears it; the number of bytes, or -1. */
static long read_console(int fd, char *text, uint32_t size)
{
	struct xen_sysctl op = { .cmd = XEN_SYSCTL_readconsole };

	set_xen_guest_handle_raw(op.u.readconsole.buffer, text);
	op.u.readconsole.count = size;
	op.u.readconsole.clear = 1;
	return sysctl(fd, &op) ? -1 : (long)op.u.readconsole.count;
}

/* "[0x008]      0 0x1f3a5 0x00000001          0 0x1f3a5 0x19" and the like */
static long count_entries(char *text)
{
	bool began = false, ended = false;
	long n = 0;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (strstr(line, "gnttab_usage_print_all ["))
			began = true;
		else if (strstr(line, "gnttab_usage_print_all ]"))
			ended = true;
		else if (began && strstr(line, "[0x"))
			n++;
	}
	return began && ended ? n : -1;
}

long grants_in_use(void)
{
	static char text[65536];
	int fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	/* what Xen reads and writes must be there */
	char *room = mmap(NULL, sizeof(text), RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	static char key[1] = "g";
	long n;

	CHECK(fd >= 0 && room != MAP_FAILED);
	if (read_console(fd, room, sizeof(text)) < 0 || press(fd, key))
		return -1;
	usleep(200000);
	n = read_console(fd, room, sizeof(text) - 1);
	if (n < 0)
		return -1;
	memcpy(text, room, (size_t)n);
	return count_entries(text);
}
