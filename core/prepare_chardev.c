/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that serial ports, consoles and channels write to, looked at before QEMU does: its own words name no device. */
#include "base/memory.h"
#include "base/text.h"
#include "core/prepare_internal.h"
#include "hv/domain.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Is there a directory for this file? */
static bool check_place(const char *what, const char *path, struct error *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct stat st;

	/* a relative one is refused elsewhere, and by its own words */
	if (!slash)
		return true;
	_cleanup_free_ char *directory = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));

	if (stat(directory, &st) < 0) {
		if (errno == ENOENT)
			error_set(err, ERROR_NOT_FOUND, "%s cannot be written to '%s': directory '%s' does not exist", what, path, directory);
		else
			error_set_errno(err, errno, "%s cannot be written to '%s': directory '%s'", what, path, directory);
		return error_hint(err, "'mkdir -p %s' makes it", directory);
	}
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INVALID, "%s cannot be written to '%s': '%s' is not a directory", what, path, directory);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_INVALID, "%s cannot be written to '%s': that is a directory", what, path);
		return error_hint(err, "name a file in it");
	}
	return true;
}

static bool check_all(const char *kind, const struct chardev *list, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *what = strf("%s %zu", kind, i);
		_cleanup_free_ char *log = strf("the log of %s", what);

		if (list[i].same_as_serial)
			continue;
		if ((list[i].type == CHARDEV_FILE && !check_place(what, list[i].path, err)) || !check_place(log, list[i].log_file, err))
			return false;
	}
	return true;
}

bool prepare_chardevs(const struct domain *domain, struct error *err)
{
	return check_all("serial port", domain->serials, domain->serial_count, err) &&
	       check_all("console", domain->consoles, domain->console_count, err) &&
	       check_all("channel", domain->channels, domain->channel_count, err);
}
