/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user without privileges has of networks: user networking, passt, a bridge that root allows, a tap that root made; and what is said where
 * root has not. In a network namespace of each test's own; what root would change on the host is changed in a mount namespace. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/account.h"
#include "tests/harness/home.h"
#include "tests/harness/lab.h"
#include "tests/harness/machine.h"
#include "tests/harness/peer.h"
#include "tests/harness/task.h"

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_OK(...) expect_ok(as_user(__VA_ARGS__, NULL), NULL)
#define BUSYBOX "/bin/busybox"
#define HELPER	"/usr/lib/qemu/qemu-bridge-helper"
#define RULES	"/etc/qemu/bridge.conf"
#define MAC	"52:54:00:00:00:50"
#define GUEST	"10.7.0.50"

static void write_text(const char *path, const char *text, mode_t mode)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(file_write(path, text, strlen(text), mode, &err), "%s", error_text(&err));
}

/* Defines machine m of the user's with a card: one that boots the test guest, or shows firmware. */
static void define_machine(const char *card, const char *kernel)
{
	_cleanup_free_ char *text = strf("<domain type='qemu'><name>m</name><memory unit='MiB'>%s</memory><vcpu>1</vcpu><os><type arch='x86_64' "
					 "machine='q35'>hvm</type>%s</os><features><acpi/></features><devices>"
					 "<serial type='pty'/>%s</devices></domain>",
					 kernel[0] != '\0' ? "192" : "32", kernel, card);
	_cleanup_free_ char *path = strf("%s/m.xml", lab_home());
	struct outcome earlier = as_user("undefine", "m", NULL);

	outcome_clear(&earlier);
	write_text(path, text, 0644);
	USER_OK("define", path);
}

/* The <os> part of a machine with the test guest, which answers at port 80; NULL: there is no guest. Owned. */
static char *guest_kernel(void)
{
	_cleanup_free_ char *vmlinux = guest_file("vmlinux"), *initrd = guest_file("initrd.img");

	if (vmlinux == NULL || initrd == NULL)
		return NULL;
	_cleanup_free_ char *kernel = account_give(vmlinux, "vmlinux", 0644), *ramdisk = account_give(initrd, "initrd.img", 0644);

	return strf("<kernel>%s</kernel><initrd>%s</initrd><cmdline>console=ttyS0 quiet do=httpd</cmdline>", kernel, ramdisk);
}

static bool is_served(void *data)
{
	_cleanup_outcome_ struct outcome outcome = run_program((const char *const[]){ BUSYBOX, "wget", "-O", "-", data, NULL });

	/* it has no page, and says so */
	return strstr(outcome.err, "404") != NULL;
}

static void is_reached(const char *url)
{
	ck_assert_msg(wait_for(is_served, (void *)(uintptr_t)url, BOOT_MS), "the guest does not answer at %s", url);
}

static uid_t owner_of(const char *program)
{
	_cleanup_free_ char *path = strf("/proc/%d", (int)home_process(lab_home(), program));
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_uid;
}

static void all_is_gone(void)
{
	wait_processes(lab_home(), "virtty-keeper", 0, SOON_MS);
	wait_processes(lab_home(), "qemu-system", 0, SOON_MS);
	wait_processes(lab_home(), "passt", 0, SOON_MS);
}

/* ---- a bridge ---- */

/* A mount namespace in which /etc may be written and the helper is a copy. false: this kernel has no overlays here. */
static bool hide_host(void)
{
	_cleanup_free_ char *layer = strf("%s/layer", lab_home()), *copy = strf("%s/helper", layer), *options = NULL;

	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	DO("mount", "--make-rprivate", "/");
	DO("mkdir", layer);
	DO("mount", "-t", "tmpfs", "tmpfs", layer);
	options = strf("lowerdir=/etc,upperdir=%s/up,workdir=%s/work", layer, layer);
	_cleanup_free_ char *up = strf("%s/up", layer), *work = strf("%s/work", layer);

	DO("mkdir", up, work);
	struct outcome overlay = run_program((const char *const[]){ "mount", "-t", "overlay", "overlay", "-o", options, "/etc", NULL });
	bool mounted = overlay.status == 0;

	if (!mounted)
		skip_test("/etc cannot be overlaid: %s", overlay.err);
	outcome_clear(&overlay);
	if (!mounted)
		return false;
	DO("rm", "-rf", "/etc/qemu");
	DO("cp", HELPER, copy);
	DO("chmod", "755", copy);
	DO("mount", "--bind", copy, HELPER);
	return true;
}

static bool has_helper(void)
{
	if (access(HELPER, X_OK) == 0)
		return true;
	skip_test("there is no " HELPER);
	return false;
}

/* What the hint of a refused start says behind its first colon, done by root. */
static void do_hint(void)
{
	_cleanup_outcome_ struct outcome outcome = as_user("start", "m", NULL);
	const char *hint = strstr(outcome.err, "hint: "), *line = hint != NULL ? strstr(hint + strlen("hint: "), ": ") : NULL;

	ck_assert_msg(outcome.status == 1 && line != NULL, "%s", outcome.err);
	_cleanup_free_ char *command = xstrdup(line + 2);

	command[strcspn(command, "\n")] = '\0';
	DO("sh", "-c", command);
}

static void refuses(const char *card, const char *part)
{
	define_machine(card, "");
	expect_error(as_user("start", "m", NULL), 1, part, NULL);
}

#define ON_BRIDGE(more) "<interface type='bridge'><mac address='" MAC "'/><source bridge='br0'/><model type='virtio'/>" more "</interface>"

START_TEST(a_bridge_is_joined_where_root_allows_it)
{
	if (!account_begin(lab_home()) || !has_helper() || !hide_host())
		return;
	DO("ip", "link", "add", "br0", "type", "bridge");
	DO("ip", "addr", "add", "10.7.0.1/24", "dev", "br0");
	DO("ip", "link", "set", "br0", "up");
	struct task names = task_start((const char *const[]){ "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts",
							      "--pid-file=", "--port=0", "--log-facility=-", "--interface=br0",
							      "--bind-interfaces", "--leasefile-ro", "--dhcp-range=10.7.0.40,10.7.0.60",
							      "--dhcp-host=" MAC "," GUEST, NULL });

	/* step by step, each as the hint of the one before says */
	refuses(ON_BRIDGE(""), "'" HELPER "' is not setuid root");
	DO("chmod", "u+s", HELPER);
	expect_error(as_user("start", "m", NULL), 1, RULES, "mkdir -p /etc/qemu; echo 'allow br0' >> " RULES, NULL);
	DO("mkdir", "/etc/qemu");
	write_text(RULES, "allow other\n", 0644);
	expect_error(as_user("start", "m", NULL), 1, RULES " does not allow it", "root allows it by: echo 'allow br0' >> " RULES, NULL);
	do_hint();
	refuses("<interface type='bridge'><source bridge='br7'/><model type='virtio'/></interface>", "this host has no network interface 'br7'");
	refuses(ON_BRIDGE("<driver queues='2'/>"), "several queues");
	refuses(ON_BRIDGE("<bandwidth><inbound average='100'/></bandwidth>"), "limits");
	refuses(ON_BRIDGE("<filterref filter='clean-traffic'/>"), "a filter");
	refuses(ON_BRIDGE("<target dev='mine0'/>"), "the name 'mine0'");
	HIDES("tap", "ip", "-br", "link");
	_cleanup_free_ char *kernel = guest_kernel();

	if (kernel != NULL) {
		define_machine(ON_BRIDGE(""), kernel);
		USER_OK("start", "m");
		ck_assert_uint_eq(owner_of("qemu-system"), account_uid());
		SHOWS("master br0", "ip", "link", "show", "tap0");
		is_reached("http://" GUEST "/");
		/* one more while it runs */
		_cleanup_free_ char *second = strf("%s/second.xml", lab_home());

		write_text(second, "<interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>", 0644);
		USER_OK("attach-device", "m", second);
		SHOWS("master br0", "ip", "link", "show", "tap1");
		USER_OK("destroy", "m");
		HIDES("tap", "ip", "-br", "link");
	}
	all_is_gone();
	task_clear(&names);
	DO("ip", "link", "del", "br0");
}
END_TEST

/* ---- passt ---- */

#define BY_PASST "<interface type='user'><mac address='" MAC "'/><backend type='passt'/><model type='virtio'/>%s</interface>"

START_TEST(passt_is_a_users_too)
{
	_cleanup_free_ char *passt = process_find("passt");

	if (passt == NULL) {
		skip_test("there is no passt: install the package passt");
		return;
	}
	if (!account_begin(lab_home()))
		return;
	struct peer peer = peer_make();

	DO("ip", "route", "add", "default", "via", "198.51.100.9");
	_cleanup_free_ char *low = strf(BY_PASST, "<portForward proto='tcp'><range start='80'/></portForward>");
	_cleanup_free_ char *card = strf(BY_PASST, "<portForward proto='tcp'><range start='2280' to='80'/></portForward>"), *kernel = guest_kernel();

	refuses(low, "sysctl net.ipv4.ip_unprivileged_port_start=80");
	if (kernel != NULL) {
		define_machine(card, kernel);
		USER_OK("start", "m");
		ck_assert_uint_eq(owner_of("passt"), account_uid());
		is_reached("http://127.0.0.1:2280/");
		DO(IN(&peer, "sh", "-c", BUSYBOX " wget -O - http://" PEER_HOST4 ":2280/ 2>&1 | grep -q 404"));
		USER_OK("destroy", "m");
		all_is_gone();
		/* killed, all of it but passt */
		USER_OK("start", "m");
		home_kill(lab_home(), "virtty-keeper");
		home_kill(lab_home(), "qemu-system");
		all_is_gone();
	}
	peer_remove(&peer);
}
END_TEST

/* ---- a tap that root made ---- */

#define ON_TAP "<interface type='ethernet'><mac address='" MAC "'/><target dev='given0' managed='no'/><model type='virtio'/></interface>"

START_TEST(a_tap_is_opened_that_root_made)
{
	if (!account_begin(lab_home()))
		return;
	refuses(ON_TAP, "given0");
	DO("ip", "tuntap", "add", "dev", "given0", "mode", "tap", "vnet_hdr", "user", "0");
	expect_error(as_user("start", "m", NULL), 1, "'given0' is not this user's", "ip tuntap add dev given0 mode tap vnet_hdr user", NULL);
	DO("ip", "tuntap", "del", "dev", "given0", "mode", "tap");
	DO("ip", "tuntap", "add", "dev", "given0", "mode", "tap", "vnet_hdr", "user", account_name());
	DO("ip", "link", "set", "given0", "up");
	USER_OK("start", "m");
	SHOWS("LOWER_UP", "ip", "link", "show", "given0");
	/* nor can two have it */
	_cleanup_free_ char *second = strf("%s/second.xml", lab_home());

	write_text(second, "<interface type='ethernet'><target dev='given0' managed='no'/><model type='virtio'/></interface>", 0644);
	expect_error(as_user("attach-device", "m", second, NULL), 1, "'given0' is in use", NULL);
	USER_OK("destroy", "m");
	/* it is there still, as it was */
	SHOWS("NO-CARRIER", "ip", "link", "show", "given0");
	refuses("<interface type='ethernet'><target dev='given0' managed='no'/><model type='virtio'/><bandwidth><inbound average='10'/>"
		"</bandwidth></interface>",
		"no limits");
	refuses("<interface type='ethernet'><target dev='lo' managed='no'/><model type='virtio'/></interface>", "'lo' is no tap");
	refuses("<interface type='ethernet'><target dev='given0' managed='no'/><model type='virtio'/><driver queues='2'/></interface>",
		"not made for 2 queues");
	refuses("<interface type='ethernet'><target managed='no'/><model type='virtio'/></interface>", "names no tap");
	DO("ip", "tuntap", "del", "dev", "given0", "mode", "tap");
	all_is_gone();
}
END_TEST

/* ---- what is chosen, and what is refused ---- */

START_TEST(networks_are_roots)
{
	char *out = NULL;

	if (!account_begin(lab_home()))
		return;
	expect_ok(as_user("install", "--name", "i", "--memory", "64", "--boot", "network", "--disk", "none", "--print-xml", NULL), &out);
	ck_assert_msg(strstr(out, "<interface type='user'>") != NULL && strstr(out, "passt") == NULL, "%s", out);
	free(out);
	expect_ok(as_user("install", "--name", "i", "--memory", "64", "--boot", "network", "--disk", "none", "--print-xml", "--network",
			  "passt", NULL),
		  &out);
	ck_assert_msg(strstr(out, "<backend type='passt'/>") != NULL, "%s", out);
	free(out);
	expect_error(as_user("install", "--name", "i", "--memory", "64", "--boot", "network", "--disk", "none", "--noautoconsole", "--network",
			     "network=default", NULL),
		     1, "only root has networks", "--network user", "--network passt", "--network bridge=br0", NULL);
	expect_error(as_user("net-start", "default", NULL), 1, "only root has networks: no network is named 'default'", "--network user", NULL);
	refuses("<interface type='ethernet'><model type='virtio'/></interface>", "cannot be made");
	refuses("<interface type='direct'><source dev='lo'/><model type='virtio'/></interface>", "'lo' is not an Ethernet device");
	DO("ip", "link", "add", "up0", "type", "veth", "peer", "name", "far0");
	refuses("<interface type='direct'><source dev='up0'/><model type='virtio'/></interface>", "not permitted");
	DO("ip", "link", "del", "up0");
	all_is_gone();
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("user networks");
	TCase *users = tcase_create("users");

	if (geteuid() != 0) {
		printf("SKIP: user networks: making a user and a network namespace needs root\n");
		return suite;
	}
	tcase_set_timeout(users, 300);
	tcase_add_unchecked_fixture(users, account_make, account_remove);
	tcase_add_checked_fixture(users, lab_begin, lab_end);
	tcase_add_test(users, a_bridge_is_joined_where_root_allows_it);
	tcase_add_test(users, passt_is_a_users_too);
	tcase_add_test(users, a_tap_is_opened_that_root_made);
	tcase_add_test(users, networks_are_roots);
	suite_add_tcase(suite, users);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
