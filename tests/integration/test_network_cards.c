/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards with guests behind them: firmware that boots from the network by each model, several queues, limits that hold, cards of other kinds that
 * come while the guest runs. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- from the network ---- */

/* What firmware loads to 0x7c00 and jumps to: says so on the serial line, and waits for ever. */
static const char boot_program[] = "\x31\xc0"	  /* xor ax, ax */
				   "\x8e\xd8"	  /* mov ds, ax */
				   "\xbe\x21\x7c" /* mov si, text */
				   "\xac"	  /* next: lodsb */
				   "\x84\xc0"	  /* test al, al */
				   "\x74\x12"	  /* jz done */
				   "\x88\xc4"	  /* mov ah, al */
				   "\xba\xfd\x03" /* mov dx, 0x3fd */
				   "\xec"	  /* full: in al, dx */
				   "\xa8\x20"	  /* test al, 0x20 */
				   "\x74\xfb"	  /* jz full */
				   "\x88\xe0"	  /* mov al, ah */
				   "\xba\xf8\x03" /* mov dx, 0x3f8 */
				   "\xee"	  /* out dx, al */
				   "\xeb\xe9"	  /* jmp next */
				   "\xf4"	  /* done: hlt */
				   "\xeb\xfd"	  /* jmp done */
				   "BOOTED FROM THE NETWORK\r\n";

START_TEST(firmware_boots_from_the_network)
{
	static const char *const models[] = { "virtio", "e1000", "e1000e", "rtl8139" };
	_cleanup_free_ char *root = lab_public_file("hello.0", boot_program, sizeof boot_program);
	/* reservations: no address has to be tried first; IPv6: iPXE would wait for it a while */
	_cleanup_free_ char *text = strf("<network><name>lab</name><bridge name='virbr-lab' stp='off'/><ip address='10.60.0.1' prefix='24'>"
					 "<tftp root='%s'/>"
					 "<dhcp><host mac='52:54:00:00:01:00' ip='10.60.0.20'/><host mac='52:54:00:00:01:01' ip='10.60.0.21'/>"
					 "<host mac='52:54:00:00:01:02' ip='10.60.0.22'/><host mac='52:54:00:00:01:03' ip='10.60.0.23'/>"
					 "<bootp file='hello.0'/></dhcp></ip><ip family='ipv6' address='fd00:60::1' prefix='64'/></network>",
					 root);

	lab_network("lab", text);
	for (size_t i = 0; i < ARRAY_LENGTH(models); i++) {
		_cleanup_free_ char *card = strf("<interface type='network'><mac address='52:54:00:00:01:0%zu'/><source network='lab'/>"
						 "<model type='%s'/><boot order='1'/></interface>",
						i, models[i]);
		_cleanup_free_ char *document = bare_machine(lab_home(), models[i], NULL, card);

		define_start(lab_home(), models[i], document);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(models); i++) {
		wait_console(models[i], "BOOTED FROM THE NETWORK", BOOT_MS);
		OK("destroy", models[i]);
	}
	OK("net-destroy", "lab");
}
END_TEST

/* ---- limits ---- */

#define BLOB_BYTES ((size_t)1024 * 1024)
#define LIMIT_KIB  "250"
/* In less time it cannot be: a second's worth and a burst may go at once. */
#define LIMITED_MS ((int64_t)(1024 - 512) * 1000 / 250)

/* The host's file, fetched from its address on one of the networks. */
static int64_t fetch(const char *address)
{
	_cleanup_free_ char *line = strf("wget -q -O /dev/null http://%s:8000/blob", address);
	int64_t from = clock_monotonic_ms();

	guest_does("g", line);
	return clock_monotonic_ms() - from;
}

/* As much to the peer, from the guest's address on one of the networks. */
static int64_t send(const struct peer *peer, const char *to)
{
	struct task listener = task_start((const char *const[]){ IN(peer, "sh", "-c", "exec busybox nc -l -p 9000 >/dev/null"), NULL });
	_cleanup_free_ char *line = strf("until dd if=/dev/zero bs=64k count=16 2>/dev/null | nc %s 9000; do usleep 50000; done", to);
	int64_t from = clock_monotonic_ms();

	guest_does("g", line);
	from = clock_monotonic_ms() - from;
	task_clear(&listener);
	return from;
}

static void check_limited(const char *what, int64_t limited)
{
	ck_assert_msg(limited >= LIMITED_MS, "%s: 1 MiB came in %lld ms, not %lld or more", what, (long long)limited, (long long)LIMITED_MS);
}

/* Without limits it is faster than any limited one can be; at once, or when this host has nothing else to do. */
static bool is_fast(void *data)
{
	return fetch("10.70.0.1") < LIMITED_MS && send(data, PEER4) < LIMITED_MS;
}

static void check_limits(struct peer *peer)
{
	ck_assert_msg(wait_for(is_fast, peer, BOOT_MS), "1 MiB takes too long without a limit");
	check_limited("a network's inbound", fetch("10.71.0.1"));
	check_limited("a network's outbound", send(peer, "198.51.100.3"));
	OK("domiftune", "g", "vnet0", "--inbound", LIMIT_KIB, "--live");
	check_limited("a card's inbound", fetch("10.70.0.1"));
	OK("domiftune", "g", "vnet0", "--inbound", "0", "--outbound", LIMIT_KIB, "--live");
	check_limited("a card's outbound", send(peer, PEER4));
}

START_TEST(limits_hold)
{
	struct peer peer = peer_make();
	_cleanup_free_ char *blob = strf("%s/blob", lab_home()), *zeros = xcalloc(1, BLOB_BYTES);
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL,
						      "<interface type='network'><source network='lab'/><model type='virtio'/></interface>"
						      "<interface type='network'><source network='slow'/><model type='virtio'/></interface>");

	lab_network("lab", "<network><name>lab</name><forward/><bridge name='virbr-lab' stp='off'/><ip address='10.70.0.1' prefix='24'/></network>");
	lab_network("slow", "<network><name>slow</name><forward/><bridge name='virbr-slow' stp='off'/><bandwidth><inbound average='" LIMIT_KIB
			      "'/><outbound average='" LIMIT_KIB "'/></bandwidth><ip address='10.71.0.1' prefix='24'/></network>");
	ck_assert(file_write(blob, zeros, BLOB_BYTES, 0644, NULL));
	if (document != NULL) {
		struct task server = task_start((const char *const[]){ "busybox", "httpd", "-f", "-p", "8000", "-h", lab_home(), NULL });

		DO(IN(&peer, "ip", "addr", "add", "198.51.100.3/24", "dev", "in0"));
		define_start(lab_home(), "g", document);
		wait_console("g", "# ", BOOT_MS);
		guest_does("g", "killall udhcpc; ip addr add 10.70.0.10/24 dev eth0 && ip link set eth1 up && ip addr add 10.71.0.10/24 dev eth1 && "
				"ip route add default via 10.70.0.1 && ip route add 198.51.100.3 via 10.71.0.1");
		check_limits(&peer);
		task_clear(&server);
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
	OK("net-destroy", "slow");
	peer_remove(&peer);
}
END_TEST

/* ---- while it runs ---- */

static void plug(const char *card)
{
	expect_ok(virtty_input(card, "attach-device", "g", "-", NULL), NULL);
}

/* A new card of the guest, with an address, reaches who is at the other end. */
static void check_card(const char *card, const char *address, const char *other)
{
	_cleanup_free_ char *there = strf("[ -e /sys/class/net/%s ] && ip link set %s up && ip addr add %s/24 dev %s", card, card, address, card);
	_cleanup_free_ char *ping = strf("ping -c 1 -W 5 -I %s %s", card, other);

	guest_shows("g", there, "");
	guest_does("g", ping);
}

static void check_queues(const char *card, const char *tap)
{
	_cleanup_free_ char *queues = strf("[ $(ls /sys/class/net/%s/queues | grep -c rx) = 2 ]", card);

	guest_does("g", queues);
	SHOWS("multi_queue", "ip", "-d", "link", "show", tap);
}

static const char lab[] = "<network><name>lab</name><bridge name='virbr-lab' stp='off'/><ip address='10.70.0.1' prefix='24'/></network>";

START_TEST(cards_of_every_kind_come_and_go)
{
	struct peer peer = peer_make();
	_cleanup_free_ char *document =
		guest_machine(lab_home(), "g", NULL, NULL, "<interface type='network'><source network='lab'/><model type='virtio'/>"
							   "<driver queues='2'/></interface>");

	lab_network("lab", lab);
	if (document != NULL) {
		/* a guest uses as many queues as it has processors */
		DO("sed", "-i", "s|<vcpu>1</vcpu>|<vcpu>2</vcpu>|", document);
		define_start(lab_home(), "g", document);
		wait_console("g", "# ", BOOT_MS);
		guest_does("g", "killall udhcpc; true");
		check_card("eth0", "10.70.0.10", "10.70.0.1");
		check_queues("eth0", "vnet0");
		OK("attach-interface", "g", "direct", "out0", "--model", "virtio");
		check_card("eth1", "198.51.100.10", PEER4);
		plug("<interface type='ethernet'><target dev='hand0'/><model type='virtio'/></interface>");
		DO("ip", "addr", "add", "10.90.0.1/24", "dev", "hand0");
		check_card("eth2", "10.90.0.10", "10.90.0.1");
		OK("detach-interface", "g", "direct");
		SHOWS("hand0", "ip", "-br", "link");
		HIDES("macvtap", "ip", "-br", "link");
		OK("detach-interface", "g", "ethernet");
		HIDES("hand0", "ip", "-br", "link");
		plug("<interface type='network'><source network='lab'/><model type='virtio'/><driver queues='2'/></interface>");
		guest_shows("g", "ls /sys/class/net", "eth1");
		check_queues("eth1", "vnet1");
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
	peer_remove(&peer);
}
END_TEST

START_TEST(a_card_in_the_kernel)
{
	static const char card[] = "<interface type='network'><source network='lab'/><model type='virtio'/><driver name='vhost'/></interface>";
	bool there = access("/dev/vhost-net", R_OK | W_OK) == 0;
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL, there ? card : NULL);

	lab_network("lab", lab);
	if (document != NULL) {
		define_start(lab_home(), "g", document);
		if (there) {
			wait_console("g", "# ", BOOT_MS);
			guest_does("g", "killall udhcpc; true");
			check_card("eth0", "10.70.0.10", "10.70.0.1");
			plug(card);
			check_card("eth1", "10.70.0.11", "10.70.0.1");
		} else {
			skip_test("cards by vhost: /dev/vhost-net is not to be had");
			expect_error(virtty_input(card, "attach-device", "g", "-", NULL), 1, "/dev/vhost-net", "modprobe vhost_net", NULL);
		}
		OK("destroy", "g");
	}
	OK("net-destroy", "lab");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("cards");
	TCase *cards = tcase_create("cards");

	if (geteuid() != 0) {
		printf("SKIP: cards: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(cards, 300);
	tcase_add_checked_fixture(cards, lab_begin, lab_end);
	tcase_add_test(cards, firmware_boots_from_the_network);
	tcase_add_test(cards, limits_hold);
	tcase_add_test(cards, cards_of_every_kind_come_and_go);
	tcase_add_test(cards, a_card_in_the_kernel);
	suite_add_tcase(suite, cards);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
