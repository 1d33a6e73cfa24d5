// SPDX-License-Identifier: MIT
/*
 * Makes a domain as a toolstack does, by libxenctrl, as far as granting needs it: memory and a grant table, but no
 * kernel, and a virtual CPU that is never started. What its kernel would write into the grant table, grantor.c does.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xenctrl.h>
#include "domain.h"

#define KIB_A_FRAME 4u
#define KIB_SPARE 1024u
#define ENTRIES 512u /* grant references in a frame of the table */

static xc_interface *control(void)
{
	static xc_interface *handle;
	static pid_t opener;

	/* its descriptors are not a child's to use */
	if (!handle || opener != getpid())
		handle = xc_interface_open(NULL, NULL, 0);
	opener = getpid();
	return handle;
}

int domain_create(uint32_t frames, struct grantor_domain *d)
{
	uint32_t table_frames = (frames + GNTTAB_NR_RESERVED_ENTRIES + ENTRIES - 1) / ENTRIES;
	struct xen_domctl_createdomain config = {
		.handle = { 'g', 'r', 'a', 'n', 't' },
		.max_vcpus = 1,
		.max_evtchn_port = 1023,
		.max_grant_frames = (int32_t)table_frames,
		.max_maptrack_frames = 1,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};
	xen_pfn_t pfn[sizeof(d->frame) / sizeof(d->frame[0])];

	if (frames > sizeof(d->frame) / sizeof(d->frame[0]) || !control())
		return -EINVAL;
	*d = (struct grantor_domain){ .domid = 0, .frames = frames, .table_frames = table_frames };
	if (xc_domain_create(control(), &d->domid, &config))
		return -errno;
	for (uint32_t i = 0; i < frames; i++)
		pfn[i] = i;
	/* of a PV domain, the numbers of the frames in the machine come back */
	if (xc_domain_setmaxmem(control(), d->domid, frames * KIB_A_FRAME + KIB_SPARE) ||
	    xc_domain_populate_physmap_exact(control(), d->domid, frames, 0, 0, pfn)) {
		int error = errno;

		domain_destroy(d->domid);
		return -error;
	}
	memcpy(d->frame, pfn, frames * sizeof(pfn[0]));
	return 0;
}

int domain_destroy(uint32_t domid)
{
	return xc_domain_destroy(control(), domid) ? -errno : 0;
}

enum domain_state domain_state(uint32_t domid)
{
	xc_dominfo_t info;

	if (xc_domain_getinfo(control(), domid, 1, &info) != 1 || info.domid != domid)
		return DOMAIN_GONE;
	return info.dying ? DOMAIN_DYING : DOMAIN_ALIVE;
}

int domain_create_file(uint32_t frames, const char *path)
{
	static struct grantor_domain d;
	int fd, error = domain_create(frames, &d);

	if (error)
		return error;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, &d, sizeof(d)) != sizeof(d))
		error = -EIO;
	close(fd);
	return error;
}
