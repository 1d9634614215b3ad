/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line in front of a person: the console and the editor on a real pseudo-terminal, which comes back as it
 * was. */
#include "config.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* A program on a terminal of its own. */
struct screen {
	int master, slave;
	struct termios before;
	pid_t child;
	struct strbuf text; /* all it printed */
};

static void child_exec(int slave, const char *const *argv)
{
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static struct screen screen_start(const char *first, ...)
{
	struct screen screen = { .master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) };
	const char *argv[10] = { virtty_path(), first };
	size_t count = 2;
	va_list ap;

	va_start(ap, first);
	while (count < ARRAY_LENGTH(argv) && (argv[count] = va_arg(ap, const char *)))
		count++;
	va_end(ap);
	ck_assert_int_ge(screen.master, 0);
	ck_assert_int_eq(grantpt(screen.master) | unlockpt(screen.master), 0);
	screen.slave = open(ptsname(screen.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(screen.slave, 0);
	ck_assert_int_eq(tcgetattr(screen.slave, &screen.before), 0);
	screen.child = fork();
	ck_assert_int_ge(screen.child, 0);
	if (screen.child == 0)
		child_exec(screen.slave, argv);
	return screen;
}

static void screen_read(struct screen *screen, int timeout_ms)
{
	struct pollfd fd = { .fd = screen->master, .events = POLLIN };

	if (poll(&fd, 1, timeout_ms) <= 0)
		return;
	ssize_t length = read(screen->master, strbuf_reserve(&screen->text, 4096), 4096);

	strbuf_commit(&screen->text, length > 0 ? (size_t)length : 0);
}

/* Waits until the screen has held text. */
static void screen_expect(struct screen *screen, const char *text)
{
	for (int waited = 0; waited < BOOT_MS; waited += 20) {
		if (screen->text.length > 0 && strstr(screen->text.data, text))
			return;
		screen_read(screen, 20);
	}
	ck_abort_msg("'%s' did not come; the screen: %s", text, screen->text.length ? screen->text.data : "");
}

/* The same for a text that comes after another: what has been read already counts. */
static void screen_expect_after(struct screen *screen, const char *before, const char *text)
{
	screen_expect(screen, before);
	for (int waited = 0; waited < BOOT_MS; waited += 20) {
		if (strstr(strstr(screen->text.data, before) + strlen(before), text) != NULL)
			return;
		screen_read(screen, 20);
	}
	ck_abort_msg("'%s' did not come after '%s'; the screen: %s", text, before, screen->text.data);
}

static void screen_type(const struct screen *screen, const char *text)
{
	ck_assert_int_eq(write(screen->master, text, strlen(text)), (ssize_t)strlen(text));
}

static void screen_wait_raw(struct screen *screen)
{
	struct termios now;

	for (int waited = 0; waited < SOON_MS; waited += 5) {
		ck_assert_int_eq(tcgetattr(screen->slave, &now), 0);
		if (!(now.c_lflag & ICANON))
			return;
		screen_read(screen, 5);
	}
	ck_abort_msg("the terminal was not made raw; the screen: %s", screen->text.length ? screen->text.data : "");
}

/* Waits for the program's end and sees to it that the terminal is as it was. Its wait status. */
static int screen_end(struct screen *screen)
{
	struct termios now;
	int status = -1;

	for (int waited = 0; waited < SOON_MS; waited += 10) {
		if (waitpid(screen->child, &status, WNOHANG) == screen->child)
			break;
		screen_read(screen, 10);
		status = -1;
	}
	if (status == -1) {
		kill(screen->child, SIGKILL);
		waitpid(screen->child, &status, 0);
		ck_abort_msg("it did not end; the screen: %s", screen->text.length ? screen->text.data : "");
	}
	ck_assert_int_eq(tcgetattr(screen->slave, &now), 0);
	ck_assert_uint_eq(now.c_lflag, screen->before.c_lflag);
	ck_assert_uint_eq(now.c_iflag, screen->before.c_iflag);
	ck_assert_uint_eq(now.c_oflag, screen->before.c_oflag);
	close(screen->master);
	close(screen->slave);
	strbuf_clear(&screen->text);
	return status;
}

static void check_exit(struct screen *screen, int wanted)
{
	int status = screen_end(screen);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == wanted, "wait status %x", (unsigned)status);
}

static void finish(char *home)
{
	struct outcome outcome = virtty("destroy", "m", NULL);

	outcome_clear(&outcome);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}

START_TEST(console_and_back)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	struct screen screen = screen_start("console", "m", NULL);

	screen_expect(&screen, "Connected to domain 'm'");
	screen_expect(&screen, "Escape character is ^] (Ctrl + ])");
	screen_wait_raw(&screen);
	screen_type(&screen, "\x1d");
	check_exit(&screen, 0);
	wait_state("m", "running", 0);
	finish(home);
}
END_TEST

START_TEST(console_with_another_escape)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	struct screen screen = screen_start("console", "m", "--escape", "^a", NULL);

	screen_expect(&screen, "Escape character is ^A");
	screen_wait_raw(&screen);
	screen_type(&screen, "\x1d\x01");
	check_exit(&screen, 0);
	expect_error(virtty("console", "m", "--escape", "xyz", NULL), 2, "xyz", NULL);
	expect_error(virtty("console", "m", "--devname", "serial9", NULL), 1, "serial9", "serial0", NULL);
	finish(home);
}
END_TEST

START_TEST(console_ended_by_a_signal)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT };
	char *home = home_new();

	define_start(home, "m", NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct screen screen = screen_start("console", "m", NULL);

		screen_wait_raw(&screen);
		kill(screen.child, signals[i]);
		int status = screen_end(&screen);

		ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "wait status %x",
			      (unsigned)status);
	}
	wait_state("m", "running", 0);
	finish(home);
}
END_TEST

START_TEST(console_of_a_guest_that_ends)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	struct screen screen = screen_start("console", "m", NULL);

	screen_wait_raw(&screen);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	check_exit(&screen, 0);
	finish(home);
}
END_TEST

START_TEST(console_at_start)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);

	expect_ok(virtty("define", document, NULL), NULL);
	struct screen screen = screen_start("start", "--console", "m", NULL);

	screen_expect(&screen, "Domain 'm' started");
	screen_expect(&screen, "Connected to domain 'm'");
	screen_wait_raw(&screen);
	screen_type(&screen, "\x1d");
	check_exit(&screen, 0);
	finish(home);
}
END_TEST

START_TEST(console_in_a_pipe)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	struct task task = task_virtty("console", "m", NULL);

	/* The end of its input is not its end; the guest's is. */
	task_close_input(&task);
	ck_assert(!task_expect(&task, "no such text", 200));
	expect_ok(virtty("destroy", "m", NULL), NULL);
	_cleanup_outcome_ struct outcome outcome = task_wait(&task, SOON_MS);

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_ptr_null(strstr(outcome.out, "Connected"));
	finish(home);
}
END_TEST

START_TEST(console_whose_reader_goes)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	struct task task = task_virtty("console", "m", NULL);

	task_close_input(&task);
	close(task.out);
	task.out = -1;
	_cleanup_outcome_ struct outcome outcome = task_wait(&task, SOON_MS);

	ck_assert_int_eq(outcome.status, 0);
	wait_state("m", "running", 0);
	finish(home);
}
END_TEST

/* A machine that does not run, and an editor that is this shell script. */
static char *home_with_editor(const char *script)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);
	_cleanup_free_ char *path = strf("%s/editor", home);
	_cleanup_free_ char *text = strf("#!/bin/sh\n%s\n", script);

	expect_ok(virtty("define", document, NULL), NULL);
	ck_assert(file_write(path, text, strlen(text), 0700, NULL));
	setenv("VISUAL", path, 1);
	setenv("TMPDIR", home, 1);
	return home;
}

START_TEST(edit_changes)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>2</vcpu>,' \"$1\"");
	char *out = NULL;

	expect_ok(virtty("edit", "m", NULL), &out);
	ck_assert_str_eq(out, "Domain 'm' XML configuration edited.\n\n");
	ck_assert_int_eq(machine_number("m", "vcpus"), 2);
	free(out);
	expect_ok(virtty("edit", "m", NULL), &out);
	ck_assert_str_eq(out, "Domain 'm' XML configuration not changed.\n\n");
	free(out);
	home_end(home);
}
END_TEST

/* A machine that runs keeps its hardware, and that is said. */
START_TEST(edit_while_it_runs)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>2</vcpu>,' \"$1\"");
	char *out = NULL;

	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("edit", "m", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, "takes effect when it is started anew"));
	free(out);
	expect_ok(virtty("dumpxml", "m", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, ">1</vcpu>"));
	free(out);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(edit_refused_without_a_terminal)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>many</vcpu>,' \"$1\"");

	expect_error(virtty("edit", "m", NULL), 1, "vcpu", "many", "is kept in", home, NULL);
	ck_assert_int_eq(machine_number("m", "vcpus"), 1);
	home_end(home);
}
END_TEST

START_TEST(edit_again_with_the_message)
{
	char *home =
		home_with_editor("if grep -q 'virtty: .*many' \"$1\"; then sed -i 's,>many</vcpu>,>3</vcpu>,' \"$1\"; "
				 "else sed -i 's,>1</vcpu>,>many</vcpu>,' \"$1\"; fi");
	struct screen screen = screen_start("edit", "m", NULL);

	screen_expect(&screen, "error: ");
	screen_expect(&screen, "Failed. Try again? [y,n,?]:");
	screen_type(&screen, "?\n");
	screen_expect(&screen, "n - no");
	screen_expect(&screen, "kept in a file\r\nFailed. Try again? [y,n,?]:");
	screen_type(&screen, "y\n");
	screen_expect(&screen, "XML configuration edited");
	check_exit(&screen, 0);
	ck_assert_int_eq(machine_number("m", "vcpus"), 3);
	home_end(home);
}
END_TEST

/* The only file in TMPDIR that an editor was given. Owned: its content; *ret_path (owned, may be NULL) where it is. */
static char *kept_text(const char *home, const char *suffix, char **ret_path)
{
	_cleanup_free_ char *pattern = strf("%s/virtty-*%s", home, suffix);
	glob_t found = { 0 };
	char *text = NULL;

	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	ck_assert(file_read(found.gl_pathv[0], 65536, &text, NULL, NULL));
	if (ret_path)
		*ret_path = xstrdup(found.gl_pathv[0]);
	globfree(&found);
	return text;
}

/* What is given up is kept in a file that is named: without the comment that stood on top, and mended there it is taken. */
START_TEST(edit_given_up)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>many</vcpu>,' \"$1\"");
	struct screen screen = screen_start("edit", "m", NULL);
	_cleanup_free_ char *path = NULL;

	screen_expect(&screen, "Failed. Try again?");
	screen_type(&screen, "y\n");
	screen_expect_after(&screen, "Try again? [y,n,?]: y", "Failed. Try again?");
	screen_type(&screen, "n\n");
	screen_expect(&screen, "error: the definition of 'm' was not changed");
	screen_expect(&screen, "hint: what you wrote is kept in ");
	_cleanup_free_ char *kept = kept_text(home, ".xml", &path);

	screen_expect(&screen, path);
	check_exit(&screen, 1);
	ck_assert_int_eq(machine_number("m", "vcpus"), 1);
	ck_assert_ptr_nonnull(strstr(kept, ">many</vcpu>"));
	ck_assert_ptr_null(strstr(kept, "virtty:"));
	for (char *at; (at = strstr(kept, ">many<")) != NULL;)
		memcpy(at, "> 2  <", 6);
	ck_assert(file_write(path, kept, strlen(kept), 0600, NULL));
	expect_ok(virtty("define", path, NULL), NULL);
	ck_assert_int_eq(machine_number("m", "vcpus"), 2);
	home_end(home);
}
END_TEST

/* ^C where is asked is no, and no loss. */
START_TEST(edit_interrupted)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>many</vcpu>,' \"$1\"");
	struct screen screen = screen_start("edit", "m", NULL);

	screen_expect(&screen, "Failed. Try again?");
	screen_type(&screen, "\003");
	screen_expect(&screen, "is kept in");
	check_exit(&screen, 1);
	_cleanup_free_ char *kept = kept_text(home, ".xml", NULL);

	ck_assert_ptr_nonnull(strstr(kept, ">many</vcpu>"));
	home_end(home);
}
END_TEST

/* An editor that fails after it has saved: what it saved is there. */
START_TEST(edit_with_a_failing_editor)
{
	char *home = home_with_editor("sed -i 's,>1</vcpu>,>2</vcpu>,' \"$1\"; exit 3");

	expect_error(virtty("edit", "m", NULL), 1, "exit status 3", "is kept in", NULL);
	_cleanup_free_ char *kept = kept_text(home, ".xml", NULL);

	ck_assert_ptr_nonnull(strstr(kept, ">2</vcpu>"));
	ck_assert_int_eq(machine_number("m", "vcpus"), 1);
	home_end(home);
	home = home_with_editor("[ -e \"$TMPDIR/tried\" ] || { touch \"$TMPDIR/tried\"; sed -i 's,>1</vcpu>,>2</vcpu>,' \"$1\"; exit 3; }");
	struct screen screen = screen_start("edit", "m", NULL);

	screen_expect(&screen, "exit status 3");
	screen_expect(&screen, "Failed. Try again?");
	screen_type(&screen, "y\n");
	screen_expect(&screen, "XML configuration edited");
	check_exit(&screen, 0);
	ck_assert_int_eq(machine_number("m", "vcpus"), 2);
	home_end(home);
}
END_TEST

/* Descriptions, titles and metadata likewise. */
START_TEST(edit_other_texts)
{
	char *home = home_with_editor("printf 'two\\nlines\\n' > \"$1\"");
	char *out = NULL;

	expect_error(virtty("desc", "m", "--title", "--edit", NULL), 1, "a title is one line", "is kept in", NULL);
	_cleanup_free_ char *title = kept_text(home, ".txt", NULL);

	ck_assert_str_eq(title, "two\nlines\n");
	expect_ok(virtty("desc", "m", "--edit", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, "updated successfully"));
	free(out);
	expect_ok(virtty("desc", "m", "--edit", NULL), &out);
	ck_assert_ptr_nonnull(strstr(out, "not changed"));
	free(out);
	expect_ok(virtty("desc", "m", NULL), &out);
	ck_assert_str_eq(out, "two\nlines\n");
	free(out);
	expect_error(virtty("metadata", "m", "urn:x", "--key", "x", "--edit", NULL), 1, "is kept in", NULL);
	_cleanup_free_ char *metadata = kept_text(home, ".xml", NULL);

	ck_assert_str_eq(metadata, "two\nlines\n");
	home_end(home);
}
END_TEST

START_TEST(edit_beside_another)
{
	char *home = home_with_editor(
		"\"$VIRTTY\" desc m --title theirs >/dev/null 2>&1; sed -i 's,>1</vcpu>,>4</vcpu>,' \"$1\"");

	setenv("VIRTTY", virtty_path(), 1);
	expect_error(virtty("edit", "m", NULL), 1, "changed by somebody else", NULL);
	ck_assert_int_eq(machine_number("m", "vcpus"), 1);
	expect_ok(virtty("desc", "m", "--title", "", NULL), NULL);
	struct screen screen = screen_start("edit", "m", NULL);

	screen_expect(&screen, "Failed. Try again? [y,n,f,?]:");
	screen_type(&screen, "f\n");
	check_exit(&screen, 0);
	ck_assert_int_eq(machine_number("m", "vcpus"), 4);
	home_end(home);
}
END_TEST

START_TEST(edit_without_an_editor)
{
	char *home = home_with_editor("exit 3");

	expect_error(virtty("edit", "m", NULL), 1, "exit status 3", NULL);
	setenv("VISUAL", "/no/such/editor --wait", 1);
	expect_error(virtty("edit", "m", NULL), 1, "/no/such/editor", "EDITOR", NULL);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli on a terminal");
	TCase *console = tcase_create("console");
	TCase *edit = tcase_create("edit");

	setenv("LC_ALL", "C.UTF-8", 1);
	tcase_set_timeout(console, 180);
	tcase_add_test(console, console_and_back);
	tcase_add_test(console, console_with_another_escape);
	tcase_add_test(console, console_ended_by_a_signal);
	tcase_add_test(console, console_of_a_guest_that_ends);
	tcase_add_test(console, console_at_start);
	tcase_add_test(console, console_in_a_pipe);
	tcase_add_test(console, console_whose_reader_goes);
	suite_add_tcase(suite, console);
	tcase_set_timeout(edit, 180);
	tcase_add_test(edit, edit_changes);
	tcase_add_test(edit, edit_while_it_runs);
	tcase_add_test(edit, edit_refused_without_a_terminal);
	tcase_add_test(edit, edit_again_with_the_message);
	tcase_add_test(edit, edit_given_up);
	tcase_add_test(edit, edit_interrupted);
	tcase_add_test(edit, edit_with_a_failing_editor);
	tcase_add_test(edit, edit_other_texts);
	tcase_add_test(edit, edit_beside_another);
	tcase_add_test(edit, edit_without_an_editor);
	suite_add_tcase(suite, edit);
	return suite_main(suite);
}
