/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the builder prints, held against the QEMU that is installed: does it know every property, and does it start
 * every fixture? */
#include <check.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/firmware.h"
#include "hv/hotplug.h"
#include "hv/qmp.h"
#include "tests/unit/launch_fixture.h"
#include "tests/unit/unit.h"

#define QMP_TIMEOUT_MS 20000
#define LUKS_MS	       100000 /* deriving a key is seconds of a processor that others may want as well */
#define FIRST_FD       100 /* what QEMU inherits begins here, far from what spawning uses */
#define MAX_CONSOLES   8

extern char **environ;

static char *binary;	       /* NULL: no QEMU here */
static struct qemu_caps *caps; /* of that binary */

static void skip(const char *what, const char *why)
{
	printf("SKIP %s: %s\n", what, why);
}

/* A QEMU of the test's own. */
struct machine {
	char *directory; /* its sockets, images and stderr */
	pid_t pid;
	int qmp;
};

/* The one that runs. A failed check jumps out of its test: the teardown ends what it left. */
static struct machine the_machine;

static void machine_begin(void)
{
	the_machine = (struct machine){ .directory = unit_tempdir(), .qmp = -1 };
}

static void machine_end(void)
{
	cleanup_close(&the_machine.qmp);
	if (the_machine.pid > 0) {
		kill(the_machine.pid, SIGKILL);
		waitpid(the_machine.pid, NULL, 0);
	}
	unit_tempdir_remove(the_machine.directory);
	the_machine.pid = 0;
}

/* "exit status 1: the end of its stderr". Owned. */
static char *machine_words(const struct machine *machine, const char *what)
{
	_cleanup_free_ char *path = strf("%s/stderr", machine->directory);
	_cleanup_free_ char *text = NULL;

	file_read(path, 1024 * 1024, &text, NULL, NULL);
	return strf("%s: %s", what, text ? text : "");
}

static bool machine_spawn(struct machine *machine, char *const *argv, const int *fds, size_t fd_count)
{
	_cleanup_free_ char *path = strf("%s/stderr", machine->directory);
	posix_spawn_file_actions_t actions;
	int result;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (size_t i = 0; i < fd_count; i++)
		posix_spawn_file_actions_adddup2(&actions, fds[i], FIRST_FD + (int)i);
	result = posix_spawn(&machine->pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (result != 0)
		machine->pid = 0;
	return result == 0;
}

/* Sends quit and waits for the end. NULL, or the problem. Owned. */
static char *machine_quit(struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int64_t deadline = clock_monotonic_ms() + QMP_TIMEOUT_MS;
	int status = 0;
	pid_t ended;

	if (!qmp_call_fd(machine->qmp, "quit", NULL, QMP_TIMEOUT_MS, NULL, &err))
		return machine_words(machine, error_text(&err));
	/* its end closes the connection */
	for (ssize_t n = 1; n > 0 && clock_monotonic_ms() < deadline;) {
		struct pollfd wait = { machine->qmp, POLLIN, 0 };
		char rest[256];

		if (poll(&wait, 1, QMP_TIMEOUT_MS) > 0)
			n = recv(machine->qmp, rest, sizeof rest, 0);
	}
	if (clock_monotonic_ms() >= deadline)
		return xstrdup("quit did not end it");
	ended = waitpid(machine->pid, &status, 0);
	if (ended != machine->pid)
		return xstrdup("it cannot be waited for");
	machine->pid = 0;
	if (status != 0) {
		_cleanup_free_ char *words = process_status_text(status);

		return machine_words(machine, words);
	}
	return NULL;
}

/* ---- what QEMU says it accepts ---- */

static struct json_object *find_entry(struct json_object *array, const char *key, const char *value)
{
	for (size_t i = 0; json_object_is_type(array, json_type_array) && i < json_object_array_length(array); i++) {
		struct json_object *entry = json_object_array_get_idx(array, i);

		if (strcmp(json_get_string(entry, key, ""), value) == 0)
			return entry;
	}
	return NULL;
}

static bool fits(struct json_object *schema, const char *type, struct json_object *value, char **ret_why);

static bool fits_builtin(const char *json_type_name, struct json_object *value)
{
	enum json_type type = json_object_get_type(value);

	if (strcmp(json_type_name, "value") == 0)
		return true;
	if (strcmp(json_type_name, "string") == 0)
		return type == json_type_string;
	if (strcmp(json_type_name, "int") == 0)
		return type == json_type_int;
	if (strcmp(json_type_name, "number") == 0)
		return type == json_type_int || type == json_type_double;
	if (strcmp(json_type_name, "boolean") == 0)
		return type == json_type_boolean;
	return strcmp(json_type_name, "null") == 0 && type == json_type_null;
}

/* The type of a member, looked up in the object and in the variant that its tag chooses. */
static const char *member_type(struct json_object *schema, struct json_object *entry, struct json_object *value,
			       const char *key)
{
	const char *tag = json_get_string(entry, "tag", NULL);
	const char *chosen = tag ? json_get_string(value, tag, NULL) : NULL;
	struct json_object *member = find_entry(json_get(entry, "members"), "name", key);
	struct json_object *variant;

	if (member)
		return json_get_string(member, "type", NULL);
	variant = chosen ? find_entry(json_get(entry, "variants"), "case", chosen) : NULL;
	entry = variant ? find_entry(schema, "name", json_get_string(variant, "type", "")) : NULL;
	return entry ? member_type(schema, entry, value, key) : NULL;
}

static bool fits_object(struct json_object *schema, struct json_object *entry, struct json_object *value,
			char **ret_why)
{
	if (!json_object_is_type(value, json_type_object))
		return false;
	json_object_object_foreach(value, key, member)
	{
		const char *type = member_type(schema, entry, value, key);

		if (!type) {
			free(*ret_why);
			*ret_why = strf("'%s' is not accepted", key);
			return false;
		}
		if (!fits(schema, type, member, ret_why)) {
			if (!*ret_why)
				*ret_why = strf("'%s' has a wrong value", key);
			return false;
		}
	}
	return true;
}

static bool fits(struct json_object *schema, const char *type, struct json_object *value, char **ret_why)
{
	struct json_object *entry = find_entry(schema, "name", type);
	const char *meta = json_get_string(entry, "meta-type", "");
	struct json_object *list;

	if (strcmp(meta, "builtin") == 0)
		return fits_builtin(json_get_string(entry, "json-type", ""), value);
	if (strcmp(meta, "object") == 0)
		return fits_object(schema, entry, value, ret_why);
	if (strcmp(meta, "array") == 0) {
		for (size_t i = 0; json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++)
			if (!fits(schema, json_get_string(entry, "element-type", ""), json_object_array_get_idx(value, i), ret_why))
				return false;
		return json_object_is_type(value, json_type_array);
	}
	if (strcmp(meta, "enum") == 0) {
		list = json_get(entry, "values");
		for (size_t i = 0; json_object_is_type(value, json_type_string) && i < json_object_array_length(list);
		     i++)
			if (json_object_equal(json_object_array_get_idx(list, i), value))
				return true;
		return false;
	}
	if (strcmp(meta, "alternate") == 0) {
		list = json_get(entry, "members");
		for (size_t i = 0; i < json_object_array_length(list); i++) {
			_cleanup_free_ char *ignored = NULL;

			if (fits(schema, json_get_string(json_object_array_get_idx(list, i), "type", ""), value,
				 &ignored))
				return true;
		}
	}
	return false;
}

/* One -blockdev, -netdev or -object against its command's argument type. */
static void check_schema(struct json_object *schema, const char *command, struct json_object *value, const char *name)
{
	struct json_object *entry = find_entry(schema, "name", command);
	_cleanup_free_ char *why = NULL, *text = json_text(value);

	ck_assert_msg(fits(schema, json_get_string(entry, "arg-type", ""), value, &why), "%s: %s: %s %s", name, command,
		      why ? why : "", text);
}

/* One -device against its type's properties; bus and id belong to the option itself. */
static void check_device(int qmp, struct json_object *device, const char *name)
{
	_cleanup_json_ struct json_object *properties = NULL;
	_cleanup_error_ struct error err = ERROR_INIT;
	const char *driver = json_get_string(device, "driver", "");
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "typename", driver);
	ck_assert_msg(qmp_call_fd(qmp, "device-list-properties", arguments, QMP_TIMEOUT_MS, &properties, &err),
		      "%s: %s: %s", name, driver, error_text(&err));
	json_object_object_foreach(device, key, value)
	{
		(void)value;
		if (strcmp(key, "driver") != 0 && strcmp(key, "id") != 0 && strcmp(key, "bus") != 0)
			ck_assert_msg(find_entry(properties, "name", key) != NULL, "%s: %s has no property '%s'", name,
				      driver, key);
	}
}

static void check_arguments(int qmp, struct json_object *schema, const struct launch *launch, const char *name)
{
	static const struct {
		const char *option, *command;
	} rows[] = { { "-blockdev", "blockdev-add" }, { "-netdev", "netdev_add" }, { "-object", "object-add" } };

	for (size_t i = 1; launch->argv[i]; i++) {
		const char *option = launch->argv[i - 1], *text = launch->argv[i];
		_cleanup_json_ struct json_object *value =
			*text == '{' ? json_parse(name, text, strlen(text), NULL) : NULL;

		if (value && strcmp(option, "-device") == 0)
			check_device(qmp, value, name);
		for (size_t r = 0; value && r < ARRAY_LENGTH(rows); r++)
			if (strcmp(option, rows[r].option) == 0)
				check_schema(schema, rows[r].command, value, name);
	}
	for (size_t i = 0; i < json_object_array_length(launch->setup); i++) {
		struct json_object *call = json_object_array_get_idx(launch->setup, i);

		check_schema(schema, json_get_string(call, "execute", ""), json_get(call, "arguments"), name);
	}
}

/* The same for every disk that can be plugged into the running machine. */
static void check_hotplug(int qmp, struct json_object *schema, const struct domain *domain, const char *name)
{
	for (size_t i = 0; i < domain->disk_count; i++) {
		struct hotplug *hotplug = hotplug_disk(domain, &domain->disks[i], caps, 1, NULL);

		for (size_t c = 0; hotplug && c < json_object_array_length(hotplug->commands); c++) {
			struct json_object *command = json_object_array_get_idx(hotplug->commands, c), *arguments = json_get(command, "arguments");
			const char *execute = json_get_string(command, "execute", "");
			_cleanup_json_ struct json_object *reverse = hotplug_reverse(command);

			if (strcmp(execute, "device_add") == 0)
				check_device(qmp, arguments, name);
			else
				check_schema(schema, execute, arguments, name);
			if (reverse)
				check_schema(schema, json_get_string(reverse, "execute", ""), json_get(reverse, "arguments"), name);
		}
		hotplug_free(hotplug);
	}
}

/* A QEMU without a machine, to be asked. */
static void start_empty(struct machine *machine)
{
	_cleanup_free_ char *path = strf("%s/qmp", machine->directory);
	_cleanup_free_ char *fd_option = strf("socket,id=m,fd=%d,server=on,wait=off", FIRST_FD);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_close_ int listener = socket_listen(path, 4, &err);
	char *argv[] = { binary,
			 (char *)"-S",
			 (char *)"-nodefaults",
			 (char *)"-display",
			 (char *)"none",
			 (char *)"-machine",
			 (char *)"none",
			 (char *)"-chardev",
			 fd_option,
			 (char *)"-mon",
			 (char *)"chardev=m,mode=control",
			 NULL };

	ck_assert_msg(listener >= 0, "%s", error_text(&err));
	ck_assert(machine_spawn(machine, argv, &listener, 1));
	machine->qmp = qmp_open(path, QMP_TIMEOUT_MS, &err);
	ck_assert_msg(machine->qmp >= 0, "%s", error_text(&err));
}

/* The domain of a fixture, fit for this host: TCG, since a test must run without KVM. */
static struct domain *local_domain(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct domain *domain = fixture_domain(name, caps, &err);

	if (!domain) {
		skip(name, error_text(&err));
		return NULL;
	}
	domain->type = DOMAIN_QEMU;
	free(domain->emulator);
	domain->emulator = xstrdup(binary);
	return domain;
}

START_TEST(properties_are_accepted)
{
	_cleanup_strv_ char **names = fixture_names(".args");
	_cleanup_json_ struct json_object *schema = NULL;
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *problem = NULL;

	start_empty(&the_machine);
	ck_assert_ok(qmp_call_fd(the_machine.qmp, "query-qmp-schema", NULL, QMP_TIMEOUT_MS, &schema, &err), &err);
	for (size_t i = 0; names && names[i]; i++) {
		_cleanup_domain_ struct domain *domain = local_domain(names[i]);
		struct launch_resources resources = { 0 };
		struct launch *launch = NULL;

		if (!domain)
			continue;
		resources = fixture_resources(names[i], domain);
		resources.kvm = false;
		launch = launch_build(domain, caps, &resources, &err);
		if (launch)
			check_arguments(the_machine.qmp, schema, launch, names[i]);
		else
			skip(names[i], error_text(&err));
		launch_free(launch);
		check_hotplug(the_machine.qmp, schema, domain, names[i]);
	}
	problem = machine_quit(&the_machine);
	ck_assert_msg(!problem, "%s", problem);
}
END_TEST

/* ---- does it start? ---- */

static void replace(char **text, char *with)
{
	free(*text);
	*text = with;
}

static bool run_tool(char *const *argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	bool ok = process_run_ok(argv, QMP_TIMEOUT_MS, NULL, &err);

	ck_assert_msg(ok, "%s", error_text(&err));
	return ok;
}

/* An image of 1 MiB in the machine's directory. */
static char *make_image(const struct machine *machine, const char *name, const char *format)
{
	char *path = strf("%s/%s", machine->directory, name);
	char *argv[] = { (char *)"qemu-img", (char *)"create",
			 (char *)"-q",	     (char *)"-f",
			 (char *)format,     path,
			 (char *)"1M",	     NULL };

	run_tool(argv);
	return path;
}

/* Makes the head's image anew as an encrypted one, with a passphrase that is there. */
static void lock_image(const struct machine *machine, const struct disk *disk, struct disk_encryption *encryption)
{
	bool qcow2 = disk->source.format == FORMAT_QCOW2;
	char *key = strf("%s/passphrase", machine->directory);
	_cleanup_free_ char *object = strf("secret,id=k,file=%s", key);
	const char *options = qcow2 ? "encrypt.format=luks,encrypt.key-secret=k,encrypt.iter-time=10" : "key-secret=k,iter-time=10";
	char *argv[] = { (char *)"qemu-img", (char *)"create", (char *)"-q", (char *)"--object", object,
			 (char *)"-f", (char *)(qcow2 ? "qcow2" : "luks"), (char *)"-o", (char *)options,
			 disk->source.file, (char *)"1M", NULL };

	_cleanup_error_ struct error err = ERROR_INIT;
	bool ok = false;

	replace(&encryption->key_file, key);
	ck_assert(file_write(key, "passphrase", 10, 0600, NULL));
	/* where the host's clock of a thread is coarse, qemu-img fails now and then to measure its own speed */
	for (int tries = 0; !ok && (tries == 0 || (tries < 20 && strstr(error_text(&err), "accurate CPU usage"))); tries++) {
		error_clear(&err);
		ok = process_run_ok(argv, LUKS_MS, NULL, &err);
	}
	ck_assert_msg(ok, "%s", error_text(&err));
}

static bool has_direct_io(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);

	return fd >= 0;
}

static void localise_disk(const struct machine *machine, struct disk *disk)
{
	int layer = 0;

	for (struct disk_source *source = &disk->source; source; source = source->backing) {
		_cleanup_free_ char *name = strf("%s-%d", disk->target, layer++);
		const char *format =
			source->format == FORMAT_ABSENT ? "raw" : enum_word(&disk_format_words, (int)source->format);

		/* no server is there: what would be asked of it is held against the schema elsewhere */
		if (!source->file && !source->dev && source->type != DISK_NETWORK)
			continue;
		disk->readonly = disk->readonly && source->type != DISK_NETWORK;
		source->type = DISK_FILE;
		replace(&source->file, make_image(machine, name, format));
	}
	if (disk_encryption(disk))
		lock_image(machine, disk, disk_encryption(disk));
	if (disk->source.file && !has_direct_io(disk->source.file)) {
		/* a tmpfs of an older kernel */
		disk->cache = CACHE_WRITEBACK;
		disk->io = IO_THREADS;
	}
	if (disk->io == IO_URING)
		disk->io = IO_THREADS; /* containers forbid it more often than not */
}

static void localise_chardev(const struct machine *machine, struct chardev *chardev)
{
	if (!text_empty(chardev->path) && chardev->type != CHARDEV_PTY)
		replace(&chardev->path, strf("%s/%s", machine->directory, chardev->device.alias));
	if (chardev->log_file)
		replace(&chardev->log_file, strf("%s/%s.own", machine->directory, chardev->device.alias));
}

/* A kernel of this host, and whatever for an initrd: nothing runs. False when there is no kernel, or not the firmware
 * named. */
static bool localise_boot(const struct machine *machine, struct domain *domain)
{
	glob_t found = { 0 };
	bool ok = !domain->os.kernel;

	if (domain->os.kernel && glob("/boot/vmlinuz*", 0, NULL, &found) == 0 && access(found.gl_pathv[0], R_OK) == 0) {
		replace(&domain->os.kernel, xstrdup(found.gl_pathv[0]));
		ok = true;
	}
	globfree(&found);
	if (domain->os.initrd)
		replace(&domain->os.initrd, make_image(machine, "initrd", "raw"));
	return ok &&
	       (!domain->os.loader || domain->os.firmware == FIRMWARE_EFI || access(domain->os.loader, R_OK) == 0);
}

/* Every path of the fixture becomes one that exists, and no fixed port is taken. */
static void localise(const struct machine *machine, struct domain *domain)
{
	for (size_t i = 0; i < domain->disk_count; i++)
		localise_disk(machine, &domain->disks[i]);
	for (size_t i = 0; i < domain->serial_count; i++)
		localise_chardev(machine, &domain->serials[i]);
	for (size_t i = 0; i < domain->console_count; i++)
		localise_chardev(machine, &domain->consoles[i]);
	for (size_t i = 0; i < domain->graphics_count; i++) {
		struct graphics *graphics = &domain->graphics[i];

		if (graphics->port)
			replace(&graphics->port, xstrdup("-1"));
		if (graphics->listen)
			replace(&graphics->listen, xstrdup("127.0.0.1"));
		if (!text_empty(graphics->socket))
			replace(&graphics->socket, strf("%s/own-vnc", machine->directory));
	}
}

/* The firmware of this host; NULL when there is none. */
static struct firmware *local_firmware(const struct machine *machine, const struct domain *domain,
				       struct launch_resources *resources, char **ret_nvram, struct error *err)
{
	struct firmware_request request = { .arch = domain->os.arch,
					    .machine = domain->os.machine,
					    .secure = domain->os.loader_secure == TRI_YES };
	struct firmware *firmware = firmware_choose(&request, err);
	char *nvram = strf("%s/nvram", machine->directory);
	char *argv[] = { (char *)"qemu-img",
			 (char *)"convert",
			 (char *)"-O",
			 (char *)"qcow2",
			 firmware ? firmware->vars_template : NULL,
			 nvram,
			 NULL };

	*ret_nvram = nvram;
	if (!firmware)
		return NULL;
	if (firmware->vars_template)
		run_tool(argv);
	resources->firmware_code = firmware->code;
	resources->firmware_code_format = firmware->code_format;
	resources->firmware_requires_smm = firmware->requires_smm;
	resources->nvram = firmware->vars_template ? nvram : NULL;
	resources->nvram_format = "qcow2";
	return firmware;
}

/* Starts it as the keeper will: listening sockets by descriptor, then QMP, the setup, quit. NULL, or the problem.
 * Owned. */
static char *run_launch(struct machine *machine, const struct launch *launch, const struct launch_console *consoles,
			size_t count)
{
	_cleanup_free_ char *path = strf("%s/qmp", machine->directory);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *status = NULL;
	int fds[1 + MAX_CONSOLES];
	bool started;

	fds[0] = socket_listen(path, 4, &err);
	for (size_t i = 0; i < count; i++)
		fds[1 + i] = socket_listen(consoles[i].socket, 4, &err);
	started = !error_is_set(&err) && machine_spawn(machine, launch->argv, fds, 1 + count);
	for (size_t i = 0; i < 1 + count; i++)
		cleanup_close(&fds[i]);
	if (!started)
		return strf("cannot be spawned: %s", error_text(&err));
	machine->qmp = qmp_open(path, QMP_TIMEOUT_MS, &err);
	if (machine->qmp < 0)
		return machine_words(machine, error_text(&err));
	if (!qmp_call_fd(machine->qmp, "query-status", NULL, QMP_TIMEOUT_MS, &status, &err))
		return machine_words(machine, error_text(&err));
	if (strcmp(json_get_string(status, "status", ""), "prelaunch") != 0)
		return strf("it is '%s', not waiting", json_get_string(status, "status", ""));
	for (size_t i = 0; i < json_object_array_length(launch->setup); i++) {
		struct json_object *call = json_object_array_get_idx(launch->setup, i);

		if (!qmp_call_fd(machine->qmp, json_get_string(call, "execute", ""),
				 json_object_get(json_get(call, "arguments")), QMP_TIMEOUT_MS, NULL, &err))
			return strf("%s: %s", json_get_string(call, "execute", ""), error_text(&err));
	}
	return machine_quit(machine);
}

/* NULL when it started and ended well, or could not be tried. Owned. */
static char *try_fixture(const char *name, struct machine *machine)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = local_domain(name);
	_cleanup_free_ char *nvram = NULL, *problem = NULL;
	struct launch_resources resources = { .run_directory = machine->directory,
					      .log_directory = machine->directory,
					      .qmp_fd = FIRST_FD,
					      .first_console_fd = FIRST_FD + 1,
					      .first_channel_fd = -1,
					      .wall_s = 1700000000 };
	struct firmware *firmware = NULL;
	struct launch_console *consoles;
	struct launch *launch;
	size_t count;

	if (!domain)
		return NULL;
	if (!localise_boot(machine, domain)) {
		skip(name, "what it boots is not on this host");
		return NULL;
	}
	localise(machine, domain);
	if (domain->os.firmware == FIRMWARE_EFI &&
	    !(firmware = local_firmware(machine, domain, &resources, &nvram, &err))) {
		skip(name, error_text(&err));
		return NULL;
	}
	launch = launch_build(domain, caps, &resources, &err);
	if (!launch) {
		skip(name, error_text(&err));
		firmware_free(firmware);
		return NULL;
	}
	consoles = launch_consoles(domain, machine->directory, machine->directory, &count);
	problem = count <= MAX_CONSOLES ? run_launch(machine, launch, consoles, count) : xstrdup("too many consoles");
	launch_consoles_free(consoles, count);
	launch_free(launch);
	firmware_free(firmware);
	return TAKE_POINTER(problem);
}

START_TEST(fixtures_start)
{
	_cleanup_strv_ char **names = fixture_names(".args");
	_cleanup_free_ char *tool = process_find("qemu-img");

	if (!tool) {
		skip("fixtures_start", "qemu-img is not installed");
		return;
	}
	/* taps are made in a network namespace of this program's own, never on the host's network */
	bool taps = unshare(CLONE_NEWNET) == 0;

	for (size_t i = 0; names && names[i]; i++) {
		if (!taps && text_starts(names[i], "interface-taps")) {
			skip(names[i], "a network namespace needs root");
			continue;
		}
		_cleanup_free_ char *problem = try_fixture(names[i], &the_machine);

		machine_end();
		machine_begin();
		ck_assert_msg(!problem, "%s: %s", names[i], problem);
	}
}
END_TEST

START_TEST(capabilities_are_read)
{
	ck_assert_str_eq(caps->binary, binary);
	ck_assert_str_eq(caps->arch, "x86_64");
	ck_assert_ptr_nonnull(strchr(caps->version, '.'));
	ck_assert(caps->machine_count > 1);
	ck_assert_ptr_nonnull(caps_machine(caps, "q35"));
	ck_assert_str_eq(caps_machine(caps, "q35")->ram_id, "pc.ram");
	ck_assert_str_eq(caps_machine(caps, "q35")->default_cpu, "qemu64");
	ck_assert(strv_contains(caps->cpu_models, "max"));
	ck_assert(caps_has(caps, CAP_VIRTIO_BLK) && caps_has(caps, CAP_SET_ACTION) && caps_has(caps, CAP_AHCI));
	ck_assert_ptr_null(caps_machine(caps, "none"));
}
END_TEST

static Suite *make_suite(void)
{
	Suite *suite = suite_create("engine on the real QEMU");
	TCase *tests = tcase_create("engine");

	/* a QEMU for each fixture, and some keys to derive */
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, machine_begin, machine_end);
	tcase_add_test(tests, capabilities_are_read);
	tcase_add_test(tests, properties_are_accepted);
	tcase_add_test(tests, fixtures_start);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int status = EXIT_FAILURE;

	binary = process_find("qemu-system-x86_64");
	if (!binary) {
		skip("all", "qemu-system-x86_64 is not installed");
		return 77; /* automake's word for skipped */
	}
	caps = caps_probe(binary, &err);
	if (caps)
		status = unit_run(make_suite());
	else
		printf("FAIL: %s\n", error_text(&err));
	caps_free(caps);
	free(binary);
	return status;
}
