// SPDX-License-Identifier: MIT
/*
 * Random system calls and events, on PV and auto-translated, with calls of the environment that fail now and then. There
 * is no reference: the model's own checks must hold (a breach ends the program), and nothing may be left in the end.
 */
#include "test.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define STEPS 3000u
#define GRANTS 24u
#define PROCESSES 4u
#define AREA 0x10000000ull /* where everything happens: AREA_PAGES pages */
#define AREA_PAGES 24u

static u64 seed;
static u32 process[PROCESSES];
static u32 first;

static u32 below(u32 n)
{
	u64 z = (seed += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (u32)((z ^ (z >> 31)) % n);
}

static u64 somewhere(void)
{
	return AREA + below(AREA_PAGES) * PAGE;
}

static u64 some_pages(void)
{
	return (below(4) + 1) * PAGE;
}

static void do_mmap(u32 p)
{
	u64 at = somewhere(), len = some_pages();
	int prot = below(3) ? RW : PROT_READ;

	if (below(2))
		model_mmap(m, p, at, len, prot, MAP_SHARED | MAP_FIXED, fd, (first + below(GRANTS)) * PAGE);
	else
		model_mmap(m, p, at, len, prot, (below(2) ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void do_mremap(u32 p)
{
	static const int flags[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_DONTUNMAP };
	u64 at = somewhere(), old = some_pages(), new = below(2) ? old : some_pages();

	model_mremap(m, p, at, below(9) ? old : 0, new, flags[below(4)], somewhere());
}

static void do_madvise(u32 p)
{
	static const int advice[] = { MADV_DONTNEED, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK,
				      MADV_DODUMP };
	u64 at = somewhere();

	model_madvise(m, p, at, some_pages(), advice[below(6)]);
}

static void do_process(u32 i)
{
	s64 child;

	if (below(2)) {
		child = model_fork(m, process[i]);
		if (child > 0) {
			i = below(PROCESSES);
			model_exit(m, process[i]);
			process[i] = (u32)child;
		}
		return;
	}
	model_close(m, process[i], fd + (int)below(2));
	if (model_send_fd(m, process[below(PROCESSES)], fd, process[i]) < 0)
		model_open(m, process[i], O_RDWR);
}

static void do_memory(u32 p)
{
	u64 at = somewhere();
	u8 value = (u8)below(256);

	if (below(2))
		model_store(m, p, at, &value, 1);
	else
		model_load(m, p, at, &value, 1);
}

static void do_fault(void)
{
	if (below(3))
		model_fail_nth(m, below(40));
	else
		model_fail_with(m, below(MODEL_FAULTS), below(10), (s16)(below(9) + 1));
}

static void step(void)
{
	u32 i = below(PROCESSES), p = process[i];
	u64 at = somewhere();

	switch (below(14)) {
	case 0:
	case 1:
	case 2:
		do_mmap(p);
		break;
	case 3:
		model_munmap(m, p, at, some_pages());
		break;
	case 4:
		model_mprotect(m, p, at, some_pages(), below(3) ? RW : (int)below(4));
		break;
	case 5:
		do_mremap(p);
		break;
	case 6:
		do_madvise(p);
		break;
	case 7:
		do_process(i);
		break;
	case 8:
		do_memory(p);
		break;
	case 9:
		model_page_io_begin(m, p, at);
		break;
	case 10:
		model_page_io_end(m, p, at);
		break;
	case 11:
		model_run_deferred(m);
		break;
	case 12:
		fake.block = below(2);
		if (below(2))
			model_invalidate(m, p, at, some_pages(), (int)below(2));
		else
			model_reap(m, p);
		break;
	case 13:
		do_fault();
		fake.split = below(4) ? 0 : -EINVAL;
		break;
	}
}

static void other_thread(struct model *world, void *cookie)
{
	(void)world;
	(void)cookie;
	if (below(4) == 0)
		step();
}

static void run(enum model_mode mode, u64 with)
{
	begin(mode);
	seed = with;
	first = grants(GRANTS + 4);
	process[0] = pid;
	for (u32 i = 1; i < PROCESSES; i++) {
		process[i] = model_process(m);
		EXPECT_IS(model_send_fd(m, pid, fd, process[i]), fd);
	}
	model_interleave(m, other_thread, NULL);
	for (u32 i = 0; i < STEPS; i++)
		step();
	model_interleave(m, NULL, NULL);
	model_fail_nth(m, 0);
	for (u32 kind = 0; kind < MODEL_FAULTS; kind++)
		model_fail(m, kind, 0);
	while (m->ios)
		model_page_io_end(m, m->io[0].pid, m->io[0].addr);
	for (u32 i = 1; i <= m->processes; i++)
		model_exit(m, i);
	model_run_deferred(m);
	end();
}

static void test_pv(void)
{
	for (u64 with = 1; with <= 20; with++)
		run(MODEL_PV, with);
}

static void test_auto(void)
{
	for (u64 with = 1; with <= 20; with++)
		run(MODEL_AUTO, with);
}

static const struct test tests[] = {
	{ "PV", test_pv },
	{ "auto-translated", test_auto },
	{ NULL, NULL },
};

const struct suite random_suite = { .name = "random", .test = tests };
