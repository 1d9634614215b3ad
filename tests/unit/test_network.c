/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks as documents, and the addresses in them: what is read into the view. What is printed and what is refused: test_network_fixture.c. */
#include "base/text.h"
#include "net/network.h"
#include "net/subnet.h"
#include "tests/unit/unit.h"

#include <sys/socket.h>

static bool none_taken(const char *name, void *userdata)
{
	(void)userdata;
	return text_equal(name, "virbr0");
}

static const struct network_surroundings surroundings = { .bridge_taken = none_taken };

static struct network *read_network(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct network *network = network_parse("net.xml", text, strlen(text), &err);

	ck_assert_msg(network != NULL, "%s", error_text(&err));
	ck_assert_ok(network_settle(network, &surroundings, &err) && network_validate(network, &err), &err);
	return network;
}

/* ---- addresses ---- */

static struct subnet subnet_of(const char *address, unsigned prefix)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct subnet subnet = { 0 };

	ck_assert_ok(subnet_parse("test", address, NULL, true, prefix, &subnet, &err), &err);
	return subnet;
}

START_TEST(addresses_are_read_whole)
{
	static const char *const bad[] = { "", "192.168.1", "192.168.1.256", "192.168.1.1 ", " 1.1.1.1", "01.1.1.1", "fe80::1%eth0",
					   ":::", "fd00::g", "1.1.1.1/24", "::1::" };
	struct ip_address address;
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!address_parse(bad[i], &address), "'%s' was taken", bad[i]);
	ck_assert(address_parse("FD00:0:0::1", &address));
	address_format(&address, text);
	ck_assert_str_eq(text, "fd00::1");
	ck_assert_uint_eq(address_bits(&address), 128);
}
END_TEST

START_TEST(subnets_have_edges)
{
	struct subnet subnet = subnet_of("192.168.122.77", 26);
	struct ip_address first = subnet_first(&subnet), last = subnet_last(&subnet), mask = subnet_netmask(&subnet), other;
	char text[ADDRESS_TEXT_SIZE];

	address_format(&first, text);
	ck_assert_str_eq(text, "192.168.122.64");
	address_format(&last, text);
	ck_assert_str_eq(text, "192.168.122.127");
	address_format(&mask, text);
	ck_assert_str_eq(text, "255.255.255.192");
	ck_assert_uint_eq(address_count(&first, &last), 64);
	ck_assert_uint_eq(address_count(&last, &first), 0);
	ck_assert(address_parse("192.168.122.128", &other) && !subnet_has(&subnet, &other));
	ck_assert(address_parse("::", &other) && !subnet_has(&subnet, &other));

	_cleanup_free_ char *name = subnet_format(&subnet);

	ck_assert_str_eq(name, "192.168.122.64/26");
	subnet = subnet_of("fd00::1", 64);
	first = subnet_first(&subnet);
	last = subnet_last(&subnet);
	ck_assert_uint_eq(address_count(&first, &last), UINT64_MAX);
}
END_TEST

START_TEST(netmasks_have_no_holes)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct subnet subnet;

	ck_assert_ok(subnet_parse("t", "10.0.0.1", "255.255.240.0", false, 0, &subnet, &err), &err);
	ck_assert_uint_eq(subnet.prefix, 20);
	ck_assert(!subnet_parse("t", "10.0.0.1", "255.0.255.0", false, 0, &subnet, &err));
	ck_assert_error(&err, ERROR_INVALID, "not a netmask");
	ck_assert(!subnet_parse("t", "10.0.0.1", NULL, true, 33, &subnet, &err));
	ck_assert_error(&err, ERROR_INVALID, "more than the 32 bits");
	ck_assert(!subnet_parse("t", "10.0.0.1", "255.0.0.0", true, 8, &subnet, &err));
	ck_assert_error(&err, ERROR_INVALID, "both");
	ck_assert_ok(subnet_parse("t", "172.16.0.1", NULL, false, 0, &subnet, &err), &err);
	ck_assert_uint_eq(subnet.prefix, 16);
}
END_TEST

START_TEST(a_free_subnet_is_found)
{
	struct subnet used[3] = { subnet_of("192.168.122.1", 24), subnet_of("192.168.123.9", 32), subnet_of("192.168.124.0", 22) };
	struct subnet all[3] = { subnet_of("192.168.0.0", 16), subnet_of("172.16.0.0", 12), subnet_of("10.0.0.0", 8) };
	struct subnet found;

	ck_assert(subnet_find_free(NULL, 0, &found));
	_cleanup_free_ char *first = subnet_format(&found);

	ck_assert_str_eq(first, "192.168.122.0/24");
	ck_assert(subnet_find_free(used, ARRAY_LENGTH(used), &found));
	_cleanup_free_ char *second = subnet_format(&found);

	ck_assert_str_eq(second, "192.168.128.0/24");
	ck_assert(!subnet_find_free(all, ARRAY_LENGTH(all), &found));
}
END_TEST

/* ---- documents ---- */

static const char full[] =
	"<network>\n"
	"  <name>lab</name>\n"
	"  <!-- where things are tried -->\n"
	"  <forward mode='nat'><nat><port start='2000' end='3000'/></nat></forward>\n"
	"  <bridge name='br-lab' stp='off' delay='2'/>\n"
	"  <mtu size='1400'/>\n"
	"  <mac address='52:54:00:12:34:56'/>\n"
	"  <domain name='lab.example' localOnly='yes'/>\n"
	"  <dns>\n"
	"    <forwarder domain='corp.example' addr='10.9.9.9'/>\n"
	"    <txt name='note' value='a text, with a comma'/>\n"
	"    <host ip='10.20.0.1'><hostname>gate</hostname><hostname>www</hostname></host>\n"
	"    <srv service='ldap' protocol='tcp' domain='lab.example' target='dir.lab.example' port='389' priority='1' weight='5'/>\n"
	"  </dns>\n"
	"  <ip address='10.20.0.1' prefix='16'>\n"
	"    <dhcp>\n"
	"      <range start='10.20.1.1' end='10.20.2.255'><lease expiry='2' unit='hours'/></range>\n"
	"      <host mac='52:54:00:aa:00:01' name='web' ip='10.20.3.1'/>\n"
	"      <bootp file='pxelinux.0'/>\n"
	"    </dhcp>\n"
	"  </ip>\n"
	"  <ip family='ipv6' address='fd00:20::1' prefix='64'><dhcp><range start='fd00:20::100' end='fd00:20::1ff'/></dhcp></ip>\n"
	"  <route family='ipv4' address='10.30.0.0' prefix='16' gateway='10.20.3.1'/>\n"
	"  <bandwidth><inbound average='1000' peak='5000' burst='512'/><outbound average='128'/></bandwidth>\n"
	"  <port isolated='yes'/>\n"
	"  <portgroup name='fast'/>\n"
	"</network>\n";

START_TEST(a_full_document_is_read)
{
	_cleanup_network_ struct network *network = read_network(full);

	ck_assert_int_eq(network->forward, FORWARD_NAT);
	ck_assert_str_eq(network->bridge, "br-lab");
	ck_assert_uint_eq(network->mtu.value, 1400);
	ck_assert_uint_eq(network->dns_hosts[0].name_count, 2);
	ck_assert_str_eq(network->dns_hosts[0].names[1].name, "www");
	ck_assert_str_eq(network->txts[0].value, "a text, with a comma");
	ck_assert_uint_eq(network->ip_count, 2);
	ck_assert(network->ips[0].dhcp);
	ck_assert_uint_eq(network->ips[0].ranges[0].lease.expiry.value, 2);
	ck_assert_str_eq(network->ips[0].hosts[0].name, "web");
	ck_assert_uint_eq(network->inbound.peak.value, 5000);
	ck_assert_int_eq(network->port_isolated, TRI_YES);
	ck_assert(network_has_dhcp(network) && network_needs_dnsmasq(network));
	ck_assert_ptr_nonnull(network->unmodelled);
	ck_assert_str_eq(network->unmodelled[0], "net.xml:26: <portgroup> is kept, and not looked at");
}
END_TEST

START_TEST(what_is_printed_is_read_again)
{
	_cleanup_network_ struct network *network = read_network(full);
	_cleanup_free_ char *once = network_format(network);
	_cleanup_network_ struct network *again = read_network(once);
	_cleanup_free_ char *twice = network_format(again);

	ck_assert_str_eq(once, twice);
	ck_assert_ptr_nonnull(strstr(once, "<!-- where things are tried -->"));
	ck_assert_ptr_nonnull(strstr(once, "<portgroup name='fast'/>"));
}
END_TEST

START_TEST(a_short_document_is_settled)
{
	_cleanup_network_ struct network *network =
		read_network("<network><name>n</name><forward/><ip address='10.1.1.1' netmask='255.255.255.0'/></network>");
	_cleanup_network_ struct network *bridge = read_network(
		"<network><name>b</name><forward mode='bridge'/><bridge name='br0'/></network>");

	ck_assert_int_eq(network->forward, FORWARD_NAT);
	ck_assert_str_eq(network->bridge, "virbr1");
	ck_assert_ptr_nonnull(network->uuid);
	ck_assert_ptr_nonnull(network->mac);
	ck_assert_int_eq(network->stp, TRI_YES);
	ck_assert(!network_has_own_bridge(bridge));
	ck_assert_ptr_null(bridge->mac);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("network");
	TCase *addresses = tcase_create("addresses"), *documents = tcase_create("documents");

	tcase_add_test(addresses, addresses_are_read_whole);
	tcase_add_test(addresses, subnets_have_edges);
	tcase_add_test(addresses, netmasks_have_no_holes);
	tcase_add_test(addresses, a_free_subnet_is_found);
	tcase_add_test(documents, a_full_document_is_read);
	tcase_add_test(documents, what_is_printed_is_read_again);
	tcase_add_test(documents, a_short_document_is_settled);
	suite_add_tcase(suite, addresses);
	suite_add_tcase(suite, documents);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
