/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line beside virsh's own: the same commands, byte for byte the same answers. virsh's built-in test driver
 * needs no daemon. */
#include "config.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/keycodes.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The machine of test:///default, as it is there: running, with id 1. */
#define TEST_NAME "test"
#define TEST_UUID "<uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>"

/* Is there a virsh whose words are known here? */
static bool have_virsh(void)
{
	_cleanup_free_ char *path = process_find("virsh");

	if (!path) {
		skip_test("virsh is not installed");
		return false;
	}
	_cleanup_outcome_ struct outcome version = run_program((const char *const[]){ path, "-v", NULL });

	if (version.status == 0 && (text_starts(version.out, "9.") || text_starts(version.out, "8.")))
		return true;
	skip_test("this virsh speaks otherwise: %s", version.out);
	return false;
}

/* What virsh prints for these lines, which share one test driver and so see each other's changes. */
static char *virsh_output(bool quiet, const char *const *lines)
{
	_cleanup_free_ char *virsh = process_find("virsh");
	_cleanup_strbuf_ struct strbuf script = STRBUF_INIT;
	struct outcome outcome;
	char *text;

	for (size_t i = 0; lines[i]; i++)
		strbuf_printf(&script, "echo '$ %zu'; %s; ", i, lines[i]);
	if (quiet)
		outcome = run_program((const char *const[]){ virsh, "-q", "-c", "test:///default", script.data, NULL });
	else
		outcome = run_program((const char *const[]){ virsh, "-c", "test:///default", script.data, NULL });
	text = xstrdup(outcome.out);
	outcome_clear(&outcome);
	return text;
}

/* The words of a line; 'quoted ones' and "quoted ones" are one word. Owned. */
static char **line_words(const char *line)
{
	char **words = NULL;

	while (*line) {
		char end[2] = { *line == '\'' || *line == '"' ? *line : ' ', '\0' };

		line += *end != ' ';
		size_t length = strcspn(line, end);

		words = strv_take(words, xstrndup(line, length));
		line += length + (*end != ' ' && line[length] == *end);
		line += strspn(line, " ");
	}
	return words;
}

static char *virtty_output(bool quiet, const char *const *lines)
{
	struct strbuf all = STRBUF_INIT;

	for (size_t i = 0; lines[i]; i++) {
		_cleanup_strv_ char **words = line_words(lines[i]);
		_cleanup_free_ const char **argv = xcalloc(strv_length(words) + 3, sizeof *argv);
		struct outcome outcome;
		size_t count = 0;

		argv[count++] = virtty_path();
		if (quiet)
			argv[count++] = "-q";
		for (size_t j = 0; words[j]; j++)
			argv[count++] = words[j];
		outcome = run_program(argv);
		/* virsh's echo ends its line only when it is not quiet. */
		strbuf_printf(&all, quiet ? "$ %zu%s" : "$ %zu\n%s", i, outcome.out);
		outcome_clear(&outcome);
	}
	return strbuf_take(&all);
}

static void compare(bool quiet, const char *const *lines)
{
	_cleanup_free_ char *theirs = virsh_output(quiet, lines);
	_cleanup_free_ char *ours = virtty_output(quiet, lines);

	ck_assert_msg(strcmp(ours, theirs) == 0, "virtty:\n%s\nvirsh:\n%s", ours, theirs);
}

/* The machine of the test driver, running, and given the id 1 as there. */
static char *home_with_test(void)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, TEST_NAME, TEST_UUID, NULL);

	define_start(home, TEST_NAME, document);
	return home;
}

START_TEST(a_running_machine)
{
	static const char *const lines[] = {
		"list",
		"list --all",
		"list --all --title",
		"list --inactive",
		"list --name",
		"list --uuid",
		"list --id",
		"list --uuid --name",
		"list --table",
		"list --state-running",
		"list --state-paused",
		"list --state-shutoff",
		"list --persistent",
		"list --transient",
		"list --no-autostart",
		"domstate test",
		"domstate --domain test",
		"domstate --domain=test",
		"domid test",
		"domuuid test",
		"domuuid 1",
		"domname 1",
		"domname 6695eb01-f6a4-8304-79aa-97f2502e193f",
		NULL,
	};

	if (!have_virsh())
		return;
	char *home = home_with_test();

	compare(false, lines);
	compare(true, lines);
	expect_ok(virtty("destroy", TEST_NAME, NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* The network of test:///default, as it is there, but for its MAC: it is left out of what is compared. */
static const char default_network[] = "<network>\n"
				      "  <name>default</name>\n"
				      "  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>\n"
				      "  <forward mode='nat'/>\n"
				      "  <bridge name='virbr0' stp='on' delay='0'/>\n"
				      "  <ip address='192.168.122.1' netmask='255.255.255.0'>\n"
				      "    <dhcp>\n"
				      "      <range start='192.168.122.2' end='192.168.122.254'/>\n"
				      "    </dhcp>\n"
				      "  </ip>\n"
				      "</network>\n";
static const char other_network[] = "<network>\n"
				    "  <name>other</name>\n"
				    "  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5d0</uuid>\n"
				    "  <bridge name='virbr1' stp='on' delay='0'/>\n"
				    "  <mac address='52:54:00:5a:00:07'/>\n"
				    "  <ip address='192.168.125.1' netmask='255.255.255.0'>\n"
				    "  </ip>\n"
				    "</network>\n";

START_TEST(networks)
{
	const char *lines[] = {
		"net-list",
		"net-list --all",
		"net-list --inactive",
		"net-list --persistent",
		"net-list --transient",
		"net-list --autostart",
		"net-list --no-autostart",
		"net-list --all --inactive --persistent",
		"net-list --name",
		"net-list --uuid",
		"net-list --table",
		"net-info default",
		"net-info --network dd8fe884-6c02-601e-7551-cca97df1c5df",
		"net-name dd8fe884-6c02-601e-7551-cca97df1c5df",
		"net-uuid default",
		"net-event --list",
		NULL, /* net-define */
		"net-dumpxml other",
		"net-list --all",
		"net-autostart other",
		"net-info other",
		"net-list --all --autostart",
		"net-autostart other --disable",
		"net-start other",
		"net-dumpxml other",
		"net-update other add ip-dhcp-range \"<range start='192.168.125.2' end='192.168.125.9'/>\" --config",
		"net-destroy other",
		"net-undefine other",
		"net-list --all",
		NULL, /* net-create */
		"net-list --transient",
		"net-info other",
		"net-destroy other",
		"net-list --all --name",
		NULL,
	};
	_cleanup_free_ char *file = NULL, *define = NULL, *create = NULL;

	if (!have_virsh())
		return;
	if (geteuid() != 0) {
		skip_test("a network namespace of one's own needs root");
		return;
	}
	lab_begin();
	file = strf("%s/other.xml", lab_home());
	define = strf("net-define %s", file);
	create = strf("net-create --file %s", file);
	lines[16] = define;
	lines[29] = create;
	ck_assert(file_write(file, other_network, strlen(other_network), 0600, NULL));
	expect_ok(virtty_input(default_network, "net-define", "-", NULL), NULL);
	expect_ok(virtty("net-start", "default", NULL), NULL);
	compare(false, lines);
	expect_ok(virtty("net-destroy", "default", NULL), NULL);
	lab_end();
}
END_TEST

/* What a definition has of disks, and a disk out of options. */
START_TEST(disks)
{
	static const char *const lines[] = {
		"domblklist test --inactive",
		"domblklist test --inactive --details",
		"blkdeviotune test vda --config",
		"attach-disk test /x.img vdb --print-xml",
		"attach-disk test /x.img vdb --print-xml --type cdrom --mode readonly --driver qemu --subdriver raw --cache none --io threads",
		"attach-disk test /x.img sdb --print-xml --targetbus scsi --serial 'S 1' --address scsi:0.0.9 --mode shareable",
		"attach-disk test exp vdb --print-xml --sourcetype network --source-protocol nbd --source-host-name h:10809",
		"attach-disk test exp vdb --print-xml --sourcetype network --source-protocol nbd --source-host-transport unix "
		"--source-host-socket /x",
		"attach-disk test /x.img vdb --print-xml --sourcetype block --address pci:0000.00.0a.0 --multifunction --alias ua-x",
		NULL,
	};
	_cleanup_free_ char *document = NULL;

	if (!have_virsh())
		return;
	char *home = home_new();

	document = bare_machine(home, TEST_NAME, TEST_UUID,
				"<disk type='file' device='disk'><source file='/guest/diskimage1'/><target dev='vda' bus='virtio'/></disk>");
	expect_ok(virtty("define", document, NULL), NULL);
	compare(false, lines);
	home_end(home);
}
END_TEST

/* Pictures and keys: the answers, and the names of keys. */
START_TEST(screens_and_keys)
{
	char *home;
	_cleanup_free_ char *document = NULL, *screenshot = NULL;

	if (!have_virsh())
		return;
	home = home_new();
	document = bare_machine(home, TEST_NAME, TEST_UUID, "<graphics type='vnc'/><video><model type='vga'/></video>");
	define_start(home, TEST_NAME, document);
	screenshot = strf("screenshot test %s/a.png", home);
	const char *const lines[] = { screenshot,
				      "send-key test KEY_LEFTCTRL KEY_C",
				      "send-key test --codeset usb 40 --holdtime 20",
				      "send-key --domain test --codeset win32 VK_RETURN",
				      "send-key test --codeset os_x Return",
				      "send-key test --codeset rfb 0x1c",
				      NULL };

	compare(false, lines);
	compare(true, lines);
	expect_ok(virtty("destroy", TEST_NAME, NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Every name that we have for a key is one of virsh's. The kernel has given new names to three since. */
START_TEST(names_of_keys)
{
	static const char *const newer[] = { "KEY_COFFEE", "KEY_ROTATE_DISPLAY", "KEY_ALL_APPLICATIONS" };
	_cleanup_free_ char *virsh = process_find("virsh");
	_cleanup_strbuf_ struct strbuf script = STRBUF_INIT;
	uint32_t qnum, other;
	size_t names = 0;

	if (!have_virsh())
		return;
	for (size_t n = 0; keycode_at(n, &qnum); n++) {
		const char *name = keycode_name(qnum);

		for (size_t i = 0; name && i < ARRAY_LENGTH(newer); i++)
			if (text_equal(name, newer[i]))
				name = NULL;
		if (!name)
			continue;
		strbuf_printf(&script, "send-key test %s; ", name);
		names++;
	}
	ck_assert_uint_ge(names, 220);
	_cleanup_outcome_ struct outcome all =
		run_program((const char *const[]){ virsh, "-c", "test:///default", script.data, NULL });

	ck_assert_msg(all.status == 0 && *all.err == '\0', "%s", all.err);
	/* and those that virsh has for the three are known here */
	ck_assert(keycode_parse(CODESET_LINUX, "KEY_SCREENLOCK", &qnum) && keycode_parse(CODESET_LINUX, "152", &other) && qnum == other);
	ck_assert(keycode_parse(CODESET_LINUX, "KEY_DIRECTION", &qnum) && keycode_parse(CODESET_LINUX, "153", &other) && qnum == other);
	ck_assert(keycode_parse(CODESET_LINUX, "KEY_DASHBOARD", &qnum) && keycode_parse(CODESET_LINUX, "204", &other) && qnum == other);
}
END_TEST

START_TEST(a_life)
{
	/* The guest of the test driver obeys at once; the bare machine here obeys nobody, so shutdown and reboot are
	 * not in this row. */
	static const char *const lines[] = {
		"suspend test",
		"domstate --reason test",
		"domstats --state test",
		"list",
		"resume test",
		"domstate test --reason",
		"suspend 1",
		"list --name --id",
		"resume 6695eb01-f6a4-8304-79aa-97f2502e193f",
		"destroy 1",
		"list",
		"list --all",
		"domstate test --reason",
		"domid test",
		"domstats --state",
		"start test",
		"list --all",
		"domid test",
		"domstate test --reason",
		"destroy test",
		"list --state-shutoff",
		"list --all --id --uuid --name",
		"domrename test other",
		"list --all",
		"domname 6695eb01-f6a4-8304-79aa-97f2502e193f",
		"undefine other",
		"list --all",
		NULL,
	};

	if (!have_virsh())
		return;
	char *home = home_with_test();

	compare(false, lines);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(texts_and_marks)
{
	static const char *const lines[] = {
		"destroy test",
		"desc test",
		"desc test --title",
		"desc test --title 'a new title'",
		"desc test --title",
		"list --all --title",
		"desc test some words",
		"desc test",
		"desc test --config --new-desc others",
		"desc test --config",
		"metadata test http://a.b/c",
		"metadata test http://a.b/c --key k --set '<note/>'",
		"metadata test http://a.b/c",
		"metadata test http://a.b/c --key k --set '<app>text</app>'",
		"metadata test http://a.b/c",
		"metadata test http://a.b/c --remove",
		"metadata test http://a.b/c",
		NULL,
	};

	if (!have_virsh())
		return;
	char *home = home_with_test();

	compare(false, lines);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(quiet_life)
{
	static const char *const lines[] = { "suspend test",
					     "resume test",
					     "autostart test",
					     "list --autostart",
					     "autostart test --disable",
					     "destroy test",
					     "list --all",
					     "domrename test other",
					     "undefine other",
					     "list --all",
					     NULL };

	if (!have_virsh())
		return;
	char *home = home_with_test();

	compare(true, lines);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* The labels of dominfo up to "Security": what stands behind them is another host's. */
static char *labels(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	struct strbuf b = STRBUF_INIT;

	for (size_t i = 0; lines && lines[i] && !text_starts(lines[i], "Security"); i++) {
		lines[i][strcspn(lines[i], ":")] = '\0';
		strbuf_printf(&b, "%s\n", lines[i]);
	}
	return strbuf_take(&b);
}

START_TEST(dominfo_has_the_same_rows)
{
	static const char *const lines[] = { "dominfo test", NULL };

	if (!have_virsh())
		return;
	char *home = home_with_test();
	_cleanup_free_ char *theirs = virsh_output(true, lines);
	_cleanup_free_ char *ours = virtty_output(true, lines);
	_cleanup_free_ char *their_labels = labels(theirs);
	_cleanup_free_ char *our_labels = labels(ours);

	ck_assert_str_eq(our_labels, their_labels);
	ck_assert_ptr_nonnull(
		strstr(ours, "Name:           test\nUUID:           6695eb01-f6a4-8304-79aa-97f2502e193f\n"));
	expect_ok(virtty("destroy", TEST_NAME, NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(what_virsh_refuses_is_refused)
{
	static const char *const lines[] = {
		"nosuch",	"list --bogus",	       "domstate",	   "list extra",
		"list --all=3", "domname 1 extra",     "list --all --all", "domid --domain test --domain test",
		"list --al",	"list --table --name", "domstate --domain",
		"send-key test --holdtime x 1", "screenshot test --screen x", "send-key test --codeset"
	};

	if (!have_virsh())
		return;
	char *home = home_new();
	_cleanup_free_ char *virsh = process_find("virsh");

	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		_cleanup_strv_ char **words = line_words(lines[i]);
		const char *theirs[] = { virsh, "-c", "test:///default", lines[i], NULL };
		const char *ours[8] = { virtty_path() };
		_cleanup_outcome_ struct outcome their_end = run_program(theirs);

		for (size_t j = 0; words[j]; j++)
			ours[j + 1] = words[j];
		ck_assert_msg(their_end.status != 0, "virsh takes '%s'", lines[i]);
		expect_error(run_program(ours), 2, "hint: ", NULL);
	}
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("virsh");
	TCase *tcase = tcase_create("virsh");

	/* Both sides in one language. */
	setenv("LC_ALL", "C.UTF-8", 1);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_running_machine);
	tcase_add_test(tcase, networks);
	tcase_add_test(tcase, disks);
	tcase_add_test(tcase, screens_and_keys);
	tcase_add_test(tcase, names_of_keys);
	tcase_add_test(tcase, a_life);
	tcase_add_test(tcase, texts_and_marks);
	tcase_add_test(tcase, quiet_life);
	tcase_add_test(tcase, dominfo_has_the_same_rows);
	tcase_add_test(tcase, what_virsh_refuses_is_refused);
	suite_add_tcase(suite, tcase);
	return suite_main(suite);
}
