/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bridge made of a card, in a network namespace of each test's own: connections live through it and through the way back, whoever is killed at
 * whatever moment; what the card had is what it has again. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/pty.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CARD	  "out0"
#define ECHO_PORT 7007
#define LIVE_MS	  15000 /* a connection that lives answers within it */

static struct peer peer;
static char *before; /* owned: the host as it was */

/* ---- the host ---- */

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the seconds out of "valid_lft 2997sec": they go on. */
static void cut_times(char *line)
{
	static const char *const words[] = { "valid_lft ", "preferred_lft ", "expires " };

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		for (char *at = strstr(line, words[i]); at != NULL; at = strstr(at + 1, words[i])) {
			char *digits = at + strlen(words[i]), *end = digits + strspn(digits, "0123456789");

			if (end > digits)
				memmove(digits, end, strlen(end) + 1);
		}
}

/* What a program says, a line at a time; sorted where the kernel's order means nothing. */
static void add_output(struct strbuf *to, bool sorted, char *output)
{
	_cleanup_strv_ char **lines = strv_split(output, "\n");

	if (sorted && lines != NULL)
		qsort(lines, strv_length(lines), sizeof *lines, compare_lines);
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++) {
		cut_times(lines[i]);
		strbuf_printf(to, "%s\n", lines[i]);
	}
	free(output);
}

/* All that the change touches. Owned. */
static char *host_state(void)
{
	struct strbuf text = STRBUF_INIT;

	add_output(&text, false, lab_run("ip", "-d", "addr", NULL));
	add_output(&text, true, lab_run("ip", "-d", "route", "show", "table", "all", NULL));
	add_output(&text, true, lab_run("ip", "-6", "-d", "route", "show", "table", "all", NULL));
	add_output(&text, false, lab_run("ip", "rule", NULL));
	add_output(&text, false, lab_run("ip", "-6", "rule", NULL));
	add_output(&text, true, lab_run("ip", "neigh", "show", "nud", "permanent", NULL));
	return strbuf_take(&text);
}

static bool is_as_before(void *data)
{
	_cleanup_free_ char *now = host_state();

	(void)data;
	return strcmp(now, before) == 0;
}

/* The kernel looks for a second whether anybody else has the card's link-local address. */
static void check_as_before(void)
{
	if (wait_for(is_as_before, NULL, SOON_MS))
		return;
	_cleanup_free_ char *now = host_state();
	size_t same = 0, line = 0;

	for (; now[same] != '\0' && now[same] == before[same]; same++)
		line = now[same] == '\n' ? same + 1 : line;
	ck_abort_msg("before: %.200s\nnow: %.200s", before + line, now + line);
}

static bool is_settled(void *data)
{
	_cleanup_free_ char *now = lab_run("ip", "addr", "show", "tentative", NULL);

	(void)data;
	return *now == '\0';
}

static void set_up(void)
{
	lab_begin();
	peer = peer_make();
	DO("ip", "addr", "add", "198.51.100.3/24", "dev", CARD, "label", CARD ":1");
	DO("ip", "addr", "add", "203.0.113.5/32", "dev", CARD);
	DO("ip", "addr", "add", "203.0.113.6/24", "dev", CARD, "noprefixroute", "valid_lft", "3000", "preferred_lft", "2000");
	DO("ip", "-6", "addr", "add", "2001:db8:52::5/64", "dev", CARD, "valid_lft", "3000", "preferred_lft", "2000", "nodad");
	DO("ip", "route", "add", "default", "via", PEER4, "proto", "static", "metric", "100");
	DO("ip", "route", "add", "192.0.2.0/25", "via", PEER4, "src", "198.51.100.3", "mtu", "1400");
	DO("ip", "route", "add", "192.0.2.128/25", "dev", CARD, "scope", "link");
	DO("ip", "route", "add", "10.9.0.0/16", "via", "10.99.0.1", "dev", CARD, "onlink", "table", "77");
	DO("ip", "route", "add", "10.10.0.0/16", "nexthop", "via", PEER4, "weight", "3", "nexthop", "via", "198.51.100.9");
	DO("ip", "-6", "route", "add", "default", "via", PEER6, "metric", "50");
	DO("ip", "-6", "route", "add", "2001:db8:99::/48", "via", "fe80::1", "dev", CARD);
	DO("ip", "-6", "route", "add", "2001:db8:98::/48", "nexthop", "via", "fe80::1", "dev", CARD, "nexthop", "via", "fe80::2", "dev", CARD);
	DO("ip", "-6", "route", "add", "2001:db8:97::/48", "via", PEER6, "proto", "ra", "expires", "3000");
	DO("ip", "rule", "add", "iif", CARD, "lookup", "77", "pref", "500");
	DO("ip", "-6", "rule", "add", "oif", CARD, "lookup", "78", "pref", "501");
	DO("ip", "neigh", "add", "198.51.100.77", "lladdr", "52:54:00:00:00:77", "dev", CARD, "nud", "permanent");
	DO("sysctl", "-qw", "net.ipv4.conf." CARD ".arp_ignore=1");
	ck_assert_msg(wait_for(is_settled, NULL, SOON_MS), "the cable's addresses are not ready");
	before = host_state();
}

static void tear_down(void)
{
	DO("ip", "rule", "del", "pref", "500");
	DO("ip", "-6", "rule", "del", "pref", "501");
	peer_remove(&peer);
	free(before);
	lab_end();
}

/* ---- a connection ---- */

/* Gives back what it gets, at the peer, to any number of others. */
static void echo(int listener)
{
	struct pollfd polls[9] = { { .fd = listener, .events = POLLIN } };
	nfds_t count = 1;
	char bytes[64];

	for (;;) {
		if (poll(polls, count, -1) < 0)
			continue;
		if ((polls[0].revents & POLLIN) != 0 && count < ARRAY_LENGTH(polls))
			polls[count++] = (struct pollfd){ .fd = accept(listener, NULL, NULL), .events = POLLIN };
		for (nfds_t i = 1; i < count; i++) {
			ssize_t n = polls[i].revents != 0 ? read(polls[i].fd, bytes, sizeof bytes) : 0;

			if (n > 0)
				(void)!write(polls[i].fd, bytes, (size_t)n);
			else if (polls[i].revents != 0)
				polls[i].fd = -1;
		}
	}
}

/* The far end of connections; it ends with the test. */
static pid_t start_echo(void)
{
	struct sockaddr_in6 anywhere = { .sin6_family = AF_INET6, .sin6_port = htons(ECHO_PORT) };
	_cleanup_free_ char *path = strf("/proc/%s/ns/net", peer.pid);
	int ready[2], listener;
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (setns(open(path, O_RDONLY | O_CLOEXEC), CLONE_NEWNET) < 0)
			_exit(1);
		listener = socket(AF_INET6, SOCK_STREAM, 0);
		if (bind(listener, (struct sockaddr *)&anywhere, sizeof anywhere) < 0 || listen(listener, 4) < 0 || write(ready[1], "r", 1) != 1)
			_exit(1);
		echo(listener);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

struct connections {
	pid_t far; /* the far end */
	int v4, v6;
};

static int connect_to(int family, const char *address)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(ECHO_PORT) };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(family, address, family == AF_INET ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr);
	ck_assert_msg(connect(fd, family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6,
			      family == AF_INET ? sizeof v4 : sizeof v6) == 0,
		      "%s: %s", address, strerror(errno));
	return fd;
}

static struct connections connect_both(void)
{
	struct connections to = { .far = start_echo() };

	to.v4 = connect_to(AF_INET, PEER4);
	to.v6 = connect_to(AF_INET6, PEER6);
	return to;
}

static void check_alive(int fd, const char *when)
{
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	char byte = 0;

	ck_assert_msg(write(fd, "x", 1) == 1, "%s: cannot write: %s", when, strerror(errno));
	ck_assert_msg(poll(&answer, 1, LIVE_MS) == 1 && read(fd, &byte, 1) == 1 && byte == 'x', "%s: the connection gives no answer", when);
}

static void check_both(const struct connections *to, const char *when)
{
	check_alive(to->v4, when);
	check_alive(to->v6, when);
}

static void disconnect_both(const struct connections *to)
{
	close(to->v4);
	close(to->v6);
	kill(to->far, SIGKILL);
	waitpid(to->far, NULL, 0);
}

/* ---- there and back ---- */

START_TEST(everything_moves_and_comes_back)
{
	struct connections to = connect_both();

	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL), NULL);
	check_both(&to, "on the bridge");
	SHOWS("master br0", "ip", "link", "show", CARD);
	SHOWS("198.51.100.1/24 scope global br0", "ip", "addr", "show", "br0");
	SHOWS("198.51.100.3/24 scope global secondary br0:1", "ip", "addr", "show", "br0");
	SHOWS("2001:db8:51::1/64 scope global nodad", "ip", "addr", "show", "br0");
	SHOWS("2001:db8:52::5/64 scope global nodad dynamic", "ip", "addr", "show", "br0");
	HIDES("inet", "ip", "addr", "show", CARD);
	SHOWS("default via 198.51.100.2 dev br0 proto static metric 100", "ip", "route");
	SHOWS("192.0.2.0/25 via 198.51.100.2 dev br0 src 198.51.100.3 mtu 1400", "ip", "route");
	SHOWS("192.0.2.128/25 dev br0 scope link", "ip", "route");
	SHOWS("nexthop via 198.51.100.2 dev br0 weight 3", "ip", "route");
	SHOWS("10.9.0.0/16 via 10.99.0.1 dev br0 onlink", "ip", "route", "show", "table", "77");
	SHOWS("default via 2001:db8:51::2 dev br0 metric 50", "ip", "-6", "route");
	SHOWS("2001:db8:99::/48 via fe80::1 dev br0", "ip", "-6", "route");
	SHOWS("nexthop via fe80::2 dev br0", "ip", "-6", "route");
	SHOWS("iif br0 lookup 77", "ip", "rule");
	SHOWS("oif br0 lookup 78", "ip", "-6", "rule");
	SHOWS("198.51.100.77 dev br0", "ip", "neigh", "show", "nud", "permanent");
	SHOWS("= 1", "sysctl", "net.ipv4.conf.br0.arp_ignore");
	HIDES(" dev " CARD " ", "ip", "route", "show", "table", "all");
	SHOWS(" br0           8000.", virtty_path(), "bridge", "list");
	SHOWS("\"made\":true", virtty_path(), "bridge", "list", "--json");
	expect_error(virtty("bridge", "confirm", "br0", NULL), 1, "waits for no confirmation", NULL);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_both(&to, "on the card again");
	check_as_before();
	disconnect_both(&to);
}
END_TEST

START_TEST(what_nobody_confirms_is_put_back)
{
	struct connections to = connect_both();
	char *said = NULL;

	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "1", "--stp", "--mac", "52:54:00:00:00:01", NULL), &said);
	ck_assert_ptr_nonnull(strstr(said, "'virtty bridge confirm br0' within 1 s"));
	free(said);
	check_as_before();
	check_both(&to, "put back");
	/* the guard has its notes to take away yet */
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	expect_error(virtty("bridge", "confirm", "br0", NULL), 1, "no bridge 'br0'", "put back", NULL);
	disconnect_both(&to);
}
END_TEST

START_TEST(another_process_confirms)
{
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "120", NULL), NULL);
	SHOWS("virtty, put back in 1", virtty_path(), "bridge", "list");
	SHOWS("\"unconfirmed_s\":1", virtty_path(), "bridge", "list", "--json");
	expect_error(virtty("bridge", "confirm", "br1", NULL), 1, "'br0' that waits", NULL);
	DO("ip", "link", "add", "card1", "type", "veth", "peer", "name", "card2");
	expect_error(virtty("bridge", "create", "br1", "--port", "card1", NULL), 1, "'br0' waits to be confirmed", "bridge confirm br0", NULL);
	expect_ok(virtty("bridge", "confirm", "br0", NULL), NULL);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	SHOWS("virtty\n", virtty_path(), "bridge", "list");
	expect_ok(virtty("bridge", "create", "br1", "--port", "card1", "--no-confirm", NULL), NULL);
	expect_ok(virtty("bridge", "delete", "br1", NULL), NULL);
	DO("ip", "link", "del", "card1");
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
}
END_TEST

START_TEST(one_that_waits_can_be_put_back_at_once)
{
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "120", NULL), NULL);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	check_as_before();
}
END_TEST

START_TEST(who_ends_the_guard_does_not_want_the_bridge)
{
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "120", NULL), NULL);
	kill(home_process(lab_home(), "virtty-keeper"), SIGTERM);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	check_as_before();
}
END_TEST

/* A card that is down, without an address: as it was, afterwards. */
START_TEST(a_bare_card_is_fine)
{
	DO("ip", "link", "add", "card1", "type", "veth", "peer", "name", "card2");
	DO("ip", "link", "set", "card1", "up");
	DO("ip", "link", "set", "card1", "down");
	free(before);
	before = host_state();
	expect_ok(virtty("bridge", "create", "br0", "--port", "card1", "--no-confirm", NULL), NULL);
	SHOWS("UP", "ip", "-br", "link", "show", "card1");
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	SHOWS("inet6 fe80", "ip", "addr", "show", CARD);
	DO("ip", "link", "set", "card1", "down");
	check_as_before();
	expect_ok(virtty("bridge", "create", "br0", "--port", "card1", "--timeout", "120", NULL), NULL);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
	DO("ip", "link", "del", "card1");
}
END_TEST

/* ---- on a terminal ---- */

/* As high as all that is said at the end: what came first would scroll off before it is looked for. */
#define ROWS 120

static struct pty *create_on_terminal(const char *timeout)
{
	struct pty *pty = pty_start((const char *const[]){ virtty_path(), "bridge", "create", "br0", "--port", CARD, "--timeout", timeout, NULL },
				    (const char *const[]){ NULL }, ROWS, 120);

	pty_expect(pty, "Still connected? Type yes within");
	return pty;
}

START_TEST(a_person_says_yes)
{
	struct pty *pty = create_on_terminal("120");

	pty_send(pty, "what\r");
	pty_expect(pty, "'yes' keeps bridge br0");
	pty_send(pty, "yes\r");
	pty_expect(pty, "To make it last");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
}
END_TEST

START_TEST(a_person_says_no)
{
	struct pty *pty = create_on_terminal("120");

	pty_send(pty, "no\r");
	pty_expect(pty, "everything is put back");
	ck_assert_int_eq(pty_expect_exit(pty), 1);
	pty_free(pty);
	check_as_before();
}
END_TEST

START_TEST(a_person_says_nothing)
{
	struct pty *pty = create_on_terminal("1");

	pty_expect(pty, "was not confirmed: everything is put back");
	ck_assert_int_eq(pty_expect_exit(pty), 1);
	pty_free(pty);
	check_as_before();
}
END_TEST

START_TEST(a_connection_that_breaks_takes_the_terminal_along)
{
	struct connections to = connect_both();
	struct pty *pty = create_on_terminal("2");

	pty_hang_up(pty);
	pty_free(pty);
	check_as_before();
	check_both(&to, "put back");
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	/* and whoever comes back in time may keep it */
	pty = create_on_terminal("120");
	pty_hang_up(pty);
	pty_free(pty);
	expect_ok(virtty("bridge", "confirm", "br0", NULL), NULL);
	check_both(&to, "kept");
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
	disconnect_both(&to);
}
END_TEST

/* ---- killed ---- */

static unsigned rounds(void)
{
	const char *text = getenv("VIRTTY_BRIDGE_ROUNDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 9;
}

static bool has_bridge(void)
{
	struct outcome outcome = run_program((const char *const[]){ "ip", "link", "show", "br0", NULL });
	bool found = outcome.status == 0;

	outcome_clear(&outcome);
	return found;
}

/* Who asks is killed: its guard ends what was begun. */
START_TEST(a_killed_front_end_leaves_all_or_nothing)
{
	struct connections to = connect_both();

	for (unsigned round = 0; round < rounds(); round++) {
		bool waits = round % 3 == 0;
		struct task task = waits ? task_virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "1", NULL) :
					   task_virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL);

		(void)poll(NULL, 0, (int)(round * 37 % 240));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
		check_both(&to, "after a kill");
		if (has_bridge()) {
			ck_assert(!waits);
			HIDES("inet", "ip", "addr", "show", CARD);
			expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
		}
		check_as_before();
	}
	disconnect_both(&to);
}
END_TEST

/* The guard is killed, and who asked ends it. Both are killed: the next to come does. */
START_TEST(a_killed_guard_leaves_nothing_half)
{
	struct connections to = connect_both();

	for (unsigned round = 0; round < rounds(); round++) {
		bool both = round % 2 == 0;
		struct task task = task_virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL);

		(void)poll(NULL, 0, (int)(round * 41 % 240));
		if (both)
			kill(task.pid, SIGKILL);
		home_kill(lab_home(), "virtty-keeper");
		struct outcome outcome = task_wait(&task, SOON_MS);

		if (both && has_bridge())
			expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
		else if (outcome.status == 0)
			expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
		outcome_clear(&outcome);
		/* killed before it began to change anything, it may have left its notes */
		outcome = virtty("bridge", "delete", "br0", NULL);
		outcome_clear(&outcome);
		check_as_before();
		check_both(&to, "after a kill");
	}
	disconnect_both(&to);
}
END_TEST

START_TEST(what_a_killed_guard_left_is_for_somebody_to_decide)
{
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "120", NULL), NULL);
	home_kill(lab_home(), "virtty-keeper");
	DO("ip", "link", "add", "card1", "type", "veth", "peer", "name", "card2");
	expect_error(virtty("bridge", "create", "br1", "--port", "card1", NULL), 1, "'br0' was left unfinished", "bridge delete br0", NULL);
	DO("ip", "link", "del", "card1");
	expect_ok(virtty("bridge", "confirm", "br0", NULL), NULL);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--timeout", "120", NULL), NULL);
	home_kill(lab_home(), "virtty-keeper");
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
}
END_TEST

START_TEST(a_delete_that_is_killed_is_done_again)
{
	for (unsigned round = 0; round < rounds() / 3; round++) {
		expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL), NULL);
		struct task task = task_virtty("bridge", "delete", "br0", NULL);

		(void)poll(NULL, 0, (int)(round * 59 % 200));
		kill(task.pid, SIGKILL);
		home_kill(lab_home(), "virtty-keeper");
		task_clear(&task);
		struct outcome outcome = virtty("bridge", "delete", "br0", NULL);

		ck_assert_msg(outcome.status == 0 || !has_bridge(), "%s", outcome.err);
		outcome_clear(&outcome);
		check_as_before();
	}
}
END_TEST

/* ---- what cannot be done ---- */

START_TEST(a_step_that_fails_puts_everything_back)
{
	struct connections to = connect_both();

	/* IPv6 does not fit: its addresses are refused once IPv4's are on the bridge */
	expect_error(virtty("bridge", "create", "br0", "--port", CARD, "--mtu", "1000", NULL), 1, "cannot make bridge 'br0'", "address", NULL);
	check_as_before();
	check_both(&to, "after a failure");
	disconnect_both(&to);
}
END_TEST

static void refuse(const char *name, const char *port, const char *words, const char *more)
{
	expect_error(virtty("bridge", "create", name, "--port", port, "--no-confirm", NULL), 1, words, more, NULL);
}

START_TEST(what_cannot_be_a_bridge_is_refused)
{
	refuse("br0", "nocard", "no network interface 'nocard'", "there is: " CARD);
	refuse("br0", "lo", "loopback", NULL);
	refuse("sixteen-bytes-nm", CARD, "sixteen-bytes-nm", NULL);
	refuse("a/b", CARD, "a/b", NULL);
	refuse(CARD, CARD, "already", NULL);
	DO("ip", "link", "add", "theirs", "type", "bridge");
	refuse("theirs", CARD, "a bridge 'theirs' already", "bridge list");
	refuse("br0", "theirs", "is a bridge itself", "bridge=theirs");
	expect_error(virtty("bridge", "delete", "theirs", NULL), 1, "left alone", NULL);
	expect_error(virtty("bridge", "delete", CARD, NULL), 1, "is not a bridge", NULL);
	expect_error(virtty("bridge", "delete", "nobridge", NULL), 1, "'nobridge'", NULL);
	DO("ip", "link", "add", "card1", "type", "veth", "peer", "name", "card2");
	DO("ip", "link", "set", "card1", "master", "theirs");
	refuse("br0", "card1", "is a port of 'theirs' already", NULL);
	DO("ip", "link", "add", "link", "card2", "name", "tap7", "type", "macvtap");
	refuse("br0", "card2", "'tap7' stands on 'card2'", "link delete tap7");
	DO("ip", "link", "del", "card1");
	DO("ip", "link", "del", "theirs");
	DO("ip", "tuntap", "add", "dev", "tun7", "mode", "tun");
	refuse("br0", "tun7", "does not speak Ethernet", NULL);
	DO("ip", "link", "del", "tun7");
	expect_error(virtty("bridge", "create", "br0", "--port", CARD, "--mac", "01:00:5e:00:00:01", NULL), 1, "MAC", NULL);
	expect_error(virtty("bridge", "create", "br0", NULL), 2, "needs --port", NULL);
	expect_error(virtty("bridge", "list", "--stp", NULL), 2, "--stp belongs to", NULL);
	DO("ip", "nexthop", "add", "id", "7", "via", PEER4, "dev", CARD);
	DO("ip", "route", "add", "10.11.0.0/16", "nhid", "7");
	refuse("br0", CARD, "nexthop object", "nhid");
	DO("ip", "route", "del", "10.11.0.0/16");
	DO("ip", "nexthop", "del", "id", "7");
	/* a network of ours would have it */
	refuse("virbr0", CARD, "that of network 'default'", NULL);
	check_as_before();
}
END_TEST

START_TEST(a_user_without_rights_is_told)
{
	const char *const argv[] = { "setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", virtty_path(), "bridge", "create", "br0",
				     "--port", CARD, NULL };

	expect_error(run_program(argv), 1, "not allowed", "root (CAP_NET_ADMIN)", NULL);
	check_as_before();
}
END_TEST

START_TEST(a_wireless_card_is_refused)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mount", "-t", "tmpfs", "none", "/sys/class/net");
	DO("mkdir", "-p", "/sys/class/net/" CARD "/phy80211");
	refuse("br0", CARD, "wireless", "NAT network");
	DO("umount", "/sys/class/net");
}
END_TEST

/* A script of that name is a process of that name. */
static struct task start_named(const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", lab_home(), name);
	FILE *script = fopen(path, "we");

	ck_assert_ptr_nonnull(script);
	fputs("#!/bin/sh\necho runs\nread line\n", script);
	fclose(script);
	DO("chmod", "755", path);
	struct task task = task_start((const char *const[]){ path, CARD, NULL });

	ck_assert(task_expect(&task, "runs", SOON_MS));
	return task;
}

START_TEST(who_else_looks_after_the_card_is_named)
{
	struct task client = start_named("dhclient"), manager = start_named("NetworkManager");

	DO("nft", "add table inet filter; add chain inet filter input { type filter hook input priority 0; }; "
		  "add rule inet filter input iifname { " CARD ", card1 } tcp dport 22 accept; add rule inet filter input oifname != " CARD
		  " accept");
	struct outcome outcome = virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL);

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_ptr_nonnull(strstr(outcome.err, "keeps the lease of '" CARD "'"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "'dhclient -r " CARD "', then 'dhclient br0'"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "'nmcli device set " CARD " managed no'"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "2 of this host's packet filter rules name '" CARD "'"));
	ck_assert_ptr_nonnull(strstr(outcome.out, "nmcli connection add type bridge ifname br0"));
	outcome_clear(&outcome);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	DO("nft", "flush ruleset");
	task_clear(&client);
	task_clear(&manager);
	check_as_before();
}
END_TEST

START_TEST(the_hosts_own_configuration_is_written)
{
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL), NULL);
	/* with an address that runs out, DHCP is what gives it, and a gateway too */
	SHOWS("    auto br0\n    iface br0 inet dhcp\n    iface br0 inet static\n    \taddress 198.51.100.1/24\n    iface br0",
	      virtty_path(), "bridge", "advise", "br0");
	SHOWS("    DHCP=ipv4\n    IPv6AcceptRA=yes\n    Address=198.51.100.1/24\n", virtty_path(), "bridge", "advise", "br0");
	SHOWS("ipv4.method auto ipv4.addresses 198.51.100.1/24,203.0.113.5/32,198.51.100.3/24 ipv4.routes", virtty_path(), "bridge", "advise", "br0");
	SHOWS("      dhcp4: true\n          accept-ra: true\n", virtty_path(), "bridge", "advise", "br0");
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	DO("ip", "addr", "del", "203.0.113.6/24", "dev", CARD);
	DO("ip", "-6", "addr", "del", "2001:db8:52::5/64", "dev", CARD);
	DO("ip", "-6", "route", "del", "2001:db8:52::/64", "dev", CARD);
	ck_assert_msg(wait_for(is_settled, NULL, SOON_MS), "the card's own address is not ready");
	free(before);
	before = host_state();
	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL), NULL);
	SHOWS("    iface out0 inet manual\n", virtty_path(), "bridge", "advise", "br0");
	SHOWS("    auto br0\n    iface br0 inet static\n    \taddress 198.51.100.1/24\n    \tgateway 198.51.100.2\n    \tmetric 100\n", virtty_path(),
	      "bridge", "advise", "br0");
	SHOWS("    \tup ip route add 192.0.2.0/25 via 198.51.100.2 dev br0\n", virtty_path(), "bridge", "advise", "br0");
	SHOWS("    [Route]\n    Gateway=198.51.100.2\n    Metric=100\n", virtty_path(), "bridge", "advise", "br0");
	SHOWS("ipv4.method manual ipv4.addresses 198.51.100.1/24,203.0.113.5/32,198.51.100.3/24 ipv4.gateway 198.51.100.2", virtty_path(),
	      "bridge", "advise", "br0");
	SHOWS("        - to: \"0.0.0.0/0\"\n              via: \"198.51.100.2\"\n", virtty_path(), "bridge", "advise", "br0");
	HIDES("10.9.0.0/16", virtty_path(), "bridge", "advise", "br0");
	SHOWS("\"system\":\"netplan\"", virtty_path(), "bridge", "advise", "br0", "--json");
	expect_error(virtty("bridge", "advise", "nobridge", NULL), 1, "no bridge 'nobridge'", NULL);
	expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	check_as_before();
}
END_TEST

/* ---- machines on it ---- */

START_TEST(a_machine_stands_in_the_hosts_network)
{
	_cleanup_free_ char *document = guest_machine(lab_home(), "guest", NULL, NULL,
						      "<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>");

	expect_ok(virtty("bridge", "create", "br0", "--port", CARD, "--no-confirm", NULL), NULL);
	if (document != NULL) {
		define_start(lab_home(), "guest", document);
		SHOWS("guest", virtty_path(), "bridge", "list");
		expect_error(virtty("bridge", "delete", "br0", NULL), 1, "'guest' stands on bridge 'br0'", "--force", NULL);
		wait_console("guest", "# ", BOOT_MS);
		console_command("guest", "ip addr add 198.51.100.50/24 dev eth0; ping -c 1 -W 5 " PEER4 " >/dev/null && echo is there", "\nis there",
				SOON_MS);
		ck_assert(peer_reaches(&peer, "198.51.100.50"));
		expect_ok(virtty("bridge", "delete", "br0", "--force", NULL), NULL);
		expect_ok(virtty("destroy", "guest", NULL), NULL);
	} else {
		expect_ok(virtty("bridge", "delete", "br0", NULL), NULL);
	}
	check_as_before();
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("bridges of the host");
	TCase *moves = tcase_create("moves"), *kills = tcase_create("kills"), *refusals = tcase_create("refusals");

	if (geteuid() != 0) {
		printf("SKIP: bridges: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(moves, 300);
	tcase_set_timeout(kills, 3600);
	tcase_set_timeout(refusals, 300);
	tcase_add_checked_fixture(moves, set_up, tear_down);
	tcase_add_checked_fixture(kills, set_up, tear_down);
	tcase_add_checked_fixture(refusals, set_up, tear_down);
	tcase_add_test(moves, everything_moves_and_comes_back);
	tcase_add_test(moves, what_nobody_confirms_is_put_back);
	tcase_add_test(moves, another_process_confirms);
	tcase_add_test(moves, one_that_waits_can_be_put_back_at_once);
	tcase_add_test(moves, who_ends_the_guard_does_not_want_the_bridge);
	tcase_add_test(moves, a_bare_card_is_fine);
	tcase_add_test(moves, a_person_says_yes);
	tcase_add_test(moves, a_person_says_no);
	tcase_add_test(moves, a_person_says_nothing);
	tcase_add_test(moves, a_connection_that_breaks_takes_the_terminal_along);
	tcase_add_test(moves, a_machine_stands_in_the_hosts_network);
	tcase_add_test(kills, a_killed_front_end_leaves_all_or_nothing);
	tcase_add_test(kills, a_killed_guard_leaves_nothing_half);
	tcase_add_test(kills, what_a_killed_guard_left_is_for_somebody_to_decide);
	tcase_add_test(kills, a_delete_that_is_killed_is_done_again);
	tcase_add_test(refusals, a_step_that_fails_puts_everything_back);
	tcase_add_test(refusals, what_cannot_be_a_bridge_is_refused);
	tcase_add_test(refusals, a_user_without_rights_is_told);
	tcase_add_test(refusals, a_wireless_card_is_refused);
	tcase_add_test(refusals, who_else_looks_after_the_card_is_named);
	tcase_add_test(refusals, the_hosts_own_configuration_is_written);
	suite_add_tcase(suite, moves);
	suite_add_tcase(suite, kills);
	suite_add_tcase(suite, refusals);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
