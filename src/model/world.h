/* SPDX-License-Identifier: MIT */
/*
 * The world from the inside: what the model's own files share and its users do not see. One struct model holds all
 * there is; no file keeps a variable of its own but thread.c, which knows the world at hand, so two worlds never touch.
 * The driver (gntdev*.c) uses env.h and xen.h and nothing of this but the objects that Linux hands to any driver: files,
 * VMAs, notifiers and locks.
 */
#pragma once
#include "linux.h"
#include "machine.h"

struct model {
	struct model_options options;
	struct model_live alive;
	const struct file_ops *driver; /* of the files that are opened */

	/* fault.c */
	u64 fault[MODEL_FAULTS]; /* calls up to the one that fails; 0: none does */
	s16 status[MODEL_FAULTS]; /* of the op that fails */
	u64 fault_any, env_calls;

	/* thread.c */
	struct process *current; /* whose system call this is; NULL: a work's */
	u64 fetched; /* I11: of the argument being read, what is below this has been fetched */
	bool reading; /* this call holds the mmap_lock of its process, for reading */
	u32 locks, map_locks; /* locks held, those that allow no hypercalls and those that do */
	void (*hook)(struct model *m, void *cookie);
	void *hook_cookie;
	bool hooked; /* it is running */
	struct work *works, **work_end;
	u64 clock; /* milliseconds */
	struct race *races;

	struct frame *frame;
	u32 frames, frame_room, frame_free;

	struct domain *domain; /* [domains], by domid */
	u32 domains, domain_room;
	struct maptrack *maptrack; /* by handle */
	u32 maptracks, maptrack_room, maptrack_free;
	u64 refused; /* unmap ops, ever */
	u64 lost_handles, lost_pages;
	struct port *port; /* [ports] */
	u32 ports, port_room;
	void (*on_event)(struct model *m, u32 port, void *cookie);
	void *event_cookie;

	struct page *page;
	u32 pages, page_room, page_free;
	struct use *io, *pin; /* [ios], [pins] */
	u32 ios, io_room, pins, pin_room;

	struct process **process; /* [processes], by pid - 1; NULL: has exited */
	u32 processes, process_room;
	struct notifier *orphans; /* notifiers of address spaces that are gone */
	struct file *files;
	u64 opened; /* files ever */
	struct gntdev_map *maps; /* of all the driver's instances, for check.c */
	u64 blocks; /* maps ever */
	struct mirror *call; /* mirror.c: what the running call has in its hands; NULL: the driver does not run */
};

/* Ends the program: the model, or what it models, has broken a rule. @what begins with the rule: "I5: ..." */
_Noreturn void breach(const char *what);

static inline void ensure(bool holds, const char *what)
{
	if (!holds)
		breach(what);
}

/* No lock may be held here: @what says what is done that is slow or may fault. */
static inline void ensure_open(const struct model *m, const char *what)
{
	ensure(m->locks == 0 && m->map_locks == 0, what);
}

/* The model's own memory, not the driver's: no accounting, no faults; running out ends the program. */
void *own_alloc(size_t bytes); /* zeroed */
void *own_grow(void *array, u32 *room, u32 want, size_t element);

/* Is the call of @kind that is being made the one to fail? For an op of a hypercall: its status, GNTST_okay if not. */
bool fault_strikes(struct model *m, enum model_fault kind);
s16 fault_status(struct model *m, enum model_fault kind);

/*
 * A system call of @pid begins (thread.c): its process, or NULL if there is none; @outer keeps the call that this one is
 * made in. call_end() returns its argument.
 */
struct call {
	struct process *process;
	u64 fetched;
	bool reading;
};

struct process *call_begin(struct model *m, u32 pid, struct call *outer);
s64 call_end(struct model *m, const struct call *outer, s64 result);
/* The same for a call that changes mappings: false: somebody else's is in progress. */
bool mm_begin(struct process *p);
void mm_end(struct process *p);
/* The world whose driver is about to run (env_world()). */
void world_enter(struct model *m);
/* A moment at which other threads may run. */
void interleave(struct model *m);
