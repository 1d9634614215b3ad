/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a start needs: every fault told by its name before anything is made, and everything taken back. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/history.h"
#include "core/last_words.h"
#include "core/db.h"
#include "core/prepare.h"
#include "core/scope.h"
#include "storage/image.h"
#include "tests/unit/manage.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void setup(void)
{
	manage_setup();
	/* No keeper is to be had: what gets as far as that has prepared everything. */
	setenv("VIRTTY_LIBEXEC", "/no/such/directory", 1);
	unsetenv("VIRTTY_KVM");
}

static void define_devices(const char *name, const char *devices)
{
	_cleanup_free_ char *text = manage_document(name, NULL, devices);

	free(manage_define(text));
}

/* The start fails with these words, and nothing of it is left. */
static void start_fails(const char *name, const char *words)
{
	_cleanup_machine_ struct machine machine = manage_find(name), after = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *directory = strf("%s/%d", manager_paths(manager)->run, (int)machine.id);
	_cleanup_free_ char *prefix = strf("cannot start '%s': ", name);
	char **warnings = NULL;

	ck_assert(!domain_start(manager, &machine, 0, &warnings, &err));
	strv_free(warnings);
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "'%s' is not in: %s", words, error_text(&err));
	ck_assert_msg(text_starts(error_text(&err), prefix), "%s", error_text(&err));
	after = manage_find(name);
	ck_assert_int_eq(after.truth, TRUTH_OFF);
	ck_assert_int_eq(after.reason, REASON_SHUTOFF_FAILED);
	ck_assert(!path_exists(directory));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM definition WHERE kind = 'live'"), 0);
	ck_assert_int_ge(manage_count("SELECT count(*) FROM event WHERE what = 'Stopped Failed'"), 1);
}

#define DISK "<disk type='file' device='disk'><driver name='qemu' type='%s'/><source file='%s'/><target dev='vda'/>%s</disk>"

static void disk_fails(const char *format, const char *path, const char *words)
{
	_cleanup_free_ char *disk = strf(DISK, format, path, "");
	_cleanup_free_ char *name = strf("m%d", (int)manage_count("SELECT count(*) FROM domain"));

	define_devices(name, disk);
	start_fails(name, words);
}

static void qemu_img(const char *const *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strv_ char **argv = strv_add(NULL, "/usr/bin/qemu-img");

	for (; *words; words++)
		argv = strv_add(argv, *words);
	ck_assert_msg(process_run_ok(argv, 20000, NULL, &err), "%s", error_text(&err));
}

#define QEMU_IMG(...) qemu_img((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(bad_disks)
{
	_cleanup_free_ char *directory = scratch_path("dir"), *fifo = scratch_path("fifo"), *text = scratch_path("text");

	disk_fails("raw", "/no/such/disk.img", "disk '/no/such/disk.img' does not exist");
	ck_assert_int_eq(mkdir(directory, 0700), 0);
	disk_fails("raw", directory, "is a directory");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	disk_fails("raw", fifo, "is neither a file nor a block device");
	scratch_write("text", "no image");
	disk_fails("qcow2", text, "is not a qcow2 image");
	disk_fails("raw", "text", "disk 'text' is not an absolute path");
	_cleanup_free_ char *twice = strf("<disk type='file'><source file='%s'/><target dev='vda'/></disk>"
					  "<disk type='file'><source file='%s'/><target dev='vdb'/></disk>",
					  text, text);
	define_devices("twice", twice);
	start_fails("twice", "is both 'vda' and 'vdb'");
	/* an image that would change under the one that reads through it, whichever comes first */
	_cleanup_free_ char *base = scratch_path("pair-base"), *over = scratch_path("pair-over");
	_cleanup_free_ char *pair = strf("<disk type='file'><source file='%s'/><target dev='vda'/></disk>"
					 "<disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vdb'/></disk>",
					 base, over);

	QEMU_IMG("create", "-q", "-f", "raw", base, "1M");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", over);
	define_devices("pair", pair);
	start_fails("pair", "is the backing file of 'vdb'");
	define_devices("iso", "<disk type='file' device='cdrom'><source file='/no/such.iso'/><target dev='sda' bus='sata'/></disk>");
	start_fails("iso", "CD-ROM image '/no/such.iso' does not exist");
}
END_TEST

/* Where a serial port's words go is looked at before QEMU is, whose own message names no device. */
START_TEST(no_place_for_serial_files)
{
	_cleanup_free_ char *file = scratch_path("plain");
	_cleanup_free_ char *below = strf("<serial type='file'><source path='%s/serial.txt'/></serial>", file);

	define_devices("a", "<serial type='file'><source path='/no/such/dir/serial.txt'/></serial>");
	start_fails("a", "serial port 0 cannot be written to '/no/such/dir/serial.txt': directory '/no/such/dir' does not exist");
	define_devices("b", "<serial type='pty'/><serial type='file'><source path='/tmp'/></serial>");
	start_fails("b", "serial port 1 cannot be written to '/tmp': that is a directory");
	define_devices("c", "<serial type='pty'><log file='/no/such/dir/log'/></serial>");
	start_fails("c", "the log of serial port 0 cannot be written to '/no/such/dir/log'");
	scratch_write("plain", "x");
	define_devices("d", below);
	start_fails("d", "is not a directory");
}
END_TEST

/* What QEMU said at a start that failed is found again, as long as nothing newer has happened. */
START_TEST(last_words)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct db *db = manager_db(manager);

	define_devices("m", "");
	machine = manage_find("m");
	ck_assert_ptr_null(start_last_words(manager, machine.id, 0));
	ck_assert(history_add(db, machine.id, "lifecycle", "Stopped Failed", "the error\nexit status 1\nqemu: no", NULL));
	_cleanup_free_ char *words = start_last_words(manager, machine.id, 0);

	ck_assert_str_eq(words, "exit status 1\nqemu: no");
	ck_assert_ptr_null(start_last_words(manager, machine.id, INT64_MAX));
	ck_assert(history_add(db, machine.id, "lifecycle", "Stopped Failed", "the error alone", NULL));
	ck_assert_ptr_null(start_last_words(manager, machine.id, 0));
	ck_assert(history_add(db, machine.id, "lifecycle", "Defined Updated", NULL, NULL));
	ck_assert_ptr_null(start_last_words(manager, machine.id, 0));
}
END_TEST

/* qemu-img no longer makes such images, but older ones did: the extension's type becomes one that nobody knows. */
static void forget_backing_format(const char *path)
{
	static const uint8_t type[] = { 0xe2, 0x79, 0x2a, 0xca };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t head[1024];
	const uint8_t *at;

	ck_assert_int_eq(pread(fd, head, sizeof head, 0), sizeof head);
	at = memmem(head, sizeof head, type, sizeof type);
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(pwrite(fd, "none", 4, at - head), 4);
	close(fd);
}

START_TEST(backing_files)
{
	_cleanup_free_ char *base = scratch_path("base"), *stated = scratch_path("stated"), *open_end = scratch_path("open");
	_cleanup_free_ char *below = scratch_path("below"), *json = scratch_path("json"), *data = scratch_path("data");

	QEMU_IMG("create", "-q", "-f", "qcow2", base, "1M");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-b", "base", "-F", "qcow2", stated);
	/* Everything but a keeper is there. */
	disk_fails("qcow2", stated, "cannot run '/no/such/directory/virtty-keeper'");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", open_end);
	forget_backing_format(open_end);
	disk_fails("qcow2", open_end, "the format of its backing file");
	QEMU_IMG("create", "-q", "-f", "qcow2", "-b", "stated", "-F", "qcow2", below);
	ck_assert_int_eq(unlink(base), 0);
	disk_fails("qcow2", below, "backing file");
	QEMU_IMG("create", "-q", "-u", "-f", "qcow2", "-b", "json:{\"driver\":\"null-co\"}", "-F", "raw", json, "1M");
	disk_fails("qcow2", json, "which is not a plain path");
	_cleanup_free_ char *option = strf("data_file=%s.raw", data);
	QEMU_IMG("create", "-q", "-f", "qcow2", "-o", option, data, "1M");
	disk_fails("qcow2", data, "keeps its data in another file");
}
END_TEST

/* Holds QEMU's locks of a writer on a file until the pipe is closed. */
static pid_t hold_image(const char *path, int pipe_fds[2])
{
	int ready[2];
	char byte;
	pid_t child;

	ck_assert(pipe2(pipe_fds, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		static const off_t bytes[] = { 100, 101, 103, 201, 203 };
		int fd = open(path, O_RDWR | O_CLOEXEC);

		close(pipe_fds[1]);
		for (size_t i = 0; i < ARRAY_LENGTH(bytes); i++) {
			struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = bytes[i], .l_len = 1 };

			if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
				_exit(1);
		}
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		while (read(pipe_fds[0], &byte, 1) > 0)
			;
		_exit(0);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

START_TEST(an_image_in_use)
{
	_cleanup_free_ char *path = scratch_path("busy.img"), *words = NULL;
	_cleanup_close_ int fd = -1;
	int pipe_fds[2], status;
	pid_t holder;
	int found;

	QEMU_IMG("create", "-q", "-f", "raw", path, "1M");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert(!image_in_use(fd, true, &found));
	holder = hold_image(path, pipe_fds);
	ck_assert(image_in_use(fd, true, &found));
	ck_assert_int_eq(found, holder);
	ck_assert(image_in_use(fd, false, &found));
	words = strf("is in use by another process (pid %d, ", (int)holder);
	disk_fails("raw", path, words);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	ck_assert_int_eq(waitpid(holder, &status, 0), holder);
	ck_assert_int_eq(status, 0);
	ck_assert(!image_in_use(fd, true, &found));
}
END_TEST

START_TEST(an_image_of_a_running_machine)
{
	_cleanup_free_ char *path = scratch_path("shared.img"), *disk = strf(DISK, "raw", path, ""), *link = scratch_path("link.img");
	_cleanup_machine_ struct machine machine = { 0 };
	struct run seen = { 0 };
	int64_t generation;
	bool won;

	QEMU_IMG("create", "-q", "-f", "raw", path, "1M");
	ck_assert_int_eq(symlink(path, link), 0);
	define_devices("runs", disk);
	machine = manage_find("runs");
	seen.domain_id = machine.id;
	ck_assert(run_claim(manager_db(manager), &seen, &won, &generation, NULL) && won);
	ck_assert(db_run(manager_db(manager), NULL, NULL, "UPDATE disk SET kind = 'live'", ""));
	disk_fails("raw", link, "is in use by machine 'runs'");
}
END_TEST

START_TEST(missing_emulator)
{
	define_devices("m", "<emulator>/no/such/qemu</emulator>");
	start_fails("m", "'/no/such/qemu' does not exist");
}
END_TEST

START_TEST(kvm_is_not_usable)
{
	_cleanup_free_ char *text = xstrdup("<domain type='kvm'><name>fast</name><memory>65536</memory><os><type arch='x86_64'>hvm</type>"
					    "</os></domain>");
	_cleanup_free_ char *warnings = NULL;

	setenv("VIRTTY_KVM", "no", 1);
	warnings = manage_define(text);
	ck_assert_msg(strstr(warnings, "KVM is not usable here"), "%s", warnings);
	start_fails("fast", "KVM is not usable here");
	unsetenv("VIRTTY_KVM");
}
END_TEST

static int64_t claim(const struct machine *machine)
{
	int64_t generation;
	bool won;

	ck_assert(run_claim(manager_db(manager), &machine->run, &won, &generation, NULL) && won);
	return generation;
}

START_TEST(the_plan)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_json_ struct json_object *json = NULL;
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_free_ char *qmp = NULL;
	struct json_object *consoles;
	int64_t generation;

	define_devices("web", "<serial type='pty'/><console type='pty'/>");
	machine = manage_find("web");
	generation = claim(&machine);
	ck_assert_msg(prepare_start(manager, &machine, generation, START_PAUSED, &plan, &err), "%s", error_text(&err));
	ck_assert_uint_eq(plan.fd_count, 2);
	json = json_parse("plan", plan.text, strlen(plan.text), &err);
	ck_assert_msg(json != NULL, "%s", error_text(&err));
	ck_assert_int_eq(json_get_int(json, "domain", 0), machine.id);
	ck_assert_int_eq(json_get_int(json, "generation", 0), generation);
	ck_assert_str_eq(json_get_string(json, "name", ""), "web");
	ck_assert_str_eq(json_get_string(json, "accel", ""), "tcg");
	ck_assert_str_eq(json_get_string(json, "on_reboot", ""), "restart");
	ck_assert(json_get_bool(json, "paused", false));
	ck_assert_uint_gt(json_object_array_length(json_get(json, "argv")), 5);
	ck_assert_uint_eq(json_object_array_length(json_get(json, "fds")), 2);
	consoles = json_get(json, "consoles");
	ck_assert_uint_eq(json_object_array_length(consoles), 1);
	qmp = strf("%s/qmp", json_get_string(json, "directory", ""));
	ck_assert(path_exists(qmp));
	ck_assert_int_eq(manage_count("SELECT count(*) FROM definition WHERE kind = 'live'"), 1);
	/* Somebody who holds an older generation releases nothing. */
	ck_assert(release_start(manager, machine.id, generation - 1, RUN_SHUTOFF, 0, NULL));
	ck_assert(path_exists(qmp));
	ck_assert(release_start(manager, machine.id, generation, RUN_SHUTOFF, REASON_SHUTOFF_SHUTDOWN, NULL));
	ck_assert(!path_exists(qmp));
	ck_assert(release_start(manager, machine.id, generation, RUN_SHUTOFF, REASON_SHUTOFF_FAILED, NULL));
	machine_clear(&machine);
	machine = manage_find("web");
	ck_assert_int_eq(machine.reason, REASON_SHUTOFF_SHUTDOWN);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM definition WHERE kind = 'live'"), 0);
}
END_TEST

START_TEST(a_live_claim_is_respected)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };

	define_devices("web", NULL);
	machine = manage_find("web");
	claim(&machine);
	ck_assert(!domain_start(manager, &machine, 0, NULL, &err));
	ck_assert_msg(strstr(error_text(&err), "'web' is being started by another process"), "%s", error_text(&err));
	ck_assert_int_eq(err.code, ERROR_BUSY);
}
END_TEST

START_TEST(nvram_is_made_and_taken_back)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_free_ char *xml = NULL, *path = NULL, *head = NULL;
	size_t length;
	int64_t generation;

	if (!path_exists("/usr/share/qemu/firmware/60-edk2-x86_64.json") && !path_exists("/usr/share/OVMF"))
		return; /* no firmware is installed here: test_firmware.c has its own */
	free(manage_define("<domain type='qemu'><name>efi</name><memory>65536</memory><os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type>"
			   "</os><features><acpi/></features></domain>"));
	start_fails("efi", "cannot run");
	machine = manage_find("efi");
	path = strf("%s/%s_VARS.qcow2", manager_paths(manager)->nvram, machine.uuid);
	ck_assert(!path_exists(path));
	generation = claim(&machine);
	ck_assert_msg(prepare_start(manager, &machine, generation, 0, &plan, &err), "%s", error_text(&err));
	ck_assert_str_eq(plan.nvram_made, path);
	ck_assert(file_read(path, 64 << 20, &head, &length, NULL));
	ck_assert(length > 4 && memcmp(head, "QFI\xfb", 4) == 0);
	ck_assert(release_start(manager, machine.id, generation, RUN_SHUTOFF, REASON_SHUTOFF_SHUTDOWN, NULL));
	/* It belongs to the machine: recorded, and used again. */
	ck_assert(path_exists(path));
	ck_assert(domain_xml(manager, &machine, XML_INACTIVE, &xml, NULL));
	ck_assert_ptr_nonnull(strstr(xml, path));
	ck_assert_ptr_nonnull(strstr(xml, "format=\"qcow2\"") ? strstr(xml, "format=\"qcow2\"") : strstr(xml, "format='qcow2'"));
	ck_assert(domain_undefine(manager, &machine, 0, NULL, NULL, NULL));
	ck_assert(!path_exists(path));
}
END_TEST

START_TEST(served_to_a_keeper)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL, *id = NULL, *generation_text = NULL, *fd_text = NULL, *number = NULL;
	int pair[2], fds[8];
	int64_t generation;
	size_t count = 0;
	bool won;

	define_devices("web", "<serial type='pty'/>");
	machine = manage_find("web");
	generation = claim(&machine);
	id = strf("%lld", (long long)machine.id);
	generation_text = strf("%lld", (long long)generation);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fd_text = strf("%d", pair[1]);
	const char *prepare[] = { "prepare", "--fd", fd_text, "--domain", id, "--generation", generation_text };
	/* Claimed, not owned: no keeper asks this way. */
	ck_assert_int_eq(prepare_serve(7, (char **)(uintptr_t)prepare), 1);
	ck_assert(message_receive(pair[0], 1 << 20, 5000, &text, fds, 8, &count, NULL));
	ck_assert_ptr_nonnull(strstr(text, "held by somebody else"));
	ck_assert(run_own(manager_db(manager), machine.id, generation, &won, NULL) && won);
	free(text);
	ck_assert_int_eq(prepare_serve(7, (char **)(uintptr_t)prepare), 0);
	ck_assert(message_receive(pair[0], 1 << 20, 5000, &text, fds, 8, &count, NULL));
	ck_assert_ptr_nonnull(strstr(text, "\"argv\""));
	ck_assert_uint_eq(count, 2);
	close(fds[0]);
	close(fds[1]);
	number = strf("%d", RUN_SHUTOFF);
	const char *release[] = { "release", "--fd", fd_text, "--domain", id, "--generation", generation_text, "--state", number, "--reason", "2" };
	ck_assert_int_eq(prepare_serve(11, (char **)(uintptr_t)release), 0);
	free(text);
	ck_assert(message_receive(pair[0], 1 << 20, 5000, &text, fds, 8, &count, NULL));
	ck_assert_str_eq(text, "{}");
	machine_clear(&machine);
	machine = manage_find("web");
	ck_assert_int_eq(machine.truth, TRUTH_OFF);
	ck_assert_int_eq(machine.reason, REASON_SHUTOFF_DESTROYED);
	const char *bad[] = { "prepare", "--fd", "nonsense" };
	ck_assert_int_eq(prepare_serve(3, (char **)(uintptr_t)bad), 1);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

START_TEST(a_transient_machine_leaves_nothing)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = manage_document("gone", NULL, NULL);
	struct definition_input input = { .source = "gone.xml", .text = text, .length = strlen(text) };
	struct definition_result result;

	ck_assert(!domain_create(manager, &input, 0, &result, &err));
	ck_assert_msg(strstr(error_text(&err), "cannot start 'gone'"), "%s", error_text(&err));
	definition_results_free(&result, 1);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 0);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM event WHERE name = 'gone'"), 1);
	/* One that is defined stays defined. */
	free(manage_define(text));
	ck_assert(!domain_create(manager, &input, 0, &result, &err));
	ck_assert_msg(strstr(error_text(&err), "is defined already"), "%s", error_text(&err));
	definition_results_free(&result, 1);
	ck_assert_int_eq(manage_count("SELECT count(*) FROM domain"), 1);
}
END_TEST

START_TEST(scope_words)
{
	_cleanup_strv_ char **root = scope_argv("/usr/bin/systemd-run", false, "virtty-12-3"),
			    **user = scope_argv("/usr/bin/systemd-run", true, "virtty-12-3");
	_cleanup_free_ char *root_text = strv_join(root, " "), *user_text = strv_join(user, " ");

	ck_assert_str_eq(root_text, "/usr/bin/systemd-run --slice=machine.slice --property=After=local-fs.target remote-fs.target"
				  " --property=Before=virtty-autostart.service --scope --collect --quiet --unit=virtty-12-3.scope --");
	ck_assert_str_eq(user_text, "/usr/bin/systemd-run --user --property=Before=virtty-autostart.service --scope --collect --quiet "
				    "--unit=virtty-12-3.scope --");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prepare");
	TCase *tcase = tcase_create("prepare");

	tcase_add_checked_fixture(tcase, setup, manage_teardown);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, bad_disks);
	tcase_add_test(tcase, last_words);
	tcase_add_test(tcase, no_place_for_serial_files);
	tcase_add_test(tcase, backing_files);
	tcase_add_test(tcase, an_image_in_use);
	tcase_add_test(tcase, an_image_of_a_running_machine);
	tcase_add_test(tcase, missing_emulator);
	tcase_add_test(tcase, kvm_is_not_usable);
	tcase_add_test(tcase, the_plan);
	tcase_add_test(tcase, a_live_claim_is_respected);
	tcase_add_test(tcase, nvram_is_made_and_taken_back);
	tcase_add_test(tcase, served_to_a_keeper);
	tcase_add_test(tcase, a_transient_machine_leaves_nothing);
	tcase_add_test(tcase, scope_words);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
