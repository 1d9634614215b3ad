/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passt's command line, as cards state it. */
#include "base/memory.h"
#include "base/strv.h"
#include "core/passt.h"
#include "hv/domain_interface.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *inner, *words;
} cards[] = {
	{ "", "" },
	{ "<source dev='eth0'/><mtu size='1400'/>", " --interface eth0 --mtu 1400" },
	{ "<ip address='10.0.0.5' family='ipv4' prefix='8'/><ip address='fd00::5' family='ipv6'/>",
	  " --address 10.0.0.5 --netmask 8 --address fd00::5" },
	{ "<portForward proto='tcp'><range start='2222' to='22'/></portForward>", " --tcp-ports 2222:22" },
	{ "<portForward proto='tcp'><range start='22'/><range start='8000' end='8010' to='9000'/></portForward>",
	  " --tcp-ports 22,8000-8010:9000-9010" },
	{ "<portForward proto='udp' address='192.0.2.1'><range start='53'/></portForward>", " --udp-ports 192.0.2.1/53" },
	{ "<portForward proto='tcp' address='2001:db8::1' dev='eth0'><range start='1' end='3'/><range start='2' exclude='yes'/></portForward>",
	  " --tcp-ports 2001:db8::1%eth0/1-3,~2" },
	{ "<portForward proto='tcp' dev='eth0'><range start='80'/></portForward>", " --tcp-ports 0.0.0.0%eth0/80" },
	{ "<portForward proto='tcp'/>", " --tcp-ports all" },
	{ "<portForward proto='udp' address='192.0.2.1'/>", " --udp-ports 192.0.2.1/1-32767" },
	{ "<portForward proto='tcp'><range start='20' end='25' exclude='yes'/></portForward>", " --tcp-ports ~20-25" },
};

START_TEST(words_of_a_card)
{
	_cleanup_free_ char *text = strf("<interface type='user'><backend type='passt'/>%s</interface>", cards[_i].inner);
	_cleanup_free_ char *wanted = strf("/usr/bin/passt --quiet --fd 3%s", cards[_i].words);
	_cleanup_error_ struct error err = ERROR_INIT;
	struct interface *interface = interface_parse(&(struct device_text){ "card", text, strlen(text) }, &err);

	ck_assert_msg(interface != NULL, "%s", error_text(&err));
	_cleanup_strv_ char **argv = passt_argv("/usr/bin/passt", interface, 3);
	_cleanup_free_ char *words = strv_join(argv, " ");

	ck_assert_str_eq(words, wanted);
	interface_free(interface);
}
END_TEST

START_TEST(a_log_goes_where_it_is_told)
{
	static const char text[] = "<interface type='user'><backend type='passt' logFile='/tmp/a log'/></interface>";
	_cleanup_error_ struct error err = ERROR_INIT;
	struct interface *interface = interface_parse(&(struct device_text){ "card", text, strlen(text) }, &err);

	ck_assert_msg(interface != NULL, "%s", error_text(&err));
	_cleanup_strv_ char **argv = passt_argv("/usr/bin/passt", interface, 3);

	ck_assert_uint_eq(strv_length(argv), 6);
	ck_assert_str_eq(argv[4], "--log-file");
	ck_assert_str_eq(argv[5], "/tmp/a log");
	interface_free(interface);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passt");
	TCase *tcase = tcase_create("passt");

	tcase_add_loop_test(tcase, words_of_a_card, 0, (int)ARRAY_LENGTH(cards));
	tcase_add_test(tcase, a_log_goes_where_it_is_told);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
