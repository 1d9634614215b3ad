/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network cards in the screen program, with real networks and guests in a network namespace of each test's own: addresses that come as leases
 * do, the line for ssh, cards that come, move and go while their machine runs, media, what a new machine is offered. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GUEST_MAC "52:54:00:00:00:50"
#define F2	  "\033OQ"
#define F3	  "\033OR"
#define ENTER	  "\r"
#define ESCAPE	  "\033"

static void define_network(const char *name, const char *bridge, const char *forward, const char *net)
{
	_cleanup_free_ char *text = strf("<network><name>%s</name>%s<bridge name='%s' stp='off'/><ip address='%s.1' prefix='24'><dhcp>"
					 "<range start='%s.50' end='%s.50'/></dhcp></ip></network>",
					 name, forward, bridge, net, net, net);

	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
}

static void define_lab(void)
{
	define_network("lab", "virbr-lab", "<forward mode='nat'/>", "192.168.122");
	define_network("quiet", "virbr-quiet", "", "10.9.8");
	expect_ok(virtty("net-start", "lab", NULL), NULL);
	DO("ip", "link", "add", "br0", "type", "bridge");
	DO("ip", "link", "set", "br0", "up");
}

static void end_lab(void)
{
	DO("ip", "link", "del", "br0");
	expect_ok(virtty("net-destroy", "lab", NULL), NULL);
}

static struct pty *open_list(int rows, int columns, const char *text)
{
	struct pty *pty = stage_tui(NULL, rows, columns, NULL);

	pty_expect(pty, text);
	return pty;
}

/* The devices of the list's first machine. */
static struct pty *open_devices(void)
{
	struct pty *pty = open_list(24, 80, "1 running");

	pty_send(pty, "i");
	pty_expect(pty, "1 Overview");
	pty_send(pty, "2");
	pty_expect(pty, "Address");
	return pty;
}

static void leave_devices(struct pty *pty)
{
	pty_send(pty, "q");
	pty_expect(pty, "n New");
	pty_quit(pty);
}

static void escape(struct pty *pty, const char *gone)
{
	pty_send(pty, ESCAPE);
	pty_expect_gone(pty, gone);
}

static void end_guest(const char *name)
{
	expect_ok(virtty("destroy", name, NULL), NULL);
}

/* ---- addresses ---- */

START_TEST(an_address_comes_with_its_lease)
{
	static const char card[] = "<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, card);

	if (document == NULL)
		return;
	define_lab();
	define_start(lab_home(), "guest", document);
	struct pty *pty = open_list(24, 80, "1 running");

	/* nothing is said of it while the guest boots; then it is there without a key */
	pty_send(pty, "y");
	pty_expect(pty, "no address is known yet");
	wait_console("guest", "# ", BOOT_MS);
	pty_expect(pty, "192.168.122.50");
	pty_expect(pty, "Address");
	pty_send(pty, "y");
	pty_expect(pty, "copied: ssh 192.168.122.50");
	SHOWS("\"address\":\"192.168.122.50\"", virtty_path(), "list", "--json");
	/* at 40 columns it gives way */
	pty_resize(pty, 24, 40);
	pty_expect_gone(pty, "Address");
	pty_expect_gone(pty, "copied");
	pty_resize(pty, 50, 200);
	pty_expect(pty, "192.168.122.50");
	pty_send(pty, "/192.168.122.5");
	pty_expect(pty, "1 of 1");
	pty_send(pty, "1");
	pty_expect(pty, "No machine has that");
	escape(pty, "No machine has that");
	pty_send(pty, "i");
	pty_expect(pty, "Address         192.168.122.50");
	escape(pty, "1 Overview");
	end_guest("guest");
	pty_expect_gone(pty, "192.168.122.50");
	pty_send(pty, "y");
	pty_expect(pty, "guest is off: it has no address");
	pty_quit(pty);
	end_lab();
}
END_TEST

/* User networking tells no address, but a port may lead there. */
START_TEST(a_forwarded_port_leads_in)
{
	static const char card[] = "<interface type='user'><mac address='" GUEST_MAC "'/><model type='virtio'/></interface>";
	_cleanup_free_ char *document = bare_machine(lab_home(), "bare", NULL, card);

	define_start(lab_home(), "bare", document);
	struct pty *pty = open_list(24, 80, "1 running");

	pty_send(pty, "y");
	pty_expect(pty, "'virtty forward bare add tcp 2222:22' lets them");
	expect_ok(virtty("forward", "bare", "add", "tcp", "2222:22", NULL), NULL);
	pty_send(pty, "y");
	pty_expect(pty, "copied: ssh -p 2222 localhost");
	pty_quit(pty);
	end_guest("bare");
}
END_TEST

/* ---- cards ---- */

static const char tapped_card[] = "<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";

START_TEST(cards_come_move_and_go)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, tapped_card);

	if (document == NULL)
		return;
	define_lab();
	define_start(lab_home(), "guest", document);
	struct pty *pty = open_devices();

	/* a new one, on the bridge, now and for the next start */
	pty_send(pty, "n");
	pty_expect(pty, "guest: new network card");
	pty_send(pty, F2);
	pty_expect(pty, "what the network card is joined to");
	pty_send(pty, "br0");
	pty_expect(pty, "1 of");
	pty_send(pty, ENTER);
	pty_expect(pty, "bridge br0: no ports");
	pty_send(pty, ENTER);
	pty_expect(pty, "guest: has one network card more");
	pty_expect(pty, "Network net1");
	SHOWS("bridge    br0", virtty_path(), "domiflist", "guest");
	SHOWS("bridge    br0", virtty_path(), "domiflist", "guest", "--inactive");
	/* its cable is pulled, of the running machine alone */
	pty_send(pty, "jE");
	pty_expect(pty, "guest: network card");
	pty_expect(pty, "bridge br0");
	pty_send(pty, "\t\t \t ");
	pty_expect(pty, "now, until it stops");
	pty_send(pty, ENTER);
	pty_expect(pty, "guest: its network card is changed");
	pty_expect(pty, "Link: down");
	SHOWS("<link state='down'/>", virtty_path(), "dumpxml", "guest");
	HIDES("<link state='down'/>", virtty_path(), "dumpxml", "guest", "--inactive");
	/* a macvtap is nothing for a card that is in use */
	pty_send(pty, "E");
	pty_expect(pty, "guest: network card");
	pty_send(pty, F2 "host's own");
	pty_expect(pty, "1 of");
	pty_send(pty, ENTER);
	pty_expect(pty, "a card moves between networks and bridges");
	escape(pty, "guest: network card");
	/* and out it goes, once there is a guest that lets go */
	wait_console("guest", "# ", BOOT_MS);
	pty_send(pty, "x");
	pty_expect(pty, "take a network card out");
	pty_send(pty, ENTER);
	pty_expect(pty, "guest: has one network card less");
	HIDES("br0", virtty_path(), "domiflist", "guest");
	HIDES("br0", virtty_path(), "domiflist", "guest", "--inactive");
	leave_devices(pty);
	end_guest("guest");
	end_lab();
}
END_TEST

/* A network that stands still is said to, and started from the list. */
START_TEST(a_stopped_network_is_started)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "bare", NULL, tapped_card);

	define_lab();
	define_start(lab_home(), "bare", document);
	struct pty *pty = open_devices();

	pty_send(pty, "GE");
	pty_expect(pty, "this is done with network cards");
	pty_send(pty, "gE");
	pty_expect(pty, "network lab: NAT, 192.168.122.0/24");
	pty_send(pty, F2 "quiet");
	pty_expect(pty, "1 of");
	pty_expect(pty, "Isolated: its guests reach each other");
	pty_send(pty, ENTER);
	pty_expect(pty, "it is stopped");
	pty_send(pty, ENTER);
	pty_expect(pty, "Joined to: it is stopped");
	pty_send(pty, F2);
	pty_expect(pty, "Filter:");
	pty_send(pty, "quiet");
	pty_expect(pty, "stopped");
	pty_send(pty, F3);
	pty_expect(pty, "active");
	pty_send(pty, ENTER);
	pty_expect(pty, "network quiet: isolated");
	pty_expect_gone(pty, "it is stopped");
	pty_send(pty, ENTER);
	pty_expect(pty, "bare: its network card is changed");
	SHOWS("network   quiet", virtty_path(), "domiflist", "bare");
	SHOWS("network   quiet", virtty_path(), "domiflist", "bare", "--inactive");
	leave_devices(pty);
	end_guest("bare");
	expect_ok(virtty("net-destroy", "quiet", NULL), NULL);
	end_lab();
}
END_TEST

/* ---- media ---- */

START_TEST(media_change)
{
	static const char drive[] = "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>";
	_cleanup_free_ char *document = bare_machine(lab_home(), "bare", NULL, drive);
	_cleanup_free_ char *path = strf("%s/some.iso", lab_home());

	DO("truncate", "-s", "1M", path);
	define_start(lab_home(), "bare", document);
	struct pty *pty = open_devices();

	pty_send(pty, "x");
	pty_expect(pty, "the drive is empty");
	pty_send(pty, "E");
	pty_expect(pty, "bare: medium of drive sda");
	pty_send(pty, "/nowhere.iso");
	pty_expect(pty, "there is no such file");
	pty_send(pty, "\025");
	pty_expect(pty, "which one?");
	pty_send(pty, path);
	pty_send(pty, ENTER);
	pty_expect(pty, "bare: the medium is in its drive");
	pty_expect_gone(pty, "(empty)");
	SHOWS("some.iso", virtty_path(), "domblklist", "bare");
	SHOWS("some.iso", virtty_path(), "domblklist", "bare", "--inactive");
	pty_send(pty, "x");
	pty_expect(pty, "the drive is emptied");
	pty_send(pty, ENTER);
	pty_expect(pty, "bare: the drive is empty");
	pty_expect(pty, "(empty)");
	HIDES("some.iso", virtty_path(), "domblklist", "bare");
	leave_devices(pty);
	end_guest("bare");
}
END_TEST

/* ---- new machines ---- */

START_TEST(a_new_machine_is_offered_what_there_is)
{
	define_lab();
	DO("ip", "link", "add", "eth7", "type", "veth", "peer", "name", "eth8");
	DO("ip", "link", "set", "eth8", "master", "br0");
	struct pty *pty = open_list(24, 80, "There is no machine yet");

	pty_send(pty, "n");
	pty_expect(pty, "ISO file");
	pty_send(pty, "\033[A  ");
	pty_expect(pty, "boot from the network");
	pty_send(pty, ENTER);
	pty_expect(pty, "page 2 of 5");
	pty_send(pty, "web" ENTER);
	pty_expect(pty, "page 3 of 5");
	pty_send(pty, ENTER);
	pty_expect(pty, "page 4 of 5");
	pty_expect(pty, "user: out by the host's own network");
	pty_send(pty, F2);
	pty_expect(pty, "what the network card is joined to");
	pty_expect(pty, "eth7");
	pty_expect(pty, "br0                    bridge    eth8");
	pty_send(pty, "eth7");
	pty_expect(pty, "never reach each");
	pty_send(pty, ENTER);
	pty_expect(pty, "device eth7: macvtap");
	pty_send(pty, " ");
	pty_expect(pty, "user: out by");
	pty_send(pty, F2 "lab");
	pty_expect(pty, "1 of");
	pty_send(pty, ENTER);
	pty_expect(pty, "network lab: NAT, 192.168.122.0/24");
	pty_send(pty, ENTER);
	pty_expect(pty, "page 5 of 5");
	pty_expect(pty, "network=lab");
	pty_send(pty, ESCAPE);
	pty_expect(pty, "Leave without a new machine?");
	pty_send(pty, "y");
	pty_expect(pty, "There is no machine yet");
	pty_quit(pty);
	DO("ip", "link", "del", "eth7");
	end_lab();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui cards");
	TCase *tests = tcase_create("cards");

	if (geteuid() != 0) {
		skip_test("a network namespace of its own needs root");
		return suite_main(suite);
	}
	tcase_set_timeout(tests, 240);
	tcase_add_checked_fixture(tests, lab_begin, lab_end);
	tcase_add_test(tests, an_address_comes_with_its_lease);
	tcase_add_test(tests, a_forwarded_port_leads_in);
	tcase_add_test(tests, cards_come_move_and_go);
	tcase_add_test(tests, a_stopped_network_is_started);
	tcase_add_test(tests, media_change);
	tcase_add_test(tests, a_new_machine_is_offered_what_there_is);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
