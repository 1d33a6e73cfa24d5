/* SPDX-License-Identifier: MIT */
/*
 * build/replay-static: runs programs on the model, on a real device as the model predicts that it can be done, and on the model
 * with the names that the device gave; and compares each answer of the two: results, errnos, what was written back, what was
 * read. One program after the other, in the order of their names: after a crash, the one after the last that was reported is
 * to blame. Calls that no device can be made to do are made in neither.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <unistd.h>
#include "file.h"
#include "on_device.h"
#include "on_model.h"
#include "text.h"
#include "../tests/cosim_facts.h"

#define FILES 20000u
#define BEFORE_OUT 8u /* bytes of both arguments that have an OUT parameter */

static struct {
	bool steps, model, header, automatic; /* every step is shown; the model itself is the device */
	struct on_device device;
	char *path[FILES];
	unsigned int files;
} options;

static struct {
	unsigned int programs, steps, differences, impossible, merged;
} sum;

/* ---- one call */

/* @first: what the model said before it knew the device's answers; of what the other side refuses, it repeats those. */
static bool differ(const struct call *c, const struct outcome *first, const struct outcome *model, const struct outcome *device)
{
	uint32_t len = model->len;

	if (model->fate != MADE || c->op == PEER_CLOSE)
		return model->fate != device->fate;
	if (c->op == REVOKE || c->op == PORT_CLOSE)
		return first->result != device->result;
	/* Xen keeps a bit of what is pending: events of a port that nobody has looked at meanwhile are one */
	if (c->op == EVENTS && model->result > 0 && device->result > 0 && device->result < model->result) {
		sum.merged++;
		return false;
	}
	/* how much of its answer a call has written that could not write all of it, depends on the processor */
	if ((c->op == MAP || c->op == GET_OFFSET) && model->result == -EFAULT && len > BEFORE_OUT)
		len = BEFORE_OUT;
	return model->len != device->len || memcmp(model->bytes, device->bytes, len) || model->result != device->result;
}

static void show(const struct program *p, unsigned int i, const struct outcome *model, const struct outcome *device, bool differs)
{
	printf("# %3u ", i + 1);
	text_call(stdout, p, &p->call[i]);
	outcome_print(stdout, &model[i]);
	if (differs) {
		fputs(" | device", stdout);
		outcome_print(stdout, &device[i]);
		fputs(" DIFFERS", stdout);
		cosim_facts(stdout, p, i, model, device);
	}
	putchar('\n');
}

/* ---- one program */

/* As the device is, whatever the program asks for. */
static void fit(struct program *p)
{
	p->automatic = options.automatic;
	p->header = options.header;
	p->maptrack = 0;
}

static bool run_device(const struct program *p, struct outcome *device, const struct outcome *model)
{
	static struct on_model again;

	if (options.model) {
		on_model_begin(&again, p, &options.device.machine);
		execute(p, &again.machine, device, model);
		on_model_end(&again);
		return true;
	}
	if (on_device_begin(&options.device, p)) {
		printf("Bail out! the device cannot be used\n");
		return false;
	}
	execute(p, &options.device.machine, device, model);
	on_device_end(&options.device);
	return true;
}

static void run_model(const struct program *p, struct outcome *model, const struct outcome *device)
{
	static struct on_model on_model;

	on_model_begin(&on_model, p, &options.device.machine);
	execute(p, &on_model.machine, model, device);
	on_model_end(&on_model);
}

static bool replay(const char *path)
{
	static struct program p;
	static struct outcome first[PROGRAM_CALLS], model[PROGRAM_CALLS], device[PROGRAM_CALLS];
	unsigned int differences = 0, impossible = 0;

	if (!file_program(path, &p))
		return false;
	fit(&p);
	run_model(&p, first, NULL);
	if (!run_device(&p, device, first))
		return false;
	run_model(&p, model, device); /* with the device's names for grants and ports: they can be seen in memory */
	for (unsigned int i = 0; i < p.calls; i++) {
		bool differs = differ(&p.call[i], &first[i], &model[i], &device[i]);

		differences += differs;
		impossible += model[i].fate != MADE;
		if (differs || options.steps)
			show(&p, i, model, device, differs);
	}
	sum.programs++;
	sum.steps += p.calls - impossible;
	sum.differences += differences;
	sum.impossible += impossible;
	/* of Linux's own driver it is known that it differs */
	printf("%sok %u - %s: %u steps, %u differences, %u not possible on a device\n",
	       differences && !options.device.machine.stock ? "not " : "", sum.programs,
	       strrchr(path, '/') ? strrchr(path, '/') + 1 : path, p.calls - impossible, differences, impossible);
	fflush(stdout);
	return true;
}

/* ---- all */

static void add(const char *path)
{
	struct dirent **entry;
	struct stat about;
	int n;

	if (options.files == FILES)
		return;
	if (stat(path, &about) || !S_ISDIR(about.st_mode)) {
		options.path[options.files++] = strdup(path);
		return;
	}
	n = scandir(path, &entry, NULL, alphasort); /* by bytes: the C locale */
	for (int i = 0; i < n; i++) {
		char *file;

		if (entry[i]->d_name[0] != '.' && asprintf(&file, "%s/%s", path, entry[i]->d_name) > 0)
			add(file);
	}
}

static bool parse(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool more = i + 1 < argc;

		if (!strcmp(argv[i], "--steps"))
			options.steps = true;
		else if (!strcmp(argv[i], "--stock"))
			options.device.machine.stock = true;
		else if (!strcmp(argv[i], "--device") && more)
			options.device.path = argv[++i];
		else if (!strcmp(argv[i], "--domain") && more)
			options.device.domain = argv[++i];
		else if (!strcmp(argv[i], "--profile") && more)
			options.header = !strcmp(argv[++i], "header");
		else if (!strcmp(argv[i], "--mode") && more)
			options.automatic = !strcmp(argv[++i], "auto");
		else if (argv[i][0] == '-')
			return false;
		else
			add(argv[i]);
	}
	options.model = options.device.path && !strcmp(options.device.path, "model");
	return options.device.path && options.files;
}

int main(int argc, char **argv)
{
	/* mappings are to go where the model put them, so nothing of ours may be there by chance */
	if (!(personality(~0ul) & ADDR_NO_RANDOMIZE) && personality(ADDR_NO_RANDOMIZE) != -1)
		execv("/proc/self/exe", argv);
	if (!parse(argc, argv)) {
		fprintf(stderr, "usage: replay --device model|PATH [--profile linux|header] [--mode pv|auto] [--domain FILE] [--stock]"
				" [--steps] FILE|DIRECTORY...\n");
		return 2;
	}
	if (!options.model && !on_device_start(&options.device))
		return 2;
	options.device.machine.device = true;
	printf("KTAP version 1\n1..%u\n", options.files);
	fflush(stdout);
	for (unsigned int i = 0; i < options.files; i++) {
		if (!replay(options.path[i]))
			return 1;
	}
	printf("# replay: %u programs, %u steps, %u differences, %u not possible on a device, %u times events were merged\n", sum.programs,
	       sum.steps, sum.differences, sum.impossible, sum.merged);
	return options.device.machine.stock ? 0 : sum.differences != 0;
}
