/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shell of a test guest: what a line typed there says, and whether it succeeded. */
#include "tests/harness/guest.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tests/harness/machine.h"
#include "tests/harness/viewer.h"
#include "tests/harness/wait.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* What lies between two places of what the viewer saw, with the line ends of a file. Owned. */
static char *between(const struct viewer *viewer, size_t from, size_t to)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = from; i < to; i++)
		if (viewer->text.data[i] != '\r')
			strbuf_putc(&out, viewer->text.data[i]);
	return strbuf_take(&out);
}

int guest_run(const char *name, const char *command, char **ret_out)
{
	/* the marks are sums, so that the echo of the line does not have them; the output comes after its status, from a file, so that
	 * nothing else is written between */
	_cleanup_free_ char *line = strf("{ %s; } >/tmp/out 2>&1; echo \"RC$((40+2))=$?.\"; cat /tmp/out; echo END$((40+2))\r", command);
	struct viewer viewer;

	viewer_open(&viewer, name, true, false);
	viewer_expect_writer(&viewer, true, SOON_MS);
	viewer.from = viewer.text.length;
	viewer_type(&viewer, line);
	viewer_expect(&viewer, "RC42=", BOOT_MS);
	size_t status_at = viewer.from;

	viewer_expect(&viewer, ".\r\n", SOON_MS);
	size_t out_at = viewer.from;

	viewer_expect(&viewer, "END42", SOON_MS);
	_cleanup_free_ char *out = between(&viewer, out_at, viewer.from - strlen("END42"));
	int status = (int)strtol(viewer.text.data + status_at, NULL, 10);

	viewer_close(&viewer);
	if (ret_out != NULL)
		*ret_out = TAKE_POINTER(out);
	return status;
}

void guest_does(const char *name, const char *command)
{
	_cleanup_free_ char *out = NULL;
	int status = guest_run(name, command, &out);

	ck_assert_msg(status == 0, "'%s' in '%s' ended with %d:\n%s", command, name, status, out);
}

void guest_cannot(const char *name, const char *command)
{
	_cleanup_free_ char *out = NULL;

	ck_assert_msg(guest_run(name, command, &out) != 0, "'%s' in '%s' succeeds:\n%s", command, name, out);
}

struct wanted {
	const char *name, *command, *text;
	char *out; /* owned */
};

static bool is_shown(void *data)
{
	struct wanted *wanted = data;

	free(wanted->out);
	wanted->out = NULL;
	return guest_run(wanted->name, wanted->command, &wanted->out) == 0 && strstr(wanted->out, wanted->text) != NULL;
}

void guest_shows(const char *name, const char *command, const char *text)
{
	struct wanted wanted = { name, command, text, NULL };
	bool shown = wait_for(is_shown, &wanted, SOON_MS);
	_cleanup_free_ char *out = wanted.out;

	ck_assert_msg(shown, "'%s' in '%s' does not show '%s' but:\n%s", command, name, text, out);
}

void guest_reaches(const char *name, const char *address)
{
	_cleanup_free_ char *command = strf("ping -c 1 -W 5 %s", address);

	guest_does(name, command);
}

void guest_reaches_not(const char *name, const char *address)
{
	_cleanup_free_ char *command = strf("ping -c 1 -W 1 %s", address);

	guest_cannot(name, command);
}
