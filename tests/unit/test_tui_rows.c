/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machines the list shows: sorting by every key, filtering, marks; the history of loads; the head line at every width. */
#include "base/clock.h"
#include "base/text.h"
#include "tests/unit/unit.h"
#include "tui/actions.h"
#include "tui/host_line.h"
#include "tui/list_rows.h"

#define MACHINES 4

/* By name, as the model has them: alpha runs, Beta is paused, gamma and über are off. */
static struct machine machines[MACHINES];
static struct figures figures[MACHINES];
static struct model model;

static void set_up(void)
{
	static const struct {
		char *name, *title;
		enum run_state state;
		uint64_t memory_mib;
		unsigned vcpus;
		int64_t started_at_ms;
		int cpu;
		bool autostart;
		const char *address;
	} rows[MACHINES] = {
		{ "alpha", "Web server", RUN_RUNNING, 512, 4, 5000, 7, false, "192.0.2.10" },
		{ "Beta", NULL, RUN_PAUSED, 4096, 1, 2000, 0, true, "fd00::1" },
		{ "gamma", "a first one", RUN_SHUTOFF, 1024, 2, 0, -1, false, "" },
		{ "über", "Übung", RUN_SHUTOFF, 2048, 2, 0, -1, true, "192.0.2.9" },
	};

	for (size_t i = 0; i < MACHINES; i++) {
		bool active = rows[i].state == RUN_RUNNING || rows[i].state == RUN_PAUSED;

		machines[i] = (struct machine){ .id = 10 + (int64_t)i, .name = rows[i].name, .title = rows[i].title, .state = rows[i].state,
						.memory_kib = rows[i].memory_mib * 1024, .vcpus = rows[i].vcpus, .autostart = rows[i].autostart,
						.persistent = true, .truth = active ? TRUTH_RUNNING : TRUTH_OFF };
		machines[i].run.started_at_ms = rows[i].started_at_ms;
		figures[i] = (struct figures){ .id = machines[i].id, .cpu_percent = rows[i].cpu };
		address_parse(rows[i].address, &figures[i].address);
		memset(figures[i].history, HISTORY_UNKNOWN, sizeof figures[i].history);
	}
	model = (struct model){ .machines = machines, .figures = figures, .count = MACHINES, .active = 2 };
}

/* The order as indices into the model: "0213". */
static void check_order(struct list_rows *rows, const char *wanted)
{
	char order[MACHINES + 1] = "";

	list_rows_build(rows, &model);
	for (size_t i = 0; i < rows->count; i++)
		order[i] = (char)('0' + rows->rows[i]);
	ck_assert_str_eq(order, wanted);
}

START_TEST(sorting)
{
	static const struct {
		enum sort_key key;
		const char *up, *down;
	} cases[] = {
		{ SORT_NAME, "0123", "3210" },	 { SORT_STATE, "0123", "2310" }, { SORT_CPU, "2310", "0123" },
		{ SORT_MEMORY, "0231", "1320" }, { SORT_VCPUS, "1230", "0231" }, { SORT_TITLE, "2031", "1302" },
		{ SORT_AUTOSTART, "0213", "1302" }, { SORT_UPTIME, "2301", "1023" },
		{ SORT_ADDRESS, "3012", "2103" },
	};
	struct list_rows rows = { 0 };

	ck_assert_int_eq(ARRAY_LENGTH(cases), SORT_KEYS);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		rows.sort = cases[i].key;
		rows.reverse = false;
		check_order(&rows, cases[i].up);
		rows.reverse = true;
		check_order(&rows, cases[i].down);
	}
	list_rows_clear(&rows);
}
END_TEST

START_TEST(filtering)
{
	struct list_rows rows = { .filter = xstrdup("") };

	check_order(&rows, "0123");
	ck_assert(list_rows_matches("ALPHA", &machines[0], &figures[0]));
	ck_assert(list_rows_matches("web run", &machines[0], &figures[0]));
	ck_assert(!list_rows_matches("web paused", &machines[0], &figures[0]));
	ck_assert(list_rows_matches("ÜBER", &machines[3], &figures[3]));
	ck_assert(list_rows_matches("  ", &machines[1], &figures[1]));
	ck_assert(list_rows_matches("192.0.2.1 alpha", &machines[0], &figures[0]));
	ck_assert(!list_rows_matches("192.0.2.1", &machines[2], &figures[2]));
	/* the end of a name is not run over */
	ck_assert(!list_rows_matches("alphabet", &machines[0], &figures[0]));
	free(rows.filter);
	rows.filter = xstrdup("shut");
	check_order(&rows, "23");
	ck_assert_uint_eq(list_rows_find(&rows, &model, 13), 1);
	ck_assert_uint_eq(list_rows_find(&rows, &model, 10), rows.count);
	list_rows_clear(&rows);
}
END_TEST

START_TEST(marks)
{
	struct list_rows rows = { .filter = xstrdup("shut") };
	size_t hidden;

	list_rows_build(&rows, &model);
	figures[0].marked = figures[2].marked = true;
	ck_assert_uint_eq(list_rows_marked(&rows, &model, &hidden), 1);
	ck_assert_uint_eq(hidden, 1);
	list_rows_clear(&rows);
}
END_TEST

START_TEST(history)
{
	struct figures f = figures[2];

	for (int i = 0; i < HISTORY_SECONDS; i++)
		figures_add_load(&f, 200, 4, 1024);
	ck_assert_uint_eq(f.history[HISTORY_BARS - 1], 50);
	ck_assert_uint_eq(f.history[HISTORY_BARS - 2], HISTORY_UNKNOWN);
	/* more than there can be is full; a bar in the making is not shown */
	for (int i = 0; i < HISTORY_SECONDS; i++)
		figures_add_load(&f, 900, 1, 1024);
	figures_add_load(&f, 0, 1, 1024);
	ck_assert_uint_eq(f.history[HISTORY_BARS - 1], 100);
	ck_assert_uint_eq(f.history[HISTORY_BARS - 2], 50);
}
END_TEST

static bool refused(size_t machine, enum command command)
{
	return action_refusal(&machines[machine], &figures[machine], command) != NULL;
}

/* A load that moves about a little is one number, not a flicker. */
START_TEST(settling)
{
	ck_assert_int_eq(figures_settle(-1, 4), 0);
	ck_assert_int_eq(figures_settle(-1, 5), 1);
	ck_assert_int_eq(figures_settle(0, 7), 0);
	ck_assert_int_eq(figures_settle(0, 8), 1);
	ck_assert_int_eq(figures_settle(1, 3), 1);
	ck_assert_int_eq(figures_settle(1, 2), 0);
	ck_assert_int_eq(figures_settle(1, 0), 0);
	ck_assert_int_eq(figures_settle(1, 17), 1);
	ck_assert_int_eq(figures_settle(50, 1994), 199);
	ck_assert_int_eq(figures_settle(200, 1), 0);
}
END_TEST

START_TEST(refusals)
{
	size_t both[] = { 0, 2 };
	size_t running = 0;

	for (size_t i = 0; i < MACHINES; i++) {
		bool active = i < 2;

		ck_assert_int_eq(refused(i, COMMAND_START), active);
		ck_assert_int_eq(refused(i, COMMAND_SHUTDOWN), !active);
		ck_assert_int_eq(refused(i, COMMAND_FORCE_OFF), !active);
		ck_assert_int_eq(refused(i, COMMAND_RESET), !active);
		ck_assert_int_eq(refused(i, COMMAND_PAUSE), !active);
		ck_assert_int_eq(refused(i, COMMAND_REBOOT), i != 0);
		ck_assert_int_eq(refused(i, COMMAND_DELETE), active);
		ck_assert_int_eq(refused(i, COMMAND_RENAME), active);
		ck_assert(!refused(i, COMMAND_AUTOSTART));
		ck_assert(!refused(i, COMMAND_QUIT));
	}
	/* one that can is enough; a name is for one */
	ck_assert_ptr_null(action_refusal_all(&model, both, 2, COMMAND_START));
	ck_assert_ptr_null(action_refusal_all(&model, both, 2, COMMAND_SHUTDOWN));
	ck_assert_ptr_nonnull(action_refusal_all(&model, both, 2, COMMAND_RENAME));
	ck_assert_ptr_nonnull(action_refusal_all(&model, &running, 1, COMMAND_START));
	figures[2].busy = "starting";
	ck_assert(refused(2, COMMAND_START) && refused(2, COMMAND_DELETE) && refused(2, COMMAND_AUTOSTART));
	machines[0].persistent = false;
	ck_assert(refused(0, COMMAND_AUTOSTART));
}
END_TEST

START_TEST(head)
{
	model.host = (struct host_info){ .cpus = 2, .memory_kib = 8u << 20, .memory_available_kib = 3u << 20, .kvm = true };
	model.promised_kib = 6u << 20;
	for (int over = 0; over < 2; over++) {
		for (int columns = 0; columns < 200; columns++) {
			char *left, *right;

			host_line(&model, columns, &left, &right);
			if (*right != '\0')
				ck_assert_int_le(utf8_width(left) + utf8_width(right) + 2, columns);
			if (columns >= 80) {
				ck_assert_ptr_nonnull(strstr(right, "KVM"));
				ck_assert_ptr_nonnull(strstr(right, "promised"));
				ck_assert_int_eq(strstr(right, "overcommitted") != NULL, over);
			}
			free(left);
			free(right);
		}
		model.promised_kib = 9u << 20;
	}
}
END_TEST

/* Sorting and filtering as each key does them: a thousand machines must not be felt. */
START_TEST(thousand)
{
	enum { MANY = 1000, ROUNDS = 20 };
	struct machine *many = xcalloc(MANY, sizeof *many);
	struct figures *loads = xcalloc(MANY, sizeof *loads);
	struct model crowd = { .machines = many, .figures = loads, .count = MANY };
	struct list_rows rows = { .filter = xstrdup("machine 9") };
	int64_t best_ms = INT64_MAX;

	for (size_t i = 0; i < MANY; i++) {
		many[i] = (struct machine){
			.id = (int64_t)i + 1, .name = strf("machine-%04zu", i), .title = "some title", .memory_kib = i * 7919 % 997
		};
		loads[i].id = many[i].id;
	}
	for (int round = 0; round < ROUNDS; round++) {
		int64_t began_ms = clock_monotonic_ms();

		rows.sort = (enum sort_key)(round % SORT_KEYS);
		list_rows_build(&rows, &crowd);
		int64_t passed_ms = clock_monotonic_ms() - began_ms;

		best_ms = passed_ms < best_ms ? passed_ms : best_ms;
	}
	ck_assert_uint_eq(rows.count, 271);
	/* generous: under sanitizers, on a busy host */
	ck_assert_int_lt(best_ms, 50);
	list_rows_clear(&rows);
	for (size_t i = 0; i < MANY; i++)
		free(many[i].name);
	free(many);
	free(loads);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui rows");
	TCase *tests = tcase_create("rows");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, sorting);
	tcase_add_test(tests, filtering);
	tcase_add_test(tests, marks);
	tcase_add_test(tests, history);
	tcase_add_test(tests, settling);
	tcase_add_test(tests, refusals);
	tcase_add_test(tests, head);
	tcase_add_test(tests, thousand);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
