/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds a launch out of its sections, and what all of them use to print arguments. */
#include "hv/launch.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/launch_build.h"

#define UNMODELLED_SHOWN 5 /* places named in one message */

__attribute__((format(printf, 4, 0)))
static bool fail(struct builder *b, enum error_code code, const char *hint, const char *format, va_list ap)
{
	_cleanup_free_ char *message = vstrf(format, ap);

	error_set(b->err, code, "%s", message);
	if (hint)
		error_hint(b->err, "%s", hint);
	return false;
}

bool build_unsupported(struct builder *b, const char *hint, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fail(b, ERROR_UNSUPPORTED, hint, format, ap);
	va_end(ap);
	return false;
}

bool build_invalid(struct builder *b, const char *hint, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fail(b, ERROR_INVALID, hint, format, ap);
	va_end(ap);
	return false;
}

void build_arg(struct builder *b, const char *option, const char *value)
{
	b->launch->argv = strv_add(b->launch->argv, option);
	if (value)
		b->launch->argv = strv_add(b->launch->argv, value);
}

void build_argf(struct builder *b, const char *option, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	b->launch->argv = strv_add(b->launch->argv, option);
	b->launch->argv = strv_take(b->launch->argv, vstrf(format, ap));
	va_end(ap);
}

static void add_command(struct json_object *list, const char *command, struct json_object *arguments)
{
	struct json_object *call = json_object_new_object();

	json_set_string(call, "execute", command);
	json_set(call, "arguments", arguments);
	json_object_array_add(list, call);
}

/* The QMP command that does to a running machine what the option does at its start. */
static const char *hot_command(const char *option)
{
	static const struct {
		const char *option, *command;
	} rows[] = {
		{ "-blockdev", "blockdev-add" },
		{ "-object", "object-add" },
		{ "-netdev", "netdev_add" },
		{ "-device", "device_add" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (strcmp(option, rows[i].option) == 0)
			return rows[i].command;
	return NULL;
}

void build_json(struct builder *b, const char *option, struct json_object *object)
{
	const char *command = b->hot ? hot_command(option) : NULL;

	if (command) {
		add_command(b->hot, command, object);
		return;
	}
	b->launch->argv = strv_add(b->launch->argv, option);
	b->launch->argv = strv_take(b->launch->argv, json_text(object));
	json_object_put(object);
}

bool build_device(struct builder *b, struct json_object *device)
{
	const char *driver = json_get_string(device, "driver", "");

	if (!caps_has_device(b->caps, driver)) {
		build_unsupported(b, "install the package with this QEMU's device modules, or choose another model",
				  "'%s' has no device '%s'", b->caps->binary, driver);
		json_object_put(device);
		return false;
	}
	build_json(b, "-device", device);
	return true;
}

void build_setup(struct builder *b, const char *command, struct json_object *arguments)
{
	add_command(b->hot ? b->hot : b->launch->setup, command, arguments);
}

void build_file(struct builder *b, const char *path, bool readonly, bool create)
{
	struct launch_file *file = ARRAY_ADD(b->launch->files, b->launch->file_count);

	file->path = xstrdup(path);
	file->readonly = readonly;
	file->create = create;
}

char *build_escape(const char *text)
{
	struct strbuf escaped = STRBUF_INIT;

	for (; *text; text++) {
		if (*text == ',')
			strbuf_putc(&escaped, ',');
		strbuf_putc(&escaped, *text);
	}
	return strbuf_take(&escaped);
}

bool build_check_unmodelled(struct builder *b)
{
	_cleanup_strv_ char **places = NULL;
	_cleanup_free_ char *text = NULL;
	size_t count = 0;

	for (size_t i = 0; i < b->domain->unmodelled_count; i++) {
		const struct unmodelled *place = &b->domain->unmodelled[i];

		if (place->blocks_start && count++ < UNMODELLED_SHOWN)
			places = strv_addf(places, "%s (line %ld)", place->path, place->line);
	}
	if (!places)
		return true;
	if (count > UNMODELLED_SHOWN)
		places = strv_addf(places, "and %zu more", count - UNMODELLED_SHOWN);
	text = strv_join(places, ", ");
	return build_unsupported(b, "remove it with 'virtty edit': nothing is left out in silence",
				 "not supported yet: %s", text);
}

static bool check_host(struct builder *b)
{
	const struct domain *domain = b->domain;

	if (domain->type == DOMAIN_KVM && !b->resources->kvm)
		return build_unsupported(b,
					 "<domain type='qemu'> runs it without KVM, slower; 'virtty edit' changes it",
					 "the machine wants KVM, which cannot be used here");
	if (b->resources->kvm && !caps_has(b->caps, CAP_KVM))
		return build_unsupported(b, "use <domain type='qemu'>, or an emulator with KVM",
					 "'%s' was built without KVM", b->caps->binary);
	if (domain->os.arch && strcmp(domain->os.arch, b->caps->arch) != 0)
		return build_unsupported(b, "name the right emulator in <emulator>",
					 "'%s' runs %s guests, and the machine is %s", b->caps->binary, b->caps->arch,
					 domain->os.arch);
	if (domain->os.type && strcmp(domain->os.type, "hvm") != 0)
		return build_unsupported(b, "use <type>hvm</type>", "os type '%s' is not supported", domain->os.type);
	return true;
}

/* "pc-i440fx-7.2 (pc), pc-q35-7.2 (q35)": the machine types that have an alias are the newest ones. */
static char *known_machines(const struct qemu_caps *caps)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < caps->machine_count; i++)
		if (caps->machines[i].alias)
			names = strv_addf(names, "%s (%s)", caps->machines[i].name, caps->machines[i].alias);
	return strv_join(names, ", ");
}

static bool find_machine(struct builder *b)
{
	const char *name = b->domain->os.machine;
	_cleanup_free_ char *known = NULL, *hint = NULL;

	if (!name)
		return build_invalid(b, NULL, "the machine type is not settled");
	b->machine = caps_machine(b->caps, name);
	if (b->machine)
		return true;
	known = known_machines(b->caps);
	hint = strf("'virtty edit' changes it; known are %s and more ('%s -machine help')", known, b->caps->binary);
	return build_unsupported(b, hint, "machine type '%s' is not known to '%s'", name, b->caps->binary);
}

struct launch *launch_build(const struct domain *domain, const struct qemu_caps *caps,
			    const struct launch_resources *resources, struct error *err)
{
	/* The unmodelled last: a device of a wrong type has more to say than its attributes. */
	static bool (*const sections[])(struct builder *) = {
		check_host,	 find_machine,	   build_machine,     build_monitor, build_clock,
		build_lifecycle, build_boot,	   build_controllers, build_disks,   build_interfaces,
		build_chardevs,	 build_channels,   build_inputs,	   build_graphics,    build_videos,  build_memballoon,
		build_rngs,	 build_check_unmodelled,
	};
	struct launch *launch = xcalloc(1, sizeof *launch);
	struct builder b = { .domain = domain, .caps = caps, .resources = resources, .launch = launch, .err = err };

	launch->setup = json_object_new_array();
	launch->argv = strv_add(NULL, domain->emulator ? domain->emulator : caps->binary);
	for (size_t i = 0; i < ARRAY_LENGTH(sections); i++) {
		if (!sections[i](&b)) {
			launch_free(launch);
			return NULL;
		}
	}
	if (caps_has(caps, CAP_SANDBOX))
		build_arg(&b, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	build_arg(&b, "-msg", "timestamp=on");
	return launch;
}

void launch_free(struct launch *launch)
{
	if (!launch)
		return;
	strv_free(launch->argv);
	json_object_put(launch->setup);
	for (size_t i = 0; i < launch->file_count; i++)
		free(launch->files[i].path);
	free(launch->files);
	free(launch->vnc);
	free(launch);
}

char *launch_command_line(const struct launch *launch)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; launch->argv[i]; i++) {
		if (i > 0)
			strbuf_putc(&line, ' ');
		strbuf_puts_quoted(&line, launch->argv[i]);
	}
	return strbuf_take(&line);
}
