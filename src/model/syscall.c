/* SPDX-License-Identifier: MIT */
/*
 * The system calls that ask the driver or change mappings: what is around each of them, whichever it is. All of it is
 * dup; what is left out is said where it would be.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "env.h"

/* ---- ioctl. The command has 32 bits; that Linux answers some commands by itself (FIONBIO and the like) is left out */

typedef s64 ioctl_entry(struct file *file, u32 cmd, u64 arg);

/* GNT-CLOSE-008: the call holds the file, should another thread close the descriptor. */
static int64_t ask(struct model *m, uint32_t pid, int fd, ioctl_entry *entry, u64 cmd, u64 arg)
{
	struct call outer;
	struct process *p = call_begin(m, pid, &outer);
	struct file *file = p ? file_of(p, fd) : NULL;
	s64 result = -EBADF;

	if (!p)
		return -ESRCH;
	if (file) {
		file->refs++;
		result = entry ? entry(file, (u32)cmd, arg) : -ENOTTY;
		file_put(file);
	}
	return call_end(m, &outer, result);
}

int64_t model_ioctl(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg)
{
	return ask(m, pid, fd, m->driver->ioctl, cmd, arg);
}

/* Of a 32-bit program: its pointers have 32 bits. */
int64_t model_ioctl_compat(struct model *m, uint32_t pid, int fd, uint64_t cmd, uint64_t arg)
{
	return ask(m, pid, fd, m->driver->compat_ioctl, cmd, (u32)arg);
}

/* ---- mappings: all but mmap() of a file are alike */

/* The call that is being made, if it may be: p, or NULL and what to return. */
static struct process *change_begin(struct model *m, u32 pid, struct call *outer, s64 *result)
{
	struct process *p = call_begin(m, pid, outer);

	if (!p) {
		*result = -ESRCH;
		return NULL;
	}
	if (!mm_begin(p)) {
		*result = call_end(m, outer, -EAGAIN);
		return NULL;
	}
	return p;
}

static s64 change_end(struct model *m, struct process *p, const struct call *outer, s64 result)
{
	mm_end(p);
	return call_end(m, outer, result);
}

/*
 * A call that a signal has interrupted is made again when the signal was handled, and never if the signal kills
 * (GNT-MMAP-023).
 */
static bool restarts(struct process *p, s64 *result)
{
	if (*result != -ERESTARTNOINTR)
		return false;
	ensure(p->signal, "a call is restarted, and no signal is pending");
	if (p->fatal)
		*result = -EINTR;
	else
		p->signal = false;
	return !p->fatal;
}

/*
 * Of the flags, MAP_SHARED, _SHARED_VALIDATE, _PRIVATE, _ANONYMOUS, _FIXED, _FIXED_NOREPLACE count; @offset is in bytes
 */
int64_t model_mmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot, int flags, int fd,
		   uint64_t offset)
{
	struct call outer;
	s64 result = -EINVAL;
	struct process *p = process_find(m, pid);
	struct file *file = p && !(flags & MAP_ANONYMOUS) ? file_of(p, fd) : NULL;

	if (!p)
		return -ESRCH;
	if (offset % GNT_PAGE_SIZE != 0)
		return -EINVAL;
	if (!file && !(flags & MAP_ANONYMOUS))
		return -EBADF;
	p = change_begin(m, pid, &outer, &result);
	if (!p)
		return result;
	if (file)
		file->refs++;
	do
		result = mm_mmap(m, p, addr, len, prot, flags, file, offset / GNT_PAGE_SIZE);
	while (restarts(p, &result));
	mm_end(p);
	if (file)
		file_put(file);
	return call_end(m, &outer, result);
}

int model_munmap(struct model *m, uint32_t pid, uint64_t addr, uint64_t len)
{
	struct call outer;
	s64 result;
	struct process *p = change_begin(m, pid, &outer, &result);

	return (int)(p ? change_end(m, p, &outer, vma_munmap(m, p, addr, len)) : result);
}

int model_mprotect(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int prot)
{
	struct call outer;
	s64 result;
	struct process *p = change_begin(m, pid, &outer, &result);

	return (int)(p ? change_end(m, p, &outer, mm_mprotect(m, p, addr, len, prot)) : result);
}

int64_t model_mremap(struct model *m, uint32_t pid, uint64_t addr, uint64_t old_len, uint64_t new_len, int flags,
		     uint64_t new_addr)
{
	struct call outer;
	s64 result;
	struct process *p = change_begin(m, pid, &outer, &result);

	if (!p)
		return result;
	return change_end(m, p, &outer, mm_mremap(m, p, addr, old_len, new_len, (u32)flags, new_addr));
}

int model_madvise(struct model *m, uint32_t pid, uint64_t addr, uint64_t len, int advice)
{
	struct call outer;
	s64 result;
	struct process *p = change_begin(m, pid, &outer, &result);

	return (int)(p ? change_end(m, p, &outer, mm_madvise(m, p, addr, len, advice)) : result);
}
