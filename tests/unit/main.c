// SPDX-License-Identifier: MIT
/* The unit tests of the core. Usage and output are ktap.h's. */
#include "ktap.h"

extern const struct suite slots_suite, table_suite, copy_suite, request_suite, state_suite, notify_suite, transfer_suite, map_suite;

int main(int argc, char **argv)
{
	static const struct suite *const suites[] = {
		&slots_suite, &table_suite, &copy_suite, &request_suite, &state_suite, &notify_suite, &transfer_suite, &map_suite,
		NULL,
	};

	return ktap_main("unit", suites, argc, argv);
}
