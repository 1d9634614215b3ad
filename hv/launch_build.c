/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every section of a launch uses to print arguments and QMP commands, and to refuse. */
#include "hv/launch_build.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"

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

void build_secret(struct builder *b, const char *id, const char *file)
{
	struct json_object *secret = json_object_new_object();

	json_set_string(secret, "qom-type", "secret");
	json_set_string(secret, "id", id);
	json_set_string(secret, "file", file);
	build_json(b, "-object", secret);
	build_file(b, file, true, false);
}
