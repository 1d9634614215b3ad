/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's screen as a picture, drawn by QEMU itself into a file of its run directory. */
#include "core/typing.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "hv/domain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCREENDUMP_TIMEOUT_MS 60000
#define PREFIX		      "screen-"

/* The video device and its head that make the n-th screen; false: there are not so many. */
static bool find_screen(const struct domain *domain, unsigned screen, const struct video **ret, unsigned *ret_head)
{
	for (size_t i = 0; i < domain->video_count; i++) {
		const struct video *video = &domain->videos[i];
		uint64_t heads = video->heads.set && video->heads.value > 0 ? video->heads.value : 1;

		if (text_equal(video->model, "none"))
			continue;
		if (screen < heads) {
			*ret = video;
			*ret_head = screen;
			return true;
		}
		screen -= (unsigned)heads;
	}
	return false;
}

static bool fail_no_screen(const struct machine *machine, unsigned screen, struct error *err)
{
	if (screen > 0)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no screen %u", machine->name, screen);
	error_set(err, ERROR_UNSUPPORTED, "'%s' has no screen: its document names no <video>", machine->name);
	return error_hint(err, "'virtty console %s' shows its serial console", machine->name);
}

static bool dump(struct manager *manager, const struct machine *machine, enum screenshot_format format, unsigned screen,
		 const char *path, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, true, err);
	struct json_object *arguments;
	const struct video *video;
	unsigned head;

	if (!domain)
		return false;
	if (!find_screen(domain, screen, &video, &head))
		return fail_no_screen(machine, screen, err);
	arguments = json_object_new_object();
	json_set_string(arguments, "filename", path);
	json_set_string(arguments, "format", format == SCREENSHOT_PNG ? "png" : "ppm");
	/* the first screen is QEMU's default; a firmware's own device has no id to be named by */
	if (screen > 0 && video->device.alias) {
		json_set_string(arguments, "device", video->device.alias);
		json_set_int(arguments, "head", head);
	}
	if (domain_qmp(manager, machine, "screendump", arguments, SCREENDUMP_TIMEOUT_MS, NULL, err))
		return true;
	/* A QEMU may be built without libpng, and says so only now. */
	if (format == SCREENSHOT_PNG && strcasestr(error_text(err), "PNG support"))
		error_hint(err, "this QEMU writes PPM alone: --format ppm, or a file called .ppm");
	return false;
}

static bool copy_all(int from, int to, struct error *err)
{
	char buffer[65536];
	bool some = false;

	if (lseek(from, 0, SEEK_SET) < 0)
		return error_set_errno(err, errno, "cannot read the screenshot");
	for (;;) {
		ssize_t n = read(from, buffer, sizeof buffer);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read the screenshot");
		if (n == 0)
			return some || error_set(err, ERROR_FAILED, "QEMU wrote an empty screenshot");
		if (!write_all(to, buffer, (size_t)n))
			return error_set_errno(err, errno, "cannot write the screenshot");
		some = true;
	}
}

/* Files of those who were killed between asking QEMU and removing: older than any that is still waited for. */
static void remove_leftovers(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	struct stat status;

	while (dir && (entry = readdir(dir)))
		if (text_starts(entry->d_name, PREFIX) &&
		    fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		    clock_wall_ms() / 1000 - status.st_mtime > 2 * SCREENDUMP_TIMEOUT_MS / 1000)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}

bool domain_screenshot(struct manager *manager, const struct machine *machine, enum screenshot_format format,
		       unsigned head, int fd, struct error *err)
{
	_cleanup_free_ char *directory = machine_run_directory(manager, machine->id);
	_cleanup_free_ char *path = strf("%s/" PREFIX "XXXXXX", directory);
	_cleanup_close_ int file = -1;
	bool good;

	if (!machine_is_active(machine))
		return fail_not_running(machine, err);
	remove_leftovers(directory);
	/* QEMU opens what is there and truncates it: the descriptor stays good after the name has gone, which is before
	 * anything that a reader who left can end us by. */
	file = mkostemp(path, O_CLOEXEC);
	if (file < 0)
		return error_set_errno(err, errno, "cannot make a file in '%s'", directory);
	good = dump(manager, machine, format, head, path, err);
	unlink(path);
	good = good && copy_all(file, fd, err);
	return good || error_wrap(err, "no screenshot of '%s'", machine->name);
}
