/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has an image open, for those who would read or write it. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/image_work_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

char *image_holder(struct manager *manager, const char *path, int pid)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	_cleanup_free_ char *process = NULL;
	const struct image_use *use;
	struct stat st;
	size_t at = 0;
	bool there = stat(path, &st) == 0;

	if (image_uses_load(manager, &uses, NULL))
		while ((use = image_uses_next(&uses, path, there ? &st : NULL, &at)) != NULL)
			if (use->running)
				return image_use_text(use);
	if (pid == 0)
		return xstrdup("another process");
	process = process_name(pid);
	return strf("another process (pid %d, %s)", pid, process);
}

bool image_runs_on(struct manager *manager, const char *path)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	const struct image_use *use;
	struct stat st;
	size_t at = 0;
	bool there = stat(path, &st) == 0;

	if (image_uses_load(manager, &uses, NULL))
		while ((use = image_uses_next(&uses, path, there ? &st : NULL, &at)) != NULL)
			if (use->running && use->above == NULL)
				return true;
	return false;
}

bool image_check_free(struct manager *manager, const char *path, const char *verb, bool writing, struct error *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_free_ char *holder = NULL;
	int pid = 0;

	if (fd < 0)
		return error_set_errno(err, errno, "cannot %s '%s'", verb, path);
	if (!image_in_use(fd, writing, &pid))
		return true;
	holder = image_holder(manager, path, pid);
	error_set(err, ERROR_BUSY, "cannot %s '%s': it is in use by %s", verb, path, holder);
	return error_hint(err, "shut the machine down first");
}

void image_note_change(struct manager *manager, const struct image_name *name)
{
	struct pool_row pool = { 0 };

	if (name->pool != NULL && pool_find(manager, name->pool, &pool, NULL) && pool.active)
		(void)pool_refresh(manager, &pool, NULL);
	pool_row_clear(&pool);
}
