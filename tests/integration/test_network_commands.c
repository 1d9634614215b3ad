/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands about networks say: in JSON, and to people who name what is not there. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAB(inside)                                                                                                       \
	"<network><name>lab</name><uuid>71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380</uuid><bridge name='virbr-lab'/>" inside \
	"</network>"
#define LAB_ADDRESS "<ip address='192.168.150.1' prefix='24'><dhcp><range start='192.168.150.2' end='192.168.150.9'/></dhcp></ip>"

/* One line of JSON that holds the part. Frees the outcome. */
static void says(struct outcome outcome, const char *part)
{
	_cleanup_free_ char *out = NULL;

	expect_ok(outcome, &out);
	struct json_object *value = json_parse("stdout", out, strlen(out), NULL);

	ck_assert_msg(value != NULL && strchr(out, '\n') == out + strlen(out) - 1, "this is no line of JSON: %s", out);
	json_object_put(value);
	ck_assert_msg(strstr(out, part) != NULL, "there is no %s in %s", part, out);
}
#define SAYS(part, ...) says(virtty(__VA_ARGS__, "--json", NULL), part)

/* ---- JSON ---- */

START_TEST(every_change_is_told_in_json)
{
	static const char lab[] = LAB(LAB_ADDRESS "<metadata><x xmlns='urn:x'/></metadata><surprise/>"), own[] = LAB(LAB_ADDRESS);
	_cleanup_free_ char *editor = strf("%s/editor", lab_home());
	static const char script[] = "#!/bin/sh\nsed -i s/192.168.150.9/192.168.150.19/ \"$1\"\n";

	says(virtty_input(lab, "net-define", "-", "--json", NULL), "\"state\":\"inactive\",\"persistent\":true,\"autostart\":false,\"warnings\":[\"");
	says(virtty_input(own, "net-define", "-", "--json", NULL), "\"autostart\":false}");
	SAYS("\"autostart\":true}", "net-autostart", "lab");
	SAYS("\"autostart\":false}", "net-autostart", "lab", "--disable");
	SAYS("{\"name\":\"lab\",\"uuid\":\"71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380\"}", "net-name", "71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380");
	SAYS("{\"name\":\"lab\",\"uuid\":\"71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380\"}", "net-uuid", "lab");
	SAYS("{\"name\":\"lab\",\"xml\":\"<network", "net-dumpxml", "lab");
	SAYS("\"state\":\"active\"", "net-start", "lab");
	SAYS("\"changed_live\":true,\"changed_config\":false}", "net-update", "lab", "add", "dns-txt", "<txt name='note' value='x'/>");
	ck_assert(file_write(editor, script, strlen(script), 0700, NULL));
	setenv("VISUAL", editor, 1);
	SAYS("\"changed\":true}", "net-edit", "lab");
	SAYS("\"changed\":false}", "net-edit", "lab");
	unsetenv("VISUAL");
	SAYS("\"state\":\"inactive\",\"persistent\":true", "net-destroy", "lab");
	SAYS("\"state\":\"inactive\",\"persistent\":false", "net-undefine", "lab");
	says(virtty_input(own, "net-create", "-", "--json", NULL), "\"state\":\"active\",\"persistent\":false");
	SAYS("\"state\":\"inactive\",\"persistent\":false", "net-destroy", "lab");
	SAYS("[\"lifecycle\"]", "net-event", "--list");
	/* what a start has switched on */
	says(virtty_input(LAB("<forward mode='nat'/>" LAB_ADDRESS), "net-create", "-", "--json", NULL), "\"warnings\":[\"");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(ports_are_told_in_json)
{
	_cleanup_free_ char *machine = bare_machine(lab_home(), "web1", NULL, "<interface type='user'/>");

	OK("define", machine);
	SAYS("{\"name\":\"web1\",\"added\":[{\"proto\":\"tcp\",\"host_port\":2222,\"guest_port\":22,\"count\":1},{\"proto\":\"udp\",", "forward",
	     "web1", "add", "2222:22", "udp", "53:53");
	SAYS("\"deleted\":[{\"proto\":\"tcp\",\"host_port\":2222", "forward", "web1", "delete", "2222:22");
}
END_TEST

/* ---- names ---- */

/* The definition has no taps: its card is the one that the running machine calls so. */
START_TEST(a_card_is_found_by_its_tap)
{
	_cleanup_free_ char *machine =
		bare_machine(lab_home(), "web1", NULL, "<interface type='network'><source network='lab'/><model type='virtio'/></interface>");

	expect_ok(virtty_input(LAB(LAB_ADDRESS), "net-define", "-", NULL), NULL);
	OK("net-start", "lab");
	define_start(lab_home(), "web1", machine);
	OK("domif-setlink", "web1", "vnet0", "down", "--config");
	SHOWS("vnet0 down", virtty_path(), "domif-getlink", "web1", "vnet0", "--config");
	SHOWS("vnet0 up", virtty_path(), "domif-getlink", "web1", "vnet0");
	OK("domiftune", "web1", "vnet0", "--outbound", "300", "--config");
	SHOWS("outbound.average: 300", virtty_path(), "domiftune", "web1", "vnet0", "--config");
	SHOWS("outbound.average: 0", virtty_path(), "domiftune", "web1", "vnet0");
	OK("domifaddr", "web1", "vnet0");
	static const char *const commands[][2] = {
		{ "domifstat", NULL }, { "domif-getlink", NULL }, { "domif-getlink", "--config" }, { "domiftune", NULL }, { "domifaddr", NULL }
	};

	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		expect_error(virtty(commands[i][0], "web1", "vnet9", commands[i][1], NULL), 1, "'web1' has no network card 'vnet9'",
			     "'virtty domiflist web1'", NULL);
	OK("destroy", "web1");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(the_history_of_nobody_is_refused)
{
	expect_ok(virtty_input(LAB(LAB_ADDRESS), "net-define", "-", NULL), NULL);
	SHOWS("lab: Defined", virtty_path(), "net-event", "71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380");
	OK("net-undefine", "lab");
	/* what was is known by its name */
	SHOWS("lab: Undefined", virtty_path(), "net-event", "lab");
	expect_error(virtty("net-event", "lab", "--timeout", "1", NULL), 1, "no network is named 'lab'", NULL);
	expect_error(virtty("net-event", "nosuch", NULL), 1, "no network is named 'nosuch'", NULL);
	expect_error(virtty("net-event", "nosuch", "--json", NULL), 1, "no network is named 'nosuch'", NULL);
	expect_error(virtty("net-dhcp-leases", "default", "zz", NULL), 2, "'zz' is not a MAC address", NULL);
}
END_TEST

/* ---- what to do ---- */

/* The hint's command is one: who pastes it has the network again. */
START_TEST(the_default_network_can_be_had_again)
{
	OK("net-undefine", "default");
	struct outcome refused = virtty("net-start", "default", NULL);
	char *hint = strstr(refused.err, "this makes it again: ");

	ck_assert_msg(refused.status == 1 && hint != NULL, "%s", refused.err);
	hint += strlen("this makes it again: ");
	hint[strcspn(hint, "\n")] = '\0';
	_cleanup_free_ char *script = strf("virtty() { '%s' \"$@\"; }\n%s", virtty_path(), hint);

	DO("sh", "-c", script);
	outcome_clear(&refused);
	SHOWS("default   inactive   yes         yes", virtty_path(), "net-list", "--all");
	OK("net-start", "default");
	OK("net-destroy", "default");
}
END_TEST

START_TEST(a_refused_text_is_kept)
{
	_cleanup_free_ char *editor = strf("%s/editor", lab_home());
	static const char script[] = "#!/bin/sh\nsed -i s/192.168.150.9/nothing/ \"$1\"\n";

	expect_ok(virtty_input(LAB(LAB_ADDRESS), "net-define", "-", NULL), NULL);
	ck_assert(file_write(editor, script, strlen(script), 0700, NULL));
	setenv("VISUAL", editor, 1);
	setenv("TMPDIR", lab_home(), 1);
	expect_error(virtty("net-edit", "lab", NULL), 1, "'nothing'", "what you wrote is kept in",
		     "once it is mended there, 'virtty net-define", NULL);
	unsetenv("TMPDIR");
	unsetenv("VISUAL");
}
END_TEST

#define PRINTED(network)                                                                                                                   \
	"install", "--virt-type", "qemu", "--name", "i", "--memory", "64", "--boot", "network", "--disk", "none", "--print-xml",           \
		"--network", network

static void warns(const char *network, const char *text)
{
	_cleanup_outcome_ struct outcome outcome = virtty(PRINTED(network), NULL);

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_msg(strstr(outcome.out, "</domain>") != NULL, "no document: %s", outcome.out);
	ck_assert_msg(text != NULL ? strstr(outcome.err, text) != NULL : outcome.err[0] == '\0', "not what is said of %s: %s", network, outcome.err);
}

/* A document is looked at as the machine's start would. */
START_TEST(what_a_printed_machine_would_miss)
{
	warns("network=nosuch", "warning: no network is named 'nosuch': the machine will not start like this");
	warns("bridge=br99", "warning: this host has no network interface 'br99': the machine");
	warns("type=direct,source=eth99", "warning: this host has no network interface 'eth99': the machine");
	warns("network=default", NULL);
	warns("type=direct,source=lo", NULL);
	warns("user,forward=2222:22", NULL);
	expect_error(virtty(PRINTED("user,model=ne3000"), NULL), 1, "model 'ne3000' is not supported", "use virtio", NULL);
	expect_error(virtty(PRINTED("user,forward"), NULL), 2, "forward needs a value", NULL);
	expect_error(virtty(PRINTED("user,forwards=1"), NULL), 2, "does not know 'forwards'", "backend.type, forward", NULL);
}
END_TEST

/* ---- what stays ---- */

static void has_lock(bool wanted)
{
	_cleanup_free_ char *list = lab_run("find", lab_home(), "-name", "network-[1-9]*.lock", NULL);

	ck_assert_msg((list[0] != '\0') == wanted, "locks: %s", list);
}

START_TEST(a_network_that_goes_leaves_no_lock)
{
	static const char lab[] = LAB(LAB_ADDRESS);

	expect_ok(virtty_input(lab, "net-define", "-", NULL), NULL);
	OK("net-start", "lab");
	has_lock(true);
	OK("net-destroy", "lab");
	OK("net-undefine", "lab");
	has_lock(false);
	/* one that is stopped last, and one that never ran */
	expect_ok(virtty_input(lab, "net-create", "-", NULL), NULL);
	has_lock(true);
	OK("net-destroy", "lab");
	has_lock(false);
	DO("ip", "link", "add", "virbr-lab", "type", "bridge");
	expect_error(virtty_input(lab, "net-create", "-", NULL), 1, "virbr-lab", NULL);
	DO("ip", "link", "del", "virbr-lab");
	has_lock(false);
}
END_TEST

/* Those who waited for the lock of one that is gone say so, and make no other. */
START_TEST(what_is_not_known_is_refused_on_request)
{
	static const char text[] = "<network><name>odd</name><vlan><tag id='5'/></vlan><strange/></network>";

	expect_error(virtty_input(text, "net-define", "-", "--validate", NULL), 1, "<vlan>", "<strange>", "without --validate", NULL);
	expect_error(virtty_input(text, "net-create", "-", "--validate", NULL), 1, "<strange>", NULL);
	HIDES("odd", virtty_path(), "net-list", "--all");
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
	expect_ok(virtty("net-undefine", "odd", NULL), NULL);
	expect_ok(virtty_input("<network><name>even</name></network>", "net-define", "-", "--validate", NULL), NULL);
	expect_ok(virtty("net-undefine", "even", NULL), NULL);
}
END_TEST

START_TEST(many_undefine_one)
{
	struct task tasks[6];
	size_t done = 0;

	expect_ok(virtty_input(LAB(LAB_ADDRESS), "net-define", "-", NULL), NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++)
		tasks[i] = task_virtty("net-undefine", "lab", NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(tasks); i++) {
		_cleanup_outcome_ struct outcome outcome = task_wait(&tasks[i], SOON_MS);

		done += outcome.status == 0;
		task_clear(&tasks[i]);
	}
	ck_assert_uint_eq(done, 1);
	has_lock(false);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("networks: commands");
	TCase *tcase = tcase_create("commands");

	if (geteuid() != 0) {
		printf("SKIP: networks: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, lab_begin, lab_end);
	tcase_add_test(tcase, every_change_is_told_in_json);
	tcase_add_test(tcase, ports_are_told_in_json);
	tcase_add_test(tcase, a_card_is_found_by_its_tap);
	tcase_add_test(tcase, the_history_of_nobody_is_refused);
	tcase_add_test(tcase, the_default_network_can_be_had_again);
	tcase_add_test(tcase, a_refused_text_is_kept);
	tcase_add_test(tcase, what_a_printed_machine_would_miss);
	tcase_add_test(tcase, a_network_that_goes_leaves_no_lock);
	tcase_add_test(tcase, what_is_not_known_is_refused_on_request);
	tcase_add_test(tcase, many_undefine_one);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
