/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installations: what is chosen where nothing was said, what is refused, and that nothing is left of one that failed. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/install.h"
#include "core/preference.h"
#include "tests/unit/manage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *iso;

static void setup(void)
{
	manage_setup();
	setenv("VIRTTY_KVM", "no", 1);
	setenv("VIRTTY_LIBEXEC", "/no/such/directory", 1);
	scratch_write("debian-12.iso", "an ISO");
	iso = scratch_path("debian-12.iso");
}

static void teardown(void)
{
	free(iso);
	unsetenv("VIRTTY_KVM");
	manage_teardown();
}

/* The document and warnings of a request that is taken. */
static char *document(const struct install_request *request, char **ret_warnings)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **warnings = NULL;
	char *xml;

	ck_assert_msg(install_xml(manager, request, &xml, &warnings, &err), "%s", error_text(&err));
	if (ret_warnings)
		*ret_warnings = strv_join(warnings, "\n");
	return xml;
}

static void refused(const struct install_request *request, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *xml = NULL;

	ck_assert_msg(!install_xml(manager, request, &xml, NULL, &err), "was not refused: %s", words);
	ck_assert_ptr_null(xml);
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "'%s' is not in: %s", words, error_text(&err));
}

static void has(const char *xml, const char *words)
{
	ck_assert_msg(strstr(xml, words) != NULL, "'%s' is not in:\n%s", words, xml);
}

START_TEST(from_an_iso_alone)
{
	struct install_request request = { .cdrom = iso };
	_cleanup_free_ char *warnings = NULL, *xml = document(&request, &warnings);

	has(xml, "<name>debian-12</name>");
	has(xml, "<domain type='qemu'>");
	has(xml, "<memory unit='MiB'>2048</memory>");
	has(xml, "machine='q35'");
	has(xml, "/images/debian-12.qcow2'");
	has(xml, "<boot dev='hd'/>");
	has(xml, "<boot dev='cdrom'/>");
	has(xml, "<interface type='user'>");
	has(xml, "<graphics type='vnc'>");
	has(xml, "<listen type='socket'/>");
	has(xml, "<serial type='pty'>");
	has(xml, "<target type='virtio' name='org.qemu.guest_agent.0'/>");
	has(warnings, "runs under emulation (TCG), slowly");
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
}
END_TEST

START_TEST(what_was_said)
{
	char *networks[] = { (char[]){ "user,model=e1000,mac=52:54:00:AA:BB:CC,forward=tcp:2222:22,forward=udp:[::1]:5000-5001:53-54" }, NULL };
	struct install_disk disks[] = {
		{ .size_bytes = 1 << 20, .format = (char[]){ "raw" }, .bus = (char[]){ "scsi" } },
		{ .size_bytes = 1 << 20, .cache = (char[]){ "none" } },
	};
	struct install_request request = {
		.name = (char[]){ "<&>'\"é" },
		.memory_mib = 100,
		.vcpus = 3,
		.cdrom = iso,
		.disks = disks,
		.disk_count = 2,
		.networks = networks,
		.graphics = (char[]){ "vnc,listen=0.0.0.0,port=5901,keymap=de" },
		.boot = (char[]){ "uefi,cdrom,network" },
		.virt_type = (char[]){ "qemu" },
		.machine = (char[]){ "pc" },
		.cpu = (char[]){ "qemu64" },
		.osinfo = (char[]){ "win10" },
		.title = (char[]){ "a <b>" },
	};
	_cleanup_free_ char *warnings = NULL, *xml = NULL;

	request.boot = (char[]){ "cdrom,network" };
	xml = document(&request, &warnings);
	has(xml, "<name>&lt;&amp;&gt;'\"é</name>");
	has(xml, "<title>a &lt;b&gt;</title>");
	has(xml, "<vcpu>3</vcpu>");
	has(xml, "dev='sda' bus='scsi'");
	has(xml, ".raw'");
	has(xml, ".qcow2'");
	has(xml, "cache='none'");
	has(xml, "address='52:54:00:aa:bb:cc'");
	has(xml, "<model type='e1000'/>");
	has(xml, "<portForward proto='tcp'>");
	has(xml, "<range start='2222' to='22'/>");
	has(xml, "<portForward proto='udp' address='::1'>");
	has(xml, "<range start='5000' end='5001' to='53'/>");
	has(xml, "port='5901'");
	has(xml, "keymap='de'");
	has(xml, "<boot dev='network'/>");
	has(xml, "offset='localtime'");
	has(xml, "name='win10'");
	ck_assert_ptr_null(strstr(xml, "<channel"));
	has(xml, "<model fallback='forbid'>qemu64</model>");
	has(warnings, "without a password");
	ck_assert_ptr_null(strstr(warnings, "TCG"));
}
END_TEST

START_TEST(kernel_and_uefi)
{
	_cleanup_free_ char *boot = strf("kernel=%s,initrd=%s,kernel_args=console=ttyS0 quiet", iso, iso), *xml = NULL, *efi = NULL;
	char *networks[] = { (char[]){ "none" }, NULL };
	struct install_request request = {
		.name = (char[]){ "k" }, .no_disks = true, .boot = boot, .networks = networks, .graphics = (char[]){ "none" }
	};

	xml = document(&request, NULL);
	has(xml, "<cmdline>console=ttyS0 quiet</cmdline>");
	ck_assert_ptr_null(strstr(xml, "<interface"));
	ck_assert_ptr_null(strstr(xml, "<graphics"));
	ck_assert_ptr_null(strstr(xml, "<disk"));
	struct install_request uefi = { .cdrom = iso, .boot = (char[]){ "uefi" } };
	efi = document(&uefi, NULL);
	has(efi, "<os firmware='efi'>");
	has(efi, "<boot dev='cdrom'/>");
}
END_TEST

#define REFUSED(words, ...) refused(&(struct install_request){ __VA_ARGS__ }, words)
#define TEXT(text)          ((char[]){ text })

START_TEST(what_is_refused)
{
	char *wrong_forward[] = { (char[]){ "user,forward=tcp:22:x" }, NULL };
	char *bridge_forward[] = { (char[]){ "bridge=br0,forward=tcp:22:22" }, NULL };
	char *bridge[] = { TEXT("tap"), NULL };
	struct install_disk missing = { .path = TEXT("/no/such.img") }, sized = { .path = iso, .size_bytes = 1 << 20 };
	struct install_disk bochs = { .size_bytes = 1 << 20, .format = TEXT("bochs") }, bus = { .size_bytes = 1 << 20, .bus = TEXT("vritio") };
	struct install_disk directory = { .path = TEXT("/tmp") }, lost = { .path = TEXT("/no/such/new.img"), .size_bytes = 1 << 20 };
	struct install_disk old = { .path = iso, .format = TEXT("nonsense") };

	REFUSED("CD-ROM image '/no/such.iso' does not exist", .cdrom = TEXT("/no/such.iso"));
	REFUSED("does not exist", .cdrom = TEXT("https://example.org/x.iso"));
	REFUSED("is a directory", .cdrom = TEXT("/tmp"));
	REFUSED("network: '22:x' is no port forward", .cdrom = iso, .networks = wrong_forward);
	REFUSED("no port is forwarded to a guest that stands on the host's network", .cdrom = iso, .networks = bridge_forward);
	REFUSED("network: 'tap' is not understood", .cdrom = iso, .networks = bridge);
	REFUSED("disk '/no/such.img' does not exist", .import = true, .disks = &missing, .disk_count = 1);
	REFUSED("directory '/no/such' does not exist", .cdrom = iso, .disks = &lost, .disk_count = 1);
	REFUSED("exists already", .cdrom = iso, .disks = &sized, .disk_count = 1);
	REFUSED("a new image is qcow2, raw", .cdrom = iso, .disks = &bochs, .disk_count = 1);
	REFUSED("vritio", .cdrom = iso, .disks = &bus, .disk_count = 1);
	REFUSED("is a directory", .import = true, .disks = &directory, .disk_count = 1);
	REFUSED("format 'nonsense' is unknown", .import = true, .disks = &old, .disk_count = 1);
	REFUSED("nothing to boot", .no_disks = true);
	REFUSED("boot: 'uefy' is unknown", .cdrom = iso, .boot = TEXT("uefy"));
	REFUSED("need kernel=", .cdrom = iso, .boot = TEXT("initrd=/x"));
	REFUSED("boot: '/no/kernel' does not exist", .boot = TEXT("kernel=/no/kernel"));
	REFUSED("graphics is vnc or none", .cdrom = iso, .graphics = TEXT("spice"));
	REFUSED("no keymap 'xx'", .cdrom = iso, .graphics = TEXT("vnc,keymap=xx"));
	REFUSED("5900 to 65535", .cdrom = iso, .graphics = TEXT("vnc,port=80"));
	REFUSED("KVM is not usable here", .cdrom = iso, .virt_type = TEXT("kvm"));
	REFUSED("virt-type is kvm or qemu", .cdrom = iso, .virt_type = TEXT("xen"));
	REFUSED("machine type 'q99' is unknown", .cdrom = iso, .machine = TEXT("q99"));
	REFUSED("'/'", .cdrom = iso, .name = TEXT("a/b"));
	REFUSED("characters that no document can hold", .cdrom = iso, .title = TEXT("a\x01"));
	REFUSED("osinfo: 'x=y' is not understood", .cdrom = iso, .osinfo = TEXT("x=y"));
}
END_TEST

START_TEST(names_are_counted_on)
{
	struct install_request request = { .cdrom = iso };
	_cleanup_free_ char *text = manage_document("debian-12", NULL, NULL), *xml = NULL;

	free(manage_define(text));
	xml = document(&request, NULL);
	has(xml, "<name>debian-12-2</name>");
	REFUSED("a machine named 'debian-12' exists already", .cdrom = iso, .name = TEXT("debian-12"));
}
END_TEST

static size_t count_images(void)
{
	DIR *directory = opendir(manager_paths(manager)->images);
	const struct dirent *entry;
	size_t count = 0;

	while (directory && (entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return count;
}

START_TEST(made_and_defined)
{
	char long_name[256];
	struct install_disk disk = { .size_bytes = 1 << 20 };
	struct install_request request = { .name = long_name, .cdrom = iso, .disks = &disk, .disk_count = 1 };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *name = NULL;
	struct machine machine;

	/* 255 bytes, none of them a whole character at the cut */
	for (size_t i = 0; i < 254; i += 2)
		memcpy(long_name + i, "é", 2);
	long_name[254] = 'x';
	long_name[255] = '\0';
	ck_assert_msg(install_run(manager, &request, false, &name, NULL, &err), "%s", error_text(&err));
	ck_assert_str_eq(name, long_name);
	ck_assert_uint_eq(count_images(), 1);
	machine = manage_find(long_name);
	ck_assert(domain_undefine(manager, &machine, UNDEFINE_ALL_STORAGE, NULL, NULL, NULL));
	machine_clear(&machine);
	ck_assert_uint_eq(count_images(), 0);
	ck_assert(path_exists(iso));
}
END_TEST

START_TEST(a_failed_start_leaves_nothing)
{
	struct install_disk disks[] = { { .size_bytes = 1 << 20 }, { .size_bytes = 1 << 20 } };
	struct install_request request = { .name = TEXT("web"), .cdrom = iso, .disks = disks, .disk_count = 2 };
	_cleanup_error_ struct error err = ERROR_INIT;
	char *name;

	ck_assert(!install_run(manager, &request, true, &name, NULL, &err));
	ck_assert_ptr_null(name);
	ck_assert_msg(strstr(error_text(&err), "cannot start 'web'"), "%s", error_text(&err));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	ck_assert_uint_eq(count_images(), 0);
	ck_assert(path_exists(iso));
}
END_TEST

/* No image fits: the limit on file size is inherited by qemu-img, and stands for a full disk. */
static bool image_fails(void *userdata)
{
	struct rlimit limit = { 64 * 1024, 64 * 1024 };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct install_disk disk = { .size_bytes = 1 << 20, .format = TEXT("raw") };
	struct install_request request = { .name = TEXT("big"), .cdrom = userdata, .disks = &disk, .disk_count = 1 };
	struct manager *own;
	char *name;
	bool ok;

	signal(SIGXFSZ, SIG_IGN);
	if (!manager_open(&own, &err) || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return false;
	ok = !install_run(own, &request, false, &name, NULL, &err) && strstr(err.message, "disk '") && strstr(err.message, "cannot be made");
	if (!ok)
		fprintf(stderr, "%s\n", error_text(&err));
	manager_close(own);
	return ok;
}

START_TEST(an_image_that_cannot_be_made)
{
	/* The emulator is asked before, without a limit. */
	struct install_request request = { .cdrom = iso };

	free(document(&request, NULL));
	ck_assert(scratch_fork(image_fails, iso, false));
	ck_assert_uint_eq(count_images(), 0);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
}
END_TEST

/* What a front end proposes before anything is asked for. */
START_TEST(proposals)
{
	_cleanup_free_ char *document = manage_document("debian", NULL, NULL);
	_cleanup_free_ char *warnings = manage_define(document);
	struct install_request request = { .cdrom = xstrdup("/isos/debian.iso") };
	_cleanup_free_ char *name = install_propose_name(manager, &request, NULL);
	_cleanup_free_ char *image = install_propose_image(manager, "a", "raw");

	ck_assert_str_eq(name, "debian-2");
	ck_assert_msg(strstr(image, "/a.raw") != NULL, "%s", image);
	ck_assert(directory_make(manager_paths(manager)->images, 0700, NULL));
	ck_assert(file_write(image, "", 0, 0600, NULL));
	_cleanup_free_ char *second = install_propose_image(manager, "a", "raw");

	ck_assert_msg(strstr(second, "/a-1.raw") != NULL, "%s", second);
	install_request_clear(&request);
}
END_TEST

START_TEST(preferences)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_ptr_null(preference_get(manager, "iso-directory"));
	ck_assert(preference_set(manager, "iso-directory", "/srv/isos", &err));
	ck_assert(preference_set(manager, "iso-directory", "/home/me/'isos'", &err));
	manage_reopen();
	_cleanup_free_ char *kept = preference_get(manager, "iso-directory");

	ck_assert_str_eq(kept, "/home/me/'isos'");
	ck_assert(preference_set(manager, "iso-directory", NULL, &err));
	ck_assert_ptr_null(preference_get(manager, "iso-directory"));
}
END_TEST

/* Names of systems that osinfo could not have are called out. */
START_TEST(systems)
{
	static const char *const good[] = { "debian12", "win11", "generic", "name=fedora40", "linux2022", "openbsd7.5", "sles15sp5" };
	static const char *const bad[] = { "debain12", "Debian", "name=my-own" };

	for (size_t i = 0; i < ARRAY_LENGTH(good) + ARRAY_LENGTH(bad); i++) {
		bool is_good = i < ARRAY_LENGTH(good);
		_cleanup_free_ char *name = xstrdup(is_good ? good[i] : bad[i - ARRAY_LENGTH(good)]);
		struct install_request request = { .cdrom = iso, .osinfo = name };
		_cleanup_free_ char *warnings = NULL, *xml = document(&request, &warnings);

		ck_assert_msg((strstr(warnings, "no name that virtty knows") == NULL) == is_good, "%s: %s", name, warnings);
	}
}
END_TEST

/* A first run that does not restart, the boot menu, and commas inside of values. */
START_TEST(first_run_and_menu)
{
	_cleanup_free_ char *boot = strf("menu=on,kernel=%s,kernel_args=console=ttyS0,,115200", iso);
	struct install_request request = { .cdrom = iso, .noreboot = true, .boot = boot }, plain = { .cdrom = iso };
	_cleanup_free_ char *xml = document(&request, NULL), *without = document(&plain, NULL);

	has(xml, "<on_reboot>destroy</on_reboot>");
	has(xml, "<bootmenu enable='yes'/>");
	has(xml, "<cmdline>console=ttyS0,115200</cmdline>");
	ck_assert_ptr_null(strstr(without, "on_reboot"));
	ck_assert_ptr_null(strstr(without, "bootmenu"));
	REFUSED("menu is on or off, not 'maybe'", .cdrom = iso, .boot = TEXT("menu=maybe"));
	REFUSED("'115200' is unknown", .cdrom = iso, .boot = TEXT("kernel=/k,kernel_args=console=ttyS0,115200"));
}
END_TEST

static bool said_stop;

static bool is_stopped(void)
{
	return said_stop;
}

/* Given up between two steps: nothing is left, and that is what is said. */
START_TEST(given_up)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *image = scratch_path("images/debian-12.qcow2");
	struct install_request request = { .cdrom = iso, .cancelled = is_stopped };
	char *name = NULL;

	said_stop = true;
	ck_assert(!install_run(manager, &request, false, &name, NULL, &err));
	ck_assert_str_eq(error_text(&err), "cancelled: nothing of 'debian-12' is left");
	ck_assert(!path_exists(image));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	said_stop = false;
	error_clear(&err);
	ck_assert_msg(install_run(manager, &request, false, &name, NULL, &err), "%s", error_text(&err));
	ck_assert(path_exists(image));
	free(name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("install");
	TCase *tcase = tcase_create("install");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, from_an_iso_alone);
	tcase_add_test(tcase, what_was_said);
	tcase_add_test(tcase, kernel_and_uefi);
	tcase_add_test(tcase, what_is_refused);
	tcase_add_test(tcase, names_are_counted_on);
	tcase_add_test(tcase, made_and_defined);
	tcase_add_test(tcase, a_failed_start_leaves_nothing);
	tcase_add_test(tcase, an_image_that_cannot_be_made);
	tcase_add_test(tcase, proposals);
	tcase_add_test(tcase, preferences);
	tcase_add_test(tcase, systems);
	tcase_add_test(tcase, first_run_and_menu);
	tcase_add_test(tcase, given_up);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
