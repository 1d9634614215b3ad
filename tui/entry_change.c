/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry of a network changed: by the command that does it, and back where only half of it went. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "tui/network_actions.h"
#include "tui/storage_task.h"


/* The live network, its definition, or both: what an entry is in, or a new one is to be in. */
static char **with_scope(char **arguments, unsigned where)
{
	if (where & NETWORK_LIVE)
		arguments = strv_add(arguments, "--live");
	return where & NETWORK_CONFIG ? strv_add(arguments, "--config") : arguments;
}

static unsigned network_scope(const struct network_row *row)
{
	return (row->active ? NETWORK_LIVE : 0) | (row->persistent ? NETWORK_CONFIG : 0);
}

static char *xml_of(const struct network_entry *entry)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *host = xmlNewNode(NULL, BAD_CAST "host");
	_cleanup_strv_ char **names = NULL;

	xmlDocSetRootElement(doc, host);
	if (entry->kind == ENTRY_NAME) {
		names = strv_split(entry->host, " ");
		xml_set_attribute(host, "ip", entry->address);
		for (size_t i = 0; names != NULL && names[i] != NULL; i++)
			xml_add_child(host, "hostname", names[i]);
	} else {
		xml_set_attribute(host, "mac", entry->mac);
		xml_set_attribute(host, "id", entry->id);
		xml_set_attribute(host, "name", entry->host);
		xml_set_attribute(host, "ip", entry->address);
	}
	return xml_format_node(host);
}

char **entry_update_command(const struct network_row *row, const struct network_entry *entry, const char *command, unsigned where)
{
	_cleanup_free_ char *xml = xml_of(entry);
	char **arguments = strv_addf(network_command("net-update", row->name), "--command=%s", command);

	arguments = strv_addf(arguments, "--section=%s", entry->kind == ENTRY_NAME ? "dns-host" : "ip-dhcp-host");
	return with_scope(strv_addf(arguments, "--xml=%s", xml), where);
}

static const struct storage_words change_words = { N_("changing"), N_("is changed"), NULL, N_("cannot be changed") };

void entry_change(struct ui *ui, const struct network_row *row, const struct network_entry *before, const struct network_entry *after)
{
	struct storage_task *task = storage_task_new(ui, &change_words, row->name);
	unsigned where = network_scope(row);

	if (before == NULL) {
		storage_task_add_network(task, entry_update_command(row, after, "add", where), NULL, row->name);
	} else if (before->where == where && text_equal(after->kind == ENTRY_NAME ? after->address : after->mac,
							after->kind == ENTRY_NAME ? before->address : before->mac) && after->id == NULL) {
		/* what it is known by is the same */
		storage_task_add_network(task, entry_update_command(row, after, "modify", where), NULL, row->name);
	} else {
		storage_task_add_network(task, entry_update_command(row, before, "delete", before->where), NULL, row->name);
		storage_task_add_network(task, entry_update_command(row, after, "add", where), NULL, row->name);
		storage_task_undo(task, entry_update_command(row, before, "add", before->where));
	}
	storage_task_run(task);
}
