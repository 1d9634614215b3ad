/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of running machines: from leases and from the host's neighbours, in a network namespace of each test's own; what is read again, and
 * when. */
#include "base/process.h"
#include "base/strv.h"
#include "core/addresses.h"
#include "core/manager_internal.h"
#include "core/network_internal.h"
#include "tests/unit/manage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAC "52:54:00:00:00:0"

static struct addresses *addresses;
static struct machine *machines;
static size_t machine_count;

static void set_up(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	manage_setup();
	addresses = addresses_new(manager);
}

static void tear_down(void)
{
	addresses_free(addresses);
	machines_free(machines, machine_count);
	machines = NULL;
	machine_count = 0;
	manage_teardown();
}

static void run(const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");

	ck_assert_msg(process_run_ok(argv, 10000, NULL, &err), "%s: %s", words, error_text(&err));
}

static void change(const char *sql, int64_t id, const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ok(db_run(manager_db(manager), NULL, &err, sql, "si", text, id), &err);
}

/* A machine that runs, its keeper being this process. Its row. */
static int64_t add_machine(const char *name, const char *cards)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = manage_document(name, NULL, cards);
	struct process_id self = process_self();

	free(manage_define(text));
	struct machine machine = manage_find(name);
	int64_t id = machine.id;

	machine_clear(&machine);
	ck_assert_ok(db_run(manager_db(manager), NULL, &err,
			    "INSERT OR REPLACE INTO run(domain_id, generation, phase, run_id, holder_pid, holder_start, qemu_pid, "
			    "qemu_start, boot_id, state) VALUES(?, 1, ?, 1, ?, ?, ?, ?, ?, ?)",
			    "iiiiiisi", id, (int64_t)RUN_OWNED, (int64_t)self.pid, (int64_t)self.start, (int64_t)self.pid, (int64_t)self.start,
			    process_boot_id(), (int64_t)RUN_RUNNING),
		     &err);
	change("INSERT OR REPLACE INTO definition(xml, domain_id, kind) VALUES(?, ?, 'live')", id, text);
	return id;
}

/* An active network of that bridge; where its leases are. Owned. */
static char *add_network(const char *name, const char *bridge)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = strf("<network><name>%s</name><bridge name='%s'/><ip address='192.0.2.1' prefix='24'/></network>", name, bridge);
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_links_ struct links *links = links_open(&err);

	ck_assert_ok(network_define(manager, "test", text, strlen(text), &row, NULL, &err), &err);
	_cleanup_free_ char *alias = network_alias(&row), *directory = network_lease_directory(manager);
	const struct bridge_settings settings = { .alias = alias };

	ck_assert_ok(link_add_bridge(links, bridge, &settings, &err), &err);
	ck_assert_ok(network_row_set_live(manager, row.id, true, text, &err), &err);
	ck_assert_ok(directory_make(directory, 0700, &err), &err);
	return network_lease_file(manager, row.id);
}

/* As dnsmasq does: the file is another one by its time, whatever its length. */
static void write_leases(const char *path, const char *text)
{
	static time_t at = 1700000000;
	_cleanup_error_ struct error err = ERROR_INIT;
	const struct timespec times[2] = { { .tv_sec = ++at }, { .tv_sec = at } };

	ck_assert_ok(file_write(path, text, strlen(text), 0600, &err), &err);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool look(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	machines_free(machines, machine_count);
	ck_assert_ok(machine_list(manager, &machines, &machine_count, &err), &err);
	return addresses_look(addresses, machines, machine_count);
}

static void check_address(int64_t id, const char *wanted)
{
	char text[ADDRESS_TEXT_SIZE] = "none";
	struct ip_address address;

	if (addresses_of(addresses, id, &address))
		address_format(&address, text);
	ck_assert_str_eq(text, wanted);
}

#define CARD(network, digit) "<interface type='network'><mac address='" MAC #digit "'/><source network='" network "'/></interface>"

START_TEST(leases)
{
	_cleanup_free_ char *path = add_network("lab", "br-lab");
	int64_t one = add_machine("one", CARD("lab", 1)), two = add_machine("two", CARD("lab", 2)), three = add_machine("three", CARD("none", 3));

	ck_assert(!look());
	check_address(one, "none");
	write_leases(path, "0 " MAC "1 192.0.2.50 one *\n0 " MAC "3 192.0.2.60 three *\n"
			   "duid 00:01:00:01:2c:00:00:00:52:54:00:ff:ff:ff\n0 1 fd00::50 one 00:03:00:01:" MAC
			   "1\n0 2 fd00::51 two 00:03:00:01:" MAC "2\n");
	ck_assert(look());
	check_address(one, "192.0.2.50");
	check_address(two, "fd00::51");
	check_address(three, "none"); /* another network's lease */
	ck_assert(!look());
	write_leases(path, "0 " MAC "1 192.0.2.51 one *\n");
	ck_assert(look());
	check_address(one, "192.0.2.51");
	check_address(two, "none");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(look());
	check_address(one, "none");
}
END_TEST

/* A document is read again after a change of the state; a machine that is off has no address. */
START_TEST(changes)
{
	_cleanup_free_ char *path = add_network("lab", "br-lab");
	int64_t one = add_machine("one", CARD("lab", 1)), two = add_machine("two", CARD("lab", 2));
	_cleanup_free_ char *plugged = manage_document("one", NULL, CARD("lab", 9) CARD("lab", 1));

	write_leases(path, "0 " MAC "1 192.0.2.51 * *\n0 " MAC "2 192.0.2.52 * *\n0 " MAC "9 192.0.2.59 * *\n");
	ck_assert(look());
	check_address(one, "192.0.2.51");
	change("UPDATE definition SET xml = ? WHERE domain_id = ? AND kind = 'live'", one, plugged);
	ck_assert(!look());
	addresses_stale(addresses);
	ck_assert(look());
	check_address(one, "192.0.2.59"); /* the first card that has one */
	check_address(two, "192.0.2.52");
	change("UPDATE run SET boot_id = ? WHERE domain_id = ?", two, "another boot");
	ck_assert(look());
	check_address(one, "192.0.2.59");
	check_address(two, "none");
	ck_assert(!look());
	/* a network that has stopped knows nothing any more */
	run("ip link delete br-lab");
	addresses_stale(addresses);
	ck_assert(look());
	check_address(one, "none");
}
END_TEST

/* By its own name a network's bridge has its leases too; on others the host tells whom it has heard of. User networking ends in QEMU. */
START_TEST(neighbours)
{
	_cleanup_free_ char *path = add_network("lab", "br-lab");
	int64_t one = add_machine("one", "<interface type='bridge'><mac address='" MAC "1'/><source bridge='br-lab'/></interface>");
	int64_t two = add_machine("two", "<interface type='bridge'><mac address='" MAC "2'/><source bridge='br0'/></interface>");
	int64_t three = add_machine("three", "<interface type='user'><mac address='" MAC "3'/></interface>");
	int64_t four = add_machine("four", "<interface type='bridge'><mac address='" MAC "4'/><source bridge='br0'/></interface>");

	run("ip link add br0 type bridge");
	run("ip link set br0 up");
	run("ip neigh add 198.51.100.7 lladdr " MAC "1 dev br0");
	run("ip neigh add fe80::2 lladdr " MAC "2 dev br0");
	run("ip neigh add fd00::2 lladdr " MAC "2 dev br0");
	run("ip neigh add 198.51.100.10 lladdr " MAC "2 dev br0");
	run("ip neigh add 198.51.100.9 lladdr " MAC "2 dev br0");
	run("ip neigh add 198.51.100.3 lladdr " MAC "3 dev br0");
	run("ip neigh add fe80::4 lladdr " MAC "4 dev br0");
	write_leases(path, "0 " MAC "1 192.0.2.50 * *\n");
	ck_assert(look());
	check_address(one, "192.0.2.50");
	check_address(two, "198.51.100.9");
	check_address(three, "none");
	check_address(four, "none");
	ck_assert(!look());
}
END_TEST

/* Nobody who runs is on a network: none is asked for, and no default one is made. */
START_TEST(nothing_is_made)
{
	add_machine("one", "<interface type='user'><mac address='" MAC "3'/></interface>");
	ck_assert(!look());
	ck_assert_int_eq(manage_count("SELECT count(*) FROM network"), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("addresses");
	TCase *tests = tcase_create("addresses");

	if (geteuid() != 0) {
		printf("SKIP: addresses: a network namespace of its own needs root\n");
		return suite;
	}
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, leases);
	tcase_add_test(tests, changes);
	tcase_add_test(tests, neighbours);
	tcase_add_test(tests, nothing_is_made);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
