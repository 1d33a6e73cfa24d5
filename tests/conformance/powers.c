// SPDX-License-Identifier: MIT
/* What only the model can do: several processes, other threads, devices that use pages, a kernel and a hypervisor that obey. */
#include <string.h>
#include "dut_model.h"

#define PROCESSES 4u
#define EVENTS 64u

static uint32_t processes[PROCESSES]; /* by number in the row; 0: there is none */
static uint32_t peer; /* a domain, that of the event channels' other ends */
static struct dut_event events[EVENTS];
static unsigned int arrived;
static uint32_t watched_ref, watched_offset;
static bool watching;
static void (*meanwhile_hook)(void *cookie);
static void *meanwhile_cookie;

/* ---- events */

static void on_event(struct model *m, uint32_t port, void *cookie)
{
	struct dut_event *event = &events[arrived % EVENTS];

	(void)cookie;
	*event = (struct dut_event){ .port = port };
	if (watching)
		model_owner_load(m, MODEL_DOM0, watched_ref, watched_offset, &event->byte, 1);
	arrived++;
}

static void watch(uint32_t ref, uint32_t offset)
{
	watched_ref = ref;
	watched_offset = offset;
	watching = true;
}

static bool event(unsigned int n, struct dut_event *e)
{
	if (n >= arrived || n >= EVENTS)
		return false;
	*e = events[n];
	return true;
}

int64_t powers_port(void)
{
	return model_port(model, peer);
}

int powers_port_close(uint32_t port)
{
	return model_port_close(model, port);
}

int powers_peer_close(uint32_t port)
{
	return model_port_peer_close(model, port);
}

int64_t powers_events(uint32_t port)
{
	return (int64_t)model_port_events(model, port);
}

/* ---- processes */

void powers_begin(void)
{
	memset(processes, 0, sizeof(processes));
	processes[0] = process = model_process(model);
	peer = model_domain(model);
	arrived = 0;
	watching = false;
	meanwhile_hook = NULL;
	model_on_event(model, on_event, NULL);
}

/* Who has exited before has no harm done to it. */
void powers_end(void)
{
	for (unsigned int i = 1; i < PROCESSES; i++) {
		if (processes[i])
			model_exit(model, processes[i]);
	}
}

/* A number that nobody had yet is a process that nobody is related to. */
static void become(unsigned int number)
{
	if (!processes[number])
		processes[number] = model_process(model);
	process = processes[number];
}

static int fork_process(unsigned int child)
{
	int64_t pid = model_fork(model, process);

	if (pid < 0)
		return (int)pid;
	processes[child] = (uint32_t)pid;
	return 0;
}

static int send_fd(int fd, unsigned int to)
{
	uint32_t from = process;

	become(to);
	process = from;
	return model_send_fd(model, from, fd, processes[to]);
}

static void exit_process(unsigned int number)
{
	model_exit(model, processes[number]);
}

static void racing(uint64_t addr, uint64_t len, const void *bytes)
{
	model_racing(model, process, addr, len, bytes);
}

/* ---- other threads, the kernel, a device, Xen */

static void on_interleave(struct model *m, void *cookie)
{
	(void)m;
	(void)cookie;
	meanwhile_hook(meanwhile_cookie);
}

static void meanwhile(void (*hook)(void *cookie), void *cookie)
{
	meanwhile_hook = hook;
	meanwhile_cookie = cookie;
	model_interleave(model, hook ? on_interleave : NULL, NULL);
}

static int io(uint64_t addr, bool begin)
{
	return begin ? model_page_io_begin(model, process, addr) : model_page_io_end(model, process, addr);
}

static uint32_t deferred(void)
{
	return model_run_deferred(model);
}

static int page_out(uint32_t ref, uint32_t n)
{
	return model_page_out(model, MODEL_DOM0, ref, n);
}

static int invalidate(uint64_t addr, uint64_t len, bool may_block)
{
	return model_invalidate(model, process, addr, len, may_block);
}

static int reap(unsigned int number)
{
	return model_reap(model, processes[number]);
}

static void send_signal(bool fatal)
{
	model_signal(model, process, fatal);
}

static void set_limit(uint32_t limit)
{
	model_set_limit(model, limit);
}

static uint64_t lost(void)
{
	return model_lost(model);
}

static uint64_t milliseconds(void)
{
	return model_clock(model);
}

enum model_fault powers_fault(enum dut_fault fault)
{
	static const enum model_fault kinds[] = {
		[DUT_ALLOC] = MODEL_FAULT_ALLOC, [DUT_COPYIN] = MODEL_FAULT_COPYIN, [DUT_COPYOUT] = MODEL_FAULT_COPYOUT,
		[DUT_PIN] = MODEL_FAULT_PIN, [DUT_MAP] = MODEL_FAULT_MAP, [DUT_COPY] = MODEL_FAULT_COPY,
		[DUT_UNMAP] = MODEL_FAULT_UNMAP, [DUT_HYPERCALL] = MODEL_FAULT_HYPERCALL,
		[DUT_TABLES] = MODEL_FAULT_TABLES, [DUT_INSERT] = MODEL_FAULT_INSERT,
		[DUT_NOTIFIER] = MODEL_FAULT_NOTIFIER, [DUT_PORT] = MODEL_FAULT_PORT,
		[DUT_TRYLOCK] = MODEL_FAULT_TRYLOCK, [DUT_PAUSE] = MODEL_FAULT_PAUSE, [DUT_VMA] = MODEL_FAULT_VMA,
	};

	return kinds[fault];
}

static void fail_with(enum dut_fault fault, uint64_t nth, int16_t status)
{
	model_fail_with(model, powers_fault(fault), nth, status);
}

const struct dut_powers model_powers = {
	.become = become,
	.fork = fork_process,
	.send_fd = send_fd,
	.exit = exit_process,
	.io = io,
	.deferred = deferred,
	.page_out = page_out,
	.invalidate = invalidate,
	.reap = reap,
	.signal = send_signal,
	.set_limit = set_limit,
	.lost = lost,
	.clock = milliseconds,
	.fail_with = fail_with,
	.racing = racing,
	.meanwhile = meanwhile,
	.watch = watch,
	.event = event,
};
