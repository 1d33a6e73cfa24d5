// SPDX-License-Identifier: MIT
/*
 * A guest that runs Linux: it grants pages by its own gntalloc, and lives in them while dom0 has them mapped; it is told to
 * revoke one; it is destroyed. Its console is read as xenconsoled does it. The tests belong together, in this order: the
 * first leaves a file about the guest for the others.
 */
#include <poll.h>
#include "dom0.h"
#include <xen/io/console.h>
#include "domain.h"
#include "granter.h"
#include "linux.h"

#define GUEST_FILE "/run/pvguest"
#define CONSOLE_REF 0u /* GNTTAB_RESERVED_CONSOLE */
#define BOOT_MS 50000

struct guest {
	uint32_t domid;
	uint32_t ref[GRANTER_PAGES];
};

static struct guest read_guest(void)
{
	struct guest guest;
	int fd = open(GUEST_FILE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, &guest, sizeof(guest)) != sizeof(guest))
		failed(__LINE__, "there is no guest");
	close(fd);
	return guest;
}

/* MAP_GRANT_REF and mmap of one page of the guest. */
static void *map_page(int fd, uint32_t domid, uint32_t ref, uint64_t *offset)
{
	struct ioctl_gntdev_map_grant_ref map = { .count = 1, .refs = { { .domid = domid, .ref = ref } } };

	CHECK(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, &map) == 0);
	*offset = map.index;
	return mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)map.index);
}

static bool is_page(const unsigned char *p, unsigned int number)
{
	for (unsigned int i = GRANTER_DATA; i < PAGE; i++) {
		if (p[i] != 'A' + number)
			return false;
	}
	return true;
}

/* What has come on the guest's console, from its beginning; @room bytes at most. */
static size_t read_console(struct xencons_interface *ring, char *text, size_t room)
{
	size_t n = 0;

	while (ring->out_cons != __atomic_load_n(&ring->out_prod, __ATOMIC_ACQUIRE) && n < room) {
		text[n++] = ring->out[MASK_XENCONS_IDX(ring->out_cons, ring->out)];
		__atomic_store_n(&ring->out_cons, ring->out_cons + 1, __ATOMIC_RELEASE);
	}
	return n;
}

/* GNT-MAP-001, GNT-MMAP-001, GNT-UNMAP-007 */
static void boots(void)
{
	static char text[65536];
	struct xencons_interface *ring;
	struct guest guest = { 0 };
	uint64_t offset;
	size_t n = 0;
	char *says = NULL;
	int file, fd = device_open(O_RDWR);

	CHECK(linux_boot("/guest", &guest.domid) == 0);
	ring = map_page(fd, guest.domid, CONSOLE_REF, &offset);
	CHECK(ring != MAP_FAILED);
	for (int ms = 0; ms < BOOT_MS && !(says && strchr(says, '\n')); ms += 10) {
		n += read_console(ring, text + n, sizeof(text) - 1 - n);
		says = strstr(text, GRANTER_SAYS);
		poll(NULL, 0, 10);
	}
	if (!says)
		printf("# the guest's last words: %s\n", text + (n > 300 ? n - 300 : 0));
	CHECK(says && sscanf(says + strlen(GRANTER_SAYS), "%u %u %u %u", &guest.ref[0], &guest.ref[1], &guest.ref[2],
			     &guest.ref[3]) == 4);
	file = open(GUEST_FILE, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(write(file, &guest, sizeof(guest)) == sizeof(guest));
}

/* Waits for it to be @value. */
static bool becomes(const volatile uint32_t *number, uint32_t value)
{
	for (int i = 0; i < 500 && *number != value; i++)
		poll(NULL, 0, 10);
	return *number == value;
}

/* GNT-MMAP-001: both sides see one memory, at once */
static void answers(void)
{
	struct guest guest = read_guest();
	uint64_t offset;
	int fd = device_open(O_RDWR);
	struct granter *g = map_page(fd, guest.domid, guest.ref[0], &offset);
	uint32_t ticks;

	CHECK(g != MAP_FAILED && is_page((unsigned char *)g, 0));
	ticks = g->ticks;
	g->question = 21;
	CHECK(becomes(&g->answer, 42));
	CHECK(g->ticks != ticks);
	CHECK(munmap(g, PAGE) == 0 && unmap_refs(fd, offset, 1) == 0);
}

static int16_t copy_data(int fd, const struct guest *guest, unsigned int page, unsigned char *local, int flags)
{
	struct gntdev_grant_copy_segment s = { .flags = (uint16_t)flags, .len = PAGE - GRANTER_DATA, .status = 77 };

	s.source.foreign.ref = s.dest.foreign.ref = guest->ref[page];
	s.source.foreign.offset = s.dest.foreign.offset = GRANTER_DATA;
	s.source.foreign.domid = s.dest.foreign.domid = (domid_t)guest->domid;
	if (flags == COPY_SOURCE_GREF)
		s.dest.virt = local;
	else
		s.source.virt = local;
	CHECK(copy(fd, &s, 1) == 0);
	return s.status;
}

/* GNT-COPY-001, GNT-COPY-031 */
static void copies(void)
{
	static unsigned char local[PAGE];
	struct guest guest = read_guest();
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	CHECK(copy_data(fd, &guest, 1, local + GRANTER_DATA, COPY_SOURCE_GREF) == 0 && is_page(local, 1));
	memset(local, 'C', PAGE);
	CHECK(copy_data(fd, &guest, 1, local, COPY_DEST_GREF) == 0);
	p = map_page(fd, guest.domid, guest.ref[1], &offset);
	CHECK(p != MAP_FAILED && is_page(p, 2) && p[GRANTER_DATA - 1] == 0);
}

/* The guest's kernel takes a grant back while it is mapped: not before it is not */
static void revokes(void)
{
	struct guest guest = read_guest();
	uint64_t zero, first, again;
	int fd = device_open(O_RDWR), tries = 0;
	struct granter *g = map_page(fd, guest.domid, guest.ref[0], &zero);
	unsigned char *p = map_page(fd, guest.domid, guest.ref[3], &first);

	CHECK(g != MAP_FAILED && p != MAP_FAILED);
	g->revoke = 3;
	CHECK(becomes(&g->revoked, 3));
	CHECK(is_page(p, 3));
	CHECK(munmap(p, PAGE) == 0 && unmap_refs(fd, first, 1) == 0);
	/* its gntalloc tries again when it is called again, or by and by: with the next revocation here */
	g->revoke = 2;
	CHECK(becomes(&g->revoked, 2));
	do {
		poll(NULL, 0, 20);
		p = map_page(fd, guest.domid, guest.ref[3], &again);
		if (p != MAP_FAILED)
			munmap(p, PAGE);
		CHECK(unmap_refs(fd, again, 1) == 0);
	} while (p != MAP_FAILED && tries++ < 300);
	CHECK(p == MAP_FAILED);
}

/* GNT-CLOSE-002, GNT-MUNMAP-011: it is destroyed in the middle of what it does; the page stays as it was then */
static void destroyed(void)
{
	struct guest guest = read_guest();
	uint64_t offset, other;
	int fd = device_open(O_RDWR);
	struct granter *g = map_page(fd, guest.domid, guest.ref[0], &offset);
	uint32_t ticks;

	CHECK(g != MAP_FAILED);
	CHECK(domain_destroy(guest.domid) == 0);
	CHECK(domain_state(guest.domid) == DOMAIN_DYING);
	ticks = g->ticks;
	poll(NULL, 0, 100);
	CHECK(g->ticks == ticks && is_page((unsigned char *)g, 0));
	g->question = 5;
	CHECK(domain_state(guest.domid) == DOMAIN_DYING && g->question == 5 && g->answer != 10);
	CHECK(map_page(fd, guest.domid, guest.ref[1], &other) == MAP_FAILED && errno == EINVAL);
	CHECK(munmap(g, PAGE) == 0 && unmap_refs(fd, offset, 1) == 0);
	for (int i = 0; i < 300 && domain_state(guest.domid) != DOMAIN_GONE; i++)
		poll(NULL, 0, 10);
	CHECK(domain_state(guest.domid) == DOMAIN_GONE);
}

/* GNT-MMAP-008, GNT-COPY-019, GNT-COPY-027: nothing of it is left */
static void gone(void)
{
	static unsigned char local[PAGE];
	struct guest guest = read_guest();
	uint64_t offset;
	int fd = device_open(O_RDWR);

	CHECK(map_page(fd, guest.domid, guest.ref[0], &offset) == MAP_FAILED && errno == EINVAL);
	CHECK(copy_data(fd, &guest, 0, local, COPY_SOURCE_GREF) == NO_DOMAIN);
}

const struct test pvguest_tests[] = {
	TEST("Linux boots in a guest, and its console is read", boots),
	TEST("it answers in a page that it grants", answers),
	TEST("its pages are copied both ways", copies),
	TEST("it revokes a grant that is mapped", revokes),
	TEST("it is destroyed while its page is mapped", destroyed),
	TEST("it is gone", gone),
	TEST(NULL, NULL),
};
