/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests behind packet filters of others, in a network namespace of each test's own: what cuts them off is said with the remedy, and the
 * remedy, carried out as it stands, lets them through. */
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GUEST_MAC "52:54:00:00:00:50"

static struct peer peer;

static void set_up(void)
{
	lab_begin();
	peer = peer_make();
	DO("ip", "route", "add", "default", "via", PEER4);
}

static void tear_down(void)
{
	DO("nft", "flush", "ruleset");
	peer_remove(&peer);
	lab_end();
}

/* Lines of arguments for iptables. */
static void iptables(const char *lines)
{
	_cleanup_strv_ char **split = strv_split(lines, "\n");

	for (size_t i = 0; split != NULL && split[i] != NULL; i++) {
		_cleanup_free_ char *line = strf("iptables-nft %s", split[i]);
		_cleanup_strv_ char **argv = strv_split(line, " ");

		expect_ok(run_program((const char *const *)argv), NULL);
	}
}

/* As Docker makes it. */
static void put_docker(void)
{
	iptables("-P FORWARD DROP\n-N DOCKER-USER\n-N DOCKER-FORWARD\n-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-FORWARD\n"
		 "-A DOCKER-FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A DOCKER-FORWARD -i docker0 -j ACCEPT\n");
}

/* Runs the commands that a warning names: "...; to let it through: 'A B', 'C D'". */
static void do_remedy(const char *warning)
{
	static const char begin[] = "to let it through: '";
	const char *at = strstr(warning, begin);

	ck_assert_msg(at != NULL, "no remedy: %s", warning);
	_cleanup_free_ char *line = xstrndup(at, strcspn(at, "\n"));
	_cleanup_strv_ char **commands = strv_split(line + strlen("to let it through: "), "'");

	for (size_t i = 0; commands[i] != NULL; i++) {
		_cleanup_strv_ char **argv = strv_split(commands[i], " ");

		if (!text_equal(commands[i], ", "))
			expect_ok(run_program((const char *const *)argv), NULL);
	}
}

static void define_lab(void)
{
	expect_ok(virtty_input("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/>"
			       "<ip address='192.168.122.1' prefix='24'><dhcp><host mac='" GUEST_MAC "' ip='192.168.122.50'/></dhcp></ip></network>",
			       "net-define", "-", NULL),
		  NULL);
}

static const char lab_card[] = "<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";

START_TEST(a_guest_behind_docker_gets_out_by_the_remedy)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, lab_card);
	struct outcome info, start;

	put_docker();
	define_lab();
	start = virtty("net-start", "lab", NULL);
	ck_assert_int_eq(start.status, 0);
	ck_assert_msg(strstr(start.err, "warning: Docker's packet filter cuts 'virbr-lab' off") != NULL, "%s", start.err);
	ck_assert_ptr_nonnull(strstr(start.err, "-I DOCKER-USER -i virbr-lab -j ACCEPT"));
	SHOWS("\"remedy\":[", virtty_path(), "net-info", "lab", "--json");
	if (document != NULL) {
		define_start(lab_home(), "guest", document);
		wait_console("guest", "# ", BOOT_MS);
		guest_shows("guest", "ip addr show eth0", "inet 192");
		guest_reaches_not("guest", PEER4);
	}
	info = virtty("net-info", "lab", NULL);
	ck_assert_int_eq(info.status, 0);
	do_remedy(info.err);
	if (document != NULL) {
		guest_reaches("guest", PEER4);
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	outcome_clear(&info);
	info = virtty("net-info", "lab", NULL);
	ck_assert_str_eq(info.err, "");
	outcome_clear(&info);
	outcome_clear(&start);
	SHOWS("\"obstacles\":[]", virtty_path(), "net-info", "lab", "--json");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

START_TEST(a_host_that_drops_dhcp_gives_addresses_by_the_remedy)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, lab_card);
	struct outcome start;

	DO("nft", "add table inet filter; add chain inet filter input { type filter hook input priority 0; policy drop; }; "
		  "add rule inet filter input ct state established accept; add rule inet filter input iifname lo accept");
	define_lab();
	start = virtty("net-start", "lab", NULL);
	ck_assert_int_eq(start.status, 0);
	ck_assert_msg(strstr(start.err, "what they ask of this host's DHCP and DNS") != NULL, "%s", start.err);
	do_remedy(start.err);
	outcome_clear(&start);
	if (document != NULL) {
		define_start(lab_home(), "guest", document);
		wait_console("guest", "# ", BOOT_MS);
		guest_shows("guest", "ip addr show eth0", "inet 192");
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	SHOWS("\"obstacles\":[]", virtty_path(), "net-info", "lab", "--json");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

START_TEST(a_guest_on_a_bridge_behind_docker_is_let_through)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL,
						      "<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>");
	struct outcome start;

	if (access("/proc/sys/net/bridge/bridge-nf-call-iptables", F_OK) != 0) {
		skip_test("this kernel has no br_netfilter");
		return;
	}
	DO("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1");
	put_docker();
	expect_ok(virtty("bridge", "create", "br0", "--port", "out0", "--no-confirm", NULL), NULL);
	if (document != NULL) {
		expect_ok(virtty("define", document, NULL), NULL);
		start = virtty("start", "guest", NULL);
		ck_assert_int_eq(start.status, 0);
		ck_assert_msg(strstr(start.err, "Docker's packet filter cuts 'br0' off (what goes between its ports)") != NULL, "%s", start.err);
		wait_console("guest", "# ", BOOT_MS);
		guest_does("guest", "ip addr add 198.51.100.50/24 dev eth0");
		guest_reaches_not("guest", PEER4);
		do_remedy(start.err);
		outcome_clear(&start);
		guest_reaches("guest", PEER4);
		expect_ok(virtty("destroy", "guest", NULL), NULL);
		start = virtty("start", "guest", NULL);
		ck_assert_ptr_null(strstr(start.err, "Docker"));
		outcome_clear(&start);
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
}
END_TEST

START_TEST(nothing_is_said_where_nothing_is_in_the_way)
{
	struct outcome start;

	iptables("-P FORWARD ACCEPT\n-N DOCKER-USER\n-A FORWARD -j DOCKER-USER\n");
	define_lab();
	start = virtty("net-start", "lab", NULL);
	ck_assert_int_eq(start.status, 0);
	ck_assert_ptr_null(strstr(start.err, "cuts"));
	outcome_clear(&start);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

static bool has_iptables(void)
{
	_cleanup_free_ char *program = process_find("iptables-nft"), *save = process_find("iptables-nft-save");

	return program != NULL && save != NULL;
}

static Suite *suite(void)
{
	Suite *suite = suite_create("packet filters of others");
	TCase *tcase = tcase_create("guests");

	if (geteuid() != 0) {
		printf("SKIP: packet filters of others: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_host_that_drops_dhcp_gives_addresses_by_the_remedy);
	if (has_iptables()) {
		tcase_add_test(tcase, a_guest_behind_docker_gets_out_by_the_remedy);
		tcase_add_test(tcase, a_guest_on_a_bridge_behind_docker_is_let_through);
		tcase_add_test(tcase, nothing_is_said_where_nothing_is_in_the_way);
	} else {
		printf("SKIP: Docker's rules: the package iptables is not installed\n");
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
