// SPDX-License-Identifier: MIT
/*
 * build/record-clients: what clients ask of the device, by the libraries that they have: libxengnttab and libxenvchan of
 * Debian's libxen-dev, linked with the calls of clients_calls.c. Each becomes a program in the directory that RECORD names.
 * What a client does with the libraries is what is seen of it in make test-xen-clients.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <libxenvchan.h>
#include <xengnttab.h>
#include "clients.h"
#include "wrapped.h"

#define PAGE 4096u
#define RW (PROT_READ | PROT_WRITE)
#define RING_REFS 4u /* of a disk's ring */
#define MOST_OF_A_REQUEST 11u /* segments */

/* ---- clients */

/* A page of each of two guests; one of them dies, the other one's is given back. */
static void xenstored(void)
{
	xengnttab_handle *tab = xengnttab_open(NULL, 0);
	uint32_t one = client_grant(CLIENT_DOMAIN, false), two = client_grant(CLIENT_DOMAIN + 1, false);
	char *first = xengnttab_map_grant_ref(tab, CLIENT_DOMAIN, one, RW), *second;

	xengnttab_set_max_grants(tab, 2);
	second = xengnttab_map_grant_ref(tab, CLIENT_DOMAIN + 1, two, RW);
	client_store(first, 64);
	client_load(second + 1024, 64);
	client_die(CLIENT_DOMAIN);
	xengnttab_unmap(tab, first, 1);
	xengnttab_unmap(tab, second, 1);
	client_revoke(CLIENT_DOMAIN + 1, two);
	xengnttab_close(tab);
}

/* A console's page that is not granted any more, then one that is. */
static void xenconsoled(void)
{
	xengnttab_handle *tab = xengnttab_open(NULL, 0);
	uint32_t ref = client_grant(CLIENT_DOMAIN, false);
	char *page;

	client_revoke(CLIENT_DOMAIN, ref);
	xengnttab_map_grant_ref(tab, CLIENT_DOMAIN, ref, RW);
	ref = client_grant(CLIENT_DOMAIN, false);
	page = xengnttab_map_grant_ref(tab, CLIENT_DOMAIN, ref, RW);
	client_load(page, 16);
	client_store(page + 1024, 16);
	xengnttab_unmap(tab, page, 1);
	xengnttab_close(tab);
}

static void request(xengnttab_handle *tab, char *buffer, const uint32_t *ref, unsigned int n, bool write)
{
	xengnttab_grant_copy_segment_t s[MOST_OF_A_REQUEST];

	memset(s, 0, sizeof(s));
	for (unsigned int i = 0; i < n; i++) {
		union xengnttab_copy_ptr guest = { .foreign = { ref[i % 3], 512 * (i % 8), CLIENT_DOMAIN } };
		union xengnttab_copy_ptr local = { .virt = buffer + i * 512u };

		s[i].source = write ? guest : local;
		s[i].dest = write ? local : guest;
		s[i].len = 512;
		s[i].flags = write ? GNTCOPY_source_gref : GNTCOPY_dest_gref;
	}
	xengnttab_grant_copy(tab, n, s);
}

/* QEMU's disk: a ring of four pages, and the guest's data by copies. */
static void disk(void)
{
	static char buffer[2 * PAGE] __attribute__((aligned(PAGE)));
	xengnttab_handle *tab = xengnttab_open(NULL, 0);
	uint32_t ref[RING_REFS], data[3];
	char *ring;

	client_memory(buffer, 2);
	for (unsigned int i = 0; i < RING_REFS; i++)
		ref[i] = client_grant(CLIENT_DOMAIN, false);
	data[0] = client_grant(CLIENT_DOMAIN, false);
	data[1] = client_grant(CLIENT_DOMAIN, true);
	data[2] = client_grant(CLIENT_DOMAIN, false);
	xengnttab_set_max_grants(tab, RING_REFS);
	ring = xengnttab_map_domain_grant_refs(tab, RING_REFS, CLIENT_DOMAIN, ref, RW);
	client_store(ring + 3 * PAGE, 64);
	request(tab, buffer, data, 1, true);
	request(tab, buffer, data, MOST_OF_A_REQUEST, true);
	request(tab, buffer, data, MOST_OF_A_REQUEST, false);
	xengnttab_unmap(tab, ring, RING_REFS);
	xengnttab_close(tab);
}

/* A side of a libxenvchan with rings of their own pages; it closes, or dies. */
static void vchan(bool dies)
{
	uint32_t bytes[PAGE / 4] = { 0 };
	struct vchan_interface *shared = (void *)bytes;
	struct libxenvchan *v;

	client_ring = client_grant(CLIENT_DOMAIN, false);
	shared->left_order = 12;
	shared->right_order = 13;
	shared->cli_live = shared->srv_live = 1;
	for (unsigned int i = 0; i < 3; i++)
		shared->grants[i] = client_grant(CLIENT_DOMAIN, false);
	client_finds(shared, sizeof(bytes));
	v = libxenvchan_client_init(NULL, CLIENT_DOMAIN, "/a");
	if (!v) {
		record_why_not("libxenvchan does not begin");
		return;
	}
	client_load((char *)v->read.buffer + PAGE, 64);
	client_store((char *)v->write.buffer, 64);
	if (dies)
		client_exit();
	else
		libxenvchan_close(v);
	client_events(client_channel);
}

/* Many pages at once: of one guest, read-only; of two guests. */
static void pages(void)
{
	static char buffer[PAGE] __attribute__((aligned(PAGE)));
	xengnttab_handle *tab = xengnttab_open(NULL, 0);
	uint32_t ref[4], domid[4] = { CLIENT_DOMAIN, CLIENT_DOMAIN + 1, CLIENT_DOMAIN, CLIENT_DOMAIN + 1 };
	char *readonly, *both;

	client_memory(buffer, 1);
	for (unsigned int i = 0; i < 4; i++)
		ref[i] = client_grant(domid[i], i == 2);
	readonly = xengnttab_map_grant_refs(tab, 4, domid, ref, PROT_READ);
	xengnttab_map_grant_refs(tab, 4, domid, ref, RW);
	both = xengnttab_map_grant_refs(tab, 2, domid, ref, RW);
	client_load(readonly + 3 * PAGE, 8);
	client_store(both + PAGE, 8);
	xengnttab_unmap(tab, readonly, 4);
	xengnttab_unmap(tab, both, 2);
	xengnttab_close(tab);
}

int main(void)
{
	static const struct {
		const char *name, *what;
		void (*does)(void);
		int dies; /* of vchan */
	} client[] = {
		{ "xenstored", "clients: xenstored", xenstored, 0 },
		{ "xenconsoled", "clients: xenconsoled", xenconsoled, 0 },
		{ "disk", "clients: QEMU's disk", disk, 0 },
		{ "vchan", "clients: libxenvchan, which closes", NULL, 0 },
		{ "vchan-dies", "clients: libxenvchan, which dies", NULL, 1 },
		{ "pages", "clients: libxengnttab, many pages at once", pages, 0 },
	};
	unsigned int n = sizeof(client) / sizeof(client[0]), good = 0, most = 4 * n;

	for (unsigned int i = 0; i < most; i++) {
		bool header = i / n & 1, automatic = i / n & 2;
		char name[64], what[160];

		client_begin(header, automatic);
		if (client[i % n].does)
			client[i % n].does();
		else
			vchan(client[i % n].dies);
		snprintf(name, sizeof(name), "%s%s%s", client[i % n].name, header ? "-header" : "", automatic ? "-auto" : "");
		snprintf(what, sizeof(what), "%s, %s profile, %s", client[i % n].what,
			 header ? "header" : "linux", automatic ? "auto" : "pv");
		good += client_end(name, what);
	}
	printf("record-clients: %u of %u clients are programs\n", good, most);
	return good != most || wraps_unused();
}
