/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses an image: machines that name it, machines and volumes that read it through others. */
#include "core/image_uses.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/storage_internal.h"
#include "hv/domain.h"
#include "storage/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void image_uses_clear(struct image_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		free(uses->items[i].path);
		free(uses->items[i].above);
		free(uses->items[i].top);
		free(uses->items[i].name);
	}
	free(uses->items);
	*uses = (struct image_uses){ 0 };
}

/* ---- gathering ---- */

/* Who needs what stands at the end of a walk down a chain. */
struct user {
	int64_t machine;
	const char *name;
	bool running;
};

static void add_use(struct image_uses *uses, const struct user *user, const char *path, const char *above,
		    const char *top)
{
	const struct image_use *last = uses->count > 0 ? &uses->items[uses->count - 1] : NULL;
	/* ten thousand overlays of one base: it is looked at once */
	bool same = last != NULL && text_equal(last->path, path);
	struct stat st = { 0 };
	bool there = same ? last->there : remote_stat(path, &st) == 0;
	/* A device is the same under each of its nodes. */
	dev_t device = same ? last->device : S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
	ino_t inode = same ? last->inode : S_ISBLK(st.st_mode) ? 0 : st.st_ino;

	if (uses->count == uses->room) {
		uses->room = uses->room == 0 ? 16 : uses->room * 2;
		uses->items = xreallocarray(uses->items, uses->room, sizeof *uses->items);
	}
	uses->items[uses->count++] = (struct image_use){ .path = xstrdup(path),
							 .above = xstrdup_null(above),
							 .top = xstrdup_null(top),
							 .machine = user->machine,
							 .name = xstrdup(user->name),
							 .running = user->running,
							 .there = there,
							 .device = device,
							 .inode = inode };
}

/* What a head names as its backing file; NULL: nothing, or it cannot be read. Only what cannot hurt by being opened is.
 * Owned. */
static char *below(const char *path)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (remote_stat(path, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || !image_read(fd, path, IMAGE_UNKNOWN, &image, NULL) || image.backing_file == NULL ||
	    !image_is_plain_path(image.backing_file))
		return NULL;
	return image_backing_path(path, image.backing_file);
}

/* The images below one, nearest first: to its end, or to where it comes back to itself. Then nothing can be read from
 * it, and nobody needs what it names: there is no chain. Owned. */
static char **chain_below(const char *path)
{
	struct stat seen[IMAGE_CHAIN];
	char **chain = NULL;
	const char *at = path;

	for (size_t depth = 0; depth < IMAGE_CHAIN; depth++) {
		char *next = below(at);

		if (remote_stat(at, &seen[depth]) < 0)
			memset(&seen[depth], 0, sizeof seen[depth]);
		for (size_t i = 0; i < depth; i++)
			if (seen[i].st_ino != 0 && seen[i].st_ino == seen[depth].st_ino &&
			    seen[i].st_dev == seen[depth].st_dev) {
				free(next);
				strv_free(chain);
				return NULL;
			}
		if (next == NULL)
			break;
		chain = strv_take(chain, next);
		at = next;
	}
	return chain;
}

static void add_chain(struct image_uses *uses, const struct user *user, const char *top, char *const *chain)
{
	const char *above = top;

	for (size_t i = 0; chain != NULL && chain[i] != NULL; i++) {
		add_use(uses, user, chain[i], above, top);
		above = chain[i];
	}
}

static bool load_machines(struct manager *manager, struct image_uses *uses, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT disk.domain_id, domain.name, disk.path, max(disk.kind = 'live') FROM disk "
				     "JOIN domain ON domain.id = disk.domain_id"
				     " GROUP BY disk.domain_id, disk.path ORDER BY domain.name, disk.target",
				     "");
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (!found)
			return true;
		const char *path = (const char *)sqlite3_column_text(row, 2);
		struct user user = { sqlite3_column_int64(row, 0), (const char *)sqlite3_column_text(row, 1),
				     sqlite3_column_int(row, 3) != 0 };
		_cleanup_strv_ char **chain = chain_below(path);

		add_use(uses, &user, path, NULL, NULL);
		add_chain(uses, &user, path, chain);
	}
	return row != NULL;
}

/* Has the machine been found to need this file already, by the heads of its images? */
static bool is_known(const struct image_uses *uses, int64_t machine, const char *path)
{
	const struct image_use *use;
	struct stat st;
	bool there = stat(path, &st) == 0;
	size_t at = 0;

	while ((use = image_uses_next(uses, path, there ? &st : NULL, &at)) != NULL)
		if (use->machine == machine)
			return true;
	return false;
}

/* The backing stores that a document states by itself, whatever heads say. */
static void add_stated(struct image_uses *uses, const struct user *user, const struct disk *disk)
{
	const struct disk_source *source = &disk->source;
	const char *top = source->type == DISK_BLOCK ? source->dev : source->file, *above = top;

	for (source = source->backing; source != NULL && above != NULL; source = source->backing) {
		const char *path = source->type == DISK_BLOCK ? source->dev : source->file;

		if (path != NULL && !is_known(uses, user->machine, path))
			add_use(uses, user, path, above, top);
		above = path;
	}
}

static bool load_documents(struct manager *manager, struct image_uses *uses, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT domain.id, domain.name, definition.kind = 'live', definition.xml FROM "
				     "definition JOIN domain ON domain.id = definition.domain_id"
				     " WHERE instr(definition.xml, '<backingStore') > 0 ORDER BY domain.name",
				     "");
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (!found)
			return true;
		struct user user = { sqlite3_column_int64(row, 0), (const char *)sqlite3_column_text(row, 1),
				     sqlite3_column_int(row, 2) != 0 };
		const char *text = (const char *)sqlite3_column_text(row, 3);
		_cleanup_domain_ struct domain *domain = domain_parse(user.name, text, strlen(text), NULL);

		for (size_t i = 0; domain != NULL && i < domain->disk_count; i++)
			add_stated(uses, &user, &domain->disks[i]);
	}
	return row != NULL;
}

/* Many volumes stand on few: what is below one of those is looked for once. */
static bool load_volumes(struct manager *manager, struct image_uses *uses, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT pool.name || '/' || volume.name, volume.path, volume.backing_path FROM "
				     "volume JOIN pool ON pool.id = volume.pool_id"
				     " WHERE volume.backing_path IS NOT NULL ORDER BY volume.backing_path, 1",
				     "");
	_cleanup_strv_ char **chain = NULL;
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (!found)
			return true;
		const char *path = (const char *)sqlite3_column_text(row, 1),
			   *next = (const char *)sqlite3_column_text(row, 2);
		struct user user = { 0, (const char *)sqlite3_column_text(row, 0), false };

		if (chain == NULL || !text_equal(chain[0], next)) {
			_cleanup_free_ char *named = below(path);

			strv_free(chain);
			chain = chain_below(path);
			/* what the pool knows counts also where the head cannot be read now */
			if (chain == NULL && named == NULL)
				chain = strv_add(NULL, next);
		}
		add_chain(uses, &user, path, chain);
	}
	return row != NULL;
}

bool image_uses_load(struct manager *manager, struct image_uses *ret, struct error *err)
{
	*ret = (struct image_uses){ 0 };
	if (load_machines(manager, ret, err) && load_documents(manager, ret, err) && load_volumes(manager, ret, err))
		return true;
	image_uses_clear(ret);
	return false;
}

void storage_look_again(struct manager *manager)
{
	struct pool_row *pools = NULL;
	size_t count = 0;

	if (!pool_list(manager, &pools, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		if (pools[i].active && (pools[i].type == POOL_DIR || pools[i].type == POOL_FS) &&
		    path_exists(pools[i].target))
			(void)pool_refresh(manager, &pools[i], NULL);
	pool_rows_free(pools, count);
}

/* ---- asking ---- */

const struct image_use *image_uses_next(const struct image_uses *uses, const char *path, const struct stat *st,
					size_t *at)
{
	for (; *at < uses->count; (*at)++) {
		const struct image_use *use = &uses->items[*at];

		if (text_equal(use->path, path) ||
		    (st != NULL && use->there && use->device == (S_ISBLK(st->st_mode) ? st->st_rdev : st->st_dev) &&
		     use->inode == (S_ISBLK(st->st_mode) ? 0 : st->st_ino)))
			return &uses->items[(*at)++];
	}
	return NULL;
}

char *image_use_text(const struct image_use *use)
{
	if (use->machine == 0)
		return strf("volume '%s'", use->name);
	return use->top != NULL ? strf("machine '%s' (through '%s')", use->name, use->top)
				: strf("machine '%s'", use->name);
}

static bool same_file(const char *a, const char *b)
{
	struct stat one, two;

	return text_equal(a, b) ||
	       (remote_stat(a, &one) == 0 && remote_stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino);
}

static bool is_among(char *const *paths, const char *path)
{
	for (; paths != NULL && *paths != NULL; paths++)
		if (same_file(*paths, path))
			return true;
	return false;
}

bool image_check_unneeded(const struct image_uses *uses, int64_t except, char *const *but, const char *image,
			  struct error *err)
{
	const struct image_use *use;
	struct stat st;
	bool there = remote_stat(image, &st) == 0;
	size_t at = 0;

	while ((use = image_uses_next(uses, image, there ? &st : NULL, &at)) != NULL) {
		if ((use->machine != 0 && use->machine == except) || (use->machine == 0 && is_among(but, use->top)))
			continue;
		if (use->top == NULL)
			error_set(err, ERROR_BUSY, "disk '%s' is used by machine '%s' too", image, use->name);
		else if (use->machine != 0)
			error_set(err, ERROR_BUSY, "disk '%s' is the backing file of '%s', a disk of machine '%s'",
				  image, use->top, use->name);
		else
			error_set(err, ERROR_BUSY, "disk '%s' is the backing file of volume '%s'", image, use->name);
		return error_hint(err, "nothing was deleted; undefine without deleting storage, or without this disk");
	}
	return true;
}
