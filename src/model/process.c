/* SPDX-License-Identifier: MIT */
/*
 * Processes, descriptors and open files: how they come and go. It must not know what an ioctl's argument means. All of
 * it is dup; what is left out is said where it would be. The system calls that use them are in syscall.c.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include "world.h"

#define FIRST_FD 3 /* a program has 0, 1 and 2 already */
#define MAX_FDS 1024u /* RLIMIT_NOFILE */
#define MAX_PIDS 65535u /* a machine address of a page-table entry has room for these (memory.c) */

/* ---- processes */

struct process *process_find(const struct model *m, u32 pid)
{
	return pid && pid <= m->processes ? m->process[pid - 1] : NULL;
}

struct process *process_new(struct model *m)
{
	struct process *p = own_alloc(sizeof(*p));

	ensure(m->processes < MAX_PIDS, "model_process: no more process ids");
	m->process = own_grow(m->process, &m->process_room, m->processes + 1, sizeof(*m->process));
	m->process[m->processes++] = p;
	m->alive.processes++;
	p->pid = m->processes;
	return p;
}

uint32_t model_process(struct model *m)
{
	return process_new(m)->pid;
}

/* As do_exit(): first the mappings, then the descriptors (GNT-CLOSE-004). Nobody is in a call of this process. */
void process_exit(struct model *m, struct process *p)
{
	const struct call outer = { m->current, m->fetched, m->reading };

	world_enter(m);
	p->dying = true;
	m->current = p;
	m->reading = false;
	notify(m, p, 0, ~0ull, true); /* mmu_notifier_release(): of everything */
	vma_remove(m, p, 0, TASK_SIZE);
	notify_end(m, p);
	for (u32 fd = 0; fd < p->fd_room; fd++) {
		struct file *file = p->fd[fd];

		/* gone before its release, in whose middle others look at the process */
		p->fd[fd] = NULL;
		if (file)
			file_put(file);
	}
	races_end(m, p);
	m->current = outer.process == p ? NULL : outer.process;
	m->fetched = outer.fetched;
	m->reading = outer.reading;
	m->process[p->pid - 1] = NULL;
	m->alive.processes--;
	pte_free_all(p);
	free(p->vma);
	free(p->fd);
	free(p);
}

void model_exit(struct model *m, uint32_t pid)
{
	struct process *p = process_find(m, pid);

	if (!p || p->dying)
		return;
	if (p->calls)
		p->dying = true;
	else
		process_exit(m, p);
}

/* ---- open files */

void file_put(struct file *file)
{
	ensure(file->refs > 0, "a file is put that nobody holds");
	if (--file->refs)
		return;
	file->m->driver->release(file);
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
	if (m->driver->open(file)) {
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

struct file *file_of(const struct process *p, int fd)
{
	return fd >= 0 && (u32)fd < p->fd_room ? p->fd[fd] : NULL;
}

/* The lowest number that is free names @file now, which it has a reference of; or -EMFILE. */
static int fd_install(struct process *p, struct file *file)
{
	u32 fd = FIRST_FD;

	while (fd < p->fd_room && p->fd[fd])
		fd++;
	if (fd >= MAX_FDS)
		return -EMFILE;
	p->fd = own_grow(p->fd, &p->fd_room, fd + 1, sizeof(*p->fd));
	p->fd[fd] = file;
	return (int)fd;
}

/* ---- system calls on descriptors */

/* Of the flags, only the access mode means anything to the device (GNT-GEN-014). */
int model_open(struct model *m, uint32_t pid, int flags)
{
	struct call outer;
	struct process *p = call_begin(m, pid, &outer);
	struct file *file;
	int fd;

	if (!p)
		return -ESRCH;
	file = file_new(m, flags);
	fd = file ? fd_install(p, file) : -ENOMEM;
	if (file && fd < 0)
		file_put(file);
	return (int)call_end(m, &outer, fd);
}

int model_close(struct model *m, uint32_t pid, int fd)
{
	struct call outer;
	struct process *p = call_begin(m, pid, &outer);
	struct file *file;

	if (!p)
		return -ESRCH;
	file = file_of(p, fd);
	if (!file)
		return (int)call_end(m, &outer, -EBADF);
	p->fd[fd] = NULL;
	file_put(file);
	return (int)call_end(m, &outer, 0);
}

static int pass(struct process *p, int fd, struct process *to)
{
	struct file *file = file_of(p, fd);
	int new = file ? fd_install(to, file) : -EBADF;

	if (new >= 0)
		file->refs++;
	return new;
}

int model_dup(struct model *m, uint32_t pid, int fd)
{
	struct process *p = process_find(m, pid);

	return p && !p->dying ? pass(p, fd, p) : -ESRCH;
}

int model_send_fd(struct model *m, uint32_t pid, int fd, uint32_t to)
{
	struct process *from = process_find(m, pid), *p = process_find(m, to);

	return from && p && !from->dying && !p->dying ? pass(from, fd, p) : -ESRCH;
}
