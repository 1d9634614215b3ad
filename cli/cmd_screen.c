/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty screen`: what a machine's graphical screen shows, as text or in blocks, now or once it shows something. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/screen_text.h"
#include "core/display.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FRAME_TIMEOUT_S 20 /* until the first frame, with no --timeout */
#define WAIT_TIMEOUT_S	60
#define TIMEOUT_LIMIT_S (30 * 24 * 3600)
#define RECONNECT_MS	250
/* QEMU sends a viewer who is the first a black screen before the guest's, a moment earlier. One that stays black is
 * shown after this. */
#define BLACK_MS 1000

struct look {
	struct cli *cli;
	struct machine machine;
	struct display *display;	/* owned */
	struct screen_pattern *pattern; /* owned; NULL: the first frame will do */
	int64_t deadline;
	int64_t black_until; /* a black screen is not yet believed; 0: none has come */
	bool frame;	     /* a whole screen has come */
	bool matched;	     /* and it is what is waited for */
	bool connected;
	struct error why; /* not connected: the last reason. Owned */
};

/* ---- what is to be seen ---- */

static void on_frame(void *userdata)
{
	struct look *look = userdata;
	const struct wire_layout *layout = display_layout(look->display);

	if (!look->frame)
		look->black_until = clock_monotonic_ms() + BLACK_MS;
	look->frame = true;
	if (look->pattern)
		look->matched = screen_pattern_found(look->pattern, look->display);
	else
		look->matched = layout->kind != WIRE_KIND_NONE && !screen_is_blank(look->display);
	if (!look->matched)
		display_shown(look->display);
}

static void on_state(void *userdata)
{
	struct look *look = userdata;

	if (display_state(look->display)->link >= WIRE_CLOSED)
		look->connected = false;
}

/* "100x40"; else the terminal's own size but for a line, where there is one. */
static bool take_size(struct cli *cli, struct wire_view *view, struct error *err)
{
	const char *text = cli_string(cli, "size"), *x = text ? strchr(text, 'x') : NULL;
	_cleanup_free_ char *left = x ? xstrndup(text, (size_t)(x - text)) : NULL;
	uint64_t columns, rows;
	struct winsize size;

	if (text) {
		if (!x || !text_to_uint(left, false, &columns) || !text_to_uint(x + 1, false, &rows) || columns < 1 ||
		    columns > WIRE_COLUMNS || rows < 1 || rows > WIRE_ROWS)
			return cli_usage(cli, err, _("--size is like 80x24, at most %dx%d; not '%s'"), WIRE_COLUMNS,
					 WIRE_ROWS, text);
	} else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 1) {
		columns = size.ws_col < WIRE_COLUMNS ? size.ws_col : WIRE_COLUMNS;
		rows = size.ws_row <= WIRE_ROWS ? size.ws_row - 1U : WIRE_ROWS;
	} else {
		columns = 80;
		rows = 24;
	}
	view->columns = (uint16_t)columns;
	view->rows = (uint16_t)rows;
	return true;
}

static bool take_view(struct cli *cli, struct wire_view *view, struct error *err)
{
	bool blocks = cli_flag(cli, "blocks");

	*view = (struct wire_view){ .mode = blocks ? WIRE_MODE_PICTURE : WIRE_MODE_TEXT,
				    .picture = text_equal(nl_langinfo(CODESET), "UTF-8") ? WIRE_BLOCKS : WIRE_ASCII,
				    .colours = WIRE_TRUE };
	if (!blocks && cli_string(cli, "size"))
		return cli_usage(cli, err, _("--size goes with --blocks: text has the size of the guest's screen"));
	return take_size(cli, view, err);
}

/* ---- the link ---- */

static bool connect_again(struct look *look, struct error *err)
{
	const char *uuid = look->machine.uuid;
	struct machine now = { 0 };

	if (!machine_find(look->cli->manager, uuid, &now, err))
		return false;
	machine_clear(&look->machine);
	look->machine = now;
	look->connected = display_connect(look->display, &look->machine, err);
	return look->connected;
}

/* Connects, or says why it never will. A server that is not there for a moment is tried again: its machine is being
 * started anew. */
static bool reach(struct look *look, struct error *err)
{
	error_clear(&look->why);
	if (connect_again(look, &look->why))
		return true;
	if (machine_is_active(&look->machine) &&
	    (look->why.code == ERROR_SYSTEM || look->why.code == ERROR_BUSY || look->why.code == ERROR_STATE))
		return true;
	return error_move(err, &look->why);
}

static bool link_lost(struct look *look, struct error *err)
{
	const struct wire_state *state = display_state(look->display);

	if (state->link == WIRE_REFUSED)
		return error_set(err, ERROR_PROTOCOL, _("the VNC server of '%s': %s"), look->machine.name, state->text);
	return reach(look, err);
}

static bool step(struct look *look, struct error *err)
{
	struct pollfd fds[2] = {
		{ .fd = display_fd(look->display), .events = POLLIN },
		{ .fd = look->connected ? -1 : manager_watch(look->cli->manager, NULL), .events = POLLIN },
	};
	int64_t left = look->deadline - clock_monotonic_ms();

	if (!look->pattern && look->frame && look->black_until - clock_monotonic_ms() < left)
		left = look->black_until - clock_monotonic_ms();
	if (display_wants_write(look->display))
		fds[0].events |= POLLOUT;
	if (!look->connected && left > RECONNECT_MS)
		left = RECONNECT_MS;
	if (poll(fds, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
		return error_set_errno(err, errno, _("cannot wait for the screen"));
	if (!look->connected)
		manager_changed(look->cli->manager);
	if (!display_step(look->display, 0, err))
		return false;
	return look->matched || look->connected || link_lost(look, err);
}

static bool timed_out(struct look *look, struct error *err)
{
	const char *wanted = cli_string(look->cli, "wait");

	if (!look->connected && error_is_set(&look->why))
		return error_move(err, &look->why);
	if (wanted)
		error_set(err, ERROR_TIMEOUT, _("the screen of '%s' did not show '%s' in time"), look->machine.name,
			  wanted);
	else
		error_set(err, ERROR_TIMEOUT, _("'%s' showed no screen in time"), look->machine.name);
	if (look->frame) {
		fprintf(stderr, _("The screen of '%s' at last:\n"), look->machine.name);
		screen_print_text(look->display, stderr);
	}
	return false;
}

/* Is it time to take a black screen for what it is? */
static bool is_black(const struct look *look)
{
	return !look->pattern && look->frame && clock_monotonic_ms() >= look->black_until;
}

static bool wait_for_screen(struct look *look, struct error *err)
{
	while (!look->matched && !is_black(look)) {
		if (clock_monotonic_ms() >= look->deadline)
			return timed_out(look, err);
		if (!step(look, err))
			return false;
	}
	return true;
}

/* ---- the command ---- */

static bool show(struct look *look, struct error *err)
{
	const struct wire_layout *layout = display_layout(look->display);

	if (look->cli->json) {
		struct json_object *object = screen_json(look->display);

		json_set_string(object, "name", look->machine.name);
		cli_json(object);
		return true;
	}
	if (cli_flag(look->cli, "blocks")) {
		screen_print_colours(look->display, stdout);
		return true;
	}
	if (layout->kind != WIRE_KIND_GRID) {
		error_set(err, ERROR_UNSUPPORTED, _("the screen of '%s' shows no text that is recognised"),
			  look->machine.name);
		return error_hint(err, _("--blocks shows it as a picture, 'virtty screenshot' stores it"));
	}
	if (cli_flag(look->cli, "colours"))
		screen_print_colours(look->display, stdout);
	else
		screen_print_text(look->display, stdout);
	return true;
}

static bool look_at(struct look *look, const struct wire_view *view, struct error *err)
{
	static const struct display_callbacks callbacks = { .state = on_state, .frame = on_frame };

	look->display = display_open(look->cli->manager, &look->machine, &callbacks, look, err);
	if (!look->display)
		return false;
	display_view(look->display, view);
	return reach(look, err) && wait_for_screen(look, err) && show(look, err);
}

static bool run_screen(struct cli *cli, struct error *err)
{
	const char *wanted = cli_string(cli, "wait");
	int64_t seconds = argument_int(&cli->arguments, "timeout", wanted ? WAIT_TIMEOUT_S : FRAME_TIMEOUT_S);
	struct look look = { .cli = cli };
	struct wire_view view;
	bool good;

	if (!cli_exclusive(cli, err, "blocks", "json", NULL) || !cli_exclusive(cli, err, "colours", "json", NULL))
		return false;
	if (wanted && cli_flag(cli, "blocks"))
		return cli_usage(cli, err, _("--wait looks for text: it does not go with --blocks"));
	if (seconds > TIMEOUT_LIMIT_S)
		return cli_usage(cli, err, _("--timeout is at most %d"), TIMEOUT_LIMIT_S);
	if (!take_view(cli, &view, err) || !cli_machine(cli, &look.machine, err))
		return false;
	look.deadline = clock_monotonic_ms() + seconds * 1000;
	look.pattern = wanted ? screen_pattern_new(wanted) : NULL;
	good = look_at(&look, &view, err);
	error_clear(&look.why);
	display_close(look.display);
	screen_pattern_free(look.pattern);
	machine_clear(&look.machine);
	return good;
}

static const struct option screen_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "wait", NULL, 'w', OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("PATTERN"),
	  N_("wait until the screen shows this: text, or an extended regular expression") },
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("how long to wait; default: 60 with --wait, else 20") },
	OPTION_SIMPLE("blocks", N_("print a picture of it, in Unicode blocks")),
	{ "size", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("COLUMNSxROWS"),
	  N_("of --blocks; default: the terminal's, else 80x24") },
	{ "colours", "colors", 0, OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL,
	  N_("print the text in the guest's colours") },
	OPTION_JSON,
	OPTION_END,
};

const struct command command_screen = {
	.name = "screen",
	.group = GROUP_MONITOR,
	.summary = N_("text of a machine's screen"),
	.description = N_("Reads the characters of the graphical screen back from its pixels and prints them: "
			  "firmware, boot menus, "
			  "text consoles, installers. With --wait it waits until the screen shows something, so that a "
			  "script can answer "
			  "it with 'virtty type' or 'virtty send-key'; when the time is up it prints the last screen "
			  "on stderr and "
			  "fails."),
	.options = screen_options,
	.run = run_screen,
	.plain = true,
};
