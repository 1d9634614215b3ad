/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firewall's text, given to the real nft in a network namespace of this program's own. */
#include "base/strbuf.h"
#include "base/text.h"
#include "net/nft.h"
#include "net/ruleset.h"
#include "tests/unit/unit.h"

#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>

static bool none_taken(const char *name, void *userdata)
{
	(void)name;
	(void)userdata;
	return false;
}

static struct network *read_network(const char *inner)
{
	static const struct network_surroundings surroundings = { .bridge_taken = none_taken };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = strf("<network><name>n</name>%s</network>", inner);
	struct network *network = network_parse("net.xml", text, strlen(text), &err);

	ck_assert_msg(network != NULL && network_settle(network, &surroundings, &err) && network_validate(network, &err), "%s: %s", inner,
		      error_text(&err));
	return network;
}

static void run(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(nft_run(text, &err), "%s\n%s", error_text(&err), text);
}

static void put(const char *inner)
{
	_cleanup_network_ struct network *network = read_network(inner);
	_cleanup_free_ char *text = ruleset_put(network);

	run(text);
}

static bool listed(const char *part)
{
	_cleanup_free_ char *list = nft_list();

	return strstr(list, part) != NULL;
}

/* The tables go, unless somebody uses them. */
static void trim(bool wanted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *networks = ruleset_trim(), *taps = ruleset_tap_trim();

	ck_assert_ok(nft_run_unless_busy(networks, &err) && nft_run_unless_busy(taps, &err), &err);
	ck_assert(listed("\"table\"") != wanted);
}

#define IP4 "<ip address='10.1.0.1' prefix='24'/>"
#define IP6 "<ip family='ipv6' address='fd00:1::1' prefix='64'/>"

static const char *const kinds[] = {
	IP4,
	"<forward/>" IP4 IP6,
	"<forward><nat ipv6='yes'><port start='2000' end='3000'/></nat></forward>" IP4 IP6,
	"<forward dev='lo'><nat><address start='10.9.0.1' end='10.9.0.4'/></nat></forward>" IP4,
	"<forward><nat ipv6='yes'><address start='fd00:9::1' end='fd00:9::4'/><port start='2000' end='3000'/></nat></forward>" IP4 IP6,
	"<forward><nat><address start='10.9.0.1' end='10.9.0.1'/></nat></forward>" IP4 "<ip address='10.2.0.1' prefix='16'/>",
	"<forward mode='route' dev='lo'/>" IP4 IP6,
	"<forward mode='open'/>" IP4 IP6,
	"<forward/>" IP4 "<bandwidth><outbound average='100' burst='500'/></bandwidth>",
	"<forward/>" IP4 "<bandwidth><outbound average='100'/></bandwidth>",
	"",
};

START_TEST(every_kind_of_network_is_taken_and_taken_back)
{
	_cleanup_free_ char *remove = ruleset_remove("virbr0");

	put(kinds[_i]);
	ck_assert(listed("\"to_virbr0\"") && listed("\"virbr0\""));
	/* again: what is there is replaced */
	put(kinds[_i]);
	trim(false);
	run(remove);
	ck_assert(!listed("\"to_virbr0\"") && !listed("\"nat_virbr0\"") && !listed("virbr0"));
	/* and what is gone may be taken out once more */
	run(remove);
	trim(true);
}
END_TEST

START_TEST(a_port_leads_to_one_guest)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct port_forward forward = { .host_port = 2222, .guest_port = 22, .count = 2 };

	for (int kind = 0; kind < 4; kind++) {
		bool v6 = kind % 2 != 0;

		ck_assert(address_parse(v6 ? "fd00:1::5" : "10.1.0.5", &forward.guest));
		forward.host.family = 0;
		if (kind >= 2)
			ck_assert(address_parse(v6 ? "fd00:9::1" : "10.9.0.1", &forward.host));
		forward.udp = kind == 3;
		_cleanup_free_ char *add = ruleset_forwards(NULL, 0, &forward, 1), *remove = ruleset_forwards(&forward, 1, NULL, 0);

		run(add);
		ck_assert(!nft_run(add, &err));
		ck_assert_error(&err, ERROR_EXISTS, "File exists");
		run(remove);
		ck_assert(!listed(v6 ? "fd00:1::5" : "10.1.0.5"));
		run(remove);
	}
}
END_TEST

START_TEST(a_tap_is_watched)
{
	struct ip_address addresses[2];

	ck_assert(address_parse("10.1.0.5", &addresses[0]) && address_parse("fd00:1::5", &addresses[1]));
	for (size_t count = 0; count <= 2; count++) {
		struct tap_filter filter = { .clean = count != 1, .mac = "52:54:00:00:00:01", .addresses = addresses, .address_count = count,
					     .hosts = addresses, .host_count = 2 - count,
					     .limit_bytes_s = count * 128000, .limit_burst_bytes = count > 1 ? 65536 : 0 };
		_cleanup_free_ char *text = ruleset_tap_put("vnet-0.1", &filter), *remove = ruleset_tap_remove("vnet-0.1");

		run(text);
		run(text);
		ck_assert(listed("vnet-0.1"));
		trim(false);
		run(remove);
		run(remove);
		ck_assert(!listed("vnet-0.1"));
		trim(true);
	}
}
END_TEST

START_TEST(what_nft_refuses_is_said)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(!nft_run("add rule inet nowhere nothing accept\n", &err));
	ck_assert_error(&err, ERROR_FAILED, "nft: No such file or directory");
	ck_assert(!nft_run("add nonsense\n", &err));
	ck_assert_error(&err, ERROR_FAILED, "syntax error");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("network: the firewall");
	TCase *tcase = tcase_create("nft");

	if (unshare(CLONE_NEWNET) != 0) {
		printf("SKIP: the firewall: a network namespace of its own needs root\n");
		return suite;
	}
	tcase_add_loop_test(tcase, every_kind_of_network_is_taken_and_taken_back, 0, (int)ARRAY_LENGTH(kinds));
	tcase_add_test(tcase, a_port_leads_to_one_guest);
	tcase_add_test(tcase, a_tap_is_watched);
	tcase_add_test(tcase, what_nft_refuses_is_said);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
