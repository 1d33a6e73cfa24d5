// SPDX-License-Identifier: MIT
/* The world of a test, and the least driver that there can be: it maps grants, on PV and auto-translated. */
#include <stdlib.h>
#include "test.h"

struct model *m;
u32 domain, pid;
int fd;
struct fake fake;
static struct lock lock; /* over the number of VMAs */

/* ---- the driver */

static struct fake_map *map_of(struct vma *vma)
{
	return (struct fake_map *)vma->map;
}

static void unmap(struct fake_map *map, u32 *handle, u32 i)
{
	struct gnttab_unmap_grant_ref op = { .handle = handle[i], .status = GNTST_general_error };

	if (handle[i] == NONE || map->lost[i])
		return;
	op.host_addr = handle == map->user ? env_pte_address(map->process, map->start + i * PAGE)
					   : env_page_address(map->page[i]);
	xen_unmap_grant_ref(m, &op, 1);
	if (op.status == GNTST_okay)
		handle[i] = NONE;
	else
		map->lost[i] = true;
}

static bool invalidate(struct notifier *notifier, u64 start, u64 end, bool may_block)
{
	struct fake_map *map = (struct fake_map *)((char *)notifier - offsetof(struct fake_map, notifier));

	fake.told++;
	fake.told_not_to_block += !may_block;
	fake.told_start = start;
	fake.told_end = end;
	if (!may_block) {
		if (fake.block || !env_trylock(m, &lock))
			return false;
		env_unlock(m, &lock);
	}
	for (u32 i = 0; i < map->pages; i++) {
		if (map->start + i * PAGE < end && map->start + (i + 1) * PAGE > start)
			unmap(map, map->user, i);
	}
	return true;
}

static void vma_open(struct vma *vma)
{
	fake.opens++;
	env_lock(m, &lock);
	map_of(vma)->vmas++;
	env_unlock(m, &lock);
}

static void put_map(struct fake_map *map)
{
	for (u32 i = 0; i < map->pages; i++) {
		unmap(map, map->kernel, i);
		if (!map->lost[i])
			env_pages_free(m, 1, &map->page[i]);
		else
			env_page_lose(m, map->page[i]);
	}
	env_free(m, map);
}

static bool in_use(const struct fake_map *map)
{
	for (u32 i = 0; i < map->pages; i++) {
		if (env_page_in_use(m, map->page[i]))
			return true;
	}
	return false;
}

static void put_later(struct model *world, void *cookie)
{
	if (in_use(cookie))
		env_defer(world, put_later, cookie);
	else
		put_map(cookie);
}

static void vma_close(struct vma *vma)
{
	u32 left;

	fake.closes++;
	env_lock(m, &lock);
	left = --map_of(vma)->vmas;
	env_unlock(m, &lock);
	if (left)
		return;
	if (map_of(vma)->notifier.registered)
		env_notifier_remove(m, &map_of(vma)->notifier);
	put_later(m, map_of(vma));
}

static int may_split(struct vma *vma, u64 addr)
{
	EXPECT(vma->start < addr && addr < vma->end);
	fake.splits++;
	return fake.split;
}

static u32 find_page(struct vma *vma, u64 addr)
{
	return map_of(vma)->page[(addr - map_of(vma)->start) / PAGE];
}

static const struct vma_ops vma_ops = {
	.open = vma_open, .close = vma_close, .may_split = may_split, .find_page = find_page,
};

static u32 map_grant(u32 ref, u32 flags, u64 address)
{
	struct gnttab_map_grant_ref op = { .ref = ref, .dom = (domid_t)domain, .host_addr = address };

	op.flags = GNTMAP_host_map | flags;
	op.status = GNTST_general_error;
	xen_map_grant_ref(m, &op, 1);
	return op.status == GNTST_okay ? op.handle : NONE;
}

static int show_page(struct fake_map *map, struct vma *vma, u32 i)
{
	u32 readonly = vma->flags & VM_WRITE ? 0 : GNTMAP_readonly, ref = (u32)vma->pgoff + i;
	u64 addr = vma->start + i * PAGE;

	map->kernel[i] = map_grant(ref, readonly, env_page_address(map->page[i]));
	if (map->kernel[i] == NONE)
		return -EINVAL;
	if (m->options.mode == MODEL_AUTO)
		return env_insert_page(m, vma, addr, map->page[i]);
	if (env_page_tables(m, vma->process, addr, addr + PAGE))
		return -ENOMEM;
	map->user[i] = map_grant(ref, GNTMAP_application_map | GNTMAP_contains_pte | readonly,
				 env_pte_address(vma->process, addr));
	return map->user[i] == NONE ? -EINVAL : 0;
}

static int fake_mmap(struct file *file, struct vma *vma)
{
	u32 pages = (u32)((vma->end - vma->start) / PAGE);
	struct fake_map *map = env_alloc(m, sizeof(*map));
	int error = 0;

	(void)file;
	fake.flags = vma->flags;
	interleave(m);
	if (!map)
		return -ENOMEM;
	*map = (struct fake_map){ .pages = pages, .vmas = 1, .start = vma->start, .process = vma->process };
	map->notifier.invalidate = invalidate;
	for (u32 i = 0; i < pages; i++)
		map->user[i] = map->kernel[i] = NONE;
	if (pages > FAKE_PAGES || env_pages_alloc(m, pages, map->page)) {
		env_free(m, map);
		return -ENOMEM;
	}
	if (!fake.deaf && m->options.mode == MODEL_PV)
		error = env_notifier_insert(m, &map->notifier, vma->process, vma->start, vma->end);
	if (error == -EINTR)
		error = -ERESTARTNOINTR;
	for (u32 i = 0; !error && i < pages; i++)
		error = show_page(map, vma, i);
	if (error) {
		invalidate(&map->notifier, vma->start, vma->end, true);
		if (map->notifier.registered)
			env_notifier_remove(m, &map->notifier);
		put_later(m, map); /* what user space sees, Linux is going to take away */
		return error;
	}
	vma->flags |= VM_DONTEXPAND | VM_MIXEDMAP;
	if (m->options.mode == MODEL_PV && !fake.copy)
		vma->flags |= VM_DONTCOPY | VM_WIPEONFORK;
	if (!(vma->flags & VM_WRITE))
		vma->flags &= ~VM_MAYWRITE;
	vma->ops = &vma_ops;
	vma->map = (struct gntdev_map *)map;
	fake.last = map;
	return 0;
}

static int fake_open(struct file *file)
{
	(void)file;
	return 0;
}

static void fake_release(struct file *file)
{
	(void)file;
	fake.releases++;
}

static s64 fake_ioctl(struct file *file, u32 cmd, u64 arg)
{
	return fake.ioctl ? fake.ioctl(file, cmd, arg) : -ENOTTY;
}

static const struct file_ops fake_ops = {
	.open = fake_open, .release = fake_release, .ioctl = fake_ioctl, .mmap = fake_mmap,
};

/* ---- the world */

void begin(enum model_mode mode)
{
	struct model_options options = { .mode = mode };

	m = model_new(&options);
	m->driver = &fake_ops;
	fake = (struct fake){ 0 };
	lock = (struct lock){ 0 };
	domain = model_domain(m);
	pid = model_process(m);
	fd = model_open(m, pid, O_RDWR);
	EXPECT_IS(fd, 3);
}

void end(void)
{
	static const struct model_live nothing;
	struct model_live live;

	model_run_deferred(m);
	for (u32 i = 1; i <= m->processes; i++)
		model_exit(m, i);
	model_live(m, &live);
	EXPECT(!memcmp(&live, &nothing, sizeof(live)));
	EXPECT(m->races == NULL);
	model_free(m);
}

u64 memory(u32 process, u64 pages)
{
	s64 at = model_mmap(m, process, 0, pages * PAGE, RW, ANON, -1, 0);

	EXPECT(at > 0);
	return (u64)at;
}

int byte(u32 process, u64 addr)
{
	u8 value;
	int error = model_load(m, process, addr, &value, 1);

	return error ? error : value;
}

void put(u32 process, u64 addr, u8 value)
{
	EXPECT_IS(model_store(m, process, addr, &value, 1), 0);
}

u32 grants(u32 pages)
{
	s64 first = -1;

	for (u32 i = 0; i < pages; i++) {
		s64 ref = model_grant(m, domain, MODEL_DOM0, 0);
		u8 value = (u8)(i + 1);

		first = i ? first : ref;
		EXPECT_IS(ref, first + i);
		EXPECT_IS(model_owner_store(m, domain, (u32)ref, 0, &value, 1), 0);
	}
	return (u32)first;
}

u64 show(u32 process, u64 pages)
{
	s64 at = model_mmap(m, process, 0, pages * PAGE, RW, MAP_SHARED, fd, grants((u32)pages) * PAGE);

	EXPECT(at > 0);
	return (u64)at;
}

u8 owner_byte(u32 ref)
{
	u8 value = 0xee;

	EXPECT_IS(model_owner_load(m, domain, ref, 0, &value, 1), 0);
	return value;
}
