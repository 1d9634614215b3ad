/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about what people and programs say of a machine: desc and metadata. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "cli/edit_text.h"
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

/* What desc changes. */
struct target {
	const struct machine *machine;
	struct domain *domain;
	bool live, title;
};

static bool store_desc(const struct cli *cli, const struct target *target, const char *text, struct error *err)
{
	if (target->title && strchr(text, '\n'))
		return error_set(err, ERROR_INVALID, _("a title is one line"));
	if (target->title)
		domain_set_title(target->domain, text);
	else
		domain_set_description(target->domain, text);
	return domain_store(cli->manager, target->machine, target->domain, target->live, err);
}

/* As the editor saved it. */
static bool store_edited(struct cli *cli, const char *text, bool force, bool *ret_moved, void *userdata, struct error *err)
{
	_cleanup_free_ char *trimmed = without_newline(text);

	(void)force;
	(void)ret_moved;
	return store_desc(cli, userdata, trimmed, err);
}

/* The words of the command line; NULL when there are none. */
static char *joined_words(const struct cli *cli)
{
	const char *const *words = argument_list(&cli->arguments, "new-desc", NULL);
	_cleanup_strv_ char **copy = NULL;

	for (size_t i = 0; words && words[i]; i++)
		copy = strv_add(copy, words[i]);
	return words ? strv_join(copy, " ") : NULL;
}

/* Editors end a text with a newline: what is offered has one, so that leaving it alone changes nothing. */
static enum edit_end edit_desc(struct cli *cli, struct target *target, const char *words, struct error *err)
{
	const char *old = target->title ? target->domain->title : target->domain->description;
	_cleanup_free_ char *what = strf(target->title ? _("the title of '%s'") : _("the description of '%s'"), target->machine->name);
	_cleanup_free_ char *stored = strf("%s\n", old ? old : "");
	_cleanup_free_ char *begin = words ? strf("%s\n", words) : NULL;
	const struct edit edit = { .what = what, .suffix = ".txt", .stored = stored, .begin = begin, .store = store_edited, .userdata = target };

	return cli_edit(cli, &edit, err);
}

static bool change_desc(struct cli *cli, const struct machine *machine, struct domain *domain, bool live,
			struct error *err)
{
	struct target target = { machine, domain, live, cli_flag(cli, "title") };
	_cleanup_free_ char *words = joined_words(cli);
	enum edit_end end;

	if (cli_flag(cli, "edit"))
		end = edit_desc(cli, &target, words, err);
	else
		end = store_desc(cli, &target, words, err) ? EDIT_STORED : EDIT_FAILED;
	if (end == EDIT_STORED)
		cli_note(cli, target.title ? _("Domain title updated successfully") : _("Domain description updated successfully"));
	else if (end == EDIT_UNCHANGED)
		cli_note(cli, target.title ? _("Domain title not changed\n") : _("Domain description not changed\n"));
	return end != EDIT_FAILED;
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

static bool store_metadata(struct cli *cli, const char *xml, bool force, bool *ret_moved, void *userdata, struct error *err)
{
	const struct target *target = userdata;

	(void)force;
	(void)ret_moved;
	return domain_set_metadata(target->domain, cli_string(cli, "uri"), cli_string(cli, "key"), xml, err) &&
	       domain_store(cli->manager, target->machine, target->domain, target->live, err);
}

/* From the command line, or (xml NULL) from the editor. */
static bool set_metadata(struct cli *cli, struct target *target, const char *xml, struct error *err)
{
	_cleanup_free_ char *old = domain_get_metadata(target->domain, cli_string(cli, "uri"));
	_cleanup_free_ char *what = strf(_("the metadata of '%s'"), target->machine->name);
	const struct edit edit = { .what = what, .suffix = ".xml", .stored = old ? old : "", .begin = old ? NULL : "<metadata/>\n", .xml = true,
				   .store = store_metadata, .userdata = target };
	enum edit_end end;

	if (xml)
		end = store_metadata(cli, xml, false, NULL, target, err) ? EDIT_STORED : EDIT_FAILED;
	else
		end = cli_edit(cli, &edit, err);
	if (end != EDIT_FAILED)
		cli_note(cli, end == EDIT_STORED ? _("Metadata modified\n") : _("Metadata not changed\n"));
	return end != EDIT_FAILED;
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
	if (xml || edit) {
		struct target target = { &machine, domain, live, false };

		return set_metadata(cli, &target, xml, err);
	}
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
