/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs that are killed, stopped, cancelled, left alone and raced: what they make is there whole or not at all, what they
 * change is still there, and the next command finds nothing to be tidied up. */
#include "base/file.h"
#include "base/memory.h"
#include "storage/image.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/volumes.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MEBIBYTES 48

static unsigned kill_rounds(void)
{
	const char *text = getenv("VIRTTY_JOB_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 30;
}

/* ---- killed ---- */

/* What a round works on. */
struct stage {
	char *home, *raw, *copy, *kept, *file; /* owned */
	unsigned whole;
};

static const char qcow2_copy[] = "<volume><name>copy</name><capacity>1</capacity><target><format type='qcow2'/></target></volume>";
static const char allocated[] = "<volume><name>copy</name><capacity unit='MiB'>64</capacity><allocation unit='MiB'>64</allocation>"
				"<target><format type='qcow2'/></target></volume>";

static struct task with_input(struct task task, const char *text)
{
	task_send(&task, text);
	task_close_input(&task);
	return task;
}

static struct task begin_convert(struct stage *stage)
{
	(void)stage;
	return with_input(task_virtty("vol-create-from", "default", "-", "raw.img", NULL), qcow2_copy);
}

static struct task begin_clone(struct stage *stage)
{
	(void)stage;
	return task_virtty("vol-clone", "raw.img", "copy", "--pool", "default", NULL);
}

static struct task begin_create(struct stage *stage)
{
	(void)stage;
	return with_input(task_virtty("vol-create", "default", "-", NULL), allocated);
}

static struct task begin_upload(struct stage *stage)
{
	return task_virtty("vol-upload", "kept.img", stage->raw, "--pool", "default", NULL);
}

static struct task begin_download(struct stage *stage)
{
	return task_virtty("vol-download", "raw.img", stage->file, "--pool", "default", NULL);
}

static struct task begin_wipe(struct stage *stage)
{
	(void)stage;
	return task_virtty("vol-wipe", "kept.img", "--pool", "default", NULL);
}

/* A copy is whole, or it is not there. */
static void look_copy(struct stage *stage, const char *format)
{
	if (!path_exists(stage->copy))
		return;
	stage->whole++;
	expect_same(stage->raw, "raw", stage->copy, format);
	OK("vol-delete", "copy", "--pool", "default");
}

static void look_converted(struct stage *stage)
{
	look_copy(stage, "qcow2");
}

static void look_cloned(struct stage *stage)
{
	look_copy(stage, "raw");
}

static void look_created(struct stage *stage)
{
	if (!path_exists(stage->copy))
		return;
	stage->whole++;
	RUN("qemu-img", "check", "-q", "-f", "qcow2", stage->copy);
	OK("vol-delete", "copy", "--pool", "default");
}

/* What is written into is there, as large as before, and may be written anew. */
static void look_kept(struct stage *stage)
{
	struct stat st;

	ck_assert(stat(stage->kept, &st) == 0 && st.st_size == MEBIBYTES * 1024 * 1024);
	OK("vol-info", "kept.img", "--pool", "default");
}

static void look_downloaded(struct stage *stage)
{
	struct stat st;

	/* one that was killed with its virtty leaves a file of the user's own */
	if (stat(stage->file, &st) == 0)
		ck_assert_int_eq(unlink(stage->file), 0);
}

static const struct kind {
	const char *name;
	struct task (*begin)(struct stage *stage);
	void (*look)(struct stage *stage);
} kinds[] = {
	{ "convert", begin_convert, look_converted }, { "clone", begin_clone, look_cloned },
	{ "create", begin_create, look_created },     { "upload", begin_upload, look_kept },
	{ "download", begin_download, look_downloaded }, { "wipe", begin_wipe, look_kept },
};
#define KINDS (sizeof kinds / sizeof *kinds)

/* kill -9 at any moment to the job, and now and then to the virtty that waits for it. */
static void kill_round(struct stage *stage, unsigned round)
{
	const struct kind *kind = &kinds[round % KINDS];
	struct timespec pause = { 0, rand() % 120 * 1000000 };
	_cleanup_task_ struct task task = kind->begin(stage);
	bool all = round / KINDS % 3 == 0;
	pid_t processes[4];
	size_t count;

	nanosleep(&pause, NULL);
	count = home_processes(stage->home, "virtty", processes, 4);
	for (size_t i = 0; i < count && i < 4; i++)
		if (all || processes[i] != task.pid)
			kill(processes[i], SIGKILL);
	struct outcome ended = task_wait(&task, SOON_MS);

	outcome_clear(&ended);
	/* by whatever name: a program that is being started is not called so yet */
	wait_processes(stage->home, "", 0, SOON_MS);
	OK("jobs");
	expect_tidy(stage->home);
	kind->look(stage);
}

START_TEST(killed_jobs)
{
	struct stage stage = { .home = home_new() };
	_cleanup_free_ char *reference = strf("%s/reference", stage.home), *images = image_path(stage.home, "");

	srand(1);
	stage.raw = patterned_volume(stage.home, "raw.img", MEBIBYTES);
	stage.kept = patterned_volume(stage.home, "kept.img", MEBIBYTES);
	stage.copy = image_path(stage.home, "copy");
	stage.file = strf("%s/file", stage.home);
	RUN("cp", "--sparse=always", stage.raw, reference);
	for (unsigned round = 0; round < kill_rounds(); round++)
		kill_round(&stage, round);
	printf("%u of %u copies were whole before they were killed\n", stage.whole, kill_rounds() / 2);
	/* what was only read is as it was, and everything goes on */
	RUN("cmp", stage.raw, reference);
	OK("vol-upload", "kept.img", stage.raw, "--pool", "default");
	RUN("cmp", stage.raw, stage.kept);
	OK("pool-refresh", "default");
	expect_rows_are_files("default", images);
	free(stage.raw);
	free(stage.kept);
	free(stage.copy);
	free(stage.file);
	home_end(stage.home);
}
END_TEST

/* ---- stopped, cancelled, left alone ---- */

/* A job that waits for more input of ours. */
static struct task begin_waiting_upload(const char *volume)
{
	struct task task = task_virtty("vol-upload", volume, "-", "--pool", "default", NULL);

	task_send(&task, "some");
	return task;
}

/* Its line in the list of jobs has held a word; fails the test when the time is up. */
struct job_line {
	const char *first, *second;
};

static bool job_says(void *data)
{
	const struct job_line *line = data;
	_cleanup_free_ char *text = NULL;

	expect_ok(virtty("jobs", NULL), &text);
	const char *at = strstr(text, line->first);

	return at != NULL && strstr(text, line->second) != NULL;
}

static void wait_job(const char *subject, const char *state)
{
	struct job_line line = { subject, state };

	ck_assert_msg(wait_for(job_says, &line, SOON_MS), "no job '%s' is %s", subject, state);
}

/* The process of the job: the virtty of this home that is not the one that waits. */
struct other {
	const char *home;
	pid_t waiting, found;
};

static bool find_other(void *data)
{
	struct other *other = data;
	pid_t pids[4];
	size_t count = home_processes(other->home, "virtty", pids, 4);

	for (size_t i = 0; i < count && i < 4; i++)
		if (pids[i] != other->waiting)
			other->found = pids[i];
	return other->found != 0;
}

static pid_t job_process(const char *home, const struct task *waiting)
{
	struct other other = { home, waiting->pid, 0 };

	ck_assert(wait_for(find_other, &other, SOON_MS));
	return other.found;
}

START_TEST(cancelled)
{
	char *home = home_new();
	_cleanup_task_ struct task task = { 0 };

	OK("vol-create-as", "default", "up.img", "1M");
	task = begin_waiting_upload("up.img");
	wait_job("default/up.img", "running");
	OK("jobs", "--cancel", "1");
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_ptr_nonnull(strstr(ended.err, "cancelled"));
	outcome_clear(&ended);
	wait_job("default/up.img", "cancelled");
	expect_error(virtty("jobs", "--cancel", "1", NULL), 1, "has ended already", NULL);
	expect_error(virtty("jobs", "--cancel", "99", NULL), 1, "there is no job 99", NULL);
	home_end(home);
}
END_TEST

/* ^C to who waits for a job that stands still, and shows nothing of it. */
START_TEST(interrupted)
{
	char *home = home_new();
	_cleanup_task_ struct task task = { 0 };

	OK("vol-create-as", "default", "up.img", "1M");
	task = task_virtty("-q", "vol-upload", "up.img", "-", "--pool", "default", NULL);
	wait_job("default/up.img", "running");
	task_expect_handler(&task, SIGINT);
	ck_assert_int_eq(kill(task.pid, SIGINT), 0);
	/* task_wait() would close its input, and with that the job would go on */
	ck_assert(!task_expect(&task, "nothing", SOON_MS));
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	ck_assert_msg(strstr(ended.err, "cancelled") != NULL, "%s", ended.err);
	outcome_clear(&ended);
	wait_job("default/up.img", "cancelled");
	home_end(home);
}
END_TEST

/* One that is stopped cannot hear that it is cancelled: it ends all the same, and takes its program along. */
START_TEST(stopped_and_cancelled)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", MEBIBYTES), *copy = image_path(home, "copy");
	_cleanup_task_ struct task task = { 0 }, convert = { 0 };

	OK("vol-create-as", "default", "up.img", "1M");
	task = begin_waiting_upload("up.img");
	wait_job("default/up.img", "running");
	ck_assert_int_eq(kill(job_process(home, &task), SIGSTOP), 0);
	OK("jobs", "--cancel", "1");
	struct outcome ended = task_wait(&task, SOON_MS);

	ck_assert_int_eq(ended.status, 1);
	outcome_clear(&ended);
	convert = with_input(task_virtty("vol-create-from", "default", "-", "raw.img", NULL), qcow2_copy);
	pid_t job = job_process(home, &convert);

	ck_assert_int_eq(kill(job, SIGSTOP), 0);
	/* it may have ended just before */
	struct outcome cancel = virtty("jobs", "--cancel", "2", NULL);

	outcome_clear(&cancel);
	ended = task_wait(&convert, SOON_MS);
	outcome_clear(&ended);
	wait_processes(home, "", 0, SOON_MS);
	expect_tidy(home);
	if (path_exists(copy))
		expect_same(raw, "raw", copy, "qcow2");
	home_end(home);
}
END_TEST

/* The virtty that waits is only a watcher. */
START_TEST(a_watcher_that_is_killed)
{
	char *home = home_new();
	_cleanup_free_ char *path = image_path(home, "up.img"), *text = NULL;
	_cleanup_task_ struct task task = { 0 };
	size_t length;

	OK("vol-create-as", "default", "up.img", "1M");
	task = begin_waiting_upload("up.img");
	wait_job("default/up.img", "running");
	ck_assert_int_eq(kill(task.pid, SIGKILL), 0);
	task_send(&task, " more");
	task_close_input(&task);
	wait_job("default/up.img", "done");
	ck_assert(file_read(path, 2 * 1024 * 1024, &text, &length, NULL) && length == 1024 * 1024);
	ck_assert_int_eq(memcmp(text, "some more", 10), 0);
	wait_processes(home, "virtty", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* ---- at once ---- */

/* Two at once for one name: one gets it, the other is told, and the image is one of theirs. */
START_TEST(one_name_at_once)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", 16);

	for (int round = 0; round < 8; round++) {
		_cleanup_free_ char *name = strf("v%d", round), *path = image_path(home, name);
		bool made = round % 2 == 0;
		struct task one = made ? task_virtty("vol-create-as", "default", name, "10M", "--format", "qcow2", NULL)
				       : task_virtty("vol-clone", "raw.img", name, "--pool", "default", NULL);
		struct task two = round % 4 < 2 ? task_virtty("vol-create-as", "default", name, "20M", "--format", "qcow2", NULL)
						: task_virtty("vol-clone", "raw.img", name, "--pool", "default", NULL);
		struct outcome first = task_wait(&one, SOON_MS), second = task_wait(&two, SOON_MS);

		ck_assert_int_eq(first.status + second.status, 1);
		ck_assert_ptr_nonnull(strstr(first.status != 0 ? first.err : second.err, "exists already"));
		if (first.status == 0 ? !made : round % 4 >= 2)
			RUN("cmp", raw, path);
		outcome_clear(&first);
		outcome_clear(&second);
		task_clear(&one);
		task_clear(&two);
	}
	expect_tidy(home);
	home_end(home);
}
END_TEST

/* A qemu-img of this home, stopped in the midst of its work. */
static bool stop_program(void *data)
{
	pid_t pid;

	return home_processes(data, "qemu-img", &pid, 1) == 1 && kill(pid, SIGSTOP) == 0;
}

/* A second one for a name that is being made does not touch what the first one has made of it. */
START_TEST(a_name_that_is_being_made)
{
	char *home = home_new();
	_cleanup_free_ char *raw = patterned_volume(home, "raw.img", 600), *copy = image_path(home, "copy");
	_cleanup_task_ struct task task = { 0 };
	pid_t program;

	task = with_input(task_virtty("vol-create-from", "default", "-", "raw.img", NULL), qcow2_copy);
	ck_assert_msg(wait_for(stop_program, home, SOON_MS), "it was too fast to be stopped");
	expect_error(virtty("vol-create-as", "default", "copy", "1M", NULL), 1, "exists already", "making it", NULL);
	expect_error(virtty("vol-clone", "raw.img", "copy", "--pool", "default", NULL), 1, "exists already", NULL);
	ck_assert_uint_eq(home_processes(home, "qemu-img", &program, 1), 1);
	ck_assert_int_eq(kill(program, SIGCONT), 0);
	expect_ok(task_wait(&task, SOON_MS), NULL);
	expect_same(raw, "raw", copy, "qcow2");
	expect_tidy(home);
	home_end(home);
}
END_TEST

static bool is_locked(void *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	int pid;

	return fd >= 0 && image_in_use(fd, false, &pid);
}

/* What a job writes into nobody else has meanwhile. */
START_TEST(a_volume_that_a_job_has)
{
	char *home = home_new();
	_cleanup_free_ char *machine = bare_machine(home, "web1", NULL,
						    "<disk type='volume' device='disk'><source pool='default' volume='up.img'/>"
						    "<target dev='vda' bus='virtio'/></disk>");
	_cleanup_free_ char *path = image_path(home, "up.img");
	_cleanup_task_ struct task task = { 0 };

	OK("vol-create-as", "default", "up.img", "1M");
	OK("define", machine);
	task = begin_waiting_upload("up.img");
	wait_job("default/up.img", "running");
	ck_assert(wait_for(is_locked, path, SOON_MS));
	expect_error(virtty("vol-wipe", "up.img", "--pool", "default", NULL), 1, "in use", NULL);
	expect_error(virtty("vol-resize", "up.img", "2M", "--pool", "default", NULL), 1, "in use", NULL);
	expect_error(virtty("vol-clone", "up.img", "copy", "--pool", "default", NULL), 1, "in use", NULL);
	expect_error(virtty("start", "web1", NULL), 1, "in use", NULL);
	expect_error(virtty("vol-delete", "up.img", "--pool", "default", NULL), 1, "use", NULL);
	task_close_input(&task);
	expect_ok(task_wait(&task, SOON_MS), NULL);
	OK("start", "web1");
	OK("destroy", "web1");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* ---- a state that is held ---- */

START_TEST(a_busy_database)
{
	char *home = home_new();
	_cleanup_free_ char *path = strf("%s/state.db", home), *image = image_path(home, "a.img"), *up = image_path(home, "up.img");
	_cleanup_task_ struct task task = { 0 }, upload = { 0 };
	sqlite3 *db = NULL;

	OK("vol-create-as", "default", "up.img", "1M");
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	/* for longer than anybody waits: nothing is made */
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	expect_error(virtty("vol-create-as", "default", "a.img", "1M", NULL), 1, "lock", NULL);
	ck_assert(!path_exists(image));
	OK("jobs");
	OK("pool-list");
	expect_tidy(home);
	/* for a moment: it is waited for */
	task = task_virtty("vol-create-as", "default", "a.img", "1M", NULL);
	ck_assert(!task_expect(&task, "created", 300));
	ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	expect_ok(task_wait(&task, SOON_MS), NULL);
	/* while a job ends: it says that it is done when it can */
	upload = begin_waiting_upload("up.img");
	wait_job("default/up.img", "running");
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	task_close_input(&upload);
	ck_assert(!task_expect(&upload, "nothing", 6000));
	ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	expect_ok(task_wait(&upload, SOON_MS), NULL);
	wait_job("default/up.img", "done");
	ck_assert(path_exists(up));
	sqlite3_close(db);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("storage: jobs");
	TCase *t = tcase_create("jobs");

	tcase_set_timeout(t, 1800);
	tcase_add_test(t, killed_jobs);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, stopped_and_cancelled);
	tcase_add_test(t, a_watcher_that_is_killed);
	tcase_add_test(t, one_name_at_once);
	tcase_add_test(t, a_name_that_is_being_made);
	tcase_add_test(t, a_volume_that_a_job_has);
	tcase_add_test(t, a_busy_database);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
