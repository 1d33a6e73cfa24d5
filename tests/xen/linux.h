/* SPDX-License-Identifier: MIT */
/* A PV guest that runs Linux, built without a toolstack. */
#pragma once
#include <stdint.h>

/* Boots the kernel and initramfs of the folder; 0 or -errno. */
int linux_boot(const char *folder, uint32_t *domid);
