/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks with real guests, in a network namespace of each test's own: leases, names, NAT, isolation, bridges; dnsmasq that dies, names that
 * are taken, starts that are killed. What is left after a test is compared with what was there before. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_ADDRESS "192.168.122.50"
#define GUEST_MAC     "52:54:00:00:00:50"

static void define_network(const char *text)
{
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
}

#define NAT                                                                                                              \
	"<network><name>%s</name><forward mode='%s'/><bridge name='%s' stp='off'/>"                                       \
	"<dns><host ip='192.168.122.1'><hostname>gate.example</hostname></host></dns>"                                    \
	"<ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.200'/>"            \
	"<host mac='" GUEST_MAC "' name='guest' ip='" GUEST_ADDRESS "'/></dhcp></ip>"                                     \
	"<ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::1ff'/></dhcp></ip></network>"

static void define_lab(const char *mode)
{
	_cleanup_free_ char *text = strf(NAT, "lab", mode, "virbr-lab");

	define_network(text);
}

static const char guest_card[] = "<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";

/* A guest that has taken the address that is reserved for it. false: there is no guest here. */
static bool start_guest(void)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, guest_card);

	if (document == NULL)
		return false;
	define_start(lab_home(), "guest", document);
	wait_console("guest", "# ", BOOT_MS);
	console_command("guest", "until ip addr show eth0 | grep 'inet 192'; do sleep 1; done; echo got it", "\ngot it", BOOT_MS);
	return true;
}

START_TEST(a_guest_gets_out_by_nat_and_nobody_gets_in)
{
	struct peer peer = peer_make();

	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	if (start_guest()) {
		SHOWS(GUEST_ADDRESS "/24", virtty_path(), "net-dhcp-leases", "lab");
		SHOWS("network   lab      virtio   " GUEST_MAC, virtty_path(), "domiflist", "guest");
		SHOWS(GUEST_ADDRESS "/24", virtty_path(), "domifaddr", "guest");
		SHOWS("rx_bytes", virtty_path(), "domifstat", "guest", GUEST_MAC);
		console_command("guest", "nslookup gate.example 192.168.122.1 | grep -c 192.168.122.1 && echo looked up", "\nlooked up", SOON_MS);
		console_command("guest", "ping -c 1 -W 5 198.51.100.2 >/dev/null && echo is out", "\nis out", SOON_MS);
		/* from outside there is no way in, even for who knows where it is */
		DO(IN(&peer, "ip", "route", "add", "192.168.122.0/24", "via", "198.51.100.1"));
		peer_must_reach(&peer, NULL, PEER_HOST4);
		peer_must_not_reach(&peer, GUEST_ADDRESS);
		/* the host itself reaches it, over both */
		DO("ping", "-c", "1", "-W", "5", GUEST_ADDRESS);
		SHOWS(GUEST_ADDRESS "/0", virtty_path(), "domifaddr", "guest", "--source", "arp");
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	peer_remove(&peer);
}
END_TEST

START_TEST(a_guest_of_an_isolated_network_stays_in)
{
	struct peer peer = peer_make();

	define_network("<network><name>lab</name><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'><dhcp>"
		       "<host mac='" GUEST_MAC "' ip='" GUEST_ADDRESS "'/></dhcp></ip></network>");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	DO("sysctl", "-qw", "net.ipv4.ip_forward=1");
	if (start_guest()) {
		console_command("guest", "ping -c 1 -W 5 192.168.122.1 >/dev/null && echo host is there", "\nhost is there", SOON_MS);
		console_command("guest", "ip route add default via 192.168.122.1; ping -c 1 -W 2 198.51.100.2 >/dev/null || echo stays in",
				"\nstays in", SOON_MS);
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	peer_remove(&peer);
}
END_TEST

START_TEST(a_guest_answers_on_a_bridge_of_the_hosts)
{
	_cleanup_free_ char *document =
		guest_machine(lab_home(), "guest", NULL, NULL,
			      "<interface type='bridge'><source bridge='br0'/><target dev='cable0'/><model type='virtio'/></interface>");

	DO("ip", "link", "add", "br0", "type", "bridge");
	DO("ip", "addr", "add", "10.7.0.1/24", "dev", "br0");
	DO("ip", "link", "set", "br0", "up");
	DO("ip", "-6", "addr", "add", "fd00:7::1/64", "dev", "br0", "nodad");
	if (document != NULL) {
		define_start(lab_home(), "guest", document);
		SHOWS("master br0", "ip", "link", "show", "cable0");
		wait_console("guest", "# ", BOOT_MS);
		/* an address that is looked for twice first does not answer at once */
		guest_does("guest", "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip addr add 10.7.0.2/24 dev eth0 && "
				    "ip -6 addr add fd00:7::2/64 dev eth0");
		DO("ping", "-c", "1", "-W", "5", "10.7.0.2");
		DO("ping", "-c", "1", "-W", "5", "fd00:7::2");
		guest_reaches("guest", "10.7.0.1");
		guest_reaches("guest", "fd00:7::1");
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	}
	DO("ip", "link", "del", "br0");
}
END_TEST

/* ---- faults ---- */

static pid_t dnsmasq(void)
{
	return home_process(lab_home(), "dnsmasq");
}

static bool another_dnsmasq(void *data)
{
	pid_t pids[4];

	return home_processes(lab_home(), "dnsmasq", pids, ARRAY_LENGTH(pids)) == 1 && pids[0] != *(const pid_t *)data;
}

START_TEST(a_dnsmasq_that_dies_is_started_again)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	pid_t first = dnsmasq();

	kill(first, SIGKILL);
	ck_assert_msg(wait_for(another_dnsmasq, &first, SOON_MS), "dnsmasq was not started again");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

START_TEST(a_dnsmasq_without_a_keeper_is_cleared_away)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	pid_t first = dnsmasq();

	home_kill(lab_home(), "virtty-keeper");
	ck_assert_int_eq(dnsmasq(), first);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	wait_processes(lab_home(), "dnsmasq", 0, SOON_MS);
}
END_TEST

START_TEST(a_bridge_deleted_behind_our_back_is_made_again)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	DO("ip", "link", "del", "virbr-lab");
	SHOWS("lab       inactive", virtty_path(), "net-list", "--all");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	DO("ip", "link", "del", "virbr-lab");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

START_TEST(what_is_taken_is_left_alone)
{
	_cleanup_free_ char *mine = NULL;

	define_lab("nat");
	DO("ip", "link", "add", "virbr-lab", "type", "bridge");
	expect_error(virtty("net-start", "lab", NULL), 1, "'virbr-lab' already", "net-edit lab", NULL);
	mine = lab_run("ip", "-br", "link", "show", "virbr-lab", NULL);
	DO("ip", "link", "del", "virbr-lab");
	/* an address that the host has elsewhere */
	DO("ip", "link", "add", "card0", "type", "veth", "peer", "name", "card1");
	DO("ip", "addr", "add", "192.168.122.9/16", "dev", "card0");
	DO("ip", "link", "set", "card0", "up");
	expect_error(virtty("net-start", "lab", NULL), 1, "192.168.122.0/24 is in use", NULL);
	/* a route */
	DO("ip", "addr", "flush", "dev", "card0");
	DO("ip", "route", "add", "10.77.0.0/16", "dev", "card0");
	define_network("<network><name>far</name><bridge name='virbr-far' stp='off'/><ip address='192.168.123.1' prefix='24'/>"
		       "<route address='10.77.0.0' prefix='16' gateway='192.168.123.2'/></network>");
	expect_error(virtty("net-start", "far", NULL), 1, "<route> to 10.77.0.0/16 is in use on this host already", "net-edit far", NULL);
	HIDES("virbr-far", "ip", "-br", "link");
	DO("ip", "link", "del", "card0");
	expect_ok(virtty("net-start", "far", NULL), NULL);
	expect_ok(virtty("net-destroy", "far", NULL), NULL);
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

START_TEST(a_missing_program_is_named)
{
	_cleanup_free_ char *path = strf("%s/bin", lab_home());
	char *old = xstrdup(getenv("PATH"));

	define_lab("nat");
	/* neither nft nor dnsmasq is found: process_find() looks in /usr/sbin and /sbin as well, so they are hidden */
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mkdir", path);
	DO("mount", "--bind", "/dev/null", "/usr/sbin/nft");
	expect_error(virtty("net-start", "lab", NULL), 1, "nft", "package nftables", NULL);
	DO("umount", "/usr/sbin/nft");
	DO("mount", "--bind", "/dev/null", "/usr/sbin/dnsmasq");
	expect_error(virtty("net-start", "lab", NULL), 1, "dnsmasq", "package dnsmasq-base", NULL);
	DO("umount", "/usr/sbin/dnsmasq");
	setenv("PATH", old, 1);
	free(old);
}
END_TEST

START_TEST(a_port_in_use_is_said)
{
	struct task other;

	define_lab("nat");
	/* who listens on every address has that of the bridge, too */
	other = task_start((const char *const[]){ "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=53", "--no-resolv",
						  "--pid-file=", "--log-facility=-", NULL });
	struct outcome outcome;

	for (int tries = 0;; tries++) {
		outcome = virtty("net-start", "lab", NULL);
		if (outcome.status != 0 || tries == 20)
			break;
		expect_ok(virtty("net-destroy", "lab", NULL), NULL);
		outcome_clear(&outcome);
		(void)poll(NULL, 0, 100);
	}
	expect_error(outcome, 1, "ddress already in use", "ss -lnup", NULL);
	task_clear(&other);
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

/* Kills virtty at some moment of a start or a stop; whatever it left, the next ones put right. */
static void kill_round(unsigned round)
{
	struct task task = task_virtty(round % 2 == 0 ? "net-start" : "net-destroy", "lab", NULL);

	(void)poll(NULL, 0, (int)(round * 7 % 60));
	kill(task.pid, SIGKILL);
	task_clear(&task);
}

START_TEST(killed_starts_and_stops_leave_nothing)
{
	unsigned rounds = lab_rounds();

	define_lab("nat");
	for (unsigned round = 0; round < rounds; round++)
		kill_round(round);
	/* whichever state it is in now: it can be stopped, or is; started, and it is whole */
	struct outcome stop = virtty("net-destroy", "lab", NULL);

	if (stop.status != 0)
		ck_assert_msg(strstr(stop.err, "not active") != NULL, "%s", stop.err);
	outcome_clear(&stop);
	wait_processes(lab_home(), "dnsmasq", 0, SOON_MS);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	lab_check_host();
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

/* ---- definitions ---- */

START_TEST(the_default_network_gives_way_once)
{
	static const char own[] = "<network><name>default</name><uuid>71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380</uuid><forward mode='nat'/>"
				  "<bridge name='virbr0' stp='on' delay='0'/><ip address='192.168.150.1' netmask='255.255.255.0'/></network>";

	SHOWS("default   inactive", virtty_path(), "net-list", "--all");
	expect_ok(virtty_input(own, "net-define", "-", NULL), NULL);
	SHOWS("71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380", virtty_path(), "net-uuid", "default");
	SHOWS("192.168.150.1", virtty_path(), "net-dumpxml", "default");
	/* now it is somebody's: another identity is refused, as for every network */
	expect_error(virtty_input("<network><name>default</name><uuid>71c7ed8d-08aa-44d0-8f76-cc4fd2dd4381</uuid></network>", "net-define",
				  "-", NULL),
		     1, "already defined with UUID", NULL);
	/* who undefines it does not want it back */
	expect_ok(virtty("net-undefine", "default", NULL), NULL);
	expect_error(virtty("net-start", "default", NULL), 1, "no network is named 'default'", NULL);
}
END_TEST

static bool has_leases(int id)
{
	_cleanup_free_ char *path = strf("%s/network/%d.leases", lab_home(), id);

	return path_exists(path);
}

/* They outlast a stop, since guests keep what they have got, and nothing else. */
START_TEST(leases_go_with_their_network)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	ck_assert(has_leases(2));
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-undefine", "lab", NULL), NULL);
	ck_assert(has_leases(2));
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	ck_assert(!has_leases(2));
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	ck_assert(has_leases(3));
	expect_ok(virtty("net-undefine", "lab", NULL), NULL);
	ck_assert(!has_leases(3));
}
END_TEST

START_TEST(pieces_are_changed_in_place)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	pid_t first = dnsmasq();

	expect_ok(virtty("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:00:00:51' ip='192.168.122.51'/>", "--live",
			 "--config", NULL),
		  NULL);
	SHOWS("192.168.122.51", virtty_path(), "net-dumpxml", "lab");
	SHOWS("192.168.122.51", virtty_path(), "net-dumpxml", "lab", "--inactive");
	ck_assert_int_ne(dnsmasq(), first);
	expect_ok(virtty("net-update", "lab", "modify", "ip-dhcp-host", "<host mac='52:54:00:00:00:51' ip='192.168.122.52'/>", NULL), NULL);
	SHOWS("192.168.122.52", virtty_path(), "net-dumpxml", "lab");
	SHOWS("192.168.122.51", virtty_path(), "net-dumpxml", "lab", "--inactive");
	expect_ok(virtty("net-update", "lab", "add", "dns-txt", "<txt name='note' value='hello'/>", "--config", NULL), NULL);
	expect_ok(virtty("net-update", "lab", "delete", "dns-txt", "<txt name='note'/>", "--config", NULL), NULL);
	expect_error(virtty("net-update", "lab", "delete", "dns-txt", "<txt name='note'/>", "--config", NULL), 1, "no such <txt>", NULL);
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:00:00:53' ip='10.0.0.1'/>", NULL), 1,
		     "none of the network's addresses", NULL);
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:00:00:53' ip='192.168.122.1'/>", NULL), 1,
		     "own address", NULL);
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", "<range/>", NULL), 1, "takes a <host>", NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	SHOWS("lab: Started", virtty_path(), "net-event", "lab");
	SHOWS("lab: Stopped", virtty_path(), "net-event", "lab");
}
END_TEST

#define HOST(n) "<host mac='52:54:00:00:00:" n "' ip='192.168.122." n "'/>"

START_TEST(both_are_changed_or_none)
{
	define_lab("nat");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	expect_ok(virtty("net-update", "lab", "add", "ip-dhcp-host", HOST("61"), "--config", "--parent-index", "0", NULL), NULL);
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", HOST("61"), "--live", "--config", NULL), 1, "already", NULL);
	HIDES("192.168.122.61", virtty_path(), "net-dumpxml", "lab");
	expect_ok(virtty("net-update", "lab", "add", "ip-dhcp-host", HOST("62"), "--current", NULL), NULL);
	expect_error(virtty("net-update", "lab", "delete", "ip-dhcp-host", HOST("62"), "--live", "--config", NULL), 1, "no such <host>", NULL);
	SHOWS("192.168.122.62", virtty_path(), "net-dumpxml", "lab");
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", HOST("63"), "--parent-index", "7", NULL), 1, "no <ip> number 7", NULL);
	expect_error(virtty("net-update", "lab", "add", "ip-dhcp-host", HOST("63"), "--parent-index", "1", NULL), 1, "not by its MAC", NULL);
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	/* an isolated network does not become another kind by a piece */
	define_network("<network><name>alone</name><ip address='10.9.0.1' prefix='24'/></network>");
	expect_error(virtty("net-update", "alone", "add", "forward-interface", "<interface dev='eth0'/>", "--config", NULL), 1, "no <forward>", NULL);
}
END_TEST

START_TEST(events_are_shown_as_they_come)
{
	define_lab("nat");
	struct task task = task_virtty("net-event", "lab", "--event", "lifecycle", "--loop", "--timeout", "60", "--timestamp", NULL);

	/* it is listening once it has opened the state: what comes from then on is told, whenever that is */
	for (int tries = 0; tries < 10 && strstr(task.out_text.data != NULL ? task.out_text.data : "", "Started") == NULL; tries++) {
		expect_ok(virtty("net-start", "lab", NULL), NULL);
		(void)task_expect(&task, ": event 'lifecycle' for network lab: Started\n", 1000);
		expect_ok(virtty("net-destroy", "lab", NULL), NULL);
	}
	ck_assert(task_expect(&task, ": event 'lifecycle' for network lab: Stopped\n", SOON_MS));
	kill(task.pid, SIGINT);
	struct outcome outcome = task_wait(&task, SOON_MS);

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_msg(strstr(outcome.out, "event loop interrupted\nevents received: ") != NULL, "%s", outcome.out);
	outcome_clear(&outcome);
	task_clear(&task);
	expect_error(virtty("net-event", "--timeout", "0", NULL), 1, "no event came", NULL);
	expect_error(virtty("net-event", "nowhere", "--loop", NULL), 1, "no network is named 'nowhere'", NULL);
	SHOWS("lifecycle", virtty_path(), "net-event", "--list");
}
END_TEST

START_TEST(marked_networks_start_with_the_host)
{
	define_lab("nat");
	/* the default network that nobody has changed waits until somebody needs it */
	expect_ok(virtty("net-autostart", "default", NULL), NULL);
	expect_ok(virtty("net-autostart", "lab", NULL), NULL);
	SHOWS("Network lab started", virtty_path(), "autostart", "--run");
	SHOWS("lab       active     yes", virtty_path(), "net-list", "--all");
	SHOWS("default   inactive   yes", virtty_path(), "net-list", "--all");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("networks");
	TCase *guests = tcase_create("guests"), *faults = tcase_create("faults");

	if (geteuid() != 0) {
		printf("SKIP: networks: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 300);
	tcase_set_timeout(faults, 300 + 10 * lab_rounds());
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_checked_fixture(faults, lab_begin, lab_end);
	tcase_add_test(guests, a_guest_gets_out_by_nat_and_nobody_gets_in);
	tcase_add_test(guests, a_guest_of_an_isolated_network_stays_in);
	tcase_add_test(guests, a_guest_answers_on_a_bridge_of_the_hosts);
	tcase_add_test(faults, a_dnsmasq_that_dies_is_started_again);
	tcase_add_test(faults, a_dnsmasq_without_a_keeper_is_cleared_away);
	tcase_add_test(faults, a_bridge_deleted_behind_our_back_is_made_again);
	tcase_add_test(faults, what_is_taken_is_left_alone);
	tcase_add_test(faults, a_missing_program_is_named);
	tcase_add_test(faults, a_port_in_use_is_said);
	tcase_add_test(faults, killed_starts_and_stops_leave_nothing);
	tcase_add_test(faults, the_default_network_gives_way_once);
	tcase_add_test(faults, marked_networks_start_with_the_host);
	tcase_add_test(faults, leases_go_with_their_network);
	tcase_add_test(faults, pieces_are_changed_in_place);
	tcase_add_test(faults, both_are_changed_or_none);
	tcase_add_test(faults, events_are_shown_as_they_come);
	suite_add_tcase(suite, guests);
	suite_add_tcase(suite, faults);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
