/* SPDX-License-Identifier: MIT */
/* Clients of the device, recorded: what the libraries' calls (clients_calls.c) and what the clients do (clients.c) share. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define CLIENT_DOMAIN 1u /* whose guests they serve; there is 2, too */

/* A new world, in which nothing was recorded yet. */
void client_begin(bool header, bool automatic);
/* The program, to RECORD/clients-@name.txt: false if it is none. */
bool client_end(const char *name, const char *what);

void record_why_not(const char *why);

uint32_t client_grant(uint32_t domid, bool readonly);
uint32_t client_port(uint32_t domid);
void client_revoke(uint32_t domid, uint32_t ref);
void client_die(uint32_t domid); /* the domain */
void client_exit(void); /* the client, without a word */
void client_events(uint32_t port);
/* The client's own memory, which is to be read and written by the driver. */
void client_memory(const void *at, uint32_t pages);
/* What it finds in the next page that it maps. */
void client_finds(const void *bytes, uint32_t len);
/* It uses what it has mapped. */
void client_store(const void *at, uint32_t len);
void client_load(const void *at, uint32_t len);

/* ---- clients_others.c: of libxenvchan */
extern uint32_t client_ring; /* the reference that xenstore says */
extern uint32_t client_channel; /* that was bound */
