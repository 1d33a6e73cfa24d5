// SPDX-License-Identifier: MIT
/*
 * The model as a device under test: a fresh world a row, one process, and dom0 granting to itself as on the real
 * machine.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include "dut_model.h"

struct model *model;
uint32_t process;

static int model_begin(const struct dut_config *config)
{
	struct model_options options = {
		.mode = config->automatic ? MODEL_AUTO : MODEL_PV,
		.profile = config->header ? MODEL_HEADER : MODEL_LINUX,
		.limit = config->limit,
	};

	model = model_new(&options);
	if (!model)
		return -ENOMEM;
	powers_begin();
	return 0;
}

/* GNT-CLOSE-006: when everything is closed and unmapped, nothing remains. */
static const char *model_end(void)
{
	static char left[240];
	struct model_live live;

	powers_end();
	model_check(model);
	model_live(model, &live);
	model_exit(model, process);
	model_free(model);
	model = NULL;
	if (!(live.files | live.vmas | live.maps | live.memory | live.pages | live.handles | live.pins | live.ports
	      | live.works | live.notifiers))
		return NULL;
	snprintf(left, sizeof(left),
		 "alive at the end: %u files, %u mappings, %u maps, %u blocks, %u pages, %u handles, %u pins, %u ports,"
		 " %u works, %u notifiers",
		 (unsigned int)live.files, (unsigned int)live.vmas, (unsigned int)live.maps, (unsigned int)live.memory,
		 (unsigned int)live.pages, (unsigned int)live.handles, (unsigned int)live.pins, (unsigned int)live.ports,
		 (unsigned int)live.works, (unsigned int)live.notifiers);
	return left;
}

static int open_device(int flags)
{
	return model_open(model, process, flags);
}

static int close_device(int fd)
{
	return model_close(model, process, fd);
}

static int64_t ioctl_device(int fd, uint32_t command, uint64_t arg)
{
	return model_ioctl(model, process, fd, command, arg);
}

static int64_t ioctl_device_compat(int fd, uint32_t command, uint64_t arg)
{
	return model_ioctl_compat(model, process, fd, command, arg);
}

static int64_t mmap_model(uint64_t addr, uint64_t len, int prot, int flags, int fd, uint64_t offset)
{
	return model_mmap(model, process, addr, len, prot, addr ? flags | MAP_FIXED : flags, fd, offset);
}

static int64_t munmap_model(uint64_t addr, uint64_t len)
{
	return model_munmap(model, process, addr, len);
}

static int dup_fd(int fd)
{
	return model_dup(model, process, fd);
}

static int mprotect_model(uint64_t addr, uint64_t len, int prot)
{
	return model_mprotect(model, process, addr, len, prot);
}

static int64_t mremap_model(uint64_t addr, uint64_t old_len, uint64_t new_len, int flags, uint64_t to)
{
	return model_mremap(model, process, addr, old_len, new_len, flags, to);
}

static int madvise_model(uint64_t addr, uint64_t len, int advice)
{
	return model_madvise(model, process, addr, len, advice);
}

static int load(uint64_t addr, void *to, uint64_t len)
{
	return model_load(model, process, addr, to, len);
}

static int store(uint64_t addr, const void *from, uint64_t len)
{
	return model_store(model, process, addr, from, len);
}

static uint32_t owner(void)
{
	return MODEL_DOM0;
}

static int64_t make_grant(bool readonly)
{
	return model_grant(model, MODEL_DOM0, MODEL_DOM0, readonly);
}

static int revoke_grant(uint32_t ref)
{
	return model_revoke(model, MODEL_DOM0, ref);
}

static int owner_load(uint32_t ref, uint32_t offset, void *to, uint32_t len)
{
	return model_owner_load(model, MODEL_DOM0, ref, offset, to, len);
}

static int owner_store(uint32_t ref, uint32_t offset, const void *from, uint32_t len)
{
	return model_owner_store(model, MODEL_DOM0, ref, offset, from, len);
}

static void fail(enum dut_fault fault, uint64_t nth)
{
	model_fail(model, powers_fault(fault), nth);
}

static void state(struct dut_state *s)
{
	struct model_live live;

	model_check(model);
	model_live(model, &live);
	s->digest = model_digest(model);
	s->files = live.files;
	s->mappings = live.vmas;
	s->maps = live.maps;
	s->memory = live.memory;
	s->pages = live.pages;
	s->handles = live.handles;
	s->pins = live.pins;
	s->ports = live.ports;
	s->notifiers = live.notifiers;
}

const struct dut dut_model = {
	.name = "model",
	.can = DUT_FAULTS | DUT_LARGE | DUT_LIMIT | DUT_MODEL | DUT_PORTS | DUT_COMPAT | DUT_TELLS,
	.begin = model_begin,
	.end = model_end,
	.open = open_device,
	.close = close_device,
	.ioctl = ioctl_device,
	.ioctl_compat = ioctl_device_compat,
	.mmap = mmap_model,
	.munmap = munmap_model,
	.dup = dup_fd,
	.mprotect = mprotect_model,
	.mremap = mremap_model,
	.madvise = madvise_model,
	.load = load,
	.store = store,
	.owner = owner,
	.grant = make_grant,
	.revoke = revoke_grant,
	.owner_load = owner_load,
	.owner_store = owner_store,
	.fail = fail,
	.state = state,
	.port = powers_port,
	.port_close = powers_port_close,
	.peer_close = powers_peer_close,
	.events = powers_events,
	.powers = &model_powers,
};
