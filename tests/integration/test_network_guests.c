/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two guests and the world, over IPv4 and IPv6: each other, their host and a peer outside, on networks of every kind that keeps them in or lets
 * them out. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAC_A "52:54:00:00:00:0a"
#define MAC_B "52:54:00:00:00:0b"
/* what a card of that MAC makes of a prefix by itself */
#define HOST_A "5054:ff:fe00:a"
#define HOST_B "5054:ff:fe00:b"

#define CARD(mac, more) "<interface type='network'><mac address='" mac "'/><source network='lab'/><model type='virtio'/>" more "</interface>"

/* Both boot at the same time. false: there is no guest here. */
static bool start_guests(void)
{
	_cleanup_free_ char *a = guest_machine(lab_home(), "a", NULL, NULL, CARD(MAC_A, ""));
	_cleanup_free_ char *b = a != NULL ? guest_machine(lab_home(), "b", NULL, NULL, CARD(MAC_B, "")) : NULL;

	if (b == NULL)
		return false;
	define_start(lab_home(), "a", a);
	define_start(lab_home(), "b", b);
	wait_console("a", "# ", BOOT_MS);
	wait_console("b", "# ", BOOT_MS);
	return true;
}

static void stop_all(void)
{
	OK("destroy", "a");
	OK("destroy", "b");
}

static void both_reach(const char *address)
{
	guest_reaches("a", address);
	guest_reaches("b", address);
}

static const char dual_stack[] =
	"<network><name>lab</name><forward mode='nat'><nat ipv6='yes'/></forward><bridge name='virbr-lab' stp='off'/>"
	"<domain name='lab.example' localOnly='yes'/>"
	"<dns><host ip='fd00:122::1'><hostname>gate.example</hostname></host></dns>"
	"<ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.200'/>"
	"<host mac='" MAC_A "' name='a' ip='192.168.122.10'/><host mac='" MAC_B "' name='b' ip='192.168.122.11'/></dhcp></ip>"
	"<ip family='ipv6' address='fd00:122::1' prefix='64'/></network>";

START_TEST(two_guests_of_a_nat_network)
{
	struct peer peer = peer_make();

	lab_network("lab", dual_stack);
	if (start_guests()) {
		/* an address by DHCP, one by the host's advertisement, and a route of each */
		guest_shows("a", "ip addr show eth0", "192.168.122.10/24");
		guest_shows("b", "ip addr show eth0", "192.168.122.11/24");
		guest_shows("a", "ip -6 addr show eth0", "fd00:122::" HOST_A "/64");
		guest_shows("b", "ip -6 addr show eth0", "fd00:122::" HOST_B "/64");
		guest_shows("a", "ip -6 route", "default via fe80::");
		guest_shows("a", "nslookup -type=aaaa gate.example 192.168.122.1", "fd00:122::1");
		guest_shows("a", "nslookup -type=aaaa gate.example fd00:122::1", "fd00:122::1");
		guest_shows("a", "nslookup b.lab.example 192.168.122.1", "192.168.122.11");
		/* each other, the host, and the world by the host's addresses */
		guest_reaches("a", "192.168.122.11");
		guest_reaches("a", "fd00:122::" HOST_B);
		both_reach("192.168.122.1");
		both_reach("fd00:122::1");
		both_reach(PEER4);
		both_reach(PEER6);
		DO("ping", "-c", "1", "-W", "5", "fd00:122::" HOST_A);
		/* there is no way in, not even for one that knows where they are */
		DO(IN(&peer, "ip", "route", "add", "192.168.122.0/24", "via", PEER_HOST4));
		DO(IN(&peer, "ip", "-6", "route", "add", "fd00:122::/64", "via", PEER_HOST6));
		peer_must_reach(&peer, NULL, PEER_HOST4);
		peer_must_reach(&peer, NULL, PEER_HOST6);
		peer_must_not_reach(&peer, "192.168.122.10");
		peer_must_not_reach(&peer, "fd00:122::" HOST_A);
		SHOWS("192.168.122.11/24", virtty_path(), "domifaddr", "b");
		stop_all();
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

static const char isolated[] =
	"<network><name>lab</name><bridge name='virbr-lab' stp='off'/>"
	"<ip address='192.168.122.1' prefix='24'><dhcp><host mac='" MAC_A "' ip='192.168.122.10'/><host mac='" MAC_B
	"' ip='192.168.122.11'/></dhcp></ip>"
	"<ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::1ff'/>"
	"<host id='0:3:0:1:" MAC_A "' name='a' ip='fd00:122::a'/></dhcp></ip></network>";

/* DHCPv6, and the address that it gave put on the card. */
static void lease_over_ipv6(const char *name, const char *mac, const char *wanted)
{
	_cleanup_free_ char *line = strf("echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; lease=$(dhcp6 eth0 %s %s) && "
					 "ip -6 addr add $lease/64 dev eth0 && echo $lease", mac, name);

	guest_shows(name, line, wanted);
}

/* A card of its own that others of its kind do not reach, from now on. */
static void set_isolated(const char *name, const char *mac, bool on)
{
	_cleanup_free_ char *text = strf("<interface type='network'><mac address='%s'/><source network='lab'/>"
					 "<model type='virtio'/>%s</interface>", mac,
					 on ? "<port isolated='yes'/>" : "");

	expect_ok(virtty_input(text, "update-device", name, "-", NULL), NULL);
}

START_TEST(two_guests_of_an_isolated_network)
{
	struct peer peer = peer_make();

	lab_network("lab", isolated);
	/* whatever the host forwards for others */
	DO("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
	if (start_guests()) {
		guest_shows("a", "ip addr show eth0", "192.168.122.10/24");
		guest_shows("b", "ip addr show eth0", "192.168.122.11/24");
		lease_over_ipv6("a", MAC_A, "fd00:122::a");
		lease_over_ipv6("b", MAC_B, "fd00:122::1");
		SHOWS("fd00:122::a/64", virtty_path(), "net-dhcp-leases", "lab");
		SHOWS("fd00:122::a/64", virtty_path(), "domifaddr", "a");
		guest_reaches("a", "192.168.122.11");
		both_reach("192.168.122.1");
		both_reach("fd00:122::1");
		guest_reaches("b", "fd00:122::a");
		/* nobody says that there is a way out, and there is none for a guest that believes so */
		guest_cannot("a", "ip route | grep default");
		guest_cannot("a", "ip -6 route | grep default");
		guest_does("a", "ip route add default via 192.168.122.1 && ip -6 route add default via fd00:122::1");
		guest_reaches_not("a", PEER4);
		guest_reaches_not("a", PEER6);
		set_isolated("a", MAC_A, true);
		guest_reaches("a", "192.168.122.11");
		set_isolated("b", MAC_B, true);
		guest_reaches_not("a", "192.168.122.11");
		guest_reaches_not("b", "fd00:122::a");
		both_reach("192.168.122.1");
		both_reach("fd00:122::1");
		set_isolated("b", MAC_B, false);
		guest_reaches("a", "192.168.122.11");
		stop_all();
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("guests of networks");
	TCase *guests = tcase_create("guests");

	if (geteuid() != 0) {
		printf("SKIP: guests of networks: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 300);
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_test(guests, two_guests_of_a_nat_network);
	tcase_add_test(guests, two_guests_of_an_isolated_network);
	suite_add_tcase(suite, guests);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
