/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work on images: the words that qemu-img gets, and what becomes of what it says. */
#include "base/process.h"
#include "base/strv.h"
#include "core/db.h"
#include "core/image_work.h"
#include "core/job_internal.h"
#include "tests/unit/manage.h"
#include "tests/unit/unit.h"

static const struct image_source plain = { "/a,b.qcow2", IMAGE_QCOW2, NULL };
static const struct image_source locked = { "/a,b.qcow2", IMAGE_QCOW2, "/key,s" };
static const struct image_source luks = { "/c.luks", IMAGE_LUKS, "/key" };

/* Takes argv over. */
static void expect_words(char **argv, const char *words)
{
	_cleanup_free_ char *line = strv_join(argv, " ");

	ck_assert_str_eq(line, words);
	strv_free(argv);
}

START_TEST(words_of_qemu_img)
{
	expect_words(qemu_img_check(&plain, REPAIR_NOTHING), "qemu-img check --output=json -f qcow2 /a,b.qcow2");
	expect_words(qemu_img_check(&plain, REPAIR_LEAKS), "qemu-img check --output=json -r leaks -f qcow2 /a,b.qcow2");
	/* a key goes by the name of its file, and what opens the image names the key */
	expect_words(qemu_img_check(&locked, REPAIR_ALL),
		     "qemu-img check --object secret,id=secret0,file=/key,,s --output=json -r all --image-opts "
		     "driver=qcow2,file.filename=/a,,b.qcow2,encrypt.key-secret=secret0");
	expect_words(
		qemu_img_resize_image(&luks, 1024, true, "full"),
		"qemu-img resize --object secret,id=secret0,file=/key -q --shrink --preallocation=full --image-opts "
		"driver=luks,file.filename=/c.luks,key-secret=secret0 1024");
	expect_words(qemu_img_rebase(&plain, NULL, IMAGE_UNKNOWN, true), "qemu-img rebase -u -b  -f qcow2 /a,b.qcow2");
	expect_words(qemu_img_rebase(&plain, "/b.raw", IMAGE_RAW, false),
		     "qemu-img rebase -p -b /b.raw -F raw -f qcow2 /a,b.qcow2");
	expect_words(qemu_img_commit(&plain, "/base", true), "qemu-img commit -p -b /base -d -f qcow2 /a,b.qcow2");
	expect_words(qemu_img_map(&plain, 0, 4096),
		     "qemu-img map --output=json -U --max-length=4096 -f qcow2 /a,b.qcow2");
	expect_words(qemu_img_compare(&plain, &luks, true),
		     "qemu-img compare -p -s --object secret,id=secret1,file=/key --image-opts "
		     "driver=qcow2,file.filename=/a,,b.qcow2 driver=luks,file.filename=/c.luks,key-secret=secret1");
	/* a look needs none */
	expect_words(qemu_img_info(&locked), "qemu-img info --output=json -U -f qcow2 /a,b.qcow2");
}
END_TEST

static const struct {
	const char *said, *text;
	int code;
	bool done;
} checks[] = {
	{ "{\"check-errors\":0}", "no errors", 0, true },
	{ "{\"leaks\":1}", "1 cluster is leaked: space that nothing uses, no data is lost", 3, true },
	{ "{\"corruptions\":2,\"leaks\":3}",
	  "2 errors: what it holds may be damaged; 3 clusters are leaked: space that nothing uses, no data is lost", 2,
	  true },
	{ "{\"corruptions-fixed\":1,\"leaks-fixed\":2}", "1 error was repaired; 2 leaked clusters were given back", 0,
	  true },
	{ "Leaked\n{\"leaks\":-5}", "no errors", 3, true },
	{ "{\"leaks\":", NULL, 3, false },
	{ "", NULL, 0, false },
	{ "{\"leaks\":1}", NULL, 1, false },
	{ "{}", NULL, 63, false },
};

START_TEST(outcome_of_a_check)
{
	_cleanup_free_ char *result = NULL, *text = NULL;
	struct image_check_result read;

	ck_assert_int_eq(job_outcome(JOB_CHECK, checks[_i].code << 8, checks[_i].said, &result), checks[_i].done);
	if (!checks[_i].done)
		return;
	ck_assert(image_check_read(result, &read, NULL));
	text = image_check_text(&read);
	ck_assert_str_eq(text, checks[_i].text);
}
END_TEST

START_TEST(outcome_of_a_comparison)
{
	struct image_compare_result read;
	char *result = NULL;

	ck_assert(job_outcome(JOB_COMPARE, 0, "    (100.00/100%)\rImages are identical.\n", &result));
	ck_assert(image_compare_read(result, &read, NULL) && read.identical && !read.has_offset);
	free(result);
	ck_assert(job_outcome(JOB_COMPARE, 1 << 8, "Content mismatch at offset 512000!\n", &result));
	ck_assert(image_compare_read(result, &read, NULL) && !read.identical && read.has_offset);
	ck_assert_uint_eq(read.offset, 512000);
	free(result);
	ck_assert(job_outcome(JOB_COMPARE, 1 << 8, "Strict mode: Image size mismatch!\n", &result));
	ck_assert(image_compare_read(result, &read, NULL) && read.sizes_differ && !read.has_offset);
	free(result);
	/* it could not read one of them; it was killed */
	ck_assert(!job_outcome(JOB_COMPARE, 2 << 8, "", &result) && result == NULL);
	ck_assert(!job_outcome(JOB_COMPARE, 9, "", &result) && result == NULL);
	ck_assert(!job_outcome(JOB_CONVERT, 1 << 8, "", &result) && job_outcome(JOB_CONVERT, 0, NULL, &result));
	ck_assert_ptr_null(result);
	ck_assert(!image_compare_read(NULL, &read, NULL) && !image_compare_read("x", &read, NULL));
}
END_TEST

START_TEST(pace_of_a_job)
{
	struct job job = { .state = JOB_RUNNING, .started_ms = 1000, .bytes_done = 500, .bytes_total = 1500 };

	ck_assert_uint_eq(job_rate(&job, 6000), 100);
	ck_assert_int_eq(job_left_s(&job, 6000), 10);
	/* too young; a clock that was set back */
	ck_assert(job_rate(&job, 1500) == 0 && job_left_s(&job, 1500) == -1);
	ck_assert(job_rate(&job, 0) == 0 && job_left_s(&job, 0) == -1);
	/* how much there is is not known */
	job.bytes_total = 0;
	ck_assert(job_rate(&job, 6000) == 100 && job_left_s(&job, 6000) == -1);
	job.bytes_total = UINT64_MAX;
	ck_assert_int_eq(job_left_s(&job, 6000), -1);
	/* it has ended: the rate is that of its life */
	job.bytes_total = 1500;
	job.ended_ms = 2000;
	job.state = JOB_DONE;
	ck_assert(job_rate(&job, 6000) == 500 && job_left_s(&job, 6000) == -1);
}
END_TEST

START_TEST(names_of_backing_files)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *long_name = xcalloc(1, 1100);

	memset(long_name, 'a', 1024);
	ck_assert(image_check_backing_name("/srv/Ä b,c.qcow2", &err));
	ck_assert(!image_check_backing_name("/a\nb", &err) && strstr(err.message, "control characters") != NULL);
	ck_assert(!image_check_backing_name("/\xff", &err) && strstr(err.message, "UTF-8") != NULL);
	ck_assert(!image_check_backing_name(long_name, &err) && strstr(err.message, "1023") != NULL);
	long_name[1023] = '\0';
	ck_assert(image_check_backing_name(long_name, &err));
}
END_TEST

/* Cancelled by who waits for it, at the moment at which it ends. */
static bool end_and_cancel(const struct job *job, void *userdata)
{
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE job SET state = ?1, ended_at_ms = 1 WHERE id = ?2", "si",
			 (const char *)userdata, job->id));
	return false;
}

START_TEST(what_is_done_is_not_cancelled)
{
	static char done[] = "done", failed[] = "failed";
	char *const ends[] = { done, failed };

	for (int64_t id = 1; id <= (int64_t)ARRAY_LENGTH(ends); id++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct process_id self = process_self();

		ck_assert(db_run(manager_db(manager), NULL, NULL,
				 "INSERT INTO job (id, kind, state, subject, plan, started_at_ms, changed_at_ms, pid, pid_start, boot_id)"
				 " VALUES (?, 'clone', 'running', 'a', '{}', 1, 1, ?, ?, ?)",
				 "iiis", id, (int64_t)self.pid, (int64_t)self.start, process_boot_id()));
		ck_assert_msg(job_wait(manager, id, end_and_cancel, ends[id - 1], &err) == (ends[id - 1] == done), "%s",
			      error_text(&err));
		ck_assert(ends[id - 1] == done || strcmp(error_text(&err), "cancelled") == 0);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("work on images");
	TCase *t = tcase_create("work on images");

	tcase_add_test(t, words_of_qemu_img);
	tcase_add_loop_test(t, outcome_of_a_check, 0, ARRAY_LENGTH(checks));
	tcase_add_test(t, outcome_of_a_comparison);
	tcase_add_test(t, pace_of_a_job);
	tcase_add_test(t, names_of_backing_files);
	suite_add_tcase(s, t);
	t = tcase_create("jobs that end");
	tcase_add_checked_fixture(t, manage_setup, manage_teardown);
	tcase_add_test(t, what_is_done_is_not_cancelled);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
