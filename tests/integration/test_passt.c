/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User networking by passt, in a network namespace of each test's own: a guest gets an address, gets out, and is reached at the ports that
 * lead to it; whoever is killed, and whenever, no passt is left. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/guest.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSYBOX "/bin/busybox"
#define MAC	"52:54:00:00:00:50"

#define CARD(more) "<interface type='user'><mac address='" MAC "'/><backend type='passt'/><model type='virtio'/>" more "</interface>"
#define FORWARDS                                                                                                          \
	"<portForward proto='tcp'><range start='2280' end='2282' to='80'/><range start='2281' exclude='yes'/></portForward>" \
	"<portForward proto='udp' address='127.0.0.1'><range start='2253' to='53'/></portForward>"

static bool is_here(void)
{
	_cleanup_free_ char *passt = process_find("passt");

	if (passt == NULL)
		skip_test("there is no passt: install the package passt");
	return passt != NULL;
}

/* The way out is by somebody else than the peer: what a guest says to its gateway, passt leads to the host itself. */
static struct peer make_world(void)
{
	struct peer peer = peer_make();

	DO("ip", "route", "add", "default", "via", "198.51.100.9");
	DO("ip", "-6", "route", "add", "default", "via", "2001:db8:51::9");
	return peer;
}

/* No passt is left once nobody needs one. */
static void none_is_left(void)
{
	wait_processes(lab_home(), "passt", 0, SOON_MS);
}

static bool answers(void *data)
{
	_cleanup_outcome_ struct outcome outcome =
		run_program((const char *const[]){ BUSYBOX, "wget", "-q", "-O", "-", data, NULL });

	return outcome.status == 0 && strstr(outcome.out, "a word") != NULL;
}

/* Everything that is said at this address of the host comes from the guest. */
static void reaches_guest(const char *url)
{
	ck_assert_msg(wait_for(answers, (void *)(uintptr_t)url, SOON_MS), "%s does not answer", url);
}

/* A server of the peer's, over IPv4 and IPv6. */
static struct task serve(const struct peer *peer)
{
	_cleanup_free_ char *directory = strf("%s/www", lab_home()), *file = strf("%s/word", directory);

	DO("mkdir", directory);
	DO("sh", "-c", "echo a word >\"$0\"", file);
	struct task server = task_start((const char *const[]){ IN(peer, BUSYBOX, "httpd", "-f", "-p", "8080", "-h", directory), NULL });

	ck_assert_msg(wait_for(answers, (void *)(uintptr_t) "http://" PEER4 ":8080/word", SOON_MS), "the peer's server does not answer");
	return server;
}

static bool start_guest(const char *card)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "g", NULL, NULL, card);

	if (document == NULL)
		return false;
	define_start(lab_home(), "g", document);
	wait_console("g", "# ", BOOT_MS);
	return true;
}

static void guest_serves(void)
{
	guest_does("g", "mkdir -p /tmp/www && echo a word >/tmp/www/word && httpd -p 80 -h /tmp/www");
}

START_TEST(a_guest_gets_out_and_is_reached)
{
	if (!is_here())
		return;
	struct peer peer = make_world();
	struct task server = serve(&peer);
	struct task names =
		task_start((const char *const[]){ IN(&peer, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
						     "--no-hosts", "--pid-file=", "--log-facility=-", "--address=/gate.example/192.0.2.7"),
						  NULL });

	if (start_guest(CARD(FORWARDS))) {
		/* it has the host's own addresses */
		guest_shows("g", "ip addr show eth0", "inet " PEER_HOST4 "/24");
		guest_shows("g", "ip -6 addr show eth0", "2001:db8:51:");
		guest_shows("g", "wget -q -O - http://" PEER4 ":8080/word", "a word");
		guest_shows("g", "wget -q -O - http://[" PEER6 "]:8080/word", "a word");
		guest_serves();
		reaches_guest("http://127.0.0.1:2280/word");
		reaches_guest("http://[::1]:2280/word");
		DO(IN(&peer, BUSYBOX, "wget", "-q", "-O", "-", "http://" PEER_HOST4 ":2280/word"));
		DO(IN(&peer, BUSYBOX, "wget", "-q", "-O", "-", "http://[" PEER_HOST6 "]:2280/word"));
		/* the port that is left out, and what lies behind it */
		HIDES(":2281", "ss", "-Hlnt");
		SHOWS(":2282", "ss", "-Hlnt");
		SHOWS("127.0.0.1:2253", "ss", "-Hlnu");
		/* datagrams, too */
		guest_shows("g", "nslookup gate.example " PEER4 " | grep Address", "192.0.2.7");
		/* its process is nobody's in particular, and is known */
		pid_t passt = home_process(lab_home(), "passt");
		_cleanup_free_ char *known = strf("\"pid\":%ld", (long)passt), *status = strf("/proc/%ld/status", (long)passt),
				    *record = strf("cat %s/run/*/ports", lab_home());

		SHOWS(known, "sh", "-c", record);
		HIDES("Uid:\t0", "cat", status);
		OK("destroy", "g");
	}
	none_is_left();
	task_clear(&names);
	task_clear(&server);
	peer_remove(&peer);
}
END_TEST

static bool is_gone(void *data)
{
	_cleanup_free_ char *document = lab_run(virtty_path(), "dumpxml", "g", NULL);

	(void)data;
	return strstr(document, MAC) == NULL;
}

START_TEST(a_card_comes_and_goes)
{
	if (!is_here())
		return;
	struct peer peer = make_world();
	struct task server = serve(&peer);

	if (start_guest("")) {
		expect_ok(virtty_input(CARD(FORWARDS), "attach-device", "g", "-", "--live", "--config", NULL), NULL);
		guest_shows("g", "ls /sys/class/net", "eth0");
		guest_does("g", "ip link set eth0 up && udhcpc -i eth0 -n -q -s /etc/udhcpc.sh");
		guest_shows("g", "wget -q -O - http://" PEER4 ":8080/word", "a word");
		guest_serves();
		reaches_guest("http://127.0.0.1:2280/word");
		/* a second one wants the same ports */
		expect_error(virtty_input("<interface type='user'><backend type='passt'/><model type='virtio'/>" FORWARDS "</interface>",
					  "attach-device", "g", "-", NULL),
			     1, "tcp 2280:80: the port leads to this machine already", NULL);
		wait_processes(lab_home(), "passt", 1, SOON_MS);
		OK("detach-interface", "g", "user", "--mac", MAC, "--persistent");
		none_is_left();
		/* one that the guest lets go once nobody waits any more */
		expect_ok(virtty_input(CARD(""), "attach-device", "g", "-", NULL), NULL);
		guest_shows("g", "ls /sys/class/net", "eth0");
		OK("suspend", "g");
		expect_error(virtty("detach-interface", "g", "user", "--mac", MAC, "--timeout", "1", NULL), 1, "does not let go", NULL);
		wait_processes(lab_home(), "passt", 1, SOON_MS);
		OK("resume", "g");
		ck_assert_msg(wait_for(is_gone, NULL, BOOT_MS), "the card is still there");
		none_is_left();
		OK("destroy", "g");
	}
	task_clear(&server);
	peer_remove(&peer);
}
END_TEST

static bool is_plugged(void)
{
	_cleanup_free_ char *cards = lab_run(virtty_path(), "domiflist", "g", NULL);

	return strstr(cards, MAC) != NULL;
}

START_TEST(killed_plugs_leave_nothing)
{
	if (!is_here())
		return;
	struct peer peer = make_world();
	_cleanup_free_ char *card = strf("%s/card.xml", lab_home());

	DO("sh", "-c", "echo \"$0\" >\"$1\"", CARD(FORWARDS), card);
	bool runs = start_guest("");

	for (unsigned round = 0; runs && round < 10; round++) {
		struct task task = task_virtty("attach-device", "g", card, NULL);

		(void)poll(NULL, 0, (int)(round * 13 % 90));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		/* whoever comes next finds it there or not there, and its ports free */
		struct outcome next = virtty("domif-setlink", "g", MAC, "up", NULL);

		outcome_clear(&next);
		if (!is_plugged())
			OK("attach-device", "g", card);
		wait_processes(lab_home(), "passt", 1, SOON_MS);
		guest_shows("g", "ls /sys/class/net", "eth0");
		OK("detach-interface", "g", "user", "--mac", MAC);
		none_is_left();
	}
	if (runs)
		OK("destroy", "g");
	peer_remove(&peer);
}
END_TEST

/* ---- faults ---- */

static void define_bare(const char *more)
{
	_cleanup_free_ char *card = strf(CARD("%s"), more), *document = bare_machine(lab_home(), "m", NULL, card);
	struct outcome earlier = virtty("undefine", "m", NULL);

	outcome_clear(&earlier);
	expect_ok(virtty("define", document, NULL), NULL);
}

START_TEST(whoever_dies_nothing_is_left)
{
	if (!is_here())
		return;
	struct peer peer = make_world();

	define_bare(FORWARDS);
	/* the keeper: machine and network go on, and end together */
	OK("start", "m");
	pid_t passt = home_process(lab_home(), "passt");

	home_kill(lab_home(), "virtty-keeper");
	ck_assert_int_eq(home_process(lab_home(), "passt"), passt);
	home_kill(lab_home(), "qemu-system");
	none_is_left();
	/* QEMU */
	OK("start", "m");
	home_kill(lab_home(), "qemu-system");
	none_is_left();
	wait_state("m", "shut off", SOON_MS);
	/* passt: the machine runs on */
	OK("start", "m");
	home_kill(lab_home(), "passt");
	wait_state("m", "running", SOON_MS);
	OK("destroy", "m");
	/* one that hangs is ended with its machine */
	OK("start", "m");
	kill(home_process(lab_home(), "passt"), SIGSTOP);
	OK("destroy", "m");
	none_is_left();
	OK("start", "m");
	kill(home_process(lab_home(), "passt"), SIGSTOP);
	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "qemu-system");
	/* its ports are free for the next one */
	OK("start", "m");
	wait_processes(lab_home(), "passt", 1, SOON_MS);
	OK("destroy", "m");
	none_is_left();
	peer_remove(&peer);
}
END_TEST

static bool is_another(void *data)
{
	pid_t pids[4];

	return home_processes(lab_home(), "passt", pids, ARRAY_LENGTH(pids)) == 1 && pids[0] != *(const pid_t *)data;
}

START_TEST(a_machine_that_is_restarted_gets_another)
{
	if (!is_here())
		return;
	struct peer peer = make_world();
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", "<on_crash>restart</on_crash>", CARD(FORWARDS));

	define_start(lab_home(), "m", document);
	for (int hangs = 0; hangs < 2; hangs++) {
		pid_t first = home_process(lab_home(), "passt");

		if (hangs)
			kill(first, SIGSTOP);
		home_kill(lab_home(), "qemu-system");
		ck_assert_msg(wait_for(is_another, &first, SOON_MS), "there is no other passt");
		wait_state("m", "running", SOON_MS);
		SHOWS(":2280", "ss", "-Hlnt");
	}
	OK("destroy", "m");
	none_is_left();
	peer_remove(&peer);
}
END_TEST

/* A keeper that had all it needed starts its QEMU whoever is gone: that one is killed, too. */
static bool is_over(void *data)
{
	(void)data;
	home_kill(lab_home(), "qemu-system");
	return home_processes(lab_home(), "virtty-keeper", NULL, 0) == 0;
}

START_TEST(killed_starts_leave_nothing)
{
	if (!is_here())
		return;
	struct peer peer = make_world();

	define_bare(FORWARDS);
	for (unsigned round = 0; round < lab_rounds(); round++) {
		struct task task = task_virtty("start", "m", NULL);

		(void)poll(NULL, 0, (int)(round * 7 % 90));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		if (round % 2 == 0)
			home_kill(lab_home(), "virtty-keeper");
		ck_assert_msg(wait_for(is_over, NULL, SOON_MS), "round %u: a keeper goes on", round);
		none_is_left();
	}
	OK("start", "m");
	OK("destroy", "m");
	none_is_left();
	peer_remove(&peer);
}
END_TEST

START_TEST(what_cannot_be_is_said)
{
	if (!is_here())
		return;
	/* no way out: there is no address to lend */
	define_bare("");
	expect_error(virtty("start", "m", NULL), 1, "passt: ", "interface", "<source dev=", NULL);
	struct peer peer = make_world();
	struct task other = task_start((const char *const[]){ BUSYBOX, "httpd", "-f", "-p", "127.0.0.1:2282", NULL });

	define_bare(FORWARDS);
	struct outcome outcome;

	for (int tries = 0;; tries++) {
		outcome = virtty("start", "m", NULL);
		if (outcome.status != 0 || tries == 20)
			break;
		OK("destroy", "m");
		outcome_clear(&outcome);
		(void)poll(NULL, 0, 100);
	}
	/* one of a range: passt would go on without it */
	expect_error(outcome, 1, "listens at port 2282 of this host", "another port", NULL);
	task_clear(&other);
	define_bare("<portForward proto='tcp' address='203.0.113.9'><range start='2280'/></portForward>");
	expect_error(virtty("start", "m", NULL), 1, "at 203.0.113.9", "ip address", NULL);
	define_bare("<portForward proto='tcp' dev='nowhere'><range start='2280'/></portForward>");
	expect_error(virtty("start", "m", NULL), 1, "no interface 'nowhere'", NULL);
	define_bare("<source dev='nowhere'/>");
	expect_error(virtty("start", "m", NULL), 1, "passt: ", "nowhere", NULL);
	define_bare("<ip family='ipv4' address='1.2.3'/>");
	expect_error(virtty("start", "m", NULL), 1, "1.2.3", NULL);
	/* by device and address, with exceptions alone */
	define_bare("<portForward proto='tcp' address='127.0.0.1' dev='lo'><range start='2290'/></portForward>"
		    "<portForward proto='tcp' dev='out0'><range start='2291'/></portForward>");
	OK("start", "m");
	SHOWS("127.0.0.1%lo:2290", "ss", "-Hlnt");
	SHOWS("0.0.0.0%out0:2291", "ss", "-Hlnt");
	OK("destroy", "m");
	none_is_left();
	peer_remove(&peer);
}
END_TEST

START_TEST(a_missing_passt_is_named)
{
	_cleanup_free_ char *passt = process_find("passt");

	if (!is_here())
		return;
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mount", "--bind", "/dev/null", passt);
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, CARD(""));
	struct outcome outcome = virtty("define", document, NULL);

	ck_assert_msg(outcome.status == 0 && strstr(outcome.err, "'passt' of a network card is missing") != NULL, "%s", outcome.err);
	outcome_clear(&outcome);
	expect_error(virtty("start", "m", NULL), 1, "'passt' was not found", "install the package passt", NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("passt");
	TCase *guests = tcase_create("guests"), *faults = tcase_create("faults");

	if (geteuid() != 0) {
		printf("SKIP: passt: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(guests, 300);
	tcase_set_timeout(faults, 300);
	tcase_add_checked_fixture(guests, lab_begin, lab_end);
	tcase_add_checked_fixture(faults, lab_begin, lab_end);
	tcase_add_test(guests, a_guest_gets_out_and_is_reached);
	tcase_add_test(guests, a_card_comes_and_goes);
	tcase_add_test(guests, killed_plugs_leave_nothing);
	tcase_add_test(faults, whoever_dies_nothing_is_left);
	tcase_add_test(faults, a_machine_that_is_restarted_gets_another);
	tcase_add_test(faults, killed_starts_leave_nothing);
	tcase_add_test(faults, what_cannot_be_is_said);
	tcase_add_test(faults, a_missing_passt_is_named);
	suite_add_tcase(suite, guests);
	suite_add_tcase(suite, faults);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
