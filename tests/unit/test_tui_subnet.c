/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subnets and ranges as people type them in a form. */
#include "base/memory.h"
#include "tests/unit/unit.h"
#include "tui/subnet_text.h"

#include <sys/socket.h>

static void check_wrong(const char *text, int family, const char *words)
{
	struct subnet subnet;
	_cleanup_free_ char *wrong = subnet_read(text, family, &subnet);

	ck_assert_msg(wrong != NULL && strstr(wrong, words) != NULL, "%s: %s", text, wrong != NULL ? wrong : "nothing is wrong");
}

static void check_subnet(const char *text, int family, const char *own, const char *range)
{
	struct subnet subnet;
	char address[ADDRESS_TEXT_SIZE];
	_cleanup_free_ char *wrong = subnet_read(text, family, &subnet);

	ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
	struct ip_address host = subnet_own_address(&subnet);
	_cleanup_free_ char *usual = subnet_usual_range(&subnet);

	address_format(&host, address);
	ck_assert_str_eq(address, own);
	ck_assert_str_eq(usual, range);
}

START_TEST(subnets)
{
	check_subnet("192.168.123.0/24", AF_INET, "192.168.123.1", "192.168.123.2 - 192.168.123.254");
	check_subnet("192.168.123.254/24", AF_INET, "192.168.123.254", "192.168.123.1 - 192.168.123.253");
	check_subnet("10.255.255.0/30", AF_INET, "10.255.255.1", "10.255.255.2 - 10.255.255.2");
	check_subnet("10.0.0.0/8", AF_INET, "10.0.0.1", "10.0.0.2 - 10.255.255.254");
	check_subnet("172.16.255.255/15", AF_INET, "172.16.255.255", "172.16.0.1 - 172.16.255.254");
	check_subnet("fd00:1::/64", AF_INET6, "fd00:1::1", "fd00:1::2 - fd00:1::ffff:ffff:ffff:fffe");
	check_wrong("", AF_INET, "no IPv4 subnet");
	check_wrong("192.168.123.0", AF_INET, "how many bits");
	check_wrong("192.168.123.0/", AF_INET, "how many bits");
	check_wrong("192.168.123.0/24x", AF_INET, "how many bits");
	check_wrong("192.168.123.0/33", AF_INET, "");
	check_wrong("192.168.123.0/31", AF_INET, "/30");
	check_wrong("192.0.0.0/7", AF_INET, "/8");
	check_wrong("192.168.123.256/24", AF_INET, "no IPv4 subnet");
	check_wrong("fd00::/64", AF_INET, "no IPv4 subnet");
	check_wrong("10.0.0.0/24", AF_INET6, "no IPv6 subnet");
	check_wrong("127.0.0.0/8", AF_INET, "no machine");
	check_wrong("ff02::/64", AF_INET6, "no machine");
	check_wrong("fd00::/127", AF_INET6, "/126");
}
END_TEST

START_TEST(ranges)
{
	struct ip_address first, last;

	ck_assert(range_read("10.0.0.1 - 10.0.0.9", &first, &last));
	ck_assert(range_read("10.0.0.1-10.0.0.9", &first, &last) && last.bytes[3] == 9);
	ck_assert(!range_read("10.0.0.1", &first, &last));
	ck_assert(!range_read("10.0.0.1 - 10.0.0.9 - 10.0.0.10", &first, &last));
	ck_assert(!range_read("fd00::1 - fd00::9", &first, &last));
	ck_assert(!range_read("", &first, &last));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui subnet");
	TCase *tests = tcase_create("subnet");

	tcase_add_test(tests, subnets);
	tcase_add_test(tests, ranges);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);

	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
