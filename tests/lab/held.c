// SPDX-License-Identifier: MIT
/* What the driver holds, and what only the lab asks of a device: see lab.h. */
#include "lab.h"
/* after the types that lab.h gives it */
#include <xen/evtchn.h>

struct held held_now(void)
{
	return (struct held){ counter("live_maps"), counter("live_pages"), counter("live_handles"), counter("lost_pages") };
}

bool held_settles(struct held before)
{
	struct held now = held_now();

	for (int i = 0; i < 1000; i++) {
		if (now.maps <= before.maps && now.pages <= before.pages && now.handles <= before.handles &&
		    now.lost <= before.lost)
			return true;
		usleep(10000);
		now = held_now();
	}
	printf("# maps %ld, pages %ld, handles %ld, lost %ld; before: %ld, %ld, %ld, %ld\n", now.maps, now.pages, now.handles,
	       now.lost, before.maps, before.pages, before.handles, before.lost);
	return false;
}

int port_new(void)
{
	struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = 0 };
	struct ioctl_evtchn_bind_interdomain bind = { .remote_domain = 0 };
	static int fd = -1;
	int port;

	if (fd < 0)
		fd = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	port = ioctl(fd, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
	CHECK(port > 0);
	bind.remote_port = (unsigned int)port;
	port = ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
	CHECK(port > 0);
	return port;
}

int notify(int fd, uint64_t offset, uint32_t action, uint32_t port)
{
	struct ioctl_gntdev_unmap_notify arg = { .index = offset, .action = action, .event_channel_port = port };

	return ioctl(fd, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, &arg);
}
