/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The specification of /dev/xen/gntdev as an executable state machine: the calls of requirements.md, decoded, together with
 * what their environment answered. Made to be read next to requirements.md, and to be run next to an implementation: every
 * result, value written back, effect and state must agree. It is neither fast nor concurrent, and keeps track of so much
 * (REF_...) and no more. It must not be derived from, nor share code with, what it is compared with.
 *
 * Calls return 0 (or what they say) or a negative errno. All memory is in struct ref_world; harnesses may read all of it.
 * What is no parameter has no influence: pad fields (GNT-GEN-005), the access mode of a descriptor (GNT-GEN-014), timing. Only
 * OUT parameters are written (GNT-GEN-007). Calls that run at the same time have the effect of some order (GNT-GEN-009).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What the reference keeps track of; a call that needs more sets ref_world.gave_up, after which no answer counts. */
#ifndef REF_INSTANCES /* harnesses that need less may say so, for all files */
#define REF_INSTANCES 8u
#define REF_PROCESSES 4u
#define REF_MAPS 64u
#define REF_PAGES 256u /* a bigger map can be made and unmapped, but not mmapped, and only these pages notified of */
#endif
#define REF_LOG 4096u

#define REF_SLOTS (1u << 20) /* GNT-SLOT-005 */
#define REF_PAGE 4096u /* GNT-MOD-009 */
#define REF_BATCH 64u /* GNT-COPY-014 */

#define REF_CLEAR_BYTE 1u
#define REF_SEND_EVENT 2u
#define REF_SOURCE_GREF 1u
#define REF_DEST_GREF 2u

/* Xen's statuses; every other one is a failure like any other */
#define REF_OKAY 0
#define REF_BAD_PAGE (-9)
#define REF_EAGAIN (-12)

#define REF_RESTART (-512) /* mmap: the system call is restarted (GNT-MMAP-023) */
#define REF_GAVE_UP (-9999) /* no answer: see ref_world.gave_up */

enum ref_profile { REF_LINUX, REF_HEADER };

enum ref_state { REF_EMPTY, REF_LIVE, REF_RELEASING, REF_LOST };

/* What the environment does to a call: a set of these. Only those a call can meet matter to it. */
enum ref_env {
	REF_ARG_FAULT = 1, /* the argument cannot be fetched; of MAP_GRANT_REF, its first 24 bytes */
	REF_REFS_FAULT = 2, /* refs[1] to refs[count - 1] cannot be fetched */
	REF_OUT_FAULT = 4, /* the OUT parameters cannot be copied out */
	REF_NO_MEMORY = 8, /* an allocation fails */
	REF_NO_PORT = 16, /* no reference on the port can be taken */
	REF_INTERRUPTED = 32, /* a pending signal interrupts mmap before any grant is mapped */
	REF_DONTUNMAP = 64, /* mremap: MREMAP_DONTUNMAP */
	REF_NO_INSERT = 128, /* mmap, auto-translated: all grants are mapped, and then a page cannot be shown to the user */
};

struct ref_grant { /* refs[i] of MAP_GRANT_REF */
	uint32_t domid, ref;
};

struct ref_answer { /* Xen's statuses for one page of an mmap; on auto-translated domains there is no user entry */
	int16_t kernel, user;
};

struct ref_page {
	struct ref_grant grant;
	enum ref_state state;
	unsigned int handles; /* grant handles that Xen is owed */
	bool in_use; /* the harness sets it of a LIVE page, or one about to be: in I/O, or shown by an mmap that fails after */
	bool refuse; /* the harness sets it: Xen will refuse to unmap (one handle of) this page */
	uint64_t at[REF_PROCESSES]; /* where each process has it mapped, 0: nowhere */
	uint32_t action, port; /* the notification; action 0: not armed */
	uint16_t byte;
};

struct ref_map {
	uint32_t name; /* 1 for the first map reserved in this world, then 2, ...; 0: this entry is free */
	unsigned int instance;
	uint32_t first, count; /* its slots */
	bool reserved, listed;
	bool attempted, writable, shared; /* the one attempt there can be, and of what kind it was */
	bool read_only; /* its grants were to be mapped without write permission */
	bool mmapping; /* an mmap is between its look-up and its end */
	struct ref_page page[REF_PAGES];
};

struct ref_instance {
	bool open;
	enum ref_profile profile;
	uint32_t max; /* GNT-MAX-002 */
	bool performed; /* an ioctl other than SET_MAX_GRANTS has succeeded */
	unsigned int descriptors[REF_PROCESSES];
};

/* Effects on the world outside, in the order in which they must happen (within one map; between maps it is open). */
enum ref_what {
	REF_GRANT_MAPPED, /* page, value: handles */
	REF_BYTE_CLEARED, /* page, value: byte in the page */
	REF_GRANT_UNMAPPED, /* page, value: handles */
	REF_PAGE_LOST, /* page, value: handles, of which Xen refused one or all */
	REF_PORT_TAKEN, /* page, value: port */
	REF_EVENT_SENT, /* page, value: port */
	REF_PORT_PUT, /* page, value: port */
	REF_MAP_FREED, /* value: placeholder pages given back */
};

struct ref_effect {
	enum ref_what what;
	uint32_t map, page, value; /* map: its name, or 0 if the call found none */
};

struct ref_world {
	bool pv; /* else auto-translated */
	uint32_t limit; /* the module's parameter; may be changed between calls (GNT-MOD-005) */
	struct ref_instance instance[REF_INSTANCES];
	struct ref_map map[REF_MAPS];
	uint32_t names; /* maps reserved so far; the last one's name */
	struct ref_effect log[REF_LOG];
	unsigned int effects; /* in the log; the harness may set it to 0 between calls */
	const char *gave_up; /* why, or null */
};

/* A GRANT_COPY segment: what the caller says, what the environment answers, what comes of it. */
struct ref_side {
	uint64_t virt; /* of a local buffer */
	uint32_t ref; /* of a grant */
	uint16_t domid, offset;
};

struct ref_op {
	struct ref_side source, dest;
	uint16_t flags, len;
	bool dirty; /* its local page was marked dirty */
};

struct ref_segment {
	struct ref_side source, dest;
	uint16_t flags, len;

	bool fetch_fault, ahead_fault, pin_fault[2], status_fault; /* [i]: of op i; status: after the batch */
	int16_t answer[2]; /* Xen's status for op i; GNTST_eagain: even after all retries */

	bool written; /* whether status was copied out at all; this and what follows is 0 before the call */
	int16_t status;
	unsigned int ops;
	uint32_t batch; /* the one that executed the ops, from 1; 0: they were not executed */
	struct ref_op op[2];
};

static inline void ref_init(struct ref_world *w, bool pv, uint32_t limit)
{
	memset(w, 0, sizeof(*w));
	w->pv = pv;
	w->limit = limit;
}

/* Descriptors and processes. An instance is there from ref_open until nothing holds it; its number is used again then. */
int ref_open(struct ref_world *w, unsigned int process, enum ref_profile profile, unsigned int env); /* the instance */
int ref_close(struct ref_world *w, unsigned int instance, unsigned int process);
void ref_fork(struct ref_world *w, unsigned int parent, unsigned int child); /* @child has no mapping and no descriptor */
void ref_exit(struct ref_world *w, unsigned int process);

/* dup, or passed to @process. GNT-OPEN-004: the same instance; GNT-GEN-010: any process that has a descriptor may call */
static inline void ref_dup(struct ref_world *w, unsigned int instance, unsigned int process)
{
	w->instance[instance].descriptors[process]++;
}

/* ioctls. ref_command gives the number of the call that a 32-bit command value is (0, 1, 2, 3, 7 or 8), or -ENOTTY. */
int ref_command(uint32_t command, bool caller_is_32_bit);
int ref_unmap(struct ref_world *w, unsigned int instance, uint64_t index, uint32_t count, unsigned int env);
int ref_offset(struct ref_world *w, unsigned int instance, unsigned int process, uint64_t vaddr, unsigned int env,
	       uint64_t *offset, uint32_t *count);
int ref_max(struct ref_world *w, unsigned int instance, uint32_t count, unsigned int env);
int ref_notify(struct ref_world *w, unsigned int instance, uint64_t index, uint32_t action, uint32_t port, unsigned int env);
/* @kill_after: a fatal signal is pending once this batch was executed; 0: none ever is */
int ref_copy(struct ref_world *w, unsigned int instance, uint32_t count, struct ref_segment *segments, uint32_t kill_after,
	     unsigned int env);

/* MAP_GRANT_REF; in two steps for harnesses that make other calls in between. The first step gives the map's name. */
int ref_map_reserve(struct ref_world *w, unsigned int instance, uint32_t count, const struct ref_grant *refs, unsigned int env);
int ref_map_publish(struct ref_world *w, uint32_t map, unsigned int env, uint64_t *index);

static inline int ref_map(struct ref_world *w, unsigned int instance, uint32_t count, const struct ref_grant *refs,
			  unsigned int env, uint64_t *index)
{
	int map = ref_map_reserve(w, instance, count, refs, env);

	return map < 0 ? map : ref_map_publish(w, (uint32_t)map, env, index);
}

/* mmap at page offset @slot, for which the kernel chose @start. @answers: one a page; null: all okay. Two steps likewise. */
int ref_mmap_begin(struct ref_world *w, unsigned int instance, uint64_t slot, uint64_t pages, bool writable, bool shared);
int ref_mmap_end(struct ref_world *w, uint32_t map, unsigned int process, uint64_t start, const struct ref_answer *answers,
		 unsigned int env);

static inline int ref_mmap(struct ref_world *w, unsigned int instance, unsigned int process, uint64_t start, uint64_t slot,
			   uint64_t pages, bool writable, bool shared, const struct ref_answer *answers, unsigned int env)
{
	int map = ref_mmap_begin(w, instance, slot, pages, writable, shared);

	return map < 0 ? map : ref_mmap_end(w, (uint32_t)map, process, start, answers, env);
}

/* Calls on ranges of pages; @start is page-aligned. For mremap and mprotect the range lies in one mapping. */
int ref_munmap(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages);
int ref_mremap(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages, uint64_t new_start,
	       uint64_t new_pages, unsigned int env); /* @new_start: @start if it does not move */
/*
 * mprotect to another protection than before; and every other change of page-table entries, such as by madvise, but for
 * those that report that they would block (GNT-MUNMAP-014), which change nothing.
 */
int ref_mprotect(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages, bool write);
void ref_invalidate(struct ref_world *w, unsigned int process, uint64_t start, uint64_t pages);

/* Unmaps in flight whose page is no longer in use are done. */
void ref_retry(struct ref_world *w);

/* The abstract state. Maps are named by ref_map.name; null or 0: there is none. */
struct ref_map *ref_owner(struct ref_world *w, unsigned int instance, uint64_t slot); /* who owns the slot */
struct ref_map *ref_listed(struct ref_world *w, unsigned int instance, uint64_t slot); /* which listed map begins there */
struct ref_map *ref_by_name(struct ref_world *w, uint32_t map);
bool ref_mapped(const struct ref_map *m); /* a VMA is there, or an mmap in progress */
/* What is mapped at @vaddr; null: nothing of the device, a load is SIGSEGV. A load is SIGBUS unless the page is LIVE. */
struct ref_map *ref_at(struct ref_world *w, unsigned int process, uint64_t vaddr, uint32_t *page);

static inline struct ref_page *ref_page(struct ref_world *w, uint32_t map, uint32_t page)
{
	struct ref_map *m = ref_by_name(w, map);

	return m && page < m->count && page < REF_PAGES ? &m->page[page] : NULL;
}
