/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty console`: the user's terminal, or a pipe, on a guest's console. Only here a guest's bytes reach the terminal
 * unfiltered: the user asked for it. */
#include "config.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "core/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define ESCAPE_DEFAULT	    0x1d	 /* ^] */
#define OUTPUT_LIMIT	    (256 * 1024) /* bytes that may wait for the terminal; then the keeper is left to wait */
#define OUTPUT_CHUNK	    1024	 /* one write: a terminal with room takes that without blocking for long */
#define INPUT_CHUNK	    4096
#define RECONNECT_LIMIT	    3 /* a keeper that is gone may be replaced; one that goes again and again is not waited for */
#define RECONNECT_WINDOW_MS 10000

enum leave { STAY, LEAVE_USER, LEAVE_GONE, LEAVE_OUTPUT, LEAVE_SIGNAL, LEAVE_HELD };

struct session {
	struct cli *cli;
	struct console *console;
	struct strbuf output; /* for stdout */
	struct strbuf input;  /* for the guest: what the console has no room for yet */
	char escape;
	bool terminal; /* stdin is one */
	bool input_ended;
	bool safe;
	bool told_held; /* the user knows that somebody else types */
	bool writer;
	enum leave leave;
	int signal;
};

static void on_data(const char *bytes, size_t length, void *userdata)
{
	struct session *session = userdata;

	strbuf_add(&session->output, bytes, length);
}

static void on_status(bool writer, bool held, void *userdata)
{
	struct session *session = userdata;

	session->writer = writer;
	if (writer) {
		session->told_held = false;
	} else if (held && session->safe) {
		session->leave = LEAVE_HELD;
	} else if (held && !session->told_held && !session->input_ended) {
		const char *end = session->terminal ? "\r\n" : "\n";

		fprintf(stderr, _("(somebody else types here: this is a view; --force takes over)%s"), end);
		session->told_held = true;
	}
}

/* What was typed, up to the escape character. */
static void take_input(struct session *session)
{
	char bytes[INPUT_CHUNK];
	ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
	const char *escape = NULL;

	if (length < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (length <= 0) {
		session->input_ended = true;
		/* A terminal that hung up has nobody in front of it; a pipe that ended may still want to see the
		 * answer. */
		if (session->terminal)
			session->leave = LEAVE_USER;
		return;
	}
	if (session->terminal)
		escape = memchr(bytes, session->escape, (size_t)length);
	if (escape) {
		length = escape - bytes;
		session->leave = LEAVE_USER;
	}
	strbuf_add(&session->input, bytes, (size_t)length);
}

/* One chunk at a time: the console drops what it has no room for, and here nothing is dropped. */
static void pass_input(struct session *session)
{
	size_t chunk = session->input.length < INPUT_CHUNK ? session->input.length : INPUT_CHUNK;

	if (chunk == 0 || console_wants_write(session->console))
		return;
	console_send(session->console, session->input.data, chunk);
	strbuf_consume(&session->input, chunk);
}

static void pass_output(struct session *session)
{
	size_t chunk = session->output.length < OUTPUT_CHUNK ? session->output.length : OUTPUT_CHUNK;
	ssize_t written = write(STDOUT_FILENO, session->output.data, chunk);

	if (written > 0)
		strbuf_consume(&session->output, (size_t)written);
	else if (written < 0 && errno != EINTR && errno != EAGAIN)
		session->leave = LEAVE_OUTPUT;
}

/* One turn of the loop: waits until anything can be done, and does it. False when the console has gone. */
static bool turn(struct session *session, struct error *err)
{
	bool room = session->output.length < OUTPUT_LIMIT;
	bool hungry = !session->input_ended && session->input.length == 0;
	short wanted = (short)((room ? POLLIN : 0) | (console_wants_write(session->console) ? POLLOUT : 0));
	struct pollfd fds[] = {
		{ .fd = terminal_signal_fd(), .events = POLLIN },
		{ .fd = wanted ? console_fd(session->console) : -1, .events = wanted },
		{ .fd = hungry ? STDIN_FILENO : -1, .events = POLLIN },
		/* Watched even with nothing to say: a reader that has gone ends the session (`| grep -m1 login`). */
		{ .fd = STDOUT_FILENO, .events = session->output.length > 0 ? POLLOUT : 0 },
	};

	if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
		return error_set_errno(err, errno, _("cannot wait for the console"));
	if (fds[0].revents) {
		session->signal = terminal_signal();
		if (session->signal) {
			session->leave = LEAVE_SIGNAL;
			return true;
		}
	}
	if (fds[3].revents & POLLOUT)
		pass_output(session);
	else if (fds[3].revents)
		session->leave = LEAVE_OUTPUT;
	if (fds[2].revents)
		take_input(session);
	pass_input(session);
	if (fds[1].revents)
		return console_step(session->console, 0, err);
	return true;
}

/* What came before the end is still shown; a reader that stopped reading is not waited for longer than a signal. */
static void drain_output(struct session *session)
{
	while (session->output.length > 0 && session->leave != LEAVE_OUTPUT && !terminal_signal()) {
		struct pollfd fds[] = { { .fd = STDOUT_FILENO, .events = POLLOUT },
					{ .fd = terminal_signal_fd(), .events = POLLIN } };

		if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents & POLLOUT)
			pass_output(session);
		else if (fds[0].revents)
			return;
	}
}

static void talk(struct session *session, struct error *err)
{
	bool released = false;

	while (session->leave == STAY) {
		if (!turn(session, err)) {
			session->leave = LEAVE_GONE;
		} else if (session->input_ended && session->input.length == 0 &&
			   !console_wants_write(session->console) && !released) {
			/* Nothing more to type: let others. */
			console_release_write(session->console);
			released = true;
		}
	}
	if (session->leave == LEAVE_USER) {
		/* The last words before the escape character. */
		if (session->input.length > 0)
			console_send(session->console, session->input.data, session->input.length);
		if (console_wants_write(session->console))
			console_step(session->console, 1, NULL);
	}
}

/* The viewer socket of a console by name (NULL: the first). Owned. */
static char *find_viewer(struct cli *cli, const struct machine *machine, const char *name, struct error *err)
{
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *list = NULL;
	struct console_info *infos = NULL;
	char *viewer = NULL;
	size_t count = 0;

	if (!domain_consoles(cli->manager, machine, &infos, &count, err))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!viewer && (!name || strcmp(infos[i].name, name) == 0))
			viewer = xstrdup_null(infos[i].viewer);
		names = strv_add(names, infos[i].name);
	}
	console_infos_free(infos, count);
	if (viewer)
		return viewer;
	if (!name || count == 0) {
		error_set(err, ERROR_NOT_FOUND, _("'%s' has no console"), machine->name);
		error_hint(err, _("a <serial type='pty'/> in its XML gives it one: 'virtty edit %s'"), machine->name);
		return NULL;
	}
	list = strv_join(names, ", ");
	error_set(err, ERROR_NOT_FOUND, _("'%s' has no console '%s'"), machine->name, name);
	error_hint(err, _("it has: %s"), list);
	return NULL;
}

/* Does the machine run still? Then its keeper has gone, and the next operation gets it another. */
static bool still_runs(struct cli *cli, const struct machine *machine)
{
	_cleanup_machine_ struct machine now = { 0 };

	return machine_find(cli->manager, machine->uuid, &now, NULL) && machine_is_active(&now) &&
	       now.run.generation == machine->run.generation;
}

static bool connect_and_talk(struct session *session, const struct machine *machine, const char *name, bool force,
			     struct error *err)
{
	static const struct console_callbacks callbacks = { .data = on_data, .status = on_status };
	_cleanup_free_ char *viewer = find_viewer(session->cli, machine, name, err);

	if (!viewer)
		return false;
	session->console = console_open(viewer, true, force, &callbacks, session, err);
	if (!session->console)
		return false;
	talk(session, err);
	drain_output(session);
	console_close(session->console);
	session->console = NULL;
	return true;
}

/* Talks until the user or the guest leaves, over the death of a keeper if need be. */
static bool run_session(struct session *session, const struct machine *machine, const char *name, bool force,
			struct error *err)
{
	int64_t since = clock_monotonic_ms();
	int tries = 0;

	for (;;) {
		if (!connect_and_talk(session, machine, name, force, err))
			return false;
		if (session->leave != LEAVE_GONE || !still_runs(session->cli, machine))
			return true;
		if (clock_monotonic_ms() - since > RECONNECT_WINDOW_MS)
			tries = 0;
		since = clock_monotonic_ms();
		if (++tries > RECONNECT_LIMIT)
			return false;
		error_clear(err);
		session->leave = STAY;
	}
}

bool cli_console(struct cli *cli, const struct machine *machine, const char *name, bool force, bool safe, char escape,
		 struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };
	struct session session = {
		.cli = cli, .escape = escape ? escape : ESCAPE_DEFAULT, .safe = safe, .terminal = isatty(STDIN_FILENO)
	};
	bool good;

	/* Read anew: a machine that was just started has another generation. */
	if (!machine_find(cli->manager, machine->uuid, &now, err))
		return false;
	if (session.terminal) {
		cli_note(cli, _("Connected to domain '%s'\n"), now.name);
		cli_note(cli, _("Escape character is ^%c (Ctrl + %c)\n"), session.escape ^ 0x40, session.escape ^ 0x40);
	}
	fflush(stdout);
	if (!terminal_raw(err))
		return false;
	good = run_session(&session, &now, name, force, err);
	terminal_restore();
	strbuf_clear(&session.output);
	strbuf_clear(&session.input);
	if (!good)
		return false;
	error_clear(err);
	if (session.signal) {
		/* The terminal is as it was: end as the sender of the signal meant it. */
		raise(session.signal);
	}
	if (session.leave == LEAVE_HELD) {
		error_set(err, ERROR_BUSY, _("somebody else types on this console of '%s'"), now.name);
		return error_hint(err, _("--force takes it over; without --safe you see what it shows"));
	}
	if (session.terminal)
		putchar('\n');
	return true;
}

/* "^]", "^a" or one control character itself; 0 when it is neither. */
static char parse_escape(const char *text)
{
	if (text[0] == '^' && text[1] >= '@' && text[1] <= '_' && text[2] == '\0')
		return (char)(text[1] ^ 0x40);
	if (text[0] == '^' && text[1] >= 'a' && text[1] <= 'z' && text[2] == '\0')
		return (char)(text[1] & 0x1f);
	if (text[0] > 0 && text[0] < 0x20 && text[1] == '\0')
		return text[0];
	return 0;
}

static bool run_console(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	const char *escape_text = cli_string(cli, "escape");
	char escape = escape_text ? parse_escape(escape_text) : ESCAPE_DEFAULT;

	if (!escape)
		return cli_usage(cli, err, _("--escape takes a control character such as '^]', not '%s'"), escape_text);
	if (!cli_exclusive(cli, err, "force", "safe", NULL) || !cli_machine(cli, &machine, err))
		return false;
	return cli_console(cli, &machine, cli_string(cli, "devname"), cli_flag(cli, "force"), cli_flag(cli, "safe"),
			   escape, err);
}

static const struct option console_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "devname", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("NAME"),
	  N_("which console, as 'virtty consoles' names it") },
	OPTION_SIMPLE("force", N_("take over from another who types here")),
	OPTION_SIMPLE("safe", N_("fail when another types here")),
	{ "escape", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("CHAR"),
	  N_("control character that leaves the console (default ^])") },
	OPTION_END,
};

const struct command command_console = {
	.name = "console",
	.group = GROUP_DOMAIN,
	.summary = N_("connect to a guest's console"),
	.description = N_("Connects the terminal to a serial port or virtio console; it begins with the last output. "
			  "^] leaves; the guest notices nothing. Many may look, "
			  "one types. Without a terminal, standard input goes to the guest and its output to standard "
			  "output, until the guest ends, the output is "
			  "closed or a signal comes; the end of the input only ends the typing."),
	.options = console_options,
	.run = run_console,
	.plain = true, /* the guest's bytes and nothing else */
};
