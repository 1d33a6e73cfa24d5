// SPDX-License-Identifier: GPL-2.0-only
/*
 * An open file: its table of maps, MAP_GRANT_REF and UNMAP_GRANT_REF, and the moments at which a
 * map comes into the table and leaves it. Honours I1, I5, I9, I10, I11, I12: the table is called
 * under the file's lock, and under that lock nothing else is done.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "grantproof.h"
#include "request.h"

static struct gp_map *to_map(u64 listed)
{
	return (struct gp_map *)(unsigned long)listed;
}

static void free_table(const struct gnt_table *table)
{
	kvfree(table->slots.owner);
	kvfree(table->slots.prefix);
	kvfree(table->slots.suffix);
	kvfree(table->slots.run);
	kvfree(table->count);
	kvfree(table->map);
}

static void *new_array(u32 array, u32 capacity)
{
	return kvmalloc(gnt_table_array_bytes(array, capacity), GFP_KERNEL_ACCOUNT);
}

/*
 * Arrays for a table of @capacity slots; what they hold is the core's to say. The core is proven
 * for arrays that are allocations of their own.
 */
static int new_table(struct gnt_table *table, u32 capacity)
{
	table->slots.capacity = capacity;
	table->slots.owner = new_array(0, capacity);
	table->slots.prefix = new_array(1, capacity);
	table->slots.suffix = new_array(2, capacity);
	table->slots.run = new_array(3, capacity);
	table->count = new_array(4, capacity);
	table->map = new_array(5, capacity);
	if (table->slots.owner && table->slots.prefix && table->slots.suffix && table->slots.run &&
	    table->count && table->map)
		return 0;
	free_table(table);
	return -ENOMEM;
}

struct gp_file *gp_file_new(void)
{
	struct gp_file *file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);

	if (!file)
		return NULL;
	if (new_table(&file->table, gnt_slots_capacity(1))) {
		kfree(file);
		return NULL;
	}
	mutex_init(&file->lock);
	gnt_table_init(file->table);
	return file;
}

/*
 * GNT-CLOSE-001, GNT-CLOSE-005: a mapping holds the file open, so no map is mapped; a release in
 * flight goes on without the file.
 */
void gp_file_release(struct gp_file *file)
{
	u32 from = 0;
	s32 first;

	for (;;) {
		struct gp_map *map = NULL;

		mutex_lock(&file->lock);
		first = gnt_table_next(file->table, from);
		if (first >= 0) {
			from = first + gnt_table_count(file->table, first);
			map = to_map(gnt_table_withdraw(file->table, first));
		}
		mutex_unlock(&file->lock);
		if (!map)
			break;
		gp_map_put(map);
		cond_resched();
	}
	free_table(&file->table);
	mutex_destroy(&file->lock);
	kfree(file);
}

/*
 * Reserves @count slots if the table or @spare, of @have slots (0: none), is large enough; @spare
 * then takes the table's place and the old arrays are left in @spare. Else -ENOMEM: no table is
 * large enough, or -ENOSPC: one of *@want slots would be.
 */
static s32 reserve_once(struct gp_file *file, u32 count, struct gnt_table *spare, u32 have,
			u32 *want)
{
	s32 first;

	mutex_lock(&file->lock);
	first = gnt_table_reserve(file->table, count);
	if (first == -ENOSPC) {
		*want = gnt_table_want(file->table, count);
		if (!*want) {
			first = -ENOMEM;
		} else if (*want <= have) {
			gnt_table_grow(file->table, *spare);
			swap(file->table, *spare);
			first = gnt_table_reserve(file->table, count);
		}
	}
	mutex_unlock(&file->lock);
	return first;
}

/*
 * GNT-SLOT-002 .. 006: the lowest free slots; a larger table is allocated without the lock, and
 * another thread may have been faster.
 */
static s32 reserve(struct gp_file *file, u32 count)
{
	struct gnt_table spare = {};
	u32 have = 0, want = 0;
	s32 first;

	while ((first = reserve_once(file, count, &spare, have, &want)) == -ENOSPC) {
		free_table(&spare);
		if (new_table(&spare, want))
			return -ENOMEM;
		have = want;
	}
	free_table(&spare);
	return first;
}

static void publish(struct gp_file *file, u32 first, struct gp_map *map)
{
	map->first = first;
	mutex_lock(&file->lock);
	gnt_table_publish(file->table, first, (unsigned long)map);
	mutex_unlock(&file->lock);
}

static void withdraw(struct gp_file *file, u32 first)
{
	mutex_lock(&file->lock);
	gnt_table_withdraw(file->table, first);
	mutex_unlock(&file->lock);
}

/*
 * GNT-MAP-012 gives the order of the checks, GNT-MAP-008 that of the steps: reserve, copy out,
 * publish or withdraw
 */
long gp_file_map(struct gp_file *file, struct ioctl_gntdev_map_grant_ref __user *arg, u32 limit)
{
	struct ioctl_gntdev_map_grant_ref head;
	struct gp_map *map;
	u64 offset;
	s32 err;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	err = gnt_map_check(head.count, limit);
	if (err)
		return err;
	/* GNT-MAP-005: nothing is allocated for what no table can hold */
	map = head.count <= GNT_SLOTS_MAX ? gp_map_new(head.count) : NULL;
	if (!map)
		return -ENOMEM;
	err = -EFAULT;
	/* I11: refs[0] has come with the header */
	map->refs[0] = head.refs[0];
	if (copy_from_user(map->refs + 1, arg->refs + 1,
			   array_size(head.count - 1, sizeof(*map->refs))))
		goto put;
	err = reserve(file, head.count);
	if (err < 0)
		goto put;
	offset = gnt_slot_offset(err);
	/* GNT-GEN-007: index alone; GNT-MAP-011: or nothing remains */
	if (copy_to_user(&arg->index, &offset, sizeof(offset))) {
		withdraw(file, err);
		err = -EFAULT;
		goto put;
	}
	publish(file, err, map);
	return 0;
put:
	gp_map_put(map);
	return err;
}

/* The listed map of @count pages (or GNT_ANY_COUNT) at @slot, or NULL. */
static struct gp_map *find(struct gp_file *file, u64 slot, u64 count)
{
	s32 first = gnt_table_exact(file->table, slot, count);

	lockdep_assert_held(&file->lock);
	return first < 0 ? NULL : to_map(gnt_table_map(file->table, first));
}

/* GNT-UNMAP-001 .. 005, GNT-UNMAP-007: a count of 0 is any count, and a mapping lives on */
long gp_file_unmap(struct gp_file *file, const struct ioctl_gntdev_unmap_grant_ref __user *user)
{
	struct ioctl_gntdev_unmap_grant_ref arg;
	struct gp_map *map, *gone = NULL;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	mutex_lock(&file->lock);
	map = find(file, gnt_offset_slot(arg.index), arg.count);
	/* GNT-SLOT-008: the slots of a map that is mapped go with its last VMA */
	if (map && map->vmas)
		gnt_table_hide(file->table, map->first);
	else if (map)
		gone = to_map(gnt_table_withdraw(file->table, map->first));
	mutex_unlock(&file->lock);
	if (gone)
		gp_map_put(gone);
	return map ? 0 : -ENOENT;
}

/*
 * GNT-MMAP-003 .. 006: the listed map at @slot with exactly @count pages, if mmap was not attempted
 * before. From now on it counts as mapped (GNT-MMAP-022): the caller calls gp_file_vma_gone() if it
 * comes to nothing.
 */
struct gp_map *gp_file_attempt(struct gp_file *file, u64 slot, u64 count)
{
	struct gp_map *map;

	mutex_lock(&file->lock);
	map = find(file, slot, count);
	if (map && map->attempted)
		map = NULL;
	if (map) {
		map->attempted = true;
		map->vmas = 1;
	}
	mutex_unlock(&file->lock);
	return map;
}

/* GNT-MUNMAP-011: a split makes one VMA more. */
void gp_file_vma_open(struct gp_file *file, struct gp_map *map)
{
	mutex_lock(&file->lock);
	map->vmas++;
	mutex_unlock(&file->lock);
}

/*
 * One VMA less, unless it is the last: then the caller takes down what belongs to all of them, and
 * calls gp_file_vma_gone().
 */
bool gp_file_vma_is_last(struct gp_file *file, struct gp_map *map)
{
	bool last;

	mutex_lock(&file->lock);
	last = map->vmas == 1;
	if (!last)
		map->vmas--;
	mutex_unlock(&file->lock);
	return last;
}

/* No VMA is left. If none ever was, and @attempted is false, the map may be attempted again. */
void gp_file_vma_gone(struct gp_file *file, struct gp_map *map, bool attempted)
{
	bool listed;

	mutex_lock(&file->lock);
	map->vmas = 0;
	map->attempted = attempted;
	/* it has its slots still, so whoever is listed there is this map */
	listed = gnt_table_exact(file->table, map->first, GNT_ANY_COUNT) >= 0;
	if (!listed)
		gnt_table_withdraw(file->table, map->first);
	mutex_unlock(&file->lock);
	if (!listed)
		gp_map_put(map);
}
