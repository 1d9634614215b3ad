/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to virt-install's options. */
#include "core/install_arguments.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <inttypes.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* A value that looks like an option is tied to its own. */
static char **add_text(char **words, const char *option, const char *value)
{
	if (!value)
		return words;
	return value[0] == '-' ? strv_addf(words, "%s=%s", option, value) : strv_add(strv_add(words, option), value);
}

static void add_part(struct strbuf *b, const char *key, const char *value)
{
	if (!text_empty(value))
		strbuf_put_part(b, key, value);
}

/* A size without a loss: in GiB, as virt-install counts, where it is whole. Owned. */
static char *size_text(uint64_t bytes)
{
	if (bytes % GIB == 0)
		return strf("%" PRIu64, bytes / GIB);
	return bytes % MIB == 0 ? strf("%" PRIu64 "MiB", bytes / MIB) : strf("%" PRIu64 "B", bytes);
}

static char **add_disk(char **words, const struct install_disk *disk)
{
	_cleanup_free_ char *size = disk->size_bytes ? size_text(disk->size_bytes) : NULL;
	_cleanup_free_ char *volume = disk->volume ? strf("%s/%s", disk->pool, disk->volume) : NULL;
	struct strbuf b = STRBUF_INIT;

	add_part(&b, "path", disk->path);
	add_part(&b, "vol", volume);
	add_part(&b, "pool", volume ? NULL : disk->pool);
	add_part(&b, "copy", disk->copy);
	add_part(&b, "size", size);
	add_part(&b, "format", disk->format);
	add_part(&b, "backing_store", disk->backing);
	add_part(&b, "backing_format", disk->backing_format);
	add_part(&b, "sparse", disk->full ? "no" : NULL);
	add_part(&b, "bus", disk->bus);
	add_part(&b, "cache", disk->cache);
	add_part(&b, "discard", disk->discard);
	add_part(&b, "io", disk->io);
	add_part(&b, "readonly", disk->readonly ? "on" : NULL);
	add_part(&b, "device", disk->cdrom ? "cdrom" : NULL);
	return strv_take(strv_add(words, "--disk"), strbuf_take(&b));
}

static char **add_metadata(char **words, const struct install_request *request)
{
	struct strbuf b = STRBUF_INIT;

	add_part(&b, "title", request->title);
	add_part(&b, "description", request->description);
	return b.length > 0 ? strv_take(strv_add(words, "--metadata"), strbuf_take(&b)) : words;
}

/* The password is read from standard input: an argument vector is for everybody to see. */
static char **add_graphics(char **words, const struct install_request *request)
{
	const char *graphics = request->graphics ? request->graphics : "vnc";

	if (!request->password)
		return add_text(words, "--graphics", request->graphics);
	return strv_addf(strv_add(words, "--graphics"), "%s,password-file=-", graphics);
}

char **install_arguments(const struct install_request *request)
{
	char **words = strv_add(NULL, "install");

	words = add_text(words, "--name", request->name);
	if (request->memory_mib)
		words = strv_addf(strv_add(words, "--memory"), "%" PRIu64, request->memory_mib);
	if (request->vcpus)
		words = strv_addf(strv_add(words, "--vcpus"), "%u", request->vcpus);
	words = add_text(words, "--cdrom", request->cdrom);
	if (request->import)
		words = strv_add(words, "--import");
	for (size_t i = 0; i < request->disk_count; i++)
		words = add_disk(words, &request->disks[i]);
	if (request->no_disks)
		words = add_text(words, "--disk", "none");
	for (char **network = request->networks; network && *network; network++)
		words = add_text(words, "--network", *network);
	if (request->noreboot)
		words = strv_add(words, "--noreboot");
	words = add_graphics(words, request);
	if (request->no_serial)
		words = add_text(words, "--console", "none");
	if (request->no_agent)
		words = add_text(words, "--channel", "none");
	words = add_text(words, "--boot", request->boot);
	words = add_text(words, "--virt-type", request->virt_type);
	words = add_text(words, "--machine", request->machine);
	words = add_text(words, "--cpu", request->cpu);
	words = add_text(words, "--osinfo", request->osinfo);
	if (request->cloud_init)
		words = text_empty(request->cloud_init) ? strv_add(words, "--cloud-init") : strv_addf(words, "--cloud-init=%s", request->cloud_init);
	return add_metadata(words, request);
}

char *install_command_line(char *const *arguments)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_puts(&line, "virtty");
	for (; arguments && *arguments; arguments++) {
		strbuf_putc(&line, ' ');
		strbuf_puts_quoted(&line, *arguments);
	}
	return strbuf_take(&line);
}
