/* SPDX-License-Identifier: MIT */
/* What the two halves of the recording device (dut.c, dut_powers.c) share. */
#pragma once
#include "../../tests/conformance/dut.h"
#include "ioctl.h"

extern uint8_t dut_caller; /* the row's process that makes the calls */

/* A call with its first arguments, and its end: a descriptor, a mapping of @len bytes and the like are the caller's. */
struct call *dut_begin(uint8_t op, unsigned int n, const struct value *v);
struct thing *dut_end(struct call *c, int64_t result, uint64_t len);
#define BEGIN(op, ...) \
	dut_begin(op, sizeof((struct value[]){ __VA_ARGS__ }) / sizeof(struct value), (struct value[]){ __VA_ARGS__ })

struct value dut_who(void);
struct value dut_address(uint64_t addr);
struct value dut_domain_of(uint32_t ref);
uint64_t dut_first_word(const void *from, uint64_t len);

const struct dut_powers *dut_powers(void);
int64_t rec_port(void);
int rec_port_close(uint32_t port);
int rec_peer_close(uint32_t port);
int64_t rec_events(uint32_t port);
