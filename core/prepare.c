/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prepare_start(): from a claimed machine to the plan its keeper gets, with everything made that QEMU needs. */
#include "core/prepare.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/forward_internal.h"
#include "core/graphics_password.h"
#include "core/keeper/plan.h"
#include "core/network_port.h"
#include "core/prepare_internal.h"
#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/launch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* QEMU's descriptors begin here: 0, 1 and 2 are its standard ones. The order is that of plan.fds. */
#define FIRST_FD       3
#define CONSOLE_BACKLOG 1
#define STDERR_LIMIT   (1024 * 1024)

/* One preparation on its way. */
struct preparation {
	struct manager *manager;
	const struct machine *machine;
	int64_t generation;
	unsigned flags;
	struct domain *domain;         /* owned */
	bool changed;                  /* the document was: to be stored */
	const struct qemu_caps *caps;
	bool kvm;
	struct prepared_firmware firmware;
	char *run_directory, *log_directory; /* owned */
	struct launch_console *consoles;     /* owned */
	size_t console_count, channel_count;
	struct network_ports ports;
	struct launch *launch; /* owned */
	struct plan *plan;
};

void plan_clear(struct plan *plan)
{
	for (size_t i = 0; i < plan->fd_count; i++)
		cleanup_close(&plan->fds[i]);
	free(plan->fds);
	free(plan->text);
	free(plan->nvram_made);
	strv_free(plan->warnings);
	*plan = (struct plan){ 0 };
}

static void preparation_clear(struct preparation *p)
{
	domain_free(p->domain);
	prepared_firmware_clear(&p->firmware);
	launch_consoles_free(p->consoles, p->console_count);
	network_ports_clear(&p->ports);
	launch_free(p->launch);
	free(p->run_directory);
	free(p->log_directory);
}

/* The document: what a running machine (or one that is being created) was started with, else its definition. */
static bool load(struct preparation *p, struct error *err)
{
	_cleanup_free_ char *text = NULL;

	if (!definition_read(p->manager, p->machine->id, DEFINITION_LIVE, &text, err) ||
	    (!text && !definition_read(p->manager, p->machine->id, DEFINITION_PERSISTENT, &text, err)))
		return false;
	if (!text)
		return error_set(err, ERROR_NOT_FOUND, "it has no definition: it was undefined meanwhile");
	p->domain = domain_parse(p->machine->name, text, strlen(text), err);
	return p->domain != NULL;
}

static bool check_engine(struct preparation *p, struct error *err)
{
	const struct engine *engine = engine_find(enum_word(&domain_type_words, (int)p->domain->type));
	_cleanup_free_ char *emulator = manager_domain_emulator(p->manager, p->domain, err);
	const char *reason;

	if (!emulator)
		return false;
	p->caps = manager_caps(p->manager, emulator, err);
	if (!p->caps) {
		if (err && p->domain->emulator && (err->code == ERROR_NOT_FOUND || !err->hint))
			error_hint(err, "%sname another one in <emulator>: virtty edit %s",
				   err->code == ERROR_NOT_FOUND ? "install it, or " : "", p->machine->name);
		return false;
	}
	if (!engine)
		return error_set(err, ERROR_UNSUPPORTED, "virtty has no engine for its <domain type=>");
	p->kvm = engine->needs_kvm;
	if (p->kvm && !manager_kvm(p->manager, &reason)) {
		error_set(err, ERROR_UNSUPPORTED, "it is a KVM machine, and KVM is not usable here: %s", reason);
		return error_hint(err, "write <domain type='qemu'> to run it under emulation, slowly: virtty edit %s", p->machine->name);
	}
	return true;
}

/* What depends on the emulator was left open where that was missing when the machine was defined. */
static bool settle(struct preparation *p, struct error *err)
{
	if (domain_is_settled(p->domain))
		return true;
	p->changed = true;
	return domain_settle(p->domain, p->caps, err) && domain_validate(p->domain, p->machine->name, err);
}

static void warn_memory(struct preparation *p)
{
	uint64_t host_kib = host_memory_kib();

	if (host_kib && p->domain->memory_kib > host_kib)
		p->plan->warnings = strv_addf(p->plan->warnings, "'%s' has more memory (%llu MiB) than this host (%llu MiB)", p->machine->name,
					      (unsigned long long)p->domain->memory_kib / 1024, (unsigned long long)host_kib / 1024);
}

/* An earlier run's text must not be taken for this one's: it is kept beside, as NAME.1. */
static void put_aside(const char *path, off_t above)
{
	_cleanup_free_ char *old = strf("%s.1", path);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > above)
		rename(path, old);
}

static bool make_directories(struct preparation *p, struct error *err)
{
	_cleanup_free_ char *errors = strf("%s/qemu.log", p->log_directory);

	/* Whoever held the row before is proven dead: it was claimed. */
	if (!(p->flags & PREPARE_RESTART) && !directory_remove(p->run_directory, err))
		return false;
	if (!directory_make(p->run_directory, 0700, err) || !directory_make(p->log_directory, 0700, err))
		return false;
	if (p->flags & PREPARE_RESTART)
		return true;
	put_aside(errors, STDERR_LIMIT);
	for (size_t i = 0; i < p->console_count; i++)
		if (text_starts(p->consoles[i].log, p->log_directory))
			put_aside(p->consoles[i].log, 0);
	return true;
}

static bool add_listener(struct preparation *p, const char *path, struct error *err)
{
	int fd = socket_listen(path, CONSOLE_BACKLOG, err);

	if (fd < 0)
		return false;
	*ARRAY_ADD(p->plan->fds, p->plan->fd_count) = fd;
	return true;
}

/* Those with a path of the user's own are QEMU's to make. */
static bool add_channel_listener(struct preparation *p, const struct chardev *channel, struct error *err)
{
	_cleanup_free_ char *path = text_empty(channel->path) ? launch_channel_socket(p->domain, channel, p->run_directory) : NULL;

	return !path || add_listener(p, path, err);
}

static bool make_sockets(struct preparation *p, struct error *err)
{
	_cleanup_free_ char *qmp = strf("%s/qmp", p->run_directory);

	if (p->console_count + p->channel_count + 1 + network_ports_fds(&p->ports) > PLAN_FD_LIMIT)
		return error_set(err, ERROR_UNSUPPORTED,
				 "it has %zu consoles, %zu channels and %zu queues of network cards, more than virtty can serve",
				 p->console_count, p->channel_count, network_ports_fds(&p->ports));
	if (!add_listener(p, qmp, err))
		return false;
	for (size_t i = 0; i < p->console_count; i++)
		if (!add_listener(p, p->consoles[i].socket, err))
			return false;
	for (size_t i = 0; i < p->domain->channel_count; i++)
		if (!add_channel_listener(p, &p->domain->channels[i], err))
			return false;
	return true;
}

static bool open_ports(struct preparation *p, struct error *err)
{
	size_t count = network_ports_fds(&p->ports);
	int fds[PLAN_FD_LIMIT];

	if (!network_ports_open(p->manager, p->machine->id, &p->ports, fds, err))
		return false;
	for (size_t i = 0; i < count; i++)
		*ARRAY_ADD(p->plan->fds, p->plan->fd_count) = fds[i];
	return true;
}

static bool build(struct preparation *p, struct error *err)
{
	struct launch_resources resources = {
		.kvm = p->kvm,
		.run_directory = p->run_directory,
		.log_directory = p->log_directory,
		.firmware_code = p->firmware.code,
		.firmware_code_format = p->firmware.code_format,
		.nvram = p->firmware.nvram,
		.nvram_format = p->firmware.nvram_format,
		.firmware_requires_smm = p->firmware.requires_smm,
		.wall_s = clock_wall_ms() / 1000,
		.qmp_fd = FIRST_FD,
		.first_console_fd = FIRST_FD + 1,
		.first_channel_fd = FIRST_FD + 1 + (int)p->console_count,
		.ports = p->ports.launch,
		.paused = (p->flags & START_PAUSED) != 0,
	};
	const struct engine *engine = engine_find(enum_word(&domain_type_words, (int)p->domain->type));

	p->launch = engine->build(p->domain, p->caps, &resources, err);
	return p->launch != NULL;
}

/* The live document, and the definition where settling or the firmware added to it. */
static bool store(struct preparation *p, struct error *err)
{
	int64_t id = p->machine->id;
	bool persist = p->changed && p->machine->persistent && !(p->flags & PREPARE_RESTART);

	if (p->flags & PREPARE_RESTART && !p->changed && network_ports_fds(&p->ports) == 0)
		return true;
	if (!(persist ? db_begin(p->manager->db, err) : db_begin_volatile(p->manager->db, err)))
		return false;
	/* taps have other names at the next start: the stored definition has none */
	if ((!persist || definition_write(p->manager, &id, p->domain, DEFINITION_PERSISTENT, err)) &&
	    network_ports_name(&p->ports, err) && definition_write(p->manager, &id, p->domain, DEFINITION_LIVE, err))
		return db_commit(p->manager->db, err);
	db_rollback(p->manager->db);
	return false;
}

static struct json_object *strings_json(char *const *strings)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; strings && strings[i]; i++)
		json_object_array_add(array, json_object_new_string(strings[i]));
	return array;
}

static struct json_object *consoles_json(const struct preparation *p)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < p->console_count; i++) {
		const struct launch_console *console = &p->consoles[i];
		struct json_object *object = json_object_new_object();

		json_set_string(object, "name", console->name);
		json_set_string(object, "id", console->id);
		json_set_string(object, "socket", console->socket);
		json_set_string(object, "viewer", console->viewer);
		json_set_string(object, "log", console->log);
		json_set_bool(object, "pty", console->pty);
		json_object_array_add(array, object);
	}
	return array;
}

static const char *action_word(enum lifecycle_action action, const char *absent)
{
	return action == LIFECYCLE_ABSENT ? absent : enum_word(&lifecycle_action_words, (int)action);
}

/* core/keeper/plan.h says what stands here. */
static bool write_plan(struct preparation *p, struct error *err)
{
	_cleanup_json_ struct json_object *plan = json_object_new_object();
	_cleanup_free_ char *qmp = strf("%s/qmp", p->run_directory);
	_cleanup_free_ char *errors = strf("%s/qemu.log", p->log_directory);
	_cleanup_free_ char *program = paths_program();
	struct json_object *fds = json_object_new_array();

	json_set_int(plan, "format", PLAN_FORMAT);
	json_set_string(plan, "mode", "start");
	json_set_int(plan, "domain", p->machine->id);
	json_set_int(plan, "generation", p->generation);
	json_set_int(plan, "run_id", p->machine->run.run_id);
	json_set_string(plan, "name", p->domain->name);
	json_set_string(plan, "uuid", p->domain->uuid);
	json_set_string(plan, "database", p->manager->paths.database);
	json_set_string(plan, "virtty", program);
	json_set_string(plan, "directory", p->run_directory);
	json_set_string(plan, "qmp", qmp);
	json_set_string(plan, "stderr", errors);
	json_set(plan, "argv", strings_json(p->launch->argv));
	for (size_t i = 0; i < p->plan->fd_count; i++)
		json_object_array_add(fds, json_object_new_int64(FIRST_FD + (int64_t)i));
	json_set(plan, "fds", fds);
	json_set(plan, "setup", json_object_get(p->launch->setup));
	json_set_bool(plan, "paused", (p->flags & START_PAUSED) != 0);
	json_set_string(plan, "accel", p->kvm ? "kvm" : "tcg");
	json_set_string(plan, "vnc", p->launch->vnc);
	json_set_string(plan, "on_poweroff", action_word(p->domain->on_poweroff, "destroy"));
	json_set_string(plan, "on_reboot", action_word(p->domain->on_reboot, "restart"));
	json_set_string(plan, "on_crash", action_word(p->domain->on_crash, "destroy"));
	json_set(plan, "consoles", consoles_json(p));
	p->plan->text = json_text(plan);
	if (strlen(p->plan->text) > PLAN_SIZE_LIMIT)
		return error_set(err, ERROR_UNSUPPORTED, "its command line is longer than %d bytes", PLAN_SIZE_LIMIT);
	return true;
}

static bool prepare(struct preparation *p, struct error *err)
{
	bool made = false, changed = false;

	if (!load(p, err) || !check_engine(p, err) || !settle(p, err) || !resolve_volumes(p->manager, p->domain, err) || !prepare_disks(p->manager, p->machine->id, p->domain, err) ||
	    !prepare_chardevs(p->domain, err) || !graphics_take_passwords(p->manager, p->domain, err) ||
	    !prepare_firmware(p->manager, p->domain, &p->firmware, err))
		return false;
	warn_memory(p);
	p->plan->warnings = prepare_room_warnings(p->domain, p->plan->warnings);
	p->consoles = launch_consoles(p->domain, p->run_directory, p->log_directory, &p->console_count);
	p->channel_count = launch_channel_count(p->domain);
	/* what QEMU before this one had, and is on its way out */
	if (p->flags & PREPARE_RESTART && !network_ports_remove(p->manager, p->machine->id, err))
		return false;
	if (!interfaces_check_forwards(p->manager, p->machine->id, NULL, p->domain->interfaces, p->domain->interface_count, err) ||
	    !network_ports_plan(p->manager, p->domain, FIRST_FD + 1 + (int)(p->console_count + p->channel_count), &p->ports,
				&p->plan->warnings, err) ||
	    !network_ports_check(p->manager, p->machine->id, NULL, &p->ports, err))
		return false;
	/* The builder says what cannot be run before anything is made. */
	if (!build(p, err))
		return false;
	if (!prepare_nvram(&p->firmware, p->domain, &made, &changed, err))
		return false;
	if (made)
		p->plan->nvram_made = xstrdup(p->firmware.nvram);
	p->changed = p->changed || changed;
	return make_directories(p, err) && make_sockets(p, err) && open_ports(p, err) && store(p, err) && write_plan(p, err);
}

bool prepare_start(struct manager *manager, const struct machine *machine, int64_t generation, unsigned flags, struct plan *ret, struct error *err)
{
	struct preparation p = {
		.manager = manager,
		.machine = machine,
		.generation = generation,
		.flags = flags,
		.run_directory = machine_run_directory(manager, machine->id),
		.log_directory = machine_log_directory(manager, machine->id),
		.plan = ret,
	};
	bool ok;

	*ret = (struct plan){ 0 };
	ok = prepare(&p, err);
	if (!ok) {
		if (ret->nvram_made)
			unlink(ret->nvram_made);
		(void)network_ports_remove(manager, machine->id, NULL);
		if (!(flags & PREPARE_RESTART))
			directory_remove(p.run_directory, NULL);
		plan_clear(ret);
	}
	preparation_clear(&p);
	return ok;
}
