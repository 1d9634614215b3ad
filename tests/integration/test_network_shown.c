/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people type as root, with the paths that root has: the line of virt-install, the commands of virsh, documents as they are. The directories
 * are this test's own, in a mount namespace, as is the network. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/example.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void begin(void)
{
	lab_begin();
	ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
			      mount("none", "/var", "tmpfs", 0, NULL) == 0 && mount("none", "/run", "tmpfs", 0, NULL) == 0,
		      "cannot have directories of one's own: %s", strerror(errno));
	ck_assert(directory_make("/var/tmp", 0755, NULL) && directory_make("/var/lib", 0755, NULL) && directory_make("/var/log", 0755, NULL));
	/* the harness knows its processes by this */
	setenv("VIRTTY_TEST_HOME", lab_home(), 1);
	unsetenv("VIRTTY_HOME");
}

static char *default_xml(void)
{
	return lab_run(virtty_path(), "-q", "net-dumpxml", "default", NULL);
}

/* ---- virt-install's line ---- */

#define LINE(kind)                                                                                                                      \
	virtty("install", "--virt-type", kind, "--name", "centos-6.4", "--ram", "1024", cdrom, "--disk", disk, "--network", "network=default", \
	       "--graphics", "vnc,listen=0.0.0.0", "--noautoconsole", "--os-type=linux", "--os-variant=rhel6", NULL)

static bool has_lease(void *data)
{
	_cleanup_free_ char *out = lab_run(virtty_path(), "net-dhcp-leases", "default", NULL);

	(void)data;
	return strstr(out, "52:54:00:") != NULL;
}

START_TEST(the_line_of_virt_install)
{
	_cleanup_free_ char *iso = guest_file("guest.iso"), *cdrom = strf("--cdrom=%s", iso),
			    *image = strf("%s/D.qcow2", lab_home()), *disk = strf("path=%s,size=10,format=qcow2", image);

	if (iso == NULL)
		return;
	struct outcome kvm = LINE("kvm");

	if (kvm.status != 0) {
		/* a host without usable KVM says so, says how to go on, and has taken everything back */
		expect_error(kvm, 1, "KVM", "--virt-type qemu", NULL);
		ck_assert(!path_exists(image));
		OK("list", "--all");
		HIDES("centos-6.4", virtty_path(), "list", "--all");
		lab_check_host();
		expect_ok(LINE("qemu"), NULL);
	} else {
		outcome_clear(&kvm);
	}
	wait_state("centos-6.4", "running", SOON_MS);
	ck_assert(path_exists(image));
	SHOWS("default   active   yes", virtty_path(), "net-list");
	SHOWS("vnet0       network   default", virtty_path(), "domiflist", "centos-6.4");
	SHOWS("vnet0", "ip", "-br", "link", "show", "master", "virbr0");
	ck_assert_msg(wait_for(has_lease, NULL, BOOT_MS), "the guest has no lease");
	SHOWS("192.168.122.", virtty_path(), "domifaddr", "centos-6.4");
	OK("destroy", "centos-6.4");
	OK("net-destroy", "default");
}
END_TEST

/* ---- the default network ---- */

/* The host has a card with this address. */
static void plug_card(const char *address)
{
	DO("ip", "link", "add", "card0", "type", "veth", "peer", "name", "card1");
	DO("ip", "addr", "add", address, "dev", "card0");
	DO("ip", "link", "set", "card0", "up");
}

/* The host is this one in the default network, which starts; the card is taken out again. */
static void check_default(const char *address)
{
	_cleanup_free_ char *text = default_xml(), *wanted = strf("'%s'", address);

	ck_assert_msg(strstr(text, wanted) != NULL, "%s", text);
	OK("net-start", "default");
	OK("net-destroy", "default");
	DO("ip", "link", "del", "card0");
}

START_TEST(an_address_is_in_the_way)
{
	plug_card("192.168.122.77/25");
	check_default("192.168.123.1");
}
END_TEST

START_TEST(a_route_is_in_the_way)
{
	plug_card("198.51.100.1/24");
	DO("ip", "route", "add", "192.168.122.0/23", "via", "198.51.100.2");
	check_default("192.168.124.1");
}
END_TEST

/* A default route and a tunnel of everything are in nobody's way. */
START_TEST(a_default_route_is_not)
{
	plug_card("198.51.100.1/24");
	DO("ip", "route", "add", "default", "via", "198.51.100.2");
	DO("ip", "route", "add", "0.0.0.0/1", "via", "198.51.100.2");
	DO("ip", "route", "add", "128.0.0.0/1", "via", "198.51.100.2");
	check_default("192.168.122.1");
}
END_TEST

/* ---- documents as they are ---- */

START_TEST(a_network_of_libvirts)
{
	_cleanup_free_ char *text = example_text("network-nat.xml", (const char *const[]){ NULL }), *shown = NULL;

	if (text == NULL) {
		skip_test("there is no network-nat.xml");
		return;
	}
	OK("net-start", "default");
	OK("net-destroy", "default");
	/* the one that virtty made gives way */
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
	shown = default_xml();
	ck_assert_str_eq(shown, text);
	OK("net-start", "default");
	SHOWS("52:54:00:91:d4:95", "ip", "link", "show", "virbr0");
	SHOWS("192.168.122.1/24", "ip", "addr", "show", "virbr0");
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	OK("net-destroy", "default");
}
END_TEST

/* The same once virtty's own network of that name runs: it gives way, and the other runs. */
START_TEST(a_network_of_libvirts_later)
{
	_cleanup_free_ char *text = example_text("network-nat.xml", (const char *const[]){ NULL });

	if (text == NULL) {
		skip_test("there is no network-nat.xml");
		return;
	}
	OK("net-start", "default");
	HIDES("52:54:00:91:d4:95", "ip", "link", "show", "virbr0");
	expect_ok(virtty_input(text, "net-define", "-", NULL), NULL);
	SHOWS("52:54:00:91:d4:95", "ip", "link", "show", "virbr0");
	wait_processes(lab_home(), "dnsmasq", 1, SOON_MS);
	OK("net-destroy", "default");
	HIDES("virbr0", "ip", "link", "show");
}
END_TEST

START_TEST(a_machine_on_a_bridge)
{
	_cleanup_free_ char *text = example_text("domain-minimal.xml", (const char *const[]){ NULL });
	_cleanup_free_ char *here =
		example_text("domain-minimal.xml", (const char *const[]){ "type='kvm'", "type='qemu'", "<memory>16097152", "<memory>131072",
									  "<currentMemory>16097152", "<currentMemory>131072", NULL });

	if (text == NULL) {
		skip_test("there is no domain-minimal.xml");
		return;
	}
	DO("qemu-img", "create", "-q", "-f", "qcow2", "/var/new_centos7.2.qcow2", "1G");
	expect_ok(virtty_input(text, "define", "-", NULL), NULL);
	OK("undefine", "new_centos7.2");
	/* what this host can run of it */
	expect_ok(virtty_input(here, "define", "-", NULL), NULL);
	expect_error(virtty("start", "new_centos7.2", NULL), 1, "no network interface 'br0'", NULL);
	DO("ip", "link", "add", "br0", "type", "bridge");
	OK("start", "new_centos7.2");
	SHOWS("vnet0", "ip", "-br", "link", "show", "master", "br0");
	SHOWS("vnet0       bridge   br0", virtty_path(), "domiflist", "new_centos7.2");
	OK("destroy", "new_centos7.2");
	DO("ip", "link", "del", "br0");
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("networks: as root");
	TCase *tcase = tcase_create("root");

	if (geteuid() != 0) {
		printf("SKIP: networks: root's own directories need root\n");
		return suite;
	}
	tcase_set_timeout(tcase, 300);
	tcase_add_checked_fixture(tcase, begin, lab_end);
	tcase_add_test(tcase, the_line_of_virt_install);
	tcase_add_test(tcase, an_address_is_in_the_way);
	tcase_add_test(tcase, a_route_is_in_the_way);
	tcase_add_test(tcase, a_default_route_is_not);
	tcase_add_test(tcase, a_network_of_libvirts);
	tcase_add_test(tcase, a_network_of_libvirts_later);
	tcase_add_test(tcase, a_machine_on_a_bridge);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
