/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network card's XML and limits out of options. */
#include "config.h"

#include "cli/interface_text.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

#include <inttypes.h>
#include <string.h>

/* ---- limits ---- */

/* What is left out in between is none: "1000,,500". */
static bool read_numbers(struct cli *cli, const char *option, const char *text, uint64_t *const values[], size_t count, struct error *err)
{
	for (size_t i = 0;; i++) {
		size_t length = strcspn(text, ",");
		_cleanup_free_ char *part = xstrndup(text, length);

		if (i == count)
			return cli_usage(cli, err, _("--%s takes AVERAGE,PEAK,BURST and no more: a floor is not supported"), option);
		if ((length > 0 && !text_to_uint(part, false, values[i])) || *values[i] > UINT32_MAX)
			return cli_usage(cli, err, _("--%s: '%s' is not a number of KiB"), option, part);
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
}

bool interface_limit_of_option(struct cli *cli, const char *option, struct interface_limit *ret, struct error *err)
{
	uint64_t *const values[] = { &ret->average, &ret->peak, &ret->burst };

	*ret = (struct interface_limit){ 0 };
	if (!read_numbers(cli, option, cli_string(cli, option), values, ARRAY_LENGTH(values), err))
		return false;
	if (ret->average == 0 && (ret->peak != 0 || ret->burst != 0))
		return cli_usage(cli, err, _("--%s: a peak or a burst needs an average"), option);
	if (ret->peak != 0 && ret->peak < ret->average)
		return cli_usage(cli, err, _("--%s: a peak below the average, %" PRIu64 " and %" PRIu64 ", is never reached"), option, ret->peak,
				 ret->average);
	return true;
}

static void put_number(xmlNode *node, const char *name, uint64_t number)
{
	_cleanup_free_ char *text = strf("%" PRIu64, number);

	if (number != 0)
		xml_set_attribute(node, name, text);
}

static bool put_limit(struct cli *cli, xmlNode *interface, const char *side, struct error *err)
{
	struct interface_limit limit;
	xmlNode *node;

	if (!cli_string(cli, side))
		return true;
	if (!interface_limit_of_option(cli, side, &limit, err))
		return false;
	if (limit.average == 0)
		return true;
	node = xml_add_child(xml_make_path(interface, "bandwidth"), side, NULL);
	put_number(node, "average", limit.average);
	put_number(node, "peak", limit.peak);
	put_number(node, "burst", limit.burst);
	return true;
}

/* ---- the card ---- */

/* Types, and which attribute of <source> names what they are joined to; NULL: nothing does. */
static const struct {
	const char *type, *attribute;
} types[] = {
	{ "network", "network" }, { "bridge", "bridge" }, { "direct", "dev" }, { "ethernet", NULL }, { "user", NULL },
};

static bool put_source(struct cli *cli, xmlNode *interface, struct error *err)
{
	const char *type = cli_string(cli, "type"), *source = cli_string(cli, "source"), *mode = cli_string(cli, "source-mode");
	const char *attribute = NULL;
	xmlNode *node;

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (strcmp(type, types[i].type) == 0)
			attribute = types[i].attribute;
	xml_set_attribute(interface, "type", type);
	if (mode && strcmp(type, "direct") != 0)
		return cli_usage(cli, err, _("--source-mode belongs to type direct"));
	if (!attribute)
		return text_empty(source) || cli_usage(cli, err, _("a card of type '%s' has no source: leave '%s' out"), type, source);
	if (text_empty(source))
		return cli_usage(cli, err, _("a card of type '%s' needs its source"), type);
	node = xml_add_child(interface, "source", NULL);
	xml_set_attribute(node, attribute, source);
	xml_set_attribute(node, "mode", mode);
	return true;
}

/* An option whose text is an attribute. */
static const struct {
	const char *option, *path, *attribute;
} rows[] = {
	{ "target", "target", "dev" },
	{ "mac", "mac", "address" },
	{ "model", "model", "type" },
	{ "alias", "alias", "name" },
};

static bool check_texts(struct cli *cli, struct error *err)
{
	const char *alias = cli_string(cli, "alias");

	if (cli_string(cli, "source") && !xml_text_valid(cli_string(cli, "source")))
		return cli_usage(cli, err, _("the source holds characters that XML cannot"));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (cli_string(cli, rows[i].option) && !xml_text_valid(cli_string(cli, rows[i].option)))
			return cli_usage(cli, err, _("--%s holds characters that XML cannot"), rows[i].option);
	return !alias || text_starts(alias, "ua-") ||
	       cli_usage(cli, err, _("an alias of your own begins with 'ua-', unlike '%s'"), alias);
}

char *interface_text_of_options(struct cli *cli, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *interface = xmlNewNode(NULL, BAD_CAST "interface");
	size_t length;
	char *text;

	xmlDocSetRootElement(doc, interface);
	if (!check_texts(cli, err) || !put_source(cli, interface, err))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (cli_string(cli, rows[i].option))
			xml_set_attribute(xml_make_path(interface, rows[i].path), rows[i].attribute, cli_string(cli, rows[i].option));
	if (!put_limit(cli, interface, "inbound", err) || !put_limit(cli, interface, "outbound", err))
		return NULL;
	text = xml_format(doc);
	length = strlen(text);
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';
	return text;
}
