// SPDX-License-Identifier: MIT
/* The first and only process of a Linux guest: grants pages to domain 0, and lives in them (granter.h). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <xen/gntalloc.h>
#include "granter.h"

#define PAGE 4096ul

static struct ioctl_gntalloc_alloc_gref grant[GRANTER_PAGES];

static void die(const char *why)
{
	printf("granter: %s: %m\n", why);
	fflush(stdout);
	for (;;)
		pause();
}

static unsigned char *grant_page(int device, unsigned int i)
{
	unsigned char *page;

	grant[i] = (struct ioctl_gntalloc_alloc_gref){ .domid = 0, .flags = GNTALLOC_FLAG_WRITABLE, .count = 1 };
	if (ioctl(device, IOCTL_GNTALLOC_ALLOC_GREF, &grant[i]))
		die("grant");
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, device, (off_t)grant[i].index);
	if (page == MAP_FAILED)
		die("mmap");
	memset(page, 0, GRANTER_DATA);
	memset(page + GRANTER_DATA, 'A' + (int)i, PAGE - GRANTER_DATA);
	return page;
}

static void live(int device, unsigned char *const *page)
{
	struct granter *g = (void *)page[0];

	for (;; usleep(1000)) {
		uint32_t i = g->revoke;

		g->ticks++;
		g->answer = 2 * g->question;
		if (i != g->revoked && i < GRANTER_PAGES) {
			struct ioctl_gntalloc_dealloc_gref dealloc = { .index = grant[i].index, .count = 1 };

			munmap(page[i], PAGE);
			if (ioctl(device, IOCTL_GNTALLOC_DEALLOC_GREF, &dealloc))
				die("revoke");
			g->revoked = i;
		}
	}
}

int main(void)
{
	unsigned char *page[GRANTER_PAGES];
	int device, module;

	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	module = open("/xen-gntalloc.ko", O_RDONLY);
	if (syscall(SYS_finit_module, module, "", 0))
		die("module");
	device = open("/dev/xen/gntalloc", O_RDWR);
	if (device < 0)
		die("gntalloc");
	for (unsigned int i = 0; i < GRANTER_PAGES; i++)
		page[i] = grant_page(device, i);
	printf(GRANTER_SAYS);
	for (unsigned int i = 0; i < GRANTER_PAGES; i++)
		printf(" %u", grant[i].gref_ids[0]);
	printf("\n");
	fflush(stdout);
	live(device, page);
}
