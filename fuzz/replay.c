/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files, without a fuzzer: what found a bug once, or a corpus as a regression test. With -n
 * TIMES, as often as that, and it says how fast that was. It must not catch anything: a target that aborts ends the program.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_INPUT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path, unsigned long times)
{
	uint8_t *data = malloc(MAX_INPUT);
	FILE *file = fopen(path, "rb");
	uint8_t *input;
	size_t size;

	if (!file || !data) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, MAX_INPUT, file);
	fclose(file);
	/* as long as the input, so that a sanitizer sees who reads beyond it */
	input = malloc(size ? size : 1);
	if (!input)
		return 1;
	memcpy(input, data, size);
	free(data);
	while (times--)
		LLVMFuzzerTestOneInput(input, size);
	free(input);
	return 0;
}

/* Of this process, in seconds: others on the machine do not count. */
static double processor_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	unsigned long times = 1;
	int first = 1, failed = 0;
	double begin;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		times = strtoul(argv[2], NULL, 0);
		first = 3;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: %s [-n TIMES] FILE...\n", argv[0]);
		return 2;
	}
	begin = processor_time();
	for (int i = first; i < argc; i++)
		failed |= replay(argv[i], times);
	if (first == 1)
		printf("%s: %d inputs replayed\n", name, argc - first);
	else
		printf("%s: %d inputs, %lu times: %.0f a second of a processor\n", name, argc - first, times,
		       (double)times * (argc - first) / (processor_time() - begin));
	return failed;
}
