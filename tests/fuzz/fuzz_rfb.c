/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of the connection to a VNC server: the input is all that a hostile server says. The first byte chooses how
 * much of a good server's beginning is said before it, so that what lies behind the handshake is reached. */
#include "screen/rfb.h"
#include "tests/fuzz/must.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_nothing(void *userdata)
{
	(void)userdata;
}

static void on_cut(const char *text, size_t length, void *userdata)
{
	(void)text, (void)userdata;
	must(length <= WIRE_CLIPBOARD);
}

static const struct rfb_callbacks callbacks = { on_nothing, on_nothing, on_cut };

static const struct {
	const char *bytes;
	size_t length;
} beginnings[] = {
#define BEGINNING(text)                                                                                                \
	{                                                                                                              \
		text, sizeof text - 1                                                                                  \
	}
	BEGINNING(""),
	BEGINNING("RFB 003.008\n"),
	BEGINNING("RFB 003.008\n\001\002"),
	BEGINNING("RFB 003.003\n"),
#define WELCOME                                                                                                        \
	"RFB 003.008\n\001\001\0\0\0\0\0\100\0\040\040\030\0\001\0\377\0\377\0\377\020\010\0\0\0\0\0\0\0\004test"
	BEGINNING(WELCOME),
	BEGINNING(WELCOME "\0\0\0\001"),			   /* an update of one rectangle begins */
	BEGINNING(WELCOME "\0\0\0\001\0\0\0\0\0\100\0\040\0\0\0"), /* ... in some encoding */
};

/* Looks at the last pixel of all that it says there is. */
static void look(struct rfb *rfb)
{
	struct rectangle dirty[RFB_DIRTY_MAX];
	struct pixels screen;
	size_t count;

	if (!rfb_take(rfb, &screen, dirty, &count))
		return;
	must((size_t)screen.width * screen.height <= RFB_PIXELS_MAX && count <= RFB_DIRTY_MAX);
	for (size_t i = 0; i < count; i++) {
		size_t last = (dirty[i].y + dirty[i].height - 1) * screen.stride + dirty[i].x + dirty[i].width - 1;

		must(dirty[i].width > 0 && dirty[i].x + dirty[i].width <= screen.width);
		must(dirty[i].height > 0 && dirty[i].y + dirty[i].height <= screen.height);
		must(screen.data[last] == 0 || screen.data[last] >> 24 == 0xff);
	}
	rfb_release(rfb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rfb *rfb;
	int pair[2];
	size_t start;

	if (size == 0 || size > 60000)
		return 0;
	if (!rfb)
		rfb = rfb_new(&callbacks, NULL);
	must(rfb != NULL);
	start = data[0] % (sizeof beginnings / sizeof *beginnings);
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	must(write(pair[1], beginnings[start].bytes, beginnings[start].length) == (ssize_t)beginnings[start].length);
	must(write(pair[1], data + 1, size - 1) == (ssize_t)size - 1);
	shutdown(pair[1], SHUT_WR);
	rfb_connect(rfb, pair[0], "secret");
	for (;;) {
		struct pollfd fds[2];
		int timeout = -1;
		size_t count = rfb_poll(rfb, fds, &timeout);

		must(poll(fds, count, timeout) >= 0 || errno == EINTR);
		rfb_step(rfb);
		rfb_request(rfb);
		rfb_key(rfb, &(struct wire_key){ true, 'a', 0x1e });
		look(rfb);
		if (rfb_state(rfb)->link == WIRE_CLOSED || rfb_state(rfb)->link == WIRE_REFUSED)
			break;
	}
	close(pair[1]);
	return 0;
}
