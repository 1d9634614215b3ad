/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which character devices the keeper serves to viewers, and where their sockets and logs are. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

bool chardev_is_console(const struct chardev *chardev)
{
	return !chardev->same_as_serial &&
	       (chardev->type == CHARDEV_PTY || (chardev->type == CHARDEV_UNIX && text_empty(chardev->path)));
}

/* The alias; a document that is not settled yet (a listing of what it would have) counts for itself. */
static char *console_name(const struct chardev *chardev, const char *kind, size_t index)
{
	return chardev->device.alias ? xstrdup(chardev->device.alias) : strf("%s%zu", kind, index);
}

struct paths_under {
	const char *run_directory, *log_directory;
};

static void add(struct launch_console **consoles, size_t *count, const struct chardev *chardev, char *name,
		const struct paths_under *under)
{
	size_t number = *count;
	struct launch_console *console = ARRAY_ADD(*consoles, *count);

	console->name = name;
	console->id = strf("char%s", name);
	console->socket = strf("%s/q%zu", under->run_directory, number);
	console->viewer = strf("%s/c%zu", under->run_directory, number);
	console->log = chardev->log_file ? xstrdup(chardev->log_file) : strf("%s/%s.log", under->log_directory, name);
	console->pty = chardev->type == CHARDEV_PTY;
}

struct launch_console *launch_consoles(const struct domain *domain, const char *run_directory,
				       const char *log_directory, size_t *ret_count)
{
	const struct paths_under under = { run_directory, log_directory };
	struct launch_console *consoles = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < domain->serial_count; i++)
		if (chardev_is_console(&domain->serials[i]))
			add(&consoles, ret_count, &domain->serials[i], console_name(&domain->serials[i], "serial", i),
			    &under);
	for (size_t i = 0; i < domain->console_count; i++)
		if (chardev_is_console(&domain->consoles[i]))
			add(&consoles, ret_count, &domain->consoles[i],
			    console_name(&domain->consoles[i], "console", i), &under);
	return consoles;
}

void launch_consoles_free(struct launch_console *consoles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(consoles[i].name);
		free(consoles[i].id);
		free(consoles[i].socket);
		free(consoles[i].viewer);
		free(consoles[i].log);
	}
	free(consoles);
}
