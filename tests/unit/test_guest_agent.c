/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest agent's client against agents that a child process plays: honest, slow of hearing, hostile; and what it makes of addresses. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/guest_agent.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHORT_MS 300

/* An agent at the other end. */
struct agent {
	int fd;
	pid_t pid;
};

static void say(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0)
			_exit(0); /* the asker has heard enough */
		bytes += n;
		length -= (size_t)n;
	}
}

static void say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* The next line that was asked; the process ends where there is none. */
static void hear(int fd, char line[512])
{
	size_t length = 0;

	while (length < 511 && read(fd, line + length, 1) == 1 && line[length] != '\n')
		length++;
	if (length == 0)
		_exit(0);
	line[length] = '\0';
}

/* Answers guest-sync-delimited as qemu-ga does. */
static void say_synchronised(int fd)
{
	char line[512], answer[64];
	const char *id;

	hear(fd, line);
	id = strstr(line, "\"id\":");
	snprintf(answer, sizeof answer, "\xff{\"return\": %lld}\n", id ? strtoll(id + 5, NULL, 10) : 0);
	say_text(fd, answer);
}

static struct agent agent_start(void (*play)(int fd))
{
	struct agent agent;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	agent.fd = pair[0];
	agent.pid = fork();
	ck_assert_int_ge(agent.pid, 0);
	if (agent.pid == 0) {
		close(pair[0]);
		play(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	return agent;
}

static void agent_end(struct agent *agent)
{
	close(agent->fd);
	kill(agent->pid, SIGKILL);
	waitpid(agent->pid, NULL, 0);
}

/* What the agent's return is, as text; NULL with err. Owned. */
static char *asked(void (*play)(int fd), int timeout_ms, struct error *err)
{
	struct agent agent = agent_start(play);
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *arguments = json_object_new_object();
	bool ok;

	json_set_string(arguments, "path", "a");
	ok = guest_agent_talk(agent.fd, "guest-question", arguments, timeout_ms, &answer, err);
	agent_end(&agent);
	return ok ? json_text(answer) : NULL;
}

static void expect_refusal(void (*play)(int fd), int timeout_ms, enum error_code code, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *answer = asked(play, timeout_ms, &err);

	ck_assert_msg(answer == NULL, "an answer was taken: %s", answer);
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "'%s' is not in: %s", words, error_text(&err));
}

/* ---- honest ones ---- */

static void play_honest(int fd)
{
	char line[512];

	say_synchronised(fd);
	hear(fd, line);
	say_text(fd, strcmp(line, "{\"execute\":\"guest-question\",\"arguments\":{\"path\":\"a\"}}") == 0 ? "{\"return\": [1, 2]}\n" :
													   "{\"return\": []}\n");
}

/* What an earlier asker did not wait for comes first; the answer comes in pieces. */
static void play_late_answers(int fd)
{
	char line[512];

	say_text(fd, "{\"return\": \"old\"}\n\xff{\"return\": 7}\n{\"error\": {\"desc\": \"old\"}}\n");
	say_synchronised(fd);
	say_text(fd, "not JSON\n\n[]\n{\"event\": 1}\n");
	hear(fd, line);
	say_text(fd, "{\"retu");
	poll(NULL, 0, 20);
	say_text(fd, "rn\": {}}\n");
}

START_TEST(honest_agents_are_understood)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *plain = asked(play_honest, SHORT_MS * 20, &err);
	_cleanup_free_ char *late = asked(play_late_answers, SHORT_MS * 20, &err);

	ck_assert_msg(plain != NULL && late != NULL, "%s", error_text(&err));
	ck_assert_str_eq(plain, "[1,2]");
	ck_assert_str_eq(late, "{}");
}
END_TEST

static void play_refusal(int fd)
{
	char line[512];

	say_synchronised(fd);
	hear(fd, line);
	say_text(fd, "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"\\u001b]0;mine\\u0007 no such command\"}}\n");
}

START_TEST(a_refusal_is_told_in_plain_characters)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *answer = asked(play_refusal, SHORT_MS * 20, &err);

	ck_assert_ptr_null(answer);
	ck_assert_int_eq(err.code, ERROR_FAILED);
	ck_assert_str_eq(error_text(&err), "guest agent: it said no: ?]0;mine? no such command");
}
END_TEST

/* ---- hostile ones ---- */

static void play_silence(int fd)
{
	char line[512];

	hear(fd, line);
	poll(NULL, 0, -1);
}

static void play_silence_once_asked(int fd)
{
	say_synchronised(fd);
	poll(NULL, 0, -1);
}

static void play_end(int fd)
{
	say_synchronised(fd);
}

static void play_garbage(int fd)
{
	char bytes[4096];
	unsigned state = 1;

	for (;;) {
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (char)((state = state * 1103515245 + 12345) >> 16);
		say(fd, bytes, sizeof bytes);
	}
}

static void play_empty_lines(int fd)
{
	char bytes[4096];

	memset(bytes, '\n', sizeof bytes);
	say_synchronised(fd);
	for (;;)
		say(fd, bytes, sizeof bytes);
}

static void play_endless_answer(int fd)
{
	say_synchronised(fd);
	say_text(fd, "{\"return\": [");
	for (;;)
		say_text(fd, "{\"name\": \"eth0\"},");
}

/* One byte now and then keeps nobody waiting longer. */
static void play_drip(int fd)
{
	say_synchronised(fd);
	for (;;) {
		say_text(fd, " ");
		poll(NULL, 0, 10);
	}
}

static void play_wrong_id(int fd)
{
	char line[512];

	hear(fd, line);
	say_text(fd, "\xff{\"return\": 12}\n");
	poll(NULL, 0, -1);
}

START_TEST(hostile_agents_are_given_up)
{
	int64_t begin = clock_monotonic_ms();

	expect_refusal(play_silence, SHORT_MS, ERROR_TIMEOUT, "not responding");
	expect_refusal(play_silence_once_asked, SHORT_MS, ERROR_TIMEOUT, "not responding");
	expect_refusal(play_wrong_id, SHORT_MS, ERROR_TIMEOUT, "not responding");
	expect_refusal(play_drip, SHORT_MS, ERROR_TIMEOUT, "not responding");
	expect_refusal(play_end, SHORT_MS * 20, ERROR_PROTOCOL, "ended the connection");
	expect_refusal(play_garbage, SHORT_MS * 40, ERROR_PROTOCOL, "longer than");
	expect_refusal(play_endless_answer, SHORT_MS * 40, ERROR_PROTOCOL, "longer than");
	begin = clock_monotonic_ms() - begin;
	ck_assert_msg(begin < SHORT_MS * 100, "it took %lld ms", (long long)begin);
	/* however much there is to read, the time is kept */
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *answer = asked(play_empty_lines, SHORT_MS, &err);

	ck_assert_ptr_null(answer);
	ck_assert(err.code == ERROR_TIMEOUT || err.code == ERROR_PROTOCOL);
}
END_TEST

/* ---- addresses ---- */

/* "eth0 MAC address/prefix; ..." Owned. */
static char *read_addresses(const char *json)
{
	_cleanup_json_ struct json_object *answer = json_parse("test", json, strlen(json), NULL);
	_cleanup_error_ struct error err = ERROR_INIT;
	struct interface_address *addresses = NULL;
	char *text = xstrdup("");
	size_t count = 0;

	ck_assert_ptr_nonnull(answer);
	if (!guest_agent_addresses(answer, &addresses, &count, &err)) {
		free(text);
		return xstrdup(error_text(&err));
	}
	for (size_t i = 0; i < count; i++) {
		char address[ADDRESS_TEXT_SIZE] = "none", *more;

		if (addresses[i].address.family != 0)
			address_format(&addresses[i].address, address);
		more = strf("%s%s %s %s/%u; ", text, addresses[i].target, addresses[i].mac ? addresses[i].mac : "-", address, addresses[i].prefix);
		free(text);
		text = more;
	}
	interface_addresses_free(addresses, count);
	return text;
}

static void check_addresses(const char *json, const char *wanted)
{
	_cleanup_free_ char *seen = read_addresses(json);

	ck_assert_str_eq(seen, wanted);
}

START_TEST(addresses_of_a_guest)
{
	check_addresses("[]", "");
	check_addresses("[{\"name\":\"lo\",\"hardware-address\":\"00:00:00:00:00:00\",\"ip-addresses\":["
			"{\"ip-address-type\":\"ipv4\",\"ip-address\":\"127.0.0.1\",\"prefix\":8},"
			"{\"ip-address-type\":\"ipv6\",\"ip-address\":\"::1\",\"prefix\":128}]},{\"name\":\"sit0\"}]",
			"lo 00:00:00:00:00:00 127.0.0.1/8; lo 00:00:00:00:00:00 ::1/128; sit0 - none/0; ");
	/* an alias of a card is that card, wherever it stands */
	check_addresses("[{\"name\":\"eth0\",\"ip-addresses\":[{\"ip-address\":\"10.0.0.1\",\"prefix\":24}]},{\"name\":\"eth1\"},"
			"{\"name\":\"eth0:1\",\"ip-addresses\":[{\"ip-address\":\"10.0.0.2\",\"prefix\":24}]}]",
			"eth0 - 10.0.0.1/24; eth0 - 10.0.0.2/24; eth1 - none/0; ");
	check_addresses("[{\"name\":\"Local Area Connection\",\"ip-addresses\":[{\"ip-address\":\"fe80::1%5\",\"prefix\":64}]}]",
			"Local Area Connection - fe80::1/64; ");
}
END_TEST

START_TEST(addresses_of_a_hostile_guest)
{
	check_addresses("{}", "guest agent: its answer is no list of network cards");
	check_addresses("[null, 1, \"a\", [], {}, {\"name\":5}, {\"name\":\"\"}, {\"name\":null,\"ip-addresses\":3}]", "");
	check_addresses("[{\"name\":\"\\u001b[2J\\neth0\",\"hardware-address\":\"nonsense\",\"ip-addresses\":[1,null,{},"
			"{\"ip-address\":\"10.0.0.256\"},{\"ip-address\":\"10.0.0.1\\n\",\"prefix\":24},"
			"{\"ip-address\":\"10.0.0.1\",\"prefix\":33},{\"ip-address\":\"10.0.0.2\",\"prefix\":-1}]}]",
			"?[2J?eth0 - 10.0.0.1/0; ?[2J?eth0 - 10.0.0.2/0; ");
	/* more than anybody has are cut off */
	_cleanup_json_ struct json_object *many = json_object_new_array();
	_cleanup_error_ struct error err = ERROR_INIT;
	struct interface_address *addresses = NULL;
	size_t count = 0;

	for (int i = 0; i < 10000; i++) {
		struct json_object *card = json_object_new_object();

		json_set_string(card, "name", "eth0");
		json_object_array_add(many, card);
	}
	ck_assert(guest_agent_addresses(many, &addresses, &count, &err));
	ck_assert_uint_le(count, 4096);
	interface_addresses_free(addresses, count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core: guest agent");
	TCase *talk = tcase_create("talk"), *addresses = tcase_create("addresses");

	tcase_set_timeout(talk, 120);
	tcase_add_test(talk, honest_agents_are_understood);
	tcase_add_test(talk, a_refusal_is_told_in_plain_characters);
	tcase_add_test(talk, hostile_agents_are_given_up);
	tcase_add_test(addresses, addresses_of_a_guest);
	tcase_add_test(addresses, addresses_of_a_hostile_guest);
	suite_add_tcase(suite, talk);
	suite_add_tcase(suite, addresses);
	return unit_run(suite);
}
