/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's addresses by its agent: Debian's qemu-ga in a guest, one that is not there, and guests that mean harm. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ASK "domifaddr", "g", "--source", "agent"
#define MAC "52:54:00:00:00:50"

/* The agent's own limit is 5 s. */
#define PATIENCE_MS 30000

static bool start_guest(const char *home)
{
	_cleanup_free_ char *with_agent = guest_file("agent.img"), *initrd = NULL, *document = NULL, *text = NULL, *changed = NULL;
	_cleanup_strv_ char **parts = NULL;

	if (with_agent == NULL)
		return false;
	document = guest_machine(home, "g", NULL, NULL,
				 "<interface type='user'><mac address='" MAC "'/><model type='virtio'/></interface>"
				 "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>");
	initrd = guest_file("initrd.img");
	ck_assert(document != NULL && initrd != NULL);
	ck_assert(file_read(document, 65536, &text, NULL, NULL));
	char *at = strstr(text, initrd);

	ck_assert_ptr_nonnull(at);
	changed = strf("%.*s%s%s", (int)(at - text), text, with_agent, at + strlen(initrd));
	ck_assert(file_write(document, changed, strlen(changed), 0600, NULL));
	define_start(home, "g", document);
	wait_console("g", "# ", BOOT_MS);
	console_command("g", "until ip addr show eth0 | grep 'inet 10'; do sleep 1; done; echo got it", "\ngot it", BOOT_MS);
	return true;
}

static bool agent_answers(void *data)
{
	_cleanup_outcome_ struct outcome outcome = virtty(ASK, NULL);

	(void)data;
	return outcome.status == 0;
}

static bool agent_is_heard(void *data)
{
	_cleanup_outcome_ struct outcome outcome = virtty(ASK, NULL);

	(void)data;
	return strstr(outcome.err, "is not connected") == NULL;
}

static void expect_shown(const char *wanted, const char *option)
{
	_cleanup_free_ char *shown = NULL;

	expect_ok(virtty(ASK, option, NULL), &shown);
	ck_assert_msg(strstr(shown, wanted) != NULL, "not in it: %s\n%s", wanted, shown);
}

/* As virsh prints them: columns of fixed width, a card's name and MAC once. */
static void check_addresses(void)
{
	expect_shown(" Name       MAC address          Protocol     Address\n"
		     "-------------------------------------------------------------------------------\n"
		     " lo         00:00:00:00:00:00    ipv4         127.0.0.1/8\n"
		     " -          -                    ipv6         ::1/128\n"
		     " eth0       " MAC "    ipv4         10.0.2.15/24\n"
		     " -          -                    ipv6         ",
		     NULL);
	expect_shown(" lo         00:00:00:00:00:00    ipv6         ::1/128\n", "--full");
	expect_shown("-\n eth0       " MAC "    ipv4         10.0.2.15/24\n", "--interface=eth0");
	expect_shown("{\"interface\":\"eth0\",\"mac\":\"" MAC "\",\"family\":\"ipv4\",\"address\":\"10.0.2.15\",\"prefix\":24}", "--json");
}

/* Two at once wait for each other. */
static void check_turns(void)
{
	struct task first = task_virtty(ASK, NULL), second = task_virtty(ASK, NULL);

	expect_ok(task_wait(&first, PATIENCE_MS), NULL);
	expect_ok(task_wait(&second, PATIENCE_MS), NULL);
}

/* A guest that plays this is given up in time, with these words. */
static void check_hostile(const char *play, const char *words)
{
	/* once it has the channel's device open */
	_cleanup_free_ char *line = strf("agent %s & until ls -l /proc/$!/fd | grep -q vport; do usleep 50000; done; echo plays $((6*7))", play);
	int64_t begin;

	console_command("g", line, "plays 42", SOON_MS);
	ck_assert_msg(wait_for(agent_is_heard, NULL, SOON_MS), "QEMU does not see the channel open");
	begin = clock_monotonic_ms();
	expect_error(virtty(ASK, NULL), 1, "guest agent", words, NULL);
	begin = clock_monotonic_ms() - begin;
	ck_assert_msg(begin < PATIENCE_MS, "it took %lld ms", (long long)begin);
	console_command("g", "kill $!; wait; echo ended $((7*7))", "ended 49", SOON_MS);
}

START_TEST(a_guest_tells_its_addresses)
{
	char *home = home_new();

	if (start_guest(home)) {
		expect_error(virtty(ASK, NULL), 1, "not connected", "install qemu-guest-agent", NULL);
		check_hostile("silent", "not responding");
		check_hostile("garbage", "longer than");
		check_hostile("endless", "longer than");
		/* and after all of that */
		console_command("g", "agent real & echo starts $((8*8))", "starts 64", SOON_MS);
		ck_assert_msg(wait_for(agent_answers, NULL, PATIENCE_MS), "the agent does not answer");
		check_addresses();
		check_turns();
		/* a keeper that dies takes nothing with it: the next question starts one */
		home_kill(home, "virtty-keeper");
		expect_ok(virtty(ASK, NULL), NULL);
		expect_ok(virtty("suspend", "g", NULL), NULL);
		expect_error(virtty(ASK, NULL), 1, "'g' is paused", "virtty resume g", NULL);
		expect_ok(virtty("destroy", "g", NULL), NULL);
		wait_processes(home, "", 0, SOON_MS);
	}
	home_end(home);
}
END_TEST

START_TEST(a_machine_without_the_channel_says_so)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	expect_error(virtty("domifaddr", "m", "--source", "agent", NULL), 1, "QEMU guest agent is not configured", "org.qemu.guest_agent.0", NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	expect_error(virtty("domifaddr", "m", "--source", "agent", NULL), 1, "is not running", NULL);
	wait_processes(home, "", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* The socket's path in a running machine's document is no wish of the user's when that document is defined again. */
START_TEST(the_socket_of_a_run_is_not_kept)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL,
						     "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>");
	_cleanup_free_ char *live = NULL, *stored = NULL, *wanted = strf("<source mode='bind' path='%s/run/1/g0'/>", home);

	define_start(home, "m", document);
	expect_ok(virtty("dumpxml", "m", NULL), &live);
	ck_assert_msg(strstr(live, wanted) != NULL, "not in it: %s\n%s", wanted, live);
	expect_ok(virtty_input(live, "define", "-", NULL), NULL);
	expect_ok(virtty("dumpxml", "m", "--inactive", NULL), &stored);
	ck_assert_ptr_null(strstr(stored, "/g0"));
	expect_ok(virtty("destroy", "m", NULL), NULL);
	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "", 0, SOON_MS);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("guest agent");
	TCase *agents = tcase_create("agents");

	tcase_set_timeout(agents, 300);
	tcase_add_test(agents, a_guest_tells_its_addresses);
	tcase_add_test(agents, a_machine_without_the_channel_says_so);
	tcase_add_test(agents, the_socket_of_a_run_is_not_kept);
	suite_add_tcase(suite, agents);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
