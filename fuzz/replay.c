/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over files, without a fuzzer: what found a bug once, or a corpus as a regression test. With -n
 * TIMES, as often as that, to measure speed. It must not catch anything: a target that aborts ends the program.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(int argc, char **argv)
{
	unsigned long times = 1;
	int first = 1, failed = 0;

	if (argc > 2 && !strcmp(argv[1], "-n")) {
		times = strtoul(argv[2], NULL, 0);
		first = 3;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: %s [-n TIMES] FILE...\n", argv[0]);
		return 2;
	}
	for (int i = first; i < argc; i++)
		failed |= replay(argv[i], times);
	printf("%d inputs replayed\n", argc - first);
	return failed;
}
