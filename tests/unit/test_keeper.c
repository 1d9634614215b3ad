/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real keeper with a scripted QEMU: starts that fail, ends of every kind, policies, a busy database, clients, adoption, re-execution. */
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "core/db.h"
#include "hv/qmp.h"
#include "tests/unit/keeper_play.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- starting ---- */

START_TEST(test_start_and_destroy)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	play_wait_state(&play, RUN_RUNNING, REASON_RUNNING_BOOTED);
	_cleanup_json_ struct json_object *status = play_call(&play, "virtty-status", NULL);

	ck_assert_str_eq(json_get_string(status, "state", ""), "running");
	ck_assert_int_eq(json_get_int(status, "qemu", 0), play_qemu(&play));
	ck_assert_int_eq(json_get_int(status, "pid", 0), play.keeper);
	play_do(&play, "virtty-destroy", NULL);
	play_wait_free(&play, REASON_SHUTOFF_DESTROYED);
	ck_assert_uint_eq(play_count_events(&play, "Started Booted"), 1);
	ck_assert_uint_eq(play_count_events(&play, "Stopped Destroyed exit status 0"), 1);
	play_end(&play);
}
END_TEST

START_TEST(test_start_paused)
{
	struct play play;

	play_begin(&play, "\"paused\": true");
	ck_assert(play_start(&play, NULL));
	play_wait_state(&play, RUN_PAUSED, REASON_PAUSED_USER);
	play_do(&play, "cont", NULL);
	play_wait_state(&play, RUN_RUNNING, REASON_RUNNING_UNPAUSED);
	play_end(&play);
}
END_TEST

/* An automatic VNC port is told before the start is. */
START_TEST(test_vnc_port)
{
	_cleanup_run_ struct run run = { 0 };
	struct play play;

	play_begin(&play, "\"vnc\": \"[::1]:auto\"");
	ck_assert(play_start(&play, NULL));
	ck_assert(run_read(play.db, play.domain, &run, NULL));
	ck_assert_ptr_nonnull(strstr(run.detail, "\"vnc\":\"[::1]:5907\""));
	play_end(&play);
}
END_TEST

/* on_poweroff preserve: the guest's poweroff leaves a paused machine; a reboot that was asked for ends it all the same. */
START_TEST(test_preserved)
{
	struct play play;

	play_begin(&play, "\"on_poweroff\": \"preserve\"");
	ck_assert(play_start(&play, NULL));
	play_do(&play, "x-deaf", NULL);
	play_do(&play, "virtty-shutdown", "{\"then\": \"restart\"}");
	play_emit_ended(&play, "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true,\"reason\":\"guest-shutdown\"}}\r\n{\"event\":\"STOP\"}");
	play_wait_event(&play, "Stopped Shutdown");
	play_wait_state(&play, RUN_RUNNING, REASON_RUNNING_BOOTED);
	close(play.qmp);
	play.qmp = qmp_open(play.control, 10000, NULL);
	play_end(&play);
}
END_TEST

START_TEST(test_qemu_dies_at_start)
{
	_cleanup_free_ char *why = NULL;
	struct play play;

	setenv("PLAY_QEMU", "dies", 1);
	play_begin(&play, NULL);
	ck_assert(!play_start(&play, &why));
	unsetenv("PLAY_QEMU");
	ck_assert_str_eq(why, "QEMU ended at once: -machine nope: unsupported machine type");
	play_wait_free(&play, REASON_SHUTOFF_FAILED);
	ck_assert_uint_eq(play_count_events(&play, "Stopped Failed"), 1);
	ck_assert_uint_eq(play_count_events(&play, "first words"), 1);
	play_end(&play);
}
END_TEST

START_TEST(test_setup_refused)
{
	_cleanup_free_ char *why = NULL;
	struct play play;

	play_begin(&play, "\"setup\": [{\"execute\": \"query-status\"}, {\"execute\": \"x-fail\"}]");
	ck_assert(!play_start(&play, &why));
	ck_assert_str_eq(why, "QEMU refused a setting: no such luck");
	play_wait_free(&play, REASON_SHUTOFF_FAILED);
	play_end(&play);
}
END_TEST

START_TEST(test_row_was_lost)
{
	_cleanup_free_ char *why = NULL;
	struct play play;

	play_begin(&play, NULL);
	/* a newer generation holds the row by the time the keeper looks */
	ck_assert(db_run(play.db, NULL, NULL, "CREATE TRIGGER faster AFTER UPDATE OF holder_pid ON run WHEN new.phase = 1"
					      " BEGIN UPDATE run SET generation = generation + 1; END", ""));
	ck_assert(db_run(play.db, NULL, NULL, "INSERT INTO run(domain_id) VALUES(1)", ""));
	ck_assert(!play_start(&play, &why));
	ck_assert_ptr_nonnull(strstr(why, "somebody else"));
	play_wait_keeper(&play);
	ck_assert_int_eq(play_qemu(&play), 0);
	play_end(&play);
}
END_TEST

/* Who started it has thought better of it, or died: the row is left alone. */
START_TEST(test_no_plan)
{
	_cleanup_run_ struct run run = { 0 };
	struct play play;

	play_begin(&play, NULL);
	play_leave(&play);
	play_wait_keeper(&play);
	ck_assert(run_read(play.db, play.domain, &run, NULL));
	ck_assert_int_eq(run.phase, RUN_CLAIMED);
	ck_assert_int_eq(run.generation, play.generation);
	ck_assert_int_eq(run.holder.pid, getpid());
	play_end(&play);
}
END_TEST

/* ---- ends ---- */

static const struct {
	const char *command, *arguments;
	int reason;
	const char *event;
} ends[] = {
	{ "x-shutdown", "{\"reason\": \"guest-shutdown\"}", REASON_SHUTOFF_SHUTDOWN, "Stopped Shutdown exit status 0" },
	{ "x-shutdown", "{\"reason\": \"guest-reset\"}", REASON_SHUTOFF_SHUTDOWN, "Stopped Shutdown" },
	{ "x-shutdown", "{\"reason\": \"guest-panic\"}", REASON_SHUTOFF_CRASHED, "Stopped Crashed" },
	{ "x-shutdown", "{\"reason\": \"host-qmp-quit\"}", REASON_SHUTOFF_DESTROYED, "Stopped Destroyed" },
	{ "x-exit", "{\"status\": 7}", REASON_SHUTOFF_FAILED, "exit status 7\nqemu-system-x86_64: that was too much" },
	{ "x-signal", "{\"signal\": 9}", REASON_SHUTOFF_CRASHED, "killed by signal 9" },
};

START_TEST(test_ends)
{
	struct play play;

	play_begin(&play, "\"on_reboot\": \"destroy\"");
	ck_assert(play_start(&play, NULL));
	play_do_ended(&play, ends[_i].command, ends[_i].arguments);
	play_wait_free(&play, ends[_i].reason);
	ck_assert_msg(play_count_events(&play, ends[_i].event) == 1, "no event '%s'", ends[_i].event);
	play_end(&play);
}
END_TEST

START_TEST(test_stubborn_qemu_is_killed)
{
	struct play play;

	setenv("PLAY_QEMU", "stubborn", 1);
	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	unsetenv("PLAY_QEMU");
	play_do(&play, "virtty-destroy", NULL);
	play_wait_free(&play, REASON_SHUTOFF_DESTROYED);
	play_end(&play);
}
END_TEST

/* ---- policies ---- */

START_TEST(test_shutdown_then)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	pid_t first = play_qemu(&play);

	play_do_ended(&play, "virtty-shutdown", "{\"then\": \"restart\"}");
	play_wait_event(&play, "Stopped Shutdown");
	play_wait_state(&play, RUN_RUNNING, REASON_RUNNING_BOOTED);
	ck_assert_int_ne(play_qemu(&play), first);
	close(play.qmp);
	play.qmp = qmp_open(play.control, 10000, NULL);
	play_do_ended(&play, "virtty-shutdown", NULL);
	play_wait_free(&play, REASON_SHUTOFF_SHUTDOWN);
	ck_assert_uint_eq(play_count_events(&play, "Started Booted"), 2);
	play_end(&play);
}
END_TEST

/* When the host goes down no policy brings a machine back. */
START_TEST(test_shutdown_then_stay_off)
{
	struct play play;

	play_begin(&play, "\"on_poweroff\": \"restart\"");
	ck_assert(play_start(&play, NULL));
	play_do_ended(&play, "virtty-shutdown", "{\"then\": \"off\"}");
	play_wait_event(&play, "Stopped Shutdown");
	play_wait_state(&play, RUN_RUNNING, REASON_RUNNING_BOOTED);
	close(play.qmp);
	play.qmp = qmp_open(play.control, 10000, NULL);
	play_do_ended(&play, "virtty-shutdown", "{\"then\": \"stay-off\"}");
	play_wait_free(&play, REASON_SHUTOFF_SHUTDOWN);
	ck_assert_uint_eq(play_count_events(&play, "Started Booted"), 2);
	play_end(&play);
}
END_TEST

START_TEST(test_restart_limit)
{
	struct play play;

	play_begin(&play, "\"on_crash\": \"restart\"");
	ck_assert(play_start(&play, NULL));
	for (unsigned i = 0; i < 4; i++) {
		play_wait_events(&play, "Started Booted", i + 1);
		kill(play_qemu(&play), SIGKILL);
	}
	play_wait_free(&play, REASON_SHUTOFF_CRASHED);
	ck_assert_uint_eq(play_count_events(&play, "Started Booted"), 4);
	ck_assert_uint_eq(play_count_events(&play, "not restarted"), 1);
	play_end(&play);
}
END_TEST

START_TEST(test_panic)
{
	static const char panic[] = "{\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"pause\"}}";
	struct play play;

	play_begin(&play, "\"on_crash\": \"preserve\"");
	ck_assert(play_start(&play, NULL));
	play_emit_ended(&play, panic);
	play_do(&play, "stop", NULL);
	play_wait_state(&play, RUN_CRASHED, REASON_CRASHED_PANICKED);
	play_end(&play);

	play_begin(&play, "\"on_crash\": \"coredump-destroy\"");
	ck_assert(play_start(&play, NULL));
	play_emit_ended(&play, panic);
	play_wait_free(&play, REASON_SHUTOFF_CRASHED);
	ck_assert_uint_eq(play_count_events(&play, "core-dump begun"), 1);
	play_end(&play);
}
END_TEST

START_TEST(test_states)
{
	static const struct {
		const char *line;
		enum run_state state;
		int reason;
	} steps[] = {
		{ "{\"event\":\"STOP\"}", RUN_PAUSED, REASON_PAUSED_USER },
		{ "{\"event\":\"RESUME\"}", RUN_RUNNING, REASON_RUNNING_UNPAUSED },
		{ "{\"event\":\"BLOCK_IO_ERROR\",\"data\":{\"device\":\"vda\",\"action\":\"stop\",\"reason\":\"No space\","
		  "\"operation\":\"write\"}}\r\n{\"event\":\"STOP\"}", RUN_PAUSED, REASON_PAUSED_IOERROR },
		{ "{\"event\":\"RESUME\"}", RUN_RUNNING, REASON_RUNNING_UNPAUSED },
		{ "{\"event\":\"WATCHDOG\",\"data\":{\"action\":\"pause\"}}\r\n{\"event\":\"STOP\"}", RUN_PAUSED, REASON_PAUSED_WATCHDOG },
		{ "{\"event\":\"RESUME\"}\r\n{\"event\":\"SUSPEND\"}", RUN_PMSUSPENDED, 0 },
		{ "{\"event\":\"WAKEUP\"}", RUN_RUNNING, REASON_RUNNING_WAKEUP },
		{ "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true,\"reason\":\"guest-shutdown\"}}\r\n{\"event\":\"STOP\"}", RUN_PAUSED,
		  REASON_PAUSED_SHUTTING_DOWN },
	};
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		play_emit(&play, steps[i].line);
		play_wait_state(&play, steps[i].state, steps[i].reason);
	}
	play_wait_event(&play, "io-error vda write failed: No space (stop)");
	play_end(&play);
}
END_TEST

/* A guest that resets for ever fills no history. */
START_TEST(test_event_flood)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	for (int i = 0; i < 300; i++)
		play_emit(&play, "{\"event\":\"RESET\",\"data\":{\"guest\":true}}");
	play_do(&play, "virtty-destroy", NULL);
	play_wait_free(&play, REASON_SHUTOFF_DESTROYED);
	ck_assert_uint_le(play_count_events(&play, "reboot"), 21);
	ck_assert_uint_ge(play_count_events(&play, "reboot"), 10);
	play_end(&play);
}
END_TEST

/* ---- the database ---- */

START_TEST(test_busy_database)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	ck_assert(db_begin(play.db, NULL));
	play_do(&play, "stop", NULL);
	/* the keeper answers while it cannot write */
	for (int i = 0; i < 10; i++)
		play_do(&play, "virtty-status", NULL);
	ck_assert(db_commit(play.db, NULL));
	play_wait_state(&play, RUN_PAUSED, REASON_PAUSED_USER);
	play_wait_event(&play, "Suspended Paused");
	play_end(&play);
}
END_TEST

/* ---- clients ---- */

static int client(struct play *play)
{
	int fd = qmp_open(play->control, 10000, NULL);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static bool call(int fd, const char *command, const char *arguments)
{
	return qmp_call_fd(fd, command, arguments == NULL ? NULL : json_parse("a", arguments, strlen(arguments), NULL), 10000, NULL, NULL);
}

START_TEST(test_lock)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	int first = client(&play), second = client(&play);

	ck_assert(call(first, "virtty-lock", NULL));
	ck_assert(!call(second, "virtty-lock", NULL));
	ck_assert(!call(second, "virtty-lock", "{\"wait-ms\": 30}"));
	ck_assert(!call(second, "virtty-unlock", NULL));
	ck_assert(call(first, "virtty-unlock", NULL));
	ck_assert(call(second, "virtty-lock", NULL));
	close(second); /* frees it */
	ck_assert(call(first, "virtty-lock", "{\"wait-ms\": 10000}"));
	close(first);
	play_end(&play);
}
END_TEST

/* Lines read from a client's connection until one holds text. */
static void expect_line(int fd, const char *text)
{
	_cleanup_strbuf_ struct strbuf seen = STRBUF_INIT;
	struct timeval limit = { 10, 0 };
	char c;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	for (;;) {
		ck_assert_msg(read(fd, &c, 1) == 1, "'%s' did not come", text);
		strbuf_putc(&seen, c);
		if (c != '\n')
			continue;
		if (strstr(seen.data, text) != NULL)
			return;
		strbuf_clear(&seen);
	}
}

static void send_text(int fd, const char *text)
{
	ck_assert(write_all(fd, text, strlen(text)));
}

START_TEST(test_order_and_ids)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	int fd = client(&play);

	send_text(fd, "{\"execute\": \"query-big\", \"id\": {\"a\": [1.50, \"}\\u0041\"]}}{\"execute\": \"virtty-status\", \"id\": null}\n"
		      "{\"execute\":\"query-status\"}  {\"id\":\"q\",\"execute\":\"qmp_capabilities\"}\n");
	expect_line(fd, "\"id\": {\"a\": [1.50, \"}\\u0041\"]}}");
	expect_line(fd, "\"state\":\"running\"");
	expect_line(fd, "{\"return\": {\"status\": \"running\"}}");
	expect_line(fd, "already complete, command ignored\"}, \"id\": \"q\"}");
	send_text(fd, "rubbish {\n{\"execute\": \"query-status\", }\n{\"exec-oob\": \"x\", \"id\": 1}\n{\"execute\":\"query-status\",\"id\":2}");
	expect_line(fd, "JSON parse error");
	expect_line(fd, "invalid JSON at byte");
	expect_line(fd, "out-of-band");
	expect_line(fd, "\"id\": 2}");
	/* all hear what happens, by whoever it was caused */
	play_do(&play, "stop", NULL);
	expect_line(fd, "\"event\": \"STOP\"");
	expect_line(fd, "VIRTTY_STATE");
	/* the last word is answered even when it was the last */
	send_text(fd, "{\"execute\":\"query-big\"}{\"execute\":\"query-status\",\"id\":\"last\"}");
	shutdown(fd, SHUT_WR);
	expect_line(fd, "\"last\"");
	close(fd);
	play_end(&play);
}
END_TEST

/* A client that asks and never reads is dropped, and holds up nobody. */
START_TEST(test_client_that_never_reads)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	int fd = client(&play);

	for (int i = 0; i < 2000; i++)
		if (send(fd, "{\"execute\":\"query-big\"}", 23, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
	for (int i = 0; i < 50; i++)
		play_do(&play, "query-status", NULL);
	close(fd);
	play_end(&play);
}
END_TEST

START_TEST(test_too_long)
{
	_cleanup_free_ char *much = xmalloc(1 << 20);
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	int fd = client(&play);

	memset(much, 'x', 1 << 20);
	send_text(fd, "{\"execute\": \"");
	for (int i = 0; i < 18; i++)
		if (send(fd, much, 1 << 20, MSG_NOSIGNAL) < 0)
			break;
	expect_line(fd, "too long");
	close(fd);
	play_do(&play, "query-status", NULL);
	play_end(&play);
}
END_TEST

/* ---- adoption ---- */

static void kill_keeper(struct play *play)
{
	kill(play->keeper, SIGKILL);
	play_reap_keeper(play);
}

START_TEST(test_adoption)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	pid_t qemu = play_qemu(&play);

	/* what happened while nobody listened is seen */
	play_do(&play, "x-status", "{\"word\": \"io-error\"}");
	kill_keeper(&play);
	ck_assert(play_adopt(&play, NULL));
	ck_assert_int_eq(play_qemu(&play), qemu);
	play_wait_state(&play, RUN_PAUSED, REASON_PAUSED_IOERROR);
	play_wait_event(&play, "Suspended I/O Error seen when the keeper took over");
	/* it is not our child: how it ended is unknown */
	kill(qemu, SIGKILL);
	play_wait_free(&play, REASON_SHUTOFF_CRASHED);
	ck_assert_uint_eq(play_count_events(&play, "Stopped Crashed exit status unknown"), 1);
	play_end(&play);
}
END_TEST

START_TEST(test_adoption_goes_on_asking)
{
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	play_do(&play, "x-deaf", NULL);
	play_do(&play, "virtty-shutdown", NULL);
	_cleanup_run_ struct run before = { 0 }, after = { 0 };

	ck_assert(run_read(play.db, play.domain, &before, NULL));
	ck_assert_ptr_nonnull(strstr(before.detail, "shutdown_asked_ms"));
	kill_keeper(&play);
	ck_assert(play_adopt(&play, NULL));
	ck_assert(run_read(play.db, play.domain, &after, NULL));
	ck_assert_ptr_nonnull(strstr(after.detail, "shutdown_asked_ms"));
	play_end(&play);
}
END_TEST

START_TEST(test_adoption_of_the_dead)
{
	_cleanup_free_ char *why = NULL;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	pid_t qemu = play_qemu(&play);

	kill(play.keeper, SIGSTOP);
	kill(qemu, SIGKILL);
	kill_keeper(&play);
	ck_assert(!play_adopt(&play, &why));
	ck_assert_ptr_nonnull(strstr(why, "has ended"));
	play_wait_free(&play, REASON_SHUTOFF_UNKNOWN);
	play_end(&play);
}
END_TEST

/* ---- executing anew ---- */

START_TEST(test_reexec)
{
	_cleanup_free_ char *program = NULL, *arguments = NULL;
	const char *directory = getenv("VIRTTY_LIBEXEC") != NULL ? getenv("VIRTTY_LIBEXEC") : ".";
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	program = strf("%s/virtty-keeper", directory);
	_cleanup_free_ char *whole = realpath(program, NULL);

	arguments = strf("{\"path\": \"%s\"}", whole);
	int other = client(&play);

	ck_assert(call(other, "virtty-lock", NULL));
	for (int i = 0; i < 3; i++) {
		play_do(&play, "virtty-reexec", arguments);
		ck_assert(!call(play.qmp, "virtty-lock", NULL));
		ck_assert(call(other, "query-status", NULL));
	}
	ck_assert(!call(play.qmp, "virtty-reexec", "{\"path\": \"/nonexistent\"}"));
	close(other);
	play_do(&play, "stop", NULL);
	play_wait_state(&play, RUN_PAUSED, REASON_PAUSED_USER);
	/* still its parent: the exit status is known */
	play_do_ended(&play, "x-exit", "{\"status\": 3}");
	play_wait_free(&play, REASON_SHUTOFF_FAILED);
	ck_assert_uint_eq(play_count_events(&play, "exit status 3"), 1);
	ck_assert_uint_eq(play_count_events(&play, "Renewed"), 3);
	play_end(&play);
}
END_TEST

static Suite *keeper_suite(void)
{
	Suite *suite = suite_create("keeper");
	TCase *tc = tcase_create("all");

	/* tests in this very process have no timeout of Check's: play_begin() sets one */
	tcase_add_checked_fixture(tc, NULL, play_clean_up);
	tcase_add_test(tc, test_start_and_destroy);
	tcase_add_test(tc, test_start_paused);
	tcase_add_test(tc, test_vnc_port);
	tcase_add_test(tc, test_preserved);
	tcase_add_test(tc, test_qemu_dies_at_start);
	tcase_add_test(tc, test_setup_refused);
	tcase_add_test(tc, test_row_was_lost);
	tcase_add_test(tc, test_no_plan);
	tcase_add_loop_test(tc, test_ends, 0, ARRAY_LENGTH(ends));
	tcase_add_test(tc, test_stubborn_qemu_is_killed);
	tcase_add_test(tc, test_shutdown_then);
	tcase_add_test(tc, test_shutdown_then_stay_off);
	tcase_add_test(tc, test_restart_limit);
	tcase_add_test(tc, test_panic);
	tcase_add_test(tc, test_states);
	tcase_add_test(tc, test_event_flood);
	tcase_add_test(tc, test_busy_database);
	tcase_add_test(tc, test_lock);
	tcase_add_test(tc, test_order_and_ids);
	tcase_add_test(tc, test_client_that_never_reads);
	tcase_add_test(tc, test_too_long);
	tcase_add_test(tc, test_adoption);
	tcase_add_test(tc, test_adoption_goes_on_asking);
	tcase_add_test(tc, test_adoption_of_the_dead);
	tcase_add_test(tc, test_reexec);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(int argc, char **argv)
{
	play_role(argc, argv);
	return unit_run(keeper_suite());
}
