/* SPDX-License-Identifier: MIT */
/*
 * Runs the copy splitter (src/core/copy.c) over its standard input, an input of the fuzz target of that name (fuzz/copy.c): a byte,
 * then raw segments, each with the status that Xen answers. E-ACSL translates this file with the core, so that every object a
 * contract speaks of is known to it; it includes no system header, whose contents it would have to translate too. What is right is
 * said by the contracts alone. Prints how many segments became ops.
 */
#include "copy.h"

#define HEAD 1u    /* whose lowest bit says that the caller is a 32-bit one */
#define RECORD 28u /* a segment's bytes and a status */
#define INPUT 65536u

long read(int file, void *to, unsigned long bytes);
long write(int file, const void *from, unsigned long bytes);

static u8 input[INPUT];
static u32 added;

static u64 number(u32 at, u32 bytes)
{
	u64 value = 0;

	for (u32 i = bytes; i > 0; i--)
		value = value * 256 + input[at + i - 1];
	return value;
}

static struct gnt_copy_segment segment(u32 k)
{
	u32 at = HEAD + k * RECORD, pointer = input[0] % 2 ? 4 : 8;
	struct gnt_copy_segment g;

	g.flags = (u32)number(at + 18, 2) % 4;
	g.len = (u32)number(at + 16, 2);
	g.source = g.flags % 2 ? number(at + 4, 2) : number(at, pointer);
	g.dest = g.flags / 2 ? number(at + 12, 2) : number(at + 8, pointer);
	return g;
}

/* Executes the batch, with the statuses of the input or, if there is none, with all kinds; asks each segment from @first on. */
static void execute(struct gnt_copy_batch *b, u32 first, u32 end, u32 records)
{
	static u32 next;

	for (u32 i = 0; i < b->n; i++, next++)
		b->op[i].status = records ? (s16)number(HEAD + next % records * RECORD + 24, 2) % 16 : next % 3 ? 0 : (s32)(next % 5) - 2;
	for (u32 k = first; k < end; k++)
		gnt_copy_status(b, k);
	gnt_copy_start(b);
}

static void segments(u32 records)
{
	struct gnt_copy_batch b;
	u32 first = 0;

	gnt_copy_start(&b);
	for (u32 k = 0; k < records; k++) {
		struct gnt_copy_segment g = segment(k);

		if (gnt_copy_check(&g))
			continue;
		added++;
		if (!gnt_copy_add(&b, &g, k))
			continue;
		execute(&b, first, k, records);
		first = k;
		gnt_copy_add(&b, &g, k);
	}
	execute(&b, first, records, records);
}

/* No input: segments whose sides begin and end at, and next to, the ends of pages, frames and the address space. */
static void edges(void)
{
	static const u64 at[] = { 0, 1, 4000, 4095, 4096, 8191, 0xfffffffffffff000u, 0xffffffffffffffffu };
	static const u32 len[] = { 0, 1, 95, 96, 97, 4095, 4096, 4097 };
	struct gnt_copy_batch b;
	u32 first = 0, k = 0;

	gnt_copy_start(&b);
	for (u32 i = 0; i < 8 * 8 * 8 * 4; i++) {
		struct gnt_copy_segment g = { 0, 0, 0, 0 };

		g.source = at[i % 8];
		g.dest = at[i / 8 % 8];
		g.len = len[i / 64 % 8];
		g.flags = i / 512;
		if (gnt_copy_check(&g))
			continue;
		added++;
		if (gnt_copy_add(&b, &g, k)) {
			execute(&b, first, k, 0);
			first = k;
			gnt_copy_add(&b, &g, k);
		}
		k++;
	}
	execute(&b, first, k, 0);
}

static void print(u32 value)
{
	u8 digits[11];
	u32 at = 10;

	digits[at] = '\n';
	do {
		digits[--at] = (u8)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	write(1, digits + at, 11 - at);
}

int main(void)
{
	long n = read(0, input, INPUT);

	if (n < 0)
		return 2;
	if (n == 0)
		edges();
	else
		segments(((u32)n - HEAD) / RECORD);
	print(added);
	return 0;
}
