/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ISOs hold: libosinfo's own program says the same; answers are kept as long as they hold; whatever becomes of virtty-osinfo, an ISO's own words
 * are there; and a machine gets what its system has drivers for. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/db.h"
#include "core/manager.h"
#include "tests/harness/home.h"
#include "tests/harness/iso.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOUND_MS 40000 /* far above what is given to libosinfo, for hosts that have much else to do */

static char *home;

static void set_up(void)
{
	home = home_new();
	/* nobody's own data */
	setenv("OSINFO_LOCAL_DIR", "/nonexistent", 1);
	setenv("OSINFO_USER_DIR", "/nonexistent", 1);
}

static void tear_down(void)
{
	home_end(home);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(file_write(path, text, strlen(text), mode, &err), "%s", error_text(&err));
}

/* Is there a virtty-osinfo to be tested? */
static bool has_osinfo(void)
{
	_cleanup_free_ char *program = paths_helper("virtty-osinfo");

	if (access(program, X_OK) == 0 && path_exists("/usr/share/osinfo/os"))
		return true;
	skip_test("virtty was built without libosinfo, or osinfo-db is not installed");
	return false;
}

/* HOME/NAME.iso; NULL where none can be made. Owned. */
static char *iso_named(const char *name, const char *volume)
{
	char *path = strf("%s/%s.iso", home, name);

	if (make_iso(path, volume, NULL, NULL, NULL, true))
		return path;
	free(path);
	return NULL;
}

/* ---- beside libosinfo's own program ---- */

static const struct {
	const char *volume, *publisher, *system, *application;
} media[] = {
	{ "Debian 11.5.0 amd64 n", NULL, NULL, NULL },
	{ "Debian 10.4.0 i386 1", NULL, NULL, NULL },
	{ "Debian 9.1.0 amd64 n", NULL, NULL, NULL },
	{ "Fedora-WS-Live-37-1-7", NULL, NULL, NULL },
	{ "Fedora-S-dvd-x86_64-36", NULL, "LINUX", NULL },
	{ "Ubuntu-Server 22.04 LTS amd64", NULL, NULL, NULL },
	{ "Ubuntu 20.04 LTS amd64", NULL, NULL, NULL },
	{ "CCCOMA_X64FREE_EN-US_DV9", "MICROSOFT CORPORATION", NULL, NULL },
	{ "RHEL-9-0-0-BaseOS-x86_64", NULL, "LINUX", NULL },
	{ "RHEL_6.0 x86_64 Disc 1", NULL, "LINUX", NULL },
	{ "CentOS 7 x86_64", NULL, "LINUX", NULL },
	{ "CentOS-Stream-9-BaseOS-x86_64", NULL, "LINUX", NULL },
	{ "openSUSE-Leap-15.4-DVD-x86_6415", NULL, "LINUX", NULL },
	{ "alpine-std 3.16.0 x86_64", NULL, NULL, NULL },
	{ "OpenBSD/amd64   7.1 Install CD", NULL, NULL, NULL },
	{ "13_1_RELEASE_AMD64_CD", "The FreeBSD Project.", NULL, NULL },
	{ "ARCH_202205", NULL, NULL, NULL },
	{ "nobody knows this one", NULL, NULL, NULL },
	{ "\xe9\xff", NULL, NULL, NULL },
};

/* What osinfo-detect finds: "Debian 11 (x86_64)", or NULL. Owned. */
static char *detected(const char *path)
{
	char *text = NULL;

	expect_ok(run_program((const char *const[]){ "/usr/bin/osinfo-detect", path, NULL }), &text);
	char *begin = strchr(text, '\''), *end = begin != NULL ? strchr(begin + 1, '\'') : NULL;
	char *name = end != NULL ? xstrndup(begin + 1, (size_t)(end - begin - 1)) : NULL;

	free(text);
	return name;
}

/* The one object that `osinfo --json` prints of a file. Owned. */
static struct json_object *described(const char *path)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json_object *array = NULL;

	expect_ok(virtty("osinfo", path, "--json", NULL), &text);
	array = json_parse("osinfo", text, strlen(text), NULL);
	ck_assert(array != NULL && json_object_array_length(array) == 1);
	return json_object_get(json_object_array_get_idx(array, 0));
}

START_TEST(as_libosinfo_says)
{
	size_t known = 0;

	if (!has_osinfo())
		return;
	if (access("/usr/bin/osinfo-detect", X_OK) < 0) {
		skip_test("osinfo-detect is not installed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(media); i++) {
		_cleanup_free_ char *path = strf("%s/%zu.iso", home, i);

		if (!make_iso(path, media[i].volume, media[i].publisher, media[i].system, media[i].application, true))
			return;
		_cleanup_free_ char *expected = detected(path);
		_cleanup_json_ struct json_object *found = described(path);
		const char *name = json_get_string(found, "media/variant", json_get_string(found, "system/name", NULL));
		_cleanup_free_ char *here = name != NULL ? strf("%s (%s)", name, json_get_string(found, "media/arch", "all")) : NULL;

		ck_assert_msg(text_equal(here, expected), "'%s' is %s, osinfo-detect says %s", media[i].volume, here, expected);
		ck_assert_int_eq(json_object_array_length(json_get(found, "boots")), 2);
		known += expected != NULL;
	}
	/* data that knows none of them would prove nothing */
	ck_assert_uint_ge(known, 8);
}
END_TEST

/* ---- answers that are kept ---- */

/* A virtty-osinfo that notes each of its starts in HOME/asked, and then does what is said: "exec REAL", or something worse. */
static void play_osinfo(const char *rest)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *directory = strf("%s/libexec", home), *path = strf("%s/virtty-osinfo", directory);
	_cleanup_free_ char *script = strf("#!/bin/sh\necho x >>'%s/asked'\n%s\n", home, rest);

	ck_assert(path_exists(directory) || directory_make(directory, 0700, &err));
	write_file(path, script, 0700);
	setenv("VIRTTY_LIBEXEC", directory, 1);
}

static void play_real(void)
{
	_cleanup_free_ char *program = paths_helper("virtty-osinfo"), *rest = strf("exec '%s'", program);

	play_osinfo(rest);
}

/* How often it was started since the last time. */
static size_t times_asked(void)
{
	_cleanup_free_ char *path = strf("%s/asked", home), *text = NULL;
	size_t length = 0;

	if (!path_exists(path))
		return 0;
	ck_assert(file_read(path, 65536, &text, &length, NULL));
	unlink(path);
	return length / 2;
}

static void expect_shown(const char *path, const char *words)
{
	_cleanup_free_ char *text = NULL;

	expect_ok(virtty("osinfo", path, NULL), &text);
	ck_assert_msg(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}

static int64_t count_rows(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct manager *manager;
	bool found;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	sqlite3_stmt *row = db_query(manager_db(manager), &err, "SELECT count(*) FROM iso", "");

	ck_assert(row != NULL && db_step(manager_db(manager), row, &found, &err) && found);
	int64_t count = sqlite3_column_int64(row, 0);

	sqlite3_reset(row);
	manager_close(manager);
	return count;
}

START_TEST(kept_while_it_holds)
{
	_cleanup_free_ char *one = iso_named("one", "Debian 11.5.0 amd64 n"), *two = one != NULL ? iso_named("two", "Debian 10.4.0 amd64 n") : NULL;
	_cleanup_free_ char *local = strf("%s/local", home);

	if (two == NULL || !has_osinfo())
		return;
	play_real();
	expect_ok(virtty("osinfo", one, two, NULL), NULL);
	ck_assert_uint_eq(times_asked(), 1);
	expect_shown(one, "Debian 11 (debian11)");
	expect_shown(two, "Debian 10 (debian10)");
	ck_assert_uint_eq(times_asked(), 0);
	/* another file under its name, as large as the one before */
	_cleanup_free_ char *spare = strf("%s.spare", two);

	ck_assert_int_eq(rename(one, spare), 0);
	ck_assert_int_eq(rename(two, one), 0);
	expect_shown(one, "Debian 10 (debian10)");
	ck_assert_uint_eq(times_asked(), 1);
	/* and the row of the one that is gone went with it */
	ck_assert_int_eq(count_rows(), 1);
	/* other data */
	setenv("OSINFO_LOCAL_DIR", local, 1);
	expect_shown(one, "Debian 10 (debian10)");
	ck_assert_uint_eq(times_asked(), 1);
	/* names of systems are kept as well; those that are none are not */
	expect_ok(virtty("osinfo", "debian11", NULL), NULL);
	expect_ok(virtty("osinfo", "debian11", NULL), NULL);
	ck_assert_uint_eq(times_asked(), 1);
	expect_error(virtty("osinfo", "debain11", NULL), 1, "neither a file nor a system", "debian1", NULL);
	expect_error(virtty("osinfo", "debian999", NULL), 1, "neither a file nor a system", "newest one before it", NULL);
	ck_assert_uint_eq(times_asked(), 2);
}
END_TEST

/* ---- what may become of it ---- */

START_TEST(whatever_becomes_of_it)
{
	static const char *const ends[] = { "exit 0", "kill -SEGV $$", "printf '\\0\\0\\0\\4oops' >&3", "printf '\\0\\0\\0\\2[]' >&3; read x <&3",
					    "printf '\\377\\377\\377\\377' >&3", "exec 3>&-; exit 1" };
	_cleanup_free_ char *path = iso_named("one", "Debian 11.5.0 amd64 n");

	if (path == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		_cleanup_outcome_ struct outcome outcome = { 0 };

		play_osinfo(ends[i]);
		outcome = virtty("osinfo", path, NULL);
		ck_assert_msg(outcome.status == 0 && strstr(outcome.out, "Debian 11.5.0 amd64 n") != NULL && strstr(outcome.out, "not known") != NULL,
			      "%s: %s%s", ends[i], outcome.out, outcome.err);
		ck_assert_msg(strstr(outcome.err, "libosinfo could not be asked") != NULL, "%s: %s", ends[i], outcome.err);
	}
	/* none of this is an answer to be kept */
	ck_assert_int_eq(count_rows(), 0);
	expect_error(virtty("osinfo", "--list", NULL), 1, "libosinfo could not be asked", NULL);
	/* nor is it in the way of an installation */
	expect_ok(virtty("install", "--cdrom", path, "--name", "web", "--print-xml", NULL), NULL);
}
END_TEST

START_TEST(without_an_answer)
{
	_cleanup_free_ char *path = iso_named("one", "Debian 11.5.0 amd64 n");
	_cleanup_outcome_ struct outcome outcome = { 0 };
	int64_t begin = clock_monotonic_ms();

	if (path == NULL)
		return;
	/* it hangs, and is ended */
	play_osinfo("exec sleep 600");
	outcome = virtty("osinfo", path, NULL);
	ck_assert_int_eq(outcome.status, 0);
	ck_assert_ptr_nonnull(strstr(outcome.out, "Debian 11.5.0 amd64 n"));
	ck_assert_ptr_nonnull(strstr(outcome.err, "did not answer in time"));
	ck_assert_int_lt(clock_monotonic_ms() - begin, BOUND_MS);
	wait_processes(home, "sleep", 0, SOON_MS);
}
END_TEST

static bool is_asked(void *data)
{
	(void)data;
	_cleanup_free_ char *path = strf("%s/asked", home);

	return path_exists(path);
}

/* Who asks may be killed at any moment: nothing stays, and the next one gets its answer. */
START_TEST(asker_killed)
{
	_cleanup_free_ char *path = iso_named("one", "Debian 11.5.0 amd64 n");

	if (path == NULL || !has_osinfo())
		return;
	play_real();
	for (int i = 0; i < 3; i++) {
		_cleanup_task_ struct task task = task_virtty("osinfo", path, NULL);

		ck_assert(wait_for(is_asked, NULL, SOON_MS));
		kill(task.pid, SIGKILL);
		task_clear(&task);
		wait_processes(home, "virtty-osinfo", 0, BOUND_MS);
		times_asked();
	}
	expect_shown(path, "Debian 11 (debian11)");
}
END_TEST

START_TEST(without_libosinfo)
{
	_cleanup_free_ char *path = iso_named("one", "Debian 11.5.0 amd64 n"), *text = NULL, *xml = NULL;

	if (path == NULL)
		return;
	setenv("VIRTTY_LIBEXEC", "/nonexistent", 1);
	expect_shown(path, "Debian 11.5.0 amd64 n");
	expect_shown(path, "BIOS, UEFI");
	expect_shown(path, "not known");
	ck_assert_int_eq(count_rows(), 1);
	expect_error(virtty("osinfo", "--list", NULL), 1, "virtty-osinfo' is not installed", "hint: ", NULL);
	expect_error(virtty("osinfo", "debian11", NULL), 1, "virtty-osinfo' is not installed", NULL);
	expect_ok(virtty("iso-list", NULL), &text);
	expect_ok(virtty("install", "--cdrom", path, "--osinfo", "win10", "--print-xml", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "bus='sata'"));
	expect_error(virtty("install", "--cdrom", path, "--osinfo", "require=on", "--print-xml", NULL), 1, "one is required", NULL);
}
END_TEST

START_TEST(files_that_are_none)
{
	_cleanup_free_ char *pipe = strf("%s/pipe.iso", home), *text = strf("%s/text.iso", home), *good = iso_named("good", "\x1b[2Jgone");
	_cleanup_outcome_ struct outcome outcome = { 0 };

	if (good == NULL)
		return;
	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	write_file(text, "this is no disc", 0600);
	expect_error(virtty("osinfo", pipe, NULL), 1, "it is no file", NULL);
	expect_error(virtty("osinfo", home, NULL), 1, "it is a directory", NULL);
	expect_error(virtty("osinfo", text, NULL), 1, "it is no ISO 9660 image", NULL);
	expect_error(virtty("osinfo", "/no/such.iso", NULL), 1, "No such file", NULL);
	expect_error(virtty("osinfo", NULL), 2, "needs an ISO file", NULL);
	/* one that is none does not hide the others; nothing of an ISO reaches the terminal but as text */
	outcome = virtty("osinfo", text, good, NULL);
	ck_assert_int_eq(outcome.status, 1);
	ck_assert_ptr_nonnull(strstr(outcome.out, "Label:          ?[2Jgone"));
	ck_assert_ptr_null(strchr(outcome.out, '\033'));
}
END_TEST

/* ---- where ISOs are looked for ---- */

START_TEST(listed)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *images = strf("%s/images", home), *other = strf("%s/some where", home), *config = strf("%s/virtty.conf", home);
	_cleanup_free_ char *setting = strf("[list]\npreview = off\n[iso]\n# mine\ndirectories = /nowhere : %s/:relative\n", other), *text = NULL;
	_cleanup_free_ char *link = strf("%s/lost.iso", other), *again = NULL;

	ck_assert(directory_make(images, 0700, &err) && directory_make(other, 0700, &err));
	expect_ok(virtty("iso-list", NULL), &text);
	ck_assert_ptr_null(strstr(text, ".iso"));
	free(iso_named("images/Zeta", "a volume"));
	free(iso_named("images/.hidden", "hidden"));
	_cleanup_free_ char *loud = iso_named("some where/two", "another");
	_cleanup_free_ char *louder = strf("%s/TWO.ISO", other);

	if (loud == NULL)
		return;
	ck_assert_int_eq(rename(loud, louder), 0);
	ck_assert_int_eq(symlink("/nonexistent", link), 0);
	write_file(config, setting, 0600);
	expect_ok(virtty("iso-list", NULL), &again);
	const char *first = strstr(again, "a volume"), *second = strstr(again, "another");

	ck_assert_msg(first != NULL && second != NULL && first < second, "%s", again);
	ck_assert_ptr_nonnull(strstr(again, "/TWO.ISO"));
	ck_assert_ptr_null(strstr(again, "hidden"));
	ck_assert_ptr_null(strstr(again, "lost"));
	/* in a pool it need not be called one */
	_cleanup_free_ char *plain = strf("%s/disc", images), *more = NULL;
	_cleanup_free_ char *disc = iso_named("disc", "a third");

	ck_assert_int_eq(rename(disc, plain), 0);
	expect_ok(virtty("pool-refresh", "default", NULL), NULL);
	expect_ok(virtty("iso-list", NULL), &more);
	ck_assert_msg(strstr(more, "a third") != NULL && strstr(more, "/images/disc") != NULL, "%s", more);
}
END_TEST

/* ---- the process itself ---- */

/* What it reads comes from ISOs: from then on it may open, connect and execute nothing. */
START_TEST(confined)
{
	static const char request[] = "{\"ask\":[{\"system\":\"debian11\"},{\"media\":[]},{\"media\":{\"volume-id\":\"((((\"}},7,null]}";
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *program = paths_helper("virtty-osinfo"), *answer = NULL, *status = NULL, *path = NULL;
	int pair[2], wait_status;
	pid_t pid;

	if (!has_osinfo())
		return;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert_msg(spawn((char *[]){ program, NULL }, (const int[SPAWN_FDS]){ -1, -1, STDERR_FILENO, pair[1] }, SPAWN_GROUP, &pid, &err), "%s",
		      error_text(&err));
	close(pair[1]);
	ck_assert(message_send(pair[0], request, sizeof request - 1, NULL, 0, &err));
	ck_assert_msg(message_receive(pair[0], 1 << 20, BOUND_MS, &answer, NULL, 0, NULL, &err), "%s", error_text(&err));
	ck_assert_ptr_nonnull(strstr(answer, "\"Debian 11\""));
	path = strf("/proc/%d/status", (int)pid);
	ck_assert(file_read(path, 65536, &status, NULL, &err));
	ck_assert_msg(strstr(status, "Seccomp:\t2") != NULL, "%s", status);
	/* what is no request ends it, and it ends with its asker */
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
	ck_assert_msg(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0, "wait status %#x", (unsigned)wait_status);
}
END_TEST

/* ---- what a machine is given ---- */

static const struct {
	const char *osinfo;
	const char *has[8], *not[4];
	const char *warning; /* NULL: none */
} machines[] = {
	{ "debian11",
	  { "machine='q35'", "<memory unit='MiB'>1024<", "bus='virtio'", "<model type='virtio'/>", "bus='sata'",
	    "http://debian.org/debian/11", "<rng " },
	  { NULL },
	  NULL },
	/* virtio, but none of PCI Express */
	{ "rhel6",
	  { "machine='pc'", "bus='virtio'", "dev='hda' bus='ide'", "<model type='vga'", "name='rhel6'", "rhel/6.0" },
	  { "<rng ", "qemu-xhci" },
	  NULL },
	{ "winxp",
	  { "machine='pc'", "dev='hda' bus='ide'", "type='e1000'", "offset='localtime'", "<memory unit='MiB'>512<" },
	  { "virtio'/>\n      <source" },
	  NULL },
	{ "win10",
	  { "machine='q35'", "dev='sda' bus='sata'", "type='e1000e'", "qemu-xhci", "<model type='vga'" },
	  { "bus='virtio'" },
	  NULL },
	{ "debian999",
	  { "machine='q35'", "name='debian999'", "<memory unit='MiB'>" },
	  { "libosinfo:os " },
	  "newer than what libosinfo knows" },
	{ "debain11", { "<memory unit='MiB'>2048<", "machine='q35'" }, { "libosinfo:os " }, "did you mean 'debian11'?" },
	{ "generic", { "<memory unit='MiB'>2048<" }, { "libosinfo:os " }, NULL },
	{ "detect=on,name=debian10", { "name='debian11'" }, { "debian10" }, NULL },
	{ "detect=off", { "<memory unit='MiB'>2048<" }, { "<metadata" }, NULL },
	{ "http://debian.org/debian/10", { "debian/10" }, { NULL }, NULL },
	{ NULL, { "name='debian11'", "<memory unit='MiB'>1024<" }, { NULL }, NULL },
};

START_TEST(what_it_is_given)
{
	_cleanup_free_ char *path = iso_named("one", "Debian 11.5.0 amd64 n");

	if (path == NULL || !has_osinfo())
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(machines); i++) {
		const char *osinfo = machines[i].osinfo;
		_cleanup_outcome_ struct outcome outcome = virtty("install", "--cdrom", path, "--virt-type", "qemu", "--print-xml",
								  osinfo != NULL ? "--os-variant" : NULL, osinfo, NULL);

		ck_assert_msg(outcome.status == 0, "%s: %s", osinfo, outcome.err);
		for (const char *const *words = machines[i].has; *words != NULL; words++)
			ck_assert_msg(strstr(outcome.out, *words) != NULL, "%s: no %s in %s", osinfo, *words, outcome.out);
		for (const char *const *words = machines[i].not ; *words != NULL; words++)
			ck_assert_msg(strstr(outcome.out, *words) == NULL, "%s: %s in %s", osinfo, *words, outcome.out);
		if (machines[i].warning != NULL)
			ck_assert_msg(strstr(outcome.err, machines[i].warning) != NULL, "%s: %s", osinfo, outcome.err);
		else
			ck_assert_msg(strstr(outcome.err, "osinfo") == NULL, "%s: %s", osinfo, outcome.err);
	}
	_cleanup_free_ char *arm = iso_named("arm", "Debian 11.5.0 arm64 n"), *still = strf("%s/still.iso", home);
	_cleanup_outcome_ struct outcome foreign = virtty("install", "--cdrom", arm, "--print-xml", NULL), dead = { 0 };

	ck_assert_msg(foreign.status == 0 && strstr(foreign.err, "is for aarch64") != NULL, "%s", foreign.err);
	ck_assert(make_iso(still, "Pictures", NULL, NULL, NULL, false));
	dead = virtty("install", "--cdrom", still, "--print-xml", NULL);
	ck_assert_msg(dead.status == 0 && strstr(dead.err, "has nothing to boot from") != NULL, "%s", dead.err);
	expect_error(virtty("install", "--cdrom", path, "--osinfo", "xyz,require=on", "--print-xml", NULL), 1,
		     "no system was found by that name", NULL);
	expect_error(virtty("install", "--cdrom", path, "--osinfo", "detect=maybe", "--print-xml", NULL), 1, "detect is on or off", NULL);
	/* what is said is not overruled */
	_cleanup_free_ char *xml = NULL;

	expect_ok(virtty("install", "--cdrom", path, "--osinfo", "winxp", "--memory", "700", "--vcpus", "1", "--machine", "q35", "--disk",
			 "size=1,bus=scsi", "--network", "user,model=rtl8139", "--print-xml", NULL),
		  &xml);
	ck_assert(strstr(xml, ">700<") != NULL && strstr(xml, "machine='q35'") != NULL && strstr(xml, "bus='scsi'") != NULL &&
		  strstr(xml, "rtl8139") != NULL && strstr(xml, "bus='ide'") == NULL);
}
END_TEST

/* Words of a command as people have typed it for years; the old machine boots. */
START_TEST(an_old_command_line)
{
	_cleanup_free_ char *iso = guest_file("guest.iso"), *cdrom = iso != NULL ? strf("--cdrom=%s", iso) : NULL;
	_cleanup_free_ char *disk = strf("path=%s/D.qcow2,size=1,format=qcow2", home), *xml = NULL;
	_cleanup_outcome_ struct outcome outcome = { 0 };

	if (iso == NULL || !has_osinfo())
		return;
	outcome = virtty("install", "--virt-type", "qemu", "--name", "centos-6.4", "--ram", "256", cdrom, "--disk", disk, "--graphics",
			 "vnc,listen=127.0.0.1", "--noautoconsole", "--os-type=linux", "--os-variant=rhel6", NULL);
	ck_assert_msg(outcome.status == 0, "%s", outcome.err);
	ck_assert_ptr_nonnull(strstr(outcome.err, "--os-type does nothing"));
	wait_console("centos-6.4", "READY", BOOT_MS);
	expect_ok(virtty("dumpxml", "centos-6.4", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "pc-i440fx"));
	ck_assert_ptr_nonnull(strstr(xml, "bus='ide'"));
	expect_ok(virtty("destroy", "centos-6.4", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("osinfo");
	TCase *tests = tcase_create("osinfo");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, as_libosinfo_says);
	tcase_add_test(tests, kept_while_it_holds);
	tcase_add_test(tests, whatever_becomes_of_it);
	tcase_add_test(tests, without_an_answer);
	tcase_add_test(tests, asker_killed);
	tcase_add_test(tests, without_libosinfo);
	tcase_add_test(tests, files_that_are_none);
	tcase_add_test(tests, listed);
	tcase_add_test(tests, confined);
	tcase_add_test(tests, what_it_is_given);
	tcase_add_test(tests, an_old_command_line);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
