/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks by keys, with real ones in a network namespace of each test's own: every action does to the host what it says, and what is
 * refused says why. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <linux/capability.h>
#include <unistd.h>

#define ENTER  "\r"
#define ESCAPE "\033"
#define TAB    "\t"
#define F2     "\033OQ"
#define ANEW   "\005\025" /* ^E ^U: an empty line */
#define MAC    "52:54:00:00:00:50"

static struct stage *stage;
static struct pty *pty;

static void setup(void)
{
	lab_begin();
	stage = stage_new();
	pty = NULL;
}

/* Without a lab: who has no rights cannot look whether anything is left, and cannot leave anything. */
static void setup_alone(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	stage = stage_new();
	pty = NULL;
}

static void teardown_alone(void)
{
	pty_free(pty);
	stage_free(stage);
}

static void teardown(void)
{
	const char *home = getenv("VIRTTY_HOME");

	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	wait_processes(home, "dnsmasq", 0, SOON_MS);
	pty_free(pty);
	stage_free(stage);
	lab_end();
}

static void define_network(const char *text)
{
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
}

/* A network named lab, on 10.77.0.0/24. */
static void define_lab(const char *mode)
{
	_cleanup_free_ char *text = strf("<network><name>lab</name>%s<bridge name='virbr-lab'/><ip address='10.77.0.1' prefix='24'><dhcp>"
					 "<range start='10.77.0.100' end='10.77.0.200'/></dhcp></ip></network>",
					 mode);

	define_network(text);
}

/* At the list of networks: default, then lab where it is defined. */
static void open_networks_in(int rows, int columns, const char *const *extra)
{
	pty = stage_tui(stage, rows, columns, extra);
	pty_expect(pty, "n New");
	pty_send(pty, "N");
	pty_expect(pty, "default");
}

static void open_networks(void)
{
	open_networks_in(24, 100, NULL);
}

#define press(keys, text)      pty_press(pty, keys, text)
#define press_gone(keys, text) pty_press_gone(pty, keys, text)

static void quit(void)
{
	pty_terminate(pty);
	pty = NULL;
}

/* Keys, what is seen then, and the end of what they began. */
static void change(const char *keys, const char *text)
{
	press(keys, text);
	pty_expect_gone(pty, "changing");
}

/* What virtty prints of a network holds the text. */
static void expect_network(const char *name, const char *verb, const char *text, bool wanted)
{
	_cleanup_free_ char *out = NULL;

	expect_ok(virtty(verb, name, NULL), &out);
	ck_assert_msg((strstr(out, text) != NULL) == wanted, "%s %s: '%s' is %s %s", verb, name, text, wanted ? "not in" : "in", out);
}

/* What dnsmasq writes when it lends an address. */
static void lend(const char *name, int64_t for_s, const char *mac, const char *address, const char *host)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_network_row_ struct network_row row = { 0 };
	struct manager *manager = NULL;

	ck_assert_msg(manager_open(&manager, &err) && network_find(manager, name, &row, &err), "%s", error_text(&err));
	_cleanup_free_ char *path = network_lease_file(manager, row.id);
	_cleanup_free_ char *line = strf("%" PRId64 " %s %s %s *\n", for_s == 0 ? 0 : clock_wall_ms() / 1000 + for_s, mac, address, host);
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	manager_close(manager);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	close(fd);
}

static char *card(const char *network)
{
	return strf("<interface type='network'><mac address='" MAC "'/><source network='%s'/><model type='virtio'/></interface>", network);
}

/* Defines a machine with a card on a network, and starts it. */
static void put_machine(const char *name, const char *network, bool start)
{
	_cleanup_free_ char *inner = card(network);
	_cleanup_free_ char *document = bare_machine(getenv("VIRTTY_HOME"), name, NULL, inner);

	OK("define", document);
	if (start)
		OK("start", name);
}

/* ---- networks ---- */

START_TEST(network_made)
{
	open_networks();
	press("n", "with the host's address. From outside");
	/* nothing is typed yet: it is needed, and said where */
	press(ENTER, "Name: something is needed here");
	press("default", "another network is named 'default'");
	press(ANEW "a/b", "has a '/' in it");
	pty_send(pty, ANEW "shop" TAB TAB);
	press("192.168.122.0/24", "network 'default' has 192.168.122.0/24");
	press(ANEW "192.168.122.0", "how many bits are common");
	press(ANEW "fd00::/64", "no IPv4 subnet");
	press(ANEW "127.0.0.0/8", "no machine can have such an address");
	press(ANEW "10.99.0.0/24", "10.99.0.2 - 10.99.0.254");
	press(TAB TAB "10.99.0.9", "two addresses with '-' between");
	press(ANEW "10.98.0.9 - 10.99.0.20", "it is not within the subnet");
	press(ANEW "10.99.0.30 - 10.99.0.20", "the last comes before the first");
	press(ANEW "10.99.0.1 - 10.99.0.20", "the host's own address is among them");
	press(ANEW "10.99.0.10 - 10.99.0.20" TAB "10.99.1.0/24", "no IPv6 subnet");
	press(ANEW "fd00:99::/48", "guests give themselves addresses in a /64 alone");
	press(ANEW "fd00:99::/64", "NAT for IPv6");
	press(TAB TAB "not good", "letters, digits");
	press(ANEW "shop.example" TAB TAB "nobody", "this is no address");
	press(ANEW "10.99.0.53" ENTER, "shop: is there");
	/* what was switched on is said */
	pty_expect(pty, "forwarding of IPv4 was switched on");
	press_gone(ENTER, "forwarding of IPv4");
	pty_expect(pty, "10.99.0.0/24");
	/* the focus is on it */
	press("i", "10.99.0.10 to 10.99.0.20");
	press_gone("q", "10.99.0.10 to");
	expect_network("shop", "net-dumpxml", "<range start='10.99.0.10' end='10.99.0.20'/>", true);
	expect_network("shop", "net-dumpxml", "<domain name='shop.example'/>", true);
	expect_network("shop", "net-dumpxml", "<forwarder addr='10.99.0.53'/>", true);
	expect_network("shop", "net-info", "Autostart:      yes", true);
	SHOWS("inet 10.99.0.1/24", "ip", "addr");
	SHOWS("inet6 fd00:99::1/64", "ip", "addr");
	quit();
	OK("net-destroy", "shop");
}
END_TEST

/* What cannot be started is not left defined; what cannot be true is not taken. */
START_TEST(network_not_made)
{
	open_networks();
	press("n    ", "a bridge that is there already");
	press(ENTER, "Name: something is needed here");
	press("office" ENTER, "Its name: something is needed here");
	press("a-name-that-is-too-long", "15 characters at most");
	press(ANEW "br7" ENTER, "office: cannot be made");
	pty_expect(pty, "br7");
	press_gone(ENTER, "cannot be made");
	expect_error(virtty("net-info", "office", NULL), 1, "no network is named", NULL);
	/* with the bridge it can: it is there to be chosen */
	DO("ip", "link", "add", "br7", "type", "bridge");
	DO("ip", "link", "add", "in0", "type", "veth", "peer", "name", "out0");
	DO("ip", "link", "set", "in0", "master", "br7");
	press("n    ", "< br7 (in0) >");
	press(TAB "office" ENTER, "office: is there");
	pty_expect(pty, "bridge br7");
	press("j", "office");
	press("d", "office: stop?");
	pty_expect(pty, "no machine that runs is on it");
	press("y", "office: was stopped");
	SHOWS("br7", "ip", "link");
	DO("ip", "link", "del", "br7");
	/* a card that is free, now that it is no port any more */
	press("n     ", "< out0 >");
	press(TAB TAB " ", "< in0 >");
	press(" ", "Its name");
	press(" ", "macvtap stands on one card");
	press("  ", "< in0 >");
	press("\033[Z" "dmz" ENTER, "dmz: is there");
	expect_network("dmz", "net-dumpxml", "<interface dev='in0'/>", true);
	DO("ip", "link", "del", "in0");
	quit();
}
END_TEST

START_TEST(network_life)
{
	define_lab("<forward mode='nat'/>");
	put_machine("web1", "lab", false);
	open_networks();
	press("G", "lab");
	press("d", "the network is not active: s starts it");
	press("s", "lab: has started");
	pty_expect(pty, "forwarding of IPv4 was switched on");
	press_gone(ENTER, "forwarding of IPv4");
	SHOWS("virbr-lab", "ip", "link");
	press("s", "the network is active already");
	/* what somebody has taken away comes back by it */
	home_kill(getenv("VIRTTY_HOME"), "virtty-keeper");
	DO("nft", "flush", "ruleset");
	press("s", "the rules of network 'lab'");
	press_gone(ENTER, "the rules of network 'lab'");
	SHOWS("to_virbr-lab", "nft", "list", "ruleset");
	press("a", "lab: starts by itself from now on");
	expect_network("lab", "net-info", "Autostart:      yes", true);
	press("a", "lab: no longer starts by itself");
	expect_network("lab", "net-info", "Autostart:      no", true);
	/* who is on it is told of before it goes */
	OK("start", "web1");
	press(ENTER, "Machines  web1");
	press_gone("q", "Machines  web1");
	press("d", "lab: stop?");
	pty_expect(pty, "and are cut off until it is started");
	press_gone("n", "lab: stop?");
	press("d", "lab: stop?");
	press("y", "lab: was stopped");
	HIDES("virbr-lab", "ip", "link");
	OK("destroy", "web1");
	/* and its definition */
	press("D", "lab: delete?");
	pty_expect(pty, "cannot start without it: web1");
	press("y", "lab: is deleted");
	expect_error(virtty("net-info", "lab", NULL), 1, "no network is named", NULL);
	quit();
}
END_TEST

START_TEST(network_edited)
{
	_cleanup_free_ char *editor = strf("%s/editor", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *setting = strf("EDITOR=%s", editor);
	_cleanup_error_ struct error err = ERROR_INIT;
	/* twice: the second time it finds nothing to change */
	static const char script[] = "#!/bin/sh\nexec sed -i 's/10.77.0.200/10.77.0.150/' \"$1\"\n";

	ck_assert_msg(file_write(editor, script, strlen(script), 0700, &err), "%s", error_text(&err));
	define_lab("");
	OK("net-start", "lab");
	open_networks_in(24, 100, (const char *const[]){ setting, "VISUAL", NULL });
	press("Ge", "lab: edited");
	press("e", "lab: nothing was changed");
	/* what was said here is said here alone */
	press("q", "There is no machine yet");
	int64_t left_ms = clock_monotonic_ms();

	pty_expect(pty, "c Console");
	ck_assert_int_lt(clock_monotonic_ms() - left_ms, 5000);
	press("NG", "Network▲");
	expect_network("lab", "net-dumpxml", "10.77.0.200", true);
	/* it runs as it was: both are shown */
	press("i", "Autostart");
	pty_expect(pty, "10.77.0.100 to 10.77.0.200");
	press("/next start on" ENTER, "XML, from its next start on");
	pty_expect(pty, "10.77.0.150");
	press_gone("q", "XML");
	press("D", "lab: delete?");
	press("y", "lab: is deleted");
	quit();
}
END_TEST

/* A bridge that is deleted behind our back is seen at once, and the network is started anew. */
START_TEST(network_broken)
{
	define_lab("");
	OK("net-start", "lab");
	open_networks();
	press("G", "active");
	DO("ip", "link", "del", "virbr-lab");
	pty_expect(pty, "broken");
	press("s", "lab: has started");
	pty_expect_gone(pty, "broken");
	SHOWS("virbr-lab", "ip", "link");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(network_without_rights)
{
	define_lab("");
	/* a root that may not make interfaces is no root there */
	ck_assert_int_eq(prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0), 0);
	open_networks();
	pty_expect(pty, "making bridges is for root alone");
	pty_expect(pty, "user networking");
	press("Gs", "networks cannot be started here");
	press("i", "making bridges is for root alone");
	press("q", "n New");
	press("n", "It means");
	pty_expect_gone(pty, "Start it");
	quit();
}
END_TEST

START_TEST(network_without_programs)
{
	define_lab("");
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mount", "--bind", "/dev/null", "/usr/sbin/nft");
	open_networks();
	pty_expect(pty, "package nftables");
	press("Gs", "there is no nft");
	/* it was installed meanwhile */
	DO("umount", "/usr/sbin/nft");
	press("q", "c Console");
	press("N", "lab");
	press("Gs", "lab: has started");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

/* ---- what lies in one ---- */

/* Of lab, which runs with machine web1 on it; nothing lies there yet. */
static void open_what_lies_in_lab(void)
{
	define_lab("");
	OK("net-start", "lab");
	put_machine("web1", "lab", false);
	open_networks();
	press("G" ENTER, "n reserves an address");
}

START_TEST(reserved)
{
	open_what_lies_in_lab();
	press("n", "lab: reserve an address");
	press(ENTER, "MAC: something is needed here");
	press("01:00:5e:00:00:01", "no address of one card");
	press(ANEW MAC, "machine web1");
	press(TAB "10.78.0.5", "the network has 10.77.0.0/24");
	press(ANEW "10.77.0.1", "the host's own address");
	press(ANEW "10.77.0.5" TAB "-bad name", "letters, digits");
	change(ANEW "web" ENTER, "reserved web1");
	expect_network("lab", "net-dumpxml", "<host mac='" MAC "' name='web' ip='10.77.0.5'/>", true);
	pty_expect(pty, "as web");
	/* of both, what runs and what is stored */
	_cleanup_free_ char *stored = NULL;

	expect_ok(virtty("net-dumpxml", "lab", "--inactive", NULL), &stored);
	ck_assert_ptr_nonnull(strstr(stored, "10.77.0.5"));
	/* none twice */
	press("n" MAC, "it has 10.77.0.5 reserved already");
	press(ANEW "52:54:00:00:00:51" TAB "10.77.0.5", "it is reserved for " MAC " already");
	press_gone(ESCAPE, "it is reserved for");
	/* changed: by what it is known, and what it is known by */
	press(ENTER, "lab: a reserved address");
	change(TAB ANEW "10.77.0.6" ENTER, "10.77.0.6");
	expect_network("lab", "net-dumpxml", "10.77.0.5", false);
	press("e", "lab: a reserved address");
	change(ANEW "52:54:00:00:00:52" ENTER, "52:54:00:00:00:52");
	expect_network("lab", "net-dumpxml", MAC, false);
	press("D", "delete?");
	change("y", "n reserves an address");
	expect_network("lab", "net-dumpxml", "10.77.0.6", false);
	quit();
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(leased)
{
	open_what_lies_in_lab();
	/* they come while one looks */
	lend("lab", 3000, MAC, "10.77.0.110", "deb12");
	pty_expect(pty, "lease    web1");
	pty_expect(pty, "49 min left, calls");
	lend("lab", 0, "52:54:00:00:00:60", "10.77.0.20", "*");
	pty_expect(pty, "for ever");
	press("D", "a lease runs out by itself");
	/* the one that nobody knows */
	press("gr", "lab: reserve an address");
	change(ENTER, "for ever, reserved");
	press("j", "web1");
	press("r", "lab: reserve an address");
	change(ENTER, "49 min left, reserved");
	expect_network("lab", "net-dumpxml", "<host mac='" MAC "' name='deb12' ip='10.77.0.110'/>", true);
	press("r", "its address is reserved already");
	press("/web1", "2 of 4");
	press_gone(ENTER, "Enter Keep");
	press("y", "10.77.0.110");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(named)
{
	define_lab("");
	OK("net-start", "lab");
	open_networks();
	press("G" ENTER, "n reserves an address");
	press("h", "lab: names of an address");
	press("10.77.0.300", "this is no address");
	press(ANEW "10.77.0.1" TAB "gate a..b", "between its dots");
	change(ANEW "gate gate.example" ENTER, "name     gate gate.example");
	expect_network("lab", "net-dumpxml", "<hostname>gate.example</hostname>", true);
	press("h" "10.77.0.1", "it has names already");
	press_gone(ESCAPE, "it has names already");
	press(ENTER, "names of an address");
	change(TAB ANEW "door" ENTER, "name     door");
	expect_network("lab", "net-dumpxml", "gate", false);
	press("D", "door, 10.77.0.1: delete?");
	change("y", "n reserves an address");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(forwarded)
{
	define_lab("<forward mode='nat'/>");
	OK("net-start", "lab");
	DO("sysctl", "-qw", "net.ipv4.ip_forward=0");
	open_networks();
	press("G" ENTER, "n reserves an address");
	press("f", "no machine is on the network");
	put_machine("web1", "lab", true);
	put_machine("web2", "default", false);
	pty_expect(pty, "Machines  web1");
	press("f", "lab: a new forward");
	press(ENTER, "Port of the host: something is needed here");
	press("ssh", "a number from 1 to 65535");
	press(ANEW "99999", "99999");
	press(ENTER, "Port of the host: ");
	press(ANEW "2222" TAB "22-23", "lab: a new forward");
	press(ENTER, "Port of the host: ");
	press(TAB ANEW "22" TAB "10.1", "this is no address");
	press(ANEW "127.0.0.1" ENTER, "forward  web1");
	/* what follows from it is told: the guest's address is kept from now on */
	pty_expect(pty, "its port leads to the machine");
	pty_expect(pty, "reserve");
	press_gone(ENTER, "Enter Close");
	pty_expect(pty, "tcp 127.0.0.1:2222:22");
	pty_expect(pty, "reserved web1");
	SHOWS("127.0.0.1:2222", virtty_path(), "forward", "web1", "list");
	SHOWS("2222", "nft", "list", "ruleset");
	/* one that leads somewhere already */
	press("f" TAB TAB "2222" TAB TAB "127.0.0.1" ENTER, "cannot have the forward");
	press_gone(ENTER, "cannot have the forward");
	press("/forward", "1 of 2");
	press_gone(ENTER, "Enter Keep");
	press("e", "lab: a forward");
	press(TAB TAB ANEW "2223" ENTER, "tcp 127.0.0.1:2223:22");
	/* the address went with the old forward, and is kept for the new one: that is told */
	pty_expect(pty, "its port leads to the machine");
	press_gone(ENTER, "Enter Close");
	pty_expect_gone(pty, "forwarding");
	HIDES("2222", virtty_path(), "forward", "web1", "list");
	press("D", "delete?");
	press("y", "nothing here has that");
	HIDES("2223", virtty_path(), "forward", "web1", "list");
	quit();
	OK("destroy", "web1");
	OK("net-destroy", "lab");
}
END_TEST

/* One that is not active is changed where it is stored. */
START_TEST(stored)
{
	define_lab("");
	open_networks();
	press("G" ENTER, "it is not active");
	change("n" MAC TAB "10.77.0.5" ENTER, "reserved");
	expect_network("lab", "net-dumpxml", "10.77.0.5", true);
	press("q", "n New");
	press("s", "lab: has started");
	press(ENTER, "10.77.0.5");
	/* what was changed beside us, and where */
	OK("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:00:00:61' ip='10.77.0.61'/>", "--live");
	pty_expect(pty, "until it stops");
	OK("net-update", "lab", "add", "ip-dhcp-host", "<host mac='52:54:00:00:00:62' ip='10.77.0.62'/>", "--config");
	pty_expect(pty, "from its next start on");
	/* each goes from where it is */
	press("G", "10.77.0.62");
	press("D", "10.77.0.62: delete?");
	press_gone("y", "10.77.0.62");
	pty_expect_gone(pty, "changing");
	press("G", "10.77.0.61");
	press("D", "10.77.0.61: delete?");
	press_gone("y", "10.77.0.61");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

/* Guests of a bridge of the host's are others' business. */
START_TEST(foreign)
{
	DO("ip", "link", "add", "br7", "type", "bridge");
	define_network("<network><name>office</name><forward mode='bridge'/><bridge name='br7'/></network>");
	open_networks();
	press("G" ENTER, "bridge br7");
	press("n", "others hand out addresses there");
	press("h", "others hand out addresses there");
	press("e", "others hand out addresses there");
	press("q", "n New");
	DO("ip", "link", "del", "br7");
	quit();
}
END_TEST

/* ---- traffic ---- */

START_TEST(traffic)
{
	define_lab("");
	OK("net-start", "lab");
	DO("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0");
	DO("ip", "link", "set", "out0", "up", "master", "virbr-lab");
	DO("ip", "link", "set", "in0", "up");
	open_networks();
	press("G" ENTER, "received 0 B/s, sent 0 B/s");
	/* what is sent to nobody goes to all */
	struct task ping = task_start((const char *const[]){ "ping", "-q", "-b", "-i", "0.01", "-s", "1000", "10.77.0.255", NULL });

	pty_expect(pty, "KiB/s, sent");
	press("q", "KiB");
	press("i", "KiB/s, sent");
	pty_expect(pty, "KiB, sent");
	task_clear(&ping);
	pty_expect(pty, "received 0 B/s");
	DO("ip", "link", "del", "out0");
	quit();
	OK("net-destroy", "lab");
}
END_TEST

/* ---- where they are shown ---- */

START_TEST(sizes)
{
	define_lab("<forward mode='nat'/>");
	put_machine("web1", "lab", false);
	open_networks_in(24, 40, NULL);
	press("j", "lab");
	pty_resize(pty, 5, 20);
	pty_expect(pty, "net");
	/* both at once */
	pty_resize(pty, 50, 200);
	pty_expect(pty, "Machines  web1 (off)");
	pty_expect(pty, "it is not active: s starts it");
	press(TAB, "n Reserve");
	press(TAB, "n New");
	pty_resize(pty, 24, 80);
	pty_expect_gone(pty, "Machines");
	press(ENTER, "Machines  web1 (off)");
	quit();
}
END_TEST

/* A press selects, a second one opens; in the wide window what is pressed gets the keys. */
START_TEST(mouse)
{
	int row, column;

	define_lab("");
	open_networks_in(50, 200, NULL);
	pty_expect(pty, "lab ");
	ck_assert(pty_find(pty, "lab ", &row, &column));
	_cleanup_free_ char *click = strf("\033[<0;%d;%dM\033[<0;%d;%dm", column + 1, row + 1, column + 1, row + 1);

	press(click, "networks: lab, not active");
	_cleanup_free_ char *right = strf("\033[<0;%d;%dM\033[<0;%d;%dm", 150, 8, 150, 8);

	press(right, "n Reserve");
	press(click, "n New");
	quit();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui networks");
	TCase *tests = tcase_create("networks"), *rights = tcase_create("rights");

	if (geteuid() != 0) {
		printf("SKIP: networks on the screen: a network namespace of one's own needs root\n");
		return suite_main(suite);
	}
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, network_made);
	tcase_add_test(tests, network_not_made);
	tcase_add_test(tests, network_life);
	tcase_add_test(tests, network_edited);
	tcase_add_test(tests, network_broken);
	tcase_add_test(tests, network_without_programs);
	tcase_add_test(tests, reserved);
	tcase_add_test(tests, leased);
	tcase_add_test(tests, named);
	tcase_add_test(tests, forwarded);
	tcase_add_test(tests, stored);
	tcase_add_test(tests, foreign);
	tcase_add_test(tests, traffic);
	tcase_add_test(tests, sizes);
	tcase_add_test(tests, mouse);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(rights, 120);
	tcase_add_checked_fixture(rights, setup_alone, teardown_alone);
	tcase_add_test(rights, network_without_rights);
	suite_add_tcase(suite, rights);
	return suite_main(suite);
}
