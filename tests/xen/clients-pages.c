// SPDX-License-Identifier: MIT
/*
 * clients pages: grants pages, or maps and copies those of another domain, by libxengnttab, as the lines of its
 * input say. Each line is answered by one: "ok ..." or what went wrong.
 *
 *	share DOMID rw|ro COUNT	grants pages; answers with their references
 *	revoke			takes them back
 *	map DOMID rw|ro REF...
 *	unmap
 *	fill SEED, check SEED	the pages that are shared, or mapped
 *	get DOMID SEED REF...	GRANT_COPY out of granted pages, and checks what came
 *	put DOMID SEED REF...	GRANT_COPY into them
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xengnttab.h>
#include "clients.h"

#define PAGE 4096u
#define PAGES_MAX 64u

static xengntshr_handle *shr;
static xengnttab_handle *tab;
static unsigned char *page;
static uint32_t count;

/* what is left of the line */
static char *word(void)
{
	char *w = strtok(NULL, " \n");

	return w ? w : "";
}

static uint32_t number(void)
{
	return (uint32_t)strtoul(word(), NULL, 0);
}

static uint32_t references(uint32_t *ref)
{
	uint32_t n = 0;

	for (char *w = word(); *w && n < PAGES_MAX; w = word())
		ref[n++] = (uint32_t)strtoul(w, NULL, 0);
	return n;
}

static void answer(int error)
{
	if (error)
		printf("errno %d\n", error);
	else
		printf("ok\n");
}

static void share(void)
{
	uint32_t ref[PAGES_MAX], domid = number();
	int writable = !strcmp(word(), "rw");

	count = number();
	page = count <= PAGES_MAX ? xengntshr_share_pages(shr, domid, (int)count, ref, writable) : NULL;
	if (!page) {
		printf("errno %d\n", errno);
		return;
	}
	printf("ok");
	for (uint32_t i = 0; i < count; i++)
		printf(" %u", ref[i]);
	printf("\n");
}

static void map(void)
{
	uint32_t ref[PAGES_MAX], domid = number();
	int prot = !strcmp(word(), "rw") ? 3 : 1;

	count = references(ref);
	errno = 0;
	page = xengnttab_map_domain_grant_refs(tab, count, domid, ref, prot);
	answer(page ? 0 : errno);
}

static void end(int failed)
{
	answer(failed ? errno : 0);
	page = NULL;
}

static void fill(void)
{
	if (page)
		pattern(page, count * PAGE, number(), 0);
	printf(page ? "ok\n" : "nothing to fill\n");
}

static void check(void)
{
	uint32_t seed = number(), bad = 0;

	for (uint32_t i = 0; page && i < count; i++)
		bad += !is_pattern(page + i * PAGE, PAGE, seed, i * PAGE);
	printf(page && !bad ? "ok\n" : "%u of %u pages hold something else\n", bad, count);
}

/* a local address that is not aligned: each page is two copies for Xen */
static void copy(bool get)
{
	static unsigned char buffer[PAGES_MAX * PAGE + 2];
	xengnttab_grant_copy_segment_t s[PAGES_MAX] = { 0 };
	uint32_t ref[PAGES_MAX], domid = number(), seed = number(), n = references(ref), bad = 0;

	memset(buffer, 0, sizeof(buffer));
	if (!get)
		pattern(buffer + 1, n * PAGE, seed, 0);
	for (uint32_t i = 0; i < n; i++) {
		union xengnttab_copy_ptr local = { .virt = buffer + 1 + i * PAGE };
		union xengnttab_copy_ptr granted = { .foreign = { .ref = ref[i], .domid = (uint16_t)domid } };

		s[i].source = get ? granted : local;
		s[i].dest = get ? local : granted;
		s[i].len = PAGE;
		s[i].flags = get ? GNTCOPY_source_gref : GNTCOPY_dest_gref;
	}
	if (xengnttab_grant_copy(tab, n, s)) {
		printf("errno %d\n", errno);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (s[i].status) {
			printf("status %d\n", s[i].status);
			return;
		}
		bad += !is_pattern(buffer + 1 + i * PAGE, PAGE, seed, i * PAGE);
	}
	printf(n && !bad && !buffer[0] && !buffer[n * PAGE + 1] ? "ok\n" : "%u of %u pages hold something else\n", bad, n);
}

static void perform(const char *what)
{
	if (!strcmp(what, "share"))
		share();
	else if (!strcmp(what, "revoke"))
		end(shr && page ? xengntshr_unshare(shr, page, count) : -1);
	else if (!strcmp(what, "map"))
		map();
	else if (!strcmp(what, "unmap"))
		end(tab && page ? xengnttab_unmap(tab, page, count) : -1);
	else if (!strcmp(what, "fill"))
		fill();
	else if (!strcmp(what, "check"))
		check();
	else if (!strcmp(what, "get") || !strcmp(what, "put"))
		copy(*what == 'g');
	else
		printf("no such command\n");
}

int pages(void)
{
	char line[1000];

	/* a domain may have only one of the two devices */
	shr = xengntshr_open(NULL, 0);
	tab = xengnttab_open(NULL, 0);
	while (fgets(line, sizeof(line), stdin)) {
		char *what = strtok(line, " \n");

		perform(what ? what : "");
		fflush(stdout);
	}
	return 0;
}
