/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forwarded ports of machines without a guest: who has a port already, what the documents keep, what is refused and why, and what killed commands
 * and ended machines leave. Each test has a network namespace of its own. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REFUSED(message, ...) expect_error(virtty(__VA_ARGS__, NULL), 1, message, NULL)

#define GUEST_MAC "52:54:00:00:00:50"

static const char user_card[] = "<interface type='user'><mac address='" GUEST_MAC "'/><model type='virtio'/></interface>";
static const char network_card[] =
	"<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";
static const char network[] =
	"<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'>"
	"<dhcp><range start='192.168.122.100' end='192.168.122.110'/></dhcp></ip></network>";

/* ---- who has it ---- */

static int listen_at(const char *address, unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert(inet_pton(AF_INET, address, &at.sin_addr) == 1 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0);
	return fd;
}

START_TEST(a_port_belongs_to_one)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, user_card),
			    *two = bare_machine(lab_home(), "two", NULL, "<interface type='user'/><interface type='user'/>"),
			    *twice = bare_machine(lab_home(), "twice", NULL,
						  "<interface type='user'><portForward proto='tcp'><range start='80' end='90'/>"
						  "<range start='90'/></portForward></interface>");

	define_start(lab_home(), "one", one);
	OK("define", two);
	OK("forward", "one", "add", "2222:22");
	REFUSED("'one' has the forward tcp 2222:22 already", "forward", "one", "add", "2222:22");
	REFUSED("leads to 'one' itself already (tcp 2222:22)", "forward", "one", "add", "127.0.0.1:2222:23");
	REFUSED("leads to machine 'one' already", "forward", "two", "add", "2220-2230:20-30");
	OK("forward", "two", "add", "udp", "2222:22");
	OK("destroy", "one");
	OK("forward", "two", "add", "2222:22");
	OK("start", "two");
	REFUSED("leads to machine 'two' already", "start", "one");
	/* QEMU and keeper are killed: nobody has it any more */
	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "qemu-system");
	OK("start", "one");
	OK("destroy", "one");
	/* a program of the host's */
	int fd = listen_at("127.0.0.1", 3333);

	REFUSED("listens at port 3333", "forward", "one", "add", "3333:22");
	REFUSED("listens at port 3333", "forward", "one", "add", "127.0.0.1:3330-3340");
	OK("forward", "one", "add", "127.0.0.2:3333:22", "--config");
	OK("forward", "one", "delete", "127.0.0.2:3333:22");
	close(fd);
	OK("forward", "one", "add", "3333:22");
	fd = listen_at("0.0.0.0", 3333);
	expect_error(virtty("start", "one", NULL), 1, "listens at port 3333", "another port of the host", NULL);
	close(fd);
	OK("define", twice);
	REFUSED("leads to this machine already", "start", "twice");
}
END_TEST

/* The host's ports of a list, in its order: "1001 1002". */
static void lists(const char *wanted, const char *flag)
{
	_cleanup_free_ char *text = lab_run(virtty_path(), "forward", "one", "list", flag, "--json", NULL), *ports = xstrdup("");

	for (const char *at = text; (at = strstr(at, "\"host_port\":")) != NULL; at++) {
		_cleanup_free_ char *before = ports;

		ports = strf("%s%s%.4s", before, *before != '\0' ? " " : "", at + strlen("\"host_port\":"));
	}
	ck_assert_str_eq(ports, wanted);
}

/* Two ask for one port at the same time: whoever is first gets it, the other is told, and nothing is left of that. */
START_TEST(two_want_the_same_port)
{
	static const char *const cards[] = { "<interface type='user'/>", "<interface type='network'><source network='lab'/></interface>" };
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, cards[_i]), *two = bare_machine(lab_home(), "two", NULL, cards[_i]);

	lab_network("lab", network);
	define_start(lab_home(), "one", one);
	define_start(lab_home(), "two", two);
	for (unsigned round = 0; round < 5; round++) {
		struct task a = task_virtty("forward", "one", "add", "2222-2230:22-30", "--live", NULL),
			    b = task_virtty("forward", "two", "add", "2222:22", "2230:30", "--live", NULL);
		struct outcome first = task_wait(&a, SOON_MS * 3), second = task_wait(&b, SOON_MS * 3);
		const char *winner = first.status == 0 ? "one" : "two", *loser = first.status == 0 ? "two" : "one";

		ck_assert_msg((first.status == 0) != (second.status == 0), "round %u: %d, %d: %s%s", round, first.status, second.status, first.err,
			      second.err);
		HIDES("tcp", virtty_path(), "forward", loser, "list");
		OK("forward", winner, "delete", strcmp(winner, "one") == 0 ? "2222-2230:22-30" : "2222:22", "--live");
		if (strcmp(winner, "two") == 0)
			OK("forward", winner, "delete", "2230:30", "--live");
		HIDES(":22", "ss", "-Hltn");
		HIDES("tcp . 2222", "nft", "list", "ruleset");
		outcome_clear(&first);
		outcome_clear(&second);
		task_clear(&a);
		task_clear(&b);
	}
	OK("destroy", "one");
	OK("destroy", "two");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(what_runs_and_what_is_kept)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, user_card);

	define_start(lab_home(), "one", one);
	OK("forward", "one", "add", "1001");
	OK("forward", "one", "add", "1002", "--live");
	OK("forward", "one", "add", "1003", "--config");
	OK("forward", "one", "add", "1004", "--current");
	OK("forward", "one", "add", "1005", "--persistent");
	lists("1001 1002 1004 1005", "--live");
	lists("1001 1003 1005", "--config");
	/* where it is already nothing is done, and said where it is everywhere */
	OK("forward", "one", "add", "1002");
	REFUSED("'one' has the forward tcp 1002:1002 already", "forward", "one", "add", "1002");
	REFUSED("'one' has the forward tcp 1004:1004 already", "forward", "one", "add", "1004", "--live", "--config");
	lists("1001 1003 1005 1002", "--config");
	REFUSED("has no forward tcp 1003:1003", "forward", "one", "delete", "1003", "--live");
	OK("forward", "one", "delete", "1003");
	REFUSED("has no forward tcp 1003:1003", "forward", "one", "delete", "1003");
	OK("forward", "one", "delete", "1001", "--config");
	REFUSED("has no forward tcp 1001:1001 in its stored definition", "forward", "one", "delete", "1001", "--config");
	lists("1001 1002 1004 1005", "--live");
	lists("1005 1002", "--config");
	expect_error(virtty("forward", "one", "add", "1009", "--live", "--current", NULL), 2, "exclude", NULL);
	expect_error(virtty("forward", "one", "list", "--live", "--config", NULL), 2, "say --live or --config", NULL);
	expect_ok(virtty_input("<interface type='user'><mac address='52:54:00:00:00:52'/><model type='virtio'/></interface>",
			       "attach-device", "one", "-", NULL),
		  NULL);
	SHOWS("only as long as 'one' runs", virtty_path(), "forward", "one", "add", "1008", "--interface", "52:54:00:00:00:52");
	REFUSED("has no network card", "forward", "one", "add", "1009", "--interface", "52:54:00:00:00:52", "--config");
	OK("forward", "one", "delete", "1008");
	OK("undefine", "one");
	/* what is left of it runs, and is all there is */
	OK("forward", "one", "add", "1006");
	REFUSED("is transient", "forward", "one", "add", "1007", "--config");
	lists("1001 1002 1004 1005 1006", "--live");
	OK("destroy", "one");
}
END_TEST

START_TEST(what_is_wrong_is_said)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, user_card),
			    *two = bare_machine(lab_home(), "two", NULL, "<interface type='bridge'><source bridge='br9'/></interface>"),
			    *three = bare_machine(lab_home(), "three", NULL, network_card), *none = bare_machine(lab_home(), "none", NULL, NULL);
	static const char *const bad[] = { "0",		"22:",	       ":22",	 "65536", "22:65536",	   "1-2-3",  "5-4", "1-10:1-5",
					   "1.2.3:1:2", "[::1]:1:2:3", "::1:22", "x",	  "0.0.0.0:22:22", "1-5000", "" };

	OK("define", one);
	OK("define", two);
	OK("define", three);
	OK("define", none);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		expect_error(virtty("forward", "one", "add", "tcp", bad[i], NULL), 2, "error: ", NULL);
	expect_error(virtty("forward", "one", "add", "tcp", NULL), 2, "which port is not said", NULL);
	expect_error(virtty("forward", "one", "list", "22", NULL), 2, "takes no ports", NULL);
	expect_error(virtty("forward", "one", "move", "22", NULL), 2, "move", NULL);
	REFUSED("is not running", "forward", "one", "add", "2222:22", "--live");
	REFUSED("has no forward tcp 2222:22", "forward", "one", "delete", "2222:22");
	expect_error(virtty("forward", "one", "add", "[::1]:2222:22", NULL), 1, "no IPv6", "passt", NULL);
	expect_error(virtty("forward", "two", "add", "2222:22", NULL), 1, "no network card that a port could lead to", "attach-interface two", NULL);
	REFUSED("no network card", "forward", "none", "add", "2222:22");
	REFUSED("no network is named 'lab'", "forward", "three", "add", "2222:22");
	/* all or nothing */
	expect_error(virtty("forward", "one", "add", "1001", "1002", "1003", "1002", NULL), 1, "1002", NULL);
	HIDES("100", virtty_path(), "forward", "one", "list");
	/* a range is taken out whole */
	OK("forward", "one", "add", "8000-8010:9000-9010");
	expect_error(virtty("forward", "one", "delete", "8001:9001", NULL), 1, "no forward tcp 8001:9001", "part of a range", NULL);
	/* where a network lends nothing, somebody has to say where the guest is */
	expect_ok(virtty_input("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab'/>"
			       "<ip address='192.168.122.1' prefix='24'/></network>",
			       "net-define", "-", NULL),
		  NULL);
	expect_error(virtty("forward", "three", "add", "2222:22", NULL), 1, "lends no addresses", "net-update lab add ip-dhcp-host", NULL);
	OK("net-update", "lab", "add", "ip-dhcp-host", "<host mac='" GUEST_MAC "' ip='192.168.122.7'/>", "--config");
	OK("forward", "three", "add", "2222:22");
	SHOWS("192.168.122.7:22", virtty_path(), "forward", "three", "list");
	REFUSED("has no IPv6 address", "forward", "three", "add", "[2001:db8::1]:2223:22");
}
END_TEST

START_TEST(ports_come_and_go_with_their_card)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", "<on_crash>restart</on_crash>", network_card);
	static const char card[] = "<interface type='network'><mac address='52:54:00:00:00:51'/><source network='lab'/><model type='virtio'/>"
				   "<portForward proto='tcp'><range start='4444' to='44'/></portForward></interface>";
	static const char other[] = "<interface type='network'><mac address='52:54:00:00:00:51'/><source network='other'/></interface>";
	static const char changed[] = "<interface type='network'><mac address='52:54:00:00:00:51'/><source network='lab'/><model type='virtio'/>"
				      "<portForward proto='tcp'><range start='4445' to='44'/></portForward></interface>";

	lab_network("lab", network);
	expect_ok(virtty_input("<network><name>other</name><bridge name='virbr-other' stp='off'/><ip address='192.168.123.1' prefix='24'><dhcp>"
			       "<range start='192.168.123.100' end='192.168.123.110'/></dhcp></ip></network>",
			       "net-create", "-", NULL),
		  NULL);
	define_start(lab_home(), "one", one);
	OK("forward", "one", "add", "2222:22");
	expect_ok(virtty_input(card, "attach-device", "one", "-", NULL), NULL);
	SHOWS("tcp . 4444 : 192.168.122.101 . 44", "nft", "list", "ruleset");
	/* another one that wants the same is not plugged */
	expect_error(virtty_input("<interface type='user'><portForward proto='tcp'><range start='4444'/></portForward></interface>", "attach-device",
				  "one", "-", NULL),
		     1, "leads to this machine already", NULL);
	/* to another network, with its ports */
	expect_ok(virtty_input(other, "update-device", "one", "-", NULL), NULL);
	SHOWS("tcp . 4444 : 192.168.123.100 . 44", "nft", "list", "ruleset");
	HIDES("192.168.122.101", "nft", "list", "ruleset");
	expect_error(virtty_input(changed, "update-device", "one", "-", NULL), 1, "cannot change its port forwards", "virtty forward", NULL);
	/* another QEMU takes the place of one that died, with all of them */
	home_kill(lab_home(), "qemu-system");
	wait_event("one", "Stopped Crashed", SOON_MS);
	wait_state("one", "running", SOON_MS);
	SHOWS("tcp . 2222 : 192.168.122.100 . 22", "nft", "list", "ruleset");
	SHOWS("4444", "nft", "list", "ruleset");
	OK("net-destroy", "other");
	HIDES("4444", "nft", "list", "ruleset");
	SHOWS("2222", "nft", "list", "ruleset");
	OK("destroy", "one");
	HIDES("2222", "nft", "list", "ruleset");
	OK("net-destroy", "lab");
	/* an isolated network made the host forward packets: it says so, and it stays */
	DO("sysctl", "-qw", "net.ipv4.ip_forward=0");
}
END_TEST

START_TEST(passt_changes_at_the_next_start)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL,
						"<interface type='user'><mac address='" GUEST_MAC
						"'/><backend type='passt'/><model type='virtio'/></interface>");
	_cleanup_free_ char *passt = process_find("passt");

	if (passt == NULL) {
		skip_test("there is no passt: install the package passt");
		return;
	}
	/* it wants a way out, to lead its guest to */
	DO("ip", "link", "add", "card0", "type", "veth", "peer", "name", "card1");
	DO("ip", "addr", "add", "198.51.100.1/24", "dev", "card0");
	DO("ip", "link", "set", "card0", "up");
	DO("ip", "link", "set", "card1", "up");
	DO("ip", "route", "add", "default", "via", "198.51.100.2");
	define_start(lab_home(), "one", one);
	SHOWS("takes effect at the next start of 'one'", virtty_path(), "forward", "one", "add", "2222:22");
	HIDES("2222", virtty_path(), "forward", "one", "list");
	SHOWS("passt", virtty_path(), "forward", "one", "list", "--config");
	expect_error(virtty("forward", "one", "add", "2223:22", "--live", NULL), 1, "the ports of passt cannot change while it runs",
		     "--config", NULL);
	OK("destroy", "one");
	OK("start", "one");
	SHOWS(":2222", "ss", "-ltn");
	/* its own port is no hindrance to itself */
	OK("forward", "one", "delete", "2222:22");
	OK("forward", "one", "add", "2222:23");
	OK("destroy", "one");
	DO("ip", "link", "del", "card0");
}
END_TEST

/* ---- what is kept ---- */

/* What virtty reserves by itself is no change by somebody: the default network gives way still, and the forward goes along. */
START_TEST(the_default_network_gives_way_with_its_forwards)
{
	static const char other[] = "<network><name>default</name><uuid>71c7ed8d-08aa-44d0-8f76-cc4fd2dd4380</uuid><forward mode='nat'/>"
				    "<bridge name='virbr0' stp='on' delay='0'/><ip address='192.168.150.1' netmask='255.255.255.0'>"
				    "<dhcp><range start='192.168.150.2' end='192.168.150.254'/></dhcp></ip></network>",
			  third[] = "<network><name>default</name><uuid>71c7ed8d-08aa-44d0-8f76-cc4fd2dd4381</uuid></network>";
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL,
						"<interface type='network'><mac address='" GUEST_MAC "'/><source network='default'/></interface>");

	OK("net-start", "default");
	define_start(lab_home(), "one", one);
	SHOWS("at its next DHCP request", virtty_path(), "forward", "one", "add", "2222:22");
	SHOWS("mac='" GUEST_MAC "'", virtty_path(), "net-dumpxml", "default", "--inactive");
	expect_ok(virtty_input(other, "net-define", "-", NULL), NULL);
	SHOWS("192.168.150.2'", virtty_path(), "net-dumpxml", "default");
	SHOWS("192.168.150.2", virtty_path(), "forward", "one", "list");
	SHOWS("tcp . 2222", "nft", "list", "ruleset");
	expect_error(virtty_input(third, "net-define", "-", NULL), 1, "already defined with UUID", NULL);
	OK("destroy", "one");
	OK("net-destroy", "default");
}
END_TEST

static bool is_given_back(void *data)
{
	_cleanup_free_ char *text = lab_run(virtty_path(), "net-dumpxml", "lab", "--inactive", NULL);

	(void)data;
	return strstr(text, GUEST_MAC) == NULL;
}

#define RESERVED "mac='" GUEST_MAC "'"

START_TEST(an_address_is_kept_as_long_as_a_port_leads_there)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, network_card);

	lab_network("lab", network);
	define_start(lab_home(), "one", one);
	OK("forward", "one", "add", "2222:22", "2223:23");
	expect_error(virtty("net-update", "lab", "delete", "ip-dhcp-host", "<host " RESERVED "/>", "--live", "--config", NULL), 1,
		     "port tcp 2222 of this host leads to 192.168.122.100", "'virtty forward one list'", NULL);
	SHOWS(RESERVED, virtty_path(), "net-dumpxml", "lab", "--inactive");
	OK("forward", "one", "delete", "2222:22");
	SHOWS(RESERVED, virtty_path(), "net-dumpxml", "lab");
	SHOWS("keeps 192.168.122.100 for one no longer", virtty_path(), "forward", "one", "delete", "2223:23");
	HIDES(RESERVED, virtty_path(), "net-dumpxml", "lab");
	HIDES(RESERVED, virtty_path(), "net-dumpxml", "lab", "--inactive");
	/* what somebody has changed since is his, and so is what he has made */
	OK("forward", "one", "add", "2222:22");
	OK("net-update", "lab", "modify", "ip-dhcp-host", "<host " RESERVED " ip='192.168.122.100' name='web'/>", "--live", "--config");
	OK("forward", "one", "delete", "2222:22");
	SHOWS("name='web'", virtty_path(), "net-dumpxml", "lab");
	SHOWS("name='web'", virtty_path(), "net-dumpxml", "lab", "--inactive");
	OK("net-update", "lab", "delete", "ip-dhcp-host", "<host " RESERVED "/>", "--live", "--config");
	OK("net-update", "lab", "add", "ip-dhcp-host", "<host " RESERVED " ip='192.168.122.105'/>", "--live", "--config");
	OK("forward", "one", "add", "2222:22");
	OK("forward", "one", "delete", "2222:22");
	SHOWS("192.168.122.105", virtty_path(), "net-dumpxml", "lab", "--inactive");
	OK("net-update", "lab", "delete", "ip-dhcp-host", "<host " RESERVED "/>", "--live", "--config");
	/* with the machine */
	OK("forward", "one", "add", "2222:22");
	OK("destroy", "one");
	SHOWS(RESERVED, virtty_path(), "net-dumpxml", "lab", "--inactive");
	OK("undefine", "one");
	HIDES(RESERVED, virtty_path(), "net-dumpxml", "lab");
	HIDES(RESERVED, virtty_path(), "net-dumpxml", "lab", "--inactive");
	/* one that was undefined while it ran goes with its run */
	define_start(lab_home(), "one", one);
	OK("forward", "one", "add", "2222:22");
	OK("undefine", "one");
	SHOWS(RESERVED, virtty_path(), "net-dumpxml", "lab", "--inactive");
	OK("destroy", "one");
	ck_assert_msg(wait_for(is_given_back, NULL, SOON_MS), "the network still keeps its address");
	OK("net-destroy", "lab");
}
END_TEST
/* ---- kills ---- */

/* Does the live document state the port, and does what carries it out have it? Both or neither. */
static void agree(const char *shown, bool in_firewall, const char *when)
{
	_cleanup_free_ char *listed = lab_run(virtty_path(), "forward", "one", "list", "--live", NULL);
	_cleanup_free_ char *rules = in_firewall ? lab_run("nft", "list", "table", "inet", "virtty", NULL) :
						    lab_run(virtty_path(), "qemu-monitor-command", "one", "--hmp", "info usernet", NULL);

	ck_assert_msg((strstr(listed, "2222") != NULL) == (strstr(rules, shown) != NULL), "%s: listed\n%sand there is\n%s", when, listed, rules);
}

static void kill_round(unsigned round, bool in_firewall)
{
	bool has = false, keeper = round % 4 == 3;
	_cleanup_free_ char *listed = lab_run(virtty_path(), "forward", "one", "list", "--live", NULL);

	has = strstr(listed, "2222") != NULL;
	struct task task = task_virtty("forward", "one", has ? "delete" : "add", "2222-2225:22-25", "--live", NULL);

	(void)poll(NULL, 0, (int)(round * 11 % 90));
	if (keeper)
		home_kill(lab_home(), "virtty-keeper");
	else
		kill(task.pid, SIGKILL);
	struct outcome outcome = task_wait(&task, SOON_MS);

	outcome_clear(&outcome);
	task_clear(&task);
	_cleanup_free_ char *when = strf("round %u, %s, the %s killed", round, has ? "delete" : "add", keeper ? "keeper" : "command");

	/* whoever asks next catches up */
	OK("domif-setlink", "one", GUEST_MAC, "up");
	agree("2224", in_firewall, when);
}
START_TEST(killed_commands_leave_one_truth)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, _i == 0 ? user_card : network_card);

	lab_network("lab", network);
	define_start(lab_home(), "one", one);
	for (unsigned round = 0; round < lab_rounds(); round++)
		kill_round(round, _i == 1);
	OK("destroy", "one");
	HIDES("2222", "nft", "list", "ruleset");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(a_machine_that_is_killed_leaves_no_rule)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, network_card);

	lab_network("lab", network);
	define_start(lab_home(), "one", one);
	OK("forward", "one", "add", "2222:22");
	SHOWS("2222", "nft", "list", "ruleset");
	/* its keeper clears up */
	home_kill(lab_home(), "qemu-system");
	wait_state("one", "shut off", SOON_MS);
	wait_processes(lab_home(), "virtty-keeper", 1, SOON_MS);
	HIDES("2222", "nft", "list", "ruleset");
	OK("start", "one");
	SHOWS("2222", "nft", "list", "ruleset");
	/* nobody clears up, but who comes next */
	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "qemu-system");
	OK("start", "one");
	/* a card that goes takes its ports along; the network's stop does not need the machine */
	OK("net-destroy", "lab");
	HIDES("virtty", "nft", "list", "ruleset");
	OK("destroy", "one");
}
END_TEST

/* Started by us, or by a keeper that had all it needed. */
static bool runs(void *data)
{
	(void)data;
	struct outcome start = virtty("start", "one", NULL);
	_cleanup_free_ char *state = machine_state("one");

	outcome_clear(&start);
	return text_equal(state, "running");
}

START_TEST(killed_starts_leave_no_rule)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, network_card);

	lab_network("lab", network);
	OK("define", one);
	OK("forward", "one", "add", "2222-2240:22-40");
	for (unsigned round = 0; round < lab_rounds(); round++) {
		struct task task = task_virtty("start", "one", NULL);

		(void)poll(NULL, 0, (int)(round * 17 % 200));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		/* off or running, whichever it came to: what is left is cleared by who ends it or starts it */
		if (round % 2 == 0)
			home_kill(lab_home(), "virtty-keeper");
		struct outcome end = virtty("destroy", "one", NULL);

		outcome_clear(&end);
		ck_assert_msg(wait_for(runs, NULL, SOON_MS), "round %u: it does not start any more", round);
		SHOWS("tcp . 2222", "nft", "list", "ruleset");
		OK("destroy", "one");
		HIDES("tcp . 2222", "nft", "list", "ruleset");
	}
	OK("net-destroy", "lab");
}
END_TEST
static Suite *suite(void)
{
	Suite *suite = suite_create("port forwards: faults");
	TCase *documents = tcase_create("documents"), *kills = tcase_create("kills");

	if (geteuid() != 0) {
		printf("SKIP: faults of port forwards: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(documents, 600);
	tcase_set_timeout(kills, 300 + 10 * lab_rounds());
	tcase_add_checked_fixture(documents, lab_begin, lab_end);
	tcase_add_checked_fixture(kills, lab_begin, lab_end);
	tcase_add_test(documents, a_port_belongs_to_one);
	tcase_add_loop_test(documents, two_want_the_same_port, 0, 2);
	tcase_add_test(documents, what_runs_and_what_is_kept);
	tcase_add_test(documents, what_is_wrong_is_said);
	tcase_add_test(documents, ports_come_and_go_with_their_card);
	tcase_add_test(documents, passt_changes_at_the_next_start);
	tcase_add_test(documents, the_default_network_gives_way_with_its_forwards);
	tcase_add_test(documents, an_address_is_kept_as_long_as_a_port_leads_there);
	tcase_add_loop_test(kills, killed_commands_leave_one_truth, 0, 2);
	tcase_add_test(kills, a_machine_that_is_killed_leaves_no_rule);
	tcase_add_test(kills, killed_starts_leave_no_rule);
	suite_add_tcase(suite, documents);
	suite_add_tcase(suite, kills);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
