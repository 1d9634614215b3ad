/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces of the host, in a network namespace of each test's own: bridges, ports, addresses, routes, taps, limits. */
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/link.h"
#include "tests/unit/unit.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static struct links *links; /* owned; a test's own */

static void set_up(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	links = links_open(&err);
	ck_assert_msg(links != NULL, "%s", error_text(&err));
}

static void tear_down(void)
{
	links_close(links);
}

/* Runs a program and gives what it printed. Owned. */
static char *run(const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");
	char *output = NULL;

	ck_assert_msg(process_run_ok(argv, 10000, &output, &err), "%s: %s", words, error_text(&err));
	return output;
}

static void do_run(const char *words)
{
	free(run(words));
}

static void check_shows(const char *words, const char *part)
{
	_cleanup_free_ char *output = run(words);

	ck_assert_msg(strstr(output, part) != NULL, "'%s' is not in what '%s' says:\n%s", part, words, output);
}

static void add_bridge(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct bridge_settings settings = { .alias = "virtty test", .mac = "52:54:00:00:00:01", .stp = true, .mtu = 1400 };

	ck_assert_ok(link_add_bridge(links, name, &settings, &err), &err);
}

START_TEST(a_bridge_is_made_and_deleted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct bridge_settings settings = { .alias = "virtty test" };
	struct link link;

	add_bridge("br-test");
	ck_assert_ok(link_find(links, "br-test", &link, &err), &err);
	ck_assert_str_eq(link.kind, "bridge");
	ck_assert_str_eq(link.alias, "virtty test");
	ck_assert_str_eq(link.mac, "52:54:00:00:00:01");
	ck_assert_uint_eq(link.mtu, 1400);
	ck_assert(!link.up);
	check_shows("ip -d link show br-test", "stp_state 1");
	ck_assert_ok(link_set_up(links, "br-test", true, &err), &err);
	ck_assert(link_find(links, "br-test", &link, &err) && link.up);
	ck_assert(!link_add_bridge(links, "br-test", &settings, &err));
	ck_assert_error(&err, ERROR_EXISTS, "'br-test'");
	ck_assert(!link_delete(links, "br-test", "virtty other", &err));
	ck_assert_error(&err, ERROR_STATE, "left alone");
	ck_assert_ok(link_delete(links, "br-test", "virtty test", &err), &err);
	ck_assert(!link_find(links, "br-test", &link, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'br-test'");
	/* gone already */
	ck_assert_ok(link_delete(links, "br-test", "virtty test", &err), &err);
}
END_TEST

START_TEST(a_tap_is_a_port_of_a_bridge_while_it_is_open)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct tap_settings settings = { .alias = "virtty vm", .mac = "fe:54:00:00:00:02", .mtu = 1400, .queues = 4, .vnet_header = true };
	char name[LINK_NAME_SIZE];
	struct link bridge, tap;
	int fds[4];

	add_bridge("br-test");
	ck_assert_ok(tap_open(links, "vnet%d", &settings, fds, name, &err), &err);
	ck_assert_str_eq(name, "vnet0");
	ck_assert_ok(link_set_bridge(links, name, "br-test", true, &err), &err);
	ck_assert(link_find(links, name, &tap, &err) && link_find(links, "br-test", &bridge, &err));
	ck_assert_int_eq(tap.master, bridge.index);
	ck_assert_str_eq(tap.kind, "tun");
	ck_assert_str_eq(tap.mac, "fe:54:00:00:00:02");
	ck_assert_uint_eq(tap.mtu, 1400);
	check_shows("bridge -d link show", "isolated on");
	ck_assert_ok(link_set_bridge(links, name, NULL, false, &err), &err);
	ck_assert(link_find(links, name, &tap, &err) && tap.master == 0);
	for (size_t i = 0; i < 4; i++)
		close(fds[i]);
	ck_assert(!link_find(links, name, &tap, &err));
	error_clear(&err);
	ck_assert(!link_set_bridge(links, "lo", "lo", false, &err));
	ck_assert_error(&err, ERROR_INVALID, "not a bridge");
}
END_TEST

START_TEST(a_foreign_name_is_not_taken)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct tap_settings settings = { .queues = 1 };
	char name[LINK_NAME_SIZE];
	int fd;

	do_run("ip tuntap add dev foreign mode tap");
	ck_assert(!tap_open(links, "foreign", &settings, &fd, name, &err));
	ck_assert_error(&err, ERROR_EXISTS, "'foreign'");
	ck_assert(!tap_open(links, "a-name-of-16-chr", &settings, &fd, name, &err));
	ck_assert_error(&err, ERROR_INVALID, "too long");
}
END_TEST

START_TEST(addresses_and_routes_are_seen_as_used)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct subnet own = { 0 }, own6 = { 0 }, to = { 0 };
	struct subnet *used;
	size_t count, found = 0;
	struct ip_address gateway;

	ck_assert(address_parse("10.1.0.1", &own.address) && address_parse("fd00::1", &own6.address));
	ck_assert(address_parse("10.2.0.0", &to.address) && address_parse("10.1.0.9", &gateway));
	own.prefix = 24;
	own6.prefix = 64;
	to.prefix = 16;
	add_bridge("br-test");
	ck_assert_ok(link_add_address(links, "br-test", &own, &err) && link_add_address(links, "br-test", &own6, &err) &&
			     link_set_up(links, "br-test", true, &err) && link_add_route(links, "br-test", &to, &gateway, 5, &err),
		     &err);
	check_shows("ip addr show br-test", "inet 10.1.0.1/24 brd 10.1.0.255");
	check_shows("ip route", "10.2.0.0/16 via 10.1.0.9 dev br-test");
	ck_assert_ok(link_subnets(links, NULL, &used, &count, &err), &err);
	for (size_t i = 0; i < count; i++)
		found += subnets_overlap(&used[i], &own) || subnets_overlap(&used[i], &own6) || subnets_overlap(&used[i], &to);
	ck_assert_uint_ge(found, 3);
	free(used);
	ck_assert_ok(link_subnets(links, "br-test", &used, &count, &err), &err);
	for (size_t i = 0; i < count; i++)
		ck_assert(!subnets_overlap(&used[i], &own) && !subnets_overlap(&used[i], &own6) && !subnets_overlap(&used[i], &to));
	free(used);
}
END_TEST

START_TEST(speed_is_limited)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct link_limit limit = { .average_bytes_s = 125000, .peak_bytes_s = 250000, .burst_bytes = 100000 };

	add_bridge("br-test");
	ck_assert_ok(link_set_limit(links, "br-test", &limit, &err), &err);
	check_shows("tc qdisc show dev br-test", "rate 1Mbit");
	check_shows("tc qdisc show dev br-test", "peakrate 2Mbit");
	limit.average_bytes_s = 250000;
	limit.peak_bytes_s = 0;
	ck_assert_ok(link_set_limit(links, "br-test", &limit, &err), &err);
	check_shows("tc qdisc show dev br-test", "rate 2Mbit");
	ck_assert_ok(link_set_limit(links, "br-test", NULL, &err) && link_set_limit(links, "br-test", NULL, &err), &err);
	_cleanup_free_ char *left = run("tc qdisc show dev br-test");

	ck_assert_ptr_null(strstr(left, "tbf"));
}
END_TEST

static const char *const modes[] = { "bridge", "private", "vepa", "passthru" };

START_TEST(a_macvtap_stands_on_a_device)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct tap_settings settings = { .alias = "virtty vm", .mac = "52:54:00:00:00:02", .queues = 2, .vnet_header = true };
	char name[LINK_NAME_SIZE];
	struct link link;
	int fds[2];

	do_run("ip link add v0 type veth peer name v1");
	ck_assert_ok(link_free_name("macvtap%d", name, &err), &err);
	ck_assert_str_eq(name, "macvtap0");
	ck_assert_ok(macvtap_open(links, name, "v0", modes[_i], &settings, fds, &err), &err);
	ck_assert(!macvtap_open(links, name, "v1", modes[_i], &settings, fds, &err));
	ck_assert_error(&err, ERROR_EXISTS, "macvtap0");
	ck_assert(link_find(links, name, &link, &err) && link.up);
	ck_assert_str_eq(link.kind, "macvtap");
	/* a device that is passed through lends its own */
	if (!text_equal(modes[_i], "passthru"))
		ck_assert_str_eq(link.mac, "52:54:00:00:00:02");
	_cleanup_free_ char *mode = strf("mode %s", modes[_i]);

	check_shows("ip -d link show macvtap0", mode);
	close(fds[0]);
	close(fds[1]);
	ck_assert_ok(link_delete(links, name, "virtty vm", &err), &err);
	ck_assert_uint_eq(if_nametoindex(name), 0);
	ck_assert(!macvtap_open(links, name, "missing", modes[_i], &settings, fds, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'missing'");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("network: interfaces of the host");
	TCase *tcase = tcase_create("links");

	if (geteuid() != 0) {
		printf("SKIP: interfaces: a network namespace of its own needs root\n");
		return suite;
	}
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_bridge_is_made_and_deleted);
	tcase_add_test(tcase, a_tap_is_a_port_of_a_bridge_while_it_is_open);
	tcase_add_test(tcase, a_foreign_name_is_not_taken);
	tcase_add_test(tcase, addresses_and_routes_are_seen_as_used);
	tcase_add_test(tcase, speed_is_limited);
	tcase_add_loop_test(tcase, a_macvtap_stands_on_a_device, 0, (int)ARRAY_LENGTH(modes));
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
