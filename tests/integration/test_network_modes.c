/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network's document asks for, seen from a guest with a card on each: addresses and ports that NAT leaves with, routes, open networks,
 * several addresses, names of all kinds, what DHCP hands out beside an address. */
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

#define MAC "52:54:00:00:00:10"

/* What a test looks for again and again. */
struct look {
	const char *const *argv;
	const char *first, *second; /* one of the two is in what it prints */
	char *out;		    /* owned */
};

static bool is_there(void *data)
{
	struct look *look = data;

	free(look->out);
	look->out = NULL;
	expect_ok(run_program(look->argv), &look->out);
	return strstr(look->out, look->first) != NULL || strstr(look->out, look->second) != NULL;
}

/* ---- what leaves, and as whom ---- */

static const char *const cards = "<interface type='network'><mac address='" MAC "'/><source network='lab'/><model type='virtio'/></interface>"
				 "<interface type='network'><source network='routed'/><model type='virtio'/></interface>"
				 "<interface type='network'><source network='opened'/><model type='virtio'/></interface>";

static void start_all_networks(void)
{
	lab_network("lab", "<network><name>lab</name><forward mode='nat'><nat><address start='198.51.100.100' end='198.51.100.101'/>"
			     "<port start='5000' end='5009'/></nat></forward><bridge name='virbr-lab' stp='off'/>"
			     "<ip address='10.60.0.1' prefix='24'><dhcp><host mac='" MAC "' ip='10.60.0.10'/></dhcp></ip>"
			     "<ip address='10.61.0.1' netmask='255.255.255.0'/>"
			     "<route address='10.99.0.0' prefix='24' gateway='10.60.0.10'/></network>");
	lab_network("routed", "<network><name>routed</name><forward mode='route'/><bridge name='virbr-r' stp='off'/>"
				"<ip address='10.62.0.1' prefix='24'/><ip family='ipv6' address='fd00:62::1' prefix='64'/></network>");
	lab_network("opened", "<network><name>opened</name><forward mode='open'/><bridge name='virbr-o' stp='off'/>"
				"<ip address='10.63.0.1' prefix='24'/></network>");
}

/* The peer has an address for each of the networks, so that the guest can choose by which it is reached, and knows the ways back. */
static void furnish_peer(const struct peer *peer)
{
	DO("ip", "addr", "add", "198.51.100.100/24", "dev", "out0");
	DO("ip", "addr", "add", "198.51.100.101/24", "dev", "out0");
	DO(IN(peer, "ip", "addr", "add", "198.51.100.3/24", "dev", "in0"));
	DO(IN(peer, "ip", "addr", "add", "198.51.100.4/24", "dev", "in0"));
	DO(IN(peer, "ip", "route", "add", "10.60.0.0/14", "via", PEER_HOST4));
	DO(IN(peer, "ip", "route", "add", "10.88.0.0/16", "via", PEER_HOST4));
	DO(IN(peer, "ip", "-6", "route", "add", "fd00:62::/64", "via", PEER_HOST6));
}

static void furnish_guest(void)
{
	guest_shows("g", "ip addr show eth0", "10.60.0.10/24");
	guest_does("g", "ip link set eth1 up && ip link set eth2 up && ip addr add 10.62.0.10/24 dev eth1 && ip addr add 10.63.0.10/24 dev eth2");
	guest_does("g", "ip route add 198.51.100.3 via 10.62.0.1 && ip route add 198.51.100.4 via 10.63.0.1 && ip addr add 10.99.0.1/32 dev lo");
}

/* A connection is held, and the peer looks whose it is. */
static void leaves_by_its_ports(const struct peer *peer)
{
	struct task listener = task_start((const char *const[]){ IN(peer, "busybox", "nc", "-l", "-p", "9000"), NULL });
	struct look look = { (const char *const[]){ IN(peer, "ss", "-Htn"), NULL }, "198.51.100.100]:500", "198.51.100.101]:500", NULL };

	/* until the listener is there; sleep keeps the input of nc open, and so the connection */
	guest_does("g", "(sleep 600 | while ! nc " PEER4 " 9000; do usleep 100000; done) & true");
	bool came = wait_for(is_there, &look, SOON_MS);
	_cleanup_free_ char *out = look.out;

	ck_assert_msg(came, "no connection from the ports of the document:\n%s", out);
	guest_does("g", "killall sleep");
	task_clear(&listener);
}

static void forged_source(const char *address, bool passes)
{
	_cleanup_free_ char *line = strf("ping -I 10.88.0.5 -c 1 -W %d %s", passes ? 5 : 1, address);

	(passes ? guest_does : guest_cannot)("g", line);
}

START_TEST(every_mode_lets_out_what_it_says)
{
	struct peer peer = peer_make();
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL, cards);

	start_all_networks();
	if (document != NULL) {
		define_start(lab_home(), "g", document);
		furnish_peer(&peer);
		wait_console("g", "# ", BOOT_MS);
		furnish_guest();
		leaves_by_its_ports(&peer);
		guest_reaches("g", PEER4);
		/* the second address of the network, and what is behind the guest */
		guest_does("g", "ip addr add 10.61.0.10/24 dev eth0 && ping -c 1 -W 5 10.61.0.1 && ping -I 10.61.0.10 -c 1 -W 5 " PEER4);
		DO("ping", "-c", "1", "-W", "5", "10.99.0.1");
		/* routed: its own address both ways; from outside by any way in */
		guest_reaches("g", "198.51.100.3");
		peer_must_reach(&peer, "198.51.100.3", "10.62.0.10");
		guest_shows("g", "ip -6 addr show eth1", "fd00:62::");
		guest_does("g", "ip -6 addr add fd00:62::10/64 dev eth1");
		/* also until the address is known to be no other's */
		guest_shows("g", "ping -c 1 -W 5 -I fd00:62::10 " PEER6, "1 packets received");
		peer_must_reach(&peer, NULL, "fd00:62::10");
		guest_reaches("g", "198.51.100.4");
		peer_must_reach(&peer, "198.51.100.4", "10.63.0.10");
		peer_must_not_reach(&peer, "10.60.0.10");
		/* an address that is none of the network's: nobody looks at it on an open one */
		DO("ip", "route", "add", "10.88.0.0/16", "via", "10.63.0.10");
		guest_does("g", "ip addr add 10.88.0.5/32 dev lo");
		forged_source("198.51.100.4", true);
		forged_source("198.51.100.3", false);
		forged_source(PEER4, false);
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
	OK("net-destroy", "routed");
	OK("net-destroy", "opened");
	peer_remove(&peer);
}
END_TEST

/* ---- what is told ---- */

static char *names_network(const char *tftp)
{
	return strf("<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/><mtu size='1400'/>"
		    "<domain name='lab.example' localOnly='yes'/><dns><forwarder addr='" PEER4 "'/>"
		    "<forwarder domain='corp.example' addr='" PEER4 "' port='5353'/><txt name='note.example' value='a text, with a comma'/>"
		    "<host ip='10.60.0.77'><hostname>printer</hostname><hostname>scanner.example</hostname></host>"
		    "<srv service='ldap' protocol='tcp' domain='lab.example' target='dir.lab.example' port='389' priority='1' weight='5'/></dns>"
		    "<ip address='10.60.0.1' prefix='24' localPtr='yes'><tftp root='%s'/><dhcp><range start='10.60.0.20' end='10.60.0.29'/>"
		    "<host mac='" MAC "' name='g' ip='10.60.0.10'/><bootp file='boot.ipxe' server='10.60.0.9'/></dhcp></ip></network>",
		    tftp);
}

/* A name server of the world that knows an address for every name. */
static struct task start_name_server(const struct peer *peer, const char *port, const char *answer)
{
	_cleanup_free_ char *port_option = strf("--port=%s", port), *answer_option = strf("--address=/#/%s", answer);

	return task_start((const char *const[]){ IN(peer, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", port_option,
						    answer_option, "--no-resolv", "--no-hosts", "--pid-file=", "--log-facility=-"),
						 NULL });
}

static void check_names(void)
{
	guest_shows("g", "nslookup -type=a world.example 10.60.0.1", "198.51.100.99");
	guest_shows("g", "nslookup -type=a host.corp.example 10.60.0.1", "198.51.100.55");
	guest_cannot("g", "nslookup nowhere.lab.example 10.60.0.1");
	guest_shows("g", "nslookup g.lab.example 10.60.0.1", "10.60.0.10");
	guest_shows("g", "nslookup printer.lab.example 10.60.0.1", "10.60.0.77");
	guest_shows("g", "nslookup -type=a scanner.example 10.60.0.1", "10.60.0.77");
	guest_shows("g", "nslookup 10.60.0.10 10.60.0.1", "g.lab.example");
	guest_shows("g", "nslookup -type=txt note.example 10.60.0.1", "a text, with a comma");
	guest_shows("g", "nslookup -type=srv _ldap._tcp.lab.example 10.60.0.1", "1 5 389 dir.lab.example");
}

START_TEST(names_and_options_are_handed_out)
{
	struct peer peer = peer_make();
	struct task world = start_name_server(&peer, "53", "198.51.100.99"), corporation = start_name_server(&peer, "5353", "198.51.100.55");
	_cleanup_free_ char *tftp = lab_public_file("greeting", "hello by tftp\n", 14), *network = names_network(tftp);
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL,
						      "<interface type='network'><mac address='" MAC
						      "'/><source network='lab'/><model type='virtio'/></interface>");

	lab_network("lab", network);
	if (document != NULL) {
		define_start(lab_home(), "g", document);
		wait_console("g", "# ", BOOT_MS);
		guest_shows("g", "ip addr show eth0", "10.60.0.10/24");
		guest_shows("g", "cat /sys/class/net/eth0/mtu", "1400");
		guest_does("g", "printf '#!/bin/sh\\nenv\\n' >/tmp/env && chmod 755 /tmp/env");
		static const char options[] = "udhcpc -i eth0 -n -q -O mtu -O domain -s /tmp/env";

		guest_shows("g", options, "mtu=1400");
		guest_shows("g", options, "boot_file=boot.ipxe");
		guest_shows("g", options, "siaddr=10.60.0.9");
		guest_shows("g", options, "domain=lab.example");
		guest_shows("g", "tftp -g -r greeting -l - 10.60.0.1", "hello by tftp");
		check_names();
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
	task_clear(&world);
	task_clear(&corporation);
	peer_remove(&peer);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("modes of networks");
	TCase *modes = tcase_create("modes");

	if (geteuid() != 0) {
		printf("SKIP: modes of networks: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(modes, 300);
	tcase_add_checked_fixture(modes, lab_begin, lab_end);
	tcase_add_test(modes, every_mode_lets_out_what_it_says);
	tcase_add_test(modes, names_and_options_are_handed_out);
	suite_add_tcase(suite, modes);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
