/* SPDX-License-Identifier: MIT */
/*
 * The digest: one number for all that a client can know of its instances (I12): what is listed where, what is mapped,
 * the states of pages, notifications, the maximum. It must not depend on addresses, nor on what is ready for the next
 * call, such as the capacity of a state. (That an ioctl was performed is left out, so that a test can ask by ioctls
 * whether another one has changed anything: mirror.c minds.)
 */
#include "gntdev.h"

static u64 mix(u64 digest, u64 value)
{
	digest = (digest ^ value) * 0x9e3779b97f4a7c15ull;
	return digest ^ digest >> 32;
}

static u64 digest_map(u64 digest, const struct gntdev_map *map)
{
	const struct gnt_pages *p = &map->pages;

	digest = mix(mix(mix(digest, map->id), p->count), p->life->mode);
	for (u32 i = 0; i < p->count; i++) {
		digest = mix(digest, (u64)p->domid[i] << 32 | p->ref[i]);
		digest = mix(digest, (u64)p->state[i] << 32 | p->byte[i]);
		if (p->event[i])
			digest = mix(digest, 1 + (u64)p->port[i]);
	}
	return digest;
}

static u64 digest_file(u64 digest, const struct file *file)
{
	const struct gnt_state *s = &file->dev->state;

	digest = mix(mix(digest, file->id), s->limits->max);
	for (u32 k = 0; k < s->table.slots.capacity; k++) {
		if (!s->block[k])
			continue;
		digest = mix(mix(digest, k), s->table.count[k]);
		digest = mix(mix(digest, s->vmas[k]), s->tried[k] << 1 | (s->table.map[k] != 0));
		digest = mix(digest, gntdev_block(s->block[k])->id);
	}
	return digest;
}

static u64 digest_process(u64 digest, const struct process *p)
{
	for (u32 fd = 0; fd < p->fd_room; fd++) {
		if (p->fd[fd])
			digest = mix(mix(digest, fd), p->fd[fd]->id);
	}
	for (u32 i = 0; i < p->vmas; i++) {
		const struct vma *vma = p->vma[i];

		if (gntdev_is_vma(vma))
			digest = mix(mix(mix(digest, vma->start), vma->end), mix(vma->pgoff, vma->map->id));
	}
	return digest;
}

uint64_t model_digest(const struct model *m)
{
	u64 digest = 0;

	for (const struct file *file = m->files; file; file = file->next)
		digest = digest_file(digest, file);
	for (const struct gntdev_map *map = m->maps; map; map = map->next)
		digest = digest_map(digest, map);
	for (u32 i = 0; i < m->processes; i++) {
		if (m->process[i])
			digest = digest_process(mix(digest, i), m->process[i]);
	}
	return digest;
}
