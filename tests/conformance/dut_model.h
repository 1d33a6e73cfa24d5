/* SPDX-License-Identifier: MIT */
/* The model as a device under test, from the inside: what its two halves share. */
#pragma once
#include "dut.h"
#include "model.h"

/* dut_model.c */
extern struct model *model; /* the world at hand */
extern uint32_t process; /* whose calls are made at present */

/* powers.c */
extern const struct dut_powers model_powers;
void powers_begin(void); /* process 0, and the domain on the other side of event channels */
void powers_end(void); /* every process but the first exits */
enum model_fault powers_fault(enum dut_fault fault);
int64_t powers_port(void);
int powers_port_close(uint32_t port);
int powers_peer_close(uint32_t port);
int64_t powers_events(uint32_t port);
