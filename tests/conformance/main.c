// SPDX-License-Identifier: MIT
/*
 * The conformance test: the same rows on the model and on a real device, in KTAP. The exit status is 0 only if no
 * row failed.
 *
 *   conformance [--device model|/dev/xen/gntdev] [--profile linux|header] [--mode pv|auto] [--filter GLOB] [--list]
 *               [--stock] [--dare] [--large] [--domain FILE] [--canary] [--fail-nth]
 *
 * --profile and --mode say what the model is to be, and what a real device is: rows of another profile, or of another
 * kind of domain, are none of this run's.
 *
 * --stock says that the device is Linux's own driver: a row that it fails by an entry of spec/profiles.md is XFAIL,
 * and one that the kernel would not survive is none of this run's: --dare is a run of those alone.
 *
 * --large is a run of the rows alone that need memory for maps which fill the offset space, on a machine that has it.
 * --domain says which domain grants (grantor.h). --canary runs rows that are wrong, on the model: each of them must
 * fail. --fail-nth: see fail_nth.c.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include "run.h"

static const struct table *const all_tables[] = {
	&map_table, &unmap_table, &offset_table, &max_table, &notify_table, &copy_table, &compat_table, &mmap_table,
	&munmap_table, &fork_table, &xen_table, &thread_table, &other_table, &regress_table, NULL,
};
static const struct table *const canary_tables[] = { &canary_table, NULL };

struct options {
	const struct dut *dut;
	struct dut_config config;
	const char *filter;
	bool list, stock, dare, large, canary, fail_nth;
};

struct totals {
	unsigned int number, passed, failed, skipped, differ;
};

static unsigned int missing_for(const struct options *o, const struct row *row)
{
	unsigned int can = o->dut->can | (o->large ? DUT_LARGE : 0) | (o->config.domain ? DUT_TELLS : 0);

	return row_needs(row) & ~can;
}

/* Why the device cannot do the row, or NULL. */
static const char *why_skip(const struct options *o, const struct row *row)
{
	unsigned int missing = missing_for(o, row);

	if (missing & DUT_PORTS)
		return "no event channels here whose other end is ours";
	return missing & DUT_LIMIT ? "this device's limit cannot be set" : NULL;
}

static void one_row(const struct options *o, const struct row *row, struct totals *t)
{
	const char *skip = why_skip(o, row);
	bool passed;

	t->number++;
	if (skip) {
		t->skipped++;
		printf("ok %u %s [%s] # SKIP %s\n", t->number, row->name, row->ids, skip);
		fflush(stdout);
		return;
	}
	passed = run_row(o->dut, &o->config, o->stock, row) != o->canary;
	if (o->stock && row->stock && !passed) {
		t->differ++;
		printf("ok %u %s [%s] # XFAIL %s\n", t->number, row->name, row->ids, row->stock);
	} else if (passed && !(o->stock && row->stock)) {
		t->passed++;
		printf("ok %u %s [%s]\n", t->number, row->name, row->ids);
	} else {
		t->failed++;
		if (passed)
			printf("# %s says that this driver fails it, and it passes\n", row->stock);
		printf("not ok %u %s [%s]\n", t->number, row->name, row->ids);
	}
	fflush(stdout);
}

static bool chosen(const struct options *o, const struct row *row)
{
	if (o->dare && !row->kills_stock)
		return false;
	if (o->large && !(row->needs & DUT_LARGE))
		return false;
	if (row->profile != BOTH && (row->profile == ONLY_HEADER) != o->config.header)
		return false;
	if (row->mode != ANY && (row->mode == ONLY_AUTO) != o->config.automatic)
		return false;
	return !o->filter || fnmatch(o->filter, row->name, 0) == 0;
}

/*
 * A row that needs failures on demand, or what no program can bring about, is a row of the model: on a real device it is
 * no test, not a test left out. So is a row that has its own boot here. NULL, or what it needs.
 */
static const char *why_elsewhere(const struct options *o, const struct row *row)
{
	unsigned int missing = missing_for(o, row);

	if (o->list && !o->dare)
		return NULL;
	if (missing & DUT_FAULTS)
		return "failures on demand: a row of the model";
	if (missing & DUT_MODEL)
		return "other processes, threads or devices at its command: a row of the model";
	if (missing & DUT_TELLS)
		return "a domain that is told when its grant is mapped: a row of the rig's other domain, and of the model";
	if (missing & DUT_LARGE)
		return "a boot of a larger machine: maps fill the offset space";
	if (o->stock && !o->dare && row->kills_stock)
		return "a boot of its own: the stock driver's kernel may not survive it";
	return NULL;
}

static const struct table *const *tables(const struct options *o)
{
	return o->canary ? canary_tables : all_tables;
}

static unsigned int count_rows(const struct options *o)
{
	unsigned int n = 0;

	for (const struct table *const *t = tables(o); *t; t++) {
		for (unsigned int i = 0; i < (*t)->n; i++)
			n += chosen(o, &(*t)->rows[i]) && !why_elsewhere(o, &(*t)->rows[i]);
	}
	return n;
}

/* Lists the rows, or runs them. */
static void each_row(const struct options *o, struct totals *totals)
{
	for (const struct table *const *t = tables(o); *t; t++) {
		for (unsigned int i = 0; i < (*t)->n; i++) {
			const struct row *row = &(*t)->rows[i];

			if (!chosen(o, row))
				continue;
			if (why_elsewhere(o, row) && o->list)
				continue;
			else if (why_elsewhere(o, row))
				printf("# %s [%s] needs %s\n", row->name, row->ids, why_elsewhere(o, row));
			else if (o->list)
				printf("%s [%s]%s%s%s\n", row->name, row->ids, row->stock ? " stock: " : "",
				       row->stock ? row->stock : "", row->kills_stock ? " stock: crashes" : "");
			else
				one_row(o, row, totals);
		}
	}
}

/* An option and its value: whether it is one. */
static bool parse_value(const char *name, const char *value, struct options *o)
{
	if (!strcmp(name, "--device"))
		o->config.device = value;
	else if (!strcmp(name, "--filter"))
		o->filter = value;
	else if (!strcmp(name, "--domain"))
		o->config.domain = value;
	else if (!strcmp(name, "--profile") && (!strcmp(value, "linux") || !strcmp(value, "header")))
		o->config.header = !strcmp(value, "header");
	else if (!strcmp(name, "--mode") && (!strcmp(value, "pv") || !strcmp(value, "auto")))
		o->config.automatic = !strcmp(value, "auto");
	else
		return false;
	return true;
}

static bool parse(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			o->list = true;
		else if (!strcmp(argv[i], "--stock"))
			o->stock = true;
		else if (!strcmp(argv[i], "--dare"))
			o->dare = true;
		else if (!strcmp(argv[i], "--large"))
			o->large = true;
		else if (!strcmp(argv[i], "--canary"))
			o->canary = true;
		else if (!strcmp(argv[i], "--fail-nth"))
			o->fail_nth = true;
		else if (i + 1 < argc && parse_value(argv[i], argv[i + 1], o))
			i++;
		else
			return false;
	}
	o->dut = strcmp(o->config.device, "model") ? &dut_real : &dut_model;
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { .config.device = "model" };
	struct totals totals = { 0 };
	unsigned int rows;

	if (!parse(argc, argv, &options)) {
		fprintf(stderr, "usage: conformance [--device model|PATH] [--profile linux|header] [--mode pv|auto]"
				" [--filter GLOB] [--list] [--stock] [--dare] [--large] [--domain FILE] [--canary]"
				" [--fail-nth]\n");
		return 2;
	}
	if (options.fail_nth)
		return fail_nth(&options.config, options.filter);
	rows = count_rows(&options);
	if (rows == 0) {
		fprintf(stderr, "conformance: no row is called %s\n", options.filter);
		return 2;
	}
	if (!options.list)
		printf("KTAP version 1\n1..%u\n", rows);
	each_row(&options, &totals);
	if (options.list)
		return 0;
	printf("conformance: %u passed, %u failed, %u skipped", totals.passed, totals.failed, totals.skipped);
	if (options.stock)
		printf(", %u differ as spec/profiles.md says", totals.differ);
	printf("\n");
	return totals.failed != 0;
}
