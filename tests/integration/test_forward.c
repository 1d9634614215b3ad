/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that lead to guests: through QEMU's user networking and through the firewall, added and taken away while guests serve them;
 * who has a port already; what killed commands and ended machines leave. Each test has a network namespace of its own. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK(...) expect_ok(virtty(__VA_ARGS__, NULL), NULL)
#define REFUSED(message, ...) expect_error(virtty(__VA_ARGS__, NULL), 1, message, NULL)

#define GUEST_MAC "52:54:00:00:00:50"
#define GREETING  "hello from the guest"

static const char user_card[] = "<interface type='user'><mac address='" GUEST_MAC "'/><model type='virtio'/></interface>";
static const char network_card[] =
	"<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";

static bool start_guest(const char *card, const char *address)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, card);

	if (document == NULL)
		return false;
	define_start(lab_home(), "guest", document);
	wait_console("guest", "# ", BOOT_MS);
	guest_shows("guest", "ip addr show eth0", address);
	guest_does("guest", "(while :; do echo " GREETING " | nc -l -p 22; done) >/dev/null 2>&1 & true");
	guest_shows("guest", "netstat -ltn", ":22 ");
	guest_does("guest", "udp_echo 53 >/dev/null 2>&1 & true");
	return true;
}

/* ---- reaching it ---- */

/* What a TCP port says before it closes; NULL: nobody is there. Owned. */
static char *greeting(const char *address, unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { .tv_sec = 5 };
	char text[256];

	ck_assert(inet_pton(AF_INET, address, &to.sin_addr) == 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		return NULL;
	ssize_t length = recv(fd, text, sizeof text - 1, 0);

	return length > 0 ? xstrndup(text, (size_t)length) : NULL;
}

struct place {
	const char *address;
	unsigned port;
};

static bool greets(void *data)
{
	const struct place *place = data;
	_cleanup_free_ char *text = greeting(place->address, place->port);

	return text != NULL && strstr(text, GREETING) != NULL;
}

/* nc in the guest takes one caller, and a moment until it is ready for the next. */
static void reaches(const char *address, unsigned port)
{
	struct place place = { address, port };

	ck_assert_msg(wait_for(greets, &place, SOON_MS), "no guest at %s:%u", address, port);
}

static void reaches_not(const char *address, unsigned port)
{
	_cleanup_free_ char *text = greeting(address, port);

	ck_assert_msg(text == NULL, "at %s:%u somebody says %s", address, port, text);
}

struct echo {
	const char *address;
	unsigned port;
};

/* Does a UDP port send back what it gets? */
static bool echoes(void *data)
{
	const struct echo *echo = data;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)echo->port) };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { .tv_sec = 1 };
	char text[16] = "";

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return inet_pton(AF_INET, echo->address, &to.sin_addr) == 1 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
	       send(fd, "hello", 5, 0) == 5 && recv(fd, text, sizeof text - 1, 0) == 5 && text_equal(text, "hello");
}

static void comes_back(const char *address, unsigned port)
{
	struct echo echo = { address, port };

	ck_assert_msg(wait_for(echoes, &echo, SOON_MS), "nothing comes back from UDP port %s:%u", address, port);
}

struct peer_place {
	const struct peer *peer;
	const char *address, *port;
};

static bool peer_greeted(void *data)
{
	const struct peer_place *place = data;
	_cleanup_outcome_ struct outcome outcome =
		run_program((const char *const[]){ IN(place->peer, "busybox", "nc", "-w", "2", place->address, place->port), NULL });

	return strstr(outcome.out, GREETING) != NULL;
}

static void peer_gets_in(const struct peer *peer, const char *address, const char *port)
{
	struct peer_place place = { peer, address, port };

	ck_assert_msg(wait_for(peer_greeted, &place, SOON_MS), "the peer does not reach the guest at %s port %s", address, port);
}

static void peer_stays_out(const struct peer *peer, const char *address, const char *port)
{
	struct peer_place place = { peer, address, port };

	ck_assert_msg(!peer_greeted(&place), "the peer reaches the guest at %s port %s", address, port);
}

/* ---- user networking ---- */

START_TEST(a_port_of_user_networking_comes_and_goes)
{
	if (!start_guest(user_card, "10.0.2.15"))
		return;
	reaches_not("127.0.0.1", 2222);
	SHOWS("Port forward tcp 2222:22 added", virtty_path(), "forward", "guest", "add", "tcp", "2222:22");
	reaches("127.0.0.1", 2222);
	SHOWS("tcp     2222   22", virtty_path(), "forward", "guest", "list");
	SHOWS("<range start='2222' to='22'/>", virtty_path(), "dumpxml", "guest");
	SHOWS("<range start='2222' to='22'/>", virtty_path(), "dumpxml", "guest", "--inactive");
	/* only of what runs, at one address */
	OK("forward", "guest", "add", "127.0.0.1:2223:22", "--live");
	reaches("127.0.0.1", 2223);
	HIDES("2223", virtty_path(), "dumpxml", "guest", "--inactive");
	/* several at once, and ranges */
	OK("forward", "guest", "add", "tcp", "8000-8003:20-23", "udp", "5353:53", "8100");
	reaches("127.0.0.1", 8002);
	SHOWS("udp     8100", virtty_path(), "forward", "guest", "list");
	comes_back("127.0.0.1", 5353);
	OK("forward", "guest", "delete", "8000-8003:20-23");
	reaches_not("127.0.0.1", 8002);
	OK("forward", "guest", "delete", "tcp", "2222:22");
	reaches_not("127.0.0.1", 2222);
	HIDES("2222", virtty_path(), "dumpxml", "guest");
	/* a keeper that is gone is no hindrance */
	home_kill(lab_home(), "virtty-keeper");
	OK("forward", "guest", "add", "2224:22", "--live");
	reaches("127.0.0.1", 2224);
	OK("destroy", "guest");
	/* the definition brings it back, at the start */
	SHOWS("\"host_port\":5353", virtty_path(), "forward", "guest", "list", "--json");
	HIDES("2223", virtty_path(), "forward", "guest", "list");
}
END_TEST

/* ---- networks ---- */

#define NETWORK(forward)                                                                                                          \
	"<network><name>lab</name>" forward "<bridge name='virbr-lab' stp='off'/>"                                                  \
	"<ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.110'/></dhcp></ip></network>"

static void start_network(const char *text)
{
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
	OK("net-start", "lab");
}

START_TEST(a_port_of_a_nat_network_comes_and_goes)
{
	struct peer peer = peer_make();

	start_network(NETWORK("<forward mode='nat'/>"));
	if (start_guest(network_card, "inet 192.168.122.1")) {
		peer_stays_out(&peer, PEER_HOST4, "2222");
		/* the network keeps the address that the guest has */
		SHOWS("guest keeps the address 192.168.122.1", virtty_path(), "forward", "guest", "add", "tcp", "2222:22");
		SHOWS("mac='" GUEST_MAC "'", virtty_path(), "net-dumpxml", "lab");
		SHOWS("mac='" GUEST_MAC "'", virtty_path(), "net-dumpxml", "lab", "--inactive");
		SHOWS("network   lab", virtty_path(), "forward", "guest", "list");
		peer_gets_in(&peer, PEER_HOST4, "2222");
		/* from here, too: by its own addresses and by 127.0.0.1 */
		reaches(PEER_HOST4, 2222);
		reaches("192.168.122.1", 2222);
		reaches("127.0.0.1", 2222);
		/* at one address alone */
		OK("forward", "guest", "add", "127.0.0.1:2223:22");
		reaches("127.0.0.1", 2223);
		peer_stays_out(&peer, PEER_HOST4, "2223");
		OK("forward", "guest", "delete", "2222:22");
		peer_stays_out(&peer, PEER_HOST4, "2222");
		reaches_not("127.0.0.1", 2222);
		OK("forward", "guest", "add", "2222:22", "udp", "5000-5009", "5300:53");
		peer_gets_in(&peer, PEER_HOST4, "2222");
		comes_back(PEER_HOST4, 5300);
		/* an address that is no one's leads nowhere, and is said */
		SHOWS("192.0.2.99 is no address of this host now", virtty_path(), "forward", "guest", "add", "192.0.2.99:2224:22");
		/* a stop takes them away, and the guest returns with the next start */
		OK("net-destroy", "lab");
		HIDES("virtty", "nft", "list", "ruleset");
		OK("net-start", "lab");
		peer_gets_in(&peer, PEER_HOST4, "2222");
		OK("destroy", "guest");
		HIDES("2222", "nft", "list", "ruleset");
		HIDES("5000", "nft", "list", "ruleset");
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

START_TEST(a_guest_keeps_its_address_over_a_stop)
{
	start_network("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'>"
		      "<dhcp><range start='192.168.122.100' end='192.168.122.250'/></dhcp></ip></network>");
	if (start_guest(network_card, "inet 192.168.122.")) {
		_cleanup_free_ char *before = lab_run(virtty_path(), "-q", "domifaddr", "guest", NULL);

		OK("net-destroy", "lab");
		OK("net-start", "lab");
		/* it has asked for none since */
		SHOWS(before, virtty_path(), "-q", "domifaddr", "guest");
		HIDES("next DHCP request", virtty_path(), "forward", "guest", "add", "2222:22");
		reaches("192.168.122.1", 2222);
		OK("destroy", "guest");
	}
	OK("net-destroy", "lab");
}
END_TEST

/* Of other modes: <forward> of the network, the guest's side looked at by the peer. */
static const char *const modes[] = { "<forward mode='route'/>", "<forward mode='open'/>", "" };

START_TEST(a_port_leads_into_every_network_of_ours)
{
	struct peer peer = peer_make();
	_cleanup_free_ char *text = strf(NETWORK("%s"), modes[_i]);
	_cleanup_free_ char *document =
		guest_machine(lab_home(), "guest", NULL, NULL,
			      "<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/>"
			      "<portForward proto='tcp'><range start='2222' to='22'/></portForward></interface>");

	start_network(text);
	if (document != NULL) {
		/* kept in the definition, an address is reserved at the start */
		define_start(lab_home(), "guest", document);
		SHOWS("192.168.122.100", virtty_path(), "net-dumpxml", "lab", "--inactive");
		wait_console("guest", "# ", BOOT_MS);
		guest_shows("guest", "ip addr show eth0", "192.168.122.100/24");
		guest_does("guest", "(while :; do echo " GREETING " | nc -l -p 22; done) >/dev/null 2>&1 & true");
		peer_gets_in(&peer, PEER_HOST4, "2222");
		reaches(PEER_HOST4, 2222);
		reaches("127.0.0.1", 2222);
		OK("destroy", "guest");
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

START_TEST(a_port_leads_to_a_guest_over_ipv6)
{
	struct peer peer = peer_make();

	start_network("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/>"
		      "<ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.110'/></dhcp></ip>"
		      "<ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::110'/></dhcp></ip></network>");
	if (start_guest(network_card, "inet 192.168.122.1")) {
		/* it has taken no address yet that the network could keep */
		expect_error(virtty("forward", "guest", "add", "[" PEER_HOST6 "]:2222:22", NULL), 1, "IPv6 address in network 'lab' is not known",
			     "ip-dhcp-host", NULL);
		OK("forward", "guest", "add", "2223:22");
		guest_does("guest", "address=$(dhcp6 eth0 " GUEST_MAC ") && ip -6 addr add $address/64 dev eth0");
		OK("forward", "guest", "add", "[" PEER_HOST6 "]:2222:22");
		SHOWS("fd00:122::1", virtty_path(), "forward", "guest", "list");
		peer_gets_in(&peer, PEER_HOST6, "2222");
		peer_stays_out(&peer, PEER_HOST4, "2222");
		/* one of any address is served over both from now on */
		OK("forward", "guest", "add", "2224:22");
		peer_gets_in(&peer, PEER_HOST6, "2224");
		peer_gets_in(&peer, PEER_HOST4, "2224");
		OK("forward", "guest", "delete", "2223:22", "2224:22");
		SHOWS("keeps fd00:122::1", virtty_path(), "forward", "guest", "delete", "[" PEER_HOST6 "]:2222:22");
		HIDES("<host", virtty_path(), "net-dumpxml", "lab");
		HIDES("<host", virtty_path(), "net-dumpxml", "lab", "--inactive");
		OK("destroy", "guest");
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

/* ---- faults ---- */

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
						  "<interface type='user'><portForward proto='tcp'><range start='80' end='90'/><range start='90'/></portForward></interface>");

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

	start_network(NETWORK("<forward mode='nat'/>"));
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
	expect_ok(virtty_input("<interface type='user'><mac address='52:54:00:00:00:52'/><model type='virtio'/></interface>", "attach-device", "one", "-", NULL), NULL);
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
	static const char *const bad[] = { "0", "22:", ":22", "65536", "22:65536", "1-2-3", "5-4", "1-10:1-5", "1.2.3:1:2", "[::1]:1:2:3", "::1:22", "x",
					   "0.0.0.0:22:22", "1-5000", "" };

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
	expect_ok(virtty_input("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab'/><ip address='192.168.122.1' prefix='24'/></network>",
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

	start_network(NETWORK("<forward mode='nat'/>"));
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
						"<interface type='user'><mac address='" GUEST_MAC "'/><backend type='passt'/><model type='virtio'/></interface>");
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
	expect_error(virtty("forward", "one", "add", "2223:22", "--live", NULL), 1, "the ports of passt cannot change while it runs", "--config", NULL);
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

/* ---- kills ---- */

static unsigned long rounds(void)
{
	const char *text = getenv("VIRTTY_FORWARD_ROUNDS");

	return text != NULL ? strtoul(text, NULL, 10) : 12;
}

/* Does the live document state the port, and does what carries it out have it? Both or neither. */
static void agree(const char *shown, bool in_firewall, const char *when)
{
	_cleanup_free_ char *listed = lab_run(virtty_path(), "forward", "one", "list", "--live", NULL);
	_cleanup_free_ char *rules = in_firewall ? lab_run("nft", "list", "table", "inet", "virtty", NULL) :
						    lab_run(virtty_path(), "qemu-monitor-command", "one", "--hmp", "info usernet", NULL);

	ck_assert_msg((strstr(listed, "2222") != NULL) == (strstr(rules, shown) != NULL), "%s: listed\n%sand there is\n%s", when, listed, rules);
}

static void kill_round(unsigned long round, bool in_firewall)
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
	_cleanup_free_ char *when = strf("round %lu, %s, the %s killed", round, has ? "delete" : "add", keeper ? "keeper" : "command");

	/* whoever asks next catches up */
	OK("domif-setlink", "one", GUEST_MAC, "up");
	agree("2224", in_firewall, when);
}

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

	start_network(NETWORK("<forward mode='nat'/>"));
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

START_TEST(killed_commands_leave_one_truth)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, _i == 0 ? user_card : network_card);

	start_network(NETWORK("<forward mode='nat'/>"));
	define_start(lab_home(), "one", one);
	for (unsigned long round = 0; round < rounds(); round++)
		kill_round(round, _i == 1);
	OK("destroy", "one");
	HIDES("2222", "nft", "list", "ruleset");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(a_machine_that_is_killed_leaves_no_rule)
{
	_cleanup_free_ char *one = bare_machine(lab_home(), "one", NULL, network_card);

	start_network(NETWORK("<forward mode='nat'/>"));
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

	start_network(NETWORK("<forward mode='nat'/>"));
	OK("define", one);
	OK("forward", "one", "add", "2222-2240:22-40");
	for (unsigned long round = 0; round < rounds(); round++) {
		struct task task = task_virtty("start", "one", NULL);

		(void)poll(NULL, 0, (int)(round * 17 % 200));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		/* off or running, whichever it came to: what is left is cleared by who ends it or starts it */
		if (round % 2 == 0)
			home_kill(lab_home(), "virtty-keeper");
		struct outcome end = virtty("destroy", "one", NULL);

		outcome_clear(&end);
		ck_assert_msg(wait_for(runs, NULL, SOON_MS), "round %lu: it does not start any more", round);
		SHOWS("tcp . 2222", "nft", "list", "ruleset");
		OK("destroy", "one");
		HIDES("tcp . 2222", "nft", "list", "ruleset");
	}
	OK("net-destroy", "lab");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("port forwards");
	TCase *guests = tcase_create("guests"), *faults = tcase_create("faults");

	if (geteuid() != 0) {
		printf("SKIP: port forwards: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 600);
	tcase_set_timeout(faults, 600);
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_checked_fixture(faults, lab_begin, lab_end);
	tcase_add_test(guests, a_port_of_user_networking_comes_and_goes);
	tcase_add_test(guests, a_port_of_a_nat_network_comes_and_goes);
	tcase_add_test(guests, a_guest_keeps_its_address_over_a_stop);
	tcase_add_loop_test(guests, a_port_leads_into_every_network_of_ours, 0, (int)ARRAY_LENGTH(modes));
	tcase_add_test(guests, a_port_leads_to_a_guest_over_ipv6);
	tcase_add_test(faults, a_port_belongs_to_one);
	tcase_add_loop_test(faults, two_want_the_same_port, 0, 2);
	tcase_add_test(faults, what_runs_and_what_is_kept);
	tcase_add_test(faults, what_is_wrong_is_said);
	tcase_add_test(faults, ports_come_and_go_with_their_card);
	tcase_add_test(faults, passt_changes_at_the_next_start);
	tcase_add_test(faults, the_default_network_gives_way_with_its_forwards);
	tcase_add_test(faults, an_address_is_kept_as_long_as_a_port_leads_there);
	tcase_add_test(faults, killed_starts_leave_no_rule);
	tcase_add_loop_test(faults, killed_commands_leave_one_truth, 0, 2);
	tcase_add_test(faults, a_machine_that_is_killed_leaves_no_rule);
	suite_add_tcase(suite, guests);
	suite_add_tcase(suite, faults);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
