/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks that come and go at once, and kill -9 of the command, its keeper or both at random moments of that: afterwards
 * the document says what QEMU has, nothing is left open, and the next commands work. VIRTTY_KILL_ROUNDS says how many
 * rounds (12), VIRTTY_KILL_SEED repeats a run. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/disks.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- several at once, and kills ---- */

START_TEST(racing)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, SCSI);
	struct task tasks[6];
	static const char *const targets[] = { "sda", "sdb", "sdc", "vda", "vdb", "vdc" };

	define_start(home, "m", document);
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		_cleanup_free_ char *name = strf("%s.img", targets[i]), *path = disk_raw(home, name, "1M");

		tasks[i] = task_virtty("attach-disk", "m", path, targets[i], i % 2 ? "--persistent" : "--live", NULL);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		expect_ok(task_wait(&tasks[i], SOON_MS * 3), NULL);
		task_clear(&tasks[i]);
	}
	expect_agreement("m", "six came at once");
	for (size_t i = 0; i < ARRAY_LENGTH(targets); i++)
		ck_assert_msg(has_disk("m", NULL, targets[i]) &&
				      has_disk("m", "--inactive", targets[i]) == (i % 2 == 1),
			      "%s", targets[i]);
	/* and the same disk twice: one wins */
	_cleanup_free_ char *one = disk_raw(home, "one.img", "1M"), *two = disk_raw(home, "two.img", "1M");
	struct task a = task_virtty("attach-disk", "m", one, "sdd", NULL),
		    b = task_virtty("attach-disk", "m", two, "sdd", NULL);
	struct outcome first = task_wait(&a, SOON_MS), second = task_wait(&b, SOON_MS);

	ck_assert_msg((first.status == 0) != (second.status == 0), "%d and %d", first.status, second.status);
	outcome_clear(&first);
	outcome_clear(&second);
	task_clear(&a);
	task_clear(&b);
	expect_agreement("m", "after two for one name");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static unsigned seed_state;

static unsigned random_below(unsigned limit)
{
	seed_state = seed_state * 1664525u + 1013904223u;
	return (seed_state >> 8) % limit;
}

static void nap_us(unsigned us)
{
	struct timespec time = { .tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000L };

	ppoll(NULL, 0, &time, NULL);
}

/* Takes the disk away. The keeper may still be at what a killed front end asked of it: then it is gone meanwhile. */
static void take_away(const char *option)
{
	struct outcome outcome = virtty("detach-disk", "m", "sdb", option, NULL);

	if (outcome.status != 0 && !has_disk("m", text_equal(option, "--config") ? "--inactive" : NULL, "sdb")) {
		ck_assert_msg(strstr(outcome.err, "has no disk 'sdb'") != NULL, "%s", outcome.err);
		outcome_clear(&outcome);
		return;
	}
	expect_ok(outcome, NULL);
}

/* One command that is killed, or whose keeper is, at a random moment. */
static void killed(const char *home, unsigned round, const char *const *words)
{
	struct task task = task_start(words);
	unsigned delay = random_below(150000);
	bool keeper = random_below(3) == 0, both = random_below(4) == 0;

	nap_us(delay);
	if (keeper || both)
		home_kill(home, "virtty-keeper");
	if (!keeper || both)
		kill(task.pid, SIGKILL);
	struct outcome outcome = task_wait(&task, 60000);
	_cleanup_free_ char *when = strf("round %u, %s, killed the %s after %u us", round, words[1],
					 both	  ? "both"
					 : keeper ? "keeper"
						  : "front end",
					 delay);

	ck_assert_msg(outcome.status != -1, "%s: it hangs", when);
	outcome_clear(&outcome);
	task_clear(&task);
	/* whoever asks next brings a keeper along, and that one looks */
	expect_agreement("m", when);
}

START_TEST(kills)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_qcow2(home, "a.qcow2", "1M"), *one = disk_medium(home, "one.iso", "1"),
			    *two = disk_medium(home, "two.iso", "2");
	_cleanup_free_ char *inner = strf(
		SCSI "<disk type='file' device='cdrom'><source file='%s'/><target dev='sda' bus='scsi'/></disk>", one);
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, inner);
	const char *rounds = getenv("VIRTTY_KILL_ROUNDS"), *seed = getenv("VIRTTY_KILL_SEED");
	const char *media[] = { one, two };
	unsigned count = rounds != NULL ? (unsigned)strtoul(rounds, NULL, 10) : 12;

	seed_state = seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : (unsigned)time(NULL);
	printf("seed %u\n", seed_state);
	fflush(stdout);
	define_start(home, "m", document);
	for (unsigned round = 0; round < count; round++) {
		const char *const attach[] = { virtty_path(), "attach-disk",  "m", a, "sdb", "--subdriver",
					       "qcow2",	      "--persistent", NULL };
		const char *const detach[] = { virtty_path(), "detach-disk", "m", "sdb", "--persistent", NULL };
		const char *const change[] = { virtty_path(), "change-media", "m", "sda", media[round % 2], NULL };

		killed(home, round, attach);
		if (has_disk("m", NULL, "sdb"))
			killed(home, round, detach);
		if (round % 3 == 0)
			killed(home, round, change);
		/* all goes on as if nothing had been */
		if (has_disk("m", NULL, "sdb"))
			take_away("--live");
		if (has_disk("m", "--inactive", "sdb"))
			take_away("--config");
		if (!document_says("m", NULL, "one.iso"))
			OK("change-media", "m", "sda", one);
	}
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(keeper_anew)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *document = bare_machine(home, "m", NULL, SCSI);

	define_start(home, "m", document);
	OK("attach-disk", "m", a, "sda");
	home_kill(home, "virtty-keeper");
	ck_assert(has_disk("m", NULL, "sda"));
	OK("detach-disk", "m", "sda");
	expect_agreement("m", "by the keeper that adopted it");
	OK("attach-disk", "m", a, "sda");
	home_kill(home, "virtty-keeper");
	OK("blockresize", "m", "sda", "2M");
	expect_agreement("m", "and again");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Another QEMU takes the place of one that died: with the disks that this one had got, as a guest that goes on would
 * expect. */
START_TEST(qemu_anew)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M");
	_cleanup_free_ char *document = bare_machine(home, "m", "<on_crash>restart</on_crash>", SCSI);

	define_start(home, "m", document);
	OK("attach-disk", "m", a, "sda");
	pid_t pid = home_process(home, "qemu-system");

	kill(pid, SIGKILL);
	wait_event("m", "Stopped Crashed", SOON_MS);
	wait_state("m", "running", SOON_MS);
	ck_assert(has_disk("m", NULL, "sda") && !has_disk("m", "--inactive", "sda"));
	expect_agreement("m", "with another QEMU");
	OK("detach-disk", "m", "sda");
	expect_agreement("m", "and without the disk");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("changes of devices, and kills");
	TCase *tcase = tcase_create("kills");

	tcase_set_timeout(tcase, 7200);
	tcase_add_test(tcase, racing);
	tcase_add_test(tcase, keeper_anew);
	tcase_add_test(tcase, qemu_anew);
	tcase_add_test(tcase, kills);
	suite_add_tcase(suite, tcase);
	return suite_main(suite);
}
