// SPDX-License-Identifier: MIT
/*
 * Event channels on a real device, by /dev/xen/evtchn: both ends are domain 0's. The end that a row is given is bound by
 * one descriptor, the other end by another, from which the events are read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* the header of the C library knows no type for domain ids */
typedef uint16_t domid_t;
#include <xen/evtchn.h>
#include "dut_evtchn.h"

#define DOM0 0u
#define CHANNELS 64u
#define LET_GO_TRIES 100u
#define LET_GO_US 10000u

static struct {
	uint32_t port, other; /* the row's end; the end that listens */
	uint64_t events;
	bool closed; /* the other end */
} channels[CHANNELS];
static unsigned int made;
static int ours = -1, others = -1;

static int open_both(void)
{
	if (ours < 0)
		ours = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
	if (others < 0)
		others = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return ours < 0 || others < 0 ? -errno : 0;
}

int64_t evtchn_port(void)
{
	struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = DOM0 };
	struct ioctl_evtchn_bind_interdomain bind = { .remote_domain = DOM0 };
	int error = open_both(), port;

	if (error)
		return error;
	if (made == CHANNELS)
		return -ENOSPC;
	port = ioctl(others, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
	if (port < 0)
		return -errno;
	channels[made].other = (uint32_t)port;
	bind.remote_port = (uint32_t)port;
	port = ioctl(ours, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
	if (port < 0)
		return -errno;
	channels[made].port = (uint32_t)port;
	channels[made].closed = false;
	channels[made++].events = 0;
	/* binding sends an event of its own */
	evtchn_events((uint32_t)port);
	channels[made - 1].events = 0;
	return port;
}

static int unbind(int fd, uint32_t port)
{
	struct ioctl_evtchn_unbind request = { .port = port };

	return ioctl(fd, IOCTL_EVTCHN_UNBIND, &request) ? -errno : 0;
}

int evtchn_port_close(uint32_t port)
{
	return unbind(ours, port);
}

/* The newest, as a number may be used again. */
static unsigned int find(uint32_t port)
{
	unsigned int i = made;

	while (i > 0 && channels[i - 1].port != port)
		i--;
	return i;
}

int evtchn_peer_close(uint32_t port)
{
	unsigned int i = find(port);

	if (!i)
		return -EINVAL;
	channels[i - 1].closed = true;
	return unbind(others, channels[i - 1].other);
}

/* What has arrived at any of the listening ends is counted; a port says nothing more until it is written back. */
static void collect(void)
{
	struct pollfd poll_others = { .fd = others, .events = POLLIN };
	unsigned int port;

	while (poll(&poll_others, 1, 10) == 1 && read(others, &port, sizeof(port)) == sizeof(port)) {
		for (unsigned int i = 0; i < made; i++)
			channels[i].events += channels[i].other == port;
		if (write(others, &port, sizeof(port)) != sizeof(port))
			break;
	}
}

int64_t evtchn_events(uint32_t port)
{
	unsigned int i = find(port);

	collect();
	return i ? (int64_t)channels[i - 1].events : -EINVAL;
}

/*
 * Whether nobody has the row's end any more: then the other end waits for a partner. Who held a port may let go of it a little
 * later.
 */
static bool let_go(uint32_t other)
{
	struct ioctl_evtchn_bind_interdomain bind = { .remote_domain = DOM0, .remote_port = other };
	int fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC), port = -1;

	for (unsigned int i = 0; i < LET_GO_TRIES && fd >= 0 && port < 0; i++) {
		port = ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
		if (port < 0)
			usleep(LET_GO_US);
	}
	if (fd >= 0)
		close(fd);
	return port >= 0;
}

const char *evtchn_end(void)
{
	const char *held = NULL;

	if (ours >= 0)
		close(ours);
	for (unsigned int i = 0; i < made && !held; i++) {
		if (!channels[i].closed && !let_go(channels[i].other))
			held = "a port is held for good";
	}
	if (others >= 0)
		close(others);
	ours = others = -1;
	made = 0;
	return held;
}
