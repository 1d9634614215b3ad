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

	pty_press(pty, "i", "1 Overview");
	pty_press(pty, "2", "Address");
	return pty;
}

static void leave_devices(struct pty *pty)
{
	pty_press(pty, "q", "n New");
	pty_quit(pty);
}

static void end_guest(const char *name)
{
	expect_ok(virtty("destroy", name, NULL), NULL);
}

/* ---- addresses ---- */

START_TEST(an_address_comes_with_its_lease)
{
	static const char card[] =
		"<interface type='network'><mac address='" GUEST_MAC "'/><source network='lab'/><model type='virtio'/></interface>";
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL, card);

	if (document == NULL)
		return;
	define_lab();
	define_start(lab_home(), "guest", document);
	struct pty *pty = open_list(24, 80, "1 running");

	/* nothing is said of it while the guest boots; then it is there without a key */
	pty_press(pty, "y", "no address is known yet");
	wait_console("guest", "# ", BOOT_MS);
	pty_expect(pty, "192.168.122.50");
	pty_expect(pty, "Address");
	pty_press(pty, "y", "copied: ssh 192.168.122.50");
	SHOWS("\"address\":\"192.168.122.50\"", virtty_path(), "list", "--json");
	/* at 40 columns it gives way */
	pty_resize(pty, 24, 40);
	pty_expect_gone(pty, "Address");
	pty_expect_gone(pty, "copied");
	pty_resize(pty, 50, 200);
	pty_expect(pty, "192.168.122.50");
	pty_press(pty, "/192.168.122.5", "1 of 1");
	pty_press(pty, "1", "No machine has that");
	pty_press_gone(pty, ESCAPE, "No machine has that");
	pty_press(pty, "i", "Address         192.168.122.50");
	pty_press_gone(pty, ESCAPE, "1 Overview");
	end_guest("guest");
	pty_expect_gone(pty, "192.168.122.50");
	pty_press(pty, "y", "guest is off: it has no address");
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

	pty_press(pty, "y", "'virtty forward bare add tcp 2222:22' lets them");
	expect_ok(virtty("forward", "bare", "add", "tcp", "2222:22", NULL), NULL);
	pty_press(pty, "y", "copied: ssh -p 2222 localhost");
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
	pty_press(pty, "n", "guest: new network card");
	pty_press(pty, F2, "what the network card is joined to");
	pty_press(pty, "br0", "1 of");
	pty_press(pty, ENTER, "bridge br0: no ports");
	pty_press(pty, ENTER, "guest: has one network card more");
	pty_expect(pty, "Network net1");
	SHOWS("bridge    br0", virtty_path(), "domiflist", "guest");
	SHOWS("bridge    br0", virtty_path(), "domiflist", "guest", "--inactive");
	/* its cable is pulled, of the running machine alone */
	pty_press(pty, "jE", "guest: network card");
	pty_expect(pty, "bridge br0");
	pty_press(pty, "\t\t \t ", "now, until it stops");
	pty_press(pty, ENTER, "guest: its network card is changed");
	pty_expect(pty, "Link: down");
	SHOWS("<link state='down'/>", virtty_path(), "dumpxml", "guest");
	HIDES("<link state='down'/>", virtty_path(), "dumpxml", "guest", "--inactive");
	/* a macvtap is nothing for a card that is in use */
	pty_press(pty, "E", "guest: network card");
	pty_press(pty, F2 "host's own", "1 of");
	pty_press(pty, ENTER, "a card moves between networks and bridges");
	pty_press_gone(pty, ESCAPE, "guest: network card");
	/* and out it goes, once there is a guest that lets go */
	wait_console("guest", "# ", BOOT_MS);
	pty_press(pty, "x", "take a network card out");
	pty_press(pty, ENTER, "guest: has one network card less");
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

	pty_press(pty, "GE", "this is done with network cards");
	pty_press(pty, "gE", "network lab: NAT, 192.168.122.0/24");
	pty_press(pty, F2 "quiet", "1 of");
	pty_expect(pty, "Isolated: its guests reach each other");
	pty_press(pty, ENTER, "it is stopped");
	pty_press(pty, ENTER, "Joined to: it is stopped");
	pty_press(pty, F2, "Filter:");
	pty_press(pty, "quiet", "stopped");
	pty_press(pty, F3, "active");
	pty_press(pty, ENTER, "network quiet: isolated");
	pty_expect_gone(pty, "it is stopped");
	pty_press(pty, ENTER, "bare: its network card is changed");
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

	pty_press(pty, "x", "the drive is empty");
	pty_press(pty, "E", "bare: medium of drive sda");
	pty_press(pty, "/nowhere.iso", "there is no such file");
	pty_press(pty, "\025", "which one?");
	pty_send(pty, path);
	pty_press(pty, ENTER, "bare: the medium is in its drive");
	pty_expect_gone(pty, "(empty)");
	SHOWS("some.iso", virtty_path(), "domblklist", "bare");
	SHOWS("some.iso", virtty_path(), "domblklist", "bare", "--inactive");
	pty_press(pty, "x", "the drive is emptied");
	pty_press(pty, ENTER, "bare: the drive is empty");
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

	pty_press(pty, "n", "ISO file");
	pty_press(pty, "\033[A  ", "boot from the network");
	pty_press(pty, ENTER, "page 2 of 5");
	pty_press(pty, "web" ENTER, "page 3 of 5");
	pty_press(pty, ENTER, "page 4 of 5");
	pty_expect(pty, "user: out by the host's own network");
	pty_press(pty, F2, "what the network card is joined to");
	pty_expect(pty, "eth7");
	pty_expect(pty, "br0                    bridge    eth8");
	pty_press(pty, "eth7", "never reach each");
	pty_press(pty, ENTER, "device eth7: macvtap");
	pty_press(pty, " ", "user: out by");
	pty_press(pty, F2 "lab", "1 of");
	pty_press(pty, ENTER, "network lab: NAT, 192.168.122.0/24");
	pty_press(pty, ENTER, "page 5 of 5");
	pty_expect(pty, "network=lab");
	pty_press(pty, ESCAPE, "Leave without a new machine?");
	pty_press(pty, "y", "There is no machine yet");
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
