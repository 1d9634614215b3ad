/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pty harness. */
#include "tests/harness/pty.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

#define LIMIT_MS   20000
#define QUIET_MS   400
#define KEEP_BYTES ((size_t)8 * 1024 * 1024)

struct pty {
	pid_t pid;
	int fd;    /* the master */
	int slave; /* kept open to look at the modes, and so that the master lives on; -1 after a hang-up */
	struct termios modes;
	VTerm *vterm;
	VTermScreen *screen;
	bool ended;
	int status;
	bool cursor_shown, alternate, mouse;
	struct strbuf bytes;
	size_t count;
	void (*edit)(char *screen);
};

static int set_property(VTermProp property, VTermValue *value, void *userdata)
{
	struct pty *pty = userdata;

	if (property == VTERM_PROP_CURSORVISIBLE)
		pty->cursor_shown = value->boolean;
	else if (property == VTERM_PROP_ALTSCREEN)
		pty->alternate = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		pty->mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = set_property };

static void child(const char *const *argv, const char *const *environment, int slave)
{
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
		const char *equals = strchr(environment[i], '=');
		_cleanup_free_ char *name = xstrndup(environment[i], equals != NULL ? (size_t)(equals - environment[i])
									    : strlen(environment[i]));

		if (equals != NULL)
			setenv(name, equals + 1, 1);
		else
			unsetenv(name);
	}
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

static bool typed_signals = true;

void pty_typed_signals(bool on)
{
	typed_signals = on;
}

struct pty *pty_start(const char *const *argv, const char *const *environment, int rows, int columns)
{
	struct pty *pty = xcalloc(1, sizeof *pty);
	const struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	ck_assert_int_eq(openpty(&pty->fd, &pty->slave, NULL, NULL, &size), 0);
	fd_set_cloexec(pty->fd, true);
	fd_set_cloexec(pty->slave, true);
	fd_set_nonblock(pty->fd, true);
	ck_assert_int_eq(tcgetattr(pty->slave, &pty->modes), 0);
	if (!typed_signals) {
		pty->modes.c_lflag &= ~(tcflag_t)ISIG;
		ck_assert_int_eq(tcsetattr(pty->slave, TCSANOW, &pty->modes), 0);
	}
	pty->vterm = vterm_new(rows, columns);
	vterm_set_utf8(pty->vterm, 1);
	pty->screen = vterm_obtain_screen(pty->vterm);
	pty->cursor_shown = true;
	vterm_screen_set_callbacks(pty->screen, &callbacks, pty);
	vterm_screen_enable_altscreen(pty->screen, 1);
	vterm_screen_reset(pty->screen, 1);
	pty->pid = fork();
	ck_assert_int_ge(pty->pid, 0);
	if (pty->pid == 0)
		child(argv, environment, pty->slave);
	return pty;
}

static void reap(struct pty *pty, bool wait)
{
	int status;

	if (pty->pid <= 0 || waitpid(pty->pid, &status, wait ? 0 : WNOHANG) != pty->pid)
		return;
	pty->pid = 0;
	pty->ended = true;
	pty->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void pty_free(struct pty *pty)
{
	if (pty == NULL)
		return;
	if (pty->pid > 0) {
		kill(pty->pid, SIGKILL);
		reap(pty, true);
	}
	if (pty->fd >= 0)
		close(pty->fd);
	if (pty->slave >= 0)
		close(pty->slave);
	vterm_free(pty->vterm);
	strbuf_clear(&pty->bytes);
	free(pty);
}

pid_t pty_pid(const struct pty *pty)
{
	return pty->pid;
}

void pty_send(struct pty *pty, const char *bytes)
{
	size_t left = strlen(bytes);
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	while (left > 0) {
		ssize_t n = write(pty->fd, bytes, left);

		ck_assert_msg(n >= 0 || errno == EAGAIN || errno == EINTR, "cannot type: %s", strerror(errno));
		ck_assert_msg(clock_monotonic_ms() < limit, "the program does not read its keys");
		if (n > 0) {
			bytes += n;
			left -= (size_t)n;
		} else {
			pty_read(pty, 10);
		}
	}
}

void pty_resize(struct pty *pty, int rows, int columns)
{
	const struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

	/* what a program still writes for another size may be a wide character: libvterm needs room for it */
	vterm_set_size(pty->vterm, rows, columns > 1 ? columns : 2);
	ck_assert_int_eq(ioctl(pty->fd, TIOCSWINSZ, &size), 0);
}

void pty_hang_up(struct pty *pty)
{
	close(pty->slave);
	pty->slave = -1;
	close(pty->fd);
	pty->fd = -1;
}

bool pty_read(struct pty *pty, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = pty->fd, .events = POLLIN };
	char bytes[65536];

	if (poll(&poll_fd, 1, timeout_ms) > 0) {
		ssize_t n = read(pty->fd, bytes, sizeof bytes);

		if (n > 0) {
			pty->count += (size_t)n;
			if (pty->bytes.length + (size_t)n <= KEEP_BYTES)
				strbuf_add(&pty->bytes, bytes, (size_t)n);
			vterm_input_write(pty->vterm, bytes, (size_t)n);
			return true;
		}
	}
	reap(pty, false);
	return !pty->ended;
}

static void add_cell(struct strbuf *out, const uint32_t *chars)
{
	char text[8];

	for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && chars[i] != 0; i++) {
		uint32_t c = chars[i];
		size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

		for (size_t k = n - 1; k > 0; k--, c >>= 6)
			text[k] = (char)(0x80 | (c & 0x3f));
		text[0] = (char)(heads[n] | c);
		strbuf_add(out, text, n);
	}
}

/* One row's text; with columns (as many as bytes), the column of each byte. */
static char *row_text(const struct pty *pty, int row, int **ret_columns)
{
	struct strbuf out = STRBUF_INIT;
	int rows, columns;
	int *places;

	vterm_get_size(pty->vterm, &rows, &columns);
	places = xcalloc((size_t)columns * VTERM_MAX_CHARS_PER_CELL * 4 + 1, sizeof *places);
	for (int column = 0; column < columns; column++) {
		VTermScreenCell cell;
		size_t before = out.length;

		memset(&cell, 0, sizeof cell);
		vterm_screen_get_cell(pty->screen, (VTermPos){ .row = row, .col = column }, &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue;
		if (cell.chars[0] == 0)
			strbuf_putc(&out, ' ');
		else
			add_cell(&out, cell.chars);
		for (size_t i = before; i < out.length; i++)
			places[i] = column;
	}
	char *text = strbuf_take(&out);

	for (size_t length = strlen(text); length > 0 && text[length - 1] == ' '; length--)
		text[length - 1] = '\0';
	if (ret_columns != NULL)
		*ret_columns = places;
	else
		free(places);
	return text;
}

char *pty_screen(const struct pty *pty)
{
	struct strbuf out = STRBUF_INIT;
	int rows, columns;

	vterm_get_size(pty->vterm, &rows, &columns);
	for (int row = 0; row < rows; row++) {
		_cleanup_free_ char *text = row_text(pty, row, NULL);

		strbuf_puts(&out, text);
		strbuf_putc(&out, '\n');
	}
	return strbuf_take(&out);
}

bool pty_find(const struct pty *pty, const char *text, int *ret_row, int *ret_column)
{
	int rows, columns;

	vterm_get_size(pty->vterm, &rows, &columns);
	for (int row = 0; row < rows; row++) {
		_cleanup_free_ int *places = NULL;
		_cleanup_free_ char *line = row_text(pty, row, &places);
		const char *at = strstr(line, text);

		if (at == NULL)
			continue;
		if (ret_row != NULL)
			*ret_row = row;
		if (ret_column != NULL)
			*ret_column = places[at - line];
		return true;
	}
	return false;
}

static void wait_text(struct pty *pty, const char *text, bool there, int timeout_ms)
{
	int64_t limit = clock_monotonic_ms() + timeout_ms;

	while (pty_find(pty, text, NULL, NULL) != there) {
		bool on = pty_read(pty, 50);

		if (pty_find(pty, text, NULL, NULL) == there)
			return;
		if (on && clock_monotonic_ms() < limit)
			continue;
		_cleanup_free_ char *screen = pty_screen(pty);

		ck_abort_msg("'%s' is %s on the screen%s:\n%s", text, there ? "not" : "still", on ? "" : " (the program has ended)",
			     screen);
	}
}

void pty_expect(struct pty *pty, const char *text)
{
	wait_text(pty, text, true, LIMIT_MS);
}

void pty_expect_for(struct pty *pty, const char *text, int timeout_ms)
{
	wait_text(pty, text, true, timeout_ms);
}

void pty_expect_gone(struct pty *pty, const char *text)
{
	wait_text(pty, text, false, LIMIT_MS);
}

void pty_expect_row(struct pty *pty, const char *text, int row)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;
	int found = -1;

	while (!pty_find(pty, text, &found, NULL) || found != row) {
		if (pty_read(pty, 50) && clock_monotonic_ms() < limit)
			continue;
		_cleanup_free_ char *screen = pty_screen(pty);

		ck_abort_msg("'%s' is in row %d, not %d:\n%s", text, found, row, screen);
	}
}

void pty_press(struct pty *pty, const char *keys, const char *text)
{
	pty_send(pty, keys);
	pty_expect(pty, text);
}

void pty_press_gone(struct pty *pty, const char *keys, const char *text)
{
	pty_send(pty, keys);
	pty_expect_gone(pty, text);
}

void pty_expect_cursor(struct pty *pty, int row, int column)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;
	VTermPos at;

	for (;;) {
		vterm_state_get_cursorpos(vterm_obtain_state(pty->vterm), &at);
		if (at.row == row && at.col == column && pty->cursor_shown)
			return;
		ck_assert_msg(pty_read(pty, 50) && clock_monotonic_ms() < limit, "the cursor is at %d,%d (%s), not at %d,%d", at.row,
			      at.col, pty->cursor_shown ? "shown" : "hidden", row, column);
	}
}

void pty_expect_background(struct pty *pty, int row, int column, int background)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	while (pty_look(pty, row, column).background != background)
		ck_assert_msg(pty_read(pty, 50) && clock_monotonic_ms() < limit, "the background at %d,%d is %d, not %d", row, column,
			      pty_look(pty, row, column).background, background);
}

void pty_edit_golden(struct pty *pty, void (*edit)(char *screen))
{
	pty->edit = edit;
}

static char *edited_screen(const struct pty *pty)
{
	char *screen = pty_screen(pty);

	if (pty->edit != NULL)
		pty->edit(screen);
	return screen;
}

static void write_golden(struct pty *pty, const char *path)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int64_t quiet = clock_monotonic_ms() + QUIET_MS;

	while (clock_monotonic_ms() < quiet) {
		size_t before = pty->count;

		pty_read(pty, 50);
		if (pty->count != before)
			quiet = clock_monotonic_ms() + QUIET_MS;
	}
	_cleanup_free_ char *screen = edited_screen(pty);

	ck_assert_msg(file_write(path, screen, strlen(screen), 0644, &err), "%s", error_text(&err));
}

void pty_expect_golden(struct pty *pty, const char *name)
{
	const char *source = getenv("srcdir") != NULL ? getenv("srcdir") : ".";
	_cleanup_free_ char *path = strf("%s/tests/terminal/golden/%s.txt", source, name);
	_cleanup_free_ char *golden = NULL;
	_cleanup_error_ struct error err = ERROR_INIT;
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	if (!text_empty(getenv("VIRTTY_REGENERATE"))) {
		write_golden(pty, path);
		return;
	}
	ck_assert_msg(file_read(path, KEEP_BYTES, &golden, NULL, &err), "%s", error_text(&err));
	for (;;) {
		_cleanup_free_ char *screen = edited_screen(pty);

		if (strcmp(screen, golden) == 0)
			return;
		ck_assert_msg(pty_read(pty, 50) && clock_monotonic_ms() < limit, "the screen is not %s:\n%s\nbut:\n%s", path, golden,
			      screen);
	}
}

int pty_expect_exit(struct pty *pty)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	while (!pty->ended) {
		if (pty->fd >= 0) {
			pty_read(pty, 20);
		} else {
			reap(pty, false);
			poll(NULL, 0, 5);
		}
		ck_assert_msg(clock_monotonic_ms() < limit, "the program does not end");
	}
	while (pty->fd >= 0 && pty_read(pty, 0) && poll(&(struct pollfd){ .fd = pty->fd, .events = POLLIN }, 1, 0) > 0)
		;
	return pty->status;
}

static int colour_of(const VTermColor *colour)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(colour))
		return colour->indexed.idx;
	return 0x1000000 + (colour->rgb.red << 16 | colour->rgb.green << 8 | colour->rgb.blue);
}

struct pty_look pty_look(const struct pty *pty, int row, int column)
{
	VTermScreenCell cell;

	memset(&cell, 0, sizeof cell);
	vterm_screen_get_cell(pty->screen, (VTermPos){ .row = row, .col = column }, &cell);
	return (struct pty_look){
		.bold = cell.attrs.bold,
		.reverse = cell.attrs.reverse,
		.underline = cell.attrs.underline != 0,
		.italic = cell.attrs.italic,
		.foreground = colour_of(&cell.fg),
		.background = colour_of(&cell.bg),
	};
}

void pty_cursor(const struct pty *pty, int *ret_row, int *ret_column)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(pty->vterm), &at);
	*ret_row = at.row;
	*ret_column = at.col;
}

bool pty_cursor_shown(const struct pty *pty)
{
	return pty->cursor_shown;
}

bool pty_alternate(const struct pty *pty)
{
	return pty->alternate;
}

bool pty_mouse(const struct pty *pty)
{
	return pty->mouse;
}

bool pty_modes_restored(const struct pty *pty)
{
	struct termios now;

	if (tcgetattr(pty->slave, &now) < 0)
		return false;
	return now.c_lflag == pty->modes.c_lflag && now.c_iflag == pty->modes.c_iflag && now.c_oflag == pty->modes.c_oflag;
}

const struct strbuf *pty_bytes(const struct pty *pty)
{
	return &pty->bytes;
}

size_t pty_bytes_count(const struct pty *pty)
{
	return pty->count;
}

static void end_well(struct pty *pty)
{
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	pty_free(pty);
}

void pty_quit(struct pty *pty)
{
	pty_send(pty, "q");
	end_well(pty);
}

void pty_terminate(struct pty *pty)
{
	kill(pty_pid(pty), SIGTERM);
	end_well(pty);
}
