/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is on which network, what goes through it and which subnets are taken: over definitions in a scratch state, and bridges in a namespace. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/db.h"
#include "core/network_use.h"
#include "tests/unit/manage.h"
#include "tests/unit/unit.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MANY 1000

static struct network_uses uses;

static void set_up(void)
{
	manage_setup();
	uses = (struct network_uses){ 0 };
}

static void tear_down(void)
{
	network_uses_clear(&uses);
	manage_teardown();
}

static char *card(const char *type, const char *attribute, const char *source, const char *mac, const char *inner)
{
	return strf("<interface type='%s'><mac address='%s'/><source %s='%s'/><model type='virtio'/>%s</interface>", type, mac, attribute,
		    source, inner);
}

static void define(const char *name, const char *devices)
{
	_cleanup_free_ char *text = manage_document(name, NULL, devices);

	free(manage_define(text));
}

static void read_all(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ok(network_uses_read(manager, &uses, &err), &err);
}

static void check_use(size_t at, const char *machine, const char *network, const char *bridge, const char *mac, bool running)
{
	ck_assert_uint_lt(at, uses.count);
	ck_assert_str_eq(uses.uses[at].machine, machine);
	ck_assert(text_equal(uses.uses[at].network, network));
	ck_assert(text_equal(uses.uses[at].bridge, bridge));
	ck_assert_str_eq(uses.uses[at].mac, mac);
	ck_assert_int_eq(uses.uses[at].running, running);
}

START_TEST(cards_are_found)
{
	_cleanup_free_ char *a = card("network", "network", "lab", "52:54:00:00:00:01", ""),
			    *b = card("bridge", "bridge", "br0", "52:54:00:00:00:02", "");
	_cleanup_free_ char *both = strf("%s%s", b, a), *user = xstrdup("<interface type='user'><mac address='52:54:00:00:00:03'/></interface>");
	_cleanup_free_ char *led = card("network", "network", "lab", "52:54:00:00:00:04",
					"<portForward proto='tcp'><range start='2222' to='22'/></portForward>");
	struct network_row lab = { .name = (char[]){ "lab" }, .bridge = (char[]){ "virbr0" } },
			   over = { .name = (char[]){ "over" }, .bridge = (char[]){ "br0" } };

	define("web1", both);
	define("alone", user);
	define("db1", led);
	read_all();
	ck_assert_uint_eq(uses.count, 3);
	check_use(0, "db1", "lab", NULL, "52:54:00:00:00:04", false);
	check_use(1, "web1", "lab", NULL, "52:54:00:00:00:01", false);
	check_use(2, "web1", NULL, "br0", "52:54:00:00:00:02", false);
	ck_assert(uses.uses[0].forwards && !uses.uses[1].forwards);
	/* by name, and by the bridge that it stands on */
	ck_assert(network_use_is_of(&uses.uses[0], &lab) && !network_use_is_of(&uses.uses[2], &lab));
	ck_assert(!network_use_is_of(&uses.uses[0], &over) && network_use_is_of(&uses.uses[2], &over));
	_cleanup_network_uses_ struct network_uses of = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ok(network_uses_of(manager, &over, &of, &err), &err);
	ck_assert_uint_eq(of.count, 1);
	ck_assert_str_eq(of.uses[0].machine, "web1");
}
END_TEST

/* What only looks like a card is none: in comments and metadata, of another element. */
START_TEST(other_text_is_no_card)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *a = card("network", "network", "lab", "52:54:00:00:00:01", ""),
			    *b = card("network", "network", "far", "52:54:00:00:00:02", "");
	_cleanup_free_ char *commented = strf("<!-- %s -->%s", b, a);
	_cleanup_free_ char *kept = strf("<domain><metadata><x:y xmlns:x='urn:x'>%s</x:y></metadata><devices>%s</devices></domain>", b, a);
	_cleanup_free_ char *prefixed = xstrdup("<domain xmlns:x='urn:x'><devices><interface type='network'><x:y/><source network='lab'/>"
						"<mac address='52:54:00:00:00:01'/></interface><interface type='network'/></devices></domain>");
	_cleanup_free_ char *cut = strf("<domain><devices>%s<interface type='network'></devices></domain>", a);
	const char *const texts[] = { kept, prefixed };

	define("web1", commented);
	read_all();
	ck_assert_uint_eq(uses.count, 1);
	check_use(0, "web1", "lab", NULL, "52:54:00:00:00:01", false);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		ck_assert_ok(db_run(manager_db(manager), NULL, &err, "UPDATE definition SET xml = ?", "s", texts[i]), &err);
		read_all();
		ck_assert_uint_eq(uses.count, 1);
		check_use(0, "web1", "lab", NULL, "52:54:00:00:00:01", false);
	}
	/* not whole */
	ck_assert_ok(db_run(manager_db(manager), NULL, &err, "UPDATE definition SET xml = ?", "s", cut), &err);
	read_all();
	ck_assert_uint_eq(uses.count, 0);
}
END_TEST

/* A machine that runs with a card that is defined too is on the network once, and with one that was plugged in for now as well. */
START_TEST(what_runs_is_known)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *a = card("network", "network", "lab", "52:54:00:00:00:01", ""),
			    *b = card("network", "network", "lab", "52:54:00:00:00:02", "");
	_cleanup_free_ char *both = strf("%s%s", a, b), *live = manage_document("web1", NULL, both);

	define("web1", a);
	_cleanup_machine_ struct machine machine = manage_find("web1");

	ck_assert_ok(db_run(manager_db(manager), NULL, &err, "INSERT INTO definition(domain_id, kind, xml) VALUES(?, 'live', ?)", "is",
			    machine.id, live),
		     &err);
	/* of another boot, and of this one */
	ck_assert_ok(db_run(manager_db(manager), NULL, &err, "INSERT OR REPLACE INTO run(domain_id, phase, boot_id) VALUES(?, 2, 'x')", "i",
			    machine.id),
		     &err);
	read_all();
	ck_assert_uint_eq(uses.count, 2);
	check_use(0, "web1", "lab", NULL, "52:54:00:00:00:01", false);
	ck_assert_ok(db_run(manager_db(manager), NULL, &err, "UPDATE run SET boot_id = ?", "s", process_boot_id()), &err);
	read_all();
	ck_assert_uint_eq(uses.count, 2);
	check_use(0, "web1", "lab", NULL, "52:54:00:00:00:01", true);
	check_use(1, "web1", "lab", NULL, "52:54:00:00:00:02", true);
}
END_TEST

START_TEST(changes_are_seen)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *a = card("network", "network", "lab", "52:54:00:00:00:01", ""),
			    *b = card("network", "network", "far", "52:54:00:00:00:01", "");

	define("a", a);
	define("b", a);
	define("c", a);
	read_all();
	ck_assert_uint_eq(uses.count, 3);
	struct machine second = manage_find("b");

	_cleanup_free_ char *again = manage_document("b", second.uuid, b);

	free(manage_define(again));
	read_all();
	check_use(1, "b", "far", NULL, "52:54:00:00:00:01", false);
	ck_assert_ok(domain_undefine(manager, &second, 0, NULL, NULL, &err), &err);
	machine_clear(&second);
	read_all();
	ck_assert_uint_eq(uses.count, 2);
	check_use(1, "c", "lab", NULL, "52:54:00:00:00:01", false);
	ck_assert_ok(db_run(manager_db(manager), NULL, &err, "UPDATE definition SET xml = '<domain'", ""), &err);
	read_all();
	ck_assert_uint_eq(uses.count, 0);
}
END_TEST

/* What was read once is not read again: of many machines that costs no more than looking at their texts. */
START_TEST(many_are_quick)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *a = card("network", "network", "lab", "52:54:00:00:00:01", "");

	define("m0", a);
	ck_assert_ok(db_begin(manager_db(manager), &err), &err);
	for (int i = 1; i < MANY; i++) {
		_cleanup_free_ char *name = strf("m%d", i), *uuid = strf("00000000-0000-4000-8000-%012d", i);

		ck_assert_ok(
			db_run(manager_db(manager), NULL, &err,
			       "INSERT INTO domain(uuid, name, persistent, memory_kib, max_memory_kib, vcpus) VALUES(?, ?, 1, 1, 1, 1)",
			       "ss", uuid, name),
			&err);
		ck_assert_ok(db_run(manager_db(manager), NULL, &err,
				    "INSERT INTO definition(domain_id, kind, xml) SELECT ?, kind, xml FROM definition WHERE domain_id ="
				    " (SELECT id FROM domain WHERE name = 'm0')",
				    "i", manage_count("SELECT max(id) FROM domain")),
			     &err);
	}
	ck_assert_ok(db_commit(manager_db(manager), &err), &err);
	int64_t begin = clock_monotonic_ms();

	read_all();
	int64_t first = clock_monotonic_ms() - begin;

	begin = clock_monotonic_ms();
	read_all();
	ck_assert_uint_eq(uses.count, MANY);
	printf("%d machines: read in %lld ms, again in %lld ms\n", MANY, (long long)first, (long long)(clock_monotonic_ms() - begin));
}
END_TEST

/* ---- the host ---- */

static void set_up_host(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	set_up();
}

static void do_run(const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");

	ck_assert_msg(process_run_ok(argv, 10000, NULL, &err), "%s: %s", words, error_text(&err));
}

START_TEST(guests_are_counted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct network_row rows[] = { { .name = (char[]){ "own" }, .mode = FORWARD_NAT, .bridge = (char[]){ "br1" }, .active = true },
				      { .name = (char[]){ "hosts" }, .mode = FORWARD_BRIDGE, .bridge = (char[]){ "br1" }, .active = true },
				      { .name = (char[]){ "off" }, .mode = FORWARD_NAT, .bridge = (char[]){ "br1" } },
				      { .name = (char[]){ "gone" }, .mode = FORWARD_NAT, .bridge = (char[]){ "br9" }, .active = true } };
	struct network_traffic traffic[ARRAY_LENGTH(rows)];

	do_run("ip link add br1 type bridge");
	do_run("ip link add p0 type veth peer name q0");
	do_run("ip link set p0 master br1 up");
	do_run("ip link set q0 up");
	do_run("ip link set br1 up");
	do_run("ip addr add 10.9.0.1/24 dev br1");
	/* nobody answers */
	_cleanup_strv_ char **ping = strv_split("ping -q -b -c 3 -i 0.01 -W 1 -w 1 -s 1000 10.9.0.255", " ");
	int status;

	ck_assert_ok(process_run(ping, 10000, NULL, NULL, &status, &err), &err);
	ck_assert_ok(network_traffic(rows, ARRAY_LENGTH(rows), traffic, &err), &err);
	/* what the port sends, who is behind it receives */
	ck_assert(traffic[0].known && traffic[0].received > 3000);
	/* on a bridge of the host's, ports that are no machine's do not count */
	ck_assert(traffic[1].known && traffic[1].received == 0);
	ck_assert(!traffic[2].known && !traffic[3].known);
	_cleanup_strv_ char **alias = strv_split("ip|link|set|p0|alias|virtty machine 7", "|");

	ck_assert_ok(process_run_ok(alias, 10000, NULL, &err), &err);
	ck_assert_ok(network_traffic(rows, ARRAY_LENGTH(rows), traffic, &err), &err);
	ck_assert(traffic[1].received > 3000);
}
END_TEST

START_TEST(subnets_are_told)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	static const char lab[] = "<network><name>lab</name><ip address='10.8.0.1' prefix='24'/><ip family='ipv6' address='fd00:8::1' "
				  "prefix='64'/></network>";
	_cleanup_network_row_ struct network_row row = { 0 };
	struct subnet_use *taken = NULL;
	size_t count = 0;
	bool host = false;

	do_run("ip link add br1 type bridge");
	do_run("ip addr add 10.9.0.1/24 dev br1");
	do_run("ip link set br1 up");
	ck_assert_ok(network_define(manager, "lab", lab, sizeof lab - 1, &row, NULL, &err), &err);
	ck_assert_ok(network_subnets(manager, &taken, &count, &err), &err);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *text = subnet_format(&taken[i].subnet);

		host |= taken[i].network == NULL && text_starts(text, "10.9.0.");
	}
	ck_assert(host);
	size_t labs = 0;

	for (size_t i = 0; i < count; i++)
		labs += text_equal(taken[i].network, "lab");
	ck_assert_uint_eq(labs, 2);
	subnet_uses_free(taken, count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("network use");
	TCase *machines = tcase_create("machines"), *host = tcase_create("host");

	tcase_set_timeout(machines, 120);
	tcase_set_timeout(host, 60);
	tcase_add_checked_fixture(machines, set_up, tear_down);
	tcase_add_test(machines, cards_are_found);
	tcase_add_test(machines, other_text_is_no_card);
	tcase_add_test(machines, what_runs_is_known);
	tcase_add_test(machines, changes_are_seen);
	tcase_add_test(machines, many_are_quick);
	suite_add_tcase(suite, machines);
	if (geteuid() == 0) {
		tcase_add_checked_fixture(host, set_up_host, tear_down);
		tcase_add_test(host, guests_are_counted);
		tcase_add_test(host, subnets_are_told);
		suite_add_tcase(suite, host);
	} else {
		printf("SKIP: traffic and subnets of the host: a network namespace of one's own needs root\n");
	}
	SRunner *runner = srunner_create(suite);

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
