/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job from inside: its own process does the work, says how far it is, and puts what it made in its place. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "base/text.h"
#include "core/job_internal.h"
#include "core/secret.h"
#include "core/storage_internal.h"
#include "core/volume_device.h"
#include "storage/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_MS    200
#define CONCLUDE_TRIES 12 /* of the database's own patience, 5 s each */
#define CLOCK_TRIES  10
#define ENLARGE_LIMIT_MS 60000

struct work {
	struct manager *manager;
	int64_t id;
	struct job_plan plan;
	bool has_fd;
	uint64_t bytes_done;
	int64_t reported_ms; /* monotonic */
	char *result;	     /* owned: what the row keeps of what came out */
};

static volatile sig_atomic_t ended_by_signal;

static void on_signal(int number)
{
	(void)number;
	ended_by_signal = 1;
}

/* ---- progress ---- */

/* Is whoever began this gone? It holds the other end of a pipe, and never writes. */
static bool is_left_alone(void)
{
	struct pollfd pipe_fd = { .fd = SPAWN_FD, .events = POLLIN };

	return poll(&pipe_fd, 1, 0) > 0;
}

static bool on_progress(uint64_t bytes, void *userdata)
{
	struct work *work = userdata;
	_cleanup_error_ struct error ignored = ERROR_INIT;
	int64_t now = clock_monotonic_ms();

	work->bytes_done = bytes;
	if (ended_by_signal || (work->plan.tied && is_left_alone()))
		return false;
	if (now - work->reported_ms < REPORT_MS)
		return true;
	work->reported_ms = now;
	/* A row that a power cut takes back is nobody's loss: the disk is for the data. */
	if (!db_begin_volatile(work->manager->db, &ignored))
		return true;
	if (!db_run(work->manager->db, NULL, &ignored,
		    "UPDATE job SET bytes_done = ?, bytes_total = max(bytes_total, ?), changed_at_ms = ? WHERE id = ? "
		    "AND state = 'running'",
		    "iiii", (int64_t)bytes, (int64_t)bytes, clock_wall_ms(), work->id) ||
	    !db_commit(work->manager->db, &ignored))
		db_rollback(work->manager->db);
	return true;
}

/* ---- the work of another program ---- */

static bool run_argv(struct work *work, struct error *err)
{
	struct job_progress progress = { on_progress, work };
	struct job_child child = {
		.argv = work->plan.argv,
		.kind = work->plan.kind,
		.span = { .bytes = work->plan.bytes_total, .progress = &progress },
		.growing = work->plan.kind == JOB_CREATE && work->plan.bytes_total != 0 ? work->plan.target : NULL,
	};

	return job_child_run(&child, &work->result, err) || secret_explain(work->manager, child.argv, err);
}

/* qemu-img measures how long a LUKS key's derivation takes, and now and then sees no time pass: it is asked again. */
static bool run_patiently(struct work *work, struct error *err)
{
	for (int tries = CLOCK_TRIES; tries > 1; tries--) {
		_cleanup_error_ struct error why = ERROR_INIT;

		if (run_argv(work, &why))
			return true;
		if (ended_by_signal || strstr(error_text(&why), "accurate CPU usage") == NULL)
			return error_move(err, &why);
	}
	return run_argv(work, err);
}

/* ---- our own ---- */

static bool is_device(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 && S_ISBLK(st.st_mode);
}

static int open_end(const struct work *work, const char *path, int flags, struct error *err)
{
	/* A device is written by nobody else meanwhile: the kernel gives it to one for himself. */
	if ((flags & O_ACCMODE) != O_RDONLY && is_device(path))
		flags |= O_EXCL;
	int fd = path != NULL ? open(path, flags | O_CLOEXEC | O_NOCTTY, 0600)
			      : fcntl(SPAWN_FD, F_DUPFD_CLOEXEC, SPAWN_FD + 1);

	(void)work;
	if (fd < 0)
		error_set_errno(err, errno, "cannot open '%s'", path != NULL ? path : "what was handed over");
	return fd;
}

/* Can what was handed over be read or written at any place? Then from where it stands. */
static bool can_seek(int fd, uint64_t *ret_offset)
{
	struct stat st;
	off_t at = lseek(fd, 0, SEEK_CUR);
	int flags = fcntl(fd, F_GETFL);

	if (at < 0 || fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) || (flags & O_APPEND))
		return false;
	*ret_offset = (uint64_t)at;
	return true;
}

/* Nothing lies there yet. */
static bool is_new(int fd, uint64_t offset)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= offset;
}

static bool copy_between(struct work *work, int source, int target, struct error *err)
{
	const struct job_plan *plan = &work->plan;
	struct job_progress progress = { on_progress, work };

	/* Whoever would start a machine on either, or write into it, is refused until we are done. */
	if ((plan->source != NULL && !image_lock(source, false, plan->source, err)) ||
	    (plan->target != NULL && !image_lock(target, true, plan->target, err)))
		return false;
	struct job_copy copy = {
		.source = source,
		.target = target,
		.source_offset = plan->source_offset,
		.target_offset = plan->target_offset,
		.length = plan->length,
		.whole = plan->target_is_ours || plan->target_zero,
		.device = is_device(plan->target) && !plan->target_zero,
	};

	bool from_stream = plan->source == NULL && !can_seek(source, &copy.source_offset);
	bool to_stream = plan->target == NULL && !can_seek(target, &copy.target_offset);

	copy.stream = from_stream || to_stream;
	if (plan->target == NULL)
		copy.whole = !copy.stream && is_new(target, copy.target_offset);
	return (!copy.stream || plan->source == NULL || lseek(source, (off_t)plan->source_offset, SEEK_SET) >= 0 ||
		error_set_errno(err, errno, "'%s'", plan->source)) &&
	       job_copy_run(&copy, &progress, err);
}

/* From a file, a program or what was handed over, to another of them. */
static bool run_copy(struct work *work, struct error *err)
{
	int flags = work->plan.target_is_ours ? O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW : O_RDWR;
	struct job_stream from = { .fd = -1, .words = -1 }, to = from;
	const struct job_plan *plan = &work->plan;
	bool ok = false;

	if (plan->source_argv != NULL ? !job_stream_open(plan->source_argv, false, &from, err)
				      : (from.fd = open_end(work, plan->source, O_RDONLY, err)) < 0)
		return false;
	if (plan->target_argv != NULL ? job_stream_open(plan->target_argv, true, &to, err)
				      : (to.fd = open_end(work, plan->target, flags, err)) >= 0)
		ok = copy_between(work, from.fd, to.fd, err);
	ok = job_stream_close(&from, ok, err);
	ok = job_stream_close(&to, ok, err);
	cleanup_close(&from.fd);
	cleanup_close(&to.fd);
	return ok;
}

static bool run_wipe(struct work *work, struct error *err)
{
	_cleanup_close_ int fd = open_end(work, work->plan.target, O_RDWR, err);
	struct job_progress progress = { on_progress, work };

	return fd >= 0 && image_lock(fd, true, work->plan.target, err) &&
	       job_wipe_run(fd, work->plan.wipe_passes, &progress, err);
}

/* ---- the end ---- */

/* To its owner, with its mode. False with errno. */
static bool give(int fd, const struct job_plan *plan)
{
	int64_t owner = -1, group = -1;

	if (plan->owner != NULL)
		(void)text_to_int(plan->owner, &owner);
	if (plan->group != NULL)
		(void)text_to_int(plan->group, &group);
	/* the owner first: the kernel takes some bits of the mode when it changes */
	return ((owner < 0 && group < 0) || fchown(fd, (uid_t)owner, (gid_t)group) == 0) &&
	       fchmod(fd, plan->mode != NULL ? (mode_t)strtoul(plan->mode, NULL, 8) & 07777 : 0600) == 0;
}

/* Over what has its name, which a machine may have been started on meanwhile. */
static bool replace(const struct job_plan *plan, struct error *err)
{
	_cleanup_close_ int fd = open(plan->final, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int pid = 0;

	if (fd >= 0 && image_in_use(fd, true, &pid))
		return error_set(err, ERROR_BUSY, "cannot overwrite '%s': it is in use (pid %d)", plan->final, pid);
	return rename(plan->target, plan->final) == 0 || error_set_errno(err, errno, "cannot put '%s' in its place", plan->final);
}

static bool put_in_place(const struct job_plan *plan, struct error *err)
{
	if (plan->final == NULL)
		return true;
	_cleanup_close_ int fd = open(plan->target, O_RDONLY | O_CLOEXEC);

	/* Its owner's alone, or whose it is to be, and on the disk before it has its name. */
	if (fd < 0 || (plan->target_is_ours && !give(fd, plan)) || fsync(fd) < 0)
		return error_set_errno(err, errno, "'%s'", plan->target);
	if (plan->replace)
		return replace(plan, err);
	if (renameat2(AT_FDCWD, plan->target, AT_FDCWD, plan->final, RENAME_NOREPLACE) == 0 ||
	    (errno == EINVAL && link(plan->target, plan->final) == 0 && unlink(plan->target) == 0))
		return true;
	return errno == EEXIST ? error_set(err, ERROR_EXISTS, "'%s' exists already", plan->final)
			       : error_set_errno(err, errno, "cannot put '%s' in its place", plan->final);
}

/* The new volume's row, with the format that was asked for: what a guest writes later does not change it. It is there
 * before the file has its name, so that whatever ends us in between, nobody has to guess the format: a row without a file
 * goes with the next look into the pool. */
static bool state_volume(struct work *work, const struct pool_work *pool, struct error *err)
{
	const char *path = work->plan.final, *slash = strrchr(path, '/');
	struct volume volume = { .type = VOLUME_FILE, .format = work->plan.format, .stated = true };

	if (work->plan.format == IMAGE_UNKNOWN || slash == NULL)
		return true;
	if (path_exists(path))
		return error_set(err, ERROR_EXISTS, "'%s' exists already", path);
	volume.name = xstrdup(slash + 1);
	volume.key = xstrdup(path);
	volume.path = xstrdup(path);
	bool ok = volume_row_put(work->manager, pool->row.id, &volume, err);

	volume_clear(&volume);
	return ok;
}

/* Into its place, and into the rows of its pool. */
static bool finish(struct work *work, struct error *err)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;
	_cleanup_pool_work_ struct pool_work pool = { .lock = -1 };
	struct pool_row row = { 0 };
	bool known = work->plan.pool != NULL && pool_find(work->manager, work->plan.pool, &row, &ignored) &&
		     pool_work_begin_active(work->manager, row.id, &pool, &ignored);

	pool_row_clear(&row);
	/* A pool that was stopped meanwhile finds it when it is started. */
	if (!known)
		return put_in_place(&work->plan, err);
	bool ok = (work->plan.final == NULL || state_volume(work, &pool, err)) && put_in_place(&work->plan, err);

	(void)pool_work_refresh(work->manager, &pool, &ignored);
	return ok;
}

/* Another pool that has changed. */
static void note_pool(struct work *work, const char *name)
{
	struct pool_row row = { 0 };

	if (name != NULL && pool_find(work->manager, name, &row, NULL) && row.active)
		(void)pool_refresh(work->manager, &row, NULL);
	pool_row_clear(&row);
}

/* A copy that is to be larger than its source. */
static bool enlarge(const struct job_plan *plan, struct error *err)
{
	_cleanup_strv_ char **argv = NULL;

	if (plan->size_bytes == 0)
		return true;
	argv = qemu_img_resize(plan->target, plan->format, plan->size_bytes, false, NULL);
	return qemu_img_run(argv, ENLARGE_LIMIT_MS, NULL, err);
}

static bool fill(struct work *work, struct error *err)
{
	struct job_progress progress = { on_progress, work };

	if (work->plan.kind == JOB_IMPORT)
		return job_import_run(&work->plan, &progress, err) && finish(work, err);
	if (work->plan.argv != NULL)
		return run_patiently(work, err) && enlarge(&work->plan, err) && finish(work, err);
	if (work->plan.kind == JOB_WIPE && work->plan.target_argv == NULL)
		return run_wipe(work, err) && finish(work, err);
	return run_copy(work, err) && enlarge(&work->plan, err) && finish(work, err);
}

static bool do_work(struct work *work, struct error *err)
{
	return fill(work, err) && job_volume_finish(work->manager, work->id, &work->plan, err);
}

static bool conclude(struct work *work, bool ok, struct error *why, struct error *err)
{
	int64_t now = clock_wall_ms();

	if (ok)
		return db_run(work->manager->db, NULL, err,
			      "UPDATE job SET state = 'done', bytes_done = max(?3, bytes_total), changed_at_ms = ?1, "
			      "ended_at_ms = ?1, reason = ?4 WHERE id = ?2",
			      "iiis", now, work->id, (int64_t)work->bytes_done, work->result);
	job_remove_unfinished(work->manager, &work->plan);
	return db_run(work->manager->db, NULL, err,
		      "UPDATE job SET state = CASE state WHEN 'cancelled' THEN state ELSE 'failed' END, reason = ?2, "
		      "changed_at_ms = ?1, ended_at_ms = ?1"
		      " WHERE id = ?3",
		      "isi", now, ended_by_signal ? NULL : error_text(why), work->id);
}

/* Until its row is whole. False: whoever started it is gone. */
static bool wait_for_go(void)
{
	char byte;
	ssize_t n;

	do
		n = read(STDIN_FILENO, &byte, 1);
	while (n < 0 && errno == EINTR && !ended_by_signal);
	return n == 1;
}

bool job_work(struct manager *manager, int64_t id, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	struct work work = { .manager = manager, .id = id, .reported_ms = clock_monotonic_ms() };
	struct sigaction action = { .sa_handler = on_signal };
	struct job_reading reading = { 0 };
	_cleanup_free_ char *text = NULL;
	bool found;

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (!wait_for_go())
		return error_set(err, ERROR_STATE, "job %lld: nobody waits for it", (long long)id);
	sqlite3_stmt *row =
		db_query(manager->db, err, "SELECT plan FROM job WHERE id = ? AND state = 'running'", "i", id);

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "there is no job %lld to be run", (long long)id);
	text = db_text(row, 0);
	sqlite3_reset(row);
	if (!job_plan_read(text, &reading, err))
		return false;
	work.plan = reading.plan;
	work.has_fd = reading.has_fd;
	bool ok = do_work(&work, &why);

	if (ok)
		note_pool(&work, work.plan.also_pool);
	/* Somebody may hold the state for long: what is done would else be taken for what was killed. */
	for (int tries = 0; !conclude(&work, ok, &why, err) && tries < CONCLUDE_TRIES && !ended_by_signal; tries++)
		error_clear(err);
	job_reading_clear(&reading);
	free(work.result);
	return ok;
}
