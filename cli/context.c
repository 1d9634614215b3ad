/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands share: the manager on demand, the named machine, usage errors, messages to the user. */
#include "config.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "cli/cli.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct manager *cli_manager(struct cli *cli, struct error *err)
{
	if (!cli->manager && !manager_open(&cli->manager, err))
		return NULL;
	return cli->manager;
}

bool cli_machine(struct cli *cli, struct machine *ret, struct error *err)
{
	struct manager *manager = cli_manager(cli, err);

	return manager && machine_find(manager, cli_string(cli, "domain"), ret, err);
}

bool cli_flag(const struct cli *cli, const char *name)
{
	return argument_flag(&cli->arguments, name);
}

const char *cli_string(const struct cli *cli, const char *name)
{
	return argument_string(&cli->arguments, name);
}

bool cli_usage(struct cli *cli, struct error *err, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list ap;

	va_start(ap, format);
	message = vstrf(format, ap);
	va_end(ap);
	cli->usage = true;
	error_set(err, ERROR_INVALID, "%s", message);
	return error_hint(err, _("'virtty help %s' shows what it takes"), cli->arguments.command->name);
}

bool cli_exclusive(struct cli *cli, struct error *err, ...)
{
	const char *seen = NULL;
	const char *name;
	bool good = true;
	va_list ap;

	va_start(ap, err);
	while (good && (name = va_arg(ap, const char *))) {
		if (!cli_flag(cli, name))
			continue;
		if (seen)
			good = cli_usage(cli, err, _("--%s and --%s exclude each other"), seen, name);
		seen = name;
	}
	va_end(ap);
	return good;
}

void cli_note(const struct cli *cli, const char *format, ...)
{
	va_list ap;

	if (cli->quiet || cli->json)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
}

char *cli_clean(const char *text)
{
	char *clean = xstrdup(text);

	for (unsigned char *c = (unsigned char *)clean; *c; c++) {
		/* C0 and DEL; C1 comes as two bytes, 0xc2 and 0x80-0x9f, and terminals obey those as well. */
		if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
			*c = '?';
		else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
			c[0] = c[1] = '?';
	}
	return clean;
}

void cli_warnings(char *const *warnings)
{
	for (size_t i = 0; warnings && warnings[i]; i++) {
		_cleanup_free_ char *text = cli_clean(warnings[i]);

		fprintf(stderr, _("warning: %s\n"), text);
	}
}

void cli_print_error(const struct error *err)
{
	_cleanup_free_ char *message = cli_clean(error_text(err));

	/* What was said before must come before. */
	fflush(stdout);
	fprintf(stderr, _("error: %s\n"), message);
	if (err->hint) {
		_cleanup_free_ char *hint = cli_clean(err->hint);

		fprintf(stderr, _("hint: %s\n"), hint);
	}
}

void cli_json(struct json_object *object)
{
	_cleanup_free_ char *text = json_text(object);

	puts(text);
	json_object_put(object);
}

/* A number that may be missing: null then. */
static void set_number(struct json_object *object, const char *key, int64_t value)
{
	if (value > 0)
		json_set_int(object, key, value);
	else
		json_set(object, key, NULL);
}

struct json_object *cli_machine_json(const struct machine *machine)
{
	struct json_object *object = json_object_new_object();
	bool active = machine_is_active(machine);

	json_set_string(object, "name", machine->name);
	json_set_string(object, "uuid", machine->uuid);
	set_number(object, "id", active ? machine->run.run_id : 0);
	json_set_string(object, "state", enum_word(&run_state_words, (int)machine->state));
	json_set_string(object, "reason", run_reason_word(machine->state, machine->reason));
	set_number(object, "pid", active ? machine->run.qemu.pid : 0);
	set_number(object, "keeper_pid", active && machine->truth == TRUTH_RUNNING ? machine->run.holder.pid : 0);
	json_set_int(object, "memory_kib", (int64_t)machine->memory_kib);
	json_set_int(object, "max_memory_kib", (int64_t)machine->max_memory_kib);
	json_set_int(object, "vcpus", machine->vcpus);
	json_set_bool(object, "persistent", machine->persistent);
	json_set_bool(object, "autostart", machine->autostart);
	json_set_int(object, "autostart_order", machine->autostart_order);
	json_set_int(object, "autostart_delay_s", machine->autostart_delay_s);
	json_set_bool(object, "managed_save", machine->managed_save);
	json_set_string(object, "title", machine->title ? machine->title : "");
	set_number(object, "started_at_ms", active ? machine->run.started_at_ms : 0);
	return object;
}
