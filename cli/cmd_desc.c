/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about what people and programs say of a machine: desc and metadata. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS_WHICH \
	OPTION_SIMPLE("live", N_("the running machine")), \
	OPTION_SIMPLE("config", N_("the stored definition")), \
	OPTION_SIMPLE("current", N_("the running machine if it runs, else the stored definition (as without options)"))

/* Which document the options mean, and its machine. *ret_live: the running one. */
static bool choose(struct cli *cli, struct machine *machine, bool *ret_live, struct error *err)
{
	bool config = cli_flag(cli, "config");

	if (!cli_exclusive(cli, err, "current", "live", NULL) || !cli_exclusive(cli, err, "current", "config", NULL))
		return false;
	if (!cli_machine(cli, machine, err))
		return false;
	if (cli_flag(cli, "live") && !machine_is_active(machine))
		return error_set(err, ERROR_STATE, _("'%s' is not running: there is nothing live to look at or change"),
				 machine->name);
	if (config && !machine->persistent)
		return error_set(err, ERROR_STATE, _("'%s' is transient: it has no stored definition"), machine->name);
	*ret_live = machine_is_active(machine) && (cli_flag(cli, "live") || !config);
	return true;
}

/* A text as saved by an editor: without the last newline. */
static char *without_newline(const char *text)
{
	size_t length = strlen(text);

	while (length > 0 && text[length - 1] == '\n')
		length--;
	return xstrndup(text, length);
}

/* The new text: from the words or from the editor; NULL (and true) when the editor changed nothing. */
static bool new_text(struct cli *cli, const char *old, char **ret, struct error *err)
{
	const char *const *words = argument_list(&cli->arguments, "new-desc", NULL);
	_cleanup_free_ char *joined = NULL;
	_cleanup_free_ char *edited = NULL;

	if (words) {
		_cleanup_strv_ char **copy = NULL;

		for (size_t i = 0; words[i]; i++)
			copy = strv_add(copy, words[i]);
		joined = strv_join(copy, " ");
	}
	if (!cli_flag(cli, "edit")) {
		*ret = TAKE_POINTER(joined);
		return true;
	}
	if (!cli_edit(joined ? joined : old, ".txt", NULL, &edited, err))
		return false;
	*ret = without_newline(edited);
	if (strcmp(*ret, old) == 0) {
		free(*ret);
		*ret = NULL;
	}
	return true;
}

static bool change_desc(struct cli *cli, const struct machine *machine, struct domain *domain, bool live,
			struct error *err)
{
	bool title = cli_flag(cli, "title");
	const char *old = title ? domain->title : domain->description;
	_cleanup_free_ char *text = NULL;

	if (!new_text(cli, old ? old : "", &text, err))
		return false;
	if (!text) {
		cli_note(cli, title ? _("Domain title not changed\n") : _("Domain description not changed\n"));
		return true;
	}
	if (title && strchr(text, '\n'))
		return error_set(err, ERROR_INVALID, _("a title is one line"));
	if (title)
		domain_set_title(domain, text);
	else
		domain_set_description(domain, text);
	if (!domain_store(cli->manager, machine, domain, live, err))
		return false;
	cli_note(cli, title ? _("Domain title updated successfully") : _("Domain description updated successfully"));
	return true;
}

static bool show_desc(struct cli *cli, const struct machine *machine, const struct domain *domain)
{
	bool title = cli_flag(cli, "title");
	const char *text = title ? domain->title : domain->description;

	if (!text_empty(text))
		printf("%s", text);
	else
		cli_note(cli, title ? _("No title for domain: %s") : _("No description for domain: %s"), machine->name);
	return true;
}

static bool run_desc(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	bool change = cli_flag(cli, "edit") || argument_list(&cli->arguments, "new-desc", NULL);
	bool live = false;

	if (!choose(cli, &machine, &live, err))
		return false;
	/* A change starts from what is stored, where something is. */
	domain = domain_load(cli->manager, &machine, change ? live && !machine.persistent : live, err);
	if (!domain)
		return false;
	return change ? change_desc(cli, &machine, domain, live, err) : show_desc(cli, &machine, domain);
}

static const struct option desc_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTIONS_WHICH,
	OPTION_SIMPLE("title", N_("the title instead of the description")),
	OPTION_SIMPLE("edit", N_("write it in an editor")),
	{ "new-desc", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL | TRAIT_EMPTY, COMPLETE_NONE, NULL, N_("TEXT"),
	  N_("the new text; '' removes it") },
	OPTION_END,
};

const struct command command_desc = {
	.name = "desc",
	.group = GROUP_DOMAIN,
	.summary = N_("show or set a machine's description or title"),
	.description = N_("Without a text, prints the description (with --title the title). With a text, sets it: in "
			  "the stored definition, and unless --config is given "
			  "also in the running machine."),
	.options = desc_options,
	.run = run_desc,
};

static bool set_metadata(struct cli *cli, const struct machine *machine, struct domain *domain, bool live,
			 const char *xml, struct error *err)
{
	const char *uri = cli_string(cli, "uri");

	if (!domain_set_metadata(domain, uri, cli_string(cli, "key"), xml, err) ||
	    !domain_store(cli->manager, machine, domain, live, err))
		return false;
	cli_note(cli, _("Metadata modified\n"));
	return true;
}

static bool edit_metadata(struct cli *cli, const struct machine *machine, struct domain *domain, bool live,
			  struct error *err)
{
	_cleanup_free_ char *old = domain_get_metadata(domain, cli_string(cli, "uri"));
	_cleanup_free_ char *edited = NULL;

	if (!cli_edit(old ? old : "<metadata/>\n", ".xml", NULL, &edited, err))
		return false;
	if (old && strcmp(old, edited) == 0) {
		cli_note(cli, _("Metadata not changed\n"));
		return true;
	}
	return set_metadata(cli, machine, domain, live, edited, err);
}

static bool remove_metadata(struct cli *cli, const struct machine *machine, struct domain *domain, bool live,
			    struct error *err)
{
	if (!domain_remove_metadata(domain, cli_string(cli, "uri"), err) ||
	    !domain_store(cli->manager, machine, domain, live, err))
		return false;
	cli_note(cli, _("Metadata removed\n"));
	return true;
}

static bool show_metadata(struct cli *cli, const struct machine *machine, const struct domain *domain,
			  struct error *err)
{
	_cleanup_free_ char *text = domain_get_metadata(domain, cli_string(cli, "uri"));

	if (!text)
		return error_set(err, ERROR_NOT_FOUND, _("'%s' has no metadata of '%s'"), machine->name,
				 cli_string(cli, "uri"));
	puts(text);
	return true;
}

static bool run_metadata(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	const char *xml = cli_string(cli, "set");
	bool edit = cli_flag(cli, "edit");
	bool change = edit || xml || cli_flag(cli, "remove");
	bool live = false;

	if (!cli_exclusive(cli, err, "edit", "set", "remove", NULL))
		return false;
	if ((xml || edit) && !cli_string(cli, "key"))
		return cli_usage(cli, err, _("--key is needed to set metadata: the prefix of its namespace"));
	if (!choose(cli, &machine, &live, err))
		return false;
	domain = domain_load(cli->manager, &machine, change ? live && !machine.persistent : live, err);
	if (!domain)
		return false;
	if (xml)
		return set_metadata(cli, &machine, domain, live, xml, err);
	if (edit)
		return edit_metadata(cli, &machine, domain, live, err);
	if (change)
		return remove_metadata(cli, &machine, domain, live, err);
	return show_metadata(cli, &machine, domain, err);
}

static const struct option metadata_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	{ "uri", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("URI"),
	  N_("the metadata's namespace") },
	OPTIONS_WHICH,
	OPTION_SIMPLE("edit", N_("write it in an editor")),
	{ "key", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("KEY"),
	  N_("prefix of the namespace in the document") },
	{ "set", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("XML"), N_("the new metadata: one element") },
	OPTION_SIMPLE("remove", N_("remove it")),
	OPTION_END,
};

const struct command command_metadata = {
	.name = "metadata",
	.group = GROUP_DOMAIN,
	.summary = N_("show or set what programs keep in a machine's XML"),
	.description =
		N_("Prints the element that a machine's <metadata> has of a namespace; --set and --edit put another in "
		   "its place, --remove takes it away. "
		   "Changes go to the stored definition, and unless --config is given also to the running machine."),
	.options = metadata_options,
	.run = run_metadata,
};
