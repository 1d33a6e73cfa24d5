/* SPDX-License-Identifier: MIT */
/*
 * What a fuzz target wants of the address sanitizer: a world is gone after some hundred microseconds, so memory that was freed
 * need not be kept apart for long, and much of it makes each run slower. ASAN_OPTIONS is heard after this.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "quarantine_size_mb=16";
}
