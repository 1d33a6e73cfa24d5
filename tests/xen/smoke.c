// SPDX-License-Identifier: MIT
/*
 * Does the device do what a client needs, on real Xen? One or two tests a call, each citing the
 * requirements it stands for; the exhaustive ones are tests/conformance, and what may befall a
 * mapping is in mapping.c.
 */
#include "dom0.h"

/* GNT-MAP-001, GNT-MMAP-001, GNT-UNMAP-001, GNT-UNMAP-003: both sides see one memory */
static void map_and_share(void)
{
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 3, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(offset == 0);
	CHECK(filled(p, 3 * PAGE, 1));
	fill(p, 3 * PAGE, 7);
	CHECK(filled(g.view, 3 * PAGE, 7));
	CHECK(munmap(p, 3 * PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 3) == 0);
	FAILS(unmap_refs(fd, offset, 3), ENOENT);
}

/* GNT-SLOT-002, GNT-SLOT-003, GNT-MMAP-004: offsets, the lowest first, exact fits included */
static void offsets(void)
{
	struct grantor_frames g;
	uint64_t a, b, c;
	int fd = device_open(O_RDWR);

	grants_new(&g, 3, true);
	CHECK(map_refs(fd, OWN, g.ref, 3, &a) == 0 && a == 0);
	CHECK(map_refs(fd, OWN, g.ref, 1, &b) == 0 && b == 3 * PAGE);
	CHECK(unmap_refs(fd, a, 3) == 0);
	CHECK(map_refs(fd, OWN, g.ref, 3, &c) == 0 && c == 0);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)c), EINVAL);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)(b + (1ull << 44))), EINVAL);
	CHECK(filled(mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)b), PAGE, 1));
}

/*
 * GNT-SLOT-011: more maps than the first table holds, so it grows with maps in it. Xen lets a grant
 * be mapped 255 times, twice a page.
 */
static void many_maps(void)
{
	static uint64_t offset[3000];
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	for (unsigned int i = 0; i < 3000; i++)
		CHECK(map_refs(fd, OWN, g.ref, 2, &offset[i]) == 0 && offset[i] == i * 2 * PAGE);
	for (unsigned int i = 0; i < 3000; i += 50)
		CHECK(filled(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)offset[i]), 2 * PAGE, 1));
	for (unsigned int i = 0; i < 3000; i += 2)
		CHECK(unmap_refs(fd, offset[i], 2) == 0);
}

/* GNT-MAP-003, GNT-MAP-007, GNT-MAP-010, GNT-MAP-011 */
static void map_errors(void)
{
	unsigned char *two = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ioctl_gntdev_map_grant_ref *arg = (void *)(two + PAGE - sizeof(*arg));
	uint32_t ref = 8;
	uint64_t offset;
	int fd = device_open(O_RDWR);

	CHECK(munmap(two + PAGE, PAGE) == 0);
	FAILS(map_refs(fd, OWN, &ref, 0, &offset), EINVAL);
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, NULL), EFAULT);
	arg->count = 2;
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg), EFAULT);
	arg->count = 1;
	CHECK(mprotect(two, PAGE, PROT_READ) == 0);
	FAILS(ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, arg), EFAULT);
	CHECK(map_refs(fd, OWN, &ref, 1, &offset) == 0 && offset == 0);
	FAILS(ioctl(fd, _IOC(_IOC_NONE, 'G', 99, 4), &ref), ENOTTY);
}

/* GNT-MMAP-002, GNT-MMAP-006, GNT-MMAP-011, GNT-MMAP-012, GNT-MMAP-015 */
static void read_only(void)
{
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, false);
	CHECK(map_refs(fd, OWN, g.ref, 2, &offset) == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, (off_t)offset), EINVAL);
	p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	CHECK(p != MAP_FAILED && filled(p, 2 * PAGE, 1));
	FAILS(mprotect(p, 2 * PAGE, RW), EACCES);
	CHECK(filled(p, 2 * PAGE, 1));
	CHECK(map_refs(fd, OWN, g.ref, 2, &offset) == 0);
	FAILS((long)mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	FAILS((long)mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(unmap_refs(fd, offset, 2) == 0);
}

/* GNT-MMAP-008, GNT-MMAP-009, GNT-MMAP-010: one grant fails, none stays mapped */
static void all_or_nothing(void)
{
	long handles = counter("live_handles");
	struct grantor_frames g;
	uint64_t offset;
	int fd = device_open(O_RDWR);

	grants_new(&g, 40, true);
	g.ref[17] = 0x00fffff0;
	CHECK(map_refs(fd, OWN, g.ref, 40, &offset) == 0);
	FAILS((long)mmap(NULL, 40 * PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(counter("live_handles") == handles);
	CHECK(map_refs(fd, OWN | 0x10000, g.ref, 1, &offset) == 0);
	FAILS((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset), EINVAL);
	CHECK(map_refs(fd, OWN, g.ref, 1, &offset) == 0);
	CHECK(filled(mmap(NULL, PAGE, RW, MAP_SHARED, fd, (off_t)offset), PAGE, 1));
}

/*
 * GNT-UNMAP-007, GNT-SLOT-008, GNT-CLOSE-002: a mapping outlives its listing, and keeps its slots,
 * and it outlives the descriptor
 */
static void outlives(void)
{
	struct grantor_frames g;
	uint64_t offset, other;
	int fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 2, true);
	p = map_all(fd, &g, RW, &offset);
	CHECK(munmap(p + PAGE, PAGE) == 0);
	CHECK(unmap_refs(fd, offset, 0) == 0);
	FAILS(unmap_refs(fd, offset, 0), ENOENT);
	CHECK(map_refs(fd, OWN, g.ref, 1, &other) == 0 && other == 2 * PAGE);
	CHECK(filled(p, PAGE, 1) && munmap(p, PAGE) == 0);
	p = map_all(fd, &g, RW, &other);
	CHECK(other == offset);
	CHECK(unmap_refs(fd, other, 2) == 0);
	CHECK(close(fd) == 0);
	CHECK(filled(p, 2 * PAGE, 1));
	p[PAGE] = 99;
	CHECK(g.view[PAGE] == 99);
	CHECK(munmap(p, 2 * PAGE) == 0);
}

static struct gntdev_grant_copy_segment segment(int flags, void *local, uint32_t ref, size_t offset, size_t len)
{
	struct gntdev_grant_copy_segment s = { .flags = (uint16_t)flags, .len = (uint16_t)len, .status = 77 };
	int from = flags & COPY_SOURCE_GREF;

	s.source.foreign.domid = s.dest.foreign.domid = (domid_t)grantor_domid();
	s.source.foreign.ref = s.dest.foreign.ref = ref;
	s.source.foreign.offset = s.dest.foreign.offset = (uint16_t)offset;
	if (from)
		s.dest.virt = local;
	else
		s.source.virt = local;
	return s;
}

/*
 * GNT-COPY-001, GNT-COPY-010, GNT-COPY-031: an odd number of bytes, at odd addresses, over many
 * pages, and back
 */
static void copy_both_ways(void)
{
	enum { PAGES = 100, SIZE = PAGES * PAGE - 1009 };
	static struct gntdev_grant_copy_segment s[PAGES];
	static unsigned char buffer[SIZE + 8192];
	unsigned char *local = buffer + 13;
	struct grantor_frames g;
	int fd = device_open(O_RDONLY);

	grants_new(&g, PAGES, true);
	for (int to_grant = 0; to_grant < 2; to_grant++) {
		if (to_grant)
			fill(local, SIZE, 5);
		for (size_t i = 0, done = 0; i < PAGES; i++) {
			size_t offset = i ? 0 : 501, len = i + 1 < PAGES ? PAGE - offset : SIZE - done;

			s[i] = segment(to_grant ? COPY_DEST_GREF : COPY_SOURCE_GREF, local + done, g.ref[i],
				       offset, len);
			done += len;
		}
		CHECK(copy(fd, s, PAGES) == 0);
		for (size_t i = 0; i < PAGES; i++)
			CHECK(s[i].status == 0);
		CHECK(filled(to_grant ? g.view + 501 : local, SIZE, to_grant ? 5 : 1 + 501));
	}
	CHECK(filled(g.view, 501, 1));
	CHECK(filled(g.view + 501 + SIZE, PAGES * PAGE - SIZE - 501, 1 + 501 + SIZE));
	CHECK(buffer[12] == 0 && local[SIZE] == 0);
}

/*
 * GNT-COPY-003, -005, -006, -009, -012, -016, -018, -027: what goes wrong with one segment, and
 * what that is to the others
 */
static void copy_errors(void)
{
	unsigned char *two = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct gntdev_grant_copy_segment s[3];
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 1, true);
	CHECK(copy(fd, NULL, 0) == 0);
	FAILS(copy(fd, NULL, 1), EFAULT);
	s[0] = segment(COPY_SOURCE_GREF, two, 0x00fffff0, 0, 10);
	s[1] = segment(COPY_SOURCE_GREF, two, g.ref[0], 0, PAGE);
	s[2] = segment(COPY_SOURCE_GREF, NULL, 0x00fffff0, 3, 0);
	CHECK(copy(fd, s, 3) == 0 && s[0].status < 0 && s[1].status == 0 && s[2].status == 0);
	CHECK(filled(two, PAGE, 1));
	s[0] = segment(COPY_DEST_GREF, two + 1, g.ref[0], 0, 100);
	s[1] = segment(0, two, g.ref[0], 0, 1);
	FAILS(copy(fd, s, 2), EINVAL);
	s[1] = segment(COPY_DEST_GREF, two, g.ref[0], 4000, 97);
	FAILS(copy(fd, s, 2), EINVAL);
	CHECK(munmap(two + PAGE, PAGE) == 0);
	s[1] = segment(COPY_DEST_GREF, two + 1, g.ref[0], 0, PAGE);
	FAILS(copy(fd, s, 2), EFAULT);
	CHECK(filled(g.view, PAGE, 1));
	CHECK(mprotect(two, PAGE, PROT_READ) == 0);
	s[1] = segment(COPY_SOURCE_GREF, two, g.ref[0], 0, PAGE);
	FAILS(copy(fd, s, 2), EFAULT);
}

/* GNT-COPY-011: from grant to grant */
static void copy_grants(void)
{
	struct gntdev_grant_copy_segment s = { .flags = COPY_SOURCE_GREF | COPY_DEST_GREF, .len = 999 };
	struct grantor_frames g;
	int fd = device_open(O_RDWR);

	grants_new(&g, 2, true);
	s.source.foreign.domid = s.dest.foreign.domid = (domid_t)grantor_domid();
	s.source.foreign.ref = g.ref[0];
	s.source.foreign.offset = 7;
	s.dest.foreign.ref = g.ref[1];
	s.dest.foreign.offset = 3001;
	CHECK(copy(fd, &s, 1) == 0 && s.status == 0);
	CHECK(filled(g.view + PAGE + 3001, 999, 1 + 7));
	CHECK(filled(g.view + PAGE, 3001, 1 + PAGE) && filled(g.view + PAGE + 4000, 96, 1 + PAGE + 4000));
}

const struct test smoke_tests[] = {
	TEST("map, share, unmap", map_and_share),
	TEST("offsets", offsets, .stock = "DEF-014"),
	TEST("many maps on one descriptor", many_maps),
	TEST("errors of map", map_errors),
	TEST("read-only mapping", read_only, .stock = "DEF-206"),
	TEST("mmap: all grants or none", all_or_nothing, .stock = "DEF-016"),
	TEST("mapping outlives listing and descriptor", outlives, .stock = "DEF-009 DEF-202"),
	TEST("copy both ways", copy_both_ways),
	TEST("errors of copy", copy_errors),
	TEST("copy from grant to grant", copy_grants),
	TEST(NULL, NULL),
};
