/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial ports and virtio consoles: a chardev towards the host, a device towards the guest. */
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/launch_build.h"

void build_chardev_log(struct builder *b, struct strbuf *text, const char *path, bool append)
{
	_cleanup_free_ char *escaped = build_escape(path);

	strbuf_printf(text, ",logfile=%s,logappend=%s", escaped, append ? "on" : "off");
	build_file(b, path, false, true);
}

/* One that the keeper serves: QEMU listens on an inherited socket, or on a path when the command is only shown. */
static void add_console(struct builder *b, struct strbuf *text, const struct chardev *chardev,
			const struct launch_console *console, size_t number)
{
	if (b->resources->first_console_fd >= 0) {
		strbuf_printf(text, "socket,id=%s,fd=%d,server=on,wait=off", console->id,
			      b->resources->first_console_fd + (int)number);
	} else {
		_cleanup_free_ char *path = build_escape(console->socket);

		strbuf_printf(text, "socket,id=%s,path=%s,server=on,wait=off", console->id, path);
	}
	build_chardev_log(b, text, console->log, !text_equal(chardev->log_append, "off"));
}

bool build_chardev_backend(struct builder *b, struct strbuf *text, const struct chardev *chardev, const char *what)
{
	const char *type = enum_word(&chardev_type_words, (int)chardev->type);
	_cleanup_free_ char *path = chardev->path ? build_escape(chardev->path) : NULL;

	if (chardev->type == CHARDEV_UNIX) {
		strbuf_printf(text, "socket,id=char%s,path=%s%s", chardev->device.alias, path,
			      text_equal(chardev->mode, "connect") ? "" : ",server=on,wait=off");
	} else if (chardev->type == CHARDEV_FILE) {
		if (text_empty(path))
			return build_invalid(b, "add <source path='/some/file'/>", "%s: type 'file' needs a path",
					     what);
		strbuf_printf(text, "file,id=char%s,path=%s", chardev->device.alias, path);
		if (chardev->append)
			strbuf_printf(text, ",append=%s", text_equal(chardev->append, "on") ? "on" : "off");
		build_file(b, chardev->path, false, true);
	} else if (chardev->type == CHARDEV_NULL) {
		strbuf_printf(text, "null,id=char%s", chardev->device.alias);
	} else {
		return build_unsupported(b, "use type='pty', 'unix', 'file' or 'null'",
					 "%s: type '%s' is not supported yet", what, type ? type : "(none)");
	}
	if (chardev->log_file)
		build_chardev_log(b, text, chardev->log_file, !text_equal(chardev->log_append, "off"));
	return true;
}

static const char *serial_driver(const struct chardev *serial)
{
	switch (serial->serial_target) {
	case SERIAL_TARGET_ABSENT:
	case SERIAL_ISA:
		return "isa-serial";
	case SERIAL_PCI:
		return "pci-serial";
	case SERIAL_USB:
		return "usb-serial";
	case SERIAL_SYSTEM:
	case SERIAL_SPAPR_VIO:
	case SERIAL_SCLP:
	case SERIAL_ISA_DEBUG:
	case SERIAL_TARGET_COUNT:
		break;
	}
	return NULL;
}

/* The device in front of a chardev; NULL on error. */
static struct json_object *serial_device(struct builder *b, const struct chardev *serial, size_t index,
					 const char *what)
{
	const char *driver = serial_driver(serial);
	_cleanup_free_ char *chardev = strf("char%s", serial->device.alias);
	struct json_object *json;

	if (!driver || (serial->target_model && strcmp(serial->target_model, driver) != 0)) {
		build_unsupported(b, "use target type isa-serial, pci-serial or usb-serial",
				  "%s: this kind of serial port is not supported", what);
		return NULL;
	}
	json = device_new(driver);
	json_set_string(json, "chardev", chardev);
	json_set_string(json, "id", serial->device.alias);
	if (strcmp(driver, "isa-serial") == 0) {
		json_set_int(json, "index", (int64_t)(serial->port.set ? serial->port.value : index));
		if (serial->device.address.type == ADDRESS_ABSENT)
			return json; /* the index is its place */
	}
	if (device_add_address(b, &serial->device, what, json))
		return json;
	json_object_put(json);
	return NULL;
}

static struct json_object *console_device(struct builder *b, const struct chardev *console, const char *what)
{
	_cleanup_free_ char *chardev = strf("char%s", console->device.alias);
	struct json_object *json;

	if (console->console_target != CONSOLE_VIRTIO) {
		const char *target = enum_word(&console_target_words, (int)console->console_target);

		build_unsupported(b, "use target type 'virtio', or a <serial>",
				  "%s: target type '%s' is not supported here", what, target ? target : "(none)");
		return NULL;
	}
	json = device_new("virtconsole");
	json_set_string(json, "chardev", chardev);
	json_set_string(json, "id", console->device.alias);
	if (device_add_address(b, &console->device, what, json))
		return json;
	json_object_put(json);
	return NULL;
}

/* The consoles that the keeper serves are counted as launch_consoles() lists them. */
static bool build_chardev(struct builder *b, const struct chardev *chardev, const struct launch_console *consoles,
			  size_t *number, const char *what)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (!device_check_alias(b, &chardev->device, what))
		return false;
	if (chardev_is_console(chardev)) {
		add_console(b, &text, chardev, &consoles[*number], *number);
		++*number;
	} else if (!build_chardev_backend(b, &text, chardev, what)) {
		return false;
	}
	build_arg(b, "-chardev", text.data);
	return true;
}

static bool build_all(struct builder *b, const struct launch_console *consoles)
{
	const struct domain *domain = b->domain;
	size_t number = 0;

	for (size_t i = 0; i < domain->serial_count; i++) {
		_cleanup_free_ char *what = strf("serial port %zu", i);
		struct json_object *json;

		if (!build_chardev(b, &domain->serials[i], consoles, &number, what))
			return false;
		json = serial_device(b, &domain->serials[i], i, what);
		if (!json || !build_device(b, json))
			return false;
	}
	for (size_t i = 0; i < domain->console_count; i++) {
		_cleanup_free_ char *what = strf("console %zu", i);
		struct json_object *json;

		if (domain->consoles[i].same_as_serial)
			continue;
		if (!build_chardev(b, &domain->consoles[i], consoles, &number, what))
			return false;
		json = console_device(b, &domain->consoles[i], what);
		if (!json || !build_device(b, json))
			return false;
	}
	return true;
}

bool build_chardevs(struct builder *b)
{
	size_t count;
	struct launch_console *consoles =
		launch_consoles(b->domain, b->resources->run_directory, b->resources->log_directory, &count);
	bool ok = build_all(b, consoles);

	launch_consoles_free(consoles, count);
	return ok;
}
