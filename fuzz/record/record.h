/* SPDX-License-Identifier: MIT */
/*
 * Records what somebody does to the device as a program: concrete numbers come in, and leave as what registers hold, as far
 * as it is known where a number came from. Each call is recorded with its answer, so that a replay can be compared with it.
 */
#pragma once
#include "../answer.h"
#include "rows.h"

struct recording {
	struct program p;
	char answer[PROGRAM_CALLS][ANSWER_BYTES];
	const char *why_not; /* it is no program; NULL: so far, so good */
	bool cut[PROCESSES]; /* the last page of its arena is gone, so that something can end there */
};

extern struct recording recording;

/* ---- names.c: where numbers came from */
struct thing {
	uint8_t kind, which;
	uint8_t process; /* of a grant: the domain */
	bool lost; /* the register holds something else by now */
	bool gone; /* what it names is no more */
	bool writable; /* of memory and mappings */
	uint64_t at, len;
	uint32_t pages; /* of a map */
	const struct thing *first_grant; /* of a map, or a mapping: what its first page shows; NULL: it is not known */
};

void names_begin(void);
/* The register that the next result of the kind is best put into. */
uint8_t names_next(uint8_t kind);
/* From now on register @which of the kind holds @at. */
struct thing *names_add(uint8_t kind, uint8_t which, uint8_t process, uint64_t at, uint64_t len);
/* Pages of the arena that are @at in what is recorded; false: there is no room. */
bool names_add_memory(uint8_t process, uint64_t at, uint32_t pages, unsigned int *page);
/* The last thing of the kind with that number; NULL: it is none's. */
struct thing *names_find(uint8_t kind, uint8_t process, uint64_t number);
void names_gone(uint8_t kind, uint8_t process, uint64_t at, uint64_t len);
struct value names_value(uint8_t kind, uint8_t process, uint64_t number); /* of MEMORY: that of any address */
struct value names_of_map(uint8_t kind, uint64_t index, uint64_t number); /* a count, or a length, of the map at @index */
struct value names_page(unsigned int page, int64_t plus); /* of the arena */
struct value plain(uint64_t number);

/* ---- record.c: calls; see rows.h, too */
/* The next call, of which the arguments are to be added; NULL: nothing is recorded now, or there is no more room. */
struct call *record_call(uint8_t op);
void record_arg(struct call *c, unsigned int i, struct value v);
void record_item(struct call *c, struct value v); /* one value of the list: its items are counted by record_end() */
/* The answer has come. @process, @len: of what the result names. */
struct thing *record_end(struct call *c, int64_t result, uint8_t process, uint64_t len);
void record_answer(struct call *c, int64_t result, const int64_t *words, unsigned int n);

extern unsigned int recording_point; /* not 0: what is done now is done in the middle of a call */
