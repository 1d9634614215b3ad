/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a machine's screen can be seen from outside, and a picture of it: vncdisplay, domdisplay, screenshot. */
#include "config.h"

#include "base/text.h"
#include "cli/cli.h"
#include "core/typing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool run_vncdisplay(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *place = NULL;

	if (!cli_machine(cli, &machine, err))
		return false;
	place = domain_vnc_display(cli->manager, &machine, err);
	if (place)
		puts(place);
	return place != NULL;
}

static const struct option vncdisplay_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_END,
};

const struct command command_vncdisplay = {
	.name = "vncdisplay",
	.group = GROUP_MONITOR,
	.summary = N_("where a machine's VNC server listens"),
	.description =
		N_("Prints the address and display number (127.0.0.1:1 is port 5901), or the path of the unix socket."),
	.options = vncdisplay_options,
	.run = run_vncdisplay,
};

static bool run_domdisplay(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *uri = NULL;

	if (!cli_machine(cli, &machine, err))
		return false;
	uri = domain_display_uri(cli->manager, &machine, cli_flag(cli, "include-password"), err);
	if (uri)
		puts(uri);
	return uri != NULL;
}

static const struct option domdisplay_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_SIMPLE("include-password", N_("with the password, where one is set")),
	{ "type", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "vnc", N_("TYPE"), N_("which graphics: vnc") },
	OPTION_END,
};

const struct command command_domdisplay = {
	.name = "domdisplay",
	.group = GROUP_MONITOR,
	.summary = N_("URI of a machine's graphics"),
	.description = N_("Prints what a viewer such as remote-viewer takes: vnc://127.0.0.1:1, or vnc+unix:///path."),
	.options = domdisplay_options,
	.run = run_domdisplay,
};

/* ---- screenshot ---- */

/* "web1-2026-03-01-14:05:09.png", as virsh names them. Owned. */
static char *default_name(const struct machine *machine, const char *extension)
{
	time_t now = time(NULL);
	struct tm local;
	char stamp[32];

	localtime_r(&now, &local);
	strftime(stamp, sizeof stamp, "%Y-%m-%d-%H:%M:%S", &local);
	return strf("%s-%s.%s", machine->name, stamp, extension);
}

static enum screenshot_format choose_format(const struct cli *cli)
{
	const char *file = cli_string(cli, "file"), *format = cli_string(cli, "format");

	if (format)
		return text_equal(format, "ppm") ? SCREENSHOT_PPM : SCREENSHOT_PNG;
	return file && text_ends(file, ".ppm") ? SCREENSHOT_PPM : SCREENSHOT_PNG;
}

/* A new file, or an old one to be replaced; ret_made: it is new. */
static int open_target(const char *path, bool *ret_made, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	*ret_made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		error_set_errno(err, errno, _("cannot create file %s"), path);
	return fd;
}

static bool save(struct cli *cli, const struct machine *machine, const char *path, enum screenshot_format format,
		 unsigned screen, struct error *err)
{
	_cleanup_close_ int fd = -1;
	bool made, good;

	fd = open_target(path, &made, err);
	if (fd < 0)
		return false;
	good = domain_screenshot(cli->manager, machine, format, screen, fd, err);
	if (good && close(TAKE_FD(fd)) != 0)
		good = error_set_errno(err, errno, _("cannot write %s"), path);
	if (!good && made)
		unlink(path);
	return good;
}

static bool run_screenshot(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	enum screenshot_format format = choose_format(cli);
	int64_t screen = argument_int(&cli->arguments, "screen", 0);
	const char *file = cli_string(cli, "file");
	_cleanup_free_ char *name = NULL;

	if (screen > UINT16_MAX)
		return cli_usage(cli, err, _("--screen is at most %d"), UINT16_MAX);
	if (!cli_machine(cli, &machine, err))
		return false;
	if (file && strcmp(file, "-") == 0) {
		cli->quiet = true; /* nothing but the picture goes to stdout */
		return domain_screenshot(cli->manager, &machine, format, (unsigned)screen, STDOUT_FILENO, err);
	}
	if (!file)
		file = name = default_name(&machine, format == SCREENSHOT_PNG ? "png" : "ppm");
	if (!save(cli, &machine, file, format, (unsigned)screen, err))
		return false;
	/* as virsh: the line's end is that of the empty line after each command */
	cli_note(cli, _("Screenshot saved to %s, with type of %s"), file,
		 format == SCREENSHOT_PNG ? "image/png" : "image/x-portable-pixmap");
	return true;
}

static const struct option screenshot_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("where to store it; -: stdout; default: a name with the time") },
	{ "screen", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("N"), N_("which of several screens, from 0") },
	{ "format", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "png ppm", N_("FORMAT"),
	  N_("png or ppm; default: by the file's name, else png") },
	OPTION_END,
};

const struct command command_screenshot = {
	.name = "screenshot",
	.group = GROUP_MONITOR,
	.summary = N_("picture of a machine's screen"),
	.description = N_("Stores what a running machine's screen shows, as QEMU draws it. For the text of the screen "
			  "see 'virtty help "
			  "screen'."),
	.options = screenshot_options,
	.run = run_screenshot,
};
