/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bash completion: the script as bash runs it, with real machines. */
#include "config.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* What bash would offer for these words (a bash array's inside), the last of which is being typed. Owned, a line each.
 */
static char *offered(const char *words)
{
	_cleanup_free_ char *bash = process_find("bash");
	_cleanup_free_ char *script =
		strf("source \"${srcdir:-.}/data/completions/virtty\"; COMP_WORDS=(%s %s); "
		     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		     "_virtty 2>/dev/null; [ ${#COMPREPLY[@]} = 0 ] || printf '%%s\\n' \"${COMPREPLY[@]}\"",
		     virtty_path(), words);
	_cleanup_outcome_ struct outcome outcome = run_program((const char *const[]){ bash, "-c", script, NULL });

	ck_assert_msg(outcome.status == 0 && outcome.err[0] == '\0', "%s: status %d: %s", words, outcome.status,
		      outcome.err);
	return xstrdup(outcome.out);
}

static void expect_offer(const char *words, const char *wanted)
{
	_cleanup_free_ char *out = offered(words);

	ck_assert_msg(strcmp(out, wanted) == 0, "for: %s\nwanted:\n%s\noffered:\n%s", words, wanted, out);
}

static bool have_bash(void)
{
	_cleanup_free_ char *bash = process_find("bash");

	if (!bash)
		skip_test("bash is not installed");
	return bash != NULL;
}

START_TEST(words_of_the_table)
{
	if (!have_bash())
		return;
	char *home = home_new();

	expect_offer("ver", "version\n");
	expect_offer("--qu", "--quiet\n");
	expect_offer("nosuch ''", "");
	expect_offer("list --state-s", "--state-shutoff\n");
	expect_offer("list --all --al", "");
	expect_offer("shutdown m --mode ''", "acpi\n");
	expect_offer("shutdown m --mode = a", "acpi\n");
	expect_offer("help domn", "domname\n");
	expect_offer("event m re", "reboot\n");
	expect_offer("send-key m KEY_LEFTCTRL KEY_ENT", "KEY_ENTER\n");
	expect_offer("send-key m --codeset x", "xt\nxt_kbd\n");
	expect_offer("type m text --layout en-u", "en-us\n");
	expect_offer("screenshot m --format p", "png\nppm\n");
	home_end(home);
}
END_TEST

START_TEST(files)
{
	if (!have_bash())
		return;
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);
	_cleanup_free_ char *words = strf("define '%s/m'", home);
	_cleanup_free_ char *wanted = strf("%s\n", document);

	expect_offer(words, wanted);
	home_end(home);
}
END_TEST

START_TEST(machines_by_what_they_do)
{
	if (!have_bash())
		return;
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "off", NULL, "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>");
	_cleanup_free_ char *spaced = bare_machine(home, "of two", NULL, NULL);

	expect_offer("start ''", "");
	expect_ok(virtty("define", document, spaced, NULL), NULL);
	define_start(home, "on", NULL);
	expect_offer("dominfo o", "on\nof\\ two\noff\n");
	expect_offer("start ''", "of\\ two\noff\n");
	expect_offer("destroy ''", "on\n");
	expect_offer("domstate --domain of", "of\\ two\noff\n");
	expect_offer("domstats on of", "of\\ two\noff\n");
	/* the disks of the machine that was named */
	expect_offer("change-media off ''", "sdb\n");
	expect_offer("domblkinfo --device ''", "");
	expect_offer("detach-disk --domain off --target s", "sdb\n");
	expect_ok(virtty("destroy", "on", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("completion");
	TCase *tcase = tcase_create("bash");

	setenv("LC_ALL", "C.UTF-8", 1);
	tcase_set_timeout(tcase, 180);
	tcase_add_test(tcase, words_of_the_table);
	tcase_add_test(tcase, files);
	tcase_add_test(tcase, machines_by_what_they_do);
	suite_add_tcase(suite, tcase);
	return suite_main(suite);
}
