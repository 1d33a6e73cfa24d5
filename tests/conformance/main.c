// SPDX-License-Identifier: MIT
/*
 * The conformance test: the same rows on the model and on a real device, in KTAP. The exit status is 0 only if no
 * row failed.
 *
 *   conformance [--device model|/dev/xen/gntdev] [--filter GLOB] [--list] [--stock] [--canary]
 *
 * --stock says that the device is Linux's own driver: a row that it fails by an entry of spec/profiles.md is XFAIL,
 * and one that the kernel would not survive is skipped. --canary runs rows that are wrong, on the model: each of
 * them must fail.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include "run.h"

static const struct table *const all_tables[] = {
	&map_table, &unmap_table, &mmap_table, &copy_table, &other_table, NULL,
};
static const struct table *const canary_tables[] = { &canary_table, NULL };

struct options {
	const struct dut *dut;
	const char *device;
	const char *filter;
	bool list, stock, canary;
};

struct totals {
	unsigned int number, passed, failed, skipped, differ;
};

/* Why the device cannot do the row, or NULL. */
static const char *why_skip(const struct options *o, const struct row *row)
{
	unsigned int missing = row->needs & ~o->dut->can;

	if (o->stock && row->kills_stock)
		return row->kills_stock;
	if (missing & DUT_LARGE)
		return "this device has not the memory for maps that fill the offset space";
	return missing & DUT_LIMIT ? "this device's limit cannot be set" : NULL;
}

static void one_row(const struct options *o, const struct row *row, struct totals *t)
{
	const char *skip = why_skip(o, row);

	t->number++;
	if (skip) {
		t->skipped++;
		printf("ok %u %s [%s] # SKIP %s\n", t->number, row->name, row->ids, skip);
	} else if (run_row(o->dut, o->device, o->stock, row) != o->canary) {
		t->passed++;
		printf("ok %u %s [%s]\n", t->number, row->name, row->ids);
	} else if (o->stock && row->stock) {
		t->differ++;
		printf("ok %u %s [%s] # XFAIL %s\n", t->number, row->name, row->ids, row->stock);
	} else {
		t->failed++;
		printf("not ok %u %s [%s]\n", t->number, row->name, row->ids);
	}
	fflush(stdout);
}

static bool chosen(const struct options *o, const struct row *row)
{
	return !o->filter || fnmatch(o->filter, row->name, 0) == 0;
}

/* A row that needs failures on demand is a row of the model: on a real device it is no test, not a test left out. */
static bool of_device(const struct options *o, const struct row *row)
{
	return o->list || !(row->needs & ~o->dut->can & DUT_FAULTS);
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
			n += chosen(o, &(*t)->rows[i]) && of_device(o, &(*t)->rows[i]);
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
			if (!of_device(o, row))
				printf("# %s [%s] needs failures on demand: a row of the model\n", row->name, row->ids);
			else if (o->list)
				printf("%s [%s]%s%s%s\n", row->name, row->ids, row->stock ? " stock: " : "",
				       row->stock ? row->stock : "", row->kills_stock ? " stock: crashes" : "");
			else
				one_row(o, row, totals);
		}
	}
}

static bool parse(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			o->list = true;
		else if (!strcmp(argv[i], "--stock"))
			o->stock = true;
		else if (!strcmp(argv[i], "--canary"))
			o->canary = true;
		else if (!strcmp(argv[i], "--device") && i + 1 < argc)
			o->device = argv[++i];
		else if (!strcmp(argv[i], "--filter") && i + 1 < argc)
			o->filter = argv[++i];
		else
			return false;
	}
	o->dut = strcmp(o->device, "model") ? &dut_real : &dut_model;
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { .device = "model" };
	struct totals totals = { 0 };
	unsigned int rows;

	if (!parse(argc, argv, &options)) {
		fprintf(stderr, "usage: conformance [--device model|PATH] [--filter GLOB] [--list] [--stock] [--canary]\n");
		return 2;
	}
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
