/* SPDX-License-Identifier: MIT */
/*
 * The driver's instance: open and release, the table of maps and its growth, and the ioctls that need no hypervisor.
 * Decisions are the core's; here is only what surrounds them: user memory, allocation, the lock. It must not touch a
 * field of the core's.
 */
#include <stdlib.h>
#include "env.h"
#include "gntdev.h"
#include "request.h"

#define NEVER (~0ull)

/* ---- the table */

struct gnt_table gntdev_table(const struct gntdev *dev)
{
	ensure(dev->lock.held, "I10: the table is used without the lock");
	return dev->table;
}

static void free_arrays(struct model *m, struct gnt_table t)
{
	env_free(m, t.slots.owner);
	env_free(m, t.slots.prefix);
	env_free(m, t.slots.suffix);
	env_free(m, t.slots.run);
	env_free(m, t.count);
	env_free(m, t.map);
}

/* Arrays for a table of @capacity slots, with nothing in them yet; all or none. */
static int new_arrays(struct model *m, u32 capacity, struct gnt_table *t)
{
	void *array[GNT_TABLE_ARRAYS];
	u32 n;

	for (n = 0; n < GNT_TABLE_ARRAYS; n++) {
		array[n] = env_alloc(m, gnt_table_array_bytes(n, capacity));
		if (!array[n])
			goto free;
	}
	*t = (struct gnt_table){
		.slots = { capacity, array[0], array[1], array[2], array[3] }, .count = array[4], .map = array[5],
	};
	return 0;

free:
	while (n > 0)
		env_free(m, array[--n]);
	return -ENOMEM;
}

int gntdev_grow(struct gntdev *dev, u32 capacity)
{
	struct model *m = dev->m;
	struct gnt_table from, to;

	if (new_arrays(m, capacity, &to))
		return -ENOMEM;
	env_lock(m, &dev->lock);
	from = gntdev_table(dev);
	ensure(from.slots.capacity < capacity, "a table grew while nobody else was there");
	gnt_table_grow(from, to);
	dev->table = to;
	env_unlock(m, &dev->lock);
	free_arrays(m, from);
	return 0;
}

/* ---- open, release */

int gntdev_open(struct file *file)
{
	struct model *m = file->m;
	struct gntdev *dev = env_alloc(m, sizeof(*dev));

	if (!dev)
		return -ENOMEM;
	*dev = (struct gntdev){ .m = m, .checked = NEVER };
	if (new_arrays(m, GNT_SLOTS_MIN, &dev->table)) {
		env_free(m, dev);
		return -ENOMEM;
	}
	gnt_table_init(dev->table); /* nobody else knows it yet: no lock */
	file->dev = dev;
	return 0;
}

/*
 * The map at @first, which is no longer listed; it keeps its slots as long as it is mapped. The caller has the
 * listing's reference.
 */
static struct gntdev_map *unlist(struct gntdev *dev, u32 first)
{
	struct gnt_table t = gntdev_table(dev);
	struct gntdev_map *map = (struct gntdev_map *)(uintptr_t)gnt_table_map(t, first);

	map->listed = false;
	if (map->vmas)
		gnt_table_hide(t, first);
	else
		gnt_table_withdraw(t, first);
	return map;
}

/* GNT-CLOSE-001: descriptors and mappings are gone, so the listing is the last that holds a map. */
void gntdev_release(struct file *file)
{
	struct gntdev *dev = file->dev;
	struct model *m = dev->m;

	for (u32 from = 0; ; ) {
		struct gntdev_map *map = NULL;
		s32 first;

		env_lock(m, &dev->lock);
		first = gnt_table_next(gntdev_table(dev), from);
		if (first >= 0)
			map = unlist(dev, (u32)first);
		env_unlock(m, &dev->lock);
		if (!map)
			break;
		from = map->first + map->count;
		gntdev_map_put(map);
	}
	check_empty(dev);
	free_arrays(m, dev->table);
	env_free(m, dev);
}

/* ---- MAP_GRANT_REF */

/*
 * The lowest range of @count slots, reserved: its first slot. -ENOMEM: there is none, or no memory for a table that has
 * one.
 */
static s64 reserve(struct gntdev *dev, u32 count)
{
	s64 first;
	u32 want;

	for (;;) {
		env_lock(dev->m, &dev->lock);
		first = gnt_table_reserve(gntdev_table(dev), count);
		check_reservation(dev, first, count);
		want = first == -ENOSPC ? gnt_table_want(gntdev_table(dev), count) : 0;
		env_unlock(dev->m, &dev->lock);
		if (first != -ENOSPC)
			return first;
		if (want == 0 || gntdev_grow(dev, want))
			return -ENOMEM;
	}
}

static s64 map_grant_ref(struct gntdev *dev, u64 arg)
{
	const u64 refs = arg + offsetof(struct ioctl_gntdev_map_grant_ref, refs);
	struct ioctl_gntdev_map_grant_ref head;
	struct model *m = dev->m;
	struct gntdev_map *map;
	s64 error, first;
	u64 index;

	env_argument(m, arg);
	if (env_copyin(m, &head, arg, sizeof(head)))
		return -EFAULT;
	error = gnt_map_check(head.count, m->options.limit);
	if (error)
		return error;
	map = gntdev_map_new(dev, head.count);
	if (!map)
		return -ENOMEM;
	map->ref[0] = head.refs[0];
	error = env_copyin(m, &map->ref[1], refs + sizeof(map->ref[0]), (head.count - 1) * sizeof(map->ref[0]));
	if (error)
		goto put;
	error = first = reserve(dev, head.count);
	if (first < 0)
		goto put;

	/* GNT-MAP-008: until the client has the offset, no look-up finds the map. */
	map->first = (u32)first;
	index = gnt_slot_offset(map->first);
	error = env_copyout(m, arg + offsetof(struct ioctl_gntdev_map_grant_ref, index), &index, sizeof(index));
	env_lock(m, &dev->lock);
	if (error)
		gnt_table_withdraw(gntdev_table(dev), map->first);
	else
		gnt_table_publish(gntdev_table(dev), map->first, (uintptr_t)map);
	map->listed = !error;
	env_unlock(m, &dev->lock);
	if (!error)
		return 0;
put:
	gntdev_map_put(map);
	return error;
}

/* ---- UNMAP_GRANT_REF */

static s64 unmap_grant_ref(struct gntdev *dev, u64 arg)
{
	struct ioctl_gntdev_unmap_grant_ref unmap;
	struct gntdev_map *map = NULL;
	struct model *m = dev->m;
	s32 first;

	env_argument(m, arg);
	if (env_copyin(m, &unmap, arg, sizeof(unmap)))
		return -EFAULT;
	env_lock(m, &dev->lock);
	first = gnt_table_exact(gntdev_table(dev), gnt_offset_slot(unmap.index), unmap.count);
	if (first >= 0)
		map = unlist(dev, (u32)first);
	env_unlock(m, &dev->lock);
	if (first < 0)
		return first;
	gntdev_map_put(map);
	return 0;
}

/* ---- all of them */

s64 gntdev_ioctl(struct file *file, u32 cmd, u64 arg)
{
	switch (cmd) {
	case IOCTL_GNTDEV_MAP_GRANT_REF:
		return map_grant_ref(file->dev, arg);
	case IOCTL_GNTDEV_UNMAP_GRANT_REF:
		return unmap_grant_ref(file->dev, arg);
	case IOCTL_GNTDEV_GRANT_COPY:
		return gntdev_grant_copy(file->dev, arg);
	case IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR: /* to come */
	case IOCTL_GNTDEV_SET_UNMAP_NOTIFY: /* to come */
	case IOCTL_GNTDEV_SET_MAX_GRANTS: /* GNT-MAX-001 */
	default: /* GNT-GEN-011, GNT-GEN-012 */
		return -ENOTTY;
	}
}
