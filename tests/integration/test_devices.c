/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks of running machines: a guest sees them come, grow and go; documents and QEMU say the same; what cannot be is
 * refused. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/disks.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a guest that takes part ---- */

static bool disk_gone(void *data)
{
	return !has_disk(data, NULL, "vdb");
}

static void guest_waits(const char *name, const char *condition, const char *mark)
{
	_cleanup_free_ char *line = strf("until %s; do usleep 50000; done; echo %s$((6*7))", condition, mark),
			    *text = strf("%s42", mark);

	console_command(name, line, text, BOOT_MS);
}

START_TEST(guest_sees_disks)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, SCSI), *a = NULL, *b = NULL;

	if (document == NULL)
		return free(home);
	a = disk_qcow2(home, "a.qcow2", "10M");
	b = disk_raw(home, "b.img", "4M");
	RUN("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 64k", a);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	OK("attach-disk", "g", a, "vdb", "--subdriver", "qcow2");
	guest_waits("g", "[ \"$(cat /sys/block/vda/size 2>/dev/null)\" = 20480 ]", "CAME");
	wait_event("g", "device-added virtio-disk1", SOON_MS);
	/* what lies there is what the host wrote, and the other way round */
	console_command("g", "dd if=/dev/vda bs=1k skip=1024 count=64 2>/dev/null | tr -d Z | wc -c | sed 's/^/OTHER/'",
			"OTHER0", SOON_MS);
	console_command("g",
			"yes Y | tr -d '\\n' | dd of=/dev/vda bs=1k seek=2048 count=64 iflag=fullblock 2>/dev/null; "
			"sync; echo WROTE$((6*7))",
			"WROTE42", SOON_MS);
	/* at 1 MiB a second, 3 MiB take a while: loosely, for a burst is allowed and the host may be busy */
	OK("blkdeviotune", "g", "vdb", "--total-bytes-sec", "1M");
	int64_t before = clock_monotonic_ms();

	console_command(
		"g", "dd if=/dev/zero of=/dev/vda bs=64k seek=64 count=48 oflag=direct 2>/dev/null; echo SLOW$((6*7))",
		"SLOW42", BOOT_MS);
	ck_assert_int_ge(clock_monotonic_ms() - before, 1500);
	OK("blkdeviotune", "g", "vdb", "--total-bytes-sec", "0");
	OK("blockresize", "g", "vdb", "20M");
	guest_waits("g", "[ \"$(cat /sys/block/vda/size)\" = 40960 ]", "GREW");
	wait_event("g", "block-resize vdb", SOON_MS);
	expect_error(virtty("blockresize", "g", "vdb", "15M", NULL), 1, "would cut its end off", "--shrink", NULL);
	/* a number alone counts KiB */
	OK("blockresize", "g", "vdb", "16384", "--shrink");
	ck_assert_int_eq(block_number("g", "virtio-disk1", "image/virtual-size"), 16777216);
	OK("attach-disk", "g", b, "sdb", "--targetbus", "scsi", "--serial", "S1");
	guest_waits("g", "[ \"$(cat /sys/block/sda/size 2>/dev/null)\" = 8192 ]", "SCSI");
	OK("detach-disk", "g", "sdb");
	guest_waits("g", "[ ! -e /sys/block/sda ]", "SCSIGONE");
	/* a USB disk too, should the guest know such; QEMU and document do */
	OK("attach-disk", "g", b, "sdc", "--targetbus", "usb");
	expect_agreement("g", "with a USB disk");
	OK("detach-disk", "g", "sdc");
	/* the guest lets go */
	OK("detach-disk", "g", "vdb");
	guest_waits("g", "[ ! -e /sys/block/vda ]", "GONE");
	ck_assert(!has_disk("g", NULL, "vdb"));
	expect_agreement("g", "after all went");
	RUN("qemu-io", "-f", "qcow2", "-c", "read -P 0x59 2M 64k", "-c", "read -P 0x5a 1M 64k", a);
	OK("destroy", "g");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* It is paused when it is asked: that is said; it lets go once it runs, and the document follows by itself. */
START_TEST(guest_lets_go_late)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL), *a = NULL;

	if (document == NULL)
		return free(home);
	a = disk_qcow2(home, "a.qcow2", "10M");
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	OK("attach-disk", "g", a, "vdb", "--subdriver", "qcow2");
	guest_waits("g", "[ -e /sys/block/vda ]", "CAME");
	OK("suspend", "g");
	expect_error(virtty("detach-disk", "g", "vdb", "--timeout", "1", NULL), 1, "does not let go of disk 'vdb'",
		     "paused", NULL);
	ck_assert(has_disk("g", NULL, "vdb"));
	OK("resume", "g");
	ck_assert_msg(wait_for(disk_gone, (void *)(uintptr_t) "g", BOOT_MS), "the document still has the disk");
	expect_agreement("g", "after it let go late");
	OK("destroy", "g");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(guest_sees_media)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, SCSI SCSI_CDROM), *one = NULL, *two = NULL;

	if (document == NULL)
		return free(home);
	one = disk_medium(home, "one.iso", "MEDIUM-ONE");
	two = disk_medium(home, "two.iso", "MEDIUM-TWO");
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	expect_error(virtty("change-media", "g", "sda", "--eject", NULL), 1, "has no medium", NULL);
	OK("change-media", "g", "sda", one, "--insert");
	expect_error(virtty("change-media", "g", "sda", two, "--insert", NULL), 1, "has a medium already", NULL);
	guest_waits("g", "[ \"$(head -c 10 /dev/sr0 2>/dev/null)\" = MEDIUM-ONE ]", "ONE");
	OK("change-media", "g", "sda", two);
	guest_waits("g", "[ \"$(head -c 10 /dev/sr0 2>/dev/null)\" = MEDIUM-TWO ]", "TWO");
	wait_event("g", "media-change sda", SOON_MS);
	/* the guest has it open, and the tray locked */
	console_command("g", "exec 3</dev/sr0; echo HELD$((6*7))", "HELD42", SOON_MS);
	expect_error(virtty("change-media", "g", "sda", "--eject", NULL), 1, "keeps the tray of 'sda' locked",
		     "--force", NULL);
	ck_assert_int_eq((int)block_nodes("g"), 2);
	OK("change-media", "g", "sda", "--eject", "--force");
	ck_assert_int_eq((int)block_nodes("g"), 0);
	console_command("g", "exec 3<&-; echo LET$((6*7))", "LET42", SOON_MS);
	OK("change-media", "g", "sda", one, "--insert");
	guest_waits("g", "[ \"$(head -c 10 /dev/sr0 2>/dev/null)\" = MEDIUM-ONE ]", "AGAIN");
	/* a tray that the guest opened */
	console_command("g", "eject /dev/sr0; echo OUT$((6*7))", "OUT42", SOON_MS);
	OK("change-media", "g", "sda", two);
	guest_waits("g", "[ \"$(head -c 10 /dev/sr0 2>/dev/null)\" = MEDIUM-TWO ]", "CLOSED");
	OK("destroy", "g");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* ---- documents ---- */

START_TEST(live_and_config)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, SCSI), *a = disk_raw(home, "a.img", "1M"),
			    *b = disk_raw(home, "b.img", "1M");
	_cleanup_free_ char *c = disk_raw(home, "c.img", "1M"), *d = disk_raw(home, "d.img", "1M"), *live = NULL,
			    *stored = NULL;

	OK("define", document);
	expect_error(virtty("attach-disk", "m", a, "sda", NULL), 1, "'m' is not running", "--config", NULL);
	OK("attach-disk", "m", a, "sda", "--config");
	/* what a start would refuse is refused now; what may come until then is warned of */
	expect_error(virtty("attach-disk", "m", a, "sdb", "--config", NULL), 1, "is both 'sda' and 'sdb'", NULL);
	struct outcome missing = virtty("attach-disk", "m", "/no/such.img", "sdb", "--config", NULL);

	ck_assert_msg(missing.status == 0 && strstr(missing.err, "warning: disk '/no/such.img' does not exist") != NULL, "%s",
		      missing.err);
	outcome_clear(&missing);
	OK("detach-disk", "m", "sdb", "--config");
	OK("start", "m");
	OK("attach-disk", "m", b, "sdb");
	OK("attach-disk", "m", c, "sdc", "--persistent");
	OK("attach-disk", "m", d, "vda", "--config", "--live");
	ck_assert(has_disk("m", NULL, "sdb") && !has_disk("m", "--inactive", "sdb"));
	ck_assert(has_disk("m", NULL, "sdc") && has_disk("m", "--inactive", "sdc"));
	/* one place in both */
	live = machine_xml("m", NULL);
	stored = machine_xml("m", "--inactive");
	_cleanup_free_ char *place = xstrdup(strstr(strstr(live, "d.img"), "<address"));

	place[strcspn(place, ">")] = '\0';
	ck_assert_msg(strstr(strstr(stored, "d.img"), place) != NULL, "%s is not in %s", place, stored);
	expect_agreement("m", "all attached");
	expect_error(virtty("attach-disk", "m", b, "sdc", NULL), 1, "has a disk 'sdc' already", NULL);
	expect_error(virtty("attach-disk", "m", b, "sdx", NULL), 1, "is both", NULL);
	OK("detach-disk", "m", "sdc", "--config");
	ck_assert(has_disk("m", NULL, "sdc") && !has_disk("m", "--inactive", "sdc"));
	OK("destroy", "m");
	OK("start", "m");
	ck_assert(has_disk("m", NULL, "sda") && has_disk("m", NULL, "vda"));
	ck_assert(!has_disk("m", NULL, "sdb") && !has_disk("m", NULL, "sdc"));
	expect_agreement("m", "started anew");
	OK("detach-device-alias", "m", "scsi0-0-0-0");
	ck_assert(!has_disk("m", NULL, "sda") && has_disk("m", "--inactive", "sda"));
	/* a guest without an operating system never lets go of a PCI device */
	expect_error(virtty("detach-disk", "m", "vda", "--persistent", "--timeout", "1", NULL), 1, "does not let go",
		     NULL);
	ck_assert(has_disk("m", NULL, "vda") && has_disk("m", "--inactive", "vda"));
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* The text with %s replaced. Owned. */
static char *replaced(const char *text, const char *by)
{
	const char *at = strstr(text, "%s");

	return strf("%.*s%s%s", (int)(at - text), text, by, at + 2);
}

START_TEST(limits)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *inner = NULL, *document = NULL, *text = NULL,
			    *update = NULL;

	inner = strf(SCSI "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s'/><target "
			  "dev='vda' bus='virtio'/>"
			  "<iotune><total_bytes_sec>1048576</total_bytes_sec></iotune></disk>",
		     a);
	document = bare_machine(home, "m", NULL, inner);
	define_start(home, "m", document);
	/* from the start */
	ck_assert_int_eq(block_number("m", "virtio-disk0", "bps"), 1048576);
	OK("blkdeviotune", "m", "vda", "--read-iops-sec", "100", "--write-bytes-sec", "2M", "--live", "--config");
	ck_assert_int_eq(block_number("m", "virtio-disk0", "bps"), 0);
	ck_assert_int_eq(block_number("m", "virtio-disk0", "bps_wr"), 2097152);
	ck_assert_int_eq(block_number("m", "virtio-disk0", "iops_rd"), 100);
	expect_ok(virtty("blkdeviotune", "m", "vda", NULL), &text);
	ck_assert_ptr_nonnull(strstr(text, "read_iops_sec  : 100\nwrite_iops_sec : 0\n"));
	/* by XML too, and beside nothing else */
	update = strf(
		"<disk type='file' device='disk'><driver name='qemu' type='raw'%%s/><source file='%s'/><target "
		"dev='vda' bus='virtio'/>"
		"<iotune><read_iops_sec>70</read_iops_sec><write_bytes_sec>2097152</write_bytes_sec></iotune></disk>",
		a);
	_cleanup_free_ char *cached = replaced(update, " cache='none'"), *plain = replaced(update, "");

	expect_error(virtty_input(cached, "update-device", "m", "-", NULL), 1, "cannot change its cache", NULL);
	expect_ok(virtty_input(plain, "update-device", "m", "-", "--live", "--config", NULL), NULL);
	ck_assert_int_eq(block_number("m", "virtio-disk0", "iops_rd"), 70);
	expect_error(virtty("blkdeviotune", "m", "vda", "--total-iops-sec", "5", "--read-iops-sec", "5", NULL), 1,
		     "cannot be set together", NULL);
	expect_error(virtty("blkdeviotune", "m", "vda", "--total-iops-sec-max", "5", NULL), 1, "needs total_iops_sec",
		     NULL);
	expect_error(virtty("blkdeviotune", "m", "vdz", "--total-iops-sec", "5", NULL), 1, "has no disk 'vdz'", NULL);
	OK("destroy", "m");
	OK("start", "m");
	ck_assert_int_eq(block_number("m", "virtio-disk0", "bps_wr"), 2097152);
	/* all gone */
	OK("blkdeviotune", "m", "vda", "--write-bytes-sec", "0", "--read-iops-sec", "0", "--live", "--config");
	ck_assert_int_eq(block_number("m", "virtio-disk0", "bps_wr"), 0);
	_cleanup_free_ char *stored = machine_xml("m", "--inactive"), *live = machine_xml("m", NULL);

	ck_assert_ptr_null(strstr(stored, "iotune"));
	ck_assert_ptr_null(strstr(live, "iotune"));
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(media_and_updates)
{
	char *home = home_new();
	_cleanup_free_ char *one = disk_medium(home, "one.iso", "1"), *two = disk_medium(home, "two.iso", "2");
	_cleanup_free_ char *document =
		bare_machine(home, "m", NULL, "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>");
	_cleanup_free_ char *update = NULL;

	define_start(home, "m", document);
	OK("change-media", "m", "sda", one, "--live", "--config");
	ck_assert(document_says("m", NULL, "one.iso") && document_says("m", "--inactive", "one.iso"));
	expect_agreement("m", "with a medium");
	update = strf("<disk type='file' device='cdrom'><source file='%s'/><target dev='sda' bus='sata'/></disk>", two);
	expect_ok(virtty_input(update, "update-device", "m", "-", NULL), NULL);
	expect_agreement("m", "with the other one");
	ck_assert(document_says("m", NULL, "two.iso"));
	expect_error(virtty_input("<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>",
				  "update-device", "m", "-", NULL),
		     1, "cannot change its bus ('sata', not 'scsi')", NULL);
	expect_error(virtty("change-media", "m", "sda", "/nowhere.iso", NULL), 1, "'/nowhere.iso' does not exist",
		     NULL);
	expect_agreement("m", "after what was refused");
	OK("change-media", "m", "sda", "--eject", "--config");
	ck_assert(!document_says("m", "--inactive", "one.iso"));
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* ---- other sources ---- */

static bool is_there(void *data)
{
	return path_exists(data);
}

START_TEST(volumes_and_servers)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *document = bare_machine(home, "m", NULL, SCSI),
			    *socket = NULL, *disk = NULL;
	_cleanup_free_ char *export = NULL;

	OK("vol-create-as", "default", "v.qcow2", "4M", "--format", "qcow2");
	define_start(home, "m", document);
	OK("attach-disk", "m", "default/v.qcow2", "sda", "--persistent");
	ck_assert(document_says("m", NULL, "<source pool='default' volume='v.qcow2'/>"));
	ck_assert(document_says("m", NULL, "type='qcow2'"));
	ck_assert_int_eq((int)block_nodes("m"), 2);
	/* it is in use by then, and the pool knows what it has become */
	expect_error(virtty("vol-delete", "v.qcow2", "--pool", "default", NULL), 1, "machine 'm'", NULL);
	OK("blockresize", "m", "sda", "8M");
	expect_printed(virtty("vol-info", "v.qcow2", "--pool", "default", NULL), "Capacity:       8.00 MiB");
	expect_error(virtty("attach-disk", "m", "default/nothing", "sdb", NULL), 1, "nothing", NULL);
	OK("detach-disk", "m", "sda", "--persistent");
	OK("vol-delete", "v.qcow2", "--pool", "default");
	/* a disk that a server has */
	socket = strf("%s/nbd", home);
	export = strf("--socket=%s", socket);
	struct task server = task_start(
		(const char *const[]){ "/usr/bin/env", "qemu-nbd", "--persistent", "-f", "raw", export, a, NULL });

	ck_assert(wait_for(is_there, socket, SOON_MS));
	disk = strf("<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd'><host "
		    "transport='unix' socket='%s'/></source>"
		    "<target dev='sdb' bus='scsi'/></disk>",
		    socket);
	expect_ok(virtty_input(disk, "attach-device", "m", "-", NULL), NULL);
	ck_assert_int_eq(block_number("m", "scsi0-0-0-1", "image/virtual-size"), 1048576);
	expect_ok(virtty_input(disk, "detach-device", "m", "-", NULL), NULL);
	ck_assert_int_eq((int)block_nodes("m"), 0);
	OK("attach-disk", "m", "", "sdc", "--sourcetype", "network", "--source-protocol", "nbd",
	   "--source-host-transport", "unix", "--source-host-socket", socket);
	ck_assert(has_disk("m", NULL, "sdc"));
	OK("detach-disk", "m", "sdc");
	ck_assert_int_eq((int)block_nodes("m"), 0);
	kill(server.pid, SIGTERM);
	outcome_clear(&(struct outcome[]){ task_wait(&server, SOON_MS) }[0]);
	task_clear(&server);
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* ---- refused ---- */

START_TEST(what_is_refused)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *b = disk_raw(home, "b.img", "1M"),
			    *first = bare_machine(home, "m", NULL, SCSI);
	_cleanup_free_ char *second = bare_machine(home, "n", NULL, SCSI), *c = disk_raw(home, "c.img", "1M");

	define_start(home, "m", first);
	define_start(home, "n", second);
	OK("attach-disk", "m", a, "sda");
	/* another machine writes it */
	expect_error(virtty("attach-disk", "n", a, "sda", NULL), 1, "in use by machine 'm'", NULL);
	expect_error(virtty("attach-disk", "n", a, "sda", "--mode", "readonly", NULL), 1, "in use by machine 'm'",
		     NULL);
	OK("attach-disk", "m", b, "sdb", "--mode", "shareable");
	OK("attach-disk", "n", b, "sdb", "--mode", "shareable");
	OK("detach-disk", "m", "sda");
	OK("attach-disk", "m", a, "sda", "--mode", "readonly");
	OK("attach-disk", "n", a, "sda", "--mode", "readonly");
	/* no such image, place or kind */
	expect_error(virtty("attach-disk", "m", "/nowhere.img", "sdx", NULL), 1, "'/nowhere.img' does not exist", NULL);
	expect_error(virtty("attach-disk", "m", home, "sdx", NULL), 1, "is a directory", NULL);
	expect_error(virtty("attach-disk", "m", "", "sdx", NULL), 1, "source", NULL);
	expect_error(virtty("attach-disk", "m", c, "nonsense", NULL), 1, "not a disk's name", NULL);
	expect_error(virtty("attach-disk", "m", c, "sdx", "--targetbus", "sata", NULL), 1,
		     "sata bus cannot be attached", NULL);
	expect_error(virtty("attach-disk", "m", c, "sdx", "--address", "scsi:0.0.0", NULL), 1, "address", NULL);
	expect_error(virtty("attach-disk", "m", c, "sdx", "--address", "moon:1", NULL), 2, "is not understood", NULL);
	expect_error(virtty("attach-disk", "m", c, "vdx", "--address", "pci:0000.00.1e.0", NULL), 1,
		     "PCI Express root itself", NULL);
	expect_error(virtty_input("<sound model='ich9'/>", "attach-device", "m", "-", NULL), 1, "<sound>", NULL);
	expect_error(virtty_input("<sofa/>", "attach-device", "m", "-", NULL), 1, "<sofa> is no device", NULL);
	expect_error(virtty_input("<disk", "attach-device", "m", "-", NULL), 1, "stdin:1", NULL);
	expect_error(
		virtty_input(
			"<disk type='file'><source file='/x'/><target dev='sdx'/><encryption format='luks'/></disk>",
			"attach-device", "m", "-", NULL),
		1, "error", NULL);
	expect_error(virtty("detach-disk", "m", "sdy", NULL), 1, "has no disk 'sdy'", NULL);
	expect_error(virtty("detach-device-alias", "m", "nobody", NULL), 1, "no device with alias 'nobody'", NULL);
	expect_error(virtty("blockresize", "m", "sda", "0", NULL), 2, "no size", NULL);
	expect_error(virtty("blockresize", "m", "sda", "--capacity", NULL), 1, "is not on a block device", NULL);
	expect_error(virtty("domjobabort", "m", NULL), 1, "no job to end", NULL);
	expect_agreement("m", "after all that");
	expect_agreement("n", "after all that");
	OK("destroy", "m");
	OK("destroy", "n");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* What came before the failure stays where it cannot go again, and the document knows of it. */
START_TEST(half_a_way)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *document = bare_machine(home, "m", NULL, NULL);

	define_start(home, "m", document);
	expect_error(virtty("attach-disk", "m", "", "sda", "--sourcetype", "network", "--source-protocol", "nbd",
			    "--source-host-transport", "unix", "--source-host-socket", "/nowhere.sock", "--persistent",
			    NULL),
		     1, "/nowhere.sock", NULL);
	ck_assert(!has_disk("m", NULL, "sda") && !has_disk("m", "--inactive", "sda"));
	/* the controller was plugged for it */
	ck_assert(document_says("m", NULL, "<alias name='scsi0'/>"));
	expect_agreement("m", "after half an attachment");
	OK("attach-disk", "m", a, "sda");
	expect_agreement("m", "after a whole one");
	OK("detach-disk", "m", "sda");
	OK("destroy", "m");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A text that virsh's readers take apart. */
START_TEST(what_is_shown)
{
	char *home = home_new();
	_cleanup_free_ char *a = disk_raw(home, "a.img", "1M"), *document = bare_machine(home, "m", NULL, SCSI),
			    *text = NULL, *wanted = NULL;

	define_start(home, "m", document);
	OK("attach-disk", "m", a, "sda");
	expect_ok(virtty("domblklist", "m", "--details", NULL), &text);
	ck_assert_ptr_nonnull(strstr(text, " Type   Device   Target   Source\n"));
	wanted = strf(" file   disk     sda      %s\n", a);
	ck_assert_msg(strstr(text, wanted) != NULL, "%s", text);
	expect_printed(virtty("domblkinfo", "m", "sda", NULL), "Capacity:       1048576\n");
	expect_printed(virtty("domblkstat", "m", "sda", NULL), "sda rd_req ");
	expect_printed(virtty("domblkerror", "m", NULL), "No errors found\n");
	expect_printed(virtty("domjobinfo", "m", NULL), "Job type:         None");
	expect_printed(
		virtty("attach-disk", "m", a, "vdq", "--print-xml", "--subdriver", "raw", "--cache", "none", NULL),
		"<driver type='raw' cache='none'/>");
	expect_printed(virtty("attach-disk", "m", a, "sdq", "--print-xml", "--address", "scsi:0.0.9", NULL),
		       "<address type='drive' controller='0' bus='0' unit='9'/>");
	OK("destroy", "m");
	expect_error(virtty("domblkstat", "m", "sda", NULL), 1, "no disk", NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static bool works_on_m(void *data)
{
	_cleanup_free_ char *text = NULL;

	expect_ok(virtty("domjobinfo", "m", NULL), &text);
	return strstr(text, data) != NULL;
}

/* A job on an image of the machine is the machine's too. */
START_TEST(jobs_of_images)
{
	char *home = home_new();
	_cleanup_free_ char *fifo = strf("%s/fifo", home), *document = NULL;
	_cleanup_close_ int fd = -1;

	OK("vol-create-as", "default", "v.img", "4M");
	document = bare_machine(
		home, "m", NULL,
		"<disk type='volume'><source pool='default' volume='v.img'/><target dev='vda' bus='virtio'/></disk>");
	OK("define", document);
	expect_printed(virtty("domjobinfo", "m", NULL), "Job type:         None");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDWR | O_CLOEXEC);
	/* nothing ever comes out of it */
	struct task upload = task_virtty("vol-upload", "v.img", fifo, "--pool", "default", NULL);

	ck_assert_msg(wait_for(works_on_m, (void *)(uintptr_t) "Operation:        upload", SOON_MS),
		      "no upload is seen");
	expect_printed(virtty("domjobinfo", "m", "--json", NULL),
		       "\"operation\":\"upload\",\"subject\":\"default/v.img\"");
	OK("domjobabort", "m");
	struct outcome outcome = task_wait(&upload, SOON_MS);

	ck_assert_int_ne(outcome.status, 0);
	outcome_clear(&outcome);
	task_clear(&upload);
	expect_printed(virtty("domjobinfo", "m", NULL), "Job type:         None");
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("devices of running machines");
	TCase *guest = tcase_create("guest"), *bare = tcase_create("bare");

	tcase_set_timeout(guest, 600);
	tcase_add_test(guest, guest_sees_disks);
	tcase_add_test(guest, guest_lets_go_late);
	tcase_add_test(guest, guest_sees_media);
	suite_add_tcase(suite, guest);
	tcase_set_timeout(bare, 300);
	tcase_add_test(bare, live_and_config);
	tcase_add_test(bare, limits);
	tcase_add_test(bare, media_and_updates);
	tcase_add_test(bare, volumes_and_servers);
	tcase_add_test(bare, what_is_refused);
	tcase_add_test(bare, half_a_way);
	tcase_add_test(bare, what_is_shown);
	tcase_add_test(bare, jobs_of_images);
	suite_add_tcase(suite, bare);
	return suite;
}

int main(void)
{
	return suite_main(suite());
}
