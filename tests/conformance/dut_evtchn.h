/* SPDX-License-Identifier: MIT */
/* Event channels of a real device's domain to itself: dut.h says what they do. */
#pragma once
#include "dut.h"

int64_t evtchn_port(void);
int evtchn_port_close(uint32_t port);
int evtchn_peer_close(uint32_t port);
int64_t evtchn_events(uint32_t port);
/* NULL, or what is wrong: a port that is still held when all of the row's have been closed. */
const char *evtchn_end(void);
