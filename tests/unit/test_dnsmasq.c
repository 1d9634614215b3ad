/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq's configuration, judged by dnsmasq itself, and its lease file, also as a hostile guest would have it. */
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/dnsmasq.h"
#include "tests/unit/unit.h"

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

static const struct {
	const char *inner;
	const char *lines; /* each of them is in the configuration */
} configurations[] = {
	{ "<forward/><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip>",
	  "interface=virbr0|bind-dynamic|except-interface=lo|dhcp-range=192.168.122.2,192.168.122.254,255.255.255.0|dhcp-lease-max=253|"
	  "dhcp-authoritative|domain-needed" },
	{ "<ip address='10.1.0.1' prefix='24'><dhcp><range start='10.1.0.5' end='10.1.0.9'/></dhcp></ip>", "no-resolv|dhcp-option=option:router" },
	{ "<forward/><mtu size='1400'/><domain name='lab.example' localOnly='yes'/><dns forwardPlainNames='yes'>"
	  "<forwarder domain='corp.example' addr='10.9.9.9' port='5353'/><forwarder addr='9.9.9.9'/><forwarder domain='lan'/>"
	  "<txt name='note' value='a text, with a comma'/><txt name='empty'/>"
	  "<srv service='ldap' protocol='tcp' domain='lab.example' target='dir.lab.example' port='389' priority='1' weight='5'/>"
	  "<srv service='none' protocol='udp'/><host ip='10.20.0.4'><hostname>printer</hostname><hostname>scan.example</hostname></host></dns>"
	  "<ip address='10.20.0.1' prefix='16' localPtr='yes'><tftp root='/srv/tftp'/><dhcp>"
	  "<range start='10.20.1.1' end='10.20.2.255'><lease expiry='2' unit='hours'/></range>"
	  "<range start='10.20.3.1' end='10.20.3.9'><lease expiry='0'/></range>"
	  "<bootp file='pxelinux.0' server='10.20.0.9'/></dhcp></ip>"
	  "<ip family='ipv6' address='fd00:20::1' prefix='64' localPtr='yes'><dhcp><range start='fd00:20::100' end='fd00:20::1ff'/></dhcp></ip>",
	  "server=/corp.example/10.9.9.9#5353|server=9.9.9.9|server=/lan/|no-resolv|domain=lab.example|expand-hosts|local=/lab.example/|"
	  "txt-record=note,\"a text, with a comma\"|txt-record=empty,\"\"|host-record=printer.lab.example,printer,scan.example,10.20.0.4|"
	  "srv-host=_ldap._tcp.lab.example,dir.lab.example,389,1,5|"
	  "srv-host=_none._udp|local=/20.10.in-addr.arpa/|local=/0.0.0.0.0.0.0.0.0.2.0.0.0.0.d.f.ip6.arpa/|enable-tftp|tftp-root=/srv/tftp|"
	  "dhcp-range=10.20.1.1,10.20.2.255,255.255.0.0,7200|dhcp-range=10.20.3.1,10.20.3.9,255.255.0.0,infinite|dhcp-boot=pxelinux.0,,10.20.0.9|"
	  "dhcp-range=fd00:20::100,fd00:20::1ff,64|enable-ra|dhcp-option=option:mtu,1400" },
	{ "<dns enable='no'/><ip address='10.1.0.1' prefix='24'><dhcp><host mac='52:54:00:00:00:01' ip='10.1.0.7'/></dhcp></ip>",
	  "port=0|dhcp-range=10.1.0.1,static,255.255.255.0|dhcp-option=option:dns-server" },
	{ "<dns><host ip='10.1.0.9'><hostname>a</hostname><hostname>b.example</hostname></host><host ip='fd00::9'><hostname>c</hostname></host></dns>"
	  "<ip address='10.1.0.1' prefix='24'><dhcp>"
	  "<host mac='52:54:00:00:00:01' name='web' ip='10.1.0.7'><lease expiry='3'/></host><host mac='52:54:00:00:00:02' name='db'/>"
	  "<host name='known' ip='10.1.0.8'/></dhcp></ip>"
	  "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='0:3:0:1:0:16:3e:11:22:33' name='six' ip='fd00::7'/></dhcp></ip>",
	  "host-record=a,b.example,10.1.0.9|host-record=c,fd00::9|dhcp-host=52:54:00:00:00:01,10.1.0.7,web,180|dhcp-host=52:54:00:00:00:02,db|"
	  "dhcp-host=known,10.1.0.8|dhcp-host=id:0:3:0:1:0:16:3e:11:22:33,[fd00::7],six" },
	{ "<ip family='ipv6' address='fd00:20::1' prefix='64'/>", "dhcp-range=fd00:20::1,ra-only|enable-ra|ra-param=*,0,0" },
};

START_TEST(dnsmasq_takes_the_configuration)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *directory = unit_tempdir();
	_cleanup_free_ char *leases = strf("%s/leases", directory);
	_cleanup_free_ char *path = strf("%s/conf", directory);
	_cleanup_network_ struct network *network = read_network(configurations[_i].inner);
	_cleanup_free_ char *config = dnsmasq_config(network, leases);
	_cleanup_strv_ char **lines = strv_split(config, "\n"), **wanted = strv_split(configurations[_i].lines, "|");
	_cleanup_strv_ char **argv = strv_add(dnsmasq_argv("dnsmasq", path), "--test");

	for (char **line = wanted; *line != NULL; line++)
		ck_assert_msg(strv_contains(lines, *line), "'%s' is missing in\n%s", *line, config);
	ck_assert_ok(file_write(path, config, strlen(config), 0600, &err), &err);
	ck_assert_msg(process_run_ok(argv, 10000, NULL, &err), "%s\n%s", error_text(&err), config);
	unit_tempdir_remove(directory);
}
END_TEST

START_TEST(leases_of_both_families_are_read)
{
	static const char text[] = "1700000000 52:54:00:aa:bb:cc 192.168.122.57 web 01:52:54:00:aa:bb:cc\n"
				   "0 52:54:00:aa:bb:dd 192.168.122.58 * *\n"
				   "duid 00:01:00:01:2c:11:22:33:52:54:00:00:00:01\n"
				   "1700000001 11189196 fd00::101 six 00:03:00:01:52:54:00:aa:bb:cc\n"
				   "1700000002 T5 fd00::102 * 00:02:00:00:ab:11:01\n";
	struct lease *leases;
	size_t count;

	leases_read(text, strlen(text), &leases, &count);
	ck_assert_uint_eq(count, 4);
	ck_assert_int_eq(leases[0].expiry_s, 1700000000);
	ck_assert_str_eq(leases[0].mac, "52:54:00:aa:bb:cc");
	ck_assert_str_eq(leases[0].name, "web");
	ck_assert_ptr_null(leases[1].name);
	ck_assert_ptr_null(leases[1].client_id);
	ck_assert_int_eq(leases[2].address.family, AF_INET6);
	ck_assert_str_eq(leases[2].mac, "52:54:00:aa:bb:cc");
	ck_assert_uint_eq(leases[2].iaid, 11189196);
	ck_assert_uint_eq(leases[3].iaid, 5);
	ck_assert_ptr_null(leases[3].mac);
	leases_free(leases, count);
}
END_TEST

static const char *const garbage[] = {
	"", "\n\n\n", "x", "1 2 3 4 5\n", "-1 52:54:00:aa:bb:cc 10.0.0.1 a b\n", "1700000000 52:54:00:aa:bb:cc 10.0.0.1 a\n",
	"1700000000 52:54:00:aa:bb:cc 10.0.0.1 a b c\n", "99999999999999999999 52:54:00:aa:bb:cc 10.0.0.1 a b\n",
	"1700000000 x fd00::1 a b\n", "1700000000 52:54:00:aa:bb:cc 10.0.0.256 a b\n",
};

START_TEST(what_is_no_lease_is_passed_over)
{
	struct lease *leases;
	size_t count;

	leases_read(garbage[_i], strlen(garbage[_i]), &leases, &count);
	ck_assert_uint_eq(count, 0);
	leases_free(leases, count);
}
END_TEST

START_TEST(a_guests_words_are_not_a_terminals)
{
	static const char text[] = "1700000000 52:54:00:aa:bb:cc 10.0.0.1 a\033[2J \xff\n";
	struct lease *leases;
	size_t count;

	leases_read(text, strlen(text), &leases, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_null(leases[0].name);
	ck_assert_ptr_null(leases[0].client_id);
	leases_free(leases, count);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("network: dnsmasq");
	TCase *tcase = tcase_create("dnsmasq");

	tcase_add_loop_test(tcase, dnsmasq_takes_the_configuration, 0, (int)ARRAY_LENGTH(configurations));
	tcase_add_test(tcase, leases_of_both_families_are_read);
	tcase_add_loop_test(tcase, what_is_no_lease_is_passed_over, 0, (int)ARRAY_LENGTH(garbage));
	tcase_add_test(tcase, a_guests_words_are_not_a_terminals);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
