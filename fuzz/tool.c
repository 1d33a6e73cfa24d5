/* SPDX-License-Identifier: MIT */
/*
 * build/program: programs from text to bytes and back, and a run of one on the model with its answers.
 *
 *	program text FILE...            prints each as text
 *	program bytes TEXT BYTES        writes the bytes of a text
 *	program seeds DIRECTORY TEXT... writes the bytes of each text, under its name without .txt
 *	program run FILE...             runs each on the model, and prints the answer to each call
 *	program check TEXT...           runs each on the model: is each call answered as its comment says (answer.h)?
 *	program dictionary TARGET TEXT...  prints a dictionary of it for a fuzzing engine, made from seeds
 *
 * A file is text if it begins with "world", or with a comment; bytes otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "answer.h"
#include "dictionary.h"
#include "file.h"
#include "on_model.h"
#include "text.h"

static int write_bytes(const struct program *p, const char *path)
{
	static uint8_t bytes[PROGRAM_BYTES];
	size_t size = program_encode(p, bytes, sizeof(bytes));
	FILE *to = size ? fopen(path, "wb") : NULL;

	if (!to || fwrite(bytes, 1, size, to) != size || fclose(to)) {
		perror(path);
		return 1;
	}
	return 0;
}

static int seeds(const char *directory, char **path, int n)
{
	static struct program p;
	char to[4096];
	int failed = 0;

	for (int i = 0; i < n; i++) {
		const char *name = strrchr(path[i], '/') ? strrchr(path[i], '/') + 1 : path[i];

		if (!file_program(path[i], &p)) {
			failed = 1;
			continue;
		}
		snprintf(to, sizeof(to), "%s/%.*s", directory, (int)strcspn(name, "."), name);
		failed |= write_bytes(&p, to);
	}
	return failed;
}

static void run(const struct program *p)
{
	static struct outcome outcome[PROGRAM_CALLS];
	static struct on_model o;

	on_model_begin(&o, p, NULL);
	execute(p, &o.machine, outcome, NULL);
	on_model_end(&o);
	for (unsigned int i = 0; i < p->calls; i++) {
		text_call(stdout, p, &p->call[i]);
		outcome_print(stdout, &outcome[i]);
		putchar('\n');
	}
}

static int check(char **path, int n)
{
	unsigned int said = 0, bad = 0, files = 0;

	for (int i = 0; i < n; i++) {
		unsigned int before = said;

		bad += answers_check(path[i], &said);
		files += said > before;
	}
	printf("program check: %u of %u answers are as the texts say, in %u of %d programs\n", said < bad ? 0 : said - bad, said,
	       files, n);
	return bad || !said;
}

int main(int argc, char **argv)
{
	static struct program p;
	int failed = 0;

	if (argc == 4 && !strcmp(argv[1], "bytes"))
		return !file_program(argv[2], &p) || write_bytes(&p, argv[3]);
	if (argc >= 4 && !strcmp(argv[1], "seeds"))
		return seeds(argv[2], argv + 3, argc - 3);
	if (argc >= 3 && !strcmp(argv[1], "check"))
		return check(argv + 2, argc - 2);
	if (argc >= 3 && !strcmp(argv[1], "dictionary"))
		return !dictionary_print(stdout, argv[2], argv + 3, argc - 3);
	if (argc < 3 || (strcmp(argv[1], "text") && strcmp(argv[1], "run"))) {
		fprintf(stderr, "usage: program text|run FILE... | check TEXT... | bytes TEXT BYTES | seeds DIRECTORY TEXT..."
				" | dictionary TARGET TEXT...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (!file_program(argv[i], &p))
			failed = 1;
		else if (!strcmp(argv[1], "text"))
			text_print(stdout, &p);
		else
			run(&p);
	}
	return failed;
}
