// SPDX-License-Identifier: MIT
/* Steps that only prepare: memory, and what the domain on the other side does. The row is wrong, or the device, if they fail. */
#include <stdlib.h>
#include "run.h"

void step_alloc(struct run *r, const struct step *s)
{
	struct memory *memory = &r->memory[s->reg];
	int64_t addr = anonymous(r, s->pages, s->prot);
	size_t size = (size_t)s->pages * PAGE;

	if (addr < 0) {
		run_fails(r, "got %s", result_name(addr));
		return;
	}
	memory->addr = (uint64_t)addr;
	memory->pages = s->pages;
	memory->prot = s->prot;
	memory->bytes = calloc(1, size);
	memory->process = r->process;
	memory->forbidden = calloc(s->pages, sizeof(*memory->forbidden));
	if ((s->prot & PROT_WRITE) && r->dut->store(memory->addr, run_pattern(r, memory->bytes, size), size))
		run_fails(r, "cannot be written");
}

void step_forbid(struct run *r, const struct step *s)
{
	struct memory *memory = &r->memory[s->reg];
	uint64_t addr = memory->addr + (uint64_t)s->page * PAGE;
	int64_t got = r->dut->mmap(addr, (uint64_t)s->pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (got != (int64_t)addr)
		run_fails(r, "got %s", result_name(got));
	for (uint32_t i = 0; i < s->pages; i++)
		memory->forbidden[s->page + i] = true;
}

void step_grant(struct run *r, const struct step *s)
{
	for (uint32_t i = 0; i < s->grants && !r->failed; i++) {
		struct grant *grant = &r->grant[s->first_grant + i];
		int64_t ref = r->dut->grant(s->readonly);

		if (ref < 0) {
			run_fails(r, "got %s", result_name(ref));
			return;
		}
		grant->made = true;
		grant->readonly = s->readonly;
		grant->ref = (uint32_t)ref;
		if (r->dut->owner_store(grant->ref, 0, run_pattern(r, grant->bytes, PAGE), PAGE))
			run_fails(r, "the owner cannot write");
	}
}

/* -EBUSY while it is mapped, if the device under test tells. */
int64_t step_revoke(struct run *r, const struct step *s)
{
	int error = r->dut->revoke(r->grant[s->first_grant].ref);

	if (!error)
		r->grant[s->first_grant].made = false;
	return error;
}

void step_owner_store(struct run *r, const struct step *s)
{
	struct grant *grant = &r->grant[s->first_grant];

	if (r->dut->owner_store(grant->ref, (uint32_t)s->offset, run_pattern(r, grant->bytes + s->offset, s->len),
				(uint32_t)s->len))
		run_fails(r, "the owner cannot write");
}
