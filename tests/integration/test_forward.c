/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that lead to guests: through QEMU's user networking and through the firewall, added and taken away while guests serve them.
 * Each test has a network namespace of its own. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* Does a UDP port send back what it gets? */
static bool echoes(void *data)
{
	const struct place *place = data;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)place->port) };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { .tv_sec = 1 };
	char text[16] = "";

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return inet_pton(AF_INET, place->address, &to.sin_addr) == 1 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
	       send(fd, "hello", 5, 0) == 5 && recv(fd, text, sizeof text - 1, 0) == 5 && text_equal(text, "hello");
}

static void comes_back(const char *address, unsigned port)
{
	struct place place = { address, port };

	ck_assert_msg(wait_for(echoes, &place, SOON_MS), "nothing comes back from UDP port %s:%u", address, port);
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

START_TEST(a_port_of_a_nat_network_comes_and_goes)
{
	struct peer peer = peer_make();

	lab_network("lab", NETWORK("<forward mode='nat'/>"));
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
	lab_network("lab", "<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/>"
			   "<ip address='192.168.122.1' prefix='24'>"
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

	lab_network("lab", text);
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

	lab_network("lab", "<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/>"
		      "<ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.110'/></dhcp></ip>"
		      "<ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::110'/></dhcp>"
		      "</ip></network>");
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
static Suite *suite(void)
{
	Suite *suite = suite_create("port forwards");
	TCase *tcase = tcase_create("guests");

	if (geteuid() != 0) {
		printf("SKIP: port forwards: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 600);
	tcase_add_checked_fixture(tcase, lab_begin, lab_end);
	tcase_add_test(tcase, a_port_of_user_networking_comes_and_goes);
	tcase_add_test(tcase, a_port_of_a_nat_network_comes_and_goes);
	tcase_add_test(tcase, a_guest_keeps_its_address_over_a_stop);
	tcase_add_loop_test(tcase, a_port_leads_into_every_network_of_ours, 0, (int)ARRAY_LENGTH(modes));
	tcase_add_test(tcase, a_port_leads_to_a_guest_over_ipv6);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
