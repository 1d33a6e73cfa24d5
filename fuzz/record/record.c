/* SPDX-License-Identifier: MIT */
/* Calls and their answers, as a program: see record.h. It must not know what a call does. */
#include <stdio.h>
#include <string.h>
#include "../on_model.h"
#include "record.h"
#include "../text.h"

struct recording recording;
bool recording_off;
unsigned int recording_point;

void record_begin(bool header, bool automatic, uint32_t limit)
{
	memset(&recording, 0, sizeof(recording));
	recording.p.header = header;
	recording.p.automatic = automatic;
	recording.p.limit = (uint16_t)limit;
	recording_off = false;
	recording_point = 0;
	names_begin();
	if (limit > UINT16_MAX)
		record_why_not("its limit is more than a program can say");
}

void record_why_not(const char *why)
{
	if (!recording.why_not)
		recording.why_not = why;
}

struct call *record_call(uint8_t op)
{
	struct program *p = &recording.p;
	struct call *c = &p->call[p->calls];

	if (recording_off || recording.why_not)
		return NULL;
	if (p->calls == PROGRAM_CALLS) {
		record_why_not("it makes more calls than a program has");
		return NULL;
	}
	p->calls++;
	*c = (struct call){ .op = op };
	if (recording_point > POINTS)
		record_why_not("another thread does something later than a program can say");
	c->inner = (uint8_t)recording_point;
	c->first = p->values;
	return c;
}

void record_arg(struct call *c, unsigned int i, struct value v)
{
	if (c)
		c->arg[i] = v;
}

void record_item(struct call *c, struct value v)
{
	struct program *p = &recording.p;

	if (!c)
		return;
	if (p->values == PROGRAM_VALUES) {
		record_why_not("its lists are longer than those of a program");
		return;
	}
	p->value[p->values++] = v;
}

void record_answer(struct call *c, int64_t result, const int64_t *words, unsigned int n)
{
	if (c)
		answer_print(recording.answer[c - recording.p.call], c, result, words, n);
}

struct thing *record_end(struct call *c, int64_t result, uint8_t process, uint64_t len)
{
	enum kind kind = c ? operations[c->op].result : NUMBER;

	if (!c)
		return NULL;
	if (kind != NUMBER && kind != PROCESS)
		c->to = names_next(kind);
	record_answer(c, result, NULL, 0);
	if (result < 0 || kind == NUMBER || kind == PROCESS || kind == OFFSET)
		return NULL;
	if (kind == GRANT)
		process = (uint8_t)c->arg[0].number;
	return names_add(kind, c->to, process, (uint64_t)result, len);
}

const char *record_check(void)
{
	static struct outcome outcome[PROGRAM_CALLS];
	static struct program again;
	static struct on_model o;
	static uint8_t bytes[PROGRAM_BYTES];
	static char why[512];
	char got[ANSWER_BYTES];

	if (recording.why_not)
		return recording.why_not;
	program_decode(&again, bytes, program_encode(&recording.p, bytes, sizeof(bytes)));
	if (!program_equal(&again, &recording.p))
		return "it is another program when it is read again";
	on_model_begin(&o, &again, NULL);
	execute(&again, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (unsigned int i = 0; i < again.calls; i++) {
		answer_of(got, &again.call[i], &outcome[i]);
		if (!strcmp(got, recording.answer[i]))
			continue;
		snprintf(why, sizeof(why), "call %u, %s, was answered %s, and the program's is %s", i + 1,
			 operations[again.call[i].op].name, recording.answer[i], got);
		return why;
	}
	return NULL;
}

void record_write(const char *path, const char *head)
{
	const struct program *p = &recording.p;
	FILE *to = fopen(path, "w");

	if (!to) {
		perror(path);
		return;
	}
	fprintf(to, "# SPDX-License-Identifier: MIT\n# %s\n", head);
	fprintf(to, "world %s %s limit=%u maptrack=%u\n", p->automatic ? "auto" : "pv", p->header ? "header" : "linux", p->limit,
		p->maptrack);
	for (unsigned int i = 0; i < p->calls; i++) {
		text_call(to, p, &p->call[i]);
		fprintf(to, "\t# = %s\n", recording.answer[i]);
	}
	fclose(to);
}
