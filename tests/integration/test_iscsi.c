/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type iscsi-direct and the machines that use them, with a real target: tgtd in user space on a port of its own. Every byte, CHAP,
 * and a server that is killed or falls silent in the midst of it. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)
#define IQN	 "iqn.2026-01.org.example:"
#define LUN_MIB	 24
#define LUN	 "unit:0:0:1"
/* For a server that does not answer: 10 s are waited for it, and this machine is busy. */
#define BOUND_MS 45000

/* ---- the target ---- */

struct target {
	char *home;    /* borrowed */
	char *control; /* owned: its control socket, "TGT_IPC_SOCKET=..." */
	char *image;   /* owned: what LUN 1 is kept in */
	char *libraries; /* owned: "LD_LIBRARY_PATH=..." of unpacked packages */
	char *daemon, *tool; /* owned: tgtd, tgtadm */
	unsigned port;
	struct task task;
};

/* One that nobody has now. */
static unsigned free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof address;

	ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0 &&
		  getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	return ntohs(address.sin_port);
}

/* Installed, or unpacked for the little host. Owned; NULL: neither. */
static char *find_program(const char *name)
{
	const char *files = getenv("VIRTTY_TEST_HOST") != NULL ? getenv("VIRTTY_TEST_HOST") : "tests/host-files";
	char *path = process_find(name);

	if (path != NULL)
		return path;
	path = strf("%s/root/usr/sbin/%s", files, name);
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static struct outcome tgtadm(const struct target *target, const char *mode, const char *operation, ...)
{
	const char *argv[32] = { "/usr/bin/env", target->control, target->libraries, target->tool, "--lld", "iscsi", "--mode", mode,
				 "--op", operation };
	size_t count = 10;
	va_list ap;

	va_start(ap, operation);
	for (const char *word = va_arg(ap, const char *); word != NULL && count < 31; word = va_arg(ap, const char *))
		argv[count++] = word;
	va_end(ap);
	return run_program(argv);
}

static bool answers(void *data)
{
	_cleanup_outcome_ struct outcome outcome = tgtadm(data, "sys", "show", NULL);

	return outcome.status == 0;
}

static void target_run(struct target *target)
{
	_cleanup_free_ char *portal = strf("portal=127.0.0.1:%u", target->port);
	const char *const argv[] = { "/usr/bin/env", target->control, target->libraries, target->daemon, "-f", "--iscsi", portal, NULL };

	target->task = task_start(argv);
	ck_assert_msg(wait_for(answers, target, SOON_MS), "tgtd does not come up");
	expect_ok(tgtadm(target, "target", "new", "--tid", "1", "-T", IQN "open", NULL), NULL);
	expect_ok(tgtadm(target, "logicalunit", "new", "--tid", "1", "--lun", "1", "-b", target->image, NULL), NULL);
	expect_ok(tgtadm(target, "target", "bind", "--tid", "1", "-I", "ALL", NULL), NULL);
	expect_ok(tgtadm(target, "target", "new", "--tid", "2", "-T", IQN "locked", NULL), NULL);
	expect_ok(tgtadm(target, "logicalunit", "new", "--tid", "2", "--lun", "1", "-b", target->image, NULL), NULL);
	expect_ok(tgtadm(target, "target", "bind", "--tid", "2", "-I", "ALL", NULL), NULL);
	expect_ok(tgtadm(target, "account", "new", "--user", "alice", "--password", "password1234", NULL), NULL);
	expect_ok(tgtadm(target, "account", "bind", "--tid", "2", "--user", "alice", NULL), NULL);
}

/* False: there is none here, and it was said. */
static bool target_start(struct target *target, char *home)
{
	_cleanup_free_ char *size = strf("%uM", LUN_MIB);

	*target = (struct target){ .home = home, .daemon = find_program("tgtd"), .tool = find_program("tgtadm"), .task = { .pid = -1 } };
	if (target->daemon == NULL || target->tool == NULL) {
		skip_test("there is no tgtd (package tgt)");
		return false;
	}
	if (access("virtty-iscsi", X_OK) < 0) {
		skip_test("this virtty was built without libiscsi");
		return false;
	}
	target->control = strf("TGT_IPC_SOCKET=%s/tgt", home);
	target->libraries = strf("LD_LIBRARY_PATH=%s", strncmp(target->daemon, "/", 1) == 0 ? "" : "tests/host-files/root/usr/lib/x86_64-linux-gnu");
	target->image = strf("%s/lun", home);
	target->port = free_port();
	RUN("truncate", "-s", size, target->image);
	target_run(target);
	return true;
}

static void target_end(struct target *target)
{
	task_clear(&target->task);
	free(target->control);
	free(target->libraries);
	free(target->image);
	free(target->daemon);
	free(target->tool);
}

/* A pool of that target's; auth may be NULL. */
static void define_pool(const struct target *target, const char *name, const char *what, const char *auth)
{
	_cleanup_free_ char *text = strf("<pool type='iscsi-direct'><name>%s</name><source><host name='127.0.0.1' port='%u'/>"
					 "<device path='" IQN "%s'/><initiator><iqn name='" IQN "me'/></initiator>%s</source></pool>",
					 name, target->port, what, auth != NULL ? auth : "");

	expect_ok(virtty_input(text, "pool-define", "/dev/stdin", NULL), NULL);
}

static void pattern(const char *path, unsigned mebibytes)
{
	_cleanup_free_ char *buffer = xmalloc((size_t)mebibytes << 20);
	uint32_t number = 1;

	for (size_t i = 0; i < (size_t)mebibytes << 20; i++) {
		number = number * 1664525 + 1013904223;
		buffer[i] = (char)(number >> 24);
	}
	ck_assert(file_write(path, buffer, (size_t)mebibytes << 20, 0600, NULL));
}

/* ---- tests ---- */

START_TEST(every_byte)
{
	char *home = home_new();
	struct target target;
	_cleanup_free_ char *in = strf("%s/in", home), *out = strf("%s/out", home), *part = strf("%s/part", home),
			    *copy = strf("%s/images/copy.qcow2", home), *list = NULL, *info = NULL, *sources = NULL, *xml = NULL;

	if (!target_start(&target, home)) {
		home_end(home);
		return;
	}
	_cleanup_free_ char *port = strf("%u", target.port);

	define_pool(&target, "p", "open", NULL);
	OK("pool-start", "p");
	expect_ok(virtty("vol-list", "p", "--details", NULL), &list);
	ck_assert_ptr_nonnull(strstr(list, LUN));
	ck_assert_ptr_nonnull(strstr(list, "24.00 MiB"));
	expect_ok(virtty("pool-info", "p", NULL), &info);
	ck_assert_ptr_nonnull(strstr(info, "24.00 MiB"));
	expect_ok(virtty("vol-dumpxml", LUN, "--pool", "p", NULL), &xml);
	ck_assert_ptr_nonnull(strstr(xml, "<volume type='network'>"));
	expect_ok(virtty("find-storage-pool-sources-as", "iscsi-direct", "--host", "127.0.0.1", "--port", port, NULL), &sources);
	ck_assert_ptr_nonnull(strstr(sources, "<device path='" IQN "open'/>"));
	/* the whole of it, in and out */
	pattern(in, LUN_MIB);
	OK("vol-upload", LUN, in, "--pool", "p");
	RUN("cmp", in, target.image);
	OK("vol-download", LUN, out, "--pool", "p");
	RUN("cmp", in, out);
	/* a piece that begins and ends in the midst of blocks */
	OK("vol-download", LUN, part, "--pool", "p", "--offset", "1000001", "--length", "777777");
	RUN("cmp", "-n", "777777", "--ignore-initial=1000001:0", in, part);
	OK("vol-upload", LUN, part, "--pool", "p", "--offset", "1000001");
	RUN("cmp", in, target.image);
	/* a copy of another format */
	expect_ok(virtty_input("<volume><name>copy.qcow2</name><capacity>1</capacity><target><format type='qcow2'/></target></volume>",
			       "vol-create-from", "default", "-", LUN, "--inputpool", "p", NULL),
		  NULL);
	RUN("qemu-img", "compare", "-f", "raw", "-F", "qcow2", in, copy);
	OK("vol-wipe", LUN, "--pool", "p");
	RUN("cmp", "-n", "25165824", target.image, "/dev/zero");
	/* what is the server's to do */
	expect_error(virtty("vol-create-as", "p", "x", "1M", NULL), 1, "its server makes volumes", NULL);
	expect_error(virtty("vol-delete", LUN, "--pool", "p", NULL), 1, "its server deletes volumes", NULL);
	expect_error(virtty("vol-resize", LUN, "48M", "--pool", "p", NULL), 1, "its server resizes volumes", NULL);
	expect_error(virtty("vol-upload", LUN, in, "--pool", "p", "--offset", "1000", NULL), 1, "only 25165824 bytes are there", NULL);
	OK("pool-destroy", "p");
	OK("pool-undefine", "p");
	target_end(&target);
	home_end(home);
}
END_TEST

#define AUTH "<auth type='chap' username='alice'><secret usage='locked'/></auth>"

static void set_password(const char *password)
{
	expect_ok(virtty_input(password, "secret-set-value", "iscsi locked", "--file", "-", NULL), NULL);
}

static void define_secret(void)
{
	expect_ok(virtty_input("<secret><usage type='iscsi'><target>locked</target></usage></secret>", "secret-define", "-", NULL), NULL);
}

START_TEST(passwords)
{
	char *home = home_new();
	struct target target;

	if (!target_start(&target, home)) {
		home_end(home);
		return;
	}
	define_pool(&target, "none", "locked", NULL);
	define_pool(&target, "chap", "locked", AUTH);
	define_pool(&target, "nothing", "missing", NULL);
	expect_error(virtty("pool-start", "none", NULL), 1, "Authentication failure", "<auth type='chap'", NULL);
	expect_error(virtty("pool-start", "nothing", NULL), 1, "Target not found", NULL);
	expect_error(virtty("pool-start", "chap", NULL), 1, "there is no secret 'iscsi locked'", NULL);
	define_secret();
	expect_error(virtty("pool-start", "chap", NULL), 1, "has no value", "secret-set-value", NULL);
	set_password("password5678");
	expect_error(virtty("pool-start", "chap", NULL), 1, "Authentication failure", "secret-set-value", NULL);
	set_password("password1234");
	OK("pool-start", "chap");
	OK("vol-info", LUN, "--pool", "chap");
	/* taken away while the pool is active: the next one who must log in hears of it, and the pool can be stopped */
	expect_error(virtty("secret-undefine", "iscsi locked", NULL), 1, "is used by pool 'chap'", "--force", NULL);
	OK("secret-undefine", "iscsi locked", "--force");
	expect_error(virtty("pool-refresh", "chap", NULL), 1, "there is no secret 'iscsi locked'", NULL);
	OK("pool-destroy", "chap");
	target_end(&target);
	home_end(home);
}
END_TEST

/* Does the command line, or the environment, of a process of this home hold the text? */
static void expect_not_shown(const char *home, const char *comm, const char *text)
{
	pid_t pid = home_process(home, comm);

	for (const char *const *file = (const char *const[]){ "cmdline", "environ", NULL }; *file != NULL; file++) {
		_cleanup_free_ char *path = strf("/proc/%d/%s", (int)pid, *file), *words = NULL;
		size_t length = 0;

		ck_assert(file_read(path, (size_t)1 << 20, &words, &length, NULL));
		ck_assert_msg(memmem(words, length, text, strlen(text)) == NULL, "%s shows the password", path);
	}
}

START_TEST(a_machine)
{
	char *home = home_new();
	struct target target;
	_cleanup_free_ char *document = NULL, *other = NULL;
	static const char disk[] = "<disk type='volume' device='disk'><source pool='chap' volume='" LUN "'/><target dev='vda' bus='virtio'/></disk>";

	if (!target_start(&target, home)) {
		home_end(home);
		return;
	}
	_cleanup_close_ int fd = open(target.image, O_WRONLY | O_CLOEXEC);

	ck_assert(fd >= 0 && pwrite(fd, "words of the LUN", 16, 8192) == 16);
	define_pool(&target, "chap", "locked", AUTH);
	define_secret();
	set_password("password1234");
	OK("pool-start", "chap");
	document = guest_machine(home, "guest", NULL, NULL, disk);
	if (document != NULL) {
		define_start(home, "guest", document);
		expect_not_shown(home, "qemu-system", "password1234");
		wait_console("guest", "READY", BOOT_MS);
		console_command("guest", "dd if=/dev/vda bs=512 skip=16 count=1 2>/dev/null | head -c 16", "words of the LUN", SOON_MS);
		console_command("guest", "echo and back | dd of=/dev/vda bs=512 seek=32 conv=fsync 2>/dev/null; echo MARK$((6*7))",
				"MARK42", SOON_MS);
		RUN("grep", "-q", "and back", target.image);
		/* nobody else has it meanwhile */
		other = bare_machine(home, "other", NULL, disk);
		OK("define", other);
		expect_error(virtty("start", "other", NULL), 1, "is in use by machine 'guest'", NULL);
		expect_error(virtty("vol-wipe", LUN, "--pool", "chap", NULL), 1, "in use by machine 'guest'", NULL);
		expect_error(virtty("vol-upload", LUN, document, "--pool", "chap", NULL), 1, "in use by machine 'guest'", NULL);
		OK("destroy", "guest");
		/* without its password, or with the server silent, it does not start, and says why soon */
		set_password("password5678");
		expect_error(virtty("start", "guest", NULL), 1, "disk 'vda'", "Authentication failure", NULL);
		set_password("password1234");
		kill(target.task.pid, SIGSTOP);
		int64_t before = clock_monotonic_ms();

		expect_error(virtty("start", "guest", NULL), 1, "disk 'vda'", "cannot log in", NULL);
		ck_assert_int_lt(clock_monotonic_ms() - before, BOUND_MS);
		kill(target.task.pid, SIGCONT);
		OK("start", "guest");
		OK("destroy", "guest");
		wait_processes(home, "virtty-keeper", 0, SOON_MS);
	}
	target_end(&target);
	home_end(home);
}
END_TEST

START_TEST(a_server_that_goes)
{
	char *home = home_new();
	struct target target;
	int64_t before;

	if (!target_start(&target, home)) {
		home_end(home);
		return;
	}
	define_pool(&target, "p", "open", NULL);
	OK("pool-start", "p");
	/* silent: nothing waits for it for ever */
	kill(target.task.pid, SIGSTOP);
	before = clock_monotonic_ms();
	expect_error(virtty("pool-refresh", "p", NULL), 1, "cannot log in", NULL);
	expect_error(virtty("vol-list", "p", NULL), 1, "cannot log in", NULL);
	ck_assert_int_lt(clock_monotonic_ms() - before, BOUND_MS);
	expect_error(virtty("pool-info", "p", NULL), 1, "cannot log in", NULL);
	kill(target.task.pid, SIGCONT);
	OK("pool-refresh", "p");
	/* gone */
	kill(target.task.pid, SIGKILL);
	task_clear(&target.task);
	expect_error(virtty("vol-list", "p", NULL), 1, "cannot reach", "Connection refused", NULL);
	OK("pool-list");
	OK("pool-destroy", "p");
	expect_error(virtty("pool-start", "p", NULL), 1, "Connection refused", NULL);
	target_run(&target);
	OK("pool-start", "p");
	target_end(&target);
	home_end(home);
}
END_TEST

/* The server goes, or falls silent, while a job writes to it; what feeds the job goes on. */
static void break_upload(const char *home, struct target *target, int number, const char *word)
{
	_cleanup_free_ char *block = xcalloc(1, (size_t)1 << 20);
	const char *const argv[] = { "/usr/bin/env", virtty_path(), "vol-upload", LUN, "-", "--pool", "p", NULL };
	_cleanup_task_ struct task task = task_start(argv);
	int64_t before = clock_monotonic_ms();

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 4; i++)
		ck_assert(write_all(task.in, block, (size_t)1 << 20));
	wait_processes(home, "virtty-iscsi", 1, SOON_MS);
	kill(target->task.pid, number);
	/* more than pipes hold; nobody reads it once the job has ended */
	for (int i = 0; i < 4 && write_all(task.in, block, (size_t)1 << 20); i++)
		;
	task_close_input(&task);
	struct outcome outcome = task_wait(&task, BOUND_MS);

	ck_assert_int_eq(outcome.status, 1);
	ck_assert_msg(strstr(outcome.err, word) != NULL, "%s", outcome.err);
	ck_assert_int_lt(clock_monotonic_ms() - before, BOUND_MS);
	outcome_clear(&outcome);
	wait_processes(home, "virtty-iscsi", 0, SOON_MS);
	wait_processes(home, "virtty", 0, SOON_MS);
}

START_TEST(a_server_that_goes_midway)
{
	char *home = home_new();
	struct target target;

	if (!target_start(&target, home)) {
		home_end(home);
		return;
	}
	define_pool(&target, "p", "open", NULL);
	OK("pool-start", "p");
	break_upload(home, &target, SIGKILL, "the server");
	task_clear(&target.task);
	target_run(&target);
	OK("pool-refresh", "p");
	break_upload(home, &target, SIGSTOP, "the server does not answer");
	kill(target.task.pid, SIGCONT);
	OK("vol-wipe", LUN, "--pool", "p");
	target_end(&target);
	home_end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("iscsi");
	TCase *t = tcase_create("iscsi-direct");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, every_byte);
	tcase_add_test(t, passwords);
	tcase_add_test(t, a_machine);
	tcase_add_test(t, a_server_that_goes);
	tcase_add_test(t, a_server_that_goes_midway);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
