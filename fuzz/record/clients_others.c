/* SPDX-License-Identifier: MIT */
/* What libxenvchan asks of xenstore and of event channels, as far as a client does: linked in place of those libraries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xenevtchn.h>
#include <xenstore.h>
#include "clients.h"

uint32_t client_ring, client_channel;

struct xs_handle *xs_open(unsigned long flags)
{
	(void)flags;
	return (struct xs_handle *)&client_ring;
}

void xs_close(struct xs_handle *h)
{
	(void)h;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
	char *text = malloc(16);

	(void)h;
	(void)t;
	snprintf(text, 16, "%u", strstr(path, "ring-ref") ? client_ring : 7);
	*len = (unsigned int)strlen(text);
	return text;
}

/* of servers alone */
bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data, unsigned int len)
{
	(void)h;
	(void)t;
	(void)path;
	(void)data;
	(void)len;
	abort();
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	(void)h;
	(void)t;
	(void)path;
	abort();
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path, struct xs_permissions *perms, unsigned int n)
{
	(void)h;
	(void)t;
	(void)path;
	(void)perms;
	(void)n;
	abort();
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	abort();
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abandon)
{
	(void)h;
	(void)t;
	(void)abandon;
	abort();
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned int flags)
{
	(void)logger;
	(void)flags;
	return (xenevtchn_handle *)&client_channel;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	(void)h;
	return 0;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h, uint32_t domid, evtchn_port_t remote)
{
	(void)h;
	(void)remote;
	client_channel = client_port(domid);
	return (xenevtchn_port_or_error_t)client_channel;
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *h, uint32_t domid)
{
	(void)h;
	(void)domid;
	abort();
}

int xenevtchn_unbind(xenevtchn_handle *h, evtchn_port_t p)
{
	(void)h;
	(void)p;
	return 0;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t p)
{
	(void)h;
	(void)p;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t p)
{
	(void)h;
	(void)p;
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return -1;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	(void)h;
	return (xenevtchn_port_or_error_t)client_channel;
}
