/* SPDX-License-Identifier: MIT */
/*
 * The canary in a broken line of the core (see run.sh): it notes when the line is reached, and when it does wrong. Included
 * before all else into the file that is broken, so it knows nothing of the core but names.
 */
#pragma once

void gnt_canary(unsigned int triggered);

/* Does the batch ask for any of its first @n pages? */
#define gnt_canary_asked(b, n) \
	({ \
		unsigned int some_ = 0; \
		for (unsigned int i_ = 0; i_ < (n); i_++) \
			some_ |= (b)->op[i_]; \
		some_; \
	})

/* Do @n free slots in a row begin in [@from, @to)? */
#define gnt_canary_fits(s, from, to, n) \
	({ \
		unsigned int some_ = 0, run_ = 0; \
		for (unsigned int i_ = (from); i_ < (s).capacity && i_ + 1 < (to) + (n); i_++) { \
			run_ = (s).run[(s).capacity + i_] ? run_ + 1 : 0; \
			some_ |= run_ >= (n); \
		} \
		some_; \
	})

/* Is any page of the map LIVE? */
#define gnt_canary_live(p) \
	({ \
		unsigned int some_ = 0; \
		for (unsigned int i_ = 0; i_ < (p).count; i_++) \
			some_ |= (p).state[i_] == GNT_PAGE_LIVE; \
		some_; \
	})
