/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many guests on one network: machines with a tap each that stand still, and for each of their cards a client that takes a real lease. In check
 * two dozen, in `make stress` 250 ($VIRTTY_NETWORK_GUESTS). */
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tests/harness/dhcp_clients.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEASES_MS 120000
/* All but each 50th have a reservation: an address that is nobody's is tried first, which takes dnsmasq three seconds, six times. */
#define IS_RESERVED(number) ((number) % 50 != 49)

static size_t guest_count(void)
{
	const char *text = getenv("VIRTTY_NETWORK_GUESTS");

	return text != NULL ? strtoul(text, NULL, 10) : 24;
}

static void start_network(size_t count)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	strbuf_puts(&out, "<network><name>lab</name><forward/><bridge name='virbr-lab' stp='off'/><port isolated='yes'/>"
			  "<ip address='10.60.0.1' prefix='16'><dhcp>"
			  "<range start='10.60.9.1' end='10.60.9.250'/>");
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *mac = dhcp_client_mac(i);

		if (IS_RESERVED(i))
			strbuf_printf(&out, "<host mac='%s' name='m%zu' ip='10.60.%zu.%zu'/>", mac, i, 1 + i / 100, 1 + i % 100);
	}
	strbuf_puts(&out, "</dhcp></ip></network>");
	expect_ok(virtty_input(out.data, "net-define", "-", NULL), NULL);
	OK("net-start", "lab");
}

static void start_machines(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *mac = dhcp_client_mac(i), *name = strf("m%zu", i);
		_cleanup_free_ char *card =
			strf("<interface type='network'><mac address='%s'/><source network='lab'/><model type='virtio'/></interface>", mac);
		_cleanup_free_ char *document = bare_machine(lab_home(), name, NULL, card);

		OK("define", document);
		OK("start", name, "--paused");
	}
}

/* How often a text is in what a program prints. */
static size_t occurrences(const char *part, char *text)
{
	size_t count = 0;

	for (const char *p = text; (p = strstr(p, part)) != NULL; p += strlen(part))
		count++;
	free(text);
	return count;
}

static void check_leases(size_t count)
{
	_cleanup_free_ unsigned *addresses = dhcp_clients_lease("many1", count, LEASES_MS);
	_cleanup_free_ char *leases = lab_run(virtty_path(), "net-dhcp-leases", "lab", NULL);

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *mac = dhcp_client_mac(i);
		const char *line = strstr(leases, mac);
		_cleanup_free_ char *address = strf("%u.%u.%u.%u/16", addresses[i] >> 24, addresses[i] >> 16 & 0xff, addresses[i] >> 8 & 0xff,
						    addresses[i] & 0xff);

		ck_assert_msg(line != NULL, "%s has no lease", mac);
		_cleanup_free_ char *own = xstrndup(line, strcspn(line, "\n"));

		ck_assert_msg(strstr(own, address) != NULL, "%s is in no '%s'", address, own);
		ck_assert_msg(strstr(leases, address) == strstr(own, address) - own + line, "%s is there twice:\n%s", address, leases);
		if (IS_RESERVED(i))
			ck_assert_uint_eq(addresses[i], 10U << 24 | 60U << 16 | (unsigned)(1 + i / 100) << 8 | (unsigned)(1 + i % 100));
		else
			ck_assert_uint_eq(addresses[i] >> 8, 10U << 16 | 60U << 8 | 9);
	}
}

START_TEST(many_guests_of_one_network)
{
	size_t count = guest_count();
	_cleanup_free_ char *last = strf("m%zu", count - 1);

	start_network(count);
	DO("ip", "link", "add", "many0", "type", "veth", "peer", "name", "many1");
	DO("ip", "link", "set", "many0", "master", "virbr-lab", "up");
	DO("ip", "link", "set", "many1", "up");
	start_machines(count);
	check_leases(count);
	ck_assert_uint_eq(occurrences("paused", lab_run(virtty_path(), "list", NULL)), count);
	ck_assert_uint_eq(occurrences("vnet", lab_run("ip", "-br", "link", "show", "master", "virbr-lab", NULL)), count);
	ck_assert_uint_eq(occurrences("isolated on", lab_run("bridge", "-d", "link", NULL)), count);
	SHOWS("/16", virtty_path(), "domifaddr", last);
	SHOWS("virbr-lab", virtty_path(), "net-info", "lab");
	/* the network goes, and its machines stay; each takes its tap with it */
	OK("net-destroy", "lab");
	ck_assert_uint_eq(occurrences("vnet", lab_run("ip", "-br", "link", NULL)), count);
	ck_assert_uint_eq(occurrences("paused", lab_run(virtty_path(), "list", NULL)), count);
	wait_processes(lab_home(), "dnsmasq", 0, SOON_MS);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *name = strf("m%zu", i);

		OK("destroy", name);
	}
	DO("ip", "link", "del", "many0");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("many guests");
	TCase *many = tcase_create("many");

	if (geteuid() != 0) {
		printf("SKIP: many guests: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(many, 1800);
	tcase_add_checked_fixture(many, lab_begin, lab_end);
	tcase_add_test(many, many_guests_of_one_network);
	suite_add_tcase(suite, many);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
