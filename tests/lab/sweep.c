// SPDX-License-Identifier: MIT
/*
 * The first allocation or user copy of a call fails, then only the second, and so on until the call
 * meets no failure any more; for each call of cases.c. A call that fails has a documented errno and
 * leaves all as it was: the same call, made again, succeeds. Linux's fault injection counts for one
 * task (/proc/thread-self/fail-nth), so nothing else is disturbed.
 */
#define _GNU_SOURCE
#include "lab.h"

#define POINTS_MAX 3000

/* how a try ended: the exit status of its process */
enum {
	WRONG = 1, /* it said why */
	NOT_MET, /* the failure was not met: the call is done with */
	MET, /* it was, and the call did without */
	FAILED, /* it was, and the call failed */
};

static int fail_nth;

static void arm(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	CHECK(write(fail_nth, text, (size_t)length) == length);
}

/* Whether the failure is still to come. The reading of it may meet it, and so may the disarming. */
static bool disarm(void)
{
	char text[16] = "";
	bool waiting = pread(fail_nth, text, sizeof(text) - 1, 0) < 0 || atoi(text) > 0;

	while (write(fail_nth, "0", 1) != 1)
		CHECK(errno == EFAULT);
	return waiting;
}

static bool documented(const struct call *call, int error)
{
	for (unsigned int i = 0; i < 4; i++) {
		if (call->errors[i] == error)
			return true;
	}
	return false;
}

static bool as_it_was(const struct call *call, struct held before)
{
	struct held now = held_now();

	return now.maps == before.maps && now.pages == before.pages && now.lost == before.lost &&
	       (now.handles == before.handles || (call->unmaps && now.handles < before.handles));
}

/* A call that failed left everything as it was. */
static int after_failure(const struct call *call, struct world *w, struct held before, int n)
{
	int error = errno;

	if (!documented(call, error))
		failed(__LINE__, "failure %d: errno %d", n, error);
	/* work that was put off may be on its way */
	for (int i = 0; i < 200 && !as_it_was(call, before); i++)
		usleep(5000);
	if (!as_it_was(call, before))
		failed(__LINE__, "failure %d, errno %d: the driver holds more or less than before", n, error);
	if (!call->once) {
		w->result = call->call(w);
		if (w->result < 0)
			failed(__LINE__, "failure %d, errno %d: a second try fails with %d", n, error, errno);
	}
	return FAILED;
}

static int attempt(const struct call *call, struct grantor_frames *g, int n)
{
	struct world w = { .fd = -1, .other = -1, .grants = g };
	struct held before;
	bool waiting;

	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	CHECK(fail_nth >= 0);
	call->prepare(&w);
	before = held_now();
	arm(n);
	w.result = call->call(&w);
	if (w.result < 0) {
		int error = errno;

		waiting = disarm();
		errno = error;
		if (waiting)
			failed(__LINE__, "it fails without a failure in it: errno %d", errno);
		return after_failure(call, &w, before, n);
	}
	waiting = disarm();
	if (call->shows && !filled(w.page, 3 * PAGE, 1))
		failed(__LINE__, "failure %d: it shows something else", n);
	return waiting ? NOT_MET : MET;
}

/* In a process of its own: its address space is new, and all of it goes. */
static int attempt_in_child(const struct call *call, struct grantor_frames *g, int n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60);
		_exit(attempt(call, g, n));
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (!WIFEXITED(status)) {
		printf("# failure %d: ended with status 0x%x\n", n, (unsigned int)status);
		return WRONG;
	}
	return WEXITSTATUS(status);
}

/* The number of failures met, and of those that made the call fail; negative if it is wrong. */
static int sweep_call(const struct call *call, struct grantor_frames *g, int *failures)
{
	struct held before = held_now();

	for (int n = 1; n <= POINTS_MAX; n++) {
		int end;

		/* a notification may have cleared a byte of it */
		fill(g->view, PAGE, 1);
		end = attempt_in_child(call, g, n);
		if (!held_settles(before)) {
			printf("# failure %d: that is left when its process is gone\n", n);
			return -1;
		}
		if (end == NOT_MET)
			return n - 1;
		if (end != MET && end != FAILED)
			return -1;
		*failures += end == FAILED;
	}
	printf("# it meets failures without end\n");
	return -1;
}

/* GNT-MOD-006 */
static bool header_profile(void)
{
	char text[16] = "";
	int fd = open("/sys/module/grantproof/parameters/profile", O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return !strcmp(text, "header\n");
}

int sweep(void)
{
	const struct call *calls = header_profile() ? header_calls : linux_calls;
	struct grantor_frames g;
	unsigned int count = 0;

	open_grantor(NULL);
	grants_new(&g, 300, true);
	while (calls[count].name)
		count++;
	printf("KTAP version 1\n1..%u\n", count);
	for (unsigned int i = 0; i < count; i++) {
		int failures = 0, met = sweep_call(&calls[i], &g, &failures);
		bool good = met > 0 && failures > 0;

		printf("%sok %u - %s # %d failures met, %d times it failed\n", good ? "" : "not ", i + 1, calls[i].name, met, failures);
	}
	return 0;
}
