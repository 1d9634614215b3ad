/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal comes back as it was, however the program that made it raw ends. */
#include "config.h"

#include "cli/terminal.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LIMIT_MS 20000

/* A pseudo-terminal, and a child in raw mode on it. */
struct scene {
	int master, slave, ready;
	struct termios before;
	pid_t child;
};

enum ending { END_RESTORE, END_EXIT, END_ABORT, END_SIGNAL };

/* The child: raw, says so, and ends as it is told. */
static void child_main(int slave, int ready, enum ending ending)
{
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	/* a shell's job in the background ignores them, and terminal_raw() lets it be so */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (!terminal_raw(NULL))
		_exit(90);
	if (write(ready, "r", 1) != 1)
		_exit(91);
	if (ending == END_EXIT)
		exit(3);
	if (ending == END_ABORT)
		abort();
	while (ending == END_SIGNAL) {
		struct pollfd fd = { .fd = terminal_signal_fd(), .events = POLLIN };
		int number;

		poll(&fd, 1, -1);
		number = terminal_signal();
		if (!number)
			continue;
		terminal_restore();
		raise(number);
	}
	terminal_restore();
	_exit(0);
}

static struct scene scene_start(enum ending ending)
{
	struct scene scene = { .master = posix_openpt(O_RDWR | O_NOCTTY) };
	int ready[2];
	char byte;

	ck_assert_int_ge(scene.master, 0);
	ck_assert_int_eq(grantpt(scene.master), 0);
	ck_assert_int_eq(unlockpt(scene.master), 0);
	scene.slave = open(ptsname(scene.master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(scene.slave, 0);
	ck_assert_int_eq(tcgetattr(scene.slave, &scene.before), 0);
	ck_assert_int_eq(pipe(ready), 0);
	scene.child = fork();
	ck_assert_int_ge(scene.child, 0);
	if (scene.child == 0)
		child_main(scene.slave, ready[1], ending);
	close(ready[1]);
	scene.ready = ready[0];
	ck_assert_int_eq(read(scene.ready, &byte, 1), 1);
	return scene;
}

static void scene_end(struct scene *scene)
{
	close(scene->master);
	close(scene->slave);
	close(scene->ready);
}

static bool is_raw(const struct scene *scene)
{
	struct termios now;

	ck_assert_int_eq(tcgetattr(scene->slave, &now), 0);
	return !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static void check_restored(const struct scene *scene)
{
	struct termios now;

	ck_assert_int_eq(tcgetattr(scene->slave, &now), 0);
	ck_assert_uint_eq(now.c_lflag, scene->before.c_lflag);
	ck_assert_uint_eq(now.c_iflag, scene->before.c_iflag);
	ck_assert_uint_eq(now.c_oflag, scene->before.c_oflag);
	ck_assert_uint_eq(now.c_cflag, scene->before.c_cflag);
}

/* The child's wait status; what it writes is read meanwhile, because restoring waits until the terminal took it. */
static int finish(const struct scene *scene)
{
	int status = 0;

	for (int waited = 0; waited < LIMIT_MS; waited += 5) {
		struct pollfd fd = { .fd = scene->master, .events = POLLIN };
		char drain[256];

		if (waitpid(scene->child, &status, WNOHANG) == scene->child)
			return status;
		if (poll(&fd, 1, 5) > 0 && read(scene->master, drain, sizeof drain) < 0)
			break;
	}
	kill(scene->child, SIGKILL);
	waitpid(scene->child, &status, 0);
	ck_abort_msg("the child did not end");
}

START_TEST(restored_when_asked)
{
	struct scene scene = scene_start(END_RESTORE);

	ck_assert_int_eq(finish(&scene), 0);
	check_restored(&scene);
	scene_end(&scene);
}
END_TEST

START_TEST(restored_at_exit)
{
	struct scene scene = scene_start(END_EXIT);
	int status = finish(&scene);

	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	check_restored(&scene);
	scene_end(&scene);
}
END_TEST

START_TEST(restored_by_a_crash)
{
	struct scene scene = scene_start(END_ABORT);
	int status = finish(&scene);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	check_restored(&scene);
	scene_end(&scene);
}
END_TEST

START_TEST(restored_by_signals)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

	for (size_t i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct scene scene = scene_start(END_SIGNAL);
		int status;

		ck_assert(is_raw(&scene));
		kill(scene.child, signals[i]);
		status = finish(&scene);
		ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "signal %d: status %x", signals[i],
			      (unsigned)status);
		check_restored(&scene);
		scene_end(&scene);
	}
}
END_TEST

START_TEST(lent_while_stopped)
{
	struct scene scene = scene_start(END_SIGNAL);
	int status = 0;

	kill(scene.child, SIGTSTP);
	ck_assert_int_eq(waitpid(scene.child, &status, WUNTRACED), scene.child);
	ck_assert(WIFSTOPPED(status));
	check_restored(&scene);
	kill(scene.child, SIGCONT);
	for (int waited = 0; waited < LIMIT_MS && !is_raw(&scene); waited += 5)
		poll(NULL, 0, 5);
	ck_assert(is_raw(&scene));
	kill(scene.child, SIGTERM);
	finish(&scene);
	check_restored(&scene);
	scene_end(&scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli terminal");
	TCase *tcase = tcase_create("terminal");

	tcase_add_test(tcase, restored_when_asked);
	tcase_add_test(tcase, restored_at_exit);
	tcase_add_test(tcase, restored_by_a_crash);
	tcase_add_test(tcase, restored_by_signals);
	tcase_add_test(tcase, lent_while_stopped);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
