/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU by itself, talked to over its own QMP socket. */
#include "tests/harness/qemu.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "hv/qmp.h"
#include "tests/harness/home.h"

#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_MS = 30000, FILE_MAX = 128 * 1024 * 1024 };

static void call(struct qemu *qemu, const char *command, struct json_object *arguments)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(qmp_call_fd(qemu->qmp, command, arguments, CALL_MS, NULL, &err), "%s: %s", command, error_text(&err));
}

struct connection {
	const char *socket;
	int fd;
	struct error err;
};

/* The socket is there a moment before QEMU listens on it. */
static bool is_connected(void *data)
{
	struct connection *connection = data;

	error_clear(&connection->err);
	connection->fd = qmp_open(connection->socket, CALL_MS, &connection->err);
	return connection->fd >= 0;
}

struct qemu qemu_start(const char *directory, const char *name, const char *const *arguments)
{
	_cleanup_free_ char *socket = strf("%s/%s.qmp", directory, name);
	struct qemu qemu = { .directory = strf("%s/%s", directory, name), .serial = strf("%s/%s.serial", directory, name) };
	struct connection connection = { .socket = socket };
	_cleanup_strv_ char **argv = NULL;

	argv = strv_split("/usr/bin/env qemu-system-x86_64 -accel tcg -m 512 -nodefaults -display none -vga std -net none", " ");
	argv = strv_add(argv, "-qmp");
	argv = strv_addf(argv, "unix:%s,server=on,wait=off", socket);
	argv = strv_add(argv, "-serial");
	argv = strv_addf(argv, "file:%s", qemu.serial);
	for (; *arguments != NULL; arguments++)
		argv = strv_add(argv, *arguments);
	qemu.task = task_start((const char *const *)argv);
	ck_assert_msg(wait_for(is_connected, &connection, CALL_MS), "%s", error_text(&connection.err));
	qemu.qmp = connection.fd;
	error_clear(&connection.err);
	return qemu;
}

void qemu_end(struct qemu *qemu)
{
	cleanup_close(&qemu->qmp);
	task_clear(&qemu->task);
	free(qemu->directory);
	free(qemu->serial);
	free((void *)(uintptr_t)qemu->screen.data);
}

void qemu_stop(struct qemu *qemu)
{
	call(qemu, "stop", NULL);
}

void qemu_continue(struct qemu *qemu)
{
	call(qemu, "cont", NULL);
}

/* A number of a PPM's header. */
static unsigned header_number(const char **at)
{
	char *end;
	unsigned long number = strtoul(*at, &end, 10);

	ck_assert_msg(end > *at && number < 65536, "not a PPM");
	*at = end;
	return (unsigned)number;
}

void qemu_dump(struct qemu *qemu)
{
	_cleanup_free_ char *path = strf("%s.ppm", qemu->directory), *text = NULL;
	struct json_object *arguments = json_object_new_object();
	_cleanup_error_ struct error err = ERROR_INIT;
	const unsigned char *bytes;
	const char *at;
	uint32_t *data;
	size_t length, count;

	json_object_object_add(arguments, "filename", json_object_new_string(path));
	call(qemu, "screendump", arguments);
	ck_assert_msg(file_read(path, FILE_MAX, &text, &length, &err), "%s", error_text(&err));
	ck_assert_msg(strncmp(text, "P6", 2) == 0, "not a PPM");
	at = text + 2;
	qemu->screen.width = header_number(&at);
	qemu->screen.height = header_number(&at);
	ck_assert_uint_eq(header_number(&at), 255);
	bytes = (const unsigned char *)at + 1;
	count = (size_t)qemu->screen.width * qemu->screen.height;
	ck_assert_uint_eq((size_t)(text + length - at) - 1, count * 3);
	free((void *)(uintptr_t)qemu->screen.data);
	data = xreallocarray(NULL, count, sizeof *data);
	for (size_t i = 0; i < count; i++)
		data[i] = (uint32_t)bytes[3 * i] << 16 | (uint32_t)bytes[3 * i + 1] << 8 | bytes[3 * i + 2];
	qemu->screen.data = data;
	qemu->screen.stride = qemu->screen.width;
}

unsigned char *qemu_memory(struct qemu *qemu, unsigned long address, size_t length)
{
	_cleanup_free_ char *path = strf("%s.memory", qemu->directory);
	struct json_object *arguments = json_object_new_object();
	_cleanup_error_ struct error err = ERROR_INIT;
	char *bytes;
	size_t got;

	json_object_object_add(arguments, "val", json_object_new_int64((int64_t)address));
	json_object_object_add(arguments, "size", json_object_new_int64((int64_t)length));
	json_object_object_add(arguments, "filename", json_object_new_string(path));
	call(qemu, "pmemsave", arguments);
	ck_assert_msg(file_read(path, FILE_MAX, &bytes, &got, &err), "%s", error_text(&err));
	ck_assert_uint_eq(got, length);
	return (unsigned char *)bytes;
}

void qemu_keys(struct qemu *qemu, const char *first, ...)
{
	va_list ap;

	va_start(ap, first);
	for (const char *name = first; name != NULL; name = va_arg(ap, const char *)) {
		struct json_object *arguments = json_object_new_object(), *keys = json_object_new_array();
		struct json_object *key = json_object_new_object();

		json_object_object_add(key, "type", json_object_new_string("qcode"));
		json_object_object_add(key, "data", json_object_new_string(name));
		json_object_array_add(keys, key);
		json_object_object_add(arguments, "keys", keys);
		call(qemu, "send-key", arguments);
	}
	va_end(ap);
}

char *qemu_serial(const struct qemu *qemu, size_t *ret_length)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *text;

	ck_assert_msg(file_read(qemu->serial, FILE_MAX, &text, ret_length, &err), "%s", error_text(&err));
	return text;
}
