/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards of running machines, in a network namespace of each test's own: a guest sees them come, go and lose their link; bridges and
 * limits on the host are what the documents say; what cannot be is refused; nothing is left. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_MAC  "52:54:00:00:00:50"
#define SECOND_MAC "52:54:00:00:00:51"

#define OK(...) expect_ok(virtty(__VA_ARGS__, NULL), NULL)

static void start_network(void)
{
	expect_ok(virtty_input("<network><name>lab</name><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'><dhcp>"
			       "<range start='192.168.122.100' end='192.168.122.200'/><host mac='" SECOND_MAC
			       "' ip='192.168.122.51'/></dhcp></ip></network>",
			       "net-define", "-", NULL),
		  NULL);
	OK("net-start", "lab");
}

/* Waits in the guest until a condition holds. */
static void guest_waits(const char *condition, const char *mark)
{
	_cleanup_free_ char *line = strf("until %s; do sleep 1; done; echo %s$((6*7))", condition, mark), *text = strf("%s42", mark);

	console_command("g", line, text, BOOT_MS);
}

static bool start_guest(void)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL,
						      "<interface type='network'><mac address='" FIRST_MAC
						      "'/><source network='lab'/><model type='virtio'/></interface>");

	if (document == NULL)
		return false;
	define_start(lab_home(), "g", document);
	wait_console("g", "# ", BOOT_MS);
	return true;
}

static bool card_is_gone(void *data)
{
	_cleanup_free_ char *document = lab_run(virtty_path(), "dumpxml", "g", NULL), *links = lab_run("ip", "-br", "link", NULL),
			    *rules = lab_run("nft", "list", "ruleset", NULL);

	(void)data;
	return strstr(document, SECOND_MAC) == NULL && strstr(links, "vnet1") == NULL && strstr(rules, "vnet1") == NULL;
}

START_TEST(a_card_comes_and_goes)
{
	start_network();
	if (start_guest()) {
		expect_error(virtty("attach-interface", "g", "bridge", "nowhere", "--model", "virtio", NULL), 1, "nowhere", NULL);
		HIDES("vnet1", "ip", "-br", "link");
		OK("attach-interface", "g", "network", "lab", "--mac", SECOND_MAC, "--model", "virtio", "--outbound", "2000", "--persistent");
		SHOWS("vnet1", virtty_path(), "domiflist", "g");
		SHOWS("master virbr-lab", "ip", "link", "show", "vnet1");
		SHOWS("vnet1", "nft", "list", "ruleset");
		wait_event("g", "device-added net1", 0);
		guest_waits("[ -e /sys/class/net/eth1 ]", "CAME");
		console_command("g", "ip link set eth1 up; udhcpc -i eth1 -n -q -s /etc/udhcpc.sh >/dev/null 2>&1; ip addr show eth1 | grep -c 192.168.122.51/ | sed s/^/LEASE/",
				"LEASE1", BOOT_MS);
		/* in the definition too, without the tap's name */
		SHOWS(SECOND_MAC, virtty_path(), "dumpxml", "g", "--inactive");
		HIDES("vnet1", virtty_path(), "dumpxml", "g", "--inactive");
		expect_error(virtty("attach-interface", "g", "network", "lab", "--mac", SECOND_MAC, NULL), 1, "is taken by", NULL);
		expect_error(virtty("detach-interface", "g", "network", NULL), 1, "2 cards", "--mac", NULL);
		OK("detach-interface", "g", "network", "--mac", SECOND_MAC, "--persistent");
		guest_waits("[ ! -e /sys/class/net/eth1 ]", "WENT");
		HIDES("vnet1", "ip", "-br", "link");
		HIDES("vnet1", "nft", "list", "ruleset");
		HIDES(SECOND_MAC, virtty_path(), "dumpxml", "g");
		HIDES(SECOND_MAC, virtty_path(), "dumpxml", "g", "--inactive");
		/* and once more, by its XML and its alias */
		expect_ok(virtty_input("<interface type='user'><model type='virtio'/><alias name='ua-card'/></interface>", "attach-device", "g", "-", NULL),
			  NULL);
		guest_waits("[ -e /sys/class/net/eth1 ]", "AGAIN");
		OK("detach-device-alias", "g", "ua-card");
		HIDES("ua-card", virtty_path(), "dumpxml", "g");
		/* a guest that lets go once nobody waits any more: its tap and rules go all the same */
		OK("attach-interface", "g", "network", "lab", "--mac", SECOND_MAC, "--model", "virtio", "--outbound", "2000");
		guest_waits("[ -e /sys/class/net/eth1 ]", "THIRD");
		OK("suspend", "g");
		expect_error(virtty("detach-interface", "g", "network", "--mac", SECOND_MAC, "--timeout", "1", NULL), 1, "does not let go", NULL);
		SHOWS("vnet1", "ip", "-br", "link");
		OK("resume", "g");
		ck_assert_msg(wait_for(card_is_gone, NULL, BOOT_MS), "the card, its tap or its rules are still there");
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(a_card_changes_while_it_stays)
{
	start_network();
	DO("ip", "link", "add", "br9", "type", "bridge");
	if (start_guest()) {
		guest_waits("[ \"$(cat /sys/class/net/eth0/carrier)\" = 1 ]", "IN");
		OK("domif-setlink", "g", "vnet0", "down");
		guest_waits("[ \"$(cat /sys/class/net/eth0/carrier)\" = 0 ]", "PULLED");
		SHOWS("vnet0 down", virtty_path(), "domif-getlink", "g", "vnet0");
		OK("domif-setlink", "g", FIRST_MAC, "up");
		guest_waits("[ \"$(cat /sys/class/net/eth0/carrier)\" = 1 ]", "PLUGGED");
		OK("domif-setlink", "g", "vnet0", "down", "--config");
		SHOWS("vnet0 down", virtty_path(), "domif-getlink", "g", "vnet0", "--config");
		SHOWS("vnet0 up", virtty_path(), "domif-getlink", "g", "vnet0");
		OK("domiftune", "g", "vnet0", "--inbound", "1000,2000,500", "--outbound", "300", "--live");
		SHOWS("inbound.peak   : 2000", virtty_path(), "domiftune", "g", "vnet0");
		SHOWS("tbf", "tc", "qdisc", "show", "dev", "vnet0");
		SHOWS("vnet0", "nft", "list", "ruleset");
		OK("domiftune", "g", "vnet0", "--inbound", "0", "--outbound", "0", "--live");
		HIDES("tbf", "tc", "qdisc", "show", "dev", "vnet0");
		HIDES("vnet0", "nft", "list", "ruleset");
		expect_ok(virtty_input("<interface type='bridge'><mac address='" FIRST_MAC
				       "'/><source bridge='br9'/><model type='virtio'/></interface>",
				       "update-device", "g", "-", NULL),
			  NULL);
		SHOWS("master br9", "ip", "link", "show", "vnet0");
		SHOWS("br9", virtty_path(), "domiflist", "g");
		expect_error(virtty_input("<interface type='network'><mac address='" FIRST_MAC
					  "'/><source network='lab'/><model type='e1000'/></interface>",
					  "update-device", "g", "-", NULL),
			     1, "model", "--config", NULL);
		OK("destroy", "g");
		OK("start", "g");
		SHOWS("vnet0 down", virtty_path(), "domif-getlink", "g", "vnet0");
		SHOWS("master virbr-lab", "ip", "link", "show", "vnet0");
		OK("destroy", "g");
	}
	DO("ip", "link", "del", "br9");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	_cleanup_free_ char *document =
		bare_machine(lab_home(), "m", NULL, "<interface type='user'><mac address='" FIRST_MAC "'/><model type='virtio'/></interface>");

	define_start(lab_home(), "m", document);
	expect_error(virtty("attach-interface", "m", "network", "nowhere", NULL), 1, "no network is named 'nowhere'", NULL);
	HIDES("vnet", "ip", "-br", "link");
	expect_error(virtty("attach-interface", "m", "user", "", "--mac", FIRST_MAC, NULL), 1, "is taken by", NULL);
	expect_error(virtty("attach-interface", "m", "user", "", "--model", "nothing", NULL), 1, "nothing", NULL);
	expect_error(virtty("attach-interface", "m", "network", "", NULL), 2, "needs its source", NULL);
	expect_error(virtty("attach-interface", "m", "user", "", "--inbound", "1,2,3,4", NULL), 2, "floor", NULL);
	expect_error(virtty("domiftune", "m", FIRST_MAC, "--inbound", "100", NULL), 1, "no limits", NULL);
	expect_error(virtty("domiftune", "m", FIRST_MAC, "--inbound", "0,100", NULL), 2, "average", NULL);
	expect_error(virtty("domif-setlink", "m", "vnet7", "down", NULL), 1, "no network card 'vnet7'", NULL);
	expect_error(virtty("detach-interface", "m", "bridge", NULL), 1, "no card of type 'bridge'", NULL);
	/* no guest that could let go */
	expect_error(virtty("detach-interface", "m", "user", "--timeout", "1", NULL), 1, "does not let go", NULL);
	OK("domif-setlink", "m", FIRST_MAC, "down");
	SHOWS("down", virtty_path(), "domif-getlink", "m", FIRST_MAC);
	SHOWS("<source network='lab'/>", virtty_path(), "attach-interface", "m", "network", "lab", "--print-xml");
	/* the definition alone */
	OK("attach-interface", "m", "network", "lab", "--mac", SECOND_MAC, "--config");
	SHOWS(SECOND_MAC, virtty_path(), "domiflist", "m", "--inactive");
	HIDES(SECOND_MAC, virtty_path(), "domiflist", "m");
	OK("domiftune", "m", SECOND_MAC, "--outbound", "100,200", "--config");
	SHOWS("outbound.peak  : 200", virtty_path(), "domiftune", "m", SECOND_MAC, "--config");
	OK("detach-interface", "m", "network", "--config");
	HIDES(SECOND_MAC, virtty_path(), "domiflist", "m", "--inactive");
	OK("destroy", "m");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("interfaces");
	TCase *cards = tcase_create("cards");

	if (geteuid() != 0) {
		printf("SKIP: interfaces: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(cards, 300);
	tcase_add_checked_fixture(cards, lab_begin, lab_end);
	tcase_add_test(cards, a_card_comes_and_goes);
	tcase_add_test(cards, a_card_changes_while_it_stays);
	tcase_add_test(cards, what_cannot_be_is_refused);
	suite_add_tcase(suite, cards);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
