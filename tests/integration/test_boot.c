/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First light: machines made by `virtty install` and by definition boot to a shell on their serial console, by BIOS, by UEFI, by kernel. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void boots_and_stops(const char *home, const char *name)
{
	wait_console(name, "READY", BOOT_MS);
	console_command(name, "cat /sys/class/net/*/address | wc -l; echo MARK$((6*7))", "MARK42", SOON_MS);
	wait_processes(home, "qemu-system", 1, 0);
	expect_ok(virtty("shutdown", "--timeout", "60", name, NULL), NULL);
	wait_state(name, "shut off (shutdown)", 0);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
}

START_TEST(iso_by_bios)
{
	char *home = home_new();
	_cleanup_free_ char *iso = guest_file("guest.iso"), *image = NULL;

	if (iso == NULL)
		return free(home);
	expect_ok(virtty("install", "--name", "bios", "--memory", "256", "--vcpus", "1", "--cdrom", iso, "--disk", "size=1", "--network", "user",
			 "--virt-type", "qemu", "--noautoconsole", NULL),
		  NULL);
	boots_and_stops(home, "bios");
	/* the image of the disk is in the default pool, and goes with the machine when asked */
	image = strf("%s/images/bios.qcow2", home);
	ck_assert_msg(path_exists(image), "no %s", image);
	expect_ok(virtty("undefine", "bios", "--remove-all-storage", NULL), NULL);
	ck_assert_msg(!path_exists(image), "%s is still there", image);
	ck_assert_msg(path_exists(iso), "undefine took the ISO along");
	home_end(home);
}
END_TEST

START_TEST(iso_by_uefi)
{
	char *home = home_new();
	_cleanup_free_ char *iso = guest_file("guest.iso");

	if (iso == NULL)
		return free(home);
	expect_ok(virtty("install", "--name", "uefi", "--memory", "256", "--vcpus", "1", "--cdrom", iso, "--disk", "none", "--network", "none",
			 "--boot", "uefi", "--virt-type", "qemu", "--noautoconsole", NULL),
		  NULL);
	wait_console("uefi", "READY", BOOT_MS);
	console_command("uefi", "ls -d /sys/firmware/efi && echo MARK$((6*7))", "MARK42", SOON_MS);
	boots_and_stops(home, "uefi");
	/* the variables survive, the machine starts again from them */
	expect_ok(virtty("start", "uefi", NULL), NULL);
	expect_ok(virtty("destroy", "uefi", NULL), NULL);
	expect_ok(virtty("undefine", "uefi", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(kernel_without_firmware)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "pvh", NULL, NULL, "<interface type='user'><model type='virtio'/></interface>");

	if (document == NULL)
		return free(home);
	define_start(home, "pvh", document);
	boots_and_stops(home, "pvh");
	home_end(home);
}
END_TEST

/* All the devices of a usual machine at once: disks on every bus, a network, a display, a generator of random numbers, a balloon. */
START_TEST(usual_devices)
{
	char *home = home_new();
	_cleanup_free_ char *iso = guest_file("guest.iso");

	if (iso == NULL)
		return free(home);
	_cleanup_free_ char *inner = strf(
		"<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap'/>"
		"<source file='%s/a.qcow2'/><target dev='vda' bus='virtio'/></disk>"
		"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/b.raw'/><target dev='sda' bus='scsi'/></disk>"
		"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/c.raw'/><target dev='sdb' bus='sata'/></disk>"
		"<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='%s'/><target dev='sdc' bus='sata'/><readonly/></disk>"
		"<controller type='scsi' index='0' model='virtio-scsi'/>"
		"<interface type='user'><model type='virtio'/></interface>"
		"<input type='tablet' bus='usb'/><graphics type='vnc'/><video><model type='vga'/></video>"
		"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
		home, home, home, iso);
	_cleanup_free_ char *document = guest_machine(home, "all", NULL, NULL, inner);

	for (const char *const *image = (const char *const[]){ "qcow2:a.qcow2", "raw:b.raw", "raw:c.raw", NULL }; *image != NULL; image++) {
		_cleanup_free_ char *format = xstrndup(*image, strcspn(*image, ":"));
		_cleanup_free_ char *path = strf("%s/%s", home, strchr(*image, ':') + 1);

		expect_ok(run_program((const char *const[]){ "/usr/bin/qemu-img", "create", "-q", "-f", format, path, "16M", NULL }), NULL);
	}
	define_start(home, "all", document);
	wait_console("all", "READY", BOOT_MS);
	console_command("all", "ls /sys/block /sys/class/net; echo MARK$((6*7))", "vda", SOON_MS);
	console_command("all", "ls /sys/class/net; echo MARK$((6*8))", "eth0", SOON_MS);
	console_command("all", "ls /sys/block; echo MARK$((6*9))", "sda", SOON_MS);
	_cleanup_free_ char *stats = NULL;

	expect_ok(virtty("domstats", "all", NULL), &stats);
	for (const char *const *key = (const char *const[]){ "Domain: 'all'", "state.state=1", "state.reason=1", "cpu.time=", "balloon.current=",
							     "vcpu.current=1", "block.count=", "block.0.name=vda", NULL };
	     *key != NULL; key++)
		ck_assert_msg(strstr(stats, *key) != NULL, "no %s in: %s", *key, stats);
	expect_ok(virtty("destroy", "all", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static Suite *boot_suite(void)
{
	Suite *suite = suite_create("boot");
	TCase *guest = tcase_create("guest");

	tcase_set_timeout(guest, 300);
	tcase_add_test(guest, iso_by_bios);
	tcase_add_test(guest, iso_by_uefi);
	tcase_add_test(guest, kernel_without_firmware);
	tcase_add_test(guest, usual_devices);
	suite_add_tcase(suite, guest);
	return suite;
}

int main(void)
{
	return suite_main(boot_suite());
}
