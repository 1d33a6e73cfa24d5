// SPDX-License-Identifier: MIT
/*
 * Domains that come and go: each test makes one that grants, and most destroy it while its page is mapped. The page stays
 * what it was, the domain stays a zombie, and both go when the last mapping does. With the other domain it can also be
 * seen, in its grant table, which grants Xen holds to be in use.
 */
#include <poll.h>
#include "domain.h"
#include "dom0.h"

#define FRAMES 64u

/* A new domain instead of the one that grants in other tests, and @n of its pages, granted. */
static uint32_t domain_new(struct grantor_frames *g, uint32_t n, bool writable)
{
	static struct grantor_domain d;

	grantor_close();
	CHECK(domain_create(FRAMES, &d) == 0);
	CHECK(grantor_open_domain(&d) == 0);
	grants_new(g, n, writable);
	return d.domid;
}

/* The domain ends. Nothing of it may be left mapped but by the device under test, or it would not go. */
static void kill_domain(uint32_t domid, struct grantor_frames *g)
{
	grantor_forget(g);
	grantor_close();
	CHECK(domain_destroy(domid) == 0);
}

static bool goes(uint32_t domid)
{
	for (int i = 0; i < 300; i++) {
		if (domain_state(domid) == DOMAIN_GONE)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

static bool stays_dying(uint32_t domid)
{
	poll(NULL, 0, 100);
	return domain_state(domid) == DOMAIN_DYING;
}

/* What kill_domain() is worth: a domain of whose pages none is mapped goes at once */
static void goes_unmapped(void)
{
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 2, true);

	CHECK(domain_state(domid) == DOMAIN_ALIVE);
	kill_domain(domid, &g);
	CHECK(goes(domid));
}

/* GNT-MAP-001, GNT-MMAP-001, GNT-MUNMAP-011: both sides see one memory, and the owner gets it back */
static void shares(void)
{
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 4, true);
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p = map_all(fd, &g, RW, &offset);

	CHECK(filled(p, 4 * PAGE, 1));
	fill(p, 4 * PAGE, 9);
	CHECK(filled(g.view, 4 * PAGE, 9));
	CHECK(munmap(p, 4 * PAGE) == 0 && unmap_refs(fd, offset, 4) == 0);
	CHECK(grantor_revoke(&g, 300) == 0);
	kill_domain(domid, &g);
	CHECK(goes(domid));
}

/* GNT-MMAP-008, GNT-MMAP-011 */
static void read_only(void)
{
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);

	domain_new(&g, 2, false);
	CHECK(map_refs(fd, OWN, g.ref, 2, &offset) == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(unmap_refs(fd, offset, 2) == 0);
	CHECK(filled(map_all(fd, &g, PROT_READ, &offset), 2 * PAGE, 1));
}

/* GNT-MUNMAP-001, GNT-MUNMAP-002: Xen holds a grant to be in use from mmap on until the mapping is gone */
static void revoked_while_mapped(void)
{
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	domain_new(&g, 1, true);
	CHECK(map_refs(fd, OWN, g.ref, 1, &offset) == 0);
	p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset);
	CHECK(grantor_revoke(&g, 50) == -EBUSY);
	CHECK(filled(p, PAGE, 1));
	CHECK(unmap_refs(fd, offset, 1) == 0);
	CHECK(grantor_revoke(&g, 50) == -EBUSY);
	CHECK(munmap(p, PAGE) == 0);
	CHECK(grantor_revoke(&g, 300) == 0);
	CHECK(map_refs(fd, OWN, g.ref, 1, &offset) == 0);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
}

/* A page outlives its domain while it is mapped, also when its map has gone from the list, or the descriptor is closed. */
static void outlived(bool closed)
{
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 2, true);
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p = map_all(fd, &g, RW, &offset);

	kill_domain(domid, &g);
	CHECK(stays_dying(domid));
	CHECK(filled(p, 2 * PAGE, 1));
	fill(p, 2 * PAGE, 5);
	CHECK((closed ? close(fd) : unmap_refs(fd, offset, 2)) == 0);
	CHECK(stays_dying(domid));
	CHECK(filled(p, 2 * PAGE, 5));
	CHECK(munmap(p, 2 * PAGE) == 0);
	CHECK(goes(domid));
}

/* GNT-UNMAP-007, GNT-MUNMAP-011 */
static void destroyed(void)
{
	outlived(false);
}

/* GNT-CLOSE-001, GNT-CLOSE-002 */
static void destroyed_and_closed(void)
{
	outlived(true);
}

/* GNT-CLOSE-004: or the end of the process */
static void destroyed_and_exited(void)
{
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 2, true);
	int status, fd = device_open(O_RDWR);
	int ready[2];
	char byte;
	pid_t pid;

	CHECK(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		uint64_t offset;
		unsigned char *p = map_all(fd, &g, RW, &offset);

		CHECK(write(ready[1], p, 1) == 1);
		pause();
	}
	CHECK(close(fd) == 0);
	CHECK(read(ready[0], &byte, 1) == 1);
	kill_domain(domid, &g);
	CHECK(stays_dying(domid));
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(goes(domid));
}

/*
 * GNT-MMAP-008, GNT-MMAP-015: what is not mapped yet cannot be, of a domain that is dying or gone. (Xen would map once more
 * what is mapped already.)
 */
static void mapped_too_late(void)
{
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 2, true);
	uint64_t first, second, third;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	CHECK(map_refs(fd, OWN, g.ref, 1, &first) == 0 && map_refs(fd, OWN, g.ref + 1, 1, &second) == 0);
	p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)first);
	CHECK(filled(p, PAGE, 1));
	kill_domain(domid, &g);
	CHECK(stays_dying(domid));
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)second), EINVAL);
	CHECK(filled(p, PAGE, 1));
	CHECK(munmap(p, PAGE) == 0 && unmap_refs(fd, first, 1) == 0 && unmap_refs(fd, second, 1) == 0);
	CHECK(goes(domid));
	CHECK(map_refs(fd, OWN, g.ref, 2, &third) == 0 && third == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)third), EINVAL);
	CHECK(unmap_refs(fd, third, 2) == 0);
}

static int16_t copy_in(int fd, uint32_t domid, uint32_t ref, unsigned char *to)
{
	struct gntdev_grant_copy_segment s = { .flags = COPY_SOURCE_GREF, .len = PAGE, .status = 77 };

	s.source.foreign.domid = (domid_t)domid;
	s.source.foreign.ref = ref;
	s.dest.virt = to;
	CHECK(copy(fd, &s, 1) == 0);
	return s.status;
}

/* GNT-COPY-001, GNT-COPY-019, GNT-COPY-027: a copy from a domain, and from one that is gone */
static void copied_too_late(void)
{
	static unsigned char to[PAGE];
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 1, true);
	int fd = device_open(O_RDWR);

	CHECK(copy_in(fd, domid, g.ref[0], to) == 0 && filled(to, PAGE, 1));
	kill_domain(domid, &g);
	CHECK(goes(domid));
	memset(to, 3, PAGE);
	CHECK(copy_in(fd, domid, g.ref[0], to) == NO_DOMAIN);
	CHECK(to[0] == 3 && to[PAGE - 1] == 3);
}

/* GNT-NOTIFY-001, GNT-NOTIFY-015: a byte of a dying domain's page, as a second mapping of it sees it */
static void byte_cleared(void)
{
	struct ioctl_gntdev_unmap_notify notify = { .action = UNMAP_NOTIFY_CLEAR_BYTE };
	struct grantor_frames g;
	uint32_t domid = domain_new(&g, 2, true);
	uint64_t first, second;
	int fd = device_open(O_RDWR);
	unsigned char *p = map_all(fd, &g, RW, &first), *q = map_all(fd, &g, RW, &second);

	kill_domain(domid, &g);
	notify.index = first + PAGE + 100;
	CHECK(ioctl(fd, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &notify) == 0);
	memset(p, 7, 2 * PAGE);
	CHECK(munmap(p, 2 * PAGE) == 0 && unmap_refs(fd, first, 2) == 0);
	CHECK(q[PAGE + 100] == 0 && q[PAGE + 99] == 7 && q[PAGE + 101] == 7 && q[100] == 7);
	CHECK(stays_dying(domid));
	CHECK(munmap(q, 2 * PAGE) == 0 && unmap_refs(fd, second, 2) == 0);
	CHECK(goes(domid));
}

/* Several domains behind one descriptor, as a xenstored has them; they end in another order than they came */
static void several(void)
{
	struct grantor_frames g[6];
	unsigned char *p[6];
	uint64_t offset[6];
	uint32_t domid[6];
	int fd = device_open(O_RDWR);

	for (unsigned int i = 0; i < 6; i++) {
		domid[i] = domain_new(&g[i], 1, true);
		fill(g[i].view, PAGE, 50 + i);
		p[i] = map_all(fd, &g[i], RW, &offset[i]);
		grantor_forget(&g[i]);
	}
	grantor_close();
	for (unsigned int n = 0; n < 6; n++) {
		unsigned int i = n * 5 % 6;

		CHECK(domain_destroy(domid[i]) == 0);
		CHECK(filled(p[i], PAGE, 50 + i));
		CHECK(munmap(p[i], PAGE) == 0 && unmap_refs(fd, offset[i], 1) == 0);
		CHECK(goes(domid[i]));
	}
}

const struct test guest_tests[] = {
	TEST("a domain without mappings goes", goes_unmapped),
	TEST("a domain grants", shares),
	TEST("a domain grants for reading", read_only),
	TEST("a grant is revoked while mapped", revoked_while_mapped),
	TEST("destroyed while mapped", destroyed),
	TEST("destroyed while mapped, and closed", destroyed_and_closed),
	TEST("destroyed while mapped, and the process ends", destroyed_and_exited),
	TEST("mapped too late", mapped_too_late),
	TEST("copied too late", copied_too_late),
	TEST("a byte cleared in a dying domain's page", byte_cleared),
	TEST("several domains on one descriptor", several),
	TEST(NULL, NULL),
};
