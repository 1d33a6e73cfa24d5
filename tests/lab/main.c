// SPDX-License-Identifier: MIT
/*
 * lab sweep DEVICE: each call with each of its allocations and user copies failing in turn.
 * lab long DEVICE SECONDS SEED: many processes and threads at once. lab held: what the driver holds.
 * lab grants: how many grants Xen has mapped. All else is the rig's own: see tests/xen/dom0.c.
 */
#include "lab.h"

/* tests/xen/dom0.c's, which the compiler was told to call so */
int dom0_main(int argc, char **argv);

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

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "held")) {
		struct held now = held_now();

		printf("%ld %ld %ld %ld\n", now.maps, now.pages, now.handles, now.lost);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "grants")) {
		long n = grants_in_use();

		printf("%ld\n", n);
		return n < 0;
	}
	if (argc < 3)
		return 2;
	device = argv[2];
	if (!strcmp(argv[1], "sweep"))
		return sweep();
	if (!strcmp(argv[1], "long") && argc == 5)
		return stress((unsigned int)atoi(argv[3]), (uint32_t)atoi(argv[4]));
	return dom0_main(argc, argv);
}
