// SPDX-License-Identifier: MIT
/*
 * Calls on processes and descriptors, and what happens without a call: devices, deferred work, other domains.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "differ.h"

/* ---- processes and descriptors */

static void open_file(struct twin *t, struct step *c)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR | O_NONBLOCK };
	int how = c->n % 16 < 3 ? flags[c->n % 16] : O_RDWR, fd, instance;

	if (!t->pid[c->p] || t->file[c->p][c->d].fd)
		return;
	arm(t, c);
	fd = model_open(t->m, t->pid[c->p], how);
	instance = ref_open(t->w, c->p, t->profile, struck(c, MODEL_FAULT_ALLOC) ? REF_NO_MEMORY : 0);
	c->got = fd < 0 ? fd : 0;
	c->want = instance < 0 ? instance : 0;
	if (fd < 0 || instance < 0)
		return;
	t->file[c->p][c->d].fd = fd;
	t->file[c->p][c->d].instance = (u32)instance;
	t->file[c->p][c->d].flags = how;
	t->instance[instance] = t->m->files->dev; /* the newest */
}

static void close_file(struct twin *t, struct step *c)
{
	if (!t->file[c->p][c->d].fd)
		return;
	arm(t, c);
	c->got = model_close(t->m, t->pid[c->p], t->file[c->p][c->d].fd);
	refusals(t);
	c->want = ref_close(t->w, t->file[c->p][c->d].instance, c->p);
	t->file[c->p][c->d].fd = 0;
}

/* dup() if it is the same process */
static void send_file(struct twin *t, struct step *c, u32 to)
{
	int fd;

	if (!t->file[c->p][c->d].fd || !t->pid[to] || t->file[to][c->e].fd)
		return;
	arm(t, c);
	if (to == c->p)
		fd = model_dup(t->m, t->pid[c->p], t->file[c->p][c->d].fd);
	else
		fd = model_send_fd(t->m, t->pid[c->p], t->file[c->p][c->d].fd, t->pid[to]);
	c->got = fd < 0 ? fd : 0;
	ref_dup(t->w, t->file[c->p][c->d].instance, to);
	t->file[to][c->e] = t->file[c->p][c->d];
	t->file[to][c->e].fd = fd;
}

static void fork_process(struct twin *t, struct step *c)
{
	s64 pid;

	if (!t->pid[c->p] || t->pid[c->q])
		return;
	arm(t, c);
	pid = model_fork(t->m, t->pid[c->p]);
	c->got = pid < 0 ? pid : 0;
	c->want = struck(c, MODEL_FAULT_VMA) ? -ENOMEM : 0;
	if (pid < 0)
		return;
	ref_fork(t->w, c->p, c->q);
	t->pid[c->q] = (u32)pid;
	memcpy(t->file[c->q], t->file[c->p], sizeof(t->file[c->q]));
	for (u32 i = 0; i < BLOCKS; i++) {
		for (u32 p = 0; t->block[i].block && p < REF_PAGES; p++) {
			if (t->block[i].zapped[p] & (1u << c->p))
				t->block[i].zapped[p] |= (u8)(1u << c->q);
			else
				t->block[i].zapped[p] &= (u8)~(1u << c->q);
		}
	}
}

static void exit_process(struct twin *t, struct step *c)
{
	if (!t->pid[c->p])
		return;
	arm(t, c);
	model_exit(t->m, t->pid[c->p]);
	refusals(t);
	ref_exit(t->w, c->p);
	t->pid[c->p] = 0;
	memset(t->file[c->p], 0, sizeof(t->file[c->p]));
}

void do_files(struct twin *t, struct step *c)
{
	switch (c->op) {
	case OPEN:
		open_file(t, c);
		break;
	case CLOSE:
		close_file(t, c);
		break;
	case DUP:
		send_file(t, c, c->p);
		break;
	case SEND:
		send_file(t, c, c->q);
		break;
	case PROCESS:
		if (t->pid[c->p])
			break;
		arm(t, c);
		twin_process(t, c->p);
		break;
	case FORK:
		fork_process(t, c);
		break;
	case EXIT:
		exit_process(t, c);
		break;
	}
}

/* ---- devices */

static void io_begin(struct twin *t, struct step *c)
{
	u32 i = 0, page;
	struct ref_map *m;
	bool can;

	while (i < sizeof(t->io) / sizeof(t->io[0]) && t->io[i].on)
		i++;
	if (!t->pid[c->p] || i == sizeof(t->io) / sizeof(t->io[0]))
		return;
	for (u32 k = 0; k < sizeof(t->io) / sizeof(t->io[0]); k++) {
		if (t->io[k].on && t->io[k].pid == t->pid[c->p] && t->io[k].addr == c->x)
			return; /* the model would not know which of the two ends */
	}
	m = ref_at(t->w, c->p, c->x, &page);
	if (m && block_of(m->name)->user[page] == REFUSED)
		return; /* whether it can be seen is not said (compare.c) */
	can = m && m->page[page].state == REF_LIVE && !(block_of(m->name)->zapped[page] & (1u << c->p));
	arm(t, c);
	c->got = model_page_io_begin(t->m, t->pid[c->p], c->x);
	c->want = can ? 0 : -EFAULT;
	if (!can || c->got)
		return;
	t->io[i] = (struct io){ true, t->pid[c->p], m->name, page, c->x };
	m->page[page].in_use = true;
}

static void io_end(struct twin *t, struct step *c)
{
	struct io *io = &t->io[c->n % (sizeof(t->io) / sizeof(t->io[0]))];
	struct ref_page *page;

	if (!io->on)
		return;
	arm(t, c);
	c->got = model_page_io_end(t->m, io->pid, io->addr);
	io->on = false;
	page = ref_page(t->w, io->name, io->page);
	if (page && page->state != REF_RELEASING)
		page->in_use = busy(t, io->name, io->page);
}

static void store(struct twin *t, struct step *c)
{
	u32 page, i;
	struct ref_map *m = ref_at(t->w, c->p, c->x, &page);
	const struct vma *vma;
	u8 byte = (u8)c->n;

	if (!t->pid[c->p] || (m && block_of(m->name)->user[page] == REFUSED))
		return;
	vma = vma_at(process_find(t->m, t->pid[c->p]), c->x);
	arm(t, c);
	c->got = model_store(t->m, t->pid[c->p], c->x, &byte, 1);
	c->want = -EFAULT;
	if (!m || m->page[page].state != REF_LIVE || !vma || !(vma->flags & VM_WRITE)
	    || (block_of(m->name)->zapped[page] & (1u << c->p)))
		return;
	c->want = 0;
	i = grant_index(t, m->page[page].grant.domid, m->page[page].grant.ref);
	if (i < GRANTS)
		t->grant[i].bytes[c->x % PAGE] = byte;
}

/* ---- other domains, the kernel */

static void die(struct twin *t, struct step *c)
{
	u32 domid = 1 + c->n % (DOMAINS - 1);

	if (t->dead[domid])
		return;
	arm(t, c);
	c->got = model_domain_die(t->m, domid);
	t->dead[domid] = true;
	for (u32 i = 0; i < GRANTS; i++)
		t->grant[i].gone |= t->grant[i].domid == domid; /* to its owner; not to those who have it mapped */
	for (u32 i = 1; i <= PORTS; i++)
		t->port[i].peer_gone |= i % 2 + 1 == domid;
}

static void revoke(struct twin *t, struct step *c)
{
	u32 i = c->n % GRANTS;

	arm(t, c);
	if (!t->grant[i].gone && !model_revoke(t->m, t->grant[i].domid, t->grant[i].ref))
		t->grant[i].gone = true;
}

void do_events(struct twin *t, struct step *c)
{
	u32 port = 1 + c->n % PORTS;

	switch (c->op) {
	case IO_BEGIN:
		io_begin(t, c);
		break;
	case IO_END:
		io_end(t, c);
		break;
	case DEFERRED:
		do_deferred(t, c);
		break;
	case STORE:
		store(t, c);
		break;
	case REVOKE:
		revoke(t, c);
		break;
	case DIE:
		die(t, c);
		break;
	case PAGE_OUT:
		arm(t, c);
		model_page_out(t->m, t->grant[c->n % GRANTS].domid, t->grant[c->n % GRANTS].ref, c->seed);
		break;
	case PORT_CLOSE:
		arm(t, c);
		model_port_close(t->m, port);
		break;
	case PEER_CLOSE:
		arm(t, c);
		if (!model_port_peer_close(t->m, port))
			t->port[port].peer_gone = true;
		break;
	case LIMIT:
		arm(t, c);
		model_set_limit(t->m, c->n);
		t->w->limit = c->n;
		break;
	case SIGNAL:
		arm(t, c);
		model_signal(t->m, t->pid[c->p], 0);
		break;
	}
}
