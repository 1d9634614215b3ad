/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that stand on devices of the host (macvtap), in every mode: they reach what the device reaches, and not their host; whatever becomes of
 * the machine, its macvtaps go with it. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECT(device, mode) "<interface type='direct'><source dev='" device "' mode='" mode "'/><model type='virtio'/></interface>"
/* Both stand on out0, out1 and out2; what is "passed through" has one guest alone. */
#define CARDS_A                                                                                                          \
	"<interface type='network'><source network='cable'/><model type='virtio'/></interface>" DIRECT("out1", "private")        \
		DIRECT("out2", "vepa") DIRECT("out3", "passthrough")
#define CARDS_B DIRECT("out0", "bridge") DIRECT("out1", "private") DIRECT("out2", "vepa")

static const char cable[] = "<network><name>cable</name><forward mode='bridge'><interface dev='out0'/></forward></network>";

static bool has_macvtap(void)
{
	_cleanup_outcome_ struct outcome outcome = run_program(
		(const char *const[]){ "ip", "link", "add", "try0", "link", "out0", "type", "macvtap", "mode", "bridge", NULL });

	if (outcome.status != 0) {
		skip_test("this kernel has no macvtap: %s", outcome.err);
		return false;
	}
	DO("ip", "link", "del", "try0");
	return true;
}

/* On cable N, 1 to 3, the host is 10.80.N.1 and the peer 10.80.N.2; on cable 0 they have their usual addresses. The third is a guest's alone, and
 * the host has none there. */
static struct peer make_cables(void)
{
	struct peer peer = peer_make();

	for (unsigned i = 1; i <= 3; i++) {
		_cleanup_free_ char *here = strf("out%u", i), *there = strf("in%u", i), *host = strf("10.80.%u.1/24", i),
				    *far = strf("10.80.%u.2/24", i);

		peer_cable(&peer, here, there);
		if (i < 3)
			DO("ip", "addr", "add", host, "dev", here);
		DO(IN(&peer, "ip", "addr", "add", far, "dev", there));
	}
	return peer;
}

static void remove_cables(struct peer *peer)
{
	for (unsigned i = 1; i <= 3; i++) {
		_cleanup_free_ char *here = strf("out%u", i);

		DO("ip", "link", "del", here);
	}
	peer_remove(peer);
}

static void settle_guest(const char *name, const char *number)
{
	_cleanup_free_ char *line = strf("killall udhcpc; ip addr add 198.51.100.%s/24 dev eth0; for i in 1 2 3; do [ ! -e /sys/class/net/eth$i ] || "
					 "{ ip link set eth$i up && ip addr add 10.80.$i.%s/24 dev eth$i || exit; }; done",
					 number, number);

	wait_console(name, "# ", BOOT_MS);
	guest_does(name, line);
}

/* Also: by which card. */
static void reaches(const char *card, const char *address, bool wanted)
{
	_cleanup_free_ char *line = strf("ping -c 1 -W %d -I %s %s", wanted ? 5 : 1, card, address);

	(wanted ? guest_does : guest_cannot)("a", line);
}

static void check_ways(void)
{
	/* what is at the other end of each device, and not its own */
	reaches("eth0", PEER4, true);
	reaches("eth0", PEER_HOST4, false);
	reaches("eth1", "10.80.1.2", true);
	reaches("eth1", "10.80.1.1", false);
	reaches("eth2", "10.80.2.2", true);
	reaches("eth2", "10.80.2.1", false);
	reaches("eth3", "10.80.3.2", true);
	/* guests of one device speak with each other in mode 'bridge'; in 'vepa' a switch would have to send it back */
	reaches("eth0", "198.51.100.11", true);
	reaches("eth1", "10.80.1.11", false);
	reaches("eth2", "10.80.2.11", false);
}

/* What its guest sends can be limited; what rules and bridges are for cannot be had, and is said. */
static void check_limit(const struct peer *peer)
{
	struct task listener = task_start((const char *const[]){ IN(peer, "sh", "-c", "exec busybox nc -l -p 9000 >/dev/null"), NULL });

	OK("domiftune", "a", "macvtap0", "--outbound", "250", "--live");
	int64_t from = clock_monotonic_ms();

	guest_does("a", "until dd if=/dev/zero bs=64k count=16 2>/dev/null | nc " PEER4 " 9000; do usleep 50000; done");
	from = clock_monotonic_ms() - from;
	/* 64 KiB may go at once */
	ck_assert_msg(from >= (int64_t)(1024 - 64) * 1000 / 250 / 2, "1 MiB came in %lld ms", (long long)from);
	task_clear(&listener);
	expect_error(virtty("domiftune", "a", "macvtap0", "--inbound", "250", "--live", NULL), 1, "a limit of what it receives",
		     "type 'bridge'", NULL);
	expect_error(virtty_input("<interface type='direct'><source dev='out0' mode='bridge'/><model type='virtio'/>"
				  "<filterref filter='clean-traffic'/></interface>",
				  "attach-device", "a", "-", NULL),
		     1, "a filter", NULL);
}

static bool no_macvtap(void *data)
{
	_cleanup_free_ char *links = lab_run("ip", "-br", "link", "show", "type", "macvtap", NULL);

	(void)data;
	return links[0] == '\0';
}

static void start_b(void)
{
	OK("start", "b");
	SHOWS("macvtap", "ip", "-br", "link");
}

START_TEST(guests_stand_on_devices)
{
	struct peer peer = make_cables();
	_cleanup_free_ char *a = has_macvtap() ? guest_machine(lab_home(), "a", NULL, NULL, CARDS_A) : NULL;
	_cleanup_free_ char *b = a != NULL ? guest_machine(lab_home(), "b", NULL, NULL, CARDS_B) : NULL;

	if (b != NULL) {
		_cleanup_free_ char *before = lab_run("ip", "-br", "link", "show", "type", "veth", NULL);

		expect_ok(virtty_input(cable, "net-define", "-", NULL), NULL);
		OK("net-start", "cable");
		define_start(lab_home(), "a", a);
		define_start(lab_home(), "b", b);
		settle_guest("a", "10");
		settle_guest("b", "11");
		check_ways();
		check_limit(&peer);
		/* a device passed through has no room for a second one */
		expect_ok(virtty_input(DIRECT("out3", "passthrough"), "attach-device", "b", "-", "--config", NULL), NULL);
		OK("destroy", "b");
		expect_error(virtty("start", "b", NULL), 1, "device 'out3' is taken by 'macvtap", "of machine 'a'", NULL);
		SHOWS("running", virtty_path(), "domstate", "a");
		OK("destroy", "a");
		ck_assert(no_macvtap(NULL));
		start_b();
		kill(home_process(lab_home(), "qemu-system"), SIGKILL);
		ck_assert_msg(wait_for(no_macvtap, NULL, SOON_MS), "QEMU was killed, and its macvtaps are there");
		start_b();
		home_kill(lab_home(), "virtty-keeper");
		home_kill(lab_home(), "qemu-system");
		wait_state("b", "shut off", SOON_MS);
		/* nobody is left who would clear them away: who has to do with the machine next does */
		OK("undefine", "b");
		ck_assert(no_macvtap(NULL));
		OK("net-destroy", "cable");
		_cleanup_free_ char *after = lab_run("ip", "-br", "link", "show", "type", "veth", NULL);

		ck_assert_str_eq(after, before);
	}
	remove_cables(&peer);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("guests on devices");
	TCase *guests = tcase_create("guests");

	if (geteuid() != 0) {
		printf("SKIP: guests on devices: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 300);
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_test(guests, guests_stand_on_devices);
	suite_add_tcase(suite, guests);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
