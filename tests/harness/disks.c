/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks for tests, and what is said of them. */
#include "tests/harness/disks.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* ---- images ---- */

char *disk_qcow2(const char *home, const char *name, const char *size)
{
	char *path = strf("%s/%s", home, name);

	RUN("qemu-img", "create", "-q", "-f", "qcow2", path, size);
	return path;
}

char *disk_raw(const char *home, const char *name, const char *size)
{
	char *path = strf("%s/%s", home, name);

	RUN("qemu-img", "create", "-q", "-f", "raw", path, size);
	return path;
}

char *disk_medium(const char *home, const char *name, const char *text)
{
	char *path = disk_raw(home, name, "1M"), *bytes = xcalloc(1, 1048576);

	memcpy(bytes, text, strlen(text));
	ck_assert(file_write(path, bytes, 1048576, 0600, NULL));
	free(bytes);
	return path;
}

/* ---- what is said of a machine ---- */

struct json_object *machine_qmp(const char *name, const char *line)
{
	_cleanup_free_ char *text = NULL;
	struct json_object *answer, *value;

	expect_ok(virtty("qemu-monitor-command", name, line, NULL), &text);
	answer = json_parse("answer", text, strlen(text), NULL);
	value = json_get(answer, "return");
	ck_assert_msg(value != NULL, "%s", text);
	value = json_object_get(value);
	json_object_put(answer);
	return value;
}

char *machine_xml(const char *name, const char *option)
{
	char *text = NULL;

	expect_ok(option != NULL ? virtty("dumpxml", name, option, NULL) : virtty("dumpxml", name, NULL), &text);
	return text;
}

bool document_says(const char *name, const char *option, const char *words)
{
	_cleanup_free_ char *text = machine_xml(name, option);

	return strstr(text, words) != NULL;
}

bool has_disk(const char *name, const char *option, const char *target)
{
	_cleanup_free_ char *dev = strf("<target dev='%s'", target);

	return document_says(name, option, dev);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The disks that the live document has, each as ALIAS=PATH, sorted. Owned. */
static char *documents_disks(const char *name)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json_object *list = NULL;
	_cleanup_strv_ char **names = NULL;

	expect_ok(virtty("domblklist", name, "--json", NULL), &text);
	list = json_parse("list", text, strlen(text), NULL);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *disk = json_object_array_get_idx(list, i);

		names = strv_addf(names, "%s=%s", json_get_string(disk, "alias", "?"),
				  json_get_string(disk, "source", ""));
	}
	if (names != NULL)
		qsort(names, strv_length(names), sizeof *names, compare);
	return strv_join(names, " ");
}

/* The same of QEMU: "/machine/peripheral/virtio-disk1/virtio-backend" is virtio-disk1. Owned. */
static char *qemus_disks(const char *name, size_t *ret_media)
{
	_cleanup_json_ struct json_object *list = machine_qmp(name, "{\"execute\": \"query-block\"}");
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);
		const char *qdev = json_get_string(entry, "qdev", ""),
			   *file = json_get_string(entry, "inserted/file", "");
		/* of an encrypted image QEMU says how it is opened */
		_cleanup_json_ struct json_object *opened =
			text_starts(file, "json:") ? json_parse("file", file + strlen("json:"), strlen(file) - strlen("json:"), NULL) : NULL;
		const char *plain =
			text_starts(qdev, "/machine/peripheral/") ? qdev + strlen("/machine/peripheral/") : qdev;

		if (*plain == '\0')
			continue;
		file = opened == NULL ? file : json_get_string(opened, "file/filename", file);
		names = strv_addf(names, "%.*s=%s", (int)strcspn(plain, "/"), plain, file);
		*ret_media += *file != '\0';
	}
	if (names != NULL)
		qsort(names, strv_length(names), sizeof *names, compare);
	return strv_join(names, " ");
}

size_t block_nodes(const char *name)
{
	_cleanup_json_ struct json_object *list =
		machine_qmp(name, "{\"execute\": \"query-named-block-nodes\", \"arguments\": {\"flat\": true}}");
	size_t count = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++)
		count += text_starts(json_get_string(json_object_array_get_idx(list, i), "node-name", ""), "libvirt-");
	return count;
}

struct agreement {
	const char *name;
	char *document, *qemu; /* owned */
	size_t nodes, media;
};

static bool agree(void *data)
{
	struct agreement *agreement = data;

	free(agreement->document);
	free(agreement->qemu);
	agreement->document = documents_disks(agreement->name);
	agreement->media = 0;
	agreement->qemu = qemus_disks(agreement->name, &agreement->media);
	agreement->nodes = block_nodes(agreement->name);
	return strcmp(agreement->document, agreement->qemu) == 0 && agreement->nodes == 2 * agreement->media;
}

void expect_agreement(const char *name, const char *when)
{
	struct agreement agreement = { .name = name };
	bool came = wait_for(agree, &agreement, SOON_MS);
	_cleanup_free_ char *document = agreement.document, *qemu = agreement.qemu;

	ck_assert_msg(came, "%s: the document has '%s', QEMU '%s', with %zu block nodes", when, document, qemu,
		      agreement.nodes);
}

long long block_number(const char *name, const char *alias, const char *field)
{
	_cleanup_json_ struct json_object *list = machine_qmp(name, "{\"execute\": \"query-block\"}");
	_cleanup_free_ char *path = strf("inserted/%s", field);

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (strstr(json_get_string(entry, "qdev", ""), alias) != NULL)
			return json_get_int(entry, path, -1);
	}
	return -1;
}

/* ---- words ---- */

void expect_printed(struct outcome outcome, const char *words)
{
	_cleanup_free_ char *text = NULL;

	expect_ok(outcome, &text);
	ck_assert_msg(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}
