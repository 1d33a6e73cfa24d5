/* SPDX-License-Identifier: MIT */
/*
 * Runs a program: see execute.h. It must not know what the right answer to a call is. Values are taken one a statement, so that
 * a program means the same whichever compiler made this one.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "execute.h"

int64_t perform(struct run *r, uint8_t op, uint8_t process, const uint64_t *a, unsigned int n, void *bytes, uint32_t len)
{
	struct action action = { .op = op, .process = process, .bytes = bytes, .len = len };

	for (unsigned int i = 0; i < n; i++)
		action.a[i] = a[i];
	return r->on->perform(r->on, &action);
}

void remember(struct outcome *o, const void *bytes, uint32_t len)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	if (!o)
		return;
	for (uint32_t i = 0; i < len; i++)
		hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ull;
	o->len = len < OUTCOME_BYTES ? len : OUTCOME_BYTES;
	memcpy(o->bytes, bytes, o->len);
	if (len > OUTCOME_BYTES)
		memcpy(o->bytes + OUTCOME_BYTES - sizeof(hash), &hash, sizeof(hash));
}

/* ---- calls that move bytes */

static int64_t move(struct run *r, const struct call *c, const uint64_t *a, struct outcome *o)
{
	bool owner = c->op == OWNER_STORE || c->op == OWNER_LOAD, load = c->op == LOAD || c->op == OWNER_LOAD;
	unsigned int at = owner ? 3 : 2; /* of the length */
	uint32_t len = (uint32_t)(a[at] % (TRANSFER + 1));
	uint8_t bytes[TRANSFER];
	int64_t result;

	for (uint32_t i = 0; i < len; i++)
		bytes[i] = load ? 0 : (uint8_t)((a[at + 1] >> 8 * (i % 8)) + i / 8);
	result = owner ? perform(r, c->op, 0, a, 3, bytes, len)
		       : perform(r, c->op, (uint8_t)(a[0] % PROCESSES), a + 1, 1, bytes, len);
	if (load && result == 0)
		remember(o, bytes, len);
	return result;
}

/* ---- calls of which numbers are all there is */

static uint8_t process_of(const struct call *c, const uint64_t *a)
{
	return operations[c->op].args[0] == 'P' ? (uint8_t)(a[0] % PROCESSES) : 0;
}

/*
 * Where the other machine put a mapping, if that was the kernel's choice, it goes here, too; and names are to be those that the
 * other one gave.
 */
static void follow(const struct run *r, const struct call *c, uint64_t *a)
{
	const struct outcome *said = r->predicted ? &r->predicted[c - r->p->call] : NULL;

	if (!said || said->result < 0)
		return;
	if (c->op == MMAP && !(a[4] & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
		a[1] = (uint64_t)said->result;
		/* the other flag is none for a mapping that is to be validated */
		a[4] |= (a[4] & MAP_TYPE) == MAP_SHARED_VALIDATE ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	}
	if (c->op == MREMAP && (uint64_t)said->result != a[1] && !(a[4] & MREMAP_FIXED)) {
		a[5] = (uint64_t)said->result;
		a[4] |= MREMAP_FIXED;
	}
	if (c->op == GRANT_FRAME)
		a[3] = (uint64_t)said->result;
	if (c->op == BIND)
		a[1] = (uint64_t)said->result;
}

static int64_t plain(struct run *r, const struct call *c, uint64_t *a, unsigned int n)
{
	unsigned int first = operations[c->op].args[0] == 'P';

	follow(r, c, a);
	if (c->op == SEND)
		a[2] %= PROCESSES;
	if (c->op == FORK) {
		a[1] = c->to;
		n = 2;
	}
	if (c->op == GRANT_FRAME && r->on->device) {
		a[0] = r->on->owner;
		a[1] = 0;
		n = 4; /* with the name of follow() */
	}
	if (c->op == BIND && r->on->device) {
		a[0] = r->on->owner;
		n = 2;
	}
	return perform(r, c->op, process_of(c, a), a + first, n - first, NULL, 0);
}

static int64_t raw_ioctl(struct run *r, const struct call *c, const uint64_t *a)
{
	struct action action = { .op = IOCTL, .process = process_of(c, a), .compat = c->compat, .a = { a[1], a[2], a[3] } };

	return r->on->perform(r->on, &action);
}

static void keep(struct run *r, const struct call *c, const uint64_t *a, int64_t result)
{
	enum kind kind = operations[c->op].result;

	if (c->op == LIMIT)
		r->limit = (uint32_t)a[0];
	for (unsigned int i = 0; c->op == PORT_CLOSE && result == 0 && r->on->device && i < REGISTERS; i++) {
		if (r->reg[PORT][i] == a[0]) /* the number may soon be that of any other port of the domain */
			r->reg[PORT][i] = 0;
	}
	if (result < 0 || kind == NUMBER || kind == OFFSET || kind == PROCESS)
		return;
	r->reg[kind][c->to] = (uint64_t)result;
	if (kind == GRANT)
		r->reg[DOMAIN][c->to] = a[0];
}

/*
 * The other side's calls that the model refuses are none of the driver's business, and are not made: what owns the frames of a
 * device takes them back later when they are mapped, and does not say so.
 */
static bool refused(const struct run *r, const struct call *c, struct outcome *o)
{
	const struct outcome *said = r->predicted ? &r->predicted[c - r->p->call] : NULL;

	if (!said || said->result >= 0 || (c->op != REVOKE && c->op != PORT_CLOSE && c->op != PEER_CLOSE))
		return false;
	*o = *said;
	return true;
}

static void make(struct run *r, const struct call *c)
{
	struct outcome *o = r->outcome ? &r->outcome[c - r->p->call] : NULL, none;
	uint64_t a[PROGRAM_ARGS] = { 0 };
	unsigned int n = 0;

	if (o)
		*o = (struct outcome){ .fate = IMPOSSIBLE };
	if (r->predicted ? r->predicted[c - r->p->call].fate != MADE : r->on->device && !possible(r, c))
		return;
	if (refused(r, c, o))
		return;
	o = o ? o : &none;
	o->fate = MADE;
	for (; operations[c->op].args[n]; n++)
		a[n] = evaluate(r, &c->arg[n]);
	switch (c->op) {
	case MAP ... COPY:
		o->result = execute_ioctl(r, c, r->outcome ? o : NULL);
		break;
	case IOCTL:
		o->result = raw_ioctl(r, c, a);
		break;
	case STORE ... RACE:
	case OWNER_STORE:
	case OWNER_LOAD:
		o->result = move(r, c, a, r->outcome ? o : NULL);
		break;
	default:
		o->result = plain(r, c, a, n);
	}
	keep(r, c, a, o->result);
}

/* ---- what is made in the middle of a call */

static void meanwhile(void *cookie)
{
	struct run *r = cookie;

	r->point++;
	for (unsigned int i = r->at + 1; i < r->end; i++) {
		uint32_t bit = 1u << (i - r->at - 1);

		if (r->p->call[i].inner != r->point || (r->made & bit))
			continue;
		r->made |= bit;
		make(r, &r->p->call[i]);
	}
}

/* The call at r->at with those in its middle; those whose point did not come are made after it. */
static void outer(struct run *r)
{
	unsigned int end = r->at + 1;

	while (end < r->p->calls && r->p->call[end].inner && end - r->at <= 32)
		end++;
	r->end = end;
	r->point = 0;
	r->made = 0;
	if (end > r->at + 1 && r->on->meanwhile) {
		r->on->meanwhile(r->on, meanwhile, r);
		make(r, &r->p->call[r->at]);
		r->on->meanwhile(r->on, NULL, NULL);
	} else {
		make(r, &r->p->call[r->at]);
	}
	for (unsigned int i = r->at + 1; i < end; i++) {
		if (!(r->made & 1u << (i - r->at - 1)))
			make(r, &r->p->call[i]);
	}
	r->at = end;
}

void execute(const struct program *p, struct machine *on, struct outcome *outcome, const struct outcome *predicted)
{
	struct run r = { .p = p, .on = on, .outcome = outcome, .predicted = predicted };

	r.limit = p->limit ? p->limit : 65536;
	for (unsigned int i = 0; i < REGISTERS; i++) {
		r.reg[PROCESS][i] = i;
		r.reg[DESCRIPTOR][i] = ~0ull;
		r.reg[MEMORY][i] = ARENA + i * PAGE;
	}
	while (r.at < p->calls) {
		outer(&r);
		if (on->settled)
			on->settled(on);
	}
}
