/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, directories, the places of state, sockets by path. */
#include "base/file.h"
#include "base/paths.h"
#include "base/socket.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char *directory;

static void setup(void)
{
	directory = unit_tempdir();
}

static void teardown(void)
{
	unit_tempdir_remove(directory);
}

static void clean_environment(void)
{
	unsetenv("VIRTTY_HOME");
	unsetenv("VIRTTY_LIBEXEC");
	unsetenv("XDG_STATE_HOME");
	unsetenv("XDG_DATA_HOME");
	unsetenv("XDG_CONFIG_HOME");
}

START_TEST(read_and_write)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/f", directory);
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *again = NULL;
	size_t length;
	struct stat st;

	ck_assert_ok(file_write(path, "a\0b", 3, 0600, &err), &err);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_ok(file_read(path, 3, &text, &length, &err), &err);
	ck_assert_uint_eq(length, 3);
	ck_assert_int_eq(memcmp(text, "a\0b", 4), 0);
	ck_assert(!file_read(path, 2, &again, NULL, &err));
	ck_assert_error(&err, ERROR_INVALID, "larger than 2 B");
	ck_assert_ok(file_write(path, "", 0, 0640, &err), &err);
	ck_assert_ok(file_read(path, 0, &again, &length, &err), &err);
	ck_assert_str_eq(again, "");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	/* no temporary file is left: the directory can go once the file has */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
	ck_assert_int_eq(mkdir(directory, 0700), 0);
}
END_TEST

START_TEST(read_errors)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *missing = strf("%s/none", directory);
	_cleanup_free_ char *below = strf("%s/none/f", directory);
	char *text = NULL;

	ck_assert(!file_read(missing, 10, &text, NULL, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "none' does not exist");
	ck_assert(!file_read(directory, 10, &text, NULL, &err));
	ck_assert_error(&err, ERROR_INVALID, "is a directory");
	ck_assert(!file_read("/dev/zero", 100000, &text, NULL, &err));
	ck_assert_error(&err, ERROR_INVALID, "larger than");
	ck_assert(!file_write(below, "x", 1, 0600, &err));
	ck_assert_error(&err, ERROR_SYSTEM, "No such file");
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(read_stdin)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	int ends[2];
	int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert(write_all(ends[1], "<a/>", 4));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	ck_assert_ok(file_read("-", 100, &text, NULL, &err), &err);
	ck_assert_str_eq(text, "<a/>");
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}
END_TEST

START_TEST(read_line)
{
	_cleanup_free_ char *path = strf("%s/f", directory);
	_cleanup_free_ char *missing = file_read_line(path);

	ck_assert_ptr_null(missing);
	ck_assert(file_write(path, "0\n\n", 3, 0600, NULL));
	_cleanup_free_ char *line = file_read_line(path);

	ck_assert_str_eq(line, "0\n");
	_cleanup_free_ char *type = file_read_line("/proc/sys/kernel/ostype");

	ck_assert_str_eq(type, "Linux");
	ck_assert_ptr_null(file_read_line("/proc"));
}
END_TEST

START_TEST(directories)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *deep = strf("%s/a//b/c/", directory);
	_cleanup_free_ char *file = strf("%s/a/b/f", directory);
	_cleanup_free_ char *under_file = strf("%s/a/b/f/x", directory);
	_cleanup_free_ char *top = strf("%s/a", directory);
	struct stat st;

	ck_assert_ok(directory_make(deep, 0700, &err), &err);
	ck_assert_ok(directory_make(deep, 0700, &err), &err);
	ck_assert_int_eq(stat(deep, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert(file_write(file, "x", 1, 0400, &err));
	ck_assert(!directory_make(file, 0700, &err));
	ck_assert_error(&err, ERROR_EXISTS, "is not a directory");
	ck_assert(!directory_make(under_file, 0700, &err));
	ck_assert(error_is_set(&err));
	ck_assert_ok(directory_remove(top, &err), &err);
	ck_assert(!path_exists(top));
	ck_assert_ok(directory_remove(top, &err), &err);
	ck_assert(directory_make("/", 0700, &err));
}
END_TEST

START_TEST(remove_follows_no_link)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *kept = strf("%s/kept", directory);
	_cleanup_free_ char *file = strf("%s/kept/f", directory);
	_cleanup_free_ char *doomed = strf("%s/doomed", directory);
	_cleanup_free_ char *link = strf("%s/doomed/link", directory);
	_cleanup_free_ char *alias = strf("%s/alias", directory);

	ck_assert(directory_make(kept, 0700, NULL) && directory_make(doomed, 0700, NULL));
	ck_assert(file_write(file, "x", 1, 0600, NULL));
	ck_assert_int_eq(symlink(kept, link), 0);
	ck_assert_int_eq(symlink(kept, alias), 0);
	ck_assert_ok(directory_remove(doomed, &err), &err);
	ck_assert(!path_exists(doomed) && path_exists(file));
	ck_assert(!directory_remove(alias, &err));
	ck_assert(path_exists(file));
}
END_TEST

START_TEST(absolute)
{
	_cleanup_free_ char *same = path_absolute("/a/../b");
	_cleanup_free_ char *here = getcwd(NULL, 0);
	_cleanup_free_ char *want = strf("%s/x/y", here);
	_cleanup_free_ char *got = path_absolute("x/y");

	ck_assert_str_eq(same, "/a/../b");
	ck_assert_str_eq(got, want);
	ck_assert_int_eq(chdir("/"), 0);
	_cleanup_free_ char *in_root = path_absolute("x");

	ck_assert_str_eq(in_root, "/x");
	ck_assert_int_eq(chdir(here), 0);
}
END_TEST

START_TEST(flags)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert(fd_set_nonblock(ends[0], true) && fd_set_cloexec(ends[0], true));
	ck_assert((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0 && (fcntl(ends[0], F_GETFD) & FD_CLOEXEC) != 0);
	ck_assert(fd_set_nonblock(ends[0], false) && fd_set_cloexec(ends[0], false));
	ck_assert((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0 && (fcntl(ends[0], F_GETFD) & FD_CLOEXEC) == 0);
	close(ends[0]);
	close(ends[1]);
	ck_assert(!fd_set_nonblock(ends[0], true) && !fd_set_cloexec(-1, true) && !write_all(-1, "x", 1));
	ck_assert(write_all(-1, "", 0));
}
END_TEST

START_TEST(paths_own)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_(paths_clear) struct paths paths = { 0 };
	_cleanup_free_ char *database = strf("%s/h/state.db", directory);
	_cleanup_free_ char *nvram = strf("%s/h/nvram", directory);
	_cleanup_free_ char *home = strf("%s/h//", directory);

	setenv("VIRTTY_HOME", home, 1);
	ck_assert_ok(paths_get(&paths, &err), &err);
	ck_assert_str_eq(paths.database, database);
	ck_assert_str_eq(paths.nvram, nvram);
	ck_assert(!paths.system);
	ck_assert(!path_exists(home));
	ck_assert_ok(paths_make(&paths, &err), &err);
	ck_assert(path_exists(paths.run) && path_exists(paths.log));
	paths_clear(&paths);
	/* a relative one is under the working directory */
	_cleanup_free_ char *here = getcwd(NULL, 0);

	ck_assert_int_eq(chdir(directory), 0);
	setenv("VIRTTY_HOME", "h", 1);
	ck_assert_ok(paths_get(&paths, &err), &err);
	ck_assert_int_eq(chdir(here), 0);
	ck_assert(paths.run[0] == '/' && strstr(paths.run, "/h/run") != NULL);
}
END_TEST

START_TEST(paths_too_deep)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_(paths_clear) struct paths paths = { 0 };
	char home[128] = "/";

	/* "/xx…" + "/run" + "/4294967295/control" is 99 bytes, and then 100 */
	memset(home + 1, 'x', 99 - 4 - 19 - 1);
	setenv("VIRTTY_HOME", home, 1);
	ck_assert_ok(paths_get(&paths, &err), &err);
	paths_clear(&paths);
	home[strlen(home)] = 'x';
	setenv("VIRTTY_HOME", home, 1);
	ck_assert(!paths_get(&paths, &err));
	ck_assert_ptr_nonnull(strstr(err.hint, "VIRTTY_HOME"));
	ck_assert_error(&err, ERROR_INVALID, home);
}
END_TEST

START_TEST(paths_system)
{
	_cleanup_(paths_clear) struct paths paths = { 0 };

	/* an empty VIRTTY_HOME is none */
	setenv("VIRTTY_HOME", "", 1);
	ck_assert(paths_get(&paths, NULL));
	ck_assert_str_eq(paths.database, "/var/lib/virtty/state.db");
	ck_assert_str_eq(paths.run, "/run/virtty");
	ck_assert_str_eq(paths.log, "/var/log/virtty");
	ck_assert_str_eq(paths.images, "/var/lib/virtty/images");
	ck_assert_str_eq(paths.nvram, "/var/lib/virtty/nvram");
	ck_assert_str_eq(paths.config, "/etc/virtty/virtty.conf");
	ck_assert(paths.system);
}
END_TEST

START_TEST(paths_session)
{
	_cleanup_(paths_clear) struct paths paths = { 0 };

	_cleanup_free_ char *old_home = xstrdup_null(getenv("HOME"));
	uid_t user = geteuid();

	/* root is somebody else for a moment */
	ck_assert(user != 0 || seteuid(65534) == 0);
	setenv("HOME", "/home/u/", 1);
	ck_assert(paths_get(&paths, NULL));
	ck_assert_str_eq(paths.database, "/home/u/.local/state/virtty/state.db");
	ck_assert_str_eq(paths.run, "/home/u/.local/state/virtty/run");
	ck_assert_str_eq(paths.log, "/home/u/.local/state/virtty/log");
	ck_assert_str_eq(paths.nvram, "/home/u/.local/state/virtty/nvram");
	ck_assert_str_eq(paths.images, "/home/u/.local/share/virtty/images");
	ck_assert_str_eq(paths.config, "/home/u/.config/virtty/virtty.conf");
	ck_assert(!paths.system);
	paths_clear(&paths);
	setenv("XDG_STATE_HOME", "/s/", 1);
	setenv("XDG_DATA_HOME", "/d", 1);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	ck_assert(paths_get(&paths, NULL));
	ck_assert_str_eq(paths.run, "/s/virtty/run");
	ck_assert_str_eq(paths.images, "/d/virtty/images");
	ck_assert_str_eq(paths.config, "/home/u/.config/virtty/virtty.conf");
	/* without HOME the user's entry counts; there may be none */
	paths_clear(&paths);
	unsetenv("HOME");
	ck_assert(!paths_get(&paths, NULL) || paths.images[0] == '/');
	if (old_home != NULL)
		setenv("HOME", old_home, 1);
	ck_assert_int_eq(seteuid(user), 0);
}
END_TEST

START_TEST(helpers)
{
	setenv("VIRTTY_LIBEXEC", "/opt/x", 1);
	_cleanup_free_ char *told = paths_helper("virtty-keeper");

	ck_assert_str_eq(told, "/opt/x/virtty-keeper");
	unsetenv("VIRTTY_LIBEXEC");
	/* this very program is the one thing that certainly lies beside it */
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
	_cleanup_free_ char *beside = paths_helper(strrchr(self, '/') + 1);

	ck_assert_str_eq(beside, self);
	_cleanup_free_ char *installed = paths_helper("virtty-none");

	ck_assert_str_eq(installed, LIBEXECDIR "/virtty-none");
}
END_TEST

START_TEST(sockets)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/s", directory);
	struct stat st;

	ck_assert_int_eq(socket_connect(path, &err), -1);
	ck_assert_error(&err, ERROR_NOT_FOUND, path);
	mode_t mask = umask(0);
	int listener = socket_listen(path, 4, &err);

	ck_assert_msg(listener >= 0, "%s", error_text(&err));
	ck_assert_int_eq(umask(mask), 0);
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert((fcntl(listener, F_GETFL) & O_NONBLOCK) != 0 && (fcntl(listener, F_GETFD) & FD_CLOEXEC) != 0);
	int client = socket_connect(path, &err);

	ck_assert_msg(client >= 0, "%s", error_text(&err));
	ck_assert((fcntl(client, F_GETFL) & O_NONBLOCK) == 0 && (fcntl(client, F_GETFD) & FD_CLOEXEC) != 0);
	close(client);
	close(listener);
	/* the file is there, but nobody listens */
	ck_assert_int_eq(socket_connect(path, &err), -1);
	ck_assert_error(&err, ERROR_NOT_FOUND, "refused");
	listener = socket_listen(path, 4, &err);
	ck_assert_int_ge(listener, 0);
	close(listener);
}
END_TEST

START_TEST(socket_errors)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *file = strf("%s/f", directory);
	char deep[200];

	ck_assert(file_write(file, "x", 1, 0600, NULL));
	ck_assert_int_eq(socket_listen(file, 1, &err), -1);
	ck_assert_error(&err, ERROR_EXISTS, "is not a socket");
	ck_assert(path_exists(file));
	memset(deep, 'x', sizeof deep);
	deep[0] = '/';
	deep[108] = '\0';
	ck_assert_int_eq(socket_listen(deep, 1, &err), -1);
	ck_assert_error(&err, ERROR_INVALID, "108 bytes long, more than 107");
	ck_assert_int_eq(socket_connect(deep, &err), -1);
	ck_assert_error(&err, ERROR_INVALID, "108 bytes long");
	ck_assert_int_eq(socket_connect("", &err), -1);
	ck_assert_error(&err, ERROR_INVALID, "empty");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: files");
	TCase *files = tcase_create("files");
	TCase *places = tcase_create("paths");

	tcase_add_checked_fixture(files, setup, teardown);
	tcase_add_test(files, read_and_write);
	tcase_add_test(files, read_errors);
	tcase_add_test(files, read_stdin);
	tcase_add_test(files, read_line);
	tcase_add_test(files, directories);
	tcase_add_test(files, remove_follows_no_link);
	tcase_add_test(files, absolute);
	tcase_add_test(files, flags);
	tcase_add_test(files, sockets);
	tcase_add_test(files, socket_errors);
	tcase_add_checked_fixture(places, setup, teardown);
	tcase_add_checked_fixture(places, clean_environment, clean_environment);
	tcase_add_test(places, paths_own);
	tcase_add_test(places, paths_too_deep);
	tcase_add_test(places, helpers);
	suite_add_tcase(suite, files);
	suite_add_tcase(suite, places);
	tcase_add_test(places, paths_session);
	if (geteuid() == 0)
		tcase_add_test(places, paths_system);
	else
		puts("not root: the system's paths are not tested");
	return unit_run(suite);
}
