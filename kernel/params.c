// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's parameters, and the counters it shows: how much of what is alive. Honours
 * GNT-MOD-004 .. 007, and GNT-OPEN-005; that `limit` is read once a call, and what it means, is the
 * core's (GNT-MAP-004, GNT-MOD-011).
 */
#include <linux/module.h>
#include <linux/string.h>
#include "grantproof.h"

atomic_long_t gp_live_maps, gp_live_pages, gp_live_handles, gp_lost_pages;

/* GNT-MOD-004, GNT-MOD-005 */
static uint limit = 65536;
module_param(limit, uint, 0644);
MODULE_PARM_DESC(limit,
		 "Grants that one MAP_GRANT_REF may map at most, in pages of 4096 bytes; 0: "
		 "none. Default 65536; may be changed at any time, for calls to come");

u32 gnt_env_limit(void)
{
	return READ_ONCE(limit);
}

/* GNT-MOD-006, GNT-MOD-007: one of two names, and for good */
static const char *const profile_names[] = {
	[GNT_PROFILE_LINUX] = "linux",
	[GNT_PROFILE_HEADER] = "header",
};

static u32 profile = GNT_PROFILE_LINUX;

static int set_profile(const char *value, const struct kernel_param *kp)
{
	int i = sysfs_match_string(profile_names, value);

	if (i < 0)
		return -EINVAL;
	profile = i;
	return 0;
}

static int get_profile(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", profile_names[profile]);
}

static const struct kernel_param_ops profile_ops = { .set = set_profile, .get = get_profile };

module_param_cb(profile, &profile_ops, NULL, 0444);
MODULE_PARM_DESC(profile,
		 "What the device does where Linux and the public header disagree: linux "
		 "(default), what existing clients rely on; header, what xen/gntdev.h says. "
		 "For good, once the module is loaded");

u32 gp_profile(void)
{
	return profile;
}

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
MODULE_PARM_DESC(live_maps,
		 "Maps that are listed, mapped or waiting for a page in use, of all open "
		 "files (read only)");
module_param_cb(live_pages, &count_ops, &gp_live_pages, 0444);
MODULE_PARM_DESC(live_pages,
		 "Pages of 4096 bytes that maps hold to map grants at, mapped or not (read "
		 "only)");
module_param_cb(live_handles, &count_ops, &gp_live_handles, 0444);
MODULE_PARM_DESC(live_handles,
		 "Grant mappings that Xen has made and not undone: on PV two a mapped page, "
		 "else one (read only)");
module_param_cb(lost_pages, &count_ops, &gp_lost_pages, 0444);
MODULE_PARM_DESC(lost_pages,
		 "Pages of 4096 bytes that Xen refused to unmap since the module was "
		 "loaded; they are never used again. Not 0: Xen or this module is wrong "
		 "(read only)");
module_param_cb(core_sha256, &core_ops, NULL, 0444);
MODULE_PARM_DESC(core_sha256,
		 "SHA-256 of the proven core that the module is made of, as "
		 "proofs/core-hash.sh prints it (read only)");
