// SPDX-License-Identifier: MIT
/*
 * lab sweep DEVICE: each call with each of its allocations and user copies failing in turn.
 * lab long DEVICE SECONDS SEED: many processes and threads at once. lab held: what the driver holds.
 * lab grants: how many grants Xen has mapped.
 */
#include "lab.h"

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
	return 2;
}
