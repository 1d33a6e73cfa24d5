// SPDX-License-Identifier: MIT
/*
 * clients vchan server|client DOMID PATH BYTES close|die: one side of a libxenvchan to DOMID, at PATH in
 * xenstore. Both sides send BYTES at once and check what comes; then each tells the other the sum of what it
 * got. At the end the client closes, or dies without closing, and the server must hear of it: in the latter
 * case the kernel of the client's side has to tell it (UNMAP_NOTIFY).
 * The server grants the pages (gntalloc), the client maps them (gntdev).
 */
#include <libxenvchan.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clients.h"

#define SECONDS 60
/* of the server's view: rings of 16 and of 256 pages */
#define READ_RING (64ul << 10)
#define WRITE_RING (1ul << 20)
/* odd: data is not aligned with the rings */
#define CHUNK 65521ul
#define CLIENT_SEED 11u
#define SERVER_SEED 22u

static int fail(const char *what)
{
	printf("vchan: %s\n", what);
	return 1;
}

static uint64_t sum_of(const unsigned char *p, size_t n, uint64_t sum)
{
	for (size_t i = 0; i < n; i++)
		sum = (sum ^ p[i]) * 0x100000001b3ull;
	return sum;
}

/* What is left of sending; < 0: failed. */
static long send_some(struct libxenvchan *v, uint32_t seed, size_t at, size_t left)
{
	static unsigned char buffer[CHUNK];
	size_t n = left < CHUNK ? left : CHUNK;

	pattern(buffer, n, seed, at);
	return libxenvchan_write(v, buffer, n);
}

static long receive_some(struct libxenvchan *v, uint32_t seed, size_t at, size_t left, uint64_t *sum)
{
	static unsigned char buffer[CHUNK];
	long n = libxenvchan_read(v, buffer, left < CHUNK ? left : CHUNK);

	if (n > 0 && !is_pattern(buffer, (size_t)n, seed, at))
		return -1;
	if (n > 0)
		*sum = sum_of(buffer, (size_t)n, *sum);
	return n;
}

static int transfer(struct libxenvchan *v, size_t bytes, uint32_t my_seed, uint32_t seed)
{
	size_t sent = 0, received = 0;
	uint64_t sum = 0, theirs, mine = 0;

	v->blocking = 0;
	while (sent < bytes || received < bytes) {
		long out = sent < bytes ? send_some(v, my_seed, sent, bytes - sent) : 0;
		long in = received < bytes ? receive_some(v, seed, received, bytes - received, &sum) : 0;

		if (out < 0)
			return fail("could not send");
		if (in < 0)
			return fail("could not receive, or received something else");
		sent += (size_t)out;
		received += (size_t)in;
		if (!in && !out && libxenvchan_wait(v) < 0)
			return fail("could not wait");
	}
	v->blocking = 1;
	for (size_t at = 0; at < bytes; at += CHUNK) {
		static unsigned char buffer[CHUNK];
		size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;

		pattern(buffer, n, my_seed, at);
		mine = sum_of(buffer, n, mine);
	}
	if (libxenvchan_send(v, &sum, sizeof(sum)) != sizeof(sum) ||
	    libxenvchan_recv(v, &theirs, sizeof(theirs)) != sizeof(theirs))
		return fail("could not exchange the sums");
	return theirs == mine ? 0 : fail("the other side got something else");
}

static int server(int domid, const char *path, size_t bytes)
{
	struct libxenvchan *v = libxenvchan_server_init(NULL, domid, path, READ_RING, WRITE_RING);

	if (!v)
		return fail("no server");
	v->blocking = 1;
	while (libxenvchan_is_open(v) == 2)
		libxenvchan_wait(v);
	if (transfer(v, bytes, SERVER_SEED, CLIENT_SEED))
		return 1;
	/* it goes by itself, or its kernel says so for it */
	while (libxenvchan_is_open(v) == 1)
		libxenvchan_wait(v);
	libxenvchan_close(v);
	return 0;
}

static int client(int domid, const char *path, size_t bytes, bool die)
{
	struct libxenvchan *v;

	while (!(v = libxenvchan_client_init(NULL, domid, path)))
		usleep(50000);
	if (transfer(v, bytes, CLIENT_SEED, SERVER_SEED))
		return 1;
	if (die) {
		fflush(stdout);
		raise(SIGKILL);
	}
	libxenvchan_close(v);
	return 0;
}

int vchan(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	alarm(SECONDS);
	if (!strcmp(argv[0], "server"))
		return server(atoi(argv[1]), argv[2], strtoul(argv[3], NULL, 0));
	return client(atoi(argv[1]), argv[2], strtoul(argv[3], NULL, 0), !strcmp(argv[4], "die"));
}
