/* SPDX-License-Identifier: MIT */
/* Programs as text: see text.h. It must not know what a call does. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

/* ---- printing */

static void print_number(FILE *to, uint64_t number)
{
	fprintf(to, number < 10 ? "%llu" : "0x%llx", (unsigned long long)number);
}

static void print_value(FILE *to, const struct value *v)
{
	if (v->kind == NUMBER) {
		if (v->number > -0x10000ull)
			fputc('-', to);
		print_number(to, v->number > -0x10000ull ? -v->number : v->number);
		return;
	}
	fprintf(to, "%c%u", kind_letters[v->kind], v->which);
	if (!v->number)
		return;
	fputc(v->number >> 63 ? '-' : '+', to);
	print_number(to, v->number >> 63 ? -v->number : v->number);
}

static void print_list(FILE *to, const struct program *p, const struct call *c)
{
	unsigned int width = program_width(c);

	fputc('[', to);
	for (unsigned int i = 0; i < c->items * width; i++) {
		if (i)
			fputs(i % width ? ":" : ", ", to);
		print_value(to, &p->value[c->first + i]);
	}
	fputc(']', to);
}

void text_call(FILE *to, const struct program *p, const struct call *c)
{
	const struct operation *o = &operations[c->op];

	if (o->result)
		fprintf(to, "%c%u = ", kind_letters[o->result], c->to);
	if (c->compat)
		fputs("compat ", to);
	fprintf(to, "%s(", o->name);
	for (unsigned int i = 0; o->args[i]; i++) {
		if (i)
			fputs(", ", to);
		print_value(to, &c->arg[i]);
	}
	if (o->items) {
		fputs(", ", to);
		print_list(to, p, c);
	}
	fputc(')', to);
	if (c->inner)
		fprintf(to, " @%u", c->inner);
}

void text_print(FILE *to, const struct program *p)
{
	fprintf(to, "world %s %s limit=%u maptrack=%u\n", p->automatic ? "auto" : "pv", p->header ? "header" : "linux", p->limit,
		p->maptrack);
	for (unsigned int i = 0; i < p->calls; i++) {
		text_call(to, p, &p->call[i]);
		fputc('\n', to);
	}
}

/* ---- parsing */

struct parser {
	const char *at;
	const char *wrong; /* what was expected and is not there; NULL: so far, so good */
};

static void space(struct parser *s)
{
	while (*s->at == ' ' || *s->at == '\t')
		s->at++;
}

static bool next(struct parser *s, char c)
{
	space(s);
	if (s->wrong || *s->at != c)
		return false;
	s->at++;
	return true;
}

static void want(struct parser *s, char c, const char *what)
{
	if (!next(s, c) && !s->wrong)
		s->wrong = what;
}

static uint64_t number(struct parser *s)
{
	char *end;
	uint64_t n;

	space(s);
	if (!isdigit((unsigned char)*s->at)) {
		s->wrong = s->wrong ? s->wrong : "a number";
		return 0;
	}
	n = strtoull(s->at, &end, 0);
	s->at = end;
	return n;
}

static uint8_t small(struct parser *s, unsigned int below)
{
	uint64_t n = number(s);

	if (n >= below && !s->wrong)
		s->wrong = "a smaller number";
	return (uint8_t)n;
}

static bool word(struct parser *s, const char *what)
{
	size_t n = strlen(what);

	space(s);
	if (s->wrong || strncmp(s->at, what, n) || isalnum((unsigned char)s->at[n]) || s->at[n] == '_')
		return false;
	s->at += n;
	return true;
}

static void value(struct parser *s, struct value *v)
{
	const char *letter;

	space(s);
	*v = (struct value){ .kind = NUMBER };
	letter = islower((unsigned char)*s->at) ? strchr(kind_letters, *s->at) : NULL;
	if (!letter) {
		v->number = next(s, '-') ? -number(s) : number(s);
		return;
	}
	v->kind = (uint8_t)(letter - kind_letters);
	s->at++;
	v->which = small(s, REGISTERS);
	if (next(s, '+'))
		v->number = number(s);
	else if (next(s, '-'))
		v->number = -number(s);
}

static void list(struct parser *s, struct program *p, struct call *c)
{
	const struct operation *o = &operations[c->op];

	want(s, '[', "a list");
	c->first = p->values;
	if (next(s, ']')) {
		c->first = 0;
		return;
	}
	do {
		for (unsigned int i = 0; o->item[i] && !s->wrong; i++) {
			if (i)
				want(s, ':', "another value of the item");
			if (p->values == PROGRAM_VALUES || c->items == o->items)
				s->wrong = "a shorter list";
			else
				value(s, &p->value[p->values++]);
		}
		c->items++;
	} while (next(s, ','));
	want(s, ']', "the end of a list");
}

static void operation(struct parser *s, struct call *c)
{
	c->compat = word(s, "compat");
	for (c->op = 0; c->op < OPS; c->op++) {
		if (word(s, operations[c->op].name))
			break;
	}
	if (c->op == OPS || (c->compat && (c->op < MAP || c->op > IOCTL))) {
		s->wrong = s->wrong ? s->wrong : "an operation";
		c->op = 0;
	}
}

static void call(struct parser *s, struct program *p)
{
	struct call *c = &p->call[p->calls];
	struct parser before = *s;
	struct value to = { .kind = NUMBER };

	if (p->calls == PROGRAM_CALLS) {
		s->wrong = "fewer calls";
		return;
	}
	memset(c, 0, sizeof(*c));
	value(s, &to);
	if (s->wrong || to.kind == NUMBER || to.number || !next(s, '=')) {
		to.kind = NUMBER;
		*s = before;
	}
	operation(s, c);
	if (to.kind != operations[c->op].result && !s->wrong)
		s->wrong = "another result, or none";
	c->to = to.which;
	want(s, '(', "arguments");
	for (unsigned int i = 0; operations[c->op].args[i] && !s->wrong; i++) {
		if (i)
			want(s, ',', "another argument");
		value(s, &c->arg[i]);
	}
	if (operations[c->op].items && !s->wrong) {
		want(s, ',', "a list");
		list(s, p, c);
	}
	want(s, ')', "the end of the arguments");
	if (next(s, '@'))
		c->inner = small(s, POINTS + 1);
	p->calls++;
}

static uint16_t setting(struct parser *s, const char *name)
{
	uint64_t n;

	if (!word(s, name)) {
		s->wrong = s->wrong ? s->wrong : name;
		return 0;
	}
	want(s, '=', "a value");
	n = number(s);
	if (n > UINT16_MAX && !s->wrong)
		s->wrong = "a smaller number";
	return (uint16_t)n;
}

static void world(struct parser *s, struct program *p)
{
	if (!word(s, "world")) {
		s->wrong = "a world";
		return;
	}
	p->automatic = word(s, "auto");
	if (!p->automatic && !word(s, "pv"))
		s->wrong = "pv or auto";
	p->header = word(s, "header");
	if (!p->header && !word(s, "linux"))
		s->wrong = "linux or header";
	p->limit = setting(s, "limit");
	p->maptrack = setting(s, "maptrack");
}

bool text_parse(struct program *p, const char *text, char *why, size_t room)
{
	struct parser s = { text, NULL };
	bool begun = false;

	p->calls = p->values = 0;
	for (unsigned int line = 1; *s.at; line++) {
		space(&s);
		if (*s.at != '#' && *s.at != '\n') {
			if (begun)
				call(&s, p);
			else
				world(&s, p);
			begun = true;
		}
		space(&s);
		if (!s.wrong && *s.at && *s.at != '\n' && *s.at != '#')
			s.wrong = "the end of the line";
		if (s.wrong) {
			snprintf(why, room, "line %u: %s is expected", line, s.wrong);
			return false;
		}
		s.at += strcspn(s.at, "\n");
		s.at += *s.at == '\n';
	}
	snprintf(why, room, "there is no world");
	return begun;
}
