/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that make pools: from files, from options, and what could be made pools of. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "cli/storage.h"

#include <string.h>

/* ---- from files ---- */

static bool run_pool_define(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL;
	_cleanup_strv_ char **warnings = NULL;
	struct pool_row row = { 0 };

	if (!cli_manager(cli, err) || !cli_document(cli_string(cli, "file"), &text, &source, err) ||
	    !pool_define(cli->manager, source, text, strlen(text), &row, &warnings, err))
		return false;
	cli_note(cli, _("Pool %s defined from %s\n"), row.name, source);
	fflush(stdout);
	cli_warnings(warnings);
	pool_row_clear(&row);
	return true;
}

static unsigned create_flags(struct cli *cli)
{
	return (cli_flag(cli, "build") ? POOL_BUILD : 0) | (cli_flag(cli, "overwrite") ? POOL_OVERWRITE : 0) |
	       (cli_flag(cli, "no-overwrite") ? POOL_NO_OVERWRITE : 0);
}

static bool run_pool_create(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL;
	struct pool_row row = { 0 };

	if (!cli_exclusive(cli, err, "overwrite", "no-overwrite", NULL) || !cli_manager(cli, err) ||
	    !cli_document(cli_string(cli, "file"), &text, &source, err) ||
	    !pool_create(cli->manager, source, text, strlen(text), create_flags(cli), &row, err))
		return false;
	cli_note(cli, _("Pool %s created from %s\n"), row.name, source);
	pool_row_clear(&row);
	return true;
}

#define BUILD_OPTIONS                                                                                                  \
	OPTION_SIMPLE("build", N_("build it first")),                                                                  \
		OPTION_SIMPLE("no-overwrite", N_("build only where nothing is there")),                                \
		OPTION_SIMPLE("overwrite", N_("build over what is there: it is lost"))

static const struct option pool_define_options[] = {
	OPTION_XML_FILE(N_("pool XML; '-' is standard input")),
	OPTION_END,
};

static const struct option pool_create_options[] = {
	OPTION_XML_FILE(N_("pool XML; '-' is standard input")),
	BUILD_OPTIONS,
	OPTION_END,
};

const struct command command_pool_define = {
	.name = "pool-define",
	.group = GROUP_POOL,
	.summary = N_("define a pool from an XML file, without starting it"),
	.description = N_("Stores the pool that the file describes, in libvirt's XML. One of the same name and UUID is "
			  "replaced."),
	.options = pool_define_options,
	.run = run_pool_define,
};

const struct command command_pool_create = {
	.name = "pool-create",
	.group = GROUP_POOL,
	.summary = N_("start a pool from an XML file, without keeping it"),
	.description = N_("Starts a transient pool: when it stops, its definition goes; its volumes stay."),
	.options = pool_create_options,
	.run = run_pool_create,
};

/* ---- from options ---- */

/* An option, and where in the document its text goes. */
static const struct {
	const char *option, *path, *attribute;
} places[] = {
	{ "source-host", "source/host", "name" },
	{ "source-path", "source/dir", "path" },
	{ "source-dev", "source/device", "path" },
	{ "source-name", "source/name", NULL },
	{ "source-format", "source/format", "type" },
	{ "source-protocol-ver", "source/protocol", "ver" },
	{ "source-initiator", "source/initiator/iqn", "name" },
	{ "auth-type", "source/auth", "type" },
	{ "auth-username", "source/auth", "username" },
	{ "secret-usage", "source/auth/secret", "usage" },
	{ "secret-uuid", "source/auth/secret", "uuid" },
	{ "target", "target/path", NULL },
};

/* '-' is nothing: it holds the place of a word that does not count for this type, as in 'dir - - - - /srv/isos'. */
static bool put(struct cli *cli, xmlNode *root, const char *option, const char *path, const char *attribute,
		struct error *err)
{
	const char *text = cli_string(cli, option);

	if (text == NULL || strcmp(text, "-") == 0)
		return true;
	if (!xml_text_valid(text))
		return cli_usage(cli, err, _("--%s holds characters that XML cannot"), option);
	xmlNode *node = xml_make_path(root, path);

	if (attribute != NULL)
		xml_set_attribute(node, attribute, text);
	else
		xml_set_text(node, text);
	return true;
}

#define TYPES "dir fs netfs logical disk iscsi iscsi-direct"

/* Owned; NULL on error. */
static char *document_of_options(struct cli *cli, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "pool");

	xmlDocSetRootElement(doc, root);
	if (!xml_text_valid(cli_string(cli, "name")) || !xml_text_valid(cli_string(cli, "type")))
		return cli_usage(cli, err, _("the name or type holds characters that XML cannot")), NULL;
	if (enum_value(&pool_type_words, cli_string(cli, "type")) <= 0)
		return cli_usage(cli, err, _("type '%s' is unknown; supported: %s"), cli_string(cli, "type"), TYPES), NULL;
	xml_set_attribute(root, "type", cli_string(cli, "type"));
	xml_add_child(root, "name", cli_string(cli, "name"));
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		if (!put(cli, root, places[i].option, places[i].path, places[i].attribute, err))
			return NULL;
	return xml_format(doc);
}

static bool run_pool_define_as(struct cli *cli, struct error *err)
{
	_cleanup_strv_ char **warnings = NULL;
	_cleanup_free_ char *text = document_of_options(cli, err);
	struct pool_row row = { 0 };

	if (text == NULL)
		return false;
	if (cli_flag(cli, "print-xml"))
		return fputs(text, stdout) >= 0;
	if (!cli_manager(cli, err))
		return false;
	if (!pool_define(cli->manager, CLI_OPTIONS, text, strlen(text), &row, &warnings, err))
		return cli_options_error(err);
	cli_warnings(warnings);
	cli_note(cli, _("Pool %s defined\n"), row.name);
	pool_row_clear(&row);
	return true;
}

static bool run_pool_create_as(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = document_of_options(cli, err);
	struct pool_row row = { 0 };

	if (text == NULL || !cli_exclusive(cli, err, "overwrite", "no-overwrite", NULL))
		return false;
	if (cli_flag(cli, "print-xml"))
		return fputs(text, stdout) >= 0;
	if (!cli_manager(cli, err))
		return false;
	if (!pool_create(cli->manager, CLI_OPTIONS, text, strlen(text), create_flags(cli), &row, err))
		return cli_options_error(err);
	cli_note(cli, _("Pool %s created\n"), row.name);
	pool_row_clear(&row);
	return true;
}

#define POSITIONAL(name, value, help)                                                                                  \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, value, help      \
	}
#define AS_OPTIONS                                                                                                     \
	POSITIONAL("name", N_("NAME"), N_("name of the pool")),                                                        \
		{ "type",	 NULL, 0,	   OPTION_STRING,	  TRAIT_POSITIONAL | TRAIT_REQUIRED,           \
		  COMPLETE_NONE, NULL, N_("TYPE"), N_("its type: " TYPES) },                                           \
		OPTION_SIMPLE("print-xml", N_("print the XML, and do nothing")),                                       \
		OPTION_ANY_TEXT("source-host", N_("HOST"), N_("the server")),                                          \
		OPTION_ANY_TEXT("source-path", N_("PATH"), N_("what the server exports")),                             \
		OPTION_ANY_TEXT("source-dev", N_("DEVICE"), N_("a block device, or the IQN of a target")),             \
		OPTION_ANY_TEXT("source-name", N_("NAME"), N_("name of a volume group")),                              \
		OPTION_ANY_TEXT("target", N_("PATH"), N_("where its volumes are to be seen")),                         \
		OPTION_ANY_TEXT("source-format", N_("FORMAT"), N_("what lies on the source: nfs, ext4, lvm2, gpt")),   \
		OPTION_ANY_TEXT("auth-type", N_("TYPE"), N_("how to log in: chap")),                                   \
		OPTION_ANY_TEXT("auth-username", N_("USER"), N_("who logs in")),                                       \
		OPTION_ANY_TEXT("secret-usage", N_("USAGE"), N_("the usage of the login's secret")),                   \
		OPTION_ANY_TEXT("secret-uuid", N_("UUID"), N_("the UUID of the login's secret")),                      \
		OPTION_ANY_TEXT("source-protocol-ver", N_("VERSION"), N_("version of NFS")),                           \
		OPTION_ANY_TEXT("source-initiator", N_("IQN"), N_("the name that this host logs in with"))

static const struct option pool_define_as_options[] = { AS_OPTIONS, OPTION_END };
static const struct option pool_create_as_options[] = { AS_OPTIONS, BUILD_OPTIONS, OPTION_END };

const struct command command_pool_define_as = {
	.name = "pool-define-as",
	.group = GROUP_POOL,
	.summary = N_("define a pool by options"),
	.description =
		N_("Stores a pool that the options describe: 'virtty pool-define-as isos dir --target /srv/isos'."),
	.options = pool_define_as_options,
	.run = run_pool_define_as,
};

const struct command command_pool_create_as = {
	.name = "pool-create-as",
	.group = GROUP_POOL,
	.summary = N_("start a pool by options, without keeping it"),
	.description = N_("Starts a transient pool that the options describe."),
	.options = pool_create_as_options,
	.run = run_pool_create_as,
};

/* ---- sources ---- */

static bool find_sources(struct cli *cli, const char *spec, struct error *err)
{
	const char *word = cli_string(cli, "type");
	int type = enum_value(&pool_type_words, word);
	_cleanup_free_ char *text = NULL;

	if (type <= 0) {
		_cleanup_free_ char *words = enum_list(&pool_type_words);

		return cli_usage(cli, err, _("type '%s' is unknown; allowed: %s"), word, words);
	}
	if (!cli_manager(cli, err))
		return false;
	text = pool_find_sources(cli->manager, (enum pool_type)type, spec, err);
	if (text != NULL)
		fputs(text, stdout);
	return text != NULL;
}

static bool run_find_sources(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL;

	if (cli_string(cli, "srcSpec") != NULL && !cli_document(cli_string(cli, "srcSpec"), &text, &source, err))
		return false;
	return find_sources(cli, text, err);
}

static bool run_find_sources_as(struct cli *cli, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "source");
	_cleanup_free_ char *text = NULL;

	xmlDocSetRootElement(doc, root);
	if (cli_string(cli, "host") == NULL)
		return find_sources(cli, NULL, err);
	if (!put(cli, root, "host", "host", "name", err) || !put(cli, root, "port", "host", "port", err) ||
	    !put(cli, root, "initiator", "initiator/iqn", "name", err))
		return false;
	text = xml_format(doc);
	return find_sources(cli, text, err);
}

#define OPTION_TYPE POSITIONAL("type", N_("TYPE"), N_("type of pool: netfs, logical, iscsi"))

static const struct option find_options[] = {
	OPTION_TYPE,
	{ "srcSpec", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("a <source> that says where to look") },
	OPTION_END,
};

static const struct option find_as_options[] = {
	OPTION_TYPE,
	OPTION_ANY_TEXT("host", N_("HOST"), N_("the server to ask")),
	OPTION_ANY_TEXT("port", N_("PORT"), N_("its port")),
	OPTION_ANY_TEXT("initiator", N_("IQN"), N_("the name that this host asks with")),
	OPTION_END,
};

const struct command command_find_storage_pool_sources = {
	.name = "find-storage-pool-sources",
	.group = GROUP_POOL,
	.summary = N_("what could be made pools of, by XML"),
	.description = N_("Asks a server or this host what there is: exports, targets, volume groups. Prints libvirt's "
			  "<sources>."),
	.options = find_options,
	.run = run_find_sources,
};

const struct command command_find_storage_pool_sources_as = {
	.name = "find-storage-pool-sources-as",
	.group = GROUP_POOL,
	.summary = N_("what could be made pools of, by options"),
	.description = N_("Asks a server or this host what there is: exports, targets, volume groups. Prints libvirt's "
			  "<sources>."),
	.options = find_as_options,
	.run = run_find_sources_as,
};
