/* SPDX-License-Identifier: MIT */
/* Programs in files, and outcomes for people: see file.h. */
#include <string.h>
#include "error_name.h"
#include "file.h"
#include "text.h"

bool file_program(const char *path, struct program *p)
{
	static char bytes[4 * PROGRAM_BYTES + 1];
	char why[80];
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(bytes, 1, sizeof(bytes) - 1, file) : 0;

	if (!file || ferror(file)) {
		perror(path);
		return false;
	}
	fclose(file);
	bytes[size] = 0;
	if (size == 0 || (bytes[0] != '#' && strncmp(bytes, "world", 5))) {
		program_decode(p, (const uint8_t *)bytes, size);
		return true;
	}
	if (text_parse(p, bytes, why, sizeof(why)))
		return true;
	fprintf(stderr, "%s: %s\n", path, why);
	return false;
}

void outcome_print(FILE *to, const struct outcome *o)
{
	const char *name = error_name(o->result);

	if (o->fate != MADE) {
		fputs(o->fate == IMPOSSIBLE ? " = not possible" : " = not made", to);
		return;
	}
	if (name)
		fprintf(to, " = -%s", name);
	else
		fprintf(to, o->result < 10 ? " = %lld" : " = 0x%llx", (long long)o->result);
	for (uint32_t i = 0; i < o->len; i++)
		fprintf(to, i ? "%02x" : " %02x", o->bytes[i]);
}
