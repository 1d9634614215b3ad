/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs between a piece of a file and us: all of it goes through, and every end is told. */
#include "base/filter.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <unistd.h>

#define WORDS(...) ((char *const[]){ __VA_ARGS__, NULL })
#define W(text)	   ((char *)(uintptr_t)(text))

static char *directory; /* owned; a test's own */
static int source;

struct seen {
	struct strbuf text;
	size_t enough; /* 0: all is wanted */
	uint64_t fed, give_up;
};

static void set_up(void)
{
	_cleanup_free_ char *path = NULL, *bytes = xmalloc(1 << 20);

	directory = unit_tempdir();
	path = strf("%s/source", directory);
	for (size_t i = 0; i < 1 << 20; i++)
		bytes[i] = (char)('a' + i % 26);
	ck_assert(file_write(path, bytes, 1 << 20, 0600, NULL));
	source = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(source, 0);
}

static void tear_down(void)
{
	close(source);
	unit_tempdir_remove(directory);
}

static enum filter_answer take(const void *bytes, size_t length, void *userdata, struct error *err)
{
	struct seen *seen = userdata;

	(void)err;
	strbuf_add(&seen->text, bytes, length);
	return seen->enough != 0 && seen->text.length >= seen->enough ? FILTER_ENOUGH : FILTER_MORE;
}

static bool fed(uint64_t bytes, void *userdata)
{
	struct seen *seen = userdata;

	seen->fed = bytes;
	return seen->give_up == 0 || bytes < seen->give_up;
}

static bool run(char *const *argv, uint64_t offset, uint64_t length, struct seen *seen, struct error *err)
{
	struct filter filter = { .argv = argv, .source = source, .offset = offset, .length = length, .take = take, .fed = fed, .userdata = seen };

	return filter_run(&filter, err);
}

START_TEST(all_goes_through)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seen seen = { 0 };

	ck_assert_ok(run(WORDS(W("cat")), 0, 0, &seen, &err), &err);
	ck_assert_uint_eq(seen.text.length, 1 << 20);
	ck_assert_uint_eq(seen.fed, 1 << 20);
	ck_assert(seen.text.data[27] == 'b');
	strbuf_clear(&seen.text);
	/* a piece, and nothing of what is around it */
	seen = (struct seen){ 0 };
	ck_assert_ok(run(WORDS(W("cat")), 26 * 3 + 1, 5, &seen, &err), &err);
	ck_assert_str_eq(seen.text.data, "bcdef");
	strbuf_clear(&seen.text);
}
END_TEST

START_TEST(ends)
{
	static const struct {
		const char *script, *words; /* NULL: it goes well */
	} rows[] = {
		{ "exit 0", NULL },	       /* it reads nothing of what it is given */
		{ "exec <&-; sleep 0", NULL },
		{ "cat >/dev/null; echo first >&2; echo 'last words' >&2; exit 3", "sh: last words" },
		{ "exit 7", "sh: exit status 7" },
		{ "kill -9 $$", "killed by signal 9" },
		{ "head -c 10; exit 1", "exit status 1" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct seen seen = { 0 };
		bool good = run(WORDS(W("sh"), W("-c"), W(rows[i].script)), 0, 0, &seen, &err);

		ck_assert_msg(good == (rows[i].words == NULL), "%s: %s", rows[i].script, error_text(&err));
		ck_assert_msg(good || strstr(error_text(&err), rows[i].words) != NULL, "%s", error_text(&err));
		strbuf_clear(&seen.text);
	}
}
END_TEST

START_TEST(given_up)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct seen seen = { .enough = 100 };

	/* one that would go on for ever is ended when there is enough of it */
	ck_assert_ok(run(WORDS(W("yes")), 0, 0, &seen, &err), &err);
	ck_assert_uint_ge(seen.text.length, 100);
	strbuf_clear(&seen.text);
	seen = (struct seen){ .give_up = 1 };
	ck_assert(!run(WORDS(W("cat")), 0, 0, &seen, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "cancelled"));
	strbuf_clear(&seen.text);
	seen = (struct seen){ 0 };
	ck_assert(!run(WORDS(W("no-such-program")), 0, 0, &seen, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
	/* more than there is */
	ck_assert(!run(WORDS(W("cat")), (1 << 20) - 10, 11, &seen, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "shorter"));
	strbuf_clear(&seen.text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base filter");
	TCase *t = tcase_create("filter");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, all_goes_through);
	tcase_add_test(t, ends);
	tcase_add_test(t, given_up);
	suite_add_tcase(suite, t);
	return unit_run(suite);
}
