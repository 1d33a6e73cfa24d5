// SPDX-License-Identifier: MIT
/*
 * Builds a PV guest by libxenguest, the library behind every Xen toolstack, and starts it. There is no xenstored: the guest
 * is given no event channel to one, and does without. Its console's ring is granted to domain 0 like that of any guest.
 */
#include <errno.h>
#include <stdio.h>
#include <xenctrl.h>
#include <xenguest.h>
#include "linux.h"

#define MEMORY_MIB 176u
#define MEMORY_SPARE_KIB 2048u

static int create(xc_interface *xch, uint32_t *domid)
{
	struct xen_domctl_createdomain config = {
		.handle = { 'l', 'i', 'n', 'u', 'x' },
		.max_vcpus = 1,
		.max_evtchn_port = 1023,
		.max_grant_frames = 4,
		.max_maptrack_frames = 4,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};

	*domid = 0;
	return xc_domain_create(xch, domid, &config) || xc_domain_max_vcpus(xch, *domid, 1) ||
	       xc_domain_setmaxmem(xch, *domid, MEMORY_MIB * 1024 + MEMORY_SPARE_KIB);
}

static int build(xc_interface *xch, uint32_t domid, const char *folder)
{
	struct xc_dom_image *dom = xc_dom_allocate(xch, "console=hvc0 loglevel=4 panic=-1", NULL);
	char kernel[64], initramfs[64];
	int console = xc_evtchn_alloc_unbound(xch, domid, 0), failed;

	if (!dom || console < 0)
		return -1;
	snprintf(kernel, sizeof(kernel), "%s/vmlinux", folder);
	snprintf(initramfs, sizeof(initramfs), "%s/initramfs", folder);
	dom->container_type = XC_DOM_PV_CONTAINER;
	dom->max_vcpus = 1;
	dom->console_evtchn = (unsigned int)console;
	failed = xc_dom_kernel_file(dom, kernel) || xc_dom_module_file(dom, initramfs, NULL) ||
		 xc_dom_boot_xen_init(dom, xch, domid) || xc_dom_parse_image(dom) ||
		 xc_dom_mem_init(dom, MEMORY_MIB) || xc_dom_boot_mem_init(dom) || xc_dom_build_image(dom) ||
		 xc_dom_boot_image(dom) || xc_dom_gnttab_init(dom);
	xc_dom_release(dom);
	return failed;
}

int linux_boot(const char *folder, uint32_t *domid)
{
	xc_interface *xch = xc_interface_open(NULL, NULL, 0);

	if (!xch || create(xch, domid) || build(xch, *domid, folder) || xc_domain_unpause(xch, *domid))
		return errno ? -errno : -EIO;
	xc_interface_close(xch);
	return 0;
}
