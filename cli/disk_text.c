/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk's XML out of options. */
#include "config.h"

#include "cli/disk_text.h"

#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/storage.h"
#include "hv/domain.h"

#include <string.h>
#include <sys/stat.h>

/* ---- where it is ---- */

static bool is_volume(struct cli *cli, const char *source)
{
	const char *slash = strchr(source, '/');
	_cleanup_free_ char *name =
		slash && slash > source && !strchr(slash + 1, '/') ? xstrndup(source, (size_t)(slash - source)) : NULL;
	struct pool_row pool = { 0 };
	bool found = name && cli->manager && !path_exists(source) && pool_find(cli->manager, name, &pool, NULL);

	pool_row_clear(&pool);
	return found;
}

static const char *seen_type(struct cli *cli, const char *source)
{
	struct stat st;

	if (is_volume(cli, source))
		return "volume";
	return stat(source, &st) == 0 && S_ISBLK(st.st_mode) ? "block" : "file";
}

static bool put_volume(struct cli *cli, xmlNode *node, const char *source, struct error *err)
{
	const char *slash = strchr(source, '/');
	_cleanup_free_ char *pool = slash ? xstrndup(source, (size_t)(slash - source)) : NULL;

	if (!slash || slash == source || slash[1] == '\0')
		return cli_usage(cli, err, _("a volume is written POOL/VOLUME, not '%s'"), source);
	xml_set_attribute(node, "pool", pool);
	xml_set_attribute(node, "volume", slash + 1);
	return true;
}

/* "host:10809"; a colon of an address of version 6 stands in brackets. */
static void put_host(xmlNode *host, const char *text)
{
	const char *colon = strrchr(text, ':');
	bool bracket = text[0] == '[' && strchr(text, ']');
	const char *end = bracket				? strchr(text, ']')
			  : colon && strchr(text, ':') == colon ? colon
								: text + strlen(text);
	_cleanup_free_ char *name = xstrndup(text + bracket, (size_t)(end - text) - bracket);

	xml_set_attribute(host, "name", name);
	if (colon && colon >= end)
		xml_set_attribute(host, "port", colon + 1);
}

/* A disk that a server has: the source is its name there. */
static bool put_network(struct cli *cli, xmlNode *node, const char *source, struct error *err)
{
	static const char *const options[] = { "source-protocol", "source-host-name", "source-host-transport",
					       "source-host-socket" };
	const char *host = cli_string(cli, options[1]);
	xmlNode *child;

	if (!cli_string(cli, options[0]))
		return cli_usage(cli, err, _("--sourcetype network needs --source-protocol"));
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++)
		if (cli_string(cli, options[i]) && !xml_text_valid(cli_string(cli, options[i])))
			return cli_usage(cli, err, _("--%s holds characters that XML cannot"), options[i]);
	xml_set_attribute(node, "protocol", cli_string(cli, options[0]));
	xml_set_attribute(node, "name", source[0] ? source : NULL);
	if (!host && !cli_string(cli, options[2]) && !cli_string(cli, options[3]))
		return true;
	child = xml_add_child(node, "host", NULL);
	if (host)
		put_host(child, host);
	xml_set_attribute(child, "transport", cli_string(cli, options[2]));
	xml_set_attribute(child, "socket", cli_string(cli, options[3]));
	return true;
}

static bool put_source(struct cli *cli, xmlNode *disk, const char *source, const char *type, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	xmlNode *node;

	if (!xml_text_valid(source))
		return cli_usage(cli, err, _("the source holds characters that XML cannot"));
	type = type ? type : seen_type(cli, source);
	xml_set_attribute(disk, "type", type);
	if (strcmp(type, "network") == 0)
		return put_network(cli, xml_add_child(disk, "source", NULL), source, err);
	if (source[0] == '\0')
		return true;
	node = xml_add_child(disk, "source", NULL);
	if (strcmp(type, "volume") == 0)
		return put_volume(cli, node, source, err);
	/* from where the command is run */
	path = path_absolute(source);
	xml_set_attribute(node, strcmp(type, "block") == 0 ? "dev" : "file", path);
	return true;
}

/* ---- its place ---- */

/* "scsi:0.0.3": a kind, and numbers by name; digits: hexadecimal, as virsh reads and writes them. */
static const struct place {
	const char *kind, *type;
	const char *names[4];
	int digits[4];
} places[] = {
	{ "pci", "pci", { "domain", "bus", "slot", "function" }, { 4, 2, 2, 1 } },
	{ "scsi", "drive", { "controller", "bus", "unit" }, { 0 } },
	{ "sata", "drive", { "controller", "bus", "unit" }, { 0 } },
	{ "ide", "drive", { "controller", "bus", "unit" }, { 0 } },
	{ "usb", "usb", { "bus", "port" }, { 0 } },
};

static bool read_number(const char *text, bool hex, uint64_t *ret)
{
	_cleanup_free_ char *prefixed = hex && !text_starts(text, "0x") ? strf("0x%s", text) : xstrdup(text);

	return text[0] != '\0' && text_to_uint(prefixed, true, ret);
}

static bool put_numbers(xmlNode *node, const struct place *place, char *const *parts)
{
	for (size_t i = 0; i < ARRAY_LENGTH(place->names) && place->names[i]; i++) {
		uint64_t number = 0;
		_cleanup_free_ char *text = NULL;

		if (!parts || !parts[i] || !read_number(parts[i], place->digits[i] > 0, &number))
			return false;
		text = place->digits[i] > 0 ? strf("0x%0*llx", place->digits[i], (unsigned long long)number)
					    : strf("%llu", (unsigned long long)number);
		xml_set_attribute(node, place->names[i], text);
	}
	return true;
}

static size_t name_count(const struct place *place)
{
	size_t count = 0;

	while (count < ARRAY_LENGTH(place->names) && place->names[count])
		count++;
	return count;
}

static bool put_address(struct cli *cli, xmlNode *disk, struct error *err)
{
	const char *text = cli_string(cli, "address"), *colon = text ? strchr(text, ':') : NULL;
	_cleanup_strv_ char **parts = colon ? strv_split(colon + 1, ".") : NULL;

	if (!text && cli_flag(cli, "multifunction"))
		return cli_usage(cli, err, _("--multifunction needs a PCI --address"));
	for (size_t i = 0; colon && i < ARRAY_LENGTH(places); i++) {
		const struct place *place = &places[i];
		xmlNode *node;

		if (strlen(place->kind) != (size_t)(colon - text) ||
		    strncmp(text, place->kind, strlen(place->kind)) != 0 || strv_length(parts) != name_count(place))
			continue;
		if (cli_flag(cli, "multifunction") && strcmp(place->type, "pci") != 0)
			return cli_usage(cli, err, _("--multifunction needs a PCI --address"));
		node = xml_add_child(disk, "address", NULL);
		xml_set_attribute(node, "type", place->type);
		if (!put_numbers(node, place, parts))
			break;
		xml_set_attribute(node, "multifunction", cli_flag(cli, "multifunction") ? "on" : NULL);
		return true;
	}
	return !text ||
	       cli_usage(cli, err,
			 _("the address '%s' is not understood; for example pci:0000.00.0a.0, scsi:0.0.3, usb:0.3"),
			 text);
}

/* ---- the whole ---- */

/* An option whose text is an attribute, or an element's own text. */
static const struct {
	const char *option, *path, *attribute;
} rows[] = {
	{ "driver", "driver", "name" }, { "subdriver", "driver", "type" }, { "cache", "driver", "cache" },
	{ "io", "driver", "io" },	{ "target", "target", "dev" },	   { "targetbus", "target", "bus" },
	{ "serial", "serial", NULL },	{ "alias", "alias", "name" },
};

/* What a volume was made as, or is found to be: a head that a guest writes into a raw one changes nothing of that. Borrowed;
 * NULL: not known, or nothing that a machine runs from. */
static const char *volume_format_word(struct cli *cli, const char *source)
{
	const char *slash = strchr(source, '/'), *word = NULL;
	_cleanup_free_ char *name = slash ? xstrndup(source, (size_t)(slash - source)) : NULL;
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };

	if (name && cli->manager && pool_find(cli->manager, name, &pool, NULL) && pool.active &&
	    volume_find(cli->manager, &pool, slash + 1, &volume, NULL, NULL))
		word = volume.type == VOLUME_FILE && volume.format != IMAGE_ISO
			       ? enum_word(&image_format_words, (int)volume.format)
			       : "raw";
	volume_clear(&volume);
	pool_row_clear(&pool);
	return word && enum_value(&disk_format_words, word) > 0 ? word : NULL;
}

/* The format that is not said but known: a volume's. NULL: none. Borrowed. */
static const char *known_format(struct cli *cli)
{
	const char *source = cli_string(cli, "source"), *type = cli_string(cli, "sourcetype"), *device = cli_string(cli, "type");

	if (device && strcmp(device, "disk") != 0)
		return NULL;
	return strcmp(type ? type : seen_type(cli, source), "volume") == 0 ? volume_format_word(cli, source) : NULL;
}

static bool put_option(struct cli *cli, xmlNode *disk, size_t row, struct error *err)
{
	const char *text = cli_string(cli, rows[row].option);
	xmlNode *node;

	if (!text && strcmp(rows[row].option, "subdriver") == 0)
		text = known_format(cli);
	if (!text)
		return true;
	if (!xml_text_valid(text))
		return cli_usage(cli, err, _("--%s holds characters that XML cannot"), rows[row].option);
	node = xml_make_path(disk, rows[row].path);
	if (rows[row].attribute)
		xml_set_attribute(node, rows[row].attribute, text);
	else
		xml_set_text(node, text);
	return true;
}

static bool put_modes(struct cli *cli, xmlNode *disk, struct error *err)
{
	const char *mode = cli_string(cli, "mode"), *alias = cli_string(cli, "alias");

	if (alias && !text_starts(alias, "ua-"))
		return cli_usage(cli, err, _("an alias of your own begins with 'ua-', unlike '%s'"), alias);
	if (text_equal(mode, "readonly"))
		xml_add_child(disk, "readonly", NULL);
	if (text_equal(mode, "shareable") || cli_flag(cli, "shareable"))
		xml_add_child(disk, "shareable", NULL);
	return true;
}

static xmlDoc *begin(xmlNode **ret_disk)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");

	*ret_disk = xmlNewNode(NULL, BAD_CAST "disk");
	xmlDocSetRootElement(doc, *ret_disk);
	return doc;
}

/* Without the last newline. Owned. */
static char *finish(xmlDoc *doc)
{
	char *text = xml_format(doc);
	size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	return text;
}

char *disk_text_of_source(struct cli *cli, const char *source, const char *type, struct error *err)
{
	xmlNode *disk;
	_cleanup_xmldoc_ xmlDoc *doc = begin(&disk);

	return put_source(cli, disk, source, type, err) ? finish(doc) : NULL;
}

char *disk_text_of_options(struct cli *cli, struct error *err)
{
	xmlNode *disk;
	_cleanup_xmldoc_ xmlDoc *doc = begin(&disk);

	xml_set_attribute(disk, "type", "file");
	xml_set_attribute(disk, "device", cli_string(cli, "type"));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		/* the source stands behind the driver */
		if (strcmp(rows[i].option, "target") == 0 &&
		    !put_source(cli, disk, cli_string(cli, "source"), cli_string(cli, "sourcetype"), err))
			return NULL;
		/* virsh's order */
		if (strcmp(rows[i].option, "serial") == 0 && !put_modes(cli, disk, err))
			return NULL;
		if (!put_option(cli, disk, i, err))
			return NULL;
	}
	return put_address(cli, disk, err) ? finish(doc) : NULL;
}
