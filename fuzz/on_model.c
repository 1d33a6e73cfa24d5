/* SPDX-License-Identifier: MIT */
/* The model as a machine for programs: see on_model.h. It must not know which call comes next. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/mman.h>
#include "on_model.h"

#define DOMAINS 3u /* MODEL_DOM0 and two more */
#define ROUNDS 4u /* of deferred work, until all of it must be done */

void expect(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- processes: each is made when it is first named */

static uint32_t process(struct on_model *o, uint8_t number)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	uint32_t pid = o->pid[number];

	if (pid)
		return pid;
	pid = o->pid[number] = model_process(o->m);
	o->digested = false;
	model_mmap(o->m, pid, ARENA, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	model_mmap(o->m, pid, ARENA_END - PAGE, PAGE, PROT_READ, flags, -1, 0);
	return pid;
}

/* The number is the successor's (0: nobody's) before the end of the process: in its middle a new one may be made by that number. */
static int64_t exit_process(struct on_model *o, uint8_t number, uint32_t successor)
{
	uint32_t pid = o->pid[number];

	o->pid[number] = successor;
	if (pid)
		model_exit(o->m, pid);
	return 0;
}

static int64_t fork_process(struct on_model *o, uint8_t number, uint8_t child)
{
	int64_t pid;

	if (number == child)
		return -EINVAL;
	pid = model_fork(o->m, process(o, number));
	if (pid < 0)
		return pid;
	return exit_process(o, child, (uint32_t)pid);
}

/* ---- ioctls: one that fails changes nothing (I12) */

static int64_t ask(struct on_model *o, const struct action *c, uint32_t pid)
{
	int64_t result;

	if (!o->digested)
		o->digest = model_digest(o->m);
	o->hooked = false;
	o->digested = false; /* for who calls in the middle */
	result = (c->compat ? model_ioctl_compat : model_ioctl)(o->m, pid, (int)c->a[0], c->a[1], c->a[2]);
	if (result == 0 || o->hooked)
		return result;
	expect(model_digest(o->m) == o->digest, "I12: an ioctl that failed has changed something");
	o->digested = !o->inside;
	return result;
}

/* ---- the use of pages by devices */

static int64_t io(struct on_model *o, bool begin, uint32_t pid, uint64_t addr)
{
	int64_t error = begin ? model_page_io_begin(o->m, pid, addr) : model_page_io_end(o->m, pid, addr);

	if (error)
		return error;
	if (begin) {
		o->io[o->ios].pid = pid;
		o->io[o->ios++].addr = addr;
		return 0;
	}
	for (uint32_t i = 0; i < o->ios; i++) {
		if (o->io[i].pid == pid && o->io[i].addr == addr) {
			o->io[i] = o->io[--o->ios];
			return 0;
		}
	}
	return 0;
}

/* ---- all calls */

/* Those of a process. */
static int64_t of_process(struct on_model *o, const struct action *c)
{
	struct model *m = o->m;
	uint32_t pid = process(o, c->process);
	const uint64_t *a = c->a;

	switch (c->op) {
	case OPEN:
		return model_open(m, pid, (int)a[0]);
	case CLOSE:
		return model_close(m, pid, (int)a[0]);
	case DUP:
		return model_dup(m, pid, (int)a[0]);
	case SEND:
		return model_send_fd(m, pid, (int)a[0], process(o, (uint8_t)a[1]));
	case FORK:
		return fork_process(o, c->process, (uint8_t)a[0]);
	case IOCTL:
		return ask(o, c, pid);
	case MMAP:
		return model_mmap(m, pid, a[0], a[1], (int)a[2], (int)a[3], (int)a[4], a[5]);
	case MUNMAP:
		return model_munmap(m, pid, a[0], a[1]);
	case MPROTECT:
		return model_mprotect(m, pid, a[0], a[1], (int)a[2]);
	case MREMAP:
		return model_mremap(m, pid, a[0], a[1], a[2], (int)a[3], a[4]);
	case MADVISE:
		return model_madvise(m, pid, a[0], a[1], (int)a[2]);
	case STORE:
		return model_store(m, pid, a[0], c->bytes, c->len);
	case LOAD:
		return model_load(m, pid, a[0], c->bytes, c->len);
	case RACE:
		model_racing(m, pid, a[0], c->len, c->bytes);
		return 0;
	case SIGNAL:
		model_signal(m, pid, (int)a[0] & 1);
		return 0;
	case INVALIDATE:
		return model_invalidate(m, pid, a[0], a[1], (int)a[2] & 1);
	case REAP:
		return model_reap(m, pid);
	default:
		return io(o, c->op == IO_BEGIN, pid, a[0]);
	}
}

/* Those of other domains, of Xen, of the kernel. */
static int64_t of_others(struct on_model *o, const struct action *c)
{
	struct model *m = o->m;
	const uint64_t *a = c->a;

	switch (c->op) {
	case GRANT_FRAME:
		if (a[3])
			return model_grant_as(m, (uint32_t)a[0], (uint32_t)a[1], (int)a[2] & 1, (uint32_t)a[3]);
		return model_grant(m, (uint32_t)a[0], (uint32_t)a[1], (int)a[2] & 1);
	case REVOKE:
		return model_revoke(m, (uint32_t)a[0], (uint32_t)a[1]);
	case OWNER_STORE:
		return model_owner_store(m, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], c->bytes, c->len);
	case OWNER_LOAD:
		return model_owner_load(m, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2], c->bytes, c->len);
	case PAGE_OUT:
		return model_page_out(m, (uint32_t)a[0], (uint32_t)a[1], (uint32_t)a[2]);
	case DIE:
		return model_domain_die(m, (uint32_t)a[0]);
	case BIND:
		return a[1] ? model_port_as(m, (uint32_t)a[0], (uint32_t)a[1]) : model_port(m, (uint32_t)a[0]);
	case PORT_CLOSE:
		return model_port_close(m, (uint32_t)a[0]);
	case PEER_CLOSE:
		return model_port_peer_close(m, (uint32_t)a[0]);
	case EVENTS:
		return (int64_t)model_port_events(m, (uint32_t)a[0]);
	case DEFERRED:
		return model_run_deferred(m);
	case LIMIT:
		model_set_limit(m, (uint32_t)a[0]);
		return 0;
	case FAULT: /* a status that is none is the usual one */
		model_fail_with(m, (enum model_fault)(a[0] % MODEL_FAULTS), a[1], (int16_t)a[2] ? (int16_t)a[2] : -1);
		return 0;
	default:
		model_fail_nth(m, a[0]);
		return 0;
	}
}

static int64_t on_model_perform(struct machine *machine, const struct action *c)
{
	struct on_model *o = (struct on_model *)machine;
	int64_t result;

	switch (c->op) {
	case EXIT:
		o->digested = false;
		return exit_process(o, c->process, 0);
	case OPEN ... FORK:
	case IOCTL ... RACE:
	case SIGNAL ... IO_END:
		if (c->op != IOCTL && c->op != STORE && c->op != LOAD)
			o->digested = false;
		result = of_process(o, c);
		break;
	default:
		o->digested &= c->op != DEFERRED;
		result = of_others(o, c);
	}
	expect(result >= 0 || may_fail_so(o, c, result), "GNT-GEN-020: an errno that is not listed");
	return result;
}

/* ---- in the middle of a call, and after it */

static void on_hook(struct model *m, void *cookie)
{
	struct on_model *o = cookie;

	(void)m;
	o->inside = true;
	o->hook(o->cookie);
	o->inside = false;
	o->hooked = true;
	o->digested = false;
}

static void meanwhile(struct machine *machine, void (*hook)(void *cookie), void *cookie)
{
	struct on_model *o = (struct on_model *)machine;

	o->hook = hook;
	o->cookie = cookie;
	model_interleave(o->m, hook ? on_hook : NULL, o);
}

static void settled(struct machine *machine)
{
	model_check(((struct on_model *)machine)->m);
}

/* ---- worlds */

void on_model_begin(struct on_model *o, const struct program *p, const struct machine *like)
{
	const struct model_options options = {
		.mode = p->automatic ? MODEL_AUTO : MODEL_PV, .profile = p->header ? MODEL_HEADER : MODEL_LINUX,
		.limit = p->limit, .maptrack = like ? 0 : p->maptrack,
	};

	memset(o, 0, sizeof(*o));
	o->machine = (struct machine){ .perform = on_model_perform, .meanwhile = meanwhile, .settled = settled };
	if (like) {
		o->machine.device = true;
		o->machine.stock = like->stock;
		o->machine.owner = like->owner;
	}
	o->header = p->header;
	o->automatic = p->automatic;
	o->m = model_new(&options);
	expect(o->m != NULL, "no memory for a world");
	for (uint32_t i = 1; i < (like ? like->owner + 1 : DOMAINS); i++)
		model_domain(o->m);
}

void on_model_end(struct on_model *o)
{
	static const struct model_live nothing;
	struct model_live live;

	for (uint8_t i = 0; i < PROCESSES; i++)
		exit_process(o, i, 0);
	while (o->ios)
		io(o, false, o->io[0].pid, o->io[0].addr);
	for (uint32_t i = 0; i < ROUNDS && model_run_deferred(o->m); i++)
		;
	model_check(o->m);
	model_live(o->m, &live);
	expect(!memcmp(&live, &nothing, sizeof(live)), "GNT-CLOSE-006: something is alive in the end");
	model_free(o->m);
}
