/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine in words: every kind of device, addresses, what is absent, what must not be said. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/describe.h"
#include "core/describe_internal.h"
#include "tests/unit/manage.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char full[] =
	"<domain type='kvm'>\n"
	"  <name>full</name>\n"
	"  <uuid>11111111-2222-3333-4444-555555555555</uuid>\n"
	"  <description>Two lines\nof notes</description>\n"
	"  <memory unit='GiB'>2</memory>\n"
	"  <currentMemory unit='GiB'>1</currentMemory>\n"
	"  <vcpu current='2'>4</vcpu>\n"
	"  <os firmware='efi'><type arch='x86_64' machine='pc-q35-6.2'>hvm</type><boot dev='hd'/><boot dev='network'/></os>\n"
	"  <features><acpi/><pae state='off'/></features>\n"
	"  <cpu mode='custom'><model>EPYC</model><topology sockets='1' cores='2' threads='2'/>\n"
	"    <feature policy='disable' name='svm'/><feature policy='require' name='pcid'/></cpu>\n"
	"  <clock offset='localtime'/>\n"
	"  <devices>\n"
	"    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
	"    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/><source file='/srv/a.qcow2'/>\n"
	"      <backingStore type='file'><format type='raw'/><source file='/srv/base.img'/></backingStore>\n"
	"      <target dev='vda' bus='virtio'/><serial>S1</serial><alias name='virtio-disk0'/>\n"
	"      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x1'/></disk>\n"
	"    <disk type='block' device='lun'><source dev='/dev/sdz'/><target dev='sdb' bus='scsi'/><shareable/>\n"
	"      <address type='drive' controller='1' bus='0' target='2' unit='3'/></disk>\n"
	"    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>\n"
	"    <disk type='volume'><source pool='p' volume='v'/><target dev='vdb' bus='virtio'/></disk>\n"
	"    <disk type='network'><source protocol='nbd' name='image'><host name='store.example' port='10809'/></source>"
	"<target dev='vdc' bus='virtio'/></disk>\n    <controller type='usb' index='0' model='qemu-xhci'/>\n"
	"    <controller type='sata'/>\n"
	"    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><model type='virtio'/><link state='down'/>"
	"</interface>\n    <interface type='user'><mac address='52:54:00:00:00:02'/></interface>\n"
	"    <serial type='unix'><source mode='bind' path='/run/s'/><target type='isa-serial' port='0'/></serial>\n"
	"    <console type='pty'><target type='virtio' port='1'/><address type='virtio-serial' controller='0' bus='0' port='2'/></console>\n"
	"    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/><address type='virtio-serial' controller='0' bus='0' "
	"port='3'/></channel>\n"
	"    <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>\n"
	"    <input type='tablet' bus='usb'><address type='usb' bus='0' port='1.2'/></input>\n"
	"    <graphics type='vnc' port='5901' listen='127.0.0.1' passwd='geheim'/>\n"
	"    <graphics type='vnc' autoport='yes'/>\n"
	"    <video><model type='virtio'/></video>\n"
	"    <memballoon model='virtio'/>\n"
	"    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
	"    <tpm model='tpm-crb'><backend type='emulator'/></tpm>\n"
	"    <watchdog/>\n"
	"  </devices>\n"
	"</domain>\n";

static struct description describe(const char *text)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = domain_parse("test.xml", text, strlen(text), &err);
	struct description description = { 0 };

	ck_assert_msg(domain != NULL, "%s", error_text(&err));
	describe_document(domain, &description);
	return description;
}

static const struct describe_row *row(const struct description *description, const char *label)
{
	for (size_t i = 0; i < description->count; i++)
		if (strcmp(description->rows[i].label, label) == 0)
			return &description->rows[i];
	return NULL;
}

static void check_fact(const struct description *description, const char *label, const char *value)
{
	const struct describe_row *fact = row(description, label);

	ck_assert_msg(fact != NULL, "nothing is said of '%s'", label);
	ck_assert_int_eq(fact->group, DESCRIBE_MACHINE);
	ck_assert_str_eq(fact->value, value);
}

static void check_device(const struct description *description, const char *label, const char *value, const char *source,
			 const char *address)
{
	const struct describe_row *device = row(description, label);

	ck_assert_msg(device != NULL, "there is no '%s'", label);
	ck_assert_int_eq(device->group, DESCRIBE_DEVICE);
	ck_assert_pstr_eq(text_empty(device->value) ? NULL : device->value, value);
	ck_assert_pstr_eq(device->source, source);
	ck_assert_pstr_eq(device->address, address);
}

START_TEST(facts)
{
	_cleanup_description_ struct description description = describe(full);

	check_fact(&description, "Processors", "4, 2 at boot (1 sockets, 2 cores, 2 threads)");
	check_fact(&description, "CPU", "custom EPYC, -svm, +pcid");
	check_fact(&description, "Memory", "2 GiB, the balloon leaves 1 GiB");
	check_fact(&description, "Machine type", "pc-q35-6.2 (x86_64)");
	check_fact(&description, "Type", "kvm: the host's processor runs the guest");
	check_fact(&description, "Firmware", "UEFI, chosen from QEMU's firmware descriptors");
	check_fact(&description, "Boots from", "hd, network");
	check_fact(&description, "Features", "ACPI");
	check_fact(&description, "Clock", "localtime");
	check_fact(&description, "When it ends", "power off: destroy, reboot: restart, crash: destroy");
	check_fact(&description, "Emulator", "/usr/bin/qemu-system-x86_64");
	ck_assert_str_eq(description.notes, "Two lines\nof notes");
	ck_assert_ptr_null(row(&description, "Kernel"));
}
END_TEST

START_TEST(devices)
{
	_cleanup_description_ struct description description = describe(full);

	check_device(&description, "Disk vda", "virtio, qcow2", "/srv/a.qcow2", "pci 0000:03:00.1");
	check_device(&description, "LUN sdb", "scsi, shareable", "/dev/sdz", "drive 1:0:2:3");
	check_device(&description, "CD-ROM sda", "sata", "(empty)", NULL);
	check_device(&description, "Disk vdb", "virtio", "v of pool p", NULL);
	check_device(&description, "Disk vdc", "virtio", "nbd://store.example:10809/image", NULL);
	check_device(&description, "Controller usb 0", "qemu-xhci", NULL, NULL);
	check_device(&description, "Controller sata", NULL, NULL, NULL);
	check_device(&description, "Network", "virtio, 52:54:00:00:00:01, unplugged", "bridge br0", NULL);
	check_device(&description, "Serial", "isa-serial", "unix /run/s", "isa 0x3f8");
	check_device(&description, "Console", "virtio", "pty", "virtio-serial 0:0:2");
	check_device(&description, "Guest agent", "org.qemu.guest_agent.0", "unix", "virtio-serial 0:0:3");
	check_device(&description, "Channel", "com.redhat.spice.0", "spicevmc", NULL);
	check_device(&description, "Input", "tablet, usb", NULL, "usb 0:1.2");
	check_device(&description, "Graphics", "vnc, with a password", "127.0.0.1 port 5901", "on the host");
	check_device(&description, "Video", "virtio", NULL, NULL);
	check_device(&description, "Random", "virtio, random", "/dev/urandom", NULL);
	check_device(&description, "Balloon", "virtio", NULL, NULL);
	check_device(&description, "tpm", "tpm-crb", "kept, but not known to virtty yet", NULL);
	check_device(&description, "watchdog", NULL, "kept, but not known to virtty yet", NULL);
}
END_TEST

/* Disks first, what is not known before the controllers. */
/* What front ends change by forms of their own, and what commands find it by. */
START_TEST(changeable)
{
	_cleanup_description_ struct description description = describe(full);

	ck_assert_int_eq(row(&description, "CD-ROM sda")->kind, DESCRIBE_DRIVE);
	ck_assert_str_eq(row(&description, "CD-ROM sda")->key, "sda");
	ck_assert_int_eq(row(&description, "Network")->kind, DESCRIBE_CARD);
	ck_assert_str_eq(row(&description, "Network")->key, "52:54:00:00:00:01");
	ck_assert_int_eq(row(&description, "Disk vda")->kind, DESCRIBE_OTHER);
	ck_assert_int_eq(row(&description, "Serial")->kind, DESCRIBE_OTHER);
}
END_TEST

START_TEST(order)
{
	_cleanup_description_ struct description description = describe(full);
	const struct describe_row *first = row(&description, "Disk vda");

	ck_assert_ptr_eq(first - 1, row(&description, "Emulator"));
	ck_assert(row(&description, "tpm") < row(&description, "Controller usb 0"));
	ck_assert_ptr_eq(&description.rows[description.count - 1], row(&description, "Controller sata"));
}
END_TEST

START_TEST(details_by_label)
{
	_cleanup_description_ struct description description = describe(full);
	char *const *details = row(&description, "Disk vda")->details;

	ck_assert(strv_contains(details, "Image: /srv/a.qcow2"));
	ck_assert(strv_contains(details, "Format: qcow2"));
	ck_assert(strv_contains(details, "Cache: none"));
	ck_assert(strv_contains(details, "Serial number: S1"));
	ck_assert(strv_contains(details, "Backed by: /srv/base.img"));
	ck_assert(strv_contains(details, "Alias: virtio-disk0"));
	ck_assert(strv_contains(details, "Address: pci 0000:03:00.1"));
	details = row(&description, "Network")->details;
	ck_assert(strv_contains(details, "Bridge: br0"));
	ck_assert(strv_contains(details, "Link: down"));
}
END_TEST

START_TEST(no_secrets)
{
	_cleanup_description_ struct description description = describe(full);

	for (size_t i = 0; i < description.count; i++) {
		const struct describe_row *at = &description.rows[i];
		_cleanup_free_ char *details = strv_join(at->details, "\n");

		ck_assert_ptr_null(strstr(details, "geheim"));
		ck_assert(at->value == NULL || strstr(at->value, "geheim") == NULL);
		ck_assert(at->source == NULL || strstr(at->source, "geheim") == NULL);
	}
}
END_TEST

/* As little as a document may say. */
START_TEST(bare)
{
	_cleanup_description_ struct description description =
		describe("<domain type='qemu'><name>b</name><memory>1024</memory><os><type>hvm</type></os></domain>");

	check_fact(&description, "Processors", "1");
	check_fact(&description, "Memory", "1 MiB");
	check_fact(&description, "Type", "qemu: in software (TCG)");
	check_fact(&description, "Firmware", "BIOS");
	ck_assert_ptr_null(row(&description, "CPU"));
	ck_assert_ptr_null(row(&description, "Machine type"));
	ck_assert_ptr_null(description.notes);
	for (size_t i = 0; i < description.count; i++)
		ck_assert_int_eq(description.rows[i].group, DESCRIBE_MACHINE);
}
END_TEST

START_TEST(addresses)
{
	struct address address = { 0 };
	char *text;

	ck_assert_ptr_null(describe_address(&address));
	for (int type = ADDRESS_ABSENT + 1; type < ADDRESS_COUNT; type++) {
		address.type = (enum address_type)type;
		text = describe_address(&address);
		ck_assert(text_starts(text, enum_word(&address_type_words, type)));
		free(text);
	}
	address = (struct address){ .type = ADDRESS_ISA, .iobase = { true, 0x3f8 } };
	text = describe_address(&address);
	ck_assert_str_eq(text, "isa 0x3f8");
	free(text);
}
END_TEST

/* Out of the state: what was settled is there; a machine that is off has no facts of a run. */
START_TEST(of_a_machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_description_ struct description description = { 0 };
	_cleanup_free_ char *text = manage_document("m", NULL, "<interface type='user'/>");
	_cleanup_machine_ struct machine machine = { 0 };

	free(manage_define(text));
	machine = manage_find("m");
	ck_assert_msg(domain_describe(manager, &machine, true, &description, &err), "%s", error_text(&err));
	ck_assert_ptr_nonnull(row(&description, "Network net0"));
	for (size_t i = 0; i < description.count; i++)
		ck_assert_int_ne(description.rows[i].group, DESCRIBE_RUN);
	description_clear(&description);
	ck_assert_msg(domain_undefine(manager, &machine, 0, NULL, NULL, &err), "%s", error_text(&err));
	ck_assert(!domain_describe(manager, &machine, true, &description, &err));
	ck_assert_ptr_null(description.rows);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("describe");
	TCase *tcase = tcase_create("describe");
	TCase *state = tcase_create("state");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_test(tcase, facts);
	tcase_add_test(tcase, devices);
	tcase_add_test(tcase, changeable);
	tcase_add_test(tcase, order);
	tcase_add_test(tcase, details_by_label);
	tcase_add_test(tcase, no_secrets);
	tcase_add_test(tcase, bare);
	tcase_add_test(tcase, addresses);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(state, manage_setup, manage_teardown);
	tcase_add_test(state, of_a_machine);
	suite_add_tcase(suite, state);
	return unit_run(suite);
}
