/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Others' packet filters, made by the real nft and iptables in a network namespace of each test's own in the shapes that Docker, firewalld
 * and ufw give them: what cuts guests off is told with its remedy, and nothing else is. */
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/foreign_rules.h"
#include "net/nft.h"
#include "tests/unit/unit.h"

#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static const struct foreign_subject nat = { .bridge = "virbr0", .uplink = "eth0", .v4 = true, .leaves = true, .serves = true };
static const struct foreign_subject nat6 = { .bridge = "virbr0", .uplink = "eth0", .v4 = true, .v6 = true, .leaves = true, .serves = true };
static const struct foreign_subject routed = { .bridge = "virbr0", .uplink = "eth0", .v4 = true, .leaves = true, .called = true };
static const struct foreign_subject bridged = { .bridge = "br0", .v4 = true, .bridged4 = true };
static const struct foreign_subject isolated = { .bridge = "virbr0", .v4 = true };

static struct obstacle *found; /* owned: what was told last */
static size_t found_count;

static void forget(void)
{
	obstacles_free(found, found_count);
	found = NULL;
	found_count = 0;
}

static void set_up(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
}

static void tear_down(void)
{
	forget();
}

static size_t look(const struct foreign_subject *subject)
{
	forget();
	foreign_rules_look(subject, &found, &found_count);
	return found_count;
}

static void nft(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(nft_run(text, &err), "%s\n%s", error_text(&err), text);
}

static void run(const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");

	ck_assert_msg(process_run_ok(argv, 10000, NULL, &err), "%s: %s", words, error_text(&err));
}

/* Lines of arguments for one of the iptables. */
static void iptables(const char *program, const char *lines)
{
	_cleanup_strv_ char **split = strv_split(lines, "\n");

	for (size_t i = 0; split != NULL && split[i] != NULL; i++) {
		_cleanup_free_ char *words = strf("%s %s", program, split[i]);

		run(words);
	}
}

static void check_told(size_t at, const char *reason, const char *remedy)
{
	ck_assert_uint_lt(at, found_count);
	_cleanup_free_ char *commands = strv_join(found[at].remedy, "\n");

	ck_assert_msg(strstr(found[at].reason, reason) != NULL, "'%s' is not in '%s'", reason, found[at].reason);
	ck_assert_str_eq(commands, remedy);
}

static void do_remedies(void)
{
	for (size_t i = 0; i < found_count; i++)
		for (size_t n = 0; found[i].remedy[n] != NULL; n++)
			run(found[i].remedy[n]);
}

/* One thing is in the way of it, and no longer once the remedy was followed. */
static void check_remedied(const struct foreign_subject *subject, const char *reason, const char *remedy)
{
	ck_assert_uint_eq(look(subject), 1);
	check_told(0, reason, remedy);
	do_remedies();
	ck_assert_uint_eq(look(subject), 0);
}

/* ---- nothing to tell ---- */

static const char *const quiet[] = {
	"",
	"table inet virtty { chain forward { type filter hook forward priority 0; policy drop; }; }\n",
	"table inet filter { chain forward { type filter hook forward priority 0; policy accept; ct state invalid drop; }; }\n",
	/* what is not understood may accept */
	"table inet filter { chain forward { type filter hook forward priority 0; policy drop; ip saddr 192.168.122.0/24 accept; "
	"ct state established accept; ip daddr 192.168.122.0/24 accept; }; }\n",
	"table inet filter { set lans { type ifname; elements = { \"virbr0\" }; }; chain forward { type filter hook forward priority 0; policy drop; "
	"iifname @lans accept; oifname @lans accept; }; }\n",
	"table inet filter { map ways { type ifname : verdict; elements = { \"virbr0\" : accept }; }; chain forward { type filter hook "
	"forward priority 0; policy drop; iifname vmap @ways; oifname vmap @ways; }; }\n",
	"table inet filter { chain forward { type filter hook forward priority 0; policy drop; limit rate 10/second accept; }; }\n",
	/* a wildcard, a set, a negation, a jump that returns, a map */
	"table inet filter { chain forward { type filter hook forward priority 0; policy drop; iifname \"virbr*\" accept; oifname { \"a\", "
	"\"virbr0\" } ct state { established, related } accept; }; }\n",
	"table inet filter { chain forward { type filter hook forward priority 0; policy drop; iifname != \"wan0\" oifname != \"wan0\" "
	"accept; }; }\n",
	"table ip6 filter { chain forward { type filter hook forward priority 0; policy drop; }; }\n",
	"table inet filter { chain a { iifname != \"virbr0\" return; accept; }; chain forward { type filter hook forward priority 0; "
	"policy drop; ct state vmap { established : accept, related : accept, invalid : drop }; jump a; }; }\n",
	"table inet filter { chain input { type filter hook input priority 0; policy drop; udp dport { 53, 60-70 } accept; }; }\n",
	"table inet filter { chain input { type filter hook input priority 0; policy drop; iifname vmap { lo : accept, virbr0 : accept, "
	"eth0 : drop }; }; }\n",
	"table inet filter { chain output { type filter hook output priority 0; policy drop; }; chain pre { type filter hook prerouting "
	"priority 0; policy accept; }; }\n",
	/* is dropped at times */
	"table inet filter { chain forward { type filter hook forward priority 0; policy accept; ip saddr 10.0.0.0/8 drop; "
	"tcp dport 25 reject; }; }\n",
};

START_TEST(a_host_that_lets_through_is_left_in_peace)
{
	nft(quiet[_i]);
	ck_assert_msg(look(&nat) == 0, "%s", found[0].reason);
}
END_TEST

/* ---- nft ---- */

#define NFT_REMEDY                                                                                              \
	"nft insert rule inet filter forward iifname virbr0 accept\n"                                           \
	"nft insert rule inet filter forward oifname virbr0 accept"

static const struct {
	const char *rules, *reason;
} closed[] = {
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }\n",
	  "(what its machines send to others and what they are answered): chain forward of nft's inet filter drops what no rule accepts" },
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy drop; ct state established,related accept; "
	  "iifname lan0 accept; }; }\n",
	  "(what its machines send to others): chain forward" },
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy drop; iifname virbr0 accept; }; }\n",
	  "(what they are answered): chain forward" },
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy accept; iifname lan0 accept; counter log reject; }; }\n",
	  "a rule of chain forward of nft's inet filter drops it" },
	{ "table inet filter { chain b { ct state new drop; }; chain forward { type filter hook forward priority 0; policy accept; "
	  "meta nfproto ipv4 goto b; }; }\n",
	  "chain b of nft's inet filter drops it, by way of forward" },
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy drop; iifname vmap { lan0 : accept }; "
	  "ct state vmap { invalid : drop, established : accept }; }; }\n",
	  "(what its machines send to others)" },
	{ "table inet filter { chain forward { type filter hook forward priority 0; policy drop; iifname lan* oifname eth0 accept; "
	  "ct status dnat accept; }; }\n",
	  "drops what no rule accepts" },
};

START_TEST(rules_of_the_hosts_own_are_told)
{
	nft(closed[_i].rules);
	ck_assert_uint_eq(look(&nat), 1);
	check_told(0, "this host's packet filter cuts 'virbr0' off", NFT_REMEDY);
	check_told(0, closed[_i].reason, NFT_REMEDY);
	_cleanup_free_ char *text = obstacle_text(&found[0]);

	ck_assert_ptr_nonnull(strstr(text, "; to let it through: 'nft insert rule inet filter forward iifname virbr0 accept', 'nft insert"));
	/* nothing leaves an isolated network */
	struct foreign_subject alone = isolated;

	alone.serves = true;
	ck_assert_uint_eq(look(&alone), 0);
	ck_assert_uint_eq(look(&nat), 1);
	do_remedies();
	ck_assert_uint_eq(look(&nat), 0);
}
END_TEST

START_TEST(a_host_that_gives_no_addresses_is_told)
{
	nft("table inet filter { chain input { type filter hook input priority 0; policy drop; ct state established accept; "
	    "iifname lo accept; tcp dport 22 accept; }; }\n");
	ck_assert_uint_eq(look(&routed), 0);
	ck_assert_uint_eq(look(&nat), 1);
	check_told(0, "(what they ask of this host's DHCP and DNS): chain input",
		   "nft insert rule inet filter input iifname virbr0 udp dport { 53, 67, 547 } accept\n"
		   "nft insert rule inet filter input iifname virbr0 tcp dport 53 accept");
	do_remedies();
	ck_assert_uint_eq(look(&nat6), 0);
}
END_TEST

START_TEST(routed_networks_are_called)
{
	nft("table ip filter { chain forward { type filter hook forward priority 0; policy drop; iifname virbr0 accept; "
	    "ct state established accept; }; }\n");
	ck_assert_uint_eq(look(&nat), 0);
	check_remedied(&routed, "(what others send to them)",
		       "nft insert rule ip filter forward iifname virbr0 accept\nnft insert rule ip filter forward oifname virbr0 accept");
}
END_TEST

START_TEST(ports_of_a_bridge_are_told)
{
	nft("table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }\n");
	check_remedied(&bridged, "(what goes between its ports)", "nft insert rule inet filter forward iifname br0 oifname br0 accept");
}
END_TEST

/* ---- Docker ---- */

static const char docker_old[] = "-P FORWARD DROP\n-N DOCKER\n-N DOCKER-ISOLATION-STAGE-1\n-N DOCKER-ISOLATION-STAGE-2\n-N DOCKER-USER\n"
				 "-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n"
				 "-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -o docker0 -j DOCKER\n"
				 "-A FORWARD -i docker0 ! -o docker0 -j ACCEPT\n-A FORWARD -i docker0 -o docker0 -j ACCEPT\n"
				 "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT\n"
				 "-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2\n"
				 "-A DOCKER-ISOLATION-STAGE-1 -j RETURN\n"
				 "-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP\n-A DOCKER-ISOLATION-STAGE-2 -j RETURN\n-A DOCKER-USER -j RETURN\n";
static const char docker_new[] = "-P FORWARD DROP\n-N DOCKER\n-N DOCKER-BRIDGE\n-N DOCKER-CT\n-N DOCKER-FORWARD\n-N DOCKER-USER\n"
				 "-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-FORWARD\n-A DOCKER ! -i docker0 -o docker0 -j DROP\n"
				 "-A DOCKER-BRIDGE -o docker0 -j DOCKER\n-A DOCKER-CT -o docker0 -m conntrack --ctstate "
				 "RELATED,ESTABLISHED -j ACCEPT\n"
				 "-A DOCKER-FORWARD -j DOCKER-CT\n-A DOCKER-FORWARD -j DOCKER-BRIDGE\n-A DOCKER-FORWARD -i docker0 -j ACCEPT\n";

static const struct {
	const char *rules;
	bool legacy;
} dockers[] = { { docker_old, false }, { docker_old, true }, { docker_new, false }, { docker_new, true } };

START_TEST(docker_is_told_by_its_name)
{
	const char *program = dockers[_i].legacy ? "iptables-legacy" : "iptables-nft";

	iptables(program, dockers[_i].rules);
	ck_assert_uint_eq(look(&nat), 1);
	ck_assert_ptr_nonnull(strstr(found[0].reason, "Docker's packet filter cuts 'virbr0' off (what its machines send to others and what "
						      "they are answered)"));
	ck_assert_ptr_nonnull(strstr(found[0].reason, "chain FORWARD of iptables"));
	ck_assert_ptr_nonnull(strstr(found[0].remedy[0], " -I DOCKER-USER -i virbr0 -j ACCEPT"));
	ck_assert_ptr_nonnull(strstr(found[0].remedy[1], " -I DOCKER-USER -o virbr0 -j ACCEPT"));
	do_remedies();
	ck_assert_uint_eq(look(&nat), 0);
	ck_assert_uint_eq(look(&routed), 0);
	ck_assert_uint_eq(look(&bridged), 1);
	ck_assert_ptr_nonnull(strstr(found[0].remedy[0], " -I DOCKER-USER -i br0 -o br0 -j ACCEPT"));
	do_remedies();
	ck_assert_uint_eq(look(&bridged), 0);
}
END_TEST

START_TEST(iptables_of_the_hosts_own_are_told)
{
	iptables("iptables-nft", "-P FORWARD DROP\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
				 "-A FORWARD -m comment --comment x -j LOG\n"
				 "-P INPUT DROP\n-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\n"
				 "-A INPUT -p udp -m udp --dport 60:66 -j ACCEPT\n");
	ck_assert_uint_eq(look(&nat), 2);
	for (size_t i = 0; i < 2; i++) {
		bool forward = strstr(found[i].reason, "FORWARD") != NULL;

		ck_assert_ptr_nonnull(strstr(found[i].reason, "this host's packet filter"));
		ck_assert_ptr_nonnull(strstr(found[i].remedy[0], forward ? " -I FORWARD -i virbr0 -j ACCEPT" :
									   " -I INPUT -i virbr0 -p udp -m multiport "
									   "--dports 53,67,547 -j ACCEPT"));
	}
	do_remedies();
	ck_assert_uint_eq(look(&nat), 0);
}
END_TEST

START_TEST(what_iptables_may_accept_is_not_told)
{
	iptables("iptables-nft", "-P FORWARD DROP\n-A FORWARD -s 192.168.122.0/24 -j ACCEPT\n"
				 "-A FORWARD -d 192.168.122.0/24 -m limit --limit 9/sec -j ACCEPT\n"
				 "-P INPUT DROP\n-A INPUT -p udp -m udp --dport 53:67 -m comment --comment a-b -j ACCEPT\n");
	ck_assert_uint_eq(look(&nat), 0);
	iptables("iptables-nft", "-F FORWARD\n-A FORWARD -i virbr+ -j ACCEPT\n-A FORWARD ! -i eth1 -m conntrack --ctstate NEW,ESTABLISHED "
				 "-j ACCEPT\n");
	ck_assert_uint_eq(look(&nat), 0);
}
END_TEST

/* ---- firewalld and ufw ---- */

static const char firewalld[] =
	"table inet firewalld {\n"
	"chain filter_INPUT { type filter hook input priority filter + 10; policy accept; ct state { established, related } accept; "
	"ct status dnat accept; "
	"iifname \"lo\" accept; ct state invalid drop; jump filter_INPUT_ZONES; reject with icmpx admin-prohibited; }\n"
	"chain filter_FORWARD { type filter hook forward priority filter + 10; policy accept; ct state { established, related } accept; "
	"ct status dnat accept; "
	"iifname \"lo\" accept; ct state invalid drop; ip6 daddr { ::/96, ::ffff:0.0.0.0/96 } reject with icmpv6 addr-unreachable; "
	"jump filter_FORWARD_ZONES; reject with icmpx admin-prohibited; }\n"
	"chain filter_INPUT_ZONES { %siifname \"eth0\" goto filter_IN_public; goto filter_IN_public; }\n"
	"chain filter_FORWARD_ZONES { %siifname \"eth0\" goto filter_FWD_public; goto filter_FWD_public; }\n"
	"chain filter_IN_public { jump filter_IN_public_allow; meta l4proto { icmp, ipv6-icmp } accept; reject with icmpx admin-prohibited; }\n"
	"chain filter_IN_public_allow { tcp dport 22 accept; ip6 daddr fe80::/64 udp dport 546 accept; }\n"
	"chain filter_FWD_public { jump filter_FWD_public_allow; reject with icmpx admin-prohibited; }\n"
	"chain filter_FWD_public_allow { oifname \"eth1\" accept; }\n"
	"chain filter_IN_trusted { accept; }\n"
	"chain filter_FWD_trusted { accept; }\n"
	"}\n";

/* nft reads chains that are named before they are there as little as rules that come after what ends a chain. */
static void put_firewalld(const char *zone)
{
	_cleanup_free_ char *in = *zone != '\0' ? strf("iifname \"virbr0\" goto filter_IN_%s; ", zone) : xstrdup("");
	_cleanup_free_ char *forward = *zone != '\0' ? strf("iifname \"virbr0\" goto filter_FWD_%s; ", zone) : xstrdup("");
	struct strbuf text = STRBUF_INIT;
	const char *rest = firewalld, *gap = strstr(firewalld, "%s");
	size_t number = 0;

	for (; gap != NULL; rest = gap + 2, gap = strstr(rest, "%s")) {
		strbuf_add(&text, rest, (size_t)(gap - rest));
		strbuf_puts(&text, number++ == 0 ? in : forward);
	}
	strbuf_puts(&text, rest);
	nft("add table inet firewalld\ndelete table inet firewalld\n");
	nft(text.data);
	strbuf_clear(&text);
}

START_TEST(firewalld_is_told_by_its_name)
{
	put_firewalld("");
	ck_assert_uint_eq(look(&nat), 1);
	/* libvirt, where it is installed, brought a zone along */
	const char *zone = path_exists("/usr/lib/firewalld/zones/libvirt.xml") || path_exists("/etc/firewalld/zones/libvirt.xml") ?
				   "libvirt" :
				   "trusted";
	_cleanup_free_ char *remedy = strf("firewall-cmd --zone=%s --add-interface=virbr0\n"
					   "firewall-cmd --permanent --zone=%s --add-interface=virbr0", zone, zone);

	check_told(0, "firewalld cuts 'virbr0' off (what they ask of this host's DHCP and DNS): chain filter_IN_public of nft's inet "
		      "firewalld", remedy);
	ck_assert_ptr_nonnull(strstr(found[0].reason, "chain filter_FWD_public of nft's inet firewalld drops it, by way of filter_FORWARD"));
	/* what those commands do */
	put_firewalld("trusted");
	ck_assert_uint_eq(look(&nat), 0);
}
END_TEST

static const char ufw[] = "-N ufw-before-input\n-N ufw-user-input\n-N ufw-after-input\n-N ufw-before-forward\n-N ufw-user-forward\n"
			  "-N ufw-reject-forward\n"
			  "-P INPUT DROP\n-P FORWARD DROP\n-A INPUT -j ufw-before-input\n-A INPUT -j ufw-after-input\n"
			  "-A FORWARD -j ufw-before-forward\n-A FORWARD -j ufw-reject-forward\n-A ufw-before-input -i lo -j ACCEPT\n"
			  "-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
			  "-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT\n-A ufw-before-input -j ufw-user-input\n"
			  "-A ufw-after-input -p udp -m udp --dport 137 -j RETURN\n-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\n"
			  "-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
			  "-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT\n-A ufw-before-forward -j ufw-user-forward\n";

START_TEST(ufw_is_told_by_its_name)
{
	iptables("iptables-nft", ufw);
	/* pings get out, connections do not */
	ck_assert_uint_eq(look(&nat), 2);
	for (size_t i = 0; i < 2; i++) {
		if (strstr(found[i].reason, "FORWARD") != NULL)
			check_told(i, "ufw cuts 'virbr0' off (what its machines send to others): chain FORWARD of iptables' ip filter",
				   "ufw route allow in on virbr0\nufw route allow out on virbr0");
		else
			check_told(i, "ufw cuts 'virbr0' off (what they ask of this host's DHCP and DNS)",
				   "ufw allow in on virbr0 to any port 67 proto udp\nufw allow in on virbr0 to any port 53");
	}
	/* what those commands do */
	iptables("iptables-nft", "-A ufw-user-input -i virbr0 -p udp --dport 67 -j ACCEPT\n-A ufw-user-input -i virbr0 -p tcp --dport 53 -j ACCEPT\n"
				 "-A ufw-user-input -i virbr0 -p udp --dport 53 -j ACCEPT\n-A ufw-user-forward -i virbr0 -j ACCEPT\n"
				 "-A ufw-user-forward -o virbr0 -j ACCEPT\n");
	ck_assert_uint_eq(look(&nat), 0);
}
END_TEST

/* ---- what is no rule set ---- */

static const char *const nonsense[] = {
	"", "x", "[]", "{}", "{\"nftables\":7}", "{\"nftables\":[null,7,{\"chain\":null},{\"rule\":{}},{\"chain\":{\"family\":\"ip\"}}]}",
	"{\"nftables\":[{\"chain\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"c\",\"hook\":\"forward\",\"policy\":\"drop\"}},"
	"{\"rule\":{\"family\":\"ip\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[7,null,{\"match\":7},{\"vmap\":{}},"
	"{\"vmap\":{\"data\":{\"set\":[1,[1],[1,2]]}}},{\"jump\":null},{\"xt\":null}]}}]}",
	"*filter\n:FORWARD DROP [0:0]\n-A\n-A FORWARD\n-A FORWARD -j\n-A NOWHERE -j ACCEPT\n-A FORWARD ! ! -i\n-A FORWARD \"a b\\\" -o\n:X\nCOMMIT\n",
	"-A FORWARD -j DROP\n:FORWARD DROP\n*\n:A B\n",
};

START_TEST(nonsense_is_no_rule)
{
	_cleanup_firewall_ struct firewall firewall = { 0 };

	firewall_read_nft(&firewall, nonsense[_i], _i % 2 == 0);
	firewall_read_save(&firewall, "ip", FILTER_IPTABLES, nonsense[_i]);
	(void)firewall_has_compat(nonsense[_i]);
	foreign_rules_judge(&firewall, &routed, &found, &found_count);
}
END_TEST

/* Chains that jump in a ring are refused by the kernel, not by a text. */
START_TEST(a_ring_of_chains_has_an_end)
{
	static const char ring[] = "*filter\n:FORWARD DROP [0:0]\n:A - [0:0]\n:B - [0:0]\n-A FORWARD -j A\n-A A -j B\n-A B -j A\nCOMMIT\n";
	_cleanup_firewall_ struct firewall firewall = { 0 };

	firewall_read_save(&firewall, "ip", FILTER_IPTABLES, ring);
	foreign_rules_judge(&firewall, &nat, &found, &found_count);
	ck_assert_uint_eq(found_count, 0);
}
END_TEST

/* Sixteen chains, each of which jumps sixteen times to the next. */
START_TEST(many_ways_are_not_all_walked)
{
	_cleanup_firewall_ struct firewall firewall = { 0 };
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, "*filter\n:FORWARD DROP [0:0]\n:C0 - [0:0]\n-A FORWARD -j C0\n");
	for (int chain = 0; chain < 15; chain++) {
		strbuf_printf(&text, ":C%d - [0:0]\n", chain + 1);
		for (int i = 0; i < 16; i++)
			strbuf_printf(&text, "-A C%d -j C%d\n", chain, chain + 1);
	}
	firewall_read_save(&firewall, "ip", FILTER_IPTABLES, text.data);
	strbuf_clear(&text);
	foreign_rules_judge(&firewall, &nat, &found, &found_count);
	ck_assert_uint_eq(found_count, 0);
}
END_TEST

static bool has_iptables(void)
{
	_cleanup_free_ char *new = process_find("iptables-nft-save"), *old = process_find("iptables-legacy-save");

	return new != NULL && old != NULL;
}

static Suite *suite(void)
{
	Suite *suite = suite_create("network: packet filters of others");
	TCase *tcase = tcase_create("rules");

	if (geteuid() != 0) {
		printf("SKIP: packet filters of others: a network namespace of its own needs root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_host_that_lets_through_is_left_in_peace, 0, (int)ARRAY_LENGTH(quiet));
	tcase_add_loop_test(tcase, rules_of_the_hosts_own_are_told, 0, (int)ARRAY_LENGTH(closed));
	tcase_add_test(tcase, a_host_that_gives_no_addresses_is_told);
	tcase_add_test(tcase, routed_networks_are_called);
	tcase_add_test(tcase, ports_of_a_bridge_are_told);
	tcase_add_test(tcase, firewalld_is_told_by_its_name);
	tcase_add_loop_test(tcase, nonsense_is_no_rule, 0, (int)ARRAY_LENGTH(nonsense));
	tcase_add_test(tcase, a_ring_of_chains_has_an_end);
	tcase_add_test(tcase, many_ways_are_not_all_walked);
	if (has_iptables()) {
		tcase_add_loop_test(tcase, docker_is_told_by_its_name, 0, (int)ARRAY_LENGTH(dockers));
		tcase_add_test(tcase, iptables_of_the_hosts_own_are_told);
		tcase_add_test(tcase, what_iptables_may_accept_is_not_told);
		tcase_add_test(tcase, ufw_is_told_by_its_name);
	} else {
		printf("SKIP: rules of iptables: the package iptables is not installed\n");
	}
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
