/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stage. */
#include "tests/terminal/stage.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/uuid.h"
#include "core/console_frame.h"
#include "core/db.h"
#include "core/manager.h"
#include "tests/harness/home.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 20000

struct stage {
	char *home;   /* owned */
	char *viewer; /* owned */
	struct manager *manager;
	pid_t sleeper; /* plays every QEMU */
	int listening, connection;
	struct console_frames frames;
	struct strbuf payload; /* of the frame that is coming */
	struct strbuf typed;   /* payloads of 'd' frames */
	struct strbuf asked;   /* payloads of other frames, each behind its type */
};

/* The preview beside the list opens consoles by itself: tests say when one is. */
static void write_settings(const char *home)
{
	static const char text[] = "[list]\npreview = off\n";
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/virtty.conf", home);

	ck_assert_msg(file_write(path, text, sizeof text - 1, 0600, &err), "%s", error_text(&err));
}

struct stage *stage_new(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct stage *stage = xcalloc(1, sizeof *stage);

	stage->home = home_new();
	write_settings(stage->home);
	stage->viewer = strf("%s/viewer", stage->home);
	stage->connection = -1;
	stage->listening = socket_listen(stage->viewer, 8, &err);
	ck_assert_msg(stage->listening >= 0, "%s", error_text(&err));
	ck_assert_msg(manager_open(&stage->manager, &err), "%s", error_text(&err));
	stage->sleeper = fork();
	ck_assert_int_ge(stage->sleeper, 0);
	if (stage->sleeper == 0)
		for (;;)
			pause();
	return stage;
}

void stage_free(struct stage *stage)
{
	kill(stage->sleeper, SIGKILL);
	waitpid(stage->sleeper, NULL, 0);
	manager_close(stage->manager);
	stage_hang_up(stage);
	close(stage->listening);
	free(stage->viewer);
	home_end(stage->home);
	free(stage);
}

int64_t stage_add(struct stage *stage, const char *name, const char *title, uint64_t memory_mib, unsigned vcpus)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = manager_db(stage->manager);
	int64_t memory_kib = (int64_t)memory_mib * 1024;
	char uuid[UUID_TEXT_SIZE];

	uuid_make(uuid);
	ck_assert_msg(db_run(db, NULL, &err,
			     "INSERT INTO domain(uuid, name, title, persistent, memory_kib, max_memory_kib, vcpus) "
			     "VALUES(?, ?, ?, 1, ?, ?, ?)",
			     "sssiii", uuid, name, title, memory_kib, memory_kib, (int64_t)vcpus),
		      "%s", error_text(&err));
	return db_last_id(db);
}

int64_t stage_define(struct stage *stage, const char *document)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct definition_input input = { .source = "stage", .text = document, .length = strlen(document) };
	struct definition_result result = { 0 };

	ck_assert_msg(domain_define(stage->manager, &input, 1, &result, &err), "%s: %s", error_text(&err), error_text(&result.error));
	int64_t id = stage_find(stage, result.name);

	definition_results_free(&result, 1);
	return id;
}

int64_t stage_find(struct stage *stage, const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };

	ck_assert_msg(machine_find(stage->manager, name, &machine, &err), "%s", error_text(&err));
	return machine.id;
}

void stage_begin(struct stage *stage)
{
	ck_assert(db_begin(manager_db(stage->manager), NULL));
}

void stage_commit(struct stage *stage)
{
	ck_assert(db_commit(manager_db(stage->manager), NULL));
}

static void run_as(struct stage *stage, int64_t id, enum run_state state, int64_t uptime_ms, const char *detail)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct process_id keeper = process_self();
	struct process_id qemu = process_of(stage->sleeper);
	int64_t now = clock_wall_ms();

	ck_assert_msg(db_run(manager_db(stage->manager), NULL, &err,
			     "INSERT OR REPLACE INTO run(domain_id, generation, phase, run_id, holder_pid, holder_start, qemu_pid, qemu_start, "
			     "boot_id, state, reason, state_at_ms, started_at_ms, detail) VALUES(?, 1, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
			     "iiiiiiisiiis", id, (int64_t)RUN_OWNED, id, (int64_t)keeper.pid, (int64_t)keeper.start, (int64_t)qemu.pid,
			     (int64_t)qemu.start, process_boot_id(), (int64_t)state, now, now - uptime_ms, detail),
		      "%s", error_text(&err));
}

void stage_run(struct stage *stage, int64_t id, enum run_state state, int64_t uptime_ms)
{
	_cleanup_free_ char *detail =
		strf("{\"accel\":\"tcg\",\"consoles\":[{\"name\":\"serial0\",\"viewer\":\"%s\"}]}", stage->viewer);

	run_as(stage, id, state, uptime_ms, detail);
}

void stage_run_screen(struct stage *stage, int64_t id, enum run_state state, int64_t uptime_ms, const char *path, bool console)
{
	_cleanup_free_ char *consoles = strf("{\"name\":\"serial0\",\"viewer\":\"%s\"}", stage->viewer);
	_cleanup_free_ char *detail =
		strf("{\"accel\":\"tcg\",\"vnc\":\"unix:%s\",\"consoles\":[%s]}", path, console ? consoles : "");

	run_as(stage, id, state, uptime_ms, detail);
}

void stage_stop(struct stage *stage, int64_t id, enum run_state state)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(db_run(manager_db(stage->manager), NULL, &err,
			     "INSERT OR REPLACE INTO run(domain_id, generation, phase, state) VALUES(?, 2, ?, ?)", "iii", id,
			     (int64_t)RUN_FREE, (int64_t)state),
		      "%s", error_text(&err));
}

void stage_remove(struct stage *stage, int64_t id)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(db_run(manager_db(stage->manager), NULL, &err, "DELETE FROM domain WHERE id = ?", "i", id), "%s",
		      error_text(&err));
}

bool stage_keep_iso(struct stage *stage, const char *path, const struct stat *st, const char *data, const char *json, struct error *err)
{
	return db_run(manager_db(stage->manager), NULL, err,
		      "INSERT INTO iso(path, size, mtime_ns, inode, data, json) VALUES(?, ?, ?, ?, ?, ?)", "siiiss", path,
		      (int64_t)st->st_size, (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec, (int64_t)st->st_ino, data,
		      json);
}

void stage_fill(struct stage *stage)
{
	const int64_t hour = 3600 * 1000;
	const int64_t minute = 60 * 1000;

	stage_run(stage, stage_add(stage, "alpha", "The first of them", 512, 1), RUN_RUNNING, 5 * hour + 20 * minute + 5000);
	stage_stop(stage, stage_add(stage, "beta", NULL, 1536, 2), RUN_CRASHED);
	stage_run(stage, stage_add(stage, "gamma", "Paused since this morning, for a snapshot", 2048, 4), RUN_PAUSED,
		  76 * hour + 5000);
	stage_add(stage, "数据库服务器", "数据库", 16384, 16);
	stage_add(stage, "de\xcc\x81ja\xcc\x80-vu", NULL, 256, 1);
	stage_add(stage, "-dashed", "A name like an option", 128, 1);
	stage_add(stage, "a name that goes on and on, far beyond what any column of a list could be asked to hold", "Long", 1024, 2);
	stage_add(stage, "zeta", NULL, 3, 1);
}

struct pty *stage_tui(struct stage *stage, int rows, int columns, const char *const *extra)
{
	static const char *const usual[] = {
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "LANGUAGE=C", "VIRTTY_KVM=no", "COLORTERM", "NO_COLOR", "LINES", "COLUMNS",
	};
	_cleanup_free_ char *program = path_absolute(getenv("VIRTTY_TUI") != NULL ? getenv("VIRTTY_TUI") : "./virtty-tui");
	const char *const argv[] = { program, NULL };
	_cleanup_strv_ char **environment = NULL;

	(void)stage; /* VIRTTY_HOME is in the environment */
	for (size_t i = 0; i < ARRAY_LENGTH(usual); i++)
		environment = strv_add(environment, usual[i]);
	for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
		environment = strv_add(environment, extra[i]);
	return pty_start(argv, (const char *const *)environment, rows, columns);
}

void stage_accept(struct stage *stage, struct pty *pty)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	stage_hang_up(stage);
	while ((stage->connection = accept4(stage->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) < 0) {
		ck_assert_msg(errno == EAGAIN || errno == EINTR, "%s", strerror(errno));
		ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit, "the TUI does not open the console");
	}
	stage->frames = (struct console_frames){ 0 };
}

void stage_hang_up(struct stage *stage)
{
	if (stage->connection >= 0)
		close(stage->connection);
	stage->connection = -1;
	strbuf_clear(&stage->payload);
	strbuf_clear(&stage->typed);
	strbuf_clear(&stage->asked);
}

static void take_piece(struct stage *stage, const struct console_piece *piece)
{
	if (piece->type == 0)
		return;
	strbuf_add(&stage->payload, piece->bytes, piece->length);
	if (!piece->last)
		return;
	if (piece->type != 'd')
		strbuf_putc(&stage->asked, piece->type);
	strbuf_add(piece->type == 'd' ? &stage->typed : &stage->asked, stage->payload.data, stage->payload.length);
	strbuf_clear(&stage->payload);
}

static void read_frames(struct stage *stage)
{
	char bytes[4096];
	ssize_t n;

	while (stage->connection >= 0 && (n = recv(stage->connection, bytes, sizeof bytes, 0)) > 0)
		for (size_t at = 0; at < (size_t)n;) {
			struct console_piece piece;

			at += console_frames_feed(&stage->frames, bytes + at, (size_t)n - at, &piece);
			take_piece(stage, &piece);
		}
}

static void send_frame(struct stage *stage, struct pty *pty, char type, const char *bytes, size_t length)
{
	unsigned char header[CONSOLE_FRAME_HEADER];
	_cleanup_(strbuf_clear) struct strbuf frame = STRBUF_INIT;
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	console_frame_header(header, type, length);
	strbuf_add(&frame, header, sizeof header);
	strbuf_add(&frame, bytes, length);
	while (frame.length > 0) {
		ssize_t n = send(stage->connection, frame.data, frame.length, MSG_NOSIGNAL);

		if (n > 0) {
			strbuf_consume(&frame, (size_t)n);
			continue;
		}
		ck_assert_msg(n < 0 && (errno == EAGAIN || errno == EINTR), "the TUI has left the console");
		ck_assert_msg(clock_monotonic_ms() < limit, "the TUI does not read its console");
		if (pty != NULL)
			pty_read(pty, 5);
	}
}

void stage_write(struct stage *stage, struct pty *pty, const char *text)
{
	send_frame(stage, pty, 'd', text, strlen(text));
}

void stage_status_raw(struct stage *stage, const char *text)
{
	send_frame(stage, NULL, 's', text, strlen(text));
}

void stage_status(struct stage *stage, bool writer, bool held)
{
	_cleanup_free_ char *text = strf("{\"writer\":%s,\"held-by-other\":%s,\"live\":true}", writer ? "true" : "false",
					 held ? "true" : "false");

	stage_status_raw(stage, text);
}

/* A whole frame, or the connection goes: half of one would be taken for the beginning of the next. */
static void offer_frame(struct stage *stage, char type, const char *bytes)
{
	unsigned char header[CONSOLE_FRAME_HEADER];
	_cleanup_(strbuf_clear) struct strbuf frame = STRBUF_INIT;

	if (stage->connection < 0)
		return;
	console_frame_header(header, type, strlen(bytes));
	strbuf_add(&frame, header, sizeof header);
	strbuf_puts(&frame, bytes);
	if (send(stage->connection, frame.data, frame.length, MSG_NOSIGNAL) != (ssize_t)frame.length)
		stage_hang_up(stage);
}

void stage_offer(struct stage *stage, const char *text, bool writer, bool hang_up)
{
	int newer = accept4(stage->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	_cleanup_free_ char *status =
		strf("{\"writer\":%s,\"held-by-other\":%s,\"live\":true}", writer ? "true" : "false", writer ? "false" : "true");

	if (newer >= 0) {
		stage_hang_up(stage);
		stage->connection = newer;
		stage->frames = (struct console_frames){ 0 };
	}
	read_frames(stage);
	strbuf_clear(&stage->typed);
	strbuf_clear(&stage->asked);
	offer_frame(stage, 's', status);
	offer_frame(stage, 'd', text);
	if (hang_up)
		stage_hang_up(stage);
}

size_t stage_machines(struct stage *stage)
{
	struct machine *machines;
	size_t count;

	ck_assert(machine_list(stage->manager, &machines, &count, NULL));
	machines_free(machines, count);
	return count;
}

void stage_expect_untouched(struct stage *stage, size_t machines)
{
	ck_assert_int_eq(waitpid(stage->sleeper, NULL, WNOHANG), 0);
	ck_assert_uint_eq(stage_machines(stage), machines);
}

void stage_expect(struct stage *stage, struct pty *pty, char type, const char *text)
{
	struct strbuf *buffer = type == 'd' ? &stage->typed : &stage->asked;
	_cleanup_free_ char *wanted = type == 'd' ? xstrdup(text) : strf("%c%s", type, text);
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	for (;;) {
		read_frames(stage);
		char *at = buffer->length > 0 ? memmem(buffer->data, buffer->length, wanted, strlen(wanted)) : NULL;

		if (at != NULL) {
			strbuf_consume(buffer, (size_t)(at - buffer->data) + strlen(wanted));
			return;
		}
		ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit, "'%s' was not sent, but '%s'", wanted,
			      buffer->data != NULL ? buffer->data : "");
	}
}

const char *stage_typed(struct stage *stage)
{
	read_frames(stage);
	return stage->typed.data != NULL ? stage->typed.data : "";
}
