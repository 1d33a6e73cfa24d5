// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: loading, unloading, the device and its calls. It decides nothing about a request.
 * Honours GNT-MOD-001 .. 003, GNT-MOD-008 .. 010; GNT-OPEN-002, GNT-CLOSE-003, GNT-CLOSE-008;
 * GNT-GEN-014, GNT-GEN-022, GNT-COMPAT-001.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <xen/xen.h>
#include "abi.h"
#include "grantproof.h"
#include "locks.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct workqueue_struct *gp_workqueue;

#ifdef CONFIG_LOCKDEP
struct lockdep_map gp_all_open =
	STATIC_LOCKDEP_MAP_INIT("grantproof:all open", &gp_all_open);
#endif

static int gp_open(struct inode *inode, struct file *filp)
{
	filp->private_data = gp_file_new();
	return filp->private_data ? 0 : -ENOMEM;
}

static int gp_release(struct inode *inode, struct file *filp)
{
	gp_file_release(filp->private_data);
	return 0;
}

static long gp_ioctl(struct file *filp, unsigned int command, unsigned long arg)
{
	return gnt_ioctl(filp->private_data, command, arg, 0);
}

/* GNT-COMPAT-001: of the argument, only the 32 bits that such a caller has */
static long __maybe_unused gp_compat_ioctl(struct file *filp, unsigned int command,
					   unsigned long arg)
{
	return gnt_ioctl(filp->private_data, command, lower_32_bits(arg), 1);
}

static const struct file_operations gp_operations = {
	.owner = THIS_MODULE,
	.open = gp_open,
	.release = gp_release,
	.mmap = gp_mmap,
	.unlocked_ioctl = gp_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl = gp_compat_ioctl,
#endif
};

static struct miscdevice gp_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xen/gntdev",
	.mode = 0600,
	.fops = &gp_operations,
};

/* PV: can Xen mark the page-table entries of grants, so that Linux knows them as special? */
static bool supported(void)
{
	if (gp_is_pv() && !xen_feature(XENFEAT_gnttab_map_avail_bits)) {
		pr_notice("this Xen cannot mark the page-table entries of grants\n");
		return false;
	}
	return true;
}

static int __init gp_init(void)
{
	int err;

	if (!xen_domain() || !supported())
		return -ENODEV;
	gp_workqueue = alloc_workqueue("grantproof", WQ_UNBOUND, 0);
	if (!gp_workqueue)
		return -ENOMEM;
	err = misc_register(&gp_device);
	if (err)
		destroy_workqueue(gp_workqueue);
	return err;
}

/*
 * GNT-MOD-008: no file is open, and no map waits for a page in use: either would hold the module.
 * The work that has just let go of it may still be on its way out of this module's text, and ports
 * may be waiting to be put: destroy_workqueue() waits for both.
 */
static void __exit gp_exit(void)
{
	misc_deregister(&gp_device);
	destroy_workqueue(gp_workqueue);
	WARN_ON(atomic_long_read(&gp_live_maps));
}

module_init(gp_init);
module_exit(gp_exit);

MODULE_DESCRIPTION("/dev/xen/gntdev with a machine-checked core");
MODULE_LICENSE("GPL");
MODULE_VERSION(GP_VERSION);
MODULE_INFO(spec_version, GP_SPEC_VERSION);
MODULE_INFO(core_sha256, GNT_CORE_SHA256);
MODULE_ALIAS("xen-gntdev");
