/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where systemd runs, what outlives a login is in scopes of its own: machines, keepers of networks with their dnsmasq, passt. No systemd is needed: a
 * mount namespace pretends that there is one, and its systemd-run writes down what it is asked for. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char systemd_run[] = "#!/bin/sh\n"
				  "echo \"$*\" >>\"$VIRTTY_HOME/scopes\"\n"
				  "while [ \"$1\" != -- ]; do shift; done\n"
				  "shift\n"
				  "exec \"$@\"\n";

static void pretend_systemd(void)
{
	_cleanup_free_ char *bin = strf("%s/bin", lab_home()), *program = strf("%s/systemd-run", bin), *path = strf("%s:%s", bin, getenv("PATH"));
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mount", "-t", "tmpfs", "tmpfs", "/run");
	DO("mkdir", "-p", "/run/systemd/system", bin);
	ck_assert_msg(file_write(program, systemd_run, strlen(systemd_run), 0755, &err), "%s", error_text(&err));
	setenv("PATH", path, 1);
}

/* The line that asks for a scope of that name and program; fails the test where there is none. */
static void asked_for(const char *unit, const char *program)
{
	_cleanup_free_ char *scopes = strf("%s/scopes", lab_home()),
			    *pattern = strf("--slice=machine.slice .*--scope .*--unit=%s\\.scope -- .*%s", unit, program);

	DO("grep", "-e", pattern, scopes);
}

/* A login that ends takes its session along, whoever its leader is. */
static void is_apart(const char *program)
{
	ck_assert_int_ne(getsid(home_process(lab_home(), program)), getsid(0));
}

START_TEST(what_outlives_a_login_is_in_scopes)
{
	struct peer peer = peer_make();

	DO("ip", "route", "add", "default", "via", "198.51.100.9");
	pretend_systemd();
	expect_ok(virtty_input("<network><name>lab</name><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'><dhcp>"
			       "<range start='192.168.122.100' end='192.168.122.200'/></dhcp></ip></network>",
			       "net-define", "-", NULL),
		  NULL);
	OK("net-start", "lab");
	asked_for("virtty-network-[0-9]*-[0-9]*", "virtty-keeper --network lab");
	is_apart("dnsmasq");
	is_apart("virtty-keeper");
	OK("net-destroy", "lab");
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	_cleanup_free_ char *passt = process_find("passt");

	if (passt != NULL) {
		_cleanup_free_ char *document =
			bare_machine(lab_home(), "m", NULL, "<interface type='user'><backend type='passt'/><model type='virtio'/></interface>");

		define_start(lab_home(), "m", document);
		asked_for("virtty-[0-9]*-[0-9]*", "virtty-keeper");
		asked_for("virtty-[0-9]*-net0-[0-9]*", "passt");
		is_apart("passt");
		is_apart("virtty-keeper");
		OK("destroy", "m");
		wait_processes(lab_home(), "passt", 0, SOON_MS);
	}
	peer_remove(&peer);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("scopes");
	TCase *scopes = tcase_create("scopes");

	if (geteuid() != 0) {
		printf("SKIP: scopes: a network namespace of one's own needs root\n");
		return suite;
	}
	tcase_set_timeout(scopes, 120);
	tcase_add_checked_fixture(scopes, lab_begin, lab_end);
	tcase_add_test(scopes, what_outlives_a_login_is_in_scopes);
	suite_add_tcase(suite, scopes);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
