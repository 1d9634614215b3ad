/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-osinfo as a process: started for a few questions, ended with the last answer or when the time is up. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/osinfo_internal.h"
#include "hv/arch.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_LIMIT ((size_t)16 * 1024 * 1024)
#define AT_ONCE	     100 /* questions of a message: it fits into the socket, so that sending one never waits */
#define LOOK_MS	     100
#define STILL_MS     2000  /* without a moment of a processor it does not wait for one */
#define LATE_MS	     60000 /* beyond its time, at work all the while */
#define READ_MS	     5000

struct asker {
	pid_t pid; /* 0: not started, or gone */
	int fd;
};

static void asker_end(struct asker *asker)
{
	if (asker->pid == 0)
		return;
	close(asker->fd);
	/* it has nothing to lose */
	kill(asker->pid, SIGKILL);
	while (waitpid(asker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*asker = (struct asker){ 0 };
}

static bool asker_begin(struct asker *asker, struct error *err)
{
	_cleanup_free_ char *program = paths_helper("virtty-osinfo");
	_cleanup_close_ int ours = -1, theirs = -1;
	int pair[2];

	if (access(program, X_OK) < 0) {
		error_set(err, ERROR_UNSUPPORTED, "what libosinfo knows is not to be had here: '%s' is not installed", program);
		return error_hint(err, "virtty has it where libosinfo was there when it was built");
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	if (!spawn((char *[]){ program, NULL }, (const int[SPAWN_FDS]){ -1, -1, -1, theirs }, SPAWN_GROUP, &asker->pid, err)) {
		asker->pid = 0;
		return false;
	}
	asker->fd = TAKE_FD(ours);
	return true;
}

/* Time of a processor that it has had. */
static int64_t worked_ns(const struct asker *asker)
{
	struct timespec time = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(asker->pid, &clock) != 0 || clock_gettime(clock, &time) < 0)
		return 0;
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Until it answers or its time is up. One that is at work has more: what a machine is given must not depend on what else this host has to do. */
static bool wait_answer(const struct asker *asker, int64_t deadline_ms)
{
	struct pollfd answer = { .fd = asker->fd, .events = POLLIN };
	int64_t worked = worked_ns(asker), moved_ms = clock_monotonic_ms();

	while (poll(&answer, 1, LOOK_MS) <= 0) {
		int64_t now_ms = clock_monotonic_ms(), now_worked = worked_ns(asker);

		moved_ms = now_worked != worked ? now_ms : moved_ms;
		worked = now_worked;
		if (now_ms >= deadline_ms && (now_ms - moved_ms >= STILL_MS || now_ms >= deadline_ms + LATE_MS))
			return false;
	}
	return true;
}

/* Some of the questions; the array of their answers. */
static struct json_object *ask_some(struct asker *asker, struct json_object *questions, size_t from, size_t count, int64_t deadline_ms,
				    struct error *err)
{
	_cleanup_json_ struct json_object *request = json_object_new_object(), *answers = NULL;
	struct json_object *ask = json_object_new_array();
	_cleanup_free_ char *text = NULL, *answer = NULL;

	for (size_t i = 0; i < count; i++)
		json_object_array_add(ask, json_object_get(json_object_array_get_idx(questions, from + i)));
	json_set_string(request, "arch", arch_host() != NULL ? arch_host()->name : "x86_64");
	json_set(request, "ask", ask);
	text = json_text(request);
	if (!message_send(asker->fd, text, strlen(text), NULL, 0, err))
		return NULL;
	if (!wait_answer(asker, deadline_ms)) {
		error_set(err, ERROR_TIMEOUT, "no answer came");
		return NULL;
	}
	if (!message_receive(asker->fd, ANSWER_LIMIT, READ_MS, &answer, NULL, 0, NULL, err))
		return NULL;
	answers = json_parse("virtty-osinfo", answer, strlen(answer), err);
	if (answers == NULL)
		return NULL;
	if (json_object_is_type(answers, json_type_array) && json_object_array_length(answers) == count)
		return TAKE_POINTER(answers);
	error_set(err, ERROR_PROTOCOL, "virtty-osinfo gave no answer to what it was asked");
	return NULL;
}

/* As ask_some(), with a process of its own where the last one has ended. */
static struct json_object *try_some(struct asker *asker, struct json_object *questions, size_t from, size_t count, int64_t deadline_ms,
				    struct error *err)
{
	struct json_object *answers;

	if (clock_monotonic_ms() >= deadline_ms) {
		error_set(err, ERROR_TIMEOUT, "libosinfo did not answer in time");
		return NULL;
	}
	if (asker->pid == 0 && !asker_begin(asker, err))
		return NULL;
	answers = ask_some(asker, questions, from, count, deadline_ms, err);
	if (answers == NULL) {
		asker_end(asker);
		if (err->code == ERROR_TIMEOUT)
			error_set(err, ERROR_TIMEOUT, "libosinfo did not answer in time");
		else
			error_wrap(err, "libosinfo could not be asked");
	}
	return answers;
}

static void take_answers(struct json_object *all, struct json_object *some)
{
	for (size_t i = 0; i < json_object_array_length(some); i++)
		json_object_array_add(all, json_object_get(json_object_array_get_idx(some, i)));
	json_object_put(some);
}

/* Each question by itself: one that ends the process must not keep the others from their answers. */
static size_t ask_singly(struct asker *asker, struct json_object *questions, size_t from, size_t count, int64_t deadline_ms,
			 struct json_object *all, struct error *err)
{
	size_t answered = 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *answer = try_some(asker, questions, from + i, 1, deadline_ms, err);

		answered += answer != NULL;
		if (answer != NULL)
			take_answers(all, answer);
		else
			json_object_array_add(all, NULL);
	}
	return answered;
}

struct json_object *osinfo_ask(struct json_object *questions, int timeout_ms, struct error *err)
{
	_cleanup_(asker_end) struct asker asker = { 0 };
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_json_ struct json_object *all = json_object_new_array();
	int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
	size_t count = json_object_array_length(questions), answered = 0;

	for (size_t at = 0; at < count && local.code != ERROR_UNSUPPORTED; at += AT_ONCE) {
		size_t some = count - at < AT_ONCE ? count - at : AT_ONCE;
		struct json_object *answers = try_some(&asker, questions, at, some, deadline_ms, &local);

		if (answers != NULL) {
			answered += some;
			take_answers(all, answers);
		} else {
			answered += ask_singly(&asker, questions, at, some, deadline_ms, all, &local);
		}
	}
	if (answered < count)
		error_move(err, &local);
	return answered > 0 || count == 0 ? TAKE_POINTER(all) : NULL;
}

/* ---- the data ---- */

static void put_time(struct strbuf *text, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		strbuf_printf(text, "%" PRId64 ".%09ld,", (int64_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	else
		strbuf_putc(text, ',');
}

/* A file that is added or replaced changes the directory that it is in. */
static void put_directory(struct strbuf *text, const char *path)
{
	_cleanup_free_ char *version = strf("%s/VERSION", path), *systems = strf("%s/os", path);
	DIR *directory = opendir(systems);

	put_time(text, path);
	put_time(text, version);
	put_time(text, systems);
	for (const struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL; entry = readdir(directory)) {
		_cleanup_free_ char *vendor = strf("%s/%s", systems, entry->d_name);

		if (entry->d_name[0] != '.')
			put_time(text, vendor);
	}
	if (directory != NULL)
		closedir(directory);
}

/* FNV-1a: the times of a hundred directories need not be kept themselves. */
static uint64_t digest(const char *text)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return sum;
}

/* $variable where it is set, else a directory. */
static void put_place(struct strbuf *text, const char *variable, const char *usual)
{
	const char *told = getenv(variable);

	strbuf_puts(text, text_empty(told) ? usual : told);
	put_directory(text, text_empty(told) ? usual : told);
}

char *osinfo_data(void)
{
	_cleanup_free_ char *program = paths_helper("virtty-osinfo");
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	_cleanup_free_ char *own = !text_empty(xdg) ? strf("%s/osinfo", xdg) : strf("%s/.config/osinfo", home != NULL ? home : "");
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (access(program, X_OK) < 0)
		return xstrdup("");
	put_time(&text, program);
	put_place(&text, "OSINFO_SYSTEM_DIR", "/usr/share/osinfo");
	put_place(&text, "OSINFO_LOCAL_DIR", "/etc/osinfo");
	put_place(&text, "OSINFO_USER_DIR", own);
	return strf("%016" PRIx64, digest(text.data));
}
