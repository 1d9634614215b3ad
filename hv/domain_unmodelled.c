/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a document says and the tables do not describe: noted by path, and told apart by whether a start may leave it
 * out. */
#include "hv/domain_unmodelled.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/domain.h"

#include <string.h>

/* Nothing below these may be dropped in silence. */
static const char *const guarded[] = {
	"/domain/devices/",	 "/domain/os/",	 "/domain/cpu/",  "/domain/features/",
	"/domain/memoryBacking", "/domain/os/@", "/domain/cpu/@",
};

/* Except what changes nothing for the guest: bookkeeping of libvirt's, and labels of drivers that are not here. A
 * leading '*' stands for any path before. */
static const char *const harmless[] = {
	"*/seclabel",
	"*/source/@index",
	"*/source/@startupPolicy",
	"*/backingStore/@index",
	"/domain/devices/disk/@snapshot",
	"/domain/devices/disk/backenddomain",
	"/domain/devices/disk/mirror",
	"/domain/devices/interface/target/@dev",
	"/domain/devices/interface/mac/@type",
	"/domain/devices/interface/source/@portid",
	"/domain/devices/graphics/@passwdValidTo",
	"/domain/devices/graphics/listen/@fromConfig",
	"/domain/devices/graphics/listen/@network",
	"/domain/devices/video/model/@ram",
	"/domain/devices/video/model/@vram64",
	"/domain/devices/video/model/@vgamem",
	"/domain/devices/controller/driver/@name",
	"/domain/devices/controller/@vectors",
	"/domain/devices/serial/@tty",
	"/domain/devices/audio",
	"/domain/os/nvram/@templateFormat",
};

static void add_steps(struct strbuf *path, const xmlNode *node)
{
	if (node->parent != NULL && node->parent->type == XML_ELEMENT_NODE)
		add_steps(path, node->parent);
	strbuf_putc(path, '/');
	if (node->ns != NULL && node->ns->prefix != NULL) {
		strbuf_puts(path, (const char *)node->ns->prefix);
		strbuf_putc(path, ':');
	}
	strbuf_puts(path, (const char *)node->name);
}

static bool is_guarded(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(guarded); i++)
		if (text_starts(path, guarded[i]))
			return true;
	return false;
}

/* <audio> is only there to say that there is none. */
static bool is_audio_none(const char *path, const xmlNode *node)
{
	if (strcmp(path, "/domain/devices/audio") != 0)
		return true;
	_cleanup_free_ char *type = xml_attribute(node, "type");

	return text_equal(type, "none");
}

static bool is_harmless(const char *path, const xmlNode *node)
{
	for (size_t i = 0; i < ARRAY_LENGTH(harmless); i++) {
		const char *pattern = harmless[i];

		if (*pattern == '*' ? text_ends(path, pattern + 1) : strcmp(path, pattern) == 0)
			return is_audio_none(path, node);
	}
	return false;
}

/* Words that say what is so without them. */
static bool is_default(const char *path, const xmlNode *node)
{
	if (strcmp(path, "/domain/features/hyperv/@mode") != 0)
		return false;
	_cleanup_free_ char *mode = xml_attribute(node, "mode");

	return text_equal(mode, "custom");
}

/* The types that can be run. */
static const struct {
	const char *element;
	const char *types[5];
} run_types[] = {
	{ "disk", { "file", "block", "volume" } },
	{ "interface", { "user" } },
	{ "graphics", { "vnc" } },
	{ "serial", { "pty", "unix", "file", "null" } },
	{ "console", { "pty", "unix", "file", "null" } },
	{ "channel", { "unix", "file", "null" } },
};

/* In a device whose type has no support yet, as <graphics type='spice'>: its details are no news of their own. */
static bool is_of_unrun(const xmlNode *node)
{
	while (node->parent != NULL && node->parent->parent != NULL && node->parent->parent->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->parent->name, "devices") != 0)
		node = node->parent;
	_cleanup_free_ char *type = xml_attribute(node, "type");

	for (size_t i = 0; type != NULL && i < ARRAY_LENGTH(run_types); i++)
		if (strcmp((const char *)node->name, run_types[i].element) == 0)
			return !strv_contains((char *const *)(uintptr_t)run_types[i].types, type);
	return false;
}

void unmodelled_add(void *context, const xmlNode *node, const xmlAttr *attribute)
{
	struct domain *domain = context;
	struct strbuf path = STRBUF_INIT;

	add_steps(&path, node);
	if (attribute != NULL) {
		strbuf_puts(&path, "/@");
		strbuf_puts(&path, (const char *)attribute->name);
	}
	_cleanup_free_ char *text = strbuf_take(&path);

	if (attribute != NULL && is_default(text, node))
		return;
	struct unmodelled *unmodelled = ARRAY_ADD(domain->unmodelled, domain->unmodelled_count);

	unmodelled->path = TAKE_POINTER(text);
	unmodelled->line = xml_line(node);
	unmodelled->blocks_start = is_guarded(unmodelled->path) && !is_harmless(unmodelled->path, node);
	unmodelled->of_unrun = is_of_unrun(node);
}
