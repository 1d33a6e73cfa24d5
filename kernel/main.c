// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: loading, parameters, the device and its calls. It decides nothing about a request; it
 * honours GNT-MOD-001 .. 011, and GNT-GEN-011 .. 014 in the choice of what to call.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>
#include <xen/features.h>
#include <xen/xen.h>
#include "abi.h"
#include "grantproof.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

atomic_long_t gp_live_maps, gp_live_pages, gp_live_handles, gp_lost_pages;
struct workqueue_struct *gp_workqueue;
static DECLARE_WAIT_QUEUE_HEAD(gp_idle);

/* GNT-MOD-004, GNT-MOD-005 */
static uint limit = 65536;
module_param(limit, uint, 0644);
MODULE_PARM_DESC(limit, "Most grants that one MAP_GRANT_REF may map");

/* A parameter nobody can set, not even at load: what the module says of itself. */
static int set_nothing(const char *value, const struct kernel_param *kp)
{
	return -EPERM;
}

static int get_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(kp->arg));
}

static int get_core(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", GNT_CORE_SHA256);
}

static const struct kernel_param_ops count_ops = { .set = set_nothing, .get = get_count };
static const struct kernel_param_ops core_ops = { .set = set_nothing, .get = get_core };

module_param_cb(live_maps, &count_ops, &gp_live_maps, 0444);
MODULE_PARM_DESC(live_maps, "Maps that are listed, mapped or being released (read only)");
module_param_cb(live_pages, &count_ops, &gp_live_pages, 0444);
MODULE_PARM_DESC(live_pages, "Placeholder pages held (read only)");
module_param_cb(live_handles, &count_ops, &gp_live_handles, 0444);
MODULE_PARM_DESC(live_handles, "Grant handles owed to Xen, two a page (read only)");
module_param_cb(lost_pages, &count_ops, &gp_lost_pages, 0444);
MODULE_PARM_DESC(lost_pages, "Pages that Xen refused to unmap; they are never used again (read only)");
module_param_cb(core_sha256, &core_ops, NULL, 0444);
MODULE_PARM_DESC(core_sha256, "Hash of the proven core the module is made of (read only)");

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

/*
 * GNT-GEN-011, GNT-GEN-013: a command is the whole number; of one that is not known, not even the
 * argument is
 */
static long gp_ioctl(struct file *filp, unsigned int command, unsigned long arg)
{
	struct gp_file *file = filp->private_data;
	void __user *user = (void __user *)arg;

	switch (command) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return gp_file_map(file, user, READ_ONCE(limit));
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return gp_file_unmap(file, user);
	case IOCTL_GNTDEV_GRANT_COPY:
		return gp_grant_copy(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations gp_operations = {
	.owner = THIS_MODULE,
	.open = gp_open,
	.release = gp_release,
	.mmap = gp_mmap,
	.unlocked_ioctl = gp_ioctl,
	.llseek = no_llseek,
};

static struct miscdevice gp_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xen/gntdev",
	.mode = 0600,
	.fops = &gp_operations,
};

/* Called when a map is freed: unloading may be waiting for the last. */
void gp_map_gone(void)
{
	if (atomic_long_dec_and_test(&gp_live_maps))
		wake_up_all(&gp_idle);
}

/* Is this a domain whose page-table entries Xen can map grants to, and mark as special? */
static bool supported(void)
{
	if (xen_feature(XENFEAT_auto_translated_physmap)) {
		pr_notice("auto-translated domains are not supported yet\n");
		return false;
	}
	if (!xen_feature(XENFEAT_gnttab_map_avail_bits)) {
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
 * GNT-MOD-008: no file is open, but maps may wait for pages in use. The last one's work may still
 * be on its way out of this module's text when it has told us: destroy_workqueue() waits for that.
 */
static void __exit gp_exit(void)
{
	misc_deregister(&gp_device);
	wait_event_idle(gp_idle, atomic_long_read(&gp_live_maps) == 0);
	destroy_workqueue(gp_workqueue);
}

module_init(gp_init);
module_exit(gp_exit);

MODULE_DESCRIPTION("/dev/xen/gntdev with a machine-checked core");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
MODULE_INFO(core_sha256, GNT_CORE_SHA256);
MODULE_ALIAS("xen-gntdev");
