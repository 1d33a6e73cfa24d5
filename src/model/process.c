/* SPDX-License-Identifier: MIT */
/*
 * Processes, descriptors, open files, and the system calls: what Linux does around the driver's entry points. It must
 * not know what an ioctl's argument means. All of it is dup; what is left out is said where it would be.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "gntdev.h"

#define FIRST_FD 3 /* a program has 0, 1 and 2 already */
#define MAX_FDS 1024u /* RLIMIT_NOFILE */
#define MAX_PIDS 65535u /* a machine address of a page-table entry has room for these (memory.c) */

/* ---- processes */

struct process *process_find(const struct model *m, u32 pid)
{
	return pid && pid <= m->processes ? m->process[pid - 1] : NULL;
}

uint32_t model_process(struct model *m)
{
	struct process *p = own_alloc(sizeof(*p));

	ensure(m->processes < MAX_PIDS, "model_process: no more process ids");
	m->process = own_grow(m->process, &m->process_room, m->processes + 1, sizeof(*m->process));
	m->process[m->processes++] = p;
	p->pid = m->processes;
	return p->pid;
}

/* ---- open files */

void file_put(struct file *file)
{
	ensure(file->refs > 0, "a file is put that nobody holds");
	if (--file->refs)
		return;
	gntdev_release(file);
	*file->link = file->next;
	if (file->next)
		file->next->link = file->link;
	file->m->alive.files--;
	free(file);
}

static struct file *file_new(struct model *m, int flags)
{
	struct file *file = own_alloc(sizeof(*file));
	int mode = flags & O_ACCMODE;

	file->m = m;
	file->refs = 1;
	file->readable = mode == O_RDONLY || mode == O_RDWR;
	file->writable = mode == O_WRONLY || mode == O_RDWR;
	file->id = ++m->opened;
	if (gntdev_open(file)) {
		free(file);
		return NULL;
	}
	file->next = m->files;
	file->link = &m->files;
	if (file->next)
		file->next->link = &file->next;
	m->files = file;
	m->alive.files++;
	return file;
}

static struct file *fd_file(const struct process *p, int fd)
{
	return fd >= 0 && (u32)fd < p->fd_room ? p->fd[fd] : NULL;
}

/* The lowest number that is free, or -EMFILE. */
static int fd_new(struct process *p)
{
	u32 fd = FIRST_FD;

	while (fd < p->fd_room && p->fd[fd])
		fd++;
	if (fd >= MAX_FDS)
		return -EMFILE;
	p->fd = own_grow(p->fd, &p->fd_room, fd + 1, sizeof(*p->fd));
	return (int)fd;
}

/* ---- system calls */

/* Of the flags, only the access mode means anything to the device (GNT-GEN-014) */
int model_open(struct model *m, uint32_t pid, int flags)
{
	struct process *p = process_find(m, pid);
	struct file *file;
	int fd;

	if (!p)
		return -ESRCH;
	fd = fd_new(p);
	if (fd < 0)
		return fd;
	m->current = p;
	file = file_new(m, flags);
	if (!file)
		return -ENOMEM;
	p->fd[fd] = file;
	return fd;
}

int model_close(struct model *m, uint32_t pid, int fd)
{
	struct process *p = process_find(m, pid);
	struct file *file = p ? fd_file(p, fd) : NULL;

	if (!file)
		return p ? -EBADF : -ESRCH;
	m->current = p;
	p->fd[fd] = NULL;
	file_put(file);
	return 0;
}

/* The command has 32 bits; that Linux answers some commands by itself (FIONBIO and the like) is left out */
int64_t model_ioctl(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg)
{
	struct process *p = process_find(m, pid);
	struct file *file = p ? fd_file(p, fd) : NULL;

	if (!file)
		return p ? -EBADF : -ESRCH;
	m->current = p;
	return gntdev_ioctl(file, (u32)cmd, arg);
}

/*
 * Of the flags, MAP_SHARED, _SHARED_VALIDATE, _PRIVATE, _ANONYMOUS, _FIXED, _FIXED_NOREPLACE count; @offset is in bytes
 */
int64_t model_mmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot, int flags, int fd,
		   uint64_t offset)
{
	struct process *p = process_find(m, pid);
	struct file *file = NULL;

	if (!p)
		return -ESRCH;
	if (offset % GNT_PAGE_SIZE != 0)
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fd_file(p, fd);
		if (!file)
			return -EBADF;
	}
	m->current = p;
	return vma_mmap(m, p, addr, len, prot, flags, file, offset / GNT_PAGE_SIZE);
}

int model_munmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len)
{
	struct process *p = process_find(m, pid);

	if (!p)
		return -ESRCH;
	m->current = p;
	return (int)vma_munmap(m, p, addr, len);
}

/* As do_exit(): first the mappings, then the descriptors (GNT-CLOSE-004) */
void model_exit(struct model *m, uint32_t pid)
{
	struct process *p = process_find(m, pid);

	if (!p)
		return;
	m->current = p;
	vma_munmap(m, p, 0, TASK_SIZE);
	for (u32 fd = 0; fd < p->fd_room; fd++) {
		if (p->fd[fd])
			file_put(p->fd[fd]);
	}
	m->current = NULL;
	m->process[pid - 1] = NULL;
	pte_free_all(p);
	free(p->vma);
	free(p->fd);
	free(p);
}
