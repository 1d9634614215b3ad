/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The puppet. */
#include "tests/terminal/puppet.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/pty.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_MS   20000
#define MOST_BYTES ((size_t)256 * 1024 * 1024)

/* Only words that the shell has built in: no PATH is needed. */
static const char script[] = "#!/bin/sh\n"
			     "home='%s'\n"
			     "echo \"$*\" >>\"$home/asked\"\n"
			     "how=ok\n"
			     "[ ! -e \"$home/answer-$1\" ] || read -r how <\"$home/answer-$1\"\n"
			     "case $how in\n"
			     "hang) read -r word <\"$home/gate\" ;;\n"
			     "fail)\n"
			     "	echo \"error: cannot do '$1': the puppet was told to fail\" >&2\n"
			     "	echo 'hint: tell it something else' >&2\n"
			     "	exit 1 ;;\n"
			     "esac\n"
			     "[ ! -e \"$home/says-$1\" ] || while IFS= read -r line; do echo \"$line\"; done <\"$home/says-$1\"\n"
			     "case $1 in\n"
			     "pool-edit | net-edit | edit | desc) printf 'the editor has the terminal '; read -r word ;;\n"
			     "esac\n";

static char *home_file(const char *name)
{
	return strf("%s/puppet/%s", getenv("VIRTTY_HOME"), name);
}

static void write_file(const char *name, const char *bytes, size_t length, unsigned mode)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = home_file(name);

	ck_assert_msg(file_write(path, bytes, length, mode, &err), "%s", error_text(&err));
}

/* A program as it is, by another name. */
static void put_program(const char *original, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *program = home_file(name);
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	if (link(original, program) == 0)
		return;
	ck_assert_msg(file_read(original, MOST_BYTES, &bytes, &length, &err), "%s", error_text(&err));
	write_file(name, bytes, length, 0700);
}

void puppet_new(void)
{
	_cleanup_free_ char *directory = strf("%s/puppet", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *text = strf(script, directory);
	_cleanup_free_ char *program = home_file("virtty-tui");
	_cleanup_free_ char *gate = home_file("gate");

	ck_assert_int_eq(mkdir(directory, 0700), 0);
	ck_assert_int_eq(mkfifo(gate, 0600), 0);
	write_file("virtty", text, strlen(text), 0700);
	write_file("asked", "", 0, 0600);
	/* it looks for virtty and virtty-screen beside itself */
	const char *original = getenv("VIRTTY_TUI") != NULL ? getenv("VIRTTY_TUI") : "./virtty-tui";
	const char *slash = strrchr(original, '/');
	_cleanup_free_ char *beside = strf("%.*svirtty-screen", slash != NULL ? (int)(slash - original) + 1 : 0, original);

	put_program(original, "virtty-tui");
	put_program(beside, "virtty-screen");
	setenv("VIRTTY_TUI", program, 1);
}

void puppet_answer(const char *verb, const char *how)
{
	_cleanup_free_ char *name = strf("answer-%s", verb);
	_cleanup_free_ char *line = strf("%s\n", how);

	write_file(name, line, strlen(line), 0600);
}

void puppet_say(const char *verb, const char *text)
{
	_cleanup_free_ char *name = strf("says-%s", verb);

	write_file(name, text, strlen(text), 0600);
}

void puppet_release(struct pty *pty)
{
	_cleanup_free_ char *gate = home_file("gate");
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;
	int fd;

	/* it opens when somebody hangs there */
	while ((fd = open(gate, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		ck_assert_msg(errno == ENXIO && pty_read(pty, 5) && clock_monotonic_ms() < limit, "no command hangs");
	ck_assert_int_eq(write(fd, "on\n", 3), 3);
	close(fd);
}

bool puppet_asked(const char *words)
{
	_cleanup_free_ char *path = home_file("asked");
	_cleanup_free_ char *text = NULL;

	if (!file_read(path, MOST_BYTES, &text, NULL, NULL))
		return false;
	for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL)
		if (text_starts(line, words))
			return true;
	return false;
}

void puppet_expect(struct pty *pty, const char *words)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	while (!puppet_asked(words))
		ck_assert_msg(pty_read(pty, 10) && clock_monotonic_ms() < limit, "virtty was not asked to '%s'", words);
}

void puppet_forget(void)
{
	write_file("asked", "", 0, 0600);
}

void puppet_write(const char *name, const char *text)
{
	write_file(name, text, strlen(text), 0700);
}
