/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kill -9 of the command line, the TUI, the keeper, QEMU, or all of them, at random moments of a start, a stop and a restart.
 * Whatever dies: no machine is lost, none starts twice, none is "running" without a QEMU, no QEMU runs that the state does not know,
 * and the next commands work. VIRTTY_KILL_ROUNDS says how many rounds (20), VIRTTY_KILL_SEED repeats a run. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "core/manager.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_DEFAULT 20
/* After a kill, how long until everything that remains has come to rest. */
#define REST_MS 30000
/* Every so many rounds one with a guest that boots. */
#define GUEST_EVERY 8
#define PROGRESS_EVERY 100

enum victim { VICTIM_FRONT, VICTIM_KEEPER, VICTIM_QEMU, VICTIM_HELPER, VICTIM_ALL, VICTIM_COUNT };
static const char *const victim_names[] = { "front end", "keeper", "QEMU", "any virtty", "all" };
static const char *const victim_comms[] = { NULL, "virtty-keeper", "qemu-system", "virtty", "" };

enum scene { SCENE_START, SCENE_START_TUI, SCENE_DESTROY, SCENE_GRACEFUL, SCENE_RESTART, SCENE_SHUTDOWN, SCENE_COUNT };
static const char *const scene_names[] = { "start", "start in the TUI", "destroy", "graceful destroy", "restart", "shutdown" };

struct round {
	const char *home;
	const char *name; /* the machine */
	unsigned number;
	enum scene scene;
	enum victim victim;
	int delay_us;
};

static unsigned seed_state;

/* A small generator of our own: the same numbers for the same seed everywhere. */
static unsigned random_below(unsigned limit)
{
	seed_state = seed_state * 1664525u + 1013904223u;
	return (seed_state >> 8) % limit;
}

/* What is wrong now with the machine; NULL when all is well. Owned. */
static char *what_is_wrong(const struct round *round)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	struct manager *manager = NULL;
	pid_t qemu[2] = { 0 };
	size_t qemus, keepers, all;

	if (!manager_open(&manager, &err))
		return strf("the state does not open: %s", error_text(&err));
	if (!machine_find(manager, round->name, &machine, &err)) {
		manager_close(manager);
		return strf("the machine is lost: %s", error_text(&err));
	}
	manager_close(manager);
	qemus = home_processes(round->home, "qemu-system", qemu, 2);
	keepers = home_processes(round->home, "virtty-keeper", NULL, 0);
	all = home_processes(round->home, "", NULL, 0);
	if (qemus > 1)
		return strf("%zu QEMU run", qemus);
	if (keepers > 1)
		return strf("%zu keepers run", keepers);
	if (machine_is_active(&machine) && qemus == 0)
		return strf("it is said to be active (state %d), but there is no QEMU", (int)machine.state);
	if (qemus == 1 && !machine_is_active(&machine))
		return strf("QEMU %d runs, but it is said to be off", (int)qemu[0]);
	if (qemus == 1 && machine.run.qemu.pid != qemu[0])
		return strf("QEMU %d runs, the state knows %d", (int)qemu[0], (int)machine.run.qemu.pid);
	if (qemus == 0 && keepers > 0)
		return xstrdup("a keeper runs without a QEMU");
	if (all > qemus + keepers)
		return strf("%zu other processes are at something still", all - qemus - keepers);
	return NULL;
}

/* Waits until all has been well twice in a row. */
static void expect_rest(const struct round *round)
{
	int64_t deadline = clock_monotonic_ms() + REST_MS;
	int well = 0;

	while (well < 2) {
		_cleanup_free_ char *wrong = what_is_wrong(round);

		well = wrong == NULL ? well + 1 : 0;
		ck_assert_msg(clock_monotonic_ms() < deadline, "round %u, %s, killed the %s after %d us: %s", round->number,
			      scene_names[round->scene], victim_names[round->victim], round->delay_us, wrong);
		poll(NULL, 0, 10);
	}
}

/* A command that must work now. */
static void must(const struct round *round, const char *command, const char *option)
{
	struct outcome outcome = option != NULL ? virtty(command, option, round->name, NULL) : virtty(command, round->name, NULL);

	ck_assert_msg(outcome.status == 0, "round %u, %s, killed the %s after %d us: then %s failed: %s", round->number, scene_names[round->scene],
		      victim_names[round->victim], round->delay_us, command, outcome.err);
	outcome_clear(&outcome);
}

static void nap_us(int us)
{
	struct timespec time = { .tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000L };

	ppoll(NULL, 0, &time, NULL);
}

static bool is_dead(void *data)
{
	return !process_alive(data);
}

/* Who is killed does not die at once where there is much else to do: it would be taken for alive. */
static void kill_wholly(pid_t pid)
{
	struct process_id id = process_of(pid);

	kill(pid, SIGKILL);
	ck_assert_msg(wait_for(is_dead, &id, REST_MS), "process %d outlives SIGKILL", (int)pid);
}

static void kill_victims(const struct round *round, pid_t front)
{
	pid_t pids[16];
	const char *comm = victim_comms[round->victim];

	if (front > 0 && (round->victim == VICTIM_FRONT || round->victim == VICTIM_ALL))
		kill(front, SIGKILL);
	if (comm == NULL)
		return;
	size_t count = home_processes(round->home, comm, pids, ARRAY_LENGTH(pids));

	/* all at the same moment, and then to the end */
	for (size_t i = 0; i < count && i < ARRAY_LENGTH(pids); i++)
		kill(pids[i], SIGKILL);
	for (size_t i = 0; i < count && i < ARRAY_LENGTH(pids); i++)
		kill_wholly(pids[i]);
}

/* The TUI on a pty, told to start the first machine of its list. */
static void scene_tui(const struct round *round)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int terminal = -1;
	pid_t pid = forkpty(&terminal, NULL, NULL, &size);

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setenv("TERM", "xterm", 1);
		execl(virtty_path(), virtty_path(), (char *)NULL);
		_exit(127);
	}
	int64_t end = clock_monotonic_ms() + round->delay_us / 1000;
	bool pressed = false;

	/* It must be read, or it stands still; the key goes out with the first screen. */
	for (int64_t left = end - clock_monotonic_ms(); left > 0; left = end - clock_monotonic_ms()) {
		struct pollfd fd = { .fd = terminal, .events = POLLIN };
		char bytes[4096];

		if (poll(&fd, 1, (int)left) <= 0)
			continue;
		if (read(terminal, bytes, sizeof bytes) <= 0)
			break;
		if (!pressed)
			pressed = write(terminal, "s", 1) == 1;
	}
	kill_victims(round, pid);
	/* The terminal goes too: what a killed victim left of the TUI ends. */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(terminal);
}

static void scene_command(const struct round *round, const char *command, const char *option)
{
	struct task task = option != NULL ? task_virtty(command, option, round->name, NULL) : task_virtty(command, round->name, NULL);

	nap_us(round->delay_us);
	kill_victims(round, task.pid);
	struct outcome outcome = task_wait(&task, 60000);

	ck_assert_msg(outcome.status != -1, "round %u, %s, killed the %s after %d us: it hangs", round->number, scene_names[round->scene],
		      victim_names[round->victim], round->delay_us);
	outcome_clear(&outcome);
	task_clear(&task);
}

/* The machine has on_crash=restart: its QEMU dies, the keeper starts another, and something dies in that. */
static void scene_restart(const struct round *round)
{
	pid_t qemu = 0;

	if (home_processes(round->home, "qemu-system", &qemu, 1) == 1)
		kill_wholly(qemu);
	nap_us(round->delay_us);
	kill_victims(round, 0);
}

static void play(struct round *round)
{
	bool on = round->scene != SCENE_START && round->scene != SCENE_START_TUI;

	if (on)
		must(round, "start", NULL);
	switch (round->scene) {
	case SCENE_START:
		scene_command(round, "start", NULL);
		break;
	case SCENE_START_TUI:
		scene_tui(round);
		break;
	case SCENE_DESTROY:
		scene_command(round, "destroy", NULL);
		break;
	case SCENE_GRACEFUL:
		scene_command(round, "destroy", "--graceful");
		break;
	case SCENE_RESTART:
		scene_restart(round);
		break;
	case SCENE_SHUTDOWN:
		wait_console(round->name, "READY", BOOT_MS);
		scene_command(round, "shutdown", "--timeout=40");
		break;
	case SCENE_COUNT:
		break;
	}
	expect_rest(round);
	/* What was asked to stop may stop at any moment from here on, be who asked dead or who was told to see to it: what follows wants a
	 * machine that stays. */
	if (round->scene == SCENE_SHUTDOWN || round->scene == SCENE_GRACEFUL || round->scene == SCENE_DESTROY) {
		struct outcome outcome = virtty("destroy", round->name, NULL);

		outcome_clear(&outcome);
		expect_rest(round);
	}
	/* and everything works again */
	_cleanup_free_ char *state = machine_state(round->name);

	if (strcmp(state, "shut off") == 0 || strcmp(state, "crashed") == 0)
		must(round, "start", NULL);
	must(round, "dominfo", NULL);
	must(round, "suspend", NULL);
	must(round, "destroy", NULL);
	expect_rest(round);
}

static void check_database(const char *home)
{
	_cleanup_free_ char *path = strf("%s/state.db", home);
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;

	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static unsigned rounds(void)
{
	const char *text = getenv("VIRTTY_KILL_ROUNDS");
	long number = text != NULL ? strtol(text, NULL, 10) : ROUNDS_DEFAULT;

	return number > 0 && number < 1000000 ? (unsigned)number : ROUNDS_DEFAULT;
}

START_TEST(kills_at_random_moments)
{
	char *home = home_new();
	_cleanup_free_ char *bare = bare_machine(home, "m", "<on_crash>restart</on_crash>", NULL);
	_cleanup_free_ char *guest = guest_machine(home, "z", NULL, NULL, NULL);
	const char *text = getenv("VIRTTY_KILL_SEED");
	unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 10) : (unsigned)clock_wall_ms();
	unsigned victims[VICTIM_COUNT] = { 0 };

	if (guest == NULL)
		return free(home);
	seed_state = seed;
	printf("kills: %u rounds, VIRTTY_KILL_SEED=%u\n", rounds(), seed);
	fflush(stdout);
	expect_ok(virtty("define", bare, NULL), NULL);
	int64_t begin = clock_monotonic_ms();

	/* How long an undisturbed start takes here: the moments are spread over it, and somewhat beyond. */
	expect_ok(virtty("start", "m", NULL), NULL);
	int64_t start_ms = clock_monotonic_ms() - begin;

	expect_ok(virtty("destroy", "m", NULL), NULL);
	begin = clock_monotonic_ms();
	expect_ok(virtty("start", "m", NULL), NULL);
	start_ms = clock_monotonic_ms() - begin < start_ms ? clock_monotonic_ms() - begin : start_ms;
	expect_ok(virtty("destroy", "m", NULL), NULL);
	expect_ok(virtty("define", guest, NULL), NULL);
	for (unsigned i = 0; i < rounds(); i++) {
		struct round round = { .home = home, .number = i, .victim = (enum victim)random_below(VICTIM_COUNT) };
		bool with_guest = i % GUEST_EVERY == GUEST_EVERY - 1;

		round.scene = with_guest ? SCENE_SHUTDOWN : (enum scene)random_below(SCENE_SHUTDOWN);
		round.name = with_guest ? "z" : "m"; /* the TUI marks the first of its list: m */
		if (round.scene == SCENE_RESTART && round.victim == VICTIM_FRONT)
			round.victim = VICTIM_KEEPER; /* there is no front end in it */
		round.delay_us = (int)random_below((unsigned)(start_ms * 1000 * (round.scene == SCENE_START_TUI ? 4 : 1) * 5 / 4) + 1);
		victims[round.victim]++;
		play(&round);
		if ((i + 1) % PROGRESS_EVERY == 0) {
			printf("kills: %u rounds are over\n", i + 1);
			fflush(stdout);
		}
	}
	check_database(home);
	for (size_t i = 0; i < VICTIM_COUNT; i++)
		printf("kills: %u of %s\n", victims[i], victim_names[i]);
	fflush(stdout);
	home_end(home);
}
END_TEST

static Suite *kills_suite(void)
{
	Suite *suite = suite_create("kills");
	TCase *tcase = tcase_create("kills");

	tcase_set_timeout(tcase, 120 + 30.0 * rounds());
	tcase_add_test(tcase, kills_at_random_moments);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(kills_suite());
}
