/* SPDX-License-Identifier: MIT */
/* What a call of a program returned, as text: see answer.h. It must not know what the right answer is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "answer.h"
#include "error_name.h"
#include "file.h"
#include "on_model.h"
#include "text.h"

void answer_print(char *to, const struct call *c, int64_t result, const int64_t *words, unsigned int n)
{
	enum kind kind = operations[c->op].result;
	const char *name = error_name(result);
	size_t at;

	if (name)
		at = (size_t)snprintf(to, ANSWER_BYTES, "-%s", name);
	else if (kind != NUMBER && kind != OFFSET)
		at = (size_t)snprintf(to, ANSWER_BYTES, "ok");
	else
		at = (size_t)snprintf(to, ANSWER_BYTES, "%lld", (long long)result);
	for (unsigned int i = 0; i < n && at < ANSWER_BYTES; i++)
		at += (size_t)snprintf(to + at, ANSWER_BYTES - at, c->op == COPY ? " %lld" : " 0x%llx", (long long)words[i]);
}

unsigned int answer_statuses(const struct call *c, uint32_t count)
{
	unsigned int n = count < c->items ? count : c->items;

	return n < ANSWER_STATUSES ? n : ANSWER_STATUSES;
}

void answer_of(char *to, const struct call *c, const struct outcome *o)
{
	int64_t words[ANSWER_STATUSES] = { 0 };
	unsigned int n = 0;
	uint32_t count = 0;
	int16_t status;

	if (c->op == MAP && !o->result && o->len >= 16) {
		memcpy(&words[n++], o->bytes + 8, 8);
	} else if (c->op == GET_OFFSET && !o->result && o->len >= 20) {
		memcpy(&words[n++], o->bytes + 8, 8);
		memcpy(&words[n++], o->bytes + 16, 4);
	} else if (c->op == COPY && o->len >= 4) {
		memcpy(&count, o->bytes, 4);
		for (; n < answer_statuses(c, count) && 4 + 2 * n + 2 <= o->len; n++) {
			memcpy(&status, o->bytes + 4 + 2 * n, 2);
			words[n] = status;
		}
	}
	answer_print(to, c, o->result, words, n);
}

/* ---- the answers that are said in a file */

bool answers_read(const char *path, struct program *p, char (*said)[ANSWER_BYTES])
{
	static char text[4 * PROGRAM_BYTES];
	FILE *file = fopen(path, "r");
	unsigned int n = 0;
	bool begun = false;

	if (!file) {
		perror(path);
		return false;
	}
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	if (!file_program(path, p))
		return false;
	for (char *line = strtok(text, "\n"); line && n < p->calls; line = strtok(NULL, "\n")) {
		char *answer = strstr(line, "# = ");

		line += strspn(line, " \t");
		if (*line == '#' || !*line)
			continue;
		if (begun)
			snprintf(said[n++], ANSWER_BYTES, "%s", answer ? answer + 4 : "");
		begun = true;
	}
	return true;
}

unsigned int answers_check(const char *path, unsigned int *answers)
{
	static char said[PROGRAM_CALLS][ANSWER_BYTES];
	static struct outcome outcome[PROGRAM_CALLS];
	static struct program p;
	static struct on_model o;
	unsigned int bad = 0;

	if (!answers_read(path, &p, said))
		return 1;
	on_model_begin(&o, &p, NULL);
	execute(&p, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (unsigned int i = 0; i < p.calls; i++) {
		char got[ANSWER_BYTES];

		if (!said[i][0])
			continue;
		++*answers;
		answer_of(got, &p.call[i], &outcome[i]);
		if (!strcmp(got, said[i]))
			continue;
		printf("# %s: ", path);
		text_call(stdout, &p, &p.call[i]);
		printf(": it is to be %s, and is %s\n", said[i], got);
		bad++;
	}
	return bad;
}
