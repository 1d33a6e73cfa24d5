// SPDX-License-Identifier: MIT
/*
 * dom0 SUITE DEVICE [--stock] [--only TEST] [--domain FILE]: the tests of the file of that name as KTAP, each in a
 * process of its own, so that a hang or a crash is one failed row. --stock: of Linux's own driver, which fails a test by
 * entries of spec/profiles.md (XFAIL), and whose kernel may not survive another: those are run by --only. --domain: who
 * grants (grantor.h). dom0 names: all tests; dom0 list: those that kill.
 *
 * dom0 domain FILE: makes a domain that grants. dom0 hold DEVICE: maps a page, says so, and keeps it until killed;
 * dom0 pipe DEVICE: lets go of all but a page in a pipe.
 */
#define _GNU_SOURCE
#include <sys/uio.h>
#include "dom0.h"
#include "domain.h"

#define TEST_SECONDS 60

/* of the domain that grants: 512 at once, and what earlier tests have left to be taken back */
#define DOMAIN_FRAMES 2040u

static struct {
	bool stock;
	const char *only, *domain;
} options;

bool settles(const char *name, long before)
{
	for (int i = 0; i < 200; i++) {
		if (counter(name) <= before)
			return true;
		usleep(10000);
	}
	return false;
}

/* true: it passed */
static bool run(const struct test *test)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(TEST_SECONDS);
		open_grantor(options.domain);
		test->run();
		fflush(stdout);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return true;
	printf("# status 0x%x\n", (unsigned int)status);
	return false;
}

/* Is this a dom0 whose memory is translated for it? */
static bool automatic(void)
{
	char type[8] = "";
	FILE *f = fopen("/sys/hypervisor/guest_type", "r");

	CHECK(f && fgets(type, sizeof(type), f));
	fclose(f);
	return strcmp(type, "PV\n") != 0;
}

static void row(unsigned int number, const struct test *test)
{
	bool passed = run(test), differs = options.stock && test->stock && !(test->pv && automatic());

	if (differs && !passed)
		printf("ok %u - %s # XFAIL %s\n", number, test->name, test->stock);
	else if (passed && !differs)
		printf("ok %u - %s\n", number, test->name);
	else
		printf("not ok %u - %s\n", number, test->name);
	fflush(stdout);
}

/* Those that the stock driver's kernel may not survive are run one by one, or on ours. */
static bool chosen(const struct test *test)
{
	return options.only ? !strcmp(test->name, options.only) : !options.stock || !test->kills;
}

static int run_all(const struct test *tests)
{
	unsigned int n = 0, number = 0;

	for (const struct test *test = tests; test->name; test++)
		n += chosen(test);
	printf("KTAP version 1\n1..%u\n", n);
	for (const struct test *test = tests; test->name; test++) {
		if (chosen(test))
			row(++number, test);
	}
	return n == 0;
}

/* Of all tests the names, or of those that kill also by which entries. */
static void list(const char *suite, const struct test *tests, bool names)
{
	for (const struct test *test = tests; test->name; test++) {
		if (names)
			printf("%s\n", test->name);
		else if (test->kills)
			printf("%s:%s [] stock: %s crashes: %s\n", suite, test->name, test->stock, test->kills);
	}
}

static void hold(bool in_pipe)
{
	struct grantor_frames g;
	uint64_t offset;
	int pipes[2], fd = device_open(O_RDWR);
	unsigned char *p;

	grants_new(&g, 1, true);
	p = map_all(fd, &g, PROT_READ | PROT_WRITE, &offset);
	CHECK(filled(p, PAGE, 1));
	if (in_pipe) {
		CHECK(pipe(pipes) == 0);
		CHECK(vmsplice(pipes[1], &(struct iovec){ p, PAGE }, 1, 0) == PAGE);
		CHECK(munmap(p, PAGE) == 0 && close(fd) == 0);
	}
	puts("held");
	fflush(stdout);
	pause();
}

static const struct {
	const char *name;
	const struct test *tests;
} suites[] = { { "smoke", smoke_tests }, { "mapping", mapping_tests }, { "stress", stress_tests }, { "guest", guest_tests },
	    { "pvguest", pvguest_tests } };

static bool parse(int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "--stock"))
			options.stock = true;
		else if (!strcmp(argv[i], "--only") && i + 1 < argc)
			options.only = argv[++i];
		else if (!strcmp(argv[i], "--domain") && i + 1 < argc)
			options.domain = argv[++i];
		else
			return false;
	}
	return argc >= 3;
}

int main(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "list") || !strcmp(argv[1], "names"))) {
		for (unsigned int i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
			list(suites[i].name, suites[i].tests, argv[1][0] == 'n');
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "domain"))
		return domain_create_file(DOMAIN_FRAMES, argv[2]) != 0;
	if (!parse(argc, argv))
		return 2;
	device = argv[2];
	for (unsigned int i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (!strcmp(argv[1], suites[i].name))
			return run_all(suites[i].tests);
	}
	if (strcmp(argv[1], "hold") && strcmp(argv[1], "pipe"))
		return 2;
	open_grantor(options.domain);
	hold(argv[1][0] == 'p');
	return 0;
}
