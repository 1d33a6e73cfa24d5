/* SPDX-License-Identifier: MIT */
/*
 * The machine, and Xen on it: frames, entries of page tables, domains with their grant tables, handles, event channels.
 * Nothing here knows of Linux.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "abi.h"
#include "model.h"
#include "types.h"

/* no frame, page, grant handle, grant reference */
#define NONE 0xffffffffu

/* ---- frames, and entries of page tables, which alone make a frame accessible */
struct frame {
	u8 *bytes; /* NULL: not touched yet, all zero */
	u32 owner; /* domid; NONE: the frame is free */
	u32 refs; /* its grant, the ordinary entries that show it, pins; 0: the frame is free */
	u32 pins; /* held by the driver */
	u32 next; /* of the free list */
	bool writable; /* one of the pins is for writing */
	bool written; /* by a copy op, since the last unpinning that said so */
};

#define PTE_WRITE 1u
#define PTE_USER 2u
#define PTE_GRANT 4u /* put there by the hypervisor, and only the hypervisor may take it away */
#define PTE_LOST 8u /* but it has refused to */
#define PTE_PAGE 16u /* .mfn is a placeholder page, and the entry shows what that shows */

struct pte {
	u32 mfn; /* NONE: not present */
	u32 flags;
};

/* ---- Xen (xen.c, domain.c, port.c) */
struct active {
	u32 readers, writers; /* mappings of this reference */
	u32 eagain; /* attempts that are yet to be answered with GNTST_eagain */
};

struct domain {
	struct grant_entry_v1 *entry; /* [room]; of an entry that grants nothing, .frame is the next on the free list */
	struct active *active; /* [room] */
	u32 room;
	u32 entries; /* the grant table's size as Xen sees it */
	u32 free;
	u32 next; /* the lowest reference never given out */
	bool dead;
};

struct maptrack {
	u64 host_addr;
	u32 flags; /* GNTMAP_*; 0: the handle is free */
	u32 ref;
	u32 mfn;
	u32 next; /* of the free list */
	domid_t dom;
	bool lost; /* an unmap was refused */
};

struct port {
	u32 peer; /* domid; NONE: the other end is closed */
	u32 refs; /* 0: the port is closed */
	u32 driver; /* how many of them are the driver's */
	bool bound; /* one of them is the program's */
	u64 events; /* delivered, ever */
};

/* Frames, with one reference. Their bytes appear when they are first asked for. frame_put() ends one reference. */
u32 frame_new(struct model *m, u32 owner);
void frame_get(struct model *m, u32 mfn);
void frame_put(struct model *m, u32 mfn);
u8 *frame_bytes(struct model *m, u32 mfn);
