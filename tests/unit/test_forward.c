/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port forwards: their text both ways, what a document's ranges come to, documents with one more or less, which ports meet, and what QEMU
 * says that it listens at. */
#include "base/xml.h"
#include "core/forward_internal.h"
#include "core/network_forward.h"
#include "hv/domain_interface.h"
#include "hv/port_forwarding.h"
#include "tests/unit/unit.h"

#include <sys/socket.h>

/* ---- text ---- */

static const struct {
	const char *proto, *text, *again; /* again NULL: as it was */
	unsigned host, guest, count;
} good[] = {
	{ "tcp", "2222:22", NULL, 2222, 22, 1 },
	{ "udp", "53", "53:53", 53, 53, 1 },
	{ "tcp", "8000-8010:9000-9010", NULL, 8000, 9000, 11 },
	{ "tcp", "8000-8010", "8000-8010:8000-8010", 8000, 8000, 11 },
	{ "tcp", "127.0.0.1:2222:22", NULL, 2222, 22, 1 },
	{ "tcp", "192.0.2.1:80", "192.0.2.1:80:80", 80, 80, 1 },
	{ "tcp", "[::1]:2222:22", NULL, 2222, 22, 1 },
	{ "udp", "[2001:DB8:0::1]:5000-5001:6000-6001", "[2001:db8::1]:5000-5001:6000-6001", 5000, 6000, 2 },
	{ "tcp", "65535:1", NULL, 65535, 1, 1 },
	{ "tcp", "1-4096", "1-4096:1-4096", 1, 1, 4096 },
};

START_TEST(text_is_read_and_written)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_forward_ struct forward forward = { 0 }, again = { 0 };

	ck_assert_ok(forward_parse(good[_i].proto, good[_i].text, &forward, &err), &err);
	ck_assert_str_eq(forward.proto, good[_i].proto);
	ck_assert_uint_eq(forward.host_port, good[_i].host);
	ck_assert_uint_eq(forward.guest_port, good[_i].guest);
	ck_assert_uint_eq(forward.count, good[_i].count);
	_cleanup_free_ char *text = forward_text(&forward);

	ck_assert_str_eq(text, good[_i].again != NULL ? good[_i].again : good[_i].text);
	ck_assert_ok(forward_parse(good[_i].proto, text, &again, &err), &err);
	ck_assert(forward_equal(&forward, &again));
}
END_TEST

static const struct {
	const char *text, *words;
} bad[] = {
	{ "", "no port forward" },
	{ ":", "no port forward" },
	{ "22:", "no port forward" },
	{ ":22", "no port forward" },
	{ "0", "no port forward" },
	{ "22:0", "no port forward" },
	{ "65536", "no port forward" },
	{ "99999999999999999999", "no port forward" },
	{ "-1", "no port forward" },
	{ "+22", "no port forward" },
	{ " 22", "no port forward" },
	{ "22 ", "no port forward" },
	{ "1-2-3", "no port forward" },
	{ "5-4", "no port forward" },
	{ "1:2:3", "no port forward" },
	{ "::1:22", "no port forward" },
	{ "[::1]22", "no port forward" },
	{ "[::1", "no port forward" },
	{ "1-10:1-5", "10 ports of the host cannot lead to 5 of the guest" },
	{ "8000-8010:9000", "11 ports of the host cannot lead to 1 of the guest" },
	{ "1.2.3:1:2", "'1.2.3' is not an address" },
	{ "[127.0.0.1]:1:2", "'127.0.0.1' is not an address" },
	{ "[fe80::1%eth0]:1:2", "is not an address" },
	{ "0.0.0.0:22:22", "no address of this host" },
	{ "[::]:22:22", "no address of this host" },
	{ "1-4097", "4096 ports at once are possible, not 4097" },
};

START_TEST(wrong_text_is_refused)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_forward_ struct forward forward = { 0 };

	ck_assert(!forward_parse("tcp", bad[_i].text, &forward, &err));
	ck_assert_error(&err, ERROR_INVALID, bad[_i].words);
	ck_assert(!forward_parse("sctp", "22", &forward, &err));
	ck_assert_error(&err, ERROR_INVALID, "allowed: tcp, udp");
}
END_TEST

/* ---- which meet ---- */

static bool meet(const char *a_proto, const char *a, const char *b_proto, const char *b)
{
	_cleanup_forward_ struct forward one = { 0 }, other = { 0 };

	ck_assert(forward_parse(a_proto, a, &one, NULL) && forward_parse(b_proto, b, &other, NULL));
	ck_assert(forwards_meet(&one, &other) == forwards_meet(&other, &one));
	return forwards_meet(&one, &other);
}

START_TEST(ports_meet)
{
	ck_assert(meet("tcp", "22", "tcp", "22:2222"));
	ck_assert(!meet("tcp", "22", "udp", "22"));
	ck_assert(!meet("tcp", "22", "tcp", "23:22"));
	ck_assert(meet("tcp", "20-30", "tcp", "30-40"));
	ck_assert(!meet("tcp", "20-30", "tcp", "31-40"));
	ck_assert(meet("tcp", "127.0.0.1:22:22", "tcp", "22"));
	ck_assert(meet("tcp", "[fd00::1]:22:22", "tcp", "[fd00:0::1]:22:23"));
	ck_assert(!meet("tcp", "127.0.0.1:22:22", "tcp", "127.0.0.2:22:22"));
	ck_assert(!meet("tcp", "127.0.0.1:22:22", "tcp", "[::1]:22:22"));
}
END_TEST

/* ---- documents ---- */

static struct interface *read_card(const char *inner)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = strf("<interface type='user'>%s</interface>", inner);
	struct interface *card = interface_parse(&(struct device_text){ "card", text, strlen(text) }, &err);

	ck_assert_msg(card != NULL, "%s", error_text(&err));
	return card;
}

/* "tcp 2222:22, udp 53:53": all that a card's ranges come to. Owned. */
static char *summary(const char *inner)
{
	struct interface *card = read_card(inner);
	size_t count;
	struct forward *forwards = interface_forwards(card, &count);
	char *text = xstrdup("");

	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *before = text, *one = forward_text(&forwards[i]);

		text = strf("%s%s%s %s", before, i > 0 ? ", " : "", forwards[i].proto, one);
	}
	forwards_free(forwards, count);
	interface_free(card);
	return text;
}

static const struct {
	const char *inner, *summary;
} ranges[] = {
	{ "", "" },
	{ "<portForward proto='tcp'><range start='2222' to='22'/></portForward>", "tcp 2222:22" },
	{ "<portForward proto='udp' address='10.0.0.1'><range start='53'/><range start='60' end='62'/></portForward>",
	  "udp 10.0.0.1:53:53, udp 10.0.0.1:60-62:60-62" },
	{ "<portForward proto='tcp'><range start='80' end='90' to='180'/><range start='82' end='84' exclude='yes'/></portForward>",
	  "tcp 80-81:180-181, tcp 85-90:185-190" },
	{ "<portForward proto='tcp'><range start='80' exclude='yes'/><range start='80' end='81'/></portForward>", "tcp 81:81" },
	{ "<portForward proto='tcp'><range start='80' end='85' exclude='yes'/><range start='81' end='82'/></portForward>", "" },
	/* all ports, and what leads beyond the last: nothing that can be counted */
	{ "<portForward proto='tcp'/>", "" },
	{ "<portForward proto='tcp'><range start='65000' end='65535' to='65001'/></portForward>", "" },
};

START_TEST(ranges_come_to_runs)
{
	_cleanup_free_ char *text = summary(ranges[_i].inner);

	ck_assert_str_eq(text, ranges[_i].summary);
}
END_TEST

static xmlDoc *read_document(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	xmlDoc *doc = xml_parse("card", text, strlen(text), &err);

	ck_assert_msg(doc != NULL, "%s", error_text(&err));
	return doc;
}

START_TEST(one_more_joins_what_is_there)
{
	static const char before[] = "<interface type='user'>\n"
				     "  <portForward proto='tcp'>\n"
				     "    <!-- the shell -->\n"
				     "    <range start='2222' to='22'/>\n"
				     "  </portForward>\n"
				     "  <portForward proto='udp'>\n"
				     "    <range start='50' end='60'/>\n"
				     "    <range start='55' exclude='yes'/>\n"
				     "  </portForward>\n"
				     "  <model type='virtio'/>\n"
				     "</interface>\n";
	static const char after[] = "<interface type='user'>\n"
				    "  <portForward proto='tcp'>\n"
				    "    <!-- the shell -->\n"
				    "    <range start='2222' to='22'/>\n"
				    "    <range start='80'/>\n"
				    "  </portForward>\n"
				    "  <portForward proto='udp'>\n"
				    "    <range start='50' end='60'/>\n"
				    "    <range start='55' exclude='yes'/>\n"
				    "  </portForward>\n"
				    "  <portForward proto='tcp' address='::1'>\n"
				    "    <range start='8000' end='8010' to='9000'/>\n"
				    "  </portForward>\n"
				    "  <portForward proto='udp'>\n"
				    "    <range start='70'/>\n"
				    "  </portForward>\n"
				    "  <model type='virtio'/>\n"
				    "</interface>\n";
	_cleanup_xmldoc_ xmlDoc *doc = read_document(before);
	xmlNode *card = xmlDocGetRootElement(doc);
	static const struct port_run runs[] = { { 80, 80, 1 }, { 8000, 9000, 11 }, { 70, 70, 1 } };

	port_forwarding_add(card, "tcp", NULL, &runs[0]);
	port_forwarding_add(card, "tcp", "::1", &runs[1]);
	/* what leaves something out is left as it is */
	port_forwarding_add(card, "udp", NULL, &runs[2]);
	_cleanup_free_ char *text = xml_format(doc);

	ck_assert_str_eq(text, after);
	ck_assert(port_forwarding_remove(card, "udp", NULL, &runs[2]));
	ck_assert(port_forwarding_remove(card, "tcp", "0::1", &runs[1]));
	ck_assert(port_forwarding_remove(card, "tcp", NULL, &runs[0]));
	_cleanup_free_ char *back = xml_format(doc);

	ck_assert_str_eq(back, before);
	for (size_t i = 0; i < ARRAY_LENGTH(runs); i++)
		ck_assert(!port_forwarding_remove(card, "tcp", NULL, &runs[i]));
}
END_TEST

START_TEST(exceptions_alone_would_be_all_ports)
{
	_cleanup_xmldoc_ xmlDoc *doc = read_document("<interface type='user'><portForward proto='tcp'><range start='80' end='90'/>"
						     "<range start='85' exclude='yes'/></portForward></interface>");
	xmlNode *card = xmlDocGetRootElement(doc);

	ck_assert(!port_forwarding_remove(card, "tcp", NULL, &(struct port_run){ 85, 85, 1 }));
	ck_assert(port_forwarding_remove(card, "tcp", NULL, &(struct port_run){ 80, 80, 11 }));
	ck_assert_ptr_null(xml_child(card, "portForward"));
}
END_TEST

/* ---- QEMU ---- */

START_TEST(qemu_says_where_it_listens)
{
	static const char text[] = "Hub -1 (hostnet1):\r\n"
				   "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
				   "  TCP[HOST_FORWARD]  40               *  1111       10.0.2.15    11     0     0\r\n"
				   "Hub -1 (hostnet0):\r\n"
				   "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
				   "  TCP[ESTABLISHED]   41       10.0.2.15  5000       192.0.2.1    80     0     0\r\n"
				   "  TCP[HOST_FORWARD]  42       127.0.0.1  2222       10.0.2.15    22     0     0\r\n"
				   "  UDP[HOST_FORWARD]  43               *    53       10.0.2.15    53     0     0\r\n"
				   "  ICMP[2 sec]        44       10.0.2.15     -       192.0.2.1     -     0     0\r\n";
	size_t count;
	struct forward *forwards = forward_user_read(text, "hostnet0", &count);
	const struct forward first = { (char[]){ "tcp" }, (char[]){ "127.0.0.1" }, 2222, 22, 1 }, second = { (char[]){ "udp" }, NULL, 53, 53, 1 };

	ck_assert_uint_eq(count, 2);
	ck_assert(forward_equal(&forwards[0], &first) && forward_equal(&forwards[1], &second));
	forwards_free(forwards, count);
	free(forward_user_read("", "hostnet0", &count));
	ck_assert_uint_eq(count, 0);
}
END_TEST

/* ---- reservations ---- */

#define MAC "52:54:00:00:00:50"

static const struct {
	const char *inner, *address4, *address6; /* NULL: none is kept */
} kept[] = {
	{ "<ip address='10.1.0.1' prefix='24'/>", NULL, NULL },
	{ "<ip address='10.1.0.1' prefix='24'><dhcp><host mac='52:54:00:00:00:51' ip='10.1.0.6'/></dhcp></ip>",
	  NULL, NULL },
	{ "<ip address='10.1.0.1' prefix='24'><dhcp><host mac='" MAC "' ip='10.1.0.5'/></dhcp></ip>", "10.1.0.5", NULL },
	{ "<ip address='10.1.0.1' prefix='24'><dhcp><host mac='" MAC "' name='web'/></dhcp></ip>", NULL, NULL },
	{ "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='00:03:00:01:" MAC "' ip='fd00::5'/></dhcp></ip>", NULL, "fd00::5" },
	{ "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='00:03:00:01:52:54:00:00:00:51' ip='fd00::5'/></dhcp></ip>", NULL, NULL },
	{ "<ip address='10.1.0.1' prefix='24'><dhcp><host mac='" MAC "' name='web' ip='10.1.0.5'/></dhcp></ip>"
	  "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host name='db' ip='fd00::4'/><host name='web' ip='fd00::5'/></dhcp></ip>",
	  "10.1.0.5", "fd00::5" },
	{ "<ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host name='web' ip='fd00::5'/></dhcp></ip>", NULL, NULL },
};

static void check_kept(const struct network *network, int family, const char *wanted)
{
	struct ip_address address;
	char text[ADDRESS_TEXT_SIZE];
	bool found = network_reserved(network, MAC, family, &address);

	ck_assert_msg(found == (wanted != NULL), "%s", wanted);
	if (!found)
		return;
	address_format(&address, text);
	ck_assert_str_eq(text, wanted);
}

START_TEST(a_network_keeps_addresses)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = strf("<network><name>n</name>%s</network>", kept[_i].inner);
	_cleanup_network_ struct network *network = network_parse("n.xml", text, strlen(text), &err);

	ck_assert_msg(network != NULL, "%s", error_text(&err));
	check_kept(network, AF_INET, kept[_i].address4);
	check_kept(network, AF_INET6, kept[_i].address6);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("port forwards");
	TCase *tcase = tcase_create("forward");

	tcase_add_loop_test(tcase, text_is_read_and_written, 0, (int)ARRAY_LENGTH(good));
	tcase_add_loop_test(tcase, wrong_text_is_refused, 0, (int)ARRAY_LENGTH(bad));
	tcase_add_test(tcase, ports_meet);
	tcase_add_loop_test(tcase, ranges_come_to_runs, 0, (int)ARRAY_LENGTH(ranges));
	tcase_add_test(tcase, one_more_joins_what_is_there);
	tcase_add_test(tcase, exceptions_alone_would_be_all_ports);
	tcase_add_test(tcase, qemu_says_where_it_listens);
	tcase_add_loop_test(tcase, a_network_keeps_addresses, 0, (int)ARRAY_LENGTH(kept));
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
