// SPDX-License-Identifier: MIT
/*
 * A call as a line of text: who calls what with what, what goes wrong on demand, and both answers.
 */
#include <stdio.h>
#include "differ.h"
#include "error_name.h"

static const char *const names[OPS] = {
	"open", "close", "dup", "send", "process", "fork", "exit", "MAP_GRANT_REF", "UNMAP_GRANT_REF", "GET_OFFSET_FOR_VADDR",
	"SET_MAX_GRANTS", "SET_UNMAP_NOTIFY", "GRANT_COPY", "ioctl", "mmap", "munmap", "mprotect", "mremap", "madvise",
	"invalidate", "reap", "io_begin", "io_end", "deferred", "store", "revoke", "die", "page_out", "port_close", "peer_close",
	"limit", "signal",
};

static const char *const faults[MODEL_FAULTS] = {
	"alloc", "copyin", "copyout", "pin", "map", "copy", "unmap", "hypercall", "pages", "tables", "insert", "notifier", "port",
	"trylock", "pause", "vma",
};

static const char *error(s64 result)
{
	static char number[2][24];
	static u32 which;
	const char *name = error_name(result);

	which ^= 1;
	if (name)
		snprintf(number[which], sizeof(number[which]), "-%s", name);
	else
		snprintf(number[which], sizeof(number[which]), "%lld", result);
	return number[which];
}

static void arguments(FILE *to, const struct step *c)
{
	unsigned long long x = c->x, y = c->y;

	switch (c->op) {
	case DUP:
		fprintf(to, "to descriptor %u", c->e);
		break;
	case SEND:
		fprintf(to, "to process %u, descriptor %u", c->q, c->e);
		break;
	case FORK:
		fprintf(to, "child %u", c->q);
		break;
	case MAP:
	case COPY:
		fprintf(to, "count %u, content %#x", c->n, c->seed);
		break;
	case UNMAP:
		fprintf(to, "index %#llx, count %u", x, c->n);
		break;
	case OFFSET:
		fprintf(to, "vaddr %#llx", x);
		break;
	case NOTIFY:
		fprintf(to, "index %#llx, action %#x, port %u", x, c->n, (u32)y);
		break;
	case OTHER:
		fprintf(to, "command %#llx", x);
		break;
	case MMAP:
		fprintf(to, "at %#llx, %u pages, %s%s%s, slot %#llx", x, c->n, c->flag & 1 ? "shared" : "private",
			c->flag & 2 ? ", writable" : "", c->flag & 4 ? ", not over another" : "", y);
		break;
	case MREMAP:
		fprintf(to, "at %#llx, %u pages, to %#llx, %u pages, flags %u", x, c->n, y, c->e, c->flag);
		break;
	case MUNMAP:
	case MPROTECT:
	case MADVISE:
	case INVALIDATE:
		fprintf(to, "at %#llx, %u pages, flag %u", x, c->n, c->flag);
		break;
	case IO_BEGIN:
	case STORE:
		fprintf(to, "at %#llx, %u", x, c->n % 256);
		break;
	default:
		fprintf(to, "%u", c->n);
	}
}

void trace_call(FILE *to, const struct step *c)
{
	fprintf(to, "%sprocess %u descriptor %u: %s(", c->inside ? "  in the middle of it: " : "", c->p, c->d, names[c->op]);
	arguments(to, c);
	fprintf(to, ")%s%s", c->compat ? " 32-bit" : "", c->race ? " raced" : "");
	if (c->place)
		fprintf(to, " argument in place %u", c->place);
	if (c->segments)
		fprintf(to, " segments in place %u", c->segments);
	for (u32 i = 0; i < 2; i++) {
		if (c->fault[i].kind)
			fprintf(to, " fault %s %u status %d", faults[c->fault[i].kind - 1], c->fault[i].nth, c->fault[i].status);
	}
	if (c->made)
		fprintf(to, " -> model %s, reference %s\n", error(c->got), error(c->want));
	else
		fprintf(to, " -> not made\n");
}
