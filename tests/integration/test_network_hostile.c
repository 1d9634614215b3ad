/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that means ill, and another one beside it: what it forges arrives where nobody watches it, and does not with the filter clean-traffic;
 * a flood is held back at its source. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/frames.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVIL_MAC   "52:54:00:00:00:66"
#define VICTIM_MAC "52:54:00:00:00:01"
#define HOST_MAC   "52:54:00:aa:aa:aa"
#define CARD(mac, more)                                                                                                  \
	"<interface type='network'><mac address='" mac "'/><source network='lab'/><model type='virtio'/>" more "</interface>"
#define CLEAN                                                                                                            \
	"<filterref filter='clean-traffic'><parameter name='IP' value='192.168.122.66'/><parameter name='IPV6' value='fd00:122::66'/></filterref>"

/* Addresses are static: nobody here is to believe in a DHCP server. */
static const char network[] = "<network><name>lab</name><bridge name='virbr-lab' stp='off'/><mac address='" HOST_MAC "'/>"
			      "<ip address='192.168.122.1' prefix='24'/><ip family='ipv6' address='fd00:122::1' prefix='64'/></network>";

static void settle_guest(const char *name, const char *number)
{
	_cleanup_free_ char *line = strf("killall udhcpc; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad; ip addr add 192.168.122.%s/24 dev eth0 && "
					 "ip -6 addr add fd00:122::%s/64 dev eth0",
					 number, number);

	wait_console(name, "# ", BOOT_MS);
	guest_does(name, line);
}

static bool start_guests(void)
{
	_cleanup_free_ char *evil = guest_machine(lab_home(), "evil", NULL, NULL, CARD(EVIL_MAC, ""));
	_cleanup_free_ char *victim = evil != NULL ? guest_machine(lab_home(), "victim", NULL, NULL, CARD(VICTIM_MAC, "")) : NULL;

	expect_ok(virtty_input(network, "net-define", "-", NULL), NULL);
	OK("net-start", "lab");
	if (victim == NULL)
		return false;
	define_start(lab_home(), "evil", evil);
	define_start(lab_home(), "victim", victim);
	settle_guest("evil", "66");
	settle_guest("victim", "11");
	return true;
}

/* ---- forged frames ---- */

static void send_frame(char *frame, unsigned times)
{
	_cleanup_free_ char *line = strf("for i in $(seq %u); do frame eth0 %s || break; usleep 300000; done", times, frame);

	guest_does("evil", line);
	free(frame);
}

/* What is sent from now on can be told from what was sent before by these. */
struct forgery {
	const char *prefix, *tagged_prefix, *mac, *address4, *address6;
};

static void forge(const struct forgery *forgery)
{
	_cleanup_free_ char *address = strf("ip addr add %s/24 dev eth0; ip -6 addr add %s/64 dev eth0", forgery->address4, forgery->address6);

	send_frame(frame_router(EVIL_MAC, forgery->prefix, false), 1);
	send_frame(frame_router(EVIL_MAC, forgery->tagged_prefix, true), 1);
	send_frame(frame_arp(forgery->mac, "192.168.122.79"), 1);
	send_frame(frame_neighbour(EVIL_MAC, "fd00:122::1"), 1);
	/* what was learnt a moment ago is not given up at once */
	send_frame(frame_arp(EVIL_MAC, "192.168.122.1"), 5);
	guest_does("evil", address);
}

/* The victim knows who the host is. */
static void meet_host(void)
{
	guest_does("victim", "ip neigh flush dev eth0; ping -c 1 -W 5 192.168.122.1 && ping -c 1 -W 5 fd00:122::1");
	guest_shows("victim", "ip neigh show dev eth0", "192.168.122.1 lladdr " HOST_MAC);
	guest_shows("victim", "ip neigh show dev eth0", "fd00:122::1 lladdr " HOST_MAC);
}

static void ping_as(const char *address, const char *victim, bool arrives)
{
	_cleanup_free_ char *line = strf("ping -c 1 -W %d -I %s %s", arrives ? 5 : 1, address, victim);

	(arrives ? guest_does : guest_cannot)("evil", line);
}

struct lie {
	const char *frame, *entry;
};

static bool is_believed(void *data)
{
	const struct lie *lie = data;
	_cleanup_free_ char *look = strf("ip neigh show dev eth0 | grep '%s'", lie->entry);

	send_frame(xstrdup(lie->frame), 1);
	return guest_run("victim", look, NULL) == 0;
}

/* A while after it was met the host asks for the victim, which knows it again by that: the lie is told until it is seen. Frees the frame. */
static void is_taken_for_host(char *frame, const char *entry)
{
	struct lie lie = { frame, entry };

	ck_assert_msg(wait_for(is_believed, &lie, SOON_MS), "the victim does not have '%s'", entry);
	free(frame);
}

static const char ask_dhcp[] = "udhcpc -i eth0 -n -q -t 3 -T 1 -s /tmp/env";

static void check_forgeries_arrive(void)
{
	static const struct forgery forgery = { "fd66:1::", "fd66:2::", "52:54:00:00:00:77", "192.168.122.77", "fd00:122::77" };

	meet_host();
	forge(&forgery);
	guest_shows("victim", "ip -6 addr show eth0", "fd66:1:");
	guest_shows("victim", "ip -6 addr show eth0", "fd66:2:");
	is_taken_for_host(frame_arp(EVIL_MAC, "192.168.122.1"), "192.168.122.1 lladdr " EVIL_MAC);
	is_taken_for_host(frame_neighbour(EVIL_MAC, "fd00:122::1"), "fd00:122::1 lladdr " EVIL_MAC);
	SHOWS(forgery.mac, "bridge", "fdb", "show", "br", "virbr-lab");
	ping_as(forgery.address4, "192.168.122.11", true);
	ping_as(forgery.address6, "fd00:122::11", true);
	guest_shows("victim", ask_dhcp, "ip=192.168.122.15");
}

static void check_forgeries_end(void)
{
	static const struct forgery forgery = { "fd66:3::", "fd66:4::", "52:54:00:00:00:78", "192.168.122.78", "fd00:122::78" };

	meet_host();
	forge(&forgery);
	/* as itself it is heard, and what it sent before this has come by then */
	ping_as("192.168.122.66", "192.168.122.11", true);
	ping_as("fd00:122::66", "fd00:122::11", true);
	ping_as("192.168.122.66", "192.168.122.1", true);
	guest_cannot("victim", "ip -6 addr show eth0 | grep -e fd66:3: -e fd66:4:");
	guest_does("victim", "ip neigh show dev eth0 | grep '192.168.122.1 lladdr " HOST_MAC "'");
	guest_does("victim", "ip neigh show dev eth0 | grep 'fd00:122::1 lladdr " HOST_MAC "'");
	HIDES(forgery.mac, "bridge", "fdb", "show", "br", "virbr-lab");
	ping_as(forgery.address4, "192.168.122.11", false);
	ping_as(forgery.address6, "fd00:122::11", false);
	guest_cannot("victim", ask_dhcp);
	HIDES("fd66", "ip", "-6", "route");
}

/* Without a word on its addresses it may have any, and not the host's. */
static void check_host_is_safe(void)
{
	meet_host();
	send_frame(frame_neighbour(EVIL_MAC, "fd00:122::1"), 1);
	send_frame(frame_arp(EVIL_MAC, "192.168.122.1"), 5);
	ping_as("192.168.122.78", "192.168.122.11", true);
	ping_as("fd00:122::78", "fd00:122::11", true);
	guest_does("victim", "ip neigh show dev eth0 | grep '192.168.122.1 lladdr " HOST_MAC "'");
	guest_does("victim", "ip neigh show dev eth0 | grep 'fd00:122::1 lladdr " HOST_MAC "'");
}

static void change_card(const char *card)
{
	expect_ok(virtty_input(card, "update-device", "evil", "-", NULL), NULL);
}

START_TEST(a_forger_is_heard_until_it_is_filtered)
{
	if (start_guests()) {
		/* a virtio card passes over VLAN 0 where nobody listens for it; others do not */
		guest_does("victim", "ip link set eth0 promisc on");
		guest_does("victim", "printf '#!/bin/sh\nenv\n' >/tmp/env && chmod 755 /tmp/env");
		guest_does("evil", "printf 'start 192.168.122.150\nend 192.168.122.159\ninterface eth0\nlease_file /tmp/leases\n' "
				   ">/tmp/udhcpd.conf && : >/tmp/leases && udhcpd -I 192.168.122.66 /tmp/udhcpd.conf");
		check_forgeries_arrive();
		change_card(CARD(EVIL_MAC, CLEAN));
		check_forgeries_end();
		change_card(CARD(EVIL_MAC, "<filterref filter='clean-traffic'/>"));
		check_host_is_safe();
		OK("destroy", "evil");
		OK("destroy", "victim");
	}
	OK("net-destroy", "lab");
}
END_TEST

/* ---- floods ---- */

#define FLOOD_BYTES (8LL * 1024 * 1024)

static long long guest_received(const char *name)
{
	_cleanup_free_ char *out = NULL;

	ck_assert_int_eq(guest_run(name, "cat /sys/class/net/eth0/statistics/rx_bytes", &out), 0);
	return strtoll(out, NULL, 10);
}

/* What the evil guest has sent. */
static long long sent_bytes(void)
{
	_cleanup_free_ char *out = lab_run(virtty_path(), "domifstat", "evil", EVIL_MAC, NULL);
	const char *found = strstr(out, "tx_bytes ");

	ck_assert_ptr_nonnull(found);
	return strtoll(found + strlen("tx_bytes "), NULL, 10);
}

static bool has_flooded(void *data)
{
	return sent_bytes() >= *(const long long *)data;
}

static void flood(const char *to)
{
	_cleanup_free_ char *frame = frame_noise(EVIL_MAC, to, 300), *line = strf("frame eth0 %s 0 & true", frame);
	long long until = sent_bytes() + FLOOD_BYTES;

	guest_does("evil", line);
	ck_assert_msg(wait_for(has_flooded, &until, BOOT_MS), "the flood does not come");
	/* the host and the other guest speak with each other meanwhile */
	DO("ping", "-c", "3", "-i", "0.2", "-W", "10", "192.168.122.11");
	guest_reaches("victim", "192.168.122.1");
}

START_TEST(a_flood_is_held_back)
{
	if (start_guests()) {
		flood(HOST_MAC);
		guest_does("evil", "killall frame");
		change_card(CARD(EVIL_MAC, "<bandwidth><outbound average='100'/></bandwidth>"));
		long long before = guest_received("victim"), sent = sent_bytes();

		flood(VICTIM_MAC);
		long long arrived = guest_received("victim") - before;

		sent = sent_bytes() - sent;
		ck_assert_msg(arrived > 0 && arrived < sent / 2, "of %lld bytes %lld came through", sent, arrived);
		guest_does("evil", "killall frame");
		guest_reaches("evil", "192.168.122.11");
		OK("destroy", "evil");
		OK("destroy", "victim");
	}
	OK("net-destroy", "lab");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("hostile guests");
	TCase *guests = tcase_create("guests");

	if (geteuid() != 0) {
		printf("SKIP: hostile guests: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 300);
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_test(guests, a_forger_is_heard_until_it_is_filtered);
	tcase_add_test(guests, a_flood_is_held_back);
	suite_add_tcase(suite, guests);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
