/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays the VNC server and the viewer of one virtty-screen. screen_show moving|change PROGRAM FONTS COLUMNS ROWS
 * SECONDS
 *
 * moving: every pixel of 1280x800 changes thirty times a second. Prints the frames a second that the viewer got, the
 * share of one processor that virtty-screen took in percent, and its PSS in KiB. change: a line's height changes after
 * a rest. Prints, for each time, the microseconds until the viewer had the frame. */
#include "screen/wire.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WIDTH	1280
#define HEIGHT	800
#define TICK_NS (INT64_C(1000000000) / 30)
#define REST_NS (INT64_C(60) * 1000000)
#define SCENES	4

struct stage {
	pid_t screen;
	int server;
	struct wire *viewer;
	bool asked;		       /* the client waits for an update */
	uint64_t frames;	       /* that the viewer got */
	unsigned char *scenes[SCENES]; /* whole updates */
	size_t scene_size;
	const unsigned char *saying; /* what of an update is still to be said */
	size_t left;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "screen_show: %s\n", what);
	exit(1);
}

/* ---- the server ---- */

static void say(struct stage *stage, const void *bytes, size_t length)
{
	must(write(stage->server, bytes, length) == (ssize_t)length, "the server cannot speak");
}

static void hear(struct stage *stage, void *bytes, size_t length)
{
	must(recv(stage->server, bytes, length, MSG_WAITALL) == (ssize_t)length, "the server hears nothing");
}

static void greet(struct stage *stage)
{
	/* its size, 32 bits of 0xRRGGBB, its name */
	static const char begin[] = "\005\0\003\040"
				    "\040\030\0\001\0\377\0\377\0\377\020\010\0\0\0\0"
				    "\0\0\0\004demo";
	char version[12], byte;

	say(stage, "RFB 003.008\n", 12);
	hear(stage, version, sizeof version);
	say(stage, "\001\001", 2);
	hear(stage, &byte, 1);
	say(stage, "\0\0\0\0", 4);
	hear(stage, &byte, 1);
	say(stage, begin, sizeof begin - 1);
}

/* Reads what the client says, as far as it came; only requests matter. */
static void hear_client(struct stage *stage)
{
	unsigned char bytes[4096];
	ssize_t count = recv(stage->server, bytes, sizeof bytes, MSG_DONTWAIT);

	for (ssize_t i = 0; i < count;) {
		static const size_t lengths[] = { 20, 0, 0, 10, 8, 6 };
		size_t length = bytes[i] == 2 ? 4 + 4u * bytes[i + 3] : bytes[i] < 6 ? lengths[bytes[i]] : 0;

		must(length > 0, "the client says what a viewer without keys does not");
		stage->asked = stage->asked || bytes[i] == 3;
		i += (ssize_t)length;
	}
}

/* Noise in blocks, so that no two cells are alike. */
static unsigned char *make_update(unsigned seed, unsigned height, size_t *ret_size)
{
	size_t size = 4 + 12 + (size_t)WIDTH * height * 4;
	unsigned char *update = calloc(1, size), *head = update;
	uint32_t *pixels = (uint32_t *)(void *)(update + 16);

	must(update != NULL, "no memory");
	head[3] = 1;
	head[8] = WIDTH >> 8, head[9] = WIDTH & 255;
	head[10] = (unsigned char)(height >> 8), head[11] = (unsigned char)height;
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < WIDTH; x++)
			pixels[y * WIDTH + x] = ((x / 5 + seed * 7) * 2654435761u ^ (y / 3 + seed) * 40503u) & 0xffffff;
	*ret_size = size;
	return update;
}

static void say_on(struct stage *stage)
{
	while (stage->left > 0) {
		ssize_t n = send(stage->server, stage->saying, stage->left, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EAGAIN)
			return;
		must(n > 0, "the client has gone");
		stage->saying += n;
		stage->left -= (size_t)n;
	}
}

/* ---- the viewer ---- */

static void view(struct stage *stage)
{
	struct wire_frame frame;
	uint32_t serial;

	must(wire_step(stage->viewer, 0, NULL), "virtty-screen has gone");
	while (wire_next(stage->viewer, &frame)) {
		if (frame.type != WIRE_FRAME)
			continue;
		must(wire_get_serial(&frame, &serial), "a frame without a number");
		wire_put_ack(stage->viewer, serial);
		stage->frames++;
	}
	must(wire_step(stage->viewer, 0, NULL), "virtty-screen has gone");
}

/* One turn of both. */
static void turn(struct stage *stage, int64_t until_ns)
{
	struct pollfd fds[2] = { { .fd = stage->server, .events = POLLIN },
				 { .fd = wire_fd(stage->viewer), .events = POLLIN } };
	int64_t left = until_ns - now_ns();
	struct timespec timeout = { left > 0 ? left / 1000000000 : 0, left > 0 ? left % 1000000000 : 0 };

	if (stage->left > 0)
		fds[0].events |= POLLOUT;
	(void)ppoll(fds, 2, &timeout, NULL);
	hear_client(stage);
	say_on(stage);
	view(stage);
}

static void begin(struct stage *stage, char **argv)
{
	int viewer[2], server[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, viewer) == 0 &&
		     socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, server) == 0,
	     "no sockets");
	stage->screen = fork();
	if (stage->screen == 0) {
		dup2(viewer[1], 3);
		execl(argv[2], "virtty-screen", argv[3], (char *)NULL);
		_exit(127);
	}
	close(viewer[1]);
	stage->viewer = wire_new(viewer[0]);
	stage->server = server[0];
	wire_put_connect(stage->viewer, &(struct wire_connect){ "" }, server[1]);
	wire_put_view(stage->viewer, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
							  .picture = WIRE_BLOCKS,
							  .colours = WIRE_TRUE,
							  .columns = (uint16_t)strtoul(argv[4], NULL, 10),
							  .rows = (uint16_t)strtoul(argv[5], NULL, 10) });
	view(stage);
	greet(stage);
}

/* ---- what is measured ---- */

static uint64_t cpu_ns(pid_t pid)
{
	char path[64], line[1024], *at;
	unsigned long user = 0, system = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	must(file && fgets(line, sizeof line, file), "no figures");
	(void)fclose(file);
	at = strrchr(line, ')');
	must(at && sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2,
	     "no figures");
	return (user + system) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

static unsigned long pss_kib(pid_t pid)
{
	char path[64], line[256];
	unsigned long pss = 0;
	FILE *file;

	(void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
	file = fopen(path, "re");
	must(file != NULL, "no figures");
	while (fgets(line, sizeof line, file))
		if (sscanf(line, "Pss: %lu", &pss) == 1)
			break;
	(void)fclose(file);
	return pss;
}

static void moving(struct stage *stage, double seconds)
{
	int64_t start = 0, end = INT64_MAX, next = now_ns();
	uint64_t cpu = 0, frames = 0;
	unsigned scene = 0;

	for (unsigned i = 0; i < SCENES; i++)
		stage->scenes[i] = make_update(i, HEIGHT, &stage->scene_size);
	while (now_ns() < end) {
		turn(stage, next);
		if (now_ns() >= next && stage->asked && stage->left == 0) {
			stage->saying = stage->scenes[scene++ % SCENES];
			stage->left = stage->scene_size;
			stage->asked = false;
			next = next + TICK_NS > now_ns() ? next + TICK_NS : now_ns();
			say_on(stage);
		} else if (now_ns() >= next) {
			next = now_ns() + TICK_NS / 8;
		}
		if (start == 0 && stage->frames >= 10) { /* it has all that it needs */
			start = now_ns();
			end = start + (int64_t)(seconds * 1e9);
			cpu = cpu_ns(stage->screen);
			frames = stage->frames;
		}
	}
	end = now_ns();
	printf("%.1f %.1f %lu\n", (double)(stage->frames - frames) * 1e9 / (double)(end - start),
	       (double)(cpu_ns(stage->screen) - cpu) * 100 / (double)(end - start), pss_kib(stage->screen));
}

static void change(struct stage *stage, double seconds)
{
	int64_t end = now_ns() + (int64_t)(seconds * 1e9);

	stage->scenes[0] = make_update(0, HEIGHT, &stage->scene_size);
	stage->saying = stage->scenes[0];
	stage->left = stage->scene_size;
	while (stage->frames == 0)
		turn(stage, now_ns() + TICK_NS);
	for (unsigned i = 1; now_ns() < end; i++) {
		int64_t rest = now_ns() + REST_NS, start;
		uint64_t before;
		unsigned char *update;

		while (now_ns() < rest)
			turn(stage, rest);
		before = stage->frames;
		update = make_update(i, 16, &stage->scene_size);
		stage->saying = update;
		stage->left = stage->scene_size;
		start = now_ns();
		say_on(stage);
		while (stage->frames == before)
			turn(stage, start + INT64_C(1000000000));
		printf("%.0f\n", (double)(now_ns() - start) / 1e3);
		free(update);
	}
}

int main(int argc, char **argv)
{
	struct stage stage = { 0 };

	must(argc == 7, "screen_show moving|change PROGRAM FONTS COLUMNS ROWS SECONDS");
	begin(&stage, argv);
	if (strcmp(argv[1], "moving") == 0)
		moving(&stage, strtod(argv[6], NULL));
	else
		change(&stage, strtod(argv[6], NULL));
	wire_free(stage.viewer);
	close(stage.server);
	(void)waitpid(stage.screen, NULL, 0);
	return 0;
}
