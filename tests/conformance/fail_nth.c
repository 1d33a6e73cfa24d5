// SPDX-License-Identifier: MIT
/*
 * --fail-nth: what fails in a chain of calls if the environment fails once, at any point. Each scenario (fail_scenarios.c) is
 * run as often as it makes calls of the environment that can fail, and each time another one of them fails. Whatever comes of
 * it: each result is one that spec/requirements.md lists for the call (GNT-GEN-020), an ioctl that fails has changed nothing
 * (GNT-GEN-003), and when all is closed nothing is left (GNT-GEN-019, GNT-CLOSE-006). A scenario runs in a process of its
 * own, so that one that crashes is one that fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fail_nth.h"

/* user memory of a scenario: arguments come one after the other, buffers after them */
#define MEMORY_PAGES 96u
#define BUFFERS_PAGE 64u

/* ---- what the calls may answer */

struct documented {
	const char *call;
	int linux_errors[6], header_errors[6]; /* 0: no more */
};

/* The table at the end of spec/requirements.md; of Linux's own: ENOMEM for a VMA that cannot be split or copied. */
static const struct documented table[] = {
	{ "open", { ENOMEM }, { ENOMEM } },
	{ "map", { EFAULT, EINVAL, ENOMEM }, { EFAULT, EINVAL, ENOMEM } },
	{ "unmap", { EFAULT, ENOENT }, { EFAULT, ENOENT, EBUSY } },
	{ "offset", { EFAULT, EINVAL }, { EFAULT, EINVAL } },
	{ "max", { ENOTTY }, { EFAULT, EINVAL } },
	{ "notify", { EFAULT, EINVAL, ENOENT }, { EFAULT, EINVAL, ENOENT } },
	{ "copy", { EFAULT, EINVAL, ENOMEM, EINTR }, { EFAULT, EINVAL, ENOMEM, EINTR } },
	{ "mmap", { EINVAL, ENOMEM }, { EINVAL, ENOMEM } },
	{ "munmap", { ENOMEM }, { EINVAL, ENOMEM } },
	{ "mprotect", { EACCES, ENOMEM }, { EACCES, ENOMEM, EINVAL } },
	{ "mremap", { EFAULT, EINVAL, ENOMEM }, { EFAULT, EINVAL, ENOMEM } },
	{ "fork", { ENOMEM }, { ENOMEM } },
	{ "invalidate", { EAGAIN }, { EAGAIN } },
	{ "close", { 0 }, { 0 } },
};

static bool documented(const struct chain *c, const char *call, int error)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++) {
		const int *errors = c->header ? table[i].header_errors : table[i].linux_errors;

		if (strcmp(table[i].call, call))
			continue;
		while (*errors && *errors != error)
			errors++;
		return *errors != 0;
	}
	return false;
}

static void wrong(const struct chain *c, const char *what, int64_t number)
{
	printf("# point %" PRIu64 ", %s: %" PRId64 "\n", c->nth, what, number);
	fflush(stdout);
	_exit(1);
}

int64_t chain_result(struct chain *c, const char *call, int64_t result)
{
	if (result < 0 && !documented(c, call, (int)-result))
		wrong(c, call, result);
	c->failures += result < 0;
	return result;
}

/* ---- calls */

uint64_t chain_store(struct chain *c, const void *bytes, uint64_t len)
{
	uint64_t at = c->memory + c->used;

	c->used += (len + 15) / 16 * 16;
	if (c->used > BUFFERS_PAGE * (uint64_t)PAGE || model_store(c->m, c->pid, at, bytes, len))
		wrong(c, "an argument cannot be stored", (int64_t)len);
	return at;
}

uint64_t chain_buffer(const struct chain *c)
{
	return c->memory + BUFFERS_PAGE * (uint64_t)PAGE;
}

static int64_t make_ioctl(struct chain *c, const char *call, uint32_t command, uint64_t arg, bool compat)
{
	uint64_t before = model_digest(c->m);
	int64_t result = compat ? model_ioctl_compat(c->m, c->pid, c->fd, command, arg)
				: model_ioctl(c->m, c->pid, c->fd, command, arg);

	model_check(c->m);
	if (result < 0 && model_digest(c->m) != before)
		wrong(c, "an ioctl failed and has changed the state", result);
	return chain_result(c, call, result);
}

int64_t chain_ioctl(struct chain *c, const char *call, uint32_t command, const void *bytes, uint64_t len)
{
	return make_ioctl(c, call, command, chain_store(c, bytes, len), false);
}

int64_t chain_compat(struct chain *c, const char *call, uint32_t command, const void *bytes, uint64_t len)
{
	return make_ioctl(c, call, command, chain_store(c, bytes, len), true);
}

/* ---- a scenario */

static const char *left_over(struct chain *c)
{
	static char text[200];
	struct model_live live;

	for (unsigned int i = 0; i < 8; i++)
		model_run_deferred(c->m);
	model_check(c->m);
	model_live(c->m, &live);
	if (!(live.files | live.vmas | live.maps | live.memory | live.pages | live.handles | live.pins | live.ports | live.works
	      | live.notifiers | live.areas | live.processes))
		return NULL;
	snprintf(text, sizeof(text),
		 "left: files %" PRIu64 ", vmas %" PRIu64 ", maps %" PRIu64 ", memory %" PRIu64 ", pages %" PRIu64
		 ", handles %" PRIu64 ", pins %" PRIu64 ", ports %" PRIu64 ", works %" PRIu64 ", notifiers %" PRIu64,
		 live.files, live.vmas, live.maps, live.memory, live.pages, live.handles, live.pins, live.ports, live.works,
		 live.notifiers);
	return text;
}

/* One run, failure @nth (0: none): the calls of the environment that can fail. */
static uint64_t run_once(const struct dut_config *config, const struct scenario *scenario, uint64_t nth,
			 uint64_t *failures)
{
	struct model_options options = {
		.mode = config->automatic ? MODEL_AUTO : MODEL_PV,
		.profile = config->header ? MODEL_HEADER : MODEL_LINUX,
	};
	struct chain c = { .m = model_new(&options), .header = config->header, .automatic = config->automatic, .nth = nth };
	uint64_t calls;
	const char *left;

	c.pid = model_process(c.m);
	c.memory = (uint64_t)model_mmap(c.m, c.pid, 0x10000000, MEMORY_PAGES * (uint64_t)PAGE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (unsigned int i = 0; i < CHAIN_GRANTS; i++)
		c.ref[i] = (uint32_t)model_grant(c.m, MODEL_DOM0, MODEL_DOM0, 0);
	for (unsigned int i = 0; i < CHAIN_PORTS; i++)
		c.port[i] = (uint32_t)model_port(c.m, model_domain(c.m));
	calls = model_env_calls(c.m);
	model_fail_nth(c.m, nth);
	c.fd = (int)chain_result(&c, "open", model_open(c.m, c.pid, O_RDWR));
	if (c.fd >= 0)
		scenario->run(&c);
	calls = model_env_calls(c.m) - calls;
	model_exit(c.m, c.pid);
	if (c.child)
		model_exit(c.m, c.child);
	model_fail_nth(c.m, 0);
	left = left_over(&c);
	if (left)
		wrong(&c, left, 0);
	if (!nth && c.failures)
		wrong(&c, "calls failed without a failure", c.failures);
	*failures += c.failures;
	model_free(c.m);
	return calls;
}

/* The end of the chain, its processes' exit included, is swept too. */
static int sweep(const struct dut_config *config, const struct scenario *scenario)
{
	uint64_t failures = 0, calls = run_once(config, scenario, 0, &failures);

	for (uint64_t nth = 1; nth <= calls; nth++)
		run_once(config, scenario, nth, &failures);
	printf("# %" PRIu64 " points, %" PRIu64 " calls failed\n", calls, failures);
	fflush(stdout);
	return calls < scenario->least || failures == 0;
}

static bool passes(const struct dut_config *config, const struct scenario *scenario)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(sweep(config, scenario));
	if (child > 0)
		waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int fail_nth(const struct dut_config *config, const char *filter)
{
	unsigned int n = 0, number = 0, failed = 0;

	for (const struct scenario *s = scenarios; s->name; s++)
		n += !filter || fnmatch(filter, s->name, 0) == 0;
	printf("KTAP version 1\n1..%u\n", n);
	for (const struct scenario *s = scenarios; s->name; s++) {
		bool good;

		if (filter && fnmatch(filter, s->name, 0) != 0)
			continue;
		good = passes(config, s);
		failed += !good;
		printf("%s %u %s [%s]\n", good ? "ok" : "not ok", ++number, s->name, s->ids);
	}
	printf("fail-nth: %u passed, %u failed, 0 skipped\n", n - failed, failed);
	return failed != 0 || n == 0;
}
