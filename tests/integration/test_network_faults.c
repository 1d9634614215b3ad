/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks on hosts that are not as they should be: devices, rights, room that are missing; bridges, rules, processes that somebody took away;
 * several front ends at once, several homes, another boot. Whatever happens, what is left is compared with what was there before. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char card[] = "<interface type='network'><source network='lab'/><model type='virtio'/></interface>";

static void define_network(const char *name, const char *bridge, const char *net)
{
	_cleanup_free_ char *text = strf("<network><name>%s</name><forward mode='nat'/><bridge name='%s' stp='off'/><ip address='%s.1' prefix='24'>"
					 "<dhcp><range start='%s.100' end='%s.200'/></dhcp></ip></network>",
					 name, bridge, net, net, net);

	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
}

static void define_lab(void)
{
	define_network("lab", "virbr-lab", "192.168.122");
}

/* A mount namespace, too: what is hidden is hidden from this test alone. */
static void leave_mounts(void)
{
	ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
		      "cannot have a mount namespace: %s", strerror(errno));
}

static void check_nothing_left(void)
{
	wait_processes(lab_home(), "dnsmasq", 0, SOON_MS);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	lab_check_host();
	lab_check_directories();
}

/* ---- what the host does not have ---- */

/* A machine whose tap cannot be had does not start, and leaves nothing; its network goes on. */
static void check_no_tap(const char *reason, const char *hint)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, card);

	define_lab();
	OK("net-start", "lab");
	OK("define", document);
	expect_error(virtty("start", "m", NULL), 1, reason, hint, NULL);
	wait_state("m", "shut off", 0);
	HIDES("vnet", "ip", "-br", "link");
	SHOWS("lab       active", virtty_path(), "net-list", "--all");
	OK("net-destroy", "lab");
}

START_TEST(a_host_without_taps)
{
	leave_mounts();
	ck_assert_int_eq(mount("none", "/dev/net", "tmpfs", 0, NULL), 0);
	check_no_tap("/dev/net/tun is missing", "modprobe tun");
}
END_TEST

START_TEST(a_host_that_forbids_taps)
{
	leave_mounts();
	/* as in a container that was given the node, and not the device */
	ck_assert_int_eq(mount("none", "/dev/net", "tmpfs", MS_NODEV, NULL), 0);
	ck_assert_int_eq(mknod("/dev/net/tun", S_IFCHR | 0666, makedev(10, 200)), 0);
	check_no_tap("a tap cannot be made: Permission denied", "CAP_NET_ADMIN");
}
END_TEST

START_TEST(root_without_net_admin)
{
#define WITHOUT_RIGHT(...) "setpriv", "--bounding-set=-net_admin", virtty_path(), __VA_ARGS__
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, card);

	define_lab();
	OK("define", document);
	expect_error(run_program((const char *const[]){ WITHOUT_RIGHT("net-start", "lab"), NULL }), 1, "cannot start network 'lab'", "virbr-lab",
		     "CAP_NET_ADMIN", NULL);
	SHOWS("lab       inactive", WITHOUT_RIGHT("net-list", "--all"));
	OK("net-autostart", "lab");
	expect_error(run_program((const char *const[]){ WITHOUT_RIGHT("start", "m"), NULL }), 1, "network 'lab'", "CAP_NET_ADMIN", NULL);
	wait_state("m", "shut off", 0);
	check_nothing_left();
	/* nor can it stop what runs: it says so, and what is there is known */
	OK("net-start", "lab");
	expect_error(run_program((const char *const[]){ WITHOUT_RIGHT("net-destroy", "lab"), NULL }), 1, "network 'lab' is not wholly gone", NULL);
	OK("net-destroy", "lab");
	check_nothing_left();
}
END_TEST

START_TEST(nobody_in_particular)
{
#define AS_NOBODY(...) "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", virtty_path(), __VA_ARGS__
	static const char document[] = "<network><name>lab</name><ip address='10.9.0.1' prefix='24'/></network>";
	_cleanup_free_ char *own = strf("%s/nobody", lab_home()), *file = strf("%s/lab.xml", own), *above = strf("%s/..", lab_home());

	ck_assert(directory_make(own, 0700, NULL) && file_write(file, document, strlen(document), 0644, NULL));
	ck_assert(chown(own, 65534, 65534) == 0 && chmod(lab_home(), 0711) == 0 && chmod(above, 0711) == 0);
	setenv("VIRTTY_HOME", own, 1);
	/* no default network that could never be started */
	HIDES("default", AS_NOBODY("net-list", "--all"));
	DO(AS_NOBODY("net-define", file));
	expect_error(run_program((const char *const[]){ AS_NOBODY("net-start", "lab"), NULL }), 1, "cannot start network 'lab'",
		     "only root has networks", NULL);
	SHOWS("lab    inactive", AS_NOBODY("net-list", "--all"));
	DO(AS_NOBODY("net-undefine", "lab"));
	setenv("VIRTTY_HOME", lab_home(), 1);
}
END_TEST

START_TEST(a_full_disk)
{
	_cleanup_free_ char *filler = NULL, *size = NULL;

	leave_mounts();
	ck_assert_int_eq(mount("none", lab_home(), "tmpfs", 0, "size=1m"), 0);
	define_lab();
	filler = strf("of=%s/filler", lab_home());
	/* to the last byte */
	struct outcome filled = run_program((const char *const[]){ "dd", "if=/dev/zero", filler, "bs=512", NULL });

	outcome_clear(&filled);
	expect_error(virtty("net-start", "lab", NULL), 1, "no space is left", NULL);
	check_nothing_left();
	size = strf("%s/filler", lab_home());
	ck_assert_int_eq(unlink(size), 0);
	OK("net-start", "lab");
	OK("net-destroy", "lab");
	check_nothing_left();
	ck_assert_int_eq(umount2(lab_home(), MNT_DETACH), 0);
}
END_TEST

START_TEST(a_run_directory_without_room)
{
	_cleanup_free_ char *run = strf("%s/run", lab_home());

	define_lab();
	leave_mounts();
	ck_assert_int_eq(mount("none", run, "tmpfs", 0, "size=4k"), 0);
	_cleanup_free_ char *filler = strf("%s/filler", run);

	ck_assert(file_write(filler, "x", 1, 0600, NULL));
	expect_error(virtty("net-start", "lab", NULL), 1, "cannot start network 'lab'", "No space left", NULL);
	check_nothing_left();
	ck_assert_int_eq(umount2(run, MNT_DETACH), 0);
	OK("net-start", "lab");
	OK("net-destroy", "lab");
}
END_TEST

/* ---- what somebody took away ---- */

static bool is_port(void *data)
{
	_cleanup_free_ char *out = lab_run("ip", "-br", "link", "show", "master", "virbr-lab", NULL);

	(void)data;
	return strstr(out, "vnet0") != NULL;
}

START_TEST(machines_join_again)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, card);

	define_lab();
	OK("net-start", "lab");
	define_start(lab_home(), "m", document);
	ck_assert(is_port(NULL));
	/* stopped while a machine is on it: the machine runs on, without */
	OK("net-destroy", "lab");
	lab_check_shows("vnet0", true, (const char *const[]){ "ip", "-br", "link", NULL });
	OK("net-start", "lab");
	ck_assert(is_port(NULL));
	/* and deleted behind our back */
	DO("ip", "link", "del", "virbr-lab");
	SHOWS("lab       inactive", virtty_path(), "net-list", "--all");
	OK("net-start", "lab");
	ck_assert(is_port(NULL));
	/* a machine that is stopped while its network is gone leaves nothing either */
	DO("ip", "link", "del", "virbr-lab");
	OK("destroy", "m");
	OK("net-destroy", "lab");
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	check_nothing_left();
}
END_TEST

START_TEST(a_start_that_needs_it_brings_dnsmasq_back)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, card);

	define_lab();
	OK("net-start", "lab");
	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "dnsmasq");
	define_start(lab_home(), "m", document);
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	OK("destroy", "m");
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(what_is_half_there_goes_with_its_definition)
{
	define_lab();
	OK("net-start", "lab");
	DO("ip", "link", "del", "virbr-lab");
	/* its rules and its dnsmasq are known by this definition alone */
	define_network("lab", "virbr-new", "192.168.123");
	check_nothing_left();
	OK("net-start", "lab");
	DO("ip", "link", "del", "virbr-new");
	OK("net-undefine", "lab");
	check_nothing_left();
}
END_TEST

START_TEST(rules_that_are_gone)
{
	define_lab();
	OK("net-start", "lab");
	DO("nft", "flush", "ruleset");
	OK("net-destroy", "lab");
	OK("net-start", "lab");
	SHOWS("nat_virbr-lab", "nft", "list", "ruleset");
	OK("net-destroy", "lab");
}
END_TEST

static bool rules_are(void *data)
{
	_cleanup_free_ char *now = lab_run("nft", "list", "ruleset", NULL);

	return text_equal(now, data);
}

/* Its keeper hears of it: nobody has to do or to notice anything. */
START_TEST(rules_that_are_cleared_come_back)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL,
						     "<interface type='network'><mac address='52:54:00:00:00:50'/><source network='lab'/>"
						     "<model type='virtio'/><filterref filter='clean-traffic'/>"
						     "<portForward proto='tcp'><range start='2222' to='22'/></portForward></interface>");

	define_lab();
	OK("net-start", "lab");
	define_start(lab_home(), "m", document);
	_cleanup_free_ char *before = lab_run("nft", "list", "ruleset", NULL);

	ck_assert_ptr_nonnull(strstr(before, "nat_virbr-lab"));
	ck_assert_ptr_nonnull(strstr(before, "tcp . 2222"));
	ck_assert_ptr_nonnull(strstr(before, "table bridge virtty"));
	for (int i = 0; i < 2; i++) {
		DO("nft", "flush", "ruleset");
		ck_assert_msg(wait_for(rules_are, before, SOON_MS), "the rules did not come back");
	}
	SHOWS("rules-restored", virtty_path(), "net-event", "lab");
	OK("destroy", "m");
	OK("net-destroy", "lab");
	check_nothing_left();
}
END_TEST

/* Where nobody is there to hear of it, it is said, and whoever needs the network next puts right what is missing. */
START_TEST(what_is_missing_is_said_and_put_back)
{
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL, card);

	define_lab();
	OK("net-start", "lab");
	_cleanup_free_ char *before = lab_run("nft", "list", "ruleset", NULL);

	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "dnsmasq");
	DO("nft", "flush", "ruleset");
	struct outcome info = virtty("net-info", "lab", NULL);

	ck_assert_ptr_nonnull(strstr(info.err, "the rules of network 'lab' are gone"));
	ck_assert_ptr_nonnull(strstr(info.err, "nobody minds the dnsmasq of network 'lab'"));
	ck_assert_ptr_nonnull(strstr(info.err, "to put it back: 'virtty net-start lab'"));
	outcome_clear(&info);
	OK("net-start", "lab");
	ck_assert(rules_are(before));
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	expect_error(virtty("net-start", "lab", NULL), 1, "network 'lab' is active already", NULL);
	home_kill(lab_home(), "virtty-keeper");
	DO("nft", "flush", "ruleset");
	define_start(lab_home(), "m", document);
	ck_assert(rules_are(before));
	OK("destroy", "m");
	OK("net-destroy", "lab");
	check_nothing_left();
}
END_TEST

/* Kills the start of a machine at some moment, then stops what there may be of it. */
static void kill_start(unsigned round)
{
	struct task task = task_virtty("start", "m", NULL);

	(void)poll(NULL, 0, (int)(round * 13 % 200));
	kill(task.pid, SIGKILL);
	task_clear(&task);
	struct outcome stop = virtty("destroy", "m", NULL);

	outcome_clear(&stop);
}

START_TEST(killed_starts_of_machines_leave_nothing)
{
	unsigned rounds = lab_rounds();
	_cleanup_free_ char *document = bare_machine(lab_home(), "m", NULL,
						     "<interface type='network'><source network='lab'/><model type='virtio'/>"
						     "<filterref filter='clean-traffic'/></interface>"
						     "<interface type='direct'><source dev='card0' mode='bridge'/><model type='virtio'/>"
						     "</interface>");

	define_lab();
	DO("ip", "link", "add", "card0", "type", "veth", "peer", "name", "card1");
	DO("ip", "link", "set", "card0", "up");
	OK("net-start", "lab");
	OK("define", document);
	for (unsigned round = 0; round < rounds; round++)
		kill_start(round);
	/* whatever was left is taken away by the next start, and goes with it */
	OK("start", "m");
	OK("destroy", "m");
	wait_processes(lab_home(), "qemu-system", 0, SOON_MS);
	HIDES("table bridge", "nft", "list", "ruleset");
	HIDES("macvtap", "ip", "-br", "link");
	HIDES("vnet", "ip", "-br", "link");
	OK("net-destroy", "lab");
	DO("ip", "link", "del", "card0");
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
}
END_TEST

/* ---- who else is there ---- */

static bool is_advertised(void *data)
{
	_cleanup_free_ char *out = lab_run("ip", "-6", "route", NULL);

	(void)data;
	return strstr(out, "default via") != NULL && strstr(out, "proto ra") != NULL;
}

/* A host that forwards IPv6 believes no router, and would lose the way out that it has from one. */
START_TEST(a_route_that_a_router_advertised)
{
	struct peer peer = peer_make();
	struct task router = task_start((const char *const[]){ IN(&peer, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
								  "--enable-ra", "--dhcp-range=2001:db8:51::,ra-only", "--interface=in0",
								  "--ra-param=in0,4", "--pid-file=", "--log-facility=-"), NULL });

	if (!wait_for(is_advertised, NULL, SOON_MS)) {
		task_clear(&router);
		peer_remove(&peer);
		skip_test("no router advertisement came");
		return;
	}
	expect_ok(virtty_input("<network><name>six</name><forward mode='route'/><bridge name='virbr-six'/>"
			       "<ip family='ipv6' address='fd00:6::1' prefix='64'/></network>",
			       "net-define", "-", NULL),
		  NULL);
	expect_error(virtty("net-start", "six", NULL), 1, "its own way out by 'out0'", "net.ipv6.conf.out0.accept_ra=2", NULL);
	ck_assert(is_advertised(NULL));
	DO("sysctl", "-qw", "net.ipv6.conf.out0.accept_ra=2");
	OK("net-start", "six");
	ck_assert(is_advertised(NULL));
	OK("net-destroy", "six");
	task_clear(&router);
	peer_remove(&peer);
}
END_TEST

START_TEST(what_runs_outlives_its_definition)
{
	define_lab();
	OK("net-autostart", "lab");
	OK("net-start", "lab");
	OK("net-undefine", "lab");
	SHOWS("lab    active   no          no", virtty_path(), "net-list");
	expect_error(virtty("net-undefine", "lab", NULL), 1, "no stored definition", NULL);
	OK("net-destroy", "lab");
	HIDES("lab", virtty_path(), "net-list", "--all");
}
END_TEST

START_TEST(a_network_of_the_hosts_keeps_no_rules)
{
	DO("ip", "link", "add", "br0", "type", "bridge");
	expect_ok(virtty_input("<network><name>host</name><forward mode='bridge'/><bridge name='br0'/></network>", "net-define", "-", NULL), NULL);
	OK("net-start", "host");
	define_lab();
	OK("net-start", "lab");
	OK("net-destroy", "lab");
	HIDES("virtty", "nft", "list", "ruleset");
	OK("net-destroy", "host");
	DO("ip", "link", "del", "br0");
}
END_TEST

START_TEST(two_homes_share_a_host)
{
	_cleanup_free_ char *second = strf("%s/second \"#1\"", lab_home());

	define_lab();
	OK("net-start", "lab");
	ck_assert(directory_make(second, 0700, NULL));
	setenv("VIRTTY_HOME", second, 1);
	/* the same row there, and a name that is taken here */
	define_network("other", "virbr-lab", "192.168.124");
	expect_error(virtty("net-start", "other", NULL), 1, "'virbr-lab' already", NULL);
	SHOWS("virbr-lab", "ip", "-br", "link");
	define_network("other", "virbr-other", "192.168.124");
	OK("net-start", "other");
	SHOWS("nat_virbr-lab", "nft", "list", "ruleset");
	OK("net-destroy", "other");
	setenv("VIRTTY_HOME", lab_home(), 1);
	SHOWS("nat_virbr-lab", "nft", "list", "ruleset");
	HIDES("virbr-other", "nft", "list", "ruleset");
	OK("net-destroy", "lab");
}
END_TEST

#define RACERS 6

/* Whatever the order: each ends with its work done or with a reason, and what is there at the end is one thing or the other. */
START_TEST(front_ends_race)
{
	unsigned rounds = lab_rounds() / 5;

	define_lab();
	for (unsigned round = 0; round < rounds; round++) {
		struct task racers[RACERS];

		for (size_t i = 0; i < RACERS; i++) {
			const char *const words[] = { "net-start", "net-destroy", "net-start", "net-undefine", "net-destroy", "net-start" };

			racers[i] = task_virtty(words[(i + round) % RACERS], "lab", NULL);
		}
		struct outcome again = virtty_input("<network><name>lab</name><bridge name='virbr-lab'/>"
						    "<ip address='192.168.122.1' prefix='24'/></network>",
						    "net-define", "-", NULL);

		for (size_t i = 0; i < RACERS; i++) {
			struct outcome outcome = task_wait(&racers[i], BOOT_MS);

			ck_assert_msg(outcome.status == 0 || (outcome.status == 1 && text_starts(outcome.err, "error: ")), "%d: %s", outcome.status,
				      outcome.err);
			outcome_clear(&outcome);
			task_clear(&racers[i]);
		}
		outcome_clear(&again);
		struct outcome stop = virtty("net-destroy", "lab", NULL);

		outcome_clear(&stop);
		check_nothing_left();
		stop = virtty("net-undefine", "lab", NULL);
		outcome_clear(&stop);
		define_lab();
	}
}
END_TEST

/* ---- another boot ---- */

/* The host starts again: processes, interfaces and rules are gone, and it says another number. */
static void reboot_host(void)
{
	_cleanup_free_ char *path = strf("%s/boot_id", lab_home()), *run = strf("%s/run", lab_home());

	home_kill(lab_home(), "virtty-keeper");
	home_kill(lab_home(), "dnsmasq");
	DO("nft", "flush", "ruleset");
	DO("ip", "link", "del", "virbr-lab");
	DO("ip", "link", "del", "virbr-once");
	ck_assert(directory_remove(run, NULL));
	ck_assert(file_write(path, "01234567-89ab-4cde-8f01-23456789abcd\n", 37, 0644, NULL));
	ck_assert_int_eq(mount(path, "/proc/sys/kernel/random/boot_id", NULL, MS_BIND, NULL), 0);
	lab_check_host();
}

START_TEST(the_host_starts_again)
{
	leave_mounts();
	define_lab();
	OK("net-autostart", "lab");
	OK("net-start", "lab");
	expect_ok(virtty_input("<network><name>once</name><bridge name='virbr-once'/><ip address='192.168.125.1' prefix='24'/></network>",
			       "net-create", "-", NULL),
		  NULL);
	reboot_host();
	SHOWS("lab       inactive   yes", virtty_path(), "net-list", "--all");
	HIDES("once", virtty_path(), "net-list", "--all");
	expect_error(virtty("net-destroy", "lab", NULL), 1, "not active", NULL);
	OK("autostart", "--run");
	SHOWS("lab    active   yes", virtty_path(), "net-list");
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	OK("net-destroy", "lab");
	check_nothing_left();
	ck_assert_int_eq(umount("/proc/sys/kernel/random/boot_id"), 0);
}
END_TEST

/* ---- what others get to see ---- */

START_TEST(dnsmasq_has_what_it_needs)
{
	define_lab();
	OK("net-start", "lab");
	_cleanup_free_ char *directory = strf("/proc/%ld/fd", (long)home_process(lab_home(), "dnsmasq"));
	DIR *stream = opendir(directory);

	ck_assert_ptr_nonnull(stream);
	for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
		char target[512] = "";

		if (readlinkat(dirfd(stream), entry->d_name, target, sizeof target - 1) > 0)
			ck_assert_msg(strstr(target, lab_home()) == NULL || text_ends(target, ".leases"), "dnsmasq has %s", target);
	}
	closedir(stream);
	OK("net-destroy", "lab");
}
END_TEST

START_TEST(a_lease_file_is_not_believed)
{
	static const char hostile[] = "0 52:54:00:aa:bb:01 192.168.122.11 a\033[2J\302\2332J *\n"
				      "0 52:54:00:aa:bb:02 192.168.122.12 good *\n"
				      "1000 52:54:00:aa:bb:03 192.168.122.13 over *\n"
				      "9223372036854775807 52:54:00:aa:bb:04 192.168.122.14 late *\n"
				      "no lease at all\n";
	_cleanup_free_ char *path = strf("%s/network/2.leases", lab_home()), *out = NULL;

	define_lab();
	OK("net-start", "lab");
	ck_assert_msg(path_exists(path), "no lease file '%s'", path);
	ck_assert(file_write(path, hostile, strlen(hostile), 0600, NULL));
	out = lab_run(virtty_path(), "net-dhcp-leases", "lab", NULL);
	ck_assert_msg(strchr(out, '\033') == NULL && strchr(out, '\302') == NULL, "%s", out);
	ck_assert_msg(strstr(out, "192.168.122.11/24") != NULL && strstr(out, "good") != NULL, "%s", out);
	ck_assert_msg(strstr(out, "over") == NULL && strstr(out, "late") == NULL, "%s", out);
	OK("net-destroy", "lab");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("networks: faults");
	TCase *tcase = tcase_create("faults");

	if (geteuid() != 0) {
		printf("SKIP: networks: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 300 + 10 * lab_rounds());
	tcase_add_checked_fixture(tcase, lab_begin, lab_end);
	tcase_add_test(tcase, a_host_without_taps);
	tcase_add_test(tcase, a_host_that_forbids_taps);
	tcase_add_test(tcase, root_without_net_admin);
	tcase_add_test(tcase, nobody_in_particular);
	tcase_add_test(tcase, a_full_disk);
	tcase_add_test(tcase, a_run_directory_without_room);
	tcase_add_test(tcase, machines_join_again);
	tcase_add_test(tcase, a_start_that_needs_it_brings_dnsmasq_back);
	tcase_add_test(tcase, what_is_half_there_goes_with_its_definition);
	tcase_add_test(tcase, rules_that_are_gone);
	tcase_add_test(tcase, rules_that_are_cleared_come_back);
	tcase_add_test(tcase, what_is_missing_is_said_and_put_back);
	tcase_add_test(tcase, killed_starts_of_machines_leave_nothing);
	tcase_add_test(tcase, a_route_that_a_router_advertised);
	tcase_add_test(tcase, what_runs_outlives_its_definition);
	tcase_add_test(tcase, a_network_of_the_hosts_keeps_no_rules);
	tcase_add_test(tcase, two_homes_share_a_host);
	tcase_add_test(tcase, front_ends_race);
	tcase_add_test(tcase, the_host_starts_again);
	tcase_add_test(tcase, dnsmasq_has_what_it_needs);
	tcase_add_test(tcase, a_lease_file_is_not_believed);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
