/* SPDX-License-Identifier: MIT */
/*
 * A libFuzzer target: any string of bytes is a sequence of system calls and of things that happen around them, on a
 * world of two processes and two granting domains. Arguments are put into user memory and passed as the kernel would
 * see them. It must not know what the right answer is: the oracles are model_check(), which errnos a call may have
 * (GNT-GEN-020), that an ioctl that failed has changed nothing (I12), and that nothing is alive in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "input.h"

#define MAX_REFS 128u
#define MAX_SEGMENTS 128u
#define MAX_BYTES 64u
#define BYTES 256u /* values of a byte */
#define FAULTS (MODEL_FAULT_COPY + 1) /* LOST pages, retries and the rest are to come */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- ioctls */

static int may_fail_so(uint32_t cmd, int64_t error)
{
	switch (cmd) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return error == -EFAULT || error == -EINVAL || error == -ENOMEM;
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return error == -EFAULT || error == -ENOENT;
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR:
		return error == -EFAULT || error == -EINVAL;
	case IOCTL_GNTDEV_SET_UNMAP_NOTIFY:
		return error == -EFAULT || error == -EINVAL || error == -ENOENT;
	case IOCTL_GNTDEV_GRANT_COPY:
		return error == -EFAULT || error == -EINVAL || error == -ENOMEM;
	default:
		return error == -ENOTTY;
	}
}

static int64_t call(struct target *t, uint32_t process, int file, uint64_t cmd, uint64_t arg)
{
	int64_t result;

	if (!t->digested)
		t->digest = model_digest(t->m);
	result = model_ioctl(t->m, process, file, cmd, arg);
	t->digested = result != 0;
	if (result != 0 && result != -EBADF)
		expect(may_fail_so((uint32_t)cmd, result), "GNT-GEN-020: an errno that is not listed");
	expect(result == 0 || model_digest(t->m) == t->digest, "I12: an ioctl failed and changed something");
	return result;
}

static void do_map(struct target *t)
{
	struct {
		struct ioctl_gntdev_map_grant_ref head;
		struct ioctl_gntdev_grant_ref more[MAX_REFS - 1];
	} map;
	const size_t at_refs = offsetof(struct ioctl_gntdev_map_grant_ref, refs);
	const size_t at_index = offsetof(struct ioctl_gntdev_map_grant_ref, index);
	struct ioctl_gntdev_grant_ref *refs = map.head.refs;
	uint32_t process = pid(t), slot = t->maps % MEMORY, count, i;
	int file = fd(t);
	uint64_t arg = address(t), variety = take(t, 1) % 8 + 1;

	map.head = (struct ioctl_gntdev_map_grant_ref){ .count = (uint32_t)number(t), .pad = 1, .index = ~0ull };
	count = map.head.count < MAX_REFS ? map.head.count : MAX_REFS;
	for (i = 0; i < count; i++) {
		if (i < variety)
			grant(t, &refs[i].domid, &refs[i].ref);
		else
			refs[i] = refs[i % variety]; /* GNT-MAP-013 */
	}
	model_store(t->m, process, arg, &map, at_refs + count * sizeof(*refs));
	if (call(t, process, file, IOCTL_GNTDEV_MAP_GRANT_REF, arg))
		return;
	model_load(t->m, process, arg + at_index, &t->map[slot].index, sizeof(t->map[slot].index));
	t->map[slot].count = map.head.count;
	t->maps++;
}

static void do_unmap(struct target *t)
{
	struct ioctl_gntdev_unmap_grant_ref unmap = { .pad = 1 };
	uint32_t process = pid(t);
	int file = fd(t);
	uint64_t arg = address(t);

	unmap.index = offset(t);
	unmap.count = (uint32_t)number(t);
	model_store(t->m, process, arg, &unmap, sizeof(unmap));
	call(t, process, file, IOCTL_GNTDEV_UNMAP_GRANT_REF, arg);
}

static void do_segment(struct target *t, struct gntdev_grant_copy_segment *seg)
{
	uint32_t domid, ref;

	*seg = (struct gntdev_grant_copy_segment){ .flags = (uint16_t)take(t, 1), .status = -1 };
	seg->len = (uint16_t)number(t);
	seg->len = (uint16_t)(seg->len << take(t, 1) % 12);
	if (seg->flags & GNTCOPY_source_gref) {
		grant(t, &domid, &ref);
		seg->source.foreign.ref = ref;
		seg->source.foreign.domid = (domid_t)domid;
		seg->source.foreign.offset = (uint16_t)number(t);
	} else {
		seg->source.virt = (void *)(uintptr_t)address(t);
	}
	if (seg->flags & GNTCOPY_dest_gref) {
		grant(t, &domid, &ref);
		seg->dest.foreign.ref = ref;
		seg->dest.foreign.domid = (domid_t)domid;
		seg->dest.foreign.offset = (uint16_t)number(t);
	} else {
		seg->dest.virt = (void *)(uintptr_t)address(t);
	}
}

static void do_copy(struct target *t)
{
	struct gntdev_grant_copy_segment seg[MAX_SEGMENTS];
	struct ioctl_gntdev_grant_copy copy = { 0 };
	uint32_t process = pid(t), count, i;
	int file = fd(t);
	uint64_t arg = address(t), segments = address(t), variety = take(t, 1) % 8 + 1;

	copy.count = (uint32_t)number(t);
	copy.segments = (void *)(uintptr_t)segments;
	count = copy.count < MAX_SEGMENTS ? copy.count : MAX_SEGMENTS;
	for (i = 0; i < count; i++) {
		if (i < variety)
			do_segment(t, &seg[i]);
		else
			seg[i] = seg[i % variety];
	}
	model_store(t->m, process, segments, seg, count * sizeof(*seg));
	model_store(t->m, process, arg, &copy, sizeof(copy));
	call(t, process, file, IOCTL_GNTDEV_GRANT_COPY, arg);
}

static const uint32_t commands[] = {
	IOCTL_GNTDEV_MAP_GRANT_REF, IOCTL_GNTDEV_UNMAP_GRANT_REF, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR,
	IOCTL_GNTDEV_SET_MAX_GRANTS, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, IOCTL_GNTDEV_GRANT_COPY,
	IOCTL_GNTDEV_DMABUF_EXP_FROM_REFS, IOCTL_GNTDEV_DMABUF_EXP_WAIT_RELEASED, IOCTL_GNTDEV_DMABUF_IMP_TO_REFS,
	IOCTL_GNTDEV_DMABUF_IMP_RELEASE,
};

/* Whatever is in memory is the argument; any command, the device's own more often. */
static void do_raw(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1);
	uint32_t process = pid(t);
	int file = fd(t);
	uint64_t cmd = kind < 192 ? commands[kind % (sizeof(commands) / sizeof(commands[0]))] : number(t);

	call(t, process, file, cmd, address(t));
}

/* ---- memory */

static void do_mmap(struct target *t)
{
	uint8_t how = (uint8_t)take(t, 1);
	uint32_t known = known_map(t, how % 64), process = pid(t);
	int file = fd(t), prot = how & 64 ? PROT_READ : PROT_READ | PROT_WRITE, flags = MAP_SHARED;
	uint64_t addr = 0, len = t->map[known].count * PAGE, at = t->map[known].index;
	int64_t result;

	if (how & 128) { /* out of the ordinary */
		addr = address(t);
		len = length(t);
		prot = (int)take(t, 1) % 8;
		flags = (int)take(t, 1) % 4;
		flags |= (int)take(t, 1) % 16 << 4;
		if (take(t, 1) % 4 == 0)
			flags |= MAP_FIXED_NOREPLACE;
		at = offset(t);
	}
	result = model_mmap(t->m, process, addr, len, prot, flags, file, at);
	if (result >= 0)
		t->mapping[t->mappings++ % MEMORY] = (uint64_t)result;
}

static void do_munmap(struct target *t)
{
	uint32_t process = pid(t);
	uint64_t addr = address(t);

	model_munmap(t->m, process, addr, length(t));
}

static void do_memory(struct target *t, int store)
{
	uint8_t bytes[MAX_BYTES];
	uint32_t process = pid(t), len = (uint32_t)take(t, 1) % (MAX_BYTES + 1), i;
	uint64_t addr = address(t);

	for (i = 0; store && i < len; i++)
		bytes[i] = (uint8_t)take(t, 1);
	if (store)
		model_store(t->m, process, addr, bytes, len);
	else
		model_load(t->m, process, addr, bytes, len);
}

/* ---- processes and domains */

static void start(struct target *t, uint32_t i)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

	t->pid[i] = model_process(t->m);
	model_mmap(t->m, t->pid[i], BUFFER, BUFFER_PAGES * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	model_mmap(t->m, t->pid[i], BUFFER_END - PAGE, PAGE, PROT_READ, flags, -1, 0);
	model_open(t->m, t->pid[i], O_RDWR);
}

static void do_exit(struct target *t)
{
	uint32_t i = (uint32_t)take(t, 1) % PROCESSES;

	model_exit(t->m, t->pid[i]);
	start(t, i);
}

static void do_grant(struct target *t, uint8_t how)
{
	uint32_t owner = how % DOMAINS, to = how < 240 ? MODEL_DOM0 : how % (DOMAINS + 1);
	int64_t ref = model_grant(t->m, owner, to, how & 16);

	if (ref < 0)
		return;
	t->grant[t->grants % MEMORY].domid = owner;
	t->grant[t->grants++ % MEMORY].ref = (uint32_t)ref;
}

static void do_owner(struct target *t)
{
	uint32_t domid, ref, len = (uint32_t)take(t, 1) % 9;
	uint64_t value = ~0ull;

	grant(t, &domid, &ref);
	if (len == 0)
		model_revoke(t->m, domid, ref);
	else if (take(t, 1) % 2)
		model_owner_store(t->m, domid, ref, (uint32_t)number(t), &value, len);
	else
		model_owner_load(t->m, domid, ref, (uint32_t)number(t), &value, len);
}

static void do_fault(struct target *t)
{
	uint8_t how = (uint8_t)take(t, 1);

	model_fail(t->m, how % FAULTS, how / FAULTS % 16);
}

static void step(struct target *t)
{
	uint8_t kind = (uint8_t)take(t, 1) % 16;
	uint32_t process;

	if (kind < 2 || kind == 5 || kind == 6 || kind == 7 || kind == 15)
		t->digested = 0;
	switch (kind) {
	case 0:
		process = pid(t);
		model_open(t->m, process, (int)take(t, 1));
		break;
	case 1:
		process = pid(t);
		model_close(t->m, process, fd(t));
		break;
	case 2:
	case 3:
		do_map(t);
		break;
	case 4:
		do_unmap(t);
		break;
	case 5:
	case 6:
		do_mmap(t);
		break;
	case 7:
		do_munmap(t);
		break;
	case 8:
	case 9:
		do_copy(t);
		break;
	case 10:
		do_raw(t);
		break;
	case 11:
		do_memory(t, (int)take(t, 1) % 2);
		break;
	case 12:
		do_grant(t, (uint8_t)take(t, 1));
		break;
	case 13:
		do_owner(t);
		break;
	case 14:
		do_fault(t);
		break;
	case 15:
		do_exit(t);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct model_live nothing;
	struct target t = { .at = data, .end = data + size };
	struct model_options options = { .mode = MODEL_PV };
	struct model_live live;

	options.limit = ((uint32_t)take(&t, 1) + 1) % BYTES; /* 0 is the default: large maps are slow, and to be rare */
	options.maptrack = (uint32_t)number(&t) * 2;
	t.m = model_new(&options);
	for (uint32_t i = 1; i < DOMAINS; i++)
		model_domain(t.m);
	for (uint32_t i = 0; i < PROCESSES; i++)
		start(&t, i);
	for (uint8_t i = 0; i < MEMORY; i++)
		do_grant(&t, (uint8_t)(16 * i)); /* every second one read-only */
	while (t.at < t.end) {
		step(&t);
		model_check(t.m);
	}
	for (uint32_t i = 0; i < PROCESSES; i++)
		model_exit(t.m, t.pid[i]);
	model_check(t.m);
	model_live(t.m, &live);
	expect(!memcmp(&live, &nothing, sizeof(live)), "something is alive in the end");
	model_free(t.m);
	return 0;
}
