/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces for tests. */
#include "tests/harness/home.h"
#include "tests/harness/lab.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *home;   /* owned; a test's own */
static char *before; /* owned: the host as it was */

const char *lab_home(void)
{
	return home;
}

char *lab_run(const char *first, ...)
{
	const char *argv[32] = { first };
	va_list arguments;
	char *out = NULL;

	va_start(arguments, first);
	for (size_t i = 1; i + 1 < ARRAY_LENGTH(argv) && (argv[i] = va_arg(arguments, const char *)) != NULL; i++)
		;
	va_end(arguments);
	expect_ok(run_program(argv), &out);
	return out;
}

void lab_check_shows(const char *part, bool wanted, const char *const *argv)
{
	char *out = NULL;

	expect_ok(run_program(argv), &out);
	ck_assert_msg((strstr(out, part) != NULL) == wanted, "'%s' is %s:\n%s", part, wanted ? "not in" : "in", out);
	free(out);
}

char *lab_host(void)
{
	_cleanup_free_ char *links = lab_run("ip", "-br", "link", NULL), *routes = lab_run("ip", "route", NULL),
			    *rules = lab_run("nft", "list", "ruleset", NULL);

	return strf("%s--\n%s--\n%s", links, routes, rules);
}

void lab_check_host(void)
{
	_cleanup_free_ char *now = lab_host();

	ck_assert_str_eq(now, before);
}

void lab_check_directories(void)
{
	_cleanup_free_ char *path = strf("%s/run", home);
	DIR *stream = opendir(path);

	if (stream == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
		ck_assert_msg(!text_starts(entry->d_name, "network-") || text_ends(entry->d_name, ".lock"), "%s is left in %s", entry->d_name,
			      path);
	closedir(stream);
}

void lab_network(const char *name, const char *text)
{
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
	OK("net-start", name);
}

char *lab_public_file(const char *name, const char *bytes, size_t length)
{
	_cleanup_free_ char *parent = xstrndup(home, (size_t)(strrchr(home, '/') - home));
	char *directory = strf("%s/public-XXXXXX", parent);
	_cleanup_free_ char *file = NULL;

	/* beside the homes: those are their owner's alone */
	ck_assert(mkdtemp(directory) != NULL && chmod(directory, 0755) == 0 && chmod(parent, 0711) == 0);
	file = strf("%s/%s", directory, name);
	ck_assert(file_write(file, bytes, length, 0644, NULL));
	return directory;
}

unsigned lab_rounds(void)
{
	const char *text = getenv("VIRTTY_NETWORK_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 20;
}

void lab_begin(void)
{
	home = home_new();
	ck_assert_msg(unshare(CLONE_NEWNET) == 0, "cannot have a network namespace: %s", strerror(errno));
	DO("ip", "link", "set", "lo", "up");
	before = lab_host();
}

void lab_end(void)
{
	/* who still lives may still take something away */
	wait_processes(home, "dnsmasq", 0, SOON_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	lab_check_host();
	lab_check_directories();
	free(before);
	home_end(home);
}
