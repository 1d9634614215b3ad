/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network file systems are asked by children: whoever touches one whose server is gone sleeps in the kernel until it comes back, and only
 * SIGKILL wakes it. So we never do ourselves what has not been tried, and what takes long is done by a child altogether. */
#include "storage/remote.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_LIMIT_MS 5000
#define GOOD_MS		1000 /* for how long an answer is good */
#define MOUNTS_MS	200  /* for how long the mounts are known */
#define GONE_MS		1000 /* how long a killed child may take */
#define STEP_MS		2
#define SILENCE_MS	2000 /* after which a refresh's file system is asked whether it is still there */
#define ANSWER_LIMIT	((size_t)512 << 20)

static const char *const remote_types[] = { "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs" };

/* ---- mounts ---- */

static bool is_remote(const char *type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(remote_types); i++)
		if (text_equal(type, remote_types[i]))
			return true;
	return false;
}

static bool holds(const char *place, const char *path)
{
	size_t length = strlen(place);

	return text_equal(place, "/") || (text_starts(path, place) && (path[length] == '/' || path[length] == '\0'));
}

void mount_unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		if (from[0] == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

/* Where network file systems are mounted. Nothing of them is touched. Owned vector. */
static char **read_mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, **places = NULL;
	size_t room = 0;

	while (file != NULL && getline(&line, &room, file) > 0) {
		_cleanup_strv_ char **words = strv_split(line, " \n");
		size_t count = strv_length(words), dash = 5;

		while (dash < count && !text_equal(words[dash], "-"))
			dash++;
		if (dash + 2 >= count || !is_remote(words[dash + 1]))
			continue;
		mount_unescape(words[4]);
		places = strv_add(places, words[4]);
	}
	if (file != NULL)
		fclose(file);
	free(line);
	return places;
}

/* The mount that holds the path; NULL: it is local. Borrowed until the next call. A local one inside a remote one is reached through it, too. */
static const char *remote_mount(const char *path)
{
	/* a list of images asks for each of them */
	static struct {
		char **places;
		int64_t read_ms;
	} mounts;
	int64_t now = clock_monotonic_ms();
	const char *best = NULL;

	if (mounts.read_ms == 0 || now - mounts.read_ms > MOUNTS_MS) {
		strv_free(mounts.places);
		mounts.places = read_mounts();
		mounts.read_ms = now;
	}
	for (size_t i = 0; mounts.places != NULL && mounts.places[i] != NULL; i++)
		if (holds(mounts.places[i], path) && (best == NULL || strlen(mounts.places[i]) > strlen(best)))
			best = mounts.places[i];
	return best;
}

bool remote_is(const char *path)
{
	return remote_mount(path) != NULL;
}

/* ---- asking ---- */

/* Ends a child that may sleep in the kernel; one that does not even end then is left to whoever reaps it later. */
static void end_child(pid_t pid)
{
	int64_t deadline = clock_monotonic_ms() + GONE_MS;

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) == 0 && clock_monotonic_ms() < deadline)
		(void)poll(NULL, 0, STEP_MS);
}

/* The child does one thing, and holds nothing of ours: its end closes the pipe. */
static bool ask(const char *place)
{
	struct statfs fs;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return true;
	pid = fork();
	if (pid == 0) {
		/* always over the wire: the server's figures are kept by nobody */
		_exit(statfs(place, &fs) == 0 ? 0 : 1);
	}
	close(ends[1]);
	struct pollfd end = { .fd = ends[0], .events = POLLIN };
	int64_t deadline = clock_monotonic_ms() + ANSWER_LIMIT_MS, left;
	int ready = 0;

	while (pid > 0 && (left = deadline - clock_monotonic_ms()) > 0 && (ready = poll(&end, 1, (int)left)) < 0 && errno == EINTR)
		;
	close(ends[0]);
	if (pid > 0 && ready > 0)
		(void)waitpid(pid, NULL, 0);
	else if (pid > 0)
		end_child(pid);
	/* What says that it fails has answered: whoever opens it hears why. */
	return pid < 0 || ready > 0;
}

bool remote_answers(const char *path, struct error *err)
{
	/* The last one that was asked: a list of images asks for each. */
	static struct {
		char place[256];
		int64_t asked_ms;
		bool answers;
	} last;
	const char *place = path != NULL && path[0] == '/' ? remote_mount(path) : NULL;

	if (place == NULL)
		return true;
	if (!text_equal(place, last.place) || clock_monotonic_ms() - last.asked_ms > GOOD_MS) {
		last.answers = ask(place);
		last.asked_ms = clock_monotonic_ms();
		last.place[0] = '\0';
		strncat(last.place, place, sizeof last.place - 1);
	}
	if (last.answers)
		return true;
	error_set(err, ERROR_TIMEOUT, "the server of what is mounted at '%s' does not answer", place);
	return error_hint(err, "it is waited for by whatever uses it; 'virtty pool-destroy' unmounts a pool that nothing uses");
}

int remote_stat(const char *path, struct stat *ret)
{
	if (remote_answers(path, NULL))
		return stat(path, ret);
	errno = ETIMEDOUT;
	return -1;
}

/* ---- a refresh apart ---- */

static void put_volume(struct json_object *list, const struct volume *volume)
{
	struct json_object *json = json_object_new_object();

	json_set_string(json, "name", volume->name);
	json_set_string(json, "path", volume->path);
	json_set_string(json, "backing", volume->backing_path);
	json_set_string(json, "trouble", volume->trouble);
	json_set_int(json, "type", volume->type);
	json_set_int(json, "format", volume->format);
	json_set_int(json, "backing-format", volume->backing_format);
	json_set_bool(json, "stated", volume->stated);
	json_set_bool(json, "encrypted", volume->encrypted);
	json_set_int(json, "capacity", (int64_t)volume->capacity);
	json_set_int(json, "allocation", (int64_t)volume->allocation);
	json_set_int(json, "physical", (int64_t)volume->physical);
	json_set_int(json, "mtime", volume->mtime_ns);
	json_set_int(json, "inode", (int64_t)volume->inode);
	json_object_array_add(list, json);
}

static struct volume take_volume(struct json_object *json)
{
	const char *path = json_get_string(json, "path", "");

	return (struct volume){
		.name = xstrdup(json_get_string(json, "name", "")),
		.key = xstrdup(path),
		.path = xstrdup(path),
		.backing_path = xstrdup_null(json_get_string(json, "backing", NULL)),
		.trouble = xstrdup_null(json_get_string(json, "trouble", NULL)),
		.type = (enum volume_type)json_get_int(json, "type", VOLUME_FILE),
		.format = (enum image_format)json_get_int(json, "format", IMAGE_UNKNOWN),
		.backing_format = (enum image_format)json_get_int(json, "backing-format", IMAGE_UNKNOWN),
		.stated = json_get_bool(json, "stated", false),
		.encrypted = json_get_bool(json, "encrypted", false),
		.capacity = (uint64_t)json_get_int(json, "capacity", 0),
		.allocation = (uint64_t)json_get_int(json, "allocation", 0),
		.physical = (uint64_t)json_get_int(json, "physical", 0),
		.mtime_ns = json_get_int(json, "mtime", 0),
		.inode = (uint64_t)json_get_int(json, "inode", 0),
	};
}

/* The child's answer. Owned. */
static char *answer_of(bool ok, const struct volume *volumes, size_t count, const struct pool_figures *figures, const struct error *err)
{
	_cleanup_json_ struct json_object *json = json_object_new_object();
	struct json_object *list = json_object_new_array();

	json_set_string(json, "error", ok ? NULL : error_text(err));
	json_set_int(json, "code", err->code);
	json_set_int(json, "capacity", (int64_t)figures->capacity);
	json_set_int(json, "allocation", (int64_t)figures->allocation);
	json_set_int(json, "available", (int64_t)figures->available);
	for (size_t i = 0; i < count; i++)
		put_volume(list, &volumes[i]);
	json_set(json, "volumes", list);
	return json_text(json);
}

static bool take_answer(const struct strbuf *text, struct volume **ret, size_t *ret_count, struct pool_figures *ret_figures,
			struct error *err)
{
	_cleanup_json_ struct json_object *json = text->length > 0 ? json_parse("refresh", text->data, text->length, NULL) : NULL;
	struct json_object *list = json != NULL ? json_get(json, "volumes") : NULL;
	const char *why = json != NULL ? json_get_string(json, "error", NULL) : NULL;

	if (list == NULL)
		return error_set(err, ERROR_FAILED, "the refresh was killed");
	if (why != NULL)
		return error_set(err, (enum error_code)json_get_int(json, "code", ERROR_FAILED), "%s", why);
	*ret_figures = (struct pool_figures){
		.capacity = (uint64_t)json_get_int(json, "capacity", 0),
		.allocation = (uint64_t)json_get_int(json, "allocation", 0),
		.available = (uint64_t)json_get_int(json, "available", 0),
	};
	*ret_count = json_object_array_length(list);
	*ret = *ret_count > 0 ? xcalloc(*ret_count, sizeof **ret) : NULL;
	for (size_t i = 0; i < *ret_count; i++)
		(*ret)[i] = take_volume(json_object_array_get_idx(list, i));
	return true;
}

/* Reads all that the child says. False: its file system went silent meanwhile. */
static bool hear(int fd, const char *place, struct strbuf *text, struct error *err)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };

	for (;;) {
		char buffer[65536];
		int ready = poll(&readable, 1, SILENCE_MS);

		if (ready == 0 && !remote_answers(place, err))
			return false;
		if (ready <= 0)
			continue;
		ssize_t n = read(fd, buffer, sizeof buffer);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || text->length > ANSWER_LIMIT)
			return true;
		strbuf_add(text, buffer, (size_t)n);
	}
}

bool remote_refresh(bool (*refresh)(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
				    size_t *ret_count, struct pool_figures *ret_figures, struct error *err),
		    const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret, size_t *ret_count,
		    struct pool_figures *ret_figures, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int ends[2];
	pid_t pid;

	if (!remote_answers(pool->target, err))
		return false;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0) {
		struct error why = ERROR_INIT;
		struct pool_figures figures = { 0 };
		struct volume *volumes = NULL;
		size_t count = 0;
		bool ok = refresh(pool, known, known_count, &volumes, &count, &figures, &why);
		char *answer = answer_of(ok, volumes, count, &figures, &why);

		_exit(write_all(ends[1], answer, strlen(answer)) ? 0 : 1);
	}
	close(ends[1]);
	bool ok = pid > 0 ? hear(ends[0], pool->target, &text, err) : error_set_errno(err, errno, "cannot make a process");

	close(ends[0]);
	if (pid > 0 && ok)
		(void)waitpid(pid, NULL, 0);
	else if (pid > 0)
		end_child(pid);
	return ok && take_answer(&text, ret, ret_count, ret_figures, err);
}
