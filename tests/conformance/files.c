// SPDX-License-Identifier: MIT
/* The program's own accesses to what it has mapped, and its descriptors. */
#include <stdlib.h>
#include "run.h"

/* ---- the program's own accesses, through a view ---- */

int64_t step_load(struct run *r, const struct step *s)
{
	uint8_t page[PAGE];

	return r->dut->load(r->view[s->view].addr + s->offset, page, s->len);
}

/* The pattern is put down in the expected contents of the frames only if it could be stored at all. */
int64_t step_store(struct run *r, const struct step *s)
{
	const struct view *view = &r->view[s->view];
	uint8_t *bytes = run_pattern(r, calloc(1, s->len), s->len);
	int64_t result = r->dut->store(view->addr + s->offset, bytes, s->len);

	for (uint64_t i = 0; result == 0 && i < s->len; i++) {
		uint64_t at = s->offset + i;

		map_grant(r, &r->map[view->map], (uint32_t)(at / PAGE))->bytes[at % PAGE] = bytes[i];
	}
	free(bytes);
	return result;
}

/* ---- open, close ---- */

int64_t step_open(struct run *r, const struct step *s)
{
	struct file *file = &r->file[s->file];
	int fd;

	run_arm(r, s);
	fd = r->dut->open(s->flags);
	run_disarm(r, s);
	if (fd < 0)
		return fd;
	*file = (struct file){ .open = true, .fd = fd, .instance = ++r->instances,
			       .process = r->process };
	return 0;
}

/*
 * An instance is released with its last mapping: maps that are still mapped stay listed until then (GNT-CLOSE-001).
 */
int64_t step_close(struct run *r, const struct step *s)
{
	int64_t result = r->dut->close(r->file[s->file].fd);

	r->file[s->file].open = false;
	return result;
}

/* GNT-OPEN-004: in process 0 by dup(), in another one because the descriptor was passed to it. */
int64_t step_dup(struct run *r, const struct step *s)
{
	const struct file *file = &r->file[s->file];
	int fd = s->process ? r->dut->powers->send_fd(file->fd, s->process) : r->dut->dup(file->fd);

	if (fd < 0)
		return fd;
	r->file[s->reg] = (struct file){ .open = true, .fd = fd, .instance = file->instance, .process = s->process };
	return 0;
}
