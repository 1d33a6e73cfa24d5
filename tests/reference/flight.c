// SPDX-License-Identifier: MIT
/*
 * Unmaps in flight. When the use of a page has ended, the model gives the page back as soon as it looks, but ends the map with
 * the next round of deferred work; in the reference both happen in that round: until then its page counts as in use.
 */
#include <stdio.h>
#include "differ.h"

bool busy(const struct twin *t, u32 name, u32 page)
{
	for (u32 i = 0; i < sizeof(t->io) / sizeof(t->io[0]); i++) {
		if (t->io[i].on && t->io[i].name == name && t->io[i].page == page)
			return true;
	}
	return false;
}

/* What Xen has refused in this call; the reference is told before it makes the call. */
void refusals(struct twin *t)
{
	for (u32 i = 0; i < t->rec.nunmapped; i++) {
		const struct unmapped *u = &t->rec.unmapped[i];
		struct ref_page *page = u->block->name ? ref_page(t->w, u->block->name, u->page) : NULL;

		if (!page || u->okay)
			continue;
		page->refuse = true;
		if (u->user)
			page->in_use = false; /* it is lost at once, in use or not */
	}
}

void do_deferred(struct twin *t, struct step *c)
{
	arm(t, c);
	model_run_deferred(t->m);
	refusals(t);
	for (u32 i = 0; i < REF_MAPS; i++) {
		struct ref_map *m = &t->w->map[i];

		for (u32 p = 0; m->name && p < m->count && p < REF_PAGES; p++)
			m->page[p].in_use = busy(t, m->name, p);
	}
	ref_retry(t->w);
}
