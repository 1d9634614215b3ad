/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface carries, in a network namespace of each test's own: read, written down, read again, given to another interface. */
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "net/carried.h"
#include "tests/unit/unit.h"

#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct links *links; /* owned; a test's own */

static void run(const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");

	ck_assert_msg(process_run_ok(argv, 10000, NULL, &err), "%s: %s", words, error_text(&err));
}

static void check_shows(const char *words, const char *part, bool wanted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_split(words, " ");
	char *output = NULL;

	ck_assert_msg(process_run_ok(argv, 10000, &output, &err), "%s: %s", words, error_text(&err));
	ck_assert_msg((strstr(output, part) != NULL) == wanted, "'%s' is %s what '%s' says:\n%s", part, wanted ? "not in" : "in", words, output);
	free(output);
}

static void set_up(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	links = links_open(&err);
	ck_assert_msg(links != NULL, "%s", error_text(&err));
	run("ip link add one type veth peer name end1");
	run("ip link add two type veth peer name end2");
	run("ip link set end1 up");
	run("ip link set end2 up");
	run("ip link set one up");
	run("ip link set two up");
	run("ip addr add 192.0.2.5/24 dev one label one:x");
	run("ip addr add 192.0.2.6/24 dev one valid_lft 3000 preferred_lft 2000");
	run("ip addr add 192.0.2.9 peer 192.0.2.8 dev one");
	run("ip -6 addr add 2001:db8::5/64 dev one nodad");
	run("ip route add default via 192.0.2.1 metric 7");
	run("ip route add 10.0.0.0/8 via 192.0.2.1 mtu 1400");
	run("ip -6 route add 2001:db8:9::/48 via 2001:db8::1");
	run("ip rule add iif one lookup 55 pref 99");
}

static void tear_down(void)
{
	links_close(links);
}

/* Through its file. */
static struct carried *read_again(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_carried_ struct carried *carried = carried_read(links, name, &err);

	ck_assert_msg(carried != NULL, "%s", error_text(&err));
	_cleanup_json_ struct json_object *json = carried_to_json(carried);
	_cleanup_free_ char *text = json_text(json);
	_cleanup_json_ struct json_object *read = json_parse("file", text, strlen(text), &err);
	struct carried *again = carried_from_json(read, &err);

	ck_assert_msg(again != NULL, "%s", error_text(&err));
	_cleanup_json_ struct json_object *json_again = carried_to_json(again);
	_cleanup_free_ char *text_again = json_text(json_again);

	ck_assert_str_eq(text, text_again);
	return again;
}

START_TEST(it_moves_and_moving_again_is_no_error)
{
	_cleanup_carried_ struct carried *carried = read_again("one");
	_cleanup_error_ struct error err = ERROR_INIT;

	for (int times = 0; times < 2; times++) {
		ck_assert_ok(carried_put_addresses(links, carried, "two", &err), &err);
		ck_assert_ok(carried_move(links, carried, "one", "two", &err), &err);
		ck_assert_ok(carried_take_addresses(links, carried, "one", &err), &err);
		carried_put_switches(carried, "two");
		ck_assert_ok(carried_is_on(links, carried, "two", &err), &err);
	}
	check_shows("ip addr show one", "inet ", false);
	check_shows("ip addr show two", "192.0.2.5/24 brd", false);
	check_shows("ip addr show two", "192.0.2.5/24 scope global two:x", true);
	check_shows("ip addr show two", "192.0.2.6/24 scope global secondary dynamic two", true);
	check_shows("ip addr show two", "192.0.2.9 peer 192.0.2.8/32", true);
	check_shows("ip route", "default via 192.0.2.1 dev two metric 7", true);
	check_shows("ip route", "10.0.0.0/8 via 192.0.2.1 dev two mtu 1400", true);
	check_shows("ip -6 route", "2001:db8:9::/48 via 2001:db8::1 dev two", true);
	check_shows("ip rule", "iif two lookup 55", true);
	check_shows("ip rule", "iif one", false);
	ck_assert(!carried_is_on(links, carried, "one", &err));
	ck_assert_error(&err, ERROR_STATE, "did not come to 'one'");
}
END_TEST

START_TEST(people_are_shown_what_a_file_says)
{
	_cleanup_carried_ struct carried *carried = read_again("one");
	struct carried_address *addresses;
	struct carried_route *routes;
	size_t address_count, route_count, defaults = 0, leased = 0;

	carried_addresses(carried, &addresses, &address_count);
	carried_routes(carried, &routes, &route_count);
	ck_assert_uint_eq(address_count, 4);
	ck_assert_uint_eq(route_count, 3);
	for (size_t i = 0; i < address_count; i++)
		leased += addresses[i].leased;
	for (size_t i = 0; i < route_count; i++)
		defaults += routes[i].to.prefix == 0 && routes[i].metric == 7 && routes[i].gateway.family == AF_INET;
	ck_assert_uint_eq(leased, 1);
	ck_assert_uint_eq(defaults, 1);
	free(addresses);
	free(routes);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	_cleanup_carried_ struct carried *carried = read_again("one");
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ptr_null(carried_read(links, "none", &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'none'");
	ck_assert(!carried_put_addresses(links, carried, "none", &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'none'");
	ck_assert(!carried_move(links, carried, "one", "none", &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'none'");
	run("ip nexthop add id 7 via 192.0.2.1 dev one");
	run("ip route add 10.1.0.0/16 nhid 7");
	ck_assert_ptr_null(carried_read(links, "one", &err));
	ck_assert_error(&err, ERROR_UNSUPPORTED, "nexthop object");
}
END_TEST

/* A file that was cut short, or is of something else. */
static const char *const torn[] = {
	"{}",
	"{\"name\":\"one\"}",
	"{\"name\":\"a-name-of-16-byte\",\"pieces\":[],\"switches\":{}}",
	"{\"name\":\"one\",\"pieces\":[{\"type\":1,\"data\":\"00\"}],\"switches\":{}}",
	"{\"name\":\"one\",\"pieces\":[{\"type\":20,\"data\":\"0\"}],\"switches\":{}}",
	"{\"name\":\"one\",\"pieces\":[{\"type\":20,\"data\":\"000000000000000g\"}],\"switches\":{}}",
	"{\"name\":\"one\",\"pieces\":[{\"type\":20,\"data\":\"0000\"}],\"switches\":{}}",
	"{\"name\":\"one\",\"pieces\":[7],\"switches\":{}}",
};

START_TEST(a_torn_file_is_refused)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *json = json_parse("file", torn[_i], strlen(torn[_i]), &err);

	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_null(carried_from_json(json, &err));
	ck_assert_error(&err, ERROR_INVALID, "not written down whole");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("network: what an interface carries");
	TCase *tcase = tcase_create("carried");

	if (geteuid() != 0) {
		printf("SKIP: what interfaces carry: a network namespace of its own needs root\n");
		return suite;
	}
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, it_moves_and_moving_again_is_no_error);
	tcase_add_test(tcase, people_are_shown_what_a_file_says);
	tcase_add_test(tcase, what_is_missing_is_said);
	tcase_add_loop_test(tcase, a_torn_file_is_refused, 0, (int)ARRAY_LENGTH(torn));
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
