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
		wait_event("g", "device-added net1", SOON_MS);
		guest_waits("[ -e /sys/class/net/eth1 ]", "CAME");
		console_command("g", "ip link set eth1 up; udhcpc -i eth1 -n -q -s /etc/udhcpc.sh >/dev/null 2>&1; ip addr show eth1 | "
				     "grep -c 192.168.122.51/ | sed s/^/LEASE/",
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
		expect_ok(virtty_input("<interface type='user'><model type='virtio'/><alias name='ua-card'/></interface>", "attach-device",
				       "g", "-", NULL),
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
	expect_error(virtty("domiftune", "m", FIRST_MAC, "--inbound", "200,100", NULL), 2, "below the average", NULL);
	expect_error(virtty("domiftune", "m", FIRST_MAC, "--inbound", "200,x,1", NULL), 2, "'x' is not a number", NULL);
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
	/* no peak */
	OK("domiftune", "m", SECOND_MAC, "--outbound", "100,,300", "--config");
	SHOWS("outbound.peak  : 0", virtty_path(), "domiftune", "m", SECOND_MAC, "--config");
	SHOWS("outbound.burst : 300", virtty_path(), "domiftune", "m", SECOND_MAC, "--config");
	OK("detach-interface", "m", "network", "--config");
	HIDES(SECOND_MAC, virtty_path(), "domiflist", "m", "--inactive");
	OK("destroy", "m");
}
END_TEST

#define USER_CARD(model) "<interface type='user'><model type='" model "'/></interface>"

/* Cards that state no model have one that the machine takes while it runs; what is wrong with what they lead to is said first. */
START_TEST(a_card_without_a_model_fits)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, NULL), *old = bare_machine(lab_home(), "o", NULL, USER_CARD("e1000"));

	start_network();
	define_start(lab_home(), "m", document);
	OK("attach-interface", "m", "network", "lab", "--mac", SECOND_MAC, "--persistent");
	SHOWS("virtio", virtty_path(), "domiflist", "m");
	SHOWS("virtio", virtty_path(), "domiflist", "m", "--inactive");
	/* no slot is left */
	for (size_t i = 0; i < 8; i++) {
		_cleanup_outcome_ struct outcome more = virtty("attach-interface", "m", "user", "", NULL);

		if (more.status != 0)
			break;
	}
	expect_error(virtty("attach-interface", "m", "user", "", NULL), 1, "no free PCI slot", NULL);
	expect_error(virtty("attach-interface", "m", "bridge", "nosuch", NULL), 1, "no network interface 'nosuch'", "bridge list", NULL);
	expect_error(virtty("attach-interface", "m", "direct", "nope", NULL), 1, "no network interface 'nope'", NULL);
	expect_error(virtty("attach-interface", "m", "bridge", "lo", NULL), 1, "'lo' is not a bridge", NULL);
	expect_error(virtty("attach-interface", "m", "network", "lab", "--target", "a b", NULL), 1, "<target dev=>", NULL);
	OK("destroy", "m");
	/* as the machine's other cards, which are old: the new kind of that */
	expect_ok(virtty("define", old, NULL), NULL);
	OK("attach-interface", "o", "user", "--mac", SECOND_MAC, "--config");
	expect_error(virtty("attach-interface", "o", "user", "lab", "--config", NULL), 2, "has no source: leave 'lab' out", NULL);
	expect_error(virtty("attach-interface", "o", "network", "--config", NULL), 2, "a card of type 'network' needs its source", NULL);
	SHOWS("e1000e", virtty_path(), "domiflist", "o", "--inactive");
	OK("net-destroy", "lab");
}
END_TEST

#define CARD_ON(type, source) "<interface type='" type "'><mac address='" FIRST_MAC "'/><source " source "/><model type='virtio'/></interface>"

START_TEST(two_that_run_have_not_one_mac)
{
	_cleanup_free_ char *a = bare_machine(lab_home(), "a", NULL, CARD_ON("network", "network='lab'")),
			    *b = bare_machine(lab_home(), "b", NULL, CARD_ON("bridge", "bridge='virbr-lab'")),
			    *c = bare_machine(lab_home(), "c", NULL, CARD_ON("bridge", "bridge='br9'"));

	start_network();
	DO("ip", "link", "add", "br9", "type", "bridge");
	define_start(lab_home(), "a", a);
	/* one bridge by two names */
	_cleanup_outcome_ struct outcome defined = virtty("define", b, NULL);

	ck_assert_int_eq(defined.status, 0);
	ck_assert_msg(strstr(defined.err, "MAC " FIRST_MAC " is that of 'a' already") != NULL, "%s", defined.err);
	expect_error(virtty("install", "--name", "i", "--memory", "64", "--disk", "none", "--boot", "network", "--network",
			    "network=lab,mac=" FIRST_MAC, "--noautoconsole", NULL),
		     1, "is that of 'a' already", NULL);
	expect_error(virtty("start", "b", NULL), 1, "MAC " FIRST_MAC " is that of 'a' already, on network 'lab'", NULL);
	HIDES("vnet1", "ip", "-br", "link");
	/* elsewhere it does no harm, until it is moved */
	define_start(lab_home(), "c", c);
	expect_error(virtty_input(CARD_ON("network", "network='lab'"), "update-device", "c", "-", "--live", NULL), 1,
		     "MAC " FIRST_MAC " is that of 'a' already, on network 'lab'", NULL);
	expect_error(virtty_input(CARD_ON("bridge", "bridge='br-none'"), "update-device", "c", "-", "--live", NULL), 1,
		     "this host has no network interface 'br-none'", NULL);
	SHOWS("br9", virtty_path(), "domiflist", "c");
	SHOWS("vnet1", "ip", "-br", "link", "show", "master", "br9");
	expect_error(virtty("attach-interface", "c", "network", "lab", "--mac", "52:54:00:00:00:50", NULL), 1, "is taken by", NULL);
	OK("destroy", "c");
	expect_ok(virtty_input("<domain type='qemu'><name>d</name><memory unit='MiB'>32</memory><os>"
			       "<type arch='x86_64' machine='q35'>hvm</type></os></domain>",
			       "create", "-", NULL),
		  NULL);
	expect_error(virtty("attach-interface", "d", "network", "lab", "--mac", FIRST_MAC, NULL), 1, "is that of 'a' already", NULL);
	HIDES("vnet1", "ip", "-br", "link");
	OK("destroy", "a");
	OK("attach-interface", "d", "network", "lab", "--mac", FIRST_MAC);
	expect_error(virtty("start", "a", NULL), 1, "is that of 'd' already", NULL);
	OK("destroy", "d");
	OK("start", "b");
	OK("destroy", "b");
	DO("ip", "link", "del", "br9");
	OK("net-destroy", "lab");
}
END_TEST

/* Of the device up0; without macvtaps the test is skipped. */
static bool has_macvtap(void)
{
	_cleanup_outcome_ struct outcome tried =
		run_program((const char *const[]){ "ip", "link", "add", "try0", "link", "up0", "type", "macvtap", "mode", "bridge", NULL });

	if (tried.status != 0) {
		skip_test("this kernel has no macvtap: %s", tried.err);
		return false;
	}
	DO("ip", "link", "del", "try0");
	return true;
}

#define PASSED(mac) "<interface type='direct'><mac address='" mac "'/><source dev='up0' mode='passthrough'/><model type='virtio'/></interface>"

START_TEST(a_device_is_not_taken_from_who_has_it)
{
	_cleanup_free_ char *a = bare_machine(lab_home(), "a", NULL, PASSED(FIRST_MAC)),
			    *b = bare_machine(lab_home(), "b", NULL, PASSED(FIRST_MAC) PASSED(SECOND_MAC)),
			    *m = bare_machine(lab_home(), "m", NULL, NULL);

	DO("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1");
	if (!has_macvtap()) {
		DO("ip", "link", "del", "up0");
		return;
	}
	DO("ip", "link", "set", "up0", "up");
	DO("ip", "addr", "add", "10.9.0.2/24", "dev", "up0");
	define_start(lab_home(), "m", m);
	/* the host's own */
	expect_ok(virtty("define", a, NULL), NULL);
	expect_error(virtty("start", "a", NULL), 1, "device 'up0' carries this host's address 10.9.0.2: passthrough would cut the host off",
		     "'bridge'", NULL);
	expect_error(virtty("attach-interface", "m", "direct", "up0", "--source-mode", "passthrough", NULL), 1, "10.9.0.2", NULL);
	HIDES("macvtap", "ip", "-br", "link");
	OK("attach-interface", "m", "direct", "up0", "--source-mode", "bridge", "--mac", SECOND_MAC);
	DO("ip", "addr", "flush", "dev", "up0");
	DO("ip", "route", "add", "default", "dev", "up0");
	expect_error(virtty("start", "a", NULL), 1, "'macvtap0' of machine 'm' stands on it already", NULL);
	OK("destroy", "m");
	expect_error(virtty("start", "a", NULL), 1, "carries this host's default route", NULL);
	DO("ip", "route", "del", "default");
	/* another card's */
	OK("start", "a");
	OK("start", "m");
	expect_error(virtty("attach-interface", "m", "direct", "up0", NULL), 1, "device 'up0' is taken by 'macvtap0' of machine 'a'",
		     "passthrough", NULL);
	expect_error(virtty("attach-interface", "m", "direct", "lo", NULL), 1, "device 'lo' is not an Ethernet device", NULL);
	OK("destroy", "a");
	expect_ok(virtty("define", b, NULL), NULL);
	expect_error(virtty("start", "b", NULL), 1, "device 'up0' is that of card " FIRST_MAC, NULL);
	DO("ip", "link", "add", "br9", "type", "bridge");
	DO("ip", "link", "set", "up0", "master", "br9");
	expect_error(virtty("attach-interface", "m", "direct", "up0", NULL), 1, "'up0' is a port of", NULL);
	OK("destroy", "m");
	DO("ip", "link", "del", "br9");
	DO("ip", "link", "del", "up0");
}
END_TEST

#define LENT "<interface type='network'><source network='pool'/><model type='virtio'/></interface>"

START_TEST(a_device_for_each_card)
{
	_cleanup_free_ char *a = bare_machine(lab_home(), "a", NULL, LENT LENT), *b = bare_machine(lab_home(), "b", NULL, LENT);

	DO("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1");
	DO("ip", "link", "add", "up2", "type", "veth", "peer", "name", "up3");
	if (has_macvtap()) {
		expect_ok(virtty_input("<network><name>pool</name><forward mode='passthrough'><interface dev='up0'/><interface dev='up2'/>"
				       "</forward></network>",
				       "net-define", "-", NULL),
			  NULL);
		OK("net-start", "pool");
		define_start(lab_home(), "a", a);
		SHOWS("macvtap0@up0", "ip", "link");
		SHOWS("macvtap1@up2", "ip", "link");
		/* there are no more */
		expect_ok(virtty("define", b, NULL), NULL);
		expect_error(virtty("start", "b", NULL), 1, "is taken by 'macvtap", "of machine 'a'", NULL);
		OK("destroy", "a");
		OK("start", "b");
		OK("destroy", "b");
		OK("net-destroy", "pool");
	}
	DO("ip", "link", "del", "up0");
	DO("ip", "link", "del", "up2");
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
	tcase_add_test(cards, a_card_without_a_model_fits);
	tcase_add_test(cards, two_that_run_have_not_one_mac);
	tcase_add_test(cards, a_device_is_not_taken_from_who_has_it);
	tcase_add_test(cards, a_device_for_each_card);
	suite_add_tcase(suite, cards);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
